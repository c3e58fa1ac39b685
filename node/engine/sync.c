#include "engine-private.h"

#define BEHIND_BY_ONE_MS 400   /* agreement usually gets there by itself */
#define PLAUSIBLE_SLACK  64u

void
tc_sync_block_free (gpointer data)
{
  TcSyncBlock *self = data;

  tc_block_unref (self->block);
  tc_commit_unref (self->commit);
  g_free (self);
}

/* A height that time allows (B1); what claims more lies, or our clock is wrong. */
static guint32
plausible_height (TcEngine *self)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  gint64 since_ms = MAX (self->wall_ms - (gint64) tip->time_ms, 0);
  guint64 most = (guint64) tip->height + (guint64) since_ms / MAX (self->genesis->params.block_interval_busy_ms, 1u) + PLAUSIBLE_SLACK;

  return (guint32) MIN (most, G_MAXUINT32 - 1);
}

guint32
tc_engine_best_height (TcEngine *self)
{
  guint32 best = tc_ledger_get_tip (self->ledger)->height, most = plausible_height (self);

  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_status && peer->height <= most)
        best = MAX (best, peer->height);
    }
  return best;
}

void
tc_engine_on_get_blocks (TcEngine *self, TcPeer *peer, GBytes *body)
{
  guint32 height = tc_ledger_get_tip (self->ledger)->height, from;
  TcEffect *effect;
  guint8 count;

  if (!tc_get_blocks_decode (body, &from, &count))
    {
      tc_engine_punish (self, peer->id, 100, "malformed request for blocks");
      return;
    }
  if (from > height)
    return;
  effect = tc_engine_emit (self, TC_EFFECT_SERVE);
  effect->peer = peer->id;
  effect->height = from;
  effect->count = MIN (MIN (count, TC_ENGINE_SYNC_BLOCKS), height - from + 1);
}

static gboolean
is_committed (TcEngine *self, const TcSyncBlock *item)
{
  const TcHeader *header = &item->block->header;

  /* Attestations stand in a last block's body only (M6): a proposer that carried others on would be refused. */
  return item->commit->height == header->height && tc_hash_equal (&item->commit->block_hash, &item->block->hash)
         && item->commit->n_attestations == 0
         && tc_commit_check (item->commit, tc_engine_chain_id (self), self->committee, self->verifier);
}

/* Returns: FALSE where the peer sent something that no commit covers. */
static gboolean
take_block (TcEngine *self, const TcSyncBlock *item)
{
  const TcExecuteOptions options = { .verifier = self->verifier, .is_checked = tc_engine_is_checked, .user_data = self };
  g_autoptr(TcExecution) execution = NULL;
  TcBlockVerdict verdict;

  if (!is_committed (self, item))
    return FALSE;
  verdict = tc_ledger_execute (self->ledger, item->block, &options, &execution);
  if (verdict == TC_BLOCK_OK)
    {
      tc_engine_apply (self, item->block, item->commit, execution, TC_APPLY_SYNCED);
      return TRUE;
    }
  if (verdict == TC_BLOCK_BAD_WITNESS || verdict == TC_BLOCK_BAD_BODY)
    return FALSE;  /* T1: witnesses are not the block's; the body may be another's */
  self->halted = TRUE;
  tc_engine_emit_text (self, TC_EFFECT_HALT,
                       "Block %u carries the commit of a quorum, and this node finds it invalid (%s). Either this version of TimeCoin is too old or "
                       "damaged, or more than a third of the committee lied. The node has stopped; update it, or ask its makers.",
                       item->block->header.height, tc_block_verdict_name (verdict));
  return TRUE;
}

static void
keep_block (TcEngine *self, guint64 peer, TcBlock *block, TcCommit *commit)
{
  TcSyncBlock *item;
  guint at = 0;

  while (at < self->sync_blocks->len
         && ((TcSyncBlock *) g_ptr_array_index (self->sync_blocks, at))->block->header.height < block->header.height)
    at++;
  if (at < self->sync_blocks->len
      && ((TcSyncBlock *) g_ptr_array_index (self->sync_blocks, at))->block->header.height == block->header.height)
    return;
  item = g_new (TcSyncBlock, 1);
  *item = (TcSyncBlock) { peer, tc_block_ref (block), tc_commit_ref (commit) };
  g_ptr_array_insert (self->sync_blocks, (gint) at, item);
}

static void
fail_peer (TcEngine *self, guint64 id, guint points, const char *why)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  if (peer != NULL)
    {
      peer->has_status = FALSE;
      peer->n_failed++;
      tc_engine_punish (self, id, points, why);
    }
  self->sync_peer = 0;
  g_ptr_array_set_size (self->sync_blocks, 0);
}

/* The blocks came, from there or by agreement; or never will. */
static void
end_request (TcEngine *self)
{
  self->sync_peer = 0;
  g_ptr_array_set_size (self->sync_blocks, 0);
}

static void
note_progress (TcEngine *self, guint64 id)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  self->sync_deadline_ms = self->mono_ms + TC_ENGINE_SYNC_MS;
  if (peer != NULL && peer->n_failed > 0)
    peer->n_failed--;
}

/* The peer's chain is another one (C8). */
static void
leave_fork (TcEngine *self, guint64 id)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  if (peer != NULL && tc_engine_search_fork (self, peer, tc_ledger_get_tip (self->ledger)->height))
    end_request (self);
  else
    fail_peer (self, id, 20, "block that does not follow the chain");
}

static void
drain (TcEngine *self)
{
  while (self->sync_blocks->len > 0 && !self->halted)
    {
      guint32 height = tc_ledger_get_tip (self->ledger)->height;
      TcSyncBlock *item = g_ptr_array_index (self->sync_blocks, 0);
      guint64 peer = item->peer;

      if (item->block->header.height > height + 1)
        return;
      item = g_ptr_array_steal_index (self->sync_blocks, 0);
      if (item->block->header.height == height + 1
          && !tc_hash_equal (&item->block->header.previous, &tc_ledger_get_tip (self->ledger)->hash))
        leave_fork (self, peer);
      else if (item->block->header.height == height + 1 && !take_block (self, item))
        fail_peer (self, peer, 100, "block without a commit for it");
      else
        note_progress (self, peer);
      tc_sync_block_free (item);
    }
}

void
tc_engine_on_block (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcCommit) commit = NULL;
  guint32 height = tc_ledger_get_tip (self->ledger)->height;

  if (!tc_message_block_decode (body, &block, &commit))
    {
      tc_engine_punish (self, peer->id, 100, "malformed block");
      return;
    }
  if (tc_engine_take_answer (self, peer, block, commit))
    return;
  if (block->header.height <= height)
    tc_engine_meet_block (self, peer, block, commit);
  if (peer->id != self->sync_peer || block->header.height <= height || block->header.height > self->sync_until)
    return;
  keep_block (self, peer->id, block, commit);
  drain (self);
}

/* Whoever failed least, then whoever claims most. Where a claim passes what is plausible, our own clock may be to blame: as far as is plausible the
 * peer is asked, after the others, and each block that it has moves the bound on. */
static TcPeer *
choose_peer (TcEngine *self, guint32 above, guint32 most)
{
  TcPeer *best = NULL;

  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (!peer->has_status || peer->search != NULL || MIN (peer->height, most) <= above)
        continue;
      if (best == NULL || peer->n_failed < best->n_failed
          || (peer->n_failed == best->n_failed
              && (peer->height > most ? 0 : peer->height) > (best->height > most ? 0 : best->height)))
        best = peer;
    }
  return best;
}

void
tc_engine_sync_tick (TcEngine *self)
{
  guint32 height = tc_ledger_get_tip (self->ledger)->height, most, count;
  TcPeer *peer;

  if (self->sync_peer != 0 && height >= self->sync_until)
    end_request (self);
  if (self->sync_peer != 0 && self->mono_ms >= self->sync_deadline_ms)
    fail_peer (self, self->sync_peer, 5, "did not send the blocks that it said it has");
  if (self->sync_peer != 0)
    return;
  most = plausible_height (self);
  peer = self->claimed_height > height ? choose_peer (self, height, most) : NULL;
  if (peer == NULL)
    {
      self->behind_since_ms = G_MAXINT64;
      return;
    }
  if (self->behind_since_ms == G_MAXINT64)
    self->behind_since_ms = self->mono_ms;
  if (peer->height == height + 1 && self->mono_ms - self->behind_since_ms < BEHIND_BY_ONE_MS)
    return;
  count = MIN (MIN (peer->height, most) - height, TC_ENGINE_SYNC_BLOCKS);
  self->sync_peer = peer->id;
  self->sync_until = height + count;
  self->sync_deadline_ms = self->mono_ms + TC_ENGINE_SYNC_MS;
  tc_engine_send (self, peer, TC_MESSAGE_GET_BLOCKS, tc_get_blocks_encode (height + 1, (guint8) count));
}

gint64
tc_engine_sync_deadline (TcEngine *self)
{
  if (self->sync_peer != 0)
    return self->sync_deadline_ms;
  return self->behind_since_ms != G_MAXINT64 ? MAX (self->behind_since_ms + BEHIND_BY_ONE_MS, self->mono_ms + 50) : G_MAXINT64;
}
