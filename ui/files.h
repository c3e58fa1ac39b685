#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Small files that the user chooses, read and written off the main thread. Main thread. */

/* @size_max: in bytes; a larger file is an error. @done: @data (nullable) with @error set where it failed; not called where the user changes their mind, or @parent goes first. */
void tc_files_open (GtkWindow *parent, const char *title, gsize size_max, void (*done) (GBytes *data, const GError *error, gpointer user_data), gpointer user_data);
/* @name: to be suggested. @done: @error (nullable). */
void tc_files_save (GtkWindow *parent, const char *title, const char *name, GBytes *data, void (*done) (const GError *error, gpointer user_data),
                    gpointer user_data);

G_END_DECLS
