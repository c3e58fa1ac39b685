#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Opens a payment URI that came from outside (a web page, a terminal) on the Send page, filled in and no more: nothing is paid before its review. Where several
 * wallets are open it asks which; where the wallet is locked it waits behind the lock. @uri is checked by the page. Main thread. */
void tc_uri_open (GtkApplication *application, const char *uri);

G_END_DECLS
