#include <string.h>

#include "core/check.h"
#include "core/evidence.h"
#include "engine-net.h"
#include "fuzz.h"

#define N_TXS       6u
#define N_HASHES    64u
#define STEPS_MAX   200u
#define LIARS_FROM  1u

/* One running engine, place 0, among three members whose keys the input has: a string of steps, each some bytes. Messages are raw, or well formed and
 * signed with what the input chooses; time passes; connections come and go; the plug is pulled. Checked: no crash, no message above its limit, and no key
 * signs twice (engine-net.c). */

typedef struct
{
  TcReader   reader;
  EngineNet *net;
  TcTx      *txs[N_TXS];
  TcHash     hashes[N_HASHES];  /* what a step may name */
  guint      n_hashes;
} Fuzz;

static guint
below (Fuzz *self, guint n)
{
  return tc_reader_u8 (&self->reader) % n;
}

static void
note_hash (Fuzz *self, const TcHash *hash)
{
  self->hashes[self->n_hashes++ % N_HASHES] = *hash;
}

static const TcHash *
pick_hash (Fuzz *self)
{
  return &self->hashes[below (self, MIN (self->n_hashes, N_HASHES))];
}

static const TcHash *
chain_id (Fuzz *self)
{
  return &self->net->chain->genesis->chain_id;
}

static guint
pick_liar (Fuzz *self)
{
  return LIARS_FROM + below (self, self->net->n - LIARS_FROM);
}

/* Takes @body. */
static void
send (Fuzz *self, guint8 type, GBytes *body)
{
  guint from = pick_liar (self);

  if (self->net->nodes[0].peers[from] != 0 && g_bytes_get_size (body) <= tc_message_size_max (type))
    engine_net_send (self->net, from, 0, type, body);
  g_bytes_unref (body);
}

static void
send_raw (Fuzz *self)
{
  guint8 type = (guint8) (TC_MESSAGE_STATUS + below (self, 1 + TC_MESSAGE_PART - TC_MESSAGE_STATUS));
  gsize n = tc_reader_u8 (&self->reader);

  n = MIN (n, tc_reader_left (&self->reader));
  send (self, type, g_bytes_new (tc_reader_view (&self->reader, n), n));
}

static void
send_vote (Fuzz *self)
{
  guint member = pick_liar (self);
  TcVote vote = { .step = (guint8) below (self, 2), .epoch = engine_net_committee (self->net, 0)->epoch + below (self, 2), .member = (guint8) member };
  GByteArray *bytes = g_byte_array_new ();

  vote.height = engine_net_height (self->net, 0) + below (self, 3);
  vote.round = below (self, 8);
  if (below (self, 2) == 1)
    vote.block_hash = *pick_hash (self);
  tc_vote_sign (&vote, chain_id (self), self->net->chain->operators[member]);
  tc_vote_put (bytes, &vote);
  send (self, TC_MESSAGE_VOTE, g_byte_array_free_to_bytes (bytes));
}

static void
send_batch (Fuzz *self)
{
  guint member = pick_liar (self), n_votes = below (self, 5), n_acks = below (self, 5);
  TcHash votes[5];
  TcAck acks[5] = { { 0 } };

  for (guint i = 0; i < n_votes; i++)
    votes[i] = *pick_hash (self);
  for (guint i = 0; i < n_acks; i++)
    {
      acks[i].position = below (self, 2) == 0 ? G_MAXUINT32 : below (self, 8);
      acks[i].txid = *pick_hash (self);
    }
  if (n_votes + n_acks == 0)
    return;
  g_autoptr(TcBatch) batch = tc_batch_new (engine_net_committee (self->net, 0)->epoch + below (self, 2), (guint8) member, below (self, 6), below (self, 3),
                                           votes, n_votes, acks, n_acks, chain_id (self), self->net->chain->operators[member]);

  note_hash (self, &batch->hash);
  send (self, TC_MESSAGE_BATCH, g_bytes_ref (batch->encoded));
}

static void
send_close (Fuzz *self)
{
  guint member = pick_liar (self);
  TcClose item = { .epoch = engine_net_committee (self->net, 0)->epoch + below (self, 2), .member = (guint8) member, .count = below (self, 3) };
  GByteArray *bytes = g_byte_array_new ();
  TcHash hash;

  if (item.count > 0)
    item.root = tc_merkle_root (pick_hash (self), 1);
  tc_close_sign (&item, chain_id (self), self->net->chain->operators[member]);
  hash = tc_close_hash (&item);
  note_hash (self, &hash);
  tc_close_put (bytes, &item);
  send (self, TC_MESSAGE_CLOSE, g_byte_array_free_to_bytes (bytes));
}

static void
change_header (Fuzz *self, TcHeader *header)
{
  switch (below (self, 10))
    {
    case 0: header->time_ms += G_GUINT64_CONSTANT (1) << below (self, 64); break;
    case 1: header->state_root = *pick_hash (self); break;
    case 2: header->vrf.bytes[below (self, sizeof header->vrf.bytes)] ^= 1; break;
    case 3: header->proposer = below (self, 4); break;
    case 4: header->committee = *pick_hash (self); break;
    default: break;
    }
}

static void
send_proposal (Fuzz *self)
{
  EngineNet *net = self->net;
  TcLedger *ledger = (TcLedger *) tc_engine_get_ledger (net->nodes[0].engine);
  const TcTip *tip = tc_ledger_get_tip (ledger);
  guint32 round = below (self, 12);
  guint place = engine_net_proposer (net, 0, round), n_closes = 0;
  TcHeader header = { .round = round, .proposer = engine_net_member (net, 0, place) };
  TcClose closes[4] = { 0 };
  TcExecution *execution = NULL;

  if (place == 0 || net->nodes[0].commits->len < tip->height)
    return;
  header.time_ms = tc_ledger_least_time_ms (ledger, 0) + below (self, 4);
  header.vrf = tc_seed_prove (net->chain->operators[place], chain_id (self), &tip->seed, tip->height + 1);
  for (guint i = LIARS_FROM; i < 4 && tc_ledger_next_is_last (ledger); i++)
    {
      closes[n_closes] = (TcClose) { .epoch = engine_net_committee (net, 0)->epoch, .member = (guint8) i };
      tc_close_sign (&closes[n_closes++], chain_id (self), net->chain->operators[i]);
    }
  g_autoptr(TcBlock) block = tc_ledger_propose (ledger, &header, tip->height > 0 ? g_ptr_array_index (net->nodes[0].commits, tip->height - 1) : NULL,
                                                closes, n_closes, self->txs, below (self, N_TXS + 1), &execution);
  tc_execution_free (execution);
  header = block->header;
  change_header (self, &header);
  g_autoptr(TcBlock) changed = tc_fixture_block_with (block, &header);
  g_autoptr(TcProposal) proposal = tc_proposal_new (changed, round, -1, (guint8) place, net->chain->operators[place]);

  note_hash (self, &changed->hash);
  note_hash (self, &proposal->hash);
  send (self, TC_MESSAGE_PROPOSAL, tc_proposal_encode (proposal));
}

static void
send_tx (Fuzz *self)
{
  TcTx *tx = self->txs[below (self, N_TXS)];

  if (below (self, 2) == 0)
    engine_net_submit (self->net, 0, tx);
  else
    send (self, TC_MESSAGE_TX, tc_tx_encode (tx));
}

static void
send_items (Fuzz *self)
{
  static const guint8 types[] = { TC_MESSAGE_INV, TC_MESSAGE_GET, TC_MESSAGE_GET_CERTS };
  guint8 type = types[below (self, 3)], kind = (guint8) (1 + below (self, 5));
  TcHash hashes[4];
  guint n = below (self, 5);

  for (guint i = 0; i < n; i++)
    hashes[i] = *pick_hash (self);
  send (self, type, tc_items_encode (kind, hashes, n));
}

static void
send_txs (Fuzz *self)
{
  const guint32 positions[] = { 0, 1, 5 };

  if (below (self, 2) == 0)
    send (self, TC_MESSAGE_TXS, tc_txs_encode (pick_hash (self), self->txs, below (self, N_TXS + 1)));
  else
    send (self, TC_MESSAGE_GET_TXS, tc_get_txs_encode (pick_hash (self), positions, below (self, 4)));
}

static void
send_list (Fuzz *self)
{
  const TcHash *name = pick_hash (self), *txids = pick_hash (self);

  if (below (self, 2) == 0)
    send (self, TC_MESSAGE_GET_LIST, g_bytes_new (name, sizeof *name));
  else
    send (self, TC_MESSAGE_LIST, tc_list_encode (name, txids, below (self, 2)));
}

/* Two votes of a liar, or of one and another; and what else may stand in their place. */
static void
send_evidence (Fuzz *self)
{
  const guint liar = pick_liar (self), other = pick_liar (self);
  const guint32 epoch = engine_net_committee (self->net, 0)->epoch + below (self, 2);
  TcVote votes[2];
  TcEvidence evidence;

  for (guint i = 0; i < 2; i++)
    {
      votes[i] = (TcVote) { .epoch = epoch, .height = 1, .round = below (self, 2), .block_hash = *pick_hash (self), .member = (guint8) liar };
      tc_vote_sign (&votes[i], chain_id (self), self->net->chain->operators[i == 0 ? liar : other]);
    }
  if (!tc_evidence_of_votes (tc_secret_key_get_public (self->net->chain->operators[liar]), &votes[0], &votes[1], &evidence))
    return;
  evidence.kind = (guint8) (evidence.kind + (below (self, 4) == 0 ? below (self, 6) : 0));
  TcHash hash = tc_evidence_hash (&evidence);

  note_hash (self, &hash);
  send (self, TC_MESSAGE_EVIDENCE, tc_evidence_encode (&evidence));
  tc_evidence_clear (&evidence);
}

static void
send_status (Fuzz *self)
{
  TcStatusMessage status = { .height = engine_net_height (self->net, 0) + below (self, 3), .epoch = engine_net_committee (self->net, 0)->epoch,
                             .round = below (self, 6), .step = (guint8) below (self, 5), .n_members = 4 };

  if (below (self, 8) == 0)
    status.height = G_MAXUINT32;
  send (self, TC_MESSAGE_STATUS, tc_status_message_encode (&status));
}

static void
step (Fuzz *self)
{
  switch (below (self, 15))
    {
    case 0: send_raw (self); break;
    case 1: send_vote (self); break;
    case 2: send_batch (self); break;
    case 3: send_close (self); break;
    case 4: send_proposal (self); break;
    case 5: send_tx (self); break;
    case 6: send_items (self); break;
    case 7: send_txs (self); break;
    case 8: send_list (self); break;
    case 9: send_status (self); break;
    case 10:
      engine_net_kill (self->net, 0);
      engine_net_start (self->net, 0);
      break;
    case 11: send_evidence (self); break;
    case 12:
      self->net->nodes[0].write_lag_ms = below (self, 2) * 2000;
      break;
    default:
      engine_net_run (self->net, 1 + 8 * below (self, 255));
      break;
    }
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tc_crypto_init ();
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Fuzz fuzz = { 0 };

  tc_reader_init (&fuzz.reader, data, size);
  fuzz.net = engine_net_new (4, N_TXS, NULL);
  note_hash (&fuzz, chain_id (&fuzz));
  for (guint i = 0; i < N_TXS; i++)
    {
      fuzz.txs[i] = tc_chain_fixture_pay (fuzz.net->chain, i / 2, 5000 + i);  /* in pairs they spend one coin */
      note_hash (&fuzz, &fuzz.txs[i]->txid);
    }
  engine_net_start (fuzz.net, 0);
  for (guint i = 0; i < STEPS_MAX && tc_reader_left (&fuzz.reader) > 0; i++)
    step (&fuzz);
  engine_net_run (fuzz.net, 500);
  for (guint i = 0; i < N_TXS; i++)
    tc_tx_unref (fuzz.txs[i]);
  engine_net_free (fuzz.net);
  return 0;
}
