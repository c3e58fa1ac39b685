#include "wallet-fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

typedef struct
{
  char *data;
  gsize size;
} Contents;

static Contents
read_file (const char *path)
{
  Contents contents = { 0 };

  g_assert_true (g_file_get_contents (path, &contents.data, &contents.size, NULL));
  return contents;
}

static void
write_file (const char *path, const char *data, gsize size)
{
  g_assert_true (g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

static void
assert_unchanged (const char *path, const char *data, gsize size)
{
  Contents now = read_file (path);

  g_assert_cmpuint (now.size, ==, size);
  g_assert_true (memcmp (now.data, data, size) == 0);
  g_free (now.data);
}

static void
assert_refused (const char *path, TcWalletError code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcAccount) account = tc_account_open (path, &error);

  g_assert_null (account);
  g_assert_error (error, TC_WALLET_ERROR, (int) code);
}

/* A wallet with some history, closed. */
static void
make_used (Fixture *fixture)
{
  g_autofree char *payee = stranger (1);

  fixture_init (fixture, "pw", TIME (100));
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr(TcTx) tx = pay (fixture, payee, TIME (1));
      apply_block (fixture, &tx, 1);
    }
  g_clear_pointer (&fixture->account, tc_account_free);
}

static void
test_wrong_passwords (void)
{
  g_test_summary ("A thousand wrong passwords leave the file as it was, to the byte, and the right one opens it after (survive-35).");
  g_auto(Fixture) fixture = { 0 };
  make_used (&fixture);
  Contents before = read_file (fixture.path);
  g_autoptr(GError) error = NULL;

  fixture_reopen (&fixture);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("pw%u", i);
      g_autoptr(TcSecretString) wrong = tc_secret_string_new (text);

      g_assert_false (tc_account_unlock (fixture.account, wrong, &error));
      g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD);
      g_clear_error (&error);
    }
  g_clear_pointer (&fixture.account, tc_account_free);
  assert_unchanged (fixture.path, before.data, before.size);
  fixture_reopen (&fixture);
  g_autoptr(TcSecretString) right = tc_secret_string_new ("pw");
  g_assert_true (tc_account_unlock (fixture.account, right, &error));
  g_free (before.data);
}

static void
test_flipped_bits (void)
{
  g_test_summary ("One bit flipped anywhere in the file, each page sampled: the wallet is refused as damaged and left as it is (survive-35).");
  g_auto(Fixture) fixture = { 0 };
  make_used (&fixture);
  Contents good = read_file (fixture.path);
  g_autofree char *bad = g_memdup2 (good.data, good.size);

  g_assert_cmpuint (good.size, >, 10 * 4096);
  for (gsize page = 0; page < good.size; page += 4096)
    for (guint sample = 0; sample < 12; sample++)
      {
        const gsize place = page + (sample == 0 ? 0 : sample == 1 ? 4095 : (gsize) g_test_rand_int_range (0, 4096));

        bad[place] = (char) (bad[place] ^ 1 << g_test_rand_int_range (0, 8));
        write_file (fixture.path, bad, good.size);
        assert_refused (fixture.path, TC_WALLET_ERROR_DAMAGED);
        assert_unchanged (fixture.path, bad, good.size);
        bad[place] = good.data[place];
      }
  write_file (fixture.path, good.data, good.size);
  fixture_reopen (&fixture);
  g_free (good.data);
}

static void
test_truncated (void)
{
  g_test_summary ("A file cut at any length is refused as damaged and left as it is (survive-35).");
  g_auto(Fixture) fixture = { 0 };
  make_used (&fixture);
  Contents good = read_file (fixture.path);

  for (gsize size = 0; size < good.size; size += size % 4096 == 0 ? 1 : 4095)
    {
      write_file (fixture.path, good.data, size);
      assert_refused (fixture.path, TC_WALLET_ERROR_DAMAGED);
      assert_unchanged (fixture.path, good.data, size);
    }
  write_file (fixture.path, "this is a letter to my aunt", 27);
  assert_refused (fixture.path, TC_WALLET_ERROR_DAMAGED);
  g_free (good.data);
}

static void
set_version (const char *path, int version)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA locking_mode = EXCLUSIVE; PRAGMA user_version = %d", version);
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE, "tc-page-sum"), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

static void
test_newer (void)
{
  g_test_summary ("A wallet of a newer version is refused as such, and left as it is (survive-23).");
  g_auto(Fixture) fixture = { 0 };
  make_used (&fixture);
  set_version (fixture.path, 99);
  Contents before = read_file (fixture.path);

  assert_refused (fixture.path, TC_WALLET_ERROR_NEWER);
  assert_unchanged (fixture.path, before.data, before.size);
  set_version (fixture.path, 2);
  fixture_reopen (&fixture);
  g_free (before.data);
}

static void
test_in_use_and_missing (void)
{
  g_test_summary ("A wallet is opened once at a time; one that is not there is missing; one that is there is never made over.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *other = g_strconcat (fixture.path, ".other", NULL);
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (fixture_phrase);
  const TcWalletCreate create = { .path = fixture.path, .network = "local", .address_digit = '0', .phrase = phrase, .kdf = &TC_KDF_MINIMAL };
  g_autoptr(GError) error = NULL;

  assert_refused (fixture.path, TC_WALLET_ERROR_IN_USE);
  assert_refused (other, TC_WALLET_ERROR_MISSING);
  g_clear_pointer (&fixture.account, tc_account_free);
  Contents before = read_file (fixture.path);
  g_assert_null (tc_account_create (&create, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_EXISTS);
  assert_unchanged (fixture.path, before.data, before.size);
  g_free (before.data);
}

static void
test_killed (void)
{
  g_test_summary ("Copied with its log in the middle of its life, as a kill -9 leaves it, the wallet opens with everything that was committed.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1), *wal = g_strconcat (fixture.path, "-wal", NULL), *copy = g_build_filename (fixture.dir, "copy.wallet", NULL);
  g_autofree char *copy_wal = g_strconcat (copy, "-wal", NULL);
  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (10));
  g_autoptr(GError) error = NULL;
  Contents main_file = read_file (fixture.path), log = read_file (wal);

  g_assert_cmpuint (log.size, >, 0);
  write_file (copy, main_file.data, main_file.size);
  write_file (copy_wal, log.data, log.size);
  g_autoptr(TcAccount) account = tc_account_open (copy, &error);
  g_assert_no_error (error);
  g_autoptr(TcWalletTxDetail) detail = tc_account_detail (account, &tx->txid, &error);
  g_assert_no_error (error);
  g_assert_cmpint (detail->row->state, ==, TC_WALLET_TX_PENDING);
  g_free (main_file.data);
  g_free (log.data);
}

static void
test_phrase_and_passwords (void)
{
  g_test_summary ("The phrase is shown for the password only; the password changes, is taken away and set anew; the addresses stay.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "old", TIME (100));
  g_autoptr(TcSecretString) old = tc_secret_string_new ("old"), new = tc_secret_string_new ("new"), none = tc_secret_string_new (NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_account_get_phrase (fixture.account, new, NULL, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD);
  g_clear_error (&error);
  g_assert_false (tc_account_change_password (fixture.account, new, old, &error));
  g_clear_error (&error);
  g_assert_true (tc_account_change_password (fixture.account, old, new, &error));
  fixture_reopen (&fixture);
  g_assert_false (tc_account_unlock (fixture.account, old, NULL));
  g_assert_true (tc_account_unlock (fixture.account, new, NULL));
  g_assert_true (tc_account_change_password (fixture.account, new, none, &error));
  fixture_reopen (&fixture);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_false (snapshot->encrypted);
  g_assert_false (snapshot->locked);
  g_autoptr(TcSecretString) passphrase = NULL, phrase = tc_account_get_phrase (fixture.account, none, &passphrase, &error);
  g_assert_cmpstr (tc_secret_string_get (phrase), ==, fixture_phrase);
  g_assert_cmpstr (tc_secret_string_get (passphrase), ==, "");
  g_assert_cmpstr (snapshot->first_address, ==, fixture_first_address);
}

static void
test_not_in_the_file (void)
{
  g_test_summary ("Neither words of the phrase nor the key of an address are in an encrypted wallet's file, and others cannot read it.");
  g_auto(Fixture) fixture = { 0 };
  make_used (&fixture);
  Contents contents = read_file (fixture.path);
  GStatBuf status;
  static const guint8 secret_key_start[] = { 0x34, 0x8d, 0xe6, 0x03, 0x91, 0xd9, 0x80, 0x89 };

  g_assert_null (memmem (contents.data, contents.size, "abandon", 7));
  g_assert_null (memmem (contents.data, contents.size, secret_key_start, sizeof secret_key_start));
  g_assert_cmpint (g_stat (fixture.path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_free (contents.data);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/file/survive-35-wrong-passwords", test_wrong_passwords);
  g_test_add_func ("/wallet/file/survive-35-flipped-bits", test_flipped_bits);
  g_test_add_func ("/wallet/file/survive-35-truncated", test_truncated);
  g_test_add_func ("/wallet/file/survive-23-newer", test_newer);
  g_test_add_func ("/wallet/file/in-use-and-missing", test_in_use_and_missing);
  g_test_add_func ("/wallet/file/survive-22-killed", test_killed);
  g_test_add_func ("/wallet/file/phrase-and-passwords", test_phrase_and_passwords);
  g_test_add_func ("/wallet/file/not-in-the-file", test_not_in_the_file);
  return g_test_run ();
}
