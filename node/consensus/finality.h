#pragma once

#include "core/message.h"
#include "core/params.h"
#include "ledger/coin.h"

G_BEGIN_DECLS

/* Finality of transactions within one epoch, as a pure state machine: rules F1-F7. Votes, certificates, acknowledgements, batches, the close.
 *
 * The owner checks transactions and batch signatures before it hands them in, and has everything that a batch or close of this node relies on
 * on disk before that leaves. One owner at a time. Times are monotonic ms. */
typedef struct _TcFinalityEpoch TcFinalityEpoch;

/* Bounds on what one member may say. Above them a batch still counts where it votes for an open transaction that members with more than P/3 voted for. */
/* Transactions, neither certified nor in the chain, that one member votes for or acknowledges: above this it is ignored until they are. */
#define TC_FINALITY_OPEN_MAX       50000u
/* Votes and acknowledgements that one member repeats, or that name nothing: above this it is ignored. Nobody honest has any; for who runs twice under one key there is room. */
#define TC_FINALITY_WASTED_MAX     50000u
/* Batches of one member kept while an earlier one is missing, or beside another of their sequence. */
#define TC_FINALITY_EARLY_MAX      256u

/* What is known of one transaction in this epoch. */
typedef struct
{
  TcHash   txid;
  TcTx    *tx;            /* (nullable): its body is not known yet */
  guint8   votes[TC_BITMAP_SIZE_MAX];
  guint8   acks[TC_BITMAP_SIZE_MAX];
  guint64  vote_power, ack_power;
  gboolean certified;     /* F2 */
  gboolean final;         /* F4 */
  gboolean voted;         /* by this node, or queued to be */
  gboolean acked;         /* by this node, or queued to be */
  gboolean in_chain;
  guint32  position;      /* among this node's own votes, once in a batch */
} TcFinalityTx;

typedef enum
{
  TC_FINALITY_VOTED    = 0,
  TC_FINALITY_ALREADY  = 1,
  TC_FINALITY_LOCKED   = 2,  /* an input is locked to another transaction (F1) */
  TC_FINALITY_CLOSED   = 3,  /* F5 */
  TC_FINALITY_AHEAD    = 4,  /* F8: too much is voted for that is not in the chain; again after a block */
  TC_FINALITY_WATCHING = 5,  /* this node is no member, or does not sign */
} TcFinalityVoteResult;

typedef enum
{
  TC_BATCH_ACCEPTED     = 0,
  TC_BATCH_DUPLICATE    = 1,
  TC_BATCH_EARLY        = 2,  /* kept, its votes count; an earlier one of the member is missing */
  TC_BATCH_EQUIVOCATION = 3,  /* its votes count, and the member lies: two batches of one sequence (C7) */
  TC_BATCH_IGNORED      = 4,  /* too many */
} TcBatchVerdict;

/* @self: position, or TC_MEMBER_NONE. @key: (nullable): NULL: never votes. @chain: coins of the committed ledger (F3); copied. */
TcFinalityEpoch *tc_finality_new       (const TcParams *params, const TcHash *chain_id, TcCommittee *committee, guint32 self,
                                        TcSecretKey *key, const TcCoinView *chain);
void             tc_finality_free      (TcFinalityEpoch *self);
/* The same a piece at a time, for an epoch that held much: at most @n entries and batches. @self must not be used for anything else from the first call on.
 * Returns: TRUE where nothing is left of it. */
gboolean         tc_finality_free_some (TcFinalityEpoch *self, guint n);

guint32          tc_finality_get_epoch (const TcFinalityEpoch *self);

/* Until then nothing is queued: a restart first hands in what is on disk. */
void             tc_finality_begin     (TcFinalityEpoch *self, gint64 mono_ms);

/* Rule F1 for a transaction that the owner found valid on the ledger plus transactions certified here: locks its inputs and queues the vote. */
TcFinalityVoteResult tc_finality_vote  (TcFinalityEpoch *self, TcTx *tx, gint64 mono_ms);

/* The body of a transaction that others may have voted for: so that it can be acknowledged. */
void             tc_finality_add_tx    (TcFinalityEpoch *self, TcTx *tx, gint64 mono_ms);

/* The pool dropped it: what nobody needs of it goes. Borrowed pointers to it end. */
void             tc_finality_drop_tx   (TcFinalityEpoch *self, const TcHash *txid);

/* @batch: of this epoch, by a member, its signature good. Own ones too: what tc_finality_flush () returned is in already.
 * @changed: (element-type TcFinalityTx) borrowed pointers appended for each transaction whose votes or acknowledgements changed: valid while @self lives. */
TcBatchVerdict   tc_finality_add_batch (TcFinalityEpoch *self, TcBatch *batch, gint64 mono_ms, GPtrArray *changed);

/* After a restart, in the order of the records: an own batch restores votes, locks and acknowledgements; the bodies must have been added. */
void             tc_finality_restore_batch (TcFinalityEpoch *self, TcBatch *batch);

/* A block of this epoch holds it. */
void             tc_finality_set_in_chain (TcFinalityEpoch *self, const TcHash *txid);
/* After a block: what waited for its parents may be acknowledged. */
void             tc_finality_chain_changed (TcFinalityEpoch *self, gint64 mono_ms);

/* The next own batch, once it is old or full enough (F7), or where @force. Its entries count at once: the caller persists it, with bodies and certificates, before it sends it.
 * Returns: (transfer full) (nullable). */
TcBatch         *tc_finality_flush     (TcFinalityEpoch *self, gint64 mono_ms, gboolean force, GPtrArray *changed);
gint64           tc_finality_get_deadline_ms (const TcFinalityEpoch *self);  /* of the next flush; G_MAXINT64: none */

/* Rule F5. What is queued and not in a batch is dropped. Returns: FALSE where this node does not sign; @ret_close is signed. Idempotent: gives the same close. */
gboolean         tc_finality_close     (TcFinalityEpoch *self, TcClose *ret_close);
/* After a restart: this node had closed. */
void             tc_finality_restore_close (TcFinalityEpoch *self, const TcClose *close);
gboolean         tc_finality_is_closed (const TcFinalityEpoch *self);
/* No more votes of this node, ever (C5). */
void             tc_finality_stop_signing (TcFinalityEpoch *self);

/* The sorted txids that @member acknowledged, as far as its batches are known, and that are not in the chain. (transfer full) (element-type TcHash) */
GArray          *tc_finality_dup_list  (const TcFinalityEpoch *self, guint32 member);

/* (nullable) */
const TcFinalityTx *tc_finality_get    (const TcFinalityEpoch *self, const TcHash *txid);
/* Transactions that are certified and not in the chain, in the order in which they were certified. (transfer full) (element-type TcFinalityTx) */
GPtrArray       *tc_finality_dup_certified (const TcFinalityEpoch *self);
/* Summed size of the known bodies of those. */
guint64          tc_finality_get_certified_bytes (const TcFinalityEpoch *self);
/* Outputs of certified transactions (F1): as a view for tc_ledger_check_tx (). Borrowed from @self. */
TcCoinView       tc_finality_get_view  (TcFinalityEpoch *self);

/* The batches that make up @txid's certificate: (transfer full) (element-type TcBatch): empty without one. */
GPtrArray       *tc_finality_dup_certificate (const TcFinalityEpoch *self, const TcHash *txid);
/* The first sequence of @member that is not known. */
guint32          tc_finality_get_next_sequence (const TcFinalityEpoch *self, guint32 member);
TcBatch         *tc_finality_get_batch (const TcFinalityEpoch *self, guint32 member, guint32 sequence);  /* (nullable) (transfer none) */
TcBatch         *tc_finality_find_batch (const TcFinalityEpoch *self, const TcHash *hash);               /* (nullable) (transfer none) */

/* What shows that a member lies (C7). Borrowed; (nullable). */
/* The batch by which @member voted for @txid. */
TcBatch         *tc_finality_find_vote (const TcFinalityEpoch *self, const TcHash *txid, guint32 member);
/* Another batch of the same member and sequence. */
TcBatch         *tc_finality_find_other (const TcFinalityEpoch *self, const TcBatch *batch);
/* The batch by which @member acknowledged @txid, and the one that voted for it (nullable) where the acknowledgement needs it. FALSE where it did not. */
gboolean         tc_finality_find_ack  (const TcFinalityEpoch *self, const TcHash *txid, guint32 member, TcBatch **ret_acked, TcBatch **ret_voted);
/* Transactions that somebody acknowledged, whose body is known, and that are not in the chain, by txid. (transfer full) (element-type TcFinalityTx) */
GPtrArray       *tc_finality_dup_left  (const TcFinalityEpoch *self);

/* F8: bytes this node voted for that are not in the chain, of params.vote_ahead_bytes. */
guint64          tc_finality_get_ahead_bytes (const TcFinalityEpoch *self);
/* F8: x1, x8, x64, x512 by quarters of that. */
guint64          tc_finality_get_fee_rate (const TcFinalityEpoch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcFinalityEpoch, tc_finality_free)

G_END_DECLS
