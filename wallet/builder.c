#include "builder.h"

#include <string.h>

#include "core/check.h"

static int
compare_coins (gconstpointer a, gconstpointer b)
{
  return tc_outpoint_compare (&(*(TcCoin *const *) a)->outpoint, &(*(TcCoin *const *) b)->outpoint);
}

static int
compare_outputs (gconstpointer a, gconstpointer b)
{
  const TcOutput *output_a = a, *output_b = b;

  if (output_a->amount.units != output_b->amount.units)
    return output_a->amount.units < output_b->amount.units ? -1 : 1;
  return memcmp (output_a->key_hash.bytes, output_b->key_hash.bytes, TC_KEY_HASH_SIZE);
}

/* Witnesses stand in order of first use. Returns: the position of @coin's key among @signers, where it is added if it is new. */
static guint8
signer_of (GPtrArray *signers, TcCoin *coin)
{
  for (guint i = 0; i < signers->len; i++)
    {
      const TcCoin *first = g_ptr_array_index (signers, i);

      if (tc_key_path_equal (first->path, coin->path))
        return (guint8) i;
    }
  g_ptr_array_add (signers, coin);
  TC_CHECK (signers->len <= 256);
  return (guint8) (signers->len - 1);
}

/* Returns: (transfer full): one for each of @coins, ascending by outpoint. */
static TcTxInput *
make_inputs (GPtrArray *coins, const TcKeychain *keys, GPtrArray **ret_signers, TcOutput **ret_spent)
{
  g_autoptr(GPtrArray) sorted_coins = g_ptr_array_copy (coins, NULL, NULL);
  TcTxInput *inputs = g_new0 (TcTxInput, coins->len);
  g_autofree TcOutput *spent = g_new0 (TcOutput, coins->len);
  g_autoptr(GPtrArray) signers = g_ptr_array_new ();

  g_ptr_array_sort (sorted_coins, compare_coins);
  for (guint i = 0; i < sorted_coins->len; i++)
    {
      TcCoin *coin = g_ptr_array_index (sorted_coins, i);

      inputs[i] = (TcTxInput) { coin->outpoint, signer_of (signers, coin) };
      spent[i] = (TcOutput) { coin->amount, coin->lock, tc_keychain_get_hash (keys, coin->path) };
    }
  *ret_signers = g_steal_pointer (&signers);
  *ret_spent = g_steal_pointer (&spent);
  return inputs;
}

TcTx *
tc_build_transfer (GPtrArray *coins, const TcKeychain *keys, const TcOutput *outputs, gsize n_outputs, GBytes *memo,
                   GPtrArray **ret_signers, TcOutput **ret_spent)
{
  g_autofree TcTxInput *inputs = make_inputs (coins, keys, ret_signers, ret_spent);
  g_autofree TcOutput *sorted_outputs = g_memdup2 (outputs, n_outputs * sizeof *outputs);
  gsize memo_size = 0;
  const guint8 *memo_data = memo != NULL ? g_bytes_get_data (memo, &memo_size) : NULL;

  qsort (sorted_outputs, n_outputs, sizeof *sorted_outputs, compare_outputs);
  return tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, coins->len, sorted_outputs, n_outputs, memo_data, memo_size,
                    NULL, 0);
}

TcTx *
tc_build_masternode (guint8 kind, GPtrArray *coins, const TcKeychain *keys, const TcOutput *outputs, gsize n_outputs, GBytes *payload,
                     GPtrArray **ret_signers, TcOutput **ret_spent)
{
  g_autofree TcTxInput *inputs = make_inputs (coins, keys, ret_signers, ret_spent);
  gsize n;
  const guint8 *data = g_bytes_get_data (payload, &n);

  return tc_tx_new (kind, 0, inputs, coins->len, outputs, n_outputs, NULL, 0, data, n);
}

TcTx *
tc_build_signed (TcTx *unsigned_tx, const TcHash *chain_id, GPtrArray *signers, const TcOutput *spent, const TcKeychain *keys)
{
  g_autofree TcWitness *witnesses = g_new0 (TcWitness, signers->len);
  const TcHash digest = tc_tx_digest (unsigned_tx, chain_id, spent);

  for (guint i = 0; i < signers->len; i++)
    {
      const TcCoin *coin = g_ptr_array_index (signers, i);
      g_autoptr(TcSecretKey) key = tc_keychain_secret_key (keys, coin->path);

      if (key == NULL)
        return NULL;
      const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (key)), stored = tc_keychain_get_hash (keys, coin->path);
      if (!tc_key_hash_equal (&hash, &stored))
        return NULL;
      witnesses[i] = (TcWitness) { *tc_secret_key_get_public (key), tc_secret_key_sign (key, digest.bytes, TC_HASH_SIZE) };
    }
  return tc_tx_new_signed (unsigned_tx, witnesses, signers->len);
}
