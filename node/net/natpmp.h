#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A client of NAT-PMP (RFC 6886): two datagrams to the router and two back. Blocks for four seconds at most. Any thread. */

#define TC_NATPMP_PORT 5351u

/* @lifetime_s: 0: the mapping is to end. @ret_external: (out) (transfer full): "IP:port"; untouched where it ends. */
gboolean        tc_natpmp_map     (GSocketAddress *gateway, guint16 port, guint32 lifetime_s, GCancellable *cancellable, char **ret_external,
                                   guint32 *ret_lifetime_s, GError **error);
/* The IPv4 router that a table in the form of /proc/net/route names. Returns: (transfer full) (nullable). */
GSocketAddress *tc_natpmp_gateway (const char *route_table);

G_END_DECLS
