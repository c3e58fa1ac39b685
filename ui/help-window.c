#define G_LOG_DOMAIN "tc-ui"
#include "help-window.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "help-topics.h"
#include "helpers.h"

#define BULLET "• "

struct _TcHelpWindow
{
  AdwWindow          parent_instance;
  AdwWindowTitle    *title;
  GtkWidget         *back;
  GtkStack          *stack;
  GtkBox            *topics, *paragraphs;
  GtkScrolledWindow *scrolled;
};

G_DEFINE_FINAL_TYPE (TcHelpWindow, tc_help_window, ADW_TYPE_WINDOW)

static GtkWidget *
label_new (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

/* The mark stands beside its text, so that further lines begin under the first. */
static GtkWidget *
point_new (const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *mark = gtk_label_new ("•"), *label = label_new (text, NULL);

  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

/* A translation keeps the marks; where one does not, what it says is a plain paragraph. */
static GtkWidget *
paragraph_new (const char *text)
{
  if (g_str_has_prefix (text, "# "))
    {
      GtkWidget *heading = label_new (text + 2, "heading");

      gtk_widget_set_margin_top (heading, 8);
      return heading;
    }
  return g_str_has_prefix (text, BULLET) ? point_new (text + strlen (BULLET)) : label_new (text, NULL);
}

static void
show_topic (TcHelpWindow *self, const TcHelpTopic *topic)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->paragraphs))) != NULL)
    gtk_box_remove (self->paragraphs, child);
  gtk_box_append (self->paragraphs, label_new (_(topic->title), "title-2"));
  for (guint i = 0; topic->paragraphs[i] != NULL; i++)
    gtk_box_append (self->paragraphs, paragraph_new (_(topic->paragraphs[i])));
  adw_window_title_set_subtitle (self->title, _(topic->title));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  gtk_widget_set_visible (self->back, TRUE);
  gtk_stack_set_visible_child_name (self->stack, "topic");
  gtk_widget_grab_focus (self->back);
}

static void
on_back (TcHelpWindow *self)
{
  adw_window_title_set_subtitle (self->title, "");
  gtk_widget_set_visible (self->back, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "topics");
  gtk_widget_grab_focus (gtk_widget_get_first_child (GTK_WIDGET (self->topics)));
}

static void
on_topic_clicked (GtkButton *button, TcHelpWindow *self)
{
  show_topic (self, g_object_get_data (G_OBJECT (button), "topic"));
}

static void
add_topic (TcHelpWindow *self, const TcHelpTopic *topic)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *go = gtk_image_new_from_icon_name ("go-next-symbolic");

  gtk_box_append (GTK_BOX (words), label_new (_(topic->title), "heading"));
  gtk_box_append (GTK_BOX (words), label_new (_(topic->summary), "dim-label"));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (topic->icon));
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), go);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "choice");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(topic->title), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _(topic->summary), -1);
  g_object_set_data (G_OBJECT (button), "topic", (gpointer) topic);
  g_signal_connect (button, "clicked", G_CALLBACK (on_topic_clicked), self);
  gtk_box_append (self->topics, button);
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  TcHelpWindow *self = TC_HELP_WINDOW (widget);

  if (gtk_widget_get_visible (self->back))
    on_back (self);
  else
    gtk_window_close (GTK_WINDOW (self));
  return GDK_EVENT_STOP;
}

static void
tc_help_window_class_init (TcHelpWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/help-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcHelpWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TcHelpWindow, back);
  gtk_widget_class_bind_template_child (widget_class, TcHelpWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcHelpWindow, topics);
  gtk_widget_class_bind_template_child (widget_class, TcHelpWindow, paragraphs);
  gtk_widget_class_bind_template_child (widget_class, TcHelpWindow, scrolled);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
tc_help_window_init (TcHelpWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  for (guint i = 0; i < tc_n_help_topics; i++)
    add_topic (self, &tc_help_topics[i]);
}

GtkWindow *
tc_help_window_new (GtkWindow *parent, const char *topic)
{
  TcHelpWindow *self = g_object_new (TC_TYPE_HELP_WINDOW, "transient-for", parent, NULL);

  for (guint i = 0; topic != NULL && i < tc_n_help_topics; i++)
    if (strcmp (tc_help_topics[i].id, topic) == 0)
      show_topic (self, &tc_help_topics[i]);
  return GTK_WINDOW (self);
}
