#include "node-rpc-trust.h"

#include "node-rpc-private.h"

static json_object *
show_block (const TcCheckpoint *block, gint64 time_ms)
{
  json_object *object;

  if (block->height == 0)
    return NULL;
  object = json_object_new_object ();
  json_object_object_add (object, "height", json_object_new_uint64 (block->height));
  json_object_object_add (object, "hash", tc_json_hash (&block->hash));
  json_object_object_add (object, "time", tc_json_time (time_ms));
  return object;
}

void
tc_rpc_get_trust (TcNode *node, TcRpcCall *call)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (node);
  json_object *object = json_object_new_object ();
  TcCheckpoint newest;
  gint64 time_ms;

  tc_node_read_newest_last (node, &newest, &time_ms);
  json_object_object_add (object, "needed", json_object_new_boolean (status->needs_trust));
  json_object_object_add (object, "offered", show_block (&status->offered, status->offered_time_ms));
  json_object_object_add (object, "newest", show_block (&newest, time_ms));
  tc_rpc_call_return (call, object);
}

typedef struct
{
  TcNode    *node;  /* borrowed: a node ends its tasks before it goes */
  TcRpcCall *call;
} Answer;

static void
on_trusted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Answer *answer = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_node_trust_block_finish (answer->node, result, &error))
    tc_rpc_call_return (answer->call, NULL);
  else if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED))
    tc_rpc_call_error (answer->call, TC_RPC_VERIFY_REJECTED, "%s", error->message);
  else
    tc_rpc_call_error (answer->call, TC_RPC_MISC, "%s", error->message);
}

void
tc_rpc_trust_block (TcNode *node, TcRpcCall *call)
{
  TcCheckpoint block;
  guint64 height;
  const char *hash;
  Answer *answer;

  if (!tc_rpc_call_get_uint (call, 0, 0, &height) || !tc_rpc_call_get_string (call, 1, "", &hash))
    return;
  if (height == 0 || height > G_MAXUINT32 || !tc_hash_from_hex (hash, &block.hash))
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "trustblock takes the height of an epoch's last block, from 1 on, and its hash of 64 hexadecimal digits");
      return;
    }
  block.height = (guint32) height;
  answer = g_new (Answer, 1);
  *answer = (Answer) { node, call };
  tc_node_trust_block_async (node, &block, NULL, on_trusted, answer);
}
