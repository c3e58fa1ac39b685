#include "store-private.h"

enum
{
  STMT_APPEND,
  STMT_LOAD,
  STMT_PRUNE,
  N_STMTS,
};

static const char *const statements[N_STMTS] = {
  [STMT_APPEND] = "INSERT INTO record (epoch, kind, data) VALUES (?1, ?2, ?3)",
  [STMT_LOAD]   = "SELECT epoch, kind, data FROM record ORDER BY id",
  [STMT_PRUNE]  = "DELETE FROM record WHERE id IN (SELECT id FROM record WHERE epoch < ?1 ORDER BY id LIMIT ?2)",
};

static const char *const migrations[] = {
  "CREATE TABLE record (id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, kind INTEGER NOT NULL, data BLOB NOT NULL);",
};

const TcDbFile TC_SIGNED_FILE = {
  .name = "signed.sqlite",
  .advice = "It keeps a masternode from signing twice. Do not put an old copy in its place: move it away and start again; "
            "the node then signs nothing before the next epoch.",
  .migrations = migrations,
  .n_migrations = G_N_ELEMENTS (migrations),
  .statements = statements,
  .n_statements = N_STMTS,
  .pragmas = "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA cell_size_check = 1",
};

gboolean
tc_store_append_signed (TcStore *self, const TcSignedRecord *records, gsize n_records, GError **error)
{
  TcDb *db = self->signed_db;
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_APPEND, error);
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
  return tc_db_end (db, ok, error);
}

static void
clear_record (gpointer data)
{
  TcSignedRecord *record = data;

  g_clear_pointer (&record->data, g_bytes_unref);
}

GArray *
tc_store_load_signed (TcStore *self, GError **error)
{
  g_autoptr(GArray) records = g_array_new (FALSE, FALSE, sizeof (TcSignedRecord));
  sqlite3_stmt *stmt = tc_db_stmt (self->signed_db, STMT_LOAD, error);
  int code;

  g_array_set_clear_func (records, clear_record);
  if (stmt == NULL)
    return NULL;
  while ((code = tc_db_step (self->signed_db, stmt, error)) == SQLITE_ROW)
    {
      TcSignedRecord record = {
        (guint32) sqlite3_column_int64 (stmt, 0), (guint8) sqlite3_column_int (stmt, 1), tc_db_dup_blob (stmt, 2)
      };

      g_array_append_val (records, record);
    }
  return code == SQLITE_DONE ? g_steal_pointer (&records) : NULL;
}

gboolean
tc_store_prune_signed (TcStore *self, guint32 epoch, guint n_max, gboolean *ret_more, GError **error)
{
  TcDb *db = self->signed_db;
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_PRUNE, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, epoch);
  sqlite3_bind_int64 (stmt, 2, n_max);
  if (!tc_db_run (db, stmt, error))
    return FALSE;
  *ret_more = sqlite3_changes (db->handle) == (int) n_max;
  return TRUE;
}
