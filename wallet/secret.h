#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Secrets in sodium_malloc memory: guarded, locked where the system allows it, wiped when the last reference goes, never in a core dump.
 * Contents are written once by whoever makes one; afterwards immutable and reference-counted, any thread. tc_crypto_init () comes first. */
typedef struct _TcSecretBytes TcSecretBytes;

/* @size_bytes zero bytes, to be filled in through tc_secret_bytes_get () before the secret is shared. */
TcSecretBytes *tc_secret_bytes_new   (gsize size_bytes);
/* A copy of @data, which stays the caller's to wipe. */
TcSecretBytes *tc_secret_bytes_copy  (gconstpointer data, gsize size_bytes);
TcSecretBytes *tc_secret_bytes_ref   (TcSecretBytes *self);
void           tc_secret_bytes_unref (TcSecretBytes *self);
guint8        *tc_secret_bytes_get   (const TcSecretBytes *self);
gsize          tc_secret_bytes_size  (const TcSecretBytes *self);

/* A NUL-terminated UTF-8 string kept the same way: phrases, passphrases, passwords. */
typedef struct _TcSecretString TcSecretString;

/* @text: (nullable): NULL is the empty string. A copy: the caller wipes its own (tc_secret_wipe ()). */
TcSecretString *tc_secret_string_new    (const char *text);
TcSecretString *tc_secret_string_new_n  (const char *text, gsize n);
TcSecretString *tc_secret_string_ref    (TcSecretString *self);
void            tc_secret_string_unref  (TcSecretString *self);
const char     *tc_secret_string_get    (const TcSecretString *self);
gsize           tc_secret_string_length (const TcSecretString *self);

/* Overwrites @n bytes in a way that the compiler keeps. */
void            tc_secret_wipe          (gpointer data, gsize n);
/* Wipes and frees a g_malloc'ed string. @text: (nullable). */
void            tc_secret_free_text     (char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSecretBytes, tc_secret_bytes_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSecretString, tc_secret_string_unref)

G_END_DECLS
