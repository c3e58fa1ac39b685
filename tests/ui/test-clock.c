#include <adwaita.h>

#include "status-samples.h"
#include "ui/epoch-clock-private.h"
#include "ui/resources.h"

#define NOW_MS G_GINT64_CONSTANT (1900000000000)

static char *
describe (TcStatusSample sample, gboolean paused)
{
  g_autoptr(TcNodeStatus) status = tc_status_sample (sample, NOW_MS);

  return tc_epoch_clock_describe (status, paused, NOW_MS);
}

static void
test_says_every_state (void)
{
  g_test_summary ("The accessible description says in words what each form of the dial shows.");
  g_autofree char *connecting = describe (TC_SAMPLE_CONNECTING, FALSE), *syncing = describe (TC_SAMPLE_SYNCING, FALSE);
  g_autofree char *links = describe (TC_SAMPLE_LINKS, FALSE), *snapshot = describe (TC_SAMPLE_SNAPSHOT, FALSE);
  g_autofree char *asking = describe (TC_SAMPLE_ASKING, FALSE);
  g_autofree char *history = describe (TC_SAMPLE_HISTORY, FALSE);
  g_autofree char *rest = describe (TC_SAMPLE_AT_REST, FALSE), *load = describe (TC_SAMPLE_UNDER_LOAD, FALSE);
  g_autofree char *stalled = describe (TC_SAMPLE_STALLED, FALSE), *halted = describe (TC_SAMPLE_HALTED, FALSE);
  g_autofree char *paused = describe (TC_SAMPLE_AT_REST, TRUE), *unknown = tc_epoch_clock_describe (NULL, FALSE, NOW_MS);

  g_assert_cmpstr (unknown, ==, "Starting.");
  g_assert_cmpstr (connecting, ==, "Connecting. Looking for nodes.");
  g_assert_cmpstr (syncing, ==, "Catching up: 43 percent, block 5400 of 12408. 2140 blocks a second. From 5 nodes. About 3 minutes left");
  g_assert_cmpstr (links, ==, "Checking the chain epoch by epoch: 18 percent, epoch 112 of 620. 46 epochs a second. From 2 nodes. About 10 seconds left");
  g_assert_true (g_str_has_prefix (snapshot, "Fetching everybody's balances: 67 percent, 61.2"));
  g_assert_nonnull (strstr (snapshot, " a second. From 6 nodes. About 9 minutes left"));
  g_assert_nonnull (strstr (history, "Connected to 8 nodes. Fetching older blocks: 65 percent, 7900 of 12000. 205 blocks a minute. From 3 nodes."));
  g_assert_cmpstr (rest, ==, "Up to date at block 12408. Epoch 620: 11 blocks so far, 4:18 left. Next block in 18 seconds. Connected to 8 nodes.");
  g_assert_nonnull (strstr (load, "1240 payments wait for a block (410.0"));
  g_assert_nonnull (strstr (load, "prepared by 100 percent, committed by 50 percent of the committee's power; 67 percent are needed."));
  g_assert_cmpstr (asking, ==, "Waiting for a block that you trust. The last block is 12408.");
  g_assert_cmpstr (stalled, ==, "No quorum: 2 of 4 masternodes answer. The last block is 12408.");
  g_assert_cmpstr (halted, ==, "Halted. Two commits for different blocks at height 12408: a third of the committee lied.");
  g_assert_cmpstr (paused, ==, "Paused.");
}

static void
test_says_nothing_unknown (void)
{
  g_test_summary ("While the time left is not known the dial says that it is estimated, and no rate.");
  g_autoptr(TcNodeStatus) status = tc_status_sample (TC_SAMPLE_SYNCING, NOW_MS);
  g_autofree char *text = NULL;

  status->sync.rate = status->sync.rate_minute = 0;
  status->sync.left_ms = -1;
  status->sync.n_peers = 0;
  text = tc_epoch_clock_describe (status, FALSE, NOW_MS);
  g_assert_cmpstr (text, ==, "Catching up: 43 percent, block 5400 of 12408. Estimating…");
}

static void
test_installing (void)
{
  g_test_summary ("Once all of a snapshot is there it is said that it is put in place: nothing comes any more, and nothing is estimated.");
  g_autoptr(TcNodeStatus) status = tc_status_sample (TC_SAMPLE_SNAPSHOT, NOW_MS);
  g_autofree char *text = NULL;

  status->sync.done = status->sync.total;
  status->sync.left_ms = -1;
  status->sync.n_peers = 0;
  text = tc_epoch_clock_describe (status, FALSE, NOW_MS);
  g_assert_true (g_str_has_prefix (text, "Fetching everybody's balances: 100 percent, "));
  g_assert_true (g_str_has_suffix (text, "MB. Putting it in place"));  /* a space that does not break stands before the unit */
}

static void
test_captions (void)
{
  g_test_summary ("Under the dial: from how many nodes is fetched, and older blocks only while they come.");
  static const struct { TcStatusSample sample; const char *expected; } cases[] = {
    { TC_SAMPLE_SYNCING, "From 5 of 8 connections" },
    { TC_SAMPLE_AT_REST, "4 masternodes · 8 connections" },
    { TC_SAMPLE_HISTORY, "4 masternodes · 8 connections\nOlder blocks: 65 % · About 13 minutes left" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(TcNodeStatus) status = tc_status_sample (cases[i].sample, NOW_MS);
      g_autofree char *caption = tc_epoch_clock_caption (status);

      g_assert_cmpstr (caption, ==, cases[i].expected);
    }
}

static void
test_keeps_to_the_dial (void)
{
  g_test_summary ("Nothing is drawn before twelve o'clock or past a whole turn, however wrong a clock is.");
  g_autoptr(TcNodeStatus) status = tc_status_sample (TC_SAMPLE_AT_REST, NOW_MS);

  g_assert_cmpfloat (tc_clock_turn (status, status->epoch_start_ms - 5000), ==, 0);
  g_assert_cmpfloat (tc_clock_turn (status, status->epoch_start_ms + status->epoch_length_ms / 4), ==, 0.25);
  g_assert_cmpfloat (tc_clock_turn (status, status->epoch_start_ms + 2 * status->epoch_length_ms), ==, 1);
  status->epoch_length_ms = 0;
  g_assert_cmpfloat (tc_clock_turn (status, NOW_MS), ==, 0);
  status->sync.total = 0;
  g_assert_cmpfloat (tc_clock_sync_share (status), ==, 0);
}

static void
test_tells_accessibility (void)
{
  g_test_summary ("A clock in a window bears its description, and has the role of an image.");
  g_autoptr(TcNodeStatus) status = tc_status_sample (TC_SAMPLE_STALLED, g_get_real_time () / 1000);
  GtkWidget *window = gtk_window_new (), *clock = tc_epoch_clock_new ();

  gtk_window_set_child (GTK_WINDOW (window), clock);
  gtk_window_present (GTK_WINDOW (window));
  tc_epoch_clock_set_status (TC_EPOCH_CLOCK (clock), status);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (clock), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (clock), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "No quorum: 2 of 4 masternodes answer. The last block is 12408.");
  g_object_add_weak_pointer (G_OBJECT (clock), (gpointer *) &clock);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_null (clock);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  tc_ui_register_resources ();
  g_test_add_func ("/ui/clock/says-every-state", test_says_every_state);
  g_test_add_func ("/ui/clock/says-nothing-unknown", test_says_nothing_unknown);
  g_test_add_func ("/ui/clock/installing", test_installing);
  g_test_add_func ("/ui/clock/captions", test_captions);
  g_test_add_func ("/ui/clock/keeps-to-the-dial", test_keeps_to_the_dial);
  g_test_add_func ("/ui/clock/tells-accessibility", test_tells_accessibility);
  return g_test_run ();
}
