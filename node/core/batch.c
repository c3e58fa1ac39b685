#include "message.h"

#include "check.h"

#define ACK_SIZE_MIN 1u  /* a position below 127 */

static TcBatch *
batch_alloc (void)
{
  TcBatch *self = g_new0 (TcBatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

static void
put_content (GByteArray *bytes, const TcBatch *self)
{
  tc_put_u32 (bytes, self->epoch);
  tc_put_u8 (bytes, self->member);
  tc_put_u32 (bytes, self->sequence);
  tc_put_u32 (bytes, self->first_position);
  tc_put_varint (bytes, self->n_votes);
  for (guint32 i = 0; i < self->n_votes; i++)
    tc_put_hash (bytes, &self->votes[i]);
  tc_put_varint (bytes, self->n_acks);
  for (guint32 i = 0; i < self->n_acks; i++)
    if (self->acks[i].position == G_MAXUINT32)
      {
        tc_put_varint (bytes, 0);
        tc_put_hash (bytes, &self->acks[i].txid);
      }
    else
      tc_put_varint (bytes, (guint64) self->acks[i].position + 1);
}

TcBatch *
tc_batch_new (guint32 epoch, guint8 member, guint32 sequence, guint32 first_position, const TcHash *votes, gsize n_votes,
              const TcAck *acks, gsize n_acks, const TcHash *chain_id, const TcSecretKey *key)
{
  TC_CHECK (member < TC_COMMITTEE_MAX);
  TC_CHECK (n_votes <= TC_BATCH_ENTRIES_MAX && n_acks <= TC_BATCH_ENTRIES_MAX - n_votes && n_votes + n_acks > 0);

  TcBatch *self = batch_alloc ();
  GByteArray *bytes = g_byte_array_new ();

  self->epoch = epoch;
  self->member = member;
  self->sequence = sequence;
  self->first_position = first_position;
  self->n_votes = (guint32) n_votes;
  self->votes = g_memdup2 (votes, n_votes * sizeof *votes);
  self->n_acks = (guint32) n_acks;
  self->acks = g_memdup2 (acks, n_acks * sizeof *acks);
  put_content (bytes, self);

  g_autoptr(GByteArray) signed_bytes = tc_signed_bytes (TC_TAG_BATCH, chain_id, bytes->data, bytes->len);

  self->signature = tc_secret_key_sign (key, signed_bytes->data, signed_bytes->len);
  tc_put_bytes (bytes, self->signature.bytes, TC_SIGNATURE_SIZE);
  self->hash = tc_hash_tagged_bytes (TC_TAG_BATCH, bytes);
  self->encoded = g_byte_array_free_to_bytes (bytes);
  return self;
}

TcBatch *
tc_batch_ref (TcBatch *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_batch_unref (TcBatch *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->encoded, g_bytes_unref);
  g_free (self->votes);
  g_free (self->acks);
  g_free (self);
}

static void
read_votes (TcReader *reader, TcBatch *self)
{
  const gsize n = tc_reader_count (reader, TC_HASH_SIZE, TC_BATCH_ENTRIES_MAX);

  self->votes = g_new (TcHash, n);
  self->n_votes = (guint32) n;
  for (gsize i = 0; i < n; i++)
    self->votes[i] = tc_reader_hash (reader);
}

static void
read_acks (TcReader *reader, TcBatch *self)
{
  const gsize n = tc_reader_count (reader, ACK_SIZE_MIN, TC_BATCH_ENTRIES_MAX - self->n_votes);

  self->acks = g_new0 (TcAck, n);
  self->n_acks = (guint32) n;
  for (gsize i = 0; i < n; i++)
    {
      const guint64 number = tc_reader_varint (reader);

      if (number > G_MAXUINT32)
        tc_reader_fail (reader);
      self->acks[i].position = (guint32) (number - 1);  /* 0 wraps to G_MAXUINT32: by txid */
      if (number == 0)
        self->acks[i].txid = tc_reader_hash (reader);
    }
}

TcBatch *
tc_batch_decode (const guint8 *data, gsize n, GError **error)
{
  g_autoptr(TcBatch) self = batch_alloc ();
  TcReader reader;

  tc_reader_init (&reader, data, n);
  self->epoch = tc_reader_u32 (&reader);
  self->member = tc_reader_u8 (&reader);
  self->sequence = tc_reader_u32 (&reader);
  self->first_position = tc_reader_u32 (&reader);
  read_votes (&reader, self);
  read_acks (&reader, self);
  tc_reader_bytes (&reader, self->signature.bytes, TC_SIGNATURE_SIZE);
  if (self->member >= TC_COMMITTEE_MAX || self->n_votes + self->n_acks == 0)
    tc_reader_fail (&reader);
  if (!tc_reader_end (&reader, "batch", error))
    return NULL;
  self->encoded = g_bytes_new (data, n);
  self->hash = tc_hash_tagged (TC_TAG_BATCH, data, n);
  return g_steal_pointer (&self);
}

gboolean
tc_batch_check (const TcBatch *self, const TcHash *chain_id, const TcPublicKey *key, const TcVerifier *verifier)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (self->encoded, &n);
  g_autoptr(GByteArray) bytes = tc_signed_bytes (TC_TAG_BATCH, chain_id, data, n - TC_SIGNATURE_SIZE);
  TcSignatureJob job = { .key = *key, .signature = self->signature, .message = bytes->data, .size_bytes = bytes->len };

  verifier->check_many (verifier->user_data, &job, 1);
  return job.ok;
}
