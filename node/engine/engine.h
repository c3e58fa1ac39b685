#pragma once

#include "core/link.h"
#include "core/message.h"
#include "core/network.h"
#include "core/genesis.h"
#include "check.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

/* The node's mind: ledger, consensus, mempool, and what to fetch next, as one pure step (input) -> ordered effects.
 *
 * The driver owns clock, disk and wire. It turns what happened into an input, calls tc_engine_step (), and carries out the effects in their order: an effect after a PERSIST waits
 * until that is on disk. It may take further inputs meanwhile, whose effects queue behind. It calls again at tc_engine_get_deadline_ms () at the latest. The same inputs give the
 * same effects on every machine. One owner, one thread at a time. */
typedef struct _TcEngine TcEngine;

/* --- Messages between nodes: type bytes of rule N2. Bodies are documented in engine/messages.h. --- */
typedef enum
{
  TC_MESSAGE_STATUS        = 16,
  TC_MESSAGE_INV           = 17,
  TC_MESSAGE_GET           = 18,
  TC_MESSAGE_TX            = 19,
  TC_MESSAGE_BATCH         = 20,
  TC_MESSAGE_VOTE          = 21,
  TC_MESSAGE_PROPOSAL      = 22,
  TC_MESSAGE_CLOSE         = 23,
  TC_MESSAGE_GET_BLOCKS    = 24,
  TC_MESSAGE_BLOCK         = 25,
  TC_MESSAGE_GET_TXS       = 26,  /* of a proposed block, by position */
  TC_MESSAGE_TXS           = 27,
  TC_MESSAGE_GET_CERTS     = 28,
  TC_MESSAGE_GET_LIST      = 29,  /* of a close */
  TC_MESSAGE_LIST          = 30,
  TC_MESSAGE_HEARTBEAT     = 31,
  TC_MESSAGE_ATTESTATION   = 32,
  TC_MESSAGE_EVIDENCE      = 33,  /* C7 */
  TC_MESSAGE_GET_EPOCHS    = 34,  /* S2 */
  TC_MESSAGE_EPOCHS        = 35,
  TC_MESSAGE_GET_PART      = 36,  /* S2 */
  TC_MESSAGE_PART          = 37,
} TcMessageType;

/* The largest body of a type, in bytes; 0: no such type. Both plain and compressed. */
gsize tc_message_size_max (guint8 type);

/* --- Inputs --- */
typedef enum
{
  TC_INPUT_TICK      = 0,  /* time passed */
  TC_INPUT_PEER_UP   = 1,  /* peer, operator_key (nullable: proven by the transport) */
  TC_INPUT_PEER_DOWN = 2,  /* peer */
  TC_INPUT_MESSAGE   = 3,  /* peer, type, body */
  TC_INPUT_SUBMIT    = 4,  /* tx: from this node's own user */
  TC_INPUT_FLUSHED   = 5,  /* the newest COMMIT effect's flush is on disk */
  TC_INPUT_STORED    = 6,  /* header, commit, committee: the answer to LOOK_UP */
  TC_INPUT_REACHED   = 7,  /* masternode, operator_key: its host was connected to and proved that key (M6) */
  TC_INPUT_CHECKED   = 8,  /* check: the answer to CHECK */
  TC_INPUT_PART_STORED = 10, /* height, part, holds: the answer to STORE_PART */
  TC_INPUT_PAST_STORED = 11, /* height: the blocks of the STORE_PAST with it are on disk */
} TcInputKind;

typedef struct
{
  TcInputKind        kind;
  gint64             mono_ms;       /* monotonic; never goes back */
  gint64             wall_ms;       /* Unix; may jump */
  guint64            peer;          /* a connection; never used twice */
  guint32            masternode;    /* index in the registry */
  const TcPublicKey *operator_key;
  guint8             type;
  GBytes            *body;
  TcTx              *tx;
  const TcHeader    *header;        /* (nullable): there is no such block */
  TcCommit          *commit;        /* of it */
  TcCommittee       *committee;     /* (nullable) of its epoch; NULL: not known any more */
  TcCheck           *check;
  guint32            height;
  guint              part;          /* of a snapshot */
  gboolean           holds;         /* the part is proven, and on disk */
} TcInput;

/* --- Effects --- */
typedef enum
{
  TC_EFFECT_PERSIST   = 0,  /* records: to the signed store, durably, before any later effect */
  TC_EFFECT_SEND      = 1,  /* peer, type, body */
  TC_EFFECT_COMMIT    = 2,  /* block, commit, flush (nullable), committee (nullable) and epoch, link (nullable), durable: to the chain store, in one transaction. Later effects need not wait for
                               it, but PRUNE, SERVE, LOOK_UP and the answer to it, FLUSHED, do. A committee is that of the block's epoch; those before `epoch` may go. A link is
                               that of the block, where it is its epoch's last. */
  TC_EFFECT_SERVE     = 3,  /* peer, height, count: read stored blocks and send each as TC_MESSAGE_BLOCK (tc_message_block ()) */
  TC_EFFECT_PUNISH    = 4,  /* peer, points, text */
  TC_EFFECT_TX        = 5,  /* tx, finality: what changed of a transaction, for the user */
  TC_EFFECT_PRUNE     = 6,  /* epoch: signed records of earlier epochs may go */
  TC_EFFECT_HALT      = 7,  /* text: the node must stop and say so (rule C8: after a PERSIST of one TC_RECORD_HALT; or a contradiction) */
  TC_EFFECT_WARN      = 8,  /* text: for the log and the user; the node goes on */
  TC_EFFECT_LOOK_UP   = 9,  /* height: read the stored header and commit and the committee of its epoch, and give them back as STORED. Where epoch is not 0, those of that epoch's stored link, without
                               a committee. */
  TC_EFFECT_PROBE     = 10,  /* masternode, text: its host, operator_key: connect once, apart from the peers; where that key is proven, answer with REACHED (M6) */
  TC_EFFECT_CLOCK     = 11, /* text: our clock is off, for the log and the user; NULL: no longer (C4) */
  TC_EFFECT_JAILED    = 12, /* masternode, height, epoch, text: jailed by that block (C7) */
  TC_EFFECT_CHECK     = 13, /* check: read its coins from the store, check its signatures (engine/check.h), and give it back as CHECKED. In the order in which they are done, and
                               while writes are under way. What a stop leaves is forgotten. */
  TC_EFFECT_STORE_LINKS = 14, /* links (nullable), epoch: to the chain store, in the place of all links of that epoch and later ones (tc_store_write_links ()). In order with COMMIT and LOOK_UP */
  TC_EFFECT_SERVE_LINKS = 15, /* peer, epoch, count: read stored links and send what one TC_MESSAGE_EPOCHS holds of them (tc_epochs_encode ()), none too */
  TC_EFFECT_TRUST     = 16,   /* asks, height, hash, time_ms: the user is to be asked whether that block is the network's (S4); height 0: nobody offers one yet. Not asks: no longer. text (nullable): a peer
                               contradicted a trusted block */
  TC_EFFECT_SNAPSHOT  = 17, /* height, body: the state after the COMMIT before, and nothing later, is what the store holds once that is written: make a snapshot of it (S2).
                               body: its epoch record */
  TC_EFFECT_SERVE_PART = 18, /* peer, height, part, offset: read that page of a snapshot and send it as TC_MESSAGE_PART */
  TC_EFFECT_STORE_PART = 19, /* height, block (of that height), part, body: prove the part, write it with a mark, and answer with PART_STORED. Parts of another snapshot go. The manifest
                               comes first: the block proves it, and it the others. */
  TC_EFFECT_INSTALL   = 20, /* height, link, block, commit, committee (of the block's epoch), prev_last_height: all parts are there: put them in the place of the state, and the engine
                               to rest: a new one is made from the store, as after a restart */
  TC_EFFECT_STORE_PAST = 21, /* height, blocks, commits: proven blocks below the oldest, descending down to `height`: write them, and answer with PAST_STORED */
} TcEffectKind;

typedef enum
{
  TC_TX_EVENT_SEEN      = 0,
  TC_TX_EVENT_VOTES     = 1,
  TC_TX_EVENT_CERTIFIED = 2,
  TC_TX_EVENT_FINAL     = 3,
  TC_TX_EVENT_CONFIRMED = 4,
  TC_TX_EVENT_DROPPED   = 5,
} TcTxEventKind;

/* Kinds of the signed store's records. Stored: never renumber. */
typedef enum
{
  TC_RECORD_TX       = 1,
  TC_RECORD_BATCH    = 2,
  TC_RECORD_CLOSE    = 3,
  TC_RECORD_VOTE     = 4,
  TC_RECORD_PROPOSAL = 5,
  TC_RECORD_LIST     = 6,  /* of a close, where it came from a peer: body of TC_MESSAGE_LIST */
  TC_RECORD_STOP     = 7,  /* C5: the key's own message came from elsewhere: epoch u32 | height u32. Nothing is signed in that epoch. */
  TC_RECORD_PRUNED   = 9,  /* C5: epoch u32: records of earlier epochs may be gone. By the driver, durably, before it deletes any. */
  TC_RECORD_HALT     = 8,  /* C8: engine/halt-record.h. Its epoch is TC_RECORD_EPOCH_KEPT. */
} TcRecordKind;

#define TC_RECORD_EPOCH_KEPT G_MAXUINT32  /* of records that are never pruned */

typedef struct
{
  guint32 epoch;
  guint8  kind;   /* TcRecordKind */
  GBytes *data;
} TcRecord;

typedef struct
{
  TcEffectKind  kind;
  guint64       peer;
  guint8        type;
  GBytes       *body;       /* owned */
  GArray       *records;    /* TcRecord, owned with their data */
  TcBlock      *block;      /* owned */
  TcCommit     *commit;     /* owned */
  TcFlush      *flush;      /* owned, nullable */
  TcCommittee  *committee;  /* owned, nullable */
  TcLink       *link;       /* owned, nullable */
  GPtrArray    *links;      /* TcLink; owned, nullable */
  TcHash        hash;       /* TRUST */
  guint64       time_ms;    /* TRUST */
  gboolean      asks;       /* TRUST */
  gboolean      durable;
  guint32       height, count, epoch;
  guint         points;
  char         *text;       /* owned */
  guint32       masternode; /* PROBE */
  TcPublicKey   operator_key; /* PROBE */
  TcTx         *tx;         /* owned */
  TcTxEventKind event;      /* TX */
  TcCheck      *check;      /* owned */
  guint64       votes, acks, power;
  guint         part;       /* of a snapshot */
  guint32       offset;
  guint32       prev_last_height;  /* of the last block of the epoch before; 0: genesis */
  GPtrArray    *blocks;     /* owned: TcBlock */
  GPtrArray    *commits;    /* owned: TcCommit, of each */
} TcEffect;

/* Effects of one step, in order. The caller makes it once and reuses it. */
typedef struct
{
  GArray *items;   /* TcEffect */
} TcEffects;

void        tc_effects_init  (TcEffects *self);
void        tc_effects_clear (TcEffects *self);   /* empties it, freeing what it owns */
void        tc_effects_free  (TcEffects *self);
/* Moves item @i out: the caller owns what it holds. */
TcEffect    tc_effects_steal (TcEffects *self, gsize i);
void        tc_effect_clear  (TcEffect *effect);

/* --- Life --- */

/* How a node that is behind catches up (S2). */
typedef enum
{
  TC_SYNC_MODE_AUTO     = 0,  /* by a snapshot where it is more than 2 x redraw_epochs epochs behind one that a peer has, else by blocks */
  TC_SYNC_MODE_FULL     = 1,  /* by blocks */
  TC_SYNC_MODE_SNAPSHOT = 2,  /* by a snapshot where it is more than an epoch behind one */
} TcSyncMode;

typedef struct
{
  const TcGenesis  *genesis;
  TcSecretKey      *operator_key;      /* (nullable) */
  const TcVerifier *verifier;          /* borrowed; outlives the engine */
  TcCoinView        view;              /* of the chain store */
  GBytes           *state;             /* (nullable) newest flushed state; NULL: from genesis */
  const guint8     *buckets;           /* 256 x 2 048 bytes, with state */
  gint64            store_created_ms;  /* Unix: since when the signed store is whole (rule C5): the engine signs only in epochs that began after, and in epoch 1 */
  const TcCheckpoint *trusted;         /* blocks that the network is known to have (M4): copied */
  gsize             n_trusted;
  gboolean          store_replaced;    /* it took the place of one that was lost, or of an earlier state: then epoch 1 is no exception */
  guint32           sign_anyway_epoch; /* the operator overrides C5 in this epoch; 0: in none; TC_SIGN_ANYWAY_ALWAYS */
  TcSyncMode        sync_mode;
  gboolean          history;           /* blocks below a snapshot are fetched, too */
} TcEngineConfig;

#define TC_SIGN_ANYWAY_ALWAYS G_MAXUINT32

/* Whether the node signs, or why not (rule C5). */
typedef enum
{
  TC_SIGNING_YES         = 0,
  TC_SIGNING_NO_MEMBER   = 1,  /* no operator key, or not in this epoch's committee */
  TC_SIGNING_OLD_STORE   = 2,  /* the signed store is younger than the epoch: from the next one on */
  TC_SIGNING_CHAIN_AHEAD = 3,  /* the chain holds a signature of this epoch that the store lacks: from the next epoch on */
  TC_SIGNING_MET_ITSELF  = 4,  /* somebody else signs with this key: after a restart, in a later epoch */
  TC_SIGNING_HALTED      = 5,
  TC_SIGNING_CHAIN_OLD   = 6,  /* the chain is at an epoch of which the store does not hold all any more: once the chain has caught up */
} TcSigning;

const char *tc_signing_name (TcSigning signing);  /* "old-store" */

/* @config: copied, references taken. Fails where the state is damaged or of another chain. */
TcEngine   *tc_engine_new          (const TcEngineConfig *config, GError **error);
void        tc_engine_free         (TcEngine *self);
/* Recovery, before the first step: tc_engine_restore_epoch_block () and tc_engine_restore_tip_commit () for what the state covers; stored blocks above it, in order;
 * then tc_engine_restore_records () once, with all signed records in order, also where there are none: it begins the height. Records may be ahead of
 * the blocks: what is signed does not wait for the block below it to be written.
 * Returns: FALSE where a stored block does not follow. */
gboolean    tc_engine_restore_block (TcEngine *self, TcBlock *block, TcCommit *commit, GError **error);
/* A block of the epoch under way at or below the state: what it holds is in the chain, for this epoch's closes (F5). From the state's epoch_start_height + 1 on. */
void        tc_engine_restore_epoch_block (TcEngine *self, const TcBlock *block);
/* The commit of the tip where the state was flushed at the newest block. */
void        tc_engine_restore_tip_commit (TcEngine *self, TcCommit *commit);
/* What is on disk of a snapshot that a restart interrupted: of the last block @hash at @height, its manifest, and the parts of @parts: bit p mod 8 of byte p / 8 of 32. */
void        tc_engine_restore_import (TcEngine *self, guint32 height, const TcHash *hash, const guint8 *parts);
void        tc_engine_restore_records (TcEngine *self, const TcRecord *records, gsize n_records, gint64 mono_ms, gint64 wall_ms);
/* Then stored links, from the epoch of the next block on, ascending, in any portions. Returns: FALSE where one does not follow, or contradicts what is trusted: it and those after it are not taken,
 * and are to be deleted. */
gboolean    tc_engine_restore_links   (TcEngine *self, TcLink *const *items, gsize n_items);
/* Of the first link that is not proven. */
guint32     tc_engine_get_link_epoch  (const TcEngine *self);

/* @ret_effects: (inout): cleared first. For SUBMIT, @ret_verdict (optional) says whether the transaction was taken. */
void        tc_engine_step         (TcEngine *self, const TcInput *input, TcEffects *ret_effects, TcTxVerdict *ret_verdict);
/* The user, or a friend of his, vouches for that block (M4); in the place of the one he named before. Returns: FALSE where our own chain, a checkpoint or the network file's says otherwise. That a
 * height at or below the tip has another block is the caller's to find. A TICK shows what follows. */
gboolean    tc_engine_trust_block  (TcEngine *self, guint32 height, const TcHash *hash);
/* What this node serves beside its tip (S2), for its status: all blocks from @oldest to the tip (1: all; the tip's height + 1: none), and snapshots at
 * @heights, ascending, at most TC_SERVED_SNAPSHOTS_MAX. At first all blocks and no snapshot. */
void        tc_engine_set_served   (TcEngine *self, guint32 oldest, const guint32 *heights, gsize n_heights);
/* While what COMMIT hands out waits to be written, no more blocks that were fetched are applied; what is agreed on is. The next step acts on it. */
void        tc_engine_set_writer_full (TcEngine *self, gboolean full);
/* Where blocks are missing below those that are served: the block above the highest such gap, and the lowest height that is missing there. Once more when one is closed and
 * another is left. */
void        tc_engine_set_gap      (TcEngine *self, const TcBlock *above, guint32 lowest);
/* When the engine wants a TICK at the latest, monotonic. */
gint64      tc_engine_get_deadline_ms (TcEngine *self);

/* --- What the driver shows --- */
typedef enum
{
  TC_SYNC_NONE     = 0,
  TC_SYNC_LINKS    = 1,  /* units: epochs */
  TC_SYNC_SNAPSHOT = 2,  /* bytes */
  TC_SYNC_BLOCKS   = 3,  /* blocks */
  TC_SYNC_HISTORY  = 4,  /* blocks below the snapshot */
} TcSyncPhase;

typedef struct
{
  TcSyncPhase phase;
  guint64     done, total;  /* since the chain's beginning, not since the start of the program; done <= total */
  guint       n_peers;      /* asked now */
} TcSyncProgress;

typedef struct
{
  guint32  height;
  guint32  epoch;              /* of the next block */
  guint32  best_height;        /* claimed by peers, at most what is plausible */
  guint32  round;
  guint    step;               /* 0 waiting, 1 propose, 2 prevote, 3 precommit */
  guint32  n_members;
  guint64  power, prevote_power, precommit_power;
  guint32  self;               /* position in the committee, or TC_MEMBER_NONE */
  guint32  n_answering;        /* members heard from within the last rounds, this one included */
  guint    mempool_txs;
  gsize    mempool_bytes;
  TcSigning signing;
  gboolean halted;
  guint64  fee_rate;           /* units a byte asked for now (F8) */
  /* counters since start, for tests and the curious */
  guint64  n_rounds_above_zero, n_locked_reproposed, n_closes_left_out, n_equivocations, n_jailed;
  guint64  n_heartbeats, n_attestations;  /* good ones, each once (M6) */
  gint64   clock_offset_ms;    /* of other nodes' clocks, in the middle, against ours; 0 where fewer than two said theirs */
  gboolean clock_is_off;       /* by so much that it matters (C4) */
  guint    n_evidence;         /* pieces that wait for a block */
  TcSyncProgress sync;
  guint32  oldest, n_snapshots, snapshots[3];  /* as tc_engine_set_served () was told */
  gboolean needs_trust;        /* it must be shown a recent block before it goes on (M4) */
  TcCheckpoint offered;        /* what its peers would have it believe; height 0: nothing */
  guint64  offered_time_ms;
} TcEngineInfo;

void             tc_engine_get_info   (TcEngine *self, TcEngineInfo *ret_info);

/* What each member of the committee is known to have done. Bitmaps by position, TC_BITMAP_SIZE_MAX bytes. */
typedef struct
{
  guint32  proposer;           /* of the round under way: its position */
  guint8   prevotes[TC_BITMAP_SIZE_MAX], precommits[TC_BITMAP_SIZE_MAX];  /* for a block, in the round under way */
  guint8   answering[TC_BITMAP_SIZE_MAX];
  gboolean has_signers;        /* the newest block is this committee's, and its commit is at hand */
  guint8   signers[TC_BITMAP_SIZE_MAX];
} TcEngineVotes;

void             tc_engine_get_round_votes (TcEngine *self, TcEngineVotes *ret_votes);

/* Pending transactions by the fee that they pay: bin i is of those with 2^i units a byte or more, and less than twice that; the last one has no upper end. */
#define TC_ENGINE_FEE_BINS 8u
void             tc_engine_count_fees (TcEngine *self, guint *ret_counts);

/* The newest height that is proven, and its block's time: of a link above the tip, or the tip's. */
guint32          tc_engine_get_proven (TcEngine *self, guint64 *ret_time_ms);
/* Of the last block at @height, above the tip, if it is proven. */
gboolean         tc_engine_find_link  (TcEngine *self, guint32 height, TcHash *ret_hash, TcHash *ret_state_root);

/* How much of each thing that grows with what others send is kept: for checks that all of it is bounded. */
typedef struct
{
  guint peers, wanted, held, orphans, candidates, proposals, closes, sync_blocks, records_ahead, links_pending;
  gsize held_bytes;
} TcEngineLoad;

void             tc_engine_get_load   (const TcEngine *self, TcEngineLoad *ret_load);
/* The height that @peer says it stands at. Returns: FALSE where it is unknown. */
gboolean         tc_engine_get_peer_height (TcEngine *self, guint64 peer, guint32 *ret_height);
const TcLedger  *tc_engine_get_ledger (TcEngine *self);
/* A coin of the committed state. */
gboolean         tc_engine_get_coin   (TcEngine *self, const TcOutpoint *outpoint, TcCoin *ret_coin);
/* Power that voted and acknowledged in this epoch; FALSE where unknown. */
gboolean         tc_engine_get_votes  (TcEngine *self, const TcHash *txid, guint64 *ret_votes, guint64 *ret_acks, guint64 *ret_power,
                                       gboolean *ret_certified, gboolean *ret_final);
/* (nullable) (transfer none): from the mempool */
TcTx            *tc_engine_get_tx     (TcEngine *self, const TcHash *txid);
/* Transactions of the mempool, in order of arrival, then those submitted since INSTALL. Returns: (transfer full) (element-type TcTx). */
GPtrArray       *tc_engine_dup_txs    (TcEngine *self);

/* Body of TC_MESSAGE_BLOCK. */
GBytes          *tc_message_block     (GBytes *block, GBytes *commit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcEngine, tc_engine_free)

G_END_DECLS
