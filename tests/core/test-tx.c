#include <string.h>

#include "sample.h"

typedef struct
{
  guint8    kind;
  TcTxInput inputs[3];
  gsize     n_inputs;
  TcOutput  outputs[3];
  gsize     n_outputs;
  gsize     memo_size, payload_size;
  TcWitness witnesses[3];
  gsize     n_witnesses;
} Parts;

/* A good transfer: two inputs of two owners, two outputs. */
static Parts
good_parts (void)
{
  g_autoptr(TcTx) tx = sample_tx (1, 2, 2);
  Parts parts = { .kind = TC_TX_KIND_TRANSFER, .n_inputs = 2, .n_outputs = 2, .n_witnesses = 2 };

  memcpy (parts.inputs, tx->inputs, 2 * sizeof *tx->inputs);
  memcpy (parts.outputs, tx->outputs, 2 * sizeof *tx->outputs);
  memcpy (parts.witnesses, tx->witnesses, 2 * sizeof *tx->witnesses);
  parts.inputs[2] = (TcTxInput) { { sample_hash (99), 0 }, 0 };
  parts.outputs[2] = sample_output (1000, 9);
  memset (&parts.witnesses[2], 7, sizeof parts.witnesses[2]);
  return parts;
}

static gboolean
decodes (const Parts *parts)
{
  guint8 filler[2000] = { 0 };
  g_autoptr(TcTx) unsigned_tx = tc_tx_new (parts->kind, 1, parts->inputs, parts->n_inputs, parts->outputs, parts->n_outputs,
                                           filler, parts->memo_size, filler, parts->payload_size);
  g_autoptr(TcTx) tx = tc_tx_new_signed (unsigned_tx, parts->witnesses, parts->n_witnesses);
  g_autoptr(GBytes) bytes = tc_tx_encode (tx);

  return sample_round_trip ("tx", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_round_trip (void)
{
  g_test_summary ("What is built encodes to its stated size and decodes to the same parts.");
  g_autoptr(TcTx) tx = sample_tx (5, 3, 2);
  g_autoptr(GBytes) bytes = tc_tx_encode (tx);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcTx) decoded = tc_tx_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, tx->size_bytes);
  g_assert_cmpuint (decoded->size_bytes, ==, tx->size_bytes);
  g_assert_cmpuint (decoded->valid_from_height, ==, 7);
  g_assert_true (tc_hash_equal (&decoded->txid, &tx->txid));
  g_assert_cmpmem (decoded->memo, decoded->memo_size, "memo", 4);
  g_assert_cmpuint (decoded->n_inputs, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (tc_outpoint_equal (&decoded->inputs[i].outpoint, &tx->inputs[i].outpoint));
      g_assert_cmpuint (decoded->inputs[i].signer, ==, i % 2);
    }
  g_assert_cmpuint (decoded->n_outputs, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (decoded->outputs[i].amount.units, ==, 1000000 + i);
      g_assert_true (tc_key_hash_equal (&decoded->outputs[i].key_hash, &tx->outputs[i].key_hash));
    }
  g_assert_cmpmem (decoded->witnesses, (int) (decoded->n_witnesses * sizeof *decoded->witnesses),
                   tx->witnesses, (int) (tx->n_witnesses * sizeof *tx->witnesses));
}

static void
test_format (void)
{
  g_test_summary ("The bytes of a small transaction are those of docs/protocol.md, rule T.");
  const TcTxInput input = { { TC_HASH_ZERO, 0x01020304 }, 0 };
  const TcOutput output = { { 0x1122334455 }, 0, { { 0xaa } } };
  g_autoptr(TcTx) tx = tc_tx_new (TC_TX_KIND_TRANSFER, 258, &input, 1, &output, 1, (const guint8 *) "hi", 2, NULL, 0);
  g_autoptr(GBytes) bytes = tc_tx_encode (tx);
  g_autofree char *hex = tc_hex_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  const TcHash txid = tc_hash_tagged ("TimeCoin txid", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) - 1);

  g_assert_cmpstr (hex, ==,
                   "0100" "00" "02010000"
                   "01" "0000000000000000000000000000000000000000000000000000000000000000" "04030201" "00"
                   "01" "5544332211000000" "00" "aa00000000000000000000000000000000000000"
                   "02" "6869" "00" "00");
  g_assert_true (tc_hash_equal (&tx->txid, &txid));
}

static void
test_txid (void)
{
  g_test_summary ("T1: the txid covers every byte of the body and none of the witnesses.");
  g_autoptr(TcTx) tx = sample_tx (5, 1, 2);
  g_autoptr(GBytes) bytes = tc_tx_encode (tx);
  gsize n;
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (bytes, &n), g_bytes_get_size (bytes));
  const gsize body_size = n - 1 - sizeof (TcWitness);
  guint n_decoded = 0;

  for (gsize i = 0; i < n; i++)
    {
      data[i] ^= 1;

      g_autoptr(TcTx) other = tc_tx_decode (data, n, NULL);

      data[i] ^= 1;
      if (other == NULL)
        continue;
      n_decoded++;
      g_assert_true (tc_hash_equal (&other->txid, &tx->txid) == (i > body_size));
    }
  g_assert_cmpuint (n_decoded, >, sizeof (TcWitness));
}

static void
test_survive_07 (void)
{
  g_test_summary ("No inputs, no outputs, an unknown kind, or a reward with anything that only others have, is refused.");
  Parts parts = good_parts ();

  g_assert_true (decodes (&parts));
  parts.kind = 5;
  g_assert_false (decodes (&parts));
  for (guint8 kind = 0; kind <= TC_TX_KIND_RETIRE; kind++)
    {
      parts = good_parts ();
      parts.kind = kind;
      g_assert_true (decodes (&parts));
      parts.n_outputs = 0;
      g_assert_false (decodes (&parts));
      parts = good_parts ();
      parts.kind = kind;
      parts.n_inputs = parts.n_witnesses = 0;
      g_assert_false (decodes (&parts));
    }

  const Parts reward = { .kind = TC_TX_KIND_REWARD, .n_outputs = 1, .outputs = { sample_output (1000, 1) } };

  g_assert_true (decodes (&reward));
  parts = reward;
  parts.n_outputs = 0;
  g_assert_false (decodes (&parts));
  parts = reward;
  parts.memo_size = 1;
  g_assert_false (decodes (&parts));
  parts = reward;
  parts.payload_size = 1;
  g_assert_false (decodes (&parts));
  parts = reward;
  parts.n_witnesses = 1;
  g_assert_false (decodes (&parts));
  parts = good_parts ();
  parts.kind = TC_TX_KIND_REWARD;
  g_assert_false (decodes (&parts));
}

static void
test_survive_08_inputs (void)
{
  g_test_summary ("The same input twice is refused, among few inputs and among many.");
  Parts parts = good_parts ();

  parts.inputs[1].outpoint = parts.inputs[0].outpoint;
  g_assert_false (decodes (&parts));
  parts.inputs[1].outpoint.index++;
  g_assert_true (decodes (&parts));

  for (guint n = 15; n <= 40; n++)
    {
      g_autoptr(TcTx) tx = sample_tx (1, n, 1);
      g_autoptr(GBytes) good = tc_tx_encode (tx);

      g_assert_true (sample_round_trip ("tx", g_bytes_get_data (good, NULL), g_bytes_get_size (good)));
      tx->inputs[n - 1].outpoint = tx->inputs[n / 2].outpoint;

      g_autoptr(GBytes) bad = tc_tx_encode (tx);

      g_assert_false (sample_round_trip ("tx", g_bytes_get_data (bad, NULL), g_bytes_get_size (bad)));
    }
}

static void
test_survive_08_amounts (void)
{
  g_test_summary ("An amount above 2^62, or a sum above it, or one that wraps 64 bits, is refused.");
  static const struct { guint64 units[3]; gboolean good; } cases[] = {
    { { TC_AMOUNT_MAX_UNITS, 0, 0 }, TRUE },
    { { TC_AMOUNT_MAX_UNITS - 3, 2, 1 }, TRUE },
    { { TC_AMOUNT_MAX_UNITS - 3, 2, 2 }, FALSE },
    { { TC_AMOUNT_MAX_UNITS + 1, 0, 0 }, FALSE },
    { { G_MAXUINT64, 2, 1000 }, FALSE },
    { { G_MAXUINT64 / 2, G_MAXUINT64 / 2, 1000 }, FALSE },
    { { TC_AMOUNT_MAX_UNITS, TC_AMOUNT_MAX_UNITS, TC_AMOUNT_MAX_UNITS }, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Parts parts = good_parts ();

      parts.n_outputs = 3;
      for (guint k = 0; k < 3; k++)
        parts.outputs[k].amount.units = cases[i].units[k];
      g_assert_true (decodes (&parts) == cases[i].good);
    }
}

static void
test_locks (void)
{
  g_test_summary ("T3: collateral only in output 0 of a registration; no lock above it.");
  for (guint8 kind = 0; kind <= TC_TX_KIND_RETIRE; kind++)
    for (guint at = 0; at < 2; at++)
      for (guint8 lock = 0; lock < 3; lock++)
        {
          Parts parts = good_parts ();
          const gboolean good = lock == 0 || (lock == 1 && at == 0 && kind == TC_TX_KIND_REGISTER);

          parts.kind = kind;
          parts.outputs[at].lock = lock;
          g_assert_true (decodes (&parts) == good);
        }
}

static void
test_witnesses (void)
{
  g_test_summary ("T2: witnesses are distinct, all used, in order of first use.");
  Parts parts = good_parts ();

  parts.n_witnesses = 3;  /* one unused */
  g_assert_false (decodes (&parts));
  parts.n_witnesses = 1;  /* one missing */
  g_assert_false (decodes (&parts));
  parts.n_witnesses = 0;
  g_assert_false (decodes (&parts));

  parts = good_parts ();
  parts.inputs[0].signer = 1;
  parts.inputs[1].signer = 0;
  g_assert_false (decodes (&parts));

  parts = good_parts ();
  parts.inputs[1].signer = 0;
  g_assert_false (decodes (&parts));
  parts.n_witnesses = 1;
  g_assert_true (decodes (&parts));

  parts = good_parts ();
  parts.witnesses[1].key = parts.witnesses[0].key;
  g_assert_false (decodes (&parts));

  parts = good_parts ();
  parts.n_inputs = 3;
  parts.inputs[2].signer = 1;
  g_assert_true (decodes (&parts));
}

static void
test_sizes (void)
{
  g_test_summary ("T4: memo at most 512, payload at most 1 024 and none in a transfer, 100 kB in all.");
  Parts parts = good_parts ();

  parts.memo_size = TC_TX_MEMO_MAX;
  g_assert_true (decodes (&parts));
  parts.memo_size++;
  g_assert_false (decodes (&parts));

  parts = good_parts ();
  parts.payload_size = 1;
  g_assert_false (decodes (&parts));
  parts.kind = TC_TX_KIND_UPDATE;
  parts.payload_size = TC_TX_PAYLOAD_MAX;
  g_assert_true (decodes (&parts));
  parts.payload_size++;
  g_assert_false (decodes (&parts));

  const gsize n_fit = (TC_TX_SIZE_MAX - tc_tx_size_estimate (2, 0, 2, 4, 0) - 1) / 29;  /* the count takes one byte more */
  g_autoptr(TcTx) most = sample_tx (1, 2, n_fit);
  g_autoptr(TcTx) more = sample_tx (1, 2, n_fit + 1);
  g_autoptr(GBytes) most_bytes = tc_tx_encode (most);
  g_autoptr(GBytes) more_bytes = tc_tx_encode (more);

  g_assert_cmpuint (most->size_bytes, <=, TC_TX_SIZE_MAX);
  g_assert_cmpuint (more->size_bytes, >, TC_TX_SIZE_MAX);
  g_assert_true (sample_round_trip ("tx", g_bytes_get_data (most_bytes, NULL), g_bytes_get_size (most_bytes)));
  g_assert_false (sample_round_trip ("tx", g_bytes_get_data (more_bytes, NULL), g_bytes_get_size (more_bytes)));
}

static void
test_version (void)
{
  g_test_summary ("A version that is not known is refused.");
  g_autoptr(TcTx) tx = sample_tx (1, 1, 1);

  for (guint16 version = 0; version < 4; version++)
    {
      tx->version = version;

      g_autoptr(GBytes) bytes = tc_tx_encode (tx);
      g_autoptr(TcTx) decoded = tc_tx_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

      g_assert_true ((decoded != NULL) == (version == TC_TX_VERSION));
    }
}

static void
test_survive_10 (void)
{
  g_test_summary ("A signature is good for its chain, inputs and spent amounts only (T2).");
  g_autoptr(TcSecretKey) key = sample_key (1);
  g_autoptr(TcTx) tx = sample_tx (1, 2, 2);
  g_autoptr(TcTx) other_inputs = sample_tx (2, 2, 2);
  const TcHash chain_id = sample_hash (1), other_chain = sample_hash (2);
  const TcOutput spent[] = { sample_output (700, 1), sample_output (800, 2) };
  const TcHash digest = tc_tx_digest (tx, &chain_id, spent);
  const TcSignature signature = tc_secret_key_sign (key, digest.bytes, TC_HASH_SIZE);
  TcOutput changed[5][2];
  TcHash others[7];

  for (guint i = 0; i < G_N_ELEMENTS (changed); i++)
    memcpy (changed[i], spent, sizeof spent);
  changed[0][0].amount.units++;
  changed[1][1].amount.units++;
  changed[2][1].key_hash.bytes[19] ^= 1;
  changed[3][0].lock = TC_LOCK_COLLATERAL;
  changed[4][0] = spent[1];
  changed[4][1] = spent[0];
  for (guint i = 0; i < G_N_ELEMENTS (changed); i++)
    others[i] = tc_tx_digest (tx, &chain_id, changed[i]);
  others[5] = tc_tx_digest (tx, &other_chain, spent);
  others[6] = tc_tx_digest (other_inputs, &chain_id, spent);

  g_assert_true (tc_signature_check (&signature, tc_secret_key_get_public (key), digest.bytes, TC_HASH_SIZE));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_false (tc_hash_equal (&digest, &others[i]));
      g_assert_false (tc_signature_check (&signature, tc_secret_key_get_public (key), others[i].bytes, TC_HASH_SIZE));
    }
}

static void
test_outpoints (void)
{
  g_test_summary ("Outpoints order by txid, then by index as a number; what is equal has an equal hash.");
  const TcOutpoint low = { { { 1 } }, 256 }, high = { { { 2 } }, 1 }, low_next = { { { 1 } }, 257 };
  const TcOutpoint copy = low;

  g_assert_cmpint (tc_outpoint_compare (&low, &high), <, 0);
  g_assert_cmpint (tc_outpoint_compare (&high, &low_next), >, 0);
  g_assert_cmpint (tc_outpoint_compare (&low, &low_next), <, 0);
  g_assert_cmpint (tc_outpoint_compare (&low, &copy), ==, 0);
  g_assert_true (tc_outpoint_equal (&low, &copy));
  g_assert_false (tc_outpoint_equal (&low, &low_next));
  g_assert_cmpuint (tc_outpoint_hash (&low), ==, tc_outpoint_hash (&copy));
}

static void
test_digest_many (void)
{
  g_test_summary ("Digests of many at once, of few and of many inputs in any order, are each what one alone is.");
  const TcHash chain_id = sample_hash (7);
  const TcTx *txs[41];
  const TcOutput *spent[41];
  TcOutput outputs[8];
  TcHash digests[41];

  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    outputs[i] = sample_output (1000 + i, (guint8) i);
  for (guint i = 0; i < G_N_ELEMENTS (txs); i++)
    {
      txs[i] = sample_tx (i, 1 + i * 7 % 5, 1);
      spent[i] = &outputs[i % 4];
    }
  tc_tx_digest_many (txs, spent, G_N_ELEMENTS (txs), &chain_id, digests);
  for (guint i = 0; i < G_N_ELEMENTS (txs); i++)
    {
      const TcHash alone = tc_tx_digest (txs[i], &chain_id, spent[i]);

      g_assert_cmpmem (&digests[i], sizeof alone, &alone, sizeof alone);
      tc_tx_unref ((TcTx *) txs[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/tx/round-trip", test_round_trip);
  g_test_add_func ("/core/tx/format", test_format);
  g_test_add_func ("/core/tx/txid", test_txid);
  g_test_add_func ("/core/survive-07-form", test_survive_07);
  g_test_add_func ("/core/survive-08-inputs", test_survive_08_inputs);
  g_test_add_func ("/core/survive-08-amounts", test_survive_08_amounts);
  g_test_add_func ("/core/tx/locks", test_locks);
  g_test_add_func ("/core/tx/witnesses", test_witnesses);
  g_test_add_func ("/core/tx/sizes", test_sizes);
  g_test_add_func ("/core/tx/version", test_version);
  g_test_add_func ("/core/survive-10-digest", test_survive_10);
  g_test_add_func ("/core/tx/digest-many", test_digest_many);
  g_test_add_func ("/core/tx/outpoints", test_outpoints);
  return g_test_run ();
}
