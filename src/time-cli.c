#define G_LOG_DOMAIN "time-cli"

#include <json-c/json.h>
#include <libsoup/soup.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "core/address.h"
#include "core/key.h"
#include "core/network.h"
#include "wallet/bip39.h"
#include "wallet/slip10.h"

#define DERIVE_MAX        10000
#define DERIVE_DEFAULT    10
#define SECRET_FILE_MAX   65536u
#define NUMBER_DIGITS_MAX 18u  /* a longer row of digits is a name that happens to have no letter */
#define PRINT_FLAGS       (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_object, json_object_put)

typedef struct
{
  char    *data_dir, *rpc, *passphrase_file, *network;
  gboolean offline, info, version;
  int      count;
  char   **words;
} Options;

/* --- What is printed --- */

/* As bitcoin-cli: strings raw, nothing for null, the rest as JSON. */
static void
print_result (json_object *result)
{
  if (json_object_is_type (result, json_type_string))
    puts (json_object_get_string (result));
  else if (result != NULL)
    puts (json_object_to_json_string_ext (result, PRINT_FLAGS));
}

static gint64
get_number (json_object *object, const char *name)
{
  json_object *value = NULL;

  return json_object_object_get_ex (object, name, &value) ? json_object_get_int64 (value) : 0;
}

static const char *
get_text (json_object *object, const char *name)
{
  json_object *value = NULL;

  return json_object_object_get_ex (object, name, &value) && value != NULL ? json_object_get_string (value) : "";
}

/* One line about a phase: "blocks: 5400 of 12408 blocks (43.5 %), 2140 blocks/s from 5 nodes, 3 min left". */
static void
print_phase (json_object *sync)
{
  json_object *left = NULL;
  const gint64 done = get_number (sync, "done"), total = get_number (sync, "total"), peers = get_number (sync, "peers");
  const gint64 thousandths = total > 0 && done <= total ? done * 1000 / MAX (total, 1) : 0;
  const char *unit = get_text (sync, "unit");

  printf ("%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " %s (%d.%d %%)", get_text (sync, "phase"), done, total, unit, (int) (thousandths / 10),
          (int) (thousandths % 10));
  if (get_number (sync, "rate") >= 10)
    printf (", %" G_GINT64_FORMAT " %s/s", get_number (sync, "rate"), unit);
  else
    printf (", %s %s/s", get_text (sync, "rate"), unit);
  if (peers > 0)
    printf (" from %" G_GINT64_FORMAT " %s", peers, peers == 1 ? "node" : "nodes");
  if (json_object_object_get_ex (sync, "left", &left) && left != NULL && json_object_get_int64 (left) < 120)
    printf (", %" G_GINT64_FORMAT " s left\n", json_object_get_int64 (left));
  else if (left != NULL)
    printf (", %" G_GINT64_FORMAT " min left\n", json_object_get_int64 (left) / 60);
  else
    puts (", estimating the time left");
}

/* --info: what getsyncinfo says, for people. */
static void
print_info (json_object *sync)
{
  json_object *offered = NULL;

  printf ("%s at block %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " connections\n", get_text (sync, "state"),
          get_number (sync, "blocks"), get_number (sync, "best"), get_number (sync, "connections"));
  if (strcmp (get_text (sync, "phase"), "none") != 0)
    print_phase (sync);
  if (get_number (sync, "oldest_block") > 1)
    printf ("blocks before %" G_GINT64_FORMAT " are not here%s\n", get_number (sync, "oldest_block"),
            get_number (sync, "older_blocks_come") ? " yet" : "");
  if (!get_number (sync, "needs_trusted_block"))
    return;
  puts ("it waits for a block that you trust: see time-cli help trustblock");
  if (json_object_object_get_ex (sync, "offered_block", &offered) && offered != NULL)
    printf ("the other nodes offer %" G_GINT64_FORMAT ":%s, which proves nothing by itself\n", get_number (offered, "height"), get_text (offered, "hash"));
}

/* Bitcoin Core's codes are small and become the exit status; JSON-RPC's own do not fit into one. */
static int
print_error (json_object *error)
{
  json_object *code_value = NULL, *message = NULL;
  int code;

  json_object_object_get_ex (error, "code", &code_value);
  json_object_object_get_ex (error, "message", &message);
  code = code_value != NULL ? json_object_get_int (code_value) : -1;
  g_printerr ("error code: %d\nerror message:\n%s\n", code, message != NULL ? json_object_get_string (message) : "none was given");
  return code < 0 && code > -126 ? -code : 1;
}

/* --- The call --- */

/* Parameters that are text even where they look like a number or like JSON: passwords, phrases, names. */
static gboolean
is_text_param (const char *method, guint position)
{
  static const char *const TEXT_METHODS[] = { "createwallet", "restorewallet", "walletpassphrase", "walletpassphrasechange", "backupwallet", "checkbackup",
                                              "restorebackup", "validateaddress", "getnewaddress", "help" };

  if (strcmp (method, "walletpassphrase") == 0 && position > 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (TEXT_METHODS); i++)
    if (strcmp (method, TEXT_METHODS[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_long_digits (const char *text)
{
  return strlen (text) > NUMBER_DIGITS_MAX && strspn (text, "0123456789eE") == strlen (text);
}

/* @text as JSON where it is JSON, else as a string. Numbers keep their text. */
static json_object *
parse_param (const char *method, guint position, const char *text)
{
  g_autoptr(json_object) value = NULL;
  enum json_tokener_error problem;
  json_tokener *tokener;

  if (is_text_param (method, position) || is_long_digits (text))
    return json_object_new_string (text);
  if (strcmp (text, "null") == 0)
    return NULL;
  tokener = json_tokener_new ();
  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT);
  value = json_tokener_parse_ex (tokener, text, (int) strlen (text) + 1);
  problem = json_tokener_get_error (tokener);
  json_tokener_free (tokener);
  if (problem != json_tokener_success || value == NULL)
    return json_object_new_string (text);
  return g_steal_pointer (&value);
}

static GBytes *
request_body (char **words)
{
  g_autoptr(json_object) request = json_object_new_object ();
  json_object *params = json_object_new_array ();
  const char *text;

  for (guint i = 1; words[i] != NULL; i++)
    json_object_array_add (params, parse_param (words[0], i - 1, words[i]));
  json_object_object_add (request, "jsonrpc", json_object_new_string ("2.0"));
  json_object_object_add (request, "id", json_object_new_int (1));
  json_object_object_add (request, "method", json_object_new_string (words[0]));
  json_object_object_add (request, "params", params);
  text = json_object_to_json_string_ext (request, JSON_C_TO_STRING_PLAIN);
  return g_bytes_new (text, strlen (text));
}

static char *
read_line (const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  char *text;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  return g_strstrip (text);
}

static char *
default_data_dir (const Options *options)
{
  return g_build_filename (g_get_user_data_dir (), "timecoin", options->network != NULL ? options->network : "mainnet", NULL);
}

/* Where to call, and as whom. @ret_credentials: (nullable): "user:password". */
static gboolean
find_server (const Options *options, char **ret_url, char **ret_credentials, GError **error)
{
  g_autofree char *dir = options->data_dir != NULL ? g_strdup (options->data_dir) : default_data_dir (options);
  g_autofree char *address = NULL;
  g_autofree char *cookie = NULL;

  if (options->rpc != NULL)
    {
      g_autoptr(GUri) uri = g_uri_parse (options->rpc, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH, error);

      if (uri == NULL)
        {
          g_prefix_error (error, "--rpc takes http://HOST:PORT; “%s”: ", options->rpc);
          return FALSE;
        }
      if (g_uri_get_userinfo (uri) != NULL)
        *ret_credentials = g_strdup_printf ("%s:%s", g_uri_get_user (uri), g_uri_get_password (uri) != NULL ? g_uri_get_password (uri) : "");
      else if (options->data_dir != NULL)
        *ret_credentials = read_line (dir, ".cookie", NULL);
      *ret_url = g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO);
      return TRUE;
    }
  address = read_line (dir, ".rpc", NULL);
  cookie = address != NULL ? read_line (dir, ".cookie", NULL) : NULL;
  if (cookie == NULL)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                   "No node runs on the data directory %s. Start timed or the wallet, or name another directory with --data-dir.", dir);
      return FALSE;
    }
  *ret_url = g_strdup_printf ("http://%s/", address);
  *ret_credentials = g_steal_pointer (&cookie);
  return TRUE;
}

static json_object *
parse_answer (GBytes *body)
{
  gsize n;
  const char *data = g_bytes_get_data (body, &n);
  json_tokener *tokener = json_tokener_new ();
  json_object *answer = json_tokener_parse_ex (tokener, data, (int) MIN (n, G_MAXINT));

  json_tokener_free (tokener);
  return answer;
}

static GBytes *
send_request (const char *url, const char *credentials, GBytes *body, guint *ret_status, GError **error)
{
  g_autoptr(SoupSession) session = soup_session_new_with_options ("timeout", 0, "user-agent", "time-cli/" TC_VERSION, "proxy-resolver", NULL, NULL);
  g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_POST, url);
  GBytes *answer;

  if (message == NULL)
    {
      g_set_error (error, G_URI_ERROR, G_URI_ERROR_FAILED, "“%s” is not a URL. Write http://HOST:PORT.", url);
      return NULL;
    }
  if (credentials != NULL)
    {
      g_autofree char *encoded = g_base64_encode ((const guchar *) credentials, strlen (credentials));
      g_autofree char *header = g_strconcat ("Basic ", encoded, NULL);

      soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", header);
    }
  soup_message_add_flags (message, SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (session, message, NULL, error);
  *ret_status = soup_message_get_status (message);
  return answer;
}

static int
call (const Options *options)
{
  g_autofree char *url = NULL;
  g_autofree char *credentials = NULL;
  g_autoptr(GBytes) request = request_body (options->words);
  g_autoptr(GBytes) body = NULL;
  g_autoptr(json_object) answer = NULL;
  g_autoptr(GError) error = NULL;
  json_object *part;
  guint status = 0;

  if (!find_server (options, &url, &credentials, &error))
    {
      g_printerr ("time-cli: %s\n", error->message);
      return 1;
    }
  body = send_request (url, credentials, request, &status, &error);
  if (body == NULL)
    {
      g_printerr ("time-cli: no answer from %s: %s. Does the node still run?\n", url, error->message);
      return 1;
    }
  if (status == SOUP_STATUS_UNAUTHORIZED)
    {
      g_printerr ("time-cli: the node refused the credentials. Give its --data-dir, or user and password in --rpc.\n");
      return 1;
    }
  answer = parse_answer (body);
  if (!json_object_is_type (answer, json_type_object))
    {
      g_printerr ("time-cli: %s answered with something other than JSON-RPC (HTTP status %u).\n", url, status);
      return 1;
    }
  if (json_object_object_get_ex (answer, "error", &part) && part != NULL)
    return print_error (part);
  json_object_object_get_ex (answer, "result", &part);
  if (options->info && json_object_is_type (part, json_type_object))
    print_info (part);
  else
    print_result (part);
  return 0;
}

/* --- Offline --- */

static TcSecretString *
read_secret (const char *path, GError **error)
{
  char *text;
  gsize n;

  if (!g_file_get_contents (path, &text, &n, error))
    return NULL;

  TcSecretString *secret = NULL;

  if (n > SECRET_FILE_MAX || !g_utf8_validate_len (text, n, NULL))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is not a text file", path);
  else
    {
      while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
      secret = tc_secret_string_new_n (text, n);
    }
  tc_secret_wipe (text, n);
  g_free (text);
  return secret;
}

/* The network's digit (rule A2): its files need not be there. */
static gboolean
address_digit (const char *name, char *ret_digit, GError **error)
{
  if (name == NULL || strcmp (name, "mainnet") == 0)
    *ret_digit = '1';
  else if (strcmp (name, "testnet") == 0 || strcmp (name, "local") == 0)
    *ret_digit = '0';
  else
    {
      g_autoptr(TcNetwork) network = tc_network_load (name, error);

      if (network == NULL)
        return FALSE;
      *ret_digit = network->address_digit;
    }
  return TRUE;
}

static json_object *
derive_addresses (const TcSecretBytes *chain, char digit, int count)
{
  json_object *addresses = json_object_new_array_ext (count);

  for (int i = 0; i < count; i++)
    {
      g_autoptr(TcSecretBytes) node = tc_slip10_child (chain, (guint32) i);
      g_autoptr(TcSecretKey) key = tc_slip10_key (node);
      const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (key));
      g_autofree char *address = tc_address_format (&hash, digit);

      json_object_array_add (addresses, json_object_new_string (address));
    }
  return addresses;
}

static gboolean
derive (const Options *options, GError **error)
{
  g_autoptr(TcSecretString) phrase = read_secret (options->words[1], error);
  g_autoptr(TcSecretString) passphrase = NULL;
  g_autoptr(TcSecretBytes) entropy = NULL, seed = NULL, chain = NULL;
  g_autoptr(json_object) addresses = NULL;
  char digit;

  if (phrase == NULL || !address_digit (options->network, &digit, error))
    return FALSE;
  if (options->passphrase_file != NULL && (passphrase = read_secret (options->passphrase_file, error)) == NULL)
    return FALSE;
  entropy = tc_bip39_to_entropy (phrase, NULL, error);
  if (entropy == NULL)
    return FALSE;
  seed = tc_bip39_seed (phrase, passphrase);
  chain = tc_slip10_chain (seed, 0, 0);
  addresses = derive_addresses (chain, digit, options->count);
  print_result (addresses);
  return TRUE;
}

static int
run_offline (const Options *options)
{
  g_autoptr(GError) error = NULL;

  if (strcmp (options->words[0], "deriveaddresses") != 0 || g_strv_length (options->words) != 2)
    {
      g_printerr ("time-cli: without a node there is only: time-cli --offline deriveaddresses PHRASE-FILE\n");
      return 2;
    }
  if (options->count < 1 || options->count > DERIVE_MAX)
    {
      g_printerr ("time-cli: --count takes a number from 1 to %d.\n", DERIVE_MAX);
      return 2;
    }
  tc_crypto_init ();
  if (derive (options, &error))
    return 0;
  g_printerr ("time-cli: %s\n", error->message);
  return 1;
}

/* --- Options --- */

/* Options stand before the method: what follows it, -1 or --help, belongs to it. Without a node nothing is passed on, and they may stand anywhere. */
static gboolean
is_offline (char **argv)
{
  return g_strv_contains ((const char *const *) argv, "--offline");
}

static gboolean
parse_options (Options *ret_options, int argc, char **argv, GError **error)
{
  Options options = { .count = DERIVE_DEFAULT };
  const GOptionEntry entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options.data_dir, "Of the node to ask: its address and cookie are there", "DIR" },
    { "rpc", 0, 0, G_OPTION_ARG_STRING, &options.rpc, "The node to ask: http://USER:PASSWORD@HOST:PORT; without user, the cookie of --data-dir", "URL" },
    { "info", 0, 0, G_OPTION_ARG_NONE, &options.info, "Say in a few lines how far the node is", NULL },
    { "offline", 0, 0, G_OPTION_ARG_NONE, &options.offline, "Work without a node: deriveaddresses PHRASE-FILE", NULL },
    { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &options.passphrase_file, "deriveaddresses: the phrase's passphrase", "FILE" },
    { "network", 0, 0, G_OPTION_ARG_STRING, &options.network, "mainnet (default), testnet, local", "NAME" },
    { "count", 0, 0, G_OPTION_ARG_INT, &options.count, "deriveaddresses: how many (default 10)", "N" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Print the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.words, NULL, NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("METHOD [ARGUMENT…]");

  g_option_context_set_summary (context, "Asks a TimeCoin node over JSON-RPC. time-cli help lists the methods.\n"
                                         "An argument is taken as JSON where it is JSON, else as text.");
  g_option_context_set_description (context, "Exit status: 0 done, 1 no answer, 2 an option is wrong, else the number of the error that the node gave.");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_strict_posix (context, !is_offline (argv));
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (options.info)
    {
      g_strfreev (options.words);
      options.words = g_strdupv ((char *[]) { "getsyncinfo", NULL });
    }
  *ret_options = options;
  return TRUE;
}

static void
options_clear (Options *self)
{
  g_free (self->data_dir);
  g_free (self->rpc);
  g_free (self->passphrase_file);
  g_free (self->network);
  g_strfreev (self->words);
}

int
main (int argc, char **argv)
{
  Options options;
  g_autoptr(GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  if (!parse_options (&options, argc, argv, &error))
    {
      g_printerr ("time-cli: %s\n", error->message);
      return 2;
    }
  if (options.version)
    status = (puts ("time-cli " TC_VERSION), 0);
  else if (options.words == NULL)
    status = (g_printerr ("time-cli: which method? time-cli help lists them.\n"), 2);
  else
    status = options.offline ? run_offline (&options) : call (&options);
  options_clear (&options);
  return status;
}
