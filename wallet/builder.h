#pragma once

#include "coins.h"

G_BEGIN_DECLS

/* Puts a transfer together and signs it. Pure but for the keys it is given. */

/* An unsigned transfer that spends @coins. Inputs ascend by outpoint; outputs by (amount, key hash), so that change is not known by its place.
 * @memo: (nullable). @signers: (out): index of each distinct key's first coin in the order of the witnesses (element-type TcCoin). @spent: (out): what each input spends. */
TcTx *tc_build_transfer (GPtrArray *coins, const TcKeychain *keys, const TcOutput *outputs, gsize n_outputs, GBytes *memo,
                         GPtrArray **ret_signers, TcOutput **ret_spent);

/* The same of kind @kind with @payload, its outputs in the order given: output 0 is the masternode's (rule M1). */
TcTx *tc_build_masternode (guint8 kind, GPtrArray *coins, const TcKeychain *keys, const TcOutput *outputs, gsize n_outputs, GBytes *payload,
                           GPtrArray **ret_signers, TcOutput **ret_spent);

/* Rule T2: each distinct key signs the digest once. Returns: (transfer full) (nullable): NULL where a key is locked or is not the coin's. */
TcTx *tc_build_signed   (TcTx *unsigned_tx, const TcHash *chain_id, GPtrArray *signers, const TcOutput *spent, const TcKeychain *keys);

G_END_DECLS
