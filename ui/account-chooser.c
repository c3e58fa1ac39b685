#define G_LOG_DOMAIN "tc-ui"
#include "account-chooser.h"

#include <string.h>

#include <glib/gi18n.h>

struct _TcAccountChooser
{
  AdwBin       parent_instance;
  GtkLabel    *title;
  GtkDropDown *list;
  TcWallet    *wallet;
  gboolean     filling;
};

G_DEFINE_FINAL_TYPE (TcAccountChooser, tc_account_chooser, ADW_TYPE_BIN)

enum { PROP_TITLE = 1 };
enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_same (TcAccountChooser *self, const TcWalletSnapshot *snapshot)
{
  GListModel *model = gtk_drop_down_get_model (self->list);
  const guint n = model == NULL ? 0 : g_list_model_get_n_items (model);

  if (n != snapshot->accounts->len)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (strcmp (gtk_string_list_get_string (GTK_STRING_LIST (model), i), ((const TcWalletAccount *) g_ptr_array_index (snapshot->accounts, i))->name) != 0)
      return FALSE;
  return TRUE;
}

static void
on_wallet_changed (TcAccountChooser *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const guint32 chosen = tc_account_chooser_get_account (self);

  gtk_widget_set_visible (GTK_WIDGET (self), snapshot->accounts->len > 1);
  if (is_same (self, snapshot))
    return;
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  for (guint i = 0; i < snapshot->accounts->len; i++)
    gtk_string_list_append (names, ((const TcWalletAccount *) g_ptr_array_index (snapshot->accounts, i))->name);
  self->filling = TRUE;
  gtk_drop_down_set_model (self->list, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->list, MIN (chosen, snapshot->accounts->len - 1));
  self->filling = FALSE;
}

static void
on_selected (TcAccountChooser *self)
{
  if (!self->filling)
    g_signal_emit (self, signals[CHANGED], 0);
}

void
tc_account_chooser_set_wallet (TcAccountChooser *self, TcWallet *wallet)
{
  g_return_if_fail (TC_IS_ACCOUNT_CHOOSER (self));

  if (self->wallet != NULL)
    g_signal_handlers_disconnect_by_func (self->wallet, on_wallet_changed, self);
  g_set_object (&self->wallet, wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  on_wallet_changed (self);
}

void
tc_account_chooser_set_account (TcAccountChooser *self, guint32 account)
{
  g_return_if_fail (TC_IS_ACCOUNT_CHOOSER (self));

  if (account == TC_ACCOUNT_ALL || self->wallet == NULL)
    return;
  on_wallet_changed (self);
  if (account < g_list_model_get_n_items (gtk_drop_down_get_model (self->list)))
    gtk_drop_down_set_selected (self->list, account);
}

guint32
tc_account_chooser_get_account (TcAccountChooser *self)
{
  const guint selected = gtk_drop_down_get_selected (self->list);

  return selected == GTK_INVALID_LIST_POSITION ? 0 : selected;
}

static void
tc_account_chooser_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TcAccountChooser *self = TC_ACCOUNT_CHOOSER (object);

  gtk_label_set_text (self->title, g_value_get_string (value));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, g_value_get_string (value), -1);
}

static void
tc_account_chooser_dispose (GObject *object)
{
  g_clear_object (&TC_ACCOUNT_CHOOSER (object)->wallet);
  G_OBJECT_CLASS (tc_account_chooser_parent_class)->dispose (object);
}

static void
tc_account_chooser_class_init (TcAccountChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_account_chooser_dispose;
  G_OBJECT_CLASS (klass)->set_property = tc_account_chooser_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_TITLE,
                                   g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_ACCOUNT_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_account_chooser_init (TcAccountChooser *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->title = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->title, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "dim-label");
  self->list = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_widget_set_hexpand (GTK_WIDGET (self->list), TRUE);
  g_signal_connect_object (self->list, "notify::selected", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
