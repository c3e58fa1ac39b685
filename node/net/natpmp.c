#include "natpmp.h"

#include <string.h>

#include "portmap.h"

#define TRY_FIRST_US 250000  /* doubled each time (RFC 6886, 3.1) */
#define TRIES        4u
#define ANSWER_MAX   16u

enum { OP_ADDRESS = 0, OP_MAP_TCP = 2, OP_ANSWER = 128 };

static guint16
get_u16 (const guint8 *data)
{
  return (guint16) (data[0] << 8 | data[1]);
}

static gboolean
fail (GError **error, const char *text)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
  return FALSE;
}

static gboolean
check_result (guint16 result, GError **error)
{
  static const char *const texts[] = { NULL, "the router speaks another version", "the router does not allow it", "the router has no connection",
                                       "the router has no room for it", "the router cannot do it" };

  return result == 0 || fail (error, result < G_N_ELEMENTS (texts) ? texts[result] : "the router refused");
}

/* Waits for the answer to @op, of exactly @n bytes; anything else is dropped. Returns: whether it came in time. */
static gboolean
receive (GSocket *socket, guint8 op, guint8 *ret_answer, gsize n, gint64 until_us, GCancellable *cancellable)
{
  gint64 left_us;

  while ((left_us = until_us - g_get_monotonic_time ()) > 0 && g_socket_condition_timed_wait (socket, G_IO_IN, left_us, cancellable, NULL))
    {
      guint8 data[ANSWER_MAX + 1];
      gssize got = g_socket_receive (socket, (char *) data, sizeof data, cancellable, NULL);

      /* A refusal may be shorter. */
      if (got < 4 || data[0] != 0 || data[1] != OP_ANSWER + op || (got != (gssize) n && get_u16 (data + 2) == 0))
        {
          if (got < 0)
            return FALSE;
          continue;
        }
      memset (ret_answer, 0, n);
      memcpy (ret_answer, data, MIN ((gsize) got, n));
      return TRUE;
    }
  return FALSE;
}

static gboolean
ask (GSocket *socket, const guint8 *request, gsize n_request, guint8 *ret_answer, gsize n_answer, GCancellable *cancellable, GError **error)
{
  gint64 wait_us = TRY_FIRST_US;

  for (guint i = 0; i < TRIES; i++, wait_us *= 2)
    {
      if (g_socket_send (socket, (const char *) request, n_request, cancellable, error) < 0)
        return FALSE;
      if (receive (socket, request[1], ret_answer, n_answer, g_get_monotonic_time () + wait_us, cancellable))
        return check_result (get_u16 (ret_answer + 2), error);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    }
  return fail (error, "no router answered");
}

gboolean
tc_natpmp_map (GSocketAddress *gateway, guint16 port, guint32 lifetime_s, GCancellable *cancellable, char **ret_external, guint32 *ret_lifetime_s,
               GError **error)
{
  static const guint8 ask_address[2] = { 0, OP_ADDRESS };
  const guint8 ask_map[12] = { 0, OP_MAP_TCP, 0, 0, (guint8) (port >> 8), (guint8) port, lifetime_s != 0 ? (guint8) (port >> 8) : 0,
                               lifetime_s != 0 ? (guint8) port : 0, (guint8) (lifetime_s >> 24), (guint8) (lifetime_s >> 16),
                               (guint8) (lifetime_s >> 8), (guint8) lifetime_s };
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (gateway), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  guint8 address[12], mapped[16];

  /* Connected: what comes from elsewhere is not seen. */
  if (socket == NULL || !g_socket_connect (socket, gateway, cancellable, error))
    return FALSE;
  g_socket_set_blocking (socket, FALSE);
  if (!ask (socket, ask_map, sizeof ask_map, mapped, sizeof mapped, cancellable, error))
    return FALSE;
  if (get_u16 (mapped + 8) != port)
    return fail (error, "the router's answer makes no sense");
  if (lifetime_s == 0)
    return TRUE;
  if (!ask (socket, ask_address, sizeof ask_address, address, sizeof address, cancellable, error))
    return FALSE;
  *ret_external = g_strdup_printf ("%u.%u.%u.%u:%u", address[8], address[9], address[10], address[11], get_u16 (mapped + 10));
  *ret_lifetime_s = (guint32) get_u16 (mapped + 12) << 16 | get_u16 (mapped + 14);
  return TRUE;
}

/* Lines of: interface, destination, gateway, flags, … in hexadecimal, as the machine's own integers. The default route has destination 0 and flag 2. */
GSocketAddress *
tc_natpmp_gateway (const char *route_table)
{
  g_auto (GStrv) lines = g_strsplit (route_table, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 5);
      guint64 destination, gateway, flags;
      guint32 ip;

      if (g_strv_length (fields) == 5 && g_ascii_string_to_unsigned (fields[1], 16, 0, G_MAXUINT32, &destination, NULL)
          && g_ascii_string_to_unsigned (fields[2], 16, 1, G_MAXUINT32, &gateway, NULL)
          && g_ascii_string_to_unsigned (fields[3], 16, 0, G_MAXUINT32, &flags, NULL) && destination == 0 && (flags & 2) != 0)
        {
          g_autoptr (GInetAddress) inet = NULL;

          ip = (guint32) gateway;
          inet = g_inet_address_new_from_bytes ((const guint8 *) &ip, G_SOCKET_FAMILY_IPV4);
          return g_inet_socket_address_new (inet, TC_NATPMP_PORT);
        }
    }
  return NULL;
}

/* The mapper: its state is the router's address. */

static gboolean
map (guint16 port, guint32 lifetime_s, gpointer *state, GCancellable *cancellable, char **ret_external, guint32 *ret_lifetime_s, GError **error)
{
  g_autofree char *table = NULL;

  g_clear_object ((GObject **) state);
  if (!g_file_get_contents ("/proc/net/route", &table, NULL, error))
    return FALSE;
  *state = tc_natpmp_gateway (table);
  if (*state == NULL)
    return fail (error, "there is no router");
  return tc_natpmp_map (*state, port, lifetime_s, cancellable, ret_external, ret_lifetime_s, error);
}

static void
unmap (guint16 port, gpointer state)
{
  g_autoptr (GSocketAddress) gateway = state;

  if (gateway != NULL)
    tc_natpmp_map (gateway, port, 0, NULL, NULL, NULL, NULL);
}

const TcPortMapper TC_PORT_MAPPER_NATPMP = { "NAT-PMP", map, unmap };
