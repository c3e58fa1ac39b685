#pragma once

#include <gio/gio.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* A coin in a list, and whether it is picked (property "picked"). Main thread. */
#define TC_TYPE_COIN_ITEM (tc_coin_item_get_type ())
G_DECLARE_FINAL_TYPE (TcCoinItem, tc_coin_item, TC, COIN_ITEM, GObject)

/* @coin: borrowed: it outlives the item. */
TcCoinItem         *tc_coin_item_new        (const TcWalletCoin *coin);
const TcWalletCoin *tc_coin_item_get_coin   (TcCoinItem *self);
/* The same coin, as it is now. */
void                tc_coin_item_set_coin   (TcCoinItem *self, const TcWalletCoin *coin);
gboolean            tc_coin_item_get_picked (TcCoinItem *self);
void                tc_coin_item_set_picked (TcCoinItem *self, gboolean picked);
/* Collateral, and what another payment keeps, cannot. */
gboolean            tc_coin_item_can_pick   (TcCoinItem *self);
/* "Final", "Frozen" and the like. */
const char         *tc_coin_item_state_text (TcCoinItem *self);

G_END_DECLS
