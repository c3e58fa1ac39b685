#pragma once

#include "core/network.h"

G_BEGIN_DECLS

/* What a data directory's signed.sqlite says, for its operator (rules C5, C8). These block on the disk. */

/* Reads only, and takes no lock: a node may run there. @network: (nullable): that it must belong to; its parameters are assumed to be the usual ones without it.
 * @operator_key: (nullable): the masternode's. @json: one object instead of lines for people.
 * Returns: (transfer full) (nullable): text that ends with a line break; NULL sets @error, whose message says what to do. */
char     *tc_signed_describe    (const char *data_dir, const TcNetwork *network, const TcPublicKey *operator_key, gboolean json, GError **error);
/* The operator's word that this node's block of @height stands, and the other that carries a commit does not: the node starts again, and ignores that one. No node may run there.
 * Fails where it is not halted there. */
gboolean  tc_signed_forget_halt (const char *data_dir, const TcNetwork *network, guint32 height, GError **error);

G_END_DECLS
