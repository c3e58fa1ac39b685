#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* The coins of an account, to pick those that a payment spends, to freeze some, or to join many. Main thread.
 * Signals: "back"; "use": those picked are to be spent; "join" (guint64): coins of less than so many units are to become one; 0: all. */
#define TC_TYPE_COINS_PAGE (tc_coins_page_get_type ())
G_DECLARE_FINAL_TYPE (TcCoinsPage, tc_coins_page, TC, COINS_PAGE, AdwBin)

void       tc_coins_page_set_wallet (TcCoinsPage *self, TcWallet *wallet);
/* Reads the coins of @account; @picked: (nullable) (element-type TcOutpoint): copied. */
void       tc_coins_page_open       (TcCoinsPage *self, guint32 account, GArray *picked);
/* Forgets what it shows. */
void       tc_coins_page_empty      (TcCoinsPage *self);
void       tc_coins_page_set_hidden (TcCoinsPage *self, gboolean hidden);
void       tc_coins_page_focus      (TcCoinsPage *self);
/* Returns: (transfer container) (element-type TcWalletCoin): valid until it is opened or emptied. */
GPtrArray *tc_coins_page_get_picked (TcCoinsPage *self);

G_END_DECLS
