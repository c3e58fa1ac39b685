#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Asks for a recent block that the user vouches for (rule M4): what it is for, where to find one, what peers say, and a field for it. Closes by itself once
 * the node has what it needs. Main thread. */
#define TC_TYPE_TRUST_WINDOW (tc_trust_window_get_type ())
G_DECLARE_FINAL_TYPE (TcTrustWindow, tc_trust_window, TC, TRUST_WINDOW, AdwWindow)

GtkWindow *tc_trust_window_new (GtkWindow *parent, TcSession *session);

G_END_DECLS
