#include <string.h>

#include "core/key.h"
#include "ui/console-format.h"
#include "ui/console-parser.h"

/* --- Lines --- */

/* NULL: no words. */
static void
assert_parses (const char *line, const char *method, const char *params)
{
  g_autofree char *found = NULL;
  g_autoptr(GError) error = NULL;
  json_object *array = NULL;

  g_assert_true (tc_console_parse (line, &found, &array, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, method);
  g_assert_cmpstr (json_object_to_json_string_ext (array, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), ==, params);
  json_object_put (array);
}

static void
assert_refused (const char *line, TcConsoleError code)
{
  char *method = (char *) "kept";
  json_object *params = (json_object *) "kept";
  g_autoptr(GError) error = NULL;

  g_assert_false (tc_console_parse (line, &method, &params, &error));
  g_assert_error (error, TC_CONSOLE_ERROR, (int) code);
  g_assert_null (method);
  g_assert_null (params);
}

static void
test_words (void)
{
  g_test_summary ("Words, numbers, quotes and JSON become parameters as Bitcoin Core's console has them");
  assert_parses ("", NULL, "[]");
  assert_parses (" \t ", NULL, "[]");
  assert_parses ("getblockcount", "getblockcount", "[]");
  assert_parses ("  getblockhash\t 12  ", "getblockhash", "[12]");
  assert_parses ("getblock 12 true", "getblock", "[12,true]");
  assert_parses ("x 0.10000000 1e3 -5 null false", "x", "[0.10000000,1e3,-5,null,false]");
  assert_parses ("x \"12\" '12' \"true\"", "x", "[\"12\",\"12\",\"true\"]");
  assert_parses ("x \"two words\" 'and \"these\"'", "x", "[\"two words\",\"and \\\"these\\\"\"]");
  assert_parses ("x \"a \\\"b\\\" \\\\ c\" '\\n'", "x", "[\"a \\\"b\\\" \\\\ c\",\"\\\\n\"]");
  assert_parses ("x \"\" ''", "x", "[\"\",\"\"]");
  assert_parses ("x ab\"c d\"e", "x", "[\"abc de\"]");
  assert_parses ("x 12ab 1.2.3 - TIME0abc", "x", "[\"12ab\",\"1.2.3\",\"-\",\"TIME0abc\"]");
  assert_parses ("help 12", "help", "[\"12\"]");
  assert_parses ("getaddressinfo 12", "getaddressinfo", "[\"12\"]");
  assert_parses ("x 1234567890123456789012345678901234567890123456789012345678901234", "x",
                 "[\"1234567890123456789012345678901234567890123456789012345678901234\"]");
}

static void
test_json (void)
{
  g_test_summary ("Arrays and objects of JSON need no quotes, and may stand in them");
  assert_parses ("x [ 1, \"two words\", [] ] 3", "x", "[[1,\"two words\",[]],3]");
  assert_parses ("x {\"a\": \"]}\", \"b\": [1]}", "x", "[{\"a\":\"]}\",\"b\":[1]}]");
  assert_parses ("x '[\"a\", 1]' '{\"k\": 2}'", "x", "[[\"a\",1],{\"k\":2}]");
  assert_parses ("x [\"a \\\" ]\"]", "x", "[[\"a \\\" ]\"]]");
  assert_parses ("x '[no json'", "x", "[\"[no json\"]");
  assert_refused ("x [1, 2", TC_CONSOLE_ERROR_BRACKET);
  assert_refused ("x {\"a\": \"}", TC_CONSOLE_ERROR_BRACKET);
  assert_refused ("x [a]", TC_CONSOLE_ERROR_JSON);
  assert_refused ("x [1]2", TC_CONSOLE_ERROR_JSON);
  assert_refused ("x [1,]", TC_CONSOLE_ERROR_JSON);
}

static void
test_refused (void)
{
  g_autofree char *longest = g_strnfill (TC_CONSOLE_LINE_MAX, 'a'), *longer = g_strnfill (TC_CONSOLE_LINE_MAX + 1, 'a');
  g_autoptr(GString) words = g_string_new ("x"), deep = g_string_new ("x ");

  g_test_summary ("What is no command is refused with what is wrong with it");
  assert_refused ("x \"open", TC_CONSOLE_ERROR_QUOTE);
  assert_refused ("x 'open", TC_CONSOLE_ERROR_QUOTE);
  assert_refused ("x \"open\\\"", TC_CONSOLE_ERROR_QUOTE);
  assert_refused ("\"\"", TC_CONSOLE_ERROR_METHOD);
  assert_refused ("7/getbalance", TC_CONSOLE_ERROR_METHOD);
  assert_refused ("getblock(1)", TC_CONSOLE_ERROR_METHOD);
  assert_refused ("[1]", TC_CONSOLE_ERROR_METHOD);
  assert_refused ("x a\nb", TC_CONSOLE_ERROR_TEXT);
  assert_refused ("x \x7f", TC_CONSOLE_ERROR_TEXT);
  assert_refused ("x \xff\xfe", TC_CONSOLE_ERROR_TEXT);
  assert_refused (longer, TC_CONSOLE_ERROR_LONG);
  assert_refused (longest, TC_CONSOLE_ERROR_METHOD);
  for (guint i = 0; i < TC_CONSOLE_WORDS_MAX; i++)
    g_string_append (words, " 1");
  assert_refused (words->str, TC_CONSOLE_ERROR_LONG);
  for (guint i = 0; i < 20000; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i < 20000; i++)
    g_string_append_c (deep, ']');
  assert_refused (deep->str, TC_CONSOLE_ERROR_JSON);
}

/* Random lines of the alphabet that means something here. */
static void
test_any (void)
{
  static const char alphabet[] = "x1 \"'\\[]{},:-.eE\ttrue\xc3\xa4";
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  guint n_good = 0;

  g_test_summary ("Whatever is written, it is parsed or refused: one of both, and in memory's bounds");
  for (guint i = 0; i < 200000; i++)
    {
      char line[24] = { 0 };
      const guint n = (guint) g_rand_int_range (rand, 0, sizeof line - 1);
      g_autofree char *method = NULL;
      g_autofree char *mask = NULL;
      g_autoptr(GError) error = NULL;
      json_object *params = NULL;

      for (guint k = 0; k < n; k++)
        line[k] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      if (tc_console_parse (line, &method, &params, &error))
        {
          n_good++;
          g_assert_no_error (error);
          g_assert_true (json_object_is_type (params, json_type_array));
          g_assert_true (method != NULL || json_object_array_length (params) == 0);
        }
      else
        g_assert_true (error != NULL && params == NULL && method == NULL);
      mask = tc_console_mask (line, NULL);
      tc_console_is_secret (line, NULL);
      json_object_put (params);
    }
  g_assert_cmpuint (n_good, >, 1000);
}

/* --- Secrets --- */

#define PHRASE "legal winner thank year wave sausage worth useful legal winner thank yellow"

static void
test_secrets (void)
{
  static const char *const secret[] = {
    "walletpassphrase hunter2 60", "  WalletPassphrase x", "\"walletpassphrase\" x", "createwallet secret", "restorewallet " PHRASE, PHRASE, "help " PHRASE,
    "sendtoaddress x 1 \"" PHRASE "\"", "x legal,winner,thank,year,wave,sausage,worth,useful", "LEGAL WINNER THANK YEAR WAVE SAUSAGE WORTH USEFUL",
    "checkbackup /a/b hunter2", "newmethod hunter2", "wallet\"pass\"phrase hunter2 60", "'new'method hunter2",
    "1. legal 2. winner 3. thank 4. year 5. wave 6. sausage 7. worth 8. useful",
  };
  static const char *const plain[] = {
    "", "help", "help walletpassphrase", "getbalance", "listtransactions * 10", "sendtoaddress TIME0abc 1 \"thank you for the legal year\"",
    "getblockhash 1", "walletlock", "x the quick brown fox jumps over the lazy dog that is not in any list of words",
  };

  static const char *const more[] = { "newmethod", NULL };

  g_test_summary ("Lines with a password or a phrase are known, however they are written, and are shown without it");
  for (guint i = 0; i < G_N_ELEMENTS (secret); i++)
    {
      g_autofree char *mask = tc_console_mask (secret[i], more);

      if (!tc_console_is_secret (secret[i], more))
        g_error ("no secret is seen in: %s", secret[i]);
      g_assert_null (strstr (mask, "hunter2"));
      g_assert_null (strcasestr (mask, "legal"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (tc_console_is_secret (plain[i], more))
      g_error ("a secret is seen in: %s", plain[i]);
  g_assert_true (tc_console_usage_is_secret ("checkbackup PATH BACKUPPASSWORD"));
  g_assert_true (tc_console_usage_is_secret ("restorewallet PHRASE ( PASSWORD )"));
  g_assert_false (tc_console_usage_is_secret ("sendtoaddress ADDRESS AMOUNT ( MEMO )"));
}

/* --- Answers --- */

static void
assert_formats (const char *json, const char *text)
{
  GArray *spans;
  g_autofree char *found = tc_console_format (json, &spans);
  gsize before = 0;

  g_assert_cmpstr (found, ==, text);
  for (guint i = 0; i < spans->len; i++)
    {
      g_assert_cmpuint (g_array_index (spans, TcConsoleSpan, i).end, >, before);
      before = g_array_index (spans, TcConsoleSpan, i).end;
    }
  g_assert_cmpuint (before, ==, strlen (found));
  g_array_unref (spans);
}

static void
test_format (void)
{
  g_test_summary ("Answers are written with a line for each thing, numbers as they came, one string as what it says");
  assert_formats ("null", "null\n");
  assert_formats ("0.10000000", "0.10000000\n");
  assert_formats ("{}", "{}\n");
  assert_formats ("[ ]", "[]\n");
  assert_formats ("{\"a\":1,\"b\":[true,{\"c\":\"d\"}]}", "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    {\n      \"c\": \"d\"\n    }\n  ]\n}\n");
  assert_formats ("[\"a:b,[\\\"]\"]", "[\n  \"a:b,[\\\"]\"\n]\n");
  assert_formats ("\"help ( METHOD )\\nLists \\u00e4\"", "help ( METHOD )\nLists ä\n");
}

static void
test_kinds (void)
{
  GArray *spans;
  g_autofree char *text = tc_console_format ("{\"k\":\"s\",\"n\":12}", &spans);
  guint kinds[TC_CONSOLE_NUMBER + 1] = { 0 };

  g_test_summary ("Names, texts and numbers are told apart");
  for (guint i = 0; i < spans->len; i++)
    kinds[g_array_index (spans, TcConsoleSpan, i).kind]++;
  g_assert_cmpuint (kinds[TC_CONSOLE_KEY], ==, 2);
  g_assert_cmpuint (kinds[TC_CONSOLE_STRING], ==, 1);
  g_assert_cmpuint (kinds[TC_CONSOLE_NUMBER], ==, 1);
  g_array_unref (spans);
}

static void
test_large (void)
{
  g_autoptr(GString) json = g_string_new ("[");
  g_autofree char *text = NULL;
  GArray *spans;

  g_test_summary ("An answer of many megabytes is cut at a whole character, and that is said");
  for (guint i = 0; i < 300000; i++)
    g_string_append (json, i == 0 ? "\"ää\"" : ",\"ää\"");
  g_string_append_c (json, ']');
  text = tc_console_format (json->str, &spans);
  g_assert_cmpuint (strlen (text), <, TC_CONSOLE_TEXT_MAX + 1000);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_nonnull (strstr (text, "time-cli"));
  g_assert_cmpuint (g_array_index (spans, TcConsoleSpan, spans->len - 1).end, ==, strlen (text));
  g_array_unref (spans);
}

static void
test_complete (void)
{
  static const char *const names[] = { "getbalance", "getblock", "getblockcount", "getblockhash", "help", NULL };
  static const struct { const char *prefix, *common; guint n; } samples[] = {
    { "getb", "getb", 4 }, { "getbl", "getblock", 3 }, { "getblockc", "getblockcount", 1 }, { "h", "help", 1 }, { "x", "x", 0 }, { "", "", 5 },
  };

  g_test_summary ("A name is completed as far as it can be");
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      guint n;
      g_autofree char *common = tc_console_complete (names, samples[i].prefix, &n);

      g_assert_cmpstr (common, ==, samples[i].common);
      g_assert_cmpuint (n, ==, samples[i].n);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ui/console/words", test_words);
  g_test_add_func ("/ui/console/json", test_json);
  g_test_add_func ("/ui/console/refused", test_refused);
  g_test_add_func ("/ui/console/any", test_any);
  g_test_add_func ("/ui/console/secrets", test_secrets);
  g_test_add_func ("/ui/console/format", test_format);
  g_test_add_func ("/ui/console/kinds", test_kinds);
  g_test_add_func ("/ui/console/large", test_large);
  g_test_add_func ("/ui/console/complete", test_complete);
  return g_test_run ();
}
