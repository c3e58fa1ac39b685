#pragma once

#include <gio/gio.h>

#include "core/key.h"

G_BEGIN_DECLS

/* Operator keys that were made on this computer, and which of them its own node uses. @dir is the network's folder:
 *
 *   DIR/masternodes/KEY.key   an operator key (core/key-file.h); KEY is its public key
 *   DIR/masternodes/here      "KEY IP:port\n": this computer's node is that masternode, from its next start on
 *
 * One key belongs on one computer. Functions without _async read the disk: not for the main thread. */

/* The key and address of this computer's node. Returns: FALSE without @error where it is no masternode. @ret_listen: where it listens: that address where it is a loopback one, else its
 * port on every interface. */
gboolean     tc_operator_here_load        (const char *dir, TcSecretKey **ret_key, char **ret_listen, GError **error);

/* A new key, kept in the folder. Returns: (transfer full). */
void         tc_operator_key_make_async   (const char *dir, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcSecretKey *tc_operator_key_make_finish  (GAsyncResult *result, GError **error);

/* @key: (nullable): NULL: this computer is no masternode any more, from the next start on. @host: "IP:port". */
void         tc_operator_here_set_async   (const char *dir, const TcPublicKey *key, const char *host, GAsyncReadyCallback callback, gpointer user_data);
gboolean     tc_operator_here_set_finish  (GAsyncResult *result, GError **error);

/* One file for `timed` on another computer: the key, and before it as comments what to do with it. Mode 0600, never over another. */
void         tc_operator_key_export_async  (const char *dir, const TcPublicKey *key, const char *network, const char *host, const char *path,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean     tc_operator_key_export_finish (GAsyncResult *result, GError **error);

/* Which keys are in the folder. @ret_here: the one that this computer uses; zero: none. Returns: (transfer full) (element-type TcPublicKey): NULL sets @error. */
void         tc_operator_keys_list_async   (const char *dir, GAsyncReadyCallback callback, gpointer user_data);
GArray      *tc_operator_keys_list_finish  (GAsyncResult *result, TcPublicKey *ret_here, GError **error);

G_END_DECLS
