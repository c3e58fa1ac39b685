#include "core/check.h"

#include "ledger-private.h"

#define STATE_VERSION 1u

typedef enum
{
  STATE_ERROR_DAMAGED = 0,
} StateError;

static GQuark
state_error_quark (void)
{
  return g_quark_from_static_string ("tc-ledger-state-error-quark");
}

TcHash
tc_state_record_hash (const TcRegistry *registry, const TcCommittee *next_committee, const TcHash *seed, guint64 odd_units, guint32 epoch,
                      guint64 time_ms)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_registry_put (bytes, registry);
  tc_committee_put (bytes, next_committee);
  tc_put_hash (bytes, seed);
  tc_put_u64 (bytes, odd_units);
  tc_put_u32 (bytes, epoch);
  tc_put_u64 (bytes, time_ms);
  return tc_hash_tagged_bytes (TC_TAG_EPOCH, bytes);
}

TcHash
tc_state_root (const TcHash *utxo_root, const TcHash *record_hash)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_put_hash (bytes, utxo_root);
  tc_put_hash (bytes, record_hash);
  return tc_hash_tagged_bytes (TC_TAG_STATE, bytes);
}

static void
put_tip (GByteArray *bytes, const TcTip *tip)
{
  tc_put_u32 (bytes, tip->height);
  tc_put_hash (bytes, &tip->hash);
  tc_put_u64 (bytes, tip->time_ms);
  tc_put_u32 (bytes, tip->epoch);
  tc_put_u8 (bytes, tip->is_last != FALSE);
  tc_put_hash (bytes, &tip->seed);
  tc_put_hash (bytes, &tip->state_root);
  tc_put_u64 (bytes, tip->epoch_start_ms);
  tc_put_u32 (bytes, tip->epoch_start_height);
  tc_put_u32 (bytes, tip->prev_epoch_start_height);
}

static void
read_tip (TcReader *reader, TcTip *ret_tip)
{
  ret_tip->height = tc_reader_u32 (reader);
  ret_tip->hash = tc_reader_hash (reader);
  ret_tip->time_ms = tc_reader_u64 (reader);
  ret_tip->epoch = tc_reader_u32 (reader);
  ret_tip->is_last = tc_reader_u8 (reader) != 0;
  ret_tip->seed = tc_reader_hash (reader);
  ret_tip->state_root = tc_reader_hash (reader);
  ret_tip->epoch_start_ms = tc_reader_u64 (reader);
  ret_tip->epoch_start_height = tc_reader_u32 (reader);
  ret_tip->prev_epoch_start_height = tc_reader_u32 (reader);
}

/* version u32 | chain_id | tip | tip round u32 | registry | committee | u8 has, tip's committee | coins, fees, odd, supply u64 |
 * H("TimeCoin state", all before) */
GBytes *
tc_state_encode (const TcLedger *self)
{
  GByteArray *bytes = g_byte_array_new ();
  TcHash checksum;

  tc_put_u32 (bytes, STATE_VERSION);
  tc_put_hash (bytes, &self->genesis->chain_id);
  put_tip (bytes, &self->tip);
  tc_put_u32 (bytes, self->tip_round);
  tc_registry_put (bytes, self->registry);
  tc_committee_put (bytes, self->committee);
  tc_put_u8 (bytes, self->tip_committee != NULL);
  if (self->tip_committee != NULL)
    tc_committee_put (bytes, self->tip_committee);
  tc_put_u64 (bytes, self->coins_units);
  tc_put_u64 (bytes, self->fees_units);
  tc_put_u64 (bytes, self->odd_units);
  tc_put_u64 (bytes, self->supply_units);
  checksum = tc_hash_tagged_bytes (TC_TAG_STATE, bytes);
  tc_put_hash (bytes, &checksum);
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, state_error_quark (), STATE_ERROR_DAMAGED, message);
  return FALSE;
}

static void
read_parts (TcLedger *self, TcReader *reader)
{
  read_tip (reader, &self->tip);
  self->tip_round = tc_reader_u32 (reader);
  self->registry = tc_registry_read (reader);
  self->committee = tc_committee_read (reader);
  if (tc_reader_u8 (reader) != 0)
    self->tip_committee = tc_committee_read (reader);
  self->coins_units = tc_reader_u64 (reader);
  self->fees_units = tc_reader_u64 (reader);
  self->odd_units = tc_reader_u64 (reader);
  self->supply_units = tc_reader_u64 (reader);
}

gboolean
tc_state_decode (TcLedger *self, GBytes *state, GError **error)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (state, &n);
  TcReader reader;
  TcHash chain_id, checksum;

  if (n < TC_HASH_SIZE)
    return fail (error, "The stored state is cut short: restore the data folder, or delete it and synchronise again.");
  checksum = tc_hash_tagged (TC_TAG_STATE, data, n - TC_HASH_SIZE);
  if (memcmp (checksum.bytes, data + n - TC_HASH_SIZE, TC_HASH_SIZE) != 0)
    return fail (error, "The stored state is damaged: restore the data folder, or delete it and synchronise again.");
  tc_reader_init (&reader, data, n - TC_HASH_SIZE);
  if (tc_reader_u32 (&reader) != STATE_VERSION)
    return fail (error, "The stored state is of another version of this program: use that version, or synchronise again.");
  chain_id = tc_reader_hash (&reader);
  if (!tc_hash_equal (&chain_id, &self->genesis->chain_id))
    return fail (error, "The data folder belongs to another network: choose another folder, or the network it was made for.");
  read_parts (self, &reader);
  return tc_reader_end (&reader, "stored state", error) && self->registry != NULL && self->committee != NULL;
}

gboolean
tc_money_adds_up (const TcRegistry *registry, guint64 coins_units, guint64 fees_units, guint64 odd_units, guint64 supply_units)
{
  TcAmount sum = { 0 };

  return tc_amount_add (sum, (TcAmount) { coins_units }, &sum) && tc_amount_add (sum, (TcAmount) { fees_units }, &sum)
         && tc_amount_add (sum, (TcAmount) { odd_units }, &sum)
         && tc_amount_add (sum, (TcAmount) { tc_registry_sum_accrued (registry) }, &sum) && sum.units == supply_units;
}

gboolean
tc_state_is_whole (const TcLedger *self)
{
  TcHash root = tc_lthash_get_root (self->lthash);

  if (self->tip.is_last)
    {
      TcHash record = tc_state_record_hash (self->registry, self->committee, &self->tip.seed, self->odd_units, self->tip.epoch, self->tip.time_ms);

      root = tc_state_root (&root, &record);
    }
  return tc_hash_equal (&root, &self->tip.state_root)
         && tc_money_adds_up (self->registry, self->coins_units, self->fees_units, self->odd_units, self->supply_units);
}
