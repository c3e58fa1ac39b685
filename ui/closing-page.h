#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* What is still to be done before the window goes, step by step. Main thread. */
#define TC_TYPE_CLOSING_PAGE (tc_closing_page_get_type ())
G_DECLARE_FINAL_TYPE (TcClosingPage, tc_closing_page, TC, CLOSING_PAGE, AdwBin)

void tc_closing_page_set_step (TcClosingPage *self, TcSessionStep step);

G_END_DECLS
