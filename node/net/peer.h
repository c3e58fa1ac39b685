#pragma once

#include <gio/gio.h>

#include "bucket.h"
#include "hello.h"
#include "net.h"
#include "wire.h"

G_BEGIN_DECLS

/* One connection, from the first byte to the last: Noise handshake, hello, messages, limits, queues. Reference-counted; one thread, that of
 * its context. Events come from the context's dispatch only, except that identified, introduced and opened may come within each other. */
typedef struct _TcPeer TcPeer;

typedef enum
{
  TC_PEER_CONNECTING = 0,  /* to it, or to the proxy */
  TC_PEER_PROXY      = 1,  /* the proxy is asked to connect */
  TC_PEER_HANDSHAKE  = 2,
  TC_PEER_HELLO      = 3,  /* encrypted; the other side's hello is awaited */
  TC_PEER_OPEN       = 4,
  TC_PEER_CLOSED     = 5,
} TcPeerState;

/* What all peers of a TcNet share; outlives them. */
typedef struct
{
  GMainContext *context;
  guint8        prologue[2 + TC_HASH_SIZE];    /* rule N1: version | chain_id */
  guint8       *static_secret;                 /* TC_NET_STATIC_SIZE bytes, guarded */
  guint8        static_key[TC_NET_STATIC_SIZE];
  TcHello       hello;                         /* our own, without proof */
  TcSecretKey  *operator_key;                  /* (nullable) */
  GSocketAddress *proxy;                       /* (nullable): a SOCKS5 proxy: whatever is dialled is dialled through it */
  TcWireTable   table;
  TcNetRate     classes[TC_NET_CLASSES_MAX + 1];  /* the last is the transport's own */
  gsize         n_classes;
  guint64       queue_max_bytes;
  TcBucket      total_messages, total_bytes;   /* of all peers but members */
  guint64       memory_bytes, memory_max_bytes;  /* of all peers: see tc_peer_get_memory () */
  guint32       handshake_timeout_ms, ping_interval_ms, silence_timeout_ms;
  guint64       bytes_in, bytes_out;            /* on the wire, of all that ever were */
  guint8       *read_scratch, *write_scratch;  /* TC_PEER_SCRATCH_BYTES each */
} TcPeerShared;

#define TC_PEER_SCRATCH_BYTES 65536u

typedef struct
{
  /* The other side's static key is known. Returns: (nullable): why to close, static text. */
  const char *(*identified) (TcPeer *peer, gpointer user_data);
  /* Its hello is good. Returns: (nullable): why to close, static text. */
  const char *(*introduced) (TcPeer *peer, gpointer user_data);
  void        (*opened)     (TcPeer *peer, gpointer user_data);
  void        (*message)    (TcPeer *peer, guint8 type, GBytes *body, gpointer user_data);
  /* It broke a rule; the peer closes itself. @points: 0 where it may not be its fault. */
  void        (*offence)    (TcPeer *peer, guint32 points, const char *reason, gpointer user_data);
  /* Once, unless aborted. */
  void        (*closed)     (TcPeer *peer, const char *reason, gpointer user_data);
  /* (nullable) Whether the proxy itself could be reached; @problem: (nullable): why not. */
  void        (*proxied)    (TcPeer *peer, const char *problem, gpointer user_data);
  /* (nullable) Together the peers take more than memory_max_bytes. */
  void        (*crowded)    (TcPeer *peer, gpointer user_data);
} TcPeerEvents;

/* @socket: (transfer full): non-blocking, accepted from @address. @events: borrowed. */
TcPeer         *tc_peer_new_inbound   (TcPeerShared *shared, guint64 id, GSocket *socket, GSocketAddress *address, const TcPeerEvents *events,
                                       gpointer user_data);
/* To be connected to. @host: an IP literal; with a proxy also a name.
 * Returns: (nullable): NULL, with the reason in static text, where there can be no such connection. */
TcPeer         *tc_peer_new_outbound  (TcPeerShared *shared, guint64 id, const char *host, guint16 port, const TcPeerEvents *events,
                                       gpointer user_data, const char **ret_reason);
TcPeer         *tc_peer_ref           (TcPeer *self);
void            tc_peer_unref         (TcPeer *self);

void            tc_peer_start         (TcPeer *self);
/* See tc_net_send (). */
gboolean        tc_peer_send          (TcPeer *self, guint8 type, GBytes *body);
/* See tc_net_send_packed (). */
gboolean        tc_peer_send_packed   (TcPeer *self, guint8 type, GBytes *packed);
/* Says goodbye where it can, and closes from the context's dispatch. */
void            tc_peer_close         (TcPeer *self, const char *reason);
/* Gives up what waits for it and of it, and closes from the context's dispatch. */
void            tc_peer_drop          (TcPeer *self, const char *reason);
/* Closes now, without events. */
void            tc_peer_abort         (TcPeer *self);
/* Timeouts and pings; every now and then. */
void            tc_peer_tick          (TcPeer *self);
/* Asks for a sign of life now: where the other end has restarted, this finds it out. */
void            tc_peer_ping          (TcPeer *self);

guint64         tc_peer_get_id        (const TcPeer *self);
TcPeerState     tc_peer_get_state     (const TcPeer *self);
gboolean        tc_peer_is_closing    (const TcPeer *self);
gboolean        tc_peer_was_open      (const TcPeer *self);       /* whether opened was told */
gboolean        tc_peer_is_inbound    (const TcPeer *self);
GInetAddress   *tc_peer_get_inet      (const TcPeer *self);       /* (nullable): NULL where only a proxy knows it */
const char     *tc_peer_get_address   (const TcPeer *self);
const TcHello  *tc_peer_get_hello     (const TcPeer *self);       /* once introduced */
const guint8   *tc_peer_get_static    (const TcPeer *self);       /* (nullable): once identified */
gint64          tc_peer_get_age_ms    (const TcPeer *self);
/* A committee member's: it does not take from the budget of messages that all share. */
gboolean        tc_peer_is_member     (const TcPeer *self);
void            tc_peer_set_member    (TcPeer *self, gboolean is_member);
guint64         tc_peer_get_group     (const TcPeer *self);       /* tc_endpoint_group () */
gint32          tc_peer_get_least_ping_ms (const TcPeer *self);   /* -1: none yet */
gint64          tc_peer_get_useful_ms (const TcPeer *self);       /* monotonic; 0: never */
void            tc_peer_note_useful   (TcPeer *self);
/* Bytes that wait to be sent and that were received in part. */
gsize           tc_peer_get_memory    (const TcPeer *self);
/* Without its score, which belongs to its address. */
gsize           tc_peer_get_queue_bytes (const TcPeer *self);    /* that wait to be sent */
TcNetPeerInfo  *tc_peer_make_info     (const TcPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPeer, tc_peer_unref)

G_END_DECLS
