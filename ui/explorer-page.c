#define G_LOG_DOMAIN "tc-ui"
#include "explorer-page.h"

#include <string.h>

#include <glib/gi18n.h>

#include "core/address.h"
#include "explorer-blocks.h"
#include "explorer-views.h"
#include "helpers.h"
#include "text.h"
#include "wallet/wallet-records.h"

#define TRAIL_MAX     200u  /* steps back that are kept */
#define SEARCH_MAX    200u  /* bytes of what is searched for */
#define BUSY_AFTER_MS 150u  /* what comes sooner needs no word */
#define SIGNED_BLOCKS 100u
#define NOTHING       "blocks"

struct _TcExplorerPage
{
  AdwBin          parent_instance;
  GtkStack       *stack;
  GtkSearchEntry *entry;
  GtkWidget      *back, *forward, *scrolled, *clamp;
  GtkLabel       *busy_text;
  GtkProgressBar *progress;
  AdwStatusPage  *message;
  TcExplorerBlocks *blocks;
  TcSession      *session;
  TcWallet       *wallet;
  GPtrArray      *trail;      /* char *: targets */
  guint           at;         /* in it */
  GCancellable   *cancellable;
  guint           busy_timer;
  guint32         pending_height;  /* a transaction is shown that was pending at this height; 0: none */
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcExplorerPage, tc_explorer_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

/* One thing that is being looked up. Its answer is for nobody once its cancellable was cancelled. */
typedef struct
{
  TcExplorerPage *page;
  TcNode         *node;
  GCancellable   *cancellable;
  char           *target;
  GArray         *masternodes;
  guint32         number;      /* searched for, and perhaps a masternode's */
  TcHash          hash;
  TcWalletTx     *own;         /* (nullable) */
  gboolean        mine;
  char           *label;       /* (nullable): what the user calls an address */
  guint32         masternode;
} Visit;

static void
visit_free (Visit *visit)
{
  g_object_unref (visit->page);
  tc_node_unref (visit->node);
  g_object_unref (visit->cancellable);
  g_clear_pointer (&visit->masternodes, g_array_unref);
  g_clear_pointer (&visit->own, tc_wallet_tx_unref);
  g_free (visit->target);
  g_free (visit->label);
  g_free (visit);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visit, visit_free)

static gboolean
is_over (const Visit *visit)
{
  return visit->page->session == NULL || visit->page->cancellable != visit->cancellable || g_cancellable_is_cancelled (visit->cancellable);
}

/* --- What is shown --- */

static void
stop_busy (TcExplorerPage *self)
{
  g_clear_handle_id (&self->busy_timer, g_source_remove);
}

static gboolean
on_busy (gpointer user_data)
{
  TcExplorerPage *self = user_data;

  self->busy_timer = 0;
  gtk_stack_set_visible_child_name (self->stack, "busy");
  return G_SOURCE_REMOVE;
}

static void
be_busy (TcExplorerPage *self, const char *text)
{
  stop_busy (self);
  gtk_label_set_text (self->busy_text, text);
  gtk_progress_bar_set_fraction (self->progress, 0);
  self->busy_timer = g_timeout_add (BUSY_AFTER_MS, on_busy, self);
}

static void
say (TcExplorerPage *self, const char *title, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  stop_busy (self);
  adw_status_page_set_title (self->message, title);
  adw_status_page_set_description (self->message, escaped);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

static void
show_view (TcExplorerPage *self, GtkWidget *view)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled));

  stop_busy (self);
  adw_clamp_set_child (ADW_CLAMP (self->clamp), view);
  gtk_adjustment_set_value (adjustment, 0);
  gtk_stack_set_visible_child_name (self->stack, "thing");
}

static TcExplorerContext
context_of (const Visit *visit)
{
  const TcNodeStatus *status = tc_session_get_status (visit->page->session);

  return (TcExplorerContext) { .digit = tc_node_get_network (visit->node)->address_digit, .tip = status != NULL ? status->height : 0, .status = status,
                               .masternodes = visit->masternodes };
}

/* Blocks below some height may not be here, and then the answer may be in them. */
static char *
missing_words (TcExplorerPage *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  g_autofree char *number = NULL;

  if (status == NULL || status->oldest_height <= 1)
    return g_strdup (_("All blocks were searched, and what is pending. Check what you wrote: a digit may be missing or wrong."));
  number = tc_text_number (status->oldest_height);
  if (status->older_come)
    return g_strdup_printf (_("It may be in a block before %s: those are still being fetched. Look again later."), number);
  return g_strdup_printf (_("It may be in a block before %s: this node does not have those, because it began later or deletes old ones to save room. "
                            "A node that keeps all blocks can find it."), number);
}

static void
fail (Visit *visit, const GError *error, const char *title)
{
  g_autofree char *text = NULL;

  if (is_over (visit) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  text = g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND) ? missing_words (visit->page) : g_strdup (error->message);
  say (visit->page, title, text);
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Visit *visit = user_data;

  if (!is_over (visit))
    gtk_progress_bar_set_fraction (visit->page->progress, total > 0 ? (double) done / (double) total : 0);
}

/* --- Masternodes --- */

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Visit) visit = user_data;
  g_autoptr(GArray) counts = tc_node_count_signed_finish (visit->node, result, NULL);
  const TcNodeSigned *count = NULL;
  TcExplorerContext context;

  if (is_over (visit))
    return;
  for (guint i = 0; counts != NULL && i < counts->len; i++)
    if (g_array_index (counts, TcNodeSigned, i).masternode == visit->masternode)
      count = &g_array_index (counts, TcNodeSigned, i);
  context = context_of (visit);
  show_view (visit->page, tc_explorer_masternode_view (&context, &g_array_index (visit->masternodes, TcNodeMasternode, visit->masternode), count));
}

/* Takes @visit. */
static void
show_masternode (Visit *visit, guint32 index)
{
  if (index >= visit->masternodes->len)
    {
      say (visit->page, _("No Such Masternode"), _("None has this number. A new one is there once the epoch of its registration has ended."));
      visit_free (visit);
      return;
    }
  visit->masternode = index;
  tc_node_count_signed_async (visit->node, SIGNED_BLOCKS, visit->cancellable, on_counted, visit);
}

static gboolean
find_masternode (const Visit *visit, gboolean (*is_it) (const TcNodeMasternode *item, gconstpointer what), gconstpointer what, guint32 *ret_index)
{
  for (guint i = visit->masternodes->len; i-- > 0;)
    if (is_it (&g_array_index (visit->masternodes, TcNodeMasternode, i), what))
      {
        *ret_index = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
has_key (const TcNodeMasternode *item, gconstpointer hash)
{
  return item->state != TC_NODE_MASTERNODE_RELEASED && memcmp (item->operator_key.bytes, hash, TC_PUBLIC_KEY_SIZE) == 0;
}

static gboolean
has_outpoint (const TcNodeMasternode *item, gconstpointer outpoint)
{
  return tc_outpoint_equal (&item->outpoint, outpoint);
}

static gboolean
has_host (const TcNodeMasternode *item, gconstpointer text)
{
  return item->state != TC_NODE_MASTERNODE_RELEASED && strstr (item->host, text) != NULL;
}

/* --- Transactions --- */

static void
on_tx (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Visit) visit = user_data;
  g_autoptr(GError) error = NULL;
  TcNodeTx *tx = tc_node_find_tx_finish (visit->node, result, &error);
  TcExplorerContext context;

  if (tx == NULL)
    {
      fail (visit, error, _("Nothing Found"));
      return;
    }
  if (is_over (visit))
    {
      tc_node_tx_free (tx);
      return;
    }
  context = context_of (visit);
  visit->page->pending_height = tx->in_block ? 0 : MAX (context.tip, 1);
  show_view (visit->page, tc_explorer_tx_view (&context, tx, visit->own));
}

static void
on_own_tx (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Visit) visit = user_data;
  g_autoptr(TcWalletTxDetail) detail = tc_wallet_get_tx_finish (TC_WALLET (source), result, NULL);
  const TcHash hash = visit->hash;
  guint32 height = 0;

  if (is_over (visit))
    return;
  if (detail != NULL)
    {
      visit->own = tc_wallet_tx_ref (detail->row);
      height = detail->row->state == TC_WALLET_TX_CONFIRMED ? detail->row->block_height : 0;
    }
  be_busy (visit->page, _("Looking for the transaction. An old one takes a while: there is no index of all transactions, so blocks are read, the newest first."));
  tc_node_find_tx_async (visit->node, &hash, height, on_progress, visit, visit->cancellable, on_tx, visit);
  g_steal_pointer (&visit);
}

/* Takes @visit. */
static void
find_tx (Visit *visit)
{
  const TcHash hash = visit->hash;

  tc_wallet_get_tx (visit->page->wallet, &hash, on_own_tx, visit);
}

/* --- Blocks --- */

static void
on_block (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Visit) visit = user_data;
  g_autoptr(GError) error = NULL;
  TcNodeBlock *block = tc_node_get_block_finish (visit->node, result, &error);
  const gboolean by_hash = !tc_hash_is_zero (&visit->hash);
  TcExplorerContext context;

  if (block != NULL && is_over (visit))
    tc_node_block_free (block);
  else if (block != NULL)
    {
      context = context_of (visit);
      show_view (visit->page, tc_explorer_block_view (&context, block, visit->number));
    }
  else if (by_hash && g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND) && !is_over (visit))
    find_tx (g_steal_pointer (&visit));
  else
    fail (visit, error, _("This Block Is Not Here"));
}

/* Takes @visit. */
static void
get_block (Visit *visit, guint32 height, const TcHash *hash)
{
  TcNode *node = visit->node;
  GCancellable *cancellable = visit->cancellable;

  tc_node_get_block_async (node, height, hash, cancellable, on_block, visit);
}

static void
show_height (Visit *visit, guint64 height)
{
  const TcNodeStatus *status = tc_session_get_status (visit->page->session);
  const guint32 tip = status != NULL ? status->height : 0;
  g_autofree char *number = tc_text_number (tip), *text = NULL;

  if (height > 0 && height <= tip)
    {
      get_block (visit, (guint32) height, NULL);
      return;
    }
  if (height == 0)
    {
      visit->hash = tc_node_get_network (visit->node)->genesis->txid;
      find_tx (visit);
      return;
    }
  if (visit->number < visit->masternodes->len)
    {
      show_masternode (visit, visit->number);
      return;
    }
  text = g_strdup_printf (_("The newest block is %s."), number);
  say (visit->page, _("There Is No Such Block Yet"), text);
  visit_free (visit);
}

/* --- Addresses --- */

static void
on_coins (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Visit) visit = user_data;
  g_autoptr(GError) error = NULL;
  TcNodeAddress *found = tc_node_list_address_coins_finish (visit->node, result, &error);
  TcExplorerContext context;

  if (found == NULL)
    {
      fail (visit, error, _("The Address Cannot Be Looked Up"));
      return;
    }
  if (is_over (visit))
    {
      tc_node_address_free (found);
      return;
    }
  context = context_of (visit);
  show_view (visit->page, tc_explorer_address_view (&context, visit->target + strlen ("address/"), found, visit->mine, visit->label));
}

static void
on_labels (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Visit) visit = user_data;
  g_autoptr(GPtrArray) labels = tc_wallet_list_labels_finish (TC_WALLET (source), result, NULL);
  const char *address = visit->target + strlen ("address/");
  TcKeyHash key_hash;

  if (is_over (visit) || !tc_address_parse (address, tc_node_get_network (visit->node)->address_digit, &key_hash, NULL))
    return;
  for (guint i = 0; labels != NULL && i < labels->len; i++)
    if (strcmp (((TcAddressLabel *) labels->pdata[i])->address, address) == 0)
      visit->label = g_strdup (((TcAddressLabel *) labels->pdata[i])->label);
  be_busy (visit->page, _("Adding up what this address has: all unspent payments are looked through."));
  tc_node_list_address_coins_async (visit->node, &key_hash, 1, on_progress, visit, visit->cancellable, on_coins, visit);
  g_steal_pointer (&visit);
}

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Visit) visit = user_data;

  tc_wallet_find_key_finish (TC_WALLET (source), result, &visit->mine, NULL, NULL, NULL);
  if (!is_over (visit))
    tc_wallet_list_labels (TC_WALLET (source), on_labels, g_steal_pointer (&visit));
}

/* Takes @visit. */
static void
show_address (Visit *visit, const char *address)
{
  g_autoptr(GError) error = NULL;
  TcKeyHash key_hash;

  if (tc_address_parse (address, tc_node_get_network (visit->node)->address_digit, &key_hash, &error))
    {
      tc_wallet_find_key (visit->page->wallet, &key_hash, on_key, visit);
      return;
    }
  say (visit->page, _("This Is No Address"), error->message);
  visit_free (visit);
}

/* --- Where a target leads --- */

static gboolean
is_number (const char *text, guint64 *ret_number)
{
  const gsize n = strlen (text);

  return n > 0 && n <= 10 && strspn (text, "0123456789") == n && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, ret_number, NULL);
}

/* "TXID:INDEX" */
static gboolean
is_outpoint (const char *text, TcOutpoint *ret_outpoint)
{
  g_autofree char *hex = g_strndup (text, 2 * TC_HASH_SIZE);
  guint64 index;

  if (strlen (text) < 2 * TC_HASH_SIZE + 2 || text[2 * TC_HASH_SIZE] != ':' || !is_number (text + 2 * TC_HASH_SIZE + 1, &index)
      || !tc_hash_from_hex (hex, &ret_outpoint->txid))
    return FALSE;
  ret_outpoint->index = (guint32) index;
  return TRUE;
}

/* Takes @visit. */
static void
show_hash (Visit *visit)
{
  guint32 index;

  if (find_masternode (visit, has_key, visit->hash.bytes, &index))
    show_masternode (visit, index);
  else
    {
      const TcHash hash = visit->hash;

      get_block (visit, 0, &hash);
    }
}

/* Takes @visit. */
static void
show_found (Visit *visit, const char *text)
{
  TcOutpoint outpoint;
  guint64 number;
  guint32 index;

  if (is_number (text, &number))
    {
      visit->number = (guint32) number;
      show_height (visit, number);
    }
  else if (tc_hash_from_hex (text, &visit->hash))
    show_hash (visit);
  else if (is_outpoint (text, &outpoint) && find_masternode (visit, has_outpoint, &outpoint, &index))
    show_masternode (visit, index);
  else if (is_outpoint (text, &outpoint))
    {
      visit->hash = outpoint.txid;
      find_tx (visit);
    }
  else if (find_masternode (visit, has_host, text, &index))
    show_masternode (visit, index);
  else
    {
      say (visit->page, _("Nothing Found"),
           _("Write a block's number or hash, a transaction's number, an address, or a masternode's number, key or network address."));
      visit_free (visit);
    }
}

static gboolean
after (const char *target, const char *prefix, const char **ret_rest)
{
  *ret_rest = target + strlen (prefix);
  return g_str_has_prefix (target, prefix);
}

static void
on_masternodes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Visit) visit = user_data;
  g_autoptr(GError) error = NULL;
  const char *target = visit->target, *rest;
  guint64 number = 0;

  visit->masternodes = tc_node_list_masternodes_finish (visit->node, result, &error);
  if (visit->masternodes == NULL)
    fail (visit, error, _("The Node Does Not Answer"));
  else if (is_over (visit))
    return;
  else if (after (target, "block/", &rest) && is_number (rest, &number))
    show_height (g_steal_pointer (&visit), number);
  else if (after (target, "masternode/", &rest) && is_number (rest, &number))
    show_masternode (g_steal_pointer (&visit), (guint32) number);
  else if (after (target, "address/", &rest))
    show_address (g_steal_pointer (&visit), rest);
  else if (after (target, "tx/", &rest) && tc_hash_from_hex (rest, &visit->hash))
    find_tx (g_steal_pointer (&visit));
  else if (after (target, "hash/", &rest) && tc_hash_from_hex (rest, &visit->hash))
    show_hash (g_steal_pointer (&visit));
  else if (after (target, "find/", &rest))
    show_found (g_steal_pointer (&visit), rest);
}

static void
cancel (TcExplorerPage *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  stop_busy (self);
  self->pending_height = 0;
}

static void
update_actions (TcExplorerPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "explorer.back", self->at > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "explorer.forward", self->at + 1 < self->trail->len);
}

/* Shows the step of the trail where it stands. */
static void
visit_here (TcExplorerPage *self)
{
  const char *target = self->trail->pdata[self->at];
  TcNode *node = tc_session_get_node (self->session);
  Visit *visit;

  cancel (self);
  update_actions (self);
  if (strcmp (target, NOTHING) == 0)
    {
      adw_clamp_set_child (ADW_CLAMP (self->clamp), NULL);
      gtk_stack_set_visible_child_name (self->stack, "blocks");
      return;
    }
  if (node == NULL)
    {
      say (self, _("The Node Does Not Run Yet"), _("Wait until it has started, then search again."));
      return;
    }
  self->cancellable = g_cancellable_new ();
  visit = g_new0 (Visit, 1);
  *visit = (Visit) { .page = g_object_ref (self), .node = tc_node_ref (node), .cancellable = g_object_ref (self->cancellable), .target = g_strdup (target),
                     .number = G_MAXUINT32 };
  be_busy (self, _("Looking it up…"));
  tc_node_list_masternodes_async (node, self->cancellable, on_masternodes, visit);
}

static void
open_target (TcExplorerPage *self, const char *target)
{
  if (strcmp (self->trail->pdata[self->at], target) != 0)
    {
      g_ptr_array_set_size (self->trail, (int) self->at + 1);
      g_ptr_array_add (self->trail, g_strdup (target));
      if (self->trail->len > TRAIL_MAX)
        g_ptr_array_remove_index (self->trail, 1);
      self->at = self->trail->len - 1;
    }
  visit_here (self);
}

static void
search_for (TcExplorerPage *self, const char *words)
{
  g_autofree char *text = g_strstrip (g_strdup (words)), *target = NULL, *address = NULL;

  if (text[0] == '\0')
    open_target (self, NOTHING);
  else if (strlen (text) > SEARCH_MAX)
    say (self, _("Nothing Found"), _("That is too long to be a number, a hash or an address."));
  else if (g_ascii_strncasecmp (text, "TIME", 4) == 0)
    {
      g_auto(GStrv) parts = g_strsplit (text, " ", -1);  /* addresses are shown in groups */

      address = g_strjoinv ("", parts);
      target = g_strconcat ("address/", address, NULL);
      open_target (self, target);
    }
  else
    {
      g_auto(GStrv) blanks = g_strsplit (text, " ", -1);
      g_autofree char *dense = g_strjoinv ("", blanks);
      g_auto(GStrv) narrow = g_strsplit (dense, "\342\200\257", -1);  /* as numbers are shown in groups */
      g_autofree char *plain = g_strjoinv ("", narrow);

      target = g_strconcat ("find/", plain, NULL);
      open_target (self, target);
    }
}

static void
on_search (TcExplorerPage *self)
{
  search_for (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

/* A transaction that was pending may be in a block by now. */
static void
on_status (TcExplorerPage *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  GtkWidget *view = adw_clamp_get_child (ADW_CLAMP (self->clamp));

  if (view != NULL && status != NULL)
    tc_explorer_view_set_tip (view, status->height);
  if (self->pending_height > 0 && status != NULL && status->height > self->pending_height && gtk_widget_get_mapped (GTK_WIDGET (self)))
    visit_here (self);
}

/* --- Actions --- */

static void
on_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_target (TC_EXPLORER_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
on_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcExplorerPage *self = TC_EXPLORER_PAGE (widget);

  if (self->at == 0)
    return;
  self->at--;
  visit_here (self);
}

static void
on_forward (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcExplorerPage *self = TC_EXPLORER_PAGE (widget);

  if (self->at + 1 >= self->trail->len)
    return;
  self->at++;
  visit_here (self);
}

static void
on_cancel (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcExplorerPage *self = TC_EXPLORER_PAGE (widget);

  cancel (self);
  say (self, _("Search Cancelled"), _("Nothing was changed. Search again at any time."));
}

/* --- As a page --- */

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcExplorerPage *self = TC_EXPLORER_PAGE (page);

  self->session = g_object_ref (session);
  self->wallet = g_object_ref (wallet);
  tc_explorer_blocks_set_session (self->blocks, session);
  g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
}

/* What one looks up says what one cares for. */
static void
reset (TcPage *page)
{
  TcExplorerPage *self = TC_EXPLORER_PAGE (page);

  g_ptr_array_set_size (self->trail, 1);
  self->at = 0;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  visit_here (self);
}

static void
search (TcPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (TC_EXPLORER_PAGE (page)->entry));
}

static void
show (TcPage *page, const char *what)
{
  search_for (TC_EXPLORER_PAGE (page), what);
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
  iface->reset = reset;
  iface->search = search;
  iface->show = show;
  iface->focus = search;
}

static void
tc_explorer_page_dispose (GObject *object)
{
  TcExplorerPage *self = TC_EXPLORER_PAGE (object);

  cancel (self);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_explorer_page_parent_class)->dispose (object);
}

static void
tc_explorer_page_finalize (GObject *object)
{
  g_ptr_array_unref (TC_EXPLORER_PAGE (object)->trail);
  G_OBJECT_CLASS (tc_explorer_page_parent_class)->finalize (object);
}

static void
tc_explorer_page_class_init (TcExplorerPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_EXPLORER_BLOCKS);
  G_OBJECT_CLASS (klass)->dispose = tc_explorer_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_explorer_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/explorer-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, entry);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, back);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, forward);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, clamp);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, busy_text);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, progress);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, message);
  gtk_widget_class_bind_template_child (widget_class, TcExplorerPage, blocks);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_install_action (widget_class, "explorer.open", "s", on_open);
  gtk_widget_class_install_action (widget_class, "explorer.back", NULL, on_back);
  gtk_widget_class_install_action (widget_class, "explorer.forward", NULL, on_forward);
  gtk_widget_class_install_action (widget_class, "explorer.cancel", NULL, on_cancel);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "explorer.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, GDK_ALT_MASK, "explorer.forward", NULL);
}

static void
tc_explorer_page_init (TcExplorerPage *self)
{
  self->trail = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->trail, g_strdup (NOTHING));
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  update_actions (self);
}
