#include <string.h>

#include "engine-net.h"

/* Three engines, and a fourth member whose key the test has. It never says anything but what the test says. */
#define LIAR 3u

static EngineNet *
open_net (const TcParams *params)
{
  EngineNet *net = engine_net_new (4, 8, params);

  engine_net_start_all (net, 3);
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

static TcEngineInfo
info_of (EngineNet *net, guint i)
{
  TcEngineInfo info;

  tc_engine_get_info (net->nodes[i].engine, &info);
  return info;
}

static GBytes *
vote_body (EngineNet *net, const TcVote *vote, gboolean sign)
{
  GByteArray *bytes = g_byte_array_new ();
  TcVote copy = *vote;

  if (sign)
    tc_vote_sign (&copy, chain_id (net), liar_key (net));
  tc_vote_put (bytes, &copy);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
close_body (EngineNet *net, const TcClose *item)
{
  GByteArray *bytes = g_byte_array_new ();
  TcClose copy = *item;

  tc_close_sign (&copy, chain_id (net), liar_key (net));
  tc_close_put (bytes, &copy);
  return g_byte_array_free_to_bytes (bytes);
}

static void
send_taken (EngineNet *net, guint to, guint8 type, GBytes *body)
{
  engine_net_send (net, LIAR, to, type, body);
  g_bytes_unref (body);
}

static TcHash
hash_of (guint number)
{
  TcHash hash = TC_HASH_ZERO;

  memcpy (hash.bytes, &number, sizeof number);
  hash.bytes[31] = 0xee;
  return hash;
}

/* Until all engines wait for round 0 of an ordinary height whose proposer is @place. */
static void
run_to_turn_of (EngineNet *net, guint place)
{
  for (guint tries = 0; tries < 60; tries++)
    {
      guint32 height = engine_net_height (net, 0);

      if (!tc_ledger_next_is_last (ledger_of (net, 0)) && engine_net_proposer (net, 0, 0) == place && engine_net_height (net, 1) == height
          && engine_net_height (net, 2) == height)
        return;
      g_assert_true (engine_net_run_to (net, height + 1, 20000));
      engine_net_run (net, 30);
    }
  g_assert_not_reached ();
}

/* A block as the liar might propose it in round @round of the height that engine 0 is at. */
static TcBlock *
make_block (EngineNet *net, guint32 round, gint64 later_ms, TcTx *const *txs, gsize n_txs)
{
  TcLedger *ledger = ledger_of (net, 0);
  const TcTip *tip = tc_ledger_get_tip (ledger);
  const GPtrArray *commits = net->nodes[0].commits;
  TcHeader header = { .round = round, .proposer = engine_net_member (net, 0, LIAR) };
  TcExecution *execution = NULL;
  TcBlock *block;

  header.time_ms = tc_ledger_least_time_ms (ledger, 0) + (guint64) later_ms;
  header.vrf = tc_seed_prove (liar_key (net), chain_id (net), &tip->seed, tip->height + 1);
  block = tc_ledger_propose (ledger, &header, tip->height > 0 ? g_ptr_array_index (commits, tip->height - 1) : NULL, NULL, 0, txs, n_txs,
                             &execution);
  tc_execution_free (execution);
  return block;
}

static GBytes *
proposal_body (EngineNet *net, const TcBlock *block, guint32 round)
{
  g_autoptr(TcProposal) proposal = tc_proposal_new (block, round, -1, (guint8) engine_net_member (net, 0, LIAR), liar_key (net));

  return tc_proposal_encode (proposal);
}

static void
check_harmless (EngineNet *net, gint64 ms)
{
  guint32 height = engine_net_height (net, 0);

  g_assert_true (engine_net_run_to (net, height + 3, ms));
  engine_net_check_same (net);
  for (guint i = 0; i < 3; i++)
    {
      if (net->nodes[i].halt != NULL)
        g_test_message ("%s", net->nodes[i].halt);
      g_assert_null (net->nodes[i].halt);
      g_assert_cmpuint (net->nodes[i].n_warnings, ==, 0);
      for (guint from = 0; from < 3; from++)
        g_assert_cmpuint (net->nodes[i].punished[from], ==, 0);
    }
}

static void
test_forged (void)
{
  g_test_summary ("survive-15: forged votes, batches and closes are refused and their sender scored; nothing else changes.");
  g_autoptr(EngineNet) net = open_net (NULL);
  TcVote vote = { .step = TC_STEP_PRECOMMIT, .epoch = 1, .height = 1, .block_hash = hash_of (1), .member = 1 };
  TcHash txid = hash_of (2);
  g_autoptr(TcBatch) batch = tc_batch_new (1, 1, 0, 0, &txid, 1, NULL, 0, chain_id (net), liar_key (net));
  TcClose item = { .epoch = 1, .member = 1 };
  guint64 votes, acks, power;
  gboolean certified, final;

  send_taken (net, 0, TC_MESSAGE_VOTE, vote_body (net, &vote, TRUE));
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 100);
  g_assert_cmpuint (info_of (net, 0).precommit_power, ==, 0);
  engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, batch->encoded);
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 200);
  g_assert_false (tc_engine_get_votes (net->nodes[0].engine, &txid, &votes, &acks, &power, &certified, &final));
  send_taken (net, 0, TC_MESSAGE_CLOSE, close_body (net, &item));
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 300);
  vote.member = LIAR;
  vote.epoch = 2;
  send_taken (net, 0, TC_MESSAGE_VOTE, vote_body (net, &vote, TRUE));
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 400);
  check_harmless (net, 20000);
}

static void
test_foreign (void)
{
  g_test_summary ("survive-15: votes and batches of members that do not exist are refused; those of other epochs and heights change nothing.");
  g_autoptr(EngineNet) net = open_net (NULL);
  TcHash txid = hash_of (2);
  g_autoptr(TcBatch) nobody = tc_batch_new (1, 100, 0, 0, &txid, 1, NULL, 0, chain_id (net), liar_key (net));
  g_autoptr(TcBatch) old = tc_batch_new (0, LIAR, 0, 0, &txid, 1, NULL, 0, chain_id (net), liar_key (net));
  g_autoptr(TcBatch) far = tc_batch_new (G_MAXUINT32, LIAR, 0, 0, &txid, 1, NULL, 0, chain_id (net), liar_key (net));
  static const guint32 heights[] = { 0, 3, 1000, G_MAXUINT32 };
  guint64 votes, acks, power;
  gboolean certified, final;

  engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, nobody->encoded);
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 100);
  engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, old->encoded);
  engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, far->encoded);
  for (guint i = 0; i < G_N_ELEMENTS (heights); i++)
    {
      TcVote vote = { .step = TC_STEP_PREVOTE, .epoch = 1, .height = heights[i], .block_hash = hash_of (1), .member = LIAR };

      send_taken (net, 0, TC_MESSAGE_VOTE, vote_body (net, &vote, TRUE));
    }
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 100);
  g_assert_false (tc_engine_get_votes (net->nodes[0].engine, &txid, &votes, &acks, &power, &certified, &final));
  check_harmless (net, 20000);
}

static void
test_replayed (void)
{
  g_test_summary ("survive-15: the same vote and the same batch again count once, and are nobody's fault.");
  g_autoptr(EngineNet) net = open_net (NULL);
  TcVote vote = { .step = TC_STEP_PREVOTE, .epoch = 1, .height = 1, .block_hash = hash_of (1), .member = LIAR };
  TcHash txid = hash_of (2);
  g_autoptr(TcBatch) batch = tc_batch_new (1, LIAR, 0, 0, &txid, 1, NULL, 0, chain_id (net), liar_key (net));
  guint64 votes, acks, power;
  gboolean certified, final;

  for (guint i = 0; i < 3; i++)
    {
      send_taken (net, 0, TC_MESSAGE_VOTE, vote_body (net, &vote, TRUE));
      engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, batch->encoded);
    }
  g_assert_true (tc_engine_get_votes (net->nodes[0].engine, &txid, &votes, &acks, &power, &certified, &final));
  g_assert_cmpuint (votes, ==, power / 4);
  g_assert_cmpuint (info_of (net, 0).prevote_power, ==, power / 4);
  g_assert_cmpuint (info_of (net, 0).n_equivocations, ==, 0);
  g_assert_cmpuint (net->nodes[0].punished[LIAR], ==, 0);
  check_harmless (net, 20000);
}

static void
test_two_votes (void)
{
  g_test_summary ("survive-16: a member that votes two ways, in agreement and for payments, is seen to, and nothing comes of it.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcTx) a = tc_chain_fixture_pay (net->chain, 0, 5000);
  g_autoptr(TcTx) b = tc_chain_fixture_pay (net->chain, 0, 6000);
  g_autoptr(TcBatch) first = tc_batch_new (1, LIAR, 0, 0, &a->txid, 1, NULL, 0, chain_id (net), liar_key (net));
  g_autoptr(TcBatch) second = tc_batch_new (1, LIAR, 0, 0, &b->txid, 1, NULL, 0, chain_id (net), liar_key (net));

  for (guint step = TC_STEP_PREVOTE; step <= TC_STEP_PRECOMMIT; step++)
    for (guint way = 0; way < 20; way++)
      {
        TcVote vote = { .step = (guint8) step, .epoch = 1, .height = 1, .block_hash = hash_of (way), .member = LIAR };

        send_taken (net, way % 3, TC_MESSAGE_VOTE, vote_body (net, &vote, TRUE));
      }
  engine_net_send (net, LIAR, 0, TC_MESSAGE_BATCH, first->encoded);
  engine_net_send (net, LIAR, 1, TC_MESSAGE_BATCH, second->encoded);
  engine_net_submit (net, 0, a);
  engine_net_submit (net, 1, b);
  engine_net_run (net, 600);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (info_of (net, i).n_equivocations, >, 0);
      g_assert_false (g_hash_table_contains (net->nodes[i].finals, &a->txid) && g_hash_table_contains (net->nodes[i].finals, &b->txid));
    }
  check_harmless (net, 20000);
  g_assert_false (engine_net_in_chain (net, 0, &a->txid) && engine_net_in_chain (net, 0, &b->txid));
}

static void
test_two_blocks (void)
{
  g_test_summary ("survive-16: a proposer that shows different blocks to different members costs a round at most.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcBlock) a = NULL, b = NULL;

  run_to_turn_of (net, LIAR);
  a = make_block (net, 0, 0, NULL, 0);
  b = make_block (net, 0, 1, NULL, 0);
  send_taken (net, 0, TC_MESSAGE_PROPOSAL, proposal_body (net, a, 0));
  send_taken (net, 1, TC_MESSAGE_PROPOSAL, proposal_body (net, b, 0));
  send_taken (net, 2, TC_MESSAGE_PROPOSAL, proposal_body (net, b, 0));
  check_harmless (net, 20000);
}

static void
test_many_blocks (void)
{
  g_test_summary ("survive-16: four blocks for each of its rounds to come fill no list that an honest proposal needs.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcBlock) model = NULL;

  engine_net_run_to (net, 1, 20000);
  engine_net_run (net, 30);
  model = make_block (net, 0, 0, NULL, 0);
  for (guint32 round = 0; round < 200; round++)
    for (guint way = 0; way < 4 && engine_net_proposer (net, 0, round) == LIAR; way++)
      {
        TcHeader header = model->header;
        g_autoptr(TcBlock) block = NULL;

        header.round = round;
        header.time_ms += way;
        block = tc_fixture_block_with (model, &header);
        for (guint to = 0; to < 3; to++)
          send_taken (net, to, TC_MESSAGE_PROPOSAL, proposal_body (net, block, round));
      }
  check_harmless (net, 30000);
}

static gboolean
see_requests (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  g_autofree guint32 *positions = NULL;
  TcHash block;
  gsize n;

  if (type == TC_MESSAGE_GET_TXS)
    g_assert_true (tc_get_txs_decode (body, &block, &positions, &n));
  return TRUE;
}

static void
test_too_many_ids (void)
{
  g_test_summary ("A proposal with more short ids than a request may name makes nobody send a request that is an offence.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcBlock) block = NULL;
  g_autofree TcTx **txs = g_new (TcTx *, TC_POSITIONS_MAX + 1);
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 0, 5000);
  g_autoptr(TcBlock) large = NULL;

  run_to_turn_of (net, LIAR);
  net->filter = see_requests;
  block = make_block (net, 0, 0, NULL, 0);
  for (guint i = 0; i <= TC_POSITIONS_MAX; i++)
    txs[i] = tx;
  large = tc_block_new (&block->header, block->commit, NULL, 0, txs, TC_POSITIONS_MAX + 1);
  for (guint to = 0; to < 3; to++)
    send_taken (net, to, TC_MESSAGE_PROPOSAL, proposal_body (net, large, 0));
  check_harmless (net, 20000);
}

/* The place that is the first to start an epoch's last height, at which an engine proposes. */
static guint
find_first_at_last (EngineNet *net)
{
  for (guint ms = 0; ms < 100000; ms++)
    {
      for (guint i = 0; i < 3; i++)
        if (tc_ledger_next_is_last (ledger_of (net, i)))
          {
            if (engine_net_proposer (net, i, 0) != LIAR)
              return i;
            g_assert_true (engine_net_run_to (net, engine_net_height (net, i) + 1, 20000));
          }
      engine_net_run (net, 1);
    }
  g_assert_not_reached ();
}

static void
test_many_closes (void)
{
  g_test_summary ("survive-16: closes of one member, another for each peer, keep nobody from prevoting the block that holds one of them.");
  g_autoptr(EngineNet) net = open_net (NULL);
  guint first = find_first_at_last (net), proposer = engine_net_proposer (net, first, 0);
  guint32 height = engine_net_height (net, first);
  const TcBlock *block;

  for (guint i = 0; i < 3; i++)
    {
      guint to = (proposer + i) % 3;
      const guint32 epoch = engine_net_committee (net, to)->epoch;

      for (guint way = 0; way < 2; way++)
        {
          TcClose item = { .epoch = epoch, .member = LIAR };

          if (to != proposer)
            {
              item.count = 1 + way;
              item.root = hash_of (to * 2 + way);
            }
          send_taken (net, to, TC_MESSAGE_CLOSE, close_body (net, &item));
        }
    }
  check_harmless (net, 20000);
  block = g_ptr_array_index (net->nodes[0].blocks, height);
  g_assert_cmpuint (block->closes[block->n_closes - 1].member, ==, LIAR);
  g_assert_cmpuint (block->header.round, ==, 0);
}

static void
test_withheld_txs (void)
{
  g_test_summary ("survive-17: a proposer that withholds a transaction of its block, with a third silent: the next round decides.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 0, 5000);
  g_autoptr(TcBlock) block = NULL;
  guint32 height;

  run_to_turn_of (net, LIAR);
  height = engine_net_height (net, 0);
  block = make_block (net, 0, 0, &tx, 1);
  g_assert_cmpuint (block->n_txs, ==, 1);
  for (guint to = 0; to < 3; to++)
    send_taken (net, to, TC_MESSAGE_PROPOSAL, proposal_body (net, block, 0));
  check_harmless (net, 20000);
  g_assert_cmpuint (((TcBlock *) g_ptr_array_index (net->nodes[0].blocks, height))->header.round, >, 0);
}

static void
test_withheld_certificate (void)
{
  g_test_summary ("survive-17: a block with a transaction that no quorum voted for is not prevoted, though all have its body.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcTx) voted = tc_chain_fixture_pay (net->chain, 0, 5000);
  g_autoptr(TcTx) other = tc_chain_fixture_pay (net->chain, 0, 6000);
  g_autoptr(TcBlock) block = NULL;

  run_to_turn_of (net, LIAR);
  for (guint i = 0; i < 3; i++)
    engine_net_submit (net, i, voted);
  for (guint i = 0; i < 3; i++)
    engine_net_submit (net, i, other);
  block = make_block (net, 0, 0, &other, 1);
  for (guint to = 0; to < 3; to++)
    send_taken (net, to, TC_MESSAGE_PROPOSAL, proposal_body (net, block, 0));
  check_harmless (net, 20000);
  g_assert_true (engine_net_in_chain (net, 0, &voted->txid));
  g_assert_false (engine_net_in_chain (net, 0, &other->txid));
}

static void
test_bad_blocks (void)
{
  g_test_summary ("survive-18: a block from the future, from the past, or with a wrong root, parent or committee is never agreed on.");
  for (guint way = 0; way < 8; way++)
    {
      g_autoptr(EngineNet) net = open_net (NULL);
      g_autoptr(TcBlock) block = NULL, bad = NULL;
      guint32 height;
      TcHeader header;

      run_to_turn_of (net, LIAR);
      height = engine_net_height (net, 0);
      block = make_block (net, 0, 0, NULL, 0);
      header = block->header;
      switch (way)
        {
        case 0: header.time_ms += 3600000; break;
        case 1: header.time_ms = G_MAXINT64; break;
        case 2: header.time_ms = G_MAXUINT64; break;
        case 3: header.time_ms -= 1; break;
        case 4: header.state_root.bytes[0] ^= 1; break;
        case 5: header.previous.bytes[0] ^= 1; break;
        case 6: header.committee.bytes[0] ^= 1; break;
        default: header.vrf.bytes[5] ^= 1; break;
        }
      bad = tc_fixture_block_with (block, &header);
      for (guint to = 0; to < 3; to++)
        send_taken (net, to, TC_MESSAGE_PROPOSAL, proposal_body (net, bad, 0));
      check_harmless (net, 20000);
      g_assert_false (tc_hash_equal (&bad->hash, &((TcBlock *) g_ptr_array_index (net->nodes[0].blocks, height))->hash));
    }
}

/* The first prevote of each of the three engines for @hash, in virtual time. */
typedef struct
{
  TcHash hash;
  gint64 first_ms[3];
} Prevotes;

static gboolean
see_prevotes (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  Prevotes *prevotes = user_data;
  TcReader reader;
  TcVote vote;

  if (type != TC_MESSAGE_VOTE)
    return TRUE;
  tc_reader_init (&reader, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  tc_vote_read (&reader, &vote);
  if (vote.step == TC_STEP_PREVOTE && vote.member == from && tc_hash_equal (&vote.block_hash, &prevotes->hash) && prevotes->first_ms[from] == 0)
    prevotes->first_ms[from] = net->wall_ms;
  return TRUE;
}

static void
test_ahead (void)
{
  g_test_summary ("survive-25: a block whose time is six seconds ahead is held, prevoted once it is five, and agreed on (C4).");
  TcParams params = ENGINE_NET_PARAMS;
  g_autoptr(EngineNet) net = NULL;
  g_autoptr(TcBlock) block = NULL;
  Prevotes prevotes = { 0 };
  guint32 height;

  params.propose_ms = 20000;
  net = open_net (&params);
  run_to_turn_of (net, LIAR);
  height = engine_net_height (net, 0);
  block = make_block (net, 0, net->wall_ms + 6000 - (gint64) tc_ledger_least_time_ms (ledger_of (net, 0), 0), NULL, 0);
  prevotes.hash = block->hash;
  net->filter = see_prevotes;
  net->user_data = &prevotes;
  for (guint to = 0; to < 3; to++)
    send_taken (net, to, TC_MESSAGE_PROPOSAL, proposal_body (net, block, 0));
  g_assert_true (engine_net_run_to (net, height + 1, 15000));
  g_assert_true (tc_hash_equal (&block->hash, &((TcBlock *) g_ptr_array_index (net->nodes[0].blocks, height))->hash));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (prevotes.first_ms[i], >=, (gint64) block->header.time_ms - params.clock_ahead_ms);
      g_assert_cmpint (prevotes.first_ms[i], <, (gint64) block->header.time_ms);
    }
}

static void
test_old_time (void)
{
  g_test_summary ("survive-25: a block whose time is a day behind every clock is prevoted all the same (C4).");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcBlock) block = NULL;
  guint32 height;

  run_to_turn_of (net, LIAR);
  height = engine_net_height (net, 0);
  block = make_block (net, 0, 0, NULL, 0);
  for (guint i = 0; i < 3; i++)
    net->nodes[i].clock_ms = 86400000;
  for (guint to = 0; to < 3; to++)
    send_taken (net, to, TC_MESSAGE_PROPOSAL, proposal_body (net, block, 0));
  g_assert_true (engine_net_run_to (net, height + 1, 15000));
  g_assert_true (tc_hash_equal (&block->hash, &((TcBlock *) g_ptr_array_index (net->nodes[0].blocks, height))->hash));
}

static gboolean
tamper (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  GBytes **kept = user_data;
  g_autoptr(TcProposal) proposal = NULL;
  g_autofree guint64 *ids = NULL;
  TcProposal copy;

  if (type != TC_MESSAGE_PROPOSAL || *kept != NULL)
    return TRUE;
  proposal = tc_proposal_decode (g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL);
  if (proposal->n_short_ids == 0 || proposal->member != from)
    return TRUE;
  ids = g_memdup2 (proposal->short_ids, proposal->n_short_ids * sizeof *ids);
  ids[0] ^= 1;
  copy = *proposal;
  copy.short_ids = ids;
  *kept = tc_proposal_encode (&copy);
  return TRUE;
}

static void
test_echo (void)
{
  g_test_summary ("A peer that sends a proposer its own proposal back, with other short ids, does not stop it from signing.");
  g_autoptr(EngineNet) net = open_net (NULL);
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 0, 5000);
  GBytes *kept = NULL;

  net->filter = tamper;
  net->user_data = &kept;
  engine_net_submit (net, 0, tx);
  for (guint i = 0; i < 3000 && kept == NULL; i++)
    engine_net_run (net, 1);
  g_assert_nonnull (kept);
  for (guint to = 0; to < 3; to++)
    engine_net_send (net, LIAR, to, TC_MESSAGE_PROPOSAL, kept);
  g_bytes_unref (kept);
  kept = (GBytes *) "";  /* no more */
  check_harmless (net, 20000);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (info_of (net, i).signing, ==, TC_SIGNING_YES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/liars/survive-15-forged", test_forged);
  g_test_add_func ("/engine/liars/survive-15-foreign", test_foreign);
  g_test_add_func ("/engine/liars/survive-15-replayed", test_replayed);
  g_test_add_func ("/engine/liars/survive-16-two-votes", test_two_votes);
  g_test_add_func ("/engine/liars/survive-16-two-blocks", test_two_blocks);
  g_test_add_func ("/engine/liars/survive-16-many-blocks", test_many_blocks);
  g_test_add_func ("/engine/liars/survive-16-many-closes", test_many_closes);
  g_test_add_func ("/engine/liars/survive-17-withheld-transaction", test_withheld_txs);
  g_test_add_func ("/engine/liars/survive-17-withheld-certificate", test_withheld_certificate);
  g_test_add_func ("/engine/liars/survive-18-bad-blocks", test_bad_blocks);
  g_test_add_func ("/engine/liars/survive-25-ahead", test_ahead);
  g_test_add_func ("/engine/liars/survive-25-old-time", test_old_time);
  g_test_add_func ("/engine/liars/too-many-short-ids", test_too_many_ids);
  g_test_add_func ("/engine/liars/echoed-proposal", test_echo);
  return g_test_run ();
}
