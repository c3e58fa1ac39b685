#include "finality.h"

#include <string.h>

#include "core/check.h"
#include "core/evidence.h"

#define KEPT_BYTES_MAX 50000000u

typedef struct _Entry Entry;

struct _Entry
{
  TcFinalityTx pub;          /* first: a TcFinalityTx * is an Entry * */
  GPtrArray   *vote_batches; /* (nullable): TcBatch, borrowed from the logs: one for each member that voted, as it came */
  gboolean     listed;       /* in certified */
  Entry       *before, *after; /* (nullable): the ones made before and after it */
};

/* What one member sent. */
typedef struct
{
  GPtrArray *batches;     /* TcBatch, by sequence, without a gap */
  GArray    *votes;       /* TcHash: its votes in order, for positions (F7) */
  gboolean   crooked;     /* it misnumbers its votes: its acknowledgements by position name nothing */
  GPtrArray *early;       /* TcBatch that wait for an earlier one, or that stand beside one of their sequence */
  guint      open;        /* transactions named by it that are neither certified nor in the chain */
  guint      wasted;      /* votes and acknowledgements that it said before, or that name nothing */
} Log;

struct _TcFinalityEpoch
{
  TcParams      params;
  TcHash        chain_id;
  TcCommittee  *committee;
  guint32       self;
  TcSecretKey  *key;
  TcCoinView    chain;
  GHashTable   *entries;      /* TcHash (in the entry) -> Entry */
  Entry        *newest;       /* (nullable): all entries, from the newest */
  GHashTable   *by_hash;      /* TcHash (in the batch) -> TcBatch: all that count */
  GHashTable   *locks;        /* TcOutpoint (in the body) -> Entry */
  Log           logs[TC_COMMITTEE_MAX];
  GPtrArray    *certified;    /* Entry, in order; those in the chain are taken out lazily */
  GQueue        waiting;      /* Entry: certified, not yet acknowledged */
  GPtrArray    *queued_votes; /* Entry */
  GPtrArray    *queued_acks;  /* Entry */
  gint64        queued_since_ms;
  guint64       ahead_bytes;
  guint64       kept_bytes;      /* of what was dropped and shows that a member lies */
  guint64       certified_bytes; /* of known bodies, certified and not in the chain */
  gboolean      begun;
  gboolean      closed;
  TcClose       close;
  gboolean      close_signed;
};

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->pub.tx, tc_tx_unref);
  g_clear_pointer (&entry->vote_batches, g_ptr_array_unref);
  g_free (entry);
}

static Entry *
ensure_entry (TcFinalityEpoch *self, const TcHash *txid)
{
  Entry *entry = g_hash_table_lookup (self->entries, txid);

  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->pub.txid = *txid;
  entry->pub.position = G_MAXUINT32;
  entry->before = self->newest;
  if (self->newest != NULL)
    self->newest->after = entry;
  self->newest = entry;
  g_hash_table_insert (self->entries, &entry->pub.txid, entry);
  return entry;
}

static gboolean
may_sign (const TcFinalityEpoch *self)
{
  return self->self != TC_MEMBER_NONE && self->key != NULL && self->begun && !self->closed;
}

static void
note_queued (TcFinalityEpoch *self, gint64 mono_ms)
{
  if (self->queued_votes->len + self->queued_acks->len == 1)
    self->queued_since_ms = mono_ms;
}

/* Rule F3: "each parent being in its chain or acknowledged by it in e" */
static gboolean
parents_hold (const TcFinalityEpoch *self, const TcTx *tx)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcOutpoint *outpoint = &tx->inputs[i].outpoint;
      const Entry *parent = g_hash_table_lookup (self->entries, &outpoint->txid);
      TcCoin coin;

      if (parent != NULL && (parent->pub.in_chain || parent->pub.acked))
        continue;
      if (!self->chain.get_coin (self->chain.user_data, outpoint, &coin))
        return FALSE;
    }
  return TRUE;
}

/* Rule F3: "Holding T's certificate of e, each parent being in its chain or acknowledged by it in e, and e not closed by it". */
static gboolean
try_ack (TcFinalityEpoch *self, Entry *entry, gint64 mono_ms)
{
  if (entry->pub.acked || entry->pub.tx == NULL || !parents_hold (self, entry->pub.tx))
    return FALSE;
  entry->pub.acked = TRUE;
  g_ptr_array_add (self->queued_acks, entry);
  note_queued (self, mono_ms);
  return TRUE;
}

/* Acknowledging a parent may free its children, which may stand earlier in the queue. */
static void
ack_waiting (TcFinalityEpoch *self, gint64 mono_ms)
{
  gboolean again = may_sign (self);

  while (again)
    {
      again = FALSE;
      for (GList *l = self->waiting.head; l != NULL;)
        {
          GList *next = l->next;
          Entry *entry = l->data;

          if (entry->pub.in_chain || entry->pub.acked)
            g_queue_delete_link (&self->waiting, l);
          else if (try_ack (self, entry, mono_ms))
            {
              again = TRUE;
              g_queue_delete_link (&self->waiting, l);
            }
          l = next;
        }
    }
}

static gboolean
is_open (const Entry *entry)
{
  return !entry->pub.certified && !entry->pub.in_chain;
}

/* What a member names first takes memory here: of that it may have so much. */
static void
note_named (TcFinalityEpoch *self, const Entry *entry, guint32 member)
{
  if (is_open (entry) && !tc_bitmap_get (entry->pub.votes, member) && !tc_bitmap_get (entry->pub.acks, member))
    self->logs[member].open++;
}

static void
close_open (TcFinalityEpoch *self, const Entry *entry)
{
  for (guint32 i = 0; i < self->committee->n_members; i++)
    if ((tc_bitmap_get (entry->pub.votes, i) || tc_bitmap_get (entry->pub.acks, i)) && self->logs[i].open > 0)
      self->logs[i].open--;
}

/* Returns: TRUE where the vote is new. Rule F2: "Votes for T of a quorum of e's committee". */
static gboolean
count_vote (TcFinalityEpoch *self, Entry *entry, TcBatch *batch)
{
  if (tc_bitmap_get (entry->pub.votes, batch->member))
    return FALSE;
  note_named (self, entry, batch->member);
  tc_bitmap_set (entry->pub.votes, batch->member);
  entry->pub.vote_power += self->committee->members[batch->member].power;
  if (entry->vote_batches == NULL)  /* what is in a block, and nobody here voted on, has none */
    entry->vote_batches = g_ptr_array_new ();
  g_ptr_array_add (entry->vote_batches, batch);
  if (!is_open (entry) || !tc_committee_is_quorum (self->committee, entry->pub.vote_power))
    return TRUE;
  close_open (self, entry);
  entry->pub.certified = TRUE;
  g_ptr_array_add (self->certified, entry);
  if (entry->pub.tx != NULL)
    self->certified_bytes += entry->pub.tx->size_bytes;
  if (!entry->pub.acked)
    g_queue_push_tail (&self->waiting, entry);
  return TRUE;
}

/* Rule F4: "Acknowledgements of a quorum, of one epoch, by that epoch's committee." */
static gboolean
count_ack (TcFinalityEpoch *self, Entry *entry, guint32 member)
{
  if (tc_bitmap_get (entry->pub.acks, member))
    return FALSE;
  note_named (self, entry, member);
  tc_bitmap_set (entry->pub.acks, member);
  entry->pub.ack_power += self->committee->members[member].power;
  if (tc_committee_is_quorum (self->committee, entry->pub.ack_power))
    entry->pub.final = TRUE;
  return TRUE;
}

static void
note_changed (GPtrArray *changed, Entry *entry)
{
  if (changed != NULL)
    g_ptr_array_add (changed, entry);
}

static void
count_votes (TcFinalityEpoch *self, TcBatch *batch, GPtrArray *changed)
{
  for (guint32 i = 0; i < batch->n_votes; i++)
    {
      Entry *entry = ensure_entry (self, &batch->votes[i]);

      if (count_vote (self, entry, batch))
        note_changed (changed, entry);
      else
        self->logs[batch->member].wasted++;
    }
}

/* The batch is the member's next: positions in it are known. Its votes are counted. */
static void
take_in_order (TcFinalityEpoch *self, TcBatch *batch, GPtrArray *changed)
{
  Log *log = &self->logs[batch->member];

  g_ptr_array_add (log->batches, tc_batch_ref (batch));
  g_hash_table_add (self->by_hash, &((TcBatch *) batch)->hash);
  log->crooked = log->crooked || batch->first_position != log->votes->len;
  g_array_append_vals (log->votes, batch->votes, batch->n_votes);
  for (guint32 i = 0; i < batch->n_acks; i++)
    {
      const TcAck *ack = &batch->acks[i];
      const TcHash *txid = &ack->txid;
      Entry *entry;

      if (ack->position != G_MAXUINT32)
        {
          if (log->crooked || ack->position >= log->votes->len)
            {
              log->wasted++;  /* names nothing: a liar's */
              continue;
            }
          txid = &g_array_index (log->votes, TcHash, ack->position);
        }
      entry = ensure_entry (self, txid);
      if (count_ack (self, entry, batch->member))
        note_changed (changed, entry);
      else
        log->wasted++;
    }
}

static gboolean
take_early (TcFinalityEpoch *self, Log *log, GPtrArray *changed)
{
  for (guint i = 0; i < log->early->len; i++)
    {
      g_autoptr(TcBatch) batch = NULL;

      if (((TcBatch *) g_ptr_array_index (log->early, i))->sequence != log->batches->len)
        continue;
      batch = g_ptr_array_steal_index (log->early, i);
      take_in_order (self, batch, changed);
      return TRUE;
    }
  return FALSE;
}

/* What a certificate may need of a member that said too much before, and said that to this node alone: without it nobody could show this node what others have
 * certified and acknowledged, and it would refuse every block and close that holds it. Somebody honest voted for each such transaction, so there are no more of
 * them than F8 allows. */
static gboolean
is_needed (const TcFinalityEpoch *self, const TcBatch *batch)
{
  for (guint32 i = 0; i < batch->n_votes; i++)
    {
      const Entry *entry = g_hash_table_lookup (self->entries, &batch->votes[i]);

      if (entry != NULL && is_open (entry) && !tc_bitmap_get (entry->pub.votes, batch->member)
          && tc_committee_is_third (self->committee, entry->pub.vote_power))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_too_much (const Log *log, const TcBatch *batch)
{
  return log->open + batch->n_votes + batch->n_acks > TC_FINALITY_OPEN_MAX || log->wasted > TC_FINALITY_WASTED_MAX
         || (batch->sequence != log->batches->len && log->early->len >= TC_FINALITY_EARLY_MAX);
}

/* Votes name their transaction, so they count in any order; positions mean something only in the member's own. A certificate that another member
 * acknowledged on may rest on a batch that comes out of order here, or that has a second one beside it. */
static TcBatchVerdict
take_out_of_order (TcFinalityEpoch *self, Log *log, TcBatch *batch, GPtrArray *changed)
{
  g_ptr_array_add (log->early, tc_batch_ref (batch));
  g_hash_table_add (self->by_hash, &batch->hash);
  count_votes (self, batch, changed);
  return batch->sequence < log->batches->len ? TC_BATCH_EQUIVOCATION : TC_BATCH_EARLY;
}

TcFinalityEpoch *
tc_finality_new (const TcParams *params, const TcHash *chain_id, TcCommittee *committee, guint32 self_member, TcSecretKey *key,
                 const TcCoinView *chain)
{
  TcFinalityEpoch *self = g_new0 (TcFinalityEpoch, 1);

  self->params = *params;
  self->chain_id = *chain_id;
  self->committee = tc_committee_ref (committee);
  self->self = self_member;
  self->key = key != NULL ? tc_secret_key_ref (key) : NULL;
  self->chain = *chain;
  self->entries = g_hash_table_new (tc_hash_hash, tc_hash_equal);
  self->by_hash = g_hash_table_new (tc_hash_hash, tc_hash_equal);
  self->locks = g_hash_table_new (tc_outpoint_hash, tc_outpoint_equal);
  self->certified = g_ptr_array_new ();
  self->queued_votes = g_ptr_array_new ();
  self->queued_acks = g_ptr_array_new ();
  g_queue_init (&self->waiting);
  for (guint32 i = 0; i < committee->n_members; i++)
    {
      self->logs[i].batches = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_batch_unref);
      self->logs[i].early = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_batch_unref);
      self->logs[i].votes = g_array_new (FALSE, FALSE, sizeof (TcHash));
    }
  return self;
}

/* Returns: how many of @n are left. */
static guint
free_entries (TcFinalityEpoch *self, guint n)
{
  Entry *entry;

  for (; n > 0 && (entry = self->newest) != NULL; n--)
    {
      self->newest = entry->before;
      entry_free (entry);
    }
  return n;
}

static guint
free_batches (TcFinalityEpoch *self, guint n)
{
  for (guint32 i = 0; n > 0 && i < self->committee->n_members; i++)
    {
      GPtrArray *batches = self->logs[i].batches;
      const guint n_freed = MIN (n, batches->len);

      g_ptr_array_set_size (batches, (gint) (batches->len - n_freed));
      n -= n_freed;
    }
  return n;
}

gboolean
tc_finality_free_some (TcFinalityEpoch *self, guint n)
{
  if (free_batches (self, free_entries (self, n)) == 0)
    return FALSE;
  tc_finality_free (self);
  return TRUE;
}

void
tc_finality_free (TcFinalityEpoch *self)
{
  free_entries (self, G_MAXUINT);
  g_hash_table_unref (self->locks);
  g_hash_table_unref (self->by_hash);
  g_queue_clear (&self->waiting);
  g_ptr_array_unref (self->certified);
  g_ptr_array_unref (self->queued_votes);
  g_ptr_array_unref (self->queued_acks);
  g_hash_table_unref (self->entries);
  for (guint32 i = 0; i < self->committee->n_members; i++)
    {
      g_ptr_array_unref (self->logs[i].batches);
      g_ptr_array_unref (self->logs[i].early);
      g_array_unref (self->logs[i].votes);
    }
  g_clear_pointer (&self->key, tc_secret_key_unref);
  tc_committee_unref (self->committee);
  g_free (self);
}

guint32
tc_finality_get_epoch (const TcFinalityEpoch *self)
{
  return self->committee->epoch;
}

void
tc_finality_begin (TcFinalityEpoch *self, gint64 mono_ms)
{
  self->begun = TRUE;
  ack_waiting (self, mono_ms);
}

/* Rule F1: "no input is locked by it in e to another transaction" */
static gboolean
is_locked_to_another (const TcFinalityEpoch *self, const TcTx *tx)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const Entry *holder = g_hash_table_lookup (self->locks, &tx->inputs[i].outpoint);

      if (holder != NULL && !tc_hash_equal (&holder->pub.txid, &tx->txid))
        return TRUE;
    }
  return FALSE;
}

static void
lock_inputs (TcFinalityEpoch *self, Entry *entry)
{
  for (guint32 i = 0; i < entry->pub.tx->n_inputs; i++)
    g_hash_table_insert (self->locks, &entry->pub.tx->inputs[i].outpoint, entry);
}

static void
set_body (TcFinalityEpoch *self, Entry *entry, TcTx *tx)
{
  if (entry->pub.tx != NULL)
    return;
  entry->pub.tx = tc_tx_ref (tx);
  if (entry->pub.certified && !entry->pub.in_chain)
    self->certified_bytes += tx->size_bytes;
}

TcFinalityVoteResult
tc_finality_vote (TcFinalityEpoch *self, TcTx *tx, gint64 mono_ms)
{
  Entry *entry;

  if (self->self == TC_MEMBER_NONE || self->key == NULL || !self->begun)
    return TC_FINALITY_WATCHING;
  if (self->closed)
    return TC_FINALITY_CLOSED;
  entry = g_hash_table_lookup (self->entries, &tx->txid);
  if (entry != NULL && (entry->pub.voted || entry->pub.in_chain))
    return TC_FINALITY_ALREADY;
  if (is_locked_to_another (self, tx))
    return TC_FINALITY_LOCKED;
  if (self->ahead_bytes + tx->size_bytes > self->params.vote_ahead_bytes)
    return TC_FINALITY_AHEAD;
  entry = ensure_entry (self, &tx->txid);
  set_body (self, entry, tx);
  entry->pub.voted = TRUE;
  self->ahead_bytes += tx->size_bytes;
  lock_inputs (self, entry);
  g_ptr_array_add (self->queued_votes, entry);
  note_queued (self, mono_ms);
  ack_waiting (self, mono_ms);
  return TC_FINALITY_VOTED;
}

void
tc_finality_add_tx (TcFinalityEpoch *self, TcTx *tx, gint64 mono_ms)
{
  Entry *entry = ensure_entry (self, &tx->txid);

  if (entry->pub.tx != NULL)
    return;
  set_body (self, entry, tx);
  ack_waiting (self, mono_ms);
}

/* From the list of all and from the table. */
static void
drop_entry (TcFinalityEpoch *self, Entry *entry)
{
  if (entry->before != NULL)
    entry->before->after = entry->after;
  if (entry->after != NULL)
    entry->after->before = entry->before;
  else
    self->newest = entry->before;
  g_hash_table_remove (self->entries, &entry->pub.txid);
  entry_free (entry);
}

void
tc_finality_drop_tx (TcFinalityEpoch *self, const TcHash *txid)
{
  Entry *entry = g_hash_table_lookup (self->entries, txid);

  if (entry == NULL || entry->pub.tx == NULL || entry->pub.voted || entry->pub.certified || entry->pub.in_chain)
    return;
  /* C7: who acknowledged it without a certificate will have to list it, or be convicted by it. */
  if (entry->pub.ack_power > 0 && self->kept_bytes + entry->pub.tx->size_bytes <= KEPT_BYTES_MAX)
    {
      self->kept_bytes += entry->pub.tx->size_bytes;
      return;
    }
  g_clear_pointer (&entry->pub.tx, tc_tx_unref);
  if (entry->pub.vote_power == 0 && entry->pub.ack_power == 0)
    drop_entry (self, entry);
}

TcBatchVerdict
tc_finality_add_batch (TcFinalityEpoch *self, TcBatch *batch, gint64 mono_ms, GPtrArray *changed)
{
  Log *log;

  TC_CHECK (batch->epoch == self->committee->epoch && batch->member < self->committee->n_members);
  log = &self->logs[batch->member];
  if (g_hash_table_contains (self->by_hash, &batch->hash))
    return TC_BATCH_DUPLICATE;
  if (is_too_much (log, batch) && !is_needed (self, batch))
    return TC_BATCH_IGNORED;
  if (batch->sequence != log->batches->len)
    {
      const TcBatchVerdict verdict = take_out_of_order (self, log, batch, changed);

      ack_waiting (self, mono_ms);
      return verdict;
    }
  count_votes (self, batch, changed);
  take_in_order (self, batch, changed);
  while (take_early (self, log, changed))
    ;
  ack_waiting (self, mono_ms);
  return TC_BATCH_ACCEPTED;
}

void
tc_finality_restore_batch (TcFinalityEpoch *self, TcBatch *batch)
{
  TC_CHECK (batch->member == self->self && batch->sequence == self->logs[batch->member].batches->len);
  for (guint32 i = 0; i < batch->n_votes; i++)
    {
      Entry *entry = ensure_entry (self, &batch->votes[i]);

      TC_CHECK (entry->pub.tx != NULL || entry->pub.in_chain);
      entry->pub.voted = TRUE;
      entry->pub.position = self->logs[batch->member].votes->len + i;
      if (entry->pub.tx == NULL)
        continue;
      lock_inputs (self, entry);
      if (!entry->pub.in_chain)
        self->ahead_bytes += entry->pub.tx->size_bytes;
    }
  count_votes (self, batch, NULL);
  take_in_order (self, batch, NULL);
  for (guint32 i = 0; i < batch->n_acks; i++)
    {
      const TcAck *ack = &batch->acks[i];
      const TcHash *txid = ack->position == G_MAXUINT32
                             ? &ack->txid : &g_array_index (self->logs[batch->member].votes, TcHash, ack->position);

      ensure_entry (self, txid)->pub.acked = TRUE;
    }
}

void
tc_finality_set_in_chain (TcFinalityEpoch *self, const TcHash *txid)
{
  Entry *entry = ensure_entry (self, txid);

  if (entry->pub.in_chain)
    return;
  if (is_open (entry))
    close_open (self, entry);
  entry->pub.in_chain = TRUE;
  if (entry->pub.certified && entry->pub.tx != NULL)
    self->certified_bytes -= entry->pub.tx->size_bytes;
  if (entry->pub.voted && entry->pub.tx != NULL)
    self->ahead_bytes -= MIN (self->ahead_bytes, entry->pub.tx->size_bytes);
}

void
tc_finality_chain_changed (TcFinalityEpoch *self, gint64 mono_ms)
{
  guint kept = 0;

  for (guint i = 0; i < self->certified->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->certified, i);

      if (!entry->pub.in_chain)
        self->certified->pdata[kept++] = entry;
    }
  g_ptr_array_set_size (self->certified, (gint) kept);
  ack_waiting (self, mono_ms);
}

/* Rule F7: "sent when 25 ms old (100 ms in a committee above 50) or 256 entries long" */
static gint64
batch_age_ms (const TcFinalityEpoch *self)
{
  return self->committee->n_members > 50 ? self->params.batch_age_large_ms : self->params.batch_age_ms;
}

static guint
n_queued (const TcFinalityEpoch *self)
{
  return self->queued_votes->len + self->queued_acks->len;
}

/* Rule F7: "acknowledged (position among own votes, else txid)". */
static TcBatch *
make_batch (TcFinalityEpoch *self, guint n_votes, guint n_acks)
{
  Log *log = &self->logs[self->self];
  g_autofree TcHash *votes = g_new (TcHash, n_votes + 1);
  g_autofree TcAck *acks = g_new0 (TcAck, n_acks + 1);

  for (guint i = 0; i < n_votes; i++)
    {
      Entry *entry = g_ptr_array_index (self->queued_votes, i);

      votes[i] = entry->pub.txid;
      entry->pub.position = log->votes->len + i;
    }
  for (guint i = 0; i < n_acks; i++)
    {
      const Entry *entry = g_ptr_array_index (self->queued_acks, i);

      acks[i].position = entry->pub.position;
      acks[i].txid = entry->pub.txid;
    }
  return tc_batch_new (self->committee->epoch, (guint8) self->self, log->batches->len, log->votes->len, votes, n_votes, acks,
                       n_acks, &self->chain_id, self->key);
}

TcBatch *
tc_finality_flush (TcFinalityEpoch *self, gint64 mono_ms, gboolean force, GPtrArray *changed)
{
  g_autoptr(TcBatch) batch = NULL;
  guint n_votes, n_acks;

  if (!may_sign (self) || n_queued (self) == 0)
    return NULL;
  if (!force && n_queued (self) < self->params.batch_entries_max && mono_ms < self->queued_since_ms + batch_age_ms (self))
    return NULL;
  n_votes = MIN (self->queued_votes->len, self->params.batch_entries_max);
  n_acks = MIN (self->queued_acks->len, self->params.batch_entries_max - n_votes);
  batch = make_batch (self, n_votes, n_acks);
  g_ptr_array_remove_range (self->queued_votes, 0, n_votes);
  g_ptr_array_remove_range (self->queued_acks, 0, n_acks);
  self->queued_since_ms = mono_ms;
  count_votes (self, batch, changed);
  take_in_order (self, batch, changed);
  ack_waiting (self, mono_ms);
  return g_steal_pointer (&batch);
}

gint64
tc_finality_get_deadline_ms (const TcFinalityEpoch *self)
{
  if (!may_sign (self) || n_queued (self) == 0)
    return G_MAXINT64;
  if (n_queued (self) >= self->params.batch_entries_max)
    return self->queued_since_ms;
  return self->queued_since_ms + batch_age_ms (self);
}

static void
drop_queued (TcFinalityEpoch *self)
{
  for (guint i = 0; i < self->queued_votes->len; i++)
    ((Entry *) g_ptr_array_index (self->queued_votes, i))->pub.voted = FALSE;
  for (guint i = 0; i < self->queued_acks->len; i++)
    ((Entry *) g_ptr_array_index (self->queued_acks, i))->pub.acked = FALSE;
  g_ptr_array_set_size (self->queued_votes, 0);
  g_ptr_array_set_size (self->queued_acks, 0);
}

/* Rule F5: "no vote or acknowledgement in e any more" */
gboolean
tc_finality_close (TcFinalityEpoch *self, TcClose *ret_close)
{
  g_autoptr(GArray) list = NULL;

  if (!self->closed)
    {
      drop_queued (self);
      if (self->self != TC_MEMBER_NONE && self->key != NULL)
        {
          list = tc_finality_dup_list (self, self->self);
          self->close = (TcClose) { .epoch = self->committee->epoch, .member = (guint8) self->self, .count = list->len };
          self->close.root = tc_merkle_root ((const TcHash *) (gpointer) list->data, list->len);
          tc_close_sign (&self->close, &self->chain_id, self->key);
          self->close_signed = TRUE;
        }
      self->closed = TRUE;
    }
  if (self->close_signed)
    *ret_close = self->close;
  return self->close_signed;
}

void
tc_finality_restore_close (TcFinalityEpoch *self, const TcClose *close)
{
  drop_queued (self);
  self->close = *close;
  self->close_signed = TRUE;
  self->closed = TRUE;
}

gboolean
tc_finality_is_closed (const TcFinalityEpoch *self)
{
  return self->closed;
}

void
tc_finality_stop_signing (TcFinalityEpoch *self)
{
  drop_queued (self);
  g_clear_pointer (&self->key, tc_secret_key_unref);
}

static int
compare_hashes (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (a, b);
}

/* Rule F5: "sorted txids that it acknowledged in e and that are not in the chain through the parent" */
GArray *
tc_finality_dup_list (const TcFinalityEpoch *self, guint32 member)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (TcHash));
  GHashTableIter iter;
  gpointer value;

  /* The order of the table does not show: the list is sorted. */
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Entry *entry = value;

      if (!entry->pub.in_chain && tc_bitmap_get (entry->pub.acks, member))
        g_array_append_val (list, entry->pub.txid);
    }
  g_array_sort (list, compare_hashes);
  return list;
}

const TcFinalityTx *
tc_finality_get (const TcFinalityEpoch *self, const TcHash *txid)
{
  return g_hash_table_lookup (self->entries, txid);
}

GPtrArray *
tc_finality_dup_certified (const TcFinalityEpoch *self)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->certified->len; i++)
    if (!((Entry *) g_ptr_array_index (self->certified, i))->pub.in_chain)
      g_ptr_array_add (list, g_ptr_array_index (self->certified, i));
  return list;
}

guint64
tc_finality_get_certified_bytes (const TcFinalityEpoch *self)
{
  return self->certified_bytes;
}

static gboolean
get_certified_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  TcFinalityEpoch *self = user_data;
  const Entry *entry = g_hash_table_lookup (self->entries, &outpoint->txid);

  if (entry == NULL || !entry->pub.certified || entry->pub.in_chain || entry->pub.tx == NULL
      || outpoint->index >= entry->pub.tx->n_outputs)
    return FALSE;
  ret_coin->output = entry->pub.tx->outputs[outpoint->index];
  ret_coin->height = 0;
  return TRUE;
}

TcCoinView
tc_finality_get_view (TcFinalityEpoch *self)
{
  return (TcCoinView) { get_certified_coin, self };
}

GPtrArray *
tc_finality_dup_certificate (const TcFinalityEpoch *self, const TcHash *txid)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_batch_unref);
  const Entry *entry = g_hash_table_lookup (self->entries, txid);

  for (guint i = 0; entry != NULL && entry->pub.certified && entry->vote_batches != NULL && i < entry->vote_batches->len; i++)
    g_ptr_array_add (batches, tc_batch_ref (g_ptr_array_index (entry->vote_batches, i)));
  return batches;
}

guint32
tc_finality_get_next_sequence (const TcFinalityEpoch *self, guint32 member)
{
  return self->logs[member].batches->len;
}

TcBatch *
tc_finality_get_batch (const TcFinalityEpoch *self, guint32 member, guint32 sequence)
{
  const GPtrArray *batches = self->logs[member].batches;

  return sequence < batches->len ? g_ptr_array_index (batches, sequence) : NULL;
}

TcBatch *
tc_finality_find_batch (const TcFinalityEpoch *self, const TcHash *hash)
{
  TcHash *found = g_hash_table_lookup (self->by_hash, hash);

  return found != NULL ? (TcBatch *) (gpointer) ((char *) found - G_STRUCT_OFFSET (TcBatch, hash)) : NULL;
}

TcBatch *
tc_finality_find_vote (const TcFinalityEpoch *self, const TcHash *txid, guint32 member)
{
  const Entry *entry = g_hash_table_lookup (self->entries, txid);

  for (guint i = 0; entry != NULL && entry->vote_batches != NULL && i < entry->vote_batches->len; i++)
    if (((TcBatch *) g_ptr_array_index (entry->vote_batches, i))->member == member)
      return g_ptr_array_index (entry->vote_batches, i);
  return NULL;
}

TcBatch *
tc_finality_find_other (const TcFinalityEpoch *self, const TcBatch *batch)
{
  const Log *log = &self->logs[batch->member];
  TcBatch *other = tc_finality_get_batch (self, batch->member, batch->sequence);

  if (other != NULL && !tc_hash_equal (&other->hash, &batch->hash))
    return other;
  for (guint i = 0; i < log->early->len; i++)
    {
      other = g_ptr_array_index (log->early, i);
      if (other->sequence == batch->sequence && !tc_hash_equal (&other->hash, &batch->hash))
        return other;
    }
  return NULL;
}

gboolean
tc_finality_find_ack (const TcFinalityEpoch *self, const TcHash *txid, guint32 member, TcBatch **ret_acked, TcBatch **ret_voted)
{
  const GPtrArray *batches = self->logs[member].batches;
  TcBatch *voted = tc_finality_find_vote (self, txid, member);

  for (guint i = 0; i < batches->len; i++)
    {
      TcBatch *batch = g_ptr_array_index (batches, i);
      const gboolean alone = tc_batch_acks (batch, batch, txid);

      if (!alone && (voted == NULL || !tc_batch_acks (batch, voted, txid)))
        continue;
      *ret_acked = batch;
      *ret_voted = alone ? NULL : voted;
      return TRUE;
    }
  return FALSE;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (&(*(Entry *const *) a)->pub.txid, &(*(Entry *const *) b)->pub.txid);
}

GPtrArray *
tc_finality_dup_left (const TcFinalityEpoch *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  /* The order of the table does not show: the list is sorted. */
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (entry->pub.ack_power > 0 && entry->pub.tx != NULL && !entry->pub.in_chain)
        g_ptr_array_add (list, entry);
    }
  g_ptr_array_sort (list, compare_entries);
  return list;
}

guint64
tc_finality_get_ahead_bytes (const TcFinalityEpoch *self)
{
  return self->ahead_bytes;
}

/* Rule F8: "as it fills, its fee floor rises, x1, x8, x64, x512 by quarters" */
guint64
tc_finality_get_fee_rate (const TcFinalityEpoch *self)
{
  guint64 quarter = MIN (self->ahead_bytes * 4 / MAX (self->params.vote_ahead_bytes, 1u), 3u);

  return G_GUINT64_CONSTANT (1) << (3 * quarter);
}
