#include "watch.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "account-private.h"

#define ADDRESSES_SIZE_MAX (64u * TC_WATCH_ADDRESSES_MAX)  /* bytes */

typedef struct
{
  char       *name;                /* (nullable) */
  guint32     n_issued[TC_CHAINS];
  gsize       n_keys[TC_CHAINS];
  TcPublicKey *keys[TC_CHAINS];
} Account;

/* What a file or a list of addresses says. */
typedef struct
{
  TcEnvelopeOrigin origin;
  guint32          birthday_height;
  GPtrArray       *accounts;   /* (element-type Account) by index, from 0 */
  GArray          *addresses;  /* (element-type TcKeyHash); empty for a file */
} Watch;

static void
account_free (gpointer data)
{
  Account *account = data;

  for (guint chain = 0; chain < TC_CHAINS; chain++)
    g_free (account->keys[chain]);
  g_free (account->name);
  g_free (account);
}

static Watch *
watch_new (void)
{
  Watch *self = g_new0 (Watch, 1);

  self->accounts = g_ptr_array_new_with_free_func (account_free);
  self->addresses = g_array_new (FALSE, FALSE, sizeof (TcKeyHash));
  return self;
}

static void
watch_free (Watch *self)
{
  g_ptr_array_unref (self->accounts);
  g_array_unref (self->addresses);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watch, watch_free)

void
tc_account_set_no_keys (const TcAccount *self, GError **error)
{
  const char *text = self->watches == TC_WATCHES_FILE ? _("All addresses of the watch file are given out. Make a newer one where the phrase is, and open it here.")
                     : self->watches == TC_WATCHES_ADDRESSES ? _("This wallet watches addresses that were given to it; it cannot make a new one.")
                                                             : _("No address is left that was prepared while the wallet was unlocked. Unlock it.");

  g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_KEYS, text);
}

/* --- Reading: a file ------------------------------------------------------------------------------------------------------------------- */

static void
read_chain (TcReader *reader, Account *account, guint chain)
{
  account->n_issued[chain] = tc_reader_u32 (reader);
  const gsize n = tc_reader_count (reader, TC_PUBLIC_KEY_SIZE, TC_WATCH_KEYS_MAX);

  account->keys[chain] = g_new0 (TcPublicKey, n);
  account->n_keys[chain] = n;
  for (gsize i = 0; i < n; i++)
    tc_reader_bytes (reader, account->keys[chain][i].bytes, TC_PUBLIC_KEY_SIZE);
  if (n == 0 || account->n_issued[chain] > n)
    tc_reader_fail (reader);
}

static Account *
read_account (TcReader *reader)
{
  Account *account = g_new0 (Account, 1);
  const gsize n = tc_reader_count (reader, 1, 4 * TC_WALLET_NAME_MAX);
  const guint8 *name = tc_reader_view (reader, n);

  if (name != NULL && !g_utf8_validate ((const char *) name, (gssize) n, NULL))
    tc_reader_fail (reader);
  else if (name != NULL && n > 0)
    account->name = g_strndup ((const char *) name, n);
  for (guint chain = 0; chain < TC_CHAINS; chain++)
    read_chain (reader, account, chain);
  return account;
}

static Watch *
read_file (GBytes *sealed, GError **error)
{
  g_autoptr(Watch) self = watch_new ();
  g_autoptr(GBytes) body = tc_envelope_open (TC_ENVELOPE_WATCH, sealed, TC_WATCH_FILE_MAX, &self->origin, error);
  TcReader reader;
  gsize n;

  if (body == NULL)
    return NULL;
  const guint8 *data = g_bytes_get_data (body, &n);
  tc_reader_init (&reader, data, n);
  self->birthday_height = tc_reader_u32 (&reader);
  const gsize n_accounts = tc_reader_count (&reader, 1, TC_WALLET_ACCOUNTS_MAX);
  for (gsize i = 0; i < n_accounts && !reader.failed; i++)
    g_ptr_array_add (self->accounts, read_account (&reader));
  if (tc_reader_end (&reader, "watch file", NULL) && n_accounts > 0)
    return g_steal_pointer (&self);
  g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_DAMAGED, _("The file is damaged or not whole. Make it again."));
  return NULL;
}

/* --- Reading: addresses ------------------------------------------------------------------------------------------------------------------ */

static gboolean
add_address (Watch *self, GHashTable *seen, const char *word, GError **error)
{
  g_autoptr(GError) bad = NULL;
  TcKeyHash key_hash;

  if (self->origin.address_digit == '\0')
    self->origin.address_digit = g_str_has_prefix (word, "TIME1") ? '1' : '0';
  if (!tc_address_parse (word, self->origin.address_digit, &key_hash, &bad))
    {
      g_set_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FORM, _("“%.60s” is no address: %s"), word, bad->message);
      return FALSE;
    }
  if (self->addresses->len >= TC_WATCH_ADDRESSES_MAX)
    {
      g_set_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_SIZE, _("These are more addresses than can be watched: at most %u."), TC_WATCH_ADDRESSES_MAX);
      return FALSE;
    }
  if (g_hash_table_add (seen, g_memdup2 (&key_hash, sizeof key_hash)))
    g_array_append_val (self->addresses, key_hash);
  return TRUE;
}

static gboolean
are_addresses (GBytes *data)
{
  gsize n;
  const char *text = g_bytes_get_data (data, &n);
  gsize start = 0;

  while (start < n && g_ascii_isspace (text[start]))
    start++;
  return n - start > 5 && strncmp (text + start, "TIME", 4) == 0 && memchr (text, '\0', n) == NULL && g_utf8_validate (text, (gssize) n, NULL);
}

static Watch *
read_addresses (GBytes *data, GError **error)
{
  g_autoptr(Watch) self = watch_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (tc_key_hash_hash, tc_key_hash_equal, g_free, NULL);
  gsize n;
  const char *bytes = g_bytes_get_data (data, &n);
  g_autofree char *text = g_strndup (bytes, n);
  g_auto(GStrv) words = g_strsplit_set (text, " \t\r\n,;", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0' && !add_address (self, seen, words[i], error))
      return NULL;
  return g_steal_pointer (&self);
}

static Watch *
read_any (GBytes *data, GError **error)
{
  if (g_bytes_get_size (data) <= ADDRESSES_SIZE_MAX && are_addresses (data))
    return read_addresses (data, error);
  g_autoptr(GBytes) sealed = tc_envelope_from_any (data, TC_WATCH_FILE_MAX, error);
  return sealed != NULL ? read_file (sealed, error) : NULL;
}

gboolean
tc_watch_check (GBytes *data, TcEnvelopeOrigin *ret_origin, GError **error)
{
  g_autoptr(Watch) watch = read_any (data, error);

  if (watch != NULL && ret_origin != NULL)
    *ret_origin = watch->origin;
  return watch != NULL;
}

/* --- Writing ----------------------------------------------------------------------------------------------------------------------------- */

static void
put_chain (GByteArray *body, const TcKeychain *keys, guint32 account, TcChain chain)
{
  const guint32 n_issued = tc_keychain_n_issued (keys, account, chain), n = MIN (n_issued + TC_WATCH_AHEAD, TC_WATCH_KEYS_MAX);

  tc_put_u32 (body, MIN (n_issued, n));
  tc_put_varint (body, n);
  for (guint32 index = 0; index < n; index++)
    {
      g_autoptr(TcSecretKey) key = tc_keychain_derive (keys, (TcKeyPath) { account, chain, index });

      tc_put_bytes (body, tc_secret_key_get_public (key)->bytes, TC_PUBLIC_KEY_SIZE);
    }
}

GBytes *
tc_account_export_watch (TcAccount *self, GError **error)
{
  g_autoptr(GByteArray) body = g_byte_array_new ();
  TcEnvelopeOrigin origin = { .address_digit = self->address_digit, .has_chain = self->bound, .chain_id = self->chain_id };

  if (!tc_keychain_is_unlocked (self->keys))
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED, _("The wallet is locked. Unlock it to write its public keys down."));
      return NULL;
    }
  g_strlcpy (origin.network, self->network, sizeof origin.network);
  tc_put_u32 (body, self->birthday_height);
  tc_put_varint (body, tc_keychain_n_accounts (self->keys));
  for (guint32 account = 0; account < tc_keychain_n_accounts (self->keys); account++)
    {
      const char *name = tc_keychain_get_name (self->keys, account);

      tc_put_blob (body, (const guint8 *) (name != NULL ? name : ""), name != NULL ? strlen (name) : 0);
      put_chain (body, self->keys, account, TC_CHAIN_RECEIVE);
      put_chain (body, self->keys, account, TC_CHAIN_CHANGE);
    }
  return tc_envelope_seal (TC_ENVELOPE_WATCH, &origin, body);
}

/* --- Into a wallet ------------------------------------------------------------------------------------------------------------------------ */

/* Those that are there must be the same. In an open transaction. Returns: how many were new; -1 where the file is another wallet's. */
static int
add_keys (TcAccount *self, const Watch *watch)
{
  int n_new = 0;

  for (guint32 i = 0; i < watch->accounts->len; i++)
    {
      const Account *account = g_ptr_array_index (watch->accounts, i);

      tc_keychain_watch_account (self->keys, i, account->name);
      for (guint32 chain = 0; chain < TC_CHAINS; chain++)
        {
          for (guint32 index = 0; index < account->n_keys[chain]; index++)
            {
              const TcKeyPath path = { i, chain, index };
              const TcKeyHash hash = tc_key_hash (&account->keys[chain][index]);
              const int added = tc_keychain_watch_key (self->keys, path, &hash);

              if (added < 0)
                return -1;
              if (added > 0)
                tc_public_keys_add (self->public_keys, &account->keys[chain][index]);
              n_new += added;
            }
          tc_keychain_watch_issued (self->keys, i, chain, account->n_issued[chain]);
        }
    }
  return n_new;
}

static void
add_addresses (TcAccount *self, const Watch *watch)
{
  tc_keychain_watch_account (self->keys, 0, NULL);
  for (guint32 i = 0; i < watch->addresses->len; i++)
    tc_keychain_watch_key (self->keys, (TcKeyPath) { 0, TC_CHAIN_RECEIVE, i }, &g_array_index (watch->addresses, TcKeyHash, i));
  tc_keychain_watch_issued (self->keys, 0, TC_CHAIN_RECEIVE, watch->addresses->len);
}

static gboolean
check_network (const TcWalletCreate *create, const Watch *watch, GError **error)
{
  if (watch->origin.address_digit == create->address_digit && (watch->addresses->len > 0 || strcmp (watch->origin.network, create->network) == 0))
    return TRUE;
  g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK, _("What is to be watched is of another network than “%s”. Choose the network that it belongs to."),
               create->network);
  return FALSE;
}

gboolean
tc_account_fill_watch (TcAccount *self, const TcWalletCreate *create, GError **error)
{
  g_autoptr(Watch) watch = read_any (create->watch, error);

  if (watch == NULL || !check_network (create, watch, error))
    return FALSE;
  const guint32 birthday = MAX (watch->birthday_height, create->birthday_height);
  tc_account_begin (self, TRUE);
  tc_wallet_db_set_text (self->db, "network", create->network);
  tc_wallet_db_set_int (self->db, "address_digit", create->address_digit);
  tc_wallet_db_set_int (self->db, "birthday_height", birthday);
  tc_wallet_db_set_int (self->db, "scan_height", birthday > 0 ? birthday - 1 : 0);
  tc_wallet_db_set_int (self->db, "backup_verified", TRUE);
  tc_wallet_db_set_int (self->db, "watch_only", watch->addresses->len > 0 ? TC_WATCHES_ADDRESSES : TC_WATCHES_FILE);
  if (watch->origin.has_chain)
    tc_wallet_db_set_blob (self->db, "chain_id", watch->origin.chain_id.bytes, TC_HASH_SIZE);
  tc_account_reload (self);
  if (watch->addresses->len > 0)
    add_addresses (self, watch);
  else if (add_keys (self, watch) < 0)
    tc_wallet_db_damaged (self->db);
  return tc_wallet_db_commit (self->db, error);
}

/* What the new keys were paid may be in any block. */
static void
look_again (TcAccount *self)
{
  if (self->scan_height == 0)
    return;
  tc_wallet_db_set_int (self->db, "rescan_height", self->rescan_height = MAX (self->birthday_height, 1));
  tc_wallet_db_set_int (self->db, "rescan_target", self->rescan_target = self->scan_height);
  tc_wallet_db_set_int (self->db, "keys_short_height", self->keys_short_height = 0);
}

static gboolean
check_import (const TcAccount *self, const Watch *watch, GError **error)
{
  if (self->watches != TC_WATCHES_FILE || watch->accounts->len == 0)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_WATCH_ONLY, _("Only a wallet that was made from a watch file takes a newer one."));
  else if (strcmp (watch->origin.network, self->network) != 0
           || (self->bound && watch->origin.has_chain && !tc_hash_equal (&self->chain_id, &watch->origin.chain_id)))
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK, _("This watch file is of another network."));
  else
    return TRUE;
  return FALSE;
}

gboolean
tc_account_import_watch (TcAccount *self, GBytes *data, guint32 *ret_n_new, GError **error)
{
  g_autoptr(Watch) watch = read_any (data, error);

  if (watch == NULL || !check_import (self, watch, error))
    return FALSE;
  tc_account_begin (self, TRUE);
  const int n_new = add_keys (self, watch);
  if (n_new < 0)
    {
      tc_wallet_db_rollback (self->db);
      tc_account_reload (self);
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_WATCH_ONLY, _("This watch file is of another wallet."));
      return FALSE;
    }
  if (n_new > 0)
    look_again (self);
  if (ret_n_new != NULL)
    *ret_n_new = (guint32) n_new;
  return tc_account_end (self, error);
}
