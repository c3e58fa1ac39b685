#include "snapshot.h"

#include <string.h>

#include "core/check.h"

#include "ledger-private.h"

#define OUTPOINT_SIZE (TC_HASH_SIZE + 4u)

/* --- the manifest --- */

/* Rule S1: "a last block's = H(UTXO root | H(epoch record))" */
gboolean
tc_snapshot_check_manifest (const TcHeader *header, GBytes *manifest)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (manifest, &size);
  TcHash utxo_root, record_hash, root;

  if (size <= TC_SNAPSHOT_BUCKETS_SIZE || tc_hash_is_zero (&header->next_committee))
    return FALSE;
  utxo_root = tc_lthash_root_of (data);
  record_hash = tc_hash_tagged (TC_TAG_EPOCH, data + TC_SNAPSHOT_BUCKETS_SIZE, size - TC_SNAPSHOT_BUCKETS_SIZE);
  root = tc_state_root (&utxo_root, &record_hash);
  return tc_hash_equal (&root, &header->state_root);
}

const guint8 *
tc_snapshot_get_bucket (GBytes *manifest, guint part)
{
  TC_CHECK (part < TC_LTHASH_BUCKETS && g_bytes_get_size (manifest) > TC_SNAPSHOT_BUCKETS_SIZE);
  return (const guint8 *) g_bytes_get_data (manifest, NULL) + part * TC_LTHASH_BUCKET_SIZE;
}

GBytes *
tc_snapshot_dup_record (GBytes *manifest)
{
  TC_CHECK (g_bytes_get_size (manifest) > TC_SNAPSHOT_BUCKETS_SIZE);
  return g_bytes_new_from_bytes (manifest, TC_SNAPSHOT_BUCKETS_SIZE, g_bytes_get_size (manifest) - TC_SNAPSHOT_BUCKETS_SIZE);
}

GBytes *
tc_snapshot_make_manifest (const guint8 *buckets, GBytes *record)
{
  const gsize size = g_bytes_get_size (record);
  GByteArray *bytes = g_byte_array_sized_new ((guint) (TC_SNAPSHOT_BUCKETS_SIZE + size));

  tc_put_bytes (bytes, buckets, TC_SNAPSHOT_BUCKETS_SIZE);
  tc_put_bytes (bytes, g_bytes_get_data (record, NULL), size);
  return g_byte_array_free_to_bytes (bytes);
}

/* --- a part's coins --- */

void
tc_snapshot_put_coin (GByteArray *bytes, const TcOutpoint *outpoint, const TcOutput *output)
{
  tc_put_outpoint (bytes, outpoint);
  tc_put_varint (bytes, output->amount.units);
  tc_put_u8 (bytes, output->lock);
  tc_put_bytes (bytes, output->key_hash.bytes, TC_KEY_HASH_SIZE);
}

void
tc_snapshot_iter_init (TcSnapshotIter *self, GBytes *bytes, guint part)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  memset (self, 0, sizeof *self);
  tc_reader_init (&self->reader, data, size);
  self->part = part;
}

gboolean
tc_snapshot_iter_next (TcSnapshotIter *self, TcOutpoint *ret_outpoint, TcCoin *ret_coin)
{
  TcReader *reader = &self->reader;
  TcCoin coin = { .height = 0 };
  const guint8 *key;
  guint32 index;

  if (reader->failed || tc_reader_left (reader) == 0)
    return FALSE;
  key = tc_reader_view (reader, OUTPOINT_SIZE);
  coin.output.amount.units = tc_reader_varint (reader);
  coin.output.lock = tc_reader_u8 (reader);
  tc_reader_bytes (reader, coin.output.key_hash.bytes, TC_KEY_HASH_SIZE);
  if (reader->failed || key[0] != self->part || (self->has_last && memcmp (self->last, key, OUTPOINT_SIZE) >= 0)
      || coin.output.amount.units > TC_AMOUNT_MAX_UNITS || coin.output.lock > TC_LOCK_COLLATERAL)
    {
      tc_reader_fail (reader);
      return FALSE;
    }
  memcpy (self->last, key, OUTPOINT_SIZE);
  self->has_last = TRUE;
  memcpy (ret_outpoint->txid.bytes, key, TC_HASH_SIZE);
  memcpy (&index, key + TC_HASH_SIZE, sizeof index);
  ret_outpoint->index = GUINT32_FROM_LE (index);
  *ret_coin = coin;
  return TRUE;
}

gboolean
tc_snapshot_iter_end (const TcSnapshotIter *self)
{
  return !self->reader.failed && tc_reader_left (&self->reader) == 0;
}

gboolean
tc_snapshot_check_part (GBytes *bytes, guint part, const guint8 *bucket, gsize *ret_n_coins)
{
  guint8 found[TC_LTHASH_BUCKET_SIZE];
  TcLtHashSum sum = { 0 };
  TcSnapshotIter iter;
  TcOutpoint outpoint;
  gsize n_coins = 0;
  TcCoin coin;

  TC_CHECK (part < TC_LTHASH_BUCKETS);
  tc_snapshot_iter_init (&iter, bytes, part);
  for (; tc_snapshot_iter_next (&iter, &outpoint, &coin); n_coins++)
    tc_lthash_sum_add (&sum, &outpoint, &coin.output);
  tc_lthash_sum_get (&sum, found);
  if (!tc_snapshot_iter_end (&iter) || memcmp (found, bucket, TC_LTHASH_BUCKET_SIZE) != 0)
    return FALSE;
  if (ret_n_coins != NULL)
    *ret_n_coins = n_coins;
  return TRUE;
}

/* --- the state at the snapshot's block --- */

GBytes *
tc_ledger_encode_record (const TcLedger *self)
{
  GByteArray *bytes = g_byte_array_new ();

  TC_CHECK (self->tip.is_last);
  tc_state_put_record (bytes, self->registry, self->committee, &self->tip.seed,
                       &(TcEpochMoney) { self->odd_units, self->minted_units, self->burnt_units }, self->tip.epoch, self->tip.time_ms);
  return g_byte_array_free_to_bytes (bytes);
}

/* As tc_state_put_record () writes it. */
static gboolean
read_record (TcLedger *self, GBytes *manifest)
{
  g_autoptr(GBytes) record = tc_snapshot_dup_record (manifest);
  gsize size;
  const guint8 *data = g_bytes_get_data (record, &size);
  TcReader reader;

  tc_reader_init (&reader, data, size);
  self->registry = tc_registry_read (&reader);
  self->committee = self->registry != NULL ? tc_committee_read (&reader) : NULL;
  self->tip.seed = tc_reader_hash (&reader);
  self->odd_units = tc_reader_u64 (&reader);
  self->minted_units = tc_reader_u64 (&reader);
  self->burnt_units = tc_reader_u64 (&reader);
  self->tip.epoch = tc_reader_u32 (&reader);
  self->tip.time_ms = tc_reader_u64 (&reader);
  return tc_reader_end (&reader, "epoch record", NULL) && self->registry != NULL && self->committee != NULL;
}

/* What the header says beside the record. */
static gboolean
fill_tip (TcLedger *self, const TcHeader *header, guint32 prev_last_height, TcCommittee *committee)
{
  const TcHash committee_hash = tc_committee_hash (committee), next_hash = tc_committee_hash (self->committee);
  TcTip *tip = &self->tip;

  if (tip->epoch != header->epoch || tip->time_ms != header->time_ms || !tc_hash_equal (&committee_hash, &header->committee)
      || !tc_hash_equal (&next_hash, &header->next_committee) || committee->epoch != header->epoch || self->committee->epoch != header->epoch + 1
      || prev_last_height >= header->height)
    return FALSE;
  tip->height = tip->epoch_start_height = header->height;
  tip->hash = tc_header_hash (header);
  tip->is_last = TRUE;
  tip->state_root = header->state_root;
  tip->epoch_start_ms = header->time_ms;
  tip->prev_epoch_start_height = prev_last_height;
  self->tip_round = header->round;
  self->tip_committee = tc_committee_ref (committee);
  return TRUE;
}

/* Rule M4: "coins + fees + odd units + accrued = supply = genesis + minted - burnt"; after a last block fees are 0. */
static gboolean
fill_money (TcLedger *self)
{
  TcAmount supply = { self->genesis_units }, left;

  if (!tc_amount_add (supply, (TcAmount) { self->minted_units }, &supply) || !tc_amount_sub (supply, (TcAmount) { self->burnt_units }, &supply)
      || !tc_amount_sub (supply, (TcAmount) { self->odd_units }, &left))
    return FALSE;
  for (gsize i = 0; i < tc_registry_get_n (self->registry); i++)
    if (!tc_amount_sub (left, tc_registry_get (self->registry, i)->accrued, &left))
      return FALSE;
  self->supply_units = supply.units;
  self->coins_units = left.units;
  return TRUE;
}

GBytes *
tc_ledger_snapshot_state (const TcGenesis *genesis, const TcHeader *header, guint32 prev_last_height, TcCommittee *committee, GBytes *manifest, GError **error)
{
  const TcCoinView no_view = { NULL, NULL };  /* no coin is looked up */
  g_autoptr(TcLedger) self = tc_ledger_alloc (genesis, &no_view);

  if (tc_hash_equal (&header->chain_id, &genesis->chain_id) && tc_snapshot_check_manifest (header, manifest) && read_record (self, manifest)
      && fill_tip (self, header, prev_last_height, committee) && fill_money (self))
    {
      self->lthash = tc_lthash_new_stored (g_bytes_get_data (manifest, NULL));
      if (tc_state_is_whole (self))
        return tc_state_encode (self);
    }
  g_set_error_literal (error, TC_CODEC_ERROR, TC_CODEC_ERROR_MALFORMED, "The snapshot does not fit the block that it is of: choose another one, or synchronise without.");
  return NULL;
}
