#include "told.h"

typedef struct
{
  gint64 when_us, left_ms;
} Item;

void
told_init (Told *self)
{
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
}

void
told_clear (Told *self)
{
  g_clear_pointer (&self->items, g_array_unref);
}

void
told_add (Told *self, const TcNodeStatus *status)
{
  const Item item = { g_get_monotonic_time (), status->sync.left_ms };

  if (status->sync.phase != TC_NODE_SYNC_NONE && status->sync.left_ms >= 0)
    g_array_append_val (self->items, item);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return x < y ? -1 : x > y;
}

void
told_judge (const Told *self, gint64 start_us, gint64 end_us, gdouble *ret_worst, gdouble *ret_middle)
{
  g_autoptr(GArray) factors = g_array_new (FALSE, FALSE, sizeof (gdouble));

  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = &g_array_index (self->items, Item, i);
      const gdouble said = MAX ((gdouble) item->left_ms, 1000), was = MAX ((gdouble) (end_us - item->when_us) / 1000, 1000);
      const gdouble factor = MAX (said, was) / MIN (said, was);

      if (item->when_us - start_us >= (end_us - start_us) / 10)
        g_array_append_val (factors, factor);
    }
  g_array_sort (factors, compare_doubles);
  *ret_worst = factors->len > 0 ? g_array_index (factors, gdouble, factors->len - 1) : 0;
  *ret_middle = factors->len > 0 ? g_array_index (factors, gdouble, factors->len / 2) : 0;
}
