#include "block.h"

#include <string.h>

#include "attest.h"
#include "check.h"
#include "message.h"

#define ATTESTATION_SIZE_MIN (1u + TC_SIGNATURE_SIZE + 1u + 1u)

static guint32
count_bits (const guint8 *bitmap, gsize size)
{
  guint32 n = 0;

  for (gsize i = 0; i < size * 8; i++)
    n += tc_bitmap_get (bitmap, i);
  return n;
}

static TcCommit *
commit_alloc (guint32 n_signatures)
{
  TcCommit *self = g_new0 (TcCommit, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_signatures = n_signatures;
  self->signatures = g_new0 (TcSignature, n_signatures);
  return self;
}

/* The bytes past the committee's last member must be clear, or two bitmaps would say the same. */
static gboolean
bits_are_within (const guint8 *bitmap, gsize size, gsize n_members)
{
  for (gsize i = n_members; i < size * 8; i++)
    if (tc_bitmap_get (bitmap, i))
      return FALSE;
  return TRUE;
}

TcCommit *
tc_commit_new (guint32 height, guint32 round, const TcHash *block_hash, const guint8 *signers, gsize n_members,
               const TcSignature *signatures)
{
  const gsize bitmap_size = tc_bitmap_size (n_members);

  TC_CHECK (n_members >= 1 && n_members <= TC_COMMITTEE_MAX);
  TC_CHECK (bits_are_within (signers, bitmap_size, n_members));

  TcCommit *self = commit_alloc (count_bits (signers, bitmap_size));

  TC_CHECK (self->n_signatures > 0);
  self->height = height;
  self->round = round;
  self->block_hash = *block_hash;
  self->bitmap_size = (guint8) bitmap_size;
  memcpy (self->signers, signers, bitmap_size);
  memcpy (self->signatures, signatures, self->n_signatures * sizeof *signatures);
  return self;
}

TcCommit *
tc_commit_new_attested (const TcCommit *source, const TcAttestation *attestations, gsize n_attestations)
{
  TcCommit *self = commit_alloc (source->n_signatures);

  self->height = source->height;
  self->round = source->round;
  self->block_hash = source->block_hash;
  self->bitmap_size = source->bitmap_size;
  memcpy (self->signers, source->signers, sizeof self->signers);
  memcpy (self->signatures, source->signatures, source->n_signatures * sizeof *source->signatures);
  self->n_attestations = (guint32) n_attestations;
  self->attestations = g_new0 (TcAttestation, n_attestations);
  for (gsize i = 0; i < n_attestations; i++)
    {
      TC_CHECK (i == 0 || attestations[i - 1].member < attestations[i].member);
      self->attestations[i] = attestations[i];
      g_bytes_ref (attestations[i].bitmap);
    }
  return self;
}

TcCommit *
tc_commit_ref (TcCommit *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_commit_unref (TcCommit *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint32 i = 0; i < self->n_attestations; i++)
    g_clear_pointer (&self->attestations[i].bitmap, g_bytes_unref);
  g_free (self->attestations);
  g_free (self->signatures);
  g_free (self);
}

static void
put_attestation_bitmap (GByteArray *bytes, const TcAttestation *attestation)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (attestation->bitmap, &n);

  tc_put_blob (bytes, data, n);
}

static void
put_head (GByteArray *bytes, const TcCommit *self)
{
  tc_put_u32 (bytes, self->height);
  tc_put_u32 (bytes, self->round);
  tc_put_hash (bytes, &self->block_hash);
  tc_put_blob (bytes, self->signers, self->bitmap_size);
}

void
tc_commit_put (GByteArray *bytes, const TcCommit *self)
{
  put_head (bytes, self);
  tc_put_bytes (bytes, (const guint8 *) self->signatures, self->n_signatures * sizeof *self->signatures);
  tc_put_varint (bytes, self->n_attestations);
  for (guint32 i = 0; i < self->n_attestations; i++)
    tc_attestation_put (bytes, &self->attestations[i]);
}

static void
read_attestations (TcReader *reader, TcCommit *self)
{
  const gsize n = tc_reader_count (reader, ATTESTATION_SIZE_MIN, TC_COMMITTEE_MAX);

  self->attestations = g_new0 (TcAttestation, n);
  for (gsize i = 0; i < n && !reader->failed; i++)
    {
      TcAttestation *attestation = &self->attestations[i];

      tc_attestation_read (reader, attestation);
      if (reader->failed)
        break;
      self->n_attestations++;
      if (i > 0 && attestation->member <= attestation[-1].member)
        tc_reader_fail (reader);
    }
}

TcCommit *
tc_commit_read (TcReader *reader)
{
  guint8 signers[TC_BITMAP_SIZE_MAX] = { 0 };
  const guint32 height = tc_reader_u32 (reader);
  const guint32 round = tc_reader_u32 (reader);
  const TcHash block_hash = tc_reader_hash (reader);
  const gsize bitmap_size = tc_reader_count (reader, 1, TC_BITMAP_SIZE_MAX);

  tc_reader_bytes (reader, signers, bitmap_size);

  const guint32 n_signatures = count_bits (signers, bitmap_size);
  const guint8 *signatures = tc_reader_view (reader, n_signatures * sizeof (TcSignature));

  if (height == 0 || n_signatures == 0 || tc_hash_is_zero (&block_hash))
    tc_reader_fail (reader);
  if (reader->failed)
    return NULL;

  g_autoptr(TcCommit) self = commit_alloc (n_signatures);

  self->height = height;
  self->round = round;
  self->block_hash = block_hash;
  self->bitmap_size = (guint8) bitmap_size;
  memcpy (self->signers, signers, sizeof signers);
  memcpy (self->signatures, signatures, n_signatures * sizeof (TcSignature));
  read_attestations (reader, self);
  return reader->failed ? NULL : g_steal_pointer (&self);
}

TcCommit *
tc_commit_decode (const guint8 *data, gsize n, GError **error)
{
  TcReader reader;

  tc_reader_init (&reader, data, n);

  g_autoptr(TcCommit) self = tc_commit_read (&reader);

  if (!tc_reader_end (&reader, "commit", error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Rule C6: "Its hash covers height, round, block hash, signer bitmap, attestation bitmaps and H of all signatures." */
TcHash
tc_commit_hash (const TcCommit *self)
{
  g_autoptr(GByteArray) signatures = g_byte_array_sized_new ((self->n_signatures + self->n_attestations) * TC_SIGNATURE_SIZE);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_put_bytes (signatures, (const guint8 *) self->signatures, self->n_signatures * sizeof *self->signatures);
  put_head (bytes, self);
  tc_put_varint (bytes, self->n_attestations);
  for (guint32 i = 0; i < self->n_attestations; i++)
    {
      tc_put_u8 (bytes, self->attestations[i].member);
      put_attestation_bitmap (bytes, &self->attestations[i]);
      tc_put_bytes (signatures, self->attestations[i].signature.bytes, TC_SIGNATURE_SIZE);
    }

  const TcHash signatures_hash = tc_hash_tagged_bytes (TC_TAG_SIGS, signatures);

  tc_put_hash (bytes, &signatures_hash);
  return tc_hash_tagged_bytes (TC_TAG_COMMIT, bytes);
}

/* The signature of @member in @self. Returns: (nullable): it did not sign. */
static const TcSignature *
find_signature (const TcCommit *self, guint32 member)
{
  guint32 n = 0;

  if (member >= 8u * self->bitmap_size || !tc_bitmap_get (self->signers, member))
    return NULL;
  for (guint32 i = 0; i < member; i++)
    n += tc_bitmap_get (self->signers, i);
  return &self->signatures[n];
}

/* @bytes: (transfer full): kept alive in @messages. */
static void
add_job (GArray *jobs, GPtrArray *messages, const TcPublicKey *key, const TcSignature *signature, GByteArray *bytes)
{
  const TcSignatureJob job = { *key, *signature, bytes->data, bytes->len, FALSE };

  g_array_append_val (jobs, job);
  g_ptr_array_add (messages, bytes);
}

static void
add_precommits (const TcCommit *self, const TcHash *chain_id, const TcCommittee *committee, const TcCommit *known, GArray *jobs, GPtrArray *messages)
{
  TcVote vote = { .step = TC_STEP_PRECOMMIT, .epoch = committee->epoch, .height = self->height, .round = self->round,
                  .block_hash = self->block_hash };
  guint32 n = 0;

  if (known != NULL && (known->height != self->height || known->round != self->round || !tc_hash_equal (&known->block_hash, &self->block_hash)))
    known = NULL;
  for (guint32 i = 0; i < committee->n_members; i++)
    if (tc_bitmap_get (self->signers, i))
      {
        const TcSignature *signature = &self->signatures[n++], *same = known != NULL ? find_signature (known, i) : NULL;

        if (same != NULL && memcmp (same, signature, sizeof *same) == 0)
          continue;
        vote.member = (guint8) i;
        add_job (jobs, messages, &committee->members[i].operator_key, signature, tc_vote_signed_bytes (&vote, chain_id));
      }
}

gboolean
tc_commit_collect (const TcCommit *self, const TcHash *chain_id, const TcCommittee *committee, const TcCommit *known, GArray *jobs,
                   GPtrArray *messages)
{
  if (self->bitmap_size != tc_bitmap_size (committee->n_members)
      || !bits_are_within (self->signers, self->bitmap_size, committee->n_members)
      || !tc_committee_is_quorum (committee, tc_committee_sum (committee, self->signers)))
    return FALSE;
  for (guint32 i = 0; i < self->n_attestations; i++)
    if (self->attestations[i].member >= committee->n_members)
      return FALSE;
  add_precommits (self, chain_id, committee, known, jobs, messages);
  for (guint32 i = 0; i < self->n_attestations; i++)
    {
      const TcAttestation *attestation = &self->attestations[i];

      add_job (jobs, messages, &committee->members[attestation->member].operator_key, &attestation->signature,
               tc_attestation_signed_bytes (attestation, chain_id, committee->epoch, self->height));
    }
  return TRUE;
}

gboolean
tc_commit_check (const TcCommit *self, const TcHash *chain_id, const TcCommittee *committee, const TcVerifier *verifier)
{
  g_autoptr(GArray) jobs = g_array_sized_new (FALSE, FALSE, sizeof (TcSignatureJob), self->n_signatures + self->n_attestations);
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);

  if (!tc_commit_collect (self, chain_id, committee, NULL, jobs, messages))
    return FALSE;
  verifier->check_many (verifier->user_data, (TcSignatureJob *) (gpointer) jobs->data, jobs->len);
  for (guint i = 0; i < jobs->len; i++)
    if (!g_array_index (jobs, TcSignatureJob, i).ok)
      return FALSE;
  return TRUE;
}
