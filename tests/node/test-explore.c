#include "local-fixture.h"

/* Blocks, transactions and addresses are found without an index. */

typedef struct
{
  LocalFixture  local;
  gboolean      done;
  GError       *error;
  GArray       *list;
  TcNodeBlock  *block;
  TcNodeTx     *tx;
  TcNodeAddress *address;
  TcFinality    finality;
  TcTx         *parts, *first, *second;  /* each spends output 0 of the one before; nothing of `first` is left */
  guint         n_reports;
} Fixture;

static Fixture f;

static gboolean
is_done (gpointer user_data)
{
  return f.done;
}

static void
wait_done (const char *what)
{
  local_fixture_wait (is_done, NULL, what);
  f.done = FALSE;
}

static void
on_blocks (GObject *source, GAsyncResult *result, gpointer user_data)
{
  f.list = tc_node_list_blocks_finish (f.local.node, result, &f.error);
  f.done = TRUE;
}

static void
on_block (GObject *source, GAsyncResult *result, gpointer user_data)
{
  f.block = tc_node_get_block_finish (f.local.node, result, &f.error);
  f.done = TRUE;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  f.tx = tc_node_find_tx_finish (f.local.node, result, &f.error);
  f.done = TRUE;
}

static void
on_coins (GObject *source, GAsyncResult *result, gpointer user_data)
{
  f.address = tc_node_list_address_coins_finish (f.local.node, result, &f.error);
  f.done = TRUE;
}

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  f.list = tc_node_count_signed_finish (f.local.node, result, &f.error);
  f.done = TRUE;
}

static void
on_finality (GObject *source, GAsyncResult *result, gpointer user_data)
{
  tc_node_get_finality_finish (f.local.node, result, &f.finality, &f.error);
  f.done = TRUE;
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  g_assert_cmpuint (done, <=, total);
  f.n_reports++;
}

static TcTx *
sweep (const TcTx *from, guint key)
{
  const TcOutput spent = from->outputs[0];
  const TcTxInput input = { { from->txid, 0 }, 0 };
  const TcOutput output = { { spent.amount.units - LOCAL_FIXTURE_FEE_UNITS }, TC_LOCK_KEY_HASH, f.local.key_hashes[key] };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, (const guint8 *) "boat", 4, NULL, 0);
  const TcHash digest = tc_tx_digest (bare, &tc_node_get_network (f.local.node)->genesis->chain_id, &spent);
  const TcWitness witness = { *tc_secret_key_get_public (f.local.keys[0]), tc_secret_key_sign (f.local.keys[0], digest.bytes, TC_HASH_SIZE) };

  return tc_tx_new_signed (bare, &witness, 1);
}

static TcFinalityState
finality_of (const TcTx *tx)
{
  tc_node_get_finality_async (f.local.node, &tx->txid, NULL, on_finality, NULL);
  wait_done ("a finality");
  g_assert_no_error (f.error);
  return f.finality.state;
}

/* Asks until it is so. */
static void
wait_finality (const TcTx *tx, TcFinalityState state)
{
  const gint64 end_us = g_get_monotonic_time () + LOCAL_FIXTURE_WAIT_S * G_USEC_PER_SEC;

  while (finality_of (tx) != state && g_get_monotonic_time () < end_us)
    g_usleep (10000);
  g_assert_cmpint (f.finality.state, ==, state);
}

static void
find (const TcHash *txid)
{
  g_clear_pointer (&f.tx, tc_node_tx_free);
  g_clear_error (&f.error);
  f.n_reports = 0;
  tc_node_find_tx_async (f.local.node, txid, 0, on_progress, NULL, NULL, on_found, NULL);
  wait_done ("a transaction");
}

static void
test_pending (void)
{
  g_test_summary ("A transaction that is in no block yet is found, with what it spends: of the chain, and of another one that is pending.");
  f.parts = local_fixture_split (&f.local, 3);
  f.first = sweep (f.parts, 0);
  f.second = sweep (f.first, 1);
  local_fixture_submit (&f.local, f.parts);
  local_fixture_submit (&f.local, f.first);
  local_fixture_submit (&f.local, f.second);
  find (&f.second->txid);
  g_assert_no_error (f.error);
  g_assert_nonnull (f.tx->tx);
  g_assert_cmpuint (f.tx->n_inputs, ==, 1);
  g_assert_true (f.tx->known[0]);
  g_assert_cmpuint (f.tx->spent[0].amount.units, ==, f.first->outputs[0].amount.units);
  find (&f.parts->txid);
  g_assert_true (f.tx->known[0]);
  g_assert_cmpuint (f.tx->spent[0].amount.units, ==, TC_LOCAL_FUNDS_TIME * TC_AMOUNT_PER_TIME);
}

static void
test_confirmed (void)
{
  g_test_summary ("One that is in a block is found there, and which of its outputs are unspent is said.");
  wait_finality (f.second, TC_FINALITY_CONFIRMED);
  find (&f.second->txid);
  g_assert_no_error (f.error);
  g_assert_true (f.tx->in_block);
  g_assert_cmpuint (f.tx->height, ==, f.finality.height);
  g_assert_true (f.tx->known[0]);
  g_assert_true (f.tx->unspent[0]);
  find (&f.first->txid);
  g_assert_false (f.tx->unspent[0]);
}

static void
test_old (void)
{
  g_test_summary ("One of which nothing is left, and that the node no longer remembers, is found by reading blocks, the newest first.");
  wait_finality (f.first, TC_FINALITY_UNKNOWN);
  find (&f.first->txid);
  g_assert_no_error (f.error);
  g_assert_true (f.tx->in_block);
  g_assert_cmpint (f.tx->finality.state, ==, TC_FINALITY_UNKNOWN);
  g_assert_cmpuint (f.tx->n_outputs, ==, 1);
  g_assert_false (f.tx->unspent[0]);
  g_assert_true (f.tx->known[0]);
  g_assert_cmpuint (f.n_reports, >, 0);
}

static void
test_genesis (void)
{
  const TcGenesis *genesis = tc_node_get_network (f.local.node)->genesis;

  g_test_summary ("The outputs of genesis are shown as what they are.");
  find (&genesis->txid);
  g_assert_no_error (f.error);
  g_assert_null (f.tx->tx);
  g_assert_cmpuint (f.tx->n_outputs, ==, genesis->n_outputs);
  g_assert_false (f.tx->unspent[0]);
  g_assert_true (f.tx->unspent[1]);
}

static void
test_unknown (void)
{
  const TcHash txid = tc_hash_sha256 ((const guint8 *) "nobody", 6);

  g_test_summary ("One that is nowhere is not found, after all blocks were read.");
  find (&txid);
  g_assert_error (f.error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND);
  g_assert_null (f.tx);
  g_clear_error (&f.error);
}

static void
test_cancelled (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  const TcHash txid = tc_hash_sha256 ((const guint8 *) "nobody", 6);

  g_test_summary ("A search that is cancelled ends as cancelled, and tells no progress after that.");
  tc_node_find_tx_async (f.local.node, &txid, 0, on_progress, NULL, cancellable, on_found, NULL);
  g_cancellable_cancel (cancellable);
  wait_done ("the end of a search");
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&f.error);
  tc_node_list_address_coins_async (f.local.node, f.local.key_hashes, 1, on_progress, NULL, cancellable, on_coins, NULL);
  wait_done ("the end of a scan");
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&f.error);
}

static void
test_address (void)
{
  const TcKeyHash nobody = { { 1 } };

  g_test_summary ("What an address has is summed up, collateral apart; one that was never paid has nothing.");
  tc_node_list_address_coins_async (f.local.node, &f.local.key_hashes[0], 1, on_progress, NULL, NULL, on_coins, NULL);
  wait_done ("an address");
  g_assert_no_error (f.error);
  g_assert_cmpuint (f.address->collateral.units, ==, 2 * 100000 * TC_AMOUNT_PER_TIME);
  g_assert_cmpuint (f.address->n_coins, ==, f.address->coins->len);
  g_assert_cmpuint (f.address->total.units, >, f.address->collateral.units);
  for (guint i = 1; i < f.address->coins->len; i++)
    g_assert_cmpuint (g_array_index (f.address->coins, TcNodeAddressCoin, i - 1).height, >=, g_array_index (f.address->coins, TcNodeAddressCoin, i).height);
  tc_node_address_free (f.address);
  tc_node_list_address_coins_async (f.local.node, &nobody, 1, NULL, NULL, NULL, on_coins, NULL);
  wait_done ("an address");
  g_assert_no_error (f.error);
  g_assert_cmpuint (f.address->n_coins, ==, 0);
  g_clear_pointer (&f.address, tc_node_address_free);
}

static void
test_blocks (void)
{
  const guint32 height = local_fixture_height (&f.local);

  g_test_summary ("Blocks are listed downwards, and one is found by number and by hash, with who signed it.");
  tc_node_list_blocks_async (f.local.node, height, 3, NULL, on_blocks, NULL);
  wait_done ("blocks");
  g_assert_no_error (f.error);
  g_assert_cmpuint (f.list->len, ==, 3);
  const TcNodeBlockInfo newest = g_array_index (f.list, TcNodeBlockInfo, 0);
  g_assert_cmpuint (newest.height, ==, height);
  g_assert_cmpuint (newest.masternode, <, 2);
  g_assert_cmpuint (g_array_index (f.list, TcNodeBlockInfo, 2).height, ==, height - 2);
  g_clear_pointer (&f.list, g_array_unref);

  tc_node_get_block_async (f.local.node, 0, &newest.hash, NULL, on_block, NULL);
  wait_done ("a block");
  g_assert_no_error (f.error);
  g_assert_cmpuint (f.block->block->header.height, ==, height);
  g_assert_cmpuint (f.block->size_bytes, ==, newest.size_bytes);
  g_assert_cmpuint (f.block->committee->n_members, ==, 2);
  g_assert_true (tc_committee_is_quorum (f.block->committee, tc_committee_sum (f.block->committee, f.block->commit->signers)));
  g_clear_pointer (&f.block, tc_node_block_free);

  tc_node_get_block_async (f.local.node, height + 1000000, NULL, NULL, on_block, NULL);
  wait_done ("no block");
  g_assert_error (f.error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND);
  g_clear_error (&f.error);
}

static void
test_signed (void)
{
  guint n_proposed = 0;

  g_test_summary ("Who signed and proposed the newest blocks is counted.");
  tc_node_count_signed_async (f.local.node, 5, NULL, on_signed, NULL);
  wait_done ("signatures");
  g_assert_no_error (f.error);
  g_assert_cmpuint (f.list->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const TcNodeSigned *item = &g_array_index (f.list, TcNodeSigned, i);

      g_assert_cmpuint (item->masternode, ==, i);
      g_assert_cmpuint (item->n_of, ==, 5);
      g_assert_cmpuint (item->n_signed, ==, 5);  /* of two, both are a quorum */
      n_proposed += item->n_proposed;
    }
  g_assert_cmpuint (n_proposed, ==, 5);
  g_clear_pointer (&f.list, g_array_unref);
}

int
main (int argc, char **argv)
{
  int code;

  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  local_fixture_init (&f.local, NULL, 2, TRUE);
  local_fixture_start (&f.local);
  g_test_add_func ("/explore/pending", test_pending);
  g_test_add_func ("/explore/confirmed", test_confirmed);
  g_test_add_func ("/explore/old", test_old);
  g_test_add_func ("/explore/genesis", test_genesis);
  g_test_add_func ("/explore/unknown", test_unknown);
  g_test_add_func ("/explore/cancelled", test_cancelled);
  g_test_add_func ("/explore/address", test_address);
  g_test_add_func ("/explore/blocks", test_blocks);
  g_test_add_func ("/explore/signed", test_signed);
  code = g_test_run ();
  g_clear_pointer (&f.tx, tc_node_tx_free);
  g_clear_pointer (&f.parts, tc_tx_unref);
  g_clear_pointer (&f.first, tc_tx_unref);
  g_clear_pointer (&f.second, tc_tx_unref);
  local_fixture_clear (&f.local);
  return code;
}
