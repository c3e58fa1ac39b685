#include <stdio.h>

#include "core/key-file.h"
#include "node/signed.h"

#include "commands.h"

static const char SUMMARY[] =
  "Shows what this data directory's masternode signed last, and whether it may sign now. It only reads: the node may run.\n\n"
  "A masternode signs nothing it might have signed otherwise before. If signed.sqlite is missing, copied or out of a backup, it waits for the next epoch.\n"
  "Where you know that nothing was signed in an epoch that the file lacks — all masternodes lost it, so that the network stands still — start the node with\n"
  "--sign-anyway EPOCH. What the file holds still binds it.\n\n"
  "Where two blocks of one height carry the commit of a quorum, the node stops and shows both here. Find out from the network's other operators which stands.\n"
  "This node's: timed signed --forget-halt HEIGHT; the other is ignored from then on. The other: move chain.sqlite and signed.sqlite away and start again,\n"
  "connected to nodes that follow it.";

/* A masternode's key often stands in its data directory. */
static TcSecretKey *
load_key (const char *path, const char *data_dir, GError **error)
{
  g_autofree char *usual = g_build_filename (data_dir, "operator.key", NULL);

  if (path == NULL && !g_file_test (usual, G_FILE_TEST_EXISTS))
    return NULL;
  return tc_key_file_load (path != NULL ? path : usual, error);
}

static TcNetwork *
load_network (const char *name, GError **error)
{
  g_autoptr(TcNetwork) network = tc_network_load (name, error);

  if (network == NULL || network->genesis != NULL)
    return g_steal_pointer (&network);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "The network “%s” has not been launched yet.", network->name);
  return NULL;
}

int
tc_command_signed (int argc, char **argv)
{
  g_autofree char *data_dir = NULL, *network_name = NULL, *key_path = NULL, *text = NULL;
  gboolean json = FALSE;
  int forget = 0;
  g_auto(GStrv) words = NULL;
  g_autoptr(TcNetwork) network = NULL;
  g_autoptr(TcSecretKey) key = NULL;
  g_autoptr(GError) error = NULL;
  const GOptionEntry entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, "The node's data directory", "DIR" },
    { "network", 0, 0, G_OPTION_ARG_FILENAME, &network_name, "Its network: mainnet, testnet, or a network file", "NAME|FILE" },
    { "operator-key", 0, 0, G_OPTION_ARG_FILENAME, &key_path, "The masternode's key (default: DIR/operator.key)", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print a JSON object; it holds the whole proof of a halt", NULL },
    { "forget-halt", 0, 0, G_OPTION_ARG_INT, &forget, "This node's block of that height stands", "HEIGHT" },
    { NULL },
  };

  if (!tc_command_parse (argc, argv, entries, "signed", "", SUMMARY, 0, 0, &words))
    return 2;
  if (data_dir == NULL)
    return tc_command_wrong ("give the node's data directory: timed signed --data-dir DIR.");
  if (forget < 0 || (forget > 0 && network_name == NULL))
    return tc_command_wrong ("--forget-halt takes the height that timed signed shows, and --network.");
  network = network_name != NULL ? load_network (network_name, &error) : NULL;
  key = error == NULL ? load_key (key_path, data_dir, &error) : NULL;
  if (error != NULL)
    return tc_command_fail (error);
  if (forget > 0 && !tc_signed_forget_halt (data_dir, network, (guint32) forget, &error))
    return tc_command_fail (error);
  text = tc_signed_describe (data_dir, network, key != NULL ? tc_secret_key_get_public (key) : NULL, json, &error);
  if (text == NULL)
    return tc_command_fail (error);
  fputs (text, stdout);
  return 0;
}
