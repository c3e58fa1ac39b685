#include "core/address.h"
#include "wallet/bip39.h"
#include "wallet/slip10.h"

#include <json-c/json.h>
#include <string.h>

static json_object *
load (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TC_TEST_DATA"), name, NULL);
  json_object *json = json_object_from_file (path);

  g_assert_nonnull (json);
  return json;
}

static const char *
member (json_object *object, const char *name)
{
  json_object *value = json_object_object_get (object, name);

  g_assert_nonnull (value);
  return json_object_get_string (value);
}

static void
assert_hex (const guint8 *data, gsize n, const char *hex)
{
  g_autofree char *actual = tc_hex_encode (data, n);

  g_assert_cmpstr (actual, ==, hex);
}

static TcSecretBytes *
derive_path (const TcSecretBytes *seed, const char *path)
{
  g_auto(GStrv) parts = g_strsplit (path, "/", -1);
  guint32 indexes[8];
  gsize n = 0;

  for (gsize i = 1; parts[i] != NULL; i++)
    indexes[n++] = (guint32) g_ascii_strtoull (parts[i], NULL, 10);
  return tc_slip10_derive (seed, indexes, n);
}

static void
test_vectors (void)
{
  g_test_summary ("SLIP-0010's Ed25519 vectors 1 and 2: keys and chain codes of every path.");
  json_object *json = load ("slip10-ed25519.json");
  json_object *vectors = json_object_object_get (json, "vectors");
  guint n_nodes = 0;

  for (gsize i = 0; i < json_object_array_length (vectors); i++)
    {
      json_object *vector = json_object_array_get_idx (vectors, i), *chain = json_object_object_get (vector, "chain");
      const char *hex = member (vector, "seed");
      g_autoptr(TcSecretBytes) seed = tc_secret_bytes_new (strlen (hex) / 2);

      g_assert_true (tc_hex_decode (hex, tc_secret_bytes_get (seed), strlen (hex) / 2));
      for (gsize j = 0; j < json_object_array_length (chain); j++, n_nodes++)
        {
          json_object *row = json_object_array_get_idx (chain, j);
          g_autoptr(TcSecretBytes) node = derive_path (seed, member (row, "path"));

          assert_hex (tc_secret_bytes_get (node), 32, member (row, "key"));
          assert_hex (tc_secret_bytes_get (node) + 32, 32, member (row, "chain_code"));
        }
    }
  g_assert_cmpuint (n_nodes, ==, 12);
  json_object_put (json);
}

static void
check_key (const TcSecretBytes *seed, json_object *row)
{
  const char *path = member (row, "path");
  g_autoptr(TcSecretBytes) node = derive_path (seed, path);
  g_autoptr(TcSecretKey) key = tc_slip10_key (node);
  const TcKeyHash key_hash = tc_key_hash (tc_secret_key_get_public (key));
  g_autofree char *mainnet = tc_address_format (&key_hash, '1'), *testnet = tc_address_format (&key_hash, '0');

  assert_hex (tc_secret_key_get_seed (key), 32, member (row, "secret_key"));
  assert_hex (tc_secret_key_get_public (key)->bytes, 32, member (row, "public_key"));
  g_assert_cmpstr (mainnet, ==, member (row, "mainnet"));
  g_assert_cmpstr (testnet, ==, member (row, "testnet"));

  g_auto(GStrv) parts = g_strsplit (path, "/", -1);
  g_autoptr(TcSecretBytes) chain = tc_slip10_chain (seed, (guint32) g_ascii_strtoull (parts[3], NULL, 10),
                                                    (guint32) g_ascii_strtoull (parts[4], NULL, 10));
  g_autoptr(TcSecretBytes) again = tc_slip10_child (chain, (guint32) g_ascii_strtoull (parts[5], NULL, 10));
  g_assert_cmpmem (tc_secret_bytes_get (again), 64, tc_secret_bytes_get (node), 64);
}

static void
test_addresses (void)
{
  g_test_summary ("A phrase gives the addresses that existing TIME wallets show for it, on both kinds of network.");
  json_object *json = load ("time-addresses.json");
  json_object *wallets = json_object_object_get (json, "wallets");
  guint n_keys = 0;

  for (gsize i = 0; i < json_object_array_length (wallets); i++)
    {
      json_object *wallet = json_object_array_get_idx (wallets, i), *keys = json_object_object_get (wallet, "keys");
      g_autoptr(TcSecretString) phrase = tc_secret_string_new (member (wallet, "phrase"));
      g_autoptr(TcSecretString) passphrase = tc_secret_string_new (member (wallet, "passphrase"));
      g_autoptr(TcSecretBytes) seed = tc_bip39_seed (phrase, passphrase);

      assert_hex (tc_secret_bytes_get (seed), 64, member (wallet, "seed"));
      for (gsize j = 0; j < json_object_array_length (keys); j++, n_keys++)
        check_key (seed, json_object_array_get_idx (keys, j));
    }
  g_assert_cmpuint (n_keys, >, 5);
  json_object_put (json);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/slip10/vectors", test_vectors);
  g_test_add_func ("/wallet/slip10/addresses", test_addresses);
  return g_test_run ();
}
