#pragma once

#include "worker.h"

G_BEGIN_DECLS

/* The inside of a worker, shared by worker.c (the thread, and following the node) and worker-calls.c (what the node is asked). */

struct _TcWorker
{
  gatomicrefcount   ref_count;
  GThread          *thread;
  GMainContext     *context, *owner_context;
  GMainLoop        *loop;
  gint              lock_wanted;     /* atomic */

  GMutex            mutex;           /* of these four */
  gboolean          ended;
  TcWalletSnapshot *snapshot;
  TcFinalTimes      final_times;
  guint64           fee_rate;        /* that the node asks; 0: no node */

  void            (*changed) (gpointer);  /* owner's thread */
  gpointer          changed_data;

  /* The worker's thread alone from here on. */
  TcAccount        *account;
  TcNode           *node;
  guint             subscription;
  guint32           node_height;
  guint32           oldest_height;   /* of the blocks that the node has */
  gboolean          older_come;      /* it fetches those below */
  gboolean          collateral_due;  /* an epoch ended: collateral may have been released */
  GPtrArray        *open_before;     /* (nullable) (element-type TcTx) on their way before attaching: to be asked about once the blocks are read */
  GSource          *scan_source, *retry_source, *announce_source;
  gint64            announced_us;
  char             *problem;
  GTask            *rescan_task;
  guint             n_in_flight;     /* calls to the node */
  gboolean          quitting;
  GPtrArray        *quit_tasks;      /* (element-type GTask) to be answered at the end */
};

/* worker.c */
/* @task: (transfer full) (nullable): it refers to its TcWallet, which is disposed of on the owner's thread only, so the last reference goes there. */
void tc_worker_drop_task            (TcWorker *self, GTask *task);
/* @problem: (nullable): a failure that goes away by itself or with the user's help. */
void tc_worker_set_problem          (TcWorker *self, const char *problem);
void tc_worker_retry_later          (TcWorker *self, const GError *error);
void tc_worker_take_tx              (TcWorker *self, TcTx *tx, const TcFinality *finality);

/* worker-calls.c */
/* The highest block of the node's older than @time_ms; 0: none that it has. @ret_time_ms: (out) (optional): its time. */
gboolean tc_worker_find_height      (TcWorker *self, gint64 time_ms, guint32 *ret_height, gint64 *ret_time_ms, GError **error);
/* Payments that were on their way when the node was last seen: it may know better now, or have forgotten them. */
void tc_worker_ask_about_open       (TcWorker *self);
/* A release of collateral is in no transaction, so the ledger is asked what is locked still. */
void tc_worker_ask_about_collateral (TcWorker *self);

G_END_DECLS
