#pragma once

#include <glib.h>

#include "core/amount.h"

G_BEGIN_DECLS

/* How things are written for people. All return (transfer full). Any thread. */

/* How this language writes: @decimal_mark: (nullable): "." or ","; others are written as ".". @right_to_left: amounts and addresses are then isolated, so that what
 * stands around them does not turn their parts. Once, before any text is made; nothing said: "." and left to right. */
void  tc_text_set_language   (const char *decimal_mark, gboolean right_to_left);
/* The decimal mark: '.' or ','. */
char  tc_text_decimal_mark   (void);
/* @text, to be read from left to right wherever it stands. */
char *tc_text_isolate        (const char *text);

/* "1 234 567.50": digits in groups of three by narrow spaces (which no one reads as a decimal mark), two decimals at the least, none rounded away. */
char *tc_text_amount         (TcAmount amount);
/* What tc_text_amount_unit () writes amounts in, for all of the application: the unit stands beside each, so none can be taken for another. */
typedef enum
{
  TC_TEXT_TIME      = 0,
  TC_TEXT_MILLITIME = 1,  /* mTIME: thousandths */
  TC_TEXT_UNITS     = 2,  /* hundred millionths: what the chain counts */
} TcTextUnit;

void  tc_text_set_unit       (TcTextUnit unit);

/* In the chosen unit, with its name after it. */
char *tc_text_amount_unit    (TcAmount amount);
/* "12 408" */
char *tc_text_number         (guint64 number);
/* An address in groups of four characters: "TIME 0abc …". @per_line: groups on a line; 0: all on one. */
char *tc_text_address_groups (const char *address, guint per_line);
/* "TIME0abcd…wxyz": enough to tell addresses apart in a list. */
char *tc_text_address_short  (const char *address);
/* "0.41 s", "12 s". */
char *tc_text_duration_us    (gint64 duration_us);
/* "about 3 minutes left", or "Estimating…" for a negative @left_ms. */
char *tc_text_left           (gint64 left_ms);
/* "1 second", "5 minutes", "3 hours", "2 days": rounded down, of either sign. */
char *tc_text_span           (gint64 ms);
/* "1:05" */
char *tc_text_clock          (gint64 ms);
/* "Now", "5 minutes ago", "Today 14:02", "12 May 14:02", "12 May 2031". @now_ms: Unix. */
char *tc_text_when           (gint64 time_ms, gint64 now_ms);
/* "12 May 2031 14:02:07.123" */
char *tc_text_when_exact     (gint64 time_ms);
/* "40.2 kB" */
char *tc_text_size           (guint64 size_bytes);

G_END_DECLS
