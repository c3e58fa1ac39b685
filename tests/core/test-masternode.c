#include <string.h>

#include "sample.h"

static void
test_host (void)
{
  g_test_summary ("M1: an address and a port have one form; what is written otherwise, or is no IP literal, is refused.");
  static const char *const good[] = {
    "127.0.0.1:24201", "0.0.0.0:1", "255.255.255.255:65535", "[::1]:24201", "[::]:1", "[2001:db8::1]:24000", "[2001:db8:0:1:1:1:1:1]:24000",
    "[2001:0:0:1::1]:1", "[1::]:5", "[ff02::1:2]:80", "[2001:db8::1:0:0:1]:9", "[::ffff:c000:201]:24000",
    "[1111:2222:3333:4444:5555:6666:7777:8888]:65535" };
  static const char *const bad[] = {
    "", ":", ":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:01", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1",
    "127.0.0.1: 1", "127.0.0.1:1 ", " 127.0.0.1:1", "127.0.0.01:1", "127.1:1", "0x7f.0.0.1:1", "2130706433:1", "256.0.0.1:1", "localhost:1",
    "[127.0.0.1]:1", "::1:24201", "[::1]", "[::1:24201", "::1]:24201", "[]:1", "[:]:1", "[::0]:1", "[0:0::1]:1", "[::01]:1", "[2001:DB8::1]:1",
    "[2001:db8:0:0:0:0:0:1]:1", "[2001:db8::1:1:1:1:1]:1", "[2001:db8:0:0:1::1]:1", "[1::2::3]:1", "[::ffff:192.0.2.1]:1", "[fe80::1%eth0]:1",
    "[1111:2222:3333:4444:5555:6666:7777:8888:9999]:1", "[::1]x:1", "x[::1]:1",
    "111111111111111111111111111111111111111111111111111111111111111111111111111111:1" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    if (!tc_host_is_valid (good[i]))
      g_error ("%s was refused", good[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    if (tc_host_is_valid (bad[i]))
      g_error ("%s was accepted", bad[i]);
}

static void
test_host_network (void)
{
  g_test_summary ("M6: hosts of one IPv4 /24 or IPv6 /48 have one network, others do not, an IPv4 address within IPv6 has the IPv4 one's.");
  static const char *const groups[][3] = {
    { "192.0.2.1:24000", "192.0.2.255:1", "[::ffff:c000:207]:9" },
    { "192.0.3.1:24000", "192.0.3.1:24001", "192.0.3.2:24000" },
    { "192.1.2.1:24000", "192.1.2.0:24000", "192.1.2.9:24000" },
    { "[2001:db8::1]:24000", "[2001:db8:0:ffff::]:1", "[2001:db8:0:1::2]:7" },
    { "[2001:db8:1::1]:24000", "[2001:db8:1:2::1]:24000", "[2001:db8:1:3:4:5:6:7]:24000" },
    { "[c000:200::1]:24000", "[c000:200::2]:24000", "[c000:200:0:1::]:24000" },
    { "0.0.0.1:24000", "0.0.0.2:24000", "[::ffff:0:3]:24000" },
    { "[::1]:24000", "[::2]:24000", "[::c000:201]:24000" } };

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (groups); j++)
      for (gsize k = 0; k < 3; k++)
        g_assert_cmpint (tc_host_get_network (groups[i][0]) == tc_host_get_network (groups[j][k]), ==, i == j);
}

static gboolean
decode (guint8 kind, GBytes *bytes, TcMasternodePayload *ret_payload)
{
  return tc_masternode_payload_decode (kind, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), ret_payload);
}

static void
assert_same_keys (const TcMasternodePayload *a, const TcMasternodePayload *b)
{
  g_assert_true (a->has_key && b->has_key);
  g_assert_cmpmem (&a->operator_key, sizeof a->operator_key, &b->operator_key, sizeof b->operator_key);
  g_assert_cmpmem (&a->possession, sizeof a->possession, &b->possession, sizeof b->possession);
  g_assert_cmpmem (&a->payout, sizeof a->payout, &b->payout, sizeof b->payout);
  g_assert_cmpstr (a->host, ==, b->host);
}

static void
test_round_trip (void)
{
  g_test_summary ("Each kind's payload decodes to what was encoded, at the size that the format says.");
  const TcMasternodePayload payload = sample_payload ();
  TcMasternodePayload no_key = payload, got;
  const gsize host_size = 1 + strlen (payload.host);
  g_autoptr(GBytes) registration = tc_masternode_payload_encode (TC_TX_KIND_REGISTER, &payload);
  g_autoptr(GBytes) update = tc_masternode_payload_encode (TC_TX_KIND_UPDATE, &payload);
  g_autoptr(GBytes) retire = tc_masternode_payload_encode (TC_TX_KIND_RETIRE, &payload);

  g_assert_cmpuint (g_bytes_get_size (registration), ==, 1 + 32 + 20 + host_size + 64);
  g_assert_true (decode (TC_TX_KIND_REGISTER, registration, &got));
  g_assert_cmpuint (got.tier, ==, TC_TIER_SILVER);
  assert_same_keys (&got, &payload);
  g_assert_cmpuint (g_bytes_get_size (update), ==, 36 + 1 + 32 + 64 + 20 + host_size);
  g_assert_true (decode (TC_TX_KIND_UPDATE, update, &got));
  g_assert_true (tc_outpoint_equal (&got.masternode, &payload.masternode));
  assert_same_keys (&got, &payload);
  no_key.has_key = FALSE;
  g_autoptr(GBytes) short_update = tc_masternode_payload_encode (TC_TX_KIND_UPDATE, &no_key);
  g_assert_cmpuint (g_bytes_get_size (short_update), ==, 36 + 1 + 20 + host_size);
  g_assert_true (decode (TC_TX_KIND_UPDATE, short_update, &got));
  g_assert_false (got.has_key);
  g_assert_cmpuint (g_bytes_get_size (retire), ==, 36);
  g_assert_true (decode (TC_TX_KIND_RETIRE, retire, &got));
  g_assert_true (tc_outpoint_equal (&got.masternode, &payload.masternode));
}

static void
test_malformed (void)
{
  g_test_summary ("A payload cut short, with a byte more, of an unknown tier, a bad flag or a bad host, or of another kind, is refused and leaves the result alone.");
  const TcMasternodePayload payload = sample_payload ();

  for (guint8 kind = TC_TX_KIND_REGISTER; kind <= TC_TX_KIND_RETIRE; kind++)
    {
      g_autoptr(GBytes) bytes = tc_masternode_payload_encode (kind, &payload);
      g_autofree guint8 *longer = g_malloc0 (g_bytes_get_size (bytes) + 1);
      const gsize n = g_bytes_get_size (bytes);
      TcMasternodePayload got = { .tier = 77 };

      memcpy (longer, g_bytes_get_data (bytes, NULL), n);
      for (gsize i = 0; i < n; i++)
        g_assert_false (tc_masternode_payload_decode (kind, longer, i, &got));
      g_assert_false (tc_masternode_payload_decode (kind, longer, n + 1, &got));
      for (guint8 other = 0; other <= TC_TX_KIND_REWARD; other++)
        g_assert_cmpint (tc_masternode_payload_decode (other, longer, n, &got), ==, other == kind);
      got.tier = 77;
      if (kind == TC_TX_KIND_REGISTER)
        longer[0] = TC_TIER_GOLD + 1;
      else if (kind == TC_TX_KIND_UPDATE)
        longer[36] = 2;
      else
        continue;
      g_assert_false (tc_masternode_payload_decode (kind, longer, n, &got));
      memcpy (longer, g_bytes_get_data (bytes, NULL), n);
      longer[kind == TC_TX_KIND_REGISTER ? 1 + 32 + 20 + 3 : n - 2] = 0;
      g_assert_false (tc_masternode_payload_decode (kind, longer, n, &got));
      g_assert_cmpuint (got.tier, ==, 77);
    }
}

static void
test_possession (void)
{
  g_test_summary ("M1: a proof of possession holds for its key, chain, first input and output 0, and for no other.");
  g_autoptr(TcSecretKey) key = sample_key (1), other_key = sample_key (2);
  const TcHash chain = sample_hash (3), other_chain = sample_hash (4);
  const TcOutpoint input = { sample_hash (5), 6 }, other_input = { sample_hash (5), 7 };
  const TcOutput output = sample_output (1000, 8);
  TcOutput changed[3] = { output, output, output };
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  const TcSignature proof = tc_possession_sign (key, &chain, &input, &output);
  guint8 message[TC_POSSESSION_SIZE];

  changed[0].amount.units++;
  changed[1].lock = TC_LOCK_COLLATERAL;
  changed[2].key_hash.bytes[0] ^= 1;
  g_assert_true (tc_possession_check (&proof, public_key, &chain, &input, &output));
  g_assert_false (tc_possession_check (&proof, tc_secret_key_get_public (other_key), &chain, &input, &output));
  g_assert_false (tc_possession_check (&proof, public_key, &other_chain, &input, &output));
  g_assert_false (tc_possession_check (&proof, public_key, &chain, &other_input, &output));
  for (gsize i = 0; i < G_N_ELEMENTS (changed); i++)
    g_assert_false (tc_possession_check (&proof, public_key, &chain, &input, &changed[i]));
  tc_possession_message (&chain, &input, &output, message);
  g_assert_cmpmem (message, 16, "TimeCoin possess", 16);
  g_assert_cmpmem (message + 16, 32, &chain, 32);
  g_assert_cmpmem (message + 48, 32, &input.txid, 32);
  g_assert_cmpuint (message[80], ==, 6);
}

static void
test_form (void)
{
  g_test_summary ("T3: transactions of kinds 1-3 with their payload decode as transactions; a collateral stands in output 0 of kind 1 only.");
  const TcMasternodePayload payload = sample_payload ();

  for (guint8 kind = TC_TX_KIND_REGISTER; kind <= TC_TX_KIND_RETIRE; kind++)
    {
      g_autoptr(GBytes) bytes = tc_masternode_payload_encode (kind, &payload);
      g_autoptr(TcTx) plain = sample_tx (1, 2, 2);

      plain->outputs[0].lock = TC_LOCK_COLLATERAL;
      g_autoptr(TcTx) bare = tc_tx_new (kind, 0, plain->inputs, plain->n_inputs, plain->outputs, plain->n_outputs, NULL, 0,
                                        g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_autoptr(TcTx) tx = sample_sign (bare);
      g_autoptr(GBytes) encoded = tc_tx_encode (tx);
      g_autoptr(TcTx) decoded = tc_tx_decode (g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded), NULL);
      TcMasternodePayload got;

      g_assert_cmpint (decoded != NULL, ==, kind == TC_TX_KIND_REGISTER);
      if (decoded != NULL)
        g_assert_true (tc_masternode_payload_decode (kind, decoded->payload, decoded->payload_size, &got));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/masternode/host", test_host);
  g_test_add_func ("/core/masternode/host-network", test_host_network);
  g_test_add_func ("/core/masternode/round-trip", test_round_trip);
  g_test_add_func ("/core/masternode/malformed", test_malformed);
  g_test_add_func ("/core/masternode/possession", test_possession);
  g_test_add_func ("/core/masternode/form", test_form);
  return g_test_run ();
}
