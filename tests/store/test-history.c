#include "fixture.h"

#include <sys/stat.h>

#include "store/snapshot.h"
#include "store/store-private.h"

/* Which blocks there are: pruned at the bottom, missing below a snapshot, filled in downwards. */

static gboolean
has_block (TcStore *store, guint32 height)
{
  g_autoptr(GBytes) block = NULL, commit = NULL;
  g_autoptr(GError) error = NULL;
  gboolean found = tc_store_read_block_bytes (store, height, &block, &commit, &error);

  g_assert_no_error (error);
  return found;
}

static void
assert_blocks (TcStore *store, guint32 first, guint32 last)
{
  guint32 found;

  for (guint32 height = 1; height <= last + 1; height++)
    {
      TcStoreBlock item = make_block (height);

      g_assert_cmpint (has_block (store, height), ==, height >= first && height <= last);
      g_assert_cmpint (tc_store_find_block (store, &item.block->hash, &found, NULL), ==, height >= first && height <= last);
      clear_block (&item);
    }
  g_assert_cmpuint (tc_store_get_oldest_block (store), ==, first);
}

/* Returns: in how many calls it was done. */
static guint
prune (TcStore *store, guint64 limit_bytes, guint32 keep_from)
{
  gboolean more = TRUE;
  guint n = 0;

  for (; more; n++)
    {
      g_autoptr(GError) error = NULL;
      gboolean ok = tc_store_prune_blocks (store, limit_bytes, keep_from, &more, &error);

      g_assert_no_error (error);
      g_assert_true (ok);
      g_assert_cmpuint (n, <, 1000);
    }
  return n;
}

static guint64
block_size (guint32 height)
{
  TcStoreBlock item = make_block (height);
  g_autoptr(GBytes) block = tc_block_encode (item.block);
  g_autoptr(GByteArray) commit = g_byte_array_new ();
  guint64 size;

  tc_commit_put (commit, item.commit);
  size = g_bytes_get_size (block) + commit->len;
  clear_block (&item);
  return size;
}

static void
test_prune (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("The oldest blocks go until the rest fits, a few at a time, none from the height to keep on; a restart knows where they begin.");
  const guint64 size = block_size (10);
  TcStore *store = fixture_open (fixture);

  write_heights (store, 0, 900);
  g_assert_cmpuint (tc_store_get_oldest_block (store), ==, 1);
  g_assert_cmpuint (prune (store, 1000 * size, 900), ==, 1);
  assert_blocks (store, 1, 900);
  g_assert_cmpuint (prune (store, 100 * size, 501), >, 1);
  assert_blocks (store, 501, 900);
  prune (store, 100 * size, 900);
  assert_blocks (store, 801, 900);
  tc_store_close (store);
  store = fixture_open (fixture);
  assert_blocks (store, 801, 900);
  prune (store, 0, G_MAXUINT32);  /* the newest stays */
  assert_blocks (store, 900, 900);
  write_heights (store, 901, 910);
  assert_blocks (store, 900, 910);
  tc_store_close (store);
}

static void
test_prune_snapshot (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("The newest snapshot's block and those above it are kept for who takes it.");
  TcStore *store = fixture_open (fixture);
  const guint32 height = 40;

  write_heights (store, 0, 100);
  g_array_append_val (store->chain.snapshots, height);
  prune (store, 0, 90);
  assert_blocks (store, 40, 100);
  tc_store_close (store);
}

static void
test_prune_old_snapshot (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A snapshot whose block is pruned is not offered: nobody could begin with it, and who tries would blame this node.");
  TcStore *store = fixture_open (fixture);
  const guint32 kept[] = { 20, 40, 60 };
  guint32 heights[TC_STORE_SNAPSHOTS_MAX];

  write_heights (store, 0, 100);
  g_array_append_vals (store->chain.snapshots, kept, G_N_ELEMENTS (kept));
  g_assert_cmpuint (tc_store_list_snapshots (store, heights), ==, 3);
  prune (store, 0, 41);
  g_assert_cmpuint (tc_store_list_snapshots (store, heights), ==, 1);
  g_assert_cmpuint (heights[0], ==, 60);
  prune (store, 0, 90);
  assert_blocks (store, 60, 100);
  g_assert_cmpuint (tc_store_list_snapshots (store, heights), ==, 1);
  tc_store_close (store);
}

static void
test_prune_past (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A look-up of a pruned height finds nothing, and says no error.");
  g_autoptr(GError) error = NULL;
  TcStore *store = fixture_open (fixture);
  TcCommittee *committee = NULL;
  TcCommit *commit = NULL;
  TcHeader header;

  write_heights (store, 0, 20);
  prune (store, 0, 10);
  g_assert_false (tc_store_read_past (store, 9, &header, &commit, &committee, &error));
  g_assert_no_error (error);
  g_assert_true (tc_store_read_past (store, 10, &header, &commit, &committee, &error));
  tc_commit_unref (commit);
  tc_store_close (store);
}

static goffset
file_size (const Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "chain.sqlite", NULL);
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  return info.st_size;
}

static void
test_file_stays (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A node that prunes as it goes has a file that does not grow.");
  const guint64 size = block_size (10);
  TcStore *store = fixture_open (fixture);
  goffset before;

  write_heights (store, 0, 1000);
  tc_store_close (store);
  before = file_size (fixture);
  store = fixture_open (fixture);
  for (guint32 height = 1001; height <= 4000; height++)
    {
      write_heights (store, height, height);
      prune (store, 900 * size, height - 10);
    }
  tc_store_close (store);
  g_assert_cmpint (file_size (fixture), <=, before + before / 4);
}

/* A gap from @first to @last, as a snapshot leaves it. */
static TcStore *
open_with_gap (const Fixture *fixture, guint32 first, guint32 last)
{
  TcStore *store = fixture_open (fixture);
  TcStoreBlock item = make_block (last + 1);

  write_heights (store, 0, first - 1);
  store->chain.block_height = last;  /* what comes next follows on nothing */
  {
    const TcGap gap = { first, last };
    g_array_append_val (store->chain.gaps, gap);
  }
  g_assert_true (tc_db_exec (store->chain.writer, "DELETE FROM gap", NULL));
  {
    g_autofree char *sql = g_strdup_printf ("INSERT INTO gap VALUES (%u, %u)", first, last);
    g_assert_true (tc_db_exec (store->chain.writer, sql, NULL));
  }
  g_assert_true (tc_store_write (store, &item, 1, NULL, FALSE, NULL));
  clear_block (&item);
  tc_store_close (store);
  return fixture_open (fixture);
}

static void
write_past (TcStore *store, guint32 from, guint32 to)
{
  g_autofree TcStoreBlock *blocks = g_new (TcStoreBlock, from - to + 1);
  g_autoptr(GError) error = NULL;
  gboolean ok;

  for (guint32 height = from; height >= to; height--)
    blocks[from - height] = make_block (height);
  ok = tc_store_write_past (store, blocks, from - to + 1, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  for (guint32 i = 0; i <= from - to; i++)
    clear_block (&blocks[i]);
}

static void
test_past (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("History is filled in downwards, over restarts, until it meets what was there.");
  TcStore *store = open_with_gap (fixture, 11, 50);
  guint32 first, last;

  g_assert_cmpuint (tc_store_get_oldest_block (store), ==, 51);
  write_past (store, 50, 31);
  g_assert_cmpuint (tc_store_get_oldest_block (store), ==, 31);
  tc_store_close (store);
  store = fixture_open (fixture);
  g_assert_true (tc_store_get_gap (store, &first, &last));
  g_assert_cmpuint (first, ==, 11);
  g_assert_cmpuint (last, ==, 30);
  write_past (store, 30, 11);
  g_assert_false (tc_store_get_gap (store, &first, &last));
  assert_blocks (store, 1, 51);
  tc_store_close (store);
  store = fixture_open (fixture);
  assert_blocks (store, 1, 51);
  tc_store_close (store);
}

static void
test_prune_over_gap (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Pruning goes over a gap: below what it left nothing is said to be missing twice.");
  TcStore *store = open_with_gap (fixture, 11, 50);
  guint32 first, last;

  prune (store, 0, 5);
  g_assert_cmpuint (tc_store_get_oldest_block (store), ==, 51);
  g_assert_false (has_block (store, 4));
  g_assert_true (has_block (store, 5));
  g_assert_cmpuint (store->chain.gaps->len, ==, 2);
  prune (store, 0, 51);
  g_assert_true (tc_store_get_gap (store, &first, &last));
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (last, ==, 50);
  g_assert_cmpuint (store->chain.gaps->len, ==, 1);
  tc_store_close (store);
  store = fixture_open (fixture);
  assert_blocks (store, 51, 51);
  tc_store_close (store);
}

static void
test_migrated (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A store of the version before knows how much room its blocks take.");
  TcStore *store = fixture_open (fixture);
  guint64 before;

  write_heights (store, 0, 30);
  before = store->chain.block_bytes;
  g_assert_cmpuint (before, >, 30 * block_size (1));
  g_assert_true (tc_db_exec (store->chain.writer, "DROP TABLE gap; DROP TABLE history; DROP TABLE import; DROP TABLE import_part; DROP TABLE import_coin; PRAGMA user_version = 3", NULL));
  tc_store_close (store);
  store = fixture_open (fixture);
  g_assert_cmpuint (store->chain.block_bytes, ==, before);
  assert_blocks (store, 1, 30);
  tc_store_close (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
#define ADD(path, func) g_test_add ("/store/history/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("prune", test_prune);
  ADD ("prune-snapshot", test_prune_snapshot);
  ADD ("prune-old-snapshot", test_prune_old_snapshot);
  ADD ("prune-past", test_prune_past);
  ADD ("file-stays", test_file_stays);
  ADD ("past", test_past);
  ADD ("prune-over-gap", test_prune_over_gap);
  ADD ("migrated", test_migrated);
  return g_test_run ();
}
