#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "core/amount.h"

G_BEGIN_DECLS

/* One JSON-RPC call under way. A handler gets it in the context that it was registered with, and ends it once, then or later, from that
 * context: with a result or with an error. */
typedef struct _TcRpcCall TcRpcCall;

/* Error codes: JSON-RPC 2.0's, and Bitcoin Core's where it has one. */
typedef enum
{
  TC_RPC_INVALID_REQUEST  = -32600,
  TC_RPC_METHOD_NOT_FOUND = -32601,
  TC_RPC_INVALID_PARAMS   = -32602,
  TC_RPC_INTERNAL         = -32603,
  TC_RPC_PARSE_ERROR      = -32700,
  TC_RPC_MISC             = -1,
  TC_RPC_TYPE             = -3,
  TC_RPC_WALLET           = -4,
  TC_RPC_ADDRESS          = -5,   /* invalid address, or an unknown transaction or block */
  TC_RPC_FUNDS            = -6,
  TC_RPC_IN_WARMUP        = -28,
  TC_RPC_PARAMETER        = -8,
  TC_RPC_UNLOCK_NEEDED    = -13,
  TC_RPC_PASSPHRASE       = -14,
  TC_RPC_WALLET_NOT_FOUND = -18,
  TC_RPC_DESERIALIZATION  = -22,
  TC_RPC_ALREADY_ADDED    = -23,
  TC_RPC_NOT_ADDED        = -24,
  TC_RPC_VERIFY_REJECTED  = -26,
  TC_RPC_NOT_CONNECTED    = -29,
  TC_RPC_SUBNET           = -30,  /* no address that can be banned, or not banned */
} TcRpcError;

typedef void (*TcRpcHandler) (TcRpcCall *call, gpointer user_data);

/* Parameters by position in the method's list of names, or by name: whichever the caller used. (transfer none) (nullable): NULL where absent or null. */
json_object *tc_rpc_call_get_param     (TcRpcCall *call, guint position);
/* Convenience readers. Where the parameter is absent they give @fallback; where it is of another type they end the call with TC_RPC_TYPE and return FALSE:
 * the handler then just returns. */
gboolean     tc_rpc_call_get_string    (TcRpcCall *call, guint position, const char *fallback, const char **ret_value);
gboolean     tc_rpc_call_get_uint      (TcRpcCall *call, guint position, guint64 fallback, guint64 *ret_value);
gboolean     tc_rpc_call_get_bool      (TcRpcCall *call, guint position, gboolean fallback, gboolean *ret_value);
/* A JSON number or string in TIME, read as text: never through floating point. */
gboolean     tc_rpc_call_get_amount    (TcRpcCall *call, guint position, TcAmount *ret_value);

/* End the call. @result: (transfer full) (nullable). */
void         tc_rpc_call_return        (TcRpcCall *call, json_object *result);
void         tc_rpc_call_error         (TcRpcCall *call, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* A JSON number in TIME with all eight decimals, as text: 0.10000000. @negative: for what leaves a wallet. Returns: (transfer full). */
json_object *tc_rpc_amount             (TcAmount amount, gboolean negative);

G_END_DECLS
