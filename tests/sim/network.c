#include "sim.h"

/* One connection at a time between two nodes. */
typedef struct
{
  guint    nodes[2];
  guint64  peers[2];      /* what each side calls the other; 0: down */
  guint32  delay_min_ms, delay_max_ms;
  gint64   last_ms[2];    /* newest arrival at each side */
} Link;

/* Who a peer number stands for: numbers are never used again. */
typedef struct
{
  guint link, side;
} Peer;

/* The nodes of one side and all others do not reach each other. */
typedef struct
{
  SimSet   side;
  gboolean active;
} Part;

/* What @from send does not reach @to. */
typedef struct
{
  SimSet from, to;
  gint64 for_ms;
} Deaf;

struct _SimNetwork
{
  Sim      *sim;
  GArray   *links;     /* Link */
  GArray   *peers;     /* Peer, by number - 1 */
  GArray   *parts;     /* Part */
  GArray   *deaf;      /* Deaf: planned */
  gint64   *deaf_until_ms;  /* by from x n_nodes + to */
  gboolean  healed;
};

static Link *
get_link (SimNetwork *self, guint64 number)
{
  return &g_array_index (self->links, Link, number);
}

/* The two faces of a liar see different halves of the others, and not each other. */
static gboolean
are_linked (const Sim *sim, const SimNode *a, const SimNode *b)
{
  return sim->n_faces == 1 || (!a->liar && !b->liar) || a->half == b->half;
}

/* One connection, all that a node sends, all that is sent to it, or from one side to another: the other way goes on. */
static void
plan_deaf (SimNetwork *self)
{
  Sim *sim = self->sim;
  SimRandom *random = &sim->random;
  const SimSet one = sim_set_of (sim_random_below (random, sim->n_honest)), other = sim_set_of (sim_random_below (random, sim->n_honest));
  const SimSet some = sim_set_draw (random, sim->n_honest);
  SimSet all = { { 0 } };
  Deaf deaf = { .for_ms = sim_random_range (random, 500, sim->genesis->params.epoch_length_ms) };

  for (guint i = 0; i < sim->n_nodes; i++)
    sim_set_add (&all, i);
  switch (sim_random_below (random, 4))
    {
    case 0:  deaf.from = one;  deaf.to = other; break;
    case 1:  deaf.from = one;  deaf.to = all; break;
    case 2:  deaf.from = all;  deaf.to = one; break;
    default: deaf.from = some; deaf.to = all; break;
    }
  g_array_append_val (self->deaf, deaf);
  sim_schedule (sim, sim_random_range (random, 500, (guint32) sim->faults_end_ms - 500),
                (SimEvent) { .kind = SIM_EVENT_DEAF, .peer = self->deaf->len - 1 });
}

static void
plan_exile (SimNetwork *self)
{
  Sim *sim = self->sim;
  const guint32 epoch_ms = sim->genesis->params.epoch_length_ms;
  const guint32 from_ms = sim_random_range (&sim->random, 500, epoch_ms);
  const guint number = sim_network_add_part (self, sim_set_of (sim_random_below (&sim->random, sim->n_honest)));

  sim->counters.exiles++;
  sim_schedule (sim, from_ms, (SimEvent) { .kind = SIM_EVENT_PARTITION, .peer = number });
  sim_schedule (sim, from_ms + epoch_ms + sim_random_range (&sim->random, 1000, epoch_ms), (SimEvent) { .kind = SIM_EVENT_REUNION, .peer = number });
}

static void
plan_faults (SimNetwork *self)
{
  Sim *sim = self->sim;
  SimRandom *random = &sim->random;
  const guint32 end_ms = (guint32) sim->faults_end_ms - 500;

  for (guint i = 0; i < sim->profile.n_partitions; i++)
    {
      const guint32 from_ms = sim_random_range (random, 500, end_ms);
      const guint32 until_ms = MIN (from_ms + sim_random_range (random, 200, 6000), end_ms);
      const guint number = sim_network_add_part (self, sim_set_draw (random, sim->n_honest));

      sim_schedule (sim, from_ms, (SimEvent) { .kind = SIM_EVENT_PARTITION, .peer = number });
      sim_schedule (sim, until_ms, (SimEvent) { .kind = SIM_EVENT_REUNION, .peer = number });
    }
  for (guint i = 0; i < sim->profile.n_deaf; i++)
    plan_deaf (self);
  for (guint i = 0; i < sim->profile.n_exiles; i++)
    plan_exile (self);
  for (guint i = 0; i < sim->profile.n_link_losses; i++)
    sim_schedule (sim, sim_random_range (random, 500, end_ms),
                  (SimEvent) { .kind = SIM_EVENT_LINK_DOWN, .peer = sim_random_below (random, self->links->len) });
}

SimNetwork *
sim_network_new (Sim *sim)
{
  SimNetwork *self = g_new0 (SimNetwork, 1);

  self->sim = sim;
  self->links = g_array_new (FALSE, TRUE, sizeof (Link));
  self->peers = g_array_new (FALSE, FALSE, sizeof (Peer));
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  self->deaf = g_array_new (FALSE, FALSE, sizeof (Deaf));
  self->deaf_until_ms = g_new0 (gint64, sim->n_nodes * sim->n_nodes);
  for (guint a = 0; a < sim->n_nodes; a++)
    for (guint b = a + 1; b < sim->n_nodes; b++)
      {
        Link link = { .nodes = { a, b } };

        if (!are_linked (sim, &sim->nodes[a], &sim->nodes[b]))
          continue;
        link.delay_min_ms = sim_random_range (&sim->random, 1, MAX (sim->profile.delay_max_ms / 2, 1));
        link.delay_max_ms = sim_random_range (&sim->random, link.delay_min_ms, sim->profile.delay_max_ms);
        g_array_append_val (self->links, link);
      }
  plan_faults (self);
  return self;
}

void
sim_network_free (SimNetwork *self)
{
  g_array_unref (self->links);
  g_array_unref (self->peers);
  g_array_unref (self->parts);
  g_array_unref (self->deaf);
  g_free (self->deaf_until_ms);
  g_free (self);
}

/* --- connections --- */

static gboolean
is_parted (const SimNetwork *self, const Link *link)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      const Part *part = &g_array_index (self->parts, Part, i);

      if (part->active && sim_set_has (&part->side, link->nodes[0]) != sim_set_has (&part->side, link->nodes[1]))
        return TRUE;
    }
  return FALSE;
}

static void
tell_peer_up (SimNetwork *self, const Link *link, guint side)
{
  Sim *sim = self->sim;
  SimNode *node = &sim->nodes[link->nodes[side]];
  const TcSecretKey *key = sim->nodes[link->nodes[1 - side]].key;
  TcInput input = { .kind = TC_INPUT_PEER_UP, .peer = link->peers[side], .operator_key = key != NULL ? tc_secret_key_get_public (key) : NULL };

  if (node->engine != NULL && input.peer != 0)
    sim_input (sim, node, &input, NULL);
}

static void
link_up (SimNetwork *self, guint number)
{
  Link *link = get_link (self, number);

  if (link->peers[0] != 0 || is_parted (self, link) || !sim_is_up (self->sim, &self->sim->nodes[link->nodes[0]])
      || !sim_is_up (self->sim, &self->sim->nodes[link->nodes[1]]))
    return;
  for (guint side = 0; side < 2; side++)
    {
      const Peer peer = { number, side };

      g_array_append_val (self->peers, peer);
      link->peers[side] = self->peers->len;
      link->last_ms[side] = 0;
    }
  for (guint side = 0; side < 2; side++)
    tell_peer_up (self, get_link (self, number), side);
}

static void
schedule_up (SimNetwork *self, guint number)
{
  sim_schedule (self->sim, sim_random_range (&self->sim->random, 5, 300), (SimEvent) { .kind = SIM_EVENT_LINK_UP, .peer = number });
}

/* Each side that is still there notices a little later. */
static void
link_down (SimNetwork *self, guint number)
{
  Link *link = get_link (self, number);

  if (link->peers[0] == 0)
    return;
  self->sim->counters.links_lost++;
  for (guint side = 0; side < 2; side++)
    {
      const SimNode *node = &self->sim->nodes[link->nodes[side]];

      sim_schedule (self->sim, sim_random_range (&self->sim->random, 1, 200),
                    (SimEvent) { .kind = SIM_EVENT_PEER_DOWN, .node = node->index, .life = node->life, .peer = link->peers[side] });
      link->peers[side] = 0;
    }
  if (!is_parted (self, link))
    schedule_up (self, number);
}

void
sim_network_node_up (SimNetwork *self, SimNode *node)
{
  for (guint i = 0; i < self->links->len; i++)
    if (get_link (self, i)->nodes[0] == node->index || get_link (self, i)->nodes[1] == node->index)
      schedule_up (self, i);
}

void
sim_network_tell_peers (SimNetwork *self, SimNode *node)
{
  const guint life = node->life;

  for (guint i = 0; i < self->links->len && node->life == life; i++)
    for (guint side = 0; side < 2; side++)
      if (get_link (self, i)->nodes[side] == node->index)
        tell_peer_up (self, get_link (self, i), side);
}

void
sim_network_node_down (SimNetwork *self, SimNode *node)
{
  for (guint i = 0; i < self->links->len; i++)
    if (get_link (self, i)->nodes[0] == node->index || get_link (self, i)->nodes[1] == node->index)
      link_down (self, i);
}

guint
sim_network_add_part (SimNetwork *self, SimSet side)
{
  const Part part = { side, FALSE };

  g_array_append_val (self->parts, part);
  return self->parts->len - 1;
}

static void
trace_part (SimNetwork *self, const Part *part)
{
  g_autoptr(GString) names = NULL;

  if (!self->sim->options.trace)
    return;
  names = g_string_new (NULL);
  for (guint i = 0; i < self->sim->n_nodes; i++)
    if (sim_set_has (&part->side, i))
      g_string_append_printf (names, " %u", i);
  sim_trace (self->sim, NULL, "%s: nodes%s | the others", part->active ? "the network parts" : "the network is whole again", names->str);
}

static void
set_part (SimNetwork *self, guint number, gboolean active)
{
  Part *part = &g_array_index (self->parts, Part, number);

  if (part->active == active || (active && self->healed))
    return;
  part->active = active;
  if (active)
    self->sim->counters.partitions++;
  trace_part (self, part);
  for (guint i = 0; i < self->links->len; i++)
    if (is_parted (self, get_link (self, i)))
      link_down (self, i);
    else if (get_link (self, i)->peers[0] == 0)
      schedule_up (self, i);
}

static void
begin_deaf (SimNetwork *self, const Deaf *deaf)
{
  Sim *sim = self->sim;

  sim->counters.deaf++;
  for (guint i = 0; i < sim->n_nodes; i++)
    for (guint j = 0; j < sim->n_nodes; j++)
      if (sim_set_has (&deaf->from, i) && sim_set_has (&deaf->to, j))
        {
          self->deaf_until_ms[i * sim->n_nodes + j] = sim->now_ms + deaf->for_ms;
          sim_trace (sim, &sim->nodes[j], "does not hear node %u for %" G_GINT64_FORMAT " ms", i, deaf->for_ms);
        }
}

void
sim_network_heal (SimNetwork *self)
{
  self->healed = TRUE;
  for (guint i = 0; i < self->parts->len; i++)
    set_part (self, i, FALSE);
  for (guint i = 0; i < self->links->len; i++)
    get_link (self, i)->delay_max_ms = get_link (self, i)->delay_min_ms = MIN (get_link (self, i)->delay_min_ms, 40);
}

SimNode *
sim_network_get_peer (SimNetwork *self, const SimNode *node, guint64 number)
{
  const Peer *peer = &g_array_index (self->peers, Peer, number - 1);
  const Link *link = get_link (self, peer->link);

  g_assert_cmpuint (number, >, 0);
  g_assert_cmpuint (link->nodes[peer->side], ==, node->index);
  return &self->sim->nodes[link->nodes[1 - peer->side]];
}

/* --- messages --- */

static void
count_sent (SimCounters *counters, guint8 type)
{
  if (type == TC_MESSAGE_GET_CERTS)
    counters->certificates_asked++;
  else if (type == TC_MESSAGE_GET_LIST)
    counters->lists_asked++;
  else if (type == TC_MESSAGE_GET_TXS)
    counters->txs_asked++;
  else if (type == TC_MESSAGE_GET_BLOCKS)
    counters->blocks_asked++;
  else if (type == TC_MESSAGE_GET_EPOCHS)
    counters->links_asked++;
}

static void
schedule_delivery (SimNetwork *self, Link *link, guint to, guint8 type, GBytes *body)
{
  Sim *sim = self->sim;
  gint64 delay_ms = sim_random_range (&sim->random, link->delay_min_ms, link->delay_max_ms);

  if (!sim->profile.reorder || self->healed)
    delay_ms = MAX (delay_ms, link->last_ms[to] - sim->now_ms);
  link->last_ms[to] = MAX (link->last_ms[to], sim->now_ms + delay_ms);
  sim_schedule (sim, delay_ms, (SimEvent) { .kind = SIM_EVENT_DELIVER, .node = link->nodes[to], .peer = link->peers[to], .type = type,
                                            .body = g_bytes_ref (body) });
}

static void
transmit (SimNetwork *self, Link *link, guint from, guint8 type, GBytes *body)
{
  Sim *sim = self->sim;

  const gint64 deaf_ms = self->deaf_until_ms[link->nodes[from] * sim->n_nodes + link->nodes[1 - from]];

  count_sent (&sim->counters, type);
  if (!self->healed && (sim->now_ms < deaf_ms || sim_random_chance (&sim->random, sim->profile.loss_permille)))
    {
      sim->counters.messages_lost++;
      return;
    }
  schedule_delivery (self, link, 1 - from, type, body);
  if (self->healed || !sim_random_chance (&sim->random, sim->profile.twice_permille))
    return;
  sim->counters.messages_twice++;
  schedule_delivery (self, link, 1 - from, type, body);
}

void
sim_network_send (SimNetwork *self, SimNode *node, guint64 number, guint8 type, GBytes *body)
{
  const Peer *peer = &g_array_index (self->peers, Peer, number - 1);
  Link *link = get_link (self, peer->link);
  g_autoptr(GBytes) twisted = NULL;

  g_assert_cmpuint (number, >, 0);
  g_assert_cmpuint (link->nodes[peer->side], ==, node->index);
  g_assert_cmpuint (g_bytes_get_size (body), <=, tc_message_size_max (type));
  if (link->peers[peer->side] != number)
    return;
  if (node->liar)
    {
      twisted = sim_liar_twist (self->sim, node, &self->sim->nodes[link->nodes[1 - peer->side]], type, body);
      if (twisted == NULL)
        return;
    }
  transmit (self, link, peer->side, type, twisted != NULL ? twisted : body);
}

gboolean
sim_network_is_connected (SimNetwork *self, const SimNode *a, const SimNode *b)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = get_link (self, i);

      if (link->peers[0] != 0 && link->nodes[0] == MIN (a->index, b->index) && link->nodes[1] == MAX (a->index, b->index))
        return TRUE;
    }
  return FALSE;
}

void
sim_network_send_to (SimNetwork *self, SimNode *node, SimNode *to, guint8 type, GBytes *body)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = get_link (self, i);

      for (guint side = 0; side < 2; side++)
        if (link->peers[0] != 0 && link->nodes[side] == node->index && link->nodes[1 - side] == to->index)
          transmit (self, link, side, type, body);
    }
}

static void
deliver (SimNetwork *self, const SimEvent *event)
{
  SimNode *node = &self->sim->nodes[event->node];
  const Peer *peer = &g_array_index (self->peers, Peer, event->peer - 1);
  TcInput input = { .kind = TC_INPUT_MESSAGE, .peer = event->peer, .type = event->type, .body = event->body };

  if (get_link (self, peer->link)->peers[peer->side] != event->peer || node->engine == NULL)
    return;
  if (node->liar && sim_is_own (self->sim, node, event->type, event->body))  /* would make its engine stop */
    return;
  if (node->liar)
    sim_liar_hear (self->sim, event->type, event->body);
  self->sim->counters.messages++;
  if (self->sim->options.trace)
    {
      g_autofree char *text = sim_describe (event->type, event->body);

      sim_trace (self->sim, node, "<- node %u  %s", get_link (self, peer->link)->nodes[1 - peer->side], text);
    }
  sim_input (self->sim, node, &input, NULL);
}

void
sim_network_probe (SimNetwork *self, SimNode *node, guint32 masternode, const TcPublicKey *operator_key)
{
  Sim *sim = self->sim;

  sim->counters.probes++;
  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = get_link (self, i);

      for (guint side = 0; side < 2; side++)
        if (link->peers[0] != 0 && link->nodes[side] == node->index
            && sim->nodes[link->nodes[1 - side]].key != NULL
            && tc_public_key_equal (tc_secret_key_get_public (sim->nodes[link->nodes[1 - side]].key), operator_key))
          {
            sim_schedule (sim, 2 * link->delay_max_ms,
                          (SimEvent) { .kind = SIM_EVENT_REACHED, .node = node->index, .life = node->life, .peer = masternode });
            return;
          }
    }
}

static void
tell_reached (SimNetwork *self, SimNode *node, guint32 masternode)
{
  const TcRegistry *registry = tc_ledger_get_registry (tc_engine_get_ledger (node->engine));
  TcInput input = { .kind = TC_INPUT_REACHED, .masternode = masternode };
  TcPublicKey key;

  if (masternode >= tc_registry_get_n (registry))
    return;
  key = tc_registry_get (registry, masternode)->operator_key;
  input.operator_key = &key;
  sim_input (self->sim, node, &input, NULL);
}

void
sim_network_event (SimNetwork *self, const SimEvent *event)
{
  SimNode *node = &self->sim->nodes[event->node];
  TcInput input = { .kind = TC_INPUT_PEER_DOWN, .peer = event->peer };

  if (event->kind == SIM_EVENT_DELIVER)
    deliver (self, event);
  else if (event->kind == SIM_EVENT_LINK_UP)
    link_up (self, (guint) event->peer);
  else if (event->kind == SIM_EVENT_LINK_DOWN)
    link_down (self, (guint) event->peer);
  else if (event->kind == SIM_EVENT_REACHED && node->engine != NULL && node->life == event->life)
    tell_reached (self, node, (guint32) event->peer);
  else if (event->kind == SIM_EVENT_PARTITION)
    set_part (self, (guint) event->peer, TRUE);
  else if (event->kind == SIM_EVENT_DEAF)
    begin_deaf (self, &g_array_index (self->deaf, Deaf, event->peer));
  else if (event->kind == SIM_EVENT_REUNION)
    set_part (self, (guint) event->peer, FALSE);
  else if (event->kind == SIM_EVENT_PEER_DOWN && node->engine != NULL && node->life == event->life)
    sim_input (self->sim, node, &input, NULL);
}
