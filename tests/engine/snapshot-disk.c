#include "snapshot-disk.h"

#include "engine/messages.h"

#define SNAPSHOTS_MAX 3u

void
snapshot_disk_block_free (gpointer block)
{
  if (block != NULL)
    tc_block_unref (block);
}

void
snapshot_disk_commit_free (gpointer commit)
{
  if (commit != NULL)
    tc_commit_unref (commit);
}

void
snapshot_disk_committee_free (gpointer committee)
{
  if (committee != NULL)
    tc_committee_unref (committee);
}

void
snapshot_disk_init (SnapshotDisk *self)
{
  *self = (SnapshotDisk) { .snapshots = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_memory_snapshot_free) };
}

void
snapshot_disk_clear (SnapshotDisk *self)
{
  g_ptr_array_unref (self->snapshots);
  g_clear_pointer (&self->import, tc_memory_snapshot_free);
}

static void
add (SnapshotDisk *self, TcMemorySnapshot *snapshot)
{
  g_ptr_array_add (self->snapshots, snapshot);
  if (self->snapshots->len > SNAPSHOTS_MAX)
    g_ptr_array_remove_index (self->snapshots, 0);
}

void
snapshot_disk_make (SnapshotDisk *self, const TcEffect *effect)
{
  const TcMemorySnapshot *newest = self->snapshots->len > 0 ? g_ptr_array_index (self->snapshots, self->snapshots->len - 1) : NULL;

  /* A commit that was lost with the power is made again. */
  if (newest == NULL || newest->height < effect->height)
    add (self, tc_memory_snapshot_new (effect->height, self->coins, self->buckets, effect->body));
}

GBytes *
snapshot_disk_page (const SnapshotDisk *self, const TcEffect *effect)
{
  const TcGetPart at = { effect->height, (guint16) effect->part, effect->offset };

  for (guint i = 0; i < self->snapshots->len; i++)
    {
      const TcMemorySnapshot *snapshot = g_ptr_array_index (self->snapshots, i);
      gsize n;
      const guint8 *data;

      if (snapshot->height != effect->height)
        continue;
      data = g_bytes_get_data (snapshot->parts[effect->part], &n);
      if (effect->offset < n || n == 0)
        return tc_part_page_encode (&at, (guint32) n, n > 0 ? data + effect->offset : NULL, MIN (n - effect->offset, TC_PART_PAGE_MAX));
    }
  return NULL;
}

gboolean
snapshot_disk_take (SnapshotDisk *self, const TcEffect *effect)
{
  if (effect->part == TC_SNAPSHOT_MANIFEST && (self->import == NULL || self->import->height != effect->height))
    {
      g_clear_pointer (&self->import, tc_memory_snapshot_free);
      self->import = tc_memory_snapshot_new_empty (&effect->block->header);
    }
  g_assert_cmpuint (self->import->height, ==, effect->height);
  return tc_memory_snapshot_take (self->import, effect->part, effect->body);
}

void
snapshot_disk_install (SnapshotDisk *self, const TcEffect *effect, const TcGenesis *genesis)
{
  const guint32 height = effect->height;
  g_autoptr(GError) error = NULL;

  tc_memory_snapshot_install (self->import, self->coins, self->buckets);
  g_clear_pointer (self->state, g_bytes_unref);
  *self->state = tc_ledger_snapshot_state (genesis, &effect->block->header, effect->prev_last_height, effect->committee,
                                           self->import->parts[TC_SNAPSHOT_MANIFEST], &error);
  g_assert_no_error (error);
  add (self, g_steal_pointer (&self->import));
  g_assert_cmpuint (self->blocks->len, <, height);
  g_ptr_array_set_size (self->blocks, (gint) height);
  g_ptr_array_set_size (self->commits, (gint) height);
  self->blocks->pdata[height - 1] = tc_block_ref (effect->block);
  self->commits->pdata[height - 1] = tc_commit_ref (effect->commit);
  g_assert_cmpuint (self->committees->len, <=, effect->committee->epoch);
  g_ptr_array_set_size (self->committees, (gint) effect->committee->epoch - 1);
  g_ptr_array_add (self->committees, tc_committee_ref (effect->committee));
}

/* Of the highest gap: the height below the blocks above it; 0: there is none. */
static guint32
find_gap (const SnapshotDisk *self, guint32 *ret_lowest)
{
  guint32 highest = self->blocks->len;

  while (highest > 0 && self->blocks->pdata[highest - 1] != NULL)
    highest--;
  *ret_lowest = highest;
  while (*ret_lowest > 1 && self->blocks->pdata[*ret_lowest - 2] == NULL)
    (*ret_lowest)--;
  return highest;
}

void
snapshot_disk_past (SnapshotDisk *self, const TcEffect *effect)
{
  guint32 lowest, height = find_gap (self, &lowest);

  for (guint i = 0; i < effect->blocks->len; i++, height--)
    {
      TcBlock *block = g_ptr_array_index (effect->blocks, i);

      g_assert_cmpuint (block->header.height, ==, height);
      g_assert_null (self->blocks->pdata[height - 1]);
      self->blocks->pdata[height - 1] = tc_block_ref (block);
      self->commits->pdata[height - 1] = tc_commit_ref (g_ptr_array_index (effect->commits, i));
    }
  g_assert_cmpuint (height + 1, ==, effect->height);
}

void
snapshot_disk_tell (const SnapshotDisk *self, TcEngine *engine)
{
  guint32 heights[SNAPSHOTS_MAX], lowest;

  for (guint i = 0; i < self->snapshots->len; i++)
    heights[i] = ((TcMemorySnapshot *) g_ptr_array_index (self->snapshots, i))->height;
  tc_engine_set_served (engine, find_gap (self, &lowest) + 1, heights, self->snapshots->len);
}

void
snapshot_disk_tell_gap (const SnapshotDisk *self, TcEngine *engine)
{
  guint32 lowest;
  const guint32 highest = find_gap (self, &lowest);

  if (highest > 0)
    tc_engine_set_gap (engine, self->blocks->pdata[highest], lowest);
}

void
snapshot_disk_restore (const SnapshotDisk *self, TcEngine *engine)
{
  guint8 parts[TC_SNAPSHOT_MANIFEST / 8] = { 0 };
  TcHash hash;

  snapshot_disk_tell (self, engine);
  snapshot_disk_tell_gap (self, engine);
  if (self->import == NULL)
    return;
  for (guint i = 0; i < TC_SNAPSHOT_MANIFEST; i++)
    parts[i / 8] |= (guint8) ((self->import->parts[i] != NULL ? 1u : 0u) << (i % 8));
  hash = tc_header_hash (&self->import->header);
  tc_engine_restore_import (engine, self->import->height, &hash, parts);
}
