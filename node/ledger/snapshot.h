#pragma once

#include "core/block.h"

#include "coin.h"
#include "ledger.h"
#include "lthash.h"

G_BEGIN_DECLS

/* A snapshot of the state after an epoch's last block (rule S2), in parts that can be fetched and proven on their own:
 *   0-255  the coins whose txid begins with that byte, ascending by the 36 bytes of their outpoints: outpoint 36 | varint amount | lock u8 | key hash 20
 *   256    the manifest: 256 LtHash buckets of 2 048 bytes | the epoch record (S1)
 * The block's state root proves the manifest, a bucket of the manifest proves each other part. Checks are pure, and may run on any thread. */

#define TC_SNAPSHOT_N_PARTS           257u
#define TC_SNAPSHOT_MANIFEST          256u
#define TC_SNAPSHOT_BUCKETS_SIZE      (TC_LTHASH_BUCKETS * TC_LTHASH_BUCKET_SIZE)
#define TC_SNAPSHOT_COIN_SIZE_MAX     (TC_HASH_SIZE + 4u + 9u + 1u + TC_KEY_HASH_SIZE)
/* What a peer may say that a part has: room for 10^9 coins, and for as many masternodes as there may be. */
#define TC_SNAPSHOT_PART_SIZE_MAX     (256u * 1000u * 1000u)

/* Whether buckets and record are those of the block's state root. @header: of a last block, proven by its commit. */
gboolean      tc_snapshot_check_manifest (const TcHeader *header, GBytes *manifest);
/* (transfer none): the bucket that proves @part, 2 048 bytes. @manifest passed tc_snapshot_check_manifest (); @part < 256. */
const guint8 *tc_snapshot_get_bucket     (GBytes *manifest, guint part);
/* (transfer full): the epoch record in it. */
GBytes       *tc_snapshot_dup_record     (GBytes *manifest);
/* (transfer full): as tc_ledger_encode_record () and the state's buckets make it. */
GBytes       *tc_snapshot_make_manifest  (const guint8 *buckets, GBytes *record);
/* Whether @bytes are exactly the coins of @bucket, in order and form. @ret_n_coins: (out) (optional). */
gboolean      tc_snapshot_check_part     (GBytes *bytes, guint part, const guint8 *bucket, gsize *ret_n_coins);

/* The coins of a part. */
typedef struct
{
  TcReader reader;
  guint    part;
  gboolean has_last;
  guint8   last[TC_HASH_SIZE + 4];
} TcSnapshotIter;

/* @bytes: borrowed. */
void          tc_snapshot_iter_init      (TcSnapshotIter *self, GBytes *bytes, guint part);
/* Returns: FALSE at the end, or where the next coin is malformed or out of order; tc_snapshot_iter_end () tells. Their heights are 0: no root covers them. */
gboolean      tc_snapshot_iter_next      (TcSnapshotIter *self, TcOutpoint *ret_outpoint, TcCoin *ret_coin);
/* TRUE where all bytes were read, and were in form. */
gboolean      tc_snapshot_iter_end       (const TcSnapshotIter *self);
/* Appends one coin of a part. */
void          tc_snapshot_put_coin       (GByteArray *bytes, const TcOutpoint *outpoint, const TcOutput *output);

/* The bytes of the epoch record: what S1 hashes. The tip must be a last block (TC_CHECK). */
GBytes       *tc_ledger_encode_record    (const TcLedger *self);

/* TcFlush.state as a ledger at the last block of @header has it. Of what it holds the state root covers the record; the rest follows from it, from the header, and from
 * @prev_last_height: that of the last block before (0: genesis), and @committee, of the header's epoch: both from links, proven. Returns: (transfer full) (nullable): NULL where these do not fit
 * together. */
GBytes       *tc_ledger_snapshot_state   (const TcGenesis *genesis, const TcHeader *header, guint32 prev_last_height, TcCommittee *committee, GBytes *manifest,
                                          GError **error);

G_END_DECLS
