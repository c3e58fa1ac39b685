#include "select.h"

#include "core/check.h"

#define SEARCH_STEPS_MAX  8000u
#define WITNESSES_MAX     256u     /* `signer` is a byte */
#define INPUT_SIZE        37u
#define WITNESS_SIZE      96u

/* A set of coins under choice, with how many distinct keys it has. */
typedef struct
{
  const TcSelectRequest *request;
  GPtrArray             *coins;       /* those chosen */
  GHashTable            *keys;        /* TcKeyPath as a pointer -> how many of the coins chosen */
  guint64                sum;
} Choice;

static gpointer
key_of (const TcCoin *coin)
{
  return GSIZE_TO_POINTER ((((gsize) coin->path.index << 8 | coin->path.account) << 2 | coin->path.chain << 1) | 1);
}

static void
choice_clear (Choice *self)
{
  g_clear_pointer (&self->coins, g_ptr_array_unref);
  g_clear_pointer (&self->keys, g_hash_table_unref);
}

static void
choice_push (Choice *self, TcCoin *coin)
{
  const gsize n = GPOINTER_TO_SIZE (g_hash_table_lookup (self->keys, key_of (coin)));

  g_hash_table_insert (self->keys, key_of (coin), GSIZE_TO_POINTER (n + 1));
  g_ptr_array_add (self->coins, coin);
  self->sum += coin->amount.units;  /* at most what exists: no overflow */
}

static void
choice_init (Choice *self, const TcSelectRequest *request)
{
  self->request = request;
  self->coins = g_ptr_array_new ();
  self->keys = g_hash_table_new (NULL, NULL);
  self->sum = 0;
  if (request->required != NULL)
    choice_push (self, request->required);
}

static void
choice_pop (Choice *self)
{
  TcCoin *coin = g_ptr_array_index (self->coins, self->coins->len - 1);
  const gsize n = GPOINTER_TO_SIZE (g_hash_table_lookup (self->keys, key_of (coin)));

  if (n == 1)
    g_hash_table_remove (self->keys, key_of (coin));
  else
    g_hash_table_insert (self->keys, key_of (coin), GSIZE_TO_POINTER (n - 1));
  g_ptr_array_set_size (self->coins, (int) self->coins->len - 1);
  self->sum -= coin->amount.units;
}

static gsize
choice_size (const Choice *self, gboolean change)
{
  return tc_tx_size_estimate (self->coins->len, self->request->n_outputs + (change ? 1 : 0), g_hash_table_size (self->keys),
                              self->request->memo_size, self->request->payload_size);
}

static guint64
fee_of_size (gsize size_bytes, guint64 fee_rate)
{
  return MAX (size_bytes * fee_rate, TC_TX_FEE_MIN_UNITS);
}

static guint64
choice_fee (const Choice *self, gboolean change)
{
  return MAX (fee_of_size (choice_size (self, change), self->request->fee_rate), self->request->fee_min.units);
}

/* What the coins must hold, to pay without change. */
static guint64
choice_needs (const Choice *self)
{
  return self->request->target.units + (self->request->fee_inside ? 0 : choice_fee (self, FALSE));
}

static gboolean
choice_fits (const Choice *self)
{
  return choice_size (self, TRUE) <= TC_TX_SIZE_MAX && g_hash_table_size (self->keys) <= WITNESSES_MAX;
}

TcAmount
tc_select_fee (gsize n_inputs, gsize n_outputs, gsize n_witnesses, gsize memo_size, guint64 fee_rate)
{
  return (TcAmount) { fee_of_size (tc_tx_size_estimate (n_inputs, n_outputs, n_witnesses, memo_size, 0), fee_rate) };
}

void
tc_selection_clear (TcSelection *self)
{
  g_clear_pointer (&self->coins, g_ptr_array_unref);
}

/* What @choice comes to. Returns: FALSE where it does not pay. */
static gboolean
settle (const Choice *choice, TcSelection *ret_selection)
{
  const guint64 target = choice->request->target.units, fee_with_change = choice_fee (choice, TRUE);

  if (choice->sum < choice_needs (choice))
    return FALSE;
  const guint64 over = choice->sum - target, change_cost = choice->request->fee_inside ? 0 : fee_with_change;
  const gboolean change = over >= change_cost + TC_TX_DUST_UNITS;
  *ret_selection = (TcSelection) { .sum = { choice->sum }, .change = { change ? over - change_cost : 0 },
                                   .fee = { change ? fee_with_change : MAX (over, choice_fee (choice, FALSE)) },
                                   .size_bytes = choice_size (choice, change), .reason = TC_DRAFT_LEAST_WASTE };
  const guint64 kept = ret_selection->change.units + ret_selection->fee.units;
  ret_selection->paid.units = choice->sum > kept ? choice->sum - kept : 0;  /* recipients who pay may have less than the fee */
  ret_selection->coins = g_ptr_array_copy (choice->coins, NULL, NULL);
  return TRUE;
}

/* Larger first; among equal ones by outpoint, so that the order is one. */
static int
compare_amounts (gconstpointer a, gconstpointer b)
{
  const TcCoin *coin_a = *(TcCoin *const *) a, *coin_b = *(TcCoin *const *) b;

  if (coin_a->amount.units != coin_b->amount.units)
    return coin_a->amount.units > coin_b->amount.units ? -1 : 1;
  return tc_outpoint_compare (&coin_a->outpoint, &coin_b->outpoint);
}

/* --- Exact: branch and bound ---------------------------------------------------------------------------------------------- */

typedef struct
{
  const TcSelectRequest *request;
  GPtrArray             *coins;       /* descending */
  const guint64         *left;        /* sum of the coins from each position on */
  guint64                window;      /* what may go to the fee: what would be dust as change */
  Choice                 choice;
  GPtrArray             *best;        /* (nullable) */
  guint64                best_total;  /* what all of it costs: the fee, and what is over */
  guint                  n_steps;
} Search;

static void
search_consider (Search *self, guint64 over)
{
  const guint64 fee = choice_fee (&self->choice, FALSE), total = self->request->fee_inside ? MAX (over, fee) : over + fee;

  if (over > self->window || !choice_fits (&self->choice) || (self->best != NULL && total >= self->best_total))
    return;
  g_clear_pointer (&self->best, g_ptr_array_unref);
  self->best = g_ptr_array_copy (self->choice.coins, NULL, NULL);
  self->best_total = total;
}

/* As deep as there are coins in a choice, which is bounded by what fits into a transaction. */
static void
search_from (Search *self, guint position)
{
  const guint64 needed = choice_needs (&self->choice);
  const guint64 sum = self->choice.sum;

  if (sum >= needed)
    {
      search_consider (self, sum - needed);
      return;  /* another coin brings more than it costs: further away */
    }
  if (!choice_fits (&self->choice) || (self->best != NULL && choice_fee (&self->choice, FALSE) >= self->best_total))
    return;
  for (; position < self->coins->len && sum + self->left[position] >= needed; position++)
    {
      if (self->n_steps++ >= SEARCH_STEPS_MAX)
        return;
      choice_push (&self->choice, g_ptr_array_index (self->coins, position));
      search_from (self, position + 1);
      choice_pop (&self->choice);
    }
}

static gboolean
select_exactly (const TcSelectRequest *request, GPtrArray *coins, TcSelection *ret_selection)
{
  g_autofree guint64 *left = g_new0 (guint64, coins->len + 1);
  Search search = { .request = request, .coins = coins, .left = left };

  for (guint i = coins->len; i > 0; i--)
    left[i - 1] = left[i] + ((TcCoin *) g_ptr_array_index (coins, i - 1))->amount.units;
  search.window = TC_TX_DUST_UNITS - 1;
  choice_init (&search.choice, request);
  search_from (&search, 0);
  if (search.best != NULL)
    {
      for (guint i = search.choice.coins->len; i < search.best->len; i++)  /* what is required stands first in both */
        choice_push (&search.choice, g_ptr_array_index (search.best, i));
      if (settle (&search.choice, ret_selection))
        ret_selection->reason = TC_DRAFT_EXACT;
      g_clear_pointer (&search.best, g_ptr_array_unref);
    }
  choice_clear (&search.choice);
  return ret_selection->coins != NULL;
}

/* --- Least waste ------------------------------------------------------------------------------------------------------------ */

/* The fee, and what change costs on the day that it is spent. */
static guint64
waste_of (const TcSelectRequest *request, const TcSelection *selection)
{
  return selection->fee.units + (selection->change.units > 0 ? (INPUT_SIZE + WITNESS_SIZE) * request->fee_rate : 0);
}

static gboolean
is_better (const TcSelectRequest *request, const TcSelection *a, const TcSelection *b)
{
  if (b->coins == NULL || waste_of (request, a) != waste_of (request, b))
    return b->coins == NULL || waste_of (request, a) < waste_of (request, b);
  if (a->coins->len != b->coins->len)
    return a->coins->len < b->coins->len;
  return a->change.units < b->change.units;
}

static void
consider (const Choice *choice, TcSelection *best)
{
  g_auto(TcSelection) selection = { 0 };

  if (!choice_fits (choice) || !settle (choice, &selection) || !is_better (choice->request, &selection, best))
    return;
  tc_selection_clear (best);
  *best = selection;
  selection.coins = NULL;
}

/* Adds coins from @start in steps of @step until it pays, with one more each way considered: the one after may make change where dust was lost. */
static void
accumulate (const TcSelectRequest *request, GPtrArray *coins, int start, int step, TcSelection *best)
{
  guint n_paying = 0;
  Choice choice;

  choice_init (&choice, request);
  consider (&choice, best);
  for (int i = start; i >= 0 && i < (int) coins->len && n_paying < 2 && choice_fits (&choice); i += step)
    {
      choice_push (&choice, g_ptr_array_index (coins, (guint) i));
      if (choice.sum >= choice_needs (&choice))
        n_paying++;
      if (n_paying > 0)
        consider (&choice, best);
    }
  choice_clear (&choice);
}

/* The smallest coin that pays alone, and the next larger one, which may leave change where the first loses dust. */
static void
try_single (const TcSelectRequest *request, GPtrArray *coins, TcSelection *best)
{
  guint n_paying = 0;

  for (guint i = coins->len; i > 0 && n_paying < 2; i--)
    {
      TcCoin *coin = g_ptr_array_index (coins, i - 1);
      Choice choice;

      if (coin->amount.units + (request->required != NULL ? request->required->amount.units : 0) < request->target.units)
        continue;
      choice_init (&choice, request);
      choice_push (&choice, coin);
      n_paying += choice.sum >= choice_needs (&choice);
      consider (&choice, best);
      choice_clear (&choice);
    }
}

static gboolean
select_least_waste (const TcSelectRequest *request, GPtrArray *coins, TcSelection *best)
{
  try_single (request, coins, best);
  accumulate (request, coins, 0, 1, best);
  accumulate (request, coins, (int) coins->len - 1, -1, best);
  return best->coins != NULL;
}

/* --- All -------------------------------------------------------------------------------------------------------------------- */

/* Also what every coin together lacks: @request's target counts as 0 with `all`. */
static void
take_what_fits (GPtrArray *coins, Choice *choice)
{
  const gboolean small_first = choice->request->small_first;

  for (guint i = 0; i < coins->len; i++)
    {
      choice_push (choice, g_ptr_array_index (coins, small_first ? coins->len - 1 - i : i));
      if (!choice_fits (choice))
        choice_pop (choice);  /* one of a key that signs already may fit still */
    }
}

static TcSelectResult
select_all (const TcSelectRequest *request, GPtrArray *coins, TcSelection *ret_selection, TcAmount *ret_missing)
{
  Choice choice;
  TcSelectResult result = TC_SELECT_OK;

  choice_init (&choice, request);
  take_what_fits (coins, &choice);
  const guint64 fee = choice_fee (&choice, FALSE), least = request->target.units + TC_TX_DUST_UNITS + fee;
  if (request->fixed && choice.coins->len < coins->len)
    result = TC_SELECT_TOO_BIG;
  else if (choice.sum < least)
    {
      *ret_missing = (TcAmount) { least - choice.sum };
      result = TC_SELECT_SHORT;
    }
  else
    *ret_selection = (TcSelection) { .coins = g_ptr_array_copy (choice.coins, NULL, NULL), .sum = { choice.sum }, .fee = { fee },
                                     .paid = { choice.sum - fee }, .size_bytes = choice_size (&choice, FALSE),
                                     .n_left = coins->len - choice.coins->len, .reason = request->fixed ? TC_DRAFT_BY_HAND : TC_DRAFT_ALL };
  choice_clear (&choice);
  return result;
}

/* --- By hand ------------------------------------------------------------------------------------------------------------------ */

static TcSelectResult
select_fixed (const TcSelectRequest *request, GPtrArray *coins, TcSelection *ret_selection, TcAmount *ret_missing)
{
  Choice choice;
  TcSelectResult result = TC_SELECT_OK;

  choice_init (&choice, request);
  for (guint i = 0; i < coins->len; i++)
    choice_push (&choice, g_ptr_array_index (coins, i));
  const guint64 needed = choice_needs (&choice);
  if (!choice_fits (&choice))
    result = TC_SELECT_TOO_BIG;
  else if (!settle (&choice, ret_selection))
    {
      *ret_missing = (TcAmount) { needed - choice.sum };
      result = TC_SELECT_SHORT;
    }
  else
    ret_selection->reason = TC_DRAFT_BY_HAND;
  choice_clear (&choice);
  return result;
}

/* Coins that cost more to spend than they hold stay where they are until fees fall, unless they were chosen by hand. */
static GPtrArray *
worth_spending (const TcSelectRequest *request, GPtrArray *coins)
{
  GPtrArray *worth = g_ptr_array_new ();

  for (guint i = 0; i < coins->len; i++)
    {
      TcCoin *coin = g_ptr_array_index (coins, i);

      if (request->fixed || coin->amount.units > (INPUT_SIZE + WITNESS_SIZE + 1) * request->fee_rate)
        g_ptr_array_add (worth, coin);
    }
  g_ptr_array_sort (worth, compare_amounts);
  return worth;
}

/* Why no choice pays: too little in all, or too much to carry. */
static TcSelectResult
explain (const TcSelectRequest *request, GPtrArray *coins, TcAmount *ret_missing)
{
  guint64 sum = 0, fee;
  Choice choice;

  for (guint i = 0; i < coins->len; i++)
    sum += ((TcCoin *) g_ptr_array_index (coins, i))->amount.units;
  if (request->required != NULL)
    sum += request->required->amount.units;
  choice_init (&choice, request);
  take_what_fits (coins, &choice);
  fee = request->fee_inside ? 0 : choice_fee (&choice, FALSE);
  choice_clear (&choice);
  if (sum >= request->target.units + fee)
    return TC_SELECT_TOO_BIG;
  *ret_missing = (TcAmount) { request->target.units + fee - sum };
  return TC_SELECT_SHORT;
}

TcSelectResult
tc_select_coins (const TcSelectRequest *request, GPtrArray *coins, TcSelection *ret_selection, TcAmount *ret_missing)
{
  TC_CHECK (request->fee_rate >= 1 && request->n_outputs >= 1 && request->target.units <= TC_AMOUNT_MAX_UNITS);
  if (request->fixed && !request->all)
    return select_fixed (request, coins, ret_selection, ret_missing);
  g_autoptr(GPtrArray) sorted = worth_spending (request, coins);
  g_auto(TcSelection) exact = { 0 }, other = { 0 };

  if (request->all)
    return select_all (request, sorted, ret_selection, ret_missing);
  const gboolean has_exact = select_exactly (request, sorted, &exact), has_other = select_least_waste (request, sorted, &other);
  if (!has_exact && !has_other)
    return explain (request, sorted, ret_missing);
  TcSelection *chosen = has_exact && (!has_other || waste_of (request, &exact) <= waste_of (request, &other)) ? &exact : &other;
  *ret_selection = *chosen;
  chosen->coins = NULL;
  return TC_SELECT_OK;
}
