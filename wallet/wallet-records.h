#pragma once

#include "wallet.h"

G_BEGIN_DECLS

/* What the user writes about payments and asks of payers. Functions of TcWallet, used as those of wallet.h; all work while the wallet is locked. What
 * changes here changes TcWalletSnapshot.history_serial: rows of the history say `name` and `note`. */

/* @label: at most TC_WALLET_LABEL_MAX bytes, one line; NULL or empty removes it. @address: any. */
void       tc_wallet_set_label             (TcWallet *self, const char *address, const char *label, GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_wallet_set_label_finish      (TcWallet *self, GAsyncResult *result, GError **error);
/* Returns: (transfer container) (element-type TcAddressLabel). */
void       tc_wallet_list_labels           (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_wallet_list_labels_finish    (TcWallet *self, GAsyncResult *result, GError **error);

/* @note: at most TC_WALLET_NOTE_MAX bytes; NULL or empty removes it. */
void       tc_wallet_set_note              (TcWallet *self, const TcHash *txid, const char *note, GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_wallet_set_note_finish       (TcWallet *self, GAsyncResult *result, GError **error);

/* Sorted by name; `key` also where it was seen in the chain. Returns: (transfer container) (element-type TcContact). */
void       tc_wallet_list_contacts         (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_wallet_list_contacts_finish  (TcWallet *self, GAsyncResult *result, GError **error);
/* @old_address: (nullable): the contact that it takes the place of; NULL: a new one, and TC_WALLET_ERROR_EXISTS where another name has its address. */
void       tc_wallet_set_contact           (TcWallet *self, const TcContact *contact, const char *old_address, GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean   tc_wallet_set_contact_finish    (TcWallet *self, GAsyncResult *result, GError **error);
void       tc_wallet_remove_contact        (TcWallet *self, const char *address, GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_wallet_remove_contact_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* Takes a new address, and labels it. Returns: (transfer full). */
void             tc_wallet_create_request         (TcWallet *self, const TcRequestOrder *order, GAsyncReadyCallback callback, gpointer user_data);
TcWalletRequest *tc_wallet_create_request_finish  (TcWallet *self, GAsyncResult *result, GError **error);
/* Newest first. @account: or G_MAXUINT32 for all. Returns: (transfer container) (element-type TcWalletRequest). */
void             tc_wallet_list_requests          (TcWallet *self, guint32 account, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray       *tc_wallet_list_requests_finish   (TcWallet *self, GAsyncResult *result, GError **error);
/* @removed: FALSE brings it back, until the wallet is closed. Its address stays good. */
void             tc_wallet_remove_request         (TcWallet *self, gint64 id, gboolean removed, GAsyncReadyCallback callback, gpointer user_data);
gboolean         tc_wallet_remove_request_finish  (TcWallet *self, GAsyncResult *result, GError **error);

G_END_DECLS
