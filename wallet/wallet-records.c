#include "wallet-records.h"

#include "core/check.h"
#include "wallet-private.h"

/* What a job needs of any of these functions. */
typedef struct
{
  char      *address, *text;
  TcHash     txid;
  TcContact *contact;
  TcAmount   amount;
  guint32    account;
  gint64     id, expires_s;
  gboolean   removed;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->address);
  g_free (request->text);
  tc_contact_free (request->contact);
  g_free (request);
}

/* @request: its strings are taken. */
static void
post (TcWallet *self, gpointer tag, TcWorkerJob job, Request request, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tag, NULL, callback, user_data);

  g_task_set_task_data (task, g_memdup2 (&request, sizeof request), request_free);
  tc_worker_post (tc_wallet_get_worker (self), job, task);
}

static gboolean
finish_boolean (TcWallet *self, GAsyncResult *result, gpointer tag, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tag);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gpointer
finish_pointer (TcWallet *self, GAsyncResult *result, gpointer tag, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tag);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
return_changed (TcWorker *worker, GTask *task, gboolean ok, GError *error)
{
  tc_worker_refresh (worker);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
unref_array (gpointer array)
{
  g_ptr_array_unref (array);
}

static void
return_list (GTask *task, GPtrArray *list, GError *error)
{
  if (list != NULL)
    g_task_return_pointer (task, list, unref_array);
  else
    g_task_return_error (task, error);
}

/* --- Labels and notes ------------------------------------------------------------------------------------------------------------- */

static void
job_set_label (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_set_label (tc_worker_get_account (worker), request->address, request->text, &error);

  return_changed (worker, task, ok, error);
}

void
tc_wallet_set_label (TcWallet *self, const char *address, const char *label, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_set_label, job_set_label, (Request) { .address = g_strdup (address), .text = g_strdup (label) }, callback, user_data);
}

gboolean
tc_wallet_set_label_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_set_label, error);
}

static void
job_list_labels (TcWorker *worker, GTask *task)
{
  return_list (task, tc_account_list_labels (tc_worker_get_account (worker)), NULL);
}

void
tc_wallet_list_labels (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_list_labels, job_list_labels, (Request) { 0 }, callback, user_data);
}

GPtrArray *
tc_wallet_list_labels_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_pointer (self, result, tc_wallet_list_labels, error);
}

static void
job_set_note (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_set_note (tc_worker_get_account (worker), &request->txid, request->text, &error);

  return_changed (worker, task, ok, error);
}

void
tc_wallet_set_note (TcWallet *self, const TcHash *txid, const char *note, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_set_note, job_set_note, (Request) { .txid = *txid, .text = g_strdup (note) }, callback, user_data);
}

gboolean
tc_wallet_set_note_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_set_note, error);
}

/* --- Contacts --------------------------------------------------------------------------------------------------------------------- */

static void
job_list_contacts (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  GPtrArray *list = tc_account_list_contacts (tc_worker_get_account (worker), &error);

  return_list (task, list, error);
}

void
tc_wallet_list_contacts (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_list_contacts, job_list_contacts, (Request) { 0 }, callback, user_data);
}

GPtrArray *
tc_wallet_list_contacts_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_pointer (self, result, tc_wallet_list_contacts, error);
}

static void
job_set_contact (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_set_contact (tc_worker_get_account (worker), request->contact, request->address, &error);

  return_changed (worker, task, ok, error);
}

void
tc_wallet_set_contact (TcWallet *self, const TcContact *contact, const char *old_address, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_set_contact, job_set_contact, (Request) { .contact = tc_contact_copy (contact), .address = g_strdup (old_address) }, callback,
        user_data);
}

gboolean
tc_wallet_set_contact_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_set_contact, error);
}

static void
job_remove_contact (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_remove_contact (tc_worker_get_account (worker), request->address, &error);

  return_changed (worker, task, ok, error);
}

void
tc_wallet_remove_contact (TcWallet *self, const char *address, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_remove_contact, job_remove_contact, (Request) { .address = g_strdup (address) }, callback, user_data);
}

gboolean
tc_wallet_remove_contact_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_remove_contact, error);
}

/* --- Requests --------------------------------------------------------------------------------------------------------------------- */

static void
unref_request (gpointer request)
{
  tc_wallet_request_unref (request);
}

static void
job_create_request (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  const TcRequestOrder order = { .account = request->account, .amount = request->amount, .label = request->address, .message = request->text,
                                 .expires_s = request->expires_s };
  GError *error = NULL;
  TcWalletRequest *made = tc_account_create_request (tc_worker_get_account (worker), &order, g_get_real_time () / 1000, &error);

  tc_worker_refresh (worker);
  if (made != NULL)
    g_task_return_pointer (task, made, unref_request);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_create_request (TcWallet *self, const TcRequestOrder *order, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_create_request, job_create_request,
        (Request) { .account = order->account, .amount = order->amount, .address = g_strdup (order->label), .text = g_strdup (order->message),
                    .expires_s = order->expires_s },
        callback, user_data);
}

TcWalletRequest *
tc_wallet_create_request_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_pointer (self, result, tc_wallet_create_request, error);
}

static void
job_list_requests (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  GPtrArray *list = tc_account_list_requests (tc_worker_get_account (worker), request->account, g_get_real_time () / G_USEC_PER_SEC, &error);

  return_list (task, list, error);
}

void
tc_wallet_list_requests (TcWallet *self, guint32 account, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_list_requests, job_list_requests, (Request) { .account = account }, callback, user_data);
}

GPtrArray *
tc_wallet_list_requests_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_pointer (self, result, tc_wallet_list_requests, error);
}

static void
job_remove_request (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_remove_request (tc_worker_get_account (worker), request->id, request->removed, &error);

  return_changed (worker, task, ok, error);
}

void
tc_wallet_remove_request (TcWallet *self, gint64 id, gboolean removed, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, tc_wallet_remove_request, job_remove_request, (Request) { .id = id, .removed = removed }, callback, user_data);
}

gboolean
tc_wallet_remove_request_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_remove_request, error);
}
