#pragma once

#include "net.h"
#include "noise.h"

G_BEGIN_DECLS

/* The first message of each side: protocol_version u16 | nonce u64 | listen_port u16 | agent (varint length, at most TC_NET_AGENT_MAX) |
 * u8 kind, with kind 1 operator key 32 | signature 64. Kinds: 0 a node without operator key; 1 with one; 2 a probe (M6): who sends it as the initiator
 * is sent the other's hello and goodbye, and never is a peer. The nonce is random, one a TcNet: a node that meets its own has dialled itself.
 * Signed (rule N1): TC_TAG_ROLE zero-padded to 16 bytes | handshake hash | role u8 of the signer (0 initiator, 1 responder). Any thread. */

#define TC_HELLO_SIZE_MAX (2u + 8u + 2u + 1u + TC_NET_AGENT_MAX + 1u + TC_PUBLIC_KEY_SIZE + TC_SIGNATURE_SIZE)

typedef struct
{
  guint16     protocol_version;
  guint64     nonce;
  guint16     listen_port;
  char        agent[TC_NET_AGENT_MAX + 1];  /* printable ASCII; other bytes of a peer's become '?' */
  gboolean    is_probe;
  gboolean    has_operator_key;
  TcPublicKey operator_key;
  TcSignature proof;
} TcHello;

/* Sets operator key and proof. @handshake_hash: TC_NOISE_HASH_SIZE bytes. */
void     tc_hello_prove  (TcHello *self, const TcSecretKey *key, const guint8 *handshake_hash, gboolean initiator);
/* Returns: FALSE where a proof is there and is not good. @initiator: of the side that sent it. */
gboolean tc_hello_check  (const TcHello *self, const guint8 *handshake_hash, gboolean initiator);

GBytes  *tc_hello_encode (const TcHello *self);
gboolean tc_hello_decode (const guint8 *data, gsize n, TcHello *ret_hello, GError **error);

/* Copies @text, at most @max bytes, as printable ASCII. Returns: (transfer full). */
char    *tc_hello_clean  (const guint8 *text, gsize n, gsize max);

G_END_DECLS
