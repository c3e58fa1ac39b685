#define G_LOG_DOMAIN "tc-ui"
#include "history-page.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "history-model.h"
#include "tx-page.h"
#include "tx-row.h"

struct _TcHistoryPage
{
  AdwBin          parent_instance;
  GtkStack       *stack, *list_stack;
  GtkListView    *list;
  GtkSearchEntry *search;
  AdwStatusPage  *empty;
  TcTxPage       *payment;
  TcWallet       *wallet;
  TcHistoryModel *model;
  gboolean        hidden;
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcHistoryPage, tc_history_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

/* --- Rows --- */

static void
show_item (TcHistoryItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
  TcTxRow *row = TC_TX_ROW (gtk_list_item_get_child (list_item));
  TcHistoryPage *self = g_object_get_data (G_OBJECT (row), "page");

  tc_tx_row_set (row, tc_history_item_get_tx (item), self->hidden);
}

static void
on_setup (TcHistoryPage *self, GtkListItem *list_item)
{
  GtkWidget *row = tc_tx_row_new ();

  g_object_set_data (G_OBJECT (row), "page", self);
  gtk_list_item_set_child (list_item, row);
}

static void
on_bind (TcHistoryPage *self, GtkListItem *list_item)
{
  TcHistoryItem *item = gtk_list_item_get_item (list_item);

  g_signal_connect (item, "notify::tx", G_CALLBACK (show_item), list_item);
  show_item (item, NULL, list_item);
}

static void
on_unbind (TcHistoryPage *self, GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_item, list_item);
}

static void
show_payment (TcHistoryPage *self, const TcHash *txid)
{
  tc_tx_page_show (self->payment, self->wallet, txid);
  gtk_stack_set_visible_child_name (self->stack, "payment");
}

static void
on_activate (TcHistoryPage *self, guint position)
{
  g_autoptr(TcHistoryItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);
  TcWalletTx *tx = item == NULL ? NULL : tc_history_item_get_tx (item);

  if (tx != NULL)
    show_payment (self, &tx->txid);
}

/* --- The list --- */

static void
update_empty (TcHistoryPage *self)
{
  const gboolean searching = gtk_editable_get_text (GTK_EDITABLE (self->search))[0] != '\0';
  const gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0;

  if (!tc_history_model_is_loaded (self->model))
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->search), any || searching);
  adw_status_page_set_title (self->empty, searching ? _("Nothing Found") : _("No Payments Yet"));
  adw_status_page_set_description (self->empty, searching ? _("No address, memo or payment number has this in it.")
                                                          : _("What you send and receive is listed here."));
  adw_status_page_set_icon_name (self->empty, searching ? "system-search-symbolic" : "document-open-recent-symbolic");
  gtk_stack_set_visible_child_name (self->list_stack, any ? "list" : "empty");
}

static void
on_search_changed (TcHistoryPage *self)
{
  if (self->model != NULL)
    tc_history_model_set_search (self->model, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
on_payment_back (TcHistoryPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, "list");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (page);
  g_autoptr(GtkSelectionModel) selection = NULL;

  g_set_object (&self->wallet, wallet);
  g_clear_object (&self->model);
  self->model = tc_history_model_new (wallet);
  tc_history_model_set_active (self->model, gtk_widget_get_mapped (GTK_WIDGET (self)));
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (update_empty), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "loaded", G_CALLBACK (update_empty), self, G_CONNECT_SWAPPED);
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model))));
  gtk_list_view_set_model (self->list, selection);
}

static void
set_hidden (TcPage *page, gboolean hidden)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (page);
  g_autoptr(GtkSelectionModel) selection = NULL;

  if (self->hidden == hidden)
    return;
  self->hidden = hidden;
  tc_tx_page_set_hidden (self->payment, hidden);
  if (self->model == NULL)
    return;
  /* Binds every row anew. */
  gtk_list_view_set_model (self->list, NULL);
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model))));
  gtk_list_view_set_model (self->list, selection);
}

static void
set_account (TcPage *page, guint32 account)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (page);

  gtk_stack_set_visible_child_name (self->stack, "list");
  if (self->model != NULL)
    tc_history_model_set_account (self->model, account);
}

static void
reset (TcPage *page)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (page);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
search (TcPage *page)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (page);
  gtk_stack_set_visible_child_name (self->stack, "list");
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
tc_history_page_map (GtkWidget *widget)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (widget);

  GTK_WIDGET_CLASS (tc_history_page_parent_class)->map (widget);
  if (self->model != NULL)
    tc_history_model_set_active (self->model, TRUE);
}

static void
tc_history_page_unmap (GtkWidget *widget)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (widget);

  if (self->model != NULL)
    tc_history_model_set_active (self->model, FALSE);
  GTK_WIDGET_CLASS (tc_history_page_parent_class)->unmap (widget);
}

static void
show (TcPage *page, const char *what)
{
  TcHash txid;

  if (tc_hash_from_hex (what, &txid))
    show_payment (TC_HISTORY_PAGE (page), &txid);
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
  iface->set_hidden = set_hidden;
  iface->set_account = set_account;
  iface->reset = reset;
  iface->search = search;
  iface->show = show;
}

static void
tc_history_page_dispose (GObject *object)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (object);

  g_clear_object (&self->model);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_history_page_parent_class)->dispose (object);
}

static void
tc_history_page_class_init (TcHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_TX_PAGE);
  G_OBJECT_CLASS (klass)->dispose = tc_history_page_dispose;
  widget_class->map = tc_history_page_map;
  widget_class->unmap = tc_history_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, list_stack);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, list);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, search);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, empty);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, payment);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_payment_back);
}

static void
tc_history_page_init (TcHistoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  tc_stack_hide_others (self->list_stack);
}
