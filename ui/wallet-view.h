#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* An open wallet: the sidebar that folds away when narrow, and its pages. Main thread. */
#define TC_TYPE_WALLET_VIEW (tc_wallet_view_get_type ())
G_DECLARE_FINAL_TYPE (TcWalletView, tc_wallet_view, TC, WALLET_VIEW, AdwBin)

GtkWidget  *tc_wallet_view_new          (TcSession *session, TcWallet *wallet);
/* A name of the table in wallet-view.c: "overview", "send", … */
void        tc_wallet_view_show_page    (TcWalletView *self, const char *page);
const char *tc_wallet_view_get_page     (TcWalletView *self);
void        tc_wallet_view_set_hidden   (TcWalletView *self, gboolean hidden);
/* The account that the pages show; TC_ACCOUNT_ALL: all of them. */
void        tc_wallet_view_set_account  (TcWalletView *self, guint32 account);
guint32     tc_wallet_view_get_account  (TcWalletView *self);
/* Opens one thing there: see TcPage.show. */
void        tc_wallet_view_show_on      (TcWalletView *self, const char *page, const char *what);
/* Of the page that is shown; where it has none, of the history. */
void        tc_wallet_view_search       (TcWalletView *self);
/* Nothing of what was being written or looked at stays: the wallet is locked. */
void        tc_wallet_view_reset        (TcWalletView *self);
/* Opens the sidebar where it is folded away. */
void        tc_wallet_view_show_sidebar (TcWalletView *self);

/* The pages that there are, in their order. @ret_icon: NULL: not in the sidebar. FALSE past the last. */
gboolean    tc_wallet_view_nth_page     (guint i, const char **ret_name, const char **ret_title, const char **ret_icon);

G_END_DECLS
