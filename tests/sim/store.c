#include "sim.h"

/* What one commit changed, so that a power cut can take it back. */
typedef struct
{
  gboolean    has_flush;
  GArray     *created;  /* TcOutpoint */
  GArray     *spent;    /* TcFlushCoin */
  GBytes     *state;    /* (nullable) before */
  guint8     *buckets;  /* before; with a flush */
} Undo;

struct _SimStore
{
  GArray     *records;    /* TcRecord */
  GPtrArray  *blocks;     /* TcBlock, from height 1 */
  GPtrArray  *committees; /* TcCommittee, from epoch 1 */
  GPtrArray  *commits;    /* TcCommit */
  GPtrArray  *links;      /* TcLink, from epoch 1 */
  GHashTable *coins;      /* TcOutpoint -> TcCoin */
  GBytes     *state;      /* (nullable) */
  guint8     *buckets;
  GQueue      not_synced; /* Undo *, oldest first */
  SnapshotDisk disk;      /* snapshots, gaps */
};

#define BUCKETS_SIZE (256u * 2048u)

static void
record_clear (gpointer data)
{
  g_bytes_unref (((TcRecord *) data)->data);
}

SimStore *
sim_store_new (void)
{
  SimStore *self = g_new0 (SimStore, 1);

  self->records = g_array_new (FALSE, FALSE, sizeof (TcRecord));
  g_array_set_clear_func (self->records, record_clear);
  self->blocks = g_ptr_array_new_with_free_func (snapshot_disk_block_free);
  self->committees = g_ptr_array_new_with_free_func (snapshot_disk_committee_free);
  self->commits = g_ptr_array_new_with_free_func (snapshot_disk_commit_free);
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);
  self->coins = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, g_free);
  self->buckets = g_malloc0 (BUCKETS_SIZE);
  g_queue_init (&self->not_synced);
  snapshot_disk_init (&self->disk);
  self->disk.blocks = self->blocks;
  self->disk.commits = self->commits;
  self->disk.committees = self->committees;
  self->disk.coins = self->coins;
  self->disk.buckets = self->buckets;
  self->disk.state = &self->state;
  return self;
}

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_array_unref (undo->created);
  g_array_unref (undo->spent);
  g_clear_pointer (&undo->state, g_bytes_unref);
  g_free (undo->buckets);
  g_free (undo);
}

void
sim_store_free (SimStore *self)
{
  g_queue_clear_full (&self->not_synced, undo_free);
  snapshot_disk_clear (&self->disk);
  g_array_unref (self->records);
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->committees);
  g_ptr_array_unref (self->commits);
  g_ptr_array_unref (self->links);
  g_hash_table_unref (self->coins);
  g_clear_pointer (&self->state, g_bytes_unref);
  g_free (self->buckets);
  g_free (self);
}

void
sim_store_append (SimStore *self, const GArray *records)
{
  for (guint i = 0; i < records->len; i++)
    {
      TcRecord record = g_array_index (records, TcRecord, i);

      record.data = g_bytes_ref (record.data);
      g_array_append_val (self->records, record);
    }
}

void
sim_store_prune (SimStore *self, guint32 epoch)
{
  const guint32 data = GUINT32_TO_LE (epoch);
  const TcRecord mark = { epoch, TC_RECORD_PRUNED, g_bytes_new (&data, sizeof data) };
  guint kept = 0;

  g_array_append_val (self->records, mark);
  for (guint i = 0; i < self->records->len; i++)
    {
      TcRecord *record = &g_array_index (self->records, TcRecord, i);

      if (record->epoch < epoch)
        continue;
      if (kept != i)
        {
          TcRecord moved = g_array_index (self->records, TcRecord, kept);

          g_array_index (self->records, TcRecord, kept) = *record;
          *record = moved;
        }
      kept++;
    }
  g_array_set_size (self->records, kept);
}

GBytes *
sim_store_find_record (const SimStore *self, guint8 kind)
{
  for (guint i = self->records->len; i-- > 0;)
    if (g_array_index (self->records, TcRecord, i).kind == kind)
      return g_array_index (self->records, TcRecord, i).data;
  return NULL;
}

void
sim_store_forget (SimStore *self)
{
  g_array_set_size (self->records, 0);
}

void
sim_store_take_records (SimStore *self, const SimStore *other)
{
  sim_store_forget (self);
  sim_store_append (self, other->records);
}

static void
put_coin (SimStore *self, const TcOutpoint *outpoint, const TcCoin *coin)
{
  g_hash_table_insert (self->coins, g_memdup2 (outpoint, sizeof *outpoint), g_memdup2 (coin, sizeof *coin));
}

SimStore *
sim_store_copy (const SimStore *self)
{
  SimStore *copy = sim_store_new ();
  GHashTableIter iter;
  gpointer outpoint, coin;

  sim_store_take_records (copy, self);
  for (guint i = 0; i < self->blocks->len; i++)
    {
      const gboolean here = self->blocks->pdata[i] != NULL;

      g_ptr_array_add (copy->blocks, here ? tc_block_ref (g_ptr_array_index (self->blocks, i)) : NULL);
      g_ptr_array_add (copy->commits, here ? tc_commit_ref (g_ptr_array_index (self->commits, i)) : NULL);
    }
  for (guint i = 0; i < self->committees->len; i++)
    g_ptr_array_add (copy->committees, self->committees->pdata[i] != NULL ? tc_committee_ref (g_ptr_array_index (self->committees, i)) : NULL);
  for (guint i = 0; i < self->links->len; i++)
    g_ptr_array_add (copy->links, tc_link_ref (g_ptr_array_index (self->links, i)));
  g_hash_table_iter_init (&iter, self->coins);
  while (g_hash_table_iter_next (&iter, &outpoint, &coin))
    put_coin (copy, outpoint, coin);
  copy->state = self->state != NULL ? g_bytes_ref (self->state) : NULL;
  memcpy (copy->buckets, self->buckets, BUCKETS_SIZE);
  return copy;
}

static void
apply_flush (SimStore *self, const TcFlush *flush, Undo *undo)
{
  if (undo != NULL)
    {
      undo->has_flush = TRUE;
      undo->state = self->state != NULL ? g_bytes_ref (self->state) : NULL;
      undo->buckets = g_memdup2 (self->buckets, BUCKETS_SIZE);
    }
  for (gsize i = 0; i < flush->n_spent; i++)
    {
      const TcCoin *coin = g_hash_table_lookup (self->coins, &flush->spent[i]);
      TcFlushCoin spent = { .outpoint = flush->spent[i] };

      g_assert_nonnull (coin);
      spent.coin = *coin;
      if (undo != NULL)
        g_array_append_val (undo->spent, spent);
      g_hash_table_remove (self->coins, &flush->spent[i]);
    }
  for (gsize i = 0; i < flush->n_created; i++)
    {
      put_coin (self, &flush->created[i].outpoint, &flush->created[i].coin);
      if (undo != NULL)
        g_array_append_val (undo->created, flush->created[i].outpoint);
    }
  for (guint32 i = 0; i < flush->n_buckets; i++)
    memcpy (self->buckets + flush->bucket_numbers[i] * 2048u, flush->buckets + i * 2048u, 2048);
  g_clear_pointer (&self->state, g_bytes_unref);
  self->state = g_bytes_ref (flush->state);
}

void
sim_store_write (SimStore *self, TcBlock *block, TcCommit *commit, TcFlush *flush, gboolean durable)
{
  Undo *undo = NULL;

  g_assert_cmpuint (block->header.height, ==, self->blocks->len + 1);
  g_ptr_array_add (self->blocks, tc_block_ref (block));
  g_ptr_array_add (self->commits, tc_commit_ref (commit));
  if (durable)
    g_queue_clear_full (&self->not_synced, undo_free);
  else
    {
      undo = g_new0 (Undo, 1);
      undo->created = g_array_new (FALSE, FALSE, sizeof (TcOutpoint));
      undo->spent = g_array_new (FALSE, FALSE, sizeof (TcFlushCoin));
      g_queue_push_tail (&self->not_synced, undo);
    }
  if (flush != NULL)
    apply_flush (self, flush, undo);
}

static void
take_back (SimStore *self, Undo *undo)
{
  g_ptr_array_set_size (self->blocks, (gint) self->blocks->len - 1);
  g_ptr_array_set_size (self->commits, (gint) self->commits->len - 1);
  if (!undo->has_flush)
    return;
  for (guint i = 0; i < undo->created->len; i++)
    g_hash_table_remove (self->coins, &g_array_index (undo->created, TcOutpoint, i));
  for (guint i = 0; i < undo->spent->len; i++)
    {
      const TcFlushCoin *spent = &g_array_index (undo->spent, TcFlushCoin, i);

      put_coin (self, &spent->outpoint, &spent->coin);
    }
  memcpy (self->buckets, undo->buckets, BUCKETS_SIZE);
  g_clear_pointer (&self->state, g_bytes_unref);
  self->state = g_steal_pointer (&undo->state);
}

/* Parts of a snapshot on its way here are not synced. */
static void
lose_parts (SimStore *self, SimRandom *random)
{
  for (guint i = 0; self->disk.import != NULL && i < TC_SNAPSHOT_MANIFEST; i++)
    if (self->disk.import->parts[i] != NULL && sim_random_chance (random, 100))
      g_clear_pointer (&self->disk.import->parts[i], g_bytes_unref);
}

gboolean
sim_store_cut_power (SimStore *self, SimRandom *random)
{
  guint n = sim_random_below (random, self->not_synced.length + 1);
  gboolean lost = n > 0;

  while (n-- > 0)
    {
      Undo *undo = g_queue_pop_tail (&self->not_synced);

      take_back (self, undo);
      undo_free (undo);
    }
  g_queue_clear_full (&self->not_synced, undo_free);
  lose_parts (self, random);
  return lost;
}

static gboolean
get_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  const SimStore *self = user_data;
  const TcCoin *coin = g_hash_table_lookup (self->coins, outpoint);

  if (coin == NULL)
    return FALSE;
  *ret_coin = *coin;
  return TRUE;
}

TcCoinView
sim_store_get_view (SimStore *self)
{
  return (TcCoinView) { get_coin, self };
}

SnapshotDisk *
sim_store_get_disk (SimStore *self)
{
  return &self->disk;
}

/* One synced transaction, and what was written before it is synced with it. */
void
sim_store_install (SimStore *self, const TcEffect *effect, const TcGenesis *genesis)
{
  g_queue_clear_full (&self->not_synced, undo_free);
  snapshot_disk_install (&self->disk, effect, genesis);
  if (effect->link != NULL)
    sim_store_put_link (self, effect->link);
}

guint32
sim_store_get_height (const SimStore *self)
{
  return self->blocks->len;
}

/* A write that was lost is made again: an epoch may come twice. */
void
sim_store_keep_committee (SimStore *self, TcCommittee *committee)
{
  g_assert_cmpuint (committee->epoch, <=, self->committees->len + 1);
  g_ptr_array_set_size (self->committees, (gint) committee->epoch - 1);
  g_ptr_array_add (self->committees, tc_committee_ref (committee));
}

void
sim_store_put_link (SimStore *self, TcLink *link)
{
  const guint32 epoch = link->header.epoch;

  g_assert_cmpuint (epoch, <=, self->links->len + 1);
  if (epoch == self->links->len + 1)
    g_ptr_array_add (self->links, NULL);
  g_clear_pointer (&self->links->pdata[epoch - 1], tc_link_unref);
  self->links->pdata[epoch - 1] = tc_link_ref (link);
}

void
sim_store_put_links (SimStore *self, guint32 from, const GPtrArray *links)
{
  g_assert_cmpuint (from, <=, self->links->len + 1);
  g_ptr_array_set_size (self->links, (gint) from - 1);
  for (guint i = 0; links != NULL && i < links->len; i++)
    sim_store_put_link (self, g_ptr_array_index (links, i));
}

const TcBlock *
sim_store_find_last (const SimStore *self)
{
  for (guint i = self->blocks->len; i-- > 0;)
    {
      const TcBlock *block = g_ptr_array_index (self->blocks, i);

      if (block != NULL && !tc_hash_is_zero (&block->header.next_committee))
        return block;
    }
  return NULL;
}

GBytes *
sim_store_dup_links (const SimStore *self, guint32 from, guint count)
{
  g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint32 i = 0; i < count && from + i <= self->links->len; i++)
    g_ptr_array_add (links, tc_link_encode (g_ptr_array_index (self->links, from + i - 1)));
  return tc_epochs_encode ((GBytes *const *) links->pdata, links->len);
}

void
sim_store_look_up (SimStore *self, guint32 height, guint32 epoch, TcInput *input)
{
  const TcBlock *block;

  if (epoch != 0)
    {
      const TcLink *link = epoch <= self->links->len ? g_ptr_array_index (self->links, epoch - 1) : NULL;

      input->header = link != NULL ? &link->header : NULL;
      input->commit = link != NULL ? link->commit : NULL;
      return;
    }
  if (height == 0 || height > self->blocks->len || self->blocks->pdata[height - 1] == NULL)
    return;
  block = g_ptr_array_index (self->blocks, height - 1);
  input->header = &block->header;
  input->commit = g_ptr_array_index (self->commits, height - 1);
  input->committee = g_ptr_array_index (self->committees, block->header.epoch - 1);
}

gboolean
sim_store_get_hash (const SimStore *self, guint32 height, TcHash *ret_hash)
{
  if (height == 0 || height > self->blocks->len || self->blocks->pdata[height - 1] == NULL)
    return FALSE;
  *ret_hash = ((const TcBlock *) g_ptr_array_index (self->blocks, height - 1))->hash;
  return TRUE;
}

GBytes *
sim_store_dup_message (const SimStore *self, guint32 height)
{
  g_autoptr(GByteArray) bytes = NULL;
  g_autoptr(GBytes) block = NULL, commit = NULL;

  if (height == 0 || height > self->blocks->len || self->blocks->pdata[height - 1] == NULL)
    return NULL;
  block = tc_block_encode (g_ptr_array_index (self->blocks, height - 1));
  bytes = g_byte_array_new ();
  tc_commit_put (bytes, g_ptr_array_index (self->commits, height - 1));
  commit = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return tc_message_block (block, commit);
}

TcEngine *
sim_store_start_engine (SimStore *self, TcEngineConfig *config, gint64 mono_ms, gint64 wall_ms, GError **error)
{
  g_autoptr(TcEngine) engine = NULL;
  const TcTip *tip;
  guint32 height, epoch;

  config->view = sim_store_get_view (self);
  config->state = self->state;
  config->buckets = self->state != NULL ? self->buckets : NULL;
  engine = tc_engine_new (config, error);
  if (engine == NULL)
    return NULL;
  tip = tc_ledger_get_tip (tc_engine_get_ledger (engine));
  height = tip->height;
  for (guint32 h = tip->epoch_start_height + 1; h <= height; h++)
    tc_engine_restore_epoch_block (engine, g_ptr_array_index (self->blocks, h - 1));
  if (height > 0)
    tc_engine_restore_tip_commit (engine, g_ptr_array_index (self->commits, height - 1));
  for (guint32 h = height + 1; h <= self->blocks->len; h++)
    if (!tc_engine_restore_block (engine, g_ptr_array_index (self->blocks, h - 1), g_ptr_array_index (self->commits, h - 1), error))
      return NULL;
  snapshot_disk_restore (&self->disk, engine);
  tc_engine_restore_records (engine, (const TcRecord *) (gpointer) self->records->data, self->records->len, mono_ms, wall_ms);
  epoch = tc_ledger_get_next_epoch (tc_engine_get_ledger (engine));
  if (self->links->len >= epoch
      && !tc_engine_restore_links (engine, (TcLink *const *) (self->links->pdata + epoch - 1), self->links->len - (epoch - 1)))
    {
      g_set_error_literal (error, TC_CODEC_ERROR, TC_CODEC_ERROR_MALFORMED, "a stored link does not follow");
      return NULL;
    }
  return g_steal_pointer (&engine);
}
