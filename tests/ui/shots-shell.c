/* The application around the pages: preferences, search, help, shortcuts. */
#include "shots.h"

#include "ui/compat.h"

static GtkWidget *
dialog (TcShots *self)
{
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  return tc_shots_find_dialog (self);
}

static void
take_preferences (TcShots *self)
{
  static const char *const pages[] = { "general", "network", "storage", "programs" };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *name = g_strdup_printf ("75-preferences-%s", pages[i]), *narrow = g_strconcat (name, "-small", NULL);

      g_action_group_activate_action (G_ACTION_GROUP (self->application), "preferences-page", g_variant_new_string (pages[i]));
      gtk_window_set_default_size (GTK_WINDOW (dialog (self)), 640, 900);
      tc_shots_take_dialog (self, name, FALSE);
      if (tc_shots_wants (self, narrow))
        tc_shots_take_one (self, tc_shots_find_dialog (self), narrow, FALSE, TRUE);
      gtk_window_destroy (GTK_WINDOW (tc_shots_find_dialog (self)));
    }
}

static void
take_search (TcShots *self)
{
  gtk_widget_activate_action (self->window, "win.command-search", NULL);
  dialog (self);
  tc_shots_take_dialog (self, "76-search", FALSE);
  gtk_editable_set_text (GTK_EDITABLE (tc_drive_find_type (tc_shots_find_dialog (self), GTK_TYPE_SEARCH_ENTRY)), "a");
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "76-search-found", FALSE);
  gtk_editable_set_text (GTK_EDITABLE (tc_drive_find_type (tc_shots_find_dialog (self), GTK_TYPE_SEARCH_ENTRY)), "nothing of this name");
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "76-search-nothing", TRUE);
}

static void
take_help (TcShots *self)
{
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "help", NULL);
  dialog (self);
  tc_shots_take_dialog (self, "77-help", TRUE);
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "help-topic", g_variant_new_string ("trouble"));
  dialog (self);
  tc_shots_take_dialog (self, "77-help-topic", FALSE);
  if (tc_shots_wants (self, "77-help-topic-small"))
    tc_shots_take_one (self, tc_shots_find_dialog (self), "77-help-topic-small", FALSE, TRUE);
  gtk_window_destroy (GTK_WINDOW (tc_shots_find_dialog (self)));
  gtk_widget_activate_action (self->window, "app.shortcuts", NULL);
  dialog (self);
  tc_shots_take_dialog (self, "78-shortcuts", FALSE);
  gtk_widget_set_visible (tc_shots_find_dialog (self), FALSE);
}

void
tc_shots_shell (TcShots *self)
{
  tc_shots_go (self, "overview");
  take_preferences (self);
  take_search (self);
  take_help (self);
}
