#include <glib/gstdio.h>
#include <malloc.h>
#include <stdlib.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "ledger/coins.h"
#include "store/snapshot.h"
#include "store/store-private.h"

/* The store at size: 5 M unspent outputs and 1 M blocks in a memory budget. What it does is done beside it by SQLite alone, in the same run, on a table of the same rows
 * with the same cache: what is between the two is ours. Arguments: [coins in thousands] [blocks in thousands] [budget in MB]. */

#define COINS_SHARE    75u
#define FLUSH_COINS    250000u
#define N_LOOK_UPS     200000u
#define N_CHANGES      200000u
#define N_BLOCK_READS  50000u

typedef struct
{
  char    *dir;
  TcHash   chain_id;
  guint32  n_coins, n_blocks, budget_mb;
  TcStore *store;
  guint32  height;
  guint32  next_coin;       /* coins from first_coin up to it are unspent */
  guint32  first_coin;
  guint8  *buckets;         /* 256 x 2 048 */
  sqlite3 *raw;
} Bench;

static gint64 begun_us;

static void
start (void)
{
  begun_us = g_get_monotonic_time ();
}

static double
seconds (void)
{
  return (double) MAX (g_get_monotonic_time () - begun_us, 1) / 1e6;
}

static void
line (const char *what, double ours, double raw, const char *unit)
{
  if (raw > 0)
    g_print ("%-38s %12.0f %-8s SQLite alone %12.0f   ratio %.2f\n", what, ours, unit, raw, ours / raw);
  else
    g_print ("%-38s %12.0f %s\n", what, ours, unit);
}

static guint64
read_status_kb (const char *field)
{
  g_autofree char *text = NULL;
  const char *at;

  g_assert_true (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
  at = strstr (text, field);
  return at != NULL ? g_ascii_strtoull (at + strlen (field) + 1, NULL, 10) : 0;
}

static TcOutpoint
outpoint_of (guint32 number)
{
  return (TcOutpoint) { tc_hash_tagged (TC_TAG_TXID, (const guint8 *) &number, sizeof number), number % 3 };
}

static TcCoin
coin_of (guint32 number)
{
  TcCoin coin = { .output = { .amount = { 100000 + number }, .lock = TC_LOCK_KEY_HASH }, .height = 1000000 };

  memcpy (coin.output.key_hash.bytes, &number, sizeof number);
  return coin;
}

static guint32
random_coin (const Bench *self)
{
  return self->first_coin + (guint32) g_random_int_range (0, (gint32) (self->next_coin - self->first_coin));
}

/* --- filled --- */

static TcStoreBlock
make_block (guint32 height)
{
  static const TcSignature signature;
  const guint8 signers[1] = { 1 };
  TcHeader header = { .version = TC_BLOCK_VERSION, .height = height, .time_ms = 1000u * (guint64) height, .epoch = height / 20 };
  TcHash previous = tc_hash_tagged (TC_TAG_BLOCK, (const guint8 *) &height, sizeof height);
  g_autoptr(TcCommit) parent = height > 1 ? tc_commit_new (height - 1, 0, &previous, signers, 1, &signature) : NULL;
  TcStoreBlock item = { 0 };

  if (parent != NULL)
    header.commit = tc_commit_hash (parent);
  item.block = tc_block_new (&header, parent, NULL, 0, NULL, 0);
  item.commit = tc_commit_new (height, 0, &item.block->hash, signers, 1, &signature);
  return item;
}

/* A TcFlushCoin begins with its outpoint. */
static int
compare_created (const void *a, const void *b)
{
  return tc_outpoint_compare (a, b);
}

/* A step of @n_blocks blocks that make @n_created coins and spend the oldest @n_spent. Returns: the seconds that the store took. */
static double
step (Bench *self, guint32 n_blocks, guint32 n_created, guint32 n_spent, gboolean durable)
{
  g_autofree TcStoreBlock *blocks = g_new (TcStoreBlock, n_blocks);
  g_autofree TcFlushCoin *created = g_new (TcFlushCoin, n_created + 1);
  g_autofree TcOutpoint *spent = g_new (TcOutpoint, n_spent + 1);
  g_autoptr(GBytes) state = g_bytes_new_static ("state", 5);
  guint8 numbers[256];
  TcFlush flush = { .created = created, .n_created = n_created, .spent = spent, .n_spent = n_spent, .n_buckets = 256, .bucket_numbers = numbers,
                    .buckets = self->buckets, .state = state };
  g_autoptr(GError) error = NULL;

  for (guint32 i = 0; i < n_blocks; i++)
    blocks[i] = make_block (++self->height);
  for (guint32 i = 0; i < n_spent; i++)
    spent[i] = outpoint_of (self->first_coin++);
  for (guint32 i = 0; i < n_created; i++)
    {
      created[i] = (TcFlushCoin) { outpoint_of (self->next_coin), coin_of (self->next_coin) };
      self->next_coin++;
    }
  qsort (created, n_created, sizeof *created, compare_created);
  qsort (spent, n_spent, sizeof *spent, compare_created);
  for (guint i = 0; i < 256; i++)
    numbers[i] = (guint8) i;
  flush.height = self->height;
  start ();
  if (!tc_store_write (self->store, blocks, n_blocks, &flush, durable, &error))
    g_error ("%s", error->message);
  const double took = seconds ();
  for (guint32 i = 0; i < n_blocks; i++)
    {
      tc_block_unref (blocks[i].block);
      tc_commit_unref (blocks[i].commit);
    }
  return took;
}

static void
open_store (Bench *self)
{
  g_autoptr(GError) error = NULL;

  self->store = tc_store_open (self->dir, &self->chain_id, &error);
  g_assert_no_error (error);
  g_assert_true (tc_store_set_memory (self->store, (gsize) self->budget_mb * 1000000 * (100 - COINS_SHARE) / 100, NULL));
}

static void
fill (Bench *self)
{
  const guint32 n_steps = (self->n_coins + FLUSH_COINS - 1) / FLUSH_COINS;

  double took = 0, first = 0, last = 0;

  for (guint32 i = 0; i < n_steps; i++)
    {
      last = step (self, self->n_blocks / n_steps, self->n_coins / n_steps, 0, i + 1 == n_steps);
      first = i == 0 ? last : first;
      took += last;
    }
  g_print ("filled with %u coins and %u blocks in %.0f s; the first step of %u coins and %u blocks took %.1f s, the last one %.1f s\n", self->next_coin, self->height, took,
           self->n_coins / n_steps, self->n_blocks / n_steps, first, last);
}

/* --- SQLite alone --- */

static void
raw_exec (Bench *self, const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (self->raw, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

/* The rows of the store's coins, in order; what SQLite needs for that is what a snapshot could cost at least. Returns: rows a second. */
static double
raw_fill (Bench *self)
{
  g_autofree char *path = g_build_filename (self->dir, "raw.sqlite", NULL);
  g_autofree char *attach = g_strdup_printf ("ATTACH '%s/chain.sqlite' AS chain", self->dir);
  g_autofree char *cache = g_strdup_printf ("PRAGMA cache_size = -%u", self->budget_mb * (100 - COINS_SHARE) / 100 / 2 * 1000);
  g_autoptr(GByteArray) rows = g_byte_array_new ();
  g_autoptr(sqlite3_stmt) list = NULL, put = NULL;
  gsize at = 0;
  guint n = 0;
  double took;

  g_assert_cmpint (sqlite3_open (path, &self->raw), ==, SQLITE_OK);
  raw_exec (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 50000;"
                  "CREATE TABLE coin (outpoint BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID");
  raw_exec (self, cache);
  raw_exec (self, attach);
  g_assert_cmpint (sqlite3_prepare_v2 (self->raw, "SELECT outpoint, data FROM chain.coin ORDER BY outpoint", -1, &list, NULL), ==, SQLITE_OK);
  for (; sqlite3_step (list) == SQLITE_ROW; n++)
    {
      const guint8 size = (guint8) sqlite3_column_bytes (list, 1);

      g_byte_array_append (rows, sqlite3_column_blob (list, 0), 36);
      g_byte_array_append (rows, &size, 1);
      g_byte_array_append (rows, sqlite3_column_blob (list, 1), size);
    }
  g_clear_pointer (&list, sqlite3_finalize);
  g_assert_cmpuint (n, ==, self->next_coin - self->first_coin);
  g_assert_cmpint (sqlite3_prepare_v2 (self->raw, "INSERT INTO main.coin (outpoint, data) VALUES (?1, ?2)", -1, &put, NULL), ==, SQLITE_OK);
  start ();
  for (guint i = 0; i < n; i++)
    {
      if (i % (n / 256 + 1) == 0)
        raw_exec (self, i == 0 ? "BEGIN IMMEDIATE" : "COMMIT; BEGIN IMMEDIATE");
      sqlite3_bind_blob (put, 1, rows->data + at, 36, SQLITE_STATIC);
      sqlite3_bind_blob (put, 2, rows->data + at + 37, rows->data[at + 36], SQLITE_STATIC);
      at += 37 + rows->data[at + 36];
      g_assert_cmpint (sqlite3_step (put), ==, SQLITE_DONE);
      sqlite3_reset (put);
    }
  raw_exec (self, "COMMIT; PRAGMA wal_checkpoint");
  took = seconds ();
  raw_exec (self, "DETACH chain");
  return n / took;
}

static double
raw_look_ups (Bench *self, const guint32 *numbers)
{
  g_autoptr(sqlite3_stmt) get = NULL;
  guint8 key[36];

  g_assert_cmpint (sqlite3_prepare_v2 (self->raw, "SELECT data FROM coin WHERE outpoint = ?1", -1, &get, NULL), ==, SQLITE_OK);
  start ();
  for (guint i = 0; i < N_LOOK_UPS; i++)
    {
      const TcOutpoint outpoint = outpoint_of (numbers[i]);

      tc_chain_encode_outpoint (&outpoint, key);
      sqlite3_bind_blob (get, 1, key, sizeof key, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (get), ==, SQLITE_ROW);
      sqlite3_reset (get);
    }
  return N_LOOK_UPS / seconds ();
}

static int
compare_keys (const void *a, const void *b)
{
  return memcmp (a, b, 36);
}

/* Half inserted, half deleted, in order, one synced transaction. */
static double
raw_changes (Bench *self, guint32 first_spent, guint32 first_created)
{
  g_autofree guint8 *keys = g_malloc (36u * N_CHANGES);
  g_autoptr(sqlite3_stmt) put = NULL, cut = NULL;
  guint8 data[TC_CHAIN_COIN_SIZE_MAX];
  const TcCoin coin = coin_of (7);
  const gsize size = tc_chain_encode_coin (&coin, data);

  g_assert_cmpint (sqlite3_prepare_v2 (self->raw, "INSERT OR REPLACE INTO coin (outpoint, data) VALUES (?1, ?2)", -1, &put, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (self->raw, "DELETE FROM coin WHERE outpoint = ?1", -1, &cut, NULL), ==, SQLITE_OK);
  for (guint i = 0; i < N_CHANGES; i++)
    {
      const TcOutpoint outpoint = outpoint_of (i < N_CHANGES / 2 ? first_spent + i : first_created + i - N_CHANGES / 2);

      tc_chain_encode_outpoint (&outpoint, keys + 36u * i);
    }
  qsort (keys, N_CHANGES / 2, 36, compare_keys);
  qsort (keys + 36u * (N_CHANGES / 2), N_CHANGES / 2, 36, compare_keys);
  start ();
  raw_exec (self, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
  for (guint i = 0; i < N_CHANGES; i++)
    {
      sqlite3_stmt *stmt = i < N_CHANGES / 2 ? cut : put;

      sqlite3_bind_blob (stmt, 1, keys + 36u * i, 36, SQLITE_STATIC);
      if (stmt == put)
        sqlite3_bind_blob (stmt, 2, data, (int) size, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_DONE);
      sqlite3_reset (stmt);
    }
  raw_exec (self, "COMMIT; PRAGMA wal_checkpoint (TRUNCATE)");
  return N_CHANGES / seconds ();
}

/* --- measured --- */

static void
measure_look_ups (Bench *self)
{
  const TcCoinView *view = tc_store_get_coin_view (self->store);
  g_autofree guint32 *numbers = g_new (guint32, N_LOOK_UPS);
  g_autoptr(TcCoins) coins = tc_coins_new (view);
  double ours = 0, raw = 0;
  TcCoin coin;

  for (guint i = 0; i < N_LOOK_UPS; i++)
    numbers[i] = random_coin (self);
  for (guint round = 0; round < 3; round++)
    {
      raw = MAX (raw, raw_look_ups (self, numbers));
      start ();
      for (guint i = 0; i < N_LOOK_UPS; i++)
        {
          const TcOutpoint outpoint = outpoint_of (numbers[i]);

          g_assert_true (view->get_coin (view->user_data, &outpoint, &coin));
        }
      ours = MAX (ours, N_LOOK_UPS / seconds ());
    }
  line ("look-ups on disk", ours, raw, "/s");
  for (guint round = 0; round < 2; round++)
    {
      start ();
      for (guint i = 0; i < N_LOOK_UPS; i++)
        {
          const TcOutpoint outpoint = outpoint_of (numbers[i]);

          g_assert_true (tc_coins_get (coins, &outpoint, &coin));
        }
      ours = N_LOOK_UPS / seconds ();
    }
  line ("look-ups of cached coins", ours, 0, "/s");
}

static void
measure_changes (Bench *self)
{
  const double raw = raw_changes (self, self->first_coin, self->next_coin);
  double took = 0;

  line ("changes in one synced step", N_CHANGES / step (self, 1, N_CHANGES / 2, N_CHANGES / 2, TRUE), raw, "/s");
  for (guint i = 0; i < 200; i++)
    took += step (self, 1, 20, 20, TRUE);
  line ("synced blocks of 40 changes", 200 / took, 0, "/s");
}

static void
measure_blocks (Bench *self)
{
  g_autofree char *path = g_build_filename (self->dir, "chain.sqlite", NULL);
  g_autoptr(sqlite3_stmt) get = NULL;
  sqlite3 *handle = NULL;
  double ours, raw;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (handle, "SELECT block, block_commit FROM block WHERE height = ?1", -1, &get, NULL), ==, SQLITE_OK);
  start ();
  for (guint i = 0; i < N_BLOCK_READS; i++)
    {
      sqlite3_bind_int64 (get, 1, g_random_int_range (1, (gint32) self->height + 1));
      g_assert_cmpint (sqlite3_step (get), ==, SQLITE_ROW);
      sqlite3_reset (get);
    }
  raw = N_BLOCK_READS / seconds ();
  g_clear_pointer (&get, sqlite3_finalize);
  sqlite3_close (handle);
  start ();
  for (guint i = 0; i < N_BLOCK_READS; i++)
    {
      g_autoptr(GBytes) block = NULL, commit = NULL;

      g_assert_true (tc_store_read_block_bytes (self->store, (guint32) g_random_int_range (1, (gint32) self->height + 1), &block, &commit, NULL));
    }
  ours = N_BLOCK_READS / seconds ();
  line ("blocks read at random", ours, raw, "/s");
}

static void
measure_open (Bench *self)
{
  tc_store_close (self->store);
  start ();
  open_store (self);
  g_print ("%-38s %12.1f ms\n", "opened", seconds () * 1000);
}

/* Catching up: coins at random looked up, spent and made, flushed when memory asks for it. */
static void
measure_memory (Bench *self)
{
  const guint64 before_kb = (malloc_trim (0), read_status_kb ("RssAnon:"));
  const gsize share = (gsize) self->budget_mb * 1000000 * COINS_SHARE / 100;
  g_autoptr(TcCoins) coins = tc_coins_new (tc_store_get_coin_view (self->store));
  const gint64 pages_before = sqlite3_memory_used ();
  guint64 most_kb = 0;
  guint n_flushes = 0;

  tc_coins_set_cache_size (coins, share / TC_COINS_ENTRY_SIZE);
  sqlite3_memory_highwater (TRUE);
  start ();
  for (guint i = 0; i < 4 * N_LOOK_UPS + 6 * FLUSH_COINS; i++)
    {
      TcOutpoint outpoint = outpoint_of (random_coin (self));
      TcCoin coin;

      g_assert_true (tc_coins_get (coins, &outpoint, &coin));
      outpoint = outpoint_of (self->next_coin++);
      coin = coin_of (self->next_coin - 1);
      tc_coins_create (coins, &outpoint, &coin);
      if (!tc_coins_wants_flush (coins))
        continue;
      TcFlush *flush = g_new0 (TcFlush, 1);
      TcStoreBlock block = make_block (++self->height);

      g_atomic_ref_count_init (&flush->ref_count);
      flush->state = g_bytes_new_static ("state", 5);
      flush->height = self->height;
      tc_coins_begin_flush (coins, flush);
      g_assert_true (tc_store_write (self->store, &block, 1, flush, FALSE, NULL));
      most_kb = MAX (most_kb, read_status_kb ("RssAnon:"));
      tc_coins_end_flush (coins);
      tc_flush_unref (flush);
      tc_block_unref (block.block);
      tc_commit_unref (block.commit);
      n_flushes++;
    }
  most_kb = MAX (most_kb, read_status_kb ("RssAnon:"));
  const double pages_mb = (double) sqlite3_memory_highwater (FALSE) * 1e-6;
  const double coins_mb = (double) (most_kb - before_kb) * 1.024e-3 - (double) (sqlite3_memory_highwater (FALSE) - pages_before) * 1e-6;
  g_print ("%-38s %12.0f /s (a look-up and a new coin each, %u flushes)\n", "catching up", (4 * N_LOOK_UPS + 6 * FLUSH_COINS) / seconds (), n_flushes);
  g_print ("%-38s %12.0f MB: coins %.0f, SQLite %.0f; the budget is %u MB, the whole process takes %.0f\n", "memory at most", coins_mb + pages_mb, coins_mb, pages_mb,
           self->budget_mb, (double) most_kb * 1.024e-3);
}

/* --- a snapshot --- */

static void
sum_coins (Bench *self)
{
  g_autofree TcLtHashSum *sums = g_new0 (TcLtHashSum, 256);

  start ();
  for (guint32 i = self->first_coin; i < self->next_coin; i++)
    {
      const TcOutpoint outpoint = outpoint_of (i);
      const TcCoin coin = coin_of (i);

      tc_lthash_sum_add (&sums[outpoint.txid.bytes[0]], &outpoint, &coin.output);
    }
  for (guint i = 0; i < 256; i++)
    tc_lthash_sum_get (&sums[i], self->buckets + i * TC_LTHASH_BUCKET_SIZE);
  line ("LtHash, one core", (self->next_coin - self->first_coin) / seconds (), 0, "coins/s");
}

static GBytes *
read_part (TcStore *store, guint32 height, guint part)
{
  GByteArray *bytes = g_byte_array_new ();
  guint32 total = 0;

  do
    {
      g_autoptr(GBytes) page = tc_store_read_part (store, height, part, bytes->len, 500000, &total, NULL);

      g_assert_nonnull (page);
      g_byte_array_append (bytes, g_bytes_get_data (page, NULL), (guint) g_bytes_get_size (page));
    }
  while (bytes->len < total);
  return g_byte_array_free_to_bytes (bytes);
}

static void
measure_import (Bench *self, guint32 height, double raw)
{
  g_autofree char *dir = g_build_filename (self->dir, "other", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcStore) other = tc_store_open (dir, &self->chain_id, &error);
  g_autoptr(GBytes) manifest = read_part (self->store, height, TC_SNAPSHOT_MANIFEST), state = g_bytes_new_static ("state", 5);
  TcStoreBlock last = make_block (height);
  const guint32 n_coins = self->next_coin - self->first_coin;
  double checked_s = 0, stored_s = 0;
  GBytes *parts[256];

  g_assert_no_error (error);
  g_assert_true (tc_store_set_memory (other, (gsize) self->budget_mb * 1000000 * (100 - COINS_SHARE) / 100, NULL));
  start ();
  for (guint i = 0; i < 256; i++)
    parts[i] = read_part (self->store, height, i);
  line ("parts read", n_coins / seconds (), 0, "coins/s");
  start ();
  for (guint i = 0; i < 256; i++)
    g_assert_true (tc_snapshot_check_part (parts[i], i, tc_snapshot_get_bucket (manifest, i), NULL));
  checked_s = seconds ();
  line ("parts checked, one core", n_coins / checked_s, 0, "coins/s");
  start ();
  g_assert_true (tc_store_import_begin (other, &last.block->header, manifest, &error));
  for (guint i = 0; i < 256; i++)
    g_assert_true (tc_store_import_part (other, (guint8) (i * 77), parts[(guint8) (i * 77)], &error));
  g_assert_true (tc_store_import_finish (other, state, &last, &error));
  stored_s = seconds ();
  line ("snapshot stored, parts out of order", n_coins / stored_s, raw, "coins/s");
  tc_block_unref (last.block);
  tc_commit_unref (last.commit);
  for (guint i = 0; i < 256; i++)
    g_bytes_unref (parts[i]);
}

static void
measure_snapshot (Bench *self, double raw)
{
  g_autoptr(GBytes) record = g_bytes_new_static ("record", 6);
  g_autoptr(TcStoreDump) dump = NULL;
  g_autoptr(GError) error = NULL;

  sum_coins (self);
  step (self, 1, 0, 0, TRUE);
  start ();
  dump = tc_store_dump_begin (self->store, self->height, record, &error);
  g_assert_no_error (error);
  g_assert_true (tc_store_dump_run (dump, &error));
  line ("snapshot made", (self->next_coin - self->first_coin) / seconds (), 0, "coins/s");
  g_clear_pointer (&dump, tc_store_dump_free);
  measure_import (self, self->height, raw);
}

static void
measure_prune (Bench *self)
{
  const guint64 before = self->store->chain.block_bytes;
  const guint32 oldest = tc_store_get_oldest_block (self->store);
  gint64 longest_us = 0;
  gboolean more = TRUE;

  g_array_set_size (self->store->chain.snapshots, 0);
  start ();
  while (more)
    {
      const gint64 at_us = g_get_monotonic_time ();

      g_assert_true (tc_store_prune_blocks (self->store, before / 2, self->height - 100, &more, NULL));
      longest_us = MAX (longest_us, g_get_monotonic_time () - at_us);
    }
  line ("pruned", (tc_store_get_oldest_block (self->store) - oldest) / seconds (), 0, "blocks/s");
  g_print ("%-38s %12.1f ms\n", "longest that the writer was held", (double) longest_us / 1000);
}

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

int
main (int argc, char *argv[])
{
  Bench self = { .n_coins = (argc > 1 ? (guint32) atoi (argv[1]) : 5000u) * 1000, .n_blocks = (argc > 2 ? (guint32) atoi (argv[2]) : 1000u) * 1000,
                 .budget_mb = argc > 3 ? (guint32) atoi (argv[3]) : 256u };
  g_autoptr(GError) error = NULL;
  double raw;

  tc_crypto_init ();
  self.dir = g_dir_make_tmp ("tc-bench-store-XXXXXX", &error);
  g_assert_no_error (error);
  self.buckets = g_malloc0 (TC_SNAPSHOT_BUCKETS_SIZE);
  open_store (&self);
  fill (&self);
  measure_open (&self);
  raw = raw_fill (&self);
  line ("SQLite's own inserts, in order", raw, 0, "rows/s");
  measure_look_ups (&self);
  measure_changes (&self);
  measure_blocks (&self);
  measure_snapshot (&self, raw);
  measure_prune (&self);
  sqlite3_close (self.raw);
  measure_memory (&self);
  measure_open (&self);
  tc_store_close (self.store);
  remove_tree (self.dir);
  g_free (self.buckets);
  g_free (self.dir);
  return 0;
}
