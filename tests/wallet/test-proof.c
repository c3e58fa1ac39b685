#include <string.h>

#include "../core/sample.h"
#include "wallet/proof.h"

/* Proofs are those of blocks made up; whether a node believes them is tests/node/test-prove.c. */

static const guint32 outputs[] = { 0 };

static TcGenesis *
make_genesis (void)
{
  g_autoptr(GBytes) json = sample_genesis ();

  return tc_genesis_parse (json, NULL);
}

/* A payment that spends output 0 of a parent paid to key 7. */
static TcPaymentProof *
make_signed (TcTx **ret_parent, TcSecretKey *key)
{
  const TcKeyHash key_hash = tc_key_hash (tc_secret_key_get_public (key));
  const TcOutput output = { { 5000 }, TC_LOCK_KEY_HASH, key_hash };
  const TcTxInput parent_input = { .outpoint = { .txid = sample_hash (50) } };
  g_autoptr(TcTx) plain_parent = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &parent_input, 1, &output, 1, NULL, 0, NULL, 0);
  const TcWitness witness = { .key = *tc_secret_key_get_public (key) };
  *ret_parent = tc_tx_new_signed (plain_parent, &witness, 1);
  const TcTxInput input = { .outpoint = { .txid = (*ret_parent)->txid, .index = 0 } };
  g_autoptr(TcTx) plain = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);
  TcTx *tx = tc_tx_new_signed (plain, &witness, 1);
  TcHeader header = { .version = TC_BLOCK_VERSION, .chain_id = sample_hash (1), .height = 1, .epoch = 1 };
  header.tx_root = tc_txs_root (&tx, 1);
  g_autoptr(TcBlock) block = tc_block_new (&header, NULL, NULL, 0, &tx, 1);
  g_autoptr(TcCommit) commit = sample_commit (1, &block->hash, &header.chain_id);
  g_autoptr(TcTxProof) proof = tc_tx_proof_new (block, commit, &tx->txid);
  TcPaymentProof *payment = tc_payment_proof_new (proof, outputs, 1);

  tc_tx_unref (tx);
  return payment;
}

static TcPaymentProof *
decode (GBytes *bytes)
{
  return tc_payment_proof_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
}

static void
test_payer (void)
{
  g_test_summary ("Who signs a proof must have had the key of a coin that the payment spent, and what is said cannot be changed.");
  g_autoptr(TcSecretKey) key = sample_key (7), other = sample_key (8);
  g_autoptr(TcTx) parent = NULL;
  g_autoptr(TcPaymentProof) proof = make_signed (&parent, key);
  g_autoptr(TcGenesis) genesis = make_genesis ();

  tc_payment_proof_sign (proof, key, 0, parent, "For the invoice 17");
  g_autoptr(GBytes) bytes = tc_payment_proof_encode (proof);
  g_autoptr(TcPaymentProof) decoded = decode (bytes);
  g_assert_cmpstr (decoded->message, ==, "For the invoice 17");
  g_assert_true (tc_payment_proof_check_payer (decoded, genesis));

  strcpy (decoded->message, "For the invoice 18");
  g_assert_false (tc_payment_proof_check_payer (decoded, genesis));
  tc_payment_proof_sign (proof, other, 0, parent, "Mine");
  g_assert_false (tc_payment_proof_check_payer (proof, genesis));
  tc_payment_proof_sign (proof, key, 0, NULL, "Of no genesis");
  g_assert_false (tc_payment_proof_check_payer (proof, genesis));
  g_autoptr(TcTx) wrong = sample_tx (1, 1, 1);
  tc_payment_proof_sign (proof, key, 0, wrong, "Of another");
  g_assert_false (tc_payment_proof_check_payer (proof, genesis));
}

static void
test_file (void)
{
  g_test_summary ("Each flipped bit and each truncation of a proof's file is refused; a newer form is told apart.");
  g_autoptr(TcSecretKey) key = sample_key (7);
  g_autoptr(TcTx) parent = NULL;
  g_autoptr(TcPaymentProof) proof = make_signed (&parent, key);
  tc_payment_proof_sign (proof, key, 0, parent, "x");
  g_autoptr(GBytes) bytes = tc_payment_proof_encode (proof);
  gsize n;
  g_autofree guint8 *data = g_bytes_unref_to_data (g_bytes_ref (bytes), &n);
  g_autoptr(GError) error = NULL;

  for (gsize bit = 0; bit < n * 8; bit++)
    {
      data[bit / 8] ^= (guint8) (1u << (bit % 8));
      g_assert_null (tc_payment_proof_decode (data, n, NULL));
      data[bit / 8] ^= (guint8) (1u << (bit % 8));
    }
  for (gsize size = 0; size < n; size++)
    g_assert_null (tc_payment_proof_decode (data, size, NULL));
  data[4] = 2;
  const TcHash sum = tc_hash_tagged ("", data, n - TC_HASH_SIZE);
  memcpy (data + n - TC_HASH_SIZE, sum.bytes, TC_HASH_SIZE);
  g_assert_null (tc_payment_proof_decode (data, n, &error));
  g_assert_error (error, TC_PAYMENT_PROOF_ERROR, TC_PAYMENT_PROOF_ERROR_NEWER);
}

static void
test_outputs (void)
{
  g_test_summary ("A proof is about outputs that the transaction has.");
  g_autoptr(TcTxProof) in_chain = sample_tx_proof ();
  const guint32 beyond[] = { in_chain->tx->n_outputs };
  g_autoptr(TcPaymentProof) proof = tc_payment_proof_new (in_chain, beyond, 1), none = tc_payment_proof_new (in_chain, beyond, 0);
  g_autoptr(GBytes) bytes = tc_payment_proof_encode (proof), empty = tc_payment_proof_encode (none);

  g_assert_null (decode (bytes));
  g_assert_null (decode (empty));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/proof/payer", test_payer);
  g_test_add_func ("/wallet/proof/survive-35-file", test_file);
  g_test_add_func ("/wallet/proof/outputs", test_outputs);
  return g_test_run ();
}
