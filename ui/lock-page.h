#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Stands in place of the whole window while the wallet is locked. Main thread.
 * Signals: "unlocked"; "forgotten": the user has no password any more. */
#define TC_TYPE_LOCK_PAGE (tc_lock_page_get_type ())
G_DECLARE_FINAL_TYPE (TcLockPage, tc_lock_page, TC, LOCK_PAGE, AdwBin)

void tc_lock_page_set_wallet (TcLockPage *self, TcWallet *wallet, gboolean play_money);
void tc_lock_page_focus      (TcLockPage *self);
/* Unlocks with the password that the user had this computer remember, if there is one: when a wallet is opened, not when it was locked. */
void tc_lock_page_try_remembered (TcLockPage *self);

G_END_DECLS
