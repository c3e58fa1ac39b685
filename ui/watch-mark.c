#define G_LOG_DOMAIN "tc-ui"
#include "watch-mark.h"

#include <glib/gi18n.h>

#include "wallet/watch.h"

struct _TcWatchMark
{
  AdwBin     parent_instance;
  GtkWidget *box, *waiting, *low_box;
  GtkLabel  *low;
  TcWallet  *wallet;
};

G_DEFINE_FINAL_TYPE (TcWatchMark, tc_watch_mark, ADW_TYPE_BIN)

static void
update (TcWatchMark *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  g_autofree char *waiting = g_strdup_printf (ngettext ("%u payment to be signed", "%u payments to be signed", snapshot->n_waiting), snapshot->n_waiting);
  g_autofree char *low = g_strdup_printf (ngettext ("%u address left.", "%u addresses left.", snapshot->watch_left), snapshot->watch_left);
  const gboolean grows = snapshot->watch_only && snapshot->watch_grows && snapshot->watch_left < TC_WATCH_LOW;

  gtk_widget_set_visible (self->box, snapshot->watch_only || snapshot->n_waiting > 0);
  gtk_widget_set_visible (gtk_widget_get_first_child (self->box), snapshot->watch_only);
  gtk_button_set_label (GTK_BUTTON (self->waiting), waiting);
  gtk_widget_set_visible (self->waiting, snapshot->n_waiting > 0);
  gtk_label_set_text (self->low, low);
  gtk_widget_set_visible (self->low_box, grows);
}

static void
tc_watch_mark_dispose (GObject *object)
{
  g_clear_object (&TC_WATCH_MARK (object)->wallet);
  G_OBJECT_CLASS (tc_watch_mark_parent_class)->dispose (object);
}

static void
tc_watch_mark_class_init (TcWatchMarkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_watch_mark_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/watch-mark.ui");
  gtk_widget_class_bind_template_child (widget_class, TcWatchMark, box);
  gtk_widget_class_bind_template_child (widget_class, TcWatchMark, waiting);
  gtk_widget_class_bind_template_child (widget_class, TcWatchMark, low_box);
  gtk_widget_class_bind_template_child (widget_class, TcWatchMark, low);
}

static void
tc_watch_mark_init (TcWatchMark *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
tc_watch_mark_set_wallet (TcWatchMark *self, TcWallet *wallet)
{
  g_set_object (&self->wallet, wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
