#include "liar-private.h"

/* What lies are made of: signed by the liar's key, and as good as its imagination. */

#define DROPPED_MAX 3u
#define FAR_AHEAD_MS 600000u

guint8
liar_position (Sim *sim, const SimNode *node, guint32 epoch)
{
  const guint32 position = sim_committees_find (sim->committees, epoch, node->member);

  return (guint8) (position != TC_MEMBER_NONE ? position : TC_COMMITTEE_MAX - 1);  /* a seat that nobody has */
}

GBytes *
liar_forge_vote (Sim *sim, SimNode *node, const TcVote *like, const TcHash *hash)
{
  GByteArray *bytes = g_byte_array_new ();
  TcVote vote = *like;

  vote.block_hash = *hash;
  tc_vote_sign (&vote, &sim->genesis->chain_id, node->key);
  tc_vote_put (bytes, &vote);
  return g_byte_array_free_to_bytes (bytes);
}

GBytes *
liar_forge_batch (Sim *sim, SimNode *node, guint32 epoch, guint32 sequence, guint32 first_position, guint back, guint which)
{
  TcTx *spenders[2];
  TcHash votes[2];
  TcAck acks[2];
  guint n = 0;
  g_autoptr(TcBatch) batch = NULL;

  if (!sim_actors_get_double (sim->actors, back, &spenders[0], &spenders[1]))
    return NULL;
  for (guint i = 0; i < 2; i++)
    if (which == i || which > 1)
      {
        votes[n] = spenders[i]->txid;
        acks[n] = (TcAck) { G_MAXUINT32, votes[n] };
        n++;
      }
  batch = tc_batch_new (epoch, liar_position (sim, node, epoch), sequence, first_position, votes, n, acks, n, &sim->genesis->chain_id, node->key);
  return g_bytes_ref (batch->encoded);
}

/* A close that leaves out all that it acknowledged, or that lists what nobody can find. */
GBytes *
liar_forge_close (Sim *sim, SimNode *node, guint32 epoch, gboolean empty)
{
  TcClose close = { .epoch = epoch, .member = liar_position (sim, node, epoch) };
  GByteArray *bytes = g_byte_array_new ();

  if (!empty)
    {
      close.count = 3;
      memset (close.root.bytes, 7, sizeof close.root.bytes);
    }
  tc_close_sign (&close, &sim->genesis->chain_id, node->key);
  tc_close_put (bytes, &close);
  return g_byte_array_free_to_bytes (bytes);
}

/* --- proposals --- */

static gboolean
has_short_id (const TcProposal *proposal, const TcHash *txid)
{
  const guint64 id = tc_short_id (&proposal->block_hash, txid);

  for (guint32 i = 0; i < proposal->n_short_ids; i++)
    if (proposal->short_ids[i] == id)
      return TRUE;
  return FALSE;
}

static int
compare_txids (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (&(*(TcTx *const *) a)->txid, &(*(TcTx *const *) b)->txid);
}

/* The transactions that @proposal holds, of those that wallets made, without a reward, in order; or those that it does not hold. (element-type TcTx) (transfer container) */
static GPtrArray *
dup_txs (Sim *sim, const TcProposal *proposal, gboolean held)
{
  GPtrArray *txs = sim_actors_dup_txs (sim->actors, !held);  /* one node may have committed what others still agree on */
  guint n = 0;

  for (guint i = 0; i < txs->len; i++)
    if (has_short_id (proposal, &((TcTx *) txs->pdata[i])->txid) == held)
      txs->pdata[n++] = txs->pdata[i];
  g_ptr_array_set_size (txs, (gint) n);
  g_ptr_array_sort (txs, compare_txids);
  return txs;
}

static GBytes *
propose (SimNode *node, const TcBlock *block, guint32 round, gint32 pol_round, guint8 member)
{
  g_autoptr(TcProposal) proposal = tc_proposal_new (block, round, pol_round, member, node->key);
  GBytes *encoded = tc_proposal_encode (proposal);

  if (g_bytes_get_size (encoded) <= tc_message_size_max (TC_MESSAGE_PROPOSAL))
    return encoded;
  g_bytes_unref (encoded);
  return NULL;
}

/* The block as the ledger would make it of these parts: where they break a rule, nothing but that rule speaks against it. */
static GBytes *
propose_parts (SimNode *node, const TcProposal *mine, guint64 time_ms, const TcClose *closes, gsize n_closes, const GPtrArray *txs)
{
  TcLedger *ledger = (TcLedger *) tc_engine_get_ledger (node->engine);
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcBlock) block = NULL;
  TcHeader header = { .round = mine->header.round, .time_ms = time_ms, .proposer = mine->header.proposer, .vrf = mine->header.vrf };

  const TcTip *tip = tc_ledger_get_tip (ledger);
  const TcCommittee *committee = tc_ledger_get_committee (ledger);
  TcHash seed;

  /* What it says may be a lie already: then it stays that. */
  if (tip->height + 1 != mine->height || header.proposer >= committee->n_members
      || !tc_seed_advance (&tip->seed, &committee->members[header.proposer].operator_key, &header.vrf, &mine->header.chain_id, mine->height, &seed))
    return NULL;
  block = tc_ledger_propose (ledger, &header, mine->commit, closes, n_closes, (TcTx *const *) txs->pdata, txs->len, &execution);
  return propose (node, block, mine->round, -1, mine->member);
}

static void
drop_some (Sim *sim, GPtrArray *txs)
{
  const guint n = sim_random_range (&sim->random, 1, DROPPED_MAX);

  for (guint i = 0; i < n && txs->len > 0; i++)
    g_ptr_array_remove_index_fast (txs, sim_random_below (&sim->random, txs->len));
}

GBytes *
liar_forge_proposal (Sim *sim, SimNode *node, const TcProposal *mine)
{
  g_autoptr(GPtrArray) txs = dup_txs (sim, mine, TRUE);

  if (mine->n_closes == 0 && sim_random_chance (&sim->random, 500))
    drop_some (sim, txs);
  return propose_parts (node, mine, mine->header.time_ms + 1, mine->closes, mine->n_closes, txs);
}

/* Rule F5: what closes list is left out, or closes are, or there are too few. */
static GBytes *
forge_last_block (Sim *sim, SimNode *node, const TcProposal *mine)
{
  g_autoptr(GPtrArray) txs = dup_txs (sim, mine, TRUE);
  const guint32 n_closes = sim_random_chance (&sim->random, 500) ? mine->n_closes : sim_random_below (&sim->random, 2);

  if (sim_random_chance (&sim->random, 600))
    g_ptr_array_set_size (txs, 0);
  else
    drop_some (sim, txs);
  return propose_parts (node, mine, mine->header.time_ms, mine->closes, n_closes, txs);
}

/* Rule F6: nothing of it needs to be certified. What it holds comes first, and else what spends the same coins. */
static GBytes *
forge_uncertified (Sim *sim, SimNode *node, const TcProposal *mine)
{
  g_autoptr(GPtrArray) txs = dup_txs (sim, mine, FALSE);

  if (txs->len == 0)
    return NULL;
  return propose_parts (node, mine, mine->header.time_ms, NULL, 0, txs);
}

/* Of a header that is not as the ledger wants it: from the future, from the past, with a wrong root, out of another history. */
static GBytes *
forge_header (Sim *sim, SimNode *node, const TcProposal *mine)
{
  g_autoptr(GPtrArray) txs = dup_txs (sim, mine, TRUE);
  g_autoptr(TcBlock) block = NULL;
  TcHeader header = mine->header;

  if (txs->len != mine->n_short_ids)
    return NULL;
  if (mine->reward != NULL)
    g_ptr_array_insert (txs, 0, mine->reward);
  switch (sim_random_below (&sim->random, 7))
    {
    case 0: header.time_ms += FAR_AHEAD_MS; break;
    case 1: header.time_ms = (guint64) SIM_GENESIS_MS; break;
    case 2: header.state_root.bytes[0] ^= 1; break;
    case 3: header.tx_root.bytes[0] ^= 1; break;
    case 4: header.previous.bytes[0] ^= 1; break;
    case 5: header.next_committee.bytes[0] ^= 1; break;
    default: header.vrf.bytes[20] ^= 1; break;
    }
  block = tc_block_new (&header, mine->commit, mine->closes, mine->n_closes, (TcTx *const *) txs->pdata, txs->len);
  return propose (node, block, mine->round, -1, mine->member);
}

/* No rule is broken by it, but whatever is final and left out has to be in the epoch's last block. */
static GBytes *
forge_empty (SimNode *node, const TcProposal *mine)
{
  g_autoptr(GPtrArray) none = g_ptr_array_new ();

  return propose_parts (node, mine, mine->header.time_ms, NULL, 0, none);
}

GBytes *
liar_forge_block (Sim *sim, SimNode *node, const TcProposal *mine)
{
  if (sim_random_chance (&sim->random, 150))
    return forge_header (sim, node, mine);
  if (mine->n_closes == 0 && sim_random_chance (&sim->random, 600))
    return forge_empty (node, mine);
  return mine->n_closes > 0 ? forge_last_block (sim, node, mine) : forge_uncertified (sim, node, mine);
}

/* A block that was proposed in an earlier round: proposer and VRF are that round's. Rule C4 asks for a proof of lock of that round or a later one. */
GBytes *
liar_forge_lock (Sim *sim, SimNode *node, const TcProposal *mine)
{
  const GPtrArray *known = sim->liars->proposals;

  for (guint i = 0; i < known->len; i++)
    {
      const TcProposal *other = known->pdata[i];
      g_autoptr(GPtrArray) txs = NULL;
      g_autoptr(TcBlock) block = NULL;

      if (other->height != mine->height || other->header.round >= mine->round || tc_hash_equal (&other->block_hash, &mine->block_hash))
        continue;
      txs = dup_txs (sim, other, TRUE);
      if (txs->len != other->n_short_ids)
        continue;
      if (other->reward != NULL)
        g_ptr_array_insert (txs, 0, other->reward);
      block = tc_block_new (&other->header, other->commit, other->closes, other->n_closes, (TcTx *const *) txs->pdata, txs->len);
      return propose (node, block, mine->round, (gint32) mine->round - 1, mine->member);
    }
  return NULL;
}
