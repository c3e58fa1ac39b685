#define G_LOG_DOMAIN "tc-ui"
#include "notice.h"

#include "twin-box.h"

#define BUTTON_SPACING 12

struct _TcNotice
{
  AdwBin     parent_instance;
  GtkWidget *box;
  GtkImage  *icon;
  GtkLabel  *title, *label;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (TcNotice, tc_notice, ADW_TYPE_BIN)

enum { ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_clicked (TcNotice *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
tc_notice_class_init (TcNoticeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_TWIN_BOX);
  signals[ACTIVATED] = g_signal_new ("activated", TC_TYPE_NOTICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/notice.ui");
  gtk_widget_class_bind_template_child (widget_class, TcNotice, box);
  gtk_widget_class_bind_template_child (widget_class, TcNotice, icon);
  gtk_widget_class_bind_template_child (widget_class, TcNotice, title);
  gtk_widget_class_bind_template_child (widget_class, TcNotice, label);
  gtk_widget_class_bind_template_child (widget_class, TcNotice, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
tc_notice_init (TcNotice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
tc_notice_set (TcNotice *self, TcNoticeKind kind, const char *text, const char *button)
{
  static const char *const icons[] = { "dialog-information-symbolic", "dialog-warning-symbolic", "dialog-error-symbolic" };
  static const char *const classes[] = { "info", "warning", "error" };

  g_return_if_fail (TC_IS_NOTICE (self));

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      if (i == kind)
        gtk_widget_add_css_class (self->box, classes[i]);
      else
        gtk_widget_remove_css_class (self->box, classes[i]);
    }
  gtk_image_set_from_icon_name (self->icon, icons[kind]);
  /* What is written anew, unchanged, would drop what is selected. */
  if (g_strcmp0 (gtk_label_get_text (self->label), text) != 0)
    gtk_label_set_text (self->label, text);
  gtk_label_set_selectable (self->label, kind == TC_NOTICE_ERROR);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  g_object_set (self->box, "spacing", button != NULL ? BUTTON_SPACING : 0, NULL);
  if (button != NULL)
    gtk_button_set_label (self->button, button);
}

void
tc_notice_set_title (TcNotice *self, const char *title)
{
  g_return_if_fail (TC_IS_NOTICE (self));

  gtk_label_set_text (self->title, title != NULL ? title : "");
  gtk_widget_set_visible (GTK_WIDGET (self->title), title != NULL);
}
