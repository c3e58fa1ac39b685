#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Shows a wallet's words again, after its password; or asks five of them back, which verifies the backup. Main thread. */
#define TC_TYPE_PHRASE_WINDOW (tc_phrase_window_get_type ())
G_DECLARE_FINAL_TYPE (TcPhraseWindow, tc_phrase_window, TC, PHRASE_WINDOW, AdwWindow)

/* @check: ask them back. */
GtkWindow *tc_phrase_window_new (GtkWindow *parent, TcWallet *wallet, gboolean check);

G_END_DECLS
