#include "engine-private.h"

/* Rule S3: "Who is more than an epoch behind proves links first, then each block by its own commit and the committee of its epoch." Pages of them come from several peers in turn. */

#define PENDING_MAX       1024u       /* links that wait to be proven */
#define CHECKS_MAX          64u       /* of them, commits under check */
#define PAGE_MAX           512u       /* links asked for at once */
#define STORE_AT            64u       /* proven links that are written together */
#define COMMITTEES_MAX      64u
#define MEMBERS_BYTES_MAX 256000000u  /* of committees that differ from the one before; beyond it blocks come first */
#define PAUSE_MS         10000        /* before a peer that did not send what it has is asked again */
#define LOOK_AGAIN_MS      500
#define SLACK_EPOCHS         2u
#define STUCK_MS         20000        /* with links that are not anchored, before others are tried in their place */
#define COMING_MS        15000        /* without one, before what is known of them is enough to go on with */
#define MISLED_MS       600000        /* before a peer whose links led nowhere is asked again */

static void
proven_clear (gpointer data)
{
  g_bytes_unref (((TcProvenLink *) data)->members);
}

static void
pending_clear (gpointer data)
{
  tc_link_unref (((TcPendingLink *) data)->link);
}

void
tc_engine_links_init (TcEngine *self)
{
  TcLinks *links = &self->links;

  links->proven = g_array_new (FALSE, FALSE, sizeof (TcProvenLink));
  g_array_set_clear_func (links->proven, proven_clear);
  links->pending = g_array_new (FALSE, FALSE, sizeof (TcPendingLink));
  g_array_set_clear_func (links->pending, pending_clear);
  links->unstored = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);
  links->committees = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_committee_unref);
  links->trusted = g_array_new (FALSE, FALSE, sizeof (TcTrusted));
  links->epoch = tc_ledger_get_next_epoch (self->ledger);
}

static void
end_search (TcLinks *links)
{
  g_clear_pointer (&links->search.link, tc_link_unref);
  links->search = (TcLinkSearch) { 0 };
}

void
tc_engine_links_clear (TcEngine *self)
{
  TcLinks *links = &self->links;

  end_search (links);
  g_clear_pointer (&links->rival, tc_link_unref);
  g_clear_pointer (&links->rival_committee, tc_committee_unref);
  g_array_unref (links->proven);
  g_array_unref (links->pending);
  g_ptr_array_unref (links->unstored);
  g_ptr_array_unref (links->committees);
  g_array_unref (links->trusted);
}

/* --- what is proven --- */

static guint
count_proven (const TcLinks *links)
{
  return links->proven->len - links->n_gone;
}

const TcProvenLink *
tc_links_get (const TcLinks *self, guint i)
{
  return i < count_proven (self) ? &g_array_index (self->proven, TcProvenLink, self->n_gone + i) : NULL;
}

const TcProvenLink *
tc_links_get_newest (const TcLinks *self)
{
  return count_proven (self) > 0 ? tc_links_get (self, count_proven (self) - 1) : NULL;
}

const TcProvenLink *
tc_links_get_anchor (const TcLinks *self)
{
  return self->n_anchored > 0 ? tc_links_get (self, self->n_anchored - 1) : NULL;
}

/* Of the first link that is not proven. */
static guint32
next_epoch (const TcLinks *links)
{
  return links->epoch + count_proven (links);
}

guint32
tc_engine_get_link_epoch (const TcEngine *self)
{
  return next_epoch (&self->links);
}

const TcProvenLink *
tc_links_find (const TcLinks *self, guint32 height, guint *ret_number)
{
  guint from = 0, to = count_proven (self);

  while (from < to)
    {
      const guint middle = (from + to) / 2;

      if (tc_links_get (self, middle)->height < height)
        from = middle + 1;
      else
        to = middle;
    }
  if (from == count_proven (self) || tc_links_get (self, from)->height != height)
    return NULL;
  *ret_number = from;
  return tc_links_get (self, from);
}

gboolean
tc_engine_find_link (TcEngine *self, guint32 height, TcHash *ret_hash, TcHash *ret_state_root)
{
  guint number;
  const TcProvenLink *link = tc_links_find (&self->links, height, &number);

  if (link == NULL || number >= self->links.n_anchored)
    return FALSE;
  *ret_hash = link->hash;
  *ret_state_root = link->state_root;
  return TRUE;
}

guint32
tc_engine_get_proven (TcEngine *self, guint64 *ret_time_ms)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  const TcProvenLink *anchor = tc_links_get_anchor (&self->links);

  if (ret_time_ms != NULL)
    *ret_time_ms = anchor != NULL ? anchor->time_ms : tip->time_ms;
  return anchor != NULL ? anchor->height : tip->height;
}

static GBytes *
encode_members (const TcCommittee *committee)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_committee_put (bytes, committee);
  return g_bytes_new (bytes->data + 5, bytes->len - 5);  /* behind epoch and drawn */
}

static TcCommittee *
make_committee (guint32 epoch, const TcProvenLink *link)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  TcReader reader;

  tc_put_u32 (bytes, epoch);
  tc_put_u8 (bytes, link->drawn ? 1 : 0);
  tc_put_bytes (bytes, g_bytes_get_data (link->members, NULL), g_bytes_get_size (link->members));
  tc_reader_init (&reader, bytes->data, bytes->len);
  return tc_committee_read (&reader);
}

/* (nullable): not proven. Borrowed until COMMITTEES_MAX others were asked for. */
static TcCommittee *
find_committee (TcEngine *self, guint32 epoch)
{
  TcLinks *links = &self->links;
  const TcProvenLink *link;
  TcCommittee *committee;

  if (epoch == self->committee->epoch)
    return self->committee;
  link = epoch > links->epoch ? tc_links_get (links, epoch - 1 - links->epoch) : NULL;
  if (link == NULL)
    return NULL;
  for (guint i = 0; i < links->committees->len; i++)
    if (((TcCommittee *) g_ptr_array_index (links->committees, i))->epoch == epoch)
      return g_ptr_array_index (links->committees, i);
  committee = make_committee (epoch, link);
  if (links->committees->len == COMMITTEES_MAX)
    g_ptr_array_remove_index (links->committees, 0);
  g_ptr_array_add (links->committees, committee);
  return committee;
}

TcCommittee *
tc_engine_committee_of (TcEngine *self, guint32 epoch)
{
  const TcLinks *links = &self->links;

  if (self->committee == NULL)
    return NULL;
  if (epoch > links->epoch && epoch - links->epoch > links->n_anchored)
    return NULL;
  return find_committee (self, epoch);
}

/* Whether it comes next, but for its commit. */
static gboolean
follows_proven (TcEngine *self, const TcLink *link)
{
  const TcProvenLink *before = tc_links_get_newest (&self->links);

  if (before == NULL)
    return link->header.height > tc_ledger_get_tip (self->ledger)->height && tc_link_fits (link, tc_engine_chain_id (self), self->committee);
  return link->header.epoch == next_epoch (&self->links) && link->header.height > before->height && tc_hash_equal (&link->header.committee, &before->next)
         && tc_hash_equal (&link->header.chain_id, tc_engine_chain_id (self));
}

static void
append_proven (TcEngine *self, const TcLink *link)
{
  TcLinks *links = &self->links;
  const TcProvenLink *before = tc_links_get_newest (links);
  TcProvenLink item = { link->header.height, link->hash, link->header.state_root, link->header.time_ms, link->header.next_committee, link->next->drawn, encode_members (link->next) };

  if (before != NULL && g_bytes_equal (before->members, item.members))
    {
      g_bytes_unref (item.members);
      item.members = g_bytes_ref (before->members);
    }
  else
    links->members_bytes += g_bytes_get_size (item.members);
  g_array_append_val (links->proven, item);
}

/* A committee that a dropped link had to itself is counted on: it is a bound, not an account. */
static void
forget_front (TcLinks *links)
{
  links->n_gone++;
  if (links->n_gone == links->proven->len)
    links->members_bytes = 0;
  if (links->n_gone < links->proven->len && links->n_gone * 2 < links->proven->len)
    return;
  g_array_remove_range (links->proven, 0, links->n_gone);
  links->n_gone = 0;
}

/* --- to disk --- */

static void
store_proven (TcEngine *self)
{
  TcLinks *links = &self->links;
  TcEffect *effect;

  if (links->unstored->len == 0)
    return;
  effect = tc_engine_emit (self, TC_EFFECT_STORE_LINKS);
  effect->epoch = ((TcLink *) g_ptr_array_index (links->unstored, 0))->header.epoch;
  effect->links = links->unstored;
  links->unstored = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);
}

static void
drop_pending (TcLinks *links)
{
  g_array_set_size (links->pending, 0);
  links->generation++;
  links->n_checks = 0;
}

/* What no trusted block vouches for goes: it may be a chain that committees of long ago made since. */
void
tc_engine_drop_unanchored (TcEngine *self)
{
  TcLinks *links = &self->links;
  const guint32 from = links->epoch + links->n_anchored;
  GPtrArray *unstored = links->unstored;

  drop_pending (links);
  if (count_proven (links) == links->n_anchored)
    return;
  g_array_set_size (links->proven, links->n_gone + links->n_anchored);
  g_ptr_array_set_size (links->committees, 0);
  while (unstored->len > 0 && ((TcLink *) g_ptr_array_index (unstored, unstored->len - 1))->header.epoch >= from)
    g_ptr_array_set_size (unstored, (gint) unstored->len - 1);
  tc_engine_emit (self, TC_EFFECT_STORE_LINKS)->epoch = from;
  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (!peer->led_on)
        continue;
      peer->led_on = FALSE;
      peer->n_failed++;
      peer->links_after_ms = self->mono_ms + MISLED_MS;
    }
}

gboolean
tc_engine_restore_links (TcEngine *self, TcLink *const *items, gsize n_items)
{
  TcLinks *links = &self->links;

  for (gsize i = 0; i < n_items; i++)
    {
      const TcLink *link = items[i];
      gboolean good;

      if (!follows_proven (self, link) || tc_engine_is_distrusted (self, link->header.height, &link->hash))
        return FALSE;
      good = !tc_engine_needs_trust (self) || tc_engine_is_trusted (self, link->header.height, &link->hash);
      append_proven (self, link);
      if (good)
        links->n_anchored = count_proven (links);
    }
  return TRUE;
}

/* --- the tip moves on --- */

static void look_up_rival (TcEngine *self, TcLink *link, guint64 peer);

/* Two commits (C8); or keys of long ago made what was applied, which nothing but another chain store undoes. */
static void
leave_links (TcEngine *self, const TcProvenLink *first, const TcBlock *block, TcCommit *commit)
{
  const TcParams *params = &self->genesis->params;
  g_autoptr(TcLink) own = tc_link_new (&block->header, commit, tc_ledger_get_committee (self->ledger));

  look_up_rival (self, own, 0);
  if (self->links.n_anchored == 0 || self->wall_ms - (gint64) first->time_ms <= (gint64) params->unbonding_epochs * params->epoch_length_ms)
    return;
  self->halted = TRUE;
  tc_engine_emit_text (self, TC_EFFECT_HALT,
                       "The blocks of epoch %u that peers showed do not lead to its last block, which is known: they were made with keys of long ago. The node has stopped. Move the "
                       "files chain.sqlite* away and start it again: it then fetches the chain anew.", block->header.epoch);
}

void
tc_engine_links_advance (TcEngine *self, const TcBlock *block, TcCommit *commit)
{
  TcLinks *links = &self->links;
  const TcProvenLink *first = tc_links_get (links, 0);

  links->epoch = tc_ledger_get_next_epoch (self->ledger);
  if (first == NULL)
    {
      drop_pending (links);
      return;
    }
  if (tc_hash_equal (&first->hash, &block->hash))
    {
      forget_front (links);
      links->n_anchored -= MIN (links->n_anchored, 1);
      return;
    }
  if (self->started)
    leave_links (self, first, block, commit);
  drop_pending (links);
  g_array_set_size (links->proven, 0);
  g_ptr_array_set_size (links->committees, 0);
  g_ptr_array_set_size (links->unstored, 0);
  links->n_gone = links->n_anchored = 0;
}

/* --- proving --- */

static void
pause_peer (TcEngine *self, TcPeer *peer, gint64 ms)
{
  peer->n_failed++;
  peer->links_after_ms = self->mono_ms + ms;
}

static void
blame (TcEngine *self, guint64 id, const char *why)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  if (peer != NULL)
    pause_peer (self, peer, MISLED_MS);
  tc_engine_punish (self, id, 100, why);
}

/* A user may have named a wrong block: that bans nobody. */
static void
leave_branch (TcEngine *self, guint64 id)
{
  TcPeer *peer = tc_engine_find_peer (self, id);

  if (peer != NULL)
    pause_peer (self, peer, MISLED_MS);
  tc_engine_punish (self, id, 20, "a chain that contradicts a trusted block");
}

/* Its commit is good. Returns: FALSE where a trusted block says that it is of another chain. */
static gboolean
take_proven (TcEngine *self, const TcPendingLink *item)
{
  TcLinks *links = &self->links;
  const TcHeader *header = &item->link->header;
  TcPeer *peer = tc_engine_find_peer (self, item->peer);
  const gboolean needs_trust = tc_engine_needs_trust (self);

  if (tc_engine_is_distrusted (self, header->height, &item->link->hash))
    return FALSE;
  append_proven (self, item->link);
  g_ptr_array_add (links->unstored, tc_link_ref (item->link));
  links->progress_ms = links->came_ms = self->mono_ms;
  if (!needs_trust || tc_engine_is_trusted (self, header->height, &item->link->hash))
    links->n_anchored = count_proven (links);
  else if (peer != NULL)
    peer->led_on = TRUE;
  if (peer != NULL && peer->n_failed > 0)
    peer->n_failed--;
  return TRUE;
}

static void
take_good (TcEngine *self)
{
  TcLinks *links = &self->links;
  guint n = 0;

  for (; n < links->pending->len && g_array_index (links->pending, TcPendingLink, n).good; n++)
    {
      const TcPendingLink item = g_array_index (links->pending, TcPendingLink, n);

      if (take_proven (self, &item))
        continue;
      tc_engine_refuse_chain (self, item.link->header.height, &item.link->hash);
      leave_branch (self, item.peer);
      tc_engine_drop_unanchored (self);
      return;
    }
  if (n > 0)
    g_array_remove_range (links->pending, 0, n);
}

static void
on_checked (TcEngine *self, const TcCheck *check)
{
  TcLinks *links = &self->links;
  const guint32 epoch = (guint32) check->tag;
  TcPendingLink *item;
  guint64 peer;

  if ((guint32) (check->tag >> 32) != links->generation || epoch < next_epoch (links) || epoch - next_epoch (links) >= links->pending->len)
    return;
  links->n_checks--;
  item = &g_array_index (links->pending, TcPendingLink, epoch - next_epoch (links));
  item->good = check->commit_good;
  if (item->good)
    {
      take_good (self);
      return;
    }
  peer = item->peer;
  drop_pending (links);
  blame (self, peer, "link of an epoch that its committee did not sign");
}

static void
check_pending (TcEngine *self)
{
  TcLinks *links = &self->links;

  for (guint i = 0; i < links->pending->len && links->n_checks < CHECKS_MAX; i++)
    {
      TcPendingLink *item = &g_array_index (links->pending, TcPendingLink, i);
      const guint32 epoch = item->link->header.epoch;
      TcCommittee *committee = i > 0 ? g_array_index (links->pending, TcPendingLink, i - 1).link->next : find_committee (self, epoch);

      if (item->asked)
        continue;
      item->asked = TRUE;
      links->n_checks++;
      tc_engine_check_commit (self, item->link->commit, committee, on_checked, (guint64) links->generation << 32 | epoch);
    }
}

/* --- a peer whose links are not ours (C8) --- */

/* @peer: that showed it, or 0: it is of the tip. */
static void
look_up_rival (TcEngine *self, TcLink *link, guint64 peer)
{
  TcEffect *effect;

  if (self->links.rival != NULL)
    return;
  store_proven (self);
  self->links.rival = tc_link_ref (link);
  self->links.rival_committee = tc_committee_ref (find_committee (self, link->header.epoch));
  self->links.rival_peer = peer;
  effect = tc_engine_emit (self, TC_EFFECT_LOOK_UP);
  effect->height = link->header.height;
  effect->epoch = link->header.epoch;
}

gboolean
tc_engine_take_rival (TcEngine *self, const TcInput *input)
{
  g_autoptr(TcLink) rival = NULL;
  g_autoptr(TcCommittee) committee = NULL;

  if (self->links.rival == NULL
      || (input->header != NULL && (input->header->epoch != self->links.rival->header.epoch || tc_hash_is_zero (&input->header->next_committee))))
    return FALSE;
  rival = g_steal_pointer (&self->links.rival);
  committee = g_steal_pointer (&self->links.rival_committee);
  if (input->header != NULL && !tc_engine_meet_link (self, input->header, input->commit, committee, rival))
    blame (self, self->links.rival_peer, "link of an epoch that its committee did not sign");
  return TRUE;
}

static void
ask_search (TcEngine *self, TcPeer *peer, guint32 epoch)
{
  TcLinkSearch *search = &self->links.search;

  search->asked = epoch;
  search->deadline_ms = self->mono_ms + TC_ENGINE_SYNC_MS;
  tc_engine_send (self, peer, TC_MESSAGE_GET_EPOCHS, tc_get_epochs_encode (epoch, 1));
}

/* Between low, which both have, and high, where they differ. */
static void
halve (TcEngine *self, TcPeer *peer)
{
  TcLinkSearch *search = &self->links.search;

  if (search->high - search->low > 1)
    {
      ask_search (self, peer, search->low + (search->high - search->low) / 2);
      return;
    }
  if (search->link == NULL)
    blame (self, peer->id, "links that do not follow each other");
  else
    {
      peer->links_after_ms = self->mono_ms + MISLED_MS;
      look_up_rival (self, search->link, peer->id);
    }
  end_search (&self->links);
}

static void
begin_search (TcEngine *self, TcPeer *peer)
{
  TcLinks *links = &self->links;

  if (links->search.peer != 0)
    return;
  links->search = (TcLinkSearch) { .peer = peer->id, .low = links->epoch - 1, .high = next_epoch (links) };
  halve (self, peer);
}

static void
take_search (TcEngine *self, TcPeer *peer, GPtrArray *items)
{
  TcLinks *links = &self->links;
  TcLinkSearch *search = &links->search;
  TcLink *link = items->len == 1 ? g_ptr_array_index (items, 0) : NULL;
  const TcProvenLink *own = search->asked >= links->epoch ? tc_links_get (links, search->asked - links->epoch) : NULL;

  if (link == NULL || own == NULL)
    {
      /* The tip may have passed it; a peer that is right can show it again. */
      end_search (links);
      pause_peer (self, peer, PAUSE_MS);
      return;
    }
  if (tc_hash_equal (&link->hash, &own->hash))
    search->low = search->asked;
  else
    {
      search->high = search->asked;
      g_clear_pointer (&search->link, tc_link_unref);
      search->link = tc_link_ref (link);
    }
  halve (self, peer);
}

/* Its first link is not signed by our committee, or of a height that we have. */
static void
leave_peer (TcEngine *self, TcPeer *peer)
{
  TcLinks *links = &self->links;
  const guint32 height = tc_ledger_get_tip (self->ledger)->height;

  pause_peer (self, peer, PAUSE_MS);
  if (links->pending->len > 0 || tc_engine_needs_trust (self))
    return;  /* who of them is right shows itself */
  if (count_proven (links) > 0)
    begin_search (self, peer);
  else if (height == 0)
    blame (self, peer->id, "link of an epoch that its committee did not sign");
  else if (!tc_engine_search_fork (self, peer, height))
    tc_engine_punish (self, peer->id, 20, "link that does not follow the chain");
}

/* --- fetching --- */

static gboolean
follows_pending (TcEngine *self, const TcLink *link)
{
  const TcLinks *links = &self->links;

  if (links->pending->len > 0)
    {
      const TcLink *last = g_array_index (links->pending, TcPendingLink, links->pending->len - 1).link;

      return link->header.epoch == last->header.epoch + 1 && link->header.height > last->header.height
             && tc_hash_equal (&link->header.committee, &last->header.next_committee);
    }
  return follows_proven (self, link);
}

static gboolean
are_of_chain (TcEngine *self, const GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (!tc_hash_equal (&((const TcLink *) g_ptr_array_index (items, i))->header.chain_id, tc_engine_chain_id (self)))
      return FALSE;
  return TRUE;
}

static void
take_page (TcEngine *self, TcPeer *peer, GPtrArray *items)
{
  TcLinks *links = &self->links;
  const TcLink *first;

  links->peer = 0;
  if (items->len == 0)
    {
      peer->links_after_ms = self->mono_ms + PAUSE_MS;  /* none so old, or none so new yet */
      return;
    }
  first = g_ptr_array_index (items, 0);
  if (links->asked_epoch != next_epoch (links) + links->pending->len)
    return;  /* of what came otherwise meanwhile */
  if (!follows_pending (self, first))
    {
      leave_peer (self, peer);
      return;
    }
  for (guint i = 0; i < items->len; i++)
    {
      const TcPendingLink item = { tc_link_ref (g_ptr_array_index (items, i)), peer->id, FALSE, FALSE };

      g_array_append_val (links->pending, item);
    }
  check_pending (self);
}

/* Or what was asked for before, and came late: no offence. */
static gboolean
is_answer (const GPtrArray *items, guint32 epoch, guint count)
{
  return items->len == 0 || (((const TcLink *) g_ptr_array_index (items, 0))->header.epoch == epoch && items->len <= count);
}

void
tc_engine_on_epochs (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autoptr(GPtrArray) items = NULL;

  if (!tc_epochs_decode (body, &items))
    blame (self, peer->id, "malformed links");
  else if (!are_of_chain (self, items))
    blame (self, peer->id, "link of another chain");
  else if (peer->id == self->links.search.peer && is_answer (items, self->links.search.asked, 1))
    take_search (self, peer, items);
  else if (peer->id == self->links.peer && is_answer (items, self->links.asked_epoch, self->links.asked_count))
    take_page (self, peer, items);
  else
    tc_engine_take_offer (self, peer, items);
}

void
tc_engine_on_get_epochs (TcEngine *self, TcPeer *peer, GBytes *body)
{
  const TcLinks *links = &self->links;
  const guint32 stored = next_epoch (links) - links->unstored->len;
  TcEffect *effect;
  guint32 from;
  guint16 count;

  if (!tc_get_epochs_decode (body, &from, &count))
    {
      tc_engine_punish (self, peer->id, 100, "malformed request for links");
      return;
    }
  if (from >= stored)
    {
      tc_engine_send (self, peer, TC_MESSAGE_EPOCHS, tc_epochs_encode (NULL, 0));
      return;
    }
  count = (guint16) MIN (count, stored - from);
  if (!tc_engine_may_answer (self, peer, MIN ((gsize) count * TC_LINK_SIZE_MAX, TC_EPOCHS_SIZE_MAX)))
    return;
  effect = tc_engine_emit (self, TC_EFFECT_SERVE_LINKS);
  effect->peer = peer->id;
  effect->epoch = from;
  effect->count = count;
}

void
tc_engine_links_peer_down (TcEngine *self, guint64 id)
{
  if (self->links.peer == id)
    self->links.peer = 0;
  if (self->links.search.peer == id)
    end_search (&self->links);
}

/* An epoch that time allows (B2). */
static guint32
plausible_epoch (TcEngine *self)
{
  const TcTip *tip = tc_ledger_get_tip (self->ledger);
  const TcProvenLink *newest = tc_links_get_newest (&self->links);
  const gint64 since_ms = MAX (self->wall_ms - (gint64) (newest != NULL ? newest->time_ms : tip->epoch_start_ms), 0);
  const guint64 most = (guint64) next_epoch (&self->links) + (guint64) since_ms / MAX (self->genesis->params.epoch_length_ms, 1u) + SLACK_EPOCHS;

  return (guint32) MIN (most, G_MAXUINT32 - 1);
}

static gboolean
may_be_asked (const TcEngine *self, const TcPeer *peer, guint32 epoch)
{
  return peer->has_status && peer->links_epoch > epoch && self->mono_ms >= peer->links_after_ms && peer->search == NULL
         && peer->id != self->links.search.peer;
}

/* Of those that failed least, each in turn. */
static TcPeer *
choose_peer (TcEngine *self, guint32 epoch)
{
  TcPeer *best = NULL;

  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (!may_be_asked (self, peer, epoch))
        continue;
      if (best == NULL || peer->n_failed < best->n_failed
          || (peer->n_failed == best->n_failed && peer->id > self->links.last_peer && best->id <= self->links.last_peer))
        best = peer;
    }
  return best;
}

/* One epoch behind needs no links, but to reach a block that somebody vouches for. */
gboolean
tc_engine_is_epochs_behind (TcEngine *self)
{
  const guint32 near = self->committee->epoch + (tc_engine_needs_trust (self) && tc_engine_has_target (self) ? 0 : 1);

  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_status && peer->links_epoch > near && peer->links_epoch > next_epoch (&self->links))
        return TRUE;
    }
  return FALSE;
}

/* A claim alone holds nothing up, nor do the links of epochs that end meanwhile. */
gboolean
tc_engine_links_are_coming (const TcEngine *self)
{
  return self->links.wants_more && self->mono_ms - self->links.came_ms < MIN (COMING_MS, (gint64) self->genesis->params.epoch_length_ms / 2);
}

static void
note_alone (TcEngine *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    if (((TcPeer *) g_ptr_array_index (self->peers, i))->has_status)
      return;
  self->links.came_ms = self->mono_ms;
}

static void
end_late (TcEngine *self)
{
  TcLinks *links = &self->links;
  TcPeer *peer;

  if (links->peer != 0 && self->mono_ms >= links->deadline_ms)
    {
      peer = tc_engine_find_peer (self, links->peer);
      links->peer = 0;
      pause_peer (self, peer, PAUSE_MS);
      tc_engine_punish (self, peer->id, 5, "did not send the links that it said it has");
    }
  if (links->search.peer != 0 && self->mono_ms >= links->search.deadline_ms)
    {
      peer = tc_engine_find_peer (self, links->search.peer);
      end_search (links);
      pause_peer (self, peer, MISLED_MS);
      tc_engine_punish (self, peer->id, 20, "did not send the links that it said it has");
    }
}

/* Those who led here have nothing more, and whoever has does not follow it. */
static void
try_others (TcEngine *self)
{
  TcLinks *links = &self->links;

  if (links->doubted)
    {
      links->doubted = FALSE;
      tc_engine_drop_unanchored (self);
    }
  if (count_proven (links) == links->n_anchored || links->pending->len > 0 || !links->wants_more)
    links->progress_ms = self->mono_ms;
  else if (tc_engine_needs_trust (self) && tc_engine_has_target (self) && self->mono_ms - links->progress_ms >= STUCK_MS)
    {
      links->n_stuck++;
      tc_engine_drop_unanchored (self);
    }
}

void
tc_engine_links_tick (TcEngine *self)
{
  TcLinks *links = &self->links;
  TcPeer *peer = NULL;

  note_alone (self);
  end_late (self);
  try_others (self);
  check_pending (self);
  if (links->pending->len == 0 || links->unstored->len >= STORE_AT)
    store_proven (self);
  tc_engine_trust_tick (self);
  links->wants_more = tc_engine_is_epochs_behind (self) && (!tc_engine_needs_trust (self) || tc_engine_has_target (self));
  if (!links->wants_more || links->peer != 0 || links->pending->len >= PENDING_MAX - PAGE_MAX || links->members_bytes >= MEMBERS_BYTES_MAX)
    return;
  peer = choose_peer (self, next_epoch (links) + links->pending->len);
  if (peer == NULL)
    return;
  links->peer = links->last_peer = peer->id;
  links->asked_epoch = next_epoch (links) + links->pending->len;
  links->asked_count = (guint16) MIN (peer->links_epoch - links->asked_epoch, PAGE_MAX);
  links->deadline_ms = self->mono_ms + TC_ENGINE_SYNC_MS;
  tc_engine_send (self, peer, TC_MESSAGE_GET_EPOCHS, tc_get_epochs_encode (links->asked_epoch, links->asked_count));
}

gint64
tc_engine_links_deadline (TcEngine *self)
{
  const TcLinks *links = &self->links;
  gint64 deadline_ms = tc_engine_trust_deadline (self);

  if (links->peer != 0)
    deadline_ms = MIN (deadline_ms, links->deadline_ms);
  else if (links->wants_more)
    deadline_ms = MIN (deadline_ms, self->mono_ms + LOOK_AGAIN_MS);
  if (links->search.peer != 0)
    deadline_ms = MIN (deadline_ms, links->search.deadline_ms);
  return deadline_ms;
}

/* Who is asked, and whose links are under check: as many as pages, or less. */
static guint
count_peers (const TcEngine *self)
{
  const TcLinks *links = &self->links;
  guint64 last = links->peer;
  guint n = links->peer != 0;

  for (guint i = links->pending->len; i-- > 0; last = g_array_index (links->pending, TcPendingLink, i).peer)
    n += g_array_index (links->pending, TcPendingLink, i).peer != last;
  return MIN (n, self->peers->len);
}

gboolean
tc_engine_get_links_progress (TcEngine *self, TcSyncProgress *ret_progress)
{
  const TcLinks *links = &self->links;
  const guint32 most = plausible_epoch (self);
  guint32 claimed = 0;

  for (guint i = 0; i < self->peers->len; i++)
    {
      const TcPeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->has_status && peer->links_epoch <= most && self->mono_ms >= peer->links_after_ms)
        claimed = MAX (claimed, peer->links_epoch);
    }
  if (!links->wants_more || claimed <= next_epoch (links))
    return FALSE;
  *ret_progress = (TcSyncProgress) { TC_SYNC_LINKS, next_epoch (links) - 1, claimed - 1, count_peers (self) };
  return TRUE;
}
