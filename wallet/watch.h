#pragma once

#include "account.h"
#include "envelope.h"

G_BEGIN_DECLS

/* Wallets without keys, which watch. Ed25519 keys are derived by hardened steps alone, so there is no public key from which addresses follow: a wallet that has the
 * keys writes the public ones down, of each account so many ahead, in a watch file (docs/protocol.md, "Files of a wallet"); or the user gives addresses. */

#define TC_WATCH_FILE_MAX      16000000u  /* bytes, sealed */
#define TC_WATCH_AHEAD         1000u      /* keys of a chain, past those given out */
#define TC_WATCH_KEYS_MAX      20000u     /* of a chain */
#define TC_WATCH_ADDRESSES_MAX 10000u
#define TC_WATCH_LOW           100u       /* fewer keys left: time for a newer file */

/* Unlocked. Returns: (transfer full): sealed. */
GBytes  *tc_account_export_watch (TcAccount *self, GError **error);
/* A newer file of the same wallet: more keys, more accounts. What they were paid before is looked for in all blocks. @ret_n_new: (out) (optional): keys that were new. */
gboolean tc_account_import_watch (TcAccount *self, GBytes *data, guint32 *ret_n_new, GError **error);

/* What @data, of a file or a clipboard, says before a wallet is made of it: a watch file, or addresses between blanks. @ret_origin: (out) (optional): of addresses the
 * digit alone. Returns: FALSE with @error set where it is neither. */
gboolean tc_watch_check          (GBytes *data, TcEnvelopeOrigin *ret_origin, GError **error);

G_END_DECLS
