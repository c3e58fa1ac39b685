#include "check.h"

#include <string.h>

#include "core/check.h"
#include "engine-private.h"

TcCheck *
tc_check_new (const TcHash *chain_id, TcCommit *commit, TcCommittee *committee, TcBlock *block)
{
  TcCheck *self = g_new0 (TcCheck, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->chain_id = *chain_id;
  self->commit = tc_commit_ref (commit);
  self->committee = tc_committee_ref (committee);
  if (block == NULL)
    return self;
  self->block = tc_block_ref (block);
  for (guint32 i = 0; i < block->n_txs; i++)
    self->n_spent += block->txs[i]->n_inputs;
  self->spent = g_new (TcOutput, self->n_spent);
  self->has_spent = g_new0 (guint8, self->n_spent);
  self->skip = g_new0 (guint8, block->n_txs);
  self->digests = g_new0 (TcHash, block->n_txs);
  return self;
}

TcCheck *
tc_check_ref (TcCheck *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_check_unref (TcCheck *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  tc_commit_unref (self->commit);
  tc_committee_unref (self->committee);
  g_clear_pointer (&self->block, tc_block_unref);
  g_clear_pointer (&self->parent, tc_commit_unref);
  g_clear_pointer (&self->parent_committee, tc_committee_unref);
  g_free (self->spent);
  g_free (self->has_spent);
  g_free (self->skip);
  g_free (self->fetch);
  g_free (self->fetch_for);
  g_free (self->coins);
  g_free (self->found);
  g_free (self->digests);
  g_clear_pointer (&self->jobs, g_array_unref);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_free (self);
}

static gboolean
has_all (const TcCheck *self, guint32 from, guint32 n)
{
  for (guint32 i = from; i < from + n; i++)
    if (!self->has_spent[i])
      return FALSE;
  return TRUE;
}

/* Of the transactions whose coins are known. Returns: how many they are. @ret_places: theirs in the block. */
static gsize
make_digests (TcCheck *self, guint32 *ret_places)
{
  g_autofree const TcTx **txs = g_new (const TcTx *, self->block->n_txs);
  g_autofree const TcOutput **spent = g_new (const TcOutput *, self->block->n_txs);
  g_autofree TcHash *digests = g_new (TcHash, self->block->n_txs);
  guint32 first = 0;
  gsize n = 0;

  for (guint32 i = 0; i < self->block->n_txs; i++)
    {
      const TcTx *tx = self->block->txs[i];

      if (!self->skip[i] && tx->n_witnesses > 0 && has_all (self, first, tx->n_inputs))
        {
          txs[n] = tx;
          spent[n] = &self->spent[first];
          ret_places[n++] = i;
        }
      first += tx->n_inputs;
    }
  tc_tx_digest_many (txs, spent, n, &self->chain_id, digests);
  for (gsize i = 0; i < n; i++)
    self->digests[ret_places[i]] = digests[i];
  return n;
}

/* The digest is there before the jobs that borrow it; those of which a signature is bad are cleared at the end. */
static void
add_tx_jobs (TcCheck *self)
{
  g_autofree guint32 *places = g_new (guint32, self->block->n_txs);
  const gsize n = make_digests (self, places);

  for (gsize i = 0; i < n; i++)
    {
      const TcTx *tx = self->block->txs[places[i]];

      for (guint32 j = 0; j < tx->n_witnesses; j++)
        {
          const TcSignatureJob job = { tx->witnesses[j].key, tx->witnesses[j].signature, self->digests[places[i]].bytes, TC_HASH_SIZE, FALSE };

          g_array_append_val (self->jobs, job);
        }
    }
}

TcSignatureJob *
tc_check_prepare (TcCheck *self, gsize *ret_n_jobs)
{
  guint n_witnesses = 0;

  TC_CHECK (self->jobs == NULL);
  for (guint32 i = 0; i < self->n_fetch; i++)
    if (self->found[i])
      {
        self->spent[self->fetch_for[i]] = self->coins[i].output;
        self->has_spent[self->fetch_for[i]] = TRUE;
      }
  for (guint32 i = 0; self->block != NULL && i < self->block->n_txs; i++)
    n_witnesses += self->block->txs[i]->n_witnesses;
  self->jobs = g_array_sized_new (FALSE, FALSE, sizeof (TcSignatureJob), n_witnesses + 2 * TC_COMMITTEE_MAX);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  self->commit_good = tc_commit_collect (self->commit, &self->chain_id, self->committee, NULL, self->jobs, self->messages);
  self->n_commit_jobs = self->jobs->len;
  if (self->parent_committee != NULL)
    self->parent_good = tc_commit_collect (self->block->commit, &self->chain_id, self->parent_committee, self->parent, self->jobs, self->messages);
  self->n_parent_jobs = self->jobs->len - self->n_commit_jobs;
  if (self->block != NULL)
    add_tx_jobs (self);
  *ret_n_jobs = self->jobs->len;
  return (TcSignatureJob *) (gpointer) self->jobs->data;
}

static gboolean
are_good (const TcCheck *self, guint from, guint n)
{
  for (guint i = from; i < from + n; i++)
    if (!g_array_index (self->jobs, TcSignatureJob, i).ok)
      return FALSE;
  return TRUE;
}

void
tc_check_finish (TcCheck *self)
{
  guint at = self->n_commit_jobs + self->n_parent_jobs;

  self->commit_good = self->commit_good && are_good (self, 0, self->n_commit_jobs);
  self->parent_good = self->parent_good && are_good (self, self->n_commit_jobs, self->n_parent_jobs);
  for (guint32 i = 0; self->block != NULL && i < self->block->n_txs; i++)
    {
      if (tc_hash_is_zero (&self->digests[i]))
        continue;
      if (!are_good (self, at, self->block->txs[i]->n_witnesses))
        self->digests[i] = TC_HASH_ZERO;
      at += self->block->txs[i]->n_witnesses;
    }
  g_clear_pointer (&self->jobs, g_array_unref);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
}

void
tc_check_fetch (TcCheck *self, const TcCoinView *view)
{
  for (guint32 i = 0; i < self->n_fetch; i++)
    self->found[i] = view->get_coin (view->user_data, &self->fetch[i], &self->coins[i]) != FALSE;
}

void
tc_check_run (TcCheck *self, const TcVerifier *verifier)
{
  gsize n_jobs;
  TcSignatureJob *jobs = tc_check_prepare (self, &n_jobs);

  verifier->check_many (verifier->user_data, jobs, n_jobs);
  tc_check_finish (self);
}

/* --- the engine's side --- */

/* Takes @check. */
void
tc_engine_begin_check (TcEngine *self, TcCheck *check, TcCheckFunc then, guint64 tag)
{
  check->then = then;
  check->tag = tag;
  tc_engine_emit (self, TC_EFFECT_CHECK)->check = check;
}

void
tc_engine_check_commit (TcEngine *self, TcCommit *commit, TcCommittee *committee, TcCheckFunc then, guint64 tag)
{
  tc_engine_begin_check (self, tc_check_new (tc_engine_chain_id (self), commit, committee, NULL), then, tag);
}
