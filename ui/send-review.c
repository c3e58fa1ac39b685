#define G_LOG_DOMAIN "tc-ui"
#include "send-review.h"

#include <glib/gi18n.h>

#include "flow-diagram.h"
#include "helpers.h"
#include "notice.h"
#include "send-fee.h"
#include "text.h"

#define FEE_SHARE_HIGH   100u  /* a fee over the hundredth part of what is paid is pointed at */
#define FEE_FACTOR_HIGH  64u   /* and one of so many times what is asked */
#define FEE_UNITS_HIGH   (TC_AMOUNT_PER_TIME / 1000)  /* the least fee of a small payment is nothing to warn of */

struct _TcSendReview
{
  AdwBin         parent_instance;
  GtkScrolledWindow *scroller;
  GtkLabel      *heading, *amount, *reason;
  GtkBox        *recipients, *notices;
  GtkListBox    *facts;
  GtkWidget     *spinner;
  GtkButton     *back, *send;
  TcFlowDiagram *diagram;
  TcNotice      *error_notice;
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
  g_type_ensure (TC_TYPE_FLOW_DIAGRAM);
  signals[BACK] = g_signal_new ("back", TC_TYPE_SEND_REVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SEND] = g_signal_new ("send", TC_TYPE_SEND_REVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/send-review.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, scroller);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, heading);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, amount);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, recipients);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, notices);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, facts);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, diagram);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, reason);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, back);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, send);
  gtk_widget_class_bind_template_child (widget_class, TcSendReview, error_notice);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
}

static void
tc_send_review_init (TcSendReview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* --- To whom -------------------------------------------------------------------------------------------------------------------------- */

static void
remove_all (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    {
      if (GTK_IS_LIST_BOX (box))
        gtk_list_box_remove (GTK_LIST_BOX (box), child);
      else
        gtk_box_remove (GTK_BOX (box), child);
    }
}

static GtkWidget *
label_new (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_recipient (TcSendReview *self, const TcDraftRecipient *recipient, const char *name, gboolean one_of_many)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *address;
  g_autofree char *groups = tc_text_address_groups (recipient->address, 0), *amount = tc_text_amount_unit (recipient->amount);

  gtk_box_append (GTK_BOX (box), label_new (name != NULL ? name : _("To"), name != NULL ? "heading" : "dim-label"));
  address = label_new (groups, "address");
  gtk_label_set_width_chars (GTK_LABEL (address), 14);
  gtk_label_set_max_width_chars (GTK_LABEL (address), 26);
  gtk_box_append (GTK_BOX (box), address);
  if (one_of_many)
    gtk_box_append (GTK_BOX (box), label_new (amount, "amount"));
  if (recipient->fee_part.units > 0)
    {
      g_autofree char *part = tc_text_amount_unit (recipient->fee_part), *text = g_strdup_printf (_("%s for the fee is taken from this amount."), part);

      gtk_box_append (GTK_BOX (box), label_new (text, "caption"));
    }
  gtk_box_append (self->recipients, box);
}

/* --- Warnings ------------------------------------------------------------------------------------------------------------------------- */

static void
add_notice (TcSendReview *self, TcNoticeKind kind, const char *text)
{
  TcNotice *notice = g_object_new (TC_TYPE_NOTICE, NULL);

  tc_notice_set (notice, kind, text, NULL);
  gtk_box_append (self->notices, GTK_WIDGET (notice));
}

static void
add_address_notices (TcSendReview *self, const TcPaymentDraft *draft, gboolean play_money)
{
  guint n_own = 0, n_new = 0;

  for (gsize i = 0; i < draft->n_recipients; i++)
    {
      const TcDraftRecipient *recipient = &draft->recipients[i];

      n_own += (recipient->warnings & TC_DRAFT_WARNING_PAYS_SELF) != 0 ? 1 : 0;
      n_new += (recipient->warnings & TC_DRAFT_WARNING_NEW_ADDRESS) != 0 ? 1 : 0;
      if (recipient->alike == NULL)
        continue;
      g_autofree char *address = tc_text_address_groups (recipient->address, 0), *alike = tc_text_address_groups (recipient->alike, 0);
      g_autofree char *text = g_strdup_printf (_("%s is not the address that you paid before, but begins and ends like it: %s. Somebody may have put it where "
                                                 "you copied it from. Ask the recipient for the address again."), address, alike);
      add_notice (self, TC_NOTICE_ERROR, text);
    }
  if (n_own > 0 && draft->n_recipients == 1)
    add_notice (self, TC_NOTICE_WARNING, _("This address is your own: you are paying yourself, and only the fee is spent."));
  else if (n_own > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u of these addresses is your own.", "%u of these addresses are your own.", n_own), n_own);

      add_notice (self, TC_NOTICE_WARNING, text);
    }
  if (n_new > 0 && draft->n_recipients == 1)
    add_notice (self, play_money ? TC_NOTICE_INFO : TC_NOTICE_WARNING,
                _("You have never paid this address. Compare it, group by group, with the one you were given: a payment cannot be taken back."));
  else if (n_new > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("You have never paid %u of these addresses. Compare it, group by group, with the one you were given.",
                                                         "You have never paid %u of these addresses. Compare them, group by group, with those you were given.",
                                                         n_new), n_new);

      add_notice (self, play_money ? TC_NOTICE_INFO : TC_NOTICE_WARNING, text);
    }
}

/* "0.04 %". Returns: (transfer full) (nullable): NULL where nothing is paid to compare with. */
static char *
share_text (const TcPaymentDraft *draft)
{
  const guint64 paid = draft->n_recipients > 0 ? draft->paid.units : draft->change.units;

  if (paid == 0)
    return NULL;
  const double share = 100.0 * (double) draft->fee.units / (double) paid;
  if (share < 0.01)
    return g_strdup (_("less than 0.01 %"));
  /* Translators: a percentage. */
  return g_strdup_printf (_("%.2f %%"), share);
}

static void
add_fee_notices (TcSendReview *self, const TcPaymentDraft *draft, const TcWalletFees *fees)
{
  const guint64 paid = draft->n_recipients > 0 ? draft->paid.units : draft->change.units;
  g_autofree char *fee = tc_text_amount_unit (draft->fee), *share = share_text (draft), *text = NULL;

  if (draft->fee_rate < fees->asked)
    {
      text = g_strdup_printf (_("The network is busy and asks %u units a byte now; this payment pays %u. It waits until the network is less busy."),
                              (guint) fees->asked, (guint) draft->fee_rate);
      add_notice (self, TC_NOTICE_WARNING, text);
    }
  else if (draft->fee.units >= FEE_UNITS_HIGH && share != NULL && draft->fee.units > paid / FEE_SHARE_HIGH)
    {
      text = g_strdup_printf (_("The fee is high: %s, that is %s of what is sent."), fee, share);
      add_notice (self, TC_NOTICE_WARNING, text);
    }
  else if (draft->fee_rate >= fees->asked * FEE_FACTOR_HIGH)
    {
      text = g_strdup_printf (_("The fee is %u times what the network asks now."), (guint) (draft->fee_rate / fees->asked));
      add_notice (self, TC_NOTICE_WARNING, text);
    }
}

static void
add_coin_notices (TcSendReview *self, const TcPaymentDraft *draft)
{
  g_autofree char *text = NULL;

  if (draft->n_left == 0)
    return;
  text = g_strdup_printf (ngettext ("%u coin does not fit into one payment and stays as it is. Do this again afterwards.",
                                    "%u coins do not fit into one payment and stay as they are. Do this again afterwards.", draft->n_left), draft->n_left);
  add_notice (self, TC_NOTICE_INFO, text);
}

/* --- Facts ------------------------------------------------------------------------------------------------------------------------------ */

static void
add_fact (TcSendReview *self, const char *title, const char *text, gboolean is_text)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18), *name = gtk_label_new (title), *value = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_yalign (GTK_LABEL (name), 0);
  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  tc_label_keep_exact (GTK_LABEL (value));
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, is_text ? "memo" : "numeric");
  gtk_widget_set_margin_top (box, 11);
  gtk_widget_set_margin_bottom (box, 11);
  gtk_widget_set_margin_start (box, 14);
  gtk_widget_set_margin_end (box, 14);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), value);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (self->facts, row);
}

static void
add_amount (TcSendReview *self, const char *title, TcAmount amount)
{
  g_autofree char *text = tc_text_amount_unit (amount);

  add_fact (self, title, text, FALSE);
}

static void
show_facts (TcSendReview *self, const TcPaymentDraft *draft, const TcWalletFees *fees)
{
  g_autofree char *fee = tc_text_amount_unit (draft->fee), *share = share_text (draft), *when = tc_send_fee_time_text (fees, draft->fee_rate);
  /* Translators: a fee and its share of what is paid, in per cent. */
  g_autofree char *fee_text = share != NULL ? g_strdup_printf (_("%s (%s)"), fee, share) : g_strdup (fee);
  TcAmount total = draft->paid;

  if (!tc_amount_add (draft->paid, draft->fee, &total))
    total = draft->paid;
  remove_all (GTK_WIDGET (self->facts));
  add_fact (self, _("Fee"), fee_text, FALSE);
  if (draft->n_recipients > 0)
    add_amount (self, _("Total"), total);
  add_amount (self, _("Remains in the wallet"), draft->remains);
  add_fact (self, _("When it is final"), when, TRUE);
  if (draft->memo != NULL)
    add_fact (self, draft->memo_private ? _("Memo, private") : _("Memo, public"), draft->memo, TRUE);
}

/* --- Where the money goes ----------------------------------------------------------------------------------------------------------------- */

static char *
reason_text (const TcPaymentDraft *draft)
{
  const guint n = (guint) draft->n_coins;

  switch (draft->reason)
    {
    case TC_DRAFT_EXACT:
      return g_strdup_printf (ngettext ("The wallet chose %u coin that makes the amount and the fee: no change comes back.",
                                        "The wallet chose %u coins that make the amount and the fee: no change comes back.", n), n);
    case TC_DRAFT_ALL:
      return g_strdup_printf (ngettext ("%u coin is spent: all that can be.", "%u coins are spent: all that can be.", n), n);
    case TC_DRAFT_BY_HAND:
      return g_strdup_printf (ngettext ("%u coin is spent: the one that you chose.", "%u coins are spent: those that you chose.", n), n);
    case TC_DRAFT_CONSOLIDATION:
      return g_strdup_printf (ngettext ("%u coin becomes one at a new address of this wallet.", "%u coins become one at a new address of this wallet.", n), n);
    case TC_DRAFT_LEAST_WASTE:
    default:
      return g_strdup_printf (ngettext ("The wallet chose %u coin, for the smallest fee.", "The wallet chose %u coins, for the smallest fee.", n), n);
    }
}

static void
show_diagram (TcSendReview *self, const TcPaymentDraft *draft, GPtrArray *names)
{
  g_autoptr(GArray) in = g_array_new (FALSE, TRUE, sizeof (TcFlow)), out = g_array_new (FALSE, TRUE, sizeof (TcFlow));

  for (gsize i = 0; i < draft->n_coins; i++)
    {
      const TcFlow flow = { TC_FLOW_COIN, draft->coins[i]->amount, TRUE, draft->coins[i]->address };

      g_array_append_val (in, flow);
    }
  for (gsize i = 0; i < draft->n_recipients; i++)
    {
      const TcDraftRecipient *recipient = &draft->recipients[i];
      const char *name = names != NULL && i < names->len ? g_ptr_array_index (names, i) : NULL;
      const TcFlow flow = { (recipient->warnings & TC_DRAFT_WARNING_PAYS_SELF) != 0 ? TC_FLOW_OWN : TC_FLOW_PAYMENT, recipient->amount, TRUE,
                            name != NULL ? name : recipient->address };

      g_array_append_val (out, flow);
    }
  const TcFlow change = { TC_FLOW_OWN, draft->change, TRUE, draft->n_recipients > 0 ? _("Change") : _("New coin") }, fee = { TC_FLOW_FEE, draft->fee, TRUE, _("Fee") };
  if (draft->change.units > 0)
    g_array_append_val (out, change);
  g_array_append_val (out, fee);
  tc_flow_diagram_set (self->diagram, (const TcFlow *) in->data, in->len, (const TcFlow *) out->data, out->len);
}

static void
show_head (TcSendReview *self, const TcPaymentDraft *draft)
{
  const gboolean joins = draft->reason == TC_DRAFT_CONSOLIDATION;
  g_autofree char *amount = tc_text_amount_unit (joins ? draft->change : draft->paid), *send = NULL, *heading = NULL;
  const guint n = (guint) draft->n_recipients;

  if (joins)
    {
      heading = g_strdup (_("You are about to join coins into one of"));
      send = g_strdup_printf (ngettext ("_Join %u Coin", "_Join %u Coins", (guint) draft->n_coins), (guint) draft->n_coins);
    }
  else
    {
      heading = n == 1 ? g_strdup (_("You are about to send"))
                       : g_strdup_printf (ngettext ("You are about to send to %u recipient", "You are about to send to %u recipients", n), n);
      send = g_strdup_printf (_("_Send %s"), amount);
    }
  gtk_label_set_text (self->heading, heading);
  gtk_label_set_text (self->amount, amount);
  gtk_button_set_label (self->send, send);
}

void
tc_send_review_show (TcSendReview *self, TcPaymentDraft *draft, GPtrArray *names, const TcWalletFees *fees, gboolean play_money)
{
  g_autofree char *reason = reason_text (draft);

  g_return_if_fail (TC_IS_SEND_REVIEW (self));

  show_head (self, draft);
  remove_all (GTK_WIDGET (self->recipients));
  for (gsize i = 0; i < draft->n_recipients; i++)
    add_recipient (self, &draft->recipients[i], names != NULL && i < names->len ? g_ptr_array_index (names, i) : NULL, draft->n_recipients > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->recipients), draft->n_recipients > 0);
  remove_all (GTK_WIDGET (self->notices));
  add_address_notices (self, draft, play_money);
  add_fee_notices (self, draft, fees);
  add_coin_notices (self, draft);
  gtk_widget_set_visible (GTK_WIDGET (self->notices), gtk_widget_get_first_child (GTK_WIDGET (self->notices)) != NULL);
  show_facts (self, draft, fees);
  show_diagram (self, draft, names);
  gtk_label_set_text (self->reason, reason);
  tc_send_review_set_error (self, NULL);
  tc_send_review_set_busy (self, FALSE);
}

void
tc_send_review_set_unsigned (TcSendReview *self)
{
  gtk_label_set_text (self->heading, _("To be signed where the phrase is"));
  gtk_button_set_label (self->send, _("Make _Unsigned Payment"));
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

static gboolean
scroll_to_top (gpointer user_data)
{
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (TC_SEND_REVIEW (user_data)->scroller), 0);
  return G_SOURCE_REMOVE;
}

/* The focus is where Enter sends, but what is to be read begins above. */
void
tc_send_review_focus (TcSendReview *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->send));
  g_idle_add_full (G_PRIORITY_LOW, scroll_to_top, g_object_ref (self), g_object_unref);
}
