#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who may call: the cookie and the Host header. */

/* A new cookie in @dir/.cookie, mode 0600. Returns: (transfer full) (nullable): "__cookie__:HEX". */
char     *tc_rpc_cookie_write  (const char *dir, GError **error);
void      tc_rpc_cookie_remove (const char *dir);
/* @header: (nullable): of Authorization. In a time that does not depend on how much of it is right. */
gboolean  tc_rpc_cookie_check  (const char *cookie, const char *header);

/* @listen: "127.0.0.1:24001", "[::1]:24001". Returns: (transfer full) (nullable). */
GSocketAddress *tc_rpc_parse_address (const char *listen);
char     *tc_rpc_format_address (GInetSocketAddress *address);
/* @header: (nullable): of Host. TRUE for a loopback name or address, for the address listened on, and, where that is any, for every IP address: no name
 * that somebody can point at this machine. */
gboolean  tc_rpc_host_check    (const char *header, GInetAddress *listen);

G_END_DECLS
