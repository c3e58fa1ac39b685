#define G_LOG_DOMAIN "tc-ui"
#include "contacts-window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "compat.h"
#include "files.h"
#include "helpers.h"
#include "text.h"
#include "wallet/contacts-csv.h"
#include "wallet/wallet-records.h"
#include "window.h"

#define ROWS_MAX 200u  /* more are found by searching */

struct _TcContactsWindow
{
  AdwWindow       parent_instance;
  GtkStack       *stack;
  GtkWidget      *back_button, *add_button, *table_button, *remove_button, *save_button;
  GtkSearchEntry *search;
  GtkListBox     *list;
  GtkLabel       *more, *problem;
  GtkEditable    *name, *address, *note;
  TcWallet       *wallet;
  char            address_digit;
  GPtrArray      *contacts;  /* (nullable): not listed yet; of TcContact */
  TcContact      *editing;   /* (nullable): NULL: a new one */
  GPtrArray      *importing; /* (nullable): those not added yet, the last one next */
  guint           n_imported, n_refused;
};

G_DEFINE_FINAL_TYPE (TcContactsWindow, tc_contacts_window, ADW_TYPE_WINDOW)

static void list_contacts (TcContactsWindow *self);

static void
show_page (TcContactsWindow *self, const char *page)
{
  const gboolean form = g_str_equal (page, "form");

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (self->back_button, form);
  gtk_widget_set_visible (self->add_button, !form);
  gtk_widget_set_visible (self->table_button, !form);
}

static void
show_list (TcContactsWindow *self)
{
  show_page (self, self->contacts != NULL && self->contacts->len > 0 ? "list" : "empty");
}

/* --- The form --- */

static void
edit (TcContactsWindow *self, const TcContact *contact)
{
  g_clear_pointer (&self->editing, tc_contact_free);
  self->editing = contact != NULL ? tc_contact_copy (contact) : NULL;
  gtk_editable_set_text (self->name, contact != NULL ? contact->name : "");
  gtk_editable_set_text (self->address, contact != NULL ? contact->address : "");
  gtk_editable_set_text (self->note, contact != NULL && contact->note != NULL ? contact->note : "");
  gtk_widget_set_visible (self->remove_button, contact != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  show_page (self, "form");
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

static void
show_problem (TcContactsWindow *self, const char *text)
{
  gtk_label_set_text (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

static void
on_form_changed (TcContactsWindow *self)
{
  const char *address = gtk_editable_get_text (self->address);
  g_autoptr(GError) error = NULL;
  TcKeyHash hash;
  /* Not while it is being typed. */
  const gboolean whole = strlen (address) >= 34;

  gtk_widget_set_sensitive (self->save_button, gtk_editable_get_text (self->name)[0] != '\0' && address[0] != '\0');
  if (whole && !tc_payment_uri_is (address) && !tc_address_parse (address, self->address_digit, &hash, &error))
    show_problem (self, error->message);
  else
    show_problem (self, NULL);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcContactsWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_wallet_set_contact_finish (TC_WALLET (source), result, &error))
    {
      show_problem (self, error->message);
      return;
    }
  tc_toast (GTK_WIDGET (self->stack), _("Contact saved"));
  list_contacts (self);
}

/* A payment link says the address, and often the key and the name too. */
static gboolean
read_link (TcContactsWindow *self, TcContact *contact, TcPaymentUri **ret_uri)
{
  g_autoptr(GError) error = NULL;

  *ret_uri = NULL;
  if (!tc_payment_uri_is (contact->address))
    return TRUE;
  *ret_uri = tc_payment_uri_parse (contact->address, self->address_digit, &error);
  if (*ret_uri == NULL)
    {
      show_problem (self, error->message);
      return FALSE;
    }
  contact->address = (*ret_uri)->address;
  contact->has_key = (*ret_uri)->has_key;
  contact->key = (*ret_uri)->key;
  return TRUE;
}

static void
on_save_clicked (TcContactsWindow *self)
{
  TcContact contact = { .name = (char *) gtk_editable_get_text (self->name), .address = (char *) gtk_editable_get_text (self->address),
                        .note = (char *) gtk_editable_get_text (self->note) };
  g_autoptr(TcPaymentUri) uri = NULL;

  if (!gtk_widget_get_sensitive (self->save_button) || !read_link (self, &contact, &uri))
    return;
  if (self->editing != NULL && !contact.has_key && self->editing->has_key && g_str_equal (self->editing->address, contact.address))
    {
      contact.has_key = TRUE;
      contact.key = self->editing->key;
    }
  tc_wallet_set_contact (self->wallet, &contact, self->editing != NULL ? self->editing->address : NULL, on_saved, g_object_ref (self));
}

/* --- Removing --- */

typedef struct
{
  TcContactsWindow *window;
  TcContact        *contact;
} Removal;

static void
free_removal (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->window);
  tc_contact_free (removal->contact);
  g_free (removal);
}

static void
undo_removal (gpointer user_data)
{
  const Removal *removal = user_data;

  if (removal->window->wallet != NULL)
    tc_wallet_set_contact (removal->window->wallet, removal->contact, NULL, on_saved, g_object_ref (removal->window));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = user_data;
  TcContactsWindow *self = removal->window;
  g_autoptr(GError) error = NULL;

  if (!tc_wallet_remove_contact_finish (TC_WALLET (source), result, &error))
    {
      show_problem (self, error->message);
      free_removal (removal);
      return;
    }
  list_contacts (self);
  tc_toast_undo (GTK_WIDGET (self->stack), _("Contact removed"), undo_removal, removal, free_removal);
}

static void
on_remove_clicked (TcContactsWindow *self)
{
  Removal *removal;

  if (self->editing == NULL)
    return;
  removal = g_new0 (Removal, 1);
  *removal = (Removal) { g_object_ref (self), tc_contact_copy (self->editing) };
  tc_wallet_remove_contact (self->wallet, self->editing->address, on_removed, removal);
}

/* --- The list --- */

static void
on_row_clicked (GtkButton *button, TcContactsWindow *self)
{
  edit (self, g_object_get_data (G_OBJECT (button), "contact"));
}

static void
free_contact (gpointer contact)
{
  tc_contact_free (contact);
}

static GtkWidget *
make_label (const char *text, const char *first_class, const char *second_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (first_class != NULL)
    gtk_widget_add_css_class (label, first_class);
  if (second_class != NULL)
    gtk_widget_add_css_class (label, second_class);
  return label;
}

static void
add_row (TcContactsWindow *self, const TcContact *contact)
{
  GtkWidget *row = gtk_list_box_row_new (), *button = gtk_button_new (), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *address = tc_text_address_short (contact->address);
  g_autofree char *detail = contact->note == NULL ? g_strdup (address) : g_strdup_printf ("%s · %s", address, contact->note);
  g_autofree char *name = g_strdup_printf ("%s, %s", contact->name, detail);

  gtk_box_append (GTK_BOX (words), make_label (contact->name, NULL, NULL));
  gtk_box_append (GTK_BOX (words), make_label (g_strdelimit (detail, "\n", ' '), "caption", "dim-label"));
  gtk_button_set_child (GTK_BUTTON (button), words);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "request-button");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "contact", tc_contact_copy (contact), free_contact);
  g_signal_connect (button, "clicked", G_CALLBACK (on_row_clicked), self);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), button);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (self->list, row);
}

static gboolean
matches (const TcContact *contact, const char *folded)
{
  g_autofree char *text = g_strjoin ("\n", contact->name, contact->address, contact->note, NULL);
  g_autofree char *folded_text = g_utf8_casefold (text, -1);

  return strstr (folded_text, folded) != NULL;
}

static void
fill_list (TcContactsWindow *self)
{
  g_autofree char *folded = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  GtkListBoxRow *row;
  guint n = 0;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; self->contacts != NULL && i < self->contacts->len; i++)
    if (matches (self->contacts->pdata[i], folded) && ++n <= ROWS_MAX)
      add_row (self, self->contacts->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->more), n == 0 || n > ROWS_MAX);
  gtk_label_set_text (self->more, n == 0 ? _("No contact is like this.") : _("There are more. Search for the one that you look for."));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcContactsWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) contacts = tc_wallet_list_contacts_finish (TC_WALLET (source), result, &error);

  if (contacts == NULL)
    {
      tc_toast (GTK_WIDGET (self->stack), error->message);
      return;
    }
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  self->contacts = g_ptr_array_ref (contacts);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "contacts.export", contacts->len > 0);
  fill_list (self);
  show_list (self);
}

static void
list_contacts (TcContactsWindow *self)
{
  if (self->wallet != NULL)
    tc_wallet_list_contacts (self->wallet, on_listed, g_object_ref (self));
}

static void
on_add_clicked (TcContactsWindow *self)
{
  edit (self, NULL);
}

/* --- Tables --- */

static void import_next (TcContactsWindow *self);

static void
on_imported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcContactsWindow) self = user_data;

  if (tc_wallet_set_contact_finish (TC_WALLET (source), result, NULL))
    self->n_imported++;
  else
    self->n_refused++;
  import_next (self);
}

static void
end_import (TcContactsWindow *self)
{
  g_autofree char *added = g_strdup_printf (ngettext ("%u contact added", "%u contacts added", self->n_imported), self->n_imported);
  /* Translators: first “12 contacts added”, then how many of the table are left out. */
  g_autofree char *both = g_strdup_printf (ngettext ("%s; %u left out: its address is bad, your own, or known by another name",
                                                     "%s; %u left out: their addresses are bad, your own, or known by other names", self->n_refused),
                                           added, self->n_refused);

  g_clear_pointer (&self->importing, g_ptr_array_unref);
  tc_toast (GTK_WIDGET (self->stack), self->n_refused > 0 ? both : added);
  list_contacts (self);
}

static void
import_next (TcContactsWindow *self)
{
  if (self->importing == NULL || self->wallet == NULL)
    return;
  if (self->importing->len == 0)
    {
      end_import (self);
      return;
    }
  g_autoptr(TcContact) contact = g_ptr_array_steal_index (self->importing, self->importing->len - 1);
  tc_wallet_set_contact (self->wallet, contact, NULL, on_imported, g_object_ref (self));
}

static void
on_table (GBytes *data, const GError *error, gpointer user_data)
{
  TcContactsWindow *self = user_data;
  g_autoptr(GError) refused = NULL;
  gsize size = 0;
  const char *bytes = data != NULL ? g_bytes_get_data (data, &size) : NULL;
  g_autofree char *text = size > 0 && memchr (bytes, '\0', size) == NULL ? g_strndup (bytes, size) : NULL;

  if (data == NULL)
    {
      tc_toast (GTK_WIDGET (self->stack), error->message);
      return;
    }
  if (self->importing != NULL)
    return;
  self->importing = text != NULL ? tc_contacts_csv_parse (text, &refused) : NULL;
  self->n_imported = self->n_refused = 0;
  if (self->importing == NULL)
    tc_toast (GTK_WIDGET (self->stack), refused != NULL ? refused->message : _("This file is no table of contacts."));
  import_next (self);
}

static void
import_table (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (TC_CONTACTS_WINDOW (widget)->importing == NULL)
    tc_files_open (GTK_WINDOW (widget), _("Import Contacts"), TC_CONTACTS_CSV_MAX, on_table, widget);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcContactsWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);

  tc_toast (GTK_WIDGET (self->stack), ok ? _("Contacts exported") : error->message);
}

static void
on_export_file (GFile *file, gpointer user_data)
{
  TcContactsWindow *self = user_data;
  g_autofree char *csv = self->contacts != NULL ? tc_contacts_csv_write (self->contacts) : NULL;
  const gsize size = csv != NULL ? strlen (csv) : 0;
  g_autoptr(GBytes) bytes = csv != NULL ? g_bytes_new_take (g_steal_pointer (&csv), size) : NULL;

  if (bytes != NULL)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, on_written, g_object_ref (self));
}

static void
export_table (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tc_compat_choose_file (GTK_WINDOW (widget), _("Export Contacts"), "timecoin-contacts.csv", on_export_file, widget);
}

/* --- The window --- */

static void
tc_contacts_window_dispose (GObject *object)
{
  TcContactsWindow *self = TC_CONTACTS_WINDOW (object);

  g_clear_object (&self->wallet);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_clear_pointer (&self->importing, g_ptr_array_unref);
  g_clear_pointer (&self->editing, tc_contact_free);
  G_OBJECT_CLASS (tc_contacts_window_parent_class)->dispose (object);
}

static void
tc_contacts_window_class_init (TcContactsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_contacts_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/contacts-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, add_button);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, table_button);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, remove_button);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, save_button);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, search);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, list);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, more);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, name);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, address);
  gtk_widget_class_bind_template_child (widget_class, TcContactsWindow, note);
  gtk_widget_class_bind_template_callback (widget_class, show_list);
  gtk_widget_class_bind_template_callback (widget_class, fill_list);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked);
  gtk_widget_class_install_action (widget_class, "contacts.import", NULL, import_table);
  gtk_widget_class_install_action (widget_class, "contacts.export", NULL, export_table);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tc_contacts_window_init (TcContactsWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
}

GtkWindow *
tc_contacts_window_new (GtkWindow *parent, TcWallet *wallet, const char *address)
{
  TcContactsWindow *self = g_object_new (TC_TYPE_CONTACTS_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  self->wallet = g_object_ref (wallet);
  self->address_digit = snapshot->address_digit;
  if (address != NULL)
    {
      edit (self, NULL);
      gtk_editable_set_text (self->address, address);
    }
  else
    list_contacts (self);
  on_form_changed (self);
  return GTK_WINDOW (self);
}

/* --- The main window's actions --- */

static void
on_contacts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcWallet *wallet = tc_window_get_wallet (user_data);

  if (wallet != NULL)
    gtk_window_present (tc_contacts_window_new (user_data, wallet, parameter != NULL ? g_variant_get_string (parameter, NULL) : NULL));
}

void
tc_contacts_add_actions (GActionMap *window)
{
  static const GActionEntry actions[] = { { .name = "contacts", .activate = on_contacts }, { .name = "add-contact", .activate = on_contacts, .parameter_type = "s" } };

  g_action_map_add_action_entries (window, actions, G_N_ELEMENTS (actions), window);
}
