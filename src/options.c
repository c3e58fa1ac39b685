#include "options.h"

#include <string.h>

#define GROUP              "timed"
#define MASTERNODES_MAX    32
#define NUMBER_OPEN        G_MININT

static const char *const STRING_KEYS[] = {
  "network", "data-dir", "operator-key", "wallet", "wallet-password-file", "listen", "rpc", "sync", "proxy", "trusted-block",
};
static const char *const NUMBER_KEYS[] = { "local", "cache-mb", "prune-mb" };
static const char *const SWITCH_KEYS[] = { "no-history", "map-port", "no-discover" };

static char **
string_field (TcOptions *self, gsize i)
{
  char **const fields[] = { &self->network, &self->data_dir, &self->operator_key, &self->wallet, &self->wallet_password_file, &self->listen, &self->rpc,
                            &self->sync, &self->proxy, &self->trusted_block };

  G_STATIC_ASSERT (G_N_ELEMENTS (fields) == G_N_ELEMENTS (STRING_KEYS));
  return fields[i];
}

static int *
number_field (TcOptions *self, gsize i)
{
  int *const fields[] = { &self->local, &self->cache_mb, &self->prune_mb };

  G_STATIC_ASSERT (G_N_ELEMENTS (fields) == G_N_ELEMENTS (NUMBER_KEYS));
  return fields[i];
}

static gboolean *
switch_field (TcOptions *self, gsize i)
{
  gboolean *const fields[] = { &self->no_history, &self->map_port, &self->no_discover };

  G_STATIC_ASSERT (G_N_ELEMENTS (fields) == G_N_ELEMENTS (SWITCH_KEYS));
  return fields[i];
}

static gboolean
is_one_of (const char *key, const char *const *keys, gsize n_keys)
{
  for (gsize i = 0; i < n_keys; i++)
    if (strcmp (key, keys[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_known_key (const char *key)
{
  return is_one_of (key, STRING_KEYS, G_N_ELEMENTS (STRING_KEYS)) || is_one_of (key, NUMBER_KEYS, G_N_ELEMENTS (NUMBER_KEYS))
         || is_one_of (key, SWITCH_KEYS, G_N_ELEMENTS (SWITCH_KEYS)) || strcmp (key, "connect") == 0;
}

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format, args));
  va_end (args);
  return FALSE;
}

/* A misspelt key would otherwise be a setting that silently does nothing. */
static gboolean
check_keys (GKeyFile *file, GError **error)
{
  g_auto(GStrv) groups = g_key_file_get_groups (file, NULL);
  g_auto(GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (strcmp (groups[i], GROUP) != 0)
      return fail (error, "There is no group [%s]: put the settings under [" GROUP "].", groups[i]);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    if (!is_known_key (keys[i]))
      return fail (error, "There is no setting “%s”: see timed --help.", keys[i]);
  return TRUE;
}

/* A number that the command line left open is NUMBER_OPEN. */
static gboolean
read_numbers (TcOptions *self, GKeyFile *file, const char *path, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (NUMBER_KEYS); i++)
    {
      g_autoptr(GError) problem = NULL;
      int number;

      if (*number_field (self, i) != NUMBER_OPEN || !g_key_file_has_key (file, GROUP, NUMBER_KEYS[i], NULL))
        continue;
      number = g_key_file_get_integer (file, GROUP, NUMBER_KEYS[i], &problem);
      if (problem != NULL || number == NUMBER_OPEN)
        return fail (error, "The configuration file %s: “%s” must be a number.", path, NUMBER_KEYS[i]);
      *number_field (self, i) = number;
    }
  return TRUE;
}

static gboolean
read_switches (TcOptions *self, GKeyFile *file, const char *path, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (SWITCH_KEYS); i++)
    {
      g_autoptr(GError) problem = NULL;

      if (*switch_field (self, i) || !g_key_file_has_key (file, GROUP, SWITCH_KEYS[i], NULL))
        continue;
      *switch_field (self, i) = g_key_file_get_boolean (file, GROUP, SWITCH_KEYS[i], &problem);
      if (problem != NULL)
        return fail (error, "The configuration file %s: “%s” must be true or false.", path, SWITCH_KEYS[i]);
    }
  return TRUE;
}

/* Fills in what the command line left open. */
static gboolean
read_config (TcOptions *self, const char *path, GError **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error) || !check_keys (file, error))
    {
      g_prefix_error (error, "The configuration file %s: ", path);
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (STRING_KEYS); i++)
    if (*string_field (self, i) == NULL)
      *string_field (self, i) = g_key_file_get_string (file, GROUP, STRING_KEYS[i], NULL);
  if (self->connect == NULL)
    self->connect = g_key_file_get_string_list (file, GROUP, "connect", NULL, NULL);
  return read_numbers (self, file, path, error) && read_switches (self, file, path, error);
}

/* local-init N DIR */
static gboolean
read_command (TcOptions *self, char **words, GError **error)
{
  const guint n = words != NULL ? g_strv_length (words) : 0;
  gint64 count;

  if (n == 0)
    return TRUE;
  if (strcmp (words[0], "local-init") != 0)
    return fail (error, "There is no command “%s”: see timed --help.", words[0]);
  if (n != 3)
    return fail (error, "Write timed local-init N DIR: the number of masternodes, and an empty or new folder.");
  if (!g_ascii_string_to_signed (words[1], 10, 1, MASTERNODES_MAX, &count, error))
    {
      g_prefix_error (error, "The number of masternodes: ");
      return FALSE;
    }
  self->local_init = (int) count;
  g_free (self->data_dir);
  self->data_dir = g_strdup (words[2]);
  return TRUE;
}

/* "HOST:PORT" or "[IPv6]:PORT", as net/address.h reads them, with a port that can be dialled. */
static gboolean
is_host_and_port (const char *text)
{
  const char *colon = strrchr (text, ':');
  const gboolean bracketed = text[0] == '[';

  if (colon == NULL || colon == text || bracketed != (colon[-1] == ']') || (!bracketed && memchr (text, ':', colon - text) != NULL))
    return FALSE;
  return g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, NULL, NULL);
}

static gboolean
check_sync (TcOptions *self, GError **error)
{
  static const char *const modes[] = { [TC_NODE_SYNC_MODE_AUTO] = "auto", [TC_NODE_SYNC_MODE_FULL] = "full", [TC_NODE_SYNC_MODE_SNAPSHOT] = "snapshot" };
  gsize mode = 0;

  while (self->sync != NULL && mode < G_N_ELEMENTS (modes) && strcmp (self->sync, modes[mode]) != 0)
    mode++;
  if (mode == G_N_ELEMENTS (modes))
    return fail (error, "--sync takes auto, full or snapshot.");
  self->sync_mode = (TcNodeSyncMode) mode;
  if (self->trusted_block != NULL && !tc_checkpoint_parse (self->trusted_block, &self->trusted))
    return fail (error, "--trusted-block takes a block's height, a colon and its hash of 64 digits, such as 1200:3f…: "
                        "time-cli gettrust prints one of a node that you trust, as \"newest\".");
  return TRUE;
}

static gboolean
check_store (const TcOptions *self, GError **error)
{
  if (self->cache_mb != 0 && (self->cache_mb < (int) TC_NODE_CACHE_MB_MIN || self->cache_mb > (int) TC_NODE_CACHE_MB_MAX))
    return fail (error, "--cache-mb takes a number of megabytes from %u to %u.", TC_NODE_CACHE_MB_MIN, TC_NODE_CACHE_MB_MAX);
  if (self->prune_mb != 0 && self->prune_mb < (int) TC_NODE_PRUNE_MB_MIN)
    return fail (error, "--prune-mb takes a number of megabytes, %u at least, or 0 to keep all blocks.", TC_NODE_PRUNE_MB_MIN);
  return TRUE;
}

/* What it would do to nodes that are all in this process. */
static gboolean
check_local (const TcOptions *self, GError **error)
{
  if (self->network != NULL || self->operator_key != NULL || self->connect != NULL)
    return fail (error, "--local runs a network of its own: --network, --operator-key and --connect do not go with it.");
  if (self->cache_mb != 0 || self->prune_mb != 0 || self->sync != NULL || self->no_history || self->proxy != NULL || self->map_port || self->no_discover
      || self->trusted_block != NULL)
    return fail (error, "--local runs a network of its own, in one process: options of memory, sync and connections do not go with it.");
  return TRUE;
}

static gboolean
check (TcOptions *self, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (NUMBER_KEYS); i++)
    if (*number_field (self, i) == NUMBER_OPEN)
      *number_field (self, i) = 0;
  if (self->local < 0 || self->local > MASTERNODES_MAX)
    return fail (error, "--local takes a number of masternodes from 1 to 32.");
  if (self->sign_anyway < 0)
    return fail (error, "--sign-anyway takes the number of an epoch.");
  if (self->local != 0 && !check_local (self, error))
    return FALSE;
  if (self->proxy != NULL && !is_host_and_port (self->proxy))
    return fail (error, "--proxy takes the address of a SOCKS5 proxy, such as 127.0.0.1:9050.");
  return check_sync (self, error) && check_store (self, error);
}

static char *
default_data_dir (const TcOptions *self)
{
  if (self->local != 0)
    return g_build_filename (g_get_user_data_dir (), "timecoin", "local", NULL);
  if (self->network == NULL || strchr (self->network, '/') != NULL)
    return g_build_filename (g_get_user_data_dir (), "timecoin", "mainnet", NULL);
  return g_build_filename (g_get_user_data_dir (), "timecoin", self->network, NULL);
}

gboolean
tc_options_parse (TcOptions *ret_options, int argc, char **argv, GError **error)
{
  g_auto(TcOptions) options = { .local = NUMBER_OPEN, .cache_mb = NUMBER_OPEN, .prune_mb = NUMBER_OPEN };
  g_autofree char *config = NULL;
  g_auto(GStrv) words = NULL;
  const GOptionEntry entries[] = {
    { "network", 0, 0, G_OPTION_ARG_FILENAME, &options.network, "Network to join: mainnet, testnet, or a network file", "NAME|FILE" },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options.data_dir, "Where chain, keys and wallet are kept", "DIR" },
    { "operator-key", 0, 0, G_OPTION_ARG_FILENAME, &options.operator_key, "Be the masternode of this key", "FILE" },
    { "wallet", 0, 0, G_OPTION_ARG_FILENAME, &options.wallet, "The wallet's file (default: DIR/wallet.sqlite)", "FILE" },
    { "wallet-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.wallet_password_file, "Unlock the wallet with the first line of this file", "FILE" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options.listen, "Take connections of peers here; port 0: any; none: not at all", "IP:PORT" },
    { "connect", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.connect, "Stay connected to this peer (may be given more than once)", "HOST:PORT" },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &options.proxy, "Make every connection through this SOCKS5 proxy, such as Tor's; take none unless --listen is given", "HOST:PORT" },
    { "map-port", 0, 0, G_OPTION_ARG_NONE, &options.map_port, "Ask the router to let connections in", NULL },
    { "no-discover", 0, 0, G_OPTION_ARG_NONE, &options.no_discover, "Exchange no addresses: connect only to peers named by you and the network", NULL },
    { "sync", 0, 0, G_OPTION_ARG_STRING, &options.sync, "Fetch every block, or a snapshot first; auto: a snapshot when days behind", "auto|full|snapshot" },
    { "no-history", 0, 0, G_OPTION_ARG_NONE, &options.no_history, "After a snapshot, do not fetch the blocks before it", NULL },
    { "trusted-block", 0, 0, G_OPTION_ARG_STRING, &options.trusted_block, "A recent block that you know to be the network's", "HEIGHT:HASH" },
    { "prune-mb", 0, 0, G_OPTION_ARG_INT, &options.prune_mb, "Delete old blocks beyond this size; 0: keep all (default)", "MB" },
    { "cache-mb", 0, 0, G_OPTION_ARG_INT, &options.cache_mb, "Memory for unspent outputs (default: 256)", "MB" },
    { "rpc", 0, 0, G_OPTION_ARG_STRING, &options.rpc, "Serve JSON-RPC here; port 0: any; none: not at all", "IP:PORT" },
    { "sign-anyway", 0, 0, G_OPTION_ARG_INT, &options.sign_anyway, "Sign in this epoch though signed.sqlite is old: see timed signed --help", "EPOCH" },
    { "local", 0, 0, G_OPTION_ARG_INT, &options.local, "Run a test network of N masternodes in this process", "N" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config, "Read more options from a file: the same names, in a group [timed]", "FILE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Print the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("[local-init N DIR]");

  g_option_context_set_summary (context,
                                "The TimeCoin node and wallet without a window.\n\n"
                                "Once it serves it prints one line:  ready rpc=HOST:PORT p2p=HOST:PORT height=N\n"
                                "SIGINT and SIGTERM stop it; a second one ends it at once.\n\n"
                                "timed local-init N DIR prepares DIR for a test network of N separate processes,\n"
                                "and prints the commands that run them.\n\n"
                                "Commands that run no node, each with --help:\n"
                                "  timed operator-key new|show FILE    a masternode's key\n"
                                "  timed masternode prove REQUEST      shows a wallet elsewhere that this machine has the key\n"
                                "  timed genesis entry|build|show      founds a network\n"
                                "  timed signed --data-dir DIR         what a masternode signed, and whether it may sign");
  g_option_context_set_description (context, "Exit status: 0 stopped as asked, 1 it could not run, 2 an option is wrong.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error)
      || !read_command (&options, words, error)
      || (config != NULL && !read_config (&options, config, error))
      || !check (&options, error))
    return FALSE;
  if (options.data_dir == NULL)
    options.data_dir = default_data_dir (&options);
  *ret_options = options;
  options = (TcOptions) { 0 };
  return TRUE;
}

void
tc_options_clear (TcOptions *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (STRING_KEYS); i++)
    g_free (*string_field (self, i));
  g_strfreev (self->connect);
  *self = (TcOptions) { 0 };
}
