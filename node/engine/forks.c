#include "engine-private.h"

#include "halt-record.h"

/* Rule C8. A peer that names another block than ours is asked for it. Where our committee of that height signed it too, that is the proof. Where it did not, the peer's chain may have left
 * ours below, under a committee that both had: the lowest height at which it differs is found by halving, and its commit must be good there, or the peer lies.
 *
 * A search costs one peer's time, at most TC_FORK_REQUESTS_MAX of its blocks, as many reads of our own disk and checks of a commit; then it rests. */

#define PAST_MAX      64u      /* of the newest blocks, kept in memory */
#define REQUESTS_MAX  40u      /* of one search: 32 halve every height */
#define REST_MS       60000    /* between two searches at one peer */
#define GLANCE_MS     30000    /* between two looks at what a peer that is behind says */

typedef struct
{
  TcHash       hash;
  TcHeader     header;
  TcCommit    *commit;
  TcCommittee *committee;
} Past;

/* A block that the operator said does not stand. */
typedef struct
{
  guint32 height;
  TcHash  hash;
} Overruled;

/* One peer's search. */
struct _TcForkSearch
{
  guint32   low, high;      /* both have low; at high they differ (once seen_high) */
  gboolean  seen_high;
  gboolean  ignored;        /* the claim at high is too old, or overruled */
  guint32   asked;          /* the height that is looked at */
  gboolean  vetting;        /* `asked` is the height of an overruled block: is the peer's chain that one? */
  gboolean  glance;         /* so far the peer only said a hash: ours is looked up first */
  TcHash    said;
  gboolean  answered;       /* what follows is the peer's block at `asked` */
  TcHash    hash;
  TcHeader  header;
  TcCommit *commit;
  gint64    deadline_ms;
  guint     n_requests;
};

static void
past_free (gpointer data)
{
  Past *past = data;

  tc_commit_unref (past->commit);
  tc_committee_unref (past->committee);
  g_free (past);
}

void
tc_engine_forks_init (TcEngine *self)
{
  self->past = g_ptr_array_new_with_free_func (past_free);
  self->overruled = g_array_new (FALSE, FALSE, sizeof (Overruled));
}

void
tc_engine_forks_clear (TcEngine *self)
{
  g_ptr_array_unref (self->past);
  g_array_unref (self->overruled);
  g_clear_pointer (&self->halt_text, g_free);
}

void
tc_engine_note_past (TcEngine *self, const TcBlock *block, TcCommit *commit, TcCommittee *committee)
{
  Past *past = g_new (Past, 1);

  *past = (Past) { block->hash, block->header, tc_commit_ref (commit), tc_committee_ref (committee) };
  if (self->past->len == PAST_MAX)
    g_ptr_array_remove_index (self->past, 0);
  g_ptr_array_add (self->past, past);
}

static const Past *
find_past (const TcEngine *self, guint32 height)
{
  const Past *first = self->past->len > 0 ? g_ptr_array_index (self->past, 0) : NULL;

  if (first == NULL || height < first->header.height || height - first->header.height >= self->past->len)
    return NULL;
  return g_ptr_array_index (self->past, height - first->header.height);
}

TcCommittee *
tc_engine_past_committee (const TcEngine *self, guint32 height)
{
  const Past *past = find_past (self, height);

  return past != NULL ? past->committee : NULL;
}

/* --- the end --- */

static gboolean
is_overruled (const TcEngine *self, const TcHash *hash)
{
  for (guint i = 0; i < self->overruled->len; i++)
    if (tc_hash_equal (&g_array_index (self->overruled, Overruled, i).hash, hash))
      return TRUE;
  return FALSE;
}

/* The highest one not above @height; 0: none. What stands on an overruled block shows itself there. */
static guint32
find_overruled (const TcEngine *self, guint32 height)
{
  guint32 found = 0;

  for (guint i = 0; i < self->overruled->len; i++)
    if (g_array_index (self->overruled, Overruled, i).height <= height)
      found = MAX (found, g_array_index (self->overruled, Overruled, i).height);
  return found;
}

/* Rule C8: "Two commits for different blocks at one height within the last 2 016 epochs prove that P/3 lied: a node that sees them
 * halts, keeps both, and says so." */
static void
halt (TcEngine *self, const Past *own, const TcHeader *header, TcCommit *commit)
{
  g_auto(TcHaltRecord) record = { 0 };
  TcRecord stored = { TC_RECORD_EPOCH_KEPT, TC_RECORD_HALT, NULL };
  g_autofree char *text = NULL;
  GArray *records = tc_engine_records_new ();

  tc_halt_record_init (&record, own->committee, &own->header, own->commit, header, commit);
  stored.data = tc_halt_record_encode (&record);
  g_array_append_val (records, stored);
  tc_engine_persist (self, records);
  text = tc_halt_record_text (&record);
  self->halted = TRUE;
  tc_engine_emit_text (self, TC_EFFECT_HALT, "%s", text);
}

void
tc_engine_restore_halt (TcEngine *self, GBytes *data)
{
  g_auto(TcHaltRecord) record = { 0 };

  /* What is damaged is no reason to go on: something was so grave that it was written down. */
  if (!tc_halt_record_decode (data, &record))
    {
      self->halted = TRUE;
      self->halt_text = g_strdup ("The record of two commits at one height is damaged: signed.sqlite cannot be trusted. Move it away and start again; "
                                  "the node then signs nothing before the next epoch.");
      return;
    }
  if (record.settled)
    {
      const Overruled overruled = { record.height, record.commits[1]->block_hash };

      g_array_append_val (self->overruled, overruled);
      return;
    }
  self->halted = TRUE;
  g_free (self->halt_text);
  self->halt_text = tc_halt_record_text (&record);
}

typedef enum
{
  CLAIM_BAD,      /* no commit of our committee */
  CLAIM_IGNORED,  /* too old, or settled */
  CLAIM_PROVEN,   /* halted */
} Claim;

/* @header: (nullable). */
static Claim
judge (TcEngine *self, const Past *own, const TcHeader *header, TcCommit *commit)
{
  if (own->committee == NULL || (guint64) own->header.epoch + self->genesis->params.unbonding_epochs < self->committee->epoch)
    return CLAIM_IGNORED;
  if (commit->height != own->header.height || tc_hash_equal (&commit->block_hash, &own->hash)
      || !tc_commit_check (commit, tc_engine_chain_id (self), own->committee, self->verifier))
    return CLAIM_BAD;
  if (is_overruled (self, &commit->block_hash))
    return CLAIM_IGNORED;
  halt (self, own, header, commit);
  return CLAIM_PROVEN;
}

void
tc_engine_meet_commit (TcEngine *self, TcCommit *commit)
{
  const Past *own = find_past (self, commit->height);

  /* On an overruled block: whose chain that is, its tip tells. */
  if (own != NULL && !tc_hash_equal (&commit->block_hash, &own->hash) && find_overruled (self, commit->height) == 0)
    judge (self, own, NULL, commit);
}

gboolean
tc_engine_meet_link (TcEngine *self, const TcHeader *own, TcCommit *own_commit, TcCommittee *committee, const TcLink *rival)
{
  const TcParams *params = &self->genesis->params;
  const Past past = { tc_header_hash (own), *own, own_commit, committee };

  /* Keys of long ago cost nothing: a node that comes back must not be stopped by them (M4). */
  if (self->wall_ms - (gint64) own->time_ms > (gint64) params->unbonding_epochs * params->epoch_length_ms)
    return TRUE;
  if (own->height == rival->header.height)
    return judge (self, &past, &rival->header, rival->commit) != CLAIM_BAD;
  return TRUE;
}

void
tc_engine_meet_block (TcEngine *self, TcPeer *peer, const TcBlock *block, TcCommit *commit)
{
  const Past *own = find_past (self, block->header.height);

  if (own == NULL || tc_hash_equal (&block->hash, &own->hash))
    return;
  if (find_overruled (self, block->header.height) != 0)
    {
      tc_engine_search_fork (self, peer, block->header.height);
      return;
    }
  if (!tc_hash_equal (&commit->block_hash, &block->hash) || judge (self, own, &block->header, commit) == CLAIM_BAD)
    tc_engine_punish (self, peer->id, 100, "block of a height that is committed, without a commit for it");
}

/* --- the search --- */

void
tc_peer_drop_search (TcPeer *peer)
{
  if (peer->search != NULL)
    g_clear_pointer (&peer->search->commit, tc_commit_unref);
  g_clear_pointer (&peer->search, g_free);
}

static void
end_search (TcEngine *self, TcPeer *peer)
{
  if (!peer->search->glance)
    peer->search_after_ms = self->mono_ms + REST_MS;
  peer->glance_after_ms = self->mono_ms + GLANCE_MS;
  tc_peer_drop_search (peer);
}

static void
fail_search (TcEngine *self, TcPeer *peer, guint points, const char *why)
{
  end_search (self, peer);
  peer->has_status = FALSE;
  tc_engine_punish (self, peer->id, points, why);
}

static void go_on (TcEngine *self, TcPeer *peer, const Past *own);

static void
look_up (TcEngine *self, TcPeer *peer)
{
  const Past *own = find_past (self, peer->search->asked);

  if (own != NULL)
    go_on (self, peer, own);
  else
    tc_engine_emit (self, TC_EFFECT_LOOK_UP)->height = peer->search->asked;
}

static void
ask (TcEngine *self, TcPeer *peer, guint32 height)
{
  TcForkSearch *search = peer->search;

  if (search->n_requests++ >= REQUESTS_MAX)
    {
      fail_search (self, peer, 100, "a chain without end");
      return;
    }
  g_clear_pointer (&search->commit, tc_commit_unref);
  search->answered = search->glance = FALSE;
  search->asked = height;
  search->deadline_ms = self->mono_ms + TC_ENGINE_SYNC_MS;
  tc_engine_send (self, peer, TC_MESSAGE_GET_BLOCKS, tc_get_blocks_encode (height, 1));
}

static void
ask_first (TcEngine *self, TcPeer *peer)
{
  const guint32 overruled = find_overruled (self, peer->search->high);

  peer->search->vetting = overruled != 0;
  ask (self, peer, overruled != 0 ? overruled : peer->search->high);
}

/* Between low, which both have, and high, where they differ and nothing is proven. */
static void
halve (TcEngine *self, TcPeer *peer)
{
  const TcForkSearch *search = peer->search;

  if (search->high - search->low > 1)
    ask (self, peer, search->low + (search->high - search->low) / 2);
  else if (search->ignored)
    fail_search (self, peer, 20, "follows another chain that parted long ago");
  else
    fail_search (self, peer, 100, "names a block that no committee of ours committed");
}

static void
end_glance (TcEngine *self, TcPeer *peer, const Past *own)
{
  if (tc_hash_equal (&own->hash, &peer->search->said))
    end_search (self, peer);
  else
    ask_first (self, peer);
}

/* Our block and the peer's at search->asked are at hand. */
static void
go_on (TcEngine *self, TcPeer *peer, const Past *own)
{
  TcForkSearch *search = peer->search;
  Claim claim;

  if (search->glance)
    {
      end_glance (self, peer, own);
      return;
    }
  if (!tc_hash_equal (&own->hash, &search->hash))
    {
      claim = judge (self, own, &search->header, search->commit);
      if (claim == CLAIM_PROVEN)
        return;
      search->high = search->asked;
      search->seen_high = TRUE;
      search->ignored = claim == CLAIM_IGNORED;
    }
  else if (!search->seen_high)
    {
      fail_search (self, peer, 20, "said that it has another block, and has ours");
      return;
    }
  else
    search->low = search->asked;
  halve (self, peer);
}

static void
begin_search (TcEngine *self, TcPeer *peer, guint32 height)
{
  self->searching = TRUE;
  peer->search = g_new0 (TcForkSearch, 1);
  peer->search->high = height;
}

gboolean
tc_engine_search_fork (TcEngine *self, TcPeer *peer, guint32 height)
{
  if (peer->search != NULL)
    return TRUE;
  if (height == 0 || self->mono_ms < peer->search_after_ms)
    return FALSE;
  begin_search (self, peer, height);
  ask_first (self, peer);
  return TRUE;
}

void
tc_engine_compare_tip (TcEngine *self, TcPeer *peer, guint32 height, const TcHash *hash)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  const Past *own = find_past (self, height);

  if (height == 0 || height > tip->height || peer->search != NULL)
    return;
  if (own != NULL || height == tip->height)
    {
      if (!tc_hash_equal (own != NULL ? &own->hash : &tip->hash, hash))
        tc_engine_search_fork (self, peer, height);
      return;
    }
  if (self->mono_ms < peer->glance_after_ms)
    return;
  begin_search (self, peer, height);
  peer->search->glance = TRUE;
  peer->search->said = *hash;
  peer->search->asked = height;
  peer->search->deadline_ms = self->mono_ms + TC_ENGINE_SYNC_MS;
  look_up (self, peer);
}

gboolean
tc_engine_take_answer (TcEngine *self, TcPeer *peer, const TcBlock *block, TcCommit *commit)
{
  TcForkSearch *search = peer->search;

  if (search == NULL || search->glance || search->answered || block->header.height != search->asked)
    return FALSE;
  if (!tc_hash_equal (&commit->block_hash, &block->hash) || commit->height != block->header.height)
    {
      fail_search (self, peer, 100, "block without a commit for it");
      return TRUE;
    }
  if (search->vetting && is_overruled (self, &block->hash))
    {
      fail_search (self, peer, 20, "follows the chain that this node's operator rejected");
      return TRUE;
    }
  if (search->vetting)
    {
      search->vetting = FALSE;
      ask (self, peer, search->high);
      return TRUE;
    }
  search->answered = TRUE;
  search->hash = block->hash;
  search->header = block->header;
  search->commit = tc_commit_ref (commit);
  look_up (self, peer);
  return TRUE;
}

void
tc_engine_on_stored (TcEngine *self, const TcInput *input)
{
  if (input->header == NULL)
    return;
  const Past own = { tc_header_hash (input->header), *input->header, input->commit, input->committee };

  for (guint i = 0; i < self->peers->len && !self->halted; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->search != NULL && peer->search->asked == own.header.height && (peer->search->glance || peer->search->answered))
        go_on (self, peer, &own);
    }
}

void
tc_engine_forks_tick (TcEngine *self)
{
  if (!self->searching)
    return;
  self->searching = FALSE;
  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      self->searching = self->searching || peer->search != NULL;
      if (peer->search == NULL || self->mono_ms < peer->search->deadline_ms)
        continue;
      if (peer->search->glance || peer->search->answered)
        end_search (self, peer);  /* our own disk is slow: not its fault */
      else
        fail_search (self, peer, 20, "did not send the block that it says it has");
    }
}

gint64
tc_engine_forks_deadline (const TcEngine *self)
{
  gint64 deadline_ms = G_MAXINT64;

  for (guint i = 0; self->searching && i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->search != NULL)
        deadline_ms = MIN (deadline_ms, peer->search->deadline_ms);
    }
  return deadline_ms;
}
