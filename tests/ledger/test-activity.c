#include "chain-fixture.h"
#include "core/attest.h"
#include "ledger/ledger-private.h"

/* Rule M6. Masternodes 0 to 3 are Gold and the committee, each of power 100: more than P/3 is two of them. */
#define MEMBERS 4u

static const TcTier tiers[] = { TC_TIER_GOLD, TC_TIER_GOLD, TC_TIER_GOLD, TC_TIER_GOLD, TC_TIER_FREE, TC_TIER_FREE };
#define N         6u
#define FREE_A    4u
#define FREE_B    5u

static TcChainFixture *
make_chain (guint32 redraw_epochs)
{
  TcParams params = TC_PARAMS_LOCAL;

  params.redraw_epochs = redraw_epochs;
  return tc_chain_fixture_new (N, tiers, 1, &params);
}

static const TcMasternode *
get (const TcChainFixture *chain, guint32 i)
{
  return tc_registry_get (tc_ledger_get_registry (chain->ledger), i);
}

/* Member @member's word on the tip for the masternodes of @bits. */
static TcAttestation
attest (const TcChainFixture *chain, guint8 member, guint8 bits)
{
  const TcTip *tip = tc_ledger_get_tip (chain->ledger);
  TcAttestation attestation = { .member = member, .bitmap = g_bytes_new (&bits, 1) };

  tc_attestation_sign (&attestation, &chain->genesis->chain_id, tip->epoch, tip->height, tc_chain_fixture_member (chain, member));
  return attestation;
}

/* Puts attestations by the members of @members into the commit for the next body. */
static void
put_attestations (TcChainFixture *chain, guint8 members, guint8 bits)
{
  TcAttestation attestations[TC_COMMITTEE_MAX];
  gsize n = 0;
  TcCommit *commit;

  for (guint8 i = 0; i < tc_ledger_get_committee (chain->ledger)->n_members; i++)
    if ((members >> i) & 1)
      attestations[n++] = attest (chain, i, bits);
  commit = tc_commit_new_attested (chain->commit, attestations, n);
  for (gsize i = 0; i < n; i++)
    g_bytes_unref (attestations[i].bitmap);
  tc_commit_unref (chain->commit);
  chain->commit = commit;
}

static void
run_to_last (TcChainFixture *chain)
{
  do
    tc_chain_fixture_extend (chain, NULL, 0);
  while (!tc_ledger_next_is_last (chain->ledger));
}

/* One epoch in which the members of @members attest for the masternodes of @bits. */
static void
run_epoch (TcChainFixture *chain, guint8 members, guint8 bits)
{
  run_to_last (chain);
  if (members != 0)
    put_attestations (chain, members, bits);
  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_true (tc_ledger_get_tip (chain->ledger)->is_last);
}

static void
test_more_than_third (void)
{
  g_test_summary ("Who is no member was up where members of more than P/3 say so; one of four equal members is not enough.");
  g_autoptr(TcChainFixture) chain = make_chain (144);
  const TcRegistry *registry;

  registry = tc_ledger_get_registry (chain->ledger);
  g_assert_true (tc_registry_is_attestable (registry, tc_ledger_get_committee (chain->ledger), FREE_A));
  g_assert_false (tc_registry_is_attestable (registry, tc_ledger_get_committee (chain->ledger), 0));
  g_assert_false (tc_registry_is_attestable (registry, tc_ledger_get_committee (chain->ledger), N));
  run_epoch (chain, 0x01, 1 << FREE_A);
  g_assert_false (get (chain, FREE_A)->active);
  g_assert_cmpuint (get (chain, FREE_A)->unattested_epochs, ==, 1);
  run_epoch (chain, 0x03, 1 << FREE_A);
  g_assert_true (get (chain, FREE_A)->active);
  g_assert_cmpuint (get (chain, FREE_A)->unattested_epochs, ==, 0);
  g_assert_cmpuint (get (chain, FREE_A)->accrued.units, >, 0);
  g_assert_false (get (chain, FREE_B)->active);
  g_assert_cmpuint (get (chain, FREE_B)->unattested_epochs, ==, 2);
  g_assert_cmpuint (get (chain, FREE_B)->inactive_epochs, ==, 0);
  g_assert_cmpuint (get (chain, FREE_B)->accrued.units, ==, 0);
}

static void
test_member (void)
{
  g_test_summary ("A member is judged by its signatures, whatever is attested of it.");
  g_autoptr(TcChainFixture) chain = make_chain (144);
  guint8 others[TC_BITMAP_SIZE_MAX] = { 0x07 };

  do
    {
      g_autoptr(TcExecution) execution = NULL;
      g_autoptr(TcBlock) block = tc_chain_fixture_propose (chain, NULL, 0, &execution);

      tc_chain_fixture_apply (chain, block, execution, others);
    }
  while (!tc_ledger_next_is_last (chain->ledger));
  put_attestations (chain, 0x07, 1 << 3);
  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_false (get (chain, 3)->active);
  g_assert_cmpuint (get (chain, 3)->inactive_epochs, ==, 1);
}

static void
test_not_drawn (void)
{
  g_test_summary ("A masternode with collateral that is no member is counted absent unattested, is paid attested, and comes back.");
  TcParams params = TC_PARAMS_LOCAL;

  params.redraw_epochs = 3;
  params.committee_size = 4;
  /* Seats are drawn at the first epoch: five eligible for four. */
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (5, NULL, 1, &params);
  const TcCommittee *committee = tc_ledger_get_committee (chain->ledger);
  guint32 outside = 0;

  while (tc_committee_find (committee, &get (chain, outside)->operator_key) != TC_MEMBER_NONE)
    outside++;
  run_epoch (chain, 0, 0);
  g_assert_false (get (chain, outside)->active);
  g_assert_cmpuint (get (chain, outside)->inactive_epochs, ==, 1);
  g_assert_cmpuint (get (chain, outside)->accrued.units, ==, 0);
  g_assert_true (tc_registry_is_attestable (tc_ledger_get_registry (chain->ledger), tc_ledger_get_committee (chain->ledger), outside));
  run_epoch (chain, 0xff, (guint8) (1u << outside));
  g_assert_true (get (chain, outside)->active);
  g_assert_cmpuint (get (chain, outside)->inactive_epochs, ==, 0);
}

static TcBlockVerdict
judge (TcChainFixture *chain)
{
  g_autoptr(TcExecution) made = NULL;
  g_autoptr(TcBlock) block = tc_chain_fixture_propose (chain, NULL, 0, &made);
  g_autoptr(TcExecution) execution = NULL;

  return tc_chain_fixture_execute (chain, block, &execution);
}

/* What a block's verdict is with @attestation (its reference is taken) in the commit. */
static TcBlockVerdict
judge_with (TcChainFixture *chain, TcAttestation attestation)
{
  g_autoptr(TcCommit) bare = g_steal_pointer (&chain->commit);
  TcBlockVerdict verdict;

  chain->commit = tc_commit_new_attested (bare, &attestation, 1);
  g_bytes_unref (attestation.bitmap);
  verdict = judge (chain);
  tc_commit_unref (chain->commit);
  chain->commit = g_steal_pointer (&bare);
  return verdict;
}

static void
test_elsewhere (void)
{
  g_test_summary ("Attestations in any other block's body make it invalid.");
  g_autoptr(TcChainFixture) chain = make_chain (144);

  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_cmpint (judge (chain), ==, TC_BLOCK_OK);
  g_assert_cmpint (judge_with (chain, attest (chain, 0, 1 << FREE_A)), ==, TC_BLOCK_BAD_COMMIT);
}

static void
test_form (void)
{
  g_test_summary ("A bitmap that is too long or short, an unused bit, a member that there is not, or a bad signature make a last block invalid.");
  static const guint8 two[] = { 0x10, 0x00 };
  g_autoptr(TcChainFixture) chain = make_chain (144);
  TcAttestation attestation;
  const TcTip *tip;

  run_to_last (chain);
  tip = tc_ledger_get_tip (chain->ledger);
  g_assert_cmpint (judge (chain), ==, TC_BLOCK_OK);
  g_assert_cmpint (judge_with (chain, attest (chain, 0, 1 << FREE_A)), ==, TC_BLOCK_OK);
  g_assert_cmpint (judge_with (chain, attest (chain, 0, 0)), ==, TC_BLOCK_OK);
  g_assert_cmpint (judge_with (chain, attest (chain, 0, 1 << N)), ==, TC_BLOCK_BAD_COMMIT);
  attestation = (TcAttestation) { .member = 0, .bitmap = g_bytes_new (two, 2) };
  tc_attestation_sign (&attestation, &chain->genesis->chain_id, tip->epoch, tip->height, tc_chain_fixture_member (chain, 0));
  g_assert_cmpint (judge_with (chain, attestation), ==, TC_BLOCK_BAD_COMMIT);
  attestation = attest (chain, 0, 1 << FREE_A);
  attestation.signature.bytes[40] ^= 1;
  g_assert_cmpint (judge_with (chain, attestation), ==, TC_BLOCK_BAD_COMMIT);
  attestation = attest (chain, 0, 1 << FREE_A);
  attestation.member = 100;
  g_assert_cmpint (judge_with (chain, attestation), ==, TC_BLOCK_BAD_COMMIT);
}

static void
test_free_dropped (void)
{
  g_test_summary ("A Free masternode is released after redraw_epochs epochs unattested in a row, and is owed what it has earned.");
  g_autoptr(TcChainFixture) chain = make_chain (5);
  TcAmount earned;

  run_epoch (chain, 0x0f, 1 << FREE_A | 1 << FREE_B);
  for (guint i = 0; i < 4; i++)
    run_epoch (chain, 0x0f, 1 << FREE_A);
  g_assert_cmpuint (get (chain, FREE_B)->unattested_epochs, ==, 4);
  g_assert_cmpint (get (chain, FREE_B)->state, ==, TC_MASTERNODE_REGISTERED);
  run_epoch (chain, 0x0f, 1 << FREE_A | 1 << FREE_B);
  g_assert_cmpuint (get (chain, FREE_B)->unattested_epochs, ==, 0);
  earned = get (chain, FREE_B)->accrued;
  for (guint i = 0; i < 4; i++)
    run_epoch (chain, 0x0f, 1 << FREE_A);
  g_assert_cmpint (get (chain, FREE_B)->state, ==, TC_MASTERNODE_REGISTERED);
  earned = get (chain, FREE_B)->accrued;
  run_epoch (chain, 0x0f, 1 << FREE_A);
  g_assert_cmpint (get (chain, FREE_B)->state, ==, TC_MASTERNODE_RELEASED);
  g_assert_cmpuint (get (chain, FREE_B)->retired_epoch, ==, tc_ledger_get_tip (chain->ledger)->epoch);
  g_assert_cmpint (get (chain, FREE_A)->state, ==, TC_MASTERNODE_REGISTERED);
  g_assert_cmpuint (get (chain, FREE_B)->accrued.units, ==, earned.units);
  g_assert_false (tc_registry_is_attestable (tc_ledger_get_registry (chain->ledger), tc_ledger_get_committee (chain->ledger), FREE_B));
  run_epoch (chain, 0x0f, 1 << FREE_A | 1 << FREE_B);
  g_assert_false (get (chain, FREE_B)->active);
}

static void
test_network (void)
{
  g_test_summary ("Of two Free masternodes of one /24 the one of the lower index is paid, and the other where that one is away; both are active.");
  g_autoptr(TcChainFixture) chain = make_chain (144);
  TcMasternode *a = tc_registry_edit (chain->ledger->registry, FREE_A), *b = tc_registry_edit (chain->ledger->registry, FREE_B);
  TcAmount of_a, of_b;

  g_strlcpy (a->host, "192.0.2.1:24000", sizeof a->host);
  g_strlcpy (b->host, "192.0.2.99:24000", sizeof b->host);
  run_epoch (chain, 0x0f, 1 << FREE_A | 1 << FREE_B);
  g_assert_true (get (chain, FREE_A)->active && get (chain, FREE_B)->active);
  of_a = get (chain, FREE_A)->accrued;
  g_assert_cmpuint (of_a.units, >, 0);
  g_assert_cmpuint (get (chain, FREE_B)->accrued.units, ==, 0);
  run_epoch (chain, 0x0f, 1 << FREE_B);
  of_b = get (chain, FREE_B)->accrued;
  g_assert_cmpuint (of_b.units, >, 0);
  g_assert_cmpuint (get (chain, FREE_A)->accrued.units, ==, of_a.units);
}

/* What came since the epoch's start, or was on its way out by then. */
static void
test_registry_at_start (void)
{
  g_test_summary ("Who registered in the epoch is neither active nor absent; who retired in it, or is jailed as it ends, earns for it; who was jailed before does not.");
  g_autoptr(TcChainFixture) chain = make_chain (144);
  g_autoptr(TcRegistry) registry = tc_registry_copy (chain->ledger->registry);
  g_autoptr(TcRegistry) before = tc_registry_copy (chain->ledger->registry);
  g_autoptr(TcCommit) commit = NULL;
  TcMasternode newcomer = *tc_registry_get (registry, FREE_A);

  run_to_last (chain);
  put_attestations (chain, 0x0f, 1 << FREE_A | 1 << FREE_B);
  commit = tc_commit_ref (chain->commit);
  newcomer.index = N;
  newcomer.registered_epoch = 1;
  newcomer.active = TRUE;
  g_array_append_val (registry->masternodes, newcomer);
  tc_registry_edit (registry, FREE_A)->state = TC_MASTERNODE_RETIRED;
  tc_registry_edit (before, FREE_B)->state = TC_MASTERNODE_RETIRED;
  tc_registry_edit (registry, FREE_B)->state = TC_MASTERNODE_RETIRED;
  for (guint32 i = 0; i < MEMBERS; i++)
    tc_registry_edit (registry, i)->signed_heights = 99;
  tc_registry_edit (before, 1)->jailed = tc_registry_edit (registry, 1)->jailed = TRUE;
  tc_registry_edit (registry, 2)->jailed = TRUE;
  tc_registry_close_activity (registry, before, tc_ledger_get_committee (chain->ledger), commit, 20, &chain->params);
  g_assert_true (tc_registry_get (registry, 0)->active);
  g_assert_false (tc_registry_get (registry, 1)->active);
  g_assert_true (tc_registry_get (registry, 2)->active);
  g_assert_true (tc_registry_get (registry, FREE_A)->active);
  g_assert_cmpint (tc_registry_get (registry, FREE_A)->state, ==, TC_MASTERNODE_RETIRED);
  g_assert_false (tc_registry_get (registry, FREE_B)->active);
  g_assert_false (tc_registry_get (registry, N)->active);
  g_assert_cmpuint (tc_registry_get (registry, N)->unattested_epochs, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ledger/activity/more-than-third", test_more_than_third);
  g_test_add_func ("/ledger/activity/member", test_member);
  g_test_add_func ("/ledger/activity/not-drawn", test_not_drawn);
  g_test_add_func ("/ledger/activity/elsewhere", test_elsewhere);
  g_test_add_func ("/ledger/activity/form", test_form);
  g_test_add_func ("/ledger/activity/free-dropped", test_free_dropped);
  g_test_add_func ("/ledger/activity/network", test_network);
  g_test_add_func ("/ledger/activity/registry-at-start", test_registry_at_start);
  return g_test_run ();
}
