#define G_LOG_DOMAIN "tc-ui"
#include "keyed-model.h"

#define SLICE_US 4000

/* --- An item --- */

struct _TcKeyedItem
{
  GObject            parent_instance;
  const TcKeyedKind *kind;
  gpointer           row;
  gboolean           dirty;   /* "changed" is owed */
};

G_DEFINE_FINAL_TYPE (TcKeyedItem, tc_keyed_item, G_TYPE_OBJECT)

static guint changed_signal;

static void
tc_keyed_item_finalize (GObject *object)
{
  TcKeyedItem *self = TC_KEYED_ITEM (object);

  self->kind->free (self->row);
  G_OBJECT_CLASS (tc_keyed_item_parent_class)->finalize (object);
}

static void
tc_keyed_item_class_init (TcKeyedItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_keyed_item_finalize;
  changed_signal = g_signal_new ("changed", TC_TYPE_KEYED_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_keyed_item_init (TcKeyedItem *self)
{
}

static TcKeyedItem *
item_new (const TcKeyedKind *kind, gpointer row)
{
  TcKeyedItem *self = g_object_new (TC_TYPE_KEYED_ITEM, NULL);

  self->kind = kind;
  self->row = row;
  return self;
}

gconstpointer
tc_keyed_item_get (TcKeyedItem *self)
{
  g_return_val_if_fail (TC_IS_KEYED_ITEM (self), NULL);
  return self->row;
}

/* --- The model --- */

struct _TcKeyedModel
{
  GObject            parent_instance;
  const TcKeyedKind *kind;
  GPtrArray         *items;  /* TcKeyedItem, ascending */
  GQueue             dirty;  /* TcKeyedItem, referenced */
  guint              teller; /* source */
};

static GType
get_item_type (GListModel *model)
{
  return TC_TYPE_KEYED_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return TC_KEYED_MODEL (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  const TcKeyedModel *self = TC_KEYED_MODEL (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TcKeyedModel, tc_keyed_model, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
tc_keyed_model_finalize (GObject *object)
{
  TcKeyedModel *self = TC_KEYED_MODEL (object);

  g_clear_handle_id (&self->teller, g_source_remove);
  g_queue_clear_full (&self->dirty, g_object_unref);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (tc_keyed_model_parent_class)->finalize (object);
}

static void
tc_keyed_model_class_init (TcKeyedModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_keyed_model_finalize;
}

static void
tc_keyed_model_init (TcKeyedModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

TcKeyedModel *
tc_keyed_model_new (const TcKeyedKind *kind)
{
  TcKeyedModel *self = g_object_new (TC_TYPE_KEYED_MODEL, NULL);

  self->kind = kind;
  return self;
}

/* Two hundred rows that are written anew take longer than a frame. */
static gboolean
on_tell (gpointer user_data)
{
  TcKeyedModel *self = user_data;
  const gint64 until_us = g_get_monotonic_time () + SLICE_US;

  while (!g_queue_is_empty (&self->dirty) && g_get_monotonic_time () < until_us)
    {
      g_autoptr(TcKeyedItem) item = g_queue_pop_head (&self->dirty);

      item->dirty = FALSE;
      g_signal_emit (item, changed_signal, 0);
    }
  if (!g_queue_is_empty (&self->dirty))
    return G_SOURCE_CONTINUE;
  self->teller = 0;
  return G_SOURCE_REMOVE;
}

static void
item_take (TcKeyedModel *self, TcKeyedItem *item, gpointer row)
{
  const gboolean same = self->kind->equal (item->row, row);

  self->kind->free (item->row);
  item->row = row;
  if (same || item->dirty)
    return;
  item->dirty = TRUE;
  g_queue_push_tail (&self->dirty, g_object_ref (item));
  if (self->teller == 0)
    self->teller = g_idle_add (on_tell, self);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return ((const TcKeyedKind *) user_data)->compare (*(const gconstpointer *) a, *(const gconstpointer *) b);
}

static int
compare_at (const TcKeyedModel *self, guint position, gconstpointer row)
{
  return self->kind->compare (((TcKeyedItem *) self->items->pdata[position])->row, row);
}

/* How many items from @position on go before @row, and are so not among the new ones; NULL: all. */
static guint
count_gone (const TcKeyedModel *self, guint position, gconstpointer row)
{
  guint n = 0;

  while (position + n < self->items->len && (row == NULL || compare_at (self, position + n, row) < 0))
    n++;
  return n;
}

/* Puts the run of new rows that begins with @from in at @position. Returns: how many they are. */
static guint
insert_run (TcKeyedModel *self, guint position, GPtrArray *rows, guint from)
{
  guint n = 0;

  while (from + n < rows->len && (position + n == self->items->len || compare_at (self, position + n, rows->pdata[from + n]) > 0))
    {
      g_ptr_array_insert (self->items, (gint) (position + n), item_new (self->kind, rows->pdata[from + n]));
      n++;
    }
  return n;
}

void
tc_keyed_model_update (TcKeyedModel *self, GPtrArray *rows)
{
  guint position = 0, next = 0;

  g_return_if_fail (TC_IS_KEYED_MODEL (self));

  g_ptr_array_sort_with_data (rows, compare_rows, (gpointer) self->kind);
  while (next < rows->len || position < self->items->len)
    {
      const guint gone = count_gone (self, position, next < rows->len ? rows->pdata[next] : NULL);
      guint come;

      if (gone > 0)
        g_ptr_array_remove_range (self->items, position, gone);
      come = insert_run (self, position, rows, next);
      if (gone > 0 || come > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), position, gone, come);
      position += come;
      next += come;
      if (next < rows->len && position < self->items->len && compare_at (self, position, rows->pdata[next]) == 0)
        item_take (self, self->items->pdata[position++], rows->pdata[next++]);
    }
  g_ptr_array_unref (rows);
}
