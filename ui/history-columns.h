#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The columns of a wide history: when, what with whom, how far, how much. The view's model holds TcHistoryItems. */
void tc_history_columns_add        (GtkColumnView *view);
/* Amounts as dots: for rows that are bound from now on. */
void tc_history_columns_set_hidden (GtkColumnView *view, gboolean hidden);

G_END_DECLS
