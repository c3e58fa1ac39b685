#pragma once

#include <string.h>

#include "core/tx.h"

G_BEGIN_DECLS

/* A set of outpoints of known greatest size, for the time of one check: which outputs are spent already. */
typedef struct
{
  const TcOutpoint **slots;  /* borrowed outpoints; open addressing */
  gsize              mask;
} TcOutpointSet;

void     tc_outpoint_set_init  (TcOutpointSet *self, gsize n_max);
void     tc_outpoint_set_clear (TcOutpointSet *self);
/* @outpoint: borrowed until tc_outpoint_set_clear (). Returns: FALSE where it is in the set already. */
gboolean tc_outpoint_set_add   (TcOutpointSet *self, const TcOutpoint *outpoint);
gboolean tc_outpoint_set_has   (const TcOutpointSet *self, const TcOutpoint *outpoint);

/* txids are hashes already: their first bytes spread well enough. */
static inline gsize
tc_outpoint_mix (const TcOutpoint *outpoint)
{
  guint64 x = 0;

  for (guint i = 0; i < 8; i++)
    x |= (guint64) outpoint->txid.bytes[8 + i] << (8 * i);
  x ^= outpoint->index;
  x *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return (gsize) (x ^ (x >> 32));
}

static inline gboolean
tc_outpoint_same (const TcOutpoint *a, const TcOutpoint *b)
{
  return a->index == b->index && memcmp (a->txid.bytes, b->txid.bytes, TC_HASH_SIZE) == 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcOutpointSet, tc_outpoint_set_clear)

G_END_DECLS
