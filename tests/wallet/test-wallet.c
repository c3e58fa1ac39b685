#include "fake-node.h"
#include "wallet-fixture.h"
#include "wallet/wallet.h"

typedef struct
{
  Fixture   fixture;  /* for its folder, genesis and blocks */
  TcNode   *node;
  TcWallet *wallet;
  guint     n_changed;
} Test;

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* Runs until @done says so: the test's own timeout is the limit. */
#define AWAIT_SNAPSHOT(wallet, condition)                                                   \
  G_STMT_START {                                                                            \
    for (gboolean done = FALSE; !done;)                                                     \
      {                                                                                     \
        g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);             \
        done = (condition);                                                                 \
        if (!done)                                                                          \
          g_main_context_iteration (NULL, TRUE);                                            \
      }                                                                                     \
  } G_STMT_END

static void
on_changed (TcWallet *wallet, gpointer user_data)
{
  ((Test *) user_data)->n_changed++;
}

static void
open_wallet (Test *test)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  tc_wallet_open (test->fixture.path, NULL, on_ready, &result);
  test->wallet = tc_wallet_open_finish (await (&result), &error);
  g_assert_no_error (error);
  g_signal_connect (test->wallet, "changed", G_CALLBACK (on_changed), test);
}

/* Nothing may keep the wallet after that. */
static void
drop_wallet (Test *test)
{
  gpointer watched = test->wallet;

  g_object_add_weak_pointer (watched, &watched);
  g_clear_object (&test->wallet);
  while (watched != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
close_wallet (Test *test)
{
  GAsyncResult *result = NULL;
  g_autoptr(GError) error = NULL;

  tc_wallet_close (test->wallet, on_ready, &result);
  g_assert_true (tc_wallet_close_finish (test->wallet, await (&result), &error));
  g_assert_no_error (error);
  g_object_unref (result);
  drop_wallet (test);
}

static void
attach (Test *test, TcNode *node)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  tc_wallet_attach (test->wallet, node, on_ready, &result);
  g_assert_true (tc_wallet_attach_finish (test->wallet, await (&result), &error));
  g_assert_no_error (error);
}

/* A wallet that holds 100 TIME from the genesis, opened but not attached. */
static void
test_init (Test *test, const char *password)
{
  *test = (Test) { 0 };
  fixture_init (&test->fixture, password, TIME (100));
  g_clear_pointer (&test->fixture.account, tc_account_free);
  test->node = fake_node_new (test->fixture.genesis);
  open_wallet (test);
}

static void
test_clear (Test *test)
{
  if (test->wallet != NULL)
    close_wallet (test);
  tc_node_unref (test->node);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  fixture_clear (&test->fixture);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Test, test_clear)

static gboolean
unlock (Test *test, const char *text, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(TcSecretString) password = tc_secret_string_new (text);

  tc_wallet_unlock (test->wallet, password, NULL, on_ready, &result);
  return tc_wallet_unlock_finish (test->wallet, await (&result), error);
}

static gboolean
is_locked (Test *test)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (test->wallet);

  return snapshot->locked;
}

static TcPaymentDraft *
prepare_payment (Test *test, TcAmount amount)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *address = stranger (1);
  const TcRecipient recipient = { .address = address, .amount = amount };

  tc_wallet_prepare_payment (test->wallet, &(const TcPaymentOrder) { .recipients = &recipient, .n_recipients = 1, .memo = "for lunch" }, NULL, on_ready, &result);
  TcPaymentDraft *draft = tc_wallet_prepare_payment_finish (test->wallet, await (&result), &error);
  g_assert_no_error (error);
  return draft;
}

static gboolean
send_payment (Test *test, TcPaymentDraft *draft, TcHash *ret_txid, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  tc_wallet_send_payment (test->wallet, draft, on_ready, &result);
  return tc_wallet_send_payment_finish (test->wallet, await (&result), ret_txid, error);
}

static GPtrArray *
list_history (Test *test)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  tc_wallet_list_history (test->wallet, TC_ACCOUNT_ALL, NULL, 0, 100, NULL, on_ready, &result);
  GPtrArray *page = tc_wallet_list_history_finish (test->wallet, await (&result), NULL, &error);
  g_assert_no_error (error);
  return page;
}

static void
add_blocks (Test *test, guint n, gboolean announce)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcBlock) block = make_block (&test->fixture, NULL, 0);

      fake_node_add_block (test->node, block, announce);
    }
}

static void
test_create (void)
{
  g_test_summary ("Creating gives an unlocked wallet and its phrase only for the password; making it again does not touch it.");
  g_auto(Test) test = { 0 };
  test_init (&test, "pw");
  g_autofree char *path = g_build_filename (test.fixture.dir, "second.wallet", NULL);
  g_autoptr(TcSecretString) phrase = tc_bip39_generate (24), password = tc_secret_string_new ("pw2");
  const TcWalletCreate create = { .path = path, .network = "local", .address_digit = '0', .phrase = phrase, .password = password, .kdf = &TC_KDF_MINIMAL };
  g_autoptr(GAsyncResult) result = NULL, again = NULL, shown = NULL;
  g_autoptr(GError) error = NULL;

  close_wallet (&test);
  tc_wallet_create (&create, NULL, on_ready, &result);
  test.wallet = tc_wallet_create_finish (await (&result), &error);
  g_assert_no_error (error);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (test.wallet);
  g_assert_true (snapshot->encrypted && !snapshot->locked && !snapshot->backup_verified && !snapshot->attached);
  g_assert_cmpstr (snapshot->name, ==, "second");
  g_assert_cmpstr (snapshot->receive_address, ==, snapshot->first_address);
  tc_wallet_get_phrase (test.wallet, password, on_ready, &shown);
  g_autoptr(TcSecretString) told = tc_wallet_get_phrase_finish (test.wallet, await (&shown), NULL, &error);
  g_assert_cmpstr (tc_secret_string_get (told), ==, tc_secret_string_get (phrase));

  tc_wallet_create (&create, NULL, on_ready, &again);
  g_assert_null (tc_wallet_create_finish (await (&again), &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_EXISTS);
}

static void
test_lock (void)
{
  g_test_summary ("A wrong password leaves it locked; the right one unlocks; locking shows at once, before the thread has heard of it.");
  g_auto(Test) test = { 0 };
  test_init (&test, "pw");
  g_autoptr(GError) error = NULL;

  g_assert_true (is_locked (&test));
  g_assert_false (unlock (&test, "wrong", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD);
  g_assert_true (is_locked (&test));
  g_assert_true (unlock (&test, "pw", NULL));
  g_assert_false (is_locked (&test));
  tc_wallet_lock (test.wallet);
  g_assert_true (is_locked (&test));
  attach (&test, test.node);
  g_autoptr(TcPaymentDraft) draft = prepare_payment (&test, TIME (1));
  TcHash txid;
  g_clear_error (&error);
  g_assert_false (send_payment (&test, draft, &txid, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED);
  g_assert_cmpuint (fake_node_n_submitted (test.node), ==, 0);
}

static void
test_follow (void)
{
  g_test_summary ("Attached, the wallet reads the blocks it lacks, then follows; reopened, it goes on where it was.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");
  g_autoptr(TcTx) tx = make_incoming (fixture_first_address, TIME (7), 1);

  add_blocks (&test, 30, FALSE);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 30 && !snapshot->scanning);
  g_autoptr(TcBlock) block = make_block (&test.fixture, &tx, 1);
  fake_node_add_block (test.node, block, TRUE);
  AWAIT_SNAPSHOT (test.wallet, snapshot->available.units == TIME (107).units);
  g_assert_cmpuint (test.n_changed, >, 0);
  close_wallet (&test);
  g_assert_cmpuint (fake_node_n_subscriptions (test.node), ==, 0);

  add_blocks (&test, 5, FALSE);
  open_wallet (&test);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 31 && snapshot->total.units == TIME (107).units);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 36);
}

static void
test_pay (void)
{
  g_test_summary ("Sent, with the node's FINAL overtaking its reply: one row, final, and its change at hand (survive-33).");
  g_auto(Test) test = { 0 };
  test_init (&test, "pw");
  g_autoptr(GError) error = NULL;
  TcHash txid;

  attach (&test, test.node);
  g_assert_true (unlock (&test, "pw", NULL));
  fake_node_set_event_first (test.node, TRUE);
  g_autoptr(TcPaymentDraft) draft = prepare_payment (&test, TIME (10));
  g_assert_true (send_payment (&test, draft, &txid, &error));
  g_assert_no_error (error);
  g_autoptr(GPtrArray) page = list_history (&test);
  g_assert_cmpuint (page->len, ==, 2);
  const TcWalletTx *row = page->pdata[0];
  if (!tc_hash_equal (&row->txid, &txid))
    row = page->pdata[1];
  g_assert_cmpint (row->state, ==, TC_WALLET_TX_FINAL);
  g_assert_cmpint (row->final_duration_us, ==, 20000);
  g_assert_cmpstr (row->memo, ==, "for lunch");
  AWAIT_SNAPSHOT (test.wallet, snapshot->available.units == TIME (90).units - 1000);
  g_assert_false (send_payment (&test, draft, &txid, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN);
  g_assert_cmpuint (fake_node_n_submitted (test.node), ==, 1);
}

static void
test_refused (void)
{
  g_test_summary ("What the node refuses is told with its reason, kept as dropped, and its coins can be spent again.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");
  g_autoptr(GError) error = NULL;
  TcHash txid;

  attach (&test, test.node);
  fake_node_set_refusal (test.node, "The fee is too low.");
  g_autoptr(TcPaymentDraft) draft = prepare_payment (&test, TIME (10));
  g_assert_false (send_payment (&test, draft, &txid, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_REJECTED);
  g_assert_cmpstr (error->message, ==, "The fee is too low.");
  AWAIT_SNAPSHOT (test.wallet, snapshot->available.units == TIME (100).units);
  g_autoptr(TcPaymentDraft) again = prepare_payment (&test, TIME (99));
  g_assert_nonnull (again);
}

static void
test_drafts (void)
{
  g_test_summary ("A draft keeps its coin from others until it is cancelled or dropped.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");
  g_autofree char *address = stranger (1);
  const TcRecipient recipient = { .address = address, .amount = TIME (10) };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  attach (&test, test.node);
  g_autoptr(TcPaymentDraft) first = prepare_payment (&test, TIME (10));
  tc_wallet_prepare_payment (test.wallet, &(const TcPaymentOrder) { .recipients = &recipient, .n_recipients = 1 }, NULL, on_ready, &result);
  g_assert_null (tc_wallet_prepare_payment_finish (test.wallet, await (&result), &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT);
  tc_wallet_cancel_payment (test.wallet, first);
  TcPaymentDraft *second = prepare_payment (&test, TIME (10));
  tc_payment_draft_unref (second);
  g_autoptr(TcPaymentDraft) third = prepare_payment (&test, TIME (10));
  g_assert_nonnull (third);
}

static void
test_sent_again (void)
{
  g_test_summary ("A payment that no block holds yet is handed to the node again when the wallet is opened the next time.");
  g_auto(Test) test = { 0 };
  test_init (&test, "pw");
  g_autoptr(GError) error = NULL;
  TcHash txid;

  attach (&test, test.node);
  g_assert_true (unlock (&test, "pw", NULL));
  g_autoptr(TcPaymentDraft) draft = prepare_payment (&test, TIME (10));
  g_assert_true (send_payment (&test, draft, &txid, &error));
  close_wallet (&test);
  open_wallet (&test);
  attach (&test, test.node);
  while (fake_node_n_submitted (test.node) < 2)
    g_main_context_iteration (NULL, FALSE);
  g_autoptr(TcTx) tx = fake_node_last_submitted (test.node);
  g_assert_true (tc_hash_equal (&tx->txid, &txid));
}

static void
test_rescan (void)
{
  g_test_summary ("A rescan ends with success, or with cancelled when it is; either way the wallet follows on.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) whole = NULL, cut = NULL;
  g_autoptr(GError) error = NULL;

  add_blocks (&test, 40, FALSE);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 40);
  tc_wallet_rescan (test.wallet, 1, NULL, on_ready, &whole);
  g_assert_true (tc_wallet_rescan_finish (test.wallet, await (&whole), &error));
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  tc_wallet_rescan (test.wallet, 1, cancellable, on_ready, &cut);
  g_assert_false (tc_wallet_rescan_finish (test.wallet, await (&cut), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  add_blocks (&test, 1, TRUE);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 41 && !snapshot->rescanning);
}

static void
test_rescan_stopped (void)
{
  g_test_summary ("A rescan can be stopped by whoever did not begin it; one since a day reads on from there.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");
  g_autoptr(GAsyncResult) stopped = NULL, since = NULL;
  g_autoptr(GError) error = NULL;

  add_blocks (&test, 40, FALSE);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 40);
  tc_wallet_rescan (test.wallet, 1, NULL, on_ready, &stopped);
  tc_wallet_stop_rescan (test.wallet);
  g_assert_false (tc_wallet_rescan_finish (test.wallet, await (&stopped), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  AWAIT_SNAPSHOT (test.wallet, !snapshot->rescanning);
  tc_wallet_stop_rescan (test.wallet);  /* there is none: no matter */
  tc_wallet_rescan_since (test.wallet, 1700000000000 + 20 * 5000, NULL, on_ready, &since);
  g_assert_true (tc_wallet_rescan_since_finish (test.wallet, await (&since), &error));
  g_assert_no_error (error);
}

/* In place of the fixture's wallet, whose keys are younger than all blocks: one of these words that may have been used before. */
static void
restore_wallet (Test *test)
{
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (fixture_phrase);
  const TcWalletCreate create = { .path = test->fixture.path, .network = "local", .address_digit = '0', .phrase = phrase, .restored = TRUE,
                                  .kdf = &TC_KDF_MINIMAL };
  g_autoptr(GError) error = NULL;

  close_wallet (test);
  g_assert_cmpint (remove (test->fixture.path), ==, 0);
  tc_account_free (tc_account_create (&create, &error));
  g_assert_no_error (error);
  open_wallet (test);
}

/* Ten blocks: the third pays the wallet 7 TIME, the eighth takes them away again. */
static void
add_income_and_spend (Test *test)
{
  g_autoptr(TcTx) income = make_incoming (fixture_first_address, TIME (7), 1);
  const TcTxInput input = { .outpoint = { .txid = income->txid, .index = 0 } };
  g_autofree char *address = stranger (3);
  const TcOutput output = { TIME (7), TC_LOCK_KEY_HASH, key_hash_of (address) };
  const TcWitness witness = { .key = { { 7, 1 } } };
  g_autoptr(TcTx) plain = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);
  g_autoptr(TcTx) spend = tc_tx_new_signed (plain, &witness, 1);

  for (guint height = 1; height <= 10; height++)
    {
      g_autoptr(TcBlock) block = make_block (&test->fixture, height == 3 ? &income : &spend, height == 3 || height == 8);

      fake_node_add_block (test->node, block, FALSE);
    }
}

static void
test_waits_for_history (void)
{
  g_test_summary ("Where the node has no old blocks yet, an old wallet follows the new ones and says so; when the old ones come it reads them, and what spends them.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");
  restore_wallet (&test);
  add_income_and_spend (&test);
  fake_node_set_oldest (test.node, 6, TRUE);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 10 && snapshot->unread_height == 1 && snapshot->waiting && !snapshot->never && !snapshot->scanning);
  add_blocks (&test, 1, TRUE);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 11 && snapshot->n_txs == 1);
  fake_node_set_oldest (test.node, 4, TRUE);
  add_blocks (&test, 1, TRUE);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 12 && snapshot->unread_height == 1 && snapshot->waiting);
  close_wallet (&test);
  open_wallet (&test);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->unread_height == 1 && snapshot->waiting && snapshot->problem == NULL);
  fake_node_set_oldest (test.node, 1, FALSE);
  AWAIT_SNAPSHOT (test.wallet, snapshot->unread_height == 0 && !snapshot->waiting && !snapshot->scanning);
  AWAIT_SNAPSHOT (test.wallet, snapshot->n_txs == 3 && snapshot->available.units == TIME (100).units);
}

static void
test_new_needs_no_history (void)
{
  g_test_summary ("A wallet whose keys are younger than the oldest block that the node has misses nothing.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");

  add_income_and_spend (&test);
  fake_node_set_oldest (test.node, 6, FALSE);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 10);
  AWAIT_SNAPSHOT (test.wallet, snapshot->unread_height == 0 && !snapshot->waiting);
}

static void
test_deleted_blocks (void)
{
  g_test_summary ("Blocks that were deleted before a wallet read them are said to be missing for good; a rescan of them is refused, one of the others is not.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");
  g_autoptr(GAsyncResult) refused = NULL, fine = NULL;
  g_autoptr(GError) error = NULL;

  restore_wallet (&test);
  add_income_and_spend (&test);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 10 && snapshot->n_txs == 3 && snapshot->unread_height == 0);
  fake_node_set_oldest (test.node, 6, FALSE);
  tc_wallet_rescan (test.wallet, 6, NULL, on_ready, &fine);
  g_assert_true (tc_wallet_rescan_finish (test.wallet, await (&fine), &error));
  tc_wallet_rescan (test.wallet, 1, NULL, on_ready, &refused);
  g_assert_false (tc_wallet_rescan_finish (test.wallet, await (&refused), &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_BLOCKS);
  AWAIT_SNAPSHOT (test.wallet, snapshot->unread_height == 0);
  g_clear_object (&fine);
  g_clear_object (&refused);
  restore_wallet (&test);
  attach (&test, test.node);
  AWAIT_SNAPSHOT (test.wallet, snapshot->unread_height == 1 && snapshot->never && snapshot->scan_height == 10);
}

static TcTx *
send_order (Test *test, const TcMasternodeOrder *order)
{
  g_autoptr(GAsyncResult) prepared = NULL, sent = NULL;
  g_autoptr(GError) error = NULL;
  static const guint8 seed[TC_SEED_SIZE] = { 0x0b };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  TcHash txid;

  tc_wallet_prepare_masternode (test->wallet, order, NULL, on_ready, &prepared);
  g_autoptr(TcMasternodeDraft) draft = tc_wallet_prepare_masternode_finish (test->wallet, await (&prepared), &error);
  g_assert_no_error (error);
  const TcSignature possession = tc_possession_sign (key, &draft->chain_id, &draft->coins[0], &draft->outputs[0]);
  tc_wallet_send_masternode (test->wallet, draft, &possession, on_ready, &sent);
  g_assert_true (tc_wallet_send_masternode_finish (test->wallet, await (&sent), &txid, &error));
  g_assert_no_error (error);
  return fake_node_last_submitted (test->node);
}

static TcMasternodeOrder
bronze (void)
{
  static const guint8 seed[TC_SEED_SIZE] = { 0x0b };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  TcMasternodeOrder order = { .kind = TC_TX_KIND_REGISTER, .new_owner = TRUE, .new_payout = TRUE };

  order.payload.tier = TC_TIER_BRONZE;
  order.payload.has_key = TRUE;
  order.payload.operator_key = *tc_secret_key_get_public (key);
  g_strlcpy (order.payload.host, "192.0.2.1:24000", sizeof order.payload.host);
  return order;
}

/* 2 000 TIME more than the genesis gave, and a masternode registered with them, in the chain. */
static TcTx *
register_bronze (Test *test)
{
  g_autoptr(TcTx) income = make_incoming (fixture_first_address, TIME (2000), 1);
  g_autoptr(TcBlock) first = make_block (&test->fixture, &income, 1);
  const TcMasternodeOrder order = bronze ();

  fake_node_add_block (test->node, first, TRUE);
  attach (test, test->node);
  AWAIT_SNAPSHOT (test->wallet, snapshot->scan_height == 1);
  TcTx *tx = send_order (test, &order);
  g_autoptr(TcBlock) second = make_block (&test->fixture, &tx, 1);
  fake_node_add_block (test->node, second, TRUE);
  AWAIT_SNAPSHOT (test->wallet, snapshot->scan_height == 2 && snapshot->collateral.units == TIME (1000).units);
  return tx;
}

static void
test_released (void)
{
  g_test_summary ("At an epoch's end the ledger is asked what is still locked: released collateral is available then, and at the next start of the wallet at the latest.");
  for (guint restart = 0; restart < 2; restart++)
    {
      g_auto(Test) test = { 0 };
      test_init (&test, "");
      g_autoptr(TcTx) tx = register_bronze (&test);
      const TcOutpoint outpoint = { tx->txid, 0 };
      g_autoptr(TcBlock) block = restart ? make_block (&test.fixture, NULL, 0) : make_last_block (&test.fixture, NULL, 0);

      fake_node_release (test.node, &outpoint, TIME (1000));
      fake_node_add_block (test.node, block, TRUE);
      AWAIT_SNAPSHOT (test.wallet, snapshot->scan_height == 3);
      if (restart)
        {
          close_wallet (&test);
          open_wallet (&test);
          attach (&test, test.node);
        }
      AWAIT_SNAPSHOT (test.wallet, snapshot->collateral.units == 0 && snapshot->available.units > TIME (2000).units);
    }
}

static void
test_owner_coin (void)
{
  g_test_summary ("Retiring pays the owner a coin first where the owner's was spent, waits until it can be spent, and sends then.");
  g_auto(Test) test = { 0 };
  test_init (&test, "");
  g_autoptr(TcTx) made = register_bronze (&test);
  const TcMasternodeOrder order = { .kind = TC_TX_KIND_RETIRE, .owner = made->outputs[0].key_hash, .payload.masternode = { made->txid, 0 } };
  g_autofree char *payee = stranger (1);
  const TcRecipient all = { .address = payee, .amount = { 0 } };
  g_autoptr(GAsyncResult) prepared = NULL, sent = NULL;
  g_autoptr(GError) error = NULL;
  TcHash txid;

  tc_wallet_prepare_payment (test.wallet, &(const TcPaymentOrder) { .recipients = &all, .n_recipients = 1, .use_all = TRUE }, NULL, on_ready, &prepared);
  g_autoptr(TcPaymentDraft) draft = tc_wallet_prepare_payment_finish (test.wallet, await (&prepared), &error);
  g_assert_no_error (error);
  tc_wallet_send_payment (test.wallet, draft, on_ready, &sent);
  g_assert_true (tc_wallet_send_payment_finish (test.wallet, await (&sent), &txid, &error));
  g_autoptr(TcTx) income = make_incoming (fixture_first_address, TIME (3), 2);
  g_autoptr(TcBlock) block = make_block (&test.fixture, &income, 1);
  fake_node_add_block (test.node, block, TRUE);
  AWAIT_SNAPSHOT (test.wallet, snapshot->available.units == TIME (3).units);

  fake_node_set_event_first (test.node, TRUE);  /* from now on what is sent is final at once */
  const guint before = fake_node_n_submitted (test.node);
  g_autoptr(TcTx) tx = send_order (&test, &order);
  g_assert_cmpint (tx->kind, ==, TC_TX_KIND_RETIRE);
  g_assert_cmpuint (fake_node_n_submitted (test.node), ==, before + 2);
}

static void
test_closed (void)
{
  g_test_summary ("After closing, requests fail as closed, closing again is harmless, and dropping a wallet with requests under way is safe.");
  g_auto(Test) test = { 0 };
  test_init (&test, "pw");
  g_autoptr(GAsyncResult) first = NULL, second = NULL, late = NULL, under_way = NULL;
  g_autoptr(GError) error = NULL;

  tc_wallet_close (test.wallet, on_ready, &first);
  g_assert_true (tc_wallet_close_finish (test.wallet, await (&first), &error));
  tc_wallet_close (test.wallet, on_ready, &second);
  g_assert_true (tc_wallet_close_finish (test.wallet, await (&second), &error));
  tc_wallet_new_address (test.wallet, 0, on_ready, &late);
  g_assert_null (tc_wallet_new_address_finish (test.wallet, await (&late), &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_CLOSED);
  g_clear_object (&test.wallet);
  g_clear_object (&first);
  g_clear_object (&second);
  g_clear_object (&late);

  open_wallet (&test);
  tc_wallet_new_address (test.wallet, 0, on_ready, &under_way);
  g_clear_object (&test.wallet);
  g_assert_true (G_IS_TASK (await (&under_way)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/wallet/create", test_create);
  g_test_add_func ("/wallet/wallet/lock", test_lock);
  g_test_add_func ("/wallet/wallet/follow", test_follow);
  g_test_add_func ("/wallet/wallet/survive-33-pay", test_pay);
  g_test_add_func ("/wallet/wallet/refused", test_refused);
  g_test_add_func ("/wallet/wallet/survive-32-drafts", test_drafts);
  g_test_add_func ("/wallet/wallet/sent-again", test_sent_again);
  g_test_add_func ("/wallet/wallet/rescan", test_rescan);
  g_test_add_func ("/wallet/wallet/rescan-stopped", test_rescan_stopped);
  g_test_add_func ("/wallet/wallet/waits-for-history", test_waits_for_history);
  g_test_add_func ("/wallet/wallet/new-needs-no-history", test_new_needs_no_history);
  g_test_add_func ("/wallet/wallet/deleted-blocks", test_deleted_blocks);
  g_test_add_func ("/wallet/wallet/released", test_released);
  g_test_add_func ("/wallet/wallet/owner-coin", test_owner_coin);
  g_test_add_func ("/wallet/wallet/closed", test_closed);
  return g_test_run ();
}
