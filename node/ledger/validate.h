#pragma once

#include "ledger.h"

G_BEGIN_DECLS

/* Rules T2-T5 for one transaction, without looking anything up. */

/* What the transaction alone decides. @next_height: the least height at which it could enter a block. */
TcTxVerdict tc_validate_body     (const TcTx *tx, guint32 next_height);

/* What the outputs that it spends decide: collateral, keys, sums, fee; signatures apart. @tx passed tc_validate_body ().
 * @spent: one for each input, in order.  @ret_fee: (out) (optional): set on TC_TX_OK. */
TcTxVerdict tc_validate_spend    (const TcTx *tx, const TcOutput *spent, TcAmount *ret_fee);

/* FALSE where no witnesses whatever could sign: two inputs name one witness, and their outputs two keys. */
gboolean    tc_validate_signable (const TcTx *tx, const TcOutput *spent);

/* Fills in @jobs, one for each witness of @tx; they borrow @digest, which is set to tc_tx_digest (). */
void        tc_validate_jobs     (const TcTx *tx, const TcHash *chain_id, const TcOutput *spent, TcHash *digest, TcSignatureJob *jobs);

G_END_DECLS
