#include "engine-private.h"

#include <string.h>

#include "core/check.h"

#define REPLY_BATCHES   256u  /* batches sent in answer to one status */
#define REPLY_MS        150   /* between two answers to one peer's statuses */
#define OFFER_TXS       500u
#define WITNESSES         4u

/* --- peers --- */

TcPeer *
tc_engine_find_peer (TcEngine *self, guint64 id)
{
  guint from = 0, to = self->peers->len;

  while (from < to)
    {
      const guint middle = (from + to) / 2;
      TcPeer *peer = g_ptr_array_index (self->peers, middle);

      if (peer->id == id)
        return peer;
      if (peer->id < id)
        from = middle + 1;
      else
        to = middle;
    }
  return NULL;
}

static void
place_peer (TcEngine *self, TcPeer *peer)
{
  peer->member = peer->has_key && self->committee != NULL ? tc_committee_find (self->committee, &peer->key) : TC_MEMBER_NONE;
}

void
tc_engine_place_peers (TcEngine *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    place_peer (self, g_ptr_array_index (self->peers, i));
}

static GBytes *make_status (TcEngine *self);

static void
offer_txs (TcEngine *self, TcPeer *peer)
{
  g_autoptr(GPtrArray) entries = tc_mempool_dup_entries (self->mempool);
  g_autofree TcHash *hashes = g_new (TcHash, TC_ITEMS_MAX);

  for (guint i = 0; i < entries->len;)
    {
      guint n = 0;

      for (; i < entries->len && n < TC_ITEMS_MAX; i++)
        hashes[n++] = ((TcMempoolEntry *) g_ptr_array_index (entries, i))->tx->txid;
      tc_engine_send (self, peer, TC_MESSAGE_INV, tc_items_encode (TC_ITEM_TX, hashes, n));
    }
}

void
tc_engine_peer_up (TcEngine *self, guint64 id, const TcPublicKey *key)
{
  TcPeer *peer;
  guint at = self->peers->len;

  if (tc_engine_find_peer (self, id) != NULL)
    return;
  peer = g_new0 (TcPeer, 1);
  peer->id = id;
  peer->has_key = key != NULL;
  if (key != NULL)
    peer->key = *key;
  peer->inv_txs = g_array_new (FALSE, FALSE, sizeof (TcHash));
  peer->get_txs = g_array_new (FALSE, FALSE, sizeof (TcHash));
  peer->get_batches = g_array_new (FALSE, FALSE, sizeof (TcHash));
  peer->inv_batches = g_array_new (FALSE, FALSE, sizeof (TcHash));
  peer->heard_ms = self->mono_ms;
  peer->replied_ms = G_MININT64 / 2;
  peer->answer_bytes = TC_ENGINE_ANSWER_BYTES_MAX;
  peer->answered_ms = self->mono_ms;
  place_peer (self, peer);
  while (at > 0 && ((TcPeer *) g_ptr_array_index (self->peers, at - 1))->id > id)
    at--;
  g_ptr_array_insert (self->peers, (gint) at, peer);
  if (self->started)
    tc_engine_send (self, peer, TC_MESSAGE_STATUS, make_status (self));
  peer->status_sent_ms = self->mono_ms;
  offer_txs (self, peer);
  tc_engine_greet_with_heartbeat (self, peer);
}

void
tc_engine_peer_down (TcEngine *self, guint64 id)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  if (peer == NULL)
    return;
  g_ptr_array_remove (self->peers, peer);
  tc_known_clear (&peer->known);
  tc_peer_drop_search (peer);
  g_array_unref (peer->inv_txs);
  g_array_unref (peer->get_txs);
  g_array_unref (peer->get_batches);
  g_array_unref (peer->inv_batches);
  g_free (peer);
  tc_fetch_forget_peer (self, id);
  tc_engine_links_peer_down (self, id);
}

TcPeer *
tc_engine_pick_peer (TcEngine *self, guint64 first, guint turn)
{
  TcPeer *peer = turn == 0 ? tc_engine_find_peer (self, first) : NULL;

  if (peer != NULL || self->peers->len == 0)
    return peer;
  return g_ptr_array_index (self->peers, turn % self->peers->len);
}

/* --- what a peer has --- */

void
tc_peer_note_known (TcEngine *self, TcPeer *peer, const TcHash *hash)
{
  tc_known_note (&peer->known, tc_known_tag (hash), self->mono_ms);
}

void
tc_engine_note_known (TcEngine *self, guint64 id, const TcHash *hash)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  if (peer != NULL)
    tc_peer_note_known (self, peer, hash);
}

/* The peer says it lacks it: send it unless it is on its way. */
static gboolean
should_resend (TcEngine *self, TcPeer *peer, const TcHash *hash)
{
  const guint64 tag = tc_known_tag (hash);
  const gint64 *when = tc_known_find (&peer->known, tag);

  if (when != NULL && self->mono_ms - *when < TC_ENGINE_RESEND_MS)
    return FALSE;
  tc_known_note (&peer->known, tag, self->mono_ms);
  return TRUE;
}

/* Takes @body. */
void
tc_engine_send (TcEngine *self, TcPeer *peer, guint8 type, GBytes *body)
{
  TcEffect *effect = tc_engine_emit (self, TC_EFFECT_SEND);

  effect->peer = peer->id;
  effect->type = type;
  effect->body = body;
}

/* Rule N4: a request of 64 kB must not draw 200 MB. */
gboolean
tc_engine_may_answer (TcEngine *self, TcPeer *peer, gsize size_bytes)
{
  const gint64 earned = MIN (self->mono_ms - peer->answered_ms, TC_ENGINE_ANSWER_BYTES_MAX) * TC_ENGINE_ANSWER_BYTES_PER_MS;

  peer->answer_bytes = MIN (peer->answer_bytes + earned, TC_ENGINE_ANSWER_BYTES_MAX);
  peer->answered_ms = self->mono_ms;
  if ((gint64) size_bytes > peer->answer_bytes)
    return FALSE;
  peer->answer_bytes -= (gint64) size_bytes;
  return TRUE;
}

gboolean
tc_engine_answer (TcEngine *self, TcPeer *peer, guint8 type, GBytes *body)
{
  if (!tc_engine_may_answer (self, peer, g_bytes_get_size (body)))
    {
      g_bytes_unref (body);
      return FALSE;
    }
  tc_engine_send (self, peer, type, body);
  return TRUE;
}

/* What a member says it says to all that it is linked to, so in a committee that is fully meshed nothing is said twice. A peer that did not get it all the same
 * lacks it in its next status. */
static gboolean
hears_directly (TcEngine *self, const TcPeer *peer, const TcPeer *from, guint32 member)
{
  return from != NULL && from->member == member && member < self->committee->n_members && peer->links_epoch == self->committee->epoch
         && tc_bitmap_get (peer->links, member);
}

/* C7: the peer that is shown @hash though it heard it from its member itself. If nobody compared what a member says to each, a two-faced one would
 * not be found out. About WITNESSES nodes of the committee show it to somebody; the time of arrival decides, which its member does not know.
 * (nullable) */
static const TcPeer *
pick_witness (const TcEngine *self, const TcHash *hash)
{
  guint64 mix = (guint64) self->mono_ms;

  for (guint i = 0; i < 8; i++)
    mix = (mix ^ hash->bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  mix ^= mix >> 29;
  if (self->peers->len == 0 || mix % self->committee->n_members >= WITNESSES)
    return NULL;
  return g_ptr_array_index (self->peers, (mix >> 16) % self->peers->len);
}

/* Where among its peers a node begins differs from node to node and from thing to thing. */
static guint
pick_start (const TcEngine *self, const TcHash *txid)
{
  guint64 mix = 0;

  for (guint i = 0; i < 8; i++)
    mix = mix << 8 | txid->bytes[i];
  if (self->key != NULL)
    for (guint i = 0; i < 8; i++)
      mix += (guint64) tc_secret_key_get_public (self->key)->bytes[i] << (8 * i);
  return (guint) ((mix >> 16) % self->peers->len);
}

/* The peers that are to have what this node made, or, where it came @from one, what it passes on: then all that are no members, and a few that are. The fastest way to a member may
 * lead over another: if each that heard a thing so told all, it would cross a committee of n up to n^2 times. */
typedef struct
{
  TcEngine     *self;
  const TcPeer *from, *witness;
  guint32       member;
  guint64       tag;
  guint         start, i, n_members;
} Spreading;

static Spreading
begin_spreading (TcEngine *self, const TcPeer *from, guint32 member, const TcHash *hash)
{
  const guint start = from != NULL && self->peers->len > 0 ? pick_start (self, hash) : 0;

  return (Spreading) { self, from, pick_witness (self, hash), member, tc_known_tag (hash), start, 0, 0 };
}

/* (nullable): no more. */
static TcPeer *
next_peer (Spreading *spreading)
{
  TcEngine *self = spreading->self;

  while (spreading->i < self->peers->len)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, (spreading->start + spreading->i++) % self->peers->len);
      const gboolean limited = spreading->from != NULL && peer->member != TC_MEMBER_NONE;

      if (peer == spreading->from || (limited && spreading->n_members == TC_ENGINE_FAN_OUT)
          || (peer != spreading->witness && hears_directly (self, peer, spreading->from, spreading->member))
          || tc_known_find (&peer->known, spreading->tag) != NULL)
        continue;
      spreading->n_members += (guint) limited;
      return peer;
    }
  return NULL;
}

void
tc_engine_push (TcEngine *self, const TcPeer *from, guint32 member, const TcHash *hash, guint8 type, GBytes *body)
{
  Spreading spreading = begin_spreading (self, from, member, hash);
  TcPeer *peer;

  while ((peer = next_peer (&spreading)) != NULL)
    {
      tc_known_note (&peer->known, spreading.tag, self->mono_ms);
      tc_engine_send (self, peer, type, g_bytes_ref (body));
    }
}

/* --- announcements --- */

static void
send_inv (TcEngine *self, TcPeer *peer, TcItemKind kind, GArray *hashes)
{
  guint n = 0;

  for (guint i = 0; i < hashes->len; i++)
    {
      const TcHash *hash = &g_array_index (hashes, TcHash, i);

      if (tc_known_find (&peer->known, tc_known_tag (hash)) == NULL)  /* it may have come from there meanwhile */
        g_array_index (hashes, TcHash, n++) = *hash;
    }
  if (n > 0)
    tc_engine_send (self, peer, TC_MESSAGE_INV, tc_items_encode ((guint8) kind, (const TcHash *) (gpointer) hashes->data, n));
  g_array_set_size (hashes, 0);
}

static void
send_invs (TcEngine *self)
{
  if (self->mono_ms < self->inv_ms)
    return;
  self->inv_ms = G_MAXINT64;
  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      send_inv (self, peer, TC_ITEM_TX, peer->inv_txs);
      send_inv (self, peer, TC_ITEM_BATCH, peer->inv_batches);
    }
}

static void
queue_inv (TcEngine *self, TcPeer *peer, TcItemKind kind, const TcHash *hash)
{
  GArray *hashes = kind == TC_ITEM_TX ? peer->inv_txs : peer->inv_batches;

  g_array_append_vals (hashes, hash, 1);
  if (hashes->len >= TC_ENGINE_INV_TXS)
    send_inv (self, peer, kind, hashes);
  else
    self->inv_ms = MIN (self->inv_ms, self->mono_ms + TC_ENGINE_INV_MS);
}

void
tc_engine_announce (TcEngine *self, const TcPeer *from, guint32 member, const TcHash *hash, TcItemKind kind)
{
  Spreading spreading = begin_spreading (self, from, member, hash);
  TcPeer *peer;

  while ((peer = next_peer (&spreading)) != NULL)
    if (kind == TC_ITEM_PROPOSAL || kind == TC_ITEM_EVIDENCE)
      tc_engine_send (self, peer, TC_MESSAGE_INV, tc_items_encode ((guint8) kind, hash, 1));
    else
      queue_inv (self, peer, kind, hash);
}

void
tc_engine_push_batch (TcEngine *self, const TcHash *hash, GBytes *body)
{
  const guint64 tag = tc_known_tag (hash);

  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (tc_known_find (&peer->known, tag) != NULL)
        continue;
      if (peer->member == TC_MEMBER_NONE)
        {
          queue_inv (self, peer, TC_ITEM_BATCH, hash);
          continue;
        }
      tc_known_note (&peer->known, tag, self->mono_ms);
      tc_engine_send (self, peer, TC_MESSAGE_BATCH, g_bytes_ref (body));
    }
}

void
tc_engine_announce_tx (TcEngine *self, const TcPeer *from, const TcHash *txid)
{
  guint n = 0, start = self->peers->len > 0 ? pick_start (self, txid) : 0;

  for (guint i = 0; i < self->peers->len && n < TC_ENGINE_FAN_OUT; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, (start + i) % self->peers->len);

      if (peer == from || tc_known_find (&peer->known, tc_known_tag (txid)) != NULL)
        continue;
      queue_inv (self, peer, TC_ITEM_TX, txid);
      n++;
    }
}

/* --- status --- */

static void
fill_links (TcEngine *self, guint8 *ret_bitmap)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->member != TC_MEMBER_NONE && peer->member != self->self)
        tc_bitmap_set (ret_bitmap, peer->member);
    }
}

static void
fill_closes (TcEngine *self, guint8 *ret_bitmap)
{
  for (guint i = 0; i < self->closes->len; i++)
    tc_bitmap_set (ret_bitmap, ((TcCloseEntry *) g_ptr_array_index (self->closes, i))->close.member);
}

static GBytes *
make_status (TcEngine *self)
{
  guint32 round = tc_agreement_get_round (self->agreement);
  TcStatusMessage status = {
    .height = tc_ledger_get_tip (self->ledger)->height,
    .epoch = self->committee->epoch,
    .round = round,
    .step = (guint8) tc_agreement_get_step (self->agreement),
    .has_proposal = (guint8) tc_agreement_has_proposal (self->agreement, round),
    .n_members = self->committee->n_members,
    .tip = tc_ledger_get_tip (self->ledger)->hash,
    .time_ms = (guint64) MAX (self->wall_ms, 0),
    .oldest = self->served_oldest,
    .n_snapshots = self->n_served_snapshots,
  };

  memcpy (status.snapshots, self->served_snapshots, sizeof status.snapshots);
  tc_agreement_get_voters (self->agreement, round, TC_STEP_PREVOTE, status.prevotes);
  tc_agreement_get_voters (self->agreement, round, TC_STEP_PRECOMMIT, status.precommits);
  fill_closes (self, status.closes);
  fill_links (self, status.links);
  for (guint32 i = 0; i < status.n_members; i++)
    status.next_sequence[i] = tc_finality_get_next_sequence (self->finality, i);
  return tc_status_message_encode (&status);
}

void
tc_engine_set_served (TcEngine *self, guint32 oldest, const guint32 *heights, gsize n_heights)
{
  TC_CHECK (oldest >= 1 && n_heights <= TC_SERVED_SNAPSHOTS_MAX);
  for (gsize i = 0; i < n_heights; i++)
    TC_CHECK (heights[i] > (i > 0 ? heights[i - 1] : 0));
  self->served_oldest = oldest;
  self->n_served_snapshots = (guint32) n_heights;
  memset (self->served_snapshots, 0, sizeof self->served_snapshots);
  if (n_heights > 0)
    memcpy (self->served_snapshots, heights, n_heights * sizeof *heights);
}

/* Nothing is under way that a lost message could hold up. */
static gboolean
is_idle (TcEngine *self)
{
  return tc_agreement_get_step (self->agreement) == TC_AGREEMENT_WAIT && tc_mempool_get_n (self->mempool) == 0 && !tc_engine_is_syncing (self);
}

static gint64
get_status_interval_ms (TcEngine *self)
{
  return is_idle (self) ? TC_ENGINE_STATUS_IDLE_MS : TC_ENGINE_STATUS_MS;
}

/* @now: to all; otherwise to those who have not heard for a while. */
void
tc_engine_send_status (TcEngine *self, gboolean now)
{
  const gint64 interval_ms = get_status_interval_ms (self);
  g_autoptr(GBytes) body = NULL;

  if (!self->started || (!now && self->mono_ms - self->status_oldest_ms < interval_ms))
    return;
  self->status_oldest_ms = self->mono_ms;
  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (!now && self->mono_ms - peer->status_sent_ms < interval_ms)
        {
          self->status_oldest_ms = MIN (self->status_oldest_ms, peer->status_sent_ms);
          continue;
        }
      if (body == NULL)
        body = make_status (self);
      peer->status_sent_ms = self->mono_ms;
      tc_engine_send (self, peer, TC_MESSAGE_STATUS, g_bytes_ref (body));
    }
}

/* A member's status goes to all, who mostly have what it lacks: of so many, a few send it what another member said, in turn. */
static gboolean
is_our_turn (const TcEngine *self, const TcPeer *peer, guint32 member)
{
  const guint32 n = self->committee->n_members;
  const guint32 turn = (guint32) (self->mono_ms / TC_ENGINE_STATUS_MS);

  if (peer->member == TC_MEMBER_NONE || self->self == TC_MEMBER_NONE || n <= 2 * TC_ENGINE_FAN_OUT || member == self->self)
    return TRUE;
  return (self->self + TC_ENGINE_FAN_OUT * turn + 7 * member) % n < TC_ENGINE_FAN_OUT;
}

/* Votes of @round that @have lacks; all where @have is NULL. */
static void
send_votes (TcEngine *self, TcPeer *peer, guint32 round, TcVoteStep step, const guint8 *have)
{
  const GArray *votes = tc_agreement_get_votes (self->agreement, round, step);

  for (guint i = 0; votes != NULL && i < votes->len; i++)
    {
      const TcVote *vote = &g_array_index (votes, TcVote, i);
      GByteArray *bytes;
      TcHash name;

      if ((have != NULL && tc_bitmap_get (have, vote->member)) || !is_our_turn (self, peer, vote->member))
        continue;
      name = tc_vote_hash (vote);
      if (!should_resend (self, peer, &name))
        continue;
      bytes = g_byte_array_new ();
      tc_vote_put (bytes, vote);
      tc_engine_send (self, peer, TC_MESSAGE_VOTE, g_byte_array_free_to_bytes (bytes));
    }
}

static void
send_proposal (TcEngine *self, TcPeer *peer, guint32 round)
{
  TcProposal *proposal = tc_engine_find_proposal (self, round, TC_MEMBER_NONE);
  TcHash name;

  if (proposal == NULL)
    return;
  if (proposal->pol_round >= 0)
    send_votes (self, peer, (guint32) proposal->pol_round, TC_STEP_PREVOTE, NULL);
  name = tc_proposal_hash (proposal);
  if (should_resend (self, peer, &name))
    tc_engine_answer (self, peer, TC_MESSAGE_PROPOSAL, tc_proposal_encode (proposal));
}

static void
send_round (TcEngine *self, TcPeer *peer, const TcStatusMessage *status)
{
  guint32 round = tc_agreement_get_round (self->agreement);

  if (!status->has_proposal || status->step <= TC_AGREEMENT_PROPOSE)
    send_proposal (self, peer, status->round);
  send_votes (self, peer, status->round, TC_STEP_PREVOTE, status->prevotes);
  send_votes (self, peer, status->round, TC_STEP_PRECOMMIT, status->precommits);
  if (status->round >= round)
    return;
  send_proposal (self, peer, round);
  send_votes (self, peer, round, TC_STEP_PREVOTE, NULL);
  send_votes (self, peer, round, TC_STEP_PRECOMMIT, NULL);
}

/* A peer lacks what is still on its way to it, too: only what has been here for a while is sent, or all peers would send it. */
static void
note_settled (TcEngine *self)
{
  if (self->mono_ms < self->settle_ms)
    return;
  self->settle_ms = self->mono_ms + TC_ENGINE_SETTLE_MS;
  for (guint32 i = 0; i < self->committee->n_members; i++)
    {
      const guint32 next = tc_finality_get_next_sequence (self->finality, i);

      self->settled[i] = MIN (self->settling[i], next);  /* of another epoch it may be above */
      self->settling[i] = next;
    }
}

static void
send_batches (TcEngine *self, TcPeer *peer, const TcStatusMessage *status)
{
  guint budget = REPLY_BATCHES;

  for (guint32 i = 0; i < status->n_members; i++)
    for (guint32 sequence = status->next_sequence[i]; budget > 0 && sequence < self->settled[i]; sequence++)
      {
        TcBatch *batch = tc_finality_get_batch (self->finality, i, sequence);

        if (batch == NULL || !is_our_turn (self, peer, i))
          break;
        budget--;
        if (should_resend (self, peer, &batch->hash)
            && !tc_engine_answer (self, peer, TC_MESSAGE_BATCH, g_bytes_ref (batch->encoded)))
          return;
      }
}

static void
send_closes (TcEngine *self, TcPeer *peer, const TcStatusMessage *status)
{
  for (guint i = 0; i < self->closes->len; i++)
    {
      const TcCloseEntry *entry = g_ptr_array_index (self->closes, i);
      GByteArray *bytes;

      if (tc_bitmap_get (status->closes, entry->close.member) || !is_our_turn (self, peer, entry->close.member)
          || !should_resend (self, peer, &entry->hash))
        continue;
      bytes = g_byte_array_new ();
      tc_close_put (bytes, &entry->close);
      tc_engine_send (self, peer, TC_MESSAGE_CLOSE, g_byte_array_free_to_bytes (bytes));
    }
}

void
tc_engine_on_status (TcEngine *self, TcPeer *peer, const TcStatusMessage *status)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);

  peer->has_status = TRUE;
  peer->height = status->height;
  peer->oldest = MAX (status->oldest, 1);
  peer->n_snapshots = status->n_snapshots;
  memcpy (peer->snapshots, status->snapshots, sizeof peer->snapshots);
  self->claimed_height = MAX (self->claimed_height, status->height);
  peer->links_epoch = status->epoch;
  memcpy (peer->links, status->links, sizeof peer->links);
  tc_engine_note_peer_clock (self, peer, status->time_ms);
  tc_engine_compare_tip (self, peer, status->height, &status->tip);
  if (self->halted)
    return;
  if (self->mono_ms - peer->replied_ms < REPLY_MS)
    return;
  note_settled (self);
  peer->replied_ms = self->mono_ms;
  if (status->epoch == self->committee->epoch && status->n_members == self->committee->n_members)
    {
      send_batches (self, peer, status);
      send_closes (self, peer, status);
    }
  if (status->height == tip->height)
    send_round (self, peer, status);
}

/* --- time --- */

/* What nobody votes for may not have arrived: announce it again, a few at a time. */
static void
offer_again (TcEngine *self)
{
  g_autoptr(GPtrArray) entries = NULL;
  g_autofree TcHash *hashes = NULL;
  guint n = 0;

  if (self->mono_ms < self->offer_ms)
    return;
  self->offer_ms = self->mono_ms + TC_ENGINE_OFFER_MS;
  if (tc_mempool_get_n (self->mempool) == 0)
    return;
  hashes = g_new (TcHash, OFFER_TXS);
  entries = tc_mempool_dup_entries (self->mempool);
  for (guint i = 0; i < entries->len && n < OFFER_TXS; i++)
    {
      TcMempoolEntry *entry = g_ptr_array_index (entries, i);
      const TcFinalityTx *known = tc_finality_get (self->finality, &entry->tx->txid);

      if (self->mono_ms - entry->offered_ms < TC_ENGINE_OFFER_MS || (known != NULL && known->final))
        continue;
      entry->offered_ms = self->mono_ms;
      hashes[n++] = entry->tx->txid;
    }
  for (guint i = 0; n > 0 && i < self->peers->len; i++)
    tc_engine_send (self, g_ptr_array_index (self->peers, i), TC_MESSAGE_INV, tc_items_encode (TC_ITEM_TX, hashes, n));
}

static void
keep_house (TcEngine *self)
{
  g_autoptr(GPtrArray) removed = NULL;

  if (self->mono_ms < self->housekeeping_ms)
    return;
  self->housekeeping_ms = self->mono_ms + 60000;
  removed = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  tc_mempool_expire (self->mempool, self->mono_ms, removed);
  tc_engine_drop_txs (self, removed);
}

void
tc_engine_gossip_tick (TcEngine *self)
{
  TcHash hash;

  if (tc_agreement_get_wanted (self->agreement, &hash) && tc_engine_find_candidate (self, &hash) == NULL)
    tc_engine_want (self, TC_ITEM_BLOCK, &hash, 0);
  send_invs (self);
  note_settled (self);
  tc_engine_retry_wanted (self);
  offer_again (self);
  keep_house (self);
  tc_engine_send_status (self, FALSE);
}

gint64
tc_engine_gossip_deadline (TcEngine *self)
{
  const TcWanted *wanted = g_queue_peek_head (&self->wanted_queue);
  const gint64 interval_ms = get_status_interval_ms (self);
  gint64 deadline = MIN (self->mono_ms + interval_ms, self->inv_ms);

  if (self->peers->len > 0)
    deadline = MIN (deadline, self->status_oldest_ms + interval_ms);
  if (wanted != NULL)
    deadline = MIN (deadline, wanted->done ? self->mono_ms + 1 : wanted->retry_ms);
  return deadline;
}
