#define G_LOG_DOMAIN "tc-ui"
#include "wallet-files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "wallet-maker.h"

#define SUFFIX          ".wallet"
#define LOG_SUFFIX      "-wal"         /* what a crash left of the newest changes belongs to the file */
#define REMOVED         "removed"
#define COPY_PREFIX     ".import-"     /* hidden: not a wallet yet */
#define IMPORT_SIZE_MAX (4 * G_GUINT64_CONSTANT (1073741824))

typedef struct
{
  TcSession *session;
  char      *folder, *name, *new_name;
  GFile     *file;
  char      *copy;      /* path */
  char      *network;
  GError    *refused;   /* (nullable): why the copy is not taken */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->session);
  g_clear_object (&job->file);
  g_clear_error (&job->refused);
  g_free (job->folder);
  g_free (job->name);
  g_free (job->new_name);
  g_free (job->copy);
  g_free (job->network);
  g_free (job);
}

char *
tc_wallet_files_dup_folder (TcSession *session)
{
  g_autofree char *dir = tc_session_dup_network_dir (session);

  return g_build_filename (dir, "wallets", NULL);
}

static GTask *
task_new (TcSession *session, gpointer tag, const char *name, const char *new_name, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (session, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->session = g_object_ref (session);
  job->folder = tc_wallet_files_dup_folder (session);
  job->network = g_strdup (tc_session_get_network (session));
  job->name = g_strdup (name);
  job->new_name = g_strdup (new_name);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, job_free);
  return task;
}

static char *
path_of (const char *folder, const char *name)
{
  g_autofree char *file = g_strconcat (name, SUFFIX, NULL);

  return g_build_filename (folder, file, NULL);
}

/* Never over another file. */
static gboolean
move (const char *from, const char *to, GError **error)
{
  g_autofree char *from_log = g_strconcat (from, LOG_SUFFIX, NULL), *to_log = g_strconcat (to, LOG_SUFFIX, NULL);
  int result = renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

  if (result != 0 && errno == EINVAL && !g_file_test (to, G_FILE_TEST_EXISTS))  /* a file system that lacks the flag */
    result = g_rename (from, to);
  if (result == 0 && (!g_file_test (from_log, G_FILE_TEST_EXISTS) || g_rename (from_log, to_log) == 0))
    return TRUE;
  const int saved = errno;
  if (result == 0)
    g_rename (to, from);
  if (saved == EEXIST)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("There is a wallet of this name already. Choose another one."));
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), _("The wallet’s file cannot be moved: %s"), g_strerror (saved));
  return FALSE;
}

/* --- Renaming, removing ------------------------------------------------------------------------------------------------------------ */

static void
return_moved (GTask *task, const char *from, const char *to)
{
  GError *error = NULL;

  if (move (from, to, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
rename_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  g_autofree char *from = path_of (job->folder, job->name), *to = path_of (job->folder, job->new_name);

  return_moved (task, from, to);
}

void
tc_wallet_file_rename_async (TcSession *session, const char *name, const char *new_name, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = task_new (session, tc_wallet_file_rename_async, name, new_name, callback, user_data);

  if (!tc_wallet_name_is_good (new_name))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME, _("This cannot be a wallet’s name."));
  else
    g_task_run_in_thread (task, rename_in_thread);
}

gboolean
tc_wallet_file_rename_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  g_autofree char *removed = g_build_filename (job->folder, REMOVED, NULL);
  g_autofree char *name = g_strdup_printf ("%s %" G_GINT64_FORMAT, job->name, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *from = path_of (job->folder, job->name), *to = path_of (removed, name);

  if (g_mkdir_with_parents (removed, 0700) != 0)
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (errno), _("The folder “%s” cannot be made: %s"), removed, g_strerror (errno));
  else
    return_moved (task, from, to);
}

void
tc_wallet_file_remove_async (TcSession *session, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = task_new (session, tc_wallet_file_remove_async, name, NULL, callback, user_data);

  g_task_run_in_thread (task, remove_in_thread);
}

gboolean
tc_wallet_file_remove_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Importing --------------------------------------------------------------------------------------------------------------------- */

static void
drop_copy (const Job *job)
{
  g_autofree char *log = g_strconcat (job->copy, LOG_SUFFIX, NULL);

  g_unlink (job->copy);
  g_unlink (log);
}

static void
end_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (job->refused != NULL)
    {
      drop_copy (job);
      g_task_return_error (task, g_steal_pointer (&job->refused));
      return;
    }
  for (guint i = 1; i < 1000; i++)
    {
      g_autofree char *name = i == 1 ? g_strdup (job->name) : g_strdup_printf ("%s %u", job->name, i), *to = path_of (job->folder, name);

      g_clear_error (&error);
      if (move (job->copy, to, &error))
        {
          g_task_return_pointer (task, g_steal_pointer (&name), g_free);
          return;
        }
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
        break;
    }
  drop_copy (job);
  g_task_return_error (task, error);
}

static void
on_copy_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;

  tc_wallet_close_finish (TC_WALLET (source), result, NULL);
  g_task_run_in_thread (task, end_in_thread);
}

static void
on_copy_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  g_autoptr(TcWallet) wallet = tc_wallet_open_finish (result, &job->refused);

  if (wallet == NULL)
    {
      g_task_run_in_thread (task, end_in_thread);
      return;
    }
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);
  if (strcmp (snapshot->network, job->network) != 0)
    g_set_error (&job->refused, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK, _("This wallet is of the network “%s”, and this one is “%s”."), snapshot->network,
                 job->network);
  tc_wallet_close (wallet, on_copy_closed, g_steal_pointer (&task));
}

static gboolean
check_source (GFile *file, GError **error)
{
  g_autoptr(GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR && (guint64) g_file_info_get_size (info) <= IMPORT_SIZE_MAX)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("This is not a wallet’s file."));
  return FALSE;
}

static gboolean
copy (Job *job, GError **error)
{
  g_autofree char *number = g_uuid_string_random (), *file = g_strconcat (COPY_PREFIX, number, NULL);
  g_autofree char *path = g_file_get_path (job->file), *log = path == NULL ? NULL : g_strconcat (path, LOG_SUFFIX, NULL);

  job->copy = g_build_filename (job->folder, file, NULL);
  if (!check_source (job->file, error))
    return FALSE;
  g_autoptr(GFile) to = g_file_new_for_path (job->copy);
  if (!g_file_copy (job->file, to, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL, NULL, NULL, error))
    return FALSE;
  if (g_chmod (job->copy, 0600) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      return FALSE;
    }
  if (log == NULL || !g_file_test (log, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autofree char *copied_log = g_strconcat (job->copy, LOG_SUFFIX, NULL);
  g_autoptr(GFile) from_log = g_file_new_for_path (log), to_log = g_file_new_for_path (copied_log);
  return g_file_copy (from_log, to_log, G_FILE_COPY_NONE, NULL, NULL, NULL, error);
}

static void
copy_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (copy (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    {
      drop_copy (task_data);
      g_task_return_error (task, error);
    }
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  const Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    tc_wallet_open (job->copy, NULL, on_copy_opened, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static void
keep_job (gpointer job)
{
}

/* "Savings" of "Savings.wallet", or "Wallet" where that can be no name. */
static char *
name_of (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  if (name != NULL && g_str_has_suffix (name, SUFFIX))
    name[strlen (name) - strlen (SUFFIX)] = '\0';
  return name != NULL && g_utf8_validate (name, -1, NULL) && tc_wallet_name_is_good (name) ? g_steal_pointer (&name) : g_strdup (_("Wallet"));
}

void
tc_wallet_file_import_async (TcSession *session, GFile *file, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *name = name_of (file);
  GTask *task = task_new (session, tc_wallet_file_import_async, name, NULL, callback, user_data);
  Job *job = g_task_get_task_data (task);
  g_autoptr(GTask) copying = g_task_new (session, NULL, on_copied, task);

  job->file = g_object_ref (file);
  g_task_set_task_data (copying, job, keep_job);
  g_task_run_in_thread (copying, copy_in_thread);
}

char *
tc_wallet_file_import_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
