#pragma once

#include <adwaita.h>

#include "node/node.h"
#include "wallet/wallet-types.h"

G_BEGIN_DECLS

/* What the explorer shows of one thing, as widgets whose links are the action "explorer.open" with a target: "block/NUMBER", "hash/HEX", "tx/TXID",
 * "address/ADDRESS", "masternode/INDEX". Main thread. */

typedef struct
{
  char                digit;        /* of the network's addresses */
  guint32             tip;
  const TcNodeStatus *status;       /* (nullable) */
  const GArray       *masternodes;  /* TcNodeMasternode */
} TcExplorerContext;

/* @block: taken. @number: what was searched for where that may also be a masternode; G_MAXUINT32: it may not. */
GtkWidget *tc_explorer_block_view      (const TcExplorerContext *context, TcNodeBlock *block, guint32 number);
/* @tx: taken. @own: (nullable): what the wallet says of it. */
GtkWidget *tc_explorer_tx_view         (const TcExplorerContext *context, TcNodeTx *tx, const TcWalletTx *own);
/* @found: taken. @label: (nullable). */
GtkWidget *tc_explorer_address_view    (const TcExplorerContext *context, const char *address, TcNodeAddress *found, gboolean mine, const char *label);
/* @count: (nullable): of @n_blocks blocks looked at. */
GtkWidget *tc_explorer_masternode_view (const TcExplorerContext *context, const TcNodeMasternode *masternode, const TcNodeSigned *count);

/* The chain has grown under any of them. */
void       tc_explorer_view_set_tip    (GtkWidget *view, guint32 tip);

/* "Masternode 3", or that it is not known. Returns: (transfer full). */
char      *tc_explorer_masternode_name (guint32 index);
/* "Registered", "Retired"…: a word for its state. */
const char *tc_explorer_masternode_state (const TcNodeMasternode *masternode);
/* "Gold" */
const char *tc_explorer_tier_name      (TcTier tier);

G_END_DECLS
