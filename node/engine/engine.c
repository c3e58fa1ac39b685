#include "engine-private.h"

#include <string.h>

#include "core/check.h"

#define SETTLE_MAX 256  /* commits in one step: a bound that nothing reaches */

/* --- effects --- */

void
tc_effect_clear (TcEffect *effect)
{
  g_clear_pointer (&effect->body, g_bytes_unref);
  g_clear_pointer (&effect->records, g_array_unref);
  g_clear_pointer (&effect->block, tc_block_unref);
  g_clear_pointer (&effect->commit, tc_commit_unref);
  g_clear_pointer (&effect->flush, tc_flush_unref);
  g_clear_pointer (&effect->committee, tc_committee_unref);
  g_clear_pointer (&effect->link, tc_link_unref);
  g_clear_pointer (&effect->links, g_ptr_array_unref);
  g_clear_pointer (&effect->text, g_free);
  g_clear_pointer (&effect->tx, tc_tx_unref);
  g_clear_pointer (&effect->check, tc_check_unref);
  g_clear_pointer (&effect->blocks, g_ptr_array_unref);
  g_clear_pointer (&effect->commits, g_ptr_array_unref);
}

void
tc_effects_init (TcEffects *self)
{
  self->items = g_array_new (FALSE, TRUE, sizeof (TcEffect));
  g_array_set_clear_func (self->items, (GDestroyNotify) tc_effect_clear);
}

void
tc_effects_clear (TcEffects *self)
{
  g_array_set_size (self->items, 0);
}

void
tc_effects_free (TcEffects *self)
{
  g_clear_pointer (&self->items, g_array_unref);
}

TcEffect
tc_effects_steal (TcEffects *self, gsize i)
{
  TcEffect effect = g_array_index (self->items, TcEffect, i);

  memset (&g_array_index (self->items, TcEffect, i), 0, sizeof (TcEffect));
  return effect;
}

TcEffect *
tc_engine_emit (TcEngine *self, TcEffectKind kind)
{
  TcEffect *effect;

  g_array_set_size (self->effects->items, self->effects->items->len + 1);
  effect = &g_array_index (self->effects->items, TcEffect, self->effects->items->len - 1);
  effect->kind = kind;
  return effect;
}

void
tc_engine_emit_text (TcEngine *self, TcEffectKind kind, const char *format, ...)
{
  TcEffect *effect = tc_engine_emit (self, kind);
  va_list args;

  va_start (args, format);
  effect->text = g_strdup_vprintf (format, args);
  va_end (args);
}

void
tc_engine_punish (TcEngine *self, guint64 peer, guint points, const char *why)
{
  TcEffect *effect;

  if (peer == 0)
    return;
  effect = tc_engine_emit (self, TC_EFFECT_PUNISH);
  effect->peer = peer;
  effect->points = points;
  effect->text = g_strdup (why);
}

static void
record_clear (gpointer data)
{
  g_clear_pointer (&((TcRecord *) data)->data, g_bytes_unref);
}

GArray *
tc_engine_records_new (void)
{
  GArray *records = g_array_new (FALSE, FALSE, sizeof (TcRecord));

  g_array_set_clear_func (records, record_clear);
  return records;
}

void
tc_engine_record (TcEngine *self, GArray *records, TcRecordKind kind, GBytes *data)
{
  const TcRecord record = { self->committee->epoch, (guint8) kind, data };

  g_array_append_val (records, record);
}

void
tc_engine_record_tx (TcEngine *self, GArray *records, const TcTx *tx)
{
  if (g_hash_table_contains (self->persisted, &tx->txid))
    return;
  g_hash_table_add (self->persisted, tc_hash_copy (&tx->txid));
  tc_engine_record (self, records, TC_RECORD_TX, tc_tx_encode (tx));
}

void
tc_engine_record_batches (TcEngine *self, GArray *records)
{
  for (guint i = 0; i < self->fresh_batches->len; i++)
    tc_engine_record (self, records, TC_RECORD_BATCH, g_bytes_ref (((TcBatch *) g_ptr_array_index (self->fresh_batches, i))->encoded));
  g_ptr_array_set_size (self->fresh_batches, 0);
}

void
tc_engine_persist (TcEngine *self, GArray *records)
{
  tc_engine_emit (self, TC_EFFECT_PERSIST)->records = records;
}

/* --- rules of the whole --- */

const TcHash *
tc_engine_chain_id (const TcEngine *self)
{
  return &self->genesis->chain_id;
}

TcReader
tc_reader_of_bytes (GBytes *body)
{
  TcReader reader;
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  tc_reader_init (&reader, data, n);
  return reader;
}

/* --- life --- */

TcEngine *
tc_engine_new (const TcEngineConfig *config, GError **error)
{
  g_autoptr(TcLedger) ledger = NULL;
  TcEngine *self;

  if (config->state != NULL)
    ledger = tc_ledger_new_stored (config->genesis, &config->view, config->state, config->buckets, error);
  else
    ledger = tc_ledger_new_genesis (config->genesis, &config->view);
  if (ledger == NULL)
    return NULL;
  self = g_new0 (TcEngine, 1);
  self->genesis = tc_genesis_ref ((TcGenesis *) config->genesis);
  self->key = config->operator_key != NULL ? tc_secret_key_ref (config->operator_key) : NULL;
  self->verifier = config->verifier;
  self->ledger = g_steal_pointer (&ledger);
  self->store_created_ms = config->store_created_ms;
  self->store_replaced = config->store_replaced;
  self->sign_anyway_epoch = config->sign_anyway_epoch;
  self->restored_commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref);
  tc_engine_forks_init (self);
  tc_engine_links_init (self);
  tc_engine_trust_init (self, config->trusted, config->n_trusted);
  self->mempool = tc_mempool_new (TC_MEMPOOL_TXS_MAX, TC_MEMPOOL_BYTES_MAX);
  self->self = TC_MEMBER_NONE;
  self->told = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  self->persisted = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  self->fresh_batches = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_batch_unref);
  self->closes = g_ptr_array_new_with_free_func (tc_close_entry_free);
  self->seen_in_chain = g_ptr_array_new_with_free_func (g_free);
  self->records_ahead = tc_engine_records_new ();
  self->restored_txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  self->late_txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  self->actions = g_array_new (FALSE, FALSE, sizeof (TcAction));
  self->candidates = g_ptr_array_new_with_free_func (tc_candidate_free);
  self->proposals = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_proposal_unref);
  self->evidence = tc_engine_evidence_pool_new ();
  self->peers = g_ptr_array_new ();
  self->wanted = g_hash_table_new (tc_hash_hash, tc_hash_equal);
  tc_engine_sync_init (self);
  self->clock_off_since_ms = G_MAXINT64;
  self->inv_ms = G_MAXINT64;
  self->served_oldest = 1;
  self->sync_mode = config->sync_mode;
  self->snapshot = tc_snapshot_sync_new ();
  self->history = tc_history_sync_new (config->history);
  g_queue_init (&self->wanted_queue);
  g_queue_init (&self->held);
  g_queue_init (&self->orphans);
  return self;
}

static void
held_free (gpointer data)
{
  g_bytes_unref (((TcHeld *) data)->body);
  g_free (data);
}

static void
wanted_free (gpointer data)
{
  g_array_unref (((TcWanted *) data)->sources);
  g_free (data);
}

void
tc_engine_free (TcEngine *self)
{
  while (self->peers->len > 0)
    tc_engine_peer_down (self, ((TcPeer *) g_ptr_array_index (self->peers, 0))->id);
  g_ptr_array_unref (self->peers);
  g_hash_table_unref (self->wanted);
  g_queue_clear_full (&self->wanted_queue, wanted_free);
  g_queue_clear_full (&self->held, held_free);
  g_queue_clear_full (&self->orphans, (GDestroyNotify) tc_tx_unref);
  tc_known_clear (&self->strays);
  tc_engine_sync_clear (self);
  tc_snapshot_sync_free (self->snapshot);
  tc_history_sync_free (self->history);
  g_ptr_array_unref (self->evidence);
  g_ptr_array_unref (self->candidates);
  g_ptr_array_unref (self->proposals);
  g_array_unref (self->actions);
  g_clear_pointer (&self->agreement, tc_agreement_free);
  g_clear_pointer (&self->last_agreement, tc_agreement_free);
  g_clear_pointer (&self->tip_commit, tc_commit_unref);
  g_clear_pointer (&self->finality, tc_finality_free);
  g_clear_pointer (&self->retired, tc_finality_free);
  g_ptr_array_unref (self->closes);
  g_ptr_array_unref (self->seen_in_chain);
  g_array_unref (self->records_ahead);
  g_ptr_array_unref (self->restored_txs);
  g_ptr_array_unref (self->late_txs);
  g_ptr_array_unref (self->fresh_batches);
  g_hash_table_unref (self->persisted);
  g_hash_table_unref (self->told);
  tc_mempool_free (self->mempool);
  tc_engine_free_watch (self);
  tc_ledger_free (self->ledger);
  g_clear_pointer (&self->committee, tc_committee_unref);
  g_clear_pointer (&self->key, tc_secret_key_unref);
  g_ptr_array_unref (self->restored_commits);
  tc_engine_forks_clear (self);
  tc_engine_links_clear (self);
  tc_genesis_unref (self->genesis);
  g_free (self);
}

/* --- recovery --- */

void
tc_engine_restore_epoch_block (TcEngine *self, const TcBlock *block)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    g_ptr_array_add (self->seen_in_chain, tc_hash_copy (&block->txs[i]->txid));
  if (block->commit != NULL)
    g_ptr_array_add (self->restored_commits, tc_commit_ref (block->commit));
}

void
tc_engine_restore_tip_commit (TcEngine *self, TcCommit *commit)
{
  g_clear_pointer (&self->tip_commit, tc_commit_unref);
  self->tip_commit = tc_commit_ref (commit);
}

static gboolean
always (gpointer user_data, const TcTx *tx)
{
  return TRUE;
}

gboolean
tc_engine_restore_block (TcEngine *self, TcBlock *block, TcCommit *commit, GError **error)
{
  const TcExecuteOptions options = { .verifier = self->verifier, .is_checked = always, .commit_checked = TRUE };
  g_autoptr(TcExecution) execution = NULL;
  TcBlockVerdict verdict = tc_ledger_execute (self->ledger, block, &options, &execution);

  if (verdict != TC_BLOCK_OK)
    {
      g_set_error (error, TC_CODEC_ERROR, TC_CODEC_ERROR_MALFORMED, "stored block %u does not follow its parent (%s)",
                   block->header.height, tc_block_verdict_name (verdict));
      return FALSE;
    }
  tc_engine_apply (self, block, commit, execution, TC_APPLY_RESTORED);
  return TRUE;
}

static void
restore_batch (TcEngine *self, GBytes *data)
{
  gsize n;
  const guint8 *bytes = g_bytes_get_data (data, &n);
  g_autoptr(TcBatch) batch = tc_batch_decode (bytes, n, NULL);

  if (batch == NULL || batch->epoch != self->committee->epoch || batch->member >= self->committee->n_members)
    return;
  if (batch->member == self->self)
    tc_finality_restore_batch (self->finality, batch);
  else
    tc_finality_add_batch (self->finality, batch, self->mono_ms, NULL);
}

static void
restore_tx (TcEngine *self, GBytes *data)
{
  gsize n;
  const guint8 *bytes = g_bytes_get_data (data, &n);
  g_autoptr(TcTx) tx = tc_tx_decode (bytes, n, NULL);

  if (tx == NULL)
    return;
  g_hash_table_add (self->persisted, tc_hash_copy (&tx->txid));
  g_ptr_array_add (self->restored_txs, tc_tx_ref (tx));
  tc_finality_add_tx (self->finality, tx, self->mono_ms);
  if (!tc_finality_get (self->finality, &tx->txid)->in_chain)
    tc_engine_admit_tx (self, tx, 0);
}

/* Bodies are stored as they were needed, a child perhaps before its parent. */
static void
admit_restored (TcEngine *self)
{
  gboolean again = TRUE;

  while (again)
    {
      again = FALSE;
      for (guint i = 0; i < self->restored_txs->len; i++)
        {
          TcTx *tx = g_ptr_array_index (self->restored_txs, i);
          const TcFinalityTx *known = tc_finality_get (self->finality, &tx->txid);

          if ((known != NULL && known->in_chain) || tc_mempool_get (self->mempool, &tx->txid) != NULL)
            continue;
          tc_engine_admit_tx (self, tx, 0);
          again = again || tc_mempool_get (self->mempool, &tx->txid) != NULL;
        }
    }
}

static void
restore_close (TcEngine *self, GBytes *data)
{
  TcReader reader = tc_reader_of_bytes (data);
  TcClose close;

  tc_close_read (&reader, &close);
  if (!tc_reader_end (&reader, "close", NULL) || close.epoch != self->committee->epoch)
    return;
  if (close.member == self->self)
    tc_finality_restore_close (self->finality, &close);
  tc_engine_add_close (self, &close, TRUE);
}

static void
restore_vote (TcEngine *self, GBytes *data)
{
  TcReader reader = tc_reader_of_bytes (data);
  TcVote vote;

  tc_vote_read (&reader, &vote);
  if (!tc_reader_end (&reader, "vote", NULL) || vote.height != tc_agreement_get_height (self->agreement)
      || vote.member >= self->committee->n_members)
    return;
  tc_agreement_restore_vote (self->agreement, &vote);
}

static void
restore_proposal (TcEngine *self, GBytes *data)
{
  gsize n;
  const guint8 *bytes = g_bytes_get_data (data, &n);
  g_autoptr(TcProposal) proposal = tc_proposal_decode (bytes, n, NULL);
  TcCandidate *candidate;

  if (proposal == NULL || proposal->height != tc_agreement_get_height (self->agreement))
    return;
  tc_engine_keep_proposal (self, proposal);
  candidate = tc_engine_add_candidate (self, proposal, 0);
  if (candidate != NULL)
    candidate->persisted = candidate->restored = TRUE;
  tc_agreement_add_proposal (self->agreement, proposal->round, proposal->pol_round, &proposal->block_hash, self->mono_ms,
                             self->actions);
}

/* What is signed does not wait for the block before it to be written, so a crash may leave records of a height, or of an epoch, that the
 * stored chain has not reached. They bind all the same, once it does. */
static gboolean
is_ahead_of_chain (TcEngine *self, const TcRecord *record)
{
  TcReader reader = tc_reader_of_bytes (record->data);

  if (record->epoch != self->committee->epoch)
    return record->epoch > self->committee->epoch;
  if (record->kind != TC_RECORD_VOTE && record->kind != TC_RECORD_PROPOSAL)
    return FALSE;
  if (record->kind == TC_RECORD_VOTE)
    tc_reader_u8 (&reader);
  tc_reader_u32 (&reader);
  return tc_reader_u32 (&reader) > tc_agreement_get_height (self->agreement);
}

static void
restore_record (TcEngine *self, const TcRecord *record)
{
  if (record->kind == TC_RECORD_PRUNED)
    return;
  if (record->kind == TC_RECORD_HALT)
    {
      tc_engine_restore_halt (self, record->data);
      return;
    }
  if (is_ahead_of_chain (self, record))
    {
      const TcRecord kept = { record->epoch, record->kind, g_bytes_ref (record->data) };

      g_array_append_val (self->records_ahead, kept);
      return;
    }
  if (record->epoch != self->committee->epoch)
    return;
  switch ((TcRecordKind) record->kind)
    {
    case TC_RECORD_TX:       restore_tx (self, record->data); break;
    case TC_RECORD_BATCH:    restore_batch (self, record->data); break;
    case TC_RECORD_CLOSE:    restore_close (self, record->data); break;
    case TC_RECORD_VOTE:     restore_vote (self, record->data); break;
    case TC_RECORD_PROPOSAL: restore_proposal (self, record->data); break;
    case TC_RECORD_LIST:     tc_engine_restore_list (self, record->data); break;
    case TC_RECORD_STOP:     /* before the height began */
    case TC_RECORD_PRUNED:
    case TC_RECORD_HALT:
    default: break;
    }
}

/* A height begins: some of those records may be of it. */
void
tc_engine_restore_ahead (TcEngine *self)
{
  g_autoptr(GArray) records = NULL;

  if (self->records_ahead->len == 0)
    return;
  records = g_steal_pointer (&self->records_ahead);
  self->records_ahead = tc_engine_records_new ();
  for (guint i = 0; i < records->len; i++)
    restore_record (self, &g_array_index (records, TcRecord, i));
  admit_restored (self);
  tc_agreement_tick (self->agreement, self->mono_ms, self->actions);
}

/* What keeps the node from signing is known before the height begins. */
static void
find_guards (TcEngine *self, const TcRecord *records, gsize n_records)
{
  self->committee = tc_committee_ref (tc_ledger_get_committee (self->ledger));
  self->self = self->key != NULL ? tc_committee_find (self->committee, tc_secret_key_get_public (self->key)) : TC_MEMBER_NONE;
  if (self->tip_commit != NULL)
    g_ptr_array_add (self->restored_commits, tc_commit_ref (self->tip_commit));
  tc_engine_compare_store (self, records, n_records);
  tc_engine_find_steady (self, records, n_records);
  for (gsize i = 0; i < n_records; i++)
    if (records[i].kind == TC_RECORD_STOP)
      tc_engine_restore_stop (self, records[i].data);
    else if (records[i].kind == TC_RECORD_PRUNED)
      tc_engine_restore_pruned (self, records[i].data);
}

void
tc_engine_restore_records (TcEngine *self, const TcRecord *records, gsize n_records, gint64 mono_ms, gint64 wall_ms)
{
  TcEffects effects;

  TC_CHECK (!self->started);
  tc_effects_init (&effects);
  self->effects = &effects;
  self->mono_ms = self->started_ms = mono_ms;
  self->wall_ms = wall_ms;
  find_guards (self, records, n_records);
  tc_engine_begin_height (self);
  for (gsize i = 0; i < n_records; i++)
    restore_record (self, &records[i]);
  admit_restored (self);
  tc_agreement_tick (self->agreement, self->mono_ms, self->actions);  /* alone in a committee, nobody's vote would move it on */
  self->started = TRUE;
  tc_finality_begin (self->finality, mono_ms);
  tc_engine_vote_all (self);
  self->effects = NULL;
  tc_effects_free (&effects);  /* there is nobody to tell yet */
}

/* --- messages --- */

void
tc_engine_hold (TcEngine *self, guint64 peer, guint8 type, GBytes *body)
{
  TcPeer *from = tc_engine_find_peer (self, peer);
  TcHeld *held;

  if (from == NULL || self->held.length >= TC_ENGINE_HELD_MAX
      || self->held_bytes + g_bytes_get_size (body) > TC_ENGINE_HELD_BYTES_MAX || from->n_held >= TC_ENGINE_HELD_PEER_MAX
      || from->held_bytes + g_bytes_get_size (body) > TC_ENGINE_HELD_PEER_BYTES_MAX)
    return;
  from->n_held++;
  from->held_bytes += g_bytes_get_size (body);
  held = g_new (TcHeld, 1);
  *held = (TcHeld) { peer, type, g_bytes_ref (body) };
  self->held_bytes += g_bytes_get_size (body);
  g_queue_push_tail (&self->held, held);
}

void
tc_engine_release_held (TcEngine *self)
{
  guint n = self->held.length;

  while (n-- > 0)
    {
      TcHeld *held = g_queue_pop_head (&self->held);
      TcPeer *peer = tc_engine_find_peer (self, held->peer);

      self->held_bytes -= g_bytes_get_size (held->body);
      if (peer != NULL)
        {
          peer->n_held--;
          peer->held_bytes -= g_bytes_get_size (held->body);
        }
      tc_engine_dispatch (self, held->peer, held->type, held->body);
      held_free (held);
    }
}

static void
on_tx (TcEngine *self, TcPeer *peer, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  g_autoptr(TcTx) tx = tc_tx_decode (data, n, NULL);

  if (tx == NULL || tx->kind == TC_TX_KIND_REWARD)
    {
      tc_engine_punish (self, peer->id, 100, "malformed transaction");
      return;
    }
  tc_peer_note_known (self, peer, &tx->txid);
  tc_engine_admit_tx (self, tx, peer->id);
}

static void
on_status (TcEngine *self, TcPeer *peer, GBytes *body)
{
  TcStatusMessage status;

  if (tc_status_message_decode (body, &status))
    tc_engine_on_status (self, peer, &status);
  else
    tc_engine_punish (self, peer->id, 100, "malformed status");
}

void
tc_engine_dispatch (TcEngine *self, guint64 id, guint8 type, GBytes *body)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  if (peer == NULL || self->halted)
    return;
  peer->heard_ms = self->mono_ms;
  if (peer->member != TC_MEMBER_NONE)
    self->member_heard_ms[peer->member] = self->mono_ms;
  switch ((TcMessageType) type)
    {
    case TC_MESSAGE_STATUS:     on_status (self, peer, body); break;
    case TC_MESSAGE_INV:        tc_engine_on_inv (self, peer, body); break;
    case TC_MESSAGE_GET:        tc_engine_on_get (self, peer, body); break;
    case TC_MESSAGE_TX:         on_tx (self, peer, body); break;
    case TC_MESSAGE_BATCH:      tc_engine_on_batch (self, peer, body); break;
    case TC_MESSAGE_VOTE:       tc_engine_on_vote (self, peer, body); break;
    case TC_MESSAGE_PROPOSAL:   tc_engine_on_proposal (self, id, body); break;
    case TC_MESSAGE_CLOSE:      tc_engine_on_close (self, peer, body); break;
    case TC_MESSAGE_GET_BLOCKS: tc_engine_on_get_blocks (self, peer, body); break;
    case TC_MESSAGE_BLOCK:      tc_engine_on_block (self, peer, body); break;
    case TC_MESSAGE_GET_TXS:    tc_engine_on_get_txs (self, peer, body); break;
    case TC_MESSAGE_TXS:        tc_engine_on_txs (self, peer, body); break;
    case TC_MESSAGE_GET_CERTS:  tc_engine_on_get_certs (self, peer, body); break;
    case TC_MESSAGE_GET_LIST:   tc_engine_on_get_list (self, peer, body); break;
    case TC_MESSAGE_LIST:       tc_engine_on_list (self, peer, body); break;
    case TC_MESSAGE_HEARTBEAT:  tc_engine_on_heartbeat (self, peer, body); break;
    case TC_MESSAGE_ATTESTATION: tc_engine_on_attestation (self, peer, body); break;
    case TC_MESSAGE_EVIDENCE:   tc_engine_on_evidence (self, peer, body); break;
    case TC_MESSAGE_GET_EPOCHS: tc_engine_on_get_epochs (self, peer, body); break;
    case TC_MESSAGE_EPOCHS:     tc_engine_on_epochs (self, peer, body); break;
    case TC_MESSAGE_GET_PART:   tc_engine_on_get_part (self, peer, body); break;
    case TC_MESSAGE_PART:       tc_engine_on_part (self, peer, body); break;
    default:                    tc_engine_punish (self, id, 100, "unknown message type"); break;
    }
}

/* --- the step --- */

/* All that follows from what is now known, until nothing more does. */
void
tc_engine_settle (TcEngine *self)
{
  tc_engine_sync_proceed (self);
  for (guint i = 0; i < SETTLE_MAX && !self->halted; i++)
    {
      tc_engine_try_start (self);
      if (self->mono_ms >= tc_agreement_get_deadline_ms (self->agreement))
        tc_agreement_tick (self->agreement, self->mono_ms, self->actions);
      tc_engine_run_actions (self);
      tc_engine_check_candidates (self);
      tc_engine_try_propose (self);
      tc_engine_run_actions (self);
      if (!tc_engine_try_commit (self) && self->actions->len == 0)
        break;
    }
  if (self->halted)
    return;
  tc_engine_flush_batch (self);
  tc_engine_forks_tick (self);
  tc_engine_links_tick (self);
  tc_engine_snapshot_tick (self);
  tc_engine_sync_tick (self);
  tc_engine_history_tick (self);
  tc_engine_watch_tick (self);
  tc_engine_clock_tick (self);
  tc_engine_gossip_tick (self);
}

void
tc_engine_step (TcEngine *self, const TcInput *input, TcEffects *ret_effects, TcTxVerdict *ret_verdict)
{
  TcTxVerdict verdict = TC_TX_OK;

  TC_CHECK (self->started);
  TC_CHECK (input->mono_ms >= self->mono_ms);
  tc_effects_clear (ret_effects);
  self->effects = ret_effects;
  self->mono_ms = input->mono_ms;
  self->wall_ms = input->wall_ms;
  if (input->kind == TC_INPUT_FLUSHED)
    {
      tc_ledger_end_flush (self->ledger);
      self->flush_pending = FALSE;
    }
  if (self->halt_text != NULL)
    {
      tc_engine_emit_text (self, TC_EFFECT_HALT, "%s", self->halt_text);
      g_clear_pointer (&self->halt_text, g_free);
    }
  if (!self->halted && !tc_engine_is_installing (self))
    {
      switch (input->kind)
        {
        case TC_INPUT_STORED:
          if (!tc_engine_take_rival (self, input))
            tc_engine_on_stored (self, input);
          break;
        case TC_INPUT_TICK:
        case TC_INPUT_FLUSHED:
          break;
        case TC_INPUT_PEER_UP:
          tc_engine_peer_up (self, input->peer, input->operator_key);
          break;
        case TC_INPUT_PEER_DOWN:
          tc_engine_peer_down (self, input->peer);
          break;
        case TC_INPUT_MESSAGE:
          tc_engine_dispatch (self, input->peer, input->type, input->body);
          break;
        case TC_INPUT_REACHED:
          tc_engine_note_reached (self, input->masternode, input->operator_key);
          break;
        case TC_INPUT_CHECKED:
          input->check->then (self, input->check);
          break;
        case TC_INPUT_PART_STORED:
          tc_engine_on_part_stored (self, input);
          break;
        case TC_INPUT_PAST_STORED:
          tc_engine_on_past_stored (self, input);
          break;
        case TC_INPUT_SUBMIT:
          verdict = tc_engine_admit_tx (self, input->tx, 0);
          break;
        }
      tc_engine_settle (self);
      tc_engine_send_gets (self);
    }
  else if (input->kind == TC_INPUT_SUBMIT && tc_engine_is_installing (self))
    g_ptr_array_add (self->late_txs, tc_tx_ref (input->tx));
  if (self->retired != NULL && tc_finality_free_some (self->retired, TC_ENGINE_FREE_AT_ONCE))
    self->retired = NULL;
  if (ret_verdict != NULL)
    *ret_verdict = verdict;
  self->effects = NULL;
}

gint64
tc_engine_get_deadline_ms (TcEngine *self)
{
  gint64 deadline = tc_agreement_get_deadline_ms (self->agreement);

  if (tc_engine_is_installing (self))
    return G_MAXINT64;
  if (self->halted)
    return self->halt_text != NULL ? self->mono_ms : G_MAXINT64;
  deadline = MIN (deadline, tc_engine_forks_deadline (self));
  if (tc_engine_may_sign (self))
    deadline = MIN (deadline, tc_finality_get_deadline_ms (self->finality));
  deadline = MIN (deadline, tc_engine_start_deadline (self));
  deadline = MIN (deadline, tc_engine_candidates_deadline (self));
  deadline = MIN (deadline, tc_engine_links_deadline (self));
  deadline = MIN (deadline, tc_engine_sync_deadline (self));
  deadline = MIN (deadline, tc_engine_snapshot_deadline (self));
  deadline = MIN (deadline, tc_engine_history_deadline (self));
  deadline = MIN (deadline, tc_engine_watch_deadline (self));
  deadline = MIN (deadline, tc_engine_gossip_deadline (self));
  return MAX (deadline, self->mono_ms);
}

/* --- what the driver shows --- */

gboolean
tc_engine_is_answering (const TcEngine *self, guint32 member)
{
  return member == self->self || (self->member_heard_ms[member] > 0 && self->mono_ms - self->member_heard_ms[member] < 15000);
}

static guint32
count_answering (TcEngine *self)
{
  guint32 n = 0;

  for (guint32 i = 0; i < self->committee->n_members; i++)
    n += tc_engine_is_answering (self, i) ? 1 : 0;
  return n;
}

void
tc_engine_get_info (TcEngine *self, TcEngineInfo *ret_info)
{
  guint32 round = tc_agreement_get_round (self->agreement);

  *ret_info = (TcEngineInfo) {
    .height = tc_ledger_get_tip (self->ledger)->height,
    .epoch = self->committee->epoch,
    .best_height = tc_engine_best_height (self),
    .round = round,
    .step = MIN (tc_agreement_get_step (self->agreement), TC_AGREEMENT_PRECOMMIT),
    .n_members = self->committee->n_members,
    .power = self->committee->power,
    .prevote_power = tc_agreement_get_power (self->agreement, round, TC_STEP_PREVOTE, NULL),
    .precommit_power = tc_agreement_get_power (self->agreement, round, TC_STEP_PRECOMMIT, NULL),
    .self = self->self,
    .n_answering = count_answering (self),
    .mempool_txs = tc_mempool_get_n (self->mempool),
    .mempool_bytes = tc_mempool_get_bytes (self->mempool),
    .signing = tc_engine_get_signing (self),
    .halted = self->halted,
    .fee_rate = tc_finality_get_fee_rate (self->finality),
    .n_rounds_above_zero = self->n_rounds_above_zero,
    .n_locked_reproposed = self->n_locked_reproposed,
    .n_closes_left_out = self->n_closes_left_out,
    .n_equivocations = self->n_equivocations,
    .n_heartbeats = self->n_heartbeats,
    .n_attestations = self->n_attestations,
    .clock_offset_ms = self->clock_offset_ms,
    .clock_is_off = self->clock_is_off,
    .n_evidence = self->evidence->len,
    .n_jailed = self->n_jailed,
    .oldest = self->served_oldest,
    .n_snapshots = self->n_served_snapshots,
    .needs_trust = self->links.has_told,
    .offered = self->links.told,
    .offered_time_ms = self->links.told_time_ms,
  };
  G_STATIC_ASSERT (sizeof ret_info->snapshots == sizeof self->served_snapshots);
  memcpy (ret_info->snapshots, self->served_snapshots, sizeof ret_info->snapshots);
  if (!tc_engine_get_links_progress (self, &ret_info->sync) && !tc_engine_snapshot_progress (self, &ret_info->sync)
      && !tc_engine_get_sync_progress (self, &ret_info->sync))
    tc_engine_history_progress (self, &ret_info->sync);
}

void
tc_engine_get_load (const TcEngine *self, TcEngineLoad *ret_load)
{
  *ret_load = (TcEngineLoad) {
    .peers = self->peers->len,
    .wanted = self->wanted_queue.length,
    .held = self->held.length,
    .orphans = self->orphans.length,
    .candidates = self->candidates->len,
    .proposals = self->proposals->len,
    .closes = self->closes->len,
    .sync_blocks = tc_engine_count_sync_blocks (self),
    .records_ahead = self->records_ahead->len,
    .links_pending = self->links.pending->len,
    .held_bytes = self->held_bytes,
  };
}

gboolean
tc_engine_get_peer_height (TcEngine *self, guint64 peer, guint32 *ret_height)
{
  const TcPeer *found = tc_engine_find_peer (self, peer);

  if (found == NULL || !found->has_status)
    return FALSE;
  *ret_height = found->height;
  return TRUE;
}

const TcLedger *
tc_engine_get_ledger (TcEngine *self)
{
  return self->ledger;
}

gboolean
tc_engine_get_coin (TcEngine *self, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  return tc_ledger_get_coin (self->ledger, outpoint, ret_coin);
}

gboolean
tc_engine_get_votes (TcEngine *self, const TcHash *txid, guint64 *ret_votes, guint64 *ret_acks, guint64 *ret_power,
                     gboolean *ret_certified, gboolean *ret_final)
{
  const TcFinalityTx *entry = tc_finality_get (self->finality, txid);

  if (entry == NULL)
    return FALSE;
  *ret_votes = entry->vote_power;
  *ret_acks = entry->ack_power;
  *ret_power = self->committee->power;
  *ret_certified = entry->certified;
  *ret_final = entry->final;
  return TRUE;
}

TcTx *
tc_engine_get_tx (TcEngine *self, const TcHash *txid)
{
  const TcMempoolEntry *entry = tc_mempool_get (self->mempool, txid);

  return entry != NULL ? entry->tx : NULL;
}

GPtrArray *
tc_engine_dup_txs (TcEngine *self)
{
  g_autoptr(GPtrArray) entries = tc_mempool_dup_entries (self->mempool);
  GPtrArray *txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (txs, tc_tx_ref (((TcMempoolEntry *) g_ptr_array_index (entries, i))->tx));
  for (guint i = 0; i < self->late_txs->len; i++)
    g_ptr_array_add (txs, tc_tx_ref (g_ptr_array_index (self->late_txs, i)));
  return txs;
}
