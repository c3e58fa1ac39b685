#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Commands of a wallet's window about its accounts, its history and other wallets: "add-account", "rename-account" (u), "rescan", "wallets". Main thread. */

/* Adds them to @window, a GActionMap. @get_wallet: of it; NULL: there is none. */
void tc_account_actions_add    (GtkWindow *window, TcWallet *(*get_wallet) (GtkWindow *window));
/* @wallet: (nullable): the one that they are about; NULL: none can be used. */
void tc_account_actions_update (GtkWindow *window, TcWallet *wallet);

G_END_DECLS
