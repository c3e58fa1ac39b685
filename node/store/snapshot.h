#pragma once

#include "ledger/snapshot.h"
#include "store.h"

G_BEGIN_DECLS

/* Snapshots (rule S2): made and served as files DIR/snapshots/HEIGHT/000 … 256, taken in through tables of chain.sqlite. What a part holds: ledger/snapshot.h.
 * A file is "TCpart01", then pieces of 65 536 bytes (the last one shorter), each followed by its hash: what the disk damaged is found when it is read, and
 * never served. */

#define TC_STORE_SNAPSHOTS_MAX 3u  /* the newest that are kept */

/* --- made --- */

/* One snapshot on its way to the disk: a view of the coins as they are, whatever is written after. */
typedef struct _TcStoreDump TcStoreDump;

/* On the chain's writer thread, after the flush of @height was written and before the next one. @record: tc_ledger_encode_record () at that height. Also after
 * tc_store_import_finish (): so who installed a snapshot serves it. Returns: (transfer full) (nullable): NULL without @error where the store's state is of another height, or the snapshot
 * is there already. */
TcStoreDump *tc_store_dump_begin     (TcStore *self, guint32 height, GBytes *record, GError **error);
/* On any other thread, once; takes as long as reading all coins. The parts are checked against the state's buckets as they are made, synced, and the oldest snapshots
 * beyond the newest three removed. Returns: TRUE where the snapshot is served from now on; FALSE without @error where it was cancelled. Nothing is left of one that failed. */
gboolean     tc_store_dump_run       (TcStoreDump *self, GError **error);
/* From any thread: tc_store_dump_run () comes back soon. */
void         tc_store_dump_cancel    (TcStoreDump *self);
/* Before the store is closed. */
void         tc_store_dump_free      (TcStoreDump *self);

/* --- served: from any thread --- */

/* Ascending: those from whose block on all blocks are here, since who takes one begins with its block. Returns: how many. */
gsize        tc_store_list_snapshots (TcStore *self, guint32 ret_heights[TC_STORE_SNAPSHOTS_MAX]);
/* At most @n_max bytes of a part from @offset on. Returns: (transfer full) (nullable): NULL without @error where there is no such snapshot, part or offset; with TC_STORE_ERROR_DAMAGED where
 * the file is not what was written: then the whole snapshot is removed. @ret_total: the part's size. */
GBytes      *tc_store_read_part      (TcStore *self, guint32 height, guint part, guint32 offset, guint32 n_max, guint32 *ret_total, GError **error);

/* --- taken in: on the chain's writer thread --- */

/* What was taken in so far. */
typedef struct
{
  TcHeader header;        /* of the snapshot's block */
  GBytes  *manifest;
  guint8   parts[32];     /* bit p mod 8 of byte p / 8: part p is stored */
  guint    n_parts;
} TcStoreImport;

/* Begins, or goes on with the one that is of this very block. One of another block is given up. @manifest passed tc_snapshot_check_manifest (). */
gboolean     tc_store_import_begin   (TcStore *self, const TcHeader *header, GBytes *manifest, GError **error);
/* From any thread. Returns: FALSE without @error where none is under way. */
gboolean     tc_store_import_load    (TcStore *self, TcStoreImport *ret_import, GError **error);
void         tc_store_import_clear   (TcStoreImport *self);
/* @bytes passed tc_snapshot_check_part (). Coins and the mark that they are there are one transaction, which is not waited for: after a loss of power some of the last parts are
 * missing, whole. A part that is there already is skipped. */
gboolean     tc_store_import_part    (TcStore *self, guint part, GBytes *bytes, GError **error);
/* With all parts there (TC_CHECK): coins, buckets, @state (tc_ledger_snapshot_state ()) and @last, the snapshot's block with commit and committee, take the place of the state that was. One durable
 * transaction. Stored blocks stay; between them and @last is a gap (tc_store_get_gap ()). The block must be above all stored ones (TC_CHECK). */
gboolean     tc_store_import_finish  (TcStore *self, GBytes *state, const TcStoreBlock *last, GError **error);
/* Gives up what is under way, if anything. */
gboolean     tc_store_import_cancel  (TcStore *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcStoreDump, tc_store_dump_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcStoreImport, tc_store_import_clear)

G_END_DECLS
