#pragma once

#include <string.h>

#include "core/committee.h"

/* Committees with known keys. Member i's operator key has a seed of bytes i + 1. */

static inline TcSecretKey *
fixture_key (guint i)
{
  guint8 seed[TC_SEED_SIZE];

  tc_crypto_init ();
  memset (seed, (int) i + 1, sizeof seed);
  return tc_secret_key_new (seed);
}

/* @powers: one for each member. */
static inline TcCommittee *
fixture_committee (const guint64 *powers, gsize n)
{
  TcMember members[TC_COMMITTEE_MAX];

  g_assert_cmpuint (n, <=, TC_COMMITTEE_MAX);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcSecretKey) key = fixture_key (i);

      members[i] = (TcMember) { .masternode = i, .operator_key = *tc_secret_key_get_public (key), .power = powers[i] };
    }
  return tc_committee_new (7, FALSE, members, n);
}

static inline TcHash
fixture_hash (guint8 byte)
{
  TcHash hash;

  memset (hash.bytes, byte, sizeof hash.bytes);
  return hash;
}
