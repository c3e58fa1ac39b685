#include "wallet-keys.h"

#include "core/check.h"
#include "memos.h"
#include "wallet-private.h"

typedef struct
{
  char *address, *text;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->address);
  g_free (request->text);
  g_free (request);
}

static GTask *
task_new (TcWallet *self, gpointer tag, const char *address, const char *text, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tag, NULL, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->address = g_strdup (address);
  request->text = g_strdup (text);
  g_task_set_task_data (task, request, request_free);
  return task;
}

static gpointer
finish (TcWallet *self, GAsyncResult *result, gpointer tag, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tag);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
job_find_public_key (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  TcAccount *account = tc_worker_get_account (worker);
  TcPublicKey key;
  TcKeyHash key_hash;
  GError *error = NULL;

  if (!tc_address_parse (request->address, tc_account_get_address_digit (account), &key_hash, &error))
    g_task_return_error (task, error);
  else if (tc_account_find_public_key (account, &key_hash, &key, &error))
    g_task_return_pointer (task, g_memdup2 (&key, sizeof key), g_free);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, NULL, NULL);
}

void
tc_wallet_find_public_key (TcWallet *self, const char *address, GAsyncReadyCallback callback, gpointer user_data)
{
  tc_worker_post (tc_wallet_get_worker (self), job_find_public_key, task_new (self, tc_wallet_find_public_key, address, NULL, callback, user_data));
}

TcPublicKey *
tc_wallet_find_public_key_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, tc_wallet_find_public_key, error);
}

static void
job_sign_message (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  char *signature = tc_account_sign_message (tc_worker_get_account (worker), request->address, request->text, &error);

  if (signature != NULL)
    g_task_return_pointer (task, signature, g_free);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_sign_message (TcWallet *self, const char *address, const char *text, GAsyncReadyCallback callback, gpointer user_data)
{
  tc_worker_post (tc_wallet_get_worker (self), job_sign_message, task_new (self, tc_wallet_sign_message, address, text, callback, user_data));
}

char *
tc_wallet_sign_message_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, tc_wallet_sign_message, error);
}
