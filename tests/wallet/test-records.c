#include "wallet-fixture.h"
#include "wallet/contacts-csv.h"
#include "wallet/history-csv.h"

#include <sqlite3.h>
#include <string.h>

static guint32
count (Fixture *fixture, const TcHistoryQuery *query)
{
  guint32 total = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) page = tc_account_page (fixture->account, TC_ACCOUNT_ALL, query, 0, 100, &total, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (page->len, ==, MIN (total, 100));
  return total;
}

static guint32
search (Fixture *fixture, const char *text)
{
  return count (fixture, &(TcHistoryQuery) { .search = (char *) text });
}

static void
set_contact (Fixture *fixture, const char *name, const char *address, const char *old_address)
{
  const TcContact contact = { .name = (char *) name, .address = (char *) address };
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_account_set_contact (fixture->account, &contact, old_address, &error));
  g_assert_no_error (error);
}

static void
test_labels (void)
{
  g_test_summary ("The label of an address that was paid shows in the history, outlives a restart, and goes when it is emptied.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (100));
  g_autoptr(TcTx) tx = make_incoming (fixture_first_address, TIME (3), 1);
  const guint64 before = ({ g_autoptr(TcWalletSnapshot) s = tc_account_snapshot (fixture.account); s->history_serial; });

  apply_tx (&fixture, tx, TC_FINALITY_FINAL, 400);
  g_assert_true (tc_account_set_label (fixture.account, fixture_first_address, "  Rent \n", NULL));
  fixture_reopen (&fixture);
  g_autoptr(TcWalletTx) named = newest (&fixture);
  g_assert_cmpstr (named->name, ==, "Rent");
  g_assert_false (named->is_contact);
  g_autoptr(GPtrArray) labels = tc_account_list_labels (fixture.account);
  g_assert_cmpuint (labels->len, ==, 1);
  g_assert_true (((TcAddressLabel *) labels->pdata[0])->mine);
  g_assert_true (tc_account_set_label (fixture.account, fixture_first_address, " ", NULL));
  g_autoptr(TcWalletTx) bare = newest (&fixture);
  g_assert_null (bare->name);
  g_assert_cmpuint (bare->serial, >, named->serial);
  g_autoptr(TcWalletSnapshot) after = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (after->history_serial, >, before);
}

static void
test_contacts (void)
{
  g_test_summary ("A contact's name stands for its address, can be changed and moved, and comes back after it was removed.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (100));
  g_autofree char *anna = stranger (1), *moved = stranger (2);
  g_autoptr(TcTx) tx = pay (&fixture, anna, TIME (1));

  set_contact (&fixture, "Anna", anna, NULL);
  g_autoptr(TcWalletTx) row = newest (&fixture);
  g_assert_cmpstr (row->name, ==, "Anna");
  g_assert_true (row->is_contact);
  set_contact (&fixture, "Anna B.", moved, anna);
  fixture_reopen (&fixture);
  g_autoptr(GPtrArray) contacts = tc_account_list_contacts (fixture.account, NULL);
  g_assert_cmpuint (contacts->len, ==, 1);
  const TcContact *contact = contacts->pdata[0];
  g_assert_cmpstr (contact->address, ==, moved);
  g_assert_cmpstr (contact->name, ==, "Anna B.");
  g_assert_true (tc_account_remove_contact (fixture.account, moved, NULL));
  g_assert_true (tc_account_set_contact (fixture.account, contact, NULL, NULL));
  g_autoptr(TcWalletTxDetail) detail = detail_of (&fixture, tx);
  g_assert_null (detail->row->name);
}

static void
refuse_contact (Fixture *fixture, const TcContact *contact, TcWalletError code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (tc_account_set_contact (fixture->account, contact, NULL, &error));
  g_assert_error (error, TC_WALLET_ERROR, (int) code);
}

static void
test_contacts_refused (void)
{
  g_test_summary ("No name, one's own address, a mistyped one, another's key, a second name for one address: each is refused and nothing changes.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (100));
  g_autofree char *anna = stranger (1), *wide = g_strnfill (TC_CONTACT_NAME_MAX + 1, 'x');

  set_contact (&fixture, "Anna", anna, NULL);
  refuse_contact (&fixture, &(TcContact) { .name = (char *) " ", .address = anna }, TC_WALLET_ERROR_TEXT);
  refuse_contact (&fixture, &(TcContact) { .name = wide, .address = anna }, TC_WALLET_ERROR_TEXT);
  refuse_contact (&fixture, &(TcContact) { .name = (char *) "a\xe2\x80\xae" "b", .address = anna }, TC_WALLET_ERROR_TEXT);
  refuse_contact (&fixture, &(TcContact) { .name = (char *) "Me", .address = (char *) fixture_first_address }, TC_WALLET_ERROR_RECIPIENT);
  refuse_contact (&fixture, &(TcContact) { .name = (char *) "X", .address = (char *) "TIME0abc" }, TC_WALLET_ERROR_RECIPIENT);
  refuse_contact (&fixture, &(TcContact) { .name = (char *) "X", .address = anna, .has_key = TRUE, .key = { { 5 } } }, TC_WALLET_ERROR_RECIPIENT);
  refuse_contact (&fixture, &(TcContact) { .name = (char *) "Other", .address = anna }, TC_WALLET_ERROR_EXISTS);
  g_autoptr(GPtrArray) contacts = tc_account_list_contacts (fixture.account, NULL);
  g_assert_cmpuint (contacts->len, ==, 1);
  g_assert_cmpstr (((TcContact *) contacts->pdata[0])->name, ==, "Anna");
}

static void
test_notes (void)
{
  g_test_summary ("A note stays with its payment; one about a payment that is not there, or too long, is refused.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (100));
  g_autofree char *payee = stranger (1), *wide = g_strnfill (TC_WALLET_NOTE_MAX + 1, 'x');
  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (1));
  g_autoptr(GError) missing = NULL, too_long = NULL;
  const TcHash nothing = { { 9 } };

  g_assert_true (tc_account_set_note (fixture.account, &tx->txid, "for the\nbicycle", NULL));
  fixture_reopen (&fixture);
  g_autoptr(TcWalletTx) row = newest (&fixture);
  g_assert_cmpstr (row->note, ==, "for the\nbicycle");
  g_assert_false (tc_account_set_note (fixture.account, &nothing, "x", &missing));
  g_assert_error (missing, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND);
  g_assert_false (tc_account_set_note (fixture.account, &tx->txid, wide, &too_long));
  g_assert_error (too_long, TC_WALLET_ERROR, TC_WALLET_ERROR_TEXT);
  g_assert_true (tc_account_set_note (fixture.account, &tx->txid, "", NULL));
  g_autoptr(TcWalletTx) bare = newest (&fixture);
  g_assert_null (bare->note);
}

static void
test_search (void)
{
  g_test_summary ("A search finds addresses, names, labels, notes and txids, in any letter case and alphabet.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (100));
  g_autofree char *anna = stranger (1), *ben = stranger (2);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(TcTx) tx = pay (&fixture, i == 2 ? ben : anna, TIME (1));
      apply_block (&fixture, &tx, 1);
    }
  g_autoptr(TcWalletTx) last = newest (&fixture);
  g_autofree char *txid = tc_hash_to_hex (&last->txid), *start = g_ascii_strup (txid, 9);

  set_contact (&fixture, "Ännchen Ößterreich", anna, NULL);
  g_assert_true (tc_account_set_label (fixture.account, fixture_first_address, "Spar 100%", NULL));
  g_assert_true (tc_account_set_note (fixture.account, &last->txid, "ΣΊΣΥΦΟΣ", NULL));
  g_assert_cmpuint (search (&fixture, "änNCHEN ö"), ==, 2);
  g_assert_cmpuint (search (&fixture, " 100% "), ==, 1);
  g_assert_cmpuint (search (&fixture, "%%"), ==, 0);
  g_assert_cmpuint (search (&fixture, "σίσυ"), ==, 1);
  g_assert_cmpuint (search (&fixture, ben + 20), ==, 1);
  g_assert_cmpuint (search (&fixture, txid), ==, 1);
  g_assert_cmpuint (search (&fixture, start), ==, 1);
  g_assert_cmpuint (search (&fixture, ""), ==, 4);
  g_assert_cmpuint (search (&fixture, "nobody"), ==, 0);
}

static void
test_filters (void)
{
  g_test_summary ("Kinds, states, dates and amounts narrow the history alone and together, and pages of it follow one another.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (100));
  g_autofree char *payee = stranger (1);

  for (guint8 i = 1; i <= 5; i++)
    {
      g_autoptr(TcTx) in = make_incoming (fixture_first_address, TIME (i), i);
      apply_block (&fixture, &in, 1);
    }
  g_autoptr(TcTx) out = pay (&fixture, payee, TIME (2));
  g_assert_cmpuint (count (&fixture, &(TcHistoryQuery) { .kinds = 1u << TC_WALLET_TX_RECEIVED }), ==, 5);
  g_assert_cmpuint (count (&fixture, &(TcHistoryQuery) { .kinds = 1u << TC_WALLET_TX_SENT | 1u << TC_WALLET_TX_GENESIS }), ==, 2);
  g_assert_cmpuint (count (&fixture, &(TcHistoryQuery) { .states = 1u << TC_WALLET_TX_PENDING }), ==, 1);
  g_assert_cmpuint (count (&fixture, &(TcHistoryQuery) { .least = TIME (2), .most = TIME (4) }), ==, 4);
  g_assert_cmpuint (count (&fixture, &(TcHistoryQuery) { .kinds = 1u << TC_WALLET_TX_RECEIVED, .least = TIME (2), .most = TIME (4) }), ==, 3);
  g_assert_cmpuint (count (&fixture, &(TcHistoryQuery) { .from_ms = 1700000010000, .to_ms = 1700000020000 }), ==, 2);

  const TcHistoryQuery received = { .kinds = 1u << TC_WALLET_TX_RECEIVED };
  guint32 total;
  g_autoptr(GPtrArray) second = tc_account_page (fixture.account, TC_ACCOUNT_ALL, &received, 2, 2, &total, NULL);
  g_assert_cmpuint (second->len, ==, 2);
  g_assert_cmpuint (((TcWalletTx *) second->pdata[0])->amount.units, ==, TIME (3).units);
  g_autoptr(TcTx) more = make_incoming (fixture_first_address, TIME (9), 9);
  apply_block (&fixture, &more, 1);
  g_assert_cmpuint (count (&fixture, &received), ==, 6);
}

/* What version 1 wrote is what is left when everything that came later is taken out. */
static void
make_old (const char *path)
{
  sqlite3 *handle;

  g_assert_cmpint (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE, "tc-page-sum"), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, "PRAGMA locking_mode = EXCLUSIVE; DELETE FROM texts; DELETE FROM meta WHERE name = 'texts'", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

static void
test_old_rows (void)
{
  g_test_summary ("Payments that were recorded before there was a search are found once the wallet was opened.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcTx) tx = pay (&fixture, payee, TIME (1));

  g_clear_pointer (&fixture.account, tc_account_free);
  make_old (fixture.path);
  fixture_reopen (&fixture);
  g_assert_cmpuint (search (&fixture, payee), ==, 1);
}

static void
test_tables (void)
{
  g_test_summary ("Tables quote what must be, keep a formula a text, and contacts come back from one as they were.");
  g_autoptr(GString) cell = g_string_new (NULL);
  const TcWalletTx tx = { .kind = TC_WALLET_TX_SENT, .state = TC_WALLET_TX_FINAL, .amount = TIME (2), .seen_ms = 1700000000000, .memo = (char *) "a \"b\", c" };
  TcContact contact = { .name = (char *) "=HYPERLINK(1)", .address = (char *) "TIME0x", .note = (char *) "two\r\nlines", .has_key = TRUE, .key = { { 7 } } };
  g_autoptr(GPtrArray) contacts = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;

  tc_csv_append_tx (cell, &tx);
  g_assert_true (g_str_has_prefix (cell->str, "2023-11-14T22:13:20Z,sent,final,-2.00000000,0.00000000,,,\"a \"\"b\"\", c\",,,00"));
  g_assert_true (g_str_has_suffix (cell->str, "\r\n"));
  g_ptr_array_add (contacts, &contact);
  g_autofree char *table = tc_contacts_csv_write (contacts);
  g_assert_nonnull (strstr (table, "\"'=HYPERLINK(1)\""));
  g_autoptr(GPtrArray) again = tc_contacts_csv_parse (table, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
  const TcContact *back = again->pdata[0];
  g_assert_cmpstr (back->name, ==, contact.name);
  g_assert_cmpstr (back->note, ==, contact.note);
  g_assert_true (back->has_key && tc_public_key_equal (&back->key, &contact.key));
  g_assert_null (tc_contacts_csv_parse ("colour,size\nred,1\n", NULL));
  g_assert_null (tc_contacts_csv_parse ("name,address\n\"open", NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/records/labels", test_labels);
  g_test_add_func ("/wallet/records/contacts", test_contacts);
  g_test_add_func ("/wallet/records/contacts-refused", test_contacts_refused);
  g_test_add_func ("/wallet/records/notes", test_notes);
  g_test_add_func ("/wallet/records/search", test_search);
  g_test_add_func ("/wallet/records/filters", test_filters);
  g_test_add_func ("/wallet/records/old-rows", test_old_rows);
  g_test_add_func ("/wallet/records/tables", test_tables);
  return g_test_run ();
}
