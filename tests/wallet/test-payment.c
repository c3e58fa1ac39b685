#include "wallet-fixture.h"

#include <string.h>

#include "wallet/final-times.h"
#include "wallet/memo.h"

#define FEE TC_TX_FEE_MIN_UNITS

/* A wallet of @n coins of 1, 2, 3 … TIME beside the genesis' one of 100, each on an address of its own. */
static void
fixture_coins (Fixture *self, guint n)
{
  fixture_init (self, "pw", TIME (100));
  for (guint i = 1; i <= n; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *address = tc_account_new_address (self->account, 0, &error);
      g_autoptr(TcTx) tx = make_incoming (address, TIME (i), (guint8) i);

      g_assert_no_error (error);
      apply_block (self, &tx, 1);
    }
}

static TcOutpoint
coin_of (Fixture *self, TcAmount amount)
{
  g_autoptr(GPtrArray) coins = tc_account_list_coins (self->account, TC_ACCOUNT_ALL);

  for (guint i = 0; i < coins->len; i++)
    {
      const TcWalletCoin *coin = g_ptr_array_index (coins, i);

      if (coin->amount.units == amount.units)
        return coin->outpoint;
    }
  g_assert_not_reached ();
}

static TcPaymentDraft *
draft (Fixture *self, const TcPaymentOrder *order)
{
  g_autoptr(GError) error = NULL;
  TcPaymentDraft *made = tc_account_prepare (self->account, order, 1, &error);

  g_assert_no_error (error);
  return made;
}

static void
assert_refused (Fixture *self, const TcPaymentOrder *order, TcWalletError code, int recipient)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_account_prepare (self->account, order, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, (int) code);
  g_assert_cmpint (tc_wallet_error_get_recipient (error), ==, recipient);
}

/* Signs and applies @order's draft. Returns: (transfer full). */
static TcTx *
commit (Fixture *self, const TcPaymentDraft *made)
{
  g_autoptr(GError) error = NULL;
  TcTx *tx = tc_account_commit (self->account, made, 1700000400000, &error);

  g_assert_no_error (error);
  return tx;
}

static guint64
received (const TcTx *tx, const char *address)
{
  const TcKeyHash hash = key_hash_of (address);
  guint64 sum = 0;

  for (guint32 i = 0; i < tx->n_outputs; i++)
    if (tc_key_hash_equal (&tx->outputs[i].key_hash, &hash))
      sum += tx->outputs[i].amount.units;
  return sum;
}

static void
test_fee_from_recipients (void)
{
  g_test_summary ("The fee is taken from those who pay it, in equal parts to the unit; the others get what was asked for them.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 0);
  g_autofree char *a = stranger (1), *b = stranger (2), *c = stranger (3);
  const TcRecipient recipients[] = { { a, TIME (10), TRUE }, { b, TIME (20), FALSE }, { c, TIME (30), TRUE } };
  const TcPaymentOrder order = { .recipients = recipients, .n_recipients = 3, .fee_rate = 7 };

  g_autoptr(TcPaymentDraft) made = draft (&fixture, &order);
  g_assert_cmpuint (made->fee.units % 2, ==, 1);  /* so that the halves differ */
  g_assert_cmpuint (made->recipients[0].fee_part.units, ==, made->fee.units / 2 + 1);
  g_assert_cmpuint (made->recipients[1].fee_part.units, ==, 0);
  g_assert_cmpuint (made->recipients[2].fee_part.units, ==, made->fee.units / 2);
  g_assert_cmpuint (made->paid.units, ==, TIME (60).units - made->fee.units);
  g_assert_cmpuint (made->change.units, ==, TIME (40).units);
  g_assert_cmpuint (made->fee_rate, ==, 7);
  g_assert_cmpuint (made->fee.units, ==, 7ull * made->size_bytes);

  g_autoptr(TcTx) tx = commit (&fixture, made);
  g_assert_cmpuint (tx->size_bytes, ==, made->size_bytes);
  g_assert_cmpuint (received (tx, a), ==, TIME (10).units - made->recipients[0].fee_part.units);
  g_assert_cmpuint (received (tx, b), ==, TIME (20).units);
  g_assert_cmpuint (received (tx, c), ==, TIME (30).units - made->recipients[2].fee_part.units);
}

static void
test_fee_from_all_there_is (void)
{
  g_test_summary ("All there is can be sent by amount where the recipient pays the fee; what would be dust as change lessens the recipient's part of it.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 0);
  g_autofree char *payee = stranger (1);
  const TcRecipient all = { payee, TIME (100), TRUE }, nearly = { payee, { TIME (100).units - 400 }, TRUE };

  g_autoptr(TcPaymentDraft) whole = draft (&fixture, &(const TcPaymentOrder) { .recipients = &all, .n_recipients = 1 });
  g_assert_cmpuint (whole->paid.units, ==, TIME (100).units - FEE);
  g_assert_cmpuint (whole->recipients[0].fee_part.units, ==, FEE);
  tc_account_release_draft (fixture.account, whole->id);
  g_autoptr(TcPaymentDraft) part = draft (&fixture, &(const TcPaymentOrder) { .recipients = &nearly, .n_recipients = 1 });
  g_assert_cmpuint (part->change.units, ==, 0);
  g_assert_cmpuint (part->fee.units, ==, FEE);
  g_assert_cmpuint (part->recipients[0].fee_part.units, ==, FEE - 400);
  g_assert_cmpuint (part->recipients[0].amount.units, ==, TIME (100).units - FEE);
}

static void
test_fee_from_too_little (void)
{
  g_test_summary ("A fee is never taken so that dust, or less than nothing, is left of an amount: the recipient at fault is named, and no coin stays kept.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 3);
  g_autofree char *a = stranger (1), *b = stranger (2);
  TcRecipient recipients[] = { { a, TIME (1), TRUE }, { b, { 1045 }, TRUE } };
  const TcPaymentOrder order = { .recipients = recipients, .n_recipients = 2 };

  assert_refused (&fixture, &order, TC_WALLET_ERROR_AMOUNT, 1);
  recipients[1].amount.units = 600;
  assert_refused (&fixture, &order, TC_WALLET_ERROR_AMOUNT, 1);
  recipients[0].amount.units = 546;
  assert_refused (&fixture, &order, TC_WALLET_ERROR_AMOUNT, 0);
  recipients[0].amount = TIME (1);
  recipients[1].amount.units = 1046;
  g_autoptr(TcPaymentDraft) made = draft (&fixture, &order);
  g_assert_cmpuint (made->recipients[1].amount.units, ==, 546);
  tc_account_release_draft (fixture.account, made->id);
  assert_balance (&fixture, TIME (106).units, 0, 0);
}

static void
test_coins_by_hand (void)
{
  g_test_summary ("Coins chosen by hand are spent, all of them and no others, also where fewer would do; too few say by how much.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 5);
  g_autofree char *payee = stranger (1);
  const TcRecipient recipient = { .address = payee, .amount = TIME (3) };
  const TcOutpoint coins[] = { coin_of (&fixture, TIME (1)), coin_of (&fixture, TIME (2)), coin_of (&fixture, TIME (4)), coin_of (&fixture, TIME (1)) };
  TcPaymentOrder order = { .recipients = &recipient, .n_recipients = 1, .coins = coins, .n_coins = 2 };
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_account_prepare (fixture.account, &order, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT);
  g_assert_cmpuint (tc_wallet_error_get_missing (error).units, ==, FEE);
  order.n_coins = 4;  /* one of them twice */
  g_autoptr(TcPaymentDraft) made = draft (&fixture, &order);
  g_assert_cmpint (made->reason, ==, TC_DRAFT_BY_HAND);
  g_assert_cmpuint (made->n_coins, ==, 3);
  g_assert_cmpuint (made->change.units, ==, TIME (4).units - FEE);
  assert_refused (&fixture, &order, TC_WALLET_ERROR_COINS_TAKEN, -1);

  g_autoptr(TcTx) tx = commit (&fixture, made);
  g_assert_cmpuint (tx->n_inputs, ==, 3);
  assert_refused (&fixture, &order, TC_WALLET_ERROR_COINS_TAKEN, -1);
}

static void
test_all_of_some (void)
{
  g_test_summary ("Use-all with coins chosen by hand pays out those coins and leaves the others alone.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 4);
  g_autofree char *a = stranger (1), *b = stranger (2);
  const TcRecipient recipients[] = { { .address = a, .amount = TIME (1) }, { .address = b } };
  const TcOutpoint coins[] = { coin_of (&fixture, TIME (3)), coin_of (&fixture, TIME (4)) };
  const TcPaymentOrder order = { .recipients = recipients, .n_recipients = 2, .use_all = TRUE, .coins = coins, .n_coins = 2 };

  g_autoptr(TcPaymentDraft) made = draft (&fixture, &order);
  g_assert_cmpuint (made->recipients[1].amount.units, ==, TIME (6).units - FEE);
  g_assert_cmpuint (made->change.units, ==, 0);
  g_assert_cmpuint (made->remains.units, ==, TIME (103).units);
}

static void
set_frozen (Fixture *self, const TcOutpoint *coin, gboolean frozen)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_account_set_coin_frozen (self->account, coin, 1, frozen, &error));
  g_assert_no_error (error);
}

static void
test_frozen (void)
{
  g_test_summary ("A frozen coin is in no payment and not available, but shown; not chosen by hand either; a draft that holds it fails; freezing outlives a restart.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 2);
  g_autofree char *payee = stranger (1);
  const TcOutpoint big = coin_of (&fixture, TIME (100)), none = { { { 9 } }, 9 };
  const TcRecipient all = { .address = payee }, three = { .address = payee, .amount = TIME (3) };
  const TcPaymentOrder use_all = { .recipients = &all, .n_recipients = 1, .use_all = TRUE };
  const TcPaymentOrder by_hand = { .recipients = &three, .n_recipients = 1, .coins = &big, .n_coins = 1 };
  g_autoptr(GError) error = NULL;

  g_autoptr(TcPaymentDraft) before = draft (&fixture, &by_hand);
  set_frozen (&fixture, &big, TRUE);
  g_assert_null (tc_account_commit (fixture.account, before, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN);
  g_clear_error (&error);
  tc_account_release_draft (fixture.account, before->id);

  fixture_reopen (&fixture);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (snapshot->available.units, ==, TIME (3).units);
  g_assert_cmpuint (snapshot->frozen.units, ==, TIME (100).units);
  g_assert_cmpuint (snapshot->total.units, ==, TIME (103).units);
  assert_refused (&fixture, &by_hand, TC_WALLET_ERROR_COINS_TAKEN, -1);
  g_autoptr(TcPaymentDraft) rest = draft (&fixture, &use_all);
  g_assert_cmpuint (rest->n_coins, ==, 2);
  tc_account_release_draft (fixture.account, rest->id);

  set_frozen (&fixture, &big, FALSE);
  g_autoptr(TcPaymentDraft) every = draft (&fixture, &use_all);
  g_assert_cmpuint (every->n_coins, ==, 3);
  g_assert_false (tc_account_set_coin_frozen (fixture.account, &none, 1, TRUE, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND);
}

static void
test_fee_rate (void)
{
  g_test_summary ("The rate asked for is paid, the node's where none is; one that nobody can mean is refused.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 0);
  g_autofree char *payee = stranger (1);
  const TcRecipient recipient = { .address = payee, .amount = TIME (1) };
  TcPaymentOrder order = { .recipients = &recipient, .n_recipients = 1, .fee_rate = 64 };
  g_autoptr(GError) error = NULL;

  g_autoptr(TcPaymentDraft) dear = draft (&fixture, &order);
  g_assert_cmpuint (dear->fee.units, ==, 64ull * dear->size_bytes);
  tc_account_release_draft (fixture.account, dear->id);
  order.fee_rate = 0;
  g_autoptr(TcPaymentDraft) asked = tc_account_prepare (fixture.account, &order, 8, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (asked->fee.units, ==, 8ull * asked->size_bytes);
  tc_account_release_draft (fixture.account, asked->id);
  order.fee_rate = TC_WALLET_FEE_RATE_MAX + 1;
  assert_refused (&fixture, &order, TC_WALLET_ERROR_AMOUNT, -1);
}

static void
test_private_memo (void)
{
  g_test_summary ("A private memo is sealed to the recipient whose key is known; else, for two recipients, or too long, it is refused; its size is the one estimated.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 0);
  guint8 seed[TC_SEED_SIZE] = { 42 };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (key));
  g_autofree char *payee = tc_address_format (&hash, '0'), *other = stranger (1), *too_long = g_strnfill (415, 'x');
  const TcRecipient recipients[] = { { .address = payee, .amount = TIME (1) }, { .address = other, .amount = TIME (1) } };
  TcPaymentOrder order = { .recipients = recipients, .n_recipients = 1, .memo = "for the roof", .memo_private = TRUE };

  assert_refused (&fixture, &order, TC_WALLET_ERROR_MEMO, -1);
  order.memo_key = tc_secret_key_get_public (key);
  order.n_recipients = 2;
  assert_refused (&fixture, &order, TC_WALLET_ERROR_MEMO, -1);
  order.n_recipients = 1;
  order.memo = too_long;
  assert_refused (&fixture, &order, TC_WALLET_ERROR_MEMO, -1);
  order.memo = "for the roof";
  g_autoptr(TcPaymentDraft) made = draft (&fixture, &order);
  g_assert_true (made->memo_private);
  g_autoptr(TcTx) tx = commit (&fixture, made);
  g_assert_cmpuint (tx->size_bytes, ==, made->size_bytes);
  g_assert_null (g_strstr_len ((const char *) tx->memo, tx->memo_size, "roof"));
  g_autofree char *read = tc_memo_open (tx->memo, tx->memo_size, key, &tx->inputs[0].outpoint);
  g_assert_cmpstr (read, ==, "for the roof");
  g_autoptr(TcWalletTx) row = newest (&fixture);
  g_assert_cmpstr (row->memo, ==, "for the roof");
}

/* @address, but for its middle. Returns: (transfer full): not a string that anybody's key makes by chance, yet a good address. */
static char *
alike_of (const char *address, guint n_start, guint n_end)
{
  const TcKeyHash hash = key_hash_of (address);
  const gsize length = strlen (address);

  for (guint64 seed = 1;; seed++)
    {
      TcKeyHash other = hash;

      /* The first bytes make the first characters; the checksum, and so the last ones, come as they come. */
      memcpy (other.bytes + 8, &seed, sizeof seed);
      g_autofree char *text = tc_address_format (&other, '0');
      if (strlen (text) == length && strncmp (text, address, 5 + n_start) == 0 && strcmp (text + length - n_end, address + length - n_end) == 0)
        return g_steal_pointer (&text);
    }
}

static void
test_look_alike (void)
{
  g_test_summary ("A new address that begins and ends as one that was paid is warned of, and which it resembles is said; the one paid, and a stranger's, are not.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 3);
  g_autofree char *paid = stranger (1), *other = stranger (9), *alike = alike_of (paid, 3, 2);
  g_autoptr(TcTx) tx = pay (&fixture, paid, TIME (1));
  const TcRecipient recipients[] = { { .address = paid, .amount = TIME (1) }, { .address = alike, .amount = TIME (1) }, { .address = other, .amount = TIME (1) } };

  apply_block (&fixture, &tx, 1);
  g_autoptr(TcPaymentDraft) made = draft (&fixture, &(const TcPaymentOrder) { .recipients = recipients, .n_recipients = 3 });
  g_assert_cmpint (made->recipients[0].warnings, ==, 0);
  g_assert_cmpint (made->recipients[1].warnings, ==, TC_DRAFT_WARNING_NEW_ADDRESS | TC_DRAFT_WARNING_LOOK_ALIKE);
  g_assert_cmpstr (made->recipients[1].alike, ==, paid);
  g_assert_cmpint (made->recipients[2].warnings, ==, TC_DRAFT_WARNING_NEW_ADDRESS);
  g_assert_null (made->recipients[2].alike);
}

static void
test_final_times (void)
{
  g_test_summary ("What is said of the time to finality is the middle of what was measured; a payment counts once, and the newest ones count.");
  TcFinalTimes times = { 0 };
  gint64 median_us, slow_us;

  g_assert_cmpuint (tc_final_times_sum_up (&times, &median_us, &slow_us), ==, 0);
  for (guint i = 0; i < 200; i++)
    {
      const TcHash txid = { { (guint8) i, 1 } };

      tc_final_times_add (&times, &txid, i < 136 ? 9000000 : 1000 * (i - 135));
      tc_final_times_add (&times, &txid, 5);
    }
  g_assert_cmpuint (tc_final_times_sum_up (&times, &median_us, &slow_us), ==, TC_FINAL_TIMES_MAX);
  g_assert_cmpint (median_us, ==, 32000);
  g_assert_cmpint (slow_us, ==, 57000);
}

static void
test_consolidation (void)
{
  g_test_summary ("Coins are joined into one at a new address of one's own: all, or the small ones; frozen ones stay; the history shows what was moved.");
  g_auto(Fixture) fixture = { 0 };
  fixture_coins (&fixture, 9);
  const TcOutpoint frozen = coin_of (&fixture, TIME (2));
  g_autoptr(GError) error = NULL;

  set_frozen (&fixture, &frozen, TRUE);
  g_autoptr(TcPaymentDraft) small = tc_account_prepare_consolidation (fixture.account, 0, TIME (5), 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (small->reason, ==, TC_DRAFT_CONSOLIDATION);
  g_assert_cmpuint (small->n_coins, ==, 3);
  g_assert_cmpuint (small->n_recipients, ==, 0);
  g_assert_cmpuint (small->change.units, ==, TIME (8).units - small->fee.units);
  g_assert_cmpuint (small->n_left, ==, 0);
  tc_account_release_draft (fixture.account, small->id);

  g_autoptr(TcPaymentDraft) all = tc_account_prepare_consolidation (fixture.account, 0, (TcAmount) { 0 }, 1, &error);
  g_assert_cmpuint (all->n_coins, ==, 9);
  g_autoptr(TcTx) tx = commit (&fixture, all);
  g_assert_cmpuint (tx->n_outputs, ==, 1);
  g_assert_cmpuint (tx->size_bytes, ==, all->size_bytes);
  g_autoptr(TcWalletTx) row = newest (&fixture);
  g_assert_cmpint (row->kind, ==, TC_WALLET_TX_SELF);
  g_assert_cmpuint (row->amount.units, ==, all->change.units);
  g_assert_null (tc_account_prepare_consolidation (fixture.account, 0, (TcAmount) { 0 }, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT);
}

static void
test_consolidation_is_bounded (void)
{
  g_test_summary ("Where the coins do not fit into 100 kB, the smallest are joined first, and how many are left is said.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1));
  const TcTxInput input = { .outpoint = { .txid = { { 0xaa } } } };
  const TcWitness witness = { .key = { { 7 } } };
  g_autofree TcOutput *outputs = g_new0 (TcOutput, 3000);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 3000; i++)
    outputs[i] = (TcOutput) { { 10000 + i }, TC_LOCK_KEY_HASH, key_hash_of (fixture_first_address) };
  g_autoptr(TcTx) plain = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, 3000, NULL, 0, NULL, 0);
  g_autoptr(TcTx) incoming = tc_tx_new_signed (plain, &witness, 1);
  apply_block (&fixture, &incoming, 1);
  g_autoptr(TcPaymentDraft) made = tc_account_prepare_consolidation (fixture.account, 0, (TcAmount) { 0 }, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (made->size_bytes, <=, TC_TX_SIZE_MAX);
  g_assert_cmpuint (made->n_coins, ==, TC_WALLET_COINS_MAX);
  g_assert_cmpuint (made->n_left, ==, 3001 - made->n_coins);
  for (gsize i = 0; i < made->n_coins; i++)
    g_assert_cmpuint (made->coins[i]->amount.units, <, 10000 + made->n_coins);
  g_autoptr(TcTx) tx = commit (&fixture, made);
  g_assert_cmpuint (tx->size_bytes, ==, made->size_bytes);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/payment/fee-from-recipients", test_fee_from_recipients);
  g_test_add_func ("/wallet/payment/fee-from-all-there-is", test_fee_from_all_there_is);
  g_test_add_func ("/wallet/payment/fee-from-too-little", test_fee_from_too_little);
  g_test_add_func ("/wallet/payment/coins-by-hand", test_coins_by_hand);
  g_test_add_func ("/wallet/payment/all-of-some", test_all_of_some);
  g_test_add_func ("/wallet/payment/frozen", test_frozen);
  g_test_add_func ("/wallet/payment/fee-rate", test_fee_rate);
  g_test_add_func ("/wallet/payment/private-memo", test_private_memo);
  g_test_add_func ("/wallet/payment/look-alike", test_look_alike);
  g_test_add_func ("/wallet/payment/final-times", test_final_times);
  g_test_add_func ("/wallet/payment/consolidation", test_consolidation);
  g_test_add_func ("/wallet/payment/consolidation-is-bounded", test_consolidation_is_bounded);
  return g_test_run ();
}
