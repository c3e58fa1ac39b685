#define G_LOG_DOMAIN "tc-ui"
#include "facts.h"

#include <glib/gi18n.h>

#include "helpers.h"

#define WIDTH      50  /* characters */
#define HASH_GROUP 8  /* digits: easier to compare, and to read aloud */

GtkWidget *
tc_facts_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), WIDTH);  /* what a window of its own is wide */
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  tc_label_keep_exact (GTK_LABEL (label));
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

char *
tc_facts_hash (const TcHash *hash)
{
  g_autofree char *hex = tc_hash_to_hex (hash);
  GString *text = g_string_new (NULL);

  for (guint i = 0; hex[i] != '\0'; i += HASH_GROUP)
    g_string_append_printf (text, "%s%.*s", i > 0 ? " " : "", HASH_GROUP, hex + i);
  return g_string_free (text, FALSE);
}

GtkWidget *
tc_facts_new (const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *list = gtk_list_box_new ();

  if (title != NULL)
    gtk_box_append (GTK_BOX (box), tc_facts_label (title, "heading"));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  if (title != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (box), list);
  g_object_set_data (G_OBJECT (box), "list", list);
  return box;
}

void
tc_facts_add_widget (GtkWidget *facts, GtkWidget *widget)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), widget);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (g_object_get_data (G_OBJECT (facts), "list"), row);
}

static void
on_copy (GtkButton *button)
{
  tc_copy_text (GTK_WIDGET (button), g_object_get_data (G_OBJECT (button), "text"), _("Copied"));
}

static GtkWidget *
make_copy_button (const char *title, const char *copy)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  /* Translators: %s is the name of what is copied, such as “Hash”. */
  g_autofree char *tip = g_strdup_printf (_("Copy %s"), title);

  gtk_widget_set_tooltip_text (button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "text", g_strdup (copy), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_copy), NULL);
  return button;
}

/* Digits are grouped to be read and copied whole. */
static char *
without_groups (const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, " ", -1);

  return g_strjoinv ("", parts);
}

static GtkWidget *
make_words (const char *title, const char *note, GtkWidget *text)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  g_autofree char *heading = note == NULL ? g_strdup (title) : g_strdup_printf ("%s · %s", title, note);
  GtkWidget *caption = tc_facts_label (heading, "caption");

  gtk_widget_add_css_class (caption, "dim-label");
  gtk_box_append (GTK_BOX (words), caption);
  gtk_box_append (GTK_BOX (words), text);
  gtk_widget_set_hexpand (words, TRUE);
  return words;
}

static void
add_row (GtkWidget *facts, const char *title, GtkWidget *content, const char *text, TcFactFlags flags)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *copy = (flags & TC_FACT_EXACT) != 0 ? without_groups (text) : g_strdup (text);

  gtk_box_append (GTK_BOX (box), content);
  if ((flags & TC_FACT_COPY) != 0)
    gtk_box_append (GTK_BOX (box), make_copy_button (title, copy));
  gtk_widget_add_css_class (box, "fact");
  tc_facts_add_widget (facts, box);
}

static GtkWidget *
make_text (const char *text, TcFactFlags flags)
{
  GtkWidget *label = tc_facts_label (text, (flags & TC_FACT_EXACT) != 0 ? "address-small" : "numeric");

  /* What is read letter by letter runs left to right in any language, and begins below its title. */
  if ((flags & TC_FACT_EXACT) != 0)
    {
      gtk_label_set_xalign (GTK_LABEL (label), gtk_widget_get_direction (label) == GTK_TEXT_DIR_RTL ? 1 : 0);
      gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
    }
  return label;
}

void
tc_facts_add (GtkWidget *facts, const char *title, const char *text, TcFactFlags flags)
{
  add_row (facts, title, make_words (title, NULL, make_text (text, flags)), text, flags);
}

void
tc_facts_add_link (GtkWidget *facts, const char *title, const char *note, const char *text, TcFactFlags flags, const char *action, const char *target)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");
  g_autofree char *name = g_strdup_printf ("%s: %s", title, text);

  gtk_box_append (GTK_BOX (box), make_words (title, note, make_text (text, flags)));
  gtk_widget_add_css_class (arrow, "dim-label");
  gtk_box_append (GTK_BOX (box), arrow);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "fact-link");
  gtk_widget_set_hexpand (button, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  add_row (facts, title, button, text, flags);
}

/* --- A list that shows a page at a time --- */

typedef struct
{
  GtkWidget     *facts;
  GtkButton     *more;
  gsize          n, n_shown, page;
  TcFactsAddItem add;
  gpointer       data;
  GDestroyNotify free_data;
} Paged;

static void
paged_free (gpointer data)
{
  Paged *self = data;

  self->free_data (self->data);
  g_free (self);
}

static void
show_more (Paged *self)
{
  const gsize end = MIN (self->n, self->n_shown + self->page);
  const guint left = (guint) (self->n - end);
  g_autofree char *label = g_strdup_printf (ngettext ("Show More (%u Left)", "Show More (%u Left)", left), left);

  for (; self->n_shown < end; self->n_shown++)
    self->add (self->facts, self->n_shown, self->data);
  gtk_button_set_label (self->more, label);
  gtk_widget_set_visible (GTK_WIDGET (self->more), left > 0);
}

void
tc_facts_add_paged (GtkWidget *facts, gsize n, gsize page, TcFactsAddItem add, gpointer data, GDestroyNotify free_data)
{
  Paged *self = g_new0 (Paged, 1);

  *self = (Paged) { facts, GTK_BUTTON (gtk_button_new ()), n, 0, page, add, data, free_data };
  gtk_widget_set_halign (GTK_WIDGET (self->more), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->more), "pill");
  gtk_box_append (GTK_BOX (facts), GTK_WIDGET (self->more));
  g_object_set_data_full (G_OBJECT (facts), "paged", self, paged_free);
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (show_more), self);
  show_more (self);
}
