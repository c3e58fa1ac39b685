#include "attest.h"

#include <string.h>

static GByteArray *
heartbeat_signed_bytes (const TcHeartbeat *self, const TcHash *chain_id)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();

  tc_put_u32 (content, self->epoch);
  tc_put_u32 (content, self->masternode);
  return tc_signed_bytes (TC_TAG_HEARTBEAT, chain_id, content->data, content->len);
}

static gboolean
check_one (const TcVerifier *verifier, const TcPublicKey *key, const TcSignature *signature, const GByteArray *bytes)
{
  TcSignatureJob job = { .key = *key, .signature = *signature, .message = bytes->data, .size_bytes = bytes->len };

  verifier->check_many (verifier->user_data, &job, 1);
  return job.ok;
}

void
tc_heartbeat_put (GByteArray *bytes, const TcHeartbeat *self)
{
  tc_put_u32 (bytes, self->epoch);
  tc_put_u32 (bytes, self->masternode);
  tc_put_bytes (bytes, self->signature.bytes, TC_SIGNATURE_SIZE);
}

void
tc_heartbeat_read (TcReader *reader, TcHeartbeat *ret_heartbeat)
{
  TcHeartbeat heartbeat = { 0 };

  heartbeat.epoch = tc_reader_u32 (reader);
  heartbeat.masternode = tc_reader_u32 (reader);
  tc_reader_bytes (reader, heartbeat.signature.bytes, TC_SIGNATURE_SIZE);
  if (heartbeat.epoch == 0)
    tc_reader_fail (reader);
  if (!reader->failed)
    *ret_heartbeat = heartbeat;
}

void
tc_heartbeat_sign (TcHeartbeat *self, const TcHash *chain_id, const TcSecretKey *key)
{
  g_autoptr(GByteArray) bytes = heartbeat_signed_bytes (self, chain_id);

  self->signature = tc_secret_key_sign (key, bytes->data, bytes->len);
}

gboolean
tc_heartbeat_check (const TcHeartbeat *self, const TcHash *chain_id, const TcPublicKey *key, const TcVerifier *verifier)
{
  g_autoptr(GByteArray) bytes = heartbeat_signed_bytes (self, chain_id);

  return check_one (verifier, key, &self->signature, bytes);
}

static gsize
count_bits_used (gsize n_masternodes)
{
  return MIN (n_masternodes, 8 * TC_ATTESTATION_BITMAP_MAX);
}

gsize
tc_attestation_bitmap_size (gsize n_masternodes)
{
  return tc_bitmap_size (count_bits_used (n_masternodes));
}

gboolean
tc_attestation_fits (const TcAttestation *self, gsize n_masternodes)
{
  gsize size;
  const guint8 *bitmap = g_bytes_get_data (self->bitmap, &size);

  if (size != tc_attestation_bitmap_size (n_masternodes))
    return FALSE;
  for (gsize i = count_bits_used (n_masternodes); i < size * 8; i++)
    if (tc_bitmap_get (bitmap, i))
      return FALSE;
  return TRUE;
}

gboolean
tc_attestation_names (const TcAttestation *self, gsize masternode)
{
  gsize size;
  const guint8 *bitmap = g_bytes_get_data (self->bitmap, &size);

  return masternode / 8 < size && tc_bitmap_get (bitmap, masternode);
}

void
tc_attestation_put (GByteArray *bytes, const TcAttestation *self)
{
  gsize size;
  const guint8 *bitmap = g_bytes_get_data (self->bitmap, &size);

  tc_put_u8 (bytes, self->member);
  tc_put_bytes (bytes, self->signature.bytes, TC_SIGNATURE_SIZE);
  tc_put_blob (bytes, bitmap, size);
}

void
tc_attestation_read (TcReader *reader, TcAttestation *ret_attestation)
{
  TcAttestation attestation = { 0 };
  const guint8 *bitmap;
  gsize size;

  attestation.member = tc_reader_u8 (reader);
  tc_reader_bytes (reader, attestation.signature.bytes, TC_SIGNATURE_SIZE);
  size = tc_reader_count (reader, 1, TC_ATTESTATION_BITMAP_MAX);
  bitmap = tc_reader_view (reader, size);
  if (size == 0 || attestation.member >= TC_COMMITTEE_MAX)
    tc_reader_fail (reader);
  if (reader->failed)
    return;
  attestation.bitmap = g_bytes_new (bitmap, size);
  *ret_attestation = attestation;
}

GByteArray *
tc_attestation_signed_bytes (const TcAttestation *self, const TcHash *chain_id, guint32 epoch, guint32 height)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();
  gsize n;
  const guint8 *bitmap = g_bytes_get_data (self->bitmap, &n);

  tc_put_u32 (content, epoch);
  tc_put_u32 (content, height);
  tc_put_u8 (content, self->member);
  tc_put_bytes (content, bitmap, n);
  return tc_signed_bytes (TC_TAG_ATTEST, chain_id, content->data, content->len);
}

void
tc_attestation_sign (TcAttestation *self, const TcHash *chain_id, guint32 epoch, guint32 height, const TcSecretKey *key)
{
  g_autoptr(GByteArray) bytes = tc_attestation_signed_bytes (self, chain_id, epoch, height);

  self->signature = tc_secret_key_sign (key, bytes->data, bytes->len);
}

gboolean
tc_attestation_check (const TcAttestation *self, const TcHash *chain_id, guint32 epoch, guint32 height, const TcPublicKey *key,
                      const TcVerifier *verifier)
{
  g_autoptr(GByteArray) bytes = tc_attestation_signed_bytes (self, chain_id, epoch, height);

  return check_one (verifier, key, &self->signature, bytes);
}
