#include "account-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backup.h"
#include "core/check.h"

#define ENTROPY_SIZE_MAX    32u
#define PASSPHRASE_SIZE_MAX 1024u

static void
load_numbers (TcAccount *self)
{
  TcDb *db = self->db;
  g_autoptr(GBytes) chain_id = tc_wallet_db_get_blob (db, "chain_id");

  self->watches = (TcWatches) tc_wallet_db_get_int (db, "watch_only", TC_WATCHES_NOTHING);
  self->backup_verified = tc_wallet_db_get_int (db, "backup_verified", 0) != 0;
  self->backup_checked_ms = tc_wallet_db_get_int (db, "backup_checked_ms", 0);
  self->birthday_height = (guint32) tc_wallet_db_get_int (db, "birthday_height", 0);
  self->scan_height = (guint32) tc_wallet_db_get_int (db, "scan_height", 0);
  self->rescan_height = (guint32) tc_wallet_db_get_int (db, "rescan_height", 0);
  self->rescan_target = (guint32) tc_wallet_db_get_int (db, "rescan_target", 0);
  self->unread_height = (guint32) tc_wallet_db_get_int (db, "unread_height", 0);
  self->created_ms = tc_wallet_db_get_int (db, "created_ms", 0);
  self->born_ms = tc_wallet_db_get_int (db, "born_ms", 0);
  self->keys_short_height = (guint32) tc_wallet_db_get_int (db, "keys_short_height", 0);
  self->bound = chain_id != NULL;
  if (self->bound && g_bytes_get_size (chain_id) == TC_HASH_SIZE)
    memcpy (self->chain_id.bytes, g_bytes_get_data (chain_id, NULL), TC_HASH_SIZE);
  else if (self->bound)
    tc_wallet_db_damaged (db);
}

static void
load (TcAccount *self)
{
  load_numbers (self);
  self->keys = tc_keychain_new (self->db, self->address_digit);
  self->coins = tc_wallet_coins_new (self->db);
  self->history = tc_history_new (self->db, self->address_digit);
  self->records = tc_records_new (self->db);
  self->public_keys = tc_public_keys_new (self->db);
  tc_account_reserve_requests (self);
  tc_account_hold_waiting (self);
}

void
tc_account_reload (TcAccount *self)
{
  TcKeychain *locked_or_not = g_steal_pointer (&self->keys);

  g_clear_pointer (&self->coins, tc_wallet_coins_free);
  g_clear_pointer (&self->history, tc_history_free);
  g_clear_pointer (&self->public_keys, tc_public_keys_free);
  load (self);
  if (locked_or_not != NULL)
    tc_keychain_take_secrets (self->keys, locked_or_not);
  tc_keychain_free (locked_or_not);
}

void
tc_account_begin (TcAccount *self, gboolean durable)
{
  tc_wallet_db_begin (self->db, durable);
}

gboolean
tc_account_end (TcAccount *self, GError **error)
{
  tc_history_settle (self->history);
  if (tc_wallet_db_commit (self->db, error))
    return TRUE;
  tc_account_reload (self);
  return FALSE;
}

/* --- The secret: entropy length u8, entropy, passphrase length u16, passphrase ------------------------------------------------- */

static TcSecretBytes *
pack_secret (const TcSecretBytes *entropy, const TcSecretString *passphrase)
{
  const gsize n_entropy = tc_secret_bytes_size (entropy), n_passphrase = tc_secret_string_length (passphrase);
  TcSecretBytes *packed = tc_secret_bytes_new (1 + n_entropy + 2 + n_passphrase);
  guint8 *data = tc_secret_bytes_get (packed);

  *data++ = (guint8) n_entropy;
  memcpy (data, tc_secret_bytes_get (entropy), n_entropy);
  data += n_entropy;
  *data++ = (guint8) n_passphrase;
  *data++ = (guint8) (n_passphrase >> 8);
  memcpy (data, tc_secret_string_get (passphrase), n_passphrase);
  return packed;
}

gboolean
tc_account_unpack_secret (const TcSecretBytes *packed, TcSecretString **ret_phrase, TcSecretString **ret_passphrase, GError **error)
{
  TcReader reader;

  tc_reader_init (&reader, tc_secret_bytes_get (packed), tc_secret_bytes_size (packed));
  const gsize n_entropy = tc_reader_u8 (&reader);
  const guint8 *entropy = tc_reader_view (&reader, n_entropy);
  const gsize n_passphrase = tc_reader_u16 (&reader);
  const guint8 *passphrase = tc_reader_view (&reader, n_passphrase);
  if (!tc_reader_end (&reader, "wallet secret", NULL) || n_entropy < 16 || n_entropy > ENTROPY_SIZE_MAX || n_entropy % 4 != 0)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_DAMAGED,
                           _("The wallet file is damaged. Use a copy of it, or restore the wallet from its phrase."));
      return FALSE;
    }
  g_autoptr(TcSecretBytes) bytes = tc_secret_bytes_copy (entropy, n_entropy);
  *ret_phrase = tc_bip39_from_entropy (bytes);
  *ret_passphrase = tc_secret_string_new_n ((const char *) passphrase, n_passphrase);
  return TRUE;
}

void
tc_account_translate (GError *from, GError **error)
{
  static const TcWalletError codes[] = { TC_WALLET_ERROR_DAMAGED, TC_WALLET_ERROR_NEWER, TC_WALLET_ERROR_PASSWORD, TC_WALLET_ERROR_FAILED };

  TC_CHECK (from->domain == TC_KEYSTORE_ERROR);
  g_set_error_literal (error, TC_WALLET_ERROR, codes[from->code], from->message);
  g_error_free (from);
}

TcSecretBytes *
tc_account_open_secret (TcAccount *self, const TcSecretString *password, GError **error)
{
  g_autoptr(GBytes) sealed = tc_wallet_db_get_blob (self->db, "keystore");
  GError *refused = NULL;

  if (!tc_wallet_db_end (self->db, error))
    return NULL;
  if (sealed == NULL)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_WATCH_ONLY, _("This wallet watches only: it has neither keys nor a password."));
      return NULL;
    }
  TcSecretBytes *secret = tc_keystore_open (sealed, password, &refused);
  if (secret == NULL)
    tc_account_translate (refused, error);
  return secret;
}

static gboolean
store_secret (TcAccount *self, const TcSecretBytes *secret, const TcSecretString *password, const TcKdfParams *params, GError **error)
{
  GError *failed = NULL;
  g_autoptr(GBytes) sealed = tc_keystore_seal (secret, password, params, &failed);

  if (sealed == NULL)
    {
      tc_account_translate (failed, error);
      return FALSE;
    }
  tc_wallet_db_set_blob (self->db, "keystore", g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  self->encrypted = password != NULL && tc_secret_string_length (password) > 0;
  return TRUE;
}

/* --- Making and opening --------------------------------------------------------------------------------------------------- */

static TcAccount *
account_new (TcDb *db, const char *path)
{
  TcAccount *self = g_new0 (TcAccount, 1);
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  self->db = db;
  self->path = g_strdup (path);
  self->name = g_steal_pointer (&base);
  self->next_draft = 1;
  return self;
}

void
tc_account_free (TcAccount *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->keys, tc_keychain_free);
  g_clear_pointer (&self->coins, tc_wallet_coins_free);
  g_clear_pointer (&self->history, tc_history_free);
  g_clear_pointer (&self->public_keys, tc_public_keys_free);
  g_clear_pointer (&self->db, tc_wallet_db_close);
  g_free (self->path);
  g_free (self->name);
  g_free (self->network);
  g_free (self);
}

static gboolean
fill (TcAccount *self, const TcWalletCreate *create, GError **error)
{
  if (create->watch != NULL)
    return tc_account_fill_watch (self, create, error);
  g_autoptr(TcSecretBytes) entropy = tc_bip39_to_entropy (create->phrase, NULL, error);
  if (entropy == NULL)
    return FALSE;
  g_autoptr(TcSecretString) passphrase = create->passphrase != NULL ? tc_secret_string_ref ((TcSecretString *) create->passphrase)
                                                                    : tc_secret_string_new (NULL);
  g_autoptr(TcSecretBytes) secret = pack_secret (entropy, passphrase);
  g_autoptr(TcSecretBytes) seed = tc_bip39_seed (create->phrase, passphrase);
  TcKeyPath first;

  tc_account_begin (self, TRUE);
  if (!store_secret (self, secret, create->password, create->kdf != NULL ? create->kdf : &TC_KDF_MODERATE, error))
    {
      tc_wallet_db_rollback (self->db);
      return FALSE;
    }
  tc_wallet_db_set_text (self->db, "network", create->network);
  tc_wallet_db_set_int (self->db, "address_digit", create->address_digit);
  tc_wallet_db_set_int (self->db, "texts", 1);
  tc_wallet_db_set_int (self->db, "birthday_height", create->birthday_height);
  tc_wallet_db_set_int (self->db, "scan_height", create->birthday_height > 0 ? create->birthday_height - 1 : 0);
  tc_wallet_db_set_int (self->db, "backup_verified", create->restored);
  tc_wallet_db_set_int (self->db, "created_ms", create->restored ? create->born_ms : g_get_real_time () / 1000);
  tc_wallet_db_set_int (self->db, "born_ms", create->restored ? create->born_ms : 0);
  if (create->backup != NULL)
    tc_backup_put_tables (self->db, create->backup);
  load (self);
  if (tc_wallet_db_failed (self->db))  /* a backup may hold what no wallet does */
    return tc_wallet_db_commit (self->db, error);
  TC_CHECK (tc_keychain_unlock (self->keys, seed));
  if (create->backup == NULL)  /* else the one given out last is still the one to show */
    tc_keychain_issue (self->keys, 0, TC_CHAIN_RECEIVE, &first);
  return tc_wallet_db_commit (self->db, error);
}

/* Makes @path of the finished file @made. Never over another: a wallet lost that way is lost for good. */
static gboolean
put_in_place (const char *made, const char *path, GError **error)
{
  int result = renameat2 (AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE);

  if (result != 0 && errno == EINVAL && !g_file_test (path, G_FILE_TEST_EXISTS))  /* a file system that lacks the flag */
    result = g_rename (made, path);
  if (result == 0)
    return TRUE;
  const int saved = errno;
  g_unlink (made);
  if (saved == EEXIST)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_EXISTS, _("There is a wallet “%s” already. Choose another name."), path);
  else
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED, _("The wallet file “%s” could not be made: %s."), path, g_strerror (saved));
  return FALSE;
}

static gboolean
check_create (const TcWalletCreate *create, GError **error)
{
  TC_CHECK ((create->phrase != NULL) != (create->watch != NULL) && create->network != NULL && (create->address_digit == '0' || create->address_digit == '1'));
  if (g_file_test (create->path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_EXISTS, _("There is a wallet “%s” already. Choose another name."), create->path);
      return FALSE;
    }
  if (create->passphrase != NULL && tc_secret_string_length (create->passphrase) > PASSPHRASE_SIZE_MAX)
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED, _("The passphrase is longer than %u characters."), PASSPHRASE_SIZE_MAX);
      return FALSE;
    }
  return TRUE;
}

TcAccount *
tc_account_create (const TcWalletCreate *create, GError **error)
{
  g_autofree char *made = g_strconcat (create->path, ".new", NULL);

  if (!check_create (create, error))
    return NULL;
  g_unlink (made);  /* left behind by a crash: it was never a wallet */
  TcDb *db = tc_wallet_db_create (made, error);
  if (db == NULL)
    return NULL;
  TcAccount *draft = account_new (db, made);
  draft->address_digit = create->address_digit;
  const gboolean filled = fill (draft, create, error);
  g_autoptr(TcKeychain) secrets = g_steal_pointer (&draft->keys);
  tc_account_free (draft);
  if (!filled)
    {
      g_unlink (made);
      return NULL;
    }
  if (!put_in_place (made, create->path, error))
    return NULL;

  g_autoptr(TcAccount) self = tc_account_open (create->path, error);
  if (self == NULL)
    return NULL;
  if (self->encrypted)  /* unlocked, without another second of Argon2id */
    tc_keychain_take_secrets (self->keys, secrets);
  return g_steal_pointer (&self);
}

static gboolean
read_identity (TcAccount *self, GError **error)
{
  g_autoptr(GBytes) sealed = tc_wallet_db_get_blob (self->db, "keystore");
  GError *refused = NULL;

  self->network = tc_wallet_db_get_text (self->db, "network");
  self->address_digit = (char) tc_wallet_db_get_int (self->db, "address_digit", 0);
  const gboolean watches = tc_wallet_db_get_int (self->db, "watch_only", TC_WATCHES_NOTHING) != TC_WATCHES_NOTHING;
  if ((sealed == NULL) != watches || self->network == NULL || (self->address_digit != '0' && self->address_digit != '1'))
    tc_wallet_db_damaged (self->db);
  if (!tc_wallet_db_end (self->db, error))
    return FALSE;
  if (!watches && !tc_keystore_inspect (sealed, &self->encrypted, NULL, &refused))
    {
      tc_account_translate (refused, error);
      return FALSE;
    }
  return TRUE;
}

/* What an older version left out, and what was deleted and can be brought back no more. Writes only where there is something to. */
static gboolean
bring_up_to_date (TcAccount *self, GError **error)
{
  const gboolean indexed = tc_wallet_db_get_int (self->db, "texts", 0) != 0;
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT 1 FROM requests WHERE removed LIMIT 1", "");
  const gboolean removed = tc_wallet_db_next (self->db, rows);

  if (removed)
    sqlite3_reset (rows);
  if (indexed && !removed)
    return tc_wallet_db_end (self->db, error);
  tc_account_begin (self, FALSE);
  tc_wallet_db_run (self->db, "DELETE FROM requests WHERE removed", "");
  if (!indexed)
    tc_history_index_old (self->history);
  tc_wallet_db_set_int (self->db, "texts", 1);
  return tc_account_end (self, error);
}

TcAccount *
tc_account_open (const char *path, GError **error)
{
  TcDb *db = tc_wallet_db_open (path, error);
  if (db == NULL)
    return NULL;
  g_autoptr(TcAccount) self = account_new (db, path);

  if (!read_identity (self, error))
    return NULL;
  load (self);
  for (guint32 account = 0; account < tc_keychain_n_accounts (self->keys); account++)
    if (tc_keychain_count (self->keys, account, TC_CHAIN_RECEIVE) == 0)
      tc_wallet_db_damaged (db);
  if (!tc_wallet_db_end (db, error) || !bring_up_to_date (self, error))
    return NULL;
  if (!self->encrypted && self->watches == TC_WATCHES_NOTHING && !tc_account_unlock (self, NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- Locking ---------------------------------------------------------------------------------------------------------------- */

void
tc_account_read_again (TcAccount *self)
{
  if (self->keys_short_height == 0 || !tc_keychain_is_unlocked (self->keys))
    return;
  if (self->keys_short_height <= self->scan_height)
    {
      const guint32 from = self->rescan_height > 0 ? MIN (self->rescan_height, self->keys_short_height) : self->keys_short_height;

      tc_wallet_db_set_int (self->db, "rescan_height", self->rescan_height = from);
      tc_wallet_db_set_int (self->db, "rescan_target", self->rescan_target = self->scan_height);
    }
  tc_wallet_db_set_int (self->db, "keys_short_height", self->keys_short_height = 0);
}

static gboolean
unlock_with (TcAccount *self, const TcSecretBytes *seed, GError **error)
{
  /* An unlock that finds nothing to write leaves the file as it is. */
  const gboolean writes = tc_keychain_wants_keys (self->keys) || self->keys_short_height > 0;

  if (writes)
    tc_account_begin (self, FALSE);
  const gboolean same = tc_keychain_unlock (self->keys, seed);
  if (!same)
    tc_wallet_db_damaged (self->db);
  else if (writes)
    tc_account_read_again (self);
  return writes ? tc_account_end (self, error) : tc_wallet_db_end (self->db, error);
}

/* What made a password costly to guess years ago does so no more. The least of all is what tests choose. Where the disk does not take it, it is for the next time. */
static void
raise_kdf (TcAccount *self, const TcSecretBytes *secret, const TcSecretString *password)
{
  g_autoptr(GBytes) sealed = tc_wallet_db_get_blob (self->db, "keystore");
  g_autoptr(GError) error = NULL;
  TcKdfParams params;

  if (!self->encrypted || tc_wallet_db_failed (self->db) || !tc_keystore_inspect (sealed, NULL, &params, NULL)
      || (params.opslimit == TC_KDF_MINIMAL.opslimit && params.memlimit_kib == TC_KDF_MINIMAL.memlimit_kib)
      || (params.opslimit >= TC_KDF_MODERATE.opslimit && params.memlimit_kib >= TC_KDF_MODERATE.memlimit_kib))
    return;
  params.opslimit = MAX (params.opslimit, TC_KDF_MODERATE.opslimit);
  params.memlimit_kib = MAX (params.memlimit_kib, TC_KDF_MODERATE.memlimit_kib);
  tc_account_begin (self, TRUE);
  if (!store_secret (self, secret, password, &params, &error))
    tc_wallet_db_rollback (self->db);
  else if (!tc_account_end (self, &error))
    g_warning ("the wallet's password is not made harder to guess: %s", error->message);
}

gboolean
tc_account_unlock (TcAccount *self, const TcSecretString *password, GError **error)
{
  g_autoptr(TcSecretString) phrase = NULL, passphrase = NULL;
  g_autoptr(TcSecretBytes) secret = tc_account_open_secret (self, password, error);

  if (secret == NULL || !tc_account_unpack_secret (secret, &phrase, &passphrase, error))
    return FALSE;
  g_autoptr(TcSecretBytes) seed = tc_bip39_seed (phrase, passphrase);
  if (!unlock_with (self, seed, error))
    return FALSE;
  raise_kdf (self, secret, password);
  return TRUE;
}

void
tc_account_lock (TcAccount *self)
{
  if (self->encrypted)
    tc_keychain_lock (self->keys);
}

gboolean
tc_account_change_password (TcAccount *self, const TcSecretString *old_password, const TcSecretString *new_password, GError **error)
{
  const gboolean was_encrypted = self->encrypted;
  g_autoptr(TcSecretBytes) secret = tc_account_open_secret (self, old_password, error);
  if (secret == NULL)
    return FALSE;
  g_autoptr(GBytes) sealed = tc_wallet_db_get_blob (self->db, "keystore");
  TcKdfParams params;

  if (!tc_wallet_db_end (self->db, error))
    return FALSE;
  TC_CHECK (tc_keystore_inspect (sealed, NULL, &params, NULL));
  if (!was_encrypted)
    params = TC_KDF_MODERATE;
  tc_account_begin (self, TRUE);
  if (!store_secret (self, secret, new_password, &params, error))
    {
      tc_wallet_db_rollback (self->db);
      self->encrypted = was_encrypted;
      return FALSE;
    }
  if (!tc_account_end (self, error))
    {
      self->encrypted = was_encrypted;
      return FALSE;
    }
  if (!self->encrypted && !tc_keychain_is_unlocked (self->keys))
    return tc_account_unlock (self, NULL, error);
  return TRUE;
}

TcSecretString *
tc_account_get_phrase (TcAccount *self, const TcSecretString *password, TcSecretString **ret_passphrase, GError **error)
{
  g_autoptr(TcSecretString) phrase = NULL, passphrase = NULL;
  g_autoptr(TcSecretBytes) secret = tc_account_open_secret (self, password, error);

  if (secret == NULL || !tc_account_unpack_secret (secret, &phrase, &passphrase, error))
    return NULL;
  if (ret_passphrase != NULL)
    *ret_passphrase = g_steal_pointer (&passphrase);
  return g_steal_pointer (&phrase);
}

gboolean
tc_account_set_backup_verified (TcAccount *self, GError **error)
{
  tc_account_begin (self, TRUE);
  tc_wallet_db_set_int (self->db, "backup_verified", self->backup_verified = TRUE);
  tc_wallet_db_set_int (self->db, "backup_checked_ms", self->backup_checked_ms = g_get_real_time () / 1000);
  return tc_account_end (self, error);
}
