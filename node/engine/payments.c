#include "engine-private.h"

#include <string.h>

#define TOLD_CERTIFIED 1u
#define TOLD_FINAL     2u
#define CERTS_MAX      256u  /* batches in answer to one request */

/* --- transactions --- */

TcTx *
tc_engine_find_body (TcEngine *self, const TcHash *txid)
{
  const TcMempoolEntry *entry = tc_mempool_get (self->mempool, txid);
  const TcFinalityTx *known;

  if (entry != NULL)
    return entry->tx;
  known = tc_finality_get (self->finality, txid);
  return known != NULL ? known->tx : NULL;
}

void
tc_engine_tell (TcEngine *self, TcTx *tx, TcTxEventKind event)
{
  const TcFinalityTx *known = tc_finality_get (self->finality, &tx->txid);
  TcEffect *effect = tc_engine_emit (self, TC_EFFECT_TX);

  effect->tx = tc_tx_ref (tx);
  effect->event = event;
  effect->votes = known != NULL ? known->vote_power : 0;
  effect->acks = known != NULL ? known->ack_power : 0;
  effect->power = self->committee->power;
  effect->height = tc_ledger_get_tip (self->ledger)->height;
}

void
tc_engine_drop_txs (TcEngine *self, const GPtrArray *removed)
{
  for (guint i = 0; i < removed->len; i++)
    {
      TcTx *tx = g_ptr_array_index (removed, i);

      tc_engine_tell (self, tx, TC_TX_EVENT_DROPPED);
      tc_finality_drop_tx (self->finality, &tx->txid);
    }
}

/* Rule F1: "A member votes T in epoch e if T is valid (T5) on the committed ledger plus transactions certified in e". F8: at the fee
 * asked for now. */
static void
try_vote (TcEngine *self, TcMempoolEntry *entry)
{
  TcCoinView view = tc_finality_get_view (self->finality);
  TcFinalityVoteResult result;

  if (!self->started || !tc_engine_may_sign (self) || tc_finality_is_closed (self->finality))
    return;
  if (entry->fee.units < tc_finality_get_fee_rate (self->finality) * entry->tx->size_bytes)
    {
      self->vote_stalled = TRUE;
      return;
    }
  if (tc_ledger_check_tx (self->ledger, entry->tx, &view, NULL, NULL) != TC_TX_OK)
    return;
  result = tc_finality_vote (self->finality, entry->tx, self->mono_ms);
  if (result == TC_FINALITY_VOTED)
    tc_mempool_pin (self->mempool, &entry->tx->txid);
  else if (result == TC_FINALITY_AHEAD)
    self->vote_stalled = TRUE;
}

void
tc_engine_vote_all (TcEngine *self)
{
  g_autoptr(GPtrArray) entries = NULL;

  self->vote_stalled = FALSE;
  if (!tc_engine_may_sign (self) || tc_finality_is_closed (self->finality))
    return;
  entries = tc_mempool_dup_entries (self->mempool);
  for (guint i = 0; i < entries->len; i++)
    try_vote (self, g_ptr_array_index (entries, i));
}

void
tc_engine_vote_children (TcEngine *self, const TcTx *tx)
{
  for (guint32 i = 0; i < tx->n_outputs; i++)
    {
      const TcOutpoint outpoint = { tx->txid, i };
      TcMempoolEntry *children[TC_MEMPOOL_SPENDERS_MAX];
      guint n = tc_mempool_find_spenders (self->mempool, &outpoint, children, TC_MEMPOOL_SPENDERS_MAX);

      for (guint j = 0; j < n; j++)
        try_vote (self, children[j]);
    }
}

static void
note_entry (TcEngine *self, const TcFinalityTx *entry)
{
  guint told = GPOINTER_TO_UINT (g_hash_table_lookup (self->told, &entry->txid));
  guint now = (entry->certified ? TOLD_CERTIFIED : 0) | (entry->final ? TOLD_FINAL : 0);

  if (entry->tx == NULL)
    {
      if (entry->certified && !entry->in_chain)
        tc_engine_want (self, TC_ITEM_TX, &entry->txid, 0);
      return;
    }
  if (now != told)
    g_hash_table_insert (self->told, tc_hash_copy (&entry->txid), GUINT_TO_POINTER (now));
  if (entry->in_chain)
    return;
  if ((now & ~told) & TOLD_CERTIFIED)
    {
      tc_mempool_pin (self->mempool, &entry->txid);
      tc_engine_tell (self, entry->tx, TC_TX_EVENT_CERTIFIED);
      tc_engine_vote_children (self, entry->tx);
    }
  if ((now & ~told) & TOLD_FINAL)
    tc_engine_tell (self, entry->tx, TC_TX_EVENT_FINAL);
  else if (now == told)
    tc_engine_tell (self, entry->tx, TC_TX_EVENT_VOTES);
}

void
tc_engine_note_changed (TcEngine *self, const GPtrArray *changed)
{
  for (guint i = 0; i < changed->len; i++)
    note_entry (self, g_ptr_array_index (changed, i));
}

/* What was asked for in vain, or came with a bad witness, is asked for again. */
void
tc_engine_want_bodies (TcEngine *self)
{
  g_autoptr(GPtrArray) certified = tc_finality_dup_certified (self->finality);

  for (guint i = 0; i < certified->len; i++)
    {
      const TcFinalityTx *entry = g_ptr_array_index (certified, i);

      if (entry->tx == NULL)
        tc_engine_want (self, TC_ITEM_TX, &entry->txid, 0);
    }
}

gboolean
tc_engine_has_orphan (TcEngine *self, const TcHash *txid)
{
  for (GList *l = self->orphans.head; l != NULL; l = l->next)
    if (tc_hash_equal (&((TcTx *) l->data)->txid, txid))
      return TRUE;
  return FALSE;
}

/* A parent that came a moment ago, and waits or had to make room, would come again only to ask for its own: of a long chain on a coin that is gone each link would
 * lead down all of it. */
static gboolean
is_stray (TcEngine *self, const TcHash *txid)
{
  const gint64 *when_ms = tc_known_find (&self->strays, tc_known_tag (txid));

  return when_ms != NULL && self->mono_ms - *when_ms < TC_ENGINE_STRAY_MS;
}

static void
keep_orphan (TcEngine *self, TcTx *tx, guint64 peer)
{
  if (tc_engine_has_orphan (self, &tx->txid))
    return;
  tc_known_note (&self->strays, tc_known_tag (&tx->txid), self->mono_ms);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcHash *parent = &tx->inputs[i].outpoint.txid;
      TcCoin coin;

      if (tc_engine_find_body (self, parent) == NULL && !is_stray (self, parent) && !tc_ledger_get_coin (self->ledger, &tx->inputs[i].outpoint, &coin))
        tc_engine_want (self, TC_ITEM_TX, parent, peer);
    }
  if (self->orphans.length >= TC_ENGINE_ORPHANS_MAX)
    tc_tx_unref (g_queue_pop_head (&self->orphans));
  g_queue_push_tail (&self->orphans, tc_tx_ref (tx));
}

static gboolean
spends (const TcTx *tx, const TcHash *txid)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (tc_hash_equal (&tx->inputs[i].outpoint.txid, txid))
      return TRUE;
  return FALSE;
}

/* @parent: (nullable): only those that spend it. */
static void
retry_orphans_of (TcEngine *self, const TcHash *parent)
{
  g_autoptr(GPtrArray) ready = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  for (GList *l = self->orphans.head; l != NULL;)
    {
      GList *next = l->next;

      if (parent == NULL || spends (l->data, parent))
        {
          g_ptr_array_add (ready, l->data);
          g_queue_delete_link (&self->orphans, l);
        }
      l = next;
    }
  for (guint i = 0; i < ready->len; i++)
    tc_engine_admit_tx (self, g_ptr_array_index (ready, i), 0);
}

void
tc_engine_retry_orphans (TcEngine *self)
{
  retry_orphans_of (self, NULL);
}

static void
spread_tx (TcEngine *self, TcTx *tx, guint64 peer)
{
  g_autoptr(GBytes) body = NULL;

  if (!self->started)
    return;
  if (peer != 0)
    {
      tc_engine_announce_tx (self, tc_engine_find_peer (self, peer), &tx->txid);
      return;
    }
  body = tc_tx_encode (tx);
  tc_engine_push (self, NULL, TC_MEMBER_NONE, &tx->txid, TC_MESSAGE_TX, body);  /* nobody else has it yet */
}

static TcTxVerdict
check_tx (TcEngine *self, TcTx *tx, TcAmount *ret_fee)
{
  TcCoinView pending = tc_mempool_get_view (self->mempool);

  return tc_ledger_check_tx (self->ledger, tx, &pending, self->verifier, ret_fee);
}

static gboolean
is_bad_witness (TcTxVerdict verdict)
{
  return verdict == TC_TX_BAD_SIGNATURE || verdict == TC_TX_WRONG_KEY || verdict == TC_TX_WITNESS;
}

/* Rule F8: "The first two conflicting spenders of an output are relayed, no more." No third one's signatures are worth the work. */
static gboolean
is_crowded (TcEngine *self, const TcTx *tx)
{
  TcMempoolEntry *spenders[TC_MEMPOOL_SPENDERS_MAX];

  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (tc_mempool_find_spenders (self->mempool, &tx->inputs[i].outpoint, spenders, TC_MEMPOOL_SPENDERS_MAX)
        == TC_MEMPOOL_SPENDERS_MAX)
      return TRUE;
  return FALSE;
}

TcTxVerdict
tc_engine_admit_tx (TcEngine *self, TcTx *tx, guint64 peer)
{
  g_autoptr(GPtrArray) evicted = NULL;
  const TcFinalityTx *known = tc_finality_get (self->finality, &tx->txid);
  TcMempoolVerdict added;
  TcTxVerdict verdict;
  TcAmount fee;

  if ((known != NULL && known->in_chain) || tc_mempool_get (self->mempool, &tx->txid) != NULL)
    {
      tc_engine_got (self, &tx->txid);
      return TC_TX_OK;
    }
  if (!(known != NULL && known->certified) && is_crowded (self, tx))
    {
      tc_engine_got (self, &tx->txid);
      return TC_TX_MISSING_COIN;
    }
  verdict = check_tx (self, tx, &fee);
  if (!is_bad_witness (verdict))  /* rule T1: another copy may be good */
    tc_engine_got (self, &tx->txid);
  if (is_bad_witness (verdict) && peer != 0)
    tc_engine_punish (self, peer, 100, "transaction with a bad signature");
  if (verdict == TC_TX_MISSING_COIN && peer != 0)
    keep_orphan (self, tx, peer);
  if (verdict != TC_TX_OK)
    return verdict;
  evicted = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  added = tc_mempool_add (self->mempool, tx, fee, self->mono_ms, known != NULL && known->certified, evicted);
  tc_engine_drop_txs (self, evicted);
  if (added != TC_MEMPOOL_ADDED)
    return added == TC_MEMPOOL_FULL ? TC_TX_FEE : TC_TX_MISSING_COIN;
  self->batches_version++;
  tc_finality_add_tx (self->finality, tx, self->mono_ms);
  tc_engine_accuse_voters (self, tx);
  tc_engine_tell (self, tx, TC_TX_EVENT_SEEN);
  try_vote (self, tc_mempool_get (self->mempool, &tx->txid));
  known = tc_finality_get (self->finality, &tx->txid);
  if (known->vote_power > 0)
    note_entry (self, known);
  spread_tx (self, tx, peer);
  retry_orphans_of (self, &tx->txid);
  return TC_TX_OK;
}

/* --- batches --- */

static void
fetch_bodies (TcEngine *self, const TcBatch *batch, guint64 peer)
{
  for (guint32 i = 0; i < batch->n_votes; i++)
    {
      const TcFinalityTx *entry = tc_finality_get (self->finality, &batch->votes[i]);

      if (entry != NULL && entry->tx == NULL && !entry->in_chain && tc_mempool_get (self->mempool, &entry->txid) == NULL)
        tc_engine_want (self, TC_ITEM_TX, &entry->txid, peer);
    }
}

void
tc_engine_on_batch (TcEngine *self, TcPeer *peer, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  g_autoptr(TcBatch) batch = tc_batch_decode (data, n, NULL);
  g_autoptr(GPtrArray) changed = g_ptr_array_new ();
  TcBatchVerdict verdict;

  if (batch == NULL)
    {
      tc_engine_punish (self, peer->id, 100, "malformed batch");
      return;
    }
  tc_engine_got (self, &batch->hash);
  if (batch->epoch == self->committee->epoch + 1)
    tc_engine_hold (self, peer->id, TC_MESSAGE_BATCH, body);
  if (batch->epoch != self->committee->epoch)
    return;
  tc_peer_note_known (self, peer, &batch->hash);
  if (tc_finality_find_batch (self->finality, &batch->hash) != NULL)
    return;
  if (batch->member >= self->committee->n_members
      || !tc_batch_check (batch, tc_engine_chain_id (self), &self->committee->members[batch->member].operator_key, self->verifier))
    {
      tc_engine_punish (self, peer->id, 100, "batch with a bad signature");
      return;
    }
  if (batch->member == self->self && tc_engine_may_sign (self))
    tc_engine_meet_itself (self, "vote");
  self->member_heard_ms[batch->member] = self->mono_ms;
  verdict = tc_finality_add_batch (self->finality, batch, self->mono_ms, changed);
  if (verdict == TC_BATCH_DUPLICATE || verdict == TC_BATCH_IGNORED)
    return;
  if (verdict == TC_BATCH_EQUIVOCATION)
    self->n_equivocations++;
  self->batches_version++;
  tc_engine_accuse_batch (self, batch);
  g_ptr_array_add (self->fresh_batches, tc_batch_ref (batch));
  tc_engine_announce (self, peer, batch->member, &batch->hash, TC_ITEM_BATCH);
  tc_engine_note_changed (self, changed);
  fetch_bodies (self, batch, peer->id);
}

/* Rule F3: "a member writes T, certificate and acknowledgement to disk in one sync, then acknowledges"; rule F7: "one signature and one
 * sync a batch". */
void
tc_engine_flush_batch (TcEngine *self)
{
  g_autoptr(GPtrArray) changed = g_ptr_array_new ();

  while (tc_engine_may_sign (self))
    {
      g_autoptr(TcBatch) batch = tc_finality_flush (self->finality, self->mono_ms, FALSE, changed);
      GArray *records;

      if (batch == NULL)
        break;
      self->batches_version++;
      records = tc_engine_records_new ();
      for (guint i = 0; i < changed->len; i++)
        tc_engine_record_tx (self, records, ((TcFinalityTx *) g_ptr_array_index (changed, i))->tx);
      tc_engine_record_batches (self, records);
      tc_engine_record (self, records, TC_RECORD_BATCH, g_bytes_ref (batch->encoded));
      tc_engine_persist (self, records);
      tc_engine_push_batch (self, &batch->hash, batch->encoded);
      tc_engine_note_changed (self, changed);
      g_ptr_array_set_size (changed, 0);
    }
}

/* --- certificates --- */

void
tc_engine_ask_certs (TcEngine *self, const TcHash *txids, gsize n_txids, guint64 source, guint turn)
{
  TcPeer *peer = tc_engine_pick_peer (self, source, turn);

  if (peer != NULL && n_txids > 0)
    tc_engine_send (self, peer, TC_MESSAGE_GET_CERTS, tc_items_encode (TC_ITEM_TX, txids, MIN (n_txids, TC_ITEMS_MAX)));
}

void
tc_engine_on_get_certs (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autoptr(GHashTable) sent = g_hash_table_new (NULL, NULL);
  g_autofree TcHash *txids = NULL;
  guint8 kind;
  gsize n;

  if (!tc_items_decode (body, &kind, &txids, &n) || kind != TC_ITEM_TX)
    {
      tc_engine_punish (self, peer->id, 100, "malformed request for certificates");
      return;
    }
  for (gsize i = 0; i < n && g_hash_table_size (sent) < CERTS_MAX; i++)
    {
      g_autoptr(GPtrArray) batches = tc_finality_dup_certificate (self->finality, &txids[i]);

      for (guint j = 0; j < batches->len; j++)
        {
          TcBatch *batch = g_ptr_array_index (batches, j);

          if (!g_hash_table_add (sent, batch))
            continue;
          if (!tc_engine_answer (self, peer, TC_MESSAGE_BATCH, g_bytes_ref (batch->encoded)))
            return;
          tc_peer_note_known (self, peer, &batch->hash);
        }
    }
}

/* --- closes --- */

void
tc_close_entry_free (gpointer data)
{
  TcCloseEntry *entry = data;

  g_clear_pointer (&entry->list, g_array_unref);
  g_free (entry);
}

TcCloseEntry *
tc_engine_find_close (TcEngine *self, const TcHash *hash)
{
  for (guint i = 0; i < self->closes->len; i++)
    {
      TcCloseEntry *entry = g_ptr_array_index (self->closes, i);

      if (tc_hash_equal (&entry->hash, hash))
        return entry;
    }
  return NULL;
}

TcCloseEntry *
tc_engine_add_close (TcEngine *self, const TcClose *close, gboolean in_block)
{
  TcHash hash = tc_close_hash (close);
  TcCloseEntry *entry = tc_engine_find_close (self, &hash);
  guint n_of_member = 0;

  if (entry != NULL)
    return entry;
  for (guint i = 0; i < self->closes->len; i++)
    n_of_member += ((TcCloseEntry *) g_ptr_array_index (self->closes, i))->close.member == close->member;
  /* A member that signs a close for each peer must not keep each from prevoting the block that holds another. */
  if (n_of_member >= TC_ENGINE_CLOSES_MAX && !in_block)
    return NULL;
  if (n_of_member > 0)
    {
      self->n_equivocations++;
      tc_engine_accuse_close (self, close);
    }
  entry = g_new0 (TcCloseEntry, 1);
  entry->close = *close;
  entry->hash = hash;
  entry->retry_ms = self->mono_ms;
  if (close->count == 0)
    entry->list = g_array_new (FALSE, FALSE, sizeof (TcHash));
  g_ptr_array_add (self->closes, entry);
  return entry;
}

void
tc_engine_on_close (TcEngine *self, TcPeer *peer, GBytes *body)
{
  TcReader reader = tc_reader_of_bytes (body);
  TcClose close;
  TcHash hash;

  tc_close_read (&reader, &close);
  if (!tc_reader_end (&reader, "close", NULL))
    {
      tc_engine_punish (self, peer->id, 100, "malformed close");
      return;
    }
  if (close.epoch == self->committee->epoch + 1)
    tc_engine_hold (self, peer->id, TC_MESSAGE_CLOSE, body);
  if (close.epoch != self->committee->epoch || close.count > TC_LIST_MAX)
    return;
  hash = tc_close_hash (&close);
  tc_peer_note_known (self, peer, &hash);
  if (tc_engine_find_close (self, &hash) != NULL)
    return;
  if (close.member >= self->committee->n_members
      || !tc_close_check (&close, tc_engine_chain_id (self), &self->committee->members[close.member].operator_key))
    {
      tc_engine_punish (self, peer->id, 100, "close with a bad signature");
      return;
    }
  if (close.member == self->self && tc_engine_may_sign (self))
    tc_engine_meet_itself (self, "close");
  self->member_heard_ms[close.member] = self->mono_ms;
  if (tc_engine_add_close (self, &close, FALSE) != NULL)
    tc_engine_push (self, peer, close.member, &hash, TC_MESSAGE_CLOSE, body);
}

/* Rule F5: "a member closes e (on disk): no vote or acknowledgement in e any more". */
void
tc_engine_close_epoch (TcEngine *self)
{
  g_autoptr(GBytes) body = NULL;
  GByteArray *bytes = NULL;
  GArray *records = NULL;
  TcClose close;
  TcHash hash;

  if (tc_finality_is_closed (self->finality) || !tc_finality_close (self->finality, &close))
    return;
  bytes = g_byte_array_new ();
  tc_close_put (bytes, &close);
  body = g_byte_array_free_to_bytes (bytes);
  records = tc_engine_records_new ();
  tc_engine_record_batches (self, records);
  tc_engine_record (self, records, TC_RECORD_CLOSE, g_bytes_ref (body));
  tc_engine_persist (self, records);
  hash = tc_close_hash (&close);
  tc_engine_add_close (self, &close, TRUE);
  tc_engine_push (self, NULL, self->self, &hash, TC_MESSAGE_CLOSE, body);
}

static gboolean
list_matches (const TcClose *close, const TcHash *txids, gsize n)
{
  TcHash root;

  if (n != close->count)
    return FALSE;
  root = tc_merkle_root (txids, n);
  return tc_hash_equal (&root, &close->root);
}

/* From the batches at hand. That goes through all that the epoch knows: whose list cannot be had, and who goes on sending batches, shall not cost us that each time. */
static void
rebuild_list (TcEngine *self, TcCloseEntry *entry)
{
  g_autoptr(GArray) list = NULL;

  if (entry->list != NULL || self->mono_ms < entry->rebuild_ms || (entry->n_rebuilt > 0 && entry->tried_version == self->batches_version))
    return;
  list = tc_finality_dup_list (self->finality, entry->close.member);
  entry->tried_version = self->batches_version;
  entry->rebuild_ms = self->mono_ms + MIN (TC_ENGINE_REBUILD_MS << MIN (entry->n_rebuilt, 8u), TC_ENGINE_FETCH_MS);
  entry->n_rebuilt++;
  if (list_matches (&entry->close, (const TcHash *) (gpointer) list->data, list->len))
    entry->list = g_steal_pointer (&list);
}

gboolean
tc_engine_resolve_close (TcEngine *self, TcCloseEntry *entry, guint64 source)
{
  TcPeer *peer;

  rebuild_list (self, entry);
  if (entry->list != NULL)
    return TRUE;
  if (self->mono_ms < entry->retry_ms)
    return FALSE;
  /* The first time, batches may still be on their way. */
  entry->retry_ms = self->mono_ms + (entry->n_asked == 0 ? 100 : TC_ENGINE_FETCH_MS);
  if (entry->n_asked++ == 0)
    return FALSE;
  peer = tc_engine_pick_peer (self, source, entry->n_asked - 2);
  if (peer != NULL)
    tc_engine_send (self, peer, TC_MESSAGE_GET_LIST, g_bytes_new (entry->hash.bytes, TC_HASH_SIZE));
  return FALSE;
}

void
tc_engine_on_get_list (TcEngine *self, TcPeer *peer, GBytes *body)
{
  TcReader reader = tc_reader_of_bytes (body);
  TcHash hash = tc_reader_hash (&reader);
  TcCloseEntry *entry;

  if (!tc_reader_end (&reader, "request", NULL))
    {
      tc_engine_punish (self, peer->id, 100, "malformed request for a close");
      return;
    }
  entry = tc_engine_find_close (self, &hash);
  if (entry == NULL || !tc_ledger_next_is_last (self->ledger) || !tc_engine_resolve_close (self, entry, peer->id))
    return;
  if (entry->list->len <= TC_LIST_MAX)
    tc_engine_answer (self, peer, TC_MESSAGE_LIST,
                      tc_list_encode (&hash, (const TcHash *) (gpointer) entry->list->data, entry->list->len));
}

static gboolean
is_sorted (const TcHash *txids, gsize n)
{
  for (gsize i = 1; i < n; i++)
    if (tc_hash_compare (&txids[i - 1], &txids[i]) >= 0)
      return FALSE;
  return TRUE;
}

void
tc_engine_on_list (TcEngine *self, TcPeer *peer, GBytes *body)
{
  g_autofree TcHash *txids = NULL;
  TcCloseEntry *entry;
  TcHash hash;
  gsize n;

  if (!tc_list_decode (body, &hash, &txids, &n))
    {
      tc_engine_punish (self, peer->id, 100, "malformed list");
      return;
    }
  entry = tc_engine_find_close (self, &hash);
  if (entry == NULL || entry->list != NULL)
    return;
  if (!is_sorted (txids, n) || !list_matches (&entry->close, txids, n))
    {
      tc_engine_punish (self, peer->id, 20, "list that is not the close's");
      return;
    }
  entry->list = g_array_new (FALSE, FALSE, sizeof (TcHash));
  entry->fetched = TRUE;
  g_array_append_vals (entry->list, txids, (guint) n);
}

/* Rule C3: "A member prevotes a block only once its transactions, certificates (last block: closes' lists) are on its disk". Those that
 * its batches tell are there already. */
void
tc_engine_record_lists (TcEngine *self, GArray *records, const TcBlock *block)
{
  for (guint32 i = 0; i < block->n_closes; i++)
    {
      TcHash hash = tc_close_hash (&block->closes[i]);
      TcCloseEntry *entry = tc_engine_find_close (self, &hash);
      GByteArray *bytes;

      if (entry == NULL || !entry->fetched || entry->recorded)
        continue;
      entry->recorded = TRUE;
      bytes = g_byte_array_new ();
      tc_close_put (bytes, &entry->close);
      tc_engine_record (self, records, TC_RECORD_CLOSE, g_byte_array_free_to_bytes (bytes));
      tc_engine_record (self, records, TC_RECORD_LIST,
                        tc_list_encode (&hash, (const TcHash *) (gpointer) entry->list->data, entry->list->len));
    }
}

void
tc_engine_restore_list (TcEngine *self, GBytes *data)
{
  g_autofree TcHash *txids = NULL;
  TcCloseEntry *entry;
  TcHash hash;
  gsize n;

  if (!tc_list_decode (data, &hash, &txids, &n))
    return;
  entry = tc_engine_find_close (self, &hash);
  if (entry == NULL || entry->list != NULL)
    return;
  entry->list = g_array_new (FALSE, FALSE, sizeof (TcHash));
  entry->fetched = entry->recorded = TRUE;
  g_array_append_vals (entry->list, txids, (guint) n);
}
