#include "proxy.h"

#include <string.h>

#include "net/address.h"

struct _Proxy
{
  GSocketService *service;
  char           *address;
  GSocketAddress *target;
  guint8          reply;
  gboolean        wants_password;
  GMutex          lock;
  GCond           idle;
  guint           n_busy;
  GPtrArray      *requests, *users;
  GCancellable   *stop;
};

static gboolean
read_exactly (GIOStream *stream, Proxy *self, guint8 *data, gsize n)
{
  gsize done = 0;

  return g_input_stream_read_all (g_io_stream_get_input_stream (stream), data, n, &done, self->stop, NULL) && done == n;
}

static gboolean
write_all (GIOStream *stream, Proxy *self, const void *data, gsize n)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream), data, n, NULL, self->stop, NULL);
}

static void
note (Proxy *self, GPtrArray *list, char *text)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (list, text);
  g_mutex_unlock (&self->lock);
}

static gboolean
log_in (GIOStream *stream, Proxy *self)
{
  guint8 head[2], user[256] = { 0 }, password[256] = { 0 }, length;

  if (!read_exactly (stream, self, head, 2) || head[0] != 1 || !read_exactly (stream, self, user, head[1])
      || !read_exactly (stream, self, &length, 1) || !read_exactly (stream, self, password, length))
    return FALSE;
  note (self, self->users, g_strdup ((char *) user));
  return write_all (stream, self, "\1\0", 2);
}

static gboolean
greet (GIOStream *stream, Proxy *self)
{
  guint8 head[2], methods[255];

  if (!read_exactly (stream, self, head, 2) || head[0] != 5 || !read_exactly (stream, self, methods, head[1]))
    return FALSE;
  if (!self->wants_password)
    return write_all (stream, self, "\5\0", 2);
  return memchr (methods, 2, head[1]) != NULL && write_all (stream, self, "\5\2", 2) && log_in (stream, self);
}

static gboolean
take_request (GIOStream *stream, Proxy *self)
{
  guint8 head[4], length, host[256] = { 0 }, port[2];
  g_autofree char *text = NULL;

  if (!read_exactly (stream, self, head, 4) || head[0] != 5 || head[1] != 1)
    return FALSE;
  length = head[3] == 1 ? 4 : 16;
  if (head[3] == 3 && !read_exactly (stream, self, &length, 1))
    return FALSE;
  if (!read_exactly (stream, self, host, length) || !read_exactly (stream, self, port, 2))
    return FALSE;
  if (head[3] == 3)
    text = g_strdup ((char *) host);
  else
    {
      g_autoptr (GInetAddress) inet = g_inet_address_new_from_bytes (host, head[3] == 1 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
      text = g_inet_address_to_string (inet);
    }
  note (self, self->requests, g_strdup_printf ("%s:%u", text, port[0] << 8 | port[1]));
  return TRUE;
}

typedef struct
{
  Proxy     *proxy;
  GIOStream *from, *to;
} Pump;

static gpointer
pump (gpointer data)
{
  Pump *self = data;
  guint8 buffer[65536];
  gssize n;

  while ((n = g_input_stream_read (g_io_stream_get_input_stream (self->from), buffer, sizeof buffer, self->proxy->stop, NULL)) > 0)
    if (!write_all (self->to, self->proxy, buffer, (gsize) n))
      break;
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->to)), FALSE, TRUE, NULL);
  return NULL;
}

static void
serve (Proxy *self, GSocketConnection *connection)
{
  GIOStream *client = G_IO_STREAM (connection);
  g_autoptr (GSocketClient) dialler = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = NULL;
  guint8 answer[10] = { 5, self->reply, 0, 1 };
  GThread *back;

  if (!greet (client, self) || !take_request (client, self) || !write_all (client, self, answer, sizeof answer) || self->reply != 0)
    return;
  server = g_socket_client_connect (dialler, G_SOCKET_CONNECTABLE (self->target), self->stop, NULL);
  if (server == NULL)
    return;
  back = g_thread_new ("back", pump, &(Pump){ self, G_IO_STREAM (server), client });
  pump (&(Pump){ self, client, G_IO_STREAM (server) });
  g_thread_join (back);
}

static void
add_busy (Proxy *self, int n)
{
  g_mutex_lock (&self->lock);
  self->n_busy += (guint) n;
  g_cond_signal (&self->idle);
  g_mutex_unlock (&self->lock);
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  serve (user_data, connection);
  add_busy (user_data, -1);
  return TRUE;
}

/* On the main context, before its thread begins. */
static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  add_busy (user_data, 1);
  return FALSE;
}

Proxy *
proxy_new (guint16 port, const char *target, guint8 reply, gboolean wants_password)
{
  Proxy *self = g_new0 (Proxy, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocketAddress) actual = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  self->target = tc_address_parse_socket (target);
  self->reply = reply;
  self->wants_password = wants_password;
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->users = g_ptr_array_new_with_free_func (g_free);
  self->stop = g_cancellable_new ();
  self->service = g_threaded_socket_service_new (16);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &actual, &error);
  g_assert_no_error (error);
  self->address = tc_address_to_text (actual);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_service_start (self->service);
  return self;
}

void
proxy_free (Proxy *self)
{
  g_cancellable_cancel (self->stop);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_mutex_lock (&self->lock);
  while (self->n_busy > 0)
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
  g_object_unref (self->service);
  g_object_unref (self->stop);
  g_object_unref (self->target);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->users);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->idle);
  g_free (self->address);
  g_free (self);
}

const char *
proxy_get_address (Proxy *self)
{
  return self->address;
}

static GStrv
dup_list (Proxy *self, GPtrArray *list)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  GStrv strv;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < list->len; i++)
    g_strv_builder_add (builder, list->pdata[i]);
  g_mutex_unlock (&self->lock);
  strv = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return strv;
}

GStrv
proxy_dup_requests (Proxy *self)
{
  return dup_list (self, self->requests);
}

GStrv
proxy_dup_users (Proxy *self)
{
  return dup_list (self, self->users);
}
