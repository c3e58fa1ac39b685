#pragma once

#include <gio/gio.h>

#include "core/block.h"
#include "core/masternode.h"
#include "core/network.h"
#include "core/tx-proof.h"
#include "rpc/call.h"

G_BEGIN_DECLS

/* A full node, and all that wallet/, ui/ and src/ see of it. A process may run many.
 *
 * A node lives on a thread of its own. Functions here may be called from any thread and never block, unless they say otherwise.
 * What they show are immutable, reference-counted values, swapped whole; callbacks run in the GMainContext they were asked for. */
typedef struct _TcNode TcNode;

typedef enum
{
  TC_NODE_ERROR_DATA_DIR_IN_USE = 0,  /* another node runs on this data directory */
  TC_NODE_ERROR_PORT_IN_USE     = 1,
  TC_NODE_ERROR_DISK            = 2,  /* full, read-only, missing */
  TC_NODE_ERROR_DAMAGED         = 3,  /* a file of the data directory is damaged, of another network, or of a newer version */
  TC_NODE_ERROR_REFUSED         = 4,  /* a transaction is not accepted; the message says why */
  TC_NODE_ERROR_STOPPED         = 5,
  TC_NODE_ERROR_NOT_FOUND       = 6,
  TC_NODE_ERROR_CONFIG          = 7,
  TC_NODE_ERROR_PROOF           = 8,  /* a proof is false, or of another network */
  TC_NODE_ERROR_EXISTS          = 9,  /* what is to be added is there already */
} TcNodeError;

#define TC_NODE_ERROR (tc_node_error_quark ())
GQuark tc_node_error_quark (void);

typedef enum
{
  TC_NODE_SYNC_MODE_AUTO     = 0,  /* a snapshot where the chain is days behind and a peer has one, else every block */
  TC_NODE_SYNC_MODE_FULL     = 1,  /* every block */
  TC_NODE_SYNC_MODE_SNAPSHOT = 2,  /* a snapshot wherever the chain is more than an epoch behind one */
} TcNodeSyncMode;

#define TC_NODE_CACHE_MB_DEFAULT 256u
#define TC_NODE_CACHE_MB_MIN     16u
#define TC_NODE_CACHE_MB_MAX     65536u
#define TC_NODE_PRUNE_MB_MIN     256u

typedef struct
{
  TcNetwork          *network;        /* with a genesis */
  const char         *data_dir;       /* made where it is missing, mode 0700 */
  TcSecretKey        *operator_key;   /* (nullable): a masternode's */
  const char         *listen;         /* (nullable) "IP:port", port 0: any free one; NULL: does not listen */
  const char *const  *connect;        /* (nullable) NULL-terminated "host:port": kept connected beside the network's seeds and masternodes */
  const char         *rpc_listen;     /* (nullable) "127.0.0.1:port", port 0: any; NULL: no RPC */
  guint32             sign_anyway_epoch;  /* the operator answers for it that nothing was signed in this epoch that signed.sqlite lacks (rule C5); 0: none */
  guint               cache_mb;       /* memory for unspent outputs; 0: the default */
  guint               prune_mb;       /* old blocks are deleted beyond so many MB of them; 0: all are kept */
  TcNodeSyncMode      sync_mode;
  gboolean            no_history;     /* blocks below a snapshot are not fetched */
  const char         *proxy;          /* (nullable) "host:port" of a SOCKS5 proxy: every connection goes through it */
  gboolean            map_port;       /* ask the router to let connections in */
  gboolean            no_discover;    /* connect to what is named here and in the network file only, and exchange no addresses */
  TcCheckpoint        trusted_block;  /* the user vouches for it; height 0: for none */
} TcNodeConfig;

#define TC_NODE_SIGN_ANYWAY_ALWAYS G_MAXUINT32  /* for networks whose masternodes are all one's own */

/* Copies @config. Cannot fail; nothing happens before start. */
TcNode   *tc_node_new           (const TcNodeConfig *config);
TcNode   *tc_node_ref           (TcNode *self);
void      tc_node_unref         (TcNode *self);   /* the last one stops it, waiting */

/* Opens the stores, recovers, listens, serves. The callback runs in the caller's thread-default context. */
void      tc_node_start_async   (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_node_start_finish  (TcNode *self, GAsyncResult *result, GError **error);
/* Stops within 5 s: what consensus signed and what is committed is on disk. Idempotent. */
void      tc_node_stop_async    (TcNode *self, GAsyncReadyCallback callback, gpointer user_data);
void      tc_node_stop_finish   (TcNode *self, GAsyncResult *result);

TcNetwork  *tc_node_get_network   (TcNode *self);
const char *tc_node_get_data_dir  (TcNode *self);
/* After start: the actual addresses "IP:port"; (nullable). */
const char *tc_node_get_listen    (TcNode *self);
const char *tc_node_get_rpc       (TcNode *self);

/* --- Status: what the epoch clock shows. --- */

typedef enum
{
  TC_NODE_STARTING    = 0,
  TC_NODE_CONNECTING  = 1,  /* no peers yet */
  TC_NODE_SYNCING     = 2,
  TC_NODE_READY       = 3,  /* at the tip */
  TC_NODE_STALLED     = 4,  /* no block for several rounds: no quorum answers */
  TC_NODE_HALTED      = 5,  /* rule C8, or a fault that it must not continue after: see `problem` */
  TC_NODE_STOPPING    = 6,
  TC_NODE_STOPPED     = 7,
} TcNodeState;

typedef enum
{
  TC_NODE_SYNC_NONE     = 0,
  TC_NODE_SYNC_LINKS    = 1,  /* one header an epoch, with its commit and the next committee: units are epochs */
  TC_NODE_SYNC_SNAPSHOT = 2,  /* bytes */
  TC_NODE_SYNC_BLOCKS   = 3,  /* blocks */
  TC_NODE_SYNC_HISTORY  = 4,  /* blocks below the snapshot, while the node is at the tip */
} TcNodeSyncPhase;

/* How far a phase has come, in its units. Rate and time left are over a rolling window and do not jump. */
typedef struct
{
  TcNodeSyncPhase phase;
  guint64         done, total;
  guint64         rate;     /* units a second; 0: unknown, or less than one */
  gint64          left_ms;  /* of this phase; -1: estimating */
  guint           n_peers;  /* that it is fetched from now */
  guint64         rate_minute;  /* units a minute; 0: unknown */
} TcNodeSync;

typedef struct
{
  guint32 height;
  gint64  time_ms;        /* Unix */
  guint32 n_txs;
  gboolean is_last;
} TcNodeBlockMark;

#define TC_NODE_MARKS_MAX     64u
#define TC_NODE_SNAPSHOTS_MAX 3u

typedef struct
{
  gatomicrefcount ref_count;
  TcNodeState     state;
  char           *problem;            /* (nullable) for the user: why it is STALLED or HALTED, why it signs nothing, or what it warns of */
  gboolean        problem_is_clock;   /* `problem` says what clock_is_off does */
  gint64          clock_offset_ms;    /* of other nodes' clocks against ours, in the middle; 0 where fewer than two are known (C4) */
  gboolean        clock_is_off;       /* by so much, and so long, that the user must hear of it */
  guint32         height;             /* committed, and on disk */
  guint32         best_height;        /* the highest that peers claim and that is believed */
  guint32         oldest_height;      /* all blocks from here to `height` can be read; 1: all; height + 1: none */
  gboolean        older_come;         /* those below are being fetched, or will be; FALSE: they are gone for good (pruned), or all are here */
  guint           n_snapshots;        /* that it serves: their heights, ascending */
  guint32         snapshots[TC_NODE_SNAPSHOTS_MAX];
  gint64          tip_time_ms;
  TcHash          tip_hash;
  guint32         epoch;              /* of the next block */
  gint64          epoch_start_ms;     /* when this epoch began */
  gint64          epoch_length_ms, block_interval_ms;
  guint           n_marks;            /* blocks of this epoch, oldest first (the newest TC_NODE_MARKS_MAX) */
  TcNodeBlockMark marks[TC_NODE_MARKS_MAX];
  /* The round under way. */
  guint32         round;
  guint           step;               /* 0 waiting, 1 propose, 2 prevote (prepare), 3 precommit (commit), 4 finalized */
  guint32         n_members;
  guint64         power, prevote_power, precommit_power;  /* P, and what voted for a block so far */
  guint32         n_members_answering;                    /* heard from within the last minute or last round */
  gboolean        is_masternode;      /* this node's operator key is in the committee */
  gboolean        signing;            /* and it signs; where it does not, `problem` says why */
  guint           n_peers, n_peers_outbound;
  guint64         bytes_in, bytes_out;  /* on the wire, of all peers that ever were */
  guint           mempool_txs;
  gsize           mempool_bytes;
  gboolean        needs_trust;        /* it goes no further before it is shown a recent block of the network (M4): tc_node_trust_block_async () */
  TcCheckpoint    offered;            /* what most peers say is one; height 0: nobody says yet. They may be all of one liar. */
  gint64          offered_time_ms;
  TcNodeSync      sync;               /* of SYNCING, and history also of READY */
  gint64          uptime_ms;
} TcNodeStatus;

TcNodeStatus *tc_node_dup_status    (TcNode *self);
/* "links", "snapshot", "blocks", "history"; "none". */
const char   *tc_node_sync_phase_name (TcNodeSyncPhase phase);
TcNodeStatus *tc_node_status_ref    (TcNodeStatus *self);
void          tc_node_status_unref  (TcNodeStatus *self);

/* The user vouches for that block (M4); it takes the place of one named before. Fails where it contradicts a checkpoint or what is proven already; the message is
 * for people. */
void          tc_node_trust_block_async  (TcNode *self, const TcCheckpoint *block, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean      tc_node_trust_block_finish (TcNode *self, GAsyncResult *result, GError **error);

/* --- Events --- */

typedef enum
{
  TC_NODE_EVENT_STATUS    = 0,  /* a new status snapshot; at most ten a second */
  TC_NODE_EVENT_TX        = 1,  /* a transaction was seen first, or its finality changed: `tx`, `finality` */
  TC_NODE_EVENT_BLOCK     = 2,  /* a block was committed: `block`; each height at most once, in order. Those up to a snapshot that is taken in are not announced, nor is history */
  TC_NODE_EVENT_JAILED    = 3,  /* a masternode was jailed for good (rule C7): `masternode`; after the block that did it */
} TcNodeEventKind;

/* Rule F9: "pending (votes p of P), final, or confirmed (height): what wallet and RPC show" */
typedef enum
{
  TC_FINALITY_UNKNOWN   = 0,
  TC_FINALITY_PENDING   = 1,  /* votes p of P */
  TC_FINALITY_CERTIFIED = 2,  /* shown as pending */
  TC_FINALITY_FINAL     = 3,
  TC_FINALITY_CONFIRMED = 4,  /* in a block */
  TC_FINALITY_DROPPED   = 5,  /* a conflicting transaction won, or it expired or was evicted: its coins are free again */
} TcFinalityState;

/* Times are Unix ms; -1: not yet. A plain value. */
typedef struct
{
  TcHash          txid;
  TcFinalityState state;
  guint64         votes, acks, power;  /* summed power, of P; for the epoch under way */
  gint64          seen_ms;
  gint64          certified_ms;
  gint64          final_ms;            /* when; the duration shown is final_duration_us */
  gint64          final_duration_us;   /* monotonic, from first seen (or submitted) here to final here; -1: not yet */
  guint32         height;              /* CONFIRMED */
  gint64          block_time_ms;
} TcFinality;

typedef struct
{
  TcNodeEventKind kind;
  TcTx           *tx;        /* TX */
  TcFinality      finality;  /* TX */
  TcBlock        *block;     /* BLOCK */
  TcHash          block_hash;
  guint32         masternode;  /* JAILED: its index */
} TcNodeEvent;

/* What waits for one subscriber. One that falls further behind misses the oldest events: blocks it can read (tc_node_read_block ()), and of a transaction
 * it can ask (tc_node_get_finality_async ()), as of a coin (tc_node_get_coins_async ()). */
#define TC_NODE_EVENTS_MAX        65536u
#define TC_NODE_EVENTS_BLOCKS_MAX 64u     /* of them blocks, which are large */

/* @event is borrowed for the call. */
typedef void (*TcNodeEventFunc) (const TcNodeEvent *event, gpointer user_data);

/* @context: (nullable): where @callback runs; NULL: the caller's thread-default one. @kinds: bits 1 << TcNodeEventKind. Events of one subscription arrive in order.
 * Returns: an id for tc_node_unsubscribe (). After unsubscribing from within @context no call follows; @destroy runs there. */
guint     tc_node_subscribe     (TcNode *self, guint kinds, GMainContext *context, TcNodeEventFunc callback, gpointer user_data, GDestroyNotify destroy);
void      tc_node_unsubscribe   (TcNode *self, guint id);

/* --- Transactions --- */

/* Checks, keeps and announces @tx. Succeeds also for one already known. TC_NODE_ERROR_REFUSED with a message for people otherwise. */
void      tc_node_submit_async  (TcNode *self, TcTx *tx, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_node_submit_finish (TcNode *self, GAsyncResult *result, GError **error);

/* Finality of a transaction of the mempool or of the last two epochs' blocks (UNKNOWN otherwise: a wallet keeps its own history). */
void      tc_node_get_finality_async  (TcNode *self, const TcHash *txid, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tc_node_get_finality_finish (TcNode *self, GAsyncResult *result, TcFinality *ret_finality, GError **error);

/* Fee asked for now, in units a byte (rules T4, F8). */
guint64   tc_node_get_fee_rate  (TcNode *self);

/* --- Masternodes and coins, of the committed ledger --- */

typedef enum
{
  TC_NODE_MASTERNODE_REGISTERED = 0,
  TC_NODE_MASTERNODE_RETIRED    = 1,  /* its collateral is unbonding */
  TC_NODE_MASTERNODE_RELEASED   = 2,
} TcNodeMasternodeState;

/* A plain value. */
typedef struct
{
  guint32     index;
  TcOutpoint  outpoint;          /* its name (rule M2) */
  TcNodeMasternodeState state;
  TcTier      tier;
  gboolean    jailed, active;
  TcPublicKey operator_key;
  TcKeyHash   owner, payout;
  char        host[TC_HOST_SIZE];
  guint32     registered_epoch;
  guint32     retired_epoch;     /* 0: not retired */
  guint32     release_epoch;     /* RETIRED: at its end the collateral becomes a plain output; else 0 */
  guint32     inactive_epochs;   /* running: of a member that signed too little, or one of power that was not heard */
  guint32     unattested_epochs; /* running: of a Free one that no third of the committee heard */
  guint32     signed_heights;    /* of this epoch's blocks so far, as far as the blocks above them say */
  guint64     power;             /* in the committee of now; 0: no member */
  TcAmount    burnt, accrued;
} TcNodeMasternode;

/* All of them, in index order. Returns: (transfer full) (element-type TcNodeMasternode). */
void      tc_node_list_masternodes_async  (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GArray   *tc_node_list_masternodes_finish (TcNode *self, GAsyncResult *result, GError **error);

typedef struct
{
  TcOutpoint outpoint;
  gboolean   unspent;
  TcOutput   output;             /* where unspent: a collateral that was released has lock 0 and what was left of its amount (M4) */
} TcNodeCoin;

/* Returns: (transfer full) (element-type TcNodeCoin): as asked, in that order. May read the disk of the node's thread for each: not for thousands. */
void      tc_node_get_coins_async         (TcNode *self, const TcOutpoint *outpoints, gsize n_outpoints, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
GArray   *tc_node_get_coins_finish        (TcNode *self, GAsyncResult *result, GError **error);

/* Shows that this node has its operator key (rule M1). FALSE where it has none. */
gboolean  tc_node_prove_possession        (TcNode *self, const TcOutpoint *first_input, const TcOutput *output, TcPublicKey *ret_key,
                                           TcSignature *ret_possession);

/* --- Peers and bans --- */

/* Why there is a connection. */
typedef enum
{
  TC_NODE_PEER_INBOUND   = 0,  /* the other side began it */
  TC_NODE_PEER_NAMED     = 1,  /* the user or the network file names it */
  TC_NODE_PEER_COMMITTEE = 2,  /* a member, which this node dialled as such */
  TC_NODE_PEER_FOUND     = 3,  /* out of the book of addresses */
} TcNodePeerSource;

/* One connection. */
typedef struct
{
  guint64     id;
  char       *address;           /* "IP:port", "[IPv6]:port"; through a proxy perhaps a name */
  gboolean    inbound;
  TcNodePeerSource source;
  guint32     height;            /* of its newest block, as it says; 0: not known yet */
  char       *agent;
  gint64      connected_ms;      /* Unix */
  guint64     bytes_in, bytes_out;
  gint32      ping_ms;           /* -1: not known yet */
  guint32     score;             /* of its misbehaviour; at 100 it is banned */
  gboolean    is_member;         /* of the committee, by its proven operator key */
  gboolean    has_operator_key;
  TcPublicKey operator_key;
} TcNodePeer;

void       tc_node_peer_free              (TcNodePeer *self);

typedef struct
{
  char  *subject;                /* an IPv4 address, an IPv6 /64, or "key:" and the network key of a node on this computer */
  gint64 created_ms, until_ms;   /* Unix */
  char  *reason;                 /* for people */
} TcNodeBan;

void       tc_node_ban_free               (TcNodeBan *self);

/* Connected ones, the first connected first. Returns: (transfer full) (element-type TcNodePeer). */
void       tc_node_list_peers_async       (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_node_list_peers_finish      (TcNode *self, GAsyncResult *result, GError **error);
/* TC_NODE_ERROR_NOT_FOUND where it has gone already. */
void       tc_node_disconnect_peer_async  (TcNode *self, guint64 id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_node_disconnect_peer_finish (TcNode *self, GAsyncResult *result, GError **error);
/* Those in force, ordered by subject. Returns: (transfer full) (element-type TcNodeBan). */
void       tc_node_list_bans_async        (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tc_node_list_bans_finish       (TcNode *self, GAsyncResult *result, GError **error);
/* @subject: as above, or any IP address. Bans it and disconnects whom it means. TC_NODE_ERROR_CONFIG where it is none. */
void       tc_node_ban_async              (TcNode *self, const char *subject, gint64 until_ms, GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean   tc_node_ban_finish             (TcNode *self, GAsyncResult *result, GError **error);
/* TC_NODE_ERROR_NOT_FOUND where it is not banned. */
void       tc_node_unban_async            (TcNode *self, const char *subject, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_node_unban_finish           (TcNode *self, GAsyncResult *result, GError **error);

/* Keeps a connection to "IP:port" until the node stops. TC_NODE_ERROR_CONFIG where it is none, or there are too many of them; TC_NODE_ERROR_EXISTS. */
void       tc_node_add_peer_async         (TcNode *self, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   tc_node_add_peer_finish        (TcNode *self, GAsyncResult *result, GError **error);

/* --- What a window shows beside the status: computed where somebody asks, so not for every frame --- */

typedef struct
{
  guint32     masternode;        /* its index */
  char        host[TC_HOST_SIZE];
  TcPublicKey operator_key;
  guint64     power;
  guint32     signed_heights;    /* blocks of this epoch that hold its signature */
  gboolean    is_own, is_proposer, answers;
  gboolean    prevoted, precommitted;  /* for a block, in the round under way */
  gboolean    signed_newest;     /* the newest block's commit holds its signature */
} TcNodeMember;

typedef struct
{
  guint32      height, round, epoch;  /* under way */
  guint        step;             /* as in TcNodeStatus */
  guint64      power, prevote_power, precommit_power;
  guint32      epoch_blocks;     /* of this epoch so far */
  gboolean     has_newest;       /* signed_newest is known */
  guint        n_members;
  TcNodeMember members[TC_COMMITTEE_MAX];
} TcNodeCommittee;

/* Returns: (transfer full): free with g_free (). */
void       tc_node_get_committee_async    (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcNodeCommittee *tc_node_get_committee_finish (TcNode *self, GAsyncResult *result, GError **error);

#define TC_NODE_FEE_BINS 8u

typedef struct
{
  char    *listen;               /* (nullable): "IP:port" */
  char    *external;             /* (nullable): "IP:port" where the router lets connections in */
  gboolean asks_router;
  char    *proxy;                /* (nullable) */
  guint    prune_mb;             /* 0: all blocks are kept */
  guint    n_addresses;          /* of nodes, that it knows */
  guint64  fee_rate;             /* asked for now, units a byte */
  guint    fees[TC_NODE_FEE_BINS];  /* pending transactions that pay 2^i units a byte or more, and less than twice that; the last has no upper end */
} TcNodeDetails;

void       tc_node_details_free           (TcNodeDetails *self);
void       tc_node_get_details_async      (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcNodeDetails *tc_node_get_details_finish (TcNode *self, GAsyncResult *result, GError **error);
/* Bytes of its data directory, counted on a thread of its own. Also of a node that does not run. */
void       tc_node_measure_disk_async     (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
guint64    tc_node_measure_disk_finish    (TcNode *self, GAsyncResult *result);

/* --- Blocks: these read the disk and block their thread: not for the main thread. --- */

/* Height 0 has no block: genesis outputs are in tc_node_get_network ()->genesis. Those below `oldest_height` of the status are not here: TC_NODE_ERROR_NOT_FOUND.
 * Returns: (transfer full) (nullable): NULL sets @error. */
TcBlock  *tc_node_read_block         (TcNode *self, guint32 height, GError **error);
TcBlock  *tc_node_read_block_by_hash (TcNode *self, const TcHash *hash, GError **error);

/* A proof that @txid is in block @height, which the node must have. Returns: (transfer full): NULL sets @error: TC_NODE_ERROR_NOT_FOUND. */
TcTxProof *tc_node_prove_tx          (TcNode *self, const TcHash *txid, guint32 height, GError **error);
/* Needs no block: the links say who was in the committee. Where the node has that block, it has the last word. TC_NODE_ERROR_PROOF: the proof is false;
 * _NOT_FOUND: this node cannot tell (yet). @ret_in_chain: (out) (optional): the node has the block itself. */
gboolean  tc_node_check_proof        (TcNode *self, const TcTxProof *proof, gboolean *ret_in_chain, GError **error);

/* --- Looking things up, on threads of their own: nobody waits for them. A cancelled one ends soon; so does one whose node stops (TC_NODE_ERROR_STOPPED). --- */

#define TC_NODE_BLOCKS_MAX         200u
#define TC_NODE_ADDRESS_COINS_MAX  1000u
#define TC_NODE_ADDRESSES_MAX      100u
#define TC_NODE_MASTERNODE_UNKNOWN G_MAXUINT32

/* A line about a block. A plain value. */
typedef struct
{
  guint32  height, epoch, round, n_txs;
  gint64   time_ms;
  guint64  size_bytes;
  TcHash   hash;
  gboolean is_last;          /* of its epoch */
  guint32  masternode;       /* index of who proposed it; UNKNOWN: the committee of so old an epoch is not kept */
} TcNodeBlockInfo;

/* From @from_height downwards, at most TC_NODE_BLOCKS_MAX; those that are not here are left out. Returns: (transfer full) (element-type TcNodeBlockInfo): newest first. */
void         tc_node_list_blocks_async  (TcNode *self, guint32 from_height, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GArray      *tc_node_list_blocks_finish (TcNode *self, GAsyncResult *result, GError **error);

typedef struct
{
  TcBlock     *block;
  TcCommit    *commit;       /* of this block */
  TcCommittee *committee;    /* (nullable): of its epoch; NULL: not kept any more */
  guint64      size_bytes;
} TcNodeBlock;

void         tc_node_block_free       (TcNodeBlock *self);
/* @hash: (nullable): NULL: by @height. TC_NODE_ERROR_NOT_FOUND as tc_node_read_block (). Returns: (transfer full). */
void         tc_node_get_block_async  (TcNode *self, guint32 height, const TcHash *hash, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
TcNodeBlock *tc_node_get_block_finish (TcNode *self, GAsyncResult *result, GError **error);

/* @done of @total, in units of its own; at most ten times a second, in the context that the search was asked in, and not after it has ended. */
typedef void (*TcNodeProgressFunc) (guint64 done, guint64 total, gpointer user_data);

typedef struct
{
  TcHash     txid;
  TcTx      *tx;             /* (nullable): NULL: the outputs of genesis, which are no transaction */
  TcGenesis *genesis;
  gboolean   in_block;       /* these three are set; else it is pending */
  guint32    height;
  TcHash     block_hash;
  gint64     block_time_ms;
  TcFinality finality;       /* state UNKNOWN: of a block older than the node remembers */
  gsize      n_inputs, n_outputs;
  const TcOutput *outputs;
  guint8    *unspent;        /* of each output; 0 also for those of a pending one */
  TcOutput  *spent;          /* of each input, where known[i]: the node has no index, so it looks where they are likely */
  guint8    *known;
} TcNodeTx;

void         tc_node_tx_free          (TcNodeTx *self);
/* Among pending transactions, in the block @likely_height (0: nobody knows), then in all blocks that are here, the newest first. TC_NODE_ERROR_NOT_FOUND: in none of them. Returns: (transfer full). */
void         tc_node_find_tx_async    (TcNode *self, const TcHash *txid, guint32 likely_height, TcNodeProgressFunc progress, gpointer progress_data,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcNodeTx    *tc_node_find_tx_finish   (TcNode *self, GAsyncResult *result, GError **error);

typedef struct
{
  TcOutpoint outpoint;
  TcOutput   output;
  guint32    height;         /* of its block, or where a collateral was released; 0: genesis */
} TcNodeAddressCoin;

typedef struct
{
  guint32  height;           /* as after this block */
  guint64  n_coins;
  TcAmount total, collateral;  /* of all; of them locked as collateral */
  GArray  *coins;            /* TcNodeAddressCoin: the newest TC_NODE_ADDRESS_COINS_MAX, newest first */
} TcNodeAddress;

void           tc_node_address_free   (TcNodeAddress *self);
/* Unspent outputs in blocks of any of @key_hashes (at most TC_NODE_ADDRESSES_MAX). Reads all outputs there are. Returns: (transfer full). */
void           tc_node_list_address_coins_async  (TcNode *self, const TcKeyHash *key_hashes, gsize n_key_hashes, TcNodeProgressFunc progress,
                                                  gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TcNodeAddress *tc_node_list_address_coins_finish (TcNode *self, GAsyncResult *result, GError **error);

/* How many of the newest blocks a masternode signed, of those whose committee it was in. A plain value. */
typedef struct
{
  guint32 masternode;
  guint32 n_signed, n_of, n_proposed;
} TcNodeSigned;

/* Of the newest @n blocks (at most TC_NODE_BLOCKS_MAX). Returns: (transfer full) (element-type TcNodeSigned): members only, ascending by masternode. */
void         tc_node_count_signed_async  (TcNode *self, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GArray      *tc_node_count_signed_finish (TcNode *self, GAsyncResult *result, GError **error);

/* --- RPC: a table of methods; a handler runs in @context (NULL: the caller's thread-default one). --- */

/* @usage: "METHOD PARAM ( OPTIONAL )" in Bitcoin Core's manner, then a line that says what it does; parameter names are taken from @param_names. */
void      tc_node_add_rpc_method     (TcNode *self, const char *name, const char *const *param_names, const char *usage, GMainContext *context,
                                      TcRpcHandler handler, gpointer user_data, GDestroyNotify destroy);
void      tc_node_remove_rpc_method  (TcNode *self, const char *name);
/* A method named "SCOPE/NAME" answers for NAME where tc_node_call_async () gives that scope; it can be called in no other way, and is not listed. */

#define TC_NODE_RPC_ERROR (tc_node_rpc_error_quark ())  /* codes are TcRpcError's */
GQuark    tc_node_rpc_error_quark    (void);
/* Calls a method as a program does over HTTP, also where the node listens for none. @scope: (nullable). @params: (transfer full) (nullable): an array or an object
 * that nobody else uses. */
void      tc_node_call_async         (TcNode *self, const char *scope, const char *method, json_object *params, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): JSON text. */
char     *tc_node_call_finish        (TcNode *self, GAsyncResult *result, GError **error);
/* Runs when RPC `stop` is called, in @context; by default nothing. */
void      tc_node_set_stop_handler   (TcNode *self, GMainContext *context, void (*handler) (gpointer user_data), gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNode, tc_node_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNodeStatus, tc_node_status_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNodePeer, tc_node_peer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNodeBan, tc_node_ban_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNodeBlock, tc_node_block_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNodeTx, tc_node_tx_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNodeAddress, tc_node_address_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNodeDetails, tc_node_details_free)

G_END_DECLS
