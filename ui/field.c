#define G_LOG_DOMAIN "tc-ui"
#include "field.h"

#include "compat.h"

struct _TcField
{
  AdwBin       parent_instance;
  AdwEntryRow *row;
  GtkWidget   *message_box;
  GtkImage    *message_icon;
  GtkLabel    *message;
  char        *hint;
  gboolean     error;
};

G_DEFINE_FINAL_TYPE (TcField, tc_field, ADW_TYPE_BIN)

enum { PROP_TITLE = 1, PROP_HINT };
enum { CHANGED, LEFT, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
show (TcField *self, const char *text, gboolean error)
{
  self->error = error;
  gtk_label_set_text (self->message, text == NULL ? "" : text);
  gtk_widget_set_visible (self->message_box, text != NULL && text[0] != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->message_icon), error);
  if (error)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->row), "error");
      gtk_widget_add_css_class (self->message_box, "inline-error");
      gtk_widget_remove_css_class (self->message_box, "dim-label");
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->row), "error");
      gtk_widget_remove_css_class (self->message_box, "inline-error");
      gtk_widget_add_css_class (self->message_box, "dim-label");
    }
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->row), GTK_ACCESSIBLE_STATE_INVALID,
                               error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text == NULL ? "" : text, -1);
}

static void
on_changed (TcField *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_left (TcField *self)
{
  g_signal_emit (self, signals[LEFT], 0);
}

static void
on_activated (TcField *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
tc_field_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TcField *self = TC_FIELD (object);

  if (id == PROP_TITLE)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), g_value_get_string (value));
  else
    tc_field_set_hint (self, g_value_get_string (value));
}

static void
tc_field_finalize (GObject *object)
{
  g_free (TC_FIELD (object)->hint);
  G_OBJECT_CLASS (tc_field_parent_class)->finalize (object);
}

static void
tc_field_class_init (TcFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = tc_field_set_property;
  object_class->finalize = tc_field_finalize;
  g_object_class_install_property (object_class, PROP_TITLE, g_param_spec_string ("title", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_HINT, g_param_spec_string ("hint", NULL, NULL, NULL, flags));
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEFT] = g_signal_new ("left", TC_TYPE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", TC_TYPE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/field.ui");
  gtk_widget_class_bind_template_child (widget_class, TcField, row);
  gtk_widget_class_bind_template_child (widget_class, TcField, message_box);
  gtk_widget_class_bind_template_child (widget_class, TcField, message_icon);
  gtk_widget_class_bind_template_child (widget_class, TcField, message);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_left);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
tc_field_init (TcField *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_compat_entry_row_expose (GTK_EDITABLE (self->row));
}

GtkWidget *
tc_field_new (void)
{
  return g_object_new (TC_TYPE_FIELD, NULL);
}

const char *
tc_field_get_text (TcField *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->row));
}

void
tc_field_set_text (TcField *self, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->row), text);
}

void
tc_field_add_suffix (TcField *self, GtkWidget *widget)
{
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  adw_entry_row_add_suffix (self->row, widget);
}

void
tc_field_set_hint (TcField *self, const char *hint)
{
  g_free (self->hint);
  self->hint = g_strdup (hint);
  if (!self->error)
    show (self, self->hint, FALSE);
}

void
tc_field_show_verdict (TcField *self, TcFieldVerdict verdict, const char *message, gboolean left)
{
  if (verdict == TC_FIELD_BAD || (verdict == TC_FIELD_INCOMPLETE && left))
    show (self, message, TRUE);
  else
    show (self, self->hint, FALSE);
}

const char *
tc_field_get_message (TcField *self)
{
  return gtk_label_get_text (self->message);
}

gboolean
tc_field_has_error (TcField *self)
{
  return self->error;
}

GtkWidget *
tc_field_get_entry (TcField *self)
{
  return GTK_WIDGET (self->row);
}
