#include <glib-unix.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>

#include "core/check.h"
#include "core/key.h"
#include "node-internal.h"
#include "sync-chain.h"
#include "told.h"

/* How soon a new node has the whole chain: one node serves a chain (sync-chain.h says which), another, empty, connects to it over loopback TCP, checks and
 * stores all of it; each is a process of its own, so that memory and processor time are told apart. Beside it, in the same run before and after: how many
 * signatures these cores check when they do nothing else.
 *
 * bench-sync [--txs N] [--keep DIR]   the chain is kept in DIR (beside the program) between runs, by its parameters */

#define TXS_DEFAULT   500000u
#define N_RAW         60000u
#define N_RAW_KEYS    256u
#define RAW_CHUNK     64u
#define N_RUNS_RAW    2u

static void
die_with (GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

/* --- the limit: libsodium, and nothing else --- */

typedef struct
{
  guint8 key[crypto_sign_PUBLICKEYBYTES];
  guint8 message[32];
  guint8 signature[crypto_sign_BYTES];
} Check;

typedef struct
{
  Check *checks;
  gint   next;  /* atomic */
} Raw;

static gpointer
check_some (gpointer data)
{
  Raw *raw = data;

  for (;;)
    {
      guint from = (guint) g_atomic_int_add (&raw->next, RAW_CHUNK);

      if (from >= N_RAW)
        return NULL;
      for (guint i = from; i < MIN (from + RAW_CHUNK, N_RAW); i++)
        TC_CHECK (crypto_sign_verify_detached (raw->checks[i].signature, raw->checks[i].message, sizeof raw->checks[i].message, raw->checks[i].key) == 0);
    }
}

static void
raw_init (Raw *raw)
{
  guint8 keys[N_RAW_KEYS][crypto_sign_PUBLICKEYBYTES], secrets[N_RAW_KEYS][crypto_sign_SECRETKEYBYTES];

  raw->checks = g_new (Check, N_RAW);
  for (guint i = 0; i < N_RAW_KEYS; i++)
    crypto_sign_keypair (keys[i], secrets[i]);
  for (guint i = 0; i < N_RAW; i++)
    {
      Check *check = &raw->checks[i];

      memcpy (check->key, keys[i % N_RAW_KEYS], sizeof check->key);
      randombytes_buf (check->message, sizeof check->message);
      crypto_sign_detached (check->signature, NULL, check->message, sizeof check->message, secrets[i % N_RAW_KEYS]);
    }
}

/* Returns: checks a second on all cores. @ret_cpu_us: (inout): of one, added. */
static gdouble
measure_raw (Raw *raw, gdouble *ret_cpu_us)
{
  guint n_threads = g_get_num_processors ();
  g_autofree GThread **threads = g_new (GThread *, n_threads);
  gint64 start_us = g_get_monotonic_time (), start_cpu_us = (gint64) clock ();

  raw->next = 0;
  for (guint i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("raw", check_some, raw);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
  *ret_cpu_us += (gdouble) ((gint64) clock () - start_cpu_us) / N_RAW;
  return N_RAW * 1e6 / (gdouble) (g_get_monotonic_time () - start_us);
}

/* --- a node in a process of its own --- */

typedef struct
{
  Told       told;
  GMainLoop *loop;
  TcNode    *node;
  guint32    target;     /* a follower's; 0: none */
  gint64     reached_us;
  GMutex     lock;
  GCond      counted;
  gboolean   is_counted;
  guint64    bytes_in, bytes_out;
} Runner;

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  Runner *self = user_data;

  tc_node_start_finish (self->node, result, &error);
  die_with (error);
  if (self->target == 0)
    {
      g_print ("%s\n", tc_node_get_listen (self->node));
      fflush (stdout);
    }
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Runner *self = user_data;

  tc_node_stop_finish (self->node, result);
  g_main_loop_quit (self->loop);
}

static gboolean
count_bytes (gpointer user_data)
{
  Runner *self = user_data;
  g_autoptr(GPtrArray) peers = tc_node_dup_peers (self->node);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < peers->len; i++)
    {
      self->bytes_in += ((TcNetPeerInfo *) g_ptr_array_index (peers, i))->bytes_in;
      self->bytes_out += ((TcNetPeerInfo *) g_ptr_array_index (peers, i))->bytes_out;
    }
  self->is_counted = TRUE;
  g_cond_signal (&self->counted);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

static void
stop (Runner *self)
{
  TC_CHECK (tc_node_wake (self->node, count_bytes, self, NULL));
  g_mutex_lock (&self->lock);
  while (!self->is_counted)
    g_cond_wait (&self->counted, &self->lock);
  g_mutex_unlock (&self->lock);
  tc_node_stop_async (self->node, on_stopped, self);
}

static void
on_status (const TcNodeEvent *event, gpointer user_data)
{
  Runner *self = user_data;
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);

  if (status->state == TC_NODE_HALTED)
    g_error ("%s", status->problem);
  told_add (&self->told, status);
  if (self->target == 0 || self->reached_us != 0 || status->height < self->target)
    return;
  self->reached_us = g_get_monotonic_time ();
  stop (self);
}

static gboolean
on_no_more_input (gint fd, GIOCondition condition, gpointer user_data)
{
  stop (user_data);
  return G_SOURCE_REMOVE;
}

static gint64
get_cpu_us (const struct rusage *usage)
{
  return (gint64) (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * G_USEC_PER_SEC + usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
}

/* Says at its end: us until the target | processor, us | peak of memory, kB | bytes in | bytes out | the time left: off by, at worst | in the middle */
static void
run_node (const char *chain_dir, const char *dir, const char *peer)
{
  const char *connect[] = { peer, NULL };
  g_autofree char *genesis = g_build_filename (chain_dir, "genesis.json", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = tc_network_load (genesis, &error);
  Runner self = { .loop = g_main_loop_new (NULL, FALSE) };
  SyncChain chain;
  gdouble worst, middle;
  struct rusage usage;
  gint64 start_us = g_get_monotonic_time ();

  die_with (error);
  TC_CHECK (sync_chain_look (chain_dir, &chain));
  self.target = peer != NULL ? chain.height : 0;
  TcNodeConfig config = { .network = network, .data_dir = dir, .listen = peer == NULL ? "127.0.0.1:0" : NULL, .connect = connect,
                          .sync_mode = TC_NODE_SYNC_MODE_FULL, .no_discover = TRUE };

  told_init (&self.told);
  self.node = tc_node_new (&config);
  tc_node_subscribe (self.node, 1u << TC_NODE_EVENT_STATUS, NULL, on_status, &self, NULL);
  tc_node_start_async (self.node, NULL, on_started, &self);
  if (peer == NULL)
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_no_more_input, &self);
  g_main_loop_run (self.loop);
  tc_node_unref (self.node);
  g_main_loop_unref (self.loop);
  getrusage (RUSAGE_SELF, &usage);
  told_judge (&self.told, start_us, self.reached_us, &worst, &middle);
  told_clear (&self.told);
  g_print ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %ld %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.2f %.2f\n", self.reached_us - start_us,
           get_cpu_us (&usage), usage.ru_maxrss, self.bytes_in, self.bytes_out, worst, middle);
}

/* --- the bench --- */

typedef struct
{
  gint64  took_us, cpu_us;
  glong   rss_kb;
  guint64 bytes_in, bytes_out;
  gdouble worst, middle;
} Outcome;

static char *
read_line (GSubprocess *process)
{
  GInputStream *out = g_subprocess_get_stdout_pipe (process);
  g_autoptr(GString) line = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  char byte;

  while (g_input_stream_read (out, &byte, 1, NULL, &error) == 1 && byte != '\n')
    g_string_append_c (line, byte);
  die_with (error);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static Outcome
wait_for (GSubprocess *process)
{
  g_autofree char *line = read_line (process);
  g_autoptr(GError) error = NULL;
  Outcome outcome;

  g_subprocess_wait_check (process, NULL, &error);
  die_with (error);
  TC_CHECK (sscanf (line, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %ld %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %lf %lf", &outcome.took_us, &outcome.cpu_us,
                    &outcome.rss_kb, &outcome.bytes_in, &outcome.bytes_out, &outcome.worst, &outcome.middle) == 7);
  return outcome;
}

static GSubprocess *
start (const char *program, const char *what, const char *chain_dir, const char *dir, const char *peer)
{
  const char *command[] = { program, what, chain_dir, dir, peer, NULL };
  g_autoptr(GError) error = NULL;
  GSubprocess *process = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);

  die_with (error);
  return process;
}

static void
remove_tree (const char *dir)
{
  const char *command[] = { "rm", "-rf", dir, NULL };

  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

static void
sync_once (const char *program, const char *chain_dir, Outcome *ret_server, Outcome *ret_follower)
{
  g_autofree char *dir = g_strconcat (chain_dir, ".follower", NULL);
  g_autoptr(GSubprocess) server = start (program, "--serve", chain_dir, chain_dir, NULL);
  g_autofree char *address = read_line (server);

  remove_tree (dir);
  g_autoptr(GSubprocess) follower = start (program, "--follow", chain_dir, dir, address);

  *ret_follower = wait_for (follower);
  g_output_stream_close (g_subprocess_get_stdin_pipe (server), NULL, NULL);
  *ret_server = wait_for (server);
  remove_tree (dir);
}

static void
report (guint32 n_txs, const SyncChain *chain, gdouble raw, gdouble raw_cpu_us, const Outcome *server, const Outcome *follower)
{
  gdouble n = n_txs, synced = n * 1e6 / (gdouble) follower->took_us, own = (gdouble) chain->bytes / n;
  gdouble rest_us = (gdouble) follower->cpu_us / n - raw_cpu_us, served_us = (gdouble) server->cpu_us / n;

  g_print ("signatures checked by libsodium alone, %u threads   %8.0f /s   processor %.1f us each\n", g_get_num_processors (), raw, raw_cpu_us);
  g_print ("transactions synced (%u, %u blocks)            %8.0f /s   limit %.0f /s (their signatures): %.2f of it, target 0.85\n", n_txs, chain->height,
           synced, raw, synced / raw);
  g_print ("processor of the syncing node, a transaction       %8.1f us   limit %.1f us (its signature): %.1f us beside it\n",
           (gdouble) follower->cpu_us / n, raw_cpu_us, rest_us);
  g_print ("processor of the serving node, a transaction       %8.1f us   both beside the signature %.1f us, target 11\n", served_us, rest_us + served_us);
  g_print ("of all processor time of both nodes, signatures take %8.2f      target 0.85 (this does not change with what else runs on the machine)\n",
           raw_cpu_us * n / (gdouble) (follower->cpu_us + server->cpu_us));
  g_print ("peak of memory of the syncing node                 %8.0f MB   serving node %.0f MB\n", (gdouble) follower->rss_kb / 1000,
           (gdouble) server->rss_kb / 1000);
  g_print ("bytes on the wire to the syncing node, each        %8.1f B    limit %.1f B (the transaction's own): %.3f of it; %.2f B back\n",
           (gdouble) follower->bytes_in / n, own, (gdouble) follower->bytes_in / (gdouble) chain->bytes, (gdouble) follower->bytes_out / n);
  g_print ("time left as told, from a tenth of %3.0f s on         %8.2f x    off at worst; %.2f x in the middle; target 2\n", (gdouble) follower->took_us / 1e6,
           follower->worst, follower->middle);
}

static void
bench (const char *program, const char *keep, guint32 n_txs)
{
  g_autofree char *name = g_strdup_printf ("sync-chain-%u-%u", SYNC_CHAIN_VERSION, n_txs);
  g_autofree char *dir = g_build_filename (keep, name, NULL);
  SyncChain chain = sync_chain_ensure (dir, n_txs, 0, NULL);
  gdouble raw, raw_cpu_us = 0;
  Outcome server, follower;
  Raw checks;

  raw_init (&checks);
  raw = measure_raw (&checks, &raw_cpu_us) / N_RUNS_RAW;
  sync_once (program, dir, &server, &follower);
  raw += measure_raw (&checks, &raw_cpu_us) / N_RUNS_RAW;
  report (n_txs, &chain, raw, raw_cpu_us / N_RUNS_RAW, &server, &follower);
  g_free (checks.checks);
}

int
main (int argc, char *argv[])
{
  g_autoptr(GError) error = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", &error);
  g_autofree char *keep = NULL;
  gint n_txs = TXS_DEFAULT;
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    { "txs", 0, 0, G_OPTION_ARG_INT, &n_txs, "transactions in the chain", "N" },
    { "keep", 0, 0, G_OPTION_ARG_FILENAME, &keep, "where the chain is kept", "DIR" },
    { NULL },
  };

  die_with (error);
  tc_crypto_init ();
  if (argc == 4 && strcmp (argv[1], "--serve") == 0)
    run_node (argv[2], argv[3], NULL);
  else if (argc == 5 && strcmp (argv[1], "--follow") == 0)
    run_node (argv[2], argv[3], argv[4]);
  else
    {
      g_option_context_add_main_entries (context, entries, NULL);
      g_option_context_parse (context, &argc, &argv, &error);
      die_with (error);
      if (keep == NULL)
        keep = g_path_get_dirname (program);
      TC_CHECK (n_txs > 0);
      bench (program, keep, (guint32) n_txs);
    }
  return 0;
}
