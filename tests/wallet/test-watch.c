#include "wallet-fixture.h"

#include "wallet/watch.h"

/* A wallet that watches, beside the one with the keys. */
static TcAccount *
create_watching (const Fixture *self, GBytes *data, GError **error)
{
  g_autofree char *path = g_build_filename (self->dir, "watch.wallet", NULL);
  const TcWalletCreate create = { .path = path, .network = "local", .address_digit = '0', .watch = data };

  return tc_account_create (&create, error);
}

static GBytes *
export (const Fixture *self)
{
  g_autoptr(GError) error = NULL;
  GBytes *file = tc_account_export_watch (self->account, &error);

  g_assert_no_error (error);
  return file;
}

static void
apply_to (TcAccount *account, TcBlock *block)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_account_apply_block (account, block, 1700000999000, &error));
  g_assert_no_error (error);
}

static void
test_from_file (void)
{
  g_test_summary ("A wallet made of a watch file sees what the full one sees: the same addresses, balance and history, also after opening it again.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (10));
  g_autoptr(GBytes) file = export (&fixture);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcAccount) watching = create_watching (&fixture, file, &error);
  g_assert_no_error (error);
  g_autoptr(TcBlock) block = make_block (&fixture, &tx, 1);
  g_autofree char *path = g_build_filename (fixture.dir, "watch.wallet", NULL);

  g_assert_true (tc_account_bind (watching, fixture.genesis, &error));
  apply_to (fixture.account, block);
  apply_to (watching, block);
  g_clear_pointer (&watching, tc_account_free);
  watching = tc_account_open (path, &error);
  g_assert_no_error (error);
  g_autoptr(TcWalletSnapshot) full = tc_account_snapshot (fixture.account), seen = tc_account_snapshot (watching);
  g_assert_cmpuint (seen->available.units, ==, full->available.units);
  g_assert_cmpuint (seen->n_txs, ==, full->n_txs);
  g_assert_cmpstr (seen->receive_address, ==, full->receive_address);
  g_assert_true (seen->watch_only);
  g_assert_false (full->watch_only);
  g_assert_false (seen->locked);
  g_assert_false (seen->encrypted);
  g_assert_cmpuint (seen->watch_left, >=, TC_WATCH_AHEAD - 1);
}

static void
test_no_secrets (void)
{
  g_test_summary ("A wallet that watches has no phrase, signs nothing, and says so; it still works payments out.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autoptr(GBytes) file = export (&fixture);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcAccount) watching = create_watching (&fixture, file, NULL);
  g_autofree char *payee = stranger (1);
  const TcRecipient recipient = { .address = payee, .amount = TIME (1) };
  const TcPaymentOrder order = { .recipients = &recipient, .n_recipients = 1 };

  g_assert_true (tc_account_bind (watching, fixture.genesis, NULL));
  g_autoptr(TcPaymentDraft) draft = tc_account_prepare (watching, &order, 1, &error);
  g_assert_no_error (error);
  g_assert_null (tc_account_commit (watching, draft, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_WATCH_ONLY);
  g_clear_error (&error);
  g_assert_null (tc_account_get_phrase (watching, NULL, NULL, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_WATCH_ONLY);
  g_clear_error (&error);
  g_assert_false (tc_account_change_password (watching, NULL, NULL, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_WATCH_ONLY);
  g_clear_error (&error);
  g_assert_null (tc_account_export_watch (watching, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED);
}

static void
test_end_of_keys (void)
{
  g_test_summary ("Keys run out: no address is given out past the file's, and a newer file brings more and looks through the blocks again.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autoptr(GBytes) old = export (&fixture);
  g_autoptr(TcAccount) watching = create_watching (&fixture, old, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcBlock) block = make_block (&fixture, NULL, 0);
  guint32 n_new = 0;

  g_assert_true (tc_account_bind (watching, fixture.genesis, NULL));
  apply_to (watching, block);
  for (guint i = 0; i < TC_WATCH_AHEAD; i++)
    {
      g_autofree char *theirs = tc_account_new_address (fixture.account, 0, NULL), *ours = tc_account_new_address (watching, 0, NULL);

      g_assert_cmpstr (theirs, ==, ours);
      if (ours == NULL)
        break;
    }
  g_assert_null (tc_account_new_address (watching, 0, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_KEYS);
  g_clear_error (&error);
  {
    g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (watching);
    g_assert_cmpuint (snapshot->watch_left, ==, 0);
  }
  g_autoptr(GBytes) newer = export (&fixture);
  g_assert_true (tc_account_import_watch (watching, newer, &n_new, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_new, >, 900);
  g_autofree char *more = tc_account_new_address (watching, 0, NULL);
  g_assert_nonnull (more);
  g_assert_cmpuint (tc_account_next_rescan_height (watching), ==, 1);
  g_assert_true (tc_account_import_watch (watching, old, &n_new, NULL));
  g_assert_cmpuint (n_new, ==, 0);
}

static void
test_other_files (void)
{
  g_test_summary ("A file of another wallet or network, and every altered or cut file, is refused and changes nothing.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autoptr(GBytes) file = export (&fixture);
  g_autoptr(TcAccount) watching = create_watching (&fixture, file, NULL);
  g_autofree char *other_path = g_build_filename (fixture.dir, "other.wallet", NULL);
  g_autoptr(TcSecretString) phrase = tc_secret_string_new ("legal winner thank year wave sausage worth useful legal winner thank yellow");
  const TcWalletCreate create = { .path = other_path, .network = "local", .address_digit = '0', .phrase = phrase, .kdf = &TC_KDF_MINIMAL };
  g_autoptr(TcAccount) other = tc_account_create (&create, NULL);
  g_autoptr(GBytes) foreign = tc_account_export_watch (other, NULL);
  g_autoptr(GError) error = NULL;
  gsize n;
  const guint8 *data = g_bytes_get_data (file, &n);

  g_assert_false (tc_account_import_watch (watching, foreign, NULL, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_WATCH_ONLY);
  g_clear_error (&error);
  for (gsize i = 0; i < n; i += i < 200 ? 1 : 997)
    {
      g_autofree guint8 *changed = g_memdup2 (data, n);
      changed[i] ^= 4;
      g_autoptr(GBytes) altered = g_bytes_new (changed, n), cut = g_bytes_new (data, i);

      g_assert_false (tc_account_import_watch (watching, altered, NULL, NULL));
      g_assert_false (tc_account_import_watch (watching, cut, NULL, NULL));
    }
  const TcWalletCreate elsewhere = { .path = other_path, .network = "testnet", .address_digit = '0', .watch = file };
  g_clear_pointer (&other, tc_account_free);
  remove (other_path);
  g_assert_null (tc_account_create (&elsewhere, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK);
  g_assert_false (g_file_test (other_path, G_FILE_TEST_EXISTS));
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (watching);
  g_assert_cmpstr (snapshot->first_address, ==, fixture_first_address);
}

static void
test_addresses (void)
{
  g_test_summary ("Addresses that the user gives are watched; a bad one among them is named.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *second = stranger (2), *text = g_strdup_printf (" %s,\n%s\n%s\n", fixture_first_address, second, second);
  g_autofree char *wrong = g_strdup_printf ("%s %.20s", fixture_first_address, second);
  g_autoptr(GBytes) good = g_bytes_new (text, strlen (text)), bad = g_bytes_new (wrong, strlen (wrong));
  g_autoptr(GError) error = NULL;
  TcEnvelopeOrigin origin;

  g_assert_false (tc_watch_check (bad, &origin, &error));
  g_assert_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FORM);
  g_clear_error (&error);
  g_assert_true (tc_watch_check (good, &origin, &error));
  g_assert_cmpint (origin.address_digit, ==, '0');
  g_autoptr(TcAccount) watching = create_watching (&fixture, good, &error);
  g_assert_no_error (error);
  g_assert_true (tc_account_bind (watching, fixture.genesis, NULL));
  g_autoptr(TcTx) tx = make_incoming (second, TIME (3), 1);
  g_autoptr(TcBlock) block = make_block (&fixture, &tx, 1);
  apply_to (watching, block);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (watching);
  g_assert_cmpuint (snapshot->available.units, ==, TIME (103).units);
  g_assert_true (snapshot->watch_only);
  g_assert_false (snapshot->watch_grows);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/watch/from-file", test_from_file);
  g_test_add_func ("/wallet/watch/no-secrets", test_no_secrets);
  g_test_add_func ("/wallet/watch/end-of-keys", test_end_of_keys);
  g_test_add_func ("/wallet/watch/other-files", test_other_files);
  g_test_add_func ("/wallet/watch/addresses", test_addresses);
  return g_test_run ();
}
