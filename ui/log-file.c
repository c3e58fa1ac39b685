#include "log-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define TAIL_LINES  200u
#define QUEUE_MAX   10000
#define FILE_MAX_BYTES (16 * 1024 * 1024)

/* GLib's log writer is one a process and cannot be taken back: so is this. */
static struct
{
  GMutex       lock;
  GPtrArray   *tail;     /* of char *, under `lock` */
  GAsyncQueue *queue;    /* of char *; an empty one ends the thread */
  GThread     *thread;
  int          fd;
} log_file = { .fd = -1 };

static char *
format_line (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  const char *domain = "", *message = "", *name;
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H:%M:%S.%f");

  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        message = fields[i].value;
      else if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
        domain = fields[i].value;
    }
  name = (level & G_LOG_LEVEL_ERROR) ? "ERROR" : (level & G_LOG_LEVEL_CRITICAL) ? "CRITICAL" : (level & G_LOG_LEVEL_WARNING) ? "WARNING"
         : (level & G_LOG_LEVEL_DEBUG) ? "debug" : "info";
  return g_strdup_printf ("%.23s %s %s: %s\n", time, name, domain, message);
}

static void
write_line (const char *line)
{
  gsize n = strlen (line);

  while (n > 0)
    {
      const gssize written = write (log_file.fd, line, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return;
      line += written;
      n -= (gsize) written;
    }
}

static gpointer
write_lines (gpointer unused)
{
  gsize size = 0;

  for (;;)
    {
      g_autofree char *line = g_async_queue_pop (log_file.queue);

      if (line[0] == '\0')
        return NULL;
      size += strlen (line);
      if (size <= FILE_MAX_BYTES)
        write_line (line);
    }
}

static GLogWriterOutput
writer (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
  if ((level & G_LOG_LEVEL_DEBUG) == 0)
    {
      g_autofree char *line = format_line (level, fields, n_fields);

      if (g_async_queue_length (log_file.queue) < QUEUE_MAX)
        g_async_queue_push (log_file.queue, g_strdup (line));
      g_mutex_lock (&log_file.lock);
      if (log_file.tail->len >= TAIL_LINES)
        g_ptr_array_remove_index (log_file.tail, 0);
      g_ptr_array_add (log_file.tail, g_steal_pointer (&line));
      g_mutex_unlock (&log_file.lock);
    }
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING) || g_getenv ("G_MESSAGES_DEBUG") != NULL)
    return g_log_writer_default (level, fields, n_fields, unused);
  return G_LOG_WRITER_HANDLED;
}

void
tc_log_file_open (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "timecoin.log", NULL);
  g_autofree char *before = g_strconcat (path, ".1", NULL);

  g_mkdir_with_parents (dir, 0700);
  g_rename (path, before);
  log_file.fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  log_file.tail = g_ptr_array_new_with_free_func (g_free);
  log_file.queue = g_async_queue_new_full (g_free);
  log_file.thread = g_thread_new ("tc-log", write_lines, NULL);
  g_log_set_writer_func (writer, NULL, NULL);
}

void
tc_log_file_close (void)
{
  if (log_file.thread == NULL)
    return;
  g_async_queue_push (log_file.queue, g_strdup (""));
  g_thread_join (g_steal_pointer (&log_file.thread));
}

char *
tc_log_file_tail (guint n_lines)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&log_file.lock);
  for (guint i = log_file.tail == NULL || log_file.tail->len <= n_lines ? 0 : log_file.tail->len - n_lines;
       log_file.tail != NULL && i < log_file.tail->len; i++)
    g_string_append (text, log_file.tail->pdata[i]);
  g_mutex_unlock (&log_file.lock);
  return g_string_free (text, FALSE);
}
