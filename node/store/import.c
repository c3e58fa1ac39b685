#include "snapshot.h"
#include "store-private.h"

#include "core/check.h"

/* A snapshot is taken in beside the coins that are there, and takes their place when it is whole. */

#define N_PARTS TC_LTHASH_BUCKETS

static gboolean
has_part (const TcImport *self, guint part)
{
  return (self->parts[part / 8] >> (part % 8)) & 1;
}

static void
mark_part (TcImport *self, guint part)
{
  self->parts[part / 8] = (guint8) (self->parts[part / 8] | (1u << (part % 8)));
  self->n_parts++;
}

void
tc_store_import_clear (TcStoreImport *self)
{
  g_clear_pointer (&self->manifest, g_bytes_unref);
}

/* Header and manifest. Returns: FALSE without @error where none is under way. */
static gboolean
load_head (TcDb *db, TcHeader *ret_header, GBytes **ret_manifest, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (db, "SELECT header, manifest FROM import WHERE id = 0", error);
  TcReader reader;

  if (stmt == NULL || tc_db_step (db, stmt, error) != SQLITE_ROW)
    return FALSE;
  tc_reader_init (&reader, sqlite3_column_blob (stmt, 0), (gsize) sqlite3_column_bytes (stmt, 0));
  tc_header_read (&reader, ret_header);
  if (!tc_reader_end (&reader, "header", NULL) || sqlite3_column_bytes (stmt, 1) <= (int) TC_SNAPSHOT_BUCKETS_SIZE)
    return tc_db_damaged (db, "the snapshot under way does not decode", error);
  *ret_manifest = tc_db_dup_blob (stmt, 1);
  return TRUE;
}

static gboolean
load_parts (TcDb *db, guint8 parts[N_PARTS / 8], guint *n_parts, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (db, "SELECT part FROM import_part", error);
  int code;

  if (stmt == NULL)
    return FALSE;
  while ((code = tc_db_step (db, stmt, error)) == SQLITE_ROW)
    {
      const gint64 part = sqlite3_column_int64 (stmt, 0);

      if (part < 0 || part >= N_PARTS)
        return tc_db_damaged (db, "a snapshot has no such part", error);
      parts[part / 8] = (guint8) (parts[part / 8] | (1u << (part % 8)));
      (*n_parts)++;
    }
  return code == SQLITE_DONE;
}

gboolean
tc_chain_load_import (TcChain *self, GError **error)
{
  g_autoptr(GBytes) manifest = NULL;
  g_autoptr(GError) cause = NULL;
  TcHeader header;

  self->import = (TcImport) { 0 };
  if (!load_head (self->writer, &header, &manifest, &cause))
    {
      if (cause == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  self->import.under_way = TRUE;
  self->import.height = header.height;
  self->import.hash = tc_header_hash (&header);
  return load_parts (self->writer, self->import.parts, &self->import.n_parts, error);
}

gboolean
tc_store_import_load (TcStore *self, TcStoreImport *ret_import, GError **error)
{
  TcDb *db = tc_chain_take_reader (self, error);
  g_auto(TcStoreImport) found = { .n_parts = 0 };
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = tc_db_exec (db, "BEGIN", error);
  ok = ok && load_head (db, &found.header, &found.manifest, error) && load_parts (db, found.parts, &found.n_parts, error);
  ok = tc_db_end (db, ok, ok ? error : NULL);
  tc_chain_give_reader (self, db);
  if (!ok)
    return FALSE;
  *ret_import = found;
  found.manifest = NULL;
  return TRUE;
}

static gboolean
clear_tables (TcDb *db, GError **error)
{
  return tc_db_exec (db, "DROP TABLE import_coin; DELETE FROM import; DELETE FROM import_part; " TC_CHAIN_IMPORT_COIN, error);
}

gboolean
tc_store_import_cancel (TcStore *self, GError **error)
{
  TcChain *chain = &self->chain;

  if (!chain->import.under_way)
    return TRUE;
  if (!tc_chain_set_durable (chain, FALSE, error) || !tc_db_begin (chain->writer, error)
      || !tc_db_end (chain->writer, clear_tables (chain->writer, error), error))
    return FALSE;
  chain->import = (TcImport) { 0 };
  return TRUE;
}

static gboolean
put_head (TcDb *db, const TcHeader *header, GBytes *manifest, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (db, "INSERT INTO import (id, header, manifest) VALUES (0, ?1, ?2)", error);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  if (stmt == NULL)
    return FALSE;
  tc_header_put (bytes, header);
  sqlite3_bind_blob64 (stmt, 1, bytes->data, bytes->len, SQLITE_STATIC);
  tc_db_bind_bytes (stmt, 2, manifest);
  return tc_db_run (db, stmt, error);
}

gboolean
tc_store_import_begin (TcStore *self, const TcHeader *header, GBytes *manifest, GError **error)
{
  TcChain *chain = &self->chain;
  const TcHash hash = tc_header_hash (header);

  if (chain->import.under_way && tc_hash_equal (&chain->import.hash, &hash))
    return TRUE;
  if (!tc_store_import_cancel (self, error) || !tc_chain_set_durable (chain, FALSE, error) || !tc_db_begin (chain->writer, error)
      || !tc_db_end (chain->writer, put_head (chain->writer, header, manifest, error), error))
    return FALSE;
  chain->import = (TcImport) { .under_way = TRUE, .hash = hash, .height = header->height };
  return TRUE;
}

/* In the order of the tree, so that each of its pages is filled once. */
static gboolean
insert_coins (TcDb *db, guint part, GBytes *bytes, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (db, "INSERT INTO import_coin (outpoint, data) VALUES (?1, ?2)", error);
  guint8 key[TC_CHAIN_OUTPOINT_SIZE], data[TC_CHAIN_COIN_SIZE_MAX];
  TcSnapshotIter iter;
  TcOutpoint outpoint;
  TcCoin coin;

  if (stmt == NULL)
    return FALSE;
  tc_snapshot_iter_init (&iter, bytes, part);
  while (tc_snapshot_iter_next (&iter, &outpoint, &coin))
    {
      tc_chain_encode_outpoint (&outpoint, key);
      sqlite3_bind_blob (stmt, 1, key, sizeof key, SQLITE_STATIC);
      sqlite3_bind_blob (stmt, 2, data, (int) tc_chain_encode_coin (&coin, data), SQLITE_STATIC);
      if (!tc_db_run (db, stmt, error))
        return FALSE;
    }
  TC_CHECK (tc_snapshot_iter_end (&iter));
  return TRUE;
}

static gboolean
put_mark (TcDb *db, guint part, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (db, "INSERT INTO import_part (part) VALUES (?1)", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int (stmt, 1, (int) part);
  return tc_db_run (db, stmt, error);
}

gboolean
tc_store_import_part (TcStore *self, guint part, GBytes *bytes, GError **error)
{
  TcChain *chain = &self->chain;
  TcDb *db = chain->writer;

  TC_CHECK (chain->import.under_way && part < N_PARTS);
  if (has_part (&chain->import, part))
    return TRUE;
  if (!tc_chain_set_durable (chain, FALSE, error) || !tc_db_begin (db, error)
      || !tc_db_end (db, insert_coins (db, part, bytes, error) && put_mark (db, part, error), error))
    return FALSE;
  mark_part (&chain->import, part);
  return TRUE;
}

/* The state that was goes, the snapshot's comes. */
static gboolean
put_snapshot (TcChain *self, GBytes *manifest, GBytes *state, GError **error)
{
  if (!tc_db_exec (self->writer, "DROP TABLE coin; ALTER TABLE import_coin RENAME TO coin; DELETE FROM import; DELETE FROM import_part; " TC_CHAIN_IMPORT_COIN, error))
    return FALSE;
  for (guint i = 0; i < N_PARTS; i++)
    if (!tc_chain_put_bucket (self, i, tc_snapshot_get_bucket (manifest, i), error))
      return FALSE;
  return tc_chain_put_state (self, self->import.height, state, error);
}

gboolean
tc_store_import_finish (TcStore *self, GBytes *state, const TcStoreBlock *last, GError **error)
{
  TcChain *chain = &self->chain;
  g_auto(TcStoreImport) import = { 0 };
  g_autoptr(GArray) gaps = tc_chain_dup_gaps (chain, chain->import.height);
  guint64 block_bytes = chain->block_bytes;
  gboolean ok;

  TC_CHECK (chain->import.under_way && chain->import.n_parts == N_PARTS && chain->import.height > chain->block_height
            && tc_hash_equal (&last->block->hash, &chain->import.hash));
  if (!tc_store_import_load (self, &import, error) || !tc_chain_set_durable (chain, TRUE, error) || !tc_db_begin (chain->writer, error))
    return FALSE;
  ok = put_snapshot (chain, import.manifest, state, error) && tc_chain_put_block (chain, last, &block_bytes, error)
       && tc_chain_put_history (chain, gaps, block_bytes, error);
  if (!tc_db_end (chain->writer, ok, error))
    return FALSE;
  tc_chain_take_history (chain, gaps, block_bytes, chain->import.height);
  chain->state_height = chain->import.height;
  chain->has_state = TRUE;
  chain->import = (TcImport) { 0 };
  return TRUE;
}
