#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* The wallets of the session's network on this computer: what state each is in, and what can be done with its file. Main thread. */
#define TC_TYPE_WALLETS_WINDOW (tc_wallets_window_get_type ())
G_DECLARE_FINAL_TYPE (TcWalletsWindow, tc_wallets_window, TC, WALLETS_WINDOW, AdwWindow)

GtkWindow *tc_wallets_window_new (GtkWindow *parent, TcSession *session);

G_END_DECLS
