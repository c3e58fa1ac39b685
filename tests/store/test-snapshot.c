#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/snapshot.h"
#include "store/store-private.h"

#define N_COINS 6000u

/* Coins that follow from their number, as the parts that a node would be sent. */
typedef struct
{
  GBytes *record;
  GBytes *manifest;
  GBytes *parts[256];
  gsize   n_coins[256];
} Parts;

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  guint8 x[TC_CHAIN_OUTPOINT_SIZE], y[TC_CHAIN_OUTPOINT_SIZE];

  tc_chain_encode_outpoint (&((const TcFlushCoin *) a)->outpoint, x);
  tc_chain_encode_outpoint (&((const TcFlushCoin *) b)->outpoint, y);
  return memcmp (x, y, sizeof x);
}

/* Coins @first .. @first + N_COINS - 1, and every tenth's txid with a second one, of an index whose bytes sort before its number. */
static TcFlushCoin *
make_coins (guint32 first, gsize *ret_n)
{
  TcFlushCoin *coins = g_new (TcFlushCoin, 2 * N_COINS);
  gsize n = 0;

  for (guint32 i = first; i < first + N_COINS; i++)
    {
      coins[n++] = (TcFlushCoin) { make_outpoint (i), make_coin (i) };
      if (i % 10 == 0)
        {
          coins[n] = coins[n - 1];
          coins[n++].outpoint.index = 0x01000000 + i;
        }
    }
  qsort (coins, n, sizeof *coins, compare_keys);
  *ret_n = n;
  return coins;
}

static Parts *
make_parts (guint32 first)
{
  Parts *self = g_new0 (Parts, 1);
  g_autofree TcLtHashSum *sums = g_new0 (TcLtHashSum, 256);
  g_autofree guint8 *buckets = g_malloc (256 * TC_LTHASH_BUCKET_SIZE);
  g_autofree TcFlushCoin *coins = NULL;
  GByteArray *parts[256];
  gsize n;

  coins = make_coins (first, &n);
  for (guint i = 0; i < 256; i++)
    parts[i] = g_byte_array_new ();
  for (gsize i = 0; i < n; i++)
    {
      const guint part = coins[i].outpoint.txid.bytes[0];

      tc_snapshot_put_coin (parts[part], &coins[i].outpoint, &coins[i].coin.output);
      tc_lthash_sum_add (&sums[part], &coins[i].outpoint, &coins[i].coin.output);
      self->n_coins[part]++;
    }
  for (guint i = 0; i < 256; i++)
    {
      tc_lthash_sum_get (&sums[i], buckets + i * TC_LTHASH_BUCKET_SIZE);
      self->parts[i] = g_byte_array_free_to_bytes (parts[i]);
    }
  self->record = g_bytes_new ("record", 6);
  self->manifest = tc_snapshot_make_manifest (buckets, self->record);
  return self;
}

static void
parts_free (Parts *self)
{
  for (guint i = 0; i < 256; i++)
    g_bytes_unref (self->parts[i]);
  g_bytes_unref (self->record);
  g_bytes_unref (self->manifest);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Parts, parts_free)

/* A state at @height with those coins, and no others. */
static void
write_coins (TcStore *store, guint32 height, guint32 first)
{
  g_autoptr(Parts) parts = make_parts (first);
  g_autoptr(GBytes) state = make_state (height);
  g_autoptr(GError) error = NULL;
  g_autofree TcFlushCoin *coins = NULL;
  guint8 numbers[256];
  TcStoreBlock block = make_block (height);
  TcFlush flush = { .height = height, .n_buckets = 256, .bucket_numbers = numbers, .state = state };
  gboolean ok;

  coins = make_coins (first, &flush.n_created);
  flush.created = coins;
  flush.buckets = (guint8 *) g_bytes_get_data (parts->manifest, NULL);
  for (guint i = 0; i < 256; i++)
    numbers[i] = (guint8) i;
  ok = tc_store_write (store, &block, 1, &flush, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  clear_block (&block);
}

static gboolean
dump (TcStore *store, guint32 height, GBytes *record, GError **error)
{
  g_autoptr(TcStoreDump) self = tc_store_dump_begin (store, height, record, error);

  return self != NULL && tc_store_dump_run (self, error);
}

static void
assert_dumped (TcStore *store, guint32 height, GBytes *record)
{
  g_autoptr(GError) error = NULL;
  gboolean ok = dump (store, height, record, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

/* A whole part, page by page. */
static GBytes *
read_part (TcStore *store, guint32 height, guint part, guint32 page)
{
  GByteArray *bytes = g_byte_array_new ();
  guint32 total = 0;

  do
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) read = tc_store_read_part (store, height, part, bytes->len, page, &total, &error);

      g_assert_no_error (error);
      g_assert_nonnull (read);
      g_assert_cmpuint (g_bytes_get_size (read), ==, MIN (page, total - bytes->len));
      g_byte_array_append (bytes, g_bytes_get_data (read, NULL), (guint) g_bytes_get_size (read));
    }
  while (bytes->len < total);
  return g_byte_array_free_to_bytes (bytes);
}

static void
assert_served (TcStore *store, guint32 height, const Parts *parts)
{
  g_autoptr(GBytes) manifest = read_part (store, height, TC_SNAPSHOT_MANIFEST, 50000);

  g_assert_true (g_bytes_equal (manifest, parts->manifest));
  for (guint i = 0; i < 256; i++)
    {
      g_autoptr(GBytes) part = read_part (store, height, i, 1 + i * 7);

      g_assert_true (g_bytes_equal (part, parts->parts[i]));
    }
}

static guint
count_entries (const Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "snapshots", NULL);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_dump (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A snapshot is what the coins were when it was begun, is served in pages, and is there after a restart; made once, of its own height.");
  g_autoptr(Parts) parts = make_parts (1000);
  TcStore *store = fixture_open (fixture);
  g_autoptr(TcStoreDump) begun = NULL;
  g_autoptr(GError) error = NULL;
  guint32 heights[TC_STORE_SNAPSHOTS_MAX], total;

  write_coins (store, 7, 1000);
  g_assert_null (tc_store_dump_begin (store, 8, parts->record, &error));
  g_assert_no_error (error);
  begun = tc_store_dump_begin (store, 7, parts->record, &error);
  g_assert_no_error (error);
  write_coins (store, 8, 50000);  /* comes too late for it */
  g_assert_cmpuint (tc_store_list_snapshots (store, heights), ==, 0);
  g_assert_null (tc_store_read_part (store, 7, 0, 0, 100, &total, &error));
  g_assert_true (tc_store_dump_run (begun, &error));
  g_clear_pointer (&begun, tc_store_dump_free);
  g_assert_cmpuint (tc_store_list_snapshots (store, heights), ==, 1);
  g_assert_cmpuint (heights[0], ==, 7);
  assert_served (store, 7, parts);
  g_assert_null (tc_store_dump_begin (store, 7, parts->record, &error));
  g_assert_null (tc_store_read_part (store, 7, 257, 0, 100, &total, &error));
  g_assert_null (tc_store_read_part (store, 7, 3, 10000000, 100, &total, &error));
  g_assert_no_error (error);
  tc_store_close (store);
  store = fixture_open (fixture);
  assert_served (store, 7, parts);
  tc_store_close (store);
}

static void
test_newest_three (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("The newest three are kept.");
  TcStore *store = fixture_open (fixture);
  guint32 heights[TC_STORE_SNAPSHOTS_MAX];
  GByteArray *empty = g_byte_array_new ();
  g_autoptr(GBytes) record = g_byte_array_free_to_bytes (empty);

  write_heights (store, 0, 0);
  for (guint32 height = 1; height <= 5; height++)
    {
      g_autoptr(GBytes) state = make_state (height);
      g_autofree guint8 *zero = g_malloc0 (BUCKETS_SIZE);
      guint8 numbers[256];
      TcOutpoint spent = make_outpoint (0);
      TcFlush flush = { .height = height, .n_spent = height == 1, .spent = &spent, .n_buckets = 256, .bucket_numbers = numbers, .buckets = zero, .state = state };

      for (guint i = 0; i < 256; i++)
        numbers[i] = (guint8) i;
      g_assert_true (tc_store_write (store, NULL, 0, &flush, FALSE, NULL));
      assert_dumped (store, height, record);
    }
  g_assert_cmpuint (tc_store_list_snapshots (store, heights), ==, 3);
  g_assert_cmpuint (heights[0], ==, 3);
  g_assert_cmpuint (heights[2], ==, 5);
  g_assert_cmpuint (count_entries (fixture), ==, 3);
  tc_store_close (store);
}

static void
test_cancel_dump (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A snapshot that is cancelled leaves nothing.");
  g_autoptr(Parts) parts = make_parts (1000);
  TcStore *store = fixture_open (fixture);
  g_autoptr(TcStoreDump) begun = NULL;
  g_autoptr(GError) error = NULL;

  write_coins (store, 7, 1000);
  begun = tc_store_dump_begin (store, 7, parts->record, &error);
  tc_store_dump_cancel (begun);
  g_assert_false (tc_store_dump_run (begun, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_entries (fixture), ==, 0);
  g_clear_pointer (&begun, tc_store_dump_free);
  tc_store_close (store);
}

static void
test_damaged_coins (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: no snapshot of coins that are not those of the state.");
  g_autoptr(Parts) parts = make_parts (1000);
  g_autoptr(GError) error = NULL;
  TcStore *store = fixture_open (fixture);

  write_coins (store, 7, 1000);
  g_assert_true (tc_db_exec (store->chain.writer, "DELETE FROM coin WHERE outpoint = (SELECT outpoint FROM coin LIMIT 1 OFFSET 3000)", NULL));
  g_assert_false (dump (store, 7, parts->record, &error));
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED);
  g_assert_cmpuint (count_entries (fixture), ==, 0);
  tc_store_close (store);
}

static void
flip_byte (const Fixture *fixture, const char *name, goffset offset)
{
  g_autofree char *path = g_build_filename (fixture->dir, "snapshots", name, NULL);
  int fd = open (path, O_RDWR);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= 4;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  close (fd);
}

static void
test_damaged_part (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: a part that the disk damaged is not served, and the snapshot is gone; the manifest is of several pieces, all but the damaged one good.");
  g_autoptr(Parts) parts = make_parts (1000);
  TcStore *store = fixture_open (fixture);
  const struct { const char *name; guint part; goffset at; guint32 offset; } cases[] = {
    { "7/005", 5, 3, 0 }, { "7/005", 5, 100, 0 }, { "7/005", 5, 8 + 1500, 0 }, { "7/256", 256, 8 + 3 * 65568 + 65540, 3 * 65536 + 5 },
    { "7/256", 256, 8 + 8 * 65568 + 2, 8 * 65536 },
  };
  guint32 heights[TC_STORE_SNAPSHOTS_MAX], total;

  write_coins (store, 7, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) good = NULL;

      assert_dumped (store, 7, parts->record);
      flip_byte (fixture, cases[i].name, cases[i].at);
      if (cases[i].part == 256)
        {
          good = tc_store_read_part (store, 7, 256, 0, 65536, &total, &error);
          g_assert_nonnull (good);
        }
      g_assert_null (tc_store_read_part (store, 7, cases[i].part, cases[i].offset, 100, &total, &error));
      g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED);
      g_assert_cmpuint (tc_store_list_snapshots (store, heights), ==, 0);
      g_assert_cmpuint (count_entries (fixture), ==, 0);
    }
  tc_store_close (store);
}

static void
test_cut_part (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: a part that is cut, or missing, is not served.");
  g_autoptr(Parts) parts = make_parts (1000);
  TcStore *store = fixture_open (fixture);
  g_autofree char *path = g_build_filename (fixture->dir, "snapshots", "7", "009", NULL);
  const int sizes[] = { -1, 0, 7, 8, 9, 40, 41, 700 };  /* -1: no file; 8: that of an empty part */
  guint32 total;

  write_coins (store, 7, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) empty = NULL;

      assert_dumped (store, 7, parts->record);
      if (sizes[i] >= 0)
        g_assert_cmpint (truncate (path, sizes[i]), ==, 0);
      else
        g_assert_cmpint (g_unlink (path), ==, 0);
      empty = tc_store_read_part (store, 7, 9, 0, 100, &total, &error);
      if (sizes[i] == 8)
        {
          g_autofree char *root = g_build_filename (fixture->dir, "snapshots", NULL);

          g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);  /* the receiver refuses it by its bucket */
          tc_store_close (store);
          fixture_remove_tree (root);
          store = fixture_open (fixture);
          continue;
        }
      g_assert_null (empty);
      g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED);
    }
  tc_store_close (store);
}

static void
test_dump_disk_full (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: on a full disk no snapshot comes of it, nothing is left, and the next try works.");
  g_autoptr(Parts) parts = make_parts (1000);
  g_autoptr(GError) error = NULL;
  TcStore *store = fixture_open (fixture);
  struct rlimit before, none;
  gboolean made;

  write_coins (store, 7, 1000);
  getrlimit (RLIMIT_FSIZE, &before);
  none = (struct rlimit) { 100000, before.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &none);
  made = dump (store, 7, parts->record, &error);
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_false (made);
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK);
  g_assert_nonnull (strstr (error->message, "full"));
  g_assert_cmpuint (count_entries (fixture), ==, 0);
  assert_dumped (store, 7, parts->record);
  assert_served (store, 7, parts);
  tc_store_close (store);
}

static void
test_newer_version (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: a snapshot in a newer version's form is left as it is, and not served; so is what is no snapshot.");
  g_autoptr(Parts) parts = make_parts (1000);
  g_autofree char *other = g_build_filename (fixture->dir, "snapshots", "notes", NULL), *data = NULL;
  TcStore *store = fixture_open (fixture);
  guint32 heights[TC_STORE_SNAPSHOTS_MAX];

  write_coins (store, 7, 1000);
  assert_dumped (store, 7, parts->record);
  tc_store_close (store);
  flip_byte (fixture, "7/256", 7);
  g_assert_true (g_file_set_contents (other, "mine", 4, NULL));
  store = fixture_open (fixture);
  g_assert_cmpuint (tc_store_list_snapshots (store, heights), ==, 0);
  tc_store_close (store);
  g_assert_true (g_file_get_contents (other, &data, NULL, NULL));
  g_assert_cmpuint (count_entries (fixture), ==, 2);
}

/* --- taken in --- */

static TcStoreBlock
make_last (guint32 height)
{
  TcStoreBlock item = make_block (height);

  item.committee = tc_committee_new (0, FALSE, &(TcMember) { .masternode = 1, .power = 1 }, 1);
  return item;
}

static void
begin (TcStore *store, guint32 height, const Parts *parts)
{
  g_autoptr(GError) error = NULL;
  TcStoreBlock last = make_last (height);
  gboolean ok = tc_store_import_begin (store, &last.block->header, parts->manifest, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  tc_committee_unref (last.committee);
  clear_block (&last);
}

static void
put_part (TcStore *store, guint part, const Parts *parts)
{
  g_autoptr(GError) error = NULL;
  gboolean ok = tc_store_import_part (store, part, parts->parts[part], &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
finish (TcStore *store, guint32 height)
{
  g_autoptr(GBytes) state = make_state (height);
  g_autoptr(GError) error = NULL;
  TcStoreBlock last = make_last (height);
  gboolean ok = tc_store_import_finish (store, state, &last, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  tc_committee_unref (last.committee);
  clear_block (&last);
}

/* That the store's state is the one at @height with the coins from @first on, and none before. */
static void
assert_state (TcStore *store, guint32 height, guint32 first)
{
  g_autoptr(Parts) parts = make_parts (first);
  g_autoptr(GBytes) state = NULL, expected = make_state (height);
  const TcCoinView *view = tc_store_get_coin_view (store);
  g_autofree TcFlushCoin *coins = NULL;
  g_autofree guint8 *buckets = NULL;
  TcOutpoint gone = make_outpoint (first - 1);
  guint32 block_height;
  TcCoin coin;
  gsize n;

  g_assert_true (tc_store_load_state (store, &state, &buckets, &block_height, NULL));
  g_assert_true (g_bytes_equal (state, expected));
  g_assert_cmpuint (block_height, ==, height);
  g_assert_cmpmem (buckets, BUCKETS_SIZE, g_bytes_get_data (parts->manifest, NULL), BUCKETS_SIZE);
  coins = make_coins (first, &n);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (view->get_coin (view->user_data, &coins[i].outpoint, &coin));
      g_assert_cmpuint (coin.output.amount.units, ==, coins[i].coin.output.amount.units);
      g_assert_cmpuint (coin.output.lock, ==, coins[i].coin.output.lock);
      g_assert_cmpuint (coin.height, ==, 0);
    }
  g_assert_false (view->get_coin (view->user_data, &gone, &coin));
  g_assert_true (tc_store_check_fault (store, NULL));
}

static void
test_import (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Parts in any order, over a restart, take the place of the state that was, whole; the node that has them serves them.");
  g_autoptr(Parts) parts = make_parts (20000);
  TcStore *store = fixture_open (fixture);
  g_auto(TcStoreImport) import = { 0 };
  g_autoptr(GError) error = NULL;
  TcBlock *block = NULL;
  TcCommit *commit = NULL;
  TcCommittee *committee = NULL;
  TcHeader header;
  guint32 first, last;

  write_heights (store, 0, 6);
  g_assert_false (tc_store_import_load (store, &import, &error));
  begin (store, 40, parts);
  for (guint i = 0; i < 256; i += 3)
    put_part (store, 255 - i, parts);
  begin (store, 40, parts);
  put_part (store, 255, parts);  /* it is there */
  write_heights (store, 7, 9);   /* blocks go on meanwhile */
  g_assert_cmpint (check_consistent (store), ==, 9);
  tc_store_close (store);

  store = fixture_open (fixture);
  g_assert_cmpint (check_consistent (store), ==, 9);
  g_assert_true (tc_store_import_load (store, &import, &error));
  g_assert_cmpuint (import.n_parts, ==, 86);
  g_assert_cmpuint (import.header.height, ==, 40);
  g_assert_true (g_bytes_equal (import.manifest, parts->manifest));
  begin (store, 40, parts);
  for (guint i = 0; i < 256; i++)
    if (!((import.parts[i / 8] >> (i % 8)) & 1))
      put_part (store, i, parts);
  finish (store, 40);
  assert_state (store, 40, 20000);
  assert_dumped (store, 40, parts->record);
  assert_served (store, 40, parts);
  tc_store_close (store);

  store = fixture_open (fixture);
  assert_state (store, 40, 20000);
  g_assert_true (tc_store_read_block (store, 40, &block, NULL, NULL));
  tc_block_unref (block);
  g_assert_true (tc_store_read_block (store, 9, &block, NULL, NULL));
  tc_block_unref (block);
  g_assert_true (tc_store_read_past (store, 40, &header, &commit, &committee, NULL));
  tc_commit_unref (commit);
  tc_committee_unref (committee);
  g_assert_cmpuint (tc_store_get_oldest_block (store), ==, 40);
  g_assert_true (tc_store_get_gap (store, &first, &last));
  g_assert_cmpuint (first, ==, 10);
  g_assert_cmpuint (last, ==, 39);
  begin (store, 60, parts);
  g_assert_true (tc_store_import_cancel (store, NULL));
  tc_store_close (store);
}

static void
test_import_another (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Another snapshot's parts, or none, take the place of those that were taken in: nothing of them is left.");
  g_autoptr(Parts) parts = make_parts (20000), others = make_parts (90000);
  TcStore *store = fixture_open (fixture);
  g_auto(TcStoreImport) import = { 0 };
  g_autoptr(GError) error = NULL;

  write_heights (store, 0, 3);
  begin (store, 40, parts);
  for (guint i = 0; i < 200; i++)
    put_part (store, i, parts);
  begin (store, 50, others);
  for (guint i = 0; i < 256; i++)
    put_part (store, i, others);
  finish (store, 50);
  assert_state (store, 50, 90000);
  begin (store, 60, parts);
  put_part (store, 3, parts);
  g_assert_true (tc_store_import_cancel (store, &error));
  g_assert_true (tc_store_import_cancel (store, &error));
  g_assert_false (tc_store_import_load (store, &import, &error));
  g_assert_no_error (error);
  tc_store_close (store);
  store = fixture_open (fixture);
  g_assert_false (tc_store_import_load (store, &import, &error));
  assert_state (store, 50, 90000);
  tc_store_close (store);
}

static void
test_import_disk_full (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: on a full disk a part is not marked and the state stays; once there is space, all goes on.");
  g_autoptr(Parts) parts = make_parts (20000);
  TcStore *store = fixture_open (fixture);
  g_autoptr(GError) error = NULL;
  guint next = 0;

  write_heights (store, 0, 9);
  begin (store, 40, parts);
  put_part (store, next++, parts);
  g_assert_true (tc_db_exec (store->chain.writer, "PRAGMA max_page_count = 1", NULL));
  while (next < 256 && tc_store_import_part (store, next, parts->parts[next], &error))
    next++;
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK);
  g_assert_nonnull (strstr (error->message, "full"));
  g_assert_cmpint (check_consistent (store), ==, 9);
  g_assert_true (tc_db_exec (store->chain.writer, "PRAGMA max_page_count = 1000000", NULL));
  for (; next < 256; next++)
    put_part (store, next, parts);
  finish (store, 40);
  assert_state (store, 40, 20000);
  tc_store_close (store);
}

/* --- killed --- */

/* Waits until @child, which writes a byte to @fd for each step, made @n_steps, and kills it @delay_us later. */
static void
kill_after (pid_t child, int fd, guint n_steps, guint delay_us)
{
  int status;
  char byte;

  for (guint i = 0; i < n_steps && read (fd, &byte, 1) == 1; i++)
    ;
  g_usleep (delay_us);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (fd);
}

G_GNUC_NORETURN static void
import_until_killed (const Fixture *fixture, const Parts *parts, int fd)
{
  TcStore *store = tc_store_open (fixture->dir, &fixture->chain_id, NULL);

  if (store == NULL)
    _exit (3);
  for (guint i = 0; i < 256; i++)
    if (!tc_store_import_part (store, i * 77 % 256, parts->parts[i * 77 % 256], NULL) || write (fd, "x", 1) != 1)
      _exit (4);
  pause ();
  _exit (0);
}

static gint64
count_coins (TcStore *store, guint part)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM import_coin WHERE substr (outpoint, 1, 1) = x'%02x'", part);
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (store->chain.writer, sql, NULL);

  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  return sqlite3_column_int64 (stmt, 0);
}

static void
test_kill_import (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-24: killed in the middle of a part, the store has each part whole or not at all, knows which, and goes on to the end.");
  g_autoptr(Parts) parts = make_parts (20000);
  TcStore *store = fixture_open (fixture);
  guint n_parts = 0;

  write_heights (store, 0, 9);
  begin (store, 40, parts);
  tc_store_close (store);
  while (n_parts < 256)
    {
      g_auto(TcStoreImport) import = { 0 };
      int fds[2];
      const guint n_steps = n_parts + (guint) g_test_rand_int_range (1, 60);
      pid_t child;

      g_assert_cmpint (pipe (fds), ==, 0);
      child = fork ();
      if (child == 0)
        import_until_killed (fixture, parts, fds[1]);
      close (fds[1]);
      kill_after (child, fds[0], MIN (256, n_steps), (guint) g_test_rand_int_range (0, 2000));
      store = fixture_open (fixture);
      g_assert_cmpint (check_consistent (store), ==, 9);
      g_assert_true (tc_store_import_load (store, &import, NULL));
      g_assert_cmpuint (import.n_parts, >=, n_parts);
      n_parts = import.n_parts;
      for (guint i = 0; i < 256; i++)
        g_assert_cmpint (count_coins (store, i), ==, (import.parts[i / 8] >> (i % 8)) & 1 ? parts->n_coins[i] : 0);
      if (n_parts == 256)
        finish (store, 40);
      tc_store_close (store);
    }
  store = fixture_open (fixture);
  assert_state (store, 40, 20000);
  tc_store_close (store);
}

static void
test_kill_finish (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-24: killed while the snapshot takes the state's place, the store is wholly at one or the other.");
  g_autoptr(Parts) parts = make_parts (20000);
  TcStore *store = fixture_open (fixture);
  guint32 height = 40;

  write_heights (store, 0, 9);
  tc_store_close (store);
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr(GBytes) state = NULL;
      g_autofree guint8 *buckets = NULL;
      guint32 found;
      int fds[2];
      pid_t child;

      store = fixture_open (fixture);
      begin (store, height, parts);
      for (guint part = 0; part < 256; part++)
        put_part (store, part, parts);
      tc_store_close (store);
      g_assert_cmpint (pipe (fds), ==, 0);
      child = fork ();
      if (child == 0)
        {
          store = tc_store_open (fixture->dir, &fixture->chain_id, NULL);
          if (write (fds[1], "x", 1) == 1)
            finish (store, height);
          pause ();
        }
      close (fds[1]);
      kill_after (child, fds[0], 1, (guint) g_test_rand_int_range (0, 8000));
      store = fixture_open (fixture);
      g_assert_true (tc_store_load_state (store, &state, &buckets, &found, NULL));
      if (found == height)
        {
          assert_state (store, height, 20000);
          height += 10;
        }
      else if (height == 40)
        g_assert_cmpint (check_consistent (store), ==, 9);
      else
        assert_state (store, height - 10, 20000);
      tc_store_close (store);
    }
}

static void
test_kill_dump (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-24: killed while a snapshot is made, there is none or a whole one; what was left is removed.");
  g_autoptr(Parts) parts = make_parts (1000);
  TcStore *store = fixture_open (fixture);
  guint n_whole = 0, n_none = 0;

  write_coins (store, 7, 1000);
  tc_store_close (store);
  for (guint i = 0; i < 400 && (n_whole < 3 || n_none < 3); i++)
    {
      guint32 heights[TC_STORE_SNAPSHOTS_MAX];
      int fds[2];
      pid_t child;

      g_assert_cmpint (pipe (fds), ==, 0);
      child = fork ();
      if (child == 0)
        {
          store = tc_store_open (fixture->dir, &fixture->chain_id, NULL);
          if (store != NULL && write (fds[1], "x", 1) == 1)
            dump (store, 7, parts->record, NULL);
          pause ();
        }
      close (fds[1]);
      kill_after (child, fds[0], 1, (guint) g_test_rand_int_range (0, i % 2 == 0 ? 5000 : 600000));
      store = fixture_open (fixture);
      g_assert_cmpuint (count_entries (fixture), ==, tc_store_list_snapshots (store, heights));
      if (tc_store_list_snapshots (store, heights) == 1)
        {
          g_autofree char *path = g_build_filename (fixture->dir, "snapshots", NULL);

          assert_served (store, 7, parts);
          n_whole++;
          fixture_remove_tree (path);
        }
      else
        n_none++;
      tc_store_close (store);
    }
  g_assert_cmpuint (n_whole, >, 0);
  g_assert_cmpuint (n_none, >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
#define ADD(path, func) g_test_add ("/store/snapshot/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("dump", test_dump);
  ADD ("newest-three", test_newest_three);
  ADD ("cancel-dump", test_cancel_dump);
  ADD ("survive-23-damaged-coins", test_damaged_coins);
  ADD ("survive-23-damaged-part", test_damaged_part);
  ADD ("survive-23-cut-part", test_cut_part);
  ADD ("survive-23-dump-disk-full", test_dump_disk_full);
  ADD ("survive-23-newer-version", test_newer_version);
  ADD ("import", test_import);
  ADD ("import-another", test_import_another);
  ADD ("survive-23-import-disk-full", test_import_disk_full);
  ADD ("survive-24-kill-import", test_kill_import);
  ADD ("survive-24-kill-finish", test_kill_finish);
  ADD ("survive-24-kill-dump", test_kill_dump);
  return g_test_run ();
}
