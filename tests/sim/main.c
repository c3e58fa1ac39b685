#include "sim.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command line: seeds over several processes, counters summed, and for a seed that fails the command that replays it. */

#define JOBS_MAX    64u
#define FAILURE_MAX 600u
#define COUNTED_MIN 10000u  /* over so many seeds of all kinds, no counter may be zero */
#define LINES_MAX   30u
#define SECONDS     300     /* of a run for which nothing is said */
#define END_OF_TRACE "--- "

#define DESCRIPTION \
  "Without arguments it runs seeds of all profiles, 4 to 25 nodes, for five minutes. A seed that fails prints how\n" \
  "it ended and the command that replays it. docs/simulator.md tells the rest.\n\n" \
  "  ./dev sim --seconds 60                             a quick look\n" \
  "  ./dev sim --seeds 1..10000                         everything, hours on a small machine\n" \
  "  ./dev sim --profile big --seeds 1..100             committees of a hundred\n" \
  "  ./dev sim --seed 7 --nodes 6 --profile mixed --trace\n"

/* Shared with the processes that run the seeds. */
typedef struct
{
  gint        next;             /* seeds handed out, above the first */
  gint        stop;
  SimCounters counters[JOBS_MAX];
  guint64     seeds[JOBS_MAX];  /* under way; 0: none */
  guint64     failed_seeds[JOBS_MAX];
  char        failures[JOBS_MAX][FAILURE_MAX];
} Shared;

typedef struct
{
  SimOptions options;
  guint64    first, last;
  guint      nodes_min, nodes_max;  /* 0: drawn */
  gint       seconds, jobs;
  gboolean   print_hash, expect_failure, check_hash;
  char      *program, *liars;
} Run;

static void
print_counters (const SimCounters *counters)
{
#define X(name, text) g_print ("%12" G_GUINT64_FORMAT "  %s\n", counters->name, text);
  SIM_COUNTERS (X)
#undef X
  for (guint i = 0; i < SIM_N_MOMENTS; i++)
    for (guint j = 0; j < SIM_N_THINGS; j++)
      if (sim_point_exists ((SimMoment) i, (SimThing) j))
        {
          g_autofree char *name = sim_point_name ((SimMoment) i, (SimThing) j);

          g_print ("%12" G_GUINT64_FORMAT "  crashes %s\n", counters->crashes[i][j], name);
        }
}

/* Returns: how many counters are zero; names them. */
static guint
count_zeros (const SimCounters *counters)
{
  guint n = 0;

#define X(name, text) if (counters->name == 0) { g_print ("never happened: %s\n", text); n++; }
  SIM_COUNTERS (X)
#undef X
  for (guint i = 0; i < SIM_N_MOMENTS; i++)
    for (guint j = 0; j < SIM_N_THINGS; j++)
      if (sim_point_exists ((SimMoment) i, (SimThing) j) && counters->crashes[i][j] == 0)
        {
          g_autofree char *name = sim_point_name ((SimMoment) i, (SimThing) j);

          g_print ("never happened: crashes %s\n", name);
          n++;
        }
  return n;
}

/* Drawn apart from all else, so that a seed with its number of nodes given runs as it did with that number drawn. */
static guint
draw_nodes (const Run *run, guint64 seed)
{
  SimRandom random;

  if (strcmp (run->options.profile, "big") == 0 && run->nodes_min == 0)
    return SIM_MEMBERS_MAX;
  if (run->nodes_min > 0 && run->nodes_min == run->nodes_max)
    return run->nodes_min;
  sim_random_init (&random, seed ^ G_GUINT64_CONSTANT (0x6e6f646573));
  if (run->nodes_min > 0)
    return sim_random_range (&random, run->nodes_min, run->nodes_max);
  if (sim_random_chance (&random, 600))
    return sim_random_range (&random, 4, 7);
  return sim_random_chance (&random, 700) ? sim_random_range (&random, 8, 13) : sim_random_range (&random, 14, 25);
}

/* One command, whatever the run was. */
static char *
make_command (const Run *run, guint64 seed, gboolean trace)
{
  const gboolean is_dev = g_str_has_suffix (run->program, "/tests/sim/sim");

  return g_strdup_printf ("%s --seed %" G_GUINT64_FORMAT " --nodes %u --profile %s%s%s%s%s", is_dev && trace ? "./dev sim" : run->program, seed,
                          draw_nodes (run, seed), run->options.profile, run->liars != NULL ? " --liars " : "", run->liars != NULL ? run->liars : "",
                          run->options.outcomes ? " --outcomes" : "", trace ? " --trace" : "");
}

/* How the seed ended, from a run of it in a process of its own: it may crash. */
static void
print_last_lines (const Run *run, guint64 seed)
{
  g_autofree char *quiet = make_command (run, seed, FALSE);
  g_autofree char *command = g_strdup_printf ("%s --trace 2>&1", quiet);
  char *lines[LINES_MAX] = { NULL };
  g_autofree char *line = NULL;
  FILE *pipe = popen (command, "r");
  gsize size = 0;
  guint n = 0;

  if (pipe == NULL)
    return;
  while (getline (&line, &size, pipe) >= 0)
    {
      if (g_str_has_prefix (line, END_OF_TRACE))
        break;
      g_free (lines[n % LINES_MAX]);
      lines[n++ % LINES_MAX] = g_strdup (line);
    }
  pclose (pipe);
  g_print ("how it ended, of %u lines of the trace:\n", n);
  for (guint i = n > LINES_MAX ? n - LINES_MAX : 0; i < n; i++)
    g_print ("  %s", lines[i % LINES_MAX]);
  for (guint i = 0; i < LINES_MAX; i++)
    g_free (lines[i]);
}

static void
print_replay (const Run *run, guint64 seed, const char *failure)
{
  g_autofree char *command = make_command (run, seed, TRUE);

  g_print ("seed %" G_GUINT64_FORMAT " failed %s\n", seed, failure);
  if (!run->expect_failure && !run->options.trace)
    print_last_lines (run, seed);
  g_print ("replay it with:  %s\n", command);
}

static void
run_job (const Run *run, Shared *shared, guint job, gint64 until_us)
{
  SimOptions options = run->options;

  while (g_atomic_int_get (&shared->stop) == 0)
    {
      g_autofree char *failure = NULL;
      guint64 hash;

      options.seed = run->first + (guint64) g_atomic_int_add (&shared->next, 1);
      if (options.seed > run->last || (until_us != 0 && g_get_monotonic_time () > until_us))
        return;
      options.n_members = draw_nodes (run, options.seed);
      shared->seeds[job] = options.seed;
      failure = sim_run (&options, &shared->counters[job], &hash);
      shared->seeds[job] = 0;
      if (failure == NULL)
        continue;
      shared->failed_seeds[job] = options.seed;
      g_strlcpy (shared->failures[job], failure, FAILURE_MAX);
      g_atomic_int_set (&shared->stop, 1);
    }
}

/* One that crashed left its seed behind. */
static void
wait_for_jobs (Shared *shared, const pid_t *pids, guint n_jobs)
{
  for (guint i = 0; i < n_jobs; i++)
    {
      int status;

      if (waitpid (pids[i], &status, 0) < 0 || (WIFEXITED (status) && WEXITSTATUS (status) == 0))
        continue;
      shared->failed_seeds[i] = shared->seeds[i];
      g_snprintf (shared->failures[i], FAILURE_MAX, "by signal %d", WIFSIGNALED (status) ? WTERMSIG (status) : 0);
      g_atomic_int_set (&shared->stop, 1);
    }
}

static void
start_jobs (const Run *run, Shared *shared, guint n_jobs)
{
  const gint64 until_us = run->seconds > 0 ? g_get_monotonic_time () + (gint64) run->seconds * G_USEC_PER_SEC : 0;
  pid_t pids[JOBS_MAX];

  for (guint i = 0; i < n_jobs; i++)
    {
      pids[i] = fork ();
      g_assert_cmpint (pids[i], >=, 0);
      if (pids[i] != 0)
        continue;
      prctl (PR_SET_PDEATHSIG, SIGKILL);  /* an interrupted run leaves nothing behind */
      run_job (run, shared, i, until_us);
      _exit (0);
    }
  wait_for_jobs (shared, pids, n_jobs);
}

static gboolean
is_whole_run (const Run *run, const SimCounters *counters)
{
  return counters->seeds >= COUNTED_MIN && strcmp (run->options.profile, "all") == 0;
}

static int
run_seeds (const Run *run)
{
  Shared *shared = mmap (NULL, sizeof (Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const guint n_jobs = (guint) CLAMP (run->jobs, 1, (gint) JOBS_MAX);
  SimCounters total = { 0 };
  const gint64 begun_us = g_get_monotonic_time ();
  guint n_failed = 0, n_zeros = 0;
  double seconds;

  g_assert_true (shared != MAP_FAILED);
  start_jobs (run, shared, n_jobs);
  for (guint i = 0; i < n_jobs; i++)
    {
      for (gsize j = 0; j < sizeof total / sizeof (guint64); j++)
        ((guint64 *) &total)[j] += ((guint64 *) &shared->counters[i])[j];
      if (shared->failed_seeds[i] == 0)
        continue;
      n_failed++;
      print_replay (run, shared->failed_seeds[i], shared->failures[i]);
    }
  munmap (shared, sizeof (Shared));
  if (run->expect_failure)
    {
      g_print ("%s after %" G_GUINT64_FORMAT " seeds\n", n_failed > 0 ? "caught" : "NOT caught", total.seeds);
      return n_failed > 0 ? 0 : 1;
    }
  seconds = (double) (g_get_monotonic_time () - begun_us) / G_USEC_PER_SEC;
  print_counters (&total);
  g_print ("%.1f s, %.2f seeds a second\n", seconds, (double) total.seeds / seconds);
  if (n_failed == 0 && is_whole_run (run, &total))
    n_zeros = count_zeros (&total);
  return n_failed == 0 && n_zeros == 0 ? 0 : 1;
}

static int
run_one (const Run *run)
{
  SimOptions options = run->options;
  SimCounters counters = { 0 };
  g_autofree char *failure = NULL;
  guint64 hash;

  options.seed = run->first;
  options.n_members = draw_nodes (run, options.seed);
  failure = sim_run (&options, &counters, &hash);
  if (run->print_hash)
    {
      g_print ("%016" G_GINT64_MODIFIER "x\n", hash);
      return failure == NULL ? 0 : 1;
    }
  if (options.trace)
    g_print (END_OF_TRACE "\n");
  print_counters (&counters);
  if (failure != NULL)
    print_replay (run, options.seed, failure);
  return failure == NULL ? 0 : 1;
}

static char *
spawn_hash (const Run *run, guint64 seed)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
  g_autofree char *nodes = g_strdup_printf ("%u", draw_nodes (run, seed));
  const char *argv[] = { run->program, "--seed", number, "--nodes", nodes, "--profile", run->options.profile, "--hash", NULL };
  char *text = NULL;
  g_autoptr(GError) error = NULL;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, NULL, NULL, &error))
    g_error ("%s", error->message);
  return text;
}

/* Each seed in two processes: hash tables are keyed anew in each, so what depends on their order would show. */
static int
check_hashes (const Run *run)
{
  int status = 0;

  for (guint64 seed = run->first; seed <= run->last; seed++)
    {
      g_autofree char *one = spawn_hash (run, seed);
      g_autofree char *other = spawn_hash (run, seed);

      if (strlen (one) == 17 && strcmp (one, other) == 0)
        continue;
      g_print ("seed %" G_GUINT64_FORMAT " gives two histories: %s and %s", seed, one, other);
      status = 1;
    }
  g_print ("%" G_GUINT64_FORMAT " seeds run twice\n", run->last - run->first + 1);
  return status;
}

static gboolean
parse_nodes (const char *text, Run *run)
{
  char *end;

  run->nodes_min = run->nodes_max = (guint) g_ascii_strtoull (text, &end, 10);
  if (g_str_has_prefix (end, ".."))
    run->nodes_max = (guint) g_ascii_strtoull (end + 2, &end, 10);
  return *end == '\0' && run->nodes_min >= 4 && run->nodes_max >= run->nodes_min && run->nodes_max <= SIM_MEMBERS_MAX;
}

static gboolean
parse_range (const char *text, Run *run)
{
  char *end;

  run->first = g_ascii_strtoull (text, &end, 10);
  if (end == text || strncmp (end, "..", 2) != 0)
    return FALSE;
  run->last = g_ascii_strtoull (end + 2, &end, 10);
  return *end == '\0' && run->first >= 1 && run->last >= run->first && run->last - run->first < G_MAXINT32;
}

static int
fail_usage (const char *message)
{
  g_printerr ("sim: %s; see --help\n", message);
  return 2;
}

int
main (int argc, char *argv[])
{
  Run run = { .options = { .profile = "all" }, .first = 1, .last = G_MAXINT32, .jobs = (gint) g_get_num_processors () };
  g_autofree char *range = NULL, *profile = NULL, *nodes = NULL;
  gint64 seed = 0;
  SimProfile drawn;
  const GOptionEntry entries[] = {
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &range, "Run these seeds", "A..B" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &run.seconds, "Run seeds for so long (default 300, where no seeds are named)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Run one seed", "S" },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &run.options.trace, "With --seed: tell everything", NULL },
    { "hash", 0, 0, G_OPTION_ARG_NONE, &run.print_hash, "With --seed: print the hash of its history only", NULL },
    { "nodes", 0, 0, G_OPTION_ARG_STRING, &nodes, "Members: a number or A..B (default 4 to 25, drawn from the seed)", "N" },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &profile, "Kinds of faults: all, calm, lossy, crash, split, clock, disk, liar, siege, over, committee, late, mixed, big", "P" },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &run.jobs, "Processes (default: one a processor)", "J" },
    { "liars", 0, 0, G_OPTION_ARG_STRING, &run.liars, "What the liars do, where there are any (default: drawn)", "STRATEGY[,STRATEGY]…" },
    { "twice", 0, 0, G_OPTION_ARG_NONE, &run.check_hash, "Run each seed in two processes and compare their histories", NULL },
    { "outcomes", 0, 0, G_OPTION_ARG_NONE, &run.options.outcomes, "Let every wrong pass that does no visible harm (for mutants)", NULL },
    { "expect-failure", 0, 0, G_OPTION_ARG_NONE, &run.expect_failure, "Succeed where a seed fails (for mutants)", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("- the network in one process, on virtual time");
  g_autoptr(GError) error = NULL;
  SimRandom random = { { 1, 2, 3, 4 } };

  tc_crypto_init ();
  run.program = argv[0];
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, DESCRIPTION);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail_usage (error->message);
  if (range != NULL && !parse_range (range, &run))
    return fail_usage ("--seeds takes FIRST..LAST");
  if (run.seconds == 0 && range == NULL)
    run.seconds = SECONDS;
  if (profile != NULL)
    run.options.profile = profile;
  if (!sim_profile_draw (run.options.profile, &random, &drawn))
    return fail_usage ("there is no such profile");
  if (nodes != NULL && !parse_nodes (nodes, &run))
    return fail_usage ("--nodes takes 4 to 100, or two of those as A..B");
  if (run.liars != NULL && !sim_liars_parse (run.liars, &run.options.strategies))
    return fail_usage ("there is no such strategy");
  if (seed > 0)
    {
      run.first = (guint64) seed;
      return run_one (&run);
    }
  return run.check_hash ? check_hashes (&run) : run_seeds (&run);
}
