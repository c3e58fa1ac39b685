#include <sodium.h>

#include "address.h"
#include "core/check.h"
#include "net-private.h"

#define INTERVAL_MS_DEFAULT 500u

/* Returns: (transfer full): the IP address as text. */
static char *
get_host (const TcEndpoint *endpoint)
{
  g_autoptr (GSocketAddress) address = tc_endpoint_to_socket (endpoint);

  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* Events of the finder */

static guint64
on_dial (const TcEndpoint *endpoint, gpointer user_data)
{
  TcNet *self = user_data;
  g_autofree char *host = get_host (endpoint);
  const char *reason;
  TcPeer *peer = tc_peer_new_outbound (&self->shared, self->last_id + 1, host, endpoint->port, &TC_NET_PEER_EVENTS, self, &reason);

  if (peer == NULL)
    return 0;
  tc_net_add_peer (self, peer, ++self->last_id);
  return self->last_id;
}

static void
on_dial_name (const char *address, gpointer user_data)
{
  tc_net_connect_to (user_data, address, FALSE, NULL);
}

static void
on_feel (const TcEndpoint *endpoint, guint64 tag, gpointer user_data)
{
  TcNet *self = user_data;
  g_autofree char *host = get_host (endpoint);

  tc_prober_add (self->feeler, tag, host, endpoint->port, NULL);
}

static void
on_felt (guint64 tag, const TcPublicKey *operator_key, gboolean reached, gpointer user_data)
{
  TcNet *self = user_data;

  tc_finder_felt (self->finder, tag, reached);
}

static void
on_send (guint64 peer_id, guint8 type, GBytes *body, gpointer user_data)
{
  TcPeer *peer = tc_net_find_open (user_data, peer_id);

  if (peer != NULL)
    tc_peer_send (peer, type, body);
}

static gboolean
on_is_banned (const TcEndpoint *endpoint, gpointer user_data)
{
  g_autofree char *host = get_host (endpoint);

  return tc_net_is_host_banned (user_data, host);
}

static gboolean
on_is_named (const TcEndpoint *endpoint, gpointer user_data)
{
  TcNet *self = user_data;
  g_autofree char *address = tc_endpoint_to_text (endpoint);

  return tc_dialer_has (self->dialer, address);
}

static const TcFinderEvents finder_events = {
  .dial = on_dial,
  .dial_name = on_dial_name,
  .feel = on_feel,
  .send = on_send,
  .is_banned = on_is_banned,
  .is_named = on_is_named,
};

/* Life */

void
tc_net_discovery_new (TcNet *self, const TcNetConfig *config)
{
  const TcFinderConfig finder_config = {
    .book_key = config->book_key,
    .max_found = config->max_found != 0 ? config->max_found : TC_FINDER_FOUND_DEFAULT,
    .interval_ms = config->discover_interval_ms != 0 ? config->discover_interval_ms : INTERVAL_MS_DEFAULT,
    .resolves = config->proxy == NULL,
  };

  if (!config->discover)
    return;
  TC_CHECK (config->book_key != NULL);
  self->finder = tc_finder_new (self->shared.context, &finder_config, &finder_events, self);
  self->feeler = tc_prober_new (&self->shared, on_felt, self);
}

void
tc_net_discovery_free (TcNet *self)
{
  tc_prober_free (self->feeler);
  tc_finder_free (self->finder);
}

static TcEndpoint
get_own (const TcNet *self)
{
  TcEndpoint own = { .port = 0 };

  /* Who hides behind a proxy tells nobody where he is. */
  if (self->listener != NULL && self->shared.proxy == NULL)
    tc_endpoint_parse (tc_listener_get_address (self->listener), &own);
  return own;
}

void
tc_net_discovery_start (TcNet *self)
{
  const TcEndpoint own = get_own (self);

  if (self->finder != NULL)
    tc_finder_start (self->finder, &own);
}

void
tc_net_discovery_stop (TcNet *self)
{
  if (self->finder == NULL)
    return;
  tc_prober_clear (self->feeler);
  tc_finder_stop (self->finder);
}

void
tc_net_discovery_tick (TcNet *self)
{
  if (self->feeler != NULL)
    tc_prober_tick (self->feeler);
}

/* Events of peers */

gboolean
tc_net_is_found (const TcNet *self, const TcPeer *peer)
{
  return self->finder != NULL && tc_finder_has (self->finder, tc_peer_get_id (peer));
}

void
tc_net_discovery_opened (TcNet *self, const TcPeer *peer)
{
  TcEndpoint endpoint;
  const gboolean has_endpoint = tc_peer_get_inet (peer) != NULL && tc_endpoint_parse (tc_peer_get_address (peer), &endpoint);

  if (self->finder != NULL && self->running)
    tc_finder_opened (self->finder, tc_peer_get_id (peer), has_endpoint ? &endpoint : NULL, tc_peer_is_inbound (peer),
                      tc_peer_get_hello (peer)->listen_port);
}

void
tc_net_discovery_closed (TcNet *self, const TcPeer *peer)
{
  if (self->finder != NULL)
    tc_finder_closed (self->finder, tc_peer_get_id (peer));
}

void
tc_net_discovery_met (TcNet *self, const TcPeer *peer, const TcPeer *twin)
{
  if (self->finder != NULL)
    tc_finder_met (self->finder, tc_peer_get_id (peer), tc_peer_get_id (twin));
}

void
tc_net_discovery_met_self (TcNet *self, const TcPeer *peer)
{
  if (self->finder != NULL)
    tc_finder_met_self (self->finder, tc_peer_get_id (peer));
}

void
tc_net_discovery_take (TcNet *self, TcPeer *peer, guint8 type, GBytes *body)
{
  if (self->finder != NULL && !tc_finder_take (self->finder, tc_peer_get_id (peer), type, body))
    {
      tc_net_punish_peer (self, peer, TC_NET_BAN_POINTS, "a malformed list of addresses");
      tc_peer_close (peer, "a malformed list of addresses");
    }
}

/* Public */

gboolean
tc_net_add_seed (TcNet *self, const char *address)
{
  return self->finder == NULL || tc_finder_add_seed (self->finder, address);
}

gboolean
tc_net_learn_address (TcNet *self, const char *address, const char *source)
{
  TcEndpoint endpoint;

  if (!tc_endpoint_parse (address, &endpoint))
    return FALSE;
  if (self->finder != NULL && endpoint.port >= TC_ENDPOINT_PORT_MIN)
    tc_finder_learn (self->finder, &endpoint, source);
  return TRUE;
}

void
tc_net_set_stale (TcNet *self, gboolean stale)
{
  if (self->finder != NULL)
    tc_finder_set_stale (self->finder, stale);
}

void
tc_net_set_external_address (TcNet *self, const char *address)
{
  TcEndpoint own = get_own (self);

  if (self->finder == NULL || self->shared.proxy != NULL)
    return;
  if (address != NULL)
    tc_endpoint_parse (address, &own);
  tc_finder_set_own (self->finder, &own);
}

gboolean
tc_net_restore_address (TcNet *self, const TcBookEntry *entry, gboolean anchor)
{
  if (self->finder == NULL || !tc_book_restore (tc_finder_get_book (self->finder), entry))
    return FALSE;
  if (anchor)
    tc_finder_add_anchor (self->finder, &entry->endpoint);
  return TRUE;
}

GArray *
tc_net_list_addresses (TcNet *self)
{
  return self->finder != NULL ? tc_book_list (tc_finder_get_book (self->finder)) : g_array_new (FALSE, FALSE, sizeof (TcBookEntry));
}

GArray *
tc_net_list_anchors (TcNet *self)
{
  return self->finder != NULL ? tc_finder_list_anchors (self->finder) : g_array_new (FALSE, FALSE, sizeof (TcEndpoint));
}

guint64
tc_net_get_book_version (TcNet *self)
{
  return self->finder != NULL ? tc_book_get_version (tc_finder_get_book (self->finder)) : 0;
}

GArray *
tc_net_sample_addresses (TcNet *self)
{
  if (self->finder == NULL)
    return g_array_new (FALSE, FALSE, sizeof (TcBookEntry));
  return tc_book_sample (tc_finder_get_book (self->finder), TC_SCOPE_LOOPBACK, g_get_real_time () / G_USEC_PER_SEC);
}

void
tc_net_count_addresses (TcNet *self, guint *ret_n_new, guint *ret_n_tried)
{
  *ret_n_new = self->finder != NULL ? tc_book_count (tc_finder_get_book (self->finder), FALSE) : 0;
  *ret_n_tried = self->finder != NULL ? tc_book_count (tc_finder_get_book (self->finder), TRUE) : 0;
}
