#include "sim.h"

/* Messages in words, for the trace. */

static const char *
name_of (guint8 type)
{
  static const char *const names[] = { "status", "inv", "get", "tx", "batch", "vote", "proposal", "close", "get-blocks", "block",
                                       "get-txs", "txs", "get-certs", "get-list", "list", "heartbeat", "attestation", "evidence", "get-epochs", "epochs" };

  return type >= TC_MESSAGE_STATUS && type < TC_MESSAGE_STATUS + G_N_ELEMENTS (names) ? names[type - TC_MESSAGE_STATUS] : "?";
}

static char *
describe_vote (TcReader *reader)
{
  TcVote vote;
  g_autofree char *hash = NULL;

  tc_vote_read (reader, &vote);
  hash = tc_hash_to_hex (&vote.block_hash);
  return g_strdup_printf ("%s of member %u, height %u, round %u, for %.8s", vote.step == TC_STEP_PREVOTE ? "prevote" : "precommit",
                          vote.member, vote.height, vote.round, tc_hash_is_zero (&vote.block_hash) ? "nil" : hash);
}

static char *
describe_close (TcReader *reader)
{
  TcClose close;

  tc_close_read (reader, &close);
  return g_strdup_printf ("close of member %u, epoch %u, lists %u", close.member, close.epoch, close.count);
}

static char *
describe_proposal (const guint8 *data, gsize n)
{
  g_autoptr(TcProposal) proposal = tc_proposal_decode (data, n, NULL);
  g_autofree char *hash = NULL;

  if (proposal == NULL)
    return g_strdup ("malformed proposal");
  hash = tc_hash_to_hex (&proposal->block_hash);
  return g_strdup_printf ("proposal of member %u, height %u, round %u, proof of lock %d, %u transactions, %u closes, %.8s", proposal->member,
                          proposal->height, proposal->round, proposal->pol_round, proposal->n_short_ids, proposal->n_closes, hash);
}

static char *
describe_batch (const guint8 *data, gsize n)
{
  g_autoptr(TcBatch) batch = tc_batch_decode (data, n, NULL);

  if (batch == NULL)
    return g_strdup ("malformed batch");
  return g_strdup_printf ("batch of member %u, epoch %u, number %u, %u votes, %u acknowledgements", batch->member, batch->epoch,
                          batch->sequence, batch->n_votes, batch->n_acks);
}

char *
sim_describe (guint8 type, GBytes *body)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  TcStatusMessage status;
  TcReader reader;

  tc_reader_init (&reader, data, n);
  if (type == TC_MESSAGE_VOTE)
    return describe_vote (&reader);
  if (type == TC_MESSAGE_CLOSE)
    return describe_close (&reader);
  if (type == TC_MESSAGE_PROPOSAL)
    return describe_proposal (data, n);
  if (type == TC_MESSAGE_BATCH)
    return describe_batch (data, n);
  if (type == TC_MESSAGE_STATUS && tc_status_message_decode (body, &status))
    return g_strdup_printf ("status: height %u, round %u, step %u", status.height, status.round, status.step);
  return g_strdup_printf ("%s, %" G_GSIZE_FORMAT " bytes", name_of (type), n);
}

gboolean
sim_is_own (Sim *sim, const SimNode *node, guint8 type, GBytes *body)
{
  /* Where the epoch and the member stand in each encoding. */
  static const gsize epochs[] = { [TC_MESSAGE_VOTE] = 1, [TC_MESSAGE_PROPOSAL] = 0, [TC_MESSAGE_BATCH] = 0, [TC_MESSAGE_CLOSE] = 0 };
  static const gsize offsets[] = { [TC_MESSAGE_VOTE] = 1 + 12 + 32, [TC_MESSAGE_PROPOSAL] = 16, [TC_MESSAGE_BATCH] = 4, [TC_MESSAGE_CLOSE] = 4 };
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  guint32 epoch;

  if (type >= G_N_ELEMENTS (offsets) || offsets[type] == 0 || offsets[type] >= n)
    return FALSE;
  memcpy (&epoch, data + epochs[type], sizeof epoch);
  return data[offsets[type]] == sim_committees_find (sim->committees, GUINT32_FROM_LE (epoch), node->member);
}
