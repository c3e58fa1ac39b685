#pragma once

#include "account.h"
#include "coins.h"
#include "db.h"
#include "history.h"
#include "keychain.h"
#include "records.h"
#include "public-keys.h"
#include "select.h"

G_BEGIN_DECLS

typedef enum
{
  TC_WATCHES_NOTHING   = 0,  /* it has keys */
  TC_WATCHES_FILE      = 1,
  TC_WATCHES_ADDRESSES = 2,
} TcWatches;

struct _TcAccount
{
  TcDb       *db;
  TcKeychain *keys;
  TcCoins    *coins;
  TcHistory  *history;
  TcRecords  *records;
  TcPublicKeys *public_keys;
  char       *path, *name, *network;
  char        address_digit;
  gboolean    encrypted, backup_verified;
  TcWatches   watches;              /* what a wallet without keys knows its addresses from */
  guint32     birthday_height;
  guint32     scan_height;          /* last block applied */
  guint32     rescan_height;        /* the next one of the rescan, 0: none */
  guint32     rescan_target;
  guint32     unread_height;        /* blocks from here on are read (again) once the node has them; 0: none */
  gint64      backup_checked_ms;    /* 0: never, or before there was a date */
  gint64      born_ms;              /* the user said so when it was restored: older blocks are not read; 0: unknown */
  gint64      created_ms;           /* its keys are no older; 0: unknown */
  guint32     keys_short_height;    /* from this block on, keys may have been missing; 0: none */
  guint32     applying_height;      /* of the block being applied; 0: none, what is seen will be in the next one */
  gboolean    bound;
  TcHash      chain_id;             /* where bound */
  guint64     next_draft;
};

/* Forgets what is in memory and loads it again: after a failed transaction. Lock state stays. */
void     tc_account_reload        (TcAccount *self);
void     tc_account_begin         (TcAccount *self, gboolean durable);
/* Settles the history and commits. Returns: FALSE, all undone, where anything failed. */
gboolean tc_account_end           (TcAccount *self, GError **error);

/* Keys that were missing are there now: blocks since then are read again. The caller has an open transaction. */
void     tc_account_read_again    (TcAccount *self);
/* Returns: FALSE where there is no account @account that is shown; TC_ACCOUNT_ALL is one only where @or_all. */
gboolean tc_account_check         (const TcAccount *self, guint32 account, gboolean or_all, GError **error);
/* In account.c: what the keystore holds, and its parts. */
TcSecretBytes *tc_account_open_secret (TcAccount *self, const TcSecretString *password, GError **error);
gboolean tc_account_unpack_secret (const TcSecretBytes *packed, TcSecretString **ret_phrase, TcSecretString **ret_passphrase, GError **error);
/* Of a keystore's error, which it takes. */
void     tc_account_translate     (GError *from, GError **error);

/* In scan.c: applies @tx (of a block, or seen) to coins and history; the caller has an open transaction. Returns: (nullable): NULL where it is not of
 * this wallet. */
TcEntry *tc_account_record        (TcAccount *self, TcTx *tx, gint64 seen_ms);
/* In payment.c: for masternode.c too. Takes no coin that a draft keeps. */
gboolean tc_account_select        (TcAccount *self, const TcSelectRequest *request, TcSelection *ret_selection, GError **error);
gboolean tc_account_can_commit    (const TcAccount *self, GError **error);
/* @tx: (nullable): NULL: a key was damaged. The caller has an open transaction. */
void     tc_account_record_own    (TcAccount *self, TcTx *tx, gint64 now_ms);
TcWalletCoin *tc_account_view_coin (TcAccount *self, const TcCoin *coin);
/* In payment.c: address and warnings. */
void     tc_account_describe_recipient (TcAccount *self, const TcKeyHash *key_hash, TcDraftRecipient *ret_recipient);
/* The next key for change of @account. Returns: FALSE where none is derived. */
gboolean tc_account_issue_change  (TcAccount *self, guint32 account, TcKeyPath *ret_path);
/* In offline.c: keeps the coins of payments that wait for a signature. */
void     tc_account_hold_waiting  (TcAccount *self);
/* In watch.c. Why no address can be given out, and what to do. */
void     tc_account_set_no_keys   (const TcAccount *self, GError **error);
gboolean tc_account_fill_watch    (TcAccount *self, const TcWalletCreate *create, GError **error);
/* In memos.c: the text of @row's private memo, where it has one that can be read now. */
void     tc_account_read_memo     (TcAccount *self, TcWalletTx *row);
/* In requests.c: what payers were asked to pay to is not shown to others. */
void     tc_account_reserve_requests (TcAccount *self);
/* In account-records.c: the user's words beside what the chain says. */
void     tc_account_name_row      (TcAccount *self, TcWalletTx *row);
void     tc_account_name_detail   (TcAccount *self, TcWalletTxDetail *detail);
void     tc_account_set_state     (TcAccount *self, TcEntry *entry, TcWalletTxState state, gint64 time_ms);

G_END_DECLS
