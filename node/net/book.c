#include "book.h"

#include <sodium.h>
#include <string.h>

#include "core/check.h"

#define NEVER_DROPPED_S    60               /* after an attempt: it may be under way */
#define AHEAD_MAX_S        600              /* that a claimed time may lie ahead */
#define OLD_S              (30 * 86400)
#define FAILURES_NEVER     3u               /* of one that was never spoken to */
#define FAILURES_WEEK      10u              /* of one that was not spoken to for a week */
#define WEEK_S             (7 * 86400)
#define RETRY_FIRST_S      10               /* doubled with each attempt since the last success */
#define RETRY_MAX_S        1200
#define DRAWS_MAX          128u
#define CHANCE_WHOLE       1000000u
#define CONTEST_GOOD_S     (4 * 3600)       /* who was spoken to within this keeps its place */
#define CONTEST_TESTED_S   60               /* an attempt so long ago that did not succeed has failed */
#define CONTEST_MAX_S      2400             /* then nobody could test it: the newcomer is known to be there */
#define SEEN_STEP_S        3600

typedef struct
{
  guint64     id;           /* keyed hash of its endpoint */
  TcBookEntry entry;
  guint       bucket, slot;
  guint32     attempts;     /* since this node started or last spoke to it */
} Entry;

typedef struct
{
  Entry  **slots;           /* n_buckets x TC_BOOK_BUCKET_SIZE */
  guint16 *used;            /* of each bucket */
  guint    n_buckets, n_used_buckets, n;
} Table;

typedef struct
{
  TcEndpoint endpoint;      /* who wants the place */
  gint64     since_s;
} Contest;

struct _TcBook
{
  guint8       key[TC_BOOK_KEY_SIZE];
  TcBookRandom random;
  gpointer     user_data;
  GHashTable  *entries;     /* id -> Entry */
  Table        tables[2];   /* new, tried */
  Contest      contests[TC_BOOK_CONTESTS_MAX];
  guint        n_contests;
  guint64      version;
};

G_STATIC_ASSERT (TC_BOOK_KEY_SIZE == crypto_shorthash_KEYBYTES);

/* --- places --- */

static guint64
hash_endpoint (const TcBook *self, guint8 use, const TcEndpoint *endpoint, guint32 number)
{
  guint8 bytes[1 + sizeof (TcEndpoint) + 4];
  guint64 result;

  bytes[0] = use;
  memcpy (bytes + 1, endpoint->ip, sizeof endpoint->ip);
  bytes[17] = (guint8) endpoint->port;
  bytes[18] = (guint8) (endpoint->port >> 8);
  number = GUINT32_TO_LE (number);
  memcpy (bytes + 19, &number, sizeof number);
  crypto_shorthash ((guint8 *) &result, bytes, sizeof bytes, self->key);
  return GUINT64_FROM_LE (result);
}

static guint64
hash_groups (const TcBook *self, guint8 use, guint64 group, guint64 other)
{
  guint8 bytes[17];
  guint64 result;

  bytes[0] = use;
  group = GUINT64_TO_LE (group);
  other = GUINT64_TO_LE (other);
  memcpy (bytes + 1, &group, sizeof group);
  memcpy (bytes + 9, &other, sizeof other);
  crypto_shorthash ((guint8 *) &result, bytes, sizeof bytes, self->key);
  return GUINT64_FROM_LE (result);
}

static void
find_place (const TcBook *self, const TcBookEntry *entry, gboolean tried, guint *ret_bucket, guint *ret_slot)
{
  const guint64 group = tc_endpoint_group (entry->endpoint.ip), source = tc_endpoint_group (entry->source);

  if (tried)
    *ret_bucket = (guint) (hash_groups (self, 't', group, hash_endpoint (self, 'a', &entry->endpoint, 0) % TC_BOOK_GROUP_BUCKETS)
                           % TC_BOOK_TRIED_BUCKETS);
  else
    *ret_bucket = (guint) (hash_groups (self, 'n', source, hash_groups (self, 'g', source, group) % TC_BOOK_SOURCE_BUCKETS)
                           % TC_BOOK_NEW_BUCKETS);
  *ret_slot = (guint) (hash_endpoint (self, tried ? 'T' : 'N', &entry->endpoint, *ret_bucket) % TC_BOOK_BUCKET_SIZE);
}

static Entry **
get_slot (TcBook *self, gboolean tried, guint bucket, guint slot)
{
  return &self->tables[tried ? 1 : 0].slots[bucket * TC_BOOK_BUCKET_SIZE + slot];
}

static void
put (TcBook *self, Entry *entry, gboolean tried)
{
  Table *table = &self->tables[tried ? 1 : 0];
  Entry **slot;

  entry->entry.tried = tried;
  find_place (self, &entry->entry, tried, &entry->bucket, &entry->slot);
  slot = get_slot (self, tried, entry->bucket, entry->slot);
  TC_CHECK (*slot == NULL);
  *slot = entry;
  table->n++;
  if (table->used[entry->bucket]++ == 0)
    table->n_used_buckets++;
  self->version++;
}

static void
take_out (TcBook *self, const Entry *entry)
{
  Table *table = &self->tables[entry->entry.tried ? 1 : 0];

  *get_slot (self, entry->entry.tried, entry->bucket, entry->slot) = NULL;
  table->n--;
  if (--table->used[entry->bucket] == 0)
    table->n_used_buckets--;
  self->version++;
}

static void
drop (TcBook *self, Entry *entry)
{
  take_out (self, entry);
  g_hash_table_remove (self->entries, &entry->id);
}

/* Returns: (nullable): who has the place that @entry would have. */
static Entry *
find_holder (TcBook *self, const TcBookEntry *entry, gboolean tried)
{
  guint bucket, slot;

  find_place (self, entry, tried, &bucket, &slot);
  return *get_slot (self, tried, bucket, slot);
}

static Entry *
find_entry (const TcBook *self, const TcEndpoint *endpoint)
{
  const guint64 id = hash_endpoint (self, 'i', endpoint, 0);

  return g_hash_table_lookup (self->entries, &id);
}

/* Into a place that is free. */
static Entry *
insert (TcBook *self, const TcBookEntry *value, gboolean tried)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->id = hash_endpoint (self, 'i', &value->endpoint, 0);
  entry->entry = *value;
  g_hash_table_insert (self->entries, &entry->id, entry);
  put (self, entry, tried);
  return entry;
}

/* --- judging --- */

/* Of no more use: a newcomer may have its place. */
static gboolean
is_terrible (const TcBookEntry *entry, gint64 now_s)
{
  if (entry->dialled_s > now_s - NEVER_DROPPED_S && entry->dialled_s <= now_s + AHEAD_MAX_S)
    return FALSE;
  if (entry->seen_s < now_s - OLD_S)
    return TRUE;
  if (entry->good_s == 0)
    return entry->failures >= FAILURES_NEVER;
  return entry->good_s < now_s - WEEK_S && entry->failures >= FAILURES_WEEK;
}

/* A time to come is one of a clock that was ahead, or the clock is behind now and will be set: it is corrected only where the address is met again. */
static void
correct_times (TcBookEntry *entry, gint64 now_s)
{
  if (entry->seen_s > now_s + AHEAD_MAX_S)
    entry->seen_s = now_s;
  if (entry->good_s > now_s + AHEAD_MAX_S)
    entry->good_s = now_s;
}

static gboolean
may_retry (const Entry *entry, gint64 now_s)
{
  const gint64 wait_s = entry->attempts >= 7 ? RETRY_MAX_S : MIN (RETRY_FIRST_S << entry->attempts, RETRY_MAX_S);

  return entry->attempts == 0 || entry->entry.dialled_s > now_s || now_s - entry->entry.dialled_s >= wait_s;
}

/* Two thirds with each failure, of CHANCE_WHOLE. */
static guint64
chance (const TcBookEntry *entry)
{
  guint64 part = CHANCE_WHOLE;

  for (guint32 i = 0; i < MIN (entry->failures, 8u); i++)
    part = part * 2 / 3;
  return part;
}

static guint
draw (TcBook *self, guint64 n)
{
  return (guint) (self->random (self->user_data) % n);
}

/* --- life --- */

static void
table_init (Table *self, guint n_buckets)
{
  self->slots = g_new0 (Entry *, n_buckets * TC_BOOK_BUCKET_SIZE);
  self->used = g_new0 (guint16, n_buckets);
  self->n_buckets = n_buckets;
}

TcBook *
tc_book_new (const guint8 *key, TcBookRandom random, gpointer user_data)
{
  TcBook *self = g_new0 (TcBook, 1);

  memcpy (self->key, key, sizeof self->key);
  self->random = random;
  self->user_data = user_data;
  self->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  table_init (&self->tables[0], TC_BOOK_NEW_BUCKETS);
  table_init (&self->tables[1], TC_BOOK_TRIED_BUCKETS);
  return self;
}

void
tc_book_free (TcBook *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->tables); i++)
    {
      g_free (self->tables[i].slots);
      g_free (self->tables[i].used);
    }
  g_hash_table_unref (self->entries);
  sodium_memzero (self->key, sizeof self->key);
  g_free (self);
}

/* --- learning --- */

static gboolean
is_host (const TcEndpoint *endpoint)
{
  return endpoint->port != 0 && tc_endpoint_scope (endpoint->ip) != TC_SCOPE_NONE;
}

/* Into the new table, where its place is free or @force makes it so. Returns: (nullable): the entry, owned by the table of entries. */
static Entry *
insert_new (TcBook *self, const TcBookEntry *value, gboolean force, gint64 now_s)
{
  Entry *holder = find_holder (self, value, FALSE);

  if (holder != NULL && !force && !is_terrible (&holder->entry, now_s))
    return NULL;
  if (holder != NULL)
    drop (self, holder);
  return insert (self, value, FALSE);
}

gboolean
tc_book_add (TcBook *self, const TcEndpoint *endpoint, gint64 seen_s, const guint8 *source, gint64 now_s)
{
  Entry *known = find_entry (self, endpoint);
  TcBookEntry value = { .endpoint = *endpoint, .seen_s = seen_s };

  if (!is_host (endpoint))
    return FALSE;
  if (known != NULL)
    {
      if (seen_s > known->entry.seen_s + SEEN_STEP_S && seen_s <= now_s + AHEAD_MAX_S)
        known->entry.seen_s = seen_s;
      return FALSE;
    }
  if (seen_s > now_s + AHEAD_MAX_S || is_terrible (&value, now_s))
    return FALSE;
  memcpy (value.source, source, sizeof value.source);
  return insert_new (self, &value, FALSE, now_s) != NULL;
}

void
tc_book_dialled (TcBook *self, const TcEndpoint *endpoint, gint64 now_s)
{
  Entry *entry = find_entry (self, endpoint);

  if (entry == NULL)
    return;
  correct_times (&entry->entry, now_s);
  entry->entry.dialled_s = now_s;
  entry->attempts = MIN (entry->attempts + 1, 1000u);
}

void
tc_book_failed (TcBook *self, const TcEndpoint *endpoint, gboolean online)
{
  Entry *entry = find_entry (self, endpoint);

  if (entry == NULL || !online)
    return;
  entry->entry.failures = MIN (entry->entry.failures + 1, 1000u);
  self->version++;
}

static void
contest (TcBook *self, const TcEndpoint *endpoint, gint64 now_s)
{
  for (guint i = 0; i < self->n_contests; i++)
    if (tc_endpoint_equal (&self->contests[i].endpoint, endpoint))
      return;
  if (self->n_contests < TC_BOOK_CONTESTS_MAX)
    self->contests[self->n_contests++] = (Contest) { *endpoint, now_s };
}

static void
move_to_tried (TcBook *self, Entry *entry)
{
  take_out (self, entry);
  put (self, entry, TRUE);
}

void
tc_book_good (TcBook *self, const TcEndpoint *endpoint, gint64 now_s)
{
  Entry *entry = find_entry (self, endpoint);
  TcBookEntry value = { .endpoint = *endpoint, .seen_s = now_s };

  if (!is_host (endpoint))
    return;
  if (entry == NULL)
    {
      memcpy (value.source, endpoint->ip, sizeof value.source);
      entry = insert_new (self, &value, TRUE, now_s);
    }
  correct_times (&entry->entry, now_s);
  entry->entry.good_s = entry->entry.dialled_s = now_s;
  entry->entry.failures = entry->attempts = 0;
  self->version++;
  if (entry->entry.tried)
    return;
  if (find_holder (self, &entry->entry, TRUE) == NULL)
    move_to_tried (self, entry);
  else
    contest (self, endpoint, now_s);
}

void
tc_book_seen (TcBook *self, const TcEndpoint *endpoint, gint64 now_s)
{
  Entry *entry = find_entry (self, endpoint);

  if (entry == NULL)
    return;
  correct_times (&entry->entry, now_s);
  if (entry->entry.seen_s >= now_s)
    return;
  entry->entry.seen_s = now_s;
  self->version++;
}

void
tc_book_remove (TcBook *self, const TcEndpoint *endpoint)
{
  Entry *entry = find_entry (self, endpoint);

  if (entry != NULL)
    drop (self, entry);
}

/* --- contests --- */

typedef enum { CONTEST_OPEN, CONTEST_LOST, CONTEST_WON } Outcome;

static Outcome
judge (const Contest *contest, const Entry *holder, gint64 now_s)
{
  if (holder->entry.good_s > now_s - CONTEST_GOOD_S || contest->since_s > now_s + AHEAD_MAX_S)
    return CONTEST_LOST;
  if (holder->entry.dialled_s > contest->since_s && now_s - holder->entry.dialled_s >= CONTEST_TESTED_S)
    return CONTEST_WON;
  return now_s - contest->since_s > CONTEST_MAX_S ? CONTEST_WON : CONTEST_OPEN;
}

/* Who leaves tried was spoken to once: it goes before what was only told. */
static void
give_way (TcBook *self, Entry *holder, Entry *winner)
{
  g_autofree Entry *loser = g_memdup2 (holder, sizeof *holder);

  drop (self, holder);
  move_to_tried (self, winner);
  insert_new (self, &loser->entry, TRUE, 0);
}

/* Returns: whether it goes on. */
static gboolean
resolve_one (TcBook *self, const Contest *contest, gint64 now_s)
{
  Entry *entry = find_entry (self, &contest->endpoint), *holder;

  if (entry == NULL || entry->entry.tried)
    return FALSE;
  holder = find_holder (self, &entry->entry, TRUE);
  if (holder == NULL)
    {
      move_to_tried (self, entry);
      return FALSE;
    }
  switch (judge (contest, holder, now_s))
    {
    case CONTEST_WON:
      give_way (self, holder, entry);
      return FALSE;
    case CONTEST_LOST:
      return FALSE;
    case CONTEST_OPEN:
      break;
    }
  return TRUE;
}

void
tc_book_resolve (TcBook *self, gint64 now_s)
{
  guint n = 0;

  for (guint i = 0; i < self->n_contests; i++)
    {
      const Contest contest = self->contests[i];

      if (resolve_one (self, &contest, now_s))
        self->contests[n++] = contest;
    }
  self->n_contests = n;
}

gboolean
tc_book_select_contested (TcBook *self, gint64 now_s, TcEndpoint *ret_endpoint)
{
  const Entry *entry, *holder = NULL;

  tc_book_resolve (self, now_s);
  if (self->n_contests == 0)
    return FALSE;
  entry = find_entry (self, &self->contests[draw (self, self->n_contests)].endpoint);
  if (entry != NULL)
    holder = find_holder (self, &entry->entry, TRUE);
  if (holder == NULL)
    return FALSE;
  *ret_endpoint = holder->entry.endpoint;
  return TRUE;
}

/* --- choosing --- */

/* A bucket first, so that who fills one to the brim is chosen no more often for it. */
static const Entry *
draw_entry (TcBook *self, const Table *table)
{
  guint bucket = 0, slot = 0;

  for (guint left = draw (self, table->n_used_buckets) + 1; table->used[bucket] == 0 || --left > 0; bucket++)
    ;
  for (guint left = draw (self, table->used[bucket]) + 1; table->slots[bucket * TC_BOOK_BUCKET_SIZE + slot] == NULL || --left > 0; slot++)
    ;
  return table->slots[bucket * TC_BOOK_BUCKET_SIZE + slot];
}

static const Table *
draw_table (TcBook *self, gboolean new_only)
{
  const Table *fresh = &self->tables[0], *tried = &self->tables[1];

  if (new_only || tried->n == 0)
    return fresh;
  return fresh->n == 0 || draw (self, 2) == 0 ? tried : fresh;
}

gboolean
tc_book_select (TcBook *self, gboolean new_only, TcBookTaken taken, gpointer user_data, gint64 now_s, TcEndpoint *ret_endpoint)
{
  guint64 factor = 1000;

  for (guint i = 0; i < DRAWS_MAX; i++)
    {
      const Table *table = draw_table (self, new_only);
      const Entry *entry = table->n > 0 ? draw_entry (self, table) : NULL;

      if (entry == NULL)
        return FALSE;
      if (!may_retry (entry, now_s) || taken (&entry->entry.endpoint, user_data))
        continue;
      if (draw (self, CHANCE_WHOLE) < chance (&entry->entry) * factor / 1000)
        {
          *ret_endpoint = entry->entry.endpoint;
          return TRUE;
        }
      factor = MIN (factor * 6 / 5, (guint64) CHANCE_WHOLE * 1000);
    }
  return FALSE;
}

static void
append_all (const Table *table, GArray *list)
{
  for (guint i = 0; i < table->n_buckets * TC_BOOK_BUCKET_SIZE; i++)
    if (table->slots[i] != NULL)
      g_array_append_val (list, table->slots[i]->entry);
}

GArray *
tc_book_list (const TcBook *self)
{
  GArray *list = g_array_sized_new (FALSE, FALSE, sizeof (TcBookEntry), self->tables[0].n + self->tables[1].n);

  append_all (&self->tables[1], list);
  append_all (&self->tables[0], list);
  return list;
}

GArray *
tc_book_sample (TcBook *self, TcScope scope, gint64 now_s)
{
  GArray *list = tc_book_list (self);
  guint n = 0, n_wanted;

  for (guint i = 0; i < list->len; i++)
    {
      const TcBookEntry entry = g_array_index (list, TcBookEntry, i);

      if (tc_scope_may_pass (tc_endpoint_scope (entry.endpoint.ip), scope) && !is_terrible (&entry, now_s))
        g_array_index (list, TcBookEntry, n++) = entry;
    }
  n_wanted = MIN (MIN (MAX (n * TC_BOOK_SAMPLE_PERCENT / 100, TC_BOOK_SAMPLE_SMALL), n), TC_BOOK_SAMPLE_MAX);
  for (guint i = 0; i < n_wanted; i++)
    {
      TcBookEntry *here = &g_array_index (list, TcBookEntry, i), *there = &g_array_index (list, TcBookEntry, i + draw (self, n - i));
      const TcBookEntry entry = *here;

      *here = *there;
      *there = entry;
    }
  g_array_set_size (list, n_wanted);
  return list;
}

/* --- keeping --- */

gboolean
tc_book_restore (TcBook *self, const TcBookEntry *entry)
{
  TcBookEntry value = *entry;

  if (!is_host (&entry->endpoint) || find_entry (self, &entry->endpoint) != NULL || find_holder (self, entry, entry->tried) != NULL)
    return FALSE;
  if (entry->seen_s < 0 || entry->seen_s > G_MAXUINT32 || entry->dialled_s < 0 || entry->dialled_s > G_MAXUINT32 || entry->good_s < 0
      || entry->good_s > G_MAXUINT32)
    return FALSE;
  value.failures = MIN (value.failures, 1000u);
  insert (self, &value, entry->tried);
  return TRUE;
}

const TcBookEntry *
tc_book_get (const TcBook *self, const TcEndpoint *endpoint)
{
  const Entry *entry = find_entry (self, endpoint);

  return entry != NULL ? &entry->entry : NULL;
}

guint
tc_book_count (const TcBook *self, gboolean tried)
{
  return self->tables[tried ? 1 : 0].n;
}

guint
tc_book_count_contests (const TcBook *self)
{
  return self->n_contests;
}

guint64
tc_book_get_version (const TcBook *self)
{
  return self->version;
}
