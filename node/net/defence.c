#include "net-private.h"

#include "address.h"

#define HALF_OPEN_MAX 64u  /* inbound before their hello; one more and the oldest goes (survive-04) */

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Bans */

/* Returns: (transfer full) (nullable): what a ban of this peer names. On loopback all share one address, and behind a proxy a name has none: there it
 * is the key. */
static char *
subject_of (const TcPeer *peer)
{
  const guint8 *key = tc_peer_get_static (peer);
  GInetAddress *inet = tc_peer_get_inet (peer);
  g_autofree char *hex = NULL;

  if (inet != NULL && !g_inet_address_get_is_loopback (inet))
    return tc_address_subject (inet);
  if (key == NULL)
    return NULL;
  hex = tc_hex_encode (key, TC_NET_STATIC_SIZE);
  return g_strconcat ("key:", hex, NULL);
}

static gboolean
is_inet_banned (const TcNet *self, GInetAddress *inet)
{
  g_autofree char *subject = tc_address_subject (inet);

  return tc_bans_contains (self->bans, subject, now_s ());
}

gboolean
tc_net_is_host_banned (const TcNet *self, const char *host)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, 0);
  g_autoptr (GInetAddress) inet = address != NULL ? tc_address_get_inet (address) : NULL;

  return inet != NULL && is_inet_banned (self, inet);
}

gboolean
tc_net_is_key_banned (const TcNet *self, const guint8 *key)
{
  g_autofree char *hex = tc_hex_encode (key, TC_NET_STATIC_SIZE);
  g_autofree char *subject = g_strconcat ("key:", hex, NULL);

  return tc_bans_contains (self->bans, subject, now_s ());
}

static gboolean
is_banned (const TcNet *self, const TcPeer *peer)
{
  const guint8 *key = tc_peer_get_static (peer);
  GInetAddress *inet = tc_peer_get_inet (peer);

  return (inet != NULL && is_inet_banned (self, inet)) || (key != NULL && tc_net_is_key_banned (self, key));
}

static gboolean
on_bans_changed (gpointer user_data)
{
  TcNet *self = user_data;

  tc_source_drop (&self->bans_source);
  if (self->callbacks.bans_changed != NULL)
    self->callbacks.bans_changed (self, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
announce_bans (TcNet *self)
{
  if (self->bans_source != NULL || !self->running)
    return;
  self->bans_source = g_idle_source_new ();
  g_source_set_callback (self->bans_source, on_bans_changed, self, NULL);
  g_source_attach (self->bans_source, self->shared.context);
}

static void
add_ban (TcNet *self, const char *subject, gint64 until_s, const char *reason, const TcPeer *but)
{
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);

  tc_bans_add (self->bans, subject, until_s, reason);
  for (guint i = 0; i < peers->len; i++)
    if (peers->pdata[i] != but && is_banned (self, peers->pdata[i]))
      tc_peer_close (peers->pdata[i], "banned");
  announce_bans (self);
}

gboolean
tc_net_punish_peer (TcNet *self, TcPeer *peer, guint32 points, const char *reason)
{
  g_autofree char *subject = NULL;

  if (tc_peer_add_score (peer, points) < TC_NET_BAN_POINTS)
    return FALSE;
  subject = subject_of (peer);
  g_info ("Banning %s: %s", subject != NULL ? subject : tc_peer_get_address (peer), reason);
  if (subject != NULL)
    add_ban (self, subject, now_s () + TC_NET_BAN_SECONDS, reason, peer);
  return TRUE;
}

/* Inbound */

static guint
count_inbound_from (TcNet *self, const char *subject)
{
  GHashTableIter iter;
  TcPeer *peer;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &peer))
    {
      g_autofree char *other = tc_peer_is_inbound (peer) ? tc_address_subject (tc_peer_get_inet (peer)) : NULL;
      n += g_strcmp0 (other, subject) == 0;
    }
  return n;
}

/* survive-04: whoever connects and says nothing makes room for the next. */
static void
make_room_half_open (TcNet *self)
{
  GHashTableIter iter;
  TcPeer *peer, *oldest = NULL;
  guint64 id;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &peer))
    {
      if (!tc_peer_is_inbound (peer) || tc_peer_get_state (peer) == TC_PEER_OPEN)
        continue;
      n++;
      if (oldest == NULL || tc_peer_get_id (peer) < tc_peer_get_id (oldest))
        oldest = peer;
    }
  if (n < HALF_OPEN_MAX)
    return;
  id = tc_peer_get_id (oldest);
  tc_peer_abort (oldest);
  g_hash_table_remove (self->peers, &id);
}

void
tc_net_accept (GSocket *socket, GSocketAddress *remote, gpointer user_data)
{
  TcNet *self = user_data;
  g_autoptr (GInetAddress) inet = tc_address_get_inet (remote);
  g_autofree char *subject = tc_address_subject (inet);
  TcPeer *peer;

  if (tc_bans_contains (self->bans, subject, now_s ()) || !tc_gate_pass (self->gate, inet, tc_now_ms ())
      || (!g_inet_address_get_is_loopback (inet) && count_inbound_from (self, subject) >= self->max_per_address))
    {
      g_object_unref (socket);
      return;
    }
  make_room_half_open (self);
  peer = tc_peer_new_inbound (&self->shared, ++self->last_id, socket, remote, &TC_NET_PEER_EVENTS, self);
  tc_net_add_peer (self, peer, self->last_id);
}

/* Public */

void
tc_net_punish (TcNet *self, guint64 peer_id, guint32 points, const char *reason)
{
  TcPeer *peer = tc_net_find_open (self, peer_id);

  if (peer != NULL && tc_net_punish_peer (self, peer, points, reason))
    tc_peer_close (peer, reason);
}

GPtrArray *
tc_net_list_bans (TcNet *self)
{
  return tc_bans_list (self->bans, now_s ());
}

gboolean
tc_net_ban (TcNet *self, const char *subject, gint64 until_s, const char *reason)
{
  g_autofree char *canonical = tc_address_subject_parse (subject);

  if (canonical == NULL)
    return FALSE;
  if (until_s > now_s ())
    add_ban (self, canonical, until_s, reason, NULL);
  return TRUE;
}

gboolean
tc_net_unban (TcNet *self, const char *subject)
{
  g_autofree char *canonical = tc_address_subject_parse (subject);

  if (canonical == NULL || !tc_bans_remove (self->bans, canonical))
    return FALSE;
  announce_bans (self);
  return TRUE;
}
