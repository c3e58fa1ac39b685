#pragma once

#include "bans.h"
#include "dialer.h"
#include "gate.h"
#include "listener.h"
#include "net.h"
#include "peer.h"
#include "prober.h"
#include "source.h"

G_BEGIN_DECLS

/* The inside of a TcNet, shared by net.c (life, peers, dialling) and defence.c (who may come in, who must go). */

struct _TcNet
{
  TcNetCallbacks callbacks;
  gpointer       user_data;
  TcPeerShared   shared;
  guint32        max_inbound, max_outbound, max_per_address;
  char          *listen_address;
  char          *proxy_text;     /* (nullable): as configured */
  char          *proxy_problem;  /* (nullable): as told last */

  gboolean    running;
  TcListener *listener;
  TcDialer   *dialer;
  TcProber   *prober;
  TcBans     *bans;
  TcGate     *gate;
  GHashTable *peers;      /* id -> TcPeer, in any state but closed */
  guint64     last_id;
  GSource    *tick_source, *bans_source;
};


/* net.c */
/* Returns: (transfer full): all peers, in order of id: a list that stays while events change the table. */
GPtrArray  *tc_net_snapshot_peers  (TcNet *self);
gboolean    tc_net_is_open_peer    (const TcPeer *peer);
/* Returns: (transfer none) (nullable). */
TcPeer     *tc_net_find_open       (const TcNet *self, guint64 peer_id);
void        tc_net_add_peer        (TcNet *self, TcPeer *peer, guint64 id);
extern const TcPeerEvents TC_NET_PEER_EVENTS;

/* defence.c */
/* @host: an IP literal, or a name, which is never banned. */
gboolean    tc_net_is_host_banned  (const TcNet *self, const char *host);
gboolean    tc_net_is_key_banned   (const TcNet *self, const guint8 *key);
/* Returns: whether that was enough for a ban; the caller closes @peer. */
gboolean    tc_net_punish_peer     (TcNet *self, TcPeer *peer, guint32 points, const char *reason);
/* The listener's callback. */
void        tc_net_accept          (GSocket *socket, GSocketAddress *remote, gpointer user_data);

G_END_DECLS
