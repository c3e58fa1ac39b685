#define G_LOG_DOMAIN "tc-ui"
#include "receive-page.h"

#include <glib/gi18n.h>

#include "account-chooser.h"
#include "compat.h"
#include "helpers.h"
#include "qr-code.h"
#include "request-row.h"
#include "text.h"
#include "twin-box.h"

#define ROWS_AT_ONCE 20u

struct _TcReceivePage
{
  AdwBin     parent_instance;
  GtkScrolledWindow *scroller;
  TcQrCode  *code;
  GtkLabel  *heading, *amount, *message, *state, *address, *note, *problem;
  GtkImage  *state_icon;
  GtkWidget *state_box, *copy_button, *new_button, *plain_button, *create_button, *requests_group, *more_button;
  GtkEditable *amount_entry, *label_entry, *message_entry;
  AdwComboRow *expires;
  GtkListBox *requests;
  TcAccountChooser *account;
  TcWallet  *wallet;
  char      *shown;        /* the address */
  GPtrArray *list;         /* of TcWalletRequest, newest first */
  TcWalletRequest *open;   /* (nullable): NULL: the plain address is shown */
  guint      n_rows;       /* as many as are shown at the most */
  guint64    serial;
  gboolean   asking, ask_again, hidden;
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcReceivePage, tc_receive_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

static const struct
{
  const char *name;
  gint64      seconds;
} spans[] = { { N_("Until it is deleted"), 0 }, { N_("One hour"), 3600 }, { N_("One day"), 86400 }, { N_("One week"), 604800 } };

/* --- The card: a plain address, or a request --- */

static void
set_address (TcReceivePage *self, const char *address)
{
  g_autofree char *groups = tc_text_address_groups (address, 0);

  g_free (self->shown);
  self->shown = g_strdup (address);
  gtk_label_set_text (self->address, groups);
}

static void
set_optional (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

static void
show_plain (TcReceivePage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const TcWalletAccount *account = tc_wallet_snapshot_get_account (snapshot, tc_account_chooser_get_account (self->account));

  if (account == NULL || g_strcmp0 (self->shown, account->receive_address) == 0)
    return;
  g_autofree char *note = g_strdup_printf (_("Address number %u. Earlier ones stay good."), account->receive_index + 1);
  set_address (self, account->receive_address);
  tc_qr_code_set_text (self->code, account->receive_address);
  gtk_label_set_text (self->heading, _("Your address"));
  set_optional (self->amount, NULL);
  set_optional (self->message, NULL);
  gtk_widget_set_visible (self->state_box, FALSE);
  gtk_button_set_label (GTK_BUTTON (self->copy_button), _("_Copy Address"));
  gtk_label_set_text (self->note, note);
}

static void
show_state (TcReceivePage *self)
{
  static const char *const classes[] = { "pending", "final", "void", "waiting" };
  const char *own = tc_request_state_class (self->open);

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_str_equal (own, classes[i]))
      gtk_widget_add_css_class (self->state_box, classes[i]);
    else
      gtk_widget_remove_css_class (self->state_box, classes[i]);
  gtk_image_set_from_icon_name (self->state_icon, tc_request_state_icon (self->open));
  gtk_label_set_text (self->state, tc_request_state_text (self->open));
  gtk_widget_set_visible (self->state_box, TRUE);
}

static char *
request_note (const TcWalletRequest *request)
{
  g_autofree char *when = request->expires_s > 0 ? tc_text_when_exact (request->expires_s * 1000) : NULL;

  if (request->paid.units > 0)
    return g_strdup (_("This request was paid. Make a new one for the next payment."));
  if (when == NULL)
    return g_strdup (_("Show the picture to the payer, or send the link."));
  /* Translators: %s is a date and time. */
  return request->state == TC_REQUEST_EXPIRED ? g_strdup_printf (_("Expired on %s. What is paid all the same arrives."), when)
                                              : g_strdup_printf (_("Show the picture to the payer, or send the link. Valid until %s."), when);
}

static void
show_request (TcReceivePage *self)
{
  const TcWalletRequest *request = self->open;
  g_autofree char *amount = tc_request_amount_text (request, self->hidden), *note = request_note (request);

  set_address (self, request->address);
  tc_qr_code_set_text (self->code, request->uri);
  gtk_label_set_text (self->heading, request->label != NULL ? request->label : _("Payment request"));
  set_optional (self->amount, amount);
  set_optional (self->message, request->message);
  show_state (self);
  gtk_button_set_label (GTK_BUTTON (self->copy_button), _("_Copy Link"));
  gtk_label_set_text (self->note, note);
}

static void
show_card (TcReceivePage *self)
{
  if (self->wallet == NULL)
    return;
  gtk_widget_set_visible (self->new_button, self->open == NULL);
  gtk_widget_set_visible (self->plain_button, self->open != NULL);
  if (self->open != NULL)
    show_request (self);
  else
    show_plain (self);
}

static void
open_request (TcReceivePage *self, TcWalletRequest *request)
{
  TcWalletRequest *old = self->open;

  self->open = request != NULL ? tc_wallet_request_ref (request) : NULL;
  g_clear_pointer (&old, tc_wallet_request_unref);
  if (request == NULL)
    g_clear_pointer (&self->shown, g_free);
  show_card (self);
}

static void
scroll_up (TcReceivePage *self)
{
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

/* --- The list --- */

static void list_requests (TcReceivePage *self);

static void
on_row_opened (const TcWalletRequest *request, gpointer user_data)
{
  TcReceivePage *self = user_data;

  open_request (self, (TcWalletRequest *) request);
  scroll_up (self);
}

typedef struct
{
  TcWallet *wallet;
  gint64    id;
} Removal;

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  tc_wallet_remove_request_finish (TC_WALLET (source), result, NULL);
}

static void
undo_removal (gpointer user_data)
{
  const Removal *removal = user_data;

  tc_wallet_remove_request (removal->wallet, removal->id, FALSE, on_restored, NULL);
}

static void
free_removal (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->wallet);
  g_free (removal);
}

typedef struct
{
  TcReceivePage *page;
  gint64         id;
} RemoveCall;

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree RemoveCall *call = user_data;
  g_autoptr(TcReceivePage) self = call->page;
  g_autoptr(GError) error = NULL;
  Removal *removal;

  if (!tc_wallet_remove_request_finish (TC_WALLET (source), result, &error))
    {
      tc_toast (GTK_WIDGET (self), error->message);
      return;
    }
  removal = g_new0 (Removal, 1);
  *removal = (Removal) { TC_WALLET (g_object_ref (source)), call->id };
  tc_toast_undo (GTK_WIDGET (self), _("Request deleted"), undo_removal, removal, free_removal);
}

static void
on_row_removed (const TcWalletRequest *request, gpointer user_data)
{
  TcReceivePage *self = user_data;
  RemoveCall *call = g_new0 (RemoveCall, 1);

  *call = (RemoveCall) { g_object_ref (self), request->id };
  if (self->open != NULL && self->open->id == request->id)
    open_request (self, NULL);
  tc_wallet_remove_request (self->wallet, call->id, TRUE, on_removed, call);
}

static void
show_list (TcReceivePage *self)
{
  const guint n = self->list != NULL ? self->list->len : 0;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->requests, 0)) != NULL)
    gtk_list_box_remove (self->requests, GTK_WIDGET (row));
  for (guint i = 0; i < MIN (n, self->n_rows); i++)
    gtk_list_box_append (self->requests, tc_request_row_new (self->list->pdata[i], self->hidden, on_row_opened, on_row_removed, self));
  gtk_widget_set_visible (self->requests_group, n > 0);
  gtk_widget_set_visible (self->more_button, n > self->n_rows);
}

static gboolean
is_same_list (const GPtrArray *a, const GPtrArray *b)
{
  if (a == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const TcWalletRequest *one = a->pdata[i], *other = b->pdata[i];

      if (one->id != other->id || one->state != other->state || one->paid.units != other->paid.units)
        return FALSE;
    }
  return TRUE;
}

/* What is open may have been paid meanwhile. */
static void
renew_open (TcReceivePage *self)
{
  for (guint i = 0; self->open != NULL && i < self->list->len; i++)
    if (((TcWalletRequest *) self->list->pdata[i])->id == self->open->id)
      {
        open_request (self, self->list->pdata[i]);
        return;
      }
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcReceivePage) self = user_data;
  g_autoptr(GPtrArray) list = tc_wallet_list_requests_finish (TC_WALLET (source), result, NULL);

  self->asking = FALSE;
  if (list != NULL && self->wallet != NULL && !is_same_list (self->list, list))
    {
      g_clear_pointer (&self->list, g_ptr_array_unref);
      self->list = g_ptr_array_ref (list);
      show_list (self);
      renew_open (self);
    }
  if (self->ask_again)
    list_requests (self);
}

static void
list_requests (TcReceivePage *self)
{
  self->ask_again = self->asking;
  if (self->asking || self->wallet == NULL)
    return;
  self->asking = TRUE;
  tc_wallet_list_requests (self->wallet, tc_account_chooser_get_account (self->account), on_listed, g_object_ref (self));
}

static void
on_more_clicked (TcReceivePage *self)
{
  self->n_rows += 5 * ROWS_AT_ONCE;
  show_list (self);
}

/* --- The form --- */

static gboolean
parse_amount (TcReceivePage *self, TcAmount *ret_amount, GError **error)
{
  const char *text = gtk_editable_get_text (self->amount_entry);

  *ret_amount = (TcAmount) { 0 };
  return text[0] == '\0' || tc_amount_parse (text, ret_amount, error);
}

static void
show_problem (TcReceivePage *self, const char *problem)
{
  set_optional (self->problem, problem);
}

static void
on_form_changed (TcReceivePage *self)
{
  g_autoptr(GError) error = NULL;
  TcAmount amount;

  show_problem (self, parse_amount (self, &amount, &error) ? NULL : error->message);
  gtk_widget_set_sensitive (self->create_button, error == NULL);
}

static void
clear_form (TcReceivePage *self)
{
  gtk_editable_set_text (self->amount_entry, "");
  gtk_editable_set_text (self->label_entry, "");
  gtk_editable_set_text (self->message_entry, "");
  adw_combo_row_set_selected (self->expires, 0);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcReceivePage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcWalletRequest) request = NULL;
  TcWalletRequest *made = tc_wallet_create_request_finish (TC_WALLET (source), result, &error);

  gtk_widget_set_sensitive (self->create_button, TRUE);
  if (made == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  request = made;
  clear_form (self);
  open_request (self, request);
  list_requests (self);
  scroll_up (self);
  gtk_widget_grab_focus (self->copy_button);
}

static void
on_create_clicked (TcReceivePage *self)
{
  const gint64 span_s = spans[MIN (adw_combo_row_get_selected (self->expires), G_N_ELEMENTS (spans) - 1)].seconds;
  TcRequestOrder order = { .account = tc_account_chooser_get_account (self->account), .label = gtk_editable_get_text (self->label_entry),
                           .message = gtk_editable_get_text (self->message_entry),
                           .expires_s = span_s > 0 ? g_get_real_time () / G_USEC_PER_SEC + span_s : 0 };

  if (!gtk_widget_get_sensitive (self->create_button) || !parse_amount (self, &order.amount, NULL))
    return;
  gtk_widget_set_sensitive (self->create_button, FALSE);
  tc_wallet_create_request (self->wallet, &order, on_created, g_object_ref (self));
}

/* --- Copying, saving --- */

static void
on_copy_clicked (TcReceivePage *self)
{
  if (self->open != NULL)
    tc_copy_text (GTK_WIDGET (self), self->open->uri, _("Link copied"));
  else if (self->shown != NULL)
    tc_copy_text (GTK_WIDGET (self), self->shown, _("Address copied"));
}

static void
copy_link (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcReceivePage *self = TC_RECEIVE_PAGE (widget);
  const TcPaymentUri plain = { .address = self->shown };
  g_autofree char *uri = self->open != NULL ? g_strdup (self->open->uri) : self->shown != NULL ? tc_payment_uri_format (&plain, NULL) : NULL;

  if (uri != NULL)
    tc_copy_text (widget, uri, _("Link copied"));
}

static void
copy_picture (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr(GdkTexture) texture = tc_qr_code_make_texture (TC_RECEIVE_PAGE (widget)->code);

  if (texture == NULL)
    return;
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  tc_toast (widget, _("Picture copied"));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcReceivePage) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);

  tc_toast (GTK_WIDGET (self), ok ? _("Picture saved") : error->message);
}

static void
on_picture_file (GFile *file, gpointer user_data)
{
  TcReceivePage *self = user_data;
  g_autoptr(GdkTexture) texture = tc_qr_code_make_texture (self->code);
  g_autoptr(GBytes) png = texture != NULL ? gdk_texture_save_to_png_bytes (texture) : NULL;

  if (png != NULL)
    g_file_replace_contents_bytes_async (file, png, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_saved, g_object_ref (self));
}

static void
save_picture (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tc_compat_choose_file (GTK_WINDOW (gtk_widget_get_root (widget)), _("Save Picture"), "timecoin-request.png", on_picture_file, widget);
}

/* --- The plain address --- */

static void
on_new_address (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcReceivePage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *address = tc_wallet_new_address_finish (TC_WALLET (source), result, &error);

  gtk_widget_set_sensitive (self->new_button, TRUE);
  tc_toast (GTK_WIDGET (self), address != NULL ? _("New address") : error->message);
}

static void
on_new_clicked (TcReceivePage *self)
{
  gtk_widget_set_sensitive (self->new_button, FALSE);
  tc_wallet_new_address (self->wallet, tc_account_chooser_get_account (self->account), on_new_address, g_object_ref (self));
}

static void
on_plain_clicked (TcReceivePage *self)
{
  open_request (self, NULL);
  gtk_widget_grab_focus (self->copy_button);
}

/* --- The page --- */

static void
on_wallet_changed (TcReceivePage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = self->wallet == NULL ? NULL : tc_wallet_get_snapshot (self->wallet);

  if (snapshot == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->open == NULL)
    show_plain (self);
  if (snapshot->history_serial == self->serial)
    return;
  self->serial = snapshot->history_serial;
  list_requests (self);
}

static void
on_account_changed (TcReceivePage *self)
{
  if (self->wallet == NULL)
    return;
  open_request (self, NULL);
  list_requests (self);
}

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcReceivePage *self = TC_RECEIVE_PAGE (page);

  g_set_object (&self->wallet, wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  tc_account_chooser_set_wallet (self->account, wallet);
  show_card (self);
  list_requests (self);
}

static void
set_account (TcPage *page, guint32 account)
{
  tc_account_chooser_set_account (TC_RECEIVE_PAGE (page)->account, account);
}

static void
set_hidden (TcPage *page, gboolean hidden)
{
  TcReceivePage *self = TC_RECEIVE_PAGE (page);

  self->hidden = hidden;
  show_list (self);
  show_card (self);
}

static void
reset (TcPage *page)
{
  TcReceivePage *self = TC_RECEIVE_PAGE (page);

  clear_form (self);
  open_request (self, NULL);
  scroll_up (self);
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
  iface->set_account = set_account;
  iface->set_hidden = set_hidden;
  iface->reset = reset;
}

static void
tc_receive_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tc_receive_page_parent_class)->map (widget);
  on_wallet_changed (TC_RECEIVE_PAGE (widget));
}

static void
tc_receive_page_dispose (GObject *object)
{
  g_clear_object (&TC_RECEIVE_PAGE (object)->wallet);
  G_OBJECT_CLASS (tc_receive_page_parent_class)->dispose (object);
}

static void
tc_receive_page_finalize (GObject *object)
{
  TcReceivePage *self = TC_RECEIVE_PAGE (object);

  g_free (self->shown);
  g_clear_pointer (&self->list, g_ptr_array_unref);
  g_clear_pointer (&self->open, tc_wallet_request_unref);
  G_OBJECT_CLASS (tc_receive_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, scroller);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, code);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, heading);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, amount);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, message);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, state);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, state_icon);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, state_box);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, address);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, note);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, problem);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, copy_button);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, new_button);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, plain_button);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, create_button);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, amount_entry);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, label_entry);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, message_entry);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, expires);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, requests_group);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, requests);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, more_button);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, account);
}

static void
tc_receive_page_class_init (TcReceivePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_ACCOUNT_CHOOSER);
  g_type_ensure (TC_TYPE_QR_CODE);
  g_type_ensure (TC_TYPE_TWIN_BOX);
  G_OBJECT_CLASS (klass)->dispose = tc_receive_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_receive_page_finalize;
  widget_class->map = tc_receive_page_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/receive-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_account_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_new_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_plain_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_create_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
  gtk_widget_class_install_action (widget_class, "receive.copy-picture", NULL, copy_picture);
  gtk_widget_class_install_action (widget_class, "receive.save-picture", NULL, save_picture);
  gtk_widget_class_install_action (widget_class, "receive.copy-link", NULL, copy_link);
}

static void
tc_receive_page_init (TcReceivePage *self)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);

  self->n_rows = ROWS_AT_ONCE;
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    gtk_string_list_append (names, _(spans[i].name));
  adw_combo_row_set_model (self->expires, G_LIST_MODEL (names));
}
