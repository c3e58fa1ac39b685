#include <locale.h>
#include <string.h>

#include "ui/masternode-text.h"
#include "ui/reward-chart.h"

/* Epoch 12 of ten minutes goes on for two more. */
static const TcMasternodeClock CLOCK = { .epoch = 12, .epoch_end_ms = 10000000, .epoch_length_ms = 600000, .now_ms = 10000000 - 120000, .redraw_epochs = 144 };

static TcOwnMasternode
registered (guint32 epoch)
{
  return (TcOwnMasternode) { .registered = TRUE, .node = { .index = 14, .tier = TC_TIER_BRONZE, .registered_epoch = epoch } };
}

static void
assert_says (const TcOwnMasternode *own, TcMasternodeStand stand, const char *words)
{
  g_autofree char *why = tc_masternode_why (own, &CLOCK);

  g_assert_cmpint (tc_masternode_stand (own, &CLOCK), ==, stand);
  if (strstr (why, words) == NULL)
    g_error ("“%s” does not say “%s”", why, words);
}

static void
test_on_its_way (void)
{
  TcOwnMasternode own = { .node = { .tier = TC_TIER_BRONZE } };

  g_test_summary ("A registration waits for a block, then for the end of its epoch; what the chain did not take after that is void.");
  assert_says (&own, TC_MASTERNODE_ON_ITS_WAY, "waits for a block");
  own.block_ms = CLOCK.now_ms - 1000;
  assert_says (&own, TC_MASTERNODE_ON_ITS_WAY, "2 minutes");
  own.block_ms = CLOCK.epoch_end_ms - CLOCK.epoch_length_ms - 1;
  assert_says (&own, TC_MASTERNODE_IS_VOID, "did not take it");
}

static void
test_waits (void)
{
  TcOwnMasternode own = registered (11);

  g_test_summary ("It counts from the epoch after the next on: until then a countdown is shown.");
  assert_says (&own, TC_MASTERNODE_WAITS, "from epoch 13 on, in about 2 minutes");
  own = registered (12);
  assert_says (&own, TC_MASTERNODE_WAITS, "from epoch 14 on, in about 12 minutes");
  own = registered (10);
  assert_says (&own, TC_MASTERNODE_WAITS, "when this epoch ends, in about 2 minutes");
}

static void
test_activity (void)
{
  TcOwnMasternode own = registered (3);

  g_test_summary ("Why it is active, or not, is said.");
  own.node.active = TRUE;
  own.node.power = 7;
  assert_says (&own, TC_MASTERNODE_IS_ACTIVE, "power 7");
  own.node.power = 0;
  assert_says (&own, TC_MASTERNODE_IS_ACTIVE, "answers the committee");
  own.node.active = FALSE;
  own.node.inactive_epochs = 3;
  assert_says (&own, TC_MASTERNODE_IS_NOT, "For 3 epochs the committee did not hear it");
  own.node.power = 7;
  assert_says (&own, TC_MASTERNODE_IS_NOT, "fewer than half");
  own.node.jailed = TRUE;
  assert_says (&own, TC_MASTERNODE_IS_JAILED, "a tenth");
}

static void
test_retired (void)
{
  TcOwnMasternode own = registered (3);

  g_test_summary ("A retired one says when its collateral is free.");
  own.node.state = TC_NODE_MASTERNODE_RETIRED;
  own.node.release_epoch = 13;
  assert_says (&own, TC_MASTERNODE_UNBONDS, "end of epoch 13, in about 12 minutes");
  own.node.state = TC_NODE_MASTERNODE_RELEASED;
  assert_says (&own, TC_MASTERNODE_IS_GONE, "available again");
}

static void
assert_payout (guint32 index, const char *words)
{
  const TcNodeMasternode node = { .index = index };
  g_autofree char *text = tc_masternode_next_payout (&node, &CLOCK);

  g_assert_cmpstr (text, ==, words);
}

static void
test_payout (void)
{
  g_test_summary ("Rewards are paid at the end of the epoch whose number is the masternode's, modulo 144.");
  assert_payout (12, "In about 2 minutes");
  assert_payout (144 + 13, "In about 12 minutes");
  assert_payout (11, "In about 23 hours");
}

static void
test_chart (void)
{
  TcAmount rewards[TC_REWARD_DAYS] = { 0 };
  g_autofree char *none = tc_reward_chart_describe (rewards), *some = NULL;

  g_test_summary ("The chart is said in words, for who does not see it.");
  g_assert_cmpstr (none, ==, "No rewards in the last 30 days.");
  rewards[TC_REWARD_DAYS - 1].units = 5 * TC_AMOUNT_PER_TIME;
  rewards[3].units = TC_AMOUNT_PER_TIME / 2;
  some = tc_reward_chart_describe (rewards);
  g_assert_nonnull (strstr (some, ": 0.50"));
  g_assert_nonnull (strstr (some, ": 5.00"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_add_func ("/masternode-text/on-its-way", test_on_its_way);
  g_test_add_func ("/masternode-text/waits", test_waits);
  g_test_add_func ("/masternode-text/activity", test_activity);
  g_test_add_func ("/masternode-text/retired", test_retired);
  g_test_add_func ("/masternode-text/payout", test_payout);
  g_test_add_func ("/masternode-text/chart", test_chart);
  return g_test_run ();
}
