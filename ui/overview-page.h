#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Balance, epoch clock, newest payments, and warnings with what to do about each. Main thread. */
#define TC_TYPE_OVERVIEW_PAGE (tc_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (TcOverviewPage, tc_overview_page, TC, OVERVIEW_PAGE, AdwBin)

void tc_overview_page_set_wallet (TcOverviewPage *self, TcSession *session, TcWallet *wallet);
void tc_overview_page_set_hidden (TcOverviewPage *self, gboolean hidden);

G_END_DECLS
