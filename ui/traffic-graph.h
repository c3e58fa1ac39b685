#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the node received and sent over the last ten minutes: what came in above the line, filled; what went out below it, hatched. Its accessible description says it in words. Main thread. */
#define TC_TYPE_TRAFFIC_GRAPH (tc_traffic_graph_get_type ())
G_DECLARE_FINAL_TYPE (TcTrafficGraph, tc_traffic_graph, TC, TRAFFIC_GRAPH, GtkWidget)

/* Totals as TcNodeStatus has them; as often as one likes. @time_ms: monotonic. */
void tc_traffic_graph_add       (TcTrafficGraph *self, gint64 time_ms, guint64 bytes_in, guint64 bytes_out);
/* Bytes a second now: over the last three seconds. */
void tc_traffic_graph_get_rates (TcTrafficGraph *self, guint64 *ret_in, guint64 *ret_out);

/* The top of the scale for @most bytes a second: 1, 2 or 5 with zeros, at least 1 000. */
guint64 tc_traffic_graph_scale  (guint64 most);

G_END_DECLS
