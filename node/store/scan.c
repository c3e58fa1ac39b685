#include "store-private.h"

#include <string.h>

/* Looking things up that no table is ordered by. */

#define SIBLINGS_MAX 16  /* outputs of one transaction that are asked when they were made */

gboolean
tc_store_read_committee (TcStore *self, guint32 epoch, TcCommittee **ret_committee, GError **error)
{
  TcDb *db = tc_chain_take_reader (self, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = tc_chain_read_committee (db, epoch, ret_committee, error);
  tc_chain_give_reader (self, db);
  return ok;
}

static gboolean
bind_txid (sqlite3_stmt *stmt, const TcHash *txid, guint8 first[TC_CHAIN_OUTPOINT_SIZE], guint8 last[TC_CHAIN_OUTPOINT_SIZE])
{
  memcpy (first, txid->bytes, TC_HASH_SIZE);
  memcpy (last, txid->bytes, TC_HASH_SIZE);
  memset (first + TC_HASH_SIZE, 0, TC_CHAIN_OUTPOINT_SIZE - TC_HASH_SIZE);
  memset (last + TC_HASH_SIZE, 0xff, TC_CHAIN_OUTPOINT_SIZE - TC_HASH_SIZE);
  return sqlite3_bind_blob (stmt, 1, first, TC_CHAIN_OUTPOINT_SIZE, SQLITE_STATIC) == SQLITE_OK
         && sqlite3_bind_blob (stmt, 2, last, TC_CHAIN_OUTPOINT_SIZE, SQLITE_STATIC) == SQLITE_OK;
}

static gboolean
find_height (TcDb *db, const TcHash *txid, guint32 *ret_height, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (db, "SELECT data FROM coin WHERE outpoint BETWEEN ?1 AND ?2 LIMIT ?3", error);
  guint8 first[TC_CHAIN_OUTPOINT_SIZE], last[TC_CHAIN_OUTPOINT_SIZE];
  gboolean found = FALSE;
  int code;

  if (stmt == NULL || !bind_txid (stmt, txid, first, last))
    return FALSE;
  sqlite3_bind_int (stmt, 3, SIBLINGS_MAX);
  while ((code = tc_db_step (db, stmt, error)) == SQLITE_ROW)
    {
      TcCoin coin;

      if (!tc_chain_decode_coin (sqlite3_column_blob (stmt, 0), (gsize) sqlite3_column_bytes (stmt, 0), &coin))
        return tc_db_damaged (db, "a coin does not decode", error);
      /* A collateral that was released bears the height of that, which is above. */
      *ret_height = found ? MIN (*ret_height, coin.height) : coin.height;
      found = TRUE;
    }
  return found && code == SQLITE_DONE;
}

gboolean
tc_store_guess_height (TcStore *self, const TcHash *txid, guint32 *ret_height, GError **error)
{
  TcDb *db = tc_chain_take_reader (self, error);
  gboolean found;

  if (db == NULL)
    return FALSE;
  found = find_height (db, txid, ret_height, error);
  tc_chain_give_reader (self, db);
  return found;
}

static gboolean
scan (TcDb *db, TcStoreCoinFunc callback, gpointer user_data, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (db, "SELECT outpoint, data FROM coin ORDER BY outpoint", error);
  int code = SQLITE_DONE;
  gboolean go_on = TRUE;

  while (stmt != NULL && go_on && (code = tc_db_step (db, stmt, error)) == SQLITE_ROW)
    {
      const guint8 *key = sqlite3_column_blob (stmt, 0);
      TcOutpoint outpoint;
      TcCoin coin;

      if (sqlite3_column_bytes (stmt, 0) != TC_CHAIN_OUTPOINT_SIZE
          || !tc_chain_decode_coin (sqlite3_column_blob (stmt, 1), (gsize) sqlite3_column_bytes (stmt, 1), &coin))
        return tc_db_damaged (db, "a coin does not decode", error);
      memcpy (outpoint.txid.bytes, key, TC_HASH_SIZE);
      memcpy (&outpoint.index, key + TC_HASH_SIZE, sizeof outpoint.index);
      outpoint.index = GUINT32_FROM_LE (outpoint.index);
      go_on = callback (&outpoint, &coin, user_data);
    }
  return stmt != NULL && (code == SQLITE_DONE || !go_on);
}

gboolean
tc_store_scan_coins (TcStore *self, guint32 *ret_height, TcStoreCoinFunc callback, gpointer user_data, GError **error)
{
  TcDb *db = tc_chain_take_reader (self, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  /* A view of the past, as a snapshot's: the writer must not wait for it. */
  g_atomic_int_inc (&self->chain.n_dumps);
  ok = tc_db_exec (db, "BEGIN", error);
  if (ok)
    {
      g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (db, "SELECT coalesce (max (height), 0) FROM state", error);

      ok = stmt != NULL && tc_db_step (db, stmt, error) == SQLITE_ROW;
      if (ok)
        *ret_height = (guint32) sqlite3_column_int64 (stmt, 0);
    }
  ok = ok && scan (db, callback, user_data, error);
  if (!sqlite3_get_autocommit (db->handle))
    tc_db_end (db, FALSE, NULL);
  g_atomic_int_add (&self->chain.n_dumps, -1);
  tc_chain_give_reader (self, db);
  return ok;
}
