#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

/* The windows that were open, with their wallets, pages and sizes, over a quit and a start. @settings: (nullable): nothing is kept. Main thread. */
void     tc_window_state_save    (GtkApplication *application, TcSession *session, GSettings *settings);
/* Opens them; FALSE where there are none. @show: or leave them hidden. */
gboolean tc_window_state_restore (GtkApplication *application, TcSession *session, GSettings *settings, gboolean show);

G_END_DECLS
