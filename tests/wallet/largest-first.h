#pragma once

#include "wallet/select.h"

/* What the choice of coins is measured by: taking the largest ones until it pays. Static inline, for a test and a bench. */

#define CHANGE_SPEND_SIZE 133u  /* bytes that spending the change takes one day: an input and a witness */

static inline int
compare_largest (gconstpointer a, gconstpointer b)
{
  const guint64 x = (*(TcCoin *const *) a)->amount.units, y = (*(TcCoin *const *) b)->amount.units;

  return (x < y) - (x > y);
}

/* The fee, and what the change costs when it is spent. */
static inline guint64
waste_of (guint64 fee, guint64 change, guint64 fee_rate)
{
  return fee + (change > 0 ? CHANGE_SPEND_SIZE * fee_rate : 0);
}

/* Every coin is taken to have a key of its own. Returns: its waste; G_MAXUINT64 where it does not pay. */
static inline guint64
largest_first (const TcSelectRequest *request, GPtrArray *coins)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();  /* a copy would own the coins too */
  guint64 sum = 0;

  g_ptr_array_extend (sorted, coins, NULL, NULL);
  g_ptr_array_sort (sorted, compare_largest);
  for (guint i = 0; i < sorted->len; i++)
    {
      sum += ((TcCoin *) g_ptr_array_index (sorted, i))->amount.units;
      const guint64 fee = tc_select_fee (i + 1, request->n_outputs, i + 1, request->memo_size, request->fee_rate).units;
      const guint64 with_change = tc_select_fee (i + 1, request->n_outputs + 1, i + 1, request->memo_size, request->fee_rate).units;
      if (sum < request->target.units + fee)
        continue;
      const guint64 over = sum - request->target.units;
      return over >= with_change + TC_TX_DUST_UNITS ? waste_of (with_change, over - with_change, request->fee_rate) : waste_of (over, 0, request->fee_rate);
    }
  return G_MAXUINT64;
}
