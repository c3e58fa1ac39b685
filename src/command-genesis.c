#include <stdio.h>
#include <string.h>

#include "core/address.h"
#include "core/ceremony.h"
#include "core/key-file.h"
#include "core/network.h"
#include "ledger/ledger.h"

#include "commands.h"

#define ENTRIES_MAX 20000u

/* --- entry --- */

typedef struct
{
  char *operator_key, *owner, *payout, *host, *tier, *name, *out;
} EntryOptions;

static void
entry_options_clear (EntryOptions *self)
{
  char *const fields[] = { self->operator_key, self->owner, self->payout, self->host, self->tier, self->name, self->out };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    g_free (fields[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EntryOptions, entry_options_clear)

static gboolean
parse_owner (const char *what, const char *text, char digit, TcKeyHash *ret_key_hash, GError **error)
{
  if (tc_address_parse (text, digit, ret_key_hash, error))
    return TRUE;
  g_prefix_error (error, "%s: ", what);
  return FALSE;
}

/* The digit of addresses is the network's: mainnet's is 1. */
static GBytes *
make_entry (const EntryOptions *options, GError **error)
{
  const char digit = g_str_has_prefix (options->owner, "TIME1") ? '1' : '0';
  const char *name = options->name != NULL ? options->name : digit == '1' ? "mainnet" : "testnet";
  g_autoptr(TcSecretKey) key = tc_key_file_load (options->operator_key, error);
  TcGenesisMasternode masternode = { .host = options->host };

  if (key == NULL || !parse_owner ("--owner", options->owner, digit, &masternode.owner, error)
      || !parse_owner ("--payout", options->payout != NULL ? options->payout : options->owner, digit, &masternode.payout, error))
    return NULL;
  if (!tc_tier_parse (options->tier, &masternode.tier))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--tier is none of free, bronze, silver, gold.");
      return NULL;
    }
  masternode.operator_key = *tc_secret_key_get_public (key);
  return tc_genesis_entry_write (name, digit, &masternode, key, error);
}

int
tc_command_genesis_entry (int argc, char **argv)
{
  static const char SUMMARY[] = "Writes an operator's signed entry for a network that is to be founded. Give the file to whoever builds the genesis:\n"
                                "it holds no secret.";
  g_auto(EntryOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "operator-key", 0, 0, G_OPTION_ARG_FILENAME, &options.operator_key, "The masternode's key (timed operator-key new makes one)", "FILE" },
    { "owner", 0, 0, G_OPTION_ARG_STRING, &options.owner, "Who gets the collateral, once it is released", "ADDRESS" },
    { "payout", 0, 0, G_OPTION_ARG_STRING, &options.payout, "Who is paid the rewards (default: the owner)", "ADDRESS" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &options.host, "Where others reach it: a numeric address", "IP:PORT" },
    { "tier", 0, 0, G_OPTION_ARG_STRING, &options.tier, "free, bronze, silver or gold", "TIER" },
    { "network-name", 0, 0, G_OPTION_ARG_STRING, &options.name, "The network's name (default: mainnet for TIME1 addresses, else testnet)", "NAME" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, "Write it here (default: to stdout)", "FILE" },
    { NULL },
  };
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) error = NULL;

  if (!tc_command_parse (argc, argv, entries, "genesis entry", "", SUMMARY, 0, 0, &words))
    return 2;
  if (options.operator_key == NULL || options.owner == NULL || options.host == NULL || options.tier == NULL)
    return tc_command_wrong ("an entry needs --operator-key, --owner, --host and --tier.");

  g_autoptr(GBytes) json = make_entry (&options, &error);
  if (json == NULL || (options.out != NULL && !tc_command_write (options.out, json, &error)))
    return tc_command_fail (error);
  if (options.out == NULL)
    fwrite (g_bytes_get_data (json, NULL), 1, g_bytes_get_size (json), stdout);
  return 0;
}

/* --- show --- */

static gboolean
no_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  return FALSE;
}

static void
print_amount (const char *what, TcAmount amount)
{
  g_autofree char *text = tc_amount_format (amount);

  printf ("%-12s %s TIME\n", what, text);
}

static void
print_sums (const TcGenesis *genesis)
{
  TcAmount sums[2] = { 0 }, total = { 0 };
  guint n[4] = { 0 };

  for (guint32 i = 0; i < genesis->n_masternodes; i++)
    n[genesis->masternodes[i].tier]++;
  for (guint32 i = 0; i < genesis->n_outputs; i++)  /* the parser has checked that they add up */
    sums[genesis->outputs[i].lock == TC_LOCK_COLLATERAL].units += genesis->outputs[i].amount.units;
  total.units = sums[0].units + sums[1].units;
  printf ("masternodes  %u: %u gold, %u silver, %u bronze, %u free\n", genesis->n_masternodes, n[TC_TIER_GOLD], n[TC_TIER_SILVER], n[TC_TIER_BRONZE],
          n[TC_TIER_FREE]);
  print_amount ("outputs", sums[0]);
  print_amount ("collateral", sums[1]);
  print_amount ("total", total);
}

/* Members as the ledger elects them: drawn where there are more than seats. */
static void
print_committee (const TcGenesis *genesis)
{
  const TcCoinView view = { .get_coin = no_coin };
  g_autoptr(TcLedger) ledger = tc_ledger_new_genesis (genesis, &view);
  g_autoptr(TcCommittee) committee = tc_ledger_get_committee (ledger);

  printf ("committee of epoch %u: %u members%s, power %" G_GUINT64_FORMAT "\n", committee->epoch, committee->n_members,
          committee->drawn ? ", drawn" : "", committee->power);
  for (guint32 i = 0; i < committee->n_members; i++)
    {
      const TcMember *member = &committee->members[i];
      const TcGenesisMasternode *masternode = &genesis->masternodes[member->masternode];
      g_autofree char *key = tc_hex_encode (masternode->operator_key.bytes, TC_PUBLIC_KEY_SIZE);

      printf ("  %u %s %s %s power %" G_GUINT64_FORMAT "\n", member->masternode, key, masternode->host, tc_tier_name (masternode->tier), member->power);
    }
}

static void
print_genesis (const TcGenesis *genesis)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc ((gint64) (genesis->time_ms / 1000));
  g_autofree char *when = g_date_time_format_iso8601 (time), *params = tc_params_format (&genesis->params), *chain_id = tc_hash_to_hex (&genesis->chain_id);
  g_auto(GStrv) lines = g_strsplit (g_strchomp (params), "\n", 0);

  printf ("chain id     %s\nnetwork      %s (addresses begin with TIME%c)\ntime         %s\n", chain_id, genesis->name, genesis->address_digit, when);
  print_sums (genesis);
  print_committee (genesis);
  puts ("parameters");
  for (guint i = 0; lines[i] != NULL; i++)
    printf ("  %s\n", lines[i]);
}

int
tc_command_genesis_show (int argc, char **argv)
{
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = NULL;

  if (!tc_command_parse (argc, argv, NULL, "genesis show", "FILE", "Prints what a genesis document or network file says, and its chain id.", 1, 1, &words))
    return 2;
  network = tc_network_load (words[0], &error);
  if (network == NULL)
    return tc_command_fail (error);
  if (network->genesis == NULL)
    return tc_command_wrong ("the network “%s” has no genesis yet.", network->name);
  print_genesis (network->genesis);
  return 0;
}

/* --- build --- */

typedef struct
{
  char *name, *digit, *time, *parameters, *outputs, *out;
} BuildOptions;

static void
build_options_clear (BuildOptions *self)
{
  char *const fields[] = { self->name, self->digit, self->time, self->parameters, self->outputs, self->out };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    g_free (fields[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BuildOptions, build_options_clear)

static void
clear_masternode (gpointer masternode)
{
  tc_genesis_masternode_clear (masternode);
}

/* An operator key twice is refused; a host twice is allowed (rule M1), but seldom meant. */
static gboolean
check_twice (GHashTable *seen, const char *what, char *key, const char *path, gboolean refuse, GError **error)
{
  const char *before = g_hash_table_lookup (seen, key);

  if (before == NULL)
    g_hash_table_insert (seen, key, (gpointer) path);
  else if (!refuse)
    g_printerr ("timed: warning: %s and %s name the same %s, %s.\n", before, path, what, key);
  else
    g_set_error (error, TC_GENESIS_ERROR, TC_GENESIS_ERROR_MALFORMED, "%s and %s have the same %s, %s. An operator enters once.", before, path, what, key);
  if (before != NULL)
    g_free (key);
  return before == NULL || !refuse;
}

/* Returns: (transfer full) (nullable) (element-type TcGenesisMasternode) */
static GArray *
read_entries (char **paths, const char *name, char digit, GError **error)
{
  g_autoptr(GArray) masternodes = g_array_new (FALSE, TRUE, sizeof (TcGenesisMasternode));
  g_autoptr(GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_array_set_clear_func (masternodes, clear_masternode);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr(GBytes) json = tc_command_read (paths[i], error);
      TcGenesisMasternode masternode;

      if (json == NULL)
        return NULL;
      if (!tc_genesis_entry_parse (json, name, digit, &masternode, error))
        {
          g_prefix_error (error, "%s: ", paths[i]);
          return NULL;
        }
      g_array_append_val (masternodes, masternode);
      if (!check_twice (keys, "operator key", tc_hex_encode (masternode.operator_key.bytes, TC_PUBLIC_KEY_SIZE), paths[i], TRUE, error)
          || !check_twice (hosts, "host", g_strdup (masternode.host), paths[i], FALSE, error))
        return NULL;
    }
  return g_steal_pointer (&masternodes);
}

static gboolean
read_optional (const char *path, GBytes **ret_bytes, GError **error)
{
  if (path != NULL)
    *ret_bytes = tc_command_read (path, error);
  return path == NULL || *ret_bytes != NULL;
}

static GBytes *
build (const BuildOptions *options, char **paths, guint64 time_ms, GError **error)
{
  g_autoptr(GArray) masternodes = read_entries (paths, options->name, options->digit[0], error);
  g_autoptr(GBytes) parameters = NULL, outputs = NULL;

  if (masternodes == NULL || !read_optional (options->parameters, &parameters, error) || !read_optional (options->outputs, &outputs, error))
    return NULL;
  return tc_genesis_build (options->name, options->digit[0], time_ms, parameters, outputs, (TcGenesisMasternode *) masternodes->data, masternodes->len, error);
}

/* UTC or with an offset: a local time would be another chain in another place. */
static gboolean
parse_time (const char *text, guint64 *ret_time_ms)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  if (time == NULL || g_date_time_to_unix (time) <= 0)
    return FALSE;
  *ret_time_ms = (guint64) g_date_time_to_unix (time) * 1000;
  return TRUE;
}

int
tc_command_genesis_build (int argc, char **argv)
{
  static const char SUMMARY[] = "Builds a genesis document of operators' entries. Whoever has the same entries and files builds the same bytes, in whatever\n"
                                "order they are given: compare the chain id that is printed. --parameters and --outputs name JSON files of one member:\n"
                                "  { \"parameters\": { \"epoch_length_ms\": 600000 } }    { \"outputs\": [ { \"address\": \"TIME1…\", \"amount\": \"1.5\" } ] }";
  g_auto(BuildOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "The network's name, as in the entries", "NAME" },
    { "digit", 0, 0, G_OPTION_ARG_STRING, &options.digit, "Of its addresses: 1 for mainnet, 0 for test networks", "0|1" },
    { "time", 0, 0, G_OPTION_ARG_STRING, &options.time, "When it begins: 2027-01-01T12:00:00Z", "TIME" },
    { "parameters", 0, 0, G_OPTION_ARG_FILENAME, &options.parameters, "Parameters that differ from the protocol's figures", "FILE" },
    { "outputs", 0, 0, G_OPTION_ARG_FILENAME, &options.outputs, "Whom it pays, beside the collaterals", "FILE" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, "The document to write; never over another", "FILE" },
    { NULL },
  };
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) error = NULL;
  guint64 time_ms;

  if (!tc_command_parse (argc, argv, entries, "genesis build", "ENTRY…", SUMMARY, 1, ENTRIES_MAX, &words))
    return 2;
  if (options.name == NULL || options.digit == NULL || options.time == NULL || options.out == NULL)
    return tc_command_wrong ("a genesis needs --name, --digit, --time and --out.");
  if (strcmp (options.digit, "0") != 0 && strcmp (options.digit, "1") != 0)
    return tc_command_wrong ("--digit is 1 for mainnet and 0 for test networks.");
  if (!parse_time (options.time, &time_ms))
    return tc_command_wrong ("--time is like 2027-01-01T12:00:00Z, with its Z or offset.");

  g_autoptr(GBytes) json = build (&options, words, time_ms, &error);
  g_autoptr(TcGenesis) genesis = json != NULL ? tc_genesis_parse (json, &error) : NULL;
  if (genesis == NULL || !tc_command_write (options.out, json, &error))
    return tc_command_fail (error);
  print_genesis (genesis);
  return 0;
}
