#include <string.h>

#include "../core/vectors.h"
#include "wallet-fixture.h"
#include "wallet/memos.h"
#include "wallet/message.h"

static TcSecretKey *
vector_key (json_object *vector)
{
  guint8 seed[TC_SEED_SIZE];

  g_assert_true (tc_hex_decode (vectors_get_string (vector, "seed"), seed, sizeof seed));
  return tc_secret_key_new (seed);
}

static void
test_vectors (void)
{
  g_test_summary ("Signatures made by another library, after the protocol's page, are made the same and verified.");
  json_object *vectors = vectors_load ("messages.json");

  for (gsize i = 0; i < json_object_array_length (vectors); i++)
    {
      json_object *vector = json_object_array_get_idx (vectors, i);
      const char *text = vectors_get_string (vector, "text");
      const char digit = vectors_get_string (vector, "digit")[0];
      g_autoptr(TcSecretKey) key = vector_key (vector);
      g_autoptr(GByteArray) bytes = vectors_dup_hex (vector, "signature");
      g_autofree char *expected = g_base64_encode (bytes->data, bytes->len), *signature = tc_message_sign (text, digit, key, NULL), *signer = NULL;
      const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (key));
      g_autofree char *address = tc_address_format (&hash, digit);
      g_autoptr(GError) error = NULL;

      g_assert_cmpstr (signature, ==, expected);
      g_assert_true (tc_message_verify (text, address, digit, expected, &signer, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (signer, ==, address);
    }
  json_object_put (vectors);
}

static void
assert_refused (const char *text, const char *address, char digit, const char *signature, int code)
{
  g_autofree char *signer = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_false (tc_message_verify (text, address, digit, signature, &signer, &error));
  g_assert_error (error, TC_MESSAGE_ERROR, code);
  g_assert_null (signer);
}

static void
test_what_is_bound (void)
{
  g_test_summary ("Another text, network or signer, and every changed or missing character of a signature, are refused, each with its reason.");
  static const guint8 seed[TC_SEED_SIZE] = { 5 };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (key)), other_hash = { { 1 } };
  g_autofree char *address = tc_address_format (&hash, '0'), *other = tc_address_format (&other_hash, '0');
  g_autofree char *signature = tc_message_sign ("I owe you 5", '0', key, NULL), *broken = g_strdup_printf (" %.60s\n%s\n", signature, signature + 60);
  g_autofree char *huge = g_strnfill (TC_MESSAGE_TEXT_MAX + 1, 'a');

  g_assert_true (tc_message_verify ("I owe you 5", address, '0', signature, NULL, NULL));
  g_assert_true (tc_message_verify ("I owe you 5", NULL, '0', broken, NULL, NULL));
  assert_refused ("I owe you 50", address, '0', signature, TC_MESSAGE_ERROR_SIGNATURE);
  assert_refused ("I owe you 5", NULL, '1', signature, TC_MESSAGE_ERROR_SIGNATURE);
  assert_refused ("I owe you 5", other, '0', signature, TC_MESSAGE_ERROR_ADDRESS);
  assert_refused (huge, address, '0', signature, TC_MESSAGE_ERROR_TEXT);
  for (gsize i = 0; i < strlen (signature); i++)
    {
      g_autofree char *changed = g_strdup (signature), *cut = g_strndup (signature, i);
      g_autofree char *signer = NULL;

      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      g_assert_false (tc_message_verify ("I owe you 5", address, '0', changed, &signer, NULL));
      assert_refused ("I owe you 5", address, '0', cut, TC_MESSAGE_ERROR_FORM);
    }
}

static void
test_no_transaction (void)
{
  g_test_summary ("What is signed is never as long as what a transaction's witness signs, whatever the text.");
  static const guint8 seed[TC_SEED_SIZE] = { 5 };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  const TcHash digest = { { 1, 2, 3 } };
  g_autofree char *text = tc_hash_to_hex (&digest), *signature = tc_message_sign (text, '0', key, NULL);
  gsize n;
  g_autofree guint8 *data = g_base64_decode (signature, &n);
  TcSignature sign;

  memcpy (sign.bytes, data + 33, sizeof sign.bytes);
  g_assert_false (tc_signature_check (&sign, tc_secret_key_get_public (key), digest.bytes, sizeof digest.bytes));
  g_assert_false (tc_signature_check (&sign, tc_secret_key_get_public (key), (const guint8 *) text, strlen (text)));
}

static void
test_wallet (void)
{
  g_test_summary ("A wallet signs for its own addresses while it is unlocked, and for no other.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1));
  g_autofree char *foreign = stranger (1);
  g_autofree char *signature = tc_account_sign_message (fixture.account, fixture_first_address, "hello", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_message_verify ("hello", fixture_first_address, '0', signature, NULL, NULL));
  g_assert_null (tc_account_sign_message (fixture.account, foreign, "hello", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND);
  g_clear_error (&error);
  tc_account_lock (fixture.account);
  g_assert_null (tc_account_sign_message (fixture.account, fixture_first_address, "hello", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/message/vectors", test_vectors);
  g_test_add_func ("/wallet/message/what-is-bound", test_what_is_bound);
  g_test_add_func ("/wallet/message/no-transaction", test_no_transaction);
  g_test_add_func ("/wallet/message/wallet", test_wallet);
  return g_test_run ();
}
