#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Everything that GTK after 4.8 and libadwaita after 1.2 deprecate is made here, so that a newer floor is a change in one place. Main thread. */

void       tc_compat_get_color        (GtkWidget *widget, GdkRGBA *ret_color);
/* A colour that the theme names, or @fallback. */
void       tc_compat_lookup_color     (GtkWidget *widget, const char *name, const GdkRGBA *fallback, GdkRGBA *ret_color);
gboolean   tc_compat_is_high_contrast (void);

/* --- A sidebar that folds away when narrow (AdwFlap; later AdwOverlaySplitView). --- */

GtkWidget *tc_compat_split_new        (GtkWidget *sidebar, GtkWidget *content);
/* Shows or hides the sidebar where it is folded; without effect where there is room for it. */
void       tc_compat_split_set_shown  (GtkWidget *split, gboolean shown);
/* Binds @toggle (a GtkToggleButton): visible while folded, active while the sidebar is shown. */
void       tc_compat_split_bind       (GtkWidget *split, GtkWidget *toggle);
/* Binds @widget: visible while folded. */
void       tc_compat_split_bind_folded (GtkWidget *split, GtkWidget *widget);
/* While the sidebar is folded away, @header_bar (an AdwHeaderBar) leaves out the buttons to minimise and maximise: a narrow window has no room for them. */
void       tc_compat_split_bind_buttons (GtkWidget *split, GtkWidget *header_bar);
/* @split has the CSS class "narrow" while the sidebar is folded away. */
void       tc_compat_split_mark_narrow (GtkWidget *split);

/* --- A question with two answers (AdwMessageDialog; later AdwAlertDialog). --- */

/* @callback runs only where the user accepts. @destructive: there is no way back. Returns: (transfer none): the dialog's window. */
GtkWindow *tc_compat_ask              (GtkWindow *parent, const char *heading, const char *body, const char *accept_label, gboolean destructive,
                                       void (*callback) (gpointer user_data), gpointer user_data);

/* One answer a label (a wallet's name, say), and Cancel. @callback runs with the number of the one chosen; not where the user changes their mind. @destroy:
 * (nullable): of @user_data, in any case. */
void       tc_compat_choose           (GtkWindow *parent, const char *heading, const char *body, const char *const *labels,
                                       void (*callback) (guint choice, gpointer user_data), gpointer user_data, GDestroyNotify destroy);

/* --- A row to write in (AdwEntryRow, AdwPasswordEntryRow). --- */

/* GTK 4.8 does not tell screen readers that the focus is in such a row: the text within it is made known, under the row's title. */
void       tc_compat_entry_row_expose (GtkEditable *row);

/* --- Completion of words in an entry (GtkEntryCompletion; deprecated without a successor). --- */

/* A list to complete from; one may serve many entries. @words: n_words strings, copied. Returns: (transfer full). */
GObject   *tc_compat_words_new        (const char *const *words, gsize n_words);
void       tc_compat_entry_complete   (GtkEntry *entry, GObject *words);

/* --- The About window (AdwAboutWindow; later AdwAboutDialog). --- */

GtkWindow *tc_compat_show_about       (GtkWindow *parent, const char *debug_info);

/* Opens a folder or address with the program that the user has for it (gtk_show_uri; later GtkUriLauncher). */
void       tc_compat_show_uri         (GtkWindow *parent, const char *uri);

/* --- Which file to read or write (GtkFileChooserNative; later GtkFileDialog). --- */

/* @save_name: (nullable): what to call a file to be written; NULL: one that is there is chosen. @callback: with the file, borrowed; not where the user changes their mind, or
 * @parent goes first. */
void       tc_compat_choose_file      (GtkWindow *parent, const char *title, const char *save_name, void (*callback) (GFile *file, gpointer user_data),
                                       gpointer user_data);

/* @callback: with the folder, borrowed; not where the user changes their mind, or @parent goes first (GtkFileChooserNative; later GtkFileDialog). */
void       tc_compat_choose_folder    (GtkWindow *parent, const char *title, void (*callback) (GFile *folder, gpointer user_data), gpointer user_data);

/* --- Which file to read or write (GtkFileChooserNative; later GtkFileDialog). --- */

/* @save_name: (nullable): what to call a file to be written; NULL: one that is there is chosen. @callback: with the file, borrowed; not where the user changes their mind, or
 * @parent goes first. */
void       tc_compat_choose_file      (GtkWindow *parent, const char *title, const char *save_name, void (*callback) (GFile *file, gpointer user_data),
                                       gpointer user_data);
/* Closes what these two opened for @parent, as if the user had changed their mind. */
void       tc_compat_close_choosers   (GtkWindow *parent);

G_END_DECLS
