#include "genesis.h"

#include <string.h>

#include "address.h"
#include "check.h"
#include "committee.h"
#include "genesis-private.h"
#include "masternode.h"
#include "message.h"

#define OUTPUTS_MAX     50000u
#define MASTERNODES_MAX 20000u
#define ADDRESS_SIZE    64u
#define TIME_MS_MAX     G_GUINT64_CONSTANT (253402300799000)  /* the year 9999 */
#define DAY_MS          86400000u

G_DEFINE_QUARK (tc-genesis-error-quark, tc_genesis_error)

/* Rule B4: "Free 0, Bronze 1 000, Silver 10 000, Gold 100 000 TIME" */
static const struct
{
  const char *name;
  guint64     time;
} tiers[] = {
  [TC_TIER_FREE] = { "free", 0 },
  [TC_TIER_BRONZE] = { "bronze", 1000 },
  [TC_TIER_SILVER] = { "silver", 10000 },
  [TC_TIER_GOLD] = { "gold", 100000 },
};

TcAmount
tc_tier_collateral (TcTier tier)
{
  TC_CHECK ((guint) tier < G_N_ELEMENTS (tiers));
  return (TcAmount) { tiers[tier].time * TC_AMOUNT_PER_TIME };
}

const char *
tc_tier_name (TcTier tier)
{
  TC_CHECK ((guint) tier < G_N_ELEMENTS (tiers));
  return tiers[tier].name;
}

gboolean
tc_tier_parse (const char *name, TcTier *ret_tier)
{
  for (guint i = 0; i < G_N_ELEMENTS (tiers); i++)
    if (strcmp (name, tiers[i].name) == 0)
      {
        *ret_tier = (TcTier) i;
        return TRUE;
      }
  return FALSE;
}

#define FIELD(name, min, max) { #name, G_STRUCT_OFFSET (TcParams, name), min, max }

static const struct
{
  const char *name;
  gsize       offset;
  guint32     min, max;
} fields[] = {
  FIELD (block_interval_ms, 1, DAY_MS),
  FIELD (block_interval_busy_ms, 1, DAY_MS),
  FIELD (block_busy_bytes, 1, 3000000),
  FIELD (block_size_max_bytes, 1000, 3000000),
  FIELD (last_block_size_max_bytes, 1000, 3000000),  /* more would not fit one message, TC_BLOCK_ENCODED_MAX */
  FIELD (epoch_length_ms, 1, 7 * DAY_MS),
  FIELD (committee_size, 1, TC_COMMITTEE_MAX),
  FIELD (redraw_epochs, 1, 100000),
  FIELD (unbonding_epochs, 1, 100000),
  FIELD (trust_epochs, 0, 100000),
  FIELD (propose_ms, 1, DAY_MS),
  FIELD (propose_step_ms, 0, DAY_MS),
  FIELD (prevote_ms, 1, DAY_MS),
  FIELD (prevote_step_ms, 0, DAY_MS),
  FIELD (precommit_ms, 1, DAY_MS),
  FIELD (precommit_step_ms, 0, DAY_MS),
  FIELD (clock_ahead_ms, 1, DAY_MS),
  FIELD (batch_age_ms, 0, 60000),
  FIELD (batch_age_large_ms, 0, 60000),
  FIELD (batch_entries_max, 1, TC_BATCH_ENTRIES_MAX),
  FIELD (vote_ahead_bytes, 1000, 3000000),
};

G_STATIC_ASSERT (sizeof (TcParams) == G_N_ELEMENTS (fields) * sizeof (guint32));

static guint32 *
field_of (TcParams *params, gsize i)
{
  return &G_STRUCT_MEMBER (guint32, params, fields[i].offset);
}

static gboolean
check_params_together (const TcParams *params, GError **error)
{
  if (params->block_interval_busy_ms > params->block_interval_ms)
    return tc_json_fail (error, "parameters.", "block_interval_busy_ms", "is longer than block_interval_ms");
  if (params->epoch_length_ms < params->block_interval_ms)
    return tc_json_fail (error, "parameters.", "epoch_length_ms", "is shorter than block_interval_ms");
  if (params->last_block_size_max_bytes < params->block_size_max_bytes)
    return tc_json_fail (error, "parameters.", "last_block_size_max_bytes", "is less than block_size_max_bytes");
  if (params->block_busy_bytes > params->block_size_max_bytes)
    return tc_json_fail (error, "parameters.", "block_busy_bytes", "is more than block_size_max_bytes");
  /* F8: twice of it can be certified, and a last block must be able to hold that. */
  if (params->vote_ahead_bytes > params->last_block_size_max_bytes / 2)
    return tc_json_fail (error, "parameters.", "vote_ahead_bytes", "is more than half of last_block_size_max_bytes");
  return TRUE;
}

static gboolean
parse_params (TcJson *root, TcParams *params, GError **error)
{
  const char *names[G_N_ELEMENTS (fields) + 1] = { NULL };
  TcJson *object;

  *params = TC_PARAMS_DEFAULT;
  if (!json_object_object_get_ex (root, "parameters", &object))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    names[i] = fields[i].name;
  if (!tc_json_check_members (object, "parameters.", names, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      guint64 value;

      if (!tc_json_has (object, fields[i].name))
        continue;
      if (!tc_json_get_number (object, "parameters.", fields[i].name, fields[i].min, fields[i].max, &value, error))
        return FALSE;
      *field_of (params, i) = (guint32) value;
    }
  return check_params_together (params, error);
}

static gboolean
parse_address (TcJson *object, const char *where, const char *name, char digit, TcKeyHash *ret_key_hash, GError **error)
{
  const char *text;
  g_autoptr(GError) problem = NULL;

  if (!tc_json_get_string (object, where, name, ADDRESS_SIZE, &text, error))
    return FALSE;
  return tc_address_parse (text, digit, ret_key_hash, &problem) || tc_json_fail (error, where, name, "%s", problem->message);
}

static gboolean
add_amount (TcAmount *total, TcAmount amount, const char *where, const char *name, GError **error)
{
  return tc_amount_add (*total, amount, total) || tc_json_fail (error, where, name, "makes all outputs together pass the most there can be");
}

static gboolean
parse_output (TcJson *object, const char *where, char digit, TcOutput *output, TcAmount *total, GError **error)
{
  static const char *const members[] = { "address", "amount", NULL };
  g_autoptr(GError) problem = NULL;
  const char *text;

  if (!tc_json_check_members (object, where, members, error)
      || !parse_address (object, where, "address", digit, &output->key_hash, error)
      || !tc_json_get_string (object, where, "amount", 32, &text, error))
    return FALSE;
  if (!tc_amount_parse (text, &output->amount, &problem))
    return tc_json_fail (error, where, "amount", "%s", problem->message);
  if (output->amount.units < TC_TX_DUST_UNITS)
    return tc_json_fail (error, where, "amount", "is less than %u units", TC_TX_DUST_UNITS);
  return add_amount (total, output->amount, where, "amount", error);
}

gboolean
tc_genesis_read_masternode (TcJson *object, const char *where, char digit, TcGenesisMasternode *masternode, GError **error)
{
  static const char *const members[] = { "operator_key", "owner", "payout", "host", "tier", NULL };
  const char *key, *host, *tier;

  if (!tc_json_check_members (object, where, members, error)
      || !tc_json_get_string (object, where, "operator_key", 2 * TC_PUBLIC_KEY_SIZE, &key, error)
      || !parse_address (object, where, "owner", digit, &masternode->owner, error)
      || !parse_address (object, where, "payout", digit, &masternode->payout, error)
      || !tc_json_get_string (object, where, "host", TC_HOST_SIZE, &host, error)
      || !tc_json_get_string (object, where, "tier", 16, &tier, error))
    return FALSE;
  if (!tc_hex_decode (key, masternode->operator_key.bytes, TC_PUBLIC_KEY_SIZE))
    return tc_json_fail (error, where, "operator_key", "is not 64 hexadecimal digits");
  if (!tc_host_is_valid (host))
    return tc_json_fail (error, where, "host", "is not an IP address and a port, like 192.0.2.1:24000 or [2001:db8::1]:24000");
  if (!tc_tier_parse (tier, &masternode->tier))
    return tc_json_fail (error, where, "tier", "is none of free, bronze, silver, gold");
  masternode->host = g_strdup (host);
  return TRUE;
}

static gboolean
parse_outputs (TcGenesis *self, TcJson *array, gsize n, TcAmount *total, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *where = g_strdup_printf ("outputs[%" G_GSIZE_FORMAT "].", i);

      if (!parse_output (json_object_array_get_idx (array, i), where, self->address_digit, &self->outputs[i], total, error))
        return FALSE;
      self->n_outputs++;
    }
  return TRUE;
}

static gboolean
parse_masternodes (TcGenesis *self, TcJson *array, gsize n, TcAmount *total, GError **error)
{
  g_autoptr(GHashTable) keys = g_hash_table_new (tc_public_key_hash, tc_public_key_equal);
  gboolean has_power = FALSE;

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *where = g_strdup_printf ("masternodes[%" G_GSIZE_FORMAT "].", i);
      TcGenesisMasternode *masternode = &self->masternodes[i];

      self->n_masternodes++;
      if (!tc_genesis_read_masternode (json_object_array_get_idx (array, i), where, self->address_digit, masternode, error))
        return FALSE;
      if (!g_hash_table_add (keys, &masternode->operator_key))
        return tc_json_fail (error, where, "operator_key", "is that of a masternode before it");
      if (masternode->tier == TC_TIER_FREE)
        continue;

      const TcAmount collateral = tc_tier_collateral (masternode->tier);

      if (!add_amount (total, collateral, where, "tier", error))
        return FALSE;
      self->outputs[self->n_outputs++] =
        (TcOutput) { .amount = collateral, .lock = TC_LOCK_COLLATERAL, .key_hash = masternode->owner };
      has_power = TRUE;
    }
  return has_power || tc_json_fail (error, "", "masternodes", "names none with collateral, and so nobody who could make a block");
}

static gboolean
parse_root (TcGenesis *self, TcJson *root, GError **error)
{
  static const char *const members[] = { "timecoin", "name", "address_digit", "time_ms", "parameters", "outputs", "masternodes", NULL };
  TcJson *outputs, *masternodes;
  gsize n_outputs, n_masternodes;
  guint64 version;
  TcAmount total = { 0 };

  if (!tc_json_check_members (root, "", members, error)
      || !tc_json_get_number (root, "", "timecoin", 1, 1, &version, error)
      || !tc_json_get_name (root, &self->name, error)
      || !tc_json_get_digit (root, &self->address_digit, error)
      || !tc_json_get_number (root, "", "time_ms", 1, TIME_MS_MAX, &self->time_ms, error)
      || !parse_params (root, &self->params, error)
      || !tc_json_get_array (root, "", "outputs", OUTPUTS_MAX, &outputs, &n_outputs, error)
      || !tc_json_get_array (root, "", "masternodes", MASTERNODES_MAX, &masternodes, &n_masternodes, error))
    return FALSE;
  self->outputs = g_new0 (TcOutput, n_outputs + n_masternodes);
  self->masternodes = g_new0 (TcGenesisMasternode, n_masternodes);
  return parse_outputs (self, outputs, n_outputs, &total, error)
         && parse_masternodes (self, masternodes, n_masternodes, &total, error);
}

TcGenesis *
tc_genesis_parse (GBytes *json, GError **error)
{
  g_autoptr(TcJson) root = tc_json_parse (json, error);

  if (root == NULL)
    return NULL;

  g_autoptr(TcGenesis) self = g_new0 (TcGenesis, 1);
  gsize n;
  const guint8 *data = g_bytes_get_data (json, &n);

  g_atomic_ref_count_init (&self->ref_count);
  if (!parse_root (self, root, error))
    return NULL;
  self->json = g_bytes_new (data, n);
  /* Rule B9: "chain_id = H("TimeCoin chain", the genesis file's bytes)" and "its outputs' txid = H("TimeCoin genesis", chain_id)". */
  self->chain_id = tc_hash_tagged (TC_TAG_CHAIN, data, n);
  self->txid = tc_hash_tagged (TC_TAG_GENESIS, self->chain_id.bytes, TC_HASH_SIZE);
  return g_steal_pointer (&self);
}

TcGenesis *
tc_genesis_ref (TcGenesis *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_genesis_unref (TcGenesis *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint32 i = 0; i < self->n_masternodes; i++)
    g_free (self->masternodes[i].host);
  g_free (self->masternodes);
  g_free (self->outputs);
  g_free (self->name);
  g_clear_pointer (&self->json, g_bytes_unref);
  g_free (self);
}

char *
tc_params_format (const TcParams *params)
{
  GString *text = g_string_new (NULL);
  TcParams copy = *params;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    g_string_append_printf (text, "%s %u\n", fields[i].name, *field_of (&copy, i));
  return g_string_free (text, FALSE);
}

static void
print_params (GString *text, const TcParams *params)
{
  TcParams copy = *params;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    g_string_append_printf (text, "%s\n    \"%s\": %u", i > 0 ? "," : "", fields[i].name, *field_of (&copy, i));
}

static void
print_output (GString *text, const TcOutput *output, char digit)
{
  g_autofree char *address = tc_address_format (&output->key_hash, digit);
  g_autofree char *amount = tc_amount_format (output->amount);

  g_string_append_printf (text, "{ \"address\": \"%s\", \"amount\": \"%s\" }", address, amount);
}

void
tc_genesis_print_masternode (GString *text, const TcGenesisMasternode *masternode, char address_digit)
{
  g_autofree char *key = tc_hex_encode (masternode->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  g_autofree char *owner = tc_address_format (&masternode->owner, address_digit);
  g_autofree char *payout = tc_address_format (&masternode->payout, address_digit);

  g_string_append_printf (text, "{ \"operator_key\": \"%s\", \"owner\": \"%s\", \"payout\": \"%s\", \"host\": \"%s\", \"tier\": \"%s\" }", key, owner,
                          payout, masternode->host, tc_tier_name (masternode->tier));
}

/* Written here and not by json-c, whose form differs between versions: the chain id is over these bytes (rule B9). */
GBytes *
tc_genesis_write (const char *name, char address_digit, guint64 time_ms, const TcParams *params, const TcOutput *outputs,
                  gsize n_outputs, const TcGenesisMasternode *masternodes, gsize n_masternodes)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "{\n  \"timecoin\": 1,\n  \"name\": \"%s\",\n  \"address_digit\": \"%c\",\n  \"time_ms\": %" G_GUINT64_FORMAT
                          ",\n  \"parameters\": {", name, address_digit, time_ms);
  print_params (text, params);
  g_string_append (text, "\n  },\n  \"outputs\": [");
  for (gsize i = 0; i < n_outputs; i++)
    {
      TC_CHECK (outputs[i].lock == TC_LOCK_KEY_HASH);
      g_string_append (text, i > 0 ? ",\n    " : "\n    ");
      print_output (text, &outputs[i], address_digit);
    }
  g_string_append (text, "\n  ],\n  \"masternodes\": [");
  for (gsize i = 0; i < n_masternodes; i++)
    {
      g_string_append (text, i > 0 ? ",\n    " : "\n    ");
      tc_genesis_print_masternode (text, &masternodes[i], address_digit);
    }
  g_string_append (text, "\n  ]\n}\n");
  return g_string_free_to_bytes (text);
}
