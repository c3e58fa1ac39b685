#define G_LOG_DOMAIN "tc-ui"
#include "receive-page.h"

#include <glib/gi18n.h>

#include "account-chooser.h"
#include "helpers.h"
#include "qr-code.h"
#include "text.h"
#include "twin-box.h"

struct _TcReceivePage
{
  AdwBin     parent_instance;
  TcQrCode  *code;
  GtkLabel  *address, *note;
  GtkWidget *new_button;
  TcAccountChooser *account;
  TcWallet  *wallet;
  char      *shown;
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcReceivePage, tc_receive_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

static void
show_address (TcReceivePage *self, const char *address, guint index)
{
  g_autofree char *groups = tc_text_address_groups (address, 0);
  g_autofree char *note = g_strdup_printf (_("Address number %u. Earlier ones stay good."), index + 1);

  if (g_strcmp0 (self->shown, address) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (address);
  tc_qr_code_set_text (self->code, address);
  gtk_label_set_text (self->address, groups);
  gtk_label_set_text (self->note, note);
}

static void
on_wallet_changed (TcReceivePage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const TcWalletAccount *account = tc_wallet_snapshot_get_account (snapshot, tc_account_chooser_get_account (self->account));

  if (account != NULL)
    show_address (self, account->receive_address, account->receive_index);
}

static void
on_new_address (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcReceivePage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *address = tc_wallet_new_address_finish (TC_WALLET (source), result, &error);

  gtk_widget_set_sensitive (self->new_button, TRUE);
  tc_toast (GTK_WIDGET (self), address != NULL ? _("New address") : error->message);
}

static void
on_new_clicked (TcReceivePage *self)
{
  gtk_widget_set_sensitive (self->new_button, FALSE);
  tc_wallet_new_address (self->wallet, tc_account_chooser_get_account (self->account), on_new_address, g_object_ref (self));
}

static void
on_copy_clicked (TcReceivePage *self)
{
  if (self->shown != NULL)
    tc_copy_text (GTK_WIDGET (self), self->shown, _("Address copied"));
}

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcReceivePage *self = TC_RECEIVE_PAGE (page);

  g_set_object (&self->wallet, wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  tc_account_chooser_set_wallet (self->account, wallet);
  on_wallet_changed (self);
}

static void
set_account (TcPage *page, guint32 account)
{
  tc_account_chooser_set_account (TC_RECEIVE_PAGE (page)->account, account);
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
  iface->set_account = set_account;
}

static void
tc_receive_page_dispose (GObject *object)
{
  g_clear_object (&TC_RECEIVE_PAGE (object)->wallet);
  G_OBJECT_CLASS (tc_receive_page_parent_class)->dispose (object);
}

static void
tc_receive_page_finalize (GObject *object)
{
  g_free (TC_RECEIVE_PAGE (object)->shown);
  G_OBJECT_CLASS (tc_receive_page_parent_class)->finalize (object);
}

static void
tc_receive_page_class_init (TcReceivePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_ACCOUNT_CHOOSER);
  g_type_ensure (TC_TYPE_QR_CODE);
  g_type_ensure (TC_TYPE_TWIN_BOX);
  G_OBJECT_CLASS (klass)->dispose = tc_receive_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_receive_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/receive-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, code);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, address);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, note);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, new_button);
  gtk_widget_class_bind_template_child (widget_class, TcReceivePage, account);
  gtk_widget_class_bind_template_callback (widget_class, on_wallet_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_new_clicked);
}

static void
tc_receive_page_init (TcReceivePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
