#include "sim.h"

/* The two-faced member: two honest engines under one operator key, each before its own half of the others, which do not know of each other. So it votes, proposes,
 * batches and closes in two ways. On top of that, some of what the engines say is changed on the way out, some lies are free inventions, and now and then a face forgets all that it ever signed. */

#define LIE_MS 500u

static guint8
position_of (Sim *sim, const SimNode *node, guint32 epoch)
{
  return (guint8) sim_checks_find_position (sim->checks, epoch, node->member);
}

static GBytes *
count_lie (Sim *sim, GByteArray *bytes)
{
  sim->counters.lies++;
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
make_vote (Sim *sim, SimNode *node, TcVote vote)
{
  GByteArray *bytes = g_byte_array_new ();

  if (!sim_checks_pick_block (sim->checks, vote.height, &vote.block_hash) || sim_random_chance (&sim->random, 300))
    vote.block_hash = TC_HASH_ZERO;
  tc_vote_sign (&vote, &sim->genesis->chain_id, node->key);
  tc_vote_put (bytes, &vote);
  return count_lie (sim, bytes);
}

static GBytes *
twist_vote (Sim *sim, SimNode *node, GBytes *body)
{
  TcReader reader;
  TcVote vote;
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  tc_reader_init (&reader, data, n);
  tc_vote_read (&reader, &vote);
  if (reader.failed || !sim_is_own (sim, node, TC_MESSAGE_VOTE, body) || !sim_random_chance (&sim->random, 250))
    return g_bytes_ref (body);
  return make_vote (sim, node, vote);
}

/* A close that leaves out all that it acknowledged, or that lists what nobody can find. */
static GBytes *
make_close (Sim *sim, SimNode *node, guint32 epoch)
{
  TcClose close = { .epoch = epoch, .member = position_of (sim, node, epoch) };
  GByteArray *bytes = g_byte_array_new ();

  if (sim_random_chance (&sim->random, 500))
    {
      close.count = 3;
      memset (close.root.bytes, 7, sizeof close.root.bytes);
    }
  tc_close_sign (&close, &sim->genesis->chain_id, node->key);
  tc_close_put (bytes, &close);
  return count_lie (sim, bytes);
}

static GBytes *
twist_close (Sim *sim, SimNode *node, GBytes *body)
{
  TcReader reader;
  TcClose close;
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  tc_reader_init (&reader, data, n);
  tc_close_read (&reader, &close);
  if (reader.failed || !sim_is_own (sim, node, TC_MESSAGE_CLOSE, body) || !sim_random_chance (&sim->random, 400))
    return g_bytes_ref (body);
  return make_close (sim, node, close.epoch);
}

/* Votes and acknowledges both spenders of a coin. (nullable) */
static GBytes *
make_batch (Sim *sim, SimNode *node, guint32 epoch, guint32 sequence)
{
  TcTx *first, *second;
  TcHash votes[2];
  TcAck acks[2];
  g_autoptr(TcBatch) batch = NULL;

  if (!sim_actors_get_double (sim->actors, sim_random_below (&sim->random, 3), &first, &second))
    return NULL;
  votes[0] = first->txid;
  votes[1] = second->txid;
  for (guint i = 0; i < 2; i++)
    acks[i] = (TcAck) { G_MAXUINT32, votes[i] };
  batch = tc_batch_new (epoch, position_of (sim, node, epoch), sequence, 0, votes, 2, acks, 2, &sim->genesis->chain_id, node->key);
  sim->counters.lies++;
  return g_bytes_ref (batch->encoded);
}

static GBytes *
twist_batch (Sim *sim, SimNode *node, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  g_autoptr(TcBatch) batch = NULL;
  GBytes *lie = NULL;

  if (!sim_random_chance (&sim->random, 150))
    return g_bytes_ref (body);
  batch = tc_batch_decode (data, n, NULL);
  if (batch != NULL && sim_is_own (sim, node, TC_MESSAGE_BATCH, body))
    lie = make_batch (sim, node, batch->epoch, batch->sequence);
  return lie != NULL ? lie : g_bytes_ref (body);
}

static GBytes *
withhold (Sim *sim, GBytes *body, guint32 permille)
{
  if (!sim_random_chance (&sim->random, permille))
    return g_bytes_ref (body);
  sim->counters.lies++;
  return NULL;
}

GBytes *
sim_liar_twist (Sim *sim, SimNode *node, const SimNode *to, guint8 type, GBytes *body)
{
  switch ((TcMessageType) type)
    {
    case TC_MESSAGE_VOTE:     return twist_vote (sim, node, body);
    case TC_MESSAGE_CLOSE:    return twist_close (sim, node, body);
    case TC_MESSAGE_BATCH:    return twist_batch (sim, node, body);
    case TC_MESSAGE_PROPOSAL: return withhold (sim, body, 150);
    case TC_MESSAGE_TX:
    case TC_MESSAGE_TXS:
    case TC_MESSAGE_LIST:     return withhold (sim, body, 250);
    case TC_MESSAGE_STATUS:
    case TC_MESSAGE_INV:
    case TC_MESSAGE_GET:
    case TC_MESSAGE_GET_BLOCKS:
    case TC_MESSAGE_BLOCK:
    case TC_MESSAGE_GET_TXS:
    case TC_MESSAGE_GET_CERTS:
    case TC_MESSAGE_GET_LIST:
    default:                  return g_bytes_ref (body);
    }
}

static GBytes *
invent (Sim *sim, SimNode *node, const TcEngineInfo *info, guint8 *ret_type)
{
  const guint32 kind = sim_random_below (&sim->random, 10);
  TcVote vote = { .epoch = info->epoch, .height = info->height + 1, .member = position_of (sim, node, info->epoch) };

  if (kind < 5)
    {
      *ret_type = TC_MESSAGE_VOTE;
      vote.step = (guint8) sim_random_below (&sim->random, 2);
      vote.round = sim_random_range (&sim->random, info->round > 0 ? info->round - 1 : 0, info->round + 1);
      return make_vote (sim, node, vote);
    }
  if (kind < 9)
    {
      *ret_type = TC_MESSAGE_BATCH;
      return make_batch (sim, node, info->epoch, sim_random_below (&sim->random, 60));
    }
  *ret_type = TC_MESSAGE_CLOSE;
  return make_close (sim, node, info->epoch);
}

void
sim_liar_event (Sim *sim, const SimEvent *event)
{
  SimNode *node = &sim->nodes[event->node];
  TcEngineInfo info;

  sim_schedule (sim, sim_random_range (&sim->random, 1, LIE_MS), (SimEvent) { .kind = SIM_EVENT_LIE, .node = node->index });
  if (node->engine == NULL)
    return;
  if (sim_random_chance (&sim->random, 120))
    {
      sim_node_stop (sim, node);
      sim_store_forget (node->store);
      sim->counters.lies++;
      sim_trace (sim, node, "forgets what it signed");
      sim_node_start (sim, node);
      return;
    }
  tc_engine_get_info (node->engine, &info);
  if (info.epoch == 0 || info.self == TC_MEMBER_NONE)
    return;
  for (guint i = 0; i < sim->n_honest; i++)
    {
      guint8 type;
      g_autoptr(GBytes) body = invent (sim, node, &info, &type);

      if (body != NULL)
        sim_network_send_to (sim->network, node, &sim->nodes[i], type, body);
    }
}
