#define G_LOG_DOMAIN "tc-ui"
#include "password-fields.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat.h"
#include "helpers.h"
#include "wallet/keystore.h"

struct _TcPasswordFields
{
  AdwBin       parent_instance;
  GtkEditable *first, *second;
  GtkLevelBar *meter;
  GtkLabel    *message;
};

G_DEFINE_FINAL_TYPE (TcPasswordFields, tc_password_fields, ADW_TYPE_BIN)

enum { CHANGED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *
strength_words (TcPasswordStrength strength)
{
  switch (strength)
    {
    case TC_PASSWORD_WEAK:
      return _("Weak: soon guessed. Add words or characters.");
    case TC_PASSWORD_FAIR:
      return _("Fair");
    case TC_PASSWORD_GOOD:
      return _("Good");
    case TC_PASSWORD_STRONG:
      return _("Strong");
    case TC_PASSWORD_EMPTY:
    default:
      return _("Four or five words that do not belong together make a good one.");
    }
}

gboolean
tc_password_fields_is_ready (TcPasswordFields *self)
{
  const char *first = gtk_editable_get_text (self->first);

  return tc_password_strength (first, NULL) >= TC_PASSWORD_FAIR && strcmp (first, gtk_editable_get_text (self->second)) == 0;
}

static void
on_changed (TcPasswordFields *self)
{
  const char *first = gtk_editable_get_text (self->first), *second = gtk_editable_get_text (self->second);
  const TcPasswordStrength strength = tc_password_strength (first, NULL);
  const gboolean differs = second[0] != '\0' && strncmp (first, second, strlen (second)) != 0;

  gtk_level_bar_set_value (self->meter, (double) strength);
  gtk_label_set_text (self->message, differs ? _("The two are not the same.") : strength_words (strength));
  if (differs)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "inline-error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "inline-error");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->meter), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, strength_words (strength), -1);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_activated (TcPasswordFields *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
tc_password_fields_class_init (TcPasswordFieldsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_PASSWORD_FIELDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", TC_TYPE_PASSWORD_FIELDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/password-fields.ui");
  gtk_widget_class_bind_template_child (widget_class, TcPasswordFields, first);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordFields, second);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordFields, meter);
  gtk_widget_class_bind_template_child (widget_class, TcPasswordFields, message);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
tc_password_fields_init (TcPasswordFields *self)
{
  static const char *const offsets[] = { "weak", "fair", "good", "strong" };

  gtk_widget_init_template (GTK_WIDGET (self));
  tc_compat_entry_row_expose (self->first);
  tc_compat_entry_row_expose (self->second);
  gtk_level_bar_remove_offset_value (self->meter, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (self->meter, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (self->meter, GTK_LEVEL_BAR_OFFSET_FULL);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    gtk_level_bar_add_offset_value (self->meter, offsets[i], i + 1);
  on_changed (self);
}

TcSecretString *
tc_password_fields_take (TcPasswordFields *self)
{
  TcSecretString *password = tc_take_secret (self->first);

  gtk_editable_set_text (self->second, "");
  return password;
}

void
tc_password_fields_clear (TcPasswordFields *self)
{
  gtk_editable_set_text (self->first, "");
  gtk_editable_set_text (self->second, "");
}

void
tc_password_fields_focus (TcPasswordFields *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->first));
}
