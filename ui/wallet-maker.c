#define G_LOG_DOMAIN "tc-ui"
#include "wallet-maker.h"

#include <string.h>

#include <glib/gi18n.h>

#define NAME_MAX_BYTES 60u

typedef struct
{
  TcWalletMake make;
  char        *network, *name;
} Job;

static TcSecretString *
ref_or_null (TcSecretString *secret)
{
  return secret == NULL ? NULL : tc_secret_string_ref (secret);
}

static Job *
job_new (const TcWalletMake *make)
{
  Job *job = g_new0 (Job, 1);

  job->make = *make;
  job->network = g_strdup (make->network);
  job->name = g_strdup (make->name);
  job->make.watch = make->watch != NULL ? g_bytes_ref (make->watch) : NULL;
  if (make->watch == NULL)
    job->make.phrase = make->phrase == NULL ? tc_bip39_generate (12) : tc_secret_string_ref (make->phrase);
  job->make.passphrase = ref_or_null (make->passphrase);
  job->make.password = ref_or_null (make->password);
  return job;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->make.watch, g_bytes_unref);
  g_clear_pointer (&job->make.phrase, tc_secret_string_unref);
  g_clear_pointer (&job->make.passphrase, tc_secret_string_unref);
  g_clear_pointer (&job->make.password, tc_secret_string_unref);
  g_free (job->network);
  g_free (job->name);
  g_free (job);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_wallet_set_backup_verified_finish (TC_WALLET (source), result, &error))
    g_warning ("the wallet does not remember that its words were checked: %s", error->message);
  g_task_return_pointer (task, g_object_ref (source), g_object_unref);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  const Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(TcWallet) wallet = tc_wallet_create_finish (result, &error);

  if (wallet == NULL)
    g_task_return_error (task, error);
  else if (job->make.verified)
    tc_wallet_set_backup_verified (wallet, on_verified, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_steal_pointer (&wallet), g_object_unref);
}

static void
on_path (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  const Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *path = tc_session_wallet_path_finish (TC_SESSION (source), result, &error);
  TcWalletCreate create = { 0 };

  if (path == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  create.path = path;
  create.network = job->network;
  create.address_digit = job->make.address_digit;
  create.phrase = job->make.phrase;
  create.watch = job->make.watch;
  create.passphrase = job->make.passphrase;
  create.password = job->make.password;
  create.born_ms = job->make.born_ms;
  create.restored = job->make.restored;
  tc_wallet_create (&create, NULL, on_created, g_steal_pointer (&task));
}

void
tc_wallet_make_async (TcSession *session, const TcWalletMake *make, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (session, NULL, callback, user_data);

  g_task_set_task_data (task, job_new (make), job_free);
  tc_session_wallet_path_async (session, make->network, make->name, FALSE, on_path, task);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  TcWallet *wallet = tc_wallet_open_finish (result, &error);

  if (wallet == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, wallet, g_object_unref);
}

static void
on_existing_path (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  g_autofree char *path = tc_session_wallet_path_finish (TC_SESSION (source), result, &error);

  if (path == NULL)
    g_task_return_error (task, error);
  else
    tc_wallet_open (path, NULL, on_opened, g_steal_pointer (&task));
}

void
tc_wallet_find_async (TcSession *session, const char *network, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  tc_session_wallet_path_async (session, network, name, TRUE, on_existing_path, g_task_new (session, NULL, callback, user_data));
}

TcWallet *
tc_wallet_make_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
tc_wallet_free_name (const char *base, char **taken)
{
  for (guint i = 1;; i++)
    {
      g_autofree char *name = i == 1 ? g_strdup (base) : g_strdup_printf ("%s %u", base, i);

      if (taken == NULL || !g_strv_contains ((const char *const *) taken, name))
        return g_steal_pointer (&name);
    }
}

gboolean
tc_wallet_name_is_good (const char *name)
{
  return name[0] != '\0' && name[0] != '.' && !g_ascii_isspace (name[0]) && strlen (name) <= NAME_MAX_BYTES
         && strpbrk (name, "/\\:*?\"<>|\n") == NULL;
}
