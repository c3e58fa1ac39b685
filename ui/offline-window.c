#define G_LOG_DOMAIN "tc-ui"
#include "offline-window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "carry-box.h"
#include "files.h"
#include "helpers.h"
#include "notice.h"
#include "payment-facts.h"
#include "text.h"

struct _TcOfflineWindow
{
  AdwWindow      parent_instance;
  AdwWindowTitle *title;
  GtkWidget     *back, *go_on, *accept, *spinner, *empty, *show_input;
  GtkStack      *stack;
  GtkBox        *list, *review_box;
  GtkLabel      *input_words, *output_words;
  GtkTextView   *input;
  TcCarryBox    *carry;
  TcNotice      *notice;
  TcWallet      *wallet;
  TcOfflineTask  task;
  TcPaymentReview *review;   /* (nullable): shown */
  char          *wallet_name;
  gboolean       busy;
};

G_DEFINE_FINAL_TYPE (TcOfflineWindow, tc_offline_window, ADW_TYPE_WINDOW)

static void refresh_list (TcOfflineWindow *self);

/* --- What is shown --- */

static void
show_notice (TcOfflineWindow *self, TcNoticeKind kind, const char *text)
{
  tc_notice_set (self->notice, kind, text != NULL ? text : "", NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), text != NULL);
}

static void
update (TcOfflineWindow *self)
{
  gtk_widget_set_sensitive (self->go_on, !self->busy && gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->input)) > 0);
  gtk_widget_set_sensitive (self->accept, !self->busy);
  gtk_widget_set_visible (self->spinner, self->busy);
}

static void
set_busy (TcOfflineWindow *self, gboolean busy)
{
  self->busy = busy;
  update (self);
}

static void
show_page (TcOfflineWindow *self, const char *name)
{
  const gboolean first = g_str_equal (name, self->task == TC_OFFLINE_WAITING ? "list" : "input") || g_str_equal (name, "loading")
                         || (self->task == TC_OFFLINE_EXPORT_WATCH && g_str_equal (name, "output"));

  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_widget_set_visible (self->back, !first);
  show_notice (self, TC_NOTICE_INFO, NULL);
}

static void
finish_with_toast (TcOfflineWindow *self, const char *text)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", text);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
show_output (TcOfflineWindow *self, GBytes *sealed, const char *words, const char *suffix)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", self->wallet_name, suffix);

  gtk_label_set_text (self->output_words, words);
  tc_carry_box_set (self->carry, sealed, name);
  show_page (self, "output");
}

static void
show_review (TcOfflineWindow *self, TcPaymentReview *review)
{
  GtkWidget *child;

  g_clear_pointer (&self->review, tc_payment_review_unref);
  self->review = review;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->review_box))) != NULL)
    gtk_box_remove (self->review_box, child);
  gtk_box_append (self->review_box, tc_payment_facts_new (review));
  gtk_button_set_label (GTK_BUTTON (self->accept), self->task == TC_OFFLINE_SIGN ? _("_Sign") : _("_Send"));
  show_page (self, "review");
  gtk_widget_grab_focus (self->accept);
}

/* --- Where a payment is signed --- */

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOfflineWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) sealed = tc_wallet_sign_unsigned_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)  /* closed meanwhile */
    return;
  set_busy (self, FALSE);
  if (sealed == NULL)
    {
      show_notice (self, TC_NOTICE_ERROR, error->message);
      return;
    }
  adw_window_title_set_title (self->title, _("Payment Signed"));
  show_output (self, sealed, _("The payment is signed, and nothing was sent yet. Carry it back to the wallet that prepared it, which sends it."), "signed");
}

/* --- Where it is sent --- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOfflineWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  TcHash txid;
  const gboolean sent = tc_wallet_send_signed_finish (TC_WALLET (source), result, &txid, &error);

  if (self->wallet == NULL)
    return;
  set_busy (self, FALSE);
  if (!sent)
    {
      show_notice (self, TC_NOTICE_ERROR, error->message);
      return;
    }
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autofree char *hex = tc_hash_to_hex (&txid);
  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.show-payment", "s", hex);
  finish_with_toast (self, _("Payment sent"));
}

static void
on_accept (TcOfflineWindow *self)
{
  if (self->review == NULL || self->busy)
    return;
  show_notice (self, TC_NOTICE_INFO, NULL);
  set_busy (self, TRUE);
  if (self->task == TC_OFFLINE_SIGN)
    tc_wallet_sign_unsigned (self->wallet, self->review->sealed, on_signed, g_object_ref (self));
  else
    tc_wallet_send_signed (self->wallet, self->review->sealed, on_sent, g_object_ref (self));
}

/* --- What is brought --- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOfflineWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  TcPaymentReview *review = self->task == TC_OFFLINE_SIGN ? tc_wallet_read_unsigned_finish (TC_WALLET (source), result, &error)
                                                          : tc_wallet_read_signed_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)
    {
      g_clear_pointer (&review, tc_payment_review_unref);
      return;
    }
  set_busy (self, FALSE);
  if (review != NULL)
    show_review (self, review);
  else
    show_notice (self, TC_NOTICE_ERROR, error->message);
}

static void
on_watch_imported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOfflineWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  guint32 n_new = 0;
  const gboolean ok = tc_wallet_import_watch_finish (TC_WALLET (source), result, &n_new, &error);

  if (self->wallet == NULL)
    return;
  set_busy (self, FALSE);
  if (!ok)
    show_notice (self, TC_NOTICE_ERROR, error->message);
  else if (n_new == 0)
    show_notice (self, TC_NOTICE_INFO, _("This watch file has no addresses that were not known already. Make a newer one."));
  else
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u address more is watched", "%u addresses more are watched", n_new), n_new);

      finish_with_toast (self, text);
    }
}

static void
take (TcOfflineWindow *self, GBytes *data)
{
  show_notice (self, TC_NOTICE_INFO, NULL);
  set_busy (self, TRUE);
  if (self->task == TC_OFFLINE_SIGN)
    tc_wallet_read_unsigned (self->wallet, data, on_read, g_object_ref (self));
  else if (self->task == TC_OFFLINE_IMPORT_WATCH)
    tc_wallet_import_watch (self->wallet, data, on_watch_imported, g_object_ref (self));
  else
    tc_wallet_read_signed (self->wallet, data, on_read, g_object_ref (self));
}

static void
on_go_on (TcOfflineWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->input);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  char *text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_autoptr(GBytes) data = g_bytes_new_take (text, strlen (text));
  take (self, data);
}

static void
on_file (GBytes *data, const GError *error, gpointer user_data)
{
  TcOfflineWindow *self = user_data;

  if (data == NULL)
    show_notice (self, TC_NOTICE_ERROR, error->message);
  else if (!self->busy)
    take (self, data);
}

static void
on_open_file (TcOfflineWindow *self)
{
  const gsize size_max = self->task == TC_OFFLINE_IMPORT_WATCH ? TC_WATCH_FILE_MAX : TC_PAYMENT_FILE_MAX;

  tc_files_open (GTK_WINDOW (self), _("Open File"), 2 * size_max, on_file, self);
}

static void
show_input (TcOfflineWindow *self)
{
  static const char *const words[] = {
    [TC_OFFLINE_SIGN] = N_("Open the file of a payment that was prepared by a wallet that watches, or paste its text or what its QR codes say. You see all of it before it is signed."),
    [TC_OFFLINE_WAITING] = N_("Open the file of the signed payment, or paste its text or what its QR codes say. You see all of it before it is sent."),
    [TC_OFFLINE_IMPORT_WATCH] = N_("Open a newer watch file of the same wallet, or paste its text."),
  };

  gtk_label_set_text (self->input_words, _(words[self->task]));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->input), "", -1);
  show_page (self, "input");
  update (self);
}

static void
on_back (TcOfflineWindow *self)
{
  if (self->task == TC_OFFLINE_WAITING)
    refresh_list (self);
  else
    show_input (self);
}

/* --- The payments that wait --- */

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOfflineWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = tc_wallet_drop_waiting_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)
    return;
  refresh_list (self);
  if (!ok)
    show_notice (self, TC_NOTICE_ERROR, error->message);
}

static TcPaymentReview *
review_of (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "review");
}

static void
on_drop (GtkWidget *button, TcOfflineWindow *self)
{
  tc_wallet_drop_waiting (self->wallet, review_of (button)->id, on_dropped, g_object_ref (self));
}

static const char *
carry_words (void)
{
  return _("Carry this to the wallet with the phrase, and sign it there with “Sign a Payment…”. Its coins are kept until you send or drop it.");
}

static void
on_show (GtkWidget *button, TcOfflineWindow *self)
{
  show_output (self, review_of (button)->sealed, carry_words (), "unsigned");
}

static GtkWidget *
make_button (TcOfflineWindow *self, TcPaymentReview *review, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_object_set_data_full (G_OBJECT (button), "review", tc_payment_review_ref (review), (GDestroyNotify) tc_payment_review_unref);
  g_signal_connect (button, "clicked", callback, self);
  return button;
}

static void
add_waiting (TcOfflineWindow *self, TcPaymentReview *review)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_append (GTK_BOX (card), tc_payment_facts_new (review));
  if (!review->is_stale)
    gtk_box_append (GTK_BOX (buttons), make_button (self, review, _("Show Code and File"), G_CALLBACK (on_show)));
  gtk_box_append (GTK_BOX (buttons), make_button (self, review, _("Drop"), G_CALLBACK (on_drop)));
  gtk_widget_set_halign (buttons, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (card), buttons);
  gtk_box_append (self->list, card);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOfflineWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) waiting = tc_wallet_list_waiting_finish (TC_WALLET (source), result, &error);
  GtkWidget *child;

  if (self->wallet == NULL)
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_box_remove (self->list, child);
  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    add_waiting (self, g_ptr_array_index (waiting, i));
  gtk_widget_set_visible (self->empty, waiting != NULL && waiting->len == 0);
  show_page (self, "list");
  gtk_widget_grab_focus (self->show_input);
  if (waiting == NULL)
    show_notice (self, TC_NOTICE_ERROR, error->message);
}

static void
refresh_list (TcOfflineWindow *self)
{
  adw_window_title_set_title (self->title, _("Payments to Be Signed"));
  tc_wallet_list_waiting (self->wallet, on_listed, g_object_ref (self));
}

/* --- What is made at once --- */

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOfflineWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentReview) review = tc_wallet_export_payment_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)
    return;
  adw_window_title_set_title (self->title, _("Unsigned Payment"));
  if (review != NULL)
    show_output (self, review->sealed, carry_words (), "unsigned");
  else
    {
      refresh_list (self);
      show_notice (self, TC_NOTICE_ERROR, error->message);
    }
}

static void
on_watch_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOfflineWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) sealed = tc_wallet_export_watch_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)
    return;
  if (sealed == NULL)
    show_notice (self, TC_NOTICE_ERROR, error->message);
  else
    show_output (self, sealed, _("Whoever has this file sees all payments of this wallet, past and future, and can spend nothing. A wallet made from it watches."), "watch");
}

static void
on_input_changed (TcOfflineWindow *self)
{
  update (self);
}

static void
tc_offline_window_dispose (GObject *object)
{
  TcOfflineWindow *self = TC_OFFLINE_WINDOW (object);

  g_clear_pointer (&self->review, tc_payment_review_unref);
  g_clear_pointer (&self->wallet_name, g_free);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_offline_window_parent_class)->dispose (object);
}

static void
tc_offline_window_class_init (TcOfflineWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_CARRY_BOX);
  g_type_ensure (TC_TYPE_NOTICE);
  G_OBJECT_CLASS (klass)->dispose = tc_offline_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/offline-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, back);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, go_on);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, accept);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, empty);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, show_input);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, list);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, review_box);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, input_words);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, output_words);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, input);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, carry);
  gtk_widget_class_bind_template_child (widget_class, TcOfflineWindow, notice);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_go_on);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_bind_template_callback (widget_class, on_open_file);
  gtk_widget_class_bind_template_callback (widget_class, on_input_changed);
  gtk_widget_class_bind_template_callback (widget_class, show_input);
}

static void
tc_offline_window_init (TcOfflineWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
}

static TcOfflineWindow *
window_new (GtkWindow *parent, TcWallet *wallet, TcOfflineTask task)
{
  TcOfflineWindow *self = g_object_new (TC_TYPE_OFFLINE_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  self->wallet = g_object_ref (wallet);
  self->wallet_name = g_strdup (snapshot->name);
  self->task = task;
  return self;
}

GtkWindow *
tc_offline_window_new (GtkWindow *parent, TcWallet *wallet, TcOfflineTask task)
{
  static const char *const titles[] = { [TC_OFFLINE_SIGN] = N_("Sign a Payment"), [TC_OFFLINE_WAITING] = N_("Payments to Be Signed"),
                                        [TC_OFFLINE_EXPORT_WATCH] = N_("Watch File"), [TC_OFFLINE_IMPORT_WATCH] = N_("Newer Watch File") };
  TcOfflineWindow *self = window_new (parent, wallet, task);

  gtk_window_set_title (GTK_WINDOW (self), _(titles[task]));
  adw_window_title_set_title (self->title, _(titles[task]));
  if (task == TC_OFFLINE_WAITING)
    refresh_list (self);
  else if (task == TC_OFFLINE_EXPORT_WATCH)
    tc_wallet_export_watch (wallet, on_watch_exported, g_object_ref (self));
  else
    show_input (self);
  return GTK_WINDOW (self);
}

GtkWindow *
tc_offline_window_new_payment (GtkWindow *parent, TcWallet *wallet, TcPaymentDraft *draft)
{
  TcOfflineWindow *self = window_new (parent, wallet, TC_OFFLINE_WAITING);

  gtk_window_set_title (GTK_WINDOW (self), _("Unsigned Payment"));
  adw_window_title_set_title (self->title, _("Unsigned Payment"));
  tc_wallet_export_payment (wallet, draft, on_exported, g_object_ref (self));
  return GTK_WINDOW (self);
}
