#pragma once

#include <json-c/json.h>

#include "node-private.h"

G_BEGIN_DECLS

/* What RPC answers look like: Bitcoin Core's field names where it has the thing. Pure; any thread. All return (transfer full). */

json_object *tc_json_hash          (const TcHash *hash);
json_object *tc_json_hex           (const guint8 *data, gsize n);
/* @value as a JSON number with @decimals decimals, without floating point: (12345, 3) is 12.345. */
json_object *tc_json_decimal       (guint64 value, guint decimals);
/* Unix ms as a number of seconds, as Bitcoin Core's times are. */
json_object *tc_json_time          (gint64 time_ms);

/* "syncing" */
const char  *tc_node_state_name    (TcNodeState state);
/* "pending" (also while certified), "final", "confirmed", "dropped". */
const char  *tc_finality_name      (TcFinalityState state);
/* Adds finality, final_ms (null until then), votes, acknowledgements and power to @object. */
void         tc_json_add_finality  (json_object *object, const TcFinality *finality);

/* What gettransactionfinality answers. */
json_object *tc_json_finality      (const TcFinality *finality, guint32 tip_height);

json_object *tc_json_tx            (const TcTx *tx, char address_digit);
/* getblock: @verbosity 0 gives the encoding in hexadecimal, 1 txids, 2 transactions. @next_hash: (nullable). */
json_object *tc_json_block         (const TcBlock *block, guint verbosity, guint32 tip_height, const TcHash *next_hash, char address_digit);
/* The same for height 0, which is no block: its outputs stand in for a transaction. */
json_object *tc_json_genesis       (const TcGenesis *genesis, guint verbosity, guint32 tip_height, const TcHash *next_hash);
/* getsyncinfo */
json_object *tc_json_sync          (const TcNodeStatus *status);
json_object *tc_json_address       (const TcBookEntry *entry);
json_object *tc_json_peer          (const TcNetPeerInfo *peer);
json_object *tc_json_ban           (const TcNetBan *ban, gint64 now_s);
/* @power: in the committee of now; 0: not a member. */
json_object *tc_json_masternode    (const TcMasternode *masternode, guint64 power, guint32 unbonding_epochs, char address_digit);
json_object *tc_json_money         (const TcMoney *money, const TcTip *tip);

G_END_DECLS
