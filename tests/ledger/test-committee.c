#include "chain-fixture.h"
#include "ledger/registry-private.h"

static TcRegistry *
make_registry (const TcTier *tiers, guint32 n)
{
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (n, tiers, 1, NULL);

  return tc_registry_new_genesis (chain->genesis);
}

static TcParams
make_params (guint32 committee_size)
{
  TcParams params = TC_PARAMS_LOCAL;

  params.committee_size = committee_size;
  return params;
}

static void
test_all (void)
{
  g_test_summary ("Where all eligible find room, all are members, with their collateral's power; Free ones are none (B4, B5).");
  const TcTier tiers[] = { TC_TIER_GOLD, TC_TIER_FREE, TC_TIER_SILVER, TC_TIER_BRONZE };
  g_autoptr(TcRegistry) registry = make_registry (tiers, 4);
  TcParams params = make_params (100);
  TcHash seed = { { 1 } };
  g_autoptr(TcCommittee) committee = tc_registry_elect (registry, NULL, 1, &seed, &params);

  g_assert_cmpuint (committee->n_members, ==, 3);
  g_assert_false (committee->drawn);
  g_assert_cmpuint (committee->members[0].power, ==, 100);
  g_assert_cmpuint (committee->members[1].masternode, ==, 2);
  g_assert_cmpuint (committee->members[1].power, ==, 10);
  g_assert_cmpuint (committee->members[2].power, ==, 1);
}

static void
test_drawn (void)
{
  g_test_summary ("At a redraw of more than there are seats, members hold the seats that tc_draw () gives, and keep them between redraws (B5, B7).");
  const TcTier tiers[] = { TC_TIER_GOLD, TC_TIER_SILVER, TC_TIER_GOLD, TC_TIER_GOLD, TC_TIER_SILVER };
  const guint64 powers[] = { 100, 10, 100, 100, 10 };
  g_autoptr(TcRegistry) registry = make_registry (tiers, 5);
  TcParams params = make_params (4);
  TcHash seed = { { 7 } };
  guint32 seats[5] = { 0 }, n_drawn = 0;
  g_autoptr(TcCommittee) first = tc_registry_elect (registry, NULL, 1, &seed, &params);
  g_autoptr(TcCommittee) drawn = tc_registry_elect (registry, first, 144, &seed, &params);
  g_autoptr(TcCommittee) after = tc_registry_elect (registry, drawn, 145, &TC_HASH_ZERO, &params);

  g_assert_cmpuint (first->n_members, ==, 4);
  for (guint32 i = 0; i < 4; i++)
    seats[tc_draw ("TimeCoin seat", &seed, 144, i, powers, 5)]++;
  for (guint32 i = 0; i < 5; i++)
    {
      if (seats[i] == 0)
        continue;
      g_assert_cmpuint (drawn->members[n_drawn].masternode, ==, i);
      g_assert_cmpuint (drawn->members[n_drawn].power, ==, seats[i]);
      n_drawn++;
    }
  g_assert_true (drawn->drawn && after->drawn);
  g_assert_cmpuint (drawn->n_members, ==, n_drawn);
  g_assert_cmpuint (drawn->power, ==, 4);
  g_assert_cmpuint (after->n_members, ==, n_drawn);
  g_assert_cmpuint (after->epoch, ==, 145);
}

static void
test_between_redraws (void)
{
  g_test_summary ("Between redraws the no longer eligible leave, newly eligible join in index order while there is room, and the last one stays (B5, B6).");
  g_autoptr(TcRegistry) registry = make_registry (NULL, 5);
  TcParams params = make_params (3);
  TcHash seed = { { 9 } };
  g_autoptr(TcCommittee) first = tc_registry_elect (registry, NULL, 1, &seed, &params);

  tc_registry_edit (registry, 1)->jailed = TRUE;
  tc_registry_edit (registry, 3)->registered_epoch = 1;  /* counts from epoch 3 */
  g_autoptr(TcCommittee) second = tc_registry_elect (registry, first, 2, &seed, &params);
  g_assert_cmpuint (second->n_members, ==, 3);
  g_assert_cmpuint (second->members[1].masternode, ==, 2);
  g_assert_cmpuint (second->members[2].masternode, ==, 4);

  tc_registry_edit (registry, 0)->inactive_epochs = params.redraw_epochs;
  g_autoptr(TcCommittee) third = tc_registry_elect (registry, second, 3, &seed, &params);
  g_assert_cmpuint (third->n_members, ==, 3);
  g_assert_cmpuint (third->members[0].masternode, ==, 2);
  g_assert_cmpuint (third->members[1].masternode, ==, 3);

  for (guint32 i = 0; i < 5; i++)
    tc_registry_edit (registry, i)->state = TC_MASTERNODE_RETIRED;
  g_autoptr(TcCommittee) stays = tc_registry_elect (registry, third, 4, &seed, &params);
  g_autoptr(TcCommittee) redraw = tc_registry_elect (registry, stays, 144, &seed, &params);
  g_assert_cmpuint (stays->n_members, ==, 3);
  g_assert_cmpuint (stays->epoch, ==, 4);
  g_assert_cmpuint (redraw->n_members, ==, 3);
}

static void
test_registry_encoding (void)
{
  g_test_summary ("The registry's encoding holds every field, and reads back to the same bytes.");
  const TcTier tiers[] = { TC_TIER_GOLD, TC_TIER_FREE };
  g_autoptr(TcRegistry) registry = make_registry (tiers, 2);
  TcMasternode *item = tc_registry_edit (registry, 0);
  TcPastKey past = { { { 5 } }, 1, 77 };
  g_autoptr(GByteArray) bytes = g_byte_array_new (), again = g_byte_array_new ();
  TcReader reader;

  *item = (TcMasternode) { .index = 0, .state = TC_MASTERNODE_RETIRED, .tier = TC_TIER_GOLD, .jailed = TRUE,
                           .outpoint = item->outpoint, .operator_key = item->operator_key, .owner = item->owner, .payout = item->payout,
                           .host = "192.0.2.1:24000", .registered_epoch = 1, .retired_epoch = 2, .inactive_epochs = 3,
                           .unattested_epochs = 4, .signed_heights = 5, .active = TRUE, .burnt = { 6 }, .accrued = { 7 } };
  g_array_append_val (registry->past_keys, past);
  tc_registry_put (bytes, registry);
  tc_reader_init (&reader, bytes->data, bytes->len);
  g_autoptr(TcRegistry) copy = tc_registry_read (&reader);
  g_assert_true (tc_reader_end (&reader, "registry", NULL));
  tc_registry_put (again, copy);
  g_assert_cmpmem (bytes->data, bytes->len, again->data, again->len);
  g_assert_cmpuint (tc_registry_get (copy, 0)->accrued.units, ==, 7);
  g_assert_cmpuint (tc_registry_get (copy, 0)->signed_heights, ==, 5);
  g_assert_true (tc_registry_find_key (copy, &item->operator_key) == tc_registry_get (copy, 0));
  for (gsize n = 0; n < bytes->len; n++)
    {
      tc_reader_init (&reader, bytes->data, n);
      g_assert_null (tc_registry_read (&reader));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ledger/committee/all", test_all);
  g_test_add_func ("/ledger/committee/drawn", test_drawn);
  g_test_add_func ("/ledger/committee/between-redraws", test_between_redraws);
  g_test_add_func ("/ledger/registry/encoding", test_registry_encoding);
  return g_test_run ();
}
