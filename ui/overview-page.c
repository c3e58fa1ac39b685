#define G_LOG_DOMAIN "tc-ui"
#include "overview-page.h"

#include <glib/gi18n.h>

#include "epoch-clock.h"
#include "helpers.h"
#include "notice.h"
#include "text.h"
#include "tx-row.h"
#include "twin-box.h"

#define NEWEST_ROWS 5u
#define REFRESH_MS  100  /* at most this often: each change lays the page out anew */
#define TIP_AHEAD_MS 20000

struct _TcOverviewPage
{
  AdwBin         parent_instance;
  TcEpochClock  *clock;
  GtkLabel      *available_title, *available, *pending, *change, *change_label, *collateral, *collateral_label, *total, *clock_caption;
  GtkListBox    *newest;
  GtkWidget     *newest_box, *empty;
  TcNotice      *backup_notice, *node_notice, *wallet_notice, *clock_notice, *trust_notice;
  TcSession     *session;
  TcWallet      *wallet;
  gboolean       hidden;
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
  g_autofree char *available = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount (snapshot->available);
  const gboolean whole = snapshot->unread_height == 0;
  g_autofree char *spoken = self->hidden ? g_strdup (_("Amounts are hidden"))
                                         : g_strdup_printf (whole ? _("Available: %s TIME") : _("Available, as far as known: %s TIME"), available);

  gtk_label_set_text (self->available_title, whole ? _("Available") : _("Available, as far as known"));
  gtk_label_set_text (self->available, available);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->available), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  show_amount (self, self->pending, snapshot->pending);
  show_amount (self, self->total, snapshot->total);
  show_other (self, self->change_label, self->change, snapshot->locked_amount);
  show_other (self, self->collateral_label, self->collateral, snapshot->collateral);
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
  tc_wallet_list_history (self->wallet, TC_ACCOUNT_ALL, NULL, 0, NEWEST_ROWS, NULL, on_listed, g_object_ref (self));
}

static void
on_row_activated (TcOverviewPage *self, GtkListBoxRow *row)
{
  TcWalletTx *tx = tc_tx_row_get_tx (self->rows[gtk_list_box_row_get_index (row)]);
  g_autofree char *txid = tx == NULL ? NULL : tc_txid_text (&tx->txid);

  if (txid != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-payment", "s", txid);
}

/* --- Warnings --- */

/* What it says of the clock, and of the block that the user is asked for, is said below, in the user's language. */
static gboolean
has_node_problem (const TcNodeStatus *status)
{
  if (status->state == TC_NODE_HALTED)
    return TRUE;
  return !status->needs_trust && (status->state == TC_NODE_STALLED || (status->problem != NULL && !status->problem_is_clock));
}

static void
show_node_notice (TcOverviewPage *self)
{
  TcNodeStatus *status = tc_session_get_status (self->session);
  const gboolean bad = status != NULL && has_node_problem (status);
  const char *title = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->node_notice), bad);
  if (!bad)
    return;
  if (status->state == TC_NODE_HALTED)
    title = _("This Node Has Stopped");
  else if (status->is_masternode && !status->signing && status->state != TC_NODE_STALLED)
    title = _("This Masternode Does Not Sign");
  tc_notice_set_title (self->node_notice, title);
  tc_notice_set (self->node_notice, status->state == TC_NODE_HALTED ? TC_NOTICE_ERROR : TC_NOTICE_WARNING,
                 status->problem != NULL ? status->problem
                                         : _("No quorum of masternodes answers. Payments wait until enough of them are back; nothing is lost."),
                 status->state == TC_NODE_STALLED || status->state == TC_NODE_HALTED ? _("Open Log Folder") : NULL);
}

/* Of others' clocks against ours; 0 where it is well, or nobody says. A block from the future tells of a clock set back, even where nobody answers. */
static gint64
find_clock_offset (const TcNodeStatus *status)
{
  const gint64 ahead_ms = status->tip_time_ms - g_get_real_time () / 1000;

  if (status->state == TC_NODE_HALTED)
    return 0;
  if (status->clock_is_off)
    return status->clock_offset_ms;
  return ahead_ms > TIP_AHEAD_MS ? ahead_ms : 0;
}

static void
show_clock_notice (TcOverviewPage *self)
{
  TcNodeStatus *status = tc_session_get_status (self->session);
  const gint64 offset_ms = status == NULL ? 0 : find_clock_offset (status);
  g_autofree char *span = tc_text_span (offset_ms), *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->clock_notice), offset_ms != 0);
  if (offset_ms == 0)
    return;
  text = g_strdup_printf (offset_ms > 0 ? _("It is about %s behind the other nodes' clocks. Let the system set date and time automatically; until then this "
                                            "computer may fall behind the network.")
                                        : _("It is about %s ahead of the other nodes' clocks. Let the system set date and time automatically; until then this "
                                            "computer may fall behind the network."),
                          span);
  tc_notice_set_title (self->clock_notice, _("This Computer's Clock Is Wrong"));
  tc_notice_set (self->clock_notice, TC_NOTICE_WARNING, text, NULL);
}

/* (transfer full): what the wallet reads or waits for, or misses. */
static char *
reading_text (TcOverviewPage *self, const TcWalletSnapshot *snapshot)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  const gboolean known = status != NULL && status->sync.phase == TC_NODE_SYNC_HISTORY && status->sync.total > 0;

  if (snapshot->never)
    return g_strdup_printf (_("This computer has no blocks before block %u, so older payments of this wallet may be missing here. Open it where all blocks are "
                              "kept, or let this node fetch the whole chain."), status != NULL ? status->oldest_height : snapshot->scan_height);
  if (snapshot->waiting && known)
    return g_strdup_printf (_("Waiting for older blocks: %d %%. Payments that they hold will appear by themselves."),
                            tc_clock_sync_percent (status));
  if (snapshot->waiting)
    return g_strdup (_("Waiting for older blocks. Payments that they hold will appear by themselves."));
  return g_strdup_printf (_("Looking for this wallet's payments: block %u of %u"), snapshot->rescanning ? snapshot->rescan_height : snapshot->unread_height,
                          snapshot->rescanning ? snapshot->rescan_target : snapshot->scan_height);
}

static void
show_wallet_notices (TcOverviewPage *self, const TcWalletSnapshot *snapshot)
{
  gtk_widget_set_visible (GTK_WIDGET (self->backup_notice), !snapshot->backup_verified);
  tc_notice_set (self->backup_notice, tc_session_is_local (self->session) ? TC_NOTICE_INFO : TC_NOTICE_WARNING,
                 _("The words of this wallet are not checked yet. Without them, a lost computer is lost money."), _("Check Backup"));
  gtk_widget_set_visible (GTK_WIDGET (self->wallet_notice), snapshot->problem != NULL || snapshot->rescanning || snapshot->unread_height > 0);
  if (snapshot->problem != NULL)
    tc_notice_set (self->wallet_notice, TC_NOTICE_ERROR, snapshot->problem, _("Open Log Folder"));
  else if (snapshot->rescanning || snapshot->unread_height > 0)
    {
      g_autofree char *text = reading_text (self, snapshot);

      tc_notice_set_title (self->wallet_notice, snapshot->never ? _("Older Payments May Be Missing") : NULL);
      tc_notice_set (self->wallet_notice, snapshot->never ? TC_NOTICE_WARNING : TC_NOTICE_INFO, text, NULL);
    }
}

/* Rule M4: the question that only the user can answer. */
static void
show_trust_notice (TcOverviewPage *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  const gboolean asks = status != NULL && status->needs_trust;

  gtk_widget_set_visible (GTK_WIDGET (self->trust_notice), asks);
  if (!asks)
    return;
  tc_notice_set_title (self->trust_notice, _("This Node Waits for a Block That You Trust"));
  tc_notice_set (self->trust_notice, TC_NOTICE_WARNING,
                 _("It knows no block that is recent enough to tell the network's chain from a forged one. Until it is shown one, balances here are old."),
                 _("Choose a Block…"));
}

static void
on_trust_activated (TcOverviewPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.trust-block", NULL);
}

static void
on_backup_activated (TcOverviewPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.check-backup", NULL);
}

static void
on_log_activated (TcOverviewPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.log-folder", NULL);
}

/* --- */

static void
refresh (TcOverviewPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  show_balance (self, snapshot);
  show_wallet_notices (self, snapshot);
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
  show_node_notice (self);
  show_clock_notice (self);
  show_trust_notice (self);
  if (status != NULL)
    caption = tc_epoch_clock_caption (status);
  gtk_label_set_text (self->clock_caption, caption == NULL ? "" : caption);
}

static void
on_session_changed (TcOverviewPage *self)
{
  tc_epoch_clock_set_paused (self->clock, tc_session_get_state (self->session) >= TC_SESSION_STOPPING);
}

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcOverviewPage *self = TC_OVERVIEW_PAGE (page);

  g_set_object (&self->session, session);
  g_set_object (&self->wallet, wallet);
  self->serial = G_MAXUINT64;
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
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
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
  g_type_ensure (TC_TYPE_NOTICE);
  g_type_ensure (TC_TYPE_TWIN_BOX);
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
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, empty);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, backup_notice);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, node_notice);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, wallet_notice);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, clock_notice);
  gtk_widget_class_bind_template_child (widget_class, TcOverviewPage, trust_notice);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_backup_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_log_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_trust_activated);
}

static void
tc_overview_page_init (TcOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < NEWEST_ROWS; i++)
    {
      GtkWidget *row = gtk_list_box_row_new ();

      self->rows[i] = TC_TX_ROW (tc_tx_row_new ());
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), GTK_WIDGET (self->rows[i]));
      gtk_widget_set_visible (row, FALSE);
      gtk_list_box_append (self->newest, row);
    }
}
