#define G_LOG_DOMAIN "tc-ui"
#include "phrase-grid.h"

#include <string.h>

#include <glib/gi18n.h>

struct _TcPhraseGrid
{
  AdwBin      parent_instance;
  GtkFlowBox *flow;
};

G_DEFINE_FINAL_TYPE (TcPhraseGrid, tc_phrase_grid, ADW_TYPE_BIN)

static void
tc_phrase_grid_class_init (TcPhraseGridClass *klass)
{
}

static void
tc_phrase_grid_init (TcPhraseGrid *self)
{
  self->flow = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->flow, GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (self->flow, TRUE);
  gtk_flow_box_set_min_children_per_line (self->flow, 2);
  gtk_flow_box_set_max_children_per_line (self->flow, 4);
  gtk_flow_box_set_row_spacing (self->flow, 4);
  gtk_flow_box_set_column_spacing (self->flow, 4);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->flow), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Words of the phrase"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->flow));
}

static void
add_word (TcPhraseGrid *self, guint number, const char *word, gsize n)
{
  GtkWidget *cell = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *number_text = g_strdup_printf ("%u", number);
  GtkWidget *number_label = gtk_label_new (number_text), *word_label;
  char *copy = g_strndup (word, n);

  word_label = gtk_label_new (copy);
  tc_secret_free_text (copy);
  gtk_label_set_xalign (GTK_LABEL (number_label), 1);
  gtk_label_set_xalign (GTK_LABEL (word_label), 0);
  gtk_label_set_width_chars (GTK_LABEL (word_label), 8);
  gtk_widget_add_css_class (number_label, "number");
  gtk_widget_add_css_class (number_label, "numeric");
  gtk_widget_add_css_class (word_label, "word");
  gtk_widget_add_css_class (cell, "word-cell");
  gtk_box_append (GTK_BOX (cell), number_label);
  gtk_box_append (GTK_BOX (cell), word_label);
  gtk_flow_box_append (self->flow, cell);
  gtk_widget_set_focusable (gtk_widget_get_parent (cell), FALSE);
}

void
tc_phrase_grid_set_phrase (TcPhraseGrid *self, const TcSecretString *phrase)
{
  GtkWidget *child;
  guint number = 0;

  g_return_if_fail (TC_IS_PHRASE_GRID (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->flow))) != NULL)
    gtk_flow_box_remove (self->flow, child);
  for (const char *at = phrase == NULL ? "" : tc_secret_string_get (phrase); *at != '\0';)
    {
      const gsize n = strcspn (at, " ");

      if (n > 0)
        add_word (self, ++number, at, n);
      at += n + strspn (at + n, " ");
    }
}
