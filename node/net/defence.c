#include "net-private.h"

#include "address.h"

#define HALF_OPEN_MAX 64u    /* inbound before their hello; one more and the oldest of the group that has most goes (survive-04) */
#define BANS_WAIT_MS  1000u  /* between two announcements that bans have changed: each is a write */

typedef gboolean (*IsOne) (const TcPeer *peer);

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
  self->bans_told_ms = tc_now_ms ();
  if (self->callbacks.bans_changed != NULL)
    self->callbacks.bans_changed (self, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
announce_bans (TcNet *self)
{
  const gint64 wait_ms = self->bans_told_ms + BANS_WAIT_MS - tc_now_ms ();

  if (self->bans_source != NULL || !self->running)
    return;
  self->bans_source = g_timeout_source_new (self->bans_told_ms == 0 ? 0 : (guint) CLAMP (wait_ms, 0, BANS_WAIT_MS));
  g_source_set_callback (self->bans_source, on_bans_changed, self, NULL);
  g_source_attach (self->bans_source, self->shared.context);
}

static void
add_ban (TcNet *self, const char *subject, gint64 created_s, gint64 until_s, const char *reason, const TcPeer *but)
{
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);

  tc_bans_add (self->bans, subject, created_s, until_s, reason);
  for (guint i = 0; i < peers->len; i++)
    if (peers->pdata[i] != but && is_banned (self, peers->pdata[i]))
      tc_peer_close (peers->pdata[i], "banned");
  announce_bans (self);
}

gboolean
tc_net_punish_peer (TcNet *self, TcPeer *peer, guint32 points, const char *reason)
{
  g_autofree char *subject = subject_of (peer);

  if (subject == NULL || tc_scores_add (self->scores, subject, points, tc_now_ms ()) < TC_NET_BAN_POINTS)
    return FALSE;
  g_info ("Banning %s: %s", subject, reason);
  if (!tc_bans_contains (self->bans, subject, now_s () + TC_NET_BAN_SECONDS))  /* an operator's may be longer */
    add_ban (self, subject, now_s (), now_s () + TC_NET_BAN_SECONDS, reason, peer);
  return TRUE;
}

guint32
tc_net_get_score (TcNet *self, const TcPeer *peer)
{
  g_autofree char *subject = subject_of (peer);

  return subject != NULL ? tc_scores_get (self->scores, subject, tc_now_ms ()) : 0;
}

/* Memory (rule N4) */

/* What a peer takes, as it counts against it: a fourth of a member's, half of one that was dialled. */
static guint64
burden_of (const TcPeer *peer)
{
  return (guint64) tc_peer_get_memory (peer) * (tc_peer_is_member (peer) ? 1 : tc_peer_is_inbound (peer) ? 4 : 2);
}

static guint64
burden_of_group (const GPtrArray *peers, guint64 group)
{
  guint64 sum = 0;

  for (guint i = 0; i < peers->len; i++)
    if (tc_peer_get_group (peers->pdata[i]) == group)
      sum += burden_of (peers->pdata[i]);
  return sum;
}

/* The group that takes most goes first: else one network with many connections would push out others. */
static gboolean
goes_before (const GPtrArray *peers, const TcPeer *a, const TcPeer *b)
{
  const guint64 sum_a = burden_of_group (peers, tc_peer_get_group (a)), sum_b = burden_of_group (peers, tc_peer_get_group (b));

  return sum_a != sum_b ? sum_a > sum_b : burden_of (a) > burden_of (b);
}

void
tc_net_relieve (TcNet *self)
{
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);

  while (self->shared.memory_bytes > self->shared.memory_max_bytes)
    {
      TcPeer *worst = NULL;

      for (guint i = 0; i < peers->len; i++)
        if (tc_peer_get_memory (peers->pdata[i]) > 0 && (worst == NULL || goes_before (peers, peers->pdata[i], worst)))
          worst = peers->pdata[i];
      if (worst == NULL)
        return;
      g_info ("%s: dropped, %" G_GSIZE_FORMAT " bytes wait for or of it", tc_peer_get_address (worst), tc_peer_get_memory (worst));
      tc_peer_drop (worst, "too much waits on all connections together");
    }
}

/* Members of the committee: a place of its own for each key, for the connection that proved it first */

static gboolean
has_member_peer (const TcNet *self, const TcPeer *but, const TcPeer *twin, const TcPublicKey *key)
{
  GHashTableIter iter;
  TcPeer *peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &peer))
    if (peer != but && peer != twin && tc_peer_is_member (peer) && !tc_peer_is_closing (peer) && tc_public_key_equal (&tc_peer_get_hello (peer)->operator_key, key))
      return TRUE;
  return FALSE;
}

void
tc_net_note_member (TcNet *self, TcPeer *peer, const TcPeer *twin)
{
  const TcHello *hello = tc_peer_get_hello (peer);

  tc_peer_set_member (peer, FALSE);
  tc_peer_set_member (peer, hello->has_operator_key && g_hash_table_contains (self->members, &hello->operator_key)
                              && !has_member_peer (self, peer, twin, &hello->operator_key));
}

void
tc_net_set_members (TcNet *self, const TcPublicKey *keys, gsize n_keys)
{
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);

  g_hash_table_remove_all (self->members);
  for (gsize i = 0; i < n_keys; i++)
    g_hash_table_add (self->members, g_memdup2 (&keys[i], sizeof keys[i]));
  for (guint i = 0; i < peers->len; i++)
    if (tc_net_is_open_peer (peers->pdata[i]))
      tc_net_note_member (self, peers->pdata[i], NULL);
}

/* Inbound */

static gboolean
is_half_open (const TcPeer *peer)
{
  return tc_peer_is_inbound (peer) && tc_peer_get_state (peer) != TC_PEER_OPEN;
}

/* Who takes one of the places that there are for all. */
static gboolean
is_guest (const TcPeer *peer)
{
  return tc_peer_is_inbound (peer) && tc_net_is_open_peer (peer) && !tc_peer_is_member (peer);
}

/* Returns: (transfer container): in order of id. */
static GPtrArray *
list_inbound (TcNet *self, IsOne is_one, const TcPeer *but)
{
  g_autoptr (GPtrArray) peers = tc_net_snapshot_peers (self);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_peer_unref);

  for (guint i = 0; i < peers->len; i++)
    if (peers->pdata[i] != but && is_one (peers->pdata[i]))
      g_ptr_array_add (list, tc_peer_ref (peers->pdata[i]));
  return list;
}

gboolean
tc_net_make_room (TcNet *self, const TcPeer *newcomer, const TcPeer *twin)
{
  g_autoptr (GPtrArray) guests = list_inbound (self, is_guest, twin);
  g_autofree TcEvictCandidate *candidates = g_new0 (TcEvictCandidate, guests->len + 1);
  guint64 id;

  if (!tc_peer_is_inbound (newcomer) || tc_peer_is_member (newcomer) || guests->len < self->max_inbound)
    return TRUE;
  for (guint i = 0; i < guests->len; i++)
    {
      const TcPeer *peer = guests->pdata[i];

      candidates[i] = (TcEvictCandidate) { tc_peer_get_id (peer), tc_peer_get_group (peer), tc_peer_get_least_ping_ms (peer), tc_peer_get_useful_ms (peer) };
    }
  id = tc_evict_choose (candidates, guests->len, tc_peer_get_group (newcomer), self->evict_key);
  if (id == 0)
    return FALSE;
  tc_peer_close (g_hash_table_lookup (self->peers, &id), "this node is full, and another takes its place");
  return TRUE;
}

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

static guint
count_group (const GPtrArray *peers, guint64 group)
{
  guint n = 0;

  for (guint i = 0; i < peers->len; i++)
    n += tc_peer_get_group (peers->pdata[i]) == group;
  return n;
}

/* survive-04: whoever connects and says nothing makes room for the next; a flood of one group does so among itself. */
static void
make_room_half_open (TcNet *self)
{
  g_autoptr (GPtrArray) peers = list_inbound (self, is_half_open, NULL);
  TcPeer *victim = NULL;
  guint n_most = 0;
  guint64 id;

  if (peers->len < HALF_OPEN_MAX)
    return;
  for (guint i = 0; i < peers->len; i++)
    {
      const guint n = count_group (peers, tc_peer_get_group (peers->pdata[i]));

      if (n > n_most)
        {
          n_most = n;
          victim = peers->pdata[i];
        }
    }
  id = tc_peer_get_id (victim);
  tc_peer_abort (victim);
  g_hash_table_remove (self->peers, &id);
}

static gboolean
may_come_in (TcNet *self, GInetAddress *inet)
{
  const gint64 now_ms = tc_now_ms ();
  g_autofree char *subject = tc_address_subject (inet);

  return !tc_bans_contains (self->bans, subject, now_s ()) && tc_gate_pass (self->gate, inet, now_ms)
         && (g_inet_address_get_is_loopback (inet) || count_inbound_from (self, subject) < self->max_per_address)
         && tc_bucket_try (&self->knocks, 1, now_ms);
}

void
tc_net_accept (GSocket *socket, GSocketAddress *remote, gpointer user_data)
{
  TcNet *self = user_data;
  g_autoptr (GInetAddress) inet = tc_address_get_inet (remote);
  TcPeer *peer;

  if (!may_come_in (self, inet))
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
    add_ban (self, canonical, now_s (), until_s, reason, NULL);
  return TRUE;
}

void
tc_net_import_ban (TcNet *self, const TcNetBan *ban)
{
  g_autofree char *canonical = tc_address_subject_parse (ban->subject);

  if (canonical != NULL && ban->until_s > now_s ())
    add_ban (self, canonical, ban->created_s, ban->until_s, ban->reason, NULL);
}

gboolean
tc_net_unban (TcNet *self, const char *subject)
{
  g_autofree char *canonical = tc_address_subject_parse (subject);

  if (canonical == NULL || !tc_bans_remove (self->bans, canonical))
    return FALSE;
  tc_scores_forget (self->scores, canonical);
  announce_bans (self);
  return TRUE;
}
