#include "engine-private.h"

#include <string.h>

#include "ledger/snapshot.h"

/* --- a new height, a new epoch --- */

/* What the registry no longer admits (T5) will hardly come to be valid again: its coins are free. */
static void
drop_refused_kinds (TcEngine *self)
{
  g_autoptr(GPtrArray) entries = tc_mempool_dup_entries (self->mempool);
  g_autoptr(GPtrArray) removed = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  const TcCoinView view = tc_mempool_get_view (self->mempool);

  for (guint i = 0; i < entries->len; i++)
    {
      TcTx *tx = ((TcMempoolEntry *) g_ptr_array_index (entries, i))->tx;

      if (tx->kind != TC_TX_KIND_TRANSFER && tc_ledger_check_tx (self->ledger, tx, &view, NULL, NULL) >= TC_TX_PAYLOAD)
        g_ptr_array_add (refused, tc_tx_ref (tx));
    }
  for (guint i = 0; i < refused->len; i++)
    tc_mempool_remove_with_children (self->mempool, &((TcTx *) g_ptr_array_index (refused, i))->txid, removed);
  tc_engine_drop_txs (self, removed);
}

static void
begin_epoch (TcEngine *self, TcCommittee *committee)
{
  TcCoinView chain = { NULL, NULL };
  g_autoptr(GPtrArray) entries = NULL;

  if (self->finality != NULL)
    {
      drop_refused_kinds (self);
      tc_engine_note_steady (self);
    }
  entries = tc_mempool_dup_entries (self->mempool);
  g_clear_pointer (&self->retired, tc_finality_free);
  self->retired = g_steal_pointer (&self->finality);
  g_clear_pointer (&self->committee, tc_committee_unref);
  self->committee = tc_committee_ref (committee);
  self->self = self->key != NULL ? tc_committee_find (committee, tc_secret_key_get_public (self->key)) : TC_MEMBER_NONE;
  memset (self->member_heard_ms, 0, sizeof self->member_heard_ms);
  g_hash_table_remove_all (self->told);
  g_hash_table_remove_all (self->persisted);
  g_ptr_array_set_size (self->fresh_batches, 0);
  g_ptr_array_set_size (self->restored_txs, 0);
  g_ptr_array_set_size (self->closes, 0);
  self->batches_version++;
  tc_mempool_unpin_all (self->mempool);
  chain = tc_ledger_get_view (self->ledger);
  self->finality = tc_finality_new (&self->genesis->params, tc_engine_chain_id (self), committee, self->self,
                                    tc_engine_get_signing (self) == TC_SIGNING_YES ? self->key : NULL, &chain);
  for (guint i = 0; i < self->seen_in_chain->len; i++)
    tc_finality_set_in_chain (self->finality, g_ptr_array_index (self->seen_in_chain, i));
  g_ptr_array_set_size (self->seen_in_chain, 0);
  for (guint i = 0; i < entries->len; i++)
    tc_finality_add_tx (self->finality, ((TcMempoolEntry *) g_ptr_array_index (entries, i))->tx, self->mono_ms);
  tc_engine_place_peers (self);
  tc_engine_begin_watch (self);
  if (self->started)
    tc_engine_emit (self, TC_EFFECT_PRUNE)->epoch = committee->epoch;
}

void
tc_engine_begin_height (TcEngine *self)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  TcCommittee *committee = tc_ledger_get_committee (self->ledger);
  gboolean new_epoch = self->finality == NULL || tc_finality_get_epoch (self->finality) != committee->epoch;

  g_clear_pointer (&self->last_agreement, tc_agreement_free);
  self->last_agreement = g_steal_pointer (&self->agreement);
  g_ptr_array_set_size (self->candidates, 0);
  g_ptr_array_set_size (self->proposals, 0);
  g_array_set_size (self->actions, 0);
  self->decided = self->propose_pending = FALSE;
  tc_engine_note_clock (self);
  if (new_epoch)
    begin_epoch (self, committee);
  self->agreement = tc_agreement_new (&self->genesis->params, self->committee,
                                      tc_engine_get_signing (self) == TC_SIGNING_YES ? self->self : TC_MEMBER_NONE, tip->height + 1, &tip->seed);
  tc_engine_begin_attestations (self);
  if (!self->started)
    return;
  tc_engine_restore_ahead (self);
  if (new_epoch)
    tc_finality_begin (self->finality, self->mono_ms);
  if (new_epoch || self->vote_stalled)
    tc_engine_vote_all (self);
  tc_engine_sift_evidence (self);
  tc_engine_want_bodies (self);
  tc_engine_retry_orphans (self);
  if (!tc_engine_is_syncing (self))
    tc_engine_send_status (self, TRUE);
  tc_engine_release_held (self);
}

/* Rule C2: "Round 0 starts at parent time + block_interval, at the first valid proposal, when 0.5 MB is certified and 1 s has passed, or
 * at once for a last block." Also where a restart left a last block's height without our close (F5). */
void
tc_engine_try_start (TcEngine *self)
{
  const TcParams *params = &self->genesis->params;
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  gint64 since_ms = self->wall_ms - (gint64) tip->time_ms;
  gboolean is_last = tc_ledger_next_is_last (self->ledger);

  if (is_last && tc_engine_may_sign (self))
    tc_engine_close_epoch (self);
  if (tc_agreement_get_step (self->agreement) != TC_AGREEMENT_WAIT || tc_engine_is_uninformed (self))
    return;
  if (is_last || since_ms >= params->block_interval_ms
      || (since_ms >= params->block_interval_busy_ms
          && tc_finality_get_certified_bytes (self->finality) >= params->block_busy_bytes))
    tc_agreement_start (self->agreement, self->mono_ms, self->actions);
}

gint64
tc_engine_start_deadline (TcEngine *self)
{
  const TcParams *params = &self->genesis->params;
  gint64 wait_ms = params->block_interval_ms;

  if (tc_agreement_get_step (self->agreement) != TC_AGREEMENT_WAIT)
    return G_MAXINT64;
  if (tc_finality_get_certified_bytes (self->finality) >= params->block_busy_bytes)
    wait_ms = params->block_interval_busy_ms;
  wait_ms = self->mono_ms + MAX ((gint64) tc_ledger_get_tip (self->ledger)->time_ms + wait_ms - self->wall_ms, 1);
  return tc_engine_is_uninformed (self) ? MAX (wait_ms, self->started_ms + TC_ENGINE_INFORMED_MS) : wait_ms;
}

/* --- votes --- */

static const TcVote *
find_vote (const TcAgreement *agreement, guint32 round, TcVoteStep step, guint32 member, const TcHash *hash)
{
  const GArray *votes = tc_agreement_get_votes (agreement, round, step);

  for (guint i = 0; votes != NULL && i < votes->len; i++)
    {
      const TcVote *vote = &g_array_index (votes, TcVote, i);

      if (vote->member == member && (hash == NULL || tc_hash_equal (hash, &vote->block_hash)))
        return vote;
    }
  return NULL;
}

static gboolean
check_vote (TcEngine *self, const TcVote *vote, const TcCommittee *committee)
{
  return vote->epoch == committee->epoch && vote->member < committee->n_members && vote->step <= TC_STEP_PRECOMMIT
         && tc_vote_check (vote, tc_engine_chain_id (self), &committee->members[vote->member].operator_key, self->verifier);
}

/* A precommit for the tip, after it was decided: the next block's commit is the fuller for it (C6, M6). */
static void
take_late_precommit (TcEngine *self, TcPeer *peer, const TcVote *vote, const TcHash *name, GBytes *body)
{
  g_autoptr(GArray) ignored = NULL;

  if (vote->step != TC_STEP_PRECOMMIT || self->last_agreement == NULL || self->tip_commit == NULL
      || vote->round != self->tip_commit->round || !tc_hash_equal (&vote->block_hash, &self->tip_commit->block_hash)
      || find_vote (self->last_agreement, vote->round, TC_STEP_PRECOMMIT, vote->member, &vote->block_hash) != NULL)
    return;
  if (!check_vote (self, vote, tc_agreement_get_committee (self->last_agreement)))
    {
      tc_engine_punish (self, peer->id, 100, "vote with a bad signature");
      return;
    }
  ignored = g_array_new (FALSE, FALSE, sizeof (TcAction));
  tc_agreement_add_vote (self->last_agreement, vote, self->mono_ms, ignored);
  tc_engine_push (self, peer, vote->member, name, TC_MESSAGE_VOTE, body);
}

/* What contradicts a vote on the block below is evidence all the same (C7). */
static void
compare_late_vote (TcEngine *self, TcPeer *peer, const TcVote *vote)
{
  const TcVote *other = self->last_agreement != NULL ? find_vote (self->last_agreement, vote->round, vote->step, vote->member, NULL) : NULL;

  if (other == NULL || find_vote (self->last_agreement, vote->round, vote->step, vote->member, &vote->block_hash) != NULL)
    return;
  if (check_vote (self, vote, tc_agreement_get_committee (self->last_agreement)))
    tc_engine_accuse_vote (self, self->last_agreement, vote);
  else
    tc_engine_punish (self, peer->id, 100, "vote with a bad signature");
}

void
tc_engine_on_vote (TcEngine *self, TcPeer *peer, GBytes *body)
{
  TcReader reader = tc_reader_of_bytes (body);
  guint32 height = tc_agreement_get_height (self->agreement);
  TcVoteVerdict verdict;
  TcVote vote;
  TcHash name;

  tc_vote_read (&reader, &vote);
  if (!tc_reader_end (&reader, "vote", NULL))
    {
      tc_engine_punish (self, peer->id, 100, "malformed vote");
      return;
    }
  name = tc_vote_hash (&vote);
  tc_peer_note_known (self, peer, &name);
  if (vote.height == height + 1)
    tc_engine_hold (self, peer->id, TC_MESSAGE_VOTE, body);
  else if (vote.height + 1 == height)
    {
      compare_late_vote (self, peer, &vote);
      take_late_precommit (self, peer, &vote, &name, body);
    }
  if (vote.height != height || find_vote (self->agreement, vote.round, vote.step & 1, vote.member, &vote.block_hash) != NULL)
    return;
  if (!check_vote (self, &vote, self->committee))
    {
      tc_engine_punish (self, peer->id, 100, "vote with a bad signature");
      return;
    }
  if (vote.member == self->self)
    tc_engine_meet_itself (self, "vote on a block");
  self->member_heard_ms[vote.member] = self->mono_ms;
  verdict = tc_agreement_add_vote (self->agreement, &vote, self->mono_ms, self->actions);
  if (verdict == TC_VOTE_EQUIVOCATION)
    {
      self->n_equivocations++;
      tc_engine_accuse_vote (self, self->agreement, &vote);
    }
  if (verdict == TC_VOTE_ACCEPTED || verdict == TC_VOTE_EQUIVOCATION)
    tc_engine_push (self, peer, vote.member, &name, TC_MESSAGE_VOTE, body);
}

/* --- what agreement asks for --- */

/* Who locks must be able to prove it after a crash: without these prevotes nobody could vote for the locked block again, nor this node for
 * another, and a liar among their members could withhold its own for ever. */
static void
record_proof_of_lock (TcEngine *self, GArray *records, guint32 round, const TcHash *hash)
{
  const GArray *votes = tc_agreement_get_votes (self->agreement, round, TC_STEP_PREVOTE);

  for (guint i = 0; votes != NULL && i < votes->len; i++)
    {
      const TcVote *vote = &g_array_index (votes, TcVote, i);
      GByteArray *bytes;

      if (vote->member == self->self || !tc_hash_equal (hash, &vote->block_hash))
        continue;
      bytes = g_byte_array_new ();
      tc_vote_put (bytes, vote);
      tc_engine_record (self, records, TC_RECORD_VOTE, g_byte_array_free_to_bytes (bytes));
    }
}

/* Rule C5: "What is signed is on disk first, in a store of its own; a node refuses to sign against it." C3: so are the block and its
 * certificates. */
static void
sign_vote (TcEngine *self, const TcAction *action)
{
  TcCandidate *candidate = tc_engine_find_candidate (self, &action->hash);
  const TcVote *before;
  g_autoptr(GBytes) body = NULL;
  GByteArray *bytes;
  GArray *records;
  TcVote vote = { .step = (guint8) action->step, .epoch = self->committee->epoch, .round = action->round,
                  .height = tc_agreement_get_height (self->agreement), .block_hash = action->hash };
  TcHash name;

  if (!tc_engine_may_sign (self))
    return;
  before = find_vote (self->agreement, action->round, action->step, self->self, NULL);
  if (before != NULL || (candidate == NULL && !tc_hash_is_zero (&action->hash)))
    return;
  vote.member = (guint8) self->self;
  tc_vote_sign (&vote, tc_engine_chain_id (self), self->key);
  bytes = g_byte_array_new ();
  tc_vote_put (bytes, &vote);
  body = g_byte_array_free_to_bytes (bytes);
  records = tc_engine_records_new ();
  if (!tc_hash_is_zero (&vote.block_hash))
    tc_engine_record_candidate (self, records, candidate);
  if (!tc_hash_is_zero (&vote.block_hash) && vote.step == TC_STEP_PRECOMMIT)
    record_proof_of_lock (self, records, vote.round, &vote.block_hash);
  tc_engine_record (self, records, TC_RECORD_VOTE, g_bytes_ref (body));
  tc_engine_persist (self, records);
  name = tc_vote_hash (&vote);
  tc_engine_push (self, NULL, self->self, &name, TC_MESSAGE_VOTE, body);
  if (vote.step == TC_STEP_PRECOMMIT && candidate != NULL && tc_engine_is_before_last (self, &candidate->proposal->header))
    tc_engine_attest (self, vote.height);
  if (vote.step == TC_STEP_PREVOTE && vote.round > 0)
    self->n_rounds_above_zero++;
  tc_agreement_add_vote (self->agreement, &vote, self->mono_ms, self->actions);
}

void
tc_engine_run_actions (TcEngine *self)
{
  while (self->actions->len > 0)
    {
      const TcAction action = g_array_index (self->actions, TcAction, 0);

      g_array_remove_index (self->actions, 0);
      switch (action.kind)
        {
        case TC_ACTION_SIGN_VOTE:
          sign_vote (self, &action);
          break;
        case TC_ACTION_PROPOSE:
          tc_engine_propose (self, action.round, action.pol_round, &action.hash);
          break;
        case TC_ACTION_DECIDE:
          self->decided = TRUE;
          self->decided_round = action.round;
          self->decided_hash = action.hash;
          break;
        }
    }
}

/* --- committing --- */

static void
halt (TcEngine *self, const char *verdict)
{
  self->halted = TRUE;
  tc_engine_emit_text (self, TC_EFFECT_HALT,
                       "A quorum committed block %u, which this node finds invalid (%s). Either this version of TimeCoin is too old or damaged, "
                       "or more than a third of the committee lies. The node has stopped; update it, or ask its makers.",
                       tc_agreement_get_height (self->agreement), verdict);
}

/* Under a commit neither certificates, closes' lists nor the clock are asked for (C4, F6). */
gboolean
tc_engine_try_commit (TcEngine *self)
{
  TcCandidate *candidate;
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(TcExecution) execution = NULL;

  if (!self->decided)
    return FALSE;
  /* S4: who was away for long may hear a committee that sold its keys since. */
  if (tc_engine_needs_trust (self))
    return FALSE;
  candidate = tc_engine_find_candidate (self, &self->decided_hash);
  if (candidate == NULL || (candidate->execution == NULL && !candidate->invalid))
    return FALSE;
  if (tc_engine_is_distrusted (self, candidate->proposal->height, &candidate->hash))
    {
      halt (self, "a checkpoint, or the block that was named as trusted, is another one of that height");
      return FALSE;
    }
  if (candidate->execution == NULL)
    {
      halt (self, "under agreement");
      return FALSE;
    }
  commit = tc_agreement_make_commit (self->agreement, self->decided_round, &self->decided_hash);
  block = tc_block_ref (candidate->block);
  execution = g_steal_pointer (&candidate->execution);
  tc_engine_apply (self, block, commit, execution, TC_APPLY_AGREED);
  return TRUE;
}

static void
drop_conflicts (TcEngine *self, const TcTx *tx)
{
  g_autoptr(GPtrArray) removed = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      TcMempoolEntry *entry;

      while (tc_mempool_find_spenders (self->mempool, &tx->inputs[i].outpoint, &entry, 1) == 1)
        {
          TcHash loser = entry->tx->txid;

          tc_mempool_remove_with_children (self->mempool, &loser, removed);
        }
    }
  tc_engine_drop_txs (self, removed);
}

static void
settle_txs (TcEngine *self, const TcBlock *block)
{
  /* Whoever catches up has nothing of it, and a look in vain for each costs as much as the rest. */
  const gboolean has_pool = tc_mempool_get_n (self->mempool) > 0, wants = g_hash_table_size (self->wanted) > 0;

  for (guint32 i = 0; i < block->n_txs; i++)
    {
      TcTx *tx = block->txs[i];
      gboolean pending = has_pool && tc_mempool_get (self->mempool, &tx->txid) != NULL;

      if (wants)
        tc_engine_got (self, &tx->txid);
      tc_finality_set_in_chain (self->finality, &tx->txid);
      if (!pending)
        continue;
      tc_mempool_remove (self->mempool, &tx->txid);
      tc_engine_tell (self, tx, TC_TX_EVENT_CONFIRMED);
    }
  for (guint32 i = 0; has_pool && i < block->n_txs; i++)
    drop_conflicts (self, block->txs[i]);
  tc_finality_chain_changed (self->finality, self->mono_ms);
}

/* Rule S2: at the tip, and where the flush falls on the block: what the store holds is then its state. A flush that is under way makes this day's be missed. */
static void
snapshot_after (TcEngine *self, const TcHeader *header)
{
  TcEffect *effect;

  if (!tc_ledger_get_tip (self->ledger)->is_last || header->epoch % self->genesis->params.redraw_epochs != 0)
    return;
  effect = tc_engine_emit (self, TC_EFFECT_SNAPSHOT);
  effect->height = header->height;
  effect->body = tc_ledger_encode_record (self->ledger);
}

static void
emit_commit (TcEngine *self, TcBlock *block, TcCommit *commit, TcCommittee *first_of, TcApplyKind kind)
{
  gboolean catching_up = kind == TC_APPLY_SYNCED && tc_engine_best_height (self) > block->header.height + 1;
  TcEffect *effect = tc_engine_emit (self, TC_EFFECT_COMMIT);

  effect->block = tc_block_ref (block);
  effect->commit = tc_commit_ref (commit);
  effect->height = block->header.height;
  if (first_of != NULL)
    {
      effect->committee = tc_committee_ref (first_of);
      effect->epoch = first_of->epoch - MIN (first_of->epoch, self->genesis->params.unbonding_epochs + 1);
    }
  if (tc_ledger_get_tip (self->ledger)->is_last)
    effect->link = tc_link_new (&block->header, commit, tc_ledger_get_committee (self->ledger));
  effect->durable = !catching_up || tc_ledger_get_tip (self->ledger)->is_last;  /* PRUNE follows: it must not outlive its block */
  if (!self->flush_pending && (!catching_up || tc_ledger_wants_flush (self->ledger)))
    effect->flush = tc_ledger_begin_flush (self->ledger);
  self->flush_pending = self->flush_pending || effect->flush != NULL;
  if (effect->flush != NULL && !catching_up)
    snapshot_after (self, &block->header);
}

void
tc_engine_apply (TcEngine *self, TcBlock *block, TcCommit *commit, const TcExecution *execution, TcApplyKind kind)
{
  gboolean was_last = tc_ledger_next_is_last (self->ledger), is_first = tc_ledger_get_tip (self->ledger)->is_last;
  g_autoptr(TcCommittee) committee = tc_committee_ref (tc_ledger_get_committee (self->ledger));

  tc_engine_note_past (self, block, commit, committee);
  self->n_agreed += kind == TC_APPLY_AGREED;
  tc_ledger_apply (self->ledger, execution);
  g_clear_pointer (&self->tip_commit, tc_commit_unref);
  self->tip_commit = tc_commit_ref (commit);
  if (was_last)
    tc_engine_links_advance (self, block, commit);
  if (kind == TC_APPLY_RESTORED)
    {
      tc_engine_restore_epoch_block (self, block);
      if (was_last)
        {
          g_ptr_array_set_size (self->seen_in_chain, 0);
          g_ptr_array_set_size (self->restored_commits, 0);
        }
      return;
    }
  settle_txs (self, block);
  emit_commit (self, block, commit, is_first ? committee : NULL, kind);
  tc_engine_tell_jailed (self, execution);
  tc_engine_accuse_signers (self, block->commit);
  if (was_last)
    tc_engine_accuse_omissions (self);
  tc_engine_begin_height (self);
  for (guint32 i = 0; tc_mempool_get_n (self->mempool) > 0 && i < block->n_txs; i++)
    tc_engine_vote_children (self, block->txs[i]);
}
