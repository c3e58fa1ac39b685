#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tells when the desktop's session is locked or the computer goes to sleep: over D-Bus, where somebody says so there (logind; the screen savers of GNOME and
 * of others). Main thread. */
typedef struct _TcLockWatch TcLockWatch;

TcLockWatch *tc_lock_watch_new  (void (*away) (gpointer user_data), gpointer user_data);
void         tc_lock_watch_free (TcLockWatch *self);

G_END_DECLS
