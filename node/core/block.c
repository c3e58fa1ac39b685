#include "block.h"

#include <string.h>

#include "block-private.h"
#include "check.h"

#define TX_SIZE_MIN 41u  /* no inputs, one output, empty memo, payload and witnesses */

void
tc_header_put (GByteArray *bytes, const TcHeader *self)
{
  tc_put_u16 (bytes, self->version);
  tc_put_hash (bytes, &self->chain_id);
  tc_put_u32 (bytes, self->height);
  tc_put_u32 (bytes, self->epoch);
  tc_put_u32 (bytes, self->round);
  tc_put_u64 (bytes, self->time_ms);
  tc_put_hash (bytes, &self->previous);
  tc_put_hash (bytes, &self->tx_root);
  tc_put_hash (bytes, &self->state_root);
  tc_put_hash (bytes, &self->committee);
  tc_put_hash (bytes, &self->next_committee);
  tc_put_hash (bytes, &self->commit);
  tc_put_hash (bytes, &self->evidence_root);
  tc_put_hash (bytes, &self->closes_root);
  tc_put_u32 (bytes, self->proposer);
  tc_put_bytes (bytes, self->vrf.bytes, TC_VRF_PROOF_SIZE);
}

void
tc_header_read (TcReader *reader, TcHeader *ret_header)
{
  TcHeader header;

  memset (&header, 0, sizeof header);
  header.version = tc_reader_u16 (reader);
  header.chain_id = tc_reader_hash (reader);
  header.height = tc_reader_u32 (reader);
  header.epoch = tc_reader_u32 (reader);
  header.round = tc_reader_u32 (reader);
  header.time_ms = tc_reader_u64 (reader);
  header.previous = tc_reader_hash (reader);
  header.tx_root = tc_reader_hash (reader);
  header.state_root = tc_reader_hash (reader);
  header.committee = tc_reader_hash (reader);
  header.next_committee = tc_reader_hash (reader);
  header.commit = tc_reader_hash (reader);
  header.evidence_root = tc_reader_hash (reader);
  header.closes_root = tc_reader_hash (reader);
  header.proposer = tc_reader_u32 (reader);
  tc_reader_bytes (reader, header.vrf.bytes, TC_VRF_PROOF_SIZE);
  if (header.version != TC_BLOCK_VERSION || header.proposer >= TC_COMMITTEE_MAX)
    tc_reader_fail (reader);
  if (!reader->failed)
    *ret_header = header;
}

TcHash
tc_header_hash (const TcHeader *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_sized_new (TC_HEADER_SIZE);

  tc_header_put (bytes, self);
  TC_CHECK (bytes->len == TC_HEADER_SIZE);
  return tc_hash_tagged_bytes (TC_TAG_BLOCK, bytes);
}

/* Takes over @parts and the array @txs with its references. */
static TcBlock *
block_take (const TcHeader *header, TcBlockParts *parts, TcTx **txs, gsize n_txs, const TcHash *tx_root)
{
  TcBlock *self = g_new0 (TcBlock, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->header = *header;
  self->hash = tc_header_hash (header);
  self->commit = parts->commit;
  self->n_evidence = parts->n_evidence;
  self->evidence = parts->evidence;
  self->n_closes = parts->n_closes;
  self->closes = parts->closes;
  *parts = (TcBlockParts) { 0 };
  self->txs = txs;
  self->n_txs = (guint32) n_txs;
  self->tx_root = *tx_root;
  for (gsize i = 0; i < n_txs; i++)
    self->txs_size_bytes += txs[i]->size_bytes;
  return self;
}

TcBlock *
tc_block_new_with_evidence (const TcHeader *header, TcCommit *commit, const TcEvidence *evidence, gsize n_evidence,
                            const TcClose *closes, gsize n_closes, TcTx *const *txs, gsize n_txs)
{
  TcBlockParts parts = {
    .commit = commit == NULL ? NULL : tc_commit_ref (commit),
    .n_evidence = (guint32) n_evidence,
    .evidence = tc_evidence_copy (evidence, n_evidence),
    .n_closes = (guint32) n_closes,
    .closes = g_memdup2 (closes, n_closes * sizeof *closes),
  };
  const TcHash tx_root = tc_txs_root (txs, n_txs);
  TcTx **copy = g_new (TcTx *, n_txs);

  for (gsize i = 0; i < n_txs; i++)
    copy[i] = tc_tx_ref (txs[i]);
  return block_take (header, &parts, copy, n_txs, &tx_root);
}

TcBlock *
tc_block_new (const TcHeader *header, TcCommit *commit, const TcClose *closes, gsize n_closes, TcTx *const *txs, gsize n_txs)
{
  return tc_block_new_with_evidence (header, commit, NULL, 0, closes, n_closes, txs, n_txs);
}

TcBlock *
tc_block_ref (TcBlock *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
free_txs (TcTx **txs, gsize n_txs)
{
  for (gsize i = 0; i < n_txs; i++)
    tc_tx_unref (txs[i]);
  g_free (txs);
}

void
tc_block_unref (TcBlock *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->commit, tc_commit_unref);
  tc_evidence_free (self->evidence, self->n_evidence);
  g_free (self->closes);
  free_txs (self->txs, self->n_txs);
  g_free (self);
}

void
tc_block_put (GByteArray *bytes, const TcBlock *self)
{
  tc_header_put (bytes, &self->header);
  tc_parts_put_commit (bytes, self->commit);
  tc_parts_put_lists (bytes, self->evidence, self->n_evidence, self->closes, self->n_closes);
  tc_put_varint (bytes, self->n_txs);
  for (guint32 i = 0; i < self->n_txs; i++)
    tc_tx_put (bytes, self->txs[i]);
}

GBytes *
tc_block_encode (const TcBlock *self)
{
  GByteArray *bytes = g_byte_array_sized_new ((guint) self->txs_size_bytes + 4096);

  tc_block_put (bytes, self);
  return g_byte_array_free_to_bytes (bytes);
}

/* Rule T3: "stands first in a last block (B2) and nowhere else"; rule B3: "transactions in ascending txid order". */
static gboolean
tx_is_in_place (TcTx *const *txs, gsize i)
{
  if (txs[i]->kind == TC_TX_KIND_REWARD)
    return i == 0;
  return i == 0 || txs[i - 1]->kind == TC_TX_KIND_REWARD || tc_hash_compare (&txs[i - 1]->txid, &txs[i]->txid) < 0;
}

/* Returns: (transfer full): an array with @ret_n_txs references; sets @reader failed where they are malformed or out of order. */
static TcTx **
read_txs (TcReader *reader, gsize *ret_n_txs)
{
  const gsize n = tc_reader_count (reader, TX_SIZE_MIN, TC_BLOCK_ENCODED_MAX / TX_SIZE_MIN);
  TcTx **txs = tc_tx_read_many (reader, n, ret_n_txs);

  for (gsize i = 0; i < *ret_n_txs; i++)
    if (!tx_is_in_place (txs, i))
      tc_reader_fail (reader);
  return txs;
}

TcBlock *
tc_block_read (TcReader *reader)
{
  const gsize start = reader->position;
  TcHeader header;
  TcBlockParts parts = { 0 };
  gsize n_txs;

  memset (&header, 0, sizeof header);
  tc_header_read (reader, &header);
  tc_parts_read_commit (reader, &parts);
  tc_parts_read_lists (reader, &parts);

  TcTx **txs = read_txs (reader, &n_txs);

  if (!reader->failed && reader->position - start <= TC_BLOCK_ENCODED_MAX && tc_parts_match (&parts, &header))
    {
      const TcHash tx_root = tc_txs_root (txs, n_txs);

      if (tc_hash_equal (&tx_root, &header.tx_root))
        return block_take (&header, &parts, txs, n_txs, &tx_root);
    }
  tc_reader_fail (reader);
  tc_parts_clear (&parts);
  free_txs (txs, n_txs);
  return NULL;
}

TcBlock *
tc_block_decode (const guint8 *data, gsize n, GError **error)
{
  TcReader reader;

  tc_reader_init (&reader, data, n);

  g_autoptr(TcBlock) self = tc_block_read (&reader);

  if (!tc_reader_end (&reader, "block", error))
    return NULL;
  return g_steal_pointer (&self);
}

TcHash
tc_txs_root (TcTx *const *txs, gsize n_txs)
{
  g_autofree TcHash *leaves = g_new (TcHash, n_txs);

  for (gsize i = 0; i < n_txs; i++)
    leaves[i] = txs[i]->txid;
  return tc_merkle_root (leaves, n_txs);
}
