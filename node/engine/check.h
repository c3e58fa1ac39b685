#pragma once

#include "ledger/ledger.h"

G_BEGIN_DECLS

/* Signatures to be checked off the step, on all cores: those of one commit, or of a whole block. The engine makes it and hands it out in a CHECK effect; the driver fetches the coins that it names,
 * prepares it, checks its jobs, finishes it, and gives it back in CHECKED. Meanwhile it is the driver's alone: any thread, one at a time. Reference-counted.
 *
 * Nothing found here is trusted for itself: a transaction's signatures are good for one digest (T2), and the ledger asks whether that is the digest of the coins that it really spends. */
typedef struct _TcCheck TcCheck;
struct _TcEngine;

/* Called in the step that gives @check back. */
typedef void (*TcCheckFunc) (struct _TcEngine *engine, const TcCheck *check);

struct _TcCheck
{
  gatomicrefcount ref_count;
  TcCheckFunc     then;         /* the engine's */
  guint64         tag;          /* of who asked, and */
  gsize           size_bytes;   /* of what it is about */
  TcHash          chain_id;

  TcCommit       *commit;
  TcCommittee    *committee;    /* of its epoch */
  TcBlock        *block;        /* (nullable): the one that @commit is of */
  TcCommit       *parent;       /* (nullable): a commit of the block's parent: what block->commit has in common with it is not checked again */
  TcCommittee    *parent_committee;  /* (nullable): of the parent's epoch; NULL: block->commit is not checked */

  /* Of a block: what is known of the outputs that its transactions spend, n_spent in their order. */
  guint32         n_spent;
  TcOutput       *spent;
  guint8         *has_spent;
  guint8         *skip;         /* by transaction: its signatures are known to be good, or it has none */
  guint64         version;      /* of the ledger's memory, see tc_ledger_offer_coin () */

  /* To be fetched: coins that are not in memory. */
  guint32         n_fetch;
  TcOutpoint     *fetch;
  guint32        *fetch_for;    /* which of @spent */
  TcCoin         *coins;        /* (out) */
  guint8         *found;        /* (out) whether it is there */

  /* Results. */
  gboolean        commit_good;  /* a quorum of @committee signed it */
  gboolean        parent_good;  /* if @parent is good, then so is block->commit, in all but its height, hash and round, which only the ledger knows */
  TcHash         *digests;      /* by transaction: what its signatures are good for; zero: not found good */

  /* Between tc_check_prepare () and tc_check_finish (). */
  GArray         *jobs;         /* TcSignatureJob */
  GPtrArray      *messages;
  guint           n_commit_jobs, n_parent_jobs;
};

/* References taken; for the caller to fill in further. */
TcCheck        *tc_check_new     (const TcHash *chain_id, TcCommit *commit, TcCommittee *committee, TcBlock *block);
TcCheck        *tc_check_ref     (TcCheck *self);
void            tc_check_unref   (TcCheck *self);

/* Once the coins are there: what is to be checked, until tc_check_finish (). */
TcSignatureJob *tc_check_prepare (TcCheck *self, gsize *ret_n_jobs);
void            tc_check_finish  (TcCheck *self);
/* The coins of @view. */
void            tc_check_fetch   (TcCheck *self, const TcCoinView *view);
/* Prepared, checked and finished in one go. */
void            tc_check_run     (TcCheck *self, const TcVerifier *verifier);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCheck, tc_check_unref)

G_END_DECLS
