#define G_LOG_DOMAIN "timed"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/key-file.h"
#include "node/local.h"
#include "node/node.h"
#include "wallet/wallet-rpc.h"
#include "wallet/wallet.h"

#include "commands.h"
#include "guard.h"
#include "options.h"

#define STOP_MAX_MS        5000u
#define PASSWORD_FILE_MAX  4096u
#define PHRASE_WORDS       12u
#define LOCAL_RPC_DEFAULT  "127.0.0.1:24201"

typedef struct
{
  TcOptions     options;
  GCancellable *cancellable;
  gboolean      stopping;
  TcNetwork    *network;      /* NULL with --local */
  TcLocal      *local;        /* NULL without --local */
  TcNode       *node;         /* the one that serves RPC; owned without --local, borrowed with it */
  TcWallet     *wallet;       /* (nullable) */
  TcWalletRpc  *wallet_rpc;
  char         *wallet_path;
  char         *shown_problem;  /* (nullable): of the node, as last told */
} App;

/* --- Waiting: a daemon does one thing after the other while it starts and stops. The main context runs meanwhile, so signals are heard. --- */

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *slot;
}

static gboolean
on_stop_too_slow (gpointer user_data)
{
  g_printerr ("timed: it did not stop within %u s and ends now; what is final is on disk.\n", STOP_MAX_MS / 1000);
  _exit (1);
}

static void
begin_stop (gpointer user_data)
{
  App *self = user_data;

  if (self->stopping)
    return;
  self->stopping = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_timeout_add (STOP_MAX_MS, on_stop_too_slow, NULL);
}

static gboolean
on_signal (gpointer user_data)
{
  App *self = user_data;

  if (self->stopping)
    _exit (1);
  begin_stop (self);
  return G_SOURCE_CONTINUE;
}

/* --- Wallet --- */

static TcSecretString *
read_password (const char *path, GError **error)
{
  char *text;
  gsize n;

  if (!g_file_get_contents (path, &text, &n, error))
    {
      g_prefix_error (error, "The password file: ");
      return NULL;
    }

  const gsize length = strcspn (text, "\r\n");
  TcSecretString *password = NULL;

  if (length == 0 || length > PASSWORD_FILE_MAX)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "The password file %s must hold the password in its first line.", path);
  else
    password = tc_secret_string_new_n (text, length);
  tc_secret_wipe (text, n);
  g_free (text);
  return password;
}

static TcWallet *
create_wallet (const char *path, const char *network, char digit, const TcSecretString *password, GError **error)
{
  g_autoptr(TcSecretString) phrase = tc_bip39_generate (PHRASE_WORDS);
  g_autoptr(GAsyncResult) result = NULL;
  const TcWalletCreate create = { .path = path, .network = network, .address_digit = digit, .phrase = phrase, .password = password };

  if (password == NULL)
    g_printerr ("timed: the new wallet %s is not encrypted: it is for play money. Give --wallet-password-file to encrypt one.\n", path);
  tc_wallet_create (&create, NULL, on_ready, &result);
  return tc_wallet_create_finish (await (&result), error);
}

static TcWallet *
open_wallet (const char *path, const TcSecretString *password, GError **error)
{
  g_autoptr(GAsyncResult) opened = NULL, unlocked = NULL;
  g_autoptr(TcWallet) wallet = NULL;

  tc_wallet_open (path, NULL, on_ready, &opened);
  wallet = tc_wallet_open_finish (await (&opened), error);
  if (wallet == NULL || password == NULL)
    return g_steal_pointer (&wallet);

  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  if (!snapshot->encrypted)
    return g_steal_pointer (&wallet);
  tc_wallet_unlock (wallet, password, NULL, on_ready, &unlocked);
  if (tc_wallet_unlock_finish (wallet, await (&unlocked), error))
    return g_steal_pointer (&wallet);
  return NULL;
}

/* Opens the wallet; makes one where there is none and @create. Without one self->wallet stays NULL. */
static gboolean
prepare_wallet (App *self, gboolean create, const char *network, char digit, GError **error)
{
  g_autoptr(TcSecretString) password = NULL;
  const char *password_file = self->options.wallet_password_file;

  if (password_file != NULL)
    {
      password = read_password (password_file, error);
      if (password == NULL)
        return FALSE;
    }
  if (g_file_test (self->wallet_path, G_FILE_TEST_EXISTS))
    self->wallet = open_wallet (self->wallet_path, password, error);
  else if (create)
    self->wallet = create_wallet (self->wallet_path, network, digit, password, error);
  else
    {
      if (self->options.wallet != NULL)
        g_printerr ("timed: there is no wallet %s yet: time-cli createwallet or restorewallet makes it.\n", self->wallet_path);
      return TRUE;
    }
  if (self->wallet == NULL)
    g_prefix_error (error, "%s: ", self->wallet_path);
  return self->wallet != NULL;
}

static void
on_wallet_made (TcWallet *wallet, gpointer user_data)
{
  g_set_object (&((App *) user_data)->wallet, wallet);
}

static gboolean
attach_wallet (App *self, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  self->wallet_rpc = tc_wallet_rpc_new (self->node, self->wallet, self->wallet_path, on_wallet_made, self);
  if (self->wallet == NULL)
    return TRUE;
  tc_wallet_attach (self->wallet, self->node, on_ready, &result);
  return tc_wallet_attach_finish (self->wallet, await (&result), error);
}

/* --- Starting --- */

/* "none" is no address; NULL is @fallback. */
static const char *
choose_address (const char *asked, const char *fallback)
{
  if (asked == NULL)
    return fallback;
  return strcmp (asked, "none") == 0 ? NULL : asked;
}

/* Unless told otherwise a masternode listens where its registration says, and who hides behind a proxy not at all: whoever knocked would be answered by the
 * key that is shown through the proxy. Returns: (transfer full) (nullable). */
static char *
default_listen (const TcNetwork *network, TcSecretKey *operator_key, const char *proxy)
{
  if (operator_key == NULL && proxy != NULL)
    return NULL;
  for (guint32 i = 0; operator_key != NULL && i < network->genesis->n_masternodes; i++)
    if (tc_public_key_equal (&network->genesis->masternodes[i].operator_key, tc_secret_key_get_public (operator_key)))
      return g_strdup (network->genesis->masternodes[i].host);
  return g_strdup_printf ("0.0.0.0:%u", network->p2p_port);
}

static gboolean
make_data_dir (const App *self, GError **error)
{
  if (g_mkdir_with_parents (self->options.data_dir, 0700) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "The data directory %s cannot be made: %s. Check the path and its permissions.",
               self->options.data_dir, g_strerror (errno));
  return FALSE;
}

static gboolean
start_single (App *self, GError **error)
{
  const TcOptions *options = &self->options;
  g_autoptr(TcSecretKey) operator_key = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  self->network = tc_network_load (options->network != NULL ? options->network : "mainnet", error);
  if (self->network == NULL)
    return FALSE;
  if (self->network->genesis == NULL)
    {
      g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_CONFIG, "The network “%s” has not been launched yet. timed --local 4 runs a test network.", self->network->name);
      return FALSE;
    }
  if (options->operator_key != NULL)
    {
      operator_key = tc_key_file_load (options->operator_key, error);
      if (operator_key == NULL)
        return FALSE;
    }
  if (!prepare_wallet (self, FALSE, self->network->name, self->network->address_digit, error))
    return FALSE;

  g_autofree char *listen = default_listen (self->network, operator_key, options->proxy);
  g_autofree char *rpc = g_strdup_printf ("127.0.0.1:%u", self->network->rpc_port);
  const TcNodeConfig config = {
    .network = self->network,
    .data_dir = options->data_dir,
    .operator_key = operator_key,
    .listen = choose_address (options->listen, listen),
    .connect = (const char *const *) options->connect,
    .rpc_listen = choose_address (options->rpc, rpc),
    .sign_anyway_epoch = (guint32) options->sign_anyway,
    .cache_mb = (guint) options->cache_mb,
    .prune_mb = (guint) options->prune_mb,
    .sync_mode = options->sync_mode,
    .no_history = options->no_history,
    .proxy = options->proxy,
    .map_port = options->map_port,
    .no_discover = options->no_discover,
    .trusted_block = options->trusted,
  };

  self->node = tc_node_new (&config);
  tc_node_start_async (self->node, self->cancellable, on_ready, &result);
  return tc_node_start_finish (self->node, await (&result), error);
}

/* The network pays the wallet's first address. */
static gboolean
create_local (App *self, int n_masternodes, GError **error)
{
  g_autoptr(TcWalletSnapshot) snapshot = NULL;

  if (!prepare_wallet (self, TRUE, "local", '0', error))
    return FALSE;
  snapshot = tc_wallet_get_snapshot (self->wallet);
  return tc_local_create (self->options.data_dir, (guint) n_masternodes, &snapshot->first_key_hash, 0, error);
}

/* time-cli --data-dir DIR looks for these two; the wallet's node writes them into its own folder. */
static const char *const LINKED[] = { ".cookie", ".rpc" };

static void
remove_links (const App *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (LINKED); i++)
    {
      g_autofree char *path = g_build_filename (self->options.data_dir, LINKED[i], NULL);

      g_unlink (path);
    }
}

static gboolean
make_links (const App *self, GError **error)
{
  remove_links (self);
  for (gsize i = 0; i < G_N_ELEMENTS (LINKED); i++)
    {
      g_autofree char *path = g_build_filename (self->options.data_dir, LINKED[i], NULL);
      g_autofree char *target = g_build_filename ("node", LINKED[i], NULL);

      if (symlink (target, path) != 0)
        {
          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s cannot be made: %s.", path, g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
start_local (App *self, GError **error)
{
  const TcOptions *options = &self->options;
  g_autoptr(GAsyncResult) result = NULL;

  if (tc_local_exists (options->data_dir) ? !prepare_wallet (self, TRUE, "local", '0', error) : !create_local (self, options->local, error))
    return FALSE;
  self->local = tc_local_new (options->data_dir, choose_address (options->listen, "127.0.0.1:0"), choose_address (options->rpc, LOCAL_RPC_DEFAULT));
  tc_local_start_async (self->local, self->cancellable, on_ready, &result);
  if (!tc_local_start_finish (self->local, await (&result), error))
    return FALSE;
  if (tc_local_get_n_masternodes (self->local) != (guint) options->local)
    g_printerr ("timed: %s holds a network of %u masternodes, which runs as it is.\n", options->data_dir, tc_local_get_n_masternodes (self->local));
  self->node = tc_local_get_node (self->local);
  return make_links (self, error);
}

/* What keeps the node from its work is told once. */
static void
on_status (const TcNodeEvent *event, gpointer user_data)
{
  App *self = user_data;
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);

  if (status->problem != NULL && g_strcmp0 (status->problem, self->shown_problem) != 0)
    g_printerr ("timed: %s\n", status->problem);
  if (g_strcmp0 (status->problem, self->shown_problem) != 0)
    {
      g_free (self->shown_problem);
      self->shown_problem = g_strdup (status->problem);
    }
}

static void
print_ready (App *self)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);
  const char *rpc = tc_node_get_rpc (self->node), *listen = tc_node_get_listen (self->node);

  printf ("ready rpc=%s p2p=%s height=%u\n", rpc != NULL ? rpc : "none", listen != NULL ? listen : "none", status->height);
  fflush (stdout);
}

static gboolean
start (App *self, GError **error)
{
  if (!make_data_dir (self, error)
      || !(self->options.local != 0 ? start_local (self, error) : start_single (self, error))
      || !attach_wallet (self, error))
    return FALSE;
  tc_node_set_stop_handler (self->node, NULL, begin_stop, self);
  return TRUE;
}

/* --- Stopping --- */

static void
close_wallet (App *self)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&self->wallet_rpc, tc_wallet_rpc_free);
  if (self->wallet == NULL)
    return;
  tc_wallet_close (self->wallet, on_ready, &result);
  if (!tc_wallet_close_finish (self->wallet, await (&result), &error))
    g_printerr ("timed: the wallet: %s\n", error->message);
  g_clear_object (&self->wallet);
}

static void
stop (App *self)
{
  g_autoptr(GAsyncResult) result = NULL;

  close_wallet (self);
  if (self->local != NULL)
    {
      tc_local_stop_async (self->local, on_ready, &result);
      tc_local_stop_finish (self->local, await (&result));
      g_clear_pointer (&self->local, tc_local_free);
      remove_links (self);
    }
  else if (self->node != NULL)
    {
      tc_node_stop_async (self->node, on_ready, &result);
      tc_node_stop_finish (self->node, await (&result));
      g_clear_pointer (&self->node, tc_node_unref);
    }
}

static void
app_clear (App *self)
{
  tc_options_clear (&self->options);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->network, tc_network_unref);
  g_free (self->wallet_path);
  g_free (self->shown_problem);
}

/* --- Commands --- */

static int
run (App *self)
{
  g_autoptr(GError) error = NULL;
  guint subscription;

  self->cancellable = g_cancellable_new ();
  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGTERM, on_signal, self);

  const gboolean started = start (self, &error);

  if (started && !self->stopping)
    {
      subscription = tc_node_subscribe (self->node, 1u << TC_NODE_EVENT_STATUS, NULL, on_status, self, NULL);
      print_ready (self);
      while (!self->stopping)
        g_main_context_iteration (NULL, TRUE);
      tc_node_unsubscribe (self->node, subscription);
    }
  else if (!started && !self->stopping)
    {
      g_printerr ("timed: %s\n", error->message);
      g_timeout_add (STOP_MAX_MS, on_stop_too_slow, NULL);
    }
  stop (self);
  return started || self->stopping ? 0 : 1;
}

static void
print_hints (const App *self)
{
  const char *dir = self->options.data_dir;

  printf ("# %s holds a test network of %d masternodes and a wallet with %u TIME. Run each in a terminal of its own:\n", dir, self->options.local_init,
          TC_LOCAL_FUNDS_TIME);
  for (int i = 1; i <= self->options.local_init; i++)
    printf ("timed --network %s/network.json --data-dir %s/m%d --operator-key %s/m%d/operator.key --rpc 127.0.0.1:0\n", dir, dir, i, dir, i);
  printf ("timed --network %s/network.json --data-dir %s/node --wallet %s/wallet.sqlite --listen 127.0.0.1:0\n", dir, dir, dir);
  printf ("# Then, for example:\ntime-cli --data-dir %s/node getbalance\n", dir);
}

static int
local_init (App *self)
{
  g_autoptr(GError) error = NULL;
  gboolean created;

  created = make_data_dir (self, &error) && create_local (self, self->options.local_init, &error);
  if (created)
    print_hints (self);
  else
    g_printerr ("timed: %s\n", error->message);
  close_wallet (self);
  return created ? 0 : 1;
}

int
main (int argc, char **argv)
{
  App self = { 0 };
  g_autoptr(GError) error = NULL;
  int status;

  tc_guard_secrets (TRUE);
  setlocale (LC_ALL, "");
  g_log_writer_default_set_use_stderr (TRUE);  /* stdout is for the ready line */
  tc_crypto_init ();
  if (tc_command_run (argc, argv, &status))
    return status;
  if (!tc_options_parse (&self.options, argc, argv, &error))
    {
      g_printerr ("timed: %s\n", error->message);
      return 2;
    }
  if (self.options.version)
    {
      puts ("timed " TC_VERSION);
      app_clear (&self);
      return 0;
    }
  self.wallet_path = self.options.wallet != NULL ? g_strdup (self.options.wallet) : g_build_filename (self.options.data_dir, "wallet.sqlite", NULL);
  status = self.options.local_init != 0 ? local_init (&self) : run (&self);
  app_clear (&self);
  return status;
}
