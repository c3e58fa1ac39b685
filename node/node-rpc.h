#pragma once

#include "rpc/server.h"
#include "node.h"

G_BEGIN_DECLS

/* The node's own JSON-RPC methods: getblockchaininfo, getsyncinfo, gettrust, trustblock, getblockcount, getblock, getblockhash, getpeerinfo, getnetworkinfo, getmempoolinfo, getconsensusinfo,
 * masternodelist, sendrawtransaction, gettransactionfinality, waittransactionfinality, validateaddress, uptime, stop.
 * Made, used and freed on the node's thread, whose context its handlers run in; what reads the disk does so on a small pool of its own. */
typedef struct _TcNodeRpc TcNodeRpc;

/* Adds the methods to @server. Both are borrowed and outlive it. */
TcNodeRpc *tc_node_rpc_new  (TcNode *node, TcRpcServer *server);
/* Waits for reads under way (they may take some ms) and ends every call that is still open. Before the store closes and before @server is freed. */
void       tc_node_rpc_free (TcNodeRpc *self);

/* Where time-cli --data-dir finds the server: DIR/.rpc holds "IP:port" while it runs. After tc_rpc_server_start () and before it stops. */
gboolean   tc_node_rpc_write_address  (const char *data_dir, const char *address, GError **error);
void       tc_node_rpc_remove_address (const char *data_dir);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNodeRpc, tc_node_rpc_free)

G_END_DECLS
