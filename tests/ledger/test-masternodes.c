#include <string.h>

#include "chain-fixture.h"
#include "ledger/ledger-private.h"

/* Rules M1-M4, T5, B6: masternodes come, change and go. Epochs of three blocks, unbonding of three epochs; four Gold masternodes run the chain, and one owner holds
 * coins of 2 400 TIME. */

#define COIN_UNITS  (2400 * TC_AMOUNT_PER_TIME)
#define N_COINS     16u
#define N_PAYERS    40u
#define UNBONDING   3u
#define FEE         10000u

typedef struct
{
  TcChainFixture *chain;
  TcSecretKey    *owner;
  TcKeyHash       owner_hash;
  GArray         *coins;      /* TcFlushCoin: what the owner has not used */
  TcExecution    *last;       /* of the newest block */
} Setting;

static guint64
sum_coins (const TcMemoryStore *store)
{
  GHashTableIter iter;
  gpointer coin;
  guint64 sum = 0;

  g_hash_table_iter_init (&iter, store->coins);
  while (g_hash_table_iter_next (&iter, NULL, &coin))
    sum += ((TcCoin *) coin)->output.amount.units;
  return sum;
}

/* Proposes @txs, all of which must be taken, judges the block as another node would, applies it, and counts all money. */
static const TcBlock *
extend (Setting *self, TcTx *const *txs, gsize n_txs)
{
  TcChainFixture *chain = self->chain;
  g_autoptr(TcExecution) proposed = NULL;
  g_autoptr(TcBlock) block = tc_chain_fixture_propose (chain, txs, n_txs, &proposed);
  gsize n_rewards = block->n_txs > 0 && block->txs[0]->kind == TC_TX_KIND_REWARD;

  g_assert_cmpuint (block->n_txs, ==, n_txs + n_rewards);
  g_clear_pointer (&self->last, tc_execution_free);
  g_assert_cmpint (tc_chain_fixture_execute (chain, block, &self->last), ==, TC_BLOCK_OK);
  tc_chain_fixture_apply (chain, block, self->last, NULL);
  tc_chain_fixture_flush (chain);
  const TcLedger *ledger = chain->ledger;
  g_assert_cmpuint (sum_coins (chain->store), ==, ledger->coins_units);
  g_assert_cmpuint (ledger->coins_units + ledger->fees_units + ledger->odd_units + tc_registry_sum_accrued (ledger->registry), ==,
                    ledger->genesis_units + ledger->minted_units - ledger->burnt_units);
  g_assert_cmpuint (tc_ledger_get_money (ledger).supply.units, ==, ledger->genesis_units + ledger->minted_units - ledger->burnt_units);
  return g_ptr_array_index (chain->blocks, chain->blocks->len - 1);
}

static const TcBlock *
extend_with (Setting *self, TcTx *tx)
{
  return extend (self, &tx, 1);
}

static guint32
epoch (const Setting *self)
{
  return tc_ledger_get_next_epoch (self->chain->ledger);
}

/* Empty blocks until @e begins. */
static void
go_to_epoch (Setting *self, guint32 e)
{
  while (epoch (self) < e)
    extend (self, NULL, 0);
  g_assert_cmpuint (epoch (self), ==, e);
}

static void
end_epoch (Setting *self)
{
  go_to_epoch (self, epoch (self) + 1);
}

/* All payers' money to the owner. */
static TcTx *
gather (Setting *self)
{
  TcTxInput inputs[N_PAYERS] = { 0 };
  TcOutput spent[N_PAYERS], outputs[N_COINS];

  for (guint32 i = 0; i < N_PAYERS; i++)
    {
      inputs[i].outpoint = tc_chain_fixture_coin (self->chain, i, &spent[i]);
      inputs[i].signer = (guint8) i;
    }
  for (guint32 i = 0; i < N_COINS; i++)
    outputs[i] = (TcOutput) { { COIN_UNITS }, TC_LOCK_KEY_HASH, self->owner_hash };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, N_PAYERS, outputs, N_COINS, NULL, 0, NULL, 0);

  return tc_fixture_sign (self->chain, bare, spent, self->chain->payers, N_PAYERS);
}

static void
set_up (Setting *self, gconstpointer data)
{
  TcParams params = TC_PARAMS_LOCAL;

  params.epoch_length_ms = 2 * params.block_interval_ms;
  params.unbonding_epochs = UNBONDING;
  self->chain = tc_chain_fixture_new (4, NULL, N_PAYERS, &params);
  self->owner = self->chain->payers[0];
  self->owner_hash = tc_fixture_key_hash (self->owner);
  self->coins = g_array_new (FALSE, FALSE, sizeof (TcFlushCoin));
  g_autoptr(TcTx) tx = gather (self);
  for (guint32 i = 0; i < N_COINS; i++)
    {
      TcFlushCoin coin = { { tx->txid, i }, { tx->outputs[i], 1 } };

      g_array_append_val (self->coins, coin);
    }
  extend_with (self, tx);
  end_epoch (self);
}

static void
tear_down (Setting *self, gconstpointer data)
{
  g_clear_pointer (&self->last, tc_execution_free);
  g_array_unref (self->coins);
  tc_chain_fixture_free (self->chain);
}

static TcFlushCoin
take_coin (Setting *self)
{
  TcFlushCoin coin = g_array_index (self->coins, TcFlushCoin, self->coins->len - 1);

  g_array_set_size (self->coins, self->coins->len - 1);
  return coin;
}

static TcSecretKey *
operator_key (guint32 number)
{
  return tc_fixture_key (5000 + number);
}

static TcMasternodePayload
payload_of (const Setting *self, TcTier tier, const TcOutpoint *masternode)
{
  TcMasternodePayload payload = { .tier = (guint8) tier, .payout = self->owner_hash, .host = "192.0.2.1:24000" };

  if (masternode != NULL)
    payload.masternode = *masternode;
  return payload;
}

static TcTx *
registration (Setting *self, TcTier tier, guint32 key_number)
{
  const TcMasternodePayload payload = payload_of (self, tier, NULL);
  const TcFlushCoin coin = take_coin (self);
  g_autoptr(TcSecretKey) key = operator_key (key_number);

  return tc_fixture_masternode (self->chain, TC_TX_KIND_REGISTER, &payload, key, self->owner, &coin, 1,
                                tier == TC_TIER_FREE ? 10 * TC_AMOUNT_PER_TIME : FEE);
}

/* @key_number: 0 for no new key. */
static TcTx *
update (Setting *self, const TcOutpoint *masternode, guint32 key_number, const char *host)
{
  TcMasternodePayload payload = payload_of (self, TC_TIER_FREE, masternode);
  const TcFlushCoin coin = take_coin (self);
  g_autoptr(TcSecretKey) key = key_number != 0 ? operator_key (key_number) : NULL;

  g_strlcpy (payload.host, host, sizeof payload.host);
  return tc_fixture_masternode (self->chain, TC_TX_KIND_UPDATE, &payload, key, self->owner, &coin, 1, FEE);
}

static TcTx *
retirement (Setting *self, const TcOutpoint *masternode)
{
  const TcMasternodePayload payload = payload_of (self, TC_TIER_FREE, masternode);
  const TcFlushCoin coin = take_coin (self);

  return tc_fixture_masternode (self->chain, TC_TX_KIND_RETIRE, &payload, NULL, self->owner, &coin, 1, FEE);
}

static const char *
check (Setting *self, const TcTx *tx)
{
  return tc_tx_verdict_name (tc_ledger_check_tx (self->chain->ledger, tx, NULL, &TC_VERIFIER_INLINE, NULL));
}

static TcOutpoint
first_output (const TcTx *tx)
{
  return (TcOutpoint) { tx->txid, 0 };
}

static const TcMasternode *
find (const Setting *self, const TcOutpoint *outpoint)
{
  return tc_registry_find (tc_ledger_get_registry (self->chain->ledger), outpoint);
}

/* Registers one and waits until its epoch is over. */
static TcOutpoint
register_one (Setting *self, TcTier tier, guint32 key_number)
{
  g_autoptr(TcTx) tx = registration (self, tier, key_number);

  extend_with (self, tx);
  end_epoch (self);
  return first_output (tx);
}

static const TcMember *
find_member (const Setting *self, guint32 masternode)
{
  const TcCommittee *committee = tc_ledger_get_committee (self->chain->ledger);

  for (guint32 i = 0; i < committee->n_members; i++)
    if (committee->members[i].masternode == masternode)
      return &committee->members[i];
  return NULL;
}

/* Spends @outpoint, an output of the owner. */
static TcTx *
spend (Setting *self, const TcOutpoint *outpoint, guint64 amount)
{
  const TcOutput output = { { amount }, TC_LOCK_KEY_HASH, self->owner_hash };

  return tc_fixture_pay (self->chain, self->owner, outpoint, &output, &self->owner_hash, 5000, FEE);
}

static guint8
get_lock (const Setting *self, const TcOutpoint *outpoint, guint64 *ret_units)
{
  TcCoin coin;

  g_assert_true (tc_ledger_get_coin (self->chain->ledger, outpoint, &coin));
  *ret_units = coin.output.amount.units;
  return coin.output.lock;
}

static void
assert_locked (const Setting *self, const TcOutpoint *outpoint)
{
  guint64 units;

  g_assert_cmpuint (get_lock (self, outpoint, &units), ==, TC_LOCK_COLLATERAL);
}

/* The newest block made @outpoint plain, at @units, and says so. */
static void
assert_unlocked_now (const Setting *self, const TcOutpoint *outpoint, guint64 units)
{
  gsize n;
  const TcFlushCoin *coins = tc_execution_get_unlocked (self->last, &n);
  guint64 found_units;
  guint n_found = 0;

  for (gsize i = 0; i < n; i++)
    if (tc_outpoint_equal (&coins[i].outpoint, outpoint))
      {
        n_found++;
        g_assert_cmpuint (coins[i].coin.output.amount.units, ==, units);
        g_assert_cmpuint (coins[i].coin.output.lock, ==, TC_LOCK_KEY_HASH);
        g_assert_cmpmem (&coins[i].coin.output.key_hash, TC_KEY_HASH_SIZE, &self->owner_hash, TC_KEY_HASH_SIZE);
      }
  g_assert_cmpuint (n_found, ==, 1);
  g_assert_cmpuint (get_lock (self, outpoint, &found_units), ==, TC_LOCK_KEY_HASH);
  g_assert_cmpuint (found_units, ==, units);
}

static void
test_register (Setting *self, gconstpointer data)
{
  g_test_summary ("M1, B6: a registration stands in the registry when its epoch is over, and in the committee two epochs later, with its tier's power.");
  g_autoptr(TcTx) tx = registration (self, TC_TIER_BRONZE, 1);
  g_autoptr(TcSecretKey) key = operator_key (1);
  const TcOutpoint outpoint = first_output (tx);
  const guint32 start = epoch (self);
  const TcMasternode *item;

  g_assert_cmpstr (check (self, tx), ==, "ok");
  extend_with (self, tx);
  g_assert_null (find (self, &outpoint));
  assert_locked (self, &outpoint);
  end_epoch (self);
  item = find (self, &outpoint);
  g_assert_nonnull (item);
  g_assert_cmpuint (item->index, ==, 4);
  g_assert_cmpuint (item->tier, ==, TC_TIER_BRONZE);
  g_assert_cmpuint (item->registered_epoch, ==, start);
  g_assert_cmpstr (item->host, ==, "192.0.2.1:24000");
  g_assert_true (tc_key_hash_equal (&item->owner, &self->owner_hash));
  g_assert_true (tc_registry_find_key (tc_ledger_get_registry (self->chain->ledger), tc_secret_key_get_public (key)) == item);
  g_assert_null (find_member (self, 4));
  end_epoch (self);
  g_assert_cmpuint (epoch (self), ==, start + 2);
  g_assert_cmpuint (find_member (self, 4)->power, ==, 1);
  end_epoch (self);
  g_assert_true (find (self, &outpoint)->active);
  g_assert_cmpuint (find (self, &outpoint)->inactive_epochs, ==, 0);
}

/* @tx with output 0 as @output, signed again. */
static TcTx *
with_output (Setting *self, const TcTx *tx, const TcOutput *output, const TcFlushCoin *coin)
{
  g_autofree TcOutput *outputs = g_memdup2 (tx->outputs, tx->n_outputs * sizeof *tx->outputs);

  outputs[0] = *output;
  g_autoptr(TcTx) bare = tc_tx_new (tx->kind, 0, tx->inputs, tx->n_inputs, outputs, tx->n_outputs, NULL, 0, tx->payload, tx->payload_size);
  return tc_fixture_sign (self->chain, bare, &coin->coin.output, &self->owner, 1);
}

static void
test_tier (Setting *self, gconstpointer data)
{
  g_test_summary ("M1: output 0 is locked with the tier's amount to the unit, or plain for Free, which costs 10 TIME.");
  const TcFlushCoin coin = g_array_index (self->coins, TcFlushCoin, self->coins->len - 1);
  g_autoptr(TcTx) good = registration (self, TC_TIER_BRONZE, 1);
  const TcFlushCoin free_coin = g_array_index (self->coins, TcFlushCoin, self->coins->len - 1);
  g_autoptr(TcTx) free_one = registration (self, TC_TIER_FREE, 2);
  const TcOutput collateral = good->outputs[0];
  TcOutput less = collateral, more = collateral, plain = collateral, locked = free_one->outputs[0], cheap = free_one->outputs[0];

  less.amount.units--;
  more.amount.units++;
  plain.lock = TC_LOCK_KEY_HASH;
  locked.lock = TC_LOCK_COLLATERAL;
  cheap.amount.units++;
  g_autoptr(TcTx) with_less = with_output (self, good, &less, &coin), with_more = with_output (self, good, &more, &coin);
  g_autoptr(TcTx) with_plain = with_output (self, good, &plain, &coin), with_lock = with_output (self, free_one, &locked, &free_coin);
  g_autoptr(TcTx) with_cheap = with_output (self, free_one, &cheap, &free_coin);
  g_assert_cmpstr (check (self, good), ==, "ok");
  g_assert_cmpstr (check (self, free_one), ==, "ok");
  g_assert_cmpstr (check (self, with_less), ==, "tier");
  g_assert_cmpstr (check (self, with_more), ==, "tier");
  g_assert_cmpstr (check (self, with_plain), ==, "tier");
  g_assert_cmpstr (check (self, with_lock), ==, "tier");
  g_assert_cmpstr (check (self, with_cheap), ==, "fee");
}

static void
test_possession (Setting *self, gconstpointer data)
{
  g_test_summary ("M1, T1: a proof of possession that does not hold makes the block bad, also where a witness is bad as well; the proof is bound to its transaction.");
  const TcFlushCoin coin = take_coin (self), other_coin = take_coin (self);
  TcMasternodePayload payload = payload_of (self, TC_TIER_BRONZE, NULL);
  g_autoptr(TcSecretKey) key = operator_key (1);
  g_autoptr(TcTx) good = tc_fixture_masternode (self->chain, TC_TX_KIND_REGISTER, &payload, key, self->owner, &coin, 1, FEE);
  g_assert_true (tc_masternode_payload_decode (TC_TX_KIND_REGISTER, good->payload, good->payload_size, &payload));
  /* The same payload in front of another input. */
  g_autoptr(TcTx) moved = tc_fixture_masternode (self->chain, TC_TX_KIND_REGISTER, &payload, NULL, self->owner, &other_coin, 1, FEE);
  TcWitness witness = moved->witnesses[0];
  TcTx *txs[2];

  witness.signature.bytes[3] ^= 1;
  g_autoptr(TcTx) worse = tc_tx_new_signed (moved, &witness, 1);
  txs[0] = moved;
  txs[1] = worse;
  g_assert_cmpstr (check (self, good), ==, "ok");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(TcExecution) proposed = NULL;
      g_autoptr(TcExecution) execution = NULL;
      g_autoptr(TcBlock) block = tc_chain_fixture_propose (self->chain, &txs[i], 1, &proposed);

      g_assert_cmpstr (check (self, txs[i]), ==, "possession");
      g_assert_cmpuint (block->n_txs, ==, 1);
      g_assert_cmpint (tc_chain_fixture_execute (self->chain, block, &execution), ==, TC_BLOCK_BAD_TX);
    }
  witness = good->witnesses[0];
  witness.signature.bytes[3] ^= 1;
  g_autoptr(TcTx) bad_witness = tc_tx_new_signed (good, &witness, 1);
  g_assert_cmpstr (check (self, bad_witness), ==, "bad-signature");
}

static void
test_epoch_start (Setting *self, gconstpointer data)
{
  g_test_summary ("T5, M3: two registrations with one operator key are both valid in one epoch; the second in block order is void, and its collateral plain from the epoch's end.");
  g_autoptr(TcTx) first = registration (self, TC_TIER_BRONZE, 1), second = registration (self, TC_TIER_BRONZE, 1);
  const TcOutpoint won = first_output (first), lost = first_output (second);
  g_autoptr(TcTx) use = spend (self, &lost, 1000 * TC_AMOUNT_PER_TIME);

  extend_with (self, first);
  g_assert_cmpstr (check (self, second), ==, "ok");
  extend_with (self, second);
  assert_locked (self, &lost);
  g_assert_cmpstr (check (self, use), ==, "collateral");
  end_epoch (self);
  g_assert_nonnull (find (self, &won));
  g_assert_null (find (self, &lost));
  assert_locked (self, &won);
  assert_unlocked_now (self, &lost, 1000 * TC_AMOUNT_PER_TIME);
  g_assert_cmpstr (check (self, use), ==, "ok");
  extend_with (self, use);
  g_autoptr(TcTx) third = registration (self, TC_TIER_BRONZE, 1);
  g_assert_cmpstr (check (self, third), ==, "operator-key");
}

static void
test_void_in_last (Setting *self, gconstpointer data)
{
  g_test_summary ("M3: the same where both stand in the epoch's last block: in block order, which is that of their txids.");
  g_autoptr(TcTx) a = registration (self, TC_TIER_BRONZE, 1), b = registration (self, TC_TIER_BRONZE, 1);
  TcTx *txs[] = { a, b };
  const gboolean a_first = tc_hash_compare (&a->txid, &b->txid) < 0;
  const TcOutpoint won = first_output (a_first ? a : b), lost = first_output (a_first ? b : a);
  g_autoptr(TcTx) use = spend (self, &lost, 1000 * TC_AMOUNT_PER_TIME);
  TcTx *with_use[] = { a, b, use };
  g_autoptr(TcExecution) proposed = NULL;

  while (!tc_ledger_next_is_last (self->chain->ledger))
    extend (self, NULL, 0);
  /* Not spendable in its own block: the transaction shows it locked. */
  g_autoptr(TcBlock) block = tc_chain_fixture_propose (self->chain, with_use, 3, &proposed);
  g_assert_cmpuint (block->n_txs - (block->txs[0]->kind == TC_TX_KIND_REWARD), ==, 2);
  extend (self, txs, 2);
  g_assert_nonnull (find (self, &won));
  g_assert_null (find (self, &lost));
  assert_unlocked_now (self, &lost, 1000 * TC_AMOUNT_PER_TIME);
  extend_with (self, use);
}

static void
test_update (Setting *self, gconstpointer data)
{
  g_test_summary ("M2: an update changes host, payout and key when its epoch is over; the new key signs from the next epoch, the old one is kept from others until unbonding is over.");
  const TcOutpoint outpoint = register_one (self, TC_TIER_BRONZE, 1);
  g_autoptr(TcSecretKey) new_key = operator_key (2), old_key = operator_key (1);

  end_epoch (self);
  g_autoptr(TcTx) tx = update (self, &outpoint, 2, "[2001:db8::1]:24000");
  const guint32 changed = epoch (self);
  g_assert_cmpstr (check (self, tx), ==, "ok");
  extend_with (self, tx);
  g_assert_cmpstr (find (self, &outpoint)->host, ==, "192.0.2.1:24000");
  g_assert_true (tc_public_key_equal (&find_member (self, 4)->operator_key, tc_secret_key_get_public (old_key)));
  end_epoch (self);
  g_assert_cmpstr (find (self, &outpoint)->host, ==, "[2001:db8::1]:24000");
  g_assert_true (tc_public_key_equal (&find_member (self, 4)->operator_key, tc_secret_key_get_public (new_key)));
  g_assert_true (find (self, &outpoint)->active);
  for (;;)
    {
      g_autoptr(TcTx) other = registration (self, TC_TIER_BRONZE, 1);
      gboolean free_again = epoch (self) > changed + UNBONDING + 1;

      g_assert_cmpstr (check (self, other), ==, free_again ? "ok" : "operator-key");
      if (free_again)
        break;
      end_epoch (self);
    }
}

static void
test_own_key (Setting *self, gconstpointer data)
{
  g_test_summary ("M3: a masternode may take back a key of its own, and keep the one it has.");
  const TcOutpoint outpoint = register_one (self, TC_TIER_BRONZE, 1);
  g_autoptr(TcTx) away = update (self, &outpoint, 2, "192.0.2.2:1"), back = update (self, &outpoint, 1, "192.0.2.3:1");
  g_autoptr(TcTx) same = update (self, &outpoint, 1, "192.0.2.4:1");
  const TcRegistry *registry;

  extend_with (self, away);
  end_epoch (self);
  g_assert_cmpstr (check (self, back), ==, "ok");
  extend_with (self, back);
  end_epoch (self);
  g_assert_cmpstr (find (self, &outpoint)->host, ==, "192.0.2.3:1");
  extend_with (self, same);
  end_epoch (self);
  g_assert_cmpstr (find (self, &outpoint)->host, ==, "192.0.2.4:1");
  registry = tc_ledger_get_registry (self->chain->ledger);
  g_assert_cmpuint (registry->past_keys->len, ==, 2);
  g_assert_cmpuint (find (self, &outpoint)->n_past_keys, ==, 2);
}

static void
test_update_refused (Setting *self, gconstpointer data)
{
  g_test_summary ("M2: an update of nothing, by somebody else, or with a key in use is refused.");
  const TcOutpoint outpoint = register_one (self, TC_TIER_BRONZE, 1), other = register_one (self, TC_TIER_BRONZE, 2);
  const TcOutpoint nowhere = { outpoint.txid, 1 };
  TcMasternodePayload payload = payload_of (self, TC_TIER_FREE, &outpoint);
  g_autoptr(TcTx) missing = update (self, &nowhere, 0, "192.0.2.2:1"), used = update (self, &other, 1, "192.0.2.2:1");
  g_autoptr(TcTx) fine = update (self, &other, 0, "192.0.2.2:1");
  TcFlushCoin foreign = { .outpoint = { missing->txid, 0 } };

  g_assert_cmpstr (check (self, missing), ==, "masternode");
  g_assert_cmpstr (check (self, used), ==, "operator-key");
  /* The owner pays somebody, who then tries. */
  const TcKeyHash stranger = tc_fixture_key_hash (self->chain->payers[1]);
  const TcFlushCoin coin = take_coin (self);
  g_autoptr(TcTx) gift = tc_fixture_pay (self->chain, self->owner, &coin.outpoint, &coin.coin.output, &stranger, COIN_UNITS / 2, FEE);
  extend_with (self, gift);
  foreign = (TcFlushCoin) { { gift->txid, 0 }, { gift->outputs[0], 1 } };
  g_autoptr(TcTx) theft = tc_fixture_masternode (self->chain, TC_TX_KIND_UPDATE, &payload, NULL, self->chain->payers[1], &foreign, 1, FEE);
  g_autoptr(TcTx) eviction = tc_fixture_masternode (self->chain, TC_TX_KIND_RETIRE, &payload, NULL, self->chain->payers[1], &foreign, 1, FEE);
  g_assert_cmpstr (check (self, theft), ==, "owner");
  g_assert_cmpstr (check (self, eviction), ==, "owner");
  g_assert_cmpstr (check (self, fine), ==, "ok");
}

static void
test_second_update (Setting *self, gconstpointer data)
{
  g_test_summary ("M3: of a masternode's updates in one epoch the first in block order counts; also where the state was stored in between.");
  const TcOutpoint outpoint = register_one (self, TC_TIER_BRONZE, 1);
  g_autoptr(TcTx) first = update (self, &outpoint, 0, "192.0.2.2:1"), second = update (self, &outpoint, 0, "192.0.2.3:1");
  g_autoptr(TcTx) third = update (self, &outpoint, 0, "192.0.2.4:1");
  TcTx *rest[] = { second, third };

  extend_with (self, first);
  g_assert_cmpuint (find (self, &outpoint)->waiting, ==, 1u << TC_TX_KIND_UPDATE);
  extend (self, rest, 2);
  g_assert_cmpuint (self->chain->ledger->pending->len, ==, 1);
  end_epoch (self);
  g_assert_cmpstr (find (self, &outpoint)->host, ==, "192.0.2.2:1");
  g_assert_cmpuint (find (self, &outpoint)->waiting, ==, 0);
  /* All three in a last block. */
  g_autoptr(TcTx) a = update (self, &outpoint, 0, "192.0.2.5:1"), b = update (self, &outpoint, 0, "192.0.2.6:1");
  TcTx *both[] = { a, b };
  while (!tc_ledger_next_is_last (self->chain->ledger))
    extend (self, NULL, 0);
  extend (self, both, 2);
  g_assert_cmpstr (find (self, &outpoint)->host, ==, tc_hash_compare (&a->txid, &b->txid) < 0 ? "192.0.2.5:1" : "192.0.2.6:1");
}

static void
test_key_changes (Setting *self, gconstpointer data)
{
  g_test_summary ("M2: a masternode leaves at most so many operator keys behind within the unbonding time.");
  const TcOutpoint outpoint = register_one (self, TC_TIER_BRONZE, 1);
  TcMasternode *item;

  item = tc_registry_edit (self->chain->ledger->registry, find (self, &outpoint)->index);
  for (guint32 i = 0; i < TC_PAST_KEYS_MAX; i++)
    {
      g_autoptr(TcSecretKey) key = operator_key (100 + i);

      tc_registry_set_key (self->chain->ledger->registry, item->index, tc_secret_key_get_public (key), epoch (self));
      tc_chain_fixture_add_key (self->chain, key);
    }
  g_autoptr(TcTx) more = update (self, &outpoint, 50, "192.0.2.2:1"), no_key = update (self, &outpoint, 0, "192.0.2.3:1");
  g_assert_cmpstr (check (self, more), ==, "key-changes");
  g_assert_cmpstr (check (self, no_key), ==, "ok");
  go_to_epoch (self, epoch (self) + UNBONDING + 2);
  g_assert_cmpstr (check (self, more), ==, "ok");
  g_assert_cmpuint (self->chain->ledger->registry->past_keys->len, ==, 0);
}

static void
test_retire (Setting *self, gconstpointer data)
{
  g_test_summary ("M2, M4: who retires leaves the next committee; its collateral is spendable after unbonding, from the next block and not before; its key stays its own until then and as long again.");
  const TcOutpoint outpoint = register_one (self, TC_TIER_BRONZE, 1);
  g_autoptr(TcTx) use = spend (self, &outpoint, 1000 * TC_AMOUNT_PER_TIME);

  end_epoch (self);
  g_assert_nonnull (find_member (self, 4));
  g_autoptr(TcTx) tx = retirement (self, &outpoint), again = retirement (self, &outpoint), late = update (self, &outpoint, 0, "192.0.2.2:1");
  const guint32 retired = epoch (self);
  extend_with (self, tx);
  g_assert_cmpuint (find (self, &outpoint)->state, ==, TC_MASTERNODE_REGISTERED);
  g_assert_cmpuint (find (self, &outpoint)->waiting, ==, 1u << TC_TX_KIND_RETIRE);
  end_epoch (self);
  g_assert_cmpuint (find (self, &outpoint)->state, ==, TC_MASTERNODE_RETIRED);
  g_assert_cmpuint (find (self, &outpoint)->retired_epoch, ==, retired);
  g_assert_null (find_member (self, 4));
  g_assert_cmpstr (check (self, again), ==, "masternode-state");
  g_assert_cmpstr (check (self, late), ==, "masternode-state");
  g_autoptr(TcTx) reuse = registration (self, TC_TIER_BRONZE, 1);
  while (epoch (self) <= retired + UNBONDING)
    {
      assert_locked (self, &outpoint);
      g_assert_cmpstr (check (self, use), ==, "collateral");
      g_assert_cmpstr (check (self, reuse), ==, "operator-key");
      extend (self, NULL, 0);
    }
  assert_unlocked_now (self, &outpoint, 1000 * TC_AMOUNT_PER_TIME);
  g_assert_cmpuint (find (self, &outpoint)->state, ==, TC_MASTERNODE_RELEASED);
  g_assert_cmpstr (check (self, use), ==, "ok");
  extend_with (self, use);
  g_assert_cmpstr (check (self, reuse), ==, "operator-key");
  go_to_epoch (self, retired + 2 * UNBONDING + 2);
  g_assert_cmpstr (check (self, reuse), ==, "ok");
  g_assert_cmpuint (tc_ledger_get_money (self->chain->ledger).burnt.units, ==, 0);
}

static void
test_free (Setting *self, gconstpointer data)
{
  g_test_summary ("M1, B4: a Free masternode has no power and no collateral: its output 0 is spendable at once, and it is released when it retires.");
  g_autoptr(TcTx) tx = registration (self, TC_TIER_FREE, 1);
  const TcOutpoint outpoint = first_output (tx);
  g_autoptr(TcTx) use = spend (self, &outpoint, tx->outputs[0].amount.units);
  TcTx *both[] = { tx, use };

  extend (self, both, 2);
  end_epoch (self);
  g_assert_cmpuint (find (self, &outpoint)->tier, ==, TC_TIER_FREE);
  g_assert_cmpuint (tc_registry_count_free (tc_ledger_get_registry (self->chain->ledger)), ==, 1);
  end_epoch (self);
  g_assert_null (find_member (self, 4));
  g_autoptr(TcTx) leave = retirement (self, &outpoint);
  extend_with (self, leave);
  end_epoch (self);
  g_assert_cmpuint (find (self, &outpoint)->state, ==, TC_MASTERNODE_RELEASED);
  g_assert_cmpuint (tc_registry_count_free (tc_ledger_get_registry (self->chain->ledger)), ==, 0);
}

static void
test_free_full (Setting *self, gconstpointer data)
{
  g_test_summary ("M3: the 10 001st Free masternode is void where it fits at the epoch's start, and invalid after.");
  TcRegistry *registry = self->chain->ledger->registry;

  while (tc_registry_count_free (registry) < TC_FREE_MAX - 1)
    {
      TcMasternode item = { .tier = TC_TIER_FREE, .registered_epoch = 1 };
      guint32 n = (guint32) tc_registry_get_n (registry);

      item.outpoint.txid = tc_hash_tagged ("test", (const guint8 *) &n, sizeof n);
      memcpy (item.operator_key.bytes, item.outpoint.txid.bytes, TC_PUBLIC_KEY_SIZE);
      g_strlcpy (item.host, "192.0.2.9:1", sizeof item.host);
      tc_registry_add (registry, &item, n);
    }
  g_autoptr(TcTx) first = registration (self, TC_TIER_FREE, 1), second = registration (self, TC_TIER_FREE, 2), third = registration (self, TC_TIER_FREE, 3);
  const TcOutpoint won = first_output (first), lost = first_output (second);
  gsize n_unlocked;
  extend_with (self, first);
  extend_with (self, second);
  end_epoch (self);
  g_assert_nonnull (find (self, &won));
  g_assert_null (find (self, &lost));
  tc_execution_get_unlocked (self->last, &n_unlocked);
  g_assert_cmpuint (n_unlocked, ==, 0);
  g_assert_cmpstr (check (self, third), ==, "free-full");
  g_autoptr(TcTx) paid = registration (self, TC_TIER_BRONZE, 4);
  g_assert_cmpstr (check (self, paid), ==, "ok");
}

static void
test_void_update (Setting *self, gconstpointer data)
{
  g_test_summary ("M3: an update of a masternode that retired earlier in the epoch is void; so is one with a key that was registered earlier in it.");
  const TcOutpoint leaving = register_one (self, TC_TIER_BRONZE, 1), staying = register_one (self, TC_TIER_BRONZE, 2);
  g_autoptr(TcTx) leave = retirement (self, &leaving), late = update (self, &leaving, 8, "192.0.2.2:1");
  g_autoptr(TcTx) newcomer = registration (self, TC_TIER_BRONZE, 9), clash = update (self, &staying, 9, "192.0.2.3:1");
  TcTx *early[] = { leave, newcomer }, *after[] = { late, clash };
  const TcOutpoint third = first_output (newcomer);
  g_autoptr(TcSecretKey) unused = operator_key (8);

  extend (self, early, 2);
  g_assert_cmpstr (check (self, late), ==, "ok");
  g_assert_cmpstr (check (self, clash), ==, "ok");
  extend (self, after, 2);
  end_epoch (self);
  g_assert_cmpuint (find (self, &leaving)->state, ==, TC_MASTERNODE_RETIRED);
  g_assert_cmpstr (find (self, &leaving)->host, ==, "192.0.2.1:24000");
  g_assert_cmpstr (find (self, &staying)->host, ==, "192.0.2.1:24000");
  g_assert_nonnull (find (self, &third));
  g_assert_null (tc_registry_find_key (tc_ledger_get_registry (self->chain->ledger), tc_secret_key_get_public (unused)));
}

static void
test_burn (Setting *self, gconstpointer data)
{
  g_test_summary ("C7, M4: a jailed masternode may retire and nothing else, and gets its collateral less what is burnt, which leaves the supply.");
  const TcOutpoint outpoint = register_one (self, TC_TIER_BRONZE, 1);
  const guint64 burnt = 100 * TC_AMOUNT_PER_TIME;
  TcMasternode *item = tc_registry_edit (self->chain->ledger->registry, find (self, &outpoint)->index);
  g_autoptr(TcTx) change = update (self, &outpoint, 0, "192.0.2.2:1"), leave = retirement (self, &outpoint);
  g_autoptr(TcTx) use = spend (self, &outpoint, 1000 * TC_AMOUNT_PER_TIME - burnt);
  guint64 before = 0;

  item->jailed = TRUE;
  item->burnt.units = burnt;
  g_assert_cmpstr (check (self, change), ==, "masternode-state");
  g_assert_cmpstr (check (self, leave), ==, "ok");
  extend_with (self, leave);
  end_epoch (self);
  g_assert_null (find_member (self, 4));
  while (find (self, &outpoint)->state != TC_MASTERNODE_RELEASED)
    {
      g_assert_cmpuint (tc_ledger_get_money (self->chain->ledger).burnt.units, ==, 0);
      before = tc_ledger_get_money (self->chain->ledger).supply.units;
      extend (self, NULL, 0);
    }
  assert_unlocked_now (self, &outpoint, 1000 * TC_AMOUNT_PER_TIME - burnt);
  g_assert_cmpuint (tc_ledger_get_money (self->chain->ledger).burnt.units, ==, burnt);
  g_assert_cmpuint (tc_ledger_get_money (self->chain->ledger).supply.units, >, before - burnt);
  extend_with (self, use);
}

static void
test_genesis_leaves (Setting *self, gconstpointer data)
{
  g_test_summary ("A genesis masternode retires like any other, by its genesis outpoint, and its 100 000 TIME come back.");
  const TcMasternode *item = tc_registry_get (tc_ledger_get_registry (self->chain->ledger), 3);
  const TcOutpoint outpoint = item->outpoint;
  const TcKeyHash owner = item->owner;
  const TcFlushCoin coin = take_coin (self);
  const TcMasternodePayload payload = payload_of (self, TC_TIER_FREE, &outpoint);
  const guint32 retired = epoch (self);

  g_autoptr(TcTx) gift = tc_fixture_pay (self->chain, self->owner, &coin.outpoint, &coin.coin.output, &owner, TC_AMOUNT_PER_TIME, FEE);
  const TcFlushCoin got = { { gift->txid, 0 }, { gift->outputs[0], 1 } };
  g_autoptr(TcTx) tx = tc_fixture_masternode (self->chain, TC_TX_KIND_RETIRE, &payload, NULL, self->chain->operators[3], &got, 1, FEE);
  TcTx *both[] = { gift, tx };
  guint64 units;

  extend (self, both, 2);
  end_epoch (self);
  g_assert_cmpuint (tc_ledger_get_committee (self->chain->ledger)->n_members, ==, 3);
  assert_locked (self, &outpoint);
  go_to_epoch (self, retired + UNBONDING + 1);
  g_assert_cmpuint (get_lock (self, &outpoint, &units), ==, TC_LOCK_KEY_HASH);
  g_assert_cmpuint (units, ==, 100000 * TC_AMOUNT_PER_TIME);
}

static void
test_survive_09 (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-09: a collateral of somebody else's coin, a used key, a forged proof: refused, and no block can hold them.");
  const TcFlushCoin coin = take_coin (self), stolen = take_coin (self);
  TcMasternodePayload payload = payload_of (self, TC_TIER_BRONZE, NULL);
  g_autoptr(TcSecretKey) key = operator_key (1), stranger = tc_fixture_key (77), genesis_key = tc_secret_key_ref (self->chain->operators[2]);
  g_autoptr(TcTx) others_coin = tc_fixture_masternode (self->chain, TC_TX_KIND_REGISTER, &payload, key, stranger, &stolen, 1, FEE);
  g_autoptr(TcTx) used = tc_fixture_masternode (self->chain, TC_TX_KIND_REGISTER, &payload, genesis_key, self->owner, &coin, 1, FEE);

  payload.operator_key = *tc_secret_key_get_public (key);
  payload.possession = tc_possession_sign (stranger, &self->chain->genesis->chain_id, &coin.outpoint, &used->outputs[0]);
  g_autoptr(TcTx) forged = tc_fixture_masternode (self->chain, TC_TX_KIND_REGISTER, &payload, NULL, self->owner, &coin, 1, FEE);
  g_assert_cmpstr (check (self, others_coin), ==, "wrong-key");
  g_assert_cmpstr (check (self, used), ==, "operator-key");
  g_assert_cmpstr (check (self, forged), ==, "possession");
}

static void
test_survive_09_many (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-09: 250 registrations at once are 250 masternodes, in block order, of which the committee seats what it may.");
  enum { N = 250 };
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  TcOutput outputs[N / 10];
  const TcFlushCoin one = take_coin (self), two = take_coin (self);
  const TcTxInput inputs[2] = { { one.outpoint, 0 }, { two.outpoint, 0 } };
  const TcOutput spent[2] = { one.coin.output, two.coin.output };
  const guint64 each = 2 * COIN_UNITS / (N / 10) - 1000;

  /* Free ones: what 250 x 1 000 TIME would need the owner does not have. Each pays 10 TIME. */
  for (guint i = 0; i < N / 10; i++)
    outputs[i] = (TcOutput) { { each }, TC_LOCK_KEY_HASH, self->owner_hash };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, 2, outputs, N / 10, NULL, 0, NULL, 0);
  TcTx *split = tc_fixture_sign (self->chain, bare, spent, &self->owner, 1);
  g_ptr_array_add (txs, split);
  for (guint i = 0; i < N; i++)
    {
      const TcTx *before = i < N / 10 ? split : g_ptr_array_index (txs, i - N / 10 + 1);
      const guint32 index = i < N / 10 ? i : 0;
      const TcFlushCoin from = { { before->txid, index }, { before->outputs[index], 0 } };
      const TcMasternodePayload payload = payload_of (self, TC_TIER_FREE, NULL);
      /* Some keys come twice: void. */
      g_autoptr(TcSecretKey) key = operator_key (i % 50 == 49 ? 1000 : 1000 + i);

      g_ptr_array_add (txs, tc_fixture_masternode (self->chain, TC_TX_KIND_REGISTER, &payload, key, self->owner, &from, 1, 10 * TC_AMOUNT_PER_TIME));
    }
  extend (self, (TcTx *const *) txs->pdata, txs->len);
  g_assert_cmpuint (self->chain->ledger->pending->len, ==, N);
  end_epoch (self);
  g_assert_cmpuint (tc_registry_count_free (tc_ledger_get_registry (self->chain->ledger)), ==, N - N / 50);
  g_assert_cmpuint (tc_registry_get_n (tc_ledger_get_registry (self->chain->ledger)), ==, 4 + N - N / 50);
  end_epoch (self);
  g_assert_cmpuint (tc_ledger_get_committee (self->chain->ledger)->n_members, ==, 4);
}

static void
test_restart (Setting *self, gconstpointer data)
{
  g_test_summary ("A ledger stored and restored in the middle of an epoch does at its end what one that never stopped does.");
  const TcOutpoint outpoint = register_one (self, TC_TIER_BRONZE, 1), leaving = register_one (self, TC_TIER_BRONZE, 2);
  g_autoptr(TcTx) join = registration (self, TC_TIER_BRONZE, 3), twin = registration (self, TC_TIER_BRONZE, 3);
  g_autoptr(TcTx) change = update (self, &outpoint, 4, "192.0.2.2:1"), leave = retirement (self, &leaving);
  g_autoptr(TcTx) second = update (self, &outpoint, 0, "192.0.2.3:1");
  TcTx *txs[] = { join, twin, change, leave };
  TcTx *last_txs[] = { second };
  const TcExecuteOptions options = { .verifier = &TC_VERIFIER_INLINE };
  const TcTip *x, *y;

  extend (self, txs, 4);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcLedger) restored = tc_ledger_new_stored (self->chain->genesis, &self->chain->store->view, self->chain->store->state,
                                                       self->chain->store->buckets, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (restored->pending->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(TcExecution) proposed = NULL;
      g_autoptr(TcExecution) execution = NULL;
      g_autoptr(TcBlock) block = tc_chain_fixture_propose (self->chain, last_txs, i == 0, &proposed);

      g_assert_cmpint (tc_ledger_execute (restored, block, &options, &execution), ==, TC_BLOCK_OK);
      tc_ledger_apply (restored, execution);
      tc_chain_fixture_apply (self->chain, block, proposed, NULL);
      x = tc_ledger_get_tip (self->chain->ledger);
      y = tc_ledger_get_tip (restored);
      g_assert_cmpmem (&x->state_root, TC_HASH_SIZE, &y->state_root, TC_HASH_SIZE);
      g_autoptr(GBytes) a = tc_state_encode (self->chain->ledger), b = tc_state_encode (restored);
      g_assert_true (g_bytes_equal (a, b));
    }
  g_assert_cmpstr (find (self, &outpoint)->host, ==, "192.0.2.2:1");
  g_assert_cmpuint (find (self, &leaving)->state, ==, TC_MASTERNODE_RETIRED);
}

static void
test_all_leave (Setting *self, gconstpointer data)
{
  g_test_summary ("B5: where the last one eligible leaves, the committee stays, and a newcomer takes over two epochs after it came.");
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  for (guint32 i = 0; i < 4; i++)
    {
      const TcMasternode *item = tc_registry_get (tc_ledger_get_registry (self->chain->ledger), i);
      const TcMasternodePayload payload = payload_of (self, TC_TIER_FREE, &item->outpoint);
      const TcFlushCoin coin = take_coin (self);
      TcTx *gift = tc_fixture_pay (self->chain, self->owner, &coin.outpoint, &coin.coin.output, &item->owner, TC_AMOUNT_PER_TIME, FEE);
      const TcFlushCoin got = { { gift->txid, 0 }, { gift->outputs[0], 1 } };

      g_ptr_array_add (txs, gift);
      g_ptr_array_add (txs, tc_fixture_masternode (self->chain, TC_TX_KIND_RETIRE, &payload, NULL, self->chain->operators[i], &got, 1, FEE));
    }
  extend (self, (TcTx *const *) txs->pdata, txs->len);
  end_epoch (self);
  g_assert_cmpuint (tc_ledger_get_committee (self->chain->ledger)->n_members, ==, 4);
  go_to_epoch (self, epoch (self) + UNBONDING + 1);
  g_assert_cmpuint (tc_registry_get (tc_ledger_get_registry (self->chain->ledger), 0)->state, ==, TC_MASTERNODE_RELEASED);
  g_assert_cmpuint (tc_ledger_get_committee (self->chain->ledger)->n_members, ==, 4);
  register_one (self, TC_TIER_BRONZE, 1);
  g_assert_cmpuint (tc_ledger_get_committee (self->chain->ledger)->n_members, ==, 4);
  end_epoch (self);
  g_assert_cmpuint (tc_ledger_get_committee (self->chain->ledger)->n_members, ==, 1);
  end_epoch (self);
}

#define ADD(path, func) g_test_add ("/ledger/" path, Setting, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("masternodes/register", test_register);
  ADD ("masternodes/tier", test_tier);
  ADD ("masternodes/possession", test_possession);
  ADD ("masternodes/epoch-start", test_epoch_start);
  ADD ("masternodes/void-in-last", test_void_in_last);
  ADD ("masternodes/update", test_update);
  ADD ("masternodes/own-key", test_own_key);
  ADD ("masternodes/update-refused", test_update_refused);
  ADD ("masternodes/second-update", test_second_update);
  ADD ("masternodes/key-changes", test_key_changes);
  ADD ("masternodes/retire", test_retire);
  ADD ("masternodes/free", test_free);
  ADD ("masternodes/free-full", test_free_full);
  ADD ("masternodes/void-update", test_void_update);
  ADD ("masternodes/burn", test_burn);
  ADD ("masternodes/genesis-leaves", test_genesis_leaves);
  ADD ("masternodes/restart", test_restart);
  ADD ("masternodes/all-leave", test_all_leave);
  ADD ("survive-09-refused", test_survive_09);
  ADD ("survive-09-many-at-once", test_survive_09_many);
  return g_test_run ();
}
