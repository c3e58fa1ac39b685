#include "evict.h"

#include <sodium.h>

G_STATIC_ASSERT (TC_EVICT_KEY_SIZE == crypto_shorthash_KEYBYTES);

typedef struct
{
  const TcEvictCandidate *candidate;
  guint64 mark;  /* of the keyed hash of its group */
  gboolean kept;
} Place;

/* Negative: @a is the better one. */
typedef int (*Compare) (const Place *a, const Place *b);

static int
compare_age (const Place *a, const Place *b)
{
  return a->candidate->id < b->candidate->id ? -1 : a->candidate->id > b->candidate->id;
}

static int
compare_ping (const Place *a, const Place *b)
{
  const guint32 ping_a = (guint32) a->candidate->ping_ms, ping_b = (guint32) b->candidate->ping_ms;  /* none: the largest */

  return ping_a != ping_b ? (ping_a < ping_b ? -1 : 1) : compare_age (a, b);
}

static int
compare_useful (const Place *a, const Place *b)
{
  const gint64 useful_a = a->candidate->useful_ms, useful_b = b->candidate->useful_ms;

  return useful_a != useful_b ? (useful_a > useful_b ? -1 : 1) : compare_age (a, b);
}

static int
compare_mark (const Place *a, const Place *b)
{
  return a->mark != b->mark ? (a->mark < b->mark ? -1 : 1) : compare_age (a, b);
}

static int
sort_places (gconstpointer a, gconstpointer b, gpointer compare)
{
  return ((Compare) compare) (a, b);
}

static gboolean
has_none (const Place *place, Compare compare)
{
  return (compare == compare_ping && place->candidate->ping_ms < 0) || (compare == compare_useful && place->candidate->useful_ms == 0);
}

/* Keeps the best @n_keep by @compare that are not kept yet, one of each group. */
static void
keep_best (GArray *places, Compare compare, guint n_keep)
{
  g_autoptr (GHashTable) groups = g_hash_table_new (g_int64_hash, g_int64_equal);

  g_array_sort_with_data (places, sort_places, compare);
  for (guint i = 0; i < places->len && n_keep > 0; i++)
    {
      Place *place = &g_array_index (places, Place, i);

      if (place->kept || has_none (place, compare) || !g_hash_table_add (groups, (gpointer) &place->candidate->group))
        continue;
      place->kept = TRUE;
      n_keep--;
    }
}

static guint
count_left (const GArray *places)
{
  guint n = 0;

  for (guint i = 0; i < places->len; i++)
    n += !g_array_index (places, Place, i).kept;
  return n;
}

/* A group's size is of all its places, kept or not: who has many keeps few. */
static guint
group_size (const GArray *places, guint64 group)
{
  guint n = 0;

  for (guint i = 0; i < places->len; i++)
    n += g_array_index (places, Place, i).candidate->group == group;
  return n;
}

static guint64
youngest_of_largest (const GArray *places, guint64 newcomer_group)
{
  const guint n_newcomer = group_size (places, newcomer_group) + 1;
  const TcEvictCandidate *worst = NULL;
  guint n_worst = 0;

  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = &g_array_index (places, Place, i);
      const guint n = place->kept ? 0 : group_size (places, place->candidate->group);

      if (n > n_worst || (n > 0 && n == n_worst && place->candidate->id > worst->id))
        {
          worst = place->candidate;
          n_worst = n;
        }
    }
  return worst == NULL || (n_newcomer >= 2 && n_newcomer > n_worst) ? 0 : worst->id;
}

guint64
tc_evict_choose (const TcEvictCandidate *candidates, gsize n, guint64 newcomer_group, const guint8 *key)
{
  g_autoptr (GArray) places = g_array_sized_new (FALSE, FALSE, sizeof (Place), (guint) n);

  for (gsize i = 0; i < n; i++)
    {
      Place place = { .candidate = &candidates[i] };

      crypto_shorthash ((guint8 *) &place.mark, (const guint8 *) &candidates[i].group, sizeof candidates[i].group, key);
      g_array_append_val (places, place);
    }
  keep_best (places, compare_mark, TC_EVICT_KEEP_GROUPS);
  keep_best (places, compare_ping, TC_EVICT_KEEP_QUICK);
  keep_best (places, compare_useful, TC_EVICT_KEEP_USEFUL);
  keep_best (places, compare_age, count_left (places) / 2);
  return youngest_of_largest (places, newcomer_group);
}
