#include "wallet-fixture.h"

#include <sqlite3.h>
#include <string.h>

#include "wallet/page-sum.h"

#define FEE 1000u

/* Version 1's tables, as it wrote them. */
static const char version_1[] =
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
  "CREATE TABLE keys (chain INTEGER NOT NULL, idx INTEGER NOT NULL, address TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0,"
  "  PRIMARY KEY (chain, idx)) WITHOUT ROWID;"
  "CREATE TABLE coins (txid BLOB NOT NULL, vout INTEGER NOT NULL, amount INTEGER NOT NULL, lock INTEGER NOT NULL, chain INTEGER NOT NULL,"
  "  idx INTEGER NOT NULL, spent_by BLOB, PRIMARY KEY (txid, vout)) WITHOUT ROWID;"
  "CREATE TABLE txs (id INTEGER PRIMARY KEY, txid BLOB NOT NULL UNIQUE, raw BLOB, made_here INTEGER NOT NULL, kind INTEGER NOT NULL,"
  "  state INTEGER NOT NULL, amount INTEGER NOT NULL, fee INTEGER NOT NULL, debit INTEGER NOT NULL, credit INTEGER NOT NULL,"
  "  seen_ms INTEGER NOT NULL, certified_ms INTEGER NOT NULL, final_ms INTEGER NOT NULL, final_us INTEGER NOT NULL,"
  "  confirmed_ms INTEGER NOT NULL, votes INTEGER NOT NULL, power INTEGER NOT NULL, height INTEGER NOT NULL, block_ms INTEGER NOT NULL,"
  "  address TEXT, n_recipients INTEGER NOT NULL, memo TEXT, reason TEXT, serial INTEGER NOT NULL);"
  "CREATE INDEX txs_order ON txs (seen_ms, id);"
  "CREATE INDEX txs_open ON txs (state) WHERE state < 3;"
  "CREATE TABLE events (id INTEGER PRIMARY KEY, tx INTEGER NOT NULL REFERENCES txs (id), kind INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
  "  votes INTEGER NOT NULL, power INTEGER NOT NULL, height INTEGER NOT NULL);"
  "CREATE INDEX events_tx ON events (tx);"
  "CREATE TABLE paid (address TEXT PRIMARY KEY) WITHOUT ROWID;";

/* What version 1 knew, out of the newer file `now`. */
static const char contents[] =
  "INSERT INTO meta SELECT * FROM now.meta;"
  "INSERT INTO meta SELECT 'issued_receive', issued_receive FROM now.accounts WHERE id = 0;"
  "INSERT INTO meta SELECT 'issued_change', issued_change FROM now.accounts WHERE id = 0;"
  "INSERT INTO keys SELECT chain, idx, address, used FROM now.keys WHERE account = 0;"
  "INSERT INTO coins SELECT txid, vout, amount, lock, chain, idx, spent_by FROM now.coins;"
  "INSERT INTO txs SELECT id, txid, raw, made_here, kind, state, amount, fee, debit, credit, seen_ms, certified_ms, final_ms, final_us, confirmed_ms,"
  "  votes, power, height, block_ms, address, n_recipients, memo, reason, serial FROM now.txs;"
  "INSERT INTO events SELECT * FROM now.events;"
  "INSERT INTO paid SELECT address FROM now.paid;";

static void
run (sqlite3 *handle, const char *sql)
{
  char *problem = NULL;

  sqlite3_exec (handle, sql, NULL, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
}

/* The closed wallet at @path becomes one of version 1. */
static void
make_version_1 (const char *path)
{
  g_autofree char *made = g_strconcat (path, ".1", NULL), *attach = g_strdup_printf ("ATTACH '%s' AS now", path);
  int reserve = TC_PAGE_SUM_SIZE;
  sqlite3 *handle = NULL;

  tc_page_sum_register ();
  g_assert_cmpint (sqlite3_open_v2 (made, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, TC_PAGE_SUM_VFS), ==, SQLITE_OK);
  sqlite3_file_control (handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
  run (handle, "PRAGMA locking_mode = EXCLUSIVE");
  run (handle, "PRAGMA page_size = 4096");
  run (handle, "PRAGMA application_id = 0x54434b57");
  run (handle, version_1);
  run (handle, "PRAGMA user_version = 1");
  run (handle, attach);
  run (handle, contents);
  run (handle, "DETACH now");
  run (handle, "PRAGMA journal_mode = WAL");
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
  g_assert_cmpint (rename (made, path), ==, 0);
}

static void
unlock (Fixture *fixture, const char *password)
{
  g_autoptr(TcSecretString) secret = tc_secret_string_new (password);
  g_autoptr(GError) error = NULL;

  tc_account_unlock (fixture->account, secret, &error);
  g_assert_no_error (error);
}

static void
test_version_1 (void)
{
  g_test_summary ("A wallet of version 1 opens with all it had: balance, history, addresses; it is account 0, and can pay and take accounts on.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (10));
  apply_block (&fixture, &tx, 1);
  g_autofree char *issued = tc_account_new_address (fixture.account, 0, NULL);
  g_clear_pointer (&fixture.account, tc_account_free);

  make_version_1 (fixture.path);
  fixture_reopen (&fixture);
  assert_balance (&fixture, TIME (90).units - FEE, 0, 0);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (snapshot->accounts->len, ==, 1);
  g_assert_cmpuint (snapshot->n_txs, ==, 2);
  g_assert_cmpuint (snapshot->scan_height, ==, 1);
  g_assert_cmpstr (snapshot->receive_address, ==, issued);
  const TcWalletAccount *first = tc_wallet_snapshot_get_account (snapshot, 0);
  g_assert_cmpuint (first->total.units, ==, TIME (90).units - FEE);
  g_assert_true (first->used);

  guint32 total, account;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) page = tc_account_page (fixture.account, 0, NULL, 0, 10, &total, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (total, ==, 2);
  g_autoptr(TcWalletTxDetail) detail = detail_of (&fixture, tx);
  g_assert_cmpuint (detail->n_events, ==, 2);
  g_assert_cmpuint (detail->row->accounts->len, ==, 1);

  unlock (&fixture, "pw");
  g_autoptr(TcTx) next = pay (&fixture, payee, TIME (1));
  g_assert_true (tc_account_add_account (fixture.account, "Savings", &account, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (account, ==, 1);
  fixture_reopen (&fixture);
  g_autoptr(TcWalletSnapshot) after = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (after->accounts->len, ==, 2);
}

static void
test_version_1_unencrypted (void)
{
  g_test_summary ("The same of a wallet without a password, which is unlocked as it opens.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (7));
  g_clear_pointer (&fixture.account, tc_account_free);

  make_version_1 (fixture.path);
  fixture_reopen (&fixture);
  assert_balance (&fixture, TIME (7).units, 0, 0);
  fixture_reopen (&fixture);
  assert_balance (&fixture, TIME (7).units, 0, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/migrate/version-1", test_version_1);
  g_test_add_func ("/wallet/migrate/version-1-unencrypted", test_version_1_unencrypted);
  return g_test_run ();
}
