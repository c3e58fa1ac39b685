#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* One payment: its life (seen, votes, certified, final, block) and all that is known of it. Follows the wallet while it is shown. Main thread.
 * Signal "back". */
#define TC_TYPE_TX_PAGE (tc_tx_page_get_type ())
G_DECLARE_FINAL_TYPE (TcTxPage, tc_tx_page, TC, TX_PAGE, AdwBin)

void tc_tx_page_show       (TcTxPage *self, TcWallet *wallet, const TcHash *txid);
void tc_tx_page_set_hidden (TcTxPage *self, gboolean hidden);

G_END_DECLS
