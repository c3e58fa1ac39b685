#include "address.h"

#include <string.h>

#include "core/codec.h"

static const guint8 mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

gboolean
tc_address_split (const char *text, char **ret_host, guint16 *ret_port)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  guint64 port;

  if (colon == NULL || colon == text || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    return FALSE;
  if (text[0] == '[')
    {
      if (colon[-1] != ']')
        return FALSE;
      host = g_strndup (text + 1, (gsize) (colon - text - 2));
      if (!g_hostname_is_ip_address (host))
        return FALSE;
    }
  else
    {
      host = g_strndup (text, (gsize) (colon - text));
      if (strpbrk (host, ": []/@\t\r\n") != NULL)
        return FALSE;
    }
  *ret_host = g_steal_pointer (&host);
  *ret_port = (guint16) port;
  return TRUE;
}

GSocketAddress *
tc_address_parse_socket (const char *text)
{
  g_autofree char *host = NULL;
  guint16 port;

  if (!tc_address_split (text, &host, &port))
    return NULL;
  return g_inet_socket_address_new_from_string (host, port);
}

GInetAddress *
tc_address_get_inet (GSocketAddress *address)
{
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  const guint8 *bytes = g_inet_address_to_bytes (inet);

  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6 && memcmp (bytes, mapped_prefix, sizeof mapped_prefix) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof mapped_prefix, G_SOCKET_FAMILY_IPV4);
  return g_object_ref (inet);
}

char *
tc_address_to_text (GSocketAddress *address)
{
  g_autoptr (GInetAddress) inet = tc_address_get_inet (address);
  g_autofree char *ip = g_inet_address_to_string (inet);
  guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6)
    return g_strdup_printf ("[%s]:%u", ip, port);
  return g_strdup_printf ("%s:%u", ip, port);
}

char *
tc_address_subject (GInetAddress *inet)
{
  g_autoptr (GInetAddress) network = NULL;
  g_autofree char *text = NULL;
  guint8 bytes[16] = { 0 };

  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4)
    return g_inet_address_to_string (inet);
  memcpy (bytes, g_inet_address_to_bytes (inet), 8);
  network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
  text = g_inet_address_to_string (network);
  return g_strconcat (text, "/64", NULL);
}

char *
tc_address_subject_parse (const char *text)
{
  g_autoptr (GInetAddress) inet = NULL;
  g_autoptr (GSocketAddress) socket = NULL;
  g_autoptr (GInetAddress) plain = NULL;
  g_autofree char *ip = NULL;
  guint8 key[32];

  if (g_str_has_prefix (text, "key:"))
    return tc_hex_decode (text + 4, key, sizeof key) ? g_ascii_strdown (text, -1) : NULL;
  ip = g_str_has_suffix (text, "/64") ? g_strndup (text, strlen (text) - 3) : g_strdup (text);
  inet = g_inet_address_new_from_string (ip);
  if (inet == NULL || (strlen (ip) != strlen (text) && g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6))
    return NULL;
  socket = g_inet_socket_address_new (inet, 0);
  plain = tc_address_get_inet (socket);
  return tc_address_subject (plain);
}

gsize
tc_address_network (GInetAddress *inet, guint8 *ret_bytes)
{
  gsize n = g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4 ? 3 : 6;

  memcpy (ret_bytes, g_inet_address_to_bytes (inet), n);
  return n;
}
