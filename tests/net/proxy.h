#pragma once

#include <gio/gio.h>

/* A SOCKS5 server on loopback, on threads of its own, that leads every name and address to one place and keeps what it was asked. */
typedef struct _Proxy Proxy;

/* @port: 0: any. @target: "IP:port" that everything leads to. @reply: what CONNECT is answered with; 0: it connects.
 * @wants_password: whether it takes only clients that log in. */
Proxy     *proxy_new          (guint16 port, const char *target, guint8 reply, gboolean wants_password);
void       proxy_free         (Proxy *self);
const char *proxy_get_address (Proxy *self);
/* What was asked for, "HOST:PORT", and with it the user names, so far. Returns: (transfer full). */
GStrv      proxy_dup_requests (Proxy *self);
GStrv      proxy_dup_users    (Proxy *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Proxy, proxy_free)
