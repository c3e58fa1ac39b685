#define G_LOG_DOMAIN "tc-ui"
#include "send-review.h"

#include <glib/gi18n.h>

#include "notice.h"
#include "text.h"

struct _TcSendReview
{
  AdwBin     parent_instance;
  GtkLabel  *amount, *address, *fee, *total, *remains, *memo;
  GtkWidget *memo_row, *spinner;
  GtkButton *back, *send;
  TcNotice  *new_notice, *self_notice, *error_notice;
};

G_DEFINE_FINAL_TYPE (TcSendReview, tc_send_review, ADW_TYPE_BIN)

enum { BACK, SEND, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_back (TcSendReview *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
on_send (TcSendReview *self)
{
  g_signal_emit (self, signals[SEND], 0);
}

static void
tc_send_review_class_init (TcSendReviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_NOTICE);
  signals[BACK] = g_signal_new ("back", TC_TYPE_SEND_REVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SEND] = g_signal_new ("send", TC_TYPE_SEND_REVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/send-review.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, amount);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, address);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, fee);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, total);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, remains);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, memo);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, memo_row);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, back);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, send);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, new_notice);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, self_notice);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, error_notice);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
}

static void
tc_send_review_init (TcSendReview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_amount (GtkLabel *label, TcAmount amount)
{
  g_autofree char *text = tc_text_amount_unit (amount);

  gtk_label_set_text (label, text);
}

void
tc_send_review_show (TcSendReview *self, TcPaymentDraft *draft, gboolean play_money)
{
  g_autofree char *address = tc_text_address_groups (draft->recipients[0].address, 0);
  g_autofree char *send = NULL, *amount = tc_text_amount_unit (draft->paid);
  TcAmount total = draft->paid;

  g_return_if_fail (TC_IS_SEND_REVIEW (self));

  if (!tc_amount_add (draft->paid, draft->fee, &total))
    total = draft->paid;
  gtk_label_set_text (self->amount, amount);
  gtk_label_set_text (self->address, address);
  set_amount (self->fee, draft->fee);
  set_amount (self->total, total);
  set_amount (self->remains, draft->remains);
  gtk_widget_set_visible (self->memo_row, draft->memo != NULL && draft->memo[0] != '\0');
  gtk_label_set_text (self->memo, draft->memo == NULL ? "" : draft->memo);
  gtk_widget_set_visible (GTK_WIDGET (self->self_notice), (draft->warnings & TC_DRAFT_WARNING_PAYS_SELF) != 0);
  gtk_widget_set_visible (GTK_WIDGET (self->new_notice),
                          (draft->warnings & TC_DRAFT_WARNING_NEW_ADDRESS) != 0 && (draft->warnings & TC_DRAFT_WARNING_PAYS_SELF) == 0);
  tc_notice_set (self->self_notice, TC_NOTICE_WARNING, _("This address is your own: you are paying yourself, and only the fee is spent."), NULL);
  tc_notice_set (
      self->new_notice, play_money ? TC_NOTICE_INFO : TC_NOTICE_WARNING,
      _("You have never paid this address. Compare it, group by group, with the one you were given: a payment cannot be taken back."),
      NULL);
  send = g_strdup_printf (_("_Send %s"), amount);
  gtk_button_set_label (self->send, send);
  tc_send_review_set_error (self, NULL);
  tc_send_review_set_busy (self, FALSE);
}

void
tc_send_review_set_busy (TcSendReview *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->send), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->back), !busy);
  gtk_widget_set_visible (self->spinner, busy);
}

void
tc_send_review_set_error (TcSendReview *self, const char *message)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error_notice), message != NULL);
  if (message != NULL)
    tc_notice_set (self->error_notice, TC_NOTICE_ERROR, message, NULL);
}

void
tc_send_review_focus (TcSendReview *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->send));
}
