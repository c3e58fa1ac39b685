#pragma once

#include "coins.h"

G_BEGIN_DECLS

/* Which coins pay an amount. Pure: the same question has the same answer. Bounded work: a few ms for 5 000 coins.
 *
 * Two searches, and the one of less waste has it, waste being the fee and what change costs on the day that it is spent: coins that make the amount and fee
 * without change (branch and bound; what is over, less than dust, goes to the fee); and those of the smallest coin that does alone, the largest first, the
 * smallest first. Of equal waste, the fewest coins, then the least change. Change is never dust: where it would be, another coin is added, or, where that
 * costs more, it goes to the fee. */

typedef struct
{
  guint32  account;            /* whose coins the caller offers */
  TcAmount target;             /* the recipients' sum; with `all` those whose amount is fixed */
  gsize    n_outputs;          /* recipients, without change */
  gsize    memo_size;
  gsize    payload_size;       /* of a masternode's transaction, else 0 */
  guint64  fee_rate;           /* units a byte, at least 1 */
  TcAmount fee_min;            /* whatever the size */
  TcCoin  *required;           /* (nullable): to be spent in any case; not among the coins to choose from */
  gboolean fee_inside;         /* the recipients pay the fee: it is taken from the target */
  gboolean fixed;              /* spend every coin given, in one transaction, and make change of what is over */
  gboolean all;                /* spend every coin (as fit into one transaction) and pay out what the fee leaves */
  gboolean small_first;        /* with `all`: where not all fit, the smallest do */
} TcSelectRequest;

typedef struct
{
  GPtrArray    *coins;         /* (element-type TcCoin) (transfer container) */
  TcAmount      sum, fee, change;
  TcAmount      paid;          /* target; with `fee_inside` what the fee leaves of it; with `all` what is paid out in all */
  gsize         size_bytes;
  guint         n_left;        /* with `all`: coins that did not fit */
  TcDraftReason reason;
} TcSelection;

typedef enum
{
  TC_SELECT_OK      = 0,
  TC_SELECT_SHORT   = 1,  /* `ret_missing` */
  TC_SELECT_TOO_BIG = 2,  /* enough coins, but too many for one transaction */
} TcSelectResult;

/* @coins: those that may be spent (element-type TcCoin), in any order. @ret_selection: set where TC_SELECT_OK; clear it with tc_selection_clear ().
 * @ret_missing: set where TC_SELECT_SHORT: what is lacking, fee included. */
TcSelectResult tc_select_coins    (const TcSelectRequest *request, GPtrArray *coins, TcSelection *ret_selection, TcAmount *ret_missing);
void           tc_selection_clear (TcSelection *self);

/* The fee that a transaction of this shape pays: rule T4, at @fee_rate units a byte. */
TcAmount       tc_select_fee      (gsize n_inputs, gsize n_outputs, gsize n_witnesses, gsize memo_size, guint64 fee_rate);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcSelection, tc_selection_clear)

G_END_DECLS
