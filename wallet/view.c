#include "account-private.h"

#include <glib/gi18n-lib.h>

#include "core/check.h"

#define BACKUP_AGE_MAX_MS (365 * G_GINT64_CONSTANT (86400000))

static TcAmount
sum_of (const TcBalance *balance)
{
  const guint64 units = balance->available.units + balance->pending.units + balance->locked.units;

  return (TcAmount) { MIN (MIN (units, TC_AMOUNT_MAX_UNITS) + balance->collateral.units + balance->frozen.units, TC_AMOUNT_MAX_UNITS) };
}

static void
free_account (gpointer account)
{
  tc_wallet_account_free (account);
}

static char *
account_name (const TcAccount *self, guint32 index)
{
  const char *given = tc_keychain_get_name (self->keys, index);

  /* Translators: the name of an account of a wallet that was not given one, as “Account 2”. */
  return given != NULL ? g_strdup (given) : g_strdup_printf (_("Account %u"), index + 1);
}

static GPtrArray *
view_accounts (TcAccount *self)
{
  GPtrArray *accounts = g_ptr_array_new_with_free_func (free_account);

  for (guint32 index = 0; index < tc_keychain_n_accounts (self->keys); index++)
    {
      const TcBalance balance = tc_wallet_coins_balance (self->coins, index);
      const TcKeyPath current = tc_keychain_current (self->keys, index);
      TcWalletAccount *account = g_new0 (TcWalletAccount, 1);

      account->index = index;
      account->name = account_name (self, index);
      account->used = tc_keychain_is_used (self->keys, index);
      account->available = balance.available;
      account->pending = balance.pending;
      account->locked_amount = balance.locked;
      account->collateral = balance.collateral;
      account->frozen = balance.frozen;
      account->total = sum_of (&balance);
      account->receive_address = tc_keychain_address (self->keys, current);
      account->receive_index = current.index;
      g_ptr_array_add (accounts, account);
    }
  return accounts;
}

TcWalletSnapshot *
tc_account_snapshot (TcAccount *self)
{
  TcWalletSnapshot *snapshot = g_new0 (TcWalletSnapshot, 1);
  const TcBalance balance = tc_wallet_coins_balance (self->coins, TC_ACCOUNT_ALL);
  const TcKeyPath first = { 0, TC_CHAIN_RECEIVE, 0 }, current = tc_keychain_current (self->keys, 0);

  g_atomic_ref_count_init (&snapshot->ref_count);
  snapshot->path = g_strdup (self->path);
  snapshot->name = g_strdup (self->name);
  snapshot->network = g_strdup (self->network);
  snapshot->address_digit = self->address_digit;
  snapshot->encrypted = self->encrypted;
  snapshot->watch_only = self->watches != TC_WATCHES_NOTHING;
  snapshot->watch_left = snapshot->watch_only ? tc_keychain_n_left (self->keys) : 0;
  snapshot->watch_grows = self->watches == TC_WATCHES_FILE;
  snapshot->n_waiting = (guint32) tc_wallet_db_count (self->db, "SELECT count(*) FROM waiting");
  snapshot->locked = !snapshot->watch_only && !tc_keychain_is_unlocked (self->keys);
  snapshot->backup_verified = self->backup_verified;
  snapshot->backup_checked_ms = self->backup_checked_ms;
  snapshot->backup_due = self->watches == TC_WATCHES_NOTHING
                         && (!self->backup_verified || (self->backup_checked_ms > 0 && g_get_real_time () / 1000 - self->backup_checked_ms > BACKUP_AGE_MAX_MS));
  snapshot->available = balance.available;
  snapshot->pending = balance.pending;
  snapshot->locked_amount = balance.locked;
  snapshot->collateral = balance.collateral;
  snapshot->frozen = balance.frozen;
  snapshot->total = sum_of (&balance);
  snapshot->accounts = view_accounts (self);
  snapshot->birthday_height = self->birthday_height;
  snapshot->scan_height = self->scan_height;
  snapshot->unread_height = self->unread_height;
  snapshot->rescanning = self->rescan_height > 0;
  snapshot->rescan_height = self->rescan_height > 0 ? self->rescan_height - 1 : 0;
  snapshot->rescan_target = self->rescan_height > 0 ? self->rescan_target : 0;
  snapshot->receive_address = tc_keychain_address (self->keys, current);
  snapshot->receive_index = current.index;
  snapshot->first_address = tc_keychain_address (self->keys, first);
  snapshot->first_key_hash = tc_keychain_get_hash (self->keys, first);
  snapshot->n_txs = tc_history_count (self->history);
  snapshot->history_serial = tc_history_serial (self->history);
  return snapshot;
}

/* Of a registration: what became of its collateral. A release is no transaction: the coin tells. One that nothing retired was released at once (rule M3). */
static void
judge_registration (TcAccount *self, TcWalletTx *row)
{
  const TcOutpoint collateral = { row->txid, 0 };
  const TcCoin *coin;

  if (row->kind != TC_WALLET_TX_REGISTER || row->state != TC_WALLET_TX_CONFIRMED || row->amount.units == 0)
    return;
  coin = tc_wallet_coins_find (self->coins, &collateral);
  row->is_released = coin != NULL && (coin->lock == TC_LOCK_KEY_HASH || coin->spent);
  row->is_void = row->is_released && !tc_history_has_retired (self->history, &collateral);
}

/* The address of @account that @row paid. Returns: (nullable): NULL where it is change alone. */
static char *
find_paid_address (TcAccount *self, const TcWalletTx *row, guint32 account)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT k.address FROM coins c JOIN keys k ON k.account = c.account AND k.chain = c.chain AND k.idx = c.idx"
                                                      " WHERE c.txid = ? AND c.account = ? AND c.chain = ? ORDER BY c.vout LIMIT 1", "hii", &row->txid,
                                            (gint64) account, (gint64) TC_CHAIN_RECEIVE);
  char *address = NULL;

  if (tc_wallet_db_next (self->db, rows))
    {
      address = tc_wallet_db_text (rows, 0);
      sqlite3_reset (rows);
    }
  return address;
}

static void
show_incoming (TcAccount *self, TcWalletTx *row, const TcWalletTxAccount *own, const TcWalletTxAccount *payer)
{
  g_autofree char *address = find_paid_address (self, row, own->account);

  if (payer != NULL)
    {
      row->transfer = TC_TRANSFER_IN;
      row->peer = payer->account;
      row->kind = TC_WALLET_TX_SELF;
      row->fee = (TcAmount) { 0 };
    }
  row->amount = own->credit;
  if (address != NULL)
    {
      g_free (row->address);
      row->address = g_steal_pointer (&address);
    }
}

static void
show_outgoing (TcWalletTx *row, const TcWalletTxAccount *own, const TcWalletTxAccount *other)
{
  TcAmount left = { 0 };

  if (row->kind >= TC_WALLET_TX_REGISTER)
    return;
  if (row->kind == TC_WALLET_TX_SELF)
    {
      row->transfer = TC_TRANSFER_OUT;
      row->peer = other->account;
    }
  if (tc_amount_sub (own->debit, own->credit, &left) && tc_amount_sub (left, row->fee, &left))
    row->amount = left;
}

/* What a row is to one of several accounts that it touches. */
static void
show_for_account (TcAccount *self, TcWalletTx *row, guint32 account)
{
  const TcWalletTxAccount *own = NULL, *other = NULL, *payer = NULL;

  if (account == TC_ACCOUNT_ALL || row->accounts->len < 2)
    return;
  for (guint i = 0; i < row->accounts->len; i++)
    {
      const TcWalletTxAccount *at = &g_array_index (row->accounts, TcWalletTxAccount, i);

      if (at->account == account)
        own = at;
      else if (other == NULL)
        other = at;
      if (at->account != account && at->debit.units > 0 && payer == NULL)
        payer = at;
    }
  if (own == NULL)
    return;
  if (own->debit.units == 0)
    show_incoming (self, row, own, payer);
  else
    show_outgoing (row, own, other);
}

GPtrArray *
tc_account_page (TcAccount *self, guint32 account, const TcHistoryQuery *query, guint32 offset, guint32 limit, guint32 *ret_total, GError **error)
{
  g_autoptr(GPtrArray) page = tc_history_page (self->history, account, query, offset, MIN (limit, TC_WALLET_PAGE_MAX), ret_total);

  for (guint i = 0; i < page->len; i++)
    {
      judge_registration (self, g_ptr_array_index (page, i));
      tc_account_read_memo (self, g_ptr_array_index (page, i));
      show_for_account (self, g_ptr_array_index (page, i), account);
      tc_account_name_row (self, g_ptr_array_index (page, i));
    }
  return tc_wallet_db_end (self->db, error) ? g_steal_pointer (&page) : NULL;
}

TcWalletCoin *
tc_account_view_coin (TcAccount *self, const TcCoin *coin)
{
  TcWalletCoin *view = g_new0 (TcWalletCoin, 1);

  view->outpoint = coin->outpoint;
  view->amount = coin->amount;
  view->lock = (TcLock) coin->lock;
  view->account = coin->path.account;
  view->address = tc_keychain_address (self->keys, coin->path);
  view->change = coin->path.chain == TC_CHAIN_CHANGE;
  view->frozen = coin->frozen;
  view->spendable = tc_coin_is_spendable (coin);
  view->taken = coin->draft != 0;
  view->state = coin->state;
  view->height = coin->height;
  view->time_ms = coin->time_ms;
  return view;
}

void
tc_account_final_times (TcAccount *self, TcFinalTimes *ret_times)
{
  TcHash txids[TC_FINAL_TIMES_MAX];
  gint64 us[TC_FINAL_TIMES_MAX];
  const guint n = tc_history_final_times (self->history, txids, us, TC_FINAL_TIMES_MAX);

  *ret_times = (TcFinalTimes) { 0 };
  for (guint i = n; i > 0; i--)  /* the oldest makes room first */
    tc_final_times_add (ret_times, &txids[i - 1], us[i - 1]);
}

static int
compare_ages (gconstpointer a, gconstpointer b)
{
  const TcWalletCoin *coin_a = *(TcWalletCoin *const *) a, *coin_b = *(TcWalletCoin *const *) b;

  if (coin_a->state != coin_b->state)
    return (int) coin_b->state - (int) coin_a->state;
  if (coin_a->height != coin_b->height)
    return coin_a->height < coin_b->height ? -1 : 1;
  return tc_outpoint_compare (&coin_a->outpoint, &coin_b->outpoint);
}

GPtrArray *
tc_account_list_coins (TcAccount *self, guint32 account)
{
  g_autoptr(GPtrArray) coins = tc_wallet_coins_list (self->coins);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_wallet_coin_free);

  for (guint i = 0; i < coins->len; i++)
    {
      const TcCoin *coin = g_ptr_array_index (coins, i);

      if (account == TC_ACCOUNT_ALL || coin->path.account == account)
        g_ptr_array_add (list, tc_account_view_coin (self, coin));
    }
  g_ptr_array_sort (list, compare_ages);
  return list;
}

gboolean
tc_account_find_key (TcAccount *self, const TcKeyHash *key_hash, gboolean *ret_change, guint32 *ret_account)
{
  TcKeyPath path;

  if (!tc_keychain_find (self->keys, key_hash, &path))
    return FALSE;
  if (ret_change != NULL)
    *ret_change = path.chain == TC_CHAIN_CHANGE;
  if (ret_account != NULL)
    *ret_account = path.account;
  return TRUE;
}

char *
tc_account_new_address (TcAccount *self, guint32 account, GError **error)
{
  TcKeyPath path;

  if (!tc_account_check (self, account, FALSE, error))
    return NULL;
  tc_account_begin (self, TRUE);
  if (!tc_keychain_issue (self->keys, account, TC_CHAIN_RECEIVE, &path))
    {
      tc_wallet_db_rollback (self->db);
      tc_account_set_no_keys (self, error);
      return NULL;
    }
  return tc_account_end (self, error) ? tc_keychain_address (self->keys, path) : NULL;
}

/* --- Detail ---------------------------------------------------------------------------------------------------------------------- */

static void
view_inputs (TcAccount *self, const TcTx *tx, TcWalletTxDetail *detail)
{
  detail->n_inputs = tx->n_inputs;
  detail->inputs = g_new0 (TcWalletTxInput, tx->n_inputs);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcCoin *coin = tc_wallet_coins_find (self->coins, &tx->inputs[i].outpoint);
      TcWalletTxInput *input = &detail->inputs[i];

      input->outpoint = tx->inputs[i].outpoint;
      input->mine = coin != NULL;
      if (coin != NULL)
        {
          input->amount = coin->amount;
          input->account = coin->path.account;
          input->address = tc_keychain_address (self->keys, coin->path);
        }
      else if (tx->inputs[i].signer < tx->n_witnesses)
        {
          const TcKeyHash key_hash = tc_key_hash (&tx->witnesses[tx->inputs[i].signer].key);

          input->address = tc_address_format (&key_hash, self->address_digit);
        }
    }
}

static void
view_outputs (TcAccount *self, const TcTx *tx, TcWalletTxDetail *detail)
{
  detail->n_outputs = tx->n_outputs;
  detail->outputs = g_new0 (TcWalletTxOutput, tx->n_outputs);
  for (guint32 i = 0; i < tx->n_outputs; i++)
    {
      TcWalletTxOutput *output = &detail->outputs[i];

      output->amount = tx->outputs[i].amount;
      output->lock = (TcLock) tx->outputs[i].lock;
      output->address = tc_address_format (&tx->outputs[i].key_hash, self->address_digit);
      output->mine = tc_account_find_key (self, &tx->outputs[i].key_hash, &output->change, &output->account);
    }
}

/* The genesis as a whole is no transaction: shown are the outputs that are this wallet's. */
static void
view_genesis (TcAccount *self, const TcHash *txid, TcWalletTxDetail *detail)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT vout FROM coins WHERE txid = ? ORDER BY vout", "h", txid);
  g_autoptr(GArray) outputs = g_array_new (FALSE, TRUE, sizeof (TcWalletTxOutput));

  while (tc_wallet_db_next (self->db, rows))
    {
      const TcOutpoint outpoint = { *txid, (guint32) tc_wallet_db_int (rows, 0) };
      const TcCoin *coin = tc_wallet_coins_find (self->coins, &outpoint);

      if (coin == NULL)
        continue;
      const TcWalletTxOutput output = { coin->amount, (TcLock) coin->lock, tc_keychain_address (self->keys, coin->path), NULL, TRUE, FALSE,
                                        coin->path.account };
      g_array_append_val (outputs, output);
    }
  detail->n_outputs = outputs->len;
  detail->outputs = (TcWalletTxOutput *) g_array_free (g_steal_pointer (&outputs), FALSE);
}

TcWalletTxDetail *
tc_account_detail (TcAccount *self, const TcHash *txid, GError **error)
{
  const TcEntry *entry = tc_history_find (self->history, txid);

  if (entry == NULL)
    {
      if (tc_wallet_db_end (self->db, error))
        g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND, _("This wallet has no such transaction."));
      return NULL;
    }
  g_autoptr(TcWalletTxDetail) detail = g_new0 (TcWalletTxDetail, 1);
  g_atomic_ref_count_init (&detail->ref_count);
  detail->row = tc_history_view (self->history, entry);
  judge_registration (self, detail->row);
  tc_account_read_memo (self, detail->row);
  if (entry->tx != NULL)
    {
      detail->size_bytes = entry->tx->size_bytes;
      detail->raw = tc_tx_encode (entry->tx);
      view_inputs (self, entry->tx, detail);
      view_outputs (self, entry->tx, detail);
    }
  else
    view_genesis (self, txid, detail);
  tc_account_name_row (self, detail->row);
  tc_account_name_detail (self, detail);
  g_autoptr(GArray) events = tc_history_events (self->history, entry);
  detail->n_events = events->len;
  detail->events = (TcWalletTxEvent *) g_array_free (g_steal_pointer (&events), FALSE);
  return tc_wallet_db_end (self->db, error) ? g_steal_pointer (&detail) : NULL;
}
