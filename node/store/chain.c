#include "store-private.h"

#include <glib/gi18n-lib.h>

#include "core/check.h"

#define CATCH_UP_PAGES 50000  /* of the write-ahead log before it is written back while catching up; readers search it, and a start reads it */
#define AT_REST_PAGES  4000
#define READER_MEMORY  (2u * 1024 * 1024)
#define BUCKET_SIZE    2048u
#define N_BUCKETS      256u

enum
{
  STMT_PUT_BLOCK = TC_CHAIN_N_SHARED_STMTS,
  STMT_PUT_HASH,
  STMT_PUT_COIN,
  STMT_DELETE_COIN,
  STMT_PUT_BUCKET,
  STMT_PUT_STATE,
  STMT_GET_COIN,
  STMT_GET_BLOCK,
  STMT_FIND_BLOCK,
  STMT_GET_HEIGHT,
  STMT_GET_STATE,
  STMT_GET_BUCKETS,
  STMT_PUT_COMMITTEE,
  STMT_CUT_COMMITTEES,
  STMT_GET_COMMITTEE,
  STMT_GET_COMMIT,
  N_STMTS,
};

static const char *const statements[N_STMTS] = {
  [STMT_PUT_BLOCK]   = "INSERT INTO block (height, hash, block, block_commit) VALUES (?1, ?2, ?3, ?4)",
  [STMT_PUT_HASH]    = "INSERT INTO block_hash (hash, height) VALUES (?1, ?2)",
  [STMT_PUT_COIN]    = "INSERT OR REPLACE INTO coin (outpoint, data) VALUES (?1, ?2)",
  [STMT_DELETE_COIN] = "DELETE FROM coin WHERE outpoint = ?1",
  [STMT_PUT_BUCKET]  = "INSERT OR REPLACE INTO bucket (number, data) VALUES (?1, ?2)",
  [STMT_PUT_STATE]   = "INSERT OR REPLACE INTO state (id, height, data) VALUES (0, ?1, ?2)",
  [STMT_GET_COIN]    = "SELECT data FROM coin WHERE outpoint = ?1",
  [STMT_GET_BLOCK]   = "SELECT block, block_commit, hash FROM block WHERE height = ?1",
  [STMT_FIND_BLOCK]  = "SELECT height FROM block_hash WHERE hash = ?1",
  [STMT_GET_HEIGHT]  = "SELECT max (height) FROM block",
  [STMT_GET_STATE]   = "SELECT height, data FROM state WHERE id = 0",
  [STMT_GET_BUCKETS] = "SELECT number, data FROM bucket ORDER BY number",
  [STMT_PUT_COMMITTEE]  = "INSERT OR REPLACE INTO committee (epoch, data) VALUES (?1, ?2)",
  [STMT_CUT_COMMITTEES] = "DELETE FROM committee WHERE epoch < ?1",
  [STMT_GET_COMMITTEE]  = "SELECT data FROM committee WHERE epoch = ?1",
  [STMT_GET_COMMIT]     = "SELECT block_commit FROM block WHERE height = ?1",
  [TC_CHAIN_STMT_PUT_LINK]  = "INSERT OR REPLACE INTO link (epoch, data) VALUES (?1, ?2)",
  [TC_CHAIN_STMT_CUT_LINKS] = "DELETE FROM link WHERE epoch >= ?1",
  [TC_CHAIN_STMT_GET_LINKS] = "SELECT epoch, data FROM link WHERE epoch >= ?1 ORDER BY epoch LIMIT ?2",
  [TC_CHAIN_STMT_FIND_UNLINKED] = "SELECT epoch FROM committee WHERE epoch > 1 AND epoch - 1 NOT IN (SELECT epoch FROM link) ORDER BY epoch",
};

/* coin.outpoint: txid 32 | index u32. coin.data: varint height | varint amount | lock u8 | key_hash 20.
 * A block's hash is looked up in a table of its own, so that no large row is touched. Of the blocks up to the newest, all are there but those in gap. import_coin
 * becomes coin when a snapshot is whole. */
static const char *const migrations[] = {
  "CREATE TABLE block (height INTEGER PRIMARY KEY, hash BLOB NOT NULL, block BLOB NOT NULL, block_commit BLOB NOT NULL);"
  "CREATE TABLE block_hash (hash BLOB PRIMARY KEY, height INTEGER NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE coin (outpoint BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE bucket (number INTEGER PRIMARY KEY, data BLOB NOT NULL);"
  "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 0), height INTEGER NOT NULL, data BLOB NOT NULL);",
  "CREATE TABLE committee (epoch INTEGER PRIMARY KEY, data BLOB NOT NULL);",
  "CREATE TABLE link (epoch INTEGER PRIMARY KEY, data BLOB NOT NULL);",
  "CREATE TABLE gap (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);"
  "CREATE TABLE history (id INTEGER PRIMARY KEY CHECK (id = 0), block_bytes INTEGER NOT NULL);"
  "INSERT INTO history SELECT 0, coalesce (sum (length (block) + length (block_commit)), 0) FROM block;"
  "CREATE TABLE import (id INTEGER PRIMARY KEY CHECK (id = 0), header BLOB NOT NULL, manifest BLOB NOT NULL);"
  "CREATE TABLE import_part (part INTEGER PRIMARY KEY);"
  TC_CHAIN_IMPORT_COIN,
};

const TcDbFile TC_CHAIN_FILE = {
  .name = "chain.sqlite",
  .advice = N_("Move it away and start again: the node then fetches the chain anew from its peers. Check the disk."),
  .migrations = migrations,
  .n_migrations = G_N_ELEMENTS (migrations),
  .statements = statements,
  .n_statements = N_STMTS,
  .pragmas = "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cell_size_check = 1",
};

/* --- Coins --- */

static gsize
put_varint (guint8 *data, guint64 value)
{
  gsize n = 0;

  for (; value >= 0x80; value >>= 7)
    data[n++] = (guint8) (value | 0x80);
  data[n++] = (guint8) value;
  return n;
}

gsize
tc_chain_encode_coin (const TcCoin *coin, guint8 data[TC_CHAIN_COIN_SIZE_MAX])
{
  gsize n = put_varint (data, coin->height);

  n += put_varint (data + n, coin->output.amount.units);
  data[n++] = coin->output.lock;
  memcpy (data + n, coin->output.key_hash.bytes, TC_KEY_HASH_SIZE);
  return n + TC_KEY_HASH_SIZE;
}

gboolean
tc_chain_decode_coin (const guint8 *data, gsize size, TcCoin *ret_coin)
{
  TcReader reader;
  guint64 height;
  TcCoin coin;

  tc_reader_init (&reader, data, size);
  height = tc_reader_varint (&reader);
  coin.output.amount.units = tc_reader_varint (&reader);
  coin.output.lock = tc_reader_u8 (&reader);
  tc_reader_bytes (&reader, coin.output.key_hash.bytes, TC_KEY_HASH_SIZE);
  coin.height = (guint32) height;
  if (height > G_MAXUINT32 || coin.output.amount.units > TC_AMOUNT_MAX_UNITS || !tc_reader_end (&reader, "coin", NULL))
    return FALSE;
  *ret_coin = coin;
  return TRUE;
}

void
tc_chain_encode_outpoint (const TcOutpoint *outpoint, guint8 data[TC_CHAIN_OUTPOINT_SIZE])
{
  guint32 index = GUINT32_TO_LE (outpoint->index);

  memcpy (data, outpoint->txid.bytes, TC_HASH_SIZE);
  memcpy (data + TC_HASH_SIZE, &index, sizeof index);
}

/* Returns: FALSE, without @error, where there is no such coin. */
static gboolean
read_coin (TcDb *db, const TcOutpoint *outpoint, TcCoin *ret_coin, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_GET_COIN, error);
  guint8 key[TC_CHAIN_OUTPOINT_SIZE];
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  tc_chain_encode_outpoint (outpoint, key);
  sqlite3_bind_blob (stmt, 1, key, sizeof key, SQLITE_STATIC);
  if (tc_db_step (db, stmt, error) != SQLITE_ROW)
    return FALSE;
  ok = tc_chain_decode_coin (sqlite3_column_blob (stmt, 0), (gsize) sqlite3_column_bytes (stmt, 0), ret_coin)
       || tc_db_damaged (db, "a coin does not decode", error);
  sqlite3_reset (stmt);
  return ok;
}

static gboolean
view_get_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  TcChain *self = user_data;
  g_autoptr(GError) error = NULL;

  if (read_coin (self->view_db, outpoint, ret_coin, &error))
    return TRUE;
  if (error != NULL)
    {
      g_mutex_lock (&self->mutex);
      if (self->fault == NULL)
        self->fault = g_steal_pointer (&error);
      g_mutex_unlock (&self->mutex);
    }
  return FALSE;
}

const TcCoinView *
tc_store_get_coin_view (TcStore *self)
{
  return &self->chain.view;
}

gboolean
tc_store_check_fault (TcStore *self, GError **error)
{
  g_autoptr(GError) fault = NULL;

  g_mutex_lock (&self->chain.mutex);
  if (self->chain.fault != NULL)
    fault = g_error_copy (self->chain.fault);
  g_mutex_unlock (&self->chain.mutex);
  if (fault == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

/* --- Readers --- */

/* The writer's pages are those that a flush changes; what the view reads is kept as coins by the ledger. */
gboolean
tc_store_set_memory (TcStore *self, gsize size_bytes, GError **error)
{
  self->chain.reader_memory = size_bytes / 8 / TC_STORE_READERS_MAX;
  return tc_db_set_memory (self->chain.writer, size_bytes / 2, error) && tc_db_set_memory (self->chain.view_db, size_bytes * 3 / 8, error);
}

TcDb *
tc_chain_take_reader (TcStore *self, GError **error)
{
  TcDb *db = NULL;

  g_mutex_lock (&self->chain.mutex);
  if (self->chain.readers->len > 0)
    db = g_ptr_array_steal_index_fast (self->chain.readers, self->chain.readers->len - 1);
  g_mutex_unlock (&self->chain.mutex);
  if (db != NULL)
    return db;
  db = tc_db_open_reader (&TC_CHAIN_FILE, self->dir, error);
  if (db != NULL && !tc_db_set_memory (db, self->chain.reader_memory, error))
    g_clear_pointer (&db, tc_db_close);
  return db;
}

void
tc_chain_give_reader (TcStore *self, TcDb *db)
{
  g_autoptr(TcDb) surplus = db;

  g_mutex_lock (&self->chain.mutex);
  if (self->chain.readers->len < TC_STORE_READERS_MAX)
    g_ptr_array_add (self->chain.readers, g_steal_pointer (&surplus));
  g_mutex_unlock (&self->chain.mutex);
}

gboolean
tc_chain_read_height (TcDb *db, guint32 *ret_height, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_GET_HEIGHT, error);

  if (stmt == NULL || tc_db_step (db, stmt, error) != SQLITE_ROW)
    return FALSE;
  *ret_height = (guint32) sqlite3_column_int64 (stmt, 0);
  sqlite3_reset (stmt);
  return TRUE;
}

/* @ret_state: NULL for an empty store. */
static gboolean
read_state (TcDb *db, guint32 *ret_height, GBytes **ret_state, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_GET_STATE, error);
  int code = stmt != NULL ? tc_db_step (db, stmt, error) : SQLITE_ERROR;

  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return FALSE;
  if (code == SQLITE_ROW)
    {
      *ret_height = (guint32) sqlite3_column_int64 (stmt, 0);
      *ret_state = tc_db_dup_blob (stmt, 1);
      sqlite3_reset (stmt);
    }
  else
    {
      *ret_height = 0;
      *ret_state = NULL;
    }
  return TRUE;
}

gboolean
tc_chain_read_buckets (TcDb *db, guint8 *buckets, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_GET_BUCKETS, error);
  int code;

  if (stmt == NULL)
    return FALSE;
  while ((code = tc_db_step (db, stmt, error)) == SQLITE_ROW)
    {
      gint64 number = sqlite3_column_int64 (stmt, 0);

      if (number < 0 || number >= N_BUCKETS || sqlite3_column_bytes (stmt, 1) != BUCKET_SIZE)
        {
          sqlite3_reset (stmt);
          return tc_db_damaged (db, "a bucket has a wrong size", error);
        }
      memcpy (buckets + number * BUCKET_SIZE, sqlite3_column_blob (stmt, 1), BUCKET_SIZE);
    }
  return code == SQLITE_DONE;
}

gboolean
tc_store_load_state (TcStore *self, GBytes **ret_state, guint8 **ret_buckets, guint32 *ret_block_height, GError **error)
{
  TcDb *db = tc_chain_take_reader (self, error);
  g_autofree guint8 *buckets = g_malloc0 (N_BUCKETS * BUCKET_SIZE);
  g_autoptr(GBytes) state = NULL;
  guint32 state_height, block_height;
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = tc_db_exec (db, "BEGIN", error);
  ok = ok && read_state (db, &state_height, &state, error) && tc_chain_read_buckets (db, buckets, error) && tc_chain_read_height (db, &block_height, error);
  ok = tc_db_end (db, ok, error);
  tc_chain_give_reader (self, db);
  if (!ok)
    return FALSE;
  *ret_state = g_steal_pointer (&state);
  *ret_buckets = g_steal_pointer (&buckets);
  *ret_block_height = block_height;
  return TRUE;
}

/* Returns: FALSE, without @error, where there is no such block. @ret_hash: (optional). */
static gboolean
read_block_row (TcStore *self, guint32 height, GBytes **ret_block, GBytes **ret_commit, GBytes **ret_hash, GError **error)
{
  TcDb *db = tc_chain_take_reader (self, error);
  sqlite3_stmt *stmt = db != NULL ? tc_db_stmt (db, STMT_GET_BLOCK, error) : NULL;
  gboolean found = FALSE;

  if (stmt != NULL)
    {
      sqlite3_bind_int64 (stmt, 1, height);
      found = tc_db_step (db, stmt, error) == SQLITE_ROW;
      if (found)
        {
          *ret_block = tc_db_dup_blob (stmt, 0);
          *ret_commit = tc_db_dup_blob (stmt, 1);
          if (ret_hash != NULL)
            *ret_hash = tc_db_dup_blob (stmt, 2);
          sqlite3_reset (stmt);
        }
    }
  if (db != NULL)
    tc_chain_give_reader (self, db);
  return found;
}

gboolean
tc_store_read_coins (TcStore *self, const TcOutpoint *outpoints, gsize n, TcCoin *ret_coins, guint8 *ret_found, GError **error)
{
  TcDb *db = tc_chain_take_reader (self, error);
  GError *cause = NULL;
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = tc_db_exec (db, "BEGIN", error);
  for (gsize i = 0; ok && i < n; i++)
    {
      ret_found[i] = read_coin (db, &outpoints[i], &ret_coins[i], &cause) != FALSE;
      ok = cause == NULL;
    }
  if (cause != NULL)
    g_propagate_error (error, cause);
  ok = tc_db_end (db, ok, error);
  tc_chain_give_reader (self, db);
  return ok;
}

gboolean
tc_store_read_block_bytes (TcStore *self, guint32 height, GBytes **ret_block, GBytes **ret_commit, GError **error)
{
  return read_block_row (self, height, ret_block, ret_commit, NULL, error);
}

static gboolean
fail_block (TcStore *self, guint32 height, GError **error)
{
  g_autofree char *what = g_strdup_printf ("block %u does not decode", height);

  return tc_db_damaged (self->chain.writer, what, error);
}

gboolean
tc_store_read_block (TcStore *self, guint32 height, TcBlock **ret_block, TcCommit **ret_commit, GError **error)
{
  g_autoptr(GBytes) block_bytes = NULL, commit_bytes = NULL, hash = NULL;
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcCommit) commit = NULL;

  if (!read_block_row (self, height, &block_bytes, &commit_bytes, &hash, error))
    return FALSE;
  if (ret_block != NULL)
    {
      block = tc_block_decode (g_bytes_get_data (block_bytes, NULL), g_bytes_get_size (block_bytes), NULL);
      if (block == NULL || g_bytes_get_size (hash) != TC_HASH_SIZE || memcmp (g_bytes_get_data (hash, NULL), block->hash.bytes, TC_HASH_SIZE) != 0)
        return fail_block (self, height, error);
    }
  if (ret_commit != NULL)
    {
      commit = tc_commit_decode (g_bytes_get_data (commit_bytes, NULL), g_bytes_get_size (commit_bytes), NULL);
      if (commit == NULL)
        return fail_block (self, height, error);
      *ret_commit = g_steal_pointer (&commit);
    }
  if (ret_block != NULL)
    *ret_block = g_steal_pointer (&block);
  return TRUE;
}

gboolean
tc_chain_read_committee (TcDb *db, guint32 epoch, TcCommittee **ret_committee, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_GET_COMMITTEE, error);
  gboolean ok = TRUE;
  TcReader reader;
  int code;

  *ret_committee = NULL;
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, epoch);
  code = tc_db_step (db, stmt, error);
  if (code == SQLITE_ROW)
    {
      tc_reader_init (&reader, sqlite3_column_blob (stmt, 0), (gsize) sqlite3_column_bytes (stmt, 0));
      *ret_committee = tc_committee_read (&reader);
      ok = *ret_committee != NULL || tc_db_damaged (db, "a committee does not decode", error);
      sqlite3_reset (stmt);
    }
  return ok && (code == SQLITE_ROW || code == SQLITE_DONE);
}

/* A block begins with its header: the rest of it is not read. */
gboolean
tc_chain_read_header (TcDb *db, guint32 height, TcHeader *ret_header, TcCommit **ret_commit, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_GET_COMMIT, error);
  sqlite3_blob *blob = NULL;
  guint8 data[TC_HEADER_SIZE];
  TcReader reader;
  int code;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, height);
  code = tc_db_step (db, stmt, error);
  if (code == SQLITE_ROW)
    {
      *ret_commit = tc_commit_decode (sqlite3_column_blob (stmt, 0), (gsize) sqlite3_column_bytes (stmt, 0), NULL);
      sqlite3_reset (stmt);
    }
  else if (code != SQLITE_DONE)
    return FALSE;
  if (*ret_commit == NULL || sqlite3_blob_open (db->handle, "main", "block", "block", height, 0, &blob) != SQLITE_OK
      || sqlite3_blob_read (blob, data, sizeof data, 0) != SQLITE_OK)
    {
      sqlite3_blob_close (blob);
      return tc_db_damaged (db, "a block is missing or cut short", error);
    }
  sqlite3_blob_close (blob);
  tc_reader_init (&reader, data, sizeof data);
  tc_header_read (&reader, ret_header);
  return tc_reader_end (&reader, "header", NULL) || tc_db_damaged (db, "a block's header does not decode", error);
}

gboolean
tc_store_read_past (TcStore *self, guint32 height, TcHeader *ret_header, TcCommit **ret_commit, TcCommittee **ret_committee, GError **error)
{
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcCommit) commit = NULL;
  TcDb *db;
  gboolean ok;

  if (!tc_store_read_block (self, height, &block, &commit, error))
    return FALSE;
  db = tc_chain_take_reader (self, error);
  ok = db != NULL && tc_chain_read_committee (db, block->header.epoch, ret_committee, error);
  if (db != NULL)
    tc_chain_give_reader (self, db);
  if (!ok)
    return FALSE;
  *ret_header = block->header;
  *ret_commit = g_steal_pointer (&commit);
  return TRUE;
}

gboolean
tc_store_find_block (TcStore *self, const TcHash *hash, guint32 *ret_height, GError **error)
{
  TcDb *db = tc_chain_take_reader (self, error);
  sqlite3_stmt *stmt = db != NULL ? tc_db_stmt (db, STMT_FIND_BLOCK, error) : NULL;
  gboolean found = FALSE;

  if (stmt != NULL)
    {
      sqlite3_bind_blob (stmt, 1, hash->bytes, TC_HASH_SIZE, SQLITE_STATIC);
      found = tc_db_step (db, stmt, error) == SQLITE_ROW;
      if (found)
        {
          *ret_height = (guint32) sqlite3_column_int64 (stmt, 0);
          sqlite3_reset (stmt);
        }
    }
  if (db != NULL)
    tc_chain_give_reader (self, db);
  return found;
}

/* --- The writer --- */

static gboolean
write_committee (TcDb *db, const TcStoreBlock *item, GError **error)
{
  sqlite3_stmt *put = tc_db_stmt (db, STMT_PUT_COMMITTEE, error);
  sqlite3_stmt *cut = put != NULL ? tc_db_stmt (db, STMT_CUT_COMMITTEES, error) : NULL;
  g_autoptr(GByteArray) data = g_byte_array_new ();

  if (cut == NULL)
    return FALSE;
  tc_committee_put (data, item->committee);
  sqlite3_bind_int64 (put, 1, item->committee->epoch);
  sqlite3_bind_blob64 (put, 2, data->data, data->len, SQLITE_STATIC);
  sqlite3_bind_int64 (cut, 1, item->committees_from);
  return tc_db_run (db, put, error) && tc_db_run (db, cut, error);
}

gboolean
tc_chain_put_block (TcChain *self, const TcStoreBlock *item, guint64 *block_bytes, GError **error)
{
  TcDb *db = self->writer;
  g_autoptr(GBytes) block = tc_block_encode (item->block);
  g_autoptr(GByteArray) commit = g_byte_array_new ();
  sqlite3_stmt *put_block = tc_db_stmt (db, STMT_PUT_BLOCK, error);
  sqlite3_stmt *put_hash = put_block != NULL ? tc_db_stmt (db, STMT_PUT_HASH, error) : NULL;
  const TcHash *hash = &item->block->hash;

  if (put_hash == NULL)
    return FALSE;
  tc_commit_put (commit, item->commit);
  sqlite3_bind_int64 (put_block, 1, item->block->header.height);
  sqlite3_bind_blob (put_block, 2, hash->bytes, TC_HASH_SIZE, SQLITE_STATIC);
  tc_db_bind_bytes (put_block, 3, block);
  sqlite3_bind_blob64 (put_block, 4, commit->data, commit->len, SQLITE_STATIC);
  sqlite3_bind_blob (put_hash, 1, hash->bytes, TC_HASH_SIZE, SQLITE_STATIC);
  sqlite3_bind_int64 (put_hash, 2, item->block->header.height);
  *block_bytes += g_bytes_get_size (block) + commit->len;
  return tc_db_run (db, put_block, error) && tc_db_run (db, put_hash, error) && (item->committee == NULL || write_committee (db, item, error))
         && (item->link == NULL || tc_chain_put_link (db, item->link, error));
}

static gboolean
delete_spent (TcDb *db, const TcFlush *flush, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_DELETE_COIN, error);
  guint8 key[TC_CHAIN_OUTPOINT_SIZE];

  for (gsize i = 0; stmt != NULL && i < flush->n_spent; i++)
    {
      tc_chain_encode_outpoint (&flush->spent[i], key);
      sqlite3_bind_blob (stmt, 1, key, sizeof key, SQLITE_STATIC);
      if (!tc_db_run (db, stmt, error))
        return FALSE;
      if (sqlite3_changes (db->handle) != 1)
        return tc_db_damaged (db, "a spent coin is not in it", error);
    }
  return stmt != NULL;
}

static gboolean
insert_created (TcDb *db, const TcFlush *flush, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, STMT_PUT_COIN, error);
  guint8 key[TC_CHAIN_OUTPOINT_SIZE], data[TC_CHAIN_COIN_SIZE_MAX];

  for (gsize i = 0; stmt != NULL && i < flush->n_created; i++)
    {
      tc_chain_encode_outpoint (&flush->created[i].outpoint, key);
      sqlite3_bind_blob (stmt, 1, key, sizeof key, SQLITE_STATIC);
      sqlite3_bind_blob (stmt, 2, data, (int) tc_chain_encode_coin (&flush->created[i].coin, data), SQLITE_STATIC);
      if (!tc_db_run (db, stmt, error))
        return FALSE;
    }
  return stmt != NULL;
}

gboolean
tc_chain_put_bucket (TcChain *self, guint number, const guint8 *bucket, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (self->writer, STMT_PUT_BUCKET, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int (stmt, 1, (int) number);
  sqlite3_bind_blob (stmt, 2, bucket, BUCKET_SIZE, SQLITE_STATIC);
  return tc_db_run (self->writer, stmt, error);
}

gboolean
tc_chain_put_state (TcChain *self, guint32 height, GBytes *state, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (self->writer, STMT_PUT_STATE, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, height);
  tc_db_bind_bytes (stmt, 2, state);
  return tc_db_run (self->writer, stmt, error);
}

static gboolean
write_flush (TcChain *self, const TcFlush *flush, GError **error)
{
  /* Spent first: a collateral that is released is spent and made again at one outpoint (rule M4). */
  if (!delete_spent (self->writer, flush, error) || !insert_created (self->writer, flush, error))
    return FALSE;
  for (guint32 i = 0; i < flush->n_buckets; i++)
    if (!tc_chain_put_bucket (self, flush->bucket_numbers[i], flush->buckets + (gsize) i * BUCKET_SIZE, error))
      return FALSE;
  return tc_chain_put_state (self, flush->height, flush->state, error);
}

gboolean
tc_chain_set_durable (TcChain *self, gboolean durable, GError **error)
{
  self->log_pages_max = durable ? AT_REST_PAGES : CATCH_UP_PAGES;
  if (self->writer_full == durable)
    return TRUE;
  if (!tc_db_exec (self->writer, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error))
    return FALSE;
  self->writer_full = durable;
  return TRUE;
}

gboolean
tc_chain_set_background (TcChain *self, GError **error)
{
  if (!tc_chain_set_durable (self, FALSE, error))
    return FALSE;
  self->log_pages_max = AT_REST_PAGES;
  return TRUE;
}

static int
on_wal (gpointer user_data, sqlite3 *handle, const char *schema, int n_pages)
{
  TcChain *self = user_data;
  /* While a snapshot reads the past, to cut the log would be to wait for it. */
  const gboolean cut = self->writer_full && g_atomic_int_get (&self->n_dumps) == 0;

  /* A checkpoint that fails loses nothing: the log holds everything, and the next write says what is wrong with the disk. */
  if (n_pages >= self->log_pages_max)
    sqlite3_wal_checkpoint_v2 (handle, schema, cut ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  return SQLITE_OK;
}

static void
check_order (const TcChain *self, const TcStoreBlock *blocks, gsize n_blocks, const TcFlush *flush)
{
  guint32 height = self->block_height;

  for (gsize i = 0; i < n_blocks; i++)
    {
      guint32 next = blocks[i].block->header.height;

      TC_CHECK (blocks[i].commit != NULL && blocks[i].commit->height == next);
      TC_CHECK (next == height + 1 || (height == 0 && next > 0));
      height = next;
    }
  if (flush != NULL && self->has_state)
    TC_CHECK (flush->height >= self->state_height);
}

static gboolean
write_blocks (TcChain *self, const TcStoreBlock *blocks, gsize n_blocks, const GArray *gaps, guint64 *block_bytes, GError **error)
{
  for (gsize i = 0; i < n_blocks; i++)
    if (!tc_chain_put_block (self, &blocks[i], block_bytes, error))
      return FALSE;
  return n_blocks == 0 || tc_chain_put_history (self, gaps, *block_bytes, error);
}

gboolean
tc_store_write (TcStore *self, const TcStoreBlock *blocks, gsize n_blocks, TcFlush *flush, gboolean durable, GError **error)
{
  TcChain *chain = &self->chain;
  g_autoptr(GArray) gaps = n_blocks > 0 ? tc_chain_dup_gaps (chain, blocks[0].block->header.height) : NULL;
  guint64 block_bytes = chain->block_bytes;
  TcDb *db = chain->writer;
  gboolean ok;

  check_order (chain, blocks, n_blocks, flush);
  if (!tc_chain_set_durable (chain, durable, error) || !tc_db_begin (db, error))
    return FALSE;
  ok = write_blocks (chain, blocks, n_blocks, gaps, &block_bytes, error) && (flush == NULL || write_flush (chain, flush, error));
  if (!tc_db_end (db, ok, error))
    return FALSE;
  if (n_blocks > 0)
    tc_chain_take_history (chain, gaps, block_bytes, blocks[n_blocks - 1].block->header.height);
  if (flush != NULL)
    {
      chain->state_height = flush->height;
      chain->has_state = TRUE;
    }
  return TRUE;
}

/* --- Open and close --- */

gboolean
tc_chain_open (TcChain *self, const char *dir, const TcHash *chain_id, GError **error)
{
  g_autoptr(GBytes) state = NULL;

  g_mutex_init (&self->mutex);
  self->reader_memory = READER_MEMORY;
  self->readers = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_db_close);
  self->gaps = g_array_new (FALSE, FALSE, sizeof (TcGap));
  self->snapshots = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->view = (TcCoinView) { view_get_coin, self };
  self->writer = tc_db_open (&TC_CHAIN_FILE, dir, chain_id, error);
  if (self->writer == NULL)
    return FALSE;
  sqlite3_wal_hook (self->writer->handle, on_wal, self);
  self->view_db = tc_db_open_reader (&TC_CHAIN_FILE, dir, error);
  if (self->view_db == NULL || !tc_chain_read_height (self->writer, &self->block_height, error)
      || !tc_chain_fill_links (self->writer, self->block_height, error)
      || !read_state (self->writer, &self->state_height, &state, error) || !tc_chain_load_history (self, error) || !tc_chain_load_import (self, error))
    return FALSE;
  self->has_state = state != NULL;
  tc_chain_find_snapshots (self, dir);
  return TRUE;
}

void
tc_chain_close (TcChain *self)
{
  if (self->readers == NULL)
    return;
  TC_CHECK (g_atomic_int_get (&self->n_dumps) == 0);
  g_ptr_array_unref (self->readers);
  g_array_unref (self->gaps);
  g_array_unref (self->snapshots);
  tc_db_close (self->view_db);
  tc_db_close (self->writer);
  g_clear_error (&self->fault);
  g_mutex_clear (&self->mutex);
}
