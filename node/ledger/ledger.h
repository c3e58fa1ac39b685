#pragma once

#include "core/block.h"
#include "core/genesis.h"

#include "coin.h"
#include "registry.h"

G_BEGIN_DECLS

/* The committed state: unspent outputs, masternodes, epoch, seed; and what may come next (rules T, B, M, S1).
 * Pure: reads coins through a TcCoinView, checks signatures through a TcVerifier, and hands what is to be written to its driver as a TcFlush.
 * One owner, one thread at a time. */
typedef struct _TcLedger TcLedger;

/* The newest committed block, as a value. */
typedef struct
{
  guint32  height;          /* 0: genesis */
  TcHash   hash;            /* chain_id at height 0: what block 1 names as previous (B9) */
  guint64  time_ms;
  guint32  epoch;           /* of that block; 0 for genesis */
  gboolean is_last;         /* it is the last block of its epoch (genesis: TRUE) */
  TcHash   seed;            /* after that block (B7) */
  TcHash   state_root;
  guint64  epoch_start_ms;  /* time of the newest last block (B2); the start of the epoch of the next block */
  guint32  epoch_start_height;  /* its height */
  guint32  prev_epoch_start_height;  /* the last block before that; 0 where there is none */
} TcTip;

/* Why a transaction is refused. Numbers are stable: RPC shows the names. */
typedef enum
{
  TC_TX_OK                = 0,
  TC_TX_MISSING_COIN      = 1,   /* an input is unknown here, or spent: not the sender's fault by itself */
  TC_TX_COLLATERAL        = 2,   /* spends a collateral (T3) */
  TC_TX_WRONG_KEY         = 3,   /* a witness's key does not hash to the output's key hash */
  TC_TX_BAD_SIGNATURE     = 4,
  TC_TX_NOT_YET           = 5,   /* valid_from_height is above the next height (T5) */
  TC_TX_FEE               = 6,   /* T4 */
  TC_TX_DUST              = 7,   /* T4 */
  TC_TX_SIZE              = 8,   /* T4 */
  TC_TX_KIND              = 9,   /* not allowed here: a reward outside a last block, an unknown kind, a payload or a collateral where none may be (T3) */
  TC_TX_OVERFLOW          = 10,  /* sums pass 2^62, or outputs exceed inputs */
  TC_TX_WITNESS           = 11,  /* unsigned, or malformed witnesses */
  /* Kinds 1-3, by the registry as it stood when the epoch began (T5, M1, M2) */
  TC_TX_PAYLOAD           = 12,  /* the payload is not of its kind's form */
  TC_TX_TIER              = 13,  /* output 0 is not the tier's collateral */
  TC_TX_POSSESSION        = 14,  /* the operator key did not sign */
  TC_TX_OPERATOR_KEY      = 15,  /* the operator key is another masternode's, or was within unbonding_epochs */
  TC_TX_MASTERNODE        = 16,  /* there is no masternode at the outpoint */
  TC_TX_MASTERNODE_STATE  = 17,  /* it is retired or released, or jailed and the transaction does not retire it */
  TC_TX_OWNER             = 18,  /* no input is the owner's */
  TC_TX_FREE_FULL         = 19,  /* TC_FREE_MAX Free masternodes are registered */
  TC_TX_KEY_CHANGES       = 20,  /* TC_PAST_KEYS_MAX keys were left behind within unbonding_epochs */
} TcTxVerdict;

const char *tc_tx_verdict_name    (TcTxVerdict verdict);     /* "missing-coin" */
const char *tc_tx_verdict_message (TcTxVerdict verdict);     /* a sentence for people, saying what to do */

typedef enum
{
  TC_BLOCK_OK             = 0,
  TC_BLOCK_BAD_HEADER     = 1,   /* version, chain, height, previous, epoch, committee or commit hash */
  TC_BLOCK_BAD_TIME       = 2,   /* B1 */
  TC_BLOCK_BAD_PROPOSER   = 3,   /* B7: proposer or VRF proof */
  TC_BLOCK_BAD_COMMIT     = 4,   /* the parent's commit is no quorum, or a signature in it is bad */
  TC_BLOCK_BAD_BODY       = 5,   /* roots, order, size, duplicates, evidence */
  TC_BLOCK_BAD_TX         = 6,   /* a transaction breaks T or spends what is not there */
  TC_BLOCK_BAD_REWARD     = 7,   /* M5 */
  TC_BLOCK_BAD_STATE      = 8,   /* state root or next committee */
  TC_BLOCK_BAD_WITNESS    = 9,   /* T1: condemns its sender, not the block */
  TC_BLOCK_BAD_CLOSES     = 10,  /* F5: not of a quorum, not in order, bad signature, in a block that is not a last one */
  TC_BLOCK_BAD_EVIDENCE   = 11,  /* C7: proves nothing, concerns nobody, out of order, too much */
} TcBlockVerdict;

const char *tc_block_verdict_name (TcBlockVerdict verdict);

/* A block executed but not applied: what it changes. Immutable; belongs to the tip it was executed on. */
typedef struct _TcExecution TcExecution;

/* What to write, once, in one transaction of the store: every change since the flush before. Immutable, reference-counted: may be read from another
 * thread. Both lists ascend, so that the disk is written in one sweep. Coins created and spent within it do not appear. An outpoint may be in both lists: another coin stands there now. So what is spent goes first. */
typedef struct
{
  TcOutpoint outpoint;
  TcCoin     coin;
} TcFlushCoin;

typedef struct
{
  gatomicrefcount ref_count;
  guint32      height;         /* the state after this block */
  gsize        n_created;
  TcFlushCoin *created;
  gsize        n_spent;
  TcOutpoint  *spent;
  guint32      n_buckets;      /* LtHash buckets that changed (S1) */
  guint8      *bucket_numbers; /* n_buckets */
  guint8      *buckets;        /* n_buckets x 2 048 bytes */
  GBytes      *state;          /* everything else: tip, registry, committee, seed, cache-independent */
} TcFlush;

TcFlush     *tc_flush_ref   (TcFlush *self);
void         tc_flush_unref (TcFlush *self);

/* The state at height 0. All genesis outputs are unflushed changes; @view (copied) answers for what is on disk, at first nothing. */
TcLedger    *tc_ledger_new_genesis (const TcGenesis *genesis, const TcCoinView *view);

/* The state that the store holds. @state: TcFlush.state of the newest flush; @buckets: 256 x 2 048 bytes.
 * Fails where they are damaged or of another chain. */
TcLedger    *tc_ledger_new_stored  (const TcGenesis *genesis, const TcCoinView *view, GBytes *state, const guint8 *buckets, GError **error);
void         tc_ledger_free        (TcLedger *self);

/* Coins that may be held in memory: cached, changed, in a flush under way. Changed ones are kept until flushed, whatever their number is. */
void         tc_ledger_set_cache_size (TcLedger *self, gsize n_coins);
/* The same as bytes (default: about 110 MB). */
void         tc_ledger_set_memory     (TcLedger *self, gsize size_bytes);

const TcTip       *tc_ledger_get_tip        (const TcLedger *self);
const TcGenesis   *tc_ledger_get_genesis    (const TcLedger *self);
const TcRegistry  *tc_ledger_get_registry   (const TcLedger *self);
/* Of the epoch of the next block. */
TcCommittee *tc_ledger_get_committee  (const TcLedger *self);
guint32      tc_ledger_get_next_epoch (const TcLedger *self);
/* TRUE where the next block is the last of its epoch (B2). */
gboolean     tc_ledger_next_is_last   (const TcLedger *self);
/* All money there is (A1, M4, M5): genesis + minted - burnt = supply = coins + fees + odd + accrued. */
typedef struct
{
  TcAmount genesis, minted, burnt, supply;
  TcAmount coins;    /* unspent outputs, collateral among them */
  TcAmount fees;     /* since the last reward */
  TcAmount odd;      /* units that the last reward could not share out */
  TcAmount accrued;  /* rewards not yet paid */
} TcMoney;

TcMoney      tc_ledger_get_money      (const TcLedger *self);
/* B1: the least time of the next block, holding @txs_size_bytes of transactions. */
guint64      tc_ledger_least_time_ms  (const TcLedger *self, guint64 txs_size_bytes);
guint32      tc_ledger_block_size_max (const TcLedger *self);

/* A coin of the committed state. */
gboolean     tc_ledger_get_coin       (TcLedger *self, const TcOutpoint *outpoint, TcCoin *ret_coin);
/* The same without asking the disk, for who fetches coins ahead of a block. @ret_coin: set where UNSPENT. */
TcCoinPeek   tc_ledger_peek_coin      (TcLedger *self, const TcOutpoint *outpoint, TcCoin *ret_coin);
/* Takes a coin that was read from the store into the cache, unless what is known here says more. @version: tc_ledger_get_version () before it was read; where that has changed, the coin may have
 * been spent since, written, and forgotten: then it is not taken. */
guint64      tc_ledger_get_version    (const TcLedger *self);
void         tc_ledger_offer_coin     (TcLedger *self, guint64 version, const TcOutpoint *outpoint, const TcCoin *coin);
/* The same as a view, borrowed from @self. */
TcCoinView   tc_ledger_get_view       (TcLedger *self);

/* Rules T2-T5 on the committed state and, where it lacks a coin, @pending (nullable): outputs of transactions not yet in the chain. That no two
 * spend one coin is the caller's business.
 * @verifier: (nullable): NULL: signatures are known to be good.  @ret_fee: (out) (optional): set on TC_TX_OK. */
TcTxVerdict  tc_ledger_check_tx       (TcLedger *self, const TcTx *tx, const TcCoinView *pending, const TcVerifier *verifier, TcAmount *ret_fee);

typedef enum
{
  TC_EVIDENCE_HOLDS = 0,
  TC_EVIDENCE_BAD   = 1,  /* it proves nothing, here or anywhere */
  TC_EVIDENCE_MOOT  = 2,  /* not now: nobody's key, too old or to come, jailed or accused already, released, or what was left out is in the chain */
} TcEvidenceVerdict;

/* Rule C7 for one piece, in the next block. @verifier: (nullable): NULL: signatures are known to be good.  @ret_masternode: its index, where it holds. */
TcEvidenceVerdict tc_ledger_judge     (TcLedger *self, const TcEvidence *evidence, const TcVerifier *verifier, guint32 *ret_masternode);

/* What the caller knows, so that it is not checked twice. */
typedef struct
{
  const TcVerifier *verifier;
  /* (nullable): TRUE where the signatures of exactly this transaction, this witness included, were checked before */
  gboolean (*is_checked) (gpointer user_data, const TcTx *tx);
  gpointer  user_data;
  gboolean  commit_checked;  /* the signatures of block->commit were checked before */
  const TcHash *digests;     /* (nullable): by transaction of the block: the digest (T2) that its witnesses were found good for; zero: none. Counts where its coins give that very digest. */
} TcExecuteOptions;

/* Everything that the chain alone decides about @block as the next one: B1-B3, B7, T, F5's form (closes of a quorum, signed), M, S1. Certificates, the closes' lists and the clock are
 * the prevoter's business (F6, C4).
 * @ret_execution: (out) (transfer full): on TC_BLOCK_OK. */
TcBlockVerdict tc_ledger_execute      (TcLedger *self, const TcBlock *block, const TcExecuteOptions *options, TcExecution **ret_execution);

/* Builds the next block. @header: round, time_ms, proposer and vrf are set by the caller; the rest is filled in. @txs: candidates in the order of preference, without a reward: those that do
 * not fit or are not valid (parents must be in the chain or among @txs) are left out; signatures were checked before.
 * @commit: of the tip; (nullable) at height 0. Returns: (transfer full); @ret_execution: (out) (transfer full). */
TcBlock     *tc_ledger_propose        (TcLedger *self, const TcHeader *header, TcCommit *commit, const TcClose *closes, gsize n_closes,
                                       TcTx *const *txs, gsize n_txs, TcExecution **ret_execution);

/* The same with @evidence: candidates, of which those that do not hold or fit are left out. */
TcBlock     *tc_ledger_propose_with_evidence (TcLedger *self, const TcHeader *header, TcCommit *commit, const TcEvidence *evidence, gsize n_evidence,
                                              const TcClose *closes, gsize n_closes, TcTx *const *txs, gsize n_txs, TcExecution **ret_execution);

/* Applies @execution, made on this very tip (TC_CHECK); the tip moves on. Does not take it over. */
void         tc_ledger_apply          (TcLedger *self, const TcExecution *execution);
void         tc_execution_free        (TcExecution *self);
const TcBlock *tc_execution_get_block (const TcExecution *self);
/* Masternodes that the block, a last one, jails (M3, C7): indices, ascending. Borrowed. */
const guint32 *tc_execution_get_jailed (const TcExecution *self, gsize *ret_n);
/* Collaterals that the block, a last one, makes plain outputs where they are: of void registrations, and released ones less what is burnt (M3, M4). Each with the
 * coin that stands there now; no transaction shows it. @ret_n: 0 for other blocks. Borrowed. */
const TcFlushCoin *tc_execution_get_unlocked (const TcExecution *self, gsize *ret_n);

/* Everything changed since the last flush began. At most one flush is under way: (nullable): NULL while one is, or where nothing changed. The driver writes it and then calls tc_ledger_end_flush ():
 * until then the ledger keeps answering for those coins itself. Returns: (transfer full). */
TcFlush     *tc_ledger_begin_flush    (TcLedger *self);
void         tc_ledger_end_flush      (TcLedger *self);
/* Changed coins not yet in a flush. */
gsize        tc_ledger_count_unflushed (const TcLedger *self);
/* For a driver that flushes seldom while it catches up: as many coins are changed as memory should hold, and no flush is under way. */
gboolean     tc_ledger_wants_flush    (const TcLedger *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLedger, tc_ledger_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcExecution, tc_execution_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcFlush, tc_flush_unref)

G_END_DECLS
