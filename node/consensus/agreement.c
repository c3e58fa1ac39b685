#include "agreement.h"

#include <string.h>

#include "core/check.h"

#define PROPOSALS_MAX 2u  /* of one round: the second proves that its proposer lies */
#define VALUES_MAX    65536u

typedef struct
{
  TcHash hash;
  gint32 pol_round;
} Proposal;

typedef struct
{
  guint32  number;
  Proposal proposals[PROPOSALS_MAX];
  guint    n_proposals;
  GArray  *votes[2];      /* TcVote, by step, in order of arrival */
  guint8   voters[2][2][TC_BITMAP_SIZE_MAX];  /* by step: who voted; who voted for a block */
  guint64  voted[2][2];   /* their power: asked for at every message */
  gboolean polka_seen;    /* "for the first time" of algorithm 1, line 36 */
} Round;

typedef struct
{
  TcHash       hash;
  TcValueState state;
} Value;

struct _TcAgreement
{
  TcParams        params;
  TcCommittee    *committee;
  guint32         self;
  guint32         height;
  TcHash          seed;
  GPtrArray      *rounds;      /* Round, ascending by number */
  GArray         *values;      /* Value */
  TcAgreementStep step;
  guint32         round;
  gint32          locked_round, valid_round;
  TcHash          locked, valid;
  gint64          propose_deadline_ms, prevote_deadline_ms, precommit_deadline_ms;
};

static void
round_free (gpointer data)
{
  Round *round = data;

  g_array_unref (round->votes[0]);
  g_array_unref (round->votes[1]);
  g_free (round);
}

static Round *
find_round (const TcAgreement *self, guint32 number)
{
  for (guint i = 0; i < self->rounds->len; i++)
    {
      Round *round = g_ptr_array_index (self->rounds, i);

      if (round->number == number)
        return round;
    }
  return NULL;
}

static Round *
ensure_round (TcAgreement *self, guint32 number)
{
  Round *round = find_round (self, number);
  guint at = 0;

  if (round != NULL)
    return round;
  round = g_new0 (Round, 1);
  round->number = number;
  round->votes[0] = g_array_new (FALSE, FALSE, sizeof (TcVote));
  round->votes[1] = g_array_new (FALSE, FALSE, sizeof (TcVote));
  while (at < self->rounds->len && ((Round *) g_ptr_array_index (self->rounds, at))->number < number)
    at++;
  g_ptr_array_insert (self->rounds, (gint) at, round);
  return round;
}

/* @hash: NULL: any block; zero: nil. @any: nil counts too. */
static guint64
sum_votes (const TcAgreement *self, const Round *round, TcVoteStep step, const TcHash *hash, gboolean any)
{
  guint8 bitmap[TC_BITMAP_SIZE_MAX] = { 0 };

  if (round == NULL)
    return 0;
  if (any || hash == NULL)
    return round->voted[step][any ? 0 : 1];
  for (guint i = 0; i < round->votes[step]->len; i++)
    {
      const TcVote *vote = &g_array_index (round->votes[step], TcVote, i);

      if (tc_hash_equal (hash, &vote->block_hash))
        tc_bitmap_set (bitmap, vote->member);
    }
  return tc_committee_sum (self->committee, bitmap);
}

static gboolean
has_quorum (const TcAgreement *self, const Round *round, TcVoteStep step, const TcHash *hash)
{
  return tc_committee_is_quorum (self->committee, sum_votes (self, round, step, hash, FALSE));
}

/* The hash, nil included, for which a quorum stands in @round. */
static gboolean
find_quorum (const TcAgreement *self, const Round *round, TcVoteStep step, TcHash *ret_hash)
{
  /* First the power of all who voted: a liar's votes in two hundred rounds are not to be counted hash by hash at every message. */
  if (!tc_committee_is_quorum (self->committee, sum_votes (self, round, step, NULL, TRUE)))
    return FALSE;
  for (guint i = 0; round != NULL && i < round->votes[step]->len; i++)
    {
      const TcHash *hash = &g_array_index (round->votes[step], TcVote, i).block_hash;

      if (has_quorum (self, round, step, hash))
        {
          *ret_hash = *hash;
          return TRUE;
        }
    }
  return FALSE;
}

static void
emit (GArray *actions, TcActionKind kind, TcVoteStep step, guint32 round, gint32 pol_round, const TcHash *hash)
{
  const TcAction action = { kind, step, round, pol_round, *hash };

  g_array_append_val (actions, action);
}

static void
sign_vote (TcAgreement *self, TcVoteStep step, const TcHash *hash, GArray *actions)
{
  if (self->self != TC_MEMBER_NONE)
    emit (actions, TC_ACTION_SIGN_VOTE, step, self->round, -1, hash);
}

/* Algorithm 1, lines 11-21. Rule C1: "Round r times out after propose 3 000 + 500 r, prevote 1 000 + 500 r, precommit 1 000 + 500 r ms". */
static void
start_round (TcAgreement *self, guint32 number, gint64 mono_ms, GArray *actions)
{
  self->round = number;
  self->step = TC_AGREEMENT_PROPOSE;
  self->prevote_deadline_ms = self->precommit_deadline_ms = G_MAXINT64;
  self->propose_deadline_ms = mono_ms + self->params.propose_ms + (gint64) number * self->params.propose_step_ms;
  ensure_round (self, number);
  if (self->self == TC_MEMBER_NONE
      || tc_committee_proposer (self->committee, &self->seed, self->height, number) != self->self)
    return;
  emit (actions, TC_ACTION_PROPOSE, TC_STEP_PREVOTE, number, self->valid_round,
        self->valid_round >= 0 ? &self->valid : &TC_HASH_ZERO);
}

static void
prevote (TcAgreement *self, const TcHash *hash, GArray *actions)
{
  self->step = TC_AGREEMENT_PREVOTE;
  self->propose_deadline_ms = G_MAXINT64;
  sign_vote (self, TC_STEP_PREVOTE, hash, actions);
}

static void
precommit (TcAgreement *self, const TcHash *hash, GArray *actions)
{
  self->step = TC_AGREEMENT_PRECOMMIT;
  self->prevote_deadline_ms = G_MAXINT64;
  sign_vote (self, TC_STEP_PRECOMMIT, hash, actions);
}

/* Lines 22-33: the round's proposal, new or with a proof of lock. */
static gboolean
try_prevote (TcAgreement *self, const Round *round, GArray *actions)
{
  const Proposal *proposal = &round->proposals[0];
  TcValueState state;
  gboolean free_to_vote;

  if (self->step != TC_AGREEMENT_PROPOSE || round->n_proposals == 0)
    return FALSE;
  state = tc_agreement_get_value (self, &proposal->hash);
  if (state == TC_VALUE_UNKNOWN)
    return FALSE;
  if (proposal->pol_round >= 0
      && !has_quorum (self, find_round (self, (guint32) proposal->pol_round), TC_STEP_PREVOTE, &proposal->hash))
    return FALSE;
  free_to_vote = self->locked_round <= proposal->pol_round || tc_hash_equal (&self->locked, &proposal->hash);
  prevote (self, state == TC_VALUE_VALID && free_to_vote ? &proposal->hash : &TC_HASH_ZERO, actions);
  return TRUE;
}

/* Lines 36-46: prevotes of a quorum, for a block or for nil. */
static gboolean
try_precommit (TcAgreement *self, Round *round, GArray *actions)
{
  TcHash hash;

  if (self->step < TC_AGREEMENT_PREVOTE || !find_quorum (self, round, TC_STEP_PREVOTE, &hash))
    return FALSE;
  if (tc_hash_is_zero (&hash))
    {
      if (self->step != TC_AGREEMENT_PREVOTE)
        return FALSE;
      precommit (self, &TC_HASH_ZERO, actions);
      return TRUE;
    }
  if (round->polka_seen || tc_agreement_get_value (self, &hash) != TC_VALUE_VALID)
    return FALSE;
  round->polka_seen = TRUE;
  if (self->step == TC_AGREEMENT_PREVOTE)
    {
      self->locked = hash;
      self->locked_round = (gint32) self->round;
      precommit (self, &hash, actions);
    }
  self->valid = hash;
  self->valid_round = (gint32) self->round;
  return TRUE;
}

/* Lines 49-54; here without asking for the block, which the owner fetches. */
static gboolean
try_decide (TcAgreement *self, GArray *actions)
{
  TcHash hash;

  for (guint i = 0; i < self->rounds->len; i++)
    {
      const Round *round = g_ptr_array_index (self->rounds, i);

      if (!find_quorum (self, round, TC_STEP_PRECOMMIT, &hash) || tc_hash_is_zero (&hash))
        continue;
      self->step = TC_AGREEMENT_DECIDED;
      self->propose_deadline_ms = self->prevote_deadline_ms = self->precommit_deadline_ms = G_MAXINT64;
      emit (actions, TC_ACTION_DECIDE, TC_STEP_PRECOMMIT, round->number, -1, &hash);
      return TRUE;
    }
  return FALSE;
}

static guint64
sum_speakers (const TcAgreement *self, const Round *round)
{
  guint8 bitmap[TC_BITMAP_SIZE_MAX] = { 0 };

  tc_agreement_get_voters (self, round->number, TC_STEP_PREVOTE, bitmap);
  for (guint i = 0; i < round->votes[TC_STEP_PRECOMMIT]->len; i++)
    tc_bitmap_set (bitmap, g_array_index (round->votes[TC_STEP_PRECOMMIT], TcVote, i).member);
  return tc_committee_sum (self->committee, bitmap);
}

/* Lines 55-56: more than a third speaks in a later round, so an honest member is there. */
static gboolean
try_jump (TcAgreement *self, gint64 mono_ms, GArray *actions)
{
  for (guint i = self->rounds->len; i-- > 0;)
    {
      const Round *round = g_ptr_array_index (self->rounds, i);
      gboolean later = self->step == TC_AGREEMENT_WAIT || round->number > self->round;

      if (!later)
        return FALSE;
      if (!tc_committee_is_third (self->committee, sum_speakers (self, round)))
        continue;
      start_round (self, round->number, mono_ms, actions);
      return TRUE;
    }
  return FALSE;
}

/* Lines 34-35 and 47-48. */
static void
set_timeouts (TcAgreement *self, const Round *round, gint64 mono_ms)
{
  gint64 number = (gint64) round->number;

  if (self->step == TC_AGREEMENT_PREVOTE && self->prevote_deadline_ms == G_MAXINT64
      && tc_committee_is_quorum (self->committee, sum_votes (self, round, TC_STEP_PREVOTE, NULL, TRUE)))
    self->prevote_deadline_ms = mono_ms + self->params.prevote_ms + number * self->params.prevote_step_ms;
  if (self->precommit_deadline_ms == G_MAXINT64
      && tc_committee_is_quorum (self->committee, sum_votes (self, round, TC_STEP_PRECOMMIT, NULL, TRUE)))
    self->precommit_deadline_ms = mono_ms + self->params.precommit_ms + number * self->params.precommit_step_ms;
}

static void
progress (TcAgreement *self, gint64 mono_ms, GArray *actions)
{
  gboolean again = TRUE;

  while (again && self->step != TC_AGREEMENT_DECIDED)
    {
      Round *round;

      if (try_decide (self, actions))
        return;
      again = try_jump (self, mono_ms, actions);
      if (self->step == TC_AGREEMENT_WAIT)
        return;
      round = ensure_round (self, self->round);
      again = try_prevote (self, round, actions) || again;
      again = try_precommit (self, round, actions) || again;
      set_timeouts (self, round, mono_ms);
    }
}

TcAgreement *
tc_agreement_new (const TcParams *params, TcCommittee *committee, guint32 self_member, guint32 height, const TcHash *seed)
{
  TcAgreement *self = g_new0 (TcAgreement, 1);

  TC_CHECK (self_member == TC_MEMBER_NONE || self_member < committee->n_members);
  self->params = *params;
  self->committee = tc_committee_ref (committee);
  self->self = self_member;
  self->height = height;
  self->seed = *seed;
  self->rounds = g_ptr_array_new_with_free_func (round_free);
  self->values = g_array_new (FALSE, FALSE, sizeof (Value));
  self->locked_round = self->valid_round = -1;
  self->propose_deadline_ms = self->prevote_deadline_ms = self->precommit_deadline_ms = G_MAXINT64;
  return self;
}

void
tc_agreement_free (TcAgreement *self)
{
  tc_committee_unref (self->committee);
  g_ptr_array_unref (self->rounds);
  g_array_unref (self->values);
  g_free (self);
}

static void
note_voter (const TcAgreement *self, Round *round, const TcVote *vote, guint which)
{
  guint8 *voters = round->voters[vote->step][which];

  if (tc_bitmap_get (voters, vote->member))
    return;
  tc_bitmap_set (voters, vote->member);
  round->voted[vote->step][which] += self->committee->members[vote->member].power;
}

static void
keep_vote (const TcAgreement *self, Round *round, const TcVote *vote)
{
  g_array_append_val (round->votes[vote->step], *vote);
  note_voter (self, round, vote, 0);
  if (!tc_hash_is_zero (&vote->block_hash))
    note_voter (self, round, vote, 1);
}

static gboolean
has_vote (const Round *round, const TcVote *vote)
{
  for (guint i = 0; i < round->votes[vote->step]->len; i++)
    {
      const TcVote *other = &g_array_index (round->votes[vote->step], TcVote, i);

      if (other->member == vote->member && tc_hash_equal (&other->block_hash, &vote->block_hash))
        return TRUE;
    }
  return FALSE;
}

void
tc_agreement_restore_vote (TcAgreement *self, const TcVote *vote)
{
  Round *round;
  TcAgreementStep step = vote->step == TC_STEP_PREVOTE ? TC_AGREEMENT_PREVOTE : TC_AGREEMENT_PRECOMMIT;

  TC_CHECK (vote->height == self->height && vote->member < self->committee->n_members && vote->step <= TC_STEP_PRECOMMIT);
  round = ensure_round (self, vote->round);
  if (has_vote (round, vote))
    return;
  keep_vote (self, round, vote);
  if (vote->member != self->self)
    return;
  if (self->step == TC_AGREEMENT_WAIT || vote->round > self->round || (vote->round == self->round && step > self->step))
    {
      self->round = vote->round;
      self->step = step;
    }
  if (step == TC_AGREEMENT_PRECOMMIT && !tc_hash_is_zero (&vote->block_hash))
    {
      self->locked = self->valid = vote->block_hash;
      self->locked_round = self->valid_round = (gint32) vote->round;
    }
}

void
tc_agreement_start (TcAgreement *self, gint64 mono_ms, GArray *actions)
{
  if (self->step != TC_AGREEMENT_WAIT)
    return;
  start_round (self, 0, mono_ms, actions);
  progress (self, mono_ms, actions);
}

TcVoteVerdict
tc_agreement_add_vote (TcAgreement *self, const TcVote *vote, gint64 mono_ms, GArray *actions)
{
  guint n_others = 0;
  Round *round;
  GArray *votes;

  TC_CHECK (vote->height == self->height && vote->member < self->committee->n_members && vote->step <= TC_STEP_PRECOMMIT);
  if (vote->round > self->round + TC_AGREEMENT_ROUNDS_AHEAD)
    return TC_VOTE_IGNORED;
  round = ensure_round (self, vote->round);
  votes = round->votes[vote->step];
  for (guint i = 0; i < votes->len; i++)
    {
      const TcVote *other = &g_array_index (votes, TcVote, i);

      if (other->member != vote->member)
        continue;
      if (tc_hash_equal (&other->block_hash, &vote->block_hash))
        return TC_VOTE_DUPLICATE;
      n_others++;
    }
  /* Somebody honest may have locked on a liar's fourth vote: it counts where somebody honest vouches for the block, which few blocks of a round can have. */
  if (n_others >= TC_AGREEMENT_VOTES_MAX
      && !tc_committee_is_third (self->committee, sum_votes (self, round, vote->step, &vote->block_hash, FALSE)))
    return TC_VOTE_IGNORED;
  keep_vote (self, round, vote);
  progress (self, mono_ms, actions);
  return n_others > 0 ? TC_VOTE_EQUIVOCATION : TC_VOTE_ACCEPTED;
}

TcVoteVerdict
tc_agreement_add_proposal (TcAgreement *self, guint32 number, gint32 pol_round, const TcHash *hash, gint64 mono_ms, GArray *actions)
{
  const Proposal proposal = { *hash, pol_round };
  Round *round;

  if (number > self->round + TC_AGREEMENT_ROUNDS_AHEAD || pol_round >= (gint32) number)
    return TC_VOTE_IGNORED;
  round = ensure_round (self, number);
  for (guint i = 0; i < round->n_proposals; i++)
    if (tc_hash_equal (&round->proposals[i].hash, hash) && round->proposals[i].pol_round == pol_round)
      return TC_VOTE_DUPLICATE;
  if (round->n_proposals == PROPOSALS_MAX)
    return TC_VOTE_IGNORED;
  round->proposals[round->n_proposals++] = proposal;
  progress (self, mono_ms, actions);
  return round->n_proposals > 1 ? TC_VOTE_EQUIVOCATION : TC_VOTE_ACCEPTED;
}

void
tc_agreement_set_value (TcAgreement *self, const TcHash *hash, TcValueState state, gint64 mono_ms, GArray *actions)
{
  const Value value = { *hash, state };
  gboolean found = FALSE;

  for (guint i = 0; i < self->values->len && !found; i++)
    {
      Value *old = &g_array_index (self->values, Value, i);

      if (!tc_hash_equal (&old->hash, hash))
        continue;
      TC_CHECK (old->state == TC_VALUE_UNKNOWN || old->state == state);
      old->state = state;
      found = TRUE;
    }
  if (!found && self->values->len < VALUES_MAX)
    g_array_append_val (self->values, value);
  progress (self, mono_ms, actions);
}

TcValueState
tc_agreement_get_value (const TcAgreement *self, const TcHash *hash)
{
  for (guint i = 0; i < self->values->len; i++)
    {
      const Value *value = &g_array_index (self->values, Value, i);

      if (tc_hash_equal (&value->hash, hash))
        return value->state;
    }
  return TC_VALUE_UNKNOWN;
}

/* Lines 57-67. */
void
tc_agreement_tick (TcAgreement *self, gint64 mono_ms, GArray *actions)
{
  if (self->step == TC_AGREEMENT_PROPOSE && mono_ms >= self->propose_deadline_ms)
    prevote (self, &TC_HASH_ZERO, actions);
  if (self->step == TC_AGREEMENT_PREVOTE && mono_ms >= self->prevote_deadline_ms)
    precommit (self, &TC_HASH_ZERO, actions);
  if (self->step != TC_AGREEMENT_WAIT && self->step != TC_AGREEMENT_DECIDED && mono_ms >= self->precommit_deadline_ms)
    start_round (self, self->round + 1, mono_ms, actions);
  progress (self, mono_ms, actions);
}

gint64
tc_agreement_get_deadline_ms (const TcAgreement *self)
{
  return MIN (self->propose_deadline_ms, MIN (self->prevote_deadline_ms, self->precommit_deadline_ms));
}

TcCommittee *
tc_agreement_get_committee (const TcAgreement *self)
{
  return self->committee;
}

guint32
tc_agreement_get_height (const TcAgreement *self)
{
  return self->height;
}

guint32
tc_agreement_get_round (const TcAgreement *self)
{
  return self->round;
}

TcAgreementStep
tc_agreement_get_step (const TcAgreement *self)
{
  return self->step;
}

gint32
tc_agreement_get_locked (const TcAgreement *self, TcHash *ret_hash)
{
  *ret_hash = self->locked;
  return self->locked_round;
}

guint64
tc_agreement_get_power (const TcAgreement *self, guint32 round, TcVoteStep step, const TcHash *hash)
{
  return sum_votes (self, find_round (self, round), step, hash, FALSE);
}

void
tc_agreement_get_voters (const TcAgreement *self, guint32 number, TcVoteStep step, guint8 *ret_bitmap)
{
  const GArray *votes = tc_agreement_get_votes (self, number, step);

  memset (ret_bitmap, 0, TC_BITMAP_SIZE_MAX);
  for (guint i = 0; votes != NULL && i < votes->len; i++)
    tc_bitmap_set (ret_bitmap, g_array_index (votes, TcVote, i).member);
}

const GArray *
tc_agreement_get_votes (const TcAgreement *self, guint32 number, TcVoteStep step)
{
  const Round *round = find_round (self, number);

  return round != NULL ? round->votes[step] : NULL;
}

gboolean
tc_agreement_has_proposal (const TcAgreement *self, guint32 number)
{
  const Round *round = find_round (self, number);

  return round != NULL && round->n_proposals > 0;
}

gboolean
tc_agreement_is_backed (const TcAgreement *self, const TcHash *hash)
{
  for (guint i = 0; i < self->rounds->len; i++)
    {
      const Round *round = g_ptr_array_index (self->rounds, i);

      for (TcVoteStep step = TC_STEP_PREVOTE; step <= TC_STEP_PRECOMMIT; step++)
        if (tc_committee_is_third (self->committee, sum_votes (self, round, step, hash, FALSE)))
          return TRUE;
    }
  return FALSE;
}

static gboolean
find_wanted (const TcAgreement *self, const Round *round, TcVoteStep step, TcHash *ret_hash)
{
  if (!tc_committee_is_third (self->committee, sum_votes (self, round, step, NULL, FALSE)))
    return FALSE;
  for (guint i = 0; i < round->votes[step]->len; i++)
    {
      const TcHash *hash = &g_array_index (round->votes[step], TcVote, i).block_hash;

      if (tc_hash_is_zero (hash) || tc_agreement_get_value (self, hash) != TC_VALUE_UNKNOWN
          || !tc_committee_is_third (self->committee, sum_votes (self, round, step, hash, FALSE)))
        continue;
      *ret_hash = *hash;
      return TRUE;
    }
  return FALSE;
}

gboolean
tc_agreement_get_wanted (const TcAgreement *self, TcHash *ret_hash)
{
  for (guint i = self->rounds->len; i-- > 0;)
    {
      const Round *round = g_ptr_array_index (self->rounds, i);

      for (TcVoteStep step = TC_STEP_PREVOTE; step <= TC_STEP_PRECOMMIT; step++)
        if (find_wanted (self, round, step, ret_hash))
          return TRUE;
    }
  return FALSE;
}

TcCommit *
tc_agreement_make_commit (const TcAgreement *self, guint32 number, const TcHash *hash)
{
  const Round *round = find_round (self, number);
  TcSignature by_member[TC_COMMITTEE_MAX], signatures[TC_COMMITTEE_MAX];
  guint8 bitmap[TC_BITMAP_SIZE_MAX] = { 0 };
  gsize n_signatures = 0;

  if (!has_quorum (self, round, TC_STEP_PRECOMMIT, hash))
    return NULL;
  for (guint i = 0; i < round->votes[TC_STEP_PRECOMMIT]->len; i++)
    {
      const TcVote *vote = &g_array_index (round->votes[TC_STEP_PRECOMMIT], TcVote, i);

      if (!tc_hash_equal (&vote->block_hash, hash))
        continue;
      tc_bitmap_set (bitmap, vote->member);
      by_member[vote->member] = vote->signature;
    }
  for (guint32 i = 0; i < self->committee->n_members; i++)
    if (tc_bitmap_get (bitmap, i))
      signatures[n_signatures++] = by_member[i];
  return tc_commit_new (self->height, number, hash, bitmap, self->committee->n_members, signatures);
}
