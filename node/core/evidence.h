#pragma once

#include "message.h"

G_BEGIN_DECLS

/* Evidence of rule C7: made from two messages of one member, and checked. What is signed is compared, not signatures: a content can be signed
 * in many ways. The blobs, by kind:
 *   0 votes      vote; vote
 *   1 proposals  claim; claim: all that a proposal signs, and its signature: epoch u32 | height u32 | round u32 | pol_round u32 | member u8 |
 *                block hash | H("TimeCoin propos", short ids | reward) | signature
 *   2 batches    batch; batch
 *   3 closes     close; close
 *   4 conflict   blob batch | blob transaction, twice: each batch votes for its transaction, and the transactions spend a common outpoint
 *   5 omission   blob batch | blob batch | blob transaction: the first acknowledges the transaction; where by the position of a vote that is in
 *                another batch, that is the second, else it is empty;
 *                close | u8 n, n x (index u32 | leaf 32 | varint m, m x hash): that its sorted list lacks the txid: neighbours with their audit
 *                paths; none for an empty list, one at an end, or two
 * Pure; any thread. */

/* Each returns FALSE, with @ret_evidence untouched, where the messages do not contradict each other. Signatures and @key are not looked at. The
 * same pair gives the same evidence in either order. @ret_evidence: (out): cleared by tc_evidence_clear (). */
gboolean tc_evidence_of_votes     (const TcPublicKey *key, const TcVote *a, const TcVote *b, TcEvidence *ret_evidence);
gboolean tc_evidence_of_proposals (const TcPublicKey *key, const TcProposal *a, const TcProposal *b, TcEvidence *ret_evidence);
gboolean tc_evidence_of_batches   (const TcPublicKey *key, const TcBatch *a, const TcBatch *b, TcEvidence *ret_evidence);
gboolean tc_evidence_of_closes    (const TcPublicKey *key, const TcClose *a, const TcClose *b, TcEvidence *ret_evidence);
gboolean tc_evidence_of_conflict  (const TcPublicKey *key, const TcBatch *batch_a, const TcTx *tx_a, const TcBatch *batch_b, const TcTx *tx_b,
                                   TcEvidence *ret_evidence);
/* @voted: (nullable): the batch that voted for @tx, where @acked acknowledges it by a position that is not in itself.
 * @list: what the close lists, sorted. */
gboolean tc_evidence_of_omission  (const TcPublicKey *key, const TcBatch *acked, const TcBatch *voted, const TcTx *tx, const TcClose *close,
                                   const TcHash *list, gsize n_list, TcEvidence *ret_evidence);

/* TRUE where both messages are the key's, of one epoch and member, and contradict each other.
 * @verifier: (nullable): NULL: signatures are known to be good.
 * @ret_epoch: the epoch that both name.
 * @ret_omitted: (out) (transfer full) (nullable): of kind 5, the transaction; the evidence holds only where that is not in the chain. Else NULL. */
gboolean tc_evidence_check        (const TcEvidence *self, const TcHash *chain_id, const TcVerifier *verifier, guint32 *ret_epoch,
                                   TcTx **ret_omitted);

/* TRUE where @batch acknowledges @txid: by txid, or by the position of a vote in @voted (may be @batch itself). */
gboolean tc_batch_acks            (const TcBatch *batch, const TcBatch *voted, const TcHash *txid);

G_END_DECLS
