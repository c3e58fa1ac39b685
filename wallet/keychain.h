#pragma once

#include "db.h"

G_BEGIN_DECLS

/* The wallet's keys: hashes of both chains of each account, derived ahead and stored; the secret nodes of the chains while it is unlocked. One thread.
 *
 * Looks TC_KEYCHAIN_AHEAD keys past the last one used or given out, ten times the gap limit, so that a wallet that is locked for long still knows
 * its coins. Behind the accounts that are shown, TC_KEYCHAIN_ACCOUNTS_AHEAD more are looked at, TC_WALLET_GAP_LIMIT keys of each chain: once one of them is
 * paid, it and those before it are shown (BIP44's account discovery), and the ones behind it looked at. Functions that write expect an open transaction
 * of the database. */
typedef struct _TcKeychain TcKeychain;

#define TC_KEYCHAIN_AHEAD          200u
#define TC_KEYCHAIN_ACCOUNTS_AHEAD 5u

typedef enum
{
  TC_CHAIN_RECEIVE = 0,
  TC_CHAIN_CHANGE  = 1,
} TcChain;

#define TC_CHAINS 2u

typedef struct
{
  guint32 account, chain, index;
} TcKeyPath;

/* What follows from a key that was used. */
typedef enum
{
  TC_KEY_USE_SHORT   = 1 << 0,  /* a locked wallet is so near the end of its keys that blocks from here on must be read again once it is unlocked */
  TC_KEY_USE_ACCOUNT = 1 << 1,  /* an account was found: those behind it may have been paid in blocks that were read without their keys */
} TcKeyUse;

gboolean    tc_key_path_equal         (TcKeyPath a, TcKeyPath b);

/* Loads what @db (borrowed) holds; its failure sticks there. */
TcKeychain *tc_keychain_new           (TcDb *db, char address_digit);
void        tc_keychain_free          (TcKeychain *self);

/* @seed: BIP39's. Derives ahead what is lacking. Returns: FALSE where the stored keys are not of this seed. */
gboolean    tc_keychain_unlock        (TcKeychain *self, const TcSecretBytes *seed);
/* Whether @seed's keys are this wallet's. Changes nothing; works while locked. */
gboolean    tc_keychain_is_of         (const TcKeychain *self, const TcSecretBytes *seed);
void        tc_keychain_lock          (TcKeychain *self);
/* Moves the secrets, if any, from @other to @self. */
void        tc_keychain_take_secrets  (TcKeychain *self, TcKeychain *other);
gboolean    tc_keychain_is_unlocked   (const TcKeychain *self);
/* Whether unlocking would derive more keys than are known. */
gboolean    tc_keychain_wants_keys    (const TcKeychain *self);

/* Accounts that are shown: 0 to their number less one. */
guint32     tc_keychain_n_accounts    (const TcKeychain *self);
/* (nullable): NULL where the user gave none. */
const char *tc_keychain_get_name      (const TcKeychain *self, guint32 account);
/* @name: (nullable). */
void        tc_keychain_set_name      (TcKeychain *self, guint32 account, const char *name);
gboolean    tc_keychain_is_used       (const TcKeychain *self, guint32 account);
/* Shows the next account. Unlocked; at most TC_WALLET_ACCOUNTS_MAX. Returns: its index. */
guint32     tc_keychain_add_account   (TcKeychain *self);

/* Returns: FALSE where @key_hash is not the wallet's. @ret_path: (out) (optional). */
gboolean    tc_keychain_find          (const TcKeychain *self, const TcKeyHash *key_hash, TcKeyPath *ret_path);
TcKeyHash   tc_keychain_get_hash      (const TcKeychain *self, TcKeyPath path);
guint32     tc_keychain_count         (const TcKeychain *self, guint32 account, TcChain chain);
char       *tc_keychain_address       (const TcKeychain *self, TcKeyPath path);

/* Something was paid to @path. */
TcKeyUse    tc_keychain_mark_used     (TcKeychain *self, TcKeyPath path);
/* Gives out the next key of @chain. Returns: FALSE where none is derived and the wallet is locked. */
gboolean    tc_keychain_issue         (TcKeychain *self, guint32 account, TcChain chain, TcKeyPath *ret_path);
/* Somebody was asked to pay to @path: it is not shown to others. In memory alone. */
void        tc_keychain_reserve       (TcKeychain *self, TcKeyPath path);
/* The newest receiving key given out that was neither used nor reserved; the newest one where all were. */
TcKeyPath   tc_keychain_current       (const TcKeychain *self, guint32 account);

/* Returns: (transfer full) (nullable): NULL where locked. */
TcSecretKey *tc_keychain_secret_key   (const TcKeychain *self, TcKeyPath path);
/* The same of any path, known or not. */
TcSecretKey *tc_keychain_derive       (const TcKeychain *self, TcKeyPath path);
guint32     tc_keychain_n_issued      (const TcKeychain *self, guint32 account, TcChain chain);

/* --- Of a wallet that watches: what is not derived here. Accounts and keys come in order. */
void        tc_keychain_watch_account (TcKeychain *self, guint32 account, const char *name);
/* Returns: 1 where it is new, 0 where it was known, -1 where another key stands at @path or @path would leave a gap. */
int         tc_keychain_watch_key     (TcKeychain *self, TcKeyPath path, const TcKeyHash *hash);
/* At least so many were given out. */
void        tc_keychain_watch_issued  (TcKeychain *self, guint32 account, guint32 chain, guint32 n_issued);
/* The fewest keys that are left of a chain that has any. */
guint32     tc_keychain_n_left        (const TcKeychain *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcKeychain, tc_keychain_free)

G_END_DECLS
