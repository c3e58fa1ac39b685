#pragma once

#include "epoch-clock.h"

G_BEGIN_DECLS

typedef enum
{
  TC_CLOCK_CONNECTING,
  TC_CLOCK_SYNCING,
  TC_CLOCK_READY,
  TC_CLOCK_ASKING,   /* for a block that the user trusts */
  TC_CLOCK_STALLED,
  TC_CLOCK_PAUSED,
  TC_CLOCK_ERROR,
} TcClockForm;

/* The four lines in the middle of the dial. */
typedef struct
{
  char *above, *main, *below, *last;
} TcClockWords;

TcClockForm tc_clock_form        (const TcNodeStatus *status, gboolean paused);
void        tc_clock_words       (const TcNodeStatus *status, TcClockForm form, gint64 now_ms, TcClockWords *ret_words);
void        tc_clock_words_clear (TcClockWords *words);
/* Share of the phase that is done, 0 to 1. */
double      tc_clock_sync_share  (const TcNodeStatus *status);
/* Where @time_ms stands on the dial: 0 to 1. */
double      tc_clock_turn        (const TcNodeStatus *status, gint64 time_ms);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcClockWords, tc_clock_words_clear)

G_END_DECLS
