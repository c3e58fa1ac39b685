#pragma once

#include "core/evidence.h"
#include "consensus/agreement.h"
#include "consensus/finality.h"
#include "core/attest.h"
#include "mempool/mempool.h"

#include "engine.h"
#include "known.h"
#include "links.h"
#include "messages.h"

G_BEGIN_DECLS

/* Shared by the files of engine/: engine.c (life and dispatch), guard.c (rule C5), forks.c (rule C8), evidence.c (rule C7), gossip.c (peers and what they lack), payments.c (transactions, votes, batches, closes),
 * candidates.c (blocks under agreement, rebuilt and checked), proposals.c (proposals, proposing), heights.c (agreement's actions, commits, epochs), links.c (the chain of epochs), trust.c (rule S4),
 * fetch.c and sync.c (catching up by blocks), snapshot.c (by a snapshot), history.c (blocks below it), watch.c (who is up beside the committee), clock.c (other nodes' clocks),
 * check.c (signatures checked off the step). */

#define TC_ENGINE_STATUS_MS        1000   /* each peer hears our status at least this often */
#define TC_ENGINE_STATUS_IDLE_MS   5000   /* the same where nothing waits for anything */
#define TC_ENGINE_SETTLE_MS         500   /* before a batch that a peer lacks is more likely lost than under way */
#define TC_ENGINE_FREE_AT_ONCE      500u  /* parts of a past epoch that one step frees */
#define TC_ENGINE_INV_MS             10   /* announcements wait so long for others to go with them */
#define TC_ENGINE_INV_TXS           500u  /* or until there are so many */
#define TC_ENGINE_FAN_OUT             8u  /* peers that hear of a transaction from this node; batches name it, too, and who lacks it then asks */
#define TC_ENGINE_RESEND_MS         600   /* before something that a peer says it lacks is sent to it again */
#define TC_ENGINE_FETCH_MS          700   /* before another peer is asked */
#define TC_ENGINE_REBUILD_MS         10   /* before a close's list is rebuilt from more batches; each time twice as long */
#define TC_ENGINE_FILL_MS            25   /* before the pool is looked through again for what a block lacks */
#define TC_ENGINE_STRAY_MS        10000   /* before a transaction that came too early is asked for again as somebody's parent */
#define TC_ENGINE_OFFER_MS         2000   /* before a pending transaction is announced again */
#define TC_ENGINE_INFORMED_MS      5000   /* from the start with no block, before nobody is waited for */
#define TC_ENGINE_SYNC_MS          3000   /* without an answer to a search, before it is given up */
#define TC_ENGINE_WANTED_MAX      20000u
#define TC_ENGINE_WANTED_PEER_MAX  1000u  /* announced by one peer: so that one cannot fill the list */
#define TC_ENGINE_HELD_MAX         4096u  /* messages for the next height or epoch */
#define TC_ENGINE_HELD_BYTES_MAX  16000000u
#define TC_ENGINE_HELD_PEER_MAX     512u
#define TC_ENGINE_HELD_PEER_BYTES_MAX 2500000u
#define TC_ENGINE_ANSWER_BYTES_MAX  16000000   /* to one peer at once, for what it asks */
#define TC_ENGINE_ANSWER_BYTES_PER_MS 8000
#define TC_ENGINE_ORPHANS_MAX       256u
#define TC_ENGINE_CANDIDATES_MAX     64u
#define TC_ENGINE_PROPOSALS_MAX      64u
#define TC_ENGINE_PROPOSALS_AHEAD     8u  /* rounds */
#define TC_ENGINE_CLOSES_MAX          2u  /* different ones kept of one member */
#define TC_ENGINE_EVIDENCE_MAX      256u
#define TC_ENGINE_EVIDENCE_BYTES_MAX 8000000u

typedef struct _TcForkSearch TcForkSearch;
typedef struct _TcSync TcSync;
typedef struct _TcSnapshotSync TcSnapshotSync;
typedef struct _TcHistorySync TcHistorySync;

typedef struct
{
  guint64     id;
  TcPublicKey key;
  gboolean    has_key;
  guint32     member;             /* position in this epoch's committee, or TC_MEMBER_NONE */
  gboolean    has_status;
  guint32     height;             /* claimed */
  guint32     oldest;             /* it serves blocks from there on; at least 1 */
  guint32     n_snapshots;        /* and these snapshots: heights, ascending */
  guint32     snapshots[TC_SERVED_SNAPSHOTS_MAX];
  gint64      heard_ms;
  gint64      status_sent_ms;
  guint32     links_epoch;        /* of its next block; whose committee the next speaks of */
  guint8      links[TC_BITMAP_SIZE_MAX];  /* members that it hears from directly */
  GArray     *get_txs, *get_batches;  /* TcHash: to be asked of it at the end of the step */
  GArray     *inv_txs, *inv_batches;  /* TcHash: to be announced to it */
  gboolean    has_clock;
  gint64      clock_offset_ms;    /* its wall clock against ours, when its status came */
  gint64      replied_ms;
  gint64      answer_bytes;       /* that it may be sent for asking, as of answered_ms */
  gint64      answered_ms;
  guint       n_wanted;           /* of what it announced, still to come */
  guint       n_held;
  gsize       held_bytes;
  guint       n_failed;           /* times it did not send the blocks that it claims */
  guint64     fetch_rate;         /* of blocks, bytes a second; 0: not known */
  gint64      fetched_ms, block_ms;  /* when its last request was answered, and its last block came */
  gint64      part_ms;            /* when a page of a snapshot was last asked of it where it owed none, or came */
  gint64      part_patience_ms;   /* that it has for a part; 0: as others */
  gint64      part_after_ms;      /* it is asked for no part of a snapshot and no history before this */
  TcKnown     known;
  TcForkSearch *search;           /* (nullable): for the height at which its chain leaves ours (C8) */
  gint64      search_after_ms, glance_after_ms;  /* no other search, no other look, before this */
  gint64      links_after_ms;     /* it is not asked for links before this */
  gboolean    led_on;             /* by links of its that no trusted block vouches for (M4) */
  TcCheckpoint offer;             /* its newest link; height 0: not known */
  guint64     offer_time_ms;
  guint32     offer_epoch;        /* that it is asked for; 0: it is not */
  gint64      offer_asked_ms;     /* when it was last asked, and which epoch it said to be in */
  guint32     offer_of;
} TcPeer;

/* Something announced or named that is not here yet. */
typedef struct
{
  TcHash   hash;
  guint8   kind;           /* TcItemKind */
  guint64  owner;          /* the peer that it counts for, or 0 */
  GArray  *sources;        /* guint64: peers that have it */
  guint    next_source;
  gint64   retry_ms;
  guint    n_asked;
  gboolean done;           /* it came; freed when its turn comes */
} TcWanted;

/* A close and, once known, what it lists. */
typedef struct
{
  TcClose  close;
  TcHash   hash;
  GArray  *list;           /* (nullable) TcHash, sorted */
  gint64   retry_ms;
  guint    n_asked;
  guint64  tried_version;  /* of the batches, when the list was last rebuilt */
  gint64   rebuild_ms;     /* not before this again */
  guint    n_rebuilt;
  gboolean fetched;        /* the list came from a peer: batches on disk may not tell it */
  gboolean recorded;       /* and is in the signed store */
  gboolean usable;         /* a block of ours can hold all that it lists */
} TcCloseEntry;

/* A block under agreement. */
typedef struct
{
  TcHash       hash;
  TcProposal  *proposal;    /* any that carries it */
  TcTx       **txs;         /* n_short_ids, NULL where missing */
  guint32      n_missing;
  gboolean     asked_all;
  TcBlock     *block;
  TcExecution *execution;
  gboolean     invalid;     /* the chain alone refuses it */
  gboolean     persisted;   /* proposal and transactions */
  gboolean     restored;    /* from the signed store: all that binds prevoters was found to hold before the restart */
  guint64      source;      /* peer that sent it, 0: own or restored */
  gint64       retry_ms;    /* G_MAXINT64: nothing to ask for */
  guint64      checked_version;
  gint64       fill_ms;     /* the pool is not looked through before this again */
  guint        n_asked;
  gboolean     held;        /* its time is ahead of our clock (C4) */
} TcCandidate;

typedef struct
{
  guint64 peer;
  guint8  type;
  GBytes *body;
} TcHeld;

/* Who is up beside the committee, this epoch (M6). Bitmaps are by index in the registry, for the first n_masternodes. */
typedef struct
{
  guint32       n_masternodes;
  guint32      *outside;          /* n_outside indices, ascending: whose heartbeats count */
  guint32       n_outside;
  guint8       *outside_bits, *heard, *reached;
  guint32       own;              /* our index where we are one of them, else G_MAXUINT32 */
  gboolean      has_beaten;
  gint64        beat_ms;          /* our next heartbeat, or G_MAXINT64 */
  gint64        probe_from_ms, probe_ms;
  guint64       n_probed;         /* turns taken */
  guint32       attest_height;    /* that attestations are for */
  TcAttestation attestations[TC_COMMITTEE_MAX];  /* by member; bitmap NULL: none */
} TcWatch;
/* Evidence that holds, and is in no block yet (C7). */
typedef struct
{
  TcEvidence evidence;
  TcHash     hash;
  guint32    masternode;
  gsize      size_bytes;
} TcPooledEvidence;

struct _TcEngine
{
  TcGenesis        *genesis;
  TcSecretKey      *key;
  const TcVerifier *verifier;
  TcLedger         *ledger;
  TcMempool        *mempool;
  gboolean          halted, started;
  gint64            mono_ms, wall_ms;
  gint64            started_ms;      /* mono_ms then */
  TcEffects        *effects;         /* of the step under way */

  /* Rule C5. */
  gint64            store_created_ms;
  gboolean          store_replaced;
  guint32           sign_anyway_epoch;
  gboolean          signing_off;     /* until it is started again */
  guint32           stopped_epoch;   /* C5's stop; 0: none */
  guint32           pruned_epoch;    /* what was signed in earlier epochs is not known any more */
  guint32           behind_epoch;    /* the chain holds a signature of ours of that epoch that the store lacks; 0: none */
  gint64            clock_behind_ms; /* as far as blocks have shown */
  gboolean          steady;          /* it signs in this epoch because it did in the one before, from epoch 1 on, or did in this one before a restart */
  guint             n_agreed;        /* heights decided under our eyes since the start */
  GPtrArray        *restored_commits; /* TcCommit: of the epoch under way */

  /* Rule C8. */
  GPtrArray        *past;            /* Past: the newest blocks */
  GArray           *overruled;       /* Overruled: blocks that the operator said do not stand */
  char             *halt_text;       /* (nullable): of a halt before the restart, to be told in the first step */

  /* This epoch. */
  TcCommittee      *committee;
  guint32           self;
  TcFinalityEpoch  *finality;
  TcFinalityEpoch  *retired;         /* (nullable): of the epoch before, freed bit by bit */
  GHashTable       *told;            /* TcHash -> bits of what the user was told of a transaction */
  GHashTable       *persisted;       /* TcHash: bodies in the signed store */
  GPtrArray        *fresh_batches;   /* TcBatch: others', not yet in the signed store */
  GPtrArray        *closes;          /* TcCloseEntry */
  GPtrArray        *seen_in_chain;   /* txids of restored blocks of the epoch, until it begins */
  GPtrArray        *late_txs;        /* TcTx: submitted while a snapshot is put in place, for the engine that takes over */
  GPtrArray        *restored_txs;    /* TcTx: bodies found on disk; a block under agreement may hold one that the pool did not take again */
  GArray           *records_ahead;   /* TcRecord: of heights and epochs that the restored chain has not reached */
  guint64           batches_version; /* grows with each batch and body */
  gboolean          vote_stalled;    /* F8: something waits for a block */
  gint64            member_heard_ms[TC_COMMITTEE_MAX];

  /* This height. */
  TcAgreement      *agreement;
  GArray           *actions;         /* TcAction */
  GPtrArray        *candidates;      /* TcCandidate */
  GPtrArray        *proposals;       /* TcProposal: of this height, this node's own among them */
  gboolean          propose_pending; /* it is our turn, and closes are missing yet */
  guint32           propose_round;
  gboolean          decided;
  guint32           decided_round;
  TcHash            decided_hash;

  /* The tip. */
  TcCommit         *tip_commit;
  TcAgreement      *last_agreement;  /* (nullable): collects late precommits for the next block (C6) */
  gboolean          flush_pending;

  GPtrArray        *evidence;        /* TcPooledEvidence, as it came; at most one a masternode */
  gsize             evidence_bytes;

  /* Peers. */
  GPtrArray        *peers;           /* TcPeer, ascending by id */
  GHashTable       *wanted;          /* TcHash (in the value) -> TcWanted */
  gboolean          asking;          /* some peer's get_txs or get_batches is not empty */
  GQueue            wanted_queue;    /* TcWanted, oldest first */
  GQueue            held;            /* TcHeld */
  gsize             held_bytes;
  GQueue            orphans;         /* TcTx */
  TcKnown           strays;          /* transactions that came before their parents, and when */
  gint64            inv_ms;          /* when announcements go out; G_MAXINT64: there are none */
  guint32           settled[TC_COMMITTEE_MAX], settling[TC_COMMITTEE_MAX];  /* next sequences as they were SETTLE_MS ago or before, and at settle_ms */
  gint64            settle_ms;
  gint64            offer_ms;
  gint64            housekeeping_ms;

  gint64            status_oldest_ms;  /* no peer heard our status longer ago */
  guint32           served_oldest;     /* what we serve, as in a status */
  guint32           n_served_snapshots;
  guint32           served_snapshots[TC_SERVED_SNAPSHOTS_MAX];

  gboolean          searching;         /* some peer may have a search under way (forks.c) */

  TcLinks           links;             /* the chain of epochs above the tip (links.c, trust.c) */

  /* Sync. */
  guint32           claimed_height;  /* the most that a peer ever claimed */
  TcSync           *sync;            /* catching up */

  TcSyncMode        sync_mode;
  TcSnapshotSync   *snapshot;
  TcHistorySync        *history;

  TcWatch           watch;

  /* Clock (C4). */
  gint64            clock_check_ms;
  gint64            clock_offset_ms;
  gint64            clock_off_since_ms;  /* G_MAXINT64: it is not */
  gboolean          clock_is_off;        /* and was told */

  guint64           n_heartbeats, n_attestations;
  guint64           n_rounds_above_zero, n_locked_reproposed, n_closes_left_out, n_equivocations, n_jailed;
};

/* engine.c */
TcEffect   *tc_engine_emit          (TcEngine *self, TcEffectKind kind);
void        tc_engine_emit_text     (TcEngine *self, TcEffectKind kind, const char *format, ...) G_GNUC_PRINTF (3, 4);
void        tc_engine_punish        (TcEngine *self, guint64 peer, guint points, const char *why);
const TcHash *tc_engine_chain_id    (const TcEngine *self);
/* This node, or heard from within the last rounds. */
gboolean    tc_engine_is_answering  (const TcEngine *self, guint32 member);
TcReader    tc_reader_of_bytes      (GBytes *body);
void        tc_engine_settle        (TcEngine *self);
void        tc_engine_dispatch      (TcEngine *self, guint64 peer, guint8 type, GBytes *body);
void        tc_engine_hold          (TcEngine *self, guint64 peer, guint8 type, GBytes *body);
void        tc_engine_release_held  (TcEngine *self);

void        tc_engine_restore_ahead (TcEngine *self);

/* A PERSIST effect under construction. */
GArray     *tc_engine_records_new   (void);
void        tc_engine_record        (TcEngine *self, GArray *records, TcRecordKind kind, GBytes *data);   /* takes @data */
void        tc_engine_record_tx     (TcEngine *self, GArray *records, const TcTx *tx);                    /* once an epoch */
void        tc_engine_record_batches (TcEngine *self, GArray *records);                                   /* all fresh ones */
void        tc_engine_persist       (TcEngine *self, GArray *records);                                    /* takes @records */

/* check.c */
/* Takes @check; @then is called with what came of it, unless the node stops before. */
void        tc_engine_begin_check   (TcEngine *self, TcCheck *check, TcCheckFunc then, guint64 tag);
/* Whether @commit is one of a quorum of @committee: check->commit_good in @then. */
void        tc_engine_check_commit  (TcEngine *self, TcCommit *commit, TcCommittee *committee, TcCheckFunc then, guint64 tag);

/* guard.c */
TcSigning   tc_engine_get_signing   (const TcEngine *self);
gboolean    tc_engine_may_sign      (const TcEngine *self);
/* No member has said yet whether there is a chain: to start one now may be to sign what was signed long ago. */
gboolean    tc_engine_is_uninformed (const TcEngine *self);
void        tc_engine_note_clock    (TcEngine *self);
/* Before the next epoch begins. */
void        tc_engine_note_steady   (TcEngine *self);
void        tc_engine_find_steady   (TcEngine *self, const TcRecord *records, gsize n_records);
/* A valid message of this epoch by our own key came that we do not know. */
void        tc_engine_meet_itself   (TcEngine *self, const char *what);
void        tc_engine_restore_pruned (TcEngine *self, GBytes *data);
void        tc_engine_restore_stop  (TcEngine *self, GBytes *data);
/* The stored chain with the records, once all blocks are restored. */
void        tc_engine_compare_store (TcEngine *self, const TcRecord *records, gsize n_records);

/* forks.c */
void        tc_engine_forks_init     (TcEngine *self);
void        tc_engine_forks_clear    (TcEngine *self);
void        tc_peer_drop_search      (TcPeer *peer);
void        tc_engine_restore_halt   (TcEngine *self, GBytes *data);
/* A block of ours; @committee: of its epoch. */
void        tc_engine_note_past      (TcEngine *self, const TcBlock *block, TcCommit *commit, TcCommittee *committee);
/* What others show of heights that are committed here: halts where it proves two commits. */
void        tc_engine_meet_commit    (TcEngine *self, TcCommit *commit);
/* @own: of a last block, with its commit; @committee: of that epoch. @rival: another link of it. Returns: FALSE where no quorum of that committee signed it. */
gboolean    tc_engine_meet_link      (TcEngine *self, const TcHeader *own, TcCommit *own_commit, TcCommittee *committee, const TcLink *rival);
void        tc_engine_meet_block     (TcEngine *self, TcPeer *peer, const TcBlock *block, TcCommit *commit);
/* The peer says that this is its tip. */
void        tc_engine_compare_tip    (TcEngine *self, TcPeer *peer, guint32 height, const TcHash *hash);
/* The peer has another block at @height. Returns: FALSE where it may not be asked now. */
gboolean    tc_engine_search_fork    (TcEngine *self, TcPeer *peer, guint32 height);
/* Returns: TRUE where the block was what a search waits for. */
gboolean    tc_engine_take_answer    (TcEngine *self, TcPeer *peer, const TcBlock *block, TcCommit *commit);
void        tc_engine_on_stored      (TcEngine *self, const TcInput *input);
/* Of the epoch of our block at @height, where that is one of the newest. (nullable) (transfer none) */
TcCommittee *tc_engine_past_committee (const TcEngine *self, guint32 height);
void        tc_engine_forks_tick     (TcEngine *self);
gint64      tc_engine_forks_deadline (const TcEngine *self);

/* gossip.c */
TcPeer     *tc_engine_find_peer     (TcEngine *self, guint64 id);
void        tc_engine_peer_up       (TcEngine *self, guint64 id, const TcPublicKey *key);
void        tc_engine_peer_down     (TcEngine *self, guint64 id);
void        tc_engine_place_peers   (TcEngine *self);                        /* their positions in a new committee */
void        tc_peer_note_known      (TcEngine *self, TcPeer *peer, const TcHash *hash);
void        tc_engine_note_known    (TcEngine *self, guint64 peer, const TcHash *hash);
void        tc_engine_send          (TcEngine *self, TcPeer *peer, guint8 type, GBytes *body);
/* The same for what the peer asked for: within what one peer may ask for (N4). Takes @body. Returns: FALSE where it is not sent. */
gboolean    tc_engine_answer        (TcEngine *self, TcPeer *peer, guint8 type, GBytes *body);
/* Whether the peer may be sent @size_bytes more for asking now: where so, they are counted. */
gboolean    tc_engine_may_answer    (TcEngine *self, TcPeer *peer, gsize size_bytes);
/* To each peer not known to have @hash. What @member of the committee said and @from (nullable: this node's own) brought; where @from is that member itself,
 * those that it speaks to directly are left out. */
void        tc_engine_push          (TcEngine *self, const TcPeer *from, guint32 member, const TcHash *hash, guint8 type, GBytes *body);
/* The same by announcement. */
void        tc_engine_announce      (TcEngine *self, const TcPeer *from, guint32 member, const TcHash *hash, TcItemKind kind);
/* This node's own batch (F7): members get @body, others an announcement. */
void        tc_engine_push_batch    (TcEngine *self, const TcHash *hash, GBytes *body);
/* A transaction that @from (nullable: nobody) brought, to a few of the others. */
void        tc_engine_announce_tx   (TcEngine *self, const TcPeer *from, const TcHash *txid);
void        tc_engine_on_status     (TcEngine *self, TcPeer *peer, const TcStatusMessage *status);
void        tc_engine_send_status   (TcEngine *self, gboolean now);
void        tc_engine_gossip_tick   (TcEngine *self);
gint64      tc_engine_gossip_deadline (TcEngine *self);
/* A peer to ask: the @turn-th, preferring @first. (nullable) */
TcPeer     *tc_engine_pick_peer     (TcEngine *self, guint64 first, guint turn);

/* wants.c */
void        tc_engine_want          (TcEngine *self, TcItemKind kind, const TcHash *hash, guint64 source);
void        tc_engine_got           (TcEngine *self, const TcHash *hash);
void        tc_engine_send_gets     (TcEngine *self);                        /* what this step asked for */
void        tc_engine_retry_wanted  (TcEngine *self);
void        tc_engine_on_inv        (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_get        (TcEngine *self, TcPeer *peer, GBytes *body);

/* payments.c */
TcTxVerdict tc_engine_admit_tx      (TcEngine *self, TcTx *tx, guint64 peer);
void        tc_engine_retry_orphans (TcEngine *self);
gboolean    tc_engine_has_orphan    (TcEngine *self, const TcHash *txid);
void        tc_engine_vote_all      (TcEngine *self);
void        tc_engine_on_batch      (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_close      (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_get_certs  (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_get_list   (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_list       (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_flush_batch   (TcEngine *self);
void        tc_engine_tell          (TcEngine *self, TcTx *tx, TcTxEventKind event);
/* The pool dropped them: (element-type TcTx). */
void        tc_engine_drop_txs      (TcEngine *self, const GPtrArray *removed);
void        tc_engine_note_changed  (TcEngine *self, const GPtrArray *changed);
void        tc_engine_close_epoch   (TcEngine *self);
TcCloseEntry *tc_engine_find_close  (TcEngine *self, const TcHash *hash);
/* @in_block: a block under agreement carries it: kept however many there are of that member. Returns: (nullable): too many. */
TcCloseEntry *tc_engine_add_close   (TcEngine *self, const TcClose *close, gboolean in_block);
void        tc_engine_record_lists  (TcEngine *self, GArray *records, const TcBlock *block);
void        tc_engine_restore_list  (TcEngine *self, GBytes *data);
TcTx       *tc_engine_find_body     (TcEngine *self, const TcHash *txid);    /* (nullable) (transfer none) */
void        tc_engine_vote_children (TcEngine *self, const TcTx *tx);
void        tc_engine_want_bodies   (TcEngine *self);                        /* of what is certified */
void        tc_engine_ask_certs     (TcEngine *self, const TcHash *txids, gsize n_txids, guint64 source, guint turn);
/* Whether the list of @entry is known; asks @source or others for it where it is not. */
gboolean    tc_engine_resolve_close (TcEngine *self, TcCloseEntry *entry, guint64 source);
void        tc_close_entry_free     (gpointer data);

/* evidence.c */
GPtrArray  *tc_engine_evidence_pool_new (void);
void        tc_engine_on_evidence   (TcEngine *self, TcPeer *peer, GBytes *body);
TcPooledEvidence *tc_engine_find_evidence (TcEngine *self, const TcHash *hash);  /* (nullable) */
/* A height begins. */
void        tc_engine_sift_evidence (TcEngine *self);
/* All of it, borrowed. Returns: (transfer container): self->evidence->len pieces. */
TcEvidence *tc_engine_list_evidence (TcEngine *self);
/* Each looks for what contradicts the message, whose signature is good. What is found is taken and announced. */
void        tc_engine_accuse_vote   (TcEngine *self, const TcAgreement *agreement, const TcVote *vote);
void        tc_engine_accuse_signers (TcEngine *self, const TcCommit *commit);          /* of the tip */
void        tc_engine_accuse_proposal (TcEngine *self, const TcProposal *proposal);
void        tc_engine_accuse_batch  (TcEngine *self, const TcBatch *batch);             /* once its votes count */
void        tc_engine_accuse_voters (TcEngine *self, const TcTx *tx);                   /* whose body came after the votes */
void        tc_engine_accuse_close  (TcEngine *self, const TcClose *close);
void        tc_engine_accuse_omissions (TcEngine *self);                                /* the last block is applied; before the next epoch begins */
void        tc_engine_tell_jailed   (TcEngine *self, const TcExecution *execution);     /* once it is applied */

/* candidates.c */
gboolean    tc_engine_is_locked     (TcEngine *self, const TcHash *hash);    /* on that block */
gboolean    tc_engine_block_holds   (const TcBlock *block, const TcHash *txid);

/* proposals.c */
void        tc_engine_on_proposal   (TcEngine *self, guint64 peer, GBytes *body);
void        tc_engine_on_get_txs    (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_txs        (TcEngine *self, TcPeer *peer, GBytes *body);
/* (nullable): signed by @member in @round; any member where TC_MEMBER_NONE. */
TcProposal *tc_engine_find_proposal (TcEngine *self, guint32 round, guint32 member);
TcCandidate *tc_engine_find_candidate (TcEngine *self, const TcHash *hash);
/* Takes note of the block that @proposal carries. Returns: (nullable). */
TcCandidate *tc_engine_add_candidate (TcEngine *self, TcProposal *proposal, guint64 source);
void        tc_engine_check_candidates (TcEngine *self);
/* The block to be persisted before a prevote for it (C3). */
void        tc_engine_record_candidate (TcEngine *self, GArray *records, TcCandidate *candidate);
void        tc_engine_propose       (TcEngine *self, guint32 round, gint32 pol_round, const TcHash *hash);
void        tc_engine_try_propose   (TcEngine *self);
void        tc_candidate_free       (gpointer data);
gint64      tc_engine_candidates_deadline (TcEngine *self);
/* Keeps @proposal; FALSE where it is known or there are too many. */
gboolean    tc_engine_keep_proposal (TcEngine *self, TcProposal *proposal);

/* heights.c */
void        tc_engine_begin_height  (TcEngine *self);
void        tc_engine_on_vote       (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_run_actions   (TcEngine *self);
gboolean    tc_engine_try_commit    (TcEngine *self);
void        tc_engine_try_start     (TcEngine *self);
gint64      tc_engine_start_deadline (TcEngine *self);
typedef enum
{
  TC_APPLY_AGREED,
  TC_APPLY_SYNCED,
  TC_APPLY_RESTORED,
} TcApplyKind;

void        tc_engine_apply         (TcEngine *self, TcBlock *block, TcCommit *commit, const TcExecution *execution, TcApplyKind kind);
gboolean    tc_engine_is_checked    (gpointer user_data, const TcTx *tx);

/* sync.c, fetch.c */
void        tc_engine_sync_init     (TcEngine *self);
void        tc_engine_sync_clear    (TcEngine *self);
/* The most that a peer claims, where it is plausible; at least the tip's height. */
guint32     tc_engine_best_height   (TcEngine *self);
/* Blocks are under way, or here and not applied. */
gboolean    tc_engine_is_syncing    (const TcEngine *self);
guint       tc_engine_count_sync_blocks (const TcEngine *self);
/* Returns: FALSE, and leaves it as it is, where nothing is under way. */
gboolean    tc_engine_get_sync_progress (TcEngine *self, TcSyncProgress *ret_progress);
/* A peer has gone. */
void        tc_fetch_forget_peer    (TcEngine *self, guint64 peer);
void        tc_engine_on_get_blocks (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_block      (TcEngine *self, TcPeer *peer, GBytes *body);
/* Applies what is ready, some at a time. */
void        tc_engine_sync_proceed  (TcEngine *self);
void        tc_engine_sync_tick     (TcEngine *self);
gint64      tc_engine_sync_deadline (TcEngine *self);

/* links.c */
/* The committee of @epoch, where it is proven: the ledger's of the next block's epoch. (nullable) (transfer none): borrowed until the end of the step. */
TcCommittee *tc_engine_committee_of (TcEngine *self, guint32 epoch);
void        tc_engine_links_init    (TcEngine *self);
void        tc_engine_links_clear   (TcEngine *self);
/* An epoch's last block is the tip now; before the next height begins, and before its COMMIT effect. */
void        tc_engine_links_advance (TcEngine *self, const TcBlock *block, TcCommit *commit);
void        tc_engine_links_peer_down (TcEngine *self, guint64 id);
void        tc_engine_on_get_epochs (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_epochs     (TcEngine *self, TcPeer *peer, GBytes *body);
/* Returns: TRUE where the answer to a LOOK_UP was for us. */
gboolean    tc_engine_take_rival    (TcEngine *self, const TcInput *input);
void        tc_engine_drop_unanchored (TcEngine *self);
void        tc_engine_links_tick    (TcEngine *self);
/* More than an epoch behind somebody who has links that are not proven here. */
gboolean    tc_engine_is_epochs_behind (TcEngine *self);
/* More links are claimed, and are worth waiting for: one came lately. */
gboolean    tc_engine_links_are_coming (const TcEngine *self);
gint64      tc_engine_links_deadline (TcEngine *self);
/* Returns: FALSE where no links are fetched. */
gboolean    tc_engine_get_links_progress (TcEngine *self, TcSyncProgress *ret_progress);
/* The @i-th above the tip; the newest; the newest that is anchored. (nullable) */
const TcProvenLink *tc_links_get        (const TcLinks *self, guint i);
const TcProvenLink *tc_links_get_newest (const TcLinks *self);
const TcProvenLink *tc_links_get_anchor (const TcLinks *self);
const TcProvenLink *tc_links_find       (const TcLinks *self, guint32 height, guint *ret_number);

/* trust.c */
void        tc_engine_trust_init    (TcEngine *self, const TcCheckpoint *blocks, gsize n_blocks);
/* Somebody vouches for that block; for another one of that height. */
gboolean    tc_engine_is_trusted    (const TcEngine *self, guint32 height, const TcHash *hash);
gboolean    tc_engine_is_distrusted (const TcEngine *self, guint32 height, const TcHash *hash);
/* Rule S4: the newest block that is known to be good is so old that what follows it is not believed: no blocks are applied that others show. */
gboolean    tc_engine_needs_trust   (TcEngine *self);
/* There is a trusted block above all that is proven: towards it, links are followed all the same. */
gboolean    tc_engine_has_target    (TcEngine *self);
/* Tells the user that a peer, which is left, showed another block of a trusted one's height. */
void        tc_engine_refuse_chain  (TcEngine *self, guint32 height, const TcHash *hash);
void        tc_engine_take_offer    (TcEngine *self, TcPeer *peer, const GPtrArray *items);
void        tc_engine_trust_tick    (TcEngine *self);
gint64      tc_engine_trust_deadline (TcEngine *self);

/* snapshot.c */
TcSnapshotSync *tc_snapshot_sync_new (void);
void        tc_snapshot_sync_free   (TcSnapshotSync *self);
void        tc_engine_on_get_part   (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_part       (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_part_stored (TcEngine *self, const TcInput *input);
/* The block of the snapshot at @height was asked of @peer. */
gboolean    tc_engine_awaits_snapshot_block (const TcEngine *self, const TcPeer *peer, guint32 height);
/* Returns: TRUE where the block was asked for as a snapshot's. */
gboolean    tc_engine_take_snapshot_block (TcEngine *self, TcPeer *peer, TcBlock *block, TcCommit *commit);
/* A snapshot is being fetched: nothing is signed. */
gboolean    tc_engine_is_snapshotting (const TcEngine *self);
/* The driver puts it in the state's place: another engine takes over. */
gboolean    tc_engine_is_installing (const TcEngine *self);
/* The same, or one may soon be: no blocks are asked for. */
gboolean    tc_engine_awaits_snapshot (TcEngine *self);
void        tc_engine_snapshot_tick (TcEngine *self);
gint64      tc_engine_snapshot_deadline (TcEngine *self);
/* Returns: FALSE where none is being fetched. */
gboolean    tc_engine_snapshot_progress (TcEngine *self, TcSyncProgress *ret_progress);

/* history.c */
TcHistorySync  *tc_history_sync_new          (gboolean is_wanted);
void        tc_history_sync_free         (TcHistorySync *self);
/* Returns: TRUE where the block was asked for as history. */
gboolean    tc_engine_take_history_block (TcEngine *self, TcPeer *peer, TcBlock *block);
void        tc_engine_on_past_stored (TcEngine *self, const TcInput *input);
void        tc_engine_history_tick  (TcEngine *self);
gint64      tc_engine_history_deadline (TcEngine *self);
gboolean    tc_engine_history_progress (TcEngine *self, TcSyncProgress *ret_progress);

/* watch.c */
void        tc_engine_begin_watch   (TcEngine *self);                        /* an epoch */
void        tc_engine_free_watch    (TcEngine *self);
void        tc_engine_begin_attestations (TcEngine *self);                   /* a height */
void        tc_engine_greet_with_heartbeat (TcEngine *self, TcPeer *peer);
void        tc_engine_on_heartbeat  (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_on_attestation (TcEngine *self, TcPeer *peer, GBytes *body);
void        tc_engine_note_reached  (TcEngine *self, guint32 masternode, const TcPublicKey *operator_key);
/* Signs and sends what this member attests with its precommit at @height, once. */
void        tc_engine_attest        (TcEngine *self, guint32 height);
/* Whether the block after the one of @header, which is the next, would be its epoch's last (B2). */
gboolean    tc_engine_is_before_last (TcEngine *self, const TcHeader *header);
/* The tip's commit with all attestations at hand, for a last block's body. */
TcCommit   *tc_engine_attested_commit (TcEngine *self, const TcCommit *commit);
void        tc_engine_watch_tick    (TcEngine *self);
gint64      tc_engine_watch_deadline (TcEngine *self);

/* clock.c */
void        tc_engine_note_peer_clock (TcEngine *self, TcPeer *peer, guint64 wall_ms);
void        tc_engine_clock_tick    (TcEngine *self);

G_END_DECLS
