#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Files that a wallet gives out and takes back. These block. Messages can be shown to the user. */

/* At most @size_max bytes, of a plain file. Returns: (transfer full): NULL sets @error (TC_WALLET_ERROR_MISSING, _FAILED; _DAMAGED: larger). */
GBytes  *tc_wallet_read_file  (const char *path, gsize size_max, GError **error);
/* Puts @bytes at @path in one step, mode 0600, on disk when this returns, and reads them back. @replace: what
 * is there before may be replaced (TC_WALLET_ERROR_EXISTS otherwise); where this fails it is left as it was. */
gboolean tc_wallet_write_file (const char *path, GBytes *bytes, gboolean replace, GError **error);

G_END_DECLS
