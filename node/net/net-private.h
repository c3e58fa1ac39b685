#pragma once

#include "bans.h"
#include "bucket.h"
#include "dialer.h"
#include "evict.h"
#include "finder.h"
#include "gate.h"
#include "listener.h"
#include "net.h"
#include "peer.h"
#include "prober.h"
#include "scores.h"
#include "source.h"

G_BEGIN_DECLS

/* The inside of a TcNet, shared by net.c (life, peers, dialling), defence.c (who may come in, who must go) and discovery.c
 * (the finder's end). */

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
  TcFinder   *finder;     /* (nullable): NULL: nothing is found */
  TcProber   *feeler;     /* the finder's */
  TcBans     *bans;
  TcGate     *gate;
  TcScores   *scores;
  TcBucket    knocks;     /* connections that may come in, from everywhere together: each costs a handshake */
  GHashTable *members;    /* TcPublicKey: operator keys */
  guint8      evict_key[TC_EVICT_KEY_SIZE];
  GHashTable *peers;      /* id -> TcPeer, in any state but closed */
  guint64     last_id;
  GSource    *tick_source, *bans_source;
  gint64      bans_told_ms;
};


/* net.c */
/* Returns: (transfer full): all peers, in order of id: a list that stays while events change the table. */
GPtrArray  *tc_net_snapshot_peers  (TcNet *self);
gboolean    tc_net_is_open_peer    (const TcPeer *peer);
/* Returns: (transfer none) (nullable). */
TcPeer     *tc_net_find_open       (const TcNet *self, guint64 peer_id);
void        tc_net_add_peer        (TcNet *self, TcPeer *peer, guint64 id);
extern const TcPeerEvents TC_NET_PEER_EVENTS;

/* discovery.c: with no finder all do nothing */
void        tc_net_discovery_new    (TcNet *self, const TcNetConfig *config);
void        tc_net_discovery_free   (TcNet *self);
void        tc_net_discovery_start  (TcNet *self);
void        tc_net_discovery_stop   (TcNet *self);
void        tc_net_discovery_tick   (TcNet *self);
void        tc_net_discovery_opened (TcNet *self, const TcPeer *peer);
void        tc_net_discovery_closed (TcNet *self, const TcPeer *peer);
/* @peer leads to the node at the end of @twin. */
void        tc_net_discovery_met    (TcNet *self, const TcPeer *peer, const TcPeer *twin);
void        tc_net_discovery_met_self (TcNet *self, const TcPeer *peer);
/* A message of the transport's own. */
void        tc_net_discovery_take   (TcNet *self, TcPeer *peer, guint8 type, GBytes *body);
gboolean    tc_net_is_found         (const TcNet *self, const TcPeer *peer);

/* defence.c */
/* @host: an IP literal, or a name, which is never banned. */
gboolean    tc_net_is_host_banned  (const TcNet *self, const char *host);
gboolean    tc_net_is_key_banned   (const TcNet *self, const guint8 *key);
/* Returns: whether that was enough for a ban; the caller closes @peer. */
gboolean    tc_net_punish_peer     (TcNet *self, TcPeer *peer, guint32 points, const char *reason);
guint32     tc_net_get_score       (TcNet *self, const TcPeer *peer);
/* Drops who takes most memory, of the group that takes most, until all together are within their bound. What was dialled counts half, a member a fourth. */
void        tc_net_relieve         (TcNet *self);
/* Its hello is good: finds out whether it is a member's. @twin: (nullable): goes for it. */
void        tc_net_note_member     (TcNet *self, TcPeer *peer, const TcPeer *twin);
/* Returns: whether there is a place for @newcomer, which takes that of @twin (nullable); another guest may have to go. */
gboolean    tc_net_make_room       (TcNet *self, const TcPeer *newcomer, const TcPeer *twin);
/* The listener's callback. */
void        tc_net_accept          (GSocket *socket, GSocketAddress *remote, gpointer user_data);

G_END_DECLS
