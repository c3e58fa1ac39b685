#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A ring that fills with votes while the time runs, and stops at the moment a payment is final. Main thread. */
#define TC_TYPE_STOPWATCH (tc_stopwatch_get_type ())
G_DECLARE_FINAL_TYPE (TcStopwatch, tc_stopwatch, TC, STOPWATCH, GtkWidget)

GtkWidget *tc_stopwatch_new       (void);
/* From now on, from zero. */
void       tc_stopwatch_start     (TcStopwatch *self);
/* Votes so far: 0 to 1 of the committee's power. */
void       tc_stopwatch_set_share (TcStopwatch *self, double share);
/* Final after @duration_us; negative: when it became final is not known. */
void       tc_stopwatch_stop      (TcStopwatch *self, gint64 duration_us);
/* It will not become final. */
void       tc_stopwatch_fail      (TcStopwatch *self);

G_END_DECLS
