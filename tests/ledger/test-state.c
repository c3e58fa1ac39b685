#include <string.h>

#include "chain-fixture.h"

static void
assert_same_tip (TcLedger *a, TcLedger *b)
{
  const TcTip *x = tc_ledger_get_tip (a), *y = tc_ledger_get_tip (b);

  g_assert_cmpuint (x->height, ==, y->height);
  g_assert_cmpmem (&x->hash, sizeof x->hash, &y->hash, sizeof y->hash);
  g_assert_cmpmem (&x->state_root, sizeof x->state_root, &y->state_root, sizeof y->state_root);
  g_assert_cmpuint (tc_ledger_get_next_epoch (a), ==, tc_ledger_get_next_epoch (b));
  g_assert_cmpint (tc_ledger_next_is_last (a), ==, tc_ledger_next_is_last (b));
}

static TcLedger *
restore (const TcChainFixture *chain)
{
  g_autoptr(GError) error = NULL;
  TcLedger *ledger = tc_ledger_new_stored (chain->genesis, &chain->store->view, chain->store->state, chain->store->buckets, &error);

  g_assert_no_error (error);
  return ledger;
}

static void
test_restore (void)
{
  g_test_summary ("At every height of an epoch and more, a ledger restored from its flush goes on to the same roots.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 40, NULL);
  const TcExecuteOptions options = { .verifier = &TC_VERIFIER_INLINE };

  for (guint32 i = 0; i < 40; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (chain, i, 5000);
      g_autoptr(TcExecution) execution = NULL;
      TcBlock *block;

      tc_chain_fixture_flush (chain);
      g_autoptr(TcLedger) restored = restore (chain);
      assert_same_tip (chain->ledger, restored);
      block = tc_chain_fixture_extend (chain, &tx, 1);
      g_assert_cmpint (tc_ledger_execute (restored, block, &options, &execution), ==, TC_BLOCK_OK);
      tc_ledger_apply (restored, execution);
      assert_same_tip (chain->ledger, restored);
    }
  g_assert_cmpuint (tc_ledger_get_next_epoch (chain->ledger), ==, 2);
}

static const char *
restore_error (const TcChainFixture *chain, const TcGenesis *genesis, GBytes *state, const guint8 *buckets)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcLedger) ledger = tc_ledger_new_stored (genesis, &chain->store->view, state, buckets, &error);

  g_assert_null (ledger);
  g_assert_nonnull (error);
  return g_intern_string (error->message);
}

static void
test_damaged (void)
{
  g_test_summary ("A state with a flipped bit, cut short, with other buckets or of another network is refused with a message.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 4, NULL), other = tc_chain_fixture_new (4, NULL, 5, NULL);
  g_autofree guint8 *buckets = NULL;
  gsize n;

  tc_chain_fixture_extend (chain, NULL, 0);
  tc_chain_fixture_flush (chain);
  const guint8 *state = g_bytes_get_data (chain->store->state, &n);

  for (gsize i = 0; i < n; i += 13)
    {
      g_autofree guint8 *flipped = g_memdup2 (state, n);
      g_autoptr(GBytes) bytes = NULL;

      flipped[i] ^= 0x10;
      bytes = g_bytes_new (flipped, n);
      g_assert_nonnull (strstr (restore_error (chain, chain->genesis, bytes, chain->store->buckets), "damaged"));
    }
  g_autoptr(GBytes) cut = g_bytes_new (state, 20);
  g_assert_nonnull (strstr (restore_error (chain, chain->genesis, cut, chain->store->buckets), "cut short"));
  buckets = g_memdup2 (chain->store->buckets, 256 * 2048);
  buckets[77777] ^= 1;
  g_assert_nonnull (strstr (restore_error (chain, chain->genesis, chain->store->state, buckets), "root"));
  g_assert_nonnull (strstr (restore_error (chain, other->genesis, chain->store->state, chain->store->buckets), "another network"));
}

static void
test_flush_in_flight (void)
{
  g_test_summary ("Blocks go on while a flush is written: one is under way at most, and reads see the newest state all the time.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 4, NULL);
  g_autoptr(TcTx) first = tc_chain_fixture_pay (chain, 0, 5000), second = tc_chain_fixture_pay (chain, 1, 5000);
  TcOutpoint made = { first->txid, 0 }, later = { second->txid, 0 };
  TcOutput output;
  TcOutpoint spent = tc_chain_fixture_coin (chain, 1, &output);
  TcCoin coin;

  tc_ledger_set_cache_size (chain->ledger, 0);
  tc_chain_fixture_flush (chain);
  g_assert_null (tc_ledger_begin_flush (chain->ledger));
  tc_chain_fixture_extend (chain, &first, 1);
  g_autoptr(TcFlush) flush = tc_ledger_begin_flush (chain->ledger);
  g_assert_cmpuint (flush->height, ==, 1);
  g_assert_cmpuint (flush->n_created, ==, 2);
  g_assert_cmpuint (flush->n_spent, ==, 1);
  g_assert_cmpuint (tc_ledger_count_unflushed (chain->ledger), ==, 0);
  tc_chain_fixture_extend (chain, &second, 1);
  g_assert_null (tc_ledger_begin_flush (chain->ledger));
  g_assert_cmpuint (tc_ledger_count_unflushed (chain->ledger), ==, 3);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (tc_ledger_get_coin (chain->ledger, &made, &coin));
      g_assert_cmpuint (coin.height, ==, 1);
      g_assert_true (tc_ledger_get_coin (chain->ledger, &later, &coin));
      g_assert_false (tc_ledger_get_coin (chain->ledger, &spent, &coin));
      if (i == 0)
        {
          tc_memory_store_write (chain->store, flush);
          tc_ledger_end_flush (chain->ledger);
        }
    }
  g_autoptr(TcLedger) restored = restore (chain);
  g_assert_cmpuint (tc_ledger_get_tip (restored)->height, ==, 1);
  g_assert_true (tc_ledger_get_coin (restored, &spent, &coin));
}

static void
test_survive_21 (void)
{
  g_test_summary ("survive-21: what is written does not depend on the cache or on hash tables: same chain, same bytes.");
  g_autoptr(TcChainFixture) small = tc_chain_fixture_new (4, NULL, 30, NULL), large = tc_chain_fixture_new (4, NULL, 30, NULL);

  tc_ledger_set_cache_size (small->ledger, 0);
  tc_chain_fixture_flush (small);
  tc_chain_fixture_flush (large);
  for (guint32 i = 0; i < 30; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (small, i, 5000);

      tc_chain_fixture_extend (small, &tx, 1);
      tc_chain_fixture_extend (large, &tx, 1);
    }
  g_autoptr(TcFlush) a = tc_ledger_begin_flush (small->ledger), b = tc_ledger_begin_flush (large->ledger);
  g_assert_true (g_bytes_equal (a->state, b->state));
  g_assert_cmpuint (a->n_created, ==, b->n_created);
  for (gsize i = 0; i < a->n_created; i++)
    {
      g_assert_true (tc_outpoint_equal (&a->created[i].outpoint, &b->created[i].outpoint));
      g_assert_true (i == 0 || tc_outpoint_compare (&a->created[i - 1].outpoint, &a->created[i].outpoint) < 0);
    }
  g_assert_cmpuint (a->n_spent, ==, b->n_spent);
  g_assert_cmpint (memcmp (a->spent, b->spent, a->n_spent * sizeof *a->spent), ==, 0);
  g_assert_cmpmem (a->bucket_numbers, a->n_buckets, b->bucket_numbers, b->n_buckets);
  g_assert_cmpmem (a->buckets, a->n_buckets * 2048, b->buckets, b->n_buckets * 2048);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/state/restore", test_restore);
  g_test_add_func ("/ledger/state/damaged", test_damaged);
  g_test_add_func ("/ledger/state/flush-in-flight", test_flush_in_flight);
  g_test_add_func ("/ledger/state/survive-21-flush", test_survive_21);
  return g_test_run ();
}
