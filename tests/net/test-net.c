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

static void
test_ipv6 (void)
{
  g_autoptr (GSocket) probe = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) loopback = g_inet_socket_address_new_from_string ("::1", 0);

  g_test_summary ("A node that listens on [::] is reached over IPv6 and over IPv4");
  if (probe == NULL || !g_socket_bind (probe, loopback, FALSE, NULL))
    {
      g_test_skip ("this machine has no IPv6 loopback");
      return;
    }
  {
    g_autoptr (Node) a = node_new (1, "[::]:0", NULL);
    g_autoptr (Node) b = node_new (2, NULL, NULL);
    g_autoptr (Node) c = node_new (3, NULL, NULL);
    const char *port = strrchr (tc_net_get_listen_address (a->net), ':');
    g_autofree char *over_6 = g_strconcat ("[::1]", port, NULL);
    g_autofree char *over_4 = g_strconcat ("127.0.0.1", port, NULL);
    g_autoptr (TcNetPeerInfo) info = NULL;

    g_assert_true (tc_net_connect_to (b->net, over_6, FALSE, NULL));
    WAIT_UNTIL (a->n_connected == 1);
    info = tc_net_get_peer (a->net, a->last_id);
    g_assert_true (g_str_has_prefix (info->address, "[::1]:"));
    g_assert_true (tc_net_connect_to (c->net, over_4, FALSE, NULL));
    WAIT_UNTIL (a->n_connected == 2);
    g_clear_pointer (&info, tc_net_peer_info_unref);
    info = tc_net_get_peer (a->net, a->last_id);
    g_assert_true (g_str_has_prefix (info->address, "127.0.0.1:"));
  }
}

static void
test_compressed (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (TcNetPeerInfo) info = NULL;

  g_test_summary ("4 MB that shrink cross as little, and arrive as 4 MB");
  node_connect (b, a);
  node_send (b, b->last_id, NODE_TYPE_PACKED, TC_NET_BODY_MAX, 9);
  WAIT_UNTIL (a->bodies->len == 1);
  g_assert_cmpuint (g_bytes_get_size (a->bodies->pdata[0]), ==, TC_NET_BODY_MAX);
  info = tc_net_get_peer (a->net, a->last_id);
  g_assert_cmpuint (info->bytes_in, <, 100000);
}

static void
use_other_chain (TcNetConfig *config)
{
  config->chain_id.bytes[31] ^= 1;
}

static void
use_other_version (TcNetConfig *config)
{
  config->protocol_version++;
}

static void
test_wrong_network (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, use_other_chain);
  g_autoptr (Node) c = node_new (3, NULL, use_other_version);

  g_test_summary ("A node of another chain, or of another protocol version, is refused in the handshake, and told so");
  tc_net_connect_to (b->net, tc_net_get_listen_address (a->net), FALSE, NULL);
  tc_net_connect_to (c->net, tc_net_get_listen_address (a->net), FALSE, NULL);
  WAIT_UNTIL (b->n_failed == 1 && c->n_failed == 1);
  g_assert_nonnull (strstr (b->last_failure, "not a node of this network"));
  g_assert_nonnull (strstr (c->last_failure, "another version"));
  g_assert_cmpuint (a->n_connected + b->n_connected + c->n_connected, ==, 0);
}

static TcSecretKey *operator_key;

static void
use_operator_key (TcNetConfig *config)
{
  config->operator_key = operator_key;
}

static void
test_operator_key (void)
{
  guint8 seed[TC_SEED_SIZE] = { 55 };
  g_autoptr (TcSecretKey) key = operator_key = tc_secret_key_new (seed);
  g_autoptr (Node) a = node_new (1, ANY_PORT, use_operator_key);
  g_autoptr (Node) b = node_new (2, NULL, NULL);

  g_test_summary ("A masternode proves its operator key; a node without one shows none");
  node_connect (b, a);
  g_assert_true (b->has_operator_key);
  g_assert_true (tc_public_key_equal (&b->operator_key, tc_secret_key_get_public (key)));
  g_assert_false (a->has_operator_key);
}

static void
test_reconnect (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autofree char *address = g_strdup (tc_net_get_listen_address (a->net));

  g_test_summary ("A persistent address is dialled before anybody listens there, and again when the listener has restarted");
  g_clear_pointer (&a, node_free);
  tc_net_connect_to (b->net, address, TRUE, NULL);
  WAIT_UNTIL (b->n_failed >= 1);
  a = node_new (1, address, NULL);
  WAIT_UNTIL (b->n_connected == 1 && a->n_connected == 1);
  g_clear_pointer (&a, node_free);
  WAIT_UNTIL (b->n_disconnected == 1);
  a = node_new (1, address, NULL);
  WAIT_UNTIL (b->n_connected == 2 && a->n_connected == 1);
  tc_net_forget (b->net, address);
  tc_net_disconnect (b->net, b->last_id, "the test ends");
  WAIT_UNTIL (b->n_disconnected == 2 && a->n_disconnected == 1);
  g_assert_cmpstr (b->last_reason, ==, "the test ends");
  g_assert_cmpstr (a->last_reason, ==, "the other side closed the connection: the test ends");
}

static void
never_called (TcNet *net, guint64 peer_id, guint8 type, GBytes *body, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
test_taken_port (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  const char *port = strrchr (tc_net_get_listen_address (a->net), ':') + 1;
  guint8 secret[TC_NET_STATIC_SIZE] = { 2 };
  TcNetConfig config = { .static_secret = secret, .listen_address = tc_net_get_listen_address (a->net) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) form_error = NULL;
  g_autoptr (TcNet) net = NULL;
  g_autoptr (TcNet) malformed = NULL;

  g_test_summary ("A taken port gives an error that names the port and says what to do; so does an address that is none");
  config.callbacks.message = never_called;
  net = tc_net_new (&config);
  g_assert_false (tc_net_start (net, &error));
  g_assert_error (error, TC_NET_ERROR, TC_NET_ERROR_LISTEN);
  g_assert_nonnull (strstr (error->message, port));
  g_assert_nonnull (strstr (error->message, "choose another port"));
  g_assert_null (tc_net_get_listen_address (net));

  config.listen_address = "localhost";
  malformed = tc_net_new (&config);
  g_assert_false (tc_net_start (malformed, &form_error));
  g_assert_error (form_error, TC_NET_ERROR, TC_NET_ERROR_ADDRESS);
  g_assert_false (tc_net_connect_to (malformed, "somewhere", TRUE, NULL));
}

static gboolean
is_outbound (Node *node)
{
  g_autoptr (GPtrArray) peers = tc_net_list_peers (node->net);

  return peers->len == 1 && !((TcNetPeerInfo *) peers->pdata[0])->inbound;
}

static guint64
only_peer (Node *node)
{
  g_autoptr (GPtrArray) peers = tc_net_list_peers (node->net);

  return peers->len == 1 ? ((TcNetPeerInfo *) peers->pdata[0])->id : 0;
}

/* @seed_a, @seed_b: either order of the keys; @a_first: whose connection stands when the other dials. */
static void
check_both_dial (guint8 seed_a, guint8 seed_b, gboolean a_first)
{
  g_autoptr (Node) a = node_new (seed_a, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (seed_b, ANY_PORT, NULL);
  gboolean a_is_lower = memcmp (tc_net_get_static_key (a->net), tc_net_get_static_key (b->net), TC_NET_STATIC_SIZE) < 0;

  if (a_first)
    node_connect (a, b);
  tc_net_connect_to (a->net, tc_net_get_listen_address (b->net), TRUE, NULL);
  tc_net_connect_to (b->net, tc_net_get_listen_address (a->net), TRUE, NULL);
  WAIT_UNTIL (tc_net_count_peers (a->net) == 1 && tc_net_count_peers (b->net) == 1 && is_outbound (a) == a_is_lower
              && is_outbound (b) != a_is_lower);
  node_send (a, only_peer (a), NODE_TYPE_SMALL, 5, 1);
  node_send (b, only_peer (b), NODE_TYPE_SMALL, 6, 1);
  WAIT_UNTIL (a->bodies->len == 1 && b->bodies->len == 1);
  g_assert_cmpuint (a->n_connected - a->n_disconnected, ==, 1);
  g_assert_cmpuint (b->n_connected - b->n_disconnected, ==, 1);
}

static void
test_both_dial (void)
{
  g_test_summary ("Two nodes that dial each other, at once or one after the other, keep one connection, the same on both sides");
  check_both_dial (1, 2, FALSE);
  check_both_dial (2, 1, FALSE);
  check_both_dial (1, 2, TRUE);
  check_both_dial (2, 1, TRUE);
}

static void
test_two_names (void)
{
  g_autoptr (Node) a = node_new (1, "0.0.0.0:0", NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  const char *port = strrchr (tc_net_get_listen_address (a->net), ':');
  g_autofree char *one = g_strconcat ("127.0.0.1", port, NULL);
  g_autofree char *two = g_strconcat ("127.0.0.2", port, NULL);

  g_test_summary ("A node with two addresses is connected once; when that connection ends the node comes back by either");
  tc_net_connect_to (b->net, one, TRUE, NULL);
  WAIT_UNTIL (b->n_connected == 1);
  tc_net_connect_to (b->net, two, TRUE, NULL);
  for (guint i = 2; i <= 3; i++)
    {
      tc_net_disconnect (a->net, a->last_id, "again");
      WAIT_UNTIL (a->n_connected == i && b->n_connected == i);
      WAIT_UNTIL (tc_net_count_peers (a->net) == 1 && tc_net_count_peers (b->net) == 1);
    }
}

static void
test_itself (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);

  g_test_summary ("A node that is told to dial itself finds out, and does not try again");
  tc_net_connect_to (a->net, tc_net_get_listen_address (a->net), TRUE, NULL);
  WAIT_UNTIL (a->n_failed == 1);
  g_assert_nonnull (strstr (a->last_failure, "this is the node itself"));
  g_assert_cmpuint (a->n_connected, ==, 0);
}

static void
test_copied_key (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (1, NULL, NULL);

  g_test_summary ("Two nodes with one copied network key are told so");
  tc_net_connect_to (b->net, tc_net_get_listen_address (a->net), FALSE, NULL);
  WAIT_UNTIL (b->n_failed == 1);
  g_assert_nonnull (strstr (b->last_failure, "a data directory of its own"));
}

static void
allow_one_inbound (TcNetConfig *config)
{
  config->max_inbound = 1;
}

static void
test_full (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, allow_one_inbound);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (Node) c = node_new (3, NULL, NULL);

  g_test_summary ("A node that is full says so to whom it refuses; a place that is free again is given");
  node_connect (b, a);
  tc_net_connect_to (c->net, tc_net_get_listen_address (a->net), TRUE, NULL);
  WAIT_UNTIL (c->n_failed >= 1);
  g_assert_nonnull (strstr (c->last_failure, "no room"));
  tc_net_disconnect (b->net, b->last_id, "makes room");
  WAIT_UNTIL (c->n_connected == 1);
}

static void
allow_one_outbound (TcNetConfig *config)
{
  config->max_outbound = 1;
}

static void
test_outbound_limit (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, ANY_PORT, NULL);
  g_autoptr (Node) c = node_new (3, NULL, allow_one_outbound);

  g_test_summary ("Never more outbound connections than allowed: the next address waits for its turn");
  tc_net_connect_to (c->net, tc_net_get_listen_address (a->net), FALSE, NULL);
  tc_net_connect_to (c->net, tc_net_get_listen_address (b->net), TRUE, NULL);
  WAIT_UNTIL (c->n_connected == 1);
  g_assert_cmpuint (tc_net_count_peers (c->net), ==, 1);
  tc_net_disconnect (c->net, c->last_id, "next");
  WAIT_UNTIL (c->n_connected == 2);
  g_assert_cmpuint (c->n_disconnected, ==, 1);
}

static void
test_bans (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (Node) c = node_new (3, NULL, NULL);
  g_autoptr (GPtrArray) bans = NULL;
  const TcNetBan *ban;
  g_autofree char *address = g_strdup (tc_net_get_listen_address (a->net));

  g_test_summary ("100 points disconnect and ban, whom else shares the address not; the ban outlives a restart and can be lifted");
  node_connect (c, a);
  node_connect (b, a);
  tc_net_punish (a->net, a->last_id, 99, "nearly");
  g_assert_cmpuint (tc_net_count_peers (a->net), ==, 2);
  tc_net_punish (a->net, a->last_id, 1, "enough");
  WAIT_UNTIL (a->n_disconnected == 1 && b->n_disconnected == 1 && a->n_bans_changed == 1);
  g_assert_cmpstr (a->last_reason, ==, "enough");
  g_assert_cmpuint (c->n_disconnected, ==, 0);

  bans = tc_net_list_bans (a->net);
  g_assert_cmpuint (bans->len, ==, 1);
  ban = bans->pdata[0];
  g_assert_true (g_str_has_prefix (ban->subject, "key:"));
  g_assert_cmpint (ban->until_s, >, g_get_real_time () / G_USEC_PER_SEC + TC_NET_BAN_SECONDS - 100);

  g_clear_pointer (&a, node_free);
  a = node_new (1, address, NULL);
  g_assert_true (tc_net_ban (a->net, ban->subject, ban->until_s, ban->reason));
  tc_net_connect_to (b->net, address, TRUE, NULL);
  WAIT_UNTIL (b->n_failed >= 1);
  g_assert_true (tc_net_unban (a->net, ban->subject));
  WAIT_UNTIL (b->n_connected == 2);
}

static void
test_banned_not_dialled (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);

  g_test_summary ("A banned address is not dialled, and an open connection to it is closed when the ban comes");
  node_connect (b, a);
  g_assert_true (tc_net_ban (b->net, "127.0.0.1", g_get_real_time () / G_USEC_PER_SEC + 1000, "operator"));
  WAIT_UNTIL (b->n_disconnected == 1);
  g_assert_cmpstr (b->last_reason, ==, "banned");
  tc_net_connect_to (b->net, tc_net_get_listen_address (a->net), FALSE, NULL);
  WAIT_UNTIL (b->n_failed == 1);
  g_assert_cmpstr (b->last_failure, ==, "its address is banned");
  g_assert_cmpuint (a->n_connected, ==, 1);
  g_assert_false (tc_net_ban (b->net, "nobody", G_MAXINT64, "malformed"));
}

static void
test_back_pressure (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (TcNetPeerInfo) info = NULL;

  g_test_summary ("An honest burst over the rate of its class is slowed down, all of it arrives, and nobody is punished");
  node_connect (b, a);
  for (guint i = 0; i < 3; i++)
    node_send (b, b->last_id, NODE_TYPE_SLOW, 10, (guint8) i);
  node_send (b, b->last_id, NODE_TYPE_SMALL, 1, 9);
  WAIT_UNTIL (a->bodies->len >= 1);
  g_assert_cmpuint (a->bodies->len, <, 4);  /* all came in one frame: the rest is held back */
  WAIT_UNTIL (a->bodies->len == 4);
  g_assert_cmpuint (g_array_index (a->types, guint8, 3), ==, NODE_TYPE_SMALL);
  info = tc_net_get_peer (a->net, a->last_id);
  g_assert_nonnull (info);
  g_assert_cmpuint (info->score, ==, 0);
}

static void
ping_often (TcNetConfig *config)
{
  config->ping_interval_ms = 80;
}

static gboolean
has_ping (Node *node)
{
  g_autoptr (TcNetPeerInfo) info = tc_net_get_peer (node->net, node->last_id);

  return info != NULL && info->ping_ms >= 0;
}

static void
test_ping (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, ping_often);
  g_autoptr (Node) b = node_new (2, NULL, NULL);

  g_test_summary ("Pings are answered and timed; the owner does not see them");
  node_connect (b, a);
  g_assert_false (has_ping (a));
  WAIT_UNTIL (has_ping (a));
  g_assert_false (has_ping (b));  /* it asks every 15 s only */
  g_assert_cmpuint (a->bodies->len + b->bodies->len, ==, 0);
}

static void
stop_on_message (gpointer node, guint64 peer_id, guint8 type, GBytes *body)
{
  Node *self = node;

  tc_net_disconnect (self->net, peer_id, "first");
  g_assert_false (tc_net_send (self->net, peer_id, NODE_TYPE_SMALL, body));
  g_assert_cmpuint (self->n_disconnected, ==, 0);  /* callbacks never come from within */
  tc_net_stop (self->net);
}

static void
test_stop_within (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);

  g_test_summary ("A node may be stopped from within a callback: no callback comes after, and the other side sees it go");
  node_connect (b, a);
  a->on_message = stop_on_message;
  node_send (b, b->last_id, NODE_TYPE_SMALL, 1, 1);
  node_send (b, b->last_id, NODE_TYPE_SMALL, 1, 2);
  WAIT_UNTIL (b->n_disconnected == 1);
  g_assert_cmpuint (a->bodies->len, ==, 1);
  g_assert_cmpuint (a->n_disconnected, ==, 0);
  g_assert_cmpuint (tc_net_count_peers (a->net), ==, 0);
}

static void
test_restart (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);

  g_test_summary ("A TcNet that was stopped can be started again");
  node_connect (b, a);
  tc_net_stop (a->net);
  WAIT_UNTIL (b->n_disconnected == 1);
  g_assert_true (tc_net_start (a->net, NULL));
  node_connect (b, a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/exchange", test_exchange);
  g_test_add_func ("/net/ipv6", test_ipv6);
  g_test_add_func ("/net/compressed", test_compressed);
  g_test_add_func ("/net/wrong-network", test_wrong_network);
  g_test_add_func ("/net/operator-key", test_operator_key);
  g_test_add_func ("/net/reconnect", test_reconnect);
  g_test_add_func ("/net/taken-port", test_taken_port);
  g_test_add_func ("/net/both-dial", test_both_dial);
  g_test_add_func ("/net/two-names", test_two_names);
  g_test_add_func ("/net/itself", test_itself);
  g_test_add_func ("/net/copied-key", test_copied_key);
  g_test_add_func ("/net/full", test_full);
  g_test_add_func ("/net/outbound-limit", test_outbound_limit);
  g_test_add_func ("/net/survive-29-bans", test_bans);
  g_test_add_func ("/net/survive-29-banned-not-dialled", test_banned_not_dialled);
  g_test_add_func ("/net/survive-29-back-pressure", test_back_pressure);
  g_test_add_func ("/net/ping", test_ping);
  g_test_add_func ("/net/stop-within", test_stop_within);
  g_test_add_func ("/net/restart", test_restart);
  return g_test_run ();
}
