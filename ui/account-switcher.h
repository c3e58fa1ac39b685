#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Which of a wallet's accounts the pages show: a button that names it, with a list behind. Hidden while there is one account alone. Main thread.
 * Signal "changed": another one was chosen. */
#define TC_TYPE_ACCOUNT_SWITCHER (tc_account_switcher_get_type ())
G_DECLARE_FINAL_TYPE (TcAccountSwitcher, tc_account_switcher, TC, ACCOUNT_SWITCHER, AdwBin)

void    tc_account_switcher_set_wallet  (TcAccountSwitcher *self, TcWallet *wallet);
/* Amounts are shown as dots. */
void    tc_account_switcher_set_hidden  (TcAccountSwitcher *self, gboolean hidden);
/* TC_ACCOUNT_ALL, or an index. */
void    tc_account_switcher_set_account (TcAccountSwitcher *self, guint32 account);
guint32 tc_account_switcher_get_account (TcAccountSwitcher *self);

G_END_DECLS
