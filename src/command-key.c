#include <stdio.h>
#include <string.h>

#include "core/key-file.h"

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
