#pragma once

#include "db.h"
#include "store.h"

G_BEGIN_DECLS

/* For the files of this folder, and for tests that make its disk fail. */

#define TC_STORE_READERS_MAX 4u  /* connections kept for readers */

/* Heights whose blocks are not stored, below one that is. */
typedef struct
{
  guint32 first, last;
} TcGap;

/* A snapshot that is being taken in. */
typedef struct
{
  gboolean under_way;
  TcHash   hash;         /* of its block */
  guint32  height;
  guint8   parts[32];
  guint    n_parts;
} TcImport;

typedef struct
{
  TcDb     *writer;       /* the chain's writer thread */
  gboolean  writer_full;  /* its synchronous setting is FULL now */
  int       log_pages_max; /* of the write-ahead log, before it is written back */
  guint32   block_height; /* newest stored; 0: none */
  guint32   state_height;
  gboolean  has_state;
  guint64   block_bytes;  /* of all blocks and commits stored */
  TcImport  import;

  TcDb      *view_db;     /* the engine's thread */
  TcCoinView view;

  GMutex     mutex;
  GPtrArray *readers;     /* idle TcDb; under mutex */
  gsize      reader_memory;  /* of each, for pages, in bytes */
  GError    *fault;       /* (nullable): the first failure of the view; under mutex */
  GArray   *gaps;        /* TcGap, ascending; changed by the writer, under mutex */
  GArray   *snapshots;   /* guint32: heights of those that are served, ascending; under mutex */
  gint      n_dumps;     /* under way: they hold a view of the past; atomic */
} TcChain;

struct _TcStore
{
  char       *dir;
  int         lock_fd;
  TcChain     chain;
  TcDb       *signed_db;
  TcSignedAge age;
  int         guard_fd;     /* signed.id, or -1 */
  TcDb       *peers_db;
  GMutex      peers_mutex;  /* of peers_db */
};

/* Statements of chain.sqlite that are not chain.c's own: its numbers go on behind them. */
enum
{
  TC_CHAIN_STMT_PUT_LINK,
  TC_CHAIN_STMT_CUT_LINKS,
  TC_CHAIN_STMT_GET_LINKS,
  TC_CHAIN_STMT_FIND_UNLINKED,
  TC_CHAIN_N_SHARED_STMTS,
};

/* Statements of signed.sqlite. */
enum
{
  TC_SIGNED_STMT_APPEND,
  TC_SIGNED_STMT_LOAD,
  TC_SIGNED_STMT_PRUNE,
  TC_SIGNED_STMT_GET_LAST,
  TC_SIGNED_STMT_GET_BORN,
  TC_SIGNED_STMT_GET_IDENTITY,
  TC_SIGNED_STMT_PUT_IDENTITY,
  TC_SIGNED_STMT_REPLACE,
  TC_SIGNED_N_STMTS,
};

#define TC_SIGNED_ID_SIZE 16u

/* Which file signed.sqlite is, so that a copy of it, or an earlier state, is known for what it is (rule C5). It stands in signed.sqlite; name, number of starts and the number of the
 * newest record stand in signed.id too. */
typedef struct
{
  guint8   id[TC_SIGNED_ID_SIZE];  /* random */
  guint64  starts;                 /* how often it was opened */
  guint64  device, inode;
  gint64   born_ns;                /* of the file; 0: the file system does not say */
  gboolean has_machine;
  TcHash   machine;
  gint64   made_ms;
  gboolean replaced;
  gboolean has_key;                /* FALSE: as a version that did not write it down left it */
  TcPublicKey key;                 /* that signs; zero: none */
} TcIdentity;

/* identity.c. Judges signed.sqlite, gives it a new name where it is old, counts this start, and fills in self->age. */
gboolean tc_store_identify     (TcStore *self, gboolean has_chain, GError **error);
/* Judges only. */
gboolean tc_store_judge        (TcDb *signed_db, const char *dir, TcSignedAge *ret_age, GError **error);
/* The number of the newest record, once it is on disk. */
void     tc_store_note_last    (TcStore *self, gint64 last);
GArray  *tc_store_load_records (TcDb *signed_db, GError **error);

extern const TcDbFile TC_CHAIN_FILE;
extern const TcDbFile TC_SIGNED_FILE;
extern const TcDbFile TC_PEERS_FILE;

/* coin.outpoint and coin.data. Returns: the size. */
#define TC_CHAIN_OUTPOINT_SIZE 36u
#define TC_CHAIN_COIN_SIZE_MAX (5u + 9u + 1u + TC_KEY_HASH_SIZE)
gsize    tc_chain_encode_coin     (const TcCoin *coin, guint8 data[TC_CHAIN_COIN_SIZE_MAX]);
gboolean tc_chain_decode_coin     (const guint8 *data, gsize size, TcCoin *ret_coin);
void     tc_chain_encode_outpoint (const TcOutpoint *outpoint, guint8 data[TC_CHAIN_OUTPOINT_SIZE]);

#define TC_CHAIN_IMPORT_COIN "CREATE TABLE import_coin (outpoint BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;"

/* Within a transaction of the writer. */
/* With its committee and link, where it has them. Adds its size to @block_bytes. */
gboolean tc_chain_put_block   (TcChain *self, const TcStoreBlock *item, guint64 *block_bytes, GError **error);
gboolean tc_chain_put_state   (TcChain *self, guint32 height, GBytes *state, GError **error);
gboolean tc_chain_put_bucket  (TcChain *self, guint number, const guint8 *bucket, GError **error);
/* Of what is written next. */
gboolean tc_chain_set_durable (TcChain *self, gboolean durable, GError **error);
/* Not durable, and in small portions: blocks of a node at the tip come in between. */
gboolean tc_chain_set_background (TcChain *self, GError **error);

/* history.c: gaps and sizes. */
gboolean tc_chain_load_history (TcChain *self, GError **error);
/* (transfer full): the gaps, with one more above them where @height is above the one after the newest block. */
GArray  *tc_chain_dup_gaps     (const TcChain *self, guint32 height);
/* Within a transaction of the writer; tc_chain_take_history () once it is committed. */
gboolean tc_chain_put_history  (TcChain *self, const GArray *gaps, guint64 block_bytes, GError **error);
/* @gaps: copied.  @block_height: of the newest block. */
void     tc_chain_take_history (TcChain *self, const GArray *gaps, guint64 block_bytes, guint32 block_height);

/* import.c: what was under way when the store was closed. */
gboolean tc_chain_load_import  (TcChain *self, GError **error);

/* snapshot.c: finds the snapshots of @dir, and removes what a crash left. */
void     tc_chain_find_snapshots (TcChain *self, const char *dir);

gboolean tc_chain_open  (TcChain *self, const char *dir, const TcHash *chain_id, GError **error);
void     tc_chain_close (TcChain *self);
/* From any thread; to be given back. (nullable): NULL sets @error. */
TcDb    *tc_chain_take_reader (TcStore *store, GError **error);
void     tc_chain_give_reader (TcStore *store, TcDb *db);
/* @buckets: 256 x 2 048 bytes. */
gboolean tc_chain_read_buckets   (TcDb *db, guint8 *buckets, GError **error);
/* For a look from outside. A block that is not there is damage. @ret_committee: NULL where it is not kept. */
gboolean tc_chain_read_height    (TcDb *db, guint32 *ret_height, GError **error);
gboolean tc_chain_read_header    (TcDb *db, guint32 height, TcHeader *ret_header, TcCommit **ret_commit, GError **error);
gboolean tc_chain_read_committee (TcDb *db, guint32 epoch, TcCommittee **ret_committee, GError **error);

/* links.c: within a transaction of the writer's, which is rolled back where they fail. */
gboolean tc_chain_put_link       (TcDb *db, const TcLink *link, GError **error);
/* Links that blocks and committees which are kept make up, of a time before links were stored. */
gboolean tc_chain_fill_links     (TcDb *db, guint32 block_height, GError **error);

G_END_DECLS
