#pragma once

#include "message.h"
#include "wallet.h"

G_BEGIN_DECLS

/* What a wallet's keys do besides paying. As wallet.h. */

/* The public key that @address commits to, where the wallet knows it: its own, or seen in a transaction, or told. Returns: (transfer full) (nullable): NULL, without
 * an error, where it does not. */
void         tc_wallet_find_public_key        (TcWallet *self, const char *address, GAsyncReadyCallback callback, gpointer user_data);
TcPublicKey *tc_wallet_find_public_key_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* @address: of this wallet, which is unlocked. Returns: (transfer full): base64; verified by tc_message_verify (). */
void         tc_wallet_sign_message           (TcWallet *self, const char *address, const char *text, GAsyncReadyCallback callback, gpointer user_data);
char        *tc_wallet_sign_message_finish    (TcWallet *self, GAsyncResult *result, GError **error);

G_END_DECLS
