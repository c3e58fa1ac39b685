#pragma once

#include "core/message.h"
#include "core/params.h"

G_BEGIN_DECLS

/* Agreement on the block of one height, as a pure state machine: algorithm 1 of Buchman, Kwon and Milosevic, "The latest gossip on BFT
 * consensus" (2018), with its locked and valid values (rules C1, C2).
 *
 * It knows blocks by their hash only. The owner checks signatures before it hands in votes and proposals, checks blocks and says so by
 * tc_agreement_set_value (), and carries out the actions in their order: what is signed is on disk before it is sent, and is handed back as a vote.
 * One owner at a time. Times are monotonic ms. */
typedef struct _TcAgreement TcAgreement;

/* Rounds further ahead than this are not kept. */
#define TC_AGREEMENT_ROUNDS_AHEAD 200u
/* Different hashes that one member may vote for in one round and step before it is ignored, but for one that more than a third voted for. An honest one
 * has one. */
#define TC_AGREEMENT_VOTES_MAX    3u

typedef enum
{
  TC_AGREEMENT_WAIT      = 0,  /* round 0 has not begun */
  TC_AGREEMENT_PROPOSE   = 1,
  TC_AGREEMENT_PREVOTE   = 2,
  TC_AGREEMENT_PRECOMMIT = 3,
  TC_AGREEMENT_DECIDED   = 4,
} TcAgreementStep;

typedef enum
{
  TC_ACTION_SIGN_VOTE = 0,  /* step, round, hash (zero: nil): sign, persist, send, hand back by tc_agreement_add_vote () */
  TC_ACTION_PROPOSE   = 1,  /* round; hash: the valid value with its pol_round, or zero and -1: a new block */
  TC_ACTION_DECIDE    = 2,  /* round, hash: precommits of a quorum stand for it; given once */
} TcActionKind;

typedef struct
{
  TcActionKind kind;
  TcVoteStep   step;
  guint32      round;
  gint32       pol_round;
  TcHash       hash;
} TcAction;

typedef enum
{
  TC_VOTE_ACCEPTED     = 0,
  TC_VOTE_DUPLICATE    = 1,
  TC_VOTE_EQUIVOCATION = 2,  /* accepted, and the member voted otherwise before: it lies (C7) */
  TC_VOTE_IGNORED      = 3,  /* too far ahead, or too many */
} TcVoteVerdict;

typedef enum
{
  TC_VALUE_UNKNOWN = 0,  /* not checked yet: neither prevoted nor refused */
  TC_VALUE_VALID   = 1,  /* all that rules B, F and C ask of a prevoter holds; never turns false again (C4) */
  TC_VALUE_INVALID = 2,
} TcValueState;

/* @self: this node's position, or TC_MEMBER_NONE: watches only. @seed: after the parent (B7). */
TcAgreement    *tc_agreement_new            (const TcParams *params, TcCommittee *committee, guint32 self, guint32 height, const TcHash *seed);
void            tc_agreement_free           (TcAgreement *self);

/* After a restart, in the order of the records: what this node signed at this height restores round, step and lock; the prevotes of others on which its
 * locks rest are the proof of lock that it owes when it proposes the block again. */
void            tc_agreement_restore_vote   (TcAgreement *self, const TcVote *vote);

/* Round 0 begins (C2). No effect once begun. @actions: (element-type TcAction): appended to, here and below. */
void            tc_agreement_start          (TcAgreement *self, gint64 mono_ms, GArray *actions);

/* @vote: of this height, by a member, its signature good. */
TcVoteVerdict   tc_agreement_add_vote       (TcAgreement *self, const TcVote *vote, gint64 mono_ms, GArray *actions);

/* A proposal of the proposer of @round, its signature good. Returns: TC_VOTE_EQUIVOCATION for a second, different one; the first counts. */
TcVoteVerdict   tc_agreement_add_proposal   (TcAgreement *self, guint32 round, gint32 pol_round, const TcHash *hash, gint64 mono_ms, GArray *actions);
void            tc_agreement_set_value      (TcAgreement *self, const TcHash *hash, TcValueState state, gint64 mono_ms, GArray *actions);
TcValueState    tc_agreement_get_value      (const TcAgreement *self, const TcHash *hash);
void            tc_agreement_tick           (TcAgreement *self, gint64 mono_ms, GArray *actions);
/* G_MAXINT64: none. */
gint64          tc_agreement_get_deadline_ms (const TcAgreement *self);

TcCommittee    *tc_agreement_get_committee  (const TcAgreement *self);
guint32         tc_agreement_get_height     (const TcAgreement *self);
guint32         tc_agreement_get_round      (const TcAgreement *self);
TcAgreementStep tc_agreement_get_step       (const TcAgreement *self);
/* -1: no lock. */
gint32          tc_agreement_get_locked     (const TcAgreement *self, TcHash *ret_hash);
/* Summed power of those who voted for @hash in @round; @hash NULL: for any block; members counted once. */
guint64         tc_agreement_get_power      (const TcAgreement *self, guint32 round, TcVoteStep step, const TcHash *hash);
/* Sets the bit of each member with a vote in @round and @step. @ret_bitmap: TC_BITMAP_SIZE_MAX bytes. */
void            tc_agreement_get_voters     (const TcAgreement *self, guint32 round, TcVoteStep step, guint8 *ret_bitmap);
/* All votes of @round, in order of arrival. (transfer none) (element-type TcVote) (nullable). */
const GArray   *tc_agreement_get_votes      (const TcAgreement *self, guint32 round, TcVoteStep step);
gboolean        tc_agreement_has_proposal   (const TcAgreement *self, guint32 round);
/* TRUE where @hash has prevotes or precommits of more than a third in some round: an honest member vouches for it. */
gboolean        tc_agreement_is_backed      (const TcAgreement *self, const TcHash *hash);
/* A block's hash that is backed though its value is unknown. Returns: FALSE where there is none. */
gboolean        tc_agreement_get_wanted     (const TcAgreement *self, TcHash *ret_hash);
/* The commit for @hash in @round, from all precommits at hand. Returns: (transfer full) (nullable): NULL below a quorum. */
TcCommit       *tc_agreement_make_commit    (const TcAgreement *self, guint32 round, const TcHash *hash);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcAgreement, tc_agreement_free)

G_END_DECLS
