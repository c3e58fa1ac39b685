#define G_LOG_DOMAIN "tc-ui"
#include "files.h"

#include <glib/gi18n.h>

#include "compat.h"

typedef struct
{
  GWeakRef parent;
  gsize    size_max;
  GBytes  *data;     /* (nullable): to be written */
  void   (*opened) (GBytes *data, const GError *error, gpointer user_data);
  void   (*saved) (const GError *error, gpointer user_data);
  gpointer user_data;
} Job;

static Job *
job_new (GtkWindow *parent, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  g_weak_ref_init (&job->parent, parent);
  job->user_data = user_data;
  return job;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_weak_ref_clear (&job->parent);
  g_clear_pointer (&job->data, g_bytes_unref);
  g_free (job);
}

static gboolean
is_wanted (Job *job)
{
  g_autoptr(GtkWindow) parent = g_weak_ref_get (&job->parent);

  return parent != NULL;
}

static void
unref_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  GError *error = NULL;
  gsize n = 0;
  g_autoptr(GFileInputStream) stream = g_file_read (source, cancellable, &error);
  g_autofree guint8 *data = stream != NULL ? g_malloc (job->size_max + 1) : NULL;

  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), data, job->size_max + 1, &n, cancellable, &error))
    g_task_return_error (task, error);
  else if (n > job->size_max)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _("The file is too large: at most %u kB. Choose another one."), (guint) (job->size_max / 1000));
  else
    g_task_return_pointer (task, g_bytes_new (data, n), unref_bytes);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) data = g_task_propagate_pointer (G_TASK (result), &error);

  if (is_wanted (job))
    job->opened (data, error, job->user_data);
}

static void
on_file_to_open (GFile *file, gpointer user_data)
{
  const Job *chosen = user_data;
  g_autoptr(GtkWindow) parent = g_weak_ref_get ((GWeakRef *) &chosen->parent);
  g_autoptr(GTask) task = g_task_new (file, NULL, on_opened, NULL);
  Job *job = job_new (parent, chosen->user_data);

  job->size_max = chosen->size_max;
  job->opened = chosen->opened;
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, open_in_thread);
}

void
tc_files_open (GtkWindow *parent, const char *title, gsize size_max, void (*done) (GBytes *data, const GError *error, gpointer user_data), gpointer user_data)
{
  Job *job = job_new (parent, user_data);

  job->size_max = size_max;
  job->opened = done;
  g_object_set_data_full (G_OBJECT (parent), "file-to-open", job, job_free);
  tc_compat_choose_file (parent, title, NULL, on_file_to_open, job);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  if (is_wanted (job))
    job->saved (error, job->user_data);
  job_free (job);
}

static void
on_file_to_save (GFile *file, gpointer user_data)
{
  const Job *chosen = user_data;
  g_autoptr(GtkWindow) parent = g_weak_ref_get ((GWeakRef *) &chosen->parent);
  Job *job = job_new (parent, chosen->user_data);

  job->saved = chosen->saved;
  g_file_replace_contents_bytes_async (file, chosen->data, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_saved, job);
}

void
tc_files_save (GtkWindow *parent, const char *title, const char *name, GBytes *data, void (*done) (const GError *error, gpointer user_data),
               gpointer user_data)
{
  Job *job = job_new (parent, user_data);

  job->data = g_bytes_ref (data);
  job->saved = done;
  g_object_set_data_full (G_OBJECT (parent), "file-to-save", job, job_free);
  tc_compat_choose_file (parent, title, name, on_file_to_save, job);
}
