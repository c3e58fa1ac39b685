#define G_LOG_DOMAIN "tc-ui"
#include "send-page.h"

#include <string.h>

#include <glib/gi18n.h>

#include "field.h"
#include "account-chooser.h"
#include "helpers.h"
#include "notice.h"
#include "send-progress.h"
#include "send-review.h"
#include "text.h"

struct _TcSendPage
{
  AdwBin          parent_instance;
  GtkStack       *stack;
  TcField        *address, *amount, *memo;
  GtkLabel       *available;
  TcAccountChooser *account;
  GtkWidget      *review_button, *spinner;
  TcNotice       *notice;
  TcSendReview   *review;
  TcSendProgress *progress;
  GtkToggleButton *use_all;
  TcSession      *session;
  TcWallet       *wallet;
  TcPaymentDraft *draft;
  GCancellable   *preparing;     /* (nullable) */
  gboolean        setting_all;   /* this page writes the amount itself */
  gboolean        hidden;
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcSendPage, tc_send_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

/* --- The form --- */

static char
digit_of (TcSendPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  return snapshot->address_digit;
}

static TcFieldVerdict
check_address (TcSendPage *self, gboolean left)
{
  g_autofree char *message = NULL;
  g_autofree char *stripped = g_strstrip (g_strdup (tc_field_get_text (self->address)));
  g_autofree char *groups = tc_text_address_groups (stripped, 0);
  TcKeyHash key_hash;
  const TcFieldVerdict verdict = tc_check_address (stripped, digit_of (self), &key_hash, &message);

  tc_field_set_hint (self->address, verdict == TC_FIELD_GOOD ? groups : NULL);
  tc_field_show_verdict (self->address, verdict, message, left);
  return verdict;
}

static TcFieldVerdict
check_amount (TcSendPage *self, gboolean left, TcAmount *ret_amount)
{
  g_autofree char *message = NULL;
  const TcFieldVerdict verdict = tc_check_amount (tc_field_get_text (self->amount), ret_amount, &message);

  tc_field_show_verdict (self->amount, verdict, message, left);
  return verdict;
}

static TcFieldVerdict
check_memo (TcSendPage *self)
{
  g_autofree char *message = NULL;
  const TcFieldVerdict verdict = tc_check_memo (tc_field_get_text (self->memo), &message);

  tc_field_show_verdict (self->memo, verdict, message, TRUE);
  return verdict;
}

static void
update_button (TcSendPage *self)
{
  g_autofree char *address_message = NULL, *amount_message = NULL, *memo_message = NULL;
  TcKeyHash key_hash;
  TcAmount amount;
  const gboolean ready = tc_check_address (tc_field_get_text (self->address), digit_of (self), &key_hash, &address_message) == TC_FIELD_GOOD
                         && tc_check_amount (tc_field_get_text (self->amount), &amount, &amount_message) == TC_FIELD_GOOD
                         && tc_check_memo (tc_field_get_text (self->memo), &memo_message) == TC_FIELD_GOOD;

  gtk_widget_set_sensitive (self->review_button, ready && self->preparing == NULL);
}

static void
on_address_changed (TcSendPage *self)
{
  check_address (self, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  update_button (self);
}

static void
on_address_left (TcSendPage *self)
{
  check_address (self, TRUE);
}

static void
on_amount_changed (TcSendPage *self)
{
  TcAmount amount;

  if (!self->setting_all)
    gtk_toggle_button_set_active (self->use_all, FALSE);
  check_amount (self, FALSE, &amount);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  update_button (self);
}

static void
on_amount_left (TcSendPage *self)
{
  TcAmount amount;

  check_amount (self, TRUE, &amount);
}

static void
on_memo_changed (TcSendPage *self)
{
  check_memo (self);
  update_button (self);
}

static TcAmount
available_of (TcSendPage *self, const TcWalletSnapshot *snapshot)
{
  const TcWalletAccount *account = tc_wallet_snapshot_get_account (snapshot, tc_account_chooser_get_account (self->account));

  return account != NULL ? account->available : snapshot->available;
}

static void
write_all (TcSendPage *self, const TcWalletSnapshot *snapshot)
{
  g_autofree char *text = tc_amount_format (available_of (self, snapshot));

  self->setting_all = TRUE;
  tc_field_set_text (self->amount, text);
  self->setting_all = FALSE;
}

static void
on_use_all_toggled (TcSendPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const gboolean all = gtk_toggle_button_get_active (self->use_all);

  tc_field_set_hint (self->amount, all ? _("Everything there is; the fee is taken from it.") : NULL);
  if (all)
    write_all (self, snapshot);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendPage) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text == NULL)
    {
      tc_toast (GTK_WIDGET (self), _("There is no text on the clipboard"));
      return;
    }
  g_strstrip (text);
  tc_field_set_text (self->address, strlen (text) > 200 ? "" : text);
  check_address (self, TRUE);
}

static void
on_paste (TcSendPage *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, on_pasted, g_object_ref (self));
}

/* --- From form to review --- */

static void
drop_draft (TcSendPage *self)
{
  if (self->draft != NULL && self->wallet != NULL)
    tc_wallet_cancel_payment (self->wallet, self->draft);
  g_clear_pointer (&self->draft, tc_payment_draft_unref);
}

static void
set_preparing (TcSendPage *self, gboolean preparing)
{
  g_clear_object (&self->preparing);
  if (preparing)
    self->preparing = g_cancellable_new ();
  gtk_widget_set_visible (self->spinner, preparing);
  update_button (self);
}

static void
show_prepare_error (TcSendPage *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT))
    {
      g_autofree char *missing = tc_text_amount_unit (tc_wallet_error_get_missing (error));

      text = g_strdup_printf (_("%s are missing for this payment and its fee. Send less, or press “Use All”."), missing);
    }
  tc_notice_set (self->notice, TC_NOTICE_ERROR, text != NULL ? text : error->message, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), TRUE);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentDraft) draft = tc_wallet_prepare_payment_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_preparing (self, FALSE);
  if (draft == NULL)
    {
      show_prepare_error (self, error);
      return;
    }
  drop_draft (self);
  self->draft = g_steal_pointer (&draft);
  tc_send_review_show (self->review, self->draft, tc_session_is_local (self->session));
  gtk_stack_set_visible_child_name (self->stack, "review");
  tc_send_review_focus (self->review);
}

static void
on_review_clicked (TcSendPage *self)
{
  g_autofree char *address = g_strstrip (g_strdup (tc_field_get_text (self->address)));
  const char *memo = tc_field_get_text (self->memo);
  TcRecipient recipient = { .address = address };
  TcPaymentOrder order = { .account = tc_account_chooser_get_account (self->account), .recipients = &recipient, .n_recipients = 1, .memo = memo[0] == '\0' ? NULL : memo,
                           .use_all = gtk_toggle_button_get_active (self->use_all) };

  if (check_address (self, TRUE) != TC_FIELD_GOOD || check_amount (self, TRUE, &recipient.amount) != TC_FIELD_GOOD || self->preparing != NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  set_preparing (self, TRUE);
  tc_wallet_prepare_payment (self->wallet, &order, self->preparing, on_prepared, g_object_ref (self));
}

static void
on_activated (TcSendPage *self)
{
  if (gtk_widget_get_sensitive (self->review_button))
    on_review_clicked (self);
}

/* --- From review to final --- */

static void
on_review_back (TcSendPage *self)
{
  drop_draft (self);
  gtk_stack_set_visible_child_name (self->stack, "form");
  gtk_widget_grab_focus (tc_field_get_entry (self->amount));
}

static void
empty_form (TcSendPage *self)
{
  gtk_toggle_button_set_active (self->use_all, FALSE);
  tc_field_set_text (self->address, "");
  tc_field_set_text (self->amount, "");
  tc_field_set_text (self->memo, "");
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  tc_field_show_verdict (self->address, TC_FIELD_EMPTY, NULL, FALSE);
  tc_field_show_verdict (self->amount, TC_FIELD_EMPTY, NULL, FALSE);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendPage) self = user_data;
  g_autoptr(GError) error = NULL;
  TcHash txid;

  if (self->wallet == NULL)
    return;
  if (!tc_wallet_send_payment_finish (TC_WALLET (source), result, &txid, &error))
    {
      tc_send_review_set_busy (self->review, FALSE);
      tc_send_review_set_error (self->review, error->message);
      gtk_stack_set_visible_child_name (self->stack, "review");
      return;
    }
  g_clear_pointer (&self->draft, tc_payment_draft_unref);
  empty_form (self);
  tc_send_progress_follow (self->progress, self->wallet, &txid);
}

static void
on_review_send (TcSendPage *self)
{
  if (self->draft == NULL)
    return;
  tc_send_review_set_busy (self->review, TRUE);
  tc_send_review_set_error (self->review, NULL);
  tc_send_progress_begin (self->progress, self->draft->paid, self->draft->recipients[0].address);
  gtk_stack_set_visible_child_name (self->stack, "progress");
  tc_wallet_send_payment (self->wallet, self->draft, on_sent, g_object_ref (self));
}

static void
focus (TcPage *page)
{
  TcSendPage *self = TC_SEND_PAGE (page);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "form") == 0)
    gtk_widget_grab_focus (tc_field_get_entry (self->address));
}

static void
on_progress_done (TcSendPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, "form");
  focus (TC_PAGE (self));
}

/* --- */

static void
on_wallet_changed (TcSendPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  g_autofree char *amount = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (available_of (self, snapshot));
  g_autofree char *text = g_strdup_printf (_("Available: %s"), amount);

  gtk_label_set_text (self->available, text);
  if (gtk_toggle_button_get_active (self->use_all))
    write_all (self, snapshot);
}

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcSendPage *self = TC_SEND_PAGE (page);

  g_set_object (&self->session, session);
  g_set_object (&self->wallet, wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  tc_account_chooser_set_wallet (self->account, wallet);
  on_wallet_changed (self);
  update_button (self);
}

static void
set_account (TcPage *page, guint32 account)
{
  tc_account_chooser_set_account (TC_SEND_PAGE (page)->account, account);
}

static void
set_hidden (TcPage *page, gboolean hidden)
{
  TcSendPage *self = TC_SEND_PAGE (page);
  self->hidden = hidden;
  if (self->wallet != NULL)
    on_wallet_changed (self);
}

static void
reset (TcPage *page)
{
  TcSendPage *self = TC_SEND_PAGE (page);
  if (self->preparing != NULL)
    {
      g_cancellable_cancel (self->preparing);
      set_preparing (self, FALSE);
    }
  drop_draft (self);
  empty_form (self);
  gtk_stack_set_visible_child_name (self->stack, "form");
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
  iface->set_hidden = set_hidden;
  iface->set_account = set_account;
  iface->reset = reset;
  iface->focus = focus;
}

static void
tc_send_page_dispose (GObject *object)
{
  TcSendPage *self = TC_SEND_PAGE (object);

  if (self->preparing != NULL)
    g_cancellable_cancel (self->preparing);
  g_clear_object (&self->preparing);
  drop_draft (self);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_send_page_parent_class)->dispose (object);
}

static void
tc_send_page_class_init (TcSendPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  g_type_ensure (TC_TYPE_NOTICE);
  g_type_ensure (TC_TYPE_SEND_REVIEW);
  g_type_ensure (TC_TYPE_SEND_PROGRESS);
  g_type_ensure (TC_TYPE_ACCOUNT_CHOOSER);
  G_OBJECT_CLASS (klass)->dispose = tc_send_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/send-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, address);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, amount);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, memo);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, available);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, account);
  gtk_widget_class_bind_template_callback (widget_class, on_wallet_changed);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, review_button);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, notice);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, review);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_address_left);
  gtk_widget_class_bind_template_callback (widget_class, on_amount_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_amount_left);
  gtk_widget_class_bind_template_callback (widget_class, on_memo_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_review_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_review_back);
  gtk_widget_class_bind_template_callback (widget_class, on_review_send);
  gtk_widget_class_bind_template_callback (widget_class, on_progress_done);
}

static void
tc_send_page_init (TcSendPage *self)
{
  GtkWidget *paste = gtk_button_new_from_icon_name ("edit-paste-symbolic");

  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  gtk_widget_set_tooltip_text (paste, _("Paste Address"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (paste), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Paste Address"), -1);
  gtk_widget_add_css_class (paste, "flat");
  g_signal_connect_swapped (paste, "clicked", G_CALLBACK (on_paste), self);
  tc_field_add_suffix (self->address, paste);
  self->use_all = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (_("Use All")));
  g_signal_connect_swapped (self->use_all, "toggled", G_CALLBACK (on_use_all_toggled), self);
  tc_field_add_suffix (self->amount, GTK_WIDGET (self->use_all));
}
