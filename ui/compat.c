#define G_LOG_DOMAIN "tc-ui"
#include "compat.h"

#include <string.h>

#include <glib/gi18n.h>

void
tc_compat_get_color (GtkWidget *widget, GdkRGBA *ret_color)
{
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), ret_color);
}

void
tc_compat_lookup_color (GtkWidget *widget, const char *name, const GdkRGBA *fallback, GdkRGBA *ret_color)
{
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, ret_color))
    *ret_color = *fallback;
}

gboolean
tc_compat_is_high_contrast (void)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
}

GtkWidget *
tc_compat_split_new (GtkWidget *sidebar, GtkWidget *content)
{
  AdwFlap *flap = ADW_FLAP (adw_flap_new ());

  adw_flap_set_flap (flap, sidebar);
  adw_flap_set_separator (flap, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  adw_flap_set_content (flap, content);
  adw_flap_set_fold_threshold_policy (flap, ADW_FOLD_THRESHOLD_POLICY_NATURAL);
  adw_flap_set_transition_type (flap, ADW_FLAP_TRANSITION_TYPE_OVER);
  return GTK_WIDGET (flap);
}

void
tc_compat_split_set_shown (GtkWidget *split, gboolean shown)
{
  if (adw_flap_get_folded (ADW_FLAP (split)))
    adw_flap_set_reveal_flap (ADW_FLAP (split), shown);
}

void
tc_compat_split_bind (GtkWidget *split, GtkWidget *toggle)
{
  g_object_bind_property (split, "folded", toggle, "visible", G_BINDING_SYNC_CREATE);
  g_object_bind_property (split, "reveal-flap", toggle, "active", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

void
tc_compat_split_bind_folded (GtkWidget *split, GtkWidget *widget)
{
  g_object_bind_property (split, "folded", widget, "visible", G_BINDING_SYNC_CREATE);
}

static gboolean
layout_of_folded (GBinding *binding, const GValue *folded, GValue *ret_layout, gpointer user_data)
{
  g_autofree char *layout = NULL;
  g_auto(GStrv) sides = NULL;

  if (!g_value_get_boolean (folded))
    {
      g_value_set_string (ret_layout, NULL);
      return TRUE;
    }
  g_object_get (gtk_settings_get_default (), "gtk-decoration-layout", &layout, NULL);
  sides = g_strsplit (layout != NULL ? layout : ":close", ":", 2);
  g_value_take_string (ret_layout, g_strdup_printf ("%s:%s", sides[0] != NULL && strstr (sides[0], "close") != NULL ? "close" : "",
                                                    sides[0] != NULL && sides[1] != NULL && strstr (sides[1], "close") != NULL ? "close" : ""));
  return TRUE;
}

void
tc_compat_split_bind_buttons (GtkWidget *split, GtkWidget *header_bar)
{
  g_object_bind_property_full (split, "folded", header_bar, "decoration-layout", G_BINDING_SYNC_CREATE, layout_of_folded, NULL, NULL, NULL);
}

static void
on_folded (GtkWidget *split)
{
  if (adw_flap_get_folded (ADW_FLAP (split)))
    gtk_widget_add_css_class (split, "narrow");
  else
    gtk_widget_remove_css_class (split, "narrow");
}

void
tc_compat_split_mark_narrow (GtkWidget *split)
{
  g_signal_connect (split, "notify::folded", G_CALLBACK (on_folded), NULL);
  on_folded (split);
}

typedef struct
{
  void   (*callback) (gpointer user_data);
  gpointer user_data;
} Question;

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  const Question *question = user_data;

  if (g_strcmp0 (response, "accept") == 0)
    question->callback (question->user_data);
}

static void
free_question (gpointer question, GClosure *closure)
{
  g_free (question);
}

GtkWindow *
tc_compat_ask (GtkWindow *parent, const char *heading, const char *body, const char *accept_label, gboolean destructive,
               void (*callback) (gpointer user_data), gpointer user_data)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, heading, body));
  Question *question = g_new0 (Question, 1);

  question->callback = callback;
  question->user_data = user_data;
  adw_message_dialog_add_response (dialog, "cancel", _("_Cancel"));
  adw_message_dialog_add_response (dialog, "accept", accept_label);
  adw_message_dialog_set_response_appearance (dialog, "accept", destructive ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, destructive ? "cancel" : "accept");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, free_question, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return GTK_WINDOW (dialog);
}

typedef struct
{
  void         (*callback) (guint choice, gpointer user_data);
  gpointer       user_data;
  GDestroyNotify destroy;
} Choice;

static void
on_choice_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  const Choice *choice = user_data;
  guint64 number;

  if (g_ascii_string_to_unsigned (response, 10, 0, G_MAXUINT, &number, NULL))
    choice->callback ((guint) number, choice->user_data);
}

static void
free_choice (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  if (choice->destroy != NULL)
    choice->destroy (choice->user_data);
  g_free (choice);
}

/* A label is taken for one with a mnemonic: underscores that are its own are doubled. */
static char *
escape_mnemonic (const char *label)
{
  g_auto(GStrv) parts = g_strsplit (label, "_", -1);

  return g_strjoinv ("__", parts);
}

void
tc_compat_choose (GtkWindow *parent, const char *heading, const char *body, const char *const *labels, void (*callback) (guint choice, gpointer user_data),
                  gpointer user_data, GDestroyNotify destroy)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, heading, body));
  Choice *choice = g_new0 (Choice, 1);

  *choice = (Choice) { callback, user_data, destroy };
  adw_message_dialog_add_response (dialog, "cancel", _("_Cancel"));
  for (guint i = 0; labels[i] != NULL; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i), *label = escape_mnemonic (labels[i]);

      adw_message_dialog_add_response (dialog, id, label);
    }
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_choice_response), choice, free_choice, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
name_text (GObject *row, GParamSpec *pspec, gpointer text)
{
  gtk_accessible_update_property (text, GTK_ACCESSIBLE_PROPERTY_LABEL, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), -1);
}

void
tc_compat_entry_row_expose (GtkEditable *row)
{
  GtkEditable *text = gtk_editable_get_delegate (row);

  g_object_set (text, "accessible-role", GTK_ACCESSIBLE_ROLE_TEXT_BOX, NULL);
  g_signal_connect_object (row, "notify::title", G_CALLBACK (name_text), text, 0);
  name_text (G_OBJECT (row), NULL, text);
}

GObject *
tc_compat_words_new (const char *const *words, gsize n_words)
{
  GtkListStore *store = gtk_list_store_new (1, G_TYPE_STRING);

  for (gsize i = 0; i < n_words; i++)
    gtk_list_store_insert_with_values (store, NULL, -1, 0, words[i], -1);
  return G_OBJECT (store);
}

void
tc_compat_entry_complete (GtkEntry *entry, GObject *words)
{
  g_autoptr(GtkEntryCompletion) completion = gtk_entry_completion_new ();

  gtk_entry_completion_set_model (completion, GTK_TREE_MODEL (words));
  gtk_entry_completion_set_text_column (completion, 0);
  gtk_entry_completion_set_minimum_key_length (completion, 2);
  gtk_entry_completion_set_popup_single_match (completion, FALSE);
  gtk_entry_set_completion (entry, completion);
}

GtkWindow *
tc_compat_show_about (GtkWindow *parent, const char *debug_info)
{
  static const char *const developers[] = { "The TimeCoin developers", NULL };
  static const char *const libraries[] = { "GLib",   "GTK",    "libadwaita", "libsodium",   "SQLite",    "libsoup",
                                           "json-c", "Zstandard", "MiniUPnPc",  "libqrencode", "libsecret", NULL };
  AdwAboutWindow *about = ADW_ABOUT_WINDOW (adw_about_window_new ());

  gtk_window_set_transient_for (GTK_WINDOW (about), parent);
  adw_about_window_set_application_name (about, "TimeCoin");
  adw_about_window_set_application_icon (about, "org.timecoin.TimeCoin");
  adw_about_window_set_version (about, TC_VERSION);
  adw_about_window_set_developer_name (about, _("The TimeCoin developers"));
  adw_about_window_set_developers (about, (const char **) developers);
  adw_about_window_set_comments (about, _("Payments that are final in a second. A wallet with a full node inside."));
  adw_about_window_set_license_type (about, GTK_LICENSE_MIT_X11);
  adw_about_window_set_copyright (about, _("© The TimeCoin developers"));
  adw_about_window_set_translator_credits (about, _("translator-credits"));
  adw_about_window_add_acknowledgement_section (about, _("Built On"), (const char **) libraries);
  adw_about_window_set_release_notes_version (about, TC_VERSION);
  adw_about_window_set_release_notes (about, _("<p>The first version: a wallet with a full node inside, and a network of its own to try it on.</p>"));
  adw_about_window_set_debug_info (about, debug_info);
  adw_about_window_set_debug_info_filename (about, "timecoin-debug.txt");
  gtk_window_present (GTK_WINDOW (about));
  return GTK_WINDOW (about);
}

void
tc_compat_show_uri (GtkWindow *parent, const char *uri)
{
  gtk_show_uri (parent, uri, GDK_CURRENT_TIME);
}

typedef struct
{
  void   (*callback) (GFile *folder, gpointer user_data);
  gpointer user_data;
} FolderChoice;

static void
on_folder_response (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  const FolderChoice *choice = user_data;
  g_autoptr(GFile) folder = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  if (folder != NULL)
    choice->callback (folder, choice->user_data);
  g_object_set_data (G_OBJECT (gtk_native_dialog_get_transient_for (chooser)), "folder-chooser", NULL);
}

static void
free_folder_choice (gpointer choice, GClosure *closure)
{
  g_free (choice);
}

void
tc_compat_choose_folder (GtkWindow *parent, const char *title, void (*callback) (GFile *folder, gpointer user_data), gpointer user_data)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
  FolderChoice *choice = g_new0 (FolderChoice, 1);

  choice->callback = callback;
  choice->user_data = user_data;
  g_signal_connect_data (chooser, "response", G_CALLBACK (on_folder_response), choice, free_folder_choice, 0);
  /* Nobody else holds it; it goes with the window. */
  g_object_set_data_full (G_OBJECT (parent), "folder-chooser", chooser, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* --- Files --- */

typedef struct
{
  void   (*callback) (GFile *file, gpointer user_data);
  gpointer user_data;
} FileChoice;

static void
on_file_response (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  const FileChoice *choice = user_data;
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  if (file != NULL)
    choice->callback (file, choice->user_data);
  g_object_set_data (G_OBJECT (gtk_native_dialog_get_transient_for (chooser)), "file-chooser", NULL);
}

static void
free_file_choice (gpointer choice, GClosure *closure)
{
  g_free (choice);
}

void
tc_compat_choose_file (GtkWindow *parent, const char *title, const char *save_name, void (*callback) (GFile *file, gpointer user_data), gpointer user_data)
{
  const GtkFileChooserAction action = save_name != NULL ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN;
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, parent, action, NULL, NULL);
  FileChoice *choice = g_new0 (FileChoice, 1);

  choice->callback = callback;
  choice->user_data = user_data;
  if (save_name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), save_name);
  g_signal_connect_data (chooser, "response", G_CALLBACK (on_file_response), choice, free_file_choice, 0);
  /* Nobody else holds it; it goes with the window. */
  g_object_set_data_full (G_OBJECT (parent), "file-chooser", chooser, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
tc_compat_close_choosers (GtkWindow *parent)
{
  g_object_set_data (G_OBJECT (parent), "folder-chooser", NULL);
  g_object_set_data (G_OBJECT (parent), "file-chooser", NULL);
}
