#pragma once

#include "core/tx.h"
#include "ledger/coin.h"

G_BEGIN_DECLS

/* Pending transactions: rule P1, and of F8 that an output has at most two spenders here. Pure; one owner. The owner has checked each transaction. */
typedef struct _TcMempool TcMempool;

#define TC_MEMPOOL_TXS_MAX    10000u
#define TC_MEMPOOL_BYTES_MAX  300000000u
#define TC_MEMPOOL_EXPIRY_MS  (72 * 3600 * 1000)
#define TC_MEMPOOL_SPENDERS_MAX 2u

typedef struct
{
  TcTx    *tx;
  TcAmount fee;
  guint64  arrival;    /* ascending in order of arrival */
  gint64   seen_ms;    /* monotonic */
  gint64   offered_ms; /* when it was last announced again; the owner's */
  gboolean kept;       /* voted for, certified or acknowledged in this epoch, or a parent of one: never evicted */
} TcMempoolEntry;

typedef enum
{
  TC_MEMPOOL_ADDED     = 0,
  TC_MEMPOOL_DUPLICATE = 1,
  TC_MEMPOOL_FULL      = 2,  /* and its fee per byte is no better than the lowest here */
  TC_MEMPOOL_CONFLICT  = 3,  /* an input has two spenders already */
} TcMempoolVerdict;

TcMempool *tc_mempool_new      (guint txs_max, guint64 bytes_max);
void       tc_mempool_free     (TcMempool *self);

/* @evicted: (element-type TcTx) what had to go is appended, owned by the array. @pinned: also admitted past the limits and past two spenders. */
TcMempoolVerdict tc_mempool_add (TcMempool *self, TcTx *tx, TcAmount fee, gint64 mono_ms, gboolean pinned, GPtrArray *evicted);

/* Voted for, certified or acknowledged: it and its parents stay. */
void       tc_mempool_pin      (TcMempool *self, const TcHash *txid);

/* (nullable) (transfer none): until the next change. */
TcMempoolEntry *tc_mempool_get  (TcMempool *self, const TcHash *txid);
/* Spenders of @outpoint here. @ret_entries: room for @max. Returns: how many there are, at most @max. */
guint      tc_mempool_find_spenders (TcMempool *self, const TcOutpoint *outpoint, TcMempoolEntry **ret_entries, guint max);

/* Takes out one transaction alone: it is in a block. */
void       tc_mempool_remove   (TcMempool *self, const TcHash *txid);
/* Takes out a transaction that can never be valid again, and everything that spends its outputs: appended to @removed (element-type TcTx), children last. */
void       tc_mempool_remove_with_children (TcMempool *self, const TcHash *txid, GPtrArray *removed);
/* Takes out what is older than TC_MEMPOOL_EXPIRY_MS and not pinned. */
void       tc_mempool_expire   (TcMempool *self, gint64 mono_ms, GPtrArray *removed);
void       tc_mempool_unpin_all (TcMempool *self);

guint      tc_mempool_get_n    (const TcMempool *self);
guint64    tc_mempool_get_bytes (const TcMempool *self);
/* All entries in order of arrival. (transfer full) (element-type TcMempoolEntry) */
GPtrArray *tc_mempool_dup_entries (const TcMempool *self);
/* Outputs of pending transactions, as a view. Borrowed from @self. */
TcCoinView tc_mempool_get_view (TcMempool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcMempool, tc_mempool_free)

G_END_DECLS
