#include "finder.h"

#include <sodium.h>
#include <string.h>

#include "address.h"
#include "exchange.h"
#include "source.h"

#define TRICKLE_INTERVALS 60u      /* 30 s */
#define FEELER_INTERVALS  240u     /* 120 s */
#define IDLE_INTERVALS    10u      /* between two looks where nothing is to be done */
#define POOR_INTERVALS    22u      /* the book's own addresses come first for so long */
#define POOR_LINKS        2u       /* outbound connections; fewer is poor */
#define SEED_WAIT_MS      60000    /* doubled each time */
#define SEED_WAIT_MAX_MS  3600000
#define SHORT_MS          60000    /* a connection that did not last is not made again at once */

typedef struct
{
  guint64    id;
  TcEndpoint endpoint;      /* where has_endpoint: that can be dialled */
  TcEndpoint alias;         /* where has_alias: another that leads there */
  gboolean   has_endpoint, has_alias, inbound, found, open, met;
  gint64     opened_ms;
} Link;

typedef struct
{
  guint         ref_count;
  TcFinder     *finder;     /* NULL once it is of no use */
  GCancellable *cancellable;
  char         *name;
  guint16       port;
} Lookup;

struct _TcFinder
{
  GMainContext         *context;
  TcFinderConfig        config;
  const TcFinderEvents *events;
  gpointer              user_data;
  TcBook               *book;
  TcExchange           *exchange;
  GArray               *links;      /* Link */
  GPtrArray            *seeds;      /* char * */
  GPtrArray            *lookups;    /* Lookup: under way */
  GArray               *anchors;    /* TcEndpoint: still to be dialled */
  TcEndpoint            own[TC_FINDER_OWN_MAX];
  guint                 n_own;
  gboolean              stale;
  TcEndpoint            felt;       /* by the feeler under way */
  guint64               feel_tag;   /* of it, or of the last */
  gboolean              feeling;
  GSource              *timer;
  gint64                started_ms, dial_ms, feel_ms, seed_ms;
  guint                 n_seedings;
};

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static guint64
next_random (gpointer unused)
{
  guint64 number;

  randombytes_buf (&number, sizeof number);
  return number;
}

/* Half as long to half as long again. */
static gint64
spread (const TcFinder *self, guint intervals)
{
  const guint ms = intervals * self->config.interval_ms;

  return ms / 2 + randombytes_uniform (ms + 1);
}

/* --- what is connected --- */

static Link *
find_link (const TcFinder *self, guint64 id)
{
  for (guint i = 0; i < self->links->len; i++)
    if (g_array_index (self->links, Link, i).id == id)
      return &g_array_index (self->links, Link, i);
  return NULL;
}

static guint
count_found (const TcFinder *self)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    n += g_array_index (self->links, Link, i).found;
  return n;
}

/* Those that are on their way as well. */
static guint
count_links_out (const TcFinder *self)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    n += !g_array_index (self->links, Link, i).inbound;
  return n;
}

static guint
count_outbound (const TcFinder *self)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    n += g_array_index (self->links, Link, i).open && !g_array_index (self->links, Link, i).inbound;
  return n;
}

static gboolean
is_own (const TcFinder *self, const TcEndpoint *endpoint)
{
  for (guint i = 0; i < MIN (self->n_own, TC_FINDER_OWN_MAX); i++)
    if (tc_endpoint_equal (&self->own[i], endpoint))
      return TRUE;
  return FALSE;
}

static void
note_own (TcFinder *self, const TcEndpoint *endpoint)
{
  tc_book_remove (self->book, endpoint);
  if (!is_own (self, endpoint))
    self->own[self->n_own++ % TC_FINDER_OWN_MAX] = *endpoint;
}

static gboolean
is_unwanted (const TcEndpoint *endpoint, gpointer user_data)
{
  TcFinder *self = user_data;

  return is_own (self, endpoint) || self->events->is_banned (endpoint, self->user_data);
}

static gboolean
leads_to (const Link *link, const TcEndpoint *endpoint)
{
  return (link->has_endpoint && tc_endpoint_equal (&link->endpoint, endpoint)) || (link->has_alias && tc_endpoint_equal (&link->alias, endpoint));
}

static const Link *
find_link_to (const TcFinder *self, const TcEndpoint *endpoint)
{
  for (guint i = 0; i < self->links->len; i++)
    if (leads_to (&g_array_index (self->links, Link, i), endpoint))
      return &g_array_index (self->links, Link, i);
  return NULL;
}

static gboolean
is_linked (const TcEndpoint *endpoint, gpointer user_data)
{
  const TcFinder *self = user_data;

  return find_link_to (self, endpoint) != NULL || self->events->is_named (endpoint, self->user_data) || is_unwanted (endpoint, user_data);
}

static gboolean
has_group (const TcFinder *self, const TcEndpoint *endpoint)
{
  const guint64 group = tc_endpoint_group (endpoint->ip);

  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = &g_array_index (self->links, Link, i);
      if (!link->inbound && link->has_endpoint && tc_endpoint_group (link->endpoint.ip) == group)
        return TRUE;
    }
  return FALSE;
}

/* Rule N3: "over distinct groups". */
static gboolean
is_taken (const TcEndpoint *endpoint, gpointer user_data)
{
  return has_group (user_data, endpoint) || is_linked (endpoint, user_data);
}

static gboolean
is_public_or_linked (const TcEndpoint *endpoint, gpointer user_data)
{
  return tc_endpoint_scope (endpoint->ip) == TC_SCOPE_PUBLIC || is_linked (endpoint, user_data);
}

/* --- connections --- */

static gboolean
next_anchor (TcFinder *self, TcEndpoint *ret_endpoint)
{
  while (self->anchors->len > 0)
    {
      *ret_endpoint = g_array_index (self->anchors, TcEndpoint, 0);
      g_array_remove_index (self->anchors, 0);
      if (!is_taken (ret_endpoint, self))
        return TRUE;
    }
  return FALSE;
}

static gboolean
choose (TcFinder *self, TcEndpoint *ret_endpoint)
{
  return next_anchor (self, ret_endpoint) || tc_book_select (self->book, FALSE, is_taken, self, now_s (), ret_endpoint)
         || (count_links_out (self) < TC_FINDER_FEW && tc_book_select (self->book, FALSE, is_public_or_linked, self, now_s (), ret_endpoint));
}

/* Returns: whether there was one to dial. */
static gboolean
dial_one (TcFinder *self)
{
  Link link = { .found = TRUE, .has_endpoint = TRUE };

  if (!choose (self, &link.endpoint))
    return FALSE;
  tc_book_dialled (self->book, &link.endpoint, now_s ());
  link.id = self->events->dial (&link.endpoint, self->user_data);
  if (link.id != 0)
    g_array_append_val (self->links, link);
  return TRUE;
}

static gboolean
wants_more (const TcFinder *self)
{
  return count_found (self) < self->config.max_found + (self->stale ? TC_FINDER_STALE_EXTRA : 0);
}

/* One short connection now and then: it tests who has a place that another contests, else it finds out whether a new address is any good. */
static void
feel_one (TcFinder *self)
{
  const Link *link;
  TcEndpoint endpoint;

  if (!tc_book_select_contested (self->book, now_s (), &endpoint) && !tc_book_select (self->book, TRUE, is_linked, self, now_s (), &endpoint))
    return;
  link = find_link_to (self, &endpoint);
  if (link != NULL && link->open)
    tc_book_good (self->book, &endpoint, now_s ());  /* it is there: it is connected */
  if (is_linked (&endpoint, self))
    return;
  tc_book_dialled (self->book, &endpoint, now_s ());
  self->felt = endpoint;
  self->feeling = TRUE;
  self->events->feel (&endpoint, ++self->feel_tag, self->user_data);
}

/* --- seeds --- */

static void
lookup_unref (gpointer data)
{
  Lookup *lookup = data;

  if (--lookup->ref_count > 0)
    return;
  g_object_unref (lookup->cancellable);
  g_free (lookup->name);
  g_free (lookup);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lookup, lookup_unref)

static void
lookup_drop (gpointer data)
{
  Lookup *lookup = data;

  lookup->finder = NULL;
  g_cancellable_cancel (lookup->cancellable);
  lookup_unref (lookup);
}

static void wake (TcFinder *self);

static void
on_looked_up (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Lookup) lookup = user_data;
  g_autoptr (GError) error = NULL;
  GList *found = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, &error);
  TcFinder *self = lookup->finder;
  guint n = 0;

  if (self != NULL)
    {
      for (const GList *item = found; item != NULL && n < TC_FINDER_NAME_MAX; item = item->next, n++)
        {
          g_autoptr (GSocketAddress) address = g_inet_socket_address_new (item->data, lookup->port);
          const TcEndpoint endpoint = tc_endpoint_from_socket (address);

          tc_finder_learn (self, &endpoint, lookup->name);
        }
      g_debug ("%s: %u addresses%s%s", lookup->name, n, error != NULL ? ": " : "", error != NULL ? error->message : "");
      g_ptr_array_remove (self->lookups, lookup);
      wake (self);
    }
  g_resolver_free_addresses (found);
}

static void
look_up (TcFinder *self, const char *name, guint16 port)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup *lookup = g_new0 (Lookup, 1);

  *lookup = (Lookup) { .ref_count = 2, .finder = self, .cancellable = g_cancellable_new (), .name = g_strdup (name), .port = port };
  g_ptr_array_add (self->lookups, lookup);
  g_main_context_push_thread_default (self->context);
  g_resolver_lookup_by_name_async (resolver, name, lookup->cancellable, on_looked_up, lookup);
  g_main_context_pop_thread_default (self->context);
}

static void
ask_seed (TcFinder *self, const char *address)
{
  g_autofree char *host = NULL;
  TcEndpoint endpoint;
  guint16 port;

  if (tc_endpoint_parse (address, &endpoint))
    {
      if (!is_own (self, &endpoint))
        tc_book_add (self->book, &endpoint, now_s (), endpoint.ip, now_s ());
    }
  else if (!self->config.resolves)
    self->events->dial_name (address, self->user_data);
  else if (tc_address_split (address, &host, &port))
    look_up (self, host, port);
}

static void
ask_seeds (TcFinder *self, gint64 now_ms)
{
  const gboolean is_empty = tc_book_count (self->book, FALSE) + tc_book_count (self->book, TRUE) == 0;

  if (now_ms < self->seed_ms || count_outbound (self) >= POOR_LINKS || self->lookups->len > 0
      || (!is_empty && now_ms - self->started_ms < (gint64) POOR_INTERVALS * self->config.interval_ms))
    return;
  self->seed_ms = now_ms + (self->n_seedings >= 6 ? SEED_WAIT_MAX_MS : SEED_WAIT_MS << self->n_seedings);
  self->n_seedings++;
  for (guint i = 0; i < self->seeds->len; i++)
    ask_seed (self, self->seeds->pdata[i]);
}

/* --- time --- */

static gboolean
on_due (gpointer user_data)
{
  TcFinder *self = user_data;
  const gint64 now_ms = tc_now_ms ();
  gboolean dialled = FALSE;

  ask_seeds (self, now_ms);
  tc_book_resolve (self->book, now_s ());
  if (wants_more (self) && now_ms >= self->dial_ms)
    {
      dialled = dial_one (self);
      self->dial_ms = now_ms + spread (self, 1);
    }
  if (now_ms >= self->feel_ms)
    {
      self->feeling = FALSE;
      feel_one (self);
      self->feel_ms = now_ms + spread (self, FEELER_INTERVALS);
    }
  tc_exchange_tick (self->exchange, now_ms);
  g_source_set_ready_time (self->timer, (now_ms + spread (self, dialled ? 1 : IDLE_INTERVALS)) * 1000);
  return G_SOURCE_CONTINUE;
}

static void
wake (TcFinder *self)
{
  const gint64 soon_us = MAX (self->dial_ms, tc_now_ms ()) * 1000;

  if (self->timer != NULL && wants_more (self) && g_source_get_ready_time (self->timer) > soon_us)
    g_source_set_ready_time (self->timer, soon_us);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

/* --- life --- */

static void
send (guint64 peer, guint8 type, GBytes *body, gpointer user_data)
{
  TcFinder *self = user_data;

  self->events->send (peer, type, body, self->user_data);
}

static const TcExchangeEvents exchange_events = { .send = send, .is_unwanted = is_unwanted };

TcFinder *
tc_finder_new (GMainContext *context, const TcFinderConfig *config, const TcFinderEvents *events, gpointer user_data)
{
  TcFinder *self = g_new0 (TcFinder, 1);

  self->context = g_main_context_ref (context);
  self->config = *config;
  self->config.book_key = NULL;
  self->events = events;
  self->user_data = user_data;
  self->book = tc_book_new (config->book_key, next_random, NULL);
  self->exchange = tc_exchange_new (self->book, TRICKLE_INTERVALS * config->interval_ms, &exchange_events, self);
  self->links = g_array_new (FALSE, FALSE, sizeof (Link));
  self->anchors = g_array_new (FALSE, FALSE, sizeof (TcEndpoint));
  self->seeds = g_ptr_array_new_with_free_func (g_free);
  self->lookups = g_ptr_array_new_with_free_func (lookup_drop);
  return self;
}

void
tc_finder_free (TcFinder *self)
{
  if (self == NULL)
    return;
  tc_source_drop (&self->timer);
  g_ptr_array_unref (self->lookups);
  g_ptr_array_unref (self->seeds);
  g_array_unref (self->anchors);
  g_array_unref (self->links);
  tc_exchange_free (self->exchange);
  tc_book_free (self->book);
  g_main_context_unref (self->context);
  g_free (self);
}

void
tc_finder_start (TcFinder *self, const TcEndpoint *own)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };

  self->started_ms = tc_now_ms ();
  self->feel_ms = self->started_ms + spread (self, FEELER_INTERVALS);
  tc_finder_set_own (self, own);
  self->timer = g_source_new (&funcs, sizeof (GSource));
  g_source_set_callback (self->timer, on_due, self, NULL);
  g_source_set_ready_time (self->timer, 0);
  g_source_attach (self->timer, self->context);
}

void
tc_finder_stop (TcFinder *self)
{
  tc_source_drop (&self->timer);
  g_ptr_array_set_size (self->lookups, 0);
  for (guint i = 0; i < self->links->len; i++)
    tc_exchange_remove_peer (self->exchange, g_array_index (self->links, Link, i).id);
  g_array_set_size (self->links, 0);
  self->feeling = FALSE;
}

void
tc_finder_set_own (TcFinder *self, const TcEndpoint *own)
{
  if (!tc_endpoint_is_any (own->ip))
    note_own (self, own);
  tc_exchange_set_own (self->exchange, own);
}

TcBook *
tc_finder_get_book (TcFinder *self)
{
  return self->book;
}

gboolean
tc_finder_add_seed (TcFinder *self, const char *address)
{
  g_autofree char *host = NULL;
  guint16 port;

  if (self->seeds->len >= TC_FINDER_SEEDS_MAX || !tc_address_split (address, &host, &port) || port == 0)
    return FALSE;
  g_ptr_array_add (self->seeds, g_strdup (address));
  return TRUE;
}

void
tc_finder_add_anchor (TcFinder *self, const TcEndpoint *endpoint)
{
  if (self->anchors->len < TC_FINDER_ANCHORS && endpoint->port != 0 && tc_endpoint_scope (endpoint->ip) != TC_SCOPE_NONE)
    g_array_append_val (self->anchors, *endpoint);
}

GArray *
tc_finder_list_anchors (TcFinder *self)
{
  GArray *anchors = g_array_new (FALSE, FALSE, sizeof (TcEndpoint));

  /* Links stand in the order in which they were made. */
  for (guint i = 0; i < self->links->len && anchors->len < TC_FINDER_ANCHORS; i++)
    {
      const Link *link = &g_array_index (self->links, Link, i);
      if (link->found && link->open)
        g_array_append_val (anchors, link->endpoint);
    }
  return anchors;
}

void
tc_finder_learn (TcFinder *self, const TcEndpoint *endpoint, const char *source)
{
  guint8 ip[TC_ENDPOINT_IP_SIZE];

  tc_endpoint_name_source (source, ip);
  if (!is_own (self, endpoint))  /* one that is banned now may not be later, when the list is not read again */
    tc_book_add (self->book, endpoint, now_s (), ip, now_s ());
}

void
tc_finder_set_stale (TcFinder *self, gboolean stale)
{
  self->stale = stale;
  wake (self);
}

/* --- what became of connections --- */

gboolean
tc_finder_has (const TcFinder *self, guint64 id)
{
  const Link *link = find_link (self, id);

  return link != NULL && link->found;
}

static Link *
add_link (TcFinder *self, guint64 id, const TcEndpoint *address, gboolean inbound, guint16 listen_port)
{
  Link link = { .id = id, .inbound = inbound };

  link.has_endpoint = address != NULL && (!inbound || listen_port != 0);
  if (link.has_endpoint)
    {
      link.endpoint = *address;
      if (inbound)
        link.endpoint.port = listen_port;
    }
  g_array_append_val (self->links, link);
  return &g_array_index (self->links, Link, self->links->len - 1);
}

void
tc_finder_opened (TcFinder *self, guint64 id, const TcEndpoint *address, gboolean inbound, guint16 listen_port)
{
  Link *link = find_link (self, id);

  if (link == NULL)
    link = add_link (self, id, address, inbound, listen_port);
  link->open = TRUE;
  link->opened_ms = tc_now_ms ();
  if (!inbound && link->has_endpoint)
    tc_book_good (self->book, &link->endpoint, now_s ());
  tc_exchange_add_peer (self->exchange, id, !inbound && link->has_endpoint ? &link->endpoint : address, inbound, listen_port, tc_now_ms ());
}

void
tc_finder_met (TcFinder *self, guint64 id, guint64 twin)
{
  Link *link = find_link (self, id), *other = find_link (self, twin);

  if (link == NULL || !link->found)
    return;
  link->met = TRUE;
  tc_book_good (self->book, &link->endpoint, now_s ());
  if (other == NULL)
    return;
  other->alias = link->endpoint;
  other->has_alias = TRUE;
}

void
tc_finder_met_self (TcFinder *self, guint64 id)
{
  Link *link = find_link (self, id);

  if (link == NULL)
    return;
  link->met = TRUE;
  note_own (self, &link->endpoint);
}

static void
judge_found (TcFinder *self, const Link *link)
{
  if (link->open)
    {
      tc_book_seen (self->book, &link->endpoint, now_s ());
      if (tc_now_ms () - link->opened_ms < SHORT_MS)
        tc_book_dialled (self->book, &link->endpoint, now_s ());
    }
  else if (!link->met)
    tc_book_failed (self->book, &link->endpoint, count_outbound (self) > 0);
}

void
tc_finder_closed (TcFinder *self, guint64 id)
{
  const Link *link = find_link (self, id);

  if (link == NULL)
    return;
  if (link->found)
    judge_found (self, link);
  g_array_remove_index (self->links, (guint) (link - (const Link *) (gconstpointer) self->links->data));
  tc_exchange_remove_peer (self->exchange, id);
  wake (self);
}

void
tc_finder_felt (TcFinder *self, guint64 tag, gboolean reached)
{
  if (!self->feeling || tag != self->feel_tag)
    return;
  self->feeling = FALSE;
  if (reached)
    tc_book_good (self->book, &self->felt, now_s ());
  else
    tc_book_failed (self->book, &self->felt, count_outbound (self) > 0);
}

gboolean
tc_finder_take (TcFinder *self, guint64 id, guint8 type, GBytes *body)
{
  const gboolean ok = tc_exchange_take (self->exchange, id, type, body, tc_now_ms ());

  wake (self);
  return ok;
}
