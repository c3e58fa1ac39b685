#pragma once

#include <glib/gstdio.h>

#include "store/store.h"

/* A data directory, and made-up blocks and states for it: block h spends coin h - 1 and makes coin h; the state is "state h"; every byte of bucket h mod 256
 * is h mod 256. So what a store holds can be checked from its height alone. */

#define BUCKET_SIZE  2048u
#define BUCKETS_SIZE (256u * BUCKET_SIZE)

typedef struct
{
  char  *dir;
  TcHash chain_id;
} Fixture;

static inline void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  self->dir = g_dir_make_tmp ("tc-store-XXXXXX", NULL);
  g_assert_nonnull (self->dir);
  self->chain_id = tc_hash_sha256 ((const guint8 *) "chain", 5);
}

static inline void
fixture_remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        fixture_remove_tree (child);
      else
        g_unlink (child);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static inline void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  fixture_remove_tree (self->dir);
  g_free (self->dir);
}

static inline TcStore *
fixture_open (const Fixture *self)
{
  g_autoptr(GError) error = NULL;
  TcStore *store = tc_store_open (self->dir, &self->chain_id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static inline TcOutpoint
make_outpoint (guint32 number)
{
  TcOutpoint outpoint = { tc_hash_sha256 ((const guint8 *) &number, sizeof number), number };

  return outpoint;
}

static inline TcCoin
make_coin (guint32 number)
{
  TcCoin coin = { .height = number };

  coin.output.amount.units = TC_AMOUNT_MAX_UNITS - number;
  coin.output.lock = number % 2;
  memset (coin.output.key_hash.bytes, (int) (number & 0xff), TC_KEY_HASH_SIZE);
  return coin;
}

static inline TcStoreBlock
make_block (guint32 height)
{
  const guint8 signers[1] = { 1 };
  TcSignature signature = { 0 };
  TcHeader header = { .version = TC_BLOCK_VERSION, .height = height, .time_ms = 1000u * (guint64) height };
  TcHash previous = tc_hash_sha256 ((const guint8 *) "previous", 8);
  g_autoptr(TcCommit) parent = height > 1 ? tc_commit_new (height - 1, 0, &previous, signers, 1, &signature) : NULL;
  TcStoreBlock item = { 0 };

  header.previous = previous;
  if (parent != NULL)
    header.commit = tc_commit_hash (parent);
  item.block = tc_block_new (&header, parent, NULL, 0, NULL, 0);
  item.commit = tc_commit_new (height, 0, &item.block->hash, signers, 1, &signature);
  return item;
}

static inline void
clear_block (TcStoreBlock *item)
{
  tc_block_unref (item->block);
  tc_commit_unref (item->commit);
}

static inline GBytes *
make_state (guint32 height)
{
  char *text = g_strdup_printf ("state %u", height);

  return g_bytes_new_take (text, strlen (text));
}

/* Writes block @height (0: the genesis state) and the state after it. */
static inline gboolean
write_height (TcStore *store, guint32 height, gboolean durable, GError **error)
{
  g_autoptr(GBytes) state = make_state (height);
  g_autofree guint8 *bucket = g_malloc (BUCKET_SIZE);
  guint8 number = (guint8) (height % 256);
  TcFlushCoin created = { make_outpoint (height), make_coin (height) };
  TcOutpoint spent = make_outpoint (height - 1);
  TcFlush flush = { .height = height, .n_created = 1, .created = &created, .n_spent = height > 0, .spent = &spent,
                    .n_buckets = 1, .bucket_numbers = &number, .buckets = bucket, .state = state };
  TcStoreBlock item;
  gboolean ok;

  memset (bucket, number, BUCKET_SIZE);
  if (height == 0)
    return tc_store_write (store, NULL, 0, &flush, durable, error);
  item = make_block (height);
  ok = tc_store_write (store, &item, 1, &flush, durable, error);
  clear_block (&item);
  return ok;
}

static inline void
write_heights (TcStore *store, guint32 first, guint32 last)
{
  for (guint32 height = first; height <= last; height++)
    {
      g_autoptr(GError) error = NULL;
      gboolean ok = write_height (store, height, FALSE, &error);

      g_assert_no_error (error);
      g_assert_true (ok);
    }
}

/* That everything in @store is of one and the same height. Returns: it; -1 for an empty store. */
static inline gint64
check_consistent (TcStore *store)
{
  const TcCoinView *view = tc_store_get_coin_view (store);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) state = NULL, expected = NULL;
  g_autofree guint8 *buckets = NULL;
  TcBlock *block = NULL;
  guint32 height = 0;
  TcOutpoint outpoint;
  TcCoin coin;

  g_assert_true (tc_store_load_state (store, &state, &buckets, &height, &error));
  g_assert_no_error (error);
  if (state == NULL)
    {
      g_assert_cmpuint (height, ==, 0);
      return -1;
    }
  expected = make_state (height);
  g_assert_true (g_bytes_equal (state, expected));
  outpoint = make_outpoint (height);
  g_assert_true (view->get_coin (view->user_data, &outpoint, &coin));
  g_assert_cmpuint (coin.height, ==, height);
  outpoint = make_outpoint (height - 1);
  g_assert_false (view->get_coin (view->user_data, &outpoint, &coin));
  g_assert_true (tc_store_check_fault (store, &error));
  for (guint32 i = 0; i <= height && i < 256; i++)
    {
      guint32 h = height - i;

      g_assert_cmpuint (buckets[(h % 256) * BUCKET_SIZE], ==, h % 256);
      g_assert_cmpuint (buckets[(h % 256) * BUCKET_SIZE + BUCKET_SIZE - 1], ==, h % 256);
    }
  for (guint32 h = 1; h <= height; h++)
    {
      g_assert_true (tc_store_read_block (store, h, &block, NULL, &error));
      g_assert_cmpuint (block->header.height, ==, h);
      tc_block_unref (block);
    }
  g_assert_false (tc_store_read_block (store, height + 1, &block, NULL, &error));
  g_assert_no_error (error);
  return height;
}
