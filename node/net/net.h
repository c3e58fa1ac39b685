#pragma once

#include "core/hash.h"
#include "core/key.h"
#include "book.h"

G_BEGIN_DECLS

/* The transport (rules N1, N2, N4): moves typed messages between authenticated peers over TCP and Noise XX. It knows nothing of what they mean.
 *
 * Thread: a TcNet belongs to the thread-default GMainContext of its tc_net_new (); every function is called on that thread and every callback
 * comes there, from the main context's own dispatch: never from within one of the functions below. A peer is named by an id, unique in its TcNet
 * and never 0; a function that is given the id of a peer that has gone does nothing. */

#define TC_NET_BODY_MAX           4000000u   /* N2: of any body, compressed or plain */
#define TC_NET_TYPE_FIRST         16u        /* types below belong to the transport: hello, ping, pong, goodbye, addresses */
#define TC_NET_TYPE_LAST          127u
#define TC_NET_CLASSES_MAX        8u
#define TC_NET_AGENT_MAX          64u        /* bytes, printable ASCII; a peer's is cleaned */
#define TC_NET_STATIC_SIZE        32u        /* X25519, secret and public */
#define TC_NET_BAN_POINTS         100u
#define TC_NET_BAN_SECONDS        86400u
#define TC_NET_BANS_MAX           10000u
#define TC_NET_MEMORY_MAX_DEFAULT 256000000u /* bytes that wait on all connections together */
#define TC_NET_QUEUE_MAX_DEFAULT  16000000u  /* bytes that wait for one peer; one more and it is dropped as a slow reader */

typedef enum
{
  TC_NET_ERROR_LISTEN  = 0,  /* cannot listen; the message names the port and what to do */
  TC_NET_ERROR_ADDRESS = 1,  /* not an address of the form HOST:PORT, or a proxy's that is no IP address */
} TcNetError;

#define TC_NET_ERROR (tc_net_error_quark ())
GQuark tc_net_error_quark (void);

typedef struct _TcNet TcNet;

typedef enum
{
  TC_NET_SOURCE_INBOUND = 0,
  TC_NET_SOURCE_NAMED   = 1,  /* given to tc_net_connect_to () */
  TC_NET_SOURCE_FOUND   = 2,  /* out of the book of addresses */
} TcNetSource;

/* What is known of one connection: an immutable, reference-counted picture. Any thread. */
typedef struct
{
  gatomicrefcount ref_count;
  guint64     id;
  char       *address;           /* "IP:port" or "[IPv6]:port", of the other end of the connection */
  gboolean    inbound;
  TcNetSource source;
  guint8      static_key[TC_NET_STATIC_SIZE];  /* the peer's Noise key: its identity on the network */
  gboolean    has_operator_key;
  TcPublicKey operator_key;      /* proven; set where has_operator_key */
  char       *agent;
  guint16     protocol_version;
  guint16     listen_port;       /* that it says it listens on; 0: none */
  gint64      connected_ms;      /* Unix time */
  guint64     bytes_in, bytes_out;        /* on the wire */
  guint64     messages_in, messages_out;
  gint32      ping_ms, least_ping_ms;     /* of the last ping, and the least; -1: none yet */
  gint32      ping_wait_ms;      /* how long a ping has been under way; -1: none is */
  gint64      received_ms, sent_ms;       /* Unix time of the last bytes; 0: none yet */
  guint32     score;             /* points of tc_net_punish () that have not worn off, of its address or, on loopback, its key */
  gboolean    is_member;         /* a committee member's connection: tc_net_set_members () */
  guint64     queue_bytes;       /* waiting to be sent */
} TcNetPeerInfo;

TcNetPeerInfo *tc_net_peer_info_ref   (TcNetPeerInfo *self);
void           tc_net_peer_info_unref (TcNetPeerInfo *self);

/* All but message may be NULL. After tc_net_stop () none is called. */
typedef struct
{
  /* Handshake and hello are done. @operator_key: (nullable): proven by the peer. */
  void (*peer_connected)    (TcNet *net, guint64 peer_id, const TcPublicKey *operator_key, TcNetPeerInfo *info, gpointer user_data);
  /* Exactly once for each peer_connected. @reason: for people. */
  void (*peer_disconnected) (TcNet *net, guint64 peer_id, const char *reason, gpointer user_data);
  /* @body: (transfer none): plain, at most the type's limit; may be empty. */
  void (*message)           (TcNet *net, guint64 peer_id, guint8 type, GBytes *body, gpointer user_data);
  /* An address given to tc_net_connect_to () could not be reached, or what answered is not a peer of this network: @reason says which, for people.
   * A persistent one is tried again. */
  void (*connect_failed)    (TcNet *net, const char *address, const char *reason, gpointer user_data);
  /* A ban was added or lifted: a moment to store tc_net_list_bans (). */
  void (*bans_changed)      (TcNet *net, gpointer user_data);
  /* Once for each tc_net_probe () that returned TRUE, one @tag's in a row as one. @reached: @operator_key was proven at the address. */
  void (*probed)            (TcNet *net, guint64 tag, const TcPublicKey *operator_key, gboolean reached, gpointer user_data);
  /* It has changed whether the proxy can be used. @problem: (nullable): why not, for people; NULL: it can. */
  void (*proxy)             (TcNet *net, const char *problem, gpointer user_data);
} TcNetCallbacks;

/* One type of message. More than either limit is an offence, found before anything is allocated. */
typedef struct
{
  guint8   type;             /* TC_NET_TYPE_FIRST .. TC_NET_TYPE_LAST */
  guint8   message_class;    /* whose bucket it takes from: index into TcNetConfig.classes */
  gboolean compress;         /* try zstd when sending: for JSON-like, headers, snapshots; not for transactions */
  guint32  wire_max_bytes;   /* of the body as sent; at most TC_NET_BODY_MAX */
  guint32  plain_max_bytes;  /* of the body once decompressed; at most TC_NET_BODY_MAX */
} TcNetMessageType;

/* What one peer, or all together, may send of one class. A peer that has used its burst is read no further until it has earned the excess again: back-pressure, no
 * offence. So a message larger than the burst still gets through. */
typedef struct
{
  guint32 messages_per_second, messages_burst;  /* all >= 1 */
  guint32 bytes_per_second, bytes_burst;        /* of bodies as sent */
} TcNetRate;

/* All copied by tc_net_new (). Zero a field for its default. */
typedef struct
{
  TcHash        chain_id;
  guint16       protocol_version;
  const guint8 *static_secret;    /* TC_NET_STATIC_SIZE bytes, random, kept by the caller from run to run: see tc_net_static_secret_new () */
  TcSecretKey  *operator_key;     /* (nullable): proven to every peer */
  const char   *listen_address;   /* (nullable): "IP:port" or "[IPv6]:port"; port 0: any free one; NULL: do not listen */
  const char   *agent;            /* "TimeCoin/0.1.0" */
  const char   *proxy;            /* (nullable): "IP:port" or "localhost:port" of a SOCKS5 proxy. Then nothing is dialled but through it, and no name
                                   * is looked up here */
  guint32       max_inbound;      /* 84; members have places of their own */
  guint32       max_outbound;     /* 16: named ones */
  gboolean      discover;         /* exchange addresses with peers, and find some to connect to */
  const guint8 *book_key;         /* TC_BOOK_KEY_SIZE bytes, random, kept by the caller from run to run; needed with discover */
  guint32       max_found;        /* 12: connections that are kept to nodes out of the book, over distinct network groups */
  guint32       discover_interval_ms;  /* 500: between two attempts to find one */
  guint32       max_per_address;  /* 4: inbound from one IPv4 address or IPv6 /64; loopback is not counted */
  guint64       queue_max_bytes;  /* TC_NET_QUEUE_MAX_DEFAULT; at least 2 * TC_NET_BODY_MAX */
  guint64       memory_max_bytes; /* TC_NET_MEMORY_MAX_DEFAULT: of what waits to be sent and what was received in part, of all peers together: over
                                   * it, who has most is dropped, of the group that has most; what was dialled counts half, a member a fourth */
  TcNetRate     total;            /* of all peers but members together; 50 000 messages and 100 MB a second, twice that at once */
  guint32       knocks_per_second;     /* 300: connections that come in, from everywhere; twice that at once */
  guint32       handshake_timeout_ms;  /* 5 000 */
  guint32       ping_interval_ms;      /* 15 000 */
  guint32       silence_timeout_ms;    /* 60 000 */
  const TcNetMessageType *types;
  gsize         n_types;
  const TcNetRate *classes;
  gsize         n_classes;
  TcNetCallbacks callbacks;
  gpointer      user_data;
} TcNetConfig;

TcNet      *tc_net_new                (const TcNetConfig *config);
/* Stops first where it runs. Not from within a callback. */
void        tc_net_free               (TcNet *self);

/* Starts to listen and to dial. Fails only where listen_address cannot be had, or proxy is none. */
gboolean    tc_net_start              (TcNet *self, GError **error);
/* Closes everything at once and forgets the addresses to dial. May be called from within a callback; no callback comes after. */
void        tc_net_stop               (TcNet *self);

/* Returns: (nullable): "IP:port" with the actual port; NULL where it does not listen. */
const char *tc_net_get_listen_address (const TcNet *self);
/* The node's own Noise public key, TC_NET_STATIC_SIZE bytes. */
const guint8 *tc_net_get_static_key   (const TcNet *self);

/* Dials "host:port" ("[IPv6]:port"). @persistent: again and again for ever, 0.25 s .. 30 s apart with jitter, and after every disconnect; else once.
 * Before tc_net_start () it is remembered. An address given twice counts once. Never more than max_outbound at a time: the rest wait their turn. */
gboolean    tc_net_connect_to         (TcNet *self, const char *address, gboolean persistent, GError **error);
/* Stops dialling @address; a connection that stands is left alone. */
void        tc_net_forget             (TcNet *self, const char *address);

/* Asks who answers at @address, "IP:port", in a connection apart from the peers: a few at a time, those that wait in order.
 * Returns: FALSE where it is not asked: not running, @address is none or banned, or too many wait. */
gboolean    tc_net_probe              (TcNet *self, guint64 tag, const char *address, const TcPublicKey *operator_key);

/* Queues a message. A body over the type's limits, or a type that is not in the table, is a programmer's mistake: critical, and not sent.
 * Returns: FALSE where the peer has gone, or is dropped now because more than queue_max_bytes waits for it. */
gboolean    tc_net_send               (TcNet *self, guint64 peer_id, guint8 type, GBytes *body);
/* What a large body is when compressed, made on another thread than the network's, which it would hold up. Returns: (transfer full) (nullable): NULL where it does not shrink. */
GBytes     *tc_net_pack               (GBytes *body);
/* The same as tc_net_send () of the body that was packed. */
gboolean    tc_net_send_packed        (TcNet *self, guint64 peer_id, guint8 type, GBytes *packed);

/* Sends what is queued if it can at once, tells the peer @reason, and closes; peer_disconnected follows from the main context. */
void        tc_net_disconnect         (TcNet *self, guint64 peer_id, const char *reason);

/* Whose proven operator keys keep a connection its place when the node is full or short of memory: the committee. Replaces those before. */
void        tc_net_set_members        (TcNet *self, const TcPublicKey *keys, gsize n_keys);
/* It brought something new and good just now, which counts when the node is full. */
void        tc_net_note_useful        (TcNet *self, guint64 peer_id);

/* Adds @points for misbehaviour, which wear off in time; at TC_NET_BAN_POINTS the peer is disconnected and its address banned for TC_NET_BAN_SECONDS (an IPv6 /64; on
 * loopback, where all share an address, its Noise key). */
void        tc_net_punish             (TcNet *self, guint64 peer_id, guint32 points, const char *reason);

/* Returns: (transfer full) (element-type TcNetPeerInfo): connected peers, in order of id. */
GPtrArray  *tc_net_list_peers         (TcNet *self);
/* Returns: (transfer full) (nullable). */
TcNetPeerInfo *tc_net_get_peer        (TcNet *self, guint64 peer_id);
guint       tc_net_count_peers        (const TcNet *self);
/* On the wire since the start, with those that have gone. */
void        tc_net_get_traffic        (const TcNet *self, guint64 *ret_bytes_in, guint64 *ret_bytes_out);
/* Bytes that wait to be sent to the peer; 0 where it has gone. */
guint64     tc_net_get_queue_bytes    (TcNet *self, guint64 peer_id);

/* Bans. @subject: an IPv4 address, an IPv6 /64 ("2001:db8:1:2::/64"), or "key:" and a Noise key in hexadecimal. */
typedef struct
{
  char  *subject;
  gint64 created_s, until_s;  /* Unix time */
  char  *reason;
} TcNetBan;

void        tc_net_ban_free           (TcNetBan *self);
/* Returns: (transfer full) (element-type TcNetBan): those in force, ordered by subject. */
GPtrArray  *tc_net_list_bans          (TcNet *self);
/* @subject: as above, or any IP address. Also disconnects whom it meets. Bans that are over are ignored.
 * Returns: FALSE where @subject is none of these. */
gboolean    tc_net_ban                (TcNet *self, const char *subject, gint64 until_s, const char *reason);
/* One that was listed before a restart. */
void        tc_net_import_ban         (TcNet *self, const TcNetBan *ban);
/* Lifts it, and forgets what led to it. Returns: FALSE where there is none. */
gboolean    tc_net_unban              (TcNet *self, const char *subject);

/* Discovery (rule N3). Without TcNetConfig.discover there is nothing in the book, and these do nothing. */

/* "host:port" of a node, or of a DNS name that has nodes' addresses: asked where the book is poor. Returns: FALSE where it is none, or there are too many. */
gboolean    tc_net_add_seed           (TcNet *self, const char *address);
/* "IP:port" out of a list that has a name. Returns: FALSE where it is none. */
gboolean    tc_net_learn_address      (TcNet *self, const char *address, const char *source);
/* Whether the chain has not grown for long. */
void        tc_net_set_stale          (TcNet *self, gboolean stale);
/* "IP:port" where a router lets connections in; NULL: none. Peers are told it. */
void        tc_net_set_external_address (TcNet *self, const char *address);

/* For keeping. @anchor: it was connected to, and is dialled first. Returns: FALSE where it cannot be. */
gboolean    tc_net_restore_address    (TcNet *self, const TcBookEntry *entry, gboolean anchor);
/* Returns: (transfer full) (element-type TcBookEntry): the book, and (element-type TcEndpoint): the anchors. */
GArray     *tc_net_list_addresses     (TcNet *self);
GArray     *tc_net_list_anchors       (TcNet *self);
/* Changes when there is something new to keep. */
guint64     tc_net_get_book_version   (TcNet *self);
/* Returns: (transfer full) (element-type TcBookEntry): at random, what a peer might be told. */
GArray     *tc_net_sample_addresses   (TcNet *self);
void        tc_net_count_addresses    (TcNet *self, guint *ret_n_new, guint *ret_n_tried);

/* A new random Noise secret for a node that has none: TC_NET_STATIC_SIZE bytes to @ret_secret. */
void        tc_net_static_secret_new  (guint8 *ret_secret);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNet, tc_net_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNetPeerInfo, tc_net_peer_info_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNetBan, tc_net_ban_free)

G_END_DECLS
