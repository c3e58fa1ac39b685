#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

#include <sodium.h>
#include <string.h>

#define PROTOCOL_VERSION      1
#define NOISE_KEY             "noise-key"
#define WRITES_MAX            64u           /* blocks waiting to be written before messages wait too */
#define PRUNE_RECORDS         256u          /* removed at once, before what is to be signed has its turn */
#define PRUNE_PAUSE_MS        50
#define STOP_WAIT_US          4000000       /* of the 5 s that stopping may take */
#define CACHE_COINS_DEFAULT   200000u

/* --- jobs: work on a writer's thread, then what follows on the node's --- */

typedef void (*JobFunc) (TcJob *job);

struct _TcJob
{
  TcNode       *node;
  JobFunc       work, then;
  GError       *error;
  GPtrArray    *effects;   /* PERSIST: TcEffect, borrowed from the queue */
  TcEffect      effect;    /* COMMIT, SERVE, PRUNE: owned */
  GArray       *answers;   /* SERVE: GBytes * */
  gboolean      found;     /* LOOK_UP: header, with effect.commit and effect.committee */
  TcHeader      header;
  gboolean      more;      /* PRUNE: not all is gone */
};

static void
job_free (TcJob *job)
{
  g_clear_error (&job->error);
  g_clear_pointer (&job->effects, g_ptr_array_unref);
  g_clear_pointer (&job->answers, g_array_unref);
  tc_effect_clear (&job->effect);
  g_free (job);
}

static gboolean
finish_job (gpointer data)
{
  TcJob *job = data;

  job->then (job);
  return G_SOURCE_REMOVE;
}

static void
run_job (gpointer data, gpointer user_data)
{
  TcJob *job = data;
  g_autoptr(GSource) source = g_idle_source_new ();

  job->work (job);
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, finish_job, job, (GDestroyNotify) job_free);
  g_source_attach (source, job->node->context);
}

static TcJob *
job_new (TcNode *node, JobFunc work, JobFunc then)
{
  TcJob *job = g_new0 (TcJob, 1);

  job->node = node;
  job->work = work;
  job->then = then;
  return job;
}

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

static void pump (TcNode *self);

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
  pump (self);
}

static void
persist_queued (TcNode *self)
{
  TcJob *job = job_new (self, write_records, after_records);

  job->effects = g_ptr_array_new ();
  for (GList *l = self->queue.head; l != NULL; l = l->next)
    if (((TcEffect *) l->data)->kind == TC_EFFECT_PERSIST)
      g_ptr_array_add (job->effects, l->data);
  self->persisting = TRUE;
  g_thread_pool_push (self->signer, job, NULL);
}

/* --- COMMIT, SERVE, PRUNE: the writer's, in order --- */

static void
write_block (TcJob *job)
{
  const TcStoreBlock block = { job->effect.block, job->effect.commit, job->effect.committee, job->effect.epoch };

  if (job->node->block_missing)
    {
      job->error = g_error_new_literal (TC_NODE_ERROR, TC_NODE_ERROR_DISK, "An earlier block could not be written.");
      return;
    }
  job->node->block_missing = !tc_store_write (job->node->store, &block, 1, job->effect.flush, job->effect.durable, &job->error);
}

static void
after_block (TcJob *job)
{
  TcNode *self = job->node;
  TcInput input = { .kind = TC_INPUT_FLUSHED };

  self->n_writes--;
  if (job->error != NULL)
    {
      tc_node_fail (self, job->error);
      return;
    }
  if (self->stopping)
    return;
  tc_node_note_block (self, job->effect.block, TRUE);
  if (!tc_hash_is_zero (&job->effect.block->header.next_committee))
    tc_node_dial_members (self);
  if (job->effect.flush != NULL)
    tc_node_feed (self, &input, NULL);
  tc_node_touch_status (self);
  while (self->n_writes < WRITES_MAX && !g_queue_is_empty (&self->deferred))
    {
      TcInput *message = g_queue_pop_head (&self->deferred);

      tc_node_feed (self, message, NULL);
      g_bytes_unref (message->body);
      g_free (message);
    }
}

static void
clear_bytes (gpointer data)
{
  g_bytes_unref (*(GBytes **) data);
}

static void
read_blocks (TcJob *job)
{
  job->answers = g_array_new (FALSE, FALSE, sizeof (GBytes *));
  g_array_set_clear_func (job->answers, clear_bytes);
  for (guint32 i = 0; i < job->effect.count; i++)
    {
      g_autoptr(GBytes) block = NULL;
      g_autoptr(GBytes) commit = NULL;
      GBytes *answer;

      if (!tc_store_read_block_bytes (job->node->store, job->effect.height + i, &block, &commit, NULL))
        break;
      answer = tc_message_block (block, commit);
      g_array_append_val (job->answers, answer);
    }
}

static void
after_read (TcJob *job)
{
  if (job->node->stopping || job->node->failed)
    return;
  for (guint i = 0; i < job->answers->len; i++)
    tc_net_send (job->node->net, job->effect.peer, TC_MESSAGE_BLOCK, g_array_index (job->answers, GBytes *, i));
}

static void
look_up (TcJob *job)
{
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
  TcJob *job = job_new (self, prune, after_prune);

  job->effect.epoch = self->prune_epoch;
  g_source_unref (self->prune_timer);
  self->prune_timer = NULL;
  g_thread_pool_push (self->signer, job, NULL);
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
push_to_writer (TcNode *self, TcEffect *effect, JobFunc work, JobFunc then)
{
  TcJob *job = job_new (self, work, then);

  job->effect = *effect;
  memset (effect, 0, sizeof *effect);
  g_thread_pool_push (self->writer, job, NULL);
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

static void tell_reached (TcNode *self, guint32 masternode, const TcPublicKey *operator_key);

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
    tell_reached (self, effect->masternode, &effect->operator_key);
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
      self->n_writes++;
      push_to_writer (self, effect, write_block, after_block);
      break;
    case TC_EFFECT_SERVE:
      push_to_writer (self, effect, read_blocks, after_read);
      break;
    case TC_EFFECT_LOOK_UP:
      push_to_writer (self, effect, look_up, after_look_up);
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
    case TC_EFFECT_CLOCK:
      take_clock_warning (self, effect->text);
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
static void
pump (TcNode *self)
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

static void
set_timer (TcNode *self)
{
  gint64 deadline_ms = tc_engine_get_deadline_ms (self->engine);

  g_source_set_ready_time (self->timer, deadline_ms == G_MAXINT64 ? -1 : deadline_ms * 1000);
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
      g_queue_push_tail (&self->queue, effect);
    }
  pump (self);
  set_timer (self);
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

/* --- the network's callbacks --- */

static void
on_peer_connected (TcNet *net, guint64 peer, const TcPublicKey *operator_key, TcNetPeerInfo *info, gpointer user_data)
{
  TcInput input = { .kind = TC_INPUT_PEER_UP, .peer = peer, .operator_key = operator_key };

  g_info ("peer %" G_GUINT64_FORMAT " connected: %s", peer, info->address);
  tc_node_feed (user_data, &input, NULL);
}

static void
on_peer_disconnected (TcNet *net, guint64 peer, const char *reason, gpointer user_data)
{
  TcInput input = { .kind = TC_INPUT_PEER_DOWN, .peer = peer };

  g_info ("peer %" G_GUINT64_FORMAT " left: %s", peer, reason);
  tc_node_feed (user_data, &input, NULL);
}

static void
on_message (TcNet *net, guint64 peer, guint8 type, GBytes *body, gpointer user_data)
{
  TcNode *self = user_data;
  TcInput input = { .kind = TC_INPUT_MESSAGE, .peer = peer, .type = type, .body = body };

  if (self->n_writes < WRITES_MAX || type != TC_MESSAGE_BLOCK)
    {
      tc_node_feed (self, &input, NULL);
      return;
    }
  g_bytes_ref (body);
  g_queue_push_tail (&self->deferred, g_memdup2 (&input, sizeof input));
}

static void
on_connect_failed (TcNet *net, const char *address, const char *reason, gpointer user_data)
{
  g_debug ("%s: %s", address, reason);
}

static void
tell_reached (TcNode *self, guint32 masternode, const TcPublicKey *operator_key)
{
  TcInput input = { .kind = TC_INPUT_REACHED, .masternode = masternode, .operator_key = operator_key };

  tc_node_feed (self, &input, NULL);
}

static void
on_probed (TcNet *net, guint64 tag, const TcPublicKey *operator_key, gboolean reached, gpointer user_data)
{
  if (reached)
    tell_reached (user_data, (guint32) tag, operator_key);
}

static void
on_bans_changed (TcNet *net, gpointer user_data)
{
  TcNode *self = user_data;
  g_autoptr(GPtrArray) bans = tc_net_list_bans (net);
  g_autofree TcStoreBan *stored = g_new0 (TcStoreBan, bans->len + 1);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < bans->len; i++)
    {
      TcNetBan *ban = g_ptr_array_index (bans, i);

      stored[i] = (TcStoreBan) { ban->subject, ban->until_s * 1000 };
    }
  if (!tc_store_save_bans (self->store, stored, bans->len, &error))
    g_warning ("could not keep the list of bans: %s", error->message);
}

/* --- opening --- */

static void
set_node_error (GError **error, TcNodeError code, GError *cause)
{
  g_set_error_literal (error, TC_NODE_ERROR, code, cause->message);
  g_error_free (cause);
}

static gboolean
take_store_error (GError **error, GError *cause)
{
  TcNodeError code = TC_NODE_ERROR_DAMAGED;

  if (g_error_matches (cause, TC_STORE_ERROR, TC_STORE_ERROR_IN_USE))
    code = TC_NODE_ERROR_DATA_DIR_IN_USE;
  else if (g_error_matches (cause, TC_STORE_ERROR, TC_STORE_ERROR_DISK))
    code = TC_NODE_ERROR_DISK;
  set_node_error (error, code, cause);
  return FALSE;
}

/* What the state covers of the epoch under way: its transactions are in the chain, its blocks are on the clock's face. */
static gboolean
restore_epoch (TcNode *self, guint32 state_height, GError **error)
{
  const TcTip *tip = tc_ledger_get_tip (tc_engine_get_ledger (self->engine));
  guint32 first = tip->is_last ? tip->height : tip->epoch_start_height;

  for (guint32 height = MAX (first, 1); height <= state_height; height++)
    {
      g_autoptr(TcBlock) block = NULL;
      g_autoptr(TcCommit) commit = NULL;

      if (!tc_store_read_block (self->store, height, &block, &commit, error))
        return FALSE;
      if (height > first)
        tc_engine_restore_epoch_block (self->engine, block);
      tc_node_note_block (self, block, FALSE);
      if (height == state_height)
        tc_engine_restore_tip_commit (self->engine, commit);
    }
  return TRUE;
}

static gboolean
restore_blocks (TcNode *self, guint32 state_height, guint32 block_height, GError **error)
{
  for (guint32 height = state_height + 1; height <= block_height; height++)
    {
      g_autoptr(TcBlock) block = NULL;
      g_autoptr(TcCommit) commit = NULL;

      if (!tc_store_read_block (self->store, height, &block, &commit, error)
          || !tc_engine_restore_block (self->engine, block, commit, error))
        return FALSE;
      tc_node_note_block (self, block, FALSE);
    }
  return TRUE;
}

static void
restore_records (TcNode *self, const GArray *records)
{
  g_autofree TcRecord *copies = g_new (TcRecord, records->len + 1);

  for (guint i = 0; i < records->len; i++)
    {
      const TcSignedRecord *record = &g_array_index (records, TcSignedRecord, i);

      copies[i] = (TcRecord) { record->epoch, record->kind, record->data };
    }
  tc_engine_restore_records (self->engine, copies, records->len, g_get_monotonic_time () / 1000, g_get_real_time () / 1000);
}

static gboolean
recover (TcNode *self, GError **error)
{
  g_autoptr(GArray) records = NULL;
  g_autoptr(GBytes) state = NULL;
  g_autofree guint8 *buckets = NULL;
  TcEngineConfig config = { .genesis = self->network->genesis, .operator_key = self->operator_key,
                            .verifier = tc_verifier_pool_get (self->verifiers) };
  guint32 block_height = 0, state_height;
  const TcSignedAge *age;

  if (!tc_store_load_state (self->store, &state, &buckets, &block_height, error))
    return FALSE;
  records = tc_store_load_signed (self->store, error);
  if (records == NULL)
    return FALSE;
  if (!tc_store_bind_key (self->store, self->operator_key != NULL ? tc_secret_key_get_public (self->operator_key) : NULL, error))
    return FALSE;
  age = tc_store_get_signed_age (self->store);
  config.store_created_ms = age->made_ms;
  config.store_replaced = age->replaced;
  config.sign_anyway_epoch = self->sign_anyway_epoch;
  if (self->operator_key != NULL && tc_signed_verdict_is_old (age->verdict))
    g_warning ("signed.sqlite in %s is not what this node wrote last. %s It signs nothing before the next epoch.", self->data_dir,
               tc_signed_verdict_message (age->verdict));
  config.view = *tc_store_get_coin_view (self->store);
  config.state = state;
  config.buckets = buckets;
  self->engine = tc_engine_new (&config, error);
  if (self->engine == NULL)
    return FALSE;
  tc_ledger_set_cache_size ((TcLedger *) tc_engine_get_ledger (self->engine), self->cache_coins > 0 ? self->cache_coins : CACHE_COINS_DEFAULT);
  state_height = tc_ledger_get_tip (tc_engine_get_ledger (self->engine))->height;
  if (!restore_epoch (self, state_height, error) || !restore_blocks (self, state_height, block_height, error))
    return FALSE;
  restore_records (self, records);
  return TRUE;
}

static gboolean
load_noise_key (TcNode *self, guint8 *ret_secret, GError **error)
{
  g_autoptr(GBytes) stored = NULL;

  if (!tc_store_get_value (self->store, NOISE_KEY, &stored, error))
    return FALSE;
  if (stored != NULL && g_bytes_get_size (stored) == TC_NET_STATIC_SIZE)
    {
      memcpy (ret_secret, g_bytes_get_data (stored, NULL), TC_NET_STATIC_SIZE);
      return TRUE;
    }
  g_clear_pointer (&stored, g_bytes_unref);
  tc_net_static_secret_new (ret_secret);
  stored = g_bytes_new (ret_secret, TC_NET_STATIC_SIZE);
  return tc_store_set_value (self->store, NOISE_KEY, stored, error);
}

enum { CLASS_CONSENSUS, CLASS_PAYMENTS, CLASS_BLOCKS, N_CLASSES };

/* What an honest peer sends at its busiest, several times over; more is read later, not punished. */
static const TcNetRate rates[N_CLASSES] = {
  [CLASS_CONSENSUS] = { 20000, 40000, 20000000, 40000000 },
  [CLASS_PAYMENTS] = { 20000, 40000, 10000000, 20000000 },
  [CLASS_BLOCKS] = { 2000, 4000, 40000000, 80000000 },
};

static guint8
class_of (guint8 type)
{
  if (type == TC_MESSAGE_TX || type == TC_MESSAGE_INV || type == TC_MESSAGE_GET)
    return CLASS_PAYMENTS;
  return type == TC_MESSAGE_BLOCK || type == TC_MESSAGE_GET_BLOCKS || type == TC_MESSAGE_TXS ? CLASS_BLOCKS : CLASS_CONSENSUS;
}

static gsize
list_types (TcNetMessageType *types, gsize max)
{
  gsize n = 0;

  for (guint8 type = TC_NET_TYPE_FIRST; type <= TC_NET_TYPE_LAST && n < max; type++)
    {
      guint32 limit = (guint32) tc_message_size_max (type);

      if (limit > 0)
        types[n++] = (TcNetMessageType) { type, class_of (type), FALSE, limit, limit };
    }
  return n;
}

static void
import_bans (TcNode *self)
{
  g_autoptr(GArray) bans = tc_store_load_bans (self->store, NULL);

  for (guint i = 0; bans != NULL && i < bans->len; i++)
    {
      const TcStoreBan *ban = &g_array_index (bans, TcStoreBan, i);

      tc_net_ban (self->net, ban->address, ban->until_ms / 1000, "banned before the restart");
    }
}

static gboolean
open_net (TcNode *self, GError **error)
{
  TcNetMessageType types[TC_NET_TYPE_LAST];
  guint8 secret[TC_NET_STATIC_SIZE];
  GError *cause = NULL;
  TcNetConfig config = {
    .chain_id = self->network->genesis->chain_id, .protocol_version = PROTOCOL_VERSION, .static_secret = secret,
    .operator_key = self->operator_key, .listen_address = self->listen_wanted, .agent = "TimeCoin/" TC_VERSION,
    .types = types, .n_types = list_types (types, G_N_ELEMENTS (types)), .classes = rates, .n_classes = N_CLASSES,
    .callbacks = { on_peer_connected, on_peer_disconnected, on_message, on_connect_failed, on_bans_changed, on_probed }, .user_data = self,
  };

  if (!load_noise_key (self, secret, &cause))
    return take_store_error (error, cause);
  self->net = tc_net_new (&config);
  sodium_memzero (secret, sizeof secret);
  import_bans (self);
  tc_node_dial (self);
  if (tc_net_start (self->net, &cause))
    return TRUE;
  set_node_error (error, g_error_matches (cause, TC_NET_ERROR, TC_NET_ERROR_LISTEN) ? TC_NODE_ERROR_PORT_IN_USE : TC_NODE_ERROR_CONFIG, cause);
  return FALSE;
}

gboolean
tc_node_open (TcNode *self, GError **error)
{
  static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };
  GError *cause = NULL;

  tc_node_book_init (self);
  tc_effects_init (&self->effects);
  g_queue_init (&self->queue);
  g_queue_init (&self->deferred);
  self->store = tc_store_open (self->data_dir, &self->network->genesis->chain_id, &cause);
  if (self->store == NULL)
    return take_store_error (error, cause);
  self->verifiers = tc_verifier_pool_new (0);
  self->signer = g_thread_pool_new (run_job, NULL, 1, TRUE, NULL);
  self->writer = g_thread_pool_new (run_job, NULL, 1, TRUE, NULL);
  if (!recover (self, &cause))
    return take_store_error (error, cause);
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
  if (!open_net (self, error))
    return FALSE;
  set_timer (self);
  return TRUE;
}

/* --- closing --- */

static void
drain_context (TcNode *self, gint64 until_us)
{
  while ((self->persisting || self->n_writes > 0 || !g_queue_is_empty (&self->queue)) && !self->failed && g_get_monotonic_time () < until_us)
    g_main_context_iteration (self->context, TRUE);
}

static void
message_free (gpointer data)
{
  g_bytes_unref (((TcInput *) data)->body);
  g_free (data);
}

/* Nothing is sent any more, as if the node had been cut off; what was signed or committed still reaches the disk. */
void
tc_node_close (TcNode *self)
{
  self->stopping = TRUE;
  pump (self);
  if (self->net != NULL)
    tc_net_stop (self->net);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  if (self->publish_timer != NULL)
    g_source_destroy (self->publish_timer);
  if (self->prune_timer != NULL)
    g_source_destroy (self->prune_timer);
  drain_context (self, g_get_monotonic_time () + STOP_WAIT_US);
  if (self->signer != NULL)
    g_thread_pool_free (self->signer, FALSE, TRUE);
  if (self->writer != NULL)
    g_thread_pool_free (self->writer, FALSE, TRUE);
  self->signer = self->writer = NULL;
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_pointer (&self->publish_timer, g_source_unref);
  g_clear_pointer (&self->prune_timer, g_source_unref);
  g_clear_pointer (&self->net, tc_net_free);
  g_clear_pointer (&self->engine, tc_engine_free);
  g_clear_pointer (&self->verifiers, tc_verifier_pool_free);
  g_queue_clear_full (&self->queue, effect_free);
  g_queue_clear_full (&self->deferred, message_free);
  tc_effects_free (&self->effects);
  g_clear_pointer (&self->store, tc_store_close);
  g_clear_pointer (&self->dialled, g_hash_table_unref);
  tc_node_book_clear (self);
}
