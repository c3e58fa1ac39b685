#define G_LOG_DOMAIN "tc-ui"
#include "background.h"

#include <errno.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define PORTAL_NAME    "org.freedesktop.portal.Desktop"
#define PORTAL_PATH    "/org/freedesktop/portal/desktop"
#define REPLY_LIMIT_S  120   /* the portal may ask its user */
#define DESKTOP_FILE   "org.timecoin.TimeCoin.desktop"

typedef struct
{
  gboolean         autostart;
  GDBusConnection *bus;
  guint            subscription, timeout;
} Request;

static void
free_request (gpointer data)
{
  Request *request = data;

  if (request->subscription != 0)
    g_dbus_connection_signal_unsubscribe (request->bus, request->subscription);
  g_clear_handle_id (&request->timeout, g_source_remove);
  g_clear_object (&request->bus);
  g_free (request);
}

/* The program that runs, which need not be the one that PATH finds. */
static char *
dup_program (void)
{
  char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL ? program : g_strdup ("timecoin");
}

/* --- Without a portal --- */

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Request *request = task_data;
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  g_autofree char *path = g_build_filename (folder, DESKTOP_FILE, NULL), *program = dup_program (), *command = NULL;
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) error = NULL;

  if (!request->autostart)
    {
      if (g_unlink (path) != 0 && errno != ENOENT)
        g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (errno), _("“%s” cannot be removed: %s"), path, g_strerror (errno));
      else
        g_task_return_boolean (task, TRUE);
      return;
    }
  command = g_strdup_printf ("\"%s\" --background", program);
  g_key_file_set_string (file, "Desktop Entry", "Type", "Application");
  g_key_file_set_string (file, "Desktop Entry", "Name", "TimeCoin");
  g_key_file_set_string (file, "Desktop Entry", "Exec", command);
  g_key_file_set_string (file, "Desktop Entry", "Icon", "org.timecoin.TimeCoin");
  if (g_mkdir_with_parents (folder, 0700) != 0 || !g_key_file_save_to_file (file, path, &error))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _("“%s” cannot be written: %s"), path,
                             error != NULL ? error->message : g_strerror (errno));
  else
    g_task_return_boolean (task, TRUE);
}

/* --- Through the portal --- */

static gboolean
on_no_reply (gpointer user_data)
{
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);

  request->timeout = 0;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("The system did not answer. Try again."));
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  Request *request = g_task_get_task_data (user_data);
  g_autoptr(GTask) task = NULL;
  g_autoptr(GVariant) results = NULL;
  gboolean autostart = FALSE;
  guint32 response;

  if (request->timeout == 0 || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  task = user_data;  /* the reference that the timeout held */
  g_clear_handle_id (&request->timeout, g_source_remove);
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "autostart", "b", &autostart);
  if (response == 0 && autostart == request->autostart)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                             _("The system does not allow it. Allow it in the system's settings of applications, then try again."));
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* The answer may have come before this. */
  if (reply != NULL || request->timeout == 0)
    return;
  g_message ("no portal for running in the background: %s", error->message);
  g_clear_handle_id (&request->timeout, g_source_remove);
  g_object_unref (task);
  g_task_run_in_thread (task, write_in_thread);
}

/* Where the answer will come is known beforehand: who subscribed only after the call could miss it. */
static char *
request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');

  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
}

static GVariant *
request_options (gboolean autostart, const char *token)
{
  g_autofree char *program = dup_program ();
  const char *const command[] = { program, "--background", NULL };
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason", g_variant_new_string (_("The node keeps up with the network, and you hear of payments.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (autostart));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
  g_variant_builder_add (&options, "{sv}", "dbus-activatable", g_variant_new_boolean (FALSE));
  return g_variant_new ("(sa{sv})", "", &options);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autofree char *token = g_strdup_printf ("timecoin%u", g_random_int ()), *path = NULL;

  request->bus = g_bus_get_finish (result, NULL);
  if (request->bus == NULL)
    {
      g_task_run_in_thread (task, write_in_thread);
      return;
    }
  path = request_path (request->bus, token);
  request->subscription = g_dbus_connection_signal_subscribe (request->bus, PORTAL_NAME, "org.freedesktop.portal.Request", "Response", path, NULL,
                                                              G_DBUS_SIGNAL_FLAGS_NONE, on_response, task, NULL);
  /* It holds the task until the answer comes, or does not. */
  request->timeout = g_timeout_add_seconds (REPLY_LIMIT_S, on_no_reply, g_object_ref (task));
  g_dbus_connection_call (request->bus, PORTAL_NAME, PORTAL_PATH, "org.freedesktop.portal.Background", "RequestBackground",
                          request_options (request->autostart, token), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_asked, g_object_ref (task));
}

void
tc_background_request_async (gboolean autostart, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->autostart = autostart;
  g_task_set_task_data (task, request, free_request);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, task);
}

gboolean
tc_background_request_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
