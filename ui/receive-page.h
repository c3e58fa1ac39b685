#pragma once

#include <adwaita.h>

#include "page.h"

G_BEGIN_DECLS

/* An address to be paid at: as a QR code, and in groups of four. Main thread. */
#define TC_TYPE_RECEIVE_PAGE (tc_receive_page_get_type ())
G_DECLARE_FINAL_TYPE (TcReceivePage, tc_receive_page, TC, RECEIVE_PAGE, AdwBin)


G_END_DECLS
