#include "sim.h"

#include "core/masternode.h"

#define COINS_PER_WALLET   8u
#define COIN_UNITS         (1000u * TC_AMOUNT_PER_TIME)
#define FEE_UNITS          600000u  /* above any floor of rule F8 for transactions of this size */
#define CHANGE_MIN_UNITS   (20u * FEE_UNITS)
#define PAYMENTS           200u
#define PAYMENTS_BIG       60u
#define DOUBLES_MIN        10u
#define RESUBMIT_MS        1500
#define LONG_CHAIN         500u
#define LONG_CHAIN_MEMBERS 7u
#define SIDE_CHAIN_MAX     6u

typedef enum
{
  PAYMENT_OPEN,
  PAYMENT_IN_CHAIN,
  PAYMENT_DEAD,  /* an input is spent otherwise */
} PaymentState;

typedef struct
{
  TcOutpoint outpoint;
  guint64    units;
} Coin;

typedef struct
{
  TcTx        *tx;
  PaymentState state;
  guint        from, to;       /* wallets */
  gboolean     contested;      /* it, or what it stands on, has a rival */
  gboolean     output_0_spent, output_1_spent;
  Coin         coin;           /* of a double spend: what rivals spend */
  Coin         spare;          /* units above 0: what it spends besides, free again where the other wins */
  TcTxEventKind rival_at;      /* when a node tells this of it, somebody spends the coin again */
  gint64       submitted_ms;
} Payment;

typedef struct
{
  TcSecretKey *key;
  TcKeyHash    key_hash;
  GArray      *coins;  /* Coin: not spent by any payment */
} Wallet;

struct _SimActors
{
  Sim        *sim;
  Wallet      wallets[SIM_WALLETS];
  GPtrArray  *payments;  /* Payment, in order */
  GHashTable *by_txid;   /* TcHash (in the transaction) -> Payment */
  GArray     *doubles;   /* guint: index of the first of two payments */
  guint       n_events;  /* planned and not yet over */
  guint32     closing;   /* newest epoch that somebody closed */
};

static void
payment_free (gpointer data)
{
  tc_tx_unref (((Payment *) data)->tx);
  g_free (data);
}

static TcSecretKey *
make_key (guint wallet)
{
  const guint8 seed[TC_SEED_SIZE] = { 2, (guint8) wallet };

  return tc_secret_key_new (seed);
}

TcOutput *
sim_actors_make_outputs (gsize *ret_n)
{
  TcOutput *outputs = g_new0 (TcOutput, SIM_WALLETS * COINS_PER_WALLET);

  for (guint i = 0; i < SIM_WALLETS * COINS_PER_WALLET; i++)
    {
      g_autoptr(TcSecretKey) key = make_key (i / COINS_PER_WALLET);

      outputs[i] = (TcOutput) { .amount = { COIN_UNITS }, .key_hash = tc_key_hash (tc_secret_key_get_public (key)) };
    }
  *ret_n = SIM_WALLETS * COINS_PER_WALLET;
  return outputs;
}

static void
plan_payments (SimActors *self)
{
  Sim *sim = self->sim;
  SimRandom *random = &sim->random;
  const guint32 end_ms = (guint32) sim->faults_end_ms - 300;
  const guint n_payments = sim->profile.big ? PAYMENTS_BIG : PAYMENTS;
  const guint n_doubles = (sim->profile.big ? 1 : DOUBLES_MIN) + sim_random_below (random, 5);

  for (guint planned = 0; planned < n_payments;)
    {
      const guint n = sim_random_range (random, 3, 14);

      sim_schedule (sim, sim_random_range (random, 200, end_ms), (SimEvent) { .kind = SIM_EVENT_PAY, .peer = n });
      planned += n;
      self->n_events++;
    }
  for (guint i = 0; i < n_doubles; i++, self->n_events++)
    sim_schedule (sim, sim_random_range (random, 200, end_ms), (SimEvent) { .kind = SIM_EVENT_DOUBLE });
  if (sim->options.n_members <= LONG_CHAIN_MEMBERS && sim->genesis->params.vote_ahead_bytes >= 1000000 && sim_random_chance (random, 50))
    {
      sim_schedule (sim, sim_random_range (random, 200, end_ms), (SimEvent) { .kind = SIM_EVENT_CHAIN, .peer = LONG_CHAIN });
      self->n_events++;
    }
  sim_schedule (sim, RESUBMIT_MS, (SimEvent) { .kind = SIM_EVENT_RESUBMIT });
}

static void
plan_one (SimActors *self, SimEventKind kind, guint operator, guint32 until_ms)
{
  sim_schedule (self->sim, sim_random_range (&self->sim->random, 200, until_ms), (SimEvent) { .kind = kind, .peer = operator });
  self->n_events++;
}

/* Who joins does so early, to be in a committee two epochs later. Who retires is one of the first, who is updated one of the others: what waits for an epoch's end excludes nothing then. */
static void
plan_masternodes (SimActors *self)
{
  Sim *sim = self->sim;
  const SimProfile *profile = &sim->profile;
  const guint32 epoch_ms = sim->genesis->params.epoch_length_ms, end_ms = (guint32) sim->faults_end_ms - 300;

  for (guint i = 0; i < profile->n_joiners; i++)
    plan_one (self, SIM_EVENT_REGISTER, sim->options.n_members + i, 2 * epoch_ms);
  for (guint i = 0; i < profile->n_free; i++)
    plan_one (self, SIM_EVENT_FREE, 200 + i, end_ms);
  for (guint i = 0; i < profile->n_retirements; i++)
    plan_one (self, SIM_EVENT_RETIRE, i, 3 * epoch_ms);
  for (guint i = 0; i < profile->n_updates; i++)
    plan_one (self, SIM_EVENT_UPDATE, sim->options.n_members - 1 - i, end_ms);
}

SimActors *
sim_actors_new (Sim *sim)
{
  SimActors *self = g_new0 (SimActors, 1);

  self->sim = sim;
  self->payments = g_ptr_array_new_with_free_func (payment_free);
  self->by_txid = g_hash_table_new (tc_hash_hash, tc_hash_equal);
  self->doubles = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < SIM_WALLETS; i++)
    {
      Wallet *wallet = &self->wallets[i];

      wallet->key = make_key (i);
      wallet->key_hash = tc_key_hash (tc_secret_key_get_public (wallet->key));
      wallet->coins = g_array_new (FALSE, FALSE, sizeof (Coin));
      for (guint j = 0; j < COINS_PER_WALLET; j++)
        {
          const Coin coin = { { sim->genesis->txid, i * COINS_PER_WALLET + j }, COIN_UNITS };

          g_array_append_val (wallet->coins, coin);
        }
    }
  plan_payments (self);
  plan_masternodes (self);
  return self;
}

void
sim_actors_free (SimActors *self)
{
  for (guint i = 0; i < SIM_WALLETS; i++)
    {
      tc_secret_key_unref (self->wallets[i].key);
      g_array_unref (self->wallets[i].coins);
    }
  g_hash_table_unref (self->by_txid);
  g_ptr_array_unref (self->payments);
  g_array_unref (self->doubles);
  g_free (self);
}

TcKeyHash
sim_actors_make_owner (guint operator)
{
  g_autoptr(TcSecretKey) key = make_key (operator % SIM_WALLETS);

  return tc_key_hash (tc_secret_key_get_public (key));
}

/* --- making payments --- */

/* The newest coin often, so that payments stand on one another; else any. Returns: FALSE for an empty wallet. */
static gboolean
take_coin (SimActors *self, guint number, Coin *ret_coin)
{
  GArray *coins = self->wallets[number].coins;
  SimRandom *random = &self->sim->random;
  guint at;

  if (coins->len == 0)
    return FALSE;
  at = sim_random_chance (random, 400) ? coins->len - 1 : sim_random_below (random, coins->len);
  *ret_coin = g_array_index (coins, Coin, at);
  g_array_remove_index (coins, at);
  return TRUE;
}

static void
give_coin (SimActors *self, const Payment *payment, guint32 index)
{
  const Coin coin = { { payment->tx->txid, index }, payment->tx->outputs[index].amount.units };

  if (coin.units >= CHANGE_MIN_UNITS)
    g_array_append_val (self->wallets[index == 0 ? payment->to : payment->from].coins, coin);
}

static void
give_outputs (SimActors *self, const Payment *payment)
{
  for (guint32 i = payment->output_0_spent ? 1 : 0; i < payment->tx->n_outputs; i++)
    if (i != 1 || !payment->output_1_spent)
      give_coin (self, payment, i);
}

static TcTx *
sign (SimActors *self, const TcTx *tx, const Wallet *wallet, const TcOutput *spent)
{
  const TcHash digest = tc_tx_digest (tx, &self->sim->genesis->chain_id, spent);
  const TcWitness witness = { *tc_secret_key_get_public (wallet->key), tc_secret_key_sign (wallet->key, digest.bytes, TC_HASH_SIZE) };

  return tc_tx_new_signed (tx, &witness, 1);
}

static void
add_payment (SimActors *self, Payment *payment)
{
  g_ptr_array_add (self->payments, payment);
  g_hash_table_insert (self->by_txid, &payment->tx->txid, payment);
}

static Payment *
make_payment (SimActors *self, guint from, guint to, const Coin *coins, guint n_coins, guint64 pay_units)
{
  const Wallet *wallet = &self->wallets[from];
  TcTxInput inputs[2];
  TcOutput spent[2], outputs[2];
  guint64 total = 0;
  g_autoptr(TcTx) unsigned_tx = NULL;
  Payment *payment = g_new0 (Payment, 1);

  memset (inputs, 0, sizeof inputs);
  memset (outputs, 0, sizeof outputs);
  for (guint i = 0; i < n_coins; i++)
    {
      inputs[i].outpoint = coins[i].outpoint;
      spent[i] = (TcOutput) { .amount = { coins[i].units }, .key_hash = wallet->key_hash };
      total += coins[i].units;
    }
  outputs[0] = (TcOutput) { .amount = { pay_units }, .key_hash = self->wallets[to].key_hash };
  outputs[1] = (TcOutput) { .amount = { total - pay_units - FEE_UNITS }, .key_hash = wallet->key_hash };
  unsigned_tx = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, n_coins, outputs, 2, NULL, 0, NULL, 0);
  payment->tx = sign (self, unsigned_tx, wallet, spent);
  payment->from = from;
  payment->to = to;
  add_payment (self, payment);
  return payment;
}

static void
submit (SimActors *self, Payment *payment, SimNode *node)
{
  TcInput input = { .kind = TC_INPUT_SUBMIT, .tx = payment->tx };
  g_autofree char *txid = tc_hash_to_hex (&payment->tx->txid);
  TcTxVerdict verdict;

  payment->submitted_ms = self->sim->now_ms;
  if (node == NULL || !sim_is_up (self->sim, node))
    return;
  sim_trace (self->sim, node, "payment %.8s%s", txid, payment->contested ? " (contested)" : "");
  sim_input (self->sim, node, &input, &verdict);
  if (verdict != TC_TX_OK && verdict != TC_TX_MISSING_COIN)
    sim_fail (self->sim, "node %u refuses the good payment %.8s: %s", node->index, txid, tc_tx_verdict_name (verdict));
}

static guint
pick_wallet (SimActors *self)
{
  return sim_random_below (&self->sim->random, SIM_WALLETS);
}

static guint64
pick_units (SimActors *self, guint64 total)
{
  return (total - FEE_UNITS) / sim_random_range (&self->sim->random, 2, 5);
}

static void
pay (SimActors *self, guint n)
{
  SimNode *node = sim_pick_node (self->sim, !sim_random_chance (&self->sim->random, 150));

  for (guint i = 0; i < n; i++)
    {
      const guint from = pick_wallet (self);
      Coin coins[2];
      guint n_coins = 1;
      guint64 total;
      Payment *payment;

      if (!take_coin (self, from, &coins[0]))
        continue;
      total = coins[0].units;
      if (sim_random_chance (&self->sim->random, 200) && take_coin (self, from, &coins[1]))
        total += coins[n_coins++].units;
      payment = make_payment (self, from, pick_wallet (self), coins, n_coins, pick_units (self, total));
      give_outputs (self, payment);
      submit (self, payment, node);
    }
}

/* --- spending a coin twice --- */

/* Another spender of the coin, one of @variant. With a spare coin of its own, where @with_spare and the wallet has one. */
static Payment *
make_rival (SimActors *self, guint from, guint to, const Coin *coin, guint variant, gboolean with_spare)
{
  Coin coins[2] = { *coin, { .units = 0 } };
  const guint n = with_spare && take_coin (self, from, &coins[1]) ? 2 : 1;
  Payment *payment = make_payment (self, from, to, coins, n, pick_units (self, coins[0].units + coins[1].units) + variant);

  payment->contested = TRUE;
  payment->coin = *coin;
  payment->spare = coins[1];
  return payment;
}

/* @n payments, each of which spends the change of the one before. */
static void
add_chain (SimActors *self, Payment *top, guint n, SimNode *node)
{
  for (guint i = 0; i < n; i++)
    {
      const Coin change = { { top->tx->txid, 1 }, top->tx->outputs[1].amount.units };
      Payment *child;

      if (change.units < CHANGE_MIN_UNITS)
        return;
      top->output_1_spent = TRUE;
      child = make_payment (self, top->from, pick_wallet (self), &change, 1, FEE_UNITS);
      child->contested = top->contested;
      if (!child->contested)
        give_outputs (self, top);
      submit (self, child, node);
      top = child;
    }
}

static void
pay_in_chain (SimActors *self, guint n)
{
  const guint from = pick_wallet (self);
  SimNode *node = sim_pick_node (self->sim, TRUE);
  Payment *payment;
  Coin coin;

  if (!take_coin (self, from, &coin))
    return;
  self->sim->counters.long_chains++;
  payment = make_payment (self, from, pick_wallet (self), &coin, 1, FEE_UNITS);
  submit (self, payment, node);
  add_chain (self, payment, n, node);
}

/* The first one is certified, or final, already. */
static void
pay_late (SimActors *self, const Payment *first)
{
  const guint from = first->from, to = first->to;
  const Coin coin = first->coin;

  submit (self, make_rival (self, from, to, &coin, 1, FALSE), sim_pick_node (self->sim, FALSE));
}

static void
add_child (SimActors *self, Payment *payment, SimNode *node)
{
  const Coin output = { { payment->tx->txid, 0 }, payment->tx->outputs[0].amount.units };
  Payment *child;

  payment->output_0_spent = TRUE;
  child = make_payment (self, payment->to, pick_wallet (self), &output, 1, pick_units (self, output.units));
  child->contested = TRUE;
  submit (self, child, node);
}

/* One coin, two payments or three, to as many nodes at one moment; with payments on top of them, or with a coin besides that the loser gets back. */
static void
pay_at_once (SimActors *self, guint from, const Coin *coin)
{
  Sim *sim = self->sim;
  const guint to = pick_wallet (self), number = self->payments->len;
  const guint n = sim_random_chance (&sim->random, 200) ? 3 : 2, n_children = sim_random_chance (&sim->random, 250) ? sim_random_range (&sim->random, 1, SIDE_CHAIN_MAX) : 0;
  const gboolean with_spare = sim_random_chance (&sim->random, 250);
  SimNode *node = sim_pick_node (sim, FALSE);
  Payment *rivals[3];

  for (guint i = 0; i < n; i++)
    rivals[i] = make_rival (self, from, to, coin, i, with_spare);
  g_array_append_val (self->doubles, number);
  sim->counters.doubles++;
  sim->counters.doubles_three += n == 3;
  sim->counters.doubles_chains += n_children > 0;
  for (guint i = 0; i < n; i++)
    {
      submit (self, rivals[i], node);
      if (n_children > 0)
        add_chain (self, rivals[i], n_children, node);
      else if (i == 0 && sim_random_chance (&sim->random, 300))
        add_child (self, rivals[i], node);
      node = node != NULL ? &sim->nodes[(node->index + sim_random_range (&sim->random, 1, sim->n_nodes - 1)) % sim->n_nodes] : NULL;
    }
}

static void
pay_twice (SimActors *self)
{
  Sim *sim = self->sim;
  const guint from = pick_wallet (self);
  const guint32 when = sim_random_below (&sim->random, 10);
  Payment *first;
  Coin coin;

  if (!take_coin (self, from, &coin))
    {
      sim_schedule (sim, 300, (SimEvent) { .kind = SIM_EVENT_DOUBLE });
      self->n_events++;
      return;
    }
  if (when > 2)
    {
      pay_at_once (self, from, &coin);
      return;
    }
  first = make_rival (self, from, pick_wallet (self), &coin, 0, FALSE);
  first->rival_at = when == 0 ? TC_TX_EVENT_FINAL : TC_TX_EVENT_CERTIFIED;
  submit (self, first, sim_pick_node (sim, FALSE));
}

void
sim_actors_told (SimActors *self, const TcTx *tx, TcTxEventKind event)
{
  Payment *payment = g_hash_table_lookup (self->by_txid, &tx->txid);
  guint number;

  if (payment == NULL || event == TC_TX_EVENT_SEEN || payment->rival_at != event || !g_ptr_array_find (self->payments, payment, &number))
    return;
  payment->rival_at = TC_TX_EVENT_SEEN;
  if (event == TC_TX_EVENT_FINAL)
    self->sim->counters.doubles_final++;
  else
    self->sim->counters.doubles_late++;
  sim_schedule (self->sim, sim_random_range (&self->sim->random, 1, 60), (SimEvent) { .kind = SIM_EVENT_RIVAL, .peer = number });
  self->n_events++;
}

/* While closes fly, what is voted and what is not yet acknowledged decides what the last block must hold. */
void
sim_actors_closing (SimActors *self, guint32 epoch)
{
  Sim *sim = self->sim;

  if (epoch <= self->closing || sim->now_ms >= sim->faults_end_ms)
    return;
  self->closing = epoch;
  sim->counters.doubles_closing++;
  sim_schedule (sim, sim_random_below (&sim->random, 80), (SimEvent) { .kind = SIM_EVENT_DOUBLE });
  self->n_events++;
}

/* --- masternodes --- */

/* The wallet must have coins of @needed_units and the fee besides. */
static guint
take_coins (SimActors *self, guint wallet, guint64 needed_units, Coin *ret_coins, guint64 *ret_total)
{
  guint n = 0;

  for (*ret_total = 0; n < 4 && *ret_total < needed_units && take_coin (self, wallet, &ret_coins[n]); n++)
    *ret_total += ret_coins[n].units;
  if (*ret_total >= needed_units)
    return n;
  g_array_append_vals (self->wallets[wallet].coins, ret_coins, n);
  return 0;
}

/* A transaction of kinds 1 to 3: output 0 is @first, if it is above 0; the rest is change. */
static void
submit_masternode (SimActors *self, guint8 kind, guint from, TcMasternodePayload *payload, guint64 first_units, guint64 fee_units, const TcSecretKey *key)
{
  const Wallet *wallet = &self->wallets[from];
  const guint n_outputs = first_units > 0 ? 2 : 1;
  g_autoptr(TcTx) unsigned_tx = NULL;
  g_autoptr(GBytes) bytes = NULL;
  TcTxInput inputs[4];
  TcOutput spent[4], outputs[2];
  Coin coins[4];
  guint64 total;
  const guint n = take_coins (self, from, first_units + fee_units + CHANGE_MIN_UNITS, coins, &total);
  Payment *payment;

  if (n == 0)
    return;
  memset (inputs, 0, sizeof inputs);
  memset (outputs, 0, sizeof outputs);
  for (guint i = 0; i < n; i++)
    {
      inputs[i].outpoint = coins[i].outpoint;
      spent[i] = (TcOutput) { .amount = { coins[i].units }, .key_hash = wallet->key_hash };
    }
  outputs[0] = (TcOutput) { .amount = { first_units }, .lock = TC_LOCK_COLLATERAL, .key_hash = wallet->key_hash };
  outputs[n_outputs - 1] = (TcOutput) { .amount = { total - first_units - fee_units }, .key_hash = wallet->key_hash };
  if (key != NULL)
    payload->possession = tc_possession_sign (key, &self->sim->genesis->chain_id, &inputs[0].outpoint, &outputs[0]);
  bytes = tc_masternode_payload_encode (kind, payload);
  unsigned_tx = tc_tx_new (kind, 0, inputs, n, outputs, n_outputs, NULL, 0, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  payment = g_new0 (Payment, 1);
  payment->tx = sign (self, unsigned_tx, wallet, spent);
  payment->from = payment->to = from;
  payment->output_0_spent = first_units > 0;
  add_payment (self, payment);
  give_outputs (self, payment);
  submit (self, payment, sim_pick_node (self->sim, TRUE));
}

static TcMasternodePayload
make_payload (SimActors *self, guint operator, TcTier tier)
{
  TcMasternodePayload payload;
  g_autoptr(TcSecretKey) key = sim_make_operator_key (operator);

  memset (&payload, 0, sizeof payload);
  payload.tier = (guint8) tier;
  payload.has_key = TRUE;
  payload.operator_key = *tc_secret_key_get_public (key);
  payload.payout = tc_key_hash (&payload.operator_key);
  g_snprintf (payload.host, sizeof payload.host, "127.0.%u.1:24201", operator);
  return payload;
}

/* Rule M1. A Free one has no collateral and pays 10 TIME. */
static void
register_masternode (SimActors *self, guint operator, TcTier tier)
{
  const guint64 fee_units = tier == TC_TIER_FREE ? 10 * TC_AMOUNT_PER_TIME + FEE_UNITS : FEE_UNITS;
  TcMasternodePayload payload = make_payload (self, operator, tier);
  g_autoptr(TcSecretKey) key = sim_make_operator_key (operator);

  sim_trace (self->sim, NULL, "operator %u registers a %s masternode", operator, tc_tier_name (tier));
  submit_masternode (self, TC_TX_KIND_REGISTER, pick_wallet (self), &payload, tc_tier_collateral (tier).units, fee_units, key);
}

/* Rule M2, of a genesis masternode: the collaterals stand behind the other outputs, in order. */
static void
change_masternode (SimActors *self, guint8 kind, guint operator)
{
  const TcGenesis *genesis = self->sim->genesis;
  TcMasternodePayload payload = make_payload (self, operator, TC_TIER_SILVER);

  payload.has_key = FALSE;
  payload.masternode = (TcOutpoint) { genesis->txid, genesis->n_outputs - genesis->n_masternodes + operator };
  sim_trace (self->sim, NULL, "operator %u %s", operator, kind == TC_TX_KIND_RETIRE ? "retires" : "changes its host");
  submit_masternode (self, kind, operator % SIM_WALLETS, &payload, 0, FEE_UNITS, NULL);
}

/* What is not in the chain after a while is sent again, to another node: the one that took it may have died. */
static void
resubmit (SimActors *self)
{
  SimNode *node = sim_pick_node (self->sim, TRUE);

  for (guint i = 0; i < self->payments->len; i++)
    {
      Payment *payment = g_ptr_array_index (self->payments, i);

      if (payment->state == PAYMENT_OPEN && self->sim->now_ms - payment->submitted_ms >= RESUBMIT_MS)
        submit (self, payment, node);
    }
  sim_schedule (self->sim, RESUBMIT_MS, (SimEvent) { .kind = SIM_EVENT_RESUBMIT });
}

void
sim_actors_event (SimActors *self, const SimEvent *event)
{
  if (event->kind == SIM_EVENT_RESUBMIT)
    {
      resubmit (self);
      return;
    }
  self->n_events--;
  if (event->kind == SIM_EVENT_REGISTER)
    {
      register_masternode (self, (guint) event->peer, TC_TIER_BRONZE);
      return;
    }
  if (event->kind == SIM_EVENT_FREE)
    {
      register_masternode (self, (guint) event->peer, TC_TIER_FREE);
      return;
    }
  if (event->kind == SIM_EVENT_RETIRE || event->kind == SIM_EVENT_UPDATE)
    {
      change_masternode (self, event->kind == SIM_EVENT_RETIRE ? TC_TX_KIND_RETIRE : TC_TX_KIND_UPDATE, (guint) event->peer);
      return;
    }
  if (event->kind == SIM_EVENT_PAY)
    pay (self, (guint) event->peer);
  else if (event->kind == SIM_EVENT_CHAIN)
    pay_in_chain (self, (guint) event->peer);
  else if (event->kind == SIM_EVENT_RIVAL)
    pay_late (self, g_ptr_array_index (self->payments, event->peer));
  else
    pay_twice (self);
}

/* --- what became of them --- */

static gboolean
is_dead (SimActors *self, const Payment *payment)
{
  for (guint32 i = 0; i < payment->tx->n_inputs; i++)
    {
      const TcOutpoint *outpoint = &payment->tx->inputs[i].outpoint;
      const Payment *parent = g_hash_table_lookup (self->by_txid, &outpoint->txid);
      const TcHash *spender = sim_checks_find_spender (self->sim->checks, outpoint);

      if ((parent != NULL && parent->state == PAYMENT_DEAD) || (spender != NULL && !tc_hash_equal (spender, &payment->tx->txid)))
        return TRUE;
    }
  return FALSE;
}

/* Whoever voted for the loser locked the coin in this epoch; in the next it can be spent. */
static void
free_spare (SimActors *self, const Payment *payment)
{
  if (payment->spare.units == 0 || sim_checks_find_spender (self->sim->checks, &payment->spare.outpoint) != NULL)
    return;
  self->sim->counters.doubles_freed++;
  g_array_append_val (self->wallets[payment->from].coins, payment->spare);
}

void
sim_actors_block (SimActors *self, const TcBlock *block)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    {
      Payment *payment = g_hash_table_lookup (self->by_txid, &block->txs[i]->txid);

      if (payment == NULL)
        continue;
      payment->state = PAYMENT_IN_CHAIN;
      self->sim->counters.payments++;
      if (payment->contested)
        give_outputs (self, payment);
    }
  for (guint i = 0; i < self->payments->len; i++)
    {
      Payment *payment = g_ptr_array_index (self->payments, i);

      if (payment->state != PAYMENT_OPEN || !payment->contested || !is_dead (self, payment))
        continue;
      payment->state = PAYMENT_DEAD;
      free_spare (self, payment);
    }
}

gboolean
sim_actors_are_done (const SimActors *self)
{
  if (self->n_events > 0)
    return FALSE;
  for (guint i = 0; i < self->payments->len; i++)
    if (((Payment *) g_ptr_array_index (self->payments, i))->state == PAYMENT_OPEN)
      return FALSE;
  return TRUE;
}

char *
sim_actors_describe_open (const SimActors *self)
{
  GString *text = g_string_new ("payments not settled:");
  guint n = 0;

  for (guint i = 0; i < self->payments->len; i++)
    {
      const Payment *payment = g_ptr_array_index (self->payments, i);
      g_autofree char *txid = tc_hash_to_hex (&payment->tx->txid);

      if (payment->state != PAYMENT_OPEN)
        continue;
      if (n++ < 5)
        g_string_append_printf (text, " %.8s%s", txid, payment->contested ? " (contested)" : "");
    }
  g_string_append_printf (text, ", %u of %u", n, self->payments->len);
  return g_string_free (text, FALSE);
}

GPtrArray *
sim_actors_dup_txs (const SimActors *self, gboolean open_only)
{
  GPtrArray *txs = g_ptr_array_new ();

  for (guint i = 0; i < self->payments->len; i++)
    if (!open_only || ((Payment *) g_ptr_array_index (self->payments, i))->state == PAYMENT_OPEN)
      g_ptr_array_add (txs, ((Payment *) g_ptr_array_index (self->payments, i))->tx);
  return txs;
}

TcTx *
sim_actors_find_tx (SimActors *self, const TcHash *txid)
{
  const Payment *payment = g_hash_table_lookup (self->by_txid, txid);

  return payment != NULL ? payment->tx : NULL;
}

gboolean
sim_actors_is_double (SimActors *self, const TcHash *txid)
{
  const Payment *payment = g_hash_table_lookup (self->by_txid, txid);

  return payment != NULL && payment->contested;
}

gboolean
sim_actors_get_double (SimActors *self, guint back, TcTx **ret_first, TcTx **ret_second)
{
  guint number;

  if (back >= self->doubles->len)
    return FALSE;
  number = g_array_index (self->doubles, guint, self->doubles->len - 1 - back);
  *ret_first = ((Payment *) g_ptr_array_index (self->payments, number))->tx;
  *ret_second = ((Payment *) g_ptr_array_index (self->payments, number + 1))->tx;
  return TRUE;
}
