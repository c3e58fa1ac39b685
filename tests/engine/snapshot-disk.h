#pragma once

#include "engine/engine.h"
#include "memory-snapshot.h"

G_BEGIN_DECLS

/* What a disk in memory holds beside blocks and state: snapshots made, one on its way here, and gaps in the blocks (S2). For engine-net.c and the simulator. */
typedef struct
{
  GPtrArray        *snapshots;  /* TcMemorySnapshot that it serves */
  TcMemorySnapshot *import;     /* (nullable): on its way here */

  /* Borrowed. */
  GPtrArray        *blocks, *commits;  /* from height 1; NULL: not here */
  GPtrArray        *committees;        /* from epoch 1; NULL: not here */
  GHashTable       *coins;             /* TcOutpoint -> TcCoin */
  guint8           *buckets;
  GBytes          **state;
} SnapshotDisk;

/* For arrays with gaps. */
void     snapshot_disk_block_free     (gpointer block);
void     snapshot_disk_commit_free    (gpointer commit);
void     snapshot_disk_committee_free (gpointer committee);

/* The rest is the caller's to set. */
void     snapshot_disk_init    (SnapshotDisk *self);
void     snapshot_disk_clear   (SnapshotDisk *self);
void     snapshot_disk_make    (SnapshotDisk *self, const TcEffect *effect);     /* SNAPSHOT */
/* SERVE_PART. Returns: (transfer full) (nullable): the answer. */
GBytes  *snapshot_disk_page    (const SnapshotDisk *self, const TcEffect *effect);
gboolean snapshot_disk_take    (SnapshotDisk *self, const TcEffect *effect);     /* STORE_PART. Returns: what PART_STORED says. */
void     snapshot_disk_install (SnapshotDisk *self, const TcEffect *effect, const TcGenesis *genesis);
void     snapshot_disk_past    (SnapshotDisk *self, const TcEffect *effect);     /* STORE_PAST */
/* What is served. */
void     snapshot_disk_tell    (const SnapshotDisk *self, TcEngine *engine);
/* Of the highest gap, if there is one. */
void     snapshot_disk_tell_gap (const SnapshotDisk *self, TcEngine *engine);
/* A new engine what is there. */
void     snapshot_disk_restore (const SnapshotDisk *self, TcEngine *engine);

G_END_DECLS
