#include "fixture.h"

#include <sys/stat.h>

#include "rpc/guard.h"

static const char echo[] = "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"id\":1}";
static const char later[] = "{\"jsonrpc\":\"2.0\",\"method\":\"later\",\"id\":1}";

static void
assert_alive (Fixture *fixture)
{
  gint n_runs = g_atomic_int_get (&fixture->n_runs);

  assert_answer (fixture, echo, 200, "{\"jsonrpc\":\"2.0\",\"result\":[null,null],\"id\":1}");
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, n_runs + 1);
}

/* --- Who may call --- */

static void
test_credentials (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-36: without the cookie, or with one that differs in one character, nothing runs: 401.");
  g_autofree char *wrong = g_strdup (fixture->cookie), *longer = g_strconcat (fixture->cookie, "0", NULL);
  wrong[strlen (wrong) - 1] = wrong[strlen (wrong) - 1] == '0' ? '1' : '0';
  const char *const given[] = { wrong, longer, "__cookie__:", "", "user:password" };
  g_autoptr(GSocketConnection) connection = client_connect (fixture);
  g_autofree char *plain = g_strdup_printf ("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", strlen (echo), echo);
  g_autofree char *answer = NULL;

  g_assert_true (client_send (connection, plain, -1));
  answer = client_read_all (connection);
  g_assert_cmpuint (parse_answer (answer, NULL), ==, 401);
  g_assert_nonnull (strstr (answer, "WWW-Authenticate: Basic"));
  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    {
      g_autofree char *basic = g_base64_encode ((const guchar *) given[i], strlen (given[i]));
      g_autofree char *headers = g_strdup_printf ("POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
                                                  basic, strlen (echo));

      g_assert_cmpuint (request_raw (fixture, headers, echo, strlen (echo), NULL), ==, 401);
    }
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 0);
  assert_alive (fixture);
}

static void
test_host (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-36: with a foreign Host header, credentials and all, nothing runs: 403.");
  static const char *const hosts[] = { "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", "evil.example:24001", "[2001:db8::1]" };
  g_autofree char *good = client_headers (fixture, "", strlen (echo));
  const char *rest = strstr (good, "\r\nAuthorization");

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *headers = g_strdup_printf ("POST / HTTP/1.1\r\nHost: %s%s", hosts[i], rest);
      g_autofree char *twice = g_strdup_printf ("POST / HTTP/1.1\r\nHost: localhost\r\nHost: %s%s", hosts[i], rest);

      g_assert_cmpuint (request_raw (fixture, headers, echo, strlen (echo), NULL), ==, 403);
      g_assert_cmpuint (request_raw (fixture, twice, echo, strlen (echo), NULL), >=, 400);
    }
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 0);
  assert_alive (fixture);
}

static void
test_host_names (void)
{
  g_test_summary ("Which Host headers name this machine.");
  static const char *const good[] = { "localhost", "LocalHost:1", "127.0.0.1", "127.0.0.1:24001", "127.9.9.9", "[::1]", "[::1]:80", "192.168.1.5:1" };
  static const char *const bad[] = { "", ":80", "localhost.", "localhost:x", "[::1", "[::1]x", "192.168.1.6", "0.0.0.0", "evil", "localhost, evil", "localhost@evil", "127.0.0.1.evil" };
  g_autoptr(GInetAddress) listen = g_inet_address_new_from_string ("192.168.1.5");
  g_autoptr(GInetAddress) any = g_inet_address_new_from_string ("0.0.0.0");

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (tc_rpc_host_check (good[i], listen));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (tc_rpc_host_check (bad[i], listen));
  g_assert_false (tc_rpc_host_check (NULL, listen));
  g_assert_true (tc_rpc_host_check ("192.168.1.6", any));
  g_assert_false (tc_rpc_host_check ("evil.example", any));
}

static void
test_origin (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-36: with any Origin header nothing runs: 403; a preflight is not answered with consent.");
  static const char *const origins[] = { "Origin: https://evil.example\r\n", "Origin: null\r\n", "Origin: http://localhost\r\n", "origin:\r\n" };
  static const char preflight[] = "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n";
  g_autoptr(GSocketConnection) connection = client_connect (fixture);
  g_autofree char *answer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      g_autofree char *headers = client_headers (fixture, origins[i], strlen (echo));

      g_assert_cmpuint (request_raw (fixture, headers, echo, strlen (echo), NULL), ==, 403);
    }
  g_assert_true (client_send (connection, preflight, -1));
  answer = client_read_all (connection);
  g_assert_cmpuint (parse_answer (answer, NULL), ==, 403);
  g_assert_null (strstr (answer, "Access-Control"));
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 0);
  assert_alive (fixture);
}

static void
test_method_and_path (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Only POST, only /.");
  g_autofree char *good = client_headers (fixture, "", strlen (echo));
  g_autofree char *get = g_strconcat ("GET", good + 4, NULL), *path = g_strconcat ("POST /wallet", good + 6, NULL);

  g_assert_cmpuint (request_raw (fixture, get, echo, strlen (echo), NULL), ==, 405);
  g_assert_cmpuint (request_raw (fixture, path, echo, strlen (echo), NULL), ==, 404);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 0);
}

/* --- Large bodies --- */

static void
test_claimed_body (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-36: a body that claims 1 GB is refused before any of it is read, with or without credentials.");
  g_autofree char *large = client_headers (fixture, "", 1000000000), *above = client_headers (fixture, "", TC_RPC_BODY_MAX + 1);

  g_assert_cmpuint (request_raw (fixture, large, "", 0, NULL), ==, 413);
  g_assert_cmpuint (request_raw (fixture, above, "", 0, NULL), ==, 413);
  g_assert_cmpuint (request_raw (fixture, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n", "", 0, NULL), ==, 401);
  g_assert_cmpuint (request_raw (fixture, "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1\r\n\r\n", "x", 1, NULL), >=, 400);
  assert_alive (fixture);
}

/* Sends 1 GB in chunks. Returns: the bytes that went before the server closed. */
static gsize
stream_body (Fixture *fixture, const char *headers)
{
  g_autoptr(GSocketConnection) connection = client_connect (fixture);
  g_autofree char *chunk = g_strnfill (65536, ' ');
  gsize sent = 0;

  g_assert_true (client_send (connection, headers, -1));
  while (sent < 1000000000 && client_send (connection, "10000\r\n", -1) && client_send (connection, chunk, 65536) && client_send (connection, "\r\n", -1))
    sent += 65536;
  return sent;
}

static void
test_streamed_body (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-36: a body of 1 GB that does not say its length is cut off near the limit, with or without credentials, for any request.");
  static const char *const starts[] = { "POST / HTTP/1.1\r\nHost: localhost\r\n", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n", "POST /x HTTP/1.1\r\nHost: evil\r\n" };
  g_autofree char *basic = g_base64_encode ((const guchar *) fixture->cookie, strlen (fixture->cookie));

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autofree char *anonymous = g_strconcat (starts[i], "Transfer-Encoding: chunked\r\n\r\n", NULL);
      g_autofree char *known = g_strconcat (starts[i], "Authorization: Basic ", basic, "\r\nTransfer-Encoding: chunked\r\n\r\n", NULL);

      /* What the kernel holds on both sides comes on top of the limit. */
      g_assert_cmpuint (stream_body (fixture, anonymous), <, TC_RPC_BODY_MAX + 32000000);
      g_assert_cmpuint (stream_body (fixture, known), <, TC_RPC_BODY_MAX + 32000000);
    }
  assert_alive (fixture);
}

static void
test_large_body (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A body just below the limit is served, several times over: what they take is given back.");
  g_autoptr(GString) body = g_string_new (echo);

  g_string_insert_c (body, 0, ' ');
  while (body->len < TC_RPC_BODY_MAX)
    g_string_append_len (body, "                                                                ", (gssize) MIN (64, TC_RPC_BODY_MAX - body->len));
  for (guint i = 0; i < 6; i++)
    assert_answer (fixture, body->str, 200, "{\"jsonrpc\":\"2.0\",\"result\":[null,null],\"id\":1}");
}

static void
test_nested (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-36: a million nested brackets are a parse error.");
  g_autofree char *body = g_strnfill (1000000, '[');
  g_autofree char *closed = g_strconcat (body, NULL), *objects = NULL;
  g_autoptr(GString) nested = g_string_new (NULL);

  for (guint i = 0; i < 1000000; i++)
    g_string_append (nested, "{\"\":");
  assert_answer (fixture, body, 500,
                 "{\"result\":null,\"error\":{\"code\":-32700,\"message\":\"The request is not valid JSON, or is nested too deeply.\"},\"id\":null}");
  assert_answer (fixture, nested->str, 500,
                 "{\"result\":null,\"error\":{\"code\":-32700,\"message\":\"The request is not valid JSON, or is nested too deeply.\"},\"id\":null}");
  assert_alive (fixture);
}

/* --- The cookie and the port --- */

static void
test_cookie (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("The cookie is its owner's alone, new at each start, gone after stop; one left over by a crash is replaced.");
  g_autofree char *path = g_build_filename (fixture->dir, ".cookie", NULL);
  g_autofree char *first = g_strdup (fixture->cookie);
  struct stat st;

  g_assert_true (g_str_has_prefix (first, "__cookie__:"));
  g_assert_cmpuint (strlen (first), ==, strlen ("__cookie__:") + 64);
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  worker_call (&fixture->node, fixture_free_server, fixture);
  g_assert_cmpint (stat (path, &st), !=, 0);

  g_assert_true (g_file_set_contents (path, first, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  g_clear_pointer (&fixture->address, g_free);
  worker_call (&fixture->node, fixture_start, fixture);
  fixture_read_cookie (fixture);
  g_assert_cmpstr (fixture->cookie, !=, first);
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  assert_alive (fixture);
}

static void
try_start (gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *other_dir = g_build_filename (fixture->dir, "missing", NULL);
  g_autoptr(TcRpcServer) second = tc_rpc_server_new (fixture->dir);
  g_autoptr(TcRpcServer) homeless = tc_rpc_server_new (other_dir);
  static const char *const bad[] = { "", "localhost:1", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:x", "0.0.0.0:0", "[::]:0", "192.0.2.1:0" };
  g_autoptr(GError) taken = NULL, no_cookie = NULL;

  g_assert_false (tc_rpc_server_start (second, fixture->address, &taken));
  g_assert_error (taken, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_PORT_IN_USE);
  g_assert_nonnull (strstr (taken->message, fixture->address));
  g_assert_null (tc_rpc_server_get_address (second));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (tc_rpc_server_start (second, bad[i], &error));
      g_assert_error (error, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_ADDRESS);
    }
  tc_rpc_server_set_allow_remote (second, TRUE);
  g_clear_error (&taken);
  g_assert_false (tc_rpc_server_start (second, "192.0.2.1:0", &taken));   /* allowed, but of no interface here */
  g_assert_error (taken, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_ADDRESS);
  g_assert_false (tc_rpc_server_start (homeless, "127.0.0.1:0", &no_cookie));
  g_assert_error (no_cookie, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_COOKIE);
}

static void
test_start_fails (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A taken port, an address that is none or not loopback, a directory that is missing: each its own error, and the server that runs is not disturbed.");
  worker_call (&fixture->node, try_start, fixture);
  assert_alive (fixture);
}

/* --- Threads and shutdown --- */

/* Sends @body and does not wait for the answer. */
static GSocketConnection *
request_begin (Fixture *fixture, const char *body)
{
  g_autofree char *headers = client_headers (fixture, "", strlen (body));
  GSocketConnection *connection = client_connect (fixture);

  g_assert_true (client_send (connection, headers, -1));
  g_assert_true (client_send (connection, body, -1));
  return connection;
}

static void
test_later (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A handler on another thread answers when it likes; others are served meanwhile.");
  g_autoptr(GSocketConnection) connection = request_begin (fixture, later);
  TcRpcCall *call = g_async_queue_pop (fixture->held);
  g_autofree char *answer = NULL, *body = NULL;

  assert_alive (fixture);
  assert_alive (fixture);
  worker_call (&fixture->wallet, end_held, call);
  answer = client_read_all (connection);
  g_assert_cmpuint (parse_answer (answer, &body), ==, 200);
  g_assert_cmpstr (body, ==, "{\"jsonrpc\":\"2.0\",\"result\":\"ended\",\"id\":1}");
}

static void
test_client_gone (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A client that went away while its call was under way harms nobody.");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GSocketConnection) connection = request_begin (fixture, later);
      TcRpcCall *call = g_async_queue_pop (fixture->held);

      g_assert_true (g_io_stream_close (G_IO_STREAM (connection), NULL, NULL));
      assert_alive (fixture);
      worker_call (&fixture->wallet, end_held, call);
      assert_alive (fixture);
    }
}

static void
test_too_many_calls (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Above the limit of calls under way the next is refused with 503; as they end, all is served again.");
  GSocketConnection *connections[TC_RPC_CALLS_MAX];
  TcRpcCall *calls[TC_RPC_CALLS_MAX];

  for (guint i = 0; i < TC_RPC_CALLS_MAX; i++)
    connections[i] = request_begin (fixture, later);
  for (guint i = 0; i < TC_RPC_CALLS_MAX; i++)
    calls[i] = g_async_queue_pop (fixture->held);
  g_assert_cmpuint (request (fixture, echo, NULL), ==, 503);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 0);
  for (guint i = 0; i < TC_RPC_CALLS_MAX; i++)
    worker_call (&fixture->wallet, end_held, calls[i]);
  for (guint i = 0; i < TC_RPC_CALLS_MAX; i++)
    {
      g_autofree char *answer = client_read_all (connections[i]);

      g_assert_cmpuint (parse_answer (answer, NULL), ==, 200);
      g_object_unref (connections[i]);
    }
  assert_alive (fixture);
}

static void
test_too_many_connections (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-04 (its part here): connections that say nothing fill the table and no more; those above are closed, and there is room once they go.");
  GSocketConnection *connections[TC_RPC_CONNECTIONS_MAX + 1];
  g_autofree char *answer = NULL;

  for (guint i = 0; i <= TC_RPC_CONNECTIONS_MAX; i++)
    connections[i] = client_connect (fixture);
  answer = client_read_all (connections[TC_RPC_CONNECTIONS_MAX]);
  g_assert_cmpstr (answer, ==, "");
  for (guint i = 0; i <= TC_RPC_CONNECTIONS_MAX; i++)
    g_object_unref (connections[i]);
  /* The server hears of it in its own time. */
  for (;;)
    {
      g_autoptr(GSocketConnection) connection = client_connect (fixture);
      g_autofree char *headers = client_headers (fixture, "", strlen (echo)), *retry = NULL;

      if (!client_send (connection, headers, -1) || !client_send (connection, echo, -1))
        continue;
      retry = client_read_all (connection);
      if (*retry != '\0')
        break;
    }
  assert_alive (fixture);
}

static void
test_stop_with_calls (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Stopping answers what is under way with an error, in each form, at once; what handlers do afterwards has no effect.");
  static const char batch[] = "[{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"id\":1},{\"jsonrpc\":\"2.0\",\"method\":\"later\",\"id\":2},"
                              "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"id\":3}]";
  static const struct { const char *body; guint status; const char *expected; } cases[] = {
    { later, 200, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,\"message\":\"The node is stopping.\"},\"id\":1}" },
    { "{\"method\":\"later\",\"id\":1}", 500, "{\"result\":null,\"error\":{\"code\":-1,\"message\":\"The node is stopping.\"},\"id\":1}" },
    { batch, 200, "[{\"jsonrpc\":\"2.0\",\"result\":[null,null],\"id\":1},"
                  "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,\"message\":\"The node is stopping.\"},\"id\":2},"
                  "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,\"message\":\"The node is stopping.\"},\"id\":3}]" },
  };
  GSocketConnection *connections[G_N_ELEMENTS (cases)];
  TcRpcCall *calls[G_N_ELEMENTS (cases)];
  g_autoptr(GSocketConnection) silent = client_connect (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    connections[i] = request_begin (fixture, cases[i].body);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    calls[i] = g_async_queue_pop (fixture->held);
  worker_call (&fixture->node, fixture_stop, fixture);
  worker_call (&fixture->node, fixture_stop, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = client_read_all (connections[i]), *body = NULL;

      g_assert_cmpuint (parse_answer (answer, &body), ==, cases[i].status);
      g_assert_cmpstr (body, ==, cases[i].expected);
      g_object_unref (connections[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    worker_call (&fixture->wallet, end_held, calls[i]);
}

static void
restart (gpointer data)
{
  Fixture *fixture = data;

  tc_rpc_server_stop (fixture->server);
  g_assert_true (tc_rpc_server_start (fixture->server, fixture->address, NULL));
}

static void
test_restart (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A stopped server starts again on the same port, methods and all; a call from before does not answer anything after.");
  g_autoptr(GSocketConnection) connection = request_begin (fixture, later);
  TcRpcCall *call = g_async_queue_pop (fixture->held);

  worker_call (&fixture->node, restart, fixture);
  fixture_read_cookie (fixture);
  assert_alive (fixture);
  worker_call (&fixture->wallet, end_held, call);
  assert_alive (fixture);
}

typedef struct
{
  Fixture     *fixture;
  TcRpcServer *server;
  gint         destroyed;
} Owner;

static void
destroy_owner (gpointer data)
{
  Owner *owner = data;

  g_assert_true (g_main_context_is_owner (owner->fixture->wallet.context));
  g_atomic_int_set (&owner->destroyed, 1);
}

static void
run_owned (TcRpcCall *call, gpointer user_data)
{
  Owner *owner = user_data;

  g_assert_cmpint (g_atomic_int_get (&owner->destroyed), ==, 0);
  g_async_queue_push (owner->fixture->held, call);
}

static void
remove_owned (gpointer data)
{
  tc_rpc_server_remove_method (((Owner *) data)->server, "owned");
}

static void
do_nothing (gpointer data)
{
}

static void
test_remove_method (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A method comes and goes from another thread; its data lives until its last call has ended, and goes on its own thread.");
  Owner owner = { fixture, fixture->server, 0 };
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *answer = NULL;
  TcRpcCall *call;

  tc_rpc_server_add_method (fixture->server, "owned", NULL, "owned\nIs owned.", fixture->wallet.context, run_owned, &owner, destroy_owner);
  connection = request_begin (fixture, "{\"method\":\"owned\",\"id\":1}");
  call = g_async_queue_pop (fixture->held);
  worker_call (&fixture->wallet, remove_owned, &owner);
  g_assert_cmpuint (request (fixture, "{\"method\":\"owned\",\"id\":1}", NULL), ==, 404);
  g_assert_cmpint (g_atomic_int_get (&owner.destroyed), ==, 0);
  worker_call (&fixture->wallet, end_held, call);
  answer = client_read_all (connection);
  g_assert_cmpuint (parse_answer (answer, NULL), ==, 200);
  worker_call (&fixture->node, do_nothing, NULL);
  worker_call (&fixture->wallet, do_nothing, NULL);
  g_assert_cmpint (g_atomic_int_get (&owner.destroyed), ==, 1);
  tc_rpc_server_remove_method (fixture->server, "owned");
}

static void
test_context_gone (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A call for a thread that is gone ends with an error, once its context goes.");
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *answer = NULL;
  GMainContext *context = g_main_context_new ();

  tc_rpc_server_add_method (fixture->server, "dead", NULL, "dead\nNever runs.", context, run_owned, NULL, NULL);
  connection = request_begin (fixture, "{\"method\":\"dead\",\"id\":1}");
  while (!g_main_context_pending (context))
    g_thread_yield ();
  tc_rpc_server_remove_method (fixture->server, "dead");
  while (g_main_context_pending (context))
    g_main_context_iteration (context, FALSE);
  answer = client_read_all (connection);
  g_assert_cmpuint (parse_answer (answer, NULL), ==, 404);
  g_main_context_unref (context);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  ADD ("/rpc/server/survive-36-credentials", test_credentials);
  ADD ("/rpc/server/survive-36-host", test_host);
  g_test_add_func ("/rpc/server/host-names", test_host_names);
  ADD ("/rpc/server/survive-36-origin", test_origin);
  ADD ("/rpc/server/method-and-path", test_method_and_path);
  ADD ("/rpc/server/survive-36-claimed-body", test_claimed_body);
  ADD ("/rpc/server/survive-36-streamed-body", test_streamed_body);
  ADD ("/rpc/server/large-body", test_large_body);
  ADD ("/rpc/server/survive-36-nested", test_nested);
  ADD ("/rpc/server/cookie", test_cookie);
  ADD ("/rpc/server/start-fails", test_start_fails);
  ADD ("/rpc/server/later", test_later);
  ADD ("/rpc/server/client-gone", test_client_gone);
  ADD ("/rpc/server/too-many-calls", test_too_many_calls);
  ADD ("/rpc/server/survive-04-too-many-connections", test_too_many_connections);
  ADD ("/rpc/server/stop-with-calls", test_stop_with_calls);
  ADD ("/rpc/server/restart", test_restart);
  ADD ("/rpc/server/remove-method", test_remove_method);
  ADD ("/rpc/server/context-gone", test_context_gone);
  return g_test_run ();
}
