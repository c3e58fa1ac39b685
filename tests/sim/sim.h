#pragma once

#include <string.h>

#include "engine/engine.h"
#include "engine/messages.h"
#include "snapshot-disk.h"

/* A whole network of nodes in one process and on virtual time: the second driver of engine/engine.h, beside node.c. One seed decides
 * everything: keys, coins, payments, delays, losses, crashes, lies. What must hold is checked by checks.c from what leaves the nodes, with bookkeeping of its own. */

typedef struct _Sim Sim;

/* --- random.c: the one source of chance --- */

typedef struct
{
  guint64 state[4];
} SimRandom;

void     sim_random_init   (SimRandom *self, guint64 seed);
guint64  sim_random_next   (SimRandom *self);
/* 0 to @n - 1; 0 for 0. */
guint32  sim_random_below  (SimRandom *self, guint32 n);
/* @from to @to, both included. */
guint32  sim_random_range  (SimRandom *self, guint32 from, guint32 to);
gboolean sim_random_chance (SimRandom *self, guint32 permille);

/* --- Sets of operators or nodes --- */

#define SIM_SET_MAX 192u

typedef struct
{
  guint64 words[SIM_SET_MAX / 64];
} SimSet;

static inline void     sim_set_add  (SimSet *self, guint i) { self->words[i / 64] |= G_GUINT64_CONSTANT (1) << (i % 64); }
static inline gboolean sim_set_has  (const SimSet *self, guint i) { return (self->words[i / 64] >> (i % 64)) & 1; }
static inline SimSet   sim_set_of   (guint i) { SimSet set = { { 0 } }; sim_set_add (&set, i); return set; }
/* Some of 0 to @n - 1, neither none nor all; @n >= 2. */
SimSet   sim_set_draw  (SimRandom *random, guint n);

/* --- What is counted over a run --- */

#define SIM_COUNTERS(X) \
  X (seeds, "seeds run") \
  X (events, "events") \
  X (blocks, "blocks decided") \
  X (epochs, "epochs ended") \
  X (payments, "payments in the chain") \
  X (doubles, "coins spent twice at once") \
  X (doubles_three, "  of which three times") \
  X (doubles_chains, "  of which with payments on top of each") \
  X (doubles_late, "coins spent again after a certificate") \
  X (doubles_final, "coins spent again after the first payment was final") \
  X (doubles_closing, "coins spent twice while an epoch was closed") \
  X (doubles_freed, "coins free again that the loser of a double spend had spent besides") \
  X (long_chains, "chains of 500 payments without a confirmation") \
  X (double_finals, "double spends of which one spender was final") \
  X (double_settled, "double spends settled without a certificate, by a last block") \
  X (finals, "transactions final") \
  X (registrations, "masternodes registered, of which some with a node that joins the committee") \
  X (updates, "masternodes updated") \
  X (retirements, "masternodes retired") \
  X (releases, "collaterals released") \
  X (changes, "epochs whose committee differs from the one before") \
  X (rounds, "rounds above 0") \
  X (locked, "locked values proposed again") \
  X (closes_left_out, "closes left out") \
  X (equivocations, "equivocations seen") \
  X (crash_half_heard, "crashes with a write under way that did reach the disk") \
  X (power_cuts, "crashes with loss of what was written but not synced") \
  X (jailed, "masternodes jailed") \
  X (blackouts, "all nodes down at once") \
  X (partitions, "partitions") \
  X (cuts, "  of which cut off the first node that decided a block") \
  X (exiles, "nodes cut off for more than an epoch") \
  X (deaf, "nodes or connections that hear in one direction only") \
  X (links_lost, "connections lost") \
  X (late_nodes, "nodes that joined late and synced from nothing") \
  X (clock_jumps, "clocks that jumped") \
  X (suspends, "nodes suspended and woken again") \
  X (slow_disks, "disks that became slow") \
  X (full_disks, "nodes that stopped with a full disk") \
  X (restored_chain, "nodes restored with an old chain store") \
  X (restored_known, "nodes restored with both stores old, and told so") \
  X (restored_lost, "nodes that lost the signed store") \
  X (restored_secretly, "nodes restored with both stores old, and not told") \
  X (messages, "messages delivered") \
  X (messages_lost, "messages lost") \
  X (messages_twice, "messages delivered twice") \
  X (lies_faces, "lies: signed by the second of two engines with one key") \
  X (lies_votes, "lies: two-faced votes") \
  X (lies_late, "lies: votes kept back and revealed later") \
  X (lies_proposals, "lies: two-faced proposals") \
  X (lies_blocks, "lies: blocks that break a rule") \
  X (lies_locks, "lies: proposals with a proof of lock that does not exist") \
  X (lies_hide_proposals, "lies: proposals withheld") \
  X (lies_batches, "lies: batches for both spenders of a coin") \
  X (lies_hide_batches, "lies: batches and certificates withheld") \
  X (lies_hide_txs, "lies: transactions and lists withheld") \
  X (lies_closes, "lies: two-faced closes, closes that omit") \
  X (lies_silent, "lies: silence") \
  X (lies_flood, "lies: floods") \
  X (lies_stale, "lies: old messages told again") \
  X (lies_future, "lies: heights, rounds, epochs that are not there yet") \
  X (lies_forged, "lies: in the name of others, or damaged") \
  X (lies_accuse, "lies: evidence against who did nothing") \
  X (lies_forget, "lies: forgotten what was signed") \
  X (forks, "blocks decided twice, where more than a third lied") \
  X (fork_halts, "  nodes that saw it and halted") \
  X (lies_together, "  of which by liars of one mind") \
  X (heartbeats, "heartbeats heard") \
  X (probes, "masternodes probed") \
  X (attestations, "attestations, made or taken") \
  X (certificates_asked, "requests for certificates") \
  X (lists_asked, "requests for a close's list") \
  X (txs_asked, "requests for a block's transactions") \
  X (blocks_asked, "requests for blocks") \
  X (links_asked, "requests for links") \
  X (links_stored, "links proven ahead of their blocks") \
  X (snapshots, "snapshots made") \
  X (parts, "parts of snapshots taken in") \
  X (parts_refused, "  refused, since nothing proves them") \
  X (installs, "snapshots installed") \
  X (history, "blocks below a snapshot fetched") \
  X (trusted, "blocks named to nodes that were away") \
  X (signatures, "signatures checked that no key here made")

/* --- points.c: the named moments at which a node may crash --- */

typedef enum
{
  SIM_THING_PREVOTE,
  SIM_THING_PRECOMMIT,
  SIM_THING_PROPOSAL,
  SIM_THING_BATCH,
  SIM_THING_CLOSE,
  SIM_THING_TX,
  SIM_THING_LIST,
  SIM_THING_STATUS,
  SIM_THING_INV,
  SIM_THING_GET,
  SIM_THING_GET_BLOCKS,
  SIM_THING_BLOCK,
  SIM_THING_GET_TXS,
  SIM_THING_TXS,
  SIM_THING_GET_CERTS,
  SIM_THING_GET_LIST,
  SIM_THING_HEARTBEAT,
  SIM_THING_ATTESTATION,
  SIM_THING_EVIDENCE,
  SIM_THING_GET_EPOCHS,
  SIM_N_THINGS,
} SimThing;

typedef enum
{
  SIM_MOMENT_PERSIST,      /* of a thing: nothing of it is on disk, or all is but nobody heard */
  SIM_MOMENT_PERSISTED,    /* of a thing: before anything after it is done */
  SIM_MOMENT_SEND,         /* of a thing */
  SIM_MOMENT_COMMIT,
  SIM_MOMENT_FLUSHED,
  SIM_MOMENT_CATCHING_UP,
  SIM_MOMENT_RANDOM,
  SIM_N_MOMENTS,
} SimMoment;

gboolean sim_point_exists     (SimMoment moment, SimThing thing);
/* (transfer full) */
char    *sim_point_name       (SimMoment moment, SimThing thing);
/* SIM_N_THINGS: none of those. */
SimThing sim_thing_of_message (guint8 type, GBytes *body);
SimThing sim_thing_of_record  (const TcRecord *record);

/* All are guint64. */
typedef struct
{
#define X(name, text) guint64 name;
  SIM_COUNTERS (X)
#undef X
  guint64 crashes[SIM_N_MOMENTS][SIM_N_THINGS];
} SimCounters;

/* --- What a seed's faults are --- */

typedef struct
{
  guint32 delay_max_ms;
  guint32 loss_permille, twice_permille;
  guint32 persist_max_ms, write_max_ms;
  guint32 n_crashes, n_partitions, n_link_losses;
  guint32 cut_permille;  /* of blocks: who decides one first is cut off at that moment */
  gboolean reorder, liars, blackout, skew;
  gboolean over;         /* more than a third lies: safety may break, but not without proof of who broke it */
  guint32 n_deaf, n_exiles, n_late, n_observers;
  guint32 n_clock_jumps, n_suspends, n_slow_disks, n_full_disks, n_restores;
  gboolean big;          /* a hundred members */
  guint32 n_joiners, n_free, n_retirements, n_updates;  /* masternodes that register, retire, change */
  gboolean unequal;      /* members differ in power */
  gboolean drawn;        /* not all masternodes are in the committee, and seats are drawn anew every few epochs */
  gboolean snapshots;    /* who comes late, or was long away, takes one; liars serve wrong ones */
} SimProfile;

/* --- profiles.c --- */

/* Returns: FALSE for an unknown name. */
gboolean sim_profile_draw  (const char *name, SimRandom *random, SimProfile *ret_profile);

/* --- Events --- */

typedef enum
{
  SIM_EVENT_TICK,       /* node */
  SIM_EVENT_DELIVER,    /* node, peer, type, body */
  SIM_EVENT_PERSISTED,  /* node */
  SIM_EVENT_WRITTEN,    /* node */
  SIM_EVENT_FLUSHED,    /* node */
  SIM_EVENT_CHECKED,    /* node: the oldest of its checks is done */
  SIM_EVENT_START,      /* node */
  SIM_EVENT_CRASH,      /* node */
  SIM_EVENT_BLACKOUT,
  SIM_EVENT_CLOCK,      /* node, peer: to what its clock is off, as gint64 */
  SIM_EVENT_SUSPEND,    /* node, peer: how long */
  SIM_EVENT_RESUME,     /* node */
  SIM_EVENT_DISK_SLOW,  /* node, peer: how long */
  SIM_EVENT_DISK_FULL,  /* node, peer: how long */
  SIM_EVENT_BACKUP,     /* node */
  SIM_EVENT_RESTORE,    /* node, peer: SimRestore */
  SIM_EVENT_LINK_UP,    /* peer: number of the link */
  SIM_EVENT_LINK_DOWN,  /* peer: number of the link */
  SIM_EVENT_REACHED,    /* node, peer: the masternode that its probe found */
  SIM_EVENT_ANSWER,     /* node: its user names a block that the network has */
  SIM_EVENT_DEAF,       /* peer: number of the plan */
  SIM_EVENT_PEER_DOWN,  /* node, peer */
  SIM_EVENT_PARTITION,  /* peer: number of the partition: it begins */
  SIM_EVENT_REUNION,    /* peer: number of the partition: it is over */
  SIM_EVENT_PAY,
  SIM_EVENT_DOUBLE,
  SIM_EVENT_RIVAL,      /* peer: number of the payment whose coin is spent again */
  SIM_EVENT_CHAIN,      /* peer: how many payments */
  SIM_EVENT_RESUBMIT,
  SIM_EVENT_REGISTER,   /* peer: number of the joiner */
  SIM_EVENT_FREE,       /* peer: number of the Free masternode */
  SIM_EVENT_RETIRE,     /* peer: operator */
  SIM_EVENT_UPDATE,     /* peer: operator */
  SIM_EVENT_LIE,        /* node */
  SIM_EVENT_SAY,        /* node, peer: to which node, type, body: what a liar kept back */
  SIM_EVENT_FAULTS_END,
} SimEventKind;

typedef struct
{
  gint64       time_ms;
  SimEventKind kind;
  guint        node;
  guint        life;   /* of the node: an event of an earlier life is void */
  guint64      peer;   /* CHECKED, FLUSHED: number of the engine */
  guint8       type;
  GBytes      *body;   /* owned */
} SimEvent;

/* --- store.c: what one node has on disk --- */

typedef struct _SimStore SimStore;

SimStore  *sim_store_new          (void);
void       sim_store_free         (SimStore *self);
/* Takes references to the data. */
void       sim_store_append       (SimStore *self, const GArray *records);
void       sim_store_prune        (SimStore *self, guint32 epoch);
/* The newest of @kind. (transfer none) (nullable) */
GBytes    *sim_store_find_record  (const SimStore *self, guint8 kind);
void       sim_store_forget       (SimStore *self);  /* all records */
SimStore  *sim_store_copy         (const SimStore *self);
/* The records of @other take the place of those here. */
void       sim_store_take_records (SimStore *self, const SimStore *other);
void       sim_store_write        (SimStore *self, TcBlock *block, TcCommit *commit, TcFlush *flush, gboolean durable);
/* Loses some of the newest writes that were not synced. */
gboolean   sim_store_cut_power    (SimStore *self, SimRandom *random);
/* Of an epoch, with its first block. */
void       sim_store_keep_committee (SimStore *self, TcCommittee *committee);
/* Answers LOOK_UP. */
void       sim_store_look_up      (SimStore *self, guint32 height, guint32 epoch, TcInput *input);
void       sim_store_put_link     (SimStore *self, TcLink *link);
/* @links: (nullable): in the place of all from @from on. */
void       sim_store_put_links    (SimStore *self, guint32 from, const GPtrArray *links);
/* Of the blocks that are here, the newest that is an epoch's last. (transfer none) (nullable) */
const TcBlock *sim_store_find_last (const SimStore *self);
/* (transfer full): the body of TC_MESSAGE_EPOCHS. */
GBytes    *sim_store_dup_links    (const SimStore *self, guint32 from, guint count);
/* Snapshots, gaps in the blocks. (transfer none) */
SnapshotDisk *sim_store_get_disk  (SimStore *self);
void       sim_store_install      (SimStore *self, const TcEffect *effect, const TcGenesis *genesis);
TcCoinView sim_store_get_view     (SimStore *self);
guint32    sim_store_get_height   (const SimStore *self);
/* FALSE where that block is not here. */
gboolean   sim_store_get_hash     (const SimStore *self, guint32 height, TcHash *ret_hash);
/* (transfer full) (nullable): the body of TC_MESSAGE_BLOCK. */
GBytes    *sim_store_dup_message  (const SimStore *self, guint32 height);
/* An engine that has recovered what is stored. */
TcEngine  *sim_store_start_engine (SimStore *self, TcEngineConfig *config, gint64 mono_ms, gint64 wall_ms, GError **error);

/* --- Nodes --- */

#define SIM_ANY_NODE G_MAXUINT

typedef enum
{
  SIM_RESTORE_CHAIN,     /* an old chain store, with what was signed since */
  SIM_RESTORE_KNOWN,     /* both old; the node is told that its store took another's place */
  SIM_RESTORE_LOST,      /* the chain is current, the signed store is gone: a new one took its place */
  SIM_RESTORE_SECRETLY,  /* both old, and nothing tells: it counts among the liars */
  SIM_N_RESTORES,
} SimRestore;

typedef struct
{
  guint         node;      /* or SIM_ANY_NODE: the honest one that comes there first */
  SimMoment     moment;
  SimThing      thing;
  gint64        armed_ms;  /* the next time that the node comes there after this */
  guint32       down_ms;
  gboolean      power, done;
} SimCrash;

typedef struct
{
  guint        index;
  guint        member;      /* whose operator key this is; its position in the committee too */
  gboolean     liar;
  guint        half;        /* 0 or 1: what a liar tells one half of the nodes, it need not tell the other */
  TcSecretKey *key;
  SimStore    *store;
  TcEngine    *engine;      /* NULL: down */
  guint        engine_number;  /* grows where a snapshot puts another in its place */
  guint        life;
  gint64       mono_offset_ms, wall_offset_ms;
  GQueue       effects;     /* TcEffect *: those not carried out yet */
  GPtrArray   *persisting;  /* (nullable) TcEffect, borrowed from effects: what the rest waits for */
  GQueue       writes;      /* TcEffect *: COMMIT, PRUNE, SERVE and what else is of the store; the first is under way */
  GQueue       checks;      /* TcEffect *: CHECK under way, their coins read */
  gint64       tick_ms;
  gint64       start_ms;        /* the first time */
  gint64       frozen_until_ms; /* suspended */
  gint64       slow_until_ms;   /* its disk */
  gint64       full_until_ms;   /* its disk */
  SimStore    *backup;          /* (nullable) */
  gint64       store_created_ms;
  gboolean     store_replaced;
  TcSyncMode   sync_mode;
  gboolean     history;
  guint32      punished;
} SimNode;

/* --- sim.c: time, and the nodes as node.c would drive them --- */

#define SIM_MEMBERS_MAX 100u
#define SIM_NODES_MAX   140u  /* a liar may be two, and some are no members */
#define SIM_WALLETS     6u
#define SIM_GENESIS_MS  G_GINT64_CONSTANT (1700000000000)

typedef struct
{
  guint64     seed;
  guint       n_members;
  const char *profile;
  gboolean    trace;
  guint32     strategies;  /* of the liars; 0: drawn */
  gboolean    outcomes;  /* look only at what comes of it: two blocks, two spenders, what was final is lost, two things signed, no progress */
} SimOptions;

typedef struct _SimMemo    SimMemo;
typedef struct _SimNetwork SimNetwork;
typedef struct _SimActors  SimActors;
typedef struct _SimChecks  SimChecks;
typedef struct _SimCommittees SimCommittees;
typedef struct _SimLiars   SimLiars;

struct _Sim
{
  SimOptions   options;
  SimRandom    random;
  SimProfile   profile;
  SimCounters  counters;
  TcGenesis   *genesis;
  TcVerifier   verifier;
  SimMemo     *memo;
  GPtrArray   *agenda;         /* by millisecond: (nullable) GArray of SimEvent */
  guint        next_event;     /* of the millisecond under way */
  guint        n_events;       /* to come */
  gint64       now_ms;
  gint64       faults_end_ms;
  guint64      trace_hash;
  char        *failure;        /* the first thing that went wrong */
  SimNode      nodes[SIM_NODES_MAX];
  guint        n_nodes;
  guint        n_honest;       /* the first ones; their index is their member */
  TcPublicKey  operators[SIM_MEMBERS_MAX];  /* of the genesis, then of those who join */
  guint        n_operators;
  guint        n_faces;        /* nodes of one liar: two see different halves of the others */
  guint        doubtful;       /* the operator whose stores are replaced secretly: SIM_MEMBERS_MAX: none */
  TcEffects    effects;
  GArray      *crashes;        /* SimCrash */
  SimNetwork  *network;
  SimActors   *actors;
  SimLiars    *liars;
  guint        n_forks;        /* blocks that honest nodes committed beside another */
  SimChecks   *checks;
  SimCommittees *committees;
};

/* Runs one seed to its end. Returns: (transfer full) (nullable): what failed. @counters: added to. */
char     *sim_run        (const SimOptions *options, SimCounters *counters, guint64 *ret_trace_hash);

void      sim_schedule   (Sim *self, gint64 delay_ms, SimEvent event);
void      sim_input      (Sim *self, SimNode *node, TcInput *input, TcTxVerdict *ret_verdict);
void      sim_fail       (Sim *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The same, where more than a third lies too. */
void      sim_fail_ever  (Sim *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void      sim_trace      (Sim *self, const SimNode *node, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* A random node that is up, honest where @honest. (nullable) */
SimNode  *sim_pick_node  (Sim *self, gboolean honest);
/* A message in words, for the trace. (transfer full) */
char     *sim_describe   (guint8 type, GBytes *body);
/* A vote, proposal, batch or close in the name of @node's operator. */
gboolean  sim_is_own     (Sim *self, const SimNode *node, guint8 type, GBytes *body);
/* setup.c: genesis and nodes, none of them running. */
void      sim_setup      (Sim *self);
/* (transfer full) */
TcSecretKey *sim_make_operator_key (guint operator);
/* It runs and does not sleep. */
gboolean  sim_is_up      (const Sim *self, const SimNode *node);
/* The node, or another that has its key, may lie. */
gboolean  sim_is_faulty  (const Sim *self, guint member);

/* --- memo.c: all nodes of a seed see the same signatures and proofs; each is checked once --- */

SimMemo  *sim_memo_new        (void);  /* one at a time */
void      sim_memo_free       (SimMemo *self);
guint     sim_memo_get_n      (const SimMemo *self);
void      sim_memo_check_many (gpointer memo, TcSignatureJob *jobs, gsize n_jobs);

/* --- faults.c: what happens to nodes, their clocks and their disks --- */

void      sim_faults_plan    (Sim *self);
/* @node is the first that decided a block. */
void      sim_faults_decided (Sim *self, SimNode *node);
/* Crashes @node where that is planned here. Returns: TRUE where it did: the engine is gone. */
/* @things: what it is about; NULL where the moment has none. */
gboolean  sim_faults_visit   (Sim *self, SimNode *node, SimMoment moment, const SimSet *things);
/* Space or a disk that works again lets @node start again. */
void      sim_faults_full    (Sim *self, SimNode *node);
void      sim_faults_event   (Sim *self, const SimEvent *event);
void      sim_node_start     (Sim *self, SimNode *node);
void      sim_node_stop      (Sim *self, SimNode *node);
/* What is being persisted is on disk. */
void      sim_node_write_records (Sim *self, SimNode *node);

/* --- network.c --- */

SimNetwork *sim_network_new       (Sim *sim);
void        sim_network_free      (SimNetwork *self);
void        sim_network_event     (SimNetwork *self, const SimEvent *event);
void        sim_network_send      (SimNetwork *self, SimNode *node, guint64 peer, guint8 type, GBytes *body);
/* Its new engine, of the connections that stand. */
void         sim_network_tell_peers (SimNetwork *self, SimNode *node);
void        sim_network_node_up   (SimNetwork *self, SimNode *node);
void        sim_network_node_down (SimNetwork *self, SimNode *node);
/* A probe (M6): reached where it is up and a connection with it stands. */
void        sim_network_probe     (SimNetwork *self, SimNode *node, guint32 masternode, const TcPublicKey *operator_key);
/* The node at the other end. (nullable) */
SimNode    *sim_network_get_peer  (SimNetwork *self, const SimNode *node, guint64 peer);
/* To a node that need not be connected: through the connection if there is one. */
void        sim_network_send_to   (SimNetwork *self, SimNode *node, SimNode *to, guint8 type, GBytes *body);
/* Cuts the nodes of @side off from all others. Returns: its number. */
guint       sim_network_add_part  (SimNetwork *self, SimSet side);
gboolean    sim_network_is_connected (SimNetwork *self, const SimNode *a, const SimNode *b);
/* From now on nothing fails. */
void        sim_network_heal      (SimNetwork *self);

/* --- actors.c: wallets --- */

SimActors  *sim_actors_new        (Sim *sim);
void        sim_actors_free       (SimActors *self);
void        sim_actors_event      (SimActors *self, const SimEvent *event);
/* A block was decided for the first time. */
void        sim_actors_block      (SimActors *self, const TcBlock *block);
/* What a node says of a transaction. */
void        sim_actors_told       (SimActors *self, const TcTx *tx, TcTxEventKind event);
/* A member closes @epoch. */
void        sim_actors_closing    (SimActors *self, guint32 epoch);
/* Every payment is in the chain or can never be. */
gboolean    sim_actors_are_done   (const SimActors *self);
/* (nullable) (transfer none) */
TcTx       *sim_actors_find_tx    (SimActors *self, const TcHash *txid);
gboolean    sim_actors_is_double  (SimActors *self, const TcHash *txid);
/* Both spenders of a coin that was spent twice, the newest of them @back pairs ago. FALSE where there are not so many. */
gboolean    sim_actors_get_double (SimActors *self, guint back, TcTx **ret_first, TcTx **ret_second);
char       *sim_actors_describe_open (const SimActors *self);
/* All, or those neither in the chain nor dead. (element-type TcTx) (transfer container) */
GPtrArray  *sim_actors_dup_txs    (const SimActors *self, gboolean open_only);
TcOutput   *sim_actors_make_outputs (gsize *ret_n);  /* of the genesis */
TcKeyHash   sim_actors_make_owner (guint operator);  /* of the genesis masternode of @operator: a wallet */

/* --- liar.c: members that lie --- */

/* Draws what this seed's liars do, and how many faces each has. */
SimLiars   *sim_liars_new         (Sim *sim);
void        sim_liars_free        (SimLiars *self);
void        sim_liars_plan        (Sim *sim);
/* Names with commas between them. Returns: FALSE for an unknown one. */
gboolean    sim_liars_parse       (const char *text, guint32 *ret_strategies);
/* (transfer full) */
char       *sim_liars_describe    (const Sim *sim);
/* What comes to a liar. */
void        sim_liar_hear         (Sim *sim, guint8 type, GBytes *body);

/* What the liar's engine wants to send, or something else, or nothing. (transfer full) (nullable) */
GBytes     *sim_liar_twist        (Sim *sim, SimNode *node, const SimNode *to, guint8 type, GBytes *body);
void        sim_liar_event        (Sim *sim, const SimEvent *event);

/* --- committees.c --- */

SimCommittees *sim_committees_new       (Sim *sim);
void           sim_committees_free      (SimCommittees *self);
/* That of the epoch that @node is in. */
void           sim_committees_note      (SimCommittees *self, const SimNode *node);
/* What the chain says of the committee of @epoch, in any of its blocks or the one before it. */
void           sim_committees_check     (SimCommittees *self, guint32 epoch, const TcHash *told);
/* The position of an operator; TC_MEMBER_NONE where it is not in it, or the epoch has not begun. */
guint32        sim_committees_find      (const SimCommittees *self, guint32 epoch, guint member);
/* By all of @operators, and all that may lie: any node may have heard so from them. */
gboolean       sim_committees_is_quorum (const SimCommittees *self, guint32 epoch, const SimSet *operators);

/* --- checks.c: what must hold --- */

SimChecks  *sim_checks_new        (Sim *sim);
void        sim_checks_free       (SimChecks *self);
void        sim_checks_persisted  (SimChecks *self, SimNode *node, const GArray *records);
void        sim_checks_sent       (SimChecks *self, SimNode *node, guint8 type, GBytes *body);
void        sim_checks_commit     (SimChecks *self, SimNode *node, TcBlock *block, TcCommit *commit);
void        sim_checks_tx         (SimChecks *self, SimNode *node, const TcEffect *effect);
/* @node tells that a masternode is jailed. */
void        sim_checks_jailed     (SimChecks *self, SimNode *node, guint masternode);
/* All at the end: tips, state roots, coins, balances. */
void        sim_checks_finish     (SimChecks *self);
/* Rule C8, where more than a third lies: who can see two blocks of one height halts, and holds the proof; and no honest node was accused. */
void        sim_checks_account    (SimChecks *self);
guint32     sim_checks_get_height (const SimChecks *self);
/* Epochs whose last block is decided. */
guint32     sim_checks_get_epochs (const SimChecks *self);
/* 0: in no block. */
guint32     sim_checks_find_tx    (const SimChecks *self, const TcHash *txid);
/* (nullable): who spends it in the chain. */
const TcHash *sim_checks_find_spender (const SimChecks *self, const TcOutpoint *outpoint);
/* Hashes of blocks that somebody voted for or proposed, for liars: the first from number @from on. FALSE where there are none. */
gboolean    sim_checks_pick_block (SimChecks *self, guint32 height, guint from, TcHash *ret_hash);
