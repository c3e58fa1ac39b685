#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Brings a wallet back from a backup file. Main thread. Signal "wallet" (TcWallet, network name): it is open. */
#define TC_TYPE_RESTORE_WINDOW (tc_restore_window_get_type ())
G_DECLARE_FINAL_TYPE (TcRestoreWindow, tc_restore_window, TC, RESTORE_WINDOW, AdwWindow)

GtkWindow *tc_restore_window_new (GtkWindow *parent, TcSession *session);

G_END_DECLS
