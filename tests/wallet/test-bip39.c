#include "core/key.h"
#include "wallet/bip39.h"

#include <json-c/json.h>
#include <string.h>

static json_object *
load (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TC_TEST_DATA"), name, NULL);
  json_object *json = json_object_from_file (path);

  g_assert_nonnull (json);
  return json;
}

static const char *
item (json_object *row, gsize i)
{
  return json_object_get_string (json_object_array_get_idx (row, i));
}

static void
assert_hex (const TcSecretBytes *bytes, const char *hex)
{
  g_autofree char *actual = tc_hex_encode (tc_secret_bytes_get (bytes), tc_secret_bytes_size (bytes));

  g_assert_cmpstr (actual, ==, hex);
}

static TcSecretBytes *
from_hex (const char *hex)
{
  TcSecretBytes *bytes = tc_secret_bytes_new (strlen (hex) / 2);

  g_assert_true (tc_hex_decode (hex, tc_secret_bytes_get (bytes), tc_secret_bytes_size (bytes)));
  return bytes;
}

static void
test_vectors (void)
{
  g_test_summary ("Entropy, phrase and seed (passphrase TREZOR) of BIP39's reference vectors, each way.");
  json_object *json = load ("bip39-english.json");
  json_object *rows = json_object_object_get (json, "english");
  g_autoptr(TcSecretString) passphrase = tc_secret_string_new ("TREZOR");

  g_assert_cmpuint (json_object_array_length (rows), ==, 24);
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      json_object *row = json_object_array_get_idx (rows, i);
      g_autoptr(GError) error = NULL;
      g_autoptr(TcSecretBytes) entropy = from_hex (item (row, 0));
      g_autoptr(TcSecretString) phrase = tc_bip39_from_entropy (entropy);

      g_assert_cmpstr (tc_secret_string_get (phrase), ==, item (row, 1));
      g_autoptr(TcSecretBytes) back = tc_bip39_to_entropy (phrase, NULL, &error);
      g_assert_no_error (error);
      assert_hex (back, item (row, 0));
      g_autoptr(TcSecretBytes) seed = tc_bip39_seed (phrase, passphrase);
      assert_hex (seed, item (row, 2));
    }
  json_object_put (json);
}

static void
test_passphrase_is_normalised (void)
{
  g_test_summary ("A passphrase typed with composed letters gives the seed of the same one in NFKD.");
  g_autoptr(TcSecretString) phrase = tc_secret_string_new ("legal winner thank year wave sausage worth useful legal winner thank yellow");
  g_autoptr(TcSecretString) composed = tc_secret_string_new ("caf\xc3\xa9 \xe2\x84\xab");        /* é, ANGSTROM SIGN */
  g_autoptr(TcSecretString) decomposed = tc_secret_string_new ("cafe\xcc\x81 A\xcc\x8a");
  g_autoptr(TcSecretBytes) a = tc_bip39_seed (phrase, composed), b = tc_bip39_seed (phrase, decomposed);
  g_autoptr(TcSecretBytes) none = tc_bip39_seed (phrase, NULL);

  g_assert_cmpmem (tc_secret_bytes_get (a), 64, tc_secret_bytes_get (b), 64);
  g_assert_true (memcmp (tc_secret_bytes_get (a), tc_secret_bytes_get (none), 64) != 0);
}

static void
assert_refused (const char *text, TcBip39Error code, guint bad_word, const char *in_message)
{
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (text);
  g_autoptr(GError) error = NULL;
  guint position = 99;

  g_assert_null (tc_bip39_to_entropy (phrase, &position, &error));
  g_assert_error (error, TC_BIP39_ERROR, (int) code);
  g_assert_cmpuint (position, ==, bad_word);
  g_assert_nonnull (strstr (error->message, in_message));
}

static void
test_errors_say_which (void)
{
  g_test_summary ("An unknown word is named with its number; wrong count and bad checksum are told apart.");
  assert_refused ("legal winner thank year wave sausge worth useful legal winner thank yellow", TC_BIP39_ERROR_WORD, 5, "Word 6, “sausge”");
  assert_refused ("legal winner thank year wave sausage worth useful legal winner thank", TC_BIP39_ERROR_COUNT, 99, "are 11");
  assert_refused ("", TC_BIP39_ERROR_COUNT, 99, "are 0");
  assert_refused ("winner legal thank year wave sausage worth useful legal winner thank yellow", TC_BIP39_ERROR_CHECKSUM, 99, "not a phrase");
  assert_refused ("legal winner thank year wave sausage worth useful legal winner thank yello", TC_BIP39_ERROR_WORD, 11, "“yello”");
}

static void
test_every_word_matters (void)
{
  g_test_summary ("Of all last words, exactly the 128 that carry the right checksum are accepted.");
  guint n_accepted = 0;

  for (guint i = 0; i < TC_BIP39_WORDS; i++)
    {
      g_autofree char *text = g_strconcat ("legal winner thank year wave sausage worth useful legal winner thank ", tc_bip39_word (i), NULL);
      g_autoptr(TcSecretString) phrase = tc_secret_string_new (text);
      g_autoptr(TcSecretBytes) entropy = tc_bip39_to_entropy (phrase, NULL, NULL);

      n_accepted += entropy != NULL;
    }
  g_assert_cmpuint (n_accepted, ==, 128);
}

static void
test_paste (void)
{
  g_test_summary ("Capitals, line breaks and double blanks of a pasted phrase do not matter.");
  g_autoptr(TcSecretString) pasted = tc_secret_string_new ("  Legal winner\tthank YEAR\r\nwave sausage  worth useful legal winner thank yellow\n");
  g_autoptr(TcSecretString) normal = tc_bip39_normalize (pasted);
  g_autoptr(TcSecretBytes) entropy = tc_bip39_to_entropy (pasted, NULL, NULL);

  g_assert_cmpstr (tc_secret_string_get (normal), ==, "legal winner thank year wave sausage worth useful legal winner thank yellow");
  g_assert_nonnull (entropy);
  assert_hex (entropy, "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f");
}

static void
test_completion (void)
{
  g_test_summary ("Words are completed by prefix in order, and every word of the list is found.");
  const char *words[8];

  g_assert_cmpuint (tc_bip39_complete ("zo", 8, words), ==, 2);
  g_assert_cmpstr (words[0], ==, "zone");
  g_assert_cmpstr (words[1], ==, "zoo");
  g_assert_cmpuint (tc_bip39_complete ("A", 8, words), ==, 8);
  g_assert_cmpstr (words[7], ==, "abstract");
  g_assert_cmpuint (tc_bip39_complete ("", 8, words), ==, 0);
  g_assert_cmpuint (tc_bip39_complete ("zooo", 8, words), ==, 0);
  g_assert_cmpuint (tc_bip39_complete ("averyverylongword", 8, words), ==, 0);
  for (guint i = 0; i < TC_BIP39_WORDS; i++)
    g_assert_cmpint (tc_bip39_find (tc_bip39_word (i)), ==, (int) i);
  g_assert_cmpint (tc_bip39_find ("zo"), ==, -1);
  g_assert_cmpint (tc_bip39_find (""), ==, -1);
}

static void
test_generate (void)
{
  g_test_summary ("New phrases of every length are valid, and no two are alike.");
  for (guint n_words = TC_BIP39_WORDS_MIN; n_words <= TC_BIP39_WORDS_MAX; n_words += 3)
    {
      g_autoptr(TcSecretString) a = tc_bip39_generate (n_words), b = tc_bip39_generate (n_words);
      g_autoptr(TcSecretBytes) entropy = tc_bip39_to_entropy (a, NULL, NULL);

      g_assert_nonnull (entropy);
      g_assert_cmpuint (tc_secret_bytes_size (entropy), ==, n_words * 4 / 3);
      g_assert_cmpstr (tc_secret_string_get (a), !=, tc_secret_string_get (b));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/bip39/vectors", test_vectors);
  g_test_add_func ("/wallet/bip39/passphrase-is-normalised", test_passphrase_is_normalised);
  g_test_add_func ("/wallet/bip39/errors-say-which", test_errors_say_which);
  g_test_add_func ("/wallet/bip39/every-word-matters", test_every_word_matters);
  g_test_add_func ("/wallet/bip39/paste", test_paste);
  g_test_add_func ("/wallet/bip39/completion", test_completion);
  g_test_add_func ("/wallet/bip39/generate", test_generate);
  return g_test_run ();
}
