#include "keychain.h"

#include "core/check.h"
#include "slip10.h"

typedef struct
{
  TcKeyHash hash;
  gboolean  used, reserved;
} Key;

typedef struct
{
  GArray        *keys;      /* Key, by index */
  guint32        n_issued;  /* given out, or used */
  TcSecretBytes *node;      /* (nullable): NULL while locked */
} Chain;

typedef struct
{
  char    *name;            /* (nullable) */
  gboolean shown, used;
  Chain    chains[TC_CHAINS];
} Account;

struct _TcKeychain
{
  TcDb          *db;
  char           address_digit;
  GPtrArray     *accounts;  /* Account, by index: those shown, then those looked at */
  guint32        n_shown;
  TcSecretBytes *root;      /* (nullable): NULL while locked */
  GHashTable    *paths;     /* TcKeyHash -> TcKeyPath */
};

gboolean
tc_key_path_equal (TcKeyPath a, TcKeyPath b)
{
  return a.account == b.account && a.chain == b.chain && a.index == b.index;
}

/* --- Accounts in memory ------------------------------------------------------------------------------------------------------- */

static Account *
account_at (const TcKeychain *self, guint32 account)
{
  TC_CHECK (account < self->accounts->len);
  return g_ptr_array_index (self->accounts, account);
}

static Chain *
chain_at (const TcKeychain *self, guint32 account, guint32 chain)
{
  TC_CHECK (chain < TC_CHAINS);
  return &account_at (self, account)->chains[chain];
}

static void
account_free (gpointer data)
{
  Account *account = data;

  for (guint chain = 0; chain < TC_CHAINS; chain++)
    {
      g_clear_pointer (&account->chains[chain].node, tc_secret_bytes_unref);
      g_array_unref (account->chains[chain].keys);
    }
  g_free (account->name);
  g_free (account);
}

static Account *
append_account (TcKeychain *self)
{
  Account *account = g_new0 (Account, 1);

  for (guint chain = 0; chain < TC_CHAINS; chain++)
    account->chains[chain].keys = g_array_new (FALSE, FALSE, sizeof (Key));
  g_ptr_array_add (self->accounts, account);
  return account;
}

static void
remember (TcKeychain *self, guint32 account, guint32 chain, const TcKeyHash *hash, gboolean used)
{
  const Key key = { *hash, used, FALSE };
  TcKeyPath path = { account, chain, chain_at (self, account, chain)->keys->len };

  g_array_append_val (chain_at (self, account, chain)->keys, key);
  account_at (self, account)->used |= used;
  g_hash_table_insert (self->paths, g_memdup2 (hash, sizeof *hash), g_memdup2 (&path, sizeof path));
}

static void
load_accounts (TcKeychain *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT id, name, shown, issued_receive, issued_change FROM accounts ORDER BY id", "");

  while (tc_wallet_db_next (self->db, rows))
    {
      if (tc_wallet_db_int (rows, 0) != self->accounts->len || self->accounts->len == TC_WALLET_ACCOUNTS_MAX)
        {
          tc_wallet_db_damaged (self->db);
          return;
        }
      Account *account = append_account (self);
      account->name = tc_wallet_db_text (rows, 1);
      account->shown = tc_wallet_db_int (rows, 2) != 0;
      account->chains[TC_CHAIN_RECEIVE].n_issued = (guint32) tc_wallet_db_int (rows, 3);
      account->chains[TC_CHAIN_CHANGE].n_issued = (guint32) tc_wallet_db_int (rows, 4);
      if (account->shown)
        self->n_shown = self->accounts->len;
    }
  if (self->n_shown == 0)
    tc_wallet_db_damaged (self->db);
}

static void
load_keys (TcKeychain *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT account, chain, idx, address, used FROM keys ORDER BY account, chain, idx", "");

  while (tc_wallet_db_next (self->db, rows))
    {
      const gint64 account = tc_wallet_db_int (rows, 0), chain = tc_wallet_db_int (rows, 1);
      TcKeyHash hash;

      /* An address carries a checksum: no key hash is believed that lacks it. */
      if (account < 0 || account >= self->accounts->len || chain < 0 || chain >= TC_CHAINS
          || tc_wallet_db_int (rows, 2) != chain_at (self, (guint32) account, (guint32) chain)->keys->len
          || !tc_address_parse ((const char *) sqlite3_column_text (rows, 3), self->address_digit, &hash, NULL))
        tc_wallet_db_damaged (self->db);
      else
        remember (self, (guint32) account, (guint32) chain, &hash, tc_wallet_db_int (rows, 4) != 0);
    }
}

TcKeychain *
tc_keychain_new (TcDb *db, char address_digit)
{
  TcKeychain *self = g_new0 (TcKeychain, 1);

  self->db = db;
  self->address_digit = address_digit;
  self->paths = g_hash_table_new_full (tc_key_hash_hash, tc_key_hash_equal, g_free, g_free);
  self->accounts = g_ptr_array_new_with_free_func (account_free);
  load_accounts (self);
  load_keys (self);
  return self;
}

void
tc_keychain_free (TcKeychain *self)
{
  if (self == NULL)
    return;
  tc_keychain_lock (self);
  g_ptr_array_unref (self->accounts);
  g_hash_table_unref (self->paths);
  g_free (self);
}

/* --- Deriving ------------------------------------------------------------------------------------------------------------------ */

static guint32
wanted_keys (const TcKeychain *self, guint32 account, guint32 chain)
{
  return chain_at (self, account, chain)->n_issued + (account < self->n_shown ? TC_KEYCHAIN_AHEAD : TC_WALLET_GAP_LIMIT);
}

static guint32
wanted_accounts (const TcKeychain *self)
{
  return MIN (self->n_shown + TC_KEYCHAIN_ACCOUNTS_AHEAD, TC_WALLET_ACCOUNTS_MAX);
}

TcSecretKey *
tc_keychain_secret_key (const TcKeychain *self, TcKeyPath path)
{
  const TcSecretBytes *chain = chain_at (self, path.account, path.chain)->node;

  if (chain == NULL)
    return NULL;
  g_autoptr(TcSecretBytes) node = tc_slip10_child (chain, path.index);
  return tc_slip10_key (node);
}

TcSecretKey *
tc_keychain_derive (const TcKeychain *self, TcKeyPath path)
{
  if (self->root == NULL)
    return NULL;
  if (path.account < self->accounts->len)
    return tc_keychain_secret_key (self, path);
  g_autoptr(TcSecretBytes) account = tc_slip10_child (self->root, path.account), chain = tc_slip10_child (account, path.chain);
  g_autoptr(TcSecretBytes) node = tc_slip10_child (chain, path.index);
  return tc_slip10_key (node);
}

static TcPublicKey
derive_key (const TcKeychain *self, TcKeyPath path)
{
  g_autoptr(TcSecretKey) key = tc_keychain_secret_key (self, path);

  return *tc_secret_key_get_public (key);
}

static void
derive_nodes (TcKeychain *self, guint32 account)
{
  g_autoptr(TcSecretBytes) node = tc_slip10_child (self->root, account);

  for (guint32 chain = 0; chain < TC_CHAINS; chain++)
    {
      Chain *at = chain_at (self, account, chain);

      g_clear_pointer (&at->node, tc_secret_bytes_unref);
      at->node = tc_slip10_child (node, chain);
    }
}

static void
derive_keys (TcKeychain *self, guint32 account, guint32 chain)
{
  while (chain_at (self, account, chain)->keys->len < wanted_keys (self, account, chain))
    {
      const TcKeyPath path = { account, chain, chain_at (self, account, chain)->keys->len };
      const TcPublicKey key = derive_key (self, path);
      const TcKeyHash hash = tc_key_hash (&key);
      g_autofree char *address = tc_address_format (&hash, self->address_digit);

      remember (self, account, chain, &hash, FALSE);
      tc_wallet_db_run (self->db, "INSERT INTO keys (account, chain, idx, address) VALUES (?, ?, ?, ?)", "iiit", (gint64) account, (gint64) chain,
                        (gint64) path.index, address);
      tc_wallet_db_run (self->db, "INSERT OR REPLACE INTO pubkeys VALUES (?, ?)", "bb", hash.bytes, (gsize) TC_KEY_HASH_SIZE, key.bytes,
                        (gsize) TC_PUBLIC_KEY_SIZE);
    }
}

static void
derive_ahead (TcKeychain *self)
{
  if (self->root == NULL)
    return;
  while (self->accounts->len < wanted_accounts (self))
    {
      const guint32 account = self->accounts->len;

      append_account (self);
      tc_wallet_db_run (self->db, "INSERT INTO accounts VALUES (?, NULL, 0, 0, 0)", "i", (gint64) account);
      derive_nodes (self, account);
    }
  for (guint32 account = 0; account < self->accounts->len; account++)
    for (guint32 chain = 0; chain < TC_CHAINS; chain++)
      derive_keys (self, account, chain);
}

/* --- Locking ------------------------------------------------------------------------------------------------------------------- */

static void
set_root (TcKeychain *self, TcSecretBytes *root)
{
  self->root = root;
  for (guint32 account = 0; account < self->accounts->len; account++)
    derive_nodes (self, account);
}

static gboolean
check_keys (const TcKeychain *self)
{
  for (guint32 account = 0; account < self->accounts->len; account++)
    for (guint32 chain = 0; chain < TC_CHAINS; chain++)
      {
        const TcKeyPath first = { account, chain, 0 };

        if (chain_at (self, account, chain)->keys->len == 0)
          continue;
        const TcPublicKey key = derive_key (self, first);
        const TcKeyHash stored = tc_keychain_get_hash (self, first), derived = tc_key_hash (&key);
        if (!tc_key_hash_equal (&stored, &derived))
          return FALSE;
      }
  return TRUE;
}

gboolean
tc_keychain_unlock (TcKeychain *self, const TcSecretBytes *seed)
{
  tc_keychain_lock (self);
  set_root (self, tc_slip10_coin (seed));
  if (!check_keys (self))
    {
      tc_keychain_lock (self);
      return FALSE;
    }
  derive_ahead (self);
  return TRUE;
}

gboolean
tc_keychain_is_of (const TcKeychain *self, const TcSecretBytes *seed)
{
  const TcKeyPath first = { .chain = TC_CHAIN_RECEIVE, .index = 0 };
  g_autoptr(TcSecretBytes) chain = tc_slip10_chain (seed, 0, first.chain), node = tc_slip10_child (chain, first.index);
  g_autoptr(TcSecretKey) key = tc_slip10_key (node);
  const TcKeyHash derived = tc_key_hash (tc_secret_key_get_public (key)), stored = tc_keychain_get_hash (self, first);

  return tc_key_hash_equal (&derived, &stored);
}

void
tc_keychain_lock (TcKeychain *self)
{
  g_clear_pointer (&self->root, tc_secret_bytes_unref);
  for (guint32 account = 0; account < self->accounts->len; account++)
    for (guint32 chain = 0; chain < TC_CHAINS; chain++)
      g_clear_pointer (&chain_at (self, account, chain)->node, tc_secret_bytes_unref);
}

void
tc_keychain_take_secrets (TcKeychain *self, TcKeychain *other)
{
  TcSecretBytes *root = g_steal_pointer (&other->root);

  tc_keychain_lock (other);
  tc_keychain_lock (self);
  if (root != NULL)
    set_root (self, root);
}

gboolean
tc_keychain_is_unlocked (const TcKeychain *self)
{
  return self->root != NULL;
}

gboolean
tc_keychain_wants_keys (const TcKeychain *self)
{
  if (self->accounts->len < wanted_accounts (self))
    return TRUE;
  for (guint32 account = 0; account < self->accounts->len; account++)
    for (guint32 chain = 0; chain < TC_CHAINS; chain++)
      if (chain_at (self, account, chain)->keys->len < wanted_keys (self, account, chain))
        return TRUE;
  return FALSE;
}

/* --- Accounts ------------------------------------------------------------------------------------------------------------------ */

guint32
tc_keychain_n_accounts (const TcKeychain *self)
{
  return self->n_shown;
}

const char *
tc_keychain_get_name (const TcKeychain *self, guint32 account)
{
  return account_at (self, account)->name;
}

void
tc_keychain_set_name (TcKeychain *self, guint32 account, const char *name)
{
  Account *at = account_at (self, account);

  g_free (at->name);
  at->name = g_strdup (name);
  tc_wallet_db_run (self->db, "UPDATE accounts SET name = ? WHERE id = ?", "ti", name, (gint64) account);
}

gboolean
tc_keychain_is_used (const TcKeychain *self, guint32 account)
{
  return account_at (self, account)->used;
}

static void
store_account (TcKeychain *self, guint32 account)
{
  const Account *at = account_at (self, account);

  tc_wallet_db_run (self->db, "UPDATE accounts SET shown = ?, issued_receive = ?, issued_change = ? WHERE id = ?", "iiii", (gint64) at->shown,
                    (gint64) at->chains[TC_CHAIN_RECEIVE].n_issued, (gint64) at->chains[TC_CHAIN_CHANGE].n_issued, (gint64) account);
}

/* @account and those before it. Each begins with an address to be paid at. */
static void
show_accounts (TcKeychain *self, guint32 account)
{
  for (guint32 i = self->n_shown; i <= account; i++)
    {
      Account *at = account_at (self, i);

      at->shown = TRUE;
      at->chains[TC_CHAIN_RECEIVE].n_issued = MAX (at->chains[TC_CHAIN_RECEIVE].n_issued, 1);
      store_account (self, i);
    }
  self->n_shown = MAX (self->n_shown, account + 1);
  derive_ahead (self);
}

guint32
tc_keychain_add_account (TcKeychain *self)
{
  const guint32 account = self->n_shown;

  TC_CHECK (tc_keychain_is_unlocked (self) && account < TC_WALLET_ACCOUNTS_MAX);
  show_accounts (self, account);
  return account;
}

/* --- Keys ---------------------------------------------------------------------------------------------------------------------- */

gboolean
tc_keychain_find (const TcKeychain *self, const TcKeyHash *key_hash, TcKeyPath *ret_path)
{
  const TcKeyPath *path = g_hash_table_lookup (self->paths, key_hash);

  if (path == NULL)
    return FALSE;
  if (ret_path != NULL)
    *ret_path = *path;
  return TRUE;
}

static Key *
get_key (const TcKeychain *self, TcKeyPath path)
{
  const Chain *chain = chain_at (self, path.account, path.chain);

  TC_CHECK (path.index < chain->keys->len);
  return &g_array_index (chain->keys, Key, path.index);
}

TcKeyHash
tc_keychain_get_hash (const TcKeychain *self, TcKeyPath path)
{
  return get_key (self, path)->hash;
}

guint32
tc_keychain_count (const TcKeychain *self, guint32 account, TcChain chain)
{
  return account < self->accounts->len ? chain_at (self, account, chain)->keys->len : 0;
}

char *
tc_keychain_address (const TcKeychain *self, TcKeyPath path)
{
  return tc_address_format (&get_key (self, path)->hash, self->address_digit);
}

static void
set_issued (TcKeychain *self, guint32 account, guint32 chain, guint32 n_issued)
{
  chain_at (self, account, chain)->n_issued = n_issued;
  store_account (self, account);
  derive_ahead (self);
}

static gboolean
is_fresh (const TcKeychain *self, TcKeyPath path)
{
  const Key *key = get_key (self, path);

  return !key->used && !key->reserved;
}

void
tc_keychain_reserve (TcKeychain *self, TcKeyPath path)
{
  get_key (self, path)->reserved = TRUE;
}

TcKeyUse
tc_keychain_mark_used (TcKeychain *self, TcKeyPath path)
{
  Key *key = get_key (self, path);
  Chain *chain = chain_at (self, path.account, path.chain);
  TcKeyUse use = 0;

  if (!key->used)
    {
      key->used = account_at (self, path.account)->used = TRUE;
      tc_wallet_db_run (self->db, "UPDATE keys SET used = 1 WHERE account = ? AND chain = ? AND idx = ?", "iii", (gint64) path.account, (gint64) path.chain,
                        (gint64) path.index);
    }
  if (path.account >= self->n_shown)
    {
      use |= TC_KEY_USE_ACCOUNT;
      show_accounts (self, path.account);
    }
  if (path.index >= chain->n_issued)
    set_issued (self, path.account, path.chain, path.index + 1);
  /* The address shown for receiving is a fresh one. */
  if (path.chain == TC_CHAIN_RECEIVE && !is_fresh (self, tc_keychain_current (self, path.account)) && chain->keys->len > chain->n_issued)
    set_issued (self, path.account, path.chain, chain->n_issued + 1);
  return chain->keys->len < path.index + 1 + TC_WALLET_GAP_LIMIT ? use | TC_KEY_USE_SHORT : use;
}

gboolean
tc_keychain_issue (TcKeychain *self, guint32 account, TcChain chain, TcKeyPath *ret_path)
{
  const guint32 index = chain_at (self, account, chain)->n_issued;

  if (index >= chain_at (self, account, chain)->keys->len)
    return FALSE;
  set_issued (self, account, chain, index + 1);
  *ret_path = (TcKeyPath) { account, chain, index };
  return TRUE;
}

TcKeyPath
tc_keychain_current (const TcKeychain *self, guint32 account)
{
  const Chain *chain = chain_at (self, account, TC_CHAIN_RECEIVE);
  const guint32 newest = chain->n_issued > 0 ? chain->n_issued - 1 : 0;

  for (guint32 index = newest; index != G_MAXUINT32 && newest - index < TC_KEYCHAIN_AHEAD; index--)
    if (is_fresh (self, (TcKeyPath) { account, TC_CHAIN_RECEIVE, index }))
      return (TcKeyPath) { account, TC_CHAIN_RECEIVE, index };
  return (TcKeyPath) { account, TC_CHAIN_RECEIVE, newest };
}

guint32
tc_keychain_n_issued (const TcKeychain *self, guint32 account, TcChain chain)
{
  return chain_at (self, account, chain)->n_issued;
}

/* --- Watching ------------------------------------------------------------------------------------------------------------------- */

void
tc_keychain_watch_account (TcKeychain *self, guint32 account, const char *name)
{
  if (account >= self->accounts->len)
    {
      TC_CHECK (account == self->accounts->len && account < TC_WALLET_ACCOUNTS_MAX);
      append_account (self);
      tc_wallet_db_run (self->db, "INSERT INTO accounts VALUES (?, NULL, 0, 0, 0)", "i", (gint64) account);
    }
  account_at (self, account)->shown = TRUE;
  self->n_shown = MAX (self->n_shown, account + 1);
  store_account (self, account);
  if (name != NULL)
    tc_keychain_set_name (self, account, name);
}

int
tc_keychain_watch_key (TcKeychain *self, TcKeyPath path, const TcKeyHash *hash)
{
  const guint32 n = chain_at (self, path.account, path.chain)->keys->len;
  g_autofree char *address = NULL;

  if (path.index < n)
    {
      const TcKeyHash known = tc_keychain_get_hash (self, path);

      return tc_key_hash_equal (&known, hash) ? 0 : -1;
    }
  if (path.index > n || g_hash_table_contains (self->paths, hash))
    return -1;
  address = tc_address_format (hash, self->address_digit);
  remember (self, path.account, path.chain, hash, FALSE);
  tc_wallet_db_run (self->db, "INSERT INTO keys (account, chain, idx, address) VALUES (?, ?, ?, ?)", "iiit", (gint64) path.account, (gint64) path.chain,
                    (gint64) path.index, address);
  return 1;
}

void
tc_keychain_watch_issued (TcKeychain *self, guint32 account, guint32 chain, guint32 n_issued)
{
  Chain *at = chain_at (self, account, chain);

  at->n_issued = MIN (MAX (at->n_issued, n_issued), at->keys->len);
  store_account (self, account);
}

guint32
tc_keychain_n_left (const TcKeychain *self)
{
  guint32 least = G_MAXUINT32;

  for (guint32 account = 0; account < self->n_shown; account++)
    for (guint32 chain = 0; chain < TC_CHAINS; chain++)
      {
        const Chain *at = chain_at (self, account, chain);

        if (at->keys->len > 0)
          least = MIN (least, at->keys->len - at->n_issued);
      }
  return least;
}
