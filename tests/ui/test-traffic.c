#include "ui/traffic-graph.h"
#include "ui/traffic.h"

static void
assert_second (const TcTraffic *traffic, guint age, guint64 in, guint64 out)
{
  guint64 found_in, found_out;

  g_assert_true (tc_traffic_get (traffic, age, &found_in, &found_out));
  g_assert_cmpuint (found_in, ==, in);
  g_assert_cmpuint (found_out, ==, out);
}

static void
test_each_second (void)
{
  TcTraffic traffic = { 0 };
  guint64 in, out;

  g_test_summary ("Totals seen once a second become bytes of each second; the one under way is not shown yet");
  g_assert_false (tc_traffic_get (&traffic, 0, &in, &out));
  for (guint64 s = 0; s <= 5; s++)
    tc_traffic_add (&traffic, 100000 + 1000 * (gint64) s, 50 * s * s, 7 * s);
  assert_second (&traffic, 0, 50 * 9, 7);
  assert_second (&traffic, 4, 50, 7);
  g_assert_false (tc_traffic_get (&traffic, 5, &in, &out));
  g_assert_cmpuint (tc_traffic_get_max (&traffic), ==, 450);
  tc_traffic_get_mean (&traffic, 2, &in, &out);
  g_assert_cmpuint (in, ==, (350 + 450) / 2);
  tc_traffic_get_mean (&traffic, 600, &in, &out);
  g_assert_cmpuint (in, ==, 50 * 25 / 5);
}

static void
test_gap (void)
{
  TcTraffic traffic = { 0 };
  guint64 sum = 0, in, out;

  g_test_summary ("What came over a longer time is spread over it, and nothing of it is lost, however the time lies between seconds");
  tc_traffic_add (&traffic, 10500, 0, 0);
  tc_traffic_add (&traffic, 14250, 1000003, 0);
  tc_traffic_add (&traffic, 15000, 1000003, 0);
  assert_second (&traffic, 1, 266667, 0);
  for (guint age = 0; tc_traffic_get (&traffic, age, &in, &out); age++)
    sum += in;
  g_assert_cmpuint (sum, ==, 1000003);
}

static void
test_ring (void)
{
  TcTraffic traffic = { 0 };
  guint64 in, out;

  g_test_summary ("After ten minutes the oldest seconds give way; a night without samples leaves none of the evening's");
  for (guint64 s = 0; s < 2000; s++)
    tc_traffic_add (&traffic, 1000 * (gint64) (s + 1), 100 * s, s);
  for (guint age = 0; age < TC_TRAFFIC_SECONDS - 1; age++)
    assert_second (&traffic, age, 100, 1);
  g_assert_false (tc_traffic_get (&traffic, TC_TRAFFIC_SECONDS - 1, &in, &out));
  tc_traffic_add (&traffic, 1000 * 40000, 100 * 1999, 1999);
  g_assert_cmpuint (tc_traffic_get_max (&traffic), ==, 0);
}

static void
test_restart (void)
{
  TcTraffic traffic = { 0 };
  guint64 in, out;

  g_test_summary ("Totals of another node begin anew; a clock that stands still changes nothing");
  tc_traffic_add (&traffic, 1000, 5000, 5000);
  tc_traffic_add (&traffic, 3000, 9000, 9000);
  tc_traffic_add (&traffic, 3000, 99000, 99000);
  assert_second (&traffic, 0, 2000, 2000);
  tc_traffic_add (&traffic, 4000, 10, 10);
  g_assert_false (tc_traffic_get (&traffic, 0, &in, &out));
}

static void
test_scale (void)
{
  g_test_summary ("The scale is a round number that nothing reaches over");
  g_assert_cmpuint (tc_traffic_graph_scale (0), ==, 1000);
  g_assert_cmpuint (tc_traffic_graph_scale (1000), ==, 1000);
  g_assert_cmpuint (tc_traffic_graph_scale (1001), ==, 2000);
  g_assert_cmpuint (tc_traffic_graph_scale (4999), ==, 5000);
  g_assert_cmpuint (tc_traffic_graph_scale (5001), ==, 10000);
  g_assert_cmpuint (tc_traffic_graph_scale (10001), ==, 20000);
  g_assert_cmpuint (tc_traffic_graph_scale (123456789), ==, 200000000);
  g_assert_cmpuint (tc_traffic_graph_scale (G_MAXUINT64), >, G_MAXUINT64 / 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/traffic/each-second", test_each_second);
  g_test_add_func ("/ui/traffic/gap", test_gap);
  g_test_add_func ("/ui/traffic/ring", test_ring);
  g_test_add_func ("/ui/traffic/restart", test_restart);
  g_test_add_func ("/ui/traffic/scale", test_scale);
  return g_test_run ();
}
