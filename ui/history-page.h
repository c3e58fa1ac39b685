#pragma once

#include <adwaita.h>

#include "page.h"

G_BEGIN_DECLS

/* All payments, with a search, and one payment's page. Main thread. */
#define TC_TYPE_HISTORY_PAGE (tc_history_page_get_type ())
G_DECLARE_FINAL_TYPE (TcHistoryPage, tc_history_page, TC, HISTORY_PAGE, AdwBin)


G_END_DECLS
