#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Asks since when the blocks are to be read again, and begins it. Main thread. */
#define TC_TYPE_RESCAN_WINDOW (tc_rescan_window_get_type ())
G_DECLARE_FINAL_TYPE (TcRescanWindow, tc_rescan_window, TC, RESCAN_WINDOW, AdwWindow)

GtkWindow *tc_rescan_window_new (GtkWindow *parent, TcSession *session, TcWallet *wallet);

G_END_DECLS
