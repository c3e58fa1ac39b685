#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Who may not connect, until when and why, each with a button that lifts the ban. Main thread. */
#define TC_TYPE_BANS_VIEW (tc_bans_view_get_type ())
G_DECLARE_FINAL_TYPE (TcBansView, tc_bans_view, TC, BANS_VIEW, AdwBin)

void tc_bans_view_set_session (TcBansView *self, TcSession *session);

G_END_DECLS
