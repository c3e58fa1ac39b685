#pragma once

#include "offline.h"
#include "wallet.h"
#include "watch.h"

G_BEGIN_DECLS

/* The thread's side of offline.h and watch.h: what they say of arguments and results holds here. As wallet.h. */

/* --- Where a payment is prepared and sent ------------------------------------------------------------------------------------- */

/* @draft is not sent afterwards: the payment waits. */
void             tc_wallet_export_payment        (TcWallet *self, TcPaymentDraft *draft, GAsyncReadyCallback callback, gpointer user_data);
TcPaymentReview *tc_wallet_export_payment_finish (TcWallet *self, GAsyncResult *result, GError **error);
void             tc_wallet_list_waiting          (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray       *tc_wallet_list_waiting_finish   (TcWallet *self, GAsyncResult *result, GError **error);
void             tc_wallet_drop_waiting          (TcWallet *self, guint64 id, GAsyncReadyCallback callback, gpointer user_data);
gboolean         tc_wallet_drop_waiting_finish   (TcWallet *self, GAsyncResult *result, GError **error);
void             tc_wallet_read_signed           (TcWallet *self, GBytes *data, GAsyncReadyCallback callback, gpointer user_data);
TcPaymentReview *tc_wallet_read_signed_finish    (TcWallet *self, GAsyncResult *result, GError **error);
/* As tc_wallet_send_payment (). */
void             tc_wallet_send_signed           (TcWallet *self, GBytes *sealed, GAsyncReadyCallback callback, gpointer user_data);
gboolean         tc_wallet_send_signed_finish    (TcWallet *self, GAsyncResult *result, TcHash *ret_txid, GError **error);

/* --- Where the keys are: no node is needed ------------------------------------------------------------------------------------ */

void             tc_wallet_read_unsigned         (TcWallet *self, GBytes *data, GAsyncReadyCallback callback, gpointer user_data);
TcPaymentReview *tc_wallet_read_unsigned_finish  (TcWallet *self, GAsyncResult *result, GError **error);
void             tc_wallet_sign_unsigned         (TcWallet *self, GBytes *sealed, GAsyncReadyCallback callback, gpointer user_data);
GBytes          *tc_wallet_sign_unsigned_finish  (TcWallet *self, GAsyncResult *result, GError **error);

/* --- Watch files --------------------------------------------------------------------------------------------------------------- */

void             tc_wallet_export_watch          (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data);
GBytes          *tc_wallet_export_watch_finish   (TcWallet *self, GAsyncResult *result, GError **error);
void             tc_wallet_import_watch          (TcWallet *self, GBytes *data, GAsyncReadyCallback callback, gpointer user_data);
gboolean         tc_wallet_import_watch_finish   (TcWallet *self, GAsyncResult *result, guint32 *ret_n_new, GError **error);

G_END_DECLS
