#pragma once

#include "wallet-rpc.h"

G_BEGIN_DECLS

#define TC_WALLET_RPC_DRAFTS_MAX 16u

/* For the other files of these methods. */
struct _TcWalletRpc
{
  gatomicrefcount     ref_count;
  TcNode             *node;
  TcWallet           *wallet;       /* (nullable) */
  char               *wallet_path;  /* (nullable): none is made */
  char               *scope;        /* (nullable) */
  TcWalletRpcMadeFunc made;
  gpointer            made_data;
  GSource            *lock_source;  /* (nullable): walletpassphrase's time runs */
  gint64              unlocked_until_s;
  GQueue              payments;     /* (element-type Payment) one after another, so that none finds its coins kept by another's draft */
  GQueue              drafts;       /* (element-type TcMasternodeDraft) that wait for a proof, the oldest first */
  gboolean            paying, making, freed;
};

TcWalletRpc *tc_wallet_rpc_ref            (TcWalletRpc *self);
void         tc_wallet_rpc_unref          (gpointer self);
/* Ends @call with what @error says, and Bitcoin Core's code. */
void         tc_wallet_rpc_fail           (TcRpcCall *call, const GError *error);
/* Returns: FALSE, and ended @call, where there is no wallet. */
gboolean     tc_wallet_rpc_require_wallet (TcWalletRpc *self, TcRpcCall *call);

/* In account-rpc.c. The parameter @position, an account's index or name, or "*" for all where @fallback is TC_ACCOUNT_ALL. Returns: FALSE, and ended
 * @call, where there is none such. */
gboolean     tc_wallet_rpc_get_account    (TcWalletRpc *self, TcRpcCall *call, guint position, guint32 fallback, guint32 *ret_account);

/* Handlers. */
void         tc_wallet_rpc_on_sendtoaddress      (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_sendmany           (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_sendall            (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_consolidate        (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_lockunspent        (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_listlockunspent    (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_rescanblockchain   (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_abortrescan        (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_listaccounts       (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_createaccount      (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_renameaccount      (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_registermasternode (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_updatemasternode   (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_retiremasternode   (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_sendmasternode     (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_listmasternodes    (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_backupwallet       (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_checkbackup        (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_walletpassphrasechange (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_getpaymentproof    (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_verifypaymentproof (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_signmessage        (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_verifymessage      (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_createunsignedpayment (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_listunsignedpayments  (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_dropunsignedpayment   (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_signpayment           (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_sendsignedpayment     (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_exportwatchfile       (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_setlabel           (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_listlabels         (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_setnote            (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_listcontacts       (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_setcontact         (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_removecontact      (TcRpcCall *call, gpointer user_data);
void         tc_wallet_rpc_on_exporthistory      (TcRpcCall *call, gpointer user_data);

G_END_DECLS
