#include "listener.h"

#include <netinet/in.h>

#include <glib/gi18n-lib.h>

#include "address.h"
#include "net.h"

#define BACKLOG              128
#define ACCEPTS_PER_DISPATCH 16u
#define RETRY_MS             500u  /* after accept () failed, as it does when file descriptors run out */

struct _TcListener
{
  GMainContext      *context;
  GSocket           *socket;
  GSource           *source;
  char              *address;
  guint16            port;
  TcListenerAccepted accepted;
  gpointer           user_data;
};

static void
drop_source (TcListener *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void watch (TcListener *self);

static gboolean
on_retry (gpointer user_data)
{
  TcListener *self = user_data;

  drop_source (self);
  watch (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (TcListener *self)
{
  drop_source (self);
  self->source = g_timeout_source_new (RETRY_MS);
  g_source_set_callback (self->source, on_retry, self, NULL);
  g_source_attach (self->source, self->context);
}

static gboolean
on_acceptable (GSocket *listening, GIOCondition condition, gpointer user_data)
{
  TcListener *self = user_data;
  g_autoptr (GSource) source = g_source_ref (self->source);

  for (guint i = 0; i < ACCEPTS_PER_DISPATCH && !g_source_is_destroyed (source); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketAddress) remote = NULL;
      GSocket *socket = g_socket_accept (listening, NULL, &error);

      if (socket == NULL)
        {
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            retry_later (self);
          break;
        }
      g_socket_set_blocking (socket, FALSE);
      remote = g_socket_get_remote_address (socket, NULL);
      if (remote == NULL)  /* it has gone already */
        g_object_unref (socket);
      else
        self->accepted (socket, remote, self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

static void
watch (TcListener *self)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_acceptable), self, NULL);
  g_source_attach (self->source, self->context);
}

static gboolean
fail (const char *address, guint port, const GError *cause, GError **error)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (error, TC_NET_ERROR, TC_NET_ERROR_LISTEN,
                 _("Port %u of %s is in use by another program, perhaps a TimeCoin that is still running. Close it, or choose another port."),
                 port, address);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    g_set_error (error, TC_NET_ERROR, TC_NET_ERROR_LISTEN,
                 _("Listening on port %u of %s is not permitted. Choose a port above 1023, or grant the right to use this one."), port, address);
  else
    g_set_error (error, TC_NET_ERROR, TC_NET_ERROR_LISTEN,
                 _("Cannot listen on port %u of %s: %s. Choose an address that this computer has."), port, address, cause->message);
  return FALSE;
}

static gboolean
open_socket (TcListener *self, GSocketAddress *address, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GSocketAddress) local = NULL;
  GSocketFamily family = g_socket_address_get_family (address);
  guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));

  self->socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &cause);
  if (self->socket == NULL)
    return fail (host, port, cause, error);
  g_socket_set_blocking (self->socket, FALSE);
  g_socket_set_listen_backlog (self->socket, BACKLOG);
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (self->socket, IPPROTO_IPV6, IPV6_V6ONLY, 0, NULL);
  if (!g_socket_bind (self->socket, address, TRUE, &cause) || !g_socket_listen (self->socket, &cause))
    return fail (host, port, cause, error);
  local = g_socket_get_local_address (self->socket, &cause);
  if (local == NULL)
    return fail (host, port, cause, error);
  self->address = tc_address_to_text (local);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  return TRUE;
}

TcListener *
tc_listener_new (GMainContext *context, const char *address, TcListenerAccepted accepted, gpointer user_data, GError **error)
{
  g_autoptr (TcListener) self = g_new0 (TcListener, 1);
  g_autoptr (GSocketAddress) socket_address = tc_address_parse_socket (address);

  self->context = g_main_context_ref (context);
  self->accepted = accepted;
  self->user_data = user_data;
  if (socket_address == NULL)
    {
      g_set_error (error, TC_NET_ERROR, TC_NET_ERROR_ADDRESS,
                   _("“%s” is not an address to listen on. Give an IP address and a port, such as 0.0.0.0:24000 or [::]:24000."), address);
      return NULL;
    }
  if (!open_socket (self, socket_address, error))
    return NULL;
  watch (self);
  return g_steal_pointer (&self);
}

void
tc_listener_free (TcListener *self)
{
  if (self == NULL)
    return;
  drop_source (self);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_free (self->address);
  g_main_context_unref (self->context);
  g_free (self);
}

const char *
tc_listener_get_address (const TcListener *self)
{
  return self->address;
}

guint16
tc_listener_get_port (const TcListener *self)
{
  return self->port;
}
