#pragma once

#include "call.h"

G_BEGIN_DECLS

/* The table of methods; any thread. A method lives on, for the calls under way, after it has left the table. */

typedef struct
{
  gatomicrefcount ref_count;
  char           *name;
  const char     *shown;        /* the name without its scope */
  char          **param_names;  /* NULL-terminated */
  guint           n_params;
  char           *usage;
  GMainContext   *context;
  TcRpcHandler    handler;
  gpointer        user_data;
  GDestroyNotify  destroy;
  gint            removed;      /* atomic: the handler is not to be called any more */
} TcRpcMethod;

TcRpcMethod *tc_rpc_method_new   (const char *name, const char *const *param_names, const char *usage, GMainContext *context,
                                  TcRpcHandler handler, gpointer user_data, GDestroyNotify destroy);
TcRpcMethod *tc_rpc_method_ref   (TcRpcMethod *self);
void         tc_rpc_method_unref (TcRpcMethod *self);
/* Returns: the position of the parameter, or -1. */
gint         tc_rpc_method_find_param (const TcRpcMethod *self, const char *name);

typedef struct
{
  GMutex      mutex;
  GHashTable *by_name;          /* under mutex */
} TcRpcMethods;

void         tc_rpc_methods_init   (TcRpcMethods *self);
void         tc_rpc_methods_clear  (TcRpcMethods *self);
void         tc_rpc_methods_add    (TcRpcMethods *self, TcRpcMethod *method);  /* takes it over */
void         tc_rpc_methods_remove (TcRpcMethods *self, const char *name);
/* (transfer full) (nullable) */
TcRpcMethod *tc_rpc_methods_find   (TcRpcMethods *self, const char *name);
/* The first lines of all usages in alphabetical order, a line each; scoped methods, "SCOPE/NAME", left out. */
char        *tc_rpc_methods_list   (TcRpcMethods *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRpcMethod, tc_rpc_method_unref)

G_END_DECLS
