#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Says in the sidebar that a wallet watches only, how many payments wait for their signature, and when it comes to the end of its addresses. Invisible for a wallet with
 * keys. Main thread. */
#define TC_TYPE_WATCH_MARK (tc_watch_mark_get_type ())
G_DECLARE_FINAL_TYPE (TcWatchMark, tc_watch_mark, TC, WATCH_MARK, AdwBin)

void tc_watch_mark_set_wallet (TcWatchMark *self, TcWallet *wallet);

G_END_DECLS
