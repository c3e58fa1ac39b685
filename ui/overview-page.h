#pragma once

#include <adwaita.h>

#include "page.h"

G_BEGIN_DECLS

/* Balance, epoch clock, newest payments, and warnings with what to do about each. Main thread. */
#define TC_TYPE_OVERVIEW_PAGE (tc_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (TcOverviewPage, tc_overview_page, TC, OVERVIEW_PAGE, AdwBin)


G_END_DECLS
