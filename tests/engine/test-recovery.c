#include <string.h>

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

#define OWN_TURNS 80u  /* more than an engine keeps proposals of one height */

static void
put_record (EngineNet *net, TcRecordKind kind, GBytes *data)
{
  const TcRecord record = { 1, (guint8) kind, data };

  g_array_append_val (net->nodes[0].records, record);
}

static GBytes *
encode_vote (EngineNet *net, guint8 member, guint32 round)
{
  TcVote vote = { .step = TC_STEP_PREVOTE, .epoch = 1, .height = 1, .round = round, .member = member };
  GByteArray *bytes = g_byte_array_new ();

  tc_vote_sign (&vote, &net->chain->genesis->chain_id, net->chain->operators[member]);
  tc_vote_put (bytes, &vote);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
encode_proposal (EngineNet *net, guint32 round)
{
  TcHeader header = tc_chain_fixture_header (net->chain, round, 0);
  TcExecution *execution = NULL;

  header.time_ms += 1;  /* the engine would choose the least */

  g_autoptr(TcBlock) block = tc_ledger_propose (net->chain->ledger, &header, NULL, NULL, 0, NULL, 0, &execution);
  g_autoptr(TcProposal) proposal = tc_proposal_new (block, round, -1, 0, net->chain->operators[0]);

  tc_execution_free (execution);
  return tc_proposal_encode (proposal);
}

/* Keeps the proposal that place 0 sends. */
static gboolean
keep_proposal (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  GBytes **sent = user_data;

  if (from == 0 && type == TC_MESSAGE_PROPOSAL)
    {
      g_clear_pointer (sent, g_bytes_unref);
      *sent = g_bytes_ref (body);
    }
  return TRUE;
}

static void
test_many_turns (void)
{
  g_test_summary ("survive-22: who proposed in eighty rounds of one height, and failed right after, proposes the same again: another block would convict it (C7).");
  g_autoptr(EngineNet) net = engine_net_new (N, 1, NULL);
  g_autoptr(GBytes) last = NULL, sent = NULL;
  guint32 round = 0;

  for (guint turns = 0; turns < OWN_TURNS; round++)
    {
      if (tc_chain_fixture_header (net->chain, round, 0).proposer == 0)
        {
          g_clear_pointer (&last, g_bytes_unref);
          last = encode_proposal (net, round);
          put_record (net, TC_RECORD_PROPOSAL, g_bytes_ref (last));
          turns++;
        }
      if (turns < OWN_TURNS)
        put_record (net, TC_RECORD_VOTE, encode_vote (net, 0, round));
    }
  net->filter = keep_proposal;
  net->user_data = &sent;
  engine_net_start (net, 0);
  engine_net_run (net, 10);
  for (guint8 member = 1; member < N; member++)
    {
      g_autoptr(GBytes) vote = encode_vote (net, member, round - 1);

      engine_net_send (net, member, 0, TC_MESSAGE_VOTE, vote);
    }
  engine_net_run (net, 100);
  g_assert_nonnull (sent);
  g_assert_true (g_bytes_equal (sent, last));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/recovery/survive-22-one", test_cut_one);
  g_test_add_func ("/engine/recovery/survive-22-one-late-blocks", test_cut_one_late_blocks);
  g_test_add_func ("/engine/recovery/survive-22-all", test_cut_all);
  g_test_add_func ("/engine/recovery/survive-22-many-turns", test_many_turns);
  g_test_add_func ("/engine/recovery/survive-22-all-late-blocks", test_cut_all_late_blocks);
  return g_test_run ();
}
