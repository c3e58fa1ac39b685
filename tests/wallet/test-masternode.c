#include "wallet-fixture.h"

#include <string.h>

#include "wallet/masternode-list.h"

static TcSecretKey *
operator_key (guint8 n)
{
  const guint8 seed[TC_SEED_SIZE] = { 0x0b, n };

  return tc_secret_key_new (seed);
}

static TcMasternodeOrder
registration (TcTier tier)
{
  g_autoptr(TcSecretKey) key = operator_key (1);
  TcMasternodeOrder order = { .kind = TC_TX_KIND_REGISTER, .new_owner = TRUE, .new_payout = TRUE };

  order.payload.tier = (guint8) tier;
  order.payload.has_key = TRUE;
  order.payload.operator_key = *tc_secret_key_get_public (key);
  g_strlcpy (order.payload.host, "192.0.2.1:24000", sizeof order.payload.host);
  return order;
}

static TcMasternodeDraft *
prepare_order (Fixture *fixture, const TcMasternodeOrder *order)
{
  g_autoptr(GError) error = NULL;
  TcMasternodeDraft *draft = tc_account_prepare_masternode (fixture->account, order, 1, &error);

  g_assert_no_error (error);
  return draft;
}

static TcTx *
send_draft (Fixture *fixture, const TcMasternodeDraft *draft)
{
  g_autoptr(TcSecretKey) key = operator_key (1);
  const TcSignature possession = tc_possession_sign (key, &draft->chain_id, &draft->coins[0], &draft->outputs[0]);
  g_autoptr(GError) error = NULL;
  TcTx *tx = tc_account_commit_masternode (fixture->account, draft, tc_masternode_draft_needs_proof (draft) ? &possession : NULL, 1700000400000, &error);

  g_assert_no_error (error);
  return tx;
}

static TcTx *
register_tier (Fixture *fixture, TcTier tier)
{
  const TcMasternodeOrder order = registration (tier);
  g_autoptr(TcMasternodeDraft) draft = prepare_order (fixture, &order);

  return send_draft (fixture, draft);
}

/* M1, as the ledger checks it. */
static void
check_registration (Fixture *fixture, const TcTx *tx, TcTier tier, TcMasternodePayload *ret_payload)
{
  g_assert_cmpint (tx->kind, ==, TC_TX_KIND_REGISTER);
  g_assert_true (tc_masternode_payload_decode (tx->kind, tx->payload, tx->payload_size, ret_payload));
  g_assert_cmpint (ret_payload->tier, ==, tier);
  g_assert_cmpstr (ret_payload->host, ==, "192.0.2.1:24000");
  g_assert_true (tc_possession_check (&ret_payload->possession, &ret_payload->operator_key, &fixture->genesis->chain_id, &tx->inputs[0].outpoint,
                                      &tx->outputs[0]));
  g_assert_true (tc_account_find_key (fixture->account, &tx->outputs[0].key_hash, NULL, NULL));
  g_assert_true (tc_account_find_key (fixture->account, &ret_payload->payout, NULL, NULL));
  g_assert_false (tc_key_hash_equal (&tx->outputs[0].key_hash, &ret_payload->payout));
}

static guint64
collateral_of (Fixture *fixture)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture->account);

  return snapshot->collateral.units;
}

static guint64
available_of (Fixture *fixture)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture->account);

  return snapshot->available.units;
}

static void
test_register (void)
{
  g_test_summary ("M1: output 0 is the collateral to a fresh owner, output 1 the owner's coin, the operator key has signed; the history shows a registration.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (5000));
  g_autoptr(TcTx) tx = register_tier (&fixture, TC_TIER_BRONZE);
  TcMasternodePayload payload;

  check_registration (&fixture, tx, TC_TIER_BRONZE, &payload);
  g_assert_cmpuint (tx->outputs[0].lock, ==, TC_LOCK_COLLATERAL);
  g_assert_cmpuint (tx->outputs[0].amount.units, ==, TIME (1000).units);
  g_assert_cmpuint (tx->outputs[1].amount.units, ==, TC_OWNER_COIN_UNITS);
  g_assert_true (tc_key_hash_equal (&tx->outputs[0].key_hash, &tx->outputs[1].key_hash));
  g_assert_cmpuint (tx->n_outputs, ==, 3);

  g_autoptr(TcWalletTx) row = newest (&fixture);
  g_assert_cmpint (row->kind, ==, TC_WALLET_TX_REGISTER);
  g_assert_cmpuint (row->amount.units, ==, TIME (1000).units);
  g_assert_cmpuint (row->fee.units, ==, TC_TX_FEE_MIN_UNITS);
  g_assert_cmpuint (collateral_of (&fixture), ==, TIME (1000).units);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (snapshot->total.units, ==, TIME (5000).units - TC_TX_FEE_MIN_UNITS);
}

static void
test_list (void)
{
  g_test_summary ("A registration is listed while it is on its way, with its name; once the chain has it, as the chain says; somebody else's is not.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (5000));
  g_autoptr(TcTx) tx = register_tier (&fixture, TC_TIER_BRONZE);
  g_autoptr(GArray) all = g_array_new (FALSE, TRUE, sizeof (TcNodeMasternode));
  TcNodeMasternode others = { .index = 3, .owner = { { 9 } } };
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_account_set_note (fixture.account, &tx->txid, "Attic", &error));
  g_array_append_val (all, others);
  g_autoptr(TcOwnMasternodes) before = tc_account_list_masternodes (fixture.account, all, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (before->masternodes->len, ==, 1);
  const TcOwnMasternode *own = before->masternodes->pdata[0];
  g_assert_false (own->registered);
  g_assert_cmpstr (own->name, ==, "Attic");
  g_assert_cmpstr (own->node.host, ==, "192.0.2.1:24000");
  g_assert_cmpint (own->block_ms, ==, 0);

  const TcNodeMasternode mine = { .index = 4, .outpoint = { tx->txid, 0 }, .owner = tx->outputs[0].key_hash };
  g_array_append_val (all, mine);
  g_autoptr(TcOwnMasternodes) after = tc_account_list_masternodes (fixture.account, all, 0, &error);
  g_assert_cmpuint (after->masternodes->len, ==, 1);
  own = after->masternodes->pdata[0];
  g_assert_true (own->registered);
  g_assert_cmpuint (own->node.index, ==, 4);
  g_assert_cmpstr (own->name, ==, "Attic");
}

static void
test_free (void)
{
  g_test_summary ("M1: a Free masternode locks nothing and pays 10 TIME; output 0 is the owner's.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (50));
  g_autoptr(TcTx) tx = register_tier (&fixture, TC_TIER_FREE);
  TcMasternodePayload payload;
  guint64 paid = 0;

  check_registration (&fixture, tx, TC_TIER_FREE, &payload);
  for (guint32 i = 0; i < tx->n_outputs; i++)
    {
      g_assert_cmpuint (tx->outputs[i].lock, ==, TC_LOCK_KEY_HASH);
      paid += tx->outputs[i].amount.units;
    }
  g_assert_cmpuint (TIME (50).units - paid, >=, TIME (10).units);
  g_assert_cmpuint (TIME (50).units - paid, <, TIME (11).units);
  g_autoptr(TcWalletTx) row = newest (&fixture);
  g_assert_cmpint (row->kind, ==, TC_WALLET_TX_REGISTER);
  g_assert_cmpuint (row->amount.units, ==, 0);
}

static void
test_never_spent (void)
{
  g_test_summary ("Collateral is never chosen: not where money falls short, not where everything is sent.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) tx = register_tier (&fixture, TC_TIER_BRONZE);
  const TcRecipient recipient = { .address = payee, .amount = TIME (200) };
  g_autoptr(GError) error = NULL;

  apply_block (&fixture, &tx, 1);
  g_assert_null (tc_account_prepare (fixture.account, &(const TcPaymentOrder) { .recipients = &recipient, .n_recipients = 1 }, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT);
  g_clear_error (&error);
  g_autoptr(TcPaymentDraft) all = tc_account_prepare (fixture.account, &(const TcPaymentOrder) { .recipients = &recipient, .n_recipients = 1, .use_all = TRUE }, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->paid.units, <, TIME (100).units);
  for (gsize i = 0; i < all->n_coins; i++)
    g_assert_cmpint (all->coins[i]->lock, ==, TC_LOCK_KEY_HASH);
}

static void
test_released (void)
{
  g_test_summary ("Released collateral can be spent, less what was burnt; so it stays after the file is opened again and after a rescan.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) tx = register_tier (&fixture, TC_TIER_BRONZE);
  const TcOutpoint outpoint = { tx->txid, 0 };
  g_autoptr(GError) error = NULL;

  g_autoptr(GArray) early = tc_account_collaterals (fixture.account);
  g_assert_cmpuint (early->len, ==, 0);  /* not in the chain yet: nothing to ask about */
  g_autoptr(TcBlock) block = make_block (&fixture, &tx, 1);
  g_assert_true (tc_account_apply_block (fixture.account, block, 1, &error));
  g_autoptr(GArray) locked = tc_account_collaterals (fixture.account);
  g_assert_cmpuint (locked->len, ==, 1);
  g_assert_true (tc_outpoint_equal (&g_array_index (locked, TcOutpoint, 0), &outpoint));

  const guint64 before = available_of (&fixture);
  g_assert_true (tc_account_unlock_collateral (fixture.account, &outpoint, TIME (900), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (collateral_of (&fixture), ==, 0);
  g_assert_cmpuint (available_of (&fixture), ==, before + TIME (900).units);

  fixture_reopen (&fixture);
  {
    g_autoptr(TcSecretString) password = tc_secret_string_new ("pw");
    g_assert_true (tc_account_unlock (fixture.account, password, NULL));
  }
  g_assert_true (tc_account_start_rescan (fixture.account, 1, NULL));
  g_assert_true (tc_account_apply_block (fixture.account, block, 1, &error));
  g_autoptr(GArray) again = tc_account_collaterals (fixture.account);
  g_assert_cmpuint (again->len, ==, 0);
  g_assert_cmpuint (available_of (&fixture), ==, before + TIME (900).units);
  g_autoptr(TcTx) spent = pay (&fixture, payee, TIME (950));
  g_assert_cmpuint (spent->n_inputs, >=, 2);
}

/* A registered masternode of this wallet, in the chain. */
static TcMasternodeOrder
registered (Fixture *fixture, guint8 kind, TcTx **ret_tx)
{
  g_autoptr(TcTx) tx = register_tier (fixture, TC_TIER_BRONZE);
  TcMasternodeOrder order = registration (TC_TIER_BRONZE);

  apply_block (fixture, &tx, 1);
  order.kind = kind;
  order.new_owner = order.new_payout = FALSE;
  order.owner = tx->outputs[0].key_hash;
  order.payload.masternode = (TcOutpoint) { tx->txid, 0 };
  order.payload.has_key = FALSE;
  order.payload.payout = tx->outputs[0].key_hash;
  *ret_tx = g_steal_pointer (&tx);
  return order;
}

/* The registration's row, once its collateral is released. */
static TcWalletTx *
release (Fixture *fixture, const TcOutpoint *outpoint)
{
  g_autoptr(TcWalletSnapshot) before = tc_account_snapshot (fixture->account);
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_account_unlock_collateral (fixture->account, outpoint, TIME (1000), &error));
  g_assert_no_error (error);
  g_autoptr(TcWalletSnapshot) after = tc_account_snapshot (fixture->account);
  g_assert_cmpuint (after->history_serial, !=, before->history_serial);
  g_autoptr(TcWalletTxDetail) detail = tc_account_detail (fixture->account, &outpoint->txid, &error);
  g_assert_no_error (error);
  return tc_wallet_tx_ref (detail->row);
}

static void
test_void (void)
{
  g_test_summary ("M3: a registration whose collateral is free again without a retirement is shown as void, also in the list; one that was retired is not.");
  for (gsize i = 0; i < 2; i++)
    {
      const gboolean retires = i == 1;
      g_auto(Fixture) fixture = { 0 };
      fixture_init (&fixture, "pw", TIME (1100));
      g_autoptr(TcTx) made = NULL;
      const TcMasternodeOrder order = registered (&fixture, TC_TX_KIND_RETIRE, &made);
      guint32 total;

      g_autoptr(TcWalletTx) locked = newest (&fixture);
      g_assert_false (locked->is_released);
      if (retires)
        {
          g_autoptr(TcMasternodeDraft) draft = prepare_order (&fixture, &order);
          g_autoptr(TcTx) tx = send_draft (&fixture, draft);
          apply_block (&fixture, &tx, 1);
        }
      g_autoptr(TcWalletTx) row = release (&fixture, &order.payload.masternode);
      g_assert_true (row->is_released);
      g_assert_cmpint (row->is_void, ==, !retires);
  g_autoptr(GPtrArray) page = tc_account_page (fixture.account, TC_ACCOUNT_ALL, NULL, retires ? 1 : 0, 1, &total, NULL);
      const TcWalletTx *listed = g_ptr_array_index (page, 0);
      g_assert_true (tc_hash_equal (&listed->txid, &made->txid));
      g_assert_cmpint (listed->is_void, ==, !retires);
    }
}

/* M2: among the inputs is one of the owner. */
static gboolean
spends (const TcTx *tx, const TcHash *txid)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (tc_hash_equal (&tx->inputs[i].outpoint.txid, txid) && tx->inputs[i].outpoint.index == 1)
      return TRUE;
  return FALSE;
}

static void
test_update_and_retire (void)
{
  g_test_summary ("M2: an update and a retirement spend the owner's coin and leave another one; they name the masternode.");
  static const guint8 kinds[] = { TC_TX_KIND_UPDATE, TC_TX_KIND_RETIRE };
  static const TcWalletTxKind rows[] = { TC_WALLET_TX_UPDATE, TC_WALLET_TX_RETIRE };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_auto(Fixture) fixture = { 0 };
      fixture_init (&fixture, "pw", TIME (1100));
      g_autoptr(TcTx) made = NULL;
      const TcMasternodeOrder order = registered (&fixture, kinds[i], &made);
      g_autoptr(TcMasternodeDraft) draft = prepare_order (&fixture, &order);
      TcMasternodePayload payload;

      g_assert_false (tc_masternode_draft_needs_proof (draft));
      g_autoptr(TcTx) tx = send_draft (&fixture, draft);
      g_assert_cmpint (tx->kind, ==, kinds[i]);
      g_assert_true (tc_masternode_payload_decode (tx->kind, tx->payload, tx->payload_size, &payload));
      g_assert_true (tc_outpoint_equal (&payload.masternode, &order.payload.masternode));
      g_assert_true (spends (tx, &made->txid));
      g_assert_true (tc_key_hash_equal (&tx->outputs[0].key_hash, &order.owner));
      g_assert_cmpuint (tx->outputs[0].amount.units, ==, TC_OWNER_COIN_UNITS);
      g_autoptr(TcWalletTx) row = newest (&fixture);
      g_assert_cmpint (row->kind, ==, rows[i]);
      g_assert_cmpuint (row->amount.units, ==, 0);
      g_assert_cmpuint (row->fee.units, >=, TC_TX_FEE_MIN_UNITS);
    }
}

static void
test_owner_coin (void)
{
  g_test_summary ("Where the owner's coin is gone, the wallet says so before anything is spent; after a payment to the owner it works.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) made = NULL;
  const TcMasternodeOrder order = registered (&fixture, TC_TX_KIND_RETIRE, &made);
  const TcRecipient all = { .address = payee, .amount = { 0 } };
  g_autoptr(GError) error = NULL;
  g_autofree char *owner = tc_address_format (&order.owner, '0');
  g_autoptr(TcTx) income = make_incoming (fixture_first_address, TIME (5), 1);

  g_autoptr(TcPaymentDraft) draft = tc_account_prepare (fixture.account, &(const TcPaymentOrder) { .recipients = &all, .n_recipients = 1, .use_all = TRUE }, 1, &error);
  g_assert_no_error (error);
  g_autoptr(TcTx) everything = tc_account_commit (fixture.account, draft, 1, &error);
  g_assert_no_error (error);
  g_assert_null (tc_account_prepare_masternode (fixture.account, &order, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_OWNER_COIN);

  apply_block (&fixture, &income, 1);
  g_autoptr(TcTx) to_owner = pay (&fixture, owner, (TcAmount) { TC_OWNER_COIN_UNITS });
  apply_tx (&fixture, to_owner, TC_FINALITY_CERTIFIED, 300);
  g_autoptr(TcMasternodeDraft) retirement = prepare_order (&fixture, &order);
  g_autoptr(TcTx) tx = send_draft (&fixture, retirement);
  g_assert_cmpint (tx->kind, ==, TC_TX_KIND_RETIRE);
}

static void
test_errors (void)
{
  g_test_summary ("Short money, a bad host, somebody else's owner, a wrong proof: each is told, and nothing is spent.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1000));
  TcMasternodeOrder order = registration (TC_TIER_BRONZE);
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_account_prepare_masternode (fixture.account, &order, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT);
  g_assert_nonnull (strstr (error->message, "bronze masternode locks 1000.00000000 TIME"));
  g_assert_cmpuint (tc_wallet_error_get_missing (error).units, >, TC_OWNER_COIN_UNITS);
  g_clear_error (&error);

  g_strlcpy (order.payload.host, "example.org:24000", sizeof order.payload.host);
  g_assert_null (tc_account_prepare_masternode (fixture.account, &order, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MASTERNODE);
  g_assert_nonnull (strstr (error->message, "example.org:24000"));
  g_clear_error (&error);

  order = registration (TC_TIER_BRONZE);
  order.new_owner = FALSE;
  order.owner = (TcKeyHash) { { 0xee, 1 } };
  g_assert_null (tc_account_prepare_masternode (fixture.account, &order, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MASTERNODE);
  g_clear_error (&error);

  order = registration (TC_TIER_FREE);
  g_autoptr(TcMasternodeDraft) draft = prepare_order (&fixture, &order);
  g_autoptr(TcSecretKey) other = operator_key (2);
  const TcSignature wrong = tc_possession_sign (other, &draft->chain_id, &draft->coins[0], &draft->outputs[0]);
  g_assert_null (tc_account_commit_masternode (fixture.account, draft, &wrong, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PROOF);
  g_clear_error (&error);
  g_assert_null (tc_account_commit_masternode (fixture.account, draft, NULL, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PROOF);
  g_assert_cmpuint (available_of (&fixture), ==, TIME (1000).units);

  g_autoptr(TcTx) tx = send_draft (&fixture, draft);
  g_assert_cmpint (tx->kind, ==, TC_TX_KIND_REGISTER);
}

static void
test_request (void)
{
  g_test_summary ("What is to be proven travels as text: read back, it is chain, first input and output 0 of the transaction that is sent.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1100));
  const TcMasternodeOrder order = registration (TC_TIER_BRONZE);
  g_autoptr(TcMasternodeDraft) draft = prepare_order (&fixture, &order);
  g_autofree char *text = tc_masternode_draft_get_request (draft);
  TcHash chain_id;
  TcOutpoint first_input;
  TcOutput output;

  g_assert_true (tc_proof_request_parse (text, &chain_id, &first_input, &output));
  g_assert_true (tc_hash_equal (&chain_id, &fixture.genesis->chain_id));
  g_autoptr(TcTx) tx = send_draft (&fixture, draft);
  g_assert_true (tc_outpoint_equal (&first_input, &tx->inputs[0].outpoint));
  g_assert_cmpmem (&output, sizeof output, &tx->outputs[0], sizeof tx->outputs[0]);
  text[3] = 'x';
  g_assert_false (tc_proof_request_parse (text, &chain_id, &first_input, &output));
  text[3] = '\0';
  g_assert_false (tc_proof_request_parse (text, &chain_id, &first_input, &output));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/masternode/register", test_register);
  g_test_add_func ("/wallet/masternode/list", test_list);
  g_test_add_func ("/wallet/masternode/free", test_free);
  g_test_add_func ("/wallet/masternode/never-spent", test_never_spent);
  g_test_add_func ("/wallet/masternode/released", test_released);
  g_test_add_func ("/wallet/masternode/void", test_void);
  g_test_add_func ("/wallet/masternode/update-and-retire", test_update_and_retire);
  g_test_add_func ("/wallet/masternode/owner-coin", test_owner_coin);
  g_test_add_func ("/wallet/masternode/errors", test_errors);
  g_test_add_func ("/wallet/masternode/request", test_request);
  return g_test_run ();
}
