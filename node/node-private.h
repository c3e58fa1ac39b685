#pragma once

#include "engine/engine.h"
#include "net/net.h"
#include "node.h"

G_BEGIN_DECLS

/* What node.c shows the rest of its folder. Every function belongs to the node's own thread and answers from memory at once; what it returns is a copy
 * of that moment. Before the engine is made and after it is gone they are not called. */

void         tc_node_get_engine_info (TcNode *self, TcEngineInfo *ret_info);
void         tc_node_get_tip         (TcNode *self, TcTip *ret_tip);
TcMoney      tc_node_get_money       (TcNode *self);
/* Of the epoch of the next block. Returns: (transfer full). */
TcCommittee *tc_node_dup_committee   (TcNode *self);
/* Returns: (transfer full) (element-type TcMasternode): values, in index order. */
GArray      *tc_node_dup_masternodes (TcNode *self);
/* Returns: (transfer full) (element-type TcNetPeerInfo): in order of id. */
GPtrArray   *tc_node_dup_peers       (TcNode *self);

/* "IP:port" where the router lets connections in. (nullable) */
const char  *tc_node_get_external    (TcNode *self);
/* Returns: (transfer full) (element-type TcNetBan): those in force, ordered by subject. */
GPtrArray   *tc_node_dup_bans        (TcNode *self);
/* Returns: FALSE where @subject is none, or not banned, or there is no such peer. */
gboolean     tc_node_ban             (TcNode *self, const char *subject, gint64 until_s);
gboolean     tc_node_unban           (TcNode *self, const char *subject);
gboolean     tc_node_disconnect_peer (TcNode *self, guint64 id);

/* dial.c: keeps a connection to "host:port" until the node stops. Errors: TC_NODE_ERROR_CONFIG, TC_NODE_ERROR_EXISTS where it is named already. */
#define TC_NODE_ADDED_MAX 64u
gboolean     tc_node_add_address     (TcNode *self, const char *address, GError **error);
/* Returns: FALSE where it was not added. */
gboolean     tc_node_remove_address  (TcNode *self, const char *address);
/* Once. */
gboolean     tc_node_try_address     (TcNode *self, const char *address, GError **error);
/* Of the book of addresses. Returns: (transfer full) (element-type TcBookEntry): in random order. */
GArray      *tc_node_sample_addresses (TcNode *self);
void         tc_node_count_addresses (TcNode *self, guint *ret_n_new, guint *ret_n_tried);
/* FALSE where it does not know. */
gboolean     tc_node_get_peer_height (TcNode *self, guint64 id, guint32 *ret_height);

/* As tc_node_get_finality_async (). Returns: FALSE, with @ret_finality untouched, where the transaction is unknown. */
gboolean     tc_node_get_finality    (TcNode *self, const TcHash *txid, TcFinality *ret_finality);

/* The newest last block whose epoch is over: what another node may be told to trust (M4). Height 0: there is none yet. */
void         tc_node_read_newest_last (TcNode *self, TcCheckpoint *ret_block, gint64 *ret_time_ms);

/* Calls the handler of tc_node_set_stop_handler () in its context, later. */
void         tc_node_request_stop    (TcNode *self);

G_END_DECLS
