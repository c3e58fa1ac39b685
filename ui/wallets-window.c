#define G_LOG_DOMAIN "tc-ui"
#include "wallets-window.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat.h"
#include "field.h"
#include "helpers.h"
#include "notice.h"
#include "wallet-files.h"
#include "wallet-maker.h"

struct _TcWalletsWindow
{
  AdwWindow   parent_instance;
  GtkStack   *stack;
  GtkListBox *list;
  GtkWidget  *import, *rename;
  TcNotice   *notice;
  TcField    *name;
  GtkLabel   *rename_message;
  TcSession  *session;
  char       *chosen;  /* (nullable): being renamed or removed */
};

G_DEFINE_FINAL_TYPE (TcWalletsWindow, tc_wallets_window, ADW_TYPE_WINDOW)

static void look (TcWalletsWindow *self);

static void
set_notice (TcWalletsWindow *self, TcNoticeKind kind, const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (self->notice), text != NULL);
  if (text != NULL)
    tc_notice_set (self->notice, kind, text, NULL);
}

static void
show_list (TcWalletsWindow *self)
{
  gtk_stack_set_visible_child_name (self->stack, "list");
  look (self);
}

/* --- Rows --- */

static const char *
state_text (TcWallet *wallet)
{
  g_autoptr(TcWalletSnapshot) snapshot = wallet == NULL ? NULL : tc_wallet_get_snapshot (wallet);

  if (snapshot == NULL)
    return _("Closed");
  if (!snapshot->encrypted)
    return _("Open, has no password");
  return snapshot->locked ? _("Open, locked") : _("Open, unlocked");
}

static GMenuModel *
make_menu (const char *name, gboolean closed)
{
  GMenu *menu = g_menu_new ();
  static const struct { const char *label, *action; gboolean needs_closed; } items[] = {
    { N_("Show in _Folder"), "wallets.folder", FALSE },
    { N_("_Rename…"), "wallets.rename", TRUE },
    { N_("Re_move…"), "wallets.remove", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_autoptr(GMenuItem) item = g_menu_item_new (_(items[i].label), NULL);

      if (items[i].needs_closed && !closed)
        continue;
      g_menu_item_set_action_and_target (item, items[i].action, "s", name);
      g_menu_append_item (menu, item);
    }
  return G_MENU_MODEL (menu);
}

static void
add_row (TcWalletsWindow *self, const char *name)
{
  TcWallet *wallet = tc_session_find_wallet (self->session, name);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *more = gtk_menu_button_new ();
  GtkWidget *title = gtk_label_new (name), *state = gtk_label_new (state_text (wallet));
  GtkWidget *button = gtk_button_new_with_mnemonic (wallet == NULL ? _("_Open") : _("_Show"));
  g_autofree char *spoken = g_strdup_printf (wallet == NULL ? _("Open %s") : _("Show %s"), name);
  /* Translators: the commands for one wallet; %s is its name. */
  g_autofree char *spoken_more = g_strdup_printf (_("More about %s"), name);
  g_autoptr(GMenuModel) menu = make_menu (name, wallet == NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (state), 0);
  gtk_label_set_wrap (GTK_LABEL (state), TRUE);
  gtk_widget_add_css_class (state, "caption");
  gtk_widget_add_css_class (state, "dim-label");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), state);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "wallets.open");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (more), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (more), menu);
  gtk_widget_set_tooltip_text (more, wallet == NULL ? _("More") : _("More: close its window to rename or remove it"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (more), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken_more, -1);
  gtk_widget_set_valign (more, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (more, "flat");
  gtk_widget_set_margin_top (box, 9);
  gtk_widget_set_margin_bottom (box, 9);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 6);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), more);
  gtk_list_box_append (self->list, box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (gtk_widget_get_parent (box)), FALSE);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWalletsWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) networks = tc_session_scan_finish (TC_SESSION (source), result, &error);
  GtkWidget *row;

  if (self->session == NULL)  /* closed meanwhile */
    return;
  const TcSessionNetwork *network = networks == NULL ? NULL : tc_session_network_find (networks, tc_session_get_network (self->session));
  if (network == NULL)
    {
      set_notice (self, TC_NOTICE_ERROR, error != NULL ? error->message : _("The folder of the wallets cannot be read."));
      return;
    }
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; network->wallets[i] != NULL; i++)
    add_row (self, network->wallets[i]);
}

static void
look (TcWalletsWindow *self)
{
  if (self->session != NULL)
    tc_session_scan_async (self->session, on_scanned, g_object_ref (self));
}

/* --- Commands --- */

static void
on_open_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcWalletsWindow *self = user_data;

  gtk_widget_activate_action_variant (GTK_WIDGET (self), "app.open-wallet", parameter);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_folder_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcWalletsWindow *self = user_data;
  g_autofree char *folder = tc_wallet_files_dup_folder (self->session), *uri = g_filename_to_uri (folder, NULL, NULL);

  if (uri != NULL)
    tc_compat_show_uri (GTK_WINDOW (self), uri);
}

static void
update_rename (TcWalletsWindow *self)
{
  const char *name = tc_field_get_text (self->name);

  gtk_widget_set_sensitive (self->rename, tc_wallet_name_is_good (name) && g_strcmp0 (name, self->chosen) != 0);
  gtk_label_set_text (self->rename_message, "");
}

static void
on_rename_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcWalletsWindow *self = user_data;

  g_free (self->chosen);
  self->chosen = g_variant_dup_string (parameter, NULL);
  set_notice (self, TC_NOTICE_INFO, NULL);
  tc_field_set_text (self->name, self->chosen);
  update_rename (self);
  gtk_stack_set_visible_child_name (self->stack, "rename");
  gtk_widget_grab_focus (tc_field_get_entry (self->name));
}

static void
on_renamed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWalletsWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = tc_wallet_file_rename_finish (result, &error);

  if (self->session == NULL)
    return;
  if (ok)
    show_list (self);
  else
    gtk_label_set_text (self->rename_message, error->message);
}

static void
on_rename (TcWalletsWindow *self)
{
  if (!gtk_widget_get_sensitive (self->rename) || tc_session_find_wallet (self->session, self->chosen) != NULL)
    return;
  gtk_widget_set_sensitive (self->rename, FALSE);
  tc_wallet_file_rename_async (self->session, self->chosen, tc_field_get_text (self->name), on_renamed, g_object_ref (self));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWalletsWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = tc_wallet_file_remove_finish (result, &error);

  if (self->session == NULL)
    return;
  set_notice (self, ok ? TC_NOTICE_INFO : TC_NOTICE_ERROR, ok ? _("The wallet’s file is in the folder “removed” now.") : error->message);
  look (self);
}

static void
on_remove_confirmed (gpointer user_data)
{
  TcWalletsWindow *self = user_data;

  if (tc_session_find_wallet (self->session, self->chosen) == NULL)
    tc_wallet_file_remove_async (self->session, self->chosen, on_removed, g_object_ref (self));
}

static void
on_remove_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcWalletsWindow *self = user_data;
  g_autofree char *heading = NULL;

  g_free (self->chosen);
  self->chosen = g_variant_dup_string (parameter, NULL);
  /* Translators: %s is a wallet's name. */
  heading = g_strdup_printf (_("Remove “%s”?"), self->chosen);
  tc_compat_ask (GTK_WINDOW (self), heading,
                 _("Its file is moved into the folder “removed” beside the others. It is not deleted: it may be the only copy of the wallet, if its words are lost."),
                 _("_Remove"), TRUE, on_remove_confirmed, self);
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWalletsWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = tc_wallet_file_import_finish (result, &error), *text = NULL;

  if (self->session == NULL)
    return;
  gtk_widget_set_sensitive (self->import, TRUE);
  if (name != NULL)
    text = g_strdup_printf (_("“%s” is here now. The file that it was copied from is no longer needed; it should not be used elsewhere at the same time."), name);
  set_notice (self, name != NULL ? TC_NOTICE_INFO : TC_NOTICE_ERROR, name != NULL ? text : error->message);
  look (self);
}

static void
on_file (GFile *file, gpointer user_data)
{
  TcWalletsWindow *self = user_data;

  gtk_widget_set_sensitive (self->import, FALSE);
  tc_wallet_file_import_async (self->session, file, on_imported, g_object_ref (self));
}

static void
on_import (TcWalletsWindow *self)
{
  set_notice (self, TC_NOTICE_INFO, NULL);
  tc_compat_choose_file (GTK_WINDOW (self), _("Import a Wallet File"), NULL, on_file, self);
}

static const GActionEntry actions[] = {
  { .name = "open", .activate = on_open_action, .parameter_type = "s" },
  { .name = "folder", .activate = on_folder_action, .parameter_type = "s" },
  { .name = "rename", .activate = on_rename_action, .parameter_type = "s" },
  { .name = "remove", .activate = on_remove_action, .parameter_type = "s" },
};

/* --- */

static void
tc_wallets_window_dispose (GObject *object)
{
  TcWalletsWindow *self = TC_WALLETS_WINDOW (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->chosen, g_free);
  G_OBJECT_CLASS (tc_wallets_window_parent_class)->dispose (object);
}

static void
tc_wallets_window_class_init (TcWalletsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  g_type_ensure (TC_TYPE_NOTICE);
  G_OBJECT_CLASS (klass)->dispose = tc_wallets_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/wallets-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcWalletsWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcWalletsWindow, list);
  gtk_widget_class_bind_template_child (widget_class, TcWalletsWindow, import);
  gtk_widget_class_bind_template_child (widget_class, TcWalletsWindow, rename);
  gtk_widget_class_bind_template_child (widget_class, TcWalletsWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, TcWalletsWindow, name);
  gtk_widget_class_bind_template_child (widget_class, TcWalletsWindow, rename_message);
  gtk_widget_class_bind_template_callback (widget_class, show_list);
  gtk_widget_class_bind_template_callback (widget_class, update_rename);
  gtk_widget_class_bind_template_callback (widget_class, on_rename);
  gtk_widget_class_bind_template_callback (widget_class, on_import);
}

static void
tc_wallets_window_init (TcWalletsWindow *self)
{
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "wallets", G_ACTION_GROUP (group));
}

GtkWindow *
tc_wallets_window_new (GtkWindow *parent, TcSession *session)
{
  /* Of the application: its actions are used. */
  TcWalletsWindow *self = g_object_new (TC_TYPE_WALLETS_WINDOW, "transient-for", parent, "application", gtk_window_get_application (parent), NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  look (self);
  return GTK_WINDOW (self);
}
