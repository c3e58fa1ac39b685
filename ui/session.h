#pragma once

#include <gio/gio.h>

#include "node/local.h"
#include "wallet/wallet.h"

G_BEGIN_DECLS

/* The network that this process is on: its folder, its node (with the embedded masternodes, where it is the local one), and the wallets that are
 * open on it. One a process; windows share it. Main thread; nothing here blocks it.
 *
 *   BASE/NETWORK/          what the node keeps; for "local" the embedded network's folder (node/local.h)
 *   BASE/NETWORK/wallets/  NAME.wallet
 *   BASE/log/              timecoin.log
 *
 * Signals: "changed": state, error or node differ; "status": a new node status. */
#define TC_TYPE_SESSION (tc_session_get_type ())
G_DECLARE_FINAL_TYPE (TcSession, tc_session, TC, SESSION, GObject)

#define TC_SESSION_LOCAL "local"

typedef enum
{
  TC_SESSION_IDLE     = 0,  /* no network chosen yet */
  TC_SESSION_STARTING = 1,
  TC_SESSION_RUNNING  = 2,
  TC_SESSION_FAILED   = 3,  /* tc_session_get_error () */
  TC_SESSION_STOPPING = 4,
  TC_SESSION_STOPPED  = 5,
} TcSessionState;

/* A network that can be chosen, and its wallets on this computer. */
typedef struct
{
  char    *name;
  char    *title;         /* for people */
  char    *note;          /* (nullable): why it cannot be used */
  gboolean usable;        /* launched, or local */
  char     address_digit; /* '0' or '1' (rule A2) */
  char   **wallets;       /* names, sorted */
} TcSessionNetwork;

void              tc_session_network_free     (TcSessionNetwork *self);
/* Of an array of them; NULL where there is none of this name. */
TcSessionNetwork *tc_session_network_find     (GPtrArray *networks, const char *name);

/* @network: (nullable): the only network to offer (beside the local one, where it is not launched): a name, or the path of a network file.
 * @settings: (nullable): the preferences, of which the node's are read whenever it starts. */
TcSession        *tc_session_new              (const char *base_dir, const char *network, GSettings *settings);

/* Looks at the disk. Returns: (transfer container) (element-type TcSessionNetwork). */
void              tc_session_scan_async       (TcSession *self, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray        *tc_session_scan_finish      (TcSession *self, GAsyncResult *result, GError **error);

/* Makes the folder of wallets where it is missing. Returns: (transfer full): the path for a wallet of @name, not there yet unless @existing. */
void              tc_session_wallet_path_async  (TcSession *self, const char *network, const char *name, gboolean existing,
                                                 GAsyncReadyCallback callback, gpointer user_data);
char             *tc_session_wallet_path_finish (TcSession *self, GAsyncResult *result, GError **error);

/* Takes over an open wallet and starts its network, if that does not run: a local network that is not there yet is made, and pays @wallet. It is
 * attached once the node runs, now or later; where it cannot be, "wallet-error" says why (TcWallet, message). */
void              tc_session_add_wallet       (TcSession *self, const char *network, TcWallet *wallet);
/* Detaches and closes it. The callback always comes. */
void              tc_session_close_wallet     (TcSession *self, TcWallet *wallet, GAsyncReadyCallback callback, gpointer user_data);
/* An open wallet of this name, or NULL. (transfer none). */
TcWallet         *tc_session_find_wallet      (TcSession *self, const char *name);
guint             tc_session_get_n_wallets    (TcSession *self);
/* Open ones. Returns: (transfer full) (element-type TcWallet). */
GPtrArray        *tc_session_list_wallets     (TcSession *self);

/* No network is ever started: wallets are opened to look at and to sign. Before the first wallet. */
void              tc_session_set_offline      (TcSession *self, gboolean offline);
gboolean          tc_session_is_offline       (TcSession *self);

/* Tries again after TC_SESSION_FAILED. */
void              tc_session_retry            (TcSession *self);

/* Stops the node and starts it again, with the preferences of now; wallets stay open. Without effect unless it runs or has failed. */
void              tc_session_restart          (TcSession *self);
/* Whether preferences that only a start reads have changed since the last one. */
gboolean          tc_session_needs_restart    (TcSession *self);

/* Whether what failed is the damaged store of the wallet's own node on the local network: its masternodes have all that was in it. */
gboolean          tc_session_can_set_aside    (TcSession *self);
/* Renames that store, keeping it, and starts again. */
void              tc_session_set_aside        (TcSession *self);

typedef enum
{
  TC_SESSION_STEP_WALLETS = 0,
  TC_SESSION_STEP_NODE    = 1,
  TC_SESSION_STEP_DONE    = 2,
} TcSessionStep;

/* Closes all wallets, then the node. Within 5 s. Idempotent: later calls finish with the first. */
void              tc_session_stop_async       (TcSession *self, GAsyncReadyCallback callback, gpointer user_data);
void              tc_session_stop_finish      (TcSession *self, GAsyncResult *result);
TcSessionStep     tc_session_get_step         (TcSession *self);

TcSessionState    tc_session_get_state        (TcSession *self);
const GError     *tc_session_get_error        (TcSession *self);
/* (nullable) (transfer none). */
TcNode           *tc_session_get_node         (TcSession *self);
TcNodeStatus     *tc_session_get_status       (TcSession *self);
/* (nullable): NULL while idle. */
const char       *tc_session_get_network      (TcSession *self);
gboolean          tc_session_is_local         (TcSession *self);
const char       *tc_session_get_base_dir     (TcSession *self);
char             *tc_session_dup_network_dir  (TcSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSessionNetwork, tc_session_network_free)

G_END_DECLS
