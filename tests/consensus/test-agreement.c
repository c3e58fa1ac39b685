#include "consensus/agreement.h"

#include "committee-fixture.h"

#define HEIGHT 12u

/* One agreement, its actions, and the value every test proposes. Votes that it signs are handed back as the owner does. */
typedef struct
{
  TcCommittee *committee;
  TcAgreement *agreement;
  GArray      *actions;
  TcHash       seed, a, b;
  guint32      self;
} Fixture;

static void
fixture_open (Fixture *f, const guint64 *powers, gsize n, guint32 self)
{
  f->committee = fixture_committee (powers, n);
  f->self = self;
  f->seed = fixture_hash (0x51);
  f->a = fixture_hash (0xaa);
  f->b = fixture_hash (0xbb);
  f->actions = g_array_new (FALSE, FALSE, sizeof (TcAction));
  f->agreement = tc_agreement_new (&TC_PARAMS_DEFAULT, f->committee, self, HEIGHT, &f->seed);
}

static void
fixture_close (Fixture *f)
{
  tc_agreement_free (f->agreement);
  tc_committee_unref (f->committee);
  g_array_unref (f->actions);
}

static guint32
proposer_of (const Fixture *f, guint32 round)
{
  return tc_committee_proposer (f->committee, &f->seed, HEIGHT, round);
}

/* Four members of equal power; this one proposes in none of rounds 0-2, so that every test writes its own proposals. */
static void
fixture_open_four (Fixture *f)
{
  static const guint64 powers[4] = { 1, 1, 1, 1 };
  guint32 self = 0;

  fixture_open (f, powers, 4, 0);
  while (proposer_of (f, 0) == self || proposer_of (f, 1) == self || proposer_of (f, 2) == self)
    self++;
  g_assert_cmpuint (self, <, 4);
  tc_agreement_free (f->agreement);
  f->self = self;
  f->agreement = tc_agreement_new (&TC_PARAMS_DEFAULT, f->committee, self, HEIGHT, &f->seed);
}

static TcVote
make_vote (guint32 member, TcVoteStep step, guint32 round, const TcHash *hash)
{
  return (TcVote) { .step = (guint8) step, .epoch = 7, .height = HEIGHT, .round = round, .block_hash = *hash, .member = (guint8) member };
}

static TcVoteVerdict
vote (Fixture *f, guint32 member, TcVoteStep step, guint32 round, const TcHash *hash, gint64 mono_ms)
{
  const TcVote v = make_vote (member, step, round, hash);

  return tc_agreement_add_vote (f->agreement, &v, mono_ms, f->actions);
}

/* The @n members after this one vote. */
static void
others_vote (Fixture *f, guint n, TcVoteStep step, guint32 round, const TcHash *hash, gint64 mono_ms)
{
  for (guint i = 1; i <= n; i++)
    vote (f, (f->self + i) % f->committee->n_members, step, round, hash, mono_ms);
}

static void
propose (Fixture *f, guint32 round, gint32 pol_round, const TcHash *hash, TcValueState state, gint64 mono_ms)
{
  if (state != TC_VALUE_UNKNOWN)
    tc_agreement_set_value (f->agreement, hash, state, mono_ms, f->actions);
  tc_agreement_add_proposal (f->agreement, round, pol_round, hash, mono_ms, f->actions);
}

static TcAction
pop_action (Fixture *f)
{
  TcAction action;

  g_assert_cmpuint (f->actions->len, >, 0);
  action = g_array_index (f->actions, TcAction, 0);
  g_array_remove_index (f->actions, 0);
  return action;
}

static void
assert_no_action (Fixture *f)
{
  g_assert_cmpuint (f->actions->len, ==, 0);
}

/* The next action is to sign this vote; it is signed and handed back. */
static void
assert_signs (Fixture *f, TcVoteStep step, guint32 round, const TcHash *hash, gint64 mono_ms)
{
  const TcAction action = pop_action (f);

  g_assert_cmpint (action.kind, ==, TC_ACTION_SIGN_VOTE);
  g_assert_cmpint (action.step, ==, step);
  g_assert_cmpuint (action.round, ==, round);
  g_assert_cmpmem (action.hash.bytes, TC_HASH_SIZE, hash->bytes, TC_HASH_SIZE);
  g_assert_cmpint (vote (f, f->self, step, round, hash, mono_ms), ==, TC_VOTE_ACCEPTED);
}

/* Round 0 starts at 0; everybody prevotes A; this member locks A. */
static void
lock_a_in_round_0 (Fixture *f)
{
  TcHash locked;

  tc_agreement_start (f->agreement, 0, f->actions);
  propose (f, 0, -1, &f->a, TC_VALUE_VALID, 10);
  assert_signs (f, TC_STEP_PREVOTE, 0, &f->a, 10);
  others_vote (f, 2, TC_STEP_PREVOTE, 0, &f->a, 20);
  assert_signs (f, TC_STEP_PRECOMMIT, 0, &f->a, 20);
  g_assert_cmpint (tc_agreement_get_locked (f->agreement, &locked), ==, 0);
  g_assert_true (tc_hash_equal (&locked, &f->a));
  assert_no_action (f);
}

/* Precommits of a quorum without a decision, then the timeout. */
static void
go_to_next_round (Fixture *f, guint32 round, gint64 mono_ms)
{
  others_vote (f, 3, TC_STEP_PRECOMMIT, round, &TC_HASH_ZERO, mono_ms);
  tc_agreement_tick (f->agreement, tc_agreement_get_deadline_ms (f->agreement), f->actions);
  g_assert_cmpuint (tc_agreement_get_round (f->agreement), ==, round + 1);
}

static void
test_happy (void)
{
  g_test_summary ("Proposal, prevotes and precommits of a quorum decide, once, with a commit.");
  Fixture f;
  g_autoptr(TcCommit) commit = NULL;
  TcAction action;

  fixture_open_four (&f);
  lock_a_in_round_0 (&f);
  g_assert_null (tc_agreement_make_commit (f.agreement, 0, &f.a));
  others_vote (&f, 2, TC_STEP_PRECOMMIT, 0, &f.a, 30);
  action = pop_action (&f);
  g_assert_cmpint (action.kind, ==, TC_ACTION_DECIDE);
  g_assert_true (tc_hash_equal (&action.hash, &f.a));
  others_vote (&f, 3, TC_STEP_PRECOMMIT, 0, &f.a, 40);
  assert_no_action (&f);
  commit = tc_agreement_make_commit (f.agreement, 0, &f.a);
  g_assert_nonnull (commit);
  g_assert_cmpuint (commit->n_signatures, ==, 4);
  fixture_close (&f);
}

static void
test_proposer (void)
{
  g_test_summary ("The proposer of the round, and nobody else, is told to propose: a new block, where it has no valid value.");
  static const guint64 powers[4] = { 1, 1, 1, 1 };
  Fixture f;
  TcAction action;

  fixture_open (&f, powers, 4, 0);
  for (guint32 member = 0; member < 4; member++)
    {
      g_autoptr(TcAgreement) agreement = tc_agreement_new (&TC_PARAMS_DEFAULT, f.committee, member, HEIGHT, &f.seed);

      tc_agreement_start (agreement, 0, f.actions);
      if (member != proposer_of (&f, 0))
        {
          assert_no_action (&f);
          continue;
        }
      action = pop_action (&f);
      g_assert_cmpint (action.kind, ==, TC_ACTION_PROPOSE);
      g_assert_cmpint (action.pol_round, ==, -1);
      g_assert_true (tc_hash_is_zero (&action.hash));
    }
  fixture_close (&f);
}

static void
test_propose_timeout (void)
{
  g_test_summary ("Without a proposal a member prevotes nil after propose_ms, not before; later rounds wait longer.");
  Fixture f;
  const gint64 wait_ms = TC_PARAMS_DEFAULT.propose_ms;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 100, f.actions);
  g_assert_cmpint (tc_agreement_get_deadline_ms (f.agreement), ==, 100 + wait_ms);
  tc_agreement_tick (f.agreement, 100 + wait_ms - 1, f.actions);
  assert_no_action (&f);
  tc_agreement_tick (f.agreement, 100 + wait_ms, f.actions);
  assert_signs (&f, TC_STEP_PREVOTE, 0, &TC_HASH_ZERO, 100 + wait_ms);
  others_vote (&f, 2, TC_STEP_PREVOTE, 2, &f.a, 5000);
  g_assert_cmpint (tc_agreement_get_deadline_ms (f.agreement), ==, 5000 + wait_ms + 2 * TC_PARAMS_DEFAULT.propose_step_ms);
  fixture_close (&f);
}

static void
test_unknown_and_invalid (void)
{
  g_test_summary ("A proposal whose value is unknown waits; one that is invalid gets a nil prevote.");
  Fixture f;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  propose (&f, 0, -1, &f.a, TC_VALUE_UNKNOWN, 10);
  assert_no_action (&f);
  tc_agreement_set_value (f.agreement, &f.a, TC_VALUE_INVALID, 20, f.actions);
  assert_signs (&f, TC_STEP_PREVOTE, 0, &TC_HASH_ZERO, 20);
  fixture_close (&f);
}

static void
test_first_proposal_counts (void)
{
  g_test_summary ("Of two proposals of one round the first counts, and the second is equivocation.");
  Fixture f;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  tc_agreement_set_value (f.agreement, &f.b, TC_VALUE_VALID, 0, f.actions);
  g_assert_cmpint (tc_agreement_add_proposal (f.agreement, 0, -1, &f.a, 1, f.actions), ==, TC_VOTE_ACCEPTED);
  g_assert_cmpint (tc_agreement_add_proposal (f.agreement, 0, -1, &f.b, 2, f.actions), ==, TC_VOTE_EQUIVOCATION);
  g_assert_cmpint (tc_agreement_add_proposal (f.agreement, 0, -1, &f.a, 3, f.actions), ==, TC_VOTE_DUPLICATE);
  assert_no_action (&f);
  tc_agreement_set_value (f.agreement, &f.a, TC_VALUE_VALID, 4, f.actions);
  assert_signs (&f, TC_STEP_PREVOTE, 0, &f.a, 4);
  fixture_close (&f);
}

static void
test_lock_refuses_other (void)
{
  g_test_summary ("Locked on A, a new proposal B without proof of lock gets a nil prevote, and A a prevote again.");
  Fixture f;

  fixture_open_four (&f);
  lock_a_in_round_0 (&f);
  go_to_next_round (&f, 0, 100);
  propose (&f, 1, -1, &f.b, TC_VALUE_VALID, 200);
  assert_signs (&f, TC_STEP_PREVOTE, 1, &TC_HASH_ZERO, 200);
  others_vote (&f, 3, TC_STEP_PREVOTE, 1, &TC_HASH_ZERO, 210);
  assert_signs (&f, TC_STEP_PRECOMMIT, 1, &TC_HASH_ZERO, 210);
  go_to_next_round (&f, 1, 300);
  propose (&f, 2, -1, &f.a, TC_VALUE_VALID, 10000);
  assert_signs (&f, TC_STEP_PREVOTE, 2, &f.a, 10000);
  fixture_close (&f);
}

static void
test_proof_of_lock_frees (void)
{
  g_test_summary ("Locked on A in round 0, B with prevotes of a quorum in round 1 is accepted in round 2, once they are all seen.");
  Fixture f;

  fixture_open_four (&f);
  lock_a_in_round_0 (&f);
  go_to_next_round (&f, 0, 100);
  others_vote (&f, 2, TC_STEP_PREVOTE, 1, &f.b, 210);
  others_vote (&f, 3, TC_STEP_PRECOMMIT, 1, &TC_HASH_ZERO, 220);
  tc_agreement_tick (f.agreement, 9000, f.actions);
  g_array_set_size (f.actions, 0);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 2);
  propose (&f, 2, 1, &f.b, TC_VALUE_VALID, 9100);
  assert_no_action (&f);
  vote (&f, (f.self + 3) % 4, TC_STEP_PREVOTE, 1, &f.b, 9200);
  assert_signs (&f, TC_STEP_PREVOTE, 2, &f.b, 9200);
  fixture_close (&f);
}

static void
test_older_proof_of_lock (void)
{
  g_test_summary ("A proof of lock older than one's own lock does not free it.");
  Fixture f;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  others_vote (&f, 3, TC_STEP_PREVOTE, 0, &f.b, 10);
  others_vote (&f, 3, TC_STEP_PRECOMMIT, 0, &TC_HASH_ZERO, 10);
  tc_agreement_tick (f.agreement, 5000, f.actions);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 1);
  g_array_set_size (f.actions, 0);
  propose (&f, 1, -1, &f.a, TC_VALUE_VALID, 5010);
  assert_signs (&f, TC_STEP_PREVOTE, 1, &f.a, 5010);
  others_vote (&f, 2, TC_STEP_PREVOTE, 1, &f.a, 5020);
  assert_signs (&f, TC_STEP_PRECOMMIT, 1, &f.a, 5020);
  go_to_next_round (&f, 1, 5100);
  propose (&f, 2, 0, &f.b, TC_VALUE_VALID, 20000);
  assert_signs (&f, TC_STEP_PREVOTE, 2, &TC_HASH_ZERO, 20000);
  fixture_close (&f);
}

static void
test_pol_round_below (void)
{
  g_test_summary ("A proof-of-lock round is before the proposal's.");
  Fixture f;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  g_assert_cmpint (tc_agreement_add_proposal (f.agreement, 1, 1, &f.a, 0, f.actions), ==, TC_VOTE_IGNORED);
  g_assert_cmpint (tc_agreement_add_proposal (f.agreement, 1, 0, &f.a, 0, f.actions), ==, TC_VOTE_ACCEPTED);
  fixture_close (&f);
}

static void
test_polka_after_timeout (void)
{
  g_test_summary ("Prevotes of a quorum that come after a nil precommit do not lock, but make the valid value that is proposed again.");
  static const guint64 powers[4] = { 1, 1, 1, 1 };
  Fixture f;
  TcHash locked;
  TcAction action;

  fixture_open (&f, powers, 4, 0);
  f.self = proposer_of (&f, 1);
  tc_agreement_free (f.agreement);
  f.agreement = tc_agreement_new (&TC_PARAMS_DEFAULT, f.committee, f.self, HEIGHT, &f.seed);
  tc_agreement_start (f.agreement, 0, f.actions);
  g_array_set_size (f.actions, 0);
  propose (&f, 0, -1, &f.a, TC_VALUE_VALID, 10);
  assert_signs (&f, TC_STEP_PREVOTE, 0, &f.a, 10);
  others_vote (&f, 1, TC_STEP_PREVOTE, 0, &f.a, 20);
  vote (&f, (f.self + 2) % 4, TC_STEP_PREVOTE, 0, &TC_HASH_ZERO, 20);
  g_assert_cmpint (tc_agreement_get_deadline_ms (f.agreement), ==, 20 + (gint64) TC_PARAMS_DEFAULT.prevote_ms);
  tc_agreement_tick (f.agreement, 20 + TC_PARAMS_DEFAULT.prevote_ms, f.actions);
  assert_signs (&f, TC_STEP_PRECOMMIT, 0, &TC_HASH_ZERO, 2000);
  vote (&f, (f.self + 3) % 4, TC_STEP_PREVOTE, 0, &f.a, 2010);
  assert_no_action (&f);
  g_assert_cmpint (tc_agreement_get_locked (f.agreement, &locked), ==, -1);
  go_to_next_round (&f, 0, 2020);
  action = pop_action (&f);
  g_assert_cmpint (action.kind, ==, TC_ACTION_PROPOSE);
  g_assert_cmpint (action.pol_round, ==, 0);
  g_assert_true (tc_hash_equal (&action.hash, &f.a));
  fixture_close (&f);
}

static void
test_nil_quorum (void)
{
  g_test_summary ("Nil prevotes of a quorum: nil is precommitted at once, without the timeout.");
  Fixture f;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  propose (&f, 0, -1, &f.a, TC_VALUE_VALID, 10);
  assert_signs (&f, TC_STEP_PREVOTE, 0, &f.a, 10);
  others_vote (&f, 2, TC_STEP_PREVOTE, 0, &TC_HASH_ZERO, 20);
  assert_no_action (&f);
  others_vote (&f, 3, TC_STEP_PREVOTE, 0, &TC_HASH_ZERO, 20);
  assert_signs (&f, TC_STEP_PRECOMMIT, 0, &TC_HASH_ZERO, 20);
  fixture_close (&f);
}

static void
test_polka_needs_value (void)
{
  g_test_summary ("Prevotes of a quorum for a block that this node has not checked lock nothing; once it has, they do.");
  Fixture f;
  TcHash locked, wanted;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  tc_agreement_tick (f.agreement, 3000, f.actions);
  assert_signs (&f, TC_STEP_PREVOTE, 0, &TC_HASH_ZERO, 3000);
  others_vote (&f, 3, TC_STEP_PREVOTE, 0, &f.a, 3010);
  assert_no_action (&f);
  g_assert_true (tc_agreement_is_backed (f.agreement, &f.a));
  g_assert_true (tc_agreement_get_wanted (f.agreement, &wanted));
  g_assert_true (tc_hash_equal (&wanted, &f.a));
  tc_agreement_set_value (f.agreement, &f.a, TC_VALUE_VALID, 3020, f.actions);
  assert_signs (&f, TC_STEP_PRECOMMIT, 0, &f.a, 3020);
  g_assert_cmpint (tc_agreement_get_locked (f.agreement, &locked), ==, 0);
  g_assert_false (tc_agreement_get_wanted (f.agreement, &wanted));
  fixture_close (&f);
}

static void
test_decide_without_value (void)
{
  g_test_summary ("Precommits of a quorum decide whatever is known of the block, from an earlier round too.");
  Fixture f;
  TcAction action;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  others_vote (&f, 2, TC_STEP_PRECOMMIT, 0, &f.a, 10);
  others_vote (&f, 3, TC_STEP_PREVOTE, 3, &TC_HASH_ZERO, 20);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 3);
  g_array_set_size (f.actions, 0);
  others_vote (&f, 3, TC_STEP_PRECOMMIT, 0, &f.a, 30);
  action = pop_action (&f);
  g_assert_cmpint (action.kind, ==, TC_ACTION_DECIDE);
  g_assert_cmpuint (action.round, ==, 0);
  fixture_close (&f);
}

static void
test_jump (void)
{
  g_test_summary ("A third and more in a later round moves a member there, exactly a third does not; before round 0 too.");
  static const guint64 powers[3] = { 2, 2, 2 };
  Fixture f;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  others_vote (&f, 1, TC_STEP_PRECOMMIT, 5, &f.a, 10);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 0);
  vote (&f, (f.self + 2) % 4, TC_STEP_PREVOTE, 5, &TC_HASH_ZERO, 10);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 5);
  g_assert_cmpint (tc_agreement_get_step (f.agreement), ==, TC_AGREEMENT_PROPOSE);
  fixture_close (&f);

  fixture_open (&f, powers, 3, TC_MEMBER_NONE);
  vote (&f, 0, TC_STEP_PREVOTE, 1, &f.a, 10);
  g_assert_cmpint (tc_agreement_get_step (f.agreement), ==, TC_AGREEMENT_WAIT);
  vote (&f, 1, TC_STEP_PREVOTE, 1, &f.a, 10);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 1);
  fixture_close (&f);
}

static void
test_one_member_is_no_third (void)
{
  g_test_summary ("One member's votes of both kinds count once towards a jump.");
  Fixture f;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  others_vote (&f, 1, TC_STEP_PREVOTE, 5, &f.a, 10);
  others_vote (&f, 1, TC_STEP_PRECOMMIT, 5, &f.a, 10);
  others_vote (&f, 1, TC_STEP_PREVOTE, 5, &f.b, 10);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 0);
  fixture_close (&f);
}

static void
test_equivocation_counts (void)
{
  g_test_summary ("A member's second vote counts for its block, and is told as equivocation; its fourth is ignored.");
  Fixture f;
  const TcHash c = fixture_hash (0xcc), d = fixture_hash (0xdd);

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  propose (&f, 0, -1, &f.a, TC_VALUE_VALID, 10);
  assert_signs (&f, TC_STEP_PREVOTE, 0, &f.a, 10);
  g_assert_cmpint (vote (&f, (f.self + 1) % 4, TC_STEP_PREVOTE, 0, &f.b, 20), ==, TC_VOTE_ACCEPTED);
  others_vote (&f, 1, TC_STEP_PREVOTE, 0, &f.b, 20);
  g_assert_cmpint (vote (&f, (f.self + 2) % 4, TC_STEP_PREVOTE, 0, &f.a, 20), ==, TC_VOTE_ACCEPTED);
  g_assert_cmpint (vote (&f, (f.self + 1) % 4, TC_STEP_PREVOTE, 0, &f.a, 20), ==, TC_VOTE_EQUIVOCATION);
  assert_signs (&f, TC_STEP_PRECOMMIT, 0, &f.a, 20);
  g_assert_cmpuint (tc_agreement_get_power (f.agreement, 0, TC_STEP_PREVOTE, NULL), ==, 3);
  g_assert_cmpint (vote (&f, (f.self + 1) % 4, TC_STEP_PREVOTE, 0, &c, 20), ==, TC_VOTE_EQUIVOCATION);
  g_assert_cmpint (vote (&f, (f.self + 1) % 4, TC_STEP_PREVOTE, 0, &d, 20), ==, TC_VOTE_IGNORED);
  g_assert_cmpint (vote (&f, (f.self + 1) % 4, TC_STEP_PREVOTE, 0, &f.a, 20), ==, TC_VOTE_DUPLICATE);
  fixture_close (&f);
}

static void
test_votes_without_end (void)
{
  g_test_summary ("A member that votes for block after block still counts for the one that more than a third vouches for: another's lock may rest on it.");
  Fixture f;
  guint32 liar;

  fixture_open_four (&f);
  liar = (f.self + 1) % 4;
  tc_agreement_start (f.agreement, 0, f.actions);
  for (guint8 i = 0; i < TC_AGREEMENT_VOTES_MAX; i++)
    {
      const TcHash hash = fixture_hash ((guint8) (0xc0 + i));

      g_assert_cmpint (vote (&f, liar, TC_STEP_PREVOTE, 0, &hash, 10), !=, TC_VOTE_IGNORED);
    }
  g_assert_cmpint (vote (&f, liar, TC_STEP_PREVOTE, 0, &f.a, 20), ==, TC_VOTE_IGNORED);
  vote (&f, (f.self + 2) % 4, TC_STEP_PREVOTE, 0, &f.a, 20);
  g_assert_cmpint (vote (&f, liar, TC_STEP_PREVOTE, 0, &f.a, 20), ==, TC_VOTE_IGNORED);
  vote (&f, (f.self + 3) % 4, TC_STEP_PREVOTE, 0, &f.a, 20);
  g_assert_cmpint (vote (&f, liar, TC_STEP_PREVOTE, 0, &f.a, 20), ==, TC_VOTE_EQUIVOCATION);
  g_assert_cmpuint (tc_agreement_get_power (f.agreement, 0, TC_STEP_PREVOTE, &f.a), ==, 3);
  fixture_close (&f);
}

static void
test_quorum_boundary (void)
{
  g_test_summary ("Exactly two thirds of the power decide nothing; one unit more does.");
  static const guint64 two_thirds[4] = { 1, 2, 2, 1 }, more[4] = { 1, 2, 3, 1 };
  Fixture f;

  fixture_open (&f, two_thirds, 4, TC_MEMBER_NONE);
  tc_agreement_start (f.agreement, 0, f.actions);
  vote (&f, 1, TC_STEP_PRECOMMIT, 0, &f.a, 10);
  vote (&f, 2, TC_STEP_PRECOMMIT, 0, &f.a, 10);
  assert_no_action (&f);
  vote (&f, 3, TC_STEP_PRECOMMIT, 0, &f.a, 10);
  g_assert_cmpint (pop_action (&f).kind, ==, TC_ACTION_DECIDE);
  fixture_close (&f);

  fixture_open (&f, more, 4, TC_MEMBER_NONE);
  tc_agreement_start (f.agreement, 0, f.actions);
  vote (&f, 1, TC_STEP_PRECOMMIT, 0, &f.a, 10);
  vote (&f, 2, TC_STEP_PRECOMMIT, 0, &f.a, 10);
  g_assert_cmpint (pop_action (&f).kind, ==, TC_ACTION_DECIDE);
  fixture_close (&f);
}

static void
test_watcher (void)
{
  g_test_summary ("Who is no member signs nothing and still learns the decision.");
  static const guint64 powers[4] = { 1, 1, 1, 1 };
  Fixture f;

  fixture_open (&f, powers, 4, TC_MEMBER_NONE);
  tc_agreement_start (f.agreement, 0, f.actions);
  tc_agreement_tick (f.agreement, 100000, f.actions);
  propose (&f, 0, -1, &f.a, TC_VALUE_VALID, 100000);
  for (guint i = 0; i < 3; i++)
    vote (&f, i, TC_STEP_PREVOTE, 0, &f.a, 100000);
  assert_no_action (&f);
  for (guint i = 0; i < 3; i++)
    vote (&f, i, TC_STEP_PRECOMMIT, 0, &f.a, 100000);
  g_assert_cmpint (pop_action (&f).kind, ==, TC_ACTION_DECIDE);
  fixture_close (&f);
}

static void
test_far_rounds (void)
{
  g_test_summary ("Votes and proposals of far rounds take no memory.");
  Fixture f;

  fixture_open_four (&f);
  tc_agreement_start (f.agreement, 0, f.actions);
  g_assert_cmpint (vote (&f, (f.self + 1) % 4, TC_STEP_PREVOTE, TC_AGREEMENT_ROUNDS_AHEAD, &f.a, 0), ==, TC_VOTE_ACCEPTED);
  g_assert_cmpint (vote (&f, (f.self + 1) % 4, TC_STEP_PREVOTE, TC_AGREEMENT_ROUNDS_AHEAD + 1, &f.a, 0), ==, TC_VOTE_IGNORED);
  g_assert_cmpint (vote (&f, (f.self + 1) % 4, TC_STEP_PREVOTE, G_MAXUINT32, &f.a, 0), ==, TC_VOTE_IGNORED);
  g_assert_cmpint (tc_agreement_add_proposal (f.agreement, G_MAXUINT32, -1, &f.a, 0, f.actions), ==, TC_VOTE_IGNORED);
  g_assert_null (tc_agreement_get_votes (f.agreement, G_MAXUINT32, TC_STEP_PREVOTE));
  fixture_close (&f);
}

static void
test_restore_lock (void)
{
  g_test_summary ("After a restart the votes that were signed restore round, step and lock: no other vote is signed, and B stays refused.");
  Fixture f;
  TcVote prevote, precommit;
  TcHash locked;

  fixture_open_four (&f);
  prevote = make_vote (f.self, TC_STEP_PREVOTE, 0, &f.a);
  precommit = make_vote (f.self, TC_STEP_PRECOMMIT, 0, &f.a);
  tc_agreement_restore_vote (f.agreement, &prevote);
  tc_agreement_restore_vote (f.agreement, &precommit);
  g_assert_cmpint (tc_agreement_get_locked (f.agreement, &locked), ==, 0);
  g_assert_true (tc_hash_equal (&locked, &f.a));
  tc_agreement_start (f.agreement, 0, f.actions);
  propose (&f, 0, -1, &f.b, TC_VALUE_VALID, 10);
  tc_agreement_tick (f.agreement, 2000, f.actions);
  assert_no_action (&f);
  go_to_next_round (&f, 0, 2100);
  propose (&f, 1, -1, &f.b, TC_VALUE_VALID, 9000);
  assert_signs (&f, TC_STEP_PREVOTE, 1, &TC_HASH_ZERO, 9000);
  fixture_close (&f);
}

static void
test_restore_proof (void)
{
  g_test_summary ("The prevotes under a lock, restored, prove it: the locked block is proposed again with them and prevoted.");
  Fixture f;
  TcVote own[2], others[2];
  TcHash locked;

  fixture_open_four (&f);
  own[0] = make_vote (f.self, TC_STEP_PREVOTE, 0, &f.a);
  own[1] = make_vote (f.self, TC_STEP_PRECOMMIT, 0, &f.a);
  tc_agreement_restore_vote (f.agreement, &own[0]);
  for (guint i = 0; i < 2; i++)
    {
      others[i] = make_vote ((f.self + 1 + i) % 4, TC_STEP_PREVOTE, 0, &f.a);
      tc_agreement_restore_vote (f.agreement, &others[i]);
      tc_agreement_restore_vote (f.agreement, &others[i]);
    }
  g_assert_cmpint (tc_agreement_get_locked (f.agreement, &locked), ==, -1);
  tc_agreement_restore_vote (f.agreement, &own[1]);
  g_assert_cmpint (tc_agreement_get_locked (f.agreement, &locked), ==, 0);
  g_assert_cmpuint (tc_agreement_get_votes (f.agreement, 0, TC_STEP_PREVOTE)->len, ==, 3);
  go_to_next_round (&f, 0, 100);
  propose (&f, 1, 0, &f.a, TC_VALUE_VALID, 9000);
  assert_signs (&f, TC_STEP_PREVOTE, 1, &f.a, 9000);
  fixture_close (&f);
}

static void
test_restore_prevote (void)
{
  g_test_summary ("After a restart between prevote and precommit, the prevote stands and the precommit follows the prevotes of the others.");
  Fixture f;
  TcVote prevote;

  fixture_open_four (&f);
  prevote = make_vote (f.self, TC_STEP_PREVOTE, 1, &f.a);
  tc_agreement_restore_vote (f.agreement, &prevote);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 1);
  propose (&f, 1, -1, &f.a, TC_VALUE_VALID, 10);
  others_vote (&f, 1, TC_STEP_PREVOTE, 1, &f.a, 20);
  assert_no_action (&f);
  others_vote (&f, 2, TC_STEP_PREVOTE, 1, &f.a, 20);
  assert_signs (&f, TC_STEP_PRECOMMIT, 1, &f.a, 20);
  fixture_close (&f);
}

static void
test_restored_propose_resumes (void)
{
  g_test_summary ("A restored precommit waits for the others, and the round goes on by its timeout.");
  Fixture f;
  TcVote votes[2];

  fixture_open_four (&f);
  votes[0] = make_vote (f.self, TC_STEP_PREVOTE, 1, &TC_HASH_ZERO);
  votes[1] = make_vote (f.self, TC_STEP_PRECOMMIT, 1, &TC_HASH_ZERO);
  for (guint i = 0; i < 2; i++)
    tc_agreement_restore_vote (f.agreement, &votes[i]);
  g_assert_cmpint (tc_agreement_get_deadline_ms (f.agreement), ==, G_MAXINT64);
  others_vote (&f, 2, TC_STEP_PRECOMMIT, 1, &TC_HASH_ZERO, 50);
  g_assert_cmpint (tc_agreement_get_deadline_ms (f.agreement), ==, 50 + (gint64) TC_PARAMS_DEFAULT.precommit_ms
                                                                     + TC_PARAMS_DEFAULT.precommit_step_ms);
  tc_agreement_tick (f.agreement, 50 + 10000, f.actions);
  g_assert_cmpuint (tc_agreement_get_round (f.agreement), ==, 2);
  fixture_close (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consensus/agreement/happy", test_happy);
  g_test_add_func ("/consensus/agreement/proposer", test_proposer);
  g_test_add_func ("/consensus/agreement/propose-timeout", test_propose_timeout);
  g_test_add_func ("/consensus/agreement/unknown-and-invalid", test_unknown_and_invalid);
  g_test_add_func ("/consensus/agreement/survive-16-two-proposals", test_first_proposal_counts);
  g_test_add_func ("/consensus/agreement/lock-refuses-other", test_lock_refuses_other);
  g_test_add_func ("/consensus/agreement/proof-of-lock-frees", test_proof_of_lock_frees);
  g_test_add_func ("/consensus/agreement/older-proof-of-lock", test_older_proof_of_lock);
  g_test_add_func ("/consensus/agreement/pol-round-below", test_pol_round_below);
  g_test_add_func ("/consensus/agreement/polka-after-timeout", test_polka_after_timeout);
  g_test_add_func ("/consensus/agreement/nil-quorum", test_nil_quorum);
  g_test_add_func ("/consensus/agreement/polka-needs-value", test_polka_needs_value);
  g_test_add_func ("/consensus/agreement/decide-without-value", test_decide_without_value);
  g_test_add_func ("/consensus/agreement/jump", test_jump);
  g_test_add_func ("/consensus/agreement/one-member-is-no-third", test_one_member_is_no_third);
  g_test_add_func ("/consensus/agreement/survive-16-two-votes", test_equivocation_counts);
  g_test_add_func ("/consensus/agreement/survive-16-votes-without-end", test_votes_without_end);
  g_test_add_func ("/consensus/agreement/quorum-boundary", test_quorum_boundary);
  g_test_add_func ("/consensus/agreement/watcher", test_watcher);
  g_test_add_func ("/consensus/agreement/far-rounds", test_far_rounds);
  g_test_add_func ("/consensus/agreement/survive-22-restore-lock", test_restore_lock);
  g_test_add_func ("/consensus/agreement/restore-proof-of-lock", test_restore_proof);
  g_test_add_func ("/consensus/agreement/restore-prevote", test_restore_prevote);
  g_test_add_func ("/consensus/agreement/restored-round-goes-on", test_restored_propose_resumes);
  return g_test_run ();
}
