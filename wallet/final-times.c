#include "final-times.h"

#include <stdlib.h>
#include <string.h>

void
tc_final_times_add (TcFinalTimes *self, const TcHash *txid, gint64 us)
{
  for (guint i = 0; i < self->n; i++)
    if (tc_hash_equal (&self->txids[i], txid))
      return;
  self->txids[self->next] = *txid;
  self->us[self->next] = us;
  self->next = (self->next + 1) % TC_FINAL_TIMES_MAX;
  self->n = MIN (self->n + 1, TC_FINAL_TIMES_MAX);
}

static int
compare (const void *a, const void *b)
{
  const gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

guint
tc_final_times_sum_up (const TcFinalTimes *self, gint64 *ret_median_us, gint64 *ret_slow_us)
{
  gint64 sorted[TC_FINAL_TIMES_MAX];

  *ret_median_us = *ret_slow_us = 0;
  if (self->n == 0)
    return 0;
  memcpy (sorted, self->us, self->n * sizeof *sorted);
  qsort (sorted, self->n, sizeof *sorted, compare);
  *ret_median_us = sorted[(self->n - 1) / 2];
  *ret_slow_us = sorted[(self->n - 1) * 9 / 10];
  return self->n;
}
