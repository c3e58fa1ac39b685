#include "core/key.h"
#include "wallet/keystore.h"

#include <string.h>

static const char text[] = "legal winner thank year wave sausage worth useful legal winner thank yellow";

static GBytes *
seal (const char *password)
{
  g_autoptr(TcSecretBytes) secret = tc_secret_bytes_copy (text, sizeof text);
  g_autoptr(TcSecretString) string = tc_secret_string_new (password);
  g_autoptr(GError) error = NULL;
  GBytes *sealed = tc_keystore_seal (secret, string, &TC_KDF_MINIMAL, &error);

  g_assert_no_error (error);
  return sealed;
}

static void
assert_opens (GBytes *sealed, const char *password)
{
  g_autoptr(TcSecretString) string = tc_secret_string_new (password);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcSecretBytes) secret = tc_keystore_open (sealed, string, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (tc_secret_bytes_get (secret), (int) tc_secret_bytes_size (secret), text, (int) sizeof text);
}

static void
assert_refuses (GBytes *sealed, const char *password, TcKeystoreError code)
{
  g_autoptr(TcSecretString) string = tc_secret_string_new (password);
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_keystore_open (sealed, string, &error));
  g_assert_error (error, TC_KEYSTORE_ERROR, (int) code);
}

static void
test_round_trip (void)
{
  g_test_summary ("What was sealed opens with its password only; the secret is not in the file; the same secret is sealed differently twice.");
  g_autoptr(GBytes) sealed = seal ("correct horse"), again = seal ("correct horse");

  assert_opens (sealed, "correct horse");
  assert_refuses (sealed, "correct horsf", TC_KEYSTORE_ERROR_PASSWORD);
  assert_refuses (sealed, "", TC_KEYSTORE_ERROR_PASSWORD);
  g_assert_null (memmem (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), "winner", 6));
  g_assert_false (g_bytes_equal (sealed, again));
}

static void
test_stored_parameters (void)
{
  g_test_summary ("Argon2id's cost is read from the file, so that it can grow later.");
  g_autoptr(GBytes) sealed = seal ("x");
  TcKdfParams params;
  gboolean encrypted = FALSE;

  g_assert_true (tc_keystore_inspect (sealed, &encrypted, &params, NULL));
  g_assert_true (encrypted);
  g_assert_cmpuint (params.opslimit, ==, TC_KDF_MINIMAL.opslimit);
  g_assert_cmpuint (params.memlimit_kib, ==, TC_KDF_MINIMAL.memlimit_kib);
  g_assert_cmpuint (TC_KDF_MODERATE.memlimit_kib, ==, 256 * 1024);
}

static void
test_unencrypted (void)
{
  g_test_summary ("Without a password the same form opens without one, and says so.");
  g_autoptr(GBytes) sealed = seal ("");
  gboolean encrypted = TRUE;

  g_assert_true (tc_keystore_inspect (sealed, &encrypted, NULL, NULL));
  g_assert_false (encrypted);
  assert_opens (sealed, "");
  assert_opens (sealed, "anything");
}

static void
test_every_flip (void)
{
  g_test_summary ("Every single flipped bit and every truncation is damage, with the right password and with a wrong one: never taken for a wrong password.");
  for (guint mode = 0; mode < 2; mode++)
    {
      g_autoptr(GBytes) sealed = seal (mode == 0 ? "pw" : "");
      gsize size;
      const guint8 *data = g_bytes_get_data (sealed, &size);

      for (gsize bit = 0; bit < size * 8; bit++)
        {
          g_autofree guint8 *copy = g_memdup2 (data, size);
          copy[bit / 8] ^= (guint8) (1u << (bit % 8));
          g_autoptr(GBytes) bad = g_bytes_new (copy, size);
          assert_refuses (bad, bit % 2 == 0 ? "pw" : "wrong", TC_KEYSTORE_ERROR_DAMAGED);
        }
      for (gsize n = 0; n < size; n++)
        {
          g_autoptr(GBytes) bad = g_bytes_new (data, n);
          assert_refuses (bad, "pw", TC_KEYSTORE_ERROR_DAMAGED);
        }
    }
}

static void
test_strength (void)
{
  g_test_summary ("The meter rises with length and variety, and is not fooled by runs, repeats and what everyone uses.");
  g_assert_cmpint (tc_password_strength ("", NULL), ==, TC_PASSWORD_EMPTY);
  g_assert_cmpint (tc_password_strength ("password", NULL), ==, TC_PASSWORD_WEAK);
  g_assert_cmpint (tc_password_strength ("Password1", NULL), ==, TC_PASSWORD_WEAK);
  g_assert_cmpint (tc_password_strength ("aaaaaaaaaaaaaaaaaaaa", NULL), ==, TC_PASSWORD_WEAK);
  g_assert_cmpint (tc_password_strength ("abcdefghijkl", NULL), ==, TC_PASSWORD_WEAK);
  g_assert_cmpint (tc_password_strength ("qwertyuiop", NULL), ==, TC_PASSWORD_WEAK);
  g_assert_cmpint (tc_password_strength ("kzwvnbtr", NULL), ==, TC_PASSWORD_FAIR);
  g_assert_cmpint (tc_password_strength ("kZw7vn!btr", NULL), >=, TC_PASSWORD_GOOD);
  g_assert_cmpint (tc_password_strength ("correct horse battery staple", NULL), ==, TC_PASSWORD_STRONG);

  guint shorter, longer;
  tc_password_strength ("kzwvnbtr", &shorter);
  tc_password_strength ("kzwvnbtrx", &longer);
  g_assert_cmpuint (longer, >, shorter);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/keystore/round-trip", test_round_trip);
  g_test_add_func ("/wallet/keystore/stored-parameters", test_stored_parameters);
  g_test_add_func ("/wallet/keystore/unencrypted", test_unencrypted);
  g_test_add_func ("/wallet/keystore/survive-35-every-flip", test_every_flip);
  g_test_add_func ("/wallet/keystore/strength", test_strength);
  return g_test_run ();
}
