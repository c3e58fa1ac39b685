#pragma once

#include "key.h"

G_BEGIN_DECLS

/* The committee of an epoch: rules B5, B7, B8. Immutable, reference-counted; any thread. A member is named by its position here. */

#define TC_COMMITTEE_MAX     128u  /* bound of the format; committee_size is a parameter below it */
#define TC_BITMAP_SIZE_MAX   (TC_COMMITTEE_MAX / 8u)
#define TC_MEMBER_NONE       G_MAXUINT32

typedef struct
{
  guint32     masternode;    /* index in the registry; members are in ascending order of it */
  TcPublicKey operator_key;
  guint64     power;         /* >= 1; the sum of all is at most 2^60 */
} TcMember;

typedef struct
{
  gatomicrefcount ref_count;
  guint32  epoch;
  gboolean drawn;            /* seats were drawn (B5) */
  guint32  n_members;
  guint64  power;            /* P of rule B8 */
  TcMember members[TC_COMMITTEE_MAX];
} TcCommittee;

/* @members: copied; 1 <= n_members <= TC_COMMITTEE_MAX. */
TcCommittee *tc_committee_new       (guint32 epoch, gboolean drawn, const TcMember *members, gsize n_members);
TcCommittee *tc_committee_ref       (TcCommittee *self);
void         tc_committee_unref     (TcCommittee *self);

/* epoch u32 | drawn u8 | varint n, n x (masternode u32 | operator key 32 | power u64) */
void         tc_committee_put       (GByteArray *bytes, const TcCommittee *self);
TcCommittee *tc_committee_read      (TcReader *reader);
/* H("TimeCoin members", encoding): what headers carry. */
TcHash       tc_committee_hash      (const TcCommittee *self);

/* Returns: the position of the member with @key, or TC_MEMBER_NONE. */
guint32      tc_committee_find      (const TcCommittee *self, const TcPublicKey *key);
/* Rule B8: 3 x sum > 2 x P. */
gboolean     tc_committee_is_quorum (const TcCommittee *self, guint64 sum);
/* More than P/3: at least one honest member is among them. */
gboolean     tc_committee_is_third  (const TcCommittee *self, guint64 sum);
/* The summed power of the members whose bit (bit i of byte i / 8, least significant first) is set in @bitmap. */
guint64      tc_committee_sum       (const TcCommittee *self, const guint8 *bitmap);

/* Rule B7: x = first 16 bytes of H(@purpose, @seed | a u32 | b u32) as little-endian u128 mod the sum of @powers; the first in index order
 * whose cumulative power exceeds x. */
gsize        tc_draw                (const char *purpose, const TcHash *seed, guint32 a, guint32 b, const guint64 *powers, gsize n_powers);
/* The position of the proposer of (@height, @round); @seed is the one after the parent block. */
guint32      tc_committee_proposer  (const TcCommittee *self, const TcHash *seed, guint32 height, guint32 round);

static inline gsize    tc_bitmap_size (gsize n) { return (n + 7) / 8; }
static inline gboolean tc_bitmap_get  (const guint8 *bitmap, gsize i) { return (bitmap[i / 8] >> (i % 8)) & 1; }
static inline void     tc_bitmap_set  (guint8 *bitmap, gsize i) { bitmap[i / 8] = (guint8) (bitmap[i / 8] | (1u << (i % 8))); }

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCommittee, tc_committee_unref)

G_END_DECLS
