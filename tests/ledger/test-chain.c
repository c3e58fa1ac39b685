#include "chain-fixture.h"

#define EPOCHS 3u

static void
assert_same_tip (TcLedger *a, TcLedger *b)
{
  const TcTip *x = tc_ledger_get_tip (a), *y = tc_ledger_get_tip (b);

  g_assert_cmpuint (x->height, ==, y->height);
  g_assert_cmpmem (&x->hash, sizeof x->hash, &y->hash, sizeof y->hash);
  g_assert_cmpmem (&x->state_root, sizeof x->state_root, &y->state_root, sizeof y->state_root);
  g_assert_cmpmem (&x->seed, sizeof x->seed, &y->seed, sizeof y->seed);
  g_assert_cmpuint (x->epoch_start_ms, ==, y->epoch_start_ms);
  g_assert_cmpuint (x->epoch_start_height, ==, y->epoch_start_height);
}

/* A ledger that follows the fixture's chain by executing its blocks, from bytes, with every check. */
static void
follow (TcChainFixture *chain, TcLedger *follower, guint first)
{
  const TcExecuteOptions options = { .verifier = &TC_VERIFIER_INLINE };

  for (guint i = first; i < chain->blocks->len; i++)
    {
      g_autoptr(GBytes) bytes = tc_block_encode (g_ptr_array_index (chain->blocks, i));
      g_autoptr(GError) error = NULL;
      g_autoptr(TcBlock) block = tc_block_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
      g_autoptr(TcExecution) execution = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (tc_block_verdict_name (tc_ledger_execute (follower, block, &options, &execution)), ==, "ok");
      tc_ledger_apply (follower, execution);
    }
}

/* Each block but a last one pays from one more genesis coin, and one more spends a child in the same block. */
static void
grow (TcChainFixture *chain, guint32 n_epochs)
{
  guint32 next = 0;

  for (guint32 epoch = 0; epoch < n_epochs;)
    {
      g_autoptr(TcTx) parent = tc_chain_fixture_pay (chain, next % chain->n_payers, 5000000 + next);
      TcOutpoint change = { parent->txid, 1 };
      TcKeyHash to = tc_fixture_key_hash (chain->payers[0]);
      g_autoptr(TcTx) child = tc_fixture_pay (chain, chain->payers[next % chain->n_payers], &change, &parent->outputs[1], &to, 777777, 2000);
      TcTx *txs[] = { child, parent };

      tc_chain_fixture_extend (chain, txs, next < chain->n_payers ? 2 : 0);
      next++;
      epoch += tc_ledger_get_tip (chain->ledger)->is_last;
    }
}

static void
test_propose_execute_apply (void)
{
  g_test_summary ("What one ledger proposes over some epochs, another executes to the same tip, roots and seed.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 30, NULL);
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcLedger) follower = tc_ledger_new_genesis (chain->genesis, &store->view);
  guint32 n_txs = 0;

  assert_same_tip (chain->ledger, follower);
  grow (chain, EPOCHS);
  for (guint i = 0; i < chain->blocks->len; i++)
    n_txs += ((TcBlock *) g_ptr_array_index (chain->blocks, i))->n_txs;
  g_assert_cmpuint (n_txs, >=, 60);
  g_assert_cmpuint (tc_ledger_get_next_epoch (chain->ledger), ==, EPOCHS + 1);
  follow (chain, follower, 0);
  assert_same_tip (chain->ledger, follower);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/chain/propose-execute-apply", test_propose_execute_apply);
  return g_test_run ();
}
