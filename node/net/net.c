#include "net-private.h"

#include <sodium.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "address.h"
#include "core/check.h"
#include "noise.h"

#define MAX_INBOUND_DEFAULT     84u
#define MAX_OUTBOUND_DEFAULT    16u
#define MAX_PER_ADDRESS_DEFAULT 4u
#define HANDSHAKE_MS_DEFAULT    5000u
#define PING_MS_DEFAULT         15000u
#define SILENCE_MS_DEFAULT      60000u
#define KNOCKS_DEFAULT          300u
#define TICK_MAX_MS             1000u
#define TICK_MIN_MS             20u

static const TcNetRate total_rate = {
  .messages_per_second = 50000,
  .messages_burst = 100000,
  .bytes_per_second = 100000000,
  .bytes_burst = 200000000,
};

static const TcNetRate transport_rate = {
  .messages_per_second = 10,
  .messages_burst = 100,
  .bytes_per_second = 10000,
  .bytes_burst = 20000,
};

G_DEFINE_QUARK (tc-net-error-quark, tc_net_error)

TcNetPeerInfo *
tc_net_peer_info_ref (TcNetPeerInfo *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_net_peer_info_unref (TcNetPeerInfo *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->address);
  g_free (self->agent);
  g_free (self);
}

void
tc_net_static_secret_new (guint8 *ret_secret)
{
  randombytes_buf (ret_secret, TC_NET_STATIC_SIZE);
}

static int
compare_peers (gconstpointer a, gconstpointer b)
{
  guint64 id_a = tc_peer_get_id (*(TcPeer **) a), id_b = tc_peer_get_id (*(TcPeer **) b);

  return id_a < id_b ? -1 : id_a > id_b;
}

GPtrArray *
tc_net_snapshot_peers (TcNet *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_peer_unref);
  GHashTableIter iter;
  TcPeer *peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &peer))
    g_ptr_array_add (list, tc_peer_ref (peer));
  g_ptr_array_sort (list, compare_peers);
  return list;
}

gboolean
tc_net_is_open_peer (const TcPeer *peer)
{
  return tc_peer_get_state (peer) == TC_PEER_OPEN && !tc_peer_is_closing (peer);
}

TcPeer *
tc_net_find_open (const TcNet *self, guint64 peer_id)
{
  TcPeer *peer = g_hash_table_lookup (self->peers, &peer_id);

  return peer != NULL && tc_net_is_open_peer (peer) ? peer : NULL;
}

void
tc_net_add_peer (TcNet *self, TcPeer *peer, guint64 id)
{
  g_hash_table_insert (self->peers, g_memdup2 (&id, sizeof id), peer);
  tc_peer_start (peer);
}

/* Events of peers */

static gboolean
has_static (const TcPeer *peer, const guint8 *key)
{
  const guint8 *own = tc_peer_get_static (peer);

  return own != NULL && memcmp (own, key, TC_NET_STATIC_SIZE) == 0;
}

/* Two nodes that dial each other at once keep the connection that the one with the lower key began: both know which that is. */
static gboolean
begun_by_lower_key (const TcNet *self, const TcPeer *peer)
{
  gboolean we_are_lower = memcmp (self->shared.static_key, tc_peer_get_static (peer), TC_NET_STATIC_SIZE) < 0;

  return we_are_lower != tc_peer_is_inbound (peer);
}

/* Returns: (transfer none) (nullable): another connection to the node at the end of @peer, open, or dialled by us and on its way. */
static TcPeer *
find_twin (TcNet *self, const TcPeer *peer)
{
  GHashTableIter iter;
  TcPeer *other;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &other))
    if (other != peer && !tc_peer_is_closing (other) && has_static (other, tc_peer_get_static (peer))
        && (tc_net_is_open_peer (other) || (!tc_peer_is_inbound (peer) && !tc_peer_is_inbound (other))))
      return other;
  return NULL;
}

/* Of two connections begun by one side the initiator keeps the first and the other side the last: it would not have begun another while it
 * had one. */
static gboolean
yields_to (const TcNet *self, const TcPeer *peer, const TcPeer *twin)
{
  if (tc_peer_is_inbound (peer) == tc_peer_is_inbound (twin))
    return !tc_peer_is_inbound (peer);
  return !begun_by_lower_key (self, peer);
}

static const char *
on_identified (TcPeer *peer, gpointer user_data)
{
  TcNet *self = user_data;
  const guint8 *key = tc_peer_get_static (peer);
  TcPeer *twin;

  tc_dialer_identified (self->dialer, tc_peer_get_id (peer), key);
  if (tc_net_is_key_banned (self, key))
    return "banned";
  if (tc_peer_is_inbound (peer) || memcmp (key, self->shared.static_key, TC_NET_STATIC_SIZE) == 0)
    return NULL;
  twin = find_twin (self, peer);
  if (twin == NULL || !yields_to (self, peer, twin))
    return NULL;
  tc_net_discovery_met (self, peer, twin);
  return "already connected";
}

/* Its inbound half has met the node's own nonce: forget the address that led here. */
static void
forget_own_address (TcNet *self)
{
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);

  for (guint i = 0; i < peers->len; i++)
    {
      TcPeer *peer = peers->pdata[i];
      if (tc_peer_is_inbound (peer) || !has_static (peer, self->shared.static_key))
        continue;
      tc_dialer_drop (self->dialer, tc_peer_get_id (peer));
      tc_net_discovery_met_self (self, peer);
    }
}

static const char *
refuse_own_key (TcNet *self, TcPeer *peer)
{
  if (tc_peer_get_hello (peer)->nonce != self->shared.hello.nonce)
    return "both nodes have the same network key: each needs a data directory of its own";
  forget_own_address (self);
  return "this is the node itself";
}

static void on_closed (TcPeer *peer, const char *reason, gpointer user_data);

static void
replace (TcNet *self, TcPeer *old)
{
  g_autoptr (TcPeer) twin = tc_peer_ref (old);

  tc_peer_close (twin, "another connection of the same node takes its place");
  tc_peer_abort (twin);
  on_closed (twin, "another connection of the same node takes its place", self);
}

static const char *
on_introduced (TcPeer *peer, gpointer user_data)
{
  TcNet *self = user_data;
  TcPeer *twin;

  if (tc_peer_get_hello (peer)->protocol_version != self->shared.hello.protocol_version)
    return "it speaks another version of the protocol";
  if (has_static (peer, self->shared.static_key))
    return refuse_own_key (self, peer);
  twin = find_twin (self, peer);
  if (twin != NULL && !tc_net_is_open_peer (twin))
    twin = NULL;
  if (twin != NULL && yields_to (self, peer, twin))
    {
      tc_peer_ping (twin);
      return "already connected";
    }
  tc_net_note_member (self, peer, twin);
  if (!tc_net_make_room (self, peer, twin))
    return "no room for more connections";
  if (twin != NULL)
    replace (self, twin);
  return self->running ? NULL : "stopping";
}

static TcNetPeerInfo *
make_info (TcNet *self, const TcPeer *peer)
{
  TcNetPeerInfo *info = tc_peer_make_info (peer);

  info->score = tc_net_get_score (self, peer);
  info->source = info->inbound ? TC_NET_SOURCE_INBOUND : tc_net_is_found (self, peer) ? TC_NET_SOURCE_FOUND : TC_NET_SOURCE_NAMED;
  return info;
}

static void
on_opened (TcPeer *peer, gpointer user_data)
{
  TcNet *self = user_data;
  const TcHello *hello = tc_peer_get_hello (peer);
  g_autoptr (TcNetPeerInfo) info = make_info (self, peer);

  g_debug ("Connected %s %s (%s)", tc_peer_is_inbound (peer) ? "from" : "to", info->address, info->agent);
  if (self->callbacks.peer_connected != NULL)
    self->callbacks.peer_connected (self, info->id, hello->has_operator_key ? &hello->operator_key : NULL, info, self->user_data);
  tc_net_discovery_opened (self, peer);
}

static void
on_message (TcPeer *peer, guint8 type, GBytes *body, gpointer user_data)
{
  TcNet *self = user_data;

  if (type < TC_NET_TYPE_FIRST)
    tc_net_discovery_take (self, peer, type, body);
  else
    self->callbacks.message (self, tc_peer_get_id (peer), type, body, self->user_data);
}

static void
on_offence (TcPeer *peer, guint32 points, const char *reason, gpointer user_data)
{
  TcNet *self = user_data;

  g_info ("%s: %s", tc_peer_get_address (peer), reason);
  tc_net_punish_peer (self, peer, points, reason);
}

static void
on_closed (TcPeer *peer, const char *reason, gpointer user_data)
{
  TcNet *self = user_data;
  guint64 id = tc_peer_get_id (peer);
  gboolean was_open = tc_peer_was_open (peer);

  g_hash_table_remove (self->peers, &id);
  g_debug ("Closed %s: %s", tc_peer_get_address (peer), reason);
  tc_dialer_closed (self->dialer, id, was_open, tc_peer_get_age_ms (peer), reason);
  tc_net_discovery_closed (self, peer);
  if (!was_open || !self->running)
    return;
  tc_dialer_key_gone (self->dialer, tc_peer_get_static (peer));
  if (self->callbacks.peer_disconnected != NULL)
    self->callbacks.peer_disconnected (self, id, reason, self->user_data);
}

static void
on_crowded (TcPeer *peer, gpointer user_data)
{
  tc_net_relieve (user_data);
}

static void
on_proxied (TcPeer *peer, const char *problem, gpointer user_data)
{
  TcNet *self = user_data;

  if (!self->running || g_strcmp0 (problem, self->proxy_problem) == 0)
    return;
  g_free (self->proxy_problem);
  self->proxy_problem = g_strdup (problem);
  if (self->callbacks.proxy != NULL)
    self->callbacks.proxy (self, problem, self->user_data);
}

const TcPeerEvents TC_NET_PEER_EVENTS = {
  .identified = on_identified,
  .introduced = on_introduced,
  .opened = on_opened,
  .message = on_message,
  .offence = on_offence,
  .closed = on_closed,
  .proxied = on_proxied,
  .crowded = on_crowded,
};

/* Events of the dialer */

static guint64
on_dial (const char *host, guint16 port, const char **ret_reason, gpointer user_data)
{
  TcNet *self = user_data;
  GHashTableIter iter;
  TcPeer *peer;
  guint n_outbound = 0;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &peer))
    n_outbound += !tc_peer_is_inbound (peer) && !tc_net_is_found (self, peer);
  if (n_outbound >= self->max_outbound)
    return 0;
  if (tc_net_is_host_banned (self, host))
    {
      *ret_reason = "its address is banned";
      return 0;
    }
  peer = tc_peer_new_outbound (&self->shared, self->last_id + 1, host, port, &TC_NET_PEER_EVENTS, self, ret_reason);
  if (peer == NULL)
    return 0;
  tc_net_add_peer (self, peer, ++self->last_id);
  return self->last_id;
}

static gboolean
on_has_key (const guint8 *static_key, gpointer user_data)
{
  TcNet *self = user_data;
  GHashTableIter iter;
  TcPeer *peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &peer))
    if (tc_net_is_open_peer (peer) && has_static (peer, static_key))
      return TRUE;
  return FALSE;
}

static void
on_dial_failed (const char *address, const char *reason, gpointer user_data)
{
  TcNet *self = user_data;

  g_debug ("Cannot connect to %s: %s", address, reason);
  if (self->running && self->callbacks.connect_failed != NULL)
    self->callbacks.connect_failed (self, address, reason, self->user_data);
}

static const TcDialerEvents dialer_events = {
  .dial = on_dial,
  .has_key = on_has_key,
  .failed = on_dial_failed,
};

static void
on_probed (guint64 tag, const TcPublicKey *operator_key, gboolean reached, gpointer user_data)
{
  TcNet *self = user_data;

  if (self->running && self->callbacks.probed != NULL)
    self->callbacks.probed (self, tag, operator_key, reached, self->user_data);
}

static gboolean
on_tick (gpointer user_data)
{
  TcNet *self = user_data;
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);

  for (guint i = 0; i < peers->len; i++)
    tc_peer_tick (peers->pdata[i]);
  tc_prober_tick (self->prober);
  tc_net_discovery_tick (self);
  return G_SOURCE_CONTINUE;
}

/* Public */

static guint32
or_default (guint32 value, guint32 fallback)
{
  return value != 0 ? value : fallback;
}

static void
init_total (TcPeerShared *shared, const TcNetRate *rate)
{
  tc_bucket_init (&shared->total_messages, rate->messages_per_second, rate->messages_burst, tc_now_ms ());
  tc_bucket_init (&shared->total_bytes, rate->bytes_per_second, rate->bytes_burst, tc_now_ms ());
}

static void
init_shared (TcPeerShared *shared, const TcNetConfig *config)
{
  guint16 version = GUINT16_TO_LE (config->protocol_version);
  TcHello *hello = &shared->hello;

  TC_CHECK (config->n_classes <= TC_NET_CLASSES_MAX);
  shared->context = g_main_context_ref_thread_default ();
  memcpy (shared->prologue, &version, 2);
  memcpy (shared->prologue + 2, config->chain_id.bytes, TC_HASH_SIZE);
  shared->static_secret = sodium_malloc (TC_NET_STATIC_SIZE);
  if (shared->static_secret == NULL)
    g_error ("Out of memory for a key");
  memcpy (shared->static_secret, config->static_secret, TC_NET_STATIC_SIZE);
  tc_noise_public_key (shared->static_secret, shared->static_key);
  hello->protocol_version = config->protocol_version;
  randombytes_buf (&hello->nonce, sizeof hello->nonce);
  g_strlcpy (hello->agent, config->agent != NULL ? config->agent : "TimeCoin/" TC_VERSION, sizeof hello->agent);
  shared->operator_key = config->operator_key != NULL ? tc_secret_key_ref (config->operator_key) : NULL;
  for (gsize i = 0; i < config->n_types; i++)
    TC_CHECK (config->types[i].message_class < config->n_classes);
  tc_wire_table_init (&shared->table, config->types, config->n_types, (guint8) config->n_classes);
  for (gsize i = 0; i < config->n_classes; i++)
    shared->classes[i] = config->classes[i];
  shared->classes[config->n_classes] = transport_rate;
  shared->n_classes = config->n_classes + 1;
  shared->queue_max_bytes = config->queue_max_bytes != 0 ? config->queue_max_bytes : TC_NET_QUEUE_MAX_DEFAULT;
  TC_CHECK (shared->queue_max_bytes >= 2 * TC_NET_BODY_MAX);
  shared->memory_max_bytes = config->memory_max_bytes != 0 ? config->memory_max_bytes : TC_NET_MEMORY_MAX_DEFAULT;
  init_total (shared, config->total.messages_per_second != 0 ? &config->total : &total_rate);
  shared->handshake_timeout_ms = or_default (config->handshake_timeout_ms, HANDSHAKE_MS_DEFAULT);
  shared->ping_interval_ms = or_default (config->ping_interval_ms, PING_MS_DEFAULT);
  shared->silence_timeout_ms = or_default (config->silence_timeout_ms, SILENCE_MS_DEFAULT);
  shared->read_scratch = g_malloc (TC_PEER_SCRATCH_BYTES);
  shared->write_scratch = g_malloc (TC_PEER_SCRATCH_BYTES);
}

/* Returns: (transfer full) (nullable). A name is not looked up, not even the proxy's. */
static GSocketAddress *
parse_proxy (const char *text)
{
  g_autofree char *host = NULL;
  guint16 port;

  if (!tc_address_split (text, &host, &port) || port == 0)
    return NULL;
  return g_inet_socket_address_new_from_string (g_ascii_strcasecmp (host, "localhost") == 0 ? "127.0.0.1" : host, port);
}

TcNet *
tc_net_new (const TcNetConfig *config)
{
  TcNet *self = g_new0 (TcNet, 1);

  TC_CHECK (config->callbacks.message != NULL);
  init_shared (&self->shared, config);
  self->callbacks = config->callbacks;
  self->user_data = config->user_data;
  self->max_inbound = or_default (config->max_inbound, MAX_INBOUND_DEFAULT);
  self->max_outbound = or_default (config->max_outbound, MAX_OUTBOUND_DEFAULT);
  self->max_per_address = or_default (config->max_per_address, MAX_PER_ADDRESS_DEFAULT);
  self->listen_address = g_strdup (config->listen_address);
  self->bans = tc_bans_new ();
  self->gate = tc_gate_new ();
  self->scores = tc_scores_new ();
  self->members = g_hash_table_new_full (tc_public_key_hash, tc_public_key_equal, g_free, NULL);
  tc_bucket_init (&self->knocks, or_default (config->knocks_per_second, KNOCKS_DEFAULT), 2 * or_default (config->knocks_per_second, KNOCKS_DEFAULT),
                  tc_now_ms ());
  randombytes_buf (self->evict_key, sizeof self->evict_key);
  self->peers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) tc_peer_unref);
  if (config->proxy != NULL)
    {
      self->proxy_text = g_strdup (config->proxy);
      self->shared.proxy = parse_proxy (config->proxy);
    }
  self->prober = tc_prober_new (&self->shared, on_probed, self);
  self->dialer = tc_dialer_new (self->shared.context, config->proxy == NULL, &dialer_events, self);
  tc_net_discovery_new (self, config);
  return self;
}

void
tc_net_free (TcNet *self)
{
  if (self == NULL)
    return;
  tc_net_stop (self);
  tc_dialer_free (self->dialer);
  tc_net_discovery_free (self);
  tc_prober_free (self->prober);
  tc_bans_free (self->bans);
  tc_gate_free (self->gate);
  tc_scores_free (self->scores);
  g_hash_table_unref (self->members);
  g_hash_table_unref (self->peers);
  g_free (self->listen_address);
  g_free (self->proxy_problem);
  g_free (self->proxy_text);
  g_clear_object (&self->shared.proxy);
  sodium_free (self->shared.static_secret);
  g_clear_pointer (&self->shared.operator_key, tc_secret_key_unref);
  sodium_memzero (self->shared.write_scratch, TC_PEER_SCRATCH_BYTES);
  g_free (self->shared.read_scratch);
  g_free (self->shared.write_scratch);
  g_main_context_unref (self->shared.context);
  g_free (self);
}

gboolean
tc_net_start (TcNet *self, GError **error)
{
  const TcPeerShared *shared = &self->shared;
  guint tick_ms = MIN (MIN (shared->handshake_timeout_ms, shared->ping_interval_ms), shared->silence_timeout_ms) / 4;

  TC_CHECK (!self->running);
  if (self->proxy_text != NULL && shared->proxy == NULL)
    {
      g_set_error (error, TC_NET_ERROR, TC_NET_ERROR_ADDRESS,
                   _("“%s” is not the address of a SOCKS5 proxy. Give an IP address and a port, such as 127.0.0.1:9050."), self->proxy_text);
      return FALSE;
    }
  if (self->listen_address != NULL)
    {
      self->listener = tc_listener_new (shared->context, self->listen_address, tc_net_accept, self, error);
      if (self->listener == NULL)
        return FALSE;
      if (shared->proxy == NULL)
        self->shared.hello.listen_port = tc_listener_get_port (self->listener);
    }
  self->running = TRUE;
  self->tick_source = g_timeout_source_new (CLAMP (tick_ms, TICK_MIN_MS, TICK_MAX_MS));
  g_source_set_callback (self->tick_source, on_tick, self, NULL);
  g_source_attach (self->tick_source, shared->context);
  tc_dialer_start (self->dialer);
  tc_net_discovery_start (self);
  return TRUE;
}

void
tc_net_stop (TcNet *self)
{
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);

  self->running = FALSE;
  g_clear_pointer (&self->listener, tc_listener_free);
  tc_dialer_clear (self->dialer);
  tc_source_drop (&self->tick_source);
  tc_source_drop (&self->bans_source);
  tc_prober_clear (self->prober);
  tc_net_discovery_stop (self);
  for (guint i = 0; i < peers->len; i++)
    {
      tc_peer_close (peers->pdata[i], "it stops");
      tc_peer_abort (peers->pdata[i]);
    }
  g_hash_table_remove_all (self->peers);
}

const char *
tc_net_get_listen_address (const TcNet *self)
{
  return self->listener != NULL ? tc_listener_get_address (self->listener) : NULL;
}

const guint8 *
tc_net_get_static_key (const TcNet *self)
{
  return self->shared.static_key;
}

gboolean
tc_net_connect_to (TcNet *self, const char *address, gboolean persistent, GError **error)
{
  if (tc_dialer_add (self->dialer, address, persistent))
    return TRUE;
  g_set_error (error, TC_NET_ERROR, TC_NET_ERROR_ADDRESS,
               _("“%s” is not the address of a node. Give a host and a port, such as 203.0.113.7:24000, [2001:db8::7]:24000 or node.example:24000."),
               address);
  return FALSE;
}

void
tc_net_forget (TcNet *self, const char *address)
{
  tc_dialer_remove (self->dialer, address);
}

gboolean
tc_net_probe (TcNet *self, guint64 tag, const char *address, const TcPublicKey *operator_key)
{
  g_autofree char *host = NULL;
  guint16 port;

  return self->running && tc_address_split (address, &host, &port) && g_hostname_is_ip_address (host) && !tc_net_is_host_banned (self, host)
         && tc_prober_add (self->prober, tag, host, port, operator_key);
}

/* (nullable) */
static TcPeer *
find_receiver (TcNet *self, guint64 peer_id, guint8 type)
{
  TcPeer *peer = tc_net_find_open (self, peer_id);

  if (peer == NULL || type >= TC_NET_TYPE_FIRST)
    return peer;
  g_critical ("Messages of type %u are the transport's own: not sent", type);
  return NULL;
}

gboolean
tc_net_send (TcNet *self, guint64 peer_id, guint8 type, GBytes *body)
{
  TcPeer *peer = find_receiver (self, peer_id, type);

  return peer != NULL && tc_peer_send (peer, type, body);
}

GBytes *
tc_net_pack (GBytes *body)
{
  return tc_wire_pack (body);
}

gboolean
tc_net_send_packed (TcNet *self, guint64 peer_id, guint8 type, GBytes *packed)
{
  TcPeer *peer = find_receiver (self, peer_id, type);

  return peer != NULL && tc_peer_send_packed (peer, type, packed);
}

void
tc_net_disconnect (TcNet *self, guint64 peer_id, const char *reason)
{
  TcPeer *peer = tc_net_find_open (self, peer_id);

  if (peer != NULL)
    tc_peer_close (peer, reason);
}

void
tc_net_note_useful (TcNet *self, guint64 peer_id)
{
  TcPeer *peer = tc_net_find_open (self, peer_id);

  if (peer != NULL)
    tc_peer_note_useful (peer);
}

GPtrArray *
tc_net_list_peers (TcNet *self)
{
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_net_peer_info_unref);

  for (guint i = 0; i < peers->len; i++)
    if (tc_net_is_open_peer (peers->pdata[i]))
      g_ptr_array_add (list, make_info (self, peers->pdata[i]));
  return list;
}

void
tc_net_get_traffic (const TcNet *self, guint64 *ret_bytes_in, guint64 *ret_bytes_out)
{
  *ret_bytes_in = self->shared.bytes_in;
  *ret_bytes_out = self->shared.bytes_out;
}

TcNetPeerInfo *
tc_net_get_peer (TcNet *self, guint64 peer_id)
{
  const TcPeer *peer = tc_net_find_open (self, peer_id);

  return peer != NULL ? make_info (self, peer) : NULL;
}

guint64
tc_net_get_queue_bytes (TcNet *self, guint64 peer_id)
{
  const TcPeer *peer = tc_net_find_open (self, peer_id);

  return peer != NULL ? tc_peer_get_queue_bytes (peer) : 0;
}

guint
tc_net_count_peers (const TcNet *self)
{
  GHashTableIter iter;
  TcPeer *peer;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &peer))
    n += tc_net_is_open_peer (peer);
  return n;
}
