#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* What somebody writes to pay: recipients, memo, fee, coins. What is wrong is said beside it. Main thread.
 * Signals: "review": the order is asked for; "choose-coins". */
#define TC_TYPE_SEND_FORM (tc_send_form_get_type ())
G_DECLARE_FINAL_TYPE (TcSendForm, tc_send_form, TC, SEND_FORM, AdwBin)

void tc_send_form_set_wallet  (TcSendForm *self, TcSession *session, TcWallet *wallet);
void tc_send_form_set_account (TcSendForm *self, guint32 account);
guint32 tc_send_form_get_account (TcSendForm *self);
void tc_send_form_set_hidden  (TcSendForm *self, gboolean hidden);
/* What is shown of fees and of what is available, anew. */
void tc_send_form_update      (TcSendForm *self);
void tc_send_form_empty       (TcSendForm *self);
void tc_send_form_focus       (TcSendForm *self);
void tc_send_form_set_busy    (TcSendForm *self, gboolean busy);
/* Returns: FALSE, and says it, where something is missing. @ret_order: (out): valid until the form changes. */
gboolean tc_send_form_get_order (TcSendForm *self, TcPaymentOrder *ret_order);
/* The names that were written, by recipient; each (nullable). (transfer full) (element-type utf8). */
GPtrArray *tc_send_form_get_names (TcSendForm *self);
void tc_send_form_show_error  (TcSendForm *self, const GError *error);
/* @text: an address, a payment URI, or a list of recipients. */
void tc_send_form_take_text   (TcSendForm *self, const char *text);
/* @coins: (element-type TcWalletCoin): chosen by hand, and copied; none: the wallet chooses. */
void tc_send_form_set_coins   (TcSendForm *self, GPtrArray *coins);
/* (element-type TcOutpoint) (transfer none) */
GArray *tc_send_form_get_coins (TcSendForm *self);

G_END_DECLS
