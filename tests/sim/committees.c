#include "sim.h"

/* The committee of each epoch, as the chain names it: quorums are counted with it, by power. */

/* A committee as a node holds it, once its hash was found in a header that a quorum committed. */
typedef struct
{
  TcHash       hash;       /* by the chain; zero: not told yet */
  TcCommittee *committee;  /* (nullable): no node was there yet */
  guint32      positions[SIM_MEMBERS_MAX];  /* of each operator */
  guint        operators[TC_COMMITTEE_MAX]; /* at each position; SIM_MEMBERS_MAX: of nobody here */
} Era;

struct _SimCommittees
{
  Sim    *sim;
  GArray *eras;  /* Era, by epoch */
};

static void
era_clear (gpointer data)
{
  g_clear_pointer (&((Era *) data)->committee, tc_committee_unref);
}

SimCommittees *
sim_committees_new (Sim *sim)
{
  SimCommittees *self = g_new0 (SimCommittees, 1);

  self->sim = sim;
  self->eras = g_array_new (FALSE, TRUE, sizeof (Era));
  g_array_set_clear_func (self->eras, era_clear);
  return self;
}

void
sim_committees_free (SimCommittees *self)
{
  g_array_unref (self->eras);
  g_free (self);
}

static Era *
ensure_era (SimCommittees *self, guint32 epoch)
{
  if (epoch >= self->eras->len)
    g_array_set_size (self->eras, epoch + 1);
  return &g_array_index (self->eras, Era, epoch);
}

static gboolean
is_same_committee (const TcCommittee *a, const TcCommittee *b)
{
  for (guint32 i = 0; i < a->n_members && a->n_members == b->n_members; i++)
    if (!tc_public_key_equal (&a->members[i].operator_key, &b->members[i].operator_key) || a->members[i].power != b->members[i].power)
      return FALSE;
  return a->n_members == b->n_members;
}

static void
count_change (SimCommittees *self, const TcCommittee *committee)
{
  const Era *before = committee->epoch > 1 ? &g_array_index (self->eras, Era, committee->epoch - 1) : NULL;

  if (before != NULL && before->committee != NULL && !is_same_committee (before->committee, committee))
    self->sim->counters.changes++;
}

/* Rules B4, B5: seats add up to the committee's size where they are drawn; else all are in it with the power of their collateral, where nobody comes or goes. */
static void
check_members (SimCommittees *self, const TcCommittee *committee)
{
  const TcGenesis *genesis = self->sim->genesis;
  const SimProfile *profile = &self->sim->profile;

  /* Between two draws a committee loses who is no longer eligible. */
  if (committee->drawn && committee->epoch % genesis->params.redraw_epochs != 0 ? committee->power > genesis->params.committee_size
      : committee->drawn ? committee->power != genesis->params.committee_size : committee->n_members > genesis->params.committee_size)
    sim_fail (self->sim, "epoch %u has a committee of %u members and power %" G_GUINT64_FORMAT, committee->epoch, committee->n_members, committee->power);
  if (profile->n_joiners + profile->n_retirements > 0 || profile->drawn || profile->snapshots || profile->liars
      || self->sim->doubtful != SIM_MEMBERS_MAX)
    return;
  if (committee->n_members != genesis->n_masternodes)
    sim_fail (self->sim, "epoch %u has %u members of %u", committee->epoch, committee->n_members, genesis->n_masternodes);
  for (guint32 i = 0; i < MIN (committee->n_members, genesis->n_masternodes); i++)
    if (committee->members[i].power * 1000 * TC_AMOUNT_PER_TIME != tc_tier_collateral (genesis->masternodes[i].tier).units
        || !tc_public_key_equal (&committee->members[i].operator_key, &genesis->masternodes[i].operator_key))
      sim_fail (self->sim, "member %u of epoch %u is another, or of another power", i, committee->epoch);
}

void
sim_committees_note (SimCommittees *self, const SimNode *node)
{
  const TcLedger *ledger = tc_engine_get_ledger (node->engine);
  TcCommittee *committee = tc_ledger_get_committee (ledger);
  Era *era = ensure_era (self, committee->epoch);

  if (era->committee != NULL)
    return;
  era->committee = tc_committee_ref (committee);
  count_change (self, committee);
  check_members (self, committee);
  for (guint i = 0; i < SIM_MEMBERS_MAX; i++)
    era->positions[i] = TC_MEMBER_NONE;
  for (guint i = 0; i < TC_COMMITTEE_MAX; i++)
    era->operators[i] = SIM_MEMBERS_MAX;
  for (guint i = 0; i < self->sim->n_operators; i++)
    {
      const guint32 position = tc_committee_find (committee, &self->sim->operators[i]);

      era->positions[i] = position;
      if (position != TC_MEMBER_NONE)
        era->operators[position] = i;
    }
}

/* What the chain says of the committee of @epoch, in any of its blocks or the one before it. */
void
sim_committees_check (SimCommittees *self, guint32 epoch, const TcHash *told)
{
  Era *era = ensure_era (self, epoch);

  if (tc_hash_is_zero (&era->hash))
    era->hash = *told;
  if (!tc_hash_equal (&era->hash, told))
    sim_fail (self->sim, "the chain names two committees of epoch %u", epoch);
  if (era->committee != NULL)
    {
      const TcHash hash = tc_committee_hash (era->committee);

      if (!tc_hash_equal (&hash, told))
        sim_fail (self->sim, "a node has another committee of epoch %u than the chain names", epoch);
    }
}

guint32
sim_committees_find (const SimCommittees *self, guint32 epoch, guint member)
{
  const Era *era = epoch < self->eras->len ? &g_array_index (self->eras, Era, epoch) : NULL;

  return era != NULL && era->committee != NULL && member < SIM_MEMBERS_MAX ? era->positions[member] : TC_MEMBER_NONE;
}

/* By all of @operators, and all that may lie: any node may have heard so from them. */
gboolean
sim_committees_is_quorum (const SimCommittees *self, guint32 epoch, const SimSet *operators)
{
  const Era *era = epoch < self->eras->len ? &g_array_index (self->eras, Era, epoch) : NULL;
  guint64 sum = 0, all = 0;

  if (era == NULL || era->committee == NULL)
    return FALSE;
  for (guint32 i = 0; i < era->committee->n_members; i++)
    {
      const guint operator = era->operators[i];

      all += era->committee->members[i].power;
      if (operator < SIM_MEMBERS_MAX && (sim_set_has (operators, operator) || sim_is_faulty (self->sim, operator)))
        sum += era->committee->members[i].power;
    }
  return 3 * sum > 2 * all;
}
