#include "engine-net.h"

#define N         4u
#define N_PAYERS  12u
#define STRIDE    11u  /* between cuts; with -m slow each is made */

/* A run with payments over more than one epoch, in which place @victim fails once, @cut_at effects in, and starts again. */
typedef struct
{
  guint64   cut_at;
  gint64    write_lag_ms;
  gboolean  all;         /* all places fail with it, as when the plug is pulled */
  guint64   n_effects;   /* (out) */
} Run;

static gboolean
everything_is_there (EngineNet *net)
{
  for (guint n = 0; n < N; n++)
    {
      GHashTableIter iter;
      gpointer txid;

      g_hash_table_iter_init (&iter, net->nodes[n].finals);
      while (g_hash_table_iter_next (&iter, &txid, NULL))
        for (guint other = 0; other < N; other++)
          if (!engine_net_in_chain (net, other, txid))
            return FALSE;
    }
  return TRUE;
}

static void
restart_what_fell (EngineNet *net, const Run *run)
{
  gboolean fell = FALSE;

  for (guint n = 0; n < N; n++)
    fell = fell || net->nodes[n].engine == NULL;
  if (!fell)
    return;
  for (guint n = 0; n < N && run->all; n++)
    if (net->nodes[n].engine != NULL)
      engine_net_kill (net, n);
  if (!run->all)
    engine_net_run (net, 300);
  for (guint n = 0; n < N; n++)
    if (net->nodes[n].engine == NULL)
      engine_net_start (net, n);
}

static void
check_end (EngineNet *net)
{
  engine_net_check_same (net);
  g_assert_true (everything_is_there (net));
  for (guint n = 0; n < N; n++)
    {
      if (net->nodes[n].n_warnings > 0)
        g_test_message ("%s", net->nodes[n].warning);
      g_assert_cmpuint (net->nodes[n].n_warnings, ==, 0);
      g_assert_null (net->nodes[n].halt);
    }
}

static void
run_with_cut (Run *run)
{
  static const guint32 victim = 1;
  g_autoptr(EngineNet) net = engine_net_new (N, N_PAYERS, NULL);

  for (guint n = 0; n < N; n++)
    net->nodes[n].write_lag_ms = run->write_lag_ms;
  engine_net_start_all (net, N);
  net->nodes[victim].n_effects = 0;
  net->nodes[victim].cut_at = run->cut_at;
  for (guint i = 0; i < N_PAYERS; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, i, 5000);

      restart_what_fell (net, run);
      engine_net_submit (net, (i * 2) % N, tx);
      engine_net_run (net, 450);
    }
  run->n_effects = net->nodes[victim].n_effects;
  restart_what_fell (net, run);
  if (!engine_net_run_epoch (net, 3, 60000))
    g_error ("stalled after a cut at %" G_GUINT64_FORMAT, run->cut_at);
  engine_net_run (net, 3500);
  check_end (net);
}

static void
run_cuts (gint64 write_lag_ms, gboolean all, guint64 first)
{
  Run run = { .write_lag_ms = write_lag_ms, .all = all };
  guint64 step = g_test_slow () ? 1 : STRIDE, n;

  run_with_cut (&run);
  n = run.n_effects;
  g_test_message ("%" G_GUINT64_FORMAT " effects", n);
  for (run.cut_at = first; run.cut_at <= n; run.cut_at += step)
    run_with_cut (&run);
}

static void
test_cut_one (void)
{
  g_test_summary ("survive-22: a member that is cut off at any PERSIST or SEND loses nothing that was final and signs nothing twice.");
  run_cuts (0, FALSE, 1);
}

static void
test_cut_one_late_blocks (void)
{
  g_test_summary ("survive-22: the same where blocks reach the disk later than what was signed on top of them.");
  run_cuts (1700, FALSE, 2);
}

static void
test_cut_all (void)
{
  g_test_summary ("survive-22: the same where all members fail at once.");
  run_cuts (0, TRUE, 3);
}

static void
test_cut_all_late_blocks (void)
{
  g_test_summary ("survive-22: all members fail at once, and none of them had written its newest blocks.");
  run_cuts (1700, TRUE, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/recovery/survive-22-one", test_cut_one);
  g_test_add_func ("/engine/recovery/survive-22-one-late-blocks", test_cut_one_late_blocks);
  g_test_add_func ("/engine/recovery/survive-22-all", test_cut_all);
  g_test_add_func ("/engine/recovery/survive-22-all-late-blocks", test_cut_all_late_blocks);
  return g_test_run ();
}
