#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* What needs its user, worst first, each with the button that leads to its remedy: the node has stopped or waits, the wallet cannot work, the disk is nearly
 * full, the clock is wrong, nobody answers, a masternode is down, no password, no checked backup; and what the wallet is busy with. Nothing where all is well.
 * Main thread. */
#define TC_TYPE_WARNINGS (tc_warnings_get_type ())
G_DECLARE_FINAL_TYPE (TcWarnings, tc_warnings, TC, WARNINGS, AdwBin)

void tc_warnings_set_wallet (TcWarnings *self, TcSession *session, TcWallet *wallet);

G_END_DECLS
