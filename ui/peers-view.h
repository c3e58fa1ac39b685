#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* The peers of the node, with what can be done about each, and adding one. It asks the node once a second while it is in view. Main thread. */
#define TC_TYPE_PEERS_VIEW (tc_peers_view_get_type ())
G_DECLARE_FINAL_TYPE (TcPeersView, tc_peers_view, TC, PEERS_VIEW, AdwBin)

void tc_peers_view_set_session (TcPeersView *self, TcSession *session);

/* The IP address of "IP:port" or "[IPv6]:port": what a ban takes. Returns: (transfer full): @address itself where it is neither. */
char *tc_peer_ban_subject      (const char *address);

G_END_DECLS
