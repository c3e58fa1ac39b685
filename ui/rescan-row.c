#define G_LOG_DOMAIN "tc-ui"
#include "rescan-row.h"

#include <glib/gi18n.h>

#include "text.h"

#define WINDOW_US (8 * G_TIME_SPAN_SECOND)  /* what the time left is worked out from: not all that was, which would lag, nor the last moment, which jumps */
#define SETTLE_US (2 * G_TIME_SPAN_SECOND)

struct _TcRescanRow
{
  AdwBin          parent_instance;
  GtkLabel       *text, *left;
  GtkProgressBar *bar;
  TcWallet       *wallet;
  gint64          since_us;   /* of the beginning of the window; 0: none */
  guint32         since_height, first_height;
  gint64          before_us;  /* the window before the present one, to go on from */
  guint32         before_height;
};

G_DEFINE_FINAL_TYPE (TcRescanRow, tc_rescan_row, ADW_TYPE_BIN)

static void
begin (TcRescanRow *self, guint32 height, gint64 now_us)
{
  self->since_us = self->before_us = now_us;
  self->since_height = self->before_height = self->first_height = height;
}

/* -1: not known yet. */
static gint64
time_left_ms (TcRescanRow *self, guint32 height, guint32 target, gint64 now_us)
{
  if (now_us - self->since_us > WINDOW_US)
    {
      self->before_us = self->since_us;
      self->before_height = self->since_height;
      self->since_us = now_us;
      self->since_height = height;
    }
  const gint64 span_us = now_us - self->before_us;
  const guint32 read = height - self->before_height;
  if (span_us < SETTLE_US || read == 0)
    return -1;
  return span_us / 1000 * (gint64) (target - height) / (gint64) read;
}

void
tc_rescan_row_set (TcRescanRow *self, TcWallet *wallet, const TcWalletSnapshot *snapshot)
{
  const guint32 height = snapshot->rescan_height, target = MAX (snapshot->rescan_target, height);
  const gint64 now_us = g_get_monotonic_time ();

  g_return_if_fail (TC_IS_RESCAN_ROW (self));

  g_set_object (&self->wallet, wallet);
  gtk_widget_set_visible (GTK_WIDGET (self), snapshot->rescanning);
  if (!snapshot->rescanning)
    {
      self->since_us = 0;
      return;
    }
  if (self->since_us == 0 || height < self->before_height)
    begin (self, height, now_us);
  g_autofree char *at = tc_text_number (height), *of = tc_text_number (target);
  g_autofree char *text = g_strdup_printf (_("Looking for this wallet’s payments: block %s of %s"), at, of);
  g_autofree char *left = tc_text_left (time_left_ms (self, height, target, now_us));

  gtk_label_set_text (self->text, text);
  gtk_label_set_text (self->left, left);
  gtk_progress_bar_set_fraction (self->bar, target > self->first_height ? (double) (height - self->first_height) / (target - self->first_height) : 1);
}

static void
on_cancel (TcRescanRow *self)
{
  if (self->wallet != NULL)
    tc_wallet_stop_rescan (self->wallet);
}

static void
tc_rescan_row_dispose (GObject *object)
{
  g_clear_object (&TC_RESCAN_ROW (object)->wallet);
  G_OBJECT_CLASS (tc_rescan_row_parent_class)->dispose (object);
}

static void
tc_rescan_row_class_init (TcRescanRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_rescan_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/rescan-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TcRescanRow, text);
  gtk_widget_class_bind_template_child (widget_class, TcRescanRow, left);
  gtk_widget_class_bind_template_child (widget_class, TcRescanRow, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
tc_rescan_row_init (TcRescanRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
