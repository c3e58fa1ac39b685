#include "liar-private.h"

/* Members that lie: which of the strategies the liars of a seed follow. A liar is an honest engine, or two that do not know of each other, each before its own half of the others.
 * What they say is changed on its way out, and some lies are free inventions. */

#define LIE_MS        250u  /* times the number of liars: all of them together lie as often as one alone */
#define FACES_BIT     1u
#define SPLITS_MAX    3u

typedef GBytes *(*Twist) (Sim *sim, SimNode *node, const SimNode *to, guint8 type, GBytes *body);
typedef guint (*Invent) (Sim *sim, SimNode *node, const TcEngineInfo *info);

#define COUNTER(name) G_STRUCT_OFFSET (SimCounters, lies_##name)
static const struct
{
  const char *name;
  gsize       counter;
  Twist       twist;
  Invent      invent;
} strategies[] = {
  { "faces", COUNTER (faces), NULL, NULL },  /* first: FACES_BIT */
  { "votes", COUNTER (votes), liar_twist_votes, liar_invent_votes },
  { "late", COUNTER (late), liar_twist_late, NULL },
  { "proposals", COUNTER (proposals), liar_twist_proposals, NULL },
  { "blocks", COUNTER (blocks), liar_twist_blocks, NULL },
  { "locks", COUNTER (locks), liar_twist_locks, NULL },
  { "hide-proposals", COUNTER (hide_proposals), liar_twist_hide_proposals, NULL },
  { "batches", COUNTER (batches), liar_twist_batches, liar_invent_batches },
  { "hide-batches", COUNTER (hide_batches), liar_twist_hide_batches, NULL },
  { "hide-txs", COUNTER (hide_txs), liar_twist_hide_txs, NULL },
  { "closes", COUNTER (closes), liar_twist_closes, liar_invent_closes },
  { "silent", COUNTER (silent), liar_twist_silent, NULL },
  { "flood", COUNTER (flood), NULL, liar_invent_flood },
  { "stale", COUNTER (stale), NULL, liar_invent_stale },
  { "future", COUNTER (future), NULL, liar_invent_future },
  { "forged", COUNTER (forged), NULL, liar_invent_forged },
  { "accuse", COUNTER (accuse), NULL, liar_invent_accuse },
  { "forget", COUNTER (forget), NULL, liar_invent_forget },
};

#define ALL_STRATEGIES ((1u << G_N_ELEMENTS (strategies)) - 1)

gboolean
sim_liars_parse (const char *text, guint32 *ret_strategies)
{
  g_auto(GStrv) names = g_strsplit (text, ",", -1);
  guint32 found = 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      guint at = 0;

      while (at < G_N_ELEMENTS (strategies) && strcmp (names[i], strategies[at].name) != 0)
        at++;
      if (at == G_N_ELEMENTS (strategies))
        return FALSE;
      found |= 1u << at;
    }
  *ret_strategies = found;
  return found != 0;
}

char *
sim_liars_describe (const Sim *sim)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (strategies); i++)
    if ((sim->liars->strategies >> i) & 1)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", strategies[i].name);
  if (sim->liars->one_mind)
    g_string_append (text, ", of one mind");
  return g_string_free (text, FALSE);
}

static void
saying_free (gpointer data)
{
  g_bytes_unref (((Saying *) data)->body);
  g_free (data);
}

static void
forged_free (gpointer data)
{
  if (data != NULL)
    g_bytes_unref (data);
}

SimLiars *
sim_liars_new (Sim *sim)
{
  SimLiars *self = g_new0 (SimLiars, 1);
  const guint n = sim_random_chance (&sim->random, 350) ? 1 : sim_random_range (&sim->random, 2, 5);

  self->one_mind = sim_random_chance (&sim->random, 500);
  for (guint i = 0; i < n; i++)
    self->strategies |= 1u << sim_random_below (&sim->random, G_N_ELEMENTS (strategies));
  if (sim_random_chance (&sim->random, 100))
    self->strategies = ALL_STRATEGIES;
  if (sim->profile.over)
    self->strategies = FACES_BIT | (sim_random_chance (&sim->random, 500) ? self->strategies : 0);
  self->one_mind = self->one_mind || sim->profile.over;
  if (sim->options.strategies != 0)
    self->strategies = sim->options.strategies;
  sim->n_faces = (self->strategies & FACES_BIT) != 0 ? 2 : 1;
  self->heard = g_ptr_array_new_with_free_func (saying_free);
  self->proposals = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_proposal_unref);
  self->forged = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, forged_free);
  return self;
}

void
sim_liars_free (SimLiars *self)
{
  g_ptr_array_unref (self->heard);
  g_ptr_array_unref (self->proposals);
  g_hash_table_unref (self->forged);
  g_free (self);
}

/* Who is before one half only tells its story best while the halves do not hear each other. */
static void
plan_splits (Sim *sim)
{
  SimRandom *random = &sim->random;
  const guint32 end_ms = (guint32) sim->faults_end_ms - 500;
  const guint n = sim_random_range (random, 1, SPLITS_MAX);
  const guint32 split_max_ms = sim->profile.over ? 20000 : 4000;
  SimSet side = { { 0 } };

  for (guint i = 0; i < sim->n_nodes; i++)
    if (sim->nodes[i].half == 0)
      sim_set_add (&side, i);
  for (guint i = 0; i < n; i++)
    {
      const guint number = sim_network_add_part (sim->network, side);
      const guint32 from_ms = sim_random_range (random, 500, sim->profile.over ? 4000 : end_ms);

      sim_schedule (sim, from_ms, (SimEvent) { .kind = SIM_EVENT_PARTITION, .peer = number });
      sim_schedule (sim, MIN (from_ms + sim_random_range (random, 200, split_max_ms), end_ms), (SimEvent) { .kind = SIM_EVENT_REUNION, .peer = number });
    }
}

void
sim_liars_plan (Sim *sim)
{
  if (sim->n_faces == 2 && sim->n_honest < sim->options.n_members)
    plan_splits (sim);
  for (guint i = sim->n_honest; i < sim->n_nodes; i++)
    if (sim->nodes[i].liar)
      sim_schedule (sim, 500, (SimEvent) { .kind = SIM_EVENT_LIE, .node = i });
}

guint32
liar_whim (Sim *sim, guint32 what, guint32 a, guint32 b, guint32 n)
{
  SimRandom random;

  if (!sim->liars->one_mind)
    return sim_random_below (&sim->random, n);
  sim_random_init (&random, sim->options.seed ^ ((guint64) what << 56) ^ ((guint64) a << 24) ^ b);
  return sim_random_below (&random, n);
}

static void
count_lies (Sim *sim, guint strategy, guint n)
{
  *(guint64 *) (gpointer) ((guint8 *) &sim->counters + strategies[strategy].counter) += n;
  if (sim->liars->one_mind)
    sim->counters.lies_together += n;
}

void
liar_note_proposal (Sim *sim, const guint8 *data, gsize n)
{
  GPtrArray *proposals = sim->liars->proposals;
  TcProposal *proposal = tc_proposal_decode (data, n, NULL);

  if (proposal == NULL)
    return;
  if (proposals->len == LIAR_PROPOSALS_MAX)
    g_ptr_array_remove_index (proposals, 0);
  g_ptr_array_add (proposals, proposal);
}

void
sim_liar_hear (Sim *sim, guint8 type, GBytes *body)
{
  SimLiars *self = sim->liars;
  Saying *saying;
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  if (type == TC_MESSAGE_PROPOSAL)
    liar_note_proposal (sim, data, n);
  saying = g_new (Saying, 1);
  *saying = (Saying) { type, g_bytes_ref (body) };
  if (self->heard->len < LIAR_HEARD_MAX)
    {
      g_ptr_array_add (self->heard, saying);
      return;
    }
  saying_free (self->heard->pdata[self->next_heard]);
  self->heard->pdata[self->next_heard] = saying;
  self->next_heard = (self->next_heard + 1) % LIAR_HEARD_MAX;
}

GBytes *
sim_liar_twist (Sim *sim, SimNode *node, const SimNode *to, guint8 type, GBytes *body)
{
  GBytes *said = g_bytes_ref (body);

  if (sim->n_faces == 2 && node->half == 1 && sim_is_own (sim, node, type, body))
    count_lies (sim, 0, 1);
  for (guint i = 0; i < G_N_ELEMENTS (strategies) && said != NULL && !to->liar; i++)
    {
      GBytes *lie;

      if (((sim->liars->strategies >> i) & 1) == 0 || strategies[i].twist == NULL)
        continue;
      lie = strategies[i].twist (sim, node, to, type, said);
      if (lie == said)
        continue;
      count_lies (sim, i, 1);
      g_bytes_unref (said);
      said = lie;
    }
  return said;
}

static void
invent (Sim *sim, SimNode *node)
{
  TcEngineInfo info;

  tc_engine_get_info (node->engine, &info);
  if (info.epoch == 0 || info.self == TC_MEMBER_NONE)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (strategies) && node->engine != NULL; i++)
    if (((sim->liars->strategies >> i) & 1) != 0 && strategies[i].invent != NULL)
      count_lies (sim, i, strategies[i].invent (sim, node, &info));
}

static guint32
count_liars (const Sim *sim)
{
  guint32 n = 0;

  for (guint i = sim->n_honest; i < sim->n_nodes; i++)
    n += sim->nodes[i].liar;
  return n;
}

void
sim_liar_event (Sim *sim, const SimEvent *event)
{
  SimNode *node = &sim->nodes[event->node];

  if (event->kind == SIM_EVENT_SAY)
    {
      if (node->engine != NULL)
        sim_network_send_to (sim->network, node, &sim->nodes[event->peer], event->type, event->body);
      return;
    }
  sim_schedule (sim, sim_random_range (&sim->random, 1, LIE_MS * count_liars (sim)), (SimEvent) { .kind = SIM_EVENT_LIE, .node = node->index });
  if (node->engine != NULL)
    invent (sim, node);
}
