#include <stdio.h>
#include <string.h>

#include "core/key-file.h"
#include "wallet/masternode.h"

#include "commands.h"

int
tc_command_operator_key (int argc, char **argv)
{
  static const char SUMMARY[] = "new makes a masternode's operator key in a new file that only you can read; show checks one.\n"
                                "Both print the public key, which is what the world may know.";
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) error = NULL;

  if (!tc_command_parse (argc, argv, NULL, "operator-key", "new|show FILE", SUMMARY, 2, 2, &words))
    return 2;
  const gboolean make = strcmp (words[0], "new") == 0;
  if (!make && strcmp (words[0], "show") != 0)
    return tc_command_wrong ("write timed operator-key new FILE, or timed operator-key show FILE.");

  g_autoptr(TcSecretKey) key = make ? tc_key_file_create (words[1], &error) : tc_key_file_load (words[1], &error);
  if (key == NULL)
    return tc_command_fail (error);
  g_autofree char *hex = tc_hex_encode (tc_secret_key_get_public (key)->bytes, TC_PUBLIC_KEY_SIZE);
  puts (hex);
  return 0;
}

int
tc_command_prove (int argc, char **argv)
{
  static const char SUMMARY[] = "Proves that this machine has a masternode's operator key, for a wallet elsewhere that owns the masternode. REQUEST is what the\n"
                                "wallet's registermasternode or updatemasternode answered; give what is printed to its sendmasternode. Neither is secret.";
  g_autofree char *path = NULL;
  const GOptionEntry entries[] = {
    { "operator-key", 0, 0, G_OPTION_ARG_FILENAME, &path, "The masternode's key", "FILE" },
    { NULL },
  };
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) error = NULL;
  TcHash chain_id;
  TcOutpoint first_input;
  TcOutput output;

  if (!tc_command_parse (argc, argv, entries, "masternode prove", "REQUEST", SUMMARY, 1, 1, &words))
    return 2;
  if (path == NULL)
    return tc_command_wrong ("a proof needs --operator-key FILE.");
  if (!tc_proof_request_parse (words[0], &chain_id, &first_input, &output))
    return tc_command_wrong ("that is no request: it has %u hexadecimal digits. Copy it whole.", 2 * TC_PROOF_REQUEST_SIZE);

  g_autoptr(TcSecretKey) key = tc_key_file_load (path, &error);
  if (key == NULL)
    return tc_command_fail (error);
  g_autofree char *amount = tc_amount_format (output.amount), *chain = tc_hash_to_hex (&chain_id);
  g_printerr ("timed: for a transaction on the chain %s whose first output has %s TIME.\n", chain, amount);
  const TcSignature possession = tc_possession_sign (key, &chain_id, &first_input, &output);
  g_autofree char *hex = tc_hex_encode (possession.bytes, TC_SIGNATURE_SIZE);
  puts (hex);
  return 0;
}
