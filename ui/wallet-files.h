#pragma once

#include "session.h"

G_BEGIN_DECLS

/* What is done with the files of wallets that are closed, on the session's network. Main thread; the disk is used on another. Nothing is ever deleted or
 * written over. Errors can be shown to the user. */

void     tc_wallet_file_rename_async  (TcSession *session, const char *name, const char *new_name, GAsyncReadyCallback callback, gpointer user_data);
gboolean tc_wallet_file_rename_finish (GAsyncResult *result, GError **error);

/* Moves it into the folder "removed" beside it. */
void     tc_wallet_file_remove_async  (TcSession *session, const char *name, GAsyncReadyCallback callback, gpointer user_data);
gboolean tc_wallet_file_remove_finish (GAsyncResult *result, GError **error);

/* Copies @file, opens the copy to see that it is whole and of this network, and gives it a place and a free name.
 * Returns: (transfer full): the name; NULL on error, where nothing stays behind. */
void     tc_wallet_file_import_async  (TcSession *session, GFile *file, GAsyncReadyCallback callback, gpointer user_data);
char    *tc_wallet_file_import_finish (GAsyncResult *result, GError **error);

/* The folder of the session's wallets. Returns: (transfer full). */
char    *tc_wallet_files_dup_folder   (TcSession *session);

G_END_DECLS
