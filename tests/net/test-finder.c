#include <locale.h>
#include <string.h>

#include "core/key.h"
#include "net/finder.h"
#include "node.h"

/* A finder whose connections are made up: public addresses, which no test may dial. */

#define INTERVAL_MS 1u

typedef struct
{
  TcFinder  *finder;
  GArray    *dialled;    /* TcEndpoint: connection i + 1 leads to the i-th */
  GPtrArray *names;      /* char *: dialled as such */
  GArray    *felt;       /* TcEndpoint */
} Fixture;

static guint64
on_dial (const TcEndpoint *endpoint, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_array_append_val (fixture->dialled, *endpoint);
  return fixture->dialled->len;
}

static void
on_dial_name (const char *address, gpointer user_data)
{
  g_ptr_array_add (((Fixture *) user_data)->names, g_strdup (address));
}

static void
on_feel (const TcEndpoint *endpoint, guint64 tag, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_array_append_val (fixture->felt, *endpoint);
  tc_finder_felt (fixture->finder, tag + 1, TRUE);  /* an answer to another question */
  tc_finder_felt (fixture->finder, tag, TRUE);
}

static void
on_send (guint64 peer, guint8 type, GBytes *body, gpointer user_data)
{
}

static gboolean
is_never (const TcEndpoint *endpoint, gpointer user_data)
{
  return FALSE;
}

static const TcFinderEvents events = { on_dial, on_dial_name, on_feel, on_send, is_never, is_never };

static void
set_up_with (Fixture *fixture, gboolean resolves)
{
  static const guint8 key[TC_BOOK_KEY_SIZE] = { 5 };
  const TcFinderConfig config = { .book_key = key, .max_found = TC_FINDER_FOUND_DEFAULT, .interval_ms = INTERVAL_MS, .resolves = resolves };

  fixture->finder = tc_finder_new (g_main_context_default (), &config, &events, fixture);
  fixture->dialled = g_array_new (FALSE, FALSE, sizeof (TcEndpoint));
  fixture->felt = g_array_new (FALSE, FALSE, sizeof (TcEndpoint));
  fixture->names = g_ptr_array_new_with_free_func (g_free);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, TRUE);
}

static void
set_up_proxied (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tc_finder_free (fixture->finder);
  g_array_unref (fixture->dialled);
  g_array_unref (fixture->felt);
  g_ptr_array_unref (fixture->names);
}

static void
start (Fixture *fixture)
{
  const TcEndpoint nowhere = { .port = 0 };

  tc_finder_start (fixture->finder, &nowhere);
}

static TcEndpoint
make_endpoint (guint a, guint b, guint c, guint d)
{
  g_autofree char *text = g_strdup_printf ("%u.%u.%u.%u:24000", a, b, c, d);
  TcEndpoint endpoint;

  g_assert_true (tc_endpoint_parse (text, &endpoint));
  return endpoint;
}

/* By itself, at the time of now. */
static void
add (Fixture *fixture, TcEndpoint endpoint)
{
  const gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  tc_book_add (tc_finder_get_book (fixture->finder), &endpoint, now_s, endpoint.ip, now_s);
}

static guint
count_group (const GArray *endpoints, const TcEndpoint *of)
{
  guint n = 0;

  for (guint i = 0; i < endpoints->len; i++)
    n += tc_endpoint_group (g_array_index (endpoints, TcEndpoint, i).ip) == tc_endpoint_group (of->ip);
  return n;
}

static void
pass_ms (guint ms)
{
  const gint64 until_us = g_get_monotonic_time () + ms * 1000;

  WAIT_UNTIL (g_get_monotonic_time () >= until_us);
}

static void
test_eclipse (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint attacker = make_endpoint (66, 6, 0, 1);

  g_test_summary ("survive-28: 500 addresses of one /16, each told by itself, among twenty honest ones: one connection leads there");
  for (guint i = 0; i < 500; i++)
    add (fixture, make_endpoint (66, 6, i / 250, i % 250));
  for (guint i = 0; i < 20; i++)
    add (fixture, make_endpoint (50, i, 1, 1));
  start (fixture);
  WAIT_UNTIL (fixture->dialled->len == TC_FINDER_FOUND_DEFAULT);
  pass_ms (100);
  g_assert_cmpuint (fixture->dialled->len, ==, TC_FINDER_FOUND_DEFAULT);
  g_assert_cmpuint (count_group (fixture->dialled, &attacker), <=, 1);
}

static void
test_only_group (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Of a public group there is one connection also where nothing else is known");
  for (guint i = 0; i < 50; i++)
    add (fixture, make_endpoint (66, 6, 0, 1 + i));
  start (fixture);
  WAIT_UNTIL (fixture->dialled->len == 1);
  pass_ms (100);
  g_assert_cmpuint (fixture->dialled->len, ==, 1);
}

static void
test_named_group (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint named = make_endpoint (66, 6, 0, 1);

  g_test_summary ("A group that is connected out by name is taken; who came in takes none");
  start (fixture);
  tc_finder_opened (fixture->finder, 1000, &named, FALSE, 0);
  add (fixture, make_endpoint (66, 6, 0, 2));
  pass_ms (50);
  g_assert_cmpuint (fixture->dialled->len, ==, 0);
  tc_finder_closed (fixture->finder, 1000);
  tc_finder_opened (fixture->finder, 1001, &named, TRUE, 0);
  WAIT_UNTIL (fixture->dialled->len == 1);
}

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint only = make_endpoint (50, 1, 1, 1);
  const TcBookEntry *entry;

  g_test_summary ("What came of a connection is noted: spoken to; a failure where others stand; and one that ends soon is not made again at once");
  add (fixture, only);
  start (fixture);
  WAIT_UNTIL (fixture->dialled->len == 1);
  g_assert_true (tc_finder_has (fixture->finder, 1));
  tc_finder_opened (fixture->finder, 1, &only, FALSE, 24000);
  entry = tc_book_get (tc_finder_get_book (fixture->finder), &only);
  g_assert_true (entry->tried && entry->good_s > 0);
  tc_finder_closed (fixture->finder, 1);
  g_assert_false (tc_finder_has (fixture->finder, 1));
  pass_ms (50);
  g_assert_cmpuint (fixture->dialled->len, ==, 1);
  g_assert_cmpuint (entry->failures, ==, 0);
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint one = make_endpoint (50, 1, 1, 1), other = make_endpoint (50, 2, 1, 1);
  TcBook *book = tc_finder_get_book (fixture->finder);

  g_test_summary ("An attempt that fails counts only while there are other connections");
  add (fixture, one);
  start (fixture);
  WAIT_UNTIL (fixture->dialled->len == 1);
  tc_finder_closed (fixture->finder, 1);
  g_assert_cmpuint (tc_book_get (book, &one)->failures, ==, 0);
  tc_finder_opened (fixture->finder, 1000, &other, FALSE, 0);
  add (fixture, make_endpoint (50, 3, 1, 1));
  WAIT_UNTIL (fixture->dialled->len == 2);
  tc_finder_closed (fixture->finder, 2);
  g_assert_cmpuint (tc_book_get (book, &g_array_index (fixture->dialled, TcEndpoint, 1))->failures, ==, 1);
}

static void
test_anchors (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint anchors[] = { make_endpoint (70, 1, 1, 1), make_endpoint (70, 2, 1, 1) };

  g_test_summary ("Anchors are dialled before all others, in their order");
  for (guint i = 0; i < 100; i++)
    add (fixture, make_endpoint (50, i, 1, 1));
  for (guint i = 0; i < G_N_ELEMENTS (anchors); i++)
    tc_finder_add_anchor (fixture->finder, &anchors[i]);
  start (fixture);
  WAIT_UNTIL (fixture->dialled->len == TC_FINDER_FOUND_DEFAULT);
  for (guint i = 0; i < G_N_ELEMENTS (anchors); i++)
    g_assert_true (tc_endpoint_equal (&g_array_index (fixture->dialled, TcEndpoint, i), &anchors[i]));
}

static void
test_seeds (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Seeds are asked where the book is empty: an address becomes an entry, a name is looked up");
  g_assert_true (tc_finder_add_seed (fixture->finder, "8.8.8.8:24000"));
  g_assert_true (tc_finder_add_seed (fixture->finder, "localhost:24000"));
  start (fixture);
  WAIT_UNTIL (tc_book_count (tc_finder_get_book (fixture->finder), FALSE) >= 2);
  WAIT_UNTIL (fixture->dialled->len >= 2);
  g_assert_cmpuint (fixture->names->len, ==, 0);
}

static void
test_seeds_later (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint one = make_endpoint (50, 1, 1, 1), other = make_endpoint (50, 2, 1, 1);

  g_test_summary ("Seeds are left alone by a node that is well connected");
  tc_finder_add_seed (fixture->finder, "8.8.8.8:24000");
  tc_finder_opened (fixture->finder, 1000, &one, FALSE, 0);
  tc_finder_opened (fixture->finder, 1001, &other, FALSE, 0);
  start (fixture);
  pass_ms (100);
  g_assert_cmpuint (fixture->dialled->len, ==, 0);
  tc_finder_closed (fixture->finder, 1000);
  WAIT_UNTIL (fixture->dialled->len > 0);
}

static void
test_proxied (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Behind a proxy no name is looked up: it is dialled as a name, once in a while");
  tc_finder_add_seed (fixture->finder, "seed.example:24000");
  start (fixture);
  WAIT_UNTIL (fixture->names->len == 1);
  pass_ms (50);
  g_assert_cmpuint (fixture->names->len, ==, 1);
  g_assert_cmpstr (fixture->names->pdata[0], ==, "seed.example:24000");
}

static void
test_feelers (Fixture *fixture, gconstpointer data)
{
  TcBook *book = tc_finder_get_book (fixture->finder);

  const TcEndpoint *felt;

  g_test_summary ("Feelers find out, one by one, which of the other new addresses are any good");
  for (guint i = 0; i < 20; i++)
    add (fixture, make_endpoint (50, i, 1, 1));
  start (fixture);
  WAIT_UNTIL (fixture->felt->len >= 2);
  felt = (const TcEndpoint *) (gconstpointer) fixture->felt->data;
  g_assert_cmpuint (fixture->dialled->len, ==, TC_FINDER_FOUND_DEFAULT);
  g_assert_true (tc_book_get (book, &felt[0])->tried && tc_book_get (book, &felt[1])->tried);
  for (guint i = 0; i < fixture->dialled->len; i++)
    g_assert_false (tc_endpoint_equal (&felt[0], &g_array_index (fixture->dialled, TcEndpoint, i)));
}

#define ADD(name, func) g_test_add ("/net/finder/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add ("/net/survive-28-eclipse", Fixture, NULL, set_up, test_eclipse, tear_down);
  ADD ("only-group", test_only_group);
  ADD ("named-group", test_named_group);
  ADD ("closed", test_closed);
  ADD ("failures", test_failures);
  ADD ("anchors", test_anchors);
  ADD ("seeds", test_seeds);
  ADD ("seeds-later", test_seeds_later);
  g_test_add ("/net/finder/proxied", Fixture, NULL, set_up_proxied, test_proxied, tear_down);
  ADD ("feelers", test_feelers);
  return g_test_run ();
}
