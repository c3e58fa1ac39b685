#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* What a payment pays to be final, and when it is then expected to be, as far as this node measured it. Main thread. Signal "changed". */
#define TC_TYPE_SEND_FEE (tc_send_fee_get_type ())
G_DECLARE_FINAL_TYPE (TcSendFee, tc_send_fee, TC, SEND_FEE, AdwBin)

void     tc_send_fee_set_wallet (TcSendFee *self, TcWallet *wallet);
/* Reads what is known anew. */
void     tc_send_fee_update     (TcSendFee *self);
/* In units a byte; 0: what the node asks when the payment is worked out. */
guint64  tc_send_fee_get_rate   (TcSendFee *self);
/* FALSE while an own rate is none. */
gboolean tc_send_fee_is_good    (TcSendFee *self);
void     tc_send_fee_reset      (TcSendFee *self);

/* "Usually final in 0.41 s." and the like, for a payment at @rate. Returns: (transfer full). */
char    *tc_send_fee_time_text  (const TcWalletFees *fees, guint64 rate);

G_END_DECLS
