#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Signs a message with an address of the wallet, and verifies one of anybody. Main thread. */
#define TC_TYPE_MESSAGE_WINDOW (tc_message_window_get_type ())
G_DECLARE_FINAL_TYPE (TcMessageWindow, tc_message_window, TC, MESSAGE_WINDOW, AdwWindow)

GtkWindow *tc_message_window_new (GtkWindow *parent, TcWallet *wallet);

G_END_DECLS
