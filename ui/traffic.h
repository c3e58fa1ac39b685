#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes a second over the last ten minutes, out of totals that are seen now and then. Pure. */

#define TC_TRAFFIC_SECONDS 600u

typedef struct
{
  guint64 in[TC_TRAFFIC_SECONDS], out[TC_TRAFFIC_SECONDS];  /* by second modulo TC_TRAFFIC_SECONDS */
  guint64 total_in, total_out;  /* as last seen */
  gint64  time_ms;              /* when; 0: nothing was seen yet */
  gint64  from_s;               /* the second of the first sample */
} TcTraffic;

/* @time_ms: of a clock that is never set back. What came since the last call is spread evenly over the time since then. Totals that are less than before begin anew: it is another node. */
void    tc_traffic_add     (TcTraffic *self, gint64 time_ms, guint64 total_in, guint64 total_out);
/* Of the second that ended @age seconds before the newest one that is over (0: that one itself). FALSE where it is too old, or nothing was seen then yet. */
gboolean tc_traffic_get    (const TcTraffic *self, guint age, guint64 *ret_in, guint64 *ret_out);
/* The most of any second; 0: none. */
guint64 tc_traffic_get_max (const TcTraffic *self);
/* Means over the last @n seconds that are over. */
void    tc_traffic_get_mean (const TcTraffic *self, guint n, guint64 *ret_in, guint64 *ret_out);

G_END_DECLS
