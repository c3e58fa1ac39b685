#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks the desktop to start the application, without a window, when the user logs in, or no longer to: through the portal (org.freedesktop.portal.Background);
 * where there is none, by a file in the user's autostart folder. Main thread; nothing blocks it. Every error message can be shown. */
void     tc_background_request_async  (gboolean autostart, GAsyncReadyCallback callback, gpointer user_data);
gboolean tc_background_request_finish (GAsyncResult *result, GError **error);

G_END_DECLS
