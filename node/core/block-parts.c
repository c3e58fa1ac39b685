#include "block-private.h"

#define EVIDENCE_SIZE_MIN (1u + TC_PUBLIC_KEY_SIZE + 4u)  /* the blobs of at least a byte each */
#define CLOSE_SIZE        (4u + 1u + 4u + TC_HASH_SIZE + TC_SIGNATURE_SIZE)

void
tc_evidence_put (GByteArray *bytes, const TcEvidence *self)
{
  gsize n;
  const guint8 *data;

  tc_put_u8 (bytes, self->kind);
  tc_put_bytes (bytes, self->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  data = g_bytes_get_data (self->first, &n);
  tc_put_blob (bytes, data, n);
  data = g_bytes_get_data (self->second, &n);
  tc_put_blob (bytes, data, n);
}

GBytes *
tc_evidence_encode (const TcEvidence *self)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_evidence_put (bytes, self);
  return g_byte_array_free_to_bytes (bytes);
}

TcHash
tc_evidence_hash (const TcEvidence *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_evidence_put (bytes, self);
  return tc_hash_tagged_bytes (TC_TAG_EVIDENCE, bytes);
}

gsize
tc_evidence_get_size (const TcEvidence *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_evidence_put (bytes, self);
  return bytes->len;
}

TcEvidence
tc_evidence_dup (const TcEvidence *self)
{
  return (TcEvidence) { self->kind, self->operator_key, g_bytes_ref (self->first), g_bytes_ref (self->second) };
}

void
tc_evidence_clear (TcEvidence *self)
{
  g_clear_pointer (&self->first, g_bytes_unref);
  g_clear_pointer (&self->second, g_bytes_unref);
}

static GBytes *
read_evidence_blob (TcReader *reader)
{
  const gsize n = tc_reader_count (reader, 1, TC_EVIDENCE_SIZE_MAX);
  const guint8 *data = tc_reader_view (reader, n);

  if (n == 0)
    tc_reader_fail (reader);
  return reader->failed ? NULL : g_bytes_new (data, n);
}

void
tc_evidence_read (TcReader *reader, TcEvidence *ret_evidence)
{
  const gsize start = reader->position;
  TcEvidence evidence = { .kind = tc_reader_u8 (reader) };

  tc_reader_bytes (reader, evidence.operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  evidence.first = read_evidence_blob (reader);
  evidence.second = read_evidence_blob (reader);
  if (evidence.kind > TC_EVIDENCE_OMISSION || reader->position - start > TC_EVIDENCE_SIZE_MAX)
    tc_reader_fail (reader);
  if (reader->failed)
    tc_evidence_clear (&evidence);
  else
    *ret_evidence = evidence;
}

gboolean
tc_evidence_decode (GBytes *body, TcEvidence *ret_evidence)
{
  TcEvidence evidence = { 0 };
  TcReader reader;
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  tc_reader_init (&reader, data, n);
  tc_evidence_read (&reader, &evidence);
  if (tc_reader_end (&reader, "evidence", NULL))
    {
      *ret_evidence = evidence;
      return TRUE;
    }
  tc_evidence_clear (&evidence);
  return FALSE;
}

static void
read_evidence (TcReader *reader, TcBlockParts *parts)
{
  const gsize start = reader->position;
  const gsize n = tc_reader_count (reader, EVIDENCE_SIZE_MIN, TC_EVIDENCE_SIZE_MAX / EVIDENCE_SIZE_MIN);
  TcHash previous = TC_HASH_ZERO;

  parts->evidence = g_new0 (TcEvidence, n);
  parts->n_evidence = (guint32) n;
  for (gsize i = 0; i < n && !reader->failed; i++)
    {
      tc_evidence_read (reader, &parts->evidence[i]);
      if (reader->failed)
        break;

      const TcHash hash = tc_evidence_hash (&parts->evidence[i]);

      if (i > 0 && tc_hash_compare (&previous, &hash) >= 0)
        tc_reader_fail (reader);
      previous = hash;
    }
  if (reader->position - start > TC_EVIDENCE_SIZE_MAX)
    tc_reader_fail (reader);
}

static void
read_closes (TcReader *reader, TcBlockParts *parts)
{
  const gsize n = tc_reader_count (reader, CLOSE_SIZE, TC_COMMITTEE_MAX);

  parts->closes = g_new0 (TcClose, n);
  parts->n_closes = (guint32) n;
  for (gsize i = 0; i < n; i++)
    {
      tc_close_read (reader, &parts->closes[i]);
      if (i > 0 && parts->closes[i].member <= parts->closes[i - 1].member)
        tc_reader_fail (reader);
    }
}

void
tc_parts_put_commit (GByteArray *bytes, const TcCommit *commit)
{
  tc_put_u8 (bytes, commit != NULL);
  if (commit != NULL)
    tc_commit_put (bytes, commit);
}

void
tc_parts_read_commit (TcReader *reader, TcBlockParts *parts)
{
  const guint8 has_commit = tc_reader_u8 (reader);

  if (has_commit > 1)
    tc_reader_fail (reader);
  else if (has_commit == 1)
    parts->commit = tc_commit_read (reader);
}

void
tc_parts_put_lists (GByteArray *bytes, const TcEvidence *evidence, gsize n_evidence, const TcClose *closes, gsize n_closes)
{
  tc_put_varint (bytes, n_evidence);
  for (gsize i = 0; i < n_evidence; i++)
    tc_evidence_put (bytes, &evidence[i]);
  tc_put_varint (bytes, n_closes);
  for (gsize i = 0; i < n_closes; i++)
    tc_close_put (bytes, &closes[i]);
}

void
tc_parts_read_lists (TcReader *reader, TcBlockParts *parts)
{
  read_evidence (reader, parts);
  read_closes (reader, parts);
}

void
tc_parts_clear (TcBlockParts *parts)
{
  g_clear_pointer (&parts->commit, tc_commit_unref);
  tc_evidence_free (parts->evidence, parts->n_evidence);
  g_free (parts->closes);
  *parts = (TcBlockParts) { 0 };
}

gboolean
tc_parts_match (const TcBlockParts *parts, const TcHeader *header)
{
  const TcHash evidence_root = tc_evidence_root (parts->evidence, parts->n_evidence);
  const TcHash closes_root = tc_closes_root (parts->closes, parts->n_closes);
  TcHash commit_hash = TC_HASH_ZERO;

  /* B9: block 1 alone has no commit before it. */
  if (header->height == 0 || (parts->commit == NULL) != (header->height == 1))
    return FALSE;
  if (parts->commit != NULL)
    {
      if (parts->commit->height != header->height - 1 || !tc_hash_equal (&parts->commit->block_hash, &header->previous))
        return FALSE;
      commit_hash = tc_commit_hash (parts->commit);
    }
  for (guint32 i = 0; i < parts->n_closes; i++)
    if (parts->closes[i].epoch != header->epoch)
      return FALSE;
  return tc_hash_equal (&commit_hash, &header->commit)
         && tc_hash_equal (&evidence_root, &header->evidence_root)
         && tc_hash_equal (&closes_root, &header->closes_root);
}

TcEvidence *
tc_evidence_copy (const TcEvidence *evidence, gsize n_evidence)
{
  TcEvidence *copy = g_new0 (TcEvidence, n_evidence);

  for (gsize i = 0; i < n_evidence; i++)
    copy[i] = tc_evidence_dup (&evidence[i]);
  return copy;
}

void
tc_evidence_free (TcEvidence *evidence, gsize n_evidence)
{
  for (gsize i = 0; i < n_evidence; i++)
    tc_evidence_clear (&evidence[i]);
  g_free (evidence);
}

static void
put_close_content (GByteArray *bytes, const TcClose *self)
{
  tc_put_u32 (bytes, self->epoch);
  tc_put_u8 (bytes, self->member);
  tc_put_u32 (bytes, self->count);
  tc_put_hash (bytes, &self->root);
}

static GByteArray *
close_signed_bytes (const TcClose *self, const TcHash *chain_id)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();

  put_close_content (content, self);
  return tc_signed_bytes (TC_TAG_CLOSE, chain_id, content->data, content->len);
}

void
tc_close_put (GByteArray *bytes, const TcClose *self)
{
  put_close_content (bytes, self);
  tc_put_bytes (bytes, self->signature.bytes, TC_SIGNATURE_SIZE);
}

void
tc_close_read (TcReader *reader, TcClose *ret_close)
{
  TcClose close = { 0 };

  close.epoch = tc_reader_u32 (reader);
  close.member = tc_reader_u8 (reader);
  close.count = tc_reader_u32 (reader);
  close.root = tc_reader_hash (reader);
  tc_reader_bytes (reader, close.signature.bytes, TC_SIGNATURE_SIZE);
  if (close.member >= TC_COMMITTEE_MAX || (close.count == 0) != tc_hash_is_zero (&close.root))
    tc_reader_fail (reader);
  if (!reader->failed)
    *ret_close = close;
}

void
tc_close_sign (TcClose *self, const TcHash *chain_id, const TcSecretKey *key)
{
  g_autoptr(GByteArray) bytes = close_signed_bytes (self, chain_id);

  self->signature = tc_secret_key_sign (key, bytes->data, bytes->len);
}

gboolean
tc_close_check (const TcClose *self, const TcHash *chain_id, const TcPublicKey *key)
{
  g_autoptr(GByteArray) bytes = close_signed_bytes (self, chain_id);

  return tc_signature_check (&self->signature, key, bytes->data, bytes->len);
}

TcHash
tc_close_hash (const TcClose *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_close_put (bytes, self);
  return tc_hash_tagged_bytes (TC_TAG_CLOSES, bytes);
}

TcHash
tc_evidence_root (const TcEvidence *evidence, gsize n_evidence)
{
  g_autofree TcHash *leaves = g_new (TcHash, n_evidence);

  for (gsize i = 0; i < n_evidence; i++)
    leaves[i] = tc_evidence_hash (&evidence[i]);
  return tc_merkle_root (leaves, n_evidence);
}

TcHash
tc_closes_root (const TcClose *closes, gsize n_closes)
{
  g_autofree TcHash *leaves = g_new (TcHash, n_closes);

  for (gsize i = 0; i < n_closes; i++)
    leaves[i] = tc_close_hash (&closes[i]);
  return tc_merkle_root (leaves, n_closes);
}
