#include "coins.h"

#include <string.h>

#include "core/check.h"
#include "outpoint-set.h"

#define NONE             G_MAXUINT32
#define CACHE_SIZE       800000u
#define SLOTS_MIN        1024u
#define CHUNK_BITS       12u
#define CHUNK_SIZE       (1u << CHUNK_BITS)

typedef enum
{
  LIST_CHANGED = 0,  /* since the last flush began */
  LIST_FLIGHT  = 1,  /* in the flush under way, and not changed since */
  LIST_CLEAN   = 2,  /* unspent, as on disk */
  N_LISTS      = 3,
} ListName;

typedef struct
{
  TcOutpoint outpoint;
  guint32    next, prev;  /* in its list; the free list uses next */
  TcCoin     coin;
  guint8     list;
  guint      is_unspent : 1;    /* now */
  guint      was_unspent : 1;   /* on disk, once the flush under way is done */
  guint      is_replaced : 1;   /* unspent now and on disk, but another coin there */
  guint      is_referenced : 1; /* asked for since it became clean */
} Entry;

typedef struct
{
  guint32 head, tail;
  gsize   n;
} List;

/* Beside an entry's number stands part of its outpoint's hash: a look-up touches no other entries than the one it finds, and the table grows without them. */
typedef struct
{
  guint32 number;  /* NONE: empty */
  guint32 mix;
} Slot;

/* An entry, its share of a table of slots that is between a quarter and half full, and of a flush of every fourth one, with what sorting it takes. Room for the flush is not taken by
 * others meanwhile: entries are not given back. */
G_STATIC_ASSERT (sizeof (Entry) + 4 * sizeof (guint32) + (sizeof (TcFlushCoin) + 2 * sizeof (guint32)) / 4 <= TC_COINS_ENTRY_SIZE);

struct _TcCoins
{
  TcCoinView view;
  gsize      n_max;
  GPtrArray *chunks;     /* Entry[CHUNK_SIZE]: an entry's number never changes while it lives, and nothing is copied as they grow */
  guint32    n_entries, free_head;
  Slot      *slots;      /* by outpoint, open addressing */
  gsize      n_slots, n_used;
  List       lists[N_LISTS];
  gboolean   is_flushing;
  guint64    version;
};

static inline Entry *
entry_at (const TcCoins *self, guint32 number)
{
  return (Entry *) self->chunks->pdata[number >> CHUNK_BITS] + (number & (CHUNK_SIZE - 1));
}

static inline guint32
mix_of (const TcOutpoint *outpoint)
{
  return (guint32) tc_outpoint_mix (outpoint);
}

static inline gboolean
is_at (const TcCoins *self, const Slot *slot, guint32 mix, const TcOutpoint *outpoint)
{
  return slot->mix == mix && tc_outpoint_same (&entry_at (self, slot->number)->outpoint, outpoint);
}

static gsize
find_slot (const TcCoins *self, const TcOutpoint *outpoint)
{
  const guint32 mix = mix_of (outpoint);
  gsize mask = self->n_slots - 1;
  gsize slot = mix & mask;

  while (self->slots[slot].number != NONE && !is_at (self, &self->slots[slot], mix, outpoint))
    slot = (slot + 1) & mask;
  return slot;
}

/* Returns: NONE where there is none. */
static guint32
find (const TcCoins *self, const TcOutpoint *outpoint)
{
  return self->slots[find_slot (self, outpoint)].number;
}

static void
resize_slots (TcCoins *self, gsize n_slots)
{
  g_autofree Slot *old = g_steal_pointer (&self->slots);
  gsize n_old = self->n_slots, mask = n_slots - 1;

  TC_CHECK (mask <= G_MAXUINT32);
  self->n_slots = n_slots;
  self->slots = g_new (Slot, n_slots);
  memset (self->slots, 0xff, n_slots * sizeof *self->slots);
  for (gsize i = 0; i < n_old; i++)
    {
      gsize slot = old[i].mix & mask;

      if (old[i].number == NONE)
        continue;
      while (self->slots[slot].number != NONE)
        slot = (slot + 1) & mask;
      self->slots[slot] = old[i];
    }
}

/* Closes the gap that a removal leaves, so that every probe still ends at an empty slot. */
static void
remove_slot (TcCoins *self, gsize hole)
{
  gsize mask = self->n_slots - 1;

  for (gsize i = (hole + 1) & mask; self->slots[i].number != NONE; i = (i + 1) & mask)
    {
      gsize home = self->slots[i].mix & mask;

      if (((i - home) & mask) < ((i - hole) & mask))
        continue;
      self->slots[hole] = self->slots[i];
      hole = i;
    }
  self->slots[hole].number = NONE;
  self->n_used--;
}

static void
list_append (TcCoins *self, ListName name, guint32 number)
{
  List *list = &self->lists[name];
  Entry *entry = entry_at (self, number);

  entry->list = (guint8) name;
  entry->prev = list->tail;
  entry->next = NONE;
  if (list->tail == NONE)
    list->head = number;
  else
    entry_at (self, list->tail)->next = number;
  list->tail = number;
  list->n++;
}

static void
list_remove (TcCoins *self, guint32 number)
{
  Entry *entry = entry_at (self, number);
  List *list = &self->lists[entry->list];

  if (entry->prev == NONE)
    list->head = entry->next;
  else
    entry_at (self, entry->prev)->next = entry->next;
  if (entry->next == NONE)
    list->tail = entry->prev;
  else
    entry_at (self, entry->next)->prev = entry->prev;
  list->n--;
}

static guint32
take_entry (TcCoins *self)
{
  guint32 number = self->free_head;

  if (number != NONE)
    {
      self->free_head = entry_at (self, number)->next;
      return number;
    }
  TC_CHECK (self->n_entries < NONE / 2);
  if (self->n_entries == self->chunks->len * CHUNK_SIZE)
    g_ptr_array_add (self->chunks, g_new (Entry, CHUNK_SIZE));
  return self->n_entries++;
}

/* A new entry in no list. */
static guint32
add_entry (TcCoins *self, const TcOutpoint *outpoint)
{
  guint32 number = take_entry (self);
  Entry *entry = entry_at (self, number);

  memset (entry, 0, sizeof *entry);
  entry->outpoint = *outpoint;
  if (4 * (self->n_used + 1) > 3 * self->n_slots)
    resize_slots (self, 2 * self->n_slots);
  self->slots[find_slot (self, outpoint)] = (Slot) { number, mix_of (outpoint) };
  self->n_used++;
  return number;
}

/* @number: in no list. */
static void
drop_entry (TcCoins *self, guint32 number)
{
  remove_slot (self, find_slot (self, &entry_at (self, number)->outpoint));
  entry_at (self, number)->next = self->free_head;
  self->free_head = number;
}

static gsize
count_held (const TcCoins *self)
{
  return self->lists[LIST_CLEAN].n + self->lists[LIST_CHANGED].n + self->lists[LIST_FLIGHT].n;
}

static void
evict (TcCoins *self)
{
  List *clean = &self->lists[LIST_CLEAN];

  while (clean->n > 0 && count_held (self) > self->n_max)
    {
      guint32 number = clean->head;
      gboolean again = entry_at (self, number)->is_referenced;

      list_remove (self, number);
      entry_at (self, number)->is_referenced = FALSE;
      if (again)
        list_append (self, LIST_CLEAN, number);
      else
        drop_entry (self, number);
    }
}

/* @number: in no list: lists it where its flags say. What is in flight comes here only once it is changed or written: a coin never comes back as it was. */
static void
place (TcCoins *self, guint32 number)
{
  Entry *entry = entry_at (self, number);

  if (entry->is_unspent != entry->was_unspent || entry->is_replaced)
    list_append (self, LIST_CHANGED, number);
  else if (entry->is_unspent)
    list_append (self, LIST_CLEAN, number);
  else
    drop_entry (self, number);
}

TcCoins *
tc_coins_new (const TcCoinView *view)
{
  TcCoins *self = g_new0 (TcCoins, 1);

  self->view = *view;
  self->n_max = CACHE_SIZE;
  self->chunks = g_ptr_array_new_with_free_func (g_free);
  self->free_head = NONE;
  for (guint i = 0; i < N_LISTS; i++)
    self->lists[i] = (List) { NONE, NONE, 0 };
  resize_slots (self, SLOTS_MIN);
  return self;
}

void
tc_coins_free (TcCoins *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->chunks);
  g_free (self->slots);
  g_free (self);
}

void
tc_coins_set_cache_size (TcCoins *self, gsize n_coins)
{
  self->n_max = n_coins;
  evict (self);
}

gboolean
tc_coins_wants_flush (const TcCoins *self)
{
  return !self->is_flushing && self->lists[LIST_CHANGED].n >= self->n_max / 4;
}

static void
add_clean (TcCoins *self, const TcOutpoint *outpoint, const TcCoin *coin)
{
  guint32 number = add_entry (self, outpoint);

  entry_at (self, number)->coin = *coin;
  entry_at (self, number)->is_unspent = entry_at (self, number)->was_unspent = TRUE;
  place (self, number);
  evict (self);
}

gboolean
tc_coins_get (TcCoins *self, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  guint32 number = find (self, outpoint);
  TcCoin coin;

  if (number != NONE)
    {
      Entry *entry = entry_at (self, number);

      if (!entry->is_unspent)
        return FALSE;
      entry->is_referenced = TRUE;
      *ret_coin = entry->coin;
      return TRUE;
    }
  if (!self->view.get_coin (self->view.user_data, outpoint, &coin))
    return FALSE;
  add_clean (self, outpoint, &coin);
  *ret_coin = coin;
  return TRUE;
}

TcCoinPeek
tc_coins_peek (TcCoins *self, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  guint32 number = find (self, outpoint);
  Entry *entry;

  if (number == NONE)
    return TC_COIN_UNKNOWN;
  entry = entry_at (self, number);
  if (!entry->is_unspent)
    return TC_COIN_SPENT;
  entry->is_referenced = TRUE;
  *ret_coin = entry->coin;
  return TC_COIN_UNSPENT;
}

void
tc_coins_prefetch (const TcCoins *self, const TcOutpoint *outpoint)
{
  const Slot *slot = &self->slots[mix_of (outpoint) & (self->n_slots - 1)];

  __builtin_prefetch (slot);
}

void
tc_coins_prefetch_entry (const TcCoins *self, const TcOutpoint *outpoint)
{
  const guint32 mix = mix_of (outpoint);
  const gsize mask = self->n_slots - 1;
  gsize slot = mix & mask;

  while (self->slots[slot].number != NONE && self->slots[slot].mix != mix)
    slot = (slot + 1) & mask;
  if (self->slots[slot].number == NONE)
    return;
  __builtin_prefetch (entry_at (self, self->slots[slot].number));
  __builtin_prefetch ((const guint8 *) (entry_at (self, self->slots[slot].number) + 1) - 1);
}

guint64
tc_coins_get_version (const TcCoins *self)
{
  return self->version;
}

void
tc_coins_offer (TcCoins *self, guint64 version, const TcOutpoint *outpoint, const TcCoin *coin)
{
  if (version == self->version && find (self, outpoint) == NONE)
    add_clean (self, outpoint, coin);
}

void
tc_coins_create (TcCoins *self, const TcOutpoint *outpoint, const TcCoin *coin)
{
  guint32 number = find (self, outpoint);
  Entry *entry;

  if (number == NONE)
    number = add_entry (self, outpoint);
  else
    list_remove (self, number);
  entry = entry_at (self, number);
  TC_CHECK (!entry->is_unspent);
  entry->coin = *coin;
  entry->is_unspent = TRUE;
  entry->is_replaced = entry->was_unspent;
  place (self, number);
  evict (self);
}

void
tc_coins_spend (TcCoins *self, const TcOutpoint *outpoint)
{
  guint32 number = find (self, outpoint);

  if (number == NONE)  /* forgotten since it was looked up: so it is on disk */
    {
      number = add_entry (self, outpoint);
      entry_at (self, number)->was_unspent = TRUE;
    }
  else
    {
      TC_CHECK (entry_at (self, number)->is_unspent);
      list_remove (self, number);
    }
  entry_at (self, number)->is_unspent = entry_at (self, number)->is_replaced = FALSE;
  place (self, number);
  evict (self);
}

gsize
tc_coins_count_changed (const TcCoins *self)
{
  return self->lists[LIST_CHANGED].n;
}

gsize
tc_coins_count_cached (const TcCoins *self)
{
  return self->lists[LIST_CLEAN].n;
}

gboolean
tc_coins_is_flushing (const TcCoins *self)
{
  return self->is_flushing;
}

static int
compare_entries (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TcCoins *self = user_data;

  return tc_outpoint_compare (&entry_at (self, *(const guint32 *) a)->outpoint, &entry_at (self, *(const guint32 *) b)->outpoint);
}

/* The numbers of what is changed, by outpoint: less to move about than what they stand for. */
static guint32 *
sort_changed (TcCoins *self, gsize *ret_n_created, gsize *ret_n_spent)
{
  const gsize n = self->lists[LIST_CHANGED].n;
  guint32 *numbers = g_new (guint32, n);
  gsize at = 0, n_replaced = 0;

  *ret_n_created = 0;
  for (guint32 i = self->lists[LIST_CHANGED].head; i != NONE; i = entry_at (self, i)->next)
    {
      numbers[at++] = i;
      *ret_n_created += entry_at (self, i)->is_unspent;
      n_replaced += entry_at (self, i)->is_replaced;
    }
  *ret_n_spent = n - *ret_n_created + n_replaced;
  g_qsort_with_data (numbers, (int) n, sizeof *numbers, compare_entries, self);
  return numbers;
}

void
tc_coins_begin_flush (TcCoins *self, TcFlush *flush)
{
  TC_CHECK (!self->is_flushing && self->lists[LIST_FLIGHT].n == 0);
  const gsize n = self->lists[LIST_CHANGED].n;
  gsize n_created, n_spent;
  g_autofree guint32 *numbers = sort_changed (self, &n_created, &n_spent);

  flush->created = g_new (TcFlushCoin, n_created);
  flush->spent = g_new (TcOutpoint, n_spent);
  for (gsize i = 0; i < n; i++)
    {
      Entry *entry = entry_at (self, numbers[i]);

      if (entry->is_unspent)
        flush->created[flush->n_created++] = (TcFlushCoin) { entry->outpoint, entry->coin };
      if (!entry->is_unspent || entry->is_replaced)
        flush->spent[flush->n_spent++] = entry->outpoint;
      entry->was_unspent = entry->is_unspent;
      entry->is_replaced = FALSE;
      entry->list = LIST_FLIGHT;
    }
  self->lists[LIST_FLIGHT] = self->lists[LIST_CHANGED];
  self->lists[LIST_CHANGED] = (List) { NONE, NONE, 0 };
  self->is_flushing = TRUE;
  evict (self);
}

void
tc_coins_end_flush (TcCoins *self)
{
  TC_CHECK (self->is_flushing);
  guint32 next;

  self->is_flushing = FALSE;
  self->version++;
  for (guint32 i = self->lists[LIST_FLIGHT].head; i != NONE; i = next)
    {
      next = entry_at (self, i)->next;
      list_remove (self, i);
      entry_at (self, i)->is_referenced = FALSE;
      place (self, i);
    }
  evict (self);
}
