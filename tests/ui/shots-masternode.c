#include "shots-masternode.h"

#include "ui/reward-chart.h"

/* A month of rewards takes a month. */
static void
take_chart (TcShots *self)
{
  GtkWidget *window = adw_window_new (), *chart = g_object_new (TC_TYPE_REWARD_CHART, "margin-top", 24, "margin-bottom", 24, "margin-start", 24, "margin-end", 24,
                                                                "valign", GTK_ALIGN_CENTER, NULL);
  TcAmount rewards[TC_REWARD_DAYS] = { 0 };

  for (guint i = 4; i < TC_REWARD_DAYS; i++)
    rewards[i].units = (100 + 37 * i % 61 + (i % 7 == 3 ? 90 : 0)) * TC_AMOUNT_PER_TIME;
  rewards[17].units = 0;
  tc_reward_chart_set (TC_REWARD_CHART (chart), rewards, FALSE);
  adw_window_set_content (ADW_WINDOW (window), chart);
  gtk_window_present (GTK_WINDOW (window));
  tc_shots_take_of (self, window, "71-rewards");
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
shows_review (gpointer dialog)
{
  return tc_drive_shows (dialog, "You are about to register a masternode");
}

static void
take_wizard (TcShots *self)
{
  GtkWidget *dialog;

  gtk_widget_activate_action (tc_drive_find_button (self->window, "Set Up Another Masternode"), "masternode.add", NULL);
  tc_drive_for (3 * TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "71-wizard-tier", FALSE);
  dialog = tc_shots_find_dialog (self);
  tc_drive_press (dialog, "Continue");
  tc_shots_take_dialog (self, "71-wizard-where", FALSE);
  tc_drive_press (dialog, "Continue");
  tc_shots_take_dialog (self, "71-wizard-address", FALSE);
  tc_drive_write (dialog, "Network address", "attic.example.org:24000");
  tc_drive_press (dialog, "Continue");
  tc_shots_take_dialog (self, "71-wizard-address-wrong", FALSE);
  tc_drive_write (dialog, "Network address", "127.0.0.1:24999");
  tc_drive_write (dialog, "Name (optional)", "Attic");
  tc_drive_press (dialog, "Continue");
  if (!tc_drive_until (shows_review, dialog, 60000))
    g_error ("the masternode is not reviewed");
  tc_shots_take_dialog (self, "71-wizard-review", TRUE);
}

void
tc_shots_masternode (TcShots *self)
{
  if (!tc_shots_wants (self, "71-"))
    return;
  take_chart (self);
  tc_shots_go (self, "masternode");
  tc_shots_wait_text ("Blocks signed");
  tc_shots_take (self, "71-masternode");
  take_wizard (self);
  tc_shots_go (self, "overview");
}

void
tc_shots_masternode_empty (TcShots *self)
{
  tc_shots_go (self, "masternode");
  tc_shots_wait_text ("No Masternode Yet");
  tc_shots_take (self, "71-masternode-empty");
}
