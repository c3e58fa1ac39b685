#include "engine-private.h"

#include <string.h>

#include "ledger/snapshot.h"

/* Rule S2: "a snapshot of a last block that a link proves, in 257 parts from many peers, each checked when whole, then blocks". The newest that somebody has; its block comes first, then the
 * manifest, which its state root proves, then the parts, which the manifest proves. A part comes from one peer, so that who sent what does not prove is known; the driver proves and writes it. */

#define BYTES_MAX       64000000u  /* of parts under way: received, or handed over and not yet written; one part more where it alone is larger */
#define FETCHES_MAX     64u
#define PEER_PARTS_MAX  4u         /* at once from one peer */
#define PAGES_AHEAD     2u         /* of a part */
#define STALL_MS        10000      /* without a page from a peer that owes one */
#define PART_STALL_MS   60000      /* without a page of a part, while others come from there */
#define PART_MS         60000      /* for a whole part; twice as long each time that a peer was too slow */
#define BACK_OFF_MS     30000      /* before a peer that stalled is asked again */
#define HOPE_MS         5000       /* before full sync begins where nobody has a snapshot */
#define LOOK_AGAIN_MS   500
#define BITMAP_SIZE     ((TC_SNAPSHOT_N_PARTS + 7u) / 8u)

typedef struct
{
  guint       part;
  guint64     peer;
  GByteArray *bytes;      /* received; empty once handed over */
  gboolean    is_storing;
  gboolean    has_total;
  guint32     total;
  guint32     asked;      /* what is below was asked for */
  gint64      begun_ms;   /* when it was first asked for */
  gint64      heard_ms;   /* the same, or when its last page came */
} Fetch;

struct _TcSnapshotSync
{
  guint32   height;       /* of the snapshot that is being fetched; 0: none is */
  guint32   epoch, prev_last_height;
  TcHash    hash;         /* of its block */
  guint8    stored[BITMAP_SIZE];
  guint     n_stored;
  guint     n_unsized;    /* of these, parts from before the restart */
  guint64   stored_bytes;
  GPtrArray *fetches;     /* Fetch, oldest first */
  guint64   block_peer;   /* who was asked for the last block */
  gint64    block_ms;
  TcBlock  *block;        /* (nullable) */
  TcCommit *commit;       /* of it */
  gint64    hopeless_ms;  /* since when nobody has a snapshot that could be used; G_MAXINT64: somebody has */
  gboolean  is_installing;

  /* What was on disk at the start; height 0: nothing. */
  guint32   import_height;
  TcHash    import_hash;
  guint8    import_stored[BITMAP_SIZE];
};

static void
fetch_free (gpointer data)
{
  Fetch *self = data;

  g_byte_array_unref (self->bytes);
  g_free (self);
}

TcSnapshotSync *
tc_snapshot_sync_new (void)
{
  TcSnapshotSync *self = g_new0 (TcSnapshotSync, 1);

  self->fetches = g_ptr_array_new_with_free_func (fetch_free);
  self->hopeless_ms = G_MAXINT64;
  return self;
}

void
tc_snapshot_sync_free (TcSnapshotSync *self)
{
  g_clear_pointer (&self->block, tc_block_unref);
  g_clear_pointer (&self->commit, tc_commit_unref);
  g_ptr_array_unref (self->fetches);
  g_free (self);
}

static gboolean
has_bit (const guint8 *bits, guint part)
{
  return (bits[part / 8] >> (part % 8)) & 1;
}

void
tc_engine_restore_import (TcEngine *self, guint32 height, const TcHash *hash, const guint8 *parts)
{
  TcSnapshotSync *sync = self->snapshot;

  sync->import_height = height;
  sync->import_hash = *hash;
  memcpy (sync->import_stored, parts, TC_SNAPSHOT_MANIFEST / 8);
  sync->import_stored[TC_SNAPSHOT_MANIFEST / 8] = 1;
}

/* --- which one --- */

static gboolean
peer_has (const TcPeer *peer, guint32 height)
{
  for (guint32 i = 0; peer->has_status && i < peer->n_snapshots; i++)
    if (peer->snapshots[i] == height)
      return TRUE;
  return FALSE;
}

static gboolean
can_ask (TcEngine *self, const TcPeer *peer, guint32 height)
{
  return peer_has (peer, height) && self->mono_ms >= peer->part_after_ms;
}

static gboolean
can_ask_any (TcEngine *self, guint32 height)
{
  for (guint i = 0; i < self->peers->len; i++)
    if (can_ask (self, g_ptr_array_index (self->peers, i), height))
      return TRUE;
  return FALSE;
}

static gboolean
anybody_has (TcEngine *self, guint32 height)
{
  for (guint i = 0; i < self->peers->len; i++)
    if (peer_has (g_ptr_array_index (self->peers, i), height))
      return TRUE;
  return FALSE;
}

/* Whether a snapshot of a proven block of that epoch is worth more than the blocks up to it. */
static gboolean
is_far_ahead (TcEngine *self, guint32 height, guint32 epoch)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  const guint32 least = self->sync_mode == TC_SYNC_MODE_SNAPSHOT ? 1 : 2 * self->genesis->params.redraw_epochs;

  return height > tip->height && epoch > tip->epoch + least;
}

/* Returns: FALSE where there is no proven link at @height that lies far ahead. */
static gboolean
find_link (TcEngine *self, guint32 height, guint32 *ret_epoch, TcHash *ret_hash)
{
  TcHash state_root;
  guint number;

  if (!tc_engine_find_link (self, height, ret_hash, &state_root) || tc_links_find (&self->links, height, &number) == NULL)
    return FALSE;
  *ret_epoch = self->links.epoch + number;
  return is_far_ahead (self, height, *ret_epoch);
}

/* The newest that somebody has; the one that was begun before the restart, where somebody still has it. 0: none. */
static guint32
find_best (TcEngine *self)
{
  const TcSnapshotSync *sync = self->snapshot;
  guint32 best = 0, epoch;

  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      for (guint32 j = 0; j < peer->n_snapshots; j++)
        {
          const guint32 height = peer->snapshots[j];
          TcHash hash;

          if (!can_ask (self, peer, height) || !find_link (self, height, &epoch, &hash))
            continue;
          if (height == sync->import_height && tc_hash_equal (&hash, &sync->import_hash))
            return height;
          best = MAX (best, height);
        }
    }
  return best;
}

/* What is on disk stays there, for when somebody has it again. */
static void
leave (TcSnapshotSync *sync)
{
  if (has_bit (sync->stored, TC_SNAPSHOT_MANIFEST))
    {
      sync->import_height = sync->height;
      sync->import_hash = sync->hash;
      memcpy (sync->import_stored, sync->stored, sizeof sync->stored);
    }
  sync->height = 0;
  g_clear_pointer (&sync->block, tc_block_unref);
  g_clear_pointer (&sync->commit, tc_commit_unref);
  g_ptr_array_set_size (sync->fetches, 0);
  memset (sync->stored, 0, sizeof sync->stored);
  sync->n_stored = sync->n_unsized = 0;
  sync->stored_bytes = 0;
  sync->block_peer = 0;
}

/* What proves it is kept: links go as the tip moves on. */
static void
begin (TcEngine *self, guint32 height)
{
  TcSnapshotSync *sync = self->snapshot;
  guint number;

  leave (sync);
  find_link (self, height, &sync->epoch, &sync->hash);
  tc_links_find (&self->links, height, &number);
  sync->height = height;
  sync->prev_last_height = number > 0 ? tc_links_get (&self->links, number - 1)->height : tc_ledger_get_tip (self->ledger)->epoch_start_height;
  if (height != sync->import_height || !tc_hash_equal (&sync->hash, &sync->import_hash))
    return;
  memcpy (sync->stored, sync->import_stored, sizeof sync->stored);
  for (guint i = 0; i < TC_SNAPSHOT_N_PARTS; i++)
    sync->n_stored += has_bit (sync->stored, i);
  sync->n_unsized = sync->n_stored;
}

static void
choose (TcEngine *self)
{
  TcSnapshotSync *sync = self->snapshot;
  const guint32 height = find_best (self);

  if (height > 0)
    begin (self, height);
  if (height > 0)
    sync->hopeless_ms = G_MAXINT64;
  else if (sync->hopeless_ms == G_MAXINT64)
    sync->hopeless_ms = self->mono_ms;
}

/* --- asking --- */

static TcEffect *
emit_for (TcEngine *self, TcEffectKind kind)
{
  TcEffect *effect = tc_engine_emit (self, kind);

  effect->height = self->snapshot->height;
  effect->block = tc_block_ref (self->snapshot->block);
  return effect;
}

static gsize
count_bytes (const TcSnapshotSync *sync)
{
  gsize n = 0;

  for (guint i = 0; i < sync->fetches->len; i++)
    {
      const Fetch *fetch = g_ptr_array_index (sync->fetches, i);

      n += fetch->is_storing ? fetch->total : fetch->bytes->len;
    }
  return n;
}

/* With what is still to come of the parts under way. */
static gsize
count_reserved (const TcSnapshotSync *sync)
{
  gsize n = 0;

  for (guint i = 0; i < sync->fetches->len; i++)
    {
      const Fetch *fetch = g_ptr_array_index (sync->fetches, i);

      n += fetch->has_total ? fetch->total : TC_PART_PAGE_MAX;
    }
  return n;
}

static gboolean
is_owed (const Fetch *fetch)
{
  return !fetch->is_storing && (!fetch->has_total || fetch->asked > fetch->bytes->len);
}

static guint
count_parts_of (const TcSnapshotSync *sync, guint64 peer)
{
  guint n = 0;

  for (guint i = 0; i < sync->fetches->len; i++)
    {
      const Fetch *fetch = g_ptr_array_index (sync->fetches, i);

      n += fetch->peer == peer && !fetch->is_storing;
    }
  return n;
}

static gboolean
owes_page (const TcSnapshotSync *sync, guint64 peer)
{
  for (guint i = 0; i < sync->fetches->len; i++)
    {
      const Fetch *fetch = g_ptr_array_index (sync->fetches, i);

      if (fetch->peer == peer && is_owed (fetch))
        return TRUE;
    }
  return FALSE;
}

/* The oldest goes on whatever the memory: so one always ends. */
static void
ask_pages (TcEngine *self, Fetch *fetch)
{
  TcSnapshotSync *sync = self->snapshot;
  TcPeer *peer = tc_engine_find_peer (self, fetch->peer);
  gboolean is_oldest = g_ptr_array_index (sync->fetches, 0) == fetch;

  while (!fetch->is_storing && fetch->asked < (fetch->has_total ? fetch->total : 1) && fetch->asked < fetch->bytes->len + PAGES_AHEAD * TC_PART_PAGE_MAX)
    {
      const TcGetPart get = { sync->height, (guint16) fetch->part, fetch->asked };

      if (!is_oldest && count_bytes (sync) >= BYTES_MAX)
        return;
      if (!owes_page (sync, fetch->peer) || fetch->asked == 0)
        peer->part_ms = self->mono_ms;
      fetch->asked = (guint32) MIN ((guint64) fetch->asked + TC_PART_PAGE_MAX, fetch->has_total ? fetch->total : TC_PART_PAGE_MAX);
      tc_engine_send (self, peer, TC_MESSAGE_GET_PART, tc_get_part_encode (&get));
    }
}

static gboolean
is_wanted (const TcSnapshotSync *sync, guint part)
{
  if (has_bit (sync->stored, part))
    return FALSE;
  for (guint i = 0; i < sync->fetches->len; i++)
    if (((Fetch *) g_ptr_array_index (sync->fetches, i))->part == part)
      return FALSE;
  return TRUE;
}

/* Who is asked for least now. (nullable) */
static TcPeer *
pick_peer (TcEngine *self)
{
  const TcSnapshotSync *sync = self->snapshot;
  guint least = PEER_PARTS_MAX;
  TcPeer *best = NULL;

  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);
      guint n = can_ask (self, peer, sync->height) ? count_parts_of (sync, peer->id) : least;

      if (n < least)
        {
          least = n;
          best = peer;
        }
    }
  return best;
}

static void
ask_parts (TcEngine *self)
{
  TcSnapshotSync *sync = self->snapshot;
  guint part = has_bit (sync->stored, TC_SNAPSHOT_MANIFEST) ? 0 : TC_SNAPSHOT_MANIFEST, end = part == 0 ? TC_SNAPSHOT_MANIFEST : TC_SNAPSHOT_N_PARTS;

  for (guint i = 0; i < sync->fetches->len; i++)
    ask_pages (self, g_ptr_array_index (sync->fetches, i));
  for (; part < end; part++)
    {
      TcPeer *peer;
      Fetch *fetch;

      if (!is_wanted (sync, part))
        continue;
      peer = sync->fetches->len < FETCHES_MAX && count_reserved (sync) + TC_PART_PAGE_MAX <= BYTES_MAX ? pick_peer (self) : NULL;
      if (peer == NULL)
        return;
      fetch = g_new0 (Fetch, 1);
      fetch->part = part;
      fetch->peer = peer->id;
      fetch->bytes = g_byte_array_new ();
      fetch->begun_ms = fetch->heard_ms = self->mono_ms;
      g_ptr_array_add (sync->fetches, fetch);
      ask_pages (self, fetch);
    }
}

static void
drop_fetches_of (TcSnapshotSync *sync, guint64 peer)
{
  for (guint i = sync->fetches->len; i-- > 0;)
    {
      const Fetch *fetch = g_ptr_array_index (sync->fetches, i);

      if (fetch->peer == peer && !fetch->is_storing)
        g_ptr_array_remove_index (sync->fetches, i);
    }
}

/* Its other parts are asked of others; where it is the only one, of it again, later. */
static void
fail_peer (TcEngine *self, TcPeer *peer, guint points, const char *why)
{
  TcSnapshotSync *sync = self->snapshot;

  drop_fetches_of (sync, peer->id);
  if (sync->block_peer == peer->id)
    sync->block_peer = 0;
  peer->part_after_ms = self->mono_ms + BACK_OFF_MS;
  tc_engine_punish (self, peer->id, points, why);
}

/* Who sends a page now and then of what it says is large would hold up all. Where all are slow, each has the longer the next time. */
static gint64
get_patience_ms (const TcPeer *peer)
{
  return MAX (peer->part_patience_ms, PART_MS);
}

/* A peer has gone, dropped the snapshot, stalls, or is slow. */
static void
drop_idle (TcEngine *self)
{
  TcSnapshotSync *sync = self->snapshot;

  for (guint i = sync->fetches->len; i-- > 0;)
    {
      const Fetch *fetch = i < sync->fetches->len ? g_ptr_array_index (sync->fetches, i) : NULL;
      TcPeer *peer;

      if (fetch == NULL || fetch->is_storing)
        continue;
      peer = tc_engine_find_peer (self, fetch->peer);
      if (peer == NULL || !peer_has (peer, sync->height))
        drop_fetches_of (sync, fetch->peer);
      else if (is_owed (fetch) && (self->mono_ms - peer->part_ms >= STALL_MS || self->mono_ms - fetch->heard_ms >= PART_STALL_MS))
        fail_peer (self, peer, 5, "stalls in the middle of a snapshot");
      else if (is_owed (fetch) && self->mono_ms - fetch->begun_ms >= get_patience_ms (peer))
        {
          peer->part_patience_ms = 2 * get_patience_ms (peer);
          fail_peer (self, peer, 5, "is too slow with a part of a snapshot");
        }
    }
}

/* --- its block --- */

/* Its header holds the root that proves the rest, and it is kept like any other block: its body, and a commit. */
static void
ask_block (TcEngine *self)
{
  TcSnapshotSync *sync = self->snapshot;
  TcPeer *asked = sync->block_peer != 0 ? tc_engine_find_peer (self, sync->block_peer) : NULL;

  if (asked != NULL && self->mono_ms - sync->block_ms >= STALL_MS)
    {
      fail_peer (self, asked, 5, "did not send the block of a snapshot");
      asked = NULL;
    }
  if (asked != NULL)
    return;
  sync->block_peer = 0;
  for (guint i = 0; i < self->peers->len && sync->block_peer == 0; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (!can_ask (self, peer, sync->height))
        continue;
      sync->block_peer = peer->id;
      sync->block_ms = self->mono_ms;
      tc_engine_send (self, peer, TC_MESSAGE_GET_BLOCKS, tc_get_blocks_encode (sync->height, 1));
    }
}

gboolean
tc_engine_awaits_snapshot_block (const TcEngine *self, const TcPeer *peer, guint32 height)
{
  const TcSnapshotSync *sync = self->snapshot;

  return sync->height > 0 && sync->block_peer == peer->id && height == sync->height;
}

gboolean
tc_engine_take_snapshot_block (TcEngine *self, TcPeer *peer, TcBlock *block, TcCommit *commit)
{
  TcSnapshotSync *sync = self->snapshot;
  TcCommittee *committee;

  if (!tc_engine_awaits_snapshot_block (self, peer, block->header.height))
    return FALSE;
  committee = tc_engine_committee_of (self, sync->epoch);
  if (committee == NULL)
    return TRUE;  /* what was proven is believed no more: the next tick leaves it */
  if (!tc_hash_equal (&block->hash, &sync->hash) || commit->height != block->header.height || !tc_hash_equal (&commit->block_hash, &block->hash)
      || commit->n_attestations > 0 || !tc_commit_check (commit, tc_engine_chain_id (self), committee, self->verifier))
    {
      fail_peer (self, peer, 100, "block of a snapshot that is not the chain's");
      return TRUE;
    }
  sync->block_peer = 0;
  sync->block = tc_block_ref (block);
  sync->commit = tc_commit_ref (commit);
  return TRUE;
}

/* --- what comes --- */

static Fetch *
find_fetch (const TcSnapshotSync *sync, guint part)
{
  for (guint i = 0; i < sync->fetches->len; i++)
    {
      Fetch *fetch = g_ptr_array_index (sync->fetches, i);

      if (fetch->part == part)
        return fetch;
    }
  return NULL;
}

static void
hand_over (TcEngine *self, Fetch *fetch)
{
  TcEffect *effect = emit_for (self, TC_EFFECT_STORE_PART);

  if (fetch->part == TC_SNAPSHOT_MANIFEST)
    self->snapshot->import_height = 0;  /* what was on disk of another goes */
  effect->part = fetch->part;
  effect->body = g_byte_array_free_to_bytes (fetch->bytes);
  fetch->bytes = g_byte_array_new ();
  fetch->is_storing = TRUE;
}

void
tc_engine_on_part (TcEngine *self, TcPeer *peer, GBytes *body)
{
  TcSnapshotSync *sync = self->snapshot;
  g_autoptr(GBytes) page = NULL;
  TcGetPart at;
  guint32 total;
  gsize n;
  const guint8 *data;
  Fetch *fetch;

  if (!tc_part_page_decode (body, &at, &total, &page))
    {
      tc_engine_punish (self, peer->id, 100, "malformed page of a snapshot");
      return;
    }
  /* What was asked of a peer that was given up meanwhile may still come. */
  fetch = at.height == sync->height ? find_fetch (sync, at.part) : NULL;
  if (fetch == NULL || fetch->peer != peer->id || fetch->is_storing || at.offset != fetch->bytes->len || fetch->asked == 0)
    return;
  if (fetch->has_total && total != fetch->total)
    {
      fail_peer (self, peer, 100, "page of a snapshot that does not fit the one before");
      return;
    }
  fetch->has_total = TRUE;
  fetch->total = total;
  fetch->asked = MIN (fetch->asked, total);
  peer->part_ms = fetch->heard_ms = self->mono_ms;
  data = g_bytes_get_data (page, &n);
  g_byte_array_append (fetch->bytes, data, (guint) n);
  if (fetch->bytes->len == total)
    hand_over (self, fetch);
}

void
tc_engine_on_part_stored (TcEngine *self, const TcInput *input)
{
  TcSnapshotSync *sync = self->snapshot;
  Fetch *fetch = input->height == sync->height ? find_fetch (sync, input->part) : NULL;
  TcPeer *peer;

  if (fetch == NULL || !fetch->is_storing)
    return;
  peer = tc_engine_find_peer (self, fetch->peer);
  if (input->holds)
    {
      sync->stored[fetch->part / 8] |= (guint8) (1u << (fetch->part % 8));
      sync->n_stored++;
      sync->stored_bytes += fetch->total;
    }
  g_ptr_array_remove (sync->fetches, fetch);
  if (!input->holds && peer != NULL)
    fail_peer (self, peer, 100, "part of a snapshot that the chain does not prove");
}

/* --- serving --- */

void
tc_engine_on_get_part (TcEngine *self, TcPeer *peer, GBytes *body)
{
  gboolean have = FALSE;
  TcEffect *effect;
  TcGetPart get;

  if (!tc_get_part_decode (body, &get))
    {
      tc_engine_punish (self, peer->id, 100, "malformed request for a part of a snapshot");
      return;
    }
  for (guint32 i = 0; i < self->n_served_snapshots; i++)
    have = have || self->served_snapshots[i] == get.height;
  if (!have)
    return;
  effect = tc_engine_emit (self, TC_EFFECT_SERVE_PART);
  effect->peer = peer->id;
  effect->height = get.height;
  effect->part = get.part;
  effect->offset = get.offset;
}

/* --- time --- */

gboolean
tc_engine_is_snapshotting (const TcEngine *self)
{
  return self->snapshot->height > 0;
}

gboolean
tc_engine_is_installing (const TcEngine *self)
{
  return self->snapshot->is_installing;
}

/* TRUE where a snapshot could still be chosen. */
static gboolean
may_choose (TcEngine *self)
{
  const TcSnapshotSync *sync = self->snapshot;

  return self->sync_mode != TC_SYNC_MODE_FULL && (sync->hopeless_ms == G_MAXINT64 || self->mono_ms - sync->hopeless_ms < HOPE_MS);
}

/* Whether the chain is known to reach so far that a snapshot would be taken, or may soon be. */
static gboolean
is_far_behind (TcEngine *self)
{
  const TcProvenLink *anchor = tc_links_get_anchor (&self->links);

  return anchor != NULL && is_far_ahead (self, anchor->height, self->links.epoch + self->links.n_anchored - 1);
}

static gboolean
anybody_has_newer (TcEngine *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->n_snapshots > 0 && can_ask (self, peer, peer->snapshots[peer->n_snapshots - 1])
          && peer->snapshots[peer->n_snapshots - 1] > tc_ledger_get_tip (self->ledger)->height)
        return TRUE;
    }
  return FALSE;
}

gboolean
tc_engine_awaits_snapshot (TcEngine *self)
{
  return tc_engine_is_snapshotting (self)
         || (may_choose (self) && (is_far_behind (self) || (tc_engine_links_are_coming (self) && anybody_has_newer (self))));
}

/* Still: the tip has not passed it, and the user did not say that the chain is another. */
static gboolean
is_proven (TcEngine *self)
{
  const TcSnapshotSync *sync = self->snapshot;
  TcHash hash, state_root;

  return tc_engine_find_link (self, sync->height, &hash, &state_root) && tc_hash_equal (&hash, &sync->hash);
}

static void
install (TcEngine *self)
{
  TcSnapshotSync *sync = self->snapshot;
  TcEffect *effect = emit_for (self, TC_EFFECT_INSTALL);

  effect->commit = tc_commit_ref (sync->commit);
  effect->committee = tc_committee_ref (tc_engine_committee_of (self, sync->epoch));
  effect->link = tc_link_new (&sync->block->header, sync->commit, tc_engine_committee_of (self, sync->epoch + 1));
  effect->prev_last_height = sync->prev_last_height;
  sync->is_installing = TRUE;
}

void
tc_engine_snapshot_tick (TcEngine *self)
{
  TcSnapshotSync *sync = self->snapshot;

  if (sync->is_installing || self->sync_mode == TC_SYNC_MODE_FULL)
    return;
  if (sync->height > 0 && !is_proven (self))
    leave (sync);
  if (sync->height > 0)
    drop_idle (self);
  if (sync->height > 0 ? sync->fetches->len == 0 && !can_ask_any (self, sync->height) : is_far_behind (self) && !tc_engine_links_are_coming (self))
    choose (self);
  else if (sync->height > 0)
    sync->hopeless_ms = G_MAXINT64;
  if (sync->height > 0 && sync->hopeless_ms != G_MAXINT64 && self->mono_ms - sync->hopeless_ms >= HOPE_MS && !anybody_has (self, sync->height))
    leave (sync);
  if (sync->height == 0)
    return;
  if (sync->block == NULL)
    ask_block (self);
  else if (sync->n_stored < TC_SNAPSHOT_N_PARTS)
    ask_parts (self);
  else
    install (self);
}

gint64
tc_engine_snapshot_deadline (TcEngine *self)
{
  if (self->snapshot->is_installing || !tc_engine_awaits_snapshot (self))
    return G_MAXINT64;
  return self->mono_ms + LOOK_AGAIN_MS;
}

/* What is on disk counts: where the network is faster than that, much waits for it. Parts of which nothing is known yet are taken to be as large as the others. */
gboolean
tc_engine_snapshot_progress (TcEngine *self, TcSyncProgress *ret_progress)
{
  const TcSnapshotSync *sync = self->snapshot;
  guint64 known = sync->stored_bytes, each;
  guint n_known = sync->n_stored - sync->n_unsized;

  if (sync->height == 0)
    return FALSE;
  *ret_progress = (TcSyncProgress) { .phase = TC_SYNC_SNAPSHOT };
  for (guint i = 0; i < sync->fetches->len; i++)
    {
      const Fetch *fetch = g_ptr_array_index (sync->fetches, i);

      known += fetch->has_total ? fetch->total : 0;
      n_known += fetch->has_total;
    }
  each = known / MAX (n_known, 1u);
  ret_progress->done = sync->stored_bytes + each * sync->n_unsized;
  ret_progress->total = known + each * (TC_SNAPSHOT_N_PARTS - n_known);
  for (guint i = 0; i < self->peers->len; i++)
    ret_progress->n_peers += count_parts_of (sync, ((TcPeer *) g_ptr_array_index (self->peers, i))->id) > 0;
  return TRUE;
}
