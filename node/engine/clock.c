#include "engine-private.h"

/* Rule C4's other side: what other nodes' clocks say of ours. Consensus never asks here; it is for the user. */

#define OFFSET_MAX_MS   (G_GINT64_CONSTANT (1000) * 366 * 86400)
#define PEERS_MIN       2u     /* one peer's word against our own clock's tells nothing */
#define CLOCKS_MAX    256u
#define CHECK_MS     1000
#define LASTING_MS  10000      /* statuses that waited, after a suspension say, are late once */

static int
compare_offsets (gconstpointer a, gconstpointer b)
{
  const gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static guint
collect (TcEngine *self, gboolean members_only, gint64 *ret_offsets)
{
  guint n = 0;

  for (guint i = 0; i < self->peers->len && n < CLOCKS_MAX; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_clock && (!members_only || peer->member != TC_MEMBER_NONE))
        ret_offsets[n++] = peer->clock_offset_ms;
    }
  return n;
}

/* The median, of members where two or more are connected: others cost nothing to make up. Of the two in the middle the one nearer to our own. */
static gint64
find_offset (TcEngine *self)
{
  gint64 offsets[CLOCKS_MAX], low, high;
  guint n = collect (self, TRUE, offsets);

  if (n < PEERS_MIN)
    n = collect (self, FALSE, offsets);
  if (n < PEERS_MIN)
    return 0;
  qsort (offsets, n, sizeof *offsets, compare_offsets);
  low = offsets[(n - 1) / 2];
  high = offsets[n / 2];
  return ABS (low) <= ABS (high) ? low : high;
}

void
tc_engine_note_peer_clock (TcEngine *self, TcPeer *peer, guint64 wall_ms)
{
  const gint64 theirs_ms = (gint64) MIN (wall_ms, (guint64) G_MAXINT64 / 2);

  peer->has_clock = TRUE;
  peer->clock_offset_ms = CLAMP (theirs_ms - CLAMP (self->wall_ms, 0, G_MAXINT64 / 2), -OFFSET_MAX_MS, OFFSET_MAX_MS);
}

void
tc_engine_clock_tick (TcEngine *self)
{
  const gint64 allowed_ms = self->genesis->params.clock_ahead_ms / 2;
  gint64 offset_ms;

  if (self->mono_ms < self->clock_check_ms)
    return;
  self->clock_check_ms = self->mono_ms + CHECK_MS;
  offset_ms = find_offset (self);
  self->clock_offset_ms = offset_ms;
  if (ABS (offset_ms) <= allowed_ms)
    {
      self->clock_off_since_ms = G_MAXINT64;
      if (self->clock_is_off)
        tc_engine_emit (self, TC_EFFECT_CLOCK);
      self->clock_is_off = FALSE;
      return;
    }
  self->clock_off_since_ms = MIN (self->clock_off_since_ms, self->mono_ms);
  if (self->clock_is_off || self->mono_ms - self->clock_off_since_ms < LASTING_MS)
    return;
  self->clock_is_off = TRUE;
  tc_engine_emit_text (self, TC_EFFECT_CLOCK,
                       "This computer's clock is about %" G_GINT64_FORMAT " seconds %s the other nodes' clocks. Let the system set the date and time "
                       "automatically; until then this node may fall behind.",
                       (ABS (offset_ms) + 500) / 1000, offset_ms > 0 ? "behind" : "ahead of");
}
