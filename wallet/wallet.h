#pragma once

#include <gio/gio.h>

#include "masternode.h"
#include "node/node.h"
#include "wallet-types.h"

G_BEGIN_DECLS

/* A wallet: phrase, keys, coins and history in one SQLite file, worked on by a thread of its own.
 *
 * A TcWallet is used from one thread, the owner's: the one that called tc_wallet_create () or tc_wallet_open (), which must run the
 * GMainContext that was its thread default then. Nothing here blocks it: what takes time is a GTask, and what is shown comes from
 * an immutable TcWalletSnapshot. Callbacks and signals run in the owner's context. Every error message can be shown to the user.
 *
 * Signal "changed" (no arguments): tc_wallet_get_snapshot () returns a new one; at most ten times a second.
 *
 * Keys: m/44'/0'/a'/0'/i' for receiving and m/44'/0'/a'/1'/i' for change of account a, from 0 (rule A3). Public key hashes are derived ahead and stored, so a
 * locked wallet sees what comes in and gives out addresses; only spending and showing the phrase need it unlocked. */

#define TC_TYPE_WALLET (tc_wallet_get_type ())
G_DECLARE_FINAL_TYPE (TcWallet, tc_wallet, TC, WALLET, GObject)

/* --- Making, opening, closing --------------------------------------------------------------------------------------------- */

/* Makes the file (never over another) and leaves the wallet open and unlocked. @create and its strings are copied. */
void      tc_wallet_create          (const TcWalletCreate *create, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcWallet *tc_wallet_create_finish   (GAsyncResult *result, GError **error);

/* Opens a file, locked where it is encrypted. Needs no password: balances and history can be read; showing them is the caller's choice. */
void      tc_wallet_open            (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcWallet *tc_wallet_open_finish     (GAsyncResult *result, GError **error);

/* Wipes the keys, detaches, closes the file and ends the thread; what is under way fails with TC_WALLET_ERROR_CLOSED. Idempotent. Dropping the last
 * reference does the same without waiting. */
void      tc_wallet_close           (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_close_finish    (TcWallet *self, GAsyncResult *result, GError **error);

/* Follows @node: its genesis (whose chain id the wallet keeps from the first time on), blocks and transactions. NULL detaches; the finish
 * function then returns once the wallet makes no more calls to the node: wait for it before tc_node_stop (). */
void      tc_wallet_attach          (TcWallet *self, TcNode *node, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_attach_finish   (TcWallet *self, GAsyncResult *result, GError **error);

/* Returns: (transfer full): never NULL. */
TcWalletSnapshot *tc_wallet_get_snapshot (TcWallet *self);

/* --- Locking -------------------------------------------------------------------------------------------------------------- */

void      tc_wallet_unlock                 (TcWallet *self, const TcSecretString *password, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_unlock_finish          (TcWallet *self, GAsyncResult *result, GError **error);

/* Wipes the keys. The snapshot says so at once; nothing is signed afterwards. Without effect where not encrypted. */
void      tc_wallet_lock                   (TcWallet *self);

/* @old_password: empty where not encrypted; @new_password: empty to remove the encryption. Lock state stays. */
void      tc_wallet_change_password        (TcWallet *self, const TcSecretString *old_password, const TcSecretString *new_password,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_change_password_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* Asks for the password again, also of an unlocked wallet (empty where not encrypted).
 * @ret_passphrase: (out) (optional) (transfer full): BIP39's; empty where there is none.
 * Returns: (transfer full): the phrase. */
void            tc_wallet_get_phrase        (TcWallet *self, const TcSecretString *password, GAsyncReadyCallback callback, gpointer user_data);
TcSecretString *tc_wallet_get_phrase_finish (TcWallet *self, GAsyncResult *result, TcSecretString **ret_passphrase, GError **error);

void      tc_wallet_set_backup_verified        (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_set_backup_verified_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* --- Accounts: in wallet-accounts.c ------------------------------------------------------------------------------------------- */

/* @name: (nullable): one line, at most TC_WALLET_NAME_MAX characters; NULL or empty: as TcWalletAccount.name says. Takes the unlocked wallet; at most
 * TC_WALLET_ACCOUNTS_MAX. @ret_account: its index. */
void      tc_wallet_add_account            (TcWallet *self, const char *name, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_add_account_finish     (TcWallet *self, GAsyncResult *result, guint32 *ret_account, GError **error);
void      tc_wallet_rename_account         (TcWallet *self, guint32 account, const char *name, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_rename_account_finish  (TcWallet *self, GAsyncResult *result, GError **error);

/* --- Receiving, history: @account is an index, or TC_ACCOUNT_ALL where not said otherwise ---------------------------------------- */

/* @account: not TC_ACCOUNT_ALL. Returns: (transfer full): an address never given out before. Works while locked, as far as addresses were derived ahead. */
void      tc_wallet_new_address            (TcWallet *self, guint32 account, GAsyncReadyCallback callback, gpointer user_data);
char     *tc_wallet_new_address_finish     (TcWallet *self, GAsyncResult *result, GError **error);

/* Newest first. @query: (nullable): all rows. @limit: at most TC_WALLET_PAGE_MAX.
 * Returns: (transfer container) (element-type TcWalletTx): at most @limit rows; @ret_total: (out) (optional): rows that match in all. */
void      tc_wallet_list_history           (TcWallet *self, guint32 account, const TcHistoryQuery *query, guint32 offset, guint32 limit,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_wallet_list_history_finish   (TcWallet *self, GAsyncResult *result, guint32 *ret_total, GError **error);

void              tc_wallet_get_tx         (TcWallet *self, const TcHash *txid, GAsyncReadyCallback callback, gpointer user_data);
TcWalletTxDetail *tc_wallet_get_tx_finish  (TcWallet *self, GAsyncResult *result, GError **error);

/* Returns: (transfer container) (element-type TcWalletCoin): unspent outputs, oldest first. */
void       tc_wallet_list_coins            (TcWallet *self, guint32 account, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_wallet_list_coins_finish     (TcWallet *self, GAsyncResult *result, GError **error);

/* Whether @key_hash is this wallet's; @ret_change, @ret_account: (out) (optional). */
void       tc_wallet_find_key              (TcWallet *self, const TcKeyHash *key_hash, GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_wallet_find_key_finish       (TcWallet *self, GAsyncResult *result, gboolean *ret_mine, gboolean *ret_change, guint32 *ret_account,
                                            GError **error);

/* What fees do, and how long payments take, as far as it was measured. */
TcWalletFees tc_wallet_get_fees            (TcWallet *self);

/* --- Paying ----------------------------------------------------------------------------------------------------------------- */

/* @order: copied. Works while locked. Where funds fall short the error says by how much. */
void            tc_wallet_prepare_payment        (TcWallet *self, const TcPaymentOrder *order, GCancellable *cancellable,
                                                  GAsyncReadyCallback callback, gpointer user_data);
TcPaymentDraft *tc_wallet_prepare_payment_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* Joins coins of @account into one at a new address of its own: as many as fit into a transaction, the smallest first; the draft says how many are left.
 * @below: only coins smaller than that; 0: all. @fee_rate: as in TcPaymentOrder. */
void            tc_wallet_prepare_consolidation        (TcWallet *self, guint32 account, TcAmount below, guint64 fee_rate, GCancellable *cancellable,
                                                        GAsyncReadyCallback callback, gpointer user_data);
TcPaymentDraft *tc_wallet_prepare_consolidation_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* Signs, stores (with its coins, in one transaction) and submits. Once; a second call with one draft fails with COINS_TAKEN. Succeeds when the node took
 * it; from then on the history shows how it fares. */
void            tc_wallet_send_payment           (TcWallet *self, TcPaymentDraft *draft, GAsyncReadyCallback callback, gpointer user_data);
gboolean        tc_wallet_send_payment_finish    (TcWallet *self, GAsyncResult *result, TcHash *ret_txid, GError **error);

/* Gives the draft's coins back, if it was not sent. */
void            tc_wallet_cancel_payment         (TcWallet *self, TcPaymentDraft *draft);

/* Whether payments may choose @coins (copied) by themselves, or at all: a frozen one waits until it is unfrozen. Coins that are not there any more are passed
 * over; TC_WALLET_ERROR_NOT_FOUND where none is. */
void            tc_wallet_set_coin_frozen        (TcWallet *self, const TcOutpoint *coins, gsize n_coins, gboolean frozen, GAsyncReadyCallback callback,
                                                  gpointer user_data);
gboolean        tc_wallet_set_coin_frozen_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* --- Masternodes: see masternode.h ------------------------------------------------------------------------------------------- */

/* Where the owner has no coin to sign with, one is paid to it first (which needs the wallet unlocked), and waited for; change on its way is waited for
 * too, some seconds. Returns: (transfer full). */
void               tc_wallet_prepare_masternode        (TcWallet *self, const TcMasternodeOrder *order, GCancellable *cancellable,
                                                        GAsyncReadyCallback callback, gpointer user_data);
TcMasternodeDraft *tc_wallet_prepare_masternode_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* As tc_wallet_send_payment (). @possession: (nullable): what the operator's key signed of the draft's request, where the draft needs it. A wrong one
 * sends nothing, and the draft stays good. */
void      tc_wallet_send_masternode        (TcWallet *self, TcMasternodeDraft *draft, const TcSignature *possession, GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean  tc_wallet_send_masternode_finish (TcWallet *self, GAsyncResult *result, TcHash *ret_txid, GError **error);

/* --- Rescan ----------------------------------------------------------------------------------------------------------------- */

/* Reads the blocks from @from_height again, besides following new ones; progress is in the snapshot. Finishes with G_IO_ERROR_CANCELLED when
 * cancelled: what it found until then stays. Survives a restart (and then goes on without a task). */
void      tc_wallet_rescan        (TcWallet *self, guint32 from_height, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_rescan_finish (TcWallet *self, GAsyncResult *result, GError **error);
/* The same from the first block that is not older than @time_ms (Unix), of those that the node has. */
void      tc_wallet_rescan_since  (TcWallet *self, gint64 time_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_rescan_since_finish (TcWallet *self, GAsyncResult *result, GError **error);
/* Stops the one under way, whoever began it. */
void      tc_wallet_stop_rescan   (TcWallet *self);

G_END_DECLS
