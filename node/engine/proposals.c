#include "engine-private.h"

#include <string.h>

#include "core/check.h"

#define PROPOSALS_OF_ROUND_MAX 4u
#define PROPOSALS_OF_BLOCK_MAX 2u  /* in one round: only its proposer can sign a second */
#define TXS_ANSWER_BYTES       3500000u

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

static gboolean
is_locked (TcEngine *self, const TcHash *hash)
{
  TcHash locked;

  return tc_agreement_get_locked (self->agreement, &locked) >= 0 && tc_hash_equal (&locked, hash);
}

/* Drops one that is not this node's own and, where @round is one that has begun or will, one of that round that nobody backs; or else, with
 * @any_round, the oldest of an earlier round. */
static gboolean
drop_proposal (TcEngine *self, guint32 round, gboolean any_round)
{
  for (guint i = 0; i < self->proposals->len; i++)
    {
      TcProposal *other = g_ptr_array_index (self->proposals, i);
      gboolean goes = any_round ? other->round < tc_agreement_get_round (self->agreement) && !is_locked (self, &other->block_hash)
                                : other->round == round && !tc_agreement_is_backed (self->agreement, &other->block_hash);

      if (!goes || other->member == self->self)
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

static void
forget_txs (TcCandidate *self)
{
  for (guint32 i = 0; i < self->proposal->n_short_ids; i++)
    g_clear_pointer (&self->txs[i], tc_tx_unref);
}

void
tc_candidate_free (gpointer data)
{
  TcCandidate *self = data;

  forget_txs (self);
  g_free (self->txs);
  g_clear_pointer (&self->execution, tc_execution_free);
  g_clear_pointer (&self->block, tc_block_unref);
  tc_proposal_unref (self->proposal);
  g_free (self);
}

TcCandidate *
tc_engine_find_candidate (TcEngine *self, const TcHash *hash)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      TcCandidate *candidate = g_ptr_array_index (self->candidates, i);

      if (tc_hash_equal (&candidate->hash, hash))
        return candidate;
    }
  return NULL;
}

/* What may still matter: proposed in this round, backed by somebody honest, locked, or decided. A liar can sign any number of others. */
static gboolean
is_relevant (TcEngine *self, const TcHash *hash)
{
  guint32 round = tc_agreement_get_round (self->agreement);

  for (guint i = 0; i < self->proposals->len; i++)
    {
      const TcProposal *proposal = g_ptr_array_index (self->proposals, i);

      if (proposal->round == round && tc_hash_equal (&proposal->block_hash, hash))
        return TRUE;
    }
  return (self->decided && tc_hash_equal (&self->decided_hash, hash)) || is_locked (self, hash)
         || tc_agreement_is_backed (self->agreement, hash);
}

static void
drop_candidate (TcEngine *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      const TcCandidate *candidate = g_ptr_array_index (self->candidates, i);

      if (is_relevant (self, &candidate->hash))
        continue;
      g_ptr_array_remove_index (self->candidates, i);
      return;
    }
}

static gboolean
has_same_ids (const TcProposal *a, const TcProposal *b)
{
  return a->n_short_ids == b->n_short_ids
         && (a->n_short_ids == 0 || memcmp (a->short_ids, b->short_ids, a->n_short_ids * sizeof *a->short_ids) == 0);
}

/* A proposer may have signed short ids from which nobody can rebuild its block: another's for the same block may do better. */
static void
take_other_ids (TcEngine *self, TcCandidate *candidate, TcProposal *proposal, guint64 source)
{
  if (candidate->block != NULL || has_same_ids (candidate->proposal, proposal))
    return;
  forget_txs (candidate);
  g_free (candidate->txs);
  tc_proposal_unref (candidate->proposal);
  candidate->proposal = tc_proposal_ref (proposal);
  candidate->txs = g_new0 (TcTx *, proposal->n_short_ids + 1);
  candidate->n_missing = proposal->n_short_ids;
  candidate->asked_all = FALSE;
  candidate->source = source;
  candidate->retry_ms = self->mono_ms;
  candidate->checked_version = G_MAXUINT64;
}

TcCandidate *
tc_engine_add_candidate (TcEngine *self, TcProposal *proposal, guint64 source)
{
  TcCandidate *candidate = tc_engine_find_candidate (self, &proposal->block_hash);

  if (candidate != NULL)
    {
      take_other_ids (self, candidate, proposal, source);
      return candidate;
    }
  if (self->candidates->len >= TC_ENGINE_CANDIDATES_MAX)
    drop_candidate (self);
  if (self->candidates->len >= TC_ENGINE_CANDIDATES_MAX)
    return NULL;
  candidate = g_new0 (TcCandidate, 1);
  candidate->hash = proposal->block_hash;
  candidate->proposal = tc_proposal_ref (proposal);
  candidate->txs = g_new0 (TcTx *, proposal->n_short_ids + 1);
  candidate->n_missing = proposal->n_short_ids;
  candidate->source = source;
  candidate->retry_ms = self->mono_ms;
  candidate->checked_version = G_MAXUINT64;
  g_ptr_array_add (self->candidates, candidate);
  return candidate;
}

/* --- rebuilding a block (C3) --- */

static void
offer_body (GHashTable *missing, TcCandidate *candidate, TcTx *tx)
{
  guint64 id = tc_short_id (&candidate->hash, &tx->txid);
  gpointer position;

  if (!g_hash_table_lookup_extended (missing, &id, NULL, &position) || candidate->txs[GPOINTER_TO_UINT (position)] != NULL)
    return;
  candidate->txs[GPOINTER_TO_UINT (position)] = tc_tx_ref (tx);
  candidate->n_missing--;
}

static GHashTable *
index_missing (TcCandidate *candidate)
{
  GHashTable *missing = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint32 i = 0; i < candidate->proposal->n_short_ids; i++)
    if (candidate->txs[i] == NULL)
      g_hash_table_insert (missing, &candidate->proposal->short_ids[i], GUINT_TO_POINTER (i));
  return missing;
}

static void
fill_from_mempool (TcEngine *self, TcCandidate *candidate)
{
  g_autoptr(GHashTable) missing = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GPtrArray) certified = NULL;

  if (candidate->n_missing == 0 || candidate->checked_version == self->batches_version || candidate->asked_all)
    return;
  candidate->checked_version = self->batches_version;
  missing = index_missing (candidate);
  entries = tc_mempool_dup_entries (self->mempool);
  for (guint i = 0; i < entries->len; i++)
    offer_body (missing, candidate, ((TcMempoolEntry *) g_ptr_array_index (entries, i))->tx);
  certified = tc_finality_dup_certified (self->finality);
  for (guint i = 0; i < certified->len; i++)
    {
      const TcFinalityTx *entry = g_ptr_array_index (certified, i);

      if (entry->tx != NULL)
        offer_body (missing, candidate, entry->tx);
    }
  for (guint i = 0; i < self->restored_txs->len; i++)
    offer_body (missing, candidate, g_ptr_array_index (self->restored_txs, i));
}

static void
ask_txs (TcEngine *self, TcCandidate *candidate)
{
  g_autofree guint32 *positions = NULL;
  TcPeer *peer;
  guint n = 0;

  if (self->mono_ms < candidate->retry_ms)
    return;
  candidate->retry_ms = self->mono_ms + TC_ENGINE_FETCH_MS;
  peer = tc_engine_pick_peer (self, candidate->source, candidate->n_asked++);
  if (peer == NULL)
    return;
  positions = g_new (guint32, candidate->proposal->n_short_ids + 1);
  for (guint32 i = 0; i < candidate->proposal->n_short_ids; i++)
    if (candidate->txs[i] == NULL)
      positions[n++] = i;
  tc_engine_send (self, peer, TC_MESSAGE_GET_TXS, tc_get_txs_encode (&candidate->hash, positions, n));
}

static void
forget_bodies (TcEngine *self, TcCandidate *candidate)
{
  forget_txs (candidate);
  candidate->n_missing = candidate->proposal->n_short_ids;
  candidate->asked_all = TRUE;
  candidate->retry_ms = self->mono_ms;
}

/* Rule T1: a bad witness condemns its sender: other copies are fetched. */
static void
forget_unchecked (TcEngine *self, TcCandidate *candidate)
{
  for (guint32 i = 0; i < candidate->proposal->n_short_ids; i++)
    if (!tc_engine_is_checked (self, candidate->txs[i]))
      {
        g_clear_pointer (&candidate->txs[i], tc_tx_unref);
        candidate->n_missing++;
      }
  candidate->retry_ms = self->mono_ms;
  g_clear_pointer (&candidate->block, tc_block_unref);
}

static gboolean
build_block (TcEngine *self, TcCandidate *candidate)
{
  const TcProposal *proposal = candidate->proposal;
  g_autofree TcTx **txs = NULL;
  guint32 n = 0;
  TcHash root;

  if (candidate->block != NULL)
    return TRUE;
  fill_from_mempool (self, candidate);
  if (candidate->n_missing > 0)
    {
      ask_txs (self, candidate);
      return FALSE;
    }
  txs = g_new (TcTx *, proposal->n_short_ids + 2);
  if (proposal->reward != NULL)
    txs[n++] = proposal->reward;
  for (guint32 i = 0; i < proposal->n_short_ids; i++)
    txs[n++] = candidate->txs[i];
  root = tc_txs_root (txs, n);
  if (!tc_hash_equal (&root, &proposal->header.tx_root))
    {
      /* Two transactions share a short id: the proposer's own copies tell. */
      forget_bodies (self, candidate);
      ask_txs (self, candidate);
      return FALSE;
    }
  candidate->block = tc_block_new_with_evidence (&proposal->header, proposal->commit, proposal->evidence, proposal->n_evidence,
                                                 proposal->closes, proposal->n_closes, txs, n);
  return TRUE;
}

gboolean
tc_engine_is_checked (gpointer user_data, const TcTx *tx)
{
  TcEngine *self = user_data;
  const TcMempoolEntry *entry = tc_mempool_get (self->mempool, &tx->txid);

  return entry != NULL && entry->tx == tx;
}

static gboolean
execute_block (TcEngine *self, TcCandidate *candidate)
{
  const TcExecuteOptions options = { self->verifier, tc_engine_is_checked, self, FALSE };
  TcBlockVerdict verdict;

  if (candidate->execution != NULL)
    return TRUE;
  verdict = tc_ledger_execute (self->ledger, candidate->block, &options, &candidate->execution);
  if (verdict == TC_BLOCK_BAD_WITNESS)
    forget_unchecked (self, candidate);
  else if (verdict != TC_BLOCK_OK)
    candidate->invalid = TRUE;
  return verdict == TC_BLOCK_OK;
}

/* --- what binds prevoters (F5, F6, C4) --- */

static gboolean
holds_certificates (TcEngine *self, TcCandidate *candidate)
{
  const TcBlock *block = candidate->block;
  g_autofree TcHash *lacking = NULL;
  guint n = 0;

  for (guint32 i = 0; i < block->n_txs; i++)
    {
      const TcFinalityTx *entry = tc_finality_get (self->finality, &block->txs[i]->txid);

      if (entry != NULL && entry->certified)
        continue;
      if (lacking == NULL)
        lacking = g_new (TcHash, block->n_txs);
      lacking[n++] = block->txs[i]->txid;
    }
  if (n == 0)
    return TRUE;
  if (self->mono_ms >= candidate->retry_ms)
    {
      candidate->retry_ms = self->mono_ms + TC_ENGINE_FETCH_MS;
      tc_engine_ask_certs (self, lacking, n, candidate->source, candidate->n_asked++);
    }
  return FALSE;
}

static gboolean
block_holds (const TcBlock *block, const TcHash *txid)
{
  guint32 low = block->n_txs > 0 && block->txs[0]->kind == TC_TX_KIND_REWARD ? 1 : 0, high = block->n_txs;

  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;
      int order = tc_hash_compare (&block->txs[middle]->txid, txid);

      if (order == 0)
        return TRUE;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

/* Rule F5: every transaction that the closes list is in the block. It speaks of the block alone. */
static gboolean
holds_lists (TcEngine *self, TcCandidate *candidate)
{
  gboolean all_known = TRUE;

  for (guint32 i = 0; i < candidate->block->n_closes; i++)
    {
      TcCloseEntry *entry = tc_engine_add_close (self, &candidate->block->closes[i], TRUE);

      if (!tc_engine_resolve_close (self, entry, candidate->source))
        {
          all_known = FALSE;
          continue;
        }
      for (guint j = 0; j < entry->list->len; j++)
        if (!block_holds (candidate->block, &g_array_index (entry->list, TcHash, j)))
          {
            candidate->invalid = TRUE;
            return FALSE;
          }
    }
  return all_known;
}

static gboolean
is_early (TcEngine *self, TcCandidate *candidate)
{
  candidate->held = (gint64) candidate->block->header.time_ms > self->wall_ms + self->genesis->params.clock_ahead_ms;
  return candidate->held;
}

/* What was found to hold before a restart holds after it (C4), though a list or a certificate may be gone that nobody can send any more. */
static gboolean
binds (TcEngine *self, TcCandidate *candidate)
{
  if (candidate->restored)
    return TRUE;
  if (is_early (self, candidate))
    return FALSE;
  if (!tc_engine_may_sign (self))
    return TRUE;
  return tc_ledger_next_is_last (self->ledger) ? holds_lists (self, candidate) : holds_certificates (self, candidate);
}

static gboolean
needs_check (TcEngine *self, const TcCandidate *candidate)
{
  return tc_agreement_get_value (self->agreement, &candidate->hash) == TC_VALUE_UNKNOWN && is_relevant (self, &candidate->hash);
}

static void
check_candidate (TcEngine *self, TcCandidate *candidate)
{
  if (!needs_check (self, candidate))
    return;
  if (!candidate->invalid && build_block (self, candidate) && execute_block (self, candidate) && binds (self, candidate))
    {
      tc_agreement_set_value (self->agreement, &candidate->hash, TC_VALUE_VALID, self->mono_ms, self->actions);
      tc_agreement_start (self->agreement, self->mono_ms, self->actions);  /* C2: at the first valid proposal */
    }
  else if (candidate->invalid)
    tc_agreement_set_value (self->agreement, &candidate->hash, TC_VALUE_INVALID, self->mono_ms, self->actions);
}

void
tc_engine_check_candidates (TcEngine *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    check_candidate (self, g_ptr_array_index (self->candidates, i));
}

gint64
tc_engine_candidates_deadline (TcEngine *self)
{
  gint64 deadline = G_MAXINT64;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const TcCandidate *candidate = g_ptr_array_index (self->candidates, i);

      if (!needs_check (self, candidate))
        continue;
      if (candidate->held)  /* subtracted first: a liar's time may be near the end of time */
        deadline = MIN (deadline, (gint64) candidate->block->header.time_ms - self->wall_ms - self->genesis->params.clock_ahead_ms
                                    + self->mono_ms);
      else
        deadline = MIN (deadline, MAX (candidate->retry_ms, self->mono_ms + 50));
    }
  if (self->propose_pending)
    deadline = MIN (deadline, self->mono_ms + 50);
  return deadline;
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
  if (!tc_engine_keep_proposal (self, proposal))
    return;
  if (proposal->member == self->self && tc_engine_may_sign (self))
    tc_engine_stop_signing (self, "proposal");
  tc_engine_add_candidate (self, proposal, peer);
  verdict = tc_agreement_add_proposal (self->agreement, proposal->round, proposal->pol_round, &proposal->block_hash,
                                       self->mono_ms, self->actions);
  if (verdict == TC_VOTE_EQUIVOCATION)
    self->n_equivocations++;
  tc_engine_spread (self, peer, &name, TC_ITEM_PROPOSAL, TC_MESSAGE_PROPOSAL, NULL);
}

void
tc_engine_on_get_txs (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autofree guint32 *positions = NULL;
  g_autoptr(GPtrArray) txs = g_ptr_array_new ();
  TcCandidate *candidate;
  TcHash hash;
  gsize n, size_bytes = 0;

  if (!tc_get_txs_decode (body, &hash, &positions, &n))
    {
      tc_engine_punish (self, peer->id, 100, "malformed request for transactions");
      return;
    }
  candidate = tc_engine_find_candidate (self, &hash);
  for (gsize i = 0; candidate != NULL && i < n; i++)
    {
      TcTx *tx = positions[i] < candidate->proposal->n_short_ids ? candidate->txs[positions[i]] : NULL;

      /* Rule T1: who sends a bad witness is to blame, so what is not checked yet is not sent on. */
      if (tx != NULL && candidate->execution == NULL && !tc_engine_is_checked (self, tx))
        continue;
      if (tx == NULL || size_bytes + tx->size_bytes > TXS_ANSWER_BYTES)
        continue;
      size_bytes += tx->size_bytes;
      g_ptr_array_add (txs, tx);
    }
  if (txs->len > 0)
    tc_engine_answer (self, peer, TC_MESSAGE_TXS, tc_txs_encode (&hash, (TcTx *const *) txs->pdata, txs->len));
}

void
tc_engine_on_txs (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autoptr(GPtrArray) txs = NULL;
  g_autoptr(GHashTable) missing = NULL;
  TcCandidate *candidate;
  TcHash hash;

  if (!tc_txs_decode (body, &hash, &txs))
    {
      tc_engine_punish (self, peer->id, 100, "malformed transactions");
      return;
    }
  candidate = tc_engine_find_candidate (self, &hash);
  if (candidate == NULL || candidate->n_missing == 0)
    return;
  missing = index_missing (candidate);
  for (guint i = 0; i < txs->len; i++)
    {
      TcTx *tx = g_ptr_array_index (txs, i);
      guint64 id = tc_short_id (&hash, &tx->txid);
      TcMempoolEntry *entry;

      if (!g_hash_table_contains (missing, &id))
        continue;
      tc_engine_admit_tx (self, tx, peer->id);
      entry = tc_mempool_get (self->mempool, &tx->txid);
      offer_body (missing, candidate, entry != NULL ? entry->tx : tx);
    }
  candidate->asked_all = candidate->asked_all && candidate->n_missing > 0;
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

/* Rule F5: closes of a quorum, those left out that cannot be honoured. Returns: FALSE below a quorum. */
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
  tc_engine_push (self, 0, &name, TC_MESSAGE_PROPOSAL, body);
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
  if (late != NULL)
    return g_steal_pointer (&late);
  return self->tip_commit != NULL ? tc_commit_ref (self->tip_commit) : NULL;
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
  block = tc_ledger_propose (self->ledger, &header, commit, (const TcClose *) (gpointer) closes->data, closes->len,
                             (TcTx *const *) txs->pdata, txs->len, &execution);
  for (guint i = 0; i < listed->len; i++)
    if (!block_holds (block, &((TcTx *) g_ptr_array_index (listed, i))->txid))
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
  tc_engine_push (self, 0, &name, TC_MESSAGE_PROPOSAL, body);
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
