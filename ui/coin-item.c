#include "coin-item.h"

#include <glib/gi18n.h>

struct _TcCoinItem
{
  GObject             parent_instance;
  const TcWalletCoin *coin;
  gboolean            picked;
};

G_DEFINE_FINAL_TYPE (TcCoinItem, tc_coin_item, G_TYPE_OBJECT)

enum { PROP_PICKED = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
tc_coin_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, TC_COIN_ITEM (object)->picked);
}

static void
tc_coin_item_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  tc_coin_item_set_picked (TC_COIN_ITEM (object), g_value_get_boolean (value));
}

static void
tc_coin_item_class_init (TcCoinItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tc_coin_item_get_property;
  object_class->set_property = tc_coin_item_set_property;
  props[PROP_PICKED] = g_param_spec_boolean ("picked", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tc_coin_item_init (TcCoinItem *self)
{
}

TcCoinItem *
tc_coin_item_new (const TcWalletCoin *coin)
{
  TcCoinItem *self = g_object_new (TC_TYPE_COIN_ITEM, NULL);

  self->coin = coin;
  return self;
}

const TcWalletCoin *
tc_coin_item_get_coin (TcCoinItem *self)
{
  return self->coin;
}

void
tc_coin_item_set_coin (TcCoinItem *self, const TcWalletCoin *coin)
{
  self->coin = coin;
  tc_coin_item_set_picked (self, self->picked);  /* unless it cannot be any more */
}

gboolean
tc_coin_item_get_picked (TcCoinItem *self)
{
  return self->picked;
}

void
tc_coin_item_set_picked (TcCoinItem *self, gboolean picked)
{
  picked = picked && tc_coin_item_can_pick (self);
  if (picked == self->picked)
    return;
  self->picked = picked;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PICKED]);
}

gboolean
tc_coin_item_can_pick (TcCoinItem *self)
{
  return self->coin->lock == TC_LOCK_KEY_HASH && !self->coin->taken && (self->coin->spendable || self->coin->frozen);
}

const char *
tc_coin_item_state_text (TcCoinItem *self)
{
  if (self->coin->lock != TC_LOCK_KEY_HASH)
    return _("Collateral");
  if (self->coin->frozen)
    return _("Frozen");
  if (self->coin->taken)
    return _("Kept for another payment");
  if (!self->coin->spendable)
    return _("On its way");
  return self->coin->state == TC_WALLET_TX_CONFIRMED ? _("Confirmed") : _("Final");
}
