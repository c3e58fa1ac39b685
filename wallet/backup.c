#include "backup.h"

#include <string.h>

#define CONTENT_VERSION 1u
#define TABLES_MAX      64u
#define COLUMNS_MAX     64u
#define ROWS_MAX        1000000u
#define TEXT_MAX        1000000u
#define NAME_MAX_BYTES  255u
#define ISSUED_MAX      100000  /* addresses of an account's chain: restoring derives them all */

typedef enum
{
  VALUE_NONE = 0,
  VALUE_INT  = 1,
  VALUE_TEXT = 2,
  VALUE_BLOB = 3,
} ValueKind;

/* What the user made, and the chain does not say. A table that a wallet lacks is left out. */
static const char *const tables[] = { "accounts", "contacts", "labels", "notes", "requests", "frozen" };

TcBackupInfo *
tc_backup_info_new (void)
{
  return g_new0 (TcBackupInfo, 1);
}

void
tc_backup_info_free (TcBackupInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->network);
  g_free (self);
}

static gboolean
has_table (TcDb *db, const char *name)
{
  sqlite3_stmt *rows = tc_wallet_db_select (db, "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?", "t", name);
  const gboolean found = tc_wallet_db_next (db, rows);

  if (rows != NULL)
    sqlite3_reset (rows);
  return found;
}

/* Statements are kept by their text's address. */
static const char *
sql_for (const char *before, const char *name, const char *after)
{
  g_autofree char *sql = g_strconcat (before, name, after, NULL);

  return g_intern_string (sql);
}

static void
put_text (GByteArray *bytes, const char *text)
{
  tc_put_blob (bytes, (const guint8 *) text, strlen (text));
}

/* --- Packing ---------------------------------------------------------------------------------------------------------------------- */

static void
put_value (GByteArray *bytes, sqlite3_stmt *row, int column)
{
  switch (sqlite3_column_type (row, column))
    {
    case SQLITE_INTEGER:
      tc_put_u8 (bytes, VALUE_INT);
      tc_put_u64 (bytes, (guint64) sqlite3_column_int64 (row, column));
      break;
    case SQLITE_TEXT:
      tc_put_u8 (bytes, VALUE_TEXT);
      tc_put_blob (bytes, sqlite3_column_text (row, column), (gsize) sqlite3_column_bytes (row, column));
      break;
    case SQLITE_BLOB:
      tc_put_u8 (bytes, VALUE_BLOB);
      tc_put_blob (bytes, sqlite3_column_blob (row, column), (gsize) sqlite3_column_bytes (row, column));
      break;
    default:
      tc_put_u8 (bytes, VALUE_NONE);
    }
}

static void
put_table (GByteArray *bytes, TcDb *db, const char *name)
{
  static const char frozen[] = "SELECT txid, vout FROM coins WHERE frozen AND spent_by IS NULL UNION SELECT txid, vout FROM frozen";
  sqlite3_stmt *rows = tc_wallet_db_select (db, g_str_equal (name, "frozen") ? frozen : sql_for ("SELECT * FROM ", name, ""), "");
  const int n_columns = rows != NULL ? sqlite3_column_count (rows) : 0;
  g_autoptr(GByteArray) packed = g_byte_array_new ();
  guint n_rows = 0;

  put_text (bytes, name);
  tc_put_varint (bytes, (guint64) n_columns);
  for (int i = 0; i < n_columns; i++)
    put_text (bytes, sqlite3_column_name (rows, i));
  for (; tc_wallet_db_next (db, rows); n_rows++)
    for (int i = 0; i < n_columns; i++)
      put_value (packed, rows, i);
  tc_put_varint (bytes, n_rows);
  tc_put_bytes (bytes, packed->data, packed->len);
}

static void
put_tables (GByteArray *bytes, TcDb *db)
{
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    n += has_table (db, tables[i]);
  tc_put_varint (bytes, n);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (has_table (db, tables[i]))
      put_table (bytes, db, tables[i]);
}

/* The secret goes straight into locked memory; the rest lies beside it. */
TcSecretBytes *
tc_backup_pack (TcDb *db, const TcSecretBytes *secret, const TcBackupInfo *info)
{
  g_autoptr(GByteArray) head = g_byte_array_new ();
  g_autoptr(GByteArray) rest = g_byte_array_new ();

  tc_put_u8 (head, CONTENT_VERSION);
  tc_put_varint (head, tc_secret_bytes_size (secret));
  tc_put_u64 (rest, (guint64) info->made_ms);
  put_text (rest, info->network);
  tc_put_u8 (rest, (guint8) info->address_digit);
  tc_put_u8 (rest, info->has_chain ? 1 : 0);
  tc_put_hash (rest, &info->chain_id);
  tc_put_u32 (rest, info->birthday_height);
  put_text (rest, info->name);
  put_tables (rest, db);

  TcSecretBytes *content = tc_secret_bytes_new (head->len + tc_secret_bytes_size (secret) + rest->len);
  guint8 *data = tc_secret_bytes_get (content);
  memcpy (data, head->data, head->len);
  memcpy (data + head->len, tc_secret_bytes_get (secret), tc_secret_bytes_size (secret));
  memcpy (data + head->len + tc_secret_bytes_size (secret), rest->data, rest->len);
  tc_secret_wipe (rest->data, rest->len);
  return content;
}

/* --- Unpacking -------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  ValueKind     kind;
  gint64        number;
  const guint8 *data;
  gsize         size_bytes;
} Value;

static char *
read_text (TcReader *reader)
{
  const gsize size = tc_reader_count (reader, 1, NAME_MAX_BYTES);
  const guint8 *data = tc_reader_view (reader, size);

  if (!reader->failed && (memchr (data, '\0', size) != NULL || !g_utf8_validate ((const char *) data, (gssize) size, NULL)))
    tc_reader_fail (reader);
  return reader->failed ? g_strdup ("") : g_strndup ((const char *) data, size);
}

static Value
read_value (TcReader *reader)
{
  Value value = { .kind = tc_reader_u8 (reader) };

  if (value.kind == VALUE_INT)
    value.number = (gint64) tc_reader_u64 (reader);
  else if (value.kind == VALUE_TEXT || value.kind == VALUE_BLOB)
    {
      value.size_bytes = tc_reader_count (reader, 1, TEXT_MAX);
      value.data = tc_reader_view (reader, value.size_bytes);
      if (!reader->failed && value.kind == VALUE_TEXT && !g_utf8_validate ((const char *) value.data, (gssize) value.size_bytes, NULL))
        tc_reader_fail (reader);
    }
  else if (value.kind != VALUE_NONE)
    tc_reader_fail (reader);
  return value;
}

static void
count_rows (TcBackupInfo *info, const char *table, guint n)
{
  const struct { const char *name; guint *n; } counts[] = { { "accounts", &info->n_accounts }, { "contacts", &info->n_contacts },
                                                            { "labels", &info->n_labels }, { "notes", &info->n_notes },
                                                            { "requests", &info->n_requests } };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (g_str_equal (counts[i].name, table))
      *counts[i].n = n;
}

/* "INSERT … VALUES (?, …)" of those columns that @db's table has; others have no place: -1. */
static const char *
insert_sql (TcDb *db, const char *table, GPtrArray *columns, int *places)
{
  sqlite3_stmt *known = tc_wallet_db_select (db, sql_for ("SELECT * FROM ", table, " LIMIT 0"), "");
  g_autoptr(GString) names = g_string_new (NULL);
  g_autoptr(GString) marks = g_string_new (NULL);
  int n = 0;

  for (guint i = 0; i < columns->len; i++)
    {
      places[i] = -1;
      for (int j = 0; known != NULL && j < sqlite3_column_count (known); j++)
        if (g_str_equal (sqlite3_column_name (known, j), g_ptr_array_index (columns, i)))
          places[i] = ++n;
      if (places[i] < 0)
        continue;
      g_string_append_printf (names, "%s\"%s\"", n > 1 ? ", " : "", (const char *) g_ptr_array_index (columns, i));
      g_string_append (marks, n > 1 ? ", ?" : "?");
    }
  if (n == 0)
    return NULL;
  g_autofree char *sql = g_strdup_printf ("INSERT OR REPLACE INTO %s (%s) VALUES (%s)", table, names->str, marks->str);
  return g_intern_string (sql);
}

static void
bind_value (sqlite3_stmt *statement, int place, const Value *value)
{
  if (value->kind == VALUE_INT)
    sqlite3_bind_int64 (statement, place, value->number);
  else if (value->kind == VALUE_TEXT)
    sqlite3_bind_text (statement, place, (const char *) value->data, (int) value->size_bytes, SQLITE_TRANSIENT);
  else if (value->kind == VALUE_BLOB)
    sqlite3_bind_blob64 (statement, place, value->size_bytes > 0 ? (const void *) value->data : "", value->size_bytes, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null (statement, place);
}

/* SQLite makes a number of a text that looks like one, so a text where a number belongs would go round the bound. */
static gboolean
is_sound (const char *table, const char *column, const Value *value)
{
  static const char *const numbers[] = { "id", "shown", "issued_receive", "issued_change" };
  gboolean is_number = value->kind == VALUE_INT;

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    is_number |= g_str_equal (column, numbers[i]);
  return !g_str_equal (table, "accounts") || !is_number || (value->kind == VALUE_INT && value->number >= 0 && value->number <= ISSUED_MAX);
}

static gboolean
is_carried (const char *table)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (g_str_equal (tables[i], table))
      return TRUE;
  return FALSE;
}

/* @db: (nullable): NULL: only looks. */
static void
read_table (TcReader *reader, TcDb *db, TcBackupInfo *info)
{
  g_autofree char *name = read_text (reader);
  const gsize n_columns = tc_reader_count (reader, 1, COLUMNS_MAX);
  g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func (g_free);
  int places[COLUMNS_MAX];

  for (gsize i = 0; i < n_columns; i++)
    g_ptr_array_add (columns, read_text (reader));
  const gsize n_rows = n_columns > 0 ? tc_reader_count (reader, n_columns, ROWS_MAX) : tc_reader_count (reader, 1, 0);
  const char *sql = db != NULL && !reader->failed && is_carried (name) && has_table (db, name) ? insert_sql (db, name, columns, places) : NULL;

  for (gsize row = 0; row < n_rows && !reader->failed; row++)
    {
      sqlite3_stmt *insert = sql != NULL ? tc_wallet_db_select (db, sql, "") : NULL;

      for (gsize i = 0; i < n_columns; i++)
        {
          const Value value = read_value (reader);

          if (!reader->failed && !is_sound (name, g_ptr_array_index (columns, i), &value))
            tc_reader_fail (reader);
          if (insert != NULL && places[i] > 0)
            bind_value (insert, places[i], &value);
        }
      if (insert != NULL)
        tc_wallet_db_next (db, insert);
    }
  count_rows (info, name, (guint) n_rows);
}

static TcSecretBytes *
read_content (const TcSecretBytes *content, TcDb *db, TcBackupInfo *info)
{
  TcReader reader;

  tc_reader_init (&reader, tc_secret_bytes_get (content), tc_secret_bytes_size (content));
  const guint8 version = tc_reader_u8 (&reader);
  const gsize secret_size = tc_reader_count (&reader, 1, TEXT_MAX);
  const guint8 *secret = tc_reader_view (&reader, secret_size);
  info->made_ms = (gint64) tc_reader_u64 (&reader);
  info->network = read_text (&reader);
  info->address_digit = (char) tc_reader_u8 (&reader);
  info->has_chain = tc_reader_u8 (&reader) != 0;
  info->chain_id = tc_reader_hash (&reader);
  info->birthday_height = tc_reader_u32 (&reader);
  info->name = read_text (&reader);
  const gsize n_tables = tc_reader_count (&reader, 1, TABLES_MAX);
  if (version != CONTENT_VERSION || (info->address_digit != '0' && info->address_digit != '1'))
    tc_reader_fail (&reader);
  for (gsize i = 0; i < n_tables; i++)
    read_table (&reader, db, info);
  return tc_reader_end (&reader, "backup", NULL) ? tc_secret_bytes_copy (secret, secret_size) : NULL;
}

TcSecretBytes *
tc_backup_unpack (const TcSecretBytes *content, TcBackupInfo **ret_info)
{
  g_autoptr(TcBackupInfo) info = tc_backup_info_new ();
  TcSecretBytes *secret = read_content (content, NULL, info);

  if (secret != NULL && ret_info != NULL)
    *ret_info = g_steal_pointer (&info);
  return secret;
}

void
tc_backup_put_tables (TcDb *db, const TcSecretBytes *content)
{
  g_autoptr(TcBackupInfo) info = tc_backup_info_new ();
  g_autoptr(TcSecretBytes) secret = read_content (content, db, info);

  if (secret == NULL)
    tc_wallet_db_damaged (db);
}
