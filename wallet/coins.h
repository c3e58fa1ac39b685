#pragma once

#include "keychain.h"

G_BEGIN_DECLS

/* Every output that was ever the wallet's, spent or not: in memory, and in the database. One thread. Functions that write expect an open
 * transaction. Nothing here knows transactions: whoever applies one says what it made and spent. */
typedef struct _TcCoins TcCoins;

typedef struct
{
  TcOutpoint      outpoint;
  TcAmount        amount;
  guint8          lock;      /* TcLock */
  TcKeyPath       path;
  TcWalletTxState state;     /* of the transaction that made it */
  gboolean        own;       /* that transaction spent coins of this wallet too: its change */
  guint32         height;    /* of its block, or 0 */
  gint64          time_ms;   /* of that transaction */
  gboolean        spent;     /* by `spent_by`, in whatever state: pending included */
  TcHash          spent_by;
  gboolean        frozen;    /* by the user */
  guint64         draft;     /* kept for that payment draft; 0: free. Not in the database. */
} TcCoin;

typedef struct
{
  TcAmount available, pending, locked, collateral, frozen;
} TcBalance;

TcCoins   *tc_wallet_coins_new           (TcDb *db);
void       tc_wallet_coins_free          (TcCoins *self);

/* (transfer none) (nullable) */
TcCoin    *tc_wallet_coins_find          (const TcCoins *self, const TcOutpoint *outpoint);
/* Where there is one already, its state is updated and who spent it stays. */
TcCoin    *tc_wallet_coins_add           (TcCoins *self, const TcCoin *coin);
void       tc_wallet_coins_spend         (TcCoins *self, TcCoin *coin, const TcHash *spent_by);
/* Frees what @txid had spent (@inputs of it). */
void       tc_wallet_coins_release       (TcCoins *self, const TcHash *txid, const TcTxInput *inputs, gsize n_inputs);
/* The transaction that made @coin is in @state now. In memory alone: the database has it with the transaction. */
void       tc_wallet_coins_set_state     (TcCoins *self, TcCoin *coin, TcWalletTxState state, guint32 height);

/* The chain released a collateral: @coin is a plain output of @amount now. */
void       tc_wallet_coins_unlock        (TcCoins *self, TcCoin *coin, TcAmount amount);

void       tc_wallet_coins_set_frozen    (TcCoins *self, TcCoin *coin, gboolean frozen);

/* May be spent now: plain, unspent, not frozen, and confirmed or final, or change of one's own that is certified. */
gboolean   tc_coin_is_spendable   (const TcCoin *coin);
/* Unspent, and of a transaction that is alive. */
gboolean   tc_coin_is_alive       (const TcCoin *coin);
/* @account: TC_ACCOUNT_ALL for the sum over all. */
TcBalance  tc_wallet_coins_balance       (const TcCoins *self, guint32 account);
/* Unspent and alive, ascending by outpoint. Returns: (transfer container) (element-type TcCoin). */
GPtrArray *tc_wallet_coins_list          (const TcCoins *self);
/* Spent or not, alive or not, in no order. Returns: (transfer container) (element-type TcCoin). */
GPtrArray *tc_wallet_coins_ever          (const TcCoins *self);
void       tc_wallet_coins_free_draft    (TcCoins *self, guint64 draft);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCoins, tc_wallet_coins_free)

G_END_DECLS
