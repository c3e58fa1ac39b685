#include "snapshot-disk.h"

#include <string.h>

#define SNAPSHOTS_MAX 3u

void
snapshot_disk_make (EngineNode *node, const TcEffect *effect)
{
  g_assert_cmpuint (node->state_height, ==, effect->height);
  if (node->makes_none)
    return;
  g_ptr_array_add (node->snapshots, tc_memory_snapshot_new (effect->height, node->store->coins, node->store->buckets, effect->body));
  if (node->snapshots->len > SNAPSHOTS_MAX)
    g_ptr_array_remove_index (node->snapshots, 0);
  snapshot_disk_tell (node);
}

GBytes *
snapshot_disk_page (const EngineNode *node, const TcEffect *effect)
{
  const TcGetPart at = { effect->height, (guint16) effect->part, effect->offset };

  for (guint i = 0; i < node->snapshots->len; i++)
    {
      const TcMemorySnapshot *snapshot = g_ptr_array_index (node->snapshots, i);
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
snapshot_disk_take (EngineNode *node, const TcEffect *effect)
{
  if (effect->part == TC_SNAPSHOT_MANIFEST && (node->import == NULL || node->import->height != effect->height))
    {
      g_clear_pointer (&node->import, tc_memory_snapshot_free);
      node->import = tc_memory_snapshot_new_empty (&effect->block->header);
    }
  g_assert_cmpuint (node->import->height, ==, effect->height);
  node->n_parts_stored++;
  return tc_memory_snapshot_take (node->import, effect->part, effect->body);
}

void
snapshot_disk_install (EngineNode *node, const TcEffect *effect, const TcGenesis *genesis)
{
  const guint32 height = effect->height;
  g_autoptr(GError) error = NULL;

  tc_memory_snapshot_install (node->import, node->store->coins, node->store->buckets);
  g_clear_pointer (&node->store->state, g_bytes_unref);
  node->store->state = tc_ledger_snapshot_state (genesis, &effect->block->header, effect->prev_last_height, effect->committee,
                                                 node->import->parts[TC_SNAPSHOT_MANIFEST], &error);
  g_assert_no_error (error);
  g_ptr_array_add (node->snapshots, g_steal_pointer (&node->import));
  g_assert_cmpuint (node->blocks->len, <, height);
  g_ptr_array_set_size (node->blocks, (gint) height);
  g_ptr_array_set_size (node->commits, (gint) height);
  node->blocks->pdata[height - 1] = tc_block_ref (effect->block);
  node->commits->pdata[height - 1] = tc_commit_ref (effect->commit);
  g_ptr_array_set_size (node->committees, (gint) effect->committee->epoch);
  node->committees->pdata[effect->committee->epoch - 1] = tc_committee_ref (effect->committee);
  node->state_height = height;
  node->n_installed++;
}

/* Of the highest gap. */
static guint32
find_gap (const EngineNode *node, guint32 *ret_lowest)
{
  guint32 above = node->blocks->len;

  while (above > 0 && node->blocks->pdata[above - 1] != NULL)
    above--;
  *ret_lowest = above;
  while (*ret_lowest > 1 && node->blocks->pdata[*ret_lowest - 2] == NULL)
    (*ret_lowest)--;
  return above;
}

void
snapshot_disk_past (EngineNode *node, const TcEffect *effect)
{
  guint32 lowest, height = find_gap (node, &lowest);

  for (guint i = 0; i < effect->blocks->len; i++, height--)
    {
      TcBlock *block = g_ptr_array_index (effect->blocks, i);

      g_assert_cmpuint (block->header.height, ==, height);
      g_assert_null (node->blocks->pdata[height - 1]);
      node->blocks->pdata[height - 1] = tc_block_ref (block);
      node->commits->pdata[height - 1] = tc_commit_ref (g_ptr_array_index (effect->commits, i));
    }
  g_assert_cmpuint (height + 1, ==, effect->height);
  snapshot_disk_tell (node);
}

void
snapshot_disk_tell_gap (EngineNode *node)
{
  guint32 lowest;
  const guint32 gap = find_gap (node, &lowest);

  if (gap > 0)
    tc_engine_set_gap (node->engine, node->blocks->pdata[gap], lowest);
}

void
snapshot_disk_tell (EngineNode *node)
{
  guint32 heights[SNAPSHOTS_MAX], lowest;
  const guint n = node->snapshots->len, skip = n - MIN (n, SNAPSHOTS_MAX);

  for (guint i = skip; i < n; i++)
    heights[i - skip] = ((TcMemorySnapshot *) g_ptr_array_index (node->snapshots, i))->height;
  if (node->engine != NULL)
    tc_engine_set_served (node->engine, find_gap (node, &lowest) + 1, heights, n - skip);
}

void
snapshot_disk_restore (EngineNode *node)
{
  snapshot_disk_tell (node);
  snapshot_disk_tell_gap (node);
  if (node->import != NULL)
    {
      const TcHash hash = tc_header_hash (&node->import->header);
      guint8 parts[TC_SNAPSHOT_MANIFEST / 8] = { 0 };

      for (guint i = 0; i < TC_SNAPSHOT_MANIFEST; i++)
        parts[i / 8] |= (guint8) ((node->import->parts[i] != NULL ? 1u : 0u) << (i % 8));
      tc_engine_restore_import (node->engine, node->import->height, &hash, parts);
    }
}
