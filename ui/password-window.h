#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Changes a wallet's password, or gives it one. Main thread. */
#define TC_TYPE_PASSWORD_WINDOW (tc_password_window_get_type ())
G_DECLARE_FINAL_TYPE (TcPasswordWindow, tc_password_window, TC, PASSWORD_WINDOW, AdwWindow)

GtkWindow *tc_password_window_new (GtkWindow *parent, TcWallet *wallet);

G_END_DECLS
