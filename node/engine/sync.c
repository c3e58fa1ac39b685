#include "sync-private.h"

#define CHECK_BYTES  4000000u  /* under check at once: all cores have something to do, and coins are not fetched long before they are spent */
#define APPLY_BYTES   250000u  /* in one step: messages have their turn in between */
#define APPLY_BLOCKS      16u
#define BAD_WITNESS_POINTS 20u  /* less than a ban: whoever fetched history below a snapshot could not check witnesses (S2), and may have been lied to */

/* --- the window --- */

static void
slot_free (gpointer data)
{
  TcSyncSlot *slot = data;

  g_clear_pointer (&slot->block, tc_block_unref);
  g_clear_pointer (&slot->commit, tc_commit_unref);
  g_clear_pointer (&slot->checked, tc_check_unref);
  g_free (slot);
}

void
tc_engine_sync_init (TcEngine *self)
{
  self->sync = g_new0 (TcSync, 1);
  self->sync->slots = g_ptr_array_new_with_free_func (slot_free);
  self->sync->requests = g_array_new (FALSE, FALSE, sizeof (TcSyncRequest));
  self->sync->outputs = g_hash_table_new (tc_hash_hash, tc_hash_equal);
  tc_fetch_init (self->sync);
}

void
tc_engine_sync_clear (TcEngine *self)
{
  g_hash_table_unref (self->sync->outputs);
  g_array_unref (self->sync->requests);
  g_ptr_array_unref (self->sync->slots);
  g_clear_pointer (&self->sync, g_free);
}

TcSyncSlot *
tc_sync_find_slot (TcSync *self, guint32 height)
{
  return height >= self->first && height - self->first < self->slots->len ? g_ptr_array_index (self->slots, height - self->first) : NULL;
}

static void
remove_outputs (TcSync *self, const TcBlock *block)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    if (g_hash_table_lookup (self->outputs, &block->txs[i]->txid) == block->txs[i])
      g_hash_table_remove (self->outputs, &block->txs[i]->txid);
}

void
tc_sync_empty_slot (TcSync *self, TcSyncSlot *slot)
{
  guint at;

  if (slot->block == NULL)
    return;
  if (slot->check != 0)
    remove_outputs (self, slot->block);
  if (slot->check != 0 && g_ptr_array_find (self->slots, slot, &at))
    self->n_begun = MIN (self->n_begun, at);
  self->held_bytes -= slot->size_bytes;
  slot->check = 0;
  g_clear_pointer (&slot->block, tc_block_unref);
  g_clear_pointer (&slot->commit, tc_commit_unref);
  g_clear_pointer (&slot->checked, tc_check_unref);
}

/* By us or by agreement, the tip has moved on. */
static void
advance (TcEngine *self)
{
  TcSync *sync = self->sync;
  const guint32 first = tc_ledger_get_tip (self->ledger)->height + 1;

  while (sync->first < first && sync->slots->len > 0)
    {
      tc_sync_empty_slot (sync, g_ptr_array_index (sync->slots, 0));
      g_ptr_array_remove_index (sync->slots, 0);
      sync->n_begun -= MIN (sync->n_begun, 1);
      sync->first++;
    }
  sync->first = first;
  tc_fetch_advance (self);
}

/* --- what is shown --- */

gboolean
tc_engine_is_syncing (const TcEngine *self)
{
  return self->sync->requests->len > 0 || self->sync->slots->len > 0;
}

guint
tc_engine_count_sync_blocks (const TcEngine *self)
{
  return self->sync->slots->len;
}

gboolean
tc_engine_get_sync_progress (TcEngine *self, TcSyncProgress *ret_progress)
{
  const guint32 height = tc_ledger_get_tip (self->ledger)->height;
  const guint32 best = tc_engine_best_height (self);

  if (!tc_engine_is_syncing (self) || best <= height + 1)
    return FALSE;
  *ret_progress = (TcSyncProgress) { TC_SYNC_BLOCKS, height, best, tc_fetch_count_peers (self->sync) };
  return TRUE;
}

void
tc_engine_set_writer_full (TcEngine *self, gboolean full)
{
  self->sync->writer_full = full;
}

/* --- serving --- */

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
  effect->count = MIN (count, height - from + 1);
}

/* --- what comes --- */

static gboolean
was_asked (const TcSyncSlot *slot, guint64 peer)
{
  return slot != NULL && (slot->asked[0] == peer || slot->asked[1] == peer);
}

/* Attestations stand in a last block's body only (M6): a proposer that carried others on would be refused. */
static gboolean
is_commit_of (const TcCommit *commit, const TcBlock *block)
{
  return commit->height == block->header.height && tc_hash_equal (&commit->block_hash, &block->hash) && commit->n_attestations == 0;
}

static void
take_block (TcEngine *self, TcPeer *peer, TcSyncSlot *slot, TcBlock *block, TcCommit *commit, gsize size_bytes)
{
  TcSync *sync = self->sync;
  const guint32 height = block->header.height;

  tc_fetch_note_block (self, peer, slot, height, size_bytes);
  if (slot->block != NULL)
    return;
  if (!is_commit_of (commit, block))
    {
      tc_fetch_fail_peer (self, peer->id, 100, "block without a commit for it");
      return;
    }
  slot->asked[0] = slot->asked[1] = 0;
  if (sync->held_bytes + size_bytes > TC_SYNC_MEMORY_BYTES && height != sync->head)
    return;
  slot->peer = peer->id;
  slot->block = tc_block_ref (block);
  slot->commit = tc_commit_ref (commit);
  slot->size_bytes = size_bytes;
  sync->held_bytes += size_bytes;
}

void
tc_engine_on_block (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcCommit) commit = NULL;
  TcSyncSlot *slot;
  guint32 height;

  if (!tc_message_block_peek (body, &height))
    {
      tc_engine_punish (self, peer->id, 100, "malformed block");
      return;
    }
  slot = tc_sync_find_slot (self->sync, height);
  if (!was_asked (slot, peer->id) && !tc_engine_awaits_snapshot_block (self, peer, height) && peer->search == NULL
      && height > tc_ledger_get_tip (self->ledger)->height)
    return;  /* nobody asked for it: not worth decoding */
  if (!tc_message_block_decode (body, &block, &commit))
    {
      tc_fetch_fail_peer (self, peer->id, 100, "malformed block");
      return;
    }
  if (tc_engine_take_snapshot_block (self, peer, block, commit) || tc_engine_take_history_block (self, peer, block)
      || tc_engine_take_answer (self, peer, block, commit))
    return;
  if (height <= tc_ledger_get_tip (self->ledger)->height)
    tc_engine_meet_block (self, peer, block, commit);
  else if (was_asked (slot, peer->id))
    take_block (self, peer, slot, block, commit, g_bytes_get_size (body));
}

/* --- checking ahead --- */

static void
add_outputs (TcSync *self, const TcBlock *block)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    g_hash_table_replace (self->outputs, &block->txs[i]->txid, block->txs[i]);
}

/* What is in memory here; the rest is for the driver to fetch. Where a coin is another by the time that it is spent (M4), the digest will not be the ledger's. */
static gboolean
find_output (TcEngine *self, const TcOutpoint *outpoint, TcOutput *ret_output, gboolean *ret_on_disk)
{
  const TcTx *maker = g_hash_table_lookup (self->sync->outputs, &outpoint->txid);
  TcCoin coin;
  TcCoinPeek peek;

  *ret_on_disk = FALSE;
  if (maker != NULL && outpoint->index >= maker->n_outputs)
    return FALSE;
  if (maker != NULL)
    {
      *ret_output = maker->outputs[outpoint->index];
      return TRUE;
    }
  peek = tc_ledger_peek_coin (self->ledger, outpoint, &coin);
  *ret_on_disk = peek == TC_COIN_UNKNOWN;
  if (peek == TC_COIN_UNSPENT)
    *ret_output = coin.output;
  return peek == TC_COIN_UNSPENT;
}

static void
find_coins (TcEngine *self, TcCheck *check)
{
  const TcBlock *block = check->block;
  guint32 at = 0;

  check->version = tc_ledger_get_version (self->ledger);
  check->fetch = g_new (TcOutpoint, check->n_spent);
  check->fetch_for = g_new (guint32, check->n_spent);
  for (guint32 i = 0; i < block->n_txs; i++)
    for (guint32 j = 0; j < block->txs[i]->n_inputs; j++, at++)
      {
        const TcOutpoint *outpoint = &block->txs[i]->inputs[j].outpoint;
        gboolean on_disk;

        if (find_output (self, outpoint, &check->spent[at], &on_disk))
          check->has_spent[at] = TRUE;
        if (!on_disk)
          continue;
        check->fetch[check->n_fetch] = *outpoint;
        check->fetch_for[check->n_fetch++] = at;
      }
  check->coins = g_new (TcCoin, check->n_fetch);
  check->found = g_new0 (guint8, check->n_fetch);
}

/* The commit in the body, as far as the parent's own does not prove it. */
static void
add_parent (TcEngine *self, TcCheck *check, const TcSyncSlot *parent)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  const guint32 epoch = parent != NULL ? parent->block->header.epoch : tip->epoch;
  TcCommit *commit = parent != NULL ? parent->commit : self->tip_commit;
  TcCommittee *committee = tc_engine_committee_of (self, epoch);

  if (committee == NULL && parent == NULL)
    committee = tc_engine_past_committee (self, tip->height);
  if (commit == NULL || committee == NULL || check->block->commit == NULL)
    return;
  check->parent = tc_commit_ref (commit);
  check->parent_committee = tc_committee_ref (committee);
}

static void on_checked (TcEngine *self, const TcCheck *check);

static void
begin_check (TcEngine *self, TcSyncSlot *slot, const TcSyncSlot *parent, TcCommittee *committee)
{
  TcSync *sync = self->sync;
  TcCheck *check = tc_check_new (tc_engine_chain_id (self), slot->commit, committee, slot->block);

  slot->check = ++sync->last_check;
  sync->checking_bytes += slot->size_bytes;
  check->size_bytes = slot->size_bytes;
  add_outputs (sync, slot->block);
  find_coins (self, check);
  add_parent (self, check, parent);
  tc_engine_begin_check (self, check, on_checked, slot->check);
}

/* B3: only a last block names the next committee. What names its parent's hash and another epoch is its sender's lie: nothing of it needs proof, and no committee of another epoch is asked. */
static guint32
get_next_epoch (TcEngine *self, const TcSyncSlot *parent)
{
  const TcHeader *header = parent != NULL ? &parent->block->header : NULL;

  return header != NULL ? header->epoch + !tc_hash_is_zero (&header->next_committee) : tc_ledger_get_next_epoch (self->ledger);
}

/* In order, as far as each follows the one before it and its committee is known. What does not follow waits until it would be the next. */
static void
begin_checks (TcEngine *self)
{
  TcSync *sync = self->sync;

  while (sync->n_begun < sync->slots->len && sync->checking_bytes < CHECK_BYTES)
    {
      const TcSyncSlot *parent = sync->n_begun > 0 ? g_ptr_array_index (sync->slots, sync->n_begun - 1) : NULL;
      const TcHash *hash = parent != NULL ? &parent->block->hash : &tc_ledger_get_tip (self->ledger)->hash;
      TcSyncSlot *slot = g_ptr_array_index (sync->slots, sync->n_begun);
      TcCommittee *committee;

      if (slot->block == NULL || !tc_hash_equal (&slot->block->header.previous, hash))
        return;
      if (slot->block->header.epoch != get_next_epoch (self, parent))
        {
          tc_fetch_fail_peer (self, slot->peer, 100, "block of another epoch than its parent leads to");
          tc_sync_empty_slot (sync, slot);
          return;
        }
      committee = tc_engine_committee_of (self, slot->block->header.epoch);
      if (committee == NULL)
        return;
      if (slot->check == 0)
        begin_check (self, slot, parent, committee);
      sync->n_begun++;
    }
}

static void
on_checked (TcEngine *self, const TcCheck *check)
{
  TcSyncSlot *slot = tc_sync_find_slot (self->sync, check->block->header.height);

  self->sync->checking_bytes -= check->size_bytes;
  for (guint32 i = 0; i < check->n_fetch; i++)
    if (check->found[i])
      tc_ledger_offer_coin (self->ledger, check->version, &check->fetch[i], &check->coins[i]);
  if (slot == NULL || slot->check != check->tag)
    return;
  if (check->commit_good)
    {
      slot->checked = tc_check_ref ((TcCheck *) check);
      return;
    }
  tc_fetch_fail_peer (self, slot->peer, 100, "block without a commit for it");
  tc_sync_empty_slot (self->sync, slot);
}

/* --- applying --- */

/* The peer's chain is another one (C8). Its blocks are of no use here. */
static void
leave_fork (TcEngine *self, guint64 id)
{
  TcSync *sync = self->sync;
  TcPeer *peer = tc_engine_find_peer (self, id);

  for (guint i = 0; i < sync->slots->len; i++)
    if (((TcSyncSlot *) g_ptr_array_index (sync->slots, i))->peer == id)
      tc_sync_empty_slot (sync, g_ptr_array_index (sync->slots, i));
  if (peer != NULL && tc_engine_search_fork (self, peer, tc_ledger_get_tip (self->ledger)->height))
    tc_fetch_forget_peer (self, id);
  else
    tc_fetch_fail_peer (self, id, 20, "block that does not follow the chain");
}

/* Returns: FALSE where the peer is at fault: witnesses are not the block's (T1), and the body may be another's. */
static gboolean
apply (TcEngine *self, const TcSyncSlot *slot)
{
  const TcCheck *check = slot->checked;
  const TcExecuteOptions options = {
    .verifier = self->verifier, .is_checked = tc_engine_is_checked, .user_data = self, .digests = check->digests,
    .commit_checked = check->parent_good && check->parent == self->tip_commit,
  };
  g_autoptr(TcExecution) execution = NULL;
  TcBlockVerdict verdict = tc_ledger_execute (self->ledger, slot->block, &options, &execution);

  if (verdict == TC_BLOCK_OK)
    {
      tc_engine_apply (self, slot->block, slot->commit, execution, TC_APPLY_SYNCED);
      return TRUE;
    }
  if (verdict == TC_BLOCK_BAD_WITNESS || verdict == TC_BLOCK_BAD_BODY)
    return FALSE;
  self->halted = TRUE;
  tc_engine_emit_text (self, TC_EFFECT_HALT,
                       "Block %u carries the commit of a quorum, and this node finds it invalid (%s). Either this version of TimeCoin is too old or "
                       "damaged, or more than a third of the committee lied. The node has stopped; update it, or ask its makers.",
                       slot->block->header.height, tc_block_verdict_name (verdict));
  return TRUE;
}

/* Returns: FALSE where the next block cannot be applied now. */
static gboolean
apply_next (TcEngine *self, gsize *size_bytes)
{
  TcSync *sync = self->sync;
  TcSyncSlot *slot = sync->slots->len > 0 ? g_ptr_array_index (sync->slots, 0) : NULL;

  if (slot == NULL || slot->block == NULL || tc_engine_needs_trust (self) || tc_engine_is_snapshotting (self))
    return FALSE;
  if (tc_engine_is_distrusted (self, slot->block->header.height, &slot->block->hash))
    {
      tc_engine_refuse_chain (self, slot->block->header.height, &slot->block->hash);
      tc_fetch_fail_peer (self, slot->peer, 100, "a chain that contradicts a trusted block");
      tc_sync_empty_slot (sync, slot);
      return FALSE;
    }
  if (!tc_hash_equal (&slot->block->header.previous, &tc_ledger_get_tip (self->ledger)->hash))
    {
      leave_fork (self, slot->peer);
      return FALSE;
    }
  if (slot->checked == NULL)
    return FALSE;
  *size_bytes += slot->size_bytes;
  if (!apply (self, slot))
    {
      tc_fetch_fail_peer (self, slot->peer, BAD_WITNESS_POINTS, "block with a bad witness");
      tc_sync_empty_slot (sync, slot);
      return FALSE;
    }
  advance (self);
  return TRUE;
}

void
tc_engine_sync_proceed (TcEngine *self)
{
  TcSync *sync = self->sync;
  gsize size_bytes = 0;
  guint n = 0;

  advance (self);
  sync->more = FALSE;
  while (!self->halted && !sync->writer_full && apply_next (self, &size_bytes))
    if (++n == APPLY_BLOCKS || size_bytes >= APPLY_BYTES)
      {
        sync->more = TRUE;
        break;
      }
  if (!self->halted)
    begin_checks (self);
}

void
tc_engine_sync_tick (TcEngine *self)
{
  advance (self);
  tc_fetch_tick (self);
}

gint64
tc_engine_sync_deadline (TcEngine *self)
{
  if (self->sync->more && !self->sync->writer_full)
    return self->mono_ms;
  return tc_fetch_deadline (self);
}
