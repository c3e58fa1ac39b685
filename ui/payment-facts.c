#define G_LOG_DOMAIN "tc-ui"
#include "payment-facts.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "notice.h"
#include "text.h"

#define GROUPS_PER_LINE 5u

static void
add_warning (GtkBox *box, TcNoticeKind kind, const char *text)
{
  GtkWidget *notice = g_object_new (TC_TYPE_NOTICE, NULL);

  tc_notice_set (TC_NOTICE (notice), kind, text, NULL);
  gtk_box_append (box, notice);
}

static GtkBox *
add_card (GtkBox *box)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "offer-card");
  gtk_box_append (box, card);
  return GTK_BOX (card);
}

/* The value's accessible name says what it is of. */
static GtkLabel *
add_fact (GtkBox *card, const char *title, const char *value)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *name = gtk_label_new (title), *label = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_valign (name, GTK_ALIGN_START);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name, NULL, -1);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (card, row);
  return GTK_LABEL (label);
}

static void
add_amount (GtkBox *card, const char *title, TcAmount amount)
{
  g_autofree char *text = tc_text_amount_unit (amount);

  gtk_widget_add_css_class (GTK_WIDGET (add_fact (card, title, text)), "amount");
}

static void
add_recipient (GtkBox *box, const TcDraftRecipient *recipient)
{
  GtkBox *card = add_card (box);
  g_autofree char *groups = tc_text_address_groups (recipient->address, GROUPS_PER_LINE);
  GtkLabel *address;

  add_amount (card, _("Pays"), recipient->amount);
  address = add_fact (card, _("To"), groups);
  tc_label_keep_exact (address);
  gtk_label_set_selectable (address, TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (address), FALSE);  /* else all of it is selected when it comes to be looked at */
  gtk_widget_add_css_class (GTK_WIDGET (address), "address-small");
  if (recipient->warnings & TC_DRAFT_WARNING_PAYS_SELF)
    add_fact (card, _("Note"), _("This is an address of this wallet."));
  if (recipient->warnings & TC_DRAFT_WARNING_LOOK_ALIKE)
    add_warning (box, TC_NOTICE_WARNING, _("This address looks like one that was paid before, but is another. Compare every character."));
}

static void
add_sums (GtkBox *box, const TcPaymentReview *review)
{
  const TcPaymentDraft *payment = review->payment;
  GtkBox *card = add_card (box);
  TcAmount total = { payment->paid.units + payment->fee.units };

  add_amount (card, _("Fee"), payment->fee);
  add_amount (card, _("Leaves the wallet"), total);
  if (payment->change.units > 0)
    add_amount (card, _("Change, back to this wallet"), payment->change);
  if (payment->memo != NULL)
    add_fact (card, payment->memo_private ? _("Private memo") : _("Memo, public"), payment->memo);
  else if (payment->memo_private)
    add_fact (card, _("Memo"), _("Private: only the recipient can read it"));
  if (review->made_ms > 0)
    {
      g_autofree char *when = tc_text_when (review->made_ms, g_get_real_time () / 1000);

      add_fact (card, _("Prepared"), when);
    }
}

static void
add_warnings (GtkBox *box, const TcPaymentReview *review)
{
  if (review->high_fee)
    add_warning (box, TC_NOTICE_WARNING, _("The fee is high: more than a tenth of what is paid."));
  if (review->payment->n_recipients == 0)
    add_warning (box, TC_NOTICE_INFO, _("Nothing is paid to anyone: coins of this wallet become one."));
  if (review->learns_network)
    add_warning (box, TC_NOTICE_INFO,
                 _("This wallet was never on its network. By signing it takes the network's identity from this payment, and will refuse any other."));
  if (review->is_signed && review->id == 0)
    add_warning (box, TC_NOTICE_WARNING, _("This payment was not prepared here, or was dropped. It can be sent all the same."));
  if (review->is_stale)
    add_warning (box, TC_NOTICE_WARNING, _("A coin of this payment is spent: it cannot be sent any more. Drop it."));
}

GtkWidget *
tc_payment_facts_new (const TcPaymentReview *review)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  g_type_ensure (TC_TYPE_NOTICE);
  for (gsize i = 0; i < review->payment->n_recipients; i++)
    add_recipient (GTK_BOX (box), &review->payment->recipients[i]);
  add_sums (GTK_BOX (box), review);
  add_warnings (GTK_BOX (box), review);
  return box;
}
