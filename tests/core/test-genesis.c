#include <string.h>

#include "core/address.h"
#include "sample.h"

static TcGenesis *
parse_text (const char *text, GError **error)
{
  g_autoptr(GBytes) json = g_bytes_new (text, strlen (text));

  return tc_genesis_parse (json, error);
}

static char *
sample_text (void)
{
  g_autoptr(GBytes) json = sample_genesis ();

  return g_strndup (g_bytes_get_data (json, NULL), g_bytes_get_size (json));
}

static void
test_round_trip (void)
{
  g_test_summary ("What is written is parsed to the same: name, time, parameters, outputs then collaterals, masternodes.");
  g_autoptr(GBytes) json = sample_genesis ();
  g_autoptr(GError) error = NULL;
  g_autoptr(TcGenesis) genesis = tc_genesis_parse (json, &error);
  const TcOutput plain = sample_output (100000000000000, 1);

  g_assert_no_error (error);
  g_assert_cmpstr (genesis->name, ==, "local");
  g_assert_cmpint (genesis->address_digit, ==, '0');
  g_assert_cmpuint (genesis->time_ms, ==, 1700000000000);
  g_assert_cmpmem (&genesis->params, sizeof genesis->params, &TC_PARAMS_LOCAL, sizeof TC_PARAMS_LOCAL);
  g_assert_cmpuint (genesis->n_outputs, ==, 4);
  g_assert_cmpuint (genesis->outputs[0].amount.units, ==, 100000000000000);
  g_assert_true (tc_key_hash_equal (&genesis->outputs[0].key_hash, &plain.key_hash));
  g_assert_cmpuint (genesis->outputs[1].lock, ==, TC_LOCK_KEY_HASH);
  g_assert_cmpuint (genesis->outputs[2].lock, ==, TC_LOCK_COLLATERAL);
  g_assert_cmpuint (genesis->outputs[2].amount.units, ==, 100000 * TC_AMOUNT_PER_TIME);
  g_assert_cmpuint (genesis->outputs[3].amount.units, ==, 10000 * TC_AMOUNT_PER_TIME);
  g_assert_true (tc_key_hash_equal (&genesis->outputs[3].key_hash, &genesis->masternodes[1].owner));
  g_assert_cmpuint (genesis->n_masternodes, ==, 3);
  g_assert_cmpstr (genesis->masternodes[1].host, ==, "[2001:db8::1]:24000");
  g_assert_cmpint (genesis->masternodes[2].tier, ==, TC_TIER_FREE);
}

static void
test_chain_id (void)
{
  g_test_summary ("B9: the chain id is the hash of the file's bytes: a blank more is another chain; the outputs' txid follows from it.");
  g_autofree char *text = sample_text ();
  g_autofree char *longer = g_strconcat (text, " ", NULL);
  g_autoptr(TcGenesis) genesis = parse_text (text, NULL);
  g_autoptr(TcGenesis) other = parse_text (longer, NULL);
  const TcHash chain_id = tc_hash_tagged ("TimeCoin chain", (const guint8 *) text, strlen (text));
  const TcHash txid = tc_hash_tagged ("TimeCoin genesis", chain_id.bytes, TC_HASH_SIZE);

  g_assert_true (tc_hash_equal (&genesis->chain_id, &chain_id));
  g_assert_true (tc_hash_equal (&genesis->txid, &txid));
  g_assert_nonnull (other);
  g_assert_false (tc_hash_equal (&genesis->chain_id, &other->chain_id));
  g_assert_false (tc_hash_equal (&genesis->txid, &other->txid));

  /* Any byte that still parses. */
  guint n_parsed = 0;

  for (gsize i = 0; text[i] != '\0'; i++)
    {
      const char kept = text[i];

      text[i] = kept == '1' ? '2' : '1';

      g_autoptr(TcGenesis) changed = parse_text (text, NULL);

      text[i] = kept;
      if (changed == NULL)
        continue;
      n_parsed++;
      g_assert_false (tc_hash_equal (&genesis->chain_id, &changed->chain_id));
    }
  g_assert_cmpuint (n_parsed, >, 50);
}

static void
test_defaults (void)
{
  g_test_summary ("Parameters that are absent have the protocol's values; those that are given, their own.");
  g_autofree char *text = sample_text ();
  char *parameters = strstr (text, "\"parameters\""), *end = strchr (parameters, '}');
  g_autofree char *without = g_strdup_printf ("%.*s%s", (int) (parameters - text), text, strchr (end, ',') + 1);
  g_autofree char *one = g_strdup_printf ("%.*s\"parameters\": { \"committee_size\": 7 }%s", (int) (parameters - text), text, end + 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcGenesis) defaults = parse_text (without, &error);
  g_autoptr(TcGenesis) seven = parse_text (one, NULL);
  TcParams expected = TC_PARAMS_DEFAULT;

  g_assert_no_error (error);
  g_assert_cmpmem (&defaults->params, sizeof expected, &expected, sizeof expected);
  expected.committee_size = 7;
  g_assert_cmpmem (&seven->params, sizeof expected, &expected, sizeof expected);
}

static void
test_errors (void)
{
  g_test_summary ("Each fault is refused, with a message that names the member.");
  static const struct { const char *from, *to, *message; } cases[] = {
    { "{", "[", "document" },
    { "\"timecoin\": 1", "\"timecoin\": 2", "timecoin: " },
    { "\"timecoin\": 1,", "", "timecoin: is missing" },
    { "\"name\": \"local\"", "\"name\": \"Local\"", "name: " },
    { "\"name\": \"local\"", "\"name\": \"\"", "name: " },
    { "\"name\": \"local\"", "\"name\": \"lo\\u0000al\"", "name: " },
    { "\"name\": \"local\"", "\"name\": 5", "name: " },
    { "\"name\"", "\"nom\"", "nom: " },
    { "\"address_digit\": \"0\"", "\"address_digit\": \"2\"", "address_digit: " },
    { "\"address_digit\": \"0\"", "\"address_digit\": \"1\"", "outputs[0].address: " },
    { "1700000000000", "0", "time_ms: " },
    { "1700000000000", "17e8", "time_ms: " },
    { "1700000000000", "-5", "time_ms: " },
    { "1700000000000", "99999999999999999999999", "time_ms: " },
    { "\"block_interval_ms\": 5000", "\"block_interval_ms\": 0", "parameters.block_interval_ms: " },
    { "\"block_interval_ms\": 5000", "\"block_interval_ms\": 500000", "parameters.epoch_length_ms: " },
    { "\"block_interval_busy_ms\": 1000", "\"block_interval_busy_ms\": 5001", "parameters.block_interval_busy_ms: " },
    { "\"last_block_size_max_bytes\": 3000000", "\"last_block_size_max_bytes\": 3000001", "parameters.last_block_size_max_bytes: " },
    { "\"last_block_size_max_bytes\": 3000000", "\"last_block_size_max_bytes\": 1999999", "parameters.last_block_size_max_bytes: " },
    { "\"block_busy_bytes\": 500000", "\"block_busy_bytes\": 2000001", "parameters.block_busy_bytes: " },
    { "\"vote_ahead_bytes\": 1000000", "\"vote_ahead_bytes\": 1500001", "parameters.vote_ahead_bytes: " },
    { "\"committee_size\": 100", "\"committee_size\": 129", "parameters.committee_size: " },
    { "\"committee_size\": 100", "\"committee_size\": \"100\"", "parameters.committee_size: " },
    { "\"committee_size\": 100", "\"comittee_size\": 100", "parameters.comittee_size: " },
    { "\"0.00000546\"", "\"1.000,5\"", "outputs[1].amount: " },
    { "\"0.00000546\"", "\"0.00000545\"", "outputs[1].amount: " },
    { "\"0.00000546\"", "0.00000546", "outputs[1].amount: " },
    { "\"0.00000546\"", "\"46116860184.27387904\"", "outputs[1].amount: " },
    { "\"address\"", "\"adress\"", "outputs[0].adress: " },
    { "TIME0", "TIME1", "outputs[0].address: " },
    { "\"gold\"", "\"platinum\"", "masternodes[0].tier: " },
    { "127.0.0.1:24201", "localhost:24201", "masternodes[0].host: " },
    { "127.0.0.1:24201", "127.0.0.1", "masternodes[0].host: " },
    { "127.0.0.1:24201", "127.0.0.1:0", "masternodes[0].host: " },
    { "127.0.0.1:24201", "127.0.0.1:65536", "masternodes[0].host: " },
    { "[2001:db8::1]:24000", "2001:db8::1:24000", "masternodes[1].host: " },
    { "[2001:db8::1]:24000", "[127.0.0.1]:24000", "masternodes[1].host: " },
    { "[2001:db8::1]:24000", "[fe80::1%1]:24000", "masternodes[1].host: " },
    { "\"operator_key\": \"", "\"operator_key\": \"0", "masternodes[0].operator_key: " },
    { "\"payout\"", "\"pay\"", "masternodes[0].pay: " },
    { "\"masternodes\"", "\"masternode\"", "masternode: " },
  };
  g_autofree char *text = sample_text ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *at = strstr (text, cases[i].from);

      g_assert_nonnull (at);

      g_autofree char *bad = g_strdup_printf ("%.*s%s%s", (int) (at - text), text, cases[i].to, at + strlen (cases[i].from));
      g_autoptr(GError) error = NULL;
      g_autoptr(TcGenesis) genesis = parse_text (bad, &error);

      g_test_message ("%s -> %s: %s", cases[i].from, cases[i].to, error == NULL ? "parsed" : error->message);
      g_assert_null (genesis);
      g_assert_error (error, TC_GENESIS_ERROR, TC_GENESIS_ERROR_MALFORMED);
      g_assert_true (g_str_has_prefix (error->message, cases[i].message));
    }
}

static void
test_totals (void)
{
  g_test_summary ("Outputs and collaterals together are at most 2^62 units.");
  g_autoptr(TcSecretKey) key = sample_key (1);
  char host[] = "127.0.0.1:1";
  const guint64 bronze = 1000 * TC_AMOUNT_PER_TIME;
  const TcGenesisMasternode masternode = { .operator_key = *tc_secret_key_get_public (key), .host = host, .tier = TC_TIER_BRONZE };

  for (guint64 over = 0; over < 2; over++)
    {
      const TcOutput output = sample_output (TC_AMOUNT_MAX_UNITS - bronze + over, 1);
      g_autoptr(GBytes) json = tc_genesis_write ("a", '0', 1, &TC_PARAMS_DEFAULT, &output, 1, &masternode, 1);
      g_autoptr(TcGenesis) genesis = tc_genesis_parse (json, NULL);

      g_assert_true ((genesis != NULL) == (over == 0));
    }
}

static void
test_masternodes (void)
{
  g_test_summary ("An operator key twice, and a network where nobody has power, are refused.");
  g_autoptr(TcSecretKey) key = sample_key (1);
  char host[] = "127.0.0.1:1";
  const TcGenesisMasternode twice[] = {
    { .operator_key = *tc_secret_key_get_public (key), .host = host, .tier = TC_TIER_BRONZE },
    { .operator_key = *tc_secret_key_get_public (key), .host = host, .tier = TC_TIER_FREE },
  };
  g_autoptr(GBytes) twice_json = tc_genesis_write ("a", '0', 1, &TC_PARAMS_DEFAULT, NULL, 0, twice, 2);
  g_autoptr(GBytes) powerless_json = tc_genesis_write ("a", '0', 1, &TC_PARAMS_DEFAULT, NULL, 0, twice + 1, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) powerless_error = NULL;
  g_autoptr(TcGenesis) genesis = tc_genesis_parse (twice_json, &error);
  g_autoptr(TcGenesis) powerless = tc_genesis_parse (powerless_json, &powerless_error);

  g_assert_null (genesis);
  g_assert_true (g_str_has_prefix (error->message, "masternodes[1].operator_key: "));
  g_assert_null (powerless);
  g_assert_true (g_str_has_prefix (powerless_error->message, "masternodes: "));
}

static void
test_bytes (void)
{
  g_test_summary ("Empty, too large, too deep, with a comment, something after it, or not UTF-8: refused.");
  g_autofree char *text = sample_text ();
  g_autofree char *after = g_strconcat (text, "{}", NULL);
  g_autofree char *comment = g_strconcat ("/* a */", text, NULL);
  g_autofree char *latin = g_strconcat ("{ \"\xe9\": 1 }", NULL);
  g_autofree char *deep = g_strdup ("{\"a\":[[[[[[[[[[[[1]]]]]]]]]]]]}");
  g_autofree char *blank = g_strnfill (4000001, ' ');
  const char *const texts[] = { "", "null", "[]", "\"a\"", after, comment, latin, deep, blank };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcGenesis) genesis = parse_text (texts[i], &error);

      g_assert_null (genesis);
      g_assert_true (g_str_has_prefix (error->message, "document: "));
    }
}

static void
test_tiers (void)
{
  g_test_summary ("B4: collaterals, and names both ways.");
  static const guint64 time[] = { 0, 1000, 10000, 100000 };
  TcTier parsed = TC_TIER_GOLD;

  for (guint i = 0; i < G_N_ELEMENTS (time); i++)
    {
      g_assert_cmpuint (tc_tier_collateral ((TcTier) i).units, ==, time[i] * 100000000);
      g_assert_true (tc_tier_parse (tc_tier_name ((TcTier) i), &parsed));
      g_assert_cmpint (parsed, ==, i);
    }
  g_assert_false (tc_tier_parse ("Gold", &parsed));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/genesis/round-trip", test_round_trip);
  g_test_add_func ("/core/genesis/chain-id", test_chain_id);
  g_test_add_func ("/core/genesis/defaults", test_defaults);
  g_test_add_func ("/core/genesis/errors", test_errors);
  g_test_add_func ("/core/genesis/totals", test_totals);
  g_test_add_func ("/core/genesis/masternodes", test_masternodes);
  g_test_add_func ("/core/genesis/bytes", test_bytes);
  g_test_add_func ("/core/genesis/tiers", test_tiers);
  return g_test_run ();
}
