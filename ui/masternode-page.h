#pragma once

#include "page.h"

G_BEGIN_DECLS

/* The wallet's masternodes: how each fares and why, what they earned, and what can be done about it. It also watches them while another page is shown, and notifies of one that counts as active no
 * longer. Main thread. */
#define TC_TYPE_MASTERNODE_PAGE (tc_masternode_page_get_type ())
G_DECLARE_FINAL_TYPE (TcMasternodePage, tc_masternode_page, TC, MASTERNODE_PAGE, AdwBin)

G_END_DECLS
