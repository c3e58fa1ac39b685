#pragma once

#include "ledger/snapshot.h"

G_BEGIN_DECLS

/* For tests: a snapshot (S2) in memory, whole or on its way here. */
typedef struct
{
  guint32   height;
  TcHeader  header;   /* of one on its way */
  GBytes   *parts[TC_SNAPSHOT_N_PARTS];  /* (nullable): not here yet */
} TcMemorySnapshot;

/* Of the state whose coins are in @coins (TcOutpoint -> TcCoin). */
TcMemorySnapshot *tc_memory_snapshot_new     (guint32 height, GHashTable *coins, const guint8 *buckets, GBytes *record);
/* Nothing of it is here. */
TcMemorySnapshot *tc_memory_snapshot_new_empty (const TcHeader *header);
void              tc_memory_snapshot_free    (TcMemorySnapshot *self);
/* Proves a part and keeps it. The manifest comes first. */
gboolean          tc_memory_snapshot_take    (TcMemorySnapshot *self, guint part, GBytes *bytes);
/* Puts its coins and buckets in the place of what is there. All parts must be here. */
void              tc_memory_snapshot_install (const TcMemorySnapshot *self, GHashTable *coins, guint8 *buckets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcMemorySnapshot, tc_memory_snapshot_free)

G_END_DECLS
