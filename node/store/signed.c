#include "store-private.h"

#include <glib/gi18n-lib.h>

static const char *const statements[TC_SIGNED_N_STMTS] = {
  [TC_SIGNED_STMT_APPEND]       = "INSERT INTO record (epoch, kind, data) VALUES (?1, ?2, ?3)",
  [TC_SIGNED_STMT_LOAD]         = "SELECT epoch, kind, data FROM record ORDER BY id",
  /* The newest stays: record numbers never go back (identity.c). */
  [TC_SIGNED_STMT_PRUNE]        = "DELETE FROM record WHERE id IN (SELECT id FROM record WHERE epoch < ?1 AND id < (SELECT max (id) FROM record) ORDER BY id LIMIT ?2)",
  [TC_SIGNED_STMT_GET_LAST]     = "SELECT ifnull (max (id), 0) FROM record",
  [TC_SIGNED_STMT_GET_BORN]     = "SELECT data FROM record WHERE kind = 255 ORDER BY id LIMIT 1",
  [TC_SIGNED_STMT_GET_IDENTITY] = "SELECT name, starts, device, inode, born_ns, machine, made_ms, replaced, key FROM identity",
  [TC_SIGNED_STMT_PUT_IDENTITY] = "INSERT OR REPLACE INTO identity (id, name, starts, device, inode, born_ns, machine, made_ms, replaced, "
                                  "key) VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
  [TC_SIGNED_STMT_REPLACE]      = "UPDATE record SET data = ?2 WHERE id = (SELECT id FROM record WHERE kind = ?1 AND data = ?3 LIMIT 1)",
};

/* identity: what the file was when it was last opened, and the operator key that it was opened for (identity.c). */
static const char *const migrations[] = {
  "CREATE TABLE record (id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, kind INTEGER NOT NULL, data BLOB NOT NULL);",
  "CREATE TABLE identity (id INTEGER PRIMARY KEY CHECK (id = 0), name BLOB NOT NULL, starts INTEGER NOT NULL, device INTEGER NOT NULL, inode INTEGER NOT NULL, "
  "born_ns INTEGER NOT NULL, machine BLOB NOT NULL, made_ms INTEGER NOT NULL, replaced INTEGER NOT NULL);",
  "ALTER TABLE identity ADD COLUMN key BLOB;",
};

const TcDbFile TC_SIGNED_FILE = {
  .name = "signed.sqlite",
  .advice = N_("It keeps a masternode from signing twice. Do not put an old copy in its place: move it away and start again; "
            "the node then signs nothing before the next epoch."),
  .migrations = migrations,
  .n_migrations = G_N_ELEMENTS (migrations),
  .statements = statements,
  .n_statements = TC_SIGNED_N_STMTS,
  .pragmas = "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA cell_size_check = 1",
};

gboolean
tc_store_append_signed (TcStore *self, const TcSignedRecord *records, gsize n_records, GError **error)
{
  TcDb *db = self->signed_db;
  sqlite3_stmt *stmt = tc_db_stmt (db, TC_SIGNED_STMT_APPEND, error);
  gboolean ok = TRUE;

  if (stmt == NULL || !tc_db_begin (db, error))
    return FALSE;
  for (gsize i = 0; ok && i < n_records; i++)
    {
      sqlite3_bind_int64 (stmt, 1, records[i].epoch);
      sqlite3_bind_int (stmt, 2, records[i].kind);
      tc_db_bind_bytes (stmt, 3, records[i].data);
      ok = tc_db_run (db, stmt, error);
    }
  if (!tc_db_end (db, ok, error))
    return FALSE;
  if (n_records > 0)
    tc_store_note_last (self, sqlite3_last_insert_rowid (db->handle));
  return TRUE;
}

static void
clear_record (gpointer data)
{
  TcSignedRecord *record = data;

  g_clear_pointer (&record->data, g_bytes_unref);
}

GArray *
tc_store_load_records (TcDb *db, GError **error)
{
  g_autoptr(GArray) records = g_array_new (FALSE, FALSE, sizeof (TcSignedRecord));
  sqlite3_stmt *stmt = tc_db_stmt (db, TC_SIGNED_STMT_LOAD, error);
  int code;

  g_array_set_clear_func (records, clear_record);
  if (stmt == NULL)
    return NULL;
  while ((code = tc_db_step (db, stmt, error)) == SQLITE_ROW)
    {
      TcSignedRecord record = {
        (guint32) sqlite3_column_int64 (stmt, 0), (guint8) sqlite3_column_int (stmt, 1), tc_db_dup_blob (stmt, 2)
      };

      g_array_append_val (records, record);
    }
  return code == SQLITE_DONE ? g_steal_pointer (&records) : NULL;
}

GArray *
tc_store_load_signed (TcStore *self, GError **error)
{
  return tc_store_load_records (self->signed_db, error);
}

gboolean
tc_store_replace_signed (TcStore *self, guint8 kind, GBytes *data, GBytes *by, GError **error)
{
  TcDb *db = self->signed_db;
  sqlite3_stmt *stmt = tc_db_stmt (db, TC_SIGNED_STMT_REPLACE, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int (stmt, 1, kind);
  tc_db_bind_bytes (stmt, 2, by);
  tc_db_bind_bytes (stmt, 3, data);
  return tc_db_run (db, stmt, error);
}

gboolean
tc_store_prune_signed (TcStore *self, guint32 epoch, guint n_max, gboolean *ret_more, GError **error)
{
  TcDb *db = self->signed_db;
  sqlite3_stmt *stmt = tc_db_stmt (db, TC_SIGNED_STMT_PRUNE, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, epoch);
  sqlite3_bind_int64 (stmt, 2, n_max);
  if (!tc_db_run (db, stmt, error))
    return FALSE;
  *ret_more = sqlite3_changes (db->handle) == (int) n_max;
  return TRUE;
}
