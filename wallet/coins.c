#include "coins.h"

#include "core/check.h"

struct _TcCoins
{
  TcDb       *db;
  GHashTable *all;      /* TcOutpoint, inside its TcCoin -> TcCoin */
  GHashTable *unspent;  /* the same, those not spent */
};

static void
keep (TcCoins *self, TcCoin *coin)
{
  g_hash_table_replace (self->all, &coin->outpoint, coin);
  if (!coin->spent)
    g_hash_table_replace (self->unspent, &coin->outpoint, coin);
}

static void
load (TcCoins *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT c.txid, c.vout, c.amount, c.lock, c.chain, c.idx, c.spent_by, t.state, t.height, t.debit > 0, c.frozen, t.seen_ms, c.account"
                                     " FROM coins c JOIN txs t ON t.txid = c.txid", "");

  while (tc_wallet_db_next (self->db, rows))
    {
      g_autofree TcCoin *coin = g_new0 (TcCoin, 1);

      coin->outpoint.txid = tc_wallet_db_hash (self->db, rows, 0);
      coin->outpoint.index = (guint32) tc_wallet_db_int (rows, 1);
      coin->amount.units = (guint64) tc_wallet_db_int (rows, 2);
      coin->lock = (guint8) tc_wallet_db_int (rows, 3);
      coin->path.chain = (guint32) tc_wallet_db_int (rows, 4);
      coin->path.index = (guint32) tc_wallet_db_int (rows, 5);
      coin->spent = sqlite3_column_type (rows, 6) != SQLITE_NULL;
      if (coin->spent)
        coin->spent_by = tc_wallet_db_hash (self->db, rows, 6);
      coin->state = (TcWalletTxState) tc_wallet_db_int (rows, 7);
      coin->height = (guint32) tc_wallet_db_int (rows, 8);
      coin->own = tc_wallet_db_int (rows, 9) != 0;
      coin->frozen = tc_wallet_db_int (rows, 10) != 0;
      coin->time_ms = tc_wallet_db_int (rows, 11);
      coin->path.account = (guint32) tc_wallet_db_int (rows, 12);
      if (coin->amount.units > TC_AMOUNT_MAX_UNITS || coin->path.chain >= TC_CHAINS)
        tc_wallet_db_damaged (self->db);
      else
        keep (self, g_steal_pointer (&coin));
    }
}

TcCoins *
tc_wallet_coins_new (TcDb *db)
{
  TcCoins *self = g_new0 (TcCoins, 1);

  self->db = db;
  self->all = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, NULL, g_free);
  self->unspent = g_hash_table_new (tc_outpoint_hash, tc_outpoint_equal);
  load (self);
  return self;
}

void
tc_wallet_coins_free (TcCoins *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->unspent);
  g_hash_table_unref (self->all);
  g_free (self);
}

TcCoin *
tc_wallet_coins_find (const TcCoins *self, const TcOutpoint *outpoint)
{
  return g_hash_table_lookup (self->all, outpoint);
}

/* Coins that a backup says are frozen wait in a table until they are found again. */
static gboolean
take_frozen (TcCoins *self, const TcOutpoint *outpoint)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT 1 FROM frozen WHERE txid = ? AND vout = ?", "hi", &outpoint->txid, (gint64) outpoint->index);
  const gboolean found = tc_wallet_db_next (self->db, rows);

  if (!found)
    return FALSE;
  sqlite3_reset (rows);
  tc_wallet_db_run (self->db, "DELETE FROM frozen WHERE txid = ? AND vout = ?", "hi", &outpoint->txid, (gint64) outpoint->index);
  return TRUE;
}

TcCoin *
tc_wallet_coins_add (TcCoins *self, const TcCoin *coin)
{
  TcCoin *known = tc_wallet_coins_find (self, &coin->outpoint);

  if (known != NULL)
    {
      known->state = coin->state;
      known->height = coin->height;
      known->own = coin->own;
      known->time_ms = coin->time_ms;
      return known;
    }
  known = g_memdup2 (coin, sizeof *coin);
  known->frozen = take_frozen (self, &coin->outpoint);
  keep (self, known);
  tc_wallet_db_run (self->db, "INSERT INTO coins (txid, vout, amount, lock, chain, idx, account, frozen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "hiiiiiii",
                    &coin->outpoint.txid, (gint64) coin->outpoint.index, (gint64) coin->amount.units, (gint64) coin->lock, (gint64) coin->path.chain,
                    (gint64) coin->path.index, (gint64) coin->path.account, (gint64) known->frozen);
  return known;
}

void
tc_wallet_coins_spend (TcCoins *self, TcCoin *coin, const TcHash *spent_by)
{
  if (coin->spent && tc_hash_equal (&coin->spent_by, spent_by))
    return;
  coin->spent = TRUE;
  coin->draft = 0;  /* whoever kept it has it, or lost it */
  coin->spent_by = *spent_by;
  g_hash_table_remove (self->unspent, &coin->outpoint);
  tc_wallet_db_run (self->db, "UPDATE coins SET spent_by = ? WHERE txid = ? AND vout = ?", "hhi", spent_by, &coin->outpoint.txid,
             (gint64) coin->outpoint.index);
}

void
tc_wallet_coins_release (TcCoins *self, const TcHash *txid, const TcTxInput *inputs, gsize n_inputs)
{
  for (gsize i = 0; i < n_inputs; i++)
    {
      TcCoin *coin = tc_wallet_coins_find (self, &inputs[i].outpoint);

      if (coin == NULL || !coin->spent || !tc_hash_equal (&coin->spent_by, txid))
        continue;
      coin->spent = FALSE;
      g_hash_table_replace (self->unspent, &coin->outpoint, coin);
      tc_wallet_db_run (self->db, "UPDATE coins SET spent_by = NULL WHERE txid = ? AND vout = ?", "hi", &coin->outpoint.txid,
                 (gint64) coin->outpoint.index);
    }
}

void
tc_wallet_coins_set_state (TcCoins *self, TcCoin *coin, TcWalletTxState state, guint32 height)
{
  coin->state = state;
  coin->height = height;
}

void
tc_wallet_coins_unlock (TcCoins *self, TcCoin *coin, TcAmount amount)
{
  coin->lock = TC_LOCK_KEY_HASH;
  coin->amount = amount;
  tc_wallet_db_run (self->db, "UPDATE coins SET lock = ?, amount = ? WHERE txid = ? AND vout = ?", "iihi", (gint64) coin->lock, (gint64) amount.units,
             &coin->outpoint.txid, (gint64) coin->outpoint.index);
}

void
tc_wallet_coins_set_frozen (TcCoins *self, TcCoin *coin, gboolean frozen)
{
  coin->frozen = frozen;
  tc_wallet_db_run (self->db, "UPDATE coins SET frozen = ? WHERE txid = ? AND vout = ?", "ihi", (gint64) frozen, &coin->outpoint.txid,
                    (gint64) coin->outpoint.index);
}

gboolean
tc_coin_is_alive (const TcCoin *coin)
{
  return !coin->spent && coin->state <= TC_WALLET_TX_CONFIRMED;
}

static gboolean
is_settled (const TcCoin *coin)
{
  if (!tc_coin_is_alive (coin) || coin->lock != TC_LOCK_KEY_HASH)
    return FALSE;
  return coin->state >= TC_WALLET_TX_FINAL || (coin->own && coin->state == TC_WALLET_TX_CERTIFIED);
}

gboolean
tc_coin_is_spendable (const TcCoin *coin)
{
  return !coin->frozen && is_settled (coin);
}

/* What a wallet holds cannot pass what exists; a damaged or hostile chain must not make the sum wrap, though. */
static void
add_to (TcAmount *sum, TcAmount amount)
{
  if (!tc_amount_add (*sum, amount, sum))
    sum->units = TC_AMOUNT_MAX_UNITS;
}

TcBalance
tc_wallet_coins_balance (const TcCoins *self, guint32 account)
{
  TcBalance balance = { 0 };
  GHashTableIter iter;
  TcCoin *coin;

  g_hash_table_iter_init (&iter, self->unspent);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &coin))
    {
      if (!tc_coin_is_alive (coin) || (account != TC_ACCOUNT_ALL && coin->path.account != account))
        continue;
      if (coin->lock == TC_LOCK_COLLATERAL)
        add_to (&balance.collateral, coin->amount);
      else if (tc_coin_is_spendable (coin))
        add_to (&balance.available, coin->amount);
      else if (is_settled (coin))
        add_to (&balance.frozen, coin->amount);
      else if (coin->own)
        add_to (&balance.locked, coin->amount);
      else
        add_to (&balance.pending, coin->amount);
    }
  return balance;
}

static int
compare_coins (gconstpointer a, gconstpointer b)
{
  return tc_outpoint_compare (&(*(TcCoin *const *) a)->outpoint, &(*(TcCoin *const *) b)->outpoint);
}

GPtrArray *
tc_wallet_coins_list (const TcCoins *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  TcCoin *coin;

  g_hash_table_iter_init (&iter, self->unspent);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &coin))
    if (tc_coin_is_alive (coin))
      g_ptr_array_add (list, coin);
  g_ptr_array_sort (list, compare_coins);
  return list;
}

GPtrArray *
tc_wallet_coins_ever (const TcCoins *self)
{
  GPtrArray *list = g_ptr_array_sized_new (g_hash_table_size (self->all));
  GHashTableIter iter;
  TcCoin *coin;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &coin))
    g_ptr_array_add (list, coin);
  return list;
}

void
tc_wallet_coins_free_draft (TcCoins *self, guint64 draft)
{
  GHashTableIter iter;
  TcCoin *coin;

  g_hash_table_iter_init (&iter, self->unspent);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &coin))
    if (coin->draft == draft)
      coin->draft = 0;
}
