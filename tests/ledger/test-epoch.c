#include "chain-fixture.h"
#include "ledger/ledger-private.h"

#define LOG_3   G_GUINT64_CONSTANT (4718503850)   /* floor (2^32 ln 3) */
#define LOG_4   G_GUINT64_CONSTANT (5954088943)   /* floor (2^32 ln 4) */

__extension__ typedef unsigned __int128 U128;

static guint64
minted (guint64 log, guint64 dt_ms)
{
  return (guint64) ((U128) 10000000000 * (((U128) 1 << 32) + log) * dt_ms / (((U128) 1 << 32) * 600000));
}

/* One epoch in which member 3 signs only the first @n_signed blocks. Returns: its number of blocks. */
static guint32
run_epoch (TcChainFixture *chain, guint32 n_signed, TcTx **txs, gsize n_txs)
{
  guint8 three[TC_BITMAP_SIZE_MAX] = { 0x07 }, four[TC_BITMAP_SIZE_MAX] = { 0x0f };
  guint32 n = 0;

  do
    {
      g_autoptr(TcExecution) execution = NULL;
      g_autoptr(TcBlock) block = tc_chain_fixture_propose (chain, n == 0 ? txs : NULL, n == 0 ? n_txs : 0, &execution);

      tc_chain_fixture_apply (chain, block, execution, n < n_signed ? four : three);
      n++;
    }
  while (!tc_ledger_get_tip (chain->ledger)->is_last);
  return n;
}

static guint64
accrued (const TcChainFixture *chain, gsize index)
{
  return tc_registry_get (tc_ledger_get_registry (chain->ledger), index)->accrued.units;
}

static const TcBlock *
get_tip_block (const TcChainFixture *chain)
{
  return g_ptr_array_index (chain->blocks, chain->blocks->len - 1);
}

static void
test_reward (void)
{
  g_test_summary ("Two epochs' rewards, with fees and odd units, shared among who signed at least half, paid to whose turn it is (M5, M6).");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 2, NULL);
  g_autoptr(TcTx) first = tc_chain_fixture_pay (chain, 0, 5000), second = tc_chain_fixture_pay (chain, 1, 5000);
  TcTx *txs[] = { first, second };
  guint64 start_ms = chain->genesis->time_ms, pot, share, odd;

  /* Epoch 1: 20 blocks of 5 s up to 100 s after genesis, then the last one, 1 ms later. Member 3 signs 10 of 20: just enough. */
  g_assert_cmpuint (run_epoch (chain, 10, txs, 2), ==, 21);
  g_assert_cmpuint (tc_ledger_get_tip (chain->ledger)->time_ms - start_ms, ==, 100001);
  pot = minted (LOG_4, 100001) + 2000;
  share = pot / 4;
  odd = pot % 4;
  g_assert_cmpuint (accrued (chain, 0), ==, share);
  g_assert_cmpuint (accrued (chain, 1), ==, 0);
  g_assert_cmpuint (accrued (chain, 3), ==, share);
  g_assert_cmpuint (get_tip_block (chain)->n_txs, ==, 1);
  const TcTx *reward = get_tip_block (chain)->txs[0];
  TcKeyHash payout = tc_fixture_key_hash (chain->operators[1]);
  g_assert_cmpuint (reward->n_outputs, ==, 1);
  g_assert_cmpuint (reward->outputs[0].amount.units, ==, share);
  g_assert_true (tc_key_hash_equal (&reward->outputs[0].key_hash, &payout));

  /* Epoch 2: member 3 signs 9 of 20. Three share; it is the turn of number 2, with its balance of both. */
  g_assert_cmpuint (run_epoch (chain, 9, NULL, 0), ==, 21);
  pot = minted (LOG_3, 100001) + odd;
  reward = get_tip_block (chain)->txs[0];
  g_assert_cmpuint (reward->outputs[0].amount.units, ==, share + pot / 3);
  g_assert_cmpuint (accrued (chain, 0), ==, share + pot / 3);
  g_assert_cmpuint (accrued (chain, 2), ==, 0);
  g_assert_cmpuint (accrued (chain, 3), ==, share);
  g_assert_cmpuint (tc_registry_get (tc_ledger_get_registry (chain->ledger), 3)->inactive_epochs, ==, 1);
}

static void
test_reward_spent (void)
{
  g_test_summary ("A reward is spendable from the next block on, by its payout key.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 2, NULL);
  TcKeyHash to = tc_fixture_key_hash (chain->payers[0]);

  tc_chain_fixture_end_epoch (chain);
  const TcTx *reward = get_tip_block (chain)->txs[0];
  TcOutpoint from = { reward->txid, 0 };
  g_autoptr(TcTx) tx = tc_fixture_pay (chain, chain->operators[1], &from, &reward->outputs[0], &to, 5000, 1000);
  g_assert_cmpuint (tc_chain_fixture_extend (chain, &tx, 1)->n_txs, ==, 1);
}

static void
test_long_epoch (void)
{
  g_test_summary ("An epoch that lasts longer than two lengths is paid for two (M5).");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 2, NULL);
  TcHeader header = tc_chain_fixture_header (chain, 0, 0);
  g_autoptr(TcExecution) execution = NULL;

  header.time_ms += 10 * (guint64) chain->params.epoch_length_ms;
  g_autoptr(TcBlock) block = tc_ledger_propose (chain->ledger, &header, NULL, NULL, 0, NULL, 0, &execution);
  tc_chain_fixture_apply (chain, block, execution, NULL);
  g_assert_cmpuint (tc_chain_fixture_end_epoch (chain), ==, 1);
  g_assert_cmpuint (get_tip_block (chain)->txs[0]->outputs[0].amount.units, ==, minted (LOG_4, 200000) / 4);
}

static void
test_inactive (void)
{
  g_test_summary ("Who is inactive for redraw_epochs epochs running leaves the committee; the header of the last block says so (B5, B6).");
  TcParams params = TC_PARAMS_LOCAL;

  params.redraw_epochs = 3;
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 2, &params);
  for (guint epoch = 1; epoch <= 3; epoch++)
    {
      g_assert_cmpuint (tc_ledger_get_committee (chain->ledger)->n_members, ==, 4);
      run_epoch (chain, 0, NULL, 0);
      TcHash next = tc_committee_hash (tc_ledger_get_committee (chain->ledger));
      g_assert_true (tc_hash_equal (&next, &get_tip_block (chain)->header.next_committee));
    }
  g_assert_cmpuint (tc_ledger_get_committee (chain->ledger)->n_members, ==, 3);
  g_assert_cmpuint (tc_ledger_get_committee (chain->ledger)->power, ==, 300);
  g_assert_cmpuint (tc_ledger_get_next_epoch (chain->ledger), ==, 4);
}

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

static void
test_supply (void)
{
  g_test_summary ("All coins, balances, fees and odd units together are what genesis gave and the rewards made.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 6, NULL);
  guint64 genesis_units = 6 * TC_FIXTURE_PAYER_UNITS + 400000 * TC_AMOUNT_PER_TIME;
  guint64 supply_units = genesis_units;

  for (guint32 epoch = 1; epoch <= 5; epoch++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (chain, epoch, 123456 + epoch);

      run_epoch (chain, 99, &tx, 1);
      supply_units += minted (LOG_4, 100001);
      tc_chain_fixture_flush (chain);
      const TcLedger *ledger = chain->ledger;
      g_assert_cmpuint (ledger->supply_units, ==, supply_units);
      g_assert_cmpuint (sum_coins (chain->store), ==, ledger->coins_units);
      g_assert_cmpuint (ledger->coins_units + ledger->fees_units + ledger->odd_units + tc_registry_sum_accrued (ledger->registry), ==,
                        supply_units);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/epoch/reward", test_reward);
  g_test_add_func ("/ledger/epoch/reward-spent", test_reward_spent);
  g_test_add_func ("/ledger/epoch/long", test_long_epoch);
  g_test_add_func ("/ledger/epoch/inactive", test_inactive);
  g_test_add_func ("/ledger/epoch/supply", test_supply);
  return g_test_run ();
}
