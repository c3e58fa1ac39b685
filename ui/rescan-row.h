#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* How far the reading of old blocks is, how long it still takes, and the button that stops it. Hidden while there is none. Main thread. */
#define TC_TYPE_RESCAN_ROW (tc_rescan_row_get_type ())
G_DECLARE_FINAL_TYPE (TcRescanRow, tc_rescan_row, TC, RESCAN_ROW, AdwBin)

void tc_rescan_row_set (TcRescanRow *self, TcWallet *wallet, const TcWalletSnapshot *snapshot);

G_END_DECLS
