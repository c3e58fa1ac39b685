#include <string.h>

#include "node-rpc-private.h"
#include "sample.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_object, json_object_put)

static json_object *
member (json_object *object, const char *name)
{
  json_object *value;

  if (!json_object_object_get_ex (object, name, &value))
    g_error ("there is no %s", name);
  return value;
}

static const char *
text (json_object *object, const char *name)
{
  return json_object_get_string (member (object, name));
}

static gint64
number (json_object *object, const char *name)
{
  return json_object_get_int64 (member (object, name));
}

static void
test_decimal (void)
{
  g_test_summary ("Numbers with decimals are written from integers, exactly");
  static const struct { guint64 value; guint decimals; const char *text; } cases[] = {
    { 0, 3, "0.000" }, { 12345, 3, "12.345" }, { 7, 3, "0.007" }, { 1000000, 6, "1.000000" }, { 5, 0, "5" }, { G_MAXUINT64, 3, "18446744073709551.615" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_object) value = tc_json_decimal (cases[i].value, cases[i].decimals);

      g_assert_cmpstr (json_object_to_json_string (value), ==, cases[i].text);
      g_assert_true (json_object_is_type (value, json_type_double));
    }
}

static void
test_finality (void)
{
  g_test_summary ("final_ms is null until final, and then has microseconds as decimals; certified shows as pending");
  g_autoptr(json_object) pending = json_object_new_object (), final = json_object_new_object ();
  const TcFinality certified = { .state = TC_FINALITY_CERTIFIED, .votes = 300, .power = 400, .final_duration_us = -1 };
  const TcFinality done = { .state = TC_FINALITY_FINAL, .votes = 400, .acks = 300, .power = 400, .final_duration_us = 41250 };

  tc_json_add_finality (pending, &certified);
  g_assert_cmpstr (text (pending, "finality"), ==, "pending");
  g_assert_null (member (pending, "final_ms"));
  g_assert_cmpint (number (pending, "votes"), ==, 300);
  tc_json_add_finality (final, &done);
  g_assert_cmpstr (text (final, "finality"), ==, "final");
  g_assert_cmpstr (json_object_to_json_string (member (final, "final_ms")), ==, "41.250");
  g_assert_cmpint (number (final, "acknowledgements"), ==, 300);
}

static void
test_block (void)
{
  g_test_summary ("A block at each verbosity: its encoding, its txids, its transactions");
  g_autoptr(TcBlock) block = sample_block ();
  const TcHash next = sample_hash (7);
  const guint32 height = block->header.height;
  g_autoptr(json_object) hex = tc_json_block (block, 0, height, NULL, '0');
  g_autoptr(json_object) brief = tc_json_block (block, 1, height + 4, &next, '0');
  g_autoptr(json_object) full = tc_json_block (block, 2, height, NULL, '0');
  g_autoptr(GBytes) encoded = tc_block_encode (block);
  g_autofree char *txid = tc_hash_to_hex (&block->txs[1]->txid);
  g_autofree char *next_hex = tc_hash_to_hex (&next);

  g_assert_cmpuint (strlen (json_object_get_string (hex)), ==, 2 * g_bytes_get_size (encoded));
  g_assert_cmpint (number (brief, "height"), ==, height);
  g_assert_cmpint (number (brief, "confirmations"), ==, 5);
  g_assert_cmpstr (text (brief, "nextblockhash"), ==, next_hex);
  g_assert_cmpint (number (brief, "nTx"), ==, block->n_txs);
  g_assert_cmpint (number (brief, "size"), ==, (gint64) g_bytes_get_size (encoded));
  g_assert_cmpstr (json_object_get_string (json_object_array_get_idx (member (brief, "tx"), 1)), ==, txid);

  json_object *tx = json_object_array_get_idx (member (full, "tx"), 1);
  json_object *output = json_object_array_get_idx (member (tx, "vout"), 0);

  g_assert_false (json_object_object_get_ex (full, "nextblockhash", NULL));
  g_assert_cmpint (number (full, "confirmations"), ==, 1);
  g_assert_cmpstr (text (tx, "txid"), ==, txid);
  g_assert_cmpuint (json_object_array_length (member (tx, "vin")), ==, block->txs[1]->n_inputs);
  g_assert_cmpuint (json_object_array_length (member (tx, "vout")), ==, block->txs[1]->n_outputs);
  g_assert_true (g_str_has_prefix (text (member (output, "scriptPubKey"), "address"), "TIME0"));
}

static void
test_raw_tx (void)
{
  g_test_summary ("The hexadecimal form of a transaction decodes to the same transaction");
  g_autoptr(TcTx) unsigned_tx = sample_tx (3, 2, 2);
  g_autoptr(TcTx) tx = sample_sign (unsigned_tx);
  g_autoptr(json_object) object = tc_json_tx (tx, '1');
  const char *hex = text (object, "hex");
  const gsize n = strlen (hex) / 2;
  g_autofree guint8 *data = g_malloc (n);

  g_assert_true (tc_hex_decode (hex, data, n));

  g_autoptr(TcTx) again = tc_tx_decode (data, n, NULL);

  g_assert_nonnull (again);
  g_assert_true (tc_hash_equal (&again->txid, &tx->txid));
  g_assert_cmpuint (again->n_witnesses, ==, tx->n_witnesses);
}

static void
test_genesis (void)
{
  g_test_summary ("Height 0 shows the genesis outputs, collaterals as such");
  g_autoptr(GBytes) json = sample_genesis ();
  g_autoptr(TcGenesis) genesis = tc_genesis_parse (json, NULL);
  g_autoptr(json_object) object = tc_json_genesis (genesis, 2, 0, NULL);
  json_object *tx = json_object_array_get_idx (member (object, "tx"), 0);
  g_autofree char *hash = tc_hash_to_hex (&genesis->chain_id);
  guint n_collaterals = 0;

  g_assert_cmpstr (text (object, "hash"), ==, hash);
  g_assert_cmpuint (json_object_array_length (member (tx, "vout")), ==, genesis->n_outputs);
  for (guint i = 0; i < genesis->n_outputs; i++)
    n_collaterals += strcmp (text (member (json_object_array_get_idx (member (tx, "vout"), i), "scriptPubKey"), "type"), "collateral") == 0;
  g_assert_cmpuint (n_collaterals, >, 0);
  g_assert_cmpuint (n_collaterals, <=, genesis->n_masternodes);
}

static void
test_sync (void)
{
  g_test_summary ("How far a sync is: unit by phase, the share to four decimals, null for what is not known");
  const TcNodeStatus syncing = { .state = TC_NODE_SYNCING, .height = 5400, .best_height = 12408, .oldest_height = 1, .n_peers = 8,
                                 .sync = { TC_NODE_SYNC_SNAPSHOT, 61200000, 90500000, 3200000, 9500, 6, 192000000 }, .n_snapshots = 2, .snapshots = { 8640, 10080 } };
  const TcNodeStatus asking = { .state = TC_NODE_CONNECTING, .oldest_height = 1, .sync = { .left_ms = -1 }, .needs_trust = TRUE, .offered = { 77, { { 1 } } } };
  g_autoptr(json_object) object = tc_json_sync (&syncing), question = tc_json_sync (&asking);

  g_assert_cmpstr (text (object, "state"), ==, "syncing");
  g_assert_cmpstr (text (object, "phase"), ==, "snapshot");
  g_assert_cmpstr (text (object, "unit"), ==, "bytes");
  g_assert_cmpstr (text (object, "progress"), ==, "0.6762");
  g_assert_cmpstr (text (object, "rate"), ==, "3200000.00");
  g_assert_cmpint (number (object, "left"), ==, 9);
  g_assert_cmpint (number (object, "peers"), ==, 6);
  g_assert_cmpuint (json_object_array_length (member (object, "snapshots")), ==, 2);
  g_assert_null (member (object, "offered_block"));
  g_assert_cmpstr (text (question, "phase"), ==, "none");
  g_assert_null (member (question, "unit"));
  g_assert_null (member (question, "left"));
  g_assert_cmpint (number (member (question, "offered_block"), "height"), ==, 77);
}

static void
test_peer (void)
{
  g_test_summary ("A peer's network follows from its address; what is not known yet is left out");
  static const struct { const char *address, *network; } cases[] = { { "192.0.2.7:24000", "ipv4" }, { "[2001:db8::7]:24000", "ipv6" }, { "node.example:24000", "name" },
                                                                     { "7node.example:24000", "name" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TcNetPeerInfo info = { .address = (char *) cases[i].address, .ping_ms = -1, .least_ping_ms = -1, .ping_wait_ms = -1 };
      g_autoptr(json_object) unknown = tc_json_peer (&info), known = NULL;

      g_assert_cmpstr (text (unknown, "network"), ==, cases[i].network);
      g_assert_false (json_object_object_get_ex (unknown, "pingtime", NULL));
      g_assert_false (json_object_object_get_ex (unknown, "operator_key", NULL));
      info.ping_ms = 1234;
      info.least_ping_ms = 7;
      known = tc_json_peer (&info);
      g_assert_cmpstr (text (known, "pingtime"), ==, "1.234");
      g_assert_cmpstr (text (known, "minping"), ==, "0.007");
    }
}

static void
test_ban (void)
{
  g_test_summary ("A ban has Bitcoin Core's fields; one that is over has no time left");
  const TcNetBan ban = { (char *) "192.0.2.7", 1000, 1500, (char *) "a message over its limit" };
  g_autoptr(json_object) now = tc_json_ban (&ban, 1100), over = tc_json_ban (&ban, 2000);

  g_assert_cmpstr (text (now, "address"), ==, "192.0.2.7");
  g_assert_cmpint (number (now, "ban_created"), ==, 1000);
  g_assert_cmpint (number (now, "banned_until"), ==, 1500);
  g_assert_cmpint (number (now, "ban_duration"), ==, 500);
  g_assert_cmpint (number (now, "time_remaining"), ==, 400);
  g_assert_cmpint (number (over, "time_remaining"), ==, 0);
  g_assert_cmpstr (text (now, "ban_reason"), ==, "a message over its limit");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/node/rpc-json/decimal", test_decimal);
  g_test_add_func ("/node/rpc-json/finality", test_finality);
  g_test_add_func ("/node/rpc-json/block", test_block);
  g_test_add_func ("/node/rpc-json/raw-tx", test_raw_tx);
  g_test_add_func ("/node/rpc-json/genesis", test_genesis);
  g_test_add_func ("/node/rpc-json/sync", test_sync);
  g_test_add_func ("/node/rpc-json/peer", test_peer);
  g_test_add_func ("/node/rpc-json/ban", test_ban);
  return g_test_run ();
}
