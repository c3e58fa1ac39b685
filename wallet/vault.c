#include "vault.h"

#include "account-backup.h"
#include "core/check.h"
#include "wallet-private.h"

typedef struct
{
  char           *path, *wallet_path, *network;
  TcSecretString *password, *backup_password;  /* or phrase and passphrase */
  TcKdfParams    *kdf;                         /* (nullable) */
  gboolean        replace;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->path);
  g_free (order->wallet_path);
  g_free (order->network);
  tc_secret_string_unref (order->password);
  tc_secret_string_unref (order->backup_password);
  g_free (order->kdf);
  g_free (order);
}

static TcSecretString *
ref_or_empty (const TcSecretString *string)
{
  return string != NULL ? tc_secret_string_ref ((TcSecretString *) string) : tc_secret_string_new (NULL);
}

static GTask *
order_task (TcWallet *self, gpointer tag, const char *path, const TcSecretString *password, const TcSecretString *backup_password, const TcKdfParams *kdf,
            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tag, cancellable, callback, user_data);
  Order *order = g_new0 (Order, 1);

  order->path = g_strdup (path);
  order->password = ref_or_empty (password);
  order->backup_password = ref_or_empty (backup_password);
  order->kdf = g_memdup2 (kdf, sizeof *kdf);
  g_task_set_task_data (task, order, order_free);
  return task;
}

static void
return_boolean (GTask *task, gboolean ok, GError *error)
{
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
finish_boolean (TcWallet *self, GAsyncResult *result, gpointer tag, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tag);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Writing --- */

static void
job_backup (TcWorker *worker, GTask *task)
{
  const Order *order = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_write_backup (tc_worker_get_account (worker), order->path, order->password, order->backup_password, order->replace, order->kdf, &error);

  return_boolean (task, ok, error);
}

void
tc_wallet_backup (TcWallet *self, const char *path, const TcSecretString *password, const TcSecretString *backup_password, gboolean replace,
                  const TcKdfParams *kdf, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = order_task (self, tc_wallet_backup, path, password, backup_password, kdf, NULL, callback, user_data);

  ((Order *) g_task_get_task_data (task))->replace = replace;
  tc_worker_post (tc_wallet_get_worker (self), job_backup, task);
}

gboolean
tc_wallet_backup_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_backup, error);
}

/* --- Checking --- */

static void
info_free (gpointer info)
{
  tc_backup_info_free (info);
}

static void
job_check_backup (TcWorker *worker, GTask *task)
{
  const Order *order = g_task_get_task_data (task);
  GError *error = NULL;
  TcBackupInfo *info = tc_account_check_backup (tc_worker_get_account (worker), order->path, order->backup_password, &error);

  tc_worker_refresh (worker);
  if (info != NULL)
    g_task_return_pointer (task, info, info_free);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_check_backup (TcWallet *self, const char *path, const TcSecretString *backup_password, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = order_task (self, tc_wallet_check_backup, path, NULL, backup_password, NULL, NULL, callback, user_data);

  tc_worker_post (tc_wallet_get_worker (self), job_check_backup, task);
}

TcBackupInfo *
tc_wallet_check_backup_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_check_backup);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
job_check_phrase (TcWorker *worker, GTask *task)
{
  const Order *order = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_check_phrase (tc_worker_get_account (worker), order->password, order->backup_password, &error);

  tc_worker_refresh (worker);
  return_boolean (task, ok, error);
}

void
tc_wallet_check_phrase (TcWallet *self, const TcSecretString *phrase, const TcSecretString *passphrase, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = order_task (self, tc_wallet_check_phrase, NULL, phrase, passphrase, NULL, NULL, callback, user_data);

  tc_worker_post (tc_wallet_get_worker (self), job_check_phrase, task);
}

gboolean
tc_wallet_check_phrase_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_check_phrase, error);
}

/* --- Restoring --- */

static void
look_into (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Order *order = data;
  GError *error = NULL;
  TcBackupInfo *info = NULL;
  g_autoptr(TcSecretBytes) secret = tc_backup_open (order->path, order->password, &info, NULL, &error);

  if (secret != NULL)
    g_task_return_pointer (task, info, info_free);
  else
    g_task_return_error (task, error);
}

void
tc_backup_open_async (const char *path, const TcSecretString *password, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = order_task (NULL, tc_backup_open_async, path, password, NULL, NULL, NULL, callback, user_data);

  g_task_run_in_thread (task, look_into);
}

TcBackupInfo *
tc_backup_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
job_restore (TcWorker *worker, GTask *task)
{
  const Order *order = g_task_get_task_data (task);
  const TcWalletRestore restore = { .backup_path = order->path, .password = order->password, .path = order->wallet_path, .network = order->network, .kdf = order->kdf };
  GError *error = NULL;
  TcAccount *account = tc_account_restore_backup (&restore, &error);

  tc_wallet_return_opened (worker, task, account, error);
}

void
tc_wallet_restore_backup (const TcWalletRestore *restore, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = order_task (NULL, tc_wallet_restore_backup, restore->backup_path, restore->password, NULL, restore->kdf, cancellable, callback, user_data);
  Order *order = g_task_get_task_data (task);

  order->wallet_path = g_strdup (restore->path);
  order->network = g_strdup (restore->network);
  tc_wallet_start (job_restore, task);
}

TcWallet *
tc_wallet_restore_backup_finish (GAsyncResult *result, GError **error)
{
  return tc_wallet_finish_opening (result, tc_wallet_restore_backup, error);
}
