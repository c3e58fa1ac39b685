#include "wallet-private.h"

#include "core/check.h"
#include "worker-private.h"

typedef struct
{
  guint32 account;
  char   *name;   /* (nullable) */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->name);
  g_free (request);
}

static void
post (TcWallet *self, gpointer tag, TcWorkerJob job, guint32 account, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tag, NULL, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->account = account;
  request->name = g_strdup (name);
  g_task_set_task_data (task, request, request_free);
  tc_worker_post (tc_wallet_get_worker (self), job, task);
}

static void
answer (TcWorker *worker, GTask *task, gboolean ok, GError *error)
{
  tc_worker_refresh (worker);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
job_add (TcWorker *worker, GTask *task)
{
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_add_account (tc_worker_get_account (worker), request->name, &request->account, &error);

  answer (worker, task, ok, error);
}

void
tc_wallet_add_account (TcWallet *self, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_add_account, job_add, 0, name, callback, user_data);
}

gboolean
tc_wallet_add_account_finish (TcWallet *self, GAsyncResult *result, guint32 *ret_account, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_add_account);
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *ret_account = ((const Request *) g_task_get_task_data (G_TASK (result)))->account;
  return TRUE;
}

static void
job_rename (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_rename_account (tc_worker_get_account (worker), request->account, request->name, &error);

  answer (worker, task, ok, error);
}

void
tc_wallet_rename_account (TcWallet *self, guint32 account, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_rename_account, job_rename, account, name, callback, user_data);
}

gboolean
tc_wallet_rename_account_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_rename_account);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Rescan ----------------------------------------------------------------------------------------------------------------------- */

static void
job_rescan_since (TcWorker *worker, GTask *task)
{
  const gint64 *time_ms = g_task_get_task_data (task);
  GError *error = NULL;
  guint32 older = 0;

  if (tc_wallet_refuse_without_node (worker, task))
    return;
  if (tc_worker_find_height (worker, *time_ms, &older, NULL, &error))
    tc_worker_rescan (worker, MAX (older + 1, worker->oldest_height), task);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_rescan_since (TcWallet *self, gint64 time_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_rescan_since, cancellable, callback, user_data);

  g_task_set_task_data (task, g_memdup2 (&time_ms, sizeof time_ms), g_free);
  tc_worker_post (tc_wallet_get_worker (self), job_rescan_since, task);
}

gboolean
tc_wallet_rescan_since_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_rescan_since);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
job_stop_rescan (TcWorker *worker, GTask *task)
{
  tc_worker_stop_rescan (worker);
}

void
tc_wallet_stop_rescan (TcWallet *self)
{
  tc_worker_post (tc_wallet_get_worker (self), job_stop_rescan, NULL);
}
