#pragma once

#include "engine-net.h"

G_BEGIN_DECLS

/* What engine-net.c's disks hold beside blocks and state: snapshots made, one on its way here, and gaps in the blocks (S2). */

void     snapshot_disk_make    (EngineNode *node, const TcEffect *effect);     /* SNAPSHOT */
/* SERVE_PART. Returns: (transfer full) (nullable): the answer. */
GBytes  *snapshot_disk_page    (const EngineNode *node, const TcEffect *effect);
gboolean snapshot_disk_take    (EngineNode *node, const TcEffect *effect);     /* STORE_PART. Returns: what PART_STORED says. */
void     snapshot_disk_install (EngineNode *node, const TcEffect *effect, const TcGenesis *genesis);
void     snapshot_disk_past    (EngineNode *node, const TcEffect *effect);     /* STORE_PAST */
/* The engine of @node, if any, what is served. */
void     snapshot_disk_tell    (EngineNode *node);
/* Its engine, of the highest gap, if there is one. */
void     snapshot_disk_tell_gap (EngineNode *node);
/* A new engine what is there. */
void     snapshot_disk_restore (EngineNode *node);

G_END_DECLS
