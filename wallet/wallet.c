#include "wallet-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/check.h"

struct _TcWallet
{
  GObject   parent_instance;
  TcWorker *worker;
};

G_DEFINE_FINAL_TYPE (TcWallet, tc_wallet, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
on_changed (gpointer user_data)
{
  TcWallet *self = user_data;

  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  g_object_unref (self);
}

static void
tc_wallet_dispose (GObject *object)
{
  TcWallet *self = TC_WALLET (object);

  if (self->worker != NULL)
    {
      tc_worker_set_changed (self->worker, NULL, NULL);
      tc_worker_quit (self->worker, NULL);
      g_clear_pointer (&self->worker, tc_worker_unref);
    }
  G_OBJECT_CLASS (tc_wallet_parent_class)->dispose (object);
}

static void
tc_wallet_class_init (TcWalletClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_wallet_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", TC_TYPE_WALLET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_wallet_init (TcWallet *self)
{
}

TcWorker *
tc_wallet_get_worker (TcWallet *self)
{
  return self->worker;
}

/* --- Tasks: the worker's answer is the caller's ---------------------------------------------------------------------------------- */

GTask *
tc_wallet_task_new (TcWallet *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);  /* what was done is told, however late the cancelling */
  return task;
}

gboolean
tc_wallet_refuse_without_node (TcWorker *worker, GTask *task)
{
  if (tc_worker_get_node (worker) != NULL)
    return FALSE;
  g_task_return_new_error (task, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_NODE, _("The wallet is not connected to a network."));
  return TRUE;
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
return_boolean (GTask *task, gboolean ok, GError *error)
{
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
return_pointer (GTask *task, gpointer result, GDestroyNotify destroy, GError *error)
{
  if (error == NULL)
    g_task_return_pointer (task, result, destroy);
  else
    g_task_return_error (task, error);
}

static void
secret_string_free (gpointer string)
{
  if (string != NULL)
    tc_secret_string_unref (string);
}

static TcSecretString *
ref_or_empty (const TcSecretString *string)
{
  return string != NULL ? tc_secret_string_ref ((TcSecretString *) string) : tc_secret_string_new (NULL);
}

/* --- Making, opening, closing ---------------------------------------------------------------------------------------------------- */

static void
create_free (gpointer data)
{
  TcWalletCreate *create = data;

  g_free ((char *) create->path);
  g_free ((char *) create->network);
  secret_string_free ((TcSecretString *) create->phrase);
  secret_string_free ((TcSecretString *) create->passphrase);
  secret_string_free ((TcSecretString *) create->password);
  g_clear_pointer (&create->watch, g_bytes_unref);
  g_free ((TcKdfParams *) create->kdf);
  g_free (create);
}

static TcWalletCreate *
create_copy (const TcWalletCreate *create)
{
  TcWalletCreate *copy = g_memdup2 (create, sizeof *create);

  copy->path = g_strdup (create->path);
  copy->network = g_strdup (create->network);
  copy->phrase = create->phrase != NULL ? ref_or_empty (create->phrase) : NULL;
  copy->watch = create->watch != NULL ? g_bytes_ref (create->watch) : NULL;
  copy->passphrase = ref_or_empty (create->passphrase);
  copy->password = ref_or_empty (create->password);
  copy->kdf = g_memdup2 (create->kdf, sizeof *create->kdf);
  return copy;
}

/* A worker whose wallet nobody asked for. */
static void
worker_abandon (gpointer worker)
{
  tc_worker_quit (worker, NULL);
  tc_worker_unref (worker);
}

void
tc_wallet_return_opened (TcWorker *worker, GTask *task, TcAccount *account, GError *error)
{
  if (account == NULL)
    {
      g_task_return_error (task, error);
      tc_worker_quit (worker, NULL);
      return;
    }
  tc_worker_set_account (worker, account);
  g_task_return_pointer (task, tc_worker_ref (worker), worker_abandon);
}

static void
job_create (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  TcAccount *account = tc_account_create (g_task_get_task_data (task), &error);

  tc_wallet_return_opened (worker, task, account, error);
}

static void
job_open (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  TcAccount *account = tc_account_open (g_task_get_task_data (task), &error);

  tc_wallet_return_opened (worker, task, account, error);
}

void
tc_wallet_start (TcWorkerJob job, GTask *task)
{
  g_autoptr(TcWorker) worker = tc_worker_new ();

  tc_worker_post (worker, job, task);
}

TcWallet *
tc_wallet_finish_opening (GAsyncResult *result, gpointer tag, GError **error)
{
  TcWorker *worker = finish_pointer (NULL, result, tag, error);

  if (worker == NULL)
    return NULL;
  TcWallet *self = g_object_new (TC_TYPE_WALLET, NULL);
  self->worker = worker;
  tc_worker_set_changed (worker, on_changed, self);
  return self;
}

void
tc_wallet_create (const TcWalletCreate *create, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (NULL, tc_wallet_create, cancellable, callback, user_data);

  g_task_set_task_data (task, create_copy (create), create_free);
  tc_wallet_start (job_create, task);
}

TcWallet *
tc_wallet_create_finish (GAsyncResult *result, GError **error)
{
  return tc_wallet_finish_opening (result, tc_wallet_create, error);
}

void
tc_wallet_open (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (NULL, tc_wallet_open, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  tc_wallet_start (job_open, task);
}

TcWallet *
tc_wallet_open_finish (GAsyncResult *result, GError **error)
{
  return tc_wallet_finish_opening (result, tc_wallet_open, error);
}

void
tc_wallet_close (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data)
{
  tc_worker_quit (self->worker, tc_wallet_task_new (self, tc_wallet_close, NULL, callback, user_data));
}

gboolean
tc_wallet_close_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  tc_worker_join (self->worker);  /* at its end already */
  return finish_boolean (self, result, tc_wallet_close, error);
}

static void
job_attach (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  const gboolean ok = tc_worker_attach (worker, g_task_get_task_data (task), &error);

  return_boolean (task, ok, error);
}

static void
node_free (gpointer node)
{
  tc_node_unref (node);
}

void
tc_wallet_attach (TcWallet *self, TcNode *node, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_attach, NULL, callback, user_data);

  if (node != NULL)
    g_task_set_task_data (task, tc_node_ref (node), node_free);
  tc_worker_post (self->worker, job_attach, task);
}

gboolean
tc_wallet_attach_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_attach, error);
}

TcWalletSnapshot *
tc_wallet_get_snapshot (TcWallet *self)
{
  return tc_worker_dup_snapshot (self->worker);
}

/* --- Locking ------------------------------------------------------------------------------------------------------------------------ */

static void
job_unlock (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  const gboolean ok = tc_account_unlock (tc_worker_get_account (worker), g_task_get_task_data (task), &error);

  tc_worker_refresh (worker);
  tc_worker_scan (worker);  /* keys that were missing may be there now */
  return_boolean (task, ok, error);
}

void
tc_wallet_unlock (TcWallet *self, const TcSecretString *password, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_unlock, cancellable, callback, user_data);

  g_task_set_task_data (task, ref_or_empty (password), secret_string_free);
  tc_worker_post (self->worker, job_unlock, task);
}

gboolean
tc_wallet_unlock_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_unlock, error);
}

static void
job_lock (TcWorker *worker, GTask *task)
{
  tc_worker_lock (worker);
}

void
tc_wallet_lock (TcWallet *self)
{
  tc_worker_want_lock (self->worker);
  tc_worker_post (self->worker, job_lock, NULL);
}

typedef struct
{
  TcSecretString *old_password, *new_password;
} Passwords;

static void
passwords_free (gpointer data)
{
  Passwords *passwords = data;

  tc_secret_string_unref (passwords->old_password);
  tc_secret_string_unref (passwords->new_password);
  g_free (passwords);
}

static void
job_change_password (TcWorker *worker, GTask *task)
{
  const Passwords *passwords = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_change_password (tc_worker_get_account (worker), passwords->old_password, passwords->new_password, &error);

  tc_worker_refresh (worker);
  return_boolean (task, ok, error);
}

void
tc_wallet_change_password (TcWallet *self, const TcSecretString *old_password, const TcSecretString *new_password,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_change_password, NULL, callback, user_data);
  Passwords *passwords = g_new0 (Passwords, 1);

  passwords->old_password = ref_or_empty (old_password);
  passwords->new_password = ref_or_empty (new_password);
  g_task_set_task_data (task, passwords, passwords_free);
  tc_worker_post (self->worker, job_change_password, task);
}

gboolean
tc_wallet_change_password_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_change_password, error);
}

static void
job_get_phrase (TcWorker *worker, GTask *task)
{
  g_autofree Passwords *found = g_new0 (Passwords, 1);
  GError *error = NULL;

  found->old_password = tc_account_get_phrase (tc_worker_get_account (worker), g_task_get_task_data (task), &found->new_password, &error);
  return_pointer (task, found->old_password != NULL ? g_steal_pointer (&found) : NULL, passwords_free, error);
}

void
tc_wallet_get_phrase (TcWallet *self, const TcSecretString *password, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_get_phrase, NULL, callback, user_data);

  g_task_set_task_data (task, ref_or_empty (password), secret_string_free);
  tc_worker_post (self->worker, job_get_phrase, task);
}

TcSecretString *
tc_wallet_get_phrase_finish (TcWallet *self, GAsyncResult *result, TcSecretString **ret_passphrase, GError **error)
{
  Passwords *found = finish_pointer (self, result, tc_wallet_get_phrase, error);

  if (found == NULL)
    return NULL;
  TcSecretString *phrase = tc_secret_string_ref (found->old_password);
  if (ret_passphrase != NULL)
    *ret_passphrase = tc_secret_string_ref (found->new_password);
  passwords_free (found);
  return phrase;
}

static void
job_set_backup_verified (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  const gboolean ok = tc_account_set_backup_verified (tc_worker_get_account (worker), &error);

  tc_worker_refresh (worker);
  return_boolean (task, ok, error);
}

void
tc_wallet_set_backup_verified (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data)
{
  tc_worker_post (self->worker, job_set_backup_verified, tc_wallet_task_new (self, tc_wallet_set_backup_verified, NULL, callback, user_data));
}

gboolean
tc_wallet_set_backup_verified_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_set_backup_verified, error);
}

/* --- Receiving, history -------------------------------------------------------------------------------------------------------------- */

static void
set_account (GTask *task, guint32 account)
{
  g_task_set_task_data (task, g_memdup2 (&account, sizeof account), g_free);
}

static void
job_new_address (TcWorker *worker, GTask *task)
{
  const guint32 *account = g_task_get_task_data (task);
  GError *error = NULL;
  char *address = tc_account_new_address (tc_worker_get_account (worker), *account, &error);

  tc_worker_refresh (worker);
  return_pointer (task, address, g_free, error);
}

void
tc_wallet_new_address (TcWallet *self, guint32 account, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_new_address, NULL, callback, user_data);

  set_account (task, account);
  tc_worker_post (self->worker, job_new_address, task);
}

char *
tc_wallet_new_address_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_pointer (self, result, tc_wallet_new_address, error);
}

typedef struct
{
  guint32         account, offset, limit, total;
  TcHistoryQuery *query;
} PageRequest;

static void
page_request_free (gpointer data)
{
  PageRequest *request = data;

  tc_history_query_free (request->query);
  g_free (request);
}

static void
unref_array (gpointer array)
{
  g_ptr_array_unref (array);
}

static void
job_list_history (TcWorker *worker, GTask *task)
{
  PageRequest *request = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  GPtrArray *page = tc_account_page (tc_worker_get_account (worker), request->account, request->query, request->offset, request->limit, &request->total,
                                     &error);
  return_pointer (task, page, unref_array, error);
}

void
tc_wallet_list_history (TcWallet *self, guint32 account, const TcHistoryQuery *query, guint32 offset, guint32 limit, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_list_history, cancellable, callback, user_data);
  PageRequest *request = g_new0 (PageRequest, 1);

  *request = (PageRequest) { .account = account, .offset = offset, .limit = limit, .query = tc_history_query_copy (query) };
  g_task_set_task_data (task, request, page_request_free);
  tc_worker_post (self->worker, job_list_history, task);
}

GPtrArray *
tc_wallet_list_history_finish (TcWallet *self, GAsyncResult *result, guint32 *ret_total, GError **error)
{
  GPtrArray *page = finish_pointer (self, result, tc_wallet_list_history, error);

  if (page != NULL && ret_total != NULL)
    *ret_total = ((const PageRequest *) g_task_get_task_data (G_TASK (result)))->total;
  return page;
}

static void
detail_free (gpointer detail)
{
  tc_wallet_tx_detail_unref (detail);
}

static void
job_get_tx (TcWorker *worker, GTask *task)
{
  GError *error = NULL;
  TcWalletTxDetail *detail = tc_account_detail (tc_worker_get_account (worker), g_task_get_task_data (task), &error);

  return_pointer (task, detail, detail_free, error);
}

void
tc_wallet_get_tx (TcWallet *self, const TcHash *txid, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_get_tx, NULL, callback, user_data);

  g_task_set_task_data (task, tc_hash_copy (txid), g_free);
  tc_worker_post (self->worker, job_get_tx, task);
}

TcWalletTxDetail *
tc_wallet_get_tx_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_pointer (self, result, tc_wallet_get_tx, error);
}

static void
job_list_coins (TcWorker *worker, GTask *task)
{
  const guint32 *account = g_task_get_task_data (task);

  g_task_return_pointer (task, tc_account_list_coins (tc_worker_get_account (worker), *account), unref_array);
}

void
tc_wallet_list_coins (TcWallet *self, guint32 account, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_list_coins, NULL, callback, user_data);

  set_account (task, account);
  tc_worker_post (self->worker, job_list_coins, task);
}

GPtrArray *
tc_wallet_list_coins_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_pointer (self, result, tc_wallet_list_coins, error);
}

typedef struct
{
  TcKeyHash key_hash;
  gboolean  mine, change;
  guint32   account;
} KeyQuestion;

static void
job_find_key (TcWorker *worker, GTask *task)
{
  KeyQuestion *question = g_task_get_task_data (task);

  question->mine = tc_account_find_key (tc_worker_get_account (worker), &question->key_hash, &question->change, &question->account);
  g_task_return_boolean (task, TRUE);
}

void
tc_wallet_find_key (TcWallet *self, const TcKeyHash *key_hash, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_find_key, NULL, callback, user_data);
  KeyQuestion *question = g_new0 (KeyQuestion, 1);

  question->key_hash = *key_hash;
  g_task_set_task_data (task, question, g_free);
  tc_worker_post (self->worker, job_find_key, task);
}

gboolean
tc_wallet_find_key_finish (TcWallet *self, GAsyncResult *result, gboolean *ret_mine, gboolean *ret_change, guint32 *ret_account,
                           GError **error)
{
  if (!finish_boolean (self, result, tc_wallet_find_key, error))
    return FALSE;
  const KeyQuestion *question = g_task_get_task_data (G_TASK (result));
  *ret_mine = question->mine;
  if (ret_change != NULL)
    *ret_change = question->change;
  if (ret_account != NULL)
    *ret_account = question->account;
  return TRUE;
}

/* --- Rescan ---------------------------------------------------------------------------------------------------------------------------- */

static void
job_rescan (TcWorker *worker, GTask *task)
{
  const guint32 *from_height = g_task_get_task_data (task);

  if (!tc_wallet_refuse_without_node (worker, task))
    tc_worker_rescan (worker, *from_height, task);
}

void
tc_wallet_rescan (TcWallet *self, guint32 from_height, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_rescan, cancellable, callback, user_data);

  g_task_set_task_data (task, g_memdup2 (&from_height, sizeof from_height), g_free);
  tc_worker_post (self->worker, job_rescan, task);
}

gboolean
tc_wallet_rescan_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, tc_wallet_rescan, error);
}
