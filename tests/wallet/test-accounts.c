#include "wallet-fixture.h"

#include "wallet/keychain.h"
#include "wallet/slip10.h"

#define FEE 1000u

static guint32
add_account (Fixture *fixture, const char *name)
{
  g_autoptr(GError) error = NULL;
  guint32 account = 0;

  tc_account_add_account (fixture->account, name, &account, &error);
  g_assert_no_error (error);
  return account;
}

static char *
address_of (Fixture *fixture, guint32 account)
{
  g_autoptr(GError) error = NULL;
  char *address = tc_account_new_address (fixture->account, account, &error);

  g_assert_no_error (error);
  return address;
}

static void
assert_account (Fixture *fixture, guint32 index, const char *name, guint64 available)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture->account);
  const TcWalletAccount *account = tc_wallet_snapshot_get_account (snapshot, index);

  g_assert_nonnull (account);
  g_assert_cmpuint (account->index, ==, index);
  g_assert_cmpstr (account->name, ==, name);
  g_assert_cmpuint (account->available.units, ==, available);
  g_assert_cmpuint (account->total.units, ==, available);
}

static TcWalletTx *
newest_of (Fixture *fixture, guint32 account)
{
  guint32 total;
  g_autoptr(GPtrArray) page = tc_account_page (fixture->account, account, NULL, 0, 1, &total, NULL);

  g_assert_cmpuint (page->len, ==, 1);
  return tc_wallet_tx_ref (g_ptr_array_index (page, 0));
}

static guint32
count_of (Fixture *fixture, guint32 account, const char *search)
{
  guint32 total;
  g_autoptr(GPtrArray) page = tc_account_page (fixture->account, account, &(TcHistoryQuery) { .search = (char *) search }, 0, 10, &total, NULL);

  g_assert_cmpuint (page->len, ==, total);
  return total;
}

static void
test_addresses (void)
{
  g_test_summary ("Account a derives m/44'/0'/a'/chain'/i', so what other TIME wallets show for an account is what is shown here.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (0));
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (fixture_phrase), passphrase = tc_secret_string_new (NULL);
  g_autoptr(TcSecretBytes) seed = tc_bip39_seed (phrase, passphrase), chain = tc_slip10_chain (seed, 1, 0), node = tc_slip10_child (chain, 1);
  g_autoptr(TcSecretKey) key = tc_slip10_key (node);
  const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (key));
  g_autofree char *expected = tc_address_format (&hash, '0'), *address = NULL;
  gboolean change = TRUE;
  guint32 found = 0;

  g_assert_cmpuint (add_account (&fixture, "Savings"), ==, 1);
  address = address_of (&fixture, 1);
  g_assert_cmpstr (address, ==, expected);
  g_assert_true (tc_account_find_key (fixture.account, &hash, &change, &found));
  g_assert_false (change);
  g_assert_cmpuint (found, ==, 1);
}

static void
test_names (void)
{
  g_test_summary ("Names are kept over a restart and can be changed or taken back; one that is too long or of two lines is refused, and so is an unknown account.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (0));
  g_autofree char *longest = g_strnfill (TC_WALLET_NAME_MAX + 1, 'x');
  const char *const bad[] = { longest, "two\nlines", "\xff" };

  assert_account (&fixture, 0, "Account 1", 0);
  add_account (&fixture, "  Savings ");
  add_account (&fixture, NULL);
  fixture_reopen (&fixture);
  assert_account (&fixture, 1, "Savings", 0);
  assert_account (&fixture, 2, "Account 3", 0);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (tc_account_rename_account (fixture.account, 0, bad[i], &error));
      g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_ACCOUNT);
    }
  g_assert_true (tc_account_rename_account (fixture.account, 0, "Everyday", NULL));
  g_assert_true (tc_account_rename_account (fixture.account, 1, "", NULL));
  assert_account (&fixture, 0, "Everyday", 0);
  assert_account (&fixture, 1, "Account 2", 0);
  g_autoptr(GError) error = NULL;
  g_assert_false (tc_account_rename_account (fixture.account, 3, "No", &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_ACCOUNT);
  g_assert_null (tc_account_new_address (fixture.account, TC_ACCOUNT_ALL, NULL));
}

static void
test_limits (void)
{
  g_test_summary ("No account is added to a locked wallet, nor behind so many unused ones that a restored wallet would not find it.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1));
  g_autoptr(GError) error = NULL;
  guint32 account;

  for (guint i = 0; i < TC_KEYCHAIN_ACCOUNTS_AHEAD; i++)
    add_account (&fixture, NULL);
  g_assert_false (tc_account_add_account (fixture.account, NULL, &account, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_ACCOUNT);
  g_clear_error (&error);
  g_autofree char *address = address_of (&fixture, TC_KEYCHAIN_ACCOUNTS_AHEAD);
  g_autoptr(TcTx) tx = make_incoming (address, TIME (1), 1);
  apply_block (&fixture, &tx, 1);
  add_account (&fixture, NULL);
  tc_account_lock (fixture.account);
  g_assert_false (tc_account_add_account (fixture.account, NULL, &account, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED);
}

static void
test_transfer (void)
{
  g_test_summary ("A transfer between accounts is one of the wallet's own to all, and out and in to each; payments take coins of one account alone.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  add_account (&fixture, "Savings");
  g_autofree char *savings = address_of (&fixture, 1);

  g_autoptr(TcTx) tx = pay (&fixture, savings, TIME (30));
  apply_block (&fixture, &tx, 1);
  assert_account (&fixture, 0, "Account 1", TIME (70).units - FEE);
  assert_account (&fixture, 1, "Savings", TIME (30).units);
  assert_balance (&fixture, TIME (100).units - FEE, 0, 0);

  g_autoptr(TcWalletTx) all = newest_of (&fixture, TC_ACCOUNT_ALL), out = newest_of (&fixture, 0), in = newest_of (&fixture, 1);
  g_assert_cmpint (all->kind, ==, TC_WALLET_TX_SELF);
  g_assert_cmpint (all->transfer, ==, TC_TRANSFER_NONE);
  g_assert_cmpuint (all->accounts->len, ==, 2);
  g_assert_cmpint (out->transfer, ==, TC_TRANSFER_OUT);
  g_assert_cmpuint (out->peer, ==, 1);
  g_assert_cmpuint (out->amount.units, ==, TIME (30).units);
  g_assert_cmpuint (out->fee.units, ==, FEE);
  g_assert_cmpint (in->transfer, ==, TC_TRANSFER_IN);
  g_assert_cmpuint (in->peer, ==, 0);
  g_assert_cmpuint (in->amount.units, ==, TIME (30).units);
  g_assert_cmpuint (in->fee.units, ==, 0);
  g_assert_cmpstr (in->address, ==, savings);
  g_assert_cmpuint (count_of (&fixture, 0, NULL), ==, 2);
  g_assert_cmpuint (count_of (&fixture, 1, NULL), ==, 1);
  g_assert_cmpuint (count_of (&fixture, 1, savings), ==, 1);
  g_assert_cmpuint (count_of (&fixture, 1, fixture_first_address), ==, 0);
  g_autoptr(GPtrArray) coins = tc_account_list_coins (fixture.account, 1);
  g_assert_cmpuint (coins->len, ==, 1);
  g_assert_cmpuint (((TcWalletCoin *) coins->pdata[0])->account, ==, 1);

  g_autofree char *payee = stranger (1);
  const TcRecipient recipient = { .address = payee, .amount = TIME (80) };
  g_autoptr(GError) error = NULL;
  g_assert_null (tc_account_prepare (fixture.account, &(const TcPaymentOrder) { .recipients = &recipient, .n_recipients = 1 }, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT);
}

static void
test_locked_sees_all (void)
{
  g_test_summary ("A locked wallet sees what comes in to each of its accounts, and gives out their addresses.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1));
  add_account (&fixture, "Savings");
  fixture_reopen (&fixture);
  g_autofree char *address = address_of (&fixture, 1);
  g_autoptr(TcTx) tx = make_incoming (address, TIME (4), 1);

  apply_block (&fixture, &tx, 1);
  assert_account (&fixture, 1, "Savings", TIME (4).units);
}

/* Reads @blocks in the order that the wallet asks for them, until there are no more. */
static void
follow (TcAccount *account, GPtrArray *blocks)
{
  g_autoptr(GError) error = NULL;

  for (;;)
    {
      const guint32 next = tc_account_next_height (account), height = next <= blocks->len ? next : tc_account_next_rescan_height (account);

      if (height == 0)
        return;
      tc_account_apply_block (account, g_ptr_array_index (blocks, height - 1), 1, &error);
      g_assert_no_error (error);
    }
}

static void
unref_block (gpointer block)
{
  tc_block_unref (block);
}

/* Blocks that pay accounts 3, 12 and 7, in this order: the second and third are known of only once the first was found. */
static GPtrArray *
make_scattered (Fixture *fixture)
{
  static const guint32 accounts[] = { 7, 12, 3 };
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (fixture_phrase), passphrase = tc_secret_string_new (NULL);
  g_autoptr(TcSecretBytes) seed = tc_bip39_seed (phrase, passphrase);
  GPtrArray *blocks = g_ptr_array_new_with_free_func (unref_block);

  for (guint8 i = 0; i < G_N_ELEMENTS (accounts); i++)
    {
      g_autoptr(TcSecretBytes) chain = tc_slip10_chain (seed, accounts[i], 0), node = tc_slip10_child (chain, 15);
      g_autoptr(TcSecretKey) key = tc_slip10_key (node);
      const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (key));
      g_autofree char *address = tc_address_format (&hash, '0');
      TcTx *tx = make_incoming (address, TIME (i + 1), i);

      g_ptr_array_add (blocks, make_block (fixture, &tx, 1));
      tc_tx_unref (tx);
    }
  return blocks;
}

static void
assert_scattered (Fixture *fixture)
{
  assert_balance (fixture, TIME (7).units, 0, 0);
  assert_account (fixture, 7, "Account 8", TIME (1).units);
  assert_account (fixture, 12, "Account 13", TIME (2).units);
  assert_account (fixture, 3, "Account 4", TIME (3).units);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture->account);
  g_assert_cmpuint (snapshot->accounts->len, ==, 13);
}

static void
test_restore (void)
{
  g_test_summary ("A restored wallet finds the money in accounts behind empty ones, in whatever order they were paid (BIP44's discovery).");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1));
  g_autoptr(GPtrArray) blocks = make_scattered (&fixture);

  follow (fixture.account, blocks);
  assert_scattered (&fixture);
  fixture_reopen (&fixture);
  assert_scattered (&fixture);
}

static void
test_restore_locked (void)
{
  g_test_summary ("The same while it is locked: what it could not look for is read again once it is unlocked.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (1));
  g_autoptr(GPtrArray) blocks = make_scattered (&fixture);
  g_autoptr(TcSecretString) password = tc_secret_string_new ("pw");

  fixture_reopen (&fixture);
  follow (fixture.account, blocks);
  assert_account (&fixture, 3, "Account 4", TIME (3).units);
  assert_balance (&fixture, TIME (4).units, 0, 0);
  g_assert_true (tc_account_unlock (fixture.account, password, NULL));
  follow (fixture.account, blocks);
  assert_scattered (&fixture);
}

static void
test_birthday (void)
{
  g_test_summary ("A restored wallet whose first day is known passes over what is older, and no more once it has read a block.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (0));
  g_autofree char *path = g_build_filename (fixture.dir, "restored.wallet", NULL);
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (fixture_phrase);
  const TcWalletCreate create = { .path = path, .network = "local", .address_digit = '0', .phrase = phrase, .restored = TRUE, .born_ms = 1700000000000 };
  g_autoptr(GError) error = NULL;
  g_autoptr(TcAccount) restored = tc_account_create (&create, &error);

  g_assert_no_error (error);
  g_assert_cmpint (tc_account_unborn_before_ms (fixture.account), ==, 0);
  const gint64 before_ms = tc_account_unborn_before_ms (restored);
  g_assert_cmpint (before_ms, >, 0);
  g_assert_cmpint (before_ms, <, 1700000000000);
  g_assert_true (tc_account_skip (restored, 41, before_ms - 1, NULL));
  g_assert_cmpuint (tc_account_next_height (restored), ==, 42);
  g_assert_cmpuint (tc_account_next_unread_height (restored), ==, 0);
  g_assert_cmpint (tc_account_unborn_before_ms (restored), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/accounts/addresses", test_addresses);
  g_test_add_func ("/wallet/accounts/names", test_names);
  g_test_add_func ("/wallet/accounts/limits", test_limits);
  g_test_add_func ("/wallet/accounts/transfer", test_transfer);
  g_test_add_func ("/wallet/accounts/locked-sees-all", test_locked_sees_all);
  g_test_add_func ("/wallet/accounts/restore", test_restore);
  g_test_add_func ("/wallet/accounts/restore-locked", test_restore_locked);
  g_test_add_func ("/wallet/accounts/birthday", test_birthday);
  return g_test_run ();
}
