#include "core/check.h"

#include "ledger-private.h"

#include "reward.h"

/* The end of an epoch: rules M3-M6, after the last block's transactions. All of it works on a copy of the registry that the execution holds. */

void
tc_ledger_add_pending (TcLedger *self, const TcPendingKind *item)
{
  const guint8 bit = (guint8) (1u << item->kind);

  if (item->kind != TC_TX_KIND_REGISTER)
    {
      TcMasternode *masternode = tc_registry_edit (self->registry, tc_registry_find (self->registry, &item->outpoint)->index);

      if (masternode->waiting & bit)
        return;
      masternode->waiting |= bit;
    }
  g_array_append_val (self->pending, *item);
  g_array_index (self->pending, TcPendingKind, self->pending->len - 1).created_at = G_MAXSIZE;
}

/* --- collateral becomes plain where it is --- */

/* @amount: what is left of it. A coin from before the block is spent and created anew at its outpoint; where its whole content follows from the
 * masternode, nothing needs to be looked up. */
static void
unlock (TcExecution *self, const TcOutpoint *outpoint, TcTier tier, const TcKeyHash *owner, TcAmount amount, guint32 height)
{
  const TcUnlock item = { *outpoint, { tc_tier_collateral (tier), TC_LOCK_COLLATERAL, *owner }, { { amount, TC_LOCK_KEY_HASH, *owner }, height } };
  const TcFlushCoin coin = { *outpoint, item.after };

  g_array_append_val (self->unlocks, item);
  g_array_append_val (self->unlocked, coin);
}

/* A registration of this very block: its coin is not there before. */
static void
unlock_created (TcExecution *self, gsize created_at)
{
  TcFlushCoin *coin = &self->created[created_at];

  TC_CHECK (coin->coin.output.lock == TC_LOCK_COLLATERAL);
  coin->coin.output.lock = TC_LOCK_KEY_HASH;
  g_array_append_vals (self->unlocked, coin, 1);
}

static void
append_unlocks (TcExecution *self)
{
  const guint n = self->unlocks->len;

  self->spent = g_renew (TcFlushCoin, self->spent, self->n_spent + n);
  self->created = g_renew (TcFlushCoin, self->created, self->n_created + n);
  for (guint i = 0; i < n; i++)
    {
      const TcUnlock *item = &g_array_index (self->unlocks, TcUnlock, i);

      self->spent[self->n_spent++] = (TcFlushCoin) { item->outpoint, { item->before, 0 } };
      self->created[self->n_created++] = (TcFlushCoin) { item->outpoint, item->after };
    }
}

/* --- kinds 1-3 (M3) --- */

/* Rule M3: "a void registration's collateral becomes a plain output" */
static void
make_plain (TcExecution *self, const TcPendingKind *item, guint32 height)
{
  const TcTier tier = (TcTier) item->payload.tier;

  if (tier == TC_TIER_FREE)
    return;
  if (item->created_at != G_MAXSIZE)
    unlock_created (self, item->created_at);
  else
    unlock (self, &item->outpoint, tier, &item->owner, tc_tier_collateral (tier), height);
}

/* What was still owed to who had the index is too little for an output (T4): it is among the odd units. */
static void
take_over (TcExecution *self, const TcMasternode *left)
{
  TcAmount odd = { self->odd_units };

  TC_CHECK (tc_amount_add (odd, left->accrued, &odd));
  self->odd_units = odd.units;
}

/* Returns: FALSE where it is void. */
static gboolean
do_register (TcExecution *self, const TcLedger *ledger, TcRegistry *registry, const TcPendingKind *item, guint32 epoch)
{
  TcMasternode added = { .tier = item->payload.tier, .outpoint = item->outpoint, .operator_key = item->payload.operator_key,
                         .owner = item->owner, .payout = item->payload.payout, .registered_epoch = epoch };

  if (tc_registry_is_key_taken (registry, &added.operator_key, G_MAXSIZE)
      || (added.tier == TC_TIER_FREE && tc_registry_count_free (registry) >= TC_FREE_MAX))
    return FALSE;
  self->next_vacant = tc_registry_find_vacant (registry, self->next_vacant, ledger->committee);
  if (self->next_vacant == G_MAXSIZE)
    return FALSE;
  if (self->next_vacant < tc_registry_get_n (registry))
    take_over (self, tc_registry_get (registry, self->next_vacant));
  g_strlcpy (added.host, item->payload.host, sizeof added.host);
  tc_registry_add (registry, &added, self->next_vacant++);
  return TRUE;
}

static void
do_update (TcRegistry *registry, TcMasternode *masternode, const TcMasternodePayload *payload, guint32 epoch)
{
  if (masternode->jailed || (payload->has_key && tc_registry_is_key_taken (registry, &payload->operator_key, masternode->index)))
    return;
  if (payload->has_key)
    tc_registry_set_key (registry, masternode->index, &payload->operator_key, epoch);
  masternode->payout = payload->payout;
  g_strlcpy (masternode->host, payload->host, sizeof masternode->host);
}

static void
do_kind (TcExecution *self, const TcLedger *ledger, TcRegistry *registry, const TcPendingKind *item, const TcHeader *header)
{
  const guint8 bit = (guint8) (1u << item->kind);
  TcMasternode *masternode;

  if (item->kind == TC_TX_KIND_REGISTER)
    {
      if (!do_register (self, ledger, registry, item, header->epoch))
        make_plain (self, item, header->height);
      return;
    }
  masternode = tc_registry_edit (registry, tc_registry_find (registry, &item->outpoint)->index);
  if ((masternode->waiting & bit) || masternode->state != TC_MASTERNODE_REGISTERED)
    return;
  masternode->waiting |= bit;
  if (item->kind == TC_TX_KIND_UPDATE)
    do_update (registry, masternode, &item->payload, header->epoch);
  else
    tc_registry_retire (registry, masternode->index, header->epoch);
}

static void
clear_waiting (TcRegistry *registry)
{
  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    tc_registry_edit (registry, i)->waiting = 0;
}

static void
do_kinds (TcExecution *self, const TcLedger *ledger, TcRegistry *registry, const TcHeader *header)
{
  clear_waiting (registry);
  for (guint i = 0; i < ledger->pending->len; i++)
    do_kind (self, ledger, registry, &g_array_index (ledger->pending, TcPendingKind, i), header);
  for (guint i = 0; i < self->pending->len; i++)
    do_kind (self, ledger, registry, &g_array_index (self->pending, TcPendingKind, i), header);
  clear_waiting (registry);
}

/* --- releases (M4) --- */

/* Rule M4: "collateral becomes a plain output at its outpoint, less the burn, spendable from the next block" */
static void
release_due (TcExecution *self, TcRegistry *registry, const TcHeader *header, const TcParams *params)
{
  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    {
      const TcMasternode *item = tc_registry_get (registry, i);
      TcAmount left, supply;

      if (item->state != TC_MASTERNODE_RETIRED || (guint64) item->retired_epoch + params->unbonding_epochs > header->epoch)
        continue;
      TC_CHECK (tc_amount_sub (tc_tier_collateral ((TcTier) item->tier), item->burnt, &left) && left.units > 0);
      TC_CHECK (tc_amount_sub ((TcAmount) { self->supply_units }, item->burnt, &supply));
      self->supply_units = supply.units;
      self->burnt_units += item->burnt.units;  /* at most the supply there ever was */
      unlock (self, &item->outpoint, (TcTier) item->tier, &item->owner, left, header->height);
      tc_registry_release (registry, i, header->epoch);
    }
}

/* --- reward (M5) --- */

/* Among who was there when the epoch began. */
static TcTx *
share_reward (TcExecution *self, const TcLedger *ledger, TcRegistry *registry, const TcHeader *header)
{
  const TcParams *params = &ledger->genesis->params;
  guint64 dt_ms = MIN (header->time_ms - ledger->tip.epoch_start_ms, 2 * (guint64) params->epoch_length_ms);
  TcAmount minted = { tc_reward_minted (tc_reward_count (registry), dt_ms) };
  TcAmount pot = { self->fees_units }, supply = { self->supply_units };

  TC_CHECK (tc_amount_add (supply, minted, &supply) && tc_amount_add (pot, minted, &pot)
            && tc_amount_add (pot, (TcAmount) { self->odd_units }, &pot));
  self->supply_units = supply.units;
  self->minted_units += minted.units;
  self->fees_units = 0;
  self->odd_units = tc_reward_accrue (registry, ledger->registry, pot.units);
  return tc_reward_pay (registry, header->epoch, header->height, params->redraw_epochs);
}

/* Rule M3: "evidence; kinds 1-3 of the epoch in block order; activity and Free drops; releases; next committee". */
void
tc_execution_end_epoch (TcExecution *self, const TcLedger *ledger, const TcHeader *header, const TcCommit *commit, TcTx **ret_reward)
{
  const TcParams *params = &ledger->genesis->params;
  const guint32 n_heights = header->height - ledger->tip.epoch_start_height;
  TcRegistry *registry = tc_registry_copy (ledger->registry);

  tc_execution_jail (self, registry);
  do_kinds (self, ledger, registry, header);
  tc_registry_count_signers (registry, ledger->committee, commit);
  tc_registry_close_activity (registry, ledger->registry, ledger->committee, commit, n_heights, params);
  *ret_reward = share_reward (self, ledger, registry, header);
  release_due (self, registry, header, params);
  append_unlocks (self);
  tc_registry_prune_keys (registry, header->epoch, params);
  self->registry = registry;
}
