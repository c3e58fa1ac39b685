#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Commands of a wallet's window about what keys do besides paying: messages, payments that are signed elsewhere, watch files. Main thread. */

/* Adds them to @window, a GActionMap. @get_wallet: of it; NULL: there is none. */
void tc_signing_actions_add    (GtkWindow *window, TcWallet *(*get_wallet) (GtkWindow *window));
/* Those that can be used with @wallet. @wallet: (nullable): none can. */
void tc_signing_actions_update (GtkWindow *window, TcWallet *wallet);

G_END_DECLS
