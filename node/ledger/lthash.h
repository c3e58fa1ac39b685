#pragma once

#include "core/tx.h"

#include "keystream.h"

G_BEGIN_DECLS

/* The commitment to the unspent outputs (rule S1): 256 LtHashes, by the first byte of the txid, under one Merkle tree.
 * What a set hashes to does not depend on the order in which it came to be. */

#define TC_LTHASH_BUCKETS      256u
#define TC_LTHASH_BUCKET_SIZE  2048u

typedef struct _TcLtHash TcLtHash;
/* Changes to a TcLtHash, not yet made: it stays as it is, and must not change while this is alive but through tc_lthash_apply (). */
typedef struct _TcLtHashChange TcLtHashChange;

/* Coins on their way into sums: what stands for them is made of several at once. */
#define TC_LTHASH_WAITING_MAX 8u
#define TC_LTHASH_COIN_SIZE   65u  /* outpoint | output */

typedef struct
{
  guint8          coins[TC_LTHASH_WAITING_MAX][TC_LTHASH_COIN_SIZE];
  TcKeystreamSum *sums[TC_LTHASH_WAITING_MAX];
  gboolean        negative[TC_LTHASH_WAITING_MAX];
  gsize           n;
} TcLtHashWaiting;

/* The LtHash of a set on its own, at first 0. It stays where it is. */
typedef struct
{
  TcKeystreamSum  sum;
  TcLtHashWaiting waiting;
} TcLtHashSum;

void            tc_lthash_sum_add       (TcLtHashSum *self, const TcOutpoint *outpoint, const TcOutput *output);
/* @ret_bucket: TC_LTHASH_BUCKET_SIZE bytes, as tc_lthash_get_bucket () gives them. */
void            tc_lthash_sum_get       (TcLtHashSum *self, guint8 *ret_bucket);
/* tc_lthash_get_root () of 256 x 2 048 bytes. */
TcHash          tc_lthash_root_of       (const guint8 *buckets);

/* Of the empty set. */
TcLtHash       *tc_lthash_new           (void);
/* @buckets: 256 x 2 048 bytes. */
TcLtHash       *tc_lthash_new_stored    (const guint8 *buckets);
void            tc_lthash_free          (TcLtHash *self);
/* Merkle root (tc_merkle_root ()) over H("TimeCoin lthash", the bucket's 2 048 bytes) of all buckets. */
TcHash          tc_lthash_get_root      (const TcLtHash *self);
/* 2 048 bytes: 1 024 x u16, little-endian. */
const guint8   *tc_lthash_get_bucket    (const TcLtHash *self, guint8 number);

TcLtHashChange *tc_lthash_change_new    (const TcLtHash *base);
void            tc_lthash_change_free   (TcLtHashChange *self);
void            tc_lthash_change_add    (TcLtHashChange *self, const TcOutpoint *outpoint, const TcOutput *output);
void            tc_lthash_change_remove (TcLtHashChange *self, const TcOutpoint *outpoint, const TcOutput *output);
/* The root with the changes so far; costs what changed. */
TcHash          tc_lthash_change_root   (TcLtHashChange *self);
gboolean        tc_lthash_change_has    (const TcLtHashChange *self, guint8 number);

/* Makes @change, whose root was asked for, in @self, its base. */
void            tc_lthash_apply         (TcLtHash *self, const TcLtHashChange *change);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLtHash, tc_lthash_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLtHashChange, tc_lthash_change_free)

G_END_DECLS
