#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Verifies a file with a proof of payment. Main thread. */
#define TC_TYPE_PROOF_WINDOW (tc_proof_window_get_type ())
G_DECLARE_FINAL_TYPE (TcProofWindow, tc_proof_window, TC, PROOF_WINDOW, AdwWindow)

GtkWindow *tc_proof_window_new (GtkWindow *parent, TcNode *node);

G_END_DECLS
