#include "account-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "memos.h"

/* Requests are kept as they were made; what was paid is worked out of the coins whenever somebody looks. */

typedef struct
{
  TcAmount paid, final;
  guint32  n_payments;
} Paid;

/* Returns: (element-type TcKeyHash Paid): for each request's key hash. */
static GHashTable *
sum_paid (TcAccount *self, const GHashTable *wanted)
{
  GHashTable *sums = g_hash_table_new_full (tc_key_hash_hash, tc_key_hash_equal, g_free, g_free);
  GHashTableIter iter;
  const TcKeyHash *hash;

  g_hash_table_iter_init (&iter, (GHashTable *) wanted);
  while (g_hash_table_iter_next (&iter, (gpointer *) &hash, NULL))
    g_hash_table_insert (sums, g_memdup2 (hash, sizeof *hash), g_new0 (Paid, 1));
  g_autoptr(GPtrArray) coins = tc_wallet_coins_ever (self->coins);
  for (guint i = 0; i < coins->len; i++)
    {
      const TcCoin *coin = g_ptr_array_index (coins, i);
      const TcKeyHash of_coin = tc_keychain_get_hash (self->keys, coin->path);
      Paid *sum = g_hash_table_lookup (sums, &of_coin);

      if (sum == NULL || coin->state > TC_WALLET_TX_CONFIRMED)
        continue;
      if (!tc_amount_add (sum->paid, coin->amount, &sum->paid))
        sum->paid.units = TC_AMOUNT_MAX_UNITS;
      if (coin->state >= TC_WALLET_TX_FINAL && !tc_amount_add (sum->final, coin->amount, &sum->final))
        sum->final.units = TC_AMOUNT_MAX_UNITS;
      sum->n_payments++;
    }
  return sums;
}

static TcRequestState
judge (const TcWalletRequest *request, const Paid *sum, gint64 now_s)
{
  if (sum->paid.units == 0)
    return request->expires_s > 0 && now_s >= request->expires_s ? TC_REQUEST_EXPIRED : TC_REQUEST_WAITING;
  if (sum->paid.units < request->amount.units)
    return TC_REQUEST_PART;
  if (sum->final.units < sum->paid.units)
    return TC_REQUEST_PAID;
  return request->amount.units > 0 && sum->paid.units > request->amount.units ? TC_REQUEST_OVER : TC_REQUEST_FINAL;
}

/* A wallet that was locked when the request was made may know the key by now. */
static void
add_key (TcAccount *self, TcWalletRequest *request, const TcKeyHash *hash)
{
  if (!request->has_key)
    request->has_key = tc_account_find_public_key (self, hash, &request->key, NULL);
}

void
tc_account_reserve_requests (TcAccount *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT address FROM requests", "");

  while (tc_wallet_db_next (self->db, rows))
    {
      TcKeyHash hash;
      TcKeyPath path;

      if (tc_address_parse ((const char *) sqlite3_column_text (rows, 0), self->address_digit, &hash, NULL) && tc_keychain_find (self->keys, &hash, &path))
        tc_keychain_reserve (self->keys, path);
    }
}

static char *
format_uri (const TcWalletRequest *request, GError **error)
{
  const TcPaymentUri uri = { .address = request->address, .amount = request->amount, .label = request->label, .message = request->message,
                             .has_key = request->has_key, .key = request->key, .expires_s = request->expires_s };

  return tc_payment_uri_format (&uri, error);
}

static TcWalletRequest *
request_new (void)
{
  TcWalletRequest *request = g_new0 (TcWalletRequest, 1);

  g_atomic_ref_count_init (&request->ref_count);
  return request;
}

static TcWalletRequest *
read_request (sqlite3_stmt *row)
{
  TcWalletRequest *request = request_new ();
  g_autoptr(GBytes) key = tc_wallet_db_bytes (row, 6);

  request->id = tc_wallet_db_int (row, 0);
  request->address = tc_wallet_db_text (row, 1);
  request->account = (guint32) tc_wallet_db_int (row, 2);
  request->amount.units = (guint64) tc_wallet_db_int (row, 3);
  request->label = tc_wallet_db_text (row, 4);
  request->message = tc_wallet_db_text (row, 5);
  request->has_key = key != NULL && g_bytes_get_size (key) == TC_PUBLIC_KEY_SIZE;
  if (request->has_key)
    memcpy (request->key.bytes, g_bytes_get_data (key, NULL), TC_PUBLIC_KEY_SIZE);
  request->created_ms = tc_wallet_db_int (row, 7);
  request->expires_s = tc_wallet_db_int (row, 8);
  return request;
}

static gboolean
complete (TcAccount *self, TcWalletRequest *request, GHashTable *wanted, GError **error)
{
  TcKeyHash hash;

  if (request->address == NULL || !tc_address_parse (request->address, self->address_digit, &hash, NULL))
    {
      tc_wallet_db_damaged (self->db);
      return FALSE;
    }
  g_hash_table_add (wanted, g_memdup2 (&hash, sizeof hash));
  add_key (self, request, &hash);
  request->uri = format_uri (request, error);
  return request->uri != NULL;
}

static void
judge_all (TcAccount *self, GPtrArray *list, const GHashTable *wanted, gint64 now_s)
{
  g_autoptr(GHashTable) sums = sum_paid (self, wanted);

  for (guint i = 0; i < list->len; i++)
    {
      TcWalletRequest *request = g_ptr_array_index (list, i);
      TcKeyHash hash = { 0 };

      if (!tc_address_parse (request->address, self->address_digit, &hash, NULL))
        continue;
      const Paid *sum = g_hash_table_lookup (sums, &hash);
      request->paid = sum->paid;
      request->n_payments = sum->n_payments;
      request->state = judge (request, sum, now_s);
    }
}

GPtrArray *
tc_account_list_requests (TcAccount *self, guint32 account, gint64 now_s, GError **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_wallet_request_unref);
  g_autoptr(GHashTable) wanted = g_hash_table_new_full (tc_key_hash_hash, tc_key_hash_equal, g_free, NULL);
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT id, address, account, amount, label, message, key, created_ms, expires_s FROM requests"
                                            " WHERE NOT removed AND (?1 < 0 OR account = ?1) ORDER BY id DESC", "i",
                                            account == TC_ACCOUNT_ALL ? (gint64) -1 : (gint64) account);

  while (tc_wallet_db_next (self->db, rows))
    {
      TcWalletRequest *request = read_request (rows);

      g_ptr_array_add (list, request);
      if (!complete (self, request, wanted, NULL))
        break;
    }
  judge_all (self, list, wanted, now_s);
  return tc_wallet_db_end (self->db, error) ? g_steal_pointer (&list) : NULL;
}

static guint32
count_requests (TcAccount *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT count(*) FROM requests WHERE NOT removed", "");
  guint32 count = 0;

  if (tc_wallet_db_next (self->db, rows))
    {
      count = (guint32) tc_wallet_db_int (rows, 0);
      sqlite3_reset (rows);
    }
  return count;
}

static char *
tidy (const char *text)
{
  g_autofree char *copy = g_strstrip (g_strdup (text != NULL ? text : ""));

  return *copy != '\0' ? g_steal_pointer (&copy) : NULL;
}

static void
store (TcAccount *self, TcWalletRequest *request)
{
  g_autoptr(GBytes) key = request->has_key ? g_bytes_new (request->key.bytes, TC_PUBLIC_KEY_SIZE) : NULL;

  tc_wallet_db_run (self->db, "INSERT INTO requests (address, account, amount, label, message, key, created_ms, expires_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    "tiittBii", request->address, (gint64) request->account, (gint64) request->amount.units, request->label, request->message, key,
                    request->created_ms, request->expires_s);
  request->id = tc_wallet_db_last_id (self->db);
  if (request->label != NULL)
    tc_records_set_label (self->records, request->address, request->label);
}

/* Each request takes an address of its own, so that what comes in there is known to be for it. */
static TcWalletRequest *
make (TcAccount *self, const TcRequestOrder *order, gint64 now_ms, GError **error)
{
  g_autoptr(TcWalletRequest) request = request_new ();
  TcKeyPath path;

  if (!tc_keychain_issue (self->keys, order->account, TC_CHAIN_RECEIVE, &path))
    {
      tc_account_set_no_keys (self, error);
      return NULL;
    }
  const TcKeyHash hash = tc_keychain_get_hash (self->keys, path);
  request->account = order->account;
  request->address = tc_keychain_address (self->keys, path);
  request->amount = order->amount;
  request->label = tidy (order->label);
  request->message = tidy (order->message);
  request->created_ms = now_ms;
  request->expires_s = order->expires_s;
  add_key (self, request, &hash);
  tc_keychain_reserve (self->keys, path);
  request->uri = format_uri (request, error);
  return request->uri != NULL ? g_steal_pointer (&request) : NULL;
}

static gboolean
check_order (TcAccount *self, const TcRequestOrder *order, gint64 now_ms, GError **error)
{
  if (!tc_account_check (self, order->account, FALSE, error))
    return FALSE;
  if (order->amount.units > TC_AMOUNT_MAX_UNITS)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, _("This is more than there can be."));
  else if (order->expires_s < 0 || order->expires_s > TC_PAYMENT_EXPIRES_MAX || (order->expires_s > 0 && order->expires_s <= now_ms / 1000))
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED, _("A request ends in the future."));
  else if (count_requests (self) >= TC_REQUESTS_MAX)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED, _("A wallet keeps %u requests at the most. Delete some first."), TC_REQUESTS_MAX);
  else
    return TRUE;
  return FALSE;
}

TcWalletRequest *
tc_account_create_request (TcAccount *self, const TcRequestOrder *order, gint64 now_ms, GError **error)
{
  if (!check_order (self, order, now_ms, error))
    return NULL;
  tc_account_begin (self, TRUE);
  g_autoptr(TcWalletRequest) request = make (self, order, now_ms, error);
  if (request == NULL)
    {
      tc_wallet_db_rollback (self->db);
      tc_account_reload (self);  /* the address is not given out */
      return NULL;
    }
  store (self, request);
  if (!tc_account_end (self, error))
    return NULL;
  tc_history_bump (self->history);
  return g_steal_pointer (&request);
}

gboolean
tc_account_remove_request (TcAccount *self, gint64 id, gboolean removed, GError **error)
{
  tc_account_begin (self, FALSE);
  tc_wallet_db_run (self->db, "UPDATE requests SET removed = ? WHERE id = ?", "ii", (gint64) removed, id);
  if (!tc_account_end (self, error))
    return FALSE;
  tc_history_bump (self->history);
  return TRUE;
}
