#pragma once

#include "node-private.h"
#include "rpc/call.h"

G_BEGIN_DECLS

/* gettrust and trustblock (rule M4). On the node's thread. */

void tc_rpc_get_trust   (TcNode *node, TcRpcCall *call);
/* Parameters 0 and 1 are height and hash. */
void tc_rpc_trust_block (TcNode *node, TcRpcCall *call);

G_END_DECLS
