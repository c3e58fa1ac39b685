#define G_LOG_DOMAIN "tc-ui"
#include "phrase-quiz.h"

#include <string.h>

#include <glib/gi18n.h>

#include "wallet/bip39.h"
#include "word-entries.h"

struct _TcPhraseQuiz
{
  AdwBin          parent_instance;
  TcWordEntries  *entries;
  GtkLabel       *message;
  TcSecretString *phrase;
  guint           positions[TC_PHRASE_QUIZ_WORDS];  /* from 0, ascending */
};

G_DEFINE_FINAL_TYPE (TcPhraseQuiz, tc_phrase_quiz, ADW_TYPE_BIN)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_word_at (const TcSecretString *phrase, guint position, const char *word)
{
  const char *at = tc_secret_string_get (phrase);

  for (guint i = 0; i < position; i++)
    {
      at += strcspn (at, " ");
      at += strspn (at, " ");
    }
  return strlen (word) == strcspn (at, " ") && strncmp (at, word, strlen (word)) == 0;
}

static guint
count_words (const TcSecretString *phrase)
{
  guint n = 0;

  for (const char *at = tc_secret_string_get (phrase); *at != '\0'; n++)
    {
      at += strcspn (at, " ");
      at += strspn (at, " ");
    }
  return n;
}

static gboolean
check_cell (TcPhraseQuiz *self, guint cell, gboolean *ret_wrong)
{
  char *word = tc_word_entries_dup_word (self->entries, cell);
  const gboolean whole = tc_bip39_find (word) >= 0, right = is_word_at (self->phrase, self->positions[cell], word);

  *ret_wrong = whole && !right;
  if (whole)
    tc_word_entries_mark (self->entries, cell, !right);
  tc_secret_free_text (word);
  return right;
}

gboolean
tc_phrase_quiz_is_passed (TcPhraseQuiz *self)
{
  gboolean wrong;

  if (self->phrase == NULL)
    return FALSE;
  for (guint i = 0; i < TC_PHRASE_QUIZ_WORDS; i++)
    if (!check_cell (self, i, &wrong))
      return FALSE;
  return TRUE;
}

static void
on_changed (TcPhraseQuiz *self)
{
  g_autofree char *text = NULL;
  gboolean wrong = FALSE;

  for (guint i = 0; i < TC_PHRASE_QUIZ_WORDS && self->phrase != NULL && text == NULL; i++)
    {
      check_cell (self, i, &wrong);
      if (wrong)
        text = g_strdup_printf (_("That is not word %u. Look at what you wrote down."), self->positions[i] + 1);
    }
  if (text == NULL && tc_phrase_quiz_is_passed (self))
    text = g_strdup (_("All five are right."));
  gtk_label_set_text (self->message, text == NULL ? "" : text);
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "inline-error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "inline-error");
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
tc_phrase_quiz_finalize (GObject *object)
{
  g_clear_pointer (&TC_PHRASE_QUIZ (object)->phrase, tc_secret_string_unref);
  G_OBJECT_CLASS (tc_phrase_quiz_parent_class)->finalize (object);
}

static void
tc_phrase_quiz_class_init (TcPhraseQuizClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_phrase_quiz_finalize;
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_PHRASE_QUIZ, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_phrase_quiz_init (TcPhraseQuiz *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->entries = g_object_new (TC_TYPE_WORD_ENTRIES, NULL);
  self->message = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->message, TRUE);
  gtk_label_set_justify (self->message, GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->entries));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->message));
  g_signal_connect_object (self->entries, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), box);
}

static void
draw_positions (TcPhraseQuiz *self, guint n_words)
{
  gboolean drawn[TC_BIP39_WORDS_MAX] = { FALSE };
  guint n = 0;

  while (n < TC_PHRASE_QUIZ_WORDS)
    {
      const guint position = (guint) g_random_int_range (0, (int) n_words);

      n += drawn[position] ? 0 : 1;
      drawn[position] = TRUE;
    }
  n = 0;
  for (guint i = 0; i < n_words; i++)
    if (drawn[i])
      self->positions[n++] = i;
}

void
tc_phrase_quiz_set_phrase (TcPhraseQuiz *self, TcSecretString *phrase)
{
  guint numbers[TC_PHRASE_QUIZ_WORDS], n_words;

  g_return_if_fail (TC_IS_PHRASE_QUIZ (self));

  g_clear_pointer (&self->phrase, tc_secret_string_unref);
  tc_word_entries_clear (self->entries);
  gtk_label_set_text (self->message, "");
  n_words = phrase == NULL ? 0 : count_words (phrase);
  if (n_words < TC_PHRASE_QUIZ_WORDS || n_words > TC_BIP39_WORDS_MAX)
    return;
  self->phrase = tc_secret_string_ref (phrase);
  draw_positions (self, n_words);
  for (guint i = 0; i < TC_PHRASE_QUIZ_WORDS; i++)
    numbers[i] = self->positions[i] + 1;
  tc_word_entries_set_numbers (self->entries, numbers, TC_PHRASE_QUIZ_WORDS);
}

void
tc_phrase_quiz_focus (TcPhraseQuiz *self)
{
  tc_word_entries_focus (self->entries, 0);
}
