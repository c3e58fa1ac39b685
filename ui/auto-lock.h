#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Tells when nobody sits before a window: no key or pointer event in it or its dialogs for as long as the settings say, or the desktop's session is locked or
 * the computer goes to sleep. Main thread. */
typedef struct _TcAutoLock TcAutoLock;

/* @window: outlives it. @away: may come again and again. */
TcAutoLock *tc_auto_lock_new          (GtkWindow *window, void (*away) (gpointer user_data), gpointer user_data);
void        tc_auto_lock_free         (TcAutoLock *self);
/* @settings: (nullable): without, ten minutes. */
void        tc_auto_lock_set_settings (TcAutoLock *self, GSettings *settings);
/* Somebody is here. */
void        tc_auto_lock_touch        (TcAutoLock *self);

/* Closes the dialogs of @window, those of its dialogs, and the choosers of files. */
void        tc_close_dialogs          (GtkWindow *window);

G_END_DECLS
