#include <locale.h>
#include <string.h>

#include "core/codec.h"
#include "net/addresses.h"
#include "net/exchange.h"
#include "net/finder.h"
#include "net/wire.h"
#include "node.h"
#include "raw.h"

/* Nodes on addresses of 127.0.0.0/8, where 127.a is a network group like any other. */

#define INTERVAL_MS 10u
#define N_NODES     10u

static const guint8 book_key[TC_BOOK_KEY_SIZE] = { 3, 1, 4 };

static void
discovering (TcNetConfig *config)
{
  config->discover = TRUE;
  config->book_key = book_key;
  config->discover_interval_ms = INTERVAL_MS;
}

static void
discovering_two (TcNetConfig *config)
{
  discovering (config);
  config->max_found = 2;
}

static Node *
new_node (guint number, void (*edit) (TcNetConfig *config))
{
  g_autofree char *address = g_strdup_printf ("127.%u.0.1:0", 10 + number);

  return node_new ((guint8) (100 + number), address, edit);
}

static guint
count_source (const Node *node, TcNetSource source)
{
  g_autoptr (GPtrArray) peers = tc_net_list_peers (node->net);
  guint n = 0;

  for (guint i = 0; i < peers->len; i++)
    n += ((TcNetPeerInfo *) peers->pdata[i])->source == source;
  return n;
}

static guint
count_book (const Node *node)
{
  guint n_new, n_tried;

  tc_net_count_addresses (node->net, &n_new, &n_tried);
  return n_new + n_tried;
}

static TcEndpoint
endpoint_of (const Node *node)
{
  TcEndpoint endpoint;

  g_assert_true (tc_endpoint_parse (tc_net_get_listen_address (node->net), &endpoint));
  return endpoint;
}

static const TcBookEntry *
find_in (GArray *list, const TcEndpoint *endpoint)
{
  for (guint i = 0; i < list->len; i++)
    if (tc_endpoint_equal (&g_array_index (list, TcBookEntry, i).endpoint, endpoint))
      return &g_array_index (list, TcBookEntry, i);
  return NULL;
}

static gboolean
knows (const Node *node, const TcEndpoint *endpoint)
{
  g_autoptr (GArray) list = tc_net_list_addresses (node->net);

  return find_in (list, endpoint) != NULL;
}

/* Out of a list whose place in the book is free. */
static void
learn (const Node *node, const Node *other)
{
  const TcEndpoint endpoint = endpoint_of (other);

  for (guint i = 0; !knows (node, &endpoint); i++)
    {
      g_autofree char *list = g_strdup_printf ("list %u", i);
      g_assert_true (tc_net_learn_address (node->net, tc_net_get_listen_address (other->net), list));
    }
}

static void
pass_ms (guint ms)
{
  const gint64 until_us = g_get_monotonic_time () + ms * 1000;

  WAIT_UNTIL (g_get_monotonic_time () >= until_us);
}

/* --- finding --- */

static gboolean
knows_all (const Node *node, Node **others, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const TcEndpoint endpoint = endpoint_of (others[i]);

      if (!knows (node, &endpoint))
        return FALSE;
    }
  return TRUE;
}

static void
free_nodes (Node **nodes, guint n)
{
  for (guint i = 0; i < n; i++)
    node_free (nodes[i]);
}

static void
test_ten (void)
{
  Node *nodes[N_NODES];
  const guint last = N_NODES - 1;

  g_test_summary ("A node that knows one seed finds the rest of ten, and they it");
  for (guint i = 0; i < last; i++)
    {
      nodes[i] = new_node (i, discovering);
      if (i > 0)
        g_assert_true (tc_net_add_seed (nodes[i]->net, tc_net_get_listen_address (nodes[0]->net)));
    }
  WAIT_UNTIL (knows_all (nodes[0], nodes + 1, last - 1));
  nodes[last] = new_node (last, discovering);
  g_assert_true (tc_net_add_seed (nodes[last]->net, tc_net_get_listen_address (nodes[0]->net)));
  WAIT_UNTIL (tc_net_count_peers (nodes[last]->net) == last);
  for (guint i = 0; i < N_NODES; i++)
    g_assert_cmpuint (count_source (nodes[i], TC_NET_SOURCE_NAMED), ==, 0);
  free_nodes (nodes, N_NODES);
}

static void
test_ipv6 (void)
{
  g_autoptr (Node) seed = node_new (1, "[::1]:0", discovering);
  g_autoptr (Node) one = node_new (2, "[::1]:0", discovering);
  g_autoptr (Node) other = node_new (3, "[::1]:0", discovering);

  g_test_summary ("IPv6: nodes that know one seed find each other");
  tc_net_add_seed (one->net, tc_net_get_listen_address (seed->net));
  tc_net_add_seed (other->net, tc_net_get_listen_address (seed->net));
  WAIT_UNTIL (tc_net_count_peers (one->net) == 2 && tc_net_count_peers (other->net) == 2 && tc_net_count_peers (seed->net) == 2);
}

static void
test_named (void)
{
  g_autoptr (Node) hub = new_node (0, discovering);
  g_autoptr (Node) known = new_node (1, discovering);
  g_autoptr (Node) node = new_node (2, discovering);

  g_test_summary ("A named peer is asked for addresses as well, counts as named, and takes no found one's place");
  tc_net_connect_to (known->net, tc_net_get_listen_address (hub->net), TRUE, NULL);
  WAIT_UNTIL (count_book (hub) >= 1);
  tc_net_connect_to (node->net, tc_net_get_listen_address (hub->net), TRUE, NULL);
  WAIT_UNTIL (count_source (node, TC_NET_SOURCE_NAMED) == 1 && tc_net_count_peers (node->net) == 2);
}

static void
test_groups (void)
{
  g_autoptr (Node) node = new_node (0, discovering);
  Node *others[6];

  g_test_summary ("No more than four connections to one group of private addresses, where no other is known (of public ones, one)");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *address = g_strdup_printf ("127.77.%u.1:0", i);
      others[i] = node_new ((guint8) (10 + i), address, NULL);
      learn (node, others[i]);
    }
  WAIT_UNTIL (count_source (node, TC_NET_SOURCE_FOUND) == TC_FINDER_FEW);
  pass_ms (50 * INTERVAL_MS);
  g_assert_cmpuint (count_source (node, TC_NET_SOURCE_FOUND), ==, TC_FINDER_FEW);
  free_nodes (others, G_N_ELEMENTS (others));
}

static void
test_groups_first (void)
{
  g_autoptr (Node) node = new_node (0, discovering);
  Node *others[8];

  g_test_summary ("survive-28: where there are four other groups, four nodes of one group get one connection");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *address = i < 4 ? g_strdup_printf ("127.%u.0.1:0", 80 + i) : g_strdup_printf ("127.77.%u.1:0", i);
      others[i] = node_new ((guint8) (10 + i), address, NULL);
      learn (node, others[i]);
    }
  WAIT_UNTIL (count_source (node, TC_NET_SOURCE_FOUND) == 5);
  pass_ms (50 * INTERVAL_MS);
  g_assert_cmpuint (count_source (node, TC_NET_SOURCE_FOUND), ==, 5);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (others[i]->n_connected, ==, 1);
  free_nodes (others, G_N_ELEMENTS (others));
}

static void
test_stale (void)
{
  g_autoptr (Node) node = new_node (0, discovering_two);
  Node *others[6];

  g_test_summary ("It keeps as many connections as it is to, and two more while the chain does not grow");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = new_node (1 + i, NULL);
      learn (node, others[i]);
    }
  WAIT_UNTIL (count_source (node, TC_NET_SOURCE_FOUND) == 2);
  pass_ms (30 * INTERVAL_MS);
  g_assert_cmpuint (count_source (node, TC_NET_SOURCE_FOUND), ==, 2);
  tc_net_set_stale (node->net, TRUE);
  WAIT_UNTIL (count_source (node, TC_NET_SOURCE_FOUND) == 4);
  free_nodes (others, G_N_ELEMENTS (others));
}

static void
test_replaced (void)
{
  g_autoptr (Node) node = new_node (0, discovering_two);
  Node *others[3];

  g_test_summary ("A found peer that goes is replaced by another");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = new_node (1 + i, NULL);
      learn (node, others[i]);
    }
  WAIT_UNTIL (count_source (node, TC_NET_SOURCE_FOUND) == 2);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (tc_net_count_peers (others[i]->net) > 0)
      {
        tc_net_stop (others[i]->net);
        break;
      }
  WAIT_UNTIL (node->n_disconnected == 1 && count_source (node, TC_NET_SOURCE_FOUND) == 2);
  free_nodes (others, G_N_ELEMENTS (others));
}

static void
test_feeler (void)
{
  g_autoptr (Node) node = new_node (0, discovering_two);
  Node *others[4];
  guint n_new, n_tried;

  g_test_summary ("Feelers move new addresses to tried without taking anybody's place");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = new_node (1 + i, NULL);
      learn (node, others[i]);
    }
  WAIT_UNTIL ((tc_net_count_addresses (node->net, &n_new, &n_tried), n_tried == 4));
  g_assert_cmpuint (count_source (node, TC_NET_SOURCE_FOUND), ==, 2);
  g_assert_cmpuint (node->n_connected, ==, 2);
  free_nodes (others, G_N_ELEMENTS (others));
}

static void
test_own (void)
{
  g_autoptr (Node) node = node_new (1, "0.0.0.0:0", discovering);
  g_autofree char *own = NULL;
  TcEndpoint endpoint = endpoint_of (node);

  g_test_summary ("An address that leads back here is found out and forgotten, also when it is told again");
  own = g_strdup_printf ("127.44.0.1:%u", endpoint.port);
  g_assert_true (tc_endpoint_parse (own, &endpoint));
  g_assert_true (tc_net_learn_address (node->net, own, "a list"));
  g_assert_true (knows (node, &endpoint));
  WAIT_UNTIL (!knows (node, &endpoint));
  tc_net_learn_address (node->net, own, "a list");
  g_assert_false (knows (node, &endpoint));
}

static void
test_low_port (void)
{
  g_autoptr (Node) node = new_node (0, discovering);
  guint n_new, n_tried;

  g_test_summary ("Who registers the address of a mail server makes nobody dial it: ports below 1 024 are not believed of lists either");
  g_assert_true (tc_net_learn_address (node->net, "127.60.0.1:25", "a list"));
  g_assert_true (tc_net_learn_address (node->net, "127.60.0.1:1023", "a list"));
  tc_net_count_addresses (node->net, &n_new, &n_tried);
  g_assert_cmpuint (n_new, ==, 0);
  g_assert_true (tc_net_learn_address (node->net, "127.60.0.1:1024", "a list"));
  tc_net_count_addresses (node->net, &n_new, &n_tried);
  g_assert_cmpuint (n_new, ==, 1);
}

static void
test_banned (void)
{
  g_autoptr (Node) node = new_node (0, discovering);
  g_autoptr (Node) other = new_node (1, NULL);
  const TcEndpoint endpoint = endpoint_of (other);
  g_autofree char *host = g_strdup ("127.11.0.1");

  g_test_summary ("survive-29: a banned address is neither learnt nor dialled");
  g_assert_true (tc_net_learn_address (node->net, tc_net_get_listen_address (other->net), "a list"));
  g_assert_true (tc_net_ban (node->net, host, g_get_real_time () / G_USEC_PER_SEC + 100, "test"));
  pass_ms (30 * INTERVAL_MS);
  g_assert_cmpuint (other->n_connected, ==, 0);
  g_assert_true (knows (node, &endpoint));
  tc_net_unban (node->net, host);
  WAIT_UNTIL (other->n_connected == 1);
}

static void
test_dead_seed (void)
{
  g_autoptr (Node) node = new_node (0, discovering);

  g_test_summary ("A seed that does not answer is not dialled without end, and a name that is none does no harm");
  g_assert_false (tc_net_add_seed (node->net, "no port"));
  g_assert_true (tc_net_add_seed (node->net, "127.99.0.1:1"));
  g_assert_true (tc_net_add_seed (node->net, "seed.invalid:24000"));
  pass_ms (50 * INTERVAL_MS);
  g_assert_cmpuint (tc_net_count_peers (node->net), ==, 0);
}

static void
test_off (void)
{
  g_autoptr (Node) silent = new_node (0, NULL);
  g_autoptr (Node) asking = new_node (1, discovering);
  const TcEndpoint own = endpoint_of (silent);

  g_test_summary ("A node that is not to discover dials nobody, answers no question and is none the worse");
  tc_net_add_seed (silent->net, tc_net_get_listen_address (asking->net));
  tc_net_connect_to (asking->net, tc_net_get_listen_address (silent->net), TRUE, NULL);
  WAIT_UNTIL (tc_net_count_peers (asking->net) == 1);
  pass_ms (30 * INTERVAL_MS);
  g_assert_cmpuint (count_book (silent), ==, 0);
  g_assert_cmpuint (tc_net_count_peers (silent->net), ==, 1);
  g_assert_true (knows (asking, &own));
}

/* --- keeping --- */

static void
copy_book (Node *from, Node *to)
{
  g_autoptr (GArray) list = tc_net_list_addresses (from->net);
  g_autoptr (GArray) anchors = tc_net_list_anchors (from->net);

  for (guint i = 0; i < list->len; i++)
    {
      const TcBookEntry *entry = &g_array_index (list, TcBookEntry, i);
      gboolean is_anchor = FALSE;

      for (guint j = 0; j < anchors->len; j++)
        is_anchor |= tc_endpoint_equal (&g_array_index (anchors, TcEndpoint, j), &entry->endpoint);
      g_assert_true (tc_net_restore_address (to->net, entry, is_anchor));
    }
}

static void
test_restart (void)
{
  g_autoptr (Node) before = new_node (0, discovering_two);
  g_autoptr (Node) after = NULL;
  g_autoptr (GArray) anchors = NULL;
  Node *others[8];

  g_test_summary ("After a restart the peers of before are dialled first, without a seed");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = new_node (1 + i, NULL);
      learn (before, others[i]);
    }
  WAIT_UNTIL (count_source (before, TC_NET_SOURCE_FOUND) == 2);
  anchors = tc_net_list_anchors (before->net);
  g_assert_cmpuint (anchors->len, ==, 2);
  after = new_node (9, discovering_two);
  copy_book (before, after);
  g_clear_pointer (&before, node_free);
  g_assert_cmpuint (count_book (after), ==, 8);
  WAIT_UNTIL (count_source (after, TC_NET_SOURCE_FOUND) == 2);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const TcEndpoint endpoint = endpoint_of (others[i]);
      const gboolean is_anchor = tc_endpoint_equal (&endpoint, &g_array_index (anchors, TcEndpoint, 0))
                                 || tc_endpoint_equal (&endpoint, &g_array_index (anchors, TcEndpoint, 1));

      g_assert_cmpuint (others[i]->n_connected, ==, is_anchor ? 2 : 0);
    }
  free_nodes (others, G_N_ELEMENTS (others));
}

/* --- a peer whose every word the test decides --- */

static void
write_addresses (Raw *raw, const TcAddressNews *news, gsize n)
{
  g_autoptr (GBytes) body = tc_addresses_encode (news, n);
  g_autoptr (GByteArray) message = g_byte_array_new ();

  tc_put_u8 (message, TC_WIRE_ADDRESSES);
  tc_put_u8 (message, 0);
  tc_put_blob (message, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  raw_write_plain (raw, message->data, message->len, G_MAXSIZE);
}

static TcAddressNews
make_news (guint number)
{
  TcAddressNews news = { .seen_s = (guint32) (g_get_real_time () / G_USEC_PER_SEC) };
  g_autofree char *text = g_strdup_printf ("8.%u.%u.1:24000", number / 256, number % 256);

  g_assert_true (tc_endpoint_parse (text, &news.endpoint));
  return news;
}

static void
test_unasked (void)
{
  g_autoptr (Node) node = new_node (0, discovering);
  g_autoptr (Raw) raw = raw_new (node);
  TcAddressNews news[TC_ADDRESSES_MAX];

  g_test_summary ("survive-28, survive-29: 10 000 addresses that nobody asked for: a few are learnt, the peer stays");
  raw_join (raw, node, 50);
  for (guint i = 0; i < 10; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (news); j++)
        news[j] = make_news (i * 1000 + j);
      write_addresses (raw, news, G_N_ELEMENTS (news));
    }
  WAIT_UNTIL (count_book (node) > 0);
  pass_ms (1000);
  g_assert_cmpuint (count_book (node), <=, TC_EXCHANGE_UNASKED + 10);
  g_assert_cmpuint (tc_net_count_peers (node->net), ==, 1);
}

static void
test_malformed (void)
{
  static const guint8 bad[][4] = { { TC_WIRE_ADDRESSES, 0, 1, 5 }, { TC_WIRE_GET_ADDRESSES, 0, 1, 0 } };

  g_test_summary ("A list that is none, or a question that says something, is an offence");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (Node) node = new_node (0, discovering);
      g_autoptr (Raw) raw = raw_new (node);

      raw_join (raw, node, (guint8) (50 + i));
      raw_write_plain (raw, bad[i], sizeof bad[i], G_MAXSIZE);
      WAIT_UNTIL (node->n_disconnected == 1);
      g_assert_cmpuint (node->n_bans_changed, ==, 1);
    }
}

static void
test_scope (void)
{
  g_autoptr (Node) node = new_node (0, discovering);
  g_autoptr (Raw) raw = raw_new (node);
  TcAddressNews news[3] = { make_news (1), make_news (2), make_news (3) };

  g_test_summary ("Addresses that cannot be dialled, and ports of other services, are not learnt");
  raw_join (raw, node, 50);
  news[0].endpoint.port = 22;
  news[1].endpoint.ip[12] = 224;
  write_addresses (raw, news, G_N_ELEMENTS (news));
  WAIT_UNTIL (count_book (node) > 0);
  g_assert_cmpuint (count_book (node), ==, 1);
  g_assert_true (knows (node, &news[2].endpoint));
}

static void
test_relayed (void)
{
  g_autoptr (Node) one = new_node (0, discovering);
  g_autoptr (Node) two = node_new (101, NULL, discovering);  /* nobody dials it */
  g_autoptr (Raw) raw = raw_new (one);
  TcAddressNews news = make_news (1), old = make_news (2);

  g_test_summary ("News of an address is passed on; what was seen long ago is not");
  old.seen_s -= 3600;
  node_connect (two, one);
  raw_join (raw, one, 50);
  write_addresses (raw, &old, 1);
  write_addresses (raw, &news, 1);
  WAIT_UNTIL (knows (two, &news.endpoint));
  g_assert_true (knows (one, &old.endpoint));
  g_assert_false (knows (two, &old.endpoint));
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/discovery/ten", test_ten);
  g_test_add_func ("/net/discovery/ipv6", test_ipv6);
  g_test_add_func ("/net/discovery/named", test_named);
  g_test_add_func ("/net/discovery/groups", test_groups);
  g_test_add_func ("/net/survive-28-other-groups-first", test_groups_first);
  g_test_add_func ("/net/discovery/stale", test_stale);
  g_test_add_func ("/net/discovery/replaced", test_replaced);
  g_test_add_func ("/net/discovery/feeler", test_feeler);
  g_test_add_func ("/net/discovery/own", test_own);
  g_test_add_func ("/net/discovery/low-port", test_low_port);
  g_test_add_func ("/net/survive-29-banned-is-not-dialled", test_banned);
  g_test_add_func ("/net/discovery/dead-seed", test_dead_seed);
  g_test_add_func ("/net/discovery/off", test_off);
  g_test_add_func ("/net/discovery/restart", test_restart);
  g_test_add_func ("/net/survive-28-unasked", test_unasked);
  g_test_add_func ("/net/discovery/malformed", test_malformed);
  g_test_add_func ("/net/discovery/scope", test_scope);
  g_test_add_func ("/net/discovery/relayed", test_relayed);
  return g_test_run ();
}
