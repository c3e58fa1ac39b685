#pragma once

#include "backup.h"
#include "proof.h"
#include "wallet.h"

G_BEGIN_DECLS

/* What a TcWallet does to keep what is its user's: backups, and proofs of payments. As in wallet.h: the owner's thread, nothing blocks, messages can be shown. */

/* Writes a backup (backup.h) to @path, reads it back and opens it again before it says so. @password: the wallet's, empty where it has none: the phrase is in the
 * backup. @backup_password: not empty. @replace: there may be a file already. @kdf: (nullable): NULL: TC_KDF_MODERATE. */
void          tc_wallet_backup                (TcWallet *self, const char *path, const TcSecretString *password, const TcSecretString *backup_password,
                                               gboolean replace, const TcKdfParams *kdf, GAsyncReadyCallback callback, gpointer user_data);
gboolean      tc_wallet_backup_finish         (TcWallet *self, GAsyncResult *result, GError **error);

/* Whether the backup at @path would bring this wallet back: it is whole, the password opens it, and the keys are this wallet's (TC_WALLET_ERROR_BACKUP: another
 * wallet's). Changes nothing but that the wallet remembers when. Works while locked. Returns: (transfer full): what is in it. */
void          tc_wallet_check_backup          (TcWallet *self, const char *path, const TcSecretString *backup_password, GAsyncReadyCallback callback, gpointer user_data);
TcBackupInfo *tc_wallet_check_backup_finish   (TcWallet *self, GAsyncResult *result, GError **error);
/* The same of a phrase as it was written down. @passphrase: (nullable): BIP39's. */
void          tc_wallet_check_phrase          (TcWallet *self, const TcSecretString *phrase, const TcSecretString *passphrase, GAsyncReadyCallback callback,
                                               gpointer user_data);
gboolean      tc_wallet_check_phrase_finish   (TcWallet *self, GAsyncResult *result, GError **error);

/* What a backup says of itself, without any wallet. Returns: (transfer full): what is in it. */
void          tc_backup_open_async            (const char *path, const TcSecretString *password, GAsyncReadyCallback callback, gpointer user_data);
TcBackupInfo *tc_backup_open_finish           (GAsyncResult *result, GError **error);

typedef struct
{
  const char           *backup_path;
  const TcSecretString *password;       /* the backup's; the wallet has it too */
  const char           *path;           /* of the wallet file to make */
  const char           *network;        /* that the backup must be of; (nullable): any */
  const TcKdfParams    *kdf;            /* (nullable) */
} TcWalletRestore;

/* As tc_wallet_create (), of a backup. @restore is copied. */
void          tc_wallet_restore_backup        (const TcWalletRestore *restore, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcWallet     *tc_wallet_restore_backup_finish (GAsyncResult *result, GError **error);

/* Proof of a payment in a block, for others to verify (proof.h). @as_payer: it says who paid, and @message ((nullable), at most TC_PAYMENT_PROOF_MESSAGE_MAX bytes); the wallet must
 * be unlocked then. @path: (nullable): of a file that it is written to, which may be there already where @replace. Before its block: TC_WALLET_ERROR_NOT_FINAL. Returns: (transfer full): the file's bytes. */
void          tc_wallet_prove_payment         (TcWallet *self, const TcHash *txid, gboolean as_payer, const char *message, const char *path, gboolean replace,
                                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes       *tc_wallet_prove_payment_finish  (TcWallet *self, GAsyncResult *result, GError **error);

G_END_DECLS
