#include "request.h"

#include "server.h"

#define TEXT_FLAGS (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

char *
tc_rpc_json_text (json_object *json)
{
  return g_strdup (json_object_to_json_string_ext (json, TEXT_FLAGS));
}

static void
entry_free (gpointer data)
{
  TcRpcEntry *self = data;

  g_free (self->id);
  g_free (self->method);
  json_object_put (self->params);
  g_free (self);
}

static void
entry_fail (TcRpcEntry *self, int code, const char *message)
{
  g_clear_pointer (&self->method, g_free);
  self->error_code = code;
  self->error_message = message;
}

/* "jsonrpc" as Bitcoin Core reads it: absent or "1.0" is 1.0. */
static gboolean
read_version (json_object *json, gboolean *ret_is_v2)
{
  json_object *version;
  const char *text;

  *ret_is_v2 = FALSE;
  if (!json_object_object_get_ex (json, "jsonrpc", &version))
    return TRUE;
  if (!json_object_is_type (version, json_type_string))
    return FALSE;
  text = json_object_get_string (version);
  *ret_is_v2 = g_str_equal (text, "2.0");
  return *ret_is_v2 || g_str_equal (text, "1.0");
}

/* @ret_id: NULL for a notification. Returns: FALSE where it must be null because there is no usable one. */
static gboolean
read_id (json_object *json, gboolean is_v2, char **ret_id)
{
  json_object *id;

  *ret_id = NULL;
  if (!json_object_object_get_ex (json, "id", &id))
    {
      *ret_id = is_v2 ? NULL : g_strdup ("null");
      return TRUE;
    }
  if (json_object_is_type (id, json_type_object) || json_object_is_type (id, json_type_array) || json_object_is_type (id, json_type_boolean))
    {
      *ret_id = g_strdup ("null");
      return FALSE;
    }
  *ret_id = tc_rpc_json_text (id);
  return TRUE;
}

static gboolean
read_method (TcRpcEntry *self, json_object *json)
{
  json_object *method;

  if (!json_object_object_get_ex (json, "method", &method) || !json_object_is_type (method, json_type_string)
      || strlen (json_object_get_string (method)) != (gsize) json_object_get_string_len (method))
    return FALSE;
  self->method = g_strdup (json_object_get_string (method));
  return TRUE;
}

static gboolean
read_params (TcRpcEntry *self, json_object *json)
{
  json_object *params;

  if (!json_object_object_get_ex (json, "params", &params) || params == NULL)
    return TRUE;
  if (!json_object_is_type (params, json_type_array) && !json_object_is_type (params, json_type_object))
    return FALSE;
  /* json-c counts references without atomics: what goes to another thread must be in no tree of this one. */
  self->params = json_object_get (params);
  json_object_object_del (json, "params");
  return TRUE;
}

static TcRpcEntry *
read_entry (json_object *json)
{
  TcRpcEntry *self = g_new0 (TcRpcEntry, 1);

  if (!json_object_is_type (json, json_type_object))
    {
      self->id = g_strdup ("null");
      entry_fail (self, TC_RPC_INVALID_REQUEST, "A call must be a JSON object.");
    }
  else if (!read_version (json, &self->is_v2))
    {
      read_id (json, FALSE, &self->id);
      entry_fail (self, TC_RPC_INVALID_REQUEST, "jsonrpc must be \"2.0\" or \"1.0\".");
    }
  else if (!read_id (json, self->is_v2, &self->id))
    entry_fail (self, TC_RPC_INVALID_REQUEST, "id must be a string, a number or null.");
  else if (!read_method (self, json))
    entry_fail (self, TC_RPC_INVALID_REQUEST, "method must be a string.");
  else if (!read_params (self, json))
    entry_fail (self, TC_RPC_INVALID_REQUEST, "params must be an array or an object.");
  /* Who sends something that is no call is told so even without an id. */
  if (self->method == NULL && self->id == NULL)
    self->id = g_strdup ("null");
  return self;
}

/* An object or an array. Strict: UTF-8, no trailing bytes, bounded depth. */
static gboolean
parse_json (const char *data, gsize n, json_object **ret_json)
{
  struct json_tokener *tokener = json_tokener_new_ex (TC_RPC_DEPTH_MAX);
  json_object *json;
  gboolean ok;

  /* json-c takes a NUL for the end. */
  if (n > TC_RPC_BODY_MAX || memchr (data, 0, n) != NULL)
    {
      json_tokener_free (tokener);
      return FALSE;
    }
  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  json = json_tokener_parse_ex (tokener, data, (int) n);
  /* Of a bare number json-c cannot tell the end; it is no request anyway. */
  ok = json_tokener_get_error (tokener) == json_tokener_success && json_tokener_get_parse_end (tokener) == n
       && (json_object_is_type (json, json_type_object) || json_object_is_type (json, json_type_array));
  json_tokener_free (tokener);
  if (ok)
    *ret_json = json;
  else
    json_object_put (json);
  return ok;
}

static void
add_error (TcRpcRequest *self, int code, const char *message)
{
  TcRpcEntry *entry = g_new0 (TcRpcEntry, 1);

  entry->id = g_strdup ("null");
  entry_fail (entry, code, message);
  g_ptr_array_add (self->entries, entry);
}

TcRpcRequest *
tc_rpc_request_parse (const char *data, gsize n)
{
  TcRpcRequest *self = g_new0 (TcRpcRequest, 1);
  json_object *json = NULL;

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  if (!parse_json (data, n, &json))
    {
      add_error (self, TC_RPC_PARSE_ERROR, "The request is not valid JSON, or is nested too deeply.");
      return self;
    }
  if (!json_object_is_type (json, json_type_array))
    g_ptr_array_add (self->entries, read_entry (json));
  else if (json_object_array_length (json) == 0)
    add_error (self, TC_RPC_INVALID_REQUEST, "An empty batch.");
  else if (json_object_array_length (json) > TC_RPC_BATCH_MAX)
    add_error (self, TC_RPC_INVALID_REQUEST, "Too many calls in one batch.");
  else
    {
      self->is_batch = TRUE;
      for (gsize i = 0; i < json_object_array_length (json); i++)
        g_ptr_array_add (self->entries, read_entry (json_object_array_get_idx (json, i)));
    }
  json_object_put (json);
  return self;
}

void
tc_rpc_request_free (TcRpcRequest *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static void
put_error (GString *text, int code, const char *message)
{
  json_object *json = json_object_new_string (message);
  g_autofree char *quoted = tc_rpc_json_text (json);

  json_object_put (json);
  g_string_append_printf (text, "{\"code\":%d,\"message\":%s}", code, quoted);
}

void
tc_rpc_put_answer (GString *text, const TcRpcEntry *entry, const char *result, int error_code, const char *error_message)
{
  gboolean failed = error_message != NULL;

  g_string_append (text, entry->is_v2 ? "{\"jsonrpc\":\"2.0\"," : "{");
  /* 2.0 has one of the two, 1.0 both. */
  if (!failed || !entry->is_v2)
    g_string_append_printf (text, "\"result\":%s,", failed ? "null" : result);
  if (failed)
    {
      g_string_append (text, "\"error\":");
      put_error (text, error_code, error_message);
      g_string_append_c (text, ',');
    }
  else if (!entry->is_v2)
    g_string_append (text, "\"error\":null,");
  g_string_append_printf (text, "\"id\":%s}", entry->id);
}

guint
tc_rpc_http_status (const TcRpcEntry *entry, int error_code)
{
  if (entry->is_v2 || error_code == 0)
    return 200;
  if (error_code == TC_RPC_METHOD_NOT_FOUND)
    return 404;
  return error_code == TC_RPC_INVALID_REQUEST ? 400 : 500;
}
