#include "engine-private.h"

#include <stdlib.h>

/* Rule C7: what shows that a member lies is kept, passed on and put into the next block of ours. Of each masternode one piece is enough, and no
 * more is kept. */

static void
pooled_free (gpointer data)
{
  tc_evidence_clear (&((TcPooledEvidence *) data)->evidence);
  g_free (data);
}

GPtrArray *
tc_engine_evidence_pool_new (void)
{
  return g_ptr_array_new_with_free_func (pooled_free);
}

static gboolean
has_against (TcEngine *self, guint32 masternode)
{
  for (guint i = 0; i < self->evidence->len; i++)
    if (((TcPooledEvidence *) g_ptr_array_index (self->evidence, i))->masternode == masternode)
      return TRUE;
  return FALSE;
}

/* Takes @evidence where it is new, holds, and there is room. */
static TcEvidenceVerdict
take (TcEngine *self, const TcPeer *peer, TcEvidence *evidence)
{
  const gsize size_bytes = tc_evidence_get_size (evidence);
  TcPooledEvidence *pooled;
  TcEvidenceVerdict verdict;
  guint32 masternode;

  if (self->evidence->len >= TC_ENGINE_EVIDENCE_MAX || self->evidence_bytes + size_bytes > TC_ENGINE_EVIDENCE_BYTES_MAX)
    return TC_EVIDENCE_MOOT;
  for (guint i = 0; i < self->evidence->len; i++)
    {
      const TcEvidence *other = &((TcPooledEvidence *) g_ptr_array_index (self->evidence, i))->evidence;

      if (tc_public_key_equal (&other->operator_key, &evidence->operator_key))
        return TC_EVIDENCE_MOOT;
    }
  verdict = tc_ledger_judge (self->ledger, evidence, self->verifier, &masternode);
  if (verdict != TC_EVIDENCE_HOLDS || has_against (self, masternode))
    return verdict;
  pooled = g_new (TcPooledEvidence, 1);
  *pooled = (TcPooledEvidence) { *evidence, tc_evidence_hash (evidence), masternode, size_bytes };
  *evidence = (TcEvidence) { 0 };
  g_ptr_array_add (self->evidence, pooled);
  self->evidence_bytes += size_bytes;
  tc_engine_announce (self, peer, TC_MEMBER_NONE, &pooled->hash, TC_ITEM_EVIDENCE);
  return TC_EVIDENCE_HOLDS;
}

TcPooledEvidence *
tc_engine_find_evidence (TcEngine *self, const TcHash *hash)
{
  for (guint i = 0; i < self->evidence->len; i++)
    {
      TcPooledEvidence *pooled = g_ptr_array_index (self->evidence, i);

      if (tc_hash_equal (&pooled->hash, hash))
        return pooled;
    }
  return NULL;
}

void
tc_engine_on_evidence (TcEngine *self, TcPeer *peer, GBytes *body)
{
  TcEvidence evidence;
  TcHash hash;

  if (!tc_evidence_decode (body, &evidence))
    {
      tc_engine_punish (self, peer->id, 100, "malformed evidence");
      return;
    }
  hash = tc_evidence_hash (&evidence);
  tc_engine_got (self, &hash);
  tc_peer_note_known (self, peer, &hash);
  if (take (self, peer, &evidence) == TC_EVIDENCE_BAD)
    tc_engine_punish (self, peer->id, 100, "evidence that proves nothing");
  tc_evidence_clear (&evidence);
}

/* What a block made use of, or time, goes; what is left is announced again, for who did not hear of it. */
void
tc_engine_sift_evidence (TcEngine *self)
{
  for (guint i = self->evidence->len; i-- > 0;)
    {
      const TcPooledEvidence *pooled = g_ptr_array_index (self->evidence, i);
      guint32 masternode;

      if (tc_ledger_judge (self->ledger, &pooled->evidence, NULL, &masternode) == TC_EVIDENCE_HOLDS)
        {
          tc_engine_announce (self, NULL, TC_MEMBER_NONE, &pooled->hash, TC_ITEM_EVIDENCE);
          continue;
        }
      self->evidence_bytes -= pooled->size_bytes;
      g_ptr_array_remove_index (self->evidence, i);
    }
}

TcEvidence *
tc_engine_list_evidence (TcEngine *self)
{
  TcEvidence *list = g_new (TcEvidence, self->evidence->len);

  for (guint i = 0; i < self->evidence->len; i++)
    list[i] = ((TcPooledEvidence *) g_ptr_array_index (self->evidence, i))->evidence;
  return list;
}

/* --- what this node sees itself --- */

/* The member's key, where something against it is news. (nullable) */
static const TcPublicKey *
get_suspect (TcEngine *self, const TcCommittee *committee, guint32 member)
{
  const TcMember *item = &committee->members[member];
  const TcMasternode *masternode = tc_registry_get (tc_ledger_get_registry (self->ledger), item->masternode);

  if (!self->started || masternode->jailed || masternode->accused || has_against (self, item->masternode))
    return NULL;
  if (self->key != NULL && tc_public_key_equal (tc_secret_key_get_public (self->key), &item->operator_key))
    return NULL;  /* rule C5 speaks of that */
  return &item->operator_key;
}

static void
accuse (TcEngine *self, gboolean made, TcEvidence *evidence)
{
  if (!made)
    return;
  take (self, NULL, evidence);
  tc_evidence_clear (evidence);
}

void
tc_engine_accuse_vote (TcEngine *self, const TcAgreement *agreement, const TcVote *vote)
{
  const TcCommittee *committee = tc_agreement_get_committee (agreement);
  const GArray *votes = tc_agreement_get_votes (agreement, vote->round, vote->step);
  const TcPublicKey *key = get_suspect (self, committee, vote->member);
  TcEvidence evidence;

  for (guint i = 0; key != NULL && votes != NULL && i < votes->len; i++)
    {
      const TcVote *other = &g_array_index (votes, TcVote, i);

      if (other->member != vote->member || !tc_evidence_of_votes (key, vote, other, &evidence))
        continue;
      accuse (self, TRUE, &evidence);
      return;
    }
}

void
tc_engine_accuse_proposal (TcEngine *self, const TcProposal *proposal)
{
  const TcPublicKey *key = get_suspect (self, self->committee, proposal->member);
  TcEvidence evidence;

  for (guint i = 0; key != NULL && i < self->proposals->len; i++)
    {
      const TcProposal *other = g_ptr_array_index (self->proposals, i);

      if (other->round != proposal->round || other->member != proposal->member || !tc_evidence_of_proposals (key, proposal, other, &evidence))
        continue;
      accuse (self, TRUE, &evidence);
      return;
    }
}

void
tc_engine_accuse_close (TcEngine *self, const TcClose *close)
{
  const TcPublicKey *key = get_suspect (self, self->committee, close->member);
  TcEvidence evidence;

  for (guint i = 0; key != NULL && i < self->closes->len; i++)
    {
      const TcClose *other = &((TcCloseEntry *) g_ptr_array_index (self->closes, i))->close;

      if (!tc_evidence_of_closes (key, close, other, &evidence))
        continue;
      accuse (self, TRUE, &evidence);
      return;
    }
}

/* Against @member where it voted for both. */
static void
accuse_conflict (TcEngine *self, guint32 member, const TcTx *a, const TcTx *b)
{
  const TcPublicKey *key = get_suspect (self, self->committee, member);
  TcBatch *batch_a, *batch_b;
  TcEvidence evidence;

  if (key == NULL)
    return;
  batch_a = tc_finality_find_vote (self->finality, &a->txid, member);
  batch_b = tc_finality_find_vote (self->finality, &b->txid, member);
  if (batch_a != NULL && batch_b != NULL)
    accuse (self, tc_evidence_of_conflict (key, batch_a, a, batch_b, b, &evidence), &evidence);
}

/* Pending transactions that spend an input of @tx. (transfer container) (nullable): none, which is nearly always. */
static GPtrArray *
find_rivals (TcEngine *self, const TcTx *tx)
{
  GPtrArray *rivals = NULL;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      TcMempoolEntry *spenders[TC_MEMPOOL_SPENDERS_MAX];
      const guint n = tc_mempool_find_spenders (self->mempool, &tx->inputs[i].outpoint, spenders, TC_MEMPOOL_SPENDERS_MAX);

      for (guint j = 0; j < n; j++)
        if (!tc_hash_equal (&spenders[j]->tx->txid, &tx->txid))
          {
            if (rivals == NULL)
              rivals = g_ptr_array_new ();
            g_ptr_array_add (rivals, spenders[j]->tx);
          }
    }
  return rivals;
}

void
tc_engine_accuse_voters (TcEngine *self, const TcTx *tx)
{
  const TcFinalityTx *known = tc_finality_get (self->finality, &tx->txid);
  g_autoptr(GPtrArray) rivals = known != NULL && known->vote_power > 0 ? find_rivals (self, tx) : NULL;

  for (guint i = 0; rivals != NULL && i < rivals->len; i++)
    {
      const TcTx *rival = g_ptr_array_index (rivals, i);
      const TcFinalityTx *other = tc_finality_get (self->finality, &rival->txid);

      for (guint32 member = 0; other != NULL && member < self->committee->n_members; member++)
        if (tc_bitmap_get (known->votes, member) && tc_bitmap_get (other->votes, member))
          accuse_conflict (self, member, tx, rival);
    }
}

void
tc_engine_accuse_batch (TcEngine *self, const TcBatch *batch)
{
  const TcPublicKey *key = get_suspect (self, self->committee, batch->member);
  const TcBatch *other = key != NULL ? tc_finality_find_other (self->finality, batch) : NULL;
  TcEvidence evidence;

  if (key == NULL)
    return;
  if (other != NULL && tc_evidence_of_batches (key, batch, other, &evidence))
    {
      accuse (self, TRUE, &evidence);
      return;
    }
  for (guint32 i = 0; i < batch->n_votes; i++)
    {
      const TcFinalityTx *known = tc_finality_get (self->finality, &batch->votes[i]);
      g_autoptr(GPtrArray) rivals = NULL;

      if (known == NULL || known->tx == NULL || known->in_chain)
        continue;
      rivals = find_rivals (self, known->tx);
      for (guint j = 0; rivals != NULL && j < rivals->len; j++)
        accuse_conflict (self, batch->member, known->tx, g_ptr_array_index (rivals, j));
    }
}

static int
compare_hashes (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (a, b);
}

/* A list that is known is sorted. */
static gboolean
is_listed (const GArray *list, const TcHash *txid)
{
  return list->len > 0 && bsearch (txid, list->data, list->len, sizeof *txid, compare_hashes) != NULL;
}

static void
accuse_omission (TcEngine *self, const TcCloseEntry *entry, const TcFinalityTx *left)
{
  const guint32 member = entry->close.member;
  const TcPublicKey *key = get_suspect (self, self->committee, member);
  TcBatch *acked, *voted;
  TcEvidence evidence;

  if (key == NULL || !tc_bitmap_get (left->acks, member) || is_listed (entry->list, &left->txid)
      || !tc_finality_find_ack (self->finality, &left->txid, member, &acked, &voted))
    return;
  accuse (self,
          tc_evidence_of_omission (key, acked, voted, left->tx, &entry->close, (const TcHash *) (gpointer) entry->list->data, entry->list->len,
                                   &evidence),
          &evidence);
}

/* The epoch is over: what somebody acknowledged, did not list, and is not in the chain. */
void
tc_engine_accuse_omissions (TcEngine *self)
{
  g_autoptr(GPtrArray) left = tc_finality_dup_left (self->finality);

  for (guint i = 0; left->len > 0 && i < self->closes->len; i++)
    {
      const TcCloseEntry *entry = g_ptr_array_index (self->closes, i);

      for (guint j = 0; entry->list != NULL && j < left->len; j++)
        accuse_omission (self, entry, g_ptr_array_index (left, j));
    }
}

void
tc_engine_accuse_signers (TcEngine *self, const TcCommit *commit)
{
  const TcCommittee *committee;
  guint32 n = 0;

  if (self->last_agreement == NULL || commit == NULL || commit->height != tc_agreement_get_height (self->last_agreement))
    return;
  committee = tc_agreement_get_committee (self->last_agreement);
  for (guint32 i = 0; i < committee->n_members; i++)
    if (tc_bitmap_get (commit->signers, i))
      {
        const TcVote vote = { TC_STEP_PRECOMMIT, committee->epoch, commit->height, commit->round, commit->block_hash, (guint8) i,
                              commit->signatures[n++] };

        tc_engine_accuse_vote (self, self->last_agreement, &vote);
      }
}

/* --- what came of it --- */

void
tc_engine_tell_jailed (TcEngine *self, const TcExecution *execution)
{
  const TcRegistry *registry = tc_ledger_get_registry (self->ledger);
  gsize n;
  const guint32 *jailed = tc_execution_get_jailed (execution, &n);

  for (gsize i = 0; i < n; i++)
    {
      const TcMasternode *item = tc_registry_get (registry, jailed[i]);
      const gboolean is_own = self->key != NULL && tc_public_key_equal (&item->operator_key, tc_secret_key_get_public (self->key));
      TcEffect *effect = tc_engine_emit (self, TC_EFFECT_JAILED);

      effect->masternode = jailed[i];
      effect->height = tc_ledger_get_tip (self->ledger)->height;
      effect->epoch = tc_ledger_get_tip (self->ledger)->epoch;
      effect->text = g_strdup_printf (is_own ? "This masternode (number %u) signed two messages that contradict each other, and is jailed for good: it "
                                               "earns no more, and a tenth of its collateral is lost. Somebody else may hold its operator key. Retire "
                                               "it to have the rest back."
                                             : "Masternode %u signed two messages that contradict each other: it is jailed for good.", jailed[i]);
      self->n_jailed++;
    }
}
