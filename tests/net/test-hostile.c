#include <string.h>

#include "net/hello.h"
#include "net/wire.h"
#include "raw.h"

#define ANY_PORT "127.0.0.1:0"

static void
time_out_soon (TcNetConfig *config)
{
  config->handshake_timeout_ms = 200;
}

static void
wait_long_for_handshakes (TcNetConfig *config)
{
  config->handshake_timeout_ms = 600000;
}

static void
assert_not_banned (Node *node)
{
  g_autoptr (GPtrArray) bans = tc_net_list_bans (node->net);

  g_assert_cmpuint (bans->len, ==, 0);
}

static void
assert_banned (Node *node, const char *reason)
{
  g_autoptr (GPtrArray) bans = tc_net_list_bans (node->net);

  g_assert_cmpuint (bans->len, ==, 1);
  g_assert_cmpstr (((TcNetBan *) bans->pdata[0])->reason, ==, reason);
}

static void
test_claim_before (void)
{
  static const guint8 claims[][4] = { { 0xff, 0xff, 0xff, 0xff }, { 0, 0, 0, 0 }, { 0, 31, 1, 1 }, { 0, 33, 1, 1 }, { 'G', 'E', 'T', ' ' } };
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);

  g_test_summary ("Before the handshake any first frame but one of the handshake's length ends the connection with its two bytes of length");
  for (guint i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autoptr (Raw) raw = raw_new (a);
      raw_write (raw, claims[i], 2, G_MAXSIZE);
      WAIT_UNTIL (raw_poll (raw) && raw->is_over);
      g_assert_cmpuint (raw->received->len, ==, 0);
    }
  assert_not_banned (a);
  node_connect (b, a);
}

static void
test_claim_after (void)
{
  static const guint8 claims[][7] = {
    { NODE_TYPE_BULK, 0, 0x80, 0x80, 0x80, 0x80, 0x10 },  /* 4 GB */
    { NODE_TYPE_BULK, 0, 0x81, 0x92, 0xf4, 0x01 },        /* 4 000 001 bytes */
    { NODE_TYPE_SMALL, 0, 101 },
  };

  g_test_summary ("After it a message that claims more than its type may have ends in a ban, though its body never comes");
  for (guint i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
      g_autoptr (Raw) raw = raw_new (a);

      raw_join (raw, a, 9);
      raw_write_plain (raw, claims[i], sizeof claims[i], G_MAXSIZE);
      WAIT_UNTIL (a->n_disconnected == 1);
      g_assert_cmpstr (a->last_reason, ==, "a message over its limit");
      assert_banned (a, "a message over its limit");
    }
}

static void
test_single_bytes (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  g_autoptr (GByteArray) hello = raw_make_hello ();
  static const guint8 messages[] = { NODE_TYPE_SMALL, 0, 3, 'o', 'n', 'e', NODE_TYPE_SMALL, 0, 0, NODE_TYPE_SMALL, 0, 5, 'a' };
  static const guint8 rest[] = { 'b', 'c', 'd', 'e' };

  g_test_summary ("Handshake, hello and messages in single bytes are as good as whole, also where a message is cut between frames");
  raw_handshake (raw, 9, 1);
  raw_write_plain (raw, hello->data, hello->len, 1);
  WAIT_UNTIL (a->n_connected == 1);
  raw_write_plain (raw, messages, sizeof messages, 1);
  raw_write_plain (raw, rest, sizeof rest, 1);
  WAIT_UNTIL (a->bodies->len == 3);
  g_assert_cmpmem (g_bytes_get_data (a->bodies->pdata[0], NULL), (int) g_bytes_get_size (a->bodies->pdata[0]), "one", 3);
  g_assert_cmpuint (g_bytes_get_size (a->bodies->pdata[1]), ==, 0);
  g_assert_cmpmem (g_bytes_get_data (a->bodies->pdata[2], NULL), (int) g_bytes_get_size (a->bodies->pdata[2]), "abcde", 5);
  assert_not_banned (a);
}

static void
test_cuts (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  static const guint8 message[] = { NODE_TYPE_SMALL, 0, 2, 'h', 'i' };
  guint n = 0;

  g_test_summary ("Two frames cut between reads at every place arrive as two messages");
  raw_join (raw, a, 9);
  for (gsize cut = 1; cut == 1 || cut < wire->len; cut++)
    {
      g_byte_array_set_size (wire, 0);
      raw_encrypt (raw, message, sizeof message, wire);
      raw_encrypt (raw, message, sizeof message, wire);
      raw_write (raw, wire->data, cut, G_MAXSIZE);
      raw_write (raw, wire->data + cut, wire->len - cut, G_MAXSIZE);
      n += 2;
      WAIT_UNTIL (a->bodies->len == n);
    }
}

static void
test_silent (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, wait_long_for_handshakes);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  Raw *raws[100];

  g_test_summary ("A hundred connections that never say a word do not keep another out, nor the peers that are there");
  node_connect (b, a);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      raws[i] = raw_new (a);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  {
    g_autoptr (Node) c = node_new (3, NULL, NULL);
    node_connect (c, a);
    WAIT_UNTIL (raw_poll (raws[0]) && raws[0]->is_over);  /* the oldest made room */
    g_assert_false (raw_poll (raws[99]));
  }
  g_assert_cmpuint (b->n_disconnected, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
}

static void
test_silent_times_out (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, time_out_soon);
  g_autoptr (Raw) mute = raw_new (a);
  g_autoptr (Raw) half = raw_new (a);

  g_test_summary ("Who does not finish handshake and hello in time is closed, wherever it stopped");
  raw_handshake (half, 9, G_MAXSIZE);
  WAIT_UNTIL (raw_poll (mute) && mute->is_over && raw_poll (half) && half->is_over);
  g_assert_cmpuint (a->n_connected, ==, 0);
  assert_not_banned (a);
}

static void
fall_silent_soon (TcNetConfig *config)
{
  config->silence_timeout_ms = 300;
  config->ping_interval_ms = 100;
}

static void
test_falls_silent (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, fall_silent_soon);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (Raw) raw = raw_new (a);

  g_test_summary ("A peer that answers no ping is dropped; one that only answers pings stays");
  node_connect (b, a);
  raw_join (raw, a, 9);
  WAIT_UNTIL (a->n_disconnected == 1);
  g_assert_cmpstr (a->last_reason, ==, "it fell silent");
  g_assert_cmpuint (b->n_disconnected, ==, 0);
  assert_not_banned (a);
}

static void
test_slow_reader (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Node) b = node_new (2, NULL, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (TC_NET_BODY_MAX), TC_NET_BODY_MAX);
  guint64 slow_id, quick_id;
  guint n_sent = 0;

  g_test_summary ("A peer that does not read is dropped when its queue is full; meanwhile another gets every message");
  raw_join (raw, a, 9);
  slow_id = a->last_id;
  node_connect (b, a);
  quick_id = a->last_id;
  while (tc_net_send (a->net, slow_id, NODE_TYPE_BULK, body))
    {
      g_assert_cmpuint (n_sent, <, 100);
      node_send (a, quick_id, NODE_TYPE_SMALL, 1, 1);
      n_sent++;
      WAIT_UNTIL (b->bodies->len == n_sent);
    }
  WAIT_UNTIL (a->n_disconnected == 1);
  g_assert_cmpstr (a->last_reason, ==, "it reads too slowly");
  g_assert_cmpuint (n_sent, >=, TC_NET_QUEUE_MAX_DEFAULT / TC_NET_BODY_MAX - 1);
  g_assert_cmpuint (b->n_disconnected, ==, 0);
}

static void
test_small_messages_count (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  g_autoptr (GBytes) body = g_bytes_new (NULL, 0);
  guint n = 0;

  g_test_summary ("Empty messages that nobody reads fill a queue too: memory is what counts");
  raw_join (raw, a, 9);
  while (tc_net_send (a->net, a->last_id, NODE_TYPE_SMALL, body))
    g_assert_cmpuint (++n, <, 200000);
  g_assert_cmpuint (n, >, 1000);
  WAIT_UNTIL (a->n_disconnected == 1);
}

static void
test_tampered (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  static const guint8 message[] = { NODE_TYPE_SMALL, 0, 0 };

  g_test_summary ("A frame changed on its way ends the connection, without blame: anybody on the path could have done it");
  raw_join (raw, a, 9);
  raw_encrypt (raw, message, sizeof message, wire);
  wire->data[5] ^= 1;
  raw_write (raw, wire->data, wire->len, G_MAXSIZE);
  WAIT_UNTIL (a->n_disconnected == 1);
  g_assert_cmpuint (a->bodies->len, ==, 0);
  assert_not_banned (a);
}

static void
test_replayed (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  static const guint8 message[] = { NODE_TYPE_SMALL, 0, 0 };

  g_test_summary ("A frame sent twice is taken once, and ends the connection");
  raw_join (raw, a, 9);
  raw_encrypt (raw, message, sizeof message, wire);
  raw_write (raw, wire->data, wire->len, G_MAXSIZE);
  raw_write (raw, wire->data, wire->len, G_MAXSIZE);
  WAIT_UNTIL (a->n_disconnected == 1);
  g_assert_cmpuint (a->bodies->len, ==, 1);
}

/* Sends @plain after the handshake, before or after a hello. Expects a ban for @reason. */
static void
expect_ban (gboolean joined, const guint8 *plain, gsize n, const char *reason)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) raw = raw_new (a);

  if (joined)
    raw_join (raw, a, 9);
  else
    raw_handshake (raw, 9, G_MAXSIZE);
  raw_write_plain (raw, plain, n, G_MAXSIZE);
  WAIT_UNTIL (raw_poll (raw) && raw->is_over);
  g_assert_cmpuint (a->n_connected, ==, joined ? 1 : 0);
  g_assert_cmpuint (a->bodies->len, ==, 0);
  assert_banned (a, reason);
}

static void
test_offences (void)
{
  static const guint8 early[] = { NODE_TYPE_SMALL, 0, 0 }, early_ping[] = { TC_WIRE_PING, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8 };
  static const guint8 bad_hello[] = { TC_WIRE_HELLO, 0, 1, 0 }, unknown[] = { 99, 0, 0 }, flags[] = { NODE_TYPE_SMALL, 0x80, 0 };
  g_autoptr (GByteArray) hello = raw_make_hello ();

  g_test_summary ("What no honest node sends, over its own authenticated channel, is a ban each");
  expect_ban (FALSE, early, sizeof early, "a message before its hello");
  expect_ban (FALSE, early_ping, sizeof early_ping, "a message before its hello");
  expect_ban (FALSE, bad_hello, sizeof bad_hello, "a malformed hello");
  expect_ban (TRUE, hello->data, hello->len, "a second hello");
  expect_ban (TRUE, unknown, sizeof unknown, "a message of unknown type");
  expect_ban (TRUE, flags, sizeof flags, "a message with unknown flags");
  expect_ban (TRUE, NULL, 0, "an empty frame");
}

static void
test_empty_goodbye (void)
{
  static const guint8 goodbye[] = { TC_WIRE_GOODBYE, 0, 0 };

  g_test_summary ("A goodbye without a word, before and after the hello, is one like any other");
  for (guint joined = 0; joined < 2; joined++)
    {
      g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
      g_autoptr (Raw) raw = raw_new (a);

      if (joined)
        raw_join (raw, a, 9);
      else
        raw_handshake (raw, 9, G_MAXSIZE);
      raw_write_plain (raw, goodbye, sizeof goodbye, G_MAXSIZE);
      WAIT_UNTIL (raw_poll (raw) && raw->is_over);
      g_assert_cmpuint (a->n_disconnected, ==, joined);
      assert_not_banned (a);
    }
}

static void
find_peers (TcNetConfig *config)
{
  static const guint8 book_key[16] = { 1 };

  config->discover = TRUE;
  config->book_key = book_key;
}

static void
test_every_type (void)
{
  static const guint8 sizes[] = { 0, 1, 8, 18, 100 };

  g_test_summary ("A message of each type, empty and of some sizes, is taken or ends the connection: the node lives, and serves another");
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      g_autoptr (Node) a = node_new (1, ANY_PORT, find_peers);
      g_autoptr (Node) b = node_new (2, NULL, NULL);

      for (guint type = 0; type <= TC_NET_TYPE_LAST; type++)
        {
          g_autoptr (Raw) raw = raw_new (a);
          guint8 message[3 + 100] = { (guint8) type, 0, sizes[k] };

          raw_join (raw, a, (guint8) (10 + type));
          raw_write_plain (raw, message, 3u + sizes[k], G_MAXSIZE);
          while (g_main_context_iteration (NULL, FALSE))
            ;
        }
      node_connect (b, a);
    }
}

static void
test_forged_proof (void)
{
  guint8 seed[TC_SEED_SIZE] = { 3 };
  g_autoptr (TcSecretKey) key = tc_secret_key_new (seed);
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  TcHello hello = { .protocol_version = 1, .agent = "thief" };

  g_test_summary ("A proof of an operator key as the other role would give it, replayed to its owner, is a forgery: a ban");
  raw_handshake (raw, 9, G_MAXSIZE);
  tc_hello_prove (&hello, key, raw->hash, FALSE);  /* raw is the initiator */
  body = tc_hello_encode (&hello);
  tc_put_u8 (message, TC_WIRE_HELLO);
  tc_put_u8 (message, 0);
  tc_put_blob (message, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  raw_write_plain (raw, message->data, message->len, G_MAXSIZE);
  WAIT_UNTIL (raw_poll (raw) && raw->is_over);
  g_assert_cmpuint (a->n_connected, ==, 0);
  assert_banned (a, "a forged proof of an operator key");
}

static void
test_replaced (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) old = raw_new (a);
  g_autoptr (Raw) new = raw_new (a);
  guint64 old_id;

  g_test_summary ("A node that comes back before its old connection was seen to be dead takes its place");
  raw_join (old, a, 9);
  old_id = a->last_id;
  raw_join (new, a, 9);
  g_assert_cmpuint (a->n_disconnected, ==, 1);
  g_assert_cmpuint (tc_net_count_peers (a->net), ==, 1);
  g_assert_null (tc_net_get_peer (a->net, old_id));
  WAIT_UNTIL (raw_poll (old) && old->is_over);
}

/* Takes one whole frame off what was received. Returns: the size of its plain bytes; 0: none is there. */
static gsize
take_frame (Raw *raw, guint8 *ret_plain)
{
  gsize n = raw->received->len >= 2 ? (gsize) (raw->received->data[0] << 8 | raw->received->data[1]) : 0;

  if (n == 0 || raw->received->len < 2 + n)
    return 0;
  g_assert_true (tc_noise_cipher_decrypt (&raw->receive, raw->received->data + 2, n, ret_plain));
  g_byte_array_remove_range (raw->received, 0, (guint) (2 + n));
  return n - TC_NOISE_TAG_SIZE;
}

static gboolean
get_ping (Raw *raw, guint64 *ret_nonce)
{
  guint8 plain[TC_NOISE_FRAME_MAX];
  gsize n;

  raw_poll (raw);
  while ((n = take_frame (raw, plain)) > 0)
    if (n == 3 + TC_WIRE_PING_SIZE && plain[0] == TC_WIRE_PING)
      {
        memcpy (ret_nonce, plain + 3, sizeof *ret_nonce);
        return TRUE;
      }
  return FALSE;
}

static void
test_ping_nonce (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, fall_silent_soon);
  g_autoptr (Raw) raw = raw_new (a);
  guint64 first = 0, second = 0;

  g_test_summary ("What a ping asks to be given back tells nothing of this computer's clock, and cannot be answered before it was read");
  raw_join (raw, a, 9);
  WAIT_UNTIL (get_ping (raw, &first));
  WAIT_UNTIL (get_ping (raw, &second));
  g_assert_cmpuint (GUINT64_FROM_LE (first), >, (guint64) g_get_monotonic_time ());
  g_assert_cmpuint (GUINT64_FROM_LE (second) - GUINT64_FROM_LE (first), >, G_GUINT64_CONSTANT (1) << 32);
}

static void
test_flood (void)
{
  g_autoptr (Node) a = node_new (1, ANY_PORT, NULL);
  g_autoptr (Raw) raw = raw_new (a);
  guint8 pings[11 * 200];

  g_test_summary ("A flood of pings is answered up to the transport's rate; what is over it waits, and costs nobody else a thing");
  raw_join (raw, a, 9);
  for (guint i = 0; i < 200; i++)
    {
      static const guint8 ping[11] = { TC_WIRE_PING, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8 };
      memcpy (pings + i * sizeof ping, ping, sizeof ping);
    }
  raw_write_plain (raw, pings, sizeof pings, G_MAXSIZE);
  WAIT_UNTIL (raw_poll (raw) && raw->received->len > 100);
  {
    g_autoptr (TcNetPeerInfo) info = tc_net_get_peer (a->net, a->last_id);
    g_autoptr (Node) b = node_new (2, NULL, NULL);
    g_assert_cmpuint (info->messages_in, <, 200);
    g_assert_cmpuint (info->messages_in, >=, 99);
    node_connect (b, a);
  }
  assert_not_banned (a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/survive-01-claim-before-handshake", test_claim_before);
  g_test_add_func ("/net/survive-01-claim-after-handshake", test_claim_after);
  g_test_add_func ("/net/survive-02-single-bytes", test_single_bytes);
  g_test_add_func ("/net/survive-02-cut-between-reads", test_cuts);
  g_test_add_func ("/net/survive-04-hundred-silent", test_silent);
  g_test_add_func ("/net/survive-04-silent-times-out", test_silent_times_out);
  g_test_add_func ("/net/falls-silent", test_falls_silent);
  g_test_add_func ("/net/ping-nonce", test_ping_nonce);
  g_test_add_func ("/net/survive-31-slow-reader", test_slow_reader);
  g_test_add_func ("/net/survive-31-small-messages", test_small_messages_count);
  g_test_add_func ("/net/tampered", test_tampered);
  g_test_add_func ("/net/replayed", test_replayed);
  g_test_add_func ("/net/offences", test_offences);
  g_test_add_func ("/net/empty-goodbye", test_empty_goodbye);
  g_test_add_func ("/net/every-type", test_every_type);
  g_test_add_func ("/net/forged-proof", test_forged_proof);
  g_test_add_func ("/net/replaced", test_replaced);
  g_test_add_func ("/net/flood", test_flood);
  return g_test_run ();
}
