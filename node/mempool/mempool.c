#include "mempool.h"

#include "core/check.h"

struct _TcMempool
{
  guint       txs_max;
  guint64     bytes_max, bytes, next_arrival;
  GHashTable *entries;    /* TcHash (in the transaction) -> TcMempoolEntry */
  GHashTable *spenders;   /* TcOutpoint (in one of the transactions) -> GPtrArray of TcMempoolEntry */
  GTree      *by_arrival; /* arrival -> TcMempoolEntry */
  GTree      *by_fee;     /* TcMempoolEntry, lowest fee per byte first, newest first among equals */
};

static void
entry_free (gpointer data)
{
  TcMempoolEntry *entry = data;

  tc_tx_unref (entry->tx);
  g_free (entry);
}

static int
compare_arrival (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TcMempoolEntry *x = a, *y = b;

  return x->arrival < y->arrival ? -1 : x->arrival > y->arrival;
}

/* fee / size without division: both factors are below 2^62 and 2^17. */
static int
compare_rate (const TcMempoolEntry *a, const TcMempoolEntry *b)
{
  unsigned __int128 x = (unsigned __int128) a->fee.units * b->tx->size_bytes;
  unsigned __int128 y = (unsigned __int128) b->fee.units * a->tx->size_bytes;

  return x < y ? -1 : x > y;
}

static int
compare_fee (gconstpointer a, gconstpointer b, gpointer user_data)
{
  int order = compare_rate (a, b);

  return order != 0 ? order : compare_arrival (b, a, NULL);
}

TcMempool *
tc_mempool_new (guint txs_max, guint64 bytes_max)
{
  TcMempool *self = g_new0 (TcMempool, 1);

  self->txs_max = txs_max;
  self->bytes_max = bytes_max;
  self->entries = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, NULL, entry_free);
  self->spenders = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->by_arrival = g_tree_new_full (compare_arrival, NULL, NULL, NULL);
  self->by_fee = g_tree_new_full (compare_fee, NULL, NULL, NULL);
  return self;
}

void
tc_mempool_free (TcMempool *self)
{
  g_tree_unref (self->by_arrival);
  g_tree_unref (self->by_fee);
  g_hash_table_unref (self->spenders);
  g_hash_table_unref (self->entries);
  g_free (self);
}

static void
insert (TcMempool *self, TcMempoolEntry *entry)
{
  g_hash_table_insert (self->entries, &entry->tx->txid, entry);
  g_tree_insert (self->by_arrival, entry, entry);
  g_tree_insert (self->by_fee, entry, entry);
  self->bytes += entry->tx->size_bytes;
  for (guint32 i = 0; i < entry->tx->n_inputs; i++)
    {
      const TcOutpoint *outpoint = &entry->tx->inputs[i].outpoint;
      GPtrArray *list = g_hash_table_lookup (self->spenders, outpoint);

      if (list == NULL)
        {
          list = g_ptr_array_new ();
          g_hash_table_insert (self->spenders, g_memdup2 (outpoint, sizeof *outpoint), list);
        }
      g_ptr_array_add (list, entry);
    }
}

static void
take_out (TcMempool *self, TcMempoolEntry *entry)
{
  for (guint32 i = 0; i < entry->tx->n_inputs; i++)
    {
      const TcOutpoint *outpoint = &entry->tx->inputs[i].outpoint;
      GPtrArray *list = g_hash_table_lookup (self->spenders, outpoint);

      g_ptr_array_remove (list, entry);
      if (list->len == 0)
        g_hash_table_remove (self->spenders, outpoint);
    }
  g_tree_remove (self->by_arrival, entry);
  g_tree_remove (self->by_fee, entry);
  self->bytes -= entry->tx->size_bytes;
  g_hash_table_remove (self->entries, &entry->tx->txid);
}

/* Rule P1: "never one voted for, certified or acknowledged in this epoch, nor its parents". Each is marked once, however the children
 * cross. */
static void
mark_kept (TcMempool *self, TcMempoolEntry *entry)
{
  g_autoptr(GPtrArray) queue = g_ptr_array_new ();

  g_ptr_array_add (queue, entry);
  while (queue->len > 0)
    {
      TcMempoolEntry *next = g_ptr_array_steal_index (queue, queue->len - 1);

      if (next->kept)
        continue;
      next->kept = TRUE;
      for (guint32 i = 0; i < next->tx->n_inputs; i++)
        {
          TcMempoolEntry *parent = g_hash_table_lookup (self->entries, &next->tx->inputs[i].outpoint.txid);

          if (parent != NULL)
            g_ptr_array_add (queue, parent);
        }
    }
}

/* The pending transactions that @tx stands on. (transfer full) (element-type TcMempoolEntry) */
static GHashTable *
dup_ancestors (TcMempool *self, const TcTx *tx)
{
  GHashTable *ancestors = g_hash_table_new (NULL, NULL);
  g_autoptr(GPtrArray) queue = g_ptr_array_new ();

  g_ptr_array_add (queue, (gpointer) tx);
  while (queue->len > 0)
    {
      const TcTx *next = g_ptr_array_steal_index (queue, queue->len - 1);

      for (guint32 i = 0; i < next->n_inputs; i++)
        {
          TcMempoolEntry *parent = g_hash_table_lookup (self->entries, &next->inputs[i].outpoint.txid);

          if (parent != NULL && g_hash_table_add (ancestors, parent))
            g_ptr_array_add (queue, parent->tx);
        }
    }
  return ancestors;
}

typedef struct
{
  GHashTable     *ancestors;
  TcMempoolEntry *cheapest;
} Cheapest;

static gboolean
visit_cheapest (gpointer key, gpointer value, gpointer user_data)
{
  Cheapest *found = user_data;

  if (((TcMempoolEntry *) value)->kept || g_hash_table_contains (found->ancestors, value))
    return FALSE;
  found->cheapest = value;
  return TRUE;
}

static gboolean
is_full_for (const TcMempool *self, const TcMempoolEntry *entry)
{
  return g_hash_table_size (self->entries) >= self->txs_max || self->bytes + entry->tx->size_bytes > self->bytes_max;
}

/* A transaction cannot push out what it stands on. Returns: FALSE where @entry itself is the cheapest that may go. Rule P1: "Full: the
 * lowest fee per byte goes". */
static gboolean
make_room (TcMempool *self, const TcMempoolEntry *entry, GPtrArray *evicted)
{
  g_autoptr(GHashTable) ancestors = NULL;

  if (!is_full_for (self, entry))
    return TRUE;
  ancestors = dup_ancestors (self, entry->tx);
  while (is_full_for (self, entry))
    {
      Cheapest found = { ancestors, NULL };

      g_tree_foreach (self->by_fee, visit_cheapest, &found);
      if (found.cheapest == NULL || compare_rate (entry, found.cheapest) <= 0)
        return FALSE;
      tc_mempool_remove_with_children (self, &found.cheapest->tx->txid, evicted);
    }
  return TRUE;
}

static gboolean
has_room_among_spenders (TcMempool *self, const TcTx *tx)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const GPtrArray *list = g_hash_table_lookup (self->spenders, &tx->inputs[i].outpoint);

      if (list != NULL && list->len >= TC_MEMPOOL_SPENDERS_MAX)
        return FALSE;
    }
  return TRUE;
}

TcMempoolVerdict
tc_mempool_add (TcMempool *self, TcTx *tx, TcAmount fee, gint64 mono_ms, gboolean pinned, GPtrArray *evicted)
{
  TcMempoolEntry *entry;

  if (g_hash_table_contains (self->entries, &tx->txid))
    return TC_MEMPOOL_DUPLICATE;
  if (!pinned && !has_room_among_spenders (self, tx))
    return TC_MEMPOOL_CONFLICT;
  entry = g_new0 (TcMempoolEntry, 1);
  *entry = (TcMempoolEntry) { .tx = tc_tx_ref (tx), .fee = fee, .seen_ms = mono_ms, .offered_ms = mono_ms };
  if (!pinned && !make_room (self, entry, evicted))
    {
      entry_free (entry);
      return TC_MEMPOOL_FULL;
    }
  entry->arrival = self->next_arrival++;
  insert (self, entry);
  if (pinned)
    mark_kept (self, entry);
  return TC_MEMPOOL_ADDED;
}

void
tc_mempool_pin (TcMempool *self, const TcHash *txid)
{
  TcMempoolEntry *entry = g_hash_table_lookup (self->entries, txid);

  if (entry != NULL)
    mark_kept (self, entry);
}

TcMempoolEntry *
tc_mempool_get (TcMempool *self, const TcHash *txid)
{
  return g_hash_table_lookup (self->entries, txid);
}

guint
tc_mempool_find_spenders (TcMempool *self, const TcOutpoint *outpoint, TcMempoolEntry **ret_entries, guint max)
{
  const GPtrArray *list = g_hash_table_lookup (self->spenders, outpoint);
  guint n = list != NULL ? MIN (list->len, max) : 0;

  for (guint i = 0; i < n; i++)
    ret_entries[i] = g_ptr_array_index (list, i);
  return n;
}

void
tc_mempool_remove (TcMempool *self, const TcHash *txid)
{
  TcMempoolEntry *entry = g_hash_table_lookup (self->entries, txid);

  if (entry != NULL)
    take_out (self, entry);
}

void
tc_mempool_remove_with_children (TcMempool *self, const TcHash *txid, GPtrArray *removed)
{
  g_autoptr(GPtrArray) queue = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  TcMempoolEntry *entry = g_hash_table_lookup (self->entries, txid);

  if (entry == NULL)
    return;
  g_ptr_array_add (queue, tc_tx_ref (entry->tx));
  for (guint at = 0; at < queue->len; at++)
    {
      TcTx *tx = g_ptr_array_index (queue, at);

      entry = g_hash_table_lookup (self->entries, &tx->txid);
      if (entry == NULL)
        continue;
      for (guint32 i = 0; i < tx->n_outputs; i++)
        {
          const TcOutpoint outpoint = { tx->txid, i };
          const GPtrArray *list = g_hash_table_lookup (self->spenders, &outpoint);

          for (guint j = 0; list != NULL && j < list->len; j++)
            g_ptr_array_add (queue, tc_tx_ref (((TcMempoolEntry *) g_ptr_array_index (list, j))->tx));
        }
      take_out (self, entry);
      if (removed != NULL)
        g_ptr_array_add (removed, tc_tx_ref (tx));
    }
}

void
tc_mempool_expire (TcMempool *self, gint64 mono_ms, GPtrArray *removed)
{
  g_autoptr(GPtrArray) entries = tc_mempool_dup_entries (self);
  g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  for (guint i = 0; i < entries->len; i++)
    {
      const TcMempoolEntry *entry = g_ptr_array_index (entries, i);

      if (mono_ms - entry->seen_ms >= TC_MEMPOOL_EXPIRY_MS && !entry->kept)
        g_ptr_array_add (old, tc_tx_ref (entry->tx));
    }
  for (guint i = 0; i < old->len; i++)
    tc_mempool_remove_with_children (self, &((TcTx *) g_ptr_array_index (old, i))->txid, removed);
}

static gboolean
visit_unpin (gpointer key, gpointer value, gpointer user_data)
{
  ((TcMempoolEntry *) value)->kept = FALSE;
  return FALSE;
}

void
tc_mempool_unpin_all (TcMempool *self)
{
  g_tree_foreach (self->by_arrival, visit_unpin, NULL);
}

guint
tc_mempool_get_n (const TcMempool *self)
{
  return g_hash_table_size (self->entries);
}

guint64
tc_mempool_get_bytes (const TcMempool *self)
{
  return self->bytes;
}

static gboolean
visit_append (gpointer key, gpointer value, gpointer user_data)
{
  g_ptr_array_add (user_data, value);
  return FALSE;
}

GPtrArray *
tc_mempool_dup_entries (const TcMempool *self)
{
  GPtrArray *entries = g_ptr_array_new ();

  g_tree_foreach (self->by_arrival, visit_append, entries);
  return entries;
}

static gboolean
get_pending_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  TcMempool *self = user_data;
  const TcMempoolEntry *entry = g_hash_table_lookup (self->entries, &outpoint->txid);

  if (entry == NULL || outpoint->index >= entry->tx->n_outputs)
    return FALSE;
  ret_coin->output = entry->tx->outputs[outpoint->index];
  ret_coin->height = 0;
  return TRUE;
}

TcCoinView
tc_mempool_get_view (TcMempool *self)
{
  return (TcCoinView) { get_pending_coin, self };
}
