#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What happened, the button that mends it, and the log's last lines. Main thread. Signals: "mend": the button; "start-over". */
#define TC_TYPE_ERROR_PAGE (tc_error_page_get_type ())
G_DECLARE_FINAL_TYPE (TcErrorPage, tc_error_page, TC, ERROR_PAGE, AdwBin)

/* @button: of the remedy. @log: (nullable): lines of the log. */
void tc_error_page_set (TcErrorPage *self, const char *title, const char *message, const char *advice, const char *button, const char *log);

G_END_DECLS
