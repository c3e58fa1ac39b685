#define G_LOG_DOMAIN "tc-ui"
#include "history-page.h"

#include <glib/gi18n.h>

#include "compat.h"
#include "helpers.h"
#include "history-columns.h"
#include "history-filter.h"
#include "history-model.h"
#include "text.h"
#include "tx-page.h"
#include "tx-row.h"
#include "wallet/history-csv.h"

#define COLUMNS_FROM 720  /* px: narrower, each payment has two lines */

struct _TcHistoryPage
{
  AdwBin          parent_instance;
  GtkStack       *stack, *list_stack;
  GtkListView    *list;
  GtkColumnView  *columns;
  GtkSearchEntry *search;
  GtkWidget      *tools, *filter_button, *export_button, *clear_button;
  GtkBox         *chips;
  GtkWidget      *chips_scroller;
  TcHistoryFilter *filter;
  GtkRevealer    *exporting;
  GtkProgressBar *export_bar;
  GCancellable   *export_cancellable;  /* (nullable): an export is under way */
  AdwStatusPage  *empty;
  TcTxPage       *payment;
  TcWallet       *wallet;
  TcHistoryModel *model;
  gboolean        hidden, wide;
  guint           widen_id;
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

static gboolean
is_filtered (TcHistoryPage *self)
{
  return !tc_history_query_is_empty (tc_history_model_get_query (self->model));
}

static void
update_empty (TcHistoryPage *self)
{
  const gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0, filtered = is_filtered (self);

  if (!tc_history_model_is_loaded (self->model))
    return;
  gtk_widget_set_sensitive (self->tools, any || filtered);
  gtk_widget_set_sensitive (self->export_button, any && self->export_cancellable == NULL);
  adw_status_page_set_title (self->empty, filtered ? _("Nothing Found") : _("No Payments Yet"));
  adw_status_page_set_description (self->empty, filtered ? _("No payment is like this. Search for less, or take a filter away.")
                                                         : _("What you send and receive is listed here."));
  adw_status_page_set_icon_name (self->empty, filtered ? "system-search-symbolic" : "document-open-recent-symbolic");
  gtk_widget_set_visible (self->clear_button, filtered);
  gtk_stack_set_visible_child_name (self->list_stack, !any ? "empty" : self->wide ? "columns" : "list");
}

/* Only the list that is shown has the model: another would make rows that nobody sees. Rows are bound anew. */
static void
connect_list (TcHistoryPage *self)
{
  g_autoptr(GtkSelectionModel) selection = self->model == NULL ? NULL : GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model))));

  gtk_list_view_set_model (self->list, NULL);
  gtk_column_view_set_model (self->columns, NULL);
  tc_history_columns_set_hidden (self->columns, self->hidden);
  if (selection != NULL && self->wide)
    gtk_column_view_set_model (self->columns, selection);
  else if (selection != NULL)
    gtk_list_view_set_model (self->list, selection);
}

static gboolean
widen (gpointer user_data)
{
  TcHistoryPage *self = user_data;
  const gboolean wide = gtk_widget_get_width (GTK_WIDGET (self)) >= COLUMNS_FROM;

  self->widen_id = 0;
  if (wide == self->wide)
    return G_SOURCE_REMOVE;
  self->wide = wide;
  connect_list (self);
  if (self->model != NULL)
    update_empty (self);
  return G_SOURCE_REMOVE;
}

static void
tc_history_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (widget);

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (widget)), width, height, baseline, NULL);
  /* Not now: the lists are being laid out. */
  if ((width >= COLUMNS_FROM) != self->wide && self->widen_id == 0)
    self->widen_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, widen, self, NULL);
}

static void
tc_history_page_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (adw_bin_get_child (ADW_BIN (widget)), orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
  /* It takes what it gets: the sidebar is not to fold for the columns' sake. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = *minimum;
}

/* --- Search and filters --- */

static void
on_chip_clicked (GtkButton *button, TcHistoryPage *self)
{
  tc_history_filter_clear (self->filter, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "facet")));
}

static void
add_chip (TcHistoryPage *self, TcHistoryFacet facet, const char *words)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  /* Translators: %s is a filter, as “Sent” or “Since 2026-12-31”. */
  g_autofree char *name = g_strdup_printf (_("Take the filter away: %s"), words);

  gtk_box_append (GTK_BOX (box), gtk_label_new (words));
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("window-close-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "chip");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "facet", GUINT_TO_POINTER (facet));
  g_signal_connect (button, "clicked", G_CALLBACK (on_chip_clicked), self);
  gtk_box_append (self->chips, button);
}

static void
show_chips (TcHistoryPage *self)
{
  GtkWidget *child;
  gboolean any = FALSE;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    gtk_box_remove (self->chips, child);
  for (guint facet = 0; facet < TC_HISTORY_N_FACETS; facet++)
    {
      g_autofree char *words = tc_history_filter_words (self->filter, facet);

      if (words != NULL)
        add_chip (self, facet, words);
      any |= words != NULL;
    }
  gtk_widget_set_visible (self->chips_scroller, any);
}

static void
set_query (TcHistoryPage *self)
{
  TcHistoryQuery query = { .search = (char *) gtk_editable_get_text (GTK_EDITABLE (self->search)) };

  if (self->model == NULL)
    return;
  tc_history_filter_fill (self->filter, &query);
  tc_history_model_set_query (self->model, &query);
}

static void
on_search_changed (TcHistoryPage *self)
{
  set_query (self);
}

static void
on_filter_changed (TcHistoryPage *self)
{
  show_chips (self);
  set_query (self);
}

static void
on_clear_clicked (TcHistoryPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  tc_history_filter_clear_all (self->filter);
}

/* --- Export --- */

static void
on_export_progress (guint32 done, guint32 total, gpointer user_data)
{
  TcHistoryPage *self = user_data;
  g_autofree char *done_text = tc_text_number (done), *total_text = tc_text_number (MAX (done, total));
  /* Translators: numbers of payments. */
  g_autofree char *text = g_strdup_printf (_("%s of %s payments"), done_text, total_text);

  gtk_progress_bar_set_fraction (self->export_bar, total > 0 ? MIN ((double) done / total, 1) : 0);
  gtk_progress_bar_set_text (self->export_bar, text);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcHistoryPage) self = user_data;
  g_autoptr(GError) error = NULL;
  guint32 n_rows = 0;
  const gboolean ok = tc_wallet_export_history_finish (TC_WALLET (source), result, &n_rows, &error);
  g_autofree char *number = tc_text_number (n_rows);
  g_autofree char *text = ok ? g_strdup_printf (ngettext ("%s payment exported", "%s payments exported", n_rows), number)
                             /* Translators: %s says why. */
                             : g_strdup_printf (_("The table was not written: %s"), error->message);

  g_clear_object (&self->export_cancellable);
  gtk_revealer_set_reveal_child (self->exporting, FALSE);
  gtk_widget_set_sensitive (self->export_button, TRUE);
  tc_toast (GTK_WIDGET (self), g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _("Export cancelled") : text);
}

static void
on_export_file (GFile *file, gpointer user_data)
{
  TcHistoryPage *self = user_data;

  if (self->model == NULL || self->export_cancellable != NULL)
    return;
  self->export_cancellable = g_cancellable_new ();
  gtk_widget_set_sensitive (self->export_button, FALSE);
  on_export_progress (0, g_list_model_get_n_items (G_LIST_MODEL (self->model)), self);
  gtk_revealer_set_reveal_child (self->exporting, TRUE);
  tc_wallet_export_history (self->wallet, tc_history_model_get_account (self->model), tc_history_model_get_query (self->model), file, self->export_cancellable,
                            on_export_progress, self, on_exported, g_object_ref (self));
}

static void
on_export_clicked (TcHistoryPage *self)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "timecoin-%Y-%m-%d.csv");

  tc_compat_choose_file (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Export as Table"), name, on_export_file, self);
}

static void
on_export_cancelled (TcHistoryPage *self)
{
  g_cancellable_cancel (self->export_cancellable);
}

static void
on_payment_back (TcHistoryPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, "list");
  gtk_widget_grab_focus (self->wide ? GTK_WIDGET (self->columns) : GTK_WIDGET (self->list));
}

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (page);

  g_set_object (&self->wallet, wallet);
  g_clear_object (&self->model);
  self->model = tc_history_model_new (wallet);
  tc_history_model_set_active (self->model, gtk_widget_get_mapped (GTK_WIDGET (self)));
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (update_empty), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "loaded", G_CALLBACK (update_empty), self, G_CONNECT_SWAPPED);
  set_query (self);
  connect_list (self);
}

static void
set_hidden (TcPage *page, gboolean hidden)
{
  TcHistoryPage *self = TC_HISTORY_PAGE (page);

  if (self->hidden == hidden)
    return;
  self->hidden = hidden;
  tc_tx_page_set_hidden (self->payment, hidden);
  connect_list (self);
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
  on_clear_clicked (self);
  g_cancellable_cancel (self->export_cancellable);
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

  g_clear_handle_id (&self->widen_id, g_source_remove);
  g_cancellable_cancel (self->export_cancellable);
  g_clear_object (&self->model);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_history_page_parent_class)->dispose (object);
}

static void
tc_history_page_class_init (TcHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_HISTORY_FILTER);
  g_type_ensure (TC_TYPE_TX_PAGE);
  G_OBJECT_CLASS (klass)->dispose = tc_history_page_dispose;
  widget_class->measure = tc_history_page_measure;
  widget_class->size_allocate = tc_history_page_size_allocate;
  widget_class->map = tc_history_page_map;
  widget_class->unmap = tc_history_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, list_stack);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, list);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, columns);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, tools);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, filter_button);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, export_button);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, clear_button);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, chips);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, chips_scroller);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, filter);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, exporting);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, export_bar);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, search);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, empty);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryPage, payment);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_export_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_export_cancelled);
  gtk_widget_class_bind_template_callback (widget_class, on_payment_back);
}

static void
tc_history_page_init (TcHistoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  tc_stack_hide_others (self->list_stack);
  tc_history_columns_add (self->columns);
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);  /* of its own: it has to learn its width */
}
