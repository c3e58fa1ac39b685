#pragma once

#include "page.h"

G_BEGIN_DECLS

/* The chain to look around in: blocks, transactions, addresses and masternodes, in one search box. Main thread. */
#define TC_TYPE_EXPLORER_PAGE (tc_explorer_page_get_type ())
G_DECLARE_FINAL_TYPE (TcExplorerPage, tc_explorer_page, TC, EXPLORER_PAGE, AdwBin)

G_END_DECLS
