#include <string.h>

#include "engine-net.h"
#include "engine/halt-record.h"

/* Rule C8. Three engines, and a fourth member, the test, which shows them another chain: it has theirs below `from`, and from there on blocks of its own, of which those from `good_from` on
 * to `good_to` carry the commit of a quorum. How a halt looks: TC_EFFECT_PERSIST of one TC_RECORD_HALT, then TC_EFFECT_HALT with tc_halt_record_text (), and TcEngineInfo.halted; an engine
 * that is given the record again emits the HALT in its first step. */
#define STRANGER 3u

typedef struct
{
  guint32 from, good_from, good_to;
  guint   n_requests;
  GArray *asked;  /* guint32: heights, not answered yet */
} Fork;

static EngineNet *
open_net (const TcParams *params)
{
  EngineNet *net = engine_net_new (4, 4, params);

  engine_net_start_all (net, 3);
  return net;
}

static gboolean
note_requests (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  Fork *fork = user_data;
  guint32 height;
  guint8 count;

  if (from != 0 || to != STRANGER || type != TC_MESSAGE_GET_BLOCKS)
    return TRUE;
  g_assert_true (tc_get_blocks_decode (body, &height, &count));
  g_array_append_val (fork->asked, height);
  fork->n_requests++;
  return TRUE;
}

static void
fork_init (Fork *self, EngineNet *net, guint32 from)
{
  *self = (Fork) { .from = from, .asked = g_array_new (FALSE, FALSE, sizeof (guint32)) };
  net->filter = note_requests;
  net->user_data = self;
}

/* Signed by the first @n members. */
static TcCommit *
make_commit (EngineNet *net, const TcBlock *block, guint n)
{
  guint8 signers[TC_BITMAP_SIZE_MAX] = { 0 };
  TcSignature signatures[4];

  for (guint i = 0; i < n; i++)
    {
      TcVote vote = { .step = TC_STEP_PRECOMMIT, .epoch = block->header.epoch, .height = block->header.height, .round = 1,
                      .block_hash = block->hash, .member = (guint8) i };

      tc_vote_sign (&vote, &net->chain->genesis->chain_id, net->chain->operators[i]);
      signatures[i] = vote.signature;
      tc_bitmap_set (signers, i);
    }
  return tc_commit_new (block->header.height, 1, &block->hash, signers, 4, signatures);
}

static TcBlock *
other_block (EngineNet *net, guint32 height)
{
  const TcBlock *own = g_ptr_array_index (net->nodes[0].blocks, MIN (height, net->nodes[0].blocks->len) - 1);
  TcHeader header = own->header;

  header.time_ms++;
  return tc_fixture_block_with (own, &header);
}

static GBytes *
block_body (TcBlock *block, TcCommit *commit)
{
  g_autoptr(GBytes) block_bytes = tc_block_encode (block);
  GByteArray *bytes = g_byte_array_new ();

  tc_commit_put (bytes, commit);
  g_autoptr(GBytes) commit_bytes = g_byte_array_free_to_bytes (bytes);
  return tc_message_block (block_bytes, commit_bytes);
}

static void
send_taken (EngineNet *net, guint8 type, GBytes *body)
{
  engine_net_send (net, STRANGER, 0, type, body);
  g_bytes_unref (body);
}

static void
send_block (EngineNet *net, const Fork *fork, guint32 height)
{
  if (height < fork->from)
    send_taken (net, TC_MESSAGE_BLOCK, block_body (g_ptr_array_index (net->nodes[0].blocks, height - 1), g_ptr_array_index (net->nodes[0].commits, height - 1)));
  else
    {
      g_autoptr(TcBlock) block = other_block (net, height);
      g_autoptr(TcCommit) commit = make_commit (net, block, height >= fork->good_from && height <= fork->good_to ? 3 : 2);

      send_taken (net, TC_MESSAGE_BLOCK, block_body (block, commit));
    }
}

static void
say_tip (EngineNet *net, guint32 height)
{
  g_autoptr(TcBlock) block = other_block (net, height);
  const TcStatusMessage status = { .height = height, .epoch = 1, .n_members = 4, .tip = block->hash };

  send_taken (net, TC_MESSAGE_STATUS, tc_status_message_encode (&status));
}

/* The stranger answers what it is asked, for @ms or until engine 0 halts. */
static void
answer_for (EngineNet *net, Fork *fork, gint64 ms)
{
  for (gint64 i = 0; i < ms && net->nodes[0].halt == NULL; i++)
    {
      while (fork->asked->len > 0 && net->nodes[0].halt == NULL)
        {
          const guint32 height = g_array_index (fork->asked, guint32, 0);

          g_array_remove_index (fork->asked, 0);
          if (height <= net->nodes[0].blocks->len)
            send_block (net, fork, height);
        }
      engine_net_run (net, 1);
    }
}

static void
read_halt (const EngineNet *net, TcHaltRecord *ret_record)
{
  guint n_found = 0;

  for (guint i = 0; i < net->nodes[0].records->len; i++)
    {
      const TcRecord *record = &g_array_index (net->nodes[0].records, TcRecord, i);

      if (record->kind != TC_RECORD_HALT)
        continue;
      g_assert_cmpuint (record->epoch, ==, TC_RECORD_EPOCH_KEPT);
      g_assert_true (tc_halt_record_decode (record->data, ret_record));
      n_found++;
    }
  g_assert_cmpuint (n_found, ==, 1);
}

static void
check_halt (EngineNet *net, guint32 height)
{
  const TcBlock *own = g_ptr_array_index (net->nodes[0].blocks, height - 1);
  g_autoptr(TcBlock) other = other_block (net, height);
  g_auto(TcHaltRecord) record = { 0 };
  g_autofree char *own_hex = tc_hash_to_hex (&own->hash), *other_hex = tc_hash_to_hex (&other->hash);

  g_assert_nonnull (net->nodes[0].halt);
  g_assert_nonnull (strstr (net->nodes[0].halt, own_hex));
  g_assert_nonnull (strstr (net->nodes[0].halt, other_hex));
  read_halt (net, &record);
  g_assert_false (record.settled);
  g_assert_cmpuint (record.height, ==, height);
  g_assert_true (tc_hash_equal (&record.commits[0]->block_hash, &own->hash));
  g_assert_true (tc_hash_equal (&record.commits[1]->block_hash, &other->hash));
  for (guint i = 0; i < 2; i++)
    g_assert_true (tc_commit_check (record.commits[i], &net->chain->genesis->chain_id, record.committee, &TC_VERIFIER_INLINE));
}

static void
check_no_halt (EngineNet *net, guint points)
{
  g_assert_null (net->nodes[0].halt);
  g_assert_cmpuint (net->nodes[0].punished[STRANGER], ==, points);
  g_assert_true (engine_net_run_to (net, engine_net_height (net, 0) + 2, 20000));
  for (guint i = 0; i < net->nodes[0].records->len; i++)
    g_assert_cmpuint (g_array_index (net->nodes[0].records, TcRecord, i).kind, !=, TC_RECORD_HALT);
}

/* --- a block that comes by itself --- */

static void
test_two_commits (void)
{
  g_test_summary ("C8: a node that sees another block of a height with the commit of a quorum halts, keeps both commits, and is halted after a restart.");
  g_autoptr(EngineNet) net = open_net (NULL);
  Fork fork;
  guint64 n_effects;

  engine_net_run_to (net, 4, 20000);
  fork_init (&fork, net, 3);
  fork.good_from = fork.good_to = 3;
  send_block (net, &fork, 3);
  check_halt (net, 3);
  n_effects = net->nodes[0].n_effects;
  engine_net_run (net, 5000);
  g_assert_cmpuint (net->nodes[0].n_effects, ==, n_effects);
  engine_net_kill (net, 0);
  g_clear_pointer (&net->nodes[0].halt, g_free);
  engine_net_start (net, 0);
  check_halt (net, 3);
  engine_net_run (net, 5000);
  g_assert_cmpuint (net->nodes[0].n_effects, ==, n_effects);
  g_array_unref (fork.asked);
}

static void
test_settled (void)
{
  g_test_summary ("C8: once its operator says that its own block stands, a node goes on; the other, and what stands on it, halt it no more; a new one does.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_auto(TcHaltRecord) record = { 0 };
  Fork fork;

  engine_net_run_to (net, 4, 20000);
  fork_init (&fork, net, 3);
  fork.good_from = fork.good_to = 3;
  send_block (net, &fork, 3);
  engine_net_kill (net, 0);
  g_clear_pointer (&net->nodes[0].halt, g_free);
  read_halt (net, &record);
  record.settled = TRUE;
  for (guint i = 0; i < net->nodes[0].records->len; i++)
    {
      TcRecord *stored = &g_array_index (net->nodes[0].records, TcRecord, i);

      if (stored->kind != TC_RECORD_HALT)
        continue;
      g_bytes_unref (stored->data);
      stored->data = tc_halt_record_encode (&record);
    }
  engine_net_start (net, 0);
  engine_net_run_to (net, engine_net_height (net, 0) + 4, 20000);
  fork.good_to = 1000;  /* and so does all that stands on it */
  say_tip (net, engine_net_height (net, 0));
  answer_for (net, &fork, 500);
  send_block (net, &fork, engine_net_height (net, 0));
  g_assert_null (net->nodes[0].halt);
  g_assert_true (engine_net_run_to (net, engine_net_height (net, 0) + 2, 20000));
  engine_net_run (net, 70000);
  fork.from = fork.good_from = 5;  /* another one */
  say_tip (net, engine_net_height (net, 0));
  answer_for (net, &fork, 500);
  g_assert_nonnull (net->nodes[0].halt);
  g_array_unref (fork.asked);
}

static void
test_bad_commit (void)
{
  g_test_summary ("C8: another block without the commit of a quorum changes nothing, and its sender is scored.");
  g_autoptr(EngineNet) net = open_net (NULL);
  Fork fork;

  engine_net_run_to (net, 4, 20000);
  fork_init (&fork, net, 3);
  send_block (net, &fork, 3);
  check_no_halt (net, 100);
  g_array_unref (fork.asked);
}

static void
test_commit_in_proposal (void)
{
  g_test_summary ("C8: a proposal on another block than ours, with the commit of a quorum for it, is a proof too.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcBlock) parent = NULL, block = NULL;
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(TcProposal) proposal = NULL;
  const TcBlock *tip;
  TcHeader header;

  engine_net_run_to (net, 2, 20000);
  while (engine_net_proposer (net, 0, 0) != STRANGER || engine_net_height (net, 0) != net->nodes[0].blocks->len)
    engine_net_run (net, 5);
  tip = g_ptr_array_index (net->nodes[0].blocks, net->nodes[0].blocks->len - 1);
  parent = other_block (net, tip->header.height);
  commit = make_commit (net, parent, 3);
  header = tip->header;
  header.height++;
  header.epoch = engine_net_committee (net, 0)->epoch;
  header.round = 0;
  header.proposer = STRANGER;
  header.previous = parent->hash;
  header.commit = tc_commit_hash (commit);
  header.tx_root = header.evidence_root = header.closes_root = header.next_committee = TC_HASH_ZERO;
  block = tc_block_new (&header, commit, NULL, 0, NULL, 0);
  proposal = tc_proposal_new (block, 0, -1, STRANGER, net->chain->operators[STRANGER]);
  send_taken (net, TC_MESSAGE_PROPOSAL, tc_proposal_encode (proposal));
  check_halt (net, tip->header.height);
}

/* --- the search --- */

static void
test_search (void)
{
  g_test_summary ("C8: where the commits above are another committee's, the height at which a peer's chain parts is found by halving, in few requests.");
  g_autoptr(EngineNet) net = open_net (NULL);
  Fork fork;

  g_assert_true (engine_net_run_to (net, 90, 200000));
  fork_init (&fork, net, 7);
  fork.good_from = fork.good_to = 7;
  say_tip (net, 90);
  answer_for (net, &fork, 2000);
  check_halt (net, 7);
  g_assert_cmpuint (fork.n_requests, <=, 9);
  g_array_unref (fork.asked);
}

static void
test_lagging_fork (void)
{
  g_test_summary ("C8: a peer that is far behind, on another chain, is found out by its tip.");
  g_autoptr(EngineNet) net = open_net (NULL);
  Fork fork;

  g_assert_true (engine_net_run_to (net, 90, 200000));
  fork_init (&fork, net, 5);
  fork.good_from = 5;
  fork.good_to = 20;
  say_tip (net, 10);
  answer_for (net, &fork, 2000);
  check_halt (net, 10);
  g_assert_cmpuint (fork.n_requests, ==, 1);
  g_array_unref (fork.asked);
}

static void
test_follows_another (void)
{
  g_test_summary ("C8: blocks asked for while catching up that do not follow ours begin a search; the node does not follow them.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcBlock) parent = NULL, block = NULL;
  g_autoptr(TcCommit) commit = NULL;
  TcHeader header;
  Fork fork;
  guint32 height;

  engine_net_run_to (net, 5, 20000);
  engine_net_kill (net, 1);  /* no quorum: the height stays */
  engine_net_run (net, 500);
  height = engine_net_height (net, 0);
  fork_init (&fork, net, height);
  fork.good_from = fork.good_to = height;
  parent = other_block (net, height);
  say_tip (net, height + 1);
  for (guint i = 0; i < 3000 && fork.asked->len == 0; i++)
    engine_net_run (net, 1);
  g_assert_cmpuint (g_array_index (fork.asked, guint32, 0), ==, height + 1);
  g_array_set_size (fork.asked, 0);
  commit = make_commit (net, parent, 3);
  header = parent->header;
  header.height++;
  header.previous = parent->hash;
  header.commit = tc_commit_hash (commit);
  header.tx_root = header.evidence_root = header.closes_root = header.next_committee = TC_HASH_ZERO;
  block = tc_block_new (&header, commit, NULL, 0, NULL, 0);
  g_autoptr(TcCommit) above = make_commit (net, block, 3);
  send_taken (net, TC_MESSAGE_BLOCK, block_body (block, above));
  answer_for (net, &fork, 1000);
  check_halt (net, height);
  g_array_unref (fork.asked);
}

static void
test_old_fork (void)
{
  g_test_summary ("C8: two commits of a height older than the unbonding time are ignored.");
  TcParams params = ENGINE_NET_PARAMS;
  Fork fork;

  params.unbonding_epochs = 2;
  g_autoptr(EngineNet) net = open_net (&params);

  g_assert_true (engine_net_run_epoch (net, 6, 60000));
  fork_init (&fork, net, 2);
  fork.good_from = 2;
  fork.good_to = 4;
  say_tip (net, engine_net_height (net, 0));
  answer_for (net, &fork, 2000);
  check_no_halt (net, 20);
  g_array_unref (fork.asked);
}

static void
test_pretender (void)
{
  g_test_summary ("C8: who claims another chain and has none is scored; what it can make us do is bounded, however often it claims.");
  g_autoptr(EngineNet) net = open_net (NULL);
  Fork fork;

  g_assert_true (engine_net_run_to (net, 20, 100000));
  fork_init (&fork, net, 1000);  /* it has our blocks */
  for (guint i = 0; i < 50; i++)
    {
      say_tip (net, engine_net_height (net, 0));
      answer_for (net, &fork, 200);
    }
  g_assert_cmpuint (fork.n_requests, ==, 1);
  check_no_halt (net, 20);
  g_array_unref (fork.asked);
}

static void
test_forger (void)
{
  g_test_summary ("C8: a chain whose commits are all bad costs its sender its place, and us a few requests.");
  g_autoptr(EngineNet) net = open_net (NULL);
  Fork fork;

  g_assert_true (engine_net_run_to (net, 20, 100000));
  fork_init (&fork, net, 4);
  for (guint i = 0; i < 50; i++)
    {
      say_tip (net, engine_net_height (net, 0));
      answer_for (net, &fork, 200);
    }
  g_assert_cmpuint (fork.n_requests, <=, 7);
  g_assert_cmpuint (net->nodes[0].n_look_ups, <=, 8);
  check_no_halt (net, 100);
  g_array_unref (fork.asked);
}

static void
test_silent (void)
{
  g_test_summary ("C8: who claims another chain and does not show it is scored, once a search.");
  g_autoptr(EngineNet) net = open_net (NULL);
  Fork fork;

  g_assert_true (engine_net_run_to (net, 5, 100000));
  fork_init (&fork, net, 4);
  for (guint i = 0; i < 20; i++)
    {
      say_tip (net, engine_net_height (net, 0));
      engine_net_run (net, 500);
    }
  g_assert_cmpuint (fork.n_requests, ==, 1);
  check_no_halt (net, 20);
  g_array_unref (fork.asked);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/forks/two-commits", test_two_commits);
  g_test_add_func ("/engine/forks/settled", test_settled);
  g_test_add_func ("/engine/forks/bad-commit", test_bad_commit);
  g_test_add_func ("/engine/forks/commit-in-proposal", test_commit_in_proposal);
  g_test_add_func ("/engine/forks/search", test_search);
  g_test_add_func ("/engine/forks/lagging", test_lagging_fork);
  g_test_add_func ("/engine/forks/follows-another", test_follows_another);
  g_test_add_func ("/engine/forks/old", test_old_fork);
  g_test_add_func ("/engine/forks/survive-19-pretender", test_pretender);
  g_test_add_func ("/engine/forks/survive-19-forger", test_forger);
  g_test_add_func ("/engine/forks/survive-19-silent", test_silent);
  return g_test_run ();
}
