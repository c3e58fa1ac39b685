#define G_LOG_DOMAIN "tc-ui"
#include "send-form.h"

#include <string.h>

#include <glib/gi18n.h>

#include "account-chooser.h"
#include "compat.h"
#include "field.h"
#include "helpers.h"
#include "notice.h"
#include "send-fee.h"
#include "send-recipient.h"
#include "text.h"
#include "wallet/memo.h"
#include "wallet/pay-list.h"
#include "wallet/uri.h"
#include "wallet/wallet-keys.h"
#include "wallet/wallet-records.h"

struct _TcSendForm
{
  AdwBin        parent_instance;
  GtkScrolledWindow *scroller;
  GtkWidget    *content;
  GtkLabel     *available, *frozen;
  GtkBox       *recipients;
  GtkWidget    *add, *review_button, *spinner, *automatic;
  TcField      *memo;
  AdwActionRow *private_row, *coins_row;
  GtkSwitch    *private_memo;
  TcSendFee    *fee;
  TcNotice     *notice, *request;
  TcSession    *session;
  TcWallet     *wallet;
  TcAccountChooser *account;
  GPtrArray    *rows;        /* (element-type TcSendRecipient) */
  GPtrArray    *contacts;    /* (nullable) (element-type TcContact) */
  guint64       contacts_serial;
  GArray       *coins;       /* (element-type TcOutpoint) chosen by hand */
  TcAmount      coins_sum;
  TcPaymentUri *uri;         /* (nullable): what the form was filled from, while its address stays */
  GArray       *order_rows;  /* (element-type TcRecipient): of the order given last */
  GPtrArray    *order_texts;
  guint64       key_serial;  /* of the question whose key it is */
  gboolean      busy, hidden, filling;
};

G_DEFINE_FINAL_TYPE (TcSendForm, tc_send_form, ADW_TYPE_BIN)

enum { REVIEW, CHOOSE_COINS, N_SIGNALS };
static guint signals[N_SIGNALS];

static TcSendRecipient *
row_at (TcSendForm *self, guint i)
{
  return g_ptr_array_index (self->rows, i);
}

static char
digit_of (TcSendForm *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  return snapshot->address_digit;
}

static gboolean
wants_private (TcSendForm *self)
{
  return gtk_switch_get_active (self->private_memo) && *tc_field_get_text (self->memo) != '\0';
}

/* --- Memo ----------------------------------------------------------------------------------------------------------------------------- */

static TcFieldVerdict
check_memo (TcSendForm *self)
{
  g_autofree char *message = NULL;
  const gsize size = strlen (tc_field_get_text (self->memo));
  TcFieldVerdict verdict = tc_check_memo (tc_field_get_text (self->memo), &message);

  if (verdict == TC_FIELD_GOOD && wants_private (self) && size > TC_MEMO_TEXT_MAX)
    {
      message = g_strdup_printf (_("A private memo has at most %u bytes. This one is %u too long."), TC_MEMO_TEXT_MAX, (guint) (size - TC_MEMO_TEXT_MAX));
      verdict = TC_FIELD_BAD;
    }
  tc_field_set_hint (self->memo, wants_private (self) ? _("Only the recipient and you can read it.") : _("Anybody can read it in the chain, for ever."));
  tc_field_show_verdict (self->memo, verdict, message, TRUE);
  return verdict;
}

static gboolean
has_key_of_request (TcSendForm *self, const char *address)
{
  return self->uri != NULL && self->uri->has_key && strcmp (self->uri->address, address) == 0;
}

typedef struct
{
  TcSendForm *form;
  guint64     serial;
} KeyQuestion;

static void
show_private (TcSendForm *self, gboolean possible, const char *why)
{
  adw_action_row_set_subtitle (self->private_row, why);
  gtk_widget_set_sensitive (GTK_WIDGET (self->private_row), possible);
  if (!possible)
    gtk_switch_set_active (self->private_memo, FALSE);
}

static void
on_key_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree KeyQuestion *question = user_data;
  g_autoptr(TcSendForm) self = question->form;
  g_autofree TcPublicKey *key = tc_wallet_find_public_key_finish (TC_WALLET (source), result, NULL);

  if (question->serial != self->key_serial)
    return;
  show_private (self, key != NULL,
                key != NULL ? _("The recipient and you can read it, nobody else.")
                            : _("The key of this address is not known yet. It is once its owner has paid with it, or from a payment request."));
}

static void
update_private (TcSendForm *self)
{
  g_autofree char *address = tc_send_recipient_dup_address (row_at (self, 0)), *message = NULL;
  TcKeyHash hash;

  self->key_serial++;
  gtk_widget_set_visible (GTK_WIDGET (self->private_row), *tc_field_get_text (self->memo) != '\0');
  if (*tc_field_get_text (self->memo) == '\0')
    return;
  if (self->rows->len > 1)
    show_private (self, FALSE, _("Only where there is one recipient."));
  else if (has_key_of_request (self, address))
    show_private (self, TRUE, _("The recipient and you can read it, nobody else."));
  else if (tc_check_address (address, digit_of (self), &hash, &message) != TC_FIELD_GOOD)
    show_private (self, FALSE, _("Write the address first: it takes a key that belongs to it."));
  else
    {
      KeyQuestion *question = g_new0 (KeyQuestion, 1);

      *question = (KeyQuestion) { g_object_ref (self), self->key_serial };
      tc_wallet_find_public_key (self->wallet, address, on_key_found, question);
    }
}

/* --- What is ready ---------------------------------------------------------------------------------------------------------------------- */

static void
update_button (TcSendForm *self)
{
  g_autofree char *message = NULL;
  gboolean ready = tc_check_memo (tc_field_get_text (self->memo), &message) == TC_FIELD_GOOD && tc_send_fee_is_good (self->fee);
  TcAmount amount;

  for (guint i = 0; i < self->rows->len; i++)
    ready = ready && tc_send_recipient_check (row_at (self, i), FALSE, &amount) == TC_FIELD_GOOD;
  gtk_widget_set_sensitive (self->review_button, ready && !self->busy);
}

static void
on_changed (TcSendForm *self)
{
  if (self->filling || self->wallet == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  update_button (self);
}

static void
on_recipient_changed (TcSendForm *self)
{
  g_autofree char *address = NULL;

  if (self->filling || self->wallet == NULL)
    return;
  address = tc_send_recipient_dup_address (row_at (self, 0));
  if (self->uri != NULL && strcmp (self->uri->address, address) != 0)
    {
      g_clear_pointer (&self->uri, tc_payment_uri_free);
      gtk_widget_set_visible (GTK_WIDGET (self->request), FALSE);
    }
  update_private (self);
  on_changed (self);
}

static void
on_memo_changed (TcSendForm *self)
{
  if (self->filling || self->wallet == NULL)
    return;
  update_private (self);
  check_memo (self);
  on_changed (self);
}

static void
on_private_changed (TcSendForm *self)
{
  check_memo (self);
}

static void
on_review (TcSendForm *self)
{
  g_signal_emit (self, signals[REVIEW], 0);
}

static void
on_activated (TcSendForm *self)
{
  if (gtk_widget_get_sensitive (self->review_button))
    on_review (self);
}

/* --- Recipients ------------------------------------------------------------------------------------------------------------------------ */

static void
place_rows (TcSendForm *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    tc_send_recipient_set_place (row_at (self, i), i + 1, self->rows->len);
  gtk_widget_set_sensitive (self->add, self->rows->len < TC_WALLET_RECIPIENTS_MAX);
}

static void
on_remove (TcSendRecipient *row, TcSendForm *self)
{
  guint i;

  if (self->rows->len < 2 || !g_ptr_array_find (self->rows, row, &i))
    return;
  g_ptr_array_remove_index (self->rows, i);
  gtk_box_remove (self->recipients, GTK_WIDGET (row));
  place_rows (self);
  tc_send_recipient_focus (row_at (self, MIN (i, self->rows->len - 1)));
  on_recipient_changed (self);
}

/* As a person writes it: without zeros at the end. Returns: (transfer full). */
static char *
amount_to_write (TcAmount amount)
{
  char *text = tc_amount_format (amount);
  gsize n = strlen (text);

  while (n > 0 && text[n - 1] == '0')
    text[--n] = '\0';
  if (n > 0 && text[n - 1] == '.')
    text[n - 1] = '\0';
  return text;
}

/* What is available, or what the coins chosen hold, less what the others get. */
static void
write_all (TcSendForm *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const TcWalletAccount *account = tc_wallet_snapshot_get_account (snapshot, tc_send_form_get_account (self));
  TcAmount left = self->coins->len > 0 ? self->coins_sum : account != NULL ? account->available : snapshot->available, amount;

  for (guint i = 0; i + 1 < self->rows->len; i++)
    if (tc_send_recipient_check (row_at (self, i), FALSE, &amount) != TC_FIELD_GOOD || !tc_amount_sub (left, amount, &left))
      break;
  g_autofree char *text = amount_to_write (left);
  tc_send_recipient_set_all (row_at (self, self->rows->len - 1), text);
}

static void
on_use_all (TcSendRecipient *row, gboolean all, TcSendForm *self)
{
  if (all)
    write_all (self);
  on_changed (self);
}

static void
on_text (TcSendRecipient *row, const char *text, TcSendForm *self)
{
  tc_send_form_take_text (self, text);
}

static TcSendRecipient *
add_row (TcSendForm *self)
{
  GtkWidget *row = tc_send_recipient_new (digit_of (self));

  tc_send_recipient_set_contacts (TC_SEND_RECIPIENT (row), self->contacts);
  g_ptr_array_add (self->rows, row);
  gtk_box_append (self->recipients, row);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (on_recipient_changed), self);
  g_signal_connect_swapped (row, "activated", G_CALLBACK (on_activated), self);
  g_signal_connect (row, "remove", G_CALLBACK (on_remove), self);
  g_signal_connect (row, "use-all", G_CALLBACK (on_use_all), self);
  g_signal_connect (row, "text", G_CALLBACK (on_text), self);
  return TC_SEND_RECIPIENT (row);
}

static void
on_add (TcSendForm *self)
{
  TcSendRecipient *row;

  if (self->rows->len >= TC_WALLET_RECIPIENTS_MAX)
    return;
  row = add_row (self);
  place_rows (self);
  on_recipient_changed (self);
  tc_send_recipient_focus (row);
}

static void
remove_rows (TcSendForm *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    gtk_box_remove (self->recipients, GTK_WIDGET (row_at (self, i)));
  g_ptr_array_set_size (self->rows, 0);
}

/* --- Lists and requests ------------------------------------------------------------------------------------------------------------------ */

static gboolean
scroll_to_notice (gpointer user_data)
{
  TcSendForm *self = user_data;
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (GTK_WIDGET (self->notice), self->content, &bounds))
    gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (self->scroller), bounds.origin.y, bounds.origin.y + bounds.size.height + 36);
  return G_SOURCE_REMOVE;
}

static void
say (TcSendForm *self, TcNoticeKind kind, const char *text)
{
  tc_notice_set (self->notice, kind, text, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), TRUE);
  g_idle_add_full (G_PRIORITY_LOW, scroll_to_notice, g_object_ref (self), g_object_unref);  /* once it has a place */
}

static void
take_list (TcSendForm *self, const char *text, gsize size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = tc_pay_list_parse (text, size, digit_of (self), &error);

  if (items == NULL)
    {
      say (self, TC_NOTICE_ERROR, error->message);
      return;
    }
  self->filling = TRUE;
  remove_rows (self);
  for (guint i = 0; i < items->len; i++)
    {
      const TcPayListItem *item = g_ptr_array_index (items, i);
      g_autofree char *amount = amount_to_write (item->amount);

      tc_send_recipient_fill (add_row (self), item->address, amount, item->name);
    }
  place_rows (self);
  self->filling = FALSE;
  on_recipient_changed (self);
  g_autofree char *told = g_strdup_printf (ngettext ("%u recipient was read.", "%u recipients were read.", items->len), items->len);
  tc_toast (GTK_WIDGET (self), told);
}

static void
show_request (TcSendForm *self)
{
  const TcPaymentUri *uri = self->uri;
  g_autofree char *text = NULL;
  const gboolean expired = tc_payment_uri_is_expired (uri, g_get_real_time () / G_USEC_PER_SEC);

  if (expired)
    text = g_strdup (_("This payment request has expired. Ask for a new one before you pay."));
  else if (uri->message != NULL && uri->label != NULL)
    /* Translators: who asks for a payment, and what for. */
    text = g_strdup_printf (_("%s asks for this payment: %s"), uri->label, uri->message);
  else if (uri->message != NULL)
    text = g_strdup_printf (_("This payment is for: %s"), uri->message);
  gtk_widget_set_visible (GTK_WIDGET (self->request), text != NULL);
  if (text != NULL)
    tc_notice_set (self->request, expired ? TC_NOTICE_WARNING : TC_NOTICE_INFO, text, NULL);
}

static void
take_uri (TcSendForm *self, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentUri) uri = tc_payment_uri_parse (text, digit_of (self), &error);

  if (uri == NULL)
    {
      say (self, TC_NOTICE_ERROR, error->message);
      return;
    }
  g_autofree char *amount = uri->amount.units > 0 ? amount_to_write (uri->amount) : NULL;
  tc_send_form_empty (self);
  self->filling = TRUE;
  tc_send_recipient_fill (row_at (self, 0), uri->address, amount, uri->label);
  if (uri->memo != NULL)
    tc_field_set_text (self->memo, uri->memo);
  self->filling = FALSE;
  self->uri = g_steal_pointer (&uri);
  show_request (self);
  update_private (self);
  check_memo (self);
  on_changed (self);
  tc_send_recipient_focus (row_at (self, 0));
}

void
tc_send_form_take_text (TcSendForm *self, const char *text)
{
  g_return_if_fail (TC_IS_SEND_FORM (self));

  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  if (tc_payment_uri_is (text))
    take_uri (self, text);
  else if (tc_pay_list_is (text))
    take_list (self, text, strlen (text));
  else
    {
      tc_send_form_empty (self);
      tc_send_recipient_fill (row_at (self, 0), text, NULL, NULL);
    }
}

static void
on_file_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendForm) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize size;

  g_input_stream_close_async (G_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  if (self->wallet == NULL)
    return;
  if (bytes == NULL)
    {
      say (self, TC_NOTICE_ERROR, error->message);
      return;
    }
  const char *data = g_bytes_get_data (bytes, &size);
  take_list (self, data != NULL ? data : "", size);
}

static void
on_file_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendForm) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (stream == NULL)
    {
      g_autofree char *text = g_strdup_printf (_("The file could not be read: %s"), error->message);

      say (self, TC_NOTICE_ERROR, text);
      return;
    }
  /* One byte more than it may have, so that a longer one is seen to be. */
  g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), TC_PAY_LIST_SIZE_MAX + 1, G_PRIORITY_DEFAULT, NULL, on_file_read, g_object_ref (self));
}

static void
on_file_chosen (GFile *file, gpointer user_data)
{
  TcSendForm *self = user_data;

  g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, on_file_opened, g_object_ref (self));
}

static void
on_import (TcSendForm *self)
{
  tc_compat_choose_file (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Import a List of Recipients"), NULL, on_file_chosen, self);
}

/* --- Coins ------------------------------------------------------------------------------------------------------------------------------- */

static void
show_coins (TcSendForm *self)
{
  const guint n = self->coins->len;
  g_autofree char *sum = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (self->coins_sum);
  g_autofree char *text = n == 0 ? g_strdup (_("The wallet chooses those that cost the least fee."))
                                 /* Translators: coins that the user chose, and how much they hold together. */
                                 : g_strdup_printf (ngettext ("%u coin chosen by hand: %s", "%u coins chosen by hand: %s", n), n, sum);

  adw_action_row_set_subtitle (self->coins_row, text);
  gtk_widget_set_visible (self->automatic, n > 0);
  if (tc_send_recipient_get_all (row_at (self, self->rows->len - 1)))
    write_all (self);
}

static void
on_automatic (TcSendForm *self)
{
  tc_send_form_set_coins (self, NULL);
}

static void
on_choose (TcSendForm *self)
{
  g_signal_emit (self, signals[CHOOSE_COINS], 0);
}

void
tc_send_form_set_coins (TcSendForm *self, GPtrArray *coins)
{
  g_return_if_fail (TC_IS_SEND_FORM (self));

  g_array_set_size (self->coins, 0);
  self->coins_sum = (TcAmount) { 0 };
  for (guint i = 0; coins != NULL && i < coins->len; i++)
    {
      const TcWalletCoin *coin = g_ptr_array_index (coins, i);

      g_array_append_val (self->coins, coin->outpoint);
      if (!tc_amount_add (self->coins_sum, coin->amount, &self->coins_sum))
        self->coins_sum.units = TC_AMOUNT_MAX_UNITS;
    }
  show_coins (self);
  on_changed (self);
}

GArray *
tc_send_form_get_coins (TcSendForm *self)
{
  return self->coins;
}

/* --- The order ----------------------------------------------------------------------------------------------------------------------------- */

gboolean
tc_send_form_get_order (TcSendForm *self, TcPaymentOrder *ret_order)
{
  gboolean good = check_memo (self) == TC_FIELD_GOOD && tc_send_fee_is_good (self->fee);
  const char *memo = tc_field_get_text (self->memo);

  g_array_set_size (self->order_rows, 0);
  g_ptr_array_set_size (self->order_texts, 0);
  for (guint i = 0; i < self->rows->len; i++)
    {
      TcRecipient recipient = { .address = tc_send_recipient_dup_address (row_at (self, i)), .pays_fee = tc_send_recipient_get_pays_fee (row_at (self, i)) };

      g_ptr_array_add (self->order_texts, (gpointer) recipient.address);
      good = tc_send_recipient_check (row_at (self, i), TRUE, &recipient.amount) == TC_FIELD_GOOD && good;
      g_array_append_val (self->order_rows, recipient);
    }
  *ret_order = (TcPaymentOrder) {
    .account = tc_send_form_get_account (self), .recipients = (const TcRecipient *) self->order_rows->data, .n_recipients = self->order_rows->len,
    .use_all = tc_send_recipient_get_all (row_at (self, self->rows->len - 1)), .memo = *memo == '\0' ? NULL : memo, .memo_private = wants_private (self),
    .coins = (const TcOutpoint *) self->coins->data, .n_coins = self->coins->len, .fee_rate = tc_send_fee_get_rate (self->fee)
  };
  if (ret_order->memo_private && has_key_of_request (self, ret_order->recipients[0].address))
    ret_order->memo_key = &self->uri->key;
  return good;
}

GPtrArray *
tc_send_form_get_names (TcSendForm *self)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *name = tc_send_recipient_dup_name (row_at (self, i));

      g_ptr_array_add (names, *name != '\0' ? g_steal_pointer (&name) : NULL);
    }
  return names;
}

/* What the wallet says of what is on its way or frozen stands; else it is said with the button that helps. Returns: (transfer full). */
static char *
shortage_text (TcSendForm *self, const GError *error)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const TcAmount missing = tc_wallet_error_get_missing (error);
  g_autofree char *text = tc_text_amount_unit (missing);

  if (self->coins->len > 0)
    return g_strdup_printf (_("The coins that you chose hold %s too little for this payment and its fee. Choose more, or let the wallet choose."), text);
  if (snapshot->pending.units + snapshot->locked_amount.units >= missing.units || snapshot->frozen.units >= missing.units)
    return g_strdup (error->message);
  return g_strdup_printf (_("%s are missing for this payment and its fee. Send less, or press “Use All”."), text);
}

void
tc_send_form_show_error (TcSendForm *self, const GError *error)
{
  const int recipient = tc_wallet_error_get_recipient (error);

  if (recipient >= 0 && recipient < (int) self->rows->len)
    {
      tc_send_recipient_show_error (row_at (self, (guint) recipient), error->code == TC_WALLET_ERROR_AMOUNT, error->message);
      return;
    }
  if (g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT))
    {
      g_autofree char *text = shortage_text (self, error);

      say (self, TC_NOTICE_ERROR, text);
      return;
    }
  if (g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO))
    tc_field_show_verdict (self->memo, TC_FIELD_BAD, error->message, TRUE);
  say (self, TC_NOTICE_ERROR, error->message);
}

/* --- */

static void
on_contacts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendForm) self = user_data;
  GPtrArray *contacts = tc_wallet_list_contacts_finish (TC_WALLET (source), result, NULL);

  if (contacts == NULL)
    return;
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  self->contacts = contacts;
  for (guint i = 0; i < self->rows->len; i++)
    tc_send_recipient_set_contacts (row_at (self, i), contacts);
}

void
tc_send_form_update (TcSendForm *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const TcWalletAccount *account = tc_wallet_snapshot_get_account (snapshot, tc_send_form_get_account (self));
  g_autofree char *amount = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (account != NULL ? account->available : snapshot->available);
  g_autofree char *frozen = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (snapshot->frozen);
  g_autofree char *text = g_strdup_printf (_("Available: %s"), amount), *frozen_text = g_strdup_printf (_("Frozen besides: %s"), frozen);

  gtk_label_set_text (self->available, text);
  gtk_label_set_text (self->frozen, frozen_text);
  gtk_widget_set_visible (GTK_WIDGET (self->frozen), snapshot->frozen.units > 0);
  if (tc_send_recipient_get_all (row_at (self, self->rows->len - 1)))
    write_all (self);
  tc_send_fee_update (self->fee);
  if (self->contacts == NULL || snapshot->history_serial != self->contacts_serial)
    tc_wallet_list_contacts (self->wallet, on_contacts, g_object_ref (self));
  self->contacts_serial = snapshot->history_serial;
}

void
tc_send_form_set_wallet (TcSendForm *self, TcSession *session, TcWallet *wallet)
{
  g_return_if_fail (TC_IS_SEND_FORM (self));

  g_set_object (&self->session, session);
  g_set_object (&self->wallet, wallet);
  tc_send_fee_set_wallet (self->fee, wallet);
  tc_account_chooser_set_wallet (self->account, wallet);
  if (self->rows->len == 0)
    add_row (self);
  place_rows (self);
  show_coins (self);
  tc_send_form_update (self);
  update_button (self);
}

/* Coins are of one account. */
static void
on_account_changed (TcSendForm *self)
{
  if (self->wallet == NULL || self->rows->len == 0)
    return;
  tc_send_form_set_coins (self, NULL);
  tc_send_form_update (self);
}

void
tc_send_form_set_account (TcSendForm *self, guint32 account)
{
  tc_account_chooser_set_account (self->account, account);
}

guint32
tc_send_form_get_account (TcSendForm *self)
{
  return tc_account_chooser_get_account (self->account);
}

void
tc_send_form_set_hidden (TcSendForm *self, gboolean hidden)
{
  self->hidden = hidden;
  if (self->wallet == NULL)
    return;
  show_coins (self);
  tc_send_form_update (self);
}

void
tc_send_form_set_busy (TcSendForm *self, gboolean busy)
{
  self->busy = busy;
  gtk_widget_set_visible (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  update_button (self);
}

void
tc_send_form_empty (TcSendForm *self)
{
  if (self->wallet == NULL)
    return;
  self->filling = TRUE;
  remove_rows (self);
  add_row (self);
  place_rows (self);
  tc_field_set_text (self->memo, "");
  gtk_switch_set_active (self->private_memo, FALSE);
  tc_send_fee_reset (self->fee);
  g_clear_pointer (&self->uri, tc_payment_uri_free);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->request), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->private_row), FALSE);
  self->filling = FALSE;
  g_array_set_size (self->order_rows, 0);
  g_ptr_array_set_size (self->order_texts, 0);
  tc_send_form_set_coins (self, NULL);
}

void
tc_send_form_focus (TcSendForm *self)
{
  if (self->rows->len > 0)
    tc_send_recipient_focus (row_at (self, 0));
}

static void
tc_send_form_dispose (GObject *object)
{
  TcSendForm *self = TC_SEND_FORM (object);

  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  g_clear_pointer (&self->uri, tc_payment_uri_free);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  G_OBJECT_CLASS (tc_send_form_parent_class)->dispose (object);
}

static void
tc_send_form_finalize (GObject *object)
{
  TcSendForm *self = TC_SEND_FORM (object);

  g_ptr_array_unref (self->rows);
  g_array_unref (self->coins);
  g_array_unref (self->order_rows);
  g_ptr_array_unref (self->order_texts);
  G_OBJECT_CLASS (tc_send_form_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, scroller);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, content);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, account);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, available);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, frozen);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, recipients);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, add);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, review_button);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, automatic);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, memo);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, private_row);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, private_memo);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, coins_row);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, fee);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, notice);
  gtk_widget_class_bind_template_child (widget_class, TcSendForm, request);
}

static void
tc_send_form_class_init (TcSendFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_ACCOUNT_CHOOSER);
  g_type_ensure (TC_TYPE_FIELD);
  g_type_ensure (TC_TYPE_NOTICE);
  g_type_ensure (TC_TYPE_SEND_FEE);
  G_OBJECT_CLASS (klass)->dispose = tc_send_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_send_form_finalize;
  signals[REVIEW] = g_signal_new ("review", TC_TYPE_SEND_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHOOSE_COINS] = g_signal_new ("choose-coins", TC_TYPE_SEND_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/send-form.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_account_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_import);
  gtk_widget_class_bind_template_callback (widget_class, on_memo_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_private_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_automatic);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_review);
}

static void
tc_send_form_init (TcSendForm *self)
{
  self->rows = g_ptr_array_new ();
  self->coins = g_array_new (FALSE, FALSE, sizeof (TcOutpoint));
  self->order_rows = g_array_new (FALSE, FALSE, sizeof (TcRecipient));
  self->order_texts = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}
