#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* A payment on its way: a stopwatch until it is final, then its block. Main thread. Signal "done": the user wants to send another. */
#define TC_TYPE_SEND_PROGRESS (tc_send_progress_get_type ())
G_DECLARE_FINAL_TYPE (TcSendProgress, tc_send_progress, TC, SEND_PROGRESS, AdwBin)

/* The payment leaves now. */
void tc_send_progress_begin  (TcSendProgress *self, const TcPaymentDraft *draft);
/* It left, as @txid. */
void tc_send_progress_follow (TcSendProgress *self, TcWallet *wallet, const TcHash *txid);

G_END_DECLS
