#include "db.h"

#include <errno.h>

#include <glib/gi18n-lib.h>

#include "core/check.h"

#include "store.h"

#define READER_BUSY_MS 5000
#define WRITER_BUSY_MS 200

gboolean
tc_db_damaged (TcDb *self, const char *what, GError **error)
{
  g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED, _("%s is damaged (%s). It was left as it is. %s"),
               self->path, what, _(self->file->advice));
  return FALSE;
}

static gboolean
fail_disk (TcDb *self, int code, GError **error)
{
  int os_error = self->handle != NULL ? sqlite3_system_errno (self->handle) : 0;
  g_autofree char *dir = g_path_get_dirname (self->path);

  if (code == SQLITE_FULL || os_error == ENOSPC || os_error == EDQUOT)
    g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK,
                 _("The disk that holds %s is full. Free some space and start again; what was stored before is safe."), dir);
  else if (code == SQLITE_IOERR || code == SQLITE_NOMEM)
    g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, _("Reading or writing %s failed: %s. Check the disk."),
                 self->path, os_error != 0 ? g_strerror (os_error) : sqlite3_errstr (code));
  else
    g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK,
                 "%s cannot be written: %s. Check that %s is yours and is not on a read-only disk.",
                 self->path, os_error != 0 ? g_strerror (os_error) : sqlite3_errstr (code), dir);
  return FALSE;
}

gboolean
tc_db_fail (TcDb *self, int code, GError **error)
{
  int primary = code & 0xff;

  if (primary == SQLITE_FULL || primary == SQLITE_IOERR || primary == SQLITE_NOMEM || primary == SQLITE_READONLY
      || primary == SQLITE_CANTOPEN || primary == SQLITE_PERM || primary == SQLITE_AUTH)
    return fail_disk (self, primary, error);
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
    {
      g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_IN_USE, _("Another program has %s open. Close it and start again."), self->path);
      return FALSE;
    }
  /* SQLITE_ERROR comes from a table or column that is not there: the schema is not what its version says. */
  return tc_db_damaged (self, self->handle != NULL ? sqlite3_errmsg (self->handle) : sqlite3_errstr (code), error);
}

gboolean
tc_db_exec (TcDb *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || tc_db_fail (self, sqlite3_extended_errcode (self->handle), error);
}

gboolean
tc_db_set_memory (TcDb *self, gsize size_bytes, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA cache_size = -%" G_GSIZE_FORMAT, MAX (size_bytes / 1024, 1));

  return tc_db_exec (self, sql, error);
}

sqlite3_stmt *
tc_db_stmt (TcDb *self, guint number, GError **error)
{
  TC_CHECK (number < self->file->n_statements && self->file->n_statements <= TC_DB_STMTS_MAX);

  if (self->stmts[number] == NULL)
    {
      int code = sqlite3_prepare_v3 (self->handle, self->file->statements[number], -1, SQLITE_PREPARE_PERSISTENT, &self->stmts[number], NULL);

      if (code != SQLITE_OK)
        tc_db_fail (self, code, error);
    }
  return self->stmts[number];
}

sqlite3_stmt *
tc_db_prepare (TcDb *self, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int code = sqlite3_prepare_v2 (self->handle, sql, -1, &stmt, NULL);

  if (code != SQLITE_OK)
    tc_db_fail (self, code, error);
  return stmt;
}

int
tc_db_step (TcDb *self, sqlite3_stmt *stmt, GError **error)
{
  int code = sqlite3_step (stmt);

  if (code == SQLITE_ROW)
    return code;
  if (code != SQLITE_DONE)
    tc_db_fail (self, code, error);
  sqlite3_reset (stmt);
  return code;
}

gboolean
tc_db_run (TcDb *self, sqlite3_stmt *stmt, GError **error)
{
  int code = tc_db_step (self, stmt, error);

  TC_CHECK (code != SQLITE_ROW);
  return code == SQLITE_DONE;
}

gboolean
tc_db_begin (TcDb *self, GError **error)
{
  return tc_db_exec (self, "BEGIN IMMEDIATE", error);
}

gboolean
tc_db_end (TcDb *self, gboolean ok, GError **error)
{
  if (ok && tc_db_exec (self, "COMMIT", error))
    return TRUE;
  /* Some failures have rolled back by themselves. */
  if (!sqlite3_get_autocommit (self->handle))
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

GBytes *
tc_db_dup_blob (sqlite3_stmt *stmt, int column)
{
  const void *data = sqlite3_column_blob (stmt, column);

  return g_bytes_new (data, (gsize) sqlite3_column_bytes (stmt, column));
}

void
tc_db_bind_bytes (sqlite3_stmt *stmt, int parameter, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  /* NULL data would bind NULL, not an empty blob. */
  sqlite3_bind_blob64 (stmt, parameter, size > 0 ? data : "", size, SQLITE_STATIC);
}

/* The first column of the first row. */
static gboolean
query_int (TcDb *self, const char *sql, gint64 *ret_value, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int code = sqlite3_prepare_v2 (self->handle, sql, -1, &stmt, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (stmt);
  if (code != SQLITE_ROW)
    {
      tc_db_fail (self, code, error);
      sqlite3_finalize (stmt);
      return FALSE;
    }
  *ret_value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  return TRUE;
}

static gboolean
set_version (TcDb *self, guint version, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %u", version);

  return tc_db_exec (self, sql, error);
}

static gboolean
create_meta (TcDb *self, const TcHash *chain_id, GError **error)
{
  g_autofree char *hex = tc_hash_to_hex (chain_id);
  g_autofree char *sql = g_strdup_printf ("PRAGMA application_id = %d;"
                                          "CREATE TABLE meta (chain_id BLOB NOT NULL);"
                                          "INSERT INTO meta VALUES (x'%s')", TC_DB_APPLICATION_ID, hex);

  return tc_db_exec (self, sql, error);
}

static gboolean
check_chain (TcDb *self, const TcHash *chain_id, GError **error)
{
  g_autofree char *hex = tc_hash_to_hex (chain_id);
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM meta WHERE chain_id = x'%s'", hex);
  gint64 n;

  if (!query_int (self, sql, &n, error))
    return FALSE;
  if (n == 1)
    return TRUE;
  g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_CHAIN,
               "%s belongs to another network. Choose another data directory for this one; the file was left as it is.", self->path);
  return FALSE;
}

/* What is on disk now: a version, 0 for an empty file; fails for a file that we must not touch. */
static gboolean
read_version (TcDb *self, guint *ret_version, GError **error)
{
  gint64 application, version, n_tables;

  if (!query_int (self, "PRAGMA application_id", &application, error)
      || !query_int (self, "PRAGMA user_version", &version, error)
      || !query_int (self, "SELECT count (*) FROM sqlite_schema", &n_tables, error))
    return FALSE;
  if (application != TC_DB_APPLICATION_ID && (application != 0 || n_tables > 0))
    return tc_db_damaged (self, "not a file of TimeCoin", error);
  if (version > self->file->n_migrations)
    {
      g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_VERSION,
                   "%s was written by a newer version of TimeCoin. Install that version or a later one; the file was left as it is.",
                   self->path);
      return FALSE;
    }
  if (version < 0 || (version == 0) != (n_tables == 0))
    return tc_db_damaged (self, "no such version", error);
  *ret_version = (guint) version;
  return TRUE;
}

static gboolean
migrate (TcDb *self, guint version, const TcHash *chain_id, GError **error)
{
  gboolean ok;

  if (version == self->file->n_migrations)
    return TRUE;
  if (!tc_db_begin (self, error))
    return FALSE;
  ok = version > 0 || create_meta (self, chain_id, error);
  for (guint i = version; ok && i < self->file->n_migrations; i++)
    ok = tc_db_exec (self, self->file->migrations[i], error);
  ok = ok && set_version (self, self->file->n_migrations, error);
  return tc_db_end (self, ok, error);
}

static TcDb *
connect_file (const TcDbFile *file, const char *dir, int flags, int busy_ms, GError **error)
{
  g_autoptr(TcDb) self = g_new0 (TcDb, 1);
  int code;

  self->file = file;
  self->path = g_build_filename (dir, file->name, NULL);
  code = sqlite3_open_v2 (self->path, &self->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK)
    {
      tc_db_fail (self, code, error);
      return NULL;
    }
  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, busy_ms);
  /* Contents of a file are data: nothing in a schema that somebody altered may run functions. */
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return g_steal_pointer (&self);
}

TcDb *
tc_db_open (const TcDbFile *file, const char *dir, const TcHash *chain_id, GError **error)
{
  g_autoptr(TcDb) self = connect_file (file, dir, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, WRITER_BUSY_MS, error);
  guint version = 0;

  /* What is there is read before anything is set: a file that is not ours stays as it is. */
  if (self == NULL || !read_version (self, &version, error) || (version > 0 && !check_chain (self, chain_id, error)))
    return NULL;
  if (!tc_db_exec (self, "PRAGMA journal_mode = WAL", error) || !tc_db_exec (self, file->pragmas, error)
      || !migrate (self, version, chain_id, error))
    return NULL;
  /* SQLite opens a file that may not be written for reading, and would fail at the first write: say so now. */
  if (sqlite3_db_readonly (self->handle, "main"))
    {
      tc_db_fail (self, SQLITE_READONLY, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

TcDb *
tc_db_open_reader (const TcDbFile *file, const char *dir, GError **error)
{
  g_autoptr(TcDb) self = connect_file (file, dir, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, READER_BUSY_MS, error);

  if (self == NULL || !tc_db_exec (self, file->pragmas, error) || !tc_db_exec (self, "PRAGMA query_only = 1", error))
    return NULL;
  return g_steal_pointer (&self);
}

TcDb *
tc_db_open_inspector (const TcDbFile *file, const char *dir, const TcHash *chain_id, GError **error)
{
  g_autoptr(TcDb) self = connect_file (file, dir, SQLITE_OPEN_READONLY, READER_BUSY_MS, error);
  guint version = 0;

  if (self == NULL || !read_version (self, &version, error) || (chain_id != NULL && version > 0 && !check_chain (self, chain_id, error)))
    return NULL;
  if (version == file->n_migrations)
    return g_steal_pointer (&self);
  g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_VERSION, "%s was written by an older version of TimeCoin. Start the node once, which brings it up to date.",
               self->path);
  return NULL;
}

void
tc_db_close (TcDb *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < TC_DB_STMTS_MAX; i++)
    sqlite3_finalize (self->stmts[i]);
  if (self->handle != NULL)
    TC_CHECK (sqlite3_close (self->handle) == SQLITE_OK);
  g_free (self->path);
  g_free (self);
}
