#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "rpc/request.h"
#include "rpc/server.h"

static json_object *
parse (const char *text)
{
  enum json_tokener_error error;
  json_object *json = json_tokener_parse_verbose (text, &error);

  TC_CHECK (error == json_tokener_success);
  return json;
}

/* Whatever came in, what goes out is JSON of the form that its version asks for. */
static void
check_answer (const TcRpcEntry *entry, const char *result, int code, const char *message)
{
  g_autoptr(GString) text = g_string_new (NULL);
  json_object *json, *error;

  tc_rpc_put_answer (text, entry, result, code, message);
  TC_CHECK (g_utf8_validate (text->str, (gssize) text->len, NULL));
  json = parse (text->str);
  TC_CHECK (json_object_is_type (json, json_type_object));
  TC_CHECK (json_object_object_get_ex (json, "jsonrpc", NULL) == entry->is_v2);
  TC_CHECK (json_object_object_get_ex (json, "id", NULL));
  TC_CHECK (json_object_object_get_ex (json, "result", NULL) == (!entry->is_v2 || message == NULL));
  TC_CHECK (json_object_object_get_ex (json, "error", &error) == (!entry->is_v2 || message != NULL));
  TC_CHECK (json_object_is_type (error, json_type_object) == (message != NULL));
  json_object_put (json);
}

static void
check_entry (const TcRpcEntry *entry)
{
  guint status;

  if (entry->method == NULL)
    {
      TC_CHECK (entry->id != NULL && entry->error_code < 0 && entry->error_message != NULL);
      check_answer (entry, NULL, entry->error_code, entry->error_message);
      status = tc_rpc_http_status (entry, entry->error_code);
      TC_CHECK (status == 400 || status == 500 || (status == 200 && entry->is_v2));
      return;
    }
  TC_CHECK (g_utf8_validate (entry->method, -1, NULL));
  TC_CHECK (entry->params == NULL || json_object_is_type (entry->params, json_type_array) || json_object_is_type (entry->params, json_type_object));
  TC_CHECK (entry->id != NULL || entry->is_v2);
  if (entry->id == NULL)
    return;
  check_answer (entry, "[1]", 0, NULL);
  check_answer (entry, NULL, TC_RPC_METHOD_NOT_FOUND, entry->method);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(TcRpcRequest) request = tc_rpc_request_parse ((const char *) data, size);

  TC_CHECK (request->entries->len >= 1 && request->entries->len <= TC_RPC_BATCH_MAX);
  TC_CHECK (request->is_batch || request->entries->len == 1);
  for (guint i = 0; i < request->entries->len; i++)
    check_entry (g_ptr_array_index (request->entries, i));
  return 0;
}
