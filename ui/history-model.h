#pragma once

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* A row of the model: a payment, or nothing while its page is on the way. "tx" is notified when it comes or changes. Main thread. */
#define TC_TYPE_HISTORY_ITEM (tc_history_item_get_type ())
G_DECLARE_FINAL_TYPE (TcHistoryItem, tc_history_item, TC, HISTORY_ITEM, GObject)

/* (transfer none) (nullable). */
TcWalletTx     *tc_history_item_get_tx   (TcHistoryItem *self);

/* A wallet's history as a GListModel of TcHistoryItem, newest first. Rows are asked from the wallet a page at a time, when somebody looks at them, so
 * that 100 000 rows cost what is on the screen; pages that nobody looked at for long are dropped. Follows the wallet: rows that change are changed in place, new ones come in at the top. Main thread.
 * Signal "loaded": the first page, or the first after a search, has come. */
#define TC_TYPE_HISTORY_MODEL (tc_history_model_get_type ())
G_DECLARE_FINAL_TYPE (TcHistoryModel, tc_history_model, TC, HISTORY_MODEL, GObject)

#define TC_HISTORY_MODEL_PAGE 100u

TcHistoryModel *tc_history_model_new        (TcWallet *wallet);
/* @query: (nullable): as tc_wallet_list_history (). */
void            tc_history_model_set_query  (TcHistoryModel *self, const TcHistoryQuery *query);
/* (transfer none) */
const TcHistoryQuery *tc_history_model_get_query (TcHistoryModel *self);
/* Rows of one account; TC_ACCOUNT_ALL, as at first: of all. */
void            tc_history_model_set_account (TcHistoryModel *self, guint32 account);
guint32         tc_history_model_get_account (TcHistoryModel *self);
/* Follows the wallet only while it is active: while its list is on the screen. */
void            tc_history_model_set_active (TcHistoryModel *self, gboolean active);
gboolean        tc_history_model_is_loaded   (TcHistoryModel *self);

G_END_DECLS
