#include "wallet-rpc-private.h"

#include <stdlib.h>
#include <string.h>

#include "core/check.h"

#define CHANGE_WAIT_MS 3000  /* for own change on its way, which is certified in tens of ms */

/* A payment that a call asks for. Strings live as long as the call. */
typedef struct
{
  TcWalletRpc   *rpc;
  TcRpcCall     *call;
  TcWallet      *wallet;
  TcPaymentOrder order;
  GArray        *recipients;  /* (element-type TcRecipient) */
  GArray        *coins;       /* (element-type TcOutpoint) */
  gboolean       joins;       /* consolidate: */
  TcAmount       below;
  gint64         give_up_us;  /* monotonic; 0: not waiting yet */
  gulong         changed_id;  /* (or 0): waits for the wallet to change */
  GSource       *give_up;     /* (nullable) */
} Payment;

static Payment *
payment_new (TcWalletRpc *self, TcRpcCall *call)
{
  Payment *payment = g_new0 (Payment, 1);

  payment->rpc = tc_wallet_rpc_ref (self);
  payment->call = call;
  payment->wallet = g_object_ref (self->wallet);
  payment->recipients = g_array_new (FALSE, TRUE, sizeof (TcRecipient));
  payment->coins = g_array_new (FALSE, TRUE, sizeof (TcOutpoint));
  return payment;
}

static void
payment_free (Payment *payment)
{
  g_array_unref (payment->recipients);
  g_array_unref (payment->coins);
  g_clear_object (&payment->wallet);
  tc_wallet_rpc_unref (payment->rpc);
  g_free (payment);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Payment, payment_free)

/* --- One after another ------------------------------------------------------------------------------------------------------------ */

static void prepare (Payment *payment);

static void
pay_next (TcWalletRpc *self)
{
  Payment *payment = self->paying ? NULL : g_queue_pop_head (&self->payments);

  if (payment == NULL)
    return;
  self->paying = TRUE;
  prepare (payment);
}

static void
end_payment (Payment *payment)
{
  payment->rpc->paying = FALSE;
  pay_next (payment->rpc);
}

static void
queue (Payment *payment)
{
  TcWalletRpc *self = payment->rpc;

  payment->order.recipients = (const TcRecipient *) payment->recipients->data;
  payment->order.n_recipients = payment->recipients->len;
  payment->order.coins = (const TcOutpoint *) payment->coins->data;
  payment->order.n_coins = payment->coins->len;
  g_queue_push_tail (&self->payments, payment);
  pay_next (self);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Payment) payment = user_data;
  g_autoptr(GError) error = NULL;
  TcHash txid;

  if (tc_wallet_send_payment_finish (TC_WALLET (source), result, &txid, &error))
    {
      g_autofree char *hex = tc_hash_to_hex (&txid);

      tc_rpc_call_return (payment->call, json_object_new_string (hex));
    }
  else
    tc_wallet_rpc_fail (payment->call, error);
  end_payment (payment);
}

static void
prepare_again (Payment *payment)
{
  g_clear_signal_handler (&payment->changed_id, payment->wallet);
  if (payment->give_up != NULL)
    g_source_destroy (payment->give_up);
  g_clear_pointer (&payment->give_up, g_source_unref);
  prepare (payment);
}

static void
on_wallet_changed (TcWallet *wallet, gpointer user_data)
{
  prepare_again (user_data);
}

static gboolean
on_give_up (gpointer user_data)
{
  prepare_again (user_data);
  return G_SOURCE_REMOVE;
}

/* Funds fall short only because change of the payment before is not certified yet: it will be in a moment, and one call after another is what scripts
 * do. Returns: FALSE where there is nothing to wait for. */
static gboolean
wait_for_change (Payment *payment, const GError *error)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (payment->wallet);
  const gint64 now_us = g_get_monotonic_time ();

  if (!g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT) || payment->rpc->freed || payment->joins || payment->coins->len > 0
      || (payment->give_up_us == 0 && snapshot->locked_amount.units < tc_wallet_error_get_missing (error).units))
    return FALSE;
  if (payment->give_up_us == 0)
    payment->give_up_us = now_us + CHANGE_WAIT_MS * 1000;
  if (now_us >= payment->give_up_us)
    return FALSE;
  payment->changed_id = g_signal_connect (payment->wallet, "changed", G_CALLBACK (on_wallet_changed), payment);
  payment->give_up = g_timeout_source_new ((guint) ((payment->give_up_us - now_us) / 1000 + 1));
  g_source_set_callback (payment->give_up, on_give_up, payment, NULL);
  g_source_attach (payment->give_up, g_main_context_get_thread_default ());
  return TRUE;
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Payment) payment = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentDraft) draft = payment->joins ? tc_wallet_prepare_consolidation_finish (TC_WALLET (source), result, &error)
                                                   : tc_wallet_prepare_payment_finish (TC_WALLET (source), result, &error);

  if (draft != NULL)
    tc_wallet_send_payment (TC_WALLET (source), draft, on_sent, g_steal_pointer (&payment));
  else if (wait_for_change (payment, error))
    g_steal_pointer (&payment);
  else
    {
      tc_wallet_rpc_fail (payment->call, error);
      end_payment (payment);
    }
}

static void
prepare (Payment *payment)
{
  if (payment->joins)
    tc_wallet_prepare_consolidation (payment->wallet, payment->order.account, payment->below, payment->order.fee_rate, NULL, on_prepared, payment);
  else
    tc_wallet_prepare_payment (payment->wallet, &payment->order, NULL, on_prepared, payment);
}

/* --- Parameters --------------------------------------------------------------------------------------------------------------------- */

static gboolean
get_fee_rate (TcRpcCall *call, guint position, guint64 *ret_fee_rate)
{
  if (!tc_rpc_call_get_uint (call, position, 0, ret_fee_rate))
    return FALSE;
  if (*ret_fee_rate <= TC_WALLET_FEE_RATE_MAX)
    return TRUE;
  tc_rpc_call_error (call, TC_RPC_PARAMETER, "fee_rate is in units a byte, at most %u; 0 is what the node asks now.", TC_WALLET_FEE_RATE_MAX);
  return FALSE;
}

static gboolean
parse_amount (TcRpcCall *call, const char *address, json_object *json, TcAmount *ret_amount)
{
  g_autoptr(GError) error = NULL;

  if (!json_object_is_type (json, json_type_int) && !json_object_is_type (json, json_type_double) && !json_object_is_type (json, json_type_string))
    tc_rpc_call_error (call, TC_RPC_TYPE, "The amount of %s must be in TIME, such as 12.5.", address);
  else if (!tc_amount_parse (json_object_get_string (json), ret_amount, &error))
    tc_rpc_call_error (call, TC_RPC_TYPE, "The amount of %s: %s", address, error->message);
  else
    return TRUE;
  return FALSE;
}

static gboolean
get_recipients (TcRpcCall *call, guint position, GArray *recipients)
{
  json_object *object = tc_rpc_call_get_param (call, position);

  if (!json_object_is_type (object, json_type_object) || json_object_object_length (object) > (int) TC_WALLET_RECIPIENTS_MAX)
    {
      tc_rpc_call_error (call, TC_RPC_TYPE, "amounts is an object of 1 to %u addresses and what each gets: {\"ADDRESS\": 12.5}.", TC_WALLET_RECIPIENTS_MAX);
      return FALSE;
    }
  json_object_object_foreach (object, address, amount)
    {
      TcRecipient recipient = { .address = address };

      if (!parse_amount (call, address, amount, &recipient.amount))
        return FALSE;
      g_array_append_val (recipients, recipient);
    }
  return TRUE;
}

static gboolean
get_payers (TcRpcCall *call, guint position, GArray *recipients)
{
  json_object *array = tc_rpc_call_get_param (call, position);

  if (array != NULL && !json_object_is_type (array, json_type_array))
    {
      tc_rpc_call_error (call, TC_RPC_TYPE, "subtractfeefrom is a list of addresses of amounts.");
      return FALSE;
    }
  for (gsize i = 0; array != NULL && i < json_object_array_length (array); i++)
    {
      const char *address = json_object_get_string (json_object_array_get_idx (array, i));
      gboolean found = FALSE;

      for (guint j = 0; j < recipients->len; j++)
        if (g_strcmp0 (g_array_index (recipients, TcRecipient, j).address, address) == 0)
          found = g_array_index (recipients, TcRecipient, j).pays_fee = TRUE;
      if (found)
        continue;
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "subtractfeefrom names %s, which amounts does not.", address != NULL ? address : "null");
      return FALSE;
    }
  return TRUE;
}

/* A coin is {"txid": HEX, "vout": N}, as listunspent gives them, or "TXID:N". */
static gboolean
parse_coin (json_object *json, TcOutpoint *ret_coin)
{
  if (json_object_is_type (json, json_type_object))
    {
      json_object *txid = json_object_object_get (json, "txid"), *vout = json_object_object_get (json, "vout");
      const gint64 index = json_object_is_type (vout, json_type_int) ? json_object_get_int64 (vout) : -1;

      ret_coin->index = (guint32) index;
      return json_object_is_type (txid, json_type_string) && tc_hash_from_hex (json_object_get_string (txid), &ret_coin->txid) && index >= 0
             && index <= G_MAXUINT32;
    }
  g_auto(GStrv) parts = json_object_is_type (json, json_type_string) ? g_strsplit (json_object_get_string (json), ":", 3) : NULL;
  guint64 index = 0;
  if (parts == NULL || g_strv_length (parts) != 2 || !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT32, &index, NULL))
    return FALSE;
  ret_coin->index = (guint32) index;
  return tc_hash_from_hex (parts[0], &ret_coin->txid);
}

static gboolean
get_coins (TcRpcCall *call, guint position, GArray *coins)
{
  json_object *array = tc_rpc_call_get_param (call, position);
  gboolean ok = array == NULL || (json_object_is_type (array, json_type_array) && json_object_array_length (array) <= TC_WALLET_COINS_MAX);

  for (gsize i = 0; ok && array != NULL && i < json_object_array_length (array); i++)
    {
      TcOutpoint coin;

      ok = parse_coin (json_object_array_get_idx (array, i), &coin);
      if (ok)
        g_array_append_val (coins, coin);
    }
  if (!ok)
    tc_rpc_call_error (call, TC_RPC_TYPE, "coins is a list of at most %u coins: {\"txid\": HEX, \"vout\": N} or \"TXID:N\".", TC_WALLET_COINS_MAX);
  return ok;
}

/* --- Paying ------------------------------------------------------------------------------------------------------------------------- */

void
tc_wallet_rpc_on_sendtoaddress (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  TcRecipient recipient = { 0 };

  if (!tc_wallet_rpc_require_wallet (self, call))
    return;
  g_autoptr(Payment) payment = payment_new (self, call);
  TcPaymentOrder *order = &payment->order;
  if (!tc_rpc_call_get_string (call, 0, "", &recipient.address) || !tc_rpc_call_get_amount (call, 1, &recipient.amount)
      || !tc_rpc_call_get_string (call, 2, NULL, &order->memo) || !tc_rpc_call_get_bool (call, 3, FALSE, &recipient.pays_fee)
      || !get_fee_rate (call, 4, &order->fee_rate) || !tc_rpc_call_get_bool (call, 5, FALSE, &order->memo_private)
      || !tc_wallet_rpc_get_account (self, call, 6, 0, &order->account))
    return;
  g_array_append_val (payment->recipients, recipient);
  queue (g_steal_pointer (&payment));
}

void
tc_wallet_rpc_on_sendmany (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;

  if (!tc_wallet_rpc_require_wallet (self, call))
    return;
  g_autoptr(Payment) payment = payment_new (self, call);
  TcPaymentOrder *order = &payment->order;
  if (!get_recipients (call, 0, payment->recipients) || !tc_rpc_call_get_string (call, 1, NULL, &order->memo)
      || !get_payers (call, 2, payment->recipients) || !get_fee_rate (call, 3, &order->fee_rate) || !get_coins (call, 4, payment->coins)
      || !tc_wallet_rpc_get_account (self, call, 5, 0, &order->account))
    return;
  queue (g_steal_pointer (&payment));
}

void
tc_wallet_rpc_on_sendall (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  TcRecipient recipient = { 0 };

  if (!tc_wallet_rpc_require_wallet (self, call))
    return;
  g_autoptr(Payment) payment = payment_new (self, call);
  TcPaymentOrder *order = &payment->order;
  if (!tc_rpc_call_get_string (call, 0, "", &recipient.address) || !tc_rpc_call_get_string (call, 1, NULL, &order->memo)
      || !get_fee_rate (call, 2, &order->fee_rate) || !get_coins (call, 3, payment->coins)
      || !tc_wallet_rpc_get_account (self, call, 4, 0, &order->account))
    return;
  order->use_all = TRUE;
  g_array_append_val (payment->recipients, recipient);
  queue (g_steal_pointer (&payment));
}

void
tc_wallet_rpc_on_consolidate (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;

  if (!tc_wallet_rpc_require_wallet (self, call))
    return;
  g_autoptr(Payment) payment = payment_new (self, call);
  if ((tc_rpc_call_get_param (call, 0) != NULL && !tc_rpc_call_get_amount (call, 0, &payment->below))
      || !get_fee_rate (call, 1, &payment->order.fee_rate) || !tc_wallet_rpc_get_account (self, call, 2, 0, &payment->order.account))
    return;
  payment->joins = TRUE;
  queue (g_steal_pointer (&payment));
}

/* --- Frozen coins ------------------------------------------------------------------------------------------------------------------- */

static void
on_frozen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcRpcCall *call = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_wallet_set_coin_frozen_finish (TC_WALLET (source), result, &error))
    tc_rpc_call_return (call, json_object_new_boolean (TRUE));
  else
    tc_wallet_rpc_fail (call, error);
}

typedef struct
{
  TcRpcCall *call;
  gboolean   unfreeze;  /* all of them; FALSE: list them */
} Listing;

static void
list_frozen (TcRpcCall *call, GPtrArray *coins)
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < coins->len; i++)
    {
      const TcWalletCoin *coin = g_ptr_array_index (coins, i);
      g_autofree char *txid = tc_hash_to_hex (&coin->outpoint.txid);
      json_object *item = json_object_new_object ();

      json_object_object_add (item, "txid", json_object_new_string (txid));
      json_object_object_add (item, "vout", json_object_new_int64 (coin->outpoint.index));
      json_object_array_add (array, item);
    }
  tc_rpc_call_return (call, array);
}

static void
on_coins (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Listing *listing = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) coins = tc_wallet_list_coins_finish (TC_WALLET (source), result, &error);
  g_autoptr(GArray) outpoints = g_array_new (FALSE, FALSE, sizeof (TcOutpoint));

  if (coins == NULL)
    {
      tc_wallet_rpc_fail (listing->call, error);
      return;
    }
  for (guint i = coins->len; i > 0; i--)
    if (!((TcWalletCoin *) g_ptr_array_index (coins, i - 1))->frozen)
      g_ptr_array_remove_index (coins, i - 1);
    else
      g_array_append_val (outpoints, ((TcWalletCoin *) g_ptr_array_index (coins, i - 1))->outpoint);
  if (!listing->unfreeze)
    list_frozen (listing->call, coins);
  else if (outpoints->len == 0)
    tc_rpc_call_return (listing->call, json_object_new_boolean (TRUE));
  else
    tc_wallet_set_coin_frozen (TC_WALLET (source), (const TcOutpoint *) outpoints->data, outpoints->len, FALSE, on_frozen, listing->call);
}

static void
list (TcWalletRpc *self, TcRpcCall *call, gboolean unfreeze)
{
  Listing *listing = g_new0 (Listing, 1);

  *listing = (Listing) { call, unfreeze };
  tc_wallet_list_coins (self->wallet, TC_ACCOUNT_ALL, on_coins, listing);
}

/* As Bitcoin Core's, but kept in the file: "unlock" without coins unfreezes all. */
void
tc_wallet_rpc_on_lockunspent (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  gboolean unlock = FALSE;
  g_autoptr(GArray) coins = g_array_new (FALSE, TRUE, sizeof (TcOutpoint));

  if (!tc_wallet_rpc_require_wallet (self, call) || !tc_rpc_call_get_bool (call, 0, FALSE, &unlock) || !get_coins (call, 1, coins))
    return;
  if (coins->len > 0)
    tc_wallet_set_coin_frozen (self->wallet, (const TcOutpoint *) coins->data, coins->len, !unlock, on_frozen, call);
  else if (unlock)
    list (self, call, TRUE);
  else
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "Name the coins to be locked.");
}

void
tc_wallet_rpc_on_listlockunspent (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;

  if (tc_wallet_rpc_require_wallet (self, call))
    list (self, call, FALSE);
}
