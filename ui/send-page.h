#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Paying: a form whose errors are said beside what is wrong, a review, and the stopwatch. Main thread. */
#define TC_TYPE_SEND_PAGE (tc_send_page_get_type ())
G_DECLARE_FINAL_TYPE (TcSendPage, tc_send_page, TC, SEND_PAGE, AdwBin)

void tc_send_page_set_wallet (TcSendPage *self, TcSession *session, TcWallet *wallet);
void tc_send_page_set_hidden (TcSendPage *self, gboolean hidden);
/* Gives back what a review holds, and empties the form (the wallet is locked). */
void tc_send_page_reset      (TcSendPage *self);
void tc_send_page_focus      (TcSendPage *self);

G_END_DECLS
