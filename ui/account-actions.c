#define G_LOG_DOMAIN "tc-ui"
#include "account-actions.h"

#include "account-window.h"
#include "application.h"
#include "rescan-window.h"
#include "wallets-window.h"

#define GET_WALLET "accounts-wallet"

typedef TcWallet *(*GetWallet) (GtkWindow *window);

static TcWallet *
wallet_of (gpointer window)
{
  const GetWallet get_wallet = g_object_get_data (G_OBJECT (window), GET_WALLET);

  return get_wallet (window);
}

static void
on_add_account (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_account_window_new (user_data, wallet_of (user_data), TC_ACCOUNT_ALL));
}

static void
on_rename_account (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_account_window_new (user_data, wallet_of (user_data), g_variant_get_uint32 (parameter)));
}

static void
on_rescan (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcApplication *application = TC_APPLICATION (gtk_window_get_application (user_data));

  gtk_window_present (tc_rescan_window_new (user_data, tc_application_get_session (application), wallet_of (user_data)));
}

static void
on_wallets (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcApplication *application = TC_APPLICATION (gtk_window_get_application (user_data));

  gtk_window_present (tc_wallets_window_new (user_data, tc_application_get_session (application)));
}

static const GActionEntry actions[] = {
  { .name = "wallets", .activate = on_wallets },
  { .name = "rescan", .activate = on_rescan },
  { .name = "add-account", .activate = on_add_account },
  { .name = "rename-account", .activate = on_rename_account, .parameter_type = "u" },
};

void
tc_account_actions_add (GtkWindow *window, TcWallet *(*get_wallet) (GtkWindow *window))
{
  g_object_set_data (G_OBJECT (window), GET_WALLET, get_wallet);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
}

void
tc_account_actions_update (GtkWindow *window, TcWallet *wallet)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), actions[i].name)), wallet != NULL);
}
