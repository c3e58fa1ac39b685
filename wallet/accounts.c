#include "account-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
tc_account_check (const TcAccount *self, guint32 account, gboolean or_all, GError **error)
{
  if (account < tc_keychain_n_accounts (self->keys) || (or_all && account == TC_ACCOUNT_ALL))
    return TRUE;
  g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_ACCOUNT, _("This wallet has no such account."));
  return FALSE;
}

/* Returns: FALSE where @name cannot be one; else @ret_name, stripped: (nullable): NULL where it is empty. */
static gboolean
clean_name (const char *name, char **ret_name, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name != NULL ? name : ""));

  if (!g_utf8_validate (stripped, -1, NULL) || g_utf8_strlen (stripped, -1) > TC_WALLET_NAME_MAX || strpbrk (stripped, "\n\r\t") != NULL)
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_ACCOUNT, _("An account’s name is one line of at most %u characters."), TC_WALLET_NAME_MAX);
      return FALSE;
    }
  *ret_name = *stripped != '\0' ? g_steal_pointer (&stripped) : NULL;
  return TRUE;
}

/* BIP44: what lies behind too many unused accounts, a restored wallet would not find. */
static gboolean
may_add (const TcAccount *self, GError **error)
{
  const guint32 n = tc_keychain_n_accounts (self->keys);
  guint32 n_unused = 0;

  while (n_unused < n && !tc_keychain_is_used (self->keys, n - 1 - n_unused))
    n_unused++;
  if (n >= TC_WALLET_ACCOUNTS_MAX)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_ACCOUNT, _("A wallet has at most %u accounts."), TC_WALLET_ACCOUNTS_MAX);
  else if (n_unused >= TC_KEYCHAIN_ACCOUNTS_AHEAD)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_ACCOUNT,
                         _("The newest accounts are all unused. Receive something in one of them first: a wallet restored from its phrase would not find "
                           "an account behind so many empty ones."));
  else if (!tc_keychain_is_unlocked (self->keys))
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED, _("The wallet is locked. Unlock it to add an account."));
  else
    return TRUE;
  return FALSE;
}

gboolean
tc_account_add_account (TcAccount *self, const char *name, guint32 *ret_account, GError **error)
{
  g_autofree char *clean = NULL;

  if (!clean_name (name, &clean, error) || !may_add (self, error))
    return FALSE;
  tc_account_begin (self, TRUE);
  *ret_account = tc_keychain_add_account (self->keys);
  if (clean != NULL)
    tc_keychain_set_name (self->keys, *ret_account, clean);
  return tc_account_end (self, error);
}

gboolean
tc_account_rename_account (TcAccount *self, guint32 account, const char *name, GError **error)
{
  g_autofree char *clean = NULL;

  if (!clean_name (name, &clean, error) || !tc_account_check (self, account, FALSE, error))
    return FALSE;
  tc_account_begin (self, TRUE);
  tc_keychain_set_name (self->keys, account, clean);
  return tc_account_end (self, error);
}
