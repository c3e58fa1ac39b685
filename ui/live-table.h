#pragma once

#include <adwaita.h>

#include "table.h"

G_BEGIN_DECLS

/* A table that is filled from the node again and again: above it a line that sums it up, and in its place, where there are no rows, why. Main thread. */
#define TC_TYPE_LIVE_TABLE (tc_live_table_get_type ())
G_DECLARE_FINAL_TYPE (TcLiveTable, tc_live_table, TC, LIVE_TABLE, AdwBin)

GtkWidget *tc_live_table_new          (const TcTableKind *kind, const char *name, GMenuModel *menu);
/* (transfer none): its "row-action". */
TcTable   *tc_live_table_get_table    (TcLiveTable *self);
/* Puts @widget beside the line that sums up, or below it. */
void       tc_live_table_add_beside   (TcLiveTable *self, GtkWidget *widget);
void       tc_live_table_add_below    (TcLiveTable *self, GtkWidget *widget);
void       tc_live_table_show_rows    (TcLiveTable *self, GPtrArray *rows, const char *summary);
/* No rows, and why. */
void       tc_live_table_show_message (TcLiveTable *self, const char *icon, const char *title, const char *description);
/* For whoever asks the node: says why it cannot be asked. */
void       tc_live_table_show_no_node (TcLiveTable *self);

G_END_DECLS
