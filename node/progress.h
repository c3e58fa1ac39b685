#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rate and time left of one long thing, from what is told of it now and then. Pure: no clock of its own.
 *
 * Units (blocks, bytes) may cost differently: beside them goes a weight, what the units so far cost together. The cost of one unit of weight is that of the last
 * WINDOW ms; the weight of the units to come follows that of those done, and where it has been growing (or shrinking) all along it is taken to go on so.
 * Where nothing comes for PAUSE ms, the time does not count: a lost link, a laptop's lid; and after SILENT ms nothing is said.
 * What is shown moves slowly: it counts down, and nears a new estimate by a limited share of itself a second. */

#define TC_PROGRESS_WINDOW_MS 45000
#define TC_PROGRESS_PAUSE_MS  5000
#define TC_PROGRESS_SILENT_MS 30000
#define TC_PROGRESS_RECENT    92u  /* samples of the window, at least half a second apart */
#define TC_PROGRESS_TRAIL     33u  /* of all that was done, evenly */

typedef struct
{
  gint64  when_ms;   /* without pauses */
  guint64 done, weight;
} TcProgressSample;

/* All zeros: nothing is under way. */
typedef struct
{
  guint            phase;    /* 0: nothing */
  guint64          done, total, weight;
  gint64           now_ms;
  gint64           moved_ms;   /* when there was more than before */
  gint64           paused_ms;  /* in all */
  guint            n_recent, n_trail;
  TcProgressSample recent[TC_PROGRESS_RECENT];  /* oldest first */
  TcProgressSample trail[TC_PROGRESS_TRAIL];    /* the first is where it began */
  guint64          trail_step;
  gint64           left_ms;  /* shown; -1: estimating */
} TcProgress;

/* @now_ms: monotonic. @phase: another one begins anew; 0 ends. @weight: of all up to @done, from any zero; it grows, and is @done where each unit costs the same.
 * A little less done than before counts as nothing new; much less begins anew. */
void    tc_progress_add          (TcProgress *self, gint64 now_ms, guint phase, guint64 done, guint64 total, guint64 weight);
/* Units in @period_ms; 0: unknown, or nothing comes. */
guint64 tc_progress_get_rate     (const TcProgress *self, gint64 period_ms);
/* -1: estimating. */
gint64  tc_progress_get_left_ms  (const TcProgress *self);

G_END_DECLS
