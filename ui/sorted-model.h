#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The items of a model in the order of a sorter, which follows items that change a few moves at a time: a GtkSortListModel would put all rows in their places at once, which takes longer than
 * a frame. Main thread. */
#define TC_TYPE_SORTED_MODEL (tc_sorted_model_get_type ())
G_DECLARE_FINAL_TYPE (TcSortedModel, tc_sorted_model, TC, SORTED_MODEL, GObject)

TcSortedModel *tc_sorted_model_new    (GListModel *model, GtkSorter *sorter);
/* Items may have changed: they are put where they belong, soon. */
void           tc_sorted_model_resort (TcSortedModel *self);

G_END_DECLS
