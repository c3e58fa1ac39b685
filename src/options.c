#include "options.h"

#include <string.h>

#define GROUP              "timed"
#define MASTERNODES_MAX    32

static const char *const STRING_KEYS[] = { "network", "data-dir", "operator-key", "wallet", "wallet-password-file", "listen", "rpc" };

static char **
string_field (TcOptions *self, gsize i)
{
  char **const fields[] = { &self->network, &self->data_dir, &self->operator_key, &self->wallet, &self->wallet_password_file, &self->listen, &self->rpc };

  G_STATIC_ASSERT (G_N_ELEMENTS (fields) == G_N_ELEMENTS (STRING_KEYS));
  return fields[i];
}

static gboolean
is_known_key (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (STRING_KEYS); i++)
    if (strcmp (key, STRING_KEYS[i]) == 0)
      return TRUE;
  return strcmp (key, "connect") == 0 || strcmp (key, "local") == 0;
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

/* Fills in what the command line left open. */
static gboolean
read_config (TcOptions *self, const char *path, GError **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) problem = NULL;

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
  if (self->local == 0 && g_key_file_has_key (file, GROUP, "local", NULL))
    self->local = g_key_file_get_integer (file, GROUP, "local", &problem);
  if (problem != NULL)
    return fail (error, "The configuration file %s: “local” must be a number.", path);
  return TRUE;
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

static gboolean
check (TcOptions *self, GError **error)
{
  if (self->local < 0 || self->local > MASTERNODES_MAX)
    return fail (error, "--local takes a number of masternodes from 1 to 32.");
  if (self->sign_anyway < 0)
    return fail (error, "--sign-anyway takes the number of an epoch.");
  if (self->local != 0 && (self->network != NULL || self->operator_key != NULL || self->connect != NULL))
    return fail (error, "--local runs a network of its own: --network, --operator-key and --connect do not go with it.");
  return TRUE;
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
  g_auto(TcOptions) options = { 0 };
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
