#include <locale.h>
#include <string.h>

#include "core/key.h"
#include "net/addresses.h"
#include "net/exchange.h"
#include "net/wire.h"

#define TRICKLE_MS 1000u
#define DAY_MS     (24 * 3600 * 1000)

typedef struct
{
  guint64 peer;
  guint8  type;
  GArray *news;  /* (nullable) TcAddressNews */
} Sent;

typedef struct
{
  TcBook     *book;
  TcExchange *exchange;
  GPtrArray  *sent;
  guint64     state;
  TcEndpoint  unwanted;
  gint64      now_ms;
} Fixture;

static void
sent_free (gpointer data)
{
  Sent *sent = data;

  g_clear_pointer (&sent->news, g_array_unref);
  g_free (sent);
}

static guint64
next_random (gpointer user_data)
{
  Fixture *fixture = user_data;
  guint64 z = (fixture->state += 0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

static void
on_send (guint64 peer, guint8 type, GBytes *body, gpointer user_data)
{
  Fixture *fixture = user_data;
  Sent *sent = g_new0 (Sent, 1);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (body, &size);

  *sent = (Sent) { peer, type, type == TC_WIRE_ADDRESSES ? tc_addresses_decode (data, size, NULL) : NULL };
  g_assert_true (type == TC_WIRE_GET_ADDRESSES ? size == 0 : sent->news != NULL);
  g_ptr_array_add (fixture->sent, sent);
}

static gboolean
on_is_unwanted (const TcEndpoint *endpoint, gpointer user_data)
{
  return tc_endpoint_equal (endpoint, &((Fixture *) user_data)->unwanted);
}

static const TcExchangeEvents events = { on_send, on_is_unwanted };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  guint8 key[TC_BOOK_KEY_SIZE] = { 7 };

  fixture->now_ms = 1000000;
  fixture->book = tc_book_new (key, next_random, fixture);
  fixture->exchange = tc_exchange_new (fixture->book, TRICKLE_MS, &events, fixture);
  fixture->sent = g_ptr_array_new_with_free_func (sent_free);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tc_exchange_free (fixture->exchange);
  tc_book_free (fixture->book);
  g_ptr_array_unref (fixture->sent);
}

static TcEndpoint
parse (const char *text)
{
  TcEndpoint endpoint;

  g_assert_true (tc_endpoint_parse (text, &endpoint));
  return endpoint;
}

static gint64
real_now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
add_peer (Fixture *fixture, guint64 id, const char *address, gboolean inbound)
{
  const TcEndpoint endpoint = parse (address);

  tc_exchange_add_peer (fixture->exchange, id, &endpoint, inbound, 0, fixture->now_ms);
}

static gboolean
ask (Fixture *fixture, guint64 id)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  return tc_exchange_take (fixture->exchange, id, TC_WIRE_GET_ADDRESSES, nothing, fixture->now_ms);
}

static void
tell (Fixture *fixture, guint64 id, const TcAddressNews *news, gsize n)
{
  g_autoptr (GBytes) body = tc_addresses_encode (news, n);

  g_assert_true (tc_exchange_take (fixture->exchange, id, TC_WIRE_ADDRESSES, body, fixture->now_ms));
}

static void
tell_one (Fixture *fixture, guint64 id, const char *address, gint64 age_s)
{
  const TcAddressNews news = { parse (address), (guint32) (real_now_s () - age_s) };

  tell (fixture, id, &news, 1);
}

static void
pass_ms (Fixture *fixture, gint64 ms)
{
  fixture->now_ms += ms;
  tc_exchange_tick (fixture->exchange, fixture->now_ms);
}

static const Sent *
find_sent (const Fixture *fixture, guint64 peer, guint8 type)
{
  for (guint i = 0; i < fixture->sent->len; i++)
    {
      const Sent *sent = fixture->sent->pdata[i];
      if (sent->peer == peer && sent->type == type)
        return sent;
    }
  return NULL;
}

static void
fill_book (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u.%u.1.1:24000", 50 + i / 200, i % 200);
      const TcEndpoint endpoint = parse (text);

      tc_book_add (fixture->book, &endpoint, real_now_s (), endpoint.ip, real_now_s ());
    }
}

/* --- asking --- */

static void
test_asked (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Whoever was dialled is asked; who came in is not");
  add_peer (fixture, 1, "8.1.1.1:24000", FALSE);
  add_peer (fixture, 2, "8.2.1.1:40000", TRUE);
  g_assert_nonnull (find_sent (fixture, 1, TC_WIRE_GET_ADDRESSES));
  g_assert_null (find_sent (fixture, 2, TC_WIRE_GET_ADDRESSES));
}

static void
test_answered_once (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Who came in is answered once a connection, whom this node dialled never");
  fill_book (fixture, 100);
  add_peer (fixture, 1, "8.1.1.1:24000", FALSE);
  add_peer (fixture, 2, "8.2.1.1:40000", TRUE);
  g_ptr_array_set_size (fixture->sent, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_true (ask (fixture, 1) && ask (fixture, 2));
  g_assert_cmpuint (fixture->sent->len, ==, 1);
  g_assert_nonnull (find_sent (fixture, 2, TC_WIRE_ADDRESSES));
}

static void
test_same_answer (Fixture *fixture, gconstpointer data)
{
  const Sent *first, *second, *later;

  g_test_summary ("Of a large book all are told the same part for a day, then another");
  fill_book (fixture, 2000);
  for (guint i = 1; i <= 3; i++)
    add_peer (fixture, i, "8.2.1.1:40000", TRUE);
  ask (fixture, 1);
  fixture->now_ms += DAY_MS / 2;
  ask (fixture, 2);
  fixture->now_ms += DAY_MS;
  ask (fixture, 3);
  first = find_sent (fixture, 1, TC_WIRE_ADDRESSES);
  second = find_sent (fixture, 2, TC_WIRE_ADDRESSES);
  later = find_sent (fixture, 3, TC_WIRE_ADDRESSES);
  g_assert_cmpuint (first->news->len, >, 400);
  g_assert_cmpuint (first->news->len, <=, 2000 * TC_BOOK_SAMPLE_PERCENT / 100);
  g_assert_true (first->news->len == second->news->len
                 && memcmp (first->news->data, second->news->data, first->news->len * sizeof (TcAddressNews)) == 0);
  g_assert_false (memcmp (first->news->data, later->news->data, 100 * sizeof (TcAddressNews)) == 0);
}

static void
test_private (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint at_home = parse ("192.168.1.7:24000"), near = parse ("127.0.0.1:24000"), far = parse ("9.9.9.9:24000");
  const TcEndpoint all[] = { at_home, near, far };
  static const struct
  {
    const char *peer;
    guint       n;
  } cases[] = { { "8.1.1.1:40000", 1 }, { "10.0.0.1:40000", 2 }, { "127.0.0.1:40000", 3 } };

  g_test_summary ("Private addresses are told to private peers only, and believed of them only");
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    tc_book_good (fixture->book, &all[i], real_now_s ());
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      add_peer (fixture, 1 + i, cases[i].peer, TRUE);
      ask (fixture, 1 + i);
      g_assert_cmpuint (find_sent (fixture, 1 + i, TC_WIRE_ADDRESSES)->news->len, ==, cases[i].n);
    }
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    tc_book_remove (fixture->book, &all[i]);
  tell_one (fixture, 1, "192.168.1.7:24000", 0);
  g_assert_null (tc_book_get (fixture->book, &at_home));
  tell_one (fixture, 2, "192.168.1.7:24000", 0);
  g_assert_nonnull (tc_book_get (fixture->book, &at_home));
  tell_one (fixture, 2, "127.0.0.1:24000", 0);
  g_assert_null (tc_book_get (fixture->book, &near));
}

/* --- being told --- */

static void
tell_many (Fixture *fixture, guint64 id, guint first, guint n)
{
  g_autofree TcAddressNews *news = g_new (TcAddressNews, n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u.%u.%u.1:24000", 60 + (first + i) / 40000, (first + i) / 200 % 200, (first + i) % 200);
      news[i] = (TcAddressNews) { parse (text), (guint32) real_now_s () };
    }
  tell (fixture, id, news, n);
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("survive-28, survive-29: 10 000 addresses from one peer: ten count where nobody asked, a thousand where it was asked, one more in 10 s; no offence");
  add_peer (fixture, 1, "8.1.1.1:40000", TRUE);
  for (guint i = 0; i < 10; i++)
    tell_many (fixture, 1, i * 1000, 1000);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), <=, TC_EXCHANGE_UNASKED);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), >=, TC_EXCHANGE_UNASKED - 2);
  fixture->now_ms += 100000;
  tell_many (fixture, 1, 10000, 1000);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), <=, 2 * TC_EXCHANGE_UNASKED);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), >=, 2 * TC_EXCHANGE_UNASKED - 4);
  add_peer (fixture, 2, "8.2.1.1:24000", FALSE);
  for (guint i = 0; i < 10; i++)
    tell_many (fixture, 2, 20000 + i * 1000, 1000);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), <=, 2 * TC_EXCHANGE_UNASKED + TC_EXCHANGE_BURST);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), >, TC_EXCHANGE_BURST / 4);
}

static void
test_unwanted (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("An address that is banned, or this node's own, is not learnt");
  fixture->unwanted = parse ("9.9.9.9:24000");
  add_peer (fixture, 1, "8.1.1.1:24000", FALSE);
  tell_one (fixture, 1, "9.9.9.9:24000", 0);
  tell_one (fixture, 1, "9.9.9.10:24000", 0);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), ==, 1);
}

static void
test_hello (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint socket = parse ("8.1.1.1:40000"), listening = parse ("8.1.1.1:24000");

  g_test_summary ("Who comes in and says that it listens is known by its address and that port; one that says so of another service is not");
  tc_exchange_add_peer (fixture->exchange, 1, &socket, TRUE, 24000, fixture->now_ms);
  tc_exchange_add_peer (fixture->exchange, 2, &socket, TRUE, 25, fixture->now_ms);
  tc_exchange_add_peer (fixture->exchange, 3, &socket, TRUE, 0, fixture->now_ms);
  g_assert_cmpuint (tc_book_count (fixture->book, FALSE), ==, 1);
  g_assert_nonnull (tc_book_get (fixture->book, &listening));
}

/* --- passing on --- */

static guint
count_news (const Fixture *fixture, const char *address, guint64 *ret_last)
{
  const TcEndpoint endpoint = parse (address);
  guint n = 0;

  for (guint i = 0; i < fixture->sent->len; i++)
    {
      const Sent *sent = fixture->sent->pdata[i];
      for (guint j = 0; sent->news != NULL && j < sent->news->len; j++)
        if (tc_endpoint_equal (&g_array_index (sent->news, TcAddressNews, j).endpoint, &endpoint))
          {
            n++;
            *ret_last = sent->peer;
          }
    }
  return n;
}

static void
test_relay (Fixture *fixture, gconstpointer data)
{
  guint64 last = 0;

  g_test_summary ("News goes to two others after a while, once, and not back; old news and long lists go to nobody");
  for (guint i = 1; i <= 20; i++)
    add_peer (fixture, i, "8.1.1.1:40000", TRUE);
  tell_one (fixture, 1, "9.9.9.9:24000", 0);
  tell_one (fixture, 2, "9.9.9.10:24000", 1000);
  g_assert_cmpuint (fixture->sent->len, ==, 0);
  pass_ms (fixture, 2 * TRICKLE_MS);
  g_assert_cmpuint (count_news (fixture, "9.9.9.9:24000", &last), ==, 2);
  g_assert_cmpuint (last, !=, 1);
  g_assert_cmpuint (count_news (fixture, "9.9.9.10:24000", &last), ==, 0);
  tell_one (fixture, 3, "9.9.9.9:24000", 0);
  pass_ms (fixture, 2 * TRICKLE_MS);
  g_assert_cmpuint (count_news (fixture, "9.9.9.9:24000", &last), ==, 2);
  tell_many (fixture, 4, 0, 11);
  g_ptr_array_set_size (fixture->sent, 0);
  pass_ms (fixture, 2 * TRICKLE_MS);
  g_assert_cmpuint (fixture->sent->len, ==, 0);
}

static void
test_own (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint own = parse ("192.168.1.7:24000");
  guint64 last = 0;

  g_test_summary ("Its own address is told to those it dialled, again each day: where it means nothing to them, as they see it");
  tc_exchange_set_own (fixture->exchange, &own);
  add_peer (fixture, 1, "192.168.1.9:24000", FALSE);
  add_peer (fixture, 2, "8.1.1.1:24000", FALSE);
  add_peer (fixture, 3, "8.2.1.1:40000", TRUE);
  pass_ms (fixture, 2 * TRICKLE_MS);
  g_assert_cmpuint (count_news (fixture, "192.168.1.7:24000", &last), ==, 1);
  g_assert_cmpuint (last, ==, 1);
  g_assert_cmpuint (count_news (fixture, "[::]:24000", &last), ==, 1);
  g_assert_cmpuint (last, ==, 2);
  pass_ms (fixture, 2 * DAY_MS);
  pass_ms (fixture, 2 * TRICKLE_MS);
  g_assert_cmpuint (count_news (fixture, "[::]:24000", &last), ==, 2);
  g_assert_null (find_sent (fixture, 3, TC_WIRE_ADDRESSES));
}

static void
test_as_seen (Fixture *fixture, gconstpointer data)
{
  const TcEndpoint seen = parse ("8.1.1.1:24000");

  g_test_summary ("An address of zeros is the sender's own, as it is seen");
  add_peer (fixture, 1, "8.1.1.1:40000", TRUE);
  tell_one (fixture, 1, "[::]:24000", 0);
  g_assert_nonnull (tc_book_get (fixture->book, &seen));
}

#define ADD(name, func) g_test_add ("/net/exchange/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  ADD ("asked", test_asked);
  ADD ("answered-once", test_answered_once);
  ADD ("same-answer", test_same_answer);
  ADD ("private", test_private);
  g_test_add ("/net/survive-28-many-from-one-peer", Fixture, NULL, set_up, test_limit, tear_down);
  ADD ("unwanted", test_unwanted);
  ADD ("hello", test_hello);
  ADD ("relay", test_relay);
  ADD ("own", test_own);
  ADD ("as-seen", test_as_seen);
  return g_test_run ();
}
