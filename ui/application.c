#define G_LOG_DOMAIN "tc-ui"
#include "application.h"

#include <string.h>

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "compat.h"
#include "help-window.h"
#include "language.h"
#include "log-file.h"
#include "preferences.h"
#include "resources.h"
#include "search-provider.h"
#include "settings.h"
#include "text.h"
#include "uri-opener.h"
#include "window-state.h"
#include "window.h"

struct _TcApplication
{
  AdwApplication parent_instance;
  char          *data_dir;
  char          *network;
  gboolean       own_data_dir;  /* the command line gave it */
  gboolean       try_local, hidden, offline;
  TcSession     *session;
  GSettings     *settings;      /* (nullable) */
  TcNotifier    *notifier;
  TcSearchProvider *provider;
  guint          inhibitor;     /* while it catches up: 0: none */
  gboolean       stopping;
};

G_DEFINE_FINAL_TYPE (TcApplication, tc_application, ADW_TYPE_APPLICATION)

#define BACKGROUND_ID "background"

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
  tc_window_state_save (GTK_APPLICATION (self), self->session, self->settings);
  g_application_withdraw_notification (G_APPLICATION (self), BACKGROUND_ID);
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (TC_IS_WINDOW (l->data))
      tc_window_show_closing (l->data);
  tc_session_stop_async (self->session, on_stopped, self);
}

/* Out of sight, but with a way back, and one out. */
static void
go_to_background (TcApplication *self)
{
  g_autoptr(GNotification) notification = g_notification_new (_("TimeCoin Keeps Running"));

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (TC_IS_WINDOW (l->data))
      gtk_widget_set_visible (l->data, FALSE);
  g_notification_set_body (notification, _("The node stays on the network. Open TimeCoin again to come back."));
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_LOW);
  g_notification_set_default_action (notification, "app.come-back");
  g_notification_add_button (notification, _("Open"), "app.come-back");
  g_notification_add_button (notification, _("Quit"), "app.quit");
  g_application_send_notification (G_APPLICATION (self), BACKGROUND_ID, notification);
}

static void
on_last_closed (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcApplication *self = user_data;

  if (self->settings != NULL && g_settings_get_boolean (self->settings, "background") && tc_session_get_network (self->session) != NULL)
    go_to_background (self);
  else
    quit (self);
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

static TcWindow *
find_window (TcApplication *self, const char *wallet)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    {
      TcWallet *own = TC_IS_WINDOW (l->data) ? tc_window_get_wallet (l->data) : NULL;
      g_autoptr(TcWalletSnapshot) snapshot = own == NULL ? NULL : tc_wallet_get_snapshot (own);

      if (snapshot != NULL && strcmp (snapshot->name, wallet) == 0)
        return l->data;
    }
  return NULL;
}

/* In the window that it is open in, or a new one. */
static void
on_open_wallet (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcApplication *self = user_data;
  const char *name = g_variant_get_string (parameter, NULL), *network = tc_session_get_network (self->session);
  TcWindow *window = find_window (self, name);

  if (self->stopping || network == NULL)
    return;
  if (window == NULL)
    {
      window = TC_WINDOW (tc_window_new (GTK_APPLICATION (self), self->session, self->settings, TC_WINDOW_LAST));
      tc_window_restore (window, network, name, "overview");
    }
  gtk_window_present (GTK_WINDOW (window));
}

/* What a notification, or the desktop's search, leads to; behind the lock where the wallet is locked by now. */
static void
on_show_on (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcApplication *self = user_data;
  const char *wallet, *page, *what;
  TcWindow *window;

  g_variant_get (parameter, "(&s&s&s)", &wallet, &page, &what);
  window = find_window (self, wallet);
  if (window == NULL)
    {
      g_application_activate (G_APPLICATION (self));
      return;
    }
  tc_window_show_on (window, page, what);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_come_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_activate (user_data);
}

static void
on_try (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcApplication *self = user_data;

  if (tc_session_get_network (self->session) == NULL && gtk_application_get_windows (GTK_APPLICATION (self)) == NULL)
    self->try_local = TRUE;
  g_application_activate (user_data);
}

/* Those that are open come to the front, on the page that is asked for. */
static gboolean
show_open_preferences (const char *page)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (TC_IS_PREFERENCES (l->data))
      {
        tc_preferences_show_page (l->data, page);
        gtk_window_present (l->data);
        return TRUE;
      }
  return FALSE;
}

static void
open_preferences (TcApplication *self, const char *page)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (show_open_preferences (page))
    return;
  if (self->stopping || self->settings == NULL || !TC_IS_WINDOW (window))
    return;
  gtk_window_present (tc_preferences_new (window, self->settings, self->session, tc_window_get_wallet (TC_WINDOW (window)), self->own_data_dir, page));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_preferences (user_data, NULL);
}

static void
on_preferences_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_preferences (user_data, g_variant_get_string (parameter, NULL));
}

static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_help_window_new (gtk_application_get_active_window (user_data), NULL));
}

static void
on_help_topic (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_help_window_new (gtk_application_get_active_window (user_data), g_variant_get_string (parameter, NULL)));
}

/* Made when it is asked for: were it the application's help overlay, a hidden window would stay with each window, and GTK 4.8 crashes where an assistive
 * technology asks for a window that has just gone while there is a hidden one. */
static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource ("/org/timecoin/TimeCoin/help-overlay.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay"));

  gtk_window_set_transient_for (window, gtk_application_get_active_window (user_data));
  gtk_window_present (window);
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = on_quit },
  { .name = "last-closed", .activate = on_last_closed },
  { .name = "come-back", .activate = on_come_back },
  { .name = "new-window", .activate = on_new_window },
  { .name = "shortcuts", .activate = on_shortcuts },
  { .name = "open-wallet", .activate = on_open_wallet, .parameter_type = "s" },
  { .name = "try", .activate = on_try },
  { .name = "show-on", .activate = on_show_on, .parameter_type = "(sss)" },
  { .name = "log-folder", .activate = on_log_folder },
  { .name = "data-folder", .activate = on_data_folder },
  { .name = "preferences", .activate = on_preferences },
  { .name = "preferences-page", .activate = on_preferences_page, .parameter_type = "s" },
  { .name = "help", .activate = on_help },
  { .name = "help-topic", .activate = on_help_topic, .parameter_type = "s" },
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
    { "app.shortcuts", { "<Control>question" } },
    { "window.close", { "<Control>w" } },
    { "win.lock", { "<Control>l" } },
    { "win.hide-amounts", { "<Control><Shift>m" } },
    { "app.preferences", { "<Control>comma" } },
    { "app.help", { "F1" } },
    { "win.command-search", { "<Control>k" } },
    { "win.search", { "<Control>f" } },
    { "win.sidebar", { "F9" } },
    { "win.page::overview", { "<Alt>1" } },
    { "win.page::send", { "<Alt>2" } },
    { "win.page::receive", { "<Alt>3" } },
    { "win.page::history", { "<Alt>4" } },
    { "win.page::masternode", { "<Alt>5" } },
    { "win.page::network", { "<Alt>6" } },
    { "win.page::explorer", { "<Alt>7" } },
    { "win.page::console", { "<Control><Shift>c" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, accels[i].accels);
}

/* --- What the preferences and the node change --- */

static void
on_setting (TcApplication *self, const char *key)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };

  if (key == NULL || strcmp (key, "style") == 0)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[g_settings_get_enum (self->settings, "style")]);
  if (key == NULL || strcmp (key, "unit") == 0)
    tc_text_set_unit ((TcTextUnit) g_settings_get_enum (self->settings, "unit"));
}

/* A computer that falls asleep does not catch up. */
static void
on_status (TcApplication *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  const gboolean busy = status != NULL && status->state == TC_NODE_SYNCING && !self->stopping;

  if (busy && self->inhibitor == 0)
    self->inhibitor = gtk_application_inhibit (GTK_APPLICATION (self), gtk_application_get_active_window (GTK_APPLICATION (self)),
                                               GTK_APPLICATION_INHIBIT_SUSPEND, _("The node is catching up with the network"));
  else if (!busy && self->inhibitor != 0)
    {
      gtk_application_uninhibit (GTK_APPLICATION (self), self->inhibitor);
      self->inhibitor = 0;
    }
}

/* --- Life --- */

static gboolean
tc_application_dbus_register (GApplication *application, GDBusConnection *bus, const char *path, GError **error)
{
  TcApplication *self = TC_APPLICATION (application);

  if (!G_APPLICATION_CLASS (tc_application_parent_class)->dbus_register (application, bus, path, error))
    return FALSE;
  if (self->provider == NULL)
    self->provider = tc_search_provider_new (application);
  return tc_search_provider_export (self->provider, bus, error);
}

static void
tc_application_dbus_unregister (GApplication *application, GDBusConnection *bus, const char *path)
{
  TcApplication *self = TC_APPLICATION (application);

  if (self->provider != NULL)
    tc_search_provider_unexport (self->provider, bus);
  G_APPLICATION_CLASS (tc_application_parent_class)->dbus_unregister (application, bus, path);
}

static void
tc_application_startup (GApplication *application)
{
  TcApplication *self = TC_APPLICATION (application);
  g_autofree char *log_dir = dup_log_dir (self);

  tc_ui_register_resources ();
  G_APPLICATION_CLASS (tc_application_parent_class)->startup (application);
  tc_language_set_texts ();
  tc_log_file_open (log_dir);
  g_message ("TimeCoin %s, data in %s", TC_VERSION, self->data_dir);
  gtk_window_set_default_icon_name (TC_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (self);
  self->session = tc_session_new (self->data_dir, self->network, self->settings);
  tc_session_set_offline (self->session, self->offline);
  self->notifier = tc_notifier_new (application, self->session, self->settings);
  g_signal_connect_object (self->session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  if (self->provider != NULL)
    tc_search_provider_set_session (self->provider, self->session, self->settings);
  if (self->settings != NULL)
    {
      g_signal_connect_object (self->settings, "changed", G_CALLBACK (on_setting), self, G_CONNECT_SWAPPED);
      on_setting (self, NULL);
    }
  g_unix_signal_add (SIGTERM, on_unix_signal, self);
  g_unix_signal_add (SIGINT, on_unix_signal, self);
}

static void
open_first_window (TcApplication *self)
{
  GtkWidget *window;

  if (!self->try_local && self->network == NULL && tc_window_state_restore (GTK_APPLICATION (self), self->session, self->settings, !self->hidden))
    return;
  window = tc_window_new (GTK_APPLICATION (self), self->session, self->settings, self->try_local ? TC_WINDOW_TRY : TC_WINDOW_LAST);
  if (!self->hidden)
    gtk_window_present (GTK_WINDOW (window));
}

static void
tc_application_activate (GApplication *application)
{
  TcApplication *self = TC_APPLICATION (application);
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  if (self->stopping)
    return;
  g_application_withdraw_notification (application, BACKGROUND_ID);
  if (windows == NULL)
    open_first_window (self);
  else
    for (GList *l = g_list_last (windows); l != NULL; l = l->prev)
      if (l == windows || (TC_IS_WINDOW (l->data) && !gtk_widget_get_visible (l->data)))
        gtk_window_present (l->data);
  self->hidden = FALSE;
}

static void
tc_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TcApplication *self = TC_APPLICATION (application);
  g_autofree char *uri = n_files == 1 ? g_file_get_uri (files[0]) : NULL;

  self->hidden = FALSE;
  g_application_activate (application);
  if (uri != NULL && !self->stopping)
    tc_uri_open (GTK_APPLICATION (self), uri);
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

  g_clear_object (&self->provider);
  g_clear_object (&self->notifier);
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
  application_class->open = tc_application_open;
  application_class->dbus_register = tc_application_dbus_register;
  application_class->dbus_unregister = tc_application_dbus_unregister;
  application_class->shutdown = tc_application_shutdown;
}

static void
tc_application_init (TcApplication *self)
{
}

/* The command line's, else what the preferences say, else the user's. */
static char *
find_data_dir (const TcApplicationOptions *options, GSettings *settings)
{
  g_autofree char *chosen = settings == NULL ? g_strdup ("") : g_settings_get_string (settings, "data-dir");

  if (options->data_dir != NULL)
    return g_canonicalize_filename (options->data_dir, NULL);
  if (g_path_is_absolute (chosen))
    return g_steal_pointer (&chosen);
  return g_build_filename (g_get_user_data_dir (), "timecoin", NULL);
}

TcApplication *
tc_application_new (const TcApplicationOptions *options)
{
  /* Started again on the user's own data, the window that is open comes to the front. Another data folder is another process: were it the one that is
   * open already, the node says so. */
  const GApplicationFlags flags = G_APPLICATION_HANDLES_OPEN | (options->data_dir != NULL ? G_APPLICATION_NON_UNIQUE : G_APPLICATION_DEFAULT_FLAGS)
                                  | (options->service ? G_APPLICATION_IS_SERVICE : G_APPLICATION_DEFAULT_FLAGS);
  TcApplication *self =
      g_object_new (TC_TYPE_APPLICATION, "application-id", TC_APPLICATION_ID, "resource-base-path", "/org/timecoin/TimeCoin", "flags", flags, NULL);

  self->settings = tc_settings_new ();
  self->data_dir = find_data_dir (options, self->settings);
  self->own_data_dir = options->data_dir != NULL;
  self->network = g_strdup (options->network);
  self->try_local = options->try_local;
  self->hidden = options->background;
  self->offline = options->offline;
  return self;
}

TcSession *
tc_application_get_session (TcApplication *self)
{
  return self->session;
}

TcNotifier *
tc_application_get_notifier (TcApplication *self)
{
  return self->notifier;
}
