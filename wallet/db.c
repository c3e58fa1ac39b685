#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "core/check.h"
#include "page-sum.h"
#include "records.h"

#define APPLICATION_ID 0x54434b57  /* "TCKW" */
#define SCHEMA_VERSION 2

struct _TcDb
{
  sqlite3    *handle;
  GHashTable *statements;  /* address of the SQL text -> sqlite3_stmt */
  gboolean    in_transaction, failed, damaged;
  int         synchronous;
  int         code;        /* SQLite's, of the first failure */
  char       *detail;
};

/* Migrations only append: schema[n] leads from version n to n + 1. */
static const char *const schema[SCHEMA_VERSION] = {
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
  "CREATE TABLE keys (chain INTEGER NOT NULL, idx INTEGER NOT NULL, address TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0,"
  "  PRIMARY KEY (chain, idx)) WITHOUT ROWID;"
  "CREATE TABLE coins (txid BLOB NOT NULL, vout INTEGER NOT NULL, amount INTEGER NOT NULL, lock INTEGER NOT NULL, chain INTEGER NOT NULL,"
  "  idx INTEGER NOT NULL, spent_by BLOB, PRIMARY KEY (txid, vout)) WITHOUT ROWID;"
  "CREATE TABLE txs (id INTEGER PRIMARY KEY, txid BLOB NOT NULL UNIQUE, raw BLOB, made_here INTEGER NOT NULL, kind INTEGER NOT NULL,"
  "  state INTEGER NOT NULL, amount INTEGER NOT NULL, fee INTEGER NOT NULL, debit INTEGER NOT NULL, credit INTEGER NOT NULL,"
  "  seen_ms INTEGER NOT NULL, certified_ms INTEGER NOT NULL, final_ms INTEGER NOT NULL, final_us INTEGER NOT NULL,"
  "  confirmed_ms INTEGER NOT NULL, votes INTEGER NOT NULL, power INTEGER NOT NULL, height INTEGER NOT NULL, block_ms INTEGER NOT NULL,"
  "  address TEXT, n_recipients INTEGER NOT NULL, memo TEXT, reason TEXT, serial INTEGER NOT NULL);"
  "CREATE INDEX txs_order ON txs (seen_ms, id);"
  "CREATE INDEX txs_open ON txs (state) WHERE state < 3;"
  "CREATE TABLE events (id INTEGER PRIMARY KEY, tx INTEGER NOT NULL REFERENCES txs (id), kind INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
  "  votes INTEGER NOT NULL, power INTEGER NOT NULL, height INTEGER NOT NULL);"
  "CREATE INDEX events_tx ON events (tx);"
  "CREATE TABLE paid (address TEXT PRIMARY KEY) WITHOUT ROWID;",

  "CREATE TABLE pubkeys (key_hash BLOB PRIMARY KEY, key BLOB) WITHOUT ROWID;"
  "CREATE INDEX pubkeys_wanted ON pubkeys (key_hash) WHERE key IS NULL;"
  "CREATE TABLE waiting (id INTEGER PRIMARY KEY AUTOINCREMENT, payment BLOB NOT NULL);"
  "ALTER TABLE txs ADD COLUMN memo_private INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE coins ADD COLUMN frozen INTEGER NOT NULL DEFAULT 0;"
  "CREATE TABLE frozen (txid BLOB NOT NULL, vout INTEGER NOT NULL, PRIMARY KEY (txid, vout)) WITHOUT ROWID;"
  "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT, shown INTEGER NOT NULL, issued_receive INTEGER NOT NULL, issued_change INTEGER NOT NULL);"
  "INSERT INTO accounts VALUES (0, NULL, 1, coalesce ((SELECT value FROM meta WHERE name = 'issued_receive'), 0),"
  "  coalesce ((SELECT value FROM meta WHERE name = 'issued_change'), 0));"
  "DELETE FROM meta WHERE name IN ('issued_receive', 'issued_change');"
  "ALTER TABLE keys RENAME TO keys_1;"
  "CREATE TABLE keys (account INTEGER NOT NULL, chain INTEGER NOT NULL, idx INTEGER NOT NULL, address TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0,"
  "  PRIMARY KEY (account, chain, idx)) WITHOUT ROWID;"
  "INSERT INTO keys SELECT 0, chain, idx, address, used FROM keys_1;"
  "DROP TABLE keys_1;"
  "ALTER TABLE coins ADD COLUMN account INTEGER NOT NULL DEFAULT 0;"
  "CREATE TABLE tx_accounts (tx INTEGER NOT NULL REFERENCES txs (id), account INTEGER NOT NULL, debit INTEGER NOT NULL, credit INTEGER NOT NULL,"
  "  PRIMARY KEY (tx, account)) WITHOUT ROWID;"
  "INSERT INTO tx_accounts SELECT id, 0, debit, credit FROM txs;"
  "CREATE INDEX tx_accounts_account ON tx_accounts (account, tx);"
  "CREATE TABLE labels (address TEXT PRIMARY KEY, label TEXT NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE contacts (address TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT, key BLOB) WITHOUT ROWID;"
  "CREATE TABLE notes (txid BLOB PRIMARY KEY, note TEXT NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE requests (id INTEGER PRIMARY KEY, address TEXT NOT NULL, account INTEGER NOT NULL, amount INTEGER NOT NULL, label TEXT, message TEXT,"
  "  key BLOB, created_ms INTEGER NOT NULL, expires_s INTEGER NOT NULL, removed INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE texts (tx INTEGER PRIMARY KEY, text TEXT NOT NULL);"
  "DROP INDEX txs_order;"
  "CREATE INDEX txs_order ON txs (seen_ms, id, kind, state, amount);"
  "CREATE INDEX txs_address ON txs (address);"
  "CREATE INDEX txs_coins ON txs (txid, state, height, debit, seen_ms);",
};

static void
fail (TcDb *self, int code, const char *detail)
{
  if (self->failed)
    return;
  self->failed = TRUE;
  self->code = code;
  self->detail = g_strdup (detail);
}

static void
fail_as (TcDb *self, int code)
{
  if (code != SQLITE_OK)
    fail (self, code, sqlite3_errstr (code));
}

static void
check (TcDb *self, int code)
{
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    fail (self, sqlite3_extended_errcode (self->handle), sqlite3_errmsg (self->handle));
}

static void
exec (TcDb *self, const char *sql)
{
  if (!self->failed)
    check (self, sqlite3_exec (self->handle, sql, NULL, NULL, NULL));
}

static TcWalletError
classify (const TcDb *self, const char **ret_message)
{
  const char *const damaged = _("The wallet file is damaged. Use a copy of it, or restore the wallet from its phrase.");

  *ret_message = damaged;
  if (self->damaged || self->code == SQLITE_IOERR_DATA)
    return TC_WALLET_ERROR_DAMAGED;
  *ret_message = NULL;
  switch (self->code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      *ret_message = damaged;
      return TC_WALLET_ERROR_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      *ret_message = _("The wallet is open in another TimeCoin. Close that one first.");
      return TC_WALLET_ERROR_IN_USE;
    case SQLITE_FULL:
      *ret_message = _("The disk is full. Free some space; the wallet goes on by itself then.");
      return TC_WALLET_ERROR_FAILED;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      *ret_message = _("The wallet's folder or file cannot be written to. Check its permissions.");
      return TC_WALLET_ERROR_FAILED;
    default:
      return TC_WALLET_ERROR_FAILED;
    }
}

/* Takes the failure. */
static gboolean
end (TcDb *self, GError **error)
{
  const char *message;

  if (!self->failed)
    return TRUE;
  const TcWalletError code = classify (self, &message);
  if (message != NULL)
    g_set_error_literal (error, TC_WALLET_ERROR, code, message);
  else
    g_set_error (error, TC_WALLET_ERROR, code, _("The wallet file could not be used: %s."), self->detail);
  self->failed = self->damaged = FALSE;
  g_clear_pointer (&self->detail, g_free);
  return FALSE;
}

void
tc_wallet_db_close (TcDb *self)
{
  if (self == NULL)
    return;
  tc_wallet_db_rollback (self);
  g_clear_pointer (&self->statements, g_hash_table_unref);
  TC_CHECK (sqlite3_close (self->handle) == SQLITE_OK);
  g_free (self->detail);
  g_free (self);
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

/* SQL's fold (text): tc_records_fold (). */
static void
fold (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  const char *text = (const char *) sqlite3_value_text (values[0]);

  if (text != NULL)
    sqlite3_result_text (context, tc_records_fold (text), -1, g_free);
}

static TcDb *
open_handle (const char *path, int flags)
{
  TcDb *self = g_new0 (TcDb, 1);

  tc_page_sum_register ();
  self->synchronous = -1;
  self->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize_statement);
  check (self, sqlite3_open_v2 (path, &self->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, TC_PAGE_SUM_VFS));
  sqlite3_extended_result_codes (self->handle, TRUE);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  check (self, sqlite3_create_function (self->handle, "fold", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, fold, NULL, NULL));
  exec (self, "PRAGMA locking_mode = EXCLUSIVE");
  exec (self, "PRAGMA mmap_size = 0");
  exec (self, "PRAGMA cache_size = -24000");  /* kB: what a search of 100 000 rows looks through, so that the next one does not read it again */
  exec (self, "PRAGMA secure_delete = ON");
  return self;
}

gint64
tc_wallet_db_count (TcDb *self, const char *sql)
{
  sqlite3_stmt *statement = tc_wallet_db_select (self, sql, "");
  gint64 value = 0;

  if (tc_wallet_db_next (self, statement))
    value = tc_wallet_db_int (statement, 0);
  if (statement != NULL)
    sqlite3_reset (statement);
  return value;
}

static void
migrate (TcDb *self, gint64 version)
{
  for (; version < SCHEMA_VERSION; version++)
    {
      g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT, version + 1);

      exec (self, "BEGIN IMMEDIATE");
      exec (self, schema[version]);
      exec (self, set_version);
      exec (self, "COMMIT");
    }
}

TcDb *
tc_wallet_db_create (const char *path, GError **error)
{
  const int fd = g_open (path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  int reserve = TC_PAGE_SUM_SIZE;

  if (fd < 0)
    {
      const int saved = errno;

      g_set_error (error, TC_WALLET_ERROR, saved == EEXIST ? TC_WALLET_ERROR_EXISTS : TC_WALLET_ERROR_FAILED,
                   _("The wallet file “%s” could not be made: %s."), path, g_strerror (saved));
      return NULL;
    }
  g_close (fd, NULL);
  g_autoptr(TcDb) self = open_handle (path, SQLITE_OPEN_READWRITE);
  sqlite3_file_control (self->handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
  exec (self, "PRAGMA page_size = " G_STRINGIFY (TC_PAGE_SUM_PAGE_SIZE));
  exec (self, "PRAGMA application_id = " G_STRINGIFY (APPLICATION_ID));
  migrate (self, 0);
  exec (self, "PRAGMA journal_mode = WAL");
  if (!end (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Looks at every page's checksum, and changes none. A page that is as it was written needs no look at what is in it: PRAGMA quick_check would take five
 * times as long to find the same. */
static gboolean
look_through (TcDb *self, gint64 *ret_version, GError **error)
{
  if (tc_wallet_db_count (self, "PRAGMA application_id") != APPLICATION_ID)
    tc_wallet_db_damaged (self);
  *ret_version = tc_wallet_db_count (self, "PRAGMA user_version");
  if (!self->failed && *ret_version > SCHEMA_VERSION)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NEWER,
                           _("This wallet was written by a newer version of TimeCoin. Update the application to open it."));
      return FALSE;
    }
  if (!self->failed)
    fail_as (self, tc_page_sum_check_all (self->handle));
  return end (self, error);
}

TcDb *
tc_wallet_db_open (const char *path, GError **error)
{
  gint64 version = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MISSING, _("There is no wallet file “%s”."), path);
      return NULL;
    }
  g_autoptr(TcDb) self = open_handle (path, SQLITE_OPEN_READWRITE);
  if (self->handle != NULL)
    sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);  /* refused, the file stays as it was */
  if (!look_through (self, &version, error))
    return NULL;
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  migrate (self, version);
  if (!end (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tc_wallet_db_begin (TcDb *self, gboolean durable)
{
  TC_CHECK (!self->in_transaction);
  if (self->synchronous != durable)
    exec (self, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  self->synchronous = durable;
  self->in_transaction = TRUE;
  exec (self, "BEGIN IMMEDIATE");
}

gboolean
tc_wallet_db_commit (TcDb *self, GError **error)
{
  TC_CHECK (self->in_transaction);
  exec (self, "COMMIT");
  if (self->failed)
    {
      tc_wallet_db_rollback (self);
      return end (self, error);
    }
  self->in_transaction = FALSE;
  return TRUE;
}

void
tc_wallet_db_rollback (TcDb *self)
{
  if (!self->in_transaction)
    return;
  self->in_transaction = FALSE;
  if (!sqlite3_get_autocommit (self->handle))  /* SQLite undoes some failures itself */
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
}

gboolean
tc_wallet_db_failed (const TcDb *self)
{
  return self->failed;
}

gboolean
tc_wallet_db_end (TcDb *self, GError **error)
{
  TC_CHECK (!self->in_transaction);
  return end (self, error);
}

void
tc_wallet_db_damaged (TcDb *self)
{
  if (!self->failed)
    self->damaged = TRUE;
  fail (self, SQLITE_CORRUPT, "damaged");
}

static sqlite3_stmt *
prepare (TcDb *self, const char *sql)
{
  if (self->failed)
    return NULL;
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);
  if (statement == NULL)
    {
      check (self, sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
      if (statement == NULL)
        return NULL;
      g_hash_table_insert (self->statements, (gpointer) sql, statement);
    }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return statement;
}

static void
bind_bytes (TcDb *self, sqlite3_stmt *statement, int place, GBytes *bytes)
{
  gsize n = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &n) : NULL;

  if (bytes != NULL)
    check (self, sqlite3_bind_blob64 (statement, place, n > 0 ? data : "", n, SQLITE_TRANSIENT));
}

static void
bind (TcDb *self, sqlite3_stmt *statement, const char *format, va_list arguments)
{
  for (int place = 1; *format != '\0'; format++, place++)
    switch (*format)
      {
      case 'i':
        check (self, sqlite3_bind_int64 (statement, place, va_arg (arguments, gint64)));
        break;
      case 't':
        check (self, sqlite3_bind_text (statement, place, va_arg (arguments, const char *), -1, SQLITE_TRANSIENT));
        break;
      case 'h':
        check (self, sqlite3_bind_blob (statement, place, va_arg (arguments, const TcHash *)->bytes, TC_HASH_SIZE, SQLITE_TRANSIENT));
        break;
      case 'B':
        bind_bytes (self, statement, place, va_arg (arguments, GBytes *));
        break;
      case 'b':
        {
          const guint8 *data = va_arg (arguments, const guint8 *);
          const gsize n = va_arg (arguments, gsize);

          check (self, sqlite3_bind_blob64 (statement, place, data, n, SQLITE_TRANSIENT));
          break;
        }
      default:
        TC_CHECK (FALSE);
      }
}

void
tc_wallet_db_run (TcDb *self, const char *sql, const char *format, ...)
{
  sqlite3_stmt *statement = prepare (self, sql);
  va_list arguments;

  if (statement == NULL)
    return;
  va_start (arguments, format);
  bind (self, statement, format, arguments);
  va_end (arguments);
  check (self, sqlite3_step (statement));
  sqlite3_reset (statement);
}

sqlite3_stmt *
tc_wallet_db_select (TcDb *self, const char *sql, const char *format, ...)
{
  sqlite3_stmt *statement = prepare (self, sql);
  va_list arguments;

  if (statement == NULL)
    return NULL;
  va_start (arguments, format);
  bind (self, statement, format, arguments);
  va_end (arguments);
  return statement;
}

gboolean
tc_wallet_db_next (TcDb *self, sqlite3_stmt *statement)
{
  if (statement == NULL || self->failed)
    return FALSE;
  const int code = sqlite3_step (statement);
  check (self, code);
  if (code != SQLITE_ROW)
    sqlite3_reset (statement);
  return code == SQLITE_ROW;
}

gint64
tc_wallet_db_last_id (TcDb *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}

gint64
tc_wallet_db_int (sqlite3_stmt *statement, int column)
{
  return sqlite3_column_int64 (statement, column);
}

char *
tc_wallet_db_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

GBytes *
tc_wallet_db_bytes (sqlite3_stmt *statement, int column)
{
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return NULL;
  const void *data = sqlite3_column_blob (statement, column);
  return g_bytes_new (data, (gsize) sqlite3_column_bytes (statement, column));
}

TcHash
tc_wallet_db_hash (TcDb *self, sqlite3_stmt *statement, int column)
{
  TcHash hash = { 0 };
  const void *data = sqlite3_column_blob (statement, column);

  if (sqlite3_column_bytes (statement, column) == (int) TC_HASH_SIZE)
    memcpy (hash.bytes, data, TC_HASH_SIZE);
  else
    tc_wallet_db_damaged (self);
  return hash;
}

static sqlite3_stmt *
get (TcDb *self, const char *name)
{
  sqlite3_stmt *statement = tc_wallet_db_select (self, "SELECT value FROM meta WHERE name = ?", "t", name);

  return tc_wallet_db_next (self, statement) ? statement : NULL;
}

gint64
tc_wallet_db_get_int (TcDb *self, const char *name, gint64 fallback)
{
  sqlite3_stmt *statement = get (self, name);

  if (statement == NULL)
    return fallback;
  const gint64 value = tc_wallet_db_int (statement, 0);
  sqlite3_reset (statement);
  return value;
}

void
tc_wallet_db_set_int (TcDb *self, const char *name, gint64 value)
{
  tc_wallet_db_run (self, "INSERT OR REPLACE INTO meta VALUES (?, ?)", "ti", name, value);
}

GBytes *
tc_wallet_db_get_blob (TcDb *self, const char *name)
{
  sqlite3_stmt *statement = get (self, name);

  if (statement == NULL)
    return NULL;
  GBytes *bytes = tc_wallet_db_bytes (statement, 0);
  sqlite3_reset (statement);
  return bytes;
}

void
tc_wallet_db_set_blob (TcDb *self, const char *name, const guint8 *data, gsize n)
{
  tc_wallet_db_run (self, "INSERT OR REPLACE INTO meta VALUES (?, ?)", "tb", name, data, n);
}

char *
tc_wallet_db_get_text (TcDb *self, const char *name)
{
  sqlite3_stmt *statement = get (self, name);

  if (statement == NULL)
    return NULL;
  char *text = tc_wallet_db_text (statement, 0);
  sqlite3_reset (statement);
  return text;
}

void
tc_wallet_db_set_text (TcDb *self, const char *name, const char *text)
{
  tc_wallet_db_run (self, "INSERT OR REPLACE INTO meta VALUES (?, ?)", "tt", name, text);
}
