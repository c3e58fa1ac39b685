#include "memory-snapshot.h"

#include <string.h>

#include "core/check.h"

/* By the 36 bytes, of which the index has the least significant first. */
static int
compare_outpoints (gconstpointer a, gconstpointer b)
{
  const TcOutpoint *x = *(const TcOutpoint *const *) a, *y = *(const TcOutpoint *const *) b;
  const guint32 x_index = GUINT32_SWAP_LE_BE (x->index), y_index = GUINT32_SWAP_LE_BE (y->index);
  const int order = memcmp (x->txid.bytes, y->txid.bytes, TC_HASH_SIZE);

  return order != 0 ? order : (x_index > y_index) - (x_index < y_index);
}

TcMemorySnapshot *
tc_memory_snapshot_new (guint32 height, GHashTable *coins, const guint8 *buckets, GBytes *record)
{
  TcMemorySnapshot *self = g_new0 (TcMemorySnapshot, 1);
  GByteArray *parts[TC_SNAPSHOT_MANIFEST];
  guint n;
  g_autofree TcOutpoint **outpoints = (TcOutpoint **) g_hash_table_get_keys_as_array (coins, &n);

  qsort (outpoints, n, sizeof *outpoints, compare_outpoints);
  for (guint part = 0; part < TC_SNAPSHOT_MANIFEST; part++)
    parts[part] = g_byte_array_new ();
  for (guint i = 0; i < n; i++)
    tc_snapshot_put_coin (parts[outpoints[i]->txid.bytes[0]], outpoints[i], &((const TcCoin *) g_hash_table_lookup (coins, outpoints[i]))->output);
  for (guint part = 0; part < TC_SNAPSHOT_MANIFEST; part++)
    self->parts[part] = g_byte_array_free_to_bytes (parts[part]);
  self->parts[TC_SNAPSHOT_MANIFEST] = tc_snapshot_make_manifest (buckets, record);
  self->height = height;
  return self;
}

TcMemorySnapshot *
tc_memory_snapshot_new_empty (const TcHeader *header)
{
  TcMemorySnapshot *self = g_new0 (TcMemorySnapshot, 1);

  self->height = header->height;
  self->header = *header;
  return self;
}

void
tc_memory_snapshot_free (TcMemorySnapshot *self)
{
  for (guint i = 0; i < TC_SNAPSHOT_N_PARTS; i++)
    g_clear_pointer (&self->parts[i], g_bytes_unref);
  g_free (self);
}

gboolean
tc_memory_snapshot_take (TcMemorySnapshot *self, guint part, GBytes *bytes)
{
  GBytes *manifest = self->parts[TC_SNAPSHOT_MANIFEST];
  gboolean holds;

  if (part == TC_SNAPSHOT_MANIFEST)
    holds = tc_snapshot_check_manifest (&self->header, bytes);
  else
    holds = tc_snapshot_check_part (bytes, part, tc_snapshot_get_bucket (manifest, part), NULL);
  if (holds && self->parts[part] == NULL)
    self->parts[part] = g_bytes_ref (bytes);
  return holds;
}

void
tc_memory_snapshot_install (const TcMemorySnapshot *self, GHashTable *coins, guint8 *buckets)
{
  g_hash_table_remove_all (coins);
  for (guint part = 0; part < TC_SNAPSHOT_MANIFEST; part++)
    {
      TcSnapshotIter iter;
      TcOutpoint outpoint;
      TcCoin coin;

      tc_snapshot_iter_init (&iter, self->parts[part], part);
      while (tc_snapshot_iter_next (&iter, &outpoint, &coin))
        g_hash_table_insert (coins, g_memdup2 (&outpoint, sizeof outpoint), g_memdup2 (&coin, sizeof coin));
      TC_CHECK (tc_snapshot_iter_end (&iter));
      memcpy (buckets + part * TC_LTHASH_BUCKET_SIZE, tc_snapshot_get_bucket (self->parts[TC_SNAPSHOT_MANIFEST], part), TC_LTHASH_BUCKET_SIZE);
    }
}
