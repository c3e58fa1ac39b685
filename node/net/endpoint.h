#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where a node may be dialled, as 18 bytes: an IPv6 address, or an IPv4 one inside it (::ffff:a.b.c.d), and a port. A plain value without padding.
 * Pure; any thread. */

#define TC_ENDPOINT_IP_SIZE  16u
#define TC_ENDPOINT_PORT_MIN 1024u  /* rule N3: of what others tell: nobody is to be made to knock at other services */

typedef struct
{
  guint8  ip[TC_ENDPOINT_IP_SIZE];
  guint16 port;
} TcEndpoint;

G_STATIC_ASSERT (sizeof (TcEndpoint) == 18);

/* How far an address reaches; the wider is the lower number. */
typedef enum
{
  TC_SCOPE_NONE     = 0,  /* no host: unspecified, multicast, of one link only, carrying a private IPv4 address */
  TC_SCOPE_PUBLIC   = 1,
  TC_SCOPE_PRIVATE  = 2,
  TC_SCOPE_LOOPBACK = 3,
} TcScope;

/* Rule N3: whether a peer of scope @peer may tell, or be told, an address of scope @address: one that reaches as far as its own or further. */
gboolean        tc_scope_may_pass       (TcScope address, TcScope peer);
TcScope         tc_endpoint_scope       (const guint8 *ip);
gboolean        tc_endpoint_is_any      (const guint8 *ip);   /* 0.0.0.0 or :: */

/* Rule N3: the network that an address counts for: an IPv4 /16, an IPv6 /32; one that carries an IPv4 address (6to4, NAT64) counts as that. */
guint64         tc_endpoint_group       (const guint8 *ip);

gboolean        tc_endpoint_equal       (const TcEndpoint *a, const TcEndpoint *b);

TcEndpoint      tc_endpoint_from_socket (GSocketAddress *address);
/* "IP:port" or "[IPv6]:port", port not 0. */
gboolean        tc_endpoint_parse       (const char *text, TcEndpoint *ret_endpoint);
GSocketAddress *tc_endpoint_to_socket   (const TcEndpoint *self);
char           *tc_endpoint_to_text     (const TcEndpoint *self);
/* Stands for a source that has no address, such as a DNS name: of a group of its own, and public. @ret_ip: TC_ENDPOINT_IP_SIZE bytes. */
void            tc_endpoint_name_source (const char *name, guint8 *ret_ip);

G_END_DECLS
