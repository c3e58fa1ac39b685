#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* One payment in a list: what, when, how much, and how far it is. Main thread. */
#define TC_TYPE_TX_ROW (tc_tx_row_get_type ())
G_DECLARE_FINAL_TYPE (TcTxRow, tc_tx_row, TC, TX_ROW, AdwBin)

GtkWidget  *tc_tx_row_new    (void);
/* @tx: (nullable): NULL: still loading. @hidden: dots instead of the amount. */
void        tc_tx_row_set    (TcTxRow *self, TcWalletTx *tx, gboolean hidden);
/* (transfer none) (nullable). */
TcWalletTx *tc_tx_row_get_tx (TcTxRow *self);

G_END_DECLS
