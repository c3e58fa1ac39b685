#define G_LOG_DOMAIN "tc-ui"
#include "command-search.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/address.h"
#include "helpers.h"
#include "text.h"
#include "wallet-view.h"
#include "wallet/uri.h"
#include "wallet/wallet-records.h"

#define ROWS_MAX   6u
#define TEXT_MAX   256u   /* bytes that are searched for; a URI may be longer */

typedef struct
{
  const char *title, *words, *icon, *action, *target;  /* words: others that find it; target: (nullable) a string */
} Command;

static const Command commands[] = {
  { N_("Lock"), N_("password close"), "system-lock-screen-symbolic", "win.lock", NULL },
  { N_("Hide or Show Amounts"), N_("dots privacy balance"), "view-conceal-symbolic", "win.hide-amounts", NULL },
  { N_("Other Wallet in a New Window"), N_("open create restore"), "window-new-symbolic", "app.new-window", NULL },
  { N_("Show the Words"), N_("phrase seed backup secret"), "view-list-ordered-symbolic", "win.show-phrase", NULL },
  { N_("Back Up to a File"), N_("save copy export"), "document-save-symbolic", "win.backup", NULL },
  { N_("Check My Backup"), N_("phrase words file verify"), "object-select-symbolic", "win.verify-backup", NULL },
  { N_("Verify a Proof of Payment"), N_("receipt paid check"), "application-certificate-symbolic", "win.verify-proof", NULL },
  { N_("Change Password"), N_("encrypt protect"), "dialog-password-symbolic", "win.change-password", NULL },
  { N_("Preferences"), N_("settings options"), "emblem-system-symbolic", "app.preferences", NULL },
  { N_("Preferences: Network"), N_("proxy tor port listen peers connections settings"), "network-workgroup-symbolic", "app.preferences-page", "network" },
  { N_("Preferences: Storage"), N_("disk folder prune memory sync settings"), "drive-harddisk-symbolic", "app.preferences-page", "storage" },
  { N_("Preferences: Programs"), N_("rpc json terminal time-cli settings"), "utilities-terminal-symbolic", "app.preferences-page", "programs" },
  { N_("Keyboard Shortcuts"), N_("keys"), "input-keyboard-symbolic", "app.shortcuts", NULL },
  { N_("Help"), N_("manual how questions"), "help-browser-symbolic", "app.help", NULL },
  { N_("Open Log Folder"), N_("trouble errors"), "folder-open-symbolic", "app.log-folder", NULL },
  { N_("About TimeCoin"), N_("version licence"), "help-about-symbolic", "app.about", NULL },
  { N_("Quit"), N_("exit close"), "application-exit-symbolic", "app.quit", NULL },
};

struct _TcCommandSearch
{
  AdwWindow       parent_instance;
  GtkSearchEntry *entry;
  GtkStack       *stack;
  GtkBox         *results;
  GtkWindow      *window;      /* borrowed: the parent, which this goes with */
  TcWallet       *wallet;
  GCancellable   *cancellable; /* of what the wallet looks for now */
  GtkWidget      *payments, *people;  /* (nullable): where its answers go */
  GPtrArray      *contacts;    /* (nullable): not known yet; of TcContact */
  gboolean        hidden;
};

G_DEFINE_FINAL_TYPE (TcCommandSearch, tc_command_search, ADW_TYPE_WINDOW)

/* --- Rows --- */

static void
on_row_clicked (GtkButton *button, TcCommandSearch *self)
{
  g_autofree char *action = g_strdup (g_object_get_data (G_OBJECT (button), "action"));
  GVariant *target = g_object_get_data (G_OBJECT (button), "target");
  g_autoptr(GVariant) kept = target == NULL ? NULL : g_variant_ref (target);
  g_autoptr(GtkWindow) window = g_object_ref (self->window);

  /* First it goes, then what it opens comes: on top of the window, with the focus. */
  gtk_window_destroy (GTK_WINDOW (self));
  gtk_widget_activate_action_variant (GTK_WIDGET (window), action, kept);
}

static GtkWidget *
row_new (TcCommandSearch *self, const char *icon, const char *title, const char *about, const char *action, GVariant *target)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *label = gtk_label_new (title);
  g_autoptr(GVariant) owned = target == NULL ? NULL : g_variant_ref_sink (target);
  g_autofree char *spoken = about == NULL ? g_strdup (title) : g_strdup_printf ("%s, %s", title, about);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (box), label);
  if (about != NULL)
    {
      GtkWidget *second = gtk_label_new (about);

      gtk_label_set_ellipsize (GTK_LABEL (second), PANGO_ELLIPSIZE_MIDDLE);
      gtk_widget_add_css_class (second, "dim-label");
      gtk_widget_add_css_class (second, "numeric");
      gtk_box_append (GTK_BOX (box), second);
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "page-button");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), "action", g_strdup (action), g_free);
  if (owned != NULL)
    g_object_set_data_full (G_OBJECT (button), "target", g_variant_ref (owned), (GDestroyNotify) g_variant_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (on_row_clicked), self);
  return button;
}

/* A group comes with its first row. */
static GtkWidget *
group_new (TcCommandSearch *self, const char *title)
{
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_margin_top (label, 12);
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_bottom (label, 3);
  gtk_box_append (GTK_BOX (group), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (group), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (self->results, group);
  gtk_widget_set_visible (group, FALSE);
  return group;
}

static void
add_row (GtkWidget *group, GtkWidget *row)
{
  gtk_box_append (GTK_BOX (group), row);
  gtk_widget_set_visible (group, TRUE);
}

/* --- What is found at once --- */

static gboolean
has (const char *where, const char *folded)
{
  g_autofree char *text = g_utf8_casefold (where, -1);

  return strstr (text, folded) != NULL;
}

static void
find_pages (TcCommandSearch *self, const char *folded)
{
  GtkWidget *group = group_new (self, _("Pages"));
  const char *name, *title, *icon;

  for (guint i = 0; tc_wallet_view_nth_page (i, &name, &title, &icon); i++)
    if (folded[0] == '\0' || has (title, folded))
      add_row (group, row_new (self, icon != NULL ? icon : "utilities-terminal-symbolic", title, NULL, "win.page", g_variant_new_string (name)));
}

static void
find_commands (TcCommandSearch *self, const char *folded)
{
  GtkWidget *group = group_new (self, _("Commands"));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (folded[0] == '\0' || has (_(commands[i].title), folded) || has (_(commands[i].words), folded))
      add_row (group, row_new (self, commands[i].icon, _(commands[i].title), NULL, commands[i].action,
                               commands[i].target == NULL ? NULL : g_variant_new_string (commands[i].target)));
}

static gboolean
is_hash (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdefABCDEF") == 64;
}

/* What is written may itself be what is wanted: an address, a payment link, a block's number, a hash. */
static void
find_things (TcCommandSearch *self, const char *text)
{
  GtkWidget *group = group_new (self, _("Go To"));
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  g_autofree char *shown = tc_text_address_short (text);
  TcKeyHash key_hash;

  if (tc_payment_uri_is (text))
    add_row (group, row_new (self, "org.timecoin.TimeCoin.send-symbolic", _("Open This Payment Link"), NULL, "win.show-on", g_variant_new ("(ss)", "send", text)));
  else if (tc_address_parse (text, snapshot->address_digit, &key_hash, NULL))
    {
      g_autofree char *uri = g_strconcat (TC_PAYMENT_URI_SCHEME, text, NULL);

      add_row (group, row_new (self, "org.timecoin.TimeCoin.send-symbolic", _("Pay This Address"), shown, "win.show-on", g_variant_new ("(ss)", "send", uri)));
      add_row (group, row_new (self, "edit-find-symbolic", _("Show in the Explorer"), shown, "win.show-on", g_variant_new ("(ss)", "explorer", text)));
    }
  else if (is_hash (text) || (text[0] != '\0' && strlen (text) <= 9 && strspn (text, "0123456789") == strlen (text)))
    add_row (group, row_new (self, "edit-find-symbolic", is_hash (text) ? _("Block or Transaction in the Explorer") : _("Block in the Explorer"), shown,
                             "win.show-on", g_variant_new ("(ss)", "explorer", text)));
}

/* --- What the wallet finds --- */

static GtkWidget *
first_row (TcCommandSearch *self)
{
  for (GtkWidget *group = gtk_widget_get_first_child (GTK_WIDGET (self->results)); group != NULL; group = gtk_widget_get_next_sibling (group))
    if (gtk_widget_get_visible (group))
      return gtk_widget_get_next_sibling (gtk_widget_get_first_child (group));
  return NULL;
}

static void
show_empty (TcCommandSearch *self)
{
  gtk_stack_set_visible_child_name (self->stack, first_row (self) == NULL ? "empty" : "results");
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcCommandSearch) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = tc_wallet_list_history_finish (TC_WALLET (source), result, NULL, &error);

  /* Cancelled: an answer to what is asked no more. */
  if (rows == NULL || self->payments == NULL || g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  for (guint i = 0; i < rows->len; i++)
    {
      const TcWalletTx *tx = rows->pdata[i];
      g_autofree char *amount = tc_tx_amount_text (tx, self->hidden), *txid = tc_txid_text (&tx->txid);
      g_autofree char *when = tc_text_when (tx->block_time_ms > 0 ? tx->block_time_ms : tx->seen_ms, g_get_real_time () / 1000);
      g_autofree char *about = tx->memo != NULL ? g_strdup (tx->memo) : tx->address != NULL ? tc_text_address_short (tx->address) : g_strdup ("");
      g_autofree char *title = g_strdup_printf ("%s %s · %s", tc_tx_title (tx), amount, when);

      add_row (self->payments, row_new (self, tc_tx_icon (tx), title, about, "win.show-payment", g_variant_new_string (txid)));
    }
  show_empty (self);
}

static void
find_contacts (TcCommandSearch *self, const char *folded)
{
  guint n = 0;

  for (guint i = 0; self->contacts != NULL && folded[0] != '\0' && i < self->contacts->len && n < ROWS_MAX; i++)
    {
      const TcContact *contact = self->contacts->pdata[i];
      g_autofree char *uri = NULL, *shown = NULL;

      if (!has (contact->name, folded) && !has (contact->address, folded))
        continue;
      n++;
      uri = g_strconcat (TC_PAYMENT_URI_SCHEME, contact->address, NULL);
      shown = tc_text_address_short (contact->address);
      add_row (self->people, row_new (self, "avatar-default-symbolic", contact->name, shown, "win.show-on", g_variant_new ("(ss)", "send", uri)));
    }
}

static void
on_contacts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcCommandSearch) self = user_data;
  g_autofree char *text = NULL, *folded = NULL;

  self->contacts = tc_wallet_list_contacts_finish (TC_WALLET (source), result, NULL);
  if (self->people == NULL)
    return;
  text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  folded = g_utf8_casefold (text, -1);
  find_contacts (self, folded);
  show_empty (self);
}

static void
clear (TcCommandSearch *self)
{
  GtkWidget *child;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->payments = self->people = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->results))) != NULL)
    gtk_box_remove (self->results, child);
}

static void
search (TcCommandSearch *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autofree char *folded = g_utf8_casefold (text, -1);

  clear (self);
  find_things (self, text);
  find_pages (self, folded);
  self->people = group_new (self, _("Pay a Contact"));
  find_contacts (self, folded);
  self->payments = group_new (self, _("Payments"));
  find_commands (self, folded);
  if (text[0] != '\0' && strlen (text) <= TEXT_MAX)
    {
      self->cancellable = g_cancellable_new ();
      tc_wallet_list_history (self->wallet, TC_ACCOUNT_ALL, &(TcHistoryQuery) { .search = text }, 0, ROWS_MAX, self->cancellable, on_listed, g_object_ref (self));
    }
  show_empty (self);
}

static void
on_search_changed (TcCommandSearch *self)
{
  search (self);
}

static void
on_activate (TcCommandSearch *self)
{
  GtkWidget *row;

  /* Enter comes before the delay of what was just typed is over. */
  search (self);
  row = first_row (self);
  if (row != NULL)
    gtk_widget_activate (row);
}

/* --- The keyboard --- */

static gboolean
on_key (TcCommandSearch *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  const gboolean in_results = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->results));

  if (key == GDK_KEY_Down && !in_results)
    {
      GtkWidget *row = first_row (self);

      return row != NULL && gtk_widget_grab_focus (row);
    }
  if (key == GDK_KEY_Up && in_results && focus == first_row (self))
    return gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  if (key == GDK_KEY_Escape)
    {
      gtk_window_close (GTK_WINDOW (self));
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
tc_command_search_dispose (GObject *object)
{
  TcCommandSearch *self = TC_COMMAND_SEARCH (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  self->payments = self->people = NULL;
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_command_search_parent_class)->dispose (object);
}

static void
tc_command_search_class_init (TcCommandSearchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_command_search_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/command-search.ui");
  gtk_widget_class_bind_template_child (widget_class, TcCommandSearch, entry);
  gtk_widget_class_bind_template_child (widget_class, TcCommandSearch, stack);
  gtk_widget_class_bind_template_child (widget_class, TcCommandSearch, results);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
tc_command_search_init (TcCommandSearch *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  gtk_search_entry_set_key_capture_widget (self->entry, GTK_WIDGET (self->results));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWindow *
tc_command_search_new (GtkWindow *parent, TcWallet *wallet, gboolean hidden)
{
  TcCommandSearch *self = g_object_new (TC_TYPE_COMMAND_SEARCH, "transient-for", parent, NULL);

  self->window = parent;
  self->wallet = g_object_ref (wallet);
  self->hidden = hidden;
  tc_wallet_list_contacts (wallet, on_contacts, g_object_ref (self));
  search (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return GTK_WINDOW (self);
}
