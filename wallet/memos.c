#include "memos.h"

#include <glib/gi18n-lib.h>

#include "account-private.h"
#include "memo.h"
#include "message.h"

#define OUTPUTS_MAX 2u  /* of a payment with a private memo: the recipient's, and change */

char
tc_account_get_address_digit (const TcAccount *self)
{
  return self->address_digit;
}

gboolean
tc_account_find_public_key (TcAccount *self, const TcKeyHash *key_hash, TcPublicKey *ret_key, GError **error)
{
  TcKeyPath path;

  if (tc_public_keys_find (self->public_keys, key_hash, ret_key))
    return TRUE;
  if (!tc_wallet_db_end (self->db, error) || !tc_keychain_find (self->keys, key_hash, &path))
    return FALSE;
  g_autoptr(TcSecretKey) key = tc_keychain_secret_key (self->keys, path);  /* a file of version 1 has no public keys of its own */
  if (key != NULL)
    *ret_key = *tc_secret_key_get_public (key);
  return key != NULL;
}

gboolean
tc_account_learn_public_key (TcAccount *self, const TcPublicKey *key, GError **error)
{
  tc_account_begin (self, FALSE);
  tc_public_keys_add (self->public_keys, key);
  return tc_account_end (self, error);
}

char *
tc_account_sign_message (TcAccount *self, const char *address, const char *text, GError **error)
{
  TcKeyHash key_hash;
  TcKeyPath path;

  if (!tc_address_parse (address, self->address_digit, &key_hash, error))
    return NULL;
  if (!tc_keychain_find (self->keys, &key_hash, &path))
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND, _("The address is not of this wallet. Only who owns an address can sign for it."));
      return NULL;
    }
  g_autoptr(TcSecretKey) key = tc_keychain_secret_key (self->keys, path);
  if (key != NULL)
    return tc_message_sign (text, self->address_digit, key, error);
  g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED, _("The wallet is locked. Unlock it to sign."));
  return NULL;
}

/* As its sender, by the coin spent first. */
static char *
read_own (TcAccount *self, const TcTx *tx)
{
  const TcCoin *coin = tc_wallet_coins_find (self->coins, &tx->inputs[0].outpoint);
  g_autoptr(TcSecretKey) key = coin != NULL ? tc_keychain_secret_key (self->keys, coin->path) : NULL;

  return key != NULL ? tc_memo_open_own (tx->memo, tx->memo_size, key, &tx->inputs[0].outpoint) : NULL;
}

static char *
read_received (TcAccount *self, const TcTx *tx)
{
  char *text = NULL;

  for (guint32 i = 0; i < tx->n_outputs && text == NULL; i++)
    {
      TcKeyPath path;

      if (!tc_keychain_find (self->keys, &tx->outputs[i].key_hash, &path))
        continue;
      g_autoptr(TcSecretKey) key = tc_keychain_secret_key (self->keys, path);
      text = key != NULL ? tc_memo_open (tx->memo, tx->memo_size, key, &tx->inputs[0].outpoint) : NULL;
    }
  return text;
}

void
tc_account_read_memo (TcAccount *self, TcWalletTx *row)
{
  const TcEntry *entry = row->memo_private && tc_keychain_is_unlocked (self->keys) ? tc_history_find (self->history, &row->txid) : NULL;
  const TcTx *tx = entry != NULL ? entry->tx : NULL;

  if (tx == NULL || tx->kind != TC_TX_KIND_TRANSFER || tx->n_inputs == 0 || tx->n_outputs > OUTPUTS_MAX)
    return;
  row->memo = read_own (self, tx);
  if (row->memo == NULL)
    row->memo = read_received (self, tx);
}
