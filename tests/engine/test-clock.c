#include <string.h>

#include "engine-net.h"

/* survive-25: what a wrong clock does, and what the user is told of it. */

static TcEngineInfo
info_of (EngineNet *net, guint i)
{
  TcEngineInfo info;

  tc_engine_get_info (net->nodes[i].engine, &info);
  return info;
}

static EngineNet *
open_net (void)
{
  EngineNet *net = engine_net_new (4, 4, NULL);

  engine_net_start_all (net, 4);
  return net;
}

static void
test_right (void)
{
  g_test_summary ("Clocks that agree are nobody's concern, nor is one second.");
  g_autoptr(EngineNet) net = open_net ();

  net->nodes[1].clock_ms = 1000;
  engine_net_run (net, 30000);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_null (net->nodes[i].clock_warning);
      g_assert_false (info_of (net, i).clock_is_off);
    }
  g_assert_cmpint (ABS (info_of (net, 0).clock_offset_ms), <, 100);
  g_assert_cmpint (ABS (info_of (net, 1).clock_offset_ms + 1000), <, 100);
}

static void
test_off (void)
{
  g_test_summary ("A clock that is off is told to its user, in words, and the word is taken back once it is right; the others are not told.");
  g_autoptr(EngineNet) net = open_net ();

  engine_net_run (net, 2000);
  net->nodes[2].clock_ms = -3600000;
  engine_net_run (net, 5000);
  g_assert_null (net->nodes[2].clock_warning);  /* it may yet be a hiccup */
  engine_net_run (net, 20000);
  g_assert_nonnull (net->nodes[2].clock_warning);
  g_assert_nonnull (strstr (net->nodes[2].clock_warning, "3600 seconds behind"));
  g_assert_true (info_of (net, 2).clock_is_off);
  g_assert_cmpint (ABS (info_of (net, 2).clock_offset_ms - 3600000), <, 100);
  for (guint i = 0; i < 4; i++)
    g_assert_true (i == 2 || net->nodes[i].clock_warning == NULL);
  net->nodes[2].clock_ms = 4000;
  engine_net_run (net, 20000);
  g_assert_true (info_of (net, 2).clock_is_off);
  net->nodes[2].clock_ms = 0;
  engine_net_run (net, 20000);
  g_assert_null (net->nodes[2].clock_warning);
  g_assert_false (info_of (net, 2).clock_is_off);
}

static void
test_ahead (void)
{
  g_test_summary ("A clock that is ahead is told to be ahead.");
  g_autoptr(EngineNet) net = open_net ();

  net->nodes[0].clock_ms = 4000;
  engine_net_run (net, 30000);
  g_assert_nonnull (strstr (net->nodes[0].clock_warning, "4 seconds ahead"));
}

/* Statuses with any time, from the test's places. */
static void
send_time (EngineNet *net, guint from, guint64 time_ms)
{
  TcStatusMessage status = { .epoch = 1, .n_members = 4, .time_ms = time_ms };
  g_autoptr(GBytes) body = tc_status_message_encode (&status);

  engine_net_send (net, from, 0, TC_MESSAGE_STATUS, body);
}

static void
test_liars (void)
{
  g_test_summary ("One other clock alone proves nothing; extreme times do no harm; the median of three is not one liar's to choose.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  const guint64 now_ms = (guint64) net->wall_ms;

  engine_net_start (net, 0);
  send_time (net, 1, 0);
  engine_net_run (net, 30000);
  g_assert_cmpint (info_of (net, 0).clock_offset_ms, ==, 0);
  g_assert_null (net->nodes[0].clock_warning);
  send_time (net, 1, G_MAXUINT64);
  send_time (net, 2, now_ms + 30000);
  engine_net_run (net, 15000);
  g_assert_null (net->nodes[0].clock_warning);  /* of two, the one that agrees */
  send_time (net, 2, now_ms + 45000);
  send_time (net, 3, now_ms + 45000);
  engine_net_run (net, 30000);
  g_assert_null (net->nodes[0].clock_warning);
  send_time (net, 2, G_MAXUINT64);
  send_time (net, 3, G_MAXUINT64);
  engine_net_run (net, 30000);
  g_assert_nonnull (net->nodes[0].clock_warning);
}

static void
test_jump_back (void)
{
  g_test_summary ("survive-25: one clock jumps back an hour, another ahead: the chain goes on, and both nodes with it.");
  g_autoptr(EngineNet) net = open_net ();
  guint32 height;

  engine_net_run_to (net, 4, 20000);
  net->nodes[1].clock_ms = -3600000;
  height = engine_net_height (net, 0);
  g_assert_true (engine_net_run_to (net, height + 8, 60000));
  net->nodes[1].clock_ms = 0;
  net->nodes[3].clock_ms = 3600000;
  height = engine_net_height (net, 0);
  g_assert_true (engine_net_run_to (net, height + 8, 60000));
  engine_net_check_same (net);
  for (guint i = 0; i < 4; i++)
    g_assert_null (net->nodes[i].halt);
}

static void
test_suspended (void)
{
  g_test_summary ("survive-25: a node suspended for a day wakes up, catches up, and signs again in the next epoch.");
  TcParams params = ENGINE_NET_PARAMS;
  g_autoptr(EngineNet) net = NULL;
  TcEngine *asleep;
  guint32 height;

  params.block_interval_ms = 600000;
  params.epoch_length_ms = 3600000;
  net = engine_net_new (4, 4, &params);
  engine_net_start_all (net, 4);
  g_assert_true (engine_net_run_to (net, 8, 86400000));
  asleep = g_steal_pointer (&net->nodes[3].engine);
  engine_net_run (net, 86400000);
  height = engine_net_height (net, 0);
  g_assert_cmpuint (height, >, 100);
  net->nodes[3].engine = asleep;
  engine_net_run (net, 30000);
  g_assert_cmpuint (engine_net_height (net, 3), >=, height);
  g_assert_true (engine_net_run_epoch (net, info_of (net, 0).epoch + 1, 2 * 3600000));  /* C5: not in the epoch that it found behind it */
  g_assert_cmpint (info_of (net, 3).signing, ==, TC_SIGNING_YES);
  height = engine_net_height (net, 0);
  engine_net_kill (net, 0);
  g_assert_true (engine_net_run_to (net, height + 3, 86400000));  /* a quorum of four is three */
  engine_net_check_same (net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/engine/clock/right", test_right);
  g_test_add_func ("/engine/clock/survive-25-off", test_off);
  g_test_add_func ("/engine/clock/ahead", test_ahead);
  g_test_add_func ("/engine/clock/liars", test_liars);
  g_test_add_func ("/engine/clock/survive-25-jump-back", test_jump_back);
  g_test_add_func ("/engine/clock/survive-25-suspended", test_suspended);
  return g_test_run ();
}
