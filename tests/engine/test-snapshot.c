#include "engine-net.h"

#define N       5u
#define MEMBERS 4u  /* a quorum of N, that run from the start */
#define NEW     4u  /* the place that comes later */
#define LIAR    3u  /* the place that the test speaks for, where it does */

/* Members with a chain of some epochs, two of which have made snapshots; epochs are drawn anew every other one. */
static EngineNet *
make_chain (void)
{
  TcParams params = ENGINE_NET_PARAMS;
  EngineNet *net;

  params.redraw_epochs = 2;
  net = engine_net_new (N, 8, &params);
  engine_net_start_all (net, MEMBERS);
  g_assert_true (engine_net_run_epoch (net, 4, 60000));
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, i, 100000000);

      g_assert_cmpint (engine_net_submit (net, i % MEMBERS, tx), ==, TC_TX_OK);
    }
  g_assert_true (engine_net_run_epoch (net, 8, 60000));
  g_assert_cmpuint (net->nodes[0].disk.snapshots->len, >=, 2);
  net->nodes[NEW].sync_mode = TC_SYNC_MODE_SNAPSHOT;
  return net;
}

/* Until it stands where the others do. */
static void
run_to_tip (EngineNet *net)
{
  g_assert_true (engine_net_run_epoch (net, 12, 120000));
  engine_net_check_same (net);
  g_assert_null (net->nodes[NEW].halt);
}

static gboolean
run_until_stored (EngineNet *net, guint n_parts)
{
  for (guint i = 0; i < 20000 && net->nodes[NEW].n_parts_stored < n_parts; i++)
    engine_net_run (net, 5);
  return net->nodes[NEW].n_parts_stored >= n_parts;
}

static guint32
count_missing (const EngineNode *node)
{
  guint32 n = 0;

  for (guint i = 0; i < node->blocks->len; i++)
    n += node->blocks->pdata[i] == NULL;
  return n;
}

static void
test_syncs (void)
{
  g_test_summary ("A new node takes the newest snapshot from all who have it, then blocks; it signs, and its state is the others'.");
  g_autoptr(EngineNet) net = make_chain ();
  const guint32 newest = ((TcMemorySnapshot *) g_ptr_array_index (net->nodes[0].disk.snapshots, net->nodes[0].disk.snapshots->len - 1))->height;
  EngineNode *node = &net->nodes[NEW];
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 3, 5000);
  TcEngineInfo info;

  engine_net_start (net, NEW);
  g_assert_true (run_until_stored (net, 100));
  tc_engine_get_info (node->engine, &info);
  g_assert_cmpint (info.sync.phase, ==, TC_SYNC_SNAPSHOT);
  g_assert_cmpuint (info.sync.n_peers, ==, MEMBERS);
  g_assert_cmpuint (info.sync.done, <, info.sync.total);
  run_to_tip (net);
  g_assert_cmpuint (node->n_installed, >=, 1);
  g_assert_cmpuint (node->n_parts_stored, ==, TC_SNAPSHOT_N_PARTS * node->n_installed);
  g_assert_cmpuint (count_missing (node), >=, newest - 1);
  tc_engine_get_info (node->engine, &info);
  g_assert_cmpint (info.signing, ==, TC_SIGNING_YES);
  for (guint from = 0; from < MEMBERS; from++)
    g_assert_cmpuint (node->punished[from], ==, 0);
}

static void
test_history (void)
{
  g_test_summary ("Where it is wanted, what lies below the snapshot comes in the background, and is served.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];

  node->history = TRUE;
  engine_net_start (net, NEW);
  run_to_tip (net);
  g_assert_true (engine_net_run_epoch (net, 16, 120000));
  g_assert_cmpuint (node->n_installed, >=, 1);
  g_assert_cmpuint (count_missing (node), ==, 0);
  engine_net_check_same (net);
  for (guint i = 0; i < node->blocks->len; i++)
    g_assert_cmpuint (((TcCommit *) g_ptr_array_index (node->commits, i))->n_attestations, ==, 0);
}

static void
test_wrong_block_of_history (void)
{
  g_test_summary ("An old block that the one above it does not name is refused, its sender punished, and another asked.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];
  TcHeader header = ((TcBlock *) g_ptr_array_index (net->nodes[0].blocks, 4))->header;
  guint punished = 0;

  header.time_ms++;
  node->history = TRUE;
  engine_net_start (net, NEW);
  g_assert_true (run_until_stored (net, TC_SNAPSHOT_N_PARTS));
  for (guint i = 0; i + 1 < MEMBERS; i++)
    {
      GPtrArray *blocks = net->nodes[i].blocks;
      TcBlock *wrong = tc_fixture_block_with (g_ptr_array_index (blocks, 4), &header);

      tc_block_unref (blocks->pdata[4]);
      blocks->pdata[4] = wrong;
    }
  g_assert_true (engine_net_run_epoch (net, 40, 600000));
  g_assert_cmpuint (count_missing (node), ==, 0);
  for (guint i = 0; i < MEMBERS; i++)
    punished += node->punished[i];
  g_assert_cmpuint (punished, >=, 100);
  g_assert_cmpuint (node->punished[MEMBERS - 1], ==, 0);
  g_assert_true (tc_hash_equal (&((TcBlock *) g_ptr_array_index (node->blocks, 4))->hash,
                                &((TcBlock *) g_ptr_array_index (net->nodes[MEMBERS - 1].blocks, 4))->hash));
}

static GBytes *
flip (GBytes *bytes)
{
  gsize n;
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, &n), g_bytes_get_size (bytes));

  copy[n / 2] ^= 1;
  g_bytes_unref (bytes);
  return g_bytes_new (copy, n);
}

/* In all its snapshots. */
static void
spoil (EngineNode *node, guint part)
{
  for (guint i = 0; i < node->disk.snapshots->len; i++)
    {
      TcMemorySnapshot *snapshot = g_ptr_array_index (node->disk.snapshots, i);

      if (g_bytes_get_size (snapshot->parts[part]) > 0)
        snapshot->parts[part] = flip (snapshot->parts[part]);
    }
}

static void
test_wrong_page (void)
{
  g_test_summary ("A part that its bucket does not prove: its sender is punished, the part comes from another.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];

  for (guint part = 0; part < TC_SNAPSHOT_MANIFEST; part++)
    spoil (&net->nodes[1], part);
  engine_net_start (net, NEW);
  run_to_tip (net);
  g_assert_cmpuint (node->n_installed, >=, 1);
  g_assert_cmpuint (node->punished[1], >=, 100);
  g_assert_cmpuint (node->punished[0] + node->punished[2] + node->punished[3], ==, 0);
}

static void
test_wrong_manifest (void)
{
  g_test_summary ("A manifest that the state root does not prove, from all but one.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];

  for (guint i = 0; i + 1 < MEMBERS; i++)
    spoil (&net->nodes[i], TC_SNAPSHOT_MANIFEST);
  engine_net_start (net, NEW);
  run_to_tip (net);
  g_assert_cmpuint (node->n_installed, >=, 1);
  for (guint i = 0; i + 1 < MEMBERS; i++)
    g_assert_cmpuint (node->punished[i], >=, 100);
  g_assert_cmpuint (node->punished[MEMBERS - 1], ==, 0);
}

/* Nothing of a snapshot leaves place 0. */
static gboolean
drop_parts (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  return from != 0 || type != TC_MESSAGE_PART;
}

static void
test_stalled (void)
{
  g_test_summary ("survive-27: a peer that stalls in the middle of a download: others take over.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];

  engine_net_start (net, NEW);
  g_assert_true (run_until_stored (net, 50));
  net->filter = drop_parts;
  run_to_tip (net);
  g_assert_cmpuint (node->n_installed, >=, 1);
  g_assert_cmpuint (node->punished[0], >, 0);
  g_assert_cmpuint (node->punished[0], <, 100);
}

static void
test_vanishes (void)
{
  g_test_summary ("A peer that goes in the middle: what it was asked for comes from others.");
  g_autoptr(EngineNet) net = make_chain ();

  engine_net_start (net, NEW);
  g_assert_true (run_until_stored (net, 50));
  engine_net_kill (net, 1);
  g_assert_true (run_until_stored (net, TC_SNAPSHOT_N_PARTS));
  engine_net_run (net, 500);
  g_assert_cmpuint (net->nodes[NEW].n_installed, >=, 1);
}

static void
forget_snapshots (EngineNet *net, guint n_left)
{
  for (guint i = 0; i < MEMBERS; i++)
    {
      net->nodes[i].makes_none = n_left == 0;
      while (net->nodes[i].disk.snapshots->len > n_left)
        g_ptr_array_remove_index (net->nodes[i].disk.snapshots, net->nodes[i].disk.snapshots->len - 1);
      snapshot_disk_tell (&net->nodes[i].disk, net->nodes[i].engine);
    }
}

static void
test_nobody_has_it (void)
{
  g_test_summary ("A snapshot that nobody has any more is left for another.");
  g_autoptr(EngineNet) net = make_chain ();
  const guint32 other = ((TcMemorySnapshot *) g_ptr_array_index (net->nodes[0].disk.snapshots, 0))->height;

  engine_net_start (net, NEW);
  g_assert_true (run_until_stored (net, 50));
  forget_snapshots (net, 1);
  for (guint i = 0; i < 2000 && net->nodes[NEW].n_installed == 0; i++)
    engine_net_run (net, 10);
  g_assert_cmpuint (net->nodes[NEW].n_installed, >=, 1);
  g_assert_cmpuint (net->nodes[NEW].disk.snapshots->len, >=, 1);
  g_assert_cmpuint (((TcMemorySnapshot *) g_ptr_array_index (net->nodes[NEW].disk.snapshots, 0))->height, >=, other);
  run_to_tip (net);
}

/* Everybody has only the snapshot number @keep of what they had. */
static void
show_only (EngineNet *net, GPtrArray **all, guint keep)
{
  for (guint i = 0; i < MEMBERS; i++)
    {
      GPtrArray *shown = net->nodes[i].disk.snapshots;

      net->nodes[i].makes_none = TRUE;
      g_ptr_array_set_free_func (shown, NULL);
      g_ptr_array_set_size (shown, 0);
      g_ptr_array_add (shown, g_ptr_array_index (all[i], keep));
      snapshot_disk_tell (&net->nodes[i].disk, net->nodes[i].engine);
    }
}

/* Once the last page of a manifest is under way, the disk becomes slow. */
static gboolean
slow_disk_at_manifest (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  g_autoptr(GBytes) page = NULL;
  guint32 total;
  TcGetPart at;

  if (type == TC_MESSAGE_PART && tc_part_page_decode (body, &at, &total, &page) && at.part == TC_SNAPSHOT_MANIFEST && at.offset > 0)
    net->nodes[NEW].write_lag_ms = 20000;
  return TRUE;
}

static void
test_back_and_forth (void)
{
  g_test_summary ("A snapshot is left for another, and that one, when its first part is on its way to a slow disk, for the first: nothing counts as stored that is gone.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];
  GPtrArray *all[MEMBERS];

  for (guint i = 0; i < MEMBERS; i++)
    {
      all[i] = net->nodes[i].disk.snapshots;
      net->nodes[i].disk.snapshots = g_ptr_array_new ();
    }
  show_only (net, all, 0);
  engine_net_start (net, NEW);
  g_assert_true (run_until_stored (net, 50));
  net->filter = slow_disk_at_manifest;
  show_only (net, all, 1);
  for (guint i = 0; i < 2000 && node->write_lag_ms == 0; i++)
    engine_net_run (net, 5);
  g_assert_cmpint (node->write_lag_ms, >, 0);
  engine_net_run (net, 100);
  net->filter = NULL;
  show_only (net, all, 0);
  engine_net_run (net, 12000);
  node->write_lag_ms = 0;
  for (guint i = 0; i < 10000 && node->n_installed == 0; i++)
    engine_net_run (net, 10);
  g_assert_cmpuint (node->n_installed, ==, 1);
  for (guint i = 0; i < MEMBERS; i++)
    {
      g_ptr_array_set_size (net->nodes[i].disk.snapshots, 0);
      g_ptr_array_unref (net->nodes[i].disk.snapshots);
      net->nodes[i].disk.snapshots = all[i];
      g_assert_cmpuint (node->punished[i], ==, 0);
    }
}

static void
test_none_left (void)
{
  g_test_summary ("Where nobody has a snapshot any more, all blocks are fetched.");
  g_autoptr(EngineNet) net = make_chain ();

  engine_net_start (net, NEW);
  g_assert_true (run_until_stored (net, 50));
  forget_snapshots (net, 0);
  run_to_tip (net);
  g_assert_cmpuint (net->nodes[NEW].n_installed, ==, 0);
  g_assert_cmpuint (count_missing (&net->nodes[NEW]), ==, 0);
}

static void
test_restart (void)
{
  g_test_summary ("survive-24: cut off between parts, again and again: what is on disk is not fetched twice.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];
  guint n_cuts = 0;

  engine_net_start (net, NEW);
  while (run_until_stored (net, 60 * (n_cuts + 1)) && node->n_installed == 0 && n_cuts < 4)
    {
      n_cuts++;
      engine_net_kill (net, NEW);
      engine_net_run (net, 50);
      engine_net_start (net, NEW);
    }
  g_assert_cmpuint (n_cuts, ==, 4);
  run_to_tip (net);
  g_assert_cmpuint (node->n_installed, >=, 1);
  g_assert_cmpuint (node->n_parts_stored, ==, TC_SNAPSHOT_N_PARTS * node->n_installed);
}

static void
test_near (void)
{
  g_test_summary ("A node that is not far behind fetches blocks, unless it is told otherwise.");
  g_autoptr(EngineNet) net = make_chain ();

  net->nodes[NEW].sync_mode = TC_SYNC_MODE_FULL;
  engine_net_start (net, NEW);
  run_to_tip (net);
  g_assert_cmpuint (net->nodes[NEW].n_installed, ==, 0);
  engine_net_kill (net, NEW);
  net->nodes[NEW].sync_mode = TC_SYNC_MODE_AUTO;
  g_assert_true (engine_net_run_epoch (net, 15, 60000));
  engine_net_start (net, NEW);
  g_assert_true (engine_net_run_epoch (net, 18, 60000));
  g_assert_cmpuint (net->nodes[NEW].n_installed, ==, 0);
  g_assert_cmpuint (count_missing (&net->nodes[NEW]), ==, 0);
}

static void
test_far (void)
{
  g_test_summary ("A node that is days behind takes a snapshot by itself, one that is not fetches blocks.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];

  node->sync_mode = TC_SYNC_MODE_AUTO;
  engine_net_start (net, NEW);
  run_to_tip (net);
  g_assert_cmpuint (node->n_installed, ==, 1);
  engine_net_kill (net, NEW);
  g_assert_true (engine_net_run_epoch (net, 15, 60000));
  engine_net_start (net, NEW);
  g_assert_true (engine_net_run_epoch (net, 18, 60000));
  g_assert_cmpuint (node->n_installed, ==, 1);
}

/* What the liar is asked for is answered with no links: no offence. */
static gboolean
note_links_asked (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  if (from == NEW && to == LIAR && type == TC_MESSAGE_GET_EPOCHS)
    (*(guint *) user_data)++;
  return TRUE;
}

/* A status of the liar: far ahead in epochs, with a snapshot of a height far away. */
static void
claim_epochs (EngineNet *net)
{
  const TcStatusMessage status = { .epoch = G_MAXUINT32, .n_members = N, .oldest = 1, .time_ms = (guint64) net->wall_ms, .n_snapshots = 1,
                                   .snapshots = { G_MAXUINT32 } };
  g_autoptr(GBytes) body = tc_status_message_encode (&status);

  engine_net_send (net, LIAR, NEW, TC_MESSAGE_STATUS, body);
}

/* Until NEW stands at @height, for @ms at most, while the liar has nothing. */
static gboolean
run_with_liar (EngineNet *net, guint32 height, guint ms)
{
  g_autoptr(GBytes) none = tc_epochs_encode (NULL, 0);
  guint n_asked = 0;

  net->filter = note_links_asked;
  net->user_data = &n_asked;
  for (guint at = 0; at < ms && engine_net_height (net, NEW) < height; at += 5)
    {
      if (at % 1000 == 0)
        claim_epochs (net);
      for (; n_asked > 0; n_asked--)
        engine_net_send (net, LIAR, NEW, TC_MESSAGE_EPOCHS, none);
      engine_net_run (net, 5);
    }
  net->filter = NULL;
  return engine_net_height (net, NEW) >= height;
}

static void
test_claims_epochs (void)
{
  g_test_summary ("A peer that always claims epochs and a snapshot that nobody has keeps a node from neither snapshot nor blocks.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];

  node->sync_mode = TC_SYNC_MODE_AUTO;
  engine_net_kill (net, LIAR);
  engine_net_start (net, NEW);
  g_assert_true (run_with_liar (net, engine_net_height (net, 0), 60000));
  g_assert_cmpuint (node->n_installed, ==, 1);
  engine_net_kill (net, NEW);
  engine_net_start (net, LIAR);
  g_assert_true (engine_net_run_epoch (net, engine_net_committee (net, 0)->epoch + 2, 60000));
  engine_net_kill (net, LIAR);
  engine_net_start (net, NEW);
  g_assert_true (run_with_liar (net, engine_net_height (net, 0), 60000));
  g_assert_cmpuint (node->n_installed, ==, 1);
}

typedef struct
{
  guint    n_links;     /* requests for links, not answered yet */
  gboolean asks_block;
  GArray  *parts;       /* TcGetPart, not answered yet */
  gint64   page_ms;     /* when the last page was sent */
} Trickle;

static gboolean
note_asked (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  Trickle *self = user_data;
  TcGetPart get;

  if (from != NEW || to != LIAR)
    return TRUE;
  self->n_links += type == TC_MESSAGE_GET_EPOCHS;
  self->asks_block = self->asks_block || type == TC_MESSAGE_GET_BLOCKS;
  if (type == TC_MESSAGE_GET_PART && tc_get_part_decode (body, &get))
    g_array_append_val (self->parts, get);
  return TRUE;
}

static void
send_taken (EngineNet *net, guint8 type, GBytes *body)
{
  engine_net_send (net, LIAR, NEW, type, body);
  g_bytes_unref (body);
}

/* A page each 9 s, of a part that is as large as parts may be. */
static void
trickle (EngineNet *net, Trickle *self, guint32 height)
{
  g_autofree guint8 *page = g_malloc0 (TC_PART_PAGE_MAX);

  for (; self->n_links > 0; self->n_links--)
    send_taken (net, TC_MESSAGE_EPOCHS, tc_epochs_encode (NULL, 0));
  if (self->asks_block)
    {
      g_autoptr(GBytes) block = tc_block_encode (g_ptr_array_index (net->nodes[0].blocks, height - 1));
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      g_autoptr(GBytes) commit = NULL;

      tc_commit_put (bytes, g_ptr_array_index (net->nodes[0].commits, height - 1));
      commit = g_bytes_new (bytes->data, bytes->len);
      send_taken (net, TC_MESSAGE_BLOCK, tc_message_block (block, commit));
    }
  self->asks_block = FALSE;
  if (self->parts->len == 0 || net->mono_ms - self->page_ms < 9000)
    return;
  send_taken (net, TC_MESSAGE_PART, tc_part_page_encode (&g_array_index (self->parts, TcGetPart, 0), TC_SNAPSHOT_PART_SIZE_MAX, page, TC_PART_PAGE_MAX));
  g_array_remove_index (self->parts, 0);
  self->page_ms = net->mono_ms;
}

static void
test_trickles (void)
{
  g_test_summary ("survive-27: a peer that sends a part by a page now and then, and says that it is large, is left for others.");
  g_autoptr(EngineNet) net = make_chain ();
  EngineNode *node = &net->nodes[NEW];
  const guint32 height = ((TcMemorySnapshot *) g_ptr_array_index (net->nodes[0].disk.snapshots, net->nodes[0].disk.snapshots->len - 1))->height;
  const guint32 epoch = engine_net_committee (net, 0)->epoch;
  Trickle asked = { .parts = g_array_new (FALSE, FALSE, sizeof (TcGetPart)) };

  forget_snapshots (net, 1);
  engine_net_kill (net, LIAR);
  net->filter = note_asked;
  net->user_data = &asked;
  engine_net_start (net, NEW);
  for (guint at = 0; at < 180000 && node->n_installed == 0; at += 10)
    {
      const TcStatusMessage status = { .height = height, .epoch = epoch, .n_members = N, .oldest = height, .time_ms = (guint64) net->wall_ms, .n_snapshots = 1,
                                       .snapshots = { height } };

      if (at % 1000 == 0)
        send_taken (net, TC_MESSAGE_STATUS, tc_status_message_encode (&status));
      trickle (net, &asked, height);
      engine_net_run (net, 10);
    }
  g_assert_cmpint (asked.page_ms, >, 0);
  g_assert_cmpuint (node->n_installed, >=, 1);
  g_assert_cmpuint (node->punished[LIAR], <, 100);
  net->filter = NULL;
  g_array_unref (asked.parts);
}

static void
test_pays_meanwhile (void)
{
  g_test_summary ("What the user pays while a snapshot is put in place is kept for the engine that takes over.");
  g_autoptr(EngineNet) net = make_chain ();
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, 3, 5000);
  g_autoptr(GPtrArray) kept = NULL;
  EngineNode *node = &net->nodes[NEW];

  engine_net_start (net, NEW);
  g_assert_true (run_until_stored (net, 200));
  node->write_lag_ms = 500;
  g_assert_true (run_until_stored (net, TC_SNAPSHOT_N_PARTS));
  g_assert_cmpuint (node->n_installed, ==, 0);
  g_assert_cmpint (engine_net_submit (net, NEW, tx), ==, TC_TX_OK);
  kept = tc_engine_dup_txs (node->engine);
  g_assert_cmpuint (kept->len, ==, 1);
  g_assert_true (g_ptr_array_index (kept, 0) == tx);
  node->write_lag_ms = 0;
  run_to_tip (net);
}

/* Pays all of genesis coin @i to so many outputs that they fill a page, by a transaction whose txid begins with @first. */
static TcTx *
pay_many (EngineNet *net, guint i, guint8 first)
{
  const TcChainFixture *chain = net->chain;
  TcOutput coin;
  const TcTxInput input = { tc_chain_fixture_coin (chain, i, &coin), 0 };
  const guint n = 3300;
  g_autofree TcOutput *outputs = g_new (TcOutput, n);

  for (guint j = 0; j < n; j++)
    outputs[j] = (TcOutput) { { (coin.amount.units - 1000000) / n }, TC_LOCK_KEY_HASH, tc_fixture_key_hash (chain->payers[i]) };
  for (guint32 nonce = 0;; nonce++)
    {
      g_autoptr(TcTx) tx = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, n, (const guint8 *) &nonce, sizeof nonce, NULL, 0);

      if (tx->txid.bytes[0] == first)
        return tc_fixture_sign (chain, tx, &coin, &chain->payers[i], 1);
    }
}

static void
test_pages (void)
{
  g_test_summary ("A part that does not fit one message comes in pages, all from one peer.");
  TcParams params = ENGINE_NET_PARAMS;
  g_autoptr(EngineNet) net = NULL;
  EngineNode *node;

  params.redraw_epochs = 2;
  net = engine_net_new (N, 8, &params);
  engine_net_start_all (net, MEMBERS);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(TcTx) tx = pay_many (net, i, 7);

      g_assert_cmpint (engine_net_submit (net, i % MEMBERS, tx), ==, TC_TX_OK);
    }
  g_assert_true (engine_net_run_epoch (net, 8, 120000));
  {
    const TcMemorySnapshot *newest = g_ptr_array_index (net->nodes[0].disk.snapshots, net->nodes[0].disk.snapshots->len - 1);

    g_assert_cmpuint (g_bytes_get_size (newest->parts[7]), >, TC_PART_PAGE_MAX);
    g_assert_cmpuint (g_bytes_get_size (newest->parts[TC_SNAPSHOT_MANIFEST]), >, TC_PART_PAGE_MAX);
  }
  node = &net->nodes[NEW];
  node->sync_mode = TC_SYNC_MODE_SNAPSHOT;
  engine_net_start (net, NEW);
  run_to_tip (net);
  g_assert_cmpuint (node->n_installed, >=, 1);
  for (guint from = 0; from < MEMBERS; from++)
    g_assert_cmpuint (node->punished[from], ==, 0);
}

static void
test_malformed (void)
{
  g_test_summary ("What no honest node sends of a snapshot is an offence; what nobody asked for is not.");
  g_autoptr(EngineNet) net = engine_net_new (2, 0, NULL);
  const TcGetPart get = { 5, 3, 0 };
  g_autoptr(GBytes) bad = g_bytes_new_static ("x", 1);
  g_autoptr(GBytes) request = tc_get_part_encode (&get);
  g_autoptr(GBytes) page = tc_part_page_encode (&get, 0, NULL, 0);

  engine_net_start (net, 0);
  engine_net_send (net, 1, 0, TC_MESSAGE_GET_PART, request);
  engine_net_send (net, 1, 0, TC_MESSAGE_PART, page);
  g_assert_cmpuint (net->nodes[0].punished[1], ==, 0);
  engine_net_send (net, 1, 0, TC_MESSAGE_GET_PART, bad);
  g_assert_cmpuint (net->nodes[0].punished[1], ==, 100);
  engine_net_send (net, 1, 0, TC_MESSAGE_PART, bad);
  g_assert_cmpuint (net->nodes[0].punished[1], ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/snapshot/syncs", test_syncs);
  g_test_add_func ("/engine/snapshot/history", test_history);
  g_test_add_func ("/engine/snapshot/wrong-block-of-history", test_wrong_block_of_history);
  g_test_add_func ("/engine/snapshot/wrong-page", test_wrong_page);
  g_test_add_func ("/engine/snapshot/wrong-manifest", test_wrong_manifest);
  g_test_add_func ("/engine/snapshot/survive-27-stalled", test_stalled);
  g_test_add_func ("/engine/snapshot/vanishes", test_vanishes);
  g_test_add_func ("/engine/snapshot/nobody-has-it", test_nobody_has_it);
  g_test_add_func ("/engine/snapshot/back-and-forth", test_back_and_forth);
  g_test_add_func ("/engine/snapshot/none-left", test_none_left);
  g_test_add_func ("/engine/snapshot/survive-24-restart", test_restart);
  g_test_add_func ("/engine/snapshot/near", test_near);
  g_test_add_func ("/engine/snapshot/far", test_far);
  g_test_add_func ("/engine/snapshot/survive-19-claims-epochs", test_claims_epochs);
  g_test_add_func ("/engine/snapshot/survive-27-trickles", test_trickles);
  g_test_add_func ("/engine/snapshot/pays-meanwhile", test_pays_meanwhile);
  g_test_add_func ("/engine/snapshot/pages", test_pages);
  g_test_add_func ("/engine/snapshot/malformed", test_malformed);
  return g_test_run ();
}
