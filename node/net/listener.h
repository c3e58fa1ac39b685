#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A listening socket on a context. One thread. */
typedef struct _TcListener TcListener;

/* @socket: (transfer full): non-blocking. */
typedef void (*TcListenerAccepted) (GSocket *socket, GSocketAddress *remote, gpointer user_data);

/* @address: "IP:port" or "[IPv6]:port"; "[::]:port" takes IPv4 too. Errors: TC_NET_ERROR. */
TcListener *tc_listener_new         (GMainContext *context, const char *address, TcListenerAccepted accepted, gpointer user_data,
                                     GError **error);
void        tc_listener_free        (TcListener *self);
/* With the port that it really has. */
const char *tc_listener_get_address (const TcListener *self);
guint16     tc_listener_get_port    (const TcListener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcListener, tc_listener_free)

G_END_DECLS
