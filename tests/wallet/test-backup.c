#include "wallet-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "wallet/account-backup.h"
#include "wallet/account-private.h"

typedef struct
{
  Fixture  wallet;
  char    *backup, *restored;
} Backup;

static TcSecretString *
secret (const char *text)
{
  return tc_secret_string_new (text);
}

static gboolean
write_backup (Backup *self, const char *password, const char *backup_password, GError **error)
{
  g_autoptr(TcSecretString) own = secret (password), other = secret (backup_password);

  return tc_account_write_backup (self->wallet.account, self->backup, own, other, FALSE, &TC_KDF_MINIMAL, error);
}

static TcAccount *
restore (Backup *self, const char *password, const char *network, GError **error)
{
  g_autoptr(TcSecretString) own = secret (password);
  const TcWalletRestore order = { .backup_path = self->backup, .password = own, .path = self->restored, .network = network, .kdf = &TC_KDF_MINIMAL };

  return tc_account_restore_backup (&order, error);
}

static TcBackupInfo *
check (Backup *self, const char *password, GError **error)
{
  g_autoptr(TcSecretString) own = secret (password);

  return tc_account_check_backup (self->wallet.account, self->backup, own, error);
}

static void
set_up (Backup *self, gconstpointer unused)
{
  fixture_init (&self->wallet, "pw", TIME (100));
  self->backup = g_build_filename (self->wallet.dir, "backup", NULL);
  self->restored = g_build_filename (self->wallet.dir, "restored.wallet", NULL);
}

static void
tear_down (Backup *self, gconstpointer unused)
{
  fixture_clear (&self->wallet);
  g_free (self->backup);
  g_free (self->restored);
}

static void
test_round_trip (Backup *self, gconstpointer unused)
{
  g_test_summary ("What is backed up comes back: keys, passphrase, addresses given out; under the backup's password, which may be another one; the file is nobody else's.");
  g_autoptr(GError) error = NULL;
  guint32 savings;
  g_assert_true (tc_account_add_account (self->wallet.account, "Savings", &savings, &error));
  g_autofree char *issued = tc_account_new_address (self->wallet.account, savings, &error);
  struct stat info;

  g_assert_true (write_backup (self, "pw", "another", &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (self->backup, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);

  g_autoptr(TcAccount) back = restore (self, "another", "local", &error);
  g_assert_no_error (error);
  g_autoptr(TcWalletSnapshot) was = tc_account_snapshot (self->wallet.account), is = tc_account_snapshot (back);
  g_autoptr(TcSecretString) password = secret ("another"), old = secret ("pw");
  TcKeyHash hash;

  g_assert_cmpstr (is->first_address, ==, was->first_address);
  g_assert_true (is->encrypted && is->backup_verified && !is->backup_due);
  g_assert_cmpint (is->backup_checked_ms, >, 0);
  g_assert_true (tc_address_parse (issued, '0', &hash, NULL));
  guint32 found;
  g_assert_true (tc_account_find_key (back, &hash, NULL, &found));
  g_assert_cmpuint (found, ==, savings);
  g_assert_cmpuint (is->accounts->len, ==, 2);
  g_assert_cmpstr (((const TcWalletAccount *) g_ptr_array_index (is->accounts, savings))->name, ==, "Savings");
  g_assert_cmpuint (((const TcWalletAccount *) g_ptr_array_index (is->accounts, savings))->receive_index, ==,
                    ((const TcWalletAccount *) g_ptr_array_index (was->accounts, savings))->receive_index);
  tc_account_lock (back);
  g_assert_false (tc_account_unlock (back, old, NULL));
  g_assert_true (tc_account_unlock (back, password, &error));
  g_assert_no_error (error);
}

static void
test_refused (Backup *self, gconstpointer unused)
{
  g_test_summary ("No backup without a password or with a wrong one of the wallet; none is restored with a wrong password, for another network, or over another wallet.");
  g_autoptr(GError) error = NULL;

  g_assert_false (write_backup (self, "wrong", "b", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD);
  g_clear_error (&error);
  g_assert_false (write_backup (self, "pw", "", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD);
  g_clear_error (&error);
  g_assert_false (g_file_test (self->backup, G_FILE_TEST_EXISTS));

  g_assert_true (write_backup (self, "pw", "b", &error));
  g_assert_false (write_backup (self, "pw", "other", &error));  /* not over a file that is there */
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (restore (self, "c", "local", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD);
  g_clear_error (&error);
  g_assert_null (restore (self, "b", "mainnet", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_false (g_file_test (self->restored, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (self->restored, "mine", 4, NULL));
  g_assert_null (restore (self, "b", "local", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_EXISTS);
}

static void
test_check (Backup *self, gconstpointer unused)
{
  g_test_summary ("A check says whether a backup, or words, would bring this wallet back, remembers that they would, and works while the wallet is locked.");
  g_autoptr(GError) error = NULL;
  g_autoptr(TcSecretString) right = secret (fixture_phrase), none = secret ("");
  g_autoptr(TcSecretString) wrong = secret ("legal winner thank year wave sausage worth useful legal winner thank yellow"), passphrase = secret ("TREZOR");

  g_assert_true (write_backup (self, "pw", "b", &error));
  tc_account_lock (self->wallet.account);
  g_autoptr(TcWalletSnapshot) before = tc_account_snapshot (self->wallet.account);
  g_assert_true (before->backup_due);
  g_assert_null (check (self, "c", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD);
  g_clear_error (&error);
  g_assert_false (tc_account_check_phrase (self->wallet.account, wrong, none, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_BACKUP);
  g_clear_error (&error);
  g_assert_false (tc_account_check_phrase (self->wallet.account, right, passphrase, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_BACKUP);
  g_clear_error (&error);
  g_autoptr(TcWalletSnapshot) still = tc_account_snapshot (self->wallet.account);
  g_assert_true (still->backup_due);

  g_autoptr(TcBackupInfo) info = check (self, "b", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->name, ==, "test");
  g_assert_cmpstr (info->network, ==, "local");
  g_autoptr(TcWalletSnapshot) after = tc_account_snapshot (self->wallet.account);
  g_assert_true (after->locked && after->backup_verified && !after->backup_due && after->backup_checked_ms > 0);
  g_assert_true (tc_account_check_phrase (self->wallet.account, right, none, &error));
}

static void
test_other_wallet (Backup *self, gconstpointer unused)
{
  g_test_summary ("The backup of another wallet is no backup of this one.");
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename (self->wallet.dir, "other.wallet", NULL);
  g_autoptr(TcSecretString) phrase = secret ("legal winner thank year wave sausage worth useful legal winner thank yellow"), password = secret ("pw"), own = secret ("b");
  const TcWalletCreate create = { .path = path, .network = "local", .address_digit = '0', .phrase = phrase, .password = password, .kdf = &TC_KDF_MINIMAL };
  g_autoptr(TcAccount) other = tc_account_create (&create, &error);

  g_assert_true (tc_account_write_backup (other, self->backup, password, own, FALSE, &TC_KDF_MINIMAL, &error));
  g_assert_null (check (self, "b", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_BACKUP);
}

static void
assert_damaged (Backup *self, const guint8 *data, gsize size)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents_full (self->backup, (const char *) data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_null (check (self, "b", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_DAMAGED);
}

static void
test_every_flip (Backup *self, gconstpointer unused)
{
  g_test_summary ("Each flipped bit and each truncation of a backup is damage, told apart from a wrong password (survive-35).");
  g_autoptr(GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (write_backup (self, "pw", "b", &error));
  g_assert_true (g_file_get_contents (self->backup, &data, &size, NULL));
  for (gsize bit = 0; bit < size * 8; bit++)
    {
      data[bit / 8] = (char) (data[bit / 8] ^ (1 << (bit % 8)));
      assert_damaged (self, (const guint8 *) data, size);
      data[bit / 8] = (char) (data[bit / 8] ^ (1 << (bit % 8)));
    }
  for (gsize n = 0; n < size; n++)
    assert_damaged (self, (const guint8 *) data, n);
  g_assert_true (g_file_set_contents (self->backup, data, (gssize) size, NULL));
  g_autoptr(TcBackupInfo) info = check (self, "b", &error);
  g_assert_no_error (error);
}

static void
test_foreign_content (Backup *self, gconstpointer unused)
{
  g_test_summary ("A backup that somebody made up (sealed well, its content cut or altered anywhere) never crashes, and leaves no wallet behind where it is refused.");
  g_autoptr(TcSecretString) own = secret ("b"), wallet_password = secret ("pw");
  g_autoptr(GError) error = NULL;

  g_assert_true (write_backup (self, "pw", "b", &error));
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (self->backup, &data, &size, NULL));
  g_autoptr(GBytes) sealed = g_bytes_new (data, size);
  g_autoptr(TcSecretBytes) content = tc_unseal (TC_SEAL_BACKUP, sealed, own, &error);
  const gsize n = tc_secret_bytes_size (content);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(TcSecretBytes) altered = tc_secret_bytes_copy (tc_secret_bytes_get (content), n);
      tc_secret_bytes_get (altered)[i] ^= 0x41;
      g_autoptr(GBytes) again = tc_seal (TC_SEAL_BACKUP, altered, own, &TC_KDF_MINIMAL, &error);
      g_assert_true (g_file_set_contents (self->backup, g_bytes_get_data (again, NULL), (gssize) g_bytes_get_size (again), NULL));
      g_autoptr(TcAccount) account = restore (self, "b", NULL, NULL);

      if (account == NULL)
        g_assert_false (g_file_test (self->restored, G_FILE_TEST_EXISTS));
      g_clear_pointer (&account, tc_account_free);
      remove (self->restored);
      g_autoptr(TcSecretBytes) cut = tc_secret_bytes_copy (tc_secret_bytes_get (content), i);
      g_assert_null (tc_backup_unpack (cut, NULL));
    }
}

static void
test_addresses_bounded (Backup *self, gconstpointer unused)
{
  g_test_summary ("A backup cannot make a wallet derive addresses without end, not by a number in the guise of a text either.");
  static const char column[] = "issued_change";
  g_autoptr(TcSecretString) own = secret ("b");
  g_autoptr(GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (write_backup (self, "pw", "b", &error));
  g_assert_true (g_file_get_contents (self->backup, &data, &size, NULL));
  g_autoptr(GBytes) sealed = g_bytes_new (data, size);
  g_autoptr(TcSecretBytes) content = tc_unseal (TC_SEAL_BACKUP, sealed, own, &error);
  guint8 *at = memmem (tc_secret_bytes_get (content), tc_secret_bytes_size (content), column, strlen (column));

  g_assert_nonnull (at);
  at += strlen (column) + 1 + 9 + 1 + 9 + 9;  /* how many rows; id, no name, shown, issued_receive */
  g_assert_cmpuint (at[0], ==, 1);
  memcpy (at, "\x02\x07" "0100001", 9);      /* a text in the place of a number */
  g_autoptr(GBytes) again = tc_seal (TC_SEAL_BACKUP, content, own, &TC_KDF_MINIMAL, &error);
  g_assert_true (g_file_set_contents (self->backup, g_bytes_get_data (again, NULL), (gssize) g_bytes_get_size (again), NULL));
  g_assert_null (restore (self, "b", NULL, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_DAMAGED);
}

static void
test_frozen (Backup *self, gconstpointer unused)
{
  g_test_summary ("A coin that was frozen is frozen again when the restored wallet finds it in the chain.");
  g_autoptr(GError) error = NULL;
  const TcOutpoint coin = { self->wallet.genesis->txid, 0 };

  g_assert_true (tc_account_set_coin_frozen (self->wallet.account, &coin, 1, TRUE, &error));
  g_assert_true (write_backup (self, "pw", "b", &error));
  g_autoptr(TcAccount) back = restore (self, "b", "local", &error);
  g_assert_no_error (error);
  g_assert_true (tc_account_bind (back, self->wallet.genesis, &error));
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (back);
  g_assert_cmpuint (snapshot->frozen.units, ==, TIME (100).units);
  g_assert_cmpuint (snapshot->available.units, ==, 0);
}

static void
test_kdf (Backup *self, gconstpointer unused)
{
  g_test_summary ("A password sealed with little work is sealed with more when it is used next; the old file opened with it, and so does the new one.");
  g_autofree char *path = g_build_filename (self->wallet.dir, "old.wallet", NULL);
  g_autoptr(TcSecretString) phrase = secret (fixture_phrase), password = secret ("pw"), wrong = secret ("wrong");
  const TcKdfParams old = { 1, 1024 };
  const TcWalletCreate create = { .path = path, .network = "local", .address_digit = '0', .phrase = phrase, .password = password, .kdf = &old };
  g_autoptr(GError) error = NULL;
  g_autoptr(TcAccount) account = tc_account_create (&create, &error);

  g_assert_no_error (error);
  g_clear_pointer (&account, tc_account_free);
  for (guint i = 0; i < 2; i++)
    {
      const gint64 from = g_get_monotonic_time ();

      account = tc_account_open (path, &error);
      g_assert_false (tc_account_unlock (account, wrong, NULL));
      g_test_message ("a wrong password costs %" G_GINT64_FORMAT " us", g_get_monotonic_time () - from);
      g_assert_true (tc_account_unlock (account, password, &error));
      g_assert_no_error (error);
      g_autoptr(GBytes) sealed = tc_wallet_db_get_blob (account->db, "keystore");
      TcKdfParams params;
      g_assert_true (tc_keystore_inspect (sealed, NULL, &params, NULL));
      g_assert_cmpuint (params.opslimit, ==, TC_KDF_MODERATE.opslimit);
      g_assert_cmpuint (params.memlimit_kib, ==, TC_KDF_MODERATE.memlimit_kib);
      g_clear_pointer (&account, tc_account_free);
    }
}

#define ADD(path, test) g_test_add ("/wallet/backup/" path, Backup, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  ADD ("round-trip", test_round_trip);
  ADD ("refused", test_refused);
  ADD ("addresses-bounded", test_addresses_bounded);
  ADD ("check", test_check);
  ADD ("other-wallet", test_other_wallet);
  ADD ("survive-35-every-flip", test_every_flip);
  ADD ("foreign-content", test_foreign_content);
  ADD ("frozen", test_frozen);
  ADD ("kdf-raised", test_kdf);
  return g_test_run ();
}
