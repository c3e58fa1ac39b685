#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For benches: how long the main loop is kept from its work. A thread asks it every 2 ms to run a callback above all other priorities, and takes the time until it
 * runs: what is longer than 16 ms is a stall. What of that the loop's own work took is told by its processor time: the rest is other threads and processes
 * that had the processor. Main thread, of the default context. */
typedef struct _Watchdog Watchdog;

Watchdog *watchdog_start (void);
/* Ends it, and prints a line that begins with @what. */
void      watchdog_stop  (Watchdog *self, const char *what);

G_END_DECLS
