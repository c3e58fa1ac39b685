#define G_LOG_DOMAIN "tc-ui"
#include "tx-row.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "text.h"

struct _TcTxRow
{
  AdwBin      parent_instance;
  GtkWidget  *content;
  GtkImage   *icon, *state_icon;
  GtkLabel   *title, *subtitle, *amount, *state;
  GtkWidget  *state_box;
  TcWalletTx *tx;
  gboolean    hidden;
};

G_DEFINE_FINAL_TYPE (TcTxRow, tc_tx_row, ADW_TYPE_BIN)

static void
tc_tx_row_finalize (GObject *object)
{
  g_clear_pointer (&TC_TX_ROW (object)->tx, tc_wallet_tx_unref);
  G_OBJECT_CLASS (tc_tx_row_parent_class)->finalize (object);
}

static void
tc_tx_row_class_init (TcTxRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tc_tx_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/tx-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TcTxRow, content);
  gtk_widget_class_bind_template_child (widget_class, TcTxRow, icon);
  gtk_widget_class_bind_template_child (widget_class, TcTxRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, TcTxRow, title);
  gtk_widget_class_bind_template_child (widget_class, TcTxRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TcTxRow, amount);
  gtk_widget_class_bind_template_child (widget_class, TcTxRow, state);
  gtk_widget_class_bind_template_child (widget_class, TcTxRow, state_box);
}

static void
tc_tx_row_init (TcTxRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tc_tx_row_new (void)
{
  return g_object_new (TC_TYPE_TX_ROW, NULL);
}

static char *
subtitle_text (const TcWalletTx *tx)
{
  g_autofree char *when = tc_text_when (tc_tx_time_ms (tx), g_get_real_time () / 1000);
  g_autofree char *detail = tc_tx_detail_text (tx);

  return g_strjoin (when[0] == '\0' || detail[0] == '\0' ? "" : " · ", when, detail, NULL);
}

/* An image measures itself anew even where its icon stays. */
static void
set_icon (GtkImage *image, const char *name)
{
  if (g_strcmp0 (gtk_image_get_icon_name (image), name) != 0)
    gtk_image_set_from_icon_name (image, name);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_state (TcTxRow *self, const TcWalletTx *tx)
{
  static const char *const classes[] = { "pending", "final", "confirmed", "failed", "void" };
  const char *own = tc_tx_state_class (tx);

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    set_class (self->state_box, classes[i], g_str_equal (own, classes[i]));
  gtk_label_set_text (self->state, tc_tx_state_text (tx));
  set_icon (self->state_icon, tc_tx_state_icon (tx));
}

void
tc_tx_row_set (TcTxRow *self, TcWalletTx *tx, gboolean hidden)
{
  g_autofree char *subtitle = NULL, *amount = NULL, *name = NULL;

  g_return_if_fail (TC_IS_TX_ROW (self));
  if (tx != NULL && self->tx == tx && self->hidden == hidden)
    return;
  if (tx != NULL)
    tc_wallet_tx_ref (tx);
  g_clear_pointer (&self->tx, tc_wallet_tx_unref);
  self->tx = tx;
  self->hidden = hidden;
  gtk_widget_set_opacity (self->content, tx == NULL ? 0 : 1);
  if (tx == NULL)
    return;
  subtitle = subtitle_text (tx);
  amount = tc_tx_amount_text (tx, hidden);
  gtk_label_set_text (self->title, tc_tx_title (tx));
  gtk_label_set_text (self->subtitle, subtitle);
  gtk_label_set_text (self->amount, amount);
  set_icon (self->icon, tc_tx_icon (tx));
  set_class (GTK_WIDGET (self->icon), "in", tc_tx_is_incoming (tx));
  set_class (GTK_WIDGET (self->amount), "amount-in", tc_tx_is_incoming (tx));
  show_state (self, tx);
  name = g_strdup_printf ("%s, %s, %s, %s", tc_tx_title (tx), amount, tc_tx_state_text (tx), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

TcWalletTx *
tc_tx_row_get_tx (TcTxRow *self)
{
  g_return_val_if_fail (TC_IS_TX_ROW (self), NULL);

  return self->tx;
}
