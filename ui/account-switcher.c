#define G_LOG_DOMAIN "tc-ui"
#include "account-switcher.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "text.h"

struct _TcAccountSwitcher
{
  AdwBin         parent_instance;
  GtkMenuButton *button;
  GtkPopover    *popover;
  GtkLabel      *name, *amount;
  GtkBox        *list;
  GtkWidget     *rename;
  TcWallet      *wallet;
  guint32        account;
  gboolean       hidden;
};

G_DEFINE_FINAL_TYPE (TcAccountSwitcher, tc_account_switcher, ADW_TYPE_BIN)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
amount_text (TcAccountSwitcher *self, TcAmount amount)
{
  return self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (amount);
}

static void
show_button (TcAccountSwitcher *self, const TcWalletSnapshot *snapshot)
{
  const TcWalletAccount *account = tc_wallet_snapshot_get_account (snapshot, self->account);
  const char *name = account != NULL ? account->name : _("All accounts");
  g_autofree char *amount = amount_text (self, account != NULL ? account->total : snapshot->total);
  g_autofree char *spoken = g_strdup_printf (_("Account: %s"), name);

  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->amount, amount);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), snapshot->accounts->len > 1);
}

void
tc_account_switcher_set_account (TcAccountSwitcher *self, guint32 account)
{
  g_autoptr(TcWalletSnapshot) snapshot = NULL;

  g_return_if_fail (TC_IS_ACCOUNT_SWITCHER (self));

  if (self->account == account || self->wallet == NULL)
    return;
  snapshot = tc_wallet_get_snapshot (self->wallet);
  self->account = account;
  show_button (self, snapshot);
  g_signal_emit (self, signals[CHANGED], 0);
}

guint32
tc_account_switcher_get_account (TcAccountSwitcher *self)
{
  g_return_val_if_fail (TC_IS_ACCOUNT_SWITCHER (self), TC_ACCOUNT_ALL);

  return self->account;
}

/* --- The list: made anew whenever it is opened --- */

static void
on_row_clicked (GtkButton *row, TcAccountSwitcher *self)
{
  const guint32 account = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "account"));

  gtk_popover_popdown (self->popover);
  tc_account_switcher_set_account (self, account);
}

static void
add_row (TcAccountSwitcher *self, guint32 account, const char *name, TcAmount amount)
{
  GtkWidget *row = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *text = amount_text (self, amount), *spoken = g_strdup_printf ("%s, %s", name, text);
  GtkWidget *name_label = gtk_label_new (name), *amount_label = gtk_label_new (text), *check = gtk_image_new_from_icon_name ("object-select-symbolic");

  gtk_label_set_xalign (GTK_LABEL (name_label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name_label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (name_label), 28);
  gtk_label_set_xalign (GTK_LABEL (amount_label), 0);
  gtk_widget_add_css_class (amount_label, "caption");
  gtk_widget_add_css_class (amount_label, "numeric");
  gtk_widget_add_css_class (amount_label, "dim-label");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_opacity (check, account == self->account ? 1 : 0);
  gtk_box_append (GTK_BOX (words), name_label);
  gtk_box_append (GTK_BOX (words), amount_label);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), check);
  gtk_button_set_child (GTK_BUTTON (row), box);
  gtk_widget_add_css_class (row, "flat");
  gtk_widget_add_css_class (row, "account-row");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_SELECTED, account == self->account, -1);
  g_object_set_data (G_OBJECT (row), "account", GUINT_TO_POINTER (account));
  g_signal_connect (row, "clicked", G_CALLBACK (on_row_clicked), self);
  gtk_box_append (self->list, row);
}

static void
fill_list (TcAccountSwitcher *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_box_remove (self->list, child);
  add_row (self, TC_ACCOUNT_ALL, _("All accounts"), snapshot->total);
  for (guint i = 0; i < snapshot->accounts->len; i++)
    {
      const TcWalletAccount *account = g_ptr_array_index (snapshot->accounts, i);

      add_row (self, i, account->name, account->total);
    }
  gtk_widget_set_sensitive (self->rename, self->account != TC_ACCOUNT_ALL);
}

static void
on_rename (TcAccountSwitcher *self)
{
  gtk_popover_popdown (self->popover);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.rename-account", "u", self->account);
}

static void
on_add (TcAccountSwitcher *self)
{
  gtk_popover_popdown (self->popover);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.add-account", NULL);
}

/* --- */

static void
on_wallet_changed (TcAccountSwitcher *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  show_button (self, snapshot);
}

void
tc_account_switcher_set_wallet (TcAccountSwitcher *self, TcWallet *wallet)
{
  g_return_if_fail (TC_IS_ACCOUNT_SWITCHER (self) && self->wallet == NULL);

  self->wallet = g_object_ref (wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  on_wallet_changed (self);
}

void
tc_account_switcher_set_hidden (TcAccountSwitcher *self, gboolean hidden)
{
  g_return_if_fail (TC_IS_ACCOUNT_SWITCHER (self));

  self->hidden = hidden;
  if (self->wallet != NULL)
    on_wallet_changed (self);
}

static void
tc_account_switcher_dispose (GObject *object)
{
  g_clear_object (&TC_ACCOUNT_SWITCHER (object)->wallet);
  G_OBJECT_CLASS (tc_account_switcher_parent_class)->dispose (object);
}

static void
tc_account_switcher_class_init (TcAccountSwitcherClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_account_switcher_dispose;
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_ACCOUNT_SWITCHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/account-switcher.ui");
  gtk_widget_class_bind_template_child (widget_class, TcAccountSwitcher, button);
  gtk_widget_class_bind_template_child (widget_class, TcAccountSwitcher, popover);
  gtk_widget_class_bind_template_child (widget_class, TcAccountSwitcher, name);
  gtk_widget_class_bind_template_child (widget_class, TcAccountSwitcher, amount);
  gtk_widget_class_bind_template_child (widget_class, TcAccountSwitcher, list);
  gtk_widget_class_bind_template_child (widget_class, TcAccountSwitcher, rename);
  gtk_widget_class_bind_template_callback (widget_class, on_rename);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
}

static void
tc_account_switcher_init (TcAccountSwitcher *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->account = TC_ACCOUNT_ALL;
  g_signal_connect_object (self->popover, "show", G_CALLBACK (fill_list), self, G_CONNECT_SWAPPED);
}
