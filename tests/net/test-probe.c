#include <gio/gio.h>
#include <string.h>

#include "net/prober.h"
#include "node.h"

/* Probes (rule M6): who answers at an address, without becoming its peer. */

#define ANY_PORT "127.0.0.1:0"

static TcSecretKey *
make_key (guint8 number)
{
  guint8 seed[TC_SEED_SIZE];

  memset (seed, number, sizeof seed);
  return tc_secret_key_new (seed);
}

static TcSecretKey *operator_key;

static void
be_masternode (TcNetConfig *config)
{
  config->operator_key = operator_key;
}

static void
be_full_masternode (TcNetConfig *config)
{
  config->operator_key = operator_key;
  config->max_inbound = 1;
}

static void
be_hasty (TcNetConfig *config)
{
  config->handshake_timeout_ms = 200;
}

static void
be_elsewhere (TcNetConfig *config)
{
  config->operator_key = operator_key;
  config->chain_id.bytes[0] ^= 1;
}

static gboolean
probe (Node *self, Node *other, const TcPublicKey *key)
{
  const guint n_probed = self->n_probed, n_reached = self->n_reached;

  g_assert_true (tc_net_probe (self->net, 1, tc_net_get_listen_address (other->net), key));
  WAIT_UNTIL (self->n_probed > n_probed);
  g_assert_cmpuint (self->n_probed, ==, n_probed + 1);
  return self->n_reached > n_reached;
}

static void
check_strangers (Node *a, Node *b)
{
  g_assert_cmpuint (a->n_connected + b->n_connected + a->n_bans_changed + b->n_bans_changed, ==, 0);
  g_assert_cmpuint (tc_net_count_peers (a->net) + tc_net_count_peers (b->net), ==, 0);
}

static void
test_reached (void)
{
  g_test_summary ("A masternode is reached by its operator key, and only by it; neither side has a peer after it.");
  g_autoptr (TcSecretKey) key = operator_key = make_key (7);
  g_autoptr (TcSecretKey) other = make_key (8);
  g_autoptr (Node) prober = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) masternode = node_new (2, ANY_PORT, be_masternode);
  g_autoptr (Node) plain = node_new (3, ANY_PORT, NULL);

  g_assert_true (probe (prober, masternode, tc_secret_key_get_public (key)));
  g_assert_false (probe (prober, masternode, tc_secret_key_get_public (other)));
  g_assert_false (probe (prober, plain, tc_secret_key_get_public (key)));
  check_strangers (prober, masternode);
  check_strangers (prober, plain);
}

static void
test_beside_peers (void)
{
  g_test_summary ("A probe takes no place: a full node answers it, and a connection that stands is left alone.");
  g_autoptr (TcSecretKey) key = operator_key = make_key (7);
  g_autoptr (Node) prober = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) masternode = node_new (2, ANY_PORT, be_full_masternode);
  g_autoptr (Node) third = node_new (3, ANY_PORT, NULL);

  node_connect (prober, masternode);
  for (guint i = 0; i < 5; i++)
    g_assert_true (probe (prober, masternode, tc_secret_key_get_public (key)));
  g_assert_true (probe (third, masternode, tc_secret_key_get_public (key)));
  g_assert_cmpuint (tc_net_count_peers (masternode->net), ==, 1);
  g_assert_cmpuint (prober->n_disconnected + masternode->n_disconnected + third->n_connected, ==, 0);
  g_assert_cmpuint (masternode->n_connected, ==, 1);
}

static void
test_unreached (void)
{
  g_test_summary ("Nobody there, silence, or another network: not reached, in time, and nobody is banned for it.");
  g_autoptr (TcSecretKey) key = operator_key = make_key (7);
  g_autoptr (Node) prober = node_new (1, ANY_PORT, be_hasty);
  g_autoptr (Node) elsewhere = node_new (2, ANY_PORT, be_elsewhere);
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  const guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);

  g_assert_false (probe (prober, elsewhere, tc_secret_key_get_public (key)));
  g_assert_true (tc_net_probe (prober->net, 2, address, tc_secret_key_get_public (key)));
  WAIT_UNTIL (prober->n_probed == 2);
  g_socket_listener_close (silent);
  g_assert_true (tc_net_probe (prober->net, 2, address, tc_secret_key_get_public (key)));
  WAIT_UNTIL (prober->n_probed == 3);
  g_assert_cmpuint (prober->n_reached, ==, 0);
  check_strangers (prober, elsewhere);
  g_assert_false (tc_net_probe (prober->net, 3, "masternode.example:24000", tc_secret_key_get_public (key)));
}

static void
test_banned (void)
{
  g_test_summary ("A banned address is not probed.");
  g_autoptr (TcSecretKey) key = make_key (7);
  g_autoptr (Node) prober = node_new (1, ANY_PORT, NULL);

  g_assert_true (tc_net_ban (prober->net, "192.0.2.7", G_MAXINT64 / 2, "a test"));
  g_assert_false (tc_net_probe (prober->net, 1, "192.0.2.7:24000", tc_secret_key_get_public (key)));
}

static void
test_many (void)
{
  g_test_summary ("Many at once: each is answered once, what is asked for twice once, and too many are refused.");
  g_autoptr (TcSecretKey) key = operator_key = make_key (7);
  g_autoptr (Node) prober = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) masternode = node_new (2, ANY_PORT, be_masternode);
  const char *address = tc_net_get_listen_address (masternode->net);
  guint n_taken = 0;

  for (guint i = 0; i < 2 * TC_PROBER_QUEUE_MAX; i++)
    n_taken += tc_net_probe (prober->net, i, address, tc_secret_key_get_public (key));
  g_assert_cmpuint (n_taken, ==, TC_PROBER_QUEUE_MAX);
  g_assert_true (tc_net_probe (prober->net, 5, address, tc_secret_key_get_public (key)));
  WAIT_UNTIL (prober->n_probed == n_taken);
  g_assert_cmpuint (prober->n_reached, ==, n_taken);
  check_strangers (prober, masternode);
}

static void
test_stop (void)
{
  g_test_summary ("A node that stops drops its probes without a word.");
  g_autoptr (TcSecretKey) key = operator_key = make_key (7);
  g_autoptr (Node) prober = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) masternode = node_new (2, ANY_PORT, be_masternode);

  for (guint i = 0; i < 20; i++)
    g_assert_true (tc_net_probe (prober->net, i, tc_net_get_listen_address (masternode->net), tc_secret_key_get_public (key)));
  g_main_context_iteration (NULL, FALSE);
  tc_net_stop (prober->net);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (prober->n_probed, ==, 0);
  g_assert_false (tc_net_probe (prober->net, 1, "127.0.0.1:1", tc_secret_key_get_public (key)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/probe/reached", test_reached);
  g_test_add_func ("/net/probe/beside-peers", test_beside_peers);
  g_test_add_func ("/net/probe/unreached", test_unreached);
  g_test_add_func ("/net/probe/banned", test_banned);
  g_test_add_func ("/net/probe/many", test_many);
  g_test_add_func ("/net/probe/stop", test_stop);
  return g_test_run ();
}
