#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* All payments, with a search, and one payment's page. Main thread. */
#define TC_TYPE_HISTORY_PAGE (tc_history_page_get_type ())
G_DECLARE_FINAL_TYPE (TcHistoryPage, tc_history_page, TC, HISTORY_PAGE, AdwBin)

void tc_history_page_set_wallet   (TcHistoryPage *self, TcWallet *wallet);
void tc_history_page_set_hidden   (TcHistoryPage *self, gboolean hidden);
void tc_history_page_show_payment (TcHistoryPage *self, const TcHash *txid);
/* Back to the list, without a search. */
void tc_history_page_reset        (TcHistoryPage *self);
void tc_history_page_search       (TcHistoryPage *self);

G_END_DECLS
