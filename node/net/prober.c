#include "prober.h"

#include <string.h>

typedef struct
{
  guint64         tag;
  char           *host;
  guint16         port;
  gboolean        has_key;
  TcPublicKey     key;
  TcPeer         *peer;     /* NULL: it waits */
  gboolean        reached;
} Probe;

struct _TcProber
{
  TcPeerShared shared;
  TcProberFunc func;
  gpointer     user_data;
  guint64      last_id;
  GPtrArray   *probes;      /* Probe: those under way, then those that wait, in order */
  guint        n_running;
};

static void
probe_free (gpointer data)
{
  Probe *probe = data;

  if (probe->peer != NULL)
    tc_peer_abort (probe->peer);
  g_clear_pointer (&probe->peer, tc_peer_unref);
  g_free (probe->host);
  g_free (probe);
}

static Probe *
find_probe (TcProber *self, const TcPeer *peer)
{
  for (guint i = 0; i < self->n_running; i++)
    {
      Probe *probe = g_ptr_array_index (self->probes, i);

      if (probe->peer == peer)
        return probe;
    }
  return NULL;
}

static const char *
on_identified (TcPeer *peer, gpointer user_data)
{
  return NULL;
}

static const char *
on_introduced (TcPeer *peer, gpointer user_data)
{
  const TcProber *self = user_data;
  const TcHello *hello = tc_peer_get_hello (peer);
  Probe *probe = find_probe (user_data, peer);

  if (probe->has_key)
    probe->reached = hello->has_operator_key && tc_public_key_equal (&hello->operator_key, &probe->key);
  else
    probe->reached = hello->protocol_version == self->shared.hello.protocol_version
                     && memcmp (tc_peer_get_static (peer), self->shared.static_key, TC_NET_STATIC_SIZE) != 0;
  return "that was all";
}

static void
on_offence (TcPeer *peer, guint32 points, const char *reason, gpointer user_data)
{
  g_debug ("Probe of %s: %s", tc_peer_get_address (peer), reason);
}

static void start_some (TcProber *self);

static void
on_closed (TcPeer *peer, const char *reason, gpointer user_data)
{
  TcProber *self = user_data;
  Probe *probe = find_probe (self, peer);
  const guint64 tag = probe->tag;
  const TcPublicKey key = probe->key;
  const gboolean reached = probe->reached;

  g_debug ("Probe of %s: %s", tc_peer_get_address (peer), reached ? "there" : reason);
  g_ptr_array_remove (self->probes, probe);
  self->n_running--;
  start_some (self);
  self->func (tag, &key, reached, self->user_data);
}

static const TcPeerEvents probe_events = {
  .identified = on_identified,
  .introduced = on_introduced,
  .offence = on_offence,
  .closed = on_closed,
};

/* Returns: FALSE where this computer has no such connections to give. */
static gboolean
start (TcProber *self, Probe *probe)
{
  const char *reason;

  probe->peer = tc_peer_new_outbound (&self->shared, ++self->last_id, probe->host, probe->port, &probe_events, self, &reason);
  if (probe->peer == NULL)
    return FALSE;
  tc_peer_start (probe->peer);
  return TRUE;
}

static void
start_some (TcProber *self)
{
  while (self->n_running < TC_PROBER_AT_ONCE && self->n_running < self->probes->len)
    {
      if (start (self, g_ptr_array_index (self->probes, self->n_running)))
        self->n_running++;
      else
        g_ptr_array_remove_index (self->probes, self->n_running);
    }
}

TcProber *
tc_prober_new (const TcPeerShared *shared, TcProberFunc func, gpointer user_data)
{
  TcProber *self = g_new0 (TcProber, 1);

  self->shared = *shared;
  self->shared.hello.is_probe = TRUE;
  self->shared.hello.listen_port = 0;
  self->shared.operator_key = NULL;
  self->func = func;
  self->user_data = user_data;
  self->probes = g_ptr_array_new_with_free_func (probe_free);
  return self;
}

void
tc_prober_free (TcProber *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->probes);
  g_free (self);
}

void
tc_prober_clear (TcProber *self)
{
  g_ptr_array_set_size (self->probes, 0);
  self->n_running = 0;
}

void
tc_prober_tick (TcProber *self)
{
  for (guint i = 0; i < self->n_running; i++)
    tc_peer_tick (((Probe *) g_ptr_array_index (self->probes, i))->peer);
}

gboolean
tc_prober_add (TcProber *self, guint64 tag, const char *host, guint16 port, const TcPublicKey *operator_key)
{
  Probe *probe;

  for (guint i = 0; i < self->probes->len; i++)
    if (((Probe *) g_ptr_array_index (self->probes, i))->tag == tag)
      return TRUE;
  if (self->probes->len >= TC_PROBER_QUEUE_MAX)
    return FALSE;
  probe = g_new0 (Probe, 1);
  *probe = (Probe) { .tag = tag, .host = g_strdup (host), .port = port, .has_key = operator_key != NULL };
  if (operator_key != NULL)
    probe->key = *operator_key;
  g_ptr_array_add (self->probes, probe);
  start_some (self);
  return TRUE;
}
