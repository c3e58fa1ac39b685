#include <string.h>

#include "chain-fixture.h"
#include "ledger/ledger-private.h"
#include "ledger/reward.h"

/* Thousands of random transactions of all kinds over many epochs, some of them wrong, some masternodes jailed, with restarts in between; and rules T5, M1-M6, B5 and B6 written a second time, as plainly as they can be,
 * to foretell every verdict, the registry, the committee, all coins and all money. Lists are walked: the model knows no look-ups. */

#define N_OWNERS     8u
#define PAYERS_EACH  30u
#define COINS_EACH   10u
#define COIN_UNITS   (2999 * TC_AMOUNT_PER_TIME)
#define N_GENESIS    4u
#define N_KEYS       120u
#define N_EPOCHS     80u
#define UNBONDING    5u
#define REDRAW       12u
#define FEE          10000u
#define INPUTS_MAX   20u

typedef struct
{
  TcOutpoint  outpoint;
  guint       tier, key, owner, payout, host;
  guint       state;       /* 0 registered, 1 retired, 2 released */
  guint32     registered, retired, absent;
  guint64     accrued;
  gboolean    updated, accused;  /* in this epoch */
  gboolean    seated;            /* in the committee of the epoch under way */
  gboolean    jailed;
} Node;

typedef struct
{
  guint   key, node;
  guint32 until;
} Past;

typedef struct
{
  TcOutpoint outpoint;
  TcOutput   output;
  guint      owner;
  gboolean   taken;  /* by a transaction of the block in the making */
} Coin;

/* A transaction of the model's own making, and what it is meant to do. */
typedef struct
{
  TcTx    *tx;
  guint8   kind;
  guint    node, tier, key, owner, payout, host;
  gboolean has_key;
} Plan;

typedef struct
{
  TcChainFixture *chain;
  TcSecretKey    *keys[N_KEYS];      /* the first four are those of genesis */
  TcSecretKey    *owners[N_OWNERS + N_GENESIS];
  TcKeyHash       hashes[N_OWNERS + N_GENESIS];
  GArray         *nodes;   /* Node */
  GArray         *past;    /* Past */
  GArray         *coins;   /* Coin */
  GArray         *waiting; /* Plan, of blocks before */
  GArray         *block;   /* Plan, of the block in the making */
  guint64         fees, odd, minted, burnt;
  guint           n_kinds, n_refused, n_void, n_reused, n_restarts;
} Model;

#define NODE(i)  (&g_array_index (self->nodes, Node, (i)))

static guint
below (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint32) n);
}

static gboolean
percent (guint n)
{
  return below (100) < n;
}

/* --- setting up --- */

static TcTx *
gather (Model *self, guint owner)
{
  TcTxInput inputs[PAYERS_EACH] = { 0 };
  TcOutput spent[PAYERS_EACH], outputs[COINS_EACH];

  for (guint i = 0; i < PAYERS_EACH; i++)
    {
      inputs[i].outpoint = tc_chain_fixture_coin (self->chain, owner * PAYERS_EACH + i, &spent[i]);
      inputs[i].signer = (guint8) i;
    }
  for (guint i = 0; i < COINS_EACH; i++)
    outputs[i] = (TcOutput) { { COIN_UNITS }, TC_LOCK_KEY_HASH, self->hashes[owner] };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, PAYERS_EACH, outputs, COINS_EACH, NULL, 0, NULL, 0);

  return tc_fixture_sign (self->chain, bare, spent, self->chain->payers + owner * PAYERS_EACH, PAYERS_EACH);
}

static void
add_coin (Model *self, const TcOutpoint *outpoint, const TcOutput *output)
{
  Coin coin = { *outpoint, *output, 0, FALSE };

  coin.output.lock = TC_LOCK_KEY_HASH;
  while (!tc_key_hash_equal (&self->hashes[coin.owner], &output->key_hash))
    coin.owner++;
  g_array_append_val (self->coins, coin);
}

static void
make_people (Model *self)
{
  for (guint i = 0; i < N_KEYS; i++)
    {
      self->keys[i] = i < N_GENESIS ? tc_secret_key_ref (self->chain->operators[i]) : tc_fixture_key (5000 + i);
      tc_chain_fixture_add_key (self->chain, self->keys[i]);
    }
  for (guint i = 0; i < N_OWNERS + N_GENESIS; i++)
    {
      self->owners[i] = i < N_OWNERS ? self->chain->payers[i * PAYERS_EACH] : self->chain->operators[i - N_OWNERS];
      self->hashes[i] = tc_fixture_key_hash (self->owners[i]);
    }
}

static void
make_genesis (Model *self)
{
  for (guint i = 0; i < N_GENESIS; i++)
    {
      Node node = { .tier = TC_TIER_GOLD, .key = i, .owner = N_OWNERS + i, .payout = N_OWNERS + i, .host = i, .seated = TRUE };

      node.outpoint = (TcOutpoint) { self->chain->genesis->txid, N_OWNERS * PAYERS_EACH + i };
      g_array_append_val (self->nodes, node);
    }
  for (guint i = 0; i < N_OWNERS; i++)
    {
      Plan plan = { .kind = TC_TX_KIND_TRANSFER, .tx = gather (self, i) };

      for (guint j = 0; j < PAYERS_EACH; j++)
        {
          TcOutput output;
          Coin coin = { .owner = i, .taken = TRUE, .outpoint = tc_chain_fixture_coin (self->chain, i * PAYERS_EACH + j, &output) };

          g_array_append_val (self->coins, coin);
        }
      g_array_append_val (self->block, plan);
    }
}

static Model *
model_new (void)
{
  Model *self = g_new0 (Model, 1);
  TcParams params = TC_PARAMS_LOCAL;

  params.epoch_length_ms = 2 * params.block_interval_ms;
  params.unbonding_epochs = UNBONDING;
  params.redraw_epochs = REDRAW;
  self->chain = tc_chain_fixture_new (N_GENESIS, NULL, N_OWNERS * PAYERS_EACH, &params);
  self->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
  self->past = g_array_new (FALSE, TRUE, sizeof (Past));
  self->coins = g_array_new (FALSE, TRUE, sizeof (Coin));
  self->waiting = g_array_new (FALSE, TRUE, sizeof (Plan));
  self->block = g_array_new (FALSE, TRUE, sizeof (Plan));
  make_people (self);
  make_genesis (self);
  return self;
}

static void
model_free (Model *self)
{
  for (guint i = 0; i < self->waiting->len; i++)
    tc_tx_unref (g_array_index (self->waiting, Plan, i).tx);
  for (guint i = 0; i < N_KEYS; i++)
    tc_secret_key_unref (self->keys[i]);
  g_array_unref (self->nodes);
  g_array_unref (self->past);
  g_array_unref (self->coins);
  g_array_unref (self->waiting);
  g_array_unref (self->block);
  tc_chain_fixture_free (self->chain);
  g_free (self);
}

static void
format_host (const Model *self, guint node, char *host, gsize size)
{
  if (node < N_GENESIS)
    g_strlcpy (host, self->chain->genesis->masternodes[node].host, size);
  else
    g_snprintf (host, size, "192.0.2.%u:24000", node);
}

/* --- the rules, once more --- */

static gboolean
is_taken (const Model *self, guint key, guint except)
{
  for (guint i = 0; i < self->nodes->len; i++)
    if (i != except && NODE (i)->state != 2 && NODE (i)->key == key)
      return TRUE;
  for (guint i = 0; i < self->past->len; i++)
    if (g_array_index (self->past, Past, i).key == key && g_array_index (self->past, Past, i).node != except)
      return TRUE;
  return FALSE;
}

static guint
count_past (const Model *self, guint node)
{
  guint n = 0;

  for (guint i = 0; i < self->past->len; i++)
    n += g_array_index (self->past, Past, i).node == node;
  return n;
}

static const char *
foretell (const Model *self, const Plan *plan, guint payer, gboolean good_proof)
{
  const Node *node = plan->node < self->nodes->len ? NODE (plan->node) : NULL;

  if (plan->kind == TC_TX_KIND_TRANSFER)
    return "ok";
  if (plan->kind != TC_TX_KIND_REGISTER)
    {
      if (node == NULL)
        return "masternode";
      if (node->state != 0 || (node->jailed && plan->kind == TC_TX_KIND_UPDATE))
        return "masternode-state";
      if (payer != node->owner)
        return "owner";
    }
  if (plan->has_key && is_taken (self, plan->key, plan->kind == TC_TX_KIND_REGISTER ? G_MAXUINT : plan->node))
    return "operator-key";
  if (plan->kind == TC_TX_KIND_UPDATE && plan->has_key && plan->key != node->key && count_past (self, plan->node) >= 8)
    return "key-changes";
  return plan->has_key && !good_proof ? "possession" : "ok";
}

static void
leave_key (Model *self, guint node, guint32 epoch)
{
  const Past past = { NODE (node)->key, node, epoch };

  g_array_append_val (self->past, past);
}

/* @was_member: the committee of the epoch that ends. */
static guint
find_vacant (Model *self, const gboolean *was_member)
{
  for (guint i = 0; i < self->nodes->len; i++)
    if (NODE (i)->state == 2 && count_past (self, i) == 0 && NODE (i)->accrued < 546 && !was_member[i])
      return i;
  return self->nodes->len;
}

static void
do_register (Model *self, const Plan *plan, const gboolean *was_member, guint32 epoch)
{
  guint index = find_vacant (self, was_member);
  Node node = { .outpoint = { plan->tx->txid, 0 }, .tier = plan->tier, .key = plan->key, .owner = plan->owner, .payout = plan->payout,
                .host = plan->host, .registered = epoch };

  if (!is_taken (self, plan->key, G_MAXUINT))
    {
      if (index == self->nodes->len)
        g_array_set_size (self->nodes, index + 1);
      else
        self->n_reused++;
      self->odd += NODE (index)->accrued;
      *NODE (index) = node;
      return;
    }
  self->n_void++;
  if (plan->tier != TC_TIER_FREE)
    add_coin (self, &node.outpoint, &plan->tx->outputs[0]);
}

static void
do_update (Model *self, const Plan *plan, guint32 epoch)
{
  Node *node = NODE (plan->node);
  const gboolean is_void = node->updated || node->state != 0 || node->jailed || (plan->has_key && is_taken (self, plan->key, plan->node));

  self->n_void += is_void;
  node->updated = TRUE;
  if (is_void)
    return;
  if (plan->has_key && plan->key != node->key)
    {
      leave_key (self, plan->node, epoch);
      node->key = plan->key;
    }
  node->payout = plan->payout;
  node->host = plan->host;
}

static void
retire (Model *self, guint i, guint32 epoch)
{
  Node *node = NODE (i);

  node->retired = epoch;
  node->state = node->tier == TC_TIER_FREE ? 2 : 1;
  if (node->state == 2)
    leave_key (self, i, epoch);
}

static void
do_plan (Model *self, const Plan *plan, const gboolean *was_member, guint32 epoch)
{
  if (plan->kind == TC_TX_KIND_REGISTER)
    do_register (self, plan, was_member, epoch);
  else if (plan->kind == TC_TX_KIND_UPDATE)
    do_update (self, plan, epoch);
  else if (NODE (plan->node)->state == 0)
    retire (self, plan->node, epoch);
  else
    self->n_void++;
}

static guint64
power_of (guint tier)
{
  static const guint64 powers[] = { 0, 1, 10, 100 };

  return powers[tier];
}

static gboolean
is_eligible (const Node *node, guint32 epoch)
{
  return node->state == 0 && !node->jailed && node->tier != TC_TIER_FREE && (node->registered == 0 || node->registered + 2 <= epoch) && node->absent < REDRAW;
}

/* Everybody in the committee signs; nobody is attested. @members: bits of who was in it. */
static void
share (Model *self, const gboolean *was_member, guint64 dt_ms)
{
  __extension__ typedef unsigned __int128 U128;
  static const guint64 weights[] = { 0, 1000, 10000, 100000 };
  U128 sum = 0;
  guint n = 0;
  guint64 pot, left, minted;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      sum += was_member[i] ? weights[NODE (i)->tier] : 0;
      n += was_member[i];
    }
  minted = tc_reward_minted (n, dt_ms);
  self->minted += minted;
  left = pot = minted + self->fees + self->odd;
  for (guint i = 0; i < self->nodes->len; i++)
    if (was_member[i])
      {
        guint64 part = (guint64) ((U128) pot * weights[NODE (i)->tier] / sum);

        NODE (i)->accrued += part;
        left -= part;
      }
  self->odd = left;
  self->fees = 0;
}

static void
pay (Model *self, const TcBlock *block)
{
  const TcTx *reward = block->n_txs > 0 && block->txs[0]->kind == TC_TX_KIND_REWARD ? block->txs[0] : NULL;
  guint n = 0;

  for (guint i = block->header.epoch % REDRAW; i < self->nodes->len; i += REDRAW)
    {
      Node *node = NODE (i);

      if (node->accrued < 546)
        continue;
      g_assert_true (reward != NULL && n < reward->n_outputs);
      g_assert_cmpuint (reward->outputs[n].amount.units, ==, node->accrued);
      g_assert_true (tc_key_hash_equal (&reward->outputs[n].key_hash, &self->hashes[node->payout]));
      add_coin (self, &(TcOutpoint) { reward->txid, n }, &reward->outputs[n]);
      node->accrued = 0;
      n++;
    }
  g_assert_cmpuint (n, ==, reward != NULL ? reward->n_outputs : 0);
}

static void
count_absence (Model *self, guint n_at_start, const gboolean *was_registered, const gboolean *was_member, guint32 epoch)
{
  for (guint i = 0; i < n_at_start; i++)
    {
      Node *node = NODE (i);

      if (was_member[i])
        node->absent = 0;
      else if (was_registered[i])
        node->absent++;
      if (node->tier == TC_TIER_FREE && node->state == 0 && node->absent >= REDRAW)
        retire (self, i, epoch);
    }
}

static void
release (Model *self, guint32 epoch)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = NODE (i);
      TcOutput output = { tc_tier_collateral ((TcTier) node->tier), TC_LOCK_KEY_HASH, self->hashes[node->owner] };
      const guint64 burnt = node->jailed ? output.amount.units / 10 : 0;

      node->updated = FALSE;
      if (node->state != 1 || node->retired + UNBONDING > epoch)
        continue;
      node->state = 2;
      leave_key (self, i, epoch);
      self->burnt += burnt;
      output.amount.units -= burnt;
      add_coin (self, &node->outpoint, &output);
    }
  for (guint i = 0; i < self->past->len;)
    if (g_array_index (self->past, Past, i).until + UNBONDING < epoch)
      g_array_remove_index (self->past, i);
    else
      i++;
}

static void
end_epoch (Model *self, const TcBlock *block, guint64 dt_ms)
{
  const guint32 epoch = block->header.epoch;
  const guint n = self->nodes->len, n_most = n + self->waiting->len;
  g_autofree gboolean *was_registered = g_new0 (gboolean, n_most), *was_member = g_new0 (gboolean, n_most);

  for (guint i = 0; i < n; i++)
    {
      was_registered[i] = NODE (i)->state == 0;
      was_member[i] = NODE (i)->seated;
      NODE (i)->jailed |= NODE (i)->accused;
      NODE (i)->accused = FALSE;
    }
  for (guint i = 0; i < self->waiting->len; i++)
    {
      do_plan (self, &g_array_index (self->waiting, Plan, i), was_member, epoch);
      tc_tx_unref (g_array_index (self->waiting, Plan, i).tx);
    }
  g_array_set_size (self->waiting, 0);
  count_absence (self, n, was_registered, was_member, epoch);
  share (self, was_member, dt_ms);
  pay (self, block);
  release (self, epoch);
  for (guint i = 0; i < self->nodes->len; i++)
    NODE (i)->seated = is_eligible (NODE (i), epoch + 1);
}

/* --- making transactions --- */

static gsize
take_coins (Model *self, guint owner, guint64 need, TcFlushCoin *ret_coins)
{
  gsize n = 0;
  guint64 sum = 0;

  for (guint i = 0; i < self->coins->len && n < INPUTS_MAX && sum < need; i++)
    {
      Coin *coin = &g_array_index (self->coins, Coin, i);

      if (coin->owner != owner || coin->taken)
        continue;
      ret_coins[n++] = (TcFlushCoin) { coin->outpoint, { coin->output, 0 } };
      sum += coin->output.amount.units;
    }
  return sum >= need ? n : 0;
}

static void
mark_taken (Model *self, const TcTx *tx)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      guint found = 0;

      while (!tc_outpoint_equal (&g_array_index (self->coins, Coin, found).outpoint, &tx->inputs[i].outpoint))
        found++;
      g_array_index (self->coins, Coin, found).taken = TRUE;
    }
}

static void
choose (Model *self, Plan *plan, guint *ret_payer)
{
  static const guint8 kinds[] = { TC_TX_KIND_REGISTER, TC_TX_KIND_REGISTER, TC_TX_KIND_REGISTER, TC_TX_KIND_UPDATE, TC_TX_KIND_UPDATE,
                                  TC_TX_KIND_UPDATE, TC_TX_KIND_RETIRE, TC_TX_KIND_TRANSFER };

  *plan = (Plan) { .kind = kinds[below (G_N_ELEMENTS (kinds))], .owner = below (N_OWNERS + N_GENESIS), .payout = below (N_OWNERS),
                   .host = N_GENESIS + below (200), .key = N_GENESIS + below (N_KEYS - N_GENESIS) };
  if (percent (3))
    plan->key = below (N_GENESIS);
  plan->tier = percent (25) ? TC_TIER_FREE : percent (5) ? TC_TIER_SILVER : TC_TIER_BRONZE;
  /* Mostly the newer ones, which are still there. Number 0 never leaves: the chain needs somebody. */
  plan->node = 1 + below (self->nodes->len + (percent (3) ? 1 : -1));
  if (percent (75) && self->nodes->len > 60)
    plan->node = self->nodes->len - 1 - below (60);
  plan->has_key = plan->kind == TC_TX_KIND_REGISTER || (plan->kind == TC_TX_KIND_UPDATE && percent (60));
  *ret_payer = plan->owner;
  if (plan->kind != TC_TX_KIND_REGISTER && plan->node < self->nodes->len && percent (90))
    *ret_payer = NODE (plan->node)->owner;
}

static TcTx *
build (Model *self, const Plan *plan, guint payer, gboolean good_proof)
{
  const gboolean is_free = plan->kind == TC_TX_KIND_REGISTER && plan->tier == TC_TIER_FREE;
  const guint64 fee = is_free ? 10 * TC_AMOUNT_PER_TIME : FEE;
  const guint64 locked = plan->kind == TC_TX_KIND_REGISTER ? tc_tier_collateral ((TcTier) plan->tier).units : 0;
  TcMasternodePayload payload = { .tier = (guint8) plan->tier, .payout = self->hashes[plan->payout] };
  TcFlushCoin coins[INPUTS_MAX];
  gsize n = take_coins (self, payer, locked + fee + 10000, coins);

  if (n == 0)
    return NULL;
  if (plan->kind == TC_TX_KIND_TRANSFER)
    return tc_fixture_pay (self->chain, self->owners[payer], &coins[0].outpoint, &coins[0].coin.output, &self->hashes[plan->payout],
                           coins[0].coin.output.amount.units / 2, FEE);
  if (plan->node < self->nodes->len)
    payload.masternode = NODE (plan->node)->outpoint;
  format_host (self, plan->host, payload.host, sizeof payload.host);
  payload.has_key = plan->has_key;
  payload.operator_key = *tc_secret_key_get_public (self->keys[plan->key]);
  return tc_fixture_masternode (self->chain, plan->kind, &payload, plan->has_key && good_proof ? self->keys[plan->key] : NULL,
                                self->owners[payer], coins, n, fee);
}

static void
try_one (Model *self)
{
  gboolean good_proof = !percent (3);
  const char *foretold;
  guint payer;
  Plan plan;

  choose (self, &plan, &payer);
  plan.tx = build (self, &plan, payer, good_proof);
  if (plan.tx == NULL)
    return;
  foretold = foretell (self, &plan, payer, good_proof);
  g_assert_cmpstr (tc_tx_verdict_name (tc_ledger_check_tx (self->chain->ledger, plan.tx, NULL, &TC_VERIFIER_INLINE, NULL)), ==, foretold);
  self->n_kinds += plan.kind != TC_TX_KIND_TRANSFER;
  if (strcmp (foretold, "ok") != 0)
    {
      self->n_refused++;
      tc_tx_unref (plan.tx);
      return;
    }
  mark_taken (self, plan.tx);
  g_array_append_val (self->block, plan);
}

static int
compare_plans (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (&((const Plan *) a)->tx->txid, &((const Plan *) b)->tx->txid);
}

/* As if a block had carried evidence against somebody, whose making is another test's. */
static void
accuse (Model *self)
{
  const guint i = 1 + below (self->nodes->len - 1);

  if (NODE (i)->state == 2 || NODE (i)->jailed)
    return;
  NODE (i)->accused = TRUE;
  tc_registry_edit (self->chain->ledger->registry, i)->accused = TRUE;
  self->chain->ledger->is_changed = TRUE;
  tc_chain_fixture_flush (self->chain);
}

/* --- blocks --- */

static void
settle_coins (Model *self)
{
  for (guint i = 0; i < self->coins->len;)
    if (g_array_index (self->coins, Coin, i).taken)
      g_array_remove_index_fast (self->coins, i);
    else
      i++;
  for (guint i = 0; i < self->block->len; i++)
    {
      Plan *plan = &g_array_index (self->block, Plan, i);

      for (guint32 j = 0; j < plan->tx->n_outputs; j++)
        if (plan->tx->outputs[j].lock == TC_LOCK_KEY_HASH)
          add_coin (self, &(TcOutpoint) { plan->tx->txid, j }, &plan->tx->outputs[j]);
      if (plan->kind == TC_TX_KIND_TRANSFER)
        tc_tx_unref (plan->tx);
      else
        g_array_append_val (self->waiting, *plan);
    }
  g_array_set_size (self->block, 0);
}

/* From the newest flush, with the blocks above it run again. */
static void
restart (Model *self)
{
  static const TcExecuteOptions options = { .verifier = NULL };
  TcChainFixture *chain = self->chain;
  g_autoptr(GError) error = NULL;
  TcLedger *ledger = tc_ledger_new_stored (chain->genesis, &chain->store->view, chain->store->state, chain->store->buckets, &error);

  g_assert_no_error (error);
  for (guint i = tc_ledger_get_tip (ledger)->height; i < chain->blocks->len; i++)
    {
      g_autoptr(TcExecution) execution = NULL;

      g_assert_cmpint (tc_ledger_execute (ledger, g_ptr_array_index (chain->blocks, i), &options, &execution), ==, TC_BLOCK_OK);
      tc_ledger_apply (ledger, execution);
    }
  g_assert_cmpmem (&tc_ledger_get_tip (ledger)->state_root, TC_HASH_SIZE, &tc_ledger_get_tip (chain->ledger)->state_root, TC_HASH_SIZE);
  tc_ledger_free (chain->ledger);
  chain->ledger = ledger;
  self->n_restarts++;
}

static void
make_block (Model *self)
{
  const guint64 start_ms = tc_ledger_get_tip (self->chain->ledger)->epoch_start_ms;
  g_autoptr(GPtrArray) txs = g_ptr_array_new ();
  const TcBlock *block;

  g_array_sort (self->block, compare_plans);
  for (guint i = 0; i < self->block->len; i++)
    {
      const Plan *plan = &g_array_index (self->block, Plan, i);

      g_ptr_array_add (txs, plan->tx);
      self->fees += plan->tx->kind == TC_TX_KIND_REGISTER && plan->tier == TC_TIER_FREE ? 10 * TC_AMOUNT_PER_TIME : FEE;
    }
  if (self->chain->blocks->len == 0)
    self->fees = N_OWNERS * (PAYERS_EACH * TC_FIXTURE_PAYER_UNITS - COINS_EACH * COIN_UNITS);
  block = tc_chain_fixture_extend (self->chain, (TcTx *const *) txs->pdata, txs->len);
  g_assert_cmpuint (block->n_txs - (block->n_txs > 0 && block->txs[0]->kind == TC_TX_KIND_REWARD), ==, txs->len);
  settle_coins (self);
  if (tc_ledger_get_tip (self->chain->ledger)->is_last)
    end_epoch (self, block, block->header.time_ms - start_ms);
  if (percent (30) || self->chain->blocks->len == 1)
    tc_chain_fixture_flush (self->chain);
  if (percent (10))
    restart (self);
}

/* --- comparing --- */

static void
compare_nodes (const Model *self)
{
  const TcRegistry *registry = tc_ledger_get_registry (self->chain->ledger);

  g_assert_cmpuint (tc_registry_get_n (registry), ==, self->nodes->len);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      const TcMasternode *item = tc_registry_get (registry, i);
      const Node *node = NODE (i);
      char host[64];

      format_host (self, node->host, host, sizeof host);
      g_assert_true (tc_outpoint_equal (&item->outpoint, &node->outpoint) && tc_registry_find (registry, &node->outpoint) == item);
      g_assert_cmpuint (item->state, ==, node->state);
      g_assert_cmpuint (item->tier, ==, node->tier);
      g_assert_true (tc_public_key_equal (&item->operator_key, tc_secret_key_get_public (self->keys[node->key])));
      g_assert_true (tc_key_hash_equal (&item->owner, &self->hashes[node->owner]));
      g_assert_true (tc_key_hash_equal (&item->payout, &self->hashes[node->payout]));
      g_assert_cmpstr (item->host, ==, host);
      g_assert_cmpuint (item->registered_epoch, ==, node->registered);
      g_assert_cmpuint (item->retired_epoch, ==, node->retired);
      g_assert_cmpuint (item->accrued.units, ==, node->accrued);
      g_assert_cmpuint (item->waiting, ==, 0);
      g_assert_cmpint (item->jailed, ==, node->jailed);
      g_assert_cmpuint (item->n_past_keys, ==, count_past (self, i));
    }
  g_assert_cmpuint (registry->past_keys->len, ==, self->past->len);
}

static void
compare_committee (const Model *self)
{
  const TcCommittee *committee = tc_ledger_get_committee (self->chain->ledger);
  guint32 n = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      if (!is_eligible (NODE (i), committee->epoch))
        continue;
      g_assert_cmpuint (n, <, committee->n_members);
      g_assert_cmpuint (committee->members[n].masternode, ==, i);
      g_assert_cmpuint (committee->members[n].power, ==, power_of (NODE (i)->tier));
      g_assert_true (tc_public_key_equal (&committee->members[n].operator_key, tc_secret_key_get_public (self->keys[NODE (i)->key])));
      n++;
    }
  g_assert_cmpuint (n, ==, committee->n_members);
}

static void
compare_coin (const Model *self, TcLtHashChange *change, const TcOutpoint *outpoint, const TcOutput *output)
{
  const TcCoin *stored = g_hash_table_lookup (self->chain->store->coins, outpoint);

  g_assert_nonnull (stored);
  g_assert_cmpuint (stored->output.amount.units, ==, output->amount.units);
  g_assert_cmpuint (stored->output.lock, ==, output->lock);
  g_assert_true (tc_key_hash_equal (&stored->output.key_hash, &output->key_hash));
  tc_lthash_change_add (change, outpoint, output);
}

/* On disk, and under the root. */
static void
compare_coins (const Model *self)
{
  g_autoptr(TcLtHash) lthash = tc_lthash_new ();
  g_autoptr(TcLtHashChange) change = tc_lthash_change_new (lthash);
  guint n = self->coins->len;
  TcHash root, expected;

  for (guint i = 0; i < self->coins->len; i++)
    compare_coin (self, change, &g_array_index (self->coins, Coin, i).outpoint, &g_array_index (self->coins, Coin, i).output);
  for (guint i = 0; i < self->nodes->len; i++)
    if (NODE (i)->tier != TC_TIER_FREE && NODE (i)->state != 2)
      {
        const TcOutput output = { tc_tier_collateral ((TcTier) NODE (i)->tier), TC_LOCK_COLLATERAL, self->hashes[NODE (i)->owner] };

        compare_coin (self, change, &NODE (i)->outpoint, &output);
        n++;
      }
  g_assert_cmpuint (g_hash_table_size (self->chain->store->coins), ==, n);
  root = tc_lthash_change_root (change);
  expected = tc_lthash_get_root (self->chain->ledger->lthash);
  g_assert_true (tc_hash_equal (&root, &expected));
}

static void
compare_money (const Model *self)
{
  const TcLedger *ledger = self->chain->ledger;
  const guint64 genesis = N_OWNERS * PAYERS_EACH * TC_FIXTURE_PAYER_UNITS + N_GENESIS * 100000 * TC_AMOUNT_PER_TIME;

  g_assert_cmpuint (tc_ledger_get_money (ledger).supply.units, ==, genesis + self->minted - self->burnt);
  g_assert_cmpuint (tc_ledger_get_money (ledger).burnt.units, ==, self->burnt);
  g_assert_cmpuint (ledger->odd_units, ==, self->odd);
  g_assert_cmpuint (ledger->fees_units, ==, 0);
}

static void
test_random (void)
{
  g_test_summary ("Thousands of random registrations, updates and retirements, good and bad, over many epochs with restarts: verdicts, registry, committee, coins and money are as foretold.");
  Model *self = model_new ();
  guint n_members = 0;

  for (guint epoch = 0; epoch < N_EPOCHS; epoch++)
    {
      do
        {
          for (guint i = below (30); self->chain->blocks->len > 0 && i > 0; i--)
            try_one (self);
          if (percent (10))
            accuse (self);
          make_block (self);
        }
      while (!tc_ledger_get_tip (self->chain->ledger)->is_last);
      tc_chain_fixture_flush (self->chain);
      compare_nodes (self);
      compare_committee (self);
      compare_coins (self);
      compare_money (self);
      n_members = MAX (n_members, tc_ledger_get_committee (self->chain->ledger)->n_members);
    }
  g_test_message ("%u kinds, %u refused, %u void, %u masternodes, %u indices reused, committees of up to %u, %u restarts", self->n_kinds, self->n_refused,
                  self->n_void, self->nodes->len, self->n_reused, n_members, self->n_restarts);
  g_assert_cmpuint (self->n_kinds, >, 1000);
  g_assert_cmpuint (self->n_void, >, 20);
  g_assert_cmpuint (self->n_reused, >, 5);
  g_assert_cmpuint (self->burnt, >, 0);
  g_assert_cmpuint (n_members, >, 8);
  model_free (self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ledger/masternodes-random/model", test_random);
  return g_test_run ();
}
