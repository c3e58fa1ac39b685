#include "store-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/check.h"

enum
{
  STMT_CLEAR_BANS,
  STMT_PUT_BAN,
  STMT_LOAD_BANS,
  STMT_SET_VALUE,
  STMT_GET_VALUE,
  STMT_CLEAR_ADDRESSES,
  STMT_PUT_ADDRESS,
  STMT_LOAD_ADDRESSES,
  N_STMTS,
};

static const char *const statements[N_STMTS] = {
  [STMT_CLEAR_BANS] = "DELETE FROM ban",
  [STMT_PUT_BAN]    = "INSERT OR REPLACE INTO ban (address, until_ms, created_ms, reason) VALUES (?1, ?2, ?3, ?4)",
  [STMT_LOAD_BANS]  = "SELECT address, until_ms, created_ms, reason FROM ban WHERE typeof (address) = 'text' ORDER BY address LIMIT 10000",
  [STMT_SET_VALUE]  = "INSERT OR REPLACE INTO value (name, data) VALUES (?1, ?2)",
  [STMT_GET_VALUE]  = "SELECT data FROM value WHERE name = ?1",
  [STMT_CLEAR_ADDRESSES] = "DELETE FROM address",
  [STMT_PUT_ADDRESS]     = "INSERT OR REPLACE INTO address (ip, port, source, anchor, tried, seen_s, dialled_s, good_s, failures)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
  [STMT_LOAD_ADDRESSES]  = "SELECT ip, port, source, anchor, tried, seen_s, dialled_s, good_s, failures FROM address"
                           " ORDER BY tried DESC, ip, port LIMIT ?1",
};

static const char *const migrations[] = {
  "CREATE TABLE ban (address TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE value (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;",
  "CREATE TABLE address (ip BLOB NOT NULL, port INTEGER NOT NULL, source BLOB NOT NULL, anchor INTEGER NOT NULL, tried INTEGER NOT NULL,"
  " seen_s INTEGER NOT NULL, dialled_s INTEGER NOT NULL, good_s INTEGER NOT NULL, failures INTEGER NOT NULL, PRIMARY KEY (ip, port)) WITHOUT ROWID;",
  "ALTER TABLE ban ADD COLUMN created_ms INTEGER NOT NULL DEFAULT 0; ALTER TABLE ban ADD COLUMN reason TEXT NOT NULL DEFAULT '';",
};

const TcDbFile TC_PEERS_FILE = {
  .name = "peers.sqlite",
  .advice = N_("Move it away and start again: it holds only addresses and bans, which the node collects anew."),
  .migrations = migrations,
  .n_migrations = G_N_ELEMENTS (migrations),
  .statements = statements,
  .n_statements = N_STMTS,
  .pragmas = "PRAGMA synchronous = FULL; PRAGMA cell_size_check = 1",
};

gboolean
tc_store_save_bans (TcStore *self, const TcStoreBan *bans, gsize n_bans, GError **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->peers_mutex);
  TcDb *db = self->peers_db;
  sqlite3_stmt *clear = tc_db_stmt (db, STMT_CLEAR_BANS, error);
  sqlite3_stmt *put = clear != NULL ? tc_db_stmt (db, STMT_PUT_BAN, error) : NULL;
  gboolean ok;

  if (put == NULL || !tc_db_begin (db, error))
    return FALSE;
  ok = tc_db_run (db, clear, error);
  for (gsize i = 0; ok && i < n_bans; i++)
    {
      sqlite3_bind_text (put, 1, bans[i].address, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (put, 2, bans[i].until_ms);
      sqlite3_bind_int64 (put, 3, bans[i].created_ms);
      sqlite3_bind_text (put, 4, bans[i].reason != NULL ? bans[i].reason : "", -1, SQLITE_STATIC);
      ok = tc_db_run (db, put, error);
    }
  return tc_db_end (db, ok, error);
}

static void
clear_ban (gpointer data)
{
  TcStoreBan *ban = data;

  g_clear_pointer (&ban->address, g_free);
  g_clear_pointer (&ban->reason, g_free);
}

GArray *
tc_store_load_bans (TcStore *self, GError **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->peers_mutex);
  g_autoptr(GArray) bans = g_array_new (FALSE, FALSE, sizeof (TcStoreBan));
  sqlite3_stmt *stmt = tc_db_stmt (self->peers_db, STMT_LOAD_BANS, error);
  int code;

  g_array_set_clear_func (bans, clear_ban);
  if (stmt == NULL)
    return NULL;
  while ((code = tc_db_step (self->peers_db, stmt, error)) == SQLITE_ROW)
    {
      TcStoreBan ban = { g_strdup ((const char *) sqlite3_column_text (stmt, 0)), sqlite3_column_int64 (stmt, 1), sqlite3_column_int64 (stmt, 2),
                         g_strdup ((const char *) sqlite3_column_text (stmt, 3)) };

      g_array_append_val (bans, ban);
    }
  return code == SQLITE_DONE ? g_steal_pointer (&bans) : NULL;
}

gboolean
tc_store_set_value (TcStore *self, const char *name, GBytes *value, GError **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->peers_mutex);
  sqlite3_stmt *stmt = tc_db_stmt (self->peers_db, STMT_SET_VALUE, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, name, -1, SQLITE_STATIC);
  tc_db_bind_bytes (stmt, 2, value);
  return tc_db_run (self->peers_db, stmt, error);
}

gboolean
tc_store_get_value (TcStore *self, const char *name, GBytes **ret_value, GError **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->peers_mutex);
  sqlite3_stmt *stmt = tc_db_stmt (self->peers_db, STMT_GET_VALUE, error);
  int code;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, name, -1, SQLITE_STATIC);
  code = tc_db_step (self->peers_db, stmt, error);
  if (code == SQLITE_ROW)
    {
      *ret_value = tc_db_dup_blob (stmt, 0);
      sqlite3_reset (stmt);
      return TRUE;
    }
  if (code == SQLITE_DONE)
    *ret_value = NULL;
  return code == SQLITE_DONE;
}

static void
bind_address (sqlite3_stmt *stmt, const TcStoreAddress *address)
{
  sqlite3_bind_blob (stmt, 1, address->ip, sizeof address->ip, SQLITE_STATIC);
  sqlite3_bind_int (stmt, 2, address->port);
  sqlite3_bind_blob (stmt, 3, address->source, sizeof address->source, SQLITE_STATIC);
  sqlite3_bind_int (stmt, 4, address->anchor);
  sqlite3_bind_int (stmt, 5, address->tried);
  sqlite3_bind_int64 (stmt, 6, address->seen_s);
  sqlite3_bind_int64 (stmt, 7, address->dialled_s);
  sqlite3_bind_int64 (stmt, 8, address->good_s);
  sqlite3_bind_int64 (stmt, 9, address->failures);
}

gboolean
tc_store_save_addresses (TcStore *self, const TcStoreAddress *addresses, gsize n_addresses, GError **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->peers_mutex);
  TcDb *db = self->peers_db;
  sqlite3_stmt *clear = tc_db_stmt (db, STMT_CLEAR_ADDRESSES, error);
  sqlite3_stmt *put = clear != NULL ? tc_db_stmt (db, STMT_PUT_ADDRESS, error) : NULL;
  gboolean ok;

  TC_CHECK (n_addresses <= TC_STORE_ADDRESSES_MAX);
  if (put == NULL || !tc_db_begin (db, error))
    return FALSE;
  ok = tc_db_run (db, clear, error);
  for (gsize i = 0; ok && i < n_addresses; i++)
    {
      bind_address (put, &addresses[i]);
      ok = tc_db_run (db, put, error);
    }
  return tc_db_end (db, ok, error);
}

static gboolean
read_ip (sqlite3_stmt *stmt, int column, guint8 *ret_ip)
{
  const void *blob = sqlite3_column_blob (stmt, column);

  if (blob == NULL || sqlite3_column_bytes (stmt, column) != TC_STORE_IP_SIZE)
    return FALSE;
  memcpy (ret_ip, blob, TC_STORE_IP_SIZE);
  return TRUE;
}

static gboolean
read_number (sqlite3_stmt *stmt, int column, gint64 max, gint64 *ret_number)
{
  *ret_number = sqlite3_column_int64 (stmt, column);
  return sqlite3_column_type (stmt, column) == SQLITE_INTEGER && *ret_number >= 0 && *ret_number <= max;
}

static gboolean
read_address (sqlite3_stmt *stmt, TcStoreAddress *ret_address)
{
  gint64 port, anchor, tried, failures;

  if (!read_ip (stmt, 0, ret_address->ip) || !read_number (stmt, 1, G_MAXUINT16, &port) || !read_ip (stmt, 2, ret_address->source)
      || !read_number (stmt, 3, G_MAXUINT8, &anchor) || !read_number (stmt, 4, 1, &tried)
      || !read_number (stmt, 5, G_MAXINT64, &ret_address->seen_s) || !read_number (stmt, 6, G_MAXINT64, &ret_address->dialled_s)
      || !read_number (stmt, 7, G_MAXINT64, &ret_address->good_s) || !read_number (stmt, 8, G_MAXUINT32, &failures))
    return FALSE;
  ret_address->port = (guint16) port;
  ret_address->anchor = (guint8) anchor;
  ret_address->tried = tried != 0;
  ret_address->failures = (guint32) failures;
  return TRUE;
}

GArray *
tc_store_load_addresses (TcStore *self, GError **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->peers_mutex);
  g_autoptr(GArray) addresses = g_array_new (FALSE, FALSE, sizeof (TcStoreAddress));
  sqlite3_stmt *stmt = tc_db_stmt (self->peers_db, STMT_LOAD_ADDRESSES, error);
  int code;

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, TC_STORE_ADDRESSES_MAX);
  while ((code = tc_db_step (self->peers_db, stmt, error)) == SQLITE_ROW)
    {
      TcStoreAddress address = { 0 };

      if (read_address (stmt, &address))
        g_array_append_val (addresses, address);
    }
  return code == SQLITE_DONE ? g_steal_pointer (&addresses) : NULL;
}
