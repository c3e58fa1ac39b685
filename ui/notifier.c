#define G_LOG_DOMAIN "tc-ui"
#include "notifier.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "helpers.h"
#include "text.h"
#include "window.h"

#define NEWEST_ROWS    20u
#define AT_ONCE_MAX    3u              /* more come together as one */
#define OLD_MS         (60 * 60 * 1000)  /* what is older was not missed by a minute: it was found while catching up */

/* One open wallet. */
typedef struct
{
  TcNotifier *notifier;
  TcWallet   *wallet;
  gulong      handler;
  guint64     serial;
  gboolean    listing, again, begun;
  GHashTable *states;      /* txid in hex -> TcWalletTxState + 1: what was seen of the newest */
  GHashTable *sent;        /* ids of notifications that are out */
  gboolean    locked;
} Watch;

struct _TcNotifier
{
  GObject       parent_instance;
  GApplication *application;   /* borrowed: it owns this */
  TcSession    *session;
  GSettings    *settings;      /* (nullable) */
  GPtrArray    *watches;
};

G_DEFINE_FINAL_TYPE (TcNotifier, tc_notifier, G_TYPE_OBJECT)

/* --- Whether, and what --- */

static gboolean
is_allowed (TcNotifier *self, const char *key)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, key);
}

/* Whether the user looks at a window of this wallet. */
static gboolean
is_looked_at (TcNotifier *self, TcWallet *wallet)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self->application)); l != NULL; l = l->next)
    {
      GtkWindow *parent = gtk_window_get_transient_for (l->data);
      gpointer window = parent != NULL ? parent : l->data;

      if (gtk_window_is_active (l->data) && TC_IS_WINDOW (window) && tc_window_get_wallet (window) == wallet)
        return TRUE;
    }
  return FALSE;
}

static void
send (Watch *watch, const char *id, const char *title, const char *body, const char *page, const char *what)
{
  TcNotifier *self = watch->notifier;
  g_autoptr(GNotification) notification = g_notification_new (title);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (watch->wallet);

  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-on", "(sss)", snapshot->name, page, what);
  g_application_send_notification (self->application, id, notification);
  g_hash_table_add (watch->sent, g_strdup (id));
}

static void
withdraw_all (Watch *watch)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, watch->sent);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      g_application_withdraw_notification (watch->notifier->application, id);
      g_hash_table_iter_remove (&iter);
    }
}

static char *
dup_body (TcNotifier *self, const TcWalletTx *tx, const char *wallet)
{
  const gboolean hidden = self->settings != NULL && g_settings_get_boolean (self->settings, "hide-amounts");
  g_autofree char *amount = tc_tx_amount_text (tx, FALSE);

  /* Translators: the body of a notification: an amount with its unit, and the name of a wallet. */
  return hidden ? g_strdup (wallet) : g_strdup_printf (_("%s – %s"), amount, wallet);
}

static void
notify_tx (Watch *watch, const TcWalletTx *tx, const char *wallet)
{
  TcNotifier *self = watch->notifier;
  const gboolean incoming = tc_tx_is_incoming (tx), final = tx->state == TC_WALLET_TX_FINAL || tx->state == TC_WALLET_TX_CONFIRMED;
  g_autofree char *txid = tc_txid_text (&tx->txid), *body = dup_body (self, tx, wallet);
  /* One's own other wallet may have the same payment. */
  g_autofree char *id = g_strdup_printf ("payment-%s-%s", wallet, txid);

  if (final && is_allowed (self, "notify-final"))
    send (watch, id, incoming ? _("Payment Received: Final") : _("Payment Sent: Final"), body, "history", txid);
  else if (incoming && is_allowed (self, "notify-received"))
    send (watch, id, _("Payment Coming In"), body, "history", txid);
}

/* --- What changed --- */

static gboolean
is_worth_it (const TcWalletTx *tx, guint before)
{
  const gint64 when_ms = tx->block_time_ms > 0 ? tx->block_time_ms : tx->seen_ms;
  const guint now = (guint) tx->state + 1;

  if ((tx->kind != TC_WALLET_TX_RECEIVED && tx->kind != TC_WALLET_TX_SENT) || tx->state > TC_WALLET_TX_CONFIRMED)
    return FALSE;
  if (g_get_real_time () / 1000 - when_ms > OLD_MS)
    return FALSE;
  if (tx->state >= TC_WALLET_TX_FINAL)
    return before < TC_WALLET_TX_FINAL + 1;
  return before == 0 && now > 0;
}

static void
take_rows (Watch *watch, GPtrArray *rows)
{
  TcNotifier *self = watch->notifier;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (watch->wallet);
  const gboolean silent = !watch->begun || snapshot->locked || snapshot->rescanning || is_looked_at (self, watch->wallet);
  guint n_sent = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const TcWalletTx *tx = rows->pdata[i];
      g_autofree char *txid = tc_txid_text (&tx->txid);
      const guint before = GPOINTER_TO_UINT (g_hash_table_lookup (watch->states, txid));

      if (!silent && is_worth_it (tx, before) && n_sent++ < AT_ONCE_MAX)
        notify_tx (watch, tx, snapshot->name);
      g_hash_table_insert (watch->states, g_steal_pointer (&txid), GUINT_TO_POINTER ((guint) tx->state + 1));
    }
  watch->begun = TRUE;
}

static void list_newest (Watch *watch);

static Watch *
find_watch (TcNotifier *self, TcWallet *wallet)
{
  for (guint i = 0; i < self->watches->len; i++)
    if (((Watch *) self->watches->pdata[i])->wallet == wallet)
      return self->watches->pdata[i];
  return NULL;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcNotifier) self = user_data;
  Watch *watch = find_watch (self, TC_WALLET (source));
  g_autoptr(GPtrArray) rows = tc_wallet_list_history_finish (TC_WALLET (source), result, NULL, NULL);

  if (watch == NULL)
    return;
  watch->listing = FALSE;
  if (rows != NULL)
    take_rows (watch, rows);
  if (watch->again)
    list_newest (watch);
}

static void
list_newest (Watch *watch)
{
  watch->again = watch->listing;
  if (watch->listing)
    return;
  watch->listing = TRUE;
  tc_wallet_list_history (watch->wallet, TC_ACCOUNT_ALL, NULL, 0, NEWEST_ROWS, NULL, on_listed, g_object_ref (watch->notifier));
}

static void
on_wallet_changed (TcWallet *wallet, Watch *watch)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  if (snapshot->locked && !watch->locked)
    withdraw_all (watch);
  watch->locked = snapshot->locked;
  if (snapshot->history_serial == watch->serial)
    return;
  watch->serial = snapshot->history_serial;
  list_newest (watch);
}

/* --- Wallets come and go --- */

static void
free_watch (gpointer data)
{
  Watch *watch = data;

  withdraw_all (watch);
  g_signal_handler_disconnect (watch->wallet, watch->handler);
  g_object_unref (watch->wallet);
  g_hash_table_unref (watch->states);
  g_hash_table_unref (watch->sent);
  g_free (watch);
}

static void
add_watch (TcNotifier *self, TcWallet *wallet)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->notifier = self;
  watch->wallet = g_object_ref (wallet);
  watch->serial = G_MAXUINT64;
  watch->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  watch->sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  watch->handler = g_signal_connect (wallet, "changed", G_CALLBACK (on_wallet_changed), watch);
  g_ptr_array_add (self->watches, watch);
  on_wallet_changed (wallet, watch);
}

static void
on_session_changed (TcNotifier *self)
{
  g_autoptr(GPtrArray) wallets = tc_session_list_wallets (self->session);

  for (guint i = self->watches->len; i > 0; i--)
    if (!g_ptr_array_find (wallets, ((Watch *) self->watches->pdata[i - 1])->wallet, NULL))
      g_ptr_array_remove_index (self->watches, i - 1);
  for (guint i = 0; i < wallets->len; i++)
    if (find_watch (self, wallets->pdata[i]) == NULL)
      add_watch (self, wallets->pdata[i]);
}

void
tc_notifier_send (TcNotifier *self, TcWallet *wallet, const char *key, const char *id, const char *title, const char *body, const char *page,
                  const char *what)
{
  Watch *watch = find_watch (self, wallet);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  g_return_if_fail (TC_IS_NOTIFIER (self));

  if (watch != NULL && !snapshot->locked && is_allowed (self, key) && !is_looked_at (self, wallet))
    send (watch, id, title, body, page, what);
}

static void
tc_notifier_dispose (GObject *object)
{
  TcNotifier *self = TC_NOTIFIER (object);

  g_clear_pointer (&self->watches, g_ptr_array_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tc_notifier_parent_class)->dispose (object);
}

static void
tc_notifier_class_init (TcNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_notifier_dispose;
}

static void
tc_notifier_init (TcNotifier *self)
{
  self->watches = g_ptr_array_new_with_free_func (free_watch);
}

TcNotifier *
tc_notifier_new (GApplication *application, TcSession *session, GSettings *settings)
{
  TcNotifier *self = g_object_new (TC_TYPE_NOTIFIER, NULL);

  self->application = application;
  self->session = g_object_ref (session);
  self->settings = settings == NULL ? NULL : g_object_ref (settings);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, G_CONNECT_SWAPPED);
  return self;
}
