#pragma once

#include <adwaita.h>

#include "page.h"

G_BEGIN_DECLS

/* Commands to the node and to this window's wallet, as programs send them over RPC. What is written and answered is kept in memory alone, and goes when the wallet is locked; lines that
 * would carry a password or a phrase are refused and not kept at all. Main thread. */
#define TC_TYPE_CONSOLE_PAGE (tc_console_page_get_type ())
G_DECLARE_FINAL_TYPE (TcConsolePage, tc_console_page, TC, CONSOLE_PAGE, AdwBin)

G_END_DECLS
