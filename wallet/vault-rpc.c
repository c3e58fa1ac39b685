#include <string.h>

#include "core/address.h"
#include "vault.h"
#include "wallet-rpc-private.h"

/* backupwallet, checkbackup, walletpassphrasechange, getpaymentproof, verifypaymentproof. */

typedef struct
{
  TcWalletRpc *rpc;
  TcRpcCall   *call;
} Request;

static Request *
request_new (TcWalletRpc *rpc, TcRpcCall *call)
{
  Request *self = g_new0 (Request, 1);

  self->rpc = tc_wallet_rpc_ref (rpc);
  self->call = call;
  return self;
}

static void
request_free (Request *self)
{
  tc_wallet_rpc_unref (self->rpc);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static gboolean
get_secret (TcRpcCall *call, guint position, TcSecretString **ret_secret)
{
  const char *text;

  if (!tc_rpc_call_get_string (call, position, "", &text))
    return FALSE;
  *ret_secret = tc_secret_string_new (text);
  return TRUE;
}

/* A server's own folder is none of its callers' business: they name the whole path. */
static gboolean
get_path (TcRpcCall *call, const char **ret_path)
{
  if (!tc_rpc_call_get_string (call, 0, "", ret_path))
    return FALSE;
  if (g_path_is_absolute (*ret_path))
    return TRUE;
  tc_rpc_call_error (call, TC_RPC_PARAMETER, "path is that of a file on the computer that TimeCoin runs on, and begins with /.");
  return FALSE;
}

static void
add_text (json_object *object, const char *name, const char *text)
{
  json_object_object_add (object, name, json_object_new_string (text));
}

/* --- Backups --- */

static void
on_backup (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_wallet_backup_finish (TC_WALLET (source), result, &error))
    tc_rpc_call_return (request->call, NULL);
  else
    tc_wallet_rpc_fail (request->call, error);
}

void
tc_wallet_rpc_on_backupwallet (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  g_autoptr(TcSecretString) backup_password = NULL, password = NULL;
  const char *path;

  if (tc_wallet_rpc_require_wallet (rpc, call) && get_path (call, &path) && get_secret (call, 1, &backup_password) && get_secret (call, 2, &password))
    tc_wallet_backup (rpc->wallet, path, password, backup_password, FALSE, NULL, on_backup, request_new (rpc, call));
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcBackupInfo) info = tc_wallet_check_backup_finish (TC_WALLET (source), result, &error);

  if (info == NULL)
    {
      tc_wallet_rpc_fail (request->call, error);
      return;
    }
  json_object *object = json_object_new_object ();
  add_text (object, "name", info->name);
  add_text (object, "network", info->network);
  json_object_object_add (object, "made", json_object_new_int64 (info->made_ms / 1000));
  json_object_object_add (object, "accounts", json_object_new_int64 (info->n_accounts));
  json_object_object_add (object, "contacts", json_object_new_int64 (info->n_contacts));
  json_object_object_add (object, "labels", json_object_new_int64 (info->n_labels));
  json_object_object_add (object, "notes", json_object_new_int64 (info->n_notes));
  json_object_object_add (object, "requests", json_object_new_int64 (info->n_requests));
  tc_rpc_call_return (request->call, object);
}

void
tc_wallet_rpc_on_checkbackup (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  g_autoptr(TcSecretString) backup_password = NULL;
  const char *path;

  if (tc_wallet_rpc_require_wallet (rpc, call) && get_path (call, &path) && get_secret (call, 1, &backup_password))
    tc_wallet_check_backup (rpc->wallet, path, backup_password, on_checked, request_new (rpc, call));
}

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_wallet_change_password_finish (TC_WALLET (source), result, &error))
    tc_rpc_call_return (request->call, NULL);
  else
    tc_wallet_rpc_fail (request->call, error);
}

void
tc_wallet_rpc_on_walletpassphrasechange (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  g_autoptr(TcSecretString) old_password = NULL, new_password = NULL;

  if (!tc_wallet_rpc_require_wallet (rpc, call) || !get_secret (call, 0, &old_password) || !get_secret (call, 1, &new_password))
    return;
  if (tc_secret_string_length (new_password) == 0)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "new password must not be empty: the wallet would not be encrypted any more. The window can remove the password.");
  else
    tc_wallet_change_password (rpc->wallet, old_password, new_password, on_password_changed, request_new (rpc, call));
}

/* --- Proofs of payments --- */

static void
on_proven (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = tc_wallet_prove_payment_finish (TC_WALLET (source), result, &error);

  if (bytes == NULL)
    {
      tc_wallet_rpc_fail (request->call, error);
      return;
    }
  g_autofree char *text = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  tc_rpc_call_return (request->call, json_object_new_string (text));
}

void
tc_wallet_rpc_on_getpaymentproof (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *text, *message;
  gboolean as_payer;
  TcHash txid;

  if (!tc_wallet_rpc_require_wallet (rpc, call) || !tc_rpc_call_get_string (call, 0, "", &text) || !tc_rpc_call_get_bool (call, 1, FALSE, &as_payer)
      || !tc_rpc_call_get_string (call, 2, "", &message))
    return;
  if (!tc_hash_from_hex (text, &txid))
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "txid must be 64 hexadecimal digits");
  else if (strlen (message) > TC_PAYMENT_PROOF_MESSAGE_MAX)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "message may have %u bytes.", TC_PAYMENT_PROOF_MESSAGE_MAX);
  else
    tc_wallet_prove_payment (rpc->wallet, &txid, as_payer, message, NULL, FALSE, NULL, on_proven, request_new (rpc, call));
}

static json_object *
outputs_json (const TcPaymentProof *proof, char address_digit)
{
  json_object *array = json_object_new_array ();

  for (gsize i = 0; i < proof->n_outputs; i++)
    {
      const TcOutput *output = &proof->proof->tx->outputs[proof->outputs[i]];
      g_autofree char *address = tc_address_format (&output->key_hash, address_digit);
      json_object *object = json_object_new_object ();

      add_text (object, "address", address);
      json_object_object_add (object, "amount", tc_rpc_amount (output->amount, FALSE));
      json_object_array_add (array, object);
    }
  return array;
}

static json_object *
proof_json (const TcPaymentProof *proof, char address_digit)
{
  json_object *object = json_object_new_object ();
  g_autofree char *txid = tc_hash_to_hex (&proof->proof->tx->txid), *block = tc_hash_to_hex (&proof->proof->hash);

  add_text (object, "txid", txid);
  add_text (object, "blockhash", block);
  json_object_object_add (object, "blockheight", json_object_new_int64 (proof->proof->header.height));
  json_object_object_add (object, "blocktime", json_object_new_int64 ((gint64) (proof->proof->header.time_ms / 1000)));
  json_object_object_add (object, "paid", outputs_json (proof, address_digit));
  if (proof->has_payer)
    {
      const TcKeyHash key_hash = tc_key_hash (&proof->key);
      g_autofree char *address = tc_address_format (&key_hash, address_digit);

      add_text (object, "payer", address);
      add_text (object, "message", proof->message);
    }
  return object;
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentProof) proof = tc_payment_proof_verify_finish (result, &error);

  if (proof != NULL)
    tc_rpc_call_return (request->call, proof_json (proof, tc_node_get_network (request->rpc->node)->address_digit));
  else
    tc_rpc_call_error (request->call, g_error_matches (error, TC_PAYMENT_PROOF_ERROR, TC_PAYMENT_PROOF_ERROR_FALSE) ? TC_RPC_VERIFY_REJECTED : TC_RPC_DESERIALIZATION,
                       "%s", error->message);
}

void
tc_wallet_rpc_on_verifypaymentproof (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *text;
  gsize size;

  if (!tc_rpc_call_get_string (call, 0, "", &text))
    return;
  g_autofree guint8 *data = strlen (text) <= TC_PAYMENT_PROOF_SIZE_MAX * 4 / 3 + 4 ? g_base64_decode (text, &size) : NULL;
  if (data == NULL)
    {
      tc_rpc_call_error (call, TC_RPC_DESERIALIZATION, "proof is what getpaymentproof answers, in base64.");
      return;
    }
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  tc_payment_proof_verify_async (rpc->node, bytes, NULL, on_verified, request_new (rpc, call));
}
