#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* One account, for what cannot be about all of them: paying, receiving. A line with a list that opens. Hidden while there is one account alone. Main thread.
 * Properties: "title": what stands before the list. Signal "changed": by the user, or as the window's account changed. */
#define TC_TYPE_ACCOUNT_CHOOSER (tc_account_chooser_get_type ())
G_DECLARE_FINAL_TYPE (TcAccountChooser, tc_account_chooser, TC, ACCOUNT_CHOOSER, AdwBin)

void    tc_account_chooser_set_wallet  (TcAccountChooser *self, TcWallet *wallet);
/* TC_ACCOUNT_ALL: the one chosen last stays. */
void    tc_account_chooser_set_account (TcAccountChooser *self, guint32 account);
/* Never TC_ACCOUNT_ALL. */
guint32 tc_account_chooser_get_account (TcAccountChooser *self);

G_END_DECLS
