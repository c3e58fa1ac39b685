#include "noise.h"

#include <sodium.h>
#include <string.h>

#include "core/check.h"

/* Names follow the Noise protocol framework: h, ck, e, s, re, rs; MixHash, MixKey, EncryptAndHash, DecryptAndHash, Split. */

#define PROTOCOL_NAME "Noise_XX_25519_ChaChaPoly_BLAKE2b"
#define BLOCK_SIZE    128u  /* of BLAKE2b, for HMAC */
#define HASH_SIZE     TC_NOISE_HASH_SIZE
#define KEY_SIZE      TC_NOISE_KEY_SIZE
#define TAG_SIZE      TC_NOISE_TAG_SIZE

G_STATIC_ASSERT (sizeof (PROTOCOL_NAME) - 1 <= HASH_SIZE);

struct _TcNoise
{
  gboolean      initiator;
  guint         n_done;     /* messages written and read so far */
  gboolean      failed;
  gboolean      has_key, has_rs;
  guint8        h[HASH_SIZE], ck[HASH_SIZE];
  TcNoiseCipher cipher;
  guint8        s[KEY_SIZE], s_public[KEY_SIZE];
  guint8        e[KEY_SIZE], e_public[KEY_SIZE];
  guint8        rs[KEY_SIZE], re[KEY_SIZE];
};

gsize
tc_noise_message_size (guint index)
{
  static const gsize sizes[TC_NOISE_N_MESSAGES] = {
    KEY_SIZE,
    KEY_SIZE + KEY_SIZE + TAG_SIZE + TAG_SIZE,
    KEY_SIZE + TAG_SIZE + TAG_SIZE,
  };

  TC_CHECK (index < TC_NOISE_N_MESSAGES);
  return sizes[index];
}

static void
make_nonce (guint64 counter, guint8 *ret_nonce)
{
  guint64 little = GUINT64_TO_LE (counter);

  memset (ret_nonce, 0, 4);
  memcpy (ret_nonce + 4, &little, 8);
}

static void
cipher_encrypt (TcNoiseCipher *self, const guint8 *ad, gsize n_ad, const guint8 *plain, gsize n, guint8 *ret_frame)
{
  guint8 nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

  TC_CHECK (self->nonce < G_MAXUINT64);
  make_nonce (self->nonce++, nonce);
  crypto_aead_chacha20poly1305_ietf_encrypt (ret_frame, NULL, plain, n, ad, n_ad, NULL, nonce, self->key);
}

static gboolean
cipher_decrypt (TcNoiseCipher *self, const guint8 *ad, gsize n_ad, const guint8 *frame, gsize n, guint8 *ret_plain)
{
  guint8 nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

  if (n < TAG_SIZE || self->nonce == G_MAXUINT64)
    return FALSE;
  make_nonce (self->nonce, nonce);
  if (crypto_aead_chacha20poly1305_ietf_decrypt (ret_plain, NULL, NULL, frame, n, ad, n_ad, nonce, self->key) != 0)
    return FALSE;
  self->nonce++;
  return TRUE;
}

void
tc_noise_cipher_encrypt (TcNoiseCipher *self, const guint8 *plain, gsize n, guint8 *ret_frame)
{
  TC_CHECK (n <= TC_NOISE_PLAIN_MAX);
  cipher_encrypt (self, NULL, 0, plain, n, ret_frame);
}

gboolean
tc_noise_cipher_decrypt (TcNoiseCipher *self, const guint8 *frame, gsize n, guint8 *ret_plain)
{
  return cipher_decrypt (self, NULL, 0, frame, n, ret_plain);
}

/* RFC 2104 over BLAKE2b-512. @key: at most BLOCK_SIZE bytes. @data may be given in two pieces. */
static void
hmac (const guint8 *key, gsize n_key, const guint8 *data, gsize n, const guint8 *more, gsize n_more, guint8 *ret_mac)
{
  crypto_generichash_state state;
  guint8 pad[BLOCK_SIZE] = { 0 };
  guint8 inner[HASH_SIZE];

  TC_CHECK (n_key <= BLOCK_SIZE);
  memcpy (pad, key, n_key);
  for (gsize i = 0; i < BLOCK_SIZE; i++)
    pad[i] ^= 0x36;
  crypto_generichash_init (&state, NULL, 0, HASH_SIZE);
  crypto_generichash_update (&state, pad, BLOCK_SIZE);
  crypto_generichash_update (&state, data, n);
  crypto_generichash_update (&state, more, n_more);
  crypto_generichash_final (&state, inner, HASH_SIZE);

  for (gsize i = 0; i < BLOCK_SIZE; i++)
    pad[i] ^= 0x36 ^ 0x5c;
  crypto_generichash_init (&state, NULL, 0, HASH_SIZE);
  crypto_generichash_update (&state, pad, BLOCK_SIZE);
  crypto_generichash_update (&state, inner, HASH_SIZE);
  crypto_generichash_final (&state, ret_mac, HASH_SIZE);

  sodium_memzero (pad, sizeof pad);
  sodium_memzero (inner, sizeof inner);
  sodium_memzero (&state, sizeof state);
}

/* Noise's HKDF with two outputs of HASH_SIZE bytes. */
static void
hkdf (const guint8 *ck, const guint8 *input, gsize n, guint8 *ret_first, guint8 *ret_second)
{
  static const guint8 one = 1, two = 2;
  guint8 temp[HASH_SIZE], first[HASH_SIZE];

  hmac (ck, HASH_SIZE, input, n, NULL, 0, temp);
  hmac (temp, HASH_SIZE, &one, 1, NULL, 0, first);
  hmac (temp, HASH_SIZE, first, HASH_SIZE, &two, 1, ret_second);
  memcpy (ret_first, first, HASH_SIZE);
  sodium_memzero (temp, sizeof temp);
  sodium_memzero (first, sizeof first);
}

static void
mix_hash (TcNoise *self, const guint8 *data, gsize n)
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, HASH_SIZE);
  crypto_generichash_update (&state, self->h, HASH_SIZE);
  crypto_generichash_update (&state, data, n);
  crypto_generichash_final (&state, self->h, HASH_SIZE);
}

/* MixKey (DH (secret, public)). FALSE for a public key of low order: an all-zero secret would be known to everybody. */
static gboolean
mix_dh (TcNoise *self, const guint8 *secret, const guint8 *public_key)
{
  guint8 shared[KEY_SIZE], temp[HASH_SIZE];

  if (crypto_scalarmult (shared, secret, public_key) != 0)
    return FALSE;
  hkdf (self->ck, shared, KEY_SIZE, self->ck, temp);
  memcpy (self->cipher.key, temp, KEY_SIZE);
  self->cipher.nonce = 0;
  self->has_key = TRUE;
  sodium_memzero (shared, sizeof shared);
  sodium_memzero (temp, sizeof temp);
  return TRUE;
}

static void
encrypt_and_hash (TcNoise *self, const guint8 *plain, gsize n, GByteArray *message)
{
  gsize start = message->len;
  gsize n_out = self->has_key ? n + TAG_SIZE : n;

  g_byte_array_set_size (message, (guint) (start + n_out));
  if (self->has_key)
    cipher_encrypt (&self->cipher, self->h, HASH_SIZE, plain, n, message->data + start);
  else if (n > 0)
    memcpy (message->data + start, plain, n);
  mix_hash (self, message->data + start, n_out);
}

/* Takes @n bytes, the tag among them, from the front of what is left. */
static gboolean
decrypt_and_hash (TcNoise *self, const guint8 *data, gsize n, guint8 *ret_plain)
{
  if (self->has_key)
    {
      if (!cipher_decrypt (&self->cipher, self->h, HASH_SIZE, data, n, ret_plain))
        return FALSE;
    }
  else if (n > 0)
    memcpy (ret_plain, data, n);
  mix_hash (self, data, n);
  return TRUE;
}

TcNoise *
tc_noise_new (gboolean initiator, const guint8 *prologue, gsize n_prologue, const guint8 *static_secret, const guint8 *ephemeral_secret)
{
  TcNoise *self = sodium_malloc (sizeof (TcNoise));

  if (self == NULL)
    g_error ("Out of memory for a handshake");
  memset (self, 0, sizeof *self);
  self->initiator = initiator;
  memcpy (self->h, PROTOCOL_NAME, sizeof (PROTOCOL_NAME) - 1);
  memcpy (self->ck, self->h, HASH_SIZE);
  mix_hash (self, prologue, n_prologue);
  memcpy (self->s, static_secret, KEY_SIZE);
  memcpy (self->e, ephemeral_secret, KEY_SIZE);
  tc_noise_public_key (self->s, self->s_public);
  tc_noise_public_key (self->e, self->e_public);
  return self;
}

void
tc_noise_free (TcNoise *self)
{
  sodium_free (self);
}

gboolean
tc_noise_is_writing (const TcNoise *self)
{
  return (self->n_done % 2 == 0) == self->initiator;
}

gboolean
tc_noise_is_complete (const TcNoise *self)
{
  return self->n_done == TC_NOISE_N_MESSAGES;
}

static void
write_e (TcNoise *self, GByteArray *message)
{
  g_byte_array_append (message, self->e_public, KEY_SIZE);
  mix_hash (self, self->e_public, KEY_SIZE);
}

static gboolean
write_tokens (TcNoise *self, GByteArray *message)
{
  switch (self->n_done)
    {
    case 0:  /* -> e */
      write_e (self, message);
      return TRUE;
    case 1:  /* <- e, ee, s, es */
      write_e (self, message);
      if (!mix_dh (self, self->e, self->re))
        return FALSE;
      encrypt_and_hash (self, self->s_public, KEY_SIZE, message);
      return mix_dh (self, self->s, self->re);
    default:  /* -> s, se */
      encrypt_and_hash (self, self->s_public, KEY_SIZE, message);
      return mix_dh (self, self->s, self->re);
    }
}

gboolean
tc_noise_write (TcNoise *self, const guint8 *payload, gsize n_payload, GByteArray *message)
{
  TC_CHECK (!self->failed && !tc_noise_is_complete (self) && tc_noise_is_writing (self));
  TC_CHECK (n_payload <= TC_NOISE_FRAME_MAX - tc_noise_message_size (self->n_done));

  if (!write_tokens (self, message))
    {
      self->failed = TRUE;
      return FALSE;
    }
  encrypt_and_hash (self, payload, n_payload, message);
  self->n_done++;
  return TRUE;
}

static void
read_e (TcNoise *self, const guint8 **data)
{
  memcpy (self->re, *data, KEY_SIZE);
  mix_hash (self, self->re, KEY_SIZE);
  *data += KEY_SIZE;
}

static gboolean
read_s (TcNoise *self, const guint8 **data)
{
  if (!decrypt_and_hash (self, *data, KEY_SIZE + TAG_SIZE, self->rs))
    return FALSE;
  *data += KEY_SIZE + TAG_SIZE;
  self->has_rs = TRUE;
  return TRUE;
}

/* @data: advanced past the tokens; long enough, by tc_noise_message_size (). */
static gboolean
read_tokens (TcNoise *self, const guint8 **data)
{
  switch (self->n_done)
    {
    case 0:
      read_e (self, data);
      return TRUE;
    case 1:
      read_e (self, data);
      return mix_dh (self, self->e, self->re) && read_s (self, data) && mix_dh (self, self->e, self->rs);
    default:
      return read_s (self, data) && mix_dh (self, self->e, self->rs);
    }
}

gboolean
tc_noise_read (TcNoise *self, const guint8 *message, gsize n_message, GByteArray *payload)
{
  g_autofree guint8 *plain = NULL;
  const guint8 *data = message;
  gsize n_left, n_plain;

  TC_CHECK (!self->failed && !tc_noise_is_complete (self) && !tc_noise_is_writing (self));
  self->failed = TRUE;
  if (n_message < tc_noise_message_size (self->n_done) || n_message > TC_NOISE_FRAME_MAX)
    return FALSE;
  if (!read_tokens (self, &data))
    return FALSE;
  n_left = n_message - (gsize) (data - message);
  n_plain = self->has_key ? n_left - TAG_SIZE : n_left;
  plain = g_malloc (n_left + 1);
  if (!decrypt_and_hash (self, data, n_left, plain))
    return FALSE;
  if (n_plain > 0)
    g_byte_array_append (payload, plain, (guint) n_plain);
  self->failed = FALSE;
  self->n_done++;
  return TRUE;
}

const guint8 *
tc_noise_get_remote_static (const TcNoise *self)
{
  return self->has_rs ? self->rs : NULL;
}

void
tc_noise_split (TcNoise *self, TcNoiseCipher *ret_send, TcNoiseCipher *ret_receive, guint8 *ret_hash)
{
  guint8 first[HASH_SIZE], second[HASH_SIZE];

  TC_CHECK (tc_noise_is_complete (self));
  hkdf (self->ck, NULL, 0, first, second);
  memcpy (ret_send->key, self->initiator ? first : second, KEY_SIZE);
  memcpy (ret_receive->key, self->initiator ? second : first, KEY_SIZE);
  ret_send->nonce = 0;
  ret_receive->nonce = 0;
  memcpy (ret_hash, self->h, HASH_SIZE);
  sodium_memzero (first, sizeof first);
  sodium_memzero (second, sizeof second);
}

void
tc_noise_public_key (const guint8 *secret, guint8 *ret_public)
{
  TC_CHECK (crypto_scalarmult_base (ret_public, secret) == 0);
}
