#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* The first pages: create, restore or open a wallet, or try it on this computer. One question a page. Main thread.
 * Signal "wallet" (TcWallet, network name): a wallet is open. */
#define TC_TYPE_WELCOME (tc_welcome_get_type ())
G_DECLARE_FINAL_TYPE (TcWelcome, tc_welcome, TC, WELCOME, AdwBin)

/* @networks: what tc_session_scan_finish () found. Starts again at the first page. */
void tc_welcome_start       (TcWelcome *self, TcSession *session, GPtrArray *networks);
/* What the button Try It does. */
void tc_welcome_try         (TcWelcome *self);
/* What the button of the lock screen for a forgotten password leads to. */
void tc_welcome_restore     (TcWelcome *self);
/* One page back; FALSE on the first. */
gboolean tc_welcome_back    (TcWelcome *self);

G_END_DECLS
