#define G_LOG_DOMAIN "tc-ui"
#include "word-entries.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat.h"
#include "wallet/bip39.h"

struct _TcWordEntries
{
  AdwBin      parent_instance;
  GtkFlowBox *flow;
  GObject    *words;      /* to complete from */
  GPtrArray  *entries;    /* of GtkEntry */
  gboolean    spreading;
};

G_DEFINE_FINAL_TYPE (TcWordEntries, tc_word_entries, ADW_TYPE_BIN)

enum { CHANGED, RESIZED, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
plain_word (const char *text)
{
  char *lower = g_ascii_strdown (text, -1);

  return g_strstrip (lower);
}

static gboolean
is_start_of_word (const char *text)
{
  const char *found;

  return text[0] == '\0' || tc_bip39_complete (text, 1, &found) > 0;
}

static void
set_bad (GtkWidget *entry, gboolean bad)
{
  if (bad)
    gtk_widget_add_css_class (entry, "error");
  else
    gtk_widget_remove_css_class (entry, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID, bad ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
check_cell (TcWordEntries *self, guint cell)
{
  char *word = tc_word_entries_dup_word (self, cell);

  set_bad (self->entries->pdata[cell], !is_start_of_word (word));
  tc_secret_free_text (word);
}

/* Words from @cell on; a paste that is a whole phrase starts at the first cell and asks for as many as it has. */
static void
spread (TcWordEntries *self, guint cell, const char *text)
{
  g_auto(GStrv) parts = g_strsplit_set (text, " \t\r\n,;", -1);
  guint n = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      n++;
  self->spreading = TRUE;
  if (n >= TC_BIP39_WORDS_MIN && n <= TC_BIP39_WORDS_MAX && n % 3 == 0)
    {
      cell = 0;
      if (n != self->entries->len)
        g_signal_emit (self, signals[RESIZED], 0, n);
    }
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (parts[i][0] != '\0' && cell < self->entries->len)
        {
          gtk_editable_set_text (self->entries->pdata[cell], parts[i]);
          check_cell (self, cell++);
        }
      tc_secret_wipe (parts[i], strlen (parts[i]));
    }
  self->spreading = FALSE;
  tc_word_entries_focus (self, MIN (cell, self->entries->len - 1));
}

static guint
index_of (TcWordEntries *self, GtkEditable *entry)
{
  guint index = 0;

  g_ptr_array_find (self->entries, entry, &index);
  return index;
}

static void
on_changed (GtkEditable *entry, TcWordEntries *self)
{
  const char *text = gtk_editable_get_text (entry);
  const guint cell = index_of (self, entry);

  if (self->spreading)
    return;
  if (strpbrk (text, " \t\r\n,;") != NULL && strspn (text, " \t\r\n,;") != strlen (text))
    {
      char *copy = g_strdup (text);

      spread (self, cell, copy);
      tc_secret_free_text (copy);
      /* A blank typed after a word moves on to the next. */
      if (cell + 1 < self->entries->len && gtk_editable_get_text (self->entries->pdata[cell + 1])[0] == '\0')
        tc_word_entries_focus (self, cell + 1);
    }
  else
    check_cell (self, cell);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_activate (GtkEditable *entry, TcWordEntries *self)
{
  const guint cell = index_of (self, entry);

  if (cell + 1 < self->entries->len)
    tc_word_entries_focus (self, cell + 1);
  else
    gtk_widget_activate_default (GTK_WIDGET (self));
}

static GtkWidget *
make_entry (TcWordEntries *self)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_widget_add_css_class (entry, "word-entry");
  gtk_entry_set_input_hints (GTK_ENTRY (entry), GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_LOWERCASE | GTK_INPUT_HINT_PRIVATE);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 8);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 10);
  gtk_editable_set_enable_undo (GTK_EDITABLE (entry), FALSE);
  gtk_widget_set_hexpand (entry, TRUE);
  tc_compat_entry_complete (GTK_ENTRY (entry), self->words);
  g_signal_connect (entry, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (entry, "activate", G_CALLBACK (on_activate), self);
  return entry;
}

static void
add_cell (TcWordEntries *self)
{
  GtkWidget *cell = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *number = gtk_label_new (NULL), *entry = make_entry (self);

  gtk_label_set_xalign (GTK_LABEL (number), 1);
  gtk_label_set_width_chars (GTK_LABEL (number), 2);
  gtk_widget_add_css_class (number, "dim-label");
  gtk_widget_add_css_class (number, "numeric");
  gtk_box_append (GTK_BOX (cell), number);
  gtk_box_append (GTK_BOX (cell), entry);
  g_ptr_array_add (self->entries, entry);
  gtk_flow_box_append (self->flow, cell);
  gtk_widget_set_focusable (gtk_widget_get_parent (cell), FALSE);
}

static void
remove_cell (TcWordEntries *self)
{
  GtkWidget *entry = self->entries->pdata[self->entries->len - 1];

  g_signal_handlers_disconnect_by_data (entry, self);
  g_ptr_array_remove_index (self->entries, self->entries->len - 1);
  gtk_flow_box_remove (self->flow, gtk_widget_get_ancestor (entry, GTK_TYPE_FLOW_BOX_CHILD));
}

static void
tc_word_entries_finalize (GObject *object)
{
  TcWordEntries *self = TC_WORD_ENTRIES (object);

  g_ptr_array_unref (self->entries);
  g_object_unref (self->words);
  G_OBJECT_CLASS (tc_word_entries_parent_class)->finalize (object);
}

static void
tc_word_entries_class_init (TcWordEntriesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_word_entries_finalize;
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_WORD_ENTRIES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESIZED] = g_signal_new ("resized", TC_TYPE_WORD_ENTRIES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
tc_word_entries_init (TcWordEntries *self)
{
  const char *words[TC_BIP39_WORDS];

  for (guint i = 0; i < TC_BIP39_WORDS; i++)
    words[i] = tc_bip39_word (i);
  self->words = tc_compat_words_new (words, TC_BIP39_WORDS);
  self->entries = g_ptr_array_new ();
  self->flow = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->flow, GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (self->flow, TRUE);
  gtk_flow_box_set_min_children_per_line (self->flow, 2);
  gtk_flow_box_set_max_children_per_line (self->flow, 4);
  gtk_flow_box_set_row_spacing (self->flow, 4);
  gtk_flow_box_set_column_spacing (self->flow, 6);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->flow));
}

void
tc_word_entries_set_numbers (TcWordEntries *self, const guint *numbers, guint n_numbers)
{
  g_return_if_fail (TC_IS_WORD_ENTRIES (self));

  while (self->entries->len > n_numbers)
    remove_cell (self);
  while (self->entries->len < n_numbers)
    add_cell (self);
  for (guint i = 0; i < n_numbers; i++)
    {
      GtkWidget *entry = self->entries->pdata[i], *number = gtk_widget_get_prev_sibling (entry);
      g_autofree char *text = g_strdup_printf ("%u", numbers[i]);
      g_autofree char *name = g_strdup_printf (_("Word %u"), numbers[i]);

      gtk_label_set_text (GTK_LABEL (number), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    }
}

void
tc_word_entries_set_count (TcWordEntries *self, guint n)
{
  guint numbers[TC_BIP39_WORDS_MAX];

  g_return_if_fail (n <= TC_BIP39_WORDS_MAX);

  for (guint i = 0; i < n; i++)
    numbers[i] = i + 1;
  tc_word_entries_set_numbers (self, numbers, n);
}

guint
tc_word_entries_get_count (TcWordEntries *self)
{
  return self->entries->len;
}

char *
tc_word_entries_dup_word (TcWordEntries *self, guint cell)
{
  return plain_word (gtk_editable_get_text (self->entries->pdata[cell]));
}

void
tc_word_entries_set_word (TcWordEntries *self, guint cell, const char *word)
{
  gtk_editable_set_text (self->entries->pdata[cell], word);
}

TcSecretString *
tc_word_entries_dup_phrase (TcWordEntries *self)
{
  GString *text = g_string_sized_new (512);
  TcSecretString *phrase;

  for (guint i = 0; i < self->entries->len; i++)
    {
      char *word = tc_word_entries_dup_word (self, i);

      g_string_append_printf (text, "%s%s", i == 0 ? "" : " ", word);
      tc_secret_free_text (word);
    }
  phrase = tc_secret_string_new (text->str);
  tc_secret_free_text (g_string_free (text, FALSE));
  return phrase;
}

gboolean
tc_word_entries_is_complete (TcWordEntries *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      char *word = tc_word_entries_dup_word (self, i);
      const gboolean known = tc_bip39_find (word) >= 0;

      tc_secret_free_text (word);
      if (!known)
        return FALSE;
    }
  return self->entries->len > 0;
}

int
tc_word_entries_find_bad (TcWordEntries *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (gtk_widget_has_css_class (self->entries->pdata[i], "error"))
      return (int) i;
  return -1;
}

void
tc_word_entries_mark (TcWordEntries *self, guint cell, gboolean bad)
{
  set_bad (self->entries->pdata[cell], bad);
}

void
tc_word_entries_clear (TcWordEntries *self)
{
  self->spreading = TRUE;
  for (guint i = 0; i < self->entries->len; i++)
    {
      gtk_editable_set_text (self->entries->pdata[i], "");
      set_bad (self->entries->pdata[i], FALSE);
    }
  self->spreading = FALSE;
}

void
tc_word_entries_focus (TcWordEntries *self, guint cell)
{
  if (cell < self->entries->len)
    gtk_widget_grab_focus (self->entries->pdata[cell]);
}
