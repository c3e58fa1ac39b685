#define G_LOG_DOMAIN "tc-ui"
#include "keyed-model.h"

/* --- An item --- */

struct _TcKeyedItem
{
  GObject            parent_instance;
  const TcKeyedKind *kind;
  gpointer           row;
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

static void
item_take (TcKeyedItem *self, gpointer row)
{
  const gboolean same = self->kind->equal (self->row, row);

  self->kind->free (self->row);
  self->row = row;
  if (!same)
    g_signal_emit (self, changed_signal, 0);
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
  g_ptr_array_unref (TC_KEYED_MODEL (object)->items);
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
        item_take (self->items->pdata[position++], rows->pdata[next++]);
    }
  g_ptr_array_unref (rows);
}
