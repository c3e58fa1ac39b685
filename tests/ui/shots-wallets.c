/* Accounts, rescans and the list of wallets. */
#include "shots.h"

#include "ui/window.h"

static GtkWidget *
dialog (TcShots *self)
{
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  return tc_shots_find_dialog (self);
}

static gboolean
has_accounts (gpointer data)
{
  TcShots *self = data;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (tc_window_get_wallet (TC_WINDOW (self->window)));

  return snapshot->accounts->len > 1;
}

static void
add_account (TcShots *self, const char *name, gboolean take)
{
  gtk_widget_activate_action (self->window, "win.add-account", NULL);
  tc_drive_write (dialog (self), "Name of the account", name);
  if (take)
    tc_shots_take_dialog (self, "86-account-new", FALSE);
  tc_drive_press (tc_shots_find_dialog (self), "Add Account");
}

static void
take_accounts (TcShots *self)
{
  add_account (self, "Savings", TRUE);
  if (!tc_drive_until (has_accounts, self, 20000))
    g_error ("no account is added");
  tc_shots_go (self, "overview");
  tc_shots_take (self, "86-account-overview");
  tc_shots_go (self, "receive");
  tc_shots_take (self, "86-account-receive");
  tc_shots_go (self, "send");
  tc_shots_take (self, "86-account-send");
  gtk_widget_activate_action (self->window, "win.account", "u", TC_ACCOUNT_ALL);
  tc_shots_go (self, "overview");
  tc_shots_take (self, "86-account-all");
}

static void
take_windows (TcShots *self)
{
  gtk_widget_activate_action (self->window, "win.rescan", NULL);
  dialog (self);
  tc_shots_take_dialog (self, "87-rescan", TRUE);
  gtk_widget_activate_action (self->window, "win.wallets", NULL);
  dialog (self);
  tc_shots_take_dialog (self, "88-wallets", FALSE);
  if (tc_shots_wants (self, "88-wallets-small"))
    tc_shots_take_one (self, tc_shots_find_dialog (self), "88-wallets-small", FALSE, TRUE);
  gtk_window_destroy (GTK_WINDOW (tc_shots_find_dialog (self)));
}

void
tc_shots_wallets (TcShots *self)
{
  take_accounts (self);
  take_windows (self);
}
