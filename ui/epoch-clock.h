#pragma once

#include <gtk/gtk.h>

#include "node/node.h"

G_BEGIN_DECLS

/* The application's face: a dial on which one turn is one epoch. Each block is an arc from its time to the next one's, the hand is now; two fine
 * rings inside fill as a round's prepare and commit arrive, with a mark where a quorum is reached. While the node syncs the dial shows the share
 * done; connecting turns slowly; stalled, paused and stopped have forms of their own, told apart by shape and words, not by colour alone.
 *
 * It knows a status and nothing of the node behind it. Everything it shows is in its accessible description. Main thread. */
#define TC_TYPE_EPOCH_CLOCK (tc_epoch_clock_get_type ())
G_DECLARE_FINAL_TYPE (TcEpochClock, tc_epoch_clock, TC, EPOCH_CLOCK, GtkWidget)

GtkWidget *tc_epoch_clock_new         (void);

/* @status: (nullable) (transfer none): NULL: nothing is known yet. */
void       tc_epoch_clock_set_status  (TcEpochClock *self, TcNodeStatus *status);
/* The user paused the node, or it is closing. */
void       tc_epoch_clock_set_paused  (TcEpochClock *self, gboolean paused);

/* Of the phase under way. */
int        tc_clock_sync_percent      (const TcNodeStatus *status);
/* The line or two to stand below the dial: who there is, from how many is fetched. Returns: (transfer full). */
char      *tc_epoch_clock_caption     (const TcNodeStatus *status);
/* What the dial says, in sentences. @status: (nullable). @now_ms: Unix. Returns: (transfer full). */
char      *tc_epoch_clock_describe    (const TcNodeStatus *status, gboolean paused, gint64 now_ms);

G_END_DECLS
