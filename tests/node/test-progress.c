#include "progress.h"

#include <math.h>

/* Replays of syncs as they happen: what each unit costs, what the machine and the network do meanwhile. The true time left is known afterwards. */

#define STEP_MS 250
#define MAX_STEPS 40000u

typedef struct
{
  const char *name;
  guint64     total;
  double      per_second;                 /* weight a second, while nothing is in the way */
  double    (*weight) (double share);     /* of one unit, at this share of the whole */
  double    (*speed)  (double share, guint step);  /* a factor; of the machine and its peers */
  gboolean    weighed;                    /* the weight is told */
} History;

typedef struct
{
  gint64  when_ms, left_ms;
  double  share;
  gboolean coming;
} Shown;

typedef struct
{
  guint  n;
  Shown  shown[MAX_STEPS];
  gint64 took_ms;
  double worst, middle;  /* factor between what was shown and what was true, from a tenth on */
  guint  n_estimating;   /* of those, while something comes */
} Replay;

/* Not random: the same on every run. */
static double
noise (guint step)
{
  guint32 x = step * 2654435761u;

  x ^= x >> 15;
  x *= 2246822519u;
  x ^= x >> 13;
  return (double) (x % 1000) / 1000;
}

static double one (double share) { return 1; }
static double steady (double share, guint step) { return 1; }
static double growing (double share) { return 0.05 + 2 * share; }                       /* empty in the beginning, busier all the time */
static double busy_since (double share) { return share < 0.06 ? 0.02 : 1; }             /* launched, then used */
static double days (double share) { return 0.6 + 0.8 * share + 0.4 * sin (share * 600); }     /* growing, with its days and nights */
static double shrinking (double share) { return 2.05 - 2 * share; }                     /* history is fetched downwards */
static double bursts (double share, guint step) { return noise (step) < 0.3 ? 0 : 1.4; }  /* blocks come in windows, flushes take a moment */
static double slowing (double share, guint step) { return 1.3 - 0.6 * share; }          /* the store grows */
static double speeding (double share, guint step) { return 0.7 + 0.6 * share; }
static double paused (double share, guint step) { return step >= 400 && step < 560 ? 0 : bursts (share, step); }  /* a lost link, a laptop's lid */
static double lost_peers (double share, guint step) { return share > 0.4 && share < 0.6 ? 0.6 * bursts (share, step) : bursts (share, step); }
static double warming_up (double share, guint step) { return MIN (1, 0.1 + step / 40.0) * bursts (share, step); }  /* peers are found one by one */

static double
factor (gint64 shown_ms, gint64 true_ms)
{
  const double a = (double) MAX (shown_ms, 1000), b = (double) MAX (true_ms, 1000);  /* a second is as good as none */

  return a > b ? a / b : b / a;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
measure (Replay *replay)
{
  g_autoptr(GArray) factors = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < replay->n; i++)
    if (replay->shown[i].share >= 0.1)
      {
        const double error = factor (replay->shown[i].left_ms, replay->took_ms - replay->shown[i].when_ms);

        if (replay->shown[i].left_ms < 0)
          replay->n_estimating += replay->shown[i].coming;
        else
          g_array_append_val (factors, error);
      }
  g_array_sort (factors, by_size);
  g_assert_cmpuint (factors->len, >, 0);
  replay->worst = g_array_index (factors, double, factors->len - 1);
  replay->middle = g_array_index (factors, double, factors->len / 2);
}

/* Shares are of the time: a tenth of the way is a tenth of what it takes. */
static void
run (const History *history, TcProgress *progress, Replay *ret_replay)
{
  double done = 0, weight = 0;
  guint i;

  *ret_replay = (Replay) { 0 };
  for (i = 0; i < MAX_STEPS && done < (double) history->total; i++)
    {
      const double share = done / (double) history->total;
      const double budget = history->per_second * history->speed (share, i) * STEP_MS / 1000;
      const double units = MIN (budget / history->weight (share), (double) history->total - done);

      done += units;
      weight += units * history->weight (share);
      tc_progress_add (progress, (i + 1) * STEP_MS, 1, (guint64) done, history->total, history->weighed ? (guint64) (weight * 1000) : (guint64) done);
      ret_replay->shown[i] = (Shown) { (i + 1) * STEP_MS, tc_progress_get_left_ms (progress), share, budget > 0 };
    }
  ret_replay->n = i;
  ret_replay->took_ms = i * STEP_MS;
  for (guint k = 0; k < i; k++)
    ret_replay->shown[k].share = (double) ret_replay->shown[k].when_ms / (double) ret_replay->took_ms;
  measure (ret_replay);
}

static const History histories[] = {
  { "full sync, constant", 100000, 400, one, steady, TRUE },
  { "full sync, in bursts", 100000, 400, one, bursts, TRUE },
  { "full sync, blocks grow", 100000, 400, growing, bursts, TRUE },
  { "full sync, blocks grow by day", 100000, 400, days, bursts, TRUE },
  { "full sync, empty first", 100000, 400, busy_since, bursts, TRUE },
  { "full sync, slows down", 100000, 400, one, slowing, TRUE },
  { "full sync, speeds up", 100000, 400, one, speeding, TRUE },
  { "full sync, a pause", 100000, 400, one, paused, TRUE },
  { "full sync, peers lost for a while", 100000, 400, growing, lost_peers, TRUE },
  { "full sync, peers found slowly", 100000, 400, growing, warming_up, TRUE },
  { "full sync of a minute", 24000, 400, growing, bursts, TRUE },
  { "full sync of ten seconds", 4000, 400, one, bursts, TRUE },
  { "full sync of hours", 3000000, 400, growing, bursts, TRUE },
  { "snapshot, constant", 90000000, 900000, one, bursts, FALSE },
  { "snapshot, peers found slowly", 90000000, 900000, one, warming_up, FALSE },
  { "snapshot, peers lost for a while", 90000000, 900000, one, lost_peers, FALSE },
  { "history, downwards", 100000, 400, shrinking, bursts, TRUE },
};

static void
test_factor (void)
{
  g_test_summary ("From a tenth of the time on, what is shown is within a factor of two of what it then took.");
  Replay *replay = g_new (Replay, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (histories); i++)
    {
      TcProgress progress = { 0 };

      run (&histories[i], &progress, replay);
      g_test_message ("%-34s %6" G_GINT64_FORMAT " s: off by a factor of %.2f at worst, %.2f in the middle", histories[i].name, replay->took_ms / 1000,
                      replay->worst, replay->middle);
      if (replay->took_ms > 30000)
        g_assert_cmpuint (replay->n_estimating, ==, 0);
      g_assert_cmpfloat (replay->worst, <, 2);
    }
  g_free (replay);
}

static void
test_weight (void)
{
  g_test_summary ("Without their weight, blocks that grow would be shown as done far too soon: the weight is what makes it right.");
  Replay *replay = g_new (Replay, 1);
  History history = { "full sync, blocks grow", 100000, 400, growing, bursts, FALSE };
  TcProgress progress = { 0 };

  run (&history, &progress, replay);
  g_assert_cmpfloat (replay->worst, >, 2);
  g_free (replay);
}

static void
test_no_jumps (void)
{
  g_test_summary ("What is shown moves by little from one second to the next, whatever happens.");
  Replay *replay = g_new (Replay, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (histories); i++)
    {
      TcProgress progress = { 0 };

      run (&histories[i], &progress, replay);
      for (guint k = 4; k < replay->n; k++)
        {
          const gint64 before = replay->shown[k - 4].left_ms, now = replay->shown[k].left_ms;

          if (before < 0 || now < 0)
            continue;
          /* Faster in the beginning, when little is known. */
          g_assert_cmpint (ABS (now - before), <=, before / (replay->shown[k].when_ms < 40000 ? 2 : 12) + 1500);
        }
    }
  g_free (replay);
}

static void
test_estimating (void)
{
  g_test_summary ("Nothing is said before it is known, nor while nothing comes; a new phase begins anew.");
  TcProgress progress = { 0 };

  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, -1);
  g_assert_cmpuint (tc_progress_get_rate (&progress, 1000), ==, 0);
  tc_progress_add (&progress, 1000, 1, 0, 1000, 0);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, -1);
  tc_progress_add (&progress, 1100, 1, 50, 1000, 50);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, -1);
  tc_progress_add (&progress, 4000, 1, 300, 1000, 300);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, 7000);
  g_assert_cmpuint (tc_progress_get_rate (&progress, 1000), ==, 100);
  g_assert_cmpuint (tc_progress_get_rate (&progress, 60000), ==, 6000);
  tc_progress_add (&progress, 5000, 2, 300, 1000, 300);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, -1);
  for (gint64 when = 6000; when < 60000; when += 1000)
    tc_progress_add (&progress, when, 2, 300, 1000, 300);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, -1);
  tc_progress_add (&progress, 60000, 0, 0, 0, 0);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, -1);
  g_assert_cmpuint (tc_progress_get_rate (&progress, 1000), ==, 0);
}

static void
test_slips (void)
{
  g_test_summary ("A part that is fetched again does not make what was learned forgotten.");
  TcProgress progress = { 0 };

  for (gint64 second = 0; second <= 20; second++)
    tc_progress_add (&progress, second * 1000, 2, (guint64) second * 10, 1000, (guint64) second * 10);
  tc_progress_add (&progress, 21000, 2, 195, 1000, 195);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), >, 70000);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), <, 90000);
  g_assert_cmpuint (progress.done, ==, 200);
  tc_progress_add (&progress, 22000, 2, 90, 1000, 90);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, -1);
}

static void
test_edges (void)
{
  g_test_summary ("No total, more done than there is, a total that shrinks, less done than before, the largest numbers: never nonsense.");
  TcProgress progress = { 0 };

  tc_progress_add (&progress, 0, 3, 0, 0, 0);
  tc_progress_add (&progress, 3000, 3, 10, 0, 10);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, 0);
  tc_progress_add (&progress, 4000, 3, 2, 100, 2);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), ==, -1);
  tc_progress_add (&progress, 0, 4, 0, G_MAXUINT64, 0);
  for (gint64 i = 1; i < 200; i++)
    {
      tc_progress_add (&progress, i * 1000, 4, (guint64) i * 3, G_MAXUINT64, (guint64) i * 5000000000);
      g_assert_cmpint (tc_progress_get_left_ms (&progress), >=, -1);
    }
  tc_progress_add (&progress, 0, 5, 0, 10, 0);
  tc_progress_add (&progress, G_MAXINT64 / 2, 5, 5, 10, G_MAXUINT64 / 2);
  g_assert_cmpint (tc_progress_get_left_ms (&progress), >=, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/progress/factor", test_factor);
  g_test_add_func ("/node/progress/weight", test_weight);
  g_test_add_func ("/node/progress/no-jumps", test_no_jumps);
  g_test_add_func ("/node/progress/estimating", test_estimating);
  g_test_add_func ("/node/progress/slips", test_slips);
  g_test_add_func ("/node/progress/edges", test_edges);
  return g_test_run ();
}
