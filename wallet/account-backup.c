#include "account-backup.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "account-private.h"
#include "core/check.h"
#include "wallet-file.h"

static gboolean
refuse (GError **error, TcWalletError code, const char *message)
{
  g_set_error_literal (error, TC_WALLET_ERROR, code, message);
  return FALSE;
}

/* Returns: (transfer full): NULL sets @error: of this wallet's keys, or not. */
static gboolean
check_seed (TcAccount *self, const TcSecretString *phrase, const TcSecretString *passphrase, const char *other_wallet, GError **error)
{
  g_autoptr(TcSecretBytes) seed = tc_bip39_seed (phrase, passphrase);

  return tc_keychain_is_of (self->keys, seed) || refuse (error, TC_WALLET_ERROR_BACKUP, other_wallet);
}

static gboolean
remember_check (TcAccount *self, GError **error)
{
  tc_account_begin (self, TRUE);
  tc_wallet_db_set_int (self->db, "backup_verified", self->backup_verified = TRUE);
  tc_wallet_db_set_int (self->db, "backup_checked_ms", self->backup_checked_ms = g_get_real_time () / 1000);
  return tc_account_end (self, error);
}

/* --- Writing ---------------------------------------------------------------------------------------------------------------------- */

static TcBackupInfo *
describe (TcAccount *self)
{
  TcBackupInfo *info = tc_backup_info_new ();

  info->name = g_strdup (self->name);
  info->network = g_strdup (self->network);
  info->address_digit = self->address_digit;
  info->made_ms = g_get_real_time () / 1000;
  info->has_chain = self->bound;
  info->chain_id = self->chain_id;
  info->birthday_height = self->birthday_height;
  return info;
}

static GBytes *
seal (TcAccount *self, const TcSecretString *password, const TcSecretString *backup_password, const TcKdfParams *kdf, GError **error)
{
  g_autoptr(TcSecretBytes) secret = tc_account_open_secret (self, password, error);
  if (secret == NULL)
    return NULL;
  g_autoptr(TcBackupInfo) info = describe (self);
  g_autoptr(TcSecretBytes) content = tc_backup_pack (self->db, secret, info);
  GError *failed = NULL;

  if (!tc_wallet_db_end (self->db, error))
    return NULL;
  GBytes *sealed = tc_seal (TC_SEAL_BACKUP, content, backup_password, kdf, &failed);
  if (sealed == NULL)
    tc_account_translate (failed, error);
  return sealed;
}

TcSecretBytes *
tc_backup_open (const char *path, const TcSecretString *password, TcBackupInfo **ret_info, TcSecretBytes **ret_content, GError **error)
{
  GError *failed = NULL;
  g_autoptr(GBytes) sealed = tc_wallet_read_file (path, TC_BACKUP_SIZE_MAX, error);
  if (sealed == NULL)
    return NULL;
  g_autoptr(TcSecretBytes) content = tc_unseal (TC_SEAL_BACKUP, sealed, password, &failed);
  if (content == NULL)
    {
      tc_account_translate (failed, error);
      return NULL;
    }
  TcSecretBytes *secret = tc_backup_unpack (content, ret_info);
  if (secret == NULL)
    refuse (error, TC_WALLET_ERROR_DAMAGED, _("This backup does not hold a wallet. Use another copy, or the wallet’s phrase."));
  else if (ret_content != NULL)
    *ret_content = g_steal_pointer (&content);
  return secret;
}

static TcBackupInfo *
look_into (TcAccount *self, const char *path, const TcSecretString *backup_password, GError **error)
{
  g_autoptr(TcBackupInfo) info = NULL;
  g_autoptr(TcSecretString) phrase = NULL, passphrase = NULL;
  g_autoptr(TcSecretBytes) secret = tc_backup_open (path, backup_password, &info, NULL, error);

  if (secret == NULL || !tc_account_unpack_secret (secret, &phrase, &passphrase, error)
      || !check_seed (self, phrase, passphrase, _("This is the backup of another wallet. It would not bring this one back."), error))
    return NULL;
  return g_steal_pointer (&info);
}

gboolean
tc_account_write_backup (TcAccount *self, const char *path, const TcSecretString *password, const TcSecretString *backup_password, gboolean replace, const TcKdfParams *kdf,
                         GError **error)
{
  if (backup_password == NULL || tc_secret_string_length (backup_password) == 0)
    return refuse (error, TC_WALLET_ERROR_PASSWORD, _("A backup needs a password: whoever finds the file has the money otherwise."));
  g_autoptr(GBytes) sealed = seal (self, password, backup_password, kdf != NULL ? kdf : &TC_KDF_MODERATE, error);
  if (sealed == NULL || !tc_wallet_write_file (path, sealed, replace, error))
    return FALSE;
  g_autoptr(TcBackupInfo) info = look_into (self, path, backup_password, error);
  return info != NULL;
}

/* --- Checking --------------------------------------------------------------------------------------------------------------------- */

TcBackupInfo *
tc_account_check_backup (TcAccount *self, const char *path, const TcSecretString *backup_password, GError **error)
{
  g_autoptr(TcBackupInfo) info = look_into (self, path, backup_password, error);

  return info != NULL && remember_check (self, error) ? g_steal_pointer (&info) : NULL;
}

gboolean
tc_account_check_phrase (TcAccount *self, const TcSecretString *phrase, const TcSecretString *passphrase, GError **error)
{
  g_autoptr(TcSecretBytes) entropy = tc_bip39_to_entropy (phrase, NULL, error);

  return entropy != NULL
         && check_seed (self, phrase, passphrase, _("These words are of another wallet, or its passphrase is another one. They would not bring this one back."), error)
         && remember_check (self, error);
}

/* --- Restoring -------------------------------------------------------------------------------------------------------------------- */

static gboolean
check_network (const TcBackupInfo *info, const char *network, GError **error)
{
  if (network == NULL || g_str_equal (info->network, network))
    return TRUE;
  /* Translators: both %s are names of networks. */
  g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK, _("This backup is of a wallet on the network “%s”. TimeCoin runs on “%s” now."), info->network, network);
  return FALSE;
}

TcAccount *
tc_account_restore_backup (const TcWalletRestore *restore, GError **error)
{
  g_autoptr(TcBackupInfo) info = NULL;
  g_autoptr(TcSecretBytes) content = NULL;
  g_autoptr(TcSecretString) phrase = NULL, passphrase = NULL;
  g_autoptr(TcSecretBytes) secret = tc_backup_open (restore->backup_path, restore->password, &info, &content, error);

  if (secret == NULL || !check_network (info, restore->network, error) || !tc_account_unpack_secret (secret, &phrase, &passphrase, error))
    return NULL;
  const TcWalletCreate create = { .path = restore->path, .network = info->network, .address_digit = info->address_digit, .phrase = phrase,
                                  .passphrase = passphrase, .password = restore->password, .birthday_height = info->birthday_height, .restored = TRUE,
                                  .backup = content, .kdf = restore->kdf };
  TcAccount *self = tc_account_create (&create, error);

  if (self != NULL && !remember_check (self, error))
    g_clear_pointer (&self, tc_account_free);
  return self;
}
