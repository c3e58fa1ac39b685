#pragma once

#include "wallet.h"
#include "worker.h"

G_BEGIN_DECLS

/* For the files of the same class. */

/* (transfer none) */
TcWorker *tc_wallet_get_worker     (TcWallet *self);
/* A task whose answer is told however late the cancelling. */
GTask    *tc_wallet_task_new       (TcWallet *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* For what makes or opens a wallet: @job runs on a new worker and ends with tc_wallet_return_opened (); tc_wallet_finish_opening () makes the wallet of it. */
void      tc_wallet_start          (TcWorkerJob job, GTask *task);
void      tc_wallet_return_opened  (TcWorker *worker, GTask *task, TcAccount *account, GError *error);
TcWallet *tc_wallet_finish_opening (GAsyncResult *result, gpointer tag, GError **error);
/* In a job. Returns: TRUE, and answered @task, where no node is attached. */
gboolean  tc_wallet_refuse_without_node (TcWorker *worker, GTask *task);
/* The draft @draft_id is not needed any more. */
void      tc_wallet_post_release   (TcWorker *worker, guint64 draft_id);

G_END_DECLS
