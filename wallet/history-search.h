#pragma once

#include "db.h"
#include "record-types.h"

G_BEGIN_DECLS

/* Which rows of the history a query means. A look through short texts that are kept for it beside the transactions: 100 000 of them take some
 * 20 ms, any part of a word is found, and nothing has to be kept in step but the row's own text. One thread. */

/* In an open transaction: what row @id is found by: @address (nullable), those that @tx (nullable) pays, @memo (nullable). */
void    tc_history_search_index (TcDb *db, gint64 id, const char *address, const TcTx *tx, char address_digit, const char *memo);

/* @account: or TC_ACCOUNT_ALL. Returns: (transfer full) (element-type gint64): ids of txs, newest first. */
GArray *tc_history_search_ids   (TcDb *db, guint32 account, const TcHistoryQuery *query);

G_END_DECLS
