#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/codec.h"

#include "server.h"

#define COOKIE_USER "__cookie__:"
#define SECRET_SIZE 32u

/* In full, in a file that only its owner ever could read. */
static gboolean
write_private (const char *path, const char *text)
{
  gsize n = strlen (text);
  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = fchmod (fd, 0600) == 0 && write (fd, text, n) == (gssize) n;
  return close (fd) == 0 && ok;
}

char *
tc_rpc_cookie_write (const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, ".cookie", NULL);
  g_autofree char *part = g_strconcat (path, ".new", NULL);
  guint8 secret[SECRET_SIZE];
  g_autofree char *hex = NULL;
  g_autofree char *cookie = NULL;

  randombytes_buf (secret, sizeof secret);
  hex = tc_hex_encode (secret, sizeof secret);
  cookie = g_strconcat (COOKIE_USER, hex, NULL);
  g_unlink (part);
  if (!write_private (part, cookie) || g_rename (part, path) != 0)
    {
      g_set_error (error, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_COOKIE,
                   "%s cannot be written: %s. Check that its directory is yours and that the disk has space.", path, g_strerror (errno));
      g_unlink (part);
      return NULL;
    }
  return g_steal_pointer (&cookie);
}

void
tc_rpc_cookie_remove (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, ".cookie", NULL);

  g_unlink (path);
}

gboolean
tc_rpc_cookie_check (const char *cookie, const char *header)
{
  g_autofree guchar *given = NULL;
  gsize n = strlen (cookie), n_given = 0;

  if (header == NULL || g_ascii_strncasecmp (header, "Basic ", 6) != 0)
    return FALSE;
  given = g_base64_decode (header + 6, &n_given);
  return n_given == n && sodium_memcmp (given, cookie, n) == 0;
}

/* Splits "NAME:port", "[IPv6]:port" and both without a port. @ret_port: (nullable). */
static gboolean
split_host (const char *text, char **ret_name, const char **ret_port)
{
  const char *end = text[0] == '[' ? strchr (text, ']') : text + strcspn (text, ":");
  const char *start = text[0] == '[' ? text + 1 : text;

  if (end == NULL || end == start)
    return FALSE;
  *ret_name = g_strndup (start, (gsize) (end - start));
  if (*end == ']')
    end++;
  *ret_port = *end == ':' ? end + 1 : NULL;
  if (*end == ':' || *end == '\0')
    return TRUE;
  g_clear_pointer (ret_name, g_free);
  return FALSE;
}

GSocketAddress *
tc_rpc_parse_address (const char *listen)
{
  g_autofree char *name = NULL;
  g_autoptr(GInetAddress) address = NULL;
  const char *port_text;
  guint64 port;

  if (!split_host (listen, &name, &port_text) || port_text == NULL || !g_ascii_string_to_unsigned (port_text, 10, 0, 65535, &port, NULL))
    return NULL;
  address = g_inet_address_new_from_string (name);
  return address != NULL ? g_inet_socket_address_new (address, (guint16) port) : NULL;
}

char *
tc_rpc_format_address (GInetSocketAddress *address)
{
  GInetAddress *inet = g_inet_socket_address_get_address (address);
  g_autofree char *ip = g_inet_address_to_string (inet);

  return g_strdup_printf (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6 ? "[%s]:%u" : "%s:%u",
                          ip, g_inet_socket_address_get_port (address));
}

gboolean
tc_rpc_host_check (const char *header, GInetAddress *listen)
{
  g_autofree char *name = NULL;
  g_autoptr(GInetAddress) address = NULL;
  const char *port;

  if (header == NULL || !split_host (header, &name, &port) || (port != NULL && strspn (port, "0123456789") != strlen (port)))
    return FALSE;
  if (g_ascii_strcasecmp (name, "localhost") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (name);
  if (address == NULL)
    return FALSE;
  return g_inet_address_get_is_loopback (address) || g_inet_address_equal (address, listen) || g_inet_address_get_is_any (listen);
}
