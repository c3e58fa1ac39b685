#include "message.h"

#include <string.h>

#include <sodium.h>

#include "block-private.h"
#include "check.h"

#define SHORT_IDS_MAX  (TC_BLOCK_ENCODED_MAX / 8u)

static void
put_vote_content (GByteArray *bytes, const TcVote *self)
{
  tc_put_u8 (bytes, self->step);
  tc_put_u32 (bytes, self->epoch);
  tc_put_u32 (bytes, self->height);
  tc_put_u32 (bytes, self->round);
  tc_put_hash (bytes, &self->block_hash);
  tc_put_u8 (bytes, self->member);
}

void
tc_vote_put (GByteArray *bytes, const TcVote *self)
{
  put_vote_content (bytes, self);
  tc_put_bytes (bytes, self->signature.bytes, TC_SIGNATURE_SIZE);
}

void
tc_vote_read (TcReader *reader, TcVote *ret_vote)
{
  TcVote vote = { 0 };

  vote.step = tc_reader_u8 (reader);
  vote.epoch = tc_reader_u32 (reader);
  vote.height = tc_reader_u32 (reader);
  vote.round = tc_reader_u32 (reader);
  vote.block_hash = tc_reader_hash (reader);
  vote.member = tc_reader_u8 (reader);
  tc_reader_bytes (reader, vote.signature.bytes, TC_SIGNATURE_SIZE);
  if (vote.step > TC_STEP_PRECOMMIT || vote.member >= TC_COMMITTEE_MAX)
    tc_reader_fail (reader);
  if (!reader->failed)
    *ret_vote = vote;
}

GByteArray *
tc_vote_signed_bytes (const TcVote *self, const TcHash *chain_id)
{
  g_autoptr(GByteArray) content = g_byte_array_sized_new (TC_VOTE_SIZE);

  put_vote_content (content, self);
  return tc_signed_bytes (TC_TAG_VOTE, chain_id, content->data, content->len);
}

void
tc_vote_sign (TcVote *self, const TcHash *chain_id, const TcSecretKey *key)
{
  g_autoptr(GByteArray) bytes = tc_vote_signed_bytes (self, chain_id);

  self->signature = tc_secret_key_sign (key, bytes->data, bytes->len);
}

static gboolean
check_one (const TcVerifier *verifier, const TcPublicKey *key, const TcSignature *signature, const GByteArray *bytes)
{
  TcSignatureJob job = { .key = *key, .signature = *signature, .message = bytes->data, .size_bytes = bytes->len };

  verifier->check_many (verifier->user_data, &job, 1);
  return job.ok;
}

gboolean
tc_vote_check (const TcVote *self, const TcHash *chain_id, const TcPublicKey *key, const TcVerifier *verifier)
{
  g_autoptr(GByteArray) bytes = tc_vote_signed_bytes (self, chain_id);

  return check_one (verifier, key, &self->signature, bytes);
}

TcHash
tc_vote_hash (const TcVote *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_sized_new (TC_VOTE_SIZE);

  tc_vote_put (bytes, self);
  return tc_hash_tagged_bytes (TC_TAG_VOTE, bytes);
}

static void
put_proposal_content (GByteArray *bytes, const TcProposal *self)
{
  tc_put_u32 (bytes, self->epoch);
  tc_put_u32 (bytes, self->height);
  tc_put_u32 (bytes, self->round);
  tc_put_u32 (bytes, (guint32) self->pol_round);
  tc_put_u8 (bytes, self->member);
}

static void
put_short_ids (GByteArray *bytes, const TcProposal *self)
{
  tc_put_varint (bytes, self->n_short_ids);
  for (guint32 i = 0; i < self->n_short_ids; i++)
    tc_put_u64 (bytes, self->short_ids[i]);
}

static void
put_reward (GByteArray *bytes, const TcProposal *self)
{
  tc_put_u8 (bytes, self->reward != NULL);
  if (self->reward != NULL)
    tc_tx_put (bytes, self->reward);
}

/* Short ids and reward too, which the header does not cover as they stand: a relay that could change them would keep the block from being rebuilt, and
 * would make its proposer look like one who says two things. */
static void
put_proposal_signed (GByteArray *bytes, const TcProposal *self)
{
  g_autoptr(GByteArray) rest = g_byte_array_new ();
  TcHash hash;

  put_short_ids (rest, self);
  put_reward (rest, self);
  hash = tc_hash_tagged_bytes (TC_TAG_PROPOSAL, rest);
  put_proposal_content (bytes, self);
  tc_put_hash (bytes, &self->block_hash);
  tc_put_hash (bytes, &hash);
}

static GByteArray *
proposal_signed_bytes (const TcProposal *self, const TcHash *chain_id)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();

  put_proposal_signed (content, self);
  return tc_signed_bytes (TC_TAG_PROPOSAL, chain_id, content->data, content->len);
}

void
tc_proposal_put_claim (GByteArray *bytes, const TcProposal *self)
{
  put_proposal_signed (bytes, self);
  tc_put_bytes (bytes, self->signature.bytes, TC_SIGNATURE_SIZE);
}

static void
proposal_put (GByteArray *bytes, const TcProposal *self)
{
  put_proposal_content (bytes, self);
  tc_put_bytes (bytes, self->signature.bytes, TC_SIGNATURE_SIZE);
  tc_header_put (bytes, &self->header);
  tc_parts_put_commit (bytes, self->commit);
  put_short_ids (bytes, self);
  tc_parts_put_lists (bytes, self->evidence, self->n_evidence, self->closes, self->n_closes);
  put_reward (bytes, self);
}

static TcHash
hash_proposal (const TcProposal *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  proposal_put (bytes, self);
  return tc_hash_tagged_bytes (TC_TAG_PROPOSAL, bytes);
}

static TcProposal *
proposal_alloc (void)
{
  TcProposal *self = g_new0 (TcProposal, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

TcProposal *
tc_proposal_new (const TcBlock *block, guint32 round, gint32 pol_round, guint8 member, const TcSecretKey *key)
{
  TcProposal *self = proposal_alloc ();
  const guint32 n_reward = block->n_txs > 0 && block->txs[0]->kind == TC_TX_KIND_REWARD;

  self->epoch = block->header.epoch;
  self->height = block->header.height;
  self->round = round;
  self->pol_round = pol_round;
  self->member = member;
  self->header = block->header;
  self->block_hash = block->hash;
  self->commit = block->commit == NULL ? NULL : tc_commit_ref (block->commit);
  self->n_evidence = block->n_evidence;
  self->evidence = tc_evidence_copy (block->evidence, block->n_evidence);
  self->n_closes = block->n_closes;
  self->closes = g_memdup2 (block->closes, block->n_closes * sizeof *block->closes);
  self->reward = n_reward ? tc_tx_ref (block->txs[0]) : NULL;
  self->n_short_ids = block->n_txs - n_reward;
  self->short_ids = g_new (guint64, self->n_short_ids);
  for (guint32 i = 0; i < self->n_short_ids; i++)
    self->short_ids[i] = tc_short_id (&self->block_hash, &block->txs[n_reward + i]->txid);

  g_autoptr(GByteArray) bytes = proposal_signed_bytes (self, &self->header.chain_id);

  self->signature = tc_secret_key_sign (key, bytes->data, bytes->len);
  self->hash = hash_proposal (self);
  return self;
}

TcProposal *
tc_proposal_ref (TcProposal *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_proposal_unref (TcProposal *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->commit, tc_commit_unref);
  tc_evidence_free (self->evidence, self->n_evidence);
  g_clear_pointer (&self->reward, tc_tx_unref);
  g_free (self->short_ids);
  g_free (self->closes);
  g_free (self);
}

GBytes *
tc_proposal_encode (const TcProposal *self)
{
  GByteArray *bytes = g_byte_array_new ();

  proposal_put (bytes, self);
  return g_byte_array_free_to_bytes (bytes);
}

static void
read_short_ids (TcReader *reader, TcProposal *self)
{
  const gsize n = tc_reader_count (reader, 8, SHORT_IDS_MAX);

  self->short_ids = g_new (guint64, n);
  self->n_short_ids = (guint32) n;
  for (gsize i = 0; i < n; i++)
    self->short_ids[i] = tc_reader_u64 (reader);
}

static void
read_reward (TcReader *reader, TcProposal *self)
{
  const guint8 has_reward = tc_reader_u8 (reader);

  if (has_reward > 1)
    tc_reader_fail (reader);
  else if (has_reward == 1)
    self->reward = tc_tx_read (reader);
  if (self->reward != NULL && self->reward->kind != TC_TX_KIND_REWARD)
    tc_reader_fail (reader);
}

/* C4, as far as the proposal itself tells. */
static gboolean
rounds_are_consistent (const TcProposal *self)
{
  if (self->pol_round == -1)
    return self->header.round == self->round;
  return self->pol_round >= 0 && (guint32) self->pol_round < self->round && self->header.round <= (guint32) self->pol_round;
}

static void
read_proposal (TcReader *reader, TcProposal *self)
{
  TcBlockParts parts = { 0 };

  self->epoch = tc_reader_u32 (reader);
  self->height = tc_reader_u32 (reader);
  self->round = tc_reader_u32 (reader);
  self->pol_round = (gint32) tc_reader_u32 (reader);
  self->member = tc_reader_u8 (reader);
  tc_reader_bytes (reader, self->signature.bytes, TC_SIGNATURE_SIZE);
  tc_header_read (reader, &self->header);
  tc_parts_read_commit (reader, &parts);
  read_short_ids (reader, self);
  tc_parts_read_lists (reader, &parts);
  read_reward (reader, self);

  if (self->epoch != self->header.epoch || self->height != self->header.height || self->member >= TC_COMMITTEE_MAX
      || !rounds_are_consistent (self))
    tc_reader_fail (reader);
  if (!reader->failed && !tc_parts_match (&parts, &self->header))
    tc_reader_fail (reader);
  self->commit = parts.commit;
  self->n_evidence = parts.n_evidence;
  self->evidence = parts.evidence;
  self->n_closes = parts.n_closes;
  self->closes = parts.closes;
}

TcProposal *
tc_proposal_decode (const guint8 *data, gsize n, GError **error)
{
  g_autoptr(TcProposal) self = proposal_alloc ();
  TcReader reader;

  tc_reader_init (&reader, data, n);
  if (n > TC_BLOCK_ENCODED_MAX)
    tc_reader_fail (&reader);
  read_proposal (&reader, self);
  if (!tc_reader_end (&reader, "proposal", error))
    return NULL;
  self->block_hash = tc_header_hash (&self->header);
  self->hash = tc_hash_tagged (TC_TAG_PROPOSAL, data, n);
  return g_steal_pointer (&self);
}

gboolean
tc_proposal_check (const TcProposal *self, const TcHash *chain_id, const TcPublicKey *key, const TcVerifier *verifier)
{
  g_autoptr(GByteArray) bytes = proposal_signed_bytes (self, chain_id);

  return check_one (verifier, key, &self->signature, bytes);
}

TcHash
tc_proposal_hash (const TcProposal *self)
{
  return self->hash;
}

guint64
tc_short_id (const TcHash *block_hash, const TcHash *txid)
{
  guint64 id;

  G_STATIC_ASSERT (crypto_shorthash_siphash24_BYTES == sizeof id && crypto_shorthash_siphash24_KEYBYTES <= TC_HASH_SIZE);
  crypto_shorthash_siphash24 ((guint8 *) &id, txid->bytes, TC_HASH_SIZE, block_hash->bytes);
  return GUINT64_FROM_LE (id);
}
