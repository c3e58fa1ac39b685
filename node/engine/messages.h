#pragma once

#include "core/attest.h"
#include "core/link.h"
#include "core/message.h"

G_BEGIN_DECLS

/* Bodies of messages between nodes that no one signs (rule N2). Decoders are strict; a failure is the sender's offence. */

/* Kinds of TC_MESSAGE_INV and TC_MESSAGE_GET: kind u8 | varint n | n x hash. */
typedef enum
{
  TC_ITEM_TX       = 1,
  TC_ITEM_BATCH    = 2,
  TC_ITEM_PROPOSAL = 3,  /* by the hash of the proposal */
  TC_ITEM_BLOCK    = 4,  /* a proposal by the hash of its block; in GET only */
  TC_ITEM_EVIDENCE = 5,
} TcItemKind;

#define TC_ITEMS_MAX        2000u  /* hashes in one INV or GET */
#define TC_LIST_MAX        60000u  /* txids in a close's list */
#define TC_GET_BLOCKS_MAX     64u
#define TC_POSITIONS_MAX   60000u  /* in a GET_TXS */
#define TC_GET_EPOCHS_MAX  1000u
#define TC_EPOCHS_SIZE_MAX 1000000u  /* of a page of links */
#define TC_SERVED_SNAPSHOTS_MAX 3u  /* S2: that a node keeps */
#define TC_PART_PAGE_MAX  500000u  /* bytes of a part in one message */

/* TC_MESSAGE_STATUS: where a node stands, so that others may send what it lacks.
 * height u32 | epoch u32 | round u32 | step u8 | has proposal u8 | prevotes 16 | precommits 16 | closes 16 | links 16 | varint n, n x varint next sequence |
 * hash of the block at `height` 32 | time_ms u64 | oldest u32 | u8 n, n x u32 snapshot height, ascending */
typedef struct
{
  guint32 height;              /* committed */
  guint32 epoch;               /* of the next block */
  guint32 round;
  guint8  step;                /* TcAgreementStep */
  guint8  has_proposal;        /* of that round */
  guint8  prevotes[TC_BITMAP_SIZE_MAX], precommits[TC_BITMAP_SIZE_MAX];  /* of that round: whose votes are here */
  guint8  closes[TC_BITMAP_SIZE_MAX];
  guint8  links[TC_BITMAP_SIZE_MAX];  /* members that it hears from directly: what they say need not be passed on to it. Not itself: another copy of it must be heard (C5) */
  guint32 n_members;
  guint32 next_sequence[TC_COMMITTEE_MAX];
  TcHash  tip;                 /* at height 0: chain_id */
  guint64 time_ms;             /* the sender's wall clock */
  guint32 oldest;              /* it serves all blocks from there to its tip: 0 or 1: all there are; height + 1: none */
  guint32 n_snapshots;         /* that it serves */
  guint32 snapshots[TC_SERVED_SNAPSHOTS_MAX];  /* their heights, ascending */
} TcStatusMessage;

GBytes  *tc_status_message_encode (const TcStatusMessage *self);
gboolean tc_status_message_decode (GBytes *body, TcStatusMessage *ret_message);

GBytes  *tc_items_encode      (guint8 kind, const TcHash *hashes, gsize n_hashes);
/* @ret_hashes: (out) (transfer full). */
gboolean tc_items_decode      (GBytes *body, guint8 *ret_kind, TcHash **ret_hashes, gsize *ret_n);

/* TC_MESSAGE_GET_BLOCKS: from u32 | count u8 */
GBytes  *tc_get_blocks_encode (guint32 from, guint8 count);
gboolean tc_get_blocks_decode (GBytes *body, guint32 *ret_from, guint8 *ret_count);

/* The height of TC_MESSAGE_BLOCK's block; the rest is not looked at. */
gboolean tc_message_block_peek   (GBytes *body, guint32 *ret_height);
/* TC_MESSAGE_BLOCK: blob block | blob commit. @ret_block, @ret_commit: (out) (transfer full). */
gboolean tc_message_block_decode (GBytes *body, TcBlock **ret_block, TcCommit **ret_commit);

/* TC_MESSAGE_GET_EPOCHS: from u32 | count u16. The links of epoch `from` and of those after it; a page of fewer is no offence. */
GBytes  *tc_get_epochs_encode (guint32 from, guint16 count);
gboolean tc_get_epochs_decode (GBytes *body, guint32 *ret_from, guint16 *ret_count);

/* TC_MESSAGE_EPOCHS: varint n | n x blob link: of one epoch after the other, each with the committee that the one before it names. */
/* @links: encoded. As many of them as a page holds. */
GBytes  *tc_epochs_encode     (GBytes *const *links, gsize n_links);
/* @ret_links: (out) (transfer full) (element-type TcLink). */
gboolean tc_epochs_decode     (GBytes *body, GPtrArray **ret_links);

/* TC_MESSAGE_GET_TXS: block hash | varint n | n x varint position, ascending */
GBytes  *tc_get_txs_encode    (const TcHash *block, const guint32 *positions, gsize n_positions);
/* @ret_positions: (out) (transfer full) (nullable). */
gboolean tc_get_txs_decode    (GBytes *body, TcHash *ret_block, guint32 **ret_positions, gsize *ret_n);
/* TC_MESSAGE_TXS: block hash | varint n | n x transaction. @ret_txs: (out) (transfer full) (element-type TcTx). */
GBytes  *tc_txs_encode        (const TcHash *block, TcTx *const *txs, gsize n_txs);
gboolean tc_txs_decode        (GBytes *body, TcHash *ret_block, GPtrArray **ret_txs);

/* TC_MESSAGE_GET_LIST: close hash 32.  TC_MESSAGE_LIST: close hash 32 | varint n | n x txid */
GBytes  *tc_list_encode       (const TcHash *close, const TcHash *txids, gsize n_txids);
gboolean tc_list_decode       (GBytes *body, TcHash *ret_close, TcHash **ret_txids, gsize *ret_n);

/* TC_MESSAGE_GET_PART: height u32 | part u16 | offset u32: a page of a part of the snapshot of that last block (S2) */
typedef struct
{
  guint32 height;
  guint16 part;    /* below TC_SNAPSHOT_N_PARTS */
  guint32 offset;  /* below TC_SNAPSHOT_PART_SIZE_MAX */
} TcGetPart;

GBytes  *tc_get_part_encode   (const TcGetPart *self);
gboolean tc_get_part_decode   (GBytes *body, TcGetPart *ret_get);

/* TC_MESSAGE_PART: height u32 | part u16 | offset u32 | total u32 | bytes: so many as are left of the total, at most TC_PART_PAGE_MAX. A page of none is that of a part without coins: total 0.
 * @ret_page: (out) (transfer full): shares the memory of @body. */
GBytes  *tc_part_page_encode  (const TcGetPart *at, guint32 total, const guint8 *page, gsize n);
gboolean tc_part_page_decode  (GBytes *body, TcGetPart *ret_at, guint32 *ret_total, GBytes **ret_page);

/* TC_MESSAGE_HEARTBEAT is a TcHeartbeat.  TC_MESSAGE_ATTESTATION: epoch u32 | height u32 | the attestation as in a commit */
GBytes  *tc_attestation_message_encode (guint32 epoch, guint32 height, const TcAttestation *attestation);
/* @ret_attestation: its bitmap is (transfer full). */
gboolean tc_attestation_message_decode (GBytes *body, guint32 *ret_epoch, guint32 *ret_height, TcAttestation *ret_attestation);

G_END_DECLS
