#include <string.h>

#include "net/natpmp.h"
#include "net/portmap.h"

#define EXTERNAL "198.41.0.4"

/* A router on loopback, on a thread of its own. */
typedef struct
{
  GSocket *socket;
  GSocketAddress *address;
  GThread *thread;
  GCancellable *stop;
  guint    drop;       /* so many requests are lost */
  guint8   result;
  gboolean junk;       /* before each answer */
  guint    n_requests;
  gint     n_unmapped; /* atomic */
  guint32  lifetime_s; /* asked for last */
} Router;

static void
answer (Router *self, GSocketAddress *from, const guint8 *request, gssize n)
{
  guint8 reply[16] = { 0, (guint8) (request[1] + 128), 0, self->result, 0, 0, 0, 9, 198, 41, 0, 4 };

  if (self->junk)
    {
      g_socket_send_to (self->socket, from, "\1", 1, NULL, NULL);
      g_socket_send_to (self->socket, from, "\0\201\0\0\0\0\0\0\0\0\0\0", 12, NULL, NULL);
    }
  if (request[1] == 2 && n == 12)
    {
      memcpy (reply + 8, request + 4, 2);
      reply[10] = 0x30;  /* the outer port is the router's choice */
      reply[11] = 0x39;
      memcpy (reply + 12, request + 8, 4);
      self->lifetime_s = (guint32) request[8] << 24 | (guint32) request[9] << 16 | (guint32) request[10] << 8 | request[11];
      if (self->lifetime_s == 0)
        g_atomic_int_inc (&self->n_unmapped);
    }
  g_socket_send_to (self->socket, from, (const char *) reply, self->result != 0 ? 8 : request[1] == 2 ? 16 : 12, NULL, NULL);
}

static gpointer
run (gpointer data)
{
  Router *self = data;
  guint8 request[64];
  gssize n;

  for (;;)
    {
      g_autoptr (GSocketAddress) from = NULL;

      n = g_socket_receive_from (self->socket, &from, (char *) request, sizeof request, self->stop, NULL);
      if (n < 0)
        return NULL;
      if (++self->n_requests > self->drop && n >= 2)
        answer (self, from, request, n);
    }
}

static Router *
router_new (guint drop, guint8 result, gboolean junk)
{
  Router *self = g_new0 (Router, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  *self = (Router) { .drop = drop, .result = result, .junk = junk, .stop = g_cancellable_new () };
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_true (g_socket_bind (self->socket, any, FALSE, NULL));
  self->address = g_socket_get_local_address (self->socket, NULL);
  self->thread = g_thread_new ("router", run, self);
  return self;
}

static void
router_free (Router *self)
{
  g_cancellable_cancel (self->stop);
  g_thread_join (self->thread);
  g_object_unref (self->stop);
  g_object_unref (self->socket);
  g_object_unref (self->address);
  g_free (self);
}

static void
test_natpmp (void)
{
  Router *router = router_new (1, 0, TRUE);
  g_autofree char *external = NULL;
  g_autoptr (GError) error = NULL;
  guint32 lifetime_s = 0;

  g_test_summary ("A lost request is sent again, junk is dropped, and the router says what is mapped; ended, it is gone");
  g_assert_true (tc_natpmp_map (router->address, 24000, 70000, NULL, &external, &lifetime_s, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (external, ==, EXTERNAL ":12345");
  g_assert_cmpuint (lifetime_s, ==, 70000);
  g_assert_true (tc_natpmp_map (router->address, 24000, 0, NULL, NULL, NULL, &error));
  g_assert_cmpint (g_atomic_int_get (&router->n_unmapped), ==, 1);
  router_free (router);
}

static void
test_natpmp_refused (void)
{
  Router *router = router_new (0, 2, FALSE);
  g_autofree char *external = NULL;
  g_autoptr (GError) error = NULL;
  guint32 lifetime_s = 0;

  g_test_summary ("A router that refuses says why");
  g_assert_false (tc_natpmp_map (router->address, 24000, 3600, NULL, &external, &lifetime_s, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "the router does not allow it");
  g_assert_null (external);
  router_free (router);
}

static void
test_natpmp_silent (void)
{
  Router *router = router_new (G_MAXUINT, 0, FALSE);
  g_autofree char *external = NULL;
  g_autoptr (GError) error = NULL;
  guint32 lifetime_s = 0;

  g_test_summary ("A router that never answers is asked four times");
  g_assert_false (tc_natpmp_map (router->address, 24000, 3600, NULL, &external, &lifetime_s, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  router_free (router);
}

static void
test_gateway (void)
{
  static const char table[] = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                              "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
                              "eth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
  g_autoptr (GSocketAddress) gateway = tc_natpmp_gateway (table);
  g_autofree char *text = NULL;

  g_test_summary ("The router is the gateway of the default route");
  g_assert_nonnull (gateway);
  text = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (gateway)));
  g_assert_cmpstr (text, ==, G_BYTE_ORDER == G_LITTLE_ENDIAN ? "10.0.2.2" : "2.2.0.10");
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (gateway)), ==, TC_NATPMP_PORT);
  g_assert_null (tc_natpmp_gateway (""));
  g_assert_null (tc_natpmp_gateway ("eth0\t00000000\tx\t0003\t0"));
}

/* The state machine, with two ways of our own to ask. */

static gint n_first, n_second, n_unmapped;  /* atomic */
static const char *second_external;

static gboolean
map_never (guint16 port, guint32 lifetime_s, gpointer *state, GCancellable *cancellable, char **ret_external, guint32 *ret_lifetime_s, GError **error)
{
  g_atomic_int_inc (&n_first);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no");
  return FALSE;
}

static gboolean
map_always (guint16 port, guint32 lifetime_s, gpointer *state, GCancellable *cancellable, char **ret_external, guint32 *ret_lifetime_s, GError **error)
{
  g_atomic_int_inc (&n_second);
  *state = (gpointer) "state";
  *ret_external = g_strdup ((const char *) g_atomic_pointer_get (&second_external));
  *ret_lifetime_s = 0;  /* renewed as soon as may be */
  return TRUE;
}

static gboolean
map_hangs (guint16 port, guint32 lifetime_s, gpointer *state, GCancellable *cancellable, char **ret_external, guint32 *ret_lifetime_s, GError **error)
{
  GPollFD wait;

  if (g_cancellable_make_pollfd (cancellable, &wait))
    {
      g_poll (&wait, 1, -1);
      g_cancellable_release_fd (cancellable);
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
unmap (guint16 port, gpointer state)
{
  if (state != NULL)
    g_atomic_int_inc (&n_unmapped);
}

typedef struct
{
  guint n_told;
  char *external, *text;
} Told;

static void
on_mapped (const char *external, const char *text, gpointer user_data)
{
  Told *told = user_data;

  told->n_told++;
  g_free (told->external);
  g_free (told->text);
  told->external = g_strdup (external);
  told->text = g_strdup (text);
}

static void
told_clear (Told *told)
{
  g_free (told->external);
  g_free (told->text);
}

static TcPortMap *
start (const TcPortMapper *const *mappers, gsize n, Told *told)
{
  const TcPortMapConfig config = { .context = g_main_context_default (), .port = 24000, .mappers = mappers, .n_mappers = n, .wait_least_ms = 1, .retry_ms = 1,
                                   .func = on_mapped, .user_data = told };

  return tc_port_map_new (&config);
}

static void
test_renewed (void)
{
  static const TcPortMapper first = { "first", map_never, unmap }, second = { "second", map_always, unmap };
  static const TcPortMapper *const mappers[] = { &first, &second };
  Told told = { 0 };
  TcPortMap *map;

  g_test_summary ("Where one way fails the next is tried; a mapping is renewed, told again only when it changed, and ended at the stop");
  g_atomic_pointer_set (&second_external, EXTERNAL ":24000");
  map = start (mappers, 2, &told);
  while (told.n_told == 0 || g_atomic_int_get (&n_second) < 5)
    g_main_context_iteration (NULL, told.n_told == 0);
  g_assert_cmpuint (told.n_told, ==, 1);
  g_assert_cmpstr (told.external, ==, EXTERNAL ":24000");
  g_assert_cmpstr (told.text, ==, "second");
  g_atomic_pointer_set (&second_external, "192.168.1.2:24000");
  while (told.n_told == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (told.external);
  g_assert_cmpstr (told.text, ==, "first: no; second: the router's own address is not public: 192.168.1.2:24000");
  tc_port_map_free (map);
  g_assert_cmpint (g_atomic_int_get (&n_unmapped), ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (told.n_told, ==, 2);
  told_clear (&told);
}

static void
test_stopped (void)
{
  static const TcPortMapper hangs = { "hangs", map_hangs, unmap };
  static const TcPortMapper *const mappers[] = { &hangs };
  Told told = { 0 };

  g_test_summary ("A stop ends an attempt under way, and nothing is told after it");
  tc_port_map_free (start (mappers, 1, &told));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (told.n_told, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/port-map/nat-pmp", test_natpmp);
  g_test_add_func ("/net/port-map/nat-pmp-refused", test_natpmp_refused);
  g_test_add_func ("/net/port-map/nat-pmp-silent", test_natpmp_silent);
  g_test_add_func ("/net/port-map/gateway", test_gateway);
  g_test_add_func ("/net/port-map/renewed", test_renewed);
  g_test_add_func ("/net/port-map/stopped", test_stopped);
  return g_test_run ();
}
