#include <string.h>

#include "core/key.h"
#include "net/address.h"
#include "net/bans.h"
#include "net/bucket.h"
#include "net/dialer.h"
#include "net/evict.h"
#include "net/gate.h"
#include "net/scores.h"

static void
test_bucket (void)
{
  TcBucket bucket;

  g_test_summary ("A bucket gives its burst at once, then its rate; debt is paid off by waiting");
  tc_bucket_init (&bucket, 10, 100, 0);
  g_assert_true (tc_bucket_try (&bucket, 100, 0));
  g_assert_false (tc_bucket_try (&bucket, 1, 99));
  g_assert_true (tc_bucket_try (&bucket, 1, 100));
  tc_bucket_take (&bucket, 1000, 100);
  g_assert_cmpint (tc_bucket_wait_ms (&bucket, 100), ==, 100000);
  g_assert_cmpint (tc_bucket_wait_ms (&bucket, 100099), ==, 1);
  g_assert_cmpint (tc_bucket_wait_ms (&bucket, 100100), ==, 0);
}

static void
test_bucket_extremes (void)
{
  TcBucket bucket;

  g_test_summary ("The largest rates over the longest times neither wrap nor pass the burst, and a clock that stands still earns nothing");
  tc_bucket_init (&bucket, G_MAXUINT32, G_MAXUINT32, 0);
  for (guint i = 0; i < 1000; i++)
    tc_bucket_take (&bucket, G_MAXUINT32, 0);
  g_assert_cmpint (tc_bucket_wait_ms (&bucket, 0), ==, 999000);
  g_assert_cmpint (tc_bucket_wait_ms (&bucket, G_MAXINT64 / 2), ==, 0);
  g_assert_true (tc_bucket_try (&bucket, G_MAXUINT32, G_MAXINT64 / 2));
  g_assert_false (tc_bucket_try (&bucket, 1, 0));
}

static void
test_gate (void)
{
  g_autoptr (TcGate) gate = tc_gate_new ();
  g_autoptr (GInetAddress) other = g_inet_address_new_from_string ("198.51.100.1");
  g_autoptr (GInetAddress) home = g_inet_address_new_from_string ("127.0.0.1");
  guint n_passed = 0;

  g_test_summary ("Of eighty connections a minute from one /24, at most a burst and the rate come in; another network is not kept out");
  for (guint i = 0; i < 160; i++)
    {
      g_autofree char *text = g_strdup_printf ("203.0.113.%u", i);
      g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (text);
      n_passed += tc_gate_pass (gate, inet, (gint64) i * 750);
    }
  g_assert_cmpuint (n_passed, ==, TC_GATE_BURST + 159 * 750 / (TC_GATE_SECONDS * 1000));
  g_assert_true (tc_gate_pass (gate, other, 120000));
  for (guint i = 0; i < 1000; i++)
    g_assert_true (tc_gate_pass (gate, home, 0));
}

static void
test_gate_million (void)
{
  g_autoptr (TcGate) gate = tc_gate_new ();
  guint8 bytes[4] = { 0 };

  g_test_summary ("A million source networks fit the table of fixed size, and the rate still holds for one of them");
  for (guint32 i = 0; i < 1000000; i++)
    {
      g_autoptr (GInetAddress) inet = NULL;
      bytes[0] = (guint8) (1 + (i >> 16));
      bytes[1] = (guint8) (i >> 8);
      bytes[2] = (guint8) i;
      inet = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV4);
      tc_gate_pass (gate, inet, 0);
    }
  for (guint i = 0; i < TC_GATE_BURST; i++)
    {
      g_autofree char *text = g_strdup_printf ("203.0.113.%u", i);
      g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (text);
      g_assert_true (tc_gate_pass (gate, inet, 1));
    }
  {
    g_autoptr (GInetAddress) inet = g_inet_address_new_from_string ("203.0.113.99");
    g_assert_false (tc_gate_pass (gate, inet, 1));
  }
}

static void
test_gate_levels (void)
{
  g_autoptr (TcGate) gate = tc_gate_new ();
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string ("203.0.113.1");
  guint n_passed = 0;

  g_test_summary ("One address passes less often than its network, and many networks of one group together no more than the group may");
  for (guint i = 0; i < 100; i++)
    n_passed += tc_gate_pass (gate, inet, 0);
  g_assert_cmpuint (n_passed, ==, TC_GATE_ADDRESS_BURST);
  n_passed = 0;
  for (guint network = 0; network < 20; network++)
    for (guint i = 0; i < 20; i++)
      {
        g_autofree char *text = g_strdup_printf ("198.51.%u.%u", network, i);
        g_autoptr (GInetAddress) one = g_inet_address_new_from_string (text);
        n_passed += tc_gate_pass (gate, one, 0);
      }
  g_assert_cmpuint (n_passed, ==, TC_GATE_GROUP_BURST);
  n_passed = 0;
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("2001:db8:%x:%x::1", i / 50, i % 50);
      g_autoptr (GInetAddress) one = g_inet_address_new_from_string (text);
      n_passed += tc_gate_pass (gate, one, 0);
    }
  g_assert_cmpuint (n_passed, ==, TC_GATE_GROUP_BURST);
}

static const guint8 evict_key[TC_EVICT_KEY_SIZE] = { 7 };

static void
test_evict_one_group (void)
{
  TcEvictCandidate all[84];
  guint n = 60;

  g_test_summary ("A network that takes all places but those of a few others loses one to each newcomer of another, and gets none back");
  for (guint i = 0; i < n; i++)
    all[i] = (TcEvictCandidate) { i + 1, i < 20 ? 100 + i : 5, i < 20 ? -1 : 1, i < 20 ? 0 : 1000 + i };
  for (guint turn = 0; turn < 30; turn++)
    {
      guint64 id = tc_evict_choose (all, n, 1000 + turn, evict_key);
      guint victim = 0;

      g_assert_cmpuint (tc_evict_choose (all, n, 5, evict_key), ==, 0);  /* its own newcomer */
      while (all[victim].id != id)
        g_assert_cmpuint (++victim, <, n);
      g_assert_cmpuint (all[victim].group, ==, 5);
      all[victim] = (TcEvictCandidate) { 100 + turn, 1000 + turn, -1, 0 };
    }
}

static void
test_evict_keeps (void)
{
  TcEvictCandidate all[40];

  g_test_summary ("Who is quick, useful or has been there long keeps his place, one of a group each; the youngest of the rest goes");
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    all[i] = (TcEvictCandidate) { i + 1, 100 + i, 500, 0 };
  all[39].ping_ms = 3;
  all[38].useful_ms = 77;
  for (guint64 group = 1000; group < 1100; group++)
    {
      guint64 id = tc_evict_choose (all, G_N_ELEMENTS (all), group, evict_key);

      g_assert_cmpuint (id, >, 8);
      g_assert_cmpuint (id, <, 39);
    }
  for (guint i = 0; i < 4; i++)
    {
      all[i].group = 4;
      all[i].ping_ms = 1;
      all[i].useful_ms = 1000;
    }
  g_assert_cmpuint (tc_evict_choose (all, 4, 5, evict_key), >, 1);  /* the best of a group does not keep the rest */
  g_assert_cmpuint (tc_evict_choose (all, 1, 5, evict_key), ==, 0);
  g_assert_cmpuint (tc_evict_choose (NULL, 0, 5, evict_key), ==, 0);
}

static void
test_scores (void)
{
  g_autoptr (TcScores) scores = tc_scores_new ();

  g_test_summary ("Points add up over connections and wear off, a hundred in an hour");
  g_assert_cmpuint (tc_scores_add (scores, "203.0.113.1", 40, 0), ==, 40);
  g_assert_cmpuint (tc_scores_add (scores, "203.0.113.1", 40, 0), ==, 80);
  g_assert_cmpuint (tc_scores_get (scores, "203.0.113.2", 0), ==, 0);
  g_assert_cmpuint (tc_scores_get (scores, "203.0.113.1", 1800000), ==, 30);
  g_assert_cmpuint (tc_scores_get (scores, "203.0.113.1", 3600000), ==, 0);
  g_assert_cmpuint (tc_scores_add (scores, "203.0.113.1", 1, 7200000), ==, 1);
  g_assert_cmpuint (tc_scores_add (scores, "203.0.113.1", G_MAXUINT32, 7200000), ==, G_MAXUINT32);
}

static void
test_scores_million (void)
{
  g_autoptr (TcScores) scores = tc_scores_new ();
  guint n_kept = 0;

  g_test_summary ("A million offenders fit the table of fixed size, and do not wash away those who did worse");
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("203.0.113.%u", i);
      tc_scores_add (scores, text, 90, 0);
    }
  for (guint i = 0; i < 1000000; i++)
    {
      char text[24];
      g_snprintf (text, sizeof text, "10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);
      g_assert_cmpuint (tc_scores_add (scores, text, 1, 0), >=, 1);
    }
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("203.0.113.%u", i);
      n_kept += tc_scores_get (scores, text, 0) == 90;
    }
  g_assert_cmpuint (n_kept, >=, 95);  /* of a hundred in 8 192 places two may share one */
}

static void
test_bans (void)
{
  g_autoptr (TcBans) bans = tc_bans_new ();
  g_autoptr (GPtrArray) list = NULL;

  g_test_summary ("A ban holds until its time, can be lifted, and lists come in order without those that are over");
  tc_bans_add (bans, "203.0.113.2", 0, 2000, "b");
  tc_bans_add (bans, "203.0.113.1", 0, 2000, "a");
  tc_bans_add (bans, "203.0.113.3", 0, 1000, "over soon");
  g_assert_true (tc_bans_contains (bans, "203.0.113.3", 999));
  g_assert_false (tc_bans_contains (bans, "203.0.113.3", 1000));
  list = tc_bans_list (bans, 1500);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (((TcNetBan *) list->pdata[0])->subject, ==, "203.0.113.1");
  g_assert_cmpstr (((TcNetBan *) list->pdata[1])->reason, ==, "b");
  g_assert_true (tc_bans_remove (bans, "203.0.113.1"));
  g_assert_false (tc_bans_contains (bans, "203.0.113.1", 0));
  g_assert_false (tc_bans_remove (bans, "203.0.113.1"));
}

static void
test_bans_bounded (void)
{
  g_autoptr (TcBans) bans = tc_bans_new ();
  g_autoptr (GPtrArray) list = NULL;

  g_test_summary ("The list of bans is bounded: what ends first makes room");
  for (guint i = 0; i < TC_NET_BANS_MAX + 10; i++)
    {
      g_autofree char *subject = g_strdup_printf ("10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);
      tc_bans_add (bans, subject, 0, 1000 + i, "flood");
    }
  list = tc_bans_list (bans, 0);
  g_assert_cmpuint (list->len, ==, TC_NET_BANS_MAX);
  g_assert_false (tc_bans_contains (bans, "10.0.0.9", 0));
  g_assert_true (tc_bans_contains (bans, "10.0.0.10", 0));
}

static void
test_subjects (void)
{
  static const char *const cases[][2] = {
    { "203.0.113.7", "203.0.113.7" },
    { "::ffff:203.0.113.7", "203.0.113.7" },
    { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
    { "2001:db8:1:2::/64", "2001:db8:1:2::/64" },
    { "203.0.113.7/64", NULL },
    { "203.0.113", NULL },
    { "key:00", NULL },
    { "", NULL },
    { "key:000102030405060708090A0B0C0D0E0F000102030405060708090A0B0C0D0E0F",
      "key:000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f" },
  };

  g_test_summary ("An address counts as itself, an IPv6 one as its /64, one written as IPv4 in IPv6 as IPv4");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *subject = tc_address_subject_parse (cases[i][0]);
      g_assert_cmpstr (subject, ==, cases[i][1]);
    }
}

static void
test_split (void)
{
  static const char *const good[][2] = { { "node.example:24000", "node.example" }, { "203.0.113.7:1", "203.0.113.7" }, { "[::1]:24000", "::1" } };
  static const char *const bad[] = { "",        "node",     "node:",    ":24000",         "node:65536", "node:-1", "node:+1", "node: 1",
                                     "node:1x", "::1:24000", "[::1]24000", "[node]:24000", "a b:1",      "[]:1",    "[:1",     "http://a:1" };

  g_test_summary ("Addresses are HOST:PORT or [IPv6]:PORT, and nothing else");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *host = NULL;
      guint16 port;
      g_assert_true (tc_address_split (good[i][0], &host, &port));
      g_assert_cmpstr (host, ==, good[i][1]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      char *host = NULL;
      guint16 port;
      g_assert_false (tc_address_split (bad[i], &host, &port));
      g_assert_null (host);
    }
}

static void
test_backoff (void)
{
  g_test_summary ("The wait between attempts doubles from half a second to 30 s and stays there");
  g_assert_cmpuint (tc_dialer_backoff_ms (0), ==, 500);
  g_assert_cmpuint (tc_dialer_backoff_ms (1), ==, 1000);
  g_assert_cmpuint (tc_dialer_backoff_ms (5), ==, 16000);
  g_assert_cmpuint (tc_dialer_backoff_ms (6), ==, 30000);
  g_assert_cmpuint (tc_dialer_backoff_ms (G_MAXUINT), ==, 30000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/bucket/rate", test_bucket);
  g_test_add_func ("/net/bucket/extremes", test_bucket_extremes);
  g_test_add_func ("/net/gate/survive-05-one-network", test_gate);
  g_test_add_func ("/net/gate/survive-30-million", test_gate_million);
  g_test_add_func ("/net/gate/survive-05-address-network-group", test_gate_levels);
  g_test_add_func ("/net/evict/survive-28-one-group", test_evict_one_group);
  g_test_add_func ("/net/evict/keeps", test_evict_keeps);
  g_test_add_func ("/net/scores/wear-off", test_scores);
  g_test_add_func ("/net/scores/survive-30-million", test_scores_million);
  g_test_add_func ("/net/bans/time", test_bans);
  g_test_add_func ("/net/bans/survive-30-bounded", test_bans_bounded);
  g_test_add_func ("/net/address/subjects", test_subjects);
  g_test_add_func ("/net/address/split", test_split);
  g_test_add_func ("/net/dialer/backoff", test_backoff);
  return g_test_run ();
}
