/* bench-window BENCH-SYNC: how long the main loop is kept from its work while a node fetches 50 000 blocks beside it, whose 100 000 payments all go to the wallet
 * that the Overview and the History show. See watchdog.h; the same is measured on a bare loop, and with the windows shown before anything arrives: the
 * machine's limit. Prints the peak of memory, too. */
#include <locale.h>
#include <string.h>
#include <sys/resource.h>

#include <adwaita.h>
#include <glib/gstdio.h>

#include "sync-chain.h"
#include "ui/resources.h"
#include "ui/session.h"
#include "ui/wallet-maker.h"
#include "ui/wallet-view.h"
#include "watchdog.h"

#define N_BLOCKS    50000u
#define N_PER_BLOCK 2u
#define NETWORK     "bench"
#define WORDS       "legal winner thank year wave sausage worth useful legal winner thank yellow"

typedef struct
{
  TcSession *session;
  TcWallet  *wallet;
  GtkWidget *windows[2];
} Bench;

static void
fail_on (GError *error, const char *what)
{
  if (error != NULL)
    g_error ("%s: %s", what, error->message);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;
  GError *error = NULL;

  self->wallet = tc_wallet_make_finish (result, &error);
  fail_on (error, "the wallet");
}

/* One that may be older than any block. */
static TcKeyHash
make_wallet (Bench *self)
{
  TcWalletMake make = { .network = NETWORK, .address_digit = '0', .name = "bench", .phrase = tc_secret_string_new (WORDS), .restored = TRUE };

  tc_wallet_make_async (self->session, &make, on_made, self);
  while (self->wallet == NULL)
    g_main_context_iteration (NULL, TRUE);
  tc_secret_string_unref (make.phrase);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  return snapshot->first_key_hash;
}

/* Returns: the process that serves the chain; its address. */
static GSubprocess *
serve (const char *program, const char *dir, char **ret_address)
{
  const char *command[] = { program, "--serve", dir, dir, NULL };
  GError *error = NULL;
  GSubprocess *process = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);

  fail_on (error, program);
  g_autoptr(GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  *ret_address = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  fail_on (error, program);
  return process;
}

static void
on_peer_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  tc_node_add_peer_finish (user_data, result, &error);
  fail_on (error, "the peer");
}

static GtkWidget *
show (Bench *self, const char *page)
{
  GtkWidget *window = adw_window_new (), *view = tc_wallet_view_new (self->session, self->wallet);

  gtk_window_set_default_size (GTK_WINDOW (window), 900, 720);
  adw_window_set_content (ADW_WINDOW (window), view);
  tc_wallet_view_show_page (TC_WALLET_VIEW (view), page);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static gboolean
on_time (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (guint seconds)
{
  gboolean over = FALSE;

  g_timeout_add_seconds (seconds, on_time, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
measure (const char *what, guint seconds)
{
  Watchdog *watchdog = watchdog_start ();

  wait_for (seconds);
  watchdog_stop (watchdog, what);
}

static gboolean
is_there (Bench *self, guint32 height)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  return snapshot->scan_height >= height;
}

/* The network without a peer, and the windows. */
static void
begin (Bench *self)
{
  tc_session_add_wallet (self->session, NETWORK, self->wallet);
  self->windows[0] = show (self, "overview");
  self->windows[1] = show (self, "history");
  while (tc_session_get_state (self->session) == TC_SESSION_STARTING)
    g_main_context_iteration (NULL, TRUE);
  if (tc_session_get_state (self->session) != TC_SESSION_RUNNING)
    g_error ("the network: %s", tc_session_get_error (self->session)->message);
  wait_for (2);
}

static void
measure_sync (Bench *self, const SyncChain *chain, const char *peer)
{
  const gint64 start_us = g_get_monotonic_time ();
  Watchdog *watchdog = watchdog_start ();
  TcNode *node = tc_session_get_node (self->session);
  struct rusage usage;

  tc_node_add_peer_async (node, peer, NULL, on_peer_added, node);
  while (!is_there (self, chain->height))
    g_main_context_iteration (NULL, TRUE);
  watchdog_stop (watchdog, "main loop while they arrived");
  getrusage (RUSAGE_SELF, &usage);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  g_print ("%u blocks fetched, %u payments in the wallet, after %.1f s; peak of memory %.0f MB\n", snapshot->scan_height, snapshot->n_txs,
           (double) (g_get_monotonic_time () - start_us) / 1e6, (double) usage.ru_maxrss / 1000);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer done)
{
  tc_session_stop_finish (TC_SESSION (source), result);
  *(gboolean *) done = TRUE;
}

static void
start_toolkit (void)
{
  g_autoptr(GtkCssProvider) css = NULL;

  gtk_init ();
  adw_init ();
  tc_ui_register_resources ();
  css = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (css, "/org/timecoin/TimeCoin/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
main (int argc, char *argv[])
{
  g_autofree char *dir = g_dir_make_tmp ("timecoin-bench-window-XXXXXX", NULL);
  g_autofree char *chain_dir = g_build_filename (dir, "chain", NULL), *network = g_build_filename (chain_dir, "genesis.json", NULL), *address = NULL;
  g_autoptr(GSubprocess) server = NULL;
  const char *remove[] = { "rm", "-rf", dir, NULL };
  Bench self = { 0 };
  gboolean stopped = FALSE;

  if (argc != 2)
    {
      g_printerr ("usage: bench-window BENCH-SYNC\n");
      return 2;
    }
  setlocale (LC_ALL, "");
  tc_crypto_init ();
  start_toolkit ();
  self.session = tc_session_new (dir, network, NULL);
  const TcKeyHash pay_to = make_wallet (&self);
  const SyncChain chain = sync_chain_ensure (chain_dir, N_BLOCKS * N_PER_BLOCK, N_PER_BLOCK, &pay_to);
  server = serve (argv[1], chain_dir, &address);
  measure ("bare main loop", 3);
  begin (&self);
  measure ("windows shown, nothing arriving", 10);
  measure_sync (&self, &chain, address);
  for (guint i = 0; i < G_N_ELEMENTS (self.windows); i++)
    gtk_window_destroy (GTK_WINDOW (self.windows[i]));
  tc_session_stop_async (self.session, on_stopped, &stopped);
  while (!stopped)
    g_main_context_iteration (NULL, TRUE);
  g_output_stream_close (g_subprocess_get_stdin_pipe (server), NULL, NULL);
  g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  return 0;
}
