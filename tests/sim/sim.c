#include "sim.h"

#define EVENTS_MAX(sim) (1000000u + 3000u * (sim)->n_nodes * (sim)->n_nodes)  /* of one seed: a bound that only a storm of messages reaches */
#define END_LIMIT_MS  90000     /* after the faults end, everything is settled within this */
#define OVER_MS       10000     /* or looked at */
#define EPOCHS_MIN    3u
#define SLOW_WRITE_MS   2500
#define SLOW_PERSIST_MS 1200
#define CHECK_MS      4         /* of a block's signatures, off the step */
#define BLAME_MAX     5u        /* points that an honest peer may get: an answer of its own was lost */

/* --- events --- */

/* One queue for each millisecond: the events of one are taken in the order in which they were scheduled. */
void
sim_schedule (Sim *self, gint64 delay_ms, SimEvent event)
{
  const guint at = (guint) (self->now_ms + delay_ms);
  GArray *queue;

  g_assert_cmpint (delay_ms, >=, 0);
  if (at >= self->agenda->len)
    g_ptr_array_set_size (self->agenda, (gint) at + 1);
  if (self->agenda->pdata[at] == NULL)
    self->agenda->pdata[at] = g_array_new (FALSE, FALSE, sizeof (SimEvent));
  queue = self->agenda->pdata[at];
  event.time_ms = self->now_ms + delay_ms;
  g_array_append_val (queue, event);
  self->n_events++;
}

static SimEvent
pop_event (Sim *self)
{
  GArray *queue;

  while ((queue = self->agenda->pdata[self->now_ms]) == NULL || self->next_event == queue->len)
    {
      g_clear_pointer ((GArray **) &self->agenda->pdata[self->now_ms], g_array_unref);
      self->now_ms++;
      self->next_event = 0;
    }
  self->n_events--;
  return g_array_index (queue, SimEvent, self->next_event++);
}

static void
free_agenda (Sim *self)
{
  for (guint i = (guint) self->now_ms; i < self->agenda->len; i++)
    {
      GArray *queue = self->agenda->pdata[i];

      for (guint j = i == (guint) self->now_ms ? self->next_event : 0; queue != NULL && j < queue->len; j++)
        g_clear_pointer (&g_array_index (queue, SimEvent, j).body, g_bytes_unref);
      g_clear_pointer (&queue, g_array_unref);
    }
  g_ptr_array_unref (self->agenda);
}

/* --- trace --- */

static void
mix_trace (Sim *self, const void *data, gsize n)
{
  const guint8 *bytes = data;
  guint64 hash = self->trace_hash;

  for (; n >= 8; n -= 8, bytes += 8)
    {
      guint64 word;

      memcpy (&word, bytes, 8);
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 29;
    }
  for (; n > 0; n--, bytes++)
    hash = (hash ^ *bytes) * G_GUINT64_CONSTANT (0x100000001b3);
  self->trace_hash = hash;
}

static void
trace_input (Sim *self, const SimNode *node, const TcInput *input)
{
  const guint64 head[4] = { (guint64) self->now_ms, node->index, input->kind, input->peer };

  mix_trace (self, head, sizeof head);
  if (input->body != NULL)
    mix_trace (self, g_bytes_get_data (input->body, NULL), g_bytes_get_size (input->body));
}

void
sim_trace (Sim *self, const SimNode *node, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (!self->options.trace)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (node != NULL)
    g_print ("%7" G_GINT64_FORMAT " ms  node %u%s  %s\n", self->now_ms, node->index, node->liar ? "!" : " ", text);
  else
    g_print ("%7" G_GINT64_FORMAT " ms          %s\n", self->now_ms, text);
}

static void
fail_with (Sim *self, const char *text)
{
  sim_trace (self, NULL, "FAILED: %s", text);
  if (self->failure == NULL && self->n_honest < self->options.n_members)
    {
      g_autofree char *lies = sim_liars_describe (self);

      self->failure = g_strdup_printf ("at %" G_GINT64_FORMAT " ms: %s (liars: %s)", self->now_ms, text, lies);
    }
  else if (self->failure == NULL)
    self->failure = g_strdup_printf ("at %" G_GINT64_FORMAT " ms: %s", self->now_ms, text);
}

void
sim_fail (Sim *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->profile.over)
    sim_trace (self, NULL, "more than a third lies: %s", text);
  else
    fail_with (self, text);
}

void
sim_fail_ever (Sim *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fail_with (self, text);
}

static TcEffect *
keep_effect (TcEffects *effects, gsize i)
{
  TcEffect *effect = g_new (TcEffect, 1);

  *effect = tc_effects_steal (effects, i);
  return effect;
}

static void
effect_free (gpointer data)
{
  tc_effect_clear (data);
  g_free (data);
}

static void
begin_write (Sim *self, SimNode *node)
{
  const guint32 slow_ms = self->now_ms < node->slow_until_ms ? SLOW_WRITE_MS : 0;

  if (node->writes.length > 0)
    sim_schedule (self, slow_ms + sim_random_range (&self->random, 1, self->profile.write_max_ms),
                  (SimEvent) { .kind = SIM_EVENT_WRITTEN, .node = node->index, .life = node->life });
}

static void
queue_write (Sim *self, SimNode *node, TcEffect *effect)
{
  g_queue_push_tail (&node->writes, effect);
  if (node->writes.length == 1)
    begin_write (self, node);
}

static void
serve (Sim *self, SimNode *node, const TcEffect *effect)
{
  for (guint32 i = 0; i < effect->count; i++)
    {
      g_autoptr(GBytes) body = sim_store_dup_message (node->store, effect->height + i);

      if (body != NULL)
        sim_network_send (self->network, node, effect->peer, TC_MESSAGE_BLOCK, body);
    }
}

static void
serve_links (Sim *self, SimNode *node, const TcEffect *effect)
{
  g_autoptr(GBytes) body = sim_store_dup_links (node->store, effect->epoch, effect->count);

  sim_network_send (self->network, node, effect->peer, TC_MESSAGE_EPOCHS, body);
}

static void
punish (Sim *self, SimNode *node, const TcEffect *effect)
{
  const SimNode *peer = sim_network_get_peer (self->network, node, effect->peer);

  sim_trace (self, node, "punishes node %d by %u: %s", peer != NULL ? (int) peer->index : -1, effect->points, effect->text);
  if (peer != NULL && !peer->liar && !sim_is_faulty (self, peer->member) && !node->liar && effect->points > BLAME_MAX)
    sim_fail (self, "node %u punished the honest node %u: %s", node->index, peer->index, effect->text);
}

static gboolean
send_effect (Sim *self, SimNode *node, const TcEffect *effect)
{
  if (self->crashes->len > 0)
    {
      const SimSet things = sim_set_of (sim_thing_of_message (effect->type, effect->body));

      if (sim_faults_visit (self, node, SIM_MOMENT_SEND, &things))
        return FALSE;
    }
  sim_checks_sent (self->checks, node, effect->type, effect->body);
  sim_network_send (self->network, node, effect->peer, effect->type, effect->body);
  return TRUE;
}

static void run_effects (Sim *self, SimNode *node);

/* --- persisting, as node/driver.c: all that is queued goes to disk in one sync, and what stands behind it waits --- */

static SimSet
list_things (const SimNode *node)
{
  SimSet things = { { 0 } };

  for (guint i = 0; i < node->persisting->len; i++)
    {
      const GArray *records = ((TcEffect *) g_ptr_array_index (node->persisting, i))->records;

      for (guint j = 0; j < records->len; j++)
        sim_set_add (&things, sim_thing_of_record (&g_array_index (records, TcRecord, j)));
    }
  return things;
}

static void
begin_persist (Sim *self, SimNode *node)
{
  const guint32 slow_ms = self->now_ms < node->slow_until_ms ? SLOW_PERSIST_MS : 0;
  SimSet things;

  node->persisting = g_ptr_array_new ();
  for (GList *l = node->effects.head; l != NULL; l = l->next)
    if (((TcEffect *) l->data)->kind == TC_EFFECT_PERSIST)
      g_ptr_array_add (node->persisting, l->data);
  sim_schedule (self, slow_ms + sim_random_range (&self->random, 0, self->profile.persist_max_ms),
                (SimEvent) { .kind = SIM_EVENT_PERSISTED, .node = node->index, .life = node->life });
  things = list_things (node);
  sim_faults_visit (self, node, SIM_MOMENT_PERSIST, &things);
}

void
sim_node_write_records (Sim *self, SimNode *node)
{
  for (guint i = 0; i < node->persisting->len; i++)
    {
      const GArray *records = ((TcEffect *) g_ptr_array_index (node->persisting, i))->records;

      sim_store_append (node->store, records);
      sim_checks_persisted (self->checks, node, records);
    }
}

static void
on_persisted (Sim *self, SimNode *node)
{
  const SimSet things = list_things (node);

  if (self->now_ms < node->full_until_ms)
    {
      sim_faults_full (self, node);
      return;
    }
  sim_node_write_records (self, node);
  for (guint i = 0; i < node->persisting->len; i++)
    g_clear_pointer (&((TcEffect *) g_ptr_array_index (node->persisting, i))->records, g_array_unref);
  g_clear_pointer (&node->persisting, g_ptr_array_unref);
  if (!sim_faults_visit (self, node, SIM_MOMENT_PERSISTED, &things))
    run_effects (self, node);
}

/* --- effects --- */

/* Takes @effect. Coins are read at once, and signatures are checked at the end: what was read may be old by then. */
static void
begin_check (Sim *self, SimNode *node, TcEffect *effect)
{
  const TcCoinView view = sim_store_get_view (node->store);

  tc_check_fetch (effect->check, &view);
  g_queue_push_tail (&node->checks, effect);
  sim_schedule (self, CHECK_MS, (SimEvent) { .kind = SIM_EVENT_CHECKED, .node = node->index, .life = node->life, .peer = node->engine_number });
}

static void
on_checked (Sim *self, SimNode *node)
{
  TcEffect *effect = g_queue_pop_head (&node->checks);
  TcInput input = { .kind = TC_INPUT_CHECKED, .check = effect->check };

  tc_check_run (effect->check, &self->verifier);
  sim_input (self, node, &input, NULL);
  effect_free (effect);
}

/* The user takes a while, and knows better than the peers. */
static void
schedule_answer (Sim *self, const SimNode *node)
{
  sim_schedule (self, sim_random_range (&self->random, 100, 2000), (SimEvent) { .kind = SIM_EVENT_ANSWER, .node = node->index, .life = node->life });
}

static void
ask_user (Sim *self, SimNode *node, const TcEffect *effect)
{
  if (self->genesis->params.trust_epochs == 0)
    sim_fail (self, "node %u asks for a trusted block, though this network asks for none", node->index);
  else if (effect->text != NULL && self->n_honest == self->n_nodes)
    sim_fail (self, "node %u finds a chain that contradicts a true block: %s", node->index, effect->text);
  else if (effect->asks)
    schedule_answer (self, node);
  sim_trace (self, node, effect->asks ? "asks its user for a block" : "asks its user nothing any more");
}

static void
on_answer (Sim *self, SimNode *node)
{
  const TcBlock *best = NULL;
  TcInput input = { .kind = TC_INPUT_TICK };
  TcEngineInfo info;

  tc_engine_get_info (node->engine, &info);
  for (guint i = 0; i < self->n_honest && info.needs_trust; i++)
    {
      const TcBlock *block = sim_store_find_last (self->nodes[i].store);

      if (block != NULL && (best == NULL || block->header.height > best->header.height))
        best = block;
    }
  if (!info.needs_trust)
    return;
  schedule_answer (self, node);  /* it may be too old */
  if (best == NULL || best->header.height <= info.height)
    return;
  if (!tc_engine_trust_block (node->engine, best->header.height, &best->hash))
    sim_fail (self, "node %u does not take the word for block %u", node->index, best->header.height);
  self->counters.trusted++;
  sim_input (self, node, &input, NULL);
}

/* Takes @effect. Returns: FALSE where the node crashed at it. */
static gboolean
run_effect (Sim *self, SimNode *node, TcEffect *effect)
{
  gboolean kept = FALSE, alive = TRUE;

  switch (effect->kind)
    {
    case TC_EFFECT_PERSIST:
      break;
    case TC_EFFECT_SEND:
      alive = send_effect (self, node, effect);
      break;
    case TC_EFFECT_COMMIT:
      sim_checks_commit (self->checks, node, effect->block, effect->commit);
      queue_write (self, node, effect);
      kept = TRUE;
      alive = !sim_faults_visit (self, node, SIM_MOMENT_COMMIT, NULL);
      break;
    case TC_EFFECT_PRUNE:
    case TC_EFFECT_SERVE:
    case TC_EFFECT_LOOK_UP:
    case TC_EFFECT_STORE_LINKS:
    case TC_EFFECT_SERVE_LINKS:
    case TC_EFFECT_SNAPSHOT:
    case TC_EFFECT_SERVE_PART:
    case TC_EFFECT_STORE_PART:
    case TC_EFFECT_INSTALL:
    case TC_EFFECT_STORE_PAST:
      queue_write (self, node, effect);
      kept = TRUE;
      break;
    case TC_EFFECT_CHECK:
      begin_check (self, node, effect);
      kept = TRUE;
      break;
    case TC_EFFECT_PUNISH:
      punish (self, node, effect);
      break;
    case TC_EFFECT_TX:
      sim_checks_tx (self->checks, node, effect);
      sim_actors_told (self->actors, effect->tx, effect->event);
      break;
    case TC_EFFECT_HALT:
      sim_trace (self, node, "halts: %s", effect->text);
      if (!node->liar)
        sim_fail (self, "node %u halts: %s", node->index, effect->text);
      self->counters.fork_halts += self->profile.over && !node->liar;
      break;
    case TC_EFFECT_PROBE:
      sim_network_probe (self->network, node, effect->masternode, &effect->operator_key);
      break;
    case TC_EFFECT_CLOCK:
      sim_trace (self, node, "%s", effect->text != NULL ? effect->text : "the clock is right again");
      break;
    case TC_EFFECT_TRUST:
      ask_user (self, node, effect);
      break;
    case TC_EFFECT_JAILED:
      sim_trace (self, node, "%s", effect->text);
      sim_checks_jailed (self->checks, node, effect->masternode);
      break;
    case TC_EFFECT_WARN:
      sim_trace (self, node, "warns: %s", effect->text);
      break;
    }
  if (!kept)
    effect_free (effect);
  return alive;
}

static void
run_effects (Sim *self, SimNode *node)
{
  while (node->engine != NULL && node->persisting == NULL && node->effects.length > 0)
    {
      const TcEffect *next = g_queue_peek_head (&node->effects);

      if (next->kind == TC_EFFECT_PERSIST && next->records != NULL)
        begin_persist (self, node);
      else if (!run_effect (self, node, g_queue_pop_head (&node->effects)))
        return;
    }
}

static void
schedule_tick (Sim *self, SimNode *node)
{
  gint64 tick_ms = tc_engine_get_deadline_ms (node->engine);

  if (tick_ms == G_MAXINT64)
    return;
  tick_ms = MAX (tick_ms - node->mono_offset_ms, self->now_ms + 1);
  if (tick_ms == node->tick_ms)
    return;
  node->tick_ms = tick_ms;
  sim_schedule (self, tick_ms - self->now_ms, (SimEvent) { .kind = SIM_EVENT_TICK, .node = node->index, .life = node->life });
}

void
sim_input (Sim *self, SimNode *node, TcInput *input, TcTxVerdict *ret_verdict)
{
  const guint life = node->life;

  input->mono_ms = self->now_ms + node->mono_offset_ms;
  input->wall_ms = SIM_GENESIS_MS + self->now_ms + node->wall_offset_ms;
  trace_input (self, node, input);
  tc_engine_step (node->engine, input, &self->effects, ret_verdict);
  sim_committees_note (self->committees, node);
  for (guint i = 0; i < self->effects.items->len; i++)
    g_queue_push_tail (&node->effects, keep_effect (&self->effects, i));
  tc_effects_clear (&self->effects);
  run_effects (self, node);
  if (node->life == life && node->engine != NULL)
    schedule_tick (self, node);
}

/* --- nodes --- */

static void
add_counters_of (Sim *self, const SimNode *node)
{
  TcEngineInfo info;

  if (node->liar)
    return;
  tc_engine_get_info (node->engine, &info);
  self->counters.rounds += info.n_rounds_above_zero;
  self->counters.locked += info.n_locked_reproposed;
  self->counters.closes_left_out += info.n_closes_left_out;
  self->counters.equivocations += info.n_equivocations;
  self->counters.heartbeats += info.n_heartbeats;
  self->counters.attestations += info.n_attestations;
}

/* All that is not on disk is gone. */
void
sim_node_stop (Sim *self, SimNode *node)
{
  if (node->engine == NULL)
    return;
  add_counters_of (self, node);
  g_clear_pointer (&node->engine, tc_engine_free);
  node->life++;
  g_clear_pointer (&node->persisting, g_ptr_array_unref);
  node->frozen_until_ms = 0;
  g_queue_clear_full (&node->effects, effect_free);
  g_queue_clear_full (&node->writes, effect_free);
  g_queue_clear_full (&node->checks, effect_free);
  sim_network_node_down (self->network, node);
}

/* From what is on disk. */
static gboolean
make_engine (Sim *self, SimNode *node)
{
  g_autoptr(GError) error = NULL;
  TcEngineConfig config = { .genesis = self->genesis, .operator_key = node->key, .verifier = &self->verifier,
                            .store_created_ms = node->store_created_ms, .store_replaced = node->store_replaced,
                            .sign_anyway_epoch = sim_is_faulty (self, node->member) ? TC_SIGN_ANYWAY_ALWAYS : 0,
                            .sync_mode = node->sync_mode, .history = node->history };

  node->tick_ms = -1;
  node->engine = sim_store_start_engine (node->store, &config, self->now_ms + node->mono_offset_ms,
                                         SIM_GENESIS_MS + self->now_ms + node->wall_offset_ms, &error);
  if (node->engine == NULL)
    sim_fail (self, "node %u does not start again: %s", node->index, error->message);
  return node->engine != NULL;
}

void
sim_node_start (Sim *self, SimNode *node)
{
  TcInput tick = { .kind = TC_INPUT_TICK };

  node->mono_offset_ms = sim_random_range (&self->random, 1, 1000000) - self->now_ms;
  if (!make_engine (self, node))
    return;
  sim_trace (self, node, "starts at height %u", sim_store_get_height (node->store));
  sim_network_node_up (self->network, node);
  sim_input (self, node, &tick, NULL);
}

/* --- snapshots --- */

static void
make_snapshot (Sim *self, SimNode *node, const TcEffect *effect)
{
  self->counters.snapshots++;
  snapshot_disk_make (sim_store_get_disk (node->store), effect);
  snapshot_disk_tell (sim_store_get_disk (node->store), node->engine);
}

/* A liar's are damaged, now and then, or do not come. */
static void
serve_part (Sim *self, SimNode *node, const TcEffect *effect)
{
  GBytes *body = snapshot_disk_page (sim_store_get_disk (node->store), effect);

  if (body != NULL && node->liar && sim_random_chance (&self->random, 100))
    {
      gsize n;
      guint8 *data = g_bytes_unref_to_data (body, &n);

      data[sim_random_range (&self->random, 10, (guint32) n - 1)] ^= 1;
      body = g_bytes_new_take (data, n);
    }
  else if (body != NULL && node->liar && sim_random_chance (&self->random, 20))
    g_clear_pointer (&body, g_bytes_unref);
  if (body == NULL)
    return;
  sim_network_send (self->network, node, effect->peer, TC_MESSAGE_PART, body);
  g_bytes_unref (body);
}

static void
take_part (Sim *self, SimNode *node, const TcEffect *effect)
{
  TcInput input = { .kind = TC_INPUT_PART_STORED, .height = effect->height, .part = effect->part,
                    .holds = snapshot_disk_take (sim_store_get_disk (node->store), effect) };

  self->counters.parts++;
  self->counters.parts_refused += !input.holds;
  sim_input (self, node, &input, NULL);
}

static void
take_past (Sim *self, SimNode *node, const TcEffect *effect)
{
  SnapshotDisk *disk = sim_store_get_disk (node->store);
  TcInput input = { .kind = TC_INPUT_PAST_STORED, .height = effect->height };
  const guint life = node->life;

  self->counters.history += effect->blocks->len;
  snapshot_disk_past (disk, effect);
  snapshot_disk_tell (disk, node->engine);
  sim_input (self, node, &input, NULL);
  if (node->life == life && effect->height > 1 && disk->blocks->pdata[effect->height - 2] != NULL)
    snapshot_disk_tell_gap (disk, node->engine);
}

/* As node/snapshots.c: another engine takes over, and finds the peers as they are. */
static void
install (Sim *self, SimNode *node, const TcEffect *effect)
{
  TcInput tick = { .kind = TC_INPUT_TICK };
  const guint life = node->life;

  self->counters.installs++;
  sim_trace (self, node, "installs the snapshot of block %u", effect->height);
  sim_store_install (node->store, effect, self->genesis);
  add_counters_of (self, node);
  g_clear_pointer (&node->engine, tc_engine_free);
  g_queue_clear_full (&node->checks, effect_free);
  node->engine_number++;
  if (!make_engine (self, node))
    return;
  sim_network_tell_peers (self->network, node);
  if (node->life == life)
    sim_input (self, node, &tick, NULL);
}

static void
on_snapshot_written (Sim *self, SimNode *node, const TcEffect *effect)
{
  if (effect->kind == TC_EFFECT_SNAPSHOT)
    make_snapshot (self, node, effect);
  else if (effect->kind == TC_EFFECT_SERVE_PART)
    serve_part (self, node, effect);
  else if (effect->kind == TC_EFFECT_STORE_PART)
    take_part (self, node, effect);
  else if (effect->kind == TC_EFFECT_STORE_PAST)
    take_past (self, node, effect);
  else
    install (self, node, effect);
}

static void
on_written (Sim *self, SimNode *node)
{
  const TcEffect *next = g_queue_peek_head (&node->writes);
  const gboolean loose = next->kind == TC_EFFECT_COMMIT && !next->durable;
  TcEffect *effect;
  TcInput input = { .kind = TC_INPUT_TICK };

  if (next->kind == TC_EFFECT_COMMIT && self->now_ms < node->full_until_ms)
    {
      sim_faults_full (self, node);
      return;
    }
  effect = g_queue_pop_head (&node->writes);
  if (effect->kind >= TC_EFFECT_SNAPSHOT && effect->kind <= TC_EFFECT_STORE_PAST)
    {
      begin_write (self, node);
      on_snapshot_written (self, node, effect);
      effect_free (effect);
      return;
    }
  if (effect->kind == TC_EFFECT_PRUNE)
    sim_store_prune (node->store, effect->epoch);
  else if (effect->kind == TC_EFFECT_SERVE)
    serve (self, node, effect);
  else if (effect->kind == TC_EFFECT_LOOK_UP)
    {
      input.kind = TC_INPUT_STORED;
      sim_store_look_up (node->store, effect->height, effect->epoch, &input);
    }
  else if (effect->kind == TC_EFFECT_SERVE_LINKS)
    serve_links (self, node, effect);
  else if (effect->kind == TC_EFFECT_STORE_LINKS)
    {
      sim_store_put_links (node->store, effect->epoch, effect->links);
      self->counters.links_stored += effect->links != NULL ? effect->links->len : 0;
    }
  else
    {
      sim_store_write (node->store, effect->block, effect->commit, effect->flush, effect->durable);
      if (effect->committee != NULL)
        sim_store_keep_committee (node->store, effect->committee);
      if (effect->link != NULL)
        sim_store_put_link (node->store, effect->link);
      if (effect->flush != NULL)
        sim_schedule (self, sim_random_below (&self->random, 5),
                      (SimEvent) { .kind = SIM_EVENT_FLUSHED, .node = node->index, .life = node->life, .peer = node->engine_number });
    }
  effect_free (effect);
  if (!loose || !sim_faults_visit (self, node, SIM_MOMENT_CATCHING_UP, NULL))
    begin_write (self, node);
  if (input.kind == TC_INPUT_STORED)
    sim_input (self, node, &input, NULL);
}

static void
on_node_event (Sim *self, const SimEvent *event)
{
  SimNode *node = &self->nodes[event->node];
  TcInput input = { .kind = TC_INPUT_TICK };

  if (node->engine == NULL || node->life != event->life)
    return;
  if (event->kind == SIM_EVENT_PERSISTED)
    on_persisted (self, node);
  else if (event->kind == SIM_EVENT_WRITTEN)
    on_written (self, node);
  else if ((event->kind == SIM_EVENT_CHECKED || event->kind == SIM_EVENT_FLUSHED) && event->peer != node->engine_number)
    return;
  else if (event->kind == SIM_EVENT_CHECKED)
    on_checked (self, node);
  else if (event->kind == SIM_EVENT_ANSWER)
    on_answer (self, node);
  else if (event->kind == SIM_EVENT_FLUSHED)
    {
      input.kind = TC_INPUT_FLUSHED;
      if (!sim_faults_visit (self, node, SIM_MOMENT_FLUSHED, NULL))
        sim_input (self, node, &input, NULL);
    }
  else if (event->time_ms == node->tick_ms)
    {
      node->tick_ms = -1;
      sim_input (self, node, &input, NULL);
    }
}

gboolean
sim_is_up (const Sim *self, const SimNode *node)
{
  return node->engine != NULL && self->now_ms >= node->frozen_until_ms;
}

gboolean
sim_is_faulty (const Sim *self, guint member)
{
  return (member >= self->n_honest && member < self->options.n_members) || (member == self->doubtful && member != SIM_MEMBERS_MAX);
}

SimNode *
sim_pick_node (Sim *self, gboolean honest)
{
  const guint n = honest ? self->n_honest : self->n_nodes;
  const guint first = sim_random_below (&self->random, n);

  for (guint i = 0; i < n; i++)
    {
      SimNode *node = &self->nodes[(first + i) % n];

      if (sim_is_up (self, node))
        return node;
    }
  return NULL;
}

/* --- a seed --- */

static Sim *
sim_new (const SimOptions *options)
{
  Sim *self = g_new0 (Sim, 1);

  self->options = *options;
  self->doubtful = SIM_MEMBERS_MAX;
  sim_random_init (&self->random, options->seed);
  self->memo = sim_memo_new ();
  self->verifier = (TcVerifier) { sim_memo_check_many, self->memo };
  self->agenda = g_ptr_array_new ();
  tc_effects_init (&self->effects);
  g_assert_true (sim_profile_draw (options->profile, &self->random, &self->profile));
  sim_setup (self);
  self->faults_end_ms = (self->profile.n_joiners + self->profile.n_retirements > 0 || self->profile.snapshots ? 5 : 3) * (gint64) self->genesis->params.epoch_length_ms + 2000;
  self->committees = sim_committees_new (self);
  self->checks = sim_checks_new (self);
  self->network = sim_network_new (self);
  self->actors = sim_actors_new (self);
  sim_faults_plan (self);
  return self;
}

static void
sim_free (Sim *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    {
      sim_node_stop (self, &self->nodes[i]);
      sim_store_free (self->nodes[i].store);
      g_clear_pointer (&self->nodes[i].backup, sim_store_free);
      g_clear_pointer (&self->nodes[i].key, tc_secret_key_unref);
    }
  free_agenda (self);
  sim_liars_free (self->liars);
  sim_actors_free (self->actors);
  sim_network_free (self->network);
  sim_checks_free (self->checks);
  sim_committees_free (self->committees);
  g_array_unref (self->crashes);
  sim_memo_free (self->memo);
  tc_effects_free (&self->effects);
  tc_genesis_unref (self->genesis);
  g_free (self->failure);
  g_free (self);
}

/* What happens to a machine that sleeps happens to it when it wakes up. */
static gboolean
put_off (Sim *self, SimEvent *event)
{
  static const gboolean put[] = { [SIM_EVENT_TICK] = TRUE, [SIM_EVENT_DELIVER] = TRUE, [SIM_EVENT_PERSISTED] = TRUE, [SIM_EVENT_WRITTEN] = TRUE,
                                  [SIM_EVENT_FLUSHED] = TRUE, [SIM_EVENT_CHECKED] = TRUE, [SIM_EVENT_REACHED] = TRUE, [SIM_EVENT_PEER_DOWN] = TRUE, [SIM_EVENT_CRASH] = TRUE,
                                  [SIM_EVENT_RESTORE] = TRUE };
  const gint64 until_ms = self->nodes[event->node].frozen_until_ms;

  if (self->now_ms >= until_ms || event->kind >= G_N_ELEMENTS (put) || !put[event->kind])
    return FALSE;
  if (event->kind == SIM_EVENT_TICK && self->nodes[event->node].tick_ms == event->time_ms)
    self->nodes[event->node].tick_ms = until_ms;
  sim_schedule (self, until_ms - self->now_ms, *event);
  event->body = NULL;
  return TRUE;
}

static void
dispatch (Sim *self, SimEvent *event)
{
  if (put_off (self, event))
    return;
  switch (event->kind)
    {
    case SIM_EVENT_TICK:
    case SIM_EVENT_PERSISTED:
    case SIM_EVENT_WRITTEN:
    case SIM_EVENT_FLUSHED:
    case SIM_EVENT_CHECKED:
    case SIM_EVENT_ANSWER:
      on_node_event (self, event);
      break;
    case SIM_EVENT_DELIVER:
    case SIM_EVENT_LINK_UP:
    case SIM_EVENT_LINK_DOWN:
    case SIM_EVENT_REACHED:
    case SIM_EVENT_DEAF:
    case SIM_EVENT_PEER_DOWN:
    case SIM_EVENT_PARTITION:
    case SIM_EVENT_REUNION:
      sim_network_event (self->network, event);
      break;
    case SIM_EVENT_START:
    case SIM_EVENT_CRASH:
    case SIM_EVENT_BLACKOUT:
    case SIM_EVENT_CLOCK:
    case SIM_EVENT_SUSPEND:
    case SIM_EVENT_RESUME:
    case SIM_EVENT_DISK_SLOW:
    case SIM_EVENT_DISK_FULL:
    case SIM_EVENT_BACKUP:
    case SIM_EVENT_RESTORE:
    case SIM_EVENT_FAULTS_END:
      sim_faults_event (self, event);
      break;
    case SIM_EVENT_PAY:
    case SIM_EVENT_DOUBLE:
    case SIM_EVENT_RIVAL:
    case SIM_EVENT_CHAIN:
    case SIM_EVENT_RESUBMIT:
    case SIM_EVENT_REGISTER:
    case SIM_EVENT_FREE:
    case SIM_EVENT_RETIRE:
    case SIM_EVENT_UPDATE:
      sim_actors_event (self->actors, event);
      break;
    case SIM_EVENT_LIE:
    case SIM_EVENT_SAY:
      sim_liar_event (self, event);
      break;
    }
}

/* The honest nodes stand at the newest block, and there is nothing more to come. */
static gboolean
is_done (Sim *self)
{
  if (self->now_ms < self->faults_end_ms || sim_checks_get_epochs (self->checks) < EPOCHS_MIN || !sim_actors_are_done (self->actors))
    return FALSE;
  for (guint i = 0; i < self->n_nodes; i++)
    {
      const SimNode *node = &self->nodes[i];

      if (node->liar)
        continue;
      if (node->engine == NULL
          || tc_ledger_get_tip (tc_engine_get_ledger (node->engine))->height != sim_checks_get_height (self->checks))
        return FALSE;
    }
  return TRUE;
}

static void
fail_for_time (Sim *self)
{
  g_autofree char *open = sim_actors_describe_open (self->actors);
  GString *tips = g_string_new (NULL);

  for (guint i = 0; i < self->n_nodes; i++)
    {
      TcEngineInfo info = { 0 };

      if (self->nodes[i].liar)
        continue;
      if (self->nodes[i].engine != NULL)
        tc_engine_get_info (self->nodes[i].engine, &info);
      g_string_append_printf (tips, " %u (round %u, step %u)", info.height, info.round, info.step);
    }
  sim_fail (self, "no progress: %d s after the faults ended, %u epochs ended, heights%s, %s", END_LIMIT_MS / 1000,
            sim_checks_get_epochs (self->checks), tips->str, open);
  g_string_free (tips, TRUE);
}

/* Where more than a third lies nothing is ever settled: what happened is looked at. */
static gboolean
is_over (Sim *self)
{
  return self->now_ms > self->faults_end_ms + OVER_MS || self->counters.events > EVENTS_MAX (self);
}

/* After everything, each honest node goes down once more and finds all of it again. */
static void
restart_all (Sim *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    sim_node_stop (self, &self->nodes[i]);
  for (guint i = 0; i < self->n_nodes; i++)
    if (!self->nodes[i].liar)
      sim_node_start (self, &self->nodes[i]);
}

/* Seats are drawn: those whose clocks are ahead may be a third of a small committee, and more. Then the chain is ahead of the time, and the next block waits for it (C4). */
static gint64
get_chain_ms (Sim *self)
{
  guint64 time_ms = SIM_GENESIS_MS;

  for (guint i = 0; i < self->n_nodes; i++)
    if (!self->nodes[i].liar && self->nodes[i].engine != NULL)
      time_ms = MAX (time_ms, tc_ledger_get_tip (tc_engine_get_ledger (self->nodes[i].engine))->time_ms);
  return (gint64) (time_ms - SIM_GENESIS_MS);
}

char *
sim_run (const SimOptions *options, SimCounters *counters, guint64 *ret_trace_hash)
{
  Sim *self = sim_new (options);
  char *failure;

  while (self->failure == NULL && self->n_events > 0 && !(self->profile.over ? is_over (self) : is_done (self)))
    {
      SimEvent event = pop_event (self);

      dispatch (self, &event);
      g_clear_pointer (&event.body, g_bytes_unref);
      if (self->now_ms > self->faults_end_ms + END_LIMIT_MS && self->now_ms > get_chain_ms (self) + END_LIMIT_MS)
        fail_for_time (self);
      if (++self->counters.events > EVENTS_MAX (self))
        sim_fail (self, "a storm: more than %u events", EVENTS_MAX (self));
    }
  if (self->profile.over)
    sim_checks_account (self->checks);
  else if (self->failure == NULL)
    sim_checks_finish (self->checks);
  if (self->failure == NULL && !self->profile.over)
    restart_all (self);
  for (guint i = 0; i < self->n_nodes; i++)
    sim_node_stop (self, &self->nodes[i]);
  self->counters.seeds++;
  self->counters.signatures = sim_memo_get_n (self->memo);
  for (gsize i = 0; i < sizeof *counters / sizeof (guint64); i++)
    ((guint64 *) counters)[i] += ((guint64 *) &self->counters)[i];
  *ret_trace_hash = self->trace_hash;
  failure = g_steal_pointer (&self->failure);
  sim_free (self);
  return failure;
}
