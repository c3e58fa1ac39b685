#include "sim.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command line: seeds over several processes, counters summed, and for a seed that fails the command that replays it. */

#define JOBS_MAX    64u
#define FAILURE_MAX 600u
#define COUNTED_MIN 500u  /* over so many seeds of all kinds, no counter may be zero */

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
  gint       seconds, jobs;
  gboolean   print_hash, expect_failure, check_hash;
  char      *program;
} Run;

static void
print_counters (const SimCounters *counters)
{
#define X(name, text) g_print ("%12" G_GUINT64_FORMAT "  %s\n", counters->name, text);
  SIM_COUNTERS (X)
#undef X
}

/* Returns: how many counters are zero; names them. */
static guint
count_zeros (const SimCounters *counters)
{
  guint n = 0;

#define X(name, text) if (counters->name == 0) { g_print ("never happened: %s\n", text); n++; }
  SIM_COUNTERS (X)
#undef X
  return n;
}

static void
print_replay (const Run *run, guint64 seed, const char *failure)
{
  g_print ("seed %" G_GUINT64_FORMAT " failed %s\nreplay it with:  %s --nodes %u --profile %s --seed %" G_GUINT64_FORMAT " --trace%s\n", seed,
           failure, run->program, run->options.n_members, run->options.profile, seed, run->options.outcomes ? " --outcomes" : "");
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
  guint n_failed = 0, n_zeros = 0;

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
  print_counters (&total);
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
  failure = sim_run (&options, &counters, &hash);
  if (run->print_hash)
    {
      g_print ("%016" G_GINT64_MODIFIER "x\n", hash);
      return failure == NULL ? 0 : 1;
    }
  print_counters (&counters);
  if (failure != NULL)
    print_replay (run, options.seed, failure);
  return failure == NULL ? 0 : 1;
}

static char *
spawn_hash (const Run *run, guint64 seed)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
  g_autofree char *nodes = g_strdup_printf ("%u", run->options.n_members);
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
  Run run = { .options = { .n_members = 4, .profile = "all" }, .first = 1, .last = 1000, .jobs = (gint) g_get_num_processors () };
  g_autofree char *range = NULL, *profile = NULL;
  gint64 seed = 0;
  gint nodes = 4;
  SimProfile drawn;
  const GOptionEntry entries[] = {
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &range, "Run these seeds (default 1..1000)", "A..B" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &run.seconds, "Run seeds for so long instead", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Run one seed", "S" },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &run.options.trace, "With --seed: tell everything", NULL },
    { "hash", 0, 0, G_OPTION_ARG_NONE, &run.print_hash, "With --seed: print the hash of its history only", NULL },
    { "nodes", 0, 0, G_OPTION_ARG_INT, &nodes, "Members (default 4)", "N" },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &profile, "Kinds of faults: all, calm, lossy, crash, split, liar, mixed", "P" },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &run.jobs, "Processes (default: one a processor)", "J" },
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
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail_usage (error->message);
  if (range != NULL && !parse_range (range, &run))
    return fail_usage ("--seeds takes FIRST..LAST");
  if (run.seconds > 0 && range == NULL)
    run.last = G_MAXINT32;
  if (profile != NULL)
    run.options.profile = profile;
  if (!sim_profile_draw (run.options.profile, &random, &drawn))
    return fail_usage ("there is no such profile");
  if (nodes < 4 || nodes > (gint) SIM_MEMBERS_MAX)
    return fail_usage ("--nodes takes 4 to 100");
  run.options.n_members = (guint) nodes;
  if (seed > 0)
    {
      run.first = (guint64) seed;
      return run_one (&run);
    }
  return run.check_hash ? check_hashes (&run) : run_seeds (&run);
}
