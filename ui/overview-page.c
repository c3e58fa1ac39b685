#define G_LOG_DOMAIN "tc-ui"
#include "overview-page.h"

#include <glib/gi18n.h>

#include "epoch-clock.h"
#include "helpers.h"
#include "rescan-row.h"
#include "text.h"
#include "tx-row.h"
#include "twin-box.h"
#include "warnings.h"

#define NEWEST_ROWS 5u
#define REFRESH_MS  100  /* at most this often: each change lays the page out anew */

struct _TcOverviewPage
{
  AdwBin         parent_instance;
  TcEpochClock  *clock;
  GtkLabel      *available_title, *available, *pending, *change, *change_label, *collateral, *collateral_label, *total, *clock_caption;
  GtkListBox    *newest;
  GtkWidget     *newest_box, *empty;
  TcWarnings    *warnings;
  TcRescanRow   *rescan;
  TcSession     *session;
  TcWallet      *wallet;
  gboolean       hidden;
  guint32        account;
  guint64        serial;
  gboolean       listing, list_again;
  guint          refresh_timer;
  TcTxRow       *rows[NEWEST_ROWS];
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcOverviewPage, tc_overview_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

/* --- Balance --- */

static void
show_amount (TcOverviewPage *self, GtkLabel *label, TcAmount amount)
{
  g_autofree char *text = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (amount);

  gtk_label_set_text (label, text);
}

/* A line of the card that is there only while it has something to say. */
static void
show_other (TcOverviewPage *self, GtkLabel *label, GtkLabel *amount_label, TcAmount amount)
{
  show_amount (self, amount_label, amount);
  gtk_widget_set_visible (GTK_WIDGET (label), amount.units > 0);
  gtk_widget_set_visible (GTK_WIDGET (amount_label), amount.units > 0);
}

static void
show_balance (TcOverviewPage *self, const TcWalletSnapshot *snapshot)
{
  const TcWalletAccount *one = tc_wallet_snapshot_get_account (snapshot, self->account);
  g_autofree char *available = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount (one != NULL ? one->available : snapshot->available);
  const gboolean whole = snapshot->unread_height == 0;
  g_autofree char *spoken = self->hidden ? g_strdup (_("Amounts are hidden"))
                                         : g_strdup_printf (whole ? _("Available: %s TIME") : _("Available, as far as known: %s TIME"), available);

  gtk_label_set_text (self->available_title, whole ? _("Available") : _("Available, as far as known"));
  gtk_label_set_text (self->available, available);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->available), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  show_amount (self, self->pending, one != NULL ? one->pending : snapshot->pending);
  show_amount (self, self->total, one != NULL ? one->total : snapshot->total);
  show_other (self, self->change_label, self->change, one != NULL ? one->locked_amount : snapshot->locked_amount);
  show_other (self, self->collateral_label, self->collateral, one != NULL ? one->collateral : snapshot->collateral);
}

/* --- Newest payments --- */

static void
show_rows (TcOverviewPage *self, GPtrArray *rows)
{
  for (guint i = 0; i < NEWEST_ROWS; i++)
    {
      GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self->rows[i]));

      gtk_widget_set_visible (row, i < rows->len);
      if (i < rows->len)
        tc_tx_row_set (self->rows[i], rows->pdata[i], self->hidden);
    }
  gtk_widget_set_visible (self->newest_box, rows->len > 0);
  gtk_widget_set_visible (self->empty, rows->len == 0);
}

static void list_newest (TcOverviewPage *self);

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcOverviewPage) self = user_data;
  g_autoptr(GPtrArray) rows = tc_wallet_list_history_finish (TC_WALLET (source), result, NULL, NULL);

  self->listing = FALSE;
  if (TC_WALLET (source) != self->wallet)
    return;
  if (rows != NULL)
    show_rows (self, rows);
  if (self->list_again)
    list_newest (self);
}

/* One request at a time: what changes meanwhile is asked for after it. */
static void
list_newest (TcOverviewPage *self)
{
  self->list_again = self->listing;
  if (self->listing || self->wallet == NULL)
    return;
  self->listing = TRUE;
  tc_wallet_list_history (self->wallet, self->account, NULL, 0, NEWEST_ROWS, NULL, on_listed, g_object_ref (self));
}

static void
on_row_activated (TcOverviewPage *self, GtkListBoxRow *row)
{
  TcWalletTx *tx = tc_tx_row_get_tx (self->rows[gtk_list_box_row_get_index (row)]);
  g_autofree char *txid = tx == NULL ? NULL : tc_txid_text (&tx->txid);

  if (txid != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-payment", "s", txid);
}

/* --- */

static void
refresh (TcOverviewPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  show_balance (self, snapshot);
  tc_rescan_row_set (self->rescan, self->wallet, snapshot);
  if (snapshot->history_serial == self->serial)
    return;
  self->serial = snapshot->history_serial;
  list_newest (self);
}

static gboolean
on_refresh (gpointer user_data)
{
  TcOverviewPage *self = user_data;

  self->refresh_timer = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

static void
on_wallet_changed (TcOverviewPage *self)
{
  if (self->refresh_timer == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_timer = g_timeout_add (REFRESH_MS, on_refresh, self);
}

static void
tc_overview_page_map (GtkWidget *widget)
{
  TcOverviewPage *self = TC_OVERVIEW_PAGE (widget);

  GTK_WIDGET_CLASS (tc_overview_page_parent_class)->map (widget);
  if (self->wallet != NULL)
    refresh (self);
}

static void
on_status (TcOverviewPage *self)
{
  TcNodeStatus *status = tc_session_get_status (self->session);
  g_autofree char *caption = NULL;

  tc_epoch_clock_set_status (self->clock, status);
  if (status != NULL)
    caption = tc_epoch_clock_caption (status);
  gtk_label_set_text (self->clock_caption, caption == NULL ? "" : caption);
}

static void
on_session_changed (TcOverviewPage *self)
{
  tc_epoch_clock_set_paused (self->clock, tc_session_get_state (self->session) >= TC_SESSION_STOPPING || tc_session_is_offline (self->session));
}

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcOverviewPage *self = TC_OVERVIEW_PAGE (page);

  g_set_object (&self->session, session);
  g_set_object (&self->wallet, wallet);
  self->serial = G_MAXUINT64;
  tc_warnings_set_wallet (self->warnings, session, wallet);
  g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  refresh (self);
  on_status (self);
}

static void
set_hidden (TcPage *page, gboolean hidden)
{
  TcOverviewPage *self = TC_OVERVIEW_PAGE (page);

  if (self->hidden == hidden)
    return;
  self->hidden = hidden;
  if (self->wallet == NULL)
    return;
  self->serial = G_MAXUINT64;
  refresh (self);
}

static void
set_account (TcPage *page, guint32 account)
{
  TcOverviewPage *self = TC_OVERVIEW_PAGE (page);

  self->account = account;
  self->serial = G_MAXUINT64;
  if (self->wallet != NULL)
    refresh (self);
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
  iface->set_account = set_account;
  iface->set_hidden = set_hidden;
}

static void
tc_overview_page_dispose (GObject *object)
{
  TcOverviewPage *self = TC_OVERVIEW_PAGE (object);

  g_clear_handle_id (&self->refresh_timer, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_overview_page_parent_class)->dispose (object);
}

static void
tc_overview_page_class_init (TcOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_EPOCH_CLOCK);
  g_type_ensure (TC_TYPE_WARNINGS);
  g_type_ensure (TC_TYPE_TWIN_BOX);
  g_type_ensure (TC_TYPE_RESCAN_ROW);
  G_OBJECT_CLASS (klass)->dispose = tc_overview_page_dispose;
  widget_class->map = tc_overview_page_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, clock);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, clock_caption);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, available_title);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, available);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, pending);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, change);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, change_label);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, collateral);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, collateral_label);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, total);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, newest);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, newest_box);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, warnings);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, rescan);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, empty);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
tc_overview_page_init (TcOverviewPage *self)
{
  GtkWidget *amount;

  gtk_widget_init_template (GTK_WIDGET (self));
  amount = gtk_widget_get_parent (GTK_WIDGET (self->available));
  self->account = TC_ACCOUNT_ALL;
  /* A number and its unit read left to right in any language; they stay where lines begin. */
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    {
      gtk_widget_set_direction (amount, GTK_TEXT_DIR_LTR);
      gtk_widget_set_halign (amount, GTK_ALIGN_END);
    }
  for (guint i = 0; i < NEWEST_ROWS; i++)
    {
      GtkWidget *row = gtk_list_box_row_new ();

      self->rows[i] = TC_TX_ROW (tc_tx_row_new ());
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), GTK_WIDGET (self->rows[i]));
      gtk_widget_set_visible (row, FALSE);
      gtk_list_box_append (self->newest, row);
    }
}
