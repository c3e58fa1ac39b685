#include "engine-private.h"

#include <string.h>

#include "core/check.h"

/* Rule S2: blocks below an installed snapshot, fetched downwards while the node has nothing better to do. Each is proven by its child, which names its hash and holds its commit: no signature is
 * checked, none of them changes the state. */

#define RANGE_BLOCKS     8u
#define RANGES_MAX       4u  /* under way at once, each from another peer */
#define BYTES_MAX 16000000u  /* of proven blocks that wait for the disk, before more are asked for */
#define STALL_MS     10000
#define BACK_OFF_MS  30000
#define LOOK_AGAIN_MS  500

typedef struct
{
  guint32  from, count;
  guint64  peer;         /* 0: nobody is asked now */
  gint64   heard_ms;
  guint32  n_blocks;
  TcBlock *blocks[RANGE_BLOCKS];
} Range;

struct _TcHistorySync
{
  gboolean  is_wanted;
  guint32   lowest;    /* that is missing; 0: none */
  guint32   first;     /* the lowest block that is proven */
  guint32   stored;    /* the lowest that is on disk */
  TcHash    previous;  /* of the block below `first` */
  TcCommit *commit;    /* of the same */
  Range     ranges[RANGES_MAX];  /* descending, the first ends below `first` */
  guint     n_ranges;
  GPtrArray *blocks, *commits;   /* proven, descending, not handed over */
  guint64   bytes;               /* of their transactions */
  gboolean  is_storing;
};

TcHistorySync *
tc_history_sync_new (gboolean is_wanted)
{
  TcHistorySync *self = g_new0 (TcHistorySync, 1);

  self->is_wanted = is_wanted;
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);
  self->commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref);
  return self;
}

static void
empty_range (Range *range)
{
  for (guint32 i = 0; i < range->count; i++)
    g_clear_pointer (&range->blocks[i], tc_block_unref);
  range->n_blocks = 0;
  range->peer = 0;
}

void
tc_history_sync_free (TcHistorySync *self)
{
  for (guint i = 0; i < self->n_ranges; i++)
    empty_range (&self->ranges[i]);
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->commits);
  g_clear_pointer (&self->commit, tc_commit_unref);
  g_free (self);
}

/* Attestations stand in a last block's body only: what is stored and served beside a block has none (M6). */
static void
go_below (TcHistorySync *self, const TcBlock *block)
{
  g_clear_pointer (&self->commit, tc_commit_unref);
  self->first = block->header.height;
  self->previous = block->header.previous;
  if (block->commit != NULL)
    self->commit = tc_commit_new_attested (block->commit, NULL, 0);
}

void
tc_engine_set_gap (TcEngine *self, const TcBlock *above, guint32 lowest)
{
  TcHistorySync *history = self->history;

  TC_CHECK (history->n_ranges == 0 && history->blocks->len == 0);
  go_below (history, above);
  history->stored = above->header.height;
  history->lowest = lowest;
}

/* --- asking --- */

static gboolean
is_asked (const TcHistorySync *history, guint64 peer)
{
  for (guint i = 0; i < history->n_ranges; i++)
    if (history->ranges[i].peer == peer)
      return TRUE;
  return FALSE;
}

static TcPeer *
pick_peer (TcEngine *self, guint32 from)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_status && peer->oldest <= from && self->mono_ms >= peer->part_after_ms && !is_asked (self->history, peer->id))
        return peer;
    }
  return NULL;
}

static void
ask (TcEngine *self, Range *range)
{
  TcPeer *peer = range->peer == 0 && range->n_blocks < range->count ? pick_peer (self, range->from) : NULL;

  if (peer == NULL)
    return;
  empty_range (range);
  range->peer = peer->id;
  range->heard_ms = self->mono_ms;
  tc_engine_send (self, peer, TC_MESSAGE_GET_BLOCKS, tc_get_blocks_encode (range->from, (guint8) range->count));
}

static void
extend (TcHistorySync *history)
{
  guint32 below = history->first;

  if (history->n_ranges > 0)
    below = history->ranges[history->n_ranges - 1].from;
  while (history->n_ranges < RANGES_MAX && below > history->lowest)
    {
      const guint32 count = MIN (below - history->lowest, RANGE_BLOCKS);

      below -= count;
      history->ranges[history->n_ranges++] = (Range) { .from = below, .count = count };
    }
}

static void
fail_range (TcEngine *self, Range *range, guint points, const char *why)
{
  TcPeer *peer = range->peer != 0 ? tc_engine_find_peer (self, range->peer) : NULL;

  empty_range (range);
  if (peer == NULL)
    return;
  peer->part_after_ms = self->mono_ms + BACK_OFF_MS;
  tc_engine_punish (self, peer->id, points, why);
}

static void
drop_idle (TcEngine *self)
{
  TcHistorySync *history = self->history;

  for (guint i = 0; i < history->n_ranges; i++)
    {
      Range *range = &history->ranges[i];

      if (range->peer == 0 || range->n_blocks == range->count)
        continue;
      if (tc_engine_find_peer (self, range->peer) == NULL)
        empty_range (range);
      else if (self->mono_ms - range->heard_ms >= STALL_MS)
        fail_range (self, range, 5, "did not send the old blocks that it says it has");
    }
}

/* --- what comes --- */

static void
hand_over (TcEngine *self)
{
  TcHistorySync *history = self->history;
  TcEffect *effect;

  if (history->blocks->len == 0 || history->is_storing)
    return;
  effect = tc_engine_emit (self, TC_EFFECT_STORE_PAST);
  effect->height = history->first;
  effect->blocks = history->blocks;
  effect->commits = history->commits;
  history->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);
  history->commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref);
  history->bytes = 0;
  history->is_storing = TRUE;
}

/* The block above proves it. */
static gboolean
prove (TcHistorySync *history, TcBlock *block)
{
  if (!tc_hash_equal (&block->hash, &history->previous) || history->commit == NULL)
    return FALSE;
  g_ptr_array_add (history->blocks, tc_block_ref (block));
  g_ptr_array_add (history->commits, tc_commit_ref (history->commit));
  history->bytes += block->txs_size_bytes;
  go_below (history, block);
  return TRUE;
}

/* From the top, as far as they are here. */
static void
drain (TcEngine *self)
{
  TcHistorySync *history = self->history;

  while (history->n_ranges > 0)
    {
      Range *top = &history->ranges[0];

      while (history->first > top->from && top->blocks[history->first - 1 - top->from] != NULL)
        if (!prove (history, top->blocks[history->first - 1 - top->from]))
          {
            /* What was proven stays: the range goes on below it. */
            fail_range (self, top, 100, "old block that is not the chain's");
            top->count = history->first - top->from;
            return;
          }
      if (history->first > top->from)
        return;
      empty_range (top);
      history->n_ranges--;
      memmove (&history->ranges[0], &history->ranges[1], history->n_ranges * sizeof (Range));
    }
}

gboolean
tc_engine_take_history_block (TcEngine *self, TcPeer *peer, TcBlock *block)
{
  TcHistorySync *history = self->history;

  for (guint i = 0; i < history->n_ranges; i++)
    {
      Range *range = &history->ranges[i];
      const guint32 at = block->header.height - range->from;

      if (range->peer != peer->id || block->header.height < range->from || at >= range->count)
        continue;
      range->heard_ms = self->mono_ms;
      if (range->blocks[at] == NULL)
        {
          range->blocks[at] = tc_block_ref (block);
          range->n_blocks++;
        }
      drain (self);
      return TRUE;
    }
  return FALSE;
}

void
tc_engine_on_past_stored (TcEngine *self, const TcInput *input)
{
  self->history->is_storing = FALSE;
  self->history->stored = input->height;
}

/* --- time --- */

static gboolean
is_needed (const TcEngine *self)
{
  return self->history->is_wanted && self->history->first > self->history->lowest;
}

void
tc_engine_history_tick (TcEngine *self)
{
  TcHistorySync *history = self->history;

  hand_over (self);
  if (!is_needed (self) || tc_engine_is_snapshotting (self) || tc_engine_best_height (self) > tc_ledger_get_tip (self->ledger)->height + 1)
    return;
  drop_idle (self);
  if (history->bytes >= BYTES_MAX)
    return;
  extend (history);
  for (guint i = 0; i < history->n_ranges; i++)
    ask (self, &history->ranges[i]);
}

gint64
tc_engine_history_deadline (TcEngine *self)
{
  return is_needed (self) ? self->mono_ms + LOOK_AGAIN_MS : G_MAXINT64;
}

gboolean
tc_engine_history_progress (TcEngine *self, TcSyncProgress *ret_progress)
{
  const TcHistorySync *history = self->history;
  const guint32 height = tc_ledger_get_tip (self->ledger)->height;

  if (!history->is_wanted || history->stored == history->lowest)
    return FALSE;
  *ret_progress = (TcSyncProgress) { .phase = TC_SYNC_HISTORY, .done = height - (history->stored - history->lowest), .total = height };
  for (guint i = 0; i < history->n_ranges; i++)
    ret_progress->n_peers += history->ranges[i].peer != 0;
  return TRUE;
}
