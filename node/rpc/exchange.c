#include "server-private.h"

#include <sodium.h>
#include <sys/socket.h>

#include "core/check.h"

#include "guard.h"

#define EXCHANGE_KEY      "tc-rpc-exchange"
#define STACK_WIPED_BYTES 65536u

static void exchange_advance (TcRpcExchange *self);

/* --- The body --- */

static void
drop_body (TcRpcExchange *self)
{
  if (self->body == NULL)
    return;
  if (self->server != NULL)
    self->server->bodies_bytes -= self->body->len;
  g_clear_pointer (&self->body, g_byte_array_unref);
}

/* Past libsoup, which would read a refused body to its end first. What the kernel does not take at once is lost. */
static void
send_and_shut (TcRpcExchange *self, const char *data, gsize n)
{
  GSocket *socket = soup_server_message_get_socket (self->message);

  self->cut = TRUE;
  if (socket == NULL)
    return;
  while (n > 0)
    {
      gssize sent = g_socket_send_with_blocking (socket, data, n, FALSE, NULL, NULL);

      if (sent <= 0)
        break;
      data += sent;
      n -= (gsize) sent;
    }
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

/* A peer that goes on sending must be told at once when libsoup closes the socket, not when its window probes have given up. */
static void
reset_on_close (TcRpcExchange *self)
{
  const struct linger none = { 1, 0 };
  GSocket *socket = soup_server_message_get_socket (self->message);

  if (socket != NULL)
    setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

static void
cut_off (TcRpcExchange *self, guint status)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", status, soup_status_get_phrase (status));

  drop_body (self);
  self->refused = TRUE;
  reset_on_close (self);
  send_and_shut (self, text, strlen (text));
}

static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  TcRpcExchange *self = user_data;
  gsize n = g_bytes_get_size (chunk);

  if (self->cut || self->server == NULL)
    return;
  if (n > TC_RPC_BODY_MAX - self->read_bytes)
    {
      cut_off (self, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE);
      return;
    }
  self->read_bytes += n;
  if (self->refused)
    return;
  if (n > TC_RPC_BODIES_MAX - self->server->bodies_bytes)
    {
      cut_off (self, SOUP_STATUS_SERVICE_UNAVAILABLE);
      return;
    }
  if (self->body == NULL)
    self->body = g_byte_array_new ();
  g_byte_array_append (self->body, g_bytes_get_data (chunk, NULL), (guint) n);
  self->server->bodies_bytes += n;
}

/* --- Who may come in --- */

static void
refuse (TcRpcExchange *self, guint status, const char *text)
{
  self->refused = TRUE;
  soup_server_message_set_response (self->message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY, text, strlen (text));
  soup_server_message_set_status (self->message, status, NULL);
}

void
tc_rpc_exchange_headers (TcRpcServer *server, SoupServerMessage *message)
{
  TcRpcExchange *self = g_object_get_data (G_OBJECT (message), EXCHANGE_KEY);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  TC_CHECK (self != NULL);
  /* libsoup 3.2 does not notice a client that goes away between two requests: such connections would fill the table for ever. */
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  /* Lists, not single values: a header given twice must not hide one of its values. */
  if (!tc_rpc_host_check (soup_message_headers_get_list (headers, "Host"), server->listen))
    refuse (self, SOUP_STATUS_FORBIDDEN, "The Host header must name this machine by localhost or by its IP address.\n");
  else if (soup_message_headers_get_list (headers, "Origin") != NULL)
    refuse (self, SOUP_STATUS_FORBIDDEN, "Requests from web pages are refused.\n");
  else if (!tc_rpc_cookie_check (server->cookie, soup_message_headers_get_list (headers, "Authorization")))
    {
      refuse (self, SOUP_STATUS_UNAUTHORIZED, "Credentials are needed: the contents of .cookie in the data directory.\n");
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "WWW-Authenticate", "Basic realm=\"timecoin\"");
    }
  else if (soup_server_message_get_method (message) != SOUP_METHOD_POST)
    {
      refuse (self, SOUP_STATUS_METHOD_NOT_ALLOWED, "JSON-RPC is served by POST only.\n");
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", "POST");
    }
  else if (g_strcmp0 (g_uri_get_path (soup_server_message_get_uri (message)), "/") != 0)
    refuse (self, SOUP_STATUS_NOT_FOUND, "JSON-RPC is served at / only.\n");
  else if (server->n_running >= TC_RPC_CALLS_MAX)
    refuse (self, SOUP_STATUS_SERVICE_UNAVAILABLE, "Too many calls are under way. Try again later.\n");
  if (soup_message_headers_get_content_length (headers) > TC_RPC_BODY_MAX)
    cut_off (self, self->refused ? soup_server_message_get_status (message) : SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE);
}

/* --- Calls --- */

static void
exchange_end (TcRpcExchange *self)
{
  self->running = FALSE;
  self->server->n_running--;
  g_clear_pointer (&self->request, tc_rpc_request_free);
  g_object_unref (self->message);
}

static guint
answer_status (TcRpcExchange *self)
{
  if (self->n_answers == 0)
    return SOUP_STATUS_NO_CONTENT;
  if (self->request->is_batch)
    return SOUP_STATUS_OK;
  return tc_rpc_http_status (g_ptr_array_index (self->request->entries, 0), self->error_code);
}

static void
respond (TcRpcExchange *self)
{
  guint status = answer_status (self);

  if (self->n_answers > 0)
    {
      gsize n;

      g_string_append (self->answer, self->request->is_batch ? "]\n" : "\n");
      n = self->answer->len;
      soup_server_message_set_response (self->message, "application/json", SOUP_MEMORY_TAKE,
                                        g_string_free (g_steal_pointer (&self->answer), FALSE), n);
    }
  soup_server_message_set_status (self->message, status, NULL);
  soup_server_message_unpause (self->message);
  exchange_end (self);
}

static void
put_answer (TcRpcExchange *self, const TcRpcEntry *entry, const char *result, int error_code, const char *error_message)
{
  if (entry->id == NULL)
    return;
  if (error_code == 0 && self->answer->len + strlen (result) > TC_RPC_ANSWER_MAX && self->request->is_batch)
    {
      error_code = TC_RPC_MISC;
      error_message = "The answers of this batch are too large. Ask for less at once.";
    }
  if (self->request->is_batch)
    g_string_append_c (self->answer, self->n_answers == 0 ? '[' : ',');
  tc_rpc_put_answer (self->answer, entry, result, error_code, error_message);
  self->n_answers++;
  self->error_code = error_code;
}

static void
on_done (TcRpcCall *call, gpointer user_data)
{
  TcRpcExchange *self = user_data;
  const char *result, *error_message;
  int error_code = tc_rpc_call_get_outcome (call, &result, &error_message);

  put_answer (self, g_ptr_array_index (self->request->entries, self->next - 1), result, error_code, error_message);
  g_clear_pointer (&self->call, tc_rpc_call_unref);
  exchange_advance (self);
}

/* Returns: FALSE where the entry is answered already. */
static gboolean
begin_entry (TcRpcExchange *self, TcRpcEntry *entry)
{
  g_autoptr(TcRpcMethod) method = NULL;
  g_autofree char *message = NULL;
  int code = 0;

  if (entry->method == NULL)
    {
      put_answer (self, entry, NULL, entry->error_code, entry->error_message);
      return FALSE;
    }
  method = tc_rpc_methods_find (&self->server->methods, entry->method);
  if (method != NULL && method->shown == method->name)
    {
      self->call = tc_rpc_call_start (method, g_steal_pointer (&entry->params), self->server->context, on_done, self, &code, &message);
      if (self->call != NULL)
        return TRUE;
    }
  else
    {
      code = TC_RPC_METHOD_NOT_FOUND;
      message = g_strdup_printf ("There is no method %s. Call help for a list.", entry->method);
    }
  put_answer (self, entry, NULL, code, message);
  return FALSE;
}

/* Until the next call is under way, or all is answered. */
static void
exchange_advance (TcRpcExchange *self)
{
  while (self->next < self->request->entries->len)
    if (begin_entry (self, g_ptr_array_index (self->request->entries, self->next++)))
      return;
  respond (self);
}

/* libsoup reads into a buffer on the stack, where a password stays until something else is written there: from the main loop, all that is beneath is wiped. */
static gboolean
wipe_stack (gpointer unused)
{
  sodium_stackzero (STACK_WIPED_BYTES);
  return G_SOURCE_REMOVE;
}

static void
wipe_stack_soon (TcRpcServer *server)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, wipe_stack, NULL, NULL);
  g_source_attach (source, server->context);
}

void
tc_rpc_exchange_begin (TcRpcServer *server, SoupServerMessage *message)
{
  TcRpcExchange *self = g_object_get_data (G_OBJECT (message), EXCHANGE_KEY);

  TC_CHECK (self != NULL && !self->running);
  if (self->refused)
    return;
  if (server->n_running >= TC_RPC_CALLS_MAX)
    {
      drop_body (self);
      refuse (self, SOUP_STATUS_SERVICE_UNAVAILABLE, "Too many calls are under way. Try again later.\n");
      return;
    }
  soup_server_message_pause (message);
  g_object_ref (message);
  self->running = TRUE;
  server->n_running++;
  self->answer = g_string_new (NULL);
  self->request = tc_rpc_request_parse (self->body != NULL ? (const char *) self->body->data : "", self->body != NULL ? self->body->len : 0);
  drop_body (self);
  wipe_stack_soon (server);
  exchange_advance (self);
}

/* --- Life --- */

static void
exchange_free (gpointer data)
{
  TcRpcExchange *self = data;

  TC_CHECK (!self->running);
  drop_body (self);
  if (self->server != NULL)
    g_hash_table_remove (self->server->exchanges, self);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
  g_free (self);
}

void
tc_rpc_exchange_attach (TcRpcServer *server, SoupServerMessage *message)
{
  TcRpcExchange *self = g_new0 (TcRpcExchange, 1);

  self->server = server;
  self->message = message;
  g_hash_table_add (server->exchanges, self);
  g_object_set_data_full (G_OBJECT (message), EXCHANGE_KEY, self, exchange_free);
  /* libsoup itself would keep all that arrives. */
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), self);
}

static void
fail_rest (TcRpcExchange *self)
{
  static const char message[] = "The node is stopping.";

  if (self->call != NULL)
    {
      tc_rpc_call_abandon (self->call);
      g_clear_pointer (&self->call, tc_rpc_call_unref);
      put_answer (self, g_ptr_array_index (self->request->entries, self->next - 1), NULL, TC_RPC_MISC, message);
    }
  while (self->next < self->request->entries->len)
    put_answer (self, g_ptr_array_index (self->request->entries, self->next++), NULL, TC_RPC_MISC, message);
}

static void
answer_now (TcRpcExchange *self)
{
  g_autoptr(GString) text = g_string_new (NULL);
  guint status;

  fail_rest (self);
  status = answer_status (self);
  if (self->n_answers > 0)
    g_string_append (self->answer, self->request->is_batch ? "]\n" : "\n");
  g_string_append_printf (text, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                          status, soup_status_get_phrase (status), self->answer->len);
  g_string_append_len (text, self->answer->str, (gssize) self->answer->len);
  send_and_shut (self, text->str, text->len);
  soup_server_message_set_status (self->message, status, NULL);
}

void
tc_rpc_exchange_stop (TcRpcExchange *self)
{
  g_autoptr(SoupServerMessage) message = g_object_ref (self->message);

  if (self->running)
    {
      answer_now (self);
      exchange_end (self);
    }
  drop_body (self);
  g_hash_table_remove (self->server->exchanges, self);
  self->server = NULL;
}
