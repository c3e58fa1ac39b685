#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* Rule M4: blocks that somebody vouches for. The user's answer is kept in peers.sqlite: it says no more than a checkpoint does, and the question would be the same after a restart. */

#define TRUSTED_BLOCK "trusted-block"
#define VALUE_SIZE    (4u + TC_HASH_SIZE)

static gboolean
load_answer (TcNode *self, TcCheckpoint *ret_block, GError **error)
{
  g_autoptr(GBytes) value = NULL;
  TcReader reader;

  *ret_block = (TcCheckpoint) { 0 };
  if (!tc_store_get_value (self->store, TRUSTED_BLOCK, &value, error))
    return FALSE;
  if (value == NULL || g_bytes_get_size (value) != VALUE_SIZE)
    return TRUE;
  tc_reader_init (&reader, g_bytes_get_data (value, NULL), VALUE_SIZE);
  ret_block->height = tc_reader_u32 (&reader);
  ret_block->hash = tc_reader_hash (&reader);
  return TRUE;
}

static gboolean
save_answer (TcNode *self, const TcCheckpoint *block, GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autoptr(GBytes) value = NULL;

  tc_put_u32 (bytes, block->height);
  tc_put_hash (bytes, &block->hash);
  value = g_bytes_new (bytes->data, bytes->len);
  return tc_store_set_value (self->store, TRUSTED_BLOCK, value, error);
}

typedef enum
{
  IN_CHAIN_NO,       /* above it, or pruned */
  IN_CHAIN_YES,
  IN_CHAIN_ANOTHER,
  IN_CHAIN_UNKNOWN,  /* the disk failed */
} InChain;

static InChain
compare_with_chain (TcNode *self, const TcCheckpoint *block, guint32 block_height, GError **error)
{
  g_autoptr(TcBlock) own = NULL;
  GError *cause = NULL;
  guint32 height = 0;

  if (block->height > block_height)
    return IN_CHAIN_NO;
  if (tc_store_find_block (self->store, &block->hash, &height, &cause) && height == block->height)
    return IN_CHAIN_YES;
  if (cause == NULL && tc_store_read_block (self->store, block->height, &own, NULL, &cause))
    return tc_hash_equal (&own->hash, &block->hash) ? IN_CHAIN_YES : IN_CHAIN_ANOTHER;
  if (cause == NULL)
    return IN_CHAIN_NO;
  g_propagate_error (error, cause);
  return IN_CHAIN_UNKNOWN;
}

static gboolean
contradicts (const GArray *blocks, const TcCheckpoint *block)
{
  for (guint i = 0; i < blocks->len; i++)
    {
      const TcCheckpoint *other = &g_array_index (blocks, TcCheckpoint, i);

      if (other->height == block->height && !tc_hash_equal (&other->hash, &block->hash))
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_chain (TcNode *self, const GArray *blocks, guint32 block_height, GError **error)
{
  for (guint i = 0; i < blocks->len; i++)
    {
      const TcCheckpoint *block = &g_array_index (blocks, TcCheckpoint, i);
      g_autofree char *hex = tc_hash_to_hex (&block->hash);
      const InChain in_chain = compare_with_chain (self, block, block_height, error);

      if (in_chain == IN_CHAIN_UNKNOWN)
        return FALSE;
      if (in_chain != IN_CHAIN_ANOTHER)
        continue;
      g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_CONFIG,
                   _("The chain in %s has another block at height %u than the one that this network is known to have, or that you named as trusted (%s). If you named it, "
                   "check it. If it is a checkpoint of the network, this chain is a false one: move the files chain.sqlite* away and start again."),
                   self->data_dir, block->height, hex);
      return FALSE;
    }
  return TRUE;
}

GArray *
tc_node_list_trusted (TcNode *self, guint32 block_height, GError **error)
{
  g_autoptr(GArray) blocks = g_array_new (FALSE, FALSE, sizeof (TcCheckpoint));
  TcCheckpoint answer;

  g_array_append_vals (blocks, self->network->checkpoints, self->network->n_checkpoints);
  if (self->trusted_block.height != 0 && contradicts (blocks, &self->trusted_block))
    {
      g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_CONFIG, _("The trusted block at height %u is not the one that the network file names as a checkpoint. Check it."),
                   self->trusted_block.height);
      return NULL;
    }
  if (self->trusted_block.height != 0)
    g_array_append_val (blocks, self->trusted_block);
  if (!check_chain (self, blocks, block_height, error) || !load_answer (self, &answer, error))
    return NULL;
  /* What was answered long ago must not keep the node from starting. */
  if (answer.height > block_height && !contradicts (blocks, &answer))
    g_array_append_val (blocks, answer);
  return g_steal_pointer (&blocks);
}

void
tc_node_note_trust (TcNode *self, const TcEffect *effect)
{
  g_autofree char *hex = tc_hash_to_hex (&effect->hash);

  if (effect->text != NULL || !effect->asks)
    {
      g_free (self->trust_warning);
      self->trust_warning = g_strdup (effect->text);
    }
  if (effect->text != NULL)
    g_warning ("%s", effect->text);
  else if (!effect->asks)
    g_message ("a recent block is known: the chain is followed");
  else if (effect->height == 0)
    g_message ("this node's newest block is too old to go on from by itself: a recent block of the network must be named (trustblock HEIGHT HASH)");
  else
    g_message ("this node's newest block is too old to go on from by itself; its peers offer block %u, %s: compare it with somebody whom you believe (trustblock HEIGHT HASH)",
               effect->height, hex);
  tc_node_touch_status (self);
}

void
tc_node_read_newest_last (TcNode *self, TcCheckpoint *ret_block, gint64 *ret_time_ms)
{
  const guint32 epoch = tc_ledger_get_next_epoch (tc_engine_get_ledger (self->engine)) - 1;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(TcLink) link = NULL;

  /* The newest one's block may be committed and not on disk yet: then the one before. */
  if (epoch > 0)
    found = tc_store_read_links (self->store, MAX (epoch - 1, 1u), 2, G_MAXSIZE, NULL);
  if (found != NULL && found->len > 0)
    {
      GBytes *last = g_ptr_array_index (found, found->len - 1);

      link = tc_link_decode (g_bytes_get_data (last, NULL), g_bytes_get_size (last), NULL);
    }
  *ret_block = link != NULL ? (TcCheckpoint) { link->header.height, link->hash } : (TcCheckpoint) { 0 };
  *ret_time_ms = link != NULL ? (gint64) link->header.time_ms : 0;
}

/* --- the answer --- */

typedef struct
{
  TcNode      *node;
  TcCheckpoint block;
} Answer;

static gboolean
take_answer (TcNode *self, const TcCheckpoint *block, GError **error)
{
  const char *refused = NULL;

  switch (compare_with_chain (self, block, self->stored_height, error))
    {
    case IN_CHAIN_UNKNOWN:
      return FALSE;
    case IN_CHAIN_YES:
      refused = _("That block is in this node's chain already: name a newer one.");
      break;
    case IN_CHAIN_ANOTHER:
      refused = _("This node's chain has another block at that height. Check height and hash; if they are right, this chain is a false one.");
      break;
    case IN_CHAIN_NO:
      if (block->height <= self->stored_height)
        refused = _("The blocks of that height are not kept any more: name a newer one.");
      else if (!tc_engine_trust_block (self->engine, block->height, &block->hash))
        refused = _("That contradicts a checkpoint of the network, or what is proven already. Check height and hash.");
      break;
    }
  if (refused == NULL)
    g_clear_pointer (&self->trust_warning, g_free);
  if (refused == NULL)
    return save_answer (self, block, error);
  g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED, refused);
  return FALSE;
}

static gboolean
do_trust_block (gpointer data)
{
  GTask *task = data;
  const Answer *answer = g_task_get_task_data (task);
  TcInput tick = { .kind = TC_INPUT_TICK };
  GError *error = NULL;

  if (tc_node_refuse_stopped (answer->node, task))
    return G_SOURCE_REMOVE;
  if (take_answer (answer->node, &answer->block, &error))
    {
      tc_node_feed (answer->node, &tick, NULL);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
  return G_SOURCE_REMOVE;
}

void
tc_node_trust_block_async (TcNode *self, const TcCheckpoint *block, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Answer *answer = g_new (Answer, 1);

  *answer = (Answer) { self, *block };
  g_task_set_task_data (task, answer, g_free);
  if (tc_node_wake (self, do_trust_block, task, g_object_unref))
    return;
  tc_node_refuse_stopped (self, task);
  g_object_unref (task);
}

gboolean
tc_node_trust_block_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
