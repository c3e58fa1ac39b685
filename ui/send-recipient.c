#define G_LOG_DOMAIN "tc-ui"
#include "send-recipient.h"

#include <string.h>

#include <glib/gi18n.h>

#include "field.h"
#include "helpers.h"
#include "text.h"
#include "wallet/pay-list.h"
#include "wallet/record-types.h"
#include "wallet/uri.h"

struct _TcSendRecipient
{
  AdwBin           parent_instance;
  GtkWidget       *heading_box, *remove;
  GtkLabel        *heading;
  TcField         *address, *amount, *name;
  GtkBox          *box;
  GtkToggleButton *pays_fee;
  GtkToggleButton *use_all;
  GtkMenuButton   *choose;
  GPtrArray       *contacts;  /* (nullable) (element-type TcContact) */
  char             digit;
  char            *taken;    /* (nullable): pasted, and to be handed over */
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

static gboolean
hand_over (gpointer user_data)
{
  TcSendRecipient *self = user_data;
  g_autofree char *text = g_steal_pointer (&self->taken);

  self->writing = TRUE;
  tc_field_set_text (self->address, "");
  self->writing = FALSE;
  g_signal_emit (self, signals[TEXT], 0, text);
  return G_SOURCE_REMOVE;
}

/* Not now: whoever gets the text may do away with this recipient, whose entry is being written to. */
static void
take_text (TcSendRecipient *self, const char *text)
{
  if (self->taken == NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT, hand_over, g_object_ref (self), g_object_unref);
  g_free (self->taken);
  self->taken = g_strdup (text);
}

/* --- Contacts --- */

static void
take_contact (TcSendRecipient *self, const TcContact *contact)
{
  g_autofree char *address = g_strdup (contact->address), *name = g_strdup (contact->name);

  tc_field_set_text (self->address, address);
  tc_field_set_text (self->name, name);
}

static void
on_contact_clicked (GtkButton *button, TcSendRecipient *self)
{
  const TcContact *contact = g_object_get_data (G_OBJECT (button), "contact");

  gtk_menu_button_popdown (self->choose);
  take_contact (self, contact);
  gtk_widget_grab_focus (tc_field_get_entry (self->amount));
}

static GtkWidget *
contact_button (TcSendRecipient *self, const TcContact *contact)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *name = gtk_label_new (contact->name);
  g_autofree char *text = tc_text_address_short (contact->address);
  GtkWidget *address = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (address), 0);
  gtk_widget_add_css_class (address, "caption");
  gtk_widget_add_css_class (address, "dim-label");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), address);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, contact->name, -1);
  g_object_set_data_full (G_OBJECT (button), "contact", tc_contact_copy (contact), (GDestroyNotify) tc_contact_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_contact_clicked), self);
  return button;
}

static void
fill_contacts (GtkMenuButton *choose, gpointer user_data)
{
  TcSendRecipient *self = user_data;
  GtkWidget *popover = gtk_popover_new (), *scroller = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  for (guint i = 0; self->contacts != NULL && i < self->contacts->len; i++)
    gtk_box_append (GTK_BOX (box), contact_button (self, g_ptr_array_index (self->contacts, i)));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  gtk_widget_set_size_request (scroller, 240, -1);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  gtk_menu_button_set_popover (choose, popover);
}

void
tc_send_recipient_set_contacts (TcSendRecipient *self, GPtrArray *contacts)
{
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  self->contacts = contacts != NULL ? g_ptr_array_ref (contacts) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->choose), contacts != NULL && contacts->len > 0);
}

/* Who writes a name means its address. */
static const TcContact *
find_contact (TcSendRecipient *self, const char *text)
{
  g_autofree char *wanted = g_utf8_casefold (text, -1);

  for (guint i = 0; self->contacts != NULL && i < self->contacts->len; i++)
    {
      const TcContact *contact = g_ptr_array_index (self->contacts, i);
      g_autofree char *name = g_utf8_casefold (contact->name, -1);

      if (strcmp (name, wanted) == 0)
        return contact;
    }
  return NULL;
}

/* --- What is written --- */

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
  const TcContact *contact = find_contact (self, tc_field_get_text (self->address));

  if (contact != NULL)
    take_contact (self, contact);
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
  const TcContact *contact = find_contact (self, tc_field_get_text (self->address));

  if (contact != NULL)
    {
      take_contact (self, contact);
      return;
    }
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
tc_send_recipient_finalize (GObject *object)
{
  TcSendRecipient *self = TC_SEND_RECIPIENT (object);

  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_free (self->taken);
  G_OBJECT_CLASS (tc_send_recipient_parent_class)->finalize (object);
}

static void
tc_send_recipient_class_init (TcSendRecipientClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  G_OBJECT_CLASS (klass)->finalize = tc_send_recipient_finalize;
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
  gtk_widget_class_bind_template_child (widget_class, TcSendRecipient, box);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
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
  self->choose = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_icon_name (self->choose, "avatar-default-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->choose), _("Choose a Contact"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choose), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose a Contact"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->choose), "flat");
  gtk_widget_set_visible (GTK_WIDGET (self->choose), FALSE);
  gtk_menu_button_set_create_popup_func (self->choose, fill_contacts, self, NULL);
  tc_field_add_suffix (self->address, GTK_WIDGET (self->choose));
  tc_field_add_suffix (self->address, paste);
  self->use_all = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (_("Use All")));
  g_signal_connect_swapped (self->use_all, "toggled", G_CALLBACK (on_use_all_toggled), self);
  tc_field_add_suffix (self->amount, GTK_WIDGET (self->use_all));
  self->pays_fee = GTK_TOGGLE_BUTTON (tc_tick_new (FALSE, _("Take the fee from this amount")));
  gtk_widget_set_halign (GTK_WIDGET (self->pays_fee), GTK_ALIGN_START);
  g_signal_connect_swapped (self->pays_fee, "toggled", G_CALLBACK (on_changed), self);
  gtk_box_append (self->box, GTK_WIDGET (self->pays_fee));
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
  return gtk_toggle_button_get_active (self->pays_fee);
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
