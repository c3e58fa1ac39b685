#pragma once

#include "block.h"

G_BEGIN_DECLS

/* What shows that a masternode outside the committee is up (rule M6): its own heartbeat, and the members' attestations. Any thread. */

/* epoch u32 | masternode index u32 | signature 64 of the operator key over TC_TAG_HEARTBEAT | chain_id | epoch | index; no epoch is 0. A plain value. An epoch's is
 * always the same bytes: to send it again says nothing new. */
typedef struct
{
  guint32     epoch;
  guint32     masternode;
  TcSignature signature;
} TcHeartbeat;

#define TC_HEARTBEAT_SIZE (4u + 4u + TC_SIGNATURE_SIZE)

void     tc_heartbeat_put   (GByteArray *bytes, const TcHeartbeat *self);
void     tc_heartbeat_read  (TcReader *reader, TcHeartbeat *ret_heartbeat);
void     tc_heartbeat_sign  (TcHeartbeat *self, const TcHash *chain_id, const TcSecretKey *key);
gboolean tc_heartbeat_check (const TcHeartbeat *self, const TcHash *chain_id, const TcPublicKey *key, const TcVerifier *verifier);

/* The encoding in a commit: member u8 | signature 64 | blob bitmap. The bitmap is as long as the registry at the epoch's start needs, its unused bits
 * zero (tc_attestation_fits ()): with more than 8 x TC_ATTESTATION_BITMAP_MAX masternodes, those of a higher index have no bit. */
gsize    tc_attestation_bitmap_size (gsize n_masternodes);
gboolean tc_attestation_fits  (const TcAttestation *self, gsize n_masternodes);
/* Of @masternode's bit; FALSE where it has none. */
gboolean tc_attestation_names (const TcAttestation *self, gsize masternode);
void     tc_attestation_put   (GByteArray *bytes, const TcAttestation *self);
/* @ret_attestation: its bitmap is (transfer full); untouched where the reader fails. */
void     tc_attestation_read  (TcReader *reader, TcAttestation *ret_attestation);
/* @height: of the block that it goes with the precommit for. */
void     tc_attestation_sign  (TcAttestation *self, const TcHash *chain_id, guint32 epoch, guint32 height, const TcSecretKey *key);
/* The bytes that are signed. */
GByteArray *tc_attestation_signed_bytes (const TcAttestation *self, const TcHash *chain_id, guint32 epoch, guint32 height);
gboolean tc_attestation_check (const TcAttestation *self, const TcHash *chain_id, guint32 epoch, guint32 height, const TcPublicKey *key,
                               const TcVerifier *verifier);

G_END_DECLS
