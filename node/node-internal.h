#pragma once

#include "node-private.h"
#include "node-rpc.h"
#include "progress.h"
#include "net/portmap.h"
#include "rpc/server.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "core/verifier-pool.h"

G_BEGIN_DECLS

/* The inside of a node, shared by node.c (the public side), recover.c (opening and closing), driver.c (the engine's effects), network.c (what
 * comes from peers), serve.c (what peers fetch), snapshots.c, status.c (what is shown) and events.c (who is told).
 * But for what says otherwise, everything belongs to the node's thread. */

typedef struct _TcEventHub TcEventHub;

typedef struct _TcServing TcServing;

typedef struct _TcDiscovery TcDiscovery;

/* Work on another thread, then what follows from it on the node's. */
typedef struct _TcJob TcJob;
typedef void (*TcJobFunc) (TcJob *job);

struct _TcJob
{
  TcNode    *node;
  TcJobFunc  work, then;
  GError    *error;
  TcEffect   effect;    /* owned: what it carries out */
  GPtrArray *effects;   /* PERSIST: TcEffect, borrowed from the queue */
  GPtrArray *answers;   /* SERVE, SERVE_LINKS, SERVE_PART: GBytes */
  gboolean   packed;    /* they are compressed */
  gboolean   found;     /* LOOK_UP: header, with effect.commit and effect.committee */
  TcHeader   header;
  gboolean   more;      /* PRUNE: not all is gone */
  GArray    *addresses; /* discover.c: TcStoreAddress, to be kept */
  GPtrArray *bans;      /* network.c: TcNetBan, to be kept */
  GBytes    *proof;     /* STORE_PART, INSTALL: the manifest */
  TcStoreDump *dump;    /* SNAPSHOT, INSTALL */
};

struct _TcNode
{
  gatomicrefcount ref_count;

  /* Set by tc_node_new (). Any thread. */
  TcNetwork      *network;
  char           *data_dir, *listen_wanted, *rpc_wanted;
  char          **connect;
  TcSecretKey    *operator_key;
  guint32         sign_anyway_epoch;
  guint           cache_mb, prune_mb;
  TcNodeSyncMode  sync_mode;
  gboolean        history, map_port, discover;
  char           *proxy;        /* (nullable) */
  TcCheckpoint    trusted_block;
  GMainContext   *context;
  TcEventHub     *hub;

  /* Under lock. */
  GMutex          lock;
  TcNodeStatus   *status;
  char           *listen, *rpc_address;
  GPtrArray      *methods;      /* RpcMethod: what is to be added, in order */
  TcRpcServer    *server;       /* NULL: not running */
  GMainContext   *stop_context;
  void          (*stop_handler) (gpointer user_data);
  gpointer        stop_data;
  gboolean        launched;     /* the thread was started */
  gboolean        gone;         /* it takes no more requests */
  gboolean        readable;     /* the store is open for readers of other threads */
  guint           n_readers;
  GCond           no_readers;
  GThread        *thread;

  gint            fee_rate;     /* atomic */

  /* The node's thread. */
  GMainLoop      *loop;
  GTask          *start_task;
  GPtrArray      *stop_tasks;
  gboolean        stopping, running;
  TcStore        *store;
  TcVerifierPool *verifiers;
  TcEngine       *engine;
  TcNet          *net;
  TcPortMap      *port_mapping; /* (nullable) */
  char           *external;     /* (nullable): where the router lets connections in */
  TcNodeRpc      *rpc;
  GSource        *timer;
  gint64          started_us;

  /* driver.c */
  TcEffects       effects;
  GQueue          queue;        /* TcEffect *, in order */
  GThreadPool    *signer, *writer;  /* one thread each */
  GThreadPool    *checker;      /* one thread at most, while there are any: reads coins for checks */
  guint           engine_number; /* grows where another engine takes the place of this one: answers to the one before are dropped */
  gboolean        persisting;
  guint           n_writes;     /* jobs of the writer under way */
  TcServing      *serving;
  gsize           writes_bytes; /* of their blocks */
  gboolean        writer_full;  /* the engine was told so */
  GThreadPool    *dumper;       /* one thread: makes snapshots */
  GThreadPool    *provers;      /* proves parts of one that is fetched */
  TcStoreDump    *dump;         /* (nullable): under way */
  GBytes         *manifest;     /* (nullable): of the snapshot that is fetched */
  guint32         import_height; /* whose parts the writer takes */
  gboolean        pruning_blocks;
  GSource        *prune_blocks_timer;  /* (nullable) */
  GSource        *replace_timer;  /* (nullable): a snapshot is installed, and waits for its engine */
  GSource        *prune_timer;  /* (nullable) */
  gboolean        pruning;      /* a removal waits or is under way */
  guint32         pruned_epoch;  /* the signer's thread: the store says that earlier epochs are deleted */
  gboolean        block_missing; /* the writer's thread: a block was not written, and none may follow */
  guint32         prune_epoch;  /* what was signed before it goes */
  TcDiscovery    *discovery;    /* (nullable): NULL: nothing is found */
  GPtrArray      *added;        /* (nullable) char *: addresses that an operator added while it runs */
  GHashTable     *dialled;      /* (nullable): hosts of the committee, dialled for as long as they are in it */
  gboolean        failed;       /* a store failed: nothing leaves any more */

  /* status.c */
  TcNodeState     state;
  char           *problem, *warning;
  char           *clock_warning;  /* (nullable): C4 */
  char           *trust_warning;  /* (nullable): a peer contradicted a trusted block (S4) */
  char           *proxy_warning;  /* (nullable): the proxy cannot be used */
  GArray         *marks;        /* TcNodeBlockMark of this epoch */
  guint32         stored_height; /* the newest block on disk: the engine's tip runs ahead by the writes under way */
  TcHash          stored_hash;
  gint64          stored_time_ms;
  gint64          published_us;
  gboolean        dirty;
  GSource        *publish_timer;
  TcProgress      progress[TC_NODE_SYNC_HISTORY + 1];  /* by phase: they may take turns */
  guint64         weight;       /* of all blocks that were stored since the start: what checking them costs */
  GHashTable     *book;         /* TcHash -> Entry: finality of recent transactions */
};

/* node.c */
/* Returns: FALSE, with nothing done, where there is no thread that would run @func: what is posted before that is run for certain. Any thread. */
gboolean tc_node_wake           (TcNode *self, GSourceFunc func, gpointer data, GDestroyNotify destroy);
/* The table of methods, made where there is none yet: it listens nowhere. (transfer none) */
TcRpcServer *tc_node_ensure_rpc (TcNode *self);
/* Returns: TRUE, and answered @task, where the node does not run. */
gboolean tc_node_refuse_stopped (TcNode *self, GTask *task);
/* Between the two any thread may read the store. Returns: FALSE, with @error, where the node does not run. */
gboolean tc_node_begin_read     (TcNode *self, GError **error);
void     tc_node_end_read       (TcNode *self);
/* The node's end waits for readers: who reads for long asks now and then whether it should go on. */
gboolean tc_node_may_read       (TcNode *self);

/* recover.c */
gboolean tc_node_open          (TcNode *self, GError **error);  /* store, engine, recovery, network, RPC */
void     tc_node_close         (TcNode *self);                  /* the same backwards; waits for what is being written */
void     tc_node_set_error     (GError **error, TcNodeError code, GError *cause);  /* takes @cause */
gboolean tc_node_take_store_error (GError **error, GError *cause);  /* the same. Returns: FALSE. */
gboolean tc_node_recover       (TcNode *self, GError **error);  /* an engine from what the store holds; there is none now */

/* driver.c */
void     tc_node_feed          (TcNode *self, TcInput *input, TcTxVerdict *ret_verdict);
void     tc_node_fail          (TcNode *self, const GError *error);
void     tc_node_pump          (TcNode *self);                  /* carries out what is queued */
void     tc_node_start_timer   (TcNode *self);                  /* the engine's deadline */
void     tc_node_set_timer     (TcNode *self);
void     tc_node_clear_queues  (TcNode *self);
void     tc_node_tell_reached  (TcNode *self, guint32 masternode, const TcPublicKey *operator_key);

/* network.c */
gboolean tc_node_open_net      (TcNode *self, GError **error);
/* Those in force, to peers.sqlite, by the writer's thread. */
void     tc_node_save_bans     (TcNode *self);

/* job.c */
/* @work on a thread, then @then on the node's; what the job holds is freed after that. */
TcJob       *tc_job_new         (TcNode *node, TcJobFunc work, TcJobFunc then);
void         tc_job_push        (TcJob *job, GThreadPool *thread);
GThreadPool *tc_job_thread_new  (void);                /* one thread: jobs in order */
GThreadPool *tc_job_threads_new (guint n);
void         tc_job_thread_free (GThreadPool *thread); /* (nullable); waits for its jobs */

/* serve.c */
TcServing *tc_serving_new         (TcNode *node);
void       tc_serving_stop        (TcServing *self);   /* waits for what is being read */
void       tc_serving_free        (TcServing *self);
void       tc_serving_take        (TcServing *self, TcEffect *effect);  /* a SERVE or SERVE_LINKS: what it holds is taken */
void       tc_serving_note_stored (TcServing *self);   /* there are more blocks on disk */
void       tc_serving_forget      (TcServing *self, guint64 peer);      /* it left */

/* trust.c */
/* Blocks that the network file, the configuration and the user's last answer vouch for. Returns: (transfer full) (element-type TcCheckpoint): NULL where they contradict each other, or the chain. */
GArray    *tc_node_list_trusted (TcNode *self, guint32 block_height, GError **error);
void       tc_node_note_trust   (TcNode *self, const TcEffect *effect);  /* a TRUST effect */

/* snapshots.c: effects, of which they take what they hold */
void     tc_node_open_snapshots    (TcNode *self);
void     tc_node_stop_snapshots    (TcNode *self);    /* waits for what is being proven */
void     tc_node_clear_snapshots   (TcNode *self);    /* once the writer's thread has ended */
gboolean tc_node_restore_snapshots (TcNode *self, GError **error);  /* tells a new engine what the store holds beside the state */
void     tc_node_update_served     (TcNode *self);
void     tc_node_make_snapshot     (TcNode *self, TcEffect *effect);
void     tc_node_store_part        (TcNode *self, TcEffect *effect);
void     tc_node_install_snapshot  (TcNode *self, TcEffect *effect);
void     tc_node_store_past        (TcNode *self, TcEffect *effect);
void     tc_node_prune_blocks      (TcNode *self);    /* there may be more of them than prune_mb allows */

/* check.c */
void     tc_node_open_checks   (TcNode *self);                  /* before the engine is made */
void     tc_node_begin_check   (TcNode *self, TcEffect *effect); /* a CHECK effect: takes what it holds */
void     tc_node_stop_checks   (TcNode *self);                  /* nothing is checked any more; their last closures are posted */

/* discover.c: the network's own discovery; without TcNodeConfig.discover these do nothing */
/* Before and after the network is made. Fills in @config, which refers to self->discovery. */
void     tc_node_discover_prepare (TcNode *self, TcNetConfig *config);
void     tc_node_discover_begin   (TcNode *self);
/* What the chain says of masternodes' hosts. */
void     tc_node_learn_hosts      (TcNode *self);
/* Keeps what is known, waiting for it; before the network stops. */
void     tc_node_discover_end     (TcNode *self);

/* dial.c */
void     tc_node_dial          (TcNode *self);  /* once, when the network is open */
void     tc_node_dial_members  (TcNode *self);  /* the committee has changed */

/* status.c */
void     tc_node_book_init     (TcNode *self);
void     tc_node_book_clear    (TcNode *self);
void     tc_node_note_effect   (TcNode *self, const TcEffect *effect);  /* a TX effect */
void     tc_node_note_submit   (TcNode *self, const TcHash *txid, gint64 submitted_us);
void     tc_node_note_block    (TcNode *self, TcBlock *block, gboolean announce);  /* it is on disk */
void     tc_node_forget_blocks (TcNode *self);                  /* those of the clock's face: another state takes over */
void     tc_node_touch_status  (TcNode *self);                  /* soon, at most ten times a second */
void     tc_node_publish_status (TcNode *self);

/* events.c */
TcEventHub *tc_event_hub_new     (void);
void        tc_event_hub_free    (TcEventHub *self);
/* Any thread. */
guint       tc_event_hub_add     (TcEventHub *self, guint kinds, GMainContext *context, TcNodeEventFunc callback, gpointer user_data,
                                  GDestroyNotify destroy);
void        tc_event_hub_remove  (TcEventHub *self, guint id);
/* Copies @event to each subscriber of its kind. */
void        tc_event_hub_publish (TcEventHub *self, const TcNodeEvent *event);

G_END_DECLS
