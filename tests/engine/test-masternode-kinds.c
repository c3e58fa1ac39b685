#include "engine-net.h"

#define FEE 10000u

/* Kinds 1-3 by way of real engines: voted on, final, in the chain, and what they change at the epoch's end. */

static TcFlushCoin
coin_of (EngineNet *net, guint32 payer)
{
  TcFlushCoin coin = { 0 };

  coin.outpoint = tc_chain_fixture_coin (net->chain, payer, &coin.coin.output);
  return coin;
}

static TcTx *
register_free (EngineNet *net, guint32 payer, guint32 key_number)
{
  const TcMasternodePayload payload = { .tier = TC_TIER_FREE, .payout = tc_fixture_key_hash (net->chain->payers[payer]), .host = "192.0.2.1:24000" };
  const TcFlushCoin coin = coin_of (net, payer);
  g_autoptr(TcSecretKey) key = tc_fixture_key (key_number);

  return tc_fixture_masternode (net->chain, TC_TX_KIND_REGISTER, &payload, key, net->chain->payers[payer], &coin, 1, 10 * TC_AMOUNT_PER_TIME);
}

static const TcMasternode *
find (EngineNet *net, guint place, const TcOutpoint *outpoint)
{
  return tc_registry_find (tc_ledger_get_registry (tc_engine_get_ledger (net->nodes[place].engine)), outpoint);
}

static void
run_epochs (EngineNet *net, guint32 n)
{
  g_assert_true (engine_net_run_epoch (net, engine_net_committee (net, 0)->epoch + n, n * 60000));
}

static void
test_register (void)
{
  g_test_summary ("A registration whose parent is not in the chain yet is final before its block, and in every registry when the epoch is over; its retirement likewise.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  const TcKeyHash owner = tc_fixture_key_hash (net->chain->payers[0]);
  const TcFlushCoin from[2] = { coin_of (net, 0), coin_of (net, 1) };
  const TcTxInput inputs[2] = { { from[0].outpoint, 0 }, { from[1].outpoint, 1 } };
  const TcOutput spent[2] = { from[0].coin.output, from[1].coin.output };
  const TcOutput outputs[2] = { { { 1500 * TC_AMOUNT_PER_TIME }, TC_LOCK_KEY_HASH, owner }, { { 499 * TC_AMOUNT_PER_TIME }, TC_LOCK_KEY_HASH, owner } };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, 2, outputs, 2, NULL, 0, NULL, 0);
  g_autoptr(TcTx) parent = tc_fixture_sign (net->chain, bare, spent, net->chain->payers, 2);
  const TcFlushCoin big = { { parent->txid, 0 }, { outputs[0], 0 } }, small = { { parent->txid, 1 }, { outputs[1], 0 } };
  TcMasternodePayload payload = { .tier = TC_TIER_BRONZE, .payout = owner, .host = "192.0.2.1:24000" };
  g_autoptr(TcSecretKey) key = tc_fixture_key (77);
  g_autoptr(TcTx) tx = tc_fixture_masternode (net->chain, TC_TX_KIND_REGISTER, &payload, key, net->chain->payers[0], &big, 1, FEE);
  const TcOutpoint outpoint = { tx->txid, 0 };

  payload.masternode = outpoint;
  g_autoptr(TcTx) leave = tc_fixture_masternode (net->chain, TC_TX_KIND_RETIRE, &payload, NULL, net->chain->payers[0], &small, 1, FEE);
  engine_net_start_all (net, 4);
  g_assert_cmpint (engine_net_submit (net, 0, parent), ==, TC_TX_OK);
  g_assert_cmpint (engine_net_submit (net, 0, tx), ==, TC_TX_OK);
  g_assert_cmpint (engine_net_submit (net, 1, leave), ==, TC_TX_MISSING_COIN);
  engine_net_run (net, 800);
  g_assert_cmpint (engine_net_submit (net, 1, leave), ==, TC_TX_MASTERNODE);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_true (g_hash_table_contains (net->nodes[i].finals, &tx->txid));
      g_assert_null (find (net, i, &outpoint));
    }
  run_epochs (net, 1);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (find (net, i, &outpoint)->index, ==, 4);
  run_epochs (net, 1);
  g_assert_cmpuint (engine_net_committee (net, 0)->n_members, ==, 5);
  g_assert_cmpint (engine_net_submit (net, 1, leave), ==, TC_TX_OK);
  run_epochs (net, 1);
  g_assert_cmpuint (find (net, 2, &outpoint)->state, ==, TC_MASTERNODE_RETIRED);
  g_assert_cmpuint (engine_net_committee (net, 0)->n_members, ==, 4);
  engine_net_check_same (net);
}

static TcTx *
change_key (EngineNet *net, TcSecretKey *owner, const TcTx *paid, guint32 index, const TcOutpoint *masternode, TcSecretKey *key)
{
  const TcMasternodePayload payload = { .masternode = *masternode, .payout = tc_fixture_key_hash (owner), .host = "192.0.2.1:24000" };
  const TcFlushCoin coin = { { paid->txid, index }, { paid->outputs[index], 0 } };

  return tc_fixture_masternode (net->chain, TC_TX_KIND_UPDATE, &payload, key, owner, &coin, 1, FEE);
}

static void
test_change_key (void)
{
  g_test_summary ("A masternode whose key is changed signs nothing from the next epoch on, while the others go on; it signs again once it has its key back.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  TcSecretKey *operator = net->chain->operators[3];  /* also its owner here */
  const TcKeyHash owner = tc_fixture_key_hash (operator);
  const TcOutpoint outpoint = tc_registry_get (tc_ledger_get_registry (net->chain->ledger), 3)->outpoint;
  const TcFlushCoin from = coin_of (net, 0);
  g_autoptr(TcSecretKey) other = tc_fixture_key (78);
  g_autoptr(TcTx) gift = tc_fixture_pay (net->chain, net->chain->payers[0], &from.outpoint, &from.coin.output, &owner, TC_AMOUNT_PER_TIME, FEE);
  g_autoptr(TcTx) away = change_key (net, operator, gift, 0, &outpoint, other);
  g_autoptr(TcTx) back = change_key (net, operator, away, 0, &outpoint, operator);
  TcEngineInfo info;

  engine_net_start_all (net, 4);
  g_assert_cmpint (engine_net_submit (net, 0, gift), ==, TC_TX_OK);
  g_assert_cmpint (engine_net_submit (net, 0, away), ==, TC_TX_OK);
  run_epochs (net, 1);
  tc_engine_get_info (net->nodes[3].engine, &info);
  g_assert_cmpuint (info.self, ==, TC_MEMBER_NONE);
  g_assert_cmpint (engine_net_submit (net, 3, back), ==, TC_TX_OK);
  run_epochs (net, 1);
  tc_engine_get_info (net->nodes[3].engine, &info);
  g_assert_cmpuint (info.self, !=, TC_MEMBER_NONE);
  run_epochs (net, 1);
  g_assert_true (find (net, 0, &outpoint)->active);
  g_assert_cmpuint (net->nodes[3].n_warnings, ==, 0);
  engine_net_check_same (net);
}

static gboolean
cut_off_3 (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  return from != 3 && to != 3;
}

static void
test_refused_goes (void)
{
  g_test_summary ("T5: what waits in the mempool and the new epoch's registry refuses is dropped, and its coins are free.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  g_autoptr(TcTx) won = register_free (net, 0, 79), lost = register_free (net, 1, 79);

  engine_net_start_all (net, 4);
  net->filter = cut_off_3;
  g_assert_cmpint (engine_net_submit (net, 3, lost), ==, TC_TX_OK);
  g_assert_cmpint (engine_net_submit (net, 0, won), ==, TC_TX_OK);
  engine_net_run (net, 60000);
  g_assert_nonnull (find (net, 0, &(TcOutpoint) { won->txid, 0 }));
  g_assert_nonnull (tc_engine_get_tx (net->nodes[3].engine, &lost->txid));
  net->filter = NULL;
  run_epochs (net, 1);
  g_assert_null (tc_engine_get_tx (net->nodes[3].engine, &lost->txid));
  g_assert_nonnull (find (net, 3, &(TcOutpoint) { won->txid, 0 }));
  engine_net_check_same (net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/masternode-kinds/register", test_register);
  g_test_add_func ("/engine/masternode-kinds/change-key", test_change_key);
  g_test_add_func ("/engine/masternode-kinds/refused-goes", test_refused_goes);
  return g_test_run ();
}
