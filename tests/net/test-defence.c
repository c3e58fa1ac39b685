#include <string.h>

#include "raw.h"

#define ANY_PORT "127.0.0.1:0"

#define N_CONNECTIONS 10000u
#define N_JUNK        1000000u

static void
turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
share_little_memory (TcNetConfig *config)
{
  config->memory_max_bytes = 20000000;
  config->queue_max_bytes = 1000000000;
}

static void
test_budget_of_queues (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, share_little_memory);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (Raw) little = raw_new (a);
  g_autoptr (Raw) much = raw_new (a);
  guint64 little_id, much_id, quick_id;
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (3000000), 3000000);
  guint n_sent = 0;

  g_test_summary ("Where all queues together pass their budget, who has most waiting is dropped, and nobody else");
  raw_join (little, a, 9);
  little_id = a->last_id;
  raw_join (much, a, 10);
  much_id = a->last_id;
  node_connect (b, a);
  quick_id = a->last_id;
  node_send (a, little_id, NODE_TYPE_BULK, 3000000, 0);
  node_send (a, little_id, NODE_TYPE_BULK, 3000000, 0);
  while (tc_net_send (a->net, much_id, NODE_TYPE_BULK, body))
    {
      g_assert_cmpuint (++n_sent, <, 100);
      node_send (a, quick_id, NODE_TYPE_SMALL, 1, 1);
      WAIT_UNTIL (b->bodies->len == n_sent);
    }
  WAIT_UNTIL (a->n_disconnected == 1);
  g_assert_cmpstr (a->last_reason, ==, "too much waits on all connections together");
  g_assert_null (tc_net_get_peer (a->net, much_id));
  {
    g_autoptr (TcNetPeerInfo) info = tc_net_get_peer (a->net, little_id);
    g_assert_nonnull (info);
  }
}

static void
test_budget_of_parts (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, share_little_memory);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  Raw *raws[30];
  static const guint8 claim[] = { NODE_TYPE_BULK, 0, 0x80, 0x92, 0xf4, 0x01 };  /* 4 000 000 */
  g_autofree guint8 *part = g_malloc0 (60000);

  g_test_summary ("Thirty peers that each leave a message unfinished get no more memory than the budget; an honest one is served meanwhile");
  node_connect (b, a);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      raws[i] = raw_new (a);
      raw_join (raws[i], a, (guint8) (10 + i));
      raw_write_plain (raws[i], claim, sizeof claim, G_MAXSIZE);
      for (guint n = 0; n < 30 && !raws[i]->is_over; n++)
        raw_write_plain (raws[i], part, 60000, G_MAXSIZE);
    }
  WAIT_UNTIL (a->n_disconnected >= G_N_ELEMENTS (raws) - 20000000 / 1800000 - 1);
  node_send (b, b->last_id, NODE_TYPE_SMALL, 1, 1);
  WAIT_UNTIL (a->bodies->len == 1);
  g_assert_cmpuint (b->n_disconnected, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
}

static void
forty_guests (TcNetConfig *config)
{
  config->max_inbound = 40;
}

static gboolean
tries_to_join (Node *node, Raw *raw, guint8 seed)
{
  g_autoptr (GByteArray) hello = raw_make_hello ();
  const guint n = node->n_connected;

  raw_handshake (raw, seed, G_MAXSIZE);
  raw_write_plain (raw, hello->data, hello->len, G_MAXSIZE);
  WAIT_UNTIL (node->n_connected == n + 1 || (raw_poll (raw) && raw->is_over));
  return node->n_connected == n + 1;
}

static guint
count_of (Node *node, const char *prefix)
{
  g_autoptr (GPtrArray) peers = tc_net_list_peers (node->net);
  guint n = 0;

  for (guint i = 0; i < peers->len; i++)
    n += g_str_has_prefix (((TcNetPeerInfo *) peers->pdata[i])->address, prefix);
  return n;
}

static void
test_eviction (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, forty_guests);
  g_autoptr (GPtrArray) raws = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_free);
  guint n_refused = 0;

  g_test_summary ("One network takes all places of a node: newcomers of others get in, one after the other, and it gets none of those back");
  for (guint i = 0; i < 70; i++)
    {
      g_autofree char *source = i < 40 || i >= 60 ? g_strdup_printf ("127.9.0.%u", i + 1) : g_strdup_printf ("127.%u.0.1", i);
      Raw *raw = raw_new_from (a, source);

      g_ptr_array_add (raws, raw);
      n_refused += !tries_to_join (a, raw, (guint8) (10 + i));
    }
  g_assert_cmpuint (n_refused, ==, 10);
  WAIT_UNTIL (tc_net_count_peers (a->net) == 40);
  g_assert_cmpuint (count_of (a, "127.9.0."), ==, 20);
}

static TcSecretKey *member_key;

static void
two_guests (TcNetConfig *config)
{
  config->max_inbound = 2;
}

static void
with_key (TcNetConfig *config)
{
  config->operator_key = member_key;
}

static void
test_members (void)
{
  static const guint8 seed[TC_SEED_SIZE] = { 3 };
  g_autoptr (TcSecretKey) key = tc_secret_key_new (seed);
  g_autoptr (Node) a = node_new (1, ANY_PORT, two_guests);
  g_autoptr (Raw) first = raw_new (a);
  g_autoptr (Raw) second = raw_new (a);
  g_autoptr (Raw) third = raw_new (a);
  g_autoptr (Node) member = NULL;
  g_autoptr (Node) copy = NULL;
  g_autoptr (GByteArray) hello = raw_make_hello ();

  g_test_summary ("A node that is full still has a place for each member's key, but for one connection of it only");
  member_key = key;
  member = node_new (2, NULL, with_key);
  copy = node_new (3, NULL, with_key);
  raw_join (first, a, 9);
  raw_join (second, a, 10);
  tc_net_set_members (a->net, tc_secret_key_get_public (key), 1);
  node_connect (member, a);
  {
    g_autoptr (TcNetPeerInfo) info = tc_net_get_peer (a->net, a->last_id);
    g_assert_true (info->is_member);
  }
  g_assert_true (tc_net_connect_to (copy->net, tc_net_get_listen_address (a->net), FALSE, NULL));
  WAIT_UNTIL (copy->n_failed == 1);
  g_assert_nonnull (strstr (copy->last_failure, "no room"));
  raw_handshake (third, 11, G_MAXSIZE);
  raw_write_plain (third, hello->data, hello->len, G_MAXSIZE);
  WAIT_UNTIL (raw_poll (third) && third->is_over);
  g_assert_cmpuint (a->n_connected, ==, 3);
  g_assert_cmpuint (a->n_disconnected, ==, 0);
  tc_net_set_members (a->net, NULL, 0);
  {
    g_autoptr (TcNetPeerInfo) info = tc_net_get_peer (a->net, a->last_id);
    g_assert_false (info->is_member);
  }
}

static void
test_honest_burst (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  const guint n = 130000;

  g_test_summary ("A burst beyond what all peers together may send is read later: every message arrives, and nobody is blamed");
  node_connect (b, a);
  for (guint i = 0; i < n; i++)
    {
      node_send (b, b->last_id, NODE_TYPE_SMALL, 8, (guint8) i);
      if (i % 1000 == 0)
        turn ();
    }
  WAIT_UNTIL (a->bodies->len == n);
  {
    g_autoptr (TcNetPeerInfo) info = tc_net_get_peer (a->net, a->last_id);
    g_autoptr (GPtrArray) bans = tc_net_list_bans (a->net);
    g_assert_cmpuint (info->score, ==, 0);
    g_assert_cmpuint (bans->len, ==, 0);
  }
}

static void
take_a_megabyte (TcNetConfig *config)
{
  config->total = (TcNetRate){ 100000, 100000, 1000000, 1000000 };
}

static void
test_small_among_large (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, take_a_megabyte);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (Node) c = node_new (3, NULL, NULL);
  guint n_small = 0;

  g_test_summary ("Who has sent so much that all are in debt waits for it himself; what others send in little is taken meanwhile");
  node_connect (b, a);
  node_connect (c, a);
  node_send (c, c->last_id, NODE_TYPE_BULK, TC_NET_BODY_MAX, 1);
  node_send (c, c->last_id, NODE_TYPE_BULK, 1000, 2);
  WAIT_UNTIL (a->types->len == 1);
  for (guint i = 0; i < 20; i++)
    node_send (b, b->last_id, NODE_TYPE_SMALL, 1, 3);
  WAIT_UNTIL (a->types->len == 22);
  for (guint i = 1; i < a->types->len && g_array_index (a->types, guint8, i) == NODE_TYPE_SMALL; i++)
    n_small++;
  g_assert_cmpuint (n_small, ==, 20);
}

static void
test_score_lasts (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);

  g_test_summary ("Points outlive a connection: who comes back is who he was, until the ban is lifted");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Raw) raw = raw_new (a);
      g_autoptr (TcNetPeerInfo) info = NULL;

      raw_join (raw, a, 9);
      info = tc_net_get_peer (a->net, a->last_id);
      g_assert_cmpuint (info->score, ==, i * 60);
      tc_net_punish (a->net, a->last_id, 60, "test");
      if (i == 0)
        tc_net_disconnect (a->net, a->last_id, "test");
      WAIT_UNTIL (a->n_disconnected == i + 1);
    }
  {
    g_autoptr (GPtrArray) bans = tc_net_list_bans (a->net);
    g_autoptr (Raw) raw = NULL;
    g_autoptr (TcNetPeerInfo) info = NULL;

    g_assert_cmpuint (bans->len, ==, 1);
    g_assert_true (tc_net_unban (a->net, ((TcNetBan *) bans->pdata[0])->subject));
    raw = raw_new (a);
    raw_join (raw, a, 9);
    info = tc_net_get_peer (a->net, a->last_id);
    g_assert_cmpuint (info->score, ==, 0);
  }
}

static void
let_all_knock (TcNetConfig *config)
{
  config->knocks_per_second = 1000000;
}

static void
test_many_connections (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, let_all_knock);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (Node) c = node_new (3, NULL, NULL);
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_free);

  g_test_summary ("Ten thousand connections that say a little and no more: a peer that is there is served all along, a new one still gets in");
  node_connect (b, a);
  for (guint i = 0; i < N_CONNECTIONS; i++)
    {
      Raw *raw = raw_new (a);
      static const guint8 start[] = { 0, 32, 1, 2, 3 };

      raw_write (raw, start, i % 4, G_MAXSIZE);
      g_ptr_array_add (open, raw);
      if (open->len > 200)
        g_ptr_array_remove_index (open, 0);
      if (i % 1000 == 0)
        {
          node_send (b, b->last_id, NODE_TYPE_SMALL, 1, 1);
          WAIT_UNTIL (a->bodies->len == i / 1000 + 1);
        }
    }
  node_connect (c, a);
  g_assert_cmpuint (b->n_disconnected, ==, 0);
  g_assert_cmpuint (tc_net_count_peers (a->net), ==, 2);
}

static void
take_all (TcNetConfig *config)
{
  config->total = (TcNetRate){ 1000000, 1000000, 1000000000, 1000000000 };
}

static void
test_junk (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, take_all);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  guint8 frame[3 * 20000];
  guint n_honest = 0;

  g_test_summary ("A million junk messages of one peer: another's are taken among them, each before the flood has ended");
  node_connect (b, a);
  raw_join (raw, a, 9);
  for (guint i = 0; i < sizeof frame; i += 3)
    {
      frame[i] = NODE_TYPE_PACKED;
      frame[i + 1] = frame[i + 2] = 0;
    }
  for (guint i = 0; i < N_JUNK / 20000; i++)
    {
      raw_write_plain (raw, frame, sizeof frame, G_MAXSIZE);
      node_send (b, b->last_id, NODE_TYPE_SMALL, 1, 1);
      turn ();
    }
  WAIT_UNTIL (a->types->len == N_JUNK + N_JUNK / 20000);
  for (guint i = 0; i < a->types->len; i++)
    {
      n_honest += g_array_index (a->types, guint8, i) == NODE_TYPE_SMALL;
      if (i == N_JUNK / 2)
        g_assert_cmpuint (n_honest, >, 1);
    }
  g_assert_cmpuint (b->n_disconnected, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/survive-31-budget-of-queues", test_budget_of_queues);
  g_test_add_func ("/net/survive-01-budget-of-parts", test_budget_of_parts);
  g_test_add_func ("/net/survive-28-full-of-one-network", test_eviction);
  g_test_add_func ("/net/members-have-places", test_members);
  g_test_add_func ("/net/survive-29-honest-burst", test_honest_burst);
  g_test_add_func ("/net/survive-31-small-among-large", test_small_among_large);
  g_test_add_func ("/net/score-lasts", test_score_lasts);
  g_test_add_func ("/net/survive-04-ten-thousand", test_many_connections);
  g_test_add_func ("/net/million-junk", test_junk);
  return g_test_run ();
}
