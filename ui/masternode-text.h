#pragma once

#include "node/node.h"
#include "wallet/masternode-list.h"

G_BEGIN_DECLS

/* What is said of a masternode of one's own. Pure; any thread. All return (transfer full) unless said otherwise. */

/* What the words depend on beside the masternode. */
typedef struct
{
  guint32 epoch;
  gint64  epoch_end_ms, epoch_length_ms, now_ms;
  guint32 redraw_epochs;
} TcMasternodeClock;

TcMasternodeClock tc_masternode_clock (const TcNodeStatus *status, const TcParams *params, gint64 now_ms);

typedef enum
{
  TC_MASTERNODE_ON_ITS_WAY = 0,  /* its registration is not in a block, or its epoch goes on */
  TC_MASTERNODE_WAITS      = 1,  /* registered, counts from epoch e + 2 on */
  TC_MASTERNODE_IS_ACTIVE  = 2,
  TC_MASTERNODE_IS_NOT     = 3,
  TC_MASTERNODE_IS_JAILED  = 4,
  TC_MASTERNODE_UNBONDS    = 5,
  TC_MASTERNODE_IS_GONE    = 6,
  TC_MASTERNODE_IS_VOID    = 7,  /* its epoch has ended, and the chain does not have it */
} TcMasternodeStand;

TcMasternodeStand tc_masternode_stand (const TcOwnMasternode *own, const TcMasternodeClock *clock);
/* A word or two; static. */
const char *tc_masternode_stand_word  (TcMasternodeStand stand);
/* Of `.state`: "pending", "final", "failed", "void". */
const char *tc_masternode_stand_class (TcMasternodeStand stand);
/* Why, and what to do. */
char       *tc_masternode_why         (const TcOwnMasternode *own, const TcMasternodeClock *clock);
/* "In 12 minutes": when its rewards are paid next; rule M5. */
char       *tc_masternode_next_payout (const TcNodeMasternode *node, const TcMasternodeClock *clock);
/* What to call it: its name, or "Masternode 3", or its tier where it has no number yet. */
char       *tc_masternode_title       (const TcOwnMasternode *own);

G_END_DECLS
