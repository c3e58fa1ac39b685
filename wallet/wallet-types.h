#pragma once

#include <gio/gio.h>

#include "core/address.h"
#include "core/tx.h"
#include "bip39.h"
#include "keystore.h"
#include "record-types.h"
#include "secret.h"

G_BEGIN_DECLS

/* The values that a wallet takes and gives, and its errors. See wallet.h for what does the work. */

#define TC_WALLET_GAP_LIMIT       20u   /* unused addresses in a row that a restoring wallet looks through, at the least */
#define TC_WALLET_RECIPIENTS_MAX  200u
#define TC_WALLET_PAGE_MAX        1000u
#define TC_WALLET_COINS_MAX       2698u     /* that one transaction can spend: 100 kB */
#define TC_WALLET_FEE_RATE_MAX    100000u   /* units a byte: 100 TIME for the largest transaction */
#define TC_WALLET_ACCOUNTS_MAX    100u
#define TC_WALLET_NAME_MAX        100u  /* characters of an account's name */
#define TC_ACCOUNT_ALL            G_MAXUINT32

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
  TC_WALLET_ERROR_MASTERNODE     = 20,  /* what is asked of a masternode cannot be: the message says why */
  TC_WALLET_ERROR_OWNER_COIN     = 21,  /* a masternode's owner has no coin to sign with: one must be paid to it first */
  TC_WALLET_ERROR_PROOF          = 22,  /* the proof of an operator key is missing or wrong */
  TC_WALLET_ERROR_NO_BLOCKS      = 23,  /* the node does not have the blocks that it takes */
  TC_WALLET_ERROR_ACCOUNT        = 24,  /* no such account, a bad name for one, or no more may be added: the message says which */
  TC_WALLET_ERROR_NOT_FINAL      = 30,  /* a proof is asked for of what is in no block yet */
  TC_WALLET_ERROR_BACKUP         = 31,  /* a backup is of another wallet, or no phrase of this one */
  TC_WALLET_ERROR_TEXT           = 32,  /* a name, label or note is too long or not plain text */
  TC_WALLET_ERROR_WATCH_ONLY     = 33,  /* not with a wallet that watches; or only with one: the message says which */
} TcWalletError;

#define TC_WALLET_ERROR (tc_wallet_error_quark ())
GQuark    tc_wallet_error_quark         (void);
/* For TC_WALLET_ERROR_INSUFFICIENT: what is missing, fee included; zero for any other error. */
TcAmount  tc_wallet_error_get_missing   (const GError *error);
/* For TC_WALLET_ERROR_RECIPIENT and _AMOUNT: the recipient at fault, from 0; -1 where it is not about one. */
int       tc_wallet_error_get_recipient (const GError *error);
/* For the folder: fill these in where @error is set. */
void      tc_wallet_error_set_missing   (GError **error, TcAmount missing);
void      tc_wallet_error_set_recipient (GError **error, int recipient);

/* --- What the window shows ------------------------------------------------------------------------------------------------ */

/* Money kept apart under one phrase: the keys m/44'/0'/index'. */
typedef struct
{
  guint32   index;
  char     *name;              /* never NULL: where the user gave none, "Account 1" for index 0 */
  gboolean  used;              /* something was paid to it */
  TcAmount  available, pending, locked_amount, collateral, frozen, total;
  char     *receive_address;
  guint32   receive_index;
} TcWalletAccount;

void tc_wallet_account_free (TcWalletAccount *self);

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
  gboolean  watch_only;        /* it has no keys: what it prepares is signed elsewhere */
  guint32   watch_left;        /* watch_only: addresses left of the account and chain that has the fewest; see TC_WATCH_LOW in watch.h */
  gboolean  watch_grows;       /* watch_only: takes a newer watch file */
  guint32   n_waiting;         /* payments that wait for their signature */
  gboolean  backup_verified;
  gint64    backup_checked_ms; /* Unix; 0: never, or before there was a date */
  gboolean  backup_due;        /* it was never verified, or more than a year ago */
  gboolean  attached;          /* to a node */

  TcAmount  available;         /* can be spent now: confirmed, final, and change of own payments once certified */
  TcAmount  pending;           /* coming in, not final yet */
  TcAmount  locked_amount;     /* own change of payments on their way: back in a moment */
  TcAmount  collateral;        /* of masternodes */
  TcAmount  frozen;            /* could be spent, were it not frozen */
  TcAmount  total;             /* the sum of the five */

  guint32   birthday_height;
  guint32   scan_height;       /* last block applied */
  guint32   node_height;       /* 0 where not attached */
  gboolean  scanning;          /* behind the node, or rescanning */
  gboolean  rescanning;        /* a rescan that can be cancelled */
  guint32   rescan_height;     /* its last block, of rescan_target */
  guint32   rescan_target;

  guint32   unread_height;     /* blocks from there on were not there when it was their turn, so balance and history may lack what they hold; 0: none */
  gboolean  waiting;           /* for the node to have them; FALSE: they are being read */
  gboolean  never;             /* it will not fetch them */

  GPtrArray *accounts;         /* (element-type TcWalletAccount) by index, from 0 without gaps; at least one. The sums above are over all of them */

  char     *receive_address;   /* of account 0: the newest one given out that nothing was paid to yet */
  guint32   receive_index;
  char     *first_address;     /* index 0: what a local network's genesis pays */
  TcKeyHash first_key_hash;
  guint32   n_txs;             /* rows of the history */
  guint64   history_serial;    /* differs whenever a row was added or changed: reload the pages shown */
  char     *problem;           /* (nullable): what keeps the wallet from its work (a full disk), to be shown until it is gone */
} TcWalletSnapshot;

TcWalletSnapshot *tc_wallet_snapshot_ref   (TcWalletSnapshot *self);
void              tc_wallet_snapshot_unref (TcWalletSnapshot *self);
/* (transfer none) (nullable): NULL where there is none of that index, or @index is TC_ACCOUNT_ALL. */
const TcWalletAccount *tc_wallet_snapshot_get_account (const TcWalletSnapshot *self, guint32 index);
/* One that is nobody else's yet. */
TcWalletSnapshot *tc_wallet_snapshot_copy  (const TcWalletSnapshot *self);

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
  TC_WALLET_TX_REGISTER = 5,  /* of a masternode of one's own; its collateral stays one's own */
  TC_WALLET_TX_UPDATE   = 6,
  TC_WALLET_TX_RETIRE   = 7,
} TcWalletTxKind;

/* What a transaction moved in one account. */
typedef struct
{
  guint32  account;
  TcAmount debit, credit;      /* its coins spent, outputs made to it */
} TcWalletTxAccount;

typedef enum
{
  TC_TRANSFER_NONE = 0,
  TC_TRANSFER_IN   = 1,
  TC_TRANSFER_OUT  = 2,
} TcTransfer;

/* A row of the history. Immutable, reference-counted; any thread. Times are Unix ms, 0: unknown or not yet. */
typedef struct
{
  gatomicrefcount ref_count;
  guint64         serial;        /* changes with the row */
  TcHash          txid;
  TcWalletTxKind  kind;
  TcWalletTxState state;
  TcAmount        amount;        /* came in; or went to others (without fee); SELF: what went to receiving addresses, or, coins joined, all that was made; REGISTER: the collateral; UPDATE, RETIRE: 0 */
  TcAmount        fee;           /* of one's own transactions, else 0 */
  TcAmount        debit, credit; /* own coins spent, own outputs made */
  gint64          seen_ms, certified_ms, final_ms, confirmed_ms;  /* when this node learned it; found in an old block: its time */
  gint64          final_duration_us;  /* monotonic, from first seen to final on this node; -1: not final yet, or final before it was seen */
  guint64         votes, power;  /* p of P, as last heard */
  guint32         block_height;  /* CONFIRMED */
  gint64          block_time_ms;
  char           *address;       /* (nullable): the recipient paid first, or one's own address that was paid; of a masternode its owner */
  guint32         n_recipients;  /* outputs that `amount` sums */
  char           *name;          /* (nullable): what the user calls `address`: a contact's name, or a label */
  gboolean        is_contact;    /* `name` is a contact's */
  char           *note;          /* (nullable): the user's, about this transaction */
  char           *memo;          /* (nullable): text, valid UTF-8; of a private memo NULL while the wallet is locked, or where it is not to be read by it */
  gboolean        memo_private;
  char           *reason;        /* (nullable): DROPPED, CONFLICTED: why */
  gboolean        is_released;   /* REGISTER: the collateral is locked no longer */
  gboolean        is_void;       /* and was never a masternode's (rule M3): nothing of this wallet retired it */
  GArray         *accounts;      /* (element-type TcWalletTxAccount) those that it touches, by index */
  /* Of a row that was asked for one account, where others are touched too: `kind` and `amount` are what it is to that account. */
  TcTransfer      transfer;      /* SELF: between accounts of this wallet, seen from the one asked for */
  guint32         peer;          /* with `transfer`: the other account, the first one where there are several */
} TcWalletTx;

TcWalletTx *tc_wallet_tx_ref   (TcWalletTx *self);
void        tc_wallet_tx_unref (TcWalletTx *self);

typedef struct
{
  TcOutpoint outpoint;
  TcAmount   amount;           /* 0 where unknown: somebody else's input */
  char      *address;          /* (nullable): unknown */
  char      *name;             /* (nullable): what the user calls it */
  gboolean   mine;
  guint32    account;          /* where `mine` */
} TcWalletTxInput;

typedef struct
{
  TcAmount amount;
  TcLock   lock;
  char    *address;
  char    *name;               /* (nullable): what the user calls it */
  gboolean mine, change;
  guint32  account;            /* where `mine` */
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

/* What is known of fees. No fee buys a place: a member votes at once on a payment that pays what is asked (rule F8), and not before that on one that pays less. */
typedef struct
{
  guint64 asked;          /* units a byte, by this node now: 1 at rest; 8, 64 and 512 as the network fills */
  guint   n_timed;        /* payments that this node timed lately, of this wallet or not; 0: nothing is known */
  gint64  median_us;      /* from first seen to final: half of them took no longer */
  gint64  slow_us;        /* nine in ten */
} TcWalletFees;

/* An unspent output of one's own. */
typedef struct
{
  TcOutpoint      outpoint;
  TcAmount        amount;
  TcLock          lock;
  guint32         account;
  char           *address;
  gboolean        change;
  gboolean        frozen;        /* kept back by the user: nothing chooses it */
  gboolean        spendable;     /* see TcWalletSnapshot.available; a frozen one is not */
  gboolean        taken;         /* by a draft: nothing else chooses it until that is sent or cancelled */
  TcWalletTxState state;         /* of the transaction that made it */
  guint32         height;        /* 0: not in a block, or genesis */
  gint64          time_ms;       /* of that transaction: when it was first seen; found in an old block: the block's */
} TcWalletCoin;

void tc_wallet_coin_free (TcWalletCoin *self);

/* --- What it takes ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  const char           *path;             /* of the file to make; its folder must exist */
  const char           *network;
  char                  address_digit;    /* '0' or '1' (rule A2) */
  const TcSecretString *phrase;           /* checked; see bip39.h; NULL with `watch` */
  GBytes               *watch;            /* (nullable): to watch only: a watch file, or addresses (watch.h); then neither phrase, passphrase nor password */
  const TcSecretString *passphrase;       /* (nullable): BIP39's, not the password */
  const TcSecretString *password;         /* (nullable): NULL or empty: not encrypted, for play money */
  guint32               birthday_height;  /* blocks below hold nothing of this wallet; 0: unknown */
  gint64                born_ms;          /* of a restored one: Unix time that its keys were first used at, or earlier; 0: unknown */
  gboolean              restored;         /* from a phrase that the user had: counts as a verified backup */
  const TcSecretBytes  *backup;           /* (nullable): for the folder: a backup's content, whose tables are put in */
  const TcKdfParams    *kdf;              /* (nullable): NULL: TC_KDF_MODERATE */
} TcWalletCreate;

typedef struct
{
  const char *address;
  TcAmount    amount;    /* of the last recipient ignored with `use_all` */
  gboolean    pays_fee;  /* the fee is taken from its amount, in equal parts where several do; ignored with `use_all` */
} TcRecipient;

typedef struct
{
  guint32            account;
  const TcRecipient *recipients;
  gsize              n_recipients;   /* 1 to TC_WALLET_RECIPIENTS_MAX */
  gboolean           use_all;        /* the last recipient gets all that is left; the fee is taken from it */
  const char        *memo;           /* (nullable): UTF-8, at most 512 bytes; public in the chain, unless private: then 414 */
  gboolean           memo_private;   /* only the one recipient and this wallet can read it */
  const TcPublicKey *memo_key;       /* (nullable): the one recipient's, from a URI or contact; NULL: the wallet looks whether it knows it */
  const TcOutpoint  *coins;          /* chosen by hand: these are spent, all of them, and no others */
  gsize              n_coins;        /* 0: the wallet chooses */
  guint64            fee_rate;       /* units a byte, at most TC_WALLET_FEE_RATE_MAX; 0: what the node asks now */
} TcPaymentOrder;

typedef enum
{
  TC_DRAFT_WARNING_PAYS_SELF   = 1 << 0,  /* a recipient is this wallet */
  TC_DRAFT_WARNING_NEW_ADDRESS = 1 << 1,  /* a recipient was never paid from this wallet before */
  TC_DRAFT_WARNING_LOOK_ALIKE  = 1 << 2,  /* and begins and ends as one that was: a trap, where it was copied from a history */
} TcDraftWarnings;

typedef enum
{
  TC_DRAFT_EXACT         = 0,  /* coins that match the amount: no change */
  TC_DRAFT_LEAST_WASTE   = 1,
  TC_DRAFT_ALL           = 2,
  TC_DRAFT_BY_HAND       = 3,  /* the user chose them */
  TC_DRAFT_CONSOLIDATION = 4,  /* many coins become one: no recipients, all that the fee leaves is change */
} TcDraftReason;

typedef struct
{
  char           *address;
  TcAmount        amount;     /* that arrives there */
  TcAmount        fee_part;   /* taken from what was asked for it: `amount` is less by so much */
  TcDraftWarnings warnings;   /* about this one */
  char           *alike;      /* (nullable): LOOK_ALIKE: the address that was paid */
} TcDraftRecipient;

/* A payment that was worked out but neither signed nor sent. The coins it names are kept from other drafts until it is sent, cancelled or freed.
 * Immutable, reference-counted; any thread. */
typedef struct
{
  gatomicrefcount   ref_count;
  guint64           id;
  guint32           account;
  gsize             n_recipients, n_coins;
  TcDraftRecipient *recipients;
  TcWalletCoin    **coins;        /* spent by it */
  TcAmount          paid;         /* the recipients' sum */
  TcAmount          fee;
  TcAmount          change;       /* 0: none */
  TcAmount          remains;      /* available plus change once it is sent */
  guint32           size_bytes;
  guint64           fee_rate;     /* asked for: units a byte */
  TcDraftReason     reason;
  TcDraftWarnings   warnings;     /* of all recipients */
  guint32           n_left;       /* CONSOLIDATION: coins that did not fit into this one */
  char             *memo;         /* (nullable) */
  gboolean          memo_private;
  TcPublicKey       memo_key;     /* where private: to whom */
  void            (*release) (gpointer owner, guint64 id);  /* private, with owner: called when the last reference goes */
  gpointer          owner;
} TcPaymentDraft;

TcPaymentDraft *tc_payment_draft_ref   (TcPaymentDraft *self);
void            tc_payment_draft_unref (TcPaymentDraft *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletSnapshot, tc_wallet_snapshot_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletTx, tc_wallet_tx_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletTxDetail, tc_wallet_tx_detail_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletCoin, tc_wallet_coin_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPaymentDraft, tc_payment_draft_unref)

G_END_DECLS
