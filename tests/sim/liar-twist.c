#include "liar-private.h"

/* What a liar's engine says, changed on its way out: by whom it goes to. */

#define LATE_MAX_MS   3000u
#define WINDOW_MS     2500

typedef enum
{
  WHIM_VOTE = 1,
  WHIM_LATE,
  WHIM_PROPOSAL,
  WHIM_BLOCK,
  WHIM_LOCK,
  WHIM_HIDE_PROPOSAL,
  WHIM_BATCH,
  WHIM_DOUBLE,
  WHIM_HIDE_BATCH,
  WHIM_HIDE_TX,
  WHIM_CLOSE,
  WHIM_SILENT,
} Whim;

static gboolean
read_own_vote (Sim *sim, const SimNode *node, guint8 type, GBytes *body, TcVote *ret_vote)
{
  TcReader reader;

  if (type != TC_MESSAGE_VOTE || !sim_is_own (sim, node, type, body))
    return FALSE;
  tc_reader_init (&reader, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  tc_vote_read (&reader, ret_vote);
  return !reader.failed;
}

static guint32
slot_of (const TcVote *vote)
{
  return (vote->height << 8) ^ (vote->round << 1) ^ vote->step;
}

LIAR_TWIST (votes)
{
  TcVote vote;
  TcHash hash = TC_HASH_ZERO;
  guint32 story;

  if (!read_own_vote (sim, node, type, body, &vote))
    return body;
  story = liar_whim (sim, WHIM_VOTE, slot_of (&vote), to->half, 5);
  if (story < 2 || (story > 2 && !sim_checks_pick_block (sim->checks, vote.height, story, &hash)) || tc_hash_equal (&hash, &vote.block_hash))
    return body;
  return liar_forge_vote (sim, node, &vote, &hash);
}

/* Votes come when they do most harm: rounds after the others gave them up. */
LIAR_TWIST (late)
{
  TcVote vote;

  if (!read_own_vote (sim, node, type, body, &vote) || liar_whim (sim, WHIM_LATE, slot_of (&vote), to->half, 3) == 0)
    return body;
  sim_schedule (sim, 100 + liar_whim (sim, WHIM_LATE, slot_of (&vote), 2 + to->half, LATE_MAX_MS),
                (SimEvent) { .kind = SIM_EVENT_SAY, .node = node->index, .peer = to->index, .type = type, .body = g_bytes_ref (body) });
  return NULL;
}

typedef GBytes *(*Forge) (Sim *sim, SimNode *node, const TcProposal *mine);

/* The same other proposal to all who get one: made once. (transfer full) (nullable) */
static GBytes *
find_forged (Sim *sim, SimNode *node, const TcProposal *mine, Forge forge)
{
  GHashTable *forged = sim->liars->forged;
  GBytes *other;
  gsize n;

  if (!g_hash_table_contains (forged, &mine->hash))
    {
      other = forge (sim, node, mine);
      g_hash_table_insert (forged, tc_hash_copy (&mine->hash), other);
      if (other != NULL)
        {
          const guint8 *data = g_bytes_get_data (other, &n);

          liar_note_proposal (sim, data, n);
        }
    }
  other = g_hash_table_lookup (forged, &mine->hash);
  return other != NULL ? g_bytes_ref (other) : NULL;
}

static TcProposal *
read_own_proposal (Sim *sim, const SimNode *node, guint8 type, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  return type == TC_MESSAGE_PROPOSAL && sim_is_own (sim, node, type, body) ? tc_proposal_decode (data, n, NULL) : NULL;
}

static guint32
place_of (const TcProposal *proposal)
{
  return (proposal->height << 8) ^ proposal->round;
}

LIAR_TWIST (proposals)
{
  g_autoptr(TcProposal) mine = read_own_proposal (sim, node, type, body);
  GBytes *other;
  guint32 story;

  if (mine == NULL || mine->pol_round >= 0)
    return body;
  story = liar_whim (sim, WHIM_PROPOSAL, place_of (mine), 0, 3);
  if (story == 0 || to->half == story - 1)
    return body;
  other = find_forged (sim, node, mine, liar_forge_proposal);
  return other != NULL ? other : body;
}

LIAR_TWIST (blocks)
{
  g_autoptr(TcProposal) mine = read_own_proposal (sim, node, type, body);
  GBytes *other;

  if (mine == NULL || mine->pol_round >= 0)
    return body;
  other = find_forged (sim, node, mine, liar_forge_block);
  return other != NULL ? other : body;
}

LIAR_TWIST (locks)
{
  g_autoptr(TcProposal) mine = read_own_proposal (sim, node, type, body);
  GBytes *other;

  if (mine == NULL || mine->round == 0)
    return body;
  other = find_forged (sim, node, mine, liar_forge_lock);
  return other != NULL ? other : body;
}

LIAR_TWIST (hide_proposals)
{
  guint32 story;

  if (type == TC_MESSAGE_INV && *(const guint8 *) g_bytes_get_data (body, NULL) == TC_ITEM_PROPOSAL)
    return NULL;
  if (type != TC_MESSAGE_PROPOSAL)
    return body;
  story = liar_whim (sim, WHIM_HIDE_PROPOSAL, (guint32) (sim->now_ms / WINDOW_MS), 0, 4);
  return story == 0 || story == to->half + 1 ? body : NULL;
}

LIAR_TWIST (batches)
{
  g_autoptr(TcBatch) mine = NULL;
  GBytes *lie;
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  guint32 story, back;

  if (type != TC_MESSAGE_BATCH || !sim_is_own (sim, node, type, body))
    return body;
  mine = tc_batch_decode (data, n, NULL);
  if (mine == NULL)
    return body;
  story = liar_whim (sim, WHIM_BATCH, mine->epoch, mine->sequence, 4);
  back = liar_whim (sim, WHIM_DOUBLE, mine->epoch, mine->sequence, 3);
  if (story == 0)
    return body;
  lie = liar_forge_batch (sim, node, mine->epoch, mine->sequence, mine->first_position, back, story == 1 ? 2 : to->half ^ (story & 1));
  return lie != NULL ? lie : body;
}

LIAR_TWIST (hide_batches)
{
  guint32 story;

  if (type == TC_MESSAGE_INV && *(const guint8 *) g_bytes_get_data (body, NULL) == TC_ITEM_BATCH)
    return NULL;
  if (type != TC_MESSAGE_BATCH)
    return body;
  story = liar_whim (sim, WHIM_HIDE_BATCH, (guint32) (sim->now_ms / WINDOW_MS), 0, 5);
  return story == 0 || story == to->half + 1 ? body : NULL;
}

/* Its proposals hold what nobody else has. */
LIAR_TWIST (hide_txs)
{
  guint32 story;

  if (type == TC_MESSAGE_INV && *(const guint8 *) g_bytes_get_data (body, NULL) == TC_ITEM_TX)
    return NULL;
  if (type != TC_MESSAGE_TX && type != TC_MESSAGE_TXS && type != TC_MESSAGE_LIST)
    return body;
  story = liar_whim (sim, WHIM_HIDE_TX, (guint32) (sim->now_ms / WINDOW_MS), 0, 5);
  return story == 0 || story == to->half + 1 ? body : NULL;
}

LIAR_TWIST (closes)
{
  TcReader reader;
  TcClose close;
  guint32 story;

  if (type != TC_MESSAGE_CLOSE || !sim_is_own (sim, node, type, body))
    return body;
  tc_reader_init (&reader, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  tc_close_read (&reader, &close);
  story = liar_whim (sim, WHIM_CLOSE, close.epoch, to->half, 4);
  return story == 0 ? body : liar_forge_close (sim, node, close.epoch, story < 3);
}

LIAR_TWIST (silent)
{
  return liar_whim (sim, WHIM_SILENT, (guint32) (sim->now_ms / WINDOW_MS), to->half, 3) == 0 ? body : NULL;
}
