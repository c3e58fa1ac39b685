#include "wallet-offline.h"

#include "core/check.h"
#include "wallet-private.h"

static gpointer
finish (TcWallet *self, GAsyncResult *result, gpointer tag, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tag);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bytes_free (gpointer bytes)
{
  g_bytes_unref (bytes);
}

static void
review_free (gpointer review)
{
  tc_payment_review_unref (review);
}

static void
list_free (gpointer list)
{
  g_ptr_array_unref (list);
}

static void
draft_free (gpointer draft)
{
  tc_payment_draft_unref (draft);
}

static void
return_pointer (GTask *task, gpointer result, GDestroyNotify destroy, GError *error)
{
  if (result != NULL)
    g_task_return_pointer (task, result, destroy);
  else
    g_task_return_error (task, error);
}

static void
post_bytes (TcWallet *self, gpointer tag, TcWorkerJob job, GBytes *bytes, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tag, NULL, callback, user_data);

  g_task_set_task_data (task, g_bytes_ref (bytes), bytes_free);
  tc_worker_post (tc_wallet_get_worker (self), job, task);
}

/* --- Where a payment is prepared and sent ------------------------------------------------------------------------------------------- */

static void
job_export_payment (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  TcPaymentReview *review = tc_account_export_payment (tc_worker_get_account (worker), g_task_get_task_data (task), g_get_real_time () / 1000, &error);

  tc_worker_refresh (worker);
  return_pointer (task, review, review_free, error);
}

void
tc_wallet_export_payment (TcWallet *self, TcPaymentDraft *draft, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_export_payment, NULL, callback, user_data);

  g_task_set_task_data (task, tc_payment_draft_ref (draft), draft_free);
  tc_worker_post (tc_wallet_get_worker (self), job_export_payment, task);
}

TcPaymentReview *
tc_wallet_export_payment_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, tc_wallet_export_payment, error);
}

static void
job_list_waiting (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  GPtrArray *list = tc_account_list_waiting (tc_worker_get_account (worker), &error);

  return_pointer (task, list, list_free, error);
}

void
tc_wallet_list_waiting (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data)
{
  tc_worker_post (tc_wallet_get_worker (self), job_list_waiting, tc_wallet_task_new (self, tc_wallet_list_waiting, NULL, callback, user_data));
}

GPtrArray *
tc_wallet_list_waiting_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, tc_wallet_list_waiting, error);
}

static void
job_drop_waiting (TcWorker *worker, GTask *task)
{
  const guint64 *id = g_task_get_task_data (task);
  GError *error = NULL;

  if (tc_account_drop_waiting (tc_worker_get_account (worker), *id, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  tc_worker_refresh (worker);
}

void
tc_wallet_drop_waiting (TcWallet *self, guint64 id, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_drop_waiting, NULL, callback, user_data);

  g_task_set_task_data (task, g_memdup2 (&id, sizeof id), g_free);
  tc_worker_post (tc_wallet_get_worker (self), job_drop_waiting, task);
}

gboolean
tc_wallet_drop_waiting_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_drop_waiting);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
job_read_signed (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  TcPaymentReview *review = tc_account_read_signed (tc_worker_get_account (worker), g_task_get_task_data (task), &error);

  return_pointer (task, review, review_free, error);
}

void
tc_wallet_read_signed (TcWallet *self, GBytes *data, GAsyncReadyCallback callback, gpointer user_data)
{
  post_bytes (self, tc_wallet_read_signed, job_read_signed, data, callback, user_data);
}

TcPaymentReview *
tc_wallet_read_signed_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, tc_wallet_read_signed, error);
}

static void
job_send_signed (TcWorker *worker, GTask *task)
{
  GError *error = NULL;

  if (tc_wallet_refuse_without_node (worker, task))
    return;
  g_autoptr(TcTx) tx = tc_account_take_signed (tc_worker_get_account (worker), g_task_get_task_data (task), g_get_real_time () / 1000, &error);
  tc_worker_refresh (worker);
  if (tx != NULL)
    tc_worker_submit (worker, tx, task);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_send_signed (TcWallet *self, GBytes *sealed, GAsyncReadyCallback callback, gpointer user_data)
{
  post_bytes (self, tc_wallet_send_signed, job_send_signed, sealed, callback, user_data);
}

gboolean
tc_wallet_send_signed_finish (TcWallet *self, GAsyncResult *result, TcHash *ret_txid, GError **error)
{
  g_autofree TcHash *txid = finish (self, result, tc_wallet_send_signed, error);

  if (txid == NULL)
    return FALSE;
  *ret_txid = *txid;
  return TRUE;
}

/* --- Where the keys are ---------------------------------------------------------------------------------------------------------------- */

static void
job_read_unsigned (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  TcPaymentReview *review = tc_account_read_unsigned (tc_worker_get_account (worker), g_task_get_task_data (task), &error);

  return_pointer (task, review, review_free, error);
}

void
tc_wallet_read_unsigned (TcWallet *self, GBytes *data, GAsyncReadyCallback callback, gpointer user_data)
{
  post_bytes (self, tc_wallet_read_unsigned, job_read_unsigned, data, callback, user_data);
}

TcPaymentReview *
tc_wallet_read_unsigned_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, tc_wallet_read_unsigned, error);
}

static void
job_sign_unsigned (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  GBytes *sealed = tc_account_sign_unsigned (tc_worker_get_account (worker), g_task_get_task_data (task), &error);

  return_pointer (task, sealed, bytes_free, error);
}

void
tc_wallet_sign_unsigned (TcWallet *self, GBytes *sealed, GAsyncReadyCallback callback, gpointer user_data)
{
  post_bytes (self, tc_wallet_sign_unsigned, job_sign_unsigned, sealed, callback, user_data);
}

GBytes *
tc_wallet_sign_unsigned_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, tc_wallet_sign_unsigned, error);
}

/* --- Watch files ------------------------------------------------------------------------------------------------------------------------- */

static void
job_export_watch (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  GBytes *sealed = tc_account_export_watch (tc_worker_get_account (worker), &error);

  return_pointer (task, sealed, bytes_free, error);
}

void
tc_wallet_export_watch (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data)
{
  tc_worker_post (tc_wallet_get_worker (self), job_export_watch, tc_wallet_task_new (self, tc_wallet_export_watch, NULL, callback, user_data));
}

GBytes *
tc_wallet_export_watch_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, tc_wallet_export_watch, error);
}

static void
job_import_watch (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  guint32 n_new = 0;
  const gboolean ok = tc_account_import_watch (tc_worker_get_account (worker), g_task_get_task_data (task), &n_new, &error);

  tc_worker_refresh (worker);
  tc_worker_scan (worker);
  if (ok)
    g_task_return_int (task, n_new);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_import_watch (TcWallet *self, GBytes *data, GAsyncReadyCallback callback, gpointer user_data)
{
  post_bytes (self, tc_wallet_import_watch, job_import_watch, data, callback, user_data);
}

gboolean
tc_wallet_import_watch_finish (TcWallet *self, GAsyncResult *result, guint32 *ret_n_new, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_import_watch);
  const gssize n_new = g_task_propagate_int (G_TASK (result), error);

  if (n_new >= 0 && ret_n_new != NULL)
    *ret_n_new = (guint32) n_new;
  return n_new >= 0;
}
