#include "explore.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "node-internal.h"

#define GUESSES_MAX    64u    /* parents whose block is guessed by what is left of their outputs */
#define LOOK_BACK      100u   /* blocks below a transaction's that are searched for what it spends */
#define CHECK_COINS    4096u  /* outputs between two looks whether to go on */

/* --- Whether to go on --- */

static gboolean
may_go_on (const TcExplore *self, GError **error)
{
  if (self->cancellable != NULL && g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (tc_node_may_read (self->node))
    return TRUE;
  g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED, _("The node is not running."));
  return FALSE;
}

static void
report (const TcExplore *self, guint64 done, guint64 total)
{
  if (self->progress != NULL)
    self->progress (done, total, self->progress_data);
}

static gboolean
take_disk_error (GError *cause, GError **error)
{
  g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_DISK, cause->message);
  g_error_free (cause);
  return FALSE;
}

static guint32
get_height (TcNode *node)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (node);

  return status->height;
}

static gboolean
is_missing (const GError *error)
{
  return g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND);
}

/* --- Blocks --- */

void
tc_node_block_free (TcNodeBlock *self)
{
  g_clear_pointer (&self->block, tc_block_unref);
  g_clear_pointer (&self->commit, tc_commit_unref);
  g_clear_pointer (&self->committee, tc_committee_unref);
  g_free (self);
}

static guint64
size_of (const TcBlock *block)
{
  g_autoptr(GBytes) encoded = tc_block_encode (block);

  return g_bytes_get_size (encoded);
}

/* NULL without @error: not kept. */
static TcCommittee *
read_committee (TcNode *node, guint32 epoch, GError **error)
{
  TcCommittee *committee = NULL;
  GError *cause = NULL;

  if (!tc_node_begin_read (node, error))
    return NULL;
  tc_store_read_committee (node->store, epoch, &committee, &cause);
  tc_node_end_read (node);
  if (cause != NULL)
    take_disk_error (cause, error);
  return committee;
}

static TcCommit *
read_commit (TcNode *node, guint32 height, GError **error)
{
  TcCommit *commit = NULL;
  GError *cause = NULL;

  if (!tc_node_begin_read (node, error))
    return NULL;
  if (!tc_store_read_block (node->store, height, NULL, &commit, &cause) && cause == NULL)
    g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, _("Block %u is not here any more."), height);
  tc_node_end_read (node);
  if (cause != NULL)
    take_disk_error (cause, error);
  return commit;
}

TcNodeBlock *
tc_explore_get_block (const TcExplore *self, guint32 height, const TcHash *hash, GError **error)
{
  g_autoptr(TcNodeBlock) found = g_new0 (TcNodeBlock, 1);
  GError *cause = NULL;

  found->block = hash != NULL ? tc_node_read_block_by_hash (self->node, hash, error) : tc_node_read_block (self->node, height, error);
  if (found->block == NULL)
    return NULL;
  found->commit = read_commit (self->node, found->block->header.height, error);
  if (found->commit == NULL)
    return NULL;
  found->committee = read_committee (self->node, found->block->header.epoch, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return NULL;
    }
  found->size_bytes = size_of (found->block);
  return g_steal_pointer (&found);
}

GArray *
tc_explore_list_blocks (const TcExplore *self, guint32 from_height, guint n, GError **error)
{
  g_autoptr(GArray) blocks = g_array_new (FALSE, FALSE, sizeof (TcNodeBlockInfo));
  g_autoptr(TcCommittee) committee = NULL;
  guint32 committee_epoch = 0;

  n = MIN (n, TC_NODE_BLOCKS_MAX);
  for (guint32 height = from_height; n > 0 && height > 0; height--, n--)
    {
      GError *cause = NULL;
      g_autoptr(TcBlock) block = NULL;

      if (!may_go_on (self, error))
        return NULL;
      block = tc_node_read_block (self->node, height, &cause);
      if (block == NULL && !is_missing (cause))
        {
          g_propagate_error (error, cause);
          return NULL;
        }
      g_clear_error (&cause);
      if (block == NULL)
        continue;
      const TcHeader *header = &block->header;
      if (committee_epoch != header->epoch)
        {
          g_clear_pointer (&committee, tc_committee_unref);
          committee = read_committee (self->node, header->epoch, NULL);
          committee_epoch = header->epoch;
        }
      const TcNodeBlockInfo info = {
        .height = height, .epoch = header->epoch, .round = header->round, .n_txs = block->n_txs, .time_ms = (gint64) header->time_ms,
        .size_bytes = size_of (block), .hash = block->hash, .is_last = !tc_hash_is_zero (&header->next_committee),
        .masternode = committee != NULL && header->proposer < committee->n_members ? committee->members[header->proposer].masternode
                                                                                   : TC_NODE_MASTERNODE_UNKNOWN,
      };
      g_array_append_val (blocks, info);
    }
  return g_steal_pointer (&blocks);
}

/* --- Transactions --- */

void
tc_node_tx_free (TcNodeTx *self)
{
  g_clear_pointer (&self->tx, tc_tx_unref);
  g_clear_pointer (&self->genesis, tc_genesis_unref);
  g_free (self->unspent);
  g_free (self->spent);
  g_free (self->known);
  g_free (self);
}

static void
take_tx (TcNodeTx *self, TcTx *tx)
{
  self->tx = tc_tx_ref (tx);
  self->n_inputs = tx->n_inputs;
  self->n_outputs = tx->n_outputs;
  self->outputs = tx->outputs;
  self->spent = g_new0 (TcOutput, tx->n_inputs);
  self->known = g_new0 (guint8, tx->n_inputs);
  self->unspent = g_new0 (guint8, tx->n_outputs);
}

static void
take_block (TcNodeTx *self, const TcBlock *block)
{
  self->in_block = TRUE;
  self->height = block->header.height;
  self->block_hash = block->hash;
  self->block_time_ms = (gint64) block->header.time_ms;
}

/* What @tx made of what the transaction spends. */
static void
offer_parent (TcNodeTx *self, const TcHash *txid, const TcOutput *outputs, gsize n_outputs)
{
  for (gsize i = 0; i < self->n_inputs; i++)
    {
      const TcOutpoint *outpoint = &self->tx->inputs[i].outpoint;

      if (!self->known[i] && outpoint->index < n_outputs && tc_hash_equal (&outpoint->txid, txid))
        {
          self->spent[i] = outputs[outpoint->index];
          self->known[i] = TRUE;
        }
    }
}

TcNodeTx *
tc_explore_begin_tx (TcNode *node, const TcHash *txid)
{
  TcNodeTx *self = g_new0 (TcNodeTx, 1);
  TcTx *tx = tc_engine_get_tx (node->engine, txid);

  self->txid = *txid;
  self->genesis = tc_genesis_ref (node->network->genesis);
  self->finality = (TcFinality) { .txid = *txid, .state = TC_FINALITY_UNKNOWN, .seen_ms = -1, .certified_ms = -1, .final_ms = -1, .final_duration_us = -1,
                                  .block_time_ms = -1 };
  tc_node_get_finality (node, txid, &self->finality);
  if (tx == NULL)
    return self;
  take_tx (self, tx);
  for (gsize i = 0; i < self->n_inputs; i++)
    {
      TcTx *parent = self->known[i] ? NULL : tc_engine_get_tx (node->engine, &tx->inputs[i].outpoint.txid);

      if (parent != NULL)
        offer_parent (self, &parent->txid, parent->outputs, parent->n_outputs);
    }
  return self;
}

static TcTx *
find_in_block (const TcBlock *block, const TcHash *txid)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    if (tc_hash_equal (&block->txs[i]->txid, txid))
      return block->txs[i];
  return NULL;
}

/* @ret_block: (transfer full): the one that holds it. Returns: FALSE, with @error where it is no missing block, else without. */
static gboolean
try_block (const TcExplore *self, TcNodeTx *found, guint32 height, TcBlock **ret_block, GError **error)
{
  GError *cause = NULL;
  g_autoptr(TcBlock) block = tc_node_read_block (self->node, height, &cause);
  TcTx *tx = block != NULL ? find_in_block (block, &found->txid) : NULL;

  if (is_missing (cause))
    g_clear_error (&cause);
  if (cause != NULL)
    g_propagate_error (error, cause);
  if (tx == NULL)
    return FALSE;
  take_tx (found, tx);
  take_block (found, block);
  *ret_block = g_steal_pointer (&block);
  return TRUE;
}

/* 0: nothing is left of it. */
static guint32
guess_height (TcNode *node, const TcHash *txid)
{
  guint32 height = 0;

  if (!tc_node_begin_read (node, NULL))
    return 0;
  if (!tc_store_guess_height (node->store, txid, &height, NULL))
    height = 0;
  tc_node_end_read (node);
  return height;
}

/* Below @height, where blocks are missing, the next one that may be here. */
static guint32
step_down (TcNode *node, guint32 height)
{
  guint32 next = height - 1, first, last;

  if (!tc_node_begin_read (node, NULL))
    return next;
  if (tc_store_get_gap (node->store, &first, &last) && next >= first && next <= last)
    next = first - 1;
  tc_node_end_read (node);
  return next;
}

static gboolean
search_all (const TcExplore *self, TcNodeTx *found, TcBlock **ret_block, GError **error)
{
  const guint32 tip = get_height (self->node);

  for (guint32 height = tip; height > 0; height = step_down (self->node, height))
    {
      GError *cause = NULL;

      if (!may_go_on (self, error))
        return FALSE;
      report (self, tip - height, tip);
      if (try_block (self, found, height, ret_block, &cause))
        return TRUE;
      if (cause != NULL)
        {
          g_propagate_error (error, cause);
          return FALSE;
        }
    }
  g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, _("No such transaction is pending, or in a block that this node has."));
  return FALSE;
}

static gboolean
locate (const TcExplore *self, TcNodeTx *found, guint32 likely_height, TcBlock **ret_block, GError **error)
{
  const guint32 guesses[] = { found->finality.state == TC_FINALITY_CONFIRMED ? found->finality.height : 0, likely_height,
                              guess_height (self->node, &found->txid) };

  for (guint i = 0; i < G_N_ELEMENTS (guesses); i++)
    {
      GError *cause = NULL;

      if (guesses[i] > 0 && try_block (self, found, guesses[i], ret_block, &cause))
        return TRUE;
      if (cause != NULL)
        {
          g_propagate_error (error, cause);
          return FALSE;
        }
    }
  return search_all (self, found, ret_block, error);
}

/* --- What it spends, and what is left of it --- */

static void
offer_block (TcNodeTx *found, const TcBlock *block)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    offer_parent (found, &block->txs[i]->txid, block->txs[i]->outputs, block->txs[i]->n_outputs);
}

static gboolean
all_known (const TcNodeTx *found)
{
  for (gsize i = 0; i < found->n_inputs; i++)
    if (!found->known[i])
      return FALSE;
  return TRUE;
}

/* A pending one's inputs are unspent in the chain still. */
static void
read_unspent_inputs (const TcExplore *self, TcNodeTx *found)
{
  g_autofree TcOutpoint *outpoints = g_new (TcOutpoint, found->n_inputs);
  g_autofree TcCoin *coins = g_new0 (TcCoin, found->n_inputs);
  g_autofree guint8 *ok = g_new0 (guint8, found->n_inputs);

  for (gsize i = 0; i < found->n_inputs; i++)
    outpoints[i] = found->tx->inputs[i].outpoint;
  if (!tc_node_begin_read (self->node, NULL))
    return;
  tc_store_read_coins (self->node->store, outpoints, found->n_inputs, coins, ok, NULL);
  tc_node_end_read (self->node);
  for (gsize i = 0; i < found->n_inputs; i++)
    if (ok[i] && !found->known[i])
      {
        found->spent[i] = coins[i].output;
        found->known[i] = TRUE;
      }
}

static void
guess_parents (const TcExplore *self, TcNodeTx *found)
{
  guint n = 0;

  for (gsize i = 0; i < found->n_inputs && n < GUESSES_MAX && may_go_on (self, NULL); i++)
    {
      g_autoptr(TcBlock) block = NULL;
      guint32 height;

      if (found->known[i])
        continue;
      n++;
      height = guess_height (self->node, &found->tx->inputs[i].outpoint.txid);
      block = height > 0 ? tc_node_read_block (self->node, height, NULL) : NULL;
      if (block != NULL)
        offer_block (found, block);
    }
}

static void
look_back (const TcExplore *self, TcNodeTx *found, guint32 from)
{
  for (guint32 height = from, n = 0; height > 0 && n < LOOK_BACK && !all_known (found) && may_go_on (self, NULL); height--, n++)
    {
      g_autoptr(TcBlock) block = tc_node_read_block (self->node, height, NULL);

      if (block != NULL)
        offer_block (found, block);
      report (self, n, LOOK_BACK);
    }
}

static void
find_left (const TcExplore *self, TcNodeTx *found)
{
  g_autofree TcOutpoint *outpoints = g_new (TcOutpoint, found->n_outputs);
  g_autofree TcCoin *coins = g_new0 (TcCoin, found->n_outputs);

  for (gsize i = 0; i < found->n_outputs; i++)
    outpoints[i] = (TcOutpoint) { found->txid, (guint32) i };
  if (!tc_node_begin_read (self->node, NULL))
    return;
  if (!tc_store_read_coins (self->node->store, outpoints, found->n_outputs, coins, found->unspent, NULL))
    memset (found->unspent, 0, found->n_outputs);
  tc_node_end_read (self->node);
}

static void
take_genesis (TcNodeTx *self)
{
  self->in_block = TRUE;
  self->height = 0;
  self->block_hash = self->genesis->chain_id;
  self->block_time_ms = (gint64) self->genesis->time_ms;
  self->n_outputs = self->genesis->n_outputs;
  self->outputs = self->genesis->outputs;
  self->unspent = g_new0 (guint8, self->n_outputs);
}

gboolean
tc_explore_find_tx (const TcExplore *self, TcNodeTx *found, guint32 likely_height, GError **error)
{
  g_autoptr(TcBlock) block = NULL;

  if (tc_hash_equal (&found->txid, &found->genesis->txid))
    take_genesis (found);
  else if (found->tx == NULL && !locate (self, found, likely_height, &block, error))
    return FALSE;
  if (found->tx != NULL)
    {
      offer_parent (found, &found->genesis->txid, found->genesis->outputs, found->genesis->n_outputs);
      if (block != NULL)
        offer_block (found, block);
      else
        read_unspent_inputs (self, found);
      guess_parents (self, found);
      look_back (self, found, block != NULL ? block->header.height - 1 : get_height (self->node));
    }
  find_left (self, found);
  return may_go_on (self, error);
}

/* --- Addresses --- */

void
tc_node_address_free (TcNodeAddress *self)
{
  g_clear_pointer (&self->coins, g_array_unref);
  g_free (self);
}

typedef struct
{
  const TcExplore *explore;
  GHashTable      *key_hashes;
  TcNodeAddress   *found;
  GError          *error;
  guint64          n_seen;
} CoinScan;

static int
compare_coins (gconstpointer a, gconstpointer b)
{
  const TcNodeAddressCoin *x = a, *y = b;

  return x->height != y->height ? (x->height < y->height ? 1 : -1) : tc_outpoint_compare (&x->outpoint, &y->outpoint);
}

static gboolean
add_coin (TcNodeAddress *found, const TcOutpoint *outpoint, const TcCoin *coin)
{
  const TcNodeAddressCoin item = { *outpoint, coin->output, coin->height };

  found->n_coins++;
  if (!tc_amount_add (found->total, coin->output.amount, &found->total)
      || (coin->output.lock == TC_LOCK_COLLATERAL && !tc_amount_add (found->collateral, coin->output.amount, &found->collateral)))
    return FALSE;
  g_array_append_val (found->coins, item);
  if (found->coins->len < 2 * TC_NODE_ADDRESS_COINS_MAX)
    return TRUE;
  g_array_sort (found->coins, compare_coins);
  g_array_set_size (found->coins, TC_NODE_ADDRESS_COINS_MAX);
  return TRUE;
}

/* Outpoints begin with a hash: the first bytes say how far it is. */
static gboolean
on_coin (const TcOutpoint *outpoint, const TcCoin *coin, gpointer user_data)
{
  CoinScan *self = user_data;

  if (self->n_seen++ % CHECK_COINS == 0)
    {
      if (!may_go_on (self->explore, &self->error))
        return FALSE;
      report (self->explore, ((guint64) outpoint->txid.bytes[0] << 8) | outpoint->txid.bytes[1], 65536);
    }
  if (!g_hash_table_contains (self->key_hashes, &coin->output.key_hash) || add_coin (self->found, outpoint, coin))
    return TRUE;
  g_set_error_literal (&self->error, TC_NODE_ERROR, TC_NODE_ERROR_DAMAGED, _("The outputs stored add up to more money than there can be."));
  return FALSE;
}

TcNodeAddress *
tc_explore_find_coins (const TcExplore *self, const TcKeyHash *key_hashes, gsize n_key_hashes, GError **error)
{
  g_autoptr(GHashTable) set = g_hash_table_new (tc_key_hash_hash, tc_key_hash_equal);
  g_autoptr(TcNodeAddress) found = g_new0 (TcNodeAddress, 1);
  CoinScan scan = { .explore = self, .key_hashes = set, .found = found };
  GError *cause = NULL;

  found->coins = g_array_new (FALSE, FALSE, sizeof (TcNodeAddressCoin));
  for (gsize i = 0; i < MIN (n_key_hashes, TC_NODE_ADDRESSES_MAX); i++)
    g_hash_table_add (set, (gpointer) &key_hashes[i]);
  if (!tc_node_begin_read (self->node, error))
    return NULL;
  tc_store_scan_coins (self->node->store, &found->height, on_coin, &scan, &cause);
  tc_node_end_read (self->node);
  if (cause != NULL)
    take_disk_error (cause, error);
  else if (scan.error != NULL)
    g_propagate_error (error, scan.error);
  else
    {
      g_array_sort (found->coins, compare_coins);
      g_array_set_size (found->coins, MIN (found->coins->len, TC_NODE_ADDRESS_COINS_MAX));
      return g_steal_pointer (&found);
    }
  return NULL;
}

/* --- Who signed --- */

static TcNodeSigned *
count_of (GArray *counts, guint32 masternode)
{
  guint at = 0;

  while (at < counts->len && g_array_index (counts, TcNodeSigned, at).masternode < masternode)
    at++;
  if (at == counts->len || g_array_index (counts, TcNodeSigned, at).masternode != masternode)
    {
      const TcNodeSigned fresh = { .masternode = masternode };

      g_array_insert_val (counts, at, fresh);
    }
  return &g_array_index (counts, TcNodeSigned, at);
}

static void
count_block (GArray *counts, const TcNodeBlock *item)
{
  const TcCommittee *committee = item->committee;

  for (guint32 i = 0; i < committee->n_members; i++)
    {
      TcNodeSigned *count = count_of (counts, committee->members[i].masternode);

      count->n_of++;
      count->n_signed += i < 8u * item->commit->bitmap_size && tc_bitmap_get (item->commit->signers, i);
      count->n_proposed += item->block->header.proposer == i;
    }
}

GArray *
tc_explore_count_signed (const TcExplore *self, guint n, GError **error)
{
  g_autoptr(GArray) counts = g_array_new (FALSE, FALSE, sizeof (TcNodeSigned));

  n = MIN (n, TC_NODE_BLOCKS_MAX);
  for (guint32 height = get_height (self->node); height > 0 && n > 0; height--, n--)
    {
      g_autoptr(TcNodeBlock) item = NULL;
      GError *cause = NULL;

      if (!may_go_on (self, error))
        return NULL;
      item = tc_explore_get_block (self, height, NULL, &cause);
      if (is_missing (cause))
        {
          g_error_free (cause);
          break;
        }
      if (item == NULL)
        {
          g_propagate_error (error, cause);
          return NULL;
        }
      if (item->committee != NULL)
        count_block (counts, item);
    }
  return g_steal_pointer (&counts);
}
