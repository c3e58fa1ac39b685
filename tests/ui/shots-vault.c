/* Keeping what is one's own: backups, the password, proofs of payments. */
#include "shots.h"

#include <glib/gstdio.h>

#define PASSWORD "correct horse battery staple"

static GtkWidget *
open_dialog (TcShots *self, const char *action)
{
  gtk_widget_activate_action (self->window, action, NULL);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  return tc_shots_find_dialog (self);
}

static gboolean
shows (gpointer what)
{
  gpointer *pair = what;

  return tc_drive_shows (pair[0], pair[1]);
}

static void
wait_in (GtkWidget *window, const char *text)
{
  gpointer pair[] = { window, (gpointer) text };

  if (!tc_drive_until (shows, pair, 60000))
    g_error ("the dialog does not come to show “%s”", text);
}

static void
take_backup (TcShots *self, const char *path)
{
  GtkWidget *dialog = open_dialog (self, "win.backup");

  tc_drive_write (dialog, "Save as", path);
  tc_drive_write (dialog, "Password of this wallet", PASSWORD);
  tc_drive_write (dialog, "New password", "another horse entirely battery");
  tc_drive_write (dialog, "The same again", "another horse entirely battery");
  tc_shots_take_dialog (self, "80-backup", FALSE);
  if (tc_shots_wants (self, "80-backup-small"))
    tc_shots_take_one (self, dialog, "80-backup-small", FALSE, TRUE);
  tc_drive_press (dialog, "Save Backup");
  wait_in (dialog, "Backup Saved");
  tc_shots_take_dialog (self, "80-backup-saved", TRUE);
}

static void
take_check (TcShots *self, const char *path)
{
  GtkWidget *dialog = open_dialog (self, "win.verify-backup");

  tc_shots_take_dialog (self, "81-check", FALSE);
  tc_drive_press (dialog, "The Words on Paper");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "81-check-words", TRUE);
  dialog = open_dialog (self, "win.verify-backup");
  tc_drive_press (dialog, "A Backup File");
  tc_drive_write (dialog, "Backup file", path);
  tc_drive_write (dialog, "Password of the backup", "wrong");
  tc_drive_press (dialog, "Check");
  wait_in (dialog, "Wrong password");
  tc_shots_take_dialog (self, "81-check-file", FALSE);
  tc_drive_write (dialog, "Password of the backup", "another horse entirely battery");
  tc_drive_press (dialog, "Check");
  wait_in (dialog, "Your Backup Is Good");
  tc_shots_take_dialog (self, "81-check-good", TRUE);
}

static void
take_proof (TcShots *self, const char *folder)
{
  g_autofree char *good = g_build_filename (folder, "paid.tcproof", NULL), *bad = g_build_filename (folder, "no.tcproof", NULL);
  GtkWidget *dialog;

  tc_drive_press (self->window, "Save Proof of Payment…");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  dialog = tc_shots_find_dialog (self);
  tc_drive_write (dialog, "Save as", good);
  tc_shots_take_dialog (self, "82-save-proof", FALSE);
  tc_drive_press (dialog, "Save Proof");
  tc_drive_for (1500);
  g_file_set_contents (bad, "no proof", -1, NULL);
  dialog = open_dialog (self, "win.verify-proof");
  tc_drive_write (dialog, "File of the proof", bad);
  tc_drive_press (dialog, "Verify");
  wait_in (dialog, "This is not a proof");
  tc_shots_take_dialog (self, "83-verify", FALSE);
  tc_drive_write (dialog, "File of the proof", good);
  tc_drive_press (dialog, "Verify");
  wait_in (dialog, "This Payment Was Made");
  tc_shots_take_dialog (self, "83-verify-good", FALSE);
  if (tc_shots_wants (self, "83-verify-good-small"))
    tc_shots_take_one (self, dialog, "83-verify-good-small", TRUE, TRUE);
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_remove (good);
  g_remove (bad);
}

/* With a payment of the history open. */
void
tc_shots_vault (TcShots *self)
{
  g_autofree char *folder = g_dir_make_tmp ("timecoin-shots-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "First.tcbackup", NULL);

  take_proof (self, folder);
  take_backup (self, path);
  take_check (self, path);
  open_dialog (self, "win.restore-backup");
  tc_shots_take_dialog (self, "84-restore", TRUE);
  g_remove (path);
  g_rmdir (folder);
}
