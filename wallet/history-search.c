#include "history-search.h"

#include <string.h>

#include "records.h"

#define TXID_DIGITS_MIN 4u  /* fewer are letters as any other */

void
tc_history_search_index (TcDb *db, gint64 id, const char *address, const TcTx *tx, char address_digit, const char *memo)
{
  g_autoptr(GString) text = g_string_new (address);

  for (guint32 i = 0; tx != NULL && i < tx->n_outputs; i++)
    {
      g_autofree char *paid = tc_address_format (&tx->outputs[i].key_hash, address_digit);

      if (g_strcmp0 (paid, address) != 0)
        g_string_append_printf (text, "\n%s", paid);
    }
  if (memo != NULL)
    g_string_append_printf (text, "\n%s", memo);
  g_autofree char *folded = tc_records_fold (text->str);
  tc_wallet_db_run (db, "INSERT INTO texts (tx, text) VALUES (?, ?) ON CONFLICT (tx) DO UPDATE SET text = excluded.text WHERE text != excluded.text", "it",
                    id, folded);
}

/* A bit for each id. */
static void
mark (TcDb *db, GByteArray *marks, sqlite3_stmt *ids)
{
  while (tc_wallet_db_next (db, ids))
    {
      const gint64 id = tc_wallet_db_int (ids, 0);

      if (id >= 0 && id / 8 < marks->len)
        marks->data[id / 8] |= (guint8) (1u << id % 8);
    }
}

static GByteArray *
marks_new (TcDb *db)
{
  sqlite3_stmt *rows = tc_wallet_db_select (db, "SELECT coalesce(max(id), 0) FROM txs", "");
  GByteArray *marks = g_byte_array_new ();

  if (tc_wallet_db_next (db, rows))
    {
      g_byte_array_set_size (marks, (guint) (tc_wallet_db_int (rows, 0) / 8 + 1));
      sqlite3_reset (rows);
    }
  if (marks->len > 0)
    memset (marks->data, 0, marks->len);
  return marks;
}

/* Txids are not in the texts: what one looks for of them is how they begin. */
static void
mark_txids (TcDb *db, GByteArray *marks, const char *search)
{
  const gsize n = strlen (search);
  TcHash first, last;
  char digits[2 * TC_HASH_SIZE + 1];

  if (n < TXID_DIGITS_MIN || n > 2 * TC_HASH_SIZE || strspn (search, "0123456789abcdef") != n)
    return;
  memset (digits, '0', sizeof digits - 1);
  digits[sizeof digits - 1] = '\0';
  memcpy (digits, search, n);
  if (!tc_hash_from_hex (digits, &first))
    return;
  memset (digits + n, 'f', sizeof digits - 1 - n);
  if (tc_hash_from_hex (digits, &last))
    mark (db, marks, tc_wallet_db_select (db, "SELECT id FROM txs WHERE txid BETWEEN ? AND ?", "hh", &first, &last));
}

/* Returns: (transfer full) (nullable): NULL where nothing is searched for. */
static GByteArray *
find (TcDb *db, const char *search)
{
  g_autofree char *stripped = g_strstrip (g_strdup (search != NULL ? search : ""));
  g_autofree char *folded = tc_records_fold (stripped);

  if (*folded == '\0')
    return NULL;
  GByteArray *marks = marks_new (db);
  if (strlen (folded) > TC_WALLET_SEARCH_MAX)
    return marks;
  mark (db, marks, tc_wallet_db_select (db, "SELECT tx FROM texts WHERE instr(text, ?)", "t", folded));
  mark (db, marks, tc_wallet_db_select (db, "SELECT id FROM txs WHERE address IN (SELECT address FROM labels WHERE instr(fold(label), ?1)"
                                        " UNION SELECT address FROM contacts WHERE instr(fold(name || char(10) || coalesce(note, '')), ?1))", "t", folded));
  mark (db, marks, tc_wallet_db_select (db, "SELECT t.id FROM notes n JOIN txs t ON t.txid = n.txid WHERE instr(fold(n.note), ?)", "t", folded));
  mark_txids (db, marks, folded);
  return marks;
}

/* What is marked in both. Returns: (nullable): NULL: all. */
static GByteArray *
keep_account (TcDb *db, guint32 account, GByteArray *marks)
{
  if (account == TC_ACCOUNT_ALL)
    return marks;
  GByteArray *own = marks_new (db);
  mark (db, own, tc_wallet_db_select (db, "SELECT tx FROM tx_accounts WHERE account = ?", "i", (gint64) account));
  for (guint i = 0; marks != NULL && i < own->len; i++)
    own->data[i] &= marks->data[i];
  g_clear_pointer (&marks, g_byte_array_unref);
  return own;
}

/* All columns are in the index: the rows themselves are not read. */
static sqlite3_stmt *
select_rows (TcDb *db, const TcHistoryQuery *query)
{
  if (query->kinds == 0 && query->states == 0 && query->from_ms == 0 && query->to_ms == 0 && query->least.units == 0 && query->most.units == 0)
    return tc_wallet_db_select (db, "SELECT id FROM txs ORDER BY seen_ms DESC, id DESC", "");
  return tc_wallet_db_select (db, "SELECT id FROM txs WHERE (?1 = 0 OR ?1 >> kind & 1) AND (?2 = 0 OR ?2 >> state & 1) AND seen_ms >= ?3"
                              " AND seen_ms < ?4 AND amount BETWEEN ?5 AND ?6 ORDER BY seen_ms DESC, id DESC", "iiiiii", (gint64) query->kinds,
                              (gint64) query->states, query->from_ms, query->to_ms > 0 ? query->to_ms : G_MAXINT64, (gint64) query->least.units,
                              query->most.units > 0 ? (gint64) query->most.units : G_MAXINT64);
}

GArray *
tc_history_search_ids (TcDb *db, guint32 account, const TcHistoryQuery *query)
{
  g_autoptr(GByteArray) marks = keep_account (db, account, find (db, query->search));
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *rows = select_rows (db, query);

  while (tc_wallet_db_next (db, rows))
    {
      const gint64 id = tc_wallet_db_int (rows, 0);

      if (marks == NULL || (id / 8 < marks->len && marks->data[id / 8] >> id % 8 & 1))
        g_array_append_val (ids, id);
    }
  return ids;
}
