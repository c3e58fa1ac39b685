#include "liar-private.h"

/* Lies that no engine would tell: each strategy's are told now and then, to every honest node that is connected. */

#define FORGET_PERMILLE   120u
#define SEQUENCE_MAX      60u
#define ROUNDS_MAX        240u
#define FLOOD_PERMILLE    250u
#define FLOOD_TARGETS     3u
#define FLOOD_VOTES       12u
#define FLOOD_TXIDS       64u
#define FLOOD_SEQUENCES   400u
#define FLOOD_HASHES      100u
#define JUNK_MAX          200u
#define STALE_N           3u

/* Takes @body (nullable). Returns: 1 where it is said. */
static guint
say (Sim *sim, SimNode *node, guint to, guint8 type, GBytes *body)
{
  if (body == NULL)
    return 0;
  sim_network_send_to (sim->network, node, &sim->nodes[to], type, body);
  g_bytes_unref (body);
  return 1;
}

static TcHash
make_hash (Sim *sim)
{
  TcHash hash;

  for (guint i = 0; i < TC_HASH_SIZE; i += 8)
    {
      const guint64 word = sim_random_next (&sim->random);

      memcpy (hash.bytes + i, &word, 8);
    }
  return hash;
}

static GBytes *
make_vote (Sim *sim, SimNode *node, const TcEngineInfo *info, guint32 round, const TcHash *hash)
{
  const TcVote vote = { .step = (guint8) sim_random_below (&sim->random, 2), .epoch = info->epoch, .height = info->height + 1, .round = round,
                        .member = liar_position (sim, node, info->epoch) };

  return liar_forge_vote (sim, node, &vote, hash);
}

LIAR_INVENT (votes)
{
  guint n = 0;

  for (guint i = 0; i < sim->n_honest; i++)
    {
      const guint32 round = sim_random_range (&sim->random, info->round > 0 ? info->round - 1 : 0, info->round + 1);
      TcHash hash;

      if (!sim_checks_pick_block (sim->checks, info->height + 1, sim_random_below (&sim->random, 16), &hash) || sim_random_chance (&sim->random, 300))
        hash = TC_HASH_ZERO;
      n += say (sim, node, i, TC_MESSAGE_VOTE, make_vote (sim, node, info, round, &hash));
    }
  return n;
}

LIAR_INVENT (batches)
{
  guint n = 0;

  for (guint i = 0; i < sim->n_honest; i++)
    n += say (sim, node, i, TC_MESSAGE_BATCH,
              liar_forge_batch (sim, node, info->epoch, sim_random_below (&sim->random, SEQUENCE_MAX), sim_random_below (&sim->random, SEQUENCE_MAX),
                                sim_random_below (&sim->random, 3),
                                sim_random_below (&sim->random, 3)));
  return n;
}

LIAR_INVENT (closes)
{
  guint n = 0;

  if (!sim_random_chance (&sim->random, 150))
    return 0;
  for (guint i = 0; i < sim->n_honest; i++)
    n += say (sim, node, i, TC_MESSAGE_CLOSE, liar_forge_close (sim, node, info->epoch, sim_random_chance (&sim->random, 500)));
  return n;
}

/* --- floods: as much of everything as the limits of messages allow, or nearly --- */

static GBytes *
make_junk (Sim *sim, guint8 *ret_type)
{
  guint8 bytes[JUNK_MAX];
  const guint8 type = (guint8) sim_random_range (&sim->random, TC_MESSAGE_STATUS, TC_MESSAGE_LIST + 4);
  const guint32 n = sim_random_below (&sim->random, JUNK_MAX);
  const gsize max = tc_message_size_max (type);

  for (guint32 i = 0; i < n; i++)
    bytes[i] = (guint8) sim_random_below (&sim->random, sim_random_chance (&sim->random, 500) ? 4 : 256);
  *ret_type = type;
  return g_bytes_new (bytes, max > 0 ? MIN (n, max) : n);
}

static GBytes *
make_big_batch (Sim *sim, SimNode *node, guint32 epoch)
{
  TcHash votes[FLOOD_TXIDS];
  g_autoptr(TcBatch) batch = NULL;

  for (guint i = 0; i < FLOOD_TXIDS; i++)
    votes[i] = make_hash (sim);
  batch = tc_batch_new (epoch, liar_position (sim, node, epoch), sim_random_below (&sim->random, FLOOD_SEQUENCES), 0, votes, FLOOD_TXIDS, NULL, 0,
                        &sim->genesis->chain_id, node->key);
  return g_bytes_ref (batch->encoded);
}

static GBytes *
make_items (Sim *sim, guint8 kind)
{
  TcHash hashes[FLOOD_HASHES];

  for (guint i = 0; i < FLOOD_HASHES; i++)
    hashes[i] = make_hash (sim);
  return tc_items_encode (kind, hashes, FLOOD_HASHES);
}

/* Says that it lacks everything. */
static GBytes *
make_status (const TcEngineInfo *info, guint32 height, guint32 round)
{
  const TcStatusMessage status = { .height = height, .epoch = info->epoch, .round = round, .n_members = info->n_members };

  return tc_status_message_encode (&status);
}

static guint
flood_one (Sim *sim, SimNode *node, const TcEngineInfo *info, guint to)
{
  guint n = 0;
  guint8 type;
  GBytes *junk = make_junk (sim, &type);
  TcHash hash = make_hash (sim);

  n += say (sim, node, to, type, junk);
  for (guint i = 0; i < FLOOD_VOTES; i++)
    {
      hash = make_hash (sim);
      n += say (sim, node, to, TC_MESSAGE_VOTE, make_vote (sim, node, info, sim_random_below (&sim->random, info->round + ROUNDS_MAX), &hash));
    }
  n += say (sim, node, to, TC_MESSAGE_BATCH, make_big_batch (sim, node, info->epoch));
  n += say (sim, node, to, TC_MESSAGE_INV, make_items (sim, (guint8) sim_random_range (&sim->random, TC_ITEM_TX, TC_ITEM_PROPOSAL)));
  n += say (sim, node, to, TC_MESSAGE_GET, make_items (sim, (guint8) sim_random_range (&sim->random, TC_ITEM_TX, TC_ITEM_BLOCK)));
  n += say (sim, node, to, TC_MESSAGE_GET_CERTS, make_items (sim, TC_ITEM_TX));
  n += say (sim, node, to, TC_MESSAGE_STATUS, make_status (info, info->height, 0));
  n += say (sim, node, to, TC_MESSAGE_GET_BLOCKS, tc_get_blocks_encode (1, TC_GET_BLOCKS_MAX));
  n += say (sim, node, to, TC_MESSAGE_GET_LIST, g_bytes_new (hash.bytes, TC_HASH_SIZE));
  return n;
}

LIAR_INVENT (flood)
{
  guint n = 0;

  if (!sim_random_chance (&sim->random, FLOOD_PERMILLE))
    return 0;
  for (guint i = 0; i < FLOOD_TARGETS; i++)
    n += flood_one (sim, node, info, sim_random_below (&sim->random, sim->n_honest));
  return n;
}

/* --- stale and future --- */

LIAR_INVENT (stale)
{
  const GPtrArray *heard = sim->liars->heard;
  guint n = 0;

  for (guint i = 0; i < sim->n_honest * STALE_N && heard->len > 0; i++)
    {
      const Saying *saying = heard->pdata[sim_random_below (&sim->random, heard->len)];

      n += say (sim, node, i % sim->n_honest, saying->type, g_bytes_ref (saying->body));
    }
  return n;
}

static guint32
far_from (Sim *sim, guint32 n)
{
  const guint32 choices[] = { 0, n + 1, n + 2, n + 100, 1u << 31, (1u << 31) + n, G_MAXUINT32 - 1, G_MAXUINT32 };

  return choices[sim_random_below (&sim->random, G_N_ELEMENTS (choices))];
}

static GBytes *
make_future_batch (Sim *sim, SimNode *node, const TcEngineInfo *info)
{
  const TcAck ack = { .position = far_from (sim, 0) };
  const TcHash vote = make_hash (sim);
  const gboolean same_epoch = sim_random_chance (&sim->random, 500);
  g_autoptr(TcBatch) batch = NULL;

  batch = tc_batch_new (same_epoch ? info->epoch : far_from (sim, info->epoch), liar_position (sim, node, info->epoch), far_from (sim, 0), far_from (sim, 0), &vote, 1,
                        &ack, 1, &sim->genesis->chain_id, node->key);
  return g_bytes_ref (batch->encoded);
}

static guint
tell_future (Sim *sim, SimNode *node, const TcEngineInfo *info, guint to)
{
  TcEngineInfo lie = *info;
  TcHash hash = make_hash (sim);
  guint n = 0;

  if (sim_random_chance (&sim->random, 700))
    lie.height = far_from (sim, info->height);
  if (sim_random_chance (&sim->random, 300))
    lie.epoch = far_from (sim, info->epoch);
  n += say (sim, node, to, TC_MESSAGE_VOTE, make_vote (sim, node, &lie, far_from (sim, info->round), &hash));
  n += say (sim, node, to, TC_MESSAGE_BATCH, make_future_batch (sim, node, info));
  n += say (sim, node, to, TC_MESSAGE_CLOSE, liar_forge_close (sim, node, far_from (sim, info->epoch), TRUE));
  n += say (sim, node, to, TC_MESSAGE_STATUS, make_status (&lie, far_from (sim, info->height), far_from (sim, info->round)));
  n += say (sim, node, to, TC_MESSAGE_GET_BLOCKS, tc_get_blocks_encode (far_from (sim, info->height), (guint8) sim_random_below (&sim->random, 256)));
  return n;
}

LIAR_INVENT (future)
{
  guint n = 0;

  for (guint i = 0; i < sim->n_honest; i++)
    n += tell_future (sim, node, info, i);
  return n;
}

/* --- in the name of others, of nobody, of another chain; cut short or too long --- */

static GBytes *
make_forged (Sim *sim, SimNode *node, const TcEngineInfo *info, guint8 *ret_type)
{
  TcHash chain_id = sim->genesis->chain_id;
  TcVote vote = { .step = (guint8) sim_random_below (&sim->random, 3), .epoch = info->epoch, .height = info->height + 1, .round = info->round };
  GByteArray *bytes = g_byte_array_new ();

  *ret_type = TC_MESSAGE_VOTE;
  vote.member = (guint8) sim_random_below (&sim->random, sim_random_chance (&sim->random, 800) ? info->n_members : 256);
  if (sim_random_chance (&sim->random, 300))
    chain_id.bytes[0] ^= 1;
  tc_vote_sign (&vote, &chain_id, node->key);
  tc_vote_put (bytes, &vote);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
make_damaged (Sim *sim, guint8 *ret_type)
{
  const GPtrArray *heard = sim->liars->heard;
  const Saying *saying;
  GByteArray *bytes;
  gsize n;
  const guint8 *data;

  if (heard->len == 0)
    return NULL;
  saying = heard->pdata[sim_random_below (&sim->random, heard->len)];
  data = g_bytes_get_data (saying->body, &n);
  *ret_type = saying->type;
  bytes = g_byte_array_append (g_byte_array_new (), data, (guint) n);
  if (n > 0 && sim_random_chance (&sim->random, 700))
    bytes->data[sim_random_below (&sim->random, (guint32) n)] ^= (guint8) (1u << sim_random_below (&sim->random, 8));
  else if (n > 0)
    g_byte_array_set_size (bytes, sim_random_below (&sim->random, (guint32) n));
  return g_byte_array_free_to_bytes (bytes);
}

LIAR_INVENT (forged)
{
  guint n = 0;

  for (guint i = 0; i < sim->n_honest; i++)
    {
      guint8 type = 0;
      GBytes *body = make_forged (sim, node, info, &type);

      n += say (sim, node, i, type, body);
      body = make_damaged (sim, &type);
      n += say (sim, node, i, type, body);
    }
  return n;
}

/* --- what honest members said, as if it were evidence --- */

static gboolean
read_member (const Saying *saying, guint8 *ret_member)
{
  static const gsize offsets[] = { [TC_MESSAGE_VOTE] = 1 + 12 + 32, [TC_MESSAGE_BATCH] = 4, [TC_MESSAGE_CLOSE] = 4 };
  gsize n;
  const guint8 *data = g_bytes_get_data (saying->body, &n);

  if (saying->type >= G_N_ELEMENTS (offsets) || offsets[saying->type] == 0 || offsets[saying->type] >= n)
    return FALSE;
  *ret_member = data[offsets[saying->type]];
  return TRUE;
}

/* Two messages of one kind by one member, or one twice. (transfer full) (nullable) */
static GBytes *
make_evidence (Sim *sim, SimNode *node)
{
  static const guint8 kinds[] = { [TC_MESSAGE_VOTE] = TC_EVIDENCE_VOTES, [TC_MESSAGE_BATCH] = TC_EVIDENCE_BATCHES, [TC_MESSAGE_CLOSE] = TC_EVIDENCE_CLOSES };
  const GPtrArray *heard = sim->liars->heard;
  const TcCommittee *committee = tc_ledger_get_committee (tc_engine_get_ledger (node->engine));
  const guint first = sim_random_below (&sim->random, heard->len);
  const Saying *a = NULL;
  guint8 member = 0;

  for (guint i = 0; i < heard->len; i++)
    {
      const Saying *b = heard->pdata[(first + i) % heard->len];
      guint8 other;
      TcEvidence evidence;

      if (!read_member (b, &other) || other >= committee->n_members)
        continue;
      if (a == NULL)
        {
          a = b;
          member = other;
          continue;
        }
      if (b->type != a->type || other != member)
        continue;
      evidence = (TcEvidence) { kinds[a->type], committee->members[member].operator_key, a->body, b->body };
      if (g_bytes_compare (a->body, b->body) > 0)
        evidence = (TcEvidence) { kinds[a->type], committee->members[member].operator_key, b->body, a->body };
      return tc_evidence_encode (&evidence);
    }
  return NULL;
}

LIAR_INVENT (accuse)
{
  guint n = 0;

  for (guint i = 0; i < sim->n_honest && sim->liars->heard->len > 0; i++)
    n += say (sim, node, i, TC_MESSAGE_EVIDENCE, make_evidence (sim, node));
  return n;
}

LIAR_INVENT (forget)
{
  if (!sim_random_chance (&sim->random, FORGET_PERMILLE))
    return 0;
  sim_node_stop (sim, node);
  sim_store_forget (node->store);
  sim_trace (sim, node, "forgets what it signed");
  sim_node_start (sim, node);
  return 1;
}
