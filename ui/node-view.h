#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* How the node does: traffic, how far it has come, what waits, and how it is set up. Traffic is followed all the time, out of the node's status; the rest while it is in view. Main thread. */
#define TC_TYPE_NODE_VIEW (tc_node_view_get_type ())
G_DECLARE_FINAL_TYPE (TcNodeView, tc_node_view, TC, NODE_VIEW, AdwBin)

void tc_node_view_set_session (TcNodeView *self, TcSession *session);

G_END_DECLS
