#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Addresses as text and as what limits and bans are counted by. IPv4 inside IPv6 (::ffff:a.b.c.d) is IPv4 everywhere. Any thread. */

/* "IP:port" or "[IPv6]:port", no names. Returns: (transfer full) (nullable). */
GSocketAddress *tc_address_parse_socket  (const char *text);

/* Splits "host:port" or "[IPv6]:port"; the port is 0..65535. */
gboolean        tc_address_split         (const char *text, char **ret_host, guint16 *ret_port);

/* Returns: (transfer full): "IP:port" or "[IPv6]:port". */
char           *tc_address_to_text       (GSocketAddress *address);

/* Returns: (transfer full): IPv4 taken out of IPv6. */
GInetAddress   *tc_address_get_inet      (GSocketAddress *address);

/* Whom a ban or a limit means: an IPv4 address as it is, an IPv6 /64 as "2001:db8:1:2::/64". Returns: (transfer full). */
char           *tc_address_subject       (GInetAddress *inet);

/* Returns: (transfer full) (nullable): @text in the form in which bans are kept: an IP address, an IPv6 /64, "key:" and 64 hexadecimal digits. */
char           *tc_address_subject_parse (const char *text);

/* The first @ret_bytes of an address that one network holds: an IPv4 /24 or an IPv6 /48. @ret_bytes: 6 bytes. Returns: how many. */
gsize           tc_address_network       (GInetAddress *inet, guint8 *ret_bytes);

G_END_DECLS
