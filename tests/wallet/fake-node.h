#pragma once

#include "node/node.h"

G_BEGIN_DECLS

/* A node's outside without a network: takes the place of node.c when a test is linked with it. Has the blocks it is given, and answers as told. */

/* @genesis: borrowed. Returns: a node of that network, with no blocks. */
TcNode *fake_node_new          (TcGenesis *genesis);
/* Announces it when @announce. */
void    fake_node_add_block    (TcNode *self, TcBlock *block, gboolean announce);
/* Tells that it has no blocks below @oldest, and whether they @come. */
void    fake_node_set_oldest   (TcNode *self, guint32 oldest, gboolean come);
void    fake_node_send_tx      (TcNode *self, TcTx *tx, const TcFinality *finality);
/* (nullable): NULL: accepts. */
void    fake_node_set_refusal  (TcNode *self, const char *message);
/* Says FINAL of a transaction before it answers that it was taken. */
void    fake_node_set_event_first (TcNode *self, gboolean event_first);
/* From now on its ledger has @outpoint as a plain output of @amount. */
void    fake_node_release      (TcNode *self, const TcOutpoint *outpoint, TcAmount amount);
guint   fake_node_n_submitted  (TcNode *self);
/* (transfer full) (nullable) */
TcTx   *fake_node_last_submitted (TcNode *self);
guint   fake_node_n_subscriptions (TcNode *self);

G_END_DECLS
