#include "core/check.h"
#include "core/evidence.h"

#include "ledger-private.h"

/* Rule C7: whom evidence convicts, in which blocks it may stand, and what comes of it at the epoch's end. */

#define BURNT_DIVISOR  10u
#define COUNT_SIZE_MAX 3u  /* of the varint in front of a block's evidence */

/* Whose @key was in @epoch, of those whose collateral is not released. A Free one has none to lose and no word that counts: for 10 TIME
 * it could fill the blocks' room. */
static const TcMasternode *
find_culprit (const TcRegistry *registry, const TcPublicKey *key, guint32 epoch)
{
  const TcMasternode *item = tc_registry_find_key (registry, key);
  const TcPastKey *past = item == NULL ? tc_registry_find_past_key (registry, key) : NULL;

  if (past != NULL && epoch <= past->until_epoch)
    item = tc_registry_get (registry, past->masternode);
  return item != NULL && item->state != TC_MASTERNODE_RELEASED && tc_masternode_get_power (item) > 0 ? item : NULL;
}

/* Whether @tx is not in the chain: one of its inputs, which it would have spent, is there yet. */
static gboolean
is_left_out (TcLedger *self, const TcTx *tx)
{
  TcCoin coin;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (tc_coins_get (self->coins, &tx->inputs[i].outpoint, &coin))
      return TRUE;
  return FALSE;
}

static gboolean
is_recent (const TcLedger *self, guint32 epoch)
{
  const guint32 now = tc_ledger_get_next_epoch (self);

  return epoch >= 1 && epoch <= now && (guint64) epoch + self->genesis->params.unbonding_epochs >= now;
}

/* Rule C7: "Judged by operator key, present or past, within 2 016 epochs, once a masternode with power and not yet released" */
TcEvidenceVerdict
tc_ledger_judge (TcLedger *self, const TcEvidence *evidence, const TcVerifier *verifier, guint32 *ret_masternode)
{
  const TcMasternode *culprit;
  g_autoptr(TcTx) omitted = NULL;
  guint32 epoch;

  if (!tc_evidence_check (evidence, &self->genesis->chain_id, NULL, &epoch, &omitted))
    return TC_EVIDENCE_BAD;
  culprit = find_culprit (self->registry, &evidence->operator_key, epoch);
  if (culprit == NULL || culprit->jailed || culprit->accused || !is_recent (self, epoch) || (omitted != NULL && !is_left_out (self, omitted)))
    return TC_EVIDENCE_MOOT;
  /* Signatures last: who floods us with what concerns nobody shall not cost us any. */
  g_clear_pointer (&omitted, tc_tx_unref);
  if (verifier != NULL && !tc_evidence_check (evidence, &self->genesis->chain_id, verifier, &epoch, &omitted))
    return TC_EVIDENCE_BAD;
  *ret_masternode = culprit->index;
  return TC_EVIDENCE_HOLDS;
}

static gboolean
is_accused (const TcExecution *self, guint32 masternode)
{
  for (guint i = 0; i < self->accused->len; i++)
    if (g_array_index (self->accused, guint32, i) == masternode)
      return TRUE;
  return FALSE;
}

TcBlockVerdict
tc_execution_judge (TcExecution *self, TcLedger *ledger, const TcEvidence *evidence, gsize n_evidence, const TcVerifier *verifier)
{
  gsize size_bytes = COUNT_SIZE_MAX;
  TcHash previous = TC_HASH_ZERO;

  for (gsize i = 0; i < n_evidence; i++)
    {
      const TcHash hash = tc_evidence_hash (&evidence[i]);
      guint32 masternode;

      size_bytes += tc_evidence_get_size (&evidence[i]);
      if (size_bytes > TC_EVIDENCE_SIZE_MAX || (i > 0 && tc_hash_compare (&previous, &hash) >= 0)
          || tc_ledger_judge (ledger, &evidence[i], verifier, &masternode) != TC_EVIDENCE_HOLDS || is_accused (self, masternode))
        return TC_BLOCK_BAD_EVIDENCE;
      g_array_append_val (self->accused, masternode);
      previous = hash;
    }
  return TC_BLOCK_OK;
}

static int
compare_evidence (gconstpointer a, gconstpointer b)
{
  const TcHash hash_a = tc_evidence_hash (a), hash_b = tc_evidence_hash (b);

  return tc_hash_compare (&hash_a, &hash_b);
}

GArray *
tc_execution_choose_evidence (TcExecution *self, TcLedger *ledger, const TcEvidence *evidence, gsize n_evidence)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (TcEvidence));
  gsize size_bytes = COUNT_SIZE_MAX;

  for (gsize i = 0; i < n_evidence; i++)
    {
      const gsize item_bytes = tc_evidence_get_size (&evidence[i]);
      guint32 masternode;

      if (size_bytes + item_bytes > TC_EVIDENCE_SIZE_MAX || tc_ledger_judge (ledger, &evidence[i], NULL, &masternode) != TC_EVIDENCE_HOLDS
          || is_accused (self, masternode))
        continue;
      size_bytes += item_bytes;
      g_array_append_val (self->accused, masternode);
      g_array_append_vals (chosen, &evidence[i], 1);
    }
  g_array_sort (chosen, compare_evidence);
  return chosen;
}

void
tc_ledger_add_accused (TcLedger *self, const GArray *accused)
{
  for (guint i = 0; i < accused->len; i++)
    tc_registry_edit (self->registry, g_array_index (accused, guint32, i))->accused = TRUE;
}

/* Rule M3, first. Rule C7: "from the epoch's end (M3) it is jailed for good"; "10 % of its collateral burnt on release". */
void
tc_execution_jail (TcExecution *self, TcRegistry *registry)
{
  for (guint i = 0; i < self->accused->len; i++)
    tc_registry_edit (registry, g_array_index (self->accused, guint32, i))->accused = TRUE;
  for (guint32 i = 0; i < tc_registry_get_n (registry); i++)
    {
      TcMasternode *item = tc_registry_edit (registry, i);

      if (!item->accused)
        continue;
      TC_CHECK (!item->jailed);
      item->accused = FALSE;
      item->jailed = TRUE;
      item->burnt.units = tc_tier_collateral ((TcTier) item->tier).units / BURNT_DIVISOR;
      g_array_append_val (self->jailed, i);
    }
}

const guint32 *
tc_execution_get_jailed (const TcExecution *self, gsize *ret_n)
{
  *ret_n = self->jailed->len;
  return (const guint32 *) (gpointer) self->jailed->data;
}

void
tc_accused_put (GByteArray *bytes, const TcRegistry *registry)
{
  guint32 n = 0;

  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    n += tc_registry_get (registry, i)->accused != FALSE;
  tc_put_varint (bytes, n);
  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    if (tc_registry_get (registry, i)->accused)
      tc_put_u32 (bytes, (guint32) i);
}

void
tc_accused_read (TcReader *reader, TcRegistry *registry)
{
  const gsize n = tc_reader_count (reader, 4, G_MAXUINT32);

  for (gsize i = 0; i < n; i++)
    {
      const guint32 index = tc_reader_u32 (reader);

      if (reader->failed || index >= tc_registry_get_n (registry))
        {
          tc_reader_fail (reader);
          return;
        }
      tc_registry_edit (registry, index)->accused = TRUE;
    }
}
