#include "engine-private.h"

#include <string.h>

#include "core/check.h"

/* Rule S4: "where the newest block that a node knows to be good (its tip, or a proven link's) is more than `trust_epochs` epochs old by its clock, it applies no block, and links
 * count only once they lead to a trusted last block (a checkpoint, or the user's) that is younger." Who had a seat longer ago than that may have its collateral back, and sell its key: a quorum of such
 * keys makes any chain. Where no trusted block is ahead, the node asks for one, and says what its peers offer. */

#define TRUSTED_MAX    2000u   /* checkpoints of a network file, and the user's */
#define STUCK_MAX        8u    /* times that links led nowhere, before the user is asked once more */
#define OFFER_MS      30000    /* between two looks at what a peer's newest link is */
#define NEW_OFFER_MS   1000    /* the same where it has another epoch since */

void
tc_engine_trust_init (TcEngine *self, const TcCheckpoint *blocks, gsize n_blocks)
{
  TC_CHECK (n_blocks <= TRUSTED_MAX);
  for (gsize i = 0; i < n_blocks; i++)
    {
      const TcTrusted item = { blocks[i], FALSE };

      g_array_append_val (self->links.trusted, item);
    }
}

static const TcTrusted *
get_trusted (const TcEngine *self, guint i)
{
  return &g_array_index (self->links.trusted, TcTrusted, i);
}

gboolean
tc_engine_is_trusted (const TcEngine *self, guint32 height, const TcHash *hash)
{
  for (guint i = 0; i < self->links.trusted->len; i++)
    if (get_trusted (self, i)->block.height == height && tc_hash_equal (&get_trusted (self, i)->block.hash, hash))
      return TRUE;
  return FALSE;
}

gboolean
tc_engine_is_distrusted (const TcEngine *self, guint32 height, const TcHash *hash)
{
  for (guint i = 0; i < self->links.trusted->len; i++)
    if (get_trusted (self, i)->block.height == height && !tc_hash_equal (&get_trusted (self, i)->block.hash, hash))
      return TRUE;
  return FALSE;
}

static gboolean
is_recent (const TcEngine *self, guint64 time_ms)
{
  const TcParams *params = &self->genesis->params;

  return self->wall_ms - (gint64) time_ms <= (gint64) params->trust_epochs * params->epoch_length_ms;
}

/* Rule S4: "A member of the committee after its tip goes on by itself where nobody says to be more than an epoch ahead": or nobody would, once all had stopped for long. */
static gboolean
may_go_on (const TcEngine *self)
{
  if (self->self == TC_MEMBER_NONE)
    return FALSE;
  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_status && peer->links_epoch > self->committee->epoch + 1)
        return FALSE;
    }
  return TRUE;
}

gboolean
tc_engine_needs_trust (TcEngine *self)
{
  guint64 time_ms;

  if (self->genesis->params.trust_epochs == 0)
    return FALSE;
  tc_engine_get_proven (self, &time_ms);
  return !is_recent (self, time_ms) && !is_recent (self, tc_ledger_get_tip (self->ledger)->time_ms) && !may_go_on (self);
}

/* The height up to which links were followed, anchored or not. */
static guint32
get_reached (TcEngine *self)
{
  const TcProvenLink *newest = tc_links_get_newest (&self->links);

  return newest != NULL ? newest->height : tc_ledger_get_tip (self->ledger)->height;
}

gboolean
tc_engine_has_target (TcEngine *self)
{
  const guint32 reached = get_reached (self);

  for (guint i = 0; i < self->links.trusted->len; i++)
    if (get_trusted (self, i)->block.height > reached)
      return TRUE;
  return FALSE;
}

static TcEffect *
emit_question (TcEngine *self)
{
  TcEffect *effect = tc_engine_emit (self, TC_EFFECT_TRUST);

  effect->asks = self->links.has_told;
  effect->height = self->links.told.height;
  effect->hash = self->links.told.hash;
  effect->time_ms = self->links.told_time_ms;
  return effect;
}

void
tc_engine_refuse_chain (TcEngine *self, guint32 height, const TcHash *hash)
{
  g_autofree char *hex = tc_hash_to_hex (hash);

  emit_question (self)->text = g_strdup_printf (
                       "A peer showed a chain whose block %u is %s, but another block of that height is a checkpoint of this network or was named as trusted. That peer was "
                       "left. If all peers show that chain, the trusted block is wrong: compare it with somebody whom you believe.", height, hex);
}

gboolean
tc_engine_trust_block (TcEngine *self, guint32 height, const TcHash *hash)
{
  TcLinks *links = &self->links;
  TcTrusted item = { { height, *hash }, TRUE };
  guint number;
  const TcProvenLink *link = tc_links_find (links, height, &number);

  if (height == 0 || (link != NULL && !tc_hash_equal (&link->hash, hash) && number < links->n_anchored))
    return FALSE;
  for (guint i = 0; i < links->trusted->len; i++)
    if (!get_trusted (self, i)->by_user && get_trusted (self, i)->block.height == height && !tc_hash_equal (&get_trusted (self, i)->block.hash, hash))
      return FALSE;
  for (guint i = 0; i < links->trusted->len; i++)
    if (get_trusted (self, i)->by_user)
      g_array_remove_index (links->trusted, i--);
  g_array_append_val (links->trusted, item);
  links->n_stuck = 0;
  for (guint i = 0; i < self->peers->len; i++)
    ((TcPeer *) g_ptr_array_index (self->peers, i))->links_after_ms = 0;  /* whoever was refused may have been right */
  if (link == NULL)
    return TRUE;
  if (tc_hash_equal (&link->hash, hash))
    links->n_anchored = MAX (links->n_anchored, number + 1);
  else
    links->doubted = TRUE;
  return TRUE;
}

/* --- the question --- */

static void
ask_for_offer (TcEngine *self, TcPeer *peer)
{
  const gint64 rest_ms = peer->links_epoch > peer->offer_of ? NEW_OFFER_MS : OFFER_MS;

  if (!peer->has_status || peer->links_epoch < 2 || (peer->offer_of != 0 && self->mono_ms - peer->offer_asked_ms < rest_ms))
    return;
  peer->offer_asked_ms = self->mono_ms;
  peer->offer_of = peer->links_epoch;
  peer->offer_epoch = peer->links_epoch - 1;
  tc_engine_send (self, peer, TC_MESSAGE_GET_EPOCHS, tc_get_epochs_encode (peer->offer_epoch, 1));
}

void
tc_engine_take_offer (TcEngine *self, TcPeer *peer, const GPtrArray *items)
{
  const TcLink *link = items->len == 1 ? g_ptr_array_index (items, 0) : NULL;

  if (link == NULL || peer->offer_epoch == 0 || link->header.epoch != peer->offer_epoch)
    return;
  peer->offer_epoch = 0;
  peer->offer = (TcCheckpoint) { link->header.height, link->hash };
  peer->offer_time_ms = link->header.time_ms;
}

static guint
count_offers (const TcEngine *self, const TcCheckpoint *offer)
{
  guint n = 0;

  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      n += peer->offer.height == offer->height && tc_hash_equal (&peer->offer.hash, &offer->hash);
    }
  return n;
}

/* What most peers offer; of those the highest. (nullable) */
static const TcPeer *
find_offer (TcEngine *self)
{
  const guint32 proven = tc_engine_get_proven (self, NULL);
  const TcPeer *best = NULL;
  guint n_best = 0;

  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);
      const guint n = count_offers (self, &peer->offer);

      if (peer->offer.height <= proven)
        continue;
      if (best == NULL || n > n_best || (n == n_best && peer->offer.height > best->offer.height))
        {
          best = peer;
          n_best = n;
        }
    }
  return best;
}

static void
tell (TcEngine *self, gboolean asks, const TcPeer *offer)
{
  TcLinks *links = &self->links;
  const TcCheckpoint block = offer != NULL ? offer->offer : (TcCheckpoint) { 0 };

  if (links->has_told == asks && links->told.height == block.height && tc_hash_equal (&links->told.hash, &block.hash))
    return;
  links->has_told = asks;
  links->told = block;
  links->told_time_ms = offer != NULL ? offer->offer_time_ms : 0;
  emit_question (self);
}

/* A block that is named may be one that the network never had: then no peer leads there. */
static gboolean
is_without_way (TcEngine *self)
{
  gboolean heard = FALSE;

  for (guint i = 0; i < self->peers->len; i++)
    heard = heard || ((TcPeer *) g_ptr_array_index (self->peers, i))->has_status;
  return self->links.n_stuck >= STUCK_MAX || (heard && self->links.pending->len == 0 && !tc_engine_is_epochs_behind (self));
}

void
tc_engine_trust_tick (TcEngine *self)
{
  const gboolean asks = tc_engine_needs_trust (self) && (!tc_engine_has_target (self) || is_without_way (self));

  for (guint i = 0; asks && i < self->peers->len; i++)
    ask_for_offer (self, g_ptr_array_index (self->peers, i));
  tell (self, asks, asks ? find_offer (self) : NULL);
}

gint64
tc_engine_trust_deadline (TcEngine *self)
{
  return self->links.has_told && self->peers->len > 0 ? self->mono_ms + OFFER_MS : G_MAXINT64;
}
