#include <string.h>

#include "engine-net.h"

/* Place 0 is an engine that knows only the genesis; all other places are peers of the test, each with the same chain and manners of its own. */

#define N_PLACES  8u
#define N_PAYERS  6u
#define N_BLOCKS  120u
#define BLOCK_MS  20    /* that a block takes from an ordinary peer */

typedef enum
{
  HONEST = 0,
  SILENT,          /* sends nothing from `from` on */
  OTHER_BLOCK,     /* another block than the chain's at `from`, with a commit made up for it */
  OTHER_COMMIT,    /* the commit of the block before it */
  BAD_COMMIT,      /* one signature of the commit is bad */
  BAD_WITNESS,     /* a transaction of it has a bad witness */
  OTHER_BODY,      /* the body of the block before it */
  OTHER_EPOCH,     /* a block of an epoch to come, with a commit made up for it */
} Manner;

typedef struct
{
  guint   place;
  gint64  due_ms;
  GBytes *body;
} Answer;

typedef struct
{
  EngineNet *net;
  GPtrArray *commits;                /* of net->chain->blocks */
  TcFlushCoin coins[N_PAYERS];       /* each payer's newest */
  Manner     manners[N_PLACES];
  guint32    from[N_PLACES];         /* the height that the manner is shown at */
  gint64     block_ms[N_PLACES];
  guint32    claims[N_PLACES];       /* 0: the truth */
  gint64     busy_until_ms[N_PLACES];
  guint      n_sent[N_PLACES];
  guint      n_asked[5 * N_BLOCKS];  /* by height */
  GQueue     answers;
  gint64     status_ms;
} Setting;

static void
answer_free (gpointer data)
{
  g_bytes_unref (((Answer *) data)->body);
  g_free (data);
}

static guint32
get_height (const Setting *self)
{
  return self->net->chain->blocks->len;
}

static TcBlock *
get_block (const Setting *self, guint32 height)
{
  return g_ptr_array_index (self->net->chain->blocks, height - 1);
}

static TcCommit *
get_commit (const Setting *self, guint32 height)
{
  return g_ptr_array_index (self->commits, height - 1);
}

/* --- the chain --- */

static void
note_tip (Setting *self)
{
  g_ptr_array_add (self->commits, tc_commit_ref (self->net->chain->commit));
}

/* Spends the newest coin of payer @i; what is left is the newest then. */
static TcTx *
pay (Setting *self, guint i)
{
  TcChainFixture *chain = self->net->chain;
  TcFlushCoin *coin = &self->coins[i];
  const TcKeyHash to = tc_fixture_key_hash (chain->payers[(i + 1) % N_PAYERS]);
  TcTx *tx = tc_fixture_pay (chain, chain->payers[i], &coin->outpoint, &coin->coin.output, &to, 5000, 1000);

  coin->outpoint = (TcOutpoint) { tx->txid, 1 };
  coin->coin.output = tx->outputs[1];
  return tx;
}

/* Each block spends, among others, what the one before it made. */
static void
extend (Setting *self, guint32 n_blocks)
{
  for (guint32 b = 0; b < n_blocks; b++)
    {
      TcTx *txs[3];

      for (guint i = 0; i < 3; i++)
        txs[i] = pay (self, i == 0 ? 0 : (b + i) % (N_PAYERS - 1) + 1);
      tc_chain_fixture_extend (self->net->chain, txs, 3);
      note_tip (self);
      for (guint i = 0; i < 3; i++)
        tc_tx_unref (txs[i]);
    }
  self->net->wall_ms = MAX (self->net->wall_ms, (gint64) tc_ledger_get_tip (self->net->chain->ledger)->time_ms);
}

/* --- the peers --- */

static TcBlock *
with_bad_witness (const TcBlock *block)
{
  g_autofree TcTx **txs = g_memdup2 (block->txs, block->n_txs * sizeof *txs);
  TcTx **last = &txs[block->n_txs - 1];
  TcWitness witness = (*last)->witnesses[0];
  TcBlock *bad;

  witness.signature.bytes[5] ^= 1;
  *last = tc_tx_new_signed (*last, &witness, 1);
  bad = tc_block_new (&block->header, block->commit, block->closes, block->n_closes, txs, block->n_txs);
  tc_tx_unref (*last);
  return bad;
}

/* @commit with another block's hash, or one signature changed where that is its own. */
static TcCommit *
forge (const TcCommit *commit, const TcHash *hash)
{
  g_autofree TcSignature *signatures = g_memdup2 (commit->signatures, commit->n_signatures * sizeof *signatures);

  signatures[3].bytes[9] ^= (guint8) (tc_hash_equal (&commit->block_hash, hash) != FALSE);
  return tc_commit_new (commit->height, commit->round, hash, commit->signers, N_PLACES, signatures);
}

static GBytes *
make_body (const Setting *self, Manner manner, guint32 height)
{
  g_autoptr(TcBlock) block = tc_block_ref (get_block (self, height));
  g_autoptr(TcCommit) commit = tc_commit_ref (get_commit (self, height));
  g_autoptr(GByteArray) commit_bytes = g_byte_array_new ();
  TcBlock *other = NULL;

  if (manner == OTHER_BLOCK)
    {
      TcHeader header = block->header;

      header.state_root.bytes[0] ^= 1;
      other = tc_fixture_block_with (block, &header);
    }
  else if (manner == OTHER_EPOCH)
    {
      TcHeader header = block->header;

      header.epoch += 1000;
      other = tc_block_new (&header, block->commit, NULL, 0, block->txs, block->n_txs);
    }
  else if (manner == OTHER_BODY)
    {
      const TcBlock *parent = get_block (self, height - 1);

      other = tc_block_new (&block->header, block->commit, block->closes, block->n_closes, parent->txs, parent->n_txs);
    }
  else if (manner == BAD_WITNESS)
    other = with_bad_witness (block);
  if (other != NULL)
    {
      tc_block_unref (block);
      block = other;
    }
  if (manner == OTHER_BLOCK || manner == OTHER_EPOCH || manner == BAD_COMMIT)
    {
      TcCommit *forged = forge (commit, &block->hash);

      tc_commit_unref (commit);
      commit = forged;
    }
  tc_commit_put (commit_bytes, manner == OTHER_COMMIT ? get_commit (self, height - 1) : commit);
  g_autoptr(GBytes) first = tc_block_encode (block), second = g_bytes_new (commit_bytes->data, commit_bytes->len);
  return tc_message_block (first, second);
}

static void
answer (Setting *self, guint place, guint32 height)
{
  Answer *item;

  if (height > get_height (self) || (self->manners[place] == SILENT && height >= self->from[place]))
    return;
  item = g_new0 (Answer, 1);
  self->busy_until_ms[place] = MAX (self->busy_until_ms[place], self->net->mono_ms) + self->block_ms[place];
  item->place = place;
  item->due_ms = self->busy_until_ms[place];
  item->body = make_body (self, height == self->from[place] ? self->manners[place] : HONEST, height);
  g_queue_push_tail (&self->answers, item);
}

static gboolean
on_sent (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  Setting *self = user_data;
  guint32 height;
  guint8 count;

  if (from != 0 || type != TC_MESSAGE_GET_BLOCKS)
    return TRUE;
  g_assert_true (tc_get_blocks_decode (body, &height, &count));
  g_assert_cmpuint (count, >=, 1);
  g_assert_cmpuint (count, <=, TC_GET_BLOCKS_MAX);
  for (guint i = 0; i < count; i++)
    {
      if (height + i < G_N_ELEMENTS (self->n_asked))
        self->n_asked[height + i]++;
      answer (self, to, height + i);
    }
  return TRUE;
}

static void
send_status (Setting *self, guint place)
{
  const guint32 claimed = self->claims[place] != 0 ? self->claims[place] : get_height (self);
  TcStatusMessage status = { .height = claimed, .epoch = 1, .n_members = N_PLACES, .oldest = 1,
                             .tip = get_block (self, MIN (claimed, get_height (self)))->hash, .time_ms = (guint64) self->net->wall_ms };
  g_autoptr(GBytes) body = tc_status_message_encode (&status);

  engine_net_send (self->net, place, 0, TC_MESSAGE_STATUS, body);
}

static void
send_due (Setting *self)
{
  for (GList *l = self->answers.head, *next; l != NULL; l = next)
    {
      Answer *item = l->data;

      next = l->next;
      if (item->due_ms > self->net->mono_ms)
        continue;
      g_queue_delete_link (&self->answers, l);
      self->n_sent[item->place]++;
      if (self->net->nodes[0].peers[item->place] != 0)
        engine_net_send (self->net, item->place, 0, TC_MESSAGE_BLOCK, item->body);
      answer_free (item);
    }
}

/* Returns: how long it took, or -1 where place 0 did not get to @height within @ms. */
static gint64
run_to (Setting *self, guint32 height, gint64 ms)
{
  const gint64 start_ms = self->net->mono_ms;

  while (engine_net_height (self->net, 0) < height && self->net->nodes[0].halt == NULL && self->net->mono_ms < start_ms + ms)
    {
      if (self->net->mono_ms >= self->status_ms)
        {
          self->status_ms = self->net->mono_ms + 1000;
          for (guint place = 1; place < N_PLACES; place++)
            send_status (self, place);
        }
      engine_net_run (self->net, 5);
      send_due (self);
    }
  return engine_net_height (self->net, 0) >= height ? self->net->mono_ms - start_ms : -1;
}

static void
set_up (Setting *self, gconstpointer unused)
{
  self->net = engine_net_new (N_PLACES, N_PAYERS + 1, NULL);
  self->net->nodes[0].no_key = TRUE;
  self->net->nodes[0].check_lag_ms = 3;
  self->net->filter = on_sent;
  self->net->user_data = self;
  self->commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref);
  g_queue_init (&self->answers);
  for (guint i = 0; i < N_PAYERS; i++)
    self->coins[i].outpoint = tc_chain_fixture_coin (self->net->chain, i, &self->coins[i].coin.output);
  for (guint place = 0; place < N_PLACES; place++)
    self->block_ms[place] = BLOCK_MS;
  extend (self, N_BLOCKS);
}

static void
tear_down (Setting *self, gconstpointer unused)
{
  g_queue_clear_full (&self->answers, answer_free);
  g_ptr_array_unref (self->commits);
  engine_net_free (self->net);
}

static void
check_same (const Setting *self)
{
  const EngineNode *node = &self->net->nodes[0];

  g_assert_cmpuint (node->blocks->len, ==, get_height (self));
  for (guint32 height = 1; height <= get_height (self); height++)
    g_assert_true (tc_hash_equal (&((TcBlock *) g_ptr_array_index (node->blocks, height - 1))->hash, &get_block (self, height)->hash));
}

/* Place @liar alone was scored, for @points at least; 0: nobody was. */
static void
check_blame (const Setting *self, guint liar, guint points)
{
  for (guint place = 1; place < N_PLACES; place++)
    if (place == liar)
      g_assert_cmpuint (self->net->nodes[0].punished[place], >=, points);
    else
      g_assert_cmpuint (self->net->nodes[0].punished[place], ==, 0);
}

/* --- tests --- */

static void
test_many (Setting *self, gconstpointer unused)
{
  g_test_summary ("Blocks come from all peers at once: more from who is faster, none twice, each checked once, off the step.");
  guint n_sent = 0;

  extend (self, N_BLOCKS / 2);
  for (guint place = 1; place < N_PLACES; place++)
    self->block_ms[place] = place == 1 ? BLOCK_MS / 10 : BLOCK_MS;
  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, get_height (self), 60000), >=, 0);
  engine_net_run (self->net, 100);
  check_same (self);
  check_blame (self, 0, 0);
  for (guint place = 1; place < N_PLACES; place++)
    {
      g_assert_cmpuint (self->n_sent[place], >, 0);
      n_sent += self->n_sent[place];
    }
  g_assert_cmpuint (n_sent, ==, get_height (self));
  g_assert_cmpuint (self->net->nodes[0].n_checks, ==, get_height (self));
  g_assert_cmpuint (self->net->nodes[0].n_verified, ==, 0);
}

static void
test_stall (Setting *self, gconstpointer unused)
{
  g_test_summary ("survive-27: a peer that stalls in the middle of a download is replaced within seconds; what it sent is kept.");
  guint n_again = 0;

  self->manners[1] = SILENT;
  self->from[1] = 10;
  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, N_BLOCKS, 60000), <, 10000);
  engine_net_run (self->net, 100);
  check_same (self);
  check_blame (self, 1, 5);
  g_assert_cmpuint (self->n_sent[1], >, 0);
  for (guint32 height = 1; height <= N_BLOCKS; height++)
    {
      g_assert_cmpuint (self->n_asked[height], >=, 1);
      n_again += self->n_asked[height] - 1;
      if (height < 10)
        g_assert_cmpuint (self->n_asked[height], ==, 1);
    }
  g_assert_cmpuint (n_again, >, 0);
  g_assert_cmpuint (n_again, <, N_BLOCKS / 2);
}

static void
test_trickle (Setting *self, gconstpointer unused)
{
  g_test_summary ("survive-27: who sends a block every second and a half never falls silent, and is replaced all the same; it is no offence.");
  self->block_ms[1] = 1500;
  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, N_BLOCKS, 120000), <, 20000);
  check_blame (self, 0, 0);
}

static void
test_alone (Setting *self, gconstpointer unused)
{
  g_test_summary ("A slow peer is not given up where there is no other.");
  for (guint place = 2; place < N_PLACES; place++)
    {
      self->manners[place] = SILENT;
      self->claims[place] = 1;
    }
  self->block_ms[1] = 500;
  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, N_BLOCKS, 100000), >=, 0);
  check_blame (self, 0, 0);
  g_assert_cmpuint (self->n_sent[1], <, N_BLOCKS + N_BLOCKS / 10);
}

static void
check_liar (Setting *self, Manner manner, guint32 height, guint points)
{
  /* All are liars at that height but one: whoever is asked first is found out, and its other blocks stand. */
  for (guint place = 1; place < N_PLACES - 1; place++)
    {
      self->manners[place] = manner;
      self->from[place] = height;
    }
  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, N_BLOCKS, 60000), <, 10000);
  engine_net_run (self->net, 100);
  check_same (self);
  g_assert_cmpuint (self->n_asked[height], >, 1);
  g_assert_cmpuint (self->net->nodes[0].punished[N_PLACES - 1], ==, 0);
  for (guint place = 1, n = 0; place < N_PLACES; place++)
    {
      n += self->net->nodes[0].punished[place] >= points;
      g_assert_cmpuint (self->net->nodes[0].punished[place] % points, ==, 0);
      g_assert_true (place < N_PLACES - 1 || n + 1 >= self->n_asked[height]);
    }
  for (guint32 other = 1; other < height; other++)
    g_assert_cmpuint (self->n_asked[other], <=, 2);
}

static void
test_other_block (Setting *self, gconstpointer unused)
{
  g_test_summary ("survive-27: a block that no committee signed is its sender's fault, and fetched elsewhere.");
  check_liar (self, OTHER_BLOCK, 31, 100);
}

static void
test_other_commit (Setting *self, gconstpointer unused)
{
  g_test_summary ("A block with another's commit is its sender's fault.");
  check_liar (self, OTHER_COMMIT, 31, 100);
}

static void
test_bad_commit (Setting *self, gconstpointer unused)
{
  g_test_summary ("So is a commit with one bad signature.");
  check_liar (self, BAD_COMMIT, 44, 100);
}

static void
test_other_body (Setting *self, gconstpointer unused)
{
  g_test_summary ("So is a body that is not the header's.");
  check_liar (self, OTHER_BODY, 31, 100);
}

static void
test_bad_witness (Setting *self, gconstpointer unused)
{
  g_test_summary ("T1: a bad witness in a block that is rightly committed condemns its sender, not the block; but who fetched history could not know it, and is not banned.");
  check_liar (self, BAD_WITNESS, 31, 20);
  for (guint place = 1; place < N_PLACES; place++)
    g_assert_cmpuint (self->net->nodes[0].punished[place], <, 100);
}

static void
test_other_epoch (Setting *self, gconstpointer unused)
{
  g_test_summary ("A block of an epoch whose committee nobody knows keeps nothing waiting.");
  check_liar (self, OTHER_EPOCH, 30, 100);
}

static void
test_claim (Setting *self, gconstpointer unused)
{
  g_test_summary ("survive-19: a claimed height beyond all reason keeps nobody from catching up.");
  self->manners[1] = self->manners[2] = SILENT;
  self->claims[1] = G_MAXUINT32;
  self->claims[2] = N_BLOCKS + 60;
  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, N_BLOCKS, 60000), <, 20000);
  engine_net_run (self->net, 100);
  check_same (self);
  for (guint place = 3; place < N_PLACES; place++)
    g_assert_cmpuint (self->net->nodes[0].punished[place], ==, 0);
}

static void
test_window (Setting *self, gconstpointer unused)
{
  g_test_summary ("What is fetched above a block that does not come is bounded, and nothing is asked for beyond.");
  const guint32 most = 512;
  TcEngineLoad load;

  while (get_height (self) < most + 40)
    {
      tc_chain_fixture_extend (self->net->chain, NULL, 0);
      note_tip (self);
    }
  self->net->wall_ms = MAX (self->net->wall_ms, (gint64) tc_ledger_get_tip (self->net->chain->ledger)->time_ms);
  self->manners[1] = SILENT;
  self->from[1] = 1;
  for (guint place = 2; place < N_PLACES; place++)
    self->block_ms[place] = 1;
  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, 1, 1500), ==, -1);
  tc_engine_get_load (self->net->nodes[0].engine, &load);
  g_assert_cmpuint (load.sync_blocks, ==, most);
  g_assert_cmpuint (self->n_asked[most], ==, 1);
  g_assert_cmpuint (self->n_asked[most + 1], ==, 0);
  g_assert_cmpint (run_to (self, get_height (self), 60000), >=, 0);
  check_blame (self, 1, 5);
}

static void
test_unasked (Setting *self, gconstpointer unused)
{
  g_test_summary ("Blocks that nobody asked for are not kept, whatever they are.");
  EngineNode *node = &self->net->nodes[0];
  TcEngineLoad load;

  engine_net_start (self->net, 0);
  for (guint32 height = 1; height <= N_BLOCKS; height++)
    {
      g_autoptr(GBytes) body = make_body (self, height % 2 == 0 ? HONEST : OTHER_BLOCK, height);

      engine_net_send (self->net, 3, 0, TC_MESSAGE_BLOCK, body);
    }
  tc_engine_get_load (node->engine, &load);
  g_assert_cmpuint (load.sync_blocks, ==, 0);
  g_assert_cmpuint (node->n_checks, ==, 0);
  check_blame (self, 0, 0);
}

static void
test_restart (Setting *self, gconstpointer unused)
{
  g_test_summary ("A restart in the middle goes on where the disk is; coins that only the disk has are fetched ahead, not in the step.");
  EngineNode *node = &self->net->nodes[0];

  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, N_BLOCKS, 60000), >=, 0);
  engine_net_run (self->net, 100);
  g_assert_cmpuint (node->state_height, >=, N_BLOCKS - 1);
  extend (self, N_BLOCKS / 2);
  g_autoptr(TcTx) late = tc_chain_fixture_pay (self->net->chain, N_PAYERS, 5000);
  tc_chain_fixture_extend (self->net->chain, &late, 1);
  note_tip (self);
  extend (self, 10);
  self->status_ms = 0;
  g_assert_cmpint (run_to (self, N_BLOCKS + 20, 60000), >=, 0);
  engine_net_kill (self->net, 0);
  g_queue_clear_full (&self->answers, answer_free);
  g_queue_init (&self->answers);
  memset (self->n_asked, 0, sizeof self->n_asked);
  engine_net_start (self->net, 0);
  g_assert_cmpuint (engine_net_height (self->net, 0), >=, N_BLOCKS + 20);
  node->store->n_reads = 0;
  self->status_ms = 0;
  g_assert_cmpint (run_to (self, get_height (self), 60000), >=, 0);
  engine_net_run (self->net, 100);
  check_same (self);
  check_blame (self, 0, 0);
  for (guint32 height = 1; height <= N_BLOCKS + 20; height++)
    g_assert_cmpuint (self->n_asked[height], ==, 0);
  g_assert_cmpuint (node->store->n_reads, ==, 0);
  g_assert_cmpuint (node->n_fetched, ==, 1);
}

static void
test_writer_full (Setting *self, gconstpointer unused)
{
  g_test_summary ("While the writer has too much to do nothing more is applied, and what is fetched stays bounded.");
  EngineNode *node = &self->net->nodes[0];
  TcEngineLoad load;
  guint32 height;

  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, 20, 60000), >=, 0);
  tc_engine_set_writer_full (node->engine, TRUE);
  height = engine_net_height (self->net, 0);
  g_assert_cmpint (run_to (self, height + 1, 5000), ==, -1);
  tc_engine_get_load (node->engine, &load);
  g_assert_cmpuint (load.sync_blocks, ==, N_BLOCKS - height);
  tc_engine_set_writer_full (node->engine, FALSE);
  g_assert_cmpint (run_to (self, N_BLOCKS, 60000), >=, 0);
  check_blame (self, 0, 0);
}

/* The next block by its header, of @tx alone, whatever it is worth, under the commit of all. */
static void
append_raw (Setting *self, TcTx *tx)
{
  TcChainFixture *chain = self->net->chain;
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcBlock) empty = tc_chain_fixture_propose (chain, NULL, 0, &execution);
  TcHeader header = empty->header;

  header.tx_root = tc_txs_root (&tx, 1);
  g_autoptr(TcBlock) block = tc_block_new (&header, empty->commit, empty->closes, empty->n_closes, &tx, 1);
  g_ptr_array_add (chain->blocks, tc_block_ref (block));
  g_ptr_array_add (self->commits, tc_chain_fixture_commit (chain, block, 0, NULL));
}

static void
test_spent_twice (Setting *self, gconstpointer unused)
{
  g_test_summary ("A coin that an earlier block of the window spent is not spent again, though the signatures are good: the node halts at a quorum's invalid block.");
  const TcFlushCoin coin = self->coins[0];

  while (tc_ledger_next_is_last (self->net->chain->ledger))
    extend (self, 1);
  extend (self, 1);
  while (tc_ledger_next_is_last (self->net->chain->ledger))
    extend (self, 1);
  self->coins[0] = coin;
  g_autoptr(TcTx) again = pay (self, 0);
  append_raw (self, again);
  engine_net_start (self->net, 0);
  g_assert_cmpint (run_to (self, get_height (self), 20000), ==, -1);
  g_assert_cmpuint (engine_net_height (self->net, 0), ==, get_height (self) - 1);
  g_assert_nonnull (self->net->nodes[0].halt);
  g_assert_nonnull (strstr (self->net->nodes[0].halt, "bad-tx"));
}

/* Its collateral is all that payer @i has, and @coin pays the fee. */
static TcTx *
register_masternode (Setting *self, guint i, const TcFlushCoin *coin)
{
  TcChainFixture *chain = self->net->chain;
  g_autoptr(TcSecretKey) key = tc_fixture_key (4000);
  TcMasternodePayload payload = { .tier = TC_TIER_BRONZE, .payout = tc_fixture_key_hash (chain->payers[i]) };
  TcFlushCoin coins[2] = { { .outpoint = tc_chain_fixture_coin (chain, i, &coins[0].coin.output) }, *coin };

  g_strlcpy (payload.host, "192.0.2.1:24000", sizeof payload.host);
  return tc_fixture_masternode (chain, TC_TX_KIND_REGISTER, &payload, key, chain->payers[i], coins, 2, 2000);
}

/* A chain in which a collateral, of a registration that is void, becomes plain and is spent soon after (M3). */
static void
extend_by_void (Setting *self)
{
  TcChainFixture *chain = self->net->chain;
  TcTx *gifts[2], *registrations[2];
  TcTx *use;

  for (guint i = 0; i < 2; i++)
    {
      const TcKeyHash to = tc_fixture_key_hash (chain->payers[N_PAYERS + i]);

      gifts[i] = tc_fixture_pay (chain, chain->payers[i], &self->coins[i].outpoint, &self->coins[i].coin.output, &to, 100000, 1000);
      self->coins[i].outpoint = (TcOutpoint) { gifts[i]->txid, 1 };
      self->coins[i].coin.output = gifts[i]->outputs[1];
    }
  while (tc_ledger_next_is_last (chain->ledger))
    extend (self, 1);
  tc_chain_fixture_extend (chain, gifts, 2);
  note_tip (self);
  for (guint i = 0; i < 2; i++)
    {
      const TcFlushCoin gift = { { gifts[i]->txid, 0 }, { gifts[i]->outputs[0], 0 } };

      registrations[i] = register_masternode (self, N_PAYERS + i, &gift);
    }
  while (!tc_ledger_next_is_last (chain->ledger))
    extend (self, 1);
  tc_chain_fixture_extend (chain, registrations, 2);
  note_tip (self);
  const guint lost = tc_hash_compare (&registrations[0]->txid, &registrations[1]->txid) < 0 ? 1 : 0;
  const TcOutpoint collateral = { registrations[lost]->txid, 0 };
  TcOutput plain = registrations[lost]->outputs[0];
  const TcKeyHash to = tc_fixture_key_hash (chain->payers[0]);
  plain.lock = TC_LOCK_KEY_HASH;
  use = tc_fixture_pay (chain, chain->payers[N_PAYERS + lost], &collateral, &plain, &to, 5000, 1000);
  tc_chain_fixture_extend (chain, &use, 1);
  note_tip (self);
  g_assert_true (tc_hash_equal (&get_block (self, get_height (self))->txs[0]->txid, &use->txid));
  for (guint i = 0; i < 2; i++)
    {
      tc_tx_unref (gifts[i]);
      tc_tx_unref (registrations[i]);
    }
  tc_tx_unref (use);
  extend (self, 3);
}

static void
test_unlocked (void)
{
  g_test_summary ("M3: a collateral that a block of the window made plain is spent by the next.");
  Setting self = { .net = engine_net_new (N_PLACES, N_PAYERS + 2, NULL) };

  self.net->nodes[0].no_key = TRUE;
  self.net->filter = on_sent;
  self.net->user_data = &self;
  self.commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref);
  g_queue_init (&self.answers);
  for (guint i = 0; i < N_PAYERS; i++)
    self.coins[i].outpoint = tc_chain_fixture_coin (self.net->chain, i, &self.coins[i].coin.output);
  extend (&self, 5);
  extend_by_void (&self);
  engine_net_start (self.net, 0);
  g_assert_cmpint (run_to (&self, get_height (&self), 20000), >=, 0);
  g_assert_cmpuint (self.net->nodes[0].n_verified, ==, 2);  /* possessions (M1) */
  engine_net_run (self.net, 100);
  check_same (&self);
  check_blame (&self, 0, 0);
  tear_down (&self, NULL);
}

#define ADD(name, function) g_test_add ("/engine/sync/" name, Setting, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  ADD ("many", test_many);
  ADD ("survive-27-stall", test_stall);
  ADD ("survive-27-trickle", test_trickle);
  ADD ("alone", test_alone);
  ADD ("survive-27-other-block", test_other_block);
  ADD ("other-commit", test_other_commit);
  ADD ("bad-commit", test_bad_commit);
  ADD ("other-body", test_other_body);
  ADD ("bad-witness", test_bad_witness);
  ADD ("other-epoch", test_other_epoch);
  ADD ("survive-19-claim", test_claim);
  ADD ("window", test_window);
  ADD ("unasked", test_unasked);
  ADD ("restart", test_restart);
  ADD ("writer-full", test_writer_full);
  ADD ("spent-twice", test_spent_twice);
  g_test_add_func ("/engine/sync/unlocked", test_unlocked);
  return g_test_run ();
}
