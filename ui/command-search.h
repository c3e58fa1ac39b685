#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* One box for everything: pages, commands, payments, addresses, contacts, blocks. Written into, it lists in groups; Enter takes the first, Down and Up walk them.
 * Main thread: the wallet searches on its own. */
#define TC_TYPE_COMMAND_SEARCH (tc_command_search_get_type ())
G_DECLARE_FINAL_TYPE (TcCommandSearch, tc_command_search, TC, COMMAND_SEARCH, AdwWindow)

/* @parent: a TcWindow, whose actions it activates. @wallet: the window's, not locked. */
GtkWindow *tc_command_search_new (GtkWindow *parent, TcWallet *wallet, gboolean hidden);

G_END_DECLS
