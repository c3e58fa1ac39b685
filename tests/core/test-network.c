#include <glib/gstdio.h>
#include <string.h>

#include "core/network.h"
#include "sample.h"

static char *folder;

static char *
write_file (const char *name, const char *text, gssize n)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, n, &error);
  g_assert_no_error (error);
  return path;
}

static TcNetwork *
load_text (const char *text, GError **error)
{
  g_autofree char *path = write_file ("net.json", text, -1);
  TcNetwork *network = tc_network_load (path, error);

  g_remove (path);
  return network;
}

static void
test_shipped (void)
{
  g_test_summary ("Mainnet and testnet come with the programme: their own digits and ports, and not launched yet.");
  static const struct { const char *name; char digit; guint16 port; } networks[] = { { "mainnet", '1', 24000 }, { "testnet", '0', 24100 } };

  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcNetwork) network = tc_network_load (networks[i].name, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (network->name, ==, networks[i].name);
      g_assert_cmpint (network->address_digit, ==, networks[i].digit);
      g_assert_cmpuint (network->p2p_port, ==, networks[i].port);
      g_assert_cmpuint (network->rpc_port, ==, networks[i].port + 1);
      g_assert_null (network->genesis);
      g_assert_null (network->seeds[0]);
      g_assert_null (network->dns[0]);
    }
}

static void
test_full (void)
{
  g_test_summary ("A network file with everything: seeds, checkpoints, and its genesis document beside it.");
  g_autoptr(GBytes) json = sample_genesis ();
  g_autofree char *genesis_path = write_file ("sample.json", g_bytes_get_data (json, NULL), (gssize) g_bytes_get_size (json));
  const TcHash hash = sample_hash (5);
  g_autofree char *hex = tc_hash_to_hex (&hash);
  g_autofree char *text = g_strdup_printf (
    "{\"name\":\"local\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":65535,\"seeds\":[\"a.example:24000\",\"[::1]:5\"],\"dns\":[\"dns.example\"],"
    "\"checkpoints\":[{\"height\":9,\"hash\":\"%s\"}],\"genesis\":\"sample.json\"}", hex);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = load_text (text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (network->seeds[0], ==, "a.example:24000");
  g_assert_cmpstr (network->seeds[1], ==, "[::1]:5");
  g_assert_null (network->seeds[2]);
  g_assert_cmpstr (network->dns[0], ==, "dns.example:1");
  g_assert_null (network->dns[1]);
  g_assert_cmpuint (network->n_checkpoints, ==, 1);
  g_assert_cmpuint (network->checkpoints[0].height, ==, 9);
  g_assert_true (tc_hash_equal (&network->checkpoints[0].hash, &hash));
  g_assert_cmpuint (network->genesis->n_masternodes, ==, 3);
  g_remove (genesis_path);
}

static void
test_genesis_document (void)
{
  g_test_summary ("A genesis document is a network too, with the local ports and no seeds.");
  g_autoptr(GBytes) json = sample_genesis ();
  g_autofree char *path = write_file ("genesis.json", g_bytes_get_data (json, NULL), (gssize) g_bytes_get_size (json));
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = tc_network_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (network->name, ==, "local");
  g_assert_cmpuint (network->p2p_port, ==, 24200);
  g_assert_cmpuint (network->rpc_port, ==, 24201);
  g_assert_null (network->seeds[0]);
  g_assert_nonnull (network->genesis);
  g_remove (path);
}

static void
test_errors (void)
{
  g_test_summary ("A damaged file is refused with its path and the member at fault.");
  static const struct { const char *text, *message; } cases[] = {
    { "", "document: " },
    { "{", "document: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"port\":3}", "port: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":0,\"rpc_port\":2}", "p2p_port: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":65536}", "rpc_port: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1}", "rpc_port: is missing" },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"seeds\":\"x:1\"}", "seeds: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"seeds\":[\"x\"]}", "seeds: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"seeds\":[null]}", "seeds: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"seeds\":[],\"dns\":[\"x:1\"]}", "dns: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"checkpoints\":[{\"height\":1,\"hash\":\"0\"}]}",
      "checkpoints[0].hash: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"checkpoints\":[{\"height\":0,\"hash\":\"0\"}]}",
      "checkpoints[0].height: " },
    { "{\"name\":\"a\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"genesis\":7}", "genesis: " },
    { "{\"timecoin\":1}", "name: " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcNetwork) network = load_text (cases[i].text, &error);

      g_assert_null (network);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, "net.json is damaged: "));
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
}

static void
test_missing (void)
{
  g_test_summary ("No such file, no such network, the local one, a folder, another network's genesis: each says what to do.");
  g_autoptr(GBytes) json = sample_genesis ();
  g_autofree char *genesis_path = write_file ("sample.json", g_bytes_get_data (json, NULL), (gssize) g_bytes_get_size (json));
  static const struct { const char *name, *message; } cases[] = {
    { "/nowhere/net.json", "/nowhere/net.json cannot be read" },
    { "nonet", "Use mainnet, testnet" },
    { "local", "--local" },
    { "/", "is not a network file" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcNetwork) network = tc_network_load (cases[i].name, &error);

      g_assert_null (network);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }

  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = load_text (
    "{\"name\":\"other\",\"address_digit\":\"0\",\"p2p_port\":1,\"rpc_port\":2,\"genesis\":\"sample.json\"}", &error);

  g_assert_null (network);
  g_assert_nonnull (strstr (error->message, "another network (local)"));
  g_remove (genesis_path);
}

static void
test_checkpoint (void)
{
  g_test_summary ("A block as a person pastes it: height, colon, hash; anything else is refused and changes nothing.");
  static const char hash[] = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
  static const char *const bad[] = { "", ":", "7", "7:", "0:%s", "-7:%s", "7 :%s", "4294967296:%s", "7:%s0", "%s", "%s:7" };
  g_autofree char *good = g_strdup_printf (" 4294967295:%s\n", hash);
  TcCheckpoint checkpoint = { 0 };

  g_assert_true (tc_checkpoint_parse (good, &checkpoint));
  g_assert_cmpuint (checkpoint.height, ==, G_MAXUINT32);
  g_assert_cmpuint (checkpoint.hash.bytes[31], ==, 0xff);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto(GStrv) parts = g_strsplit (bad[i], "%s", -1);
      g_autofree char *text = g_strjoinv (hash, parts);

      g_assert_false (tc_checkpoint_parse (text, &checkpoint));
      g_assert_cmpuint (checkpoint.height, ==, G_MAXUINT32);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  folder = g_dir_make_tmp ("test-network-XXXXXX", NULL);
  g_test_add_func ("/core/network/shipped", test_shipped);
  g_test_add_func ("/core/network/full", test_full);
  g_test_add_func ("/core/network/genesis-document", test_genesis_document);
  g_test_add_func ("/core/network/errors", test_errors);
  g_test_add_func ("/core/network/missing", test_missing);
  g_test_add_func ("/core/network/checkpoint", test_checkpoint);

  const int status = g_test_run ();

  g_rmdir (folder);
  g_free (folder);
  return status;
}
