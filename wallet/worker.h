#pragma once

#include "account.h"

G_BEGIN_DECLS

/* The thread that a wallet lives on: an account, the node that it follows, and what is under way between them. TcWallet is its face.
 * Reference-counted; tc_worker_post () and tc_worker_dup_snapshot () from any thread, what a job is given only in the job. */
typedef struct _TcWorker TcWorker;

/* Runs on the worker's thread. @task: the request, to be answered then or later; the worker drops it in its owner's context. (nullable) */
typedef void (*TcWorkerJob) (TcWorker *self, GTask *task);

/* Starts the thread. @changed runs in the caller's thread-default context, at most ten times a second. */
TcWorker         *tc_worker_new           (void);
TcWorker         *tc_worker_ref           (TcWorker *self);
void              tc_worker_unref         (TcWorker *self);
/* Whom to tell of changes, in the owner's context; NULL for nobody. Owner's thread. */
void              tc_worker_set_changed   (TcWorker *self, void (*changed) (gpointer), gpointer user_data);

/* Jobs run in the order of posting. @task: (transfer full) (nullable): once the worker has quit it fails with TC_WALLET_ERROR_CLOSED. */
void              tc_worker_post          (TcWorker *self, TcWorkerJob job, GTask *task);
/* Closes everything and ends the thread, when what it waits for has come. @task: (transfer full) (nullable). */
void              tc_worker_quit          (TcWorker *self, GTask *task);
void              tc_worker_join          (TcWorker *self);

/* (transfer full) (nullable): NULL before the account is there. */
TcWalletSnapshot *tc_worker_dup_snapshot  (TcWorker *self);
/* Any thread. */
TcWalletFees      tc_worker_get_fees      (TcWorker *self);
/* Any thread: from now on no snapshot says unlocked, until the lock job has run. */
void              tc_worker_want_lock     (TcWorker *self);

/* --- In a job --- */

/* (transfer full) */
void              tc_worker_set_account   (TcWorker *self, TcAccount *account);
TcAccount        *tc_worker_get_account   (TcWorker *self);
/* The snapshot is made anew at once, and announced soon. */
void              tc_worker_refresh       (TcWorker *self);
gboolean          tc_worker_attach        (TcWorker *self, TcNode *node, GError **error);
/* (nullable) */
TcNode           *tc_worker_get_node      (TcWorker *self);
/* Submits @tx, which the account has stored; @task is answered with a TcHash (g_free) or an error. */
void              tc_worker_submit        (TcWorker *self, TcTx *tx, GTask *task);
void              tc_worker_rescan        (TcWorker *self, guint32 from_height, GTask *task);
void              tc_worker_stop_rescan   (TcWorker *self);
void              tc_worker_lock          (TcWorker *self);
/* There may be blocks to read. */
void              tc_worker_scan          (TcWorker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWorker, tc_worker_unref)

G_END_DECLS
