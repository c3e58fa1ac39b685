#define G_LOG_DOMAIN "tc-ui"
#include "application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "compat.h"
#include "log-file.h"
#include "resources.h"
#include "settings.h"
#include "window.h"

struct _TcApplication
{
  AdwApplication parent_instance;
  char          *data_dir;
  char          *network;
  gboolean       try_local;
  TcSession     *session;
  GSettings     *settings;     /* (nullable) */
  gboolean       stopping;
};

G_DEFINE_FINAL_TYPE (TcApplication, tc_application, ADW_TYPE_APPLICATION)

/* --- Quitting --- */

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcApplication *self = user_data;

  tc_session_stop_finish (TC_SESSION (source), result);
  g_message ("closed");
  g_application_quit (G_APPLICATION (self));
}

static void
quit (TcApplication *self)
{
  if (self->stopping)
    return;
  self->stopping = TRUE;
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (TC_IS_WINDOW (l->data))
      tc_window_show_closing (l->data);
  tc_session_stop_async (self->session, on_stopped, self);
}

static gboolean
on_unix_signal (gpointer user_data)
{
  quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* --- Actions --- */

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  quit (user_data);
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcApplication *self = user_data;

  if (!self->stopping)
    gtk_window_present (GTK_WINDOW (tc_window_new (GTK_APPLICATION (self), self->session, self->settings, TC_WINDOW_WELCOME)));
}

static char *
dup_log_dir (TcApplication *self)
{
  return g_build_filename (self->data_dir, "log", NULL);
}

static void
show_folder (TcApplication *self, const char *dir)
{
  g_autofree char *uri = g_filename_to_uri (dir, NULL, NULL);

  if (uri != NULL)
    tc_compat_show_uri (gtk_application_get_active_window (GTK_APPLICATION (self)), uri);
}

static void
on_log_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *dir = dup_log_dir (user_data);

  show_folder (user_data, dir);
}

static void
on_data_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_folder (user_data, TC_APPLICATION (user_data)->data_dir);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcApplication *self = user_data;
  TcNodeStatus *status = tc_session_get_status (self->session);
  const char *network = tc_session_get_network (self->session);
  g_autofree char *debug = g_strdup_printf (
      "TimeCoin %s\nGTK %u.%u.%u\nlibadwaita %u.%u.%u\nnetwork: %s\nblock: %u\npeers: %u\ndata: %s\n", TC_VERSION, gtk_get_major_version (),
      gtk_get_minor_version (), gtk_get_micro_version (), adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
      network == NULL ? "none" : network, status == NULL ? 0 : status->height, status == NULL ? 0 : status->n_peers, self->data_dir);

  tc_compat_show_about (gtk_application_get_active_window (GTK_APPLICATION (self)), debug);
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = on_quit },
  { .name = "new-window", .activate = on_new_window },
  { .name = "log-folder", .activate = on_log_folder },
  { .name = "data-folder", .activate = on_data_folder },
  { .name = "about", .activate = on_about },
};

typedef struct
{
  const char *action;
  const char *accels[3];
} Accel;

static void
set_accels (TcApplication *self)
{
  static const Accel accels[] = {
    { "app.quit", { "<Control>q" } },
    { "app.new-window", { "<Control>n" } },
    { "window.close", { "<Control>w" } },
    { "win.lock", { "<Control>l" } },
    { "win.hide-amounts", { "<Control><Shift>m" } },
    { "win.search", { "<Control>f" } },
    { "win.sidebar", { "F9" } },
    { "win.page::overview", { "<Alt>1" } },
    { "win.page::send", { "<Alt>2" } },
    { "win.page::receive", { "<Alt>3" } },
    { "win.page::history", { "<Alt>4" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, accels[i].accels);
}

/* --- Life --- */

static void
tc_application_startup (GApplication *application)
{
  TcApplication *self = TC_APPLICATION (application);
  g_autofree char *log_dir = dup_log_dir (self);

  tc_ui_register_resources ();
  G_APPLICATION_CLASS (tc_application_parent_class)->startup (application);
  tc_log_file_open (log_dir);
  g_message ("TimeCoin %s, data in %s", TC_VERSION, self->data_dir);
  gtk_window_set_default_icon_name (TC_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (self);
  self->settings = tc_settings_new ();
  self->session = tc_session_new (self->data_dir, self->network);
  g_unix_signal_add (SIGTERM, on_unix_signal, self);
  g_unix_signal_add (SIGINT, on_unix_signal, self);
}

static void
tc_application_activate (GApplication *application)
{
  TcApplication *self = TC_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (self->stopping)
    return;
  if (window == NULL)
    window = GTK_WINDOW (tc_window_new (GTK_APPLICATION (self), self->session, self->settings, self->try_local ? TC_WINDOW_TRY : TC_WINDOW_LAST));
  gtk_window_present (window);
}

static void
tc_application_shutdown (GApplication *application)
{
  G_APPLICATION_CLASS (tc_application_parent_class)->shutdown (application);
  tc_log_file_close ();
}

static void
tc_application_finalize (GObject *object)
{
  TcApplication *self = TC_APPLICATION (object);

  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_free (self->data_dir);
  g_free (self->network);
  G_OBJECT_CLASS (tc_application_parent_class)->finalize (object);
}

static void
tc_application_class_init (TcApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tc_application_finalize;
  application_class->startup = tc_application_startup;
  application_class->activate = tc_application_activate;
  application_class->shutdown = tc_application_shutdown;
}

static void
tc_application_init (TcApplication *self)
{
}

TcApplication *
tc_application_new (const TcApplicationOptions *options)
{
  /* Started again on the user's own data, the window that is open comes to the front. Another data folder is another process: were it the one that is
   * open already, the node says so. */
  TcApplication *self =
      g_object_new (TC_TYPE_APPLICATION, "application-id", TC_APPLICATION_ID, "resource-base-path", "/org/timecoin/TimeCoin", "flags",
                    options->data_dir != NULL ? G_APPLICATION_NON_UNIQUE : G_APPLICATION_DEFAULT_FLAGS, NULL);

  self->data_dir = options->data_dir != NULL ? g_canonicalize_filename (options->data_dir, NULL)
                                             : g_build_filename (g_get_user_data_dir (), "timecoin", NULL);
  self->network = g_strdup (options->network);
  self->try_local = options->try_local;
  return self;
}

TcSession *
tc_application_get_session (TcApplication *self)
{
  return self->session;
}
