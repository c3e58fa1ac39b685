#include "server-private.h"

/* Calls that come from within the process. */

typedef struct
{
  TcRpcServer    *server;
  TcRpcCall      *call;
  TcRpcAnswerFunc answer;
  gpointer        user_data;
} InnerCall;

static void
on_done (TcRpcCall *call, gpointer user_data)
{
  InnerCall *inner = user_data;
  const char *result, *error_message;
  const int error_code = tc_rpc_call_get_outcome (call, &result, &error_message);

  g_hash_table_remove (inner->server->inner, inner);
  inner->answer (result, error_code, error_message, inner->user_data);
  tc_rpc_call_unref (call);
  g_free (inner);
}

static TcRpcMethod *
find_method (TcRpcServer *self, const char *scope, const char *name)
{
  g_autofree char *scoped = scope != NULL ? g_strconcat (scope, "/", name, NULL) : NULL;
  g_autoptr(TcRpcMethod) method = NULL;

  if (strchr (name, '/') != NULL)
    return NULL;
  method = scoped != NULL ? tc_rpc_methods_find (&self->methods, scoped) : NULL;
  return method != NULL ? g_steal_pointer (&method) : tc_rpc_methods_find (&self->methods, name);
}

void
tc_rpc_server_call (TcRpcServer *self, const char *scope, const char *name, json_object *params, TcRpcAnswerFunc answer, gpointer user_data)
{
  g_autoptr(TcRpcMethod) method = find_method (self, scope, name);
  g_autofree char *message = NULL;
  InnerCall *inner;
  int code = 0;

  if (method == NULL)
    {
      message = g_strdup_printf ("There is no method %s. Call help for a list.", name);
      json_object_put (params);
      answer (NULL, TC_RPC_METHOD_NOT_FOUND, message, user_data);
      return;
    }
  inner = g_new (InnerCall, 1);
  *inner = (InnerCall) { .server = self, .answer = answer, .user_data = user_data };
  inner->call = tc_rpc_call_start (method, params, self->context, on_done, inner, &code, &message);
  if (inner->call != NULL)
    {
      g_hash_table_add (self->inner, inner);
      return;
    }
  g_free (inner);
  answer (NULL, code, message, user_data);
}

void
tc_rpc_inner_stop (TcRpcServer *self)
{
  g_autoptr(GList) calls = g_hash_table_get_keys (self->inner);

  g_hash_table_remove_all (self->inner);
  for (GList *link = calls; link != NULL; link = link->next)
    {
      InnerCall *inner = link->data;

      tc_rpc_call_abandon (inner->call);
      tc_rpc_call_unref (inner->call);
      inner->answer (NULL, TC_RPC_MISC, "The node is stopping.", inner->user_data);
      g_free (inner);
    }
}
