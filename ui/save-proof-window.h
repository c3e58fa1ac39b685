#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Saves a proof that a payment of a wallet was made. Main thread. */
#define TC_TYPE_SAVE_PROOF_WINDOW (tc_save_proof_window_get_type ())
G_DECLARE_FINAL_TYPE (TcSaveProofWindow, tc_save_proof_window, TC, SAVE_PROOF_WINDOW, AdwWindow)

GtkWindow *tc_save_proof_window_new (GtkWindow *parent, TcWallet *wallet, const TcHash *txid);

G_END_DECLS
