#pragma once

#include "chain-fixture.h"
#include "engine/engine.h"
#include "engine/messages.h"
#include "snapshot-disk.h"

G_BEGIN_DECLS

/* A few engines in one process, their clock, wires and disks in memory; the simulator proper is in tests/sim. Everything follows from the arguments.
 * Places that no engine takes belong to the test: it sends what it likes with their keys, and sees what they get through the filter.
 *
 * All that leaves an engine is checked: no key signs twice (C5, C7), no member votes for two spenders of one output in an epoch (F1). */

#define ENGINE_NET_MAX 8u

typedef struct _EngineNet EngineNet;

/* Returns: FALSE to drop it. */
typedef gboolean (*EngineNetFilter) (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data);

typedef struct
{
  TcEngine      *engine;         /* (nullable): down, or the test's */
  TcMemoryStore *store;
  guint32        state_height;
  GPtrArray     *blocks;         /* TcBlock, from height 1; NULL: not here */
  GPtrArray     *commits;        /* TcCommit */
  SnapshotDisk   disk;           /* snapshots, gaps */
  gboolean       makes_none;     /* no snapshots are made there */
  TcSyncMode     sync_mode;
  gboolean       history;
  guint          n_parts_stored, n_installed;
  GArray        *records;        /* TcRecord */
  GPtrArray     *committees;     /* TcCommittee, from epoch 1 */
  GPtrArray     *links;          /* TcLink, from epoch 1 */
  const TcCheckpoint *trusted;   /* when it is started */
  gsize          n_trusted;
  gboolean       asks;           /* for a trusted block, as it told last */
  TcCheckpoint   offered;
  guint64        offered_time_ms;
  gint64         created_ms;
  gboolean       replaced;
  guint32        sign_anyway_epoch;
  gboolean       no_key;
  guint64        peers[ENGINE_NET_MAX];     /* connection to each place, 0: none */
  guint          punished[ENGINE_NET_MAX];  /* points, by place */
  GHashTable    *finals;         /* TcHash: told to be final */
  GHashTable    *confirmed;      /* TcHash: told to be confirmed */
  guint          n_look_ups;
  guint32        jailed;         /* bit i: it told that masternode i is jailed */
  guint          n_warnings;
  char          *warning, *halt; /* (nullable) the last */
  char          *clock_warning;  /* (nullable) what stands */
  gboolean       unreachable;    /* by probes */
  guint          n_probes;
  guint32        reached;        /* bitmap of places that its probes found, not told yet */
  guint64        n_effects;      /* PERSIST and SEND that were carried out */
  guint64        cut_at;         /* the power fails before that one; 0: never */
  gint64         write_lag_ms;   /* blocks reach the disk so much later than signed records */
  GQueue         writer;
  GQueue         checks;         /* under way */
  gint64         check_lag_ms;   /* they take so long; their coins are read at once */
  guint          n_checks;
  TcVerifier     verifier;       /* the engine's own, in the step */
  gsize          n_verified;     /* signatures that it checked */
  guint64        n_fetched;      /* coins that were read for them; store->n_reads are the engine's own */
  gint64         clock_ms;       /* its wall clock is so much ahead */
} EngineNode;

struct _EngineNet
{
  TcChainFixture *chain;
  guint           n;
  EngineNode      nodes[ENGINE_NET_MAX];
  gint64          mono_ms, wall_ms;
  GQueue          wire;
  guint64         next_peer;
  EngineNetFilter filter;
  gpointer        user_data;
  GHashTable     *signed_once;   /* what a key may sign once -> what it signed */
  GHashTable     *bodies;        /* TcHash -> TcTx: submitted or sent */
};

extern const TcParams ENGINE_NET_PARAMS;

/* @params: NULL for ENGINE_NET_PARAMS. Nothing runs yet. */
EngineNet *engine_net_new     (guint n, guint n_payers, const TcParams *params);
/* @tiers: n of them, NULL for all Gold. */
EngineNet *engine_net_new_tiers (guint n, const TcTier *tiers, guint n_payers, const TcParams *params);
void       engine_net_free    (EngineNet *self);
/* Starts place @i from what its disk holds, and connects it to all that run and to the test's places. */
void       engine_net_start   (EngineNet *self, guint i);
/* Its power fails: what was not persisted is gone. */
void       engine_net_kill    (EngineNet *self, guint i);
void       engine_net_start_all (EngineNet *self, guint n);
void       engine_net_run     (EngineNet *self, gint64 ms);
/* Runs until all engines stand at @height or above. Returns: FALSE where that takes longer than @ms. */
gboolean   engine_net_run_to  (EngineNet *self, guint32 height, gint64 ms);
gboolean   engine_net_run_epoch (EngineNet *self, guint32 epoch, gint64 ms);
TcTxVerdict engine_net_submit (EngineNet *self, guint i, TcTx *tx);
/* From place @from (the test's) to the engine at @to, at once. */
void       engine_net_send    (EngineNet *self, guint from, guint to, guint8 type, GBytes *body);
/* The connection of the engine at @to with the test's place @from ends, or is made anew. */
void       engine_net_part    (EngineNet *self, guint from, guint to);
void       engine_net_join    (EngineNet *self, guint from, guint to);
guint32    engine_net_height  (EngineNet *self, guint i);
/* Of the height that place @i works at. */
TcCommittee *engine_net_committee (EngineNet *self, guint i);
/* The place of the member at @member of that committee. */
guint      engine_net_place   (EngineNet *self, guint i, guint member);
guint      engine_net_member  (EngineNet *self, guint i, guint place);
guint      engine_net_proposer (EngineNet *self, guint i, guint32 round);   /* a place */
gboolean   engine_net_in_chain (EngineNet *self, guint i, const TcHash *txid);
/* All engines that run have the same blocks as far as they go. */
void       engine_net_check_same (EngineNet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngineNet, engine_net_free)

G_END_DECLS
