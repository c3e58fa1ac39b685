#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What tests, pictures and benches of the window share: running the main loop until something holds, and finding what a person would press. */

typedef gboolean (*TcDriveCondition) (gpointer user_data);

/* Runs the default main context until @condition holds. FALSE after @limit_ms. */
gboolean   tc_drive_until        (TcDriveCondition condition, gpointer user_data, guint limit_ms);
void       tc_drive_for          (guint ms);

/* Mapped, depth first; NULL where there is none. */
GtkWidget *tc_drive_find_type    (GtkWidget *root, GType type);
/* A mapped button whose label, tooltip, action's target or accessible words are @label (underscores do not count). */
GtkWidget *tc_drive_find_button  (GtkWidget *root, const char *label);
/* Presses it. Fails the program where there is none, or it is not sensitive. */
void       tc_drive_press        (GtkWidget *root, const char *label);
/* The TcField, AdwEntryRow or GtkEntry of this title. */
GtkWidget *tc_drive_find_entry   (GtkWidget *root, const char *title);
void       tc_drive_write        (GtkWidget *root, const char *title, const char *text);
/* Whether a mapped label holds @text. */
gboolean   tc_drive_shows        (GtkWidget *root, const char *text);

/* Everything that @window shows now, as a picture. */
void       tc_drive_save_png     (GtkWidget *window, const char *path);

G_END_DECLS
