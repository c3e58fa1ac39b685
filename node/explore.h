#pragma once

#include "node-private.h"
#include "rpc/server.h"

G_BEGIN_DECLS

/* How blocks, transactions and addresses are looked up without an index: what node.h offers as tasks and RPC as methods. But for begin, each reads the disk of whichever thread it is
 * called on, and comes back soon once it is cancelled or the node stops. */

typedef struct
{
  TcNode             *node;
  GCancellable       *cancellable;   /* (nullable) */
  TcNodeProgressFunc  progress;      /* (nullable): on the same thread, often */
  gpointer            progress_data;
} TcExplore;

GArray        *tc_explore_list_blocks   (const TcExplore *self, guint32 from_height, guint n, GError **error);
TcNodeBlock   *tc_explore_get_block     (const TcExplore *self, guint32 height, const TcHash *hash, GError **error);
/* On the node's thread: what it knows of @txid without the disk. (transfer full) */
TcNodeTx      *tc_explore_begin_tx      (TcNode *node, const TcHash *txid);
/* Finds the rest. On failure @found is as incomplete as it was. */
gboolean       tc_explore_find_tx       (const TcExplore *self, TcNodeTx *found, guint32 likely_height, GError **error);
TcNodeAddress *tc_explore_find_coins    (const TcExplore *self, const TcKeyHash *key_hashes, gsize n_key_hashes, GError **error);
GArray        *tc_explore_count_signed  (const TcExplore *self, guint n, GError **error);

/* node-rpc-explore.c: getrawtransaction, scantxoutset, getaddressbalance. Made and freed on the node's thread. */
typedef struct _TcNodeRpcExplore TcNodeRpcExplore;

TcNodeRpcExplore *tc_node_rpc_explore_new  (TcNode *node, TcRpcServer *server);
/* Cancels what is under way, waits for it, and ends its calls. */
void              tc_node_rpc_explore_free (TcNodeRpcExplore *self);

G_END_DECLS
