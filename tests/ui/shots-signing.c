/* What keys do besides paying: messages, payments signed elsewhere, wallets that watch. */
#include "shots.h"

#include "ui/carry-box.h"
#include "ui/offline-window.h"
#include "ui/watch-mark.h"
#include "ui/welcome-watch.h"
#include "ui/window.h"

static void
settle (void)
{
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
}

static GtkWidget *
open_dialog (TcShots *self, const char *action)
{
  gtk_widget_activate_action (self->window, action, NULL);
  settle ();
  return tc_shots_find_dialog (self);
}

/* The nth text view of @root, depth first. */
static GtkTextView *
find_view (GtkWidget *root, guint *n)
{
  if (GTK_IS_TEXT_VIEW (root) && gtk_widget_get_mapped (root) && (*n)-- == 0)
    return GTK_TEXT_VIEW (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkTextView *found = find_view (child, n);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
write_view (GtkWidget *root, guint n, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (find_view (root, &n)), text, -1);
}

static void
take_small (TcShots *self, const char *name)
{
  if (tc_shots_wants (self, name))
    tc_shots_take_one (self, tc_shots_find_dialog (self), name, FALSE, TRUE);
}

static void
take_messages (TcShots *self)
{
  GtkWidget *dialog = open_dialog (self, "win.sign-message");

  write_view (dialog, 0, "I am the owner of this address, and it is I who asks for the refund of 22 November.");
  tc_drive_press (dialog, "Sign Message");
  settle ();
  tc_shots_take_dialog (self, "signing-sign-message", FALSE);
  take_small (self, "signing-sign-message-small");
  tc_drive_press (dialog, "Verify");
  settle ();
  write_view (dialog, 0, "I am the owner of this address.");
  write_view (dialog, 1, "AQ+nothing+good");
  settle ();
  tc_drive_press (dialog, "Verify Message");
  tc_shots_take_dialog (self, "signing-verify-message", TRUE);
}

typedef struct
{
  TcPaymentDraft *draft;
  GBytes         *bytes;
} Made;

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Made *) user_data)->draft = tc_wallet_prepare_payment_finish (TC_WALLET (source), result, NULL);
}

static void
on_watch_file (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Made *) user_data)->bytes = tc_wallet_export_watch_finish (TC_WALLET (source), result, NULL);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GPtrArray) waiting = tc_wallet_list_waiting_finish (TC_WALLET (source), result, NULL);
  const TcPaymentReview *review = waiting != NULL && waiting->len > 0 ? g_ptr_array_index (waiting, waiting->len - 1) : NULL;

  if (review != NULL)
    ((Made *) user_data)->bytes = g_bytes_ref (review->sealed);
}

static gboolean
is_made (gpointer made)
{
  return ((Made *) made)->draft != NULL || ((Made *) made)->bytes != NULL;
}

static void
take_payment (TcShots *self, TcWallet *wallet)
{
  g_autofree char *address = tc_shots_some_address (0x51);
  const TcRecipient recipient = { .address = address, .amount = { 12 * TC_AMOUNT_PER_TIME } };
  const TcPaymentOrder order = { .recipients = &recipient, .n_recipients = 1, .memo = "Invoice 2031-17" };
  Made made = { 0 }, listed = { 0 };

  tc_wallet_prepare_payment (wallet, &order, NULL, on_prepared, &made);
  if (!tc_drive_until (is_made, &made, 10000))
    g_error ("no payment is prepared");
  gtk_window_present (tc_offline_window_new_payment (GTK_WINDOW (self->window), wallet, made.draft));
  settle ();
  tc_shots_take_dialog (self, "signing-unsigned-payment", FALSE);
  take_small (self, "signing-unsigned-payment-small");
  tc_drive_press (tc_shots_find_dialog (self), "Back");
  settle ();
  tc_shots_take_dialog (self, "signing-waiting", TRUE);
  tc_wallet_list_waiting (wallet, on_listed, &listed);
  if (!tc_drive_until (is_made, &listed, 10000))
    g_error ("no payment waits");
  g_autofree char *text = tc_envelope_to_text (listed.bytes);
  GtkWidget *dialog = open_dialog (self, "win.sign-payment");
  tc_shots_take_dialog (self, "signing-sign-payment", FALSE);
  write_view (dialog, 0, text);
  tc_drive_press (dialog, "Continue");
  settle ();
  tc_shots_take_dialog (self, "signing-sign-review", FALSE);
  take_small (self, "signing-sign-review-small");
  tc_drive_press (dialog, "Sign");
  settle ();
  tc_shots_take_dialog (self, "signing-signed", TRUE);
  dialog = open_dialog (self, "win.waiting-payments");
  tc_drive_press (dialog, "Drop");
  settle ();
  tc_shots_take_dialog (self, "signing-waiting-none", TRUE);
  g_bytes_unref (listed.bytes);
  tc_payment_draft_unref (made.draft);
}

static void
take_watching (TcShots *self, TcWallet *wallet)
{
  TcSession *session = tc_application_get_session (self->application);
  g_autoptr(GPtrArray) networks = g_ptr_array_new ();
  Made made = { 0 };
  GtkWidget *window;

  tc_wallet_export_watch (wallet, on_watch_file, &made);
  if (!tc_drive_until (is_made, &made, 20000))
    g_error ("no watch file is made");
  open_dialog (self, "win.export-watch");
  settle ();
  tc_shots_take_dialog (self, "signing-watch-file", TRUE);
  window = GTK_WIDGET (tc_welcome_watch_new (GTK_WINDOW (self->window), session, networks));
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  tc_shots_take_dialog (self, "signing-watch-a-wallet", FALSE);
  write_view (window, 0, "TIME0notAnAddress");
  settle ();
  tc_shots_take_dialog (self, "signing-watch-a-wallet-wrong", TRUE);
  g_bytes_unref (made.bytes);
}

void
tc_shots_signing (TcShots *self)
{
  TcWallet *wallet = tc_window_get_wallet (TC_WINDOW (self->window));

  take_messages (self);
  take_payment (self, wallet);
  take_watching (self, wallet);
}
