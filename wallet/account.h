#pragma once

#include "core/genesis.h"
#include "final-times.h"
#include "masternode.h"
#include "node/node.h"
#include "wallet-types.h"

G_BEGIN_DECLS

/* A wallet without its thread: everything that TcWallet does, synchronous, for one thread. Knows blocks and events, not the node that they come
 * from. Each function that changes something is one SQLite transaction: on failure nothing changed, in memory either. */
typedef struct _TcAccount TcAccount;

/* Argon2id runs in both create and unlock: a second or so. */
TcAccount *tc_account_create              (const TcWalletCreate *create, GError **error);
TcAccount *tc_account_open                (const char *path, GError **error);
void       tc_account_free                (TcAccount *self);

gboolean   tc_account_unlock              (TcAccount *self, const TcSecretString *password, GError **error);
void       tc_account_lock                (TcAccount *self);
gboolean   tc_account_change_password     (TcAccount *self, const TcSecretString *old_password, const TcSecretString *new_password,
                                           GError **error);
TcSecretString *tc_account_get_phrase     (TcAccount *self, const TcSecretString *password, TcSecretString **ret_passphrase, GError **error);
gboolean   tc_account_set_backup_verified (TcAccount *self, GError **error);

/* --- The chain ------------------------------------------------------------------------------------------------------------ */

/* Takes @genesis as the wallet's, or finds that it is another's (TC_WALLET_ERROR_NETWORK); the first time its outputs are applied. */
gboolean   tc_account_bind                (TcAccount *self, const TcGenesis *genesis, GError **error);
/* The height of the next block to apply, in order; of the next one of the rescan under way, 0 without one; and of the next one of those that were skipped, 0: none. */
guint32    tc_account_next_height         (const TcAccount *self);
guint32    tc_account_next_rescan_height  (const TcAccount *self);
guint32    tc_account_next_unread_height  (const TcAccount *self);
/* The node has no blocks up to @height (yet), the next one has @next_time_ms: the wallet goes on above them. It reads them later, and then all above again, for
 * they may spend what those paid; unless its keys are younger, so that none can concern it. A rescan that stands in them becomes part of that. */
gboolean   tc_account_skip                (TcAccount *self, guint32 height, gint64 next_time_ms, GError **error);
/* Unix time before which no block can concern it, and it has read none yet; 0: there is none to pass over. */
gint64     tc_account_unborn_before_ms    (const TcAccount *self);
/* @block: that of one of the heights. @now_ms: Unix time. */
gboolean   tc_account_apply_block         (TcAccount *self, const TcBlock *block, gint64 now_ms, GError **error);
/* What the node says of @tx, in or out of order. CONFIRMED is believed only of a block. @ret_mine: (out) (optional): it is of this wallet. */
gboolean   tc_account_apply_tx            (TcAccount *self, TcTx *tx, const TcFinality *finality, gboolean *ret_mine, GError **error);
/* The node refused or forgot @txid: its coins are free again. */
gboolean   tc_account_drop_tx             (TcAccount *self, const TcHash *txid, const char *reason, gint64 now_ms, GError **error);
gboolean   tc_account_start_rescan        (TcAccount *self, guint32 from_height, GError **error);
gboolean   tc_account_stop_rescan         (TcAccount *self, GError **error);
/* Transactions not in a block yet, oldest first; those made here are to be sent again at start. (element-type TcTx) (transfer full) */
GPtrArray *tc_account_open_txs            (TcAccount *self, gboolean made_here);

/* --- Views ---------------------------------------------------------------------------------------------------------------- */

/* What the account knows of a snapshot; the caller fills in what concerns node and problems. */
TcWalletSnapshot *tc_account_snapshot     (TcAccount *self);
/* @query: (nullable). */
GPtrArray  *tc_account_page               (TcAccount *self, guint32 account, const TcHistoryQuery *query, guint32 offset, guint32 limit,
                                           guint32 *ret_total, GError **error);
TcWalletTxDetail *tc_account_detail       (TcAccount *self, const TcHash *txid, GError **error);
GPtrArray  *tc_account_list_coins         (TcAccount *self, guint32 account);
gboolean    tc_account_find_key           (TcAccount *self, const TcKeyHash *key_hash, gboolean *ret_change, guint32 *ret_account);
char       *tc_account_new_address        (TcAccount *self, guint32 account, GError **error);

/* --- Accounts: in accounts.c ------------------------------------------------------------------------------------------------ */

/* @name: (nullable): NULL or empty: "Account 2" and so on. Unlocked. Refuses once as many accounts at the end are unused as a restored wallet looks
 * at ahead. */
gboolean    tc_account_add_account        (TcAccount *self, const char *name, guint32 *ret_account, GError **error);
gboolean    tc_account_rename_account     (TcAccount *self, guint32 account, const char *name, GError **error);

/* Of the newest transactions that were timed. */
void        tc_account_final_times        (TcAccount *self, TcFinalTimes *ret_times);

/* --- Contacts, labels, notes, requests: see wallet-records.h ---------------------------------------------------------------- */

gboolean    tc_account_set_label          (TcAccount *self, const char *address, const char *label, GError **error);
GPtrArray  *tc_account_list_labels        (TcAccount *self);
gboolean    tc_account_set_note           (TcAccount *self, const TcHash *txid, const char *note, GError **error);
GPtrArray  *tc_account_list_contacts      (TcAccount *self, GError **error);
gboolean    tc_account_set_contact        (TcAccount *self, const TcContact *contact, const char *old_address, GError **error);
gboolean    tc_account_remove_contact     (TcAccount *self, const char *address, GError **error);
TcWalletRequest *tc_account_create_request (TcAccount *self, const TcRequestOrder *order, gint64 now_ms, GError **error);
GPtrArray  *tc_account_list_requests      (TcAccount *self, guint32 account, gint64 now_s, GError **error);
gboolean    tc_account_remove_request     (TcAccount *self, gint64 id, gboolean removed, GError **error);

/* --- Paying --------------------------------------------------------------------------------------------------------------- */

/* @fee_rate: what the node asks, where @order names none. */
TcPaymentDraft *tc_account_prepare        (TcAccount *self, const TcPaymentOrder *order, guint64 fee_rate, GError **error);
TcPaymentDraft *tc_account_prepare_consolidation (TcAccount *self, guint32 account, TcAmount below, guint64 fee_rate, GError **error);
gboolean    tc_account_set_coin_frozen    (TcAccount *self, const TcOutpoint *coins, gsize n_coins, gboolean frozen, GError **error);
/* Signs, and stores with its coins taken, durably, before anyone is shown it (survive-32). Returns: (transfer full). */
TcTx       *tc_account_commit             (TcAccount *self, const TcPaymentDraft *draft, gint64 now_ms, GError **error);
void        tc_account_release_draft      (TcAccount *self, guint64 draft_id);

/* --- Masternodes ----------------------------------------------------------------------------------------------------------- */

/* Checks what the wallet can: that the owner is its own, the host, the money. TC_WALLET_ERROR_OWNER_COIN: pay TC_OWNER_COIN_UNITS to the owner first. */
TcMasternodeDraft *tc_account_prepare_masternode (TcAccount *self, const TcMasternodeOrder *wanted, guint64 fee_rate, GError **error);
/* As tc_account_commit (). @possession: (nullable): where the draft needs none. */
TcTx       *tc_account_commit_masternode  (TcAccount *self, const TcMasternodeDraft *draft, const TcSignature *possession, gint64 now_ms, GError **error);
/* Confirmed collateral that is still locked as far as the wallet knows. Returns: (transfer full) (element-type TcOutpoint). */
GArray     *tc_account_collaterals        (TcAccount *self);
/* The chain made @outpoint a plain output of @amount (rules M3, M4). */
gboolean    tc_account_unlock_collateral  (TcAccount *self, const TcOutpoint *outpoint, TcAmount amount, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcAccount, tc_account_free)

G_END_DECLS
