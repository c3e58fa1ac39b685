#pragma once

#include "committee.h"
#include "tx.h"
#include "vrf.h"

G_BEGIN_DECLS

/* Blocks and what they carry: rules B3, C6, F5, C7. Immutable once made, reference-counted; any thread. */

#define TC_BLOCK_VERSION       1u
#define TC_BLOCK_ENCODED_MAX   3900000u  /* of a whole block with commit, evidence and closes: fits one message (N2) */
#define TC_EVIDENCE_SIZE_MAX   256000u   /* C7, a block */
#define TC_HEADER_SIZE         (2u + 32u + 4u * 3u + 8u + 32u * 8u + 4u + TC_VRF_PROOF_SIZE)

/* All fixed width, in this order: version u16 | chain_id | height u32 | epoch u32 | round u32 | time_ms u64 | previous | tx_root | state_root |
 * committee | next_committee | commit | evidence_root | closes_root | proposer u32 | vrf 80. Absent hashes are zero. */
typedef struct
{
  guint16    version;
  TcHash     chain_id;
  guint32    height;
  guint32    epoch;
  guint32    round;           /* in which it was first proposed */
  guint64    time_ms;         /* Unix time */
  TcHash     previous;        /* hash of the parent; chain_id at height 1 */
  TcHash     tx_root;
  TcHash     state_root;      /* after this block */
  TcHash     committee;       /* of this epoch */
  TcHash     next_committee;  /* in a last block, else zero */
  TcHash     commit;          /* tc_commit_hash () of the previous block's commit; zero at height 1 */
  TcHash     evidence_root;
  TcHash     closes_root;     /* zero but in a last block */
  guint32    proposer;        /* position in the committee */
  TcVrfProof vrf;
} TcHeader;

void     tc_header_put  (GByteArray *bytes, const TcHeader *self);
/* Sets the reader failed where malformed (also for an unknown version, or a proposer that no committee can have). */
void     tc_header_read (TcReader *reader, TcHeader *ret_header);
/* H("TimeCoin block", header): the block's hash. */
TcHash   tc_header_hash (const TcHeader *self);

/* Precommits of a quorum for one block (C6).
 * height u32 | round u32 | block_hash | varint bitmap size | bitmap | one signature a set bit, ascending |
 * varint n attestations, n x (member u8 | signature 64 | varint size | bitmap)
 * The bitmap is as long as the committee needs, its unused bits zero (tc_commit_check ()); at least one signs; a height is at least 1. */
#define TC_ATTESTATION_BITMAP_MAX 4096u  /* 32 768 masternodes; 128 of them still fit a block's message */

typedef struct
{
  guint8      member;      /* position in the committee; ascending within a commit */
  TcSignature signature;   /* over TC_TAG_ATTEST | chain_id | epoch u32 | height u32 | member u8 | bitmap */
  GBytes     *bitmap;
} TcAttestation;

typedef struct
{
  gatomicrefcount ref_count;
  guint32        height, round;
  TcHash         block_hash;
  guint8         signers[TC_BITMAP_SIZE_MAX];
  guint8         bitmap_size;
  guint32        n_signatures;
  TcSignature   *signatures;
  guint32        n_attestations;
  TcAttestation *attestations;
} TcCommit;

/* @signatures: one for each bit set in @signers, ascending; copied. No attestations. */
TcCommit *tc_commit_new    (guint32 height, guint32 round, const TcHash *block_hash, const guint8 *signers, gsize n_members,
                            const TcSignature *signatures);
/* @source with @attestations, ascending by member, in place of its own. Bitmaps are referenced. */
TcCommit *tc_commit_new_attested (const TcCommit *source, const TcAttestation *attestations, gsize n_attestations);
TcCommit *tc_commit_ref    (TcCommit *self);
void      tc_commit_unref  (TcCommit *self);
void      tc_commit_put    (GByteArray *bytes, const TcCommit *self);
TcCommit *tc_commit_read   (TcReader *reader);
TcCommit *tc_commit_decode (const guint8 *data, gsize n, GError **error);
/* C6: covers height, round, block hash, signer bitmap, attestation bitmaps, and H("TimeCoin sigs") of all signatures. */
TcHash    tc_commit_hash   (const TcCommit *self);
/* TRUE where the signers are a quorum of @committee (whose epoch is the block's) and every signature is good, the attestations' too.
 * One call of @verifier. */
gboolean  tc_commit_check  (const TcCommit *self, const TcHash *chain_id, const TcCommittee *committee, const TcVerifier *verifier);
/* For who checks the signatures elsewhere: appends a TcSignatureJob to @jobs for each that @known (nullable: another commit of the same block and committee, that is good) does not hold;
 * @messages (element-type GByteArray) keeps what they borrow. Returns: FALSE, with nothing appended, where the signers are no quorum or none of @committee's: no signature could mend it. */
gboolean  tc_commit_collect (const TcCommit *self, const TcHash *chain_id, const TcCommittee *committee, const TcCommit *known, GArray *jobs,
                             GPtrArray *messages);

/* F5: epoch u32 | member u8 | count u32 | root 32 | signature 64 over TC_TAG_CLOSE | chain_id | the rest. A plain value. */
typedef struct
{
  guint32     epoch;
  guint8      member;
  guint32     count;
  TcHash      root;   /* tc_merkle_root () of the sorted txids; zero for none */
  TcSignature signature;
} TcClose;

void     tc_close_put   (GByteArray *bytes, const TcClose *self);
void     tc_close_read  (TcReader *reader, TcClose *ret_close);
void     tc_close_sign  (TcClose *self, const TcHash *chain_id, const TcSecretKey *key);
gboolean tc_close_check (const TcClose *self, const TcHash *chain_id, const TcPublicKey *key);
TcHash   tc_close_hash  (const TcClose *self);

/* C7: what an honest member cannot have done. The number is the format's. */
typedef enum
{
  TC_EVIDENCE_VOTES     = 0,  /* two votes of one height, round and step */
  TC_EVIDENCE_PROPOSALS = 1,
  TC_EVIDENCE_BATCHES   = 2,  /* of one sequence */
  TC_EVIDENCE_CLOSES    = 3,
  TC_EVIDENCE_CONFLICT  = 4,  /* batches that vote for two conflicting transactions */
  TC_EVIDENCE_OMISSION  = 5,  /* a batch that acknowledges what the close leaves out */
} TcEvidenceKind;

/* C7: two signed messages that an honest member cannot both have sent, and the key that signed both, since messages name only a position.
 * kind u8 (TcEvidenceKind) | operator key 32 | blob | blob; neither is empty; at most TC_EVIDENCE_SIZE_MAX in all. What the blobs hold: evidence.h.
 * In a block ascending by H("TimeCoin eviden", encoding), none twice; evidence_root is the Merkle root of those hashes. */
typedef struct
{
  guint8      kind;
  TcPublicKey operator_key;
  GBytes     *first;
  GBytes     *second;
} TcEvidence;

void     tc_evidence_put   (GByteArray *bytes, const TcEvidence *self);
/* Form only, here and below. Sets the reader failed where malformed; @ret_evidence is owned, cleared by tc_evidence_clear (). */
void     tc_evidence_read  (TcReader *reader, TcEvidence *ret_evidence);
gboolean tc_evidence_decode (GBytes *body, TcEvidence *ret_evidence);
GBytes  *tc_evidence_encode (const TcEvidence *self);
TcHash   tc_evidence_hash  (const TcEvidence *self);
gsize    tc_evidence_get_size (const TcEvidence *self);  /* encoded */
/* References to the same bytes. */
TcEvidence tc_evidence_dup (const TcEvidence *self);
void     tc_evidence_clear (TcEvidence *self);

typedef struct
{
  gatomicrefcount ref_count;
  TcHeader    header;
  TcHash      hash;          /* of the header */
  TcCommit   *commit;        /* (nullable) of the parent; NULL at height 1 only */
  guint32     n_evidence;
  TcEvidence *evidence;      /* ascending, see TcEvidence */
  guint32     n_closes;
  TcClose    *closes;        /* ascending by member */
  guint32     n_txs;
  TcTx      **txs;           /* a reward first, if any; the others ascending by txid */
  guint64     txs_size_bytes;
  TcHash      tx_root;       /* of txs: what header.tx_root must be */
} TcBlock;

/* Without evidence. Takes references to @commit and the transactions; copies the rest. */
TcBlock  *tc_block_new     (const TcHeader *header, TcCommit *commit, const TcClose *closes, gsize n_closes, TcTx *const *txs, gsize n_txs);
/* The same with @evidence, whose bytes are referenced. */
TcBlock  *tc_block_new_with_evidence (const TcHeader *header, TcCommit *commit, const TcEvidence *evidence, gsize n_evidence,
                                      const TcClose *closes, gsize n_closes, TcTx *const *txs, gsize n_txs);
TcBlock  *tc_block_ref     (TcBlock *self);
void      tc_block_unref   (TcBlock *self);
/* header | u8 has commit, commit | varint n evidence | varint n closes | varint n transactions */
GBytes   *tc_block_encode  (const TcBlock *self);
void      tc_block_put     (GByteArray *bytes, const TcBlock *self);
TcBlock  *tc_block_read    (TcReader *reader);
/* Form only; also that the header's tx_root, commit, evidence_root and closes_root match the body, that the commit is the parent's, the
 * closes are of the epoch, and the order of transactions. */
TcBlock  *tc_block_decode  (const guint8 *data, gsize n, GError **error);

TcHash    tc_evidence_root (const TcEvidence *evidence, gsize n_evidence);
TcHash    tc_closes_root   (const TcClose *closes, gsize n_closes);  /* Merkle root of tc_close_hash ()es; zero for none */
TcHash    tc_txs_root      (TcTx *const *txs, gsize n_txs);          /* leaves: txids, in block order */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCommit, tc_commit_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcBlock, tc_block_unref)

G_END_DECLS
