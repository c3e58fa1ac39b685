#include "engine-private.h"

#include <string.h>

#define TXS_ANSWER_BYTES       3500000u

/* --- blocks under agreement --- */

gboolean
tc_engine_is_locked (TcEngine *self, const TcHash *hash)
{
  TcHash locked;

  return tc_agreement_get_locked (self->agreement, &locked) >= 0 && tc_hash_equal (&locked, hash);
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
  return (self->decided && tc_hash_equal (&self->decided_hash, hash)) || tc_engine_is_locked (self, hash)
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

/* More came than was looked through. */
static gboolean
may_be_filled (const TcEngine *self, const TcCandidate *candidate)
{
  return candidate->n_missing > 0 && !candidate->asked_all && candidate->checked_version != self->batches_version;
}

static void
fill_from_mempool (TcEngine *self, TcCandidate *candidate)
{
  g_autoptr(GHashTable) missing = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GPtrArray) certified = NULL;

  if (!may_be_filled (self, candidate) || self->mono_ms < candidate->fill_ms)
    return;
  candidate->fill_ms = self->mono_ms + TC_ENGINE_FILL_MS;
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

/* Rule T1: "A bad witness condemns its sender, not a block." Other copies are fetched. */
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
  const TcExecuteOptions options = { .verifier = self->verifier, .is_checked = tc_engine_is_checked, .user_data = self };
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

/* Rule F6: "In any other block each transaction holds a certificate of e." */
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

gboolean
tc_engine_block_holds (const TcBlock *block, const TcHash *txid)
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

/* Rule F5: "every transaction that they list is in it". It speaks of the block alone. */
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
        if (!tc_engine_block_holds (candidate->block, &g_array_index (entry->list, TcHash, j)))
          {
            candidate->invalid = TRUE;
            return FALSE;
          }
    }
  return all_known;
}

/* Rule C4: "To prevote, the time is at most 5 s ahead of one's clock; an old time is never refused" */
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
      if (!candidate->held && may_be_filled (self, candidate))
        deadline = MIN (deadline, MAX (candidate->fill_ms, self->mono_ms + 1));
    }
  if (self->propose_pending)
    deadline = MIN (deadline, self->mono_ms + 50);
  return deadline;
}

/* --- messages --- */

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
