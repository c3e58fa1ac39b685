#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* A payment to be looked at before it leaves: to whom in groups of four, how much, the fee, where the money goes, and what is unusual about it. Main thread.
 * Signals: "back"; "send": the user agreed. */
#define TC_TYPE_SEND_REVIEW (tc_send_review_get_type ())
G_DECLARE_FINAL_TYPE (TcSendReview, tc_send_review, TC, SEND_REVIEW, AdwBin)

/* @names: (nullable) (element-type utf8): of the recipients, each (nullable). @play_money: the local network. */
void tc_send_review_show    (TcSendReview *self, TcPaymentDraft *draft, GPtrArray *names, const TcWalletFees *fees, gboolean play_money);
/* After tc_send_review_show (): the wallet watches only, so what is agreed to is a payment without signature. */
void tc_send_review_set_unsigned (TcSendReview *self);
/* While it is signed and sent nothing can be pressed. */
void tc_send_review_set_busy  (TcSendReview *self, gboolean busy);
/* @message: (nullable). */
void tc_send_review_set_error (TcSendReview *self, const char *message);
/* Puts the focus where Enter sends. */
void tc_send_review_focus   (TcSendReview *self);

G_END_DECLS
