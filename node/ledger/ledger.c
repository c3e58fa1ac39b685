#include "ledger.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/check.h"

#include "ledger-private.h"
#include "outpoint-set.h"
#include "validate.h"

const char *
tc_tx_verdict_name (TcTxVerdict verdict)
{
  static const char *const names[] = {
    [TC_TX_OK] = "ok",
    [TC_TX_MISSING_COIN] = "missing-coin",
    [TC_TX_COLLATERAL] = "collateral",
    [TC_TX_WRONG_KEY] = "wrong-key",
    [TC_TX_BAD_SIGNATURE] = "bad-signature",
    [TC_TX_NOT_YET] = "not-yet",
    [TC_TX_FEE] = "fee",
    [TC_TX_DUST] = "dust",
    [TC_TX_SIZE] = "size",
    [TC_TX_KIND] = "kind",
    [TC_TX_OVERFLOW] = "overflow",
    [TC_TX_WITNESS] = "witness",
    [TC_TX_PAYLOAD] = "payload",
    [TC_TX_TIER] = "tier",
    [TC_TX_POSSESSION] = "possession",
    [TC_TX_OPERATOR_KEY] = "operator-key",
    [TC_TX_MASTERNODE] = "masternode",
    [TC_TX_MASTERNODE_STATE] = "masternode-state",
    [TC_TX_OWNER] = "owner",
    [TC_TX_FREE_FULL] = "free-full",
    [TC_TX_KEY_CHANGES] = "key-changes",
  };

  return names[verdict];
}

const char *
tc_tx_verdict_message (TcTxVerdict verdict)
{
  static const char *const messages[] = {
    [TC_TX_OK] = N_("The transaction is valid."),
    [TC_TX_MISSING_COIN] = N_("A coin that this payment spends is unknown here or was spent already: refresh the wallet and pay again."),
    [TC_TX_COLLATERAL] = N_("This payment spends the collateral of a masternode: retire the masternode first."),
    [TC_TX_WRONG_KEY] = N_("A coin of this payment belongs to another key: sign it with the wallet that owns the coin."),
    [TC_TX_BAD_SIGNATURE] = N_("A signature of this payment is wrong: sign it again, for this network."),
    [TC_TX_NOT_YET] = N_("This payment may not enter the chain yet: send it again when its height is reached."),
    [TC_TX_FEE] = N_("The fee is too low: pay at least one unit a byte, and at least 1 000 units; to register a Free masternode, at least 10 TIME."),
    [TC_TX_DUST] = N_("An amount is too small: send at least 0.00000546 TIME."),
    [TC_TX_SIZE] = N_("The payment is larger than 100 kB: pay from fewer coins, or in several payments."),
    [TC_TX_KIND] = N_("This is neither a payment nor a masternode's transaction in a form that is accepted here: update the program that made it."),
    [TC_TX_OVERFLOW] = N_("The amounts do not add up: the payment sends more than its coins hold."),
    [TC_TX_WITNESS] = N_("The payment is not signed, or not by every key that it names: sign it before it is sent."),
    [TC_TX_PAYLOAD] = N_("The masternode's data are malformed: check tier, keys and address (IP:port), or update the program that made them."),
    [TC_TX_TIER] = N_("The collateral is not exactly the tier's: lock 1 000 TIME for Bronze, 10 000 for Silver, 100 000 for Gold, none for Free."),
    [TC_TX_POSSESSION] = N_("The operator key did not sign this registration: make it again on the machine that has the operator key."),
    [TC_TX_OPERATOR_KEY] = N_("Another masternode uses this operator key, or did so lately: make a new key for this masternode."),
    [TC_TX_MASTERNODE] = N_("There is no such masternode: check its name, or wait until the epoch of its registration has ended."),
    [TC_TX_MASTERNODE_STATE] = N_("The masternode has retired, or is jailed and may only retire: register another one."),
    [TC_TX_OWNER] = N_("The masternode's owner does not pay for this: pay with a coin of the owner's address."),
    [TC_TX_FREE_FULL] = N_("There are 10 000 Free masternodes already: wait until one retires, or register with collateral."),
    [TC_TX_KEY_CHANGES] = N_("The masternode has changed its operator key too often: keep this key for some days."),
  };

  return messages[verdict];
}

const char *
tc_block_verdict_name (TcBlockVerdict verdict)
{
  static const char *const names[] = {
    [TC_BLOCK_OK] = "ok",
    [TC_BLOCK_BAD_HEADER] = "bad-header",
    [TC_BLOCK_BAD_TIME] = "bad-time",
    [TC_BLOCK_BAD_PROPOSER] = "bad-proposer",
    [TC_BLOCK_BAD_COMMIT] = "bad-commit",
    [TC_BLOCK_BAD_BODY] = "bad-body",
    [TC_BLOCK_BAD_TX] = "bad-tx",
    [TC_BLOCK_BAD_REWARD] = "bad-reward",
    [TC_BLOCK_BAD_STATE] = "bad-state",
    [TC_BLOCK_BAD_WITNESS] = "bad-witness",
    [TC_BLOCK_BAD_CLOSES] = "bad-closes",
    [TC_BLOCK_BAD_EVIDENCE] = "bad-evidence",
  };

  return names[verdict];
}

TcFlush *
tc_flush_ref (TcFlush *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_flush_unref (TcFlush *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->created);
  g_free (self->spent);
  g_free (self->bucket_numbers);
  g_free (self->buckets);
  g_bytes_unref (self->state);
  g_free (self);
}

TcLedger *
tc_ledger_alloc (const TcGenesis *genesis, const TcCoinView *view)
{
  TcLedger *self = g_new0 (TcLedger, 1);
  TcAmount sum = { 0 };

  for (guint32 i = 0; i < genesis->n_outputs; i++)
    TC_CHECK (tc_amount_add (sum, genesis->outputs[i].amount, &sum));
  self->genesis_units = sum.units;
  self->genesis = tc_genesis_ref ((TcGenesis *) genesis);
  self->coins = tc_coins_new (view);
  self->pending = g_array_new (FALSE, FALSE, sizeof (TcPendingKind));
  return self;
}

static void
create_genesis_coins (TcLedger *self)
{
  g_autoptr(TcLtHashChange) change = NULL;

  self->lthash = tc_lthash_new ();
  change = tc_lthash_change_new (self->lthash);
  for (guint32 i = 0; i < self->genesis->n_outputs; i++)
    {
      TcOutpoint outpoint = { self->genesis->txid, i };
      TcCoin coin = { self->genesis->outputs[i], 0 };

      tc_coins_create (self->coins, &outpoint, &coin);
      tc_lthash_change_add (change, &outpoint, &coin.output);
    }
  tc_lthash_change_root (change);
  tc_lthash_apply (self->lthash, change);
  self->coins_units = self->supply_units = self->genesis_units;
  for (guint i = 0; i < TC_LTHASH_BUCKETS; i++)
    self->bucket_changed[i] = TRUE;  /* the store holds none yet */
}

/* Rule B9: "height 0, last block of epoch 0"; "its masternodes are eligible from epoch 1; seed = H("TimeCoin seed", chain_id)". */
TcLedger *
tc_ledger_new_genesis (const TcGenesis *genesis, const TcCoinView *view)
{
  TcLedger *self = tc_ledger_alloc (genesis, view);
  TcTip *tip = &self->tip;
  TcHash root, record;

  create_genesis_coins (self);
  tip->hash = genesis->chain_id;
  tip->time_ms = tip->epoch_start_ms = genesis->time_ms;
  tip->is_last = TRUE;
  tip->seed = tc_hash_tagged (TC_TAG_SEED, genesis->chain_id.bytes, TC_HASH_SIZE);
  self->registry = tc_registry_new_genesis (genesis);
  self->committee = tc_registry_elect (self->registry, NULL, 1, &tip->seed, &genesis->params);
  TC_CHECK (self->committee != NULL);  /* tc_genesis_parse () refuses a network that nobody could run */
  self->committee_hash = tc_committee_hash (self->committee);
  root = tc_lthash_get_root (self->lthash);
  record = tc_state_record_hash (self->registry, self->committee, &tip->seed, &(TcEpochMoney) { 0 }, 0, tip->time_ms);
  tip->state_root = tc_state_root (&root, &record);
  self->is_changed = TRUE;
  return self;
}

TcLedger *
tc_ledger_new_stored (const TcGenesis *genesis, const TcCoinView *view, GBytes *state, const guint8 *buckets, GError **error)
{
  g_autoptr(TcLedger) self = tc_ledger_alloc (genesis, view);

  if (!tc_state_decode (self, state, error))
    return NULL;
  self->committee_hash = tc_committee_hash (self->committee);
  self->lthash = tc_lthash_new_stored (buckets);
  if (!tc_state_is_whole (self))
    {
      g_set_error_literal (error, TC_CODEC_ERROR, TC_CODEC_ERROR_MALFORMED,
                           "The stored state does not fit its root: restore the data folder, or delete it and synchronise again.");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
tc_ledger_free (TcLedger *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->coins, tc_coins_free);
  g_clear_pointer (&self->lthash, tc_lthash_free);
  g_clear_pointer (&self->registry, tc_registry_free);
  g_clear_pointer (&self->committee, tc_committee_unref);
  g_clear_pointer (&self->tip_committee, tc_committee_unref);
  g_array_unref (self->pending);
  tc_genesis_unref (self->genesis);
  g_free (self);
}

void
tc_ledger_set_cache_size (TcLedger *self, gsize n_coins)
{
  tc_coins_set_cache_size (self->coins, n_coins);
}

void
tc_ledger_set_memory (TcLedger *self, gsize size_bytes)
{
  tc_coins_set_cache_size (self->coins, size_bytes / TC_COINS_ENTRY_SIZE);
}

gboolean
tc_ledger_wants_flush (const TcLedger *self)
{
  return tc_coins_wants_flush (self->coins);
}

const TcTip *
tc_ledger_get_tip (const TcLedger *self)
{
  return &self->tip;
}

const TcGenesis *
tc_ledger_get_genesis (const TcLedger *self)
{
  return self->genesis;
}

const TcRegistry *
tc_ledger_get_registry (const TcLedger *self)
{
  return self->registry;
}

TcCommittee *
tc_ledger_get_committee (const TcLedger *self)
{
  return self->committee;
}

guint32
tc_ledger_get_next_epoch (const TcLedger *self)
{
  return self->tip.is_last ? self->tip.epoch + 1 : self->tip.epoch;
}

/* Rule B2: "a block is the last of its epoch when its parent's time is at least that much after the time of the previous epoch's last
 * block" */
gboolean
tc_ledger_next_is_last (const TcLedger *self)
{
  return self->tip.time_ms - self->tip.epoch_start_ms >= self->genesis->params.epoch_length_ms;
}

guint64
tc_ledger_least_time_ms (const TcLedger *self, guint64 txs_size_bytes)
{
  const TcParams *params = &self->genesis->params;

  if (tc_ledger_next_is_last (self))
    return self->tip.time_ms + 1;
  return self->tip.time_ms
         + (txs_size_bytes >= params->block_busy_bytes ? params->block_interval_busy_ms : params->block_interval_ms);
}

/* Rule B1: "At most 2 MB of transactions (body and witness), 3 MB in a last block." */
guint32
tc_ledger_block_size_max (const TcLedger *self)
{
  const TcParams *params = &self->genesis->params;

  return tc_ledger_next_is_last (self) ? params->last_block_size_max_bytes : params->block_size_max_bytes;
}

TcMoney
tc_ledger_get_money (const TcLedger *self)
{
  return (TcMoney) { .genesis = { self->genesis_units }, .minted = { self->minted_units }, .burnt = { self->burnt_units }, .supply = { self->supply_units },
                     .coins = { self->coins_units }, .fees = { self->fees_units }, .odd = { self->odd_units },
                     .accrued = { tc_registry_sum_accrued (self->registry) } };
}

gboolean
tc_ledger_get_coin (TcLedger *self, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  return tc_coins_get (self->coins, outpoint, ret_coin);
}

TcCoinPeek
tc_ledger_peek_coin (TcLedger *self, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  return tc_coins_peek (self->coins, outpoint, ret_coin);
}

guint64
tc_ledger_get_version (const TcLedger *self)
{
  return tc_coins_get_version (self->coins);
}

void
tc_ledger_offer_coin (TcLedger *self, guint64 version, const TcOutpoint *outpoint, const TcCoin *coin)
{
  tc_coins_offer (self->coins, version, outpoint, coin);
}

static gboolean
view_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  return tc_ledger_get_coin (user_data, outpoint, ret_coin);
}

TcCoinView
tc_ledger_get_view (TcLedger *self)
{
  return (TcCoinView) { view_coin, self };
}

static TcTxVerdict
find_inputs (TcLedger *self, const TcTx *tx, const TcCoinView *pending, TcOutput *ret_spent)
{
  g_auto(TcOutpointSet) seen;

  tc_outpoint_set_init (&seen, tx->n_inputs);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcOutpoint *outpoint = &tx->inputs[i].outpoint;
      TcCoin coin;

      if (!tc_outpoint_set_add (&seen, outpoint))
        return TC_TX_MISSING_COIN;  /* its own first input spends it */
      if (!tc_coins_get (self->coins, outpoint, &coin)
          && (pending == NULL || !pending->get_coin (pending->user_data, outpoint, &coin)))
        return TC_TX_MISSING_COIN;
      ret_spent[i] = coin.output;
    }
  return TC_TX_OK;
}

/* A missing possession is the body's fault, whatever the witnesses are worth. */
static TcTxVerdict
check_signatures (const TcLedger *self, const TcTx *tx, const TcOutput *spent, const TcVerifier *verifier)
{
  g_autofree TcSignatureJob *jobs = g_new (TcSignatureJob, tx->n_witnesses + 1);
  guint8 message[TC_POSSESSION_SIZE];
  gsize n_possessions = tc_validate_possession (tx, &self->genesis->chain_id, message, jobs);
  const TcHash digest = tc_tx_digest (tx, &self->genesis->chain_id, spent);

  tc_validate_jobs (tx, &digest, jobs + n_possessions);
  verifier->check_many (verifier->user_data, jobs, n_possessions + tx->n_witnesses);
  for (gsize i = 0; i < n_possessions + tx->n_witnesses; i++)
    if (!jobs[i].ok)
      return i < n_possessions ? TC_TX_POSSESSION : TC_TX_BAD_SIGNATURE;
  return TC_TX_OK;
}

TcTxVerdict
tc_ledger_check_tx (TcLedger *self, const TcTx *tx, const TcCoinView *pending, const TcVerifier *verifier, TcAmount *ret_fee)
{
  TcTxVerdict verdict = tc_validate_body (tx, self->tip.height + 1);
  g_autofree TcOutput *spent = NULL;
  TcAmount fee;

  if (verdict != TC_TX_OK)
    return verdict;
  spent = g_new (TcOutput, tx->n_inputs);
  verdict = find_inputs (self, tx, pending, spent);
  if (verdict == TC_TX_OK)
    verdict = tc_validate_spend (tx, spent, self->registry, &fee);
  if (verdict == TC_TX_OK && verifier != NULL)
    verdict = check_signatures (self, tx, spent, verifier);
  if (verdict == TC_TX_OK && ret_fee != NULL)
    *ret_fee = fee;
  return verdict;
}

static void
take_buckets (TcLedger *self, TcFlush *flush)
{
  for (guint i = 0; i < TC_LTHASH_BUCKETS; i++)
    flush->n_buckets += self->bucket_changed[i] != FALSE;
  flush->bucket_numbers = g_new (guint8, flush->n_buckets);
  flush->buckets = g_malloc ((gsize) flush->n_buckets * TC_LTHASH_BUCKET_SIZE);
  flush->n_buckets = 0;
  for (guint i = 0; i < TC_LTHASH_BUCKETS; i++)
    if (self->bucket_changed[i])
      {
        memcpy (flush->buckets + (gsize) flush->n_buckets * TC_LTHASH_BUCKET_SIZE, tc_lthash_get_bucket (self->lthash, (guint8) i),
                TC_LTHASH_BUCKET_SIZE);
        flush->bucket_numbers[flush->n_buckets++] = (guint8) i;
        self->bucket_changed[i] = FALSE;
      }
}

TcFlush *
tc_ledger_begin_flush (TcLedger *self)
{
  TcFlush *flush;

  if (!self->is_changed || tc_coins_is_flushing (self->coins))
    return NULL;
  flush = g_new0 (TcFlush, 1);
  g_atomic_ref_count_init (&flush->ref_count);
  flush->height = self->tip.height;
  tc_coins_begin_flush (self->coins, flush);
  take_buckets (self, flush);
  flush->state = tc_state_encode (self);
  self->is_changed = FALSE;
  return flush;
}

void
tc_ledger_end_flush (TcLedger *self)
{
  tc_coins_end_flush (self->coins);
}

gsize
tc_ledger_count_unflushed (const TcLedger *self)
{
  return tc_coins_count_changed (self->coins);
}
