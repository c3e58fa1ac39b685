#include "exchange.h"

#include <sodium.h>
#include <string.h>

#include "addresses.h"
#include "bucket.h"
#include "wire.h"

#define COST            10u            /* tokens an address: one a second come in */
#define RELAY_MAX       10u            /* a message of more is an answer, not news */
#define RELAY_PEERS     2u
#define FRESH_S         600            /* older news is not passed on */
#define PENALTY_S       7200           /* what is told at second hand is older than it looks */
#define UNKNOWN_AGE_S   (5 * 86400)    /* of an address whose time cannot be */
#define AHEAD_MAX_S     600
#define CACHE_MS        (24 * 3600 * 1000)
#define CACHE_BOOK_MIN  512u           /* a smaller book hides nothing, and newcomers wait to be found */
#define SELF_MS         (24 * 3600 * 1000)

typedef struct
{
  guint64    id;
  TcEndpoint address;       /* where has_address */
  gboolean   has_address, inbound;
  TcScope    scope;
  gboolean   answered;      /* it asked, once */
  gboolean   asked;         /* it was asked, and has not answered */
  TcBucket   tokens;
  GArray    *pending;       /* TcAddressNews */
  gint64     send_ms, self_ms;
} Peer;

typedef struct
{
  GArray *news;             /* (nullable) TcAddressNews */
  gint64  until_ms;
} Answer;

struct _TcExchange
{
  TcBook                 *book;
  const TcExchangeEvents *events;
  gpointer                user_data;
  guint                   trickle_ms;
  guint8                  key[crypto_shorthash_KEYBYTES];
  TcEndpoint              own;
  GPtrArray              *peers;
  Answer                  answers[TC_SCOPE_LOOPBACK + 1];  /* by the asker's scope */
  TcEndpoint              relayed[TC_EXCHANGE_RELAYED_MAX];  /* a ring */
  gint64                  relayed_ms[TC_EXCHANGE_RELAYED_MAX];
  guint                   n_relayed;
};

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_array_unref (peer->pending);
  g_free (peer);
}

static Peer *
find_peer (const TcExchange *self, guint64 id)
{
  for (guint i = 0; i < self->peers->len; i++)
    if (((Peer *) self->peers->pdata[i])->id == id)
      return self->peers->pdata[i];
  return NULL;
}

TcExchange *
tc_exchange_new (TcBook *book, guint trickle_ms, const TcExchangeEvents *events, gpointer user_data)
{
  TcExchange *self = g_new0 (TcExchange, 1);

  self->book = book;
  self->trickle_ms = MAX (trickle_ms, 1u);
  self->events = events;
  self->user_data = user_data;
  randombytes_buf (self->key, sizeof self->key);
  self->peers = g_ptr_array_new_with_free_func (peer_free);
  return self;
}

void
tc_exchange_free (TcExchange *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->answers); i++)
    g_clear_pointer (&self->answers[i].news, g_array_unref);
  g_ptr_array_unref (self->peers);
  g_free (self);
}

void
tc_exchange_set_own (TcExchange *self, const TcEndpoint *own)
{
  self->own = *own;
}

/* --- telling --- */

static void
send_news (TcExchange *self, guint64 peer, const GArray *news)
{
  g_autoptr (GBytes) body = tc_addresses_encode ((const TcAddressNews *) (gconstpointer) news->data, news->len);

  self->events->send (peer, TC_WIRE_ADDRESSES, body, self->user_data);
}

static guint
random_ms (guint ms)
{
  return ms / 2 + randombytes_uniform (ms + 1);
}

static void
queue_news (TcExchange *self, Peer *peer, const TcEndpoint *endpoint, gint64 seen_s, gint64 now_ms)
{
  const TcAddressNews news = { *endpoint, (guint32) CLAMP (seen_s, 0, G_MAXUINT32) };

  for (guint i = 0; i < peer->pending->len; i++)
    if (tc_endpoint_equal (&g_array_index (peer->pending, TcAddressNews, i).endpoint, endpoint))
      return;
  if (peer->pending->len == 0)
    peer->send_ms = now_ms + random_ms (self->trickle_ms);
  if (peer->pending->len < TC_EXCHANGE_PENDING_MAX)
    g_array_append_val (peer->pending, news);
  else
    g_array_index (peer->pending, TcAddressNews, randombytes_uniform (TC_EXCHANGE_PENDING_MAX)) = news;
}

/* Its own address as it knows it where that means something to the peer, else as the peer sees it. */
static void
advertise (TcExchange *self, Peer *peer, gint64 now_ms)
{
  TcEndpoint own = self->own;

  peer->self_ms = now_ms + SELF_MS / 2 + randombytes_uniform (SELF_MS);
  if (own.port == 0 || peer->inbound)
    return;
  if (!tc_scope_may_pass (tc_endpoint_scope (own.ip), peer->scope))
    memset (own.ip, 0, sizeof own.ip);
  queue_news (self, peer, &own, now_s (), now_ms);
}

/* --- passing on --- */

/* So that news does not run in circles. */
static gboolean
note_relayed (TcExchange *self, const TcEndpoint *endpoint, gint64 now_ms)
{
  const guint n = MIN (self->n_relayed, TC_EXCHANGE_RELAYED_MAX), slot = self->n_relayed % TC_EXCHANGE_RELAYED_MAX;

  for (guint i = 0; i < n; i++)
    if (tc_endpoint_equal (&self->relayed[i], endpoint) && now_ms - self->relayed_ms[i] < 2 * FRESH_S * 1000)
      return FALSE;
  self->relayed[slot] = *endpoint;
  self->relayed_ms[slot] = now_ms;
  self->n_relayed = self->n_relayed + 1 < 2 * TC_EXCHANGE_RELAYED_MAX ? self->n_relayed + 1 : TC_EXCHANGE_RELAYED_MAX;
  return TRUE;
}

/* The same peers for one address all day: who tells it again and again reaches no more of them. */
static guint64
rank (const TcExchange *self, const Peer *peer, const TcEndpoint *endpoint)
{
  guint8 bytes[sizeof *endpoint + 16];
  guint64 day = GUINT64_TO_LE ((guint64) (now_s () / 86400)), id = GUINT64_TO_LE (peer->id), result;

  memcpy (bytes, endpoint, sizeof *endpoint);
  memcpy (bytes + sizeof *endpoint, &day, sizeof day);
  memcpy (bytes + sizeof *endpoint + 8, &id, sizeof id);
  crypto_shorthash ((guint8 *) &result, bytes, sizeof bytes, self->key);
  return MAX (result, 1u);
}

static void
relay (TcExchange *self, const Peer *from, const TcEndpoint *endpoint, gint64 seen_s, gint64 now_ms)
{
  const TcScope scope = tc_endpoint_scope (endpoint->ip);
  guint64 limit = G_MAXUINT64;

  if (!note_relayed (self, endpoint, now_ms))
    return;
  for (guint i = 0; i < RELAY_PEERS; i++)
    {
      Peer *best = NULL;
      guint64 best_rank = 0;

      for (guint j = 0; j < self->peers->len; j++)
        {
          Peer *peer = self->peers->pdata[j];
          const guint64 its = rank (self, peer, endpoint);

          if (peer == from || !tc_scope_may_pass (scope, peer->scope) || its >= limit || its <= best_rank)
            continue;
          best = peer;
          best_rank = its;
        }
      if (best == NULL)
        return;
      queue_news (self, best, endpoint, seen_s, now_ms);
      limit = best_rank;
    }
}

/* --- peers --- */

/* Returns: whether the address may be learnt from, and passed on for, @peer. */
static gboolean
is_acceptable (const TcExchange *self, const Peer *peer, const TcEndpoint *endpoint)
{
  return endpoint->port >= TC_ENDPOINT_PORT_MIN && tc_scope_may_pass (tc_endpoint_scope (endpoint->ip), peer->scope)
         && !self->events->is_unwanted (endpoint, self->user_data);
}

void
tc_exchange_add_peer (TcExchange *self, guint64 id, const TcEndpoint *address, gboolean inbound, guint16 listen_port, gint64 now_ms)
{
  Peer *peer = g_new0 (Peer, 1);

  *peer = (Peer) { .id = id, .inbound = inbound, .has_address = address != NULL, .scope = TC_SCOPE_PUBLIC };
  if (address != NULL)
    {
      peer->address = *address;
      peer->scope = tc_endpoint_scope (address->ip);
    }
  peer->pending = g_array_new (FALSE, FALSE, sizeof (TcAddressNews));
  tc_bucket_init (&peer->tokens, 1, COST * (inbound ? TC_EXCHANGE_UNASKED : TC_EXCHANGE_BURST), now_ms);
  g_ptr_array_add (self->peers, peer);
  advertise (self, peer, now_ms);
  if (!inbound)
    {
      g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

      peer->asked = TRUE;
      self->events->send (id, TC_WIRE_GET_ADDRESSES, nothing, self->user_data);
      return;
    }
  peer->address.port = listen_port;
  if (address == NULL || !is_acceptable (self, peer, &peer->address))
    return;
  tc_book_add (self->book, &peer->address, now_s (), peer->address.ip, now_s ());
  relay (self, peer, &peer->address, now_s (), now_ms);
}

void
tc_exchange_remove_peer (TcExchange *self, guint64 id)
{
  Peer *peer = find_peer (self, id);

  if (peer != NULL)
    g_ptr_array_remove (self->peers, peer);
}

/* --- being told --- */

static void
learn (TcExchange *self, const Peer *peer, const TcAddressNews *news, gboolean is_news, gint64 now_ms)
{
  TcEndpoint endpoint = news->endpoint;
  const gint64 now = now_s ();
  gint64 seen_s = news->seen_s;
  gboolean own_word;

  if (tc_endpoint_is_any (endpoint.ip) && peer->has_address)
    memcpy (endpoint.ip, peer->address.ip, sizeof endpoint.ip);
  if (!is_acceptable (self, peer, &endpoint))
    return;
  if (seen_s > now + AHEAD_MAX_S || seen_s < now - 365 * 86400)
    seen_s = now - UNKNOWN_AGE_S;
  own_word = peer->has_address && memcmp (endpoint.ip, peer->address.ip, sizeof endpoint.ip) == 0;
  tc_book_add (self->book, &endpoint, own_word ? seen_s : seen_s - PENALTY_S, peer->address.ip, now);
  if (is_news && seen_s >= now - FRESH_S)
    relay (self, peer, &endpoint, seen_s, now_ms);
}

static gboolean
take_addresses (TcExchange *self, Peer *peer, GBytes *body, gint64 now_ms)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (body, &size);
  g_autoptr (GArray) list = tc_addresses_decode (data, size, NULL);
  gboolean is_news;

  if (list == NULL)
    return FALSE;
  is_news = !peer->asked && list->len <= RELAY_MAX;
  peer->asked = FALSE;
  /* survive-29: an honest burst is no offence. What is too much is left out. */
  for (guint i = 0; i < list->len && tc_bucket_try (&peer->tokens, COST, now_ms); i++)
    learn (self, peer, &g_array_index (list, TcAddressNews, i), is_news, now_ms);
  return TRUE;
}

/* The same answer for a day: who asks over many connections sees no more of the book. */
static const GArray *
get_answer (TcExchange *self, TcScope scope, gint64 now_ms)
{
  Answer *answer = &self->answers[scope];
  g_autoptr (GArray) sample = NULL;

  if (answer->news != NULL && now_ms < answer->until_ms)
    return answer->news;
  sample = tc_book_sample (self->book, scope, now_s ());
  g_clear_pointer (&answer->news, g_array_unref);
  answer->news = g_array_sized_new (FALSE, FALSE, sizeof (TcAddressNews), sample->len);
  for (guint i = 0; i < sample->len; i++)
    {
      const TcBookEntry *entry = &g_array_index (sample, TcBookEntry, i);
      const TcAddressNews news = { entry->endpoint, (guint32) CLAMP (entry->seen_s, 0, G_MAXUINT32) };

      g_array_append_val (answer->news, news);
    }
  answer->until_ms = now_ms;
  if (tc_book_count (self->book, FALSE) + tc_book_count (self->book, TRUE) >= CACHE_BOOK_MIN)
    answer->until_ms += CACHE_MS * 3 / 4 + randombytes_uniform (CACHE_MS / 2);
  return answer->news;
}

/* Only who dialled us: whom we dialled could otherwise be told from others by what it is answered. */
static gboolean
take_request (TcExchange *self, Peer *peer, GBytes *body, gint64 now_ms)
{
  if (g_bytes_get_size (body) != 0)
    return FALSE;
  if (!peer->inbound || peer->answered)
    return TRUE;
  peer->answered = TRUE;
  send_news (self, peer->id, get_answer (self, peer->scope, now_ms));
  return TRUE;
}

gboolean
tc_exchange_take (TcExchange *self, guint64 id, guint8 type, GBytes *body, gint64 now_ms)
{
  Peer *peer = find_peer (self, id);

  if (peer == NULL)
    return TRUE;
  return type == TC_WIRE_GET_ADDRESSES ? take_request (self, peer, body, now_ms) : take_addresses (self, peer, body, now_ms);
}

void
tc_exchange_tick (TcExchange *self, gint64 now_ms)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      Peer *peer = self->peers->pdata[i];

      if (now_ms >= peer->self_ms)
        advertise (self, peer, now_ms);
      if (peer->pending->len == 0 || now_ms < peer->send_ms)
        continue;
      send_news (self, peer->id, peer->pending);
      g_array_set_size (peer->pending, 0);
    }
}
