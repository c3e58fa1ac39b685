#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Calls @func with @widget when it comes into view, and then every @interval_ms for as long as it stays there. Main thread. */
void tc_poll_while_mapped (GtkWidget *widget, guint interval_ms, void (*func) (GtkWidget *widget));

G_END_DECLS
