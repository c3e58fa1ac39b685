#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/check.h"
#include "local-fixture.h"

/* A whole local network that dies, or whose disk is full, while it pays: what was shown as final is in the chain afterwards. Blocks and epochs follow each other
 * quickly, so that it dies at their borders too. */

#define N_MASTERNODES  4u
#define N_ROUNDS       6u
#define ROUND_COINS    450u
#define PAY_GAP_MS     5
#define LOAD_ARGUMENT  "--load"
#define REPORT_FD      3

/* --- paying --- */

/* Pays coins of the split at a steady pace, and hands on each payment that the wallet's node says is final. */
typedef struct
{
  LocalFixture *net;
  TcTx         *split;
  guint32       next, end;
  gboolean      paying;     /* the split is final */
  gboolean      may_stop;   /* a node that has stopped working refuses: that is no fault */
  void        (*on_final) (const TcHash *txid, gpointer user_data);
  gpointer      user_data;
  guint         subscription, source;
} Load;

static void
on_paid (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_node_submit_finish (NULL, result, &error))
    g_assert_error (error, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED);
}

static gboolean
pay_one (gpointer user_data)
{
  Load *self = user_data;
  LocalCoin coin;
  g_autoptr(TcTx) tx = NULL;

  if (self->next == self->end)
    {
      self->source = 0;
      return G_SOURCE_REMOVE;
    }
  coin = local_fixture_coin (self->split, self->next++);
  tx = local_fixture_pay (self->net, &coin);
  if (self->may_stop)
    tc_node_submit_async (self->net->node, tx, NULL, on_paid, NULL);
  else
    local_fixture_submit (self->net, tx);
  return G_SOURCE_CONTINUE;
}

static void
begin_paying (Load *self)
{
  self->paying = TRUE;
  self->source = g_timeout_add (PAY_GAP_MS, pay_one, self);
}

static void
on_tx (const TcNodeEvent *event, gpointer user_data)
{
  Load *self = user_data;

  g_assert_cmpint (event->finality.state, !=, TC_FINALITY_DROPPED);
  if (event->finality.state < TC_FINALITY_FINAL)
    return;
  if (!self->paying && tc_hash_equal (&event->finality.txid, &self->split->txid))
    begin_paying (self);
  self->on_final (&event->finality.txid, self->user_data);
}

/* @first: of its coins; 0: the split is submitted and waited for. */
static void
load_begin (Load *self, LocalFixture *net, guint32 first, void (*on_final) (const TcHash *txid, gpointer user_data), gpointer user_data)
{
  *self = (Load) { .net = net, .next = first, .end = first + ROUND_COINS, .on_final = on_final, .user_data = user_data };
  self->split = local_fixture_split (net, N_ROUNDS * ROUND_COINS);
  self->subscription = tc_node_subscribe (net->node, 1u << TC_NODE_EVENT_TX, NULL, on_tx, self, NULL);
  if (first == 0)
    local_fixture_submit (net, self->split);
  else
    begin_paying (self);
}

static void
load_end (Load *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  tc_node_unsubscribe (self->net->node, self->subscription);
  tc_tx_unref (self->split);
}

/* --- the process that is killed --- */

static void
report_final (const TcHash *txid, gpointer user_data)
{
  TC_CHECK (write (REPORT_FD, txid->bytes, TC_HASH_SIZE) == TC_HASH_SIZE);
}

G_NORETURN static void
run_load (const char *dir, guint32 first)
{
  LocalFixture net;
  Load load;

  local_fixture_init (&net, dir, N_MASTERNODES, TRUE);
  local_fixture_start (&net);
  load_begin (&load, &net, first, report_final, NULL);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* --- its parent --- */

static gboolean
read_hash (int fd, TcHash *ret_hash)
{
  gsize n = 0;

  while (n < TC_HASH_SIZE)
    {
      gssize got = read (fd, ret_hash->bytes + n, TC_HASH_SIZE - n);

      if (got <= 0)
        return FALSE;
      n += (gsize) got;
    }
  return TRUE;
}

static gpointer
kill_later (gpointer data)
{
  const int *target = data;

  g_usleep ((gulong) target[1] * 1000);
  kill (target[0], SIGKILL);
  return NULL;
}

/* Runs one round; adds to @finals what it saw as final. The moment of death is random, counted from the first payment that was final. */
static void
run_round (const char *self_path, const char *dir, guint round, GHashTable *finals)
{
  g_autofree char *first = g_strdup_printf ("%u", round * ROUND_COINS);
  const char *argv[] = { self_path, LOAD_ARGUMENT, dir, first, NULL };
  const gint32 after_ms = g_test_rand_int_range (0, 2500);
  const int target_fd = REPORT_FD;
  g_autoptr(GError) error = NULL;
  GThread *killer;
  int pipe_fds[2], status, target[2];
  guint n = 0;
  TcHash txid;
  GPid pid;

  g_unix_open_pipe (pipe_fds, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, STDERR_FILENO, STDERR_FILENO,
                                    &pipe_fds[1], &target_fd, 1, &pid, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  close (pipe_fds[1]);
  g_assert_true (read_hash (pipe_fds[0], &txid));
  target[0] = pid;
  target[1] = after_ms;
  killer = g_thread_new ("killer", kill_later, target);
  do
    {
      g_hash_table_add (finals, g_memdup2 (&txid, sizeof txid));
      n++;
    }
  while (read_hash (pipe_fds[0], &txid));
  g_thread_join (killer);
  close (pipe_fds[0]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  g_test_message ("round %u: killed %d ms after the first of %u reports of final payments", round, after_ms, n);
}

/* --- what is in the chain --- */

typedef struct
{
  LocalFixture *net;
  GHashTable   *missing;  /* TcHash: final, not seen in a block yet */
  GHashTable   *spent;    /* TcOutpoint: by any block */
  guint32       height;   /* read so far */
} Chain;

static void
take_tx (Chain *self, const TcTx *tx)
{
  g_hash_table_remove (self->missing, &tx->txid);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    g_assert_true (g_hash_table_add (self->spent, g_memdup2 (&tx->inputs[i].outpoint, sizeof (TcOutpoint))));
}

static gboolean
all_in_chain (gpointer user_data)
{
  Chain *self = user_data;

  for (guint32 tip = local_fixture_height (self->net); self->height < tip; self->height++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcBlock) block = tc_node_read_block (self->net->node, self->height + 1, &error);

      if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND))
        break;  /* it is on its way to the disk */
      g_assert_no_error (error);
      for (guint32 i = 0; i < block->n_txs; i++)
        take_tx (self, block->txs[i]);
    }
  return g_hash_table_size (self->missing) == 0;
}

static void
on_block (const TcNodeEvent *event, gpointer user_data)
{
}

static GHashTable *
copy_set (GHashTable *set)
{
  GHashTable *copy = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (copy, g_memdup2 (key, sizeof (TcHash)));
  return copy;
}

/* Every masternode's block at @height is the wallet's node's: so coins, balances and registry are, by its state root. */
static void
assert_same_chains (LocalFixture *net, guint32 height)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcBlock) block = tc_node_read_block (net->node, height, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < N_MASTERNODES; i++)
    {
      g_autoptr(TcBlock) other = tc_node_read_block (tc_local_get_masternode (net->local, i), height, &error);

      g_assert_no_error (error);
      g_assert_true (tc_hash_equal (&block->hash, &other->hash));
    }
}

typedef struct
{
  LocalFixture *net;
  guint32       height;
} Growing;

static gboolean
all_grown (gpointer user_data)
{
  const Growing *self = user_data;

  for (guint i = 0; i <= N_MASTERNODES; i++)
    {
      g_autoptr(TcNodeStatus) status = tc_node_dup_status (i < N_MASTERNODES ? tc_local_get_masternode (self->net->local, i) : self->net->node);

      if (status->height < self->height)
        return FALSE;
    }
  return TRUE;
}

/* Starts the network anew: all of @finals come to stand in its chain, once each, which grows and is the same everywhere. */
static void
check_chain (LocalFixture *net, GHashTable *finals)
{
  Chain chain = { .net = net, .missing = copy_set (finals),
                  .spent = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, NULL) };
  Growing growing = { net, 0 };
  guint id;

  local_fixture_start (net);
  growing.height = local_fixture_height (net) + 1;
  id = tc_node_subscribe (net->node, (1u << TC_NODE_EVENT_BLOCK) | (1u << TC_NODE_EVENT_STATUS), NULL, on_block, NULL, NULL);
  local_fixture_wait (all_in_chain, &chain, "every final payment to be in the chain");
  local_fixture_wait (all_grown, &growing, "the chain to grow");
  tc_node_unsubscribe (net->node, id);
  assert_same_chains (net, growing.height);
  local_fixture_stop (net);
  g_hash_table_unref (chain.missing);
  g_hash_table_unref (chain.spent);
}

static const char *self_path;

static void
test_kill (void)
{
  g_test_summary ("Survive 22: killed six times while it pays, a network has every payment that it called final in its chain afterwards.");
  g_autoptr(GHashTable) finals = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  LocalFixture net;

  local_fixture_init (&net, NULL, N_MASTERNODES, TRUE);
  for (guint round = 0; round < N_ROUNDS; round++)
    run_round (self_path, net.dir, round, finals);
  g_assert_cmpuint (g_hash_table_size (finals), >, N_ROUNDS);
  check_chain (&net, finals);
  local_fixture_clear (&net);
}

/* --- in this process --- */

static void
keep_final (const TcHash *txid, gpointer user_data)
{
  g_hash_table_add (user_data, g_memdup2 (txid, sizeof *txid));
}

static gboolean
some_are_final (gpointer user_data)
{
  return g_hash_table_size (user_data) > 100;
}

static void
test_stop (void)
{
  g_test_summary ("Stopped while payments are on their way, a network has those that were final in its chain afterwards.");
  g_autoptr(GHashTable) finals = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  LocalFixture net;
  Load load;

  local_fixture_init (&net, NULL, N_MASTERNODES, TRUE);
  local_fixture_start (&net);
  load_begin (&load, &net, 0, keep_final, finals);
  local_fixture_wait (some_are_final, finals, "final payments");
  load_end (&load);
  g_test_message ("stopped in %" G_GINT64_FORMAT " ms", local_fixture_stop (&net) / 1000);
  check_chain (&net, finals);
  local_fixture_clear (&net);
}

static TcNode *
find_halted (LocalFixture *net)
{
  for (guint i = 0; i < N_MASTERNODES; i++)
    {
      TcNode *node = tc_local_get_masternode (net->local, i);
      g_autoptr(TcNodeStatus) status = tc_node_dup_status (node);

      if (status->state == TC_NODE_HALTED)
        return node;
    }
  return NULL;
}

static gboolean
is_halted (gpointer user_data)
{
  return find_halted (user_data) != NULL;
}

static guint64
size_of (const char *dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, "m1", name, NULL);
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (guint64) info.st_size : 0;
}

/* No file of this process may grow above @size_bytes. */
static void
limit_files (rlim_t size_bytes)
{
  struct rlimit limit;

  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &limit));
  limit.rlim_cur = MIN (size_bytes, limit.rlim_max);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
}

static void
on_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  g_assert_false (tc_node_submit_finish (NULL, result, error));
}

static gboolean
is_set (gpointer user_data)
{
  return *(GError **) user_data != NULL;
}

static void
test_disk_full (void)
{
  g_test_summary ("Survive 23: a node that cannot write halts, says why and refuses; with room again, all that was final is in the chain.");
  g_autoptr(GHashTable) finals = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  g_autoptr(TcNodeStatus) status = NULL;
  g_autoptr(GError) error = NULL;
  GLogLevelFlags fatal;
  LocalFixture net;
  TcNode *halted;
  Load load;

  signal (SIGXFSZ, SIG_IGN);
  local_fixture_init (&net, NULL, N_MASTERNODES, TRUE);
  local_fixture_start (&net);
  load_begin (&load, &net, 0, keep_final, finals);
  load.may_stop = TRUE;
  local_fixture_wait (some_are_final, finals, "final payments");
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR);  /* the node's log says what happened too */
  limit_files (size_of (net.dir, "signed.sqlite-wal") + 100000);
  local_fixture_wait (is_halted, &net, "a masternode to halt");
  halted = find_halted (&net);  /* others may follow */
  status = tc_node_dup_status (halted);
  g_test_message ("%s", status->problem);
  g_assert_nonnull (strstr (status->problem, net.dir));
  g_assert_nonnull (strstr (status->problem, "start it again"));
  tc_node_submit_async (halted, load.split, NULL, on_refused, &error);
  local_fixture_wait (is_set, &error, "the refusal");
  g_assert_error (error, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED);
  g_assert_cmpstr (error->message, ==, status->problem);
  load_end (&load);
  local_fixture_stop (&net);
  limit_files (RLIM_INFINITY);
  g_log_set_always_fatal (fatal);
  check_chain (&net, finals);
  local_fixture_clear (&net);
}

int
main (int argc, char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], LOAD_ARGUMENT))
    run_load (argv[2], (guint32) g_ascii_strtoull (argv[3], NULL, 10));
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/survive-22-kill", test_kill);
  g_test_add_func ("/node/survive-23-disk-full", test_disk_full);
  g_test_add_func ("/node/stop", test_stop);
  return g_test_run ();
}
