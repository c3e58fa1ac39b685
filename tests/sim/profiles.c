#include "sim.h"

/* What may go wrong in a seed, by the name of a profile. */

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
  profile->n_deaf = sim_random_below (random, 4);
  profile->n_exiles = sim_random_chance (random, 250) ? 1 : 0;
}

static void
draw_liar (SimRandom *random, SimProfile *profile)
{
  profile->liars = TRUE;
  profile->loss_permille = sim_random_below (random, 30);
  profile->reorder = sim_random_chance (random, 500);
}

/* Liars that have crashes and partitions on their side. */
static void
draw_siege (SimRandom *random, SimProfile *profile)
{
  draw_crashes (random, profile);
  draw_split (random, profile);
  draw_liar (random, profile);
}

/* More than a third lies, of one mind. */
static void
draw_over (SimRandom *random, SimProfile *profile)
{
  profile->liars = profile->over = TRUE;
}

/* Clocks that are off, jump, and stand still while the machine sleeps. */
static void
draw_clock (SimRandom *random, SimProfile *profile)
{
  profile->skew = TRUE;
  profile->n_clock_jumps = sim_random_range (random, 1, 4);
  profile->n_suspends = sim_random_below (random, 3);
}

/* Slow and full disks, power cuts, stores that are lost or come back from a backup. */
static void
draw_disk (SimRandom *random, SimProfile *profile)
{
  profile->n_crashes = sim_random_below (random, 4);
  profile->persist_max_ms = sim_random_range (random, 1, 200);
  profile->write_max_ms = sim_random_range (random, 5, 600);
  profile->n_slow_disks = sim_random_below (random, 3);
  profile->n_full_disks = sim_random_below (random, 3);
  profile->n_restores = sim_random_below (random, 2);
}

/* Members of unequal power, committees that are drawn, nodes that come late or are no members. */
static void
draw_committee (SimRandom *random, SimProfile *profile)
{
  profile->unequal = sim_random_chance (random, 500);
  profile->drawn = sim_random_chance (random, 600);
  profile->n_late = sim_random_below (random, 3);
  profile->n_observers = sim_random_below (random, 3);
  profile->n_joiners = sim_random_below (random, 4);
  profile->n_free = sim_random_below (random, 3);
  profile->n_retirements = sim_random_below (random, 3);
  profile->n_updates = sim_random_below (random, 3);
  profile->n_crashes = sim_random_below (random, 3);
}

/* Nodes that come when there are snapshots already, and take one, while it crashes and splits around them. */
static void
draw_late (SimRandom *random, SimProfile *profile)
{
  profile->snapshots = TRUE;
  profile->n_observers = sim_random_range (random, 1, 3);
  profile->n_late = sim_random_below (random, 2);
  profile->n_crashes = sim_random_below (random, 8);
  profile->n_exiles = sim_random_chance (random, 300) ? 1 : 0;
  profile->write_max_ms = sim_random_range (random, 5, 60);
  profile->loss_permille = sim_random_chance (random, 300) ? sim_random_below (random, 30) : 0;
  profile->liars = sim_random_chance (random, 500);
}

static void
draw_big (SimRandom *random, SimProfile *profile)
{
  profile->big = TRUE;
  profile->delay_max_ms = sim_random_range (random, 40, 150);
  profile->loss_permille = sim_random_range (random, 1, 10);
  profile->n_crashes = 1;
  profile->n_observers = 1;
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
  if (sim_random_chance (random, 300))
    draw_clock (random, profile);
  if (sim_random_chance (random, 300))
    draw_disk (random, profile);
  if (sim_random_chance (random, 300))
    draw_committee (random, profile);
}

static const struct
{
  const char *name;
  void      (*draw) (SimRandom *random, SimProfile *profile);  /* over a calm one */
} profiles[] = {
  { "calm", draw_calm },   { "lossy", draw_lossy }, { "crash", draw_crashes },
  { "split", draw_split }, { "clock", draw_clock }, { "disk", draw_disk },
  { "liar", draw_liar },   { "siege", draw_siege }, { "over", draw_over }, { "committee", draw_committee }, { "late", draw_late }, { "mixed", draw_mixed },
  { "big", draw_big },
};

#define N_ANY (G_N_ELEMENTS (profiles) - 1)  /* a big one must be asked for */

gboolean
sim_profile_draw (const char *name, SimRandom *random, SimProfile *ret_profile)
{
  const guint32 any = sim_random_below (random, N_ANY + 2);

  draw_calm (random, ret_profile);
  if (strcmp (name, "all") == 0)
    {
      profiles[MIN (any, N_ANY - 1)].draw (random, ret_profile);
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
