#include <string.h>

#include "chain-fixture.h"
#include "core/evidence.h"
#include "ledger/ledger-private.h"

#define N 5u

static TcHash
hash_of (guint n)
{
  TcHash hash = { { 0xee } };

  memcpy (hash.bytes + 1, &n, sizeof n);
  return hash;
}

/* Masternode @index prevotes two ways in @epoch; @way makes pieces that differ. To be cleared. */
static TcEvidence
make_lie (const TcChainFixture *chain, guint index, guint32 epoch, guint way)
{
  TcVote a = { .step = TC_STEP_PREVOTE, .epoch = epoch, .height = 2, .round = way, .block_hash = hash_of (1), .member = (guint8) index };
  TcVote b = a;
  TcEvidence evidence = { 0 };

  b.block_hash = hash_of (2);
  tc_vote_sign (&a, &chain->genesis->chain_id, chain->operators[index]);
  tc_vote_sign (&b, &chain->genesis->chain_id, chain->operators[index]);
  g_assert_true (tc_evidence_of_votes (tc_secret_key_get_public (chain->operators[index]), &a, &b, &evidence));
  return evidence;
}

static TcEvidenceVerdict
judge (TcChainFixture *chain, const TcEvidence *evidence)
{
  guint32 masternode;

  return tc_ledger_judge (chain->ledger, evidence, &TC_VERIFIER_INLINE, &masternode);
}

static TcBlock *
propose (TcChainFixture *chain, const TcEvidence *evidence, gsize n, TcExecution **ret_execution)
{
  g_autofree TcClose *closes = NULL;
  TcHeader header = tc_chain_fixture_header (chain, 0, 0);
  gsize n_closes = 0;

  if (tc_ledger_next_is_last (chain->ledger))
    closes = tc_chain_fixture_closes (chain, &n_closes);
  return tc_ledger_propose_with_evidence (chain->ledger, &header, chain->commit, evidence, n, closes, n_closes, NULL, 0, ret_execution);
}

/* Proposes, has the block checked as another node would after the wire, and applies what that node found. Returns: pieces in the block. */
static guint32
extend (TcChainFixture *chain, const TcEvidence *evidence, gsize n)
{
  g_autoptr(TcExecution) proposed = NULL, execution = NULL;
  g_autoptr(TcBlock) block = propose (chain, evidence, n, &proposed);
  g_autoptr(GBytes) bytes = tc_block_encode (block);
  g_autoptr(TcBlock) decoded = tc_block_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

  g_assert_nonnull (decoded);
  g_assert_cmpstr (tc_block_verdict_name (tc_chain_fixture_execute (chain, decoded, &execution)), ==, "ok");
  tc_chain_fixture_apply (chain, decoded, execution, NULL);
  return decoded->n_evidence;
}

static void
run_to_last (TcChainFixture *chain)
{
  while (!tc_ledger_next_is_last (chain->ledger))
    tc_chain_fixture_extend (chain, NULL, 0);
}

/* The next block, an ordinary one, with exactly this evidence. */
static const char *
execute_with (TcChainFixture *chain, const TcEvidence *evidence, gsize n)
{
  g_autoptr(TcExecution) proposed = NULL, execution = NULL;
  g_autoptr(TcBlock) good = propose (chain, NULL, 0, &proposed);
  TcHeader header = good->header;
  g_autoptr(TcBlock) block = NULL;

  g_assert_false (tc_ledger_next_is_last (chain->ledger));
  header.evidence_root = tc_evidence_root (evidence, n);
  block = tc_block_new_with_evidence (&header, good->commit, evidence, n, NULL, 0, NULL, 0);
  return tc_block_verdict_name (tc_chain_fixture_execute (chain, block, &execution));
}

static const TcMasternode *
masternode (const TcChainFixture *chain, guint index)
{
  return tc_registry_get (tc_ledger_get_registry (chain->ledger), index);
}

static gboolean
sits (const TcChainFixture *chain, guint index)
{
  return tc_committee_find (tc_ledger_get_committee (chain->ledger), tc_secret_key_get_public (chain->operators[index])) != TC_MEMBER_NONE;
}

static void
test_jailed (void)
{
  g_test_summary ("C7, M3: evidence in any block jails at the epoch's end, not before: no seat any more, a tenth of the collateral burnt.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, NULL);
  TcEvidence lie = make_lie (chain, 2, 1, 0);

  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_cmpuint (extend (chain, &lie, 1), ==, 1);
  g_assert_false (masternode (chain, 2)->jailed);
  g_assert_true (masternode (chain, 2)->accused);
  run_to_last (chain);
  g_assert_true (sits (chain, 2));
  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_true (masternode (chain, 2)->jailed);
  g_assert_false (masternode (chain, 2)->accused);
  g_assert_cmpuint (masternode (chain, 2)->burnt.units, ==, tc_tier_collateral (TC_TIER_GOLD).units / 10);
  for (guint i = 0; i < N; i++)
    {
      g_assert_true (sits (chain, i) == (i != 2));
      g_assert_true (masternode (chain, i)->jailed == (i == 2));
    }
  tc_chain_fixture_end_epoch (chain);
  tc_evidence_clear (&lie);
}

static void
test_free (void)
{
  g_test_summary ("C7: what a Free masternode signs counts nowhere: against it there is nothing to judge, and no room in blocks is taken.");
  static const TcTier tiers[2] = { TC_TIER_GOLD, TC_TIER_FREE };
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (2, tiers, 1, NULL);
  TcEvidence lies[2] = { make_lie (chain, 0, 1, 0), make_lie (chain, 1, 1, 0) };

  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_cmpint (judge (chain, &lies[0]), ==, TC_EVIDENCE_HOLDS);
  g_assert_cmpint (judge (chain, &lies[1]), ==, TC_EVIDENCE_MOOT);
  g_assert_cmpstr (execute_with (chain, &lies[1], 1), ==, "bad-evidence");
  for (guint i = 0; i < 2; i++)
    tc_evidence_clear (&lies[i]);
}

static void
test_last_block (void)
{
  g_test_summary ("C7, M3: evidence in a last block takes effect there.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, NULL);
  TcEvidence lies[2] = { make_lie (chain, 3, 1, 0), make_lie (chain, 0, 1, 0) };
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcBlock) block = NULL;
  const guint32 *jailed;
  gsize n;

  run_to_last (chain);
  block = propose (chain, lies, 2, &execution);
  jailed = tc_execution_get_jailed (execution, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (jailed[0], ==, 0);
  g_assert_cmpuint (jailed[1], ==, 3);
  g_assert_cmpuint (extend (chain, lies, 2), ==, 2);
  g_assert_true (masternode (chain, 0)->jailed && masternode (chain, 3)->jailed);
  g_assert_cmpuint (tc_ledger_get_committee (chain->ledger)->n_members, ==, N - 2);
  for (guint i = 0; i < 2; i++)
    tc_evidence_clear (&lies[i]);
}

static void
test_once (void)
{
  g_test_summary ("C7: once a masternode: not twice in a block, not while it waits for the epoch's end, not after.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, NULL);
  TcEvidence lies[2] = { make_lie (chain, 2, 1, 0), make_lie (chain, 2, 1, 1) };
  const TcHash a = tc_evidence_hash (&lies[0]), b = tc_evidence_hash (&lies[1]);
  const gboolean swap = tc_hash_compare (&a, &b) > 0;
  const TcEvidence sorted[2] = { lies[swap], lies[!swap] }, twice[2] = { lies[0], lies[0] };

  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_cmpstr (execute_with (chain, lies, 1), ==, "ok");
  g_assert_cmpstr (execute_with (chain, sorted, 2), ==, "bad-evidence");
  g_assert_cmpstr (execute_with (chain, twice, 2), ==, "bad-evidence");
  g_assert_cmpuint (extend (chain, lies, 2), ==, 1);
  g_assert_cmpint (judge (chain, &lies[1]), ==, TC_EVIDENCE_MOOT);
  g_assert_cmpstr (execute_with (chain, lies, 1), ==, "bad-evidence");
  g_assert_cmpuint (extend (chain, lies, 2), ==, 0);
  tc_chain_fixture_end_epoch (chain);
  g_assert_cmpint (judge (chain, &lies[1]), ==, TC_EVIDENCE_MOOT);
  g_assert_cmpstr (execute_with (chain, lies, 1), ==, "bad-evidence");
  for (guint i = 0; i < 2; i++)
    tc_evidence_clear (&lies[i]);
}

static void
test_order (void)
{
  g_test_summary ("C7: evidence stands by ascending hash; proposing sorts it.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, NULL);
  TcEvidence lies[2] = { make_lie (chain, 2, 1, 0), make_lie (chain, 3, 1, 0) };
  const TcHash a = tc_evidence_hash (&lies[0]), b = tc_evidence_hash (&lies[1]);
  const gboolean swap = tc_hash_compare (&a, &b) > 0;
  const TcEvidence sorted[2] = { lies[swap], lies[!swap] }, reversed[2] = { lies[!swap], lies[swap] };

  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_cmpstr (execute_with (chain, sorted, 2), ==, "ok");
  g_assert_cmpstr (execute_with (chain, reversed, 2), ==, "bad-evidence");
  g_assert_cmpuint (extend (chain, reversed, 2), ==, 2);
  for (guint i = 0; i < 2; i++)
    tc_evidence_clear (&lies[i]);
}

static void
test_bad (void)
{
  g_test_summary ("C7: what proves nothing, or is nobody's, is refused in a block and left out of a proposal.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, NULL);
  TcEvidence good = make_lie (chain, 2, 1, 0), other = make_lie (chain, 3, 1, 0), nobodys = make_lie (chain, 4, 1, 0);
  g_autoptr(TcSecretKey) key = tc_fixture_key (77);
  TcEvidence forged = good;

  tc_chain_fixture_extend (chain, NULL, 0);
  forged.second = good.first;
  g_assert_cmpint (judge (chain, &forged), ==, TC_EVIDENCE_BAD);
  g_assert_cmpstr (execute_with (chain, &forged, 1), ==, "bad-evidence");
  g_assert_cmpuint (extend (chain, &forged, 1), ==, 0);
  forged = good;
  forged.operator_key = other.operator_key;
  g_assert_cmpint (judge (chain, &forged), ==, TC_EVIDENCE_BAD);
  g_assert_cmpstr (execute_with (chain, &forged, 1), ==, "bad-evidence");
  nobodys.operator_key = *tc_secret_key_get_public (key);
  g_assert_cmpint (judge (chain, &nobodys), ==, TC_EVIDENCE_MOOT);
  g_assert_cmpstr (execute_with (chain, &nobodys, 1), ==, "bad-evidence");
  tc_evidence_clear (&good);
  tc_evidence_clear (&other);
  tc_evidence_clear (&nobodys);
}

static void
test_window (void)
{
  g_test_summary ("C7: judged within unbonding_epochs, and not of an epoch to come.");
  TcParams params = TC_PARAMS_LOCAL;

  params.unbonding_epochs = 2;
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, &params);

  for (guint32 now = 1; now <= 5; now++)
    {
      for (guint32 epoch = 0; epoch <= 7; epoch++)
        {
          TcEvidence lie = make_lie (chain, 2, epoch, 0);
          const gboolean counts = epoch >= 1 && epoch <= now && epoch + 2 >= now;

          g_assert_cmpuint (tc_ledger_get_next_epoch (chain->ledger), ==, now);
          g_assert_cmpint (judge (chain, &lie), ==, counts ? TC_EVIDENCE_HOLDS : TC_EVIDENCE_MOOT);
          tc_evidence_clear (&lie);
        }
      tc_chain_fixture_end_epoch (chain);
    }
}

static void
test_too_large (void)
{
  g_test_summary ("C7: a block holds at most 256 kB of evidence; proposing takes what fits.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (20, NULL, 1, NULL);
  TcHash votes[TC_BATCH_ENTRIES_MAX];
  g_autoptr(GArray) lies = g_array_new (FALSE, FALSE, sizeof (TcEvidence));
  guint32 n;

  for (guint i = 0; i < G_N_ELEMENTS (votes); i++)
    votes[i] = hash_of (i);
  for (guint i = 0; i < 20; i++)
    {
      TcEvidence evidence;
      g_autoptr(TcBatch) a = tc_batch_new (1, (guint8) i, 0, 0, votes, G_N_ELEMENTS (votes), NULL, 0, &chain->genesis->chain_id, chain->operators[i]);
      g_autoptr(TcBatch) b = tc_batch_new (1, (guint8) i, 0, 1, votes, G_N_ELEMENTS (votes), NULL, 0, &chain->genesis->chain_id, chain->operators[i]);

      g_assert_true (tc_evidence_of_batches (tc_secret_key_get_public (chain->operators[i]), a, b, &evidence));
      g_array_append_val (lies, evidence);
    }
  n = TC_EVIDENCE_SIZE_MAX / (guint32) tc_evidence_get_size (&g_array_index (lies, TcEvidence, 0));
  g_assert_cmpuint (n, <, 20);
  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_cmpuint (extend (chain, (const TcEvidence *) (gpointer) lies->data, 20), ==, n);
  g_assert_cmpuint (extend (chain, (const TcEvidence *) (gpointer) lies->data, 20), ==, MIN (n, 20 - n));
  for (guint i = 0; i < 20; i++)
    tc_evidence_clear (&g_array_index (lies, TcEvidence, i));
}

static void
test_too_large_refused (void)
{
  g_test_summary ("C7: a block with more than 256 kB of good evidence is refused.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (20, NULL, 1, NULL);
  g_autoptr(TcExecution) execution = NULL;
  TcHash votes[TC_BATCH_ENTRIES_MAX];
  TcEvidence sorted[10];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (votes); i++)
    votes[i] = hash_of (i);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(TcBatch) a = tc_batch_new (1, (guint8) i, 0, 0, votes, G_N_ELEMENTS (votes), NULL, 0, &chain->genesis->chain_id, chain->operators[i]);
      g_autoptr(TcBatch) b = tc_batch_new (1, (guint8) i, 0, 1, votes, G_N_ELEMENTS (votes), NULL, 0, &chain->genesis->chain_id, chain->operators[i]);
      TcEvidence evidence;
      TcHash hash;
      guint at = 0;

      g_assert_true (tc_evidence_of_batches (tc_secret_key_get_public (chain->operators[i]), a, b, &evidence));
      hash = tc_evidence_hash (&evidence);
      for (; at < n; at++)
        {
          const TcHash other = tc_evidence_hash (&sorted[at]);

          if (tc_hash_compare (&hash, &other) < 0)
            break;
        }
      memmove (&sorted[at + 1], &sorted[at], (n - at) * sizeof *sorted);
      sorted[at] = evidence;
      n++;
    }
  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_cmpuint (7 * tc_evidence_get_size (&sorted[0]) + 3, <=, TC_EVIDENCE_SIZE_MAX);
  g_assert_cmpuint (8 * tc_evidence_get_size (&sorted[0]) + 3, >, TC_EVIDENCE_SIZE_MAX);
  g_assert_cmpstr (execute_with (chain, sorted, 7), ==, "ok");
  g_assert_cmpstr (execute_with (chain, sorted, 8), ==, "bad-evidence");
  for (guint i = 0; i < 10; i++)
    tc_evidence_clear (&sorted[i]);
}

static void
test_past_key (void)
{
  g_test_summary ("C7: a key that a masternode left convicts it of what it signed while the key was its own, and of nothing later.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, NULL);
  g_autoptr(TcSecretKey) key = tc_fixture_key (77);
  TcEvidence before = make_lie (chain, 2, 2, 0), after, latest;

  tc_chain_fixture_end_epoch (chain);
  tc_chain_fixture_end_epoch (chain);
  tc_registry_set_key (chain->ledger->registry, 2, tc_secret_key_get_public (key), 2);
  tc_chain_fixture_end_epoch (chain);
  after = make_lie (chain, 2, 3, 0);
  g_assert_cmpint (judge (chain, &before), ==, TC_EVIDENCE_HOLDS);
  g_assert_cmpint (judge (chain, &after), ==, TC_EVIDENCE_MOOT);
  tc_secret_key_unref (chain->operators[2]);
  chain->operators[2] = tc_secret_key_ref (key);
  latest = make_lie (chain, 2, 3, 0);
  g_assert_cmpint (judge (chain, &latest), ==, TC_EVIDENCE_HOLDS);
  tc_evidence_clear (&before);
  tc_evidence_clear (&after);
  tc_evidence_clear (&latest);
}

static void
test_retired (void)
{
  g_test_summary ("C7, M4: a retired masternode is judged until its collateral is released, which is then less a tenth; after that nobody can be.");
  TcParams params = TC_PARAMS_LOCAL;

  params.unbonding_epochs = 2;
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, &params);
  const TcAmount collateral = tc_tier_collateral (TC_TIER_GOLD);
  TcEvidence early = make_lie (chain, 2, 1, 0), late = make_lie (chain, 3, 1, 0);
  const TcOutpoint outpoint = masternode (chain, 2)->outpoint;
  TcCoin coin;

  tc_registry_retire (chain->ledger->registry, 2, 1);
  tc_registry_retire (chain->ledger->registry, 3, 1);
  g_assert_cmpuint (extend (chain, &early, 1), ==, 1);
  tc_chain_fixture_end_epoch (chain);
  g_assert_true (masternode (chain, 2)->jailed);
  g_assert_cmpint (judge (chain, &late), ==, TC_EVIDENCE_HOLDS);
  tc_chain_fixture_end_epoch (chain);
  tc_chain_fixture_end_epoch (chain);
  g_assert_cmpint (masternode (chain, 2)->state, ==, TC_MASTERNODE_RELEASED);
  g_assert_cmpint (masternode (chain, 3)->state, ==, TC_MASTERNODE_RELEASED);
  g_assert_cmpint (judge (chain, &late), ==, TC_EVIDENCE_MOOT);
  g_assert_true (tc_ledger_get_coin (chain->ledger, &outpoint, &coin));
  g_assert_cmpuint (coin.output.amount.units, ==, collateral.units - collateral.units / 10);
  g_assert_cmpint (coin.output.lock, ==, TC_LOCK_KEY_HASH);
  g_assert_cmpuint (chain->ledger->burnt_units, ==, collateral.units / 10);
  tc_evidence_clear (&early);
  tc_evidence_clear (&late);
}

static void
test_omission (void)
{
  g_test_summary ("C7: an acknowledgement that the close leaves out convicts while the payment is not in the chain: while a coin that it spends is there.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 2, NULL);
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (chain, 0, 5000);
  const TcAck ack = { G_MAXUINT32, tx->txid };
  g_autoptr(TcBatch) batch = tc_batch_new (1, 2, 0, 0, NULL, 0, &ack, 1, &chain->genesis->chain_id, chain->operators[2]);
  TcClose close = { .epoch = 1, .member = 2 };
  TcEvidence evidence;

  tc_close_sign (&close, &chain->genesis->chain_id, chain->operators[2]);
  g_assert_true (tc_evidence_of_omission (tc_secret_key_get_public (chain->operators[2]), batch, NULL, tx, &close, NULL, 0, &evidence));
  tc_chain_fixture_extend (chain, NULL, 0);
  g_assert_cmpint (judge (chain, &evidence), ==, TC_EVIDENCE_HOLDS);
  g_assert_cmpstr (execute_with (chain, &evidence, 1), ==, "ok");
  tc_chain_fixture_extend (chain, &tx, 1);
  g_assert_cmpint (judge (chain, &evidence), ==, TC_EVIDENCE_MOOT);
  g_assert_cmpstr (execute_with (chain, &evidence, 1), ==, "bad-evidence");
  tc_evidence_clear (&evidence);
}

static void
test_stored (void)
{
  g_test_summary ("Who waits to be jailed is in the stored state: a node that restarts in the middle of the epoch jails it as well.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, NULL);
  TcEvidence lie = make_lie (chain, 2, 1, 0);
  g_autoptr(GError) error = NULL;

  tc_chain_fixture_extend (chain, NULL, 0);
  extend (chain, &lie, 1);
  tc_chain_fixture_flush (chain);
  tc_ledger_free (chain->ledger);
  chain->ledger = tc_ledger_new_stored (chain->genesis, &chain->store->view, chain->store->state, chain->store->buckets, &error);
  g_assert_no_error (error);
  g_assert_true (masternode (chain, 2)->accused);
  g_assert_cmpint (judge (chain, &lie), ==, TC_EVIDENCE_MOOT);
  tc_chain_fixture_end_epoch (chain);
  g_assert_true (masternode (chain, 2)->jailed);
  tc_evidence_clear (&lie);
}

static void
test_reward (void)
{
  g_test_summary ("M5: who is jailed shares in the epoch that ends so, as the registry stood when it began, and in none after.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N, NULL, 1, NULL);
  TcEvidence lie = make_lie (chain, 4, 1, 0);
  guint64 first;

  extend (chain, &lie, 1);
  tc_chain_fixture_end_epoch (chain);
  first = masternode (chain, 4)->accrued.units;
  g_assert_cmpuint (first, >, 0);
  g_assert_cmpuint (first, ==, masternode (chain, 3)->accrued.units);
  tc_chain_fixture_end_epoch (chain);
  g_assert_cmpuint (masternode (chain, 4)->accrued.units, <=, first);
  g_assert_cmpuint (masternode (chain, 3)->accrued.units, >, first);
  tc_evidence_clear (&lie);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/evidence/survive-16-jailed", test_jailed);
  g_test_add_func ("/ledger/evidence/free", test_free);
  g_test_add_func ("/ledger/evidence/last-block", test_last_block);
  g_test_add_func ("/ledger/evidence/once", test_once);
  g_test_add_func ("/ledger/evidence/order", test_order);
  g_test_add_func ("/ledger/evidence/bad", test_bad);
  g_test_add_func ("/ledger/evidence/window", test_window);
  g_test_add_func ("/ledger/evidence/too-large", test_too_large);
  g_test_add_func ("/ledger/evidence/too-large-refused", test_too_large_refused);
  g_test_add_func ("/ledger/evidence/past-key", test_past_key);
  g_test_add_func ("/ledger/evidence/retired", test_retired);
  g_test_add_func ("/ledger/evidence/omission", test_omission);
  g_test_add_func ("/ledger/evidence/stored", test_stored);
  g_test_add_func ("/ledger/evidence/reward", test_reward);
  return g_test_run ();
}
