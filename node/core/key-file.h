#pragma once

#include "key.h"

G_BEGIN_DECLS

/* An operator key in a file of its own: the seed as 64 hexadecimal digits and a line end, mode 0600; lines before it that begin with # say what it is. Reads and writes the disk: not for the main
 * thread of a window. Errors are G_FILE_ERROR and say what to do. */

/* Returns: (transfer full) (nullable). Refuses a file that others can read. */
TcSecretKey *tc_key_file_load   (const char *path, GError **error);

/* A new random key, in a new file that is on disk when this returns; never over another.
 * Returns: (transfer full) (nullable). */
TcSecretKey *tc_key_file_create (const char *path, GError **error);

/* @key into a new file that is on disk when this returns; never over another. @head: (nullable): lines that begin with #, at most 4 000 bytes. */
gboolean     tc_key_file_write  (const char *path, const char *head, const TcSecretKey *key, GError **error);

G_END_DECLS
