#include "public-keys.h"

#include <string.h>

struct _TcPublicKeys
{
  TcDb       *db;
  GHashTable *wanted;  /* TcKeyHash */
};

static gboolean
read_key_hash (TcDb *db, sqlite3_stmt *row, TcKeyHash *ret_hash)
{
  const void *data = sqlite3_column_blob (row, 0);

  if (sqlite3_column_bytes (row, 0) != (int) TC_KEY_HASH_SIZE)
    {
      tc_wallet_db_damaged (db);
      return FALSE;
    }
  memcpy (ret_hash->bytes, data, TC_KEY_HASH_SIZE);
  return TRUE;
}

TcPublicKeys *
tc_public_keys_new (TcDb *db)
{
  TcPublicKeys *self = g_new0 (TcPublicKeys, 1);
  sqlite3_stmt *rows = tc_wallet_db_select (db, "SELECT key_hash FROM pubkeys WHERE key IS NULL", "");
  TcKeyHash hash;

  self->db = db;
  self->wanted = g_hash_table_new_full (tc_key_hash_hash, tc_key_hash_equal, g_free, NULL);
  while (tc_wallet_db_next (db, rows))
    if (read_key_hash (db, rows, &hash))
      g_hash_table_add (self->wanted, g_memdup2 (&hash, sizeof hash));
  return self;
}

void
tc_public_keys_free (TcPublicKeys *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->wanted);
  g_free (self);
}

gboolean
tc_public_keys_find (TcPublicKeys *self, const TcKeyHash *key_hash, TcPublicKey *ret_key)
{
  sqlite3_stmt *row = tc_wallet_db_select (self->db, "SELECT key FROM pubkeys WHERE key_hash = ? AND key IS NOT NULL", "b", key_hash->bytes,
                                           (gsize) TC_KEY_HASH_SIZE);
  gboolean found = FALSE;

  if (!tc_wallet_db_next (self->db, row))
    return FALSE;
  if (sqlite3_column_bytes (row, 0) == (int) TC_PUBLIC_KEY_SIZE)
    {
      TcPublicKey key;

      memcpy (key.bytes, sqlite3_column_blob (row, 0), TC_PUBLIC_KEY_SIZE);
      const TcKeyHash hash = tc_key_hash (&key);
      found = tc_key_hash_equal (&hash, key_hash);
      if (found)
        *ret_key = key;
    }
  sqlite3_reset (row);
  if (!found)
    tc_wallet_db_damaged (self->db);
  return found;
}

void
tc_public_keys_add (TcPublicKeys *self, const TcPublicKey *key)
{
  const TcKeyHash hash = tc_key_hash (key);

  tc_wallet_db_run (self->db, "INSERT OR REPLACE INTO pubkeys VALUES (?, ?)", "bb", hash.bytes, (gsize) TC_KEY_HASH_SIZE, key->bytes,
                    (gsize) TC_PUBLIC_KEY_SIZE);
  g_hash_table_remove (self->wanted, &hash);
}

void
tc_public_keys_want (TcPublicKeys *self, const TcKeyHash *key_hash)
{
  TcPublicKey key;

  if (g_hash_table_contains (self->wanted, key_hash) || tc_public_keys_find (self, key_hash, &key))
    return;
  tc_wallet_db_run (self->db, "INSERT OR IGNORE INTO pubkeys VALUES (?, NULL)", "b", key_hash->bytes, (gsize) TC_KEY_HASH_SIZE);
  g_hash_table_add (self->wanted, g_memdup2 (key_hash, sizeof *key_hash));
}

void
tc_public_keys_see (TcPublicKeys *self, const TcTx *tx, gboolean all)
{
  for (guint32 i = 0; (all || g_hash_table_size (self->wanted) > 0) && i < tx->n_witnesses; i++)
    {
      const TcKeyHash hash = tc_key_hash (&tx->witnesses[i].key);

      if (all || g_hash_table_contains (self->wanted, &hash))
        tc_public_keys_add (self, &tx->witnesses[i].key);
    }
}
