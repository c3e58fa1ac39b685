#define G_LOG_DOMAIN "tc-ui"
#include "backup-window.h"

#include <glib/gi18n.h>

#include "file-row.h"
#include "helpers.h"
#include "password-fields.h"
#include "wallet/vault.h"

struct _TcBackupWindow
{
  AdwWindow         parent_instance;
  GtkStack         *stack;
  TcFileRow        *file;
  GtkEditable      *password;
  GtkWidget        *password_box, *save, *spinner, *close;
  GtkLabel         *message, *path;
  TcPasswordFields *fields;
  TcWallet         *wallet;
  gboolean          encrypted, busy;
};

G_DEFINE_FINAL_TYPE (TcBackupWindow, tc_backup_window, ADW_TYPE_WINDOW)

static void
update_button (TcBackupWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);
  const gboolean own = !self->encrypted || gtk_editable_get_text (self->password)[0] != '\0';

  gtk_widget_set_sensitive (self->save, path != NULL && own && !self->busy && tc_password_fields_is_ready (self->fields));
  gtk_widget_set_visible (self->spinner, self->busy);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcBackupWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = tc_wallet_backup_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)  /* closed meanwhile */
    return;
  self->busy = FALSE;
  update_button (self);
  if (ok)
    {
      gtk_window_set_focus (GTK_WINDOW (self), NULL);  /* else the next page selects a text */
      gtk_stack_set_visible_child_name (self->stack, "done");
      gtk_widget_grab_focus (self->close);
    }
  else
    gtk_label_set_text (self->message, g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD) ? _("That is not the password of this wallet. Nothing was written.")
                                                                                                         : error->message);
}

static void
on_save (TcBackupWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);

  if (!gtk_widget_get_sensitive (self->save))
    return;
  g_autoptr(TcSecretString) password = tc_take_secret (self->password), backup_password = tc_password_fields_take (self->fields);
  gtk_label_set_text (self->message, "");
  gtk_label_set_text (self->path, path);
  self->busy = TRUE;
  update_button (self);
  tc_wallet_backup (self->wallet, path, password, backup_password, tc_file_row_may_replace (self->file), NULL, on_saved, g_object_ref (self));
}

static void
on_done (TcBackupWindow *self)
{
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
tc_backup_window_dispose (GObject *object)
{
  TcBackupWindow *self = TC_BACKUP_WINDOW (object);

  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_backup_window_parent_class)->dispose (object);
}

static void
tc_backup_window_class_init (TcBackupWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FILE_ROW);
  g_type_ensure (TC_TYPE_PASSWORD_FIELDS);
  G_OBJECT_CLASS (klass)->dispose = tc_backup_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/backup-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, file);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, password);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, password_box);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, save);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, close);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, path);
  gtk_widget_class_bind_template_child (widget_class, TcBackupWindow, fields);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
}

static void
tc_backup_window_init (TcBackupWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
}

GtkWindow *
tc_backup_window_new (GtkWindow *parent, TcWallet *wallet)
{
  TcBackupWindow *self = g_object_new (TC_TYPE_BACKUP_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d-%H%M");
  g_autofree char *name = g_strdup_printf ("%s-%s.tcbackup", snapshot->name, date);

  self->wallet = g_object_ref (wallet);
  self->encrypted = snapshot->encrypted;
  gtk_widget_set_visible (self->password_box, self->encrypted);
  tc_file_row_save_as (self->file, name);
  update_button (self);
  return GTK_WINDOW (self);
}
