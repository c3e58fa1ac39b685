#define G_LOG_DOMAIN "tc-ui"
#include "send-progress.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "stopwatch.h"
#include "text.h"

struct _TcSendProgress
{
  AdwBin       parent_instance;
  TcStopwatch *stopwatch;
  GtkLabel    *headline, *detail, *what;
  GtkWidget   *buttons;
  TcWallet    *wallet;
  gulong       handler;
  TcHash       txid;
  gboolean     asking, ask_again, settled;
};

G_DEFINE_FINAL_TYPE (TcSendProgress, tc_send_progress, ADW_TYPE_BIN)

enum { DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void ask (TcSendProgress *self);

static void
show_final (TcSendProgress *self, const TcWalletTx *tx)
{
  g_autofree char *duration = tc_text_duration_us (tx->final_duration_us);
  g_autofree char *headline = tx->final_duration_us < 0 ? g_strdup (_("Final")) : g_strdup_printf (_("Final in %s"), duration);
  g_autofree char *detail = NULL;

  tc_stopwatch_stop (self->stopwatch, tx->final_duration_us);
  gtk_label_set_text (self->headline, headline);
  if (tx->state == TC_WALLET_TX_CONFIRMED)
    detail = g_strdup_printf (_("Confirmed in block %u. Nobody can undo it."), tx->block_height);
  else
    detail = g_strdup (_("Nobody can undo it. The next block will confirm it."));
  gtk_label_set_text (self->detail, detail);
}

static void
show_tx (TcSendProgress *self, const TcWalletTx *tx)
{
  gtk_widget_set_visible (self->buttons, TRUE);
  switch (tx->state)
    {
    case TC_WALLET_TX_FINAL:
    case TC_WALLET_TX_CONFIRMED:
      show_final (self, tx);
      break;
    case TC_WALLET_TX_DROPPED:
    case TC_WALLET_TX_CONFLICTED:
      tc_stopwatch_fail (self->stopwatch);
      gtk_label_set_text (self->headline, tc_tx_state_text (tx));
      gtk_label_set_text (self->detail, tx->reason != NULL && tx->reason[0] != '\0' ? _(tx->reason) : _("Its coins are free again."));
      break;
    case TC_WALLET_TX_PENDING:
    case TC_WALLET_TX_CERTIFIED:
    default:
      tc_stopwatch_set_share (self->stopwatch, tx->power == 0 ? 0 : (double) tx->votes / (double) tx->power);
      break;
    }
  self->settled = tx->state == TC_WALLET_TX_CONFIRMED || tx->state == TC_WALLET_TX_CONFLICTED;
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendProgress) self = user_data;
  g_autoptr(TcWalletTxDetail) detail = tc_wallet_get_tx_finish (TC_WALLET (source), result, NULL);

  self->asking = FALSE;
  if (detail != NULL && self->wallet != NULL && tc_hash_equal (&detail->row->txid, &self->txid))
    show_tx (self, detail->row);
  if (self->ask_again)
    ask (self);
}

static void
ask (TcSendProgress *self)
{
  self->ask_again = self->asking;
  if (self->asking || self->wallet == NULL || self->settled)
    return;
  self->asking = TRUE;
  tc_wallet_get_tx (self->wallet, &self->txid, on_asked, g_object_ref (self));
}

static void
unfollow (TcSendProgress *self)
{
  if (self->wallet != NULL)
    g_signal_handler_disconnect (self->wallet, self->handler);
  g_clear_object (&self->wallet);
}

static void
on_done (TcSendProgress *self)
{
  g_signal_emit (self, signals[DONE], 0);
}

static void
on_show_payment (TcSendProgress *self)
{
  g_autofree char *txid = tc_txid_text (&self->txid);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-payment", "s", txid);
  on_done (self);
}

static void
tc_send_progress_dispose (GObject *object)
{
  unfollow (TC_SEND_PROGRESS (object));
  G_OBJECT_CLASS (tc_send_progress_parent_class)->dispose (object);
}

static void
tc_send_progress_class_init (TcSendProgressClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_STOPWATCH);
  G_OBJECT_CLASS (klass)->dispose = tc_send_progress_dispose;
  signals[DONE] = g_signal_new ("done", TC_TYPE_SEND_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/send-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSendProgress, stopwatch);
  gtk_widget_class_bind_template_child (widget_class, TcSendProgress, headline);
  gtk_widget_class_bind_template_child (widget_class, TcSendProgress, detail);
  gtk_widget_class_bind_template_child (widget_class, TcSendProgress, what);
  gtk_widget_class_bind_template_child (widget_class, TcSendProgress, buttons);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
  gtk_widget_class_bind_template_callback (widget_class, on_show_payment);
}

static void
tc_send_progress_init (TcSendProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
describe (const TcPaymentDraft *draft)
{
  g_autofree char *amount = tc_text_amount_unit (draft->n_recipients > 0 ? draft->paid : draft->change);
  const guint n = (guint) draft->n_recipients;

  if (n == 0)
    /* Translators: an amount, of coins that become one. */
    return g_strdup_printf (_("%s joined into one coin"), amount);
  if (n > 1)
    return g_strdup_printf (ngettext ("%s to %u recipient", "%s to %u recipients", n), amount, n);
  g_autofree char *address = tc_text_address_short (draft->recipients[0].address);
  return g_strdup_printf (_("%s to %s"), amount, address);
}

void
tc_send_progress_begin (TcSendProgress *self, const TcPaymentDraft *draft)
{
  g_autofree char *what = describe (draft);

  g_return_if_fail (TC_IS_SEND_PROGRESS (self));

  unfollow (self);
  self->settled = FALSE;
  gtk_widget_set_visible (self->buttons, FALSE);
  gtk_label_set_text (self->what, what);
  gtk_label_set_text (self->headline, _("Sent"));
  gtk_label_set_text (self->detail, _("The masternodes are voting on it."));
  tc_stopwatch_start (self->stopwatch);
}

void
tc_send_progress_follow (TcSendProgress *self, TcWallet *wallet, const TcHash *txid)
{
  g_return_if_fail (TC_IS_SEND_PROGRESS (self));

  unfollow (self);
  self->wallet = g_object_ref (wallet);
  self->txid = *txid;
  self->handler = g_signal_connect_swapped (wallet, "changed", G_CALLBACK (ask), self);
  gtk_widget_set_visible (self->buttons, TRUE);
  ask (self);
}
