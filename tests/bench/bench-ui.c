/* How long the main loop is kept from its work while 1 000 payments arrive in a wallet whose Overview and History are both on the screen.
 *
 * See watchdog.h. The same is measured before, with the same windows and nothing arriving, and on a bare loop without windows: the machine's limit. */
#include <locale.h>

#include <adwaita.h>
#include <glib/gstdio.h>

#include "core/key.h"
#include "ui/resources.h"
#include "ui/session.h"
#include "ui/wallet-maker.h"
#include "ui/wallet-view.h"
#include "watchdog.h"

#define N_PAYMENTS  1000u
#define N_IN_FLIGHT 20u
#define N_SPLIT     100u
#define QUIET_S     10u

/* --- Two wallets on a local network --- */

typedef struct
{
  TcSession *session;
  TcWallet  *payer, *watched;
  TcWallet  *made;            /* by the call that is waited for */
  char      *address;
  guint      n_started, n_in_flight, n_done;
  gboolean   ready;
} Bench;

static void
fail_on (GError *error, const char *what)
{
  if (error != NULL)
    g_error ("%s: %s", what, error->message);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;
  GError *error = NULL;

  self->made = tc_wallet_make_finish (result, &error);
  fail_on (error, "a wallet");
}

static TcWallet *
make_wallet (Bench *self, const char *name)
{
  self->made = NULL;
  tc_wallet_make_async (self->session, &(TcWalletMake) { .network = TC_SESSION_LOCAL, .address_digit = '0', .name = name }, on_made, self);
  while (self->made == NULL)
    g_main_context_iteration (NULL, TRUE);
  tc_session_add_wallet (self->session, TC_SESSION_LOCAL, self->made);
  return self->made;
}

static guint64
available (TcWallet *wallet)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  return snapshot->available.units;
}

static void pay (Bench *self, const TcRecipient *recipients, gsize n_recipients);

static void
pay_next (Bench *self)
{
  const TcRecipient recipient = { .address = self->address, .amount = { TC_AMOUNT_PER_TIME } };

  while (self->n_in_flight < N_IN_FLIGHT && self->n_started < N_PAYMENTS)
    {
      self->n_started++;
      self->n_in_flight++;
      pay (self, &recipient, 1);
    }
}

static gboolean
on_again (gpointer user_data)
{
  pay_next (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;
  GError *error = NULL;
  TcHash txid;

  tc_wallet_send_payment_finish (TC_WALLET (source), result, &txid, &error);
  fail_on (error, "a payment");
  self->n_in_flight--;
  self->n_done++;
  pay_next (self);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentDraft) draft = tc_wallet_prepare_payment_finish (TC_WALLET (source), result, &error);

  if (draft != NULL)
    {
      tc_wallet_send_payment (self->payer, draft, on_sent, self);
      return;
    }
  /* All coins are on their way: some are back in a moment. */
  if (!g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT))
    g_error ("a payment: %s", error->message);
  self->n_in_flight--;
  self->n_started--;
  g_timeout_add (50, on_again, self);
}

static void
pay (Bench *self, const TcRecipient *recipients, gsize n_recipients)
{
  const TcPaymentOrder order = { .recipients = recipients, .n_recipients = n_recipients };

  tc_wallet_prepare_payment (self->payer, &order, NULL, on_prepared, self);
}

/* Many coins, so that many payments can be under way at once. */
static void
split (Bench *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->payer);
  TcRecipient recipients[N_SPLIT];

  for (guint i = 0; i < N_SPLIT; i++)
    recipients[i] = (TcRecipient) { .address = snapshot->first_address, .amount = { 1000 * TC_AMOUNT_PER_TIME } };
  self->n_started = N_PAYMENTS;
  self->n_in_flight = 1;
  pay (self, recipients, N_SPLIT);
  while (self->n_done == 0)
    g_main_context_iteration (NULL, TRUE);
  while (available (self->payer) < N_SPLIT * 1000 * TC_AMOUNT_PER_TIME)
    g_main_context_iteration (NULL, TRUE);
  self->n_done = self->n_started = 0;
}

static GtkWidget *
show (Bench *self, const char *page)
{
  GtkWidget *window = adw_window_new (), *view = tc_wallet_view_new (self->session, self->watched);

  gtk_window_set_default_size (GTK_WINDOW (window), 900, 720);
  adw_window_set_content (ADW_WINDOW (window), view);
  tc_wallet_view_show_page (TC_WALLET_VIEW (view), page);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static gboolean
on_time (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint seconds)
{
  gboolean over = FALSE;

  g_timeout_add_seconds (seconds, on_time, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
measure (const char *what, guint seconds)
{
  Watchdog *watchdog = watchdog_start ();

  run_for (seconds);
  watchdog_stop (watchdog, what);
}

static void
measure_payments (Bench *self)
{
  Watchdog *watchdog = watchdog_start ();
  const gint64 start_us = g_get_monotonic_time ();

  pay_next (self);
  while (self->n_done < N_PAYMENTS || available (self->watched) < N_PAYMENTS * TC_AMOUNT_PER_TIME)
    g_main_context_iteration (NULL, TRUE);
  g_print ("%u payments arrived, each final, in %.1f s\n", N_PAYMENTS, (double) (g_get_monotonic_time () - start_us) / 1e6);
  watchdog_stop (watchdog, "main loop while they arrived");
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer done)
{
  tc_session_stop_finish (TC_SESSION (source), result);
  *(gboolean *) done = TRUE;
}

int
main (int argc, char *argv[])
{
  g_autofree char *dir = g_dir_make_tmp ("timecoin-bench-ui-XXXXXX", NULL);
  Bench self = { 0 };
  GtkWidget *overview, *history;
  gboolean stopped = FALSE;

  setlocale (LC_ALL, "");
  tc_crypto_init ();
  measure ("bare main loop", 3);
  gtk_init ();
  adw_init ();
  tc_ui_register_resources ();
  {
    g_autoptr(GtkCssProvider) css = gtk_css_provider_new ();

    gtk_css_provider_load_from_resource (css, "/org/timecoin/TimeCoin/style.css");
    gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  }
  self.session = tc_session_new (dir, NULL, NULL);
  self.payer = make_wallet (&self, "payer");
  self.watched = make_wallet (&self, "watched");
  while (available (self.payer) == 0)
    g_main_context_iteration (NULL, TRUE);
  {
    g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self.watched);

    self.address = g_strdup (snapshot->first_address);
  }
  split (&self);
  overview = show (&self, "overview");
  history = show (&self, "history");
  run_for (2);
  measure ("windows shown, nothing arriving", QUIET_S);
  measure_payments (&self);
  gtk_window_destroy (GTK_WINDOW (overview));
  gtk_window_destroy (GTK_WINDOW (history));
  tc_session_stop_async (self.session, on_stopped, &stopped);
  while (!stopped)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
