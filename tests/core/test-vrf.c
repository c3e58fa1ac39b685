#include <sodium.h>
#include <string.h>

#include "core/vrf.h"
#include "vectors.h"

/* The eight points of low order, canonical; the first is the identity. */
static const char *const torsion[] = {
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
};

static const guint8 group_order[32] = {
  0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10,
};

static const guint8 alpha[] = "alpha";

static TcSecretKey *
new_key (guint8 number)
{
  guint8 seed[TC_SEED_SIZE] = { number };

  return tc_secret_key_new (seed);
}

static void
assert_refused (const TcPublicKey *key, const TcVrfProof *proof, const guint8 *input, gsize n)
{
  TcVrfOutput output, untouched;

  memset (&untouched, 0x77, sizeof untouched);
  output = untouched;
  g_assert_false (tc_vrf_verify (key, proof, input, n, &output));
  g_assert_cmpmem (&output, sizeof output, &untouched, sizeof untouched);
}

static void
test_vectors (void)
{
  g_test_summary ("RFC 9381, appendix B.3: proofs and outputs to the byte.");
  json_object *root = vectors_load ("ecvrf-edwards25519-sha512-tai.json");
  json_object *vectors = vectors_get (root, "vectors");

  g_assert_cmpuint (json_object_array_length (vectors), ==, 3);
  for (gsize i = 0; i < json_object_array_length (vectors); i++)
    {
      json_object *vector = json_object_array_get_idx (vectors, i);
      g_autoptr(GByteArray) input = vectors_dup_hex (vector, "alpha");
      guint8 seed[TC_SEED_SIZE];
      TcPublicKey public_key;
      TcVrfProof expected, proof;
      TcVrfOutput beta, output;

      vectors_get_hex (vector, "secret_key", seed, sizeof seed);
      vectors_get_hex (vector, "public_key", public_key.bytes, TC_PUBLIC_KEY_SIZE);
      vectors_get_hex (vector, "pi", expected.bytes, TC_VRF_PROOF_SIZE);
      vectors_get_hex (vector, "beta", beta.bytes, TC_VRF_OUTPUT_SIZE);
      g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
      proof = tc_vrf_prove (key, input->data, input->len);
      g_assert_cmpmem (&proof, sizeof proof, &expected, sizeof expected);
      g_assert_true (tc_vrf_verify (&public_key, &proof, input->data, input->len, &output));
      g_assert_cmpmem (&output, sizeof output, &beta, sizeof beta);
    }
  json_object_put (root);
}

static void
test_round_trip (void)
{
  g_test_summary ("Many keys and inputs: what is proved verifies, always with the same output, and for nothing else.");
  for (guint8 i = 0; i < 40; i++)
    {
      g_autoptr(TcSecretKey) key = new_key (i);
      g_autoptr(TcSecretKey) other = new_key ((guint8) (i + 1));
      const guint8 input[] = { i, (guint8) (i * 3), 7 };
      const TcVrfProof proof = tc_vrf_prove (key, input, sizeof input), again = tc_vrf_prove (key, input, sizeof input);
      TcVrfOutput output;

      g_assert_cmpmem (&proof, sizeof proof, &again, sizeof again);
      g_assert_true (tc_vrf_verify (tc_secret_key_get_public (key), &proof, input, sizeof input, &output));
      assert_refused (tc_secret_key_get_public (other), &proof, input, sizeof input);
      assert_refused (tc_secret_key_get_public (key), &proof, input, sizeof input - 1);
    }
}

static void
test_every_bit_counts (void)
{
  g_test_summary ("Any one bit flipped, in the proof, the key or the input, and the proof is refused.");
  g_autoptr(TcSecretKey) key = new_key (1);
  TcPublicKey public_key = *tc_secret_key_get_public (key);
  guint8 input[] = { 1, 2 };
  TcVrfProof proof = tc_vrf_prove (key, input, sizeof input);
  TcVrfOutput output;

  for (guint bit = 0; bit < 8 * TC_VRF_PROOF_SIZE; bit++)
    {
      proof.bytes[bit / 8] ^= (guint8) (1u << (bit % 8));
      assert_refused (&public_key, &proof, input, sizeof input);
      proof.bytes[bit / 8] ^= (guint8) (1u << (bit % 8));
    }
  for (guint bit = 0; bit < 8 * TC_PUBLIC_KEY_SIZE; bit++)
    {
      public_key.bytes[bit / 8] ^= (guint8) (1u << (bit % 8));
      assert_refused (&public_key, &proof, input, sizeof input);
      public_key.bytes[bit / 8] ^= (guint8) (1u << (bit % 8));
    }
  for (guint bit = 0; bit < 8 * sizeof input; bit++)
    {
      input[bit / 8] ^= (guint8) (1u << (bit % 8));
      assert_refused (&public_key, &proof, input, sizeof input);
      input[bit / 8] ^= (guint8) (1u << (bit % 8));
    }
  g_assert_true (tc_vrf_verify (&public_key, &proof, input, sizeof input, &output));
}

static void
test_response_range (void)
{
  g_test_summary ("s is below L: the same s plus L, which multiplies alike, is refused; so are L itself, 0 and the largest.");
  g_autoptr(TcSecretKey) key = new_key (1);
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  const TcVrfProof good = tc_vrf_prove (key, alpha, sizeof alpha);
  TcVrfProof proof = good;

  sodium_add (proof.bytes + 48, group_order, 32);
  g_assert_cmpint (memcmp (&proof, &good, sizeof proof), !=, 0);
  assert_refused (public_key, &proof, alpha, sizeof alpha);
  memcpy (proof.bytes + 48, group_order, 32);
  assert_refused (public_key, &proof, alpha, sizeof alpha);
  memset (proof.bytes + 48, 0, 32);
  assert_refused (public_key, &proof, alpha, sizeof alpha);
  memset (proof.bytes + 48, 0xff, 32);
  assert_refused (public_key, &proof, alpha, sizeof alpha);
  proof = good;
  memset (proof.bytes + 32, 0, 16);
  assert_refused (public_key, &proof, alpha, sizeof alpha);
}

static void
hash_to_curve (const TcPublicKey *key, guint8 *ret_point)
{
  for (guint8 counter = 0;; counter++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      guint8 digest[64];
      int result = 0;

      tc_put_u8 (bytes, 0x03);
      tc_put_u8 (bytes, 0x01);
      tc_put_bytes (bytes, key->bytes, 32);
      tc_put_bytes (bytes, alpha, sizeof alpha);
      tc_put_u8 (bytes, counter);
      tc_put_u8 (bytes, 0);
      crypto_hash_sha512 (digest, bytes->data, bytes->len);
      for (guint i = 0; i < 3 && result == 0; i++)
        result = crypto_core_ed25519_add (digest, digest, digest);
      if (result != 0)
        continue;
      memcpy (ret_point, digest, 32);
      return;
    }
}

/* A dishonest prover: as RFC 9381's, but @torsion_y is added to the public key and @torsion_gamma to Gamma. Nonces are tried until the
 * challenge is a multiple of 8, and so the torsion cancels: the equations of section 5.3 then hold. */
static TcVrfProof
prove_with_torsion (const guint8 *torsion_y, const guint8 *torsion_gamma, TcPublicKey *ret_key)
{
  guint8 x[32] = { 42 }, points[5][32], digest[64], product[32];
  TcVrfProof proof = { { 0 } };

  crypto_scalarmult_ed25519_base_noclamp (points[0], x);
  g_assert_cmpint (crypto_core_ed25519_add (points[0], points[0], torsion_y), ==, 0);
  memcpy (ret_key->bytes, points[0], 32);
  hash_to_curve (ret_key, points[1]);
  g_assert_cmpint (crypto_scalarmult_ed25519_noclamp (points[2], x, points[1]), ==, 0);
  g_assert_cmpint (crypto_core_ed25519_add (points[2], points[2], torsion_gamma), ==, 0);
  for (guint8 k = 1;; k++)
    {
      const guint8 nonce[32] = { k };
      guint8 challenge[32] = { 0 };
      g_autoptr(GByteArray) bytes = g_byte_array_new ();

      g_assert_cmpuint (k, <, 255);
      g_assert_cmpint (crypto_scalarmult_ed25519_base_noclamp (points[3], nonce), ==, 0);
      g_assert_cmpint (crypto_scalarmult_ed25519_noclamp (points[4], nonce, points[1]), ==, 0);
      tc_put_u8 (bytes, 0x03);
      tc_put_u8 (bytes, 0x02);
      tc_put_bytes (bytes, points[0], sizeof points);
      tc_put_u8 (bytes, 0);
      crypto_hash_sha512 (digest, bytes->data, bytes->len);
      if (digest[0] % 8 != 0)
        continue;
      memcpy (challenge, digest, 16);
      crypto_core_ed25519_scalar_mul (product, challenge, x);
      memcpy (proof.bytes, points[2], 32);
      memcpy (proof.bytes + 32, challenge, 16);
      crypto_core_ed25519_scalar_add (proof.bytes + 48, nonce, product);
      return proof;
    }
}

static void
test_torsion (void)
{
  g_test_summary ("A key or a Gamma with a component of low order is refused, even in a proof whose equations hold: pinned, whatever libsodium's own "
                  "check of points says.");
  guint8 points[G_N_ELEMENTS (torsion)][32];
  TcPublicKey key;
  TcVrfProof proof;
  TcVrfOutput output;

  for (gsize i = 0; i < G_N_ELEMENTS (torsion); i++)
    g_assert_true (tc_hex_decode (torsion[i], points[i], 32));
  proof = prove_with_torsion (points[0], points[0], &key);
  g_assert_true (tc_vrf_verify (&key, &proof, alpha, sizeof alpha, &output));
  for (gsize i = 1; i < G_N_ELEMENTS (torsion); i++)
    {
      proof = prove_with_torsion (points[i], points[0], &key);
      assert_refused (&key, &proof, alpha, sizeof alpha);
      proof = prove_with_torsion (points[0], points[i], &key);
      assert_refused (&key, &proof, alpha, sizeof alpha);
      proof = prove_with_torsion (points[i], points[i], &key);
      assert_refused (&key, &proof, alpha, sizeof alpha);
    }
}

static void
test_bad_points (void)
{
  g_test_summary ("Keys and Gammas of low order, not on the curve, or in a long form are refused.");
  static const char *const others[] = {
    /* y = p, p + 1 and 2^255 - 1: long forms; y = 2: not on the curve; y = 1 and -1 with the sign of an x of 0. */
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "0200000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  };
  g_autoptr(TcSecretKey) secret = new_key (1);

  for (gsize i = 0; i < G_N_ELEMENTS (torsion) + G_N_ELEMENTS (others); i++)
    {
      const char *text = i < G_N_ELEMENTS (torsion) ? torsion[i] : others[i - G_N_ELEMENTS (torsion)];
      TcVrfProof proof = tc_vrf_prove (secret, alpha, sizeof alpha);
      TcPublicKey key;

      g_assert_true (tc_hex_decode (text, key.bytes, 32));
      assert_refused (&key, &proof, alpha, sizeof alpha);
      memcpy (proof.bytes, key.bytes, 32);
      assert_refused (tc_secret_key_get_public (secret), &proof, alpha, sizeof alpha);
      assert_refused (&key, &proof, alpha, sizeof alpha);
    }
}

static void
test_seed (void)
{
  g_test_summary ("Rule B7: next seed = H(\"TimeCoin seed\", seed | VRF output of tag | chain id | seed | height), for that chain, seed and height alone.");
  g_autoptr(TcSecretKey) key = new_key (1);
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  const TcHash chain = tc_hash_sha256 ((const guint8 *) "chain", 5), seed = tc_hash_sha256 ((const guint8 *) "seed", 4);
  const TcVrfProof proof = tc_seed_prove (key, &chain, &seed, 258);
  g_autoptr(GByteArray) input = g_byte_array_new ();
  g_autoptr(GByteArray) after = g_byte_array_new ();
  TcVrfOutput output;
  TcHash next, expected;

  tc_put_bytes (input, (const guint8 *) "TimeCoin vrf\0\0\0\0", 16);
  tc_put_hash (input, &chain);
  tc_put_hash (input, &seed);
  tc_put_bytes (input, (const guint8 *) "\x02\x01\x00\x00", 4);
  g_assert_true (tc_vrf_verify (public_key, &proof, input->data, input->len, &output));
  tc_put_hash (after, &seed);
  tc_put_bytes (after, output.bytes, TC_VRF_OUTPUT_SIZE);
  expected = tc_hash_tagged_bytes ("TimeCoin seed", after);
  g_assert_true (tc_seed_advance (&seed, public_key, &proof, &chain, 258, &next));
  g_assert_true (tc_hash_equal (&next, &expected));

  g_assert_false (tc_seed_advance (&seed, public_key, &proof, &chain, 259, &next));
  g_assert_false (tc_seed_advance (&chain, public_key, &proof, &chain, 258, &next));
  g_assert_false (tc_seed_advance (&seed, public_key, &proof, &seed, 258, &next));
  g_assert_true (tc_hash_equal (&next, &expected));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/vrf/vectors", test_vectors);
  g_test_add_func ("/core/vrf/round-trip", test_round_trip);
  g_test_add_func ("/core/vrf/every-bit-counts", test_every_bit_counts);
  g_test_add_func ("/core/vrf/response-range", test_response_range);
  g_test_add_func ("/core/vrf/torsion", test_torsion);
  g_test_add_func ("/core/vrf/bad-points", test_bad_points);
  g_test_add_func ("/core/vrf/seed", test_seed);
  return g_test_run ();
}
