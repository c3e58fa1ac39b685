#include "engine-private.h"

#include <string.h>

/* What a window shows beside the status, computed where somebody asks. */

static void
mark_voters (const TcEngine *self, guint32 round, TcVoteStep step, guint8 *bitmap)
{
  const GArray *votes = tc_agreement_get_votes (self->agreement, round, step);

  for (guint i = 0; votes != NULL && i < votes->len; i++)
    {
      const TcVote *vote = &g_array_index (votes, TcVote, i);

      if (!tc_hash_is_zero (&vote->block_hash))
        tc_bitmap_set (bitmap, vote->member);
    }
}

void
tc_engine_get_round_votes (TcEngine *self, TcEngineVotes *ret_votes)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  const guint32 round = tc_agreement_get_round (self->agreement);

  *ret_votes = (TcEngineVotes) { .proposer = tc_committee_proposer (self->committee, &tip->seed, tip->height + 1, round) };
  mark_voters (self, round, TC_STEP_PREVOTE, ret_votes->prevotes);
  mark_voters (self, round, TC_STEP_PRECOMMIT, ret_votes->precommits);
  for (guint32 i = 0; i < self->committee->n_members; i++)
    if (tc_engine_is_answering (self, i))
      tc_bitmap_set (ret_votes->answering, i);
  ret_votes->has_signers = self->tip_commit != NULL && self->tip_commit->height == tip->height && tip->epoch == self->committee->epoch;
  if (ret_votes->has_signers)
    memcpy (ret_votes->signers, self->tip_commit->signers, sizeof ret_votes->signers);
}

void
tc_engine_count_fees (TcEngine *self, guint *ret_counts)
{
  g_autoptr(GPtrArray) entries = tc_mempool_dup_entries (self->mempool);

  memset (ret_counts, 0, TC_ENGINE_FEE_BINS * sizeof *ret_counts);
  for (guint i = 0; i < entries->len; i++)
    {
      const TcMempoolEntry *entry = g_ptr_array_index (entries, i);
      guint64 rate = entry->fee.units / MAX (entry->tx->size_bytes, 1u);
      guint bin = 0;

      while (rate > 1 && bin < TC_ENGINE_FEE_BINS - 1)
        {
          rate /= 2;
          bin++;
        }
      ret_counts[bin]++;
    }
}
