#pragma once

#include <gio/gio.h>

#include "core/address.h"
#include "core/tx.h"
#include "node/node.h"
#include "bip39.h"
#include "keystore.h"
#include "secret.h"

G_BEGIN_DECLS

/* A wallet: phrase, keys, coins and history in one SQLite file, worked on by a thread of its own.
 *
 * A TcWallet is used from one thread, the owner's: the one that called tc_wallet_create () or tc_wallet_open (), which must run the
 * GMainContext that was its thread default then. Nothing here blocks it: what takes time is a GTask, and what is shown comes from
 * an immutable TcWalletSnapshot. Callbacks and signals run in the owner's context. Every error message can be shown to the user.
 *
 * Signal "changed" (no arguments): tc_wallet_get_snapshot () returns a new one; at most ten times a second.
 *
 * Keys: m/44'/0'/0'/0'/i' for receiving and m/44'/0'/0'/1'/i' for change (rule A3). Public key hashes are derived ahead and stored, so a
 * locked wallet sees what comes in and gives out addresses; only spending and showing the phrase need it unlocked. */

#define TC_TYPE_WALLET (tc_wallet_get_type ())
G_DECLARE_FINAL_TYPE (TcWallet, tc_wallet, TC, WALLET, GObject)

#define TC_WALLET_GAP_LIMIT       20u   /* unused addresses in a row that a restoring wallet looks through, at the least */
#define TC_WALLET_RECIPIENTS_MAX  200u
#define TC_WALLET_PAGE_MAX        1000u

typedef enum
{
  TC_WALLET_ERROR_FAILED         = 0,   /* disk and the like: the message says what */
  TC_WALLET_ERROR_EXISTS         = 1,   /* create: there is a file of that name */
  TC_WALLET_ERROR_MISSING        = 2,   /* open: no such file */
  TC_WALLET_ERROR_IN_USE         = 3,   /* another process has it open */
  TC_WALLET_ERROR_DAMAGED        = 4,   /* the file was altered or cut; it is left as it is */
  TC_WALLET_ERROR_NEWER          = 5,   /* written by a newer version; left as it is */
  TC_WALLET_ERROR_PASSWORD       = 6,   /* wrong password */
  TC_WALLET_ERROR_LOCKED         = 7,   /* unlock first */
  TC_WALLET_ERROR_NETWORK        = 8,   /* the node is of another network than the wallet */
  TC_WALLET_ERROR_NO_NODE        = 9,   /* no node attached */
  TC_WALLET_ERROR_INSUFFICIENT   = 10,  /* funds fall short: tc_wallet_error_get_missing () */
  TC_WALLET_ERROR_AMOUNT         = 11,  /* zero, below the least amount, or too large */
  TC_WALLET_ERROR_RECIPIENT      = 12,  /* none, too many, or a bad address: tc_wallet_error_get_recipient () says which */
  TC_WALLET_ERROR_MEMO           = 13,  /* longer than 512 bytes */
  TC_WALLET_ERROR_COINS_TAKEN    = 14,  /* another payment took a coin of this draft meanwhile: prepare again */
  TC_WALLET_ERROR_REJECTED       = 15,  /* the node refused the transaction; the message says why; its coins are free again */
  TC_WALLET_ERROR_NOT_FOUND      = 16,  /* no such transaction here */
  TC_WALLET_ERROR_CLOSED         = 17,
  TC_WALLET_ERROR_SIZE           = 18,  /* so many coins that the transaction would pass 100 kB: send less at a time */
  TC_WALLET_ERROR_KEYS           = 19,  /* no derived address is left: unlock first */
} TcWalletError;

#define TC_WALLET_ERROR (tc_wallet_error_quark ())
GQuark    tc_wallet_error_quark         (void);
/* For TC_WALLET_ERROR_INSUFFICIENT: what is missing, fee included; zero for any other error. */
TcAmount  tc_wallet_error_get_missing   (const GError *error);
/* For TC_WALLET_ERROR_RECIPIENT and _AMOUNT: the recipient at fault, from 0; -1 where it is not about one. */
int       tc_wallet_error_get_recipient (const GError *error);

/* --- What the window shows ------------------------------------------------------------------------------------------------ */

/* Immutable, reference-counted; any thread. */
typedef struct
{
  gatomicrefcount ref_count;
  char     *path;
  char     *name;              /* of the file, without folder and ending */
  char     *network;           /* "mainnet", "testnet", "local", or the name of a private one */
  char      address_digit;
  gboolean  encrypted;         /* FALSE: no password; the file alone can spend */
  gboolean  locked;            /* always FALSE where not encrypted */
  gboolean  backup_verified;
  gboolean  attached;          /* to a node */

  TcAmount  available;         /* can be spent now: confirmed, final, and change of own payments once certified */
  TcAmount  pending;           /* coming in, not final yet */
  TcAmount  locked_amount;     /* own change of payments on their way: back in a moment */
  TcAmount  collateral;        /* of masternodes */
  TcAmount  total;             /* the sum of the four */

  guint32   birthday_height;
  guint32   scan_height;       /* last block applied */
  guint32   node_height;       /* 0 where not attached */
  gboolean  scanning;          /* behind the node, or rescanning */
  gboolean  rescanning;        /* a rescan that can be cancelled */
  guint32   rescan_height;     /* its last block, of rescan_target */
  guint32   rescan_target;

  char     *receive_address;   /* the newest one given out that nothing was paid to yet */
  guint32   receive_index;
  char     *first_address;     /* index 0: what a local network's genesis pays */
  TcKeyHash first_key_hash;
  guint32   n_txs;             /* rows of the history */
  guint64   history_serial;    /* differs whenever a row was added or changed: reload the pages shown */
  char     *problem;           /* (nullable): what keeps the wallet from its work (a full disk), to be shown until it is gone */
} TcWalletSnapshot;

TcWalletSnapshot *tc_wallet_snapshot_ref   (TcWalletSnapshot *self);
void              tc_wallet_snapshot_unref (TcWalletSnapshot *self);

typedef enum
{
  TC_WALLET_TX_PENDING    = 0,  /* seen, votes p of P */
  TC_WALLET_TX_CERTIFIED  = 1,  /* votes of a quorum */
  TC_WALLET_TX_FINAL      = 2,  /* cannot be undone */
  TC_WALLET_TX_CONFIRMED  = 3,  /* in a block */
  TC_WALLET_TX_DROPPED    = 4,  /* refused or expired: its coins are free again */
  TC_WALLET_TX_CONFLICTED = 5,  /* a coin of it was spent by another transaction in the chain */
} TcWalletTxState;

/* "pending", "certified", "final", "confirmed", "dropped", "conflicted". */
const char *tc_wallet_tx_state_name (TcWalletTxState state);

typedef enum
{
  TC_WALLET_TX_RECEIVED = 0,
  TC_WALLET_TX_SENT     = 1,
  TC_WALLET_TX_SELF     = 2,  /* all outputs are one's own */
  TC_WALLET_TX_REWARD   = 3,  /* of masternodes */
  TC_WALLET_TX_GENESIS  = 4,
} TcWalletTxKind;

/* A row of the history. Immutable, reference-counted; any thread. Times are Unix ms, 0: unknown or not yet. */
typedef struct
{
  gatomicrefcount ref_count;
  guint64         serial;        /* changes with the row */
  TcHash          txid;
  TcWalletTxKind  kind;
  TcWalletTxState state;
  TcAmount        amount;        /* came in; or went to others (without fee); SELF: what went to receiving addresses */
  TcAmount        fee;           /* of one's own transactions, else 0 */
  TcAmount        debit, credit; /* own coins spent, own outputs made */
  gint64          seen_ms, certified_ms, final_ms, confirmed_ms;  /* when this wallet's node learned it (confirmed: that too) */
  gint64          final_duration_us;  /* monotonic, from first seen to final on this node; -1: not final yet, or final before it was seen */
  guint64         votes, power;  /* p of P, as last heard */
  guint32         block_height;  /* CONFIRMED */
  gint64          block_time_ms;
  char           *address;       /* (nullable): the recipient paid first, or one's own address that was paid */
  guint32         n_recipients;  /* outputs that `amount` sums */
  char           *memo;          /* (nullable): public text, valid UTF-8 */
  char           *reason;        /* (nullable): DROPPED, CONFLICTED: why */
} TcWalletTx;

TcWalletTx *tc_wallet_tx_ref   (TcWalletTx *self);
void        tc_wallet_tx_unref (TcWalletTx *self);

typedef struct
{
  TcOutpoint outpoint;
  TcAmount   amount;           /* 0 where unknown: somebody else's input */
  char      *address;          /* (nullable): unknown */
  gboolean   mine;
} TcWalletTxInput;

typedef struct
{
  TcAmount amount;
  TcLock   lock;
  char    *address;
  gboolean mine, change;
} TcWalletTxOutput;

typedef enum
{
  TC_WALLET_EVENT_CREATED    = 0,  /* signed and stored here, before it was sent */
  TC_WALLET_EVENT_SEEN       = 1,
  TC_WALLET_EVENT_VOTES      = 2,  /* first votes heard */
  TC_WALLET_EVENT_CERTIFIED  = 3,
  TC_WALLET_EVENT_FINAL      = 4,
  TC_WALLET_EVENT_CONFIRMED  = 5,
  TC_WALLET_EVENT_DROPPED    = 6,
  TC_WALLET_EVENT_CONFLICTED = 7,
} TcWalletEventKind;

/* One step in the life of a transaction, oldest first. */
typedef struct
{
  TcWalletEventKind kind;
  gint64            time_ms;
  guint64           votes, power;
  guint32           height;      /* CONFIRMED */
} TcWalletTxEvent;

typedef struct
{
  gatomicrefcount   ref_count;
  TcWalletTx       *row;
  guint32           size_bytes;
  gsize             n_inputs, n_outputs, n_events;
  TcWalletTxInput  *inputs;
  TcWalletTxOutput *outputs;
  TcWalletTxEvent  *events;
  GBytes           *raw;         /* encoded transaction; (nullable): a genesis output has none */
} TcWalletTxDetail;

TcWalletTxDetail *tc_wallet_tx_detail_ref   (TcWalletTxDetail *self);
void              tc_wallet_tx_detail_unref (TcWalletTxDetail *self);

/* An unspent output of one's own. */
typedef struct
{
  TcOutpoint      outpoint;
  TcAmount        amount;
  TcLock          lock;
  char           *address;
  gboolean        change;
  gboolean        spendable;     /* see TcWalletSnapshot.available */
  TcWalletTxState state;         /* of the transaction that made it */
  guint32         height;        /* 0: not in a block, or genesis */
} TcWalletCoin;

void tc_wallet_coin_free (TcWalletCoin *self);

/* --- Making, opening, closing --------------------------------------------------------------------------------------------- */

typedef struct
{
  const char           *path;             /* of the file to make; its folder must exist */
  const char           *network;
  char                  address_digit;    /* '0' or '1' (rule A2) */
  const TcSecretString *phrase;           /* checked; see bip39.h */
  const TcSecretString *passphrase;       /* (nullable): BIP39's, not the password */
  const TcSecretString *password;         /* (nullable): NULL or empty: not encrypted, for play money */
  guint32               birthday_height;  /* blocks below hold nothing of this wallet; 0: unknown */
  gboolean              restored;         /* from a phrase that the user had: counts as a verified backup */
  const TcKdfParams    *kdf;              /* (nullable): NULL: TC_KDF_MODERATE */
} TcWalletCreate;

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

/* --- Receiving, history ---------------------------------------------------------------------------------------------------- */

/* Returns: (transfer full): an address never given out before. Works while locked, as far as addresses were derived ahead. */
void      tc_wallet_new_address            (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data);
char     *tc_wallet_new_address_finish     (TcWallet *self, GAsyncResult *result, GError **error);

/* Newest first. @search: (nullable): matches txid, address and memo, in any letter case. @limit: at most TC_WALLET_PAGE_MAX.
 * Returns: (transfer container) (element-type TcWalletTx): at most @limit rows; @ret_total: (out) (optional): rows that match in all. */
void      tc_wallet_list_history           (TcWallet *self, guint32 offset, guint32 limit, const char *search, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_wallet_list_history_finish   (TcWallet *self, GAsyncResult *result, guint32 *ret_total, GError **error);

void              tc_wallet_get_tx         (TcWallet *self, const TcHash *txid, GAsyncReadyCallback callback, gpointer user_data);
TcWalletTxDetail *tc_wallet_get_tx_finish  (TcWallet *self, GAsyncResult *result, GError **error);

/* Returns: (transfer container) (element-type TcWalletCoin): unspent outputs, oldest first. */
void       tc_wallet_list_coins            (TcWallet *self, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_wallet_list_coins_finish     (TcWallet *self, GAsyncResult *result, GError **error);

/* Whether @key_hash is this wallet's; @ret_change: (out) (optional). */
void       tc_wallet_find_key              (TcWallet *self, const TcKeyHash *key_hash, GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_wallet_find_key_finish       (TcWallet *self, GAsyncResult *result, gboolean *ret_mine, gboolean *ret_change, GError **error);

/* --- Paying ----------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *address;
  TcAmount    amount;    /* of the last recipient ignored with @use_all */
} TcRecipient;

typedef enum
{
  TC_DRAFT_WARNING_PAYS_SELF   = 1 << 0,  /* a recipient is this wallet */
  TC_DRAFT_WARNING_NEW_ADDRESS = 1 << 1,  /* a recipient was never paid from this wallet before */
} TcDraftWarnings;

typedef enum
{
  TC_DRAFT_EXACT       = 0,  /* coins that match the amount: no change */
  TC_DRAFT_LEAST_WASTE = 1,
  TC_DRAFT_ALL         = 2,
} TcDraftReason;

typedef struct
{
  char           *address;
  TcAmount        amount;
  TcDraftWarnings warnings;   /* about this one */
} TcDraftRecipient;

/* A payment that was worked out but neither signed nor sent. The coins it names are kept from other drafts until it is sent, cancelled or freed.
 * Immutable, reference-counted; any thread. */
typedef struct
{
  gatomicrefcount   ref_count;
  guint64           id;
  gsize             n_recipients, n_coins;
  TcDraftRecipient *recipients;
  TcWalletCoin    **coins;        /* spent by it */
  TcAmount          paid;         /* the recipients' sum */
  TcAmount          fee;
  TcAmount          change;       /* 0: none */
  TcAmount          remains;      /* available plus change once it is sent */
  guint32           size_bytes;
  TcDraftReason     reason;
  TcDraftWarnings   warnings;     /* of all recipients */
  char             *memo;         /* (nullable) */
  TcTx             *tx;           /* unsigned */
  gpointer          owner;        /* private */
} TcPaymentDraft;

TcPaymentDraft *tc_payment_draft_ref   (TcPaymentDraft *self);
void            tc_payment_draft_unref (TcPaymentDraft *self);

/* @recipients: copied. @memo: (nullable): UTF-8, at most 512 bytes, public in the chain. Works while locked. Where funds fall short the error says by how much. */
void            tc_wallet_prepare_payment        (TcWallet *self, const TcRecipient *recipients, gsize n_recipients, const char *memo,
                                                  gboolean use_all, GCancellable *cancellable, GAsyncReadyCallback callback,
                                                  gpointer user_data);
TcPaymentDraft *tc_wallet_prepare_payment_finish (TcWallet *self, GAsyncResult *result, GError **error);

/* Signs, stores (with its coins, in one transaction) and submits. Once; a second call with one draft fails with COINS_TAKEN. Succeeds when the node took
 * it; from then on the history shows how it fares. */
void            tc_wallet_send_payment           (TcWallet *self, TcPaymentDraft *draft, GAsyncReadyCallback callback, gpointer user_data);
gboolean        tc_wallet_send_payment_finish    (TcWallet *self, GAsyncResult *result, TcHash *ret_txid, GError **error);

/* Gives the draft's coins back, if it was not sent. */
void            tc_wallet_cancel_payment         (TcWallet *self, TcPaymentDraft *draft);

/* --- Rescan ----------------------------------------------------------------------------------------------------------------- */

/* Reads the blocks from @from_height again, besides following new ones; progress is in the snapshot. Finishes with G_IO_ERROR_CANCELLED when
 * cancelled: what it found until then stays. Survives a restart (and then goes on without a task). */
void      tc_wallet_rescan        (TcWallet *self, guint32 from_height, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_wallet_rescan_finish (TcWallet *self, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletSnapshot, tc_wallet_snapshot_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletTx, tc_wallet_tx_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletTxDetail, tc_wallet_tx_detail_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletCoin, tc_wallet_coin_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPaymentDraft, tc_payment_draft_unref)

G_END_DECLS
