#include "registry-private.h"

#include <string.h>

#include "core/check.h"

#define ITEM_SIZE_MIN  (4u + 3u + 36u + 32u + 40u + 1u + 20u + 1u + 16u)
#define ITEMS_MAX      (1u << 20)
#define POWER_UNITS    (1000u * TC_AMOUNT_PER_TIME)

static TcRegistry *
registry_new (void)
{
  TcRegistry *self = g_new0 (TcRegistry, 1);

  self->masternodes = g_array_new (FALSE, TRUE, sizeof (TcMasternode));
  self->past_keys = g_array_new (FALSE, TRUE, sizeof (TcPastKey));
  self->by_key = g_hash_table_new_full (tc_public_key_hash, tc_public_key_equal, g_free, NULL);
  self->by_past_key = g_hash_table_new_full (tc_public_key_hash, tc_public_key_equal, NULL, g_free);
  self->by_outpoint = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, NULL);
  return self;
}

static gboolean
is_registered_free (const TcMasternode *item)
{
  return item->state == TC_MASTERNODE_REGISTERED && item->tier == TC_TIER_FREE;
}

static void
hold_key (TcRegistry *self, const TcMasternode *item)
{
  g_hash_table_insert (self->by_key, g_memdup2 (&item->operator_key, sizeof item->operator_key), GUINT_TO_POINTER (item->index + 1));
}

/* At its index, which is there. */
static void
settle (TcRegistry *self, const TcMasternode *item)
{
  g_array_index (self->masternodes, TcMasternode, item->index) = *item;
  tc_registry_edit (self, item->index)->n_past_keys = 0;
  g_hash_table_insert (self->by_outpoint, g_memdup2 (&item->outpoint, sizeof item->outpoint), GUINT_TO_POINTER (item->index + 1));
  self->n_free += is_registered_free (item);
  if (item->state != TC_MASTERNODE_RELEASED)
    hold_key (self, item);
}

static void
append (TcRegistry *self, const TcMasternode *item)
{
  TC_CHECK (item->index == self->masternodes->len);
  g_array_set_size (self->masternodes, item->index + 1);
  settle (self, item);
}

static void
append_past (TcRegistry *self, const TcPastKey *past)
{
  TcPastKey *newest = g_memdup2 (past, sizeof *past);

  g_array_append_vals (self->past_keys, past, 1);
  g_hash_table_replace (self->by_past_key, &newest->key, newest);
  tc_registry_edit (self, past->masternode)->n_past_keys++;
}

TcRegistry *
tc_registry_new_genesis (const TcGenesis *genesis)
{
  TcRegistry *self = registry_new ();
  guint32 n_collaterals = 0, n_seen = 0;

  for (guint32 i = 0; i < genesis->n_masternodes; i++)
    n_collaterals += genesis->masternodes[i].tier != TC_TIER_FREE;
  for (guint32 i = 0; i < genesis->n_masternodes; i++)
    {
      const TcGenesisMasternode *source = &genesis->masternodes[i];
      TcMasternode item = { .index = i, .tier = (guint8) source->tier };

      item.outpoint.txid = genesis->txid;
      /* A Free one has no output: it is named by a place after all outputs. */
      item.outpoint.index = source->tier == TC_TIER_FREE ? genesis->n_outputs + i : genesis->n_outputs - n_collaterals + n_seen++;
      item.operator_key = source->operator_key;
      item.owner = source->owner;
      item.payout = source->payout;
      g_strlcpy (item.host, source->host, sizeof item.host);
      append (self, &item);
    }
  return self;
}

TcRegistry *
tc_registry_copy (const TcRegistry *self)
{
  TcRegistry *copy = registry_new ();

  for (guint i = 0; i < self->masternodes->len; i++)
    append (copy, &g_array_index (self->masternodes, TcMasternode, i));
  for (guint i = 0; i < self->past_keys->len; i++)
    append_past (copy, &g_array_index (self->past_keys, TcPastKey, i));
  return copy;
}

void
tc_registry_free (TcRegistry *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->by_past_key);
  g_hash_table_unref (self->by_outpoint);
  g_array_unref (self->masternodes);
  g_array_unref (self->past_keys);
  g_free (self);
}

static void
put_masternode (GByteArray *bytes, const TcMasternode *item)
{
  tc_put_u32 (bytes, item->index);
  tc_put_u8 (bytes, item->state);
  tc_put_u8 (bytes, item->tier);
  tc_put_u8 (bytes, item->jailed != FALSE);
  tc_put_outpoint (bytes, &item->outpoint);
  tc_put_bytes (bytes, item->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  tc_put_bytes (bytes, item->owner.bytes, TC_KEY_HASH_SIZE);
  tc_put_bytes (bytes, item->payout.bytes, TC_KEY_HASH_SIZE);
  tc_put_blob (bytes, (const guint8 *) item->host, strlen (item->host));
  tc_put_u32 (bytes, item->registered_epoch);
  tc_put_u32 (bytes, item->retired_epoch);
  tc_put_u32 (bytes, item->inactive_epochs);
  tc_put_u32 (bytes, item->unattested_epochs);
  tc_put_u32 (bytes, item->signed_heights);
  tc_put_u8 (bytes, item->active != FALSE);
  tc_put_u64 (bytes, item->burnt.units);
  tc_put_u64 (bytes, item->accrued.units);
}

static void
read_host (TcReader *reader, TcMasternode *item)
{
  gsize n = tc_reader_count (reader, 1, sizeof item->host - 1);
  const guint8 *host = tc_reader_view (reader, n);

  if (host == NULL)
    return;
  if (n > 0 && memchr (host, 0, n) != NULL)
    tc_reader_fail (reader);
  memcpy (item->host, host, n);
}

static gboolean
read_flag (TcReader *reader)
{
  guint8 value = tc_reader_u8 (reader);

  if (value > 1)
    tc_reader_fail (reader);
  return value == 1;
}

static void
read_masternode (TcReader *reader, TcMasternode *item)
{
  item->index = tc_reader_u32 (reader);
  item->state = tc_reader_u8 (reader);
  item->tier = tc_reader_u8 (reader);
  item->jailed = read_flag (reader);
  item->outpoint = tc_reader_outpoint (reader);
  tc_reader_bytes (reader, item->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  tc_reader_bytes (reader, item->owner.bytes, TC_KEY_HASH_SIZE);
  tc_reader_bytes (reader, item->payout.bytes, TC_KEY_HASH_SIZE);
  read_host (reader, item);
  item->registered_epoch = tc_reader_u32 (reader);
  item->retired_epoch = tc_reader_u32 (reader);
  item->inactive_epochs = tc_reader_u32 (reader);
  item->unattested_epochs = tc_reader_u32 (reader);
  item->signed_heights = tc_reader_u32 (reader);
  item->active = read_flag (reader);
  item->burnt.units = tc_reader_u64 (reader);
  item->accrued.units = tc_reader_u64 (reader);
  if (item->state > TC_MASTERNODE_RELEASED || item->tier > TC_TIER_GOLD || item->accrued.units > TC_AMOUNT_MAX_UNITS)
    tc_reader_fail (reader);
}

void
tc_registry_put (GByteArray *bytes, const TcRegistry *self)
{
  tc_put_varint (bytes, self->masternodes->len);
  for (guint i = 0; i < self->masternodes->len; i++)
    put_masternode (bytes, &g_array_index (self->masternodes, TcMasternode, i));
  tc_put_varint (bytes, self->past_keys->len);
  for (guint i = 0; i < self->past_keys->len; i++)
    {
      const TcPastKey *past = &g_array_index (self->past_keys, TcPastKey, i);

      tc_put_bytes (bytes, past->key.bytes, TC_PUBLIC_KEY_SIZE);
      tc_put_u32 (bytes, past->masternode);
      tc_put_u32 (bytes, past->until_epoch);
    }
}

TcRegistry *
tc_registry_read (TcReader *reader)
{
  g_autoptr(TcRegistry) self = registry_new ();
  gsize n = tc_reader_count (reader, ITEM_SIZE_MIN, ITEMS_MAX);

  for (gsize i = 0; i < n; i++)
    {
      TcMasternode item = { 0 };

      read_masternode (reader, &item);
      if (item.index != i)
        tc_reader_fail (reader);
      if (reader->failed)
        return NULL;
      append (self, &item);
    }
  n = tc_reader_count (reader, TC_PUBLIC_KEY_SIZE + 8, ITEMS_MAX);
  for (gsize i = 0; i < n; i++)
    {
      TcPastKey past;

      tc_reader_bytes (reader, past.key.bytes, TC_PUBLIC_KEY_SIZE);
      past.masternode = tc_reader_u32 (reader);
      past.until_epoch = tc_reader_u32 (reader);
      if (past.masternode >= self->masternodes->len)
        tc_reader_fail (reader);
      if (reader->failed)
        return NULL;
      append_past (self, &past);
    }
  return reader->failed ? NULL : g_steal_pointer (&self);
}

gsize
tc_registry_get_n (const TcRegistry *self)
{
  return self->masternodes->len;
}

const TcMasternode *
tc_registry_get (const TcRegistry *self, gsize index)
{
  TC_CHECK (index < self->masternodes->len);
  return &g_array_index (self->masternodes, TcMasternode, index);
}

TcMasternode *
tc_registry_edit (TcRegistry *self, gsize index)
{
  TC_CHECK (index < self->masternodes->len);
  return &g_array_index (self->masternodes, TcMasternode, index);
}

const TcMasternode *
tc_registry_find_key (const TcRegistry *self, const TcPublicKey *operator_key)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, operator_key));

  return place == 0 ? NULL : tc_registry_get (self, place - 1);
}

const TcMasternode *
tc_registry_find (const TcRegistry *self, const TcOutpoint *outpoint)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_outpoint, outpoint));

  return place == 0 ? NULL : tc_registry_get (self, place - 1);
}

guint32
tc_registry_count_free (const TcRegistry *self)
{
  return self->n_free;
}

static gboolean
is_seated (const TcCommittee *committee, guint32 index)
{
  for (guint32 i = 0; i < committee->n_members; i++)
    if (committee->members[i].masternode == index)
      return TRUE;
  return FALSE;
}

gsize
tc_registry_find_vacant (const TcRegistry *self, gsize from, const TcCommittee *committee)
{
  for (gsize i = from; i < self->masternodes->len; i++)
    {
      const TcMasternode *item = tc_registry_get (self, i);

      if (item->state == TC_MASTERNODE_RELEASED && item->n_past_keys == 0 && item->accrued.units < TC_TX_DUST_UNITS
          && !is_seated (committee, item->index))
        return i;
    }
  return self->masternodes->len < ITEMS_MAX ? self->masternodes->len : G_MAXSIZE;
}

void
tc_registry_add (TcRegistry *self, const TcMasternode *item, gsize index)
{
  TcMasternode added = *item;

  added.index = (guint32) index;
  if (index == self->masternodes->len)
    {
      append (self, &added);
      return;
    }
  TC_CHECK (tc_registry_get (self, index)->state == TC_MASTERNODE_RELEASED);
  g_hash_table_remove (self->by_outpoint, &tc_registry_get (self, index)->outpoint);
  settle (self, &added);
}

const TcPastKey *
tc_registry_find_past_key (const TcRegistry *self, const TcPublicKey *key)
{
  return g_hash_table_lookup (self->by_past_key, key);
}

gboolean
tc_registry_is_key_taken (const TcRegistry *self, const TcPublicKey *key, gsize self_index)
{
  const TcMasternode *holder = tc_registry_find_key (self, key);
  const TcPastKey *past = tc_registry_find_past_key (self, key);

  return (holder != NULL && holder->index != self_index) || (past != NULL && past->masternode != self_index);
}

static void
leave_key (TcRegistry *self, const TcMasternode *item, guint32 epoch)
{
  const TcPastKey past = { item->operator_key, item->index, epoch };

  g_hash_table_remove (self->by_key, &past.key);
  append_past (self, &past);
}

void
tc_registry_set_key (TcRegistry *self, gsize index, const TcPublicKey *key, guint32 epoch)
{
  TcMasternode *item = tc_registry_edit (self, index);

  TC_CHECK (item->state != TC_MASTERNODE_RELEASED && !tc_registry_is_key_taken (self, key, index));
  if (tc_public_key_equal (&item->operator_key, key))
    return;
  leave_key (self, item, epoch);
  item->operator_key = *key;
  hold_key (self, item);
}

void
tc_registry_retire (TcRegistry *self, gsize index, guint32 epoch)
{
  TcMasternode *item = tc_registry_edit (self, index);

  TC_CHECK (item->state == TC_MASTERNODE_REGISTERED);
  item->retired_epoch = epoch;
  if (item->tier == TC_TIER_FREE)
    tc_registry_release (self, index, epoch);
  else
    item->state = TC_MASTERNODE_RETIRED;
}

void
tc_registry_release (TcRegistry *self, gsize index, guint32 epoch)
{
  TcMasternode *item = tc_registry_edit (self, index);

  TC_CHECK (item->state != TC_MASTERNODE_RELEASED);
  self->n_free -= is_registered_free (item);
  item->state = TC_MASTERNODE_RELEASED;
  leave_key (self, item, epoch);
}

guint64
tc_registry_sum_accrued (const TcRegistry *self)
{
  TcAmount sum = { 0 };

  for (gsize i = 0; i < tc_registry_get_n (self); i++)
    TC_CHECK (tc_amount_add (sum, tc_registry_get (self, i)->accrued, &sum));
  return sum.units;
}

/* Rule B4: "power = collateral / 1 000 TIME" */
guint64
tc_masternode_get_power (const TcMasternode *self)
{
  return tc_tier_collateral ((TcTier) self->tier).units / POWER_UNITS;
}

/* Rule B6: "registered with power, not retired or jailed, not inactive for 144 epochs running. A registration of epoch e counts from e +
 * 2." */
gboolean
tc_masternode_is_eligible (const TcMasternode *self, guint32 epoch, const TcParams *params)
{
  /* Only genesis can register in epoch 0, and its masternodes count at once (B9). */
  gboolean counts = self->registered_epoch == 0 || self->registered_epoch + 2 <= epoch;

  return counts && self->state == TC_MASTERNODE_REGISTERED && !self->jailed && self->inactive_epochs < params->redraw_epochs
         && tc_masternode_get_power (self) > 0;
}

void
tc_registry_prune_keys (TcRegistry *self, guint32 epoch, const TcParams *params)
{
  guint n = 0;

  for (; n < self->past_keys->len; n++)
    {
      const TcPastKey *past = &g_array_index (self->past_keys, TcPastKey, n);
      const TcPastKey *newest = tc_registry_find_past_key (self, &past->key);

      if ((guint64) past->until_epoch + params->unbonding_epochs >= epoch)
        break;
      tc_registry_edit (self, past->masternode)->n_past_keys--;
      if (newest->until_epoch == past->until_epoch)
        g_hash_table_remove (self->by_past_key, &past->key);
    }
  g_array_remove_range (self->past_keys, 0, n);
}
