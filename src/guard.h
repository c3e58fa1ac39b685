#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Secrets stay out of files that the system writes of a program: first thing in main (). With guard.c linked in, heap memory is also wiped when it is freed: json-c, libsoup and GTK
 * keep copies of what they are handed, which nobody else could wipe. */

/* No core dumps: no limit is left to write one, and no memory goes into one that is piped elsewhere. @is_server: other programs of the same user may not look into it
 * either; the portals of a desktop must be able to, so a window's program leaves that out. */
void tc_guard_secrets (gboolean is_server);

G_END_DECLS
