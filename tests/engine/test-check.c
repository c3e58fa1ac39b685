#include <string.h>

#include "engine-net.h"

#define N_PAYERS 8u

typedef struct
{
  TcChainFixture *chain;
  TcTx           *txs[N_PAYERS];
  TcBlock        *block;
  TcCommit       *commit;
} Setting;

static void
set_up (Setting *self, gconstpointer unused)
{
  g_autoptr(TcExecution) execution = NULL;

  self->chain = tc_chain_fixture_new (4, NULL, N_PAYERS, NULL);
  tc_chain_fixture_extend (self->chain, NULL, 0);
  tc_chain_fixture_flush (self->chain);
  for (guint32 i = 0; i < N_PAYERS; i++)
    self->txs[i] = tc_chain_fixture_pay (self->chain, i, TC_AMOUNT_PER_TIME);
  self->block = tc_chain_fixture_propose (self->chain, self->txs, N_PAYERS, &execution);
  g_assert_cmpuint (self->block->n_txs, ==, N_PAYERS);
  self->commit = tc_chain_fixture_commit (self->chain, self->block, 0, NULL);
}

static void
tear_down (Setting *self, gconstpointer unused)
{
  for (guint i = 0; i < N_PAYERS; i++)
    tc_tx_unref (self->txs[i]);
  tc_block_unref (self->block);
  tc_commit_unref (self->commit);
  tc_chain_fixture_free (self->chain);
}

/* Of all coins, to be fetched. */
static TcCheck *
check_new (const Setting *self, TcBlock *block, TcCommit *commit)
{
  TcCheck *check = tc_check_new (&self->chain->genesis->chain_id, commit, tc_ledger_get_committee (self->chain->ledger), block);

  check->n_fetch = check->n_spent;
  check->fetch = g_new (TcOutpoint, check->n_fetch);
  check->fetch_for = g_new (guint32, check->n_fetch);
  check->coins = g_new (TcCoin, check->n_fetch);
  check->found = g_new0 (guint8, check->n_fetch);
  for (guint32 i = 0; i < block->n_txs; i++)
    {
      check->fetch[i] = block->txs[i]->inputs[0].outpoint;
      check->fetch_for[i] = i;
    }
  return check;
}

static void
count_jobs (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  *(gsize *) user_data += n_jobs;
  TC_VERIFIER_INLINE.check_many (NULL, jobs, n_jobs);
}

static TcBlockVerdict
execute (const Setting *self, const TcBlock *block, const TcHash *digests, gsize *ret_n_jobs)
{
  const TcVerifier verifier = { count_jobs, ret_n_jobs };
  const TcExecuteOptions options = { .verifier = &verifier, .commit_checked = TRUE, .digests = digests };
  g_autoptr(TcExecution) execution = NULL;

  *ret_n_jobs = 0;
  return tc_ledger_execute (self->chain->ledger, block, &options, &execution);
}

static void
test_block (Setting *self, gconstpointer unused)
{
  g_test_summary ("A block whose signatures are good is checked once: the ledger asks for no signature again.");
  g_autoptr(TcCheck) check = check_new (self, self->block, self->commit);
  gsize n_jobs;

  tc_check_fetch (check, &self->chain->store->view);
  tc_check_run (check, &TC_VERIFIER_INLINE);
  g_assert_true (check->commit_good);
  g_assert_cmpint (execute (self, self->block, check->digests, &n_jobs), ==, TC_BLOCK_OK);
  g_assert_cmpuint (n_jobs, ==, 0);
  g_assert_cmpint (execute (self, self->block, NULL, &n_jobs), ==, TC_BLOCK_OK);
  g_assert_cmpuint (n_jobs, ==, N_PAYERS);
}

static void
test_other_coin (Setting *self, gconstpointer unused)
{
  g_test_summary ("What was found good for another coin than the one that is spent counts for nothing.");
  g_autoptr(TcCheck) check = check_new (self, self->block, self->commit);
  gsize n_jobs;

  tc_check_fetch (check, &self->chain->store->view);
  check->coins[3].output.amount.units++;
  tc_check_run (check, &TC_VERIFIER_INLINE);
  g_assert_true (tc_hash_is_zero (&check->digests[3]));
  g_assert_cmpint (execute (self, self->block, check->digests, &n_jobs), ==, TC_BLOCK_OK);
  g_assert_cmpuint (n_jobs, ==, 1);
  check->digests[2] = check->digests[5];
  g_assert_cmpint (execute (self, self->block, check->digests, &n_jobs), ==, TC_BLOCK_OK);
  g_assert_cmpuint (n_jobs, ==, 2);
}

static void
test_missing (Setting *self, gconstpointer unused)
{
  g_test_summary ("A transaction whose coin is not found, or which is known to be good, is left out; the others count.");
  g_autoptr(TcCheck) check = check_new (self, self->block, self->commit);
  gsize n_jobs;

  tc_check_fetch (check, &self->chain->store->view);
  check->found[0] = FALSE;
  check->skip[4] = TRUE;
  g_assert_nonnull (tc_check_prepare (check, &n_jobs));
  g_assert_cmpuint (n_jobs, ==, 4 + N_PAYERS - 2);
  TC_VERIFIER_INLINE.check_many (NULL, (TcSignatureJob *) (gpointer) check->jobs->data, n_jobs);
  tc_check_finish (check);
  for (guint i = 0; i < N_PAYERS; i++)
    g_assert_cmpint (tc_hash_is_zero (&check->digests[i]), ==, i == 0 || i == 4);
}

static void
test_witness (Setting *self, gconstpointer unused)
{
  g_test_summary ("A wrong witness is told from the others, and the ledger refuses the block for it (T1).");
  const TcBlock *good = self->block;
  TcTx *txs[N_PAYERS];
  gsize n_jobs;

  memcpy (txs, good->txs, sizeof txs);
  TcWitness witness = txs[6]->witnesses[0];
  witness.signature.bytes[3] ^= 1;
  txs[6] = tc_tx_new_signed (txs[6], &witness, 1);
  g_autoptr(TcBlock) bad = tc_block_new (&good->header, good->commit, good->closes, good->n_closes, txs, N_PAYERS);
  g_autoptr(TcCheck) check = check_new (self, bad, self->commit);

  tc_check_fetch (check, &self->chain->store->view);
  tc_check_run (check, &TC_VERIFIER_INLINE);
  g_assert_true (check->commit_good);
  for (guint i = 0; i < N_PAYERS; i++)
    g_assert_cmpint (tc_hash_is_zero (&check->digests[i]), ==, i == 6);
  g_assert_cmpint (execute (self, bad, check->digests, &n_jobs), ==, TC_BLOCK_BAD_WITNESS);
  g_assert_cmpuint (n_jobs, ==, 1);
  tc_tx_unref (txs[6]);
}

/* The commit of the block with one signature changed. */
static TcCommit *
spoil (const TcCommit *commit, guint which, gsize n_members)
{
  g_autofree TcSignature *signatures = g_memdup2 (commit->signatures, commit->n_signatures * sizeof *signatures);

  signatures[which].bytes[7] ^= 1;
  return tc_commit_new (commit->height, commit->round, &commit->block_hash, commit->signers, n_members, signatures);
}

static void
test_commit (Setting *self, gconstpointer unused)
{
  g_test_summary ("A commit with one bad signature, or of too few, is bad.");
  TcCommittee *committee = tc_ledger_get_committee (self->chain->ledger);
  const guint8 few[TC_BITMAP_SIZE_MAX] = { 3 };

  for (guint which = 0; which < 5; which++)
    {
      g_autoptr(TcCommit) commit = which < 4 ? spoil (self->commit, which, 4) : tc_chain_fixture_commit (self->chain, self->block, 0, few);
      g_autoptr(TcCheck) check = tc_check_new (&self->chain->genesis->chain_id, commit, committee, NULL);

      tc_check_run (check, &TC_VERIFIER_INLINE);
      g_assert_false (check->commit_good);
    }
}

static void
test_parent (Setting *self, gconstpointer unused)
{
  g_test_summary ("Of a body's commit only what another good commit of the parent lacks is checked.");
  TcCommittee *committee = tc_ledger_get_committee (self->chain->ledger);
  TcCommit *parent = self->block->commit;
  g_autoptr(TcCommit) same = tc_commit_ref (parent), spoilt = spoil (parent, 2, 4);
  TcCommit *known[] = { NULL, same, spoilt };
  const gsize n_expected[] = { 4, 0, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr(TcCheck) check = check_new (self, self->block, self->commit);
      gsize n_jobs;

      check->parent = known[i] != NULL ? tc_commit_ref (known[i]) : NULL;
      check->parent_committee = tc_committee_ref (committee);
      tc_check_prepare (check, &n_jobs);
      g_assert_cmpuint (check->n_parent_jobs, ==, n_expected[i]);
      TC_VERIFIER_INLINE.check_many (NULL, (TcSignatureJob *) (gpointer) check->jobs->data, n_jobs);
      tc_check_finish (check);
      g_assert_true (check->parent_good);
    }
}

#define ADD(name, function) g_test_add ("/engine/check/" name, Setting, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  ADD ("block", test_block);
  ADD ("other-coin", test_other_coin);
  ADD ("missing", test_missing);
  ADD ("witness", test_witness);
  ADD ("commit", test_commit);
  ADD ("parent", test_parent);
  return g_test_run ();
}
