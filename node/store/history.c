#include "snapshot.h"
#include "store-private.h"

#include "core/check.h"

/* Which blocks are stored, and how much room they take. */

#define PRUNE_BLOCKS     256u             /* deleted in one transaction, at most */
#define PRUNE_BYTES      (4u * 1000 * 1000)

gboolean
tc_chain_load_history (TcChain *self, GError **error)
{
  g_autoptr(sqlite3_stmt) bytes = tc_db_prepare (self->writer, "SELECT block_bytes FROM history WHERE id = 0", error);
  g_autoptr(sqlite3_stmt) gaps = bytes != NULL ? tc_db_prepare (self->writer, "SELECT first, last FROM gap ORDER BY first", error) : NULL;
  guint32 newest = 0;
  int code;

  if (gaps == NULL)
    return FALSE;
  code = tc_db_step (self->writer, bytes, error);
  if (code != SQLITE_ROW)
    return code == SQLITE_DONE && tc_db_damaged (self->writer, "the size of its blocks is missing", error);
  self->block_bytes = (guint64) MAX (0, sqlite3_column_int64 (bytes, 0));
  while ((code = tc_db_step (self->writer, gaps, error)) == SQLITE_ROW)
    {
      const gint64 first = sqlite3_column_int64 (gaps, 0), last = sqlite3_column_int64 (gaps, 1);
      const TcGap gap = { (guint32) first, (guint32) last };

      if (first <= (gint64) newest || last < first || last >= (gint64) self->block_height)
        return tc_db_damaged (self->writer, "its gaps are not in order", error);
      g_array_append_val (self->gaps, gap);
      newest = gap.last;
    }
  return code == SQLITE_DONE;
}

GArray *
tc_chain_dup_gaps (const TcChain *self, guint32 height)
{
  GArray *gaps = g_array_copy (self->gaps);

  if (height > self->block_height + 1)
    {
      const TcGap gap = { self->block_height + 1, height - 1 };

      g_array_append_val (gaps, gap);
    }
  return gaps;
}

static gboolean
put_gaps (TcDb *db, const GArray *gaps, GError **error)
{
  g_autoptr(sqlite3_stmt) put = NULL;

  if (!tc_db_exec (db, "DELETE FROM gap", error))
    return FALSE;
  put = tc_db_prepare (db, "INSERT INTO gap (first, last) VALUES (?1, ?2)", error);
  for (guint i = 0; put != NULL && i < gaps->len; i++)
    {
      sqlite3_bind_int64 (put, 1, g_array_index (gaps, TcGap, i).first);
      sqlite3_bind_int64 (put, 2, g_array_index (gaps, TcGap, i).last);
      if (!tc_db_run (db, put, error))
        return FALSE;
    }
  return put != NULL;
}

static gboolean
same_gaps (const GArray *a, const GArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (TcGap)) == 0);
}

gboolean
tc_chain_put_history (TcChain *self, const GArray *gaps, guint64 block_bytes, GError **error)
{
  g_autoptr(sqlite3_stmt) put = tc_db_prepare (self->writer, "UPDATE history SET block_bytes = ?1", error);

  if (put == NULL)
    return FALSE;
  sqlite3_bind_int64 (put, 1, (gint64) block_bytes);
  return tc_db_run (self->writer, put, error) && (same_gaps (gaps, self->gaps) || put_gaps (self->writer, gaps, error));
}

void
tc_chain_take_history (TcChain *self, const GArray *gaps, guint64 block_bytes, guint32 block_height)
{
  g_mutex_lock (&self->mutex);
  g_array_set_size (self->gaps, 0);
  if (gaps->len > 0)
    g_array_append_vals (self->gaps, gaps->data, gaps->len);
  self->block_height = block_height;
  g_mutex_unlock (&self->mutex);
  self->block_bytes = block_bytes;
}

gboolean
tc_store_get_gap (TcStore *self, guint32 *ret_first, guint32 *ret_last)
{
  TcChain *chain = &self->chain;
  TcGap gap = { 0, 0 };
  gboolean found;

  g_mutex_lock (&chain->mutex);
  found = chain->gaps->len > 0;
  if (found)
    gap = g_array_index (chain->gaps, TcGap, chain->gaps->len - 1);
  g_mutex_unlock (&chain->mutex);
  if (!found)
    return FALSE;
  *ret_first = gap.first;
  *ret_last = gap.last;
  return TRUE;
}

guint32
tc_store_get_oldest_block (TcStore *self)
{
  guint32 first, last;

  return tc_store_get_gap (self, &first, &last) ? last + 1 : 1;
}

/* --- downwards --- */

gboolean
tc_store_write_past (TcStore *self, const TcStoreBlock *blocks, gsize n_blocks, GError **error)
{
  TcChain *chain = &self->chain;
  g_autoptr(GArray) gaps = g_array_copy (chain->gaps);
  guint64 block_bytes = chain->block_bytes;
  TcGap *gap = gaps->len > 0 ? &g_array_index (gaps, TcGap, gaps->len - 1) : NULL;
  gboolean ok = TRUE;

  TC_CHECK (gap != NULL && n_blocks <= gap->last - gap->first + 1);
  for (gsize i = 0; i < n_blocks; i++)
    TC_CHECK (blocks[i].block->header.height == gap->last - i && blocks[i].commit != NULL && blocks[i].committee == NULL);
  gap->last -= (guint32) n_blocks;
  if (gap->last < gap->first)
    g_array_set_size (gaps, gaps->len - 1);
  if (!tc_chain_set_background (chain, error) || !tc_db_begin (chain->writer, error))
    return FALSE;
  for (gsize i = n_blocks; ok && i > 0; i--)
    ok = tc_chain_put_block (chain, &blocks[i - 1], &block_bytes, error);
  ok = ok && tc_chain_put_history (chain, gaps, block_bytes, error);
  if (!tc_db_end (chain->writer, ok, error))
    return FALSE;
  tc_chain_take_history (chain, gaps, block_bytes, chain->block_height);
  return TRUE;
}

/* --- pruning --- */

/* The blocks that go now: below @keep_from, until what is left fits in @limit_bytes. Returns: FALSE where the disk failed. @ret_last: the highest; 0: none. */
static gboolean
delete_oldest (TcChain *self, guint64 limit_bytes, guint32 keep_from, guint64 *block_bytes, guint32 *ret_last, GError **error)
{
  TcDb *db = self->writer;
  g_autoptr(sqlite3_stmt) list = tc_db_prepare (db, "SELECT height, hash, length (block) + length (block_commit) FROM block WHERE height < ?1 ORDER BY height LIMIT ?2", error);
  g_autoptr(sqlite3_stmt) cut_hash = list != NULL ? tc_db_prepare (db, "DELETE FROM block_hash WHERE hash = ?1", error) : NULL;
  g_autoptr(sqlite3_stmt) cut = cut_hash != NULL ? tc_db_prepare (db, "DELETE FROM block WHERE height <= ?1", error) : NULL;
  guint64 done = 0;
  int code = SQLITE_DONE;

  *ret_last = 0;
  if (cut == NULL)
    return FALSE;
  sqlite3_bind_int64 (list, 1, keep_from);
  sqlite3_bind_int64 (list, 2, PRUNE_BLOCKS);
  while (*block_bytes > limit_bytes && done < PRUNE_BYTES && (code = tc_db_step (db, list, error)) == SQLITE_ROW)
    {
      const guint64 size = (guint64) sqlite3_column_int64 (list, 2);

      *ret_last = (guint32) sqlite3_column_int64 (list, 0);
      *block_bytes -= MIN (size, *block_bytes);
      done += size;
      sqlite3_bind_value (cut_hash, 1, sqlite3_column_value (list, 1));
      if (!tc_db_run (db, cut_hash, error))
        return FALSE;
    }
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return FALSE;
  sqlite3_reset (list);
  sqlite3_bind_int64 (cut, 1, *ret_last);
  return tc_db_run (db, cut, error);
}

/* All heights up to @last are a gap now. */
static void
widen_bottom (GArray *gaps, guint32 last)
{
  TcGap bottom = { 1, last };
  guint n = 0;

  for (; n < gaps->len && g_array_index (gaps, TcGap, n).first <= last + 1; n++)
    bottom.last = MAX (bottom.last, g_array_index (gaps, TcGap, n).last);
  if (n > 0)
    g_array_remove_range (gaps, 0, n);
  g_array_prepend_val (gaps, bottom);
}

gboolean
tc_store_prune_blocks (TcStore *self, guint64 limit_bytes, guint32 keep_from, gboolean *ret_more, GError **error)
{
  TcChain *chain = &self->chain;
  g_autoptr(GArray) gaps = g_array_copy (chain->gaps);
  guint64 block_bytes = chain->block_bytes;
  guint32 heights[TC_STORE_SNAPSHOTS_MAX], last = 0;
  const gsize n_snapshots = tc_store_list_snapshots (self, heights);
  gboolean ok;

  *ret_more = FALSE;
  keep_from = MIN (keep_from, chain->block_height);
  if (n_snapshots > 0)
    keep_from = MIN (keep_from, heights[n_snapshots - 1]);
  if (block_bytes <= limit_bytes)
    return TRUE;
  if (!tc_chain_set_background (chain, error) || !tc_db_begin (chain->writer, error))
    return FALSE;
  ok = delete_oldest (chain, limit_bytes, keep_from, &block_bytes, &last, error);
  if (last > 0)
    widen_bottom (gaps, last);
  if (!tc_db_end (chain->writer, ok && last > 0 && tc_chain_put_history (chain, gaps, block_bytes, error), error))
    return ok && last == 0;
  tc_chain_take_history (chain, gaps, block_bytes, chain->block_height);
  *ret_more = block_bytes > limit_bytes;
  return TRUE;
}
