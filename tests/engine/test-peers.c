#include <string.h>

#include "engine-net.h"

/* What any connection may try, and what an engine owes its user. */

typedef struct
{
  guint  n[256];          /* messages sent by place 0, by type */
  guint64 bytes[256];
  guint  to[ENGINE_NET_MAX];   /* GETs, by place */
  guint8 signed_by;       /* place whose own messages are counted */
  guint  n_signed;
} Seen;

static guint
member_of (guint8 type, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  if (type == TC_MESSAGE_VOTE)
    return data[45];
  return type == TC_MESSAGE_BATCH || type == TC_MESSAGE_CLOSE ? data[4] : G_MAXUINT;
}

static gboolean
see (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  Seen *seen = user_data;

  if (from == seen->signed_by && member_of (type, body) == from)
    seen->n_signed++;
  if (from != 0)
    return TRUE;
  seen->n[type]++;
  seen->bytes[type] += g_bytes_get_size (body);
  if (type == TC_MESSAGE_GET)
    seen->to[to]++;
  return TRUE;
}

static TcHash
hash_of (guint number)
{
  TcHash hash = TC_HASH_ZERO;

  memcpy (hash.bytes, &number, sizeof number);
  hash.bytes[30] = 0xdd;
  return hash;
}

static void
send_taken (EngineNet *net, guint from, guint to, guint8 type, GBytes *body)
{
  engine_net_send (net, from, to, type, body);
  g_bytes_unref (body);
}

static void
send_status (EngineNet *net, guint from, guint to, guint32 height)
{
  TcStatusMessage status = { .height = height, .epoch = 1, .n_members = 4 };

  send_taken (net, from, to, TC_MESSAGE_STATUS, tc_status_message_encode (&status));
}

static TcTx *
pay_on (EngineNet *net, const TcTx *parent, guint32 index, guint payer, guint64 amount)
{
  const TcOutpoint from = { parent->txid, index };
  const TcKeyHash to = tc_fixture_key_hash (net->chain->payers[0]);

  return tc_fixture_pay (net->chain, net->chain->payers[payer], &from, &parent->outputs[index], &to, amount, 1000);
}

static void
test_double_spend (void)
{
  g_test_summary ("survive-11: two spenders of one coin, sent to two halves: never both final; at the epoch's end the coin is free again.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  g_autoptr(TcTx) a = tc_chain_fixture_pay (net->chain, 0, 5000);
  g_autoptr(TcTx) b = tc_chain_fixture_pay (net->chain, 0, 6000);
  g_autoptr(TcTx) next = NULL;
  gboolean a_won;

  engine_net_start_all (net, 4);
  engine_net_submit (net, 0, a);
  engine_net_submit (net, 1, a);
  engine_net_submit (net, 2, b);
  engine_net_submit (net, 3, b);
  engine_net_run (net, 1500);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (g_hash_table_size (net->nodes[i].finals), ==, 0);
      g_assert_false (engine_net_in_chain (net, i, &a->txid) || engine_net_in_chain (net, i, &b->txid));
    }
  g_assert_true (engine_net_run_epoch (net, 2, 20000));
  engine_net_run (net, 100);
  a_won = engine_net_in_chain (net, 0, &a->txid);
  g_assert_cmpint (a_won, !=, engine_net_in_chain (net, 0, &b->txid));
  for (guint i = 0; i < 4; i++)
    g_assert_null (tc_engine_get_tx (net->nodes[i].engine, a_won ? &b->txid : &a->txid));
  next = pay_on (net, a_won ? a : b, 1, 0, 5000);
  g_assert_cmpint (engine_net_submit (net, 1, next), ==, TC_TX_OK);
  engine_net_run (net, 500);
  for (guint i = 0; i < 4; i++)
    g_assert_true (g_hash_table_contains (net->nodes[i].finals, &next->txid));
  engine_net_check_same (net);
}

static void
test_loser_forgotten (void)
{
  g_test_summary ("N4: a spender that lost its coin to a block takes no memory to the epoch's end, unless this node had voted for it.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  g_autoptr(TcTx) a = tc_chain_fixture_pay (net->chain, 0, 5000);
  g_autoptr(TcTx) b = tc_chain_fixture_pay (net->chain, 0, 6000);
  guint64 votes, acks, power;
  gboolean certified, final;

  engine_net_start_all (net, 4);
  engine_net_submit (net, 0, a);
  engine_net_run (net, 200);
  engine_net_submit (net, 0, b);
  engine_net_run (net, 200);
  for (guint i = 0; i < 4; i++)
    g_assert_true (tc_engine_get_votes (net->nodes[i].engine, &b->txid, &votes, &acks, &power, &certified, &final));
  g_assert_true (engine_net_run_to (net, engine_net_height (net, 0) + 1, 20000));
  engine_net_run (net, 100);
  g_assert_cmpuint (tc_ledger_get_tip (tc_engine_get_ledger (net->nodes[0].engine))->epoch, ==, 1);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_true (engine_net_in_chain (net, i, &a->txid));
      g_assert_false (tc_engine_get_votes (net->nodes[i].engine, &b->txid, &votes, &acks, &power, &certified, &final));
    }
}

static void
test_in_chain (void)
{
  g_test_summary ("survive-14: a transaction that is in the chain enters neither the pool nor a block again, in its epoch or later.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 0, 5000);
  guint n_found = 0;

  engine_net_start_all (net, 3);
  engine_net_submit (net, 0, tx);
  engine_net_run_to (net, 2, 20000);
  g_assert_true (engine_net_in_chain (net, 0, &tx->txid));
  for (guint epoch = 1; epoch <= 3; epoch++)
    {
      engine_net_run_epoch (net, epoch, 20000);
      for (guint i = 0; i < 3; i++)
        {
          TcEngineInfo info;

          send_taken (net, 3, i, TC_MESSAGE_TX, tc_tx_encode (tx));
          engine_net_submit (net, i, tx);
          tc_engine_get_info (net->nodes[i].engine, &info);
          g_assert_cmpuint (info.mempool_txs, ==, 0);
        }
      engine_net_run (net, 1500);
    }
  for (guint b = 0; b < net->nodes[0].blocks->len; b++)
    {
      const TcBlock *block = g_ptr_array_index (net->nodes[0].blocks, b);

      for (guint32 t = 0; t < block->n_txs; t++)
        n_found += tc_hash_equal (&block->txs[t]->txid, &tx->txid);
    }
  g_assert_cmpuint (n_found, ==, 1);
  g_assert_cmpuint (net->nodes[0].punished[3], ==, 0);
}

static void
test_claimed_height (void)
{
  g_test_summary ("survive-19: claims of height 2^32 - 1, and requests for it, stop nothing, and nobody believes them.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  TcEngineInfo info;

  engine_net_start_all (net, 3);
  for (guint i = 0; i < 10; i++)
    {
      for (guint to = 0; to < 3; to++)
        {
          send_status (net, 3, to, G_MAXUINT32);
          send_taken (net, 3, to, TC_MESSAGE_GET_BLOCKS, tc_get_blocks_encode (G_MAXUINT32, 16));
        }
      engine_net_run (net, 700);
    }
  g_assert_cmpuint (engine_net_height (net, 0), >=, 5);
  engine_net_check_same (net);
  tc_engine_get_info (net->nodes[0].engine, &info);
  g_assert_cmpuint (info.best_height, <, 100);
}

static void
test_sync_past_liar (void)
{
  g_test_summary ("survive-19, -27: a newcomer synchronises though one peer claims more than all others.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);

  engine_net_start_all (net, 3);
  net->nodes[3].no_key = TRUE;
  engine_net_run_to (net, 40, 200000);
  engine_net_start (net, 3);
  for (guint i = 0; i < 30 && engine_net_height (net, 3) < 40; i++)
    {
      send_status (net, 2, 3, engine_net_height (net, 0) + 30);  /* as if place 2 said so */
      engine_net_run (net, 500);
    }
  g_assert_cmpuint (engine_net_height (net, 3), >=, 40);
  engine_net_check_same (net);
}

static void
test_clock_behind (void)
{
  g_test_summary ("survive-25: a node whose clock is a year behind still catches up.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);

  engine_net_start_all (net, 3);
  engine_net_run_to (net, 90, 200000);
  net->nodes[3].no_key = TRUE;
  net->nodes[3].clock_ms = -G_GINT64_CONSTANT (31536000000);
  engine_net_start (net, 3);
  g_assert_true (engine_net_run_to (net, 92, 20000));
  engine_net_check_same (net);
}

static void
test_overtaken_request (void)
{
  g_test_summary ("A peer asked for a block that agreement brings first is not scored for it.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  Seen seen = { .signed_by = 9 };

  engine_net_start_all (net, 3);
  net->filter = see;
  net->user_data = &seen;
  engine_net_run_to (net, 1, 20000);
  send_status (net, 3, 0, 2);
  engine_net_run (net, 5000);
  g_assert_cmpuint (seen.n[TC_MESSAGE_GET_BLOCKS], >, 0);
  g_assert_cmpuint (net->nodes[0].punished[3], ==, 0);
}

/* A key's vote that its own node does not know. */
static void
send_own_vote (EngineNet *net, guint from, guint to)
{
  TcVote vote = { .step = TC_STEP_PREVOTE, .epoch = engine_net_committee (net, to)->epoch, .height = engine_net_height (net, to) + 1, .round = 5,
                  .block_hash = hash_of (1), .member = (guint8) to };
  GByteArray *bytes = g_byte_array_new ();

  tc_vote_sign (&vote, &net->chain->genesis->chain_id, net->chain->operators[to]);
  tc_vote_put (bytes, &vote);
  send_taken (net, from, to, TC_MESSAGE_VOTE, g_byte_array_free_to_bytes (bytes));
}

static void
test_started_twice (void)
{
  g_test_summary ("survive-20: a member that meets its own key's message, unknown to it, stops signing and says so; the others go on.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  Seen seen = { .signed_by = 1 };
  TcEngineInfo info;

  engine_net_start_all (net, 4);
  engine_net_run_to (net, 2, 20000);
  send_own_vote (net, 0, 1);
  net->filter = see;
  net->user_data = &seen;
  g_assert_cmpuint (net->nodes[1].n_warnings, ==, 1);
  tc_engine_get_info (net->nodes[1].engine, &info);
  g_assert_cmpint (info.signing, ==, TC_SIGNING_MET_ITSELF);
  g_assert_true (engine_net_run_epoch (net, 3, 30000));
  g_assert_cmpuint (seen.n_signed, ==, 0);
  engine_net_check_same (net);
}

static void
test_late_start (void)
{
  g_test_summary ("survive-20: a network whose genesis is long past starts all the same: its first epoch is over at once, and who signed in it signs on, after a restart too.");

  for (guint restart = 0; restart < 2; restart++)
    {
      g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 0, 5000);

      net->wall_ms += 86400000;
      for (guint i = 0; i < 4; i++)
        net->nodes[i].created_ms = net->wall_ms;
      engine_net_start_all (net, 4);
      g_assert_true (engine_net_run_epoch (net, 2, 20000));
      engine_net_submit (net, 0, tx);
      engine_net_run (net, 500);
      for (guint i = 0; restart && i < 4; i++)
        engine_net_kill (net, i);
      for (guint i = 0; restart && i < 4; i++)
        engine_net_start (net, i);
      g_assert_true (engine_net_run_epoch (net, 4, 30000));
      g_assert_true (engine_net_in_chain (net, 0, &tx->txid));
      engine_net_check_same (net);
    }
}

static void
test_late_newcomer (void)
{
  g_test_summary ("survive-20: who comes to such a network with a new store, and sees its first epochs as history, still waits for an epoch that began later.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  Seen seen = { .signed_by = 3 };
  guint32 epoch;

  net->wall_ms += 86400000;
  for (guint i = 0; i < 3; i++)
    net->nodes[i].created_ms = net->wall_ms;
  engine_net_start_all (net, 3);
  g_assert_true (engine_net_run_epoch (net, 3, 20000));
  net->nodes[3].created_ms = net->wall_ms;
  net->filter = see;
  net->user_data = &seen;
  epoch = engine_net_committee (net, 0)->epoch;
  engine_net_start (net, 3);
  while (engine_net_committee (net, 3)->epoch <= epoch)
    engine_net_run (net, 5);
  g_assert_cmpuint (engine_net_committee (net, 0)->epoch, ==, epoch + 1);
  g_assert_cmpuint (seen.n_signed, ==, 0);
  g_assert_true (engine_net_run_epoch (net, epoch + 4, 30000));
  g_assert_cmpuint (seen.n_signed, >, 0);
}

static void
test_young_store (void)
{
  g_test_summary ("survive-20: a member whose signed store is younger than the epoch signs nothing before the next one, and then signs.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  Seen seen = { .signed_by = 1 };
  guint32 epoch;

  engine_net_start_all (net, 4);
  engine_net_run_epoch (net, 2, 20000);
  engine_net_run (net, 300);
  engine_net_kill (net, 1);
  g_array_set_size (net->nodes[1].records, 0);
  net->nodes[1].created_ms = net->wall_ms;
  net->filter = see;
  net->user_data = &seen;
  engine_net_start (net, 1);
  epoch = engine_net_committee (net, 1)->epoch;
  while (engine_net_committee (net, 1)->epoch == epoch)
    {
      g_assert_cmpuint (seen.n_signed, ==, 0);
      engine_net_run (net, 1);
    }
  engine_net_run (net, 3000 + ENGINE_NET_PARAMS.clock_ahead_ms);
  g_assert_cmpuint (seen.n_signed, >, 0);
  g_assert_cmpuint (net->nodes[1].n_warnings, ==, 0);
  engine_net_check_same (net);
}

static TcSigning
signing_of (EngineNet *net, guint i)
{
  TcEngineInfo info;

  tc_engine_get_info (net->nodes[i].engine, &info);
  return info.signing;
}

static guint32
epoch_of (EngineNet *net, guint i)
{
  return engine_net_committee (net, i)->epoch;
}

static void
test_stop_survives_restart (void)
{
  g_test_summary ("survive-20: a restart in the epoch in which a member met itself does not make it sign again; one in a later epoch does.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  Seen seen = { .signed_by = 1 };
  guint32 epoch;

  engine_net_start_all (net, 4);
  engine_net_run_epoch (net, 2, 20000);
  epoch = epoch_of (net, 1);
  send_own_vote (net, 0, 1);
  g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_MET_ITSELF);
  engine_net_kill (net, 1);
  net->filter = see;
  net->user_data = &seen;
  engine_net_start (net, 1);
  g_assert_cmpuint (epoch_of (net, 1), ==, epoch);
  while (epoch_of (net, 1) == epoch)
    {
      g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_MET_ITSELF);
      g_assert_cmpuint (seen.n_signed, ==, 0);
      engine_net_run (net, 1);
    }
  g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_YES);
  engine_net_run (net, 3000);
  g_assert_cmpuint (seen.n_signed, >, 0);
  engine_net_check_same (net);
}

static void
test_chain_ahead (void)
{
  g_test_summary ("survive-20: records older than the chain, which holds a signature of ours that they lack, keep a member silent for that epoch.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  Seen seen = { .signed_by = 1 };
  guint32 epoch, height;

  engine_net_start_all (net, 4);
  engine_net_run_epoch (net, 2, 20000);
  height = engine_net_height (net, 0);
  g_assert_true (engine_net_run_to (net, height + 2, 20000));
  epoch = epoch_of (net, 1);
  engine_net_kill (net, 1);
  g_array_set_size (net->nodes[1].records, 0);
  net->filter = see;
  net->user_data = &seen;
  engine_net_start (net, 1);
  g_assert_cmpuint (epoch_of (net, 1), ==, epoch);
  while (epoch_of (net, 1) == epoch)
    {
      g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_CHAIN_AHEAD);
      g_assert_cmpuint (seen.n_signed, ==, 0);
      engine_net_run (net, 1);
    }
  g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_YES);
  engine_net_check_same (net);
}

static void
test_copy_hears_original (void)
{
  g_test_summary ("survive-20: a member that an old store keeps silent takes what its key signed before the start for its own, and later words for a second copy's.");
  TcParams params = ENGINE_NET_PARAMS;

  params.epoch_length_ms = 20000;
  g_autoptr(EngineNet) net = engine_net_new (4, 4, &params);

  engine_net_start_all (net, 4);
  engine_net_run_epoch (net, 2, 60000);
  engine_net_kill (net, 1);
  net->nodes[1].created_ms = net->wall_ms;
  net->nodes[1].replaced = TRUE;
  engine_net_start (net, 1);
  send_own_vote (net, 0, 1);
  g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_OLD_STORE);
  g_assert_true (engine_net_run_to (net, engine_net_height (net, 1) + 3, 20000));
  send_own_vote (net, 0, 1);
  g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_MET_ITSELF);
  g_assert_cmpuint (net->nodes[1].n_warnings, ==, 1);
}

static void
test_override (void)
{
  g_test_summary ("C5: the operator's word holds in the epoch that it names, and does not make a member sign against its records.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  guint32 epoch;

  engine_net_start_all (net, 4);
  engine_net_run_epoch (net, 2, 20000);
  epoch = epoch_of (net, 1);
  for (guint i = 0; i < 2; i++)
    {
      engine_net_kill (net, 1);
      net->nodes[1].created_ms = net->wall_ms;
      net->nodes[1].sign_anyway_epoch = epoch + 1 - i;
      engine_net_start (net, 1);
      g_assert_cmpint (signing_of (net, 1), ==, i == 0 ? TC_SIGNING_OLD_STORE : TC_SIGNING_YES);
    }
  g_assert_true (engine_net_run_epoch (net, 4, 30000));  /* what it signs twice, the net finds */
  g_assert_cmpuint (net->nodes[1].n_warnings, ==, 0);
}

static void
test_requests_are_bounded (void)
{
  g_test_summary ("N4: a request that names one large transaction two thousand times does not draw it as often.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  TcOutput coin, outputs[3000];
  const TcTxInput input = { tc_chain_fixture_coin (net->chain, 0, &coin), 0 };
  g_autoptr(TcTx) bare = NULL, tx = NULL;
  g_autofree TcHash *hashes = g_new (TcHash, TC_ITEMS_MAX);
  Seen seen = { .signed_by = 9 };

  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    outputs[i] = (TcOutput) { { 1000 }, TC_LOCK_KEY_HASH, tc_fixture_key_hash (net->chain->payers[1]) };
  bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, G_N_ELEMENTS (outputs), NULL, 0, NULL, 0);
  tx = tc_fixture_sign (net->chain, bare, &coin, net->chain->payers, 1);
  engine_net_start (net, 0);
  g_assert_cmpint (engine_net_submit (net, 0, tx), ==, TC_TX_OK);
  for (guint i = 0; i < TC_ITEMS_MAX; i++)
    hashes[i] = tx->txid;
  net->filter = see;
  net->user_data = &seen;
  send_taken (net, 3, 0, TC_MESSAGE_GET, tc_items_encode (TC_ITEM_TX, hashes, TC_ITEMS_MAX));
  g_assert_cmpuint (seen.n[TC_MESSAGE_TX], >, 0);
  g_assert_cmpuint (seen.bytes[TC_MESSAGE_TX], <=, 16000000);
}

static void
test_announcement_flood (void)
{
  g_test_summary ("Announcements of nothing by one peer do not keep a node from asking for what another has.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  g_autofree TcHash *hashes = g_new (TcHash, TC_ITEMS_MAX);
  TcHash good = hash_of (999999);
  Seen seen = { .signed_by = 9 };

  engine_net_start (net, 0);
  net->filter = see;
  net->user_data = &seen;
  for (guint n = 0; n < 12; n++)
    {
      for (guint i = 0; i < TC_ITEMS_MAX; i++)
        hashes[i] = hash_of (n * TC_ITEMS_MAX + i);
      send_taken (net, 3, 0, TC_MESSAGE_INV, tc_items_encode (TC_ITEM_TX, hashes, TC_ITEMS_MAX));
    }
  g_assert_cmpuint (seen.to[3], <=, 12);  /* what one message named is asked for in one */
  send_taken (net, 2, 0, TC_MESSAGE_INV, tc_items_encode (TC_ITEM_TX, &good, 1));
  g_assert_cmpuint (seen.to[2], ==, 1);
  engine_net_run (net, 30000);
  g_assert_cmpuint (seen.to[3], <=, 200);  /* and not for ever */
  g_assert_cmpuint (seen.to[1], ==, 0);
}

static void
test_chain_on_nothing (void)
{
  g_test_summary ("survive-12: a long chain of payments on a coin that is not there makes a node ask for each once, not for all of it at each.");
  enum { N = 400 };  /* more than wait for their parents */
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  Seen seen = { .signed_by = 9 };

  g_ptr_array_add (chain, tc_chain_fixture_pay (net->chain, 0, 5000));
  for (guint i = 1; i < N; i++)
    g_ptr_array_add (chain, pay_on (net, g_ptr_array_index (chain, i - 1), 1, 0, 5000));
  engine_net_start (net, 0);
  net->filter = see;
  net->user_data = &seen;
  for (guint way = 0; way < 2; way++)
    for (guint i = N - 1; i > 0; i--)
      send_taken (net, 3, 0, TC_MESSAGE_TX, tc_tx_encode (g_ptr_array_index (chain, i)));
  g_assert_cmpuint (seen.n[TC_MESSAGE_GET], <=, N);
  g_assert_cmpuint (seen.n[TC_MESSAGE_GET], >, 0);
}

static void
test_bad_copy (void)
{
  g_test_summary ("T1: a copy with a bad witness does not end the search for a good one, and its sender is scored.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 0, 5000);
  g_autoptr(TcTx) bad = NULL;
  TcWitness witness = tx->witnesses[0];
  Seen seen = { .signed_by = 9 };

  witness.signature.bytes[3] ^= 1;
  bad = tc_tx_new_signed (tx, &witness, 1);
  engine_net_start (net, 0);
  send_taken (net, 2, 0, TC_MESSAGE_INV, tc_items_encode (TC_ITEM_TX, &tx->txid, 1));
  net->filter = see;
  net->user_data = &seen;
  send_taken (net, 3, 0, TC_MESSAGE_TX, tc_tx_encode (bad));
  g_assert_cmpuint (net->nodes[0].punished[3], ==, 100);
  engine_net_run (net, 1000);
  g_assert_cmpuint (seen.to[2], >, 0);
  send_taken (net, 2, 0, TC_MESSAGE_TX, tc_tx_encode (tx));
  g_assert_nonnull (tc_engine_get_tx (net->nodes[0].engine, &tx->txid));
  g_assert_cmpuint (net->nodes[0].punished[2], ==, 0);
}

static void
test_busy (void)
{
  g_test_summary ("C2, B1: with enough certified a block comes before its interval, and at the least time allowed or after it.");
  g_autoptr(EngineNet) net = engine_net_new (4, 40, NULL);
  guint n_early = 0;

  engine_net_start_all (net, 4);
  engine_net_run_to (net, 1, 20000);
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, i, 5000);

      engine_net_submit (net, i % 4, tx);
    }
  engine_net_run (net, 900);
  for (guint b = 1; b < net->nodes[0].blocks->len; b++)
    {
      const TcBlock *parent = g_ptr_array_index (net->nodes[0].blocks, b - 1), *block = g_ptr_array_index (net->nodes[0].blocks, b);
      guint64 since_ms = block->header.time_ms - parent->header.time_ms;

      if (block->n_closes > 0 || since_ms >= ENGINE_NET_PARAMS.block_interval_ms)
        continue;
      g_assert_cmpuint (block->txs_size_bytes, >=, ENGINE_NET_PARAMS.block_busy_bytes);
      g_assert_cmpuint (since_ms, >=, ENGINE_NET_PARAMS.block_interval_busy_ms);
      n_early++;
    }
  g_assert_cmpuint (n_early, >, 0);
}

static void
test_back_pressure (void)
{
  g_test_summary ("F8: as what is voted for fills its limit the fee floor rises and cheap payments wait; all are confirmed in the end.");
  TcParams params = ENGINE_NET_PARAMS;
  g_autoptr(EngineNet) net = NULL;
  TcEngineInfo info;
  guint n_final;

  params.vote_ahead_bytes = 2000;
  net = engine_net_new (4, 16, &params);
  engine_net_start_all (net, 4);
  for (guint i = 0; i < 16; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, i, 5000);

      g_assert_cmpint (engine_net_submit (net, 0, tx), ==, TC_TX_OK);
    }
  engine_net_run (net, 400);
  n_final = g_hash_table_size (net->nodes[0].finals);
  g_assert_cmpuint (n_final, >, 0);
  g_assert_cmpuint (n_final, <, 16);
  tc_engine_get_info (net->nodes[0].engine, &info);
  g_assert_cmpuint (info.fee_rate, >=, 8);
  engine_net_run (net, 12000);
  g_assert_cmpuint (g_hash_table_size (net->nodes[0].confirmed), ==, 16);
  tc_engine_get_info (net->nodes[0].engine, &info);
  g_assert_cmpuint (info.fee_rate, ==, 1);
}

static void
test_child (void)
{
  g_test_summary ("A child of a pending payment is final before either is in a block.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  g_autoptr(TcTx) parent = tc_chain_fixture_pay (net->chain, 0, 5000);
  g_autoptr(TcTx) child = pay_on (net, parent, 1, 0, 5000);

  engine_net_start_all (net, 4);
  engine_net_submit (net, 0, parent);
  engine_net_submit (net, 0, child);
  engine_net_run (net, 500);
  for (guint i = 0; i < 4; i++)
    g_assert_true (g_hash_table_contains (net->nodes[i].finals, &child->txid));
}

/* Batches between places 0 and 1: those that 0 sent, and those that went from 2 or 3 to 1; announcements of batches between all. */
typedef struct
{
  guint direct, repaired, announced;
} Relays;

static gboolean
see_relays (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  Relays *relays = user_data;

  if (type == TC_MESSAGE_INV && *(const guint8 *) g_bytes_get_data (body, NULL) == TC_ITEM_BATCH)
    relays->announced++;
  if (type != TC_MESSAGE_BATCH || to != 1 || member_of (type, body) != 0)
    return TRUE;
  relays->direct += from == 0;
  relays->repaired += from > 1;
  return TRUE;
}

static gboolean
lose_direct (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  return see_relays (net, from, to, type, body, user_data) && !(from == 0 && to == 1 && type == TC_MESSAGE_BATCH);
}

static void
test_no_echo (void)
{
  g_test_summary ("Rule F7: in a full mesh each batch goes once from its author to each other member, which announces it to one more at most, for comparison (C7).");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  Relays relays = { 0 };

  net->filter = see_relays;
  net->user_data = &relays;
  engine_net_start_all (net, 4);
  engine_net_run (net, 1500);  /* a status of each has come to all */
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, i, 5000);

      engine_net_submit (net, 0, tx);
      engine_net_run (net, 200);
      g_assert_true (g_hash_table_contains (net->nodes[1].finals, &tx->txid));
    }
  g_assert_cmpuint (relays.direct, >=, 4);
  g_assert_cmpuint (relays.direct, <=, 8);  /* votes, acknowledgements */
  g_assert_cmpuint (relays.repaired, ==, 0);
  g_assert_cmpuint (relays.announced, >, 0);
  g_assert_cmpuint (relays.announced, <=, 4 * 3 * relays.direct);
}

static void
test_lost_batch (void)
{
  g_test_summary ("Rule F7: what a member did not get from its author, though it is linked to it, others send once its status shows the gap.");
  TcParams params = ENGINE_NET_PARAMS;
  params.block_interval_ms = params.epoch_length_ms = 60000;
  g_autoptr(EngineNet) net = engine_net_new (4, 4, &params);
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 0, 5000);
  Relays relays = { 0 };

  net->filter = lose_direct;
  net->user_data = &relays;
  engine_net_start_all (net, 4);
  engine_net_run (net, 300);
  engine_net_kill (net, 3);  /* place 0's votes are needed for a quorum now */
  engine_net_submit (net, 0, tx);
  engine_net_run (net, 5000);
  g_assert_true (g_hash_table_contains (net->nodes[1].finals, &tx->txid));
  g_assert_cmpuint (relays.repaired, >, 0);
}

static void
test_old_chain (void)
{
  g_test_summary ("survive-20: a member whose chain store is of an epoch that its signed store has pruned signs nothing there, and signs once it has caught up.");
  g_autoptr(EngineNet) net = engine_net_new (4, 4, NULL);
  Seen seen = { .signed_by = 1 };
  const guint32 data = GUINT32_TO_LE (2);
  const TcRecord mark = { 2, TC_RECORD_PRUNED, g_bytes_new (&data, sizeof data) };

  engine_net_start_all (net, 4);
  g_assert_true (engine_net_run_to (net, 1, 20000));
  g_assert_cmpuint (epoch_of (net, 1), ==, 1);
  engine_net_kill (net, 1);
  g_array_set_size (net->nodes[1].records, 0);
  g_array_append_val (net->nodes[1].records, mark);
  net->filter = see;
  net->user_data = &seen;
  engine_net_start (net, 1);
  g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_CHAIN_OLD);
  while (epoch_of (net, 1) == 1)
    {
      g_assert_cmpuint (seen.n_signed, ==, 0);
      engine_net_run (net, 1);
    }
  g_assert_cmpint (signing_of (net, 1), ==, TC_SIGNING_YES);
  g_assert_true (engine_net_run_epoch (net, 3, 30000));
  g_assert_cmpuint (seen.n_signed, >, 0);
  engine_net_check_same (net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/peers/survive-11-double-spend", test_double_spend);
  g_test_add_func ("/engine/peers/loser-forgotten", test_loser_forgotten);
  g_test_add_func ("/engine/peers/survive-14-in-chain", test_in_chain);
  g_test_add_func ("/engine/peers/survive-19-claimed-height", test_claimed_height);
  g_test_add_func ("/engine/peers/survive-19-sync-past-liar", test_sync_past_liar);
  g_test_add_func ("/engine/peers/survive-25-clock-behind", test_clock_behind);
  g_test_add_func ("/engine/peers/overtaken-request", test_overtaken_request);
  g_test_add_func ("/engine/peers/survive-20-started-twice", test_started_twice);
  g_test_add_func ("/engine/peers/survive-20-young-store", test_young_store);
  g_test_add_func ("/engine/peers/survive-20-late-start", test_late_start);
  g_test_add_func ("/engine/peers/survive-20-late-newcomer", test_late_newcomer);
  g_test_add_func ("/engine/peers/survive-20-old-chain", test_old_chain);
  g_test_add_func ("/engine/peers/survive-20-stop-survives-restart", test_stop_survives_restart);
  g_test_add_func ("/engine/peers/survive-20-chain-ahead", test_chain_ahead);
  g_test_add_func ("/engine/peers/survive-20-copy-hears-original", test_copy_hears_original);
  g_test_add_func ("/engine/peers/survive-20-override", test_override);
  g_test_add_func ("/engine/peers/requests-are-bounded", test_requests_are_bounded);
  g_test_add_func ("/engine/peers/announcement-flood", test_announcement_flood);
  g_test_add_func ("/engine/peers/survive-12-chain-on-nothing", test_chain_on_nothing);
  g_test_add_func ("/engine/peers/bad-copy", test_bad_copy);
  g_test_add_func ("/engine/peers/busy", test_busy);
  g_test_add_func ("/engine/peers/back-pressure", test_back_pressure);
  g_test_add_func ("/engine/peers/no-echo", test_no_echo);
  g_test_add_func ("/engine/peers/lost-batch", test_lost_batch);
  g_test_add_func ("/engine/peers/child-with-parent", test_child);
  return g_test_run ();
}
