#include <string.h>

#include "chain-fixture.h"

/* One transaction at a time against the genesis coins. */
typedef struct
{
  TcChainFixture *chain;
  TcOutpoint      from;
  TcOutput        coin;
  TcKeyHash       to;
} Setting;

static void
set_up (Setting *self, gconstpointer data)
{
  self->chain = tc_chain_fixture_new (4, NULL, 3, NULL);
  self->from = tc_chain_fixture_coin (self->chain, 0, &self->coin);
  self->to = tc_fixture_key_hash (self->chain->payers[1]);
}

static void
tear_down (Setting *self, gconstpointer data)
{
  tc_chain_fixture_free (self->chain);
}

static const char *
check (Setting *self, const TcTx *tx)
{
  return tc_tx_verdict_name (tc_ledger_check_tx (self->chain->ledger, tx, NULL, &TC_VERIFIER_INLINE, NULL));
}

/* A transfer of coin 0 with @outputs, signed by its owner. */
static TcTx *
spend_into (Setting *self, guint8 kind, guint32 valid_from, const TcOutput *outputs, gsize n)
{
  TcTxInput input = { self->from, 0 };
  g_autoptr(TcTx) bare = tc_tx_new (kind, valid_from, &input, 1, outputs, n, NULL, 0, NULL, 0);

  return tc_fixture_sign (self->chain, bare, &self->coin, self->chain->payers, 1);
}

static TcOutput
plain (Setting *self, guint64 units)
{
  return (TcOutput) { { units }, TC_LOCK_KEY_HASH, self->to };
}

static void
test_ok (Setting *self, gconstpointer data)
{
  g_test_summary ("A signed payment of a committed coin is valid, and its fee is what no output takes.");
  g_autoptr(TcTx) tx = tc_fixture_pay (self->chain, self->chain->payers[0], &self->from, &self->coin, &self->to, 12345, 1001);
  TcAmount fee;

  g_assert_cmpint (tc_ledger_check_tx (self->chain->ledger, tx, NULL, &TC_VERIFIER_INLINE, &fee), ==, TC_TX_OK);
  g_assert_cmpuint (fee.units, ==, 1001);
}

static void
test_survive_07 (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-07: no inputs, no outputs, or a reward outside a block: refused, decoded or built.");
  TcOutput output = plain (self, 5000);
  TcTxInput input = { self->from, 0 };
  g_autoptr(TcTx) no_inputs = tc_tx_new (TC_TX_KIND_TRANSFER, 0, NULL, 0, &output, 1, NULL, 0, NULL, 0);
  g_autoptr(TcTx) no_outputs = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, NULL, 0, NULL, 0, NULL, 0);
  g_autoptr(TcTx) reward = tc_tx_new (TC_TX_KIND_REWARD, 1, NULL, 0, &output, 1, NULL, 0, NULL, 0);
  TcTx *const txs[] = { no_inputs, no_outputs, reward };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GBytes) bytes = tc_tx_encode (txs[i]);
      g_autoptr(TcTx) decoded = tc_tx_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

      g_assert_cmpstr (check (self, txs[i]), ==, "kind");
      g_assert_true ((decoded == NULL) == (txs[i] != reward));
    }
}

static void
test_kinds (Setting *self, gconstpointer data)
{
  g_test_summary ("T3: kinds 1-3 without their payload are refused, and a collateral made by a payment.");
  TcOutput output = plain (self, 5000), collateral = { { 5000 }, TC_LOCK_COLLATERAL, self->to };
  g_autoptr(TcTx) locked = spend_into (self, TC_TX_KIND_TRANSFER, 0, &collateral, 1);

  for (guint8 kind = TC_TX_KIND_REGISTER; kind <= TC_TX_KIND_RETIRE; kind++)
    {
      g_autoptr(TcTx) tx = spend_into (self, kind, 0, &output, 1);

      g_assert_cmpstr (check (self, tx), ==, "payload");
    }
  g_assert_cmpstr (check (self, locked), ==, "kind");
}

static void
test_survive_08_twice (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-08: the same input twice is refused, decoded or built.");
  TcTxInput inputs[] = { { self->from, 0 }, { self->from, 0 } };
  TcOutput spent[] = { self->coin, self->coin }, output = plain (self, 2 * TC_FIXTURE_PAYER_UNITS - 2000);
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, 2, &output, 1, NULL, 0, NULL, 0);
  g_autoptr(TcTx) tx = tc_fixture_sign (self->chain, bare, spent, self->chain->payers, 1);
  g_autoptr(GBytes) bytes = tc_tx_encode (tx);

  g_assert_cmpstr (check (self, tx), ==, "missing-coin");
  g_assert_null (tc_tx_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL));
}

static void
test_survive_08_sums (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-08: sums that wrap, amounts above the maximum, more out than in: overflow.");
  const guint64 cases[][2] = {
    { TC_AMOUNT_MAX_UNITS, TC_AMOUNT_MAX_UNITS },
    { G_MAXUINT64 - 1000, 2000 },
    { TC_AMOUNT_MAX_UNITS + 1, 1000 },
    { TC_FIXTURE_PAYER_UNITS, 1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TcOutput outputs[] = { plain (self, cases[i][0]), plain (self, cases[i][1]) };
      g_autoptr(TcTx) tx = spend_into (self, TC_TX_KIND_TRANSFER, 0, outputs, 2);

      g_assert_cmpstr (check (self, tx), ==, "overflow");
    }
}

static void
test_survive_08_dust (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-08: an output below 546 units is dust; 546 is none.");
  TcOutput outputs[] = { plain (self, TC_FIXTURE_PAYER_UNITS / 2), plain (self, 545) };
  g_autoptr(TcTx) dust = spend_into (self, TC_TX_KIND_TRANSFER, 0, outputs, 2);

  g_assert_cmpstr (check (self, dust), ==, "dust");
  outputs[1].amount.units = 546;
  g_autoptr(TcTx) least = spend_into (self, TC_TX_KIND_TRANSFER, 0, outputs, 2);
  g_assert_cmpstr (check (self, least), ==, "ok");
}

static void
test_survive_10 (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-10: a signature moved to another chain, another input, another amount is bad.");
  TcOutput output = plain (self, 5000), wrong_spent = self->coin;
  TcHash other_chain = self->chain->genesis->chain_id;
  TcTxInput input = { self->from, 0 };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);
  TcWitness witness = { *tc_secret_key_get_public (self->chain->payers[0]), { { 0 } } };
  TcHash digest;

  other_chain.bytes[0] ^= 1;
  digest = tc_tx_digest (bare, &other_chain, &self->coin);
  witness.signature = tc_secret_key_sign (self->chain->payers[0], digest.bytes, TC_HASH_SIZE);
  g_autoptr(TcTx) foreign = tc_tx_new_signed (bare, &witness, 1);
  g_assert_cmpstr (check (self, foreign), ==, "bad-signature");

  wrong_spent.amount.units++;
  g_autoptr(TcTx) other_amount = tc_fixture_sign (self->chain, bare, &wrong_spent, self->chain->payers, 1);
  g_assert_cmpstr (check (self, other_amount), ==, "bad-signature");

  g_autoptr(TcTx) good = tc_fixture_sign (self->chain, bare, &self->coin, self->chain->payers, 1);
  output.amount.units++;
  g_autoptr(TcTx) more = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);
  g_autoptr(TcTx) moved = tc_tx_new_signed (more, good->witnesses, 1);
  g_assert_cmpstr (check (self, good), ==, "ok");
  g_assert_cmpstr (check (self, moved), ==, "bad-signature");

  input.outpoint.index = 1;
  g_autoptr(TcTx) elsewhere = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);
  g_autoptr(TcTx) other_input = tc_tx_new_signed (elsewhere, good->witnesses, 1);
  g_assert_cmpstr (check (self, other_input), ==, "wrong-key");
}

static void
test_missing (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-14: a coin that nobody has heard of is missing, and so is one that the chain has spent.");
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (self->chain, 0, 5000);
  TcOutpoint unknown = self->from;

  unknown.index = 99;
  g_autoptr(TcTx) stray = tc_fixture_pay (self->chain, self->chain->payers[0], &unknown, &self->coin, &self->to, 5000, 1000);
  g_assert_cmpstr (check (self, stray), ==, "missing-coin");
  g_assert_cmpstr (check (self, tx), ==, "ok");
  tc_chain_fixture_extend (self->chain, &tx, 1);
  g_assert_cmpstr (check (self, tx), ==, "missing-coin");
}

static void
test_collateral (Setting *self, gconstpointer data)
{
  g_test_summary ("A masternode's collateral is spendable by no transaction, its owner's included.");
  TcOutpoint collateral = { self->chain->genesis->txid, 3 };
  TcOutput spent = self->chain->genesis->outputs[3];
  g_autoptr(TcTx) tx = tc_fixture_pay (self->chain, self->chain->operators[0], &collateral, &spent, &self->to, 5000, 1000);

  g_assert_cmpuint (spent.lock, ==, TC_LOCK_COLLATERAL);
  g_assert_cmpstr (check (self, tx), ==, "collateral");
}

static void
test_wrong_key (Setting *self, gconstpointer data)
{
  g_test_summary ("Somebody else's key does not spend a coin, however well it signs.");
  g_autoptr(TcTx) tx = tc_fixture_pay (self->chain, self->chain->payers[1], &self->from, &self->coin, &self->to, 5000, 1000);

  g_assert_cmpstr (check (self, tx), ==, "wrong-key");
}

static void
test_not_yet (Setting *self, gconstpointer data)
{
  g_test_summary ("valid_from_height may be the next height, and no more (T5).");
  TcOutput output = plain (self, 5000);
  g_autoptr(TcTx) next = spend_into (self, TC_TX_KIND_TRANSFER, 1, &output, 1);
  g_autoptr(TcTx) later = spend_into (self, TC_TX_KIND_TRANSFER, 2, &output, 1);

  g_assert_cmpstr (check (self, next), ==, "ok");
  g_assert_cmpstr (check (self, later), ==, "not-yet");
  tc_chain_fixture_extend (self->chain, NULL, 0);
  g_assert_cmpstr (check (self, later), ==, "ok");
}

static void
test_fee (Setting *self, gconstpointer data)
{
  g_test_summary ("The fee is at least 1 000 units, and one unit a byte (T4).");
  TcOutput outputs[64];
  guint64 sum = 0;
  g_autoptr(TcTx) little = tc_fixture_pay (self->chain, self->chain->payers[0], &self->from, &self->coin, &self->to, 5000, 999);

  g_assert_cmpstr (check (self, little), ==, "fee");
  for (guint i = 0; i < 64; i++)
    sum += (outputs[i] = plain (self, 100000)).amount.units;
  gsize size_bytes = tc_tx_size_estimate (1, 64, 1, 0, 0);
  outputs[0].amount.units += TC_FIXTURE_PAYER_UNITS - sum - (size_bytes - 1);
  g_autoptr(TcTx) one_short = spend_into (self, TC_TX_KIND_TRANSFER, 0, outputs, 64);
  g_assert_cmpstr (check (self, one_short), ==, "fee");
  outputs[0].amount.units--;
  g_autoptr(TcTx) enough = spend_into (self, TC_TX_KIND_TRANSFER, 0, outputs, 64);
  g_assert_cmpuint (enough->size_bytes, ==, size_bytes);
  g_assert_cmpstr (check (self, enough), ==, "ok");
}

static void
test_size (Setting *self, gconstpointer data)
{
  g_test_summary ("A transaction is at most 100 kB (T4).");
  gsize n = TC_TX_SIZE_MAX / 29 + 1;
  g_autofree TcOutput *outputs = g_new (TcOutput, n);

  for (gsize i = 0; i < n; i++)
    outputs[i] = plain (self, 1000);
  g_autoptr(TcTx) tx = spend_into (self, TC_TX_KIND_TRANSFER, 0, outputs, n);
  g_assert_cmpstr (check (self, tx), ==, "size");
}

static void
test_witness (Setting *self, gconstpointer data)
{
  g_test_summary ("Unsigned, or signed by fewer or more keys than the body names: witness.");
  TcOutput output = plain (self, 5000), spent[2];
  TcTxInput inputs[] = { { self->from, 0 }, { tc_chain_fixture_coin (self->chain, 1, &spent[1]), 1 } };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, 2, &output, 1, NULL, 0, NULL, 0);

  spent[0] = self->coin;
  g_autoptr(TcTx) half = tc_fixture_sign (self->chain, bare, spent, self->chain->payers, 1);
  g_autoptr(TcTx) both = tc_fixture_sign (self->chain, bare, spent, self->chain->payers, 2);
  g_autoptr(TcTx) three = tc_fixture_sign (self->chain, bare, spent, self->chain->payers, 3);
  g_assert_cmpstr (check (self, bare), ==, "witness");
  g_assert_cmpstr (check (self, half), ==, "witness");
  g_assert_cmpstr (check (self, three), ==, "witness");
  g_assert_cmpstr (check (self, both), ==, "ok");
}

static gboolean
find_pending (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  const TcTx *parent = user_data;

  if (!tc_hash_equal (&outpoint->txid, &parent->txid) || outpoint->index >= parent->n_outputs)
    return FALSE;
  *ret_coin = (TcCoin) { parent->outputs[outpoint->index], 0 };
  return TRUE;
}

static void
test_pending (Setting *self, gconstpointer data)
{
  g_test_summary ("A child of a transaction that is not in the chain yet is checked against what the caller knows of it.");
  g_autoptr(TcTx) parent = tc_chain_fixture_pay (self->chain, 0, 5000000);
  TcOutpoint change = { parent->txid, 1 };
  g_autoptr(TcTx) child = tc_fixture_pay (self->chain, self->chain->payers[0], &change, &parent->outputs[1], &self->to, 600, 1000);
  TcCoinView pending = { find_pending, parent };

  g_assert_cmpstr (check (self, child), ==, "missing-coin");
  g_assert_cmpint (tc_ledger_check_tx (self->chain->ledger, child, &pending, &TC_VERIFIER_INLINE, NULL), ==, TC_TX_OK);
}

static void
test_verdict_texts (void)
{
  g_test_summary ("Every verdict has a name of its own and a sentence for people.");
  for (guint i = TC_TX_OK; i <= TC_TX_WITNESS; i++)
    {
      g_assert_true (g_str_has_suffix (tc_tx_verdict_message ((TcTxVerdict) i), "."));
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (tc_tx_verdict_name ((TcTxVerdict) i), !=, tc_tx_verdict_name ((TcTxVerdict) j));
    }
}

#define ADD(name, function) g_test_add ("/ledger/transactions/" name, Setting, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("ok", test_ok);
  ADD ("survive-07-no-inputs-no-outputs-reward", test_survive_07);
  ADD ("kinds", test_kinds);
  ADD ("survive-08-input-twice", test_survive_08_twice);
  ADD ("survive-08-sums", test_survive_08_sums);
  ADD ("survive-08-dust", test_survive_08_dust);
  ADD ("survive-10-signature-moved", test_survive_10);
  ADD ("survive-14-missing-coin", test_missing);
  ADD ("collateral", test_collateral);
  ADD ("wrong-key", test_wrong_key);
  ADD ("not-yet", test_not_yet);
  ADD ("fee", test_fee);
  ADD ("size", test_size);
  ADD ("witness", test_witness);
  ADD ("pending", test_pending);
  g_test_add_func ("/ledger/transactions/verdict-texts", test_verdict_texts);
  return g_test_run ();
}
