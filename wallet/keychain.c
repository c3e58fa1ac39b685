#include "keychain.h"

#include "core/check.h"
#include "slip10.h"

typedef struct
{
  TcKeyHash hash;
  gboolean  used;
} Key;

typedef struct
{
  GArray        *keys;      /* Key, by index */
  guint32        n_issued;  /* given out, or used */
  TcSecretBytes *node;      /* (nullable): NULL while locked */
} Chain;

struct _TcKeychain
{
  TcDb       *db;
  char        address_digit;
  Chain       chains[TC_CHAINS];
  GHashTable *paths;        /* TcKeyHash -> TcKeyPath */
};

static const char *const issued_names[TC_CHAINS] = { "issued_receive", "issued_change" };

static void
remember (TcKeychain *self, guint32 chain, const TcKeyHash *hash, gboolean used)
{
  const Key key = { *hash, used };
  TcKeyPath path = { chain, self->chains[chain].keys->len };

  g_array_append_val (self->chains[chain].keys, key);
  g_hash_table_insert (self->paths, g_memdup2 (hash, sizeof *hash), g_memdup2 (&path, sizeof path));
}

static void
load (TcKeychain *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT chain, idx, address, used FROM keys ORDER BY chain, idx", "");

  while (tc_wallet_db_next (self->db, rows))
    {
      const gint64 chain = tc_wallet_db_int (rows, 0);
      TcKeyHash hash;

      /* An address carries a checksum: no key hash is believed that lacks it. */
      if (chain < 0 || chain >= TC_CHAINS || tc_wallet_db_int (rows, 1) != self->chains[chain].keys->len
          || !tc_address_parse ((const char *) sqlite3_column_text (rows, 2), self->address_digit, &hash, NULL))
        tc_wallet_db_damaged (self->db);
      else
        remember (self, (guint32) chain, &hash, tc_wallet_db_int (rows, 3) != 0);
    }
  for (guint chain = 0; chain < TC_CHAINS; chain++)
    self->chains[chain].n_issued = (guint32) tc_wallet_db_get_int (self->db, issued_names[chain], 0);
}

TcKeychain *
tc_keychain_new (TcDb *db, char address_digit)
{
  TcKeychain *self = g_new0 (TcKeychain, 1);

  self->db = db;
  self->address_digit = address_digit;
  self->paths = g_hash_table_new_full (tc_key_hash_hash, tc_key_hash_equal, g_free, g_free);
  for (guint chain = 0; chain < TC_CHAINS; chain++)
    self->chains[chain].keys = g_array_new (FALSE, FALSE, sizeof (Key));
  load (self);
  return self;
}

void
tc_keychain_free (TcKeychain *self)
{
  if (self == NULL)
    return;
  tc_keychain_lock (self);
  for (guint chain = 0; chain < TC_CHAINS; chain++)
    g_array_unref (self->chains[chain].keys);
  g_hash_table_unref (self->paths);
  g_free (self);
}

static guint32
wanted (const TcKeychain *self, guint32 chain)
{
  return self->chains[chain].n_issued + TC_KEYCHAIN_AHEAD;
}

TcSecretKey *
tc_keychain_secret_key (const TcKeychain *self, TcKeyPath path)
{
  if (self->chains[path.chain].node == NULL)
    return NULL;
  g_autoptr(TcSecretBytes) node = tc_slip10_child (self->chains[path.chain].node, path.index);
  return tc_slip10_key (node);
}

static TcPublicKey
derive_key (const TcKeychain *self, TcKeyPath path)
{
  g_autoptr(TcSecretKey) key = tc_keychain_secret_key (self, path);

  return *tc_secret_key_get_public (key);
}

void
tc_keychain_derive_ahead (TcKeychain *self)
{
  TC_CHECK (tc_keychain_is_unlocked (self));
  for (guint32 chain = 0; chain < TC_CHAINS; chain++)
    while (self->chains[chain].keys->len < wanted (self, chain))
      {
        const TcKeyPath path = { chain, self->chains[chain].keys->len };
        const TcPublicKey key = derive_key (self, path);
        const TcKeyHash hash = tc_key_hash (&key);
        g_autofree char *address = tc_address_format (&hash, self->address_digit);

        remember (self, chain, &hash, FALSE);
        tc_wallet_db_run (self->db, "INSERT INTO keys (chain, idx, address) VALUES (?, ?, ?)", "iit", (gint64) chain, (gint64) path.index, address);
        tc_wallet_db_run (self->db, "INSERT OR REPLACE INTO pubkeys VALUES (?, ?)", "bb", hash.bytes, (gsize) TC_KEY_HASH_SIZE, key.bytes,
                          (gsize) TC_PUBLIC_KEY_SIZE);
      }
}

gboolean
tc_keychain_unlock (TcKeychain *self, const TcSecretBytes *seed)
{
  for (guint32 chain = 0; chain < TC_CHAINS; chain++)
    {
      g_clear_pointer (&self->chains[chain].node, tc_secret_bytes_unref);
      self->chains[chain].node = tc_slip10_chain (seed, 0, chain);
    }
  for (guint32 chain = 0; chain < TC_CHAINS; chain++)
    if (self->chains[chain].keys->len > 0)
      {
        const TcKeyPath first = { chain, 0 };
        const TcPublicKey key = derive_key (self, first);
        const TcKeyHash stored = tc_keychain_get_hash (self, first), derived = tc_key_hash (&key);

        if (!tc_key_hash_equal (&stored, &derived))
          {
            tc_keychain_lock (self);
            return FALSE;
          }
      }
  tc_keychain_derive_ahead (self);
  return TRUE;
}

void
tc_keychain_lock (TcKeychain *self)
{
  for (guint chain = 0; chain < TC_CHAINS; chain++)
    g_clear_pointer (&self->chains[chain].node, tc_secret_bytes_unref);
}

void
tc_keychain_take_secrets (TcKeychain *self, TcKeychain *other)
{
  for (guint chain = 0; chain < TC_CHAINS; chain++)
    self->chains[chain].node = g_steal_pointer (&other->chains[chain].node);
}

gboolean
tc_keychain_is_unlocked (const TcKeychain *self)
{
  return self->chains[0].node != NULL;
}

gboolean
tc_keychain_wants_keys (const TcKeychain *self)
{
  for (guint32 chain = 0; chain < TC_CHAINS; chain++)
    if (self->chains[chain].keys->len < wanted (self, chain))
      return TRUE;
  return FALSE;
}

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
  TC_CHECK (path.chain < TC_CHAINS && path.index < self->chains[path.chain].keys->len);
  return &g_array_index (self->chains[path.chain].keys, Key, path.index);
}

TcKeyHash
tc_keychain_get_hash (const TcKeychain *self, TcKeyPath path)
{
  return get_key (self, path)->hash;
}

guint32
tc_keychain_count (const TcKeychain *self, TcChain chain)
{
  return self->chains[chain].keys->len;
}

char *
tc_keychain_address (const TcKeychain *self, TcKeyPath path)
{
  return tc_address_format (&get_key (self, path)->hash, self->address_digit);
}

static void
set_issued (TcKeychain *self, guint32 chain, guint32 n_issued)
{
  self->chains[chain].n_issued = n_issued;
  tc_wallet_db_set_int (self->db, issued_names[chain], n_issued);
  if (tc_keychain_is_unlocked (self))
    tc_keychain_derive_ahead (self);
}

gboolean
tc_keychain_mark_used (TcKeychain *self, TcKeyPath path)
{
  Key *key = get_key (self, path);
  Chain *chain = &self->chains[path.chain];

  if (!key->used)
    {
      key->used = TRUE;
      tc_wallet_db_run (self->db, "UPDATE keys SET used = 1 WHERE chain = ? AND idx = ?", "ii", (gint64) path.chain, (gint64) path.index);
    }
  if (path.index >= chain->n_issued)
    set_issued (self, path.chain, path.index + 1);
  /* The address shown for receiving is a fresh one. */
  if (path.chain == TC_CHAIN_RECEIVE && path.index + 1 == chain->n_issued && chain->keys->len > chain->n_issued)
    set_issued (self, path.chain, chain->n_issued + 1);
  return chain->keys->len < path.index + 1 + TC_WALLET_GAP_LIMIT;
}

gboolean
tc_keychain_issue (TcKeychain *self, TcChain chain, TcKeyPath *ret_path)
{
  const guint32 index = self->chains[chain].n_issued;

  if (index >= self->chains[chain].keys->len)
    return FALSE;
  set_issued (self, chain, index + 1);
  *ret_path = (TcKeyPath) { chain, index };
  return TRUE;
}

TcKeyPath
tc_keychain_current (const TcKeychain *self)
{
  const Chain *chain = &self->chains[TC_CHAIN_RECEIVE];
  const guint32 newest = chain->n_issued > 0 ? chain->n_issued - 1 : 0;

  for (guint32 index = newest; index != G_MAXUINT32 && newest - index < TC_KEYCHAIN_AHEAD; index--)
    if (!g_array_index (chain->keys, Key, index).used)
      return (TcKeyPath) { TC_CHAIN_RECEIVE, index };
  return (TcKeyPath) { TC_CHAIN_RECEIVE, newest };
}
