#include <string.h>

#include "core/check.h"

#include "registry-private.h"

/* Rule B5. Members are collected here, in index order. */
typedef struct
{
  TcMember members[TC_COMMITTEE_MAX];
  gsize    n;
} Bench;

static void
seat (Bench *bench, const TcMasternode *item, guint64 power)
{
  TC_CHECK (bench->n < TC_COMMITTEE_MAX);
  bench->members[bench->n++] = (TcMember) { item->index, item->operator_key, power };
}

/* Rule B5: "all eligible if at most committee_size (100)". */
static TcCommittee *
elect_all (const TcRegistry *self, guint32 epoch, const TcParams *params)
{
  Bench bench = { .n = 0 };

  for (gsize i = 0; i < tc_registry_get_n (self) && bench.n < params->committee_size; i++)
    {
      const TcMasternode *item = tc_registry_get (self, i);

      if (tc_masternode_is_eligible (item, epoch, params))
        seat (&bench, item, tc_masternode_get_power (item));
    }
  return bench.n == 0 ? NULL : tc_committee_new (epoch, FALSE, bench.members, bench.n);
}

/* Rule B5: "that many seats drawn with replacement by power; a member's power is then its seats". */
static TcCommittee *
elect_drawn (const TcRegistry *self, guint32 epoch, const TcHash *seed, const TcParams *params)
{
  gsize n = tc_registry_get_n (self);
  g_autofree guint64 *powers = g_new0 (guint64, n);
  g_autofree guint32 *seats = g_new0 (guint32, n);
  Bench bench = { .n = 0 };

  for (gsize i = 0; i < n; i++)
    if (tc_masternode_is_eligible (tc_registry_get (self, i), epoch, params))
      powers[i] = tc_masternode_get_power (tc_registry_get (self, i));
  for (guint32 i = 0; i < params->committee_size; i++)
    seats[tc_draw (TC_TAG_SEAT, seed, epoch, i, powers, n)]++;
  for (gsize i = 0; i < n; i++)
    if (seats[i] > 0)
      seat (&bench, tc_registry_get (self, i), seats[i]);
  return tc_committee_new (epoch, TRUE, bench.members, bench.n);
}

static const TcMember *
find_member (const TcCommittee *committee, guint32 masternode)
{
  for (guint32 i = 0; i < committee->n_members; i++)
    if (committee->members[i].masternode == masternode)
      return &committee->members[i];
  return NULL;
}

/* Rule B5: "Otherwise e-1's less the no longer eligible; if it was not drawn, newly eligible join in index order up to 100. If none
 * would remain, it stays." */
static TcCommittee *
elect_next (const TcRegistry *self, const TcCommittee *previous, guint32 epoch, const TcParams *params)
{
  Bench bench = { .n = 0 };
  gsize n_staying = 0;

  for (guint32 i = 0; i < previous->n_members; i++)
    n_staying += tc_masternode_is_eligible (tc_registry_get (self, previous->members[i].masternode), epoch, params);
  gsize n_joining = previous->drawn || n_staying >= params->committee_size ? 0 : params->committee_size - n_staying;

  for (gsize i = 0; i < tc_registry_get_n (self); i++)
    {
      const TcMasternode *item = tc_registry_get (self, i);
      const TcMember *member = find_member (previous, item->index);

      if (!tc_masternode_is_eligible (item, epoch, params) || (member == NULL && n_joining == 0))
        continue;
      n_joining -= member == NULL;
      seat (&bench, item, previous->drawn ? member->power : tc_masternode_get_power (item));
    }
  if (bench.n == 0)  /* none would remain: it stays */
    return tc_committee_new (epoch, previous->drawn, previous->members, previous->n_members);
  return tc_committee_new (epoch, previous->drawn, bench.members, bench.n);
}

TcCommittee *
tc_registry_elect (const TcRegistry *self, const TcCommittee *previous, guint32 epoch, const TcHash *seed, const TcParams *params)
{
  gsize n_eligible = 0;

  TC_CHECK (params->committee_size >= 1 && params->committee_size <= TC_COMMITTEE_MAX);
  for (gsize i = 0; i < tc_registry_get_n (self); i++)
    n_eligible += tc_masternode_is_eligible (tc_registry_get (self, i), epoch, params);
  if (previous != NULL && (epoch % params->redraw_epochs != 0 || n_eligible == 0))
    return elect_next (self, previous, epoch, params);
  if (epoch % params->redraw_epochs == 0 && n_eligible > params->committee_size)
    return elect_drawn (self, epoch, seed, params);
  return elect_all (self, epoch, params);
}
