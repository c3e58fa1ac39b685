#include <sodium.h>
#include <string.h>

#include "sample.h"

/* Rule B7 again, written another way: libsodium's own call, remainder by long division, the sum searched from the front. */
static gsize
draw_again (const char *purpose, const TcHash *seed, guint32 a, guint32 b, const guint64 *powers, gsize n)
{
  guint8 message[40], hash[32], personal[16] = { 0 };
  guint64 total = 0, rest = 0, sum = 0;

  memcpy (message, seed->bytes, 32);
  for (guint i = 0; i < 4; i++)
    {
      message[32 + i] = (guint8) (a >> (8 * i));
      message[36 + i] = (guint8) (b >> (8 * i));
    }
  memcpy (personal, purpose, strlen (purpose));
  crypto_generichash_blake2b_salt_personal (hash, 32, message, sizeof message, NULL, 0, NULL, personal);
  for (gsize i = 0; i < n; i++)
    total += powers[i];
  g_assert_cmpuint (total, <, G_GUINT64_CONSTANT (1) << 56);
  for (gsize i = 16; i > 0; i--)
    rest = (rest * 256 + hash[i - 1]) % total;
  for (gsize i = 0; i < n; i++)
    {
      sum += powers[i];
      if (sum > rest)
        return i;
    }
  g_assert_not_reached ();
}

static void
test_draw (void)
{
  g_test_summary ("B7: the draw is that of an independent computation, for many seeds and powers.");
  static const guint64 powers[][5] = {
    { 1, 1, 1, 1, 1 }, { 1, 2, 3, 4, 5 }, { 0, 7, 0, 0, 9 }, { 100, 1, 100, 1, 1000000000000 }, { 0, 0, 0, 0, 1 } };

  for (guint32 i = 0; i < 500; i++)
    for (gsize k = 0; k < G_N_ELEMENTS (powers); k++)
      {
        const TcHash seed = sample_hash (i / 10);

        g_assert_cmpuint (tc_draw (TC_TAG_SEAT, &seed, i, 7 * i, powers[k], 5), ==,
                          draw_again (TC_TAG_SEAT, &seed, i, 7 * i, powers[k], 5));
      }
}

static void
test_draw_depends (void)
{
  g_test_summary ("Purpose, seed and both numbers each change a draw.");
  enum { N = 200 };
  guint64 powers[N];
  const TcHash seed = sample_hash (1), other = sample_hash (2);

  for (guint i = 0; i < N; i++)
    powers[i] = 1000;

  const gsize draw = tc_draw (TC_TAG_SEAT, &seed, 1, 2, powers, N);

  g_assert_cmpuint (draw, !=, tc_draw (TC_TAG_PROPOSER, &seed, 1, 2, powers, N));
  g_assert_cmpuint (draw, !=, tc_draw (TC_TAG_SEAT, &other, 1, 2, powers, N));
  g_assert_cmpuint (draw, !=, tc_draw (TC_TAG_SEAT, &seed, 2, 1, powers, N));
  g_assert_cmpuint (draw, !=, tc_draw (TC_TAG_SEAT, &seed, 1, 3, powers, N));
}

static void
test_proposer (void)
{
  g_test_summary ("Proposers are drawn by power: over 4 000 turns each has about its share, and rounds of a height differ.");
  static const guint64 powers[] = { 1, 2, 3, 4 };
  TcMember members[4];
  guint counts[4] = { 0 }, n_changed = 0;
  const TcHash seed = sample_hash (3);

  memset (members, 0, sizeof members);
  for (guint i = 0; i < 4; i++)
    members[i] = (TcMember) { .masternode = i, .operator_key = { { (guint8) i } }, .power = powers[i] };

  g_autoptr(TcCommittee) committee = tc_committee_new (1, FALSE, members, 4);

  for (guint32 height = 0; height < 1000; height++)
    for (guint32 round = 0; round < 4; round++)
      {
        const guint32 proposer = tc_committee_proposer (committee, &seed, height, round);

        g_assert_cmpuint (proposer, ==, draw_again (TC_TAG_PROPOSER, &seed, height, round, powers, 4));
        counts[proposer]++;
        n_changed += proposer != tc_committee_proposer (committee, &seed, height, round + 1);
      }
  /* Five standard deviations of a fair draw are below 160 for each. */
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (counts[i], >, 400 * (i + 1) - 160);
      g_assert_cmpuint (counts[i], <, 400 * (i + 1) + 160);
    }
  g_assert_cmpuint (n_changed, >, 2000);
}

static TcCommittee *
committee_of_power (guint64 power)
{
  const TcMember member = { .masternode = 0, .power = power };

  return tc_committee_new (1, FALSE, &member, 1);
}

static void
test_quorum (void)
{
  g_test_summary ("B8: a quorum is 3 x sum > 2 x P, a third is 3 x sum > P, exactly, up to the largest power.");
  for (guint64 power = 1; power <= 60; power++)
    {
      g_autoptr(TcCommittee) committee = committee_of_power (power);

      for (guint64 sum = 0; sum <= power; sum++)
        {
          g_assert_true (tc_committee_is_quorum (committee, sum) == (3 * sum > 2 * power));
          g_assert_true (tc_committee_is_third (committee, sum) == (3 * sum > power));
        }
    }

  const guint64 most = G_GUINT64_CONSTANT (1) << 60;
  g_autoptr(TcCommittee) largest = committee_of_power (most);

  g_assert_false (tc_committee_is_quorum (largest, most / 3 * 2));
  g_assert_true (tc_committee_is_quorum (largest, most / 3 * 2 + 1));
  g_assert_false (tc_committee_is_third (largest, most / 3));
  g_assert_true (tc_committee_is_third (largest, most / 3 + 1));
}

static void
test_quorums_meet (void)
{
  g_test_summary ("Any two quorums share more than a third of the power: every pair of 2^6 sets.");
  static const guint64 powers[] = { 1, 3, 3, 5, 7, 2 };
  TcMember members[6];

  memset (members, 0, sizeof members);
  for (guint i = 0; i < 6; i++)
    members[i] = (TcMember) { .masternode = i, .operator_key = { { (guint8) i } }, .power = powers[i] };

  g_autoptr(TcCommittee) committee = tc_committee_new (1, FALSE, members, 6);

  for (guint8 a = 0; a < 64; a++)
    for (guint8 b = 0; b < 64; b++)
      {
        const guint8 both = a & b;

        if (tc_committee_is_quorum (committee, tc_committee_sum (committee, &a))
            && tc_committee_is_quorum (committee, tc_committee_sum (committee, &b)))
          g_assert_true (tc_committee_is_third (committee, tc_committee_sum (committee, &both)));
      }
}

static void
test_find_and_sum (void)
{
  g_test_summary ("A member is found by its key; a bitmap's bits are its members, the least significant first.");
  g_autoptr(TcCommittee) committee = sample_committee (6);
  g_autoptr(TcSecretKey) stranger = sample_key (1);
  const guint8 bitmap = 0x0a;

  for (guint32 i = 0; i < committee->n_members; i++)
    g_assert_cmpuint (tc_committee_find (committee, &committee->members[i].operator_key), ==, i);
  g_assert_cmpuint (tc_committee_find (committee, tc_secret_key_get_public (stranger)), ==, TC_MEMBER_NONE);
  g_assert_cmpuint (committee->power, ==, 211);
  g_assert_cmpuint (tc_committee_sum (committee, &bitmap), ==, 110);
}

static gboolean
reads (const TcCommittee *committee)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_committee_put (bytes, committee);
  return sample_round_trip ("committee", bytes->data, bytes->len);
}

static void
test_form (void)
{
  g_test_summary ("Members out of order, twice, without power or with too much of it are refused; so is an empty committee.");
  g_autoptr(TcCommittee) committee = sample_committee (6);
  TcCommittee bad = *committee;

  g_assert_true (reads (committee));
  bad.members[1].masternode = bad.members[0].masternode;
  g_assert_false (reads (&bad));
  bad = *committee;
  bad.members[1].operator_key = bad.members[3].operator_key;
  g_assert_false (reads (&bad));
  bad = *committee;
  bad.members[2].power = 0;
  g_assert_false (reads (&bad));
  bad = *committee;
  bad.members[2].power = G_GUINT64_CONSTANT (1) << 60;
  g_assert_false (reads (&bad));
  bad = *committee;
  bad.n_members = 0;
  g_assert_false (reads (&bad));
}

static void
test_hash (void)
{
  g_test_summary ("The committee's hash covers epoch, whether drawn, and each member.");
  g_autoptr(TcCommittee) committee = sample_committee (6);
  const TcHash hash = tc_committee_hash (committee);
  TcCommittee others[5];

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = *committee;
  others[0].epoch++;
  others[1].drawn = TRUE;
  others[2].n_members--;
  others[3].members[3].power++;
  others[4].members[0].operator_key.bytes[0] ^= 1;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const TcHash other = tc_committee_hash (&others[i]);

      g_assert_false (tc_hash_equal (&hash, &other));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/committee/draw", test_draw);
  g_test_add_func ("/core/committee/draw-depends", test_draw_depends);
  g_test_add_func ("/core/committee/proposer", test_proposer);
  g_test_add_func ("/core/committee/quorum", test_quorum);
  g_test_add_func ("/core/committee/quorums-meet", test_quorums_meet);
  g_test_add_func ("/core/committee/find-and-sum", test_find_and_sum);
  g_test_add_func ("/core/committee/form", test_form);
  g_test_add_func ("/core/committee/hash", test_hash);
  return g_test_run ();
}
