#include "tx-proof.h"

static gboolean
is_whole (const TcTxProof *self)
{
  return self->commit->height == self->header.height && tc_hash_equal (&self->commit->block_hash, &self->hash) && self->commit->n_attestations == 0
         && tc_merkle_check_path (&self->tx->txid, self->index, self->n_txs, self->path, self->n_path, &self->header.tx_root);
}

static guint32
find_tx (const TcBlock *block, const TcHash *txid)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    if (tc_hash_equal (&block->txs[i]->txid, txid))
      return i;
  return G_MAXUINT32;
}

TcTxProof *
tc_tx_proof_new (const TcBlock *block, TcCommit *commit, const TcHash *txid)
{
  const guint32 index = find_tx (block, txid);
  g_autofree TcHash *txids = g_new (TcHash, MAX (block->n_txs, 1));

  if (index == G_MAXUINT32)
    return NULL;
  for (guint32 i = 0; i < block->n_txs; i++)
    txids[i] = block->txs[i]->txid;

  g_autoptr(TcTxProof) self = g_new0 (TcTxProof, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->header = block->header;
  self->hash = block->hash;
  self->commit = commit->n_attestations == 0 ? tc_commit_ref (commit) : tc_commit_new_attested (commit, NULL, 0);
  self->index = index;
  self->n_txs = block->n_txs;
  self->n_path = tc_merkle_path (txids, block->n_txs, index, self->path);
  self->tx = tc_tx_ref (block->txs[index]);
  return is_whole (self) ? g_steal_pointer (&self) : NULL;
}

TcTxProof *
tc_tx_proof_ref (TcTxProof *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_tx_proof_unref (TcTxProof *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->commit, tc_commit_unref);
  g_clear_pointer (&self->tx, tc_tx_unref);
  g_free (self);
}

GBytes *
tc_tx_proof_encode (const TcTxProof *self)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr(GByteArray) part = g_byte_array_new ();

  tc_header_put (bytes, &self->header);
  tc_commit_put (part, self->commit);
  tc_put_blob (bytes, part->data, part->len);
  tc_put_u32 (bytes, self->index);
  tc_put_u32 (bytes, self->n_txs);
  tc_put_varint (bytes, self->n_path);
  for (gsize i = 0; i < self->n_path; i++)
    tc_put_hash (bytes, &self->path[i]);
  g_byte_array_set_size (part, 0);
  tc_tx_put (part, self->tx);
  tc_put_blob (bytes, part->data, part->len);
  return g_byte_array_free_to_bytes (bytes);
}

static const guint8 *
read_blob (TcReader *reader, gsize size_max, gsize *ret_size)
{
  *ret_size = tc_reader_count (reader, 1, size_max);
  return tc_reader_view (reader, *ret_size);
}

TcTxProof *
tc_tx_proof_decode (const guint8 *data, gsize n, GError **error)
{
  g_autoptr(TcTxProof) self = g_new0 (TcTxProof, 1);
  const guint8 *commit, *tx;
  gsize commit_size, tx_size;
  TcReader reader;

  g_atomic_ref_count_init (&self->ref_count);
  tc_reader_init (&reader, data, n);
  tc_header_read (&reader, &self->header);
  commit = read_blob (&reader, TC_TX_PROOF_SIZE_MAX, &commit_size);
  self->index = tc_reader_u32 (&reader);
  self->n_txs = tc_reader_u32 (&reader);
  self->n_path = tc_reader_count (&reader, TC_HASH_SIZE, TC_MERKLE_PATH_MAX);
  for (gsize i = 0; i < self->n_path; i++)
    self->path[i] = tc_reader_hash (&reader);
  tx = read_blob (&reader, TC_TX_SIZE_MAX, &tx_size);
  if (n > TC_TX_PROOF_SIZE_MAX)
    tc_reader_fail (&reader);
  if (!reader.failed)
    {
      self->hash = tc_header_hash (&self->header);
      self->commit = tc_commit_decode (commit, commit_size, NULL);
      self->tx = tc_tx_decode (tx, tx_size, NULL);
      if (self->commit == NULL || self->tx == NULL || !is_whole (self))
        tc_reader_fail (&reader);
    }
  return tc_reader_end (&reader, "proof", error) ? g_steal_pointer (&self) : NULL;
}

gboolean
tc_tx_proof_check (const TcTxProof *self, const TcHash *chain_id, const TcCommittee *committee, const TcVerifier *verifier)
{
  const TcHash hash = tc_committee_hash (committee);

  return tc_hash_equal (&self->header.chain_id, chain_id) && self->header.epoch == committee->epoch && tc_hash_equal (&self->header.committee, &hash)
         && tc_commit_check (self->commit, chain_id, committee, verifier);
}
