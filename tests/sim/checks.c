#include "sim.h"

#include "engine/halt-record.h"

#include <math.h>

/* What one honest member cannot have signed in two ways. */
typedef struct
{
  guint8  kind;    /* TcRecordKind */
  guint8  member, step, zero;
  guint32 a, b;    /* height and round; epoch and sequence */
} Slot;

/* One transaction in one epoch. Liars count as having voted for and acknowledged everything: any node may have heard so. */
typedef struct
{
  guint32 epoch;
  TcHash  txid;
} TallyKey;

typedef struct
{
  TallyKey key;
  SimSet   votes, acks;  /* by operators */
  gboolean final;
} Tally;

typedef struct
{
  guint32    epoch, member;
  TcOutpoint outpoint;
} SpendKey;

typedef struct
{
  guint32 height;
  TcHash  hash;
} Seen;

struct _SimChecks
{
  Sim        *sim;
  GPtrArray  *blocks;         /* TcBlock, from height 1: the one history */
  guint32     n_epochs;
  GHashTable *tx_heights;     /* TcHash -> height */
  GHashTable *coins;          /* TcOutpoint -> TcOutput */
  GHashTable *spenders;       /* TcOutpoint -> TcHash: in the chain */
  guint64     fees, rewards;  /* units, so far */
  guint64     minted;         /* units, by rule M5 and the signatures in the blocks; where the genesis masternodes stay all there are */
  guint32     last_height;    /* the newest last block, 0: genesis */
  guint64     last_ms;
  GHashTable *signed_bytes;   /* GBytes: what honest members have on disk as signed by them */
  GHashTable *slots;          /* Slot -> TcHash of what fills it */
  GHashTable *tallies;        /* TallyKey (in the value) -> Tally */
  GHashTable *spends;         /* SpendKey -> TcHash: whom a member voted for */
  GHashTable *final_spenders; /* TcOutpoint -> TcHash */
  GHashTable *final_epochs;   /* TcHash -> epoch */
  GPtrArray  *finals;         /* Tally, borrowed: not yet found in the chain */
  GHashTable *votes;       /* operator and epoch -> GArray of TcHash: its votes of that epoch, in order */
  GArray     *seen;           /* Seen: the newest blocks that somebody voted for */
  SimSet      jailed;         /* masternodes, of which some node told */
};

#define SEEN_MAX 24u

static guint
bytes_hash (gconstpointer data, gsize n)
{
  return tc_table_hash (data, n);
}

#define DEFINE_KEY(name, type) \
  static guint name##_hash (gconstpointer key) { return bytes_hash (key, sizeof (type)); } \
  static gboolean name##_equal (gconstpointer a, gconstpointer b) { return memcmp (a, b, sizeof (type)) == 0; }
DEFINE_KEY (slot, Slot)
DEFINE_KEY (tally, TallyKey)
DEFINE_KEY (spend, SpendKey)

G_STATIC_ASSERT (sizeof (Slot) == 12);
G_STATIC_ASSERT (sizeof (TallyKey) == 36);
G_STATIC_ASSERT (sizeof (SpendKey) == 44);

static void
add_coin (SimChecks *self, const TcHash *txid, guint32 index, const TcOutput *output)
{
  const TcOutpoint outpoint = { *txid, index };

  g_hash_table_insert (self->coins, g_memdup2 (&outpoint, sizeof outpoint), g_memdup2 (output, sizeof *output));
}

SimChecks *
sim_checks_new (Sim *sim)
{
  SimChecks *self = g_new0 (SimChecks, 1);

  self->sim = sim;
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);
  self->tx_heights = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  self->coins = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, g_free);
  self->spenders = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, g_free);
  self->signed_bytes = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  self->slots = g_hash_table_new_full (slot_hash, slot_equal, g_free, g_free);
  self->tallies = g_hash_table_new_full (tally_hash, tally_equal, NULL, g_free);
  self->spends = g_hash_table_new_full (spend_hash, spend_equal, g_free, g_free);
  self->final_spenders = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, g_free);
  self->final_epochs = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  self->finals = g_ptr_array_new ();
  self->seen = g_array_new (FALSE, FALSE, sizeof (Seen));
  self->votes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  for (guint32 i = 0; i < sim->genesis->n_outputs; i++)
    add_coin (self, &sim->genesis->txid, i, &sim->genesis->outputs[i]);
  return self;
}

void
sim_checks_free (SimChecks *self)
{
  g_ptr_array_unref (self->blocks);
  g_hash_table_unref (self->tx_heights);
  g_hash_table_unref (self->coins);
  g_hash_table_unref (self->spenders);
  g_hash_table_unref (self->signed_bytes);
  g_hash_table_unref (self->slots);
  g_ptr_array_unref (self->finals);
  g_hash_table_unref (self->tallies);
  g_hash_table_unref (self->spends);
  g_hash_table_unref (self->final_spenders);
  g_hash_table_unref (self->final_epochs);
  g_array_unref (self->seen);
  g_hash_table_unref (self->votes);
  g_free (self);
}

/* What must not be done, though it harms nobody by itself. Without these, what follows from it has to be noticed. */
static gboolean
watches_deeds (const SimChecks *self)
{
  return !self->sim->options.outcomes;
}

static void
note_seen (SimChecks *self, guint32 height, const TcHash *hash)
{
  const Seen seen = { height, *hash };

  if (tc_hash_is_zero (hash))
    return;
  for (guint i = 0; i < self->seen->len; i++)
    if (tc_hash_equal (&g_array_index (self->seen, Seen, i).hash, hash))
      return;
  if (self->seen->len == SEEN_MAX)
    g_array_remove_index (self->seen, 0);
  g_array_append_val (self->seen, seen);
}

gboolean
sim_checks_pick_block (SimChecks *self, guint32 height, guint from, TcHash *ret_hash)
{
  for (guint i = 0; i < self->seen->len; i++)
    {
      const Seen *seen = &g_array_index (self->seen, Seen, (from + i) % self->seen->len);

      if (seen->height != height)
        continue;
      *ret_hash = seen->hash;
      return TRUE;
    }
  return FALSE;
}

/* --- finality --- */

static Tally *
ensure_tally (SimChecks *self, guint32 epoch, const TcHash *txid)
{
  const TallyKey key = { epoch, *txid };
  Tally *tally = g_hash_table_lookup (self->tallies, &key);

  if (tally != NULL)
    return tally;
  tally = g_new0 (Tally, 1);
  tally->key = key;
  g_hash_table_insert (self->tallies, &tally->key, tally);
  return tally;
}

static gboolean
is_final_in_chain (SimChecks *self, const Tally *tally)
{
  const guint32 height = sim_checks_find_tx (self, &tally->key.txid);

  return height != 0 && ((TcBlock *) g_ptr_array_index (self->blocks, height - 1))->header.epoch <= tally->key.epoch;
}

static void
become_final (SimChecks *self, Tally *tally)
{
  const TcTx *tx = sim_actors_find_tx (self->sim->actors, &tally->key.txid);
  g_autofree char *txid = tc_hash_to_hex (&tally->key.txid);

  tally->final = TRUE;
  g_assert_nonnull (tx);
  if (g_hash_table_insert (self->final_epochs, tc_hash_copy (&tx->txid), GUINT_TO_POINTER (tally->key.epoch)))
    {
      self->sim->counters.finals++;
      if (sim_actors_is_double (self->sim->actors, &tx->txid))
        self->sim->counters.double_finals++;
    }
  sim_trace (self->sim, NULL, "final in epoch %u: %.8s", tally->key.epoch, txid);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcOutpoint *outpoint = &tx->inputs[i].outpoint;
      const TcHash *other = g_hash_table_lookup (self->final_spenders, outpoint);

      if (other != NULL && !tc_hash_equal (other, &tx->txid))
        {
          g_autofree char *other_txid = tc_hash_to_hex (other);

          sim_fail (self->sim, "two final spenders of one coin: %.8s and %.8s", txid, other_txid);
        }
      g_hash_table_insert (self->final_spenders, g_memdup2 (outpoint, sizeof *outpoint), tc_hash_copy (&tx->txid));
    }
  if (is_final_in_chain (self, tally))
    return;
  if (tally->key.epoch <= self->n_epochs)
    sim_fail (self->sim, "%.8s is final in epoch %u, which ended without it", txid, tally->key.epoch);
  g_ptr_array_add (self->finals, tally);
}

/* A loss of power may take a node back into the epoch before, so each is kept. */
static GArray *
ensure_votes (SimChecks *self, const SimNode *node, guint32 epoch)
{
  const gpointer key = GSIZE_TO_POINTER ((gsize) epoch << 16 | node->member);
  GArray *votes = g_hash_table_lookup (self->votes, key);

  if (votes == NULL)
    {
      votes = g_array_new (FALSE, FALSE, sizeof (TcHash));
      g_hash_table_insert (self->votes, key, votes);
    }
  return votes;
}

static void
count_vote (SimChecks *self, const SimNode *node, const TcBatch *batch, const TcHash *txid)
{
  const TcTx *tx = sim_actors_find_tx (self->sim->actors, txid);

  g_array_append_vals (ensure_votes (self, node, batch->epoch), txid, 1);
  sim_set_add (&ensure_tally (self, batch->epoch, txid)->votes, node->member);
  for (guint32 i = 0; tx != NULL && i < tx->n_inputs; i++)
    {
      const SpendKey key = { batch->epoch, node->member, tx->inputs[i].outpoint };
      const TcHash *other = g_hash_table_lookup (self->spends, &key);

      if (watches_deeds (self) && other != NULL && !tc_hash_equal (other, txid))
        sim_fail (self->sim, "node %u voted for two spenders of a coin in epoch %u", node->index, batch->epoch);
      g_hash_table_insert (self->spends, g_memdup2 (&key, sizeof key), tc_hash_copy (txid));
    }
}

static void
count_ack (SimChecks *self, const SimNode *node, const TcBatch *batch, const TcAck *ack)
{
  const GArray *votes = ensure_votes (self, node, batch->epoch);
  Tally *tally;

  if (ack->position != G_MAXUINT32 && ack->position >= votes->len)
    {
      sim_fail (self->sim, "node %u acknowledges position %u of its %u votes", node->index, ack->position, votes->len);
      return;
    }
  tally = ensure_tally (self, batch->epoch, ack->position == G_MAXUINT32 ? &ack->txid : &g_array_index (votes, TcHash, ack->position));
  if (watches_deeds (self) && !sim_committees_is_quorum (self->sim->committees, batch->epoch, &tally->votes))
    sim_fail (self->sim, "node %u acknowledges without a certificate in epoch %u", node->index, batch->epoch);
  sim_set_add (&tally->acks, node->member);
  if (!tally->final && sim_committees_is_quorum (self->sim->committees, batch->epoch, &tally->acks))
    become_final (self, tally);
}

/* --- what honest members sign --- */

static void
fill_slot (SimChecks *self, const Slot *slot, const TcHash *content, const char *what)
{
  const TcHash *other = g_hash_table_lookup (self->slots, slot);

  if (other != NULL && !tc_hash_equal (other, content))
    sim_fail (self->sim, "the honest operator %u signed two %s: %u, %u, step %u", slot->member, what, slot->a, slot->b, slot->step);
  g_hash_table_insert (self->slots, g_memdup2 (slot, sizeof *slot), tc_hash_copy (content));
}

static gboolean
has_closed (SimChecks *self, guint8 member, guint32 epoch)
{
  const Slot slot = { .kind = TC_RECORD_CLOSE, .member = member, .a = epoch };

  return g_hash_table_contains (self->slots, &slot);
}

static void
on_batch (SimChecks *self, const SimNode *node, GBytes *data)
{
  gsize n;
  const guint8 *bytes = g_bytes_get_data (data, &n);
  g_autoptr(TcBatch) batch = tc_batch_decode (bytes, n, NULL);
  Slot slot = { .kind = TC_RECORD_BATCH, .member = (guint8) node->member };
  guint32 position;

  g_assert_nonnull (batch);
  position = sim_committees_find (self->sim->committees, batch->epoch, node->member);
  if (batch->member != position)
    return;
  slot.a = batch->epoch;
  slot.b = batch->sequence;
  fill_slot (self, &slot, &batch->hash, "batches of one sequence");
  if (watches_deeds (self) && has_closed (self, slot.member, batch->epoch))
    sim_fail (self->sim, "node %u signed a batch after it closed epoch %u", node->index, batch->epoch);
  if (watches_deeds (self) && batch->first_position != ensure_votes (self, node, batch->epoch)->len)
    sim_fail (self->sim, "node %u says that its votes go on at %u, after %u", node->index, batch->first_position,
              ensure_votes (self, node, batch->epoch)->len);
  for (guint32 i = 0; i < batch->n_votes; i++)
    count_vote (self, node, batch, &batch->votes[i]);
  for (guint32 i = 0; i < batch->n_acks; i++)
    count_ack (self, node, batch, &batch->acks[i]);
  g_hash_table_add (self->signed_bytes, g_bytes_ref (data));
}

static void
on_vote (SimChecks *self, const SimNode *node, GBytes *data)
{
  TcReader reader;
  TcVote vote;
  Slot slot = { .kind = TC_RECORD_VOTE, .member = (guint8) node->member };

  tc_reader_init (&reader, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  tc_vote_read (&reader, &vote);
  g_assert_false (reader.failed);
  if (vote.member != sim_committees_find (self->sim->committees, vote.epoch, node->member))
    return;
  slot.step = vote.step;
  slot.a = vote.height;
  slot.b = vote.round;
  fill_slot (self, &slot, &vote.block_hash, "votes");
  note_seen (self, vote.height, &vote.block_hash);
  g_hash_table_add (self->signed_bytes, g_bytes_ref (data));
}

static void
on_close (SimChecks *self, const SimNode *node, GBytes *data)
{
  TcReader reader;
  TcClose close;
  Slot slot = { .kind = TC_RECORD_CLOSE, .member = (guint8) node->member };
  TcHash hash;

  tc_reader_init (&reader, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  tc_close_read (&reader, &close);
  g_assert_false (reader.failed);
  if (close.member != sim_committees_find (self->sim->committees, close.epoch, node->member))
    return;
  slot.a = close.epoch;
  hash = tc_close_hash (&close);
  fill_slot (self, &slot, &hash, "closes");
  sim_actors_closing (self->sim->actors, close.epoch);
  g_hash_table_add (self->signed_bytes, g_bytes_ref (data));
}

static void
on_proposal (SimChecks *self, const SimNode *node, GBytes *data)
{
  gsize n;
  const guint8 *bytes = g_bytes_get_data (data, &n);
  g_autoptr(TcProposal) proposal = tc_proposal_decode (bytes, n, NULL);
  Slot slot = { .kind = TC_RECORD_PROPOSAL, .member = (guint8) node->member };

  g_assert_nonnull (proposal);
  if (proposal->member != sim_committees_find (self->sim->committees, proposal->epoch, node->member))
    return;
  slot.a = proposal->height;
  slot.b = proposal->round;
  fill_slot (self, &slot, &proposal->block_hash, "proposals");
  note_seen (self, proposal->height, &proposal->block_hash);
  g_hash_table_add (self->signed_bytes, g_bytes_ref (data));
}

static void
trace_record (SimChecks *self, const SimNode *node, const TcRecord *record)
{
  static const guint8 types[] = { 0, TC_MESSAGE_TX, TC_MESSAGE_BATCH, TC_MESSAGE_CLOSE, TC_MESSAGE_VOTE, TC_MESSAGE_PROPOSAL };
  g_autofree char *text = NULL;

  if (!self->sim->options.trace || record->kind == TC_RECORD_TX || record->kind >= G_N_ELEMENTS (types)
      || !sim_is_own (self->sim, node, types[record->kind], record->data))
    return;
  text = sim_describe (types[record->kind], record->data);
  sim_trace (self->sim, node, "on disk: %s", text);
}

static void
on_signed (SimChecks *self, const SimNode *node, guint8 kind, GBytes *data)
{
  if (kind == TC_RECORD_BATCH)
    on_batch (self, node, data);
  else if (kind == TC_RECORD_VOTE)
    on_vote (self, node, data);
  else if (kind == TC_RECORD_CLOSE)
    on_close (self, node, data);
  else if (kind == TC_RECORD_PROPOSAL)
    on_proposal (self, node, data);
}

void
sim_checks_persisted (SimChecks *self, SimNode *node, const GArray *records)
{
  if (sim_is_faulty (self->sim, node->member))
    return;
  for (guint i = 0; i < records->len; i++)
    {
      const TcRecord *record = &g_array_index (records, TcRecord, i);

      trace_record (self, node, record);
      on_signed (self, node, record->kind, record->data);
    }
}

/* Rule C5: what an honest member signed is on its disk before it leaves. */
void
sim_checks_sent (SimChecks *self, SimNode *node, guint8 type, GBytes *body)
{
  static const guint8 kinds[] = { [TC_MESSAGE_BATCH] = TC_RECORD_BATCH, [TC_MESSAGE_VOTE] = TC_RECORD_VOTE,
                                  [TC_MESSAGE_PROPOSAL] = TC_RECORD_PROPOSAL, [TC_MESSAGE_CLOSE] = TC_RECORD_CLOSE };
  g_autofree char *text = NULL;

  if (sim_is_faulty (self->sim, node->member) || !sim_is_own (self->sim, node, type, body))
    return;
  if (g_hash_table_contains (self->signed_bytes, body))
    return;
  text = sim_describe (type, body);
  if (watches_deeds (self))
    sim_fail (self->sim, "node %u sends what is not on its disk: %s", node->index, text);
  else
    on_signed (self, node, kinds[type], body);
}

void
sim_checks_tx (SimChecks *self, SimNode *node, const TcEffect *effect)
{
  if (node->liar || effect->event != TC_TX_EVENT_FINAL)
    return;
  if (watches_deeds (self) && !g_hash_table_contains (self->final_epochs, &effect->tx->txid))
    {
      g_autofree char *txid = tc_hash_to_hex (&effect->tx->txid);

      sim_fail (self->sim, "node %u shows %.8s as final, which no quorum acknowledged", node->index, txid);
    }
}

/* Rule C7: nobody honest is ever convicted, whatever happened to it. */
void
sim_checks_jailed (SimChecks *self, SimNode *node, guint masternode)
{
  if (node->liar)
    return;
  if (masternode >= self->sim->options.n_members || !sim_is_faulty (self->sim, masternode))
    sim_fail_ever (self->sim, "the honest masternode %u is jailed", masternode);
  else if (!sim_set_has (&self->jailed, masternode))
    self->sim->counters.jailed++;
  if (masternode < SIM_SET_MAX)
    sim_set_add (&self->jailed, masternode);
}

/* --- the chain --- */

static void
spend_inputs (SimChecks *self, const TcTx *tx)
{
  guint64 in = 0, out = 0;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcOutpoint *outpoint = &tx->inputs[i].outpoint;
      const TcOutput *output = g_hash_table_lookup (self->coins, outpoint);

      if (output == NULL)
        {
          sim_fail (self->sim, "a block spends a coin that is not there");
          return;
        }
      in += output->amount.units;
      g_hash_table_insert (self->spenders, g_memdup2 (outpoint, sizeof *outpoint), tc_hash_copy (&tx->txid));
      g_hash_table_remove (self->coins, outpoint);
    }
  for (guint32 i = 0; i < tx->n_outputs; i++)
    out += tx->outputs[i].amount.units;
  self->sim->counters.registrations += tx->kind == TC_TX_KIND_REGISTER;
  self->sim->counters.updates += tx->kind == TC_TX_KIND_UPDATE;
  self->sim->counters.retirements += tx->kind == TC_TX_KIND_RETIRE;
  if (tx->kind == TC_TX_KIND_REWARD)
    self->rewards += out;
  else if (in < out + TC_TX_FEE_MIN_UNITS)
    sim_fail (self->sim, "a transaction pays out more than it takes in");
  else
    self->fees += in - out;
}

/* Rule M5: 100 (1 + ln n) TIME each ten minutes since genesis, n being at most all that ever had a collateral. */
static guint64
most_minted (const SimChecks *self, const TcBlock *block)
{
  const guint64 elapsed_ms = block->header.time_ms - (guint64) SIM_GENESIS_MS;

  return (guint64) (1e10L * (1 + logl (self->sim->n_operators)) * (long double) elapsed_ms / 600000) + 1;
}

/* Rule M6: members that signed at least half of the epoch's heights but the last, by the commits in the next blocks. */
static guint
count_active (const SimChecks *self, const TcBlock *last)
{
  const guint n_members = self->sim->options.n_members;
  guint n_active = 0;

  for (guint i = 0; i < n_members; i++)
    {
      const guint32 position = sim_committees_find (self->sim->committees, last->header.epoch, i);
      guint n_signed = 0;

      for (guint32 height = self->last_height + 2; height <= last->header.height; height++)
        n_signed += tc_bitmap_get (((TcBlock *) g_ptr_array_index (self->blocks, height - 1))->commit->signers, position);
      n_active += 2 * n_signed >= last->header.height - self->last_height - 1;
    }
  return n_active;
}

/* All members stay what they are: then what is minted can be told from the blocks to the unit. */
static gboolean
is_settled (const SimChecks *self)
{
  const SimProfile *profile = &self->sim->profile;

  return profile->n_joiners + profile->n_retirements == 0 && !profile->drawn && !profile->snapshots && !profile->liars
         && self->sim->doubtful == SIM_MEMBERS_MAX;
}

/* Rule M5: floor (10^10 (2^32 + L) dt / (2^32 x 600 000)), L = floor (2^32 ln n). */
static void
mint (SimChecks *self, const TcBlock *last)
{
  const guint64 start_ms = self->last_height > 0 ? self->last_ms : (guint64) SIM_GENESIS_MS;
  const guint64 dt_ms = MIN (last->header.time_ms - start_ms, 2 * (guint64) self->sim->genesis->params.epoch_length_ms);
  const guint n = is_settled (self) ? count_active (self, last) : 0;

  if (n > 0)
    {
      const unsigned __int128 factor = ((unsigned __int128) 1 << 32) + (guint64) floorl (ldexpl (logl (n), 32));

      self->minted += (guint64) (G_GUINT64_CONSTANT (10000000000) * factor * dt_ms / (((unsigned __int128) 1 << 32) * 600000));
    }
  self->last_height = last->header.height;
  self->last_ms = last->header.time_ms;
}

static void
check_money (SimChecks *self, const TcBlock *block)
{
  const guint64 most = most_minted (self, block);

  if (self->rewards > self->fees + most)
    sim_fail (self->sim, "money out of nothing: rewards %" G_GUINT64_FORMAT ", fees %" G_GUINT64_FORMAT ", minted at most %" G_GUINT64_FORMAT,
              self->rewards, self->fees, most);
}

/* Rules F5 and F6. */
static void
check_end_of_epoch (SimChecks *self, const TcBlock *block)
{
  guint kept = 0;

  self->n_epochs = block->header.epoch;
  self->sim->counters.epochs++;
  for (guint i = 0; i < self->finals->len; i++)
    {
      Tally *tally = g_ptr_array_index (self->finals, i);
      g_autofree char *txid = tc_hash_to_hex (&tally->key.txid);

      if (tally->key.epoch > block->header.epoch)
        self->finals->pdata[kept++] = tally;
      else if (!is_final_in_chain (self, tally))
        sim_fail (self->sim, "epoch %u ended without %.8s, which was final in it", block->header.epoch, txid);
    }
  g_ptr_array_set_size (self->finals, (gint) kept);
}

static void
check_certificates (SimChecks *self, const TcBlock *block, gboolean is_last)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    {
      const TcHash *txid = &block->txs[i]->txid;

      if (block->txs[i]->kind == TC_TX_KIND_REWARD || sim_committees_is_quorum (self->sim->committees, block->header.epoch, &ensure_tally (self, block->header.epoch, txid)->votes))
        continue;
      if (!is_last && watches_deeds (self))
        sim_fail (self->sim, "block %u holds a transaction without a certificate", block->header.height);
      else if (is_last && sim_actors_is_double (self->sim->actors, txid))
        self->sim->counters.double_settled++;
    }
}

static void
add_block (SimChecks *self, TcBlock *block)
{
  const gboolean is_last = !tc_hash_is_zero (&block->header.next_committee);

  g_ptr_array_add (self->blocks, tc_block_ref (block));
  self->sim->counters.blocks++;
  for (guint32 i = 0; i < block->n_txs; i++)
    {
      const TcTx *tx = block->txs[i];

      if (!g_hash_table_insert (self->tx_heights, tc_hash_copy (&tx->txid), GUINT_TO_POINTER (block->header.height)))
        sim_fail (self->sim, "a transaction is in the chain twice");
      for (guint32 j = 0; j < tx->n_outputs; j++)
        add_coin (self, &tx->txid, j, &tx->outputs[j]);
    }
  for (guint32 i = 0; i < block->n_txs; i++)
    spend_inputs (self, block->txs[i]);
  check_money (self, block);
  sim_committees_check (self->sim->committees, block->header.epoch, &block->header.committee);
  if (is_last)
    sim_committees_check (self->sim->committees, block->header.epoch + 1, &block->header.next_committee);
  check_certificates (self, block, is_last);
  if (is_last)
    {
      check_end_of_epoch (self, block);
      mint (self, block);
    }
  sim_actors_block (self->sim->actors, block);
}

/* What others can make a node keep is bounded, whatever they send: the figures of engine/engine-private.h and mempool/mempool.h, written down again. */
static void
check_load (SimChecks *self, const SimNode *node)
{
  const guint n_members = tc_ledger_get_committee (tc_engine_get_ledger (node->engine))->n_members;
  TcEngineLoad load;
  TcEngineInfo info;

  tc_engine_get_load (node->engine, &load);
  tc_engine_get_info (node->engine, &info);
  const struct
  {
    const char *name;
    gsize       is, most;
  } things[] = {
    { "peers", load.peers, 3 * self->sim->n_nodes },
    { "things wanted", load.wanted, 20000 + 1000 * load.peers },
    { "messages held", load.held, 4096 },
    { "bytes held", load.held_bytes, 16000000 },
    { "orphans", load.orphans, 256 },
    { "blocks under agreement", load.candidates, 64 },
    { "proposals", load.proposals, 64 },
    { "closes", load.closes, 2 * n_members + 64 * n_members },
    { "blocks to catch up with", load.sync_blocks, 512 },
    { "transactions pending", info.mempool_txs, 10000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    if (things[i].is > things[i].most)
      sim_fail (self->sim, "node %u keeps %" G_GSIZE_FORMAT " %s, above %" G_GSIZE_FORMAT, node->index, things[i].is, things[i].name, things[i].most);
}

void
sim_checks_commit (SimChecks *self, SimNode *node, TcBlock *block, TcCommit *commit)
{
  const guint32 height = block->header.height;
  g_autofree char *hash = tc_hash_to_hex (&block->hash);

  sim_trace (self->sim, node, "commits block %u of epoch %u, round %u, %u transactions, %.8s", height, block->header.epoch, commit->round,
             block->n_txs, hash);
  if (node->liar)
    return;
  check_load (self, node);
  if (self->sim->n_forks > 0 && height > self->blocks->len)
    return;  /* one of two histories goes on */
  if (height > self->blocks->len + 1)
    sim_fail (self->sim, "node %u commits block %u out of nowhere", node->index, height);
  else if (height == self->blocks->len + 1)
    {
      add_block (self, block);
      sim_faults_decided (self->sim, node);
    }
  else if (!tc_hash_equal (&((TcBlock *) g_ptr_array_index (self->blocks, height - 1))->hash, &block->hash))
    {
      self->sim->n_forks++;
      self->sim->counters.forks += self->sim->profile.over;
      sim_fail (self->sim, "two blocks at height %u: node %u commits %.8s", height, node->index, hash);
    }
}

/* Rules A1, M4, M5: what the node says of all money, against the coins that the blocks leave and what they paid and took. */
static void
check_supply (SimChecks *self, const SimNode *node)
{
  const TcMoney money = tc_ledger_get_money (tc_engine_get_ledger (node->engine));
  guint64 genesis = 0, coins = 0;
  GHashTableIter iter;
  gpointer value;

  for (guint32 i = 0; i < self->sim->genesis->n_outputs; i++)
    genesis += self->sim->genesis->outputs[i].amount.units;
  g_hash_table_iter_init (&iter, self->coins);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    coins += ((TcOutput *) value)->amount.units;
  if (coins != genesis + self->rewards - self->fees)
    sim_fail (self->sim, "the blocks make or lose money");
  if (money.genesis.units != genesis || money.coins.units + money.burnt.units != coins
      || money.supply.units != genesis + money.minted.units - money.burnt.units
      || money.supply.units != money.coins.units + money.fees.units + money.odd.units + money.accrued.units)
    sim_fail (self->sim, "node %u counts money otherwise than the blocks: coins %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT, node->index,
              money.coins.units, coins);
  if (money.minted.units > most_minted (self, self->blocks->pdata[self->blocks->len - 1]))
    sim_fail (self->sim, "node %u mints too much", node->index);
  if (is_settled (self) && money.minted.units != self->minted)
    sim_fail (self->sim, "node %u minted %" G_GUINT64_FORMAT " units, not %" G_GUINT64_FORMAT, node->index, money.minted.units, self->minted);
}

/* Nobody honest is jailed. */
static void
check_registry (SimChecks *self, const SimNode *node)
{
  const TcRegistry *registry = tc_ledger_get_registry (tc_engine_get_ledger (node->engine));

  for (guint i = 0; i < self->sim->n_operators; i++)
    {
      const TcMasternode *masternode = tc_registry_find_key (registry, &self->sim->operators[i]);

      if (masternode != NULL && masternode->jailed && !sim_is_faulty (self->sim, i))
        sim_fail_ever (self->sim, "the honest operator %u is jailed", i);
    }
}

static void
check_node (SimChecks *self, SimNode *node)
{
  TcLedger *ledger = (TcLedger *) tc_engine_get_ledger (node->engine);
  const TcBlock *newest = g_ptr_array_index (self->blocks, self->blocks->len - 1);
  const TcTip *tip = tc_ledger_get_tip (ledger);
  TcEngineInfo info;
  GHashTableIter iter;
  gpointer key, value;
  TcCoin coin;

  if (!tc_hash_equal (&tip->hash, &newest->hash) || !tc_hash_equal (&tip->state_root, &newest->header.state_root))
    sim_fail (self->sim, "node %u ends at another block or state", node->index);
  g_hash_table_iter_init (&iter, self->coins);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!tc_ledger_get_coin (ledger, key, &coin) || coin.output.amount.units != ((TcOutput *) value)->amount.units
        || !tc_key_hash_equal (&coin.output.key_hash, &((TcOutput *) value)->key_hash))
      sim_fail (self->sim, "node %u lacks a coin, or has another", node->index);
  g_hash_table_iter_init (&iter, self->spenders);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (tc_ledger_get_coin (ledger, key, &coin))
      sim_fail (self->sim, "node %u still has a coin that is spent", node->index);
  check_supply (self, node);
  check_registry (self, node);
  tc_engine_get_info (node->engine, &info);
  if (info.signing != TC_SIGNING_YES && info.self != TC_MEMBER_NONE && !node->store_replaced && !sim_is_faulty (self->sim, node->member))
    sim_fail (self->sim, "the honest node %u does not sign", node->index);
}

static void
count_released (SimChecks *self)
{
  const TcGenesis *genesis = self->sim->genesis;
  const TcRegistry *registry = tc_ledger_get_registry (tc_engine_get_ledger (self->sim->nodes[0].engine));

  for (guint32 i = 0; i < genesis->n_masternodes; i++)
    {
      const TcOutpoint outpoint = { genesis->txid, genesis->n_outputs - genesis->n_masternodes + i };
      const TcMasternode *masternode = tc_registry_find (registry, &outpoint);

      self->sim->counters.releases += masternode == NULL || masternode->state == TC_MASTERNODE_RELEASED;
    }
}

/* Rule C8: the committee's own signatures show that more than a third of its power signed both. Who is honest may be among them, who voted anew in a later round: that jails nobody. */
static void
check_proof (SimChecks *self, const SimNode *node)
{
  GBytes *data = sim_store_find_record (node->store, TC_RECORD_HALT);
  g_auto(TcHaltRecord) record = { 0 };
  guint8 both[TC_BITMAP_SIZE_MAX];
  guint n_liars = 0;

  if (data == NULL || !tc_halt_record_decode (data, &record))
    {
      sim_fail_ever (self->sim, "node %u halted and keeps no proof", node->index);
      return;
    }
  for (guint i = 0; i < TC_BITMAP_SIZE_MAX; i++)
    both[i] = record.commits[0]->signers[i] & record.commits[1]->signers[i];
  for (guint32 i = 0; i < record.committee->n_members; i++)
    if (tc_bitmap_get (both, i))
      for (guint j = 0; j < self->sim->n_operators; j++)
        n_liars += sim_is_faulty (self->sim, j) && tc_public_key_equal (&self->sim->operators[j], &record.committee->members[i].operator_key);
  if (tc_hash_equal (&record.commits[0]->block_hash, &record.commits[1]->block_hash) || record.commits[0]->height != record.commits[1]->height
      || !tc_committee_is_third (record.committee, tc_committee_sum (record.committee, both)) || n_liars == 0)
    sim_fail_ever (self->sim, "what node %u halted at proves nothing", node->index);
}

static gboolean
is_halted (const SimNode *node)
{
  TcEngineInfo info;

  if (node->engine == NULL)
    return TRUE;
  tc_engine_get_info (node->engine, &info);
  return info.halted;
}

static void
check_pair (SimChecks *self, const SimNode *a, const SimNode *b)
{
  TcHash hash_a, hash_b;
  guint32 height;

  if (is_halted (a) || is_halted (b) || !sim_network_is_connected (self->sim->network, a, b))
    return;
  height = MIN (sim_store_get_height (a->store), sim_store_get_height (b->store));
  if (sim_store_get_hash (a->store, height, &hash_a) && sim_store_get_hash (b->store, height, &hash_b) && !tc_hash_equal (&hash_a, &hash_b))
    sim_fail_ever (self->sim, "nodes %u and %u have other blocks at height %u, see each other, and go on", a->index, b->index, height);
}

void
sim_checks_account (SimChecks *self)
{
  const Sim *sim = self->sim;
  guint n_halted = 0;

  for (guint i = 0; i < sim->n_nodes; i++)
    {
      if (sim->nodes[i].liar)
        continue;
      if (sim->nodes[i].engine != NULL && is_halted (&sim->nodes[i]))
        {
          n_halted++;
          check_proof (self, &sim->nodes[i]);
        }
      for (guint j = i + 1; j < sim->n_nodes; j++)
        if (!sim->nodes[j].liar)
          check_pair (self, &sim->nodes[i], &sim->nodes[j]);
    }
  if (sim->n_forks > 0 && n_halted == 0)
    sim_fail_ever (self->sim, "two blocks were decided at one height, and no node halts");
}

void
sim_checks_finish (SimChecks *self)
{
  count_released (self);
  for (guint i = 0; i < self->sim->n_nodes; i++)
    if (!self->sim->nodes[i].liar)
      check_node (self, &self->sim->nodes[i]);
}

guint32
sim_checks_get_height (const SimChecks *self)
{
  return self->blocks->len;
}

guint32
sim_checks_get_epochs (const SimChecks *self)
{
  return self->n_epochs;
}

guint32
sim_checks_find_tx (const SimChecks *self, const TcHash *txid)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->tx_heights, txid));
}

const TcHash *
sim_checks_find_spender (const SimChecks *self, const TcOutpoint *outpoint)
{
  return g_hash_table_lookup (self->spenders, outpoint);
}
