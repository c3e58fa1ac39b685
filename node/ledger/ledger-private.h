#pragma once

#include "core/masternode.h"

#include "coins.h"
#include "ledger.h"
#include "lthash.h"
#include "registry-private.h"

G_BEGIN_DECLS

/* A transaction of kinds 1-3 of the epoch under way: it takes effect at the epoch's end (M3). */
typedef struct
{
  guint8              kind;
  TcOutpoint          outpoint;    /* the masternode; register: output 0 */
  TcKeyHash           owner;       /* register */
  TcMasternodePayload payload;
  gsize               created_at;  /* register, in the execution of its own block: place among created. Not stored. */
} TcPendingKind;

/* A collateral that becomes a plain output where it is. */
typedef struct
{
  TcOutpoint outpoint;
  TcOutput   before;
  TcCoin     after;
} TcUnlock;

/* What the epoch record holds of money (S1). */
typedef struct
{
  guint64 odd_units, minted_units, burnt_units;
} TcEpochMoney;

/* With genesis and coins alone, to be filled in. */
TcLedger *tc_ledger_alloc (const TcGenesis *genesis, const TcCoinView *view);

/* What a TcLedger is made of: for ledger.c, state.c, execute.c, epoch.c and propose.c. */
struct _TcLedger
{
  TcGenesis   *genesis;
  TcCoins     *coins;
  TcLtHash    *lthash;
  TcRegistry  *registry;
  TcCommittee *committee;      /* of the next block's epoch */
  TcHash       committee_hash; /* its hash */
  TcCommittee *tip_committee;  /* (nullable): of the tip's epoch; NULL at genesis */
  TcTip        tip;
  guint32      tip_round;      /* in which the tip was first proposed */
  /* Money, in units: coins + fees + odd + accrued = supply, always. */
  guint64      coins_units;    /* all unspent outputs */
  guint64      fees_units;     /* paid since the last last block (M5) */
  guint64      odd_units;      /* what no share took (M5) */
  guint64      supply_units;   /* of genesis and minted, less burnt */
  guint64      genesis_units, minted_units, burnt_units;
  GArray      *pending;        /* TcPendingKind of this epoch, in block order; of each masternode at most one update and one retirement */
  gboolean     is_changed;     /* since the last flush began */
  gboolean     bucket_changed[TC_LTHASH_BUCKETS];
};

struct _TcExecution
{
  TcBlock        *block;
  TcHash          parent;         /* hash of the tip it was made on */
  TcFlushCoin    *created;        /* outputs that outlive the block */
  gsize           n_created;
  TcFlushCoin    *spent;          /* coins from before the block */
  gsize           n_spent;
  TcLtHashChange *lthash;
  TcTip           tip;            /* what the block makes of it */
  guint64         coins_units, fees_units, odd_units, supply_units, minted_units, burnt_units;
  GArray         *pending;        /* TcPendingKind of this block */
  gsize           next_vacant;    /* no index below it is vacant (M3) */
  GArray         *accused;        /* guint32: masternodes that this block's evidence convicts (C7) */
  GArray         *jailed;         /* guint32: those that it jails, a last block */
  GArray         *unlocks;        /* TcUnlock: coins from before the block */
  GArray         *unlocked;       /* TcFlushCoin: what tc_execution_get_unlocked () gives, those of this block too */
  TcRegistry     *registry;       /* (nullable): after a last block */
  TcCommittee    *next_committee; /* (nullable): after a last block */
};

/* The epoch record after a last block, and its hash (S1). */
void     tc_state_put_record    (GByteArray *bytes, const TcRegistry *registry, const TcCommittee *next_committee, const TcHash *seed,
                                 const TcEpochMoney *money, guint32 epoch, guint64 time_ms);
TcHash   tc_state_record_hash   (const TcRegistry *registry, const TcCommittee *next_committee, const TcHash *seed, const TcEpochMoney *money,
                                 guint32 epoch, guint64 time_ms);
/* S1: H(UTXO root | H(epoch record)). */
TcHash   tc_state_root          (const TcHash *utxo_root, const TcHash *record_hash);
GBytes  *tc_state_encode        (const TcLedger *self);
/* Fills in what TcFlush.state holds. */
gboolean tc_state_decode        (TcLedger *self, GBytes *state, GError **error);
/* Whether the parts fit the tip's state root, and the money adds up. */
gboolean tc_state_is_whole      (const TcLedger *self);
/* TRUE where coins + fees + odd + accrued = supply = genesis + minted - burnt. */
gboolean tc_money_adds_up       (const TcLedger *self);

/* M3: @item waits for the epoch's end, unless one of its kind for that masternode does. */
void     tc_ledger_add_pending  (TcLedger *self, const TcPendingKind *item);

/* Rule C7, judge.c. */
/* All of a block's evidence, as its header names it: notes whom it convicts. */
TcBlockVerdict tc_execution_judge (TcExecution *self, TcLedger *ledger, const TcEvidence *evidence, gsize n_evidence, const TcVerifier *verifier);
/* Of candidates whose signatures are good those that may stand in the next block together, in a block's order: borrowed. (transfer container) (element-type TcEvidence) */
GArray        *tc_execution_choose_evidence (TcExecution *self, TcLedger *ledger, const TcEvidence *evidence, gsize n_evidence);
/* They wait for the epoch's end. */
void           tc_ledger_add_accused (TcLedger *self, const GArray *accused);
/* M3: at the epoch's end, before anything else. */
void           tc_execution_jail  (TcExecution *self, TcRegistry *registry);
/* varint n, n x index u32: who is accused */
void           tc_accused_put     (GByteArray *bytes, const TcRegistry *registry);
void           tc_accused_read    (TcReader *reader, TcRegistry *registry);

/* The parts of executing that tc_ledger_propose () shares; see execute.c. */
TcExecution   *tc_execution_new       (const TcLedger *ledger);
TcBlockVerdict tc_execution_run_txs   (TcExecution *self, TcLedger *ledger, TcTx *const *txs, gsize n_txs, const TcExecuteOptions *options);
/* Last block: activity, reward, what the epoch's kinds 1-3 do, releases (epoch.c). @ret_reward: (out) (transfer full) (nullable). */
void           tc_execution_end_epoch (TcExecution *self, const TcLedger *ledger, const TcHeader *header, const TcCommit *commit, TcTx **ret_reward);
/* After all outputs are known: the state root. */
TcHash         tc_execution_finish    (TcExecution *self, const TcLedger *ledger, const TcHeader *header, const TcHash *seed);
void           tc_execution_create    (TcExecution *self, const TcTx *tx, guint32 height);
void           tc_execution_set_block (TcExecution *self, TcBlock *block);

G_END_DECLS
