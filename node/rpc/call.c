#include "call-private.h"

#include <string.h>

#include "core/check.h"

#include "request.h"

struct _TcRpcCall
{
  gatomicrefcount ref_count;
  TcRpcMethod    *method;
  json_object   **params;        /* method->n_params; the handler's until the call ends */
  gint            ended;         /* atomic */

  GMainContext   *done_context;
  TcRpcDone       done;          /* of done_context; NULL: abandoned */
  gpointer        done_data;

  char           *result;        /* JSON text: the handler's thread writes it, so that no json_object is used by two */
  int             error_code;
  char           *error_message;
};

typedef struct
{
  TcRpcCall *call;
  gboolean   dispatched;
} Dispatch;

static TcRpcCall *
call_ref (TcRpcCall *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_rpc_call_unref (TcRpcCall *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->method->n_params; i++)
    json_object_put (self->params[i]);
  g_free (self->params);
  tc_rpc_method_unref (self->method);
  g_main_context_unref (self->done_context);
  g_free (self->result);
  g_free (self->error_message);
  g_free (self);
}

/* --- Start --- */

/* Returns: FALSE, with the error set, where @params do not fit. */
static gboolean
place_params (TcRpcCall *self, json_object *params, int *ret_code, char **ret_message)
{
  const TcRpcMethod *method = self->method;

  if (params == NULL)
    return TRUE;
  if (json_object_is_type (params, json_type_array))
    {
      gsize n = json_object_array_length (params);

      if (n > method->n_params)
        {
          *ret_code = TC_RPC_INVALID_PARAMS;
          *ret_message = g_strdup_printf ("%s takes at most %u parameters. Usage:\n%s", method->shown, method->n_params, method->usage);
          return FALSE;
        }
      for (gsize i = 0; i < n; i++)
        self->params[i] = json_object_get (json_object_array_get_idx (params, i));
      return TRUE;
    }
  json_object_object_foreach (params, name, value)
    {
      gint position = tc_rpc_method_find_param (method, name);

      if (position < 0)
        {
          *ret_code = TC_RPC_PARAMETER;
          *ret_message = g_strdup_printf ("Unknown named parameter %s. Usage:\n%s", name, method->usage);
          return FALSE;
        }
      self->params[position] = json_object_get (value);
    }
  return TRUE;
}

static gboolean
run_handler (gpointer data)
{
  Dispatch *dispatch = data;
  TcRpcCall *call = dispatch->call;

  dispatch->dispatched = TRUE;
  if (g_atomic_int_get (&call->method->removed))
    tc_rpc_call_error (call, TC_RPC_METHOD_NOT_FOUND, "%s is not available any more.", call->method->shown);
  else
    call->method->handler (call, call->method->user_data);
  return G_SOURCE_REMOVE;
}

static void
dispatch_free (gpointer data)
{
  Dispatch *dispatch = data;

  if (!dispatch->dispatched)
    tc_rpc_call_error (dispatch->call, TC_RPC_INTERNAL, "What answers %s has stopped.", dispatch->call->method->shown);
  g_free (dispatch);
}

static void
post (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, context);
}

TcRpcCall *
tc_rpc_call_start (TcRpcMethod *method, json_object *params, GMainContext *done_context, TcRpcDone done, gpointer user_data,
                   int *ret_code, char **ret_message)
{
  TcRpcCall *self = g_new0 (TcRpcCall, 1);
  Dispatch *dispatch;
  gboolean ok;

  g_atomic_ref_count_init (&self->ref_count);
  self->method = tc_rpc_method_ref (method);
  self->params = g_new0 (json_object *, method->n_params);
  self->done_context = g_main_context_ref (done_context);
  self->done = done;
  self->done_data = user_data;
  ok = place_params (self, params, ret_code, ret_message);
  /* The container goes here, in this thread; its values are the call's alone. */
  json_object_put (params);
  if (!ok)
    {
      tc_rpc_call_unref (self);
      return NULL;
    }
  dispatch = g_new0 (Dispatch, 1);
  dispatch->call = call_ref (self);
  post (method->context, run_handler, dispatch, dispatch_free);
  return self;
}

void
tc_rpc_call_abandon (TcRpcCall *self)
{
  self->done = NULL;
}

int
tc_rpc_call_get_outcome (TcRpcCall *self, const char **ret_result, const char **ret_error_message)
{
  TC_CHECK (g_atomic_int_get (&self->ended) && (self->result != NULL || self->error_code != 0));
  *ret_result = self->result;
  *ret_error_message = self->error_message;
  return self->error_code;
}

/* --- End --- */

static gboolean
call_done (gpointer data)
{
  TcRpcCall *self = data;

  if (self->done != NULL)
    self->done (self, self->done_data);
  return G_SOURCE_REMOVE;
}

static void
release (gpointer data)
{
  tc_rpc_call_unref (data);
}

/* The handler's reference goes to the waiting side. Within its own context the answer is handed over at once: so that it is on its way before anything else that the
 * handler sets off, such as stopping the node. */
static void
finish (TcRpcCall *self)
{
  if (g_main_context_is_owner (self->done_context))
    {
      call_done (self);
      tc_rpc_call_unref (self);
    }
  else
    post (self->done_context, call_done, self, release);
}

static void
mark_ended (TcRpcCall *self)
{
  TC_CHECK (g_atomic_int_compare_and_exchange (&self->ended, 0, 1));
}

void
tc_rpc_call_return (TcRpcCall *call, json_object *result)
{
  mark_ended (call);
  call->result = tc_rpc_json_text (result);
  json_object_put (result);
  finish (call);
}

void
tc_rpc_call_error (TcRpcCall *call, int code, const char *format, ...)
{
  va_list args;

  TC_CHECK (code != 0);
  mark_ended (call);
  call->error_code = code;
  va_start (args, format);
  call->error_message = g_strdup_vprintf (format, args);
  va_end (args);
  finish (call);
}

/* --- Parameters --- */

json_object *
tc_rpc_call_get_param (TcRpcCall *call, guint position)
{
  TC_CHECK (position < call->method->n_params);
  return call->params[position];
}

static gboolean
fail_type (TcRpcCall *call, guint position, const char *expected)
{
  tc_rpc_call_error (call, TC_RPC_TYPE, "Parameter %u (%s) must be %s.", position + 1, call->method->param_names[position], expected);
  return FALSE;
}

gboolean
tc_rpc_call_get_string (TcRpcCall *call, guint position, const char *fallback, const char **ret_value)
{
  json_object *json = tc_rpc_call_get_param (call, position);
  const char *text = fallback;

  if (json != NULL)
    {
      if (!json_object_is_type (json, json_type_string))
        return fail_type (call, position, "a string");
      text = json_object_get_string (json);
      if (strlen (text) != (gsize) json_object_get_string_len (json))
        return fail_type (call, position, "a string without NUL characters");
    }
  *ret_value = text;
  return TRUE;
}

gboolean
tc_rpc_call_get_uint (TcRpcCall *call, guint position, guint64 fallback, guint64 *ret_value)
{
  json_object *json = tc_rpc_call_get_param (call, position);

  if (json != NULL && (!json_object_is_type (json, json_type_int) || json_object_get_int64 (json) < 0))
    return fail_type (call, position, "a whole number, not negative");
  *ret_value = json != NULL ? json_object_get_uint64 (json) : fallback;
  return TRUE;
}

gboolean
tc_rpc_call_get_bool (TcRpcCall *call, guint position, gboolean fallback, gboolean *ret_value)
{
  json_object *json = tc_rpc_call_get_param (call, position);

  if (json != NULL && !json_object_is_type (json, json_type_boolean))
    return fail_type (call, position, "true or false");
  *ret_value = json != NULL ? json_object_get_boolean (json) : fallback;
  return TRUE;
}

gboolean
tc_rpc_call_get_amount (TcRpcCall *call, guint position, TcAmount *ret_value)
{
  json_object *json = tc_rpc_call_get_param (call, position);
  g_autoptr(GError) error = NULL;

  if (!json_object_is_type (json, json_type_int) && !json_object_is_type (json, json_type_double) && !json_object_is_type (json, json_type_string))
    return fail_type (call, position, "an amount in TIME, such as 12.5");
  /* json-c keeps a parsed number's text, and gives it back here. */
  if (tc_amount_parse (json_object_get_string (json), ret_value, &error))
    return TRUE;
  tc_rpc_call_error (call, TC_RPC_TYPE, "Parameter %u (%s): %s", position + 1, call->method->param_names[position], error->message);
  return FALSE;
}

json_object *
tc_rpc_amount (TcAmount amount, gboolean negative)
{
  g_autofree char *digits = tc_amount_format (amount);
  g_autofree char *text = g_strconcat (negative && amount.units > 0 ? "-" : "", digits, NULL);

  /* What is written is the text; the value beside it is never read. */
  return json_object_new_double_s (0, text);
}
