#include "store-private.h"

#include "core/check.h"

/* Rule C6: "Signatures of last blocks' commits are never pruned." What is here is kept for ever. */

gboolean
tc_chain_put_link (TcDb *db, const TcLink *link, GError **error)
{
  g_autoptr(GBytes) data = tc_link_encode (link);
  sqlite3_stmt *put = tc_db_stmt (db, TC_CHAIN_STMT_PUT_LINK, error);

  if (put == NULL)
    return FALSE;
  sqlite3_bind_int64 (put, 1, link->header.epoch);
  tc_db_bind_bytes (put, 2, data);
  return tc_db_run (db, put, error);
}

static gboolean
cut_links (TcDb *db, guint32 from, GError **error)
{
  sqlite3_stmt *cut = tc_db_stmt (db, TC_CHAIN_STMT_CUT_LINKS, error);

  if (cut == NULL)
    return FALSE;
  sqlite3_bind_int64 (cut, 1, from);
  return tc_db_run (db, cut, error);
}

gboolean
tc_store_write_links (TcStore *self, guint32 from, TcLink *const *links, gsize n_links, GError **error)
{
  TcDb *db = self->chain.writer;
  gboolean ok;

  if (!tc_db_begin (db, error))
    return FALSE;
  ok = cut_links (db, from, error);
  for (gsize i = 0; ok && i < n_links; i++)
    {
      TC_CHECK (links[i]->header.epoch == from + i);
      ok = tc_chain_put_link (db, links[i], error);
    }
  return tc_db_end (db, ok, error);
}

GPtrArray *
tc_store_read_links (TcStore *self, guint32 from, guint n_max, gsize size_max, GError **error)
{
  g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  TcDb *db = tc_chain_take_reader (self, error);
  sqlite3_stmt *get = db != NULL ? tc_db_stmt (db, TC_CHAIN_STMT_GET_LINKS, error) : NULL;
  int code = SQLITE_DONE;
  gsize size = 0;

  if (get != NULL)
    {
      sqlite3_bind_int64 (get, 1, from);
      sqlite3_bind_int64 (get, 2, n_max);
      while ((code = tc_db_step (db, get, error)) == SQLITE_ROW)
        {
          size += (gsize) sqlite3_column_bytes (get, 1);
          if (sqlite3_column_int64 (get, 0) != (gint64) from + links->len || size > size_max)
            {
              sqlite3_reset (get);
              code = SQLITE_DONE;
              break;
            }
          g_ptr_array_add (links, tc_db_dup_blob (get, 1));
        }
    }
  if (db != NULL)
    tc_chain_give_reader (self, db);
  return get != NULL && code == SQLITE_DONE ? g_steal_pointer (&links) : NULL;
}

/* --- A store from before there were links --- */

static gboolean
read_epoch (TcDb *db, guint32 height, guint32 *ret_epoch)
{
  g_autoptr(TcCommit) commit = NULL;
  TcHeader header;

  if (!tc_chain_read_header (db, height, &header, &commit, NULL))
    return FALSE;
  *ret_epoch = header.epoch;
  return TRUE;
}

/* Of the last block of @epoch; 0 where it is not here. Blocks may be missing at the lower end. */
static guint32
find_last_height (TcDb *db, guint32 epoch, guint32 high)
{
  guint32 low = 0, found;

  while (low < high)
    {
      const guint32 middle = low + (high - low + 1) / 2;

      if (read_epoch (db, middle, &found) && found > epoch)
        high = middle - 1;
      else
        low = middle;
    }
  return low > 0 && read_epoch (db, low, &found) && found == epoch ? low : 0;
}

/* Best effort: what is missing here is not served, and what is damaged is found where it is needed. */
static TcLink *
make_link (TcDb *db, guint32 epoch, guint32 block_height)
{
  const guint32 height = find_last_height (db, epoch, block_height);
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(TcCommittee) next = NULL;
  TcHeader header;

  if (height == 0 || !tc_chain_read_header (db, height, &header, &commit, NULL) || !tc_chain_read_committee (db, epoch + 1, &next, NULL) || next == NULL)
    return NULL;
  return tc_link_new (&header, commit, next);
}

static GArray *
find_unlinked (TcDb *db, GError **error)
{
  g_autoptr(GArray) epochs = g_array_new (FALSE, FALSE, sizeof (guint32));
  sqlite3_stmt *find = tc_db_stmt (db, TC_CHAIN_STMT_FIND_UNLINKED, error);
  int code = SQLITE_ERROR;

  while (find != NULL && (code = tc_db_step (db, find, error)) == SQLITE_ROW)
    {
      const guint32 epoch = (guint32) sqlite3_column_int64 (find, 0) - 1;

      g_array_append_val (epochs, epoch);
    }
  return code == SQLITE_DONE ? g_steal_pointer (&epochs) : NULL;
}

gboolean
tc_chain_fill_links (TcDb *db, guint32 block_height, GError **error)
{
  g_autoptr(GArray) epochs = find_unlinked (db, error);
  gboolean ok = TRUE;

  if (epochs == NULL)
    return FALSE;
  if (epochs->len == 0)
    return TRUE;
  if (!tc_db_begin (db, error))
    return FALSE;
  for (guint i = 0; ok && i < epochs->len; i++)
    {
      g_autoptr(TcLink) link = make_link (db, g_array_index (epochs, guint32, i), block_height);

      ok = link == NULL || tc_chain_put_link (db, link, error);
    }
  return tc_db_end (db, ok, error);
}
