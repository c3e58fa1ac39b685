#include "node-internal.h"

#include <string.h>

#include <glib/gstdio.h>

/* What a window asks for while somebody looks: the committee at work, what the node is set up as, and RPC methods by their names. */

typedef struct
{
  TcNode      *node;
  char        *scope, *method;  /* (nullable) */
  json_object *params;          /* (nullable) */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->scope);
  g_free (asked->method);
  json_object_put (asked->params);
  g_free (asked);
}

static void
post (TcNode *self, const char *scope, const char *method, json_object *params, GSourceFunc func, GCancellable *cancellable,
      GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  const Asked asked = { self, g_strdup (scope), g_strdup (method), params };

  g_task_set_task_data (task, g_memdup2 (&asked, sizeof asked), asked_free);
  if (tc_node_wake (self, func, task, g_object_unref))
    return;
  tc_node_refuse_stopped (self, task);
  g_object_unref (task);
}

/* --- the committee --- */

static TcNodeMember
show_member (const TcMasternode *masternode, const TcMember *member, guint32 position, const TcEngineVotes *votes, guint32 own)
{
  TcNodeMember shown = {
    .masternode = member->masternode, .operator_key = member->operator_key, .power = member->power, .signed_heights = masternode->signed_heights,
    .is_own = position == own, .is_proposer = position == votes->proposer, .answers = tc_bitmap_get (votes->answering, position),
    .prevoted = tc_bitmap_get (votes->prevotes, position), .precommitted = tc_bitmap_get (votes->precommits, position),
    .signed_newest = tc_bitmap_get (votes->signers, position),
  };

  G_STATIC_ASSERT (sizeof shown.host == sizeof masternode->host);
  memcpy (shown.host, masternode->host, sizeof shown.host);
  return shown;
}

static gboolean
do_get_committee (gpointer data)
{
  GTask *task = data;
  TcNode *self = ((const Asked *) g_task_get_task_data (task))->node;
  TcNodeCommittee *shown;
  TcEngineVotes votes;
  TcEngineInfo info;

  if (tc_node_refuse_stopped (self, task))
    return G_SOURCE_REMOVE;

  const TcLedger *ledger = tc_engine_get_ledger (self->engine);
  const TcTip *tip = tc_ledger_get_tip (ledger);
  g_autoptr(TcCommittee) committee = tc_node_dup_committee (self);

  tc_engine_get_info (self->engine, &info);
  tc_engine_get_round_votes (self->engine, &votes);
  shown = g_new0 (TcNodeCommittee, 1);
  *shown = (TcNodeCommittee) { .height = info.height + 1, .round = info.round, .epoch = info.epoch, .step = info.step, .power = info.power,
                               .prevote_power = info.prevote_power, .precommit_power = info.precommit_power,
                               .epoch_blocks = tip->height - tip->epoch_start_height, .has_newest = votes.has_signers,
                               .n_members = committee->n_members };
  for (guint32 i = 0; i < committee->n_members; i++)
    shown->members[i] = show_member (tc_registry_get (tc_ledger_get_registry (ledger), committee->members[i].masternode), &committee->members[i], i, &votes,
                                     info.self);
  g_task_return_pointer (task, shown, g_free);
  return G_SOURCE_REMOVE;
}

void
tc_node_get_committee_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, NULL, NULL, NULL, do_get_committee, cancellable, callback, user_data);
}

TcNodeCommittee *
tc_node_get_committee_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- how the node is set up, and what it takes --- */

void
tc_node_details_free (TcNodeDetails *self)
{
  g_free (self->listen);
  g_free (self->external);
  g_free (self->proxy);
  g_free (self);
}

/* Of @path and, in folders, what is in them. */
static guint64
measure (const char *path, guint depth)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint64 sum = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      GStatBuf info;

      if (g_lstat (inner, &info) != 0)
        continue;
      if (S_ISREG (info.st_mode))
        sum += (guint64) info.st_size;
      else if (S_ISDIR (info.st_mode) && depth > 0)
        sum += measure (inner, depth - 1);
    }
  return sum;
}

static void
measure_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, g_memdup2 (&(guint64){ measure (task_data, 2) }, sizeof (guint64)), g_free);
}

void
tc_node_measure_disk_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (self->data_dir), g_free);
  g_task_run_in_thread (task, measure_in_thread);
}

guint64
tc_node_measure_disk_finish (TcNode *self, GAsyncResult *result)
{
  g_autofree guint64 *size_bytes = g_task_propagate_pointer (G_TASK (result), NULL);

  return size_bytes != NULL ? *size_bytes : 0;
}

static gboolean
do_get_details (gpointer data)
{
  GTask *task = data;
  TcNode *self = ((const Asked *) g_task_get_task_data (task))->node;
  TcNodeDetails *details;
  TcEngineInfo info;
  guint n_new, n_tried;

  if (tc_node_refuse_stopped (self, task))
    return G_SOURCE_REMOVE;
  tc_engine_get_info (self->engine, &info);
  tc_node_count_addresses (self, &n_new, &n_tried);
  details = g_new0 (TcNodeDetails, 1);
  *details = (TcNodeDetails) { .listen = g_strdup (tc_net_get_listen_address (self->net)), .external = g_strdup (self->external),
                               .asks_router = self->port_mapping != NULL, .proxy = g_strdup (self->proxy), .prune_mb = self->prune_mb,
                               .n_addresses = n_new + n_tried, .fee_rate = info.fee_rate };
  G_STATIC_ASSERT (TC_NODE_FEE_BINS == TC_ENGINE_FEE_BINS);
  tc_engine_count_fees (self->engine, details->fees);
  tc_node_touch_status (self);  /* who asks looks at the traffic, too */
  g_task_return_pointer (task, details, (GDestroyNotify) tc_node_details_free);
  return G_SOURCE_REMOVE;
}

void
tc_node_get_details_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, NULL, NULL, NULL, do_get_details, cancellable, callback, user_data);
}

TcNodeDetails *
tc_node_get_details_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- RPC methods by name --- */

G_DEFINE_QUARK (tc-node-rpc-error-quark, tc_node_rpc_error)

static void
on_answer (const char *result, int error_code, const char *error_message, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;

  if (error_code == 0)
    g_task_return_pointer (task, g_strdup (result), g_free);
  else
    g_task_return_new_error (task, TC_NODE_RPC_ERROR, error_code, "%s", error_message);
}

static gboolean
do_call (gpointer data)
{
  GTask *task = data;
  Asked *asked = g_task_get_task_data (task);

  if (tc_node_refuse_stopped (asked->node, task))
    return G_SOURCE_REMOVE;
  tc_rpc_server_call (tc_node_ensure_rpc (asked->node), asked->scope, asked->method, g_steal_pointer (&asked->params), on_answer, g_object_ref (task));
  return G_SOURCE_REMOVE;
}

void
tc_node_call_async (TcNode *self, const char *scope, const char *method, json_object *params, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  post (self, scope, method, params, do_call, cancellable, callback, user_data);
}

char *
tc_node_call_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
