#define G_LOG_DOMAIN "tc-ui"
#include "send-page.h"

#include <glib/gi18n.h>

#include "coins-page.h"
#include "offline-window.h"
#include "send-form.h"
#include "send-progress.h"
#include "send-review.h"
#include "helpers.h"
#include "wallet/wallet-records.h"

struct _TcSendPage
{
  AdwBin          parent_instance;
  GtkStack       *stack;
  TcSendForm     *form;
  TcCoinsPage    *coins;
  TcSendReview   *review;
  TcSendProgress *progress;
  TcSession      *session;
  TcWallet       *wallet;
  TcPaymentDraft *draft;
  GPtrArray      *names;       /* (nullable) (element-type utf8) of the draft's recipients */
  GCancellable   *preparing;   /* (nullable) */
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcSendPage, tc_send_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

static void
show_page (TcSendPage *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
}

static gboolean
is_at (TcSendPage *self, const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0;
}

/* --- From form to review --- */

static gboolean
watches_only (TcSendPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  return snapshot->watch_only;
}

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
  tc_send_form_set_busy (self->form, preparing);
}

/* @draft: (transfer full) (nullable). */
static void
take_draft (TcSendPage *self, TcPaymentDraft *draft, const GError *error)
{
  set_preparing (self, FALSE);
  if (draft == NULL)
    {
      show_page (self, "form");
      tc_send_form_show_error (self->form, error);
      return;
    }
  drop_draft (self);
  self->draft = draft;
  const TcWalletFees fees = tc_wallet_get_fees (self->wallet);
  tc_send_review_show (self->review, self->draft, self->names, &fees, tc_session_is_local (self->session));
  if (watches_only (self))
    tc_send_review_set_unsigned (self->review);
  show_page (self, "review");
  tc_send_review_focus (self->review);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentDraft) draft = tc_wallet_prepare_payment_finish (TC_WALLET (source), result, &error);

  if (self->wallet != NULL && self->preparing != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    take_draft (self, g_steal_pointer (&draft), error);
}

static void
on_form_review (TcSendPage *self)
{
  TcPaymentOrder order;

  if (self->preparing != NULL || !tc_send_form_get_order (self->form, &order))
    return;
  g_clear_pointer (&self->names, g_ptr_array_unref);
  self->names = tc_send_form_get_names (self->form);
  set_preparing (self, TRUE);
  tc_wallet_prepare_payment (self->wallet, &order, self->preparing, on_prepared, g_object_ref (self));
}

/* --- Coins --- */

static void
on_choose_coins (TcSendPage *self)
{
  tc_coins_page_open (self->coins, tc_send_form_get_account (self->form), tc_send_form_get_coins (self->form));
  show_page (self, "coins");
  tc_coins_page_focus (self->coins);
}

static void
leave_coins (TcSendPage *self)
{
  show_page (self, "form");
  tc_coins_page_empty (self->coins);
}

static void
on_coins_back (TcSendPage *self)
{
  leave_coins (self);
}

static void
on_coins_use (TcSendPage *self)
{
  g_autoptr(GPtrArray) picked = tc_coins_page_get_picked (self->coins);

  tc_send_form_set_coins (self->form, picked);
  leave_coins (self);
}

static void
on_joining (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentDraft) draft = tc_wallet_prepare_consolidation_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL || self->preparing == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (draft == NULL)
    {
      set_preparing (self, FALSE);
      tc_toast (GTK_WIDGET (self), error->message);
      return;
    }
  take_draft (self, g_steal_pointer (&draft), NULL);
  tc_coins_page_empty (self->coins);
}

static void
on_coins_join (TcCoinsPage *coins, guint64 below_units, TcSendPage *self)
{
  if (self->preparing != NULL)
    return;
  g_clear_pointer (&self->names, g_ptr_array_unref);
  set_preparing (self, TRUE);
  tc_wallet_prepare_consolidation (self->wallet, tc_send_form_get_account (self->form), (TcAmount) { below_units }, 0, self->preparing, on_joining, g_object_ref (self));
}

/* --- From review to final --- */

static void
on_review_back (TcSendPage *self)
{
  drop_draft (self);
  show_page (self, "form");
  tc_send_form_focus (self->form);
}

static void
on_labelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_wallet_set_label_finish (TC_WALLET (source), result, &error))
    g_debug ("the name of an address was not kept: %s", error->message);
}

/* The payment left: the names that were written for its addresses are kept. */
static void
keep_names (TcSendPage *self, const TcPaymentDraft *draft)
{
  for (guint i = 0; self->names != NULL && i < self->names->len && i < draft->n_recipients; i++)
    if (g_ptr_array_index (self->names, i) != NULL)
      tc_wallet_set_label (self->wallet, draft->recipients[i].address, g_ptr_array_index (self->names, i), on_labelled, NULL);
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
      if (self->draft != NULL)
        show_page (self, "review");
      return;
    }
  if (self->draft != NULL)
    keep_names (self, self->draft);
  g_clear_pointer (&self->draft, tc_payment_draft_unref);
  tc_send_form_empty (self->form);
  tc_send_progress_follow (self->progress, self->wallet, &txid);
}

/* It waits for its signature; what comes back is sent from there. */
static void
make_unsigned (TcSendPage *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  keep_names (self, self->draft);
  gtk_window_present (tc_offline_window_new_payment (window, self->wallet, self->draft));
  g_clear_pointer (&self->draft, tc_payment_draft_unref);
  tc_send_form_empty (self->form);
  show_page (self, "form");
}

static void
on_review_send (TcSendPage *self)
{
  if (self->draft == NULL)
    return;
  if (watches_only (self))
    {
      make_unsigned (self);
      return;
    }
  tc_send_review_set_busy (self->review, TRUE);
  tc_send_review_set_error (self->review, NULL);
  tc_send_progress_begin (self->progress, self->draft);
  show_page (self, "progress");
  tc_wallet_send_payment (self->wallet, self->draft, on_sent, g_object_ref (self));
}

static void
focus (TcPage *page)
{
  TcSendPage *self = TC_SEND_PAGE (page);

  if (is_at (self, "form"))
    tc_send_form_focus (self->form);
}

static void
on_progress_done (TcSendPage *self)
{
  show_page (self, "form");
  focus (TC_PAGE (self));
}

/* --- */

static void
on_wallet_changed (TcSendPage *self)
{
  tc_send_form_update (self->form);
}

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcSendPage *self = TC_SEND_PAGE (page);

  g_set_object (&self->session, session);
  g_set_object (&self->wallet, wallet);
  tc_send_form_set_wallet (self->form, session, wallet);
  tc_coins_page_set_wallet (self->coins, wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
}

static void
set_account (TcPage *page, guint32 account)
{
  tc_send_form_set_account (TC_SEND_PAGE (page)->form, account);
}

static void
set_hidden (TcPage *page, gboolean hidden)
{
  TcSendPage *self = TC_SEND_PAGE (page);

  tc_send_form_set_hidden (self->form, hidden);
  tc_coins_page_set_hidden (self->coins, hidden);
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
  g_clear_pointer (&self->names, g_ptr_array_unref);
  tc_send_form_empty (self->form);
  tc_coins_page_empty (self->coins);
  show_page (self, "form");
}

/* A payment that is being looked at, or on its way, is not swept aside. */
static void
show (TcPage *page, const char *what)
{
  TcSendPage *self = TC_SEND_PAGE (page);

  if (is_at (self, "progress"))
    show_page (self, "form");
  if (is_at (self, "coins"))
    leave_coins (self);
  if (is_at (self, "review"))
    tc_toast (GTK_WIDGET (self), _("Send or leave this payment first"));
  else
    tc_send_form_take_text (self->form, what);
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
  iface->set_hidden = set_hidden;
  iface->set_account = set_account;
  iface->reset = reset;
  iface->show = show;
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
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_send_page_parent_class)->dispose (object);
}

static void
tc_send_page_class_init (TcSendPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_SEND_FORM);
  g_type_ensure (TC_TYPE_COINS_PAGE);
  g_type_ensure (TC_TYPE_SEND_REVIEW);
  g_type_ensure (TC_TYPE_SEND_PROGRESS);
  G_OBJECT_CLASS (klass)->dispose = tc_send_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/send-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, form);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, coins);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, review);
  gtk_widget_class_bind_template_child (widget_class, TcSendPage, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_form_review);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_coins);
  gtk_widget_class_bind_template_callback (widget_class, on_coins_back);
  gtk_widget_class_bind_template_callback (widget_class, on_coins_use);
  gtk_widget_class_bind_template_callback (widget_class, on_coins_join);
  gtk_widget_class_bind_template_callback (widget_class, on_review_back);
  gtk_widget_class_bind_template_callback (widget_class, on_review_send);
  gtk_widget_class_bind_template_callback (widget_class, on_progress_done);
}

static void
tc_send_page_init (TcSendPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
}
