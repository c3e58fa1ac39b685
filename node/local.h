#pragma once

#include "node.h"

G_BEGIN_DECLS

/* The embedded local network: N masternodes of this process over loopback sockets, and the wallet's own node without power. Nothing but its
 * genesis parameters differs from a real network; no message takes a short cut.
 *
 *   DIR/network.json      its genesis: pays 1 000 000 TIME to the key hash given at its making
 *   DIR/m1 … DIR/mN       each masternode's data directory, with operator.key (mode 0600)
 *   DIR/node              the data directory of the wallet's own node */
typedef struct _TcLocal TcLocal;

#define TC_LOCAL_MASTERNODES_DEFAULT 4u
#define TC_LOCAL_FUNDS_TIME          1000000u

/* TRUE where @dir holds a local network already. Reads the disk. */
gboolean  tc_local_exists       (const char *dir);

/* Makes DIR/network.json and DIR/m1…mN with fresh operator keys, paying @key_hash. Fails, with nothing changed, where one is there already.
 * Reads and writes the disk. @base_port: 0: each masternode gets a free port of now, kept in the genesis (hosts must be known to all). */
gboolean  tc_local_create       (const char *dir, guint n_masternodes, const TcKeyHash *key_hash, guint16 base_port, GError **error);

/* Starts what @dir holds: the masternodes, then the wallet's node. @rpc_listen: of the wallet's node (nullable). */
TcLocal  *tc_local_new          (const char *dir, const char *listen, const char *rpc_listen);
/* Before the start: the wallet's own node is a masternode too, with @operator_key, and listens at @listen. */
void      tc_local_set_operator (TcLocal *self, TcSecretKey *operator_key, const char *listen);
void      tc_local_start_async  (TcLocal *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_local_start_finish (TcLocal *self, GAsyncResult *result, GError **error);
/* Also while it starts: that then fails with TC_NODE_ERROR_STOPPED, or is done, before this ends. */
void      tc_local_stop_async   (TcLocal *self, GAsyncReadyCallback callback, gpointer user_data);
void      tc_local_stop_finish  (TcLocal *self, GAsyncResult *result);
/* Nothing may be under way. */
void      tc_local_free         (TcLocal *self);

/* The wallet's own node. (transfer none) (nullable): NULL before start. */
TcNode   *tc_local_get_node     (TcLocal *self);
guint     tc_local_get_n_masternodes (TcLocal *self);
TcNode   *tc_local_get_masternode    (TcLocal *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLocal, tc_local_free)

G_END_DECLS
