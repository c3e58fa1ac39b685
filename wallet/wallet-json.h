#pragma once

#include <json-c/json.h>

#include "node/node.h"
#include "wallet-types.h"

G_BEGIN_DECLS

/* The wallet's values as JSON, with Bitcoin Core's member names. Amounts are numbers with eight decimals, as text. All return (transfer full). */

/* @node_height: for `confirmations`. */
json_object *tc_json_wallet_tx     (const TcWalletTx *row, guint32 node_height);
json_object *tc_json_wallet_detail (const TcWalletTxDetail *detail, guint32 node_height);
json_object *tc_json_wallet_coin   (const TcWalletCoin *coin, guint32 node_height);
/* With the member names of masternodelist. */
json_object *tc_json_wallet_masternode (const TcNodeMasternode *item, char address_digit);
json_object *tc_json_wallet_account (const TcWalletAccount *account);
json_object *tc_json_wallet_info   (const TcWalletSnapshot *snapshot, gint64 unlocked_until_s);

G_END_DECLS
