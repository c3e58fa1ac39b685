#include <locale.h>
#include <string.h>

#include "core/key.h"
#include "net/book.h"

#define NOW_S 1700000000

typedef struct
{
  guint64 state;
  TcBook *book;
} Fixture;

static guint64
next_random (gpointer user_data)
{
  Fixture *fixture = user_data;
  guint64 z = (fixture->state += 0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  guint8 key[TC_BOOK_KEY_SIZE] = { 7 };

  fixture->state = 1;
  fixture->book = tc_book_new (key, next_random, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tc_book_free (fixture->book);
}

static TcEndpoint
ipv4 (guint a, guint b, guint c, guint d)
{
  TcEndpoint endpoint = { .ip = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (guint8) a, (guint8) b, (guint8) c, (guint8) d }, .port = 24000 };

  return endpoint;
}

static TcEndpoint
parse (const char *text)
{
  TcEndpoint endpoint;

  g_assert_true (tc_endpoint_parse (text, &endpoint));
  return endpoint;
}

/* Each told by itself, in groups of their own; a few meet in one place. */
static void
add_honest (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      TcEndpoint endpoint = ipv4 (50 + i / 200, i % 200, 1, 1);

      tc_book_add (fixture->book, &endpoint, NOW_S, endpoint.ip, NOW_S);
    }
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), >=, n * 9 / 10);
}

static gboolean
is_free (const TcEndpoint *endpoint, gpointer user_data)
{
  return FALSE;
}

static gboolean
is_taken (const TcEndpoint *endpoint, gpointer user_data)
{
  return tc_endpoint_group (endpoint->ip) == *(guint64 *) user_data;
}

static gboolean
is_in_group (const TcEndpoint *endpoint, gpointer user_data)
{
  return !is_taken (endpoint, user_data);
}

/* --- addresses --- */

static void
test_scopes (void)
{
  static const struct
  {
    const char *text;
    TcScope     scope;
  } cases[] = {
    { "8.8.8.8:1", TC_SCOPE_PUBLIC },        { "172.32.0.1:1", TC_SCOPE_PUBLIC },     { "100.128.0.1:1", TC_SCOPE_PUBLIC },
    { "10.0.0.1:1", TC_SCOPE_PRIVATE },      { "172.31.255.1:1", TC_SCOPE_PRIVATE },  { "192.168.7.7:1", TC_SCOPE_PRIVATE },
    { "100.64.0.1:1", TC_SCOPE_PRIVATE },    { "169.254.1.1:1", TC_SCOPE_PRIVATE },   { "127.200.0.1:1", TC_SCOPE_LOOPBACK },
    { "0.1.2.3:1", TC_SCOPE_NONE },          { "224.0.0.1:1", TC_SCOPE_NONE },        { "255.255.255.255:1", TC_SCOPE_NONE },
    { "[2001:db8::1]:1", TC_SCOPE_PUBLIC },  { "[fd00::1]:1", TC_SCOPE_PRIVATE },     { "[::1]:1", TC_SCOPE_LOOPBACK },
    { "[ff02::1]:1", TC_SCOPE_NONE },        { "[fe80::1]:1", TC_SCOPE_NONE },        { "[::]:1", TC_SCOPE_NONE },
    { "[::ffff:10.1.1.1]:1", TC_SCOPE_PRIVATE }, { "[64:ff9b::8.8.8.8]:1", TC_SCOPE_PUBLIC },
    { "[64:ff9b::192.168.1.1]:1", TC_SCOPE_NONE }, { "[64:ff9b::127.0.0.1]:1", TC_SCOPE_NONE }, { "[2002:a00:1::1]:1", TC_SCOPE_NONE },
    { "[2002:7f00:1::1]:1", TC_SCOPE_NONE }, { "[2002:808:808::1]:1", TC_SCOPE_PUBLIC }, { "[64:ff9b:1::10.0.0.1]:1", TC_SCOPE_NONE },
    { "[fec0::1]:1", TC_SCOPE_PRIVATE },
  };

  g_test_summary ("How far an address reaches, and that one of a nearer reach is not for a peer of a wider one");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TcEndpoint endpoint = parse (cases[i].text);
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (tc_endpoint_scope (endpoint.ip), ==, cases[i].scope);
    }
  g_assert_true (tc_scope_may_pass (TC_SCOPE_PUBLIC, TC_SCOPE_PRIVATE));
  g_assert_true (tc_scope_may_pass (TC_SCOPE_PRIVATE, TC_SCOPE_PRIVATE));
  g_assert_false (tc_scope_may_pass (TC_SCOPE_PRIVATE, TC_SCOPE_PUBLIC));
  g_assert_false (tc_scope_may_pass (TC_SCOPE_LOOPBACK, TC_SCOPE_PRIVATE));
  g_assert_false (tc_scope_may_pass (TC_SCOPE_NONE, TC_SCOPE_LOOPBACK));
}

static void
assert_same_group (const char *a, const char *b, gboolean same)
{
  TcEndpoint one = parse (a), other = parse (b);

  g_test_message ("%s, %s", a, b);
  g_assert_cmpint (tc_endpoint_group (one.ip) == tc_endpoint_group (other.ip), ==, same);
}

static void
test_groups (void)
{
  g_test_summary ("A group is an IPv4 /16 or an IPv6 /32, and an IPv4 address inside another is of its own /16");
  assert_same_group ("1.2.3.4:1", "1.2.255.255:9", TRUE);
  assert_same_group ("1.2.3.4:1", "1.3.3.4:1", FALSE);
  assert_same_group ("[2001:db8::1]:1", "[2001:db8:ffff::1]:1", TRUE);
  assert_same_group ("[2001:db8::1]:1", "[2001:db9::1]:1", FALSE);
  assert_same_group ("[2002:102:304::1]:1", "1.2.9.9:1", TRUE);
  assert_same_group ("[64:ff9b::1.2.3.4]:1", "1.2.9.9:1", TRUE);
}

static void
test_text (void)
{
  static const char *const texts[] = { "1.2.3.4:24000", "[2001:db8::7]:1", "127.9.0.1:65535" };
  TcEndpoint endpoint, mapped = parse ("[::ffff:1.2.3.4]:24000");
  g_autofree char *plain = tc_endpoint_to_text (&mapped);

  g_test_summary ("An address goes to text and back; a name or port 0 is none; IPv4 inside IPv6 is IPv4");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      TcEndpoint one = parse (texts[i]);
      g_autofree char *text = tc_endpoint_to_text (&one);
      g_assert_cmpstr (text, ==, texts[i]);
    }
  g_assert_cmpstr (plain, ==, "1.2.3.4:24000");
  g_assert_false (tc_endpoint_parse ("node.example:1", &endpoint));
  g_assert_false (tc_endpoint_parse ("1.2.3.4:0", &endpoint));
}

static void
test_names (void)
{
  guint8 a[TC_ENDPOINT_IP_SIZE], b[TC_ENDPOINT_IP_SIZE];

  g_test_summary ("Each DNS name is a source of a group of its own, and public");
  tc_endpoint_name_source ("seed.example", a);
  tc_endpoint_name_source ("dns.example", b);
  g_assert_cmpuint (tc_endpoint_group (a), !=, tc_endpoint_group (b));
  g_assert_cmpint (tc_endpoint_scope (a), ==, TC_SCOPE_PUBLIC);
}

/* --- learning --- */

static void
test_add (Fixture *fixture, gconstpointer data)
{
  TcEndpoint endpoint = ipv4 (1, 2, 3, 4), source = ipv4 (9, 9, 9, 9), nowhere = ipv4 (224, 0, 0, 1), portless = ipv4 (1, 2, 3, 5);

  g_test_summary ("An address is taken in once, and its time moves on with later news");
  portless.port = 0;
  g_assert_true (tc_book_add (fixture->book, &endpoint, NOW_S - 7200, source.ip, NOW_S));
  g_assert_false (tc_book_add (fixture->book, &endpoint, NOW_S, endpoint.ip, NOW_S));
  g_assert_cmpint (tc_book_get (fixture->book, &endpoint)->seen_s, ==, NOW_S);
  g_assert_cmpmem (tc_book_get (fixture->book, &endpoint)->source, 16, source.ip, 16);
  g_assert_false (tc_book_add (fixture->book, &endpoint, NOW_S + 86400, source.ip, NOW_S));
  g_assert_cmpint (tc_book_get (fixture->book, &endpoint)->seen_s, ==, NOW_S);
  g_assert_false (tc_book_add (fixture->book, &nowhere, NOW_S, source.ip, NOW_S));
  g_assert_false (tc_book_add (fixture->book, &portless, NOW_S, source.ip, NOW_S));
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), ==, 1);
  tc_book_remove (fixture->book, &endpoint);
  g_assert_null (tc_book_get (fixture->book, &endpoint));
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), ==, 0);
}

static void
test_old (Fixture *fixture, gconstpointer data)
{
  TcEndpoint endpoint = ipv4 (1, 2, 3, 4);

  g_test_summary ("What was last seen a month ago, or will be seen only later, is not taken in");
  g_assert_false (tc_book_add (fixture->book, &endpoint, NOW_S - 31 * 86400, endpoint.ip, NOW_S));
  g_assert_false (tc_book_add (fixture->book, &endpoint, NOW_S + 3600, endpoint.ip, NOW_S));
  g_assert_true (tc_book_add (fixture->book, &endpoint, NOW_S - 29 * 86400, endpoint.ip, NOW_S));
}

static guint
flood (Fixture *fixture, const TcEndpoint *source, guint n)
{
  guint n_taken = 0;

  for (guint i = 0; i < n; i++)
    {
      TcEndpoint endpoint = ipv4 (100 + i / 65536, i / 256 % 256, i % 256, 1 + i % 250);
      n_taken += tc_book_add (fixture->book, &endpoint, NOW_S, source->ip, NOW_S);
    }
  return n_taken;
}

/* Of @n choices, how many are of the flood. */
static guint
count_flooded (Fixture *fixture, guint n)
{
  guint n_flooded = 0;

  for (guint i = 0; i < n; i++)
    {
      TcEndpoint chosen;
      g_assert_true (tc_book_select (fixture->book, FALSE, is_free, NULL, NOW_S, &chosen));
      n_flooded += chosen.ip[12] >= 100;
    }
  return n_flooded;
}

static void
test_flood_one_peer (Fixture *fixture, gconstpointer data)
{
  TcEndpoint source = ipv4 (66, 66, 66, 66);
  g_autoptr (GArray) honest = NULL;

  g_test_summary ("10 000 addresses of all groups from one peer: they take its sixteenth of the buckets, nobody loses a place, and most choices stay honest");
  add_honest (fixture, 300);
  honest = tc_book_list (fixture->book);
  g_assert_cmpuint (flood (fixture, &source, 10000), <=, TC_BOOK_SOURCE_BUCKETS * TC_BOOK_BUCKET_SIZE);
  for (guint i = 0; i < honest->len; i++)
    g_assert_nonnull (tc_book_get (fixture->book, &g_array_index (honest, TcBookEntry, i).endpoint));
  g_assert_cmpuint (count_flooded (fixture, 1000), <, 250);
}

static void
test_flood_one_group (Fixture *fixture, gconstpointer data)
{
  TcEndpoint source = ipv4 (66, 66, 66, 66);
  guint n_taken = 0;

  g_test_summary ("One /16, told by one peer, fills one bucket, and is chosen no more often than any other bucket");
  add_honest (fixture, 100);
  for (guint i = 0; i < 65536; i++)
    {
      TcEndpoint endpoint = ipv4 (200, 1, i / 256, i % 256);
      n_taken += tc_book_add (fixture->book, &endpoint, NOW_S, source.ip, NOW_S);
    }
  g_assert_cmpuint (n_taken, <=, TC_BOOK_BUCKET_SIZE);
  g_assert_cmpuint (n_taken, >, TC_BOOK_BUCKET_SIZE / 2);
  g_assert_cmpuint (count_flooded (fixture, 1000), <, 50);
}

static void
test_tried_group (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("One /16 of nodes that all answer has at most its few buckets of the tried table");
  for (guint i = 0; i < 65536; i++)
    {
      TcEndpoint endpoint = ipv4 (200, 1, i / 256, i % 256);
      tc_book_good (fixture->book, &endpoint, NOW_S);
      tc_book_resolve (fixture->book, NOW_S);
    }
  g_assert_cmpuint (tc_book_count (fixture->book, TRUE), <=, TC_BOOK_GROUP_BUCKETS * TC_BOOK_BUCKET_SIZE);
  g_assert_cmpuint (tc_book_count (fixture->book, TRUE), >, TC_BOOK_BUCKET_SIZE);
}

static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("A million addresses from everywhere: the book stays within its size");
  for (guint i = 0; i < 1000000; i++)
    {
      const guint64 number = next_random (fixture);
      TcEndpoint endpoint = ipv4 (1 + (guint) (number % 100), (number >> 8) & 255, (number >> 16) & 255, (number >> 24) & 255);
      TcEndpoint source = ipv4 (1 + (guint) ((number >> 32) % 100), (number >> 40) & 255, 1, 1);

      tc_book_add (fixture->book, &endpoint, NOW_S, source.ip, NOW_S);
    }
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), <=, TC_BOOK_NEW_BUCKETS * TC_BOOK_BUCKET_SIZE);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), >, TC_BOOK_NEW_BUCKETS * TC_BOOK_BUCKET_SIZE / 2);
}

/* --- places that change hands --- */

/* Two addresses of one group, told by one source, for the same place. */
static void
find_rivals (Fixture *fixture, const TcEndpoint *source, TcEndpoint *ret_holder, TcEndpoint *ret_rival)
{
  *ret_holder = ipv4 (1, 2, 3, 4);
  g_assert_true (tc_book_add (fixture->book, ret_holder, NOW_S, source->ip, NOW_S));
  for (guint i = 0; i < 10000; i++)
    {
      *ret_rival = ipv4 (1, 2, 4 + i / 250, i % 250);
      if (!tc_book_add (fixture->book, ret_rival, NOW_S, source->ip, NOW_S))
        return;
      tc_book_remove (fixture->book, ret_rival);
    }
  g_assert_not_reached ();
}

static void
test_terrible (Fixture *fixture, gconstpointer data)
{
  TcEndpoint source = ipv4 (9, 9, 9, 9), holder, rival;

  g_test_summary ("A newcomer gets a place whose holder failed three times and never answered, but not while it is being dialled");
  find_rivals (fixture, &source, &holder, &rival);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_false (tc_book_add (fixture->book, &rival, NOW_S, source.ip, NOW_S));
      tc_book_dialled (fixture->book, &holder, NOW_S);
      tc_book_failed (fixture->book, &holder, TRUE);
    }
  g_assert_false (tc_book_add (fixture->book, &rival, NOW_S + 10, source.ip, NOW_S + 10));
  g_assert_true (tc_book_add (fixture->book, &rival, NOW_S + 100, source.ip, NOW_S + 100));
  g_assert_null (tc_book_get (fixture->book, &holder));
}

static void
test_clock_behind (Fixture *fixture, gconstpointer data)
{
  TcEndpoint source = ipv4 (9, 9, 9, 9), holder, rival;
  const gint64 behind_s = NOW_S - 86400;
  g_autoptr (GArray) told = NULL;

  g_test_summary ("While the clock is a day behind, what was learnt before keeps its place, and is told to others; nothing is learnt of a time to come");
  find_rivals (fixture, &source, &holder, &rival);
  g_assert_false (tc_book_add (fixture->book, &rival, behind_s, source.ip, behind_s));
  g_assert_false (tc_book_add (fixture->book, &rival, behind_s + 3600, source.ip, behind_s));
  g_assert_nonnull (tc_book_get (fixture->book, &holder));
  told = tc_book_sample (fixture->book, TC_SCOPE_PUBLIC, behind_s);
  g_assert_cmpuint (told->len, >, 0);
}

static void
test_clock_was_ahead (Fixture *fixture, gconstpointer data)
{
  TcEndpoint source = ipv4 (9, 9, 9, 9), holder, rival;
  const gint64 right_s = NOW_S - 365 * 86400;

  g_test_summary ("An address that was spoken to while the clock was a year ahead is of no more use than others once the clock is right, and it fails");
  find_rivals (fixture, &source, &holder, &rival);
  tc_book_good (fixture->book, &holder, NOW_S);
  g_assert_true (tc_book_get (fixture->book, &holder)->tried);
  tc_book_dialled (fixture->book, &holder, right_s);
  g_assert_cmpint (tc_book_get (fixture->book, &holder)->good_s, ==, right_s);
  g_assert_cmpint (tc_book_get (fixture->book, &holder)->seen_s, ==, right_s);
  g_assert_true (tc_book_add (fixture->book, &rival, right_s, source.ip, right_s));
  tc_book_seen (fixture->book, &rival, NOW_S);
  tc_book_seen (fixture->book, &rival, right_s + 60);
  g_assert_cmpint (tc_book_get (fixture->book, &rival)->seen_s, ==, right_s + 60);
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  TcEndpoint endpoint = ipv4 (1, 2, 3, 4);

  g_test_summary ("A node without any connection does not count failures: the fault may be its own");
  g_assert_true (tc_book_add (fixture->book, &endpoint, NOW_S, endpoint.ip, NOW_S));
  for (guint i = 0; i < 100; i++)
    {
      tc_book_dialled (fixture->book, &endpoint, NOW_S);
      tc_book_failed (fixture->book, &endpoint, FALSE);
    }
  g_assert_cmpuint (tc_book_get (fixture->book, &endpoint)->failures, ==, 0);
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  TcEndpoint endpoint = ipv4 (1, 2, 3, 4), unknown = ipv4 (1, 2, 3, 5);

  g_test_summary ("Who was spoken to is tried, also where nobody had told of it, and its failures are forgotten");
  tc_book_add (fixture->book, &endpoint, NOW_S, endpoint.ip, NOW_S);
  tc_book_dialled (fixture->book, &endpoint, NOW_S);
  tc_book_failed (fixture->book, &endpoint, TRUE);
  tc_book_good (fixture->book, &endpoint, NOW_S + 5);
  tc_book_good (fixture->book, &unknown, NOW_S + 5);
  g_assert_cmpuint (tc_book_count (fixture->book, TRUE), ==, 2);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), ==, 0);
  g_assert_cmpuint (tc_book_get (fixture->book, &endpoint)->failures, ==, 0);
  g_assert_cmpint (tc_book_get (fixture->book, &endpoint)->good_s, ==, NOW_S + 5);
}

/* Two addresses for one tried place; the first has it. */
static void
find_tried_rivals (Fixture *fixture, TcEndpoint *ret_holder, TcEndpoint *ret_rival)
{
  *ret_holder = ipv4 (1, 2, 3, 4);
  tc_book_good (fixture->book, ret_holder, NOW_S);
  for (guint i = 0; i < 60000; i++)
    {
      *ret_rival = ipv4 (1, 2, 4 + i / 250, i % 250);
      tc_book_good (fixture->book, ret_rival, NOW_S);
      if (tc_book_count_contests (fixture->book) == 1)
        break;
      tc_book_remove (fixture->book, ret_rival);
    }
  g_assert_cmpuint (tc_book_count_contests (fixture->book), ==, 1);
  g_assert_false (tc_book_get (fixture->book, ret_rival)->tried);
}

static void
test_contest_kept (Fixture *fixture, gconstpointer data)
{
  TcEndpoint holder, rival, chosen;
  const gint64 later_s = NOW_S + 5 * 3600;

  g_test_summary ("Test before evict: who has a tried place is dialled, and keeps it where it answers");
  find_tried_rivals (fixture, &holder, &rival);
  tc_book_resolve (fixture->book, NOW_S);
  g_assert_cmpuint (tc_book_count_contests (fixture->book), ==, 0);  /* it was spoken to just now */
  tc_book_good (fixture->book, &rival, later_s);
  g_assert_true (tc_book_select_contested (fixture->book, later_s, &chosen));
  g_assert_true (tc_endpoint_equal (&chosen, &holder));
  tc_book_dialled (fixture->book, &holder, later_s);
  tc_book_good (fixture->book, &holder, later_s + 1);
  tc_book_resolve (fixture->book, later_s + 120);
  g_assert_cmpuint (tc_book_count_contests (fixture->book), ==, 0);
  g_assert_true (tc_book_get (fixture->book, &holder)->tried);
  g_assert_false (tc_book_get (fixture->book, &rival)->tried);
}

static void
test_contest_lost (Fixture *fixture, gconstpointer data)
{
  TcEndpoint holder, rival;
  const gint64 later_s = NOW_S + 5 * 3600;

  g_test_summary ("Who has a tried place and does not answer when tested goes back to the new table");
  find_tried_rivals (fixture, &holder, &rival);
  tc_book_resolve (fixture->book, NOW_S);
  tc_book_good (fixture->book, &rival, later_s);
  tc_book_dialled (fixture->book, &holder, later_s + 1);
  tc_book_failed (fixture->book, &holder, TRUE);
  tc_book_resolve (fixture->book, later_s + 30);
  g_assert_true (tc_book_get (fixture->book, &holder)->tried);
  tc_book_resolve (fixture->book, later_s + 120);
  g_assert_false (tc_book_get (fixture->book, &holder)->tried);
  g_assert_true (tc_book_get (fixture->book, &rival)->tried);
}

static void
test_contest_untested (Fixture *fixture, gconstpointer data)
{
  TcEndpoint holder, rival;
  const gint64 later_s = NOW_S + 5 * 3600;

  g_test_summary ("Where nobody could test for forty minutes, the one that is known to be there wins");
  find_tried_rivals (fixture, &holder, &rival);
  tc_book_resolve (fixture->book, NOW_S);
  tc_book_good (fixture->book, &rival, later_s);
  tc_book_resolve (fixture->book, later_s + 2400);
  g_assert_true (tc_book_get (fixture->book, &holder)->tried);
  tc_book_resolve (fixture->book, later_s + 2401);
  g_assert_true (tc_book_get (fixture->book, &rival)->tried);
}

static void
test_contest_of_a_time_to_come (Fixture *fixture, gconstpointer data)
{
  TcEndpoint holder, rival;
  const gint64 later_s = NOW_S + 5 * 3600;

  g_test_summary ("A contest that began while the clock was ahead does not stay for ever");
  find_tried_rivals (fixture, &holder, &rival);
  tc_book_resolve (fixture->book, NOW_S);
  tc_book_good (fixture->book, &rival, later_s + 365 * 86400);
  g_assert_cmpuint (tc_book_count_contests (fixture->book), ==, 1);
  tc_book_resolve (fixture->book, later_s);
  g_assert_cmpuint (tc_book_count_contests (fixture->book), ==, 0);
  g_assert_true (tc_book_get (fixture->book, &holder)->tried);
}

/* --- choosing --- */

static void
test_select_group (Fixture *fixture, gconstpointer data)
{
  TcEndpoint one = ipv4 (1, 2, 3, 4), two = ipv4 (1, 2, 9, 9), chosen;
  guint64 group = tc_endpoint_group (one.ip);

  g_test_summary ("What is out of the question is not chosen, also where there is nothing else");
  tc_book_add (fixture->book, &one, NOW_S, one.ip, NOW_S);
  tc_book_good (fixture->book, &two, NOW_S);
  g_assert_false (tc_book_select (fixture->book, FALSE, is_taken, &group, NOW_S, &chosen));
  g_assert_true (tc_book_select (fixture->book, FALSE, is_in_group, &group, NOW_S, &chosen));
  g_assert_true (tc_book_select (fixture->book, TRUE, is_free, NULL, NOW_S, &chosen));
  g_assert_true (tc_endpoint_equal (&chosen, &one));
}

static void
test_select_mix (Fixture *fixture, gconstpointer data)
{
  guint n_tried = 0;

  g_test_summary ("Choices come from both tables, however many the new one holds");
  add_honest (fixture, 1000);
  for (guint i = 0; i < 5; i++)
    {
      TcEndpoint endpoint = ipv4 (150, i, 1, 1);
      tc_book_good (fixture->book, &endpoint, NOW_S);
    }
  for (guint i = 0; i < 1000; i++)
    {
      TcEndpoint chosen;
      g_assert_true (tc_book_select (fixture->book, FALSE, is_free, NULL, NOW_S, &chosen));
      n_tried += tc_book_get (fixture->book, &chosen)->tried;
    }
  g_assert_cmpuint (n_tried, >, 400);
  g_assert_cmpuint (n_tried, <, 600);
}

static void
test_select_wait (Fixture *fixture, gconstpointer data)
{
  TcEndpoint endpoint = ipv4 (1, 2, 3, 4), chosen;

  g_test_summary ("The only address is not dialled again and again: it waits longer after each failure, and no more once it answered");
  tc_book_add (fixture->book, &endpoint, NOW_S, endpoint.ip, NOW_S);
  tc_book_dialled (fixture->book, &endpoint, NOW_S);
  g_assert_false (tc_book_select (fixture->book, FALSE, is_free, NULL, NOW_S + 19, &chosen));
  g_assert_true (tc_book_select (fixture->book, FALSE, is_free, NULL, NOW_S + 20, &chosen));
  for (guint i = 0; i < 20; i++)
    tc_book_dialled (fixture->book, &endpoint, NOW_S);
  g_assert_false (tc_book_select (fixture->book, FALSE, is_free, NULL, NOW_S + 1199, &chosen));
  g_assert_true (tc_book_select (fixture->book, FALSE, is_free, NULL, NOW_S + 1200, &chosen));
  tc_book_good (fixture->book, &endpoint, NOW_S);
  g_assert_true (tc_book_select (fixture->book, FALSE, is_free, NULL, NOW_S, &chosen));
}

static void
test_sample (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) public_sample = NULL;
  g_autoptr (GArray) private_sample = NULL;
  g_autoptr (GArray) all = NULL;

  g_test_summary ("A peer is told at most 23 % of the book and 1 000, and nothing of a nearer reach than its own");
  add_honest (fixture, 1000);
  for (guint i = 0; i < 1000; i++)
    {
      TcEndpoint endpoint = ipv4 (10, i / 250, i % 250, 1);
      tc_book_good (fixture->book, &endpoint, NOW_S);
    }
  all = tc_book_list (fixture->book);
  public_sample = tc_book_sample (fixture->book, TC_SCOPE_PUBLIC, NOW_S);
  private_sample = tc_book_sample (fixture->book, TC_SCOPE_PRIVATE, NOW_S);
  g_assert_cmpuint (public_sample->len, >=, 1000 * 9 / 10 * TC_BOOK_SAMPLE_PERCENT / 100);
  g_assert_cmpuint (public_sample->len, <=, 1000 * TC_BOOK_SAMPLE_PERCENT / 100);
  for (guint i = 0; i < public_sample->len; i++)
    {
      const TcBookEntry *entry = &g_array_index (public_sample, TcBookEntry, i);

      g_assert_cmpint (tc_endpoint_scope (entry->endpoint.ip), ==, TC_SCOPE_PUBLIC);
      for (guint j = 0; j < i; j++)
        g_assert_false (tc_endpoint_equal (&entry->endpoint, &g_array_index (public_sample, TcBookEntry, j).endpoint));
    }
  g_assert_cmpuint (private_sample->len, ==, all->len * 23 / 100);
}

/* --- keeping --- */

static void
fill (Fixture *fixture)
{
  TcEndpoint failed = ipv4 (50, 7, 1, 1);

  add_honest (fixture, 500);
  for (guint i = 0; i < 100; i++)
    {
      TcEndpoint endpoint = ipv4 (50, i, 1, 1);
      if (i % 3 == 0)
        tc_book_good (fixture->book, &endpoint, NOW_S + i);
    }
  tc_book_dialled (fixture->book, &failed, NOW_S + 3);
  tc_book_failed (fixture->book, &failed, TRUE);
}

static void
assert_same (const GArray *list, const GArray *other)
{
  g_assert_cmpuint (list->len, ==, other->len);
  for (guint i = 0; i < list->len; i++)
    {
      const TcBookEntry *a = &g_array_index (list, TcBookEntry, i), *b = &g_array_index (other, TcBookEntry, i);

      g_assert_true (tc_endpoint_equal (&a->endpoint, &b->endpoint));
      g_assert_cmpmem (a->source, sizeof a->source, b->source, sizeof b->source);
      g_assert_true (a->tried == b->tried && a->seen_s == b->seen_s && a->dialled_s == b->dialled_s && a->good_s == b->good_s
                     && a->failures == b->failures);
    }
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  guint8 key[TC_BOOK_KEY_SIZE] = { 7 };
  g_autoptr (TcBook) copy = tc_book_new (key, next_random, fixture);
  g_autoptr (GArray) list = NULL;
  g_autoptr (GArray) again = NULL;

  g_test_summary ("What is kept comes back as it was, and in the same places");
  fill (fixture);
  list = tc_book_list (fixture->book);
  for (guint i = 0; i < list->len; i++)
    g_assert_true (tc_book_restore (copy, &g_array_index (list, TcBookEntry, i)));
  again = tc_book_list (copy);
  assert_same (list, again);
  g_assert_cmpuint (tc_book_count (copy, TRUE), ==, 34);
}

static void
test_restore_damaged (Fixture *fixture, gconstpointer data)
{
  TcBookEntry good = { .endpoint = ipv4 (1, 2, 3, 4), .seen_s = NOW_S, .tried = TRUE }, bad = good;

  g_test_summary ("Entries that cannot be are not taken back");
  bad.endpoint = ipv4 (224, 0, 0, 1);
  g_assert_false (tc_book_restore (fixture->book, &bad));
  bad = good;
  bad.endpoint.port = 0;
  g_assert_false (tc_book_restore (fixture->book, &bad));
  bad = good;
  bad.good_s = (gint64) G_MAXUINT32 + 1;
  g_assert_false (tc_book_restore (fixture->book, &bad));
  bad.good_s = G_MININT64;
  g_assert_false (tc_book_restore (fixture->book, &bad));
  g_assert_true (tc_book_restore (fixture->book, &good));
  g_assert_false (tc_book_restore (fixture->book, &good));
}

static void
test_restore_clock_behind (Fixture *fixture, gconstpointer data)
{
  guint8 key[TC_BOOK_KEY_SIZE] = { 7 };
  g_autoptr (TcBook) copy = tc_book_new (key, next_random, fixture);
  g_autoptr (GArray) list = NULL;
  g_autoptr (GArray) again = NULL;

  g_test_summary ("A start while the clock is years behind, as where it has no battery, loses nothing");
  fill (fixture);
  list = tc_book_list (fixture->book);
  for (guint i = 0; i < list->len; i++)
    g_assert_true (tc_book_restore (copy, &g_array_index (list, TcBookEntry, i)));
  again = tc_book_list (copy);
  assert_same (list, again);
}

static void
test_determinism (Fixture *fixture, gconstpointer data)
{
  Fixture other = { 0 };
  g_autoptr (GArray) list = NULL;
  g_autoptr (GArray) list_other = NULL;

  g_test_summary ("The same key, times and random numbers give the same book and the same choices");
  set_up (&other, NULL);
  fill (fixture);
  fill (&other);
  list = tc_book_list (fixture->book);
  list_other = tc_book_list (other.book);
  assert_same (list, list_other);
  for (guint i = 0; i < 100; i++)
    {
      TcEndpoint a, b;
      g_assert_true (tc_book_select (fixture->book, i % 2 == 0, is_free, NULL, NOW_S, &a));
      g_assert_true (tc_book_select (other.book, i % 2 == 0, is_free, NULL, NOW_S, &b));
      g_assert_true (tc_endpoint_equal (&a, &b));
    }
  tear_down (&other, NULL);
}

static void
test_key (Fixture *fixture, gconstpointer data)
{
  guint8 key[TC_BOOK_KEY_SIZE] = { 8 };
  g_autoptr (TcBook) other = tc_book_new (key, next_random, fixture);
  TcEndpoint source = ipv4 (9, 9, 9, 9);
  guint n_differ = 0;

  g_test_summary ("Which addresses share a place is another matter under another key: nobody can choose addresses to displace others");
  for (guint i = 0; i < 1000; i++)
    {
      TcEndpoint endpoint = ipv4 (1, 2, i / 250, i % 250);
      n_differ += tc_book_add (fixture->book, &endpoint, NOW_S, source.ip, NOW_S) != tc_book_add (other, &endpoint, NOW_S, source.ip, NOW_S);
    }
  g_assert_cmpuint (n_differ, >, 20);
}

#define ADD(path, func) g_test_add ("/net/book/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/endpoint/scopes", test_scopes);
  g_test_add_func ("/net/endpoint/groups", test_groups);
  g_test_add_func ("/net/endpoint/text", test_text);
  g_test_add_func ("/net/endpoint/names", test_names);
  ADD ("add", test_add);
  ADD ("old", test_old);
  g_test_add ("/net/survive-28-flood-from-one-peer", Fixture, NULL, set_up, test_flood_one_peer, tear_down);
  g_test_add ("/net/survive-28-one-group", Fixture, NULL, set_up, test_flood_one_group, tear_down);
  g_test_add ("/net/survive-28-one-group-that-answers", Fixture, NULL, set_up, test_tried_group, tear_down);
  ADD ("bounded", test_bounded);
  ADD ("terrible", test_terrible);
  ADD ("clock-behind", test_clock_behind);
  ADD ("clock-was-ahead", test_clock_was_ahead);
  ADD ("contest-of-a-time-to-come", test_contest_of_a_time_to_come);
  ADD ("restore-clock-behind", test_restore_clock_behind);
  ADD ("offline", test_offline);
  ADD ("good", test_good);
  ADD ("contest-kept", test_contest_kept);
  ADD ("contest-lost", test_contest_lost);
  ADD ("contest-untested", test_contest_untested);
  ADD ("select-group", test_select_group);
  ADD ("select-mix", test_select_mix);
  ADD ("select-wait", test_select_wait);
  ADD ("sample", test_sample);
  ADD ("round-trip", test_round_trip);
  ADD ("restore-damaged", test_restore_damaged);
  ADD ("determinism", test_determinism);
  ADD ("key", test_key);
  return g_test_run ();
}
