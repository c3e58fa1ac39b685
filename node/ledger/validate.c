#include "validate.h"

#include <string.h>

#include "core/check.h"

#include "registry-private.h"

#define FREE_FEE_UNITS (10 * TC_AMOUNT_PER_TIME)  /* M1 */

/* Witnesses are in order of first use (T2), so the body alone says how many there must be. */
static guint32
count_signers (const TcTx *tx)
{
  guint32 n = 0;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    n = MAX (n, tx->inputs[i].signer + 1u);
  return n;
}

/* T3: collateral only in output 0 of a registration, and M1: there it is the tier's, exactly. */
static TcTxVerdict
check_lock (const TcTx *tx, guint32 i, const TcMasternodePayload *payload)
{
  gboolean is_collateral = tx->kind == TC_TX_KIND_REGISTER && i == 0 && payload->tier != TC_TIER_FREE;

  if (tx->outputs[i].lock == (is_collateral ? TC_LOCK_COLLATERAL : TC_LOCK_KEY_HASH))
    return !is_collateral || tx->outputs[i].amount.units == tc_tier_collateral ((TcTier) payload->tier).units ? TC_TX_OK : TC_TX_TIER;
  return tx->kind == TC_TX_KIND_REGISTER && i == 0 ? TC_TX_TIER : TC_TX_KIND;
}

/* Rule T4: "outputs at least 546 units" */
static TcTxVerdict
check_outputs (const TcTx *tx, const TcMasternodePayload *payload)
{
  TcAmount sum = { 0 };

  for (guint32 i = 0; i < tx->n_outputs; i++)
    {
      TcTxVerdict verdict = check_lock (tx, i, payload);

      if (verdict != TC_TX_OK)
        return verdict;
      if (tx->outputs[i].amount.units < TC_TX_DUST_UNITS)
        return TC_TX_DUST;
      if (!tc_amount_add (sum, tx->outputs[i].amount, &sum))
        return TC_TX_OVERFLOW;
    }
  return TC_TX_OK;
}

/* Rule T5: "valid_from_height at most the checker's committed height + 1" */
TcTxVerdict
tc_validate_body (const TcTx *tx, guint32 next_height)
{
  TcMasternodePayload payload = { 0 };

  if (tx->kind > TC_TX_KIND_RETIRE || tx->version != TC_TX_VERSION || (tx->kind == TC_TX_KIND_TRANSFER && tx->payload_size != 0))
    return TC_TX_KIND;
  if (tx->n_inputs == 0 || tx->n_outputs == 0)
    return TC_TX_KIND;
  if (tx->kind != TC_TX_KIND_TRANSFER && !tc_masternode_payload_decode (tx->kind, tx->payload, tx->payload_size, &payload))
    return TC_TX_PAYLOAD;
  if (tx->n_witnesses == 0 || tx->n_witnesses != count_signers (tx))
    return TC_TX_WITNESS;
  if (tx->size_bytes > TC_TX_SIZE_MAX)
    return TC_TX_SIZE;
  if (tx->valid_from_height > next_height)
    return TC_TX_NOT_YET;
  return check_outputs (tx, &payload);
}

static void
read_payload (const TcTx *tx, TcMasternodePayload *ret_payload)
{
  TC_CHECK (tc_masternode_payload_decode (tx->kind, tx->payload, tx->payload_size, ret_payload));
}

static gboolean
spends_of (const TcTx *tx, const TcOutput *spent, const TcKeyHash *owner)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (tc_key_hash_equal (&spent[i].key_hash, owner))
      return TRUE;
  return FALSE;
}

static TcTxVerdict
check_registration (const TcRegistry *registry, const TcMasternodePayload *payload)
{
  if (tc_registry_is_key_taken (registry, &payload->operator_key, G_MAXSIZE))
    return TC_TX_OPERATOR_KEY;
  if (payload->tier == TC_TIER_FREE && tc_registry_count_free (registry) >= TC_FREE_MAX)
    return TC_TX_FREE_FULL;
  return TC_TX_OK;
}

static TcTxVerdict
check_new_key (const TcRegistry *registry, const TcMasternode *item, const TcPublicKey *key)
{
  if (tc_registry_is_key_taken (registry, key, item->index))
    return TC_TX_OPERATOR_KEY;
  if (!tc_public_key_equal (key, &item->operator_key) && item->n_past_keys >= TC_PAST_KEYS_MAX)
    return TC_TX_KEY_CHANGES;
  return TC_TX_OK;
}

/* Rule T5: "the registry, jail list and parameters as they stood when the epoch began". Rule M2: "name the masternode's outpoint and
 * spend an input of the owner's key hash". */
static TcTxVerdict
check_masternode (const TcTx *tx, const TcOutput *spent, const TcRegistry *registry)
{
  TcMasternodePayload payload;
  const TcMasternode *item;

  if (tx->kind == TC_TX_KIND_TRANSFER)
    return TC_TX_OK;
  read_payload (tx, &payload);
  if (tx->kind == TC_TX_KIND_REGISTER)
    return check_registration (registry, &payload);
  item = tc_registry_find (registry, &payload.masternode);
  if (item == NULL)
    return TC_TX_MASTERNODE;
  if (item->state != TC_MASTERNODE_REGISTERED || (item->jailed && tx->kind != TC_TX_KIND_RETIRE))
    return TC_TX_MASTERNODE_STATE;
  if (!spends_of (tx, spent, &item->owner))
    return TC_TX_OWNER;
  return payload.has_key ? check_new_key (registry, item, &payload.operator_key) : TC_TX_OK;
}

/* Rule T4: "kinds 0-3 pay fee = inputs - outputs >= 1 unit a byte and >= 1 000 units"; rule M1: "(Free: output 0 is plain; 10 TIME of
 * fee)". */
static guint64
get_fee_min (const TcTx *tx)
{
  TcMasternodePayload payload;

  if (tx->kind != TC_TX_KIND_REGISTER)
    return MAX (tx->size_bytes, TC_TX_FEE_MIN_UNITS);
  read_payload (tx, &payload);
  return payload.tier == TC_TIER_FREE ? FREE_FEE_UNITS : MAX (tx->size_bytes, TC_TX_FEE_MIN_UNITS);
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
  if (fee.units < get_fee_min (tx))
    return TC_TX_FEE;
  *ret_fee = fee;
  return TC_TX_OK;
}

TcTxVerdict
tc_validate_spend (const TcTx *tx, const TcOutput *spent, const TcRegistry *registry, TcAmount *ret_fee)
{
  TcAmount fee;
  TcTxVerdict verdict;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (spent[i].lock != TC_LOCK_KEY_HASH)
      return TC_TX_COLLATERAL;
  verdict = check_sums (tx, spent, &fee);
  if (verdict == TC_TX_OK)
    verdict = check_masternode (tx, spent, registry);
  if (verdict == TC_TX_OK)  /* last: a body at fault is never taken for a bad witness (T1) */
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
tc_validate_jobs (const TcTx *tx, const TcHash *digest, TcSignatureJob *jobs)
{
  for (guint32 i = 0; i < tx->n_witnesses; i++)
    jobs[i] = (TcSignatureJob) { tx->witnesses[i].key, tx->witnesses[i].signature, digest->bytes, TC_HASH_SIZE, FALSE };
}

/* Rule M1: "the operator key signs the first input's outpoint and output 0" */
gsize
tc_validate_possession (const TcTx *tx, const TcHash *chain_id, guint8 *message, TcSignatureJob *job)
{
  TcMasternodePayload payload;

  if (tx->kind == TC_TX_KIND_TRANSFER || tx->kind == TC_TX_KIND_REWARD)
    return 0;
  read_payload (tx, &payload);
  if (!payload.has_key)
    return 0;
  tc_possession_message (chain_id, &tx->inputs[0].outpoint, &tx->outputs[0], message);
  *job = (TcSignatureJob) { payload.operator_key, payload.possession, message, TC_POSSESSION_SIZE, FALSE };
  return 1;
}
