#include "wallet-fixture.h"

#include <string.h>

#define FEE 1000u

static void
test_genesis (void)
{
  g_test_summary ("A wallet made before its network finds the genesis output of its first address when it is bound, once.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1000000));
  g_autoptr(TcWalletTx) row = newest (&fixture);

  assert_balance (&fixture, TIME (1000000).units, 0, 0);
  g_assert_cmpint (row->kind, ==, TC_WALLET_TX_GENESIS);
  g_assert_cmpint (row->state, ==, TC_WALLET_TX_CONFIRMED);
  g_assert_cmpstr (row->address, ==, fixture_first_address);
  g_assert_true (tc_account_bind (fixture.account, fixture.genesis, NULL));
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (snapshot->n_txs, ==, 1);
  g_assert_cmpstr (snapshot->first_address, ==, fixture_first_address);
  g_assert_cmpuint (snapshot->receive_index, ==, 1);

  g_autoptr(TcWalletTxDetail) detail = tc_account_detail (fixture.account, &fixture.genesis->txid, NULL);
  g_assert_cmpuint (detail->n_outputs, ==, 1);
  g_assert_true (detail->outputs[0].mine);
}

static void
test_wrong_network (void)
{
  g_test_summary ("A wallet of one network refuses another one, though both have the same kind of address.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1));
  g_autoptr(TcGenesis) other = fixture_genesis ("other", TIME (5));
  g_autoptr(GError) error = NULL;

  g_assert_false (tc_account_bind (fixture.account, other, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK);
  assert_balance (&fixture, TIME (1).units, 0, 0);
}

static void
test_life_of_a_payment (void)
{
  g_test_summary ("Created, seen, votes, certified, final, confirmed: states, times and balances at each step, and the change spendable once it is certified.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  const guint64 change = TIME (90).units - FEE;

  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (10));
  assert_balance (&fixture, 0, 0, change);
  apply_tx (&fixture, tx, TC_FINALITY_PENDING, 0);
  apply_tx (&fixture, tx, TC_FINALITY_PENDING, 100);
  apply_tx (&fixture, tx, TC_FINALITY_PENDING, 200);
  assert_balance (&fixture, 0, 0, change);
  {
    g_autoptr(TcWalletTx) row = newest (&fixture);
    g_assert_cmpint (row->state, ==, TC_WALLET_TX_PENDING);
    g_assert_cmpuint (row->votes, ==, 200);
    g_assert_cmpuint (row->power, ==, 400);
    g_assert_cmpint (row->final_duration_us, ==, -1);
  }
  apply_tx (&fixture, tx, TC_FINALITY_CERTIFIED, 300);
  assert_balance (&fixture, change, 0, 0);
  apply_tx (&fixture, tx, TC_FINALITY_FINAL, 400);
  {
    g_autoptr(TcWalletTx) row = newest (&fixture);
    g_assert_cmpint (row->state, ==, TC_WALLET_TX_FINAL);
    g_assert_cmpint (row->final_duration_us, ==, 41500);
  }
  apply_block (&fixture, &tx, 1);
  assert_balance (&fixture, change, 0, 0);

  static const TcWalletEventKind life[] = { TC_WALLET_EVENT_CREATED, TC_WALLET_EVENT_VOTES, TC_WALLET_EVENT_CERTIFIED, TC_WALLET_EVENT_FINAL,
                                            TC_WALLET_EVENT_CONFIRMED };
  g_autoptr(TcWalletTxDetail) detail = detail_of (&fixture, tx);
  g_assert_cmpuint (detail->n_events, ==, G_N_ELEMENTS (life));
  for (gsize i = 0; i < G_N_ELEMENTS (life); i++)
    {
      g_assert_cmpint (detail->events[i].kind, ==, life[i]);
      g_assert_cmpint (detail->events[i].time_ms, >, 0);
    }
  g_assert_cmpint (detail->row->state, ==, TC_WALLET_TX_CONFIRMED);
  g_assert_cmpuint (detail->row->block_height, ==, 1);
  g_assert_cmpint (detail->row->kind, ==, TC_WALLET_TX_SENT);
  g_assert_cmpuint (detail->row->amount.units, ==, TIME (10).units);
  g_assert_cmpuint (detail->row->fee.units, ==, FEE);
  g_assert_cmpstr (detail->row->address, ==, payee);
  g_assert_cmpint (detail->row->final_duration_us, ==, 41500);
  g_assert_cmpuint (detail->n_inputs, ==, 1);
  g_assert_true (detail->inputs[0].mine);
  g_assert_cmpuint (detail->n_outputs, ==, 2);
}

static void
test_late_events_change_nothing (void)
{
  g_test_summary ("What arrives late or twice never takes a payment back: final stays final, confirmed stays confirmed.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (10));

  apply_tx (&fixture, tx, TC_FINALITY_FINAL, 400);
  apply_tx (&fixture, tx, TC_FINALITY_PENDING, 100);
  apply_tx (&fixture, tx, TC_FINALITY_DROPPED, 0);
  g_assert_true (tc_account_drop_tx (fixture.account, &tx->txid, "refused", 1, NULL));
  {
    g_autoptr(TcWalletTx) row = newest (&fixture);
    g_assert_cmpint (row->state, ==, TC_WALLET_TX_FINAL);
  }
  apply_block (&fixture, &tx, 1);
  apply_tx (&fixture, tx, TC_FINALITY_FINAL, 400);
  apply_tx (&fixture, tx, TC_FINALITY_DROPPED, 0);
  g_autoptr(TcWalletTxDetail) detail = detail_of (&fixture, tx);
  g_assert_cmpint (detail->row->state, ==, TC_WALLET_TX_CONFIRMED);
  assert_balance (&fixture, TIME (90).units - FEE, 0, 0);
}

static void
test_event_before_reply (void)
{
  g_test_summary ("An event that overtakes the reply to sending finds the stored payment: one row, no phantom (survive-33).");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (10));

  apply_tx (&fixture, tx, TC_FINALITY_FINAL, 400);
  apply_block (&fixture, &tx, 1);
  apply_tx (&fixture, tx, TC_FINALITY_CONFIRMED, 400);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (snapshot->n_txs, ==, 2);
  g_autoptr(TcTx) unknown = make_incoming (fixture_first_address, TIME (3), 1);
  apply_tx (&fixture, unknown, TC_FINALITY_DROPPED, 0);
  apply_tx (&fixture, unknown, TC_FINALITY_CONFIRMED, 0);
  g_autoptr(TcWalletSnapshot) after = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (after->n_txs, ==, 2);
}

static void
test_two_windows (void)
{
  g_test_summary ("Two drafts never share a coin, a draft is sent once, and a coin is taken in the file before anything is sent (survive-32).");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) more = make_incoming (fixture_first_address, TIME (50), 1);
  const TcRecipient recipient = { .address = payee, .amount = TIME (40) };
  g_autoptr(GError) error = NULL;

  apply_block (&fixture, &more, 1);
  g_autoptr(TcPaymentDraft) a = prepare (&fixture, payee, TIME (40)), b = prepare (&fixture, payee, TIME (40));
  g_assert_false (tc_outpoint_equal (&a->coins[0]->outpoint, &b->coins[0]->outpoint));
  g_assert_null (tc_account_prepare (fixture.account, &(const TcPaymentOrder) { .recipients = &recipient, .n_recipients = 1 }, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT);
  g_clear_error (&error);

  g_autoptr(TcTx) first = tc_account_commit (fixture.account, a, 1, &error);
  g_assert_no_error (error);
  g_assert_null (tc_account_commit (fixture.account, a, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN);
  tc_account_release_draft (fixture.account, b->id);

  /* As a crash between storing and sending leaves it. */
  fixture_reopen (&fixture);
  g_autoptr(GPtrArray) open = tc_account_open_txs (fixture.account, TRUE);
  g_assert_cmpuint (open->len, ==, 1);
  g_assert_true (tc_hash_equal (&((TcTx *) open->pdata[0])->txid, &first->txid));
  g_autoptr(TcPaymentDraft) c = prepare (&fixture, payee, TIME (40));
  for (gsize i = 0; i < c->n_coins; i++)
    for (gsize j = 0; j < a->n_coins; j++)
      g_assert_false (tc_outpoint_equal (&c->coins[i]->outpoint, &a->coins[j]->outpoint));
}

static void
test_refused (void)
{
  g_test_summary ("A payment that the node refuses gives its coins back, and so do those that built on it.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) parent = pay (&fixture, payee, TIME (10));
  apply_tx (&fixture, parent, TC_FINALITY_CERTIFIED, 300);
  g_autoptr(TcTx) child = pay (&fixture, payee, TIME (20));

  g_assert_true (tc_account_drop_tx (fixture.account, &parent->txid, "too cheap", 1, NULL));
  assert_balance (&fixture, TIME (100).units, 0, 0);
  g_autoptr(TcWalletTxDetail) detail = detail_of (&fixture, parent), child_detail = detail_of (&fixture, child);
  g_assert_cmpint (detail->row->state, ==, TC_WALLET_TX_DROPPED);
  g_assert_cmpstr (detail->row->reason, ==, "too cheap");
  g_assert_cmpint (child_detail->row->state, ==, TC_WALLET_TX_DROPPED);

  /* The network had it after all. */
  apply_block (&fixture, &parent, 1);
  assert_balance (&fixture, TIME (90).units - FEE, 0, 0);
}

static void
test_conflict (void)
{
  g_test_summary ("A spender of the same coin in a block makes the pending payment conflicted, with its other coins free again.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (10));
  const TcOutput output = { TIME (99), TC_LOCK_KEY_HASH, key_hash_of (payee) };
  g_autoptr(TcTx) plain = tc_tx_new (TC_TX_KIND_TRANSFER, 0, tx->inputs, tx->n_inputs, &output, 1, NULL, 0, NULL, 0);
  g_autoptr(TcTx) rival = tc_tx_new_signed (plain, tx->witnesses, tx->n_witnesses);

  apply_block (&fixture, &rival, 1);
  g_autoptr(TcWalletTxDetail) detail = detail_of (&fixture, tx), winner = detail_of (&fixture, rival);
  g_assert_cmpint (detail->row->state, ==, TC_WALLET_TX_CONFLICTED);
  g_assert_cmpint (winner->row->state, ==, TC_WALLET_TX_CONFIRMED);
  assert_balance (&fixture, 0, 0, 0);
}

static void
test_incoming (void)
{
  g_test_summary ("Money coming in is pending, then available when final; a locked wallet sees it and gives out addresses; a fresh address is shown once one was used.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  fixture_reopen (&fixture);
  g_autoptr(TcWalletSnapshot) before = tc_account_snapshot (fixture.account);
  g_autofree char *given = tc_account_new_address (fixture.account, 0, NULL);
  g_autoptr(TcTx) tx = make_incoming (before->receive_address, TIME (7), 1);

  g_assert_true (before->locked);
  apply_tx (&fixture, tx, TC_FINALITY_PENDING, 100);
  assert_balance (&fixture, TIME (100).units, TIME (7).units, 0);
  apply_tx (&fixture, tx, TC_FINALITY_CERTIFIED, 300);
  assert_balance (&fixture, TIME (100).units, TIME (7).units, 0);
  apply_tx (&fixture, tx, TC_FINALITY_FINAL, 400);
  assert_balance (&fixture, TIME (107).units, 0, 0);
  g_autoptr(TcWalletTx) row = newest (&fixture);
  g_assert_cmpint (row->kind, ==, TC_WALLET_TX_RECEIVED);
  g_assert_cmpuint (row->amount.units, ==, TIME (7).units);
  g_autoptr(TcWalletSnapshot) after = tc_account_snapshot (fixture.account);
  g_assert_cmpstr (after->receive_address, ==, given);
  g_assert_cmpuint (after->history_serial, >, before->history_serial);
}

static void
test_child_before_parent (void)
{
  g_test_summary ("Within a block a child may stand before its parent: both are applied.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) parent = pay (&fixture, payee, TIME (10));
  apply_tx (&fixture, parent, TC_FINALITY_CERTIFIED, 300);
  g_autoptr(TcTx) child = pay (&fixture, payee, TIME (20));
  g_auto(Fixture) other = { 0 };
  fixture_init (&other, "", TIME (100));
  TcTx *txs[] = { child, parent };

  g_assert_cmpmem (other.genesis->chain_id.bytes, 32, fixture.genesis->chain_id.bytes, 32);
  apply_block (&other, txs, 2);
  assert_balance (&other, TIME (70).units - 2 * FEE, 0, 0);
  apply_block (&fixture, txs, 2);
  assert_balance (&fixture, TIME (70).units - 2 * FEE, 0, 0);
}

static void
test_restart (void)
{
  g_test_summary ("Closed and opened again, balances, history, scan height and lock state are what they were; blocks go on where they were.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) first = pay (&fixture, payee, TIME (10));
  apply_block (&fixture, &first, 1);
  g_autoptr(TcTx) second = pay (&fixture, payee, TIME (1));
  apply_tx (&fixture, second, TC_FINALITY_FINAL, 400);
  g_autoptr(TcWalletSnapshot) before = tc_account_snapshot (fixture.account);
  g_autoptr(TcWalletTx) row_before = newest (&fixture);

  fixture_reopen (&fixture);
  g_autoptr(TcWalletSnapshot) after = tc_account_snapshot (fixture.account);
  g_autoptr(TcWalletTx) row_after = newest (&fixture);
  g_assert_true (after->locked);
  g_assert_cmpuint (after->total.units, ==, before->total.units);
  g_assert_cmpuint (after->available.units, ==, before->available.units);
  g_assert_cmpuint (after->n_txs, ==, before->n_txs);
  g_assert_cmpuint (after->scan_height, ==, 1);
  g_assert_cmpstr (after->receive_address, ==, before->receive_address);
  g_assert_cmpint (row_after->state, ==, TC_WALLET_TX_FINAL);
  g_assert_cmpint (row_after->final_duration_us, ==, row_before->final_duration_us);
  g_assert_cmpuint (tc_account_next_height (fixture.account), ==, 2);
  apply_block (&fixture, &second, 1);
  g_autoptr(TcWalletTxDetail) detail = detail_of (&fixture, second);
  g_assert_cmpuint (detail->row->block_height, ==, 2);
}

static void
test_rescan (void)
{
  g_test_summary ("A rescan reads the same blocks again and changes no balance; it can be stopped, and survives a restart.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (10));

      g_ptr_array_add (blocks, make_block (&fixture, &tx, 1));
      g_assert_true (tc_account_apply_block (fixture.account, blocks->pdata[i], 1, NULL));
    }
  g_assert_true (tc_account_start_rescan (fixture.account, 2, NULL));
  g_assert_true (tc_account_apply_block (fixture.account, blocks->pdata[1], 1, NULL));
  fixture_reopen (&fixture);
  g_assert_cmpuint (tc_account_next_rescan_height (fixture.account), ==, 3);
  g_assert_true (tc_account_apply_block (fixture.account, blocks->pdata[2], 1, NULL));
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_true (snapshot->rescanning);
  g_assert_cmpuint (snapshot->rescan_height, ==, 3);
  g_assert_cmpuint (snapshot->rescan_target, ==, 4);
  g_assert_true (tc_account_apply_block (fixture.account, blocks->pdata[3], 1, NULL));
  g_assert_cmpuint (tc_account_next_rescan_height (fixture.account), ==, 0);
  assert_balance (&fixture, TIME (60).units - 4 * FEE, 0, 0);
  g_assert_true (tc_account_start_rescan (fixture.account, 1, NULL));
  g_assert_true (tc_account_stop_rescan (fixture.account, NULL));
  g_assert_cmpuint (tc_account_next_height (fixture.account), ==, 5);
}

static void
test_restore (void)
{
  g_test_summary ("The phrase alone brings everything back from the blocks: coins on both chains, up to a gap far past twenty addresses.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1), *far_address = NULL;
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  g_ptr_array_add (txs, pay (&fixture, payee, TIME (10)));
  for (guint i = 0; i < 150; i++)
    {
      g_free (far_address);
      far_address = tc_account_new_address (fixture.account, 0, NULL);
    }
  g_ptr_array_add (txs, make_incoming (far_address, TIME (3), 1));
  apply_block (&fixture, (TcTx **) txs->pdata, txs->len);
  const guint64 expected = TIME (93).units - FEE;
  assert_balance (&fixture, expected, 0, 0);

  g_auto(Fixture) restored = { 0 };
  fixture_init (&restored, "other password", TIME (100));
  apply_block (&restored, (TcTx **) txs->pdata, txs->len);
  assert_balance (&restored, expected, 0, 0);
  g_autoptr(TcWalletTxDetail) detail = detail_of (&restored, txs->pdata[0]);
  g_assert_cmpint (detail->row->kind, ==, TC_WALLET_TX_SENT);
  g_assert_cmpuint (detail->row->fee.units, ==, FEE);
}

static void
test_locked_for_long (void)
{
  g_test_summary ("A locked wallet that is paid near the end of its known keys reads those blocks again once it is unlocked, and misses nothing.");
  g_auto(Fixture) fixture = { 0 }, twin = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  fixture_init (&twin, "", TIME (100));
  g_autofree char *edge = NULL, *beyond = NULL;
  for (guint i = 1; i < 260; i++)
    {
      char *address = tc_account_new_address (twin.account, 0, NULL);

      if (i == 190)
        edge = g_strdup (address);
      if (i == 259)
        beyond = g_strdup (address);
      g_free (address);
    }
  g_autoptr(TcTx) at_edge = make_incoming (edge, TIME (1), 1), past_it = make_incoming (beyond, TIME (2), 2);
  TcTx *txs[] = { at_edge, past_it };
  g_autoptr(TcSecretString) password = tc_secret_string_new ("pw");
  g_autoptr(GError) error = NULL;

  fixture_reopen (&fixture);
  g_autoptr(TcBlock) block = make_block (&fixture, txs, 2);
  g_assert_true (tc_account_apply_block (fixture.account, block, 1, NULL));
  assert_balance (&fixture, TIME (101).units, 0, 0);
  g_assert_true (tc_account_unlock (fixture.account, password, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (tc_account_next_rescan_height (fixture.account), ==, 1);
  g_assert_true (tc_account_apply_block (fixture.account, block, 1, NULL));
  assert_balance (&fixture, TIME (103).units, 0, 0);
}

static void
assert_prepare_fails (Fixture *fixture, const char *address, TcAmount amount, const char *memo, TcWalletError code, guint64 missing, int recipient)
{
  const TcRecipient recipients[] = { { .address = fixture_first_address, .amount = TIME (1) }, { .address = address, .amount = amount } };
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_account_prepare (fixture->account, &(const TcPaymentOrder) { .recipients = recipients, .n_recipients = 2, .memo = memo }, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, (int) code);
  g_assert_cmpuint (tc_wallet_error_get_missing (error).units, ==, missing);
  g_assert_cmpint (tc_wallet_error_get_recipient (error), ==, recipient);
}

static void
test_bad_requests (void)
{
  g_test_summary ("A bad address, dust, an amount past all money, a long memo and short funds are each refused with what a page needs to show it.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1), *memo = g_strnfill (513, 'x');

  assert_prepare_fails (&fixture, "TIME0AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRi", TIME (1), NULL, TC_WALLET_ERROR_RECIPIENT, 0, 1);
  assert_prepare_fails (&fixture, payee, (TcAmount) { 545 }, NULL, TC_WALLET_ERROR_AMOUNT, 0, 1);
  assert_prepare_fails (&fixture, payee, (TcAmount) { 0 }, NULL, TC_WALLET_ERROR_AMOUNT, 0, 1);
  assert_prepare_fails (&fixture, payee, (TcAmount) { G_MAXUINT64 }, NULL, TC_WALLET_ERROR_AMOUNT, 0, 1);
  assert_prepare_fails (&fixture, payee, TIME (1), memo, TC_WALLET_ERROR_MEMO, 0, -1);
  assert_prepare_fails (&fixture, payee, TIME (99), NULL, TC_WALLET_ERROR_INSUFFICIENT, FEE, -1);
}

static void
test_draft (void)
{
  g_test_summary ("A draft says what the review shows: paid, fee, change, what remains, and its warnings.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  const TcRecipient recipients[] = { { .address = fixture_first_address, .amount = TIME (1) }, { .address = payee, .amount = TIME (0) } };
  g_autoptr(GError) error = NULL;

  g_autoptr(TcPaymentDraft) one = prepare (&fixture, payee, TIME (10));
  g_assert_cmpuint (one->paid.units, ==, TIME (10).units);
  g_assert_cmpuint (one->fee.units, ==, FEE);
  g_assert_cmpuint (one->change.units, ==, TIME (90).units - FEE);
  g_assert_cmpuint (one->remains.units, ==, TIME (90).units - FEE);
  g_assert_cmpint (one->warnings, ==, TC_DRAFT_WARNING_NEW_ADDRESS);
  g_autoptr(TcTx) tx = tc_account_commit (fixture.account, one, 1, &error);
  apply_block (&fixture, &tx, 1);

  g_autoptr(TcPaymentDraft) again = prepare (&fixture, payee, TIME (10));
  g_assert_cmpint (again->warnings, ==, 0);
  tc_account_release_draft (fixture.account, again->id);
  g_autoptr(TcPaymentDraft) all = tc_account_prepare (fixture.account, &(const TcPaymentOrder) { .recipients = recipients, .n_recipients = 2, .memo = "thanks", .use_all = TRUE }, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (all->recipients[0].warnings, ==, TC_DRAFT_WARNING_PAYS_SELF);
  g_assert_cmpuint (all->recipients[1].amount.units, ==, TIME (89).units - 2 * FEE);
  g_assert_cmpuint (all->change.units, ==, 0);
  g_assert_cmpuint (all->remains.units, ==, 0);
}

static void
test_signed (void)
{
  g_test_summary ("A payment decodes, its size is the one estimated, each key signs the digest of rule T2 once, and outputs stand in order.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) a = make_incoming (fixture_first_address, TIME (50), 1);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_autoptr(TcTx) b = make_incoming (snapshot->receive_address, TIME (60), 2);
  TcTx *txs[] = { a, b };
  g_autoptr(GError) error = NULL;

  apply_block (&fixture, txs, 2);
  g_autoptr(TcPaymentDraft) draft = prepare (&fixture, payee, TIME (205));
  g_autoptr(TcTx) tx = tc_account_commit (fixture.account, draft, 1, &error);
  g_assert_no_error (error);
  g_autoptr(GBytes) bytes = tc_tx_encode (tx);
  g_autoptr(TcTx) decoded = tc_tx_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, draft->size_bytes);
  g_assert_cmpuint (decoded->n_inputs, ==, 3);
  g_assert_cmpuint (decoded->n_witnesses, ==, 2);
  g_assert_cmpuint (decoded->outputs[0].amount.units, <, decoded->outputs[1].amount.units);

  TcOutput spent[3];
  for (guint i = 0; i < 3; i++)
    for (gsize j = 0; j < draft->n_coins; j++)
      if (tc_outpoint_equal (&draft->coins[j]->outpoint, &decoded->inputs[i].outpoint))
        spent[i] = (TcOutput) { draft->coins[j]->amount, TC_LOCK_KEY_HASH, key_hash_of (draft->coins[j]->address) };
  const TcHash digest = tc_tx_digest (decoded, &fixture.genesis->chain_id, spent);
  for (guint i = 0; i < 3; i++)
    {
      const TcWitness *witness = &decoded->witnesses[decoded->inputs[i].signer];
      const TcKeyHash hash = tc_key_hash (&witness->key);

      g_assert_true (tc_key_hash_equal (&hash, &spent[i].key_hash));
      g_assert_true (tc_signature_check (&witness->signature, &witness->key, digest.bytes, TC_HASH_SIZE));
    }
}

static void
test_locked (void)
{
  g_test_summary ("A locked wallet prepares but does not sign; unlocked with the right password it does.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcSecretString) wrong = tc_secret_string_new ("pW"), right = tc_secret_string_new ("pw");
  g_autoptr(GError) error = NULL;

  tc_account_lock (fixture.account);
  g_autoptr(TcPaymentDraft) draft = prepare (&fixture, payee, TIME (1));
  g_assert_null (tc_account_commit (fixture.account, draft, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (tc_account_unlock (fixture.account, wrong, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD);
  g_clear_error (&error);
  g_assert_true (tc_account_unlock (fixture.account, right, &error));
  g_autoptr(TcTx) tx = tc_account_commit (fixture.account, draft, 1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (tx);
}

static void
test_history_pages (void)
{
  g_test_summary ("History comes newest first in pages, and search finds addresses and txids in any letter case.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (100));
  g_autofree char *payee = stranger (1), *other = stranger (2);
  guint32 total = 0;

  for (guint i = 0; i < 9; i++)
    {
      g_autoptr(TcTx) tx = pay (&fixture, i == 4 ? other : payee, TIME (1));
      apply_block (&fixture, &tx, 1);
    }
  g_autoptr(GPtrArray) page = tc_account_page (fixture.account, TC_ACCOUNT_ALL, NULL, 2, 3, &total, NULL);
  g_assert_cmpuint (total, ==, 10);
  g_assert_cmpuint (page->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (((TcWalletTx *) page->pdata[i])->block_height, ==, 7 - i);
  g_autofree char *lower = g_ascii_strdown (other, -1);
  g_autoptr(GPtrArray) found = tc_account_page (fixture.account, TC_ACCOUNT_ALL, &(TcHistoryQuery) { .search = lower }, 0, 10, &total, NULL);
  g_assert_cmpuint (total, ==, 1);
  g_assert_cmpuint (((TcWalletTx *) found->pdata[0])->block_height, ==, 5);
  g_autoptr(GPtrArray) none = tc_account_page (fixture.account, TC_ACCOUNT_ALL, &(TcHistoryQuery) { .search = (char *) "%" }, 0, 10, &total, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/account/genesis", test_genesis);
  g_test_add_func ("/wallet/account/wrong-network", test_wrong_network);
  g_test_add_func ("/wallet/account/life-of-a-payment", test_life_of_a_payment);
  g_test_add_func ("/wallet/account/late-events-change-nothing", test_late_events_change_nothing);
  g_test_add_func ("/wallet/account/survive-33-event-before-reply", test_event_before_reply);
  g_test_add_func ("/wallet/account/survive-32-two-windows", test_two_windows);
  g_test_add_func ("/wallet/account/refused", test_refused);
  g_test_add_func ("/wallet/account/conflict", test_conflict);
  g_test_add_func ("/wallet/account/incoming", test_incoming);
  g_test_add_func ("/wallet/account/child-before-parent", test_child_before_parent);
  g_test_add_func ("/wallet/account/restart", test_restart);
  g_test_add_func ("/wallet/account/rescan", test_rescan);
  g_test_add_func ("/wallet/account/restore", test_restore);
  g_test_add_func ("/wallet/account/locked-for-long", test_locked_for_long);
  g_test_add_func ("/wallet/account/bad-requests", test_bad_requests);
  g_test_add_func ("/wallet/account/draft", test_draft);
  g_test_add_func ("/wallet/account/signed", test_signed);
  g_test_add_func ("/wallet/account/locked", test_locked);
  g_test_add_func ("/wallet/account/history-pages", test_history_pages);
  return g_test_run ();
}
