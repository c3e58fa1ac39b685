#include <string.h>

#include "core/address.h"
#include "core/ceremony.h"
#include "sample.h"

#define N 4u

static char HOSTS[N][24];

static TcGenesisMasternode
masternode (guint n)
{
  g_autoptr(TcSecretKey) key = sample_key (n);

  g_snprintf (HOSTS[n], sizeof HOSTS[n], "192.0.2.%u:24000", n);
  return (TcGenesisMasternode) { .operator_key = *tc_secret_key_get_public (key), .owner = sample_output (0, 10 + n).key_hash,
                                 .payout = sample_output (0, 20 + n).key_hash, .host = HOSTS[n], .tier = n == 0 ? TC_TIER_FREE : TC_TIER_BRONZE };
}

static GBytes *
entry (guint n)
{
  g_autoptr(TcSecretKey) key = sample_key (n);
  const TcGenesisMasternode item = masternode (n);
  g_autoptr(GError) error = NULL;
  GBytes *json = tc_genesis_entry_write ("test-net", '0', &item, key, &error);

  g_assert_no_error (error);
  return json;
}

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
test_round_trip (void)
{
  g_test_summary ("An entry is read as it was signed.");
  for (guint i = 0; i < N; i++)
    {
      g_autoptr(GBytes) json = entry (i);
      const TcGenesisMasternode expected = masternode (i);
      g_autoptr(GError) error = NULL;
      TcGenesisMasternode read;

      g_assert_true (tc_genesis_entry_parse (json, "test-net", '0', &read, &error));
      g_assert_no_error (error);
      g_assert_true (tc_public_key_equal (&read.operator_key, &expected.operator_key));
      g_assert_true (tc_key_hash_equal (&read.owner, &expected.owner));
      g_assert_true (tc_key_hash_equal (&read.payout, &expected.payout));
      g_assert_cmpstr (read.host, ==, expected.host);
      g_assert_cmpint (read.tier, ==, expected.tier);
      tc_genesis_masternode_clear (&read);
    }
}

static void
test_changed (void)
{
  g_test_summary ("An entry that was changed after signing, or is for another network, is refused, and the message says what is wrong.");
  static const struct { const char *from, *to, *message; } cases[] = {
    { "\"bronze\"", "\"gold\"", "signature: " },
    { "192.0.2.1", "192.0.2.9", "signature: " },
    { ":24000", ":24001", "signature: " },
    { "\"test-net\"", "\"other-net\"", "name: is “other-net”" },
    { "\"address_digit\": \"0\"", "\"address_digit\": \"1\"", "address_digit: " },
    { "\"signature\": \"", "\"signature\": \"0", "signature: " },
    { "\"signature\"", "\"sign\"", "sign: " },
    { "\"masternode\"", "\"master\"", "master: " },
    { "\"timecoin_entry\": 1", "\"timecoin_entry\": 2", "timecoin_entry: " },
    { "\"bronze\"", "\"lead\"", "masternode.tier: " },
    { "192.0.2.1", "example.org", "masternode.host: " },
    { "{", "[", "document" },
  };
  g_autoptr(GBytes) json = entry (1);
  g_autofree char *text = g_strndup (g_bytes_get_data (json, NULL), g_bytes_get_size (json));

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *at = strstr (text, cases[i].from);

      g_assert_nonnull (at);
      g_autofree char *bad = g_strdup_printf ("%.*s%s%s", (int) (at - text), text, cases[i].to, at + strlen (cases[i].from));
      g_autoptr(GBytes) bytes = text_bytes (bad);
      g_autoptr(GError) error = NULL;
      TcGenesisMasternode read;

      g_assert_false (tc_genesis_entry_parse (bytes, "test-net", '0', &read, &error));
      g_assert_error (error, TC_GENESIS_ERROR, TC_GENESIS_ERROR_MALFORMED);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
}

static void
test_owner_signed (void)
{
  g_test_summary ("The signature covers owner and payout: nobody can turn a collateral to an address of their own.");
  g_autoptr(TcSecretKey) key = sample_key (1);
  g_autoptr(GBytes) json = entry (1);
  g_autofree char *text = g_strndup (g_bytes_get_data (json, NULL), g_bytes_get_size (json));
  char *signature = strstr (text, "\"signature\"");

  for (guint i = 0; i < 2; i++)
    {
      TcGenesisMasternode stolen = masternode (1), read;
      g_autoptr(GError) error = NULL;

      *(i == 0 ? &stolen.owner : &stolen.payout) = sample_output (0, 99).key_hash;
      g_autoptr(GBytes) signed_anew = tc_genesis_entry_write ("test-net", '0', &stolen, key, NULL);
      g_autofree char *other = g_strndup (g_bytes_get_data (signed_anew, NULL), g_bytes_get_size (signed_anew));
      char *tail = strstr (other, "\"signature\"");
      g_autofree char *forged = g_strdup_printf ("%.*s%s", (int) (tail - other), other, signature);
      g_autoptr(GBytes) bytes = text_bytes (forged);

      g_assert_false (tc_genesis_entry_parse (bytes, "test-net", '0', &read, &error));
      g_assert_true (g_str_has_prefix (error->message, "signature: "));
    }
}

static void
test_same_bytes (void)
{
  g_test_summary ("The same entries in any order, and JSON in any form, give the same document to the byte.");
  g_autoptr(GBytes) outputs = NULL, loose = text_bytes ("{\"parameters\":{ \"epoch_length_ms\":60000,\n\n\"committee_size\": 7}}");
  g_autoptr(GBytes) tight = text_bytes ("{ \"parameters\": { \"committee_size\": 7, \"epoch_length_ms\": 60000 } }");
  const TcOutput output = sample_output (0, 5);
  g_autofree char *address = tc_address_format (&output.key_hash, '0');
  g_autofree char *text = g_strdup_printf ("{ \"outputs\": [ { \"amount\": \"1.5\", \"address\": \"%s\" } ] }", address);
  TcGenesisMasternode forth[N], back[N];
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < N; i++)
    forth[i] = back[N - 1 - i] = masternode (i);
  outputs = text_bytes (text);
  g_autoptr(GBytes) first = tc_genesis_build ("test-net", '0', 1700000000000, loose, outputs, forth, N, &error);
  g_assert_no_error (error);
  g_autoptr(GBytes) second = tc_genesis_build ("test-net", '0', 1700000000000, tight, outputs, back, N, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (first, second));

  g_autoptr(TcGenesis) genesis = tc_genesis_parse (first, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (genesis->params.committee_size, ==, 7);
  g_assert_cmpuint (genesis->params.epoch_length_ms, ==, 60000);
  g_assert_cmpuint (genesis->params.block_interval_ms, ==, 30000);
  g_assert_cmpuint (genesis->outputs[0].amount.units, ==, 150000000);
  g_assert_cmpuint (genesis->n_outputs, ==, 1 + N - 1);
  for (guint i = 1; i < N; i++)
    g_assert_cmpint (memcmp (&genesis->masternodes[i - 1].operator_key, &genesis->masternodes[i].operator_key, TC_PUBLIC_KEY_SIZE), <, 0);
}

static void
test_build_errors (void)
{
  g_test_summary ("What is wrong in the parts is told by name: parameters, outputs, an operator key twice.");
  static const struct { const char *parameters, *outputs, *message; } cases[] = {
    { "{ \"parameters\": { \"block_interval_ms\": 0 } }", NULL, "parameters.block_interval_ms: " },
    { "{ \"parameters\": { \"blocks\": 1 } }", NULL, "parameters.blocks: " },
    { "{ \"block_interval_ms\": 5000 }", NULL, "block_interval_ms: " },
    { "{ }", NULL, "parameters: is missing" },
    { "nothing", NULL, "document" },
    { NULL, "{ \"outputs\": [ { \"address\": \"TIME0x\", \"amount\": \"1\" } ] }", "outputs[0].address: " },
    { NULL, "{ \"outputs\": 5 }", "outputs: " },
  };
  TcGenesisMasternode items[] = { masternode (1), masternode (2), masternode (1) };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) parameters = cases[i].parameters != NULL ? text_bytes (cases[i].parameters) : NULL;
      g_autoptr(GBytes) outputs = cases[i].outputs != NULL ? text_bytes (cases[i].outputs) : NULL;
      g_autoptr(GError) error = NULL;

      g_assert_null (tc_genesis_build ("test-net", '0', 1, parameters, outputs, items, 2, &error));
      g_assert_error (error, TC_GENESIS_ERROR, TC_GENESIS_ERROR_MALFORMED);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }

  g_autoptr(GError) error = NULL;
  g_assert_null (tc_genesis_build ("test-net", '0', 1, NULL, NULL, items, 3, &error));
  g_assert_nonnull (strstr (error->message, "operator_key: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/ceremony/round-trip", test_round_trip);
  g_test_add_func ("/core/ceremony/changed", test_changed);
  g_test_add_func ("/core/ceremony/owner-signed", test_owner_signed);
  g_test_add_func ("/core/ceremony/same-bytes", test_same_bytes);
  g_test_add_func ("/core/ceremony/build-errors", test_build_errors);
  return g_test_run ();
}
