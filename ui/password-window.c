#define G_LOG_DOMAIN "tc-ui"
#include "password-window.h"

#include <glib/gi18n.h>

#include "compat.h"
#include "helpers.h"
#include "password-fields.h"

struct _TcPasswordWindow
{
  AdwWindow         parent_instance;
  GtkEditable      *old_password;
  GtkWidget        *old_box, *change, *remove, *spinner;
  GtkLabel         *message;
  TcPasswordFields *fields;
  TcWallet         *wallet;
  gboolean          encrypted, busy, removing;
};

G_DEFINE_FINAL_TYPE (TcPasswordWindow, tc_password_window, ADW_TYPE_WINDOW)

static void
update_button (TcPasswordWindow *self)
{
  const gboolean old = !self->encrypted || gtk_editable_get_text (self->old_password)[0] != '\0';

  gtk_widget_set_sensitive (self->change, old && !self->busy && tc_password_fields_is_ready (self->fields));
  gtk_widget_set_sensitive (self->remove, gtk_editable_get_text (self->old_password)[0] != '\0' && !self->busy);
  gtk_widget_set_visible (self->spinner, self->busy);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPasswordWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (self->wallet == NULL)  /* closed meanwhile */
    return;
  self->busy = FALSE;
  update_button (self);
  if (!tc_wallet_change_password_finish (TC_WALLET (source), result, &error))
    {
      gtk_label_set_text (self->message, g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD)
                                           ? _("The present password is another one. Nothing was changed.") : error->message);
      return;
    }
  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", self->removing ? _("Password removed") : _("Password changed"));
  gtk_window_destroy (GTK_WINDOW (self));
}

/* @new_password: (nullable): NULL: there is to be none. */
static void
change (TcPasswordWindow *self, const TcSecretString *new_password)
{
  g_autoptr(TcSecretString) old_password = tc_take_secret (self->old_password);

  gtk_label_set_text (self->message, "");
  self->busy = TRUE;
  self->removing = new_password == NULL;
  update_button (self);
  tc_wallet_change_password (self->wallet, old_password, new_password, on_changed, g_object_ref (self));
}

static void
on_change (TcPasswordWindow *self)
{
  g_autoptr(TcSecretString) new_password = NULL;

  if (!gtk_widget_get_sensitive (self->change))
    return;
  new_password = tc_password_fields_take (self->fields);
  change (self, new_password);
}

static void
on_remove_accepted (gpointer user_data)
{
  TcPasswordWindow *self = user_data;

  tc_password_fields_clear (self->fields);
  change (self, NULL);
}

static void
on_remove (TcPasswordWindow *self)
{
  tc_compat_ask (GTK_WINDOW (self), _("Remove the Password?"), _("Whoever can read this computer’s files can then take the money, and the wallet cannot be locked."),
                 _("_Remove Password"), TRUE, on_remove_accepted, self);
}

static void
tc_password_window_dispose (GObject *object)
{
  g_clear_object (&TC_PASSWORD_WINDOW (object)->wallet);
  G_OBJECT_CLASS (tc_password_window_parent_class)->dispose (object);
}

static void
tc_password_window_class_init (TcPasswordWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_PASSWORD_FIELDS);
  G_OBJECT_CLASS (klass)->dispose = tc_password_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/password-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcPasswordWindow, old_password);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordWindow, old_box);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordWindow, change);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordWindow, remove);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordWindow, fields);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  gtk_widget_class_bind_template_callback (widget_class, on_change);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
tc_password_window_init (TcPasswordWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_compat_entry_row_expose (self->old_password);
}

GtkWindow *
tc_password_window_new (GtkWindow *parent, TcWallet *wallet)
{
  TcPasswordWindow *self = g_object_new (TC_TYPE_PASSWORD_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  self->wallet = g_object_ref (wallet);
  self->encrypted = snapshot->encrypted;
  gtk_widget_set_visible (self->old_box, self->encrypted);
  gtk_widget_set_visible (self->remove, self->encrypted);
  update_button (self);
  return GTK_WINDOW (self);
}
