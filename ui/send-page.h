#pragma once

#include <adwaita.h>

#include "page.h"

G_BEGIN_DECLS

/* Paying: a form whose errors are said beside what is wrong, a review, and the stopwatch. Main thread. */
#define TC_TYPE_SEND_PAGE (tc_send_page_get_type ())
G_DECLARE_FINAL_TYPE (TcSendPage, tc_send_page, TC, SEND_PAGE, AdwBin)


G_END_DECLS
