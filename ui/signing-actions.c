#define G_LOG_DOMAIN "tc-ui"
#include "signing-actions.h"

#include "message-window.h"
#include "offline-window.h"

typedef TcWallet *(*GetWallet) (GtkWindow *window);

static TcWallet *
wallet_of (gpointer window)
{
  const GetWallet get_wallet = g_object_get_data (G_OBJECT (window), "signing-wallet");

  return get_wallet (window);
}

static void
on_sign_message (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_message_window_new (user_data, wallet_of (user_data)));
}

static void
open_offline (gpointer window, TcOfflineTask task)
{
  gtk_window_present (tc_offline_window_new (window, wallet_of (window), task));
}

static void
on_sign_payment (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_offline (user_data, TC_OFFLINE_SIGN);
}

static void
on_waiting_payments (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_offline (user_data, TC_OFFLINE_WAITING);
}

static void
on_export_watch (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_offline (user_data, TC_OFFLINE_EXPORT_WATCH);
}

static void
on_import_watch (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_offline (user_data, TC_OFFLINE_IMPORT_WATCH);
}

/* Of the window: there is neither phrase nor password. */
static const char *const of_keys[] = { "lock", "show-phrase", "check-backup", "change-password" };

static const GActionEntry actions[] = {
  { .name = "sign-message", .activate = on_sign_message },
  { .name = "sign-payment", .activate = on_sign_payment },
  { .name = "waiting-payments", .activate = on_waiting_payments },
  { .name = "export-watch", .activate = on_export_watch },
  { .name = "import-watch", .activate = on_import_watch },
};

/* What a wallet of that kind has no use for is not offered. */
static gboolean
is_useful (const char *name, const TcWalletSnapshot *snapshot)
{
  if (g_str_equal (name, "sign-payment") || g_str_equal (name, "export-watch"))
    return !snapshot->watch_only;
  if (g_str_equal (name, "import-watch"))
    return snapshot->watch_grows;
  return TRUE;
}

void
tc_signing_actions_add (GtkWindow *window, TcWallet *(*get_wallet) (GtkWindow *window))
{
  g_object_set_data (G_OBJECT (window), "signing-wallet", get_wallet);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
}

void
tc_signing_actions_update (GtkWindow *window, TcWallet *wallet)
{
  g_autoptr(TcWalletSnapshot) snapshot = wallet != NULL ? tc_wallet_get_snapshot (wallet) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), actions[i].name)),
                                 snapshot != NULL && is_useful (actions[i].name, snapshot));
  for (guint i = 0; i < G_N_ELEMENTS (of_keys) && snapshot != NULL && snapshot->watch_only; i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), of_keys[i])), FALSE);
}
