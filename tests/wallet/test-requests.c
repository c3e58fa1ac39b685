#include "wallet-fixture.h"

#include <string.h>

#define NOW_MS G_GINT64_CONSTANT (1700000000000)
#define NOW_S  (NOW_MS / 1000)

static TcWalletRequest *
ask (Fixture *fixture, guint n, const char *label, gint64 expires_s)
{
  const TcRequestOrder order = { .amount = TIME (n), .label = label, .message = "two cakes\nand tea", .expires_s = expires_s };
  g_autoptr(GError) error = NULL;
  TcWalletRequest *request = tc_account_create_request (fixture->account, &order, NOW_MS, &error);

  g_assert_no_error (error);
  return request;
}

static TcWalletRequest *
only (Fixture *fixture, gint64 now_s)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = tc_account_list_requests (fixture->account, TC_ACCOUNT_ALL, now_s, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  return tc_wallet_request_ref (list->pdata[0]);
}

static void
assert_state (Fixture *fixture, TcRequestState state, TcAmount paid)
{
  g_autoptr(TcWalletRequest) request = only (fixture, NOW_S);

  g_assert_cmpstr (tc_request_state_name (request->state), ==, tc_request_state_name (state));
  g_assert_cmpuint (request->paid.units, ==, paid.units);
}

static void
receive (Fixture *fixture, const char *address, guint n, guint8 seed, TcFinalityState state)
{
  g_autoptr(TcTx) tx = make_incoming (address, TIME (n), seed);

  apply_tx (fixture, tx, state, state == TC_FINALITY_FINAL ? 400 : 0);
}

static void
test_uri (void)
{
  g_test_summary ("A request is a link that says all of it, with the key of its address, and outlives a restart.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (1));
  g_autoptr(TcWalletRequest) made = ask (&fixture, 5, "Café Ost", NOW_S + 3600);
  g_autoptr(TcPaymentUri) uri = tc_payment_uri_parse (made->uri, '0', NULL);

  g_assert_cmpstr (uri->address, ==, made->address);
  g_assert_cmpuint (uri->amount.units, ==, TIME (5).units);
  g_assert_cmpstr (uri->label, ==, "Café Ost");
  g_assert_cmpstr (uri->message, ==, "two cakes\nand tea");
  g_assert_true (uri->has_key);
  g_assert_cmpint (uri->expires_s, ==, NOW_S + 3600);
  fixture_reopen (&fixture);
  g_autoptr(TcWalletRequest) again = only (&fixture, NOW_S);
  g_assert_cmpstr (again->uri, ==, made->uri);
  g_assert_cmpint (again->created_ms, ==, NOW_MS);
}

static void
test_own_addresses (void)
{
  g_test_summary ("Each request has an address of its own, which the request's label names.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (1));
  g_autoptr(TcWalletRequest) first = ask (&fixture, 1, "one", 0), second = ask (&fixture, 1, "two", 0);

  g_assert_cmpstr (first->address, !=, second->address);
  g_assert_cmpstr (first->address, !=, fixture_first_address);
  receive (&fixture, second->address, 1, 1, TC_FINALITY_FINAL);
  g_autoptr(TcWalletTx) row = newest (&fixture);
  g_assert_cmpstr (row->name, ==, "two");
  receive (&fixture, fixture_first_address, 1, 2, TC_FINALITY_FINAL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_cmpstr (snapshot->receive_address, !=, first->address);
  g_assert_cmpstr (snapshot->receive_address, !=, fixture_first_address);
}

static void
test_states (void)
{
  g_test_summary ("A request is waiting, paid in part, paid, final, and over, as money comes in.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (1));
  g_autoptr(TcWalletRequest) request = ask (&fixture, 5, NULL, 0);

  assert_state (&fixture, TC_REQUEST_WAITING, TIME (0));
  receive (&fixture, request->address, 2, 1, TC_FINALITY_FINAL);
  assert_state (&fixture, TC_REQUEST_PART, TIME (2));
  receive (&fixture, request->address, 3, 2, TC_FINALITY_PENDING);
  assert_state (&fixture, TC_REQUEST_PAID, TIME (5));
  receive (&fixture, request->address, 3, 2, TC_FINALITY_FINAL);
  assert_state (&fixture, TC_REQUEST_FINAL, TIME (5));
  receive (&fixture, request->address, 1, 3, TC_FINALITY_FINAL);
  assert_state (&fixture, TC_REQUEST_OVER, TIME (6));
}

static void
test_dropped (void)
{
  g_test_summary ("A payment that will not happen pays nothing.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (1));
  g_autoptr(TcWalletRequest) request = ask (&fixture, 5, NULL, 0);
  g_autoptr(TcTx) tx = make_incoming (request->address, TIME (5), 1);

  apply_tx (&fixture, tx, TC_FINALITY_PENDING, 0);
  assert_state (&fixture, TC_REQUEST_PAID, TIME (5));
  g_assert_true (tc_account_drop_tx (fixture.account, &tx->txid, "refused", NOW_MS, NULL));
  assert_state (&fixture, TC_REQUEST_WAITING, TIME (0));
}

static void
test_expired (void)
{
  g_test_summary ("What nobody paid in time has expired; what was paid has not.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (1));
  g_autoptr(TcWalletRequest) request = ask (&fixture, 0, NULL, NOW_S + 60);
  g_autoptr(TcWalletRequest) before = only (&fixture, NOW_S + 59), after = only (&fixture, NOW_S + 60);

  g_assert_cmpint (before->state, ==, TC_REQUEST_WAITING);
  g_assert_cmpint (after->state, ==, TC_REQUEST_EXPIRED);
  receive (&fixture, request->address, 1, 1, TC_FINALITY_FINAL);
  g_autoptr(TcWalletRequest) paid = only (&fixture, NOW_S + 61);
  g_assert_cmpint (paid->state, ==, TC_REQUEST_FINAL);
}

static void
test_removed (void)
{
  g_test_summary ("A deleted request can be brought back until the wallet is closed; its address stays the wallet's.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (1));
  g_autoptr(TcWalletRequest) request = ask (&fixture, 1, NULL, 0);

  g_assert_true (tc_account_remove_request (fixture.account, request->id, TRUE, NULL));
  g_autoptr(GPtrArray) none = tc_account_list_requests (fixture.account, 0, NOW_S, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (tc_account_remove_request (fixture.account, request->id, FALSE, NULL));
  assert_state (&fixture, TC_REQUEST_WAITING, TIME (0));
  g_assert_true (tc_account_remove_request (fixture.account, request->id, TRUE, NULL));
  fixture_reopen (&fixture);
  g_assert_true (tc_account_remove_request (fixture.account, request->id, FALSE, NULL));
  g_autoptr(GPtrArray) gone = tc_account_list_requests (fixture.account, 0, NOW_S, NULL);
  g_assert_cmpuint (gone->len, ==, 0);
  const TcKeyHash hash = key_hash_of (request->address);
  g_assert_true (tc_account_find_key (fixture.account, &hash, NULL, NULL));
}

static void
test_locked (void)
{
  g_test_summary ("A locked wallet makes requests too, with keys that it derived before.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "password", TIME (1));

  tc_account_lock (fixture.account);
  g_autoptr(TcWalletRequest) made = ask (&fixture, 1, NULL, 0);
  g_assert_nonnull (strstr (made->uri, "key="));
}

static void
test_refused (void)
{
  g_test_summary ("What cannot be asked for takes no address.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "", TIME (1));
  g_autofree char *wide = g_strnfill (TC_PAYMENT_LABEL_MAX + 1, 'x');
  const TcRequestOrder orders[] = { { .amount = TIME (1), .label = wide }, { .amount = { TC_AMOUNT_MAX_UNITS + 1 } }, { .expires_s = NOW_S } };
  g_autoptr(TcWalletRequest) first = NULL, next = NULL;

  first = ask (&fixture, 1, NULL, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (tc_account_create_request (fixture.account, &orders[i], NOW_MS, &error));
      g_assert_nonnull (error);
    }
  next = ask (&fixture, 1, NULL, 0);
  g_assert_cmpint (next->id, ==, first->id + 1);
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (fixture.account);
  g_assert_cmpuint (snapshot->receive_index, ==, 1);  /* neither's */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/requests/uri", test_uri);
  g_test_add_func ("/wallet/requests/own-addresses", test_own_addresses);
  g_test_add_func ("/wallet/requests/states", test_states);
  g_test_add_func ("/wallet/requests/dropped", test_dropped);
  g_test_add_func ("/wallet/requests/expired", test_expired);
  g_test_add_func ("/wallet/requests/removed", test_removed);
  g_test_add_func ("/wallet/requests/locked", test_locked);
  g_test_add_func ("/wallet/requests/refused", test_refused);
  return g_test_run ();
}
