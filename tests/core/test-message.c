#include <string.h>

#include "sample.h"

static void
test_vote (void)
{
  g_test_summary ("A vote's signature covers every field, the chain, and nothing but its member's key makes it.");
  const TcHash chain_id = sample_hash (1), other_chain = sample_hash (2);
  g_autoptr(TcSecretKey) key = sample_key (102);
  g_autoptr(TcSecretKey) other_key = sample_key (101);
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  const TcVote vote = sample_vote ();
  TcVote others[6];

  g_assert_true (tc_vote_check (&vote, &chain_id, public_key, &TC_VERIFIER_INLINE));
  g_assert_false (tc_vote_check (&vote, &other_chain, public_key, &TC_VERIFIER_INLINE));
  g_assert_false (tc_vote_check (&vote, &chain_id, tc_secret_key_get_public (other_key), &TC_VERIFIER_INLINE));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = vote;
  others[0].step = TC_STEP_PREVOTE;
  others[1].epoch++;
  others[2].height++;
  others[3].round++;
  others[4].block_hash = TC_HASH_ZERO;
  others[5].member++;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const TcHash hash = tc_vote_hash (&vote), other_hash = tc_vote_hash (&others[i]);

      g_assert_false (tc_vote_check (&others[i], &chain_id, public_key, &TC_VERIFIER_INLINE));
      g_assert_false (tc_hash_equal (&hash, &other_hash));
    }
}

static void
test_vote_form (void)
{
  g_test_summary ("A vote of an unknown step or of a position no committee has is refused.");
  TcVote vote = sample_vote ();
  g_autoptr(GByteArray) step = g_byte_array_new ();
  g_autoptr(GByteArray) member = g_byte_array_new ();

  vote.step = 2;
  tc_vote_put (step, &vote);
  g_assert_cmpuint (step->len, ==, TC_VOTE_SIZE);
  g_assert_false (sample_round_trip ("vote", step->data, step->len));
  vote.step = TC_STEP_PREVOTE;
  vote.member = TC_COMMITTEE_MAX;
  tc_vote_put (member, &vote);
  g_assert_false (sample_round_trip ("vote", member->data, member->len));
}

static TcProposal *
decode_proposal (const TcProposal *proposal)
{
  g_autoptr(GBytes) bytes = tc_proposal_encode (proposal);

  return tc_proposal_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
}

static void
test_proposal (void)
{
  g_test_summary ("A proposal carries what a block needs: header, commit, evidence, closes, reward, short ids in order.");
  g_autoptr(TcBlock) block = sample_block ();
  g_autoptr(TcProposal) proposal = sample_proposal ();
  g_autoptr(TcProposal) decoded = decode_proposal (proposal);
  g_autoptr(TcSecretKey) key = sample_key (101);

  g_assert_nonnull (decoded);
  g_assert_true (tc_hash_equal (&decoded->block_hash, &block->hash));
  g_assert_cmpuint (decoded->n_short_ids, ==, block->n_txs - 1);
  for (guint i = 0; i < decoded->n_short_ids; i++)
    g_assert_cmpuint (decoded->short_ids[i], ==, tc_short_id (&block->hash, &block->txs[i + 1]->txid));
  g_assert_true (tc_hash_equal (&decoded->reward->txid, &block->txs[0]->txid));
  g_assert_cmpint (decoded->pol_round, ==, 3);
  g_assert_true (tc_proposal_check (decoded, &block->header.chain_id, tc_secret_key_get_public (key), &TC_VERIFIER_INLINE));

  g_autoptr(TcBlock) rebuilt = tc_block_new_with_evidence (&decoded->header, decoded->commit, decoded->evidence, decoded->n_evidence,
                                                           decoded->closes, decoded->n_closes, block->txs, block->n_txs);
  g_autoptr(GBytes) bytes = tc_block_encode (block);
  g_autoptr(GBytes) rebuilt_bytes = tc_block_encode (rebuilt);
  const TcHash hash = tc_proposal_hash (proposal), decoded_hash = tc_proposal_hash (decoded);

  g_assert_true (g_bytes_equal (bytes, rebuilt_bytes));
  g_assert_true (tc_hash_equal (&hash, &decoded_hash));
}

static void
test_proposal_signature (void)
{
  g_test_summary ("A proposal's signature covers both rounds, its member, its block, its short ids, its reward and its chain: a relay can change nothing.");
  g_autoptr(TcProposal) proposal = sample_proposal ();
  g_autoptr(TcSecretKey) key = sample_key (101);
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  const TcHash chain_id = sample_hash (1), other_chain = sample_hash (2);
  TcProposal others[7] = { *proposal, *proposal, *proposal, *proposal, *proposal, *proposal, *proposal };
  g_autofree guint64 *short_ids = g_memdup2 (proposal->short_ids, proposal->n_short_ids * sizeof *short_ids);

  others[0].round++;
  others[1].pol_round = -1;
  others[2].member++;
  others[3].block_hash.bytes[0] ^= 1;
  short_ids[0]++;
  others[4].short_ids = short_ids;
  others[5].n_short_ids--;
  others[6].reward = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (tc_proposal_check (&others[i], &chain_id, public_key, &TC_VERIFIER_INLINE));
  g_assert_false (tc_proposal_check (proposal, &other_chain, public_key, &TC_VERIFIER_INLINE));
  g_assert_true (tc_proposal_check (proposal, &chain_id, public_key, &TC_VERIFIER_INLINE));
}

static void
test_proposal_rounds (void)
{
  g_test_summary ("C4: without a proof of lock the header's round is the proposal's; else at most the proof's, which is before the proposal's.");
  static const struct { guint32 round; gint32 pol_round; gboolean good; } cases[] = {
    { 2, -1, TRUE },  /* the sample's header is of round 2 */
    { 3, -1, FALSE }, { 1, -1, FALSE }, { 3, 2, TRUE }, { 9, 8, TRUE }, { 9, 2, TRUE }, { 9, 1, FALSE }, { 9, 9, FALSE }, { 9, 10, FALSE },
    { 9, -2, FALSE }, { 2, 2, FALSE }, { G_MAXUINT32, G_MAXINT32, TRUE },
  };
  g_autoptr(TcBlock) block = sample_block ();
  g_autoptr(TcSecretKey) key = sample_key (101);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(TcProposal) proposal = tc_proposal_new (block, cases[i].round, cases[i].pol_round, 1, key);
      g_autoptr(TcProposal) decoded = decode_proposal (proposal);

      g_assert_true ((decoded != NULL) == cases[i].good);
    }
}

static void
test_proposal_parts (void)
{
  g_test_summary ("A relay that swaps commit, evidence or closes, or the height, is refused; the reward must be one.");
  g_autoptr(TcProposal) proposal = sample_proposal ();
  g_autoptr(TcProposal) good = decode_proposal (proposal);
  g_autoptr(TcTx) transfer = sample_tx (1, 1, 1);
  TcProposal others[6];

  g_assert_nonnull (good);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = *proposal;
  others[0].commit = NULL;
  others[1].n_evidence = 1;
  others[2].n_closes = 2;
  others[3].height++;
  others[4].epoch++;
  others[5].reward = transfer;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(TcProposal) decoded = decode_proposal (&others[i]);

      g_assert_null (decoded);
    }
  proposal->commit->signatures[0].bytes[0] ^= 1;

  g_autoptr(TcProposal) decoded = decode_proposal (proposal);

  g_assert_null (decoded);
}

/* SipHash-2-4 (Aumasson, Bernstein 2012) of 32 bytes. */
static guint64
rotate (guint64 x, guint n)
{
  return x << n | x >> (64 - n);
}

static void
sip_rounds (guint64 v[4], guint n)
{
  for (guint i = 0; i < n; i++)
    {
      v[0] += v[1]; v[1] = rotate (v[1], 13) ^ v[0]; v[0] = rotate (v[0], 32);
      v[2] += v[3]; v[3] = rotate (v[3], 16) ^ v[2];
      v[0] += v[3]; v[3] = rotate (v[3], 21) ^ v[0];
      v[2] += v[1]; v[1] = rotate (v[1], 17) ^ v[2]; v[2] = rotate (v[2], 32);
    }
}

static guint64
sip_again (const guint8 key[16], const guint8 data[32])
{
  TcReader reader;
  guint64 v[4];

  tc_reader_init (&reader, key, 16);
  v[0] = tc_reader_u64 (&reader);
  v[1] = tc_reader_u64 (&reader);
  v[2] = v[0] ^ 0x6c7967656e657261;
  v[3] = v[1] ^ 0x7465646279746573;
  v[0] ^= 0x736f6d6570736575;
  v[1] ^= 0x646f72616e646f6d;
  tc_reader_init (&reader, data, 32);
  for (guint i = 0; i < 5; i++)
    {
      const guint64 word = i < 4 ? tc_reader_u64 (&reader) : G_GUINT64_CONSTANT (32) << 56;

      v[3] ^= word;
      sip_rounds (v, 2);
      v[0] ^= word;
    }
  v[2] ^= 0xff;
  sip_rounds (v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static void
test_short_id (void)
{
  g_test_summary ("A short id is SipHash-2-4 of the txid under the block hash's first 16 bytes.");
  for (guint i = 0; i < 100; i++)
    {
      const TcHash block_hash = sample_hash (i), txid = sample_hash (1000 + i);

      g_assert_cmpuint (tc_short_id (&block_hash, &txid), ==, sip_again (block_hash.bytes, txid.bytes));
    }
}

static void
test_batch (void)
{
  g_test_summary ("A batch decodes to its votes and acknowledgements, by position and by txid, and its name is its encoding's hash.");
  g_autoptr(TcBatch) batch = sample_batch ();
  gsize n;
  const guint8 *data = g_bytes_get_data (batch->encoded, &n);
  g_autoptr(TcBatch) decoded = tc_batch_decode (data, n, NULL);
  const TcHash voted = sample_hash (51), acknowledged = sample_hash (53);

  g_assert_nonnull (decoded);
  g_assert_true (tc_hash_equal (&decoded->hash, &batch->hash));
  g_assert_cmpuint (decoded->epoch, ==, 4);
  g_assert_cmpuint (decoded->member, ==, 3);
  g_assert_cmpuint (decoded->sequence, ==, 17);
  g_assert_cmpuint (decoded->n_votes, ==, 3);
  g_assert_true (tc_hash_equal (&decoded->votes[1], &voted));
  g_assert_cmpuint (decoded->n_acks, ==, 4);
  g_assert_cmpuint (decoded->acks[0].position, ==, 0);
  g_assert_cmpuint (decoded->acks[1].position, ==, G_MAXUINT32);
  g_assert_true (tc_hash_equal (&decoded->acks[1].txid, &acknowledged));
  g_assert_cmpuint (decoded->acks[2].position, ==, 300);
  g_assert_cmpuint (decoded->acks[3].position, ==, G_MAXUINT32 - 1);
}

static void
test_batch_signature (void)
{
  g_test_summary ("A batch's signature covers every byte before it, and the chain.");
  g_autoptr(TcBatch) batch = sample_batch ();
  g_autoptr(TcSecretKey) key = sample_key (103);
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  const TcHash chain_id = sample_hash (1), other_chain = sample_hash (2);
  const gsize n = g_bytes_get_size (batch->encoded);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (batch->encoded, NULL), n);

  g_assert_true (tc_batch_check (batch, &chain_id, public_key, &TC_VERIFIER_INLINE));
  g_assert_false (tc_batch_check (batch, &other_chain, public_key, &TC_VERIFIER_INLINE));
  for (gsize i = 0; i < n; i++)
    {
      data[i] ^= 1;

      g_autoptr(TcBatch) other = tc_batch_decode (data, n, NULL);

      data[i] ^= 1;
      if (other != NULL)
        g_assert_false (tc_batch_check (other, &chain_id, public_key, &TC_VERIFIER_INLINE));
    }
}

static void
test_batch_form (void)
{
  g_test_summary ("An empty batch, one of more than 512 entries, and a position past 32 bits are refused.");
  g_autoptr(GByteArray) empty = g_byte_array_new ();
  guint8 signature[TC_SIGNATURE_SIZE] = { 0 };

  tc_put_u32 (empty, 1);
  tc_put_u8 (empty, 1);
  tc_put_u32 (empty, 1);
  tc_put_u32 (empty, 0);

  for (guint n_acks = 511; n_acks <= 512; n_acks++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();

      tc_put_bytes (bytes, empty->data, empty->len);
      tc_put_varint (bytes, 1);
      tc_put_hash (bytes, &TC_HASH_ZERO);
      tc_put_varint (bytes, n_acks);
      for (guint i = 0; i < n_acks; i++)
        tc_put_varint (bytes, 1 + i);
      tc_put_bytes (bytes, signature, sizeof signature);
      g_assert_true (sample_round_trip ("batch", bytes->data, bytes->len) == (n_acks == 511));
    }
  for (guint64 number = G_MAXUINT32; number <= (guint64) G_MAXUINT32 + 1; number++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();

      tc_put_bytes (bytes, empty->data, empty->len);
      tc_put_varint (bytes, 0);
      tc_put_varint (bytes, 1);
      tc_put_varint (bytes, number);
      tc_put_bytes (bytes, signature, sizeof signature);
      g_assert_true (sample_round_trip ("batch", bytes->data, bytes->len) == (number == G_MAXUINT32));
    }
  tc_put_varint (empty, 0);
  tc_put_varint (empty, 0);
  tc_put_bytes (empty, signature, sizeof signature);
  g_assert_false (sample_round_trip ("batch", empty->data, empty->len));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/message/vote", test_vote);
  g_test_add_func ("/core/message/vote-form", test_vote_form);
  g_test_add_func ("/core/message/proposal", test_proposal);
  g_test_add_func ("/core/message/proposal-signature", test_proposal_signature);
  g_test_add_func ("/core/message/proposal-rounds", test_proposal_rounds);
  g_test_add_func ("/core/message/proposal-parts", test_proposal_parts);
  g_test_add_func ("/core/message/short-id", test_short_id);
  g_test_add_func ("/core/message/batch", test_batch);
  g_test_add_func ("/core/message/batch-signature", test_batch_signature);
  g_test_add_func ("/core/message/batch-form", test_batch_form);
  return g_test_run ();
}
