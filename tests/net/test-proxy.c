#include <string.h>

#include "net/address.h"
#include "net/socks.h"
#include "node.h"
#include "proxy.h"

#define ANY_PORT "127.0.0.1:0"

static const guint8 token[TC_SOCKS_TOKEN_SIZE] = { 1, 2, 3 };

/* Plays @answers to a client, @step bytes at a time. @ret_said: (nullable): all that the client said. */
static TcSocksResult
play (const char *host, const guint8 *answers, gsize n, gsize step, gsize *ret_taken, GByteArray *ret_said, const char **ret_error)
{
  g_autoptr (GByteArray) said = g_byte_array_new ();
  TcSocks socks;
  TcSocksResult result = TC_SOCKS_MORE;
  gsize taken;

  *ret_taken = 0;
  tc_socks_init (&socks, host, 24000, token, said);
  for (gsize i = 0; i < n && result == TC_SOCKS_MORE; i += step)
    {
      result = tc_socks_feed (&socks, answers + i, MIN (step, n - i), &taken, said, ret_error);
      *ret_taken += taken;
    }
  tc_socks_clear (&socks);
  if (ret_said != NULL)
    g_byte_array_append (ret_said, said->data, said->len);
  return result;
}

static void
test_client (void)
{
  static const guint8 plain[] = { 5, 0, 5, 0, 0, 1, 127, 0, 0, 1, 0, 80, 'x', 'y' }, named[] = { 5, 0, 5, 0, 0, 3, 3, 'a', 'b', 'c', 0, 80, 'x' };
  static const guint8 login[] = { 5, 2, 1, 0, 5, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 80, 'x' };
  static const guint8 said_plain[] = { 5, 2, 0, 2, 5, 1, 0, 3, 12, 'n', 'o', 'd', 'e', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0x5d, 0xc0 };
  g_autoptr (GByteArray) said = g_byte_array_new ();
  const char *error = NULL;
  gsize taken;

  g_test_summary ("Names go to the proxy as they are; the answer ends where the other end's bytes begin, in whatever pieces it comes");
  for (gsize step = 1; step <= sizeof login; step++)
    {
      g_assert_cmpint (play ("node.example", plain, sizeof plain, step, &taken, step == 1 ? said : NULL, &error), ==, TC_SOCKS_DONE);
      g_assert_cmpuint (taken, ==, sizeof plain - 2);
      g_assert_cmpint (play ("192.0.2.1", named, sizeof named, step, &taken, NULL, &error), ==, TC_SOCKS_DONE);
      g_assert_cmpuint (taken, ==, sizeof named - 1);
      g_assert_cmpint (play ("2001:db8::1", login, sizeof login, step, &taken, NULL, &error), ==, TC_SOCKS_DONE);
      g_assert_cmpuint (taken, ==, sizeof login - 1);
    }
  g_assert_cmpmem (said->data, said->len, said_plain, sizeof said_plain);
  g_assert_null (error);
}

static void
test_refusals (void)
{
  static const struct { guint8 answers[8]; gsize n; TcSocksResult result; const char *error; } cases[] = {
    { { 'H', 'T' }, 2, TC_SOCKS_USELESS, "what answers there is not a SOCKS5 proxy" },
    { { 4, 0 }, 2, TC_SOCKS_USELESS, "what answers there is not a SOCKS5 proxy" },
    { { 5, 0xff }, 2, TC_SOCKS_USELESS, "the proxy asks for a way to log in that there is not" },
    { { 5, 2, 1, 1 }, 4, TC_SOCKS_USELESS, "the proxy asks for a password" },
    { { 5, 0, 5, 0, 0, 9, 0 }, 7, TC_SOCKS_USELESS, "what answers there is not a SOCKS5 proxy" },
    { { 5, 0, 5, 5, 0, 0, 0 }, 7, TC_SOCKS_FAILED, "it refused the proxy's connection" },
    { { 5, 0, 5, 99, 0, 1, 0 }, 7, TC_SOCKS_FAILED, "the proxy refused, without a reason" },
    { { 5, 0, 5, 0, 0, 1 }, 6, TC_SOCKS_MORE, NULL },
  };

  g_test_summary ("Each refusal of a proxy has its text; what is no proxy is told from a proxy that cannot connect");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step <= cases[i].n; step++)
      {
        const char *error = NULL;
        gsize taken;

        g_assert_cmpint (play ("192.0.2.1", cases[i].answers, cases[i].n, step, &taken, NULL, &error), ==, cases[i].result);
        g_assert_cmpstr (error, ==, cases[i].error);
      }
}

static const char *proxy_address;

static void
use_proxy (TcNetConfig *config)
{
  config->proxy = proxy_address;
}

static void
test_by_name (void)
{
  g_autoptr (Node) b = node_new (2, ANY_PORT, NULL);
  g_autoptr (Proxy) proxy = proxy_new (0, tc_net_get_listen_address (b->net), 0, TRUE);
  g_auto (GStrv) requests = NULL;
  g_auto (GStrv) users = NULL;

  g_test_summary ("A name is dialled through the proxy, which alone resolves it; each connection logs in under another name");
  proxy_address = proxy_get_address (proxy);
  {
    g_autoptr (Node) a = node_new (1, NULL, use_proxy);
    g_autoptr (Node) c = node_new (3, NULL, use_proxy);
    g_autoptr (TcNetPeerInfo) info = NULL;

    g_assert_true (tc_net_connect_to (a->net, "name.invalid:24000", FALSE, NULL));
    g_assert_true (tc_net_connect_to (c->net, "192.0.2.7:24001", FALSE, NULL));
    WAIT_UNTIL (a->n_connected == 1 && c->n_connected == 1 && b->n_connected == 2);
    info = tc_net_get_peer (a->net, a->last_id);
    g_assert_cmpstr (info->address, ==, "name.invalid:24000");
    node_send (a, a->last_id, NODE_TYPE_BULK, 1000000, 7);
    WAIT_UNTIL (b->bodies->len == 1);
    g_assert_cmpuint (g_bytes_get_size (b->bodies->pdata[0]), ==, 1000000);
  }
  requests = proxy_dup_requests (proxy);
  users = proxy_dup_users (proxy);
  g_assert_cmpuint (g_strv_length (requests), ==, 2);
  g_assert_true (g_strv_contains ((const char *const *) requests, "name.invalid:24000"));
  g_assert_true (g_strv_contains ((const char *const *) requests, "192.0.2.7:24001"));
  g_assert_cmpuint (g_strv_length (users), ==, 2);
  g_assert_cmpstr (users[0], !=, users[1]);
  g_assert_cmpuint (strlen (users[0]), ==, 32);
}

static void
test_probe (void)
{
  g_autoptr (Node) b = node_new (2, ANY_PORT, NULL);
  g_autoptr (Proxy) proxy = proxy_new (0, tc_net_get_listen_address (b->net), 0, FALSE);
  TcPublicKey key = { { 1 } };
  g_auto (GStrv) requests = NULL;

  g_test_summary ("A probe goes through the proxy too");
  proxy_address = proxy_get_address (proxy);
  {
    g_autoptr (Node) a = node_new (1, NULL, use_proxy);
    g_assert_true (tc_net_probe (a->net, 1, "192.0.2.9:24000", &key));
    g_assert_false (tc_net_probe (a->net, 2, "name.invalid:24000", &key));
    WAIT_UNTIL (a->n_probed == 1);
  }
  requests = proxy_dup_requests (proxy);
  g_assert_cmpuint (g_strv_length (requests), ==, 1);
  g_assert_cmpstr (requests[0], ==, "192.0.2.9:24000");
}

static void
find_through_proxy (TcNetConfig *config)
{
  static const guint8 book_key[16] = { 1 };

  config->proxy = proxy_address;
  config->discover = TRUE;
  config->book_key = book_key;
  config->discover_interval_ms = 20;
}

static void
test_seed (void)
{
  g_autoptr (Node) b = node_new (2, ANY_PORT, NULL);
  g_autoptr (Proxy) proxy = proxy_new (0, tc_net_get_listen_address (b->net), 0, FALSE);
  g_auto (GStrv) requests = NULL;

  g_test_summary ("A DNS name of seeds is not looked up but connected to through the proxy, as are addresses of the book");
  proxy_address = proxy_get_address (proxy);
  {
    g_autoptr (Node) a = node_new (1, NULL, find_through_proxy);

    g_assert_true (tc_net_add_seed (a->net, "seed.invalid:24000"));
    WAIT_UNTIL (a->n_connected == 1 && b->n_connected == 1);
  }
  requests = proxy_dup_requests (proxy);
  g_assert_cmpuint (g_strv_length (requests), >=, 1);
  for (guint i = 0; requests[i] != NULL; i++)
    g_assert_cmpstr (requests[i], ==, "seed.invalid:24000");
}

static void
test_refused (void)
{
  g_autoptr (Node) b = node_new (2, ANY_PORT, NULL);
  g_autoptr (Proxy) proxy = proxy_new (0, tc_net_get_listen_address (b->net), 5, FALSE);

  g_test_summary ("Where the proxy cannot connect, the attempt says why, and the proxy is not blamed");
  proxy_address = proxy_get_address (proxy);
  {
    g_autoptr (Node) a = node_new (1, NULL, use_proxy);
    g_assert_true (tc_net_connect_to (a->net, "192.0.2.9:24000", FALSE, NULL));
    WAIT_UNTIL (a->n_failed == 1);
    g_assert_cmpstr (a->last_failure, ==, "it refused the proxy's connection");
    g_assert_null (a->proxy_problem);
  }
}

static void
test_dead (void)
{
  g_autoptr (Node) b = node_new (2, ANY_PORT, NULL);
  g_autofree char *address = NULL;
  g_autofree char *host = NULL;
  guint16 port;

  g_test_summary ("With a dead proxy nothing is dialled directly, and the user is told; once it is back all goes on");
  {
    g_autoptr (Proxy) gone = proxy_new (0, tc_net_get_listen_address (b->net), 0, FALSE);
    address = g_strdup (proxy_get_address (gone));
  }
  g_assert_true (tc_address_split (address, &host, &port));
  proxy_address = address;
  {
    g_autoptr (Node) a = node_new (1, NULL, use_proxy);
    g_autoptr (Proxy) back = NULL;

    g_assert_true (tc_net_connect_to (a->net, tc_net_get_listen_address (b->net), TRUE, NULL));
    WAIT_UNTIL (a->n_failed >= 1);
    g_assert_cmpuint (b->n_connected, ==, 0);
    g_assert_nonnull (a->proxy_problem);
    g_assert_nonnull (strstr (a->proxy_problem, address));
    g_assert_nonnull (strstr (a->last_failure, "cannot be used"));
    back = proxy_new (port, tc_net_get_listen_address (b->net), 0, FALSE);
    WAIT_UNTIL (a->n_connected == 1 && b->n_connected == 1);
    g_assert_null (a->proxy_problem);
    tc_net_stop (a->net);
  }
}

static void
on_message (TcNet *net, guint64 peer_id, guint8 type, GBytes *body, gpointer user_data)
{
}

static void
test_no_address (void)
{
  static const char *const bad[] = { "proxy.example:9050", "127.0.0.1", "127.0.0.1:0", "" };

  g_test_summary ("A proxy is named by an IP address: its own name is not looked up either");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      guint8 secret[TC_NET_STATIC_SIZE] = { 1 };
      static const TcNetMessageType types[] = { { NODE_TYPE_SMALL, 0, FALSE, 100, 100 } };
      static const TcNetRate classes[] = { { 1, 1, 1, 1 } };
      TcNetConfig config = { .protocol_version = 1, .static_secret = secret, .types = types, .n_types = 1, .classes = classes, .n_classes = 1,
                             .proxy = bad[i], .callbacks = { .message = on_message } };
      g_autoptr (TcNet) net = tc_net_new (&config);
      g_autoptr (GError) error = NULL;

      g_assert_false (tc_net_start (net, &error));
      g_assert_error (error, TC_NET_ERROR, TC_NET_ERROR_ADDRESS);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/proxy/client", test_client);
  g_test_add_func ("/net/proxy/refusals", test_refusals);
  g_test_add_func ("/net/proxy/by-name", test_by_name);
  g_test_add_func ("/net/proxy/probe", test_probe);
  g_test_add_func ("/net/proxy/seed", test_seed);
  g_test_add_func ("/net/proxy/refused", test_refused);
  g_test_add_func ("/net/proxy/dead", test_dead);
  g_test_add_func ("/net/proxy/no-address", test_no_address);
  return g_test_run ();
}
