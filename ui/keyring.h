#pragma once

#include <gio/gio.h>

#include "wallet/secret.h"

G_BEGIN_DECLS

/* Passwords that the user asked this computer to remember, in the desktop's keyring (the Secret Service, through libsecret), one a wallet's file. Main thread;
 * nothing here blocks it. Where there is no such service everything fails with G_IO_ERROR or a D-Bus error, which is no reason to bother anyone. */

/* Whether there is a keyring service. */
void            tc_keyring_check_async   (GAsyncReadyCallback callback, gpointer user_data);
gboolean        tc_keyring_check_finish  (GAsyncResult *result);

/* Returns: (transfer full) (nullable): NULL where none is remembered, or @error is set. */
void            tc_keyring_lookup_async  (const char *wallet_path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcSecretString *tc_keyring_lookup_finish (GAsyncResult *result, GError **error);

void            tc_keyring_store_async   (const char *wallet_path, const TcSecretString *password, GAsyncReadyCallback callback, gpointer user_data);
gboolean        tc_keyring_store_finish  (GAsyncResult *result, GError **error);

/* Succeeds also where nothing is remembered. */
void            tc_keyring_forget_async  (const char *wallet_path, GAsyncReadyCallback callback, gpointer user_data);
gboolean        tc_keyring_forget_finish (GAsyncResult *result, GError **error);

G_END_DECLS
