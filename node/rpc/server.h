#pragma once

#include <gio/gio.h>

#include "call.h"

G_BEGIN_DECLS

/* JSON-RPC 2.0 and 1.0 over HTTP, for programs of the same user on the same machine: a table of methods that others add theirs to.
 *
 * Who may call: whoever can read DIR/.cookie ("__cookie__:" and 64 hexadecimal digits, mode 0600, HTTP Basic; a new one at each start, removed
 * by stop). A request with any Origin header, or whose Host is neither a loopback name or address nor the one listened on, is refused:
 * no web page can reach it. What an unauthorised request sends is not kept.
 *
 * HTTP status as Bitcoin Core: 401 without credentials, 403 by Host or Origin, 413 for a body above the limit; a 1.0 call that fails is 404
 * (unknown method), 400 (no request) or 500; 2.0 calls and batches are 200, and 204 where there is nothing to answer. A batch runs in its order, one call after the
 * other, so that a connection never has more than one call under way.
 *
 * Runs in the thread-default GMainContext of whoever makes it; new, start, stop and free belong to that thread. Methods are added and removed from any
 * thread. */
typedef struct _TcRpcServer TcRpcServer;

#define TC_RPC_BODY_MAX         8000000u   /* bytes of one request */
#define TC_RPC_BODIES_MAX       32000000u  /* bytes of all requests that are being read */
#define TC_RPC_ANSWER_MAX       64000000u  /* bytes of the answers of one batch, after which its further calls fail */
#define TC_RPC_DEPTH_MAX        32         /* nested arrays and objects */
#define TC_RPC_BATCH_MAX        1000u      /* calls of one batch */
#define TC_RPC_CALLS_MAX        64u        /* requests under way in total; more get 503 */
#define TC_RPC_CONNECTIONS_MAX  128u       /* more are closed at once */
#define TC_RPC_IDLE_MAX_S       60u        /* a connection that says nothing for so long is closed */

typedef enum
{
  TC_RPC_SERVER_ERROR_PORT_IN_USE = 0,
  TC_RPC_SERVER_ERROR_ADDRESS     = 1,  /* not "IP:port", not of this machine, or not loopback while only loopback is allowed */
  TC_RPC_SERVER_ERROR_COOKIE      = 2,  /* DIR/.cookie cannot be written */
} TcRpcServerError;

#define TC_RPC_SERVER_ERROR (tc_rpc_server_error_quark ())
GQuark       tc_rpc_server_error_quark       (void);

/* @data_dir: existing when it starts; the cookie goes there. The method `help` is there from the beginning. */
TcRpcServer *tc_rpc_server_new               (const char *data_dir);
/* Stops it first. */
void         tc_rpc_server_free              (TcRpcServer *self);

/* Listen on other addresses than loopback too. Before start. Traffic is not encrypted: only behind something that does. */
void         tc_rpc_server_set_allow_remote  (TcRpcServer *self, gboolean allow_remote);

/* @param_names: (nullable) NULL-terminated, copied. @usage: the first line is "METHOD PARAM ( OPTIONAL )", then what it does; copied.
 * @context: (nullable): where @handler runs; NULL: the caller's thread-default one. The handler ends its call from there, then or later.
 * A method of the same name is replaced. @destroy runs in @context once no call uses @user_data any more.
 * A call whose context goes away before it began ends with an error. */
void         tc_rpc_server_add_method        (TcRpcServer *self, const char *name, const char *const *param_names, const char *usage,
                                              GMainContext *context, TcRpcHandler handler, gpointer user_data, GDestroyNotify destroy);
/* Removed from within its context, its handler is not called again. Calls under way are still ended by their handler. No such method: nothing. */
void         tc_rpc_server_remove_method     (TcRpcServer *self, const char *name);

/* @result: JSON text, where @error_code is 0. */
typedef void (*TcRpcAnswerFunc) (const char *result, int error_code, const char *error_message, gpointer user_data);

/* A call from within the process, whether the server runs or not, from its context. @scope: (nullable): a method "SCOPE/@name" goes before @name: such methods can be called in no other
 * way, and are not listed. @params: (transfer full) (nullable): an array or an object that nobody else uses.
 * @answer runs in the server's context, once: perhaps before this returns, and at the latest in tc_rpc_server_free (). */
void         tc_rpc_server_call              (TcRpcServer *self, const char *scope, const char *name, json_object *params, TcRpcAnswerFunc answer,
                                              gpointer user_data);

/* @listen: "127.0.0.1:24001" or "[::1]:24001"; port 0: any free one. */
gboolean     tc_rpc_server_start             (TcRpcServer *self, const char *listen, GError **error);
/* The actual "IP:port". (nullable): NULL where it does not run. */
const char  *tc_rpc_server_get_address       (TcRpcServer *self);
/* At once: calls under way are answered with an error, straight to the kernel; their handlers still end them, to no effect. An answer that
 * was given from within the server's own context before is out already, unless it is a large one. Removes the cookie. Idempotent. */
void         tc_rpc_server_stop              (TcRpcServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRpcServer, tc_rpc_server_free)

G_END_DECLS
