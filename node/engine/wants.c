#include "engine-private.h"

/* What this node lacks and asks for, and what others ask of it by name (rule N4: "Announce by hash, fetch once"). */

#define SOURCES_MAX       8u
#define ASKED_MAX        24u
#define ASKED_NAMED_MAX   6u  /* the same for what is wanted only because a peer named it */

static void
add_source (TcWanted *wanted, guint64 source)
{
  for (guint i = 0; i < wanted->sources->len; i++)
    if (g_array_index (wanted->sources, guint64, i) == source)
      return;
  if (wanted->sources->len < SOURCES_MAX && source != 0)
    g_array_append_val (wanted->sources, source);
}

static void
send_get (TcEngine *self, TcPeer *peer, TcItemKind kind, GArray *hashes)
{
  if (hashes->len > 0)
    tc_engine_send (self, peer, TC_MESSAGE_GET, tc_items_encode ((guint8) kind, (const TcHash *) (gpointer) hashes->data, hashes->len));
  g_array_set_size (hashes, 0);
}

void
tc_engine_send_gets (TcEngine *self)
{
  if (!self->asking)
    return;
  self->asking = FALSE;
  for (guint i = 0; i < self->peers->len; i++)
    {
      TcPeer *peer = g_ptr_array_index (self->peers, i);

      send_get (self, peer, TC_ITEM_TX, peer->get_txs);
      send_get (self, peer, TC_ITEM_BATCH, peer->get_batches);
    }
}

/* What one step asks of a peer goes out together: a thousand names that come at once must not make a thousand messages. */
static void
queue_get (TcEngine *self, TcPeer *peer, const TcWanted *wanted)
{
  GArray *hashes = wanted->kind == TC_ITEM_TX ? peer->get_txs : peer->get_batches;

  if (wanted->kind != TC_ITEM_TX && wanted->kind != TC_ITEM_BATCH)
    {
      tc_engine_send (self, peer, TC_MESSAGE_GET, tc_items_encode (wanted->kind, &wanted->hash, 1));
      return;
    }
  g_array_append_vals (hashes, &wanted->hash, 1);
  self->asking = TRUE;
  if (hashes->len == TC_ITEMS_MAX)
    send_get (self, peer, (TcItemKind) wanted->kind, hashes);
}

static void
ask (TcEngine *self, TcWanted *wanted)
{
  TcPeer *peer = NULL;

  for (guint i = 0; i < wanted->sources->len && peer == NULL; i++)
    peer = tc_engine_find_peer (self, g_array_index (wanted->sources, guint64, wanted->next_source++ % wanted->sources->len));
  if (peer == NULL)
    peer = tc_engine_pick_peer (self, 0, wanted->n_asked);
  wanted->n_asked++;
  wanted->retry_ms = self->mono_ms + TC_ENGINE_FETCH_MS;
  if (peer != NULL)
    queue_get (self, peer, wanted);
}

/* It is needed for more than that a peer named it. */
static void
disown (TcEngine *self, TcWanted *wanted)
{
  TcPeer *owner = wanted->owner != 0 ? tc_engine_find_peer (self, wanted->owner) : NULL;

  if (owner != NULL)
    owner->n_wanted--;
  wanted->owner = 0;
}

void
tc_engine_want (TcEngine *self, TcItemKind kind, const TcHash *hash, guint64 source)
{
  TcWanted *wanted = g_hash_table_lookup (self->wanted, hash);
  TcPeer *peer;

  if (wanted != NULL)
    {
      add_source (wanted, source);
      if (source == 0)
        disown (self, wanted);
      return;
    }
  peer = tc_engine_find_peer (self, source);
  if (peer != NULL && (peer->n_wanted >= TC_ENGINE_WANTED_PEER_MAX || g_hash_table_size (self->wanted) >= TC_ENGINE_WANTED_MAX))
    return;
  wanted = g_new0 (TcWanted, 1);
  if (peer != NULL)
    {
      wanted->owner = source;
      peer->n_wanted++;
    }
  wanted->hash = *hash;
  wanted->kind = (guint8) kind;
  wanted->sources = g_array_new (FALSE, FALSE, sizeof (guint64));
  add_source (wanted, source);
  g_hash_table_insert (self->wanted, &wanted->hash, wanted);
  g_queue_push_tail (&self->wanted_queue, wanted);
  ask (self, wanted);
}

static void
forget_wanted (TcEngine *self, TcWanted *wanted)
{
  g_hash_table_remove (self->wanted, &wanted->hash);
  disown (self, wanted);
}

void
tc_engine_got (TcEngine *self, const TcHash *hash)
{
  TcWanted *wanted = g_hash_table_lookup (self->wanted, hash);

  if (wanted == NULL)
    return;
  forget_wanted (self, wanted);
  wanted->done = TRUE;
}

/* Every entry waits equally long, so the queue is in order of retry. */
void
tc_engine_retry_wanted (TcEngine *self)
{
  TcWanted *wanted;

  while ((wanted = g_queue_peek_head (&self->wanted_queue)) != NULL
         && (wanted->done || wanted->retry_ms <= self->mono_ms))
    {
      g_queue_pop_head (&self->wanted_queue);
      if (!wanted->done && wanted->n_asked < (wanted->owner == 0 ? ASKED_MAX : ASKED_NAMED_MAX))
        {
          ask (self, wanted);
          g_queue_push_tail (&self->wanted_queue, wanted);
          continue;
        }
      if (!wanted->done)
        forget_wanted (self, wanted);
      g_array_unref (wanted->sources);
      g_free (wanted);
    }
}

static gboolean
has_item (TcEngine *self, guint8 kind, const TcHash *hash)
{
  if (kind == TC_ITEM_TX)
    {
      const TcFinalityTx *entry = tc_finality_get (self->finality, hash);

      return (entry != NULL && (entry->tx != NULL || entry->in_chain)) || tc_mempool_get (self->mempool, hash) != NULL
             || tc_engine_has_orphan (self, hash);
    }
  if (kind == TC_ITEM_BATCH)
    return tc_finality_find_batch (self->finality, hash) != NULL;
  if (kind == TC_ITEM_EVIDENCE)
    return tc_engine_find_evidence (self, hash) != NULL;
  for (guint i = 0; i < self->proposals->len; i++)
    {
      TcHash have = tc_proposal_hash (g_ptr_array_index (self->proposals, i));

      if (tc_hash_equal (&have, hash))
        return TRUE;
    }
  return FALSE;
}

void
tc_engine_on_inv (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autofree TcHash *hashes = NULL;
  guint8 kind;
  gsize n;

  if (!tc_items_decode (body, &kind, &hashes, &n) || kind < TC_ITEM_TX || kind > TC_ITEM_EVIDENCE || kind == TC_ITEM_BLOCK)
    {
      tc_engine_punish (self, peer->id, 100, "malformed announcement");
      return;
    }
  for (gsize i = 0; i < n; i++)
    {
      tc_peer_note_known (self, peer, &hashes[i]);
      if (!has_item (self, kind, &hashes[i]))
        tc_engine_want (self, (TcItemKind) kind, &hashes[i], peer->id);
    }
}

static GBytes *
encode_item (TcEngine *self, guint8 kind, const TcHash *hash, guint8 *ret_type)
{
  TcTx *tx;
  TcBatch *batch;

  if (kind == TC_ITEM_TX)
    {
      *ret_type = TC_MESSAGE_TX;
      tx = tc_engine_find_body (self, hash);
      return tx != NULL ? tc_tx_encode (tx) : NULL;
    }
  if (kind == TC_ITEM_BATCH)
    {
      *ret_type = TC_MESSAGE_BATCH;
      batch = tc_finality_find_batch (self->finality, hash);
      return batch != NULL ? g_bytes_ref (batch->encoded) : NULL;
    }
  if (kind == TC_ITEM_EVIDENCE)
    {
      const TcPooledEvidence *pooled = tc_engine_find_evidence (self, hash);

      *ret_type = TC_MESSAGE_EVIDENCE;
      return pooled != NULL ? tc_evidence_encode (&pooled->evidence) : NULL;
    }
  *ret_type = TC_MESSAGE_PROPOSAL;
  for (guint i = 0; i < self->proposals->len; i++)
    {
      TcProposal *proposal = g_ptr_array_index (self->proposals, i);
      TcHash name = kind == TC_ITEM_BLOCK ? proposal->block_hash : tc_proposal_hash (proposal);

      if (tc_hash_equal (&name, hash))
        return tc_proposal_encode (proposal);
    }
  return NULL;
}

void
tc_engine_on_get (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autofree TcHash *hashes = NULL;
  guint8 kind;
  gsize n;

  if (!tc_items_decode (body, &kind, &hashes, &n) || kind < TC_ITEM_TX || kind > TC_ITEM_EVIDENCE)
    {
      tc_engine_punish (self, peer->id, 100, "malformed request");
      return;
    }
  for (gsize i = 0; i < n; i++)
    {
      guint8 type;
      GBytes *item = encode_item (self, kind, &hashes[i], &type);

      if (item == NULL)
        continue;
      if (!tc_engine_answer (self, peer, type, item))
        return;
      tc_peer_note_known (self, peer, &hashes[i]);
    }
}
