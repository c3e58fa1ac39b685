#include "sim.h"

#define CLOCK_JUMP_MAX_S  600u   /* minutes, either way */
#define CLOCK_RARE_MS     (6 * 3600 * G_GINT64_CONSTANT (1000))  /* a clock that lost its battery: hours */

/* --- plans --- */

static guint32
draw_moment_ms (Sim *self, guint32 before_end_ms)
{
  return sim_random_range (&self->random, 300, (guint32) self->faults_end_ms - before_end_ms);
}

static guint
draw_honest (Sim *self)
{
  return sim_random_below (&self->random, self->n_honest);
}

static SimCrash
draw_crash (Sim *self)
{
  SimRandom *random = &self->random;
  SimCrash crash = {
    .node = sim_random_chance (random, 300) ? draw_honest (self) : SIM_ANY_NODE,
    .armed_ms = sim_random_range (random, 100, (guint32) self->faults_end_ms - 1500),
    .down_ms = sim_random_chance (random, 700) ? sim_random_range (random, 50, 1500) : sim_random_range (random, 1500, 12000),
    .power = sim_random_chance (random, 700),
  };

  do
    {
      crash.moment = (SimMoment) (sim_random_chance (random, 850) ? sim_random_below (random, SIM_MOMENT_SEND + 1)
                                                                   : sim_random_range (random, SIM_MOMENT_COMMIT, SIM_MOMENT_RANDOM));
      crash.thing = crash.moment <= SIM_MOMENT_SEND ? (SimThing) sim_random_below (random, SIM_N_THINGS) : 0;
    }
  while (!sim_point_exists (crash.moment, crash.thing));
  return crash;
}

static void
plan_crashes (Sim *self)
{
  for (guint i = 0; i < self->profile.n_crashes; i++)
    {
      SimCrash crash = draw_crash (self);

      if (crash.moment == SIM_MOMENT_RANDOM)
        {
          crash.node = draw_honest (self);
          sim_schedule (self, crash.armed_ms, (SimEvent) { .kind = SIM_EVENT_CRASH, .node = crash.node });
        }
      g_array_append_val (self->crashes, crash);
    }
}

static void
plan_clocks (Sim *self)
{
  SimRandom *random = &self->random;
  const guint32 epoch_ms = self->genesis->params.epoch_length_ms;

  for (guint i = 0; i < self->profile.n_clock_jumps; i++)
    {
      const guint node = draw_honest (self);
      const guint32 from_ms = draw_moment_ms (self, 500);
      gint64 off_ms = (gint64) sim_random_range (random, 1, 2 * CLOCK_JUMP_MAX_S) * 1000 - CLOCK_JUMP_MAX_S * 1000;

      if (sim_random_chance (random, 200))
        off_ms = sim_random_chance (random, 500) ? CLOCK_RARE_MS : -CLOCK_RARE_MS;
      sim_schedule (self, from_ms, (SimEvent) { .kind = SIM_EVENT_CLOCK, .node = node, .peer = (guint64) off_ms });
      if (sim_random_chance (random, 700))
        sim_schedule (self, from_ms + sim_random_range (random, 100, epoch_ms), (SimEvent) { .kind = SIM_EVENT_CLOCK, .node = node });
    }
  for (guint i = 0; i < self->profile.n_suspends; i++)
    sim_schedule (self, draw_moment_ms (self, 2000),
                  (SimEvent) { .kind = SIM_EVENT_SUSPEND, .node = draw_honest (self), .peer = sim_random_range (random, 500, 2 * epoch_ms) });
}

static void
plan_disks (Sim *self)
{
  SimRandom *random = &self->random;

  for (guint i = 0; i < self->profile.n_slow_disks; i++)
    sim_schedule (self, draw_moment_ms (self, 500),
                  (SimEvent) { .kind = SIM_EVENT_DISK_SLOW, .node = draw_honest (self), .peer = sim_random_range (random, 1000, 15000) });
  for (guint i = 0; i < self->profile.n_full_disks; i++)
    sim_schedule (self, draw_moment_ms (self, 2000),
                  (SimEvent) { .kind = SIM_EVENT_DISK_FULL, .node = draw_honest (self), .peer = sim_random_range (random, 200, 5000) });
}

/* One that goes on with what it forgot signing may do what a liar does, and one that was told signs nothing until the next epoch: it must be one of the third that may fail, and there is
 * one at most. */
static void
plan_restores (Sim *self)
{
  SimRandom *random = &self->random;
  gboolean may_fail = !self->profile.liars && !self->profile.unequal && !self->profile.drawn;

  for (guint i = 0; i < self->profile.n_restores; i++)
    {
      SimRestore kind = (SimRestore) sim_random_below (random, SIM_N_RESTORES);
      const guint node = draw_honest (self);
      const guint32 from_ms = sim_random_range (random, 200, (guint32) self->faults_end_ms - 2000);

      if (!may_fail)
        kind = SIM_RESTORE_CHAIN;
      may_fail = may_fail && kind == SIM_RESTORE_CHAIN;
      if (kind == SIM_RESTORE_SECRETLY)
        self->doubtful = self->nodes[node].member;
      sim_schedule (self, from_ms, (SimEvent) { .kind = SIM_EVENT_BACKUP, .node = node });
      sim_schedule (self, sim_random_range (random, from_ms + 100, (guint32) self->faults_end_ms - 1000),
                    (SimEvent) { .kind = SIM_EVENT_RESTORE, .node = node, .peer = kind });
    }
}

static void
plan_starts (Sim *self)
{
  SimRandom *random = &self->random;

  for (guint i = 0; i < self->n_nodes; i++)
    self->nodes[i].start_ms = sim_random_below (random, 100);
  for (guint i = 0; i < self->profile.n_late; i++)
    self->nodes[draw_honest (self)].start_ms = draw_moment_ms (self, 500);
  for (guint i = self->n_nodes - self->profile.n_observers; i < self->n_nodes; i++)
    if (self->profile.snapshots)
      self->nodes[i].start_ms = sim_random_range (random, (guint32) self->faults_end_ms * 7 / 10, (guint32) self->faults_end_ms);
    else if (sim_random_chance (random, 600))
      self->nodes[i].start_ms = draw_moment_ms (self, 500);
  for (guint i = 0; i < self->n_nodes; i++)
    sim_schedule (self, self->nodes[i].start_ms, (SimEvent) { .kind = SIM_EVENT_START, .node = i });
}

void
sim_faults_plan (Sim *self)
{
  self->crashes = g_array_new (FALSE, FALSE, sizeof (SimCrash));
  plan_crashes (self);
  plan_clocks (self);
  plan_disks (self);
  plan_restores (self);
  plan_starts (self);
  if (self->profile.blackout)
    sim_schedule (self, draw_moment_ms (self, 3000), (SimEvent) { .kind = SIM_EVENT_BLACKOUT });
  sim_liars_plan (self);
  sim_schedule (self, self->faults_end_ms, (SimEvent) { .kind = SIM_EVENT_FAULTS_END });
}

/* --- crashes --- */

static void
start_later (Sim *self, SimNode *node, gint64 delay_ms)
{
  sim_schedule (self, MIN (delay_ms, MAX (self->faults_end_ms - self->now_ms, 1)), (SimEvent) { .kind = SIM_EVENT_START, .node = node->index });
}

/* What was being written may be there in full, though nobody heard so: a store writes all of a step or nothing. */
static void
crash (Sim *self, SimNode *node, guint32 down_ms, gboolean power)
{
  if (node->persisting != NULL && sim_random_chance (&self->random, 500))
    {
      self->counters.crash_half_heard++;
      sim_node_write_records (self, node);
    }
  sim_node_stop (self, node);
  if (power && sim_store_cut_power (node->store, &self->random))
    self->counters.power_cuts++;
  start_later (self, node, down_ms);
}

static gboolean
is_there (const Sim *self, const SimCrash *plan, const SimNode *node, SimMoment moment, const SimSet *things)
{
  if (plan->done || plan->moment != moment || self->now_ms < plan->armed_ms)
    return FALSE;
  if (plan->node == SIM_ANY_NODE ? node->liar : plan->node != node->index)
    return FALSE;
  return things == NULL || sim_set_has (things, plan->thing);
}

gboolean
sim_faults_visit (Sim *self, SimNode *node, SimMoment moment, const SimSet *things)
{
  for (guint i = 0; i < self->crashes->len && self->now_ms < self->faults_end_ms; i++)
    {
      SimCrash *plan = &g_array_index (self->crashes, SimCrash, i);
      g_autofree char *name = NULL;

      if (!is_there (self, plan, node, moment, things))
        continue;
      name = sim_point_name (moment, plan->thing);
      plan->done = TRUE;
      self->counters.crashes[moment][plan->thing]++;
      sim_trace (self, node, "crashes %s%s", name, plan->power ? ", with its power cut" : "");
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

/* --- clocks --- */

/* Clocks too far ahead to be no fault (C4), of other nodes than @node. */
static guint
count_ahead (const Sim *self, const SimNode *node)
{
  const gint64 allowed_ms = self->genesis->params.clock_ahead_ms;
  guint n = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    n += &self->nodes[i] != node && self->nodes[i].wall_offset_ms > allowed_ms;
  return n;
}

static void
set_clock (Sim *self, SimNode *node, gint64 off_ms)
{
  if (node->wall_offset_ms == off_ms || (off_ms > 0 && count_ahead (self, node) >= MAX (1, (self->n_honest - 1) / 3)))
    return;
  node->wall_offset_ms = off_ms;
  self->counters.clock_jumps++;
  sim_trace (self, node, "its clock jumps: it is off by %" G_GINT64_FORMAT " ms now", off_ms);
}

static void
suspend (Sim *self, SimNode *node, gint64 for_ms)
{
  if (node->engine == NULL || self->now_ms < node->frozen_until_ms)  /* asleep already */
    return;
  for_ms = MIN (for_ms, MAX (self->faults_end_ms - self->now_ms, 1));
  self->counters.suspends++;
  node->frozen_until_ms = self->now_ms + for_ms;
  sim_trace (self, node, "is suspended for %" G_GINT64_FORMAT " ms", for_ms);
  sim_network_node_down (self->network, node);
  sim_schedule (self, for_ms, (SimEvent) { .kind = SIM_EVENT_RESUME, .node = node->index });
  /* A monotonic clock may or may not count the time asleep. */
  if (sim_random_chance (&self->random, 500))
    node->mono_offset_ms -= for_ms;
}

/* --- disks --- */

/* As node/driver.c: a store that fails stops the node, which says so; nothing of it is signed, sent or written any more. Its user makes room and starts it again. */
void
sim_faults_full (Sim *self, SimNode *node)
{
  self->counters.full_disks++;
  sim_trace (self, node, "stops: its disk is full");
  sim_node_stop (self, node);
  start_later (self, node, node->full_until_ms - self->now_ms + sim_random_range (&self->random, 1, 2000));
}

static void
restore (Sim *self, SimNode *node, SimRestore kind)
{
  static const char *const names[SIM_N_RESTORES] = { "an old chain store", "both stores of a backup, and is told", "an empty signed store",
                                                     "both stores of a backup, and is not told" };
  guint64 *counters[SIM_N_RESTORES] = { &self->counters.restored_chain, &self->counters.restored_known, &self->counters.restored_lost,
                                        &self->counters.restored_secretly };
  SimStore *store = g_steal_pointer (&node->backup);

  (*counters[kind])++;
  sim_trace (self, node, "stops, and gets %s", names[kind]);
  sim_node_stop (self, node);
  if (kind == SIM_RESTORE_CHAIN)
    sim_store_take_records (store, node->store);
  if (kind == SIM_RESTORE_LOST)
    sim_store_forget (node->store);
  else
    {
      sim_store_free (node->store);
      node->store = g_steal_pointer (&store);
    }
  g_clear_pointer (&store, sim_store_free);
  if (kind == SIM_RESTORE_KNOWN || kind == SIM_RESTORE_LOST)
    {
      node->store_created_ms = SIM_GENESIS_MS + self->now_ms + node->wall_offset_ms;
      node->store_replaced = TRUE;
    }
  start_later (self, node, sim_random_range (&self->random, 10, 1000));
}

/* --- events --- */

static void
end_faults (Sim *self)
{
  sim_trace (self, NULL, "the faults end");
  sim_network_heal (self->network);
  for (guint i = 0; i < self->n_nodes; i++)
    {
      SimNode *node = &self->nodes[i];

      node->slow_until_ms = node->full_until_ms = 0;
      if (ABS (node->wall_offset_ms) > 1000)
        set_clock (self, node, 0);
    }
}

static void
start (Sim *self, SimNode *node)
{
  if (self->now_ms == node->start_ms && self->now_ms > 1000)
    self->counters.late_nodes++;
  sim_node_start (self, node);
}

static void
make_backup (Sim *self, SimNode *node)
{
  g_clear_pointer (&node->backup, sim_store_free);
  node->backup = sim_store_copy (node->store);
  sim_trace (self, node, "is backed up at height %u", sim_store_get_height (node->store));
}

void
sim_faults_event (Sim *self, const SimEvent *event)
{
  SimNode *node = &self->nodes[event->node];
  const gboolean before_end = self->now_ms < self->faults_end_ms;

  if (event->kind == SIM_EVENT_BLACKOUT)
    black_out (self);
  else if (event->kind == SIM_EVENT_CRASH && node->engine != NULL)
    sim_faults_visit (self, node, SIM_MOMENT_RANDOM, NULL);
  else if (event->kind == SIM_EVENT_START && node->engine == NULL)
    start (self, node);
  else if (event->kind == SIM_EVENT_CLOCK && before_end)
    set_clock (self, node, (gint64) event->peer);
  else if (event->kind == SIM_EVENT_SUSPEND && before_end)
    suspend (self, node, (gint64) event->peer);
  else if (event->kind == SIM_EVENT_RESUME && node->engine != NULL)
    {
      sim_trace (self, node, "wakes up");
      sim_network_node_up (self->network, node);
    }
  else if (event->kind == SIM_EVENT_DISK_SLOW && before_end)
    {
      self->counters.slow_disks++;
      node->slow_until_ms = self->now_ms + (gint64) event->peer;
      sim_trace (self, node, "has a slow disk for %" G_GUINT64_FORMAT " ms", event->peer);
    }
  else if (event->kind == SIM_EVENT_DISK_FULL && before_end)
    node->full_until_ms = self->now_ms + (gint64) event->peer;
  else if (event->kind == SIM_EVENT_BACKUP)
    make_backup (self, node);
  else if (event->kind == SIM_EVENT_RESTORE && node->engine != NULL && node->backup != NULL)
    restore (self, node, (SimRestore) event->peer);
  else if (event->kind == SIM_EVENT_FAULTS_END)
    end_faults (self);
}
