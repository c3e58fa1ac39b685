#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

#include <sodium.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "net/address.h"

/* The node's end of the network: what comes from there goes to the engine. */

#define PROTOCOL_VERSION 1
#define NOISE_KEY        "noise-key"
#define NAMED_MAX        (TC_COMMITTEE_MAX + 32u)  /* connections that are kept to members and to what the user names */

/* --- the network's callbacks --- */

static void
on_peer_connected (TcNet *net, guint64 peer, const TcPublicKey *operator_key, TcNetPeerInfo *info, gpointer user_data)
{
  TcInput input = { .kind = TC_INPUT_PEER_UP, .peer = peer, .operator_key = operator_key };

  g_info ("peer %" G_GUINT64_FORMAT " connected: %s", peer, info->address);
  tc_node_feed (user_data, &input, NULL);
}

static void
on_peer_disconnected (TcNet *net, guint64 peer, const char *reason, gpointer user_data)
{
  TcInput input = { .kind = TC_INPUT_PEER_DOWN, .peer = peer };

  g_info ("peer %" G_GUINT64_FORMAT " left: %s", peer, reason);
  tc_serving_forget (((TcNode *) user_data)->serving, peer);
  tc_node_feed (user_data, &input, NULL);
}

static void
on_message (TcNet *net, guint64 peer, guint8 type, GBytes *body, gpointer user_data)
{
  TcInput input = { .kind = TC_INPUT_MESSAGE, .peer = peer, .type = type, .body = body };

  tc_node_feed (user_data, &input, NULL);
}

static void
on_connect_failed (TcNet *net, const char *address, const char *reason, gpointer user_data)
{
  g_debug ("%s: %s", address, reason);
}

static void
on_probed (TcNet *net, guint64 tag, const TcPublicKey *operator_key, gboolean reached, gpointer user_data)
{
  if (reached)
    tc_node_tell_reached (user_data, (guint32) tag, operator_key);
}

static void
on_proxy (TcNet *net, const char *problem, gpointer user_data)
{
  TcNode *self = user_data;

  g_clear_pointer (&self->proxy_warning, g_free);
  if (problem != NULL)
    {
      self->proxy_warning = g_strdup_printf (_("No connection can be made: %s. Start the proxy, or choose another or none."), problem);
      g_warning ("%s", self->proxy_warning);
    }
  tc_node_touch_status (self);
}

static void
write_bans (TcJob *job)
{
  g_autofree TcStoreBan *stored = g_new (TcStoreBan, job->bans->len + 1);

  for (guint i = 0; i < job->bans->len; i++)
    {
      TcNetBan *ban = g_ptr_array_index (job->bans, i);

      stored[i] = (TcStoreBan) { ban->subject, ban->until_s * 1000, ban->created_s * 1000, ban->reason };
    }
  tc_store_save_bans (job->node->store, stored, job->bans->len, &job->error);
}

static void
after_bans (TcJob *job)
{
  if (job->error != NULL)
    g_warning ("could not keep the list of bans: %s", job->error->message);
}

void
tc_node_save_bans (TcNode *self)
{
  TcJob *job = tc_job_new (self, write_bans, after_bans);

  job->bans = tc_net_list_bans (self->net);
  tc_job_push (job, self->writer);
}

static void
on_bans_changed (TcNet *net, gpointer user_data)
{
  tc_node_save_bans (user_data);
}

/* --- opening --- */

static gboolean
load_noise_key (TcNode *self, guint8 *ret_secret, GError **error)
{
  g_autoptr(GBytes) stored = NULL;

  if (!tc_store_get_value (self->store, NOISE_KEY, &stored, error))
    return FALSE;
  if (stored != NULL && g_bytes_get_size (stored) == TC_NET_STATIC_SIZE)
    {
      memcpy (ret_secret, g_bytes_get_data (stored, NULL), TC_NET_STATIC_SIZE);
      return TRUE;
    }
  g_clear_pointer (&stored, g_bytes_unref);
  tc_net_static_secret_new (ret_secret);
  stored = g_bytes_new (ret_secret, TC_NET_STATIC_SIZE);
  return tc_store_set_value (self->store, NOISE_KEY, stored, error);
}

enum { CLASS_CONSENSUS, CLASS_PAYMENTS, CLASS_BLOCKS, N_CLASSES };

/* What an honest peer sends at its busiest, several times over; more is read later, not punished. */
static const TcNetRate rates[N_CLASSES] = {
  [CLASS_CONSENSUS] = { 20000, 40000, 20000000, 40000000 },
  [CLASS_PAYMENTS] = { 20000, 40000, 10000000, 20000000 },
  [CLASS_BLOCKS] = { 2000, 4000, 40000000, 80000000 },
};

static guint8
class_of (guint8 type)
{
  if (type == TC_MESSAGE_TX || type == TC_MESSAGE_INV || type == TC_MESSAGE_GET)
    return CLASS_PAYMENTS;
  return type == TC_MESSAGE_BLOCK || type == TC_MESSAGE_GET_BLOCKS || type == TC_MESSAGE_PART || type == TC_MESSAGE_GET_PART || type == TC_MESSAGE_EPOCHS || type == TC_MESSAGE_GET_EPOCHS || type == TC_MESSAGE_TXS ? CLASS_BLOCKS : CLASS_CONSENSUS;
}

static gsize
list_types (TcNetMessageType *types, gsize max)
{
  gsize n = 0;

  for (guint8 type = TC_NET_TYPE_FIRST; type <= TC_NET_TYPE_LAST && n < max; type++)
    {
      guint32 limit = (guint32) tc_message_size_max (type);

      if (limit > 0)
        types[n++] = (TcNetMessageType) { type, class_of (type), FALSE, limit, limit };
    }
  return n;
}

static void
import_bans (TcNode *self)
{
  g_autoptr(GArray) bans = tc_store_load_bans (self->store, NULL);

  for (guint i = 0; bans != NULL && i < bans->len; i++)
    {
      const TcStoreBan *ban = &g_array_index (bans, TcStoreBan, i);

      tc_net_import_ban (self->net, &(TcNetBan){ ban->address, ban->created_ms / 1000, ban->until_ms / 1000, ban->reason });
    }
}

/* --- the router --- */

static void
on_mapped (const char *external, const char *text, gpointer user_data)
{
  TcNode *self = user_data;

  if (external != NULL)
    g_info ("the router lets connections in at %s (%s)", external, text);
  else
    g_info ("the router lets no connections in: %s", text);
  g_free (self->external);
  self->external = g_strdup (external);
  tc_net_set_external_address (self->net, external);
}

const char *
tc_node_get_external (TcNode *self)
{
  return self->external;
}

/* Not behind a proxy: who hides asks nobody to be let in. */
static void
map_port (TcNode *self)
{
  static const TcPortMapper *const mappers[] = { &TC_PORT_MAPPER_NATPMP, &TC_PORT_MAPPER_UPNP };
  const char *listen = tc_net_get_listen_address (self->net);
  g_autoptr(GSocketAddress) address = listen != NULL ? tc_address_parse_socket (listen) : NULL;
  TcPortMapConfig config = { .context = self->context, .mappers = mappers, .n_mappers = G_N_ELEMENTS (mappers), .func = on_mapped, .user_data = self };

  if (!self->map_port || self->proxy != NULL || address == NULL
      || g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    return;
  config.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  self->port_mapping = tc_port_map_new (&config);
}

gboolean
tc_node_open_net (TcNode *self, GError **error)
{
  TcNetMessageType types[TC_NET_TYPE_LAST];
  guint8 secret[TC_NET_STATIC_SIZE];
  GError *cause = NULL;
  TcNetConfig config = {
    .chain_id = self->network->genesis->chain_id, .protocol_version = PROTOCOL_VERSION, .static_secret = secret,
    .operator_key = self->operator_key, .listen_address = self->listen_wanted, .agent = "TimeCoin/" TC_VERSION,
    .types = types, .n_types = list_types (types, G_N_ELEMENTS (types)), .classes = rates, .n_classes = N_CLASSES,
    .callbacks = { on_peer_connected, on_peer_disconnected, on_message, on_connect_failed, on_bans_changed, on_probed, on_proxy },
    .user_data = self, .proxy = self->proxy,
    .max_outbound = NAMED_MAX,
  };

  if (!load_noise_key (self, secret, &cause))
    return tc_node_take_store_error (error, cause);
  tc_node_discover_prepare (self, &config);
  self->net = tc_net_new (&config);
  sodium_memzero (secret, sizeof secret);
  import_bans (self);
  tc_node_discover_begin (self);
  tc_node_dial (self);
  if (tc_net_start (self->net, &cause))
    {
      map_port (self);
      return TRUE;
    }
  tc_node_set_error (error, g_error_matches (cause, TC_NET_ERROR, TC_NET_ERROR_LISTEN) ? TC_NODE_ERROR_PORT_IN_USE : TC_NODE_ERROR_CONFIG, cause);
  return FALSE;
}
