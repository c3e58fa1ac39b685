#pragma once

#include "node/node.h"
#include "wallet.h"

G_BEGIN_DECLS

/* The wallet's methods on a node's JSON-RPC: getwalletinfo, getbalance, getnewaddress, getaddressinfo, sendtoaddress, gettransaction,
 * listtransactions, listunspent, createwallet, restorewallet, walletpassphrase, walletlock, registermasternode, updatemasternode, retiremasternode,
 * sendmasternode, listmasternodes, signmessage, verifymessage, backupwallet, checkbackup, restorebackup, walletpassphrasechange,
 * getpaymentproof, verifypaymentproof. Bitcoin Core's field names and error codes.
 * validateaddress is the node's. Lives in the context that tc_wallet_rpc_new () was called in, the wallet's owner's. */
typedef struct _TcWalletRpc TcWalletRpc;

/* Called when createwallet or restorewallet made a wallet: the caller keeps a reference of its own, or not. */
typedef void (*TcWalletRpcMadeFunc) (TcWallet *wallet, gpointer user_data);

/* Registers the methods with @node. @wallet: (nullable): NULL: the methods say that there is none until one is made.
 * @wallet_path: where createwallet makes one. @made: (nullable). A wallet made through RPC is attached to @node. */
TcWalletRpc *tc_wallet_rpc_new        (TcNode *node, TcWallet *wallet, const char *wallet_path, TcWalletRpcMadeFunc made, gpointer user_data);
/* The same for one caller alone: tc_node_call_async () with @scope reaches @wallet by these methods, and nobody else does. It makes no wallet. */
TcWalletRpc *tc_wallet_rpc_new_scoped (TcNode *node, TcWallet *wallet, const char *scope);
/* Replaces the wallet served. @wallet: (nullable). */
void         tc_wallet_rpc_set_wallet (TcWalletRpc *self, TcWallet *wallet);
/* (transfer none) (nullable). */
TcWallet    *tc_wallet_rpc_get_wallet (TcWalletRpc *self);
/* Takes the methods back; calls under way are still answered. */
void         tc_wallet_rpc_free       (TcWalletRpc *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletRpc, tc_wallet_rpc_free)

G_END_DECLS
