#pragma once

#include <gio/gio.h>

#include "session.h"

G_BEGIN_DECLS

/* What the desktop's own search finds here (org.gnome.Shell.SearchProvider2): payments of open wallets. Nothing at all of a wallet that is locked, neither when
 * it searches nor when it asks what a result of before was. Main thread. */
#define TC_TYPE_SEARCH_PROVIDER (tc_search_provider_get_type ())
G_DECLARE_FINAL_TYPE (TcSearchProvider, tc_search_provider, TC, SEARCH_PROVIDER, GObject)

#define TC_SEARCH_PROVIDER_PATH "/org/timecoin/TimeCoin/SearchProvider"

TcSearchProvider *tc_search_provider_new        (GApplication *application);
/* Answers on @bus until it is taken back. Before a session is set it finds nothing. */
gboolean          tc_search_provider_export     (TcSearchProvider *self, GDBusConnection *bus, GError **error);
void              tc_search_provider_unexport   (TcSearchProvider *self, GDBusConnection *bus);
void              tc_search_provider_set_session (TcSearchProvider *self, TcSession *session, GSettings *settings);

G_END_DECLS
