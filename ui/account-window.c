#define G_LOG_DOMAIN "tc-ui"
#include "account-window.h"

#include <glib/gi18n.h>

#include "field.h"

struct _TcAccountWindow
{
  AdwWindow       parent_instance;
  AdwWindowTitle *title;
  GtkLabel       *explanation, *message;
  TcField        *name;
  GtkWidget      *done;
  TcWallet       *wallet;
  guint32         account;  /* TC_ACCOUNT_ALL: a new one */
  gboolean        busy;
};

G_DEFINE_FINAL_TYPE (TcAccountWindow, tc_account_window, ADW_TYPE_WINDOW)

static void
update_button (TcAccountWindow *self)
{
  gtk_widget_set_sensitive (self->done, !self->busy && g_utf8_strlen (tc_field_get_text (self->name), -1) <= (glong) TC_WALLET_NAME_MAX);
}

static void
set_message (TcAccountWindow *self, const char *message)
{
  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcAccountWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  const gboolean adds = self->account == TC_ACCOUNT_ALL;
  guint32 account = 0;
  const gboolean ok = adds ? tc_wallet_add_account_finish (TC_WALLET (source), result, &account, &error)
                           : tc_wallet_rename_account_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)  /* closed meanwhile */
    return;
  self->busy = FALSE;
  update_button (self);
  if (!ok)
    {
      set_message (self, error->message);
      return;
    }
  if (adds && parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.account", "u", account);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_done (TcAccountWindow *self)
{
  if (!gtk_widget_get_sensitive (self->done))
    return;
  set_message (self, NULL);
  self->busy = TRUE;
  update_button (self);
  if (self->account == TC_ACCOUNT_ALL)
    tc_wallet_add_account (self->wallet, tc_field_get_text (self->name), on_finished, g_object_ref (self));
  else
    tc_wallet_rename_account (self->wallet, self->account, tc_field_get_text (self->name), on_finished, g_object_ref (self));
}

static void
tc_account_window_dispose (GObject *object)
{
  g_clear_object (&TC_ACCOUNT_WINDOW (object)->wallet);
  G_OBJECT_CLASS (tc_account_window_parent_class)->dispose (object);
}

static void
tc_account_window_class_init (TcAccountWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  G_OBJECT_CLASS (klass)->dispose = tc_account_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/account-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcAccountWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TcAccountWindow, explanation);
  gtk_widget_class_bind_template_child (widget_class, TcAccountWindow, name);
  gtk_widget_class_bind_template_child (widget_class, TcAccountWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TcAccountWindow, done);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
}

static void
tc_account_window_init (TcAccountWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
tc_account_window_new (GtkWindow *parent, TcWallet *wallet, guint32 account)
{
  TcAccountWindow *self = g_object_new (TC_TYPE_ACCOUNT_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);
  const TcWalletAccount *named = tc_wallet_snapshot_get_account (snapshot, account);
  const char *title = account == TC_ACCOUNT_ALL ? _("New Account") : _("Rename Account");

  self->wallet = g_object_ref (wallet);
  self->account = account;
  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_window_title_set_title (self->title, title);
  gtk_label_set_text (self->explanation, account == TC_ACCOUNT_ALL
                                             ? _("An account keeps its money, addresses and history apart from the others. The same words restore all of them.")
                                             : _("Only this wallet knows the name."));
  gtk_button_set_label (GTK_BUTTON (self->done), account == TC_ACCOUNT_ALL ? _("_Add Account") : _("_Rename"));
  tc_field_set_text (self->name, named != NULL ? named->name : "");
  update_button (self);
  gtk_widget_grab_focus (tc_field_get_entry (self->name));
  return GTK_WINDOW (self);
}
