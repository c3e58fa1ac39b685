/* Choosing coins among 5 000, and what it wastes beside taking the largest ones first. */
#include "../wallet/largest-first.h"

#include <stdlib.h>

#define N_COINS    5000u
#define N_PAYMENTS 400u
#define LIMIT_US   50000

static GPtrArray *
make_coins (GRand *rand, gboolean alike)
{
  GPtrArray *coins = g_ptr_array_new_with_free_func (g_free);

  for (guint32 i = 0; i < N_COINS; i++)
    {
      TcCoin *coin = g_new0 (TcCoin, 1);

      coin->outpoint.index = i;
      coin->path.index = i;
      coin->state = TC_WALLET_TX_CONFIRMED;
      coin->amount.units = 10000 + (alike ? (guint64) g_rand_int_range (rand, 0, 1000000) : (guint64) 1 << g_rand_int_range (rand, 0, 36));
      g_ptr_array_add (coins, coin);
    }
  return coins;
}

static int
compare_times (const void *a, const void *b)
{
  const gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static gboolean
measure (const char *name, gboolean alike, guint64 fee_rate)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (20260);
  g_autoptr(GPtrArray) coins = make_coins (rand, alike);
  gint64 us[N_PAYMENTS];
  guint64 waste = 0, largest = 0, n = 0;

  for (guint i = 0; i < N_PAYMENTS; i++)
    {
      const TcSelectRequest request = { .target = { 546 + (guint64) g_rand_int_range (rand, 0, 40000000) }, .n_outputs = 1, .fee_rate = fee_rate };
      g_auto(TcSelection) selection = { 0 };
      TcAmount missing;
      const guint64 compared = largest_first (&request, coins);
      const gint64 from_us = g_get_monotonic_time ();
      const TcSelectResult result = tc_select_coins (&request, coins, &selection, &missing);

      us[i] = g_get_monotonic_time () - from_us;
      if (result != TC_SELECT_OK || compared == G_MAXUINT64)
        continue;
      waste += waste_of (selection.fee.units, selection.change.units, fee_rate);
      largest += compared;
      n++;
    }
  qsort (us, N_PAYMENTS, sizeof *us, compare_times);
  g_print ("%s, %u units a byte: median %.1f ms, longest %.1f ms; waste of %u payments %.0f units each, largest first %.0f\n", name, (guint) fee_rate,
           (double) us[N_PAYMENTS / 2] / 1000, (double) us[N_PAYMENTS - 1] / 1000, (guint) n, (double) waste / (double) MAX (n, 1), (double) largest / (double) MAX (n, 1));
  return us[N_PAYMENTS - 1] <= LIMIT_US;
}

int
main (void)
{
  gboolean ok = TRUE;

  g_print ("%u coins, %u payments; at most 50 ms each\n", N_COINS, N_PAYMENTS);
  for (guint64 fee_rate = 1; fee_rate <= 64; fee_rate *= 8)
    {
      ok = measure ("alike", TRUE, fee_rate) && ok;
      ok = measure ("of all sizes", FALSE, fee_rate) && ok;
    }
  return ok ? 0 : 1;
}
