#pragma once

#include "core/block.h"
#include "core/genesis.h"
#include "core/masternode.h"
#include "core/message.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

/* For tests and benches: a chain with the keys of all its masternodes and of some payers, so that blocks and commits can be made at will, and
 * a disk in memory. Everything follows from the arguments: no clock, no randomness. */

/* What a store keeps: answers through @view, takes flushes. */
typedef struct
{
  GHashTable *coins;      /* TcOutpoint -> TcCoin */
  guint8     *buckets;    /* 256 x 2 048 */
  GBytes     *state;      /* (nullable): nothing flushed yet */
  guint64     n_reads;
  guint64     n_written;  /* coins created and deleted */
  TcCoinView  view;
} TcMemoryStore;

TcMemoryStore *tc_memory_store_new   (void);
void           tc_memory_store_free  (TcMemoryStore *self);
void           tc_memory_store_write (TcMemoryStore *self, const TcFlush *flush);

typedef struct
{
  TcParams      params;
  TcGenesis    *genesis;
  guint32       n_masternodes;
  TcSecretKey **operators;   /* by index in the registry */
  guint32       n_payers;
  TcSecretKey **payers;      /* payer i owns genesis output i */
  TcMemoryStore *store;
  TcLedger     *ledger;
  TcCommit     *commit;      /* (nullable) of the tip; NULL at genesis */
  GPtrArray    *blocks;      /* TcBlock, from height 1 */
  GHashTable   *keys;        /* TcPublicKey -> TcSecretKey: operators', and what tc_chain_fixture_add_key () adds */
} TcChainFixture;

#define TC_FIXTURE_TIME_MS      G_GUINT64_CONSTANT (1700000000000)
#define TC_FIXTURE_PAYER_UNITS  (1000 * TC_AMOUNT_PER_TIME)

/* A key that follows from @number. Returns: (transfer full). */
TcSecretKey    *tc_fixture_key              (guint32 number);
TcKeyHash       tc_fixture_key_hash         (const TcSecretKey *key);

/* @tiers: n_masternodes, or NULL for all Gold.  @params: NULL for TC_PARAMS_LOCAL. */
TcChainFixture *tc_chain_fixture_new        (guint32 n_masternodes, const TcTier *tiers, guint32 n_payers, const TcParams *params);
void            tc_chain_fixture_free       (TcChainFixture *self);

/* A signed transfer of one coin of @key: @amount to @to, and, where anything is left beside @fee, a change output back. */
TcTx           *tc_fixture_pay              (const TcChainFixture *self, const TcSecretKey *key, const TcOutpoint *from, const TcOutput *coin,
                                             const TcKeyHash *to, guint64 amount, guint64 fee);
/* The coin of payer @i in the genesis. */
TcOutpoint      tc_chain_fixture_coin       (const TcChainFixture *self, guint32 i, TcOutput *ret_output);
/* Pays @amount from genesis coin @i to the payer after it, at a fee of 1 000 units. */
TcTx           *tc_chain_fixture_pay        (const TcChainFixture *self, guint32 i, guint64 amount);
/* The same body with witnesses of @keys, in order. */
TcTx           *tc_fixture_sign             (const TcChainFixture *self, const TcTx *unsigned_tx, const TcOutput *spent,
                                             TcSecretKey *const *keys, gsize n_keys);

/* A signed transaction of kinds 1-3 that spends @coins, all of @owner, with the rest, where it pays at least dust, as change. Output 0 is the collateral of @payload's tier, or
 * that change (which must be there then). @operator_key: (nullable): makes payload->possession, and is taken into @self's keys; NULL: as it stands in @payload. */
TcTx           *tc_fixture_masternode       (TcChainFixture *self, guint8 kind, const TcMasternodePayload *payload, TcSecretKey *operator_key,
                                             const TcSecretKey *owner, const TcFlushCoin *coins, gsize n_coins, guint64 fee);
/* A key that a masternode of @self uses later: reference taken. */
void            tc_chain_fixture_add_key    (TcChainFixture *self, TcSecretKey *key);

/* The header of the next block in @round as its proposer fills it in: at the least time of a block with @size_bytes of transactions. */
TcHeader        tc_chain_fixture_header     (const TcChainFixture *self, guint32 round, guint64 size_bytes);
/* The operator key of a member of the next block's committee. */
const TcSecretKey *tc_chain_fixture_member  (const TcChainFixture *self, guint32 member);
/* Closes of all members for the next block, which list nothing. Returns: (transfer full): an array. */
TcClose        *tc_chain_fixture_closes     (const TcChainFixture *self, gsize *ret_n);
/* A commit of @block, the next one, by the members of @signers (NULL: all). */
TcCommit       *tc_chain_fixture_commit     (const TcChainFixture *self, const TcBlock *block, guint32 round, const guint8 *signers);
/* The next block of @txs in round 0 (with closes, if it is a last one). Returns: (transfer full). */
TcBlock        *tc_chain_fixture_propose    (TcChainFixture *self, TcTx *const *txs, gsize n_txs, TcExecution **ret_execution);
/* Applies @execution and holds @block's commit by @signers (NULL: all) for the next one. */
void            tc_chain_fixture_apply      (TcChainFixture *self, TcBlock *block, const TcExecution *execution, const guint8 *signers);
/* Proposes, commits and applies. Returns: (transfer none): the block. */
TcBlock        *tc_chain_fixture_extend     (TcChainFixture *self, TcTx *const *txs, gsize n_txs);
/* Extends with empty blocks until a last one is applied. Returns: the number of blocks. */
guint32         tc_chain_fixture_end_epoch  (TcChainFixture *self);
/* @block with another header. Returns: (transfer full). */
TcBlock        *tc_fixture_block_with       (const TcBlock *block, const TcHeader *header);
/* Flushes everything to the store. */
void            tc_chain_fixture_flush      (TcChainFixture *self);
/* tc_ledger_execute () on all counts. */
TcBlockVerdict  tc_chain_fixture_execute    (TcChainFixture *self, const TcBlock *block, TcExecution **ret_execution);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcMemoryStore, tc_memory_store_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcChainFixture, tc_chain_fixture_free)

G_END_DECLS
