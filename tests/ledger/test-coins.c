#include "chain-fixture.h"
#include "ledger/coins.h"

static TcOutpoint
name (guint32 i)
{
  return (TcOutpoint) { tc_hash_tagged ("test", (const guint8 *) &i, sizeof i), i % 2 };
}

static TcCoin
make (guint32 i)
{
  TcCoin coin = { .height = i };

  coin.output.amount.units = i + 1;
  return coin;
}

static void
create (TcCoins *coins, guint32 i)
{
  TcOutpoint outpoint = name (i);
  TcCoin coin = make (i);

  tc_coins_create (coins, &outpoint, &coin);
}

static void
spend (TcCoins *coins, guint32 i)
{
  TcOutpoint outpoint = name (i);

  tc_coins_spend (coins, &outpoint);
}

/* Another coin at the same outpoint, as where a collateral becomes plain. */
static void
replace (TcCoins *coins, guint32 i, guint8 version)
{
  TcOutpoint outpoint = name (i);
  TcCoin coin = make (i);

  coin.output.key_hash.bytes[0] = version;
  tc_coins_spend (coins, &outpoint);
  tc_coins_create (coins, &outpoint, &coin);
}

static guint8
get_version (TcCoins *coins, guint32 i)
{
  TcOutpoint outpoint = name (i);
  TcCoin coin;

  g_assert_true (tc_coins_get (coins, &outpoint, &coin));
  return coin.output.key_hash.bytes[0];
}

static gboolean
has (TcCoins *coins, guint32 i)
{
  TcOutpoint outpoint = name (i);
  TcCoin coin;

  if (!tc_coins_get (coins, &outpoint, &coin))
    return FALSE;
  g_assert_cmpuint (coin.output.amount.units, ==, i + 1);
  g_assert_cmpuint (coin.height, ==, i);
  return TRUE;
}

static TcFlush *
begin (TcCoins *coins)
{
  TcFlush *flush = g_new0 (TcFlush, 1);

  g_atomic_ref_count_init (&flush->ref_count);
  flush->state = g_bytes_new_static ("", 0);
  tc_coins_begin_flush (coins, flush);
  return flush;
}

static void
flush (TcCoins *coins, TcMemoryStore *store)
{
  g_autoptr(TcFlush) changes = begin (coins);

  tc_memory_store_write (store, changes);
  tc_coins_end_flush (coins);
}

static void
test_short_lived (void)
{
  g_test_summary ("A coin created and spent between two flushes never reaches the disk.");
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcCoins) coins = tc_coins_new (&store->view);

  create (coins, 1);
  create (coins, 2);
  spend (coins, 1);
  g_assert_cmpuint (tc_coins_count_changed (coins), ==, 1);
  g_assert_false (has (coins, 1));
  flush (coins, store);
  g_assert_cmpuint (store->n_written, ==, 1);
  g_assert_true (has (coins, 2));
}

static void
test_flight (void)
{
  g_test_summary ("While a flush is under way coins read as they are now, whether the disk has got that far or not.");
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcCoins) coins = tc_coins_new (&store->view);

  tc_coins_set_cache_size (coins, 0);
  create (coins, 1);
  create (coins, 2);
  flush (coins, store);
  spend (coins, 1);
  create (coins, 3);
  g_autoptr(TcFlush) first = begin (coins);
  g_assert_cmpuint (first->n_created, ==, 1);
  g_assert_cmpuint (first->n_spent, ==, 1);
  g_assert_false (has (coins, 1));
  g_assert_true (has (coins, 3));
  spend (coins, 3);
  create (coins, 4);
  g_assert_false (has (coins, 3));
  tc_memory_store_write (store, first);
  g_assert_false (has (coins, 3));
  tc_coins_end_flush (coins);
  g_assert_false (has (coins, 3));
  g_assert_false (has (coins, 1));
  g_assert_true (has (coins, 4));
  flush (coins, store);
  g_assert_cmpuint (g_hash_table_size (store->coins), ==, 2);
  g_assert_false (has (coins, 3));
}

static void
test_replaced (void)
{
  g_test_summary ("M4: a coin that takes another's place is in a flush both as spent and as created, unless the disk never held the first.");
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcCoins) coins = tc_coins_new (&store->view);
  const TcCoin *stored;
  TcOutpoint first = name (1);

  tc_coins_set_cache_size (coins, 0);
  create (coins, 1);
  create (coins, 2);
  create (coins, 3);
  replace (coins, 3, 1);
  g_autoptr(TcFlush) fresh = begin (coins);
  g_assert_cmpuint (fresh->n_created, ==, 3);
  g_assert_cmpuint (fresh->n_spent, ==, 0);
  replace (coins, 2, 1);  /* while it is being written */
  tc_memory_store_write (store, fresh);
  tc_coins_end_flush (coins);
  g_assert_cmpuint (get_version (coins, 2), ==, 1);
  g_assert_cmpuint (get_version (coins, 3), ==, 1);
  replace (coins, 1, 7);  /* not in the cache: on disk only */
  replace (coins, 3, 2);
  replace (coins, 3, 3);
  spend (coins, 3);       /* after all */
  g_autoptr(TcFlush) flush = begin (coins);
  g_assert_cmpuint (flush->n_created, ==, 2);
  g_assert_cmpuint (flush->n_spent, ==, 3);
  g_assert_cmpuint (get_version (coins, 1), ==, 7);
  tc_memory_store_write (store, flush);
  tc_coins_end_flush (coins);
  g_assert_cmpuint (g_hash_table_size (store->coins), ==, 2);
  stored = g_hash_table_lookup (store->coins, &first);
  g_assert_cmpuint (stored->output.key_hash.bytes[0], ==, 7);
  g_assert_cmpuint (tc_coins_count_changed (coins), ==, 0);
  g_assert_false (has (coins, 3));
}

static void
test_bounded (void)
{
  g_test_summary ("The cache keeps what it may, asks the disk once for what it keeps, and spends what it forgot.");
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcCoins) coins = tc_coins_new (&store->view);
  guint64 n_reads;

  tc_coins_set_cache_size (coins, 10);
  for (guint32 i = 0; i < 100; i++)
    create (coins, i);
  g_assert_cmpuint (tc_coins_count_cached (coins), ==, 0);
  flush (coins, store);
  g_assert_cmpuint (tc_coins_count_cached (coins), ==, 10);
  g_assert_true (has (coins, 5));
  n_reads = store->n_reads;
  g_assert_true (has (coins, 5));
  g_assert_cmpuint (store->n_reads, ==, n_reads);
  for (guint32 i = 20; i < 60; i++)
    g_assert_true (has (coins, i));
  g_assert_cmpuint (tc_coins_count_cached (coins), ==, 10);
  spend (coins, 20);
  g_assert_false (has (coins, 20));
  flush (coins, store);
  g_assert_false (has (coins, 20));
  g_assert_cmpuint (g_hash_table_size (store->coins), ==, 99);
}

/* Does one thing, to @coins and to the model alike. Returns: whether a flush is under way. */
static TcFlush *
step (TcCoins *coins, TcMemoryStore *store, GArray *alive, guint8 *versions, guint32 *next, TcFlush *flight)
{
  gint32 action = g_test_rand_int_range (0, 110);

  if (action >= 100 && alive->len > 0)
    {
      guint32 i = g_array_index (alive, guint32, (guint) g_test_rand_int_range (0, (gint32) alive->len));

      replace (coins, i, ++versions[i]);
    }
  else if (action < 45)
    {
      create (coins, *next);
      g_array_append_val (alive, *next);
      ++*next;
    }
  else if (action < 85 && alive->len > 0)
    {
      guint place = (guint) g_test_rand_int_range (0, (gint32) alive->len);

      spend (coins, g_array_index (alive, guint32, place));
      g_array_remove_index_fast (alive, place);
    }
  else if (action < 92 && flight == NULL)
    return begin (coins);
  else if (action >= 92 && action < 100 && flight != NULL)
    {
      tc_memory_store_write (store, flight);
      tc_coins_end_flush (coins);
      tc_flush_unref (flight);
      return NULL;
    }
  return flight;
}

static void
test_model (void)
{
  g_test_summary ("Twenty thousand random steps, flushes at any moment, against a plain list of what is unspent.");
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcCoins) coins = tc_coins_new (&store->view);
  g_autoptr(GArray) alive = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr(GHashTable) is_alive = NULL;
  g_autofree guint8 *versions = g_new0 (guint8, 20000);
  TcFlush *flight = NULL;
  guint32 next = 0;

  tc_coins_set_cache_size (coins, 50);
  for (guint i = 0; i < 20000; i++)
    flight = step (coins, store, alive, versions, &next, flight);
  is_alive = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < alive->len; i++)
    g_hash_table_add (is_alive, GUINT_TO_POINTER (g_array_index (alive, guint32, i)));
  for (guint32 i = 0; i < next; i++)
    g_assert_cmpint (has (coins, i), ==, g_hash_table_contains (is_alive, GUINT_TO_POINTER (i)));
  for (guint i = 0; i < alive->len; i++)
    g_assert_cmpuint (get_version (coins, g_array_index (alive, guint32, i)), ==, versions[g_array_index (alive, guint32, i)]);
  if (flight != NULL)
    {
      tc_memory_store_write (store, flight);
      tc_coins_end_flush (coins);
      tc_flush_unref (flight);
    }
  flush (coins, store);
  g_assert_cmpuint (g_hash_table_size (store->coins), ==, alive->len);
  g_assert_cmpuint (tc_coins_count_cached (coins), <=, 50);
}

static void
offer (TcCoins *coins, guint64 version, guint32 i)
{
  TcOutpoint outpoint = name (i);
  TcCoin coin = make (i);

  tc_coins_offer (coins, version, &outpoint, &coin);
}

static TcCoinPeek
peek (TcCoins *coins, guint32 i)
{
  TcOutpoint outpoint = name (i);
  TcCoin coin = { 0 };
  const TcCoinPeek answer = tc_coins_peek (coins, &outpoint, &coin);

  g_assert_cmpuint (coin.output.amount.units, ==, answer == TC_COIN_UNSPENT ? i + 1 : 0);
  return answer;
}

static void
test_peek (void)
{
  g_test_summary ("A look at what is in memory reads nothing, and tells what is spent from what is not known.");
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcCoins) coins = tc_coins_new (&store->view);

  tc_coins_set_cache_size (coins, 0);
  create (coins, 1);
  create (coins, 2);
  flush (coins, store);
  g_assert_cmpint (peek (coins, 1), ==, TC_COIN_UNKNOWN);
  spend (coins, 2);
  create (coins, 3);
  g_assert_cmpint (peek (coins, 2), ==, TC_COIN_SPENT);
  g_assert_cmpint (peek (coins, 3), ==, TC_COIN_UNSPENT);
  g_assert_cmpuint (store->n_reads, ==, 0);
}

static void
test_offered (void)
{
  g_test_summary ("A coin that was read ahead is taken; not where it was spent or replaced since, in memory, in flight, or already forgotten.");
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcCoins) coins = tc_coins_new (&store->view);
  guint64 version;

  tc_coins_set_cache_size (coins, 0);
  for (guint32 i = 0; i < 4; i++)
    create (coins, i);
  flush (coins, store);
  tc_coins_set_cache_size (coins, 10);
  version = tc_coins_get_version (coins);
  offer (coins, version, 0);
  g_assert_cmpint (peek (coins, 0), ==, TC_COIN_UNSPENT);
  spend (coins, 1);
  replace (coins, 2, 7);
  for (guint32 i = 1; i < 3; i++)
    offer (coins, version, i);
  g_assert_cmpint (peek (coins, 1), ==, TC_COIN_SPENT);
  g_assert_cmpuint (get_version (coins, 2), ==, 7);

  g_autoptr(TcFlush) flight = begin (coins);
  for (guint32 i = 1; i < 3; i++)
    offer (coins, version, i);
  g_assert_cmpint (peek (coins, 1), ==, TC_COIN_SPENT);
  tc_memory_store_write (store, flight);
  tc_coins_end_flush (coins);
  tc_coins_set_cache_size (coins, 0);
  tc_coins_set_cache_size (coins, 10);
  for (guint32 i = 1; i < 4; i++)
    offer (coins, version, i);
  for (guint32 i = 1; i < 4; i++)
    g_assert_cmpint (peek (coins, i), ==, TC_COIN_UNKNOWN);
  g_assert_false (has (coins, 1));
  g_assert_cmpuint (get_version (coins, 2), ==, 7);
}

static void
test_budget (void)
{
  g_test_summary ("Changed coins and those in flight take the room of cached ones, and a quarter of it changed asks for a flush.");
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  g_autoptr(TcCoins) coins = tc_coins_new (&store->view);

  tc_coins_set_cache_size (coins, 100);
  for (guint32 i = 0; i < 24; i++)
    create (coins, i);
  g_assert_false (tc_coins_wants_flush (coins));
  create (coins, 24);
  g_assert_true (tc_coins_wants_flush (coins));
  for (guint32 i = 25; i < 300; i++)
    create (coins, i);
  flush (coins, store);
  g_assert_cmpuint (tc_coins_count_cached (coins), ==, 100);
  for (guint32 i = 300; i < 330; i++)
    create (coins, i);
  g_assert_cmpuint (tc_coins_count_cached (coins), ==, 70);
  g_autoptr(TcFlush) flight = begin (coins);
  g_assert_cmpuint (tc_coins_count_cached (coins), ==, 70);
  g_assert_false (tc_coins_wants_flush (coins));
  for (guint32 i = 330; i < 360; i++)
    create (coins, i);
  g_assert_cmpuint (tc_coins_count_cached (coins), ==, 40);
  g_assert_false (tc_coins_wants_flush (coins));  /* one at a time */
  tc_memory_store_write (store, flight);
  tc_coins_end_flush (coins);
  g_assert_cmpuint (tc_coins_count_cached (coins), ==, 70);
  g_assert_true (tc_coins_wants_flush (coins));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ledger/coins/short-lived", test_short_lived);
  g_test_add_func ("/ledger/coins/flight", test_flight);
  g_test_add_func ("/ledger/coins/replaced", test_replaced);
  g_test_add_func ("/ledger/coins/bounded", test_bounded);
  g_test_add_func ("/ledger/coins/budget", test_budget);
  g_test_add_func ("/ledger/coins/model", test_model);
  g_test_add_func ("/ledger/coins/peek", test_peek);
  g_test_add_func ("/ledger/coins/offered", test_offered);
  return g_test_run ();
}
