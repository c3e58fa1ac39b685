#include "server-private.h"

#include "core/check.h"

#include "guard.h"

#define CONNECTION_KEY "tc-rpc-connection"

G_DEFINE_QUARK (tc-rpc-server-error-quark, tc_rpc_server_error)

/* --- help --- */

static const char *const help_params[] = { "method", NULL };

static void
run_help (TcRpcCall *call, gpointer user_data)
{
  TcRpcServer *self = user_data;
  g_autoptr(TcRpcMethod) method = NULL;
  g_autofree char *list = NULL;
  const char *name;

  if (!tc_rpc_call_get_string (call, 0, NULL, &name))
    return;
  if (name == NULL)
    {
      list = tc_rpc_methods_list (&self->methods);
      tc_rpc_call_return (call, json_object_new_string (list));
      return;
    }
  method = tc_rpc_methods_find (&self->methods, name);
  if (method != NULL)
    tc_rpc_call_return (call, json_object_new_string (method->usage));
  else
    tc_rpc_call_error (call, TC_RPC_METHOD_NOT_FOUND, "There is no method %s. Call help for a list.", name);
}

/* --- Connections --- */

static void
connection_free (gpointer data)
{
  TcRpcConnection *connection = data;

  if (connection->server != NULL)
    g_hash_table_remove (connection->server->connections, connection);
  g_free (connection);
}

/* A closed socket's object may outlive it by far: libsoup does not always let go of a connection that ended before it began. */
static void
forget_closed (TcRpcServer *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      TcRpcConnection *connection = key;

      if (!g_socket_is_closed (connection->socket))
        continue;
      connection->server = NULL;
      g_hash_table_iter_remove (&iter);
    }
}

/* libsoup tells of a connection with its first message, before anything of it is read. Returns: FALSE where there is no room for it. */
static gboolean
admit_connection (TcRpcServer *self, GSocket *socket)
{
  TcRpcConnection *connection;

  if (g_object_get_data (G_OBJECT (socket), CONNECTION_KEY) != NULL)
    return TRUE;
  if (g_hash_table_size (self->connections) >= TC_RPC_CONNECTIONS_MAX)
    forget_closed (self);
  if (g_hash_table_size (self->connections) >= TC_RPC_CONNECTIONS_MAX)
    return FALSE;
  connection = g_new0 (TcRpcConnection, 1);
  connection->server = self;
  connection->socket = socket;
  g_hash_table_add (self->connections, connection);
  g_object_set_data_full (G_OBJECT (socket), CONNECTION_KEY, connection, connection_free);
  g_socket_set_timeout (socket, TC_RPC_IDLE_MAX_S);
  return TRUE;
}

static void
on_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  TcRpcServer *self = user_data;
  GSocket *socket = soup_server_message_get_socket (message);

  tc_rpc_exchange_attach (self, message);
  if (socket != NULL && !admit_connection (self, socket))
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
on_headers (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  tc_rpc_exchange_headers (user_data, message);
}

static void
on_body (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  tc_rpc_exchange_begin (user_data, message);
}

/* --- Public --- */

TcRpcServer *
tc_rpc_server_new (const char *data_dir)
{
  TcRpcServer *self = g_new0 (TcRpcServer, 1);

  self->context = g_main_context_ref_thread_default ();
  self->data_dir = g_strdup (data_dir);
  tc_rpc_methods_init (&self->methods);
  self->inner = g_hash_table_new (NULL, NULL);
  tc_rpc_server_add_method (self, "help", help_params, "help ( METHOD )\nLists all methods, or tells what one does and takes.",
                            self->context, run_help, self, NULL);
  return self;
}

void
tc_rpc_server_free (TcRpcServer *self)
{
  if (self == NULL)
    return;
  tc_rpc_server_stop (self);
  tc_rpc_inner_stop (self);
  g_hash_table_unref (self->inner);
  tc_rpc_methods_clear (&self->methods);
  g_main_context_unref (self->context);
  g_free (self->data_dir);
  g_free (self);
}

void
tc_rpc_server_set_allow_remote (TcRpcServer *self, gboolean allow_remote)
{
  TC_CHECK (self->cookie == NULL);
  self->allow_remote = allow_remote;
}

void
tc_rpc_server_add_method (TcRpcServer *self, const char *name, const char *const *param_names, const char *usage,
                          GMainContext *context, TcRpcHandler handler, gpointer user_data, GDestroyNotify destroy)
{
  tc_rpc_methods_add (&self->methods, tc_rpc_method_new (name, param_names, usage, context, handler, user_data, destroy));
}

void
tc_rpc_server_remove_method (TcRpcServer *self, const char *name)
{
  tc_rpc_methods_remove (&self->methods, name);
}

static GSocketAddress *
parse_listen (TcRpcServer *self, const char *listen, GError **error)
{
  g_autoptr(GSocketAddress) address = tc_rpc_parse_address (listen);

  if (address == NULL)
    g_set_error (error, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_ADDRESS,
                 "%s is no address for RPC to listen on. Write it as 127.0.0.1:24001.", listen);
  else if (!self->allow_remote && !g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    g_set_error (error, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_ADDRESS,
                 "RPC listens on this machine only, and %s can be reached from others. Use 127.0.0.1 or [::1].", listen);
  else
    return g_steal_pointer (&address);
  return NULL;
}

static void
fail_listen (const char *listen, const GError *cause, GError **error)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (error, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_PORT_IN_USE,
                 "Another program listens on %s already. Close it (it may be another TimeCoin), or choose another port for RPC.", listen);
  else
    g_set_error (error, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_ADDRESS,
                 "RPC cannot listen on %s: %s. Choose another address or port for RPC.", listen, cause->message);
}

static GSocket *
listen_on (GSocketAddress *address, GError **error)
{
  g_autoptr(GSocket) socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, TC_RPC_CONNECTIONS_MAX);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/* Takes the port. */
static gboolean
open_socket (TcRpcServer *self, const char *listen, GError **error)
{
  g_autoptr(GSocketAddress) wanted = parse_listen (self, listen, error);
  g_autoptr(GSocketAddress) actual = NULL;
  g_autoptr(GSocket) socket = NULL;
  g_autoptr(GError) cause = NULL;

  if (wanted == NULL)
    return FALSE;
  socket = listen_on (wanted, &cause);
  actual = socket != NULL ? g_socket_get_local_address (socket, &cause) : NULL;
  if (actual == NULL)
    {
      fail_listen (listen, cause, error);
      return FALSE;
    }
  self->listen = g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (actual)));
  self->address = tc_rpc_format_address (G_INET_SOCKET_ADDRESS (actual));
  self->socket = g_steal_pointer (&socket);
  return TRUE;
}

static void
close_socket (TcRpcServer *self)
{
  g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_clear_object (&self->listen);
  g_clear_pointer (&self->address, g_free);
}

/* Everything but the port and the cookie. */
static void
close_soup (TcRpcServer *self)
{
  g_signal_handlers_disconnect_by_data (self->soup, self);
  soup_server_remove_handler (self->soup, NULL);
  soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  g_clear_pointer (&self->exchanges, g_hash_table_unref);
  g_clear_pointer (&self->connections, g_hash_table_unref);
}

static gboolean
open_soup (TcRpcServer *self, const char *listen, GError **error)
{
  g_autoptr(GError) cause = NULL;

  self->connections = g_hash_table_new (NULL, NULL);
  self->exchanges = g_hash_table_new (NULL, NULL);
  self->soup = soup_server_new (NULL, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_started), self);
  soup_server_add_early_handler (self->soup, NULL, on_headers, self, NULL);
  soup_server_add_handler (self->soup, NULL, on_body, self, NULL);
  if (soup_server_listen_socket (self->soup, self->socket, 0, &cause))
    return TRUE;
  fail_listen (listen, cause, error);
  close_soup (self);
  return FALSE;
}

gboolean
tc_rpc_server_start (TcRpcServer *self, const char *listen, GError **error)
{
  TC_CHECK (self->cookie == NULL);
  TC_CHECK (g_main_context_get_thread_default () == self->context
            || (g_main_context_get_thread_default () == NULL && self->context == g_main_context_default ()));

  if (!open_socket (self, listen, error))
    return FALSE;
  if (open_soup (self, listen, error))
    {
      /* Nothing is accepted before the context runs again: the cookie is there before the first request. */
      self->cookie = tc_rpc_cookie_write (self->data_dir, error);
      if (self->cookie != NULL)
        return TRUE;
      close_soup (self);
    }
  close_socket (self);
  return FALSE;
}

const char *
tc_rpc_server_get_address (TcRpcServer *self)
{
  return self->address;
}

static void
let_go (TcRpcServer *self)
{
  g_autoptr(GList) exchanges = g_hash_table_get_keys (self->exchanges);
  g_autoptr(GList) connections = g_hash_table_get_keys (self->connections);

  for (GList *link = exchanges; link != NULL; link = link->next)
    tc_rpc_exchange_stop (link->data);
  for (GList *link = connections; link != NULL; link = link->next)
    ((TcRpcConnection *) link->data)->server = NULL;
}

void
tc_rpc_server_stop (TcRpcServer *self)
{
  if (self->cookie == NULL)
    return;
  tc_rpc_cookie_remove (self->data_dir);
  let_go (self);
  close_soup (self);
  close_socket (self);
  g_clear_pointer (&self->cookie, g_free);
  TC_CHECK (self->n_running == 0 && self->bodies_bytes == 0);
}
