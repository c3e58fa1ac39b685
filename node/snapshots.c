#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

#include <string.h>

#include "core/check.h"
#include "ledger/snapshot.h"
#include "store/snapshot.h"

/* Rule S2, the driver's side: snapshots made, taken in and installed; blocks below them fetched, and old ones pruned. */

#define PRUNE_AGAIN_MS   20  /* what is to be written has its turn meanwhile */
#define REPLACE_AGAIN_MS 10

void
tc_node_open_snapshots (TcNode *self)
{
  self->dumper = tc_job_thread_new ();
  self->provers = tc_job_threads_new (g_get_num_processors ());
}

static void
stop_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

/* Before the writer's thread ends: what they leave is for it. */
void
tc_node_stop_snapshots (TcNode *self)
{
  if (self->dump != NULL)
    tc_store_dump_cancel (self->dump);
  tc_job_thread_free (self->dumper);
  tc_job_thread_free (self->provers);
  self->dumper = self->provers = NULL;
  stop_timer (&self->prune_blocks_timer);
  stop_timer (&self->replace_timer);
}

void
tc_node_clear_snapshots (TcNode *self)
{
  g_clear_pointer (&self->dump, tc_store_dump_free);
  g_clear_pointer (&self->manifest, g_bytes_unref);
}

/* What the store holds now, as statuses say it. */
void
tc_node_update_served (TcNode *self)
{
  guint32 heights[TC_STORE_SNAPSHOTS_MAX];
  const gsize n = tc_store_list_snapshots (self->store, heights);

  if (self->engine != NULL)
    tc_engine_set_served (self->engine, tc_store_get_oldest_block (self->store), heights, n);
}

/* --- SNAPSHOT --- */

static void
dump (TcJob *job)
{
  job->found = tc_store_dump_run (job->node->dump, &job->error);
}

static void
after_dump (TcJob *job)
{
  TcNode *self = job->node;

  if (job->error != NULL)
    g_warning ("no snapshot was made of block %u: %s", job->effect.height, job->error->message);
  else if (job->found)
    g_message ("a snapshot of block %u can be fetched from here", job->effect.height);
  g_clear_pointer (&self->dump, tc_store_dump_free);
  if (!self->stopping && !self->failed)
    tc_node_update_served (self);
}

static void
begin_dump (TcJob *job)
{
  job->dump = tc_store_dump_begin (job->node->store, job->effect.height, job->effect.body, &job->error);
}

static void
after_begin_dump (TcJob *job)
{
  TcNode *self = job->node;
  TcJob *next;

  if (job->error != NULL)
    g_warning ("no snapshot is made of block %u: %s", job->effect.height, job->error->message);
  if (job->dump == NULL || self->dump != NULL || self->stopping)
    return;
  self->dump = g_steal_pointer (&job->dump);
  next = tc_job_new (self, dump, after_dump);
  next->effect.height = job->effect.height;
  tc_job_push (next, self->dumper);
}

/* Its view of the state begins where the writer stands; one at a time: a day passes between two. */
void
tc_node_make_snapshot (TcNode *self, TcEffect *effect)
{
  TcJob *job;

  if (self->dump != NULL)
    return;
  job = tc_job_new (self, begin_dump, after_begin_dump);
  job->effect = *effect;
  memset (effect, 0, sizeof *effect);
  tc_job_push (job, self->writer);
}

/* --- STORE_PART --- */

static void
write_manifest (TcJob *job)
{
  if (job->found)
    tc_store_import_begin (job->node->store, &job->effect.block->header, job->effect.body, &job->error);
}

static void
write_part (TcJob *job)
{
  if (job->found)
    tc_store_import_part (job->node->store, job->effect.part, job->effect.body, &job->error);
}

static void
after_part (TcJob *job)
{
  TcNode *self = job->node;
  TcInput input = { .kind = TC_INPUT_PART_STORED, .height = job->effect.height, .part = job->effect.part, .holds = job->found };

  if (self->stopping)
    return;
  if (job->error != NULL)
    tc_node_fail (self, job->error);
  else
    tc_node_feed (self, &input, NULL);
}

/* The manifest proves the parts that are fetched from now on. */
static void
after_manifest (TcJob *job)
{
  TcNode *self = job->node;

  if (job->found && job->error == NULL)
    {
      g_clear_pointer (&self->manifest, g_bytes_unref);
      self->manifest = g_bytes_ref (job->effect.body);
    }
  after_part (job);
}

static void
prove (TcJob *job)
{
  const TcEffect *effect = &job->effect;

  if (effect->part == TC_SNAPSHOT_MANIFEST)
    job->found = tc_snapshot_check_manifest (&effect->block->header, effect->body);
  else
    job->found = tc_snapshot_check_part (effect->body, effect->part, tc_snapshot_get_bucket (job->proof, effect->part), NULL);
}

static void
after_proof (TcJob *job)
{
  TcNode *self = job->node;
  const gboolean is_manifest = job->effect.part == TC_SNAPSHOT_MANIFEST;
  TcJob *next;

  if (self->stopping || self->failed)
    return;
  if (is_manifest && job->found)
    self->import_height = job->effect.height;
  if (!is_manifest && self->import_height != job->effect.height)
    return;  /* of a snapshot that was left for another meanwhile */
  next = tc_job_new (self, is_manifest ? write_manifest : write_part, is_manifest ? after_manifest : after_part);
  next->effect = job->effect;
  next->found = job->found;
  memset (&job->effect, 0, sizeof job->effect);
  tc_job_push (next, self->writer);
}

void
tc_node_store_part (TcNode *self, TcEffect *effect)
{
  TcJob *job = tc_job_new (self, prove, after_proof);

  job->effect = *effect;
  memset (effect, 0, sizeof *effect);
  if (job->effect.part != TC_SNAPSHOT_MANIFEST)
    job->proof = g_bytes_ref (self->manifest);
  tc_job_push (job, self->provers);
}

/* --- INSTALL --- */

static void
write_snapshot (TcJob *job)
{
  TcEffect *effect = &job->effect;
  const TcStoreBlock last = { effect->block, effect->commit, effect->committee, 0, effect->link };
  g_autoptr(GBytes) record = tc_snapshot_dup_record (job->proof);
  g_autoptr(GBytes) state = tc_ledger_snapshot_state (job->node->network->genesis, &effect->block->header, effect->prev_last_height, effect->committee,
                                                      job->proof, &job->error);

  if (state == NULL || !tc_store_import_finish (job->node->store, state, &last, &job->error))
    return;
  /* Who installed one serves it. That it could not be kept for others is no reason to stop. */
  job->dump = tc_store_dump_begin (job->node->store, effect->height, record, NULL);
}

static void
tell_peers (TcNode *self)
{
  g_autoptr(GPtrArray) peers = tc_net_list_peers (self->net);

  for (guint i = 0; i < peers->len; i++)
    {
      const TcNetPeerInfo *peer = g_ptr_array_index (peers, i);
      TcInput input = { .kind = TC_INPUT_PEER_UP, .peer = peer->id, .operator_key = peer->has_operator_key ? &peer->operator_key : NULL };

      tc_node_feed (self, &input, NULL);
    }
}

/* As after a restart, but that peers, subscribers and what the user has pending are still there. Where that fails the old engine stays, for whoever asks a node that has stopped. */
static gboolean
replace_engine (TcNode *self, GError **error)
{
  g_autoptr(GPtrArray) txs = tc_engine_dup_txs (self->engine);
  TcEngine *before = g_steal_pointer (&self->engine);

  self->engine_number++;
  self->writer_full = FALSE;
  tc_node_forget_blocks (self);
  if (!tc_node_recover (self, error))
    {
      g_clear_pointer (&self->engine, tc_engine_free);
      self->engine = before;
      return FALSE;
    }
  tc_engine_free (before);
  tell_peers (self);
  for (guint i = 0; i < txs->len; i++)
    {
      TcInput input = { .kind = TC_INPUT_SUBMIT, .tx = g_ptr_array_index (txs, i) };

      tc_node_feed (self, &input, NULL);
    }
  tc_node_dial_members (self);
  tc_node_set_timer (self);
  tc_node_touch_status (self);
  return TRUE;
}

/* Recovery reads and writes what the other threads do: they must rest. Nothing new is signed or written meanwhile, since the engine rests, too. */
static gboolean
try_replace (gpointer user_data)
{
  TcNode *self = user_data;
  g_autoptr(GError) error = NULL;

  if (self->persisting || self->pruning || self->pruning_blocks)
    return G_SOURCE_CONTINUE;
  stop_timer (&self->replace_timer);
  if (!replace_engine (self, &error))
    tc_node_fail (self, error);
  return G_SOURCE_REMOVE;
}

static void
after_install (TcJob *job)
{
  TcNode *self = job->node;

  self->n_writes--;
  if (self->stopping)
    return;
  if (job->error != NULL)
    {
      tc_node_fail (self, job->error);
      return;
    }
  g_message ("the snapshot of block %u is installed", job->effect.height);
  g_clear_pointer (&self->manifest, g_bytes_unref);
  after_begin_dump (job);
  self->replace_timer = g_timeout_source_new (REPLACE_AGAIN_MS);
  g_source_set_callback (self->replace_timer, try_replace, self, NULL);
  g_source_attach (self->replace_timer, self->context);
}

void
tc_node_install_snapshot (TcNode *self, TcEffect *effect)
{
  TcJob *job = tc_job_new (self, write_snapshot, after_install);

  job->effect = *effect;
  memset (effect, 0, sizeof *effect);
  job->proof = g_bytes_ref (self->manifest);
  self->n_writes++;
  tc_job_push (job, self->writer);
}

/* --- STORE_PAST --- */

static void
write_past (TcJob *job)
{
  const TcEffect *effect = &job->effect;
  g_autofree TcStoreBlock *blocks = g_new0 (TcStoreBlock, effect->blocks->len);

  for (guint i = 0; i < effect->blocks->len; i++)
    blocks[i] = (TcStoreBlock) { .block = g_ptr_array_index (effect->blocks, i), .commit = g_ptr_array_index (effect->commits, i) };
  tc_store_write_past (job->node->store, blocks, effect->blocks->len, &job->error);
}

/* Returns: FALSE where the store failed. */
static gboolean
tell_gap (TcNode *self, GError **error)
{
  g_autoptr(TcBlock) above = NULL;
  guint32 lowest, highest;

  if (!tc_store_get_gap (self->store, &lowest, &highest))
    return TRUE;
  if (!tc_store_read_block (self->store, highest + 1, &above, NULL, error))
    return FALSE;
  tc_engine_set_gap (self->engine, above, lowest);
  return TRUE;
}

static void
after_past (TcJob *job)
{
  TcNode *self = job->node;
  TcInput input = { .kind = TC_INPUT_PAST_STORED, .height = job->effect.height };
  guint32 lowest, highest;
  gboolean is_closed;

  if (self->stopping)
    return;
  if (job->error != NULL)
    {
      tc_node_fail (self, job->error);
      return;
    }
  /* Before the engine goes on: what it hands over then, the writer may have stored by the time that we look. */
  is_closed = !tc_store_get_gap (self->store, &lowest, &highest) || highest + 1 < input.height;
  tc_node_update_served (self);
  tc_node_feed (self, &input, NULL);
  if (is_closed && !tell_gap (self, &job->error))
    tc_node_fail (self, job->error);
}

void
tc_node_store_past (TcNode *self, TcEffect *effect)
{
  TcJob *job = tc_job_new (self, write_past, after_past);

  job->effect = *effect;
  memset (effect, 0, sizeof *effect);
  tc_job_push (job, self->writer);
}

/* --- recovery --- */

/* Returns: FALSE where the store failed. */
gboolean
tc_node_restore_snapshots (TcNode *self, GError **error)
{
  g_auto(TcStoreImport) import = { 0 };
  g_autoptr(GError) cause = NULL;

  tc_node_update_served (self);
  if (tc_store_import_load (self->store, &import, &cause) && import.header.height <= tc_ledger_get_tip (tc_engine_get_ledger (self->engine))->height)
    tc_store_import_cancel (self->store, &cause);
  else if (cause == NULL && import.manifest != NULL)
    {
      const TcHash hash = tc_header_hash (&import.header);

      g_clear_pointer (&self->manifest, g_bytes_unref);
      self->manifest = g_bytes_ref (import.manifest);
      self->import_height = import.header.height;
      tc_engine_restore_import (self->engine, import.header.height, &hash, import.parts);
    }
  if (cause == NULL && tell_gap (self, &cause))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* --- pruning --- */

static void
prune_blocks (TcJob *job)
{
  tc_store_prune_blocks (job->node->store, (guint64) job->node->prune_mb * 1000 * 1000, job->effect.height, &job->more, &job->error);
}

static gboolean
on_prune_timer (gpointer user_data)
{
  TcNode *self = user_data;

  g_clear_pointer (&self->prune_blocks_timer, g_source_unref);
  tc_node_prune_blocks (self);
  return G_SOURCE_REMOVE;
}

static void
after_prune_blocks (TcJob *job)
{
  TcNode *self = job->node;

  self->pruning_blocks = FALSE;
  if (job->error != NULL)
    g_warning ("old blocks could not be deleted: %s", job->error->message);
  if (self->stopping || self->failed)
    return;
  tc_node_update_served (self);
  if (job->error != NULL || !job->more || self->prune_blocks_timer != NULL)
    return;
  self->prune_blocks_timer = g_timeout_source_new (PRUNE_AGAIN_MS);
  g_source_set_callback (self->prune_blocks_timer, on_prune_timer, self, NULL);
  g_source_attach (self->prune_blocks_timer, self->context);
}

/* What a restart reads of the epoch under way stays, and of the one before, for whoever is not there yet. */
void
tc_node_prune_blocks (TcNode *self)
{
  TcJob *job;

  if (self->prune_mb == 0 || self->pruning_blocks || self->writer == NULL)
    return;
  job = tc_job_new (self, prune_blocks, after_prune_blocks);
  job->effect.height = tc_ledger_get_tip (tc_engine_get_ledger (self->engine))->prev_epoch_start_height;
  self->pruning_blocks = TRUE;
  tc_job_push (job, self->writer);
}
