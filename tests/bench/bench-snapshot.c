#include <glib-unix.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "chain-fixture.h"
#include "core/check.h"
#include "node/node.h"
#include "store/snapshot.h"
#include "told.h"

/* How soon a new node has the state of a chain: one node serves a snapshot, another, empty, connects to it over loopback TCP, proves the links, takes the snapshot in and stands at its block; each is a
 * process of its own. Beside it, in the same run before and after: how many rows of that size SQLite inserts when it does nothing else.
 *
 * bench-snapshot [--outputs N] [--keep DIR]   the chain is kept in DIR (beside the program) between runs */

#define CHAIN_VERSION   1u
#define OUTPUTS_DEFAULT 1000000u
#define TX_OUTPUTS      500u     /* of a payment, each to another key */
#define N_MASTERNODES   4u
#define N_RUNS_RAW      2u
#define FEE_UNITS       100000u
#define SPACING_MS      30000u
#define BLOCK_BYTES     1990000u
#define EPOCHS_MIN      3u
#define RAW_ROWS        4000u    /* of one transaction: as many as a part has */

static void
die_with (GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static void
remove_tree (const char *dir)
{
  const char *command[] = { "rm", "-rf", dir, NULL };

  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* --- the chain that is served --- */

static TcTx *
make_payment (const TcChainFixture *chain, guint32 payer)
{
  TcOutput coin, outputs[TX_OUTPUTS];
  const TcTxInput input = { tc_chain_fixture_coin (chain, payer, &coin), 0 };
  g_autoptr(TcTx) bare = NULL;

  for (guint32 i = 0; i < TX_OUTPUTS; i++)
    {
      const guint32 number = payer * TX_OUTPUTS + i;
      const TcHash name = tc_hash_sha256 ((const guint8 *) &number, sizeof number);

      outputs[i] = (TcOutput) { { (coin.amount.units - FEE_UNITS) / TX_OUTPUTS - number % 1000 }, TC_LOCK_KEY_HASH, { { 0 } } };
      memcpy (outputs[i].key_hash.bytes, name.bytes, TC_KEY_HASH_SIZE);
    }
  bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, TX_OUTPUTS, NULL, 0, NULL, 0);
  return tc_fixture_sign (chain, bare, &coin, &chain->payers[payer], 1);
}

static void
write_block (TcStore *store, TcChainFixture *chain, TcBlock *block, TcCommittee *first_of)
{
  const gboolean is_last = tc_ledger_get_tip (chain->ledger)->is_last;
  g_autoptr(TcLink) link = is_last ? tc_link_new (&block->header, chain->commit, tc_ledger_get_committee (chain->ledger)) : NULL;
  const TcStoreBlock item = { .block = block, .commit = chain->commit, .committee = first_of, .link = link };
  g_autoptr(TcFlush) flush = is_last ? tc_ledger_begin_flush (chain->ledger) : NULL;
  g_autoptr(GError) error = NULL;

  tc_store_write (store, &item, 1, flush, is_last, &error);
  die_with (error);
  if (flush != NULL)
    tc_ledger_end_flush (chain->ledger);
}

/* Returns: how many payments are in it. */
static guint32
make_block (TcStore *store, TcChainFixture *chain, guint32 from)
{
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  g_autoptr(TcCommittee) first_of = tc_ledger_get_tip (chain->ledger)->is_last ? tc_committee_ref (tc_ledger_get_committee (chain->ledger)) : NULL;
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcBlock) block = NULL;
  g_autofree TcClose *closes = NULL;
  gsize n_closes = 0, size = 0;
  TcHeader header;

  for (; size < BLOCK_BYTES && from + txs->len < chain->n_payers; size += ((TcTx *) g_ptr_array_index (txs, txs->len - 1))->size_bytes)
    g_ptr_array_add (txs, make_payment (chain, from + txs->len));
  if (tc_ledger_next_is_last (chain->ledger))
    closes = tc_chain_fixture_closes (chain, &n_closes);
  header = tc_chain_fixture_header (chain, 0, size);
  header.time_ms = tc_ledger_get_tip (chain->ledger)->time_ms + SPACING_MS;
  block = tc_ledger_propose (chain->ledger, &header, chain->commit, closes, n_closes, (TcTx *const *) txs->pdata, txs->len, &execution);
  TC_CHECK (block->n_txs >= txs->len);
  tc_chain_fixture_apply (chain, block, execution, NULL);
  g_ptr_array_set_size (chain->blocks, 0);
  write_block (store, chain, block, first_of);
  return txs->len;
}

static void
make_snapshot (TcStore *store, const TcLedger *ledger)
{
  g_autoptr(GBytes) record = tc_ledger_encode_record (ledger);
  g_autoptr(GError) error = NULL;
  TcStoreDump *dump = tc_store_dump_begin (store, tc_ledger_get_tip (ledger)->height, record, &error);

  die_with (error);
  TC_CHECK (tc_store_dump_run (dump, &error));
  tc_store_dump_free (dump);
}

static void
make_chain (const char *dir, guint32 n_outputs, const char *figures)
{
  TcParams params = TC_PARAMS_DEFAULT;
  g_autofree char *path = g_build_filename (dir, "genesis.json", NULL), *text = NULL;
  g_autoptr(TcChainFixture) chain = NULL;
  g_autoptr(TcStore) store = NULL;
  g_autoptr(GError) error = NULL;
  const char *json;
  gsize n;

  params.redraw_epochs = 1;
  params.trust_epochs = 0;
  chain = tc_chain_fixture_new (N_MASTERNODES, NULL, (n_outputs + TX_OUTPUTS - 1) / TX_OUTPUTS, &params);
  store = tc_store_open (dir, &chain->genesis->chain_id, &error);
  die_with (error);
  json = g_bytes_get_data (chain->genesis->json, &n);
  g_file_set_contents (path, json, (gssize) n, &error);
  die_with (error);
  for (guint32 paid = 0; paid < chain->n_payers || !tc_ledger_get_tip (chain->ledger)->is_last || tc_ledger_get_tip (chain->ledger)->epoch < EPOCHS_MIN;)
    paid += make_block (store, chain, paid);
  make_snapshot (store, chain->ledger);
  text = g_strdup_printf ("%u\n", tc_ledger_get_tip (chain->ledger)->height);
  g_file_set_contents (figures, text, -1, &error);  /* last: without it nothing is there */
  die_with (error);
}

/* Returns: its height. */
static guint32
ensure_chain (const char *dir, guint32 n_outputs)
{
  g_autofree char *figures = g_build_filename (dir, "figures", NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (figures, &text, NULL, NULL))
    {
      remove_tree (dir);
      make_chain (dir, n_outputs, figures);
      TC_CHECK (g_file_get_contents (figures, &text, NULL, NULL));
    }
  return (guint32) g_ascii_strtoull (text, NULL, 10);
}

/* --- the limit: SQLite, and nothing else --- */

static void
run_sql (sqlite3 *db, const char *sql)
{
  TC_CHECK (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

/* Rows as those of unspent outputs, in the order of their keys. Returns: rows a second. */
static gdouble
measure_raw (const char *dir, guint32 n_rows)
{
  g_autofree char *path = g_build_filename (dir, "raw.sqlite", NULL);
  guint8 key[36] = { 0 }, data[27] = { 0 };
  sqlite3_stmt *stmt;
  gint64 start_us;
  sqlite3 *db;

  remove_tree (dir);
  g_mkdir_with_parents (dir, 0700);
  TC_CHECK (sqlite3_open (path, &db) == SQLITE_OK);
  run_sql (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE coin (outpoint BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID");
  TC_CHECK (sqlite3_prepare_v2 (db, "INSERT INTO coin (outpoint, data) VALUES (?1, ?2)", -1, &stmt, NULL) == SQLITE_OK);
  start_us = g_get_monotonic_time ();
  for (guint32 i = 0; i < n_rows; i++)
    {
      const guint32 number = GUINT32_TO_BE (i);

      if (i % RAW_ROWS == 0)
        run_sql (db, "BEGIN");
      memcpy (key, &number, sizeof number);
      sqlite3_bind_blob (stmt, 1, key, sizeof key, SQLITE_STATIC);
      sqlite3_bind_blob (stmt, 2, data, sizeof data, SQLITE_STATIC);
      TC_CHECK (sqlite3_step (stmt) == SQLITE_DONE);
      sqlite3_reset (stmt);
      if (i % RAW_ROWS == RAW_ROWS - 1 || i == n_rows - 1)
        run_sql (db, "COMMIT");
    }
  start_us = g_get_monotonic_time () - start_us;
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  remove_tree (dir);
  return n_rows * 1e6 / (gdouble) start_us;
}

/* --- a node in a process of its own --- */

typedef struct
{
  GMainLoop *loop;
  TcNode    *node;
  guint32    target;     /* a follower's; 0: none */
  gint64     reached_us;
  Told       told;
} Runner;

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Runner *self = user_data;
  g_autoptr(GError) error = NULL;

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
  TC_CHECK (status->oldest_height == self->target);
  self->reached_us = g_get_monotonic_time ();
  tc_node_stop_async (self->node, on_stopped, self);
}

static gboolean
on_no_more_input (gint fd, GIOCondition condition, gpointer user_data)
{
  tc_node_stop_async (((Runner *) user_data)->node, on_stopped, user_data);
  return G_SOURCE_REMOVE;
}

/* Says at its end: us until the target | processor, us | peak of memory, kB | the time left: off by, at worst | in the middle */
static void
run_node (const char *genesis, const char *dir, const char *peer, guint32 target)
{
  const char *connect[] = { peer, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = tc_network_load (genesis, &error);
  Runner self = { .loop = g_main_loop_new (NULL, FALSE), .target = target };
  gint64 start_us = g_get_monotonic_time ();
  gdouble worst, middle;
  struct rusage usage;

  die_with (error);
  TcNodeConfig config = { .network = network, .data_dir = dir, .listen = target == 0 ? "127.0.0.1:0" : NULL, .connect = connect,
                          .sync_mode = target == 0 ? TC_NODE_SYNC_MODE_FULL : TC_NODE_SYNC_MODE_SNAPSHOT, .no_history = TRUE, .no_discover = TRUE };

  told_init (&self.told);
  self.node = tc_node_new (&config);
  tc_node_subscribe (self.node, 1u << TC_NODE_EVENT_STATUS, NULL, on_status, &self, NULL);
  tc_node_start_async (self.node, NULL, on_started, &self);
  if (target == 0)
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_no_more_input, &self);
  g_main_loop_run (self.loop);
  tc_node_unref (self.node);
  g_main_loop_unref (self.loop);
  getrusage (RUSAGE_SELF, &usage);
  told_judge (&self.told, start_us, self.reached_us, &worst, &middle);
  told_clear (&self.told);
  g_print ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %ld %.2f %.2f\n", self.reached_us - start_us,
           (gint64) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec, usage.ru_maxrss,
           worst, middle);
}

/* --- the bench --- */

typedef struct
{
  gint64 took_us, cpu_us;
  glong  rss_kb;
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
  TC_CHECK (sscanf (line, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %ld %lf %lf", &outcome.took_us, &outcome.cpu_us, &outcome.rss_kb, &outcome.worst,
                    &outcome.middle) == 5);
  return outcome;
}

static GSubprocess *
start (const char *program, const char *what, const char *genesis, const char *dir, const char *peer, const char *target)
{
  const char *command[] = { program, what, genesis, dir, peer, target, NULL };
  g_autoptr(GError) error = NULL;
  GSubprocess *process = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);

  die_with (error);
  return process;
}

static void
sync_once (const char *program, const char *keep, const char *dir, guint32 height, Outcome *ret_server, Outcome *ret_follower)
{
  g_autofree char *genesis = g_build_filename (keep, "genesis.json", NULL), *target = g_strdup_printf ("%u", height);
  g_autoptr(GSubprocess) server = start (program, "--serve", genesis, keep, NULL, NULL);
  g_autofree char *address = read_line (server);

  remove_tree (dir);
  g_autoptr(GSubprocess) follower = start (program, "--follow", genesis, dir, address, target);

  *ret_follower = wait_for (follower);
  g_output_stream_close (g_subprocess_get_stdin_pipe (server), NULL, NULL);
  *ret_server = wait_for (server);
  remove_tree (dir);
}

static void
bench (const char *program, const char *keep, guint32 n_outputs)
{
  g_autofree char *name = g_strdup_printf ("snapshot-chain-%u-%u", CHAIN_VERSION, n_outputs), *dir = g_build_filename (keep, name, NULL);
  g_autofree char *other = g_strconcat (dir, ".follower", NULL);
  const guint32 height = ensure_chain (dir, n_outputs);
  Outcome server, follower;
  gdouble raw, taken;

  raw = measure_raw (other, n_outputs) / N_RUNS_RAW;
  sync_once (program, dir, other, height, &server, &follower);
  raw += measure_raw (other, n_outputs) / N_RUNS_RAW;
  taken = n_outputs * 1e6 / (gdouble) follower.took_us;
  g_print ("rows inserted by SQLite alone                      %8.0f /s\n", raw);
  g_print ("outputs taken in by a new node (%u, block %u)  %8.0f /s   limit %.0f /s (their rows): %.2f of it, target 0.80\n", n_outputs, height, taken, raw,
           taken / raw);
  g_print ("processor of the new node, an output               %8.2f us   serving node %.2f us\n", (gdouble) follower.cpu_us / n_outputs,
           (gdouble) server.cpu_us / n_outputs);
  g_print ("peak of memory of the new node                     %8.0f MB   serving node %.0f MB\n", (gdouble) follower.rss_kb / 1000,
           (gdouble) server.rss_kb / 1000);
  g_print ("time left as told, from a tenth of %3.0f s on         %8.2f x    off at worst; %.2f x in the middle; target 2\n", (gdouble) follower.took_us / 1e6,
           follower.worst, follower.middle);
}

int
main (int argc, char *argv[])
{
  g_autoptr(GError) error = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", &error);
  g_autofree char *keep = NULL;
  gint n_outputs = OUTPUTS_DEFAULT;
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    { "outputs", 0, 0, G_OPTION_ARG_INT, &n_outputs, "outputs in the snapshot", "N" },
    { "keep", 0, 0, G_OPTION_ARG_FILENAME, &keep, "where the chain is kept", "DIR" },
    { NULL },
  };

  die_with (error);
  tc_crypto_init ();
  if (argc == 4 && strcmp (argv[1], "--serve") == 0)
    run_node (argv[2], argv[3], NULL, 0);
  else if (argc == 6 && strcmp (argv[1], "--follow") == 0)
    run_node (argv[2], argv[3], argv[4], (guint32) g_ascii_strtoull (argv[5], NULL, 10));
  else
    {
      g_option_context_add_main_entries (context, entries, NULL);
      g_option_context_parse (context, &argc, &argv, &error);
      die_with (error);
      if (keep == NULL)
        keep = g_path_get_dirname (program);
      TC_CHECK (n_outputs > 0);
      bench (program, keep, (guint32) n_outputs);
    }
  return 0;
}
