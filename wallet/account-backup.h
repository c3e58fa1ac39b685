#pragma once

#include "account.h"
#include "vault.h"

G_BEGIN_DECLS

/* The synchronous side of vault.h, for the worker's thread. */

gboolean      tc_account_write_backup   (TcAccount *self, const char *path, const TcSecretString *password, const TcSecretString *backup_password, gboolean replace,
                                         const TcKdfParams *kdf, GError **error);
TcBackupInfo *tc_account_check_backup   (TcAccount *self, const char *path, const TcSecretString *backup_password, GError **error);
gboolean      tc_account_check_phrase   (TcAccount *self, const TcSecretString *phrase, const TcSecretString *passphrase, GError **error);
/* Returns: (transfer full): the secret. @ret_content: (out) (optional) (transfer full). */
TcSecretBytes *tc_backup_open           (const char *path, const TcSecretString *password, TcBackupInfo **ret_info, TcSecretBytes **ret_content, GError **error);
TcAccount    *tc_account_restore_backup (const TcWalletRestore *restore, GError **error);
/* Reads a block of @node's. */
GBytes       *tc_account_prove          (TcAccount *self, TcNode *node, const TcHash *txid, gboolean as_payer, const char *message, GError **error);

G_END_DECLS
