#pragma once

#include "core/tx.h"

G_BEGIN_DECLS

/* An unspent output of the committed chain. */
typedef struct
{
  TcOutput output;
  guint32  height;  /* of the block that created it, or made a collateral plain (M4); 0: genesis */
} TcCoin;

/* What is known of an outpoint without reading it. */
typedef enum
{
  TC_COIN_UNKNOWN = 0,
  TC_COIN_SPENT   = 1,
  TC_COIN_UNSPENT = 2,
} TcCoinPeek;

/* Where coins are read from: a table of functions, so that the ledger knows no disk. For one committed height it always gives the same
 * answers. get_coin () returns FALSE, with @ret_coin untouched, where @outpoint is not unspent. */
typedef struct
{
  gboolean (*get_coin) (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin);
  gpointer   user_data;
} TcCoinView;

G_END_DECLS
