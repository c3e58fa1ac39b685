#pragma once

#include "block.h"

G_BEGIN_DECLS

/* What shows someone else that a transaction is in the chain: its block's header, the quorum's commit of that block, and the path from the transaction to the
 * header's root. Who knows the committee of the block's epoch (every node does, by the links of rule S3) needs nothing else. Immutable, reference-counted; any thread.
 *
 * header | blob commit (without attestations) | index u32 | n_txs u32 | varint n, n x hash | blob transaction */
typedef struct
{
  gatomicrefcount ref_count;
  TcHeader  header;
  TcHash    hash;        /* of the header */
  TcCommit *commit;
  guint32   index, n_txs; /* which of the block's transactions it is */
  gsize     n_path;
  TcHash    path[TC_MERKLE_PATH_MAX];
  TcTx     *tx;
} TcTxProof;

/* Of an encoded one: a transaction, and a commit that all of TC_COMMITTEE_MAX signed. */
#define TC_TX_PROOF_SIZE_MAX 120000u

/* @commit: of @block. Returns: (nullable): NULL where it is not, or the block has no such transaction. */
TcTxProof *tc_tx_proof_new    (const TcBlock *block, TcCommit *commit, const TcHash *txid);
TcTxProof *tc_tx_proof_ref    (TcTxProof *self);
void       tc_tx_proof_unref  (TcTxProof *self);
GBytes    *tc_tx_proof_encode (const TcTxProof *self);
/* Checks form, that the commit is the header's, and the path: all but the chain, the committee and the signatures. */
TcTxProof *tc_tx_proof_decode (const guint8 *data, gsize n, GError **error);
/* Whether @committee, which must be that of the header's epoch on the chain @chain_id, committed the block. One call of @verifier. */
gboolean   tc_tx_proof_check  (const TcTxProof *self, const TcHash *chain_id, const TcCommittee *committee, const TcVerifier *verifier);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcTxProof, tc_tx_proof_unref)

G_END_DECLS
