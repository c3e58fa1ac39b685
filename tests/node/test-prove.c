#include "local-fixture.h"

/* Proofs of a local network with epochs of 3 s, where committees of many epochs are asked for. */

typedef struct
{
  LocalFixture *local;
  TcTxProof    *proof;
  gboolean      done, ok, in_chain;
  GError       *error;
  guint32       height, wanted_epoch;
  TcHash        txid;
} Fixture;

static void
ask (Fixture *f, const TcHash *txid, guint32 height)
{
  g_clear_error (&f->error);
  f->proof = tc_node_prove_tx (f->local->node, txid, height, &f->error);
}

static void
check (Fixture *f, TcTxProof *proof)
{
  g_clear_error (&f->error);
  f->in_chain = FALSE;
  f->ok = tc_node_check_proof (f->local->node, proof, &f->in_chain, &f->error);
}

static void
on_finality (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;
  TcFinality finality;

  if (tc_node_get_finality_finish (f->local->node, result, &finality, NULL) && finality.state == TC_FINALITY_CONFIRMED)
    f->height = finality.height;
  f->done = TRUE;
}

static gboolean
is_confirmed (gpointer user_data)
{
  Fixture *f = user_data;

  if (f->done && f->height == 0)
    {
      f->done = FALSE;
      tc_node_get_finality_async (f->local->node, &f->txid, NULL, on_finality, f);
    }
  return f->height > 0;
}

static gboolean
epoch_is_over (gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (f->local->node);

  return status->epoch > f->wanted_epoch;
}

static void
confirm (Fixture *f)
{
  g_autoptr(TcTx) tx = local_fixture_split (f->local, 4);

  f->txid = tx->txid;
  f->done = TRUE;
  local_fixture_submit (f->local, tx);
  local_fixture_wait (is_confirmed, f, "the block");
}

static TcTxProof *
altered (TcTxProof *proof, gsize offset)
{
  g_autoptr(GBytes) bytes = tc_tx_proof_encode (proof);
  gsize n;
  g_autofree guint8 *data = g_bytes_unref_to_data (g_bytes_ref (bytes), &n);

  data[offset] ^= 1;
  return tc_tx_proof_decode (data, n, NULL);
}

static gboolean
on_tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;  /* so that conditions that nothing wakes are looked at */
}

static void
test_prove (void)
{
  g_test_summary ("What is in a block is proven, at once and when its epoch is long over; another transaction, block, commit or epoch is not.");
  LocalFixture local;
  Fixture f = { .local = &local };
  const TcHash other = { { 1 } };

  local_fixture_init (&local, NULL, 4, TRUE);
  local_fixture_start (&local);
  const guint tick = g_timeout_add (20, on_tick, NULL);
  confirm (&f);
  ask (&f, &other, f.height);
  g_assert_error (f.error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND);
  ask (&f, &f.txid, 1000000);
  g_assert_error (f.error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND);
  ask (&f, &f.txid, f.height);
  g_assert_no_error (f.error);
  check (&f, f.proof);
  g_assert_no_error (f.error);
  g_assert_true (f.ok && f.in_chain);
  f.wanted_epoch = f.proof->header.epoch + 3;
  local_fixture_wait (epoch_is_over, &f, "the epochs after it");
  check (&f, f.proof);
  g_assert_true (f.ok && f.in_chain);

  /* The last byte of the header's commit blob is one of a signature. */
  gsize commit_end = TC_HEADER_SIZE + 2;
  g_autoptr(GByteArray) commit = g_byte_array_new ();
  tc_commit_put (commit, f.proof->commit);
  commit_end += commit->len;
  g_autoptr(TcTxProof) forged = altered (f.proof, commit_end - 2);
  g_assert_nonnull (forged);
  check (&f, forged);
  g_assert_error (f.error, TC_NODE_ERROR, TC_NODE_ERROR_PROOF);

  g_autoptr(TcTxProof) foreign = tc_tx_proof_ref (f.proof);
  foreign->header.chain_id.bytes[0] ^= 1;
  check (&f, foreign);
  g_assert_error (f.error, TC_NODE_ERROR, TC_NODE_ERROR_PROOF);
  foreign->header.chain_id.bytes[0] ^= 1;
  foreign->header.epoch += 1000;
  check (&f, foreign);
  g_assert_error (f.error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND);
  foreign->header.epoch -= 1000;
  foreign->hash.bytes[0] ^= 1;
  check (&f, foreign);
  g_assert_error (f.error, TC_NODE_ERROR, TC_NODE_ERROR_PROOF);

  g_clear_error (&f.error);
  tc_tx_proof_unref (f.proof);
  g_source_remove (tick);
  local_fixture_clear (&local);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/node/prove", test_prove);
  return g_test_run ();
}
