#include "evidence.h"

#include <string.h>

#include "check.h"

#define CLOSE_SIZE      (4u + 1u + 4u + TC_HASH_SIZE + TC_SIGNATURE_SIZE)
#define NEIGHBOURS_MAX  2u
#define BATCH_SIZE_MAX  (4u + 1u + 4u + 4u + 2u * 2u + TC_BATCH_ENTRIES_MAX * (1u + TC_HASH_SIZE) + TC_SIGNATURE_SIZE)
#define SLACK           (1u + TC_PUBLIC_KEY_SIZE + 6u * 4u)  /* kind, key, lengths of blobs */

/* Whoever lies can be shown to: no lie is larger than a block may hold. */
G_STATIC_ASSERT (SLACK + 2 * (BATCH_SIZE_MAX + TC_TX_SIZE_MAX) <= TC_EVIDENCE_SIZE_MAX);

/* --- reading what the blobs hold --- */

static void
reader_of (TcReader *reader, GBytes *bytes)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);

  tc_reader_init (reader, data, n);
}

static const guint8 *
read_blob (TcReader *reader, gsize *ret_n)
{
  *ret_n = tc_reader_count (reader, 1, TC_EVIDENCE_SIZE_MAX);
  return tc_reader_view (reader, *ret_n);
}

static TcBatch *
read_batch (TcReader *reader)
{
  gsize n;
  const guint8 *data = read_blob (reader, &n);

  return data != NULL ? tc_batch_decode (data, n, NULL) : NULL;
}

static TcTx *
read_tx (TcReader *reader)
{
  gsize n;
  const guint8 *data = read_blob (reader, &n);

  return data != NULL ? tc_tx_decode (data, n, NULL) : NULL;
}

static gboolean
read_vote (GBytes *bytes, TcVote *ret_vote)
{
  TcReader reader;

  reader_of (&reader, bytes);
  tc_vote_read (&reader, ret_vote);
  return tc_reader_end (&reader, "vote", NULL);
}

static TcBatch *
read_whole_batch (GBytes *bytes)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);

  return tc_batch_decode (data, n, NULL);
}

/* --- what contradicts --- */

static gboolean
votes_contradict (const TcVote *a, const TcVote *b)
{
  return a->epoch == b->epoch && a->height == b->height && a->round == b->round && a->step == b->step && a->member == b->member
         && !tc_hash_equal (&a->block_hash, &b->block_hash);
}

typedef struct
{
  guint32     epoch, height, round, pol_round;
  guint8      member;
  TcHash      block_hash, rest;
  TcSignature signature;
} Claim;

static gboolean
read_claim (GBytes *bytes, Claim *ret_claim)
{
  TcReader reader;

  reader_of (&reader, bytes);
  ret_claim->epoch = tc_reader_u32 (&reader);
  ret_claim->height = tc_reader_u32 (&reader);
  ret_claim->round = tc_reader_u32 (&reader);
  ret_claim->pol_round = tc_reader_u32 (&reader);
  ret_claim->member = tc_reader_u8 (&reader);
  ret_claim->block_hash = tc_reader_hash (&reader);
  ret_claim->rest = tc_reader_hash (&reader);
  tc_reader_bytes (&reader, ret_claim->signature.bytes, TC_SIGNATURE_SIZE);
  return tc_reader_end (&reader, "claim", NULL);
}

static gboolean
claims_contradict (const Claim *a, const Claim *b)
{
  return a->epoch == b->epoch && a->height == b->height && a->round == b->round && a->member == b->member
         && (a->pol_round != b->pol_round || !tc_hash_equal (&a->block_hash, &b->block_hash) || !tc_hash_equal (&a->rest, &b->rest));
}

/* The encoding is the content and the signature after it. */
static gboolean
is_same_content (const TcBatch *a, const TcBatch *b)
{
  gsize n_a, n_b;
  const guint8 *data_a = g_bytes_get_data (a->encoded, &n_a), *data_b = g_bytes_get_data (b->encoded, &n_b);

  return n_a == n_b && memcmp (data_a, data_b, n_a - TC_SIGNATURE_SIZE) == 0;
}

static gboolean
is_same_member (const TcBatch *a, const TcBatch *b)
{
  return a->epoch == b->epoch && a->member == b->member;
}

static gboolean
batches_contradict (const TcBatch *a, const TcBatch *b)
{
  return is_same_member (a, b) && a->sequence == b->sequence && !is_same_content (a, b);
}

static gboolean
closes_contradict (const TcClose *a, const TcClose *b)
{
  return a->epoch == b->epoch && a->member == b->member && (a->count != b->count || !tc_hash_equal (&a->root, &b->root));
}

static gboolean
batch_votes (const TcBatch *batch, const TcHash *txid)
{
  for (guint32 i = 0; i < batch->n_votes; i++)
    if (tc_hash_equal (&batch->votes[i], txid))
      return TRUE;
  return FALSE;
}

static int
compare_outpoints (gconstpointer a, gconstpointer b)
{
  return tc_outpoint_compare (a, b);
}

static GArray *
sort_inputs (const TcTx *tx)
{
  GArray *inputs = g_array_sized_new (FALSE, FALSE, sizeof (TcOutpoint), tx->n_inputs);

  for (guint32 i = 0; i < tx->n_inputs; i++)
    g_array_append_val (inputs, tx->inputs[i].outpoint);
  g_array_sort (inputs, compare_outpoints);
  return inputs;
}

static gboolean
spend_in_common (const TcTx *a, const TcTx *b)
{
  g_autoptr(GArray) inputs_a = sort_inputs (a);
  g_autoptr(GArray) inputs_b = sort_inputs (b);

  for (guint i = 0, j = 0; i < inputs_a->len && j < inputs_b->len;)
    {
      const int order = tc_outpoint_compare (&g_array_index (inputs_a, TcOutpoint, i), &g_array_index (inputs_b, TcOutpoint, j));

      if (order == 0)
        return TRUE;
      if (order < 0)
        i++;
      else
        j++;
    }
  return FALSE;
}

static gboolean
is_conflict (const TcBatch *batch_a, const TcTx *tx_a, const TcBatch *batch_b, const TcTx *tx_b)
{
  return is_same_member (batch_a, batch_b) && !tc_hash_equal (&tx_a->txid, &tx_b->txid) && batch_votes (batch_a, &tx_a->txid)
         && batch_votes (batch_b, &tx_b->txid) && spend_in_common (tx_a, tx_b);
}

gboolean
tc_batch_acks (const TcBatch *batch, const TcBatch *voted, const TcHash *txid)
{
  for (guint32 i = 0; i < batch->n_acks; i++)
    {
      const TcAck *ack = &batch->acks[i];

      if (ack->position == G_MAXUINT32)
        {
          if (tc_hash_equal (&ack->txid, txid))
            return TRUE;
        }
      else if (voted != NULL && ack->position >= voted->first_position && ack->position - voted->first_position < voted->n_votes
               && tc_hash_equal (&voted->votes[ack->position - voted->first_position], txid))
        return TRUE;
    }
  return FALSE;
}

/* --- a list that lacks a txid --- */

typedef struct
{
  guint32 index;
  TcHash  leaf;
  gsize   n_path;
  TcHash  path[TC_MERKLE_PATH_MAX];
} Neighbour;

static void
read_neighbour (TcReader *reader, Neighbour *ret_neighbour)
{
  ret_neighbour->index = tc_reader_u32 (reader);
  ret_neighbour->leaf = tc_reader_hash (reader);
  ret_neighbour->n_path = tc_reader_count (reader, TC_HASH_SIZE, TC_MERKLE_PATH_MAX);
  for (gsize i = 0; i < ret_neighbour->n_path; i++)
    ret_neighbour->path[i] = tc_reader_hash (reader);
}

static void
put_neighbour (GByteArray *bytes, const TcHash *list, gsize n_list, gsize index)
{
  TcHash path[TC_MERKLE_PATH_MAX];
  const gsize n_path = tc_merkle_path (list, n_list, index, path);

  tc_put_u32 (bytes, (guint32) index);
  tc_put_hash (bytes, &list[index]);
  tc_put_varint (bytes, n_path);
  for (gsize i = 0; i < n_path; i++)
    tc_put_hash (bytes, &path[i]);
}

static gboolean
list_lacks (const TcClose *close, const Neighbour *neighbours, gsize n, const TcHash *txid)
{
  for (gsize i = 0; i < n; i++)
    if (!tc_merkle_check_path (&neighbours[i].leaf, neighbours[i].index, close->count, neighbours[i].path, neighbours[i].n_path, &close->root))
      return FALSE;
  if (n == 0)
    return close->count == 0;
  if (n == 1)
    return (neighbours[0].index == 0 && tc_hash_compare (txid, &neighbours[0].leaf) < 0)
           || (neighbours[0].index == close->count - 1 && tc_hash_compare (txid, &neighbours[0].leaf) > 0);
  return neighbours[1].index == neighbours[0].index + 1 && tc_hash_compare (&neighbours[0].leaf, txid) < 0
         && tc_hash_compare (txid, &neighbours[1].leaf) < 0;
}

/* --- making --- */

static void
make (TcEvidenceKind kind, const TcPublicKey *key, GByteArray *first, GByteArray *second, gboolean ordered, TcEvidence *ret_evidence)
{
  const gsize n = MIN (first->len, second->len);
  const int order = memcmp (first->data, second->data, n);
  const gboolean swap = !ordered && (order > 0 || (order == 0 && first->len > second->len));

  ret_evidence->kind = (guint8) kind;
  ret_evidence->operator_key = *key;
  ret_evidence->first = g_byte_array_free_to_bytes (swap ? second : first);
  ret_evidence->second = g_byte_array_free_to_bytes (swap ? first : second);
}

gboolean
tc_evidence_of_votes (const TcPublicKey *key, const TcVote *a, const TcVote *b, TcEvidence *ret_evidence)
{
  GByteArray *first, *second;

  if (!votes_contradict (a, b))
    return FALSE;
  first = g_byte_array_new ();
  second = g_byte_array_new ();
  tc_vote_put (first, a);
  tc_vote_put (second, b);
  make (TC_EVIDENCE_VOTES, key, first, second, FALSE, ret_evidence);
  return TRUE;
}

gboolean
tc_evidence_of_proposals (const TcPublicKey *key, const TcProposal *a, const TcProposal *b, TcEvidence *ret_evidence)
{
  GByteArray *first = g_byte_array_new (), *second = g_byte_array_new ();

  tc_proposal_put_claim (first, a);
  tc_proposal_put_claim (second, b);
  TC_CHECK (first->len == TC_CLAIM_SIZE && second->len == TC_CLAIM_SIZE);
  if (a->epoch == b->epoch && a->height == b->height && a->round == b->round && a->member == b->member
      && memcmp (first->data, second->data, TC_CLAIM_SIZE - TC_SIGNATURE_SIZE) != 0)
    {
      make (TC_EVIDENCE_PROPOSALS, key, first, second, FALSE, ret_evidence);
      return TRUE;
    }
  g_byte_array_unref (first);
  g_byte_array_unref (second);
  return FALSE;
}

static void
put_bytes (GByteArray *bytes, GBytes *data)
{
  tc_put_bytes (bytes, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
}

static void
put_bytes_blob (GByteArray *bytes, GBytes *data)
{
  tc_put_blob (bytes, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
}

static void
put_tx_blob (GByteArray *bytes, const TcTx *tx)
{
  g_autoptr(GBytes) data = tc_tx_encode (tx);

  put_bytes_blob (bytes, data);
}

gboolean
tc_evidence_of_batches (const TcPublicKey *key, const TcBatch *a, const TcBatch *b, TcEvidence *ret_evidence)
{
  GByteArray *first, *second;

  if (!batches_contradict (a, b))
    return FALSE;
  first = g_byte_array_new ();
  second = g_byte_array_new ();
  put_bytes (first, a->encoded);
  put_bytes (second, b->encoded);
  make (TC_EVIDENCE_BATCHES, key, first, second, FALSE, ret_evidence);
  return TRUE;
}

gboolean
tc_evidence_of_closes (const TcPublicKey *key, const TcClose *a, const TcClose *b, TcEvidence *ret_evidence)
{
  GByteArray *first, *second;

  if (!closes_contradict (a, b))
    return FALSE;
  first = g_byte_array_new ();
  second = g_byte_array_new ();
  tc_close_put (first, a);
  tc_close_put (second, b);
  make (TC_EVIDENCE_CLOSES, key, first, second, FALSE, ret_evidence);
  return TRUE;
}

gboolean
tc_evidence_of_conflict (const TcPublicKey *key, const TcBatch *batch_a, const TcTx *tx_a, const TcBatch *batch_b, const TcTx *tx_b,
                         TcEvidence *ret_evidence)
{
  GByteArray *first, *second;

  if (!is_conflict (batch_a, tx_a, batch_b, tx_b))
    return FALSE;
  first = g_byte_array_new ();
  second = g_byte_array_new ();
  put_bytes_blob (first, batch_a->encoded);
  put_tx_blob (first, tx_a);
  put_bytes_blob (second, batch_b->encoded);
  put_tx_blob (second, tx_b);
  make (TC_EVIDENCE_CONFLICT, key, first, second, FALSE, ret_evidence);
  return TRUE;
}

/* Neighbours of @txid in the sorted @list. */
static void
put_neighbours (GByteArray *bytes, const TcHash *list, gsize n_list, const TcHash *txid)
{
  gsize above = 0;

  while (above < n_list && tc_hash_compare (&list[above], txid) < 0)
    above++;
  tc_put_u8 (bytes, (guint8) ((above > 0) + (above < n_list)));
  if (above > 0)
    put_neighbour (bytes, list, n_list, above - 1);
  if (above < n_list)
    put_neighbour (bytes, list, n_list, above);
}

static gboolean
list_is_closes (const TcClose *close, const TcHash *list, gsize n_list, const TcHash *txid)
{
  const TcHash root = tc_merkle_root (list, n_list);

  for (gsize i = 0; i < n_list; i++)
    if (tc_hash_equal (&list[i], txid) || (i > 0 && tc_hash_compare (&list[i - 1], &list[i]) >= 0))
      return FALSE;
  return n_list == close->count && tc_hash_equal (&root, &close->root);
}

gboolean
tc_evidence_of_omission (const TcPublicKey *key, const TcBatch *acked, const TcBatch *voted, const TcTx *tx, const TcClose *close,
                         const TcHash *list, gsize n_list, TcEvidence *ret_evidence)
{
  GByteArray *first, *second;

  if (acked->epoch != close->epoch || acked->member != close->member || (voted != NULL && !is_same_member (acked, voted))
      || !tc_batch_acks (acked, voted != NULL ? voted : acked, &tx->txid) || !list_is_closes (close, list, n_list, &tx->txid))
    return FALSE;
  first = g_byte_array_new ();
  second = g_byte_array_new ();
  put_bytes_blob (first, acked->encoded);
  if (voted != NULL)
    put_bytes_blob (first, voted->encoded);
  else
    tc_put_varint (first, 0);
  put_tx_blob (first, tx);
  tc_close_put (second, close);
  put_neighbours (second, list, n_list, &tx->txid);
  make (TC_EVIDENCE_OMISSION, key, first, second, TRUE, ret_evidence);
  return TRUE;
}

/* --- checking --- */

static gboolean
check_batch (const TcEvidence *self, const TcBatch *batch, const TcHash *chain_id, const TcVerifier *verifier)
{
  return verifier == NULL || tc_batch_check (batch, chain_id, &self->operator_key, verifier);
}

static gboolean
check_votes (const TcEvidence *self, const TcHash *chain_id, const TcVerifier *verifier, guint32 *ret_epoch)
{
  TcVote a, b;

  if (!read_vote (self->first, &a) || !read_vote (self->second, &b) || !votes_contradict (&a, &b))
    return FALSE;
  *ret_epoch = a.epoch;
  return verifier == NULL
         || (tc_vote_check (&a, chain_id, &self->operator_key, verifier) && tc_vote_check (&b, chain_id, &self->operator_key, verifier));
}

static gboolean
check_claim (const TcEvidence *self, GBytes *claim, const TcSignature *signature, const TcHash *chain_id, const TcVerifier *verifier)
{
  g_autoptr(GByteArray) bytes = tc_signed_bytes (TC_TAG_PROPOSAL, chain_id, g_bytes_get_data (claim, NULL), TC_CLAIM_SIZE - TC_SIGNATURE_SIZE);
  TcSignatureJob job = { .key = self->operator_key, .signature = *signature, .message = bytes->data, .size_bytes = bytes->len };

  if (verifier == NULL)
    return TRUE;
  verifier->check_many (verifier->user_data, &job, 1);
  return job.ok;
}

static gboolean
check_proposals (const TcEvidence *self, const TcHash *chain_id, const TcVerifier *verifier, guint32 *ret_epoch)
{
  Claim a, b;

  if (!read_claim (self->first, &a) || !read_claim (self->second, &b) || !claims_contradict (&a, &b))
    return FALSE;
  *ret_epoch = a.epoch;
  return check_claim (self, self->first, &a.signature, chain_id, verifier) && check_claim (self, self->second, &b.signature, chain_id, verifier);
}

static gboolean
check_batches (const TcEvidence *self, const TcHash *chain_id, const TcVerifier *verifier, guint32 *ret_epoch)
{
  g_autoptr(TcBatch) a = read_whole_batch (self->first);
  g_autoptr(TcBatch) b = read_whole_batch (self->second);

  if (a == NULL || b == NULL || !batches_contradict (a, b))
    return FALSE;
  *ret_epoch = a->epoch;
  return check_batch (self, a, chain_id, verifier) && check_batch (self, b, chain_id, verifier);
}

static gboolean
check_closes (const TcEvidence *self, const TcHash *chain_id, const TcVerifier *verifier, guint32 *ret_epoch)
{
  TcReader reader_a, reader_b;
  TcClose a = { 0 }, b = { 0 };

  reader_of (&reader_a, self->first);
  reader_of (&reader_b, self->second);
  tc_close_read (&reader_a, &a);
  tc_close_read (&reader_b, &b);
  if (!tc_reader_end (&reader_a, "close", NULL) || !tc_reader_end (&reader_b, "close", NULL) || !closes_contradict (&a, &b))
    return FALSE;
  *ret_epoch = a.epoch;
  return verifier == NULL || (tc_close_check (&a, chain_id, &self->operator_key) && tc_close_check (&b, chain_id, &self->operator_key));
}

static gboolean
check_conflict (const TcEvidence *self, const TcHash *chain_id, const TcVerifier *verifier, guint32 *ret_epoch)
{
  TcReader reader_a, reader_b;

  reader_of (&reader_a, self->first);
  reader_of (&reader_b, self->second);

  g_autoptr(TcBatch) batch_a = read_batch (&reader_a);
  g_autoptr(TcTx) tx_a = read_tx (&reader_a);
  g_autoptr(TcBatch) batch_b = read_batch (&reader_b);
  g_autoptr(TcTx) tx_b = read_tx (&reader_b);

  if (!tc_reader_end (&reader_a, "conflict", NULL) || !tc_reader_end (&reader_b, "conflict", NULL) || batch_a == NULL || batch_b == NULL
      || tx_a == NULL || tx_b == NULL || !is_conflict (batch_a, tx_a, batch_b, tx_b))
    return FALSE;
  *ret_epoch = batch_a->epoch;
  return check_batch (self, batch_a, chain_id, verifier) && check_batch (self, batch_b, chain_id, verifier);
}

/* Whether @batch acknowledges @txid by its own word, or by @voted's, which is then the key's as well. */
static gboolean
check_ack (const TcEvidence *self, const TcBatch *batch, const TcBatch *voted, const TcHash *txid, const TcHash *chain_id,
           const TcVerifier *verifier)
{
  if (!tc_batch_acks (batch, voted != NULL ? voted : batch, txid) || !check_batch (self, batch, chain_id, verifier))
    return FALSE;
  return voted == NULL || (is_same_member (batch, voted) && check_batch (self, voted, chain_id, verifier));
}

static gboolean
check_omission (const TcEvidence *self, const TcHash *chain_id, const TcVerifier *verifier, guint32 *ret_epoch, TcTx **ret_omitted)
{
  TcReader reader, proof;
  TcClose close = { 0 };
  Neighbour neighbours[NEIGHBOURS_MAX];
  const guint8 *voted_data;
  gsize voted_size, n;

  reader_of (&reader, self->first);

  g_autoptr(TcBatch) batch = read_batch (&reader);

  voted_data = read_blob (&reader, &voted_size);

  g_autoptr(TcBatch) voted = voted_size > 0 ? tc_batch_decode (voted_data, voted_size, NULL) : NULL;
  g_autoptr(TcTx) tx = read_tx (&reader);

  reader_of (&proof, self->second);
  tc_close_read (&proof, &close);
  n = tc_reader_u8 (&proof);
  if (n > NEIGHBOURS_MAX)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    read_neighbour (&proof, &neighbours[i]);
  if (!tc_reader_end (&reader, "acknowledgement", NULL) || !tc_reader_end (&proof, "omission", NULL) || batch == NULL || tx == NULL
      || (voted_size > 0 && voted == NULL))
    return FALSE;
  if (batch->epoch != close.epoch || batch->member != close.member || !list_lacks (&close, neighbours, n, &tx->txid)
      || !check_ack (self, batch, voted, &tx->txid, chain_id, verifier)
      || (verifier != NULL && !tc_close_check (&close, chain_id, &self->operator_key)))
    return FALSE;
  *ret_epoch = close.epoch;
  *ret_omitted = g_steal_pointer (&tx);
  return TRUE;
}

/* Rule C7: "two votes of one height, round and step; two proposals; two batches of one sequence; two closes; a vote for each of two
 * conflicting transactions in one epoch; a batch that acknowledges T with a close that leaves it out" */
gboolean
tc_evidence_check (const TcEvidence *self, const TcHash *chain_id, const TcVerifier *verifier, guint32 *ret_epoch, TcTx **ret_omitted)
{
  TcTx *omitted = NULL;
  guint32 epoch = 0;
  gboolean holds = FALSE;

  switch ((TcEvidenceKind) self->kind)
    {
    case TC_EVIDENCE_VOTES:     holds = check_votes (self, chain_id, verifier, &epoch); break;
    case TC_EVIDENCE_PROPOSALS: holds = check_proposals (self, chain_id, verifier, &epoch); break;
    case TC_EVIDENCE_BATCHES:   holds = check_batches (self, chain_id, verifier, &epoch); break;
    case TC_EVIDENCE_CLOSES:    holds = check_closes (self, chain_id, verifier, &epoch); break;
    case TC_EVIDENCE_CONFLICT:  holds = check_conflict (self, chain_id, verifier, &epoch); break;
    case TC_EVIDENCE_OMISSION:  holds = check_omission (self, chain_id, verifier, &epoch, &omitted); break;
    default: break;
    }
  if (!holds)
    return FALSE;
  *ret_epoch = epoch;
  *ret_omitted = omitted;
  return TRUE;
}
