#include <gio/gio.h>
#include <string.h>

#include "node.h"

#define ANY_PORT "127.0.0.1:0"

static void
test_exchange (void)
{
  static const gsize sizes[] = { 0, 1, 100, 65519 - 6, 65519, 65535, 65536, 1000000, TC_NET_BODY_MAX };
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, ANY_PORT, NULL);
  g_autoptr (TcNetPeerInfo) info = NULL;

  g_test_summary ("Messages of all sizes from nothing to 4 MB arrive both ways, whole and in order");
  node_connect (a, b);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      node_send (a, a->last_id, NODE_TYPE_BULK, sizes[i], (guint8) i);
      node_send (b, b->last_id, NODE_TYPE_BULK, sizes[i], (guint8) (100 + i));
    }
  WAIT_UNTIL (a->bodies->len == G_N_ELEMENTS (sizes) && b->bodies->len == G_N_ELEMENTS (sizes));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint side = 0; side < 2; side++)
      {
        gsize n = 0;
        const guint8 *data = g_bytes_get_data (side == 0 ? b->bodies->pdata[i] : a->bodies->pdata[i], &n);

        g_assert_cmpuint (n, ==, sizes[i]);
        for (gsize k = 0; k < n; k++)
          if (data[k] != (side == 0 ? i : 100 + i))
            g_error ("message %u differs at %" G_GSIZE_FORMAT, i, k);
      }
  info = tc_net_get_peer (a->net, a->last_id);
  g_assert_cmpuint (info->messages_in, >=, G_N_ELEMENTS (sizes) + 1);
  g_assert_cmpuint (info->bytes_in, >, TC_NET_BODY_MAX);
  g_assert_cmpuint (info->bytes_out, >, TC_NET_BODY_MAX);
  g_assert_cmpstr (info->agent, ==, "TimeCoin/test");
  g_assert_false (info->inbound);
  g_assert_cmpuint (a->n_disconnected + b->n_disconnected, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/exchange", test_exchange);
  return g_test_run ();
}
