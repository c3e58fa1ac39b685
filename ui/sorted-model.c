#define G_LOG_DOMAIN "tc-ui"
#include "sorted-model.h"

#define SLICE_US   4000
#define SINGLE_MAX 8u     /* more that come or go at once are told together */

struct _TcSortedModel
{
  GObject     parent_instance;
  GListModel *model;
  GtkSorter  *sorter;
  GPtrArray  *items;   /* referenced, as they are shown */
  guint       mover;   /* source */
};

static GType
get_item_type (GListModel *list)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *list)
{
  return TC_SORTED_MODEL (list)->items->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
  const TcSortedModel *self = TC_SORTED_MODEL (list);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TcSortedModel, tc_sorted_model, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static gboolean
is_ordered (TcSortedModel *self)
{
  return gtk_sorter_get_order (self->sorter) != GTK_SORTER_ORDER_NONE;
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer sorter)
{
  return gtk_sorter_compare (sorter, *(const gpointer *) a, *(const gpointer *) b);
}

static void
rebuild (TcSortedModel *self)
{
  const guint before = self->items->len, n = g_list_model_get_n_items (self->model);

  g_ptr_array_set_size (self->items, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->items, g_list_model_get_item (self->model, i));
  if (is_ordered (self))
    g_ptr_array_sort_with_data (self->items, compare_items, self->sorter);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, n);
}

/* Where @item belongs among the first @n, behind those that are equal to it. */
static guint
find_place (TcSortedModel *self, gpointer item, guint n)
{
  guint low = 0;

  while (low < n)
    {
      const guint middle = low + (n - low) / 2;

      if (gtk_sorter_compare (self->sorter, self->items->pdata[middle], item) == GTK_ORDERING_LARGER)
        n = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* Returns: whether an item was out of its place. */
static gboolean
move_one (TcSortedModel *self, guint *position)
{
  for (guint i = MAX (*position, 1u); i < self->items->len; i++)
    {
      guint place;

      if (gtk_sorter_compare (self->sorter, self->items->pdata[i - 1], self->items->pdata[i]) != GTK_ORDERING_LARGER)
        continue;
      place = find_place (self, self->items->pdata[i], i);
      g_ptr_array_insert (self->items, (gint) place, g_ptr_array_steal_index (self->items, i));
      g_list_model_items_changed (G_LIST_MODEL (self), place, i - place + 1, i - place + 1);
      *position = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
on_move (gpointer user_data)
{
  TcSortedModel *self = user_data;
  const gint64 until_us = g_get_monotonic_time () + SLICE_US;
  guint position = 1;

  if (is_ordered (self))
    while (move_one (self, &position))
      if (g_get_monotonic_time () > until_us)
        return G_SOURCE_CONTINUE;
  self->mover = 0;
  return G_SOURCE_REMOVE;
}

void
tc_sorted_model_resort (TcSortedModel *self)
{
  g_return_if_fail (TC_IS_SORTED_MODEL (self));

  if (self->mover == 0 && is_ordered (self))
    self->mover = g_idle_add (on_move, self);
}

static void
take_out (TcSortedModel *self, GHashTable *there)
{
  for (guint i = self->items->len; i-- > 0;)
    if (!g_hash_table_contains (there, self->items->pdata[i]))
      {
        g_ptr_array_remove_index (self->items, i);
        g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
      }
}

static void
on_items_changed (TcSortedModel *self, guint position, guint removed, guint added)
{
  g_autoptr(GHashTable) there = NULL;
  const guint n = g_list_model_get_n_items (self->model);

  if (removed + added > SINGLE_MAX || !is_ordered (self))
    {
      rebuild (self);
      return;
    }
  there = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  for (guint i = 0; i < n; i++)
    g_hash_table_add (there, g_list_model_get_item (self->model, i));
  take_out (self, there);
  for (guint i = 0; i < added; i++)
    {
      gpointer item = g_list_model_get_item (self->model, position + i);
      const guint place = find_place (self, item, self->items->len);

      g_ptr_array_insert (self->items, (gint) place, item);
      g_list_model_items_changed (G_LIST_MODEL (self), place, 0, 1);
    }
}

static void
tc_sorted_model_finalize (GObject *object)
{
  TcSortedModel *self = TC_SORTED_MODEL (object);

  g_clear_handle_id (&self->mover, g_source_remove);
  g_ptr_array_unref (self->items);
  g_clear_object (&self->model);
  g_clear_object (&self->sorter);
  G_OBJECT_CLASS (tc_sorted_model_parent_class)->finalize (object);
}

static void
tc_sorted_model_class_init (TcSortedModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_sorted_model_finalize;
}

static void
tc_sorted_model_init (TcSortedModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

TcSortedModel *
tc_sorted_model_new (GListModel *model, GtkSorter *sorter)
{
  TcSortedModel *self = g_object_new (TC_TYPE_SORTED_MODEL, NULL);

  self->model = g_object_ref (model);
  self->sorter = g_object_ref (sorter);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sorter, "changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  rebuild (self);
  return self;
}
