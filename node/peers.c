#include "node-internal.h"

#include <glib/gi18n-lib.h>

/* Peers and bans, asked for by other threads. */

#define BY_OPERATOR "manually added"

typedef struct
{
  TcNode  *node;
  guint64  id;
  char    *subject;  /* (nullable): of a ban, or an address */
  gint64   until_ms;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->subject);
  g_free (question);
}

static void
post (const Question *question, GSourceFunc func, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_memdup2 (question, sizeof *question), question_free);
  if (tc_node_wake (question->node, func, task, g_object_unref))
    return;
  tc_node_refuse_stopped (question->node, task);
  g_object_unref (task);
}

static void
array_unref (gpointer array)
{
  g_ptr_array_unref (array);
}

/* --- peers --- */

void
tc_node_peer_free (TcNodePeer *self)
{
  g_free (self->address);
  g_free (self->agent);
  g_free (self);
}

static TcNodePeerSource
source_of (const TcNetPeerInfo *info)
{
  switch (info->source)
    {
    case TC_NET_SOURCE_INBOUND:
      return TC_NODE_PEER_INBOUND;
    case TC_NET_SOURCE_NAMED:
      return info->is_member ? TC_NODE_PEER_COMMITTEE : TC_NODE_PEER_NAMED;
    case TC_NET_SOURCE_FOUND:
      return TC_NODE_PEER_FOUND;
    }
  return TC_NODE_PEER_INBOUND;
}

static TcNodePeer *
show_peer (TcNode *self, const TcNetPeerInfo *info)
{
  TcNodePeer *peer = g_new (TcNodePeer, 1);

  *peer = (TcNodePeer) { .id = info->id, .address = g_strdup (info->address), .inbound = info->inbound, .agent = g_strdup (info->agent),
                         .connected_ms = info->connected_ms, .bytes_in = info->bytes_in, .bytes_out = info->bytes_out, .ping_ms = info->ping_ms,
                         .score = info->score, .is_member = info->is_member, .has_operator_key = info->has_operator_key,
                         .operator_key = info->operator_key, .source = source_of (info) };
  tc_engine_get_peer_height (self->engine, info->id, &peer->height);
  return peer;
}

static gboolean
do_list_peers (gpointer data)
{
  GTask *task = data;
  const Question *question = g_task_get_task_data (task);

  if (tc_node_refuse_stopped (question->node, task))
    return G_SOURCE_REMOVE;

  g_autoptr(GPtrArray) infos = tc_node_dup_peers (question->node);
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_node_peer_free);

  for (guint i = 0; i < infos->len; i++)
    g_ptr_array_add (peers, show_peer (question->node, g_ptr_array_index (infos, i)));
  g_task_return_pointer (task, peers, array_unref);
  return G_SOURCE_REMOVE;
}

void
tc_node_list_peers_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post (&(Question){ .node = self }, do_list_peers, cancellable, callback, user_data);
}

GPtrArray *
tc_node_list_peers_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
do_disconnect (gpointer data)
{
  GTask *task = data;
  const Question *question = g_task_get_task_data (task);

  if (tc_node_refuse_stopped (question->node, task))
    return G_SOURCE_REMOVE;
  if (tc_node_disconnect_peer (question->node, question->id))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, _("This peer is not connected any more."));
  return G_SOURCE_REMOVE;
}

void
tc_node_disconnect_peer_async (TcNode *self, guint64 id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post (&(Question){ .node = self, .id = id }, do_disconnect, cancellable, callback, user_data);
}

gboolean
tc_node_disconnect_peer_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
do_add_peer (gpointer data)
{
  GTask *task = data;
  const Question *question = g_task_get_task_data (task);
  GError *error = NULL;

  if (tc_node_refuse_stopped (question->node, task))
    return G_SOURCE_REMOVE;
  if (tc_node_add_address (question->node, question->subject, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  return G_SOURCE_REMOVE;
}

void
tc_node_add_peer_async (TcNode *self, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post (&(Question){ .node = self, .subject = g_strdup (address) }, do_add_peer, cancellable, callback, user_data);
}

gboolean
tc_node_add_peer_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- bans --- */

void
tc_node_ban_free (TcNodeBan *self)
{
  g_free (self->subject);
  g_free (self->reason);
  g_free (self);
}

static gboolean
do_list_bans (gpointer data)
{
  GTask *task = data;
  const Question *question = g_task_get_task_data (task);

  if (tc_node_refuse_stopped (question->node, task))
    return G_SOURCE_REMOVE;

  g_autoptr(GPtrArray) bans = tc_node_dup_bans (question->node);
  GPtrArray *shown = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_node_ban_free);

  for (guint i = 0; i < bans->len; i++)
    {
      const TcNetBan *ban = g_ptr_array_index (bans, i);
      const TcNodeBan item = { g_strdup (ban->subject), ban->created_s * 1000, ban->until_s * 1000, g_strdup (ban->reason) };

      g_ptr_array_add (shown, g_memdup2 (&item, sizeof item));
    }
  g_task_return_pointer (task, shown, array_unref);
  return G_SOURCE_REMOVE;
}

void
tc_node_list_bans_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post (&(Question){ .node = self }, do_list_bans, cancellable, callback, user_data);
}

GPtrArray *
tc_node_list_bans_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
do_ban (gpointer data)
{
  GTask *task = data;
  const Question *question = g_task_get_task_data (task);

  if (tc_node_refuse_stopped (question->node, task))
    return G_SOURCE_REMOVE;
  if (tc_node_ban (question->node, question->subject, question->until_ms / 1000))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_CONFIG, _("“%s” cannot be banned: give an IP address."), question->subject);
  return G_SOURCE_REMOVE;
}

void
tc_node_ban_async (TcNode *self, const char *subject, gint64 until_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post (&(Question){ .node = self, .subject = g_strdup (subject), .until_ms = until_ms }, do_ban, cancellable, callback, user_data);
}

gboolean
tc_node_ban_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
do_unban (gpointer data)
{
  GTask *task = data;
  const Question *question = g_task_get_task_data (task);

  if (tc_node_refuse_stopped (question->node, task))
    return G_SOURCE_REMOVE;
  if (tc_node_unban (question->node, question->subject))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, _("“%s” is not banned."), question->subject);
  return G_SOURCE_REMOVE;
}

void
tc_node_unban_async (TcNode *self, const char *subject, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post (&(Question){ .node = self, .subject = g_strdup (subject) }, do_unban, cancellable, callback, user_data);
}

gboolean
tc_node_unban_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- what node-private.h shows the folder --- */

GPtrArray *
tc_node_dup_bans (TcNode *self)
{
  return tc_net_list_bans (self->net);
}

gboolean
tc_node_ban (TcNode *self, const char *subject, gint64 until_s)
{
  return tc_net_ban (self->net, subject, until_s, BY_OPERATOR);
}

gboolean
tc_node_unban (TcNode *self, const char *subject)
{
  return tc_net_unban (self->net, subject);
}

gboolean
tc_node_disconnect_peer (TcNode *self, guint64 id)
{
  g_autoptr(TcNetPeerInfo) info = tc_net_get_peer (self->net, id);

  tc_net_disconnect (self->net, id, "its operator disconnected it");
  return info != NULL;
}
