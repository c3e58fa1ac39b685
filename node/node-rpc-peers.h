#pragma once

#include "node-private.h"
#include "rpc/server.h"

G_BEGIN_DECLS

/* The methods about peers and bans, in Bitcoin Core's manner. The node's thread. */

/* @node: borrowed. They run in the thread-default context. */
void tc_node_rpc_peers_add    (TcNode *node, TcRpcServer *server);
void tc_node_rpc_peers_remove (TcRpcServer *server);

G_END_DECLS
