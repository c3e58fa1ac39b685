#include <string.h>

#include "sample.h"

typedef struct
{
  guint n_calls;
  gsize n_jobs;
} Counter;

static void
count_checks (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  Counter *counter = user_data;

  counter->n_calls++;
  counter->n_jobs += n_jobs;
  TC_VERIFIER_INLINE.check_many (TC_VERIFIER_INLINE.user_data, jobs, n_jobs);
}

static void
test_header (void)
{
  g_test_summary ("A header has a fixed size, reads back, and its hash covers each byte.");
  g_autoptr(TcBlock) block = sample_block ();
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  guint n_read = 0;

  tc_header_put (bytes, &block->header);
  g_assert_cmpuint (bytes->len, ==, TC_HEADER_SIZE);
  for (guint i = 0; i <= bytes->len; i++)
    {
      TcReader reader;
      TcHeader header;

      if (i < bytes->len)
        bytes->data[i] ^= 1;
      tc_reader_init (&reader, bytes->data, bytes->len);
      tc_header_read (&reader, &header);
      if (tc_reader_end (&reader, "header", NULL))
        {
          const TcHash hash = tc_header_hash (&header);

          n_read++;
          g_assert_true (tc_hash_equal (&hash, &block->hash) == (i == bytes->len));
        }
      if (i < bytes->len)
        bytes->data[i] ^= 1;
    }
  g_assert_cmpuint (n_read, ==, bytes->len + 1 - 5);  /* two bytes of version, three of proposer */
}

static TcCommit *
copy_commit (const TcCommit *commit)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  TcReader reader;

  tc_commit_put (bytes, commit);
  tc_reader_init (&reader, bytes->data, bytes->len);
  return tc_commit_read (&reader);
}

static void
test_commit_check (void)
{
  g_test_summary ("C6: a commit is a quorum's precommits of this chain, epoch, height, round and block, checked in one call.");
  const TcHash hash = sample_hash (2), chain_id = sample_hash (1), other_chain = sample_hash (3);
  g_autoptr(TcCommittee) committee = sample_committee (1);
  g_autoptr(TcCommittee) other_epoch = sample_committee (2);
  g_autoptr(TcCommit) commit = sample_commit (19, &hash, &chain_id);
  Counter counter = { 0 };
  const TcVerifier verifier = { count_checks, &counter };

  g_assert_true (tc_commit_check (commit, &chain_id, committee, &verifier));
  g_assert_cmpuint (counter.n_calls, ==, 1);
  g_assert_cmpuint (counter.n_jobs, ==, 5);
  g_assert_false (tc_commit_check (commit, &other_chain, committee, &TC_VERIFIER_INLINE));
  g_assert_false (tc_commit_check (commit, &chain_id, other_epoch, &TC_VERIFIER_INLINE));
  commit->height++;
  g_assert_false (tc_commit_check (commit, &chain_id, committee, &TC_VERIFIER_INLINE));
  commit->height--;
  commit->round++;
  g_assert_false (tc_commit_check (commit, &chain_id, committee, &TC_VERIFIER_INLINE));
  commit->round--;
  commit->block_hash.bytes[31] ^= 1;
  g_assert_false (tc_commit_check (commit, &chain_id, committee, &TC_VERIFIER_INLINE));
  commit->block_hash.bytes[31] ^= 1;
  for (guint i = 0; i < commit->n_signatures; i++)
    {
      commit->signatures[i].bytes[5] ^= 1;
      g_assert_false (tc_commit_check (commit, &chain_id, committee, &TC_VERIFIER_INLINE));
      commit->signatures[i].bytes[5] ^= 1;
    }
  for (guint i = 0; i < commit->n_attestations; i++)
    {
      commit->attestations[i].signature.bytes[5] ^= 1;
      g_assert_false (tc_commit_check (commit, &chain_id, committee, &TC_VERIFIER_INLINE));
      commit->attestations[i].signature.bytes[5] ^= 1;
    }
  g_assert_true (tc_commit_check (commit, &chain_id, committee, &TC_VERIFIER_INLINE));
}

static TcCommit *
commit_of (guint signers_mask, const TcHash *hash, const TcHash *chain_id)
{
  const guint8 signers = (guint8) signers_mask;
  TcSignature signatures[SAMPLE_MEMBERS];
  guint n = 0;

  for (guint8 i = 0; i < SAMPLE_MEMBERS; i++)
    if (tc_bitmap_get (&signers, i))
      {
        g_autoptr(TcSecretKey) key = sample_key (100u + i);
        TcVote vote = { .step = TC_STEP_PRECOMMIT, .epoch = 1, .height = 19, .block_hash = *hash, .member = i };

        tc_vote_sign (&vote, chain_id, key);
        signatures[n++] = vote.signature;
      }
  return tc_commit_new (19, 0, hash, &signers, SAMPLE_MEMBERS, signatures);
}

static void
test_commit_quorum (void)
{
  g_test_summary ("Every set of signers: a good commit exactly where their power is a quorum.");
  const TcHash hash = sample_hash (2), chain_id = sample_hash (1);
  static const guint64 powers[] = { 1, 10, 100, 100 };
  g_autoptr(TcCommittee) committee = sample_committee (1);

  for (guint mask = 1; mask < 16; mask++)
    {
      g_autoptr(TcCommit) commit = commit_of (mask, &hash, &chain_id);
      guint64 sum = 0;

      for (guint i = 0; i < SAMPLE_MEMBERS; i++)
        sum += (mask >> i & 1) * powers[i];
      g_assert_true (tc_commit_check (commit, &chain_id, committee, &TC_VERIFIER_INLINE) == (3 * sum > 2 * 211));
    }
}

static void
test_commit_bitmap (void)
{
  g_test_summary ("A bitmap longer than the committee's, or with a bit past its members, is refused, whatever it would sum to.");
  const TcHash hash = sample_hash (2), chain_id = sample_hash (1);
  g_autoptr(TcCommittee) committee = sample_committee (1);
  g_autoptr(TcCommit) longer = sample_commit (19, &hash, &chain_id);
  g_autoptr(TcCommit) stranger = sample_commit (19, &hash, &chain_id);
  g_autofree TcSignature *signatures = g_new0 (TcSignature, 4);

  longer->bitmap_size = 2;
  g_assert_false (tc_commit_check (longer, &chain_id, committee, &TC_VERIFIER_INLINE));
  memcpy (signatures, stranger->signatures, 3 * sizeof *signatures);
  g_free (stranger->signatures);
  stranger->signatures = g_steal_pointer (&signatures);
  stranger->n_signatures = 4;
  tc_bitmap_set (stranger->signers, 4);
  g_assert_false (tc_commit_check (stranger, &chain_id, committee, &TC_VERIFIER_INLINE));
  stranger->attestations[1].member = 4;
  g_assert_false (tc_commit_check (stranger, &chain_id, committee, &TC_VERIFIER_INLINE));
}

static void
test_commit_hash (void)
{
  g_test_summary ("C6: the commit's hash covers each byte of it.");
  const TcHash hash = sample_hash (2), chain_id = sample_hash (1);
  g_autoptr(TcCommit) commit = sample_commit (19, &hash, &chain_id);
  g_autoptr(TcCommit) same = copy_commit (commit);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  const TcHash commit_hash = tc_commit_hash (commit), same_hash = tc_commit_hash (same);
  guint n_decoded = 0;

  g_assert_true (tc_hash_equal (&commit_hash, &same_hash));
  tc_commit_put (bytes, commit);
  for (guint i = 0; i < bytes->len; i++)
    {
      bytes->data[i] ^= 1;

      g_autoptr(TcCommit) other = tc_commit_decode (bytes->data, bytes->len, NULL);

      bytes->data[i] ^= 1;
      if (other == NULL)
        continue;

      const TcHash other_hash = tc_commit_hash (other);

      n_decoded++;
      g_assert_false (tc_hash_equal (&commit_hash, &other_hash));
    }
  g_assert_cmpuint (n_decoded, >, 5 * TC_SIGNATURE_SIZE);
}

static gboolean
commit_decodes (const TcCommit *commit)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_commit_put (bytes, commit);
  return sample_round_trip ("commit", bytes->data, bytes->len);
}

static void
test_commit_form (void)
{
  g_test_summary ("No signer, no height, nil, attestations out of order or with an empty bitmap: refused.");
  const TcHash hash = sample_hash (2), chain_id = sample_hash (1);
  g_autoptr(TcCommit) commit = sample_commit (19, &hash, &chain_id);
  g_autoptr(GBytes) empty = g_bytes_new (NULL, 0);
  TcAttestation attestations[2];
  TcCommit bad;

  g_assert_true (commit_decodes (commit));
  bad = *commit;
  bad.signers[0] = 0;
  bad.n_signatures = 0;
  g_assert_false (commit_decodes (&bad));
  bad = *commit;
  bad.height = 0;
  g_assert_false (commit_decodes (&bad));
  bad = *commit;
  bad.block_hash = TC_HASH_ZERO;
  g_assert_false (commit_decodes (&bad));

  bad = *commit;
  bad.attestations = attestations;
  memcpy (attestations, commit->attestations, sizeof attestations);
  attestations[1].member = attestations[0].member;
  g_assert_false (commit_decodes (&bad));
  attestations[1].member = TC_COMMITTEE_MAX;
  g_assert_false (commit_decodes (&bad));
  attestations[1].member = TC_COMMITTEE_MAX - 1;
  g_assert_true (commit_decodes (&bad));
  attestations[1].bitmap = empty;
  g_assert_false (commit_decodes (&bad));
}

static void
test_close (void)
{
  g_test_summary ("F5: a close's signature covers all of it and the chain; no txids means no root, and the other way round.");
  const TcHash chain_id = sample_hash (1), other_chain = sample_hash (2);
  g_autoptr(TcSecretKey) key = sample_key (102);
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  const TcClose close = sample_close (7, 2, &chain_id);
  TcClose others[4] = { close, close, close, close };

  g_assert_true (tc_close_check (&close, &chain_id, public_key));
  g_assert_false (tc_close_check (&close, &other_chain, public_key));
  others[0].epoch++;
  others[1].member++;
  others[2].count++;
  others[3].root.bytes[0] ^= 1;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (tc_close_check (&others[i], &chain_id, public_key));

  for (guint count = 0; count < 2; count++)
    for (guint has_root = 0; has_root < 2; has_root++)
      {
        g_autoptr(GByteArray) bytes = g_byte_array_new ();
        TcClose read, made = close;
        TcReader reader;

        made.count = count;
        made.root = has_root ? close.root : TC_HASH_ZERO;
        tc_close_put (bytes, &made);
        tc_reader_init (&reader, bytes->data, bytes->len);
        tc_close_read (&reader, &read);
        g_assert_true (tc_reader_end (&reader, "close", NULL) == (count == has_root));
      }
}

/* Whether a block of these parts, with the roots that they ask, decodes. */
static gboolean
block_decodes (const TcBlock *block)
{
  TcBlock copy = *block;

  sample_set_roots (&copy.header, block->commit, block->evidence, block->n_evidence, block->closes, block->n_closes, block->txs,
                    block->n_txs);

  g_autoptr(GBytes) bytes = tc_block_encode (&copy);

  return sample_round_trip ("block", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
swap_txs (TcBlock *block, guint i, guint k)
{
  TcTx *tx = block->txs[i];

  block->txs[i] = block->txs[k];
  block->txs[k] = tx;
}

static void
test_block (void)
{
  g_test_summary ("A block decodes to its parts; its size is that of its transactions.");
  g_autoptr(TcBlock) block = sample_block ();
  g_autoptr(GBytes) bytes = tc_block_encode (block);
  g_autoptr(TcBlock) decoded = tc_block_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  guint64 size = 0;

  g_assert_nonnull (decoded);
  g_assert_true (tc_hash_equal (&decoded->hash, &block->hash));
  g_assert_cmpuint (decoded->n_txs, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_true (tc_hash_equal (&decoded->txs[i]->txid, &block->txs[i]->txid));
      size += decoded->txs[i]->size_bytes;
    }
  g_assert_cmpuint (decoded->txs_size_bytes, ==, size);
  g_assert_cmpuint (block->txs_size_bytes, ==, size);
  g_assert_cmpuint (decoded->n_closes, ==, 3);
  g_assert_cmpuint (decoded->n_evidence, ==, 2);
  g_assert_true (g_bytes_equal (decoded->evidence[0].second, block->evidence[0].second));
  g_assert_cmpuint (decoded->commit->n_signatures, ==, 3);
}

static void
test_survive_07_reward (void)
{
  g_test_summary ("A reward anywhere but first in a block is refused.");
  g_autoptr(TcBlock) block = sample_block ();

  g_assert_true (block_decodes (block));
  for (guint i = 1; i < 4; i++)
    {
      swap_txs (block, 0, i);
      g_assert_false (block_decodes (block));
      swap_txs (block, 0, i);
    }

  /* Two of them, also where they ascend. */
  g_autoptr(TcTx) second = sample_reward (21);
  TcTx *first = block->txs[0], *replaced = block->txs[1];

  block->txs[1] = second;
  g_assert_false (block_decodes (block));
  block->txs[0] = second;
  block->txs[1] = first;
  g_assert_false (block_decodes (block));
  block->txs[0] = first;
  block->txs[1] = replaced;
  g_assert_true (block_decodes (block));
}

static void
test_survive_18_order (void)
{
  g_test_summary ("B3: transactions that do not ascend by txid, or one twice, are refused.");
  g_autoptr(TcBlock) block = sample_block ();

  swap_txs (block, 2, 3);
  g_assert_false (block_decodes (block));
  swap_txs (block, 2, 3);
  g_assert_true (block_decodes (block));

  TcTx *tx = block->txs[2];

  block->txs[2] = block->txs[3];
  g_assert_false (block_decodes (block));
  block->txs[2] = tx;
}

static void
test_survive_18_roots (void)
{
  g_test_summary ("A block whose header names other transactions, commit, evidence or closes is refused.");
  g_autoptr(TcBlock) block = sample_block ();
  TcHash *const roots[] = { &block->header.tx_root, &block->header.commit, &block->header.evidence_root, &block->header.closes_root };

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      roots[i]->bytes[9] ^= 1;

      g_autoptr(GBytes) bytes = tc_block_encode (block);

      g_assert_false (sample_round_trip ("block", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
      roots[i]->bytes[9] ^= 1;
    }
}

static void
test_block_commit (void)
{
  g_test_summary ("B9: block 1 alone has no commit; any other has its parent's, of its parent's height.");
  g_autoptr(TcBlock) block = sample_block ();
  TcBlock copy = *block;

  copy.commit = NULL;
  g_assert_false (block_decodes (&copy));
  copy.header.height = 1;
  g_assert_true (block_decodes (&copy));
  copy.header.height = 0;
  g_assert_false (block_decodes (&copy));

  copy = *block;
  copy.header.height = 21;
  g_assert_false (block_decodes (&copy));
  copy = *block;
  copy.header.previous.bytes[0] ^= 1;
  g_assert_false (block_decodes (&copy));
}

static void
test_block_closes (void)
{
  g_test_summary ("Closes ascend by member, none twice, all of the block's epoch.");
  g_autoptr(TcBlock) block = sample_block ();
  const TcClose second = block->closes[1];

  block->closes[1] = block->closes[0];
  g_assert_false (block_decodes (block));
  block->closes[1] = second;
  block->closes[2].member = 0;
  g_assert_false (block_decodes (block));
  block->closes[2].member = 2;
  block->closes[2].epoch++;
  g_assert_false (block_decodes (block));
  block->closes[2].epoch--;
  g_assert_true (block_decodes (block));
}

static void
test_block_evidence (void)
{
  g_test_summary ("C7: evidence ascends, none twice, of a known kind, at most 256 kB.");
  g_autoptr(TcBlock) block = sample_block ();
  g_autofree guint8 *zeros = g_malloc0 (TC_EVIDENCE_SIZE_MAX);
  const TcEvidence first = block->evidence[0], second = block->evidence[1];

  block->evidence[0] = second;
  block->evidence[1] = first;
  g_assert_false (block_decodes (block));
  block->evidence[0] = first;
  g_assert_false (block_decodes (block));
  block->evidence[1] = second;

  TcBlock copy = *block;
  TcEvidence one = first;

  copy.evidence = &one;
  copy.n_evidence = 1;
  one.kind = TC_EVIDENCE_OMISSION;
  g_assert_true (block_decodes (&copy));
  one.kind++;
  g_assert_false (block_decodes (&copy));

  /* count, kind, two lengths of three bytes, two bodies */
  for (gsize n = TC_EVIDENCE_SIZE_MAX - 41; n <= TC_EVIDENCE_SIZE_MAX - 39; n++)
    {
      g_autoptr(GBytes) half = g_bytes_new (zeros, n / 2);
      g_autoptr(GBytes) rest = g_bytes_new (zeros, n - n / 2);

      one = (TcEvidence) { TC_EVIDENCE_BATCHES, { { 0 } }, half, rest };
      g_assert_true (block_decodes (&copy) == (n <= TC_EVIDENCE_SIZE_MAX - 40));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/block/header", test_header);
  g_test_add_func ("/core/commit/check", test_commit_check);
  g_test_add_func ("/core/commit/quorum", test_commit_quorum);
  g_test_add_func ("/core/commit/bitmap", test_commit_bitmap);
  g_test_add_func ("/core/commit/hash", test_commit_hash);
  g_test_add_func ("/core/commit/form", test_commit_form);
  g_test_add_func ("/core/close", test_close);
  g_test_add_func ("/core/block/round-trip", test_block);
  g_test_add_func ("/core/survive-07-reward", test_survive_07_reward);
  g_test_add_func ("/core/survive-18-order", test_survive_18_order);
  g_test_add_func ("/core/survive-18-roots", test_survive_18_roots);
  g_test_add_func ("/core/block/commit", test_block_commit);
  g_test_add_func ("/core/block/closes", test_block_closes);
  g_test_add_func ("/core/block/evidence", test_block_evidence);
  return g_test_run ();
}
