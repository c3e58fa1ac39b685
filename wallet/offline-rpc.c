#include "wallet-rpc-private.h"

#include <string.h>

#include "wallet-offline.h"

/* createunsignedpayment, listunsignedpayments, dropunsignedpayment, signpayment, sendsignedpayment, exportwatchfile. */

typedef struct
{
  TcWalletRpc     *rpc;
  TcRpcCall       *call;
  TcPaymentReview *review;  /* (nullable) */
} Call;

static Call *
call_new (TcWalletRpc *rpc, TcRpcCall *call)
{
  Call *self = g_new0 (Call, 1);

  self->rpc = tc_wallet_rpc_ref (rpc);
  self->call = call;
  return self;
}

static void
call_free (Call *self)
{
  g_clear_pointer (&self->review, tc_payment_review_unref);
  tc_wallet_rpc_unref (self->rpc);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
fail (Call *self, const GError *error)
{
  if (error->domain == TC_ENVELOPE_ERROR)
    tc_rpc_call_error (self->call, TC_RPC_DESERIALIZATION, "%s", error->message);
  else
    tc_wallet_rpc_fail (self->call, error);
}

static void
add_bytes (json_object *object, const char *name, GBytes *sealed)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (sealed, &n);
  g_autofree char *text = g_base64_encode (data, n);

  json_object_object_add (object, name, json_object_new_string (text));
}

static json_object *
review_json (const TcPaymentReview *review)
{
  json_object *object = json_object_new_object (), *recipients = json_object_new_array ();

  if (review->id != 0)
    json_object_object_add (object, "id", json_object_new_uint64 (review->id));
  for (gsize i = 0; i < review->payment->n_recipients; i++)
    {
      json_object *recipient = json_object_new_object ();

      json_object_object_add (recipient, "address", json_object_new_string (review->payment->recipients[i].address));
      json_object_object_add (recipient, "amount", tc_rpc_amount (review->payment->recipients[i].amount, FALSE));
      json_object_array_add (recipients, recipient);
    }
  json_object_object_add (object, "recipients", recipients);
  json_object_object_add (object, "fee", tc_rpc_amount (review->payment->fee, FALSE));
  json_object_object_add (object, "change", tc_rpc_amount (review->payment->change, FALSE));
  if (review->payment->memo != NULL)
    json_object_object_add (object, "memo", json_object_new_string (review->payment->memo));
  return object;
}

/* The first parameter, in any of the forms that a wallet writes. Returns: (transfer full) (nullable): NULL where the call has ended. */
static GBytes *
get_data (TcRpcCall *call)
{
  const char *text;

  if (!tc_rpc_call_get_string (call, 0, "", &text))
    return NULL;
  return g_bytes_new (text, strlen (text));
}

/* --- Preparing --------------------------------------------------------------------------------------------------------------------- */

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentReview) review = tc_wallet_export_payment_finish (TC_WALLET (source), result, &error);

  if (review == NULL)
    {
      fail (self, error);
      return;
    }
  json_object *object = review_json (review);
  add_bytes (object, "payment", review->sealed);
  tc_rpc_call_return (self->call, object);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentDraft) draft = tc_wallet_prepare_payment_finish (TC_WALLET (source), result, &error);

  if (draft != NULL)
    tc_wallet_export_payment (TC_WALLET (source), draft, on_exported, g_steal_pointer (&self));
  else
    fail (self, error);
}

void
tc_wallet_rpc_on_createunsignedpayment (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  TcRecipient recipient = { 0 };
  const char *memo;
  guint64 account;

  if (!tc_wallet_rpc_require_wallet (rpc, call) || !tc_rpc_call_get_string (call, 0, "", &recipient.address)
      || !tc_rpc_call_get_amount (call, 1, &recipient.amount) || !tc_rpc_call_get_string (call, 2, NULL, &memo)
      || !tc_rpc_call_get_uint (call, 3, 0, &account))
    return;
  const TcPaymentOrder order = { .account = (guint32) MIN (account, G_MAXUINT32 - 1), .recipients = &recipient, .n_recipients = 1, .memo = memo };
  tc_wallet_prepare_payment (rpc->wallet, &order, NULL, on_prepared, call_new (rpc, call));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = tc_wallet_list_waiting_finish (TC_WALLET (source), result, &error);

  if (list == NULL)
    {
      fail (self, error);
      return;
    }
  json_object *array = json_object_new_array ();
  for (guint i = 0; i < list->len; i++)
    {
      const TcPaymentReview *review = g_ptr_array_index (list, i);
      json_object *object = review_json (review);

      json_object_object_add (object, "time", json_object_new_int64 (review->made_ms / 1000));
      json_object_object_add (object, "sendable", json_object_new_boolean (!review->is_stale));
      add_bytes (object, "payment", review->sealed);
      json_object_array_add (array, object);
    }
  tc_rpc_call_return (self->call, array);
}

void
tc_wallet_rpc_on_listunsignedpayments (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;

  if (tc_wallet_rpc_require_wallet (rpc, call))
    tc_wallet_list_waiting (rpc->wallet, on_listed, call_new (rpc, call));
}

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_wallet_drop_waiting_finish (TC_WALLET (source), result, &error))
    tc_rpc_call_return (self->call, NULL);
  else
    fail (self, error);
}

void
tc_wallet_rpc_on_dropunsignedpayment (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  guint64 id;

  if (tc_wallet_rpc_require_wallet (rpc, call) && tc_rpc_call_get_uint (call, 0, 0, &id))
    tc_wallet_drop_waiting (rpc->wallet, id, on_dropped, call_new (rpc, call));
}

/* --- Signing ----------------------------------------------------------------------------------------------------------------------- */

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) sealed = tc_wallet_sign_unsigned_finish (TC_WALLET (source), result, &error);

  if (sealed == NULL)
    {
      fail (self, error);
      return;
    }
  json_object *object = review_json (self->review);
  add_bytes (object, "signed", sealed);
  tc_rpc_call_return (self->call, object);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;

  self->review = tc_wallet_read_unsigned_finish (TC_WALLET (source), result, &error);
  if (self->review == NULL)
    {
      fail (self, error);
      return;
    }
  GBytes *sealed = self->review->sealed;
  tc_wallet_sign_unsigned (TC_WALLET (source), sealed, on_signed, g_steal_pointer (&self));
}

void
tc_wallet_rpc_on_signpayment (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  g_autoptr(GBytes) data = tc_wallet_rpc_require_wallet (rpc, call) ? get_data (call) : NULL;

  if (data != NULL)
    tc_wallet_read_unsigned (rpc->wallet, data, on_read, call_new (rpc, call));
}

/* --- Sending ----------------------------------------------------------------------------------------------------------------------- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  TcHash txid;

  if (!tc_wallet_send_signed_finish (TC_WALLET (source), result, &txid, &error))
    {
      fail (self, error);
      return;
    }
  g_autofree char *hex = tc_hash_to_hex (&txid);
  tc_rpc_call_return (self->call, json_object_new_string (hex));
}

void
tc_wallet_rpc_on_sendsignedpayment (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  g_autoptr(GBytes) data = tc_wallet_rpc_require_wallet (rpc, call) ? get_data (call) : NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) sealed = data != NULL ? tc_envelope_from_any (data, TC_PAYMENT_FILE_MAX, &error) : NULL;

  if (sealed != NULL)
    tc_wallet_send_signed (rpc->wallet, sealed, on_sent, call_new (rpc, call));
  else if (data != NULL)
    tc_rpc_call_error (call, TC_RPC_DESERIALIZATION, "%s", error->message);
}

/* --- Watching ---------------------------------------------------------------------------------------------------------------------- */

static void
on_watch_file (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) sealed = tc_wallet_export_watch_finish (TC_WALLET (source), result, &error);

  if (sealed == NULL)
    {
      fail (self, error);
      return;
    }
  gsize n;
  const guint8 *data = g_bytes_get_data (sealed, &n);
  g_autofree char *text = g_base64_encode (data, n);
  tc_rpc_call_return (self->call, json_object_new_string (text));
}

void
tc_wallet_rpc_on_exportwatchfile (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;

  if (tc_wallet_rpc_require_wallet (rpc, call))
    tc_wallet_export_watch (rpc->wallet, on_watch_file, call_new (rpc, call));
}
