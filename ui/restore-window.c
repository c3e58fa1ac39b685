#define G_LOG_DOMAIN "tc-ui"
#include "restore-window.h"

#include <glib/gi18n.h>

#include "file-row.h"
#include "helpers.h"
#include "wallet-maker.h"
#include "wallet/vault.h"

struct _TcRestoreWindow
{
  AdwWindow       parent_instance;
  TcFileRow      *file;
  GtkEditable    *password;
  GtkWidget      *restore, *spinner;
  GtkLabel       *message;
  TcSession      *session;
  TcSecretString *secret;  /* (nullable): while it is at it */
  char           *path;
  TcBackupInfo   *info;
  gboolean        busy;
};

G_DEFINE_FINAL_TYPE (TcRestoreWindow, tc_restore_window, ADW_TYPE_WINDOW)

enum { WALLET, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
update (TcRestoreWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);

  gtk_widget_set_sensitive (self->restore, path != NULL && !self->busy && gtk_editable_get_text (self->password)[0] != '\0');
  gtk_widget_set_visible (self->spinner, self->busy);
}

static void
set_busy (TcRestoreWindow *self, gboolean busy)
{
  self->busy = busy;
  if (!busy)
    g_clear_pointer (&self->secret, tc_secret_string_unref);
  update (self);
}

/* Takes @message. */
static void
fail (TcRestoreWindow *self, char *message)
{
  gtk_label_set_text (self->message, message);
  g_free (message);
  set_busy (self, FALSE);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcRestoreWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcWallet) wallet = tc_wallet_restore_backup_finish (result, &error);

  if (self->session == NULL)  /* closed meanwhile: the wallet is among those to open */
    return;
  if (wallet == NULL)
    {
      fail (self, g_strdup (error->message));
      return;
    }
  set_busy (self, FALSE);
  g_signal_emit (self, signals[WALLET], 0, wallet, self->info->network);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_path (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcRestoreWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = tc_session_wallet_path_finish (TC_SESSION (source), result, &error);

  if (self->session == NULL)
    return;
  if (path == NULL)
    {
      fail (self, g_strdup (error->message));
      return;
    }
  const TcWalletRestore restore = { .backup_path = self->path, .password = self->secret, .path = path, .network = self->info->network };
  tc_wallet_restore_backup (&restore, NULL, on_restored, g_object_ref (self));
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcRestoreWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) networks = tc_session_scan_finish (TC_SESSION (source), result, &error);
  TcSessionNetwork *network = networks == NULL ? NULL : tc_session_network_find (networks, self->info->network);

  if (self->session == NULL)
    return;
  if (networks == NULL || network == NULL || !network->usable)
    {
      fail (self, networks == NULL ? g_strdup (error->message)
                                   : g_strdup_printf (_("This backup is of a wallet on the network “%s”, which this TimeCoin does not know."), self->info->network));
      return;
    }
  g_autofree char *name = tc_wallet_free_name (tc_wallet_name_is_good (self->info->name) ? self->info->name : _("Restored"), network->wallets);
  tc_session_wallet_path_async (self->session, network->name, name, FALSE, on_path, g_object_ref (self));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcRestoreWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcBackupInfo) info = tc_backup_open_finish (result, &error);
  const char *running = self->session == NULL ? NULL : tc_session_get_network (self->session);

  if (self->session == NULL)
    return;
  if (info == NULL)
    {
      fail (self, g_strdup (error->message));
      return;
    }
  if (running != NULL && g_strcmp0 (running, info->network) != 0)
    {
      /* Translators: both %s are names of networks. */
      fail (self, g_strdup_printf (_("This backup is of a wallet on the network “%s”. TimeCoin runs on “%s” now: close it, and restore when it starts again."), info->network, running));
      return;
    }
  g_clear_pointer (&self->info, tc_backup_info_free);
  self->info = g_steal_pointer (&info);
  tc_session_scan_async (self->session, on_scanned, g_object_ref (self));
}

static void
on_restore (TcRestoreWindow *self)
{
  if (!gtk_widget_get_sensitive (self->restore))
    return;
  g_free (self->path);
  self->path = tc_file_row_dup_path (self->file);
  g_clear_pointer (&self->secret, tc_secret_string_unref);
  self->secret = tc_take_secret (self->password);
  gtk_label_set_text (self->message, "");
  set_busy (self, TRUE);
  tc_backup_open_async (self->path, self->secret, on_opened, g_object_ref (self));
}

static void
tc_restore_window_dispose (GObject *object)
{
  TcRestoreWindow *self = TC_RESTORE_WINDOW (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->secret, tc_secret_string_unref);
  g_clear_pointer (&self->info, tc_backup_info_free);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (tc_restore_window_parent_class)->dispose (object);
}

static void
tc_restore_window_class_init (TcRestoreWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FILE_ROW);
  G_OBJECT_CLASS (klass)->dispose = tc_restore_window_dispose;
  signals[WALLET] = g_signal_new ("wallet", TC_TYPE_RESTORE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, TC_TYPE_WALLET, G_TYPE_STRING);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/restore-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcRestoreWindow, file);
  gtk_widget_class_bind_template_child (widget_class, TcRestoreWindow, password);
  gtk_widget_class_bind_template_child (widget_class, TcRestoreWindow, restore);
  gtk_widget_class_bind_template_child (widget_class, TcRestoreWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcRestoreWindow, message);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
}

static void
tc_restore_window_init (TcRestoreWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
tc_restore_window_new (GtkWindow *parent, TcSession *session)
{
  TcRestoreWindow *self = g_object_new (TC_TYPE_RESTORE_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->session = g_object_ref (session);
  update (self);
  return GTK_WINDOW (self);
}
