#define G_LOG_DOMAIN "tc-ui"
#include "check-window.h"

#include <glib/gi18n.h>

#include "file-row.h"
#include "helpers.h"
#include "wallet/vault.h"
#include "word-entries.h"

struct _TcCheckWindow
{
  AdwWindow      parent_instance;
  GtkStack      *stack;
  TcFileRow     *file;
  GtkEditable   *password, *passphrase;
  GtkWidget     *check_file, *check_words, *close;
  GtkLabel      *file_message, *words_message, *result;
  TcWordEntries *words;
  TcWallet      *wallet;
  gboolean       with_words;
};

G_DEFINE_FINAL_TYPE (TcCheckWindow, tc_check_window, ADW_TYPE_WINDOW)

static void
update (TcCheckWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);

  gtk_widget_set_sensitive (self->check_file, path != NULL && gtk_editable_get_text (self->password)[0] != '\0');
  gtk_widget_set_sensitive (self->check_words, tc_word_entries_is_complete (self->words));
}

static void
on_resized (TcCheckWindow *self, guint n)
{
  tc_word_entries_set_count (self->words, n);
  update (self);
}

static void
on_with_file (TcCheckWindow *self)
{
  self->with_words = FALSE;
  gtk_stack_set_visible_child_name (self->stack, "file");
  gtk_widget_grab_focus (GTK_WIDGET (self->file));
}

static void
on_with_words (TcCheckWindow *self)
{
  self->with_words = TRUE;
  gtk_stack_set_visible_child_name (self->stack, "words");
  tc_word_entries_focus (self->words, 0);
}

static void
show_failure (TcCheckWindow *self, const GError *error)
{
  gtk_label_set_text (self->with_words ? self->words_message : self->file_message, error->message);
  gtk_stack_set_visible_child_name (self->stack, self->with_words ? "words" : "file");
}

static void
show_success (TcCheckWindow *self, const char *text)
{
  tc_word_entries_clear (self->words);
  gtk_label_set_text (self->result, text);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);  /* else the next page selects a text */
  gtk_stack_set_visible_child_name (self->stack, "done");
  gtk_widget_grab_focus (self->close);
}

static void
on_file_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcCheckWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcBackupInfo) info = tc_wallet_check_backup_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)  /* closed meanwhile */
    return;
  if (info == NULL)
    {
      show_failure (self, error);
      return;
    }
  g_autoptr(GDateTime) made = g_date_time_new_from_unix_local (info->made_ms / 1000);
  g_autofree char *when = made != NULL ? g_date_time_format (made, "%x %R") : g_strdup ("?");
  /* Translators: %s is date and time. */
  g_autofree char *text = g_strdup_printf (_("It was made %s and would bring this wallet back with its accounts, contacts and notes of that day."), when);
  show_success (self, text);
}

static void
on_words_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcCheckWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = tc_wallet_check_phrase_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)
    return;
  if (ok)
    show_success (self, _("The words bring back the money of this wallet. Names of contacts and notes are in a backup file alone."));
  else
    show_failure (self, error);
}

static void
on_check (TcCheckWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);

  if (!gtk_widget_get_sensitive (self->with_words ? self->check_words : self->check_file))
    return;
  gtk_label_set_text (self->with_words ? self->words_message : self->file_message, "");
  gtk_stack_set_visible_child_name (self->stack, "busy");
  if (self->with_words)
    {
      g_autoptr(TcSecretString) phrase = tc_word_entries_dup_phrase (self->words), passphrase = tc_take_secret (self->passphrase);

      tc_wallet_check_phrase (self->wallet, phrase, passphrase, on_words_checked, g_object_ref (self));
    }
  else
    {
      g_autoptr(TcSecretString) password = tc_take_secret (self->password);

      tc_wallet_check_backup (self->wallet, path, password, on_file_checked, g_object_ref (self));
    }
}

static void
on_done (TcCheckWindow *self)
{
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
tc_check_window_dispose (GObject *object)
{
  TcCheckWindow *self = TC_CHECK_WINDOW (object);

  if (self->words != NULL)
    tc_word_entries_clear (self->words);
  self->words = NULL;
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_check_window_parent_class)->dispose (object);
}

static void
tc_check_window_class_init (TcCheckWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FILE_ROW);
  g_type_ensure (TC_TYPE_WORD_ENTRIES);
  G_OBJECT_CLASS (klass)->dispose = tc_check_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/check-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, file);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, password);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, passphrase);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, check_file);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, check_words);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, close);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, file_message);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, words_message);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, result);
  gtk_widget_class_bind_template_child (widget_class, TcCheckWindow, words);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_resized);
  gtk_widget_class_bind_template_callback (widget_class, on_with_file);
  gtk_widget_class_bind_template_callback (widget_class, on_with_words);
  gtk_widget_class_bind_template_callback (widget_class, on_check);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
}

static void
tc_check_window_init (TcCheckWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  tc_word_entries_set_count (self->words, 12);
  update (self);
}

GtkWindow *
tc_check_window_new (GtkWindow *parent, TcWallet *wallet)
{
  TcCheckWindow *self = g_object_new (TC_TYPE_CHECK_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->wallet = g_object_ref (wallet);
  return GTK_WINDOW (self);
}
