#pragma once

#include "core/masternode.h"

#include "ledger.h"

G_BEGIN_DECLS

/* Rules T2-T5 for one transaction, without looking anything up. */

/* What the transaction alone decides. @next_height: the least height at which it could enter a block. */
TcTxVerdict tc_validate_body     (const TcTx *tx, guint32 next_height);

/* What the outputs that it spends and the registry decide: collateral, sums, fee, masternode, keys; signatures apart. @tx passed tc_validate_body ().
 * @spent: one for each input, in order.  @registry: as it stood when the epoch began (T5).  @ret_fee: (out) (optional): set on TC_TX_OK. */
TcTxVerdict tc_validate_spend    (const TcTx *tx, const TcOutput *spent, const TcRegistry *registry, TcAmount *ret_fee);

/* FALSE where no witnesses whatever could sign: two inputs name one witness, and their outputs two keys. */
gboolean    tc_validate_signable (const TcTx *tx, const TcOutput *spent);

/* Fills in @jobs, one for each witness of @tx; they borrow @digest: tc_tx_digest (). */
void        tc_validate_jobs     (const TcTx *tx, const TcHash *digest, TcSignatureJob *jobs);

/* M1: fills in @job where @tx, which passed tc_validate_body (), shows that it has an operator key. @message: TC_POSSESSION_SIZE bytes, which @job borrows.
 * Returns: 1, or 0 where there is nothing to show. */
gsize       tc_validate_possession (const TcTx *tx, const TcHash *chain_id, guint8 *message, TcSignatureJob *job);

G_END_DECLS
