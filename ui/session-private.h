#pragma once

#include "session.h"
#include "wallet/wallet-rpc.h"

G_BEGIN_DECLS

/* What session.c and session-restart.c share. */
struct _TcSession
{
  GObject        parent_instance;
  char          *base_dir;
  char          *only_network;    /* (nullable): name or path that the command line gave */
  char          *network;         /* (nullable): chosen */
  GSettings     *settings;        /* (nullable) */
  gboolean       offline;         /* no network is started */
  gboolean       needs_restart;   /* preferences of the node changed since it started */
  TcKeyHash      funded;          /* what a local network that is made here pays */
  TcSessionState state;
  TcSessionStep  step;
  GError        *error;
  TcLocal       *local;
  TcNode        *node;
  guint          subscription;
  TcNodeStatus  *status;
  TcWalletRpc   *rpc;
  GPtrArray     *wallets;         /* of TcWallet */
  GPtrArray     *stop_tasks;      /* of GTask */
  guint          stop_timeout;
  guint          n_closing;
};

void tc_session_set_state  (TcSession *self, TcSessionState state);
/* Prepares and starts the node of the chosen network. */
void tc_session_start      (TcSession *self);
/* Takes the wallets' RPC methods back, and hears no more of the node. */
void tc_session_leave_node (TcSession *self);

G_END_DECLS
