#include "engine-private.h"

#include "core/check.h"

#define PROPOSALS_OF_ROUND_MAX 4u
#define PROPOSALS_OF_BLOCK_MAX 2u  /* in one round: only its proposer can sign a second */

/* --- what is known of this height's proposals --- */

TcProposal *
tc_engine_find_proposal (TcEngine *self, guint32 round, guint32 member)
{
  for (guint i = 0; i < self->proposals->len; i++)
    {
      TcProposal *proposal = g_ptr_array_index (self->proposals, i);

      if (proposal->round == round && (member == TC_MEMBER_NONE || proposal->member == member))
        return proposal;
    }
  return NULL;
}

/* Drops one of @round that is not this node's own and that nobody backs; or else, with @any_round, the oldest of an earlier round, which nobody will
 * ever sign in again. */
static gboolean
drop_proposal (TcEngine *self, guint32 round, gboolean any_round)
{
  for (guint i = 0; i < self->proposals->len; i++)
    {
      TcProposal *other = g_ptr_array_index (self->proposals, i);
      gboolean goes = any_round ? other->round < tc_agreement_get_round (self->agreement) && !tc_engine_is_locked (self, &other->block_hash)
                                : other->round == round && !tc_agreement_is_backed (self->agreement, &other->block_hash);

      /* One of our own of this round, or of one to come that a restart fell back behind, is said again as it was: another would convict us (C7). */
      if (!goes || (other->member == self->self && !any_round))
        continue;
      g_ptr_array_remove_index (self->proposals, i);
      return TRUE;
    }
  return FALSE;
}

gboolean
tc_engine_keep_proposal (TcEngine *self, TcProposal *proposal)
{
  guint n_of_round = 0, n_of_block = 0;

  for (guint i = 0; i < self->proposals->len; i++)
    {
      TcProposal *other = g_ptr_array_index (self->proposals, i);

      if (tc_hash_equal (&proposal->hash, &other->hash))
        return FALSE;
      n_of_round += other->round == proposal->round;
      n_of_block += other->round == proposal->round && tc_hash_equal (&other->block_hash, &proposal->block_hash);
    }
  if (n_of_block >= PROPOSALS_OF_BLOCK_MAX)
    return FALSE;
  if (n_of_round >= PROPOSALS_OF_ROUND_MAX
      && (!tc_agreement_is_backed (self->agreement, &proposal->block_hash) || !drop_proposal (self, proposal->round, FALSE)))
    return FALSE;
  if (self->proposals->len >= TC_ENGINE_PROPOSALS_MAX && !drop_proposal (self, 0, TRUE))
    return FALSE;
  g_ptr_array_add (self->proposals, tc_proposal_ref (proposal));
  return TRUE;
}

/* --- messages --- */

static gboolean
is_from_proposer (TcEngine *self, const TcProposal *proposal)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);

  return proposal->epoch == self->committee->epoch && proposal->member < self->committee->n_members
         && proposal->member == tc_committee_proposer (self->committee, &tip->seed, proposal->height, proposal->round)
         && tc_proposal_check (proposal, tc_engine_chain_id (self),
                               &self->committee->members[proposal->member].operator_key, self->verifier);
}

void
tc_engine_on_proposal (TcEngine *self, guint64 peer, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  g_autoptr(TcProposal) proposal = tc_proposal_decode (data, n, NULL);
  guint32 height = tc_agreement_get_height (self->agreement);
  TcVoteVerdict verdict;
  TcHash name;

  if (proposal == NULL || proposal->n_short_ids > TC_POSITIONS_MAX)
    {
      tc_engine_punish (self, peer, 100, "malformed proposal");
      return;
    }
  name = tc_proposal_hash (proposal);
  tc_engine_got (self, &name);
  tc_engine_got (self, &proposal->block_hash);
  tc_engine_note_known (self, peer, &name);
  if (proposal->height == height + 1)
    tc_engine_hold (self, peer, TC_MESSAGE_PROPOSAL, body);
  if (proposal->height != height || proposal->round > tc_agreement_get_round (self->agreement) + TC_ENGINE_PROPOSALS_AHEAD)
    return;
  if (!is_from_proposer (self, proposal))
    {
      tc_engine_punish (self, peer, 100, "proposal that is not its proposer's");
      return;
    }
  self->member_heard_ms[proposal->member] = self->mono_ms;
  tc_engine_accuse_proposal (self, proposal);
  if (!tc_engine_keep_proposal (self, proposal))
    return;
  if (proposal->member == self->self)
    tc_engine_meet_itself (self, "proposal");
  if (proposal->header.height == height && proposal->commit != NULL)
    tc_engine_meet_commit (self, proposal->commit);
  if (self->halted)
    return;
  tc_engine_add_candidate (self, proposal, peer);
  verdict = tc_agreement_add_proposal (self->agreement, proposal->round, proposal->pol_round, &proposal->block_hash,
                                       self->mono_ms, self->actions);
  if (verdict == TC_VOTE_EQUIVOCATION)
    self->n_equivocations++;
  tc_engine_announce (self, tc_engine_find_peer (self, peer), proposal->member, &name, TC_ITEM_PROPOSAL);
}

/* --- proposing --- */

void
tc_engine_record_candidate (TcEngine *self, GArray *records, TcCandidate *candidate)
{
  if (candidate->persisted)
    return;
  candidate->persisted = TRUE;
  for (guint32 i = 0; i < candidate->block->n_txs; i++)
    if (candidate->block->txs[i]->kind != TC_TX_KIND_REWARD)
      tc_engine_record_tx (self, records, candidate->block->txs[i]);
  tc_engine_record_batches (self, records);
  tc_engine_record_lists (self, records, candidate->block);
  tc_engine_record (self, records, TC_RECORD_PROPOSAL, tc_proposal_encode (candidate->proposal));
}

/* Whether everything that @entry lists can stand in a block of ours; asks for what is missing. */
static gboolean
is_usable (TcEngine *self, TcCloseEntry *entry)
{
  TcCoinView view = tc_finality_get_view (self->finality);
  g_autoptr(GArray) lacking = NULL;
  gboolean usable = TRUE;

  if (entry->usable)
    return TRUE;
  if (!tc_engine_resolve_close (self, entry, 0))
    return FALSE;
  lacking = g_array_new (FALSE, FALSE, sizeof (TcHash));
  for (guint i = 0; i < entry->list->len; i++)
    {
      const TcHash *txid = &g_array_index (entry->list, TcHash, i);
      const TcFinalityTx *known = tc_finality_get (self->finality, txid);

      if (known != NULL && known->in_chain)
        return FALSE;
      if (known == NULL || !known->certified)
        g_array_append_val (lacking, *txid);
      if (known == NULL || known->tx == NULL)
        tc_engine_want (self, TC_ITEM_TX, txid, 0);
      /* A liar may list a child whose parent nobody can put before it. */
      usable = usable && known != NULL && known->certified && known->tx != NULL
               && tc_ledger_check_tx (self->ledger, known->tx, &view, NULL, NULL) == TC_TX_OK;
    }
  entry->usable = usable;
  if (lacking->len > 0 && self->mono_ms >= entry->retry_ms)
    {
      entry->retry_ms = self->mono_ms + TC_ENGINE_FETCH_MS;
      tc_engine_ask_certs (self, (const TcHash *) (gpointer) lacking->data, lacking->len, 0, entry->n_asked++);
    }
  return usable;
}

/* Rule F5: "A proposer leaves out a close that lists anything without a certificate or that it cannot get." Returns: FALSE below a
 * quorum. */
static gboolean
gather_closes (TcEngine *self, GArray *ret_closes, GPtrArray *ret_txs, guint *ret_left_out)
{
  guint8 bitmap[TC_BITMAP_SIZE_MAX] = { 0 };

  for (guint32 member = 0; member < self->committee->n_members; member++)
    for (guint i = 0; i < self->closes->len; i++)
      {
        TcCloseEntry *entry = g_ptr_array_index (self->closes, i);

        if (entry->close.member != member || tc_bitmap_get (bitmap, member))
          continue;
        if (!is_usable (self, entry))
          {
            *ret_left_out += 1;
            continue;
          }
        tc_bitmap_set (bitmap, member);
        g_array_append_val (ret_closes, entry->close);
        for (guint j = 0; j < entry->list->len; j++)
          g_ptr_array_add (ret_txs, tc_finality_get (self->finality, &g_array_index (entry->list, TcHash, j))->tx);
      }
  return tc_committee_is_quorum (self->committee, tc_committee_sum (self->committee, bitmap));
}

static void
add_once (GHashTable *seen, GPtrArray *txs, TcTx *tx)
{
  if (tx != NULL && g_hash_table_add (seen, &tx->txid))
    g_ptr_array_add (txs, tx);
}

/* Candidates in the order of preference: what closes list, what is certified and, in a last block, what is merely valid (F6). */
static GPtrArray *
choose_txs (TcEngine *self, const GPtrArray *listed, gboolean is_last)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (tc_hash_hash, tc_hash_equal);
  g_autoptr(GPtrArray) certified = tc_finality_dup_certified (self->finality);
  g_autoptr(GPtrArray) entries = NULL;
  GPtrArray *txs = g_ptr_array_new ();

  for (guint i = 0; i < listed->len; i++)
    add_once (seen, txs, g_ptr_array_index (listed, i));
  for (guint i = 0; i < certified->len; i++)
    add_once (seen, txs, ((TcFinalityTx *) g_ptr_array_index (certified, i))->tx);
  if (!is_last)
    return txs;
  entries = tc_mempool_dup_entries (self->mempool);
  for (guint i = 0; i < entries->len; i++)
    add_once (seen, txs, ((TcMempoolEntry *) g_ptr_array_index (entries, i))->tx);
  return txs;
}

static guint64
sum_sizes (const GPtrArray *txs, guint64 max)
{
  guint64 size_bytes = 0;

  for (guint i = 0; i < txs->len && size_bytes < max; i++)
    size_bytes += ((TcTx *) g_ptr_array_index (txs, i))->size_bytes;
  return MIN (size_bytes, max);
}

static TcCandidate *
candidate_of_block (TcEngine *self, TcProposal *proposal, TcBlock *block, TcExecution *execution)
{
  TcCandidate *candidate = tc_engine_add_candidate (self, proposal, 0);
  guint32 first = proposal->reward != NULL ? 1 : 0;

  TC_CHECK (candidate != NULL && candidate->block == NULL);
  for (guint32 i = 0; i < proposal->n_short_ids; i++)
    candidate->txs[i] = tc_tx_ref (block->txs[first + i]);
  candidate->n_missing = 0;
  candidate->block = tc_block_ref (block);
  candidate->execution = execution;
  return candidate;
}

/* What is signed is on disk first (C5). Takes @proposal. */
static void
publish (TcEngine *self, TcProposal *proposal, TcCandidate *candidate)
{
  g_autoptr(GBytes) body = tc_proposal_encode (proposal);
  GArray *records = tc_engine_records_new ();
  TcHash name = tc_proposal_hash (proposal);

  tc_engine_record_candidate (self, records, candidate);
  if (candidate->proposal != proposal)
    tc_engine_record (self, records, TC_RECORD_PROPOSAL, g_bytes_ref (body));
  tc_engine_persist (self, records);
  tc_engine_keep_proposal (self, proposal);
  tc_engine_push (self, NULL, self->self, &name, TC_MESSAGE_PROPOSAL, body);
  if (tc_agreement_get_value (self->agreement, &candidate->hash) == TC_VALUE_UNKNOWN)
    tc_agreement_set_value (self->agreement, &candidate->hash, TC_VALUE_VALID, self->mono_ms, self->actions);
  tc_agreement_add_proposal (self->agreement, proposal->round, proposal->pol_round, &proposal->block_hash, self->mono_ms,
                             self->actions);
  tc_proposal_unref (proposal);
}

static TcCommit *
commit_of_tip (TcEngine *self)
{
  g_autoptr(TcCommit) late = NULL;

  /* M6: precommits that came after the decision count as well. */
  if (self->last_agreement != NULL && self->tip_commit != NULL)
    late = tc_agreement_make_commit (self->last_agreement, self->tip_commit->round, &self->tip_commit->block_hash);
  if (late == NULL && self->tip_commit != NULL)
    late = tc_commit_ref (self->tip_commit);
  return late != NULL && tc_ledger_next_is_last (self->ledger) ? tc_engine_attested_commit (self, late) : g_steal_pointer (&late);
}

/* Returns: FALSE where closes are missing yet. */
static gboolean
propose_new (TcEngine *self, guint32 round)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  gboolean is_last = tc_ledger_next_is_last (self->ledger);
  g_autoptr(GArray) closes = g_array_new (FALSE, FALSE, sizeof (TcClose));
  g_autoptr(GPtrArray) listed = g_ptr_array_new ();
  g_autoptr(GPtrArray) txs = NULL;
  g_autoptr(TcCommit) commit = commit_of_tip (self);
  g_autoptr(TcBlock) block = NULL;
  g_autofree TcEvidence *evidence = NULL;
  TcExecution *execution = NULL;
  TcHeader header = { .round = round, .proposer = self->self };
  TcProposal *proposal;
  guint left_out = 0;

  if (is_last && !gather_closes (self, closes, listed, &left_out))
    return FALSE;
  self->n_closes_left_out += left_out;
  txs = choose_txs (self, listed, is_last);
  header.time_ms = MAX ((guint64) self->wall_ms,
                        tc_ledger_least_time_ms (self->ledger, sum_sizes (txs, tc_ledger_block_size_max (self->ledger))));
  header.vrf = tc_seed_prove (self->key, tc_engine_chain_id (self), &tip->seed, tip->height + 1);
  evidence = tc_engine_list_evidence (self);
  block = tc_ledger_propose_with_evidence (self->ledger, &header, commit, evidence, self->evidence->len, (const TcClose *) (gpointer) closes->data,
                                           closes->len, (TcTx *const *) txs->pdata, txs->len, &execution);
  for (guint i = 0; i < listed->len; i++)
    if (!tc_engine_block_holds (block, &((TcTx *) g_ptr_array_index (listed, i))->txid))
      {
        /* What a quorum certified is valid (F1) and fits (F8): this is a contradiction. */
        tc_execution_free (execution);
        tc_engine_emit_text (self, TC_EFFECT_WARN, "A final payment does not fit the last block of epoch %u.", self->committee->epoch);
        return TRUE;
      }
  proposal = tc_proposal_new (block, round, -1, (guint8) self->self, self->key);
  publish (self, proposal, candidate_of_block (self, proposal, block, execution));
  return TRUE;
}

/* After a restart the proposer says again what it said. */
static gboolean
repeat_own (TcEngine *self, guint32 round)
{
  TcProposal *own = tc_engine_find_proposal (self, round, self->self);
  g_autoptr(GBytes) body = NULL;
  TcHash name;

  if (own == NULL)
    return FALSE;
  body = tc_proposal_encode (own);
  name = tc_proposal_hash (own);
  tc_engine_push (self, NULL, self->self, &name, TC_MESSAGE_PROPOSAL, body);
  return TRUE;
}

void
tc_engine_propose (TcEngine *self, guint32 round, gint32 pol_round, const TcHash *hash)
{
  TcCandidate *candidate;

  if (!tc_engine_may_sign (self) || repeat_own (self, round))
    return;
  if (pol_round < 0)
    {
      self->propose_pending = TRUE;
      self->propose_round = round;
      return;
    }
  candidate = tc_engine_find_candidate (self, hash);
  if (candidate == NULL || candidate->block == NULL)
    return;  /* restored, and not rebuilt yet: the next proposer's turn */
  self->n_locked_reproposed++;
  publish (self, tc_proposal_new (candidate->block, round, pol_round, (guint8) self->self, self->key), candidate);
}

void
tc_engine_try_propose (TcEngine *self)
{
  if (!self->propose_pending)
    return;
  if (tc_agreement_get_step (self->agreement) != TC_AGREEMENT_PROPOSE
      || tc_agreement_get_round (self->agreement) != self->propose_round || !tc_engine_may_sign (self)
      || propose_new (self, self->propose_round))
    self->propose_pending = FALSE;
}
