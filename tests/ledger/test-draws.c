#include <math.h>

#include "chain-fixture.h"
#include "ledger/registry-private.h"

/* Seats and turns drawn as nodes draw them, against the binomial that draws.py builds its table on. Seeds are fixed: a run is like the last. */

#define N_ELECTIONS  10000u
#define SEATS        100u
#define N_GOLD       90u
#define N_SILVER     90u
#define N_BRONZE     100u
#define N_ALL        (N_GOLD + N_SILVER + N_BRONZE)
#define POWER        10000u  /* 90 x 100 + 90 x 10 + 100 */

/* Who lies, together a share of all power. */
typedef struct
{
  guint percent, n_gold, n_silver, n_bronze;
  guint histogram[SEATS + 1];  /* elections by the seats that they got */
} Liars;

static TcHash
seed_of (guint32 number)
{
  const guint32 little = GUINT32_TO_LE (number);

  return tc_hash_tagged (TC_TAG_SEED, (const guint8 *) &little, sizeof little);
}

static TcRegistry *
make_registry (void)
{
  TcTier tiers[N_ALL];

  for (guint i = 0; i < N_ALL; i++)
    tiers[i] = i < N_GOLD ? TC_TIER_GOLD : i < N_GOLD + N_SILVER ? TC_TIER_SILVER : TC_TIER_BRONZE;
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (N_ALL, tiers, 1, NULL);

  return tc_registry_new_genesis (chain->genesis);
}

static TcCommittee *
elect (const TcRegistry *registry, const TcHash *seed)
{
  TcParams params = TC_PARAMS_LOCAL;

  params.committee_size = SEATS;
  return tc_registry_elect (registry, NULL, params.redraw_epochs, seed, &params);
}

static gboolean
lies (const Liars *liars, guint32 masternode)
{
  if (masternode < N_GOLD)
    return masternode < liars->n_gold;
  if (masternode < N_GOLD + N_SILVER)
    return masternode - N_GOLD < liars->n_silver;
  return masternode - N_GOLD - N_SILVER < liars->n_bronze;
}

static void
count_seats (Liars *liars, const TcCommittee *committee)
{
  guint64 seats = 0;

  for (guint32 i = 0; i < committee->n_members; i++)
    if (lies (liars, committee->members[i].masternode))
      seats += committee->members[i].power;
  liars->histogram[seats]++;
}

/* The chance of @least or more of SEATS at @share each. */
static double
binomial_tail (double share, guint least)
{
  double chance = pow (1 - share, SEATS), sum = 0;

  for (guint k = 0; k <= SEATS; k++)
    {
      if (k >= least)
        sum += chance;
      chance *= share / (1 - share) * (SEATS - k) / (k + 1);
    }
  return sum;
}

/* Every number of seats that enough elections reach, or fall short of: within five standard deviations. */
static void
check_tails (const Liars *liars)
{
  const double share = liars->percent / 100.0;
  guint above = 0, n_checked = 0;

  for (guint least = SEATS; least > 0; least--)
    {
      const double chance = binomial_tail (share, least), expected = N_ELECTIONS * chance;
      const double deviation = sqrt (expected * (1 - chance));

      above += liars->histogram[least];
      if (least == SEATS / 3 + 1)
        g_test_message ("%u %%: a third or more of the seats in %u of %u elections, %.2f expected", liars->percent, above, N_ELECTIONS, expected);
      if (expected < 20 || expected > N_ELECTIONS - 20)
        continue;
      n_checked++;
      g_assert_cmpfloat (fabs (above - expected), <, 5 * deviation);
    }
  g_assert_cmpuint (n_checked, >, 10);
}

static void
test_seats (void)
{
  g_test_summary ("Over 10 000 elections of 100 seats each, what liars of 15 to 33 % of all power get follows the binomial (B5, B7).");
  Liars all[] = { { 15, 13, 15, 50, { 0 } }, { 20, 18, 15, 50, { 0 } }, { 25, 23, 15, 50, { 0 } }, { 33, 31, 15, 50, { 0 } } };
  g_autoptr(TcRegistry) registry = make_registry ();

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    g_assert_cmpuint (100 * all[i].n_gold + 10 * all[i].n_silver + all[i].n_bronze, ==, POWER * all[i].percent / 100);
  for (guint32 i = 0; i < N_ELECTIONS; i++)
    {
      const TcHash seed = seed_of (i);
      g_autoptr(TcCommittee) committee = elect (registry, &seed);

      g_assert_true (committee->drawn);
      g_assert_cmpuint (committee->power, ==, SEATS);
      for (gsize k = 0; k < G_N_ELEMENTS (all); k++)
        count_seats (&all[k], committee);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    check_tails (&all[i]);
}

/* Chi-squared of what each member got of @n turns: five standard deviations of it above its mean. */
static void
check_turns (const TcCommittee *committee, const guint *turns, guint n)
{
  double sum = 0;

  for (guint32 i = 0; i < committee->n_members; i++)
    {
      const double expected = (double) n * (double) committee->members[i].power / (double) committee->power;

      sum += (turns[i] - expected) * (turns[i] - expected) / expected;
    }
  g_test_message ("chi-squared of %u turns of %u members: %.1f", n, committee->n_members, sum);
  g_assert_cmpfloat (sum, <, committee->n_members - 1 + 5 * sqrt (2.0 * (committee->n_members - 1)));
}

static void
test_turns (void)
{
  g_test_summary ("Over 100 000 heights each member proposes as often as its power says, in round 0 and in the round after it (B7).");
  const guint n_heights = 100000;
  g_autoptr(TcRegistry) registry = make_registry ();
  const TcHash first = seed_of (1);
  g_autoptr(TcCommittee) committee = elect (registry, &first);
  guint turns[2][TC_COMMITTEE_MAX] = { 0 };
  guint n_again = 0;
  double twice = 0;

  for (guint32 height = 1; height <= n_heights; height++)
    {
      const TcHash seed = seed_of (height);
      const guint32 now = tc_committee_proposer (committee, &seed, height, 0), next = tc_committee_proposer (committee, &seed, height, 1);

      turns[0][now]++;
      turns[1][next]++;
      n_again += now == next;
    }
  for (guint32 i = 0; i < committee->n_members; i++)
    twice += pow ((double) committee->members[i].power / (double) committee->power, 2);
  check_turns (committee, turns[0], n_heights);
  check_turns (committee, turns[1], n_heights);
  /* Rounds are drawn apart: one member has both no more often than chance has it. */
  g_assert_cmpfloat (fabs (n_again - n_heights * twice), <, 5 * sqrt (n_heights * twice));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ledger/draws/seats", test_seats);
  g_test_add_func ("/ledger/draws/turns", test_turns);
  return g_test_run ();
}
