#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* An open wallet: the sidebar that folds away when narrow, and its pages. Main thread. */
#define TC_TYPE_WALLET_VIEW (tc_wallet_view_get_type ())
G_DECLARE_FINAL_TYPE (TcWalletView, tc_wallet_view, TC, WALLET_VIEW, AdwBin)

GtkWidget  *tc_wallet_view_new          (TcSession *session, TcWallet *wallet);
/* "overview", "send", "receive", "history". */
void        tc_wallet_view_show_page    (TcWalletView *self, const char *page);
const char *tc_wallet_view_get_page     (TcWalletView *self);
void        tc_wallet_view_set_hidden   (TcWalletView *self, gboolean hidden);
void        tc_wallet_view_show_payment (TcWalletView *self, const TcHash *txid);
void        tc_wallet_view_search       (TcWalletView *self);
/* Nothing of what was being written or looked at stays: the wallet is locked. */
void        tc_wallet_view_reset        (TcWalletView *self);
/* Opens the sidebar where it is folded away. */
void        tc_wallet_view_show_sidebar (TcWalletView *self);

G_END_DECLS
