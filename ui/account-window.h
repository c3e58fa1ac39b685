#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Adds an account to a wallet, or gives one another name. Main thread. */
#define TC_TYPE_ACCOUNT_WINDOW (tc_account_window_get_type ())
G_DECLARE_FINAL_TYPE (TcAccountWindow, tc_account_window, TC, ACCOUNT_WINDOW, AdwWindow)

/* @account: the one to rename; TC_ACCOUNT_ALL: a new one, which the window then shows ("win.account"). */
GtkWindow *tc_account_window_new (GtkWindow *parent, TcWallet *wallet, guint32 account);

G_END_DECLS
