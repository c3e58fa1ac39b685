#include "engine-private.h"

#include <string.h>

/* Rule M6 beside the committee: heartbeats, probes, attestations. Nothing here decides on a block, and nothing is stored: after a restart the next heartbeats
 * and probes tell it again. */

#define BEATS            3u    /* heartbeats, and rounds of probes, an epoch */
#define PROBES_AT_ONCE  32u    /* asked for in one step */
#define TICK_MIN_MS    100
#define SLOTS           64u    /* of the first moments of an epoch, over which heartbeats are spread */
#define NOBODY         G_MAXUINT32

static gint64
get_beat_ms (const TcEngine *self)
{
  return MAX (self->genesis->params.epoch_length_ms / BEATS, 1);
}

static const TcRegistry *
get_registry (const TcEngine *self)
{
  return tc_ledger_get_registry (self->ledger);
}

static gboolean
is_outside (const TcEngine *self, guint32 masternode)
{
  const TcWatch *watch = &self->watch;

  return masternode < watch->n_masternodes && tc_bitmap_get (watch->outside_bits, masternode);
}

void
tc_engine_free_watch (TcEngine *self)
{
  TcWatch *watch = &self->watch;

  g_clear_pointer (&watch->outside, g_free);
  g_clear_pointer (&watch->outside_bits, g_free);
  g_clear_pointer (&watch->heard, g_free);
  g_clear_pointer (&watch->reached, g_free);
  for (guint i = 0; i < TC_COMMITTEE_MAX; i++)
    g_clear_pointer (&watch->attestations[i].bitmap, g_bytes_unref);
}

void
tc_engine_begin_watch (TcEngine *self)
{
  const TcRegistry *registry = get_registry (self);
  TcWatch *watch = &self->watch;
  const TcMasternode *own = self->key != NULL ? tc_registry_find_key (registry, tc_secret_key_get_public (self->key)) : NULL;
  const gsize n = MIN (tc_registry_get_n (registry), 8 * TC_ATTESTATION_BITMAP_MAX);
  const gsize size = tc_attestation_bitmap_size (n);

  tc_engine_free_watch (self);
  memset (watch, 0, sizeof *watch);
  watch->n_masternodes = (guint32) n;
  watch->outside = g_new (guint32, n);
  watch->outside_bits = g_malloc0 (size);
  watch->heard = g_malloc0 (size);
  watch->reached = g_malloc0 (size);
  for (guint32 i = 0; i < n; i++)
    if (tc_registry_is_attestable (registry, self->committee, i))
      {
        watch->outside[watch->n_outside++] = i;
        tc_bitmap_set (watch->outside_bits, i);
      }
  watch->own = own != NULL && is_outside (self, own->index) ? own->index : NOBODY;
  watch->beat_ms = watch->own != NOBODY ? self->mono_ms + get_beat_ms (self) / 8 * (watch->own % SLOTS) / SLOTS : G_MAXINT64;
  /* Not at once: the heartbeats must come first. */
  watch->probe_from_ms = self->mono_ms + get_beat_ms (self) / 4;
  watch->probe_ms = self->self != TC_MEMBER_NONE && watch->n_outside > 0 ? watch->probe_from_ms : G_MAXINT64;
}

/* --- heartbeats --- */

static GBytes *
make_heartbeat (TcEngine *self)
{
  TcHeartbeat heartbeat = { .epoch = self->committee->epoch, .masternode = self->watch.own };
  GByteArray *bytes = g_byte_array_sized_new (TC_HEARTBEAT_SIZE);

  tc_heartbeat_sign (&heartbeat, tc_engine_chain_id (self), self->key);
  tc_heartbeat_put (bytes, &heartbeat);
  return g_byte_array_free_to_bytes (bytes);
}

/* Its heartbeats would be of past epochs. A peer may claim blocks that it has not, so asking for some does not tell. */
static gboolean
is_far_behind (const TcEngine *self)
{
  return tc_engine_is_syncing (self) && self->wall_ms - (gint64) tc_ledger_get_tip (self->ledger)->time_ms > (gint64) self->genesis->params.epoch_length_ms;
}

/* To all: who has it already drops it unread. */
static void
send_to_all (TcEngine *self, guint64 except, guint8 type, GBytes *body)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->id != except)
        tc_engine_send (self, peer, type, g_bytes_ref (body));
    }
}

static void
beat (TcEngine *self)
{
  g_autoptr(GBytes) body = NULL;

  if (self->mono_ms < self->watch.beat_ms || is_far_behind (self))
    return;
  body = make_heartbeat (self);
  send_to_all (self, 0, TC_MESSAGE_HEARTBEAT, body);
  self->watch.has_beaten = TRUE;
  self->watch.beat_ms = self->mono_ms + get_beat_ms (self);
}

void
tc_engine_greet_with_heartbeat (TcEngine *self, TcPeer *peer)
{
  if (self->watch.has_beaten)
    tc_engine_send (self, peer, TC_MESSAGE_HEARTBEAT, make_heartbeat (self));
}

void
tc_engine_on_heartbeat (TcEngine *self, TcPeer *peer, GBytes *body)
{
  TcReader reader = tc_reader_of_bytes (body);
  TcWatch *watch = &self->watch;
  TcHeartbeat heartbeat;

  tc_heartbeat_read (&reader, &heartbeat);
  if (!tc_reader_end (&reader, "heartbeat", NULL))
    {
      tc_engine_punish (self, peer->id, 100, "malformed heartbeat");
      return;
    }
  /* Votes for the next height wait there too. */
  if (heartbeat.epoch == self->committee->epoch + 1 && peer->n_held < TC_ENGINE_HELD_PEER_MAX / 4)
    tc_engine_hold (self, peer->id, TC_MESSAGE_HEARTBEAT, body);
  if (heartbeat.epoch != self->committee->epoch)
    return;
  if (!is_outside (self, heartbeat.masternode))
    {
      tc_engine_punish (self, peer->id, 100, "heartbeat of a masternode that has none to send");
      return;
    }
  if (tc_bitmap_get (watch->heard, heartbeat.masternode))
    return;
  if (!tc_heartbeat_check (&heartbeat, tc_engine_chain_id (self), &tc_registry_get (get_registry (self), heartbeat.masternode)->operator_key,
                           self->verifier))
    {
      tc_engine_punish (self, peer->id, 100, "heartbeat with a bad signature");
      return;
    }
  tc_bitmap_set (watch->heard, heartbeat.masternode);
  self->n_heartbeats++;
  send_to_all (self, peer->id, TC_MESSAGE_HEARTBEAT, body);
}

/* --- probes --- */

static void
probe (TcEngine *self, guint32 masternode)
{
  const TcMasternode *item = tc_registry_get (get_registry (self), masternode);
  TcEffect *effect;

  if (!tc_bitmap_get (self->watch.heard, masternode) || tc_bitmap_get (self->watch.reached, masternode) || item->host[0] == '\0')
    return;
  effect = tc_engine_emit (self, TC_EFFECT_PROBE);
  effect->masternode = masternode;
  effect->operator_key = item->operator_key;
  effect->text = g_strdup (item->host);
}

/* Spread evenly over each round, each member from a place of its own: a masternode is not knocked at by all at once. */
static void
probe_some (TcEngine *self)
{
  TcWatch *watch = &self->watch;
  const gint64 round_ms = get_beat_ms (self), elapsed_ms = self->mono_ms - watch->probe_from_ms;
  const guint64 round = (guint64) (elapsed_ms / round_ms);
  const guint64 due = round * watch->n_outside + (guint64) (elapsed_ms % round_ms) * watch->n_outside / (guint64) round_ms + 1;
  const guint64 first = (guint64) self->self * watch->n_outside / self->committee->n_members;

  for (guint i = 0; i < PROBES_AT_ONCE && watch->n_probed < due; i++)
    probe (self, watch->outside[(first + watch->n_probed++) % watch->n_outside]);
  watch->probe_ms = self->mono_ms + CLAMP (round_ms / watch->n_outside, TICK_MIN_MS, round_ms);
}

void
tc_engine_note_reached (TcEngine *self, guint32 masternode, const TcPublicKey *operator_key)
{
  if (is_outside (self, masternode) && tc_public_key_equal (&tc_registry_get (get_registry (self), masternode)->operator_key, operator_key))
    tc_bitmap_set (self->watch.reached, masternode);
}

void
tc_engine_watch_tick (TcEngine *self)
{
  beat (self);
  if (self->mono_ms >= self->watch.probe_ms && tc_engine_may_sign (self))
    probe_some (self);
}

gint64
tc_engine_watch_deadline (TcEngine *self)
{
  gint64 deadline = is_far_behind (self) ? G_MAXINT64 : self->watch.beat_ms;

  return tc_engine_may_sign (self) ? MIN (deadline, self->watch.probe_ms) : deadline;
}

/* --- attestations --- */

/* Returns: FALSE where it would name nobody: it says no more than none. */
static gboolean
make_attestation (TcEngine *self, TcAttestation *ret_attestation)
{
  const TcWatch *watch = &self->watch;
  const gsize size = tc_attestation_bitmap_size (watch->n_masternodes);
  g_autofree guint8 *bitmap = g_malloc0 (size);
  gboolean any = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      bitmap[i] = watch->heard[i] & watch->reached[i];
      any = any || bitmap[i] != 0;
    }
  if (any)
    *ret_attestation = (TcAttestation) { .member = (guint8) self->self, .bitmap = g_bytes_new_take (g_steal_pointer (&bitmap), size) };
  return any;
}

static void
spread_attestation (TcEngine *self, TcPeer *from, guint32 member, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  const TcHash name = tc_hash_tagged (TC_TAG_ATTEST, data, n);

  if (from != NULL)
    tc_peer_note_known (self, from, &name);
  tc_engine_push (self, from, member, &name, TC_MESSAGE_ATTESTATION, body);
}

void
tc_engine_attest (TcEngine *self, guint32 height)
{
  TcWatch *watch = &self->watch;
  TcAttestation attestation;
  g_autoptr(GBytes) body = NULL;

  if (!tc_engine_may_sign (self) || watch->attest_height != height || watch->attestations[self->self].bitmap != NULL
      || !make_attestation (self, &attestation))
    return;
  tc_attestation_sign (&attestation, tc_engine_chain_id (self), self->committee->epoch, height, self->key);
  watch->attestations[self->self] = attestation;
  self->n_attestations++;
  body = tc_attestation_message_encode (self->committee->epoch, height, &attestation);
  spread_attestation (self, NULL, self->self, body);
}

gboolean
tc_engine_is_before_last (TcEngine *self, const TcHeader *header)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);

  return header->time_ms >= tip->epoch_start_ms && header->time_ms - tip->epoch_start_ms >= self->genesis->params.epoch_length_ms
         && !tc_ledger_next_is_last (self->ledger);
}

void
tc_engine_begin_attestations (TcEngine *self)
{
  const guint32 tip_height = tc_ledger_get_tip (self->ledger)->height;
  const guint32 height = tc_ledger_next_is_last (self->ledger) ? tip_height : tip_height + 1;
  TcWatch *watch = &self->watch;

  if (watch->attest_height != height)
    for (guint i = 0; i < TC_COMMITTEE_MAX; i++)
      g_clear_pointer (&watch->attestations[i].bitmap, g_bytes_unref);
  watch->attest_height = height;
  /* Who did not precommit, having heard of the decision first, still has something to say. */
  if (height == tip_height && self->started)
    tc_engine_attest (self, height);
}

void
tc_engine_on_attestation (TcEngine *self, TcPeer *peer, GBytes *body)
{
  TcWatch *watch = &self->watch;
  TcAttestation attestation;
  g_autoptr(GBytes) bitmap = NULL;
  guint32 epoch, height;

  if (!tc_attestation_message_decode (body, &epoch, &height, &attestation))
    {
      tc_engine_punish (self, peer->id, 100, "malformed attestation");
      return;
    }
  bitmap = attestation.bitmap;
  if (height == watch->attest_height + 1 && !tc_ledger_next_is_last (self->ledger))
    tc_engine_hold (self, peer->id, TC_MESSAGE_ATTESTATION, body);
  if (height != watch->attest_height || epoch != self->committee->epoch)
    return;
  if (attestation.member >= self->committee->n_members || !tc_attestation_fits (&attestation, tc_registry_get_n (get_registry (self))))
    {
      tc_engine_punish (self, peer->id, 100, "attestation that fits no committee");
      return;
    }
  if (watch->attestations[attestation.member].bitmap != NULL)
    return;
  if (!tc_attestation_check (&attestation, tc_engine_chain_id (self), epoch, height, &self->committee->members[attestation.member].operator_key,
                             self->verifier))
    {
      tc_engine_punish (self, peer->id, 100, "attestation with a bad signature");
      return;
    }
  attestation.bitmap = g_steal_pointer (&bitmap);
  watch->attestations[attestation.member] = attestation;
  self->n_attestations++;
  spread_attestation (self, peer, attestation.member, body);
}

TcCommit *
tc_engine_attested_commit (TcEngine *self, const TcCommit *commit)
{
  TcAttestation attestations[TC_COMMITTEE_MAX];
  gsize n = 0;

  for (guint i = 0; self->watch.attest_height == commit->height && i < self->committee->n_members; i++)
    if (self->watch.attestations[i].bitmap != NULL)
      attestations[n++] = self->watch.attestations[i];
  return tc_commit_new_attested (commit, attestations, n);
}
