#include "committee.h"

#include <string.h>

#include "check.h"

#define MEMBER_SIZE  (4u + TC_PUBLIC_KEY_SIZE + 8u)
#define POWER_MAX    (G_GUINT64_CONSTANT (1) << 60)

__extension__ typedef unsigned __int128 u128;

/* Ascending by masternode, powers from 1 up with a sum of at most 2^60, no key twice. Returns: the sum, 0 where that does not hold. */
static guint64
members_power (const TcMember *members, gsize n_members)
{
  guint64 sum = 0;

  for (gsize i = 0; i < n_members; i++)
    {
      if (members[i].power == 0 || members[i].power > POWER_MAX - sum)
        return 0;
      if (i > 0 && members[i].masternode <= members[i - 1].masternode)
        return 0;
      for (gsize j = 0; j < i; j++)
        if (tc_public_key_equal (&members[i].operator_key, &members[j].operator_key))
          return 0;
      sum += members[i].power;
    }
  return sum;
}

TcCommittee *
tc_committee_new (guint32 epoch, gboolean drawn, const TcMember *members, gsize n_members)
{
  TC_CHECK (n_members >= 1 && n_members <= TC_COMMITTEE_MAX);

  TcCommittee *self = g_new0 (TcCommittee, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->epoch = epoch;
  self->drawn = drawn;
  self->n_members = (guint32) n_members;
  memcpy (self->members, members, n_members * sizeof *members);
  self->power = members_power (members, n_members);
  TC_CHECK (self->power > 0);
  return self;
}

TcCommittee *
tc_committee_ref (TcCommittee *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_committee_unref (TcCommittee *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

void
tc_committee_put (GByteArray *bytes, const TcCommittee *self)
{
  tc_put_u32 (bytes, self->epoch);
  tc_put_u8 (bytes, self->drawn ? 1 : 0);
  tc_put_varint (bytes, self->n_members);
  for (guint32 i = 0; i < self->n_members; i++)
    {
      tc_put_u32 (bytes, self->members[i].masternode);
      tc_put_bytes (bytes, self->members[i].operator_key.bytes, TC_PUBLIC_KEY_SIZE);
      tc_put_u64 (bytes, self->members[i].power);
    }
}

TcCommittee *
tc_committee_read (TcReader *reader)
{
  TcMember members[TC_COMMITTEE_MAX];
  const guint32 epoch = tc_reader_u32 (reader);
  const guint8 drawn = tc_reader_u8 (reader);
  const gsize n_members = tc_reader_count (reader, MEMBER_SIZE, TC_COMMITTEE_MAX);

  memset (members, 0, sizeof members);
  for (gsize i = 0; i < n_members; i++)
    {
      members[i].masternode = tc_reader_u32 (reader);
      tc_reader_bytes (reader, members[i].operator_key.bytes, TC_PUBLIC_KEY_SIZE);
      members[i].power = tc_reader_u64 (reader);
    }
  if (drawn > 1 || members_power (members, n_members) == 0)
    tc_reader_fail (reader);
  return reader->failed ? NULL : tc_committee_new (epoch, drawn == 1, members, n_members);
}

TcHash
tc_committee_hash (const TcCommittee *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_committee_put (bytes, self);
  return tc_hash_tagged_bytes (TC_TAG_COMMITTEE, bytes);
}

guint32
tc_committee_find (const TcCommittee *self, const TcPublicKey *key)
{
  for (guint32 i = 0; i < self->n_members; i++)
    if (tc_public_key_equal (&self->members[i].operator_key, key))
      return i;
  return TC_MEMBER_NONE;
}

/* Rule B8: "P = the committee's power; a quorum is 3 x sum > 2 x P" */
gboolean
tc_committee_is_quorum (const TcCommittee *self, guint64 sum)
{
  return (u128) sum * 3 > (u128) self->power * 2;
}

gboolean
tc_committee_is_third (const TcCommittee *self, guint64 sum)
{
  return (u128) sum * 3 > self->power;
}

guint64
tc_committee_sum (const TcCommittee *self, const guint8 *bitmap)
{
  guint64 sum = 0;

  for (guint32 i = 0; i < self->n_members; i++)
    if (tc_bitmap_get (bitmap, i))
      sum += self->members[i].power;
  return sum;
}

/* Rule B7: "x = first 16 bytes of H(purpose, seed | u32 | u32) as u128 mod total power; the first in index order whose cumulative power
 * exceeds x" */
gsize
tc_draw (const char *purpose, const TcHash *seed, guint32 a, guint32 b, const guint64 *powers, gsize n_powers)
{
  g_autoptr(GByteArray) bytes = g_byte_array_sized_new (TC_HASH_SIZE + 8);
  u128 x = 0;
  guint64 total = 0;

  for (gsize i = 0; i < n_powers; i++)
    {
      TC_CHECK (powers[i] <= G_MAXUINT64 - total);
      total += powers[i];
    }
  TC_CHECK (total > 0);

  tc_put_hash (bytes, seed);
  tc_put_u32 (bytes, a);
  tc_put_u32 (bytes, b);

  const TcHash hash = tc_hash_tagged_bytes (purpose, bytes);

  for (int i = 15; i >= 0; i--)
    x = x << 8 | hash.bytes[i];

  guint64 rest = (guint64) (x % total);
  gsize chosen = 0;

  while (rest >= powers[chosen])
    rest -= powers[chosen++];
  return chosen;
}

/* Rule B7: "Proposer: (height, round), with the seed after the parent." */
guint32
tc_committee_proposer (const TcCommittee *self, const TcHash *seed, guint32 height, guint32 round)
{
  guint64 powers[TC_COMMITTEE_MAX];

  for (guint32 i = 0; i < self->n_members; i++)
    powers[i] = self->members[i].power;
  return (guint32) tc_draw (TC_TAG_PROPOSER, seed, height, round, powers, self->n_members);
}
