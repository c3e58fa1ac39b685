#define G_LOG_DOMAIN "tc-ui"
#include "rescan-window.h"

#include <glib/gi18n.h>

#include "date-field.h"
#include "text.h"

struct _TcRescanWindow
{
  AdwWindow    parent_instance;
  TcDateField *since;
  GtkLabel    *note;
  GtkWidget   *start;
  TcSession   *session;
  TcWallet    *wallet;
};

G_DEFINE_FINAL_TYPE (TcRescanWindow, tc_rescan_window, ADW_TYPE_WINDOW)

static void
update_button (TcRescanWindow *self)
{
  gint64 time_ms;

  gtk_widget_set_sensitive (self->start, tc_session_get_node (self->session) != NULL && tc_date_field_get (self->since, &time_ms)
                                           && time_ms <= g_get_real_time () / 1000);
}

/* Long after the window is closed: told where it was begun. */
static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GtkWindow) parent = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_wallet_rescan_since_finish (TC_WALLET (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", _("All blocks are read"));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_CLOSED))
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", error->message);
}

static void
on_start (TcRescanWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  gint64 time_ms;

  if (!gtk_widget_get_sensitive (self->start) || !tc_date_field_get (self->since, &time_ms))
    return;
  tc_wallet_rescan_since (self->wallet, time_ms, NULL, on_finished, g_object_ref (parent));
  gtk_widget_activate_action (GTK_WIDGET (parent), "win.page", "s", "overview");
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
tc_rescan_window_dispose (GObject *object)
{
  TcRescanWindow *self = TC_RESCAN_WINDOW (object);

  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_rescan_window_parent_class)->dispose (object);
}

static void
tc_rescan_window_class_init (TcRescanWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_DATE_FIELD);
  G_OBJECT_CLASS (klass)->dispose = tc_rescan_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/rescan-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcRescanWindow, since);
  gtk_widget_class_bind_template_child (widget_class, TcRescanWindow, note);
  gtk_widget_class_bind_template_child (widget_class, TcRescanWindow, start);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
}

static void
tc_rescan_window_init (TcRescanWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What cannot be read here is said before. */
static void
show_note (TcRescanWindow *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  const guint32 oldest = status != NULL ? status->oldest_height : 1;
  g_autofree char *height = tc_text_number (oldest), *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->note), status == NULL || oldest > 1);
  if (status == NULL)
    text = g_strdup (_("The node is not running yet. Wait until it is."));
  else if (status->older_come)
    text = g_strdup_printf (_("The blocks before block %s are still being fetched. Those after it are read now, the others when they are there."), height);
  else
    text = g_strdup_printf (_("This computer has no blocks before block %s. Payments that are older cannot be found here."), height);
  gtk_label_set_text (self->note, text);
}

GtkWindow *
tc_rescan_window_new (GtkWindow *parent, TcSession *session, TcWallet *wallet)
{
  TcRescanWindow *self = g_object_new (TC_TYPE_RESCAN_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->session = g_object_ref (session);
  self->wallet = g_object_ref (wallet);
  show_note (self);
  update_button (self);
  return GTK_WINDOW (self);
}
