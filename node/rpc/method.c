#include "method.h"

#include <string.h>

TcRpcMethod *
tc_rpc_method_new (const char *name, const char *const *param_names, const char *usage, GMainContext *context,
                   TcRpcHandler handler, gpointer user_data, GDestroyNotify destroy)
{
  TcRpcMethod *self = g_new0 (TcRpcMethod, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->shown = strrchr (self->name, '/') != NULL ? strrchr (self->name, '/') + 1 : self->name;
  self->param_names = param_names != NULL ? g_strdupv ((char **) param_names) : g_new0 (char *, 1);
  self->n_params = g_strv_length (self->param_names);
  self->usage = g_strdup (usage);
  self->context = context != NULL ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  self->handler = handler;
  self->user_data = user_data;
  self->destroy = destroy;
  return self;
}

TcRpcMethod *
tc_rpc_method_ref (TcRpcMethod *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static gboolean
do_nothing (gpointer data)
{
  return G_SOURCE_REMOVE;
}

void
tc_rpc_method_unref (TcRpcMethod *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->destroy != NULL)
    g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, do_nothing, self->user_data, self->destroy);
  g_free (self->name);
  g_strfreev (self->param_names);
  g_free (self->usage);
  g_main_context_unref (self->context);
  g_free (self);
}

gint
tc_rpc_method_find_param (const TcRpcMethod *self, const char *name)
{
  for (guint i = 0; i < self->n_params; i++)
    if (g_str_equal (self->param_names[i], name))
      return (gint) i;
  return -1;
}

static void
retire (gpointer data)
{
  TcRpcMethod *method = data;

  g_atomic_int_set (&method->removed, 1);
  tc_rpc_method_unref (method);
}

void
tc_rpc_methods_init (TcRpcMethods *self)
{
  g_mutex_init (&self->mutex);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
}

void
tc_rpc_methods_clear (TcRpcMethods *self)
{
  GHashTableIter iter;
  gpointer method;

  g_hash_table_iter_init (&iter, self->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &method))
    {
      g_hash_table_iter_steal (&iter);
      retire (method);
    }
  g_hash_table_unref (self->by_name);
  g_mutex_clear (&self->mutex);
}

/* Takes @name out. Returns: (transfer full) (nullable). The caller retires it without the mutex: destroy functions may come back here. */
static TcRpcMethod *
steal (TcRpcMethods *self, const char *name)
{
  gpointer method = NULL;

  g_hash_table_steal_extended (self->by_name, name, NULL, &method);
  return method;
}

void
tc_rpc_methods_add (TcRpcMethods *self, TcRpcMethod *method)
{
  TcRpcMethod *old;

  g_mutex_lock (&self->mutex);
  old = steal (self, method->name);
  g_hash_table_insert (self->by_name, method->name, method);
  g_mutex_unlock (&self->mutex);
  if (old != NULL)
    retire (old);
}

void
tc_rpc_methods_remove (TcRpcMethods *self, const char *name)
{
  TcRpcMethod *method;

  g_mutex_lock (&self->mutex);
  method = steal (self, name);
  g_mutex_unlock (&self->mutex);
  if (method != NULL)
    retire (method);
}

TcRpcMethod *
tc_rpc_methods_find (TcRpcMethods *self, const char *name)
{
  TcRpcMethod *method;

  g_mutex_lock (&self->mutex);
  method = g_hash_table_lookup (self->by_name, name);
  if (method != NULL)
    tc_rpc_method_ref (method);
  g_mutex_unlock (&self->mutex);
  return method;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
tc_rpc_methods_list (TcRpcMethods *self)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name;

  g_mutex_lock (&self->mutex);
  g_hash_table_iter_init (&iter, self->by_name);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      TcRpcMethod *method = g_hash_table_lookup (self->by_name, names->pdata[i]);

      if (method->shown != method->name)
        continue;

      if (text->len > 0)
        g_string_append_c (text, '\n');
      g_string_append_len (text, method->usage, (gssize) strcspn (method->usage, "\n"));
    }
  g_mutex_unlock (&self->mutex);
  return g_string_free (text, FALSE);
}
