#include "validate.h"

#include <string.h>

#include "core/check.h"

/* Witnesses are in order of first use (T2), so the body alone says how many there must be. */
static guint32
count_signers (const TcTx *tx)
{
  guint32 n = 0;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    n = MAX (n, tx->inputs[i].signer + 1u);
  return n;
}

static TcTxVerdict
check_outputs (const TcTx *tx)
{
  TcAmount sum = { 0 };

  for (guint32 i = 0; i < tx->n_outputs; i++)
    {
      if (tx->outputs[i].lock != TC_LOCK_KEY_HASH)
        return TC_TX_KIND;  /* T3: collateral only in kind 1 */
      if (tx->outputs[i].amount.units < TC_TX_DUST_UNITS)
        return TC_TX_DUST;
      if (!tc_amount_add (sum, tx->outputs[i].amount, &sum))
        return TC_TX_OVERFLOW;
    }
  return TC_TX_OK;
}

TcTxVerdict
tc_validate_body (const TcTx *tx, guint32 next_height)
{
  if (tx->kind != TC_TX_KIND_TRANSFER || tx->version != TC_TX_VERSION || tx->payload_size != 0)
    return TC_TX_KIND;
  if (tx->n_inputs == 0 || tx->n_outputs == 0)
    return TC_TX_KIND;
  if (tx->n_witnesses == 0 || tx->n_witnesses != count_signers (tx))
    return TC_TX_WITNESS;
  if (tx->size_bytes > TC_TX_SIZE_MAX)
    return TC_TX_SIZE;
  if (tx->valid_from_height > next_height)
    return TC_TX_NOT_YET;
  return check_outputs (tx);
}

static TcTxVerdict
check_keys (const TcTx *tx, const TcOutput *spent)
{
  TcKeyHash hashes[256];

  TC_CHECK (tx->n_witnesses <= G_N_ELEMENTS (hashes));
  for (guint32 i = 0; i < tx->n_witnesses; i++)
    hashes[i] = tc_key_hash (&tx->witnesses[i].key);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (memcmp (hashes[tx->inputs[i].signer].bytes, spent[i].key_hash.bytes, TC_KEY_HASH_SIZE) != 0)
      return TC_TX_WRONG_KEY;
  return TC_TX_OK;
}

static TcTxVerdict
check_sums (const TcTx *tx, const TcOutput *spent, TcAmount *ret_fee)
{
  TcAmount paid_in = { 0 }, paid_out = { 0 }, fee;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (!tc_amount_add (paid_in, spent[i].amount, &paid_in))
      return TC_TX_OVERFLOW;
  for (guint32 i = 0; i < tx->n_outputs; i++)
    if (!tc_amount_add (paid_out, tx->outputs[i].amount, &paid_out))
      return TC_TX_OVERFLOW;
  if (!tc_amount_sub (paid_in, paid_out, &fee))
    return TC_TX_OVERFLOW;
  if (fee.units < MAX (tx->size_bytes, TC_TX_FEE_MIN_UNITS))  /* T4: one unit a byte */
    return TC_TX_FEE;
  *ret_fee = fee;
  return TC_TX_OK;
}

TcTxVerdict
tc_validate_spend (const TcTx *tx, const TcOutput *spent, TcAmount *ret_fee)
{
  TcAmount fee;
  TcTxVerdict verdict;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (spent[i].lock != TC_LOCK_KEY_HASH)
      return TC_TX_COLLATERAL;
  verdict = check_sums (tx, spent, &fee);
  if (verdict == TC_TX_OK)
    verdict = check_keys (tx, spent);
  if (verdict == TC_TX_OK && ret_fee != NULL)
    *ret_fee = fee;
  return verdict;
}

gboolean
tc_validate_signable (const TcTx *tx, const TcOutput *spent)
{
  const TcKeyHash *hashes[256] = { NULL };

  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcKeyHash **hash = &hashes[tx->inputs[i].signer];

      if (*hash != NULL && !tc_key_hash_equal (*hash, &spent[i].key_hash))
        return FALSE;
      *hash = &spent[i].key_hash;
    }
  return TRUE;
}

void
tc_validate_jobs (const TcTx *tx, const TcHash *chain_id, const TcOutput *spent, TcHash *digest, TcSignatureJob *jobs)
{
  *digest = tc_tx_digest (tx, chain_id, spent);
  for (guint32 i = 0; i < tx->n_witnesses; i++)
    jobs[i] = (TcSignatureJob) { tx->witnesses[i].key, tx->witnesses[i].signature, digest->bytes, TC_HASH_SIZE, FALSE };
}
