#include "chain-fixture.h"

#include <string.h>

#include "core/check.h"

#define BUCKETS_SIZE (256u * 2048u)

static gboolean
get_stored_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  TcMemoryStore *self = user_data;
  const TcCoin *coin = g_hash_table_lookup (self->coins, outpoint);

  self->n_reads++;
  if (coin == NULL)
    return FALSE;
  *ret_coin = *coin;
  return TRUE;
}

TcMemoryStore *
tc_memory_store_new (void)
{
  TcMemoryStore *self = g_new0 (TcMemoryStore, 1);

  self->coins = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, g_free);
  self->buckets = g_malloc0 (BUCKETS_SIZE);
  self->view = (TcCoinView) { get_stored_coin, self };
  return self;
}

void
tc_memory_store_free (TcMemoryStore *self)
{
  g_hash_table_unref (self->coins);
  g_free (self->buckets);
  g_clear_pointer (&self->state, g_bytes_unref);
  g_free (self);
}

void
tc_memory_store_write (TcMemoryStore *self, const TcFlush *flush)
{
  for (gsize i = 0; i < flush->n_spent; i++)
    TC_CHECK (g_hash_table_remove (self->coins, &flush->spent[i]));
  for (gsize i = 0; i < flush->n_created; i++)
    TC_CHECK (g_hash_table_insert (self->coins, g_memdup2 (&flush->created[i].outpoint, sizeof (TcOutpoint)),
                                   g_memdup2 (&flush->created[i].coin, sizeof (TcCoin))));
  for (guint32 i = 0; i < flush->n_buckets; i++)
    memcpy (self->buckets + flush->bucket_numbers[i] * 2048u, flush->buckets + i * 2048u, 2048);
  self->n_written += flush->n_created + flush->n_spent;
  g_clear_pointer (&self->state, g_bytes_unref);
  self->state = g_bytes_ref (flush->state);
}

TcSecretKey *
tc_fixture_key (guint32 number)
{
  guint8 seed[TC_SEED_SIZE] = "a key of the chain fixture";

  memcpy (seed + 28, &number, sizeof number);
  return tc_secret_key_new (seed);
}

TcKeyHash
tc_fixture_key_hash (const TcSecretKey *key)
{
  return tc_key_hash (tc_secret_key_get_public (key));
}

static TcGenesis *
make_genesis (const TcChainFixture *self, const TcTier *tiers)
{
  g_autofree TcOutput *outputs = g_new0 (TcOutput, self->n_payers);
  g_autofree TcGenesisMasternode *masternodes = g_new0 (TcGenesisMasternode, self->n_masternodes);
  g_autoptr(GError) error = NULL;

  for (guint32 i = 0; i < self->n_payers; i++)
    outputs[i] = (TcOutput) { { TC_FIXTURE_PAYER_UNITS }, TC_LOCK_KEY_HASH, tc_fixture_key_hash (self->payers[i]) };
  for (guint32 i = 0; i < self->n_masternodes; i++)
    {
      masternodes[i].operator_key = *tc_secret_key_get_public (self->operators[i]);
      masternodes[i].owner = tc_fixture_key_hash (self->operators[i]);
      masternodes[i].payout = tc_fixture_key_hash (self->operators[i]);
      masternodes[i].host = g_strdup_printf ("127.%u.%u.1:24201", i / 250, i % 250);
      masternodes[i].tier = tiers != NULL ? tiers[i] : TC_TIER_GOLD;
    }
  g_autoptr(GBytes) json = tc_genesis_write ("local", '0', TC_FIXTURE_TIME_MS, &self->params, outputs, self->n_payers, masternodes,
                                             self->n_masternodes);

  for (guint32 i = 0; i < self->n_masternodes; i++)
    g_free (masternodes[i].host);
  TcGenesis *genesis = tc_genesis_parse (json, &error);

  g_assert_no_error (error);
  return genesis;
}

void
tc_chain_fixture_add_key (TcChainFixture *self, TcSecretKey *key)
{
  g_hash_table_replace (self->keys, (gpointer) tc_secret_key_get_public (key), tc_secret_key_ref (key));
}

TcChainFixture *
tc_chain_fixture_new (guint32 n_masternodes, const TcTier *tiers, guint32 n_payers, const TcParams *params)
{
  TcChainFixture *self = g_new0 (TcChainFixture, 1);

  tc_crypto_init ();
  self->params = params != NULL ? *params : TC_PARAMS_LOCAL;
  self->n_masternodes = n_masternodes;
  self->n_payers = n_payers;
  self->operators = g_new (TcSecretKey *, n_masternodes);
  self->payers = g_new (TcSecretKey *, n_payers);
  self->keys = g_hash_table_new_full (tc_public_key_hash, tc_public_key_equal, NULL, (GDestroyNotify) tc_secret_key_unref);
  for (guint32 i = 0; i < n_masternodes; i++)
    {
      self->operators[i] = tc_fixture_key (1000000 + i);
      tc_chain_fixture_add_key (self, self->operators[i]);
    }
  for (guint32 i = 0; i < n_payers; i++)
    self->payers[i] = tc_fixture_key (i);
  self->genesis = make_genesis (self, tiers);
  self->store = tc_memory_store_new ();
  self->ledger = tc_ledger_new_genesis (self->genesis, &self->store->view);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);
  return self;
}

void
tc_chain_fixture_free (TcChainFixture *self)
{
  for (guint32 i = 0; i < self->n_masternodes; i++)
    tc_secret_key_unref (self->operators[i]);
  for (guint32 i = 0; i < self->n_payers; i++)
    tc_secret_key_unref (self->payers[i]);
  g_free (self->operators);
  g_free (self->payers);
  g_ptr_array_unref (self->blocks);
  g_hash_table_unref (self->keys);
  g_clear_pointer (&self->commit, tc_commit_unref);
  tc_ledger_free (self->ledger);
  tc_memory_store_free (self->store);
  tc_genesis_unref (self->genesis);
  g_free (self);
}

TcTx *
tc_fixture_sign (const TcChainFixture *self, const TcTx *unsigned_tx, const TcOutput *spent, TcSecretKey *const *keys, gsize n_keys)
{
  g_autofree TcWitness *witnesses = g_new (TcWitness, n_keys);
  TcHash digest = tc_tx_digest (unsigned_tx, &self->genesis->chain_id, spent);

  for (gsize i = 0; i < n_keys; i++)
    {
      witnesses[i].key = *tc_secret_key_get_public (keys[i]);
      witnesses[i].signature = tc_secret_key_sign (keys[i], digest.bytes, TC_HASH_SIZE);
    }
  return tc_tx_new_signed (unsigned_tx, witnesses, n_keys);
}

TcTx *
tc_fixture_pay (const TcChainFixture *self, const TcSecretKey *key, const TcOutpoint *from, const TcOutput *coin, const TcKeyHash *to,
                guint64 amount, guint64 fee)
{
  TcTxInput input = { *from, 0 };
  TcOutput outputs[2] = { { { amount }, TC_LOCK_KEY_HASH, *to }, { { 0 }, TC_LOCK_KEY_HASH, tc_fixture_key_hash (key) } };
  gsize n_outputs = 1;

  TC_CHECK (amount + fee <= coin->amount.units);
  outputs[1].amount.units = coin->amount.units - amount - fee;
  n_outputs += outputs[1].amount.units > 0;
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, n_outputs, NULL, 0, NULL, 0);

  return tc_fixture_sign (self, bare, coin, (TcSecretKey *const *) &key, 1);
}

TcTx *
tc_fixture_masternode (TcChainFixture *self, guint8 kind, const TcMasternodePayload *payload, TcSecretKey *operator_key,
                       const TcSecretKey *owner, const TcFlushCoin *coins, gsize n_coins, guint64 fee)
{
  const guint64 collateral = kind == TC_TX_KIND_REGISTER ? tc_tier_collateral ((TcTier) payload->tier).units : 0;
  g_autofree TcTxInput *inputs = g_new0 (TcTxInput, n_coins);
  g_autofree TcOutput *spent = g_new0 (TcOutput, n_coins);
  TcMasternodePayload filled = *payload;
  TcOutput outputs[2];
  guint64 sum = 0;
  gsize n_outputs = 0;

  for (gsize i = 0; i < n_coins; i++)
    {
      inputs[i].outpoint = coins[i].outpoint;
      spent[i] = coins[i].coin.output;
      sum += spent[i].amount.units;
    }
  TC_CHECK (sum >= collateral + fee);
  if (collateral > 0)
    outputs[n_outputs++] = (TcOutput) { { collateral }, TC_LOCK_COLLATERAL, tc_fixture_key_hash (owner) };
  if (sum - collateral - fee >= TC_TX_DUST_UNITS)
    outputs[n_outputs++] = (TcOutput) { { sum - collateral - fee }, TC_LOCK_KEY_HASH, tc_fixture_key_hash (owner) };
  if (operator_key != NULL)
    {
      filled.has_key = TRUE;
      filled.operator_key = *tc_secret_key_get_public (operator_key);
      filled.possession = tc_possession_sign (operator_key, &self->genesis->chain_id, &inputs[0].outpoint, &outputs[0]);
      tc_chain_fixture_add_key (self, operator_key);
    }
  g_autoptr(GBytes) bytes = tc_masternode_payload_encode (kind, &filled);
  g_autoptr(TcTx) bare = tc_tx_new (kind, 0, inputs, n_coins, outputs, n_outputs, NULL, 0, g_bytes_get_data (bytes, NULL),
                                    g_bytes_get_size (bytes));

  return tc_fixture_sign (self, bare, spent, (TcSecretKey *const *) &owner, 1);
}

TcOutpoint
tc_chain_fixture_coin (const TcChainFixture *self, guint32 i, TcOutput *ret_output)
{
  TC_CHECK (i < self->n_payers);
  *ret_output = self->genesis->outputs[i];
  return (TcOutpoint) { self->genesis->txid, i };
}

TcTx *
tc_chain_fixture_pay (const TcChainFixture *self, guint32 i, guint64 amount)
{
  TcOutput coin;
  TcOutpoint from = tc_chain_fixture_coin (self, i, &coin);
  TcKeyHash to = tc_fixture_key_hash (self->payers[(i + 1) % self->n_payers]);

  return tc_fixture_pay (self, self->payers[i], &from, &coin, &to, amount, 1000);
}

const TcSecretKey *
tc_chain_fixture_member (const TcChainFixture *self, guint32 member)
{
  const TcSecretKey *key = g_hash_table_lookup (self->keys, &tc_ledger_get_committee (self->ledger)->members[member].operator_key);

  TC_CHECK (key != NULL);
  return key;
}

TcHeader
tc_chain_fixture_header (const TcChainFixture *self, guint32 round, guint64 size_bytes)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  TcHeader header = { .version = TC_BLOCK_VERSION, .round = round };

  header.time_ms = tc_ledger_least_time_ms (self->ledger, size_bytes);
  header.proposer = tc_committee_proposer (tc_ledger_get_committee (self->ledger), &tip->seed, tip->height + 1, round);
  header.vrf = tc_seed_prove (tc_chain_fixture_member (self, header.proposer), &self->genesis->chain_id, &tip->seed, tip->height + 1);
  return header;
}

TcClose *
tc_chain_fixture_closes (const TcChainFixture *self, gsize *ret_n)
{
  const TcCommittee *committee = tc_ledger_get_committee (self->ledger);
  TcClose *closes = g_new0 (TcClose, committee->n_members);

  for (guint32 i = 0; i < committee->n_members; i++)
    {
      closes[i].epoch = tc_ledger_get_next_epoch (self->ledger);
      closes[i].member = (guint8) i;
      tc_close_sign (&closes[i], &self->genesis->chain_id, tc_chain_fixture_member (self, i));
    }
  *ret_n = committee->n_members;
  return closes;
}

TcCommit *
tc_chain_fixture_commit (const TcChainFixture *self, const TcBlock *block, guint32 round, const guint8 *signers)
{
  const TcCommittee *committee = tc_ledger_get_committee (self->ledger);
  guint8 all[TC_BITMAP_SIZE_MAX] = { 0 };
  TcSignature signatures[TC_COMMITTEE_MAX];
  gsize n = 0;

  for (guint32 i = 0; i < committee->n_members; i++)
    tc_bitmap_set (all, i);
  if (signers == NULL)
    signers = all;
  for (guint32 i = 0; i < committee->n_members; i++)
    {
      TcVote vote = { TC_STEP_PRECOMMIT, block->header.epoch, block->header.height, round, block->hash, (guint8) i, { { 0 } } };

      if (!tc_bitmap_get (signers, i))
        continue;
      tc_vote_sign (&vote, &self->genesis->chain_id, tc_chain_fixture_member (self, i));
      signatures[n++] = vote.signature;
    }
  return tc_commit_new (block->header.height, round, &block->hash, signers, committee->n_members, signatures);
}

TcBlock *
tc_chain_fixture_propose (TcChainFixture *self, TcTx *const *txs, gsize n_txs, TcExecution **ret_execution)
{
  g_autofree TcClose *closes = NULL;
  gsize n_closes = 0;
  guint64 size_bytes = 0;
  TcHeader header;

  for (gsize i = 0; i < n_txs; i++)
    size_bytes += txs[i]->size_bytes;
  if (tc_ledger_next_is_last (self->ledger))
    closes = tc_chain_fixture_closes (self, &n_closes);
  header = tc_chain_fixture_header (self, 0, size_bytes);
  return tc_ledger_propose (self->ledger, &header, self->commit, closes, n_closes, txs, n_txs, ret_execution);
}

void
tc_chain_fixture_apply (TcChainFixture *self, TcBlock *block, const TcExecution *execution, const guint8 *signers)
{
  TcCommit *commit = tc_chain_fixture_commit (self, block, block->header.round, signers);

  g_clear_pointer (&self->commit, tc_commit_unref);
  self->commit = commit;
  tc_ledger_apply (self->ledger, execution);
  g_ptr_array_add (self->blocks, tc_block_ref (block));
}

TcBlock *
tc_chain_fixture_extend (TcChainFixture *self, TcTx *const *txs, gsize n_txs)
{
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcBlock) block = tc_chain_fixture_propose (self, txs, n_txs, &execution);

  tc_chain_fixture_apply (self, block, execution, NULL);
  return block;
}

guint32
tc_chain_fixture_end_epoch (TcChainFixture *self)
{
  guint32 n = 0;

  do
    {
      tc_chain_fixture_extend (self, NULL, 0);
      n++;
    }
  while (!tc_ledger_get_tip (self->ledger)->is_last);
  return n;
}

TcBlock *
tc_fixture_block_with (const TcBlock *block, const TcHeader *header)
{
  return tc_block_new (header, block->commit, block->closes, block->n_closes, block->txs, block->n_txs);
}

void
tc_chain_fixture_flush (TcChainFixture *self)
{
  g_autoptr(TcFlush) flush = tc_ledger_begin_flush (self->ledger);

  if (flush == NULL)
    return;
  tc_memory_store_write (self->store, flush);
  tc_ledger_end_flush (self->ledger);
}

TcBlockVerdict
tc_chain_fixture_execute (TcChainFixture *self, const TcBlock *block, TcExecution **ret_execution)
{
  const TcExecuteOptions options = { .verifier = &TC_VERIFIER_INLINE };

  return tc_ledger_execute (self->ledger, block, &options, ret_execution);
}
