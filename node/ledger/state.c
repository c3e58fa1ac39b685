#include "core/check.h"

#include "ledger-private.h"

#define STATE_VERSION     3u
#define PENDING_SIZE_MIN  (1u + 36u + TC_KEY_HASH_SIZE + 1u + 36u)

typedef enum
{
  STATE_ERROR_DAMAGED = 0,
} StateError;

static GQuark
state_error_quark (void)
{
  return g_quark_from_static_string ("tc-ledger-state-error-quark");
}

void
tc_state_put_record (GByteArray *bytes, const TcRegistry *registry, const TcCommittee *next_committee, const TcHash *seed,
                     const TcEpochMoney *money, guint32 epoch, guint64 time_ms)
{
  tc_registry_put (bytes, registry);
  tc_committee_put (bytes, next_committee);
  tc_put_hash (bytes, seed);
  tc_put_u64 (bytes, money->odd_units);
  tc_put_u64 (bytes, money->minted_units);
  tc_put_u64 (bytes, money->burnt_units);
  tc_put_u32 (bytes, epoch);
  tc_put_u64 (bytes, time_ms);
}

TcHash
tc_state_record_hash (const TcRegistry *registry, const TcCommittee *next_committee, const TcHash *seed, const TcEpochMoney *money,
                      guint32 epoch, guint64 time_ms)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_state_put_record (bytes, registry, next_committee, seed, money, epoch, time_ms);
  return tc_hash_tagged_bytes (TC_TAG_EPOCH, bytes);
}

/* Rule S1: "a last block's = H(UTXO root | H(epoch record))" */
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

/* kind u8 | outpoint | owner 20 | payload blob */
static void
put_pending (GByteArray *bytes, const TcPendingKind *item)
{
  g_autoptr(GBytes) payload = tc_masternode_payload_encode (item->kind, &item->payload);

  tc_put_u8 (bytes, item->kind);
  tc_put_outpoint (bytes, &item->outpoint);
  tc_put_bytes (bytes, item->owner.bytes, TC_KEY_HASH_SIZE);
  tc_put_blob (bytes, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
}

static gboolean
read_pending (TcLedger *self, TcReader *reader)
{
  TcPendingKind item = { .kind = tc_reader_u8 (reader) };
  const guint8 *payload;
  gsize n;

  item.outpoint = tc_reader_outpoint (reader);
  tc_reader_bytes (reader, item.owner.bytes, TC_KEY_HASH_SIZE);
  n = tc_reader_count (reader, 1, TC_TX_PAYLOAD_MAX);
  payload = tc_reader_view (reader, n);
  if (payload == NULL || !tc_masternode_payload_decode (item.kind, payload, n, &item.payload)
      || (item.kind != TC_TX_KIND_REGISTER && tc_registry_find (self->registry, &item.outpoint) == NULL))
    return FALSE;
  tc_ledger_add_pending (self, &item);
  return TRUE;
}

/* version u32 | chain_id | tip | tip round u32 | registry | varint n, n x pending | varint n, n x accused u32 | committee | u8 has, tip's committee |
 * coins, fees, odd, supply, minted, burnt u64 | H("TimeCoin state", all before) */
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
  tc_put_varint (bytes, self->pending->len);
  for (guint i = 0; i < self->pending->len; i++)
    put_pending (bytes, &g_array_index (self->pending, TcPendingKind, i));
  tc_accused_put (bytes, self->registry);
  tc_committee_put (bytes, self->committee);
  tc_put_u8 (bytes, self->tip_committee != NULL);
  if (self->tip_committee != NULL)
    tc_committee_put (bytes, self->tip_committee);
  tc_put_u64 (bytes, self->coins_units);
  tc_put_u64 (bytes, self->fees_units);
  tc_put_u64 (bytes, self->odd_units);
  tc_put_u64 (bytes, self->supply_units);
  tc_put_u64 (bytes, self->minted_units);
  tc_put_u64 (bytes, self->burnt_units);
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
  gsize n;

  read_tip (reader, &self->tip);
  self->tip_round = tc_reader_u32 (reader);
  self->registry = tc_registry_read (reader);
  n = tc_reader_count (reader, PENDING_SIZE_MIN, G_MAXUINT32);
  for (gsize i = 0; i < n; i++)
    if (reader->failed || !read_pending (self, reader))
      {
        tc_reader_fail (reader);
        return;
      }
  if (!reader->failed)
    tc_accused_read (reader, self->registry);
  self->committee = tc_committee_read (reader);
  if (tc_reader_u8 (reader) != 0)
    self->tip_committee = tc_committee_read (reader);
  self->coins_units = tc_reader_u64 (reader);
  self->fees_units = tc_reader_u64 (reader);
  self->odd_units = tc_reader_u64 (reader);
  self->supply_units = tc_reader_u64 (reader);
  self->minted_units = tc_reader_u64 (reader);
  self->burnt_units = tc_reader_u64 (reader);
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
tc_money_adds_up (const TcLedger *self)
{
  const TcAmount supply = { self->supply_units };
  TcAmount held = { 0 }, made = { self->genesis_units };

  return tc_amount_add (held, (TcAmount) { self->coins_units }, &held) && tc_amount_add (held, (TcAmount) { self->fees_units }, &held)
         && tc_amount_add (held, (TcAmount) { self->odd_units }, &held)
         && tc_amount_add (held, (TcAmount) { tc_registry_sum_accrued (self->registry) }, &held) && held.units == supply.units
         && tc_amount_add (made, (TcAmount) { self->minted_units }, &made) && tc_amount_sub (made, (TcAmount) { self->burnt_units }, &made)
         && made.units == supply.units;
}

gboolean
tc_state_is_whole (const TcLedger *self)
{
  TcHash root = tc_lthash_get_root (self->lthash);

  if (self->tip.is_last)
    {
      TcHash record = tc_state_record_hash (self->registry, self->committee, &self->tip.seed,
                                            &(TcEpochMoney) { self->odd_units, self->minted_units, self->burnt_units }, self->tip.epoch,
                                            self->tip.time_ms);

      root = tc_state_root (&root, &record);
    }
  return tc_hash_equal (&root, &self->tip.state_root)
         && tc_money_adds_up (self);
}
