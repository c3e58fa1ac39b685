#define G_LOG_DOMAIN "tc-ui"
#include "history-model.h"

#include <string.h>

#define PAGE TC_HISTORY_MODEL_PAGE
#define INSERT_MAX 1000u  /* more new rows than these are a new list */
#define RELOAD_MS  80     /* what changes meanwhile comes at once; not longer, for each new row takes its time and the sum must stay small */
#define PAGES_MAX  40u    /* with rows in memory; those looked at longest ago are dropped */
#define KEPT_PAGES 4u  /* the pages looked at last follow the wallet; the rest is asked again when looked at */

struct _TcHistoryItem
{
  GObject     parent_instance;
  TcWalletTx *tx;
};

G_DEFINE_FINAL_TYPE (TcHistoryItem, tc_history_item, G_TYPE_OBJECT)

enum { PROP_TX = 1 };

static void
tc_history_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_pointer (value, TC_HISTORY_ITEM (object)->tx);
}

static void
tc_history_item_finalize (GObject *object)
{
  g_clear_pointer (&TC_HISTORY_ITEM (object)->tx, tc_wallet_tx_unref);
  G_OBJECT_CLASS (tc_history_item_parent_class)->finalize (object);
}

static void
tc_history_item_class_init (TcHistoryItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_history_item_finalize;
  G_OBJECT_CLASS (klass)->get_property = tc_history_item_get_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_TX,
                                   g_param_spec_pointer ("tx", NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
tc_history_item_init (TcHistoryItem *self)
{
}

TcWalletTx *
tc_history_item_get_tx (TcHistoryItem *self)
{
  return self->tx;
}

static void
set_tx (TcHistoryItem *self, TcWalletTx *tx)
{
  if (self->tx != NULL && self->tx->serial == tx->serial && tc_hash_equal (&self->tx->txid, &tx->txid))
    return;
  g_clear_pointer (&self->tx, tc_wallet_tx_unref);
  self->tx = tc_wallet_tx_ref (tx);
  g_object_notify (G_OBJECT (self), "tx");
}

/* --- The model --- */

struct _TcHistoryModel
{
  GObject       parent_instance;
  TcWallet     *wallet;
  TcHistoryQuery *query;
  GQueue        looked_at;      /* of page + 1, the last one first */
  guint32       account;
  GPtrArray    *items;          /* of TcHistoryItem, NULL where nobody looked yet */
  GArray       *fresh;          /* of gboolean, a page each: asked for since the history changed last */
  guint         recent[KEPT_PAGES];
  guint64       serial;
  gboolean      loaded;
  gboolean      active;         /* somebody can see it */
  guint         reload_timer;
  GCancellable *cancellable;    /* of all requests under way; cancelled by a new search */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcHistoryModel, tc_history_model, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { LOADED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void request_page (TcHistoryModel *self, guint page);

static void
free_item (gpointer item)
{
  if (item != NULL)
    g_object_unref (item);
}

/* New rows come at the top; fewer rows than before (a rescan began) is a new list. */
static void
resize (TcHistoryModel *self, guint total)
{
  const guint before = self->items->len;

  if (total == before)
    return;
  g_array_set_size (self->fresh, 0);
  g_array_set_size (self->fresh, total / PAGE + 1);
  if (total > before && before > 0 && total - before <= INSERT_MAX)
    {
      g_ptr_array_set_size (self->items, (int) total);
      memmove (self->items->pdata + (total - before), self->items->pdata, before * sizeof (gpointer));
      memset (self->items->pdata, 0, (total - before) * sizeof (gpointer));
      g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, total - before);
      return;
    }
  g_ptr_array_set_size (self->items, 0);
  g_ptr_array_set_size (self->items, (int) total);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, total);
}

typedef struct
{
  TcHistoryModel *model;
  guint           page;
} Request;

static void
fill (TcHistoryModel *self, guint page, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len && page * PAGE + i < self->items->len; i++)
    {
      gpointer *slot = &self->items->pdata[page * PAGE + i];

      if (*slot == NULL)
        *slot = g_object_new (TC_TYPE_HISTORY_ITEM, NULL);
      set_tx (*slot, rows->pdata[i]);
    }
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr(TcHistoryModel) self = request->model;
  g_autoptr(GError) error = NULL;
  guint32 total = 0;
  g_autoptr(GPtrArray) rows = tc_wallet_list_history_finish (TC_WALLET (source), result, &total, &error);
  const guint before = self->items->len;

  if (rows == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_CLOSED))
        g_warning ("the history cannot be read: %s", error->message);
      return;
    }
  resize (self, total);
  if (request->page < self->fresh->len)
    g_array_index (self->fresh, gboolean, request->page) = TRUE;
  fill (self, request->page, rows);
  if (before != total && before > 0)
    {
      for (guint i = 0; i < KEPT_PAGES; i++)
        request_page (self, self->recent[i]);
    }
  if (!self->loaded)
    {
      self->loaded = TRUE;
      g_signal_emit (self, signals[LOADED], 0);
    }
}

static void
request_page (TcHistoryModel *self, guint page)
{
  Request *request;

  if (page >= self->fresh->len || g_array_index (self->fresh, gboolean, page))
    return;
  g_array_index (self->fresh, gboolean, page) = TRUE;
  request = g_new0 (Request, 1);
  request->model = g_object_ref (self);
  request->page = page;
  tc_wallet_list_history (self->wallet, self->account, self->query, page * PAGE, PAGE, self->cancellable, on_page, request);
}

/* Rows that nobody holds are made anew when they are looked at. */
static void
drop_page (TcHistoryModel *self, guint page)
{
  for (guint i = page * PAGE; i < (page + 1) * PAGE && i < self->items->len; i++)
    if (self->items->pdata[i] != NULL && G_OBJECT (self->items->pdata[i])->ref_count == 1)
      g_clear_object (&self->items->pdata[i]);
  if (page < self->fresh->len)
    g_array_index (self->fresh, gboolean, page) = FALSE;
}

static void
note_page (TcHistoryModel *self, guint page)
{
  gpointer name = GUINT_TO_POINTER (page + 1);

  if (g_queue_peek_head (&self->looked_at) == name)
    return;
  g_queue_remove (&self->looked_at, name);
  g_queue_push_head (&self->looked_at, name);
  if (self->looked_at.length > PAGES_MAX)
    drop_page (self, GPOINTER_TO_UINT (g_queue_pop_tail (&self->looked_at)) - 1);
}

static void
look_at_page (TcHistoryModel *self, guint page)
{
  note_page (self, page);
  for (guint i = 0; i < KEPT_PAGES; i++)
    if (self->recent[i] == page)
      {
        request_page (self, page);
        return;
      }
  for (guint i = KEPT_PAGES - 1; i > 0; i--)
    self->recent[i] = self->recent[i - 1];
  self->recent[0] = page;
  request_page (self, page);
}

static void
reload (TcHistoryModel *self)
{
  const guint pages = self->fresh->len;

  g_array_set_size (self->fresh, 0);
  g_array_set_size (self->fresh, MAX (pages, 1));
  request_page (self, 0);
  for (guint i = 0; i < KEPT_PAGES; i++)
    request_page (self, self->recent[i]);
}

/* Asks again for what changed since it was asked for last, if anybody looks. */
static gboolean
reload_if_changed (gpointer user_data)
{
  TcHistoryModel *self = user_data;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  self->reload_timer = 0;
  if (self->active && snapshot->history_serial != self->serial)
    {
      self->serial = snapshot->history_serial;
      reload (self);
    }
  return G_SOURCE_REMOVE;
}

static void
on_wallet_changed (TcHistoryModel *self)
{
  if (self->reload_timer == 0 && self->active)
    self->reload_timer = g_timeout_add (RELOAD_MS, reload_if_changed, self);
}

static GType
get_item_type (GListModel *model)
{
  return TC_TYPE_HISTORY_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return TC_HISTORY_MODEL (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TcHistoryModel *self = TC_HISTORY_MODEL (model);

  if (position >= self->items->len)
    return NULL;
  if (self->items->pdata[position] == NULL)
    self->items->pdata[position] = g_object_new (TC_TYPE_HISTORY_ITEM, NULL);
  look_at_page (self, position / PAGE);
  return g_object_ref (self->items->pdata[position]);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
tc_history_model_dispose (GObject *object)
{
  TcHistoryModel *self = TC_HISTORY_MODEL (object);

  g_clear_handle_id (&self->reload_timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_history_model_parent_class)->dispose (object);
}

static void
tc_history_model_finalize (GObject *object)
{
  TcHistoryModel *self = TC_HISTORY_MODEL (object);

  g_ptr_array_unref (self->items);
  g_array_unref (self->fresh);
  tc_history_query_free (self->query);
  g_queue_clear (&self->looked_at);
  G_OBJECT_CLASS (tc_history_model_parent_class)->finalize (object);
}

static void
tc_history_model_class_init (TcHistoryModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_history_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_history_model_finalize;
  signals[LOADED] = g_signal_new ("loaded", TC_TYPE_HISTORY_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_history_model_init (TcHistoryModel *self)
{
  self->items = g_ptr_array_new_with_free_func (free_item);
  self->fresh = g_array_new (FALSE, TRUE, sizeof (gboolean));
  self->cancellable = g_cancellable_new ();
  self->account = TC_ACCOUNT_ALL;
  self->query = tc_history_query_copy (NULL);
  g_queue_init (&self->looked_at);
}

TcHistoryModel *
tc_history_model_new (TcWallet *wallet)
{
  TcHistoryModel *self = g_object_new (TC_TYPE_HISTORY_MODEL, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  self->wallet = g_object_ref (wallet);
  self->serial = snapshot->history_serial;
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  reload (self);
  return self;
}

/* Another list: what is under way for the old one is not wanted. */
static void
begin_again (TcHistoryModel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->loaded = FALSE;
  g_queue_clear (&self->looked_at);
  for (guint i = 0; i < KEPT_PAGES; i++)
    self->recent[i] = 0;
  resize (self, 0);
  reload (self);
}

void
tc_history_model_set_account (TcHistoryModel *self, guint32 account)
{
  g_return_if_fail (TC_IS_HISTORY_MODEL (self));

  if (self->account == account)
    return;
  self->account = account;
  begin_again (self);
}

guint32
tc_history_model_get_account (TcHistoryModel *self)
{
  return self->account;
}

const TcHistoryQuery *
tc_history_model_get_query (TcHistoryModel *self)
{
  return self->query;
}

void
tc_history_model_set_query (TcHistoryModel *self, const TcHistoryQuery *query)
{
  g_autoptr(TcHistoryQuery) copy = tc_history_query_copy (query);

  g_return_if_fail (TC_IS_HISTORY_MODEL (self));

  if (tc_history_query_equal (self->query, copy))
    return;
  tc_history_query_free (self->query);
  self->query = g_steal_pointer (&copy);
  begin_again (self);
}

void
tc_history_model_set_active (TcHistoryModel *self, gboolean active)
{
  g_return_if_fail (TC_IS_HISTORY_MODEL (self));

  self->active = active;
  if (active)
    {
      g_clear_handle_id (&self->reload_timer, g_source_remove);
      reload_if_changed (self);
    }
}

gboolean
tc_history_model_is_loaded (TcHistoryModel *self)
{
  return self->loaded;
}
