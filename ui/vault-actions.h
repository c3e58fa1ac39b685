#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Commands of a window about backups and proofs of payments: "backup", "verify-backup", "save-proof" (s: txid in hex), "verify-proof" where a wallet is open,
 * "restore-backup" always. Main thread. */

/* Of a window; what it has not got is NULL. */
typedef struct
{
  TcSession *(*get_session) (GtkWindow *window);
  TcWallet  *(*get_wallet)  (GtkWindow *window);
  void       (*take_wallet) (GtkWindow *window, TcWallet *wallet, const char *network);  /* one was brought back, and is open */
} TcVaultWindow;

/* @functions lives as long as the program. */
void tc_vault_actions_add    (GtkWindow *window, const TcVaultWindow *functions);
/* @wallet: (nullable): the one that they are about; NULL: none is open, or it is locked. */
void tc_vault_actions_update (GtkWindow *window, TcWallet *wallet);

G_END_DECLS
