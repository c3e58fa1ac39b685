#include "sim.h"

/* --- profiles --- */

static void
draw_calm (SimRandom *random, SimProfile *profile)
{
  *profile = (SimProfile) { .delay_max_ms = sim_random_range (random, 5, 30), .persist_max_ms = 2, .write_max_ms = 10 };
}

static void
draw_lossy (SimRandom *random, SimProfile *profile)
{
  profile->delay_max_ms = sim_random_range (random, 20, 250);
  profile->loss_permille = sim_random_chance (random, 300) ? sim_random_range (random, 150, 350) : sim_random_range (random, 5, 150);
  profile->twice_permille = sim_random_below (random, 100);
  profile->reorder = TRUE;
}

static void
draw_crashes (SimRandom *random, SimProfile *profile)
{
  profile->n_crashes = sim_random_range (random, 2, 8);
  profile->persist_max_ms = sim_random_range (random, 1, 80);
  profile->write_max_ms = sim_random_range (random, 5, 400);
  profile->blackout = sim_random_chance (random, 300);
  profile->skew = sim_random_chance (random, 500);
}

static void
draw_split (SimRandom *random, SimProfile *profile)
{
  profile->n_partitions = sim_random_range (random, 1, 4);
  profile->n_link_losses = sim_random_below (random, 10);
  profile->cut_permille = sim_random_below (random, 500);
}

static void
draw_liar (SimRandom *random, SimProfile *profile)
{
  profile->liars = TRUE;
  profile->loss_permille = sim_random_below (random, 30);
  profile->reorder = sim_random_chance (random, 500);
}

static void
draw_mixed (SimRandom *random, SimProfile *profile)
{
  if (sim_random_chance (random, 600))
    draw_lossy (random, profile);
  if (sim_random_chance (random, 600))
    draw_crashes (random, profile);
  if (sim_random_chance (random, 600))
    draw_split (random, profile);
  if (sim_random_chance (random, 600))
    draw_liar (random, profile);
}

static const struct
{
  const char *name;
  void      (*draw) (SimRandom *random, SimProfile *profile);  /* over a calm one */
} profiles[] = {
  { "calm", draw_calm },   { "lossy", draw_lossy }, { "crash", draw_crashes },
  { "split", draw_split }, { "liar", draw_liar },   { "mixed", draw_mixed },
};

gboolean
sim_profile_draw (const char *name, SimRandom *random, SimProfile *ret_profile)
{
  const guint32 any = sim_random_below (random, G_N_ELEMENTS (profiles) + 2);

  draw_calm (random, ret_profile);
  if (strcmp (name, "all") == 0)
    {
      profiles[MIN (any, G_N_ELEMENTS (profiles) - 1)].draw (random, ret_profile);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (strcmp (name, profiles[i].name) == 0)
      {
        profiles[i].draw (random, ret_profile);
        return TRUE;
      }
  return FALSE;
}

/* --- crashes --- */

static void
plan_crashes (Sim *self)
{
  SimRandom *random = &self->random;

  for (guint i = 0; i < self->profile.n_crashes; i++)
    {
      const SimCrash crash = {
        .node = sim_random_below (random, self->n_honest),
        .point = (SimCrashPoint) sim_random_below (random, SIM_CRASH_RANDOM + 1),
        .armed_ms = sim_random_range (random, 100, (guint32) self->faults_end_ms - 1500),
        .down_ms = sim_random_chance (random, 700) ? sim_random_range (random, 50, 1500) : sim_random_range (random, 1500, 12000),
        .power = sim_random_chance (random, 700),
      };

      g_array_append_val (self->crashes, crash);
      if (crash.point == SIM_CRASH_RANDOM)
        sim_schedule (self, crash.armed_ms, (SimEvent) { .kind = SIM_EVENT_CRASH, .node = crash.node });
    }
}

void
sim_faults_plan (Sim *self)
{
  SimRandom *random = &self->random;

  self->crashes = g_array_new (FALSE, FALSE, sizeof (SimCrash));
  plan_crashes (self);
  if (self->profile.blackout)
    sim_schedule (self, sim_random_range (random, 500, (guint32) self->faults_end_ms - 3000), (SimEvent) { .kind = SIM_EVENT_BLACKOUT });
  for (guint i = 0; i < self->n_nodes; i++)
    sim_schedule (self, sim_random_below (random, 100), (SimEvent) { .kind = SIM_EVENT_START, .node = i });
  for (guint i = self->n_honest; i < self->n_nodes; i++)
    sim_schedule (self, 1000, (SimEvent) { .kind = SIM_EVENT_LIE, .node = i });
  sim_schedule (self, self->faults_end_ms, (SimEvent) { .kind = SIM_EVENT_FAULTS_END });
}

static void
crash (Sim *self, SimNode *node, guint32 down_ms, gboolean power)
{
  sim_node_stop (self, node);
  if (power && sim_store_cut_power (node->store, &self->random))
    self->counters.power_cuts++;
  sim_schedule (self, MIN (down_ms, MAX (self->faults_end_ms - self->now_ms, 1)),
                (SimEvent) { .kind = SIM_EVENT_START, .node = node->index });
}

static void
count_crash (Sim *self, SimCrashPoint point)
{
  guint64 *counters[] = {
    [SIM_CRASH_BEFORE_PERSIST] = &self->counters.crash_before_persist,
    [SIM_CRASH_AFTER_PERSIST] = &self->counters.crash_after_persist,
    [SIM_CRASH_AT_COMMIT] = &self->counters.crash_at_commit,
    [SIM_CRASH_BEFORE_FLUSHED] = &self->counters.crash_before_flushed,
    [SIM_CRASH_CATCHING_UP] = &self->counters.crash_catching_up,
    [SIM_CRASH_RANDOM] = &self->counters.crash_random,
  };

  (*counters[point])++;
}

gboolean
sim_faults_visit (Sim *self, SimNode *node, SimCrashPoint point)
{
  static const char *const names[] = { "before a persist is complete", "after a persist", "at a commit", "before the flush is known",
                                       "after a write that was not synced", "at a random moment" };

  for (guint i = 0; i < self->crashes->len && self->now_ms < self->faults_end_ms; i++)
    {
      SimCrash *plan = &g_array_index (self->crashes, SimCrash, i);

      if (plan->done || plan->node != node->index || plan->point != point || self->now_ms < plan->armed_ms)
        continue;
      plan->done = TRUE;
      count_crash (self, point);
      sim_trace (self, node, "crashes %s%s", names[point], plan->power ? ", with its power cut" : "");
      crash (self, node, plan->down_ms, plan->power);
      return TRUE;
    }
  return FALSE;
}

/* The worst moment for the others: they may have to go on without knowing what was decided. */
void
sim_faults_decided (Sim *self, SimNode *node)
{
  guint number;

  if (self->now_ms + 500 >= self->faults_end_ms || !sim_random_chance (&self->random, self->profile.cut_permille))
    return;
  self->counters.cuts++;
  number = sim_network_add_part (self->network, sim_set_of (node->index));
  sim_schedule (self, 0, (SimEvent) { .kind = SIM_EVENT_PARTITION, .peer = number });
  sim_schedule (self, sim_random_range (&self->random, 300, 4000), (SimEvent) { .kind = SIM_EVENT_REUNION, .peer = number });
}

static void
black_out (Sim *self)
{
  sim_trace (self, NULL, "all nodes crash at once");
  self->counters.blackouts++;
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].engine != NULL)
      crash (self, &self->nodes[i], sim_random_range (&self->random, 50, 3000), sim_random_chance (&self->random, 500));
}

void
sim_faults_event (Sim *self, const SimEvent *event)
{
  SimNode *node = &self->nodes[event->node];

  if (event->kind == SIM_EVENT_BLACKOUT)
    black_out (self);
  else if (event->kind == SIM_EVENT_CRASH && node->engine != NULL)
    sim_faults_visit (self, node, SIM_CRASH_RANDOM);
  else if (event->kind == SIM_EVENT_START && node->engine == NULL)
    sim_node_start (self, node);
  else if (event->kind == SIM_EVENT_FAULTS_END)
    {
      sim_trace (self, NULL, "the faults end");
      sim_network_heal (self->network);
    }
}
