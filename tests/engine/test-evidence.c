#include <string.h>

#include "core/evidence.h"

#include "engine-net.h"

/* Three engines, and a fourth member whose key the test has: what it says shows that it lies. */
#define LIAR 3u

static EngineNet *
open_net (guint n_engines)
{
  EngineNet *net = engine_net_new (4, 8, NULL);

  engine_net_start_all (net, n_engines);
  return net;
}

static const TcSecretKey *
liar_key (EngineNet *net)
{
  return net->chain->operators[LIAR];
}

static const TcHash *
chain_id (EngineNet *net)
{
  return &net->chain->genesis->chain_id;
}

static TcLedger *
ledger_of (EngineNet *net, guint i)
{
  return (TcLedger *) tc_engine_get_ledger (net->nodes[i].engine);
}

static guint
n_evidence_of (EngineNet *net, guint i)
{
  TcEngineInfo info;

  tc_engine_get_info (net->nodes[i].engine, &info);
  return info.n_evidence;
}

static TcHash
hash_of (guint number)
{
  TcHash hash = TC_HASH_ZERO;

  memcpy (hash.bytes, &number, sizeof number);
  hash.bytes[31] = 0xee;
  return hash;
}

static void
send_taken (EngineNet *net, guint to, guint8 type, GBytes *body)
{
  engine_net_send (net, LIAR, to, type, body);
  g_bytes_unref (body);
}

static void
send_vote (EngineNet *net, guint to, guint32 round, guint way)
{
  TcVote vote = { .step = TC_STEP_PREVOTE, .epoch = engine_net_committee (net, to)->epoch, .height = engine_net_height (net, to) + 1, .round = round,
                  .block_hash = hash_of (way), .member = (guint8) engine_net_member (net, to, LIAR) };
  GByteArray *bytes = g_byte_array_new ();

  tc_vote_sign (&vote, chain_id (net), liar_key (net));
  tc_vote_put (bytes, &vote);
  send_taken (net, to, TC_MESSAGE_VOTE, g_byte_array_free_to_bytes (bytes));
}

static void
send_close (EngineNet *net, guint to, guint32 count)
{
  TcClose item = { .epoch = engine_net_committee (net, to)->epoch, .member = (guint8) engine_net_member (net, to, LIAR), .count = count };
  GByteArray *bytes = g_byte_array_new ();

  if (count > 0)
    item.root = hash_of (count);
  tc_close_sign (&item, chain_id (net), liar_key (net));
  tc_close_put (bytes, &item);
  send_taken (net, to, TC_MESSAGE_CLOSE, g_byte_array_free_to_bytes (bytes));
}

static TcBatch *
make_batch (EngineNet *net, guint32 sequence, guint32 first_position, const TcTx *vote, const TcAck *ack)
{
  return tc_batch_new (engine_net_committee (net, 0)->epoch, (guint8) engine_net_member (net, 0, LIAR), sequence, first_position,
                       vote != NULL ? &vote->txid : NULL, vote != NULL, ack, ack != NULL, chain_id (net), liar_key (net));
}

static guint
count_pieces (EngineNet *net, guint i)
{
  guint n = 0;

  for (guint b = 0; b < net->nodes[i].blocks->len; b++)
    n += ((const TcBlock *) g_ptr_array_index (net->nodes[i].blocks, b))->n_evidence;
  return n;
}

/* The liar, and nobody else, is jailed at the next end of an epoch, on every node; blocks go on, of one mind, without it. */
static void
check_convicted (EngineNet *net, guint n_engines)
{
  const guint32 epoch = engine_net_committee (net, 0)->epoch;

  g_assert_true (engine_net_run_epoch (net, epoch + 1, 30000));
  if (net->nodes[0].jailed == 0)  /* seen in the last block, or at the very end of the epoch */
    g_assert_true (engine_net_run_epoch (net, epoch + 2, 30000));
  g_assert_true (engine_net_run_to (net, engine_net_height (net, 0) + 3, 30000));
  engine_net_check_same (net);
  for (guint i = 0; i < n_engines; i++)
    {
      g_assert_cmpuint (net->nodes[i].jailed, ==, 1u << LIAR);
      g_assert_cmpuint (engine_net_member (net, i, LIAR), ==, TC_MEMBER_NONE);
      g_assert_cmpuint (count_pieces (net, i), ==, 1);
      g_assert_cmpuint (n_evidence_of (net, i), ==, 0);
      g_assert_null (net->nodes[i].halt);
      g_assert_cmpuint (net->nodes[i].n_warnings, ==, 0);
      for (guint from = 0; from < n_engines; from++)
        g_assert_cmpuint (net->nodes[i].punished[from], ==, 0);
    }
}

static void
test_votes (void)
{
  g_test_summary ("survive-16: a member that votes two ways is jailed in the next epoch; the rest goes on.");
  g_autoptr(EngineNet) net = open_net (3);

  send_vote (net, 0, 0, 1);
  send_vote (net, 0, 0, 2);
  g_assert_cmpuint (n_evidence_of (net, 0), ==, 1);
  send_vote (net, 0, 1, 1);
  send_vote (net, 0, 1, 2);
  g_assert_cmpuint (n_evidence_of (net, 0), ==, 1);
  engine_net_run (net, 50);
  g_assert_cmpuint (n_evidence_of (net, 1), ==, 1);
  g_assert_cmpuint (n_evidence_of (net, 2), ==, 1);
  check_convicted (net, 3);
}

static void
test_two_faced (void)
{
  g_test_summary ("survive-16: a member that says one thing to some and another to others, all of which hear it directly, is found out.");
  g_autoptr(EngineNet) net = open_net (3);

  g_assert_true (engine_net_run_to (net, 1, 20000));
  engine_net_run (net, 50);  /* a status said who is linked to whom */
  for (guint32 round = 0; round < 6; round++)
    for (guint to = 0; to < 3; to++)
      {
        send_vote (net, to, round, to == 0);
        engine_net_run (net, 3);
      }
  check_convicted (net, 3);
}

static void
test_late_vote (void)
{
  g_test_summary ("C7: a vote on a block that is decided already contradicts all the same.");
  g_autoptr(EngineNet) net = open_net (3);
  TcVote vote;
  GByteArray *bytes;

  send_vote (net, 0, 0, 1);
  vote = (TcVote) { .step = TC_STEP_PREVOTE, .epoch = 1, .height = 1, .block_hash = hash_of (2), .member = (guint8) engine_net_member (net, 0, LIAR) };
  g_assert_true (engine_net_run_to (net, 1, 20000));
  bytes = g_byte_array_new ();
  tc_vote_sign (&vote, chain_id (net), liar_key (net));
  tc_vote_put (bytes, &vote);
  send_taken (net, 0, TC_MESSAGE_VOTE, g_byte_array_free_to_bytes (bytes));
  check_convicted (net, 3);
}

static void
test_late_forgery (void)
{
  g_test_summary ("C6, N4: a late precommit with a bad signature is an offence; a good one is not.");
  g_autoptr(EngineNet) net = open_net (3);
  const TcCommit *tip;
  TcVote vote = { .step = TC_STEP_PRECOMMIT, .epoch = 1, .height = 1, .member = (guint8) engine_net_member (net, 0, LIAR) };

  g_assert_true (engine_net_run_to (net, 1, 20000));
  tip = g_ptr_array_index (net->nodes[0].commits, 0);
  vote.round = tip->round;
  vote.block_hash = tip->block_hash;
  for (guint good = 0; good < 2; good++)
    {
      GByteArray *bytes = g_byte_array_new ();

      tc_vote_sign (&vote, chain_id (net), good ? liar_key (net) : net->chain->operators[0]);
      tc_vote_put (bytes, &vote);
      send_taken (net, 0, TC_MESSAGE_VOTE, g_byte_array_free_to_bytes (bytes));
      g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 100);
    }
}

static void
run_to_turn (EngineNet *net)
{
  for (guint tries = 0; tries < 60; tries++)
    {
      guint32 height = engine_net_height (net, 0);

      if (!tc_ledger_next_is_last (ledger_of (net, 0)) && engine_net_proposer (net, 0, 0) == LIAR && engine_net_height (net, 1) == height
          && engine_net_height (net, 2) == height)
        return;
      g_assert_true (engine_net_run_to (net, height + 1, 20000));
      engine_net_run (net, 30);
    }
  g_assert_not_reached ();
}

static GBytes *
make_proposal (EngineNet *net, guint64 later_ms)
{
  TcLedger *ledger = ledger_of (net, 0);
  const TcTip *tip = tc_ledger_get_tip (ledger);
  const guint32 member = engine_net_member (net, 0, LIAR);
  TcHeader header = { .proposer = member, .time_ms = tc_ledger_least_time_ms (ledger, 0) + later_ms };
  TcExecution *execution = NULL;
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcProposal) proposal = NULL;

  header.vrf = tc_seed_prove (liar_key (net), chain_id (net), &tip->seed, tip->height + 1);
  block = tc_ledger_propose (ledger, &header, tip->height > 0 ? g_ptr_array_index (net->nodes[0].commits, tip->height - 1) : NULL, NULL, 0, NULL, 0, &execution);
  tc_execution_free (execution);
  proposal = tc_proposal_new (block, 0, -1, (guint8) member, liar_key (net));
  return tc_proposal_encode (proposal);
}

static void
test_proposals (void)
{
  g_test_summary ("survive-16: a member that proposes two blocks, each to others, is jailed in the next epoch.");
  g_autoptr(EngineNet) net = open_net (3);
  gboolean found = FALSE;

  /* Who shows what to whom follows from its hash, and so few do not see through each lie. */
  for (guint tries = 0; tries < 8 && !found; tries++)
    {
      g_autoptr(GBytes) a = NULL, b = NULL;

      run_to_turn (net);
      a = make_proposal (net, 0);
      b = make_proposal (net, 1);
      engine_net_send (net, LIAR, 0, TC_MESSAGE_PROPOSAL, a);
      engine_net_send (net, LIAR, 1, TC_MESSAGE_PROPOSAL, b);
      engine_net_send (net, LIAR, 2, TC_MESSAGE_PROPOSAL, b);
      engine_net_run (net, 100);
      for (guint i = 0; i < 3; i++)
        {
          TcEngineInfo info;

          tc_engine_get_info (net->nodes[i].engine, &info);
          found = found || info.n_evidence > 0;
        }
    }
  check_convicted (net, 3);
}

static void
test_batches (void)
{
  g_test_summary ("survive-16: two batches of one sequence: jailed, also where both come before those that they follow.");

  for (guint32 sequence = 0; sequence <= 3; sequence += 3)
    {
      g_autoptr(EngineNet) net = open_net (3);
      g_autoptr(TcTx) one = tc_chain_fixture_pay (net->chain, 0, 5000);
      g_autoptr(TcTx) two = tc_chain_fixture_pay (net->chain, 1, 5000);
      g_autoptr(TcBatch) a = make_batch (net, sequence, 0, one, NULL);
      g_autoptr(TcBatch) b = make_batch (net, sequence, 0, two, NULL);

      engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, a->encoded);
      engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, b->encoded);
      g_assert_cmpuint (n_evidence_of (net, 0), ==, 1);
      check_convicted (net, 3);
    }
}

static void
run_to_last (EngineNet *net)
{
  for (guint ms = 0; ms < 30000 && !tc_ledger_next_is_last (ledger_of (net, 0)); ms++)
    engine_net_run (net, 1);
  g_assert_true (tc_ledger_next_is_last (ledger_of (net, 0)));
}

static void
test_closes (void)
{
  g_test_summary ("survive-16: two closes of one epoch: jailed in the next.");
  g_autoptr(EngineNet) net = open_net (3);

  run_to_last (net);
  send_close (net, 0, 0);
  send_close (net, 0, 2);
  g_assert_cmpuint (n_evidence_of (net, 0), ==, 1);
  check_convicted (net, 3);
}

static void
test_conflict (void)
{
  g_test_summary ("survive-16: votes for both spenders of a coin: jailed, whether votes or bodies come first.");

  for (guint order = 0; order < 2; order++)
    {
      g_autoptr(EngineNet) net = open_net (3);
      g_autoptr(TcTx) one = tc_chain_fixture_pay (net->chain, 0, 5000);
      g_autoptr(TcTx) two = tc_chain_fixture_pay (net->chain, 0, 6000);
      g_autoptr(TcBatch) a = make_batch (net, 0, 0, one, NULL);
      g_autoptr(TcBatch) b = make_batch (net, 1, 1, two, NULL);

      for (guint turn = 0; turn < 2; turn++)
        if (turn == order)
          {
            engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, a->encoded);
            engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, b->encoded);
          }
        else
          {
            engine_net_submit (net, 0, one);
            engine_net_submit (net, 0, two);
          }
      g_assert_cmpuint (n_evidence_of (net, 0), ==, 1);
      check_convicted (net, 3);
    }
}

/* Spends the coins of payers 0 and 1 at once. */
static TcTx *
pay_both (EngineNet *net)
{
  TcOutput spent[2], output;
  const TcTxInput inputs[2] = { { tc_chain_fixture_coin (net->chain, 0, &spent[0]), 0 }, { tc_chain_fixture_coin (net->chain, 1, &spent[1]), 1 } };
  g_autoptr(TcTx) bare = NULL;

  output = spent[0];
  bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, 2, &output, 1, NULL, 0, NULL, 0);
  return tc_fixture_sign (net->chain, bare, spent, net->chain->payers, 2);
}

static void
test_omission (void)
{
  g_test_summary ("survive-16: a close that leaves out what was acknowledged, by txid or by position: jailed.");

  for (guint by_position = 0; by_position < 2; by_position++)
    {
      g_autoptr(EngineNet) net = open_net (3);
      g_autoptr(TcTx) winner = tc_chain_fixture_pay (net->chain, 0, 5000);
      g_autoptr(TcTx) loser = pay_both (net);
      const TcAck ack = { by_position ? 0 : G_MAXUINT32, loser->txid };
      g_autoptr(TcBatch) voted = make_batch (net, 0, 0, loser, NULL);
      g_autoptr(TcBatch) acked = make_batch (net, 1, 1, NULL, &ack);

      for (guint i = 0; i < 3; i++)
        engine_net_submit (net, i, winner);
      engine_net_submit (net, 0, loser);
      engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, voted->encoded);
      engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, acked->encoded);
      run_to_last (net);
      g_assert_cmpuint (n_evidence_of (net, 0), ==, 0);
      send_close (net, 0, 0);
      check_convicted (net, 3);
      g_assert_true (engine_net_in_chain (net, 0, &winner->txid));
      g_assert_false (engine_net_in_chain (net, 0, &loser->txid));
    }
}

static TcEvidence
make_evidence (EngineNet *net, guint place, guint32 epoch, guint way)
{
  TcVote a = { .step = TC_STEP_PREVOTE, .epoch = epoch, .height = 1, .round = way, .block_hash = hash_of (1), .member = (guint8) engine_net_member (net, 0, place) };
  TcVote b = a;
  TcEvidence evidence = { 0 };

  b.block_hash = hash_of (2);
  tc_vote_sign (&a, chain_id (net), liar_key (net));
  tc_vote_sign (&b, chain_id (net), liar_key (net));
  g_assert_true (tc_evidence_of_votes (tc_secret_key_get_public (net->chain->operators[place]), &a, &b, &evidence));
  return evidence;
}

static void
send_evidence (EngineNet *net, guint to, TcEvidence evidence)
{
  send_taken (net, to, TC_MESSAGE_EVIDENCE, tc_evidence_encode (&evidence));
  tc_evidence_clear (&evidence);
}

static void
test_message (void)
{
  g_test_summary ("C7: evidence that comes from a peer is checked, kept once a masternode, and passed on; what proves nothing is the sender's fault.");
  g_autoptr(EngineNet) net = open_net (3);

  send_evidence (net, 0, make_evidence (net, 1, 1, 0));  /* in another's name */
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 100);
  send_taken (net, 0, TC_MESSAGE_EVIDENCE, g_bytes_new ("x", 1));
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 200);
  send_evidence (net, 0, make_evidence (net, LIAR, 9, 0));  /* of an epoch to come: nobody's fault */
  g_assert_cmpuint (n_evidence_of (net, 0), ==, 0);
  send_evidence (net, 0, make_evidence (net, LIAR, 1, 0));
  send_evidence (net, 0, make_evidence (net, LIAR, 1, 1));
  g_assert_cmpuint (n_evidence_of (net, 0), ==, 1);
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 200);
  engine_net_run (net, 50);
  g_assert_cmpuint (n_evidence_of (net, 1), ==, 1);
  g_assert_cmpuint (n_evidence_of (net, 2), ==, 1);
  check_convicted (net, 3);
}

static void
test_restart (void)
{
  g_test_summary ("A node that restarts between the evidence's block and the epoch's end jails as well, and says again nothing that convicts it.");
  g_autoptr(EngineNet) net = open_net (3);
  guint32 height;

  send_evidence (net, 0, make_evidence (net, LIAR, 1, 0));
  for (guint tries = 0; count_pieces (net, 0) == 0 && tries < 10; tries++)
    g_assert_true (engine_net_run_to (net, engine_net_height (net, 0) + 1, 20000));
  height = engine_net_height (net, 0);
  g_assert_false (tc_ledger_get_tip (ledger_of (net, 0))->is_last);
  for (guint i = 0; i < 3; i++)
    {
      engine_net_kill (net, i);
      engine_net_start (net, i);
    }
  g_assert_cmpuint (engine_net_height (net, 0), >=, height - 1);
  check_convicted (net, 3);
}

static void
test_sync (void)
{
  g_test_summary ("A node that comes later verifies the blocks that hold evidence, and knows who is jailed.");
  const TcTier tiers[5] = { TC_TIER_GOLD, TC_TIER_GOLD, TC_TIER_GOLD, TC_TIER_GOLD, TC_TIER_FREE };
  g_autoptr(EngineNet) net = engine_net_new_tiers (5, tiers, 4, NULL);

  engine_net_start_all (net, 3);
  send_vote (net, 0, 0, 1);
  send_vote (net, 0, 0, 2);
  check_convicted (net, 3);
  engine_net_start (net, 4);
  g_assert_true (engine_net_run_to (net, engine_net_height (net, 0) + 1, 30000));
  engine_net_check_same (net);
  g_assert_true (tc_registry_get (tc_ledger_get_registry (ledger_of (net, 4)), LIAR)->jailed);
  g_assert_cmpuint (count_pieces (net, 4), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/evidence/survive-16-votes", test_votes);
  g_test_add_func ("/engine/evidence/survive-16-two-faced", test_two_faced);
  g_test_add_func ("/engine/evidence/survive-16-late-vote", test_late_vote);
  g_test_add_func ("/engine/evidence/late-forgery", test_late_forgery);
  g_test_add_func ("/engine/evidence/survive-16-proposals", test_proposals);
  g_test_add_func ("/engine/evidence/survive-16-batches", test_batches);
  g_test_add_func ("/engine/evidence/survive-16-closes", test_closes);
  g_test_add_func ("/engine/evidence/survive-16-conflict", test_conflict);
  g_test_add_func ("/engine/evidence/survive-16-omission", test_omission);
  g_test_add_func ("/engine/evidence/message", test_message);
  g_test_add_func ("/engine/evidence/restart", test_restart);
  g_test_add_func ("/engine/evidence/sync", test_sync);
  return g_test_run ();
}
