#include "store-private.h"

enum
{
  STMT_CLEAR_BANS,
  STMT_PUT_BAN,
  STMT_LOAD_BANS,
  STMT_SET_VALUE,
  STMT_GET_VALUE,
  N_STMTS,
};

static const char *const statements[N_STMTS] = {
  [STMT_CLEAR_BANS] = "DELETE FROM ban",
  [STMT_PUT_BAN]    = "INSERT OR REPLACE INTO ban (address, until_ms) VALUES (?1, ?2)",
  [STMT_LOAD_BANS]  = "SELECT address, until_ms FROM ban ORDER BY address",
  [STMT_SET_VALUE]  = "INSERT OR REPLACE INTO value (name, data) VALUES (?1, ?2)",
  [STMT_GET_VALUE]  = "SELECT data FROM value WHERE name = ?1",
};

static const char *const migrations[] = {
  "CREATE TABLE ban (address TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE value (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;",
};

const TcDbFile TC_PEERS_FILE = {
  .name = "peers.sqlite",
  .advice = "Move it away and start again: it holds only addresses and bans, which the node collects anew.",
  .migrations = migrations,
  .n_migrations = G_N_ELEMENTS (migrations),
  .statements = statements,
  .n_statements = N_STMTS,
  .pragmas = "PRAGMA synchronous = FULL; PRAGMA cell_size_check = 1",
};

gboolean
tc_store_save_bans (TcStore *self, const TcStoreBan *bans, gsize n_bans, GError **error)
{
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
      ok = tc_db_run (db, put, error);
    }
  return tc_db_end (db, ok, error);
}

static void
clear_ban (gpointer data)
{
  TcStoreBan *ban = data;

  g_clear_pointer (&ban->address, g_free);
}

GArray *
tc_store_load_bans (TcStore *self, GError **error)
{
  g_autoptr(GArray) bans = g_array_new (FALSE, FALSE, sizeof (TcStoreBan));
  sqlite3_stmt *stmt = tc_db_stmt (self->peers_db, STMT_LOAD_BANS, error);
  int code;

  g_array_set_clear_func (bans, clear_ban);
  if (stmt == NULL)
    return NULL;
  while ((code = tc_db_step (self->peers_db, stmt, error)) == SQLITE_ROW)
    {
      TcStoreBan ban = { g_strdup ((const char *) sqlite3_column_text (stmt, 0)), sqlite3_column_int64 (stmt, 1) };

      g_array_append_val (bans, ban);
    }
  return code == SQLITE_DONE ? g_steal_pointer (&bans) : NULL;
}

gboolean
tc_store_set_value (TcStore *self, const char *name, GBytes *value, GError **error)
{
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
