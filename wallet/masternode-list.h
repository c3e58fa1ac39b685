#pragma once

#include "account.h"
#include "wallet.h"

G_BEGIN_DECLS

/* The masternodes that a wallet owns, and what they earned. */

#define TC_REWARD_DAYS       30u
#define TC_OWN_MASTERNODES_MAX 1000u

typedef struct
{
  gboolean         registered;   /* the chain has it: `node`; else a registration is on its way, and of `node` outpoint, tier, host, owner and operator_key are set */
  TcNodeMasternode node;
  char            *name;         /* (nullable): the note on its registration */
  gint64           sent_ms;      /* a registration on its way: when it was seen, and */
  gint64           block_ms;     /* the time of its block; 0: in none yet */
} TcOwnMasternode;

typedef struct
{
  GPtrArray *masternodes;               /* TcOwnMasternode: on their way first, then by index, the gone ones last */
  TcAmount   rewards[TC_REWARD_DAYS];   /* paid on each of the last days, the last one today */
  TcAmount   rewards_total;             /* ever */
} TcOwnMasternodes;

void              tc_own_masternodes_free            (TcOwnMasternodes *self);

/* @all: (element-type TcNodeMasternode): what the node lists; copied. @today_ms: when this day began for the user; days are 24 hours. Works while locked. Returns: (transfer full). */
void              tc_wallet_list_masternodes         (TcWallet *self, const GArray *all, gint64 today_ms, GAsyncReadyCallback callback, gpointer user_data);
TcOwnMasternodes *tc_wallet_list_masternodes_finish  (TcWallet *self, GAsyncResult *result, GError **error);

/* The same on the wallet's thread. */
TcOwnMasternodes *tc_account_list_masternodes        (TcAccount *self, const GArray *all, gint64 today_ms, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcOwnMasternodes, tc_own_masternodes_free)

G_END_DECLS
