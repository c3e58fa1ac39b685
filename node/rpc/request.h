#pragma once

#include <glib.h>
#include <json-c/json.h>

G_BEGIN_DECLS

/* The body of an HTTP request as JSON-RPC calls, 1.0 or 2.0, single or batch. What is malformed becomes an entry that holds the error to answer
 * with; nothing here knows which methods there are. One thread. */

typedef struct
{
  gboolean     is_v2;
  char        *id;             /* (nullable) JSON text; NULL: a notification, which gets no answer */
  char        *method;         /* (nullable): NULL where this entry is no call */
  json_object *params;         /* (nullable) an array or an object, shared with nobody */
  int          error_code;     /* where method is NULL */
  const char  *error_message;
} TcRpcEntry;

typedef struct
{
  gboolean   is_batch;
  GPtrArray *entries;          /* TcRpcEntry; at least one, one exactly where it is no batch */
} TcRpcRequest;

/* Never fails: a body that does not parse gives one entry with the error. */
TcRpcRequest *tc_rpc_request_parse (const char *data, gsize n);
void          tc_rpc_request_free  (TcRpcRequest *self);

/* Appends the answer to @entry: @result (JSON text) where @error_message is NULL, else the error. @entry has an id. */
void          tc_rpc_put_answer    (GString *text, const TcRpcEntry *entry, const char *result, int error_code, const char *error_message);
/* The HTTP status of a single answer: 0 as @error_code for a result. */
guint         tc_rpc_http_status   (const TcRpcEntry *entry, int error_code);
/* As answers are written: no blanks, slashes as they are. Returns: (transfer full): "null" for NULL. */
char         *tc_rpc_json_text     (json_object *json);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRpcRequest, tc_rpc_request_free)

G_END_DECLS
