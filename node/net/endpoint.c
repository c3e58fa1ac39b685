#include "endpoint.h"

#include <sodium.h>
#include <string.h>

#include "address.h"

#define NAME_PREFIX 0x01u  /* 0100::/8, of which nothing is routed */

static const guint8 mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
static const guint8 nat64_prefix[12] = { 0x00, 0x64, 0xff, 0x9b };

static gboolean
is_mapped (const guint8 *ip)
{
  return memcmp (ip, mapped_prefix, sizeof mapped_prefix) == 0;
}

/* Returns: (nullable): the IPv4 address that @ip carries and that a gateway makes of it: NAT64, 6to4. */
static const guint8 *
carried_ipv4 (const guint8 *ip)
{
  if (memcmp (ip, nat64_prefix, sizeof nat64_prefix) == 0)
    return ip + sizeof nat64_prefix;
  return ip[0] == 0x20 && ip[1] == 0x02 ? ip + 2 : NULL;
}

gboolean
tc_scope_may_pass (TcScope address, TcScope peer)
{
  return address != TC_SCOPE_NONE && address <= peer;
}

static TcScope
scope_of_ipv4 (const guint8 *ip)
{
  const guint second = ip[1];

  if (ip[0] == 127)
    return TC_SCOPE_LOOPBACK;
  if (ip[0] == 0 || ip[0] >= 224)
    return TC_SCOPE_NONE;
  if (ip[0] == 10 || (ip[0] == 172 && (second & 0xf0) == 16) || (ip[0] == 192 && second == 168) || (ip[0] == 169 && second == 254)
      || (ip[0] == 100 && (second & 0xc0) == 64) || (ip[0] == 198 && (second & 0xfe) == 18))
    return TC_SCOPE_PRIVATE;
  return TC_SCOPE_PUBLIC;
}

TcScope
tc_endpoint_scope (const guint8 *ip)
{
  static const guint8 loopback[TC_ENDPOINT_IP_SIZE] = { [15] = 1 };
  const guint8 *carried = carried_ipv4 (ip);

  if (is_mapped (ip))
    return scope_of_ipv4 (ip + sizeof mapped_prefix);
  if (memcmp (ip, loopback, sizeof loopback) == 0)
    return TC_SCOPE_LOOPBACK;
  if (carried != NULL)  /* else a stranger's word would lead through the gateway into the gateway's own house */
    return scope_of_ipv4 (carried) == TC_SCOPE_PUBLIC ? TC_SCOPE_PUBLIC : TC_SCOPE_NONE;
  if ((ip[0] & 0xfe) == 0xfc || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0xc0))
    return TC_SCOPE_PRIVATE;
  if (ip[0] == 0 || ip[0] == 0xff || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80))
    return TC_SCOPE_NONE;
  return TC_SCOPE_PUBLIC;
}

gboolean
tc_endpoint_is_any (const guint8 *ip)
{
  static const guint8 zeros[TC_ENDPOINT_IP_SIZE];

  return memcmp (ip, zeros, sizeof zeros) == 0 || (is_mapped (ip) && memcmp (ip + sizeof mapped_prefix, zeros, 4) == 0);
}

static guint64
group_of_ipv4 (const guint8 *ip)
{
  return (guint64) 4 << 32 | (guint64) ip[0] << 24 | (guint64) ip[1] << 16;
}

guint64
tc_endpoint_group (const guint8 *ip)
{
  const guint8 *carried = is_mapped (ip) ? ip + sizeof mapped_prefix : carried_ipv4 (ip);

  if (carried != NULL)
    return group_of_ipv4 (carried);
  return (guint64) 6 << 32 | (guint64) ip[0] << 24 | (guint64) ip[1] << 16 | (guint64) ip[2] << 8 | ip[3];
}

gboolean
tc_endpoint_equal (const TcEndpoint *a, const TcEndpoint *b)
{
  return memcmp (a, b, sizeof (TcEndpoint)) == 0;
}

TcEndpoint
tc_endpoint_from_socket (GSocketAddress *address)
{
  g_autoptr (GInetAddress) inet = tc_address_get_inet (address);
  TcEndpoint self = { .port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) };

  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6)
    memcpy (self.ip, g_inet_address_to_bytes (inet), sizeof self.ip);
  else
    {
      memcpy (self.ip, mapped_prefix, sizeof mapped_prefix);
      memcpy (self.ip + sizeof mapped_prefix, g_inet_address_to_bytes (inet), 4);
    }
  return self;
}

gboolean
tc_endpoint_parse (const char *text, TcEndpoint *ret_endpoint)
{
  g_autoptr (GSocketAddress) address = tc_address_parse_socket (text);
  TcEndpoint endpoint;

  if (address == NULL)
    return FALSE;
  endpoint = tc_endpoint_from_socket (address);
  if (endpoint.port == 0)
    return FALSE;
  *ret_endpoint = endpoint;
  return TRUE;
}

GSocketAddress *
tc_endpoint_to_socket (const TcEndpoint *self)
{
  g_autoptr (GInetAddress) inet = is_mapped (self->ip) ? g_inet_address_new_from_bytes (self->ip + sizeof mapped_prefix, G_SOCKET_FAMILY_IPV4)
                                                       : g_inet_address_new_from_bytes (self->ip, G_SOCKET_FAMILY_IPV6);

  return g_inet_socket_address_new (inet, self->port);
}

char *
tc_endpoint_to_text (const TcEndpoint *self)
{
  g_autoptr (GSocketAddress) address = tc_endpoint_to_socket (self);

  return tc_address_to_text (address);
}

void
tc_endpoint_name_source (const char *name, guint8 *ret_ip)
{
  crypto_generichash (ret_ip, TC_ENDPOINT_IP_SIZE, (const guint8 *) name, strlen (name), NULL, 0);
  ret_ip[0] = NAME_PREFIX;
}
