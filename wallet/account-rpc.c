#include "wallet-rpc-private.h"

#include "core/check.h"
#include "wallet-json.h"

static gboolean
find_account (const TcWalletSnapshot *snapshot, const char *text, guint32 *ret_account)
{
  guint64 index;

  for (guint i = 0; i < snapshot->accounts->len; i++)
    if (g_str_equal (((const TcWalletAccount *) g_ptr_array_index (snapshot->accounts, i))->name, text))
      {
        *ret_account = i;
        return TRUE;
      }
  if (!g_ascii_string_to_unsigned (text, 10, 0, TC_WALLET_ACCOUNTS_MAX, &index, NULL) || index >= snapshot->accounts->len)
    return FALSE;
  *ret_account = (guint32) index;
  return TRUE;
}

gboolean
tc_wallet_rpc_get_account (TcWalletRpc *self, TcRpcCall *call, guint position, guint32 fallback, guint32 *ret_account)
{
  json_object *json = tc_rpc_call_get_param (call, position);
  const char *text = NULL;
  g_autofree char *number = NULL;

  *ret_account = fallback;
  if (json == NULL)
    return TRUE;
  if (json_object_is_type (json, json_type_int))
    text = number = g_strdup_printf ("%" G_GINT64_FORMAT, json_object_get_int64 (json));
  else if (!tc_rpc_call_get_string (call, position, "", &text))
    return FALSE;
  if (g_str_equal (text, "*") && fallback == TC_ACCOUNT_ALL)
    return TRUE;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  if (find_account (snapshot, text, ret_account))
    return TRUE;
  tc_rpc_call_error (call, TC_RPC_PARAMETER, "This wallet has no account “%s”. See listaccounts.", text);
  return FALSE;
}

void
tc_wallet_rpc_on_listaccounts (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;

  if (!tc_wallet_rpc_require_wallet (self, call))
    return;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  json_object *array = json_object_new_array ();
  for (guint i = 0; i < snapshot->accounts->len; i++)
    json_object_array_add (array, tc_json_wallet_account (g_ptr_array_index (snapshot->accounts, i)));
  tc_rpc_call_return (call, array);
}

typedef struct
{
  TcWalletRpc *rpc;
  TcRpcCall   *call;
} Request;

static Request *
request_new (TcWalletRpc *self, TcRpcCall *call)
{
  Request *request = g_new0 (Request, 1);

  request->rpc = tc_wallet_rpc_ref (self);
  request->call = call;
  return request;
}

static void
request_free (Request *request)
{
  tc_wallet_rpc_unref (request->rpc);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  guint32 account;

  if (tc_wallet_add_account_finish (TC_WALLET (source), result, &account, &error))
    tc_rpc_call_return (request->call, json_object_new_uint64 (account));
  else
    tc_wallet_rpc_fail (request->call, error);
}

void
tc_wallet_rpc_on_createaccount (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  const char *name;

  if (tc_wallet_rpc_require_wallet (self, call) && tc_rpc_call_get_string (call, 0, NULL, &name))
    tc_wallet_add_account (self->wallet, name, on_added, request_new (self, call));
}

static void
on_renamed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_wallet_rename_account_finish (TC_WALLET (source), result, &error))
    tc_rpc_call_return (request->call, NULL);
  else
    tc_wallet_rpc_fail (request->call, error);
}

void
tc_wallet_rpc_on_renameaccount (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  const char *name;
  guint32 account;

  if (!tc_wallet_rpc_require_wallet (self, call))
    return;
  if (tc_rpc_call_get_param (call, 0) == NULL)
    tc_rpc_call_error (call, TC_RPC_INVALID_PARAMS, "account is missing. See listaccounts.");
  else if (tc_wallet_rpc_get_account (self, call, 0, 0, &account) && tc_rpc_call_get_string (call, 1, "", &name))
    tc_wallet_rename_account (self->wallet, account, name, on_renamed, request_new (self, call));
}

/* --- Rescan --------------------------------------------------------------------------------------------------------------------- */

static void
on_rescanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_wallet_rescan_finish (TC_WALLET (source), result, &error))
    {
      tc_wallet_rpc_fail (request->call, error);
      return;
    }
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (TC_WALLET (source));
  json_object *object = json_object_new_object ();
  json_object_object_add (object, "stop_height", json_object_new_uint64 (snapshot->scan_height));
  tc_rpc_call_return (request->call, object);
}

void
tc_wallet_rpc_on_rescanblockchain (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  guint64 from_height;

  if (!tc_wallet_rpc_require_wallet (self, call) || !tc_rpc_call_get_uint (call, 0, 0, &from_height))
    return;
  if (from_height > G_MAXUINT32)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "start_height is the height of a block.");
  else
    tc_wallet_rescan (self->wallet, (guint32) from_height, NULL, on_rescanned, request_new (self, call));
}

void
tc_wallet_rpc_on_abortrescan (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;

  if (!tc_wallet_rpc_require_wallet (self, call))
    return;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  tc_wallet_stop_rescan (self->wallet);
  tc_rpc_call_return (call, json_object_new_boolean (snapshot->rescanning));
}
