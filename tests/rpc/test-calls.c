#include "fixture.h"

static void
test_version_2 (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("2.0: status 200 for results and errors alike; a result or an error, not both; ids come back as they were.");
  assert_answer (fixture, "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[1,\"a/b\"],\"id\":\"x\"}", 200,
                 "{\"jsonrpc\":\"2.0\",\"result\":[1,\"a/b\"],\"id\":\"x\"}");
  assert_answer (fixture, " {\"jsonrpc\":\"2.0\",\"method\":\"nothing\",\"id\":7} \r\n", 200, "{\"jsonrpc\":\"2.0\",\"result\":null,\"id\":7}");
  assert_answer (fixture, "{\"jsonrpc\":\"2.0\",\"method\":\"fail\",\"id\":null}", 200,
                 "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-6,\"message\":\"There is \\\"all\\\" missing.\"},\"id\":null}");
  assert_answer (fixture, "{\"jsonrpc\":\"2.0\",\"method\":\"nosuch\",\"id\":1.50}", 200,
                 "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32601,\"message\":\"There is no method nosuch. Call help for a list.\"},\"id\":1.50}");
}

static void
test_version_1 (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("1.0 as Bitcoin Core: result and error both there, HTTP status by the error, an answer without an id too.");
  assert_answer (fixture, "{\"method\":\"echo\",\"params\":[1],\"id\":1}", 200, "{\"result\":[1,null],\"error\":null,\"id\":1}");
  assert_answer (fixture, "{\"jsonrpc\":\"1.0\",\"method\":\"nothing\"}", 200, "{\"result\":null,\"error\":null,\"id\":null}");
  assert_answer (fixture, "{\"method\":\"fail\",\"id\":1}", 500,
                 "{\"result\":null,\"error\":{\"code\":-6,\"message\":\"There is \\\"all\\\" missing.\"},\"id\":1}");
  assert_answer (fixture, "{\"method\":\"nosuch\",\"id\":1}", 404,
                 "{\"result\":null,\"error\":{\"code\":-32601,\"message\":\"There is no method nosuch. Call help for a list.\"},\"id\":1}");
  assert_answer (fixture, "{\"id\":1}", 400, "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"method must be a string.\"},\"id\":1}");
}

static void
test_malformed (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("What is no JSON, or JSON but no call, is answered with the error that JSON-RPC has for it.");
  static const struct { const char *body; guint status; const char *code; } cases[] = {
    { "", 500, "-32700" },
    { "{", 500, "-32700" },
    { "nonsense", 500, "-32700" },
    { "{\"method\":\"echo\",\"id\":1} x", 500, "-32700" },
    { "{\"method\":\"echo\",\"id\":1}{}", 500, "-32700" },
    { "{'method':'echo','id':1}", 500, "-32700" },
    { "{\"method\":\"\xff\",\"id\":1}", 500, "-32700" },
    { "5", 500, "-32700" },
    { "null", 500, "-32700" },
    { "\"text\"", 500, "-32700" },
    { "[]", 400, "-32600" },
    { "{\"jsonrpc\":\"3.0\",\"method\":\"echo\",\"id\":1}", 400, "-32600" },
    { "{\"jsonrpc\":2,\"method\":\"echo\",\"id\":1}", 400, "-32600" },
    { "{\"method\":5,\"id\":1}", 400, "-32600" },
    { "{\"method\":\"echo\\u0000\",\"id\":1}", 400, "-32600" },
    { "{\"method\":\"echo\",\"id\":{}}", 400, "-32600" },
    { "{\"method\":\"echo\",\"params\":5,\"id\":1}", 400, "-32600" },
    { "{\"jsonrpc\":\"2.0\",\"method\":5}", 200, "-32600" },
    { "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"id\":[1]}", 200, "-32600" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = NULL;

      g_test_message ("case %u", i);
      g_assert_cmpuint (request (fixture, cases[i].body, &answer), ==, cases[i].status);
      g_assert_nonnull (strstr (answer, cases[i].code));
    }
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 0);
}

static void
test_nul_byte (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A NUL byte does not hide what follows it.");
  static const char body[] = "{\"method\":\"echo\",\"id\":1}\0{\"method\":\"echo\",\"id\":2}";
  g_autofree char *headers = client_headers (fixture, "", sizeof body - 1);

  g_assert_cmpuint (request_raw (fixture, headers, body, sizeof body - 1, NULL), ==, 500);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 0);
}

static void
test_notification (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A 2.0 call without an id runs and gets no answer: 204.");
  assert_answer (fixture, "{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}", 204, "");
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 1);
  assert_answer (fixture, "{\"jsonrpc\":\"2.0\",\"method\":\"nosuch\"}", 204, "");
  assert_answer (fixture, "[{\"jsonrpc\":\"2.0\",\"method\":\"echo\"},{\"jsonrpc\":\"2.0\",\"method\":\"fail\"}]", 204, "");
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, 2);
}

static void
test_batch (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A batch is answered in its order, each call by its own version, notifications left out; always 200.");
  assert_answer (fixture,
                 "[{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[1],\"id\":1},"
                 " {\"jsonrpc\":\"2.0\",\"method\":\"echo\"},"
                 " {\"method\":\"fail\",\"id\":2}, 5,"
                 " {\"jsonrpc\":\"2.0\",\"method\":\"typed\",\"params\":[\"t\"],\"id\":3}]", 200,
                 "[{\"jsonrpc\":\"2.0\",\"result\":[1,null],\"id\":1},"
                 "{\"result\":null,\"error\":{\"code\":-6,\"message\":\"There is \\\"all\\\" missing.\"},\"id\":2},"
                 "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"A call must be a JSON object.\"},\"id\":null},"
                 "{\"jsonrpc\":\"2.0\",\"result\":\"t 7 1\",\"id\":3}]");
}

static char *
make_batch (guint n_calls)
{
  GString *body = g_string_new ("[");

  for (guint i = 0; i < n_calls; i++)
    g_string_append_printf (body, "%s{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[%u],\"id\":%u}", i > 0 ? "," : "", i, i);
  g_string_append_c (body, ']');
  return g_string_free (body, FALSE);
}

static void
test_large_batch (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("As many calls as a batch may have are all answered; one more, and none runs.");
  g_autofree char *most = make_batch (TC_RPC_BATCH_MAX), *more = make_batch (TC_RPC_BATCH_MAX + 1), *answer = NULL;
  json_object *json;

  g_assert_cmpuint (request (fixture, most, &answer), ==, 200);
  json = json_tokener_parse (answer);
  g_assert_cmpuint (json_object_array_length (json), ==, TC_RPC_BATCH_MAX);
  json_object_put (json);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, TC_RPC_BATCH_MAX);
  g_assert_cmpuint (request (fixture, more, NULL), ==, 400);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_runs), ==, TC_RPC_BATCH_MAX);
}

static void
test_params (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Parameters by position or by name; too many, or unknown ones, are refused with the usage.");
  assert_answer (fixture, "{\"method\":\"echo\",\"params\":{\"second\":2,\"first\":1},\"id\":1}", 200, "{\"result\":[1,2],\"error\":null,\"id\":1}");
  assert_answer (fixture, "{\"method\":\"echo\",\"params\":{\"second\":2},\"id\":1}", 200, "{\"result\":[null,2],\"error\":null,\"id\":1}");
  assert_answer (fixture, "{\"method\":\"echo\",\"params\":{},\"id\":1}", 200, "{\"result\":[null,null],\"error\":null,\"id\":1}");
  assert_answer (fixture, "{\"method\":\"echo\",\"params\":null,\"id\":1}", 200, "{\"result\":[null,null],\"error\":null,\"id\":1}");
  assert_answer (fixture, "{\"method\":\"echo\",\"params\":{\"third\":2},\"id\":1}", 500,
                 "{\"result\":null,\"error\":{\"code\":-8,\"message\":\"Unknown named parameter third. Usage:\\necho ( FIRST SECOND )\\nGives back.\"},\"id\":1}");
  assert_answer (fixture, "{\"method\":\"echo\",\"params\":[1,2,3],\"id\":1}", 500,
                 "{\"result\":null,\"error\":{\"code\":-32602,\"message\":\"echo takes at most 2 parameters. Usage:\\necho ( FIRST SECOND )\\nGives back.\"},\"id\":1}");
}

static void
test_types (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Readers give the value or the fallback; another type ends the call with an error that names the parameter.");
  static const struct { const char *params, *expected; } cases[] = {
    { "[]", "\"result\":\"none 7 1\"" },
    { "[null,null,null]", "\"result\":\"none 7 1\"" },
    { "[\"a\",18446744073709551615,false]", "\"result\":\"a 18446744073709551615 0\"" },
    { "[5]", "Parameter 1 (text) must be a string" },
    { "[\"a\\u0000b\"]", "Parameter 1 (text) must be a string without" },
    { "[\"a\",\"5\"]", "Parameter 2 (number) must be a whole number" },
    { "[\"a\",-1]", "Parameter 2 (number) must be a whole number" },
    { "[\"a\",1.5]", "Parameter 2 (number) must be a whole number" },
    { "[\"a\",1,1]", "Parameter 3 (flag) must be true or false" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"method\":\"typed\",\"params\":%s,\"id\":1}", cases[i].params);
      g_autofree char *answer = NULL;

      g_assert_cmpuint (request (fixture, body, &answer), ==, 200);
      g_test_message ("%s", answer);
      g_assert_nonnull (strstr (answer, cases[i].expected));
    }
}

static void
test_amounts (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Amounts are text from end to end: 0.1 is 0.10000000, and the largest keeps its last digit.");
  static const struct { const char *given, *expected; } cases[] = {
    { "0.1", "\"result\":0.10000000," },
    { "\"0.1\"", "\"result\":0.10000000," },
    { "5", "\"result\":5.00000000," },
    { "46116860184.27387903", "\"result\":46116860184.27387903," },
    { "\"1.000,5\"", "\"code\":-3" },
    { "-1", "\"code\":-3" },
    { "0.123456789", "\"code\":-3" },
    { "true", "\"code\":-3" },
    { "null", "\"code\":-3" },
  };
  json_object *negative = tc_rpc_amount ((TcAmount) { 150000000 }, TRUE), *zero = tc_rpc_amount ((TcAmount) { 0 }, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"method\":\"amount\",\"params\":[%s],\"id\":1}", cases[i].given);
      g_autofree char *answer = NULL;

      request (fixture, body, &answer);
      g_test_message ("%s", answer);
      g_assert_nonnull (strstr (answer, cases[i].expected));
    }
  g_assert_cmpstr (json_object_to_json_string (negative), ==, "-1.50000000");
  g_assert_cmpstr (json_object_to_json_string (zero), ==, "0.00000000");
  json_object_put (negative);
  json_object_put (zero);
}

static void
test_help (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("help lists every method in alphabetical order; help METHOD tells its usage.");
  assert_answer (fixture, "{\"method\":\"help\",\"id\":1}", 200,
                 "{\"result\":\"amount AMOUNT\\necho ( FIRST SECOND )\\nfail\\nhelp ( METHOD )\\nlater\\nnothing\\ntyped ( TEXT NUMBER FLAG )\","
                 "\"error\":null,\"id\":1}");
  assert_answer (fixture, "{\"method\":\"help\",\"params\":[\"echo\"],\"id\":1}", 200,
                 "{\"result\":\"echo ( FIRST SECOND )\\nGives back.\",\"error\":null,\"id\":1}");
  assert_answer (fixture, "{\"method\":\"help\",\"params\":[\"nosuch\"],\"id\":1}", 404,
                 "{\"result\":null,\"error\":{\"code\":-32601,\"message\":\"There is no method nosuch. Call help for a list.\"},\"id\":1}");
}

static void
test_one_request (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A connection is for one request, also where the client would have gone on: however many come one after another, there is room.");
  static const char body[] = "{\"method\":\"nothing\",\"id\":1}";
  g_autofree char *closing = client_headers (fixture, "", strlen (body));
  g_auto(GStrv) halves = g_strsplit (closing, "Connection: close\r\n", 2);
  g_autofree char *open = g_strconcat (halves[0], halves[1], body, NULL);

  for (guint i = 0; i < 3 * TC_RPC_CONNECTIONS_MAX; i++)
    {
      g_autoptr(GSocketConnection) connection = client_connect (fixture);
      g_autofree char *answer = NULL;

      g_assert_true (client_send (connection, open, -1));
      answer = client_read_all (connection);
      g_assert_cmpuint (parse_answer (answer, NULL), ==, 200);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  ADD ("/rpc/calls/version-2", test_version_2);
  ADD ("/rpc/calls/version-1", test_version_1);
  ADD ("/rpc/calls/malformed", test_malformed);
  ADD ("/rpc/calls/nul-byte", test_nul_byte);
  ADD ("/rpc/calls/notification", test_notification);
  ADD ("/rpc/calls/batch", test_batch);
  ADD ("/rpc/calls/large-batch", test_large_batch);
  ADD ("/rpc/calls/params", test_params);
  ADD ("/rpc/calls/types", test_types);
  ADD ("/rpc/calls/amounts", test_amounts);
  ADD ("/rpc/calls/help", test_help);
  ADD ("/rpc/calls/one-request", test_one_request);
  return g_test_run ();
}
