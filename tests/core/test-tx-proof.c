#include "sample.h"

static TcTxProof *
decode_altered (const TcTxProof *proof)
{
  g_autoptr(GBytes) bytes = tc_tx_proof_encode (proof);

  return tc_tx_proof_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
}

static void
test_every_tx (void)
{
  g_test_summary ("Each transaction of a block has a proof, which the committee of its epoch confirms; other transactions have none.");
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(TcBlock) block = sample_committed_block (&commit);
  g_autoptr(TcCommittee) committee = sample_committee (block->header.epoch);
  const TcHash other = sample_hash (77);

  for (guint32 i = 0; i < block->n_txs; i++)
    {
      g_autoptr(TcTxProof) proof = tc_tx_proof_new (block, commit, &block->txs[i]->txid);
      g_autoptr(TcTxProof) decoded = decode_altered (proof);

      g_assert_cmpuint (decoded->index, ==, i);
      g_assert_true (tc_hash_equal (&decoded->tx->txid, &block->txs[i]->txid));
      g_assert_true (tc_tx_proof_check (decoded, &block->header.chain_id, committee, &TC_VERIFIER_INLINE));
    }
  g_assert_null (tc_tx_proof_new (block, commit, &other));
}

static void
test_others (void)
{
  g_test_summary ("No other chain and no other committee confirms a proof.");
  g_autoptr(TcTxProof) proof = sample_tx_proof ();
  g_autoptr(TcCommittee) committee = sample_committee (proof->header.epoch);
  g_autoptr(TcCommittee) later = sample_committee (proof->header.epoch + 1);
  const TcHash other = sample_hash (77);

  g_assert_true (tc_tx_proof_check (proof, &proof->header.chain_id, committee, &TC_VERIFIER_INLINE));
  g_assert_false (tc_tx_proof_check (proof, &other, committee, &TC_VERIFIER_INLINE));
  g_assert_false (tc_tx_proof_check (proof, &proof->header.chain_id, later, &TC_VERIFIER_INLINE));
  committee->members[1].power++;
  g_assert_false (tc_tx_proof_check (proof, &proof->header.chain_id, committee, &TC_VERIFIER_INLINE));
}

static void
test_forged (void)
{
  g_test_summary ("A forged path, position, header, commit or transaction is refused when it is read, a forged signature when it is checked.");
  g_autoptr(TcTxProof) proof = sample_tx_proof ();
  g_autoptr(TcCommittee) committee = sample_committee (proof->header.epoch);
  g_autoptr(TcTx) other = sample_tx (9, 1, 1);
  g_autoptr(TcTx) other_signed = sample_sign (other);
  TcTx *tx = proof->tx;

  proof->path[0].bytes[5] ^= 1;
  g_assert_null (decode_altered (proof));
  proof->path[0].bytes[5] ^= 1;
  proof->index ^= 1;
  g_assert_null (decode_altered (proof));
  proof->index ^= 1;
  proof->header.time_ms++;
  g_assert_null (decode_altered (proof));
  proof->header.time_ms--;
  proof->commit->block_hash.bytes[0] ^= 1;
  g_assert_null (decode_altered (proof));
  proof->commit->block_hash.bytes[0] ^= 1;
  proof->tx = other_signed;
  g_assert_null (decode_altered (proof));
  proof->tx = tx;
  proof->commit->signatures[0].bytes[3] ^= 1;
  g_autoptr(TcTxProof) forged = decode_altered (proof);
  g_assert_nonnull (forged);
  g_assert_false (tc_tx_proof_check (forged, &forged->header.chain_id, committee, &TC_VERIFIER_INLINE));
}

static void
test_every_byte (void)
{
  g_test_summary ("Whatever byte of a proof is changed, either it cannot be read, or it is not confirmed, or only the signatures of the transaction itself changed.");
  g_autoptr(TcTxProof) proof = sample_tx_proof ();
  g_autoptr(TcCommittee) committee = sample_committee (proof->header.epoch);
  g_autoptr(GBytes) bytes = tc_tx_proof_encode (proof);
  gsize n;
  g_autofree guint8 *data = g_bytes_unref_to_data (g_bytes_ref (bytes), &n);
  const gsize n_witness = proof->tx->n_witnesses * (TC_PUBLIC_KEY_SIZE + TC_SIGNATURE_SIZE);

  for (gsize i = 0; i < n; i++)
    {
      data[i] ^= 0x10;
      g_autoptr(TcTxProof) altered = tc_tx_proof_decode (data, n, NULL);

      if (altered != NULL && tc_tx_proof_check (altered, &proof->header.chain_id, committee, &TC_VERIFIER_INLINE))
        g_assert_cmpuint (i, >=, n - n_witness);
      data[i] ^= 0x10;
      g_assert_null (tc_tx_proof_decode (data, i, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/tx-proof/every-tx", test_every_tx);
  g_test_add_func ("/tx-proof/others", test_others);
  g_test_add_func ("/tx-proof/forged", test_forged);
  g_test_add_func ("/tx-proof/every-byte", test_every_byte);
  return g_test_run ();
}
