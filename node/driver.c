#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define WRITES_MAX       256u      /* blocks waiting to be written, and their bytes, before no more are applied that were fetched: until half is written */
#define WRITES_BYTES_MAX 16000000u
#define PRUNE_RECORDS  256u  /* removed at once, before what is to be signed has its turn */
#define PRUNE_PAUSE_MS 50

void
tc_node_fail (TcNode *self, const GError *error)
{
  if (self->failed)
    return;
  self->failed = TRUE;
  self->state = TC_NODE_HALTED;
  g_free (self->warning);
  self->warning = g_strdup_printf ("%s The node has stopped working so that nothing is lost; mend this and start it again.", error->message);
  g_critical ("%s", self->warning);
  tc_node_touch_status (self);
}

/* --- PERSIST: everything queued goes to disk in one sync --- */

static void
write_records (TcJob *job)
{
  g_autoptr(GArray) records = g_array_new (FALSE, FALSE, sizeof (TcSignedRecord));

  for (guint i = 0; i < job->effects->len; i++)
    {
      const GArray *from = ((TcEffect *) g_ptr_array_index (job->effects, i))->records;

      for (guint j = 0; j < from->len; j++)
        {
          const TcRecord *record = &g_array_index (from, TcRecord, j);
          const TcSignedRecord signed_record = { record->epoch, record->kind, record->data };

          g_array_append_val (records, signed_record);
        }
    }
  tc_store_append_signed (job->node->store, (const TcSignedRecord *) (gpointer) records->data, records->len, &job->error);
}

static void
after_records (TcJob *job)
{
  TcNode *self = job->node;

  self->persisting = FALSE;
  if (job->error != NULL)
    {
      tc_node_fail (self, job->error);
      return;
    }
  /* An effect without records lets what stands behind it pass. */
  for (guint i = 0; i < job->effects->len; i++)
    g_clear_pointer (&((TcEffect *) g_ptr_array_index (job->effects, i))->records, g_array_unref);
  tc_node_pump (self);
}

static void
persist_queued (TcNode *self)
{
  TcJob *job = tc_job_new (self, write_records, after_records);

  job->effects = g_ptr_array_new ();
  for (GList *l = self->queue.head; l != NULL; l = l->next)
    if (((TcEffect *) l->data)->kind == TC_EFFECT_PERSIST)
      g_ptr_array_add (job->effects, l->data);
  self->persisting = TRUE;
  tc_job_push (job, self->signer);
}

/* --- COMMIT, LOOK_UP, PRUNE: the writer's, in order --- */

static void
write_block (TcJob *job)
{
  const TcStoreBlock block = { job->effect.block, job->effect.commit, job->effect.committee, job->effect.epoch, job->effect.link };

  if (job->node->block_missing)
    {
      job->error = g_error_new_literal (TC_NODE_ERROR, TC_NODE_ERROR_DISK, _("An earlier block could not be written."));
      return;
    }
  job->node->block_missing = !tc_store_write (job->node->store, &block, 1, job->effect.flush, job->effect.durable, &job->error);
}

static gsize
get_size (const TcEffect *effect)
{
  return effect->block->txs_size_bytes + TC_HEADER_SIZE;
}

static void
begin_write (TcNode *self, const TcEffect *effect)
{
  self->n_writes++;
  self->writes_bytes += get_size (effect);
  if (self->n_writes < WRITES_MAX && self->writes_bytes < WRITES_BYTES_MAX)
    return;
  self->writer_full = TRUE;
  tc_engine_set_writer_full (self->engine, TRUE);
}

/* Returns: TRUE where the engine may go on. */
static gboolean
end_write (TcNode *self, const TcEffect *effect)
{
  self->n_writes--;
  self->writes_bytes -= get_size (effect);
  if (!self->writer_full || self->n_writes > WRITES_MAX / 2 || self->writes_bytes > WRITES_BYTES_MAX / 2)
    return FALSE;
  self->writer_full = FALSE;
  tc_engine_set_writer_full (self->engine, FALSE);
  return TRUE;
}

static void
after_block (TcJob *job)
{
  TcNode *self = job->node;
  TcInput input = { .kind = job->effect.flush != NULL ? TC_INPUT_FLUSHED : TC_INPUT_TICK };
  const gboolean again = end_write (self, &job->effect);

  if (job->error != NULL)
    {
      tc_node_fail (self, job->error);
      return;
    }
  if (self->stopping)
    return;
  tc_node_note_block (self, job->effect.block, TRUE);
  tc_serving_note_stored (self->serving);
  if (!tc_hash_is_zero (&job->effect.block->header.next_committee))
    {
      tc_node_dial_members (self);
      tc_node_prune_blocks (self);
    }
  if (job->effect.flush != NULL || again)
    tc_node_feed (self, &input, NULL);
  tc_node_touch_status (self);
}

/* What is proven once need not be fetched again, nor checked. */
static void
write_links (TcJob *job)
{
  TcLink *const *links = job->effect.links != NULL ? (TcLink *const *) job->effect.links->pdata : NULL;

  tc_store_write_links (job->node->store, job->effect.epoch, links, job->effect.links != NULL ? job->effect.links->len : 0, &job->error);
}

static void
after_write_links (TcJob *job)
{
  if (job->error != NULL)
    tc_node_fail (job->node, job->error);
}

static gboolean
read_link (TcJob *job)
{
  g_autoptr(GPtrArray) found = tc_store_read_links (job->node->store, job->effect.epoch, 1, G_MAXSIZE, &job->error);
  g_autoptr(TcLink) link = NULL;

  if (found == NULL || found->len == 0)
    return FALSE;
  link = tc_link_decode (g_bytes_get_data (g_ptr_array_index (found, 0), NULL), g_bytes_get_size (g_ptr_array_index (found, 0)), &job->error);
  if (link == NULL)
    return FALSE;
  job->header = link->header;
  job->effect.commit = tc_commit_ref (link->commit);
  return TRUE;
}

static void
look_up (TcJob *job)
{
  if (job->effect.epoch != 0)
    {
      job->found = read_link (job);
      return;
    }
  job->found = tc_store_read_past (job->node->store, job->effect.height, &job->header, &job->effect.commit, &job->effect.committee, &job->error);
}

static void
after_look_up (TcJob *job)
{
  TcInput input = { .kind = TC_INPUT_STORED, .header = job->found ? &job->header : NULL, .commit = job->effect.commit,
                    .committee = job->effect.committee };

  if (job->error != NULL)
    g_warning ("could not look up block %u: %s", job->effect.height, job->error->message);
  if (!job->node->stopping)
    tc_node_feed (job->node, &input, NULL);
}

/* Rule C5: a chain store out of a backup must not make the node sign anew where its signatures are deleted. */
static gboolean
mark_pruned (TcNode *self, guint32 epoch, GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  TcSignedRecord mark = { epoch, TC_RECORD_PRUNED, NULL };

  if (self->pruned_epoch == epoch)
    return TRUE;
  tc_put_u32 (bytes, epoch);
  mark.data = g_bytes_new (bytes->data, bytes->len);
  if (tc_store_append_signed (self->store, &mark, 1, error))
    self->pruned_epoch = epoch;
  g_bytes_unref (mark.data);
  return self->pruned_epoch == epoch;
}

static void
prune (TcJob *job)
{
  if (!mark_pruned (job->node, job->effect.epoch, &job->error))
    return;
  tc_store_prune_signed (job->node->store, job->effect.epoch, PRUNE_RECORDS, &job->more, &job->error);
}

static void prune_later (TcNode *self);

static void
after_prune (TcJob *job)
{
  TcNode *self = job->node;

  self->pruning = FALSE;
  if (job->error != NULL)
    g_warning ("could not remove what an earlier epoch signed: %s", job->error->message);
  else if (job->more || self->prune_epoch > job->effect.epoch)
    prune_later (self);
}

static gboolean
on_prune_timer (gpointer user_data)
{
  TcNode *self = user_data;
  TcJob *job = tc_job_new (self, prune, after_prune);

  job->effect.epoch = self->prune_epoch;
  g_source_unref (self->prune_timer);
  self->prune_timer = NULL;
  tc_job_push (job, self->signer);
  return G_SOURCE_REMOVE;
}

/* A little at a time: what is to be signed waits for it. What a stop leaves goes with the next epoch's. */
static void
prune_later (TcNode *self)
{
  if (self->stopping || self->pruning)
    return;
  self->pruning = TRUE;
  self->prune_timer = g_timeout_source_new (PRUNE_PAUSE_MS);
  g_source_set_callback (self->prune_timer, on_prune_timer, self, NULL);
  g_source_attach (self->prune_timer, self->context);
}

static void
nothing (TcJob *job)
{
}

/* Every block before it is on disk now: what its epoch signed may go. */
static void
after_barrier (TcJob *job)
{
  job->node->prune_epoch = job->effect.epoch;
  prune_later (job->node);
}

static void
push_to_writer (TcNode *self, TcEffect *effect, TcJobFunc work, TcJobFunc then)
{
  TcJob *job = tc_job_new (self, work, then);

  job->effect = *effect;
  memset (effect, 0, sizeof *effect);
  tc_job_push (job, self->writer);
}

/* --- effects --- */

static void
halt (TcNode *self, const char *text)
{
  self->state = TC_NODE_HALTED;
  g_free (self->warning);
  self->warning = g_strdup (text);
  g_critical ("%s", text);
}

void
tc_node_tell_reached (TcNode *self, guint32 masternode, const TcPublicKey *operator_key)
{
  TcInput input = { .kind = TC_INPUT_REACHED, .masternode = masternode, .operator_key = operator_key };

  tc_node_feed (self, &input, NULL);
}

/* Rule M6. Who was dialled and proved that key has been reached. */
static gboolean
is_dialled (TcNode *self, const TcPublicKey *operator_key)
{
  g_autoptr(GPtrArray) peers = tc_net_list_peers (self->net);

  for (guint i = 0; i < peers->len; i++)
    {
      const TcNetPeerInfo *peer = g_ptr_array_index (peers, i);

      if (!peer->inbound && peer->has_operator_key && tc_public_key_equal (&peer->operator_key, operator_key))
        return TRUE;
    }
  return FALSE;
}

static void
probe (TcNode *self, const TcEffect *effect)
{
  if (is_dialled (self, &effect->operator_key))
    tc_node_tell_reached (self, effect->masternode, &effect->operator_key);
  else if (!tc_net_probe (self->net, effect->masternode, effect->text, &effect->operator_key))
    g_debug ("masternode %u at %s is not probed now", effect->masternode, effect->text);
}

static void
take_clock_warning (TcNode *self, const char *text)
{
  g_free (self->clock_warning);
  self->clock_warning = g_strdup (text);
  if (text != NULL)
    g_warning ("%s", text);
}

static void
note_jailed (TcNode *self, const TcEffect *effect)
{
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_JAILED, .masternode = effect->masternode };

  g_message ("epoch %u: %s", effect->epoch, effect->text);
  tc_event_hub_publish (self->hub, &event);
}

static void
carry_out (TcNode *self, TcEffect *effect)
{
  if (self->stopping && effect->kind != TC_EFFECT_COMMIT)
    return;
  switch (effect->kind)
    {
    case TC_EFFECT_PERSIST:
      break;
    case TC_EFFECT_SEND:
      tc_net_send (self->net, effect->peer, effect->type, effect->body);
      break;
    case TC_EFFECT_COMMIT:
      begin_write (self, effect);
      push_to_writer (self, effect, write_block, after_block);
      break;
    case TC_EFFECT_STORE_LINKS:
      push_to_writer (self, effect, write_links, after_write_links);
      break;
    case TC_EFFECT_SERVE:
    case TC_EFFECT_SERVE_LINKS:
    case TC_EFFECT_SERVE_PART:
      tc_serving_take (self->serving, effect);
      break;
    case TC_EFFECT_LOOK_UP:
      push_to_writer (self, effect, look_up, after_look_up);
      break;
    case TC_EFFECT_CHECK:
      tc_node_begin_check (self, effect);
      break;
    case TC_EFFECT_PUNISH:
      g_info ("peer %" G_GUINT64_FORMAT ": %s", effect->peer, effect->text);
      tc_net_punish (self->net, effect->peer, effect->points, effect->text);
      break;
    case TC_EFFECT_TX:
      tc_node_note_effect (self, effect);
      break;
    case TC_EFFECT_PRUNE:
      push_to_writer (self, effect, nothing, after_barrier);
      break;
    case TC_EFFECT_HALT:
      halt (self, effect->text);
      break;
    case TC_EFFECT_PROBE:
      probe (self, effect);
      break;
    case TC_EFFECT_TRUST:
      tc_node_note_trust (self, effect);
      break;
    case TC_EFFECT_CLOCK:
      take_clock_warning (self, effect->text);
      break;
    case TC_EFFECT_SNAPSHOT:
      tc_node_make_snapshot (self, effect);
      break;
    case TC_EFFECT_STORE_PART:
      tc_node_store_part (self, effect);
      break;
    case TC_EFFECT_INSTALL:
      tc_node_install_snapshot (self, effect);
      break;
    case TC_EFFECT_STORE_PAST:
      tc_node_store_past (self, effect);
      break;
    case TC_EFFECT_WARN:
      g_free (self->warning);
      self->warning = g_strdup (effect->text);
      g_warning ("%s", effect->text);
      break;
    case TC_EFFECT_JAILED:
      note_jailed (self, effect);
      break;
    }
}

static void
effect_free (gpointer data)
{
  tc_effect_clear (data);
  g_free (data);
}

/* In order; one that is to be persisted holds back all behind it until it is on disk. What is left when the writers are gone was not done, as after a crash. */
void
tc_node_pump (TcNode *self)
{
  TcEffect *effect;

  while (!self->failed && !self->persisting && self->signer != NULL && (effect = g_queue_peek_head (&self->queue)) != NULL)
    {
      if (effect->kind == TC_EFFECT_PERSIST && effect->records != NULL)
        {
          persist_queued (self);
          return;
        }
      g_queue_pop_head (&self->queue);
      carry_out (self, effect);
      effect_free (effect);
    }
}

void
tc_node_set_timer (TcNode *self)
{
  gint64 deadline_ms = tc_engine_get_deadline_ms (self->engine);

  g_source_set_ready_time (self->timer, deadline_ms == G_MAXINT64 ? -1 : deadline_ms * 1000);
}

/* What comes of a message shows whether it was any good. */
static void
note_useful (TcNode *self, const TcInput *input, const TcEffect *effect)
{
  if (input->kind == TC_INPUT_MESSAGE && (effect->kind == TC_EFFECT_TX || effect->kind == TC_EFFECT_COMMIT))
    tc_net_note_useful (self->net, input->peer);
}

void
tc_node_feed (TcNode *self, TcInput *input, TcTxVerdict *ret_verdict)
{
  g_autoptr(GError) fault = NULL;

  if (self->failed || self->engine == NULL)
    {
      if (ret_verdict != NULL)
        *ret_verdict = TC_TX_MISSING_COIN;
      return;
    }
  input->mono_ms = g_get_monotonic_time () / 1000;
  input->wall_ms = g_get_real_time () / 1000;
  tc_engine_step (self->engine, input, &self->effects, ret_verdict);
  if (!tc_store_check_fault (self->store, &fault))
    {
      tc_node_fail (self, fault);
      return;
    }
  for (guint i = 0; i < self->effects.items->len; i++)
    {
      TcEffect *effect = g_new (TcEffect, 1);

      *effect = tc_effects_steal (&self->effects, i);
      note_useful (self, input, effect);
      g_queue_push_tail (&self->queue, effect);
    }
  tc_node_pump (self);
  tc_node_set_timer (self);
  tc_node_touch_status (self);
}

static gboolean
on_timer (gpointer user_data)
{
  TcInput input = { .kind = TC_INPUT_TICK };

  tc_node_feed (user_data, &input, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

void
tc_node_start_timer (TcNode *self)
{
  static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
}

void
tc_node_clear_queues (TcNode *self)
{
  g_queue_clear_full (&self->queue, effect_free);
}
