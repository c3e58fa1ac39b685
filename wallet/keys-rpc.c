#include "wallet-rpc-private.h"

#include "wallet-keys.h"

/* signmessage, verifymessage. */

typedef struct
{
  TcWalletRpc *rpc;
  TcRpcCall   *call;
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
  tc_wallet_rpc_unref (self->rpc);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *signature = tc_wallet_sign_message_finish (TC_WALLET (source), result, &error);

  if (signature != NULL)
    tc_rpc_call_return (self->call, json_object_new_string (signature));
  else if (error->domain == TC_ADDRESS_ERROR)
    tc_rpc_call_error (self->call, TC_RPC_ADDRESS, "%s", error->message);
  else
    tc_wallet_rpc_fail (self->call, error);
}

void
tc_wallet_rpc_on_signmessage (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *address, *text;

  if (!tc_wallet_rpc_require_wallet (rpc, call) || !tc_rpc_call_get_string (call, 0, "", &address) || !tc_rpc_call_get_string (call, 1, "", &text))
    return;
  tc_wallet_sign_message (rpc->wallet, address, text, on_signed, call_new (rpc, call));
}

/* A wrong signature is an answer; what is no signature, or no address, an error. */
void
tc_wallet_rpc_on_verifymessage (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *address, *signature, *text;
  g_autoptr(GError) error = NULL;

  if (!tc_rpc_call_get_string (call, 0, "", &address) || !tc_rpc_call_get_string (call, 1, "", &signature) || !tc_rpc_call_get_string (call, 2, "", &text))
    return;
  if (tc_message_verify (text, address, tc_node_get_network (rpc->node)->address_digit, signature, NULL, &error))
    tc_rpc_call_return (call, json_object_new_boolean (TRUE));
  else if (g_error_matches (error, TC_MESSAGE_ERROR, TC_MESSAGE_ERROR_SIGNATURE) || g_error_matches (error, TC_MESSAGE_ERROR, TC_MESSAGE_ERROR_ADDRESS))
    tc_rpc_call_return (call, json_object_new_boolean (FALSE));
  else
    tc_rpc_call_error (call, error->domain == TC_ADDRESS_ERROR ? TC_RPC_ADDRESS : TC_RPC_PARAMETER, "%s", error->message);
}
