#include "wallet/select.h"

#include <string.h>

#include "largest-first.h"


static TcCoin *
add (GPtrArray *coins, guint64 units, guint32 key)
{
  TcCoin *coin = g_new0 (TcCoin, 1);

  coin->outpoint.index = coins->len;
  coin->amount.units = units;
  coin->path.index = key;
  coin->state = TC_WALLET_TX_CONFIRMED;
  g_ptr_array_add (coins, coin);
  return coin;
}

static GPtrArray *
coins_of (const guint64 *units, gsize n)
{
  GPtrArray *coins = g_ptr_array_new_with_free_func (g_free);

  for (guint32 i = 0; i < n; i++)
    add (coins, units[i], i);
  return coins;
}

static guint
count_keys (GPtrArray *coins)
{
  g_autoptr(GHashTable) keys = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < coins->len; i++)
    g_hash_table_add (keys, GUINT_TO_POINTER (((TcCoin *) g_ptr_array_index (coins, i))->path.index + 1));
  return g_hash_table_size (keys);
}

/* Rule T4 and the books: what goes in comes out, nobody pays less than the least fee, and no output is dust. */
static void
assert_sound (const TcSelectRequest *request, const TcSelection *selection)
{
  guint64 sum = 0;
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < selection->coins->len; i++)
    {
      const TcCoin *coin = g_ptr_array_index (selection->coins, i);

      g_assert_true (g_hash_table_add (seen, (gpointer) coin));
      sum += coin->amount.units;
    }
  g_assert_cmpuint (selection->sum.units, ==, sum);
  g_assert_cmpuint (sum, ==, selection->paid.units + selection->fee.units + selection->change.units);
  if (!request->all)
    g_assert_cmpuint (selection->paid.units, ==, request->target.units);
  g_assert_true (selection->change.units == 0 || selection->change.units >= TC_TX_DUST_UNITS);

  const gsize n_outputs = request->n_outputs + (selection->change.units > 0);
  const gsize size = tc_tx_size_estimate (selection->coins->len, n_outputs, count_keys (selection->coins), request->memo_size, 0);
  g_assert_cmpuint (selection->size_bytes, ==, size);
  g_assert_cmpuint (size, <=, TC_TX_SIZE_MAX);
  g_assert_cmpuint (selection->fee.units, >=, MAX (size * request->fee_rate, TC_TX_FEE_MIN_UNITS));
  /* Never more to the fee than the change that could not be made. */
  g_assert_cmpuint (selection->fee.units, <, MAX ((size + 29) * request->fee_rate, TC_TX_FEE_MIN_UNITS) + TC_TX_DUST_UNITS);
}

typedef struct
{
  gboolean payable;
  guint64  least_waste;
  guint64  missing;      /* of all coins together */
} Best;

static void
weigh (const TcSelectRequest *request, GPtrArray *coins, guint mask, Best *best)
{
  g_autoptr(GPtrArray) chosen = g_ptr_array_new ();
  guint64 sum = 0;

  for (guint i = 0; i < coins->len; i++)
    if (mask >> i & 1)
      {
        g_ptr_array_add (chosen, g_ptr_array_index (coins, i));
        sum += ((TcCoin *) g_ptr_array_index (coins, i))->amount.units;
      }
  const guint64 fee = tc_select_fee (chosen->len, request->n_outputs, count_keys (chosen), request->memo_size, request->fee_rate).units;
  const guint64 with_change = tc_select_fee (chosen->len, request->n_outputs + 1, count_keys (chosen), request->memo_size, request->fee_rate).units;
  if (mask + 1 == 1u << coins->len)
    best->missing = sum < request->target.units + fee ? request->target.units + fee - sum : 0;
  if (sum < request->target.units + fee)
    return;
  const guint64 over = sum - request->target.units - fee;
  const guint64 paid = over + fee >= with_change + TC_TX_DUST_UNITS ? with_change : over + fee;
  best->payable = TRUE;
  best->least_waste = MIN (best->least_waste, waste_of (paid, over + fee - paid, request->fee_rate));
}

static Best
search_all (const TcSelectRequest *request, GPtrArray *coins)
{
  Best best = { .least_waste = G_MAXUINT64 };

  for (guint mask = 1; mask < 1u << coins->len; mask++)
    weigh (request, coins, mask, &best);
  return best;
}

static void
compare_with_search (const TcSelectRequest *request, GPtrArray *coins, gboolean distinct_keys)
{
  const Best best = search_all (request, coins);
  g_auto(TcSelection) selection = { 0 };
  TcAmount missing = { 0 };
  const TcSelectResult result = tc_select_coins (request, coins, &selection, &missing);

  g_assert_cmpint (result, ==, best.payable ? TC_SELECT_OK : TC_SELECT_SHORT);
  if (!best.payable)
    {
      g_assert_cmpuint (missing.units, ==, best.missing);
      return;
    }
  assert_sound (request, &selection);
  const guint64 waste = waste_of (selection.fee.units, selection.change.units, request->fee_rate);
  g_assert_true (selection.reason != TC_DRAFT_EXACT || selection.change.units == 0);
  if (distinct_keys)
    g_assert_cmpuint (waste, ==, best.least_waste);
  else
    g_assert_cmpuint (waste, >=, best.least_waste);
}

static void
test_small_sets (void)
{
  g_test_summary ("1 000 random sets of up to ten coins agree with an exhaustive search: what can be paid, what is missing, the least waste.");
  for (guint i = 0; i < 1000; i++)
    {
      const gboolean distinct_keys = g_test_rand_bit ();
      const guint n = (guint) g_test_rand_int_range (1, 11);
      g_autoptr(GPtrArray) coins = g_ptr_array_new_with_free_func (g_free);
      guint64 total = 0;

      for (guint j = 0; j < n; j++)
        total += add (coins, (guint64) g_test_rand_int_range (546, i % 3 == 0 ? 4000 : 40000), distinct_keys ? j : j % 3)->amount.units;
      const TcSelectRequest request = { .target = { 546 + (guint64) g_test_rand_int_range (0, (gint32) total) },
                                        .n_outputs = (gsize) g_test_rand_int_range (1, 4), .memo_size = i % 5 == 0 ? 100 : 0, .fee_rate = 1 };
      compare_with_search (&request, coins, distinct_keys);
    }
}

static void
test_ten_thousand (void)
{
  g_test_summary ("10 000 random payments: never dust, never a lost unit, and less waste in all than taking the largest coins first.");
  guint64 waste = 0, largest = 0;
  guint n_paid = 0;

  for (guint i = 0; i < 10000; i++)
    {
      static const guint64 rates[] = { 1, 1, 8, 64 };
      const guint n = (guint) g_test_rand_int_range (1, 60);
      g_autoptr(GPtrArray) coins = g_ptr_array_new_with_free_func (g_free);
      g_auto(TcSelection) selection = { 0 };
      guint64 total = 0;
      TcAmount missing = { 0 };

      for (guint j = 0; j < n; j++)
        total += add (coins, 10000 + ((guint64) 1 << g_test_rand_int_range (0, 34)) + (guint64) g_test_rand_int_range (0, 10000), j)->amount.units;
      const TcSelectRequest request = { .target = { 546 + (guint64) (g_test_rand_double () * (double) total * 0.8) }, .n_outputs = (gsize) g_test_rand_int_range (1, 4),
                                        .memo_size = i % 5 == 0 ? 100 : 0, .fee_rate = rates[i % G_N_ELEMENTS (rates)] };
      const guint64 compared = largest_first (&request, coins);
      const TcSelectResult result = tc_select_coins (&request, coins, &selection, &missing);

      g_assert_true (compared == G_MAXUINT64 || result == TC_SELECT_OK);
      if (result != TC_SELECT_OK || compared == G_MAXUINT64)
        continue;
      assert_sound (&request, &selection);
      n_paid++;
      waste += waste_of (selection.fee.units, selection.change.units, request.fee_rate);
      largest += compared;
    }
  g_test_message ("%u payable: waste %" G_GUINT64_FORMAT " units, largest first %" G_GUINT64_FORMAT, n_paid, waste, largest);
  g_assert_cmpuint (n_paid, >, 5000);
  g_assert_cmpuint (waste, <=, largest);
}

static void
test_exact_match_first (void)
{
  g_test_summary ("Coins that make the amount and the fee to the unit are taken before any that leave change.");
  const guint64 units[] = { 1000000, 70000, 31000, 20000, 500 + 546 };
  g_autoptr(GPtrArray) coins = coins_of (units, G_N_ELEMENTS (units));
  const TcSelectRequest request = { .target = { 50000 }, .n_outputs = 1, .fee_rate = 1 };
  g_auto(TcSelection) selection = { 0 };

  g_assert_cmpint (tc_select_coins (&request, coins, &selection, NULL), ==, TC_SELECT_OK);
  g_assert_cmpint (selection.reason, ==, TC_DRAFT_EXACT);
  g_assert_cmpuint (selection.coins->len, ==, 2);
  g_assert_cmpuint (selection.fee.units, ==, 1000);
  g_assert_cmpuint (selection.change.units, ==, 0);
}

static void
test_never_dust (void)
{
  g_test_summary ("Change that would be dust is avoided with another coin, and goes to the fee only where there is none.");
  const guint64 units[] = { 51300, 5000 };
  g_autoptr(GPtrArray) two = coins_of (units, 2), one = coins_of (units, 1);
  const TcSelectRequest request = { .target = { 50000 }, .n_outputs = 1, .fee_rate = 1 };
  g_auto(TcSelection) with_two = { 0 }, with_one = { 0 };

  g_assert_cmpint (tc_select_coins (&request, two, &with_two, NULL), ==, TC_SELECT_OK);
  assert_sound (&request, &with_two);
  g_assert_cmpuint (with_two.change.units, ==, 51300 + 5000 - 50000 - 1000);
  g_assert_cmpint (tc_select_coins (&request, one, &with_one, NULL), ==, TC_SELECT_OK);
  assert_sound (&request, &with_one);
  g_assert_cmpuint (with_one.change.units, ==, 0);
  g_assert_cmpuint (with_one.fee.units, ==, 1300);
}

static void
test_missing (void)
{
  g_test_summary ("Where funds fall short the answer is by how much, fee included, and adding that much is enough.");
  const guint64 units[] = { 10000, 20000 };
  g_autoptr(GPtrArray) coins = coins_of (units, 2);
  const TcSelectRequest request = { .target = { 40000 }, .n_outputs = 1, .fee_rate = 1 };
  g_auto(TcSelection) selection = { 0 };
  TcAmount missing = { 0 };

  g_assert_cmpint (tc_select_coins (&request, coins, &selection, &missing), ==, TC_SELECT_SHORT);
  g_assert_null (selection.coins);
  g_assert_cmpuint (missing.units, ==, 11000);
  add (coins, missing.units, 9);
  g_assert_cmpint (tc_select_coins (&request, coins, &selection, &missing), ==, TC_SELECT_OK);
}

static void
test_all (void)
{
  g_test_summary ("Use-all spends every coin, pays out all but the fee, and makes no change.");
  const guint64 units[] = { 10000, 20000, 546, 99 * TC_AMOUNT_PER_TIME };
  g_autoptr(GPtrArray) coins = coins_of (units, G_N_ELEMENTS (units));
  const TcSelectRequest request = { .n_outputs = 1, .fee_rate = 1, .all = TRUE };
  g_auto(TcSelection) selection = { 0 };

  g_assert_cmpint (tc_select_coins (&request, coins, &selection, NULL), ==, TC_SELECT_OK);
  assert_sound (&request, &selection);
  g_assert_cmpuint (selection.coins->len, ==, 4);
  g_assert_cmpuint (selection.change.units, ==, 0);
  g_assert_cmpuint (selection.paid.units, ==, 99 * TC_AMOUNT_PER_TIME + 30546 - 1000);
}

static void
test_order_does_not_matter (void)
{
  g_test_summary ("The same coins in another order give the same choice.");
  g_autoptr(GPtrArray) coins = g_ptr_array_new_with_free_func (g_free), first = NULL;
  const TcSelectRequest request = { .target = { 123456 }, .n_outputs = 2, .fee_rate = 1 };

  for (guint32 i = 0; i < 40; i++)
    add (coins, (guint64) g_test_rand_int_range (546, 20000), i);
  for (guint turn = 0; turn < 100; turn++)
    {
      g_auto(TcSelection) selection = { 0 };

      for (guint i = coins->len - 1; i > 0; i--)
        {
          const guint j = (guint) g_test_rand_int_range (0, (gint32) i + 1);
          gpointer swapped = coins->pdata[i];

          coins->pdata[i] = coins->pdata[j];
          coins->pdata[j] = swapped;
        }
      g_assert_cmpint (tc_select_coins (&request, coins, &selection, NULL), ==, TC_SELECT_OK);
      if (first == NULL)
        first = g_ptr_array_copy (selection.coins, NULL, NULL);
      g_assert_cmpuint (first->len, ==, selection.coins->len);
      g_assert_cmpint (memcmp (first->pdata, selection.coins->pdata, first->len * sizeof (gpointer)), ==, 0);
    }
}

static void
test_many_coins (void)
{
  g_test_summary ("5 000 coins: any amount is answered; what does not fit into one transaction is said to be too big, not short (survive-34).");
  g_autoptr(GPtrArray) coins = g_ptr_array_new_with_free_func (g_free);
  guint64 total = 0;
  TcAmount missing = { 0 };

  for (guint32 i = 0; i < 5000; i++)
    total += add (coins, (guint64) g_test_rand_int_range (1000, 100000), i % 300)->amount.units;
  for (guint i = 0; i < 20; i++)
    {
      const TcSelectRequest request = { .target = { (guint64) g_test_rand_int_range (546, 5000000) }, .n_outputs = 1, .fee_rate = 1 + i % 2 * 7 };
      g_auto(TcSelection) selection = { 0 };

      g_assert_cmpint (tc_select_coins (&request, coins, &selection, &missing), ==, TC_SELECT_OK);
      assert_sound (&request, &selection);
    }
  const TcSelectRequest too_big = { .target = { total * 3 / 4 }, .n_outputs = 1, .fee_rate = 1 };
  const TcSelectRequest too_much = { .target = { total }, .n_outputs = 1, .fee_rate = 1 };
  const TcSelectRequest all = { .n_outputs = 1, .fee_rate = 1, .all = TRUE };
  g_auto(TcSelection) selection = { 0 };
  g_assert_cmpint (tc_select_coins (&too_big, coins, &selection, &missing), ==, TC_SELECT_TOO_BIG);
  g_assert_cmpint (tc_select_coins (&too_much, coins, &selection, &missing), ==, TC_SELECT_SHORT);
  g_assert_cmpint (tc_select_coins (&all, coins, &selection, &missing), ==, TC_SELECT_OK);
  assert_sound (&all, &selection);
  g_assert_cmpuint (count_keys (selection.coins), <=, 256);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wallet/select/small-sets", test_small_sets);
  g_test_add_func ("/wallet/select/ten-thousand", test_ten_thousand);
  g_test_add_func ("/wallet/select/exact-match-first", test_exact_match_first);
  g_test_add_func ("/wallet/select/never-dust", test_never_dust);
  g_test_add_func ("/wallet/select/missing", test_missing);
  g_test_add_func ("/wallet/select/all", test_all);
  g_test_add_func ("/wallet/select/order-does-not-matter", test_order_does_not_matter);
  g_test_add_func ("/wallet/select/survive-34-many-coins", test_many_coins);
  return g_test_run ();
}
