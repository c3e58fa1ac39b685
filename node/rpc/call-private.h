#pragma once

#include "method.h"

G_BEGIN_DECLS

/* A call has two owners: the handler, until it ends the call, and the request that waits for it. */

/* In @done_context, once; not after tc_rpc_call_abandon (). */
typedef void (*TcRpcDone) (TcRpcCall *call, gpointer user_data);

/* Places @params (nullable; an array or object that nobody else uses; taken over) on the method's parameters and has the handler called in its context; never
 * from within this function. Returns: (transfer full) (nullable): NULL, with @ret_code and @ret_message (transfer full), where they do not fit. */
TcRpcCall  *tc_rpc_call_start   (TcRpcMethod *method, json_object *params, GMainContext *done_context, TcRpcDone done, gpointer user_data,
                                 int *ret_code, char **ret_message);
/* For the waiting side, from @done_context: done () is not called any more. */
void        tc_rpc_call_abandon (TcRpcCall *self);
void        tc_rpc_call_unref   (TcRpcCall *self);

/* Within done () only. @ret_result: JSON text. Returns: 0 for a result, else the error's code. */
int         tc_rpc_call_get_outcome (TcRpcCall *self, const char **ret_result, const char **ret_error_message);

G_END_DECLS
