#include "sync-private.h"

#define BEHIND_BY_ONE_MS  400    /* agreement usually gets there by itself */
#define PLAUSIBLE_SLACK   64u
#define AVERAGE_FIRST     20000u /* bytes of a block, before any came */
#define AVERAGE_MIN       500u
#define RATE_FIRST        1000000u  /* bytes a second, before any came */
#define PATIENCE_MIN_MS   2000   /* while the window's head is missing */
#define PATIENCE_FIRST_MS 3000   /* the same before any request was answered */
#define PATIENCE_MAX_MS   15000
#define SLEPT_MS          1000   /* without a step: what came meanwhile was not looked at */
#define LOOK_MS           500
#define SHARE_MIN         8u     /* blocks: less is not worth spreading */

/* --- whose claims count --- */

/* A height that time allows (B1); what claims more lies, or our clock is wrong. */
static guint32
plausible_height (TcEngine *self)
{
  guint64 time_ms;
  const guint32 proven = tc_engine_get_proven (self, &time_ms);
  gint64 since_ms = MAX (self->wall_ms - (gint64) time_ms, 0);
  guint64 most = (guint64) proven + (guint64) since_ms / MAX (self->genesis->params.block_interval_busy_ms, 1u) + PLAUSIBLE_SLACK;

  return (guint32) MIN (most, G_MAXUINT32 - 1);
}

guint32
tc_engine_best_height (TcEngine *self)
{
  guint32 best = tc_engine_get_proven (self, NULL), most = plausible_height (self);

  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_status && peer->height <= most)
        best = MAX (best, peer->height);
    }
  return best;
}

/* --- requests --- */

void
tc_fetch_init (TcSync *self)
{
  self->average_bytes = AVERAGE_FIRST;
  self->best_rate = RATE_FIRST;
  self->behind_since_ms = G_MAXINT64;
}

static guint
find_request (const TcSync *self, guint64 peer, guint32 height)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      const TcSyncRequest *request = &g_array_index (self->requests, TcSyncRequest, i);

      if (request->peer == peer && height >= request->from && height - request->from < request->count)
        return i;
    }
  return G_MAXUINT;
}

static guint
count_requests (const TcSync *self, guint64 peer, gsize *ret_bytes)
{
  guint n = 0;

  *ret_bytes = 0;
  for (guint i = 0; i < self->requests->len; i++)
    {
      const TcSyncRequest *request = &g_array_index (self->requests, TcSyncRequest, i);

      if (request->peer != peer)
        continue;
      n++;
      *ret_bytes += request->n_left * self->average_bytes;
    }
  return n;
}

guint
tc_fetch_count_peers (const TcSync *self)
{
  guint n = 0;

  for (guint i = 0; i < self->requests->len; i++)
    {
      gboolean before = FALSE;

      for (guint j = 0; j < i; j++)
        before = before || g_array_index (self->requests, TcSyncRequest, j).peer == g_array_index (self->requests, TcSyncRequest, i).peer;
      n += !before;
    }
  return n;
}

/* What is missing of it may be asked of another. What its peer sends of it all the same is taken, until somebody else is given up, too. */
static void
drop_request (TcSync *self, guint at)
{
  const TcSyncRequest request = g_array_index (self->requests, TcSyncRequest, at);

  for (guint32 i = 0; i < request.count; i++)
    {
      TcSyncSlot *slot = tc_sync_find_slot (self, request.from + i);

      if (slot == NULL || slot->block != NULL || slot->asked[0] != request.peer)
        continue;
      slot->asked[1] = slot->asked[0];
      slot->asked[0] = 0;
    }
  g_array_remove_index (self->requests, at);
}

void
tc_fetch_forget_peer (TcEngine *self, guint64 peer)
{
  TcSync *sync = self->sync;

  for (guint i = sync->requests->len; i-- > 0;)
    if (g_array_index (sync->requests, TcSyncRequest, i).peer == peer)
      drop_request (sync, i);
}

void
tc_fetch_fail_peer (TcEngine *self, guint64 id, guint points, const char *why)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  tc_fetch_forget_peer (self, id);
  if (peer == NULL)
    return;
  peer->n_failed++;
  peer->has_status = peer->has_status && points == 0;
  if (points > 0)
    tc_engine_punish (self, id, points, why);
}

void
tc_fetch_advance (TcEngine *self)
{
  TcSync *sync = self->sync;

  for (guint i = sync->requests->len; i-- > 0;)
    {
      const TcSyncRequest *request = &g_array_index (sync->requests, TcSyncRequest, i);

      if (request->from + (request->count - 1) < sync->first)
        g_array_remove_index (sync->requests, i);
    }
}

/* How fast a peer is, by the time between the ends of its requests. */
static void
end_request (TcEngine *self, TcPeer *peer, guint at)
{
  TcSync *sync = self->sync;
  const TcSyncRequest *request = &g_array_index (sync->requests, TcSyncRequest, at);
  const gint64 took_ms = MAX (self->mono_ms - request->sent_ms, 1);
  const guint64 rate = (guint64) request->size_bytes * 1000 / (guint64) MAX (self->mono_ms - MAX (request->sent_ms, peer->fetched_ms), 1);

  sync->request_ms = sync->request_ms == 0 ? took_ms : (3 * sync->request_ms + took_ms + 3) / 4;
  peer->fetch_rate = peer->fetch_rate == 0 ? MAX (rate, 1) : MAX ((3 * peer->fetch_rate + rate) / 4, 1);
  peer->fetched_ms = self->mono_ms;
  sync->best_rate = MAX (peer->fetch_rate, sync->best_rate - sync->best_rate / 16);
  g_array_remove_index (sync->requests, at);
}

void
tc_fetch_note_block (TcEngine *self, TcPeer *peer, TcSyncSlot *slot, guint32 height, gsize size_bytes)
{
  TcSync *sync = self->sync;
  const guint at = find_request (sync, peer->id, height);
  TcSyncRequest *request;

  peer->block_ms = self->mono_ms;
  sync->average_bytes = MAX ((15 * sync->average_bytes + size_bytes) / 16, AVERAGE_MIN);
  if (at == G_MAXUINT || slot->asked[0] != peer->id)
    return;
  slot->asked[1] = peer->id;  /* it came once: no more of it is expected */
  slot->asked[0] = 0;
  peer->n_failed -= MIN (peer->n_failed, 1);
  request = &g_array_index (sync->requests, TcSyncRequest, at);
  request->size_bytes += size_bytes;
  if (--request->n_left == 0)
    end_request (self, peer, at);
}

/* --- who is slow --- */

static void
note_head (TcEngine *self)
{
  TcSync *sync = self->sync;
  guint32 head = sync->first;

  for (guint i = 0; i < sync->slots->len && ((TcSyncSlot *) g_ptr_array_index (sync->slots, i))->block != NULL; i++)
    head++;
  if (head != sync->head)
    sync->head_ms = self->mono_ms;
  sync->head = head;
}

static gint64
get_patience_ms (const TcSync *self)
{
  return self->request_ms == 0 ? PATIENCE_FIRST_MS : CLAMP (4 * self->request_ms, PATIENCE_MIN_MS, PATIENCE_MAX_MS);
}

/* While this node did nothing, nobody was slow. */
static void
note_sleep (TcEngine *self)
{
  TcSync *sync = self->sync;
  const gint64 slept_ms = self->mono_ms - sync->tick_ms;

  sync->tick_ms = self->mono_ms;
  if (slept_ms < SLEPT_MS)
    return;
  sync->head_ms = self->mono_ms;
  for (guint i = 0; i < sync->requests->len; i++)
    g_array_index (sync->requests, TcSyncRequest, i).sent_ms += slept_ms;
}

static TcPeer *choose_peer (TcEngine *self, guint32 height, guint32 most, guint64 except);

/* Of what it sent of @request: it is not asked again as if nothing were known of it. */
static void
note_slow (TcEngine *self, TcPeer *peer, const TcSyncRequest *request)
{
  const guint64 rate = (guint64) request->size_bytes * 1000 / (guint64) MAX (self->mono_ms - request->sent_ms, 1);

  if (peer->fetch_rate == 0 || rate < peer->fetch_rate)
    peer->fetch_rate = MAX (rate, 1);
}

/* Everything above the head waits for it. Who sends nothing loses all that was asked of it; who is only slower than others, if there is another. */
static void
replace_slow (TcEngine *self)
{
  TcSync *sync = self->sync;
  const TcSyncSlot *slot = tc_sync_find_slot (sync, sync->head);
  const guint at = slot != NULL && slot->asked[0] != 0 ? find_request (sync, slot->asked[0], sync->head) : G_MAXUINT;
  const gint64 patience_ms = get_patience_ms (sync);
  const TcSyncRequest *request;
  TcPeer *peer;

  if (at == G_MAXUINT)
    return;
  request = &g_array_index (sync->requests, TcSyncRequest, at);
  peer = tc_engine_find_peer (self, request->peer);
  if (self->mono_ms - MAX (request->sent_ms, sync->head_ms) < patience_ms && self->mono_ms - request->sent_ms < 2 * patience_ms)
    return;
  if (self->mono_ms - MAX (request->sent_ms, peer->block_ms) >= patience_ms)
    tc_fetch_fail_peer (self, peer->id, 5, "did not send the blocks that it said it has");
  else if (choose_peer (self, sync->head, plausible_height (self), peer->id) != NULL)
    {
      note_slow (self, peer, request);
      tc_fetch_fail_peer (self, peer->id, 0, NULL);
    }
}

/* --- who is asked --- */

/* How long it would take, in a unit of its own; who failed looks much slower. Where a claim passes what is plausible, our own clock may be to blame: the peer is asked, after the others, as far as
 * is plausible, and each block that it has moves the bound on. */
static guint64
get_cost (const TcEngine *self, const TcPeer *peer, guint32 most)
{
  const guint64 rate = peer->fetch_rate != 0 ? peer->fetch_rate : self->sync->best_rate;
  gsize waiting_bytes;

  count_requests (self->sync, peer->id, &waiting_bytes);
  return (((guint64) waiting_bytes + TC_SYNC_REQUEST_BYTES) * 1000 / rate + 1) << (MIN (2 * peer->n_failed, 16) + (peer->height > most ? 20 : 0));
}

static gboolean
may_ask (const TcEngine *self, const TcPeer *peer, guint32 height, guint32 most)
{
  gsize waiting_bytes;
  const guint n = count_requests (self->sync, peer->id, &waiting_bytes);

  return peer->has_status && peer->search == NULL && MIN (peer->height, most) >= height && peer->oldest <= height
         && n < (peer->fetch_rate != 0 || self->peers->len == 1 ? TC_SYNC_PEER_REQUESTS : 1);
}

/* @except: (0: none). Returns: (nullable). */
static TcPeer *
choose_peer (TcEngine *self, guint32 height, guint32 most, guint64 except)
{
  TcPeer *best = NULL;
  guint64 best_cost = 0;

  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);
      guint64 cost;

      if (peer->id == except || !may_ask (self, peer, height, most))
        continue;
      cost = get_cost (self, peer, most);
      if (best != NULL && cost >= best_cost)
        continue;
      best = peer;
      best_cost = cost;
    }
  return best;
}

static gboolean
is_wanted (TcSync *self, guint32 height)
{
  const TcSyncSlot *slot = tc_sync_find_slot (self, height);

  return slot == NULL || (slot->block == NULL && slot->asked[0] == 0);
}

static void
ask (TcEngine *self, TcPeer *peer, guint32 from, guint32 count)
{
  TcSync *sync = self->sync;
  const TcSyncRequest request = { peer->id, from, count, count, self->mono_ms, 0 };

  for (guint32 height = from; height < from + count; height++)
    {
      TcSyncSlot *slot = tc_sync_find_slot (sync, height);

      if (slot == NULL)
        {
          slot = g_new0 (TcSyncSlot, 1);
          g_ptr_array_add (sync->slots, slot);
        }
      slot->asked[0] = peer->id;
    }
  g_array_append_val (sync->requests, request);
  tc_engine_send (self, peer, TC_MESSAGE_GET_BLOCKS, tc_get_blocks_encode (from, (guint8) count));
}

/* Of the window's bytes, what is not here and not under way. */
static gsize
get_room (const TcSync *self)
{
  gsize bytes = self->held_bytes;

  for (guint i = 0; i < self->requests->len; i++)
    bytes += g_array_index (self->requests, TcSyncRequest, i).n_left * self->average_bytes;
  return bytes < TC_SYNC_WINDOW_BYTES ? TC_SYNC_WINDOW_BYTES - bytes : 0;
}

/* The lowest heights that nobody is asked for, in pieces, while there is room and somebody to ask. */
static void
ask_all (TcEngine *self, guint32 most)
{
  TcSync *sync = self->sync;
  const guint32 at_once = (guint32) CLAMP (TC_SYNC_REQUEST_BYTES / sync->average_bytes, 1, TC_GET_BLOCKS_MAX);
  guint32 from = sync->head;

  while (from - sync->first < TC_SYNC_WINDOW_BLOCKS && from <= most)
    {
      const gsize room = from == sync->head ? G_MAXSIZE : get_room (sync);
      const guint32 share = MAX ((most - from + 1) / self->peers->len, SHARE_MIN);
      guint32 until, count = 0;
      TcPeer *peer;

      if (!is_wanted (sync, from))
        {
          from++;
          continue;
        }
      peer = room >= sync->average_bytes ? choose_peer (self, from, most, 0) : NULL;
      if (peer == NULL)
        return;
      until = MIN (MIN (peer->height, most), sync->first + TC_SYNC_WINDOW_BLOCKS - 1);
      while (count < MIN (at_once, share) && from + count <= until && (count == 0 || (count + 1) * sync->average_bytes <= room) && is_wanted (sync, from + count))
        count++;
      ask (self, peer, from, count);
      from += count;
    }
}

/* The highest that anybody who may be asked has; the tip's height: none. */
static guint32
find_target (TcEngine *self, guint32 most)
{
  guint32 target = tc_ledger_get_tip (self->ledger)->height;

  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_status && peer->search == NULL)
        target = MAX (target, MIN (peer->height, most));
    }
  return target;
}

void
tc_fetch_tick (TcEngine *self)
{
  TcSync *sync = self->sync;
  const guint32 height = sync->first - 1, most = plausible_height (self);
  guint32 target;

  note_sleep (self);
  note_head (self);
  if (sync->requests->len > 0)
    replace_slow (self);
  target = self->claimed_height > height && !tc_engine_needs_trust (self) && !tc_engine_awaits_snapshot (self) ? find_target (self, most) : height;
  if (target <= height)
    {
      sync->behind_since_ms = G_MAXINT64;
      return;
    }
  if (sync->behind_since_ms == G_MAXINT64)
    sync->behind_since_ms = self->mono_ms;
  if (target == height + 1 && self->mono_ms - sync->behind_since_ms < BEHIND_BY_ONE_MS)
    return;
  ask_all (self, target);
}

gint64
tc_fetch_deadline (TcEngine *self)
{
  const TcSync *sync = self->sync;

  if (sync->requests->len > 0)
    return self->mono_ms + LOOK_MS;
  return sync->behind_since_ms != G_MAXINT64 ? MAX (sync->behind_since_ms + BEHIND_BY_ONE_MS, self->mono_ms + 50) : G_MAXINT64;
}
