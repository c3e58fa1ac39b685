#include "engine-net.h"

#include <string.h>

#include "core/check.h"

#define LATENCY_MS 7

const TcParams ENGINE_NET_PARAMS = {
  .block_interval_ms = 1000,
  .block_interval_busy_ms = 200,
  .block_busy_bytes = 4000,
  .block_size_max_bytes = 2000000,
  .last_block_size_max_bytes = 3000000,
  .epoch_length_ms = 3000,
  .committee_size = 100,
  .redraw_epochs = 144,
  .unbonding_epochs = 2016,
  .propose_ms = 400,
  .propose_step_ms = 100,
  .prevote_ms = 200,
  .prevote_step_ms = 100,
  .precommit_ms = 200,
  .precommit_step_ms = 100,
  .clock_ahead_ms = 5000,
  .batch_age_ms = 25,
  .batch_age_large_ms = 100,
  .batch_entries_max = 256,
  .vote_ahead_bytes = 1000000,
};

typedef struct
{
  gint64  due_ms;
  guint   from, to;
  guint64 peer;   /* the connection, as the receiver names it */
  guint8  type;
  GBytes *body;
} Packet;

typedef struct
{
  gint64   due_ms;
  TcEffect effect;
} Write;

static void
record_clear (gpointer data)
{
  g_bytes_unref (((TcRecord *) data)->data);
}

static void
packet_free (gpointer data)
{
  g_bytes_unref (((Packet *) data)->body);
  g_free (data);
}

static void
write_free (gpointer data)
{
  tc_effect_clear (&((Write *) data)->effect);
  g_free (data);
}

/* --- what may be signed once --- */

static void
check_once (EngineNet *self, GByteArray *key, const TcHash *what)
{
  g_autoptr(GBytes) name = g_byte_array_free_to_bytes (key);
  const TcHash *before = g_hash_table_lookup (self->signed_once, name);

  if (before == NULL)
    g_hash_table_insert (self->signed_once, g_bytes_ref (name), tc_hash_copy (what));
  else
    g_assert_true (tc_hash_equal (before, what));
}

static GByteArray *
key_of (guint8 kind, guint place, guint32 a, guint32 b, guint32 c)
{
  GByteArray *key = g_byte_array_new ();

  tc_put_u8 (key, kind);
  tc_put_u32 (key, place);
  tc_put_u32 (key, a);
  tc_put_u32 (key, b);
  tc_put_u32 (key, c);
  return key;
}

static void
check_vote (EngineNet *self, guint i, GBytes *body)
{
  TcReader reader;
  TcVote vote;

  tc_reader_init (&reader, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  tc_vote_read (&reader, &vote);
  if (vote.member == i)
    check_once (self, key_of (vote.step, vote.member, vote.height, vote.round, 0), &vote.block_hash);
}

/* F1: no two spenders of one output by one member in one epoch. */
static void
check_locks (EngineNet *self, const TcBatch *batch)
{
  for (guint32 i = 0; i < batch->n_votes; i++)
    {
      const TcTx *tx = g_hash_table_lookup (self->bodies, &batch->votes[i]);

      for (guint32 j = 0; tx != NULL && j < tx->n_inputs; j++)
        {
          GByteArray *key = key_of (20, batch->member, batch->epoch, 0, 0);

          tc_put_outpoint (key, &tx->inputs[j].outpoint);
          check_once (self, key, &tx->txid);
        }
    }
}

/* Only what place @i signed itself: it passes on what others did. In these committees a member's position is its place. */
static void
check_sent (EngineNet *self, guint i, guint8 type, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  if (type == TC_MESSAGE_VOTE)
    check_vote (self, i, body);
  else if (type == TC_MESSAGE_BATCH)
    {
      g_autoptr(TcBatch) batch = tc_batch_decode (data, n, NULL);

      if (batch->member != i)
        return;
      check_once (self, key_of (10, batch->member, batch->epoch, batch->sequence, 0), &batch->hash);
      check_locks (self, batch);
    }
  else if (type == TC_MESSAGE_PROPOSAL)
    {
      g_autoptr(TcProposal) proposal = tc_proposal_decode (data, n, NULL);
      const TcHash name = tc_proposal_hash (proposal);

      if (proposal->member == i)
        check_once (self, key_of (11, proposal->member, proposal->height, proposal->round, 0), &name);
    }
  else if (type == TC_MESSAGE_CLOSE)
    {
      TcReader reader;
      TcClose item;
      TcHash hash;

      tc_reader_init (&reader, data, n);
      tc_close_read (&reader, &item);
      hash = tc_close_hash (&item);
      if (item.member == i)
        check_once (self, key_of (12, item.member, item.epoch, 0, 0), &hash);
    }
}

/* --- life --- */

EngineNet *
engine_net_new (guint n, guint n_payers, const TcParams *params)
{
  return engine_net_new_tiers (n, NULL, n_payers, params);
}

EngineNet *
engine_net_new_tiers (guint n, const TcTier *tiers, guint n_payers, const TcParams *params)
{
  EngineNet *self = g_new0 (EngineNet, 1);

  self->chain = tc_chain_fixture_new (n, tiers, n_payers, params != NULL ? params : &ENGINE_NET_PARAMS);
  self->n = n;
  self->mono_ms = 1000;
  self->wall_ms = (gint64) TC_FIXTURE_TIME_MS + 10;
  self->signed_once = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
  self->bodies = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, NULL, (GDestroyNotify) tc_tx_unref);
  g_queue_init (&self->wire);
  for (guint i = 0; i < n; i++)
    {
      EngineNode *node = &self->nodes[i];

      node->store = tc_memory_store_new ();
      node->blocks = g_ptr_array_new_with_free_func (snapshot_disk_block_free);
      node->commits = g_ptr_array_new_with_free_func (snapshot_disk_commit_free);
      node->committees = g_ptr_array_new_with_free_func (snapshot_disk_committee_free);
      snapshot_disk_init (&node->disk);
      node->disk.blocks = node->blocks;
      node->disk.commits = node->commits;
      node->disk.committees = node->committees;
      node->disk.coins = node->store->coins;
      node->disk.buckets = node->store->buckets;
      node->disk.state = &node->store->state;
      node->links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);
      node->records = g_array_new (FALSE, FALSE, sizeof (TcRecord));
      g_array_set_clear_func (node->records, record_clear);
      node->finals = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
      node->confirmed = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
      g_queue_init (&node->writer);
      g_queue_init (&node->checks);
    }
  return self;
}

void
engine_net_free (EngineNet *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      EngineNode *node = &self->nodes[i];

      g_clear_pointer (&node->engine, tc_engine_free);
      tc_memory_store_free (node->store);
      g_ptr_array_unref (node->blocks);
      snapshot_disk_clear (&node->disk);
      g_ptr_array_unref (node->commits);
      g_array_unref (node->records);
      g_ptr_array_unref (node->committees);
      g_ptr_array_unref (node->links);
      g_hash_table_unref (node->finals);
      g_hash_table_unref (node->confirmed);
      g_queue_clear_full (&node->writer, write_free);
      g_queue_clear_full (&node->checks, write_free);
      g_free (node->warning);
      g_free (node->clock_warning);
      g_free (node->halt);
    }
  g_queue_clear_full (&self->wire, packet_free);
  g_hash_table_unref (self->signed_once);
  g_hash_table_unref (self->bodies);
  tc_chain_fixture_free (self->chain);
  g_free (self);
}

/* --- disk --- */

static void
write_link (EngineNode *node, TcLink *link)
{
  const guint32 epoch = link->header.epoch;

  g_assert_cmpuint (epoch, <=, node->links->len + 1);
  if (epoch == node->links->len + 1)
    g_ptr_array_add (node->links, NULL);
  g_clear_pointer (&node->links->pdata[epoch - 1], tc_link_unref);
  node->links->pdata[epoch - 1] = tc_link_ref (link);
}

static void
store_links (EngineNode *node, const TcEffect *effect)
{
  g_assert_cmpuint (effect->epoch, <=, node->links->len + 1);
  g_ptr_array_set_size (node->links, (gint) effect->epoch - 1);
  for (guint i = 0; effect->links != NULL && i < effect->links->len; i++)
    {
      TcLink *link = g_ptr_array_index (effect->links, i);

      g_assert_cmpuint (link->header.epoch, ==, effect->epoch + i);
      write_link (node, link);
    }
}

static void
write_block (EngineNode *node, TcEffect *effect)
{
  if (effect->link != NULL)
    write_link (node, effect->link);
  g_assert_cmpuint (effect->block->header.height, ==, node->blocks->len + 1);
  g_ptr_array_add (node->blocks, tc_block_ref (effect->block));
  g_ptr_array_add (node->commits, tc_commit_ref (effect->commit));
  if (effect->committee != NULL)
    {
      g_assert_cmpuint (effect->committee->epoch, ==, node->committees->len + 1);
      g_ptr_array_add (node->committees, tc_committee_ref (effect->committee));
    }
  if (effect->flush == NULL)
    return;
  tc_memory_store_write (node->store, effect->flush);
  node->state_height = effect->flush->height;
}

static void
prune (EngineNode *node, guint32 epoch)
{
  for (guint i = node->records->len; i-- > 0;)
    if (g_array_index (node->records, TcRecord, i).epoch < epoch)
      g_array_remove_index (node->records, i);
}

/* --- wire --- */

static void
queue_packet (EngineNet *self, guint from, guint to, guint8 type, GBytes *body)
{
  Packet *packet;

  if (self->filter != NULL && !self->filter (self, from, to, type, body, self->user_data))
    return;
  if (self->nodes[to].engine == NULL)
    return;
  packet = g_new (Packet, 1);
  *packet = (Packet) { self->mono_ms + LATENCY_MS, from, to, self->nodes[to].peers[from], type, g_bytes_ref (body) };
  g_queue_push_tail (&self->wire, packet);
}

static void
note_body (EngineNet *self, TcTx *tx)
{
  if (!g_hash_table_contains (self->bodies, &tx->txid))
    g_hash_table_insert (self->bodies, &tx->txid, tc_tx_ref (tx));
}

static void
carry_send (EngineNet *self, guint i, TcEffect *effect)
{
  const EngineNode *node = &self->nodes[i];

  g_assert_cmpuint (g_bytes_get_size (effect->body), <=, tc_message_size_max (effect->type));
  for (guint to = 0; to < self->n; to++)
    if (node->peers[to] == effect->peer)
      {
        check_sent (self, i, effect->type, effect->body);
        queue_packet (self, i, to, effect->type, effect->body);
      }
}

static void
serve (EngineNet *self, guint i, const TcEffect *effect)
{
  EngineNode *node = &self->nodes[i];

  for (guint32 height = effect->height;
       height < effect->height + effect->count && height <= node->blocks->len && node->blocks->pdata[height - 1] != NULL; height++)
    {
      g_autoptr(GBytes) block = tc_block_encode (g_ptr_array_index (node->blocks, height - 1));
      GByteArray *commit = g_byte_array_new ();
      TcEffect answer = { .kind = TC_EFFECT_SEND, .peer = effect->peer, .type = TC_MESSAGE_BLOCK };

      tc_commit_put (commit, g_ptr_array_index (node->commits, height - 1));
      g_autoptr(GBytes) commit_bytes = g_byte_array_free_to_bytes (commit);
      answer.body = tc_message_block (block, commit_bytes);
      carry_send (self, i, &answer);
      g_bytes_unref (answer.body);
    }
}

static void
serve_links (EngineNet *self, guint i, const TcEffect *effect)
{
  EngineNode *node = &self->nodes[i];
  g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  TcEffect answer = { .kind = TC_EFFECT_SEND, .peer = effect->peer, .type = TC_MESSAGE_EPOCHS };

  for (guint32 k = 0; k < effect->count && effect->epoch + k <= node->links->len; k++)
    g_ptr_array_add (links, tc_link_encode (g_ptr_array_index (node->links, effect->epoch + k - 1)));
  answer.body = tc_epochs_encode ((GBytes *const *) links->pdata, links->len);
  carry_send (self, i, &answer);
  g_bytes_unref (answer.body);
}

static void feed (EngineNet *self, guint i, TcInput *input, TcTxVerdict *ret_verdict);

/* @epoch: 0: a block; else a link. */
static void
look_up (EngineNet *self, guint i, guint32 height, guint32 epoch)
{
  EngineNode *node = &self->nodes[i];
  TcInput input = { .kind = TC_INPUT_STORED };

  if (epoch != 0)
    {
      const TcLink *link = epoch <= node->links->len ? g_ptr_array_index (node->links, epoch - 1) : NULL;

      input.header = link != NULL ? &link->header : NULL;
      input.commit = link != NULL ? link->commit : NULL;
    }
  else if (height <= node->blocks->len && node->blocks->pdata[height - 1] != NULL)
    {
      const TcBlock *block = g_ptr_array_index (node->blocks, height - 1);

      input.header = &block->header;
      input.commit = g_ptr_array_index (node->commits, height - 1);
      input.committee = g_ptr_array_index (node->committees, block->header.epoch - 1);
    }
  node->n_look_ups++;
  if (node->engine != NULL)
    feed (self, i, &input, NULL);
}

static void reinstall (EngineNet *self, guint i);

static void
serve_part (EngineNet *self, guint i, const TcEffect *effect)
{
  TcEffect answer = { .kind = TC_EFFECT_SEND, .peer = effect->peer, .type = TC_MESSAGE_PART, .body = snapshot_disk_page (&self->nodes[i].disk, effect) };

  if (answer.body == NULL)
    return;
  carry_send (self, i, &answer);
  g_bytes_unref (answer.body);
}

static void
store_part (EngineNet *self, guint i, const TcEffect *effect)
{
  TcInput input = { .kind = TC_INPUT_PART_STORED, .height = effect->height, .part = effect->part, .holds = snapshot_disk_take (&self->nodes[i].disk, effect) };

  self->nodes[i].n_parts_stored++;
  feed (self, i, &input, NULL);
}

static void
store_past (EngineNet *self, guint i, const TcEffect *effect)
{
  EngineNode *node = &self->nodes[i];
  TcInput input = { .kind = TC_INPUT_PAST_STORED, .height = effect->height };

  snapshot_disk_past (&node->disk, effect);
  snapshot_disk_tell (&node->disk, node->engine);
  feed (self, i, &input, NULL);
  if (effect->height > 1 && node->blocks->pdata[effect->height - 2] != NULL)
    snapshot_disk_tell_gap (&node->disk, node->engine);
}

static void
make_snapshot (EngineNode *node, const TcEffect *effect)
{
  g_assert_cmpuint (node->state_height, ==, effect->height);
  if (node->makes_none)
    return;
  snapshot_disk_make (&node->disk, effect);
  snapshot_disk_tell (&node->disk, node->engine);
}

static void
install (EngineNet *self, guint i, const TcEffect *effect)
{
  EngineNode *node = &self->nodes[i];

  snapshot_disk_install (&node->disk, effect, self->chain->genesis);
  node->state_height = effect->height;
  node->n_installed++;
  reinstall (self, i);
}

static void
carry_write (EngineNet *self, guint i, TcEffect *effect)
{
  EngineNode *node = &self->nodes[i];
  TcInput flushed = { .kind = TC_INPUT_FLUSHED };
  gboolean has_flush = effect->flush != NULL;

  if (effect->kind == TC_EFFECT_COMMIT)
    write_block (node, effect);
  else if (effect->kind == TC_EFFECT_PRUNE)
    prune (node, effect->epoch);
  else if (effect->kind == TC_EFFECT_LOOK_UP)
    look_up (self, i, effect->height, effect->epoch);
  else if (effect->kind == TC_EFFECT_STORE_LINKS)
    store_links (node, effect);
  else if (effect->kind == TC_EFFECT_SERVE_LINKS)
    serve_links (self, i, effect);
  else if (effect->kind == TC_EFFECT_SNAPSHOT)
    make_snapshot (node, effect);
  else if (effect->kind == TC_EFFECT_SERVE_PART)
    serve_part (self, i, effect);
  else if (effect->kind == TC_EFFECT_STORE_PART)
    store_part (self, i, effect);
  else if (effect->kind == TC_EFFECT_STORE_PAST)
    store_past (self, i, effect);
  else if (effect->kind == TC_EFFECT_INSTALL)
    install (self, i, effect);
  else
    serve (self, i, effect);
  if (has_flush && node->engine != NULL)
    feed (self, i, &flushed, NULL);
}

static void
carry_tx (EngineNet *self, guint i, TcEffect *effect)
{
  note_body (self, effect->tx);
  if (effect->event == TC_TX_EVENT_FINAL)
    g_hash_table_add (self->nodes[i].finals, tc_hash_copy (&effect->tx->txid));
  if (effect->event == TC_TX_EVENT_CONFIRMED)
    g_hash_table_add (self->nodes[i].confirmed, tc_hash_copy (&effect->tx->txid));
}

static void
carry_persist (EngineNode *node, TcEffect *effect)
{
  for (guint i = 0; i < effect->records->len; i++)
    {
      TcRecord record = g_array_index (effect->records, TcRecord, i);

      g_bytes_ref (record.data);
      g_array_append_val (node->records, record);
    }
}

/* Whoever runs with that key is reached. */
static void
note_probe (EngineNet *self, guint i, const TcEffect *effect)
{
  EngineNode *node = &self->nodes[i], *to = &self->nodes[effect->masternode];

  g_assert_cmpstr (effect->text, ==, tc_registry_get (tc_ledger_get_registry (tc_engine_get_ledger (node->engine)), effect->masternode)->host);
  node->n_probes++;
  if (to->engine == NULL || to->unreachable)
    return;
  node->reached |= 1u << effect->masternode;
}

static void
fetch_coins (EngineNode *node, TcCheck *check)
{
  const guint64 n_reads = node->store->n_reads;

  tc_check_fetch (check, &node->store->view);
  node->n_fetched += node->store->n_reads - n_reads;
  node->store->n_reads = n_reads;
}

/* Takes what is in @effect. */
static Write *
write_new (gint64 due_ms, TcEffect *effect)
{
  Write *write = g_new0 (Write, 1);

  write->due_ms = due_ms;
  write->effect = *effect;
  memset (effect, 0, sizeof *effect);
  return write;
}

static void
carry_out (EngineNet *self, guint i, TcEffect *effect)
{
  EngineNode *node = &self->nodes[i];

  switch (effect->kind)
    {
    case TC_EFFECT_PERSIST:
      carry_persist (node, effect);
      break;
    case TC_EFFECT_SEND:
      carry_send (self, i, effect);
      break;
    case TC_EFFECT_COMMIT:
    case TC_EFFECT_SERVE:
    case TC_EFFECT_PRUNE:
    case TC_EFFECT_LOOK_UP:
    case TC_EFFECT_STORE_LINKS:
    case TC_EFFECT_SERVE_LINKS:
    case TC_EFFECT_SNAPSHOT:
    case TC_EFFECT_SERVE_PART:
    case TC_EFFECT_STORE_PART:
    case TC_EFFECT_STORE_PAST:
    case TC_EFFECT_INSTALL:
      g_queue_push_tail (&node->writer, write_new (self->mono_ms + node->write_lag_ms, effect));
      break;
    case TC_EFFECT_CHECK:
      fetch_coins (node, effect->check);
      g_queue_push_tail (&node->checks, write_new (self->mono_ms + node->check_lag_ms, effect));
      node->n_checks++;
      break;
    case TC_EFFECT_PUNISH:
      for (guint from = 0; from < self->n; from++)
        if (node->peers[from] == effect->peer)
          node->punished[from] += effect->points;
      break;
    case TC_EFFECT_TX:
      carry_tx (self, i, effect);
      break;
    case TC_EFFECT_HALT:
      g_free (node->halt);
      node->halt = g_strdup (effect->text);
      break;
    case TC_EFFECT_PROBE:
      note_probe (self, i, effect);
      break;
    case TC_EFFECT_CLOCK:
      g_free (node->clock_warning);
      node->clock_warning = g_strdup (effect->text);
      break;
    case TC_EFFECT_TRUST:
      node->asks = effect->asks;
      if (effect->text != NULL)
        {
          g_free (node->warning);
          node->warning = g_strdup (effect->text);
        }
      node->offered = (TcCheckpoint) { effect->height, effect->hash };
      node->offered_time_ms = effect->time_ms;
      break;
    case TC_EFFECT_JAILED:
      node->jailed |= 1u << effect->masternode;
      break;
    case TC_EFFECT_WARN:
      g_free (node->warning);
      node->warning = g_strdup (effect->text);
      node->n_warnings++;
      break;
    default:
      g_assert_not_reached ();
    }
}

/* What the probes of the step that was found. */
static void
feed_reached (EngineNet *self, guint i)
{
  EngineNode *node = &self->nodes[i];
  const guint32 reached = node->reached;

  node->reached = 0;
  for (guint masternode = 0; node->engine != NULL && masternode < self->n; masternode++)
    if ((reached >> masternode) & 1)
      {
        TcInput input = { .kind = TC_INPUT_REACHED, .masternode = masternode,
                          .operator_key = tc_secret_key_get_public (self->chain->operators[masternode]) };

        feed (self, i, &input, NULL);
      }
}

static void
feed (EngineNet *self, guint i, TcInput *input, TcTxVerdict *ret_verdict)
{
  EngineNode *node = &self->nodes[i];
  TcEffects effects;

  tc_effects_init (&effects);
  input->mono_ms = self->mono_ms;
  input->wall_ms = self->wall_ms + node->clock_ms;
  tc_engine_step (node->engine, input, &effects, ret_verdict);
  for (guint e = 0; e < effects.items->len; e++)
    {
      TcEffect effect = tc_effects_steal (&effects, e);
      gboolean counts = effect.kind == TC_EFFECT_PERSIST || effect.kind == TC_EFFECT_SEND;

      if (counts && ++node->n_effects == node->cut_at)
        {
          tc_effect_clear (&effect);
          engine_net_kill (self, i);
          break;
        }
      carry_out (self, i, &effect);
      tc_effect_clear (&effect);
    }
  tc_effects_free (&effects);
  feed_reached (self, i);
}

/* --- starting and stopping --- */

static void
restore (EngineNet *self, EngineNode *node)
{
  const TcTip *tip = tc_ledger_get_tip (tc_engine_get_ledger (node->engine));
  guint32 first = tip->is_last ? tip->height : tip->epoch_start_height;

  for (guint32 height = MAX (first, 1); height <= node->state_height; height++)
    {
      if (height > first)
        tc_engine_restore_epoch_block (node->engine, g_ptr_array_index (node->blocks, height - 1));
      if (height == node->state_height)
        tc_engine_restore_tip_commit (node->engine, g_ptr_array_index (node->commits, height - 1));
    }
  for (guint32 height = node->state_height + 1; height <= node->blocks->len; height++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_true (tc_engine_restore_block (node->engine, g_ptr_array_index (node->blocks, height - 1),
                                              g_ptr_array_index (node->commits, height - 1), &error));
      g_assert_no_error (error);
    }
  snapshot_disk_restore (&node->disk, node->engine);
  tc_engine_restore_records (node->engine, (const TcRecord *) (gpointer) node->records->data, node->records->len, self->mono_ms,
                             self->wall_ms + node->clock_ms);
  first = tc_ledger_get_next_epoch (tc_engine_get_ledger (node->engine));
  if (node->links->len >= first)
    g_assert_true (tc_engine_restore_links (node->engine, (TcLink *const *) (node->links->pdata + first - 1), node->links->len - (first - 1)));
}

static void
connect (EngineNet *self, guint i, guint to)
{
  TcInput input = { .kind = TC_INPUT_PEER_UP, .operator_key = tc_secret_key_get_public (self->chain->operators[to]) };

  if (self->nodes[i].engine == NULL)
    return;
  input.peer = self->nodes[i].peers[to] = ++self->next_peer;
  feed (self, i, &input, NULL);
}

static void
disconnect (EngineNet *self, guint i, guint from)
{
  TcInput input = { .kind = TC_INPUT_PEER_DOWN, .peer = self->nodes[i].peers[from] };

  self->nodes[i].peers[from] = 0;
  if (self->nodes[i].engine != NULL && input.peer != 0)
    feed (self, i, &input, NULL);
}

static void
check_many (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  ((EngineNode *) user_data)->n_verified += n_jobs;
  TC_VERIFIER_INLINE.check_many (NULL, jobs, n_jobs);
}

static void
make_engine (EngineNet *self, guint i)
{
  EngineNode *node = &self->nodes[i];
  TcEngineConfig config = { .genesis = self->chain->genesis, .operator_key = node->no_key ? NULL : self->chain->operators[i],
                            .verifier = &node->verifier, .view = node->store->view, .state = node->store->state,
                            .buckets = node->store->buckets, .store_created_ms = node->created_ms, .store_replaced = node->replaced,
                            .sign_anyway_epoch = node->sign_anyway_epoch, .trusted = node->trusted, .n_trusted = node->n_trusted,
                            .sync_mode = node->sync_mode, .history = node->history };
  g_autoptr(GError) error = NULL;

  g_assert_null (node->engine);
  node->verifier = (TcVerifier) { check_many, node };
  node->engine = tc_engine_new (&config, &error);
  g_assert_no_error (error);
  restore (self, node);
}

/* The state is another: an engine of it takes over, and finds the peers as they are. */
static void
reinstall (EngineNet *self, guint i)
{
  EngineNode *node = &self->nodes[i];

  g_clear_pointer (&node->engine, tc_engine_free);
  g_queue_clear_full (&node->checks, write_free);
  make_engine (self, i);
  for (guint to = 0; to < self->n; to++)
    {
      TcInput input = { .kind = TC_INPUT_PEER_UP, .peer = node->peers[to], .operator_key = tc_secret_key_get_public (self->chain->operators[to]) };

      if (input.peer != 0)
        feed (self, i, &input, NULL);
    }
}

void
engine_net_start (EngineNet *self, guint i)
{
  make_engine (self, i);
  for (guint to = 0; to < self->n; to++)
    if (to != i)
      {
        connect (self, to, i);
        connect (self, i, to);
      }
}

void
engine_net_kill (EngineNet *self, guint i)
{
  EngineNode *node = &self->nodes[i];

  g_clear_pointer (&node->engine, tc_engine_free);
  g_queue_clear_full (&node->writer, write_free);
  g_queue_init (&node->writer);
  g_queue_clear_full (&node->checks, write_free);
  g_queue_init (&node->checks);
  node->cut_at = 0;
  memset (node->peers, 0, sizeof node->peers);
  for (guint to = 0; to < self->n; to++)
    disconnect (self, to, i);
}

void
engine_net_start_all (EngineNet *self, guint n)
{
  for (guint i = 0; i < n; i++)
    engine_net_start (self, i);
}

/* --- running --- */

static void
deliver (EngineNet *self)
{
  Packet *packet;

  while ((packet = g_queue_peek_head (&self->wire)) != NULL && packet->due_ms <= self->mono_ms)
    {
      EngineNode *node = &self->nodes[packet->to];
      TcInput input = { .kind = TC_INPUT_MESSAGE, .peer = packet->peer, .type = packet->type, .body = packet->body };

      g_queue_pop_head (&self->wire);
      if (node->engine != NULL && packet->peer != 0 && node->peers[packet->from] == packet->peer)
        feed (self, packet->to, &input, NULL);
      packet_free (packet);
    }
}

static void
run_writers (EngineNet *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      EngineNode *node = &self->nodes[i];
      Write *write;

      while ((write = g_queue_peek_head (&node->writer)) != NULL && write->due_ms <= self->mono_ms)
        {
          g_queue_pop_head (&node->writer);
          carry_write (self, i, &write->effect);
          write_free (write);
        }
    }
}

static void
run_checks (EngineNet *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      EngineNode *node = &self->nodes[i];
      Write *write;

      while ((write = g_queue_peek_head (&node->checks)) != NULL && write->due_ms <= self->mono_ms)
        {
          TcInput input = { .kind = TC_INPUT_CHECKED, .check = write->effect.check };

          g_queue_pop_head (&node->checks);
          tc_check_run (input.check, &TC_VERIFIER_INLINE);
          feed (self, i, &input, NULL);
          write_free (write);
        }
    }
}

static void
tick (EngineNet *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      TcInput input = { .kind = TC_INPUT_TICK };

      if (self->nodes[i].engine != NULL && tc_engine_get_deadline_ms (self->nodes[i].engine) <= self->mono_ms)
        feed (self, i, &input, NULL);
    }
}

static gint64
next_time (EngineNet *self, gint64 until_ms)
{
  const Packet *packet = g_queue_peek_head (&self->wire);
  gint64 next = until_ms;

  if (packet != NULL)
    next = MIN (next, packet->due_ms);
  for (guint i = 0; i < self->n; i++)
    {
      const Write *write = g_queue_peek_head (&self->nodes[i].writer), *check = g_queue_peek_head (&self->nodes[i].checks);

      if (write != NULL)
        next = MIN (next, write->due_ms);
      if (check != NULL)
        next = MIN (next, check->due_ms);
      if (self->nodes[i].engine != NULL)
        next = MIN (next, tc_engine_get_deadline_ms (self->nodes[i].engine));
    }
  return MAX (next, self->mono_ms + 1);
}

static void
run_once (EngineNet *self, gint64 until_ms)
{
  gint64 next = next_time (self, until_ms);

  self->wall_ms += next - self->mono_ms;
  self->mono_ms = next;
  deliver (self);
  run_checks (self);
  run_writers (self);
  tick (self);
}

void
engine_net_run (EngineNet *self, gint64 ms)
{
  gint64 until_ms = self->mono_ms + ms;

  while (self->mono_ms < until_ms)
    run_once (self, until_ms);
}

static gboolean
all_at (EngineNet *self, guint32 height, guint32 epoch)
{
  for (guint i = 0; i < self->n; i++)
    if (self->nodes[i].engine != NULL
        && (engine_net_height (self, i) < height || engine_net_committee (self, i)->epoch < epoch))
      return FALSE;
  return TRUE;
}

static gboolean
run_until (EngineNet *self, guint32 height, guint32 epoch, gint64 ms)
{
  gint64 until_ms = self->mono_ms + ms;

  while (self->mono_ms < until_ms && !all_at (self, height, epoch))
    run_once (self, until_ms);
  return all_at (self, height, epoch);
}

gboolean
engine_net_run_to (EngineNet *self, guint32 height, gint64 ms)
{
  return run_until (self, height, 0, ms);
}

gboolean
engine_net_run_epoch (EngineNet *self, guint32 epoch, gint64 ms)
{
  return run_until (self, 0, epoch, ms);
}

TcTxVerdict
engine_net_submit (EngineNet *self, guint i, TcTx *tx)
{
  TcInput input = { .kind = TC_INPUT_SUBMIT, .tx = tx };
  TcTxVerdict verdict = TC_TX_OK;

  note_body (self, tx);
  feed (self, i, &input, &verdict);
  return verdict;
}

void
engine_net_send (EngineNet *self, guint from, guint to, guint8 type, GBytes *body)
{
  TcInput input = { .kind = TC_INPUT_MESSAGE, .peer = self->nodes[to].peers[from], .type = type, .body = body };

  g_assert_cmpuint (input.peer, !=, 0);
  feed (self, to, &input, NULL);
}

void
engine_net_part (EngineNet *self, guint from, guint to)
{
  disconnect (self, to, from);
}

void
engine_net_join (EngineNet *self, guint from, guint to)
{
  g_assert_cmpuint (self->nodes[to].peers[from], ==, 0);
  connect (self, to, from);
}

/* --- looking --- */

guint32
engine_net_height (EngineNet *self, guint i)
{
  return tc_ledger_get_tip (tc_engine_get_ledger (self->nodes[i].engine))->height;
}

TcCommittee *
engine_net_committee (EngineNet *self, guint i)
{
  return tc_ledger_get_committee (tc_engine_get_ledger (self->nodes[i].engine));
}

guint
engine_net_place (EngineNet *self, guint i, guint member)
{
  return engine_net_committee (self, i)->members[member].masternode;
}

guint
engine_net_member (EngineNet *self, guint i, guint place)
{
  return tc_committee_find (engine_net_committee (self, i), tc_secret_key_get_public (self->chain->operators[place]));
}

guint
engine_net_proposer (EngineNet *self, guint i, guint32 round)
{
  const TcTip *tip = tc_ledger_get_tip (tc_engine_get_ledger (self->nodes[i].engine));

  return engine_net_place (self, i, tc_committee_proposer (engine_net_committee (self, i), &tip->seed, tip->height + 1, round));
}

gboolean
engine_net_in_chain (EngineNet *self, guint i, const TcHash *txid)
{
  const GPtrArray *blocks = self->nodes[i].blocks;

  for (guint b = 0; b < blocks->len; b++)
    {
      const TcBlock *block = g_ptr_array_index (blocks, b);

      for (guint32 t = 0; block != NULL && t < block->n_txs; t++)
        if (tc_hash_equal (&block->txs[t]->txid, txid))
          return TRUE;
    }
  return FALSE;
}

void
engine_net_check_same (EngineNet *self)
{
  for (guint i = 1; i < self->n; i++)
    {
      const GPtrArray *a = self->nodes[0].blocks, *b = self->nodes[i].blocks;

      for (guint h = 0; h < MIN (a->len, b->len); h++)
        if (a->pdata[h] != NULL && b->pdata[h] != NULL)
          g_assert_true (tc_hash_equal (&((TcBlock *) g_ptr_array_index (a, h))->hash, &((TcBlock *) g_ptr_array_index (b, h))->hash));
    }
}
