#include "node-internal.h"

#include <glib/gi18n-lib.h>

/* Proofs that a transaction is in the chain (core/tx-proof.h), of what the store holds. */

TcTxProof *
tc_node_prove_tx (TcNode *self, const TcHash *txid, guint32 height, GError **error)
{
  g_autoptr(TcBlock) block = tc_node_read_block (self, height, error);  /* says why there is none, where blocks are missing */
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(GError) cause = NULL;

  if (block == NULL || !tc_node_begin_read (self, error))
    return NULL;
  tc_store_read_block (self->store, height, NULL, &commit, &cause);
  tc_node_end_read (self);
  if (cause != NULL)
    {
      g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_DISK, cause->message);
      return NULL;
    }
  TcTxProof *proof = commit != NULL ? tc_tx_proof_new (block, commit, txid) : NULL;

  if (proof == NULL)
    g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, _("Block %u does not hold this transaction."), height);
  return proof;
}

static gboolean
no_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  return FALSE;
}

static TcCommittee *
first_committee (const TcGenesis *genesis)
{
  const TcCoinView view = { .get_coin = no_coin };
  g_autoptr(TcLedger) ledger = tc_ledger_new_genesis (genesis, &view);

  return tc_committee_ref (tc_ledger_get_committee (ledger));
}

/* Of an epoch that the node has reached: links above that are not its own chain's yet. Returns: (nullable): NULL sets @error only where the disk failed. */
static TcCommittee *
read_committee (TcNode *self, guint32 epoch, GError **error)
{
  if (epoch == 1)
    return first_committee (self->network->genesis);

  g_autoptr(GPtrArray) links = tc_store_read_links (self->store, epoch - 1, 1, TC_LINK_SIZE_MAX, error);
  if (links == NULL || links->len == 0)
    return NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (g_ptr_array_index (links, 0), &size);
  g_autoptr(TcLink) link = tc_link_decode (data, size, NULL);

  return link != NULL && link->next->epoch == epoch ? tc_committee_ref (link->next) : NULL;
}

static gboolean
refuse (GError **error, TcNodeError code, const char *message)
{
  g_set_error_literal (error, TC_NODE_ERROR, code, message);
  return FALSE;
}

gboolean
tc_node_check_proof (TcNode *self, const TcTxProof *proof, gboolean *ret_in_chain, GError **error)
{
  const TcHash *chain_id = &self->network->genesis->chain_id;
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self);
  g_autoptr(TcCommittee) committee = NULL;
  g_autoptr(TcBlock) own = NULL;
  g_autoptr(GError) cause = NULL;

  if (!tc_hash_equal (&proof->header.chain_id, chain_id))
    return refuse (error, TC_NODE_ERROR_PROOF, _("This proof is of another network."));
  if (proof->header.epoch == 0 || proof->header.epoch > status->epoch)
    return refuse (error, TC_NODE_ERROR_NOT_FOUND,
                   _("This node has not come to the time of this proof yet. Check again when it is in step with the network."));
  if (!tc_node_begin_read (self, error))
    return FALSE;
  committee = read_committee (self, proof->header.epoch, &cause);
  if (cause == NULL)
    tc_store_read_block (self->store, proof->header.height, &own, NULL, &cause);
  tc_node_end_read (self);

  if (cause != NULL)
    return refuse (error, TC_NODE_ERROR_DISK, cause->message);
  /* Where the node has that block itself, it has the last word: keys of a committee long gone may have been stolen since. */
  if (own != NULL && !tc_hash_equal (&own->hash, &proof->hash))
    return refuse (error, TC_NODE_ERROR_PROOF, _("This proof is false: its block is not the one of the network."));
  if (committee == NULL)
    return refuse (error, TC_NODE_ERROR_NOT_FOUND, _("This node does not know who confirmed blocks at the time of this proof. Check it with another one."));
  if (!tc_tx_proof_check (proof, chain_id, committee, &TC_VERIFIER_INLINE))
    return refuse (error, TC_NODE_ERROR_PROOF, _("This proof is false: the network's masternodes did not confirm its block."));
  if (ret_in_chain != NULL)
    *ret_in_chain = own != NULL;
  return TRUE;
}
