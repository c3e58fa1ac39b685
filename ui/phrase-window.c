#define G_LOG_DOMAIN "tc-ui"
#include "phrase-window.h"

#include <glib/gi18n.h>

#include "compat.h"
#include "helpers.h"
#include "phrase-grid.h"
#include "phrase-quiz.h"

struct _TcPhraseWindow
{
  AdwWindow       parent_instance;
  AdwWindowTitle *title;
  GtkStack       *stack;
  GtkEditable    *password;
  GtkWidget      *password_box, *next, *passphrase_note;
  GtkLabel       *message;
  TcPhraseGrid   *grid;
  TcPhraseQuiz   *quiz;
  TcWallet       *wallet;
  TcSecretString *phrase;
  gboolean        check;
};

G_DEFINE_FINAL_TYPE (TcPhraseWindow, tc_phrase_window, ADW_TYPE_WINDOW)

static gboolean
is_page (TcPhraseWindow *self, const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0;
}

static void
update_button (TcPhraseWindow *self)
{
  const gboolean words = is_page (self, "words");

  gtk_button_set_label (GTK_BUTTON (self->next), is_page (self, "password") ? _("_Show the Words")
                                                 : words && self->check     ? _("I Wrote Them _Down")
                                                                            : _("_Done"));
  gtk_widget_set_sensitive (self->next, !is_page (self, "quiz") || tc_phrase_quiz_is_passed (self->quiz));
}

static void
show_page (TcPhraseWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  update_button (self);
}

static void
on_phrase (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPhraseWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcSecretString) passphrase = NULL;
  TcSecretString *phrase = tc_wallet_get_phrase_finish (TC_WALLET (source), result, &passphrase, &error);

  if (self->wallet == NULL)  /* closed meanwhile */
    {
      g_clear_pointer (&phrase, tc_secret_string_unref);
      return;
    }
  gtk_widget_set_sensitive (self->next, TRUE);
  if (phrase == NULL)
    {
      gtk_label_set_text (self->message, g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD)
                                             ? _("That is not the password. Try again.")
                                             : error->message);
      gtk_widget_grab_focus (GTK_WIDGET (self->password));
      return;
    }
  g_clear_pointer (&self->phrase, tc_secret_string_unref);
  self->phrase = phrase;
  tc_phrase_grid_set_phrase (self->grid, phrase);
  gtk_widget_set_visible (self->passphrase_note, passphrase != NULL && tc_secret_string_length (passphrase) > 0);
  show_page (self, "words");
}

static void
ask_phrase (TcPhraseWindow *self)
{
  g_autoptr(TcSecretString) password = tc_take_secret (self->password);

  gtk_label_set_text (self->message, "");
  gtk_widget_set_sensitive (self->next, FALSE);
  tc_wallet_get_phrase (self->wallet, password, on_phrase, g_object_ref (self));
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPhraseWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (self->wallet == NULL)
    return;
  if (!tc_wallet_set_backup_verified_finish (TC_WALLET (source), result, &error))
    g_warning ("the wallet does not remember that its words were checked: %s", error->message);
  else if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", _("Backup checked"));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_next (TcPhraseWindow *self)
{
  if (is_page (self, "password"))
    ask_phrase (self);
  else if (is_page (self, "words") && self->check)
    {
      tc_phrase_grid_set_phrase (self->grid, NULL);
      tc_phrase_quiz_set_phrase (self->quiz, self->phrase);
      show_page (self, "quiz");
      tc_phrase_quiz_focus (self->quiz);
    }
  else if (is_page (self, "quiz"))
    {
      if (tc_phrase_quiz_is_passed (self->quiz))
        tc_wallet_set_backup_verified (self->wallet, on_verified, g_object_ref (self));
    }
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
tc_phrase_window_dispose (GObject *object)
{
  TcPhraseWindow *self = TC_PHRASE_WINDOW (object);

  g_clear_pointer (&self->phrase, tc_secret_string_unref);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_phrase_window_parent_class)->dispose (object);
}

static void
tc_phrase_window_class_init (TcPhraseWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_PHRASE_GRID);
  g_type_ensure (TC_TYPE_PHRASE_QUIZ);
  G_OBJECT_CLASS (klass)->dispose = tc_phrase_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/phrase-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, password);
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, password_box);
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, passphrase_note);
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, next);
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, grid);
  gtk_widget_class_bind_template_child (widget_class, TcPhraseWindow, quiz);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
}

static void
tc_phrase_window_init (TcPhraseWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_compat_entry_row_expose (self->password);
  tc_stack_hide_others (self->stack);
  update_button (self);
}

GtkWindow *
tc_phrase_window_new (GtkWindow *parent, TcWallet *wallet, gboolean check)
{
  TcPhraseWindow *self = g_object_new (TC_TYPE_PHRASE_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  self->wallet = g_object_ref (wallet);
  self->check = check;
  adw_window_title_set_title (self->title, check ? _("Check Backup") : _("Words of the Wallet"));
  gtk_window_set_title (GTK_WINDOW (self), check ? _("Check Backup") : _("Words of the Wallet"));
  gtk_widget_set_visible (self->password_box, snapshot->encrypted);
  if (snapshot->encrypted)
    gtk_widget_grab_focus (GTK_WIDGET (self->password));
  return GTK_WINDOW (self);
}
