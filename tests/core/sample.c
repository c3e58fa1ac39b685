#include "sample.h"

#include <string.h>

#include "core/check.h"

TcHash
sample_hash (guint n)
{
  const guint8 bytes[4] = { (guint8) n, (guint8) (n >> 8), (guint8) (n >> 16), (guint8) (n >> 24) };

  return tc_hash_tagged ("sample", bytes, sizeof bytes);
}

TcSecretKey *
sample_key (guint n)
{
  const TcHash seed = sample_hash (1000000 + n);

  tc_crypto_init ();
  return tc_secret_key_new (seed.bytes);
}

TcOutput
sample_output (guint64 units, guint n)
{
  const TcHash hash = sample_hash (2000000 + n);
  TcOutput output = { .amount = { units }, .lock = TC_LOCK_KEY_HASH };

  memcpy (output.key_hash.bytes, hash.bytes, TC_KEY_HASH_SIZE);
  return output;
}

TcTx *
sample_sign (const TcTx *unsigned_tx)
{
  g_autoptr(TcSecretKey) first = sample_key (1);
  g_autoptr(TcSecretKey) second = sample_key (2);
  const TcWitness witnesses[] = {
    { *tc_secret_key_get_public (first), tc_secret_key_sign (first, (const guint8 *) "1", 1) },
    { *tc_secret_key_get_public (second), tc_secret_key_sign (second, (const guint8 *) "2", 1) },
  };

  return tc_tx_new_signed (unsigned_tx, witnesses, MIN (unsigned_tx->n_inputs, 2));
}

TcTx *
sample_tx (guint n, gsize n_inputs, gsize n_outputs)
{
  g_autofree TcTxInput *inputs = g_new0 (TcTxInput, n_inputs);
  g_autofree TcOutput *outputs = g_new0 (TcOutput, n_outputs);

  for (gsize i = 0; i < n_inputs; i++)
    inputs[i] = (TcTxInput) { { sample_hash (n + (guint) i), (guint32) i }, (guint8) (i % 2) };
  for (gsize i = 0; i < n_outputs; i++)
    outputs[i] = sample_output (1000000 + i, n + (guint) i);

  g_autoptr(TcTx) unsigned_tx = tc_tx_new (TC_TX_KIND_TRANSFER, 7, inputs, n_inputs, outputs, n_outputs, (const guint8 *) "memo", 4,
                                           NULL, 0);

  return sample_sign (unsigned_tx);
}

TcTx *
sample_reward (guint32 height)
{
  const TcOutput output = sample_output (5000000000, 9);

  return tc_tx_new (TC_TX_KIND_REWARD, height, NULL, 0, &output, 1, NULL, 0, NULL, 0);
}

TcCommittee *
sample_committee (guint32 epoch)
{
  static const guint64 powers[SAMPLE_MEMBERS] = { 1, 10, 100, 100 };
  TcMember members[SAMPLE_MEMBERS];

  memset (members, 0, sizeof members);
  for (guint i = 0; i < SAMPLE_MEMBERS; i++)
    {
      g_autoptr(TcSecretKey) key = sample_key (100 + i);

      members[i].masternode = 3 * i;
      members[i].operator_key = *tc_secret_key_get_public (key);
      members[i].power = powers[i];
    }
  return tc_committee_new (epoch, FALSE, members, SAMPLE_MEMBERS);
}

static TcAttestation
sample_attestation (guint8 member, guint32 epoch, guint32 height, const TcHash *chain_id)
{
  static const guint8 bitmap[] = { 0xff, 0x03 };
  g_autoptr(TcSecretKey) key = sample_key (100u + member);
  g_autoptr(GByteArray) content = g_byte_array_new ();
  TcAttestation attestation = { .member = member, .bitmap = g_bytes_new (bitmap, sizeof bitmap) };

  tc_put_u32 (content, epoch);
  tc_put_u32 (content, height);
  tc_put_u8 (content, member);
  tc_put_bytes (content, bitmap, sizeof bitmap);

  g_autoptr(GByteArray) bytes = tc_signed_bytes (TC_TAG_ATTEST, chain_id, content->data, content->len);

  attestation.signature = tc_secret_key_sign (key, bytes->data, bytes->len);
  return attestation;
}

static TcCommit *
commit_of_epoch (guint32 epoch, guint32 height, const TcHash *block_hash, const TcHash *chain_id)
{
  TcSignature signatures[SAMPLE_MEMBERS];
  guint8 signers[1] = { 0 };

  for (guint8 i = 1; i < SAMPLE_MEMBERS; i++)
    {
      g_autoptr(TcSecretKey) key = sample_key (100u + i);
      TcVote vote = { .step = TC_STEP_PRECOMMIT, .epoch = epoch, .height = height, .block_hash = *block_hash, .member = i };

      tc_vote_sign (&vote, chain_id, key);
      signatures[i - 1] = vote.signature;
      tc_bitmap_set (signers, i);
    }

  return tc_commit_new (height, 0, block_hash, signers, SAMPLE_MEMBERS, signatures);
}

TcCommit *
sample_commit (guint32 height, const TcHash *block_hash, const TcHash *chain_id)
{
  TcCommit *commit = commit_of_epoch (1, height, block_hash, chain_id);

  commit->n_attestations = 2;
  commit->attestations = g_new0 (TcAttestation, 2);
  commit->attestations[0] = sample_attestation (0, 1, height, chain_id);
  commit->attestations[1] = sample_attestation (2, 1, height, chain_id);
  return commit;
}

TcClose
sample_close (guint32 epoch, guint8 member, const TcHash *chain_id)
{
  g_autoptr(TcSecretKey) key = sample_key (100u + member);
  TcClose close = { .epoch = epoch, .member = member, .count = member };

  if (member > 0)
    close.root = sample_hash (member);
  tc_close_sign (&close, chain_id, key);
  return close;
}

void
sample_set_roots (TcHeader *header, const TcCommit *commit, const TcEvidence *evidence, gsize n_evidence,
                  const TcClose *closes, gsize n_closes, TcTx *const *txs, gsize n_txs)
{
  header->commit = commit == NULL ? TC_HASH_ZERO : tc_commit_hash (commit);
  header->evidence_root = tc_evidence_root (evidence, n_evidence);
  header->closes_root = tc_closes_root (closes, n_closes);
  header->tx_root = tc_txs_root (txs, n_txs);
}

static gint
compare_txs (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (&(*(TcTx *const *) a)->txid, &(*(TcTx *const *) b)->txid);
}

TcEvidence
sample_evidence (void)
{
  g_autoptr(TcSecretKey) key = sample_key (102);
  const TcHash chain_id = sample_hash (1);
  const TcVote vote = sample_vote ();
  TcVote other = vote;
  TcEvidence evidence = { 0 };

  other.block_hash = TC_HASH_ZERO;
  tc_vote_sign (&other, &chain_id, key);
  TC_CHECK (tc_evidence_of_votes (tc_secret_key_get_public (key), &vote, &other, &evidence));
  return evidence;
}

static void
make_evidence (TcEvidence evidence[2])
{
  evidence[0] = sample_evidence ();
  evidence[1] = (TcEvidence) { TC_EVIDENCE_CLOSES, { { 0 } }, g_bytes_new_static ("one", 3), g_bytes_new_static ("two", 3) };

  const TcHash hash[] = { tc_evidence_hash (&evidence[0]), tc_evidence_hash (&evidence[1]) };

  if (tc_hash_compare (&hash[0], &hash[1]) > 0)
    {
      const TcEvidence first = evidence[0];

      evidence[0] = evidence[1];
      evidence[1] = first;
    }
}

static TcBlock *
make_block (const TcHash *committee)
{
  g_autoptr(TcSecretKey) key = sample_key (101);
  TcHeader header = { .version = TC_BLOCK_VERSION, .chain_id = sample_hash (1), .height = 20, .epoch = 1, .round = 2,
                      .time_ms = 1700000600000, .previous = sample_hash (2), .state_root = sample_hash (3),
                      .committee = *committee, .next_committee = sample_hash (5), .proposer = 1 };
  const TcHash seed = sample_hash (6);
  g_autoptr(TcCommit) commit = sample_commit (19, &header.previous, &header.chain_id);
  TcEvidence evidence[2];
  TcClose closes[3];
  TcTx *txs[4] = { sample_reward (20), sample_tx (10, 1, 2), sample_tx (20, 2, 1), sample_tx (30, 3, 3) };

  qsort (txs + 1, 3, sizeof *txs, compare_txs);
  make_evidence (evidence);
  for (guint8 i = 0; i < 3; i++)
    closes[i] = sample_close (1, i, &header.chain_id);
  header.vrf = tc_seed_prove (key, &header.chain_id, &seed, 20);
  sample_set_roots (&header, commit, evidence, 2, closes, 3, txs, 4);

  TcBlock *block = tc_block_new_with_evidence (&header, commit, evidence, 2, closes, 3, txs, 4);

  for (guint i = 0; i < 2; i++)
    tc_evidence_clear (&evidence[i]);
  for (guint i = 0; i < 4; i++)
    tc_tx_unref (txs[i]);
  return block;
}

TcBlock *
sample_block (void)
{
  const TcHash committee = sample_hash (4);

  return make_block (&committee);
}

TcBlock *
sample_committed_block (TcCommit **ret_commit)
{
  g_autoptr(TcCommittee) committee = sample_committee (1);
  const TcHash hash = tc_committee_hash (committee);
  TcBlock *block = make_block (&hash);

  *ret_commit = sample_commit (block->header.height, &block->hash, &block->header.chain_id);
  return block;
}

TcLink *
sample_link (guint32 epoch)
{
  g_autoptr(TcCommittee) committee = sample_committee (epoch);
  g_autoptr(TcCommittee) next = sample_committee (epoch + 1);
  const TcHeader header = { .version = TC_BLOCK_VERSION, .chain_id = sample_hash (1), .height = 20 * epoch, .epoch = epoch,
                            .time_ms = 1700000000000 + 600000 * (guint64) epoch, .previous = sample_hash (2), .state_root = sample_hash (3),
                            .committee = tc_committee_hash (committee), .next_committee = tc_committee_hash (next) };
  const TcHash hash = tc_header_hash (&header);
  g_autoptr(TcCommit) commit = commit_of_epoch (epoch, header.height, &hash, &header.chain_id);

  return tc_link_new (&header, commit, next);
}

TcVote
sample_vote (void)
{
  g_autoptr(TcSecretKey) key = sample_key (102);
  const TcHash chain_id = sample_hash (1);
  TcVote vote = { .step = TC_STEP_PRECOMMIT, .epoch = 3, .height = 40, .round = 1, .block_hash = sample_hash (8), .member = 2 };

  tc_vote_sign (&vote, &chain_id, key);
  return vote;
}

TcProposal *
sample_proposal (void)
{
  g_autoptr(TcSecretKey) key = sample_key (101);
  g_autoptr(TcBlock) block = sample_block ();

  return tc_proposal_new (block, 5, 3, 1, key);
}

TcBatch *
sample_batch (void)
{
  g_autoptr(TcSecretKey) key = sample_key (103);
  const TcHash chain_id = sample_hash (1);
  const TcHash votes[] = { sample_hash (50), sample_hash (51), sample_hash (52) };
  const TcAck acks[] = { { .position = 0 }, { .position = G_MAXUINT32, .txid = sample_hash (53) }, { .position = 300 },
                         { .position = G_MAXUINT32 - 1 } };

  return tc_batch_new (4, 3, 17, 250, votes, G_N_ELEMENTS (votes), acks, G_N_ELEMENTS (acks), &chain_id, key);
}

GBytes *
sample_genesis (void)
{
  const TcOutput outputs[] = { sample_output (100000000000000, 1), sample_output (546, 2) };
  char host[] = "127.0.0.1:24201", host_v6[] = "[2001:db8::1]:24000";
  TcGenesisMasternode masternodes[3];

  memset (masternodes, 0, sizeof masternodes);
  for (guint i = 0; i < G_N_ELEMENTS (masternodes); i++)
    {
      g_autoptr(TcSecretKey) key = sample_key (100 + i);

      masternodes[i].operator_key = *tc_secret_key_get_public (key);
      masternodes[i].owner = sample_output (0, 10 + i).key_hash;
      masternodes[i].payout = sample_output (0, 20 + i).key_hash;
      masternodes[i].host = i == 1 ? host_v6 : host;
      masternodes[i].tier = (TcTier) (TC_TIER_GOLD - i);
    }
  masternodes[2].tier = TC_TIER_FREE;
  return tc_genesis_write ("local", '0', 1700000000000, &TC_PARAMS_LOCAL, outputs, 2, masternodes, 3);
}

static GBytes *
encoded_tx (void)
{
  g_autoptr(TcTx) tx = sample_tx (10, 3, 2);

  return tc_tx_encode (tx);
}

static GBytes *
encoded_block (void)
{
  g_autoptr(TcBlock) block = sample_block ();

  return tc_block_encode (block);
}

static GBytes *
encoded_commit (void)
{
  const TcHash hash = sample_hash (2), chain_id = sample_hash (1);
  g_autoptr(TcCommit) commit = sample_commit (19, &hash, &chain_id);
  GByteArray *bytes = g_byte_array_new ();

  tc_commit_put (bytes, commit);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
encoded_committee (void)
{
  g_autoptr(TcCommittee) committee = sample_committee (6);
  GByteArray *bytes = g_byte_array_new ();

  tc_committee_put (bytes, committee);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
encoded_link (void)
{
  g_autoptr(TcLink) link = sample_link (3);

  return tc_link_encode (link);
}

static GBytes *
encoded_vote (void)
{
  const TcVote vote = sample_vote ();
  GByteArray *bytes = g_byte_array_new ();

  tc_vote_put (bytes, &vote);
  return g_byte_array_free_to_bytes (bytes);
}

TcHeartbeat
sample_heartbeat (void)
{
  const TcHash chain_id = sample_hash (7);
  g_autoptr(TcSecretKey) key = sample_key (104);
  TcHeartbeat heartbeat = { .epoch = 4, .masternode = 300 };

  tc_heartbeat_sign (&heartbeat, &chain_id, key);
  return heartbeat;
}

static GBytes *
encoded_heartbeat (void)
{
  const TcHeartbeat heartbeat = sample_heartbeat ();
  GByteArray *bytes = g_byte_array_new ();

  tc_heartbeat_put (bytes, &heartbeat);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
encoded_attestation (void)
{
  const TcHash chain_id = sample_hash (7);
  TcAttestation attestation = sample_attestation (2, 1, 20, &chain_id);
  GByteArray *bytes = g_byte_array_new ();

  tc_attestation_put (bytes, &attestation);
  g_bytes_unref (attestation.bitmap);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
encoded_proposal (void)
{
  g_autoptr(TcProposal) proposal = sample_proposal ();

  return tc_proposal_encode (proposal);
}

static GBytes *
encoded_batch (void)
{
  g_autoptr(TcBatch) batch = sample_batch ();

  return g_bytes_ref (batch->encoded);
}

static GBytes *
encoded_evidence (void)
{
  TcEvidence evidence = sample_evidence ();
  GBytes *bytes = tc_evidence_encode (&evidence);

  tc_evidence_clear (&evidence);
  return bytes;
}

static void
check_same (GBytes *encoded, const guint8 *data, gsize n)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (encoded, &size);

  TC_CHECK (size == n && memcmp (bytes, data, n) == 0);
}

static gboolean
round_trip_tx (const guint8 *data, gsize n)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcTx) tx = tc_tx_decode (data, n, &error);

  TC_CHECK ((tx == NULL) == (error != NULL));
  if (tx == NULL)
    return FALSE;

  g_autoptr(GBytes) encoded = tc_tx_encode (tx);

  check_same (encoded, data, n);
  TC_CHECK (tx->size_bytes == n);
  TC_CHECK (tc_tx_size_estimate (tx->n_inputs, tx->n_outputs, tx->n_witnesses, tx->memo_size, tx->payload_size) == n);

  g_autoptr(TcTx) rebuilt = tc_tx_new (tx->kind, tx->valid_from_height, tx->inputs, tx->n_inputs, tx->outputs, tx->n_outputs,
                                       tx->memo, tx->memo_size, tx->payload, tx->payload_size);

  TC_CHECK (tc_hash_equal (&rebuilt->txid, &tx->txid));
  return TRUE;
}

static gboolean
round_trip_block (const guint8 *data, gsize n)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcBlock) block = tc_block_decode (data, n, &error);

  TC_CHECK ((block == NULL) == (error != NULL));
  if (block == NULL)
    return FALSE;

  g_autoptr(GBytes) encoded = tc_block_encode (block);
  const TcHash hash = tc_header_hash (&block->header);

  check_same (encoded, data, n);
  TC_CHECK (tc_hash_equal (&hash, &block->hash));
  return TRUE;
}

static gboolean
round_trip_commit (const guint8 *data, gsize n)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcCommit) commit = tc_commit_decode (data, n, &error);
  g_autoptr(GByteArray) encoded = g_byte_array_new ();

  TC_CHECK ((commit == NULL) == (error != NULL));
  if (commit == NULL)
    return FALSE;
  tc_commit_put (encoded, commit);
  TC_CHECK (encoded->len == n && memcmp (encoded->data, data, n) == 0);
  return TRUE;
}

static gboolean
round_trip_link (const guint8 *data, gsize n)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcLink) link = tc_link_decode (data, n, &error);
  g_autoptr(GBytes) encoded = NULL;

  TC_CHECK ((link == NULL) == (error != NULL));
  if (link == NULL)
    return FALSE;
  encoded = tc_link_encode (link);
  check_same (encoded, data, n);
  TC_CHECK (link->next->epoch == link->header.epoch + 1 && link->commit->height == link->header.height);
  return TRUE;
}

static gboolean
round_trip_committee (const guint8 *data, gsize n)
{
  TcReader reader;

  tc_reader_init (&reader, data, n);

  g_autoptr(TcCommittee) committee = tc_committee_read (&reader);
  g_autoptr(GByteArray) encoded = g_byte_array_new ();

  TC_CHECK ((committee == NULL) == reader.failed);
  if (!tc_reader_end (&reader, "committee", NULL))
    return FALSE;
  tc_committee_put (encoded, committee);
  TC_CHECK (encoded->len == n && memcmp (encoded->data, data, n) == 0);
  return TRUE;
}

static gboolean
round_trip_vote (const guint8 *data, gsize n)
{
  g_autoptr(GByteArray) encoded = g_byte_array_new ();
  TcReader reader;
  TcVote vote;

  tc_reader_init (&reader, data, n);
  tc_vote_read (&reader, &vote);
  if (!tc_reader_end (&reader, "vote", NULL))
    return FALSE;
  tc_vote_put (encoded, &vote);
  TC_CHECK (encoded->len == TC_VOTE_SIZE && encoded->len == n && memcmp (encoded->data, data, n) == 0);
  return TRUE;
}

static gboolean
round_trip_heartbeat (const guint8 *data, gsize n)
{
  g_autoptr(GByteArray) encoded = g_byte_array_new ();
  TcReader reader;
  TcHeartbeat heartbeat;

  tc_reader_init (&reader, data, n);
  tc_heartbeat_read (&reader, &heartbeat);
  if (!tc_reader_end (&reader, "heartbeat", NULL))
    return FALSE;
  tc_heartbeat_put (encoded, &heartbeat);
  TC_CHECK (encoded->len == TC_HEARTBEAT_SIZE && encoded->len == n && memcmp (encoded->data, data, n) == 0);
  return TRUE;
}

static gboolean
round_trip_attestation (const guint8 *data, gsize n)
{
  g_autoptr(GByteArray) encoded = g_byte_array_new ();
  g_autoptr(GBytes) bitmap = NULL;
  TcAttestation attestation = { 0 };
  TcReader reader;

  tc_reader_init (&reader, data, n);
  tc_attestation_read (&reader, &attestation);
  bitmap = attestation.bitmap;
  if (!tc_reader_end (&reader, "attestation", NULL))
    return FALSE;
  tc_attestation_put (encoded, &attestation);
  TC_CHECK (encoded->len == n && memcmp (encoded->data, data, n) == 0);
  return TRUE;
}

static gboolean
round_trip_proposal (const guint8 *data, gsize n)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcProposal) proposal = tc_proposal_decode (data, n, &error);

  TC_CHECK ((proposal == NULL) == (error != NULL));
  if (proposal == NULL)
    return FALSE;

  g_autoptr(GBytes) encoded = tc_proposal_encode (proposal);

  check_same (encoded, data, n);
  return TRUE;
}

/* A batch keeps its bytes: so it is built again from its parts, and all but the signature compared. */
static gboolean
round_trip_batch (const guint8 *data, gsize n)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcBatch) batch = tc_batch_decode (data, n, &error);

  TC_CHECK ((batch == NULL) == (error != NULL));
  if (batch == NULL)
    return FALSE;

  g_autoptr(TcSecretKey) key = sample_key (103);
  g_autoptr(TcBatch) rebuilt = tc_batch_new (batch->epoch, batch->member, batch->sequence, batch->first_position, batch->votes,
                                             batch->n_votes, batch->acks, batch->n_acks, &TC_HASH_ZERO, key);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (rebuilt->encoded, &size);

  check_same (batch->encoded, data, n);
  TC_CHECK (size == n && memcmp (bytes, data, n - TC_SIGNATURE_SIZE) == 0);
  TC_CHECK (memcmp (batch->signature.bytes, data + n - TC_SIGNATURE_SIZE, TC_SIGNATURE_SIZE) == 0);
  return TRUE;
}

/* What it proves is looked at too, whatever it holds. */
static gboolean
round_trip_evidence (const guint8 *data, gsize n)
{
  const TcHash chain_id = sample_hash (1);
  g_autoptr(GBytes) bytes = g_bytes_new (data, n);
  g_autoptr(GBytes) encoded = NULL;
  g_autoptr(TcTx) omitted = NULL;
  TcEvidence evidence;
  guint32 epoch;

  if (!tc_evidence_decode (bytes, &evidence))
    return FALSE;
  encoded = tc_evidence_encode (&evidence);
  check_same (encoded, data, n);
  TC_CHECK (tc_evidence_get_size (&evidence) == n);
  if (tc_evidence_check (&evidence, &chain_id, NULL, &epoch, &omitted))
    TC_CHECK ((omitted != NULL) == (evidence.kind == TC_EVIDENCE_OMISSION));
  tc_evidence_clear (&evidence);
  return TRUE;
}

static GBytes *
write_again (const TcGenesis *genesis)
{
  guint32 n_plain = 0;

  while (n_plain < genesis->n_outputs && genesis->outputs[n_plain].lock == TC_LOCK_KEY_HASH)
    n_plain++;
  return tc_genesis_write (genesis->name, genesis->address_digit, genesis->time_ms, &genesis->params, genesis->outputs, n_plain,
                           genesis->masternodes, genesis->n_masternodes);
}

/* JSON has many forms of one document: what is written from what was parsed is parsed again, and written the same. */
static gboolean
round_trip_genesis (const guint8 *data, gsize n)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) json = g_bytes_new (data, n);
  g_autoptr(TcGenesis) genesis = tc_genesis_parse (json, &error);

  TC_CHECK ((genesis == NULL) == (error != NULL));
  if (genesis == NULL)
    return FALSE;

  g_autoptr(GBytes) written = write_again (genesis);
  g_autoptr(TcGenesis) second = tc_genesis_parse (written, NULL);

  TC_CHECK (second != NULL && second->n_outputs == genesis->n_outputs && second->n_masternodes == genesis->n_masternodes);

  g_autoptr(GBytes) twice = write_again (second);

  TC_CHECK (g_bytes_equal (written, twice));
  check_same (genesis->json, data, n);
  return TRUE;
}

TcMasternodePayload
sample_payload (void)
{
  g_autoptr(TcSecretKey) key = sample_key (40);
  const TcOutpoint input = { sample_hash (41), 3 };
  const TcOutput output = sample_output (5000, 42);
  TcMasternodePayload payload = { .masternode = { sample_hash (43), 1 }, .tier = TC_TIER_SILVER, .has_key = TRUE,
                                  .operator_key = *tc_secret_key_get_public (key), .payout = output.key_hash, .host = "192.0.2.1:24000" };

  payload.possession = tc_possession_sign (key, &TC_HASH_ZERO, &input, &output);
  return payload;
}

/* The kind in front, so that one decoder covers all three. */
static GBytes *
encoded_payload (void)
{
  const TcMasternodePayload payload = sample_payload ();
  g_autoptr(GBytes) bytes = tc_masternode_payload_encode (TC_TX_KIND_UPDATE, &payload);
  GByteArray *encoded = g_byte_array_new ();

  tc_put_u8 (encoded, TC_TX_KIND_UPDATE);
  tc_put_bytes (encoded, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return g_byte_array_free_to_bytes (encoded);
}

static gboolean
round_trip_payload (const guint8 *data, gsize n)
{
  TcMasternodePayload payload;

  if (n == 0 || !tc_masternode_payload_decode (data[0], data + 1, n - 1, &payload))
    return FALSE;

  g_autoptr(GBytes) encoded = tc_masternode_payload_encode (data[0], &payload);

  check_same (encoded, data + 1, n - 1);
  return TRUE;
}

TcTxProof *
sample_tx_proof (void)
{
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(TcBlock) block = sample_committed_block (&commit);

  return tc_tx_proof_new (block, commit, &block->txs[2]->txid);
}

static GBytes *
encoded_tx_proof (void)
{
  g_autoptr(TcTxProof) proof = sample_tx_proof ();

  return tc_tx_proof_encode (proof);
}

static gboolean
round_trip_tx_proof (const guint8 *data, gsize n)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcTxProof) proof = tc_tx_proof_decode (data, n, &error);

  TC_CHECK ((proof == NULL) == (error != NULL));
  if (proof == NULL)
    return FALSE;

  g_autoptr(GBytes) encoded = tc_tx_proof_encode (proof);

  check_same (encoded, data, n);
  return TRUE;
}

const SampleDecoder sample_decoders[] = {
  { "tx", encoded_tx, round_trip_tx },
  { "block", encoded_block, round_trip_block },
  { "commit", encoded_commit, round_trip_commit },
  { "committee", encoded_committee, round_trip_committee },
  { "link", encoded_link, round_trip_link },
  { "vote", encoded_vote, round_trip_vote },
  { "heartbeat", encoded_heartbeat, round_trip_heartbeat },
  { "attestation", encoded_attestation, round_trip_attestation },
  { "proposal", encoded_proposal, round_trip_proposal },
  { "batch", encoded_batch, round_trip_batch },
  { "evidence", encoded_evidence, round_trip_evidence },
  { "genesis", sample_genesis, round_trip_genesis },
  { "payload", encoded_payload, round_trip_payload },
  { "tx-proof", encoded_tx_proof, round_trip_tx_proof },
};
const gsize sample_n_decoders = G_N_ELEMENTS (sample_decoders);

gboolean
sample_round_trip (const char *name, const guint8 *data, gsize n)
{
  for (gsize i = 0; i < sample_n_decoders; i++)
    if (strcmp (sample_decoders[i].name, name) == 0)
      return sample_decoders[i].round_trip (data, n);
  g_error ("no decoder called %s", name);
}
