#include "history.h"

#include <string.h>

#include "core/check.h"
#include "history-search.h"
#include "memo.h"

#define COLUMNS "id, txid, raw, made_here, kind, state, amount, fee, debit, credit, seen_ms, certified_ms, final_ms, final_us, confirmed_ms," \
                " votes, power, height, block_ms, address, n_recipients, memo, reason, serial, memo_private"

struct _TcHistory
{
  TcDb       *db;
  GHashTable *entries;   /* txid, inside its entry -> TcEntry: those open, and those touched since the last settle */
  GHashTable *spenders;  /* TcOutpoint, inside its TcTx -> TcEntry: inputs of entries that are open */
  GPtrArray  *dirty;     /* in the order touched */
  guint64     serial;
  guint64     bumped;    /* no row's serial is shown below this one */
  guint64     changed;   /* changes when a query may find other rows than before */
  guint32     n_entries;
  char        address_digit;

  TcHistoryQuery *query;  /* (nullable): the last one with filters, */
  guint32         account;  /* and of whom, */
  GArray         *found;  /* (element-type gint64) what it found, */
  guint64         found_at;  /* and when: `changed` then */
};

static void
entry_free (gpointer data)
{
  TcEntry *entry = data;

  g_clear_pointer (&entry->tx, tc_tx_unref);
  g_clear_pointer (&entry->new_events, g_array_unref);
  g_array_unref (entry->row.accounts);
  g_free (entry->row.address);
  g_free (entry->row.memo);
  g_free (entry->row.reason);
  g_free (entry);
}

static gboolean
is_open (const TcEntry *entry)
{
  return entry->row.state <= TC_WALLET_TX_FINAL;
}

static TcEntry *
entry_new (void)
{
  TcEntry *entry = g_new0 (TcEntry, 1);

  entry->new_events = g_array_new (FALSE, FALSE, sizeof (TcWalletTxEvent));
  entry->row.accounts = g_array_new (FALSE, FALSE, sizeof (TcWalletTxAccount));
  entry->row.final_duration_us = -1;
  return entry;
}

static void
index_inputs (TcHistory *self, TcEntry *entry)
{
  for (guint32 i = 0; entry->tx != NULL && i < entry->tx->n_inputs; i++)
    g_hash_table_replace (self->spenders, &entry->tx->inputs[i].outpoint, entry);
}

static void
forget_inputs (TcHistory *self, TcEntry *entry)
{
  for (guint32 i = 0; entry->tx != NULL && i < entry->tx->n_inputs; i++)
    if (g_hash_table_lookup (self->spenders, &entry->tx->inputs[i].outpoint) == entry)
      g_hash_table_remove (self->spenders, &entry->tx->inputs[i].outpoint);
}

static void
read_accounts (TcHistory *self, gint64 id, GArray *accounts)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT account, debit, credit FROM tx_accounts WHERE tx = ? ORDER BY account", "i", id);

  while (tc_wallet_db_next (self->db, rows))
    {
      const TcWalletTxAccount account = { (guint32) tc_wallet_db_int (rows, 0), { (guint64) tc_wallet_db_int (rows, 1) },
                                          { (guint64) tc_wallet_db_int (rows, 2) } };

      g_array_append_val (accounts, account);
    }
}

static void
read_row (TcHistory *self, sqlite3_stmt *row, TcWalletTx *ret_row)
{
  ret_row->txid = tc_wallet_db_hash (self->db, row, 1);
  ret_row->kind = (TcWalletTxKind) tc_wallet_db_int (row, 4);
  ret_row->state = (TcWalletTxState) tc_wallet_db_int (row, 5);
  ret_row->amount.units = (guint64) tc_wallet_db_int (row, 6);
  ret_row->fee.units = (guint64) tc_wallet_db_int (row, 7);
  ret_row->debit.units = (guint64) tc_wallet_db_int (row, 8);
  ret_row->credit.units = (guint64) tc_wallet_db_int (row, 9);
  ret_row->seen_ms = tc_wallet_db_int (row, 10);
  ret_row->certified_ms = tc_wallet_db_int (row, 11);
  ret_row->final_ms = tc_wallet_db_int (row, 12);
  ret_row->final_duration_us = tc_wallet_db_int (row, 13);
  ret_row->confirmed_ms = tc_wallet_db_int (row, 14);
  ret_row->votes = (guint64) tc_wallet_db_int (row, 15);
  ret_row->power = (guint64) tc_wallet_db_int (row, 16);
  ret_row->block_height = (guint32) tc_wallet_db_int (row, 17);
  ret_row->block_time_ms = tc_wallet_db_int (row, 18);
  ret_row->address = tc_wallet_db_text (row, 19);
  ret_row->n_recipients = (guint32) tc_wallet_db_int (row, 20);
  ret_row->memo = tc_wallet_db_text (row, 21);
  ret_row->reason = tc_wallet_db_text (row, 22);
  ret_row->serial = (guint64) tc_wallet_db_int (row, 23);
  ret_row->memo_private = tc_wallet_db_int (row, 24) != 0;
  read_accounts (self, tc_wallet_db_int (row, 0), ret_row->accounts);
}

/* Returns: (nullable): NULL where the row is damaged. */
static TcEntry *
read_entry (TcHistory *self, sqlite3_stmt *row)
{
  TcEntry *entry = entry_new ();
  g_autoptr(GBytes) raw = tc_wallet_db_bytes (row, 2);

  entry->id = tc_wallet_db_int (row, 0);
  entry->made_here = tc_wallet_db_int (row, 3) != 0;
  read_row (self, row, &entry->row);
  if (raw != NULL)
    {
      entry->tx = tc_tx_decode (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw), NULL);
      if (entry->tx == NULL)
        tc_wallet_db_damaged (self->db);
    }
  if (!tc_wallet_db_failed (self->db))
    return entry;
  entry_free (entry);
  return NULL;
}

static TcEntry *
keep (TcHistory *self, TcEntry *entry)
{
  g_hash_table_replace (self->entries, &entry->row.txid, entry);
  if (is_open (entry))
    index_inputs (self, entry);
  return entry;
}

static void
load (TcHistory *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT " COLUMNS " FROM txs WHERE state < 3 ORDER BY id", "");
  TcEntry *entry;

  while (tc_wallet_db_next (self->db, rows))
    if ((entry = read_entry (self, rows)) != NULL)
      keep (self, entry);
  rows = tc_wallet_db_select (self->db, "SELECT count(*), coalesce(max(serial), 0) FROM txs", "");
  if (tc_wallet_db_next (self->db, rows))
    {
      self->n_entries = (guint32) tc_wallet_db_int (rows, 0);
      self->serial = (guint64) tc_wallet_db_int (rows, 1);
      sqlite3_reset (rows);
    }
}

TcHistory *
tc_history_new (TcDb *db, char address_digit)
{
  TcHistory *self = g_new0 (TcHistory, 1);

  self->db = db;
  self->address_digit = address_digit;
  self->entries = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, NULL, entry_free);
  self->spenders = g_hash_table_new (tc_outpoint_hash, tc_outpoint_equal);
  self->dirty = g_ptr_array_new ();
  load (self);
  return self;
}

void
tc_history_free (TcHistory *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->dirty);
  g_hash_table_unref (self->spenders);
  g_hash_table_unref (self->entries);
  tc_history_query_free (self->query);
  g_clear_pointer (&self->found, g_array_unref);
  g_free (self);
}

void
tc_history_index_old (TcHistory *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT " COLUMNS " FROM txs ORDER BY id", "");

  while (tc_wallet_db_next (self->db, rows))
    {
      TcEntry *entry = read_entry (self, rows);

      if (entry == NULL)
        return;
      tc_history_search_index (self->db, entry->id, entry->row.address, entry->tx, self->address_digit, entry->row.memo);
      entry_free (entry);
    }
}

TcEntry *
tc_history_find (TcHistory *self, const TcHash *txid)
{
  TcEntry *entry = g_hash_table_lookup (self->entries, txid);

  if (entry != NULL)
    return entry;
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT " COLUMNS " FROM txs WHERE txid = ?", "h", txid);
  if (!tc_wallet_db_next (self->db, rows))
    return NULL;
  entry = read_entry (self, rows);
  sqlite3_reset (rows);
  return entry != NULL ? keep (self, entry) : NULL;
}

TcEntry *
tc_history_add (TcHistory *self, const TcHash *txid, TcTx *tx, gint64 seen_ms)
{
  TcEntry *entry = entry_new ();

  entry->tx = tx != NULL ? tc_tx_ref (tx) : NULL;
  entry->row.txid = *txid;
  entry->row.seen_ms = seen_ms;
  if (tx != NULL && tx->memo_size > 0 && g_utf8_validate ((const char *) tx->memo, tx->memo_size, NULL))
    entry->row.memo = g_strndup ((const char *) tx->memo, tx->memo_size);
  entry->row.memo_private = tx != NULL && tc_memo_is_private (tx->memo, tx->memo_size);
  keep (self, entry);
  tc_history_touch (self, entry);
  return entry;
}

void
tc_history_touch (TcHistory *self, TcEntry *entry)
{
  if (entry->dirty)
    return;
  entry->dirty = TRUE;
  g_ptr_array_add (self->dirty, entry);
}

void
tc_history_set_accounts (TcHistory *self, TcEntry *entry, const GArray *accounts)
{
  GArray *known = entry->row.accounts;
  const gsize size = accounts->len * sizeof (TcWalletTxAccount);

  if (known->len == accounts->len && (size == 0 || memcmp (known->data, accounts->data, size) == 0))
    return;
  g_array_set_size (known, 0);
  if (accounts->len > 0)
    g_array_append_vals (known, accounts->data, accounts->len);
  entry->accounts_changed = TRUE;
  tc_history_touch (self, entry);
}

void
tc_history_event (TcHistory *self, TcEntry *entry, TcWalletEventKind kind, gint64 time_ms)
{
  const TcWalletTxEvent event = { kind, time_ms, entry->row.votes, entry->row.power, entry->row.block_height };

  g_array_append_val (entry->new_events, event);
  tc_history_touch (self, entry);
}

void
tc_history_votes (TcHistory *self, TcEntry *entry, guint64 votes, guint64 power)
{
  entry->row.votes = votes;
  entry->row.power = power;
  entry->row.serial = ++self->serial;
}

static void
insert_entry (TcHistory *self, TcEntry *entry)
{
  g_autoptr(GBytes) raw = entry->tx != NULL ? tc_tx_encode (entry->tx) : NULL;

  tc_wallet_db_run (self->db, "INSERT INTO txs (txid, raw, made_here, kind, state, amount, fee, debit, credit, seen_ms, certified_ms, final_ms, final_us,"
             " confirmed_ms, votes, power, height, block_ms, n_recipients, memo, serial, memo_private)"
             " VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ?, 0, ?)",
             "hBiti", &entry->row.txid, raw, (gint64) entry->made_here, entry->row.memo, (gint64) entry->row.memo_private);
  entry->id = tc_wallet_db_last_id (self->db);
  self->n_entries++;
}

static void
update_entry (TcHistory *self, TcEntry *entry)
{
  const TcWalletTx *row = &entry->row;

  tc_wallet_db_run (self->db, "UPDATE txs SET kind = ?, state = ?, amount = ?, fee = ?, debit = ?, credit = ?, seen_ms = ?, certified_ms = ?, final_ms = ?,"
             " final_us = ?, confirmed_ms = ?, votes = ?, power = ?, height = ?, block_ms = ?, address = ?, n_recipients = ?, reason = ?, serial = ?"
             " WHERE id = ?", "iiiiiiiiiiiiiii" "titii", (gint64) row->kind, (gint64) row->state, (gint64) row->amount.units,
             (gint64) row->fee.units, (gint64) row->debit.units, (gint64) row->credit.units, row->seen_ms, row->certified_ms, row->final_ms,
             row->final_duration_us, row->confirmed_ms, (gint64) row->votes, (gint64) row->power, (gint64) row->block_height,
             row->block_time_ms, row->address, (gint64) row->n_recipients, row->reason, (gint64) row->serial, entry->id);
  tc_history_search_index (self->db, entry->id, row->address, entry->tx, self->address_digit, row->memo);
}

static void
write_accounts (TcHistory *self, TcEntry *entry)
{
  if (!entry->accounts_changed)
    return;
  entry->accounts_changed = FALSE;
  tc_wallet_db_run (self->db, "DELETE FROM tx_accounts WHERE tx = ?", "i", entry->id);
  for (guint i = 0; i < entry->row.accounts->len; i++)
    {
      const TcWalletTxAccount *account = &g_array_index (entry->row.accounts, TcWalletTxAccount, i);

      tc_wallet_db_run (self->db, "INSERT INTO tx_accounts VALUES (?, ?, ?, ?)", "iiii", entry->id, (gint64) account->account,
                        (gint64) account->debit.units, (gint64) account->credit.units);
    }
}

static void
write_events (TcHistory *self, TcEntry *entry)
{
  for (guint i = 0; i < entry->new_events->len; i++)
    {
      const TcWalletTxEvent *event = &g_array_index (entry->new_events, TcWalletTxEvent, i);

      tc_wallet_db_run (self->db, "INSERT INTO events (tx, kind, time_ms, votes, power, height) VALUES (?, ?, ?, ?, ?, ?)", "iiiiii", entry->id,
                 (gint64) event->kind, event->time_ms, (gint64) event->votes, (gint64) event->power, (gint64) event->height);
    }
  g_array_set_size (entry->new_events, 0);
}

void
tc_history_settle (TcHistory *self)
{
  if (self->dirty->len > 0)
    self->changed++;
  for (guint i = 0; i < self->dirty->len; i++)
    {
      TcEntry *entry = g_ptr_array_index (self->dirty, i);

      entry->row.serial = ++self->serial;
      entry->dirty = FALSE;
      if (entry->id == 0)
        insert_entry (self, entry);
      update_entry (self, entry);
      write_accounts (self, entry);
      write_events (self, entry);
      if (is_open (entry))
        index_inputs (self, entry);  /* it may have come back to life */
    }
  g_ptr_array_set_size (self->dirty, 0);

  GHashTableIter iter;
  TcEntry *entry;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (!is_open (entry))
      {
        forget_inputs (self, entry);
        g_hash_table_iter_remove (&iter);
      }
}

guint64
tc_history_serial (const TcHistory *self)
{
  return self->serial;
}

void
tc_history_bump (TcHistory *self)
{
  self->bumped = ++self->serial;
  self->changed++;
}

guint32
tc_history_count (TcHistory *self)
{
  return self->n_entries;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const gint64 id_a = (*(TcEntry *const *) a)->id, id_b = (*(TcEntry *const *) b)->id;

  return (id_a > id_b) - (id_a < id_b);
}

GPtrArray *
tc_history_open (TcHistory *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  TcEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (is_open (entry))
      g_ptr_array_add (list, entry);
  g_ptr_array_sort (list, compare_ids);
  return list;
}

TcEntry *
tc_history_spender (TcHistory *self, const TcOutpoint *outpoint)
{
  TcEntry *entry = g_hash_table_lookup (self->spenders, outpoint);

  return entry != NULL && is_open (entry) ? entry : NULL;
}

TcWalletTx *
tc_history_view (TcHistory *self, const TcEntry *entry)
{
  TcWalletTx *copy = g_memdup2 (&entry->row, sizeof entry->row);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->serial = MAX (copy->serial, self->bumped);
  copy->address = g_strdup (entry->row.address);
  copy->memo = g_strdup (entry->row.memo);
  copy->reason = g_strdup (entry->row.reason);
  copy->accounts = g_array_copy (entry->row.accounts);
  return copy;
}

static void
add_row (TcHistory *self, GPtrArray *page, sqlite3_stmt *statement)
{
  const TcHash txid = tc_wallet_db_hash (self->db, statement, 1);
  const TcEntry *live = g_hash_table_lookup (self->entries, &txid);

  if (live != NULL)
    {
      g_ptr_array_add (page, tc_history_view (self, live));
      return;
    }
  TcWalletTx *row = g_new0 (TcWalletTx, 1);
  g_atomic_ref_count_init (&row->ref_count);
  row->accounts = g_array_new (FALSE, FALSE, sizeof (TcWalletTxAccount));
  read_row (self, statement, row);
  row->serial = MAX (row->serial, self->bumped);
  g_ptr_array_add (page, row);
}

/* A window asks for one page after another of one query: what it found is kept until rows change. */
static const GArray *
find (TcHistory *self, guint32 account, const TcHistoryQuery *query)
{
  if (self->query == NULL || self->found_at != self->changed || self->account != account || !tc_history_query_equal (self->query, query))
    {
      g_clear_pointer (&self->found, g_array_unref);
      tc_history_query_free (self->query);
      self->query = tc_history_query_copy (query);
      self->account = account;
      self->found = tc_history_search_ids (self->db, account, query);
      self->found_at = self->changed;
    }
  return self->found;
}

static void
add_found (TcHistory *self, GPtrArray *page, const GArray *found, guint32 offset, guint32 limit)
{
  for (guint i = offset; i < found->len && i - offset < limit; i++)
    {
      sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT " COLUMNS " FROM txs WHERE id = ?", "i", g_array_index (found, gint64, i));

      if (!tc_wallet_db_next (self->db, rows))
        continue;
      add_row (self, page, rows);
      sqlite3_reset (rows);
    }
}

/* Whether each row is of @account: the usual case, with one account. */
static gboolean
touches_all (TcHistory *self, guint32 account)
{
  if (account != 0)
    return account == TC_ACCOUNT_ALL;
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT 1 FROM tx_accounts WHERE account > 0 LIMIT 1", "");
  const gboolean others = tc_wallet_db_next (self->db, rows);
  if (others)
    sqlite3_reset (rows);
  return !others;
}

/* Without filters there is nothing to keep: SQLite steps over the rows before @offset in the index alone, 90 000 of them in some ms. */
GPtrArray *
tc_history_page (TcHistory *self, guint32 account, const TcHistoryQuery *query, guint32 offset, guint32 limit, guint32 *ret_total)
{
  static const TcHistoryQuery every = { 0 };
  GPtrArray *page = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_wallet_tx_unref);

  if (!touches_all (self, account) || (query != NULL && !tc_history_query_is_empty (query)))
    {
      const GArray *found = find (self, account, query != NULL ? query : &every);

      *ret_total = found->len;
      add_found (self, page, found, offset, limit);
      return page;
    }
  *ret_total = self->n_entries;
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT " COLUMNS " FROM txs ORDER BY seen_ms DESC, id DESC LIMIT ? OFFSET ?", "ii", (gint64) limit,
                                            (gint64) offset);
  while (tc_wallet_db_next (self->db, rows))
    add_row (self, page, rows);
  return page;
}

GArray *
tc_history_events (TcHistory *self, const TcEntry *entry)
{
  GArray *events = g_array_new (FALSE, TRUE, sizeof (TcWalletTxEvent));
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT kind, time_ms, votes, power, height FROM events WHERE tx = ? ORDER BY id", "i", entry->id);

  while (tc_wallet_db_next (self->db, rows))
    {
      const TcWalletTxEvent event = { (TcWalletEventKind) tc_wallet_db_int (rows, 0), tc_wallet_db_int (rows, 1), (guint64) tc_wallet_db_int (rows, 2),
                                      (guint64) tc_wallet_db_int (rows, 3), (guint32) tc_wallet_db_int (rows, 4) };
      g_array_append_val (events, event);
    }
  return events;
}

gboolean
tc_history_has_retired (TcHistory *self, const TcOutpoint *masternode)
{
  g_autoptr(GByteArray) name = g_byte_array_new ();
  g_autoptr(GBytes) bytes = NULL;
  gboolean found;

  tc_put_outpoint (name, masternode);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&name));
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT 1 FROM txs WHERE kind = ? AND state = ? AND instr(raw, ?) LIMIT 1", "iiB",
                                            (gint64) TC_WALLET_TX_RETIRE, (gint64) TC_WALLET_TX_CONFIRMED, bytes);

  found = tc_wallet_db_next (self->db, rows);
  if (found)
    sqlite3_reset (rows);
  return found;
}

guint
tc_history_final_times (TcHistory *self, TcHash *ret_txids, gint64 *ret_us, guint n_max)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT txid, final_us FROM (SELECT txid, final_us FROM txs ORDER BY seen_ms DESC, id DESC LIMIT ?)"
                                            " WHERE final_us >= 0", "i", (gint64) n_max);
  guint n = 0;

  while (tc_wallet_db_next (self->db, rows) && n < n_max)
    {
      ret_txids[n] = tc_wallet_db_hash (self->db, rows, 0);
      ret_us[n++] = tc_wallet_db_int (rows, 1);
    }
  return n;
}
