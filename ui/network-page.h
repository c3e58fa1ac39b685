#pragma once

#include <adwaita.h>

#include "page.h"

G_BEGIN_DECLS

/* The network as this node sees it: how the node does, its peers, the committee at work, who is banned. Main thread. */
#define TC_TYPE_NETWORK_PAGE (tc_network_page_get_type ())
G_DECLARE_FINAL_TYPE (TcNetworkPage, tc_network_page, TC, NETWORK_PAGE, AdwBin)

G_END_DECLS
