#define G_LOG_DOMAIN "tc-ui"
#include "send-recipient.h"

#include <string.h>

#include <glib/gi18n.h>

#include "field.h"
#include "helpers.h"
#include "text.h"
#include "wallet/pay-list.h"
#include "wallet/uri.h"

struct _TcSendRecipient
{
  AdwBin           parent_instance;
  GtkWidget       *heading_box, *remove;
  GtkLabel        *heading;
  TcField         *address, *amount, *name;
  GtkCheckButton  *pays_fee;
  GtkToggleButton *use_all;
  char             digit;
  gboolean         writing;  /* this widget writes into the fields itself */
};

G_DEFINE_FINAL_TYPE (TcSendRecipient, tc_send_recipient, ADW_TYPE_BIN)

enum { CHANGED, ACTIVATED, REMOVE, USE_ALL, TEXT, N_SIGNALS };
static guint signals[N_SIGNALS];

static TcFieldVerdict
check_address (TcSendRecipient *self, gboolean left)
{
  g_autofree char *message = NULL, *stripped = tc_send_recipient_dup_address (self), *groups = tc_text_address_groups (stripped, 0);
  TcKeyHash key_hash;
  const TcFieldVerdict verdict = tc_check_address (stripped, self->digit, &key_hash, &message);

  tc_field_set_hint (self->address, verdict == TC_FIELD_GOOD ? groups : NULL);
  tc_field_show_verdict (self->address, verdict, message, left);
  gtk_widget_set_visible (GTK_WIDGET (self->name), verdict == TC_FIELD_GOOD);
  return verdict;
}

static TcFieldVerdict
check_amount (TcSendRecipient *self, gboolean left, TcAmount *ret_amount)
{
  g_autofree char *message = NULL;
  const TcFieldVerdict verdict = tc_check_amount (tc_field_get_text (self->amount), ret_amount, &message);

  tc_field_show_verdict (self->amount, verdict, message, left);
  return verdict;
}

static void
on_changed (TcSendRecipient *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_text (TcSendRecipient *self, const char *text)
{
  g_autofree char *copy = g_strdup (text);

  tc_field_set_text (self->address, "");
  g_signal_emit (self, signals[TEXT], 0, copy);
}

static void
on_address_changed (TcSendRecipient *self)
{
  const char *text = tc_field_get_text (self->address);

  if (tc_payment_uri_is (text) || tc_pay_list_is (text))
    {
      take_text (self, text);
      return;
    }
  check_address (self, FALSE);
  on_changed (self);
}

static void
on_address_left (TcSendRecipient *self)
{
  check_address (self, TRUE);
}

static void
on_amount_changed (TcSendRecipient *self)
{
  TcAmount amount;

  if (!self->writing)
    gtk_toggle_button_set_active (self->use_all, FALSE);
  check_amount (self, FALSE, &amount);
  on_changed (self);
}

static void
on_amount_left (TcSendRecipient *self)
{
  TcAmount amount;

  check_amount (self, TRUE, &amount);
}

static void
on_activated (TcSendRecipient *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
on_remove (TcSendRecipient *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
on_use_all_toggled (TcSendRecipient *self)
{
  const gboolean all = gtk_toggle_button_get_active (self->use_all);

  tc_field_set_hint (self->amount, all ? _("Everything there is; the fee is taken from it.") : NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pays_fee), !all);
  g_signal_emit (self, signals[USE_ALL], 0, all);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSendRecipient) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text == NULL || strlen (text) > TC_PAY_LIST_SIZE_MAX)
    {
      tc_toast (GTK_WIDGET (self), text == NULL ? _("There is no text on the clipboard") : _("What is on the clipboard is too long"));
      return;
    }
  g_strstrip (text);
  if (tc_payment_uri_is (text) || tc_pay_list_is (text))
    {
      take_text (self, text);
      return;
    }
  tc_field_set_text (self->address, text);
  check_address (self, TRUE);
}

static void
on_paste (TcSendRecipient *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, on_pasted, g_object_ref (self));
}

static void
tc_send_recipient_class_init (TcSendRecipientClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_SEND_RECIPIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", TC_TYPE_SEND_RECIPIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVE] = g_signal_new ("remove", TC_TYPE_SEND_RECIPIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[USE_ALL] = g_signal_new ("use-all", TC_TYPE_SEND_RECIPIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[TEXT] = g_signal_new ("text", TC_TYPE_SEND_RECIPIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/send-recipient.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSendRecipient, heading_box);
  gtk_widget_class_bind_template_child (widget_class, TcSendRecipient, heading);
  gtk_widget_class_bind_template_child (widget_class, TcSendRecipient, remove);
  gtk_widget_class_bind_template_child (widget_class, TcSendRecipient, address);
  gtk_widget_class_bind_template_child (widget_class, TcSendRecipient, name);
  gtk_widget_class_bind_template_child (widget_class, TcSendRecipient, amount);
  gtk_widget_class_bind_template_child (widget_class, TcSendRecipient, pays_fee);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_address_left);
  gtk_widget_class_bind_template_callback (widget_class, on_amount_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_amount_left);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
tc_send_recipient_init (TcSendRecipient *self)
{
  GtkWidget *paste = gtk_button_new_from_icon_name ("edit-paste-symbolic");

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_tooltip_text (paste, _("Paste Address"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (paste), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Paste Address"), -1);
  gtk_widget_add_css_class (paste, "flat");
  g_signal_connect_swapped (paste, "clicked", G_CALLBACK (on_paste), self);
  tc_field_add_suffix (self->address, paste);
  self->use_all = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (_("Use All")));
  g_signal_connect_swapped (self->use_all, "toggled", G_CALLBACK (on_use_all_toggled), self);
  tc_field_add_suffix (self->amount, GTK_WIDGET (self->use_all));
}

GtkWidget *
tc_send_recipient_new (char address_digit)
{
  TcSendRecipient *self = g_object_new (TC_TYPE_SEND_RECIPIENT, NULL);

  self->digit = address_digit;
  return GTK_WIDGET (self);
}

void
tc_send_recipient_set_place (TcSendRecipient *self, guint number, guint n)
{
  /* Translators: the heading of one of several recipients of a payment. */
  g_autofree char *text = g_strdup_printf (_("Recipient %u"), number);

  gtk_label_set_text (self->heading, text);
  gtk_widget_set_visible (self->heading_box, n > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->use_all), number == n);
  if (number < n)
    gtk_toggle_button_set_active (self->use_all, FALSE);
}

void
tc_send_recipient_fill (TcSendRecipient *self, const char *address, const char *amount, const char *name)
{
  if (address != NULL)
    tc_field_set_text (self->address, address);
  if (amount != NULL)
    tc_field_set_text (self->amount, amount);
  if (name != NULL)
    tc_field_set_text (self->name, name);
}

void
tc_send_recipient_set_all (TcSendRecipient *self, const char *text)
{
  gtk_toggle_button_set_active (self->use_all, text != NULL);
  if (text == NULL)
    return;
  self->writing = TRUE;
  tc_field_set_text (self->amount, text);
  self->writing = FALSE;
}

gboolean
tc_send_recipient_get_all (TcSendRecipient *self)
{
  return gtk_toggle_button_get_active (self->use_all);
}

char *
tc_send_recipient_dup_address (TcSendRecipient *self)
{
  return g_strstrip (g_strdup (tc_field_get_text (self->address)));
}

char *
tc_send_recipient_dup_name (TcSendRecipient *self)
{
  return g_strstrip (g_strdup (tc_field_get_text (self->name)));
}

gboolean
tc_send_recipient_get_pays_fee (TcSendRecipient *self)
{
  return gtk_check_button_get_active (self->pays_fee);
}

gboolean
tc_send_recipient_is_empty (TcSendRecipient *self)
{
  return *tc_field_get_text (self->address) == '\0' && *tc_field_get_text (self->amount) == '\0';
}

TcFieldVerdict
tc_send_recipient_check (TcSendRecipient *self, gboolean left, TcAmount *ret_amount)
{
  g_autofree char *address_message = NULL, *amount_message = NULL, *address = tc_send_recipient_dup_address (self);
  TcKeyHash key_hash;

  if (left)
    {
      check_address (self, TRUE);
      check_amount (self, TRUE, ret_amount);
    }
  const TcFieldVerdict first = tc_check_address (address, self->digit, &key_hash, &address_message);
  const TcFieldVerdict second = tc_check_amount (tc_field_get_text (self->amount), ret_amount, &amount_message);
  return MIN (first, second);
}

void
tc_send_recipient_show_error (TcSendRecipient *self, gboolean of_amount, const char *message)
{
  tc_field_show_verdict (of_amount ? self->amount : self->address, TC_FIELD_BAD, message, TRUE);
  gtk_widget_grab_focus (tc_field_get_entry (of_amount ? self->amount : self->address));
}

void
tc_send_recipient_focus (TcSendRecipient *self)
{
  gtk_widget_grab_focus (tc_field_get_entry (*tc_field_get_text (self->address) == '\0' ? self->address : self->amount));
}
