#include <sqlite3.h>
#include <time.h>

#include "core/check.h"
#include "local-fixture.h"
#include "core/verifier-pool.h"

/* How soon payments are final, and how many a second, on the payer's node of a network of four masternodes in this process: real sockets and stores, every
 * vote and acknowledgement synced before it leaves. Beside it what this machine can do, measured in the same run: signature checks, and durable
 * writes in the same folder. */

#define N_MASTERNODES     4u
#define N_STEADY          2000u
#define STEADY_GAP_US     10000     /* 100 payments a second */
#define N_BURST           20000u
#define BURST_OPEN_MAX    2000u     /* payments under way at once */
#define N_RAW             20000u
#define SYNC_BYTES        150
#define SYNC_US           1000000

typedef struct
{
  LocalFixture net;
  GPtrArray   *txs;          /* TcTx, signed */
  GHashTable  *open;         /* txid (in the transaction) -> the transaction: submitted, not final */
  GArray      *durations_us; /* gint64: as the node says */
  guint        n_submitted;
  guint        end;          /* submit up to here */
  guint        open_max;     /* 0: at a fixed rate */
  gint64       start_us, last_us;
  gint64       cpu_us;       /* of this process in the run */
} Bench;

static gint64
get_cpu_us (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

static void
submit_next (Bench *self)
{
  TcTx *tx = g_ptr_array_index (self->txs, self->n_submitted++);

  g_hash_table_insert (self->open, &tx->txid, tx);
  local_fixture_submit (&self->net, tx);
}

static void
submit_window (Bench *self)
{
  while (self->n_submitted < self->end && g_hash_table_size (self->open) < self->open_max)
    submit_next (self);
}

static void
on_tx (const TcNodeEvent *event, gpointer user_data)
{
  Bench *self = user_data;

  if (event->finality.state < TC_FINALITY_FINAL || !g_hash_table_remove (self->open, &event->finality.txid))
    return;
  TC_CHECK (event->finality.state != TC_FINALITY_DROPPED);
  if (event->finality.final_duration_us >= 0)
    g_array_append_val (self->durations_us, event->finality.final_duration_us);
  self->last_us = g_get_monotonic_time ();
  submit_window (self);
}

static gboolean
all_final (gpointer user_data)
{
  Bench *self = user_data;

  return self->n_submitted == self->end && g_hash_table_size (self->open) == 0;
}

static gboolean
on_rate (gpointer user_data)
{
  Bench *self = user_data;
  guint due = (guint) ((g_get_monotonic_time () - self->start_us) / STEADY_GAP_US) + 1;

  while (self->n_submitted < MIN (due, self->end))
    submit_next (self);
  return self->n_submitted < self->end ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static int
compare_durations (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static gdouble
percentile_ms (const GArray *sorted_us, guint percent)
{
  return (gdouble) g_array_index (sorted_us, gint64, (sorted_us->len - 1) * percent / 100) / 1000;
}

/* --- the machine's limits --- */

/* @ret_cpu_us: of one check: what other programs take of the machine is not in it. */
static gdouble
measure_raw (guint n_threads, gdouble *ret_cpu_us)
{
  g_autoptr(TcVerifierPool) threads = tc_verifier_pool_new (n_threads);
  const TcVerifier *verifier = tc_verifier_pool_get (threads);
  g_autofree TcSignatureJob *jobs = g_new0 (TcSignatureJob, N_RAW);
  const guint8 seed[TC_SEED_SIZE] = { 1 };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  const TcHash message = tc_hash_tagged ("bench", seed, sizeof seed);
  gint64 start_us, cpu_us;

  jobs[0] = (TcSignatureJob) { *tc_secret_key_get_public (key), tc_secret_key_sign (key, message.bytes, TC_HASH_SIZE), message.bytes,
                               TC_HASH_SIZE, FALSE };
  for (guint i = 1; i < N_RAW; i++)
    jobs[i] = jobs[0];
  cpu_us = get_cpu_us ();
  start_us = g_get_monotonic_time ();
  verifier->check_many (verifier->user_data, jobs, N_RAW);
  gint64 took_us = g_get_monotonic_time () - start_us;

  *ret_cpu_us = (gdouble) (get_cpu_us () - cpu_us) / N_RAW;
  for (guint i = 0; i < N_RAW; i++)
    TC_CHECK (jobs[i].ok);
  return N_RAW * 1e6 / (gdouble) took_us;
}

static gdouble
measure_syncs (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "syncs.sqlite", NULL);
  const char bytes[SYNC_BYTES] = { 1 };
  gint64 start_us, took_us;
  sqlite3_stmt *stmt;
  sqlite3 *db;
  guint n = 0;

  TC_CHECK (sqlite3_open (path, &db) == SQLITE_OK);
  TC_CHECK (sqlite3_exec (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (data BLOB)", NULL, NULL, NULL) == SQLITE_OK);
  TC_CHECK (sqlite3_prepare_v2 (db, "INSERT INTO t VALUES (?)", -1, &stmt, NULL) == SQLITE_OK);
  sqlite3_bind_blob (stmt, 1, bytes, SYNC_BYTES, SQLITE_STATIC);
  start_us = g_get_monotonic_time ();
  do
    {
      TC_CHECK (sqlite3_step (stmt) == SQLITE_DONE);
      sqlite3_reset (stmt);
      n++;
      took_us = g_get_monotonic_time () - start_us;
    }
  while (took_us < SYNC_US);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return n * 1e6 / (gdouble) took_us;
}

/* --- the runs --- */

static void
prepare (Bench *self, guint n)
{
  g_autoptr(GArray) coins = local_fixture_fan_out (&self->net, n);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->txs, local_fixture_pay (&self->net, &g_array_index (coins, LocalCoin, i)));
}

static void
run (Bench *self, guint n, guint open_max)
{
  g_array_set_size (self->durations_us, 0);
  self->end = self->n_submitted + n;
  self->open_max = open_max;
  self->start_us = g_get_monotonic_time ();
  self->cpu_us = get_cpu_us ();
  if (open_max > 0)
    submit_window (self);
  else
    g_timeout_add (1, on_rate, self);
  local_fixture_wait (all_final, self, "all payments to be final");
  self->cpu_us = get_cpu_us () - self->cpu_us;
  g_array_sort (self->durations_us, compare_durations);
}

static void
report_steady (const Bench *self, gdouble syncs)
{
  const guint64 batch_ms = TC_PARAMS_LOCAL.batch_age_ms;
  const gdouble least_ms = (gdouble) batch_ms + 2000 / syncs;

  g_print ("final, median, 100 payments a second     %8.1f ms  target 60; two batches of %" G_GUINT64_FORMAT " ms, half waited for, and two syncs: %.1f\n",
           percentile_ms (self->durations_us, 50), batch_ms, least_ms);
  g_print ("final, 99 %%, 100 payments a second       %8.1f ms  target 250\n", percentile_ms (self->durations_us, 99));
  g_print ("final, slowest, 100 payments a second    %8.1f ms\n", percentile_ms (self->durations_us, 100));
  g_print ("processor time, 100 payments a second    %8.1f %%   of one processor, all five nodes\n",
           (gdouble) self->cpu_us * 100 / (gdouble) (self->last_us - self->start_us));
}

static void
report_burst (const Bench *self, gdouble two, gdouble check_us)
{
  const gdouble rate = N_BURST * 1e6 / (gdouble) (self->last_us - self->start_us);
  const gdouble limit = two / (N_MASTERNODES + 1);

  g_print ("payments final, as fast as it goes       %8.0f /s  limit %.0f /s (a signature check in each of %u nodes, 2 threads): %.2f of it\n",
           rate, limit, N_MASTERNODES + 1, rate / limit);
  g_print ("processor time a payment, all five nodes %8.0f us  limit %.0f us (its signature checks): %.2f of it\n",
           (gdouble) self->cpu_us / N_BURST, check_us * (N_MASTERNODES + 1), check_us * (N_MASTERNODES + 1) * N_BURST / (gdouble) self->cpu_us);
  g_print ("final, median, %u under way at once    %8.1f ms\n", BURST_OPEN_MAX, percentile_ms (self->durations_us, 50));
  g_print ("final, 99 %%, %u under way at once      %8.1f ms\n", BURST_OPEN_MAX, percentile_ms (self->durations_us, 99));
}

int
main (int argc, char *argv[])
{
  gdouble one, two, syncs, check_us;
  Bench self = { .open = g_hash_table_new (tc_hash_hash, tc_hash_equal), .durations_us = g_array_new (FALSE, FALSE, sizeof (gint64)),
                 .txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref) };
  guint id;

  local_fixture_init (&self.net, NULL, N_MASTERNODES, FALSE);
  one = measure_raw (1, &check_us);
  two = measure_raw (2, &check_us);
  syncs = measure_syncs (self.net.dir);
  g_print ("signatures checked, 1 thread             %8.0f /s\n", one);
  g_print ("signatures checked, 2 threads            %8.0f /s\n", two);
  g_print ("durable writes, one database             %8.0f /s\n", syncs);

  local_fixture_start (&self.net);
  prepare (&self, N_STEADY + N_BURST);
  id = tc_node_subscribe (self.net.node, 1u << TC_NODE_EVENT_TX, NULL, on_tx, &self, NULL);
  run (&self, N_STEADY, 0);
  report_steady (&self, syncs);
  run (&self, N_BURST, BURST_OPEN_MAX);
  report_burst (&self, two, check_us);
  tc_node_unsubscribe (self.net.node, id);
  g_print ("all five nodes stopped in                %8.0f ms  target 5000\n", (gdouble) local_fixture_stop (&self.net) / 1000);

  local_fixture_clear (&self.net);
  g_ptr_array_unref (self.txs);
  g_array_unref (self.durations_us);
  g_hash_table_unref (self.open);
  return 0;
}
