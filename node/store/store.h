#pragma once

#include "core/link.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

/* A node's files in its data directory. Three SQLite databases, each with a writer of its own, so that none waits for another:
 *   chain.sqlite   blocks with their commits, unspent outputs, LtHash buckets, the ledger's state: one transaction a step
 *   signed.sqlite  what consensus signed or relies on, by epoch: WAL, synchronous = FULL (rule C5)
 *   peers.sqlite   bans and addresses
 * Every function blocks on the disk. Each group below may be used from one thread at a time but where it says otherwise, different groups from
 * different threads.
 * Nothing is ever overwritten that is damaged, of another chain or of a newer version: opening fails and says what to do. */
typedef struct _TcStore TcStore;

typedef enum
{
  TC_STORE_ERROR_IN_USE   = 0,  /* another process has this directory open */
  TC_STORE_ERROR_DISK     = 1,  /* full, read-only, not writable; the message names the directory and what to do */
  TC_STORE_ERROR_DAMAGED  = 2,
  TC_STORE_ERROR_VERSION  = 3,  /* written by a newer version */
  TC_STORE_ERROR_CHAIN    = 4,  /* belongs to another network */
} TcStoreError;

#define TC_STORE_ERROR (tc_store_error_quark ())
GQuark    tc_store_error_quark  (void);

/* Makes @dir (0700) where it is missing, takes its lock file, opens and migrates. */
TcStore  *tc_store_open         (const char *dir, const TcHash *chain_id, GError **error);
void      tc_store_close        (TcStore *self);
/* Memory for pages of chain.sqlite, of all connections together (default 16 MB). Once, before other threads use the store. */
gboolean  tc_store_set_memory   (TcStore *self, gsize size_bytes, GError **error);

/* What signed.sqlite was found to be when it was opened (rule C5). All after FIRST are old: the node signs nothing before the next epoch. The file is given a new name then, so that the
 * next start finds it in order. */
typedef enum
{
  TC_SIGNED_SAME     = 0,  /* the file that was written last, as it was written last */
  TC_SIGNED_FIRST    = 1,  /* made now, with the chain */
  TC_SIGNED_LOST     = 2,  /* made now, where there was one before */
  TC_SIGNED_COPIED   = 3,  /* another file with those contents: a copy, or out of a backup */
  TC_SIGNED_MOVED    = 4,  /* last written on another machine */
  TC_SIGNED_RESTORED = 5,  /* an earlier state */
  TC_SIGNED_FOREIGN  = 6,  /* not the one that signed.id names */
  TC_SIGNED_UNKNOWN  = 7,  /* signed.id is missing or damaged */
  TC_SIGNED_KEY      = 8,  /* of another operator key, or of none */
} TcSignedVerdict;

typedef struct
{
  TcSignedVerdict verdict;
  gint64          made_ms;   /* Unix: since when it is whole */
  gboolean        replaced;  /* then it took the place of another, or of an earlier state */
  guint64         starts;    /* how often it was opened since */
} TcSignedAge;

const char        *tc_signed_verdict_name    (TcSignedVerdict verdict);
const char        *tc_signed_verdict_message (TcSignedVerdict verdict);  /* a sentence for people */
gboolean           tc_signed_verdict_is_old  (TcSignedVerdict verdict);
const TcSignedAge *tc_store_get_signed_age   (TcStore *self);
/* The operator key that this node signs with from now on (nullable): what it signed elsewhere until now is not in a store that was last opened for another one, or for none. To be
 * called before the age is asked for. */
gboolean           tc_store_bind_key         (TcStore *self, const TcPublicKey *key, GError **error);

/* --- chain: writer --- */

typedef struct
{
  TcBlock  *block;
  TcCommit *commit;   /* of this block */
  TcCommittee *committee;        /* (nullable): of its epoch, with the first block of one */
  guint32      committees_from;  /* with a committee: those of earlier epochs are deleted */
  TcLink      *link;             /* (nullable): of its epoch, with the last block of one */
} TcStoreBlock;

/* Blocks (ascending, following what is stored) and, where @flush is given, the state after flush->height: all in one transaction.
 * @durable: synced when this returns; FALSE while catching up. */
gboolean  tc_store_write        (TcStore *self, const TcStoreBlock *blocks, gsize n_blocks, TcFlush *flush, gboolean durable, GError **error);

/* Links of epochs whose blocks are not here yet, ascending without gaps. They take the place of all from epoch @from on, the first one's; @n_links 0: those are deleted. */
gboolean  tc_store_write_links  (TcStore *self, guint32 from, TcLink *const *links, gsize n_links, GError **error);
/* History, downwards: @blocks descend from the height below which blocks are missing (tc_store_get_gap ()'s last; TC_CHECK), each proven by the one above it. Without a committee. */
gboolean  tc_store_write_past   (TcStore *self, const TcStoreBlock *blocks, gsize n_blocks, GError **error);
/* Deletes some of the oldest blocks where all take more than @limit_bytes, but none from height @keep_from on, nor from the newest snapshot's block on: who takes it goes on from there.
 * A few at a time: what is to be written waits meanwhile. The file's free pages are used again. @ret_more: there may be others to delete. */
gboolean  tc_store_prune_blocks (TcStore *self, guint64 limit_bytes, guint32 keep_from, gboolean *ret_more, GError **error);

/* --- chain: readers --- */

/* From any thread: all blocks from there to the newest are stored; 1: the whole chain; the newest block's height + 1 where none is. */
guint32   tc_store_get_oldest_block (TcStore *self);
/* From any thread: the highest range of heights that are missing below stored blocks, because they were pruned or a snapshot was taken. Returns: FALSE where there is none. */
gboolean  tc_store_get_gap      (TcStore *self, guint32 *ret_first, guint32 *ret_last);

/* The newest flushed state. @ret_state NULL: an empty store. @ret_buckets: 256 x 2 048 bytes. @ret_block_height: of the newest stored block, which may be above the state's. */
gboolean  tc_store_load_state   (TcStore *self, GBytes **ret_state, guint8 **ret_buckets, guint32 *ret_block_height, GError **error);
/* For the engine's thread: a connection of its own. A view cannot say that the disk failed: it then answers FALSE, and tc_store_check_fault ()
 * fails from then on. */
const TcCoinView *tc_store_get_coin_view (TcStore *self);
/* Whether every answer of the view was true; from any thread. The driver asks after each step, before it carries out the step's effects, and halts
 * where this is FALSE. */
gboolean  tc_store_check_fault  (TcStore *self, GError **error);
/* From any thread: of @n outpoints which are unspent, all by one written state. @ret_coins, @ret_found: @n each. Returns: FALSE where the disk failed. */
gboolean  tc_store_read_coins   (TcStore *self, const TcOutpoint *outpoints, gsize n, TcCoin *ret_coins, guint8 *ret_found, GError **error);
/* From any thread: connections are kept in a small pool. Returns: FALSE without @error where there is no such block.
 * @ret_block, @ret_commit: (out) (optional) (transfer full). */
gboolean  tc_store_read_block   (TcStore *self, guint32 height, TcBlock **ret_block, TcCommit **ret_commit, GError **error);
/* The stored encodings, for serving peers without decoding. */
gboolean  tc_store_read_block_bytes (TcStore *self, guint32 height, GBytes **ret_block, GBytes **ret_commit, GError **error);
/* Header, commit, and the committee of its epoch (NULL where it is not kept any more). Returns: FALSE without @error where there is no such block. */
gboolean  tc_store_read_past    (TcStore *self, guint32 height, TcHeader *ret_header, TcCommit **ret_commit, TcCommittee **ret_committee, GError **error);
/* The stored encodings (TcLink) of epoch @from and those after it without a gap, while they are at most @n_max and of at most @size_max bytes in all; none where that one is not here.
 * From any thread. Returns: (transfer full) (element-type GBytes): NULL sets @error. */
GPtrArray *tc_store_read_links  (TcStore *self, guint32 from, guint n_max, gsize size_max, GError **error);
gboolean  tc_store_find_block   (TcStore *self, const TcHash *hash, guint32 *ret_height, GError **error);

/* --- looking things up: any thread --- */

/* @ret_committee: NULL where it is not kept any more. */
gboolean  tc_store_read_committee (TcStore *self, guint32 epoch, TcCommittee **ret_committee, GError **error);
/* The height that unspent outputs of @txid bear: its block's, or above it where all that is left is a collateral that was released. Returns: FALSE, without @error, where none is left. */
gboolean  tc_store_guess_height   (TcStore *self, const TcHash *txid, guint32 *ret_height, GError **error);
/* Returns: FALSE: that is enough. */
typedef gboolean (*TcStoreCoinFunc) (const TcOutpoint *outpoint, const TcCoin *coin, gpointer user_data);
/* Every unspent output of one written state, in order of outpoints; @ret_height: its. Takes as long as reading them all; nobody waits for it. Returns: FALSE where the disk failed. */
gboolean  tc_store_scan_coins     (TcStore *self, guint32 *ret_height, TcStoreCoinFunc callback, gpointer user_data, GError **error);

/* --- signed --- */

/* One record of consensus; what @kind and @data mean is the engine's business. */
typedef struct
{
  guint32 epoch;
  guint8  kind;
  GBytes *data;
} TcSignedRecord;

/* Appends in order, in one durable transaction. */
gboolean  tc_store_append_signed (TcStore *self, const TcSignedRecord *records, gsize n_records, GError **error);
/* All records, in the order in which they were appended. Returns: (transfer full) (element-type TcSignedRecord): an array that frees its elements. */
GArray   *tc_store_load_signed   (TcStore *self, GError **error);
/* Puts @by in the place of the record of @kind that holds @data, durably; nothing where there is none. */
gboolean  tc_store_replace_signed (TcStore *self, guint8 kind, GBytes *data, GBytes *by, GError **error);
/* Deletes the first @n_max records of epochs before @epoch. A few at a time: what is to be appended waits meanwhile.
 * @ret_more: there may be others left. */
gboolean  tc_store_prune_signed  (TcStore *self, guint32 epoch, guint n_max, gboolean *ret_more, GError **error);

/* --- a look from outside --- */

/* What a data directory holds for its operator to see. */
typedef struct
{
  char        *path;            /* of signed.sqlite */
  gboolean     running;         /* a node has the directory open */
  TcSignedAge  age;             /* verdict: what a node would find if it started now; of one that runs: what it has now */
  GArray      *records;         /* as of tc_store_load_signed () */
  guint32      height;          /* of the newest block; 0: none */
  guint32      epoch;           /* of the next block */
  gint64       epoch_start_ms;  /* Unix; 0: with genesis */
  GPtrArray   *commits;         /* TcCommit: of the blocks of this epoch, newest first */
  TcCommittee *committee;       /* (nullable) of this epoch; NULL before its first block */
} TcStoreInspection;

/* Writes nothing and takes no lock, so a node may run meanwhile. @chain_id: (nullable): that it must be of. */
gboolean  tc_store_inspect           (const char *dir, const TcHash *chain_id, TcStoreInspection *ret_inspection, GError **error);
void      tc_store_inspection_clear  (TcStoreInspection *self);

/* --- peers: any thread --- */

typedef struct
{
  char   *address;
  gint64  until_ms, created_ms;  /* Unix */
  char   *reason;
} TcStoreBan;

gboolean  tc_store_save_bans     (TcStore *self, const TcStoreBan *bans, gsize n_bans, GError **error);
GArray   *tc_store_load_bans     (TcStore *self, GError **error);

#define TC_STORE_IP_SIZE       16u
#define TC_STORE_ADDRESSES_MAX 65536u

/* An address of the book of addresses, which says what the fields mean. A plain value. */
typedef struct
{
  guint8   ip[TC_STORE_IP_SIZE], source[TC_STORE_IP_SIZE];
  guint16  port;
  guint8   anchor;     /* 1 ..: was connected to when this was kept, longest first; 0: not */
  gboolean tried;
  gint64   seen_s, dialled_s, good_s;
  guint32  failures;
} TcStoreAddress;

/* Puts these, at most TC_STORE_ADDRESSES_MAX, in the place of all, in one transaction. */
gboolean  tc_store_save_addresses (TcStore *self, const TcStoreAddress *addresses, gsize n_addresses, GError **error);
/* Returns: (transfer full) (element-type TcStoreAddress): tried ones first. Rows that are damaged are left out. */
GArray   *tc_store_load_addresses (TcStore *self, GError **error);
/* Small values under a name, such as the node's Noise key. @ret_value NULL where absent. */
gboolean  tc_store_set_value     (TcStore *self, const char *name, GBytes *value, GError **error);
gboolean  tc_store_get_value     (TcStore *self, const char *name, GBytes **ret_value, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcStore, tc_store_close)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcStoreInspection, tc_store_inspection_clear)

G_END_DECLS
