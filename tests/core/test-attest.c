#include <string.h>

#include "sample.h"

static void
test_heartbeat_signature (void)
{
  g_test_summary ("A heartbeat is its operator's word for one chain, epoch and masternode.");
  const TcHash chain_id = sample_hash (7), other_chain = sample_hash (8);
  g_autoptr(TcSecretKey) key = sample_key (104);
  g_autoptr(TcSecretKey) other = sample_key (105);
  TcHeartbeat heartbeat = sample_heartbeat ();

  g_assert_true (tc_heartbeat_check (&heartbeat, &chain_id, tc_secret_key_get_public (key), &TC_VERIFIER_INLINE));
  g_assert_false (tc_heartbeat_check (&heartbeat, &other_chain, tc_secret_key_get_public (key), &TC_VERIFIER_INLINE));
  g_assert_false (tc_heartbeat_check (&heartbeat, &chain_id, tc_secret_key_get_public (other), &TC_VERIFIER_INLINE));
  heartbeat.epoch++;
  g_assert_false (tc_heartbeat_check (&heartbeat, &chain_id, tc_secret_key_get_public (key), &TC_VERIFIER_INLINE));
  heartbeat.epoch--;
  heartbeat.masternode++;
  g_assert_false (tc_heartbeat_check (&heartbeat, &chain_id, tc_secret_key_get_public (key), &TC_VERIFIER_INLINE));
}

static void
test_heartbeat_bytes (void)
{
  g_test_summary ("The signed bytes are the tag, the chain and the two numbers, nothing else.");
  const TcHash chain_id = sample_hash (7);
  const TcHeartbeat heartbeat = sample_heartbeat ();
  g_autoptr(TcSecretKey) key = sample_key (104);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  guint8 tag[16] = "TimeCoin heart";
  TcSignature signature;

  tc_put_bytes (bytes, tag, sizeof tag);
  tc_put_hash (bytes, &chain_id);
  tc_put_u32 (bytes, 4);
  tc_put_u32 (bytes, 300);
  signature = tc_secret_key_sign (key, bytes->data, bytes->len);
  g_assert_cmpmem (&signature, sizeof signature, &heartbeat.signature, sizeof heartbeat.signature);
}

static TcAttestation
make_attestation (const guint8 *bitmap, gsize size)
{
  return (TcAttestation) { .member = 3, .bitmap = g_bytes_new (bitmap, size) };
}

static void
test_attestation_fits (void)
{
  g_test_summary ("A bitmap is exactly as long as the registry asks, and its unused bits are clear.");
  static const guint8 bits[] = { 0x01, 0x02 };  /* masternodes 0 and 9 */
  TcAttestation attestation = make_attestation (bits, 2);

  g_assert_false (tc_attestation_fits (&attestation, 8));
  g_assert_false (tc_attestation_fits (&attestation, 9));
  g_assert_true (tc_attestation_fits (&attestation, 10));
  g_assert_true (tc_attestation_fits (&attestation, 16));
  g_assert_false (tc_attestation_fits (&attestation, 17));
  g_assert_true (tc_attestation_names (&attestation, 0));
  g_assert_false (tc_attestation_names (&attestation, 1));
  g_assert_true (tc_attestation_names (&attestation, 9));
  g_assert_false (tc_attestation_names (&attestation, 16));
  g_assert_false (tc_attestation_names (&attestation, G_MAXUINT32));
  g_bytes_unref (attestation.bitmap);
}

static void
test_attestation_most (void)
{
  g_test_summary ("With more masternodes than a bitmap has bits for, it ends at its maximum.");
  g_autofree guint8 *all = g_malloc (TC_ATTESTATION_BITMAP_MAX);
  TcAttestation attestation;

  memset (all, 0xff, TC_ATTESTATION_BITMAP_MAX);
  attestation = make_attestation (all, TC_ATTESTATION_BITMAP_MAX);
  g_assert_cmpuint (tc_attestation_bitmap_size (8 * TC_ATTESTATION_BITMAP_MAX + 1), ==, TC_ATTESTATION_BITMAP_MAX);
  g_assert_true (tc_attestation_fits (&attestation, 8 * TC_ATTESTATION_BITMAP_MAX));
  g_assert_true (tc_attestation_fits (&attestation, 8 * TC_ATTESTATION_BITMAP_MAX + 1));
  g_assert_false (tc_attestation_fits (&attestation, 8 * TC_ATTESTATION_BITMAP_MAX - 1));
  g_assert_true (tc_attestation_names (&attestation, 8 * TC_ATTESTATION_BITMAP_MAX - 1));
  g_assert_false (tc_attestation_names (&attestation, 8 * TC_ATTESTATION_BITMAP_MAX));
  g_bytes_unref (attestation.bitmap);
}

static void
test_attestation_signature (void)
{
  g_test_summary ("An attestation is signed for one epoch, height, member and bitmap.");
  static const guint8 bits[] = { 0x81 }, others[] = { 0x01 };
  const TcHash chain_id = sample_hash (7);
  g_autoptr(TcSecretKey) key = sample_key (103);
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  TcAttestation attestation = make_attestation (bits, 1), other = make_attestation (others, 1);

  tc_attestation_sign (&attestation, &chain_id, 4, 90, key);
  other.signature = attestation.signature;
  g_assert_true (tc_attestation_check (&attestation, &chain_id, 4, 90, public_key, &TC_VERIFIER_INLINE));
  g_assert_false (tc_attestation_check (&attestation, &chain_id, 5, 90, public_key, &TC_VERIFIER_INLINE));
  g_assert_false (tc_attestation_check (&attestation, &chain_id, 4, 91, public_key, &TC_VERIFIER_INLINE));
  g_assert_false (tc_attestation_check (&other, &chain_id, 4, 90, public_key, &TC_VERIFIER_INLINE));
  attestation.member++;
  g_assert_false (tc_attestation_check (&attestation, &chain_id, 4, 90, public_key, &TC_VERIFIER_INLINE));
  g_bytes_unref (attestation.bitmap);
  g_bytes_unref (other.bitmap);
}

static void
test_commit_attested (void)
{
  g_test_summary ("A commit takes attestations in place of its own; they are in its hash, and those that a quorum's signatures are not.");
  static const guint8 bits[] = { 0x07 };
  const TcHash chain_id = sample_hash (7), block_hash = sample_hash (9);
  g_autoptr(TcCommittee) committee = sample_committee (1);
  g_autoptr(TcCommit) source = sample_commit (20, &block_hash, &chain_id);
  g_autoptr(TcSecretKey) key = sample_key (103);
  TcAttestation attestation = make_attestation (bits, 1);
  TcHash bare_hash, hash;

  tc_attestation_sign (&attestation, &chain_id, 1, 20, key);
  g_autoptr(TcCommit) bare = tc_commit_new_attested (source, NULL, 0);
  g_autoptr(TcCommit) attested = tc_commit_new_attested (bare, &attestation, 1);
  g_bytes_unref (attestation.bitmap);
  g_assert_cmpuint (bare->n_attestations, ==, 0);
  g_assert_cmpuint (attested->n_attestations, ==, 1);
  g_assert_cmpuint (attested->n_signatures, ==, source->n_signatures);
  bare_hash = tc_commit_hash (bare);
  hash = tc_commit_hash (attested);
  g_assert_false (tc_hash_equal (&bare_hash, &hash));
  g_assert_true (tc_commit_check (bare, &chain_id, committee, &TC_VERIFIER_INLINE));
  g_assert_true (tc_commit_check (attested, &chain_id, committee, &TC_VERIFIER_INLINE));
  attested->attestations[0].signature.bytes[3] ^= 1;
  g_assert_false (tc_commit_check (attested, &chain_id, committee, &TC_VERIFIER_INLINE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/attest/heartbeat-signature", test_heartbeat_signature);
  g_test_add_func ("/core/attest/heartbeat-bytes", test_heartbeat_bytes);
  g_test_add_func ("/core/attest/attestation-fits", test_attestation_fits);
  g_test_add_func ("/core/attest/attestation-most", test_attestation_most);
  g_test_add_func ("/core/attest/attestation-signature", test_attestation_signature);
  g_test_add_func ("/core/attest/commit-attested", test_commit_attested);
  return g_test_run ();
}
