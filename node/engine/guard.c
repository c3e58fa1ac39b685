#include "engine-private.h"

/* Rule C5: when this node may sign. */

static gboolean
is_overridden (const TcEngine *self)
{
  return self->sign_anyway_epoch == TC_SIGN_ANYWAY_ALWAYS || self->sign_anyway_epoch == self->committee->epoch;
}

/* Epoch 1 is everybody's first, but for who lost a store. The last block before an epoch may bear a time ahead of our clock. Rule C5:
 * "it signs nothing before the next epoch, unless its operator overrides". */
static gboolean
is_young (const TcEngine *self)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);

  if ((self->committee->epoch == 1 || self->steady) && !self->store_replaced)
    return FALSE;
  return self->store_created_ms + self->clock_behind_ms + self->genesis->params.clock_ahead_ms > (gint64) tip->epoch_start_ms;
}

/* A genesis that is long past has a first epoch of two blocks: all stores are younger than the next, and if nobody signed there it would never end. */
void
tc_engine_note_steady (TcEngine *self)
{
  self->steady = self->n_agreed > 0 && (self->committee->epoch == 1 || self->steady) && tc_engine_may_sign (self);
}

const char *
tc_signing_name (TcSigning signing)
{
  static const char *const names[] = { "yes", "no-member", "old-store", "chain-ahead", "met-itself", "halted", "chain-old" };

  return names[signing];
}

TcSigning
tc_engine_get_signing (const TcEngine *self)
{
  if (self->key == NULL || self->self == TC_MEMBER_NONE)
    return TC_SIGNING_NO_MEMBER;
  if (self->halted)
    return TC_SIGNING_HALTED;
  if (self->signing_off)
    return TC_SIGNING_MET_ITSELF;
  if (self->committee->epoch < self->pruned_epoch)
    return TC_SIGNING_CHAIN_OLD;
  if (is_overridden (self))
    return TC_SIGNING_YES;
  if (self->stopped_epoch == self->committee->epoch)
    return TC_SIGNING_MET_ITSELF;
  if (is_young (self))
    return TC_SIGNING_OLD_STORE;
  return self->behind_epoch == self->committee->epoch ? TC_SIGNING_CHAIN_AHEAD : TC_SIGNING_YES;
}

/* Epoch 1 is signed in with a store that knows nothing of it. More than a third, so somebody honest, has the block that is decided on here: what is signed on it now, the same key may
 * have signed otherwise then, on a machine that this one replaces. */
static gboolean
is_history (const TcEngine *self)
{
  const guint32 height = tc_ledger_get_tip (self->ledger)->height;
  guint64 power = 0;

  if (self->committee->epoch != 1 || self->steady)
    return FALSE;
  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->member != TC_MEMBER_NONE && peer->member != self->self && peer->height > height)
        power += self->committee->members[peer->member].power;
    }
  return tc_committee_is_third (self->committee, power);
}

gboolean
tc_engine_may_sign (const TcEngine *self)
{
  return tc_engine_get_signing (self) == TC_SIGNING_YES && !is_history (self) && !tc_engine_is_snapshotting (self);
}

gboolean
tc_engine_is_uninformed (const TcEngine *self)
{
  const TcCommittee *committee = self->committee;

  if (tc_ledger_get_tip (self->ledger)->height > 0 || self->mono_ms - self->started_ms >= TC_ENGINE_INFORMED_MS || self->self == TC_MEMBER_NONE
      || tc_committee_is_quorum (committee, committee->members[self->self].power))
    return FALSE;
  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_status && peer->member != TC_MEMBER_NONE && peer->member != self->self)
        return FALSE;
    }
  return TRUE;
}

/* A block whose time is ahead of our clock shows how far that is behind, and with it the time at which a store was found to be old. One that was found so long ago by the same
 * clock is old enough either way. */
void
tc_engine_note_clock (TcEngine *self)
{
  if (self->store_replaced && self->wall_ms - self->store_created_ms < 2 * (gint64) self->genesis->params.epoch_length_ms)
    self->clock_behind_ms = MAX (self->clock_behind_ms, (gint64) tc_ledger_get_tip (self->ledger)->time_ms - self->wall_ms);
}

/* epoch u32 | height u32 */
static void
record_stop (TcEngine *self)
{
  GArray *records = tc_engine_records_new ();
  GByteArray *bytes = g_byte_array_new ();

  tc_put_u32 (bytes, self->committee->epoch);
  tc_put_u32 (bytes, tc_agreement_get_height (self->agreement));
  tc_engine_record (self, records, TC_RECORD_STOP, g_byte_array_free_to_bytes (bytes));
  tc_engine_persist (self, records);
}

static void
stop_signing (TcEngine *self, const char *what)
{
  if (self->signing_off)
    return;
  self->signing_off = TRUE;
  self->stopped_epoch = self->committee->epoch;
  tc_finality_stop_signing (self->finality);
  record_stop (self);
  tc_engine_emit_text (self, TC_EFFECT_WARN,
                       "A %s signed by this masternode's key came from the network, and this node did not send it: another copy of it is "
                       "running, or its data folder was restored from a backup. It has stopped signing. Stop the other copy, then start "
                       "this one again in the next epoch.", what);
}

/* Rule C5: "One that meets a valid message of this epoch by its own key that its store lacks stops signing and says so." A store that is
 * old lacks what its key signed before, and others may still hold that. But what is signed at a height that began after two were decided
 * under our eyes, somebody signs now. */
void
tc_engine_meet_itself (TcEngine *self, const char *what)
{
  if (tc_engine_may_sign (self) || (tc_engine_get_signing (self) != TC_SIGNING_NO_MEMBER && self->n_agreed >= 2))
    stop_signing (self, what);
}

void
tc_engine_restore_stop (TcEngine *self, GBytes *data)
{
  TcReader reader = tc_reader_of_bytes (data);
  guint32 epoch = tc_reader_u32 (&reader);

  tc_reader_u32 (&reader);
  if (tc_reader_end (&reader, "stop", NULL))
    self->stopped_epoch = epoch;
}

void
tc_engine_restore_pruned (TcEngine *self, GBytes *data)
{
  TcReader reader = tc_reader_of_bytes (data);
  guint32 epoch = tc_reader_u32 (&reader);

  if (tc_reader_end (&reader, "pruned", NULL))
    self->pruned_epoch = MAX (self->pruned_epoch, epoch);
}

/* --- the chain and the store --- */

/* Where the member's position stands in what it signs; 0: kept for another reason. */
static guint
get_member_place (guint8 kind)
{
  switch ((TcRecordKind) kind)
    {
    case TC_RECORD_VOTE:     return 1 + 4 + 4 + 4 + TC_HASH_SIZE;
    case TC_RECORD_BATCH:
    case TC_RECORD_CLOSE:    return 4;
    case TC_RECORD_PROPOSAL: return 4 + 4 + 4 + 4;
    case TC_RECORD_TX:
    case TC_RECORD_LIST:
    case TC_RECORD_STOP:
    case TC_RECORD_HALT:
    case TC_RECORD_PRUNED:   return 0;
    }
  return 0;
}

/* Who signed in this epoch with this store signs on (rule C5: "A crash does not make a store old"). */
void
tc_engine_find_steady (TcEngine *self, const TcRecord *records, gsize n_records)
{
  for (gsize i = 0; i < n_records && self->self != TC_MEMBER_NONE; i++)
    {
      const guint place = get_member_place (records[i].kind);
      gsize n;
      const guint8 *data = g_bytes_get_data (records[i].data, &n);

      if (records[i].epoch == self->committee->epoch && place > 0 && place < n && data[place] == self->self)
        self->steady = TRUE;
    }
}

static gboolean
is_own_precommit (const TcEngine *self, const TcRecord *record, TcVote *ret_vote)
{
  TcReader reader;

  if (record->kind != TC_RECORD_VOTE || record->epoch != self->committee->epoch)
    return FALSE;
  reader = tc_reader_of_bytes (record->data);
  tc_vote_read (&reader, ret_vote);
  return tc_reader_end (&reader, "vote", NULL) && ret_vote->member == self->self && ret_vote->step == TC_STEP_PRECOMMIT;
}

static gboolean
is_held (const GArray *votes, const TcCommit *commit)
{
  for (guint i = 0; i < votes->len; i++)
    {
      const TcVote *vote = &g_array_index (votes, TcVote, i);

      if (vote->height == commit->height && vote->round == commit->round && tc_hash_equal (&vote->block_hash, &commit->block_hash))
        return TRUE;
    }
  return FALSE;
}

/* What this node signed is on disk before it leaves: a commit of this epoch with a signature of ours that the store lacks shows that the store is another, or older. */
void
tc_engine_compare_store (TcEngine *self, const TcRecord *records, gsize n_records)
{
  const guint32 first = tc_ledger_get_tip (self->ledger)->epoch_start_height;
  g_autoptr(GArray) votes = g_array_new (FALSE, FALSE, sizeof (TcVote));
  TcVote vote;

  for (gsize i = 0; i < n_records; i++)
    if (is_own_precommit (self, &records[i], &vote))
      g_array_append_val (votes, vote);
  for (guint i = 0; self->self != TC_MEMBER_NONE && i < self->restored_commits->len; i++)
    {
      const TcCommit *commit = g_ptr_array_index (self->restored_commits, i);

      if (commit->height > first && tc_bitmap_get (commit->signers, self->self) && !is_held (votes, commit))
        self->behind_epoch = self->committee->epoch;
    }
  g_ptr_array_set_size (self->restored_commits, 0);
}
