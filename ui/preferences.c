#define G_LOG_DOMAIN "tc-ui"
#include "preferences.h"

#include <glib/gi18n-lib.h>

#include "background.h"
#include "compat.h"
#include "keyring.h"
#include "node-settings.h"

struct _TcPreferences
{
  AdwPreferencesWindow parent_instance;
  GSettings   *settings;
  TcSession   *session;
  TcWallet    *wallet;          /* (nullable) */
  gboolean     own_data_dir;
  GPtrArray   *peer_rows;
  gboolean     asking_autostart;
  AdwComboRow *style, *unit, *lock_after, *sync;
  GtkSwitch   *hide_amounts, *notify_received, *notify_final, *notify_masternode, *background, *autostart, *listen, *map_port, *discover, *history, *prune, *rpc;
  GtkSpinButton *listen_port, *prune_mb, *cache_mb, *rpc_port;
  GtkEditable *peer, *proxy;
  AdwActionRow *remembered, *network_row, *folder_row, *next_folder_row, *rpc_address, *rpc_command;
  AdwPreferencesGroup *restart_group, *connections_group, *peers_group, *proxy_group, *blocks_group;
  GtkWidget   *forget, *restart, *folder_choose, *listen_port_row, *map_port_row, *listen_row, *prune_mb_row, *rpc_port_row;
};

G_DEFINE_FINAL_TYPE (TcPreferences, tc_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
toast (TcPreferences *self, const char *text)
{
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (text));
}

/* Paths and addresses may hold what markup would take for its own. */
static void
set_subtitle (AdwActionRow *row, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_action_row_set_subtitle (row, escaped);
}

/* --- Choices --- */

static const guint lock_minutes[] = { 1, 2, 5, 10, 15, 30, 60, 0 };

static void
on_lock_after (TcPreferences *self)
{
  g_settings_set_uint (self->settings, "lock-after-minutes", lock_minutes[MIN (adw_combo_row_get_selected (self->lock_after), G_N_ELEMENTS (lock_minutes) - 1)]);
}

static void
show_lock_after (TcPreferences *self)
{
  const guint minutes = g_settings_get_uint (self->settings, "lock-after-minutes");
  guint at = 0;

  /* A number that somebody wrote by hand shows as the next longer one. */
  while (at < G_N_ELEMENTS (lock_minutes) - 1 && (minutes == 0 || lock_minutes[at] < minutes))
    at++;
  adw_combo_row_set_selected (self->lock_after, at);
  g_signal_connect_swapped (self->lock_after, "notify::selected", G_CALLBACK (on_lock_after), self);
}

static void
on_choice (AdwComboRow *row, GParamSpec *pspec, gpointer key)
{
  TcPreferences *self = TC_PREFERENCES (gtk_widget_get_ancestor (GTK_WIDGET (row), TC_TYPE_PREFERENCES));

  if (self != NULL)
    g_settings_set_enum (self->settings, key, (int) adw_combo_row_get_selected (row));
}

/* The choices stand in the order of the schema's numbers. */
static void
bind_choice (TcPreferences *self, const char *key, AdwComboRow *row)
{
  adw_combo_row_set_selected (row, (guint) g_settings_get_enum (self->settings, key));
  g_signal_connect (row, "notify::selected", G_CALLBACK (on_choice), (gpointer) key);
}

static void
bind_switch (TcPreferences *self, const char *key, GtkSwitch *toggle)
{
  g_settings_bind (self->settings, key, toggle, "active", G_SETTINGS_BIND_DEFAULT);
}

static gboolean
double_of_uint (GValue *value, GVariant *variant, gpointer user_data)
{
  g_value_set_double (value, g_variant_get_uint32 (variant));
  return TRUE;
}

static GVariant *
uint_of_double (const GValue *value, const GVariantType *type, gpointer user_data)
{
  return g_variant_new_uint32 ((guint32) g_value_get_double (value));
}

static void
bind_number (TcPreferences *self, const char *key, GtkSpinButton *spin)
{
  g_settings_bind_with_mapping (self->settings, key, spin, "value", G_SETTINGS_BIND_DEFAULT, double_of_uint, uint_of_double, NULL, NULL);
}

/* --- The password that this computer remembers --- */

static void
show_remembered (TcPreferences *self, const char *text, gboolean can_forget)
{
  set_subtitle (self->remembered, text);
  gtk_widget_set_visible (self->forget, can_forget);
}

static char *
dup_wallet_path (TcPreferences *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  return g_strdup (snapshot->path);
}

static void
on_remembered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPreferences) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcSecretString) password = tc_keyring_lookup_finish (result, &error);

  if (password != NULL)
    show_remembered (self, _("This computer remembers the password of this wallet, and opens it with that."), TRUE);
  else
    show_remembered (self, _("This computer does not remember the password of this wallet. When you unlock it, you can ask for that."), FALSE);
}

static void
on_keyring (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPreferences) self = user_data;
  g_autofree char *path = self->wallet == NULL ? NULL : dup_wallet_path (self);

  if (!tc_keyring_check_finish (result))
    show_remembered (self, _("This desktop has no keyring, so no password can be remembered."), FALSE);
  else if (path == NULL)
    show_remembered (self, _("No wallet is open in this window."), FALSE);
  else
    tc_keyring_lookup_async (path, NULL, on_remembered, g_steal_pointer (&self));
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPreferences) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_keyring_forget_finish (result, &error))
    toast (self, error->message);
  else
    {
      toast (self, _("The password is forgotten"));
      tc_keyring_check_async (on_keyring, g_object_ref (self));
    }
}

static void
on_forget (TcPreferences *self)
{
  g_autofree char *path = self->wallet == NULL ? NULL : dup_wallet_path (self);

  if (path != NULL)
    tc_keyring_forget_async (path, on_forgotten, g_object_ref (self));
}

/* --- Running --- */

static void
on_autostart_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPreferences) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean wanted = gtk_switch_get_active (self->autostart);

  self->asking_autostart = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->autostart), TRUE);
  if (tc_background_request_finish (result, &error))
    {
      g_settings_set_boolean (self->settings, "autostart", wanted);
      return;
    }
  gtk_switch_set_active (self->autostart, !wanted);
  toast (self, error->message);
}

/* The switch stands where the system agreed to put it. */
static void
on_autostart (TcPreferences *self)
{
  const gboolean wanted = gtk_switch_get_active (self->autostart);

  if (self->asking_autostart || wanted == g_settings_get_boolean (self->settings, "autostart"))
    return;
  self->asking_autostart = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->autostart), FALSE);
  tc_background_request_async (wanted, on_autostart_asked, g_object_ref (self));
}

/* --- Nodes by name, and the proxy --- */

static void list_peers (TcPreferences *self);

static void
on_undo_peer (AdwToast *shown, TcPreferences *self)
{
  g_settings_set_value (self->settings, "peers", g_object_get_data (G_OBJECT (shown), "peers"));
  list_peers (self);
}

static void
on_remove_peer (GtkButton *button, TcPreferences *self)
{
  const char *peer = g_object_get_data (G_OBJECT (button), "peer");
  g_auto(GStrv) peers = g_settings_get_strv (self->settings, "peers");
  g_autoptr(GStrvBuilder) left = g_strv_builder_new ();
  g_auto(GStrv) others = NULL;
  AdwToast *undo = adw_toast_new (_("Node removed"));

  for (guint i = 0; peers[i] != NULL; i++)
    if (g_strcmp0 (peers[i], peer) != 0)
      g_strv_builder_add (left, peers[i]);
  others = g_strv_builder_end (left);
  g_object_set_data_full (G_OBJECT (undo), "peers", g_settings_get_value (self->settings, "peers"), (GDestroyNotify) g_variant_unref);
  adw_toast_set_button_label (undo, _("_Undo"));
  g_signal_connect_object (undo, "button-clicked", G_CALLBACK (on_undo_peer), self, 0);
  g_settings_set_strv (self->settings, "peers", (const char *const *) others);
  list_peers (self);
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), undo);
}

static void
add_peer_row (TcPreferences *self, const char *peer)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *label = g_strdup_printf (_("Remove %s"), peer);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), peer);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (button), "peer", g_strdup (peer), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove_peer), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->peers_group, row);
  g_ptr_array_add (self->peer_rows, row);
}

static void
list_peers (TcPreferences *self)
{
  g_auto(GStrv) peers = g_settings_get_strv (self->settings, "peers");

  for (guint i = 0; i < self->peer_rows->len; i++)
    adw_preferences_group_remove (self->peers_group, self->peer_rows->pdata[i]);
  g_ptr_array_set_size (self->peer_rows, 0);
  for (guint i = 0; peers[i] != NULL; i++)
    add_peer_row (self, peers[i]);
}

/* Whether what is written can be used; where not, the row says so. */
static gboolean
check_host (TcPreferences *self, GtkEditable *row, char **ret_text)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));
  const gboolean good = text[0] == '\0' || tc_is_host_and_port (text);

  *ret_text = NULL;
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  else
    {
      gtk_widget_add_css_class (GTK_WIDGET (row), "error");
      toast (self, _("Write a name or an address, a colon and a port, such as 127.0.0.1:9050."));
      return FALSE;
    }
  *ret_text = g_steal_pointer (&text);
  return TRUE;
}

static void
on_peer_apply (TcPreferences *self)
{
  g_auto(GStrv) peers = g_settings_get_strv (self->settings, "peers");
  g_autoptr(GStrvBuilder) all = g_strv_builder_new ();
  g_auto(GStrv) more = NULL;
  g_autofree char *text = NULL;

  if (!check_host (self, self->peer, &text) || text[0] == '\0' || g_strv_contains ((const char *const *) peers, text))
    return;
  g_strv_builder_addv (all, (const char **) peers);
  g_strv_builder_add (all, text);
  more = g_strv_builder_end (all);
  g_settings_set_strv (self->settings, "peers", (const char *const *) more);
  gtk_editable_set_text (self->peer, "");
  list_peers (self);
}

static void
on_proxy_apply (TcPreferences *self)
{
  g_autofree char *text = NULL;

  if (check_host (self, self->proxy, &text))
    g_settings_set_string (self->settings, "proxy", text);
}

/* --- What holds when --- */

static void
show_sensitive (TcPreferences *self)
{
  g_autofree char *proxy = g_settings_get_string (self->settings, "proxy");
  const gboolean local = tc_session_is_local (self->session), hidden = proxy[0] != '\0';
  const gboolean listens = gtk_switch_get_active (self->listen) && !hidden;
  GtkWidget *const groups[] = { GTK_WIDGET (self->connections_group), GTK_WIDGET (self->peers_group), GTK_WIDGET (self->proxy_group),
                                GTK_WIDGET (self->blocks_group) };

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    gtk_widget_set_sensitive (groups[i], !local);
  adw_preferences_group_set_description (self->connections_group, local ? _("The local network runs whole inside this application: it connects to nobody.") : NULL);
  adw_preferences_group_set_description (self->blocks_group, local ? _("The local network is small: it keeps everything, and has nothing to catch up with.") : NULL);
  adw_preferences_group_set_description (self->proxy_group, hidden ? _("Every connection goes through it, and nobody can connect to this node.")
                                                                   : _("For Tor, write 127.0.0.1:9050. Empty: connections are direct."));
  gtk_widget_set_sensitive (self->listen_row, !hidden);
  gtk_widget_set_sensitive (self->listen_port_row, listens);
  gtk_widget_set_sensitive (self->map_port_row, listens);
  gtk_widget_set_sensitive (self->prune_mb_row, gtk_switch_get_active (self->prune));
  gtk_widget_set_sensitive (self->rpc_port_row, gtk_switch_get_active (self->rpc));
}

/* Zero megabytes are all: one switch and one number are easier to read than a number with a meaning of its own. */
static void
on_prune (TcPreferences *self)
{
  g_settings_set_uint (self->settings, "prune-mb", gtk_switch_get_active (self->prune) ? (guint) gtk_spin_button_get_value (self->prune_mb) : 0);
  show_sensitive (self);
}

static void
show_prune (TcPreferences *self)
{
  const guint prune_mb = g_settings_get_uint (self->settings, "prune-mb");

  gtk_spin_button_set_value (self->prune_mb, prune_mb == 0 ? 8 * 1024 : prune_mb);
  gtk_switch_set_active (self->prune, prune_mb != 0);
  g_signal_connect_swapped (self->prune, "notify::active", G_CALLBACK (on_prune), self);
  g_signal_connect_swapped (self->prune_mb, "value-changed", G_CALLBACK (on_prune), self);
}

static void
on_restart (TcPreferences *self)
{
  tc_session_restart (self->session);
}

/* --- The network, and who may ask --- */

static char *
network_words (TcPreferences *self)
{
  const char *network = tc_session_get_network (self->session);

  if (network == NULL)
    return g_strdup (_("None yet: a wallet chooses it."));
  if (tc_session_is_local (self->session))
    return g_strdup (_("A network on this computer, with play money. Another wallet, in a new window after this one is closed, may be of another network."));
  return g_strdup_printf (_("“%s”. Every wallet belongs to one network: it is chosen with the wallet."), network);
}

static void
show_rpc (TcPreferences *self)
{
  TcNode *node = tc_session_get_node (self->session);
  const char *address = node == NULL || tc_session_get_state (self->session) != TC_SESSION_RUNNING ? NULL : tc_node_get_rpc (node);
  g_autofree char *quoted = address == NULL ? NULL : g_shell_quote (tc_node_get_data_dir (node));
  g_autofree char *command = quoted == NULL ? NULL : g_strdup_printf ("time-cli --data-dir %s getblockcount", quoted);

  set_subtitle (self->rpc_address, address != NULL ? address : _("Programs cannot ask now."));
  gtk_widget_set_visible (GTK_WIDGET (self->rpc_command), command != NULL);
  set_subtitle (self->rpc_command, command != NULL ? command : "");
  g_object_set_data_full (G_OBJECT (self), "command", g_steal_pointer (&command), g_free);
}

static void
on_rpc_copy (TcPreferences *self)
{
  const char *command = g_object_get_data (G_OBJECT (self), "command");

  if (command == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), command);
  toast (self, _("Copied"));
}

static void
on_session_changed (TcPreferences *self)
{
  const TcSessionState state = tc_session_get_state (self->session);
  g_autofree char *network = network_words (self);

  gtk_widget_set_visible (GTK_WIDGET (self->restart_group), tc_session_needs_restart (self->session));
  gtk_widget_set_sensitive (self->restart, state == TC_SESSION_RUNNING || state == TC_SESSION_FAILED);
  set_subtitle (self->network_row, network);
  show_rpc (self);
  show_sensitive (self);
}

/* --- The data folder --- */

static void
show_folder (TcPreferences *self)
{
  g_autofree char *next = g_settings_get_string (self->settings, "data-dir");
  g_autofree char *standard = g_build_filename (g_get_user_data_dir (), "timecoin", NULL);
  const char *wanted = next[0] != '\0' ? next : standard;

  set_subtitle (self->folder_row, tc_session_get_base_dir (self->session));
  gtk_widget_set_visible (GTK_WIDGET (self->next_folder_row), !self->own_data_dir && g_strcmp0 (wanted, tc_session_get_base_dir (self->session)) != 0);
  set_subtitle (self->next_folder_row, wanted);
  gtk_widget_set_sensitive (self->folder_choose, !self->own_data_dir);
  gtk_widget_set_tooltip_text (self->folder_choose, self->own_data_dir ? _("The folder was given on the command line.") : NULL);
}

static void
on_folder_open (TcPreferences *self)
{
  g_autofree char *uri = g_filename_to_uri (tc_session_get_base_dir (self->session), NULL, NULL);

  if (uri != NULL)
    tc_compat_show_uri (GTK_WINDOW (self), uri);
}

static void
on_folder_chosen (GFile *folder, gpointer user_data)
{
  TcPreferences *self = user_data;
  g_autofree char *path = g_file_get_path (folder);

  if (path == NULL)
    return;
  g_settings_set_string (self->settings, "data-dir", path);
  show_folder (self);
  toast (self, _("Used from the next start on. Wallets stay where they are: move the folder “wallets” of each network yourself while TimeCoin is closed."));
}

static void
on_folder_choose (TcPreferences *self)
{
  tc_compat_choose_folder (GTK_WINDOW (self), _("Choose a Data Folder"), on_folder_chosen, self);
}

static void
on_folder_reset (TcPreferences *self)
{
  g_autofree char *standard = g_build_filename (g_get_user_data_dir (), "timecoin", NULL);
  const char *present = tc_session_get_base_dir (self->session);

  g_settings_set_string (self->settings, "data-dir", g_strcmp0 (present, standard) == 0 ? "" : present);
  show_folder (self);
}

/* --- */

/* Not while it is only closed: an answer of the keyring or the portal, or a change of the session, may come to it until then. */
static void
tc_preferences_finalize (GObject *object)
{
  TcPreferences *self = TC_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  g_clear_pointer (&self->peer_rows, g_ptr_array_unref);
  G_OBJECT_CLASS (tc_preferences_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, style);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, unit);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, lock_after);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, sync);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, hide_amounts);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, notify_received);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, notify_final);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, notify_masternode);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, background);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, autostart);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, listen);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, map_port);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, discover);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, history);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, prune);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, rpc);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, listen_port);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, prune_mb);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, cache_mb);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, rpc_port);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, peer);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, proxy);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, remembered);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, network_row);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, folder_row);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, next_folder_row);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, rpc_address);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, rpc_command);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, restart_group);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, connections_group);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, peers_group);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, proxy_group);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, blocks_group);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, forget);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, restart);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, folder_choose);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, listen_port_row);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, map_port_row);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, listen_row);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, prune_mb_row);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, rpc_port_row);
}

static void
tc_preferences_class_init (TcPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tc_preferences_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/preferences.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
  gtk_widget_class_bind_template_callback (widget_class, on_restart);
  gtk_widget_class_bind_template_callback (widget_class, on_peer_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_proxy_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_open);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_reset);
  gtk_widget_class_bind_template_callback (widget_class, on_rpc_copy);
}

static void
tc_preferences_init (TcPreferences *self)
{
  self->peer_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind_all (TcPreferences *self)
{
  g_autofree char *proxy = g_settings_get_string (self->settings, "proxy");

  bind_choice (self, "style", self->style);
  bind_choice (self, "unit", self->unit);
  bind_choice (self, "sync", self->sync);
  bind_switch (self, "hide-amounts", self->hide_amounts);
  bind_switch (self, "notify-received", self->notify_received);
  bind_switch (self, "notify-final", self->notify_final);
  bind_switch (self, "notify-masternode", self->notify_masternode);
  bind_switch (self, "background", self->background);
  bind_switch (self, "listen", self->listen);
  bind_switch (self, "map-port", self->map_port);
  bind_switch (self, "discover", self->discover);
  bind_switch (self, "history", self->history);
  bind_switch (self, "rpc", self->rpc);
  bind_number (self, "listen-port", self->listen_port);
  bind_number (self, "cache-mb", self->cache_mb);
  bind_number (self, "rpc-port", self->rpc_port);
  gtk_switch_set_active (self->autostart, g_settings_get_boolean (self->settings, "autostart"));
  g_signal_connect_swapped (self->autostart, "notify::active", G_CALLBACK (on_autostart), self);
  gtk_editable_set_text (self->proxy, proxy);
  show_lock_after (self);
  show_prune (self);
  list_peers (self);
}

void
tc_preferences_show_page (TcPreferences *self, const char *page)
{
  if (page != NULL)
    adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (self), page);
}

GtkWindow *
tc_preferences_new (GtkWindow *parent, GSettings *settings, TcSession *session, TcWallet *wallet, gboolean own_data_dir, const char *page)
{
  TcPreferences *self = g_object_new (TC_TYPE_PREFERENCES, "transient-for", parent, "modal", parent != NULL, NULL);

  self->settings = g_object_ref (settings);
  self->session = g_object_ref (session);
  self->wallet = wallet == NULL ? NULL : g_object_ref (wallet);
  self->own_data_dir = own_data_dir;
  bind_all (self);
  show_folder (self);
  on_session_changed (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed", G_CALLBACK (show_sensitive), self, G_CONNECT_SWAPPED);
  tc_keyring_check_async (on_keyring, g_object_ref (self));
  tc_preferences_show_page (self, page);
  return GTK_WINDOW (self);
}
