#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* The preferences: kept in GSettings as they are changed; what the node is not told of while it runs has a button that starts it again. Main thread. */
#define TC_TYPE_PREFERENCES (tc_preferences_get_type ())
G_DECLARE_FINAL_TYPE (TcPreferences, tc_preferences, TC, PREFERENCES, AdwPreferencesWindow)

/* @settings: the application's. @wallet: (nullable): the window's, whose remembered password can be forgotten. @own_data_dir: the command line gave the data
 * folder. @page: (nullable): "general", "network", "storage" or "programs". */
GtkWindow *tc_preferences_new (GtkWindow *parent, GSettings *settings, TcSession *session, TcWallet *wallet, gboolean own_data_dir, const char *page);
/* @page: (nullable): the one that is shown. */
void       tc_preferences_show_page (TcPreferences *self, const char *page);

G_END_DECLS
