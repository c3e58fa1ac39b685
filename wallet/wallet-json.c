#include "wallet-json.h"

#include "core/check.h"
#include "rpc/call.h"

static void
add (json_object *object, const char *name, json_object *value)
{
  json_object_object_add (object, name, value);
}

static void
add_string (json_object *object, const char *name, const char *value)
{
  add (object, name, value != NULL ? json_object_new_string (value) : NULL);
}

static void
add_uint (json_object *object, const char *name, guint64 value)
{
  add (object, name, json_object_new_uint64 (value));
}

static void
add_bool (json_object *object, const char *name, gboolean value)
{
  add (object, name, json_object_new_boolean (value));
}

static void
add_hash (json_object *object, const char *name, const TcHash *hash)
{
  g_autofree char *hex = tc_hash_to_hex (hash);

  add_string (object, name, hex);
}

static void
add_time (json_object *object, const char *name, gint64 time_ms)
{
  add (object, name, json_object_new_int64 (time_ms / 1000));
}

/* Unknown times are null. */
static void
add_time_ms (json_object *object, const char *name, gint64 time_ms)
{
  add (object, name, time_ms > 0 ? json_object_new_int64 (time_ms) : NULL);
}

static gint64
confirmations (TcWalletTxState state, guint32 height, guint32 node_height)
{
  if (state == TC_WALLET_TX_CONFLICTED)
    return -1;
  return state == TC_WALLET_TX_CONFIRMED ? (gint64) MAX (node_height, height) - height + 1 : 0;
}

/* The names that every method uses: what is certified is still pending. */
static const char *
finality_name (TcWalletTxState state)
{
  return tc_wallet_tx_state_name (state == TC_WALLET_TX_CERTIFIED ? TC_WALLET_TX_PENDING : state);
}

static void
add_finality (json_object *object, const TcWalletTx *row)
{
  const guint64 us = (guint64) row->final_duration_us;
  g_autofree char *ms = row->final_duration_us < 0 ? NULL : g_strdup_printf ("%" G_GUINT64_FORMAT ".%03" G_GUINT64_FORMAT, us / 1000, us % 1000);

  add_string (object, "finality", finality_name (row->state));
  add (object, "final_ms", ms != NULL ? json_object_new_double_s (0, ms) : NULL);
  add_uint (object, "votes", row->votes);
  add_uint (object, "power", row->power);
}

static const char *
category (const TcWalletTx *row)
{
  switch (row->kind)
    {
    case TC_WALLET_TX_SENT:
      return "send";
    case TC_WALLET_TX_SELF:
      return "self";
    case TC_WALLET_TX_REWARD:
      return "generate";
    case TC_WALLET_TX_REGISTER:
      return "register";
    case TC_WALLET_TX_UPDATE:
      return "update";
    case TC_WALLET_TX_RETIRE:
      return "retire";
    case TC_WALLET_TX_RECEIVED:
    case TC_WALLET_TX_GENESIS:
    default:
      return "receive";
    }
}

/* What the balance changed by, without the fee: so a self-payment's is zero. */
static json_object *
net_amount (const TcWalletTx *row)
{
  if (row->transfer != TC_TRANSFER_NONE)
    return tc_rpc_amount (row->amount, row->transfer == TC_TRANSFER_OUT);
  if (row->kind == TC_WALLET_TX_SELF || row->kind >= TC_WALLET_TX_REGISTER)
    return tc_rpc_amount ((TcAmount) { 0 }, FALSE);
  return tc_rpc_amount (row->amount, row->kind == TC_WALLET_TX_SENT);
}

static json_object *
accounts_json (const TcWalletTx *row)
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < row->accounts->len; i++)
    json_object_array_add (array, json_object_new_uint64 (g_array_index (row->accounts, TcWalletTxAccount, i).account));
  return array;
}

json_object *
tc_json_wallet_tx (const TcWalletTx *row, guint32 node_height)
{
  json_object *object = json_object_new_object ();

  add_string (object, "address", row->address);
  add_string (object, "category", category (row));
  add (object, "amount", net_amount (row));
  if (row->debit.units > 0)
    add (object, "fee", tc_rpc_amount (row->fee, TRUE));
  add (object, "confirmations", json_object_new_int64 (confirmations (row->state, row->block_height, node_height)));
  if (row->state == TC_WALLET_TX_CONFIRMED)
    {
      add_uint (object, "blockheight", row->block_height);
      add_time (object, "blocktime", row->block_time_ms);
    }
  add_hash (object, "txid", &row->txid);
  add_time (object, "time", row->seen_ms);
  add_time (object, "timereceived", row->seen_ms);
  if (row->name != NULL)
    add_string (object, "label", row->name);
  if (row->note != NULL)
    add_string (object, "comment", row->note);
  if (row->memo != NULL)
    add_string (object, "memo", row->memo);
  if (row->memo_private)
    json_object_object_add (object, "memo_private", json_object_new_boolean (TRUE));
  add (object, "accounts", accounts_json (row));
  add_bool (object, "abandoned", row->state == TC_WALLET_TX_DROPPED);
  add_finality (object, row);
  if (row->reason != NULL)
    add_string (object, "reason", row->reason);
  if (row->is_void)
    add_bool (object, "void", TRUE);
  return object;
}

static json_object *
outputs_json (const TcWalletTxDetail *detail)
{
  const gboolean sent = detail->row->debit.units > 0;
  json_object *array = json_object_new_array ();

  for (gsize i = 0; i < detail->n_outputs; i++)
    {
      const TcWalletTxOutput *output = &detail->outputs[i];
      const gboolean leaves = sent && !output->mine;

      if (output->change || (!sent && !output->mine))
        continue;
      json_object *item = json_object_new_object ();
      add_string (item, "address", output->address);
      add_string (item, "category", leaves ? "send" : category (detail->row));
      add (item, "amount", tc_rpc_amount (output->amount, leaves));
      add_uint (item, "vout", i);
      if (leaves)
        add (item, "fee", tc_rpc_amount (detail->row->fee, TRUE));
      json_object_array_add (array, item);
    }
  return array;
}

static json_object *
events_json (const TcWalletTxDetail *detail)
{
  static const char *const names[] = { "created", "seen", "votes", "certified", "final", "confirmed", "dropped", "conflicted" };
  json_object *array = json_object_new_array ();

  for (gsize i = 0; i < detail->n_events; i++)
    {
      const TcWalletTxEvent *event = &detail->events[i];

      if ((guint) event->kind >= G_N_ELEMENTS (names))
        continue;
      json_object *item = json_object_new_object ();
      add_string (item, "event", names[event->kind]);
      add_time_ms (item, "time_ms", event->time_ms);
      add_uint (item, "votes", event->votes);
      add_uint (item, "power", event->power);
      json_object_array_add (array, item);
    }
  return array;
}

json_object *
tc_json_wallet_detail (const TcWalletTxDetail *detail, guint32 node_height)
{
  json_object *object = tc_json_wallet_tx (detail->row, node_height);

  add_time_ms (object, "seen_time_ms", detail->row->seen_ms);
  add_time_ms (object, "certified_time_ms", detail->row->certified_ms);
  add_time_ms (object, "final_time_ms", detail->row->final_ms);
  add_time_ms (object, "confirmed_time_ms", detail->row->confirmed_ms);
  add (object, "details", outputs_json (detail));
  add (object, "events", events_json (detail));
  if (detail->raw != NULL)
    {
      g_autofree char *hex = tc_hex_encode (g_bytes_get_data (detail->raw, NULL), g_bytes_get_size (detail->raw));

      add_string (object, "hex", hex);
      add_uint (object, "size", detail->size_bytes);
    }
  return object;
}

json_object *
tc_json_wallet_coin (const TcWalletCoin *coin, guint32 node_height)
{
  json_object *object = json_object_new_object ();

  add_hash (object, "txid", &coin->outpoint.txid);
  add_uint (object, "vout", coin->outpoint.index);
  add_string (object, "address", coin->address);
  add (object, "amount", tc_rpc_amount (coin->amount, FALSE));
  add (object, "confirmations", json_object_new_int64 (confirmations (coin->state, coin->height, node_height)));
  add_bool (object, "spendable", coin->spendable);
  add_bool (object, "locked", coin->frozen);
  add_bool (object, "solvable", TRUE);
  add_bool (object, "safe", coin->spendable);
  add_uint (object, "account", coin->account);
  add_bool (object, "change", coin->change);
  add_bool (object, "collateral", coin->lock == TC_LOCK_COLLATERAL);
  add_string (object, "finality", finality_name (coin->state));
  return object;
}

static json_object *
scanning_json (const TcWalletSnapshot *snapshot)
{
  if (!snapshot->scanning)
    return json_object_new_boolean (FALSE);
  json_object *object = json_object_new_object ();
  const gboolean unread = !snapshot->rescanning && snapshot->scan_height >= snapshot->node_height;

  add_uint (object, "height", snapshot->rescanning ? snapshot->rescan_height : unread ? snapshot->unread_height - 1 : snapshot->scan_height);
  add_uint (object, "target", snapshot->rescanning ? snapshot->rescan_target : snapshot->node_height);
  return object;
}

/* null: nothing is missing. */
static json_object *
unread_json (const TcWalletSnapshot *snapshot)
{
  json_object *object;

  if (snapshot->unread_height == 0)
    return NULL;
  object = json_object_new_object ();
  add_uint (object, "height", snapshot->unread_height);
  add_string (object, "state", snapshot->never ? "missing" : snapshot->waiting ? "waiting" : "reading");
  return object;
}

json_object *
tc_json_wallet_account (const TcWalletAccount *account)
{
  json_object *object = json_object_new_object ();
  const TcAmount trusted = { account->available.units + account->locked_amount.units };

  add_uint (object, "account", account->index);
  add_string (object, "name", account->name);
  add (object, "balance", tc_rpc_amount (trusted, FALSE));
  add (object, "unconfirmed_balance", tc_rpc_amount (account->pending, FALSE));
  add (object, "available_balance", tc_rpc_amount (account->available, FALSE));
  add (object, "collateral_balance", tc_rpc_amount (account->collateral, FALSE));
  add (object, "total_balance", tc_rpc_amount (account->total, FALSE));
  add_bool (object, "used", account->used);
  add_string (object, "address", account->receive_address);
  return object;
}

json_object *
tc_json_wallet_info (const TcWalletSnapshot *snapshot, gint64 unlocked_until_s)
{
  json_object *object = json_object_new_object ();
  const TcAmount trusted = { snapshot->available.units + snapshot->locked_amount.units };

  add_string (object, "walletname", snapshot->name);
  add_uint (object, "walletversion", 2);
  add_string (object, "format", "sqlite");
  add_string (object, "network", snapshot->network);
  add (object, "balance", tc_rpc_amount (trusted, FALSE));
  add (object, "unconfirmed_balance", tc_rpc_amount (snapshot->pending, FALSE));
  add (object, "available_balance", tc_rpc_amount (snapshot->available, FALSE));
  add (object, "frozen_balance", tc_rpc_amount (snapshot->frozen, FALSE));
  add (object, "collateral_balance", tc_rpc_amount (snapshot->collateral, FALSE));
  add (object, "total_balance", tc_rpc_amount (snapshot->total, FALSE));
  add_uint (object, "txcount", snapshot->n_txs);
  add_uint (object, "accounts", snapshot->accounts->len);
  if (snapshot->encrypted)
    add (object, "unlocked_until", json_object_new_int64 (snapshot->locked ? 0 : unlocked_until_s));
  add_bool (object, "encrypted", snapshot->encrypted);
  add_bool (object, "locked", snapshot->locked);
  add_bool (object, "backup_verified", snapshot->backup_verified);
  add_bool (object, "private_keys_enabled", TRUE);
  add (object, "scanning", scanning_json (snapshot));
  add_bool (object, "complete", snapshot->unread_height == 0);
  add (object, "unread_blocks", unread_json (snapshot));
  add_uint (object, "scan_height", snapshot->scan_height);
  add_uint (object, "birthday_height", snapshot->birthday_height);
  add_string (object, "first_address", snapshot->first_address);
  add_string (object, "problem", snapshot->problem);
  return object;
}

json_object *
tc_json_wallet_masternode (const TcNodeMasternode *item, char address_digit)
{
  static const char *const states[] = { "registered", "retired", "released" };
  json_object *object = json_object_new_object ();
  g_autofree char *txid = tc_hash_to_hex (&item->outpoint.txid), *outpoint = g_strdup_printf ("%s:%u", txid, item->outpoint.index);
  g_autofree char *key = tc_hex_encode (item->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  g_autofree char *owner = tc_address_format (&item->owner, address_digit), *payout = tc_address_format (&item->payout, address_digit);

  TC_CHECK ((guint) item->state < G_N_ELEMENTS (states));
  add_uint (object, "index", item->index);
  add_string (object, "outpoint", outpoint);
  add_string (object, "address", item->host);
  add_string (object, "tier", tc_tier_name (item->tier));
  add (object, "collateral", tc_rpc_amount (tc_tier_collateral (item->tier), FALSE));
  add_string (object, "status", states[item->state]);
  add_bool (object, "jailed", item->jailed);
  add_bool (object, "active", item->active);
  add_bool (object, "in_committee", item->power > 0);
  add_uint (object, "power", item->power);
  add_string (object, "operator_key", key);
  add_string (object, "owner_address", owner);
  add_string (object, "payout_address", payout);
  add_uint (object, "registered_epoch", item->registered_epoch);
  add (object, "retired_epoch", item->retired_epoch > 0 ? json_object_new_uint64 (item->retired_epoch) : NULL);
  add (object, "release_epoch", item->release_epoch > 0 ? json_object_new_uint64 (item->release_epoch) : NULL);
  add_uint (object, "inactive_epochs", item->inactive_epochs);
  add (object, "burnt", tc_rpc_amount (item->burnt, FALSE));
  add (object, "accrued", tc_rpc_amount (item->accrued, FALSE));
  return object;
}
