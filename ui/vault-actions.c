#define G_LOG_DOMAIN "tc-ui"
#include "vault-actions.h"

#include <glib/gi18n.h>

#include "backup-window.h"
#include "check-window.h"
#include "proof-window.h"
#include "restore-window.h"
#include "save-proof-window.h"

#define FUNCTIONS "vault-functions"

static const TcVaultWindow *
functions_of (gpointer window)
{
  return g_object_get_data (G_OBJECT (window), FUNCTIONS);
}

static void
on_backup (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_present (tc_backup_window_new (window, functions_of (window)->get_wallet (window)));
}

static void
on_verify_backup (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_present (tc_check_window_new (window, functions_of (window)->get_wallet (window)));
}

static void
on_save_proof (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  TcHash txid;

  if (tc_hash_from_hex (g_variant_get_string (parameter, NULL), &txid))
    gtk_window_present (tc_save_proof_window_new (window, functions_of (window)->get_wallet (window), &txid));
}

static void
on_verify_proof (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  TcNode *node = tc_session_get_node (functions_of (window)->get_session (window));

  if (node != NULL)
    gtk_window_present (tc_proof_window_new (window, node));
  else
    gtk_widget_activate_action (window, "win.toast", "s", _("The node is not running: a proof is checked with it."));
}

static void
on_wallet (TcRestoreWindow *restoring, TcWallet *wallet, const char *network, gpointer window)
{
  functions_of (window)->take_wallet (window, wallet, network);
}

static void
on_restore_backup (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWindow *restoring = tc_restore_window_new (window, functions_of (window)->get_session (window));

  g_signal_connect_object (restoring, "wallet", G_CALLBACK (on_wallet), window, 0);
  gtk_window_present (restoring);
}

static const GActionEntry actions[] = {
  { .name = "backup", .activate = on_backup },
  { .name = "verify-backup", .activate = on_verify_backup },
  { .name = "save-proof", .activate = on_save_proof, .parameter_type = "s" },
  { .name = "verify-proof", .activate = on_verify_proof },
};

static const GActionEntry always[] = { { .name = "restore-backup", .activate = on_restore_backup } };

void
tc_vault_actions_add (GtkWindow *window, const TcVaultWindow *functions)
{
  g_object_set_data (G_OBJECT (window), FUNCTIONS, (gpointer) functions);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_action_map_add_action_entries (G_ACTION_MAP (window), always, G_N_ELEMENTS (always), window);
}

void
tc_vault_actions_update (GtkWindow *window, TcWallet *wallet)
{
  g_autoptr(TcWalletSnapshot) snapshot = wallet != NULL ? tc_wallet_get_snapshot (wallet) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      const gboolean needs_keys = actions[i].activate == on_backup || actions[i].activate == on_verify_backup;

      g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), actions[i].name)),
                                   snapshot != NULL && !(needs_keys && snapshot->watch_only));
    }
}
