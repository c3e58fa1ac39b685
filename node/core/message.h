#pragma once

#include "block.h"

G_BEGIN_DECLS

/* What members sign and send each other: votes (C1), proposals (C3), batches (F7). Encodings of wire and disk alike. Any thread. */

typedef enum
{
  TC_STEP_PREVOTE   = 0,
  TC_STEP_PRECOMMIT = 1,
} TcVoteStep;

/* step u8 | epoch u32 | height u32 | round u32 | block_hash 32 (zero: nil) | member u8 | signature 64. A plain value. */
typedef struct
{
  guint8      step;
  guint32     epoch, height, round;
  TcHash      block_hash;
  guint8      member;
  TcSignature signature;
} TcVote;

#define TC_VOTE_SIZE (1u + 4u * 3u + 32u + 1u + 64u)

void     tc_vote_put   (GByteArray *bytes, const TcVote *self);
void     tc_vote_read  (TcReader *reader, TcVote *ret_vote);
void     tc_vote_sign  (TcVote *self, const TcHash *chain_id, const TcSecretKey *key);
/* The bytes that are signed: all but the signature. */
GByteArray *tc_vote_signed_bytes (const TcVote *self, const TcHash *chain_id);
gboolean tc_vote_check (const TcVote *self, const TcHash *chain_id, const TcPublicKey *key, const TcVerifier *verifier);
TcHash   tc_vote_hash  (const TcVote *self);  /* H("TimeCoin vote", encoding), its name on the network */

/* epoch u32 | height u32 | round u32 | pol_round u32 (all ones: -1) | member u8 | signature 64 | header | u8 has commit, commit |
 * varint n, n x short id u64 | varint n evidence | varint n closes | reward: u8 has, tx
 * Signed: TC_TAG_PROPOSAL | chain_id | epoch | height | round | pol_round | member | block hash | H(TC_TAG_PROPOSAL, short ids | reward, as encoded).
 * Immutable, reference-counted. The decoder checks epoch and height, pol_round and the header's round (C4), and that the header's commit, evidence_root
 * and closes_root match what follows: so a relay can change nothing. */
typedef struct
{
  gatomicrefcount ref_count;
  guint32     epoch, height, round;
  gint32      pol_round;     /* proof-of-lock round, -1: none */
  guint8      member;
  TcSignature signature;
  TcHeader    header;
  TcHash      block_hash;    /* of the header */
  TcCommit   *commit;        /* (nullable) of the parent */
  guint32     n_short_ids;
  guint64    *short_ids;     /* in block order, without the reward */
  guint32     n_evidence;
  TcEvidence *evidence;
  guint32     n_closes;
  TcClose    *closes;
  TcTx       *reward;        /* (nullable) */
  TcHash      hash;          /* of the whole encoding: its name on the network */
} TcProposal;

/* A proposal of @block in (@round, @pol_round), signed. */
TcProposal *tc_proposal_new    (const TcBlock *block, guint32 round, gint32 pol_round, guint8 member, const TcSecretKey *key);
TcProposal *tc_proposal_ref    (TcProposal *self);
void        tc_proposal_unref  (TcProposal *self);
GBytes     *tc_proposal_encode (const TcProposal *self);
TcProposal *tc_proposal_decode (const guint8 *data, gsize n, GError **error);
gboolean    tc_proposal_check  (const TcProposal *self, const TcHash *chain_id, const TcPublicKey *key, const TcVerifier *verifier);
TcHash      tc_proposal_hash   (const TcProposal *self);
/* All that is signed, and the signature: TC_CLAIM_SIZE bytes, what evidence against its proposer needs (C7). */
#define TC_CLAIM_SIZE (4u * 4u + 1u + 32u + 32u + 64u)
void        tc_proposal_put_claim (GByteArray *bytes, const TcProposal *self);
/* SipHash-2-4 of the txid under the first 16 bytes of the block hash. */
guint64     tc_short_id        (const TcHash *block_hash, const TcHash *txid);

/* An acknowledgement by position among the member's own votes in the epoch (0 = its first), or by txid. */
typedef struct
{
  guint32 position;  /* G_MAXUINT32: by txid */
  TcHash  txid;      /* set where position is G_MAXUINT32 */
} TcAck;

/* epoch u32 | member u8 | sequence u32 | first position u32 | varint n, n x txid | varint n, n x (varint 0 | txid, or varint position + 1) | signature 64
 * Signed: TC_TAG_BATCH | chain_id | all before the signature. Immutable, reference-counted. */
typedef struct
{
  gatomicrefcount ref_count;
  guint32     epoch;
  guint8      member;
  guint32     sequence;      /* 0 for a member's first in an epoch, then one more each */
  guint32     first_position; /* of its first vote among the member's in the epoch: with it, two batches alone prove what an acknowledgement names (C7) */
  guint32     n_votes;
  TcHash     *votes;
  guint32     n_acks;
  TcAck      *acks;
  TcSignature signature;
  TcHash      hash;          /* H("TimeCoin batch", encoding): its name on the network */
  GBytes     *encoded;
} TcBatch;

#define TC_BATCH_ENTRIES_MAX 512u  /* bound of the format, votes and acks together: so that every lie fits a piece of evidence (C7) */

TcBatch  *tc_batch_new    (guint32 epoch, guint8 member, guint32 sequence, guint32 first_position, const TcHash *votes, gsize n_votes,
                           const TcAck *acks, gsize n_acks, const TcHash *chain_id, const TcSecretKey *key);
TcBatch  *tc_batch_ref    (TcBatch *self);
void      tc_batch_unref  (TcBatch *self);
TcBatch  *tc_batch_decode (const guint8 *data, gsize n, GError **error);
gboolean  tc_batch_check  (const TcBatch *self, const TcHash *chain_id, const TcPublicKey *key, const TcVerifier *verifier);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcProposal, tc_proposal_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcBatch, tc_batch_unref)

G_END_DECLS
