#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

#include <sodium.h>
#include <string.h>

/* What the network's discovery is given, and what of it is kept in peers.sqlite, on a thread of its own: now and then, and at the end. */

#define BOOK_KEY      "book-key"
#define HOSTS_SOURCE  "masternodes"   /* one source of the book, however many register */
#define TURN_S        60u
#define KEEP_TURNS    15u
#define STALE_EPOCHS  3u              /* without a block: the connections may all be to one who hides it */

struct _TcDiscovery
{
  guint8       key[TC_BOOK_KEY_SIZE];
  GThreadPool *keeper;
  GSource     *timer;
  guint        n_turns;
  guint64      kept_version;
  guint32      seen_height;
  gint64       grown_us;     /* when the chain was seen to grow last */
};

/* --- keeping --- */

G_STATIC_ASSERT (TC_STORE_IP_SIZE == TC_ENDPOINT_IP_SIZE && TC_BOOK_ENTRIES_MAX <= TC_STORE_ADDRESSES_MAX);

static guint8
anchor_of (const GArray *anchors, const TcEndpoint *endpoint)
{
  for (guint i = 0; i < anchors->len; i++)
    if (tc_endpoint_equal (&g_array_index (anchors, TcEndpoint, i), endpoint))
      return (guint8) (i + 1);
  return 0;
}

static GArray *
list_addresses (TcNode *self)
{
  g_autoptr(GArray) entries = tc_net_list_addresses (self->net), anchors = tc_net_list_anchors (self->net);
  GArray *addresses = g_array_sized_new (FALSE, FALSE, sizeof (TcStoreAddress), entries->len);

  for (guint i = 0; i < entries->len; i++)
    {
      const TcBookEntry *entry = &g_array_index (entries, TcBookEntry, i);
      TcStoreAddress address = { .port = entry->endpoint.port, .anchor = anchor_of (anchors, &entry->endpoint), .tried = entry->tried,
                                 .seen_s = entry->seen_s, .dialled_s = entry->dialled_s, .good_s = entry->good_s, .failures = entry->failures };

      memcpy (address.ip, entry->endpoint.ip, sizeof address.ip);
      memcpy (address.source, entry->source, sizeof address.source);
      g_array_append_val (addresses, address);
    }
  return addresses;
}

static void
keep_work (TcJob *job)
{
  tc_store_save_addresses (job->node->store, (const TcStoreAddress *) (gconstpointer) job->addresses->data, job->addresses->len, &job->error);
}

static void
keep_then (TcJob *job)
{
  if (job->error != NULL)
    g_warning ("could not keep the addresses of other nodes: %s", job->error->message);
}

static void
keep (TcNode *self)
{
  TcDiscovery *discovery = self->discovery;
  const guint64 version = tc_net_get_book_version (self->net);
  TcJob *job;

  if (version == discovery->kept_version)
    return;
  discovery->kept_version = version;
  job = tc_job_new (self, keep_work, keep_then);
  job->addresses = list_addresses (self);
  tc_job_push (job, discovery->keeper);
}

static int
compare_anchors (gconstpointer a, gconstpointer b)
{
  return ((const TcStoreAddress *) a)->anchor - ((const TcStoreAddress *) b)->anchor;
}

static void
restore (TcNode *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) addresses = tc_store_load_addresses (self->store, &error);
  guint n = 0;

  if (addresses == NULL)
    {
      g_warning ("the addresses of other nodes are lost, and will be found anew: %s", error->message);
      return;
    }
  g_array_sort (addresses, compare_anchors);
  for (guint i = 0; i < addresses->len; i++)
    {
      const TcStoreAddress *address = &g_array_index (addresses, TcStoreAddress, i);
      TcBookEntry entry = { .endpoint.port = address->port, .tried = address->tried, .seen_s = address->seen_s, .dialled_s = address->dialled_s,
                            .good_s = address->good_s, .failures = address->failures };

      memcpy (entry.endpoint.ip, address->ip, sizeof address->ip);
      memcpy (entry.source, address->source, sizeof address->source);
      n += tc_net_restore_address (self->net, &entry, address->anchor > 0);
    }
  g_debug ("%u addresses of other nodes are known", n);
}

/* --- time --- */

static gboolean
is_stale (TcNode *self)
{
  TcDiscovery *discovery = self->discovery;
  const gint64 now_us = g_get_monotonic_time ();

  if (self->stored_height != discovery->seen_height)
    {
      discovery->seen_height = self->stored_height;
      discovery->grown_us = now_us;
    }
  return now_us - discovery->grown_us > (gint64) STALE_EPOCHS * self->network->genesis->params.epoch_length_ms * 1000;
}

static gboolean
on_turn (gpointer user_data)
{
  TcNode *self = user_data;

  tc_net_set_stale (self->net, is_stale (self));
  if (self->discovery->n_turns++ % KEEP_TURNS == 0)
    keep (self);
  return G_SOURCE_CONTINUE;
}

/* --- beginning and end --- */

static void
load_key (TcNode *self, guint8 *ret_key)
{
  g_autoptr(GBytes) stored = NULL;
  g_autoptr(GError) error = NULL;

  if (tc_store_get_value (self->store, BOOK_KEY, &stored, &error) && stored != NULL && g_bytes_get_size (stored) == TC_BOOK_KEY_SIZE)
    {
      memcpy (ret_key, g_bytes_get_data (stored, NULL), TC_BOOK_KEY_SIZE);
      return;
    }
  randombytes_buf (ret_key, TC_BOOK_KEY_SIZE);
  g_clear_pointer (&stored, g_bytes_unref);
  stored = g_bytes_new (ret_key, TC_BOOK_KEY_SIZE);
  if (error != NULL || !tc_store_set_value (self->store, BOOK_KEY, stored, &error))
    g_warning ("could not keep the key of the book of addresses: %s", error->message);
}

void
tc_node_discover_prepare (TcNode *self, TcNetConfig *config)
{
  if (!self->discover)
    return;
  self->discovery = g_new0 (TcDiscovery, 1);
  load_key (self, self->discovery->key);
  config->discover = TRUE;
  config->book_key = self->discovery->key;
}

static void
add_seeds (TcNode *self, char **seeds)
{
  for (guint i = 0; seeds != NULL && seeds[i] != NULL; i++)
    if (!tc_net_add_seed (self->net, seeds[i]))
      g_warning ("%s is not asked for addresses", seeds[i]);
}

void
tc_node_discover_begin (TcNode *self)
{
  TcDiscovery *discovery = self->discovery;

  if (discovery == NULL)
    return;
  restore (self);
  add_seeds (self, self->network->seeds);
  add_seeds (self, self->network->dns);
  discovery->keeper = tc_job_thread_new ();
  discovery->kept_version = tc_net_get_book_version (self->net);
  discovery->grown_us = g_get_monotonic_time ();
  discovery->timer = g_timeout_source_new_seconds (TURN_S);
  g_source_set_callback (discovery->timer, on_turn, self, NULL);
  g_source_attach (discovery->timer, self->context);
}

/* Addresses of private networks are learnt where all hosts are: nobody is to make others knock at what is in their own house by registering it. */
void
tc_node_learn_hosts (TcNode *self)
{
  const TcRegistry *registry = tc_ledger_get_registry (tc_engine_get_ledger (self->engine));
  TcScope widest = TC_SCOPE_LOOPBACK;

  if (self->discovery == NULL)
    return;
  for (guint pass = 0; pass < 2; pass++)
    for (gsize i = 0; i < tc_registry_get_n (registry); i++)
      {
        const TcMasternode *masternode = tc_registry_get (registry, i);
        TcEndpoint endpoint;
        TcScope scope;

        if (masternode->state != TC_MASTERNODE_REGISTERED || masternode->jailed || !tc_endpoint_parse (masternode->host, &endpoint))
          continue;
        scope = tc_endpoint_scope (endpoint.ip);
        if (pass == 0)
          widest = scope != TC_SCOPE_NONE ? MIN (widest, scope) : widest;
        else if (scope <= widest)
          tc_net_learn_address (self->net, masternode->host, HOSTS_SOURCE);
      }
}

void
tc_node_discover_end (TcNode *self)
{
  TcDiscovery *discovery = g_steal_pointer (&self->discovery);

  if (discovery == NULL)
    return;
  if (discovery->timer != NULL)
    {
      g_source_destroy (discovery->timer);
      g_source_unref (discovery->timer);
    }
  if (discovery->keeper != NULL)
    {
      self->discovery = discovery;
      keep (self);
      self->discovery = NULL;
    }
  tc_job_thread_free (discovery->keeper);
  sodium_memzero (discovery->key, sizeof discovery->key);
  g_free (discovery);
}
