#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define PUBLISH_US        100000
#define STALLED_ROUNDS    2u
#define BLOCK_WEIGHT      2000u  /* in bytes of transactions */
#define MEMBER_WEIGHT     200u
#define INSTALL_BYTES_MS  25000u /* of a snapshot, which are put in place in so long once all are there */

typedef struct
{
  TcFinality finality;
  TcTx      *tx;        /* (nullable) */
  gint64     seen_us;   /* monotonic */
  guint32    epoch;     /* in which it came to its end, for forgetting it */
} Entry;

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

/* --- the book of recent transactions --- */

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->tx, tc_tx_unref);
  g_free (entry);
}

void
tc_node_book_init (TcNode *self)
{
  self->book = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, NULL, entry_free);
  self->marks = g_array_new (FALSE, FALSE, sizeof (TcNodeBlockMark));
}

void
tc_node_book_clear (TcNode *self)
{
  g_clear_pointer (&self->book, g_hash_table_unref);
  g_clear_pointer (&self->marks, g_array_unref);
}

static Entry *
ensure_entry (TcNode *self, const TcHash *txid)
{
  Entry *entry = g_hash_table_lookup (self->book, txid);

  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->seen_us = g_get_monotonic_time ();
  entry->epoch = G_MAXUINT32;
  entry->finality = (TcFinality) {
    .txid = *txid, .state = TC_FINALITY_PENDING, .seen_ms = now_ms (), .certified_ms = -1, .final_ms = -1,
    .final_duration_us = -1, .block_time_ms = -1,
  };
  g_hash_table_insert (self->book, &entry->finality.txid, entry);
  return entry;
}

static void
announce (TcNode *self, const Entry *entry)
{
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_TX, .tx = entry->tx, .finality = entry->finality };

  tc_event_hub_publish (self->hub, &event);
}

void
tc_node_note_submit (TcNode *self, const TcHash *txid, gint64 submitted_us)
{
  Entry *entry = g_hash_table_lookup (self->book, txid);

  /* Its SEEN may stand behind a write that is under way: its time begins now all the same. */
  if (entry == NULL && tc_engine_get_tx (self->engine, txid) != NULL)
    entry = ensure_entry (self, txid);
  if (entry != NULL && entry->finality.final_duration_us < 0)
    entry->seen_us = MIN (entry->seen_us, submitted_us);
}

static void
note_final (Entry *entry)
{
  if (entry->finality.final_duration_us >= 0)
    return;
  entry->finality.final_ms = now_ms ();
  entry->finality.final_duration_us = g_get_monotonic_time () - entry->seen_us;
}

void
tc_node_note_effect (TcNode *self, const TcEffect *effect)
{
  Entry *entry = ensure_entry (self, &effect->tx->txid);
  TcFinality *finality = &entry->finality;

  if (entry->tx == NULL)
    entry->tx = tc_tx_ref (effect->tx);
  finality->votes = effect->votes;
  finality->acks = effect->acks;
  finality->power = effect->power;
  switch (effect->event)
    {
    case TC_TX_EVENT_SEEN:
      finality->state = TC_FINALITY_PENDING;  /* also for one that was dropped and came back */
      entry->epoch = G_MAXUINT32;
      break;
    case TC_TX_EVENT_VOTES:
      break;
    case TC_TX_EVENT_CERTIFIED:
      finality->state = MAX (finality->state, TC_FINALITY_CERTIFIED);
      finality->certified_ms = finality->certified_ms < 0 ? now_ms () : finality->certified_ms;
      break;
    case TC_TX_EVENT_FINAL:
      finality->state = MAX (finality->state, TC_FINALITY_FINAL);
      note_final (entry);
      break;
    case TC_TX_EVENT_CONFIRMED:
      return;  /* told when the block is on disk */
    case TC_TX_EVENT_DROPPED:
      finality->state = TC_FINALITY_DROPPED;
      entry->epoch = self->status->epoch;
      break;
    }
  announce (self, entry);
}

static gboolean
is_forgotten (gpointer key, gpointer value, gpointer user_data)
{
  const Entry *entry = value;

  return entry->epoch < GPOINTER_TO_UINT (user_data);
}

/* While catching up only those that somebody was told of. */
static void
confirm_txs (TcNode *self, const TcBlock *block)
{
  if (self->state == TC_NODE_SYNCING && g_hash_table_size (self->book) == 0)
    return;
  for (guint32 i = 0; i < block->n_txs; i++)
    {
      const TcHash *txid = &block->txs[i]->txid;
      Entry *entry = self->state == TC_NODE_SYNCING ? g_hash_table_lookup (self->book, txid) : ensure_entry (self, txid);

      if (entry == NULL)
        continue;
      if (entry->tx == NULL)
        entry->tx = tc_tx_ref (block->txs[i]);
      note_final (entry);  /* a block is final, and may come before the acknowledgements do */
      entry->finality.state = TC_FINALITY_CONFIRMED;
      entry->finality.height = block->header.height;
      entry->finality.block_time_ms = (gint64) block->header.time_ms;
      entry->epoch = block->header.epoch;
      announce (self, entry);
    }
}

/* What a block costs to fetch, check and write, in bytes or what takes as long: its commit and the work of any block, and its transactions. */
static guint64
block_weight (const TcNode *self, const TcBlock *block)
{
  guint64 weight = BLOCK_WEIGHT + (guint64) self->status->n_members * MEMBER_WEIGHT;

  for (guint32 i = 0; i < block->n_txs; i++)
    weight += block->txs[i]->size_bytes;
  return weight;
}

void
tc_node_note_block (TcNode *self, TcBlock *block, gboolean announce_it)
{
  TcNodeBlockMark mark = { block->header.height, (gint64) block->header.time_ms, block->n_txs,
                           !tc_hash_is_zero (&block->header.next_committee) };
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_BLOCK, .block = block, .block_hash = block->hash };

  self->weight += block_weight (self, block);
  self->stored_height = block->header.height;
  self->stored_hash = block->hash;
  self->stored_time_ms = (gint64) block->header.time_ms;
  if (announce_it)
    confirm_txs (self, block);
  if (self->marks->len > 0 && g_array_index (self->marks, TcNodeBlockMark, self->marks->len - 1).is_last)
    {
      g_array_set_size (self->marks, 0);
      /* This epoch's and the last one's stay (node.h). */
      g_hash_table_foreach_remove (self->book, is_forgotten, GUINT_TO_POINTER (block->header.epoch - MIN (block->header.epoch, 1)));
    }
  if (self->marks->len == TC_NODE_MARKS_MAX)
    g_array_remove_index (self->marks, 0);
  g_array_append_val (self->marks, mark);
  if (announce_it)
    tc_event_hub_publish (self->hub, &event);
}

void
tc_node_forget_blocks (TcNode *self)
{
  g_array_set_size (self->marks, 0);
}

gboolean
tc_node_get_finality (TcNode *self, const TcHash *txid, TcFinality *ret_finality)
{
  const Entry *entry = g_hash_table_lookup (self->book, txid);
  gboolean certified, final;

  if (entry == NULL)
    return FALSE;
  *ret_finality = entry->finality;
  if (entry->finality.state < TC_FINALITY_CONFIRMED)
    tc_engine_get_votes (self->engine, txid, &ret_finality->votes, &ret_finality->acks, &ret_finality->power, &certified, &final);
  return TRUE;
}

/* --- the status snapshot --- */

/* Rule C5, for a masternode that stands in the committee and does not sign. (transfer full) (nullable) */
static char *
explain_silence (const TcNode *self, const TcEngineInfo *info)
{
  const TcSignedVerdict verdict = tc_store_get_signed_age (self->store)->verdict;

  switch (info->signing)
    {
    case TC_SIGNING_OLD_STORE:
      return g_strdup_printf (_("This masternode signs nothing in epoch %u: its record of what it signed is not known to be whole. %s The masternode signs "
                              "again in epoch %u, by itself."), info->epoch,
                              tc_signed_verdict_is_old (verdict) ? tc_signed_verdict_message (verdict) : _("It was made, or put in place, in this epoch."),
                              info->epoch + 1);
    case TC_SIGNING_CHAIN_AHEAD:
      return g_strdup_printf (_("This masternode signs nothing in epoch %u: the chain holds a signature by its key that its record lacks, so the record is "
                              "an older one. The masternode signs again in epoch %u, by itself."), info->epoch, info->epoch + 1);
    case TC_SIGNING_CHAIN_OLD:
      return g_strdup (_("The chain of this node is older than what it signed, as if it came out of a backup. It signs again once it has caught up."));
    case TC_SIGNING_MET_ITSELF:
      return g_strdup (_("This masternode has stopped signing: a message signed by its key came from the network, and this node did not send it. Another copy of "
                       "it is running, or its data folder was restored from a backup. Stop the other copy, then start this one again in the next epoch."));
    case TC_SIGNING_YES:
    case TC_SIGNING_NO_MEMBER:
    case TC_SIGNING_HALTED:
      return NULL;
    }
  return NULL;
}

static void
choose_state (TcNode *self, const TcEngineInfo *info, guint n_peers)
{
  g_clear_pointer (&self->problem, g_free);
  if (self->state == TC_NODE_HALTED || self->state == TC_NODE_STOPPING)
    {
      self->problem = g_strdup (self->warning);
      return;
    }
  if (self->trust_warning != NULL)
    self->problem = g_strdup (self->trust_warning);
  else if (info->needs_trust)
    self->problem = g_strdup (_("This computer was away for so long that it must be shown a recent block before it goes on: compare what its peers offer with somebody whom you believe."));
  else
    self->problem = explain_silence (self, info);
  if (info->best_height > info->height + 1)
    self->state = TC_NODE_SYNCING;
  else if (n_peers == 0 && info->n_members > (info->self != TC_MEMBER_NONE ? 1u : 0u))
    {
      self->state = TC_NODE_CONNECTING;
      if (self->problem == NULL)
        self->problem = g_strdup (self->proxy_warning);
    }
  else if (info->round >= STALLED_ROUNDS)
    {
      self->state = TC_NODE_STALLED;
      g_free (self->problem);
      self->problem = g_strdup_printf (_("No quorum: %u of %u masternodes answer. Payments wait until more than two thirds of the power is back."),
                                       info->n_answering, info->n_members);
    }
  else
    {
      self->state = TC_NODE_READY;
      if (self->problem == NULL)
        self->problem = g_strdup (self->warning != NULL ? self->warning : self->clock_warning != NULL ? self->clock_warning : self->proxy_warning);
    }
}

static void
count_outbound (TcNode *self, TcNodeStatus *status)
{
  g_autoptr(GPtrArray) peers = tc_net_list_peers (self->net);

  status->n_peers = peers->len;
  for (guint i = 0; i < peers->len; i++)
    status->n_peers_outbound += !((TcNetPeerInfo *) g_ptr_array_index (peers, i))->inbound;
}

/* What the engine says; where it names no phase, the blocks that it lacks are one. */
static TcSyncProgress
choose_progress (const TcNode *self, const TcEngineInfo *info)
{
  if (info->sync.phase != TC_SYNC_NONE || self->state != TC_NODE_SYNCING)
    return info->sync;
  return (TcSyncProgress) { .phase = TC_SYNC_BLOCKS, .done = info->height, .total = info->best_height, .n_peers = info->sync.n_peers };
}

static void
fill_sync (TcNode *self, const TcEngineInfo *info, TcNodeSync *ret_sync)
{
  const TcSyncProgress said = choose_progress (self, info);
  TcProgress *progress = &self->progress[said.phase];

  G_STATIC_ASSERT ((int) TC_SYNC_HISTORY == (int) TC_NODE_SYNC_HISTORY);
  for (guint i = 0; i < G_N_ELEMENTS (self->progress); i++)
    if (said.phase == TC_SYNC_NONE || (i != said.phase && self->state != TC_NODE_SYNCING))
      tc_progress_add (&self->progress[i], 0, 0, 0, 0, 0);
  tc_progress_add (progress, g_get_monotonic_time () / 1000, said.phase, said.done, said.total, said.phase == TC_SYNC_BLOCKS ? self->weight : said.done);
  *ret_sync = (TcNodeSync) {
    .phase = (TcNodeSyncPhase) said.phase,
    .done = MIN (MAX (said.done, progress->done), said.total),
    .total = said.total,
    .rate = tc_progress_get_rate (progress, 1000),
    .rate_minute = tc_progress_get_rate (progress, 60000),
    .left_ms = tc_progress_get_left_ms (progress),
    .n_peers = said.n_peers,
  };
  /* What follows the last byte is not told of: it is allowed for while they come, and then not known. */
  if (said.phase == TC_SYNC_SNAPSHOT && ret_sync->left_ms >= 0)
    ret_sync->left_ms = said.done < said.total ? ret_sync->left_ms + (gint64) (said.total / INSTALL_BYTES_MS) : -1;
}

static void
fill_engine (TcNode *self, TcNodeStatus *status)
{
  const TcTip *tip = tc_ledger_get_tip (tc_engine_get_ledger (self->engine));
  TcEngineInfo info;

  tc_engine_get_info (self->engine, &info);
  if (self->net != NULL)
    {
      count_outbound (self, status);
      tc_net_get_traffic (self->net, &status->bytes_in, &status->bytes_out);
    }
  choose_state (self, &info, status->n_peers);
  /* Who is told of a height can read its block. */
  status->height = self->stored_height;
  status->best_height = info.best_height;
  status->needs_trust = info.needs_trust;
  status->offered = info.offered;
  status->offered_time_ms = (gint64) info.offered_time_ms;
  status->oldest_height = MAX (info.oldest, 1);
  status->older_come = status->oldest_height > 1 && self->history && self->prune_mb == 0;
  G_STATIC_ASSERT (sizeof status->snapshots == sizeof info.snapshots);
  status->n_snapshots = info.n_snapshots;
  memcpy (status->snapshots, info.snapshots, sizeof status->snapshots);
  status->clock_offset_ms = info.clock_offset_ms;
  status->clock_is_off = info.clock_is_off;
  status->tip_time_ms = status->height > 0 ? self->stored_time_ms : (gint64) tip->time_ms;
  status->tip_hash = status->height > 0 ? self->stored_hash : self->network->genesis->chain_id;
  status->epoch = info.epoch;
  status->epoch_start_ms = (gint64) tip->epoch_start_ms;
  status->round = info.round;
  status->step = info.step;
  status->n_members = info.n_members;
  status->power = info.power;
  status->prevote_power = info.prevote_power;
  status->precommit_power = info.precommit_power;
  status->n_members_answering = info.n_answering;
  status->is_masternode = info.self != TC_MEMBER_NONE;
  status->signing = info.signing == TC_SIGNING_YES;
  status->mempool_txs = info.mempool_txs;
  status->mempool_bytes = info.mempool_bytes;
  fill_sync (self, &info, &status->sync);
  g_atomic_int_set (&self->fee_rate, (gint) info.fee_rate);
}

static void
fill_marks (TcNode *self, TcNodeStatus *status)
{
  guint n = self->marks->len;

  /* A last block closed the epoch that these stand in: the next one has none yet. */
  if (n > 0 && g_array_index (self->marks, TcNodeBlockMark, n - 1).is_last)
    return;
  status->n_marks = n;
  for (guint i = 0; i < n; i++)
    status->marks[i] = g_array_index (self->marks, TcNodeBlockMark, i);
}

void
tc_node_publish_status (TcNode *self)
{
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_STATUS };
  const TcParams *params = &self->network->genesis->params;
  TcNodeStatus *status = g_new0 (TcNodeStatus, 1), *old;

  g_atomic_ref_count_init (&status->ref_count);
  status->sync.left_ms = -1;
  status->oldest_height = 1;
  status->epoch_length_ms = params->epoch_length_ms;
  status->block_interval_ms = params->block_interval_ms;
  status->uptime_ms = self->started_us > 0 ? (g_get_monotonic_time () - self->started_us) / 1000 : 0;
  if (self->engine != NULL)
    {
      fill_engine (self, status);
      fill_marks (self, status);
    }
  status->state = self->state;
  status->problem = g_strdup (self->problem);
  status->problem_is_clock = self->problem != NULL && g_strcmp0 (self->problem, self->clock_warning) == 0;
  self->published_us = g_get_monotonic_time ();
  self->dirty = FALSE;
  g_mutex_lock (&self->lock);
  old = self->status;
  self->status = status;
  g_mutex_unlock (&self->lock);
  tc_node_status_unref (old);
  tc_event_hub_publish (self->hub, &event);
}

static gboolean
on_publish_timer (gpointer user_data)
{
  TcNode *self = user_data;

  if (self->dirty)
    tc_node_publish_status (self);
  g_source_set_ready_time (self->publish_timer, -1);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_publish (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

void
tc_node_touch_status (TcNode *self)
{
  static GSourceFuncs funcs = { .dispatch = dispatch_publish };

  if (self->dirty)
    return;
  self->dirty = TRUE;
  if (self->publish_timer == NULL)
    {
      self->publish_timer = g_source_new (&funcs, sizeof (GSource));
      g_source_set_callback (self->publish_timer, on_publish_timer, self, NULL);
      g_source_attach (self->publish_timer, self->context);
    }
  g_source_set_ready_time (self->publish_timer, self->published_us + PUBLISH_US);
}
