#include <string.h>

#include "core/key.h"
#include "vectors.h"

static TcSecretKey *
new_key (guint8 number)
{
  guint8 seed[TC_SEED_SIZE] = { number };

  return tc_secret_key_new (seed);
}

static gboolean
check_wycheproof (const TcPublicKey *key, json_object *test)
{
  g_autoptr(GByteArray) message = vectors_dup_hex (test, "msg");
  g_autoptr(GByteArray) bytes = vectors_dup_hex (test, "sig");
  TcSignature signature;
  TcReader reader;

  /* A signature of another length never leaves the codec. */
  tc_reader_init (&reader, bytes->data, bytes->len);
  tc_reader_bytes (&reader, signature.bytes, TC_SIGNATURE_SIZE);
  return tc_reader_end (&reader, "signature", NULL) && tc_signature_check (&signature, key, message->data, message->len);
}

static void
test_wycheproof (void)
{
  g_test_summary ("Good and bad signatures of Project Wycheproof are told apart.");
  json_object *root = vectors_load ("ed25519-wycheproof.json");
  json_object *groups = vectors_get (root, "testGroups");
  guint n_valid = 0, n_invalid = 0;

  for (gsize i = 0; i < json_object_array_length (groups); i++)
    {
      json_object *group = json_object_array_get_idx (groups, i);
      json_object *tests = vectors_get (group, "tests");
      TcPublicKey key;

      vectors_get_hex (vectors_get (group, "publicKey"), "pk", key.bytes, TC_PUBLIC_KEY_SIZE);
      for (gsize k = 0; k < json_object_array_length (tests); k++)
        {
          json_object *test = json_object_array_get_idx (tests, k);
          const gboolean valid = g_str_equal (vectors_get_string (test, "result"), "valid");

          g_test_message ("case %s", vectors_get_string (test, "tcId"));
          g_assert_cmpint (check_wycheproof (&key, test), ==, valid);
          *(valid ? &n_valid : &n_invalid) += 1;
        }
    }
  g_assert_cmpuint (n_valid, ==, 88);
  g_assert_cmpuint (n_invalid, ==, 63);
  json_object_put (root);
}

/* Returns: (transfer full): the pinned answers, '0' or '1' a case. */
static char *
load_pinned (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("TC_TEST_DATA"), "ed25519-edge-cases-libsodium.txt", NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *contents = NULL;
  g_auto(GStrv) lines = NULL;
  GString *answers = g_string_new (NULL);

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '#')
      g_string_append (answers, lines[i]);
  return g_string_free (answers, FALSE);
}

static void
test_edge_cases_pinned (void)
{
  g_test_summary ("This build answers every odd point and encoding as the pinned table says: one rule on every machine.");
  json_object *root = vectors_load ("ed25519-edge-cases.json");
  g_autofree char *answers = load_pinned ();
  const gsize n_cases = json_object_array_length (root);

  g_assert_cmpuint (strlen (answers), ==, n_cases);
  g_assert_cmpuint (n_cases, ==, 914);
  for (gsize i = 0; i < n_cases; i++)
    {
      json_object *test = json_object_array_get_idx (root, i);
      const char *message = vectors_get_string (test, "msg");
      TcPublicKey key;
      TcSignature signature;

      vectors_get_hex (test, "key", key.bytes, TC_PUBLIC_KEY_SIZE);
      vectors_get_hex (test, "sig", signature.bytes, TC_SIGNATURE_SIZE);
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (tc_signature_check (&signature, &key, (const guint8 *) message, strlen (message)), ==, answers[i] == '1');
    }
  json_object_put (root);
}

static void
test_rfc_8032 (void)
{
  g_test_summary ("RFC 8032's second example: public key and signature from a seed.");
  guint8 seed[TC_SEED_SIZE];
  TcPublicKey public_key;
  TcSignature expected, signature;

  g_assert_true (tc_hex_decode ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed, sizeof seed));
  g_assert_true (tc_hex_decode ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", public_key.bytes, TC_PUBLIC_KEY_SIZE));
  g_assert_true (tc_hex_decode ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                                "387b2eaeb4302aeeb00d291612bb0c00", expected.bytes, TC_SIGNATURE_SIZE));
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  signature = tc_secret_key_sign (key, (const guint8 *) "\x72", 1);
  g_assert_true (tc_public_key_equal (tc_secret_key_get_public (key), &public_key));
  g_assert_cmpmem (tc_secret_key_get_seed (key), TC_SEED_SIZE, seed, sizeof seed);
  g_assert_cmpmem (signature.bytes, TC_SIGNATURE_SIZE, expected.bytes, TC_SIGNATURE_SIZE);
  g_assert_true (tc_signature_check (&signature, &public_key, (const guint8 *) "\x72", 1));
}

static void
test_every_bit_counts (void)
{
  g_test_summary ("A signature with any one bit flipped, of another message or another key, is refused.");
  g_autoptr(TcSecretKey) key = new_key (1);
  g_autoptr(TcSecretKey) other = new_key (2);
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  TcSignature signature = tc_secret_key_sign (key, (const guint8 *) "pay", 3);

  for (guint bit = 0; bit < 8 * TC_SIGNATURE_SIZE; bit++)
    {
      signature.bytes[bit / 8] ^= (guint8) (1u << (bit % 8));
      g_assert_false (tc_signature_check (&signature, public_key, (const guint8 *) "pay", 3));
      signature.bytes[bit / 8] ^= (guint8) (1u << (bit % 8));
    }
  g_assert_true (tc_signature_check (&signature, public_key, (const guint8 *) "pay", 3));
  g_assert_false (tc_signature_check (&signature, public_key, (const guint8 *) "paz", 3));
  g_assert_false (tc_signature_check (&signature, public_key, (const guint8 *) "pay", 2));
  g_assert_false (tc_signature_check (&signature, tc_secret_key_get_public (other), (const guint8 *) "pay", 3));
}

static void
test_signed_bytes (void)
{
  g_test_summary ("What is signed is tag, zero-padded to 16 bytes, chain id, content: no other chain or kind accepts it.");
  g_autoptr(TcSecretKey) key = new_key (1);
  const TcHash chain_a = tc_hash_sha256 ((const guint8 *) "a", 1), chain_b = tc_hash_sha256 ((const guint8 *) "b", 1);
  g_autoptr(GByteArray) vote = tc_signed_bytes (TC_TAG_VOTE, &chain_a, (const guint8 *) "xyz", 3);
  g_autoptr(GByteArray) elsewhere = tc_signed_bytes (TC_TAG_VOTE, &chain_b, (const guint8 *) "xyz", 3);
  g_autoptr(GByteArray) close = tc_signed_bytes (TC_TAG_CLOSE, &chain_a, (const guint8 *) "xyz", 3);
  const TcSignature signature = tc_secret_key_sign (key, vote->data, vote->len);

  g_assert_cmpuint (vote->len, ==, 16 + 32 + 3);
  g_assert_cmpmem (vote->data, 16, "TimeCoin vote\0\0\0", 16);
  g_assert_cmpmem (vote->data + 16, 32, chain_a.bytes, 32);
  g_assert_cmpmem (vote->data + 48, 3, "xyz", 3);
  g_assert_true (tc_signature_check (&signature, tc_secret_key_get_public (key), vote->data, vote->len));
  g_assert_false (tc_signature_check (&signature, tc_secret_key_get_public (key), elsewhere->data, elsewhere->len));
  g_assert_false (tc_signature_check (&signature, tc_secret_key_get_public (key), close->data, close->len));
}

static void
test_verifier_inline (void)
{
  g_test_summary ("The inline verifier answers each job on its own, good or bad, and overwrites what stood there.");
  g_autoptr(TcSecretKey) key = new_key (1);
  TcSignatureJob jobs[5];

  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      jobs[i] = (TcSignatureJob) { .key = *tc_secret_key_get_public (key), .message = (const guint8 *) "message", .size_bytes = 7, .ok = i % 2 == 1 };
      jobs[i].signature = tc_secret_key_sign (key, jobs[i].message, jobs[i].size_bytes);
      if (i % 2 == 1)
        jobs[i].signature.bytes[i] ^= 1;
    }
  TC_VERIFIER_INLINE.check_many (TC_VERIFIER_INLINE.user_data, jobs, G_N_ELEMENTS (jobs));
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    g_assert_cmpint (jobs[i].ok, ==, i % 2 == 0);
  TC_VERIFIER_INLINE.check_many (TC_VERIFIER_INLINE.user_data, NULL, 0);
}

static void
test_tables (void)
{
  g_test_summary ("Keys and key hashes serve in tables by their value.");
  g_autoptr(TcSecretKey) key = new_key (1);
  g_autoptr(TcSecretKey) same = tc_secret_key_ref (key);
  g_autoptr(TcSecretKey) other = new_key (2);
  const TcPublicKey copy = *tc_secret_key_get_public (same);
  const TcKeyHash hash = tc_key_hash (&copy), hash_copy = hash, hash_other = tc_key_hash (tc_secret_key_get_public (other));

  g_assert_true (tc_public_key_equal (tc_secret_key_get_public (key), &copy));
  g_assert_cmpuint (tc_public_key_hash (tc_secret_key_get_public (key)), ==, tc_public_key_hash (&copy));
  g_assert_false (tc_public_key_equal (tc_secret_key_get_public (other), &copy));
  g_assert_true (tc_key_hash_equal (&hash, &hash_copy));
  g_assert_cmpuint (tc_key_hash_hash (&hash), ==, tc_key_hash_hash (&hash_copy));
  g_assert_false (tc_key_hash_equal (&hash, &hash_other));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  tc_crypto_init ();
  g_test_add_func ("/core/key/wycheproof", test_wycheproof);
  g_test_add_func ("/core/key/edge-cases-pinned", test_edge_cases_pinned);
  g_test_add_func ("/core/key/rfc-8032", test_rfc_8032);
  g_test_add_func ("/core/key/every-bit-counts", test_every_bit_counts);
  g_test_add_func ("/core/key/survive-10-other-chain-or-kind", test_signed_bytes);
  g_test_add_func ("/core/key/verifier-inline", test_verifier_inline);
  g_test_add_func ("/core/key/tables", test_tables);
  return g_test_run ();
}
