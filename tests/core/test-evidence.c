#include <string.h>

#include "core/check.h"

#include "sample.h"

/* What one member, and one beside it, says in epoch 4. */
typedef struct
{
  TcHash       chain_id, other_chain;
  TcSecretKey *key, *other_key;
} Fixture;

#define MEMBER 3u
#define EPOCH  4u

static void
fixture_open (Fixture *self)
{
  *self = (Fixture) { sample_hash (1), sample_hash (2), sample_key (100 + MEMBER), sample_key (100) };
}

static void
fixture_close (Fixture *self)
{
  tc_secret_key_unref (self->key);
  tc_secret_key_unref (self->other_key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_close)

static const TcPublicKey *
public_of (const Fixture *self)
{
  return tc_secret_key_get_public (self->key);
}

static gboolean
holds (const Fixture *self, const TcEvidence *evidence)
{
  g_autoptr(TcTx) omitted = NULL;
  guint32 epoch = 0;

  if (!tc_evidence_check (evidence, &self->chain_id, &TC_VERIFIER_INLINE, &epoch, &omitted))
    return FALSE;
  g_assert_cmpuint (epoch, ==, EPOCH);
  g_assert_true ((omitted != NULL) == (evidence->kind == TC_EVIDENCE_OMISSION));
  return TRUE;
}

/* Good evidence holds, also after the wire; under another key, in another chain, or as another kind it does not. */
static void
check_good (const Fixture *self, TcEvidence *evidence)
{
  g_autoptr(GBytes) encoded = tc_evidence_encode (evidence);
  g_autoptr(TcTx) omitted = NULL;
  TcEvidence decoded, other = *evidence;
  guint32 epoch;

  g_assert_true (tc_evidence_decode (encoded, &decoded));
  g_assert_true (holds (self, &decoded));
  tc_evidence_clear (&decoded);
  g_assert_false (tc_evidence_check (evidence, &self->other_chain, &TC_VERIFIER_INLINE, &epoch, &omitted));
  other.operator_key = *tc_secret_key_get_public (self->other_key);
  g_assert_false (holds (self, &other));
  for (guint8 kind = 0; kind <= TC_EVIDENCE_OMISSION + 1; kind++)
    {
      other = *evidence;
      other.kind = kind;
      g_assert_true (holds (self, &other) == (kind == evidence->kind));
    }
  other = *evidence;
  other.second = other.first;
  g_assert_false (holds (self, &other));
  tc_evidence_clear (evidence);
}

/* --- votes --- */

static TcVote
vote_of (const Fixture *self, const TcSecretKey *key, guint block)
{
  TcVote vote = { .step = TC_STEP_PREVOTE, .epoch = EPOCH, .height = 40, .round = 2, .block_hash = sample_hash (block), .member = MEMBER };

  tc_vote_sign (&vote, &self->chain_id, key);
  return vote;
}

static TcEvidence
pair_votes (const Fixture *self, const TcVote *a, const TcVote *b)
{
  GByteArray *first = g_byte_array_new (), *second = g_byte_array_new ();

  tc_vote_put (first, a);
  tc_vote_put (second, b);
  return (TcEvidence) { TC_EVIDENCE_VOTES, *public_of (self), g_byte_array_free_to_bytes (first), g_byte_array_free_to_bytes (second) };
}

static void
test_votes (void)
{
  g_test_summary ("C7: two votes of one height, round and step are evidence, the same in either order.");
  g_auto(Fixture) f;
  TcEvidence evidence, again;

  fixture_open (&f);
  const TcVote a = vote_of (&f, f.key, 8), b = vote_of (&f, f.key, 9);

  g_assert_true (tc_evidence_of_votes (public_of (&f), &a, &b, &evidence));
  g_assert_true (tc_evidence_of_votes (public_of (&f), &b, &a, &again));
  const TcHash hash = tc_evidence_hash (&evidence), hash_again = tc_evidence_hash (&again);

  g_assert_true (tc_hash_equal (&hash, &hash_again));
  tc_evidence_clear (&again);
  check_good (&f, &evidence);
}

static void
test_votes_near (void)
{
  g_test_summary ("Votes that an honest member may have sent, or that are not both its own, are no evidence.");
  g_auto(Fixture) f;

  fixture_open (&f);
  const TcVote vote = vote_of (&f, f.key, 8);
  TcVote others[8];

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = vote_of (&f, f.key, 9);
  others[0].step = TC_STEP_PRECOMMIT;
  others[1].epoch++;
  others[2].height++;
  others[3].round++;
  others[4].member--;
  others[5].block_hash = vote.block_hash;
  for (guint i = 0; i < 6; i++)
    tc_vote_sign (&others[i], &f.chain_id, f.key);
  others[6] = vote_of (&f, f.other_key, 9);
  others[7].signature.bytes[3] ^= 1;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      TcEvidence evidence = pair_votes (&f, &vote, &others[i]), made;

      g_assert_false (holds (&f, &evidence));
      tc_evidence_clear (&evidence);
      if (i >= 6)
        continue;
      g_assert_false (tc_evidence_of_votes (public_of (&f), &vote, &others[i], &made));
    }
}

/* --- proposals --- */

static TcProposal *
proposal_of (const Fixture *self, guint64 time_ms, guint32 round, gint32 pol_round, guint8 member, const TcSecretKey *key)
{
  TcHeader header = { .version = TC_BLOCK_VERSION, .chain_id = self->chain_id, .height = 1, .epoch = EPOCH, .time_ms = time_ms };
  g_autoptr(TcBlock) block = NULL;

  header.evidence_root = tc_evidence_root (NULL, 0);
  block = tc_block_new (&header, NULL, NULL, 0, NULL, 0);
  return tc_proposal_new (block, round, pol_round, member, key);
}

static TcEvidence
pair_proposals (const Fixture *self, const TcProposal *a, const TcProposal *b)
{
  GByteArray *first = g_byte_array_new (), *second = g_byte_array_new ();

  tc_proposal_put_claim (first, a);
  tc_proposal_put_claim (second, b);
  return (TcEvidence) { TC_EVIDENCE_PROPOSALS, *public_of (self), g_byte_array_free_to_bytes (first), g_byte_array_free_to_bytes (second) };
}

static void
test_proposals (void)
{
  g_test_summary ("C7: two proposals of one round are evidence, of two blocks or of one with two proofs of lock.");
  g_auto(Fixture) f;
  TcEvidence evidence;

  fixture_open (&f);
  g_autoptr(TcProposal) a = proposal_of (&f, 1, 3, -1, MEMBER, f.key);
  g_autoptr(TcProposal) b = proposal_of (&f, 2, 3, -1, MEMBER, f.key);
  g_autoptr(TcProposal) c = proposal_of (&f, 1, 3, 2, MEMBER, f.key);

  g_assert_true (tc_evidence_of_proposals (public_of (&f), a, b, &evidence));
  check_good (&f, &evidence);
  g_assert_true (tc_evidence_of_proposals (public_of (&f), c, a, &evidence));
  check_good (&f, &evidence);
}

static void
test_proposals_near (void)
{
  g_test_summary ("A block proposed again in a later round is no evidence; nor is the same proposal twice, another member's, or one with another signature.");
  g_auto(Fixture) f;
  TcEvidence made;

  fixture_open (&f);
  g_autoptr(TcProposal) a = proposal_of (&f, 1, 3, -1, MEMBER, f.key);
  g_autoptr(TcProposal) same = proposal_of (&f, 1, 3, -1, MEMBER, f.key);
  g_autoptr(TcProposal) later = proposal_of (&f, 1, 4, 3, MEMBER, f.key);
  g_autoptr(TcProposal) member = proposal_of (&f, 2, 3, -1, MEMBER - 1, f.key);
  g_autoptr(TcProposal) foreign = proposal_of (&f, 2, 3, -1, MEMBER, f.other_key);
  const TcProposal *others[] = { a, same, later, member, foreign };

  same->signature.bytes[7] ^= 1;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      TcEvidence evidence = pair_proposals (&f, a, others[i]);

      g_assert_false (holds (&f, &evidence));
      tc_evidence_clear (&evidence);
      if (others[i] != foreign)
        g_assert_false (tc_evidence_of_proposals (public_of (&f), a, others[i], &made));
    }
}

/* --- batches --- */

static TcBatch *
batch_of (const Fixture *self, guint32 epoch, guint8 member, guint32 sequence, guint32 first_position, const TcTx *vote, const TcTx *ack, guint32 position)
{
  const TcAck acks[1] = { { position, ack != NULL ? ack->txid : TC_HASH_ZERO } };
  const gsize n_acks = ack != NULL || position != G_MAXUINT32;

  return tc_batch_new (epoch, member, sequence, first_position, vote != NULL ? &vote->txid : NULL, vote != NULL, acks, n_acks, &self->chain_id, self->key);
}

static TcBatch *
voting_batch (const Fixture *self, guint32 sequence, guint32 first_position, const TcTx *tx)
{
  return batch_of (self, EPOCH, MEMBER, sequence, first_position, tx, NULL, G_MAXUINT32);
}

static TcEvidence
pair_bytes (const Fixture *self, TcEvidenceKind kind, GBytes *first, GBytes *second)
{
  return (TcEvidence) { (guint8) kind, *public_of (self), g_bytes_ref (first), g_bytes_ref (second) };
}

static void
test_batches (void)
{
  g_test_summary ("C7: two batches of one sequence are evidence; of two sequences, epochs or members, or one with two signatures, not.");
  g_auto(Fixture) f;
  g_autoptr(TcTx) one = sample_tx (10, 1, 1);
  g_autoptr(TcTx) two = sample_tx (20, 1, 1);
  TcEvidence evidence;

  fixture_open (&f);
  g_autoptr(TcBatch) a = voting_batch (&f, 5, 0, one);
  g_autoptr(TcBatch) b = voting_batch (&f, 5, 0, two);
  g_autoptr(TcBatch) shifted = voting_batch (&f, 5, 1, one);
  g_autoptr(TcBatch) next = voting_batch (&f, 6, 0, two);
  g_autoptr(TcBatch) epoch = batch_of (&f, EPOCH + 1, MEMBER, 5, 0, two, NULL, G_MAXUINT32);
  g_autoptr(TcBatch) member = batch_of (&f, EPOCH, MEMBER + 1, 5, 0, two, NULL, G_MAXUINT32);
  gsize n;
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (a->encoded, &n), g_bytes_get_size (a->encoded));

  bytes[n - 1] ^= 1;
  g_autoptr(TcBatch) resigned = tc_batch_decode (bytes, n, NULL);
  const TcBatch *others[] = { a, next, epoch, member, resigned };

  g_assert_true (tc_evidence_of_batches (public_of (&f), a, b, &evidence));
  check_good (&f, &evidence);
  g_assert_true (tc_evidence_of_batches (public_of (&f), a, shifted, &evidence));
  check_good (&f, &evidence);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_false (tc_evidence_of_batches (public_of (&f), a, others[i], &evidence));
      TcEvidence pair = pair_bytes (&f, TC_EVIDENCE_BATCHES, a->encoded, others[i]->encoded);

      g_assert_false (holds (&f, &pair));
      tc_evidence_clear (&pair);
    }
}

/* --- closes --- */

static TcClose
close_of (const Fixture *self, guint32 epoch, guint8 member, const TcHash *list, gsize n)
{
  TcClose close = { .epoch = epoch, .member = member, .count = (guint32) n, .root = tc_merkle_root (list, n) };

  tc_close_sign (&close, &self->chain_id, self->key);
  return close;
}

static void
test_closes (void)
{
  g_test_summary ("C7: two closes of one epoch are evidence; of two epochs or members, or one with two signatures, not.");
  g_auto(Fixture) f;
  const TcHash list[2] = { sample_hash (1), sample_hash (2) };
  TcEvidence evidence;

  fixture_open (&f);
  const TcClose a = close_of (&f, EPOCH, MEMBER, list, 1), b = close_of (&f, EPOCH, MEMBER, list, 2);
  TcClose others[] = { a, close_of (&f, EPOCH + 1, MEMBER, list, 2), close_of (&f, EPOCH, MEMBER + 1, list, 2), a };

  others[3].signature.bytes[0] ^= 1;
  g_assert_true (tc_evidence_of_closes (public_of (&f), &a, &b, &evidence));
  check_good (&f, &evidence);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(GByteArray) first = g_byte_array_new ();
      g_autoptr(GByteArray) second = g_byte_array_new ();

      tc_close_put (first, &a);
      tc_close_put (second, &others[i]);
      g_assert_false (tc_evidence_of_closes (public_of (&f), &a, &others[i], &evidence));
      evidence = (TcEvidence) { TC_EVIDENCE_CLOSES, *public_of (&f), g_bytes_new (first->data, first->len), g_bytes_new (second->data, second->len) };
      g_assert_false (holds (&f, &evidence));
      tc_evidence_clear (&evidence);
    }
}

/* --- votes for two spenders --- */

static void
test_conflict (void)
{
  g_test_summary ("C7: votes for two spenders of a coin in one epoch are evidence, in two batches or in one.");
  g_auto(Fixture) f;
  g_autoptr(TcTx) one = sample_tx (10, 3, 1);
  g_autoptr(TcTx) two = sample_tx (10, 2, 2);  /* shares two inputs */
  TcHash votes[2];
  TcEvidence evidence;

  fixture_open (&f);
  g_autoptr(TcBatch) a = voting_batch (&f, 5, 0, one);
  g_autoptr(TcBatch) b = voting_batch (&f, 6, 1, two);

  votes[0] = one->txid;
  votes[1] = two->txid;
  g_autoptr(TcBatch) both = tc_batch_new (EPOCH, MEMBER, 9, 0, votes, 2, NULL, 0, &f.chain_id, f.key);

  g_assert_true (tc_evidence_of_conflict (public_of (&f), a, one, b, two, &evidence));
  check_good (&f, &evidence);
  g_assert_true (tc_evidence_of_conflict (public_of (&f), both, one, both, two, &evidence));
  check_good (&f, &evidence);
}

static void
test_conflict_near (void)
{
  g_test_summary ("Votes for two payments that share no coin, for one payment twice, or in two epochs, are no evidence; nor is a body that was not voted for.");
  g_auto(Fixture) f;
  g_autoptr(TcTx) one = sample_tx (10, 3, 1);
  g_autoptr(TcTx) two = sample_tx (10, 2, 2);
  g_autoptr(TcTx) apart = sample_tx (50, 3, 1);
  TcEvidence made;

  fixture_open (&f);
  g_autoptr(TcBatch) a = voting_batch (&f, 5, 0, one);
  g_autoptr(TcBatch) b = voting_batch (&f, 6, 1, two);
  g_autoptr(TcBatch) c = voting_batch (&f, 7, 2, apart);
  g_autoptr(TcBatch) again = voting_batch (&f, 8, 3, one);
  g_autoptr(TcBatch) epoch = batch_of (&f, EPOCH + 1, MEMBER, 0, 0, two, NULL, G_MAXUINT32);
  g_autoptr(TcBatch) member = batch_of (&f, EPOCH, MEMBER - 1, 0, 0, two, NULL, G_MAXUINT32);
  const struct { const TcBatch *batch; const TcTx *tx; } others[] = { { c, apart }, { again, one }, { epoch, two }, { member, two }, { c, two } };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      g_autoptr(GBytes) tx = tc_tx_encode (others[i].tx);
      TcEvidence good, forged;

      g_assert_false (tc_evidence_of_conflict (public_of (&f), a, one, others[i].batch, others[i].tx, &made));
      g_assert_true (tc_evidence_of_conflict (public_of (&f), a, one, b, two, &good));
      tc_put_blob (bytes, g_bytes_get_data (others[i].batch->encoded, NULL), g_bytes_get_size (others[i].batch->encoded));
      tc_put_blob (bytes, g_bytes_get_data (tx, NULL), g_bytes_get_size (tx));
      forged = (TcEvidence) { TC_EVIDENCE_CONFLICT, *public_of (&f), g_bytes_ref (good.first), g_bytes_new (bytes->data, bytes->len) };
      g_assert_false (holds (&f, &forged));
      tc_evidence_clear (&forged);
      forged.first = g_bytes_ref (good.second);
      forged.second = g_bytes_new (bytes->data, bytes->len);
      if (others[i].tx != one)
        g_assert_false (holds (&f, &forged));
      tc_evidence_clear (&forged);
      tc_evidence_clear (&good);
    }
}

static void
test_largest (void)
{
  g_test_summary ("C7: the largest lie, two full batches for two transactions of 100 kB, fits a piece of evidence.");
  g_auto(Fixture) f;
  TcHash votes[TC_BATCH_ENTRIES_MAX];
  TcEvidence evidence;
  guint n = 2000;

  fixture_open (&f);
  while (tc_tx_size_estimate (n + 1, 1, 2, 4, 0) <= TC_TX_SIZE_MAX)
    n++;
  g_autoptr(TcTx) one = sample_tx (10, n, 1);
  g_autoptr(TcTx) two = sample_tx (11, n, 1);

  for (guint i = 0; i < G_N_ELEMENTS (votes); i++)
    votes[i] = sample_hash (i);
  votes[7] = one->txid;
  g_autoptr(TcBatch) a = tc_batch_new (EPOCH, MEMBER, 1, 0, votes, G_N_ELEMENTS (votes), NULL, 0, &f.chain_id, f.key);

  votes[7] = two->txid;
  g_autoptr(TcBatch) b = tc_batch_new (EPOCH, MEMBER, 2, 0, votes, G_N_ELEMENTS (votes), NULL, 0, &f.chain_id, f.key);

  /* Inputs of sample_tx (n) and of (n + 1) have other indices: one in common is made by hand. */
  two->inputs[0].outpoint = one->inputs[0].outpoint;
  g_autoptr(TcTx) shared = tc_tx_new_signed (two, two->witnesses, two->n_witnesses);
  g_autoptr(GBytes) encoded = tc_tx_encode (shared);
  g_autoptr(TcTx) decoded = tc_tx_decode (g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded), NULL);

  g_assert_nonnull (decoded);
  votes[7] = decoded->txid;
  g_autoptr(TcBatch) c = tc_batch_new (EPOCH, MEMBER, 3, 0, votes, G_N_ELEMENTS (votes), NULL, 0, &f.chain_id, f.key);

  g_assert_true (tc_evidence_of_conflict (public_of (&f), a, one, c, decoded, &evidence));
  g_assert_cmpuint (tc_evidence_get_size (&evidence), <=, TC_EVIDENCE_SIZE_MAX);
  check_good (&f, &evidence);
}

/* --- what a close leaves out --- */

static int
compare_hashes (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (a, b);
}

/* @n hashes, sorted; none is a sample transaction's txid. */
static GArray *
make_list (guint n)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (TcHash));

  for (guint i = 0; i < n; i++)
    {
      const TcHash hash = sample_hash (500 + i);

      g_array_append_val (list, hash);
    }
  g_array_sort (list, compare_hashes);
  return list;
}

#define DATA(list) ((const TcHash *) (gpointer) (list)->data)

static void
test_omission (void)
{
  g_test_summary ("C7: a close that leaves out what a batch acknowledges is evidence, wherever it would stand in a list of any length.");
  g_auto(Fixture) f;

  fixture_open (&f);
  for (guint n = 0; n < 18; n++)
    for (guint i = 0; i < 12; i++)
      {
        g_autoptr(GArray) list = make_list (n);
        g_autoptr(TcTx) tx = sample_tx (100 + i, 1, 1);
        g_autoptr(TcBatch) acked = batch_of (&f, EPOCH, MEMBER, 1, 0, NULL, tx, G_MAXUINT32);
        const TcClose close = close_of (&f, EPOCH, MEMBER, DATA (list), n);
        TcEvidence evidence;

        g_assert_true (tc_evidence_of_omission (public_of (&f), acked, NULL, tx, &close, DATA (list), n, &evidence));
        check_good (&f, &evidence);
      }
}

static void
test_omission_by_position (void)
{
  g_test_summary ("C7: an acknowledgement by position is shown by the batch of the vote, or by the same batch; not by one that counts otherwise.");
  g_auto(Fixture) f;
  g_autoptr(TcTx) tx = sample_tx (10, 1, 1);
  g_autoptr(TcTx) other = sample_tx (20, 1, 1);
  TcEvidence evidence;

  fixture_open (&f);
  g_autoptr(TcBatch) voted = voting_batch (&f, 3, 7, tx);
  g_autoptr(TcBatch) elsewhere = voting_batch (&f, 3, 8, tx);
  g_autoptr(TcBatch) for_other = voting_batch (&f, 3, 7, other);
  g_autoptr(TcBatch) of_other = batch_of (&f, EPOCH, MEMBER + 1, 3, 7, tx, NULL, G_MAXUINT32);
  g_autoptr(TcBatch) acked = batch_of (&f, EPOCH, MEMBER, 4, 8, NULL, NULL, 7);
  g_autoptr(TcBatch) together = batch_of (&f, EPOCH, MEMBER, 3, 7, tx, NULL, 7);
  const TcClose close = close_of (&f, EPOCH, MEMBER, NULL, 0);
  const TcBatch *wrong[] = { elsewhere, for_other, of_other, NULL };

  g_assert_true (tc_evidence_of_omission (public_of (&f), acked, voted, tx, &close, NULL, 0, &evidence));
  check_good (&f, &evidence);
  g_assert_true (tc_evidence_of_omission (public_of (&f), together, NULL, tx, &close, NULL, 0, &evidence));
  check_good (&f, &evidence);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (tc_evidence_of_omission (public_of (&f), acked, wrong[i], tx, &close, NULL, 0, &evidence));
}

/* The blobs of kind 5 as they are said to be, whatever they prove. */
static TcEvidence
forge (const Fixture *self, const TcBatch *batch, const TcTx *tx, const TcClose *close, guint8 n, const guint32 *indices, const TcHash *leaves, const GArray *paths_of)
{
  GByteArray *first = g_byte_array_new (), *second = g_byte_array_new ();
  g_autoptr(GBytes) encoded = tc_tx_encode (tx);

  tc_put_blob (first, g_bytes_get_data (batch->encoded, NULL), g_bytes_get_size (batch->encoded));
  tc_put_varint (first, 0);
  tc_put_blob (first, g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded));
  tc_close_put (second, close);
  tc_put_u8 (second, n);
  for (guint i = 0; i < n; i++)
    {
      TcHash path[TC_MERKLE_PATH_MAX];
      const gsize n_path = indices[i] < paths_of->len ? tc_merkle_path (DATA (paths_of), paths_of->len, indices[i], path) : 0;

      tc_put_u32 (second, indices[i]);
      tc_put_hash (second, &leaves[i]);
      tc_put_varint (second, n_path);
      for (gsize j = 0; j < n_path; j++)
        tc_put_hash (second, &path[j]);
    }
  return (TcEvidence) { TC_EVIDENCE_OMISSION, *public_of (self), g_byte_array_free_to_bytes (first), g_byte_array_free_to_bytes (second) };
}

static gboolean
forgery_holds (const Fixture *self, const TcBatch *batch, const TcTx *tx, const TcClose *close, guint8 n, const guint32 *indices, const TcHash *leaves, const GArray *paths_of)
{
  TcEvidence evidence = forge (self, batch, tx, close, n, indices, leaves, paths_of);
  const gboolean result = holds (self, &evidence);

  tc_evidence_clear (&evidence);
  return result;
}

static void
test_omission_forged (void)
{
  g_test_summary ("Against a close that lists the payment, no neighbours prove otherwise: not its own, not distant ones, not an edge, not another list's.");
  g_auto(Fixture) f;
  g_autoptr(GArray) list = make_list (9);
  g_autoptr(GArray) without = make_list (9);
  g_autoptr(TcTx) tx = NULL;
  guint at = 0;

  fixture_open (&f);
  for (guint n = 10; at < 3 || at > 6; n++)  /* one that stands in the middle */
    {
      g_clear_pointer (&tx, tc_tx_unref);
      tx = sample_tx (n, 1, 1);
      for (at = 0; at < list->len && tc_hash_compare (&DATA (list)[at], &tx->txid) < 0;)
        at++;
    }
  g_array_insert_val (list, at, tx->txid);
  g_autoptr(TcBatch) batch = batch_of (&f, EPOCH, MEMBER, 1, 0, NULL, tx, G_MAXUINT32);
  const TcClose close = close_of (&f, EPOCH, MEMBER, DATA (list), list->len);
  const TcClose empty = close_of (&f, EPOCH, MEMBER, NULL, 0);

  g_assert_false (forgery_holds (&f, batch, tx, &close, 0, NULL, NULL, list));
  for (guint32 i = 0; i < list->len; i++)
    for (guint32 j = 0; j < list->len; j++)
      {
        const guint32 indices[2] = { i, j }, next[2] = { i, i + 1 };
        const TcHash leaves[2] = { DATA (list)[i], DATA (list)[j] };

        g_assert_false (forgery_holds (&f, batch, tx, &close, 2, indices, leaves, list));
        g_assert_false (forgery_holds (&f, batch, tx, &close, 2, next, leaves, list));
        g_assert_false (forgery_holds (&f, batch, tx, &close, 1, indices, leaves, list));
      }
  const guint32 around[2] = { at - 1, at };
  const TcHash good[2] = { DATA (without)[at - 1], DATA (without)[at] };

  g_assert_false (forgery_holds (&f, batch, tx, &close, 2, around, good, without));
  g_assert_false (forgery_holds (&f, batch, tx, &empty, 2, around, good, without));
  const TcClose honest = close_of (&f, EPOCH, MEMBER, DATA (without), without->len);

  g_assert_true (forgery_holds (&f, batch, tx, &honest, 2, around, good, without));
}

static void
test_omission_near (void)
{
  g_test_summary ("A wrong count, an edge that is none, another epoch or member, a payment not acknowledged, or a listed one: no evidence.");
  g_auto(Fixture) f;
  g_autoptr(GArray) list = make_list (5);
  g_autoptr(TcTx) tx = sample_tx (10, 1, 1);
  g_autoptr(TcTx) other = sample_tx (20, 1, 1);
  TcEvidence made;

  fixture_open (&f);
  g_autoptr(TcBatch) batch = batch_of (&f, EPOCH, MEMBER, 1, 0, NULL, tx, G_MAXUINT32);
  TcClose close = close_of (&f, EPOCH, MEMBER, DATA (list), 5);
  const TcClose late = close_of (&f, EPOCH + 1, MEMBER, DATA (list), 5), member = close_of (&f, EPOCH, MEMBER + 1, DATA (list), 5);

  g_assert_false (tc_evidence_of_omission (public_of (&f), batch, NULL, other, &close, DATA (list), 5, &made));
  g_assert_false (tc_evidence_of_omission (public_of (&f), batch, NULL, tx, &late, DATA (list), 5, &made));
  g_assert_false (tc_evidence_of_omission (public_of (&f), batch, NULL, tx, &member, DATA (list), 5, &made));
  g_assert_false (tc_evidence_of_omission (public_of (&f), batch, NULL, tx, &close, DATA (list), 4, &made));
  for (guint32 i = 0; i < 5; i++)
    {
      const gboolean is_edge = (i == 0 && tc_hash_compare (&tx->txid, &DATA (list)[0]) < 0) || (i == 4 && tc_hash_compare (&tx->txid, &DATA (list)[4]) > 0);

      g_assert_true (forgery_holds (&f, batch, tx, &close, 1, &i, &DATA (list)[i], list) == is_edge);
    }
  close.count = 6;
  tc_close_sign (&close, &f.chain_id, f.key);
  for (guint32 i = 0; i + 1 < 5; i++)
    {
      const guint32 indices[2] = { i, i + 1 };

      if (i == 3)  /* the odd one of five: its path is another among six */
        g_assert_false (forgery_holds (&f, batch, tx, &close, 2, indices, &DATA (list)[i], list));
    }
}

static void
test_paths (void)
{
  g_test_summary ("RFC 6962: each leaf's audit path proves its place and no other, in trees of any size.");

  for (guint n = 1; n <= 33; n++)
    {
      g_autoptr(GArray) list = make_list (n);
      const TcHash root = tc_merkle_root (DATA (list), n);

      for (guint32 i = 0; i < n; i++)
        {
          TcHash path[TC_MERKLE_PATH_MAX + 1] = { 0 };
          const gsize n_path = tc_merkle_path (DATA (list), n, i, path);

          for (guint32 j = 0; j <= n; j++)
            g_assert_true (tc_merkle_check_path (&DATA (list)[i], j, n, path, n_path, &root) == (i == j));
          g_assert_false (tc_merkle_check_path (&root, i, n, path, n_path, &root));
          g_assert_false (tc_merkle_check_path (&DATA (list)[i], i, n, path, n_path + 1, &root));
          if (n_path == 0)
            continue;
          g_assert_false (tc_merkle_check_path (&DATA (list)[i], i, n, path, n_path - 1, &root));
          path[0].bytes[0] ^= 1;
          g_assert_false (tc_merkle_check_path (&DATA (list)[i], i, n, path, n_path, &root));
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/evidence/survive-16-votes", test_votes);
  g_test_add_func ("/core/evidence/votes-near", test_votes_near);
  g_test_add_func ("/core/evidence/survive-16-proposals", test_proposals);
  g_test_add_func ("/core/evidence/proposals-near", test_proposals_near);
  g_test_add_func ("/core/evidence/survive-16-batches", test_batches);
  g_test_add_func ("/core/evidence/survive-16-closes", test_closes);
  g_test_add_func ("/core/evidence/survive-16-conflict", test_conflict);
  g_test_add_func ("/core/evidence/conflict-near", test_conflict_near);
  g_test_add_func ("/core/evidence/largest", test_largest);
  g_test_add_func ("/core/evidence/survive-16-omission", test_omission);
  g_test_add_func ("/core/evidence/omission-by-position", test_omission_by_position);
  g_test_add_func ("/core/evidence/omission-forged", test_omission_forged);
  g_test_add_func ("/core/evidence/omission-near", test_omission_near);
  g_test_add_func ("/core/evidence/paths", test_paths);
  return g_test_run ();
}
