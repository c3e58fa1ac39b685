#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The application's log: what GLib's logging is given, in DIR/timecoin.log (the run before in timecoin.log.1), written by a thread of its own, and
 * warnings on stderr too. One a process. Any thread after tc_log_file_open (). */

/* Takes over g_log's writer. Makes DIR. A log that cannot be written is no reason not to start: the lines then stay in memory only. */
void   tc_log_file_open  (const char *dir);
/* Writes what is waiting and ends the thread. */
void   tc_log_file_close (void);
/* The newest lines, oldest first. Returns: (transfer full). */
char  *tc_log_file_tail  (guint n_lines);

G_END_DECLS
