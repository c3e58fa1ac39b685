#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Desktop notifications of what happens in the open wallets: a payment comes in, a payment is final. Silent for a wallet that is locked, whose window the user
 * is looking at, or that catches up with what is old; those that are out are withdrawn when their wallet is locked. Main thread. */
#define TC_TYPE_NOTIFIER (tc_notifier_get_type ())
G_DECLARE_FINAL_TYPE (TcNotifier, tc_notifier, TC, NOTIFIER, GObject)

/* @settings: (nullable). A notification that is pressed activates app.show-on ("(sss)": the wallet's name, a page, what to show there). */
TcNotifier *tc_notifier_new  (GApplication *application, TcSession *session, GSettings *settings);

/* Notifies of something else about @wallet, under the same rules. @id: one that comes again takes the place of the one before. @key: of the setting that
 * allows it. */
void        tc_notifier_send (TcNotifier *self, TcWallet *wallet, const char *key, const char *id, const char *title, const char *body, const char *page,
                              const char *what);

G_END_DECLS
