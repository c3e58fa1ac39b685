#include "reward.h"

#include "core/check.h"
#include "core/masternode.h"

__extension__ typedef unsigned __int128 U128;

#define FRACTION_BITS   100u
#define LOG_MAX         1000000u
#define PER_10_MIN      G_GUINT64_CONSTANT (10000000000)  /* 100 TIME */
#define TEN_MIN_MS      600000u
#define FREE_PERCENT    8u

/* 2 atanh (a / b) = 2 (x + x^3/3 + x^5/5 + …), x = a / b <= 1/3, a <= b < 2^21: each product stays below 2^127. Truncation costs a few
 * units of 2^-100 a term, less than 2^-86 in all; no ln n with 1 < n <= 10^6 is that near to a multiple of 2^-32. */
static U128
atanh_twice (guint32 a, guint32 b)
{
  U128 power = ((U128) a << FRACTION_BITS) / b;
  U128 sum = 0;

  for (guint32 k = 1; power != 0; k += 2)
    {
      sum += power / k;
      power = power * a / b;
      power = power * a / b;
    }
  return 2 * sum;
}

guint64
tc_reward_log (guint32 n)
{
  TC_CHECK (n >= 1 && n <= LOG_MAX);
  guint32 two_to_k = 1, k = 0;

  while (two_to_k * 2 <= n)
    {
      two_to_k *= 2;
      k++;
    }
  /* ln n = k ln 2 + ln (n / 2^k);  ln 2 = 2 atanh (1/3);  ln (p / q) = 2 atanh ((p - q) / (p + q)) */
  return (guint64) ((k * atanh_twice (1, 3) + atanh_twice (n - two_to_k, n + two_to_k)) >> (FRACTION_BITS - 32));
}

/* Rule M5: "pot = floor(10^10 (2^32 + L) dt / (2^32 x 600 000))" */
guint64
tc_reward_minted (guint32 n_active, guint64 dt_ms)
{
  if (n_active == 0)
    return 0;
  TC_CHECK (dt_ms <= (guint64) 2 * G_MAXUINT32);
  U128 factor = ((U128) 1 << 32) + tc_reward_log (n_active);

  return (guint64) (PER_10_MIN * factor * dt_ms / (((U128) 1 << 32) * TEN_MIN_MS));
}

/* What each has of the pot by M5, which is nothing for who was not active and for a second Free masternode of one network (M6). */
static guint32 *
make_weights (const TcRegistry *registry, const TcRegistry *start)
{
  static const guint32 weights[] = { 100, 1000, 10000, 100000 };
  g_autoptr(GHashTable) networks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  const gsize n = tc_registry_get_n (registry);
  guint32 *result = g_new0 (guint32, n);

  for (gsize i = 0; i < n; i++)
    {
      const TcMasternode *item = tc_registry_get (registry, i);
      guint64 network;

      if (!item->active)
        continue;
      network = item->tier == TC_TIER_FREE ? tc_host_get_network (tc_registry_get (start, i)->host) : 0;
      if (item->tier != TC_TIER_FREE || g_hash_table_add (networks, g_memdup2 (&network, sizeof network)))
        result[i] = weights[item->tier];
    }
  return result;
}

guint32
tc_reward_count (const TcRegistry *registry)
{
  guint32 n = 0;

  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    n += tc_registry_get (registry, i)->active && tc_registry_get (registry, i)->tier != TC_TIER_FREE;
  return n;
}

/* Rule M5: "Free pool = floor(min(pot x Wf / W, pot x 8 / 100)); each gets floor(own pool x w / pool's weight), accrued; the rest is odd
 * units" */
guint64
tc_reward_accrue (TcRegistry *registry, const TcRegistry *start, guint64 pot_units)
{
  g_autofree guint32 *weights = make_weights (registry, start);
  U128 weight_free = 0, weight_paid = 0;
  U128 pot = pot_units;
  guint64 left = pot_units;

  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    *(tc_registry_get (registry, i)->tier == TC_TIER_FREE ? &weight_free : &weight_paid) += weights[i];
  if (weight_free + weight_paid == 0)
    return pot_units;
  U128 pool_free = MIN (pot * weight_free / (weight_free + weight_paid), pot * FREE_PERCENT / 100);
  U128 pool_paid = pot - pool_free;

  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    {
      TcMasternode *item = tc_registry_edit (registry, i);
      gboolean is_free = item->tier == TC_TIER_FREE;
      TcAmount share;

      if (weights[i] == 0)
        continue;
      share.units = (guint64) ((is_free ? pool_free : pool_paid) * weights[i] / (is_free ? weight_free : weight_paid));
      TC_CHECK (tc_amount_add (item->accrued, share, &item->accrued));
      TC_CHECK (share.units <= left);
      left -= share.units;
    }
  return left;
}

/* Rule M5: "those with index mod 144 = e mod 144" */
static gboolean
is_due (const TcMasternode *item, guint32 epoch, guint32 redraw_epochs)
{
  return item->index % redraw_epochs == epoch % redraw_epochs;
}

TcTx *
tc_reward_pay (TcRegistry *registry, guint32 epoch, guint32 height, guint32 redraw_epochs)
{
  g_autoptr(GArray) outputs = g_array_new (FALSE, FALSE, sizeof (TcOutput));

  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    {
      TcMasternode *item = tc_registry_edit (registry, i);

      if (!is_due (item, epoch, redraw_epochs) || item->accrued.units < TC_TX_DUST_UNITS)
        continue;
      TcOutput output = { item->accrued, TC_LOCK_KEY_HASH, item->payout };

      g_array_append_val (outputs, output);
      item->accrued.units = 0;
    }
  if (outputs->len == 0)
    return NULL;
  return tc_tx_new (TC_TX_KIND_REWARD, height, NULL, 0, (const TcOutput *) (gpointer) outputs->data, outputs->len, NULL, 0, NULL, 0);
}

gsize
tc_reward_n_max (const TcRegistry *registry, guint32 epoch, guint32 redraw_epochs)
{
  gsize n = 0;

  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    {
      const TcMasternode *item = tc_registry_get (registry, i);

      /* Who is released earns nothing more. */
      n += is_due (item, epoch, redraw_epochs) && (item->state != TC_MASTERNODE_RELEASED || item->accrued.units >= TC_TX_DUST_UNITS);
    }
  return n;
}
