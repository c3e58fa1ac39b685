#include "hello.h"

#include <string.h>

enum { KIND_PLAIN = 0, KIND_OPERATOR = 1, KIND_PROBE = 2 };

#define SIGNED_SIZE (16u + TC_NOISE_HASH_SIZE + 1u)

/* Rule N1: "A masternode proves its operator key by signing role | handshake hash." */
static void
signed_bytes (const guint8 *handshake_hash, gboolean initiator, guint8 *ret_bytes)
{
  memset (ret_bytes, 0, SIGNED_SIZE);
  memcpy (ret_bytes, TC_TAG_ROLE, strlen (TC_TAG_ROLE));
  memcpy (ret_bytes + 16, handshake_hash, TC_NOISE_HASH_SIZE);
  ret_bytes[SIGNED_SIZE - 1] = initiator ? 0 : 1;
}

void
tc_hello_prove (TcHello *self, const TcSecretKey *key, const guint8 *handshake_hash, gboolean initiator)
{
  guint8 bytes[SIGNED_SIZE];

  signed_bytes (handshake_hash, initiator, bytes);
  self->has_operator_key = TRUE;
  self->operator_key = *tc_secret_key_get_public (key);
  self->proof = tc_secret_key_sign (key, bytes, sizeof bytes);
}

gboolean
tc_hello_check (const TcHello *self, const guint8 *handshake_hash, gboolean initiator)
{
  guint8 bytes[SIGNED_SIZE];

  if (!self->has_operator_key)
    return TRUE;
  signed_bytes (handshake_hash, initiator, bytes);
  return tc_signature_check (&self->proof, &self->operator_key, bytes, sizeof bytes);
}

GBytes *
tc_hello_encode (const TcHello *self)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_u16 (bytes, self->protocol_version);
  tc_put_u64 (bytes, self->nonce);
  tc_put_u16 (bytes, self->listen_port);
  tc_put_blob (bytes, (const guint8 *) self->agent, strlen (self->agent));
  tc_put_u8 (bytes, self->is_probe ? KIND_PROBE : self->has_operator_key ? KIND_OPERATOR : KIND_PLAIN);
  if (self->has_operator_key)
    {
      tc_put_bytes (bytes, self->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
      tc_put_bytes (bytes, self->proof.bytes, TC_SIGNATURE_SIZE);
    }
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_hello_decode (const guint8 *data, gsize n, TcHello *ret_hello, GError **error)
{
  TcHello hello = { 0 };
  TcReader reader;
  gsize n_agent;
  guint8 kind;

  tc_reader_init (&reader, data, n);
  hello.protocol_version = tc_reader_u16 (&reader);
  hello.nonce = tc_reader_u64 (&reader);
  hello.listen_port = tc_reader_u16 (&reader);
  n_agent = tc_reader_count (&reader, 1, TC_NET_AGENT_MAX);
  tc_reader_bytes (&reader, (guint8 *) hello.agent, n_agent);
  for (gsize i = 0; i < n_agent; i++)
    if (!g_ascii_isprint (hello.agent[i]))
      hello.agent[i] = '?';
  kind = tc_reader_u8 (&reader);
  if (kind > KIND_PROBE)
    tc_reader_fail (&reader);
  hello.has_operator_key = kind == KIND_OPERATOR;
  hello.is_probe = kind == KIND_PROBE;
  if (hello.has_operator_key)
    {
      tc_reader_bytes (&reader, hello.operator_key.bytes, TC_PUBLIC_KEY_SIZE);
      tc_reader_bytes (&reader, hello.proof.bytes, TC_SIGNATURE_SIZE);
    }
  if (!tc_reader_end (&reader, "hello", error))
    return FALSE;
  *ret_hello = hello;
  return TRUE;
}

char *
tc_hello_clean (const guint8 *text, gsize n, gsize max)
{
  char *clean = n > 0 ? g_strndup ((const char *) text, MIN (n, max)) : g_strdup ("");  /* an empty body has no bytes at all */

  for (char *c = clean; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      *c = '?';
  return clean;
}
