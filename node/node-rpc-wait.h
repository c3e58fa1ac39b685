#pragma once

#include "node.h"

G_BEGIN_DECLS

/* Calls of waittransactionfinality that are not answered yet: each ends once its transaction is as final as it asks for, or cannot become so any more, or its
 * time is over. On the node's thread. Their number is bounded by the server's TC_RPC_CALLS_MAX. */
typedef struct _TcFinalityWaits TcFinalityWaits;

/* @node: borrowed, outlives it. @tip_height: of the newest block on disk. */
TcFinalityWaits *tc_finality_waits_new    (TcNode *node, guint32 tip_height);
/* Ends every call that is still open. */
void             tc_finality_waits_free   (TcFinalityWaits *self);
/* Parameters 1 and 2 of @call are the state and the timeout. Ends it now or later. */
void             tc_finality_waits_add    (TcFinalityWaits *self, TcRpcCall *call, const TcHash *txid);
/* TX and BLOCK events. */
void             tc_finality_waits_notice (TcFinalityWaits *self, const TcNodeEvent *event);

G_END_DECLS
