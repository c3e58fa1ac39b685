#define G_LOG_DOMAIN "tc-ui"
#include "signing-actions.h"

#include "message-window.h"

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

static const GActionEntry actions[] = {
  { .name = "sign-message", .activate = on_sign_message },
};

void
tc_signing_actions_add (GtkWindow *window, TcWallet *(*get_wallet) (GtkWindow *window))
{
  g_object_set_data (G_OBJECT (window), "signing-wallet", get_wallet);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
}

void
tc_signing_actions_update (GtkWindow *window, TcWallet *wallet)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), actions[i].name)), wallet != NULL);
}
