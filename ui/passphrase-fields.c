#define G_LOG_DOMAIN "tc-ui"
#include "passphrase-fields.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat.h"

struct _TcPassphraseFields
{
  AdwBin          parent_instance;
  GtkEditable    *first, *second;
  GtkLabel       *message;
  GtkWidget      *written_row;
  GtkSwitch      *written;
  gboolean        new;
};

G_DEFINE_FINAL_TYPE (TcPassphraseFields, tc_passphrase_fields, ADW_TYPE_BIN)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_same (TcPassphraseFields *self)
{
  return strcmp (gtk_editable_get_text (self->first), gtk_editable_get_text (self->second)) == 0;
}

static gboolean
is_empty (TcPassphraseFields *self)
{
  return gtk_editable_get_text (self->first)[0] == '\0' && gtk_editable_get_text (self->second)[0] == '\0';
}

static void
on_changed (TcPassphraseFields *self)
{
  const gboolean differs = gtk_editable_get_text (self->second)[0] != '\0' && !is_same (self);

  gtk_label_set_text (self->message, differs ? _("The two are not the same.") : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), differs);
  gtk_widget_set_visible (self->written_row, self->new && !is_empty (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

void
tc_passphrase_fields_set_new (TcPassphraseFields *self, gboolean new)
{
  g_return_if_fail (TC_IS_PASSPHRASE_FIELDS (self));

  self->new = new;
  on_changed (self);
}

gboolean
tc_passphrase_fields_is_ready (TcPassphraseFields *self)
{
  g_return_val_if_fail (TC_IS_PASSPHRASE_FIELDS (self), FALSE);

  return is_empty (self) || (is_same (self) && (!self->new || gtk_switch_get_active (self->written)));
}

TcSecretString *
tc_passphrase_fields_dup (TcPassphraseFields *self)
{
  g_return_val_if_fail (TC_IS_PASSPHRASE_FIELDS (self), NULL);

  return is_empty (self) ? NULL : tc_secret_string_new (gtk_editable_get_text (self->first));
}

void
tc_passphrase_fields_clear (TcPassphraseFields *self)
{
  g_return_if_fail (TC_IS_PASSPHRASE_FIELDS (self));

  gtk_editable_set_text (self->first, "");
  gtk_editable_set_text (self->second, "");
  gtk_switch_set_active (self->written, FALSE);
}

static void
tc_passphrase_fields_class_init (TcPassphraseFieldsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_PASSPHRASE_FIELDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/passphrase-fields.ui");
  gtk_widget_class_bind_template_child (widget_class, TcPassphraseFields, first);
  gtk_widget_class_bind_template_child (widget_class, TcPassphraseFields, second);
  gtk_widget_class_bind_template_child (widget_class, TcPassphraseFields, message);
  gtk_widget_class_bind_template_child (widget_class, TcPassphraseFields, written);
  gtk_widget_class_bind_template_child (widget_class, TcPassphraseFields, written_row);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
tc_passphrase_fields_init (TcPassphraseFields *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_compat_entry_row_expose (self->first);
  tc_compat_entry_row_expose (self->second);
}
