#include "node-internal.h"

#include <string.h>

/* Questions to the node's thread about the ledger. */

typedef struct
{
  TcNode *node;
  GArray *outpoints;  /* (nullable) */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_clear_pointer (&query->outpoints, g_array_unref);
  g_free (query);
}

static void
post_query (TcNode *self, GArray *outpoints, GSourceFunc func, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Query *query = g_new0 (Query, 1);

  query->node = self;
  query->outpoints = outpoints;
  g_task_set_task_data (task, query, query_free);
  if (tc_node_wake (self, func, task, g_object_unref))
    return;
  tc_node_refuse_stopped (self, task);
  g_object_unref (task);
}

static void
array_unref (gpointer array)
{
  g_array_unref (array);
}

/* --- masternodes --- */

G_STATIC_ASSERT ((int) TC_NODE_MASTERNODE_REGISTERED == (int) TC_MASTERNODE_REGISTERED && (int) TC_NODE_MASTERNODE_RETIRED == (int) TC_MASTERNODE_RETIRED
                 && (int) TC_NODE_MASTERNODE_RELEASED == (int) TC_MASTERNODE_RELEASED);
G_STATIC_ASSERT (sizeof ((TcNodeMasternode *) NULL)->host == sizeof ((TcMasternode *) NULL)->host);

static TcNodeMasternode
show_masternode (const TcMasternode *item, const TcParams *params)
{
  TcNodeMasternode shown = {
    .index = item->index, .outpoint = item->outpoint, .state = (TcNodeMasternodeState) item->state, .tier = (TcTier) item->tier,
    .jailed = item->jailed, .active = item->active, .operator_key = item->operator_key, .owner = item->owner, .payout = item->payout,
    .registered_epoch = item->registered_epoch, .retired_epoch = item->retired_epoch, .inactive_epochs = item->inactive_epochs,
    .unattested_epochs = item->unattested_epochs, .signed_heights = item->signed_heights,
    .burnt = item->burnt, .accrued = item->accrued,
  };

  memcpy (shown.host, item->host, sizeof shown.host);
  if (item->state == TC_MASTERNODE_RETIRED)
    shown.release_epoch = item->retired_epoch + params->unbonding_epochs;
  return shown;
}

static gboolean
do_list_masternodes (gpointer data)
{
  GTask *task = data;
  TcNode *self = ((Query *) g_task_get_task_data (task))->node;

  if (tc_node_refuse_stopped (self, task))
    return G_SOURCE_REMOVE;

  g_autoptr(GArray) masternodes = tc_node_dup_masternodes (self);
  g_autoptr(TcCommittee) committee = tc_node_dup_committee (self);
  g_autoptr(GArray) shown = g_array_sized_new (FALSE, FALSE, sizeof (TcNodeMasternode), masternodes->len);
  guint32 member = 0;

  for (guint i = 0; i < masternodes->len; i++)  /* both are in index order */
    {
      TcNodeMasternode item = show_masternode (&g_array_index (masternodes, TcMasternode, i), &self->network->genesis->params);

      while (member < committee->n_members && committee->members[member].masternode < item.index)
        member++;
      if (member < committee->n_members && committee->members[member].masternode == item.index)
        item.power = committee->members[member].power;
      g_array_append_val (shown, item);
    }
  g_task_return_pointer (task, g_steal_pointer (&shown), array_unref);
  return G_SOURCE_REMOVE;
}

void
tc_node_list_masternodes_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post_query (self, NULL, do_list_masternodes, cancellable, callback, user_data);
}

GArray *
tc_node_list_masternodes_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- coins --- */

static gboolean
do_get_coins (gpointer data)
{
  GTask *task = data;
  const Query *query = g_task_get_task_data (task);

  if (tc_node_refuse_stopped (query->node, task))
    return G_SOURCE_REMOVE;

  g_autoptr(GArray) coins = g_array_sized_new (FALSE, TRUE, sizeof (TcNodeCoin), query->outpoints->len);

  for (guint i = 0; i < query->outpoints->len; i++)
    {
      TcNodeCoin shown = { .outpoint = g_array_index (query->outpoints, TcOutpoint, i) };
      TcCoin coin;

      shown.unspent = tc_engine_get_coin (query->node->engine, &shown.outpoint, &coin);
      if (shown.unspent)
        shown.output = coin.output;
      g_array_append_val (coins, shown);
    }
  g_task_return_pointer (task, g_steal_pointer (&coins), array_unref);
  return G_SOURCE_REMOVE;
}

void
tc_node_get_coins_async (TcNode *self, const TcOutpoint *outpoints, gsize n_outpoints, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GArray *copy = g_array_new (FALSE, FALSE, sizeof *outpoints);

  g_array_append_vals (copy, outpoints, (guint) n_outpoints);
  post_query (self, copy, do_get_coins, cancellable, callback, user_data);
}

GArray *
tc_node_get_coins_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
