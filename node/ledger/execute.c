#include <string.h>

#include "core/attest.h"
#include "core/check.h"

#include "ledger-private.h"
#include "outpoint-set.h"
#include "validate.h"

#define LOOK_AHEAD 8u  /* transactions, or coins */

/* Running a block's transactions. Outputs are numbered through the block, in order. */
typedef struct
{
  TcExecution      *execution;
  TcLedger         *ledger;
  TcTx *const      *txs;
  gsize             n_txs;
  const TcExecuteOptions *options;
  guint32          *first_output;   /* number of each transaction's output 0 */
  guint8           *output_spent;   /* within the block */
  guint8           *made_here;      /* a bit a txid of the block, by its hash: most coins are older, and their makers need not be looked for */
  guint32           made_here_mask;
  TcOutpointSet     spent;          /* coins from before the block */
  TcOutput         *inputs;         /* what all of them spend, in order */
  gsize             n_inputs;
  TcHash           *digests;        /* of those that are in question */
  TcSignatureJob   *jobs;
  gsize             n_jobs;
  TcSignatureJob   *possessions;    /* of kinds 1 and 2 (M1) */
  guint8           *messages;       /* TC_POSSESSION_SIZE each, which possessions borrow */
  gsize             n_possessions;
} Run;

static void
run_clear (Run *self)
{
  g_free (self->first_output);
  g_free (self->output_spent);
  g_free (self->made_here);
  g_free (self->inputs);
  g_free (self->digests);
  g_free (self->jobs);
  g_free (self->possessions);
  g_free (self->messages);
  tc_outpoint_set_clear (&self->spent);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static guint32
made_here_bit (const Run *self, const TcHash *txid)
{
  guint32 mix;

  memcpy (&mix, txid->bytes + 16, sizeof mix);
  return mix & self->made_here_mask;
}

static void
note_made_here (Run *self)
{
  gsize n_bits = 64;

  while (n_bits < 8 * self->n_txs)
    n_bits *= 2;
  self->made_here = g_malloc0 (n_bits / 8);
  self->made_here_mask = (guint32) (n_bits - 1);
  for (gsize i = 0; i < self->n_txs; i++)
    {
      const guint32 bit = made_here_bit (self, &self->txs[i]->txid);

      self->made_here[bit / 8] |= (guint8) (1 << bit % 8);
    }
}

/* Coins lie all over the memory: they are called for while the transactions before are at work. */
static void
look_ahead (const Run *self, gsize place)
{
  const TcTx *far = place + 2 * LOOK_AHEAD < self->n_txs ? self->txs[place + 2 * LOOK_AHEAD] : NULL;
  const TcTx *near = place + LOOK_AHEAD < self->n_txs ? self->txs[place + LOOK_AHEAD] : NULL;

  if (place + 3 * LOOK_AHEAD < self->n_txs)
    {
      __builtin_prefetch (self->txs[place + 3 * LOOK_AHEAD]);
      __builtin_prefetch ((const guint8 *) self->txs[place + 3 * LOOK_AHEAD] + 128);
    }
  for (guint32 i = 0; far != NULL && i < far->n_inputs; i++)
    tc_coins_prefetch (self->ledger->coins, &far->inputs[i].outpoint);
  for (guint32 i = 0; near != NULL && i < near->n_inputs; i++)
    tc_coins_prefetch_entry (self->ledger->coins, &near->inputs[i].outpoint);
}

static void
run_init (Run *self, TcExecution *execution, TcLedger *ledger, TcTx *const *txs, gsize n_txs, const TcExecuteOptions *options)
{
  gsize n_outputs = 0, n_inputs = 0, n_witnesses = 0, n_payloads = 0;

  *self = (Run) { .execution = execution, .ledger = ledger, .txs = txs, .n_txs = n_txs, .options = options };
  self->first_output = g_new (guint32, n_txs + 1);
  for (gsize i = 0; i < n_txs; i++)
    {
      self->first_output[i] = (guint32) n_outputs;
      n_outputs += txs[i]->n_outputs;
      n_inputs += txs[i]->n_inputs;
      n_witnesses += txs[i]->n_witnesses;
      n_payloads += txs[i]->payload_size > 0;
    }
  self->first_output[n_txs] = (guint32) n_outputs;
  self->output_spent = g_new0 (guint8, n_outputs);
  self->inputs = g_new (TcOutput, n_inputs);
  self->digests = g_new (TcHash, n_txs);
  self->jobs = g_new (TcSignatureJob, n_witnesses);
  self->possessions = g_new (TcSignatureJob, n_payloads + 1);  /* never NULL: both are counted through where there are none */
  self->messages = g_malloc ((n_payloads + 1) * TC_POSSESSION_SIZE);
  tc_outpoint_set_init (&self->spent, n_inputs);
  note_made_here (self);
  execution->created = g_renew (TcFlushCoin, execution->created, n_outputs + TC_COMMITTEE_MAX);
  execution->spent = g_renew (TcFlushCoin, execution->spent, n_inputs);
}

/* Returns: the transaction's place in the block, or n_txs. All but a reward ascend by txid (B3). */
static gsize
find_tx (const Run *self, const TcHash *txid)
{
  const guint32 bit = made_here_bit (self, txid);
  gsize low = 0, high = self->n_txs;

  if ((self->made_here[bit / 8] >> bit % 8 & 1) == 0)
    return self->n_txs;
  if (self->n_txs > 0 && self->txs[0]->kind == TC_TX_KIND_REWARD)
    {
      if (tc_hash_equal (&self->txs[0]->txid, txid))
        return 0;
      low = 1;
    }
  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      int order = tc_hash_compare (&self->txs[middle]->txid, txid);

      if (order == 0)
        return middle;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return self->n_txs;
}

/* B3: all outputs of the block are there before any input is spent. */
static TcTxVerdict
spend_input (Run *self, const TcOutpoint *outpoint, TcOutput *ret_output)
{
  gsize maker = find_tx (self, &outpoint->txid);
  TcCoin coin;

  if (maker < self->n_txs)
    {
      if (outpoint->index >= self->txs[maker]->n_outputs)
        return TC_TX_MISSING_COIN;
      guint8 *is_spent = &self->output_spent[self->first_output[maker] + outpoint->index];

      if (*is_spent)
        return TC_TX_MISSING_COIN;
      *is_spent = TRUE;
      *ret_output = self->txs[maker]->outputs[outpoint->index];
      return TC_TX_OK;
    }
  if (!tc_coins_get (self->ledger->coins, outpoint, &coin) || !tc_outpoint_set_add (&self->spent, outpoint))
    return TC_TX_MISSING_COIN;
  self->execution->spent[self->execution->n_spent++] = (TcFlushCoin) { *outpoint, coin };
  *ret_output = coin.output;
  return TC_TX_OK;
}

static TcTxVerdict
run_tx (Run *self, gsize place)
{
  const TcTx *tx = self->txs[place];
  TcOutput *inputs = self->inputs + self->n_inputs;
  TcTxVerdict verdict = tc_validate_body (tx, self->ledger->tip.height + 1);
  TcAmount fee, fees = { self->execution->fees_units };

  for (guint32 i = 0; verdict == TC_TX_OK && i < tx->n_inputs; i++)
    verdict = spend_input (self, &tx->inputs[i].outpoint, &inputs[i]);
  if (verdict == TC_TX_OK)
    verdict = tc_validate_spend (tx, inputs, self->ledger->registry, &fee);
  if (verdict == TC_TX_WRONG_KEY && !tc_validate_signable (tx, inputs))
    return TC_TX_OVERFLOW;  /* no witness could mend it: the body is at fault, not who sent it */
  if (verdict != TC_TX_OK)
    return verdict;
  if (!tc_amount_add (fees, fee, &fees))
    return TC_TX_OVERFLOW;
  self->execution->fees_units = fees.units;
  self->n_inputs += tx->n_inputs;
  return TC_TX_OK;
}

static gboolean
is_checked (const Run *self, const TcTx *tx)
{
  return self->options->is_checked != NULL && self->options->is_checked (self->options->user_data, tx);
}

/* @ahead: its witnesses are good for the digest of what it spends. */
static void
add_jobs (Run *self, const TcTx *tx, const TcHash *digest, gboolean ahead)
{
  if (ahead && tx->payload_size == 0)
    return;
  if (self->options->digests != NULL && is_checked (self, tx))
    return;
  if (!ahead)
    {
      tc_validate_jobs (tx, digest, self->jobs + self->n_jobs);
      self->n_jobs += tx->n_witnesses;
    }
  self->n_possessions += tc_validate_possession (tx, &self->ledger->genesis->chain_id, self->messages + self->n_possessions * TC_POSSESSION_SIZE,
                                                 self->possessions + self->n_possessions);
}

/* Of the transactions from @first on, whose coins are known. */
static void
collect_jobs (Run *self, gsize first)
{
  g_autofree const TcTx **txs = g_new (const TcTx *, self->n_txs);
  g_autofree const TcOutput **spent = g_new (const TcOutput *, self->n_txs);
  g_autofree gsize *places = g_new (gsize, self->n_txs);
  const TcHash *ahead = self->options->digests;
  gsize n = 0, n_inputs = 0;

  for (gsize i = first; self->options->verifier != NULL && i < self->n_txs; i++)
    {
      if (ahead != NULL || !is_checked (self, self->txs[i]))
        {
          txs[n] = self->txs[i];
          spent[n] = self->inputs + n_inputs;
          places[n++] = i;
        }
      n_inputs += self->txs[i]->n_inputs;
    }
  tc_tx_digest_many (txs, spent, n, &self->ledger->genesis->chain_id, self->digests);
  for (gsize i = 0; i < n; i++)
    add_jobs (self, txs[i], &self->digests[i], ahead != NULL && tc_hash_equal (&ahead[places[i]], &self->digests[i]));
}

static TcBlockVerdict
judge (TcTxVerdict verdict)
{
  gboolean is_witness = verdict == TC_TX_WRONG_KEY || verdict == TC_TX_BAD_SIGNATURE || verdict == TC_TX_WITNESS;

  return is_witness ? TC_BLOCK_BAD_WITNESS : TC_BLOCK_BAD_TX;
}

static gboolean
check_jobs (const Run *self, TcSignatureJob *jobs, gsize n_jobs)
{
  if (n_jobs == 0)
    return TRUE;
  self->options->verifier->check_many (self->options->verifier->user_data, jobs, n_jobs);
  for (gsize i = 0; i < n_jobs; i++)
    if (!jobs[i].ok)
      return FALSE;
  return TRUE;
}

/* A possession that is not shown is the body's fault, and so the block's, whatever the witnesses are worth. */
static TcBlockVerdict
check_signatures (Run *self)
{
  if (!check_jobs (self, self->possessions, self->n_possessions))
    return TC_BLOCK_BAD_TX;
  return check_jobs (self, self->jobs, self->n_jobs) ? TC_BLOCK_OK : TC_BLOCK_BAD_WITNESS;
}

static void
create_output (TcExecution *self, const TcTx *tx, guint32 index, guint32 height)
{
  self->created[self->n_created++] = (TcFlushCoin) { { tx->txid, index }, { tx->outputs[index], height } };
}

/* Rule M3: kinds 1-3 wait for the epoch's end, in block order. */
static void
note_pending (TcExecution *self, const TcTx *tx, gsize created_at)
{
  TcPendingKind item = { .kind = tx->kind, .outpoint = { tx->txid, 0 }, .created_at = created_at };

  if (tx->kind == TC_TX_KIND_TRANSFER || tx->kind == TC_TX_KIND_REWARD)
    return;
  TC_CHECK (tc_masternode_payload_decode (tx->kind, tx->payload, tx->payload_size, &item.payload));
  if (tx->kind == TC_TX_KIND_REGISTER)
    item.owner = tx->outputs[0].key_hash;
  else
    item.outpoint = item.payload.masternode;
  g_array_append_val (self->pending, item);
}

static void
collect_created (Run *self)
{
  for (gsize i = 0; i < self->n_txs; i++)
    {
      note_pending (self->execution, self->txs[i], self->execution->n_created);
      for (guint32 j = 0; j < self->txs[i]->n_outputs; j++)
        if (!self->output_spent[self->first_output[i] + j])
          create_output (self->execution, self->txs[i], j, self->ledger->tip.height + 1);
    }
}

TcExecution *
tc_execution_new (const TcLedger *ledger)
{
  TcExecution *self = g_new0 (TcExecution, 1);

  self->parent = ledger->tip.hash;
  self->coins_units = ledger->coins_units;
  self->fees_units = ledger->fees_units;
  self->odd_units = ledger->odd_units;
  self->supply_units = ledger->supply_units;
  self->minted_units = ledger->minted_units;
  self->burnt_units = ledger->burnt_units;
  self->pending = g_array_new (FALSE, FALSE, sizeof (TcPendingKind));
  self->accused = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->jailed = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->unlocks = g_array_new (FALSE, FALSE, sizeof (TcUnlock));
  self->unlocked = g_array_new (FALSE, FALSE, sizeof (TcFlushCoin));
  return self;
}

/* Everything of rule T for @txs as the next block's. A reward in front only adds its outputs here. */
TcBlockVerdict
tc_execution_run_txs (TcExecution *self, TcLedger *ledger, TcTx *const *txs, gsize n_txs, const TcExecuteOptions *options)
{
  g_auto(Run) run;
  gsize first = n_txs > 0 && txs[0]->kind == TC_TX_KIND_REWARD && tc_ledger_next_is_last (ledger);

  run_init (&run, self, ledger, txs, n_txs, options);
  for (gsize i = first; i < n_txs; i++)
    {
      TcTxVerdict tx_verdict;

      look_ahead (&run, i);
      tx_verdict = run_tx (&run, i);
      if (tx_verdict != TC_TX_OK)
        return judge (tx_verdict);
    }
  collect_jobs (&run, first);
  TcBlockVerdict verdict = check_signatures (&run);

  if (verdict == TC_BLOCK_OK)
    collect_created (&run);
  return verdict;
}

void
tc_execution_create (TcExecution *self, const TcTx *tx, guint32 height)
{
  self->created = g_renew (TcFlushCoin, self->created, self->n_created + tx->n_outputs);
  for (guint32 i = 0; i < tx->n_outputs; i++)
    create_output (self, tx, i, height);
}

static void
count_coins (TcExecution *self)
{
  guint64 created = 0, spent = 0;  /* each at most the supply, which is at most 2^62 */

  for (gsize i = 0; i < self->n_created; i++)
    created += self->created[i].coin.output.amount.units;
  for (gsize i = 0; i < self->n_spent; i++)
    spent += self->spent[i].coin.output.amount.units;
  TC_CHECK (spent <= self->coins_units);
  self->coins_units = self->coins_units - spent + created;
}

static void
make_tip (TcExecution *self, const TcLedger *ledger, const TcHeader *header, const TcHash *seed)
{
  gboolean is_last = tc_ledger_next_is_last (ledger);

  self->tip = ledger->tip;
  self->tip.height = header->height;
  self->tip.time_ms = header->time_ms;
  self->tip.epoch = header->epoch;
  self->tip.is_last = is_last;
  self->tip.seed = *seed;
  if (is_last)
    {
      self->tip.epoch_start_ms = header->time_ms;
      self->tip.prev_epoch_start_height = ledger->tip.epoch_start_height;
      self->tip.epoch_start_height = header->height;
    }
}

TcHash
tc_execution_finish (TcExecution *self, const TcLedger *ledger, const TcHeader *header, const TcHash *seed)
{
  TcHash root;

  self->lthash = tc_lthash_change_new (ledger->lthash);
  for (gsize i = 0; i < self->n_created; i++)
    tc_lthash_change_add (self->lthash, &self->created[i].outpoint, &self->created[i].coin.output);
  for (gsize i = 0; i < self->n_spent; i++)
    tc_lthash_change_remove (self->lthash, &self->spent[i].outpoint, &self->spent[i].coin.output);
  root = tc_lthash_change_root (self->lthash);
  count_coins (self);
  make_tip (self, ledger, header, seed);
  if (self->registry != NULL)
    {
      self->next_committee = tc_registry_elect (self->registry, ledger->committee, header->epoch + 1, seed, &ledger->genesis->params);
      TcHash record = tc_state_record_hash (self->registry, self->next_committee, seed,
                                            &(TcEpochMoney) { self->odd_units, self->minted_units, self->burnt_units }, header->epoch,
                                            header->time_ms);

      root = tc_state_root (&root, &record);
    }
  self->tip.state_root = root;
  return root;
}

void
tc_execution_set_block (TcExecution *self, TcBlock *block)
{
  self->block = tc_block_ref (block);
  self->tip.hash = block->hash;
}

void
tc_execution_free (TcExecution *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->block, tc_block_unref);
  g_clear_pointer (&self->lthash, tc_lthash_change_free);
  g_clear_pointer (&self->registry, tc_registry_free);
  g_clear_pointer (&self->next_committee, tc_committee_unref);
  g_array_unref (self->pending);
  g_array_unref (self->accused);
  g_array_unref (self->jailed);
  g_array_unref (self->unlocks);
  g_array_unref (self->unlocked);
  g_free (self->created);
  g_free (self->spent);
  g_free (self);
}

const TcBlock *
tc_execution_get_block (const TcExecution *self)
{
  return self->block;
}

const TcFlushCoin *
tc_execution_get_unlocked (const TcExecution *self, gsize *ret_n)
{
  *ret_n = self->unlocked->len;
  return (const TcFlushCoin *) (gpointer) self->unlocked->data;
}

static TcBlockVerdict
check_header (const TcLedger *self, const TcBlock *block, TcHash *ret_seed)
{
  const TcHeader *header = &block->header;
  const TcHash *chain_id = &self->genesis->chain_id;
  guint64 least_ms = tc_ledger_least_time_ms (self, block->txs_size_bytes);

  if (header->version != TC_BLOCK_VERSION || !tc_hash_equal (&header->chain_id, chain_id) || header->height != self->tip.height + 1
      || !tc_hash_equal (&header->previous, &self->tip.hash) || header->epoch != tc_ledger_get_next_epoch (self)
      || !tc_hash_equal (&header->committee, &self->committee_hash))
    return TC_BLOCK_BAD_HEADER;
  if (header->time_ms < least_ms || header->time_ms > G_MAXINT64)
    return TC_BLOCK_BAD_TIME;
  if (header->proposer != tc_committee_proposer (self->committee, &self->tip.seed, header->height, header->round)
      || !tc_seed_advance (&self->tip.seed, &self->committee->members[header->proposer].operator_key, &header->vrf, chain_id,
                           header->height, ret_seed))
    return TC_BLOCK_BAD_PROPOSER;
  return TC_BLOCK_OK;
}

/* M6: only in the body of a last block, and for the masternodes that there were when the epoch began. */
static gboolean
check_attestations (const TcLedger *self, const TcCommit *commit)
{
  if (commit->n_attestations > 0 && !tc_ledger_next_is_last (self))
    return FALSE;
  for (guint32 i = 0; i < commit->n_attestations; i++)
    if (commit->attestations[i].member >= self->tip_committee->n_members
        || !tc_attestation_fits (&commit->attestations[i], tc_registry_get_n (self->registry)))
      return FALSE;
  return TRUE;
}

/* C6. The parent's commit is judged by the committee of the parent's epoch. */
static TcBlockVerdict
check_commit (const TcLedger *self, const TcBlock *block, const TcExecuteOptions *options)
{
  const TcCommit *commit = block->commit;

  if (self->tip.height == 0)
    return commit == NULL && tc_hash_is_zero (&block->header.commit) ? TC_BLOCK_OK : TC_BLOCK_BAD_HEADER;
  if (commit == NULL)
    return TC_BLOCK_BAD_COMMIT;
  TcHash hash = tc_commit_hash (commit);
  if (!tc_hash_equal (&hash, &block->header.commit))
    return TC_BLOCK_BAD_HEADER;
  if (commit->height != self->tip.height || !tc_hash_equal (&commit->block_hash, &self->tip.hash) || commit->round < self->tip_round
      || commit->bitmap_size != tc_bitmap_size (self->tip_committee->n_members) || !check_attestations (self, commit))
    return TC_BLOCK_BAD_COMMIT;
  if (options->commit_checked || options->verifier == NULL)
    return tc_committee_is_quorum (self->tip_committee, tc_committee_sum (self->tip_committee, commit->signers)) ? TC_BLOCK_OK
                                                                                                              : TC_BLOCK_BAD_COMMIT;
  return tc_commit_check (commit, &self->genesis->chain_id, self->tip_committee, options->verifier) ? TC_BLOCK_OK : TC_BLOCK_BAD_COMMIT;
}

/* F5's form: closes of a quorum, in order, in a last block only. */
static TcBlockVerdict
check_closes (const TcLedger *self, const TcBlock *block)
{
  TcHash root = tc_closes_root (block->closes, block->n_closes);
  guint64 power = 0;

  if (!tc_hash_equal (&root, &block->header.closes_root))
    return TC_BLOCK_BAD_BODY;
  if (!tc_ledger_next_is_last (self))
    return block->n_closes == 0 ? TC_BLOCK_OK : TC_BLOCK_BAD_CLOSES;
  for (guint32 i = 0; i < block->n_closes; i++)
    {
      const TcClose *item = &block->closes[i];

      if (item->epoch != block->header.epoch || item->member >= self->committee->n_members
          || (i > 0 && item->member <= block->closes[i - 1].member))
        return TC_BLOCK_BAD_CLOSES;
      power += self->committee->members[item->member].power;
    }
  if (!tc_committee_is_quorum (self->committee, power))
    return TC_BLOCK_BAD_CLOSES;
  for (guint32 i = 0; i < block->n_closes; i++)
    if (!tc_close_check (&block->closes[i], &self->genesis->chain_id, &self->committee->members[block->closes[i].member].operator_key))
      return TC_BLOCK_BAD_CLOSES;
  return TC_BLOCK_OK;
}

static TcBlockVerdict
check_body (const TcLedger *self, const TcBlock *block)
{
  TcHash evidence_root = tc_evidence_root (block->evidence, block->n_evidence);
  guint32 first = block->n_txs > 0 && block->txs[0]->kind == TC_TX_KIND_REWARD;

  if (!tc_hash_equal (&block->tx_root, &block->header.tx_root) || !tc_hash_equal (&evidence_root, &block->header.evidence_root)
      || block->txs_size_bytes > tc_ledger_block_size_max (self))
    return TC_BLOCK_BAD_BODY;
  for (guint32 i = first + 1; i < block->n_txs; i++)
    if (tc_hash_compare (&block->txs[i - 1]->txid, &block->txs[i]->txid) >= 0)
      return TC_BLOCK_BAD_BODY;
  return TC_BLOCK_OK;
}

static gboolean
has_reward (const TcBlock *block, const TcTx *expected)
{
  const TcTx *found = block->n_txs > 0 && block->txs[0]->kind == TC_TX_KIND_REWARD ? block->txs[0] : NULL;

  if (expected == NULL || found == NULL)
    return expected == found;
  return tc_hash_equal (&expected->txid, &found->txid) && found->n_witnesses == 0;
}

/* What the block changes, against what its header says. */
static TcBlockVerdict
run_block (TcExecution *execution, TcLedger *self, const TcBlock *block, const TcHash *seed, const TcExecuteOptions *options)
{
  TcBlockVerdict verdict = tc_execution_run_txs (execution, self, block->txs, block->n_txs, options);
  TcHash next_committee = TC_HASH_ZERO;

  if (verdict != TC_BLOCK_OK)
    return verdict;
  if (tc_ledger_next_is_last (self))
    {
      g_autoptr(TcTx) reward = NULL;

      tc_execution_end_epoch (execution, self, &block->header, block->commit, &reward);
      if (!has_reward (block, reward))
        return TC_BLOCK_BAD_REWARD;
    }
  TcHash root = tc_execution_finish (execution, self, &block->header, seed);
  if (execution->next_committee != NULL)
    next_committee = tc_committee_hash (execution->next_committee);
  if (!tc_hash_equal (&root, &block->header.state_root) || !tc_hash_equal (&next_committee, &block->header.next_committee))
    return TC_BLOCK_BAD_STATE;
  return TC_BLOCK_OK;
}

TcBlockVerdict
tc_ledger_execute (TcLedger *self, const TcBlock *block, const TcExecuteOptions *options, TcExecution **ret_execution)
{
  g_autoptr(TcExecution) execution = NULL;
  TcHash seed;
  TcBlockVerdict verdict = check_header (self, block, &seed);

  if (verdict == TC_BLOCK_OK)
    verdict = check_body (self, block);
  if (verdict == TC_BLOCK_OK)
    verdict = check_commit (self, block, options);
  if (verdict == TC_BLOCK_OK)
    verdict = check_closes (self, block);
  if (verdict != TC_BLOCK_OK)
    return verdict;
  execution = tc_execution_new (self);
  verdict = tc_execution_judge (execution, self, block->evidence, block->n_evidence, options->verifier);
  if (verdict == TC_BLOCK_OK)
    verdict = run_block (execution, self, block, &seed, options);
  if (verdict != TC_BLOCK_OK)
    return verdict;
  tc_execution_set_block (execution, (TcBlock *) block);
  *ret_execution = g_steal_pointer (&execution);
  return TC_BLOCK_OK;
}

static void
adopt_registry (TcLedger *self, const TcExecution *execution)
{
  g_clear_pointer (&self->tip_committee, tc_committee_unref);
  self->tip_committee = tc_committee_ref (self->committee);
  if (execution->registry == NULL)
    {
      /* M6: all heights of an epoch but its last, by the bitmaps in the next bodies. */
      if (!self->tip.is_last)
        tc_registry_count_signers (self->registry, self->committee, execution->block->commit);
      return;
    }
  tc_registry_free (self->registry);
  self->registry = tc_registry_copy (execution->registry);
  tc_committee_unref (self->committee);
  self->committee = tc_committee_ref (execution->next_committee);
  self->committee_hash = tc_committee_hash (self->committee);
}

/* A second update or retirement of a masternode in one epoch is void (M3): it need not wait, and what waits is bounded by the masternodes there are. */
static void
adopt_pending (TcLedger *self, const TcExecution *execution)
{
  if (execution->registry != NULL)
    {
      g_array_set_size (self->pending, 0);
      return;
    }
  tc_ledger_add_accused (self, execution->accused);
  for (guint i = 0; i < execution->pending->len; i++)
    tc_ledger_add_pending (self, &g_array_index (execution->pending, TcPendingKind, i));
}

static void
apply_coins (TcLedger *self, const TcExecution *execution)
{
  for (gsize i = 0; i < execution->n_spent; i++)
    {
      if (i + 2 * LOOK_AHEAD < execution->n_spent)
        tc_coins_prefetch (self->coins, &execution->spent[i + 2 * LOOK_AHEAD].outpoint);
      if (i + LOOK_AHEAD < execution->n_spent)
        tc_coins_prefetch_entry (self->coins, &execution->spent[i + LOOK_AHEAD].outpoint);
      tc_coins_spend (self->coins, &execution->spent[i].outpoint);
    }
  for (gsize i = 0; i < execution->n_created; i++)
    {
      if (i + LOOK_AHEAD < execution->n_created)
        tc_coins_prefetch (self->coins, &execution->created[i + LOOK_AHEAD].outpoint);
      tc_coins_create (self->coins, &execution->created[i].outpoint, &execution->created[i].coin);
    }
}

void
tc_ledger_apply (TcLedger *self, const TcExecution *execution)
{
  TC_CHECK (tc_hash_equal (&execution->parent, &self->tip.hash) && execution->tip.height == self->tip.height + 1);

  apply_coins (self, execution);
  tc_lthash_apply (self->lthash, execution->lthash);
  for (guint i = 0; i < TC_LTHASH_BUCKETS; i++)
    self->bucket_changed[i] |= tc_lthash_change_has (execution->lthash, (guint8) i);
  adopt_registry (self, execution);
  adopt_pending (self, execution);
  self->tip = execution->tip;
  self->tip_round = execution->block->header.round;
  self->coins_units = execution->coins_units;
  self->fees_units = execution->fees_units;
  self->odd_units = execution->odd_units;
  self->supply_units = execution->supply_units;
  self->minted_units = execution->minted_units;
  self->burnt_units = execution->burnt_units;
  self->is_changed = TRUE;
  TC_CHECK (tc_money_adds_up (self));  /* no money appears or vanishes: A1, M4, M5 */
}
