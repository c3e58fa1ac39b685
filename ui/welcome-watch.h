#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Makes a wallet that watches: of a watch file, or of addresses. Main thread. Signal "wallet" (TcWallet, network name): it is open; the window closes by itself. */
#define TC_TYPE_WELCOME_WATCH (tc_welcome_watch_get_type ())
G_DECLARE_FINAL_TYPE (TcWelcomeWatch, tc_welcome_watch, TC, WELCOME_WATCH, AdwWindow)

/* @networks: what tc_session_scan_finish () found. */
GtkWindow *tc_welcome_watch_new (GtkWindow *parent, TcSession *session, GPtrArray *networks);

G_END_DECLS
