#include "sim.h"

/* What a seed begins with: parameters, operators, genesis, nodes. */

/* In some seeds whoever was away for two epochs is shown a block (S4): where clocks are right, since two epochs are less than they are off. */
static gboolean
asks_for_trust (const Sim *self)
{
  return self->options.seed % 2 == 1 && !self->profile.skew && !self->profile.liars && self->profile.n_clock_jumps == 0;
}

static TcParams
draw_params (Sim *self)
{
  static const guint32 ahead[3] = { 1000000, 1000000, 6000 };
  TcParams params = TC_PARAMS_DEFAULT;
  SimRandom *random = &self->random;

  params.trust_epochs = asks_for_trust (self) ? 2 : 0;
  params.block_interval_ms = sim_random_range (random, 1000, 2000);
  params.block_interval_busy_ms = 300;
  params.block_busy_bytes = sim_random_chance (random, 500) ? 2000 : 500000;
  params.epoch_length_ms = sim_random_range (random, 5, 10) * 1000;
  params.propose_ms = sim_random_range (random, 250, 600);
  params.prevote_ms = params.precommit_ms = sim_random_range (random, 100, 300);
  params.propose_step_ms = params.prevote_step_ms = params.precommit_step_ms = sim_random_range (random, 50, 150);
  params.batch_age_ms = sim_random_range (random, 25, 100);
  params.batch_entries_max = sim_random_chance (random, 250) ? 4 : 256;
  if (self->profile.drawn)
    {
      params.committee_size = sim_random_range (random, 4, MAX (self->options.n_members - 1, 4));
      params.redraw_epochs = sim_random_range (random, 2, 4);
    }
  if (self->profile.snapshots)
    params.redraw_epochs = 3;
  if (self->profile.n_joiners + self->profile.n_retirements > 0)
    params.unbonding_epochs = sim_random_range (random, 1, 2);
  params.vote_ahead_bytes = ahead[sim_random_below (random, G_N_ELEMENTS (ahead))];
  return params;
}

static TcSecretKey *
make_key (guint8 kind, guint i)
{
  const guint8 seed[TC_SEED_SIZE] = { kind, (guint8) i };

  return tc_secret_key_new (seed);
}

static TcTier
draw_tier (Sim *self)
{
  if (!self->profile.unequal)
    return TC_TIER_SILVER;
  return sim_random_chance (&self->random, 400) ? TC_TIER_BRONZE : sim_random_chance (&self->random, 800) ? TC_TIER_SILVER : TC_TIER_GOLD;
}

TcSecretKey *
sim_make_operator_key (guint operator)
{
  return make_key (1, operator);
}

static void
make_genesis (Sim *self)
{
  const TcParams params = draw_params (self);
  TcGenesisMasternode masternodes[SIM_MEMBERS_MAX];
  g_autoptr(GBytes) json = NULL;
  g_autofree TcOutput *outputs = NULL;
  gsize n_outputs;

  memset (masternodes, 0, sizeof masternodes);
  for (guint i = 0; i < self->options.n_members; i++)
    {
      g_autoptr(TcSecretKey) key = make_key (1, i);

      masternodes[i].operator_key = *tc_secret_key_get_public (key);
      masternodes[i].owner = sim_actors_make_owner (i);
      masternodes[i].payout = tc_key_hash (&masternodes[i].operator_key);
      masternodes[i].host = (char *) "127.0.0.1:24201";
      masternodes[i].tier = draw_tier (self);
    }
  outputs = sim_actors_make_outputs (&n_outputs);
  json = tc_genesis_write ("simulation", '0', SIM_GENESIS_MS, &params, outputs, n_outputs, masternodes, self->options.n_members);
  self->genesis = tc_genesis_parse (json, NULL);
  g_assert_nonnull (self->genesis);
}

/* Less than a third of the power; or so many that either half of the others makes a quorum with them. */
static guint
draw_n_liars (Sim *self)
{
  const guint n_members = self->options.n_members;
  guint n = (n_members - 1) / 3;

  if (!self->profile.liars)
    return 0;
  if (!self->profile.over)
    return sim_random_chance (&self->random, 500) ? n : sim_random_range (&self->random, 1, n);
  while (3 * ((n_members - n) / 2 + n) <= 2 * n_members)
    n++;
  return n;
}

/* The liars are the last members. */
static void
make_nodes (Sim *self)
{
  const guint n_liars = draw_n_liars (self);
  guint first_joiner;

  self->n_honest = self->options.n_members - n_liars;
  first_joiner = self->n_honest + n_liars * self->n_faces;
  self->n_nodes = first_joiner + self->profile.n_joiners + self->profile.n_observers;
  for (guint i = 0; i < self->n_nodes; i++)
    {
      SimNode *node = &self->nodes[i];

      node->index = i;
      node->liar = i >= self->n_honest && i < first_joiner;
      node->member = node->liar ? self->n_honest + (i - self->n_honest) / self->n_faces : i < self->n_honest ? i : SIM_MEMBERS_MAX;
      if (i >= first_joiner && i < first_joiner + self->profile.n_joiners)
        node->member = self->options.n_members + (i - first_joiner);
      node->half = node->liar ? (i - self->n_honest) % self->n_faces : i < 2 || self->profile.over ? i % 2 : sim_random_below (&self->random, 2);
      node->key = node->member < SIM_MEMBERS_MAX ? make_key (1, node->member) : NULL;
      node->store = sim_store_new ();
      node->store_created_ms = SIM_GENESIS_MS - 1000;
      node->wall_offset_ms = self->profile.skew ? (gint64) sim_random_below (&self->random, 2000) - 1000 : 0;
      if (self->profile.snapshots)
        {
          node->sync_mode = sim_random_chance (&self->random, 800) ? TC_SYNC_MODE_SNAPSHOT : TC_SYNC_MODE_FULL;
          node->history = sim_random_chance (&self->random, 500);
        }
      g_queue_init (&node->effects);
      g_queue_init (&node->writes);
    }
}

/* The liars, and who fails together, must keep below a third of every committee's power. */
static void
plan_operators (Sim *self)
{
  SimProfile *profile = &self->profile;

  profile->unequal = profile->unequal && !profile->liars;
  profile->drawn = profile->drawn && !profile->liars && self->options.n_members > 5;
  if (profile->liars || self->options.n_members + profile->n_joiners > SIM_MEMBERS_MAX)
    profile->n_joiners = profile->n_retirements = profile->n_updates = 0;
  /* Who is away for three epochs leaves the committee to the others, liars among them. */
  if (profile->snapshots && profile->liars)
    profile->n_late = profile->n_exiles = 0;
  profile->n_retirements = MIN (profile->n_retirements, (self->options.n_members - 1) / 4);
  profile->n_restores = profile->n_retirements > 0 ? 0 : profile->n_restores;
  self->n_operators = self->options.n_members + profile->n_joiners;
  for (guint i = 0; i < self->n_operators; i++)
    {
      g_autoptr(TcSecretKey) key = sim_make_operator_key (i);

      self->operators[i] = *tc_secret_key_get_public (key);
    }
}

void
sim_setup (Sim *self)
{
  plan_operators (self);
  make_genesis (self);
  self->liars = sim_liars_new (self);
  make_nodes (self);
}
