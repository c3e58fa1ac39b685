#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* The committee of the epoch: who answers, and the votes of the round under way as they come. It asks the node when something has happened there, a few times a second at most, while
 * it is in view. Main thread. */
#define TC_TYPE_COMMITTEE_VIEW (tc_committee_view_get_type ())
G_DECLARE_FINAL_TYPE (TcCommitteeView, tc_committee_view, TC, COMMITTEE_VIEW, AdwBin)

void tc_committee_view_set_session (TcCommitteeView *self, TcSession *session);

G_END_DECLS
