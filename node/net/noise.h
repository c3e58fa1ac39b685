#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Noise_XX_25519_ChaChaPoly_BLAKE2b (rule N1; the Noise protocol framework, revision 34): bytes in, bytes out, no I/O and no randomness.
 * Any thread, one at a time for each object. */

#define TC_NOISE_KEY_SIZE    32u
#define TC_NOISE_HASH_SIZE   64u
#define TC_NOISE_TAG_SIZE    16u
#define TC_NOISE_FRAME_MAX   65535u                                    /* of ciphertext with its tag */
#define TC_NOISE_PLAIN_MAX   (TC_NOISE_FRAME_MAX - TC_NOISE_TAG_SIZE)
#define TC_NOISE_N_MESSAGES  3u                                        /* -> e; <- e, ee, s, es; -> s, se */

/* Size of handshake message @index (0..2) with an empty payload. */
gsize tc_noise_message_size (guint index);

/* One direction of transport. Lives in memory that is wiped when it is freed (sodium_malloc ()). */
typedef struct
{
  guint8  key[TC_NOISE_KEY_SIZE];
  guint64 nonce;
} TcNoiseCipher;

/* @plain: @n bytes, at most TC_NOISE_PLAIN_MAX; @ret_frame: n + TC_NOISE_TAG_SIZE bytes. */
void     tc_noise_cipher_encrypt (TcNoiseCipher *self, const guint8 *plain, gsize n, guint8 *ret_frame);
/* @frame: @n bytes; @ret_plain: n - TC_NOISE_TAG_SIZE bytes, may be @frame.
 * Returns: FALSE where it was tampered with, cut, replayed or reordered: then the connection is of no more use. */
gboolean tc_noise_cipher_decrypt (TcNoiseCipher *self, const guint8 *frame, gsize n, guint8 *ret_plain);

/* A handshake in progress, in guarded memory. */
typedef struct _TcNoise TcNoise;

/* @static_secret, @ephemeral_secret: TC_NOISE_KEY_SIZE bytes, copied; the ephemeral one random and never used twice. */
TcNoise      *tc_noise_new               (gboolean initiator, const guint8 *prologue, gsize n_prologue, const guint8 *static_secret,
                                          const guint8 *ephemeral_secret);
void          tc_noise_free              (TcNoise *self);

/* Whose turn it is: TRUE to write, FALSE to read, while not complete. */
gboolean      tc_noise_is_writing        (const TcNoise *self);
gboolean      tc_noise_is_complete       (const TcNoise *self);

/* Appends the next handshake message, with @payload, to @message. Only in turn.
 * Returns: FALSE where the other side's key is of low order; then only tc_noise_free () may follow. */
gboolean      tc_noise_write             (TcNoise *self, const guint8 *payload, gsize n_payload, GByteArray *message);
/* Reads the next handshake message; appends its payload to @payload. Only in turn.
 * Returns: FALSE, with @payload untouched, where it is malformed, tampered with, of another prologue, or holds a key of low order; then only
 * tc_noise_free () may follow. */
gboolean      tc_noise_read              (TcNoise *self, const guint8 *message, gsize n_message, GByteArray *payload);

/* Returns: (nullable): the other side's static public key, once it has been received. */
const guint8 *tc_noise_get_remote_static (const TcNoise *self);

/* Once complete. @ret_hash: TC_NOISE_HASH_SIZE bytes, the same on both sides and unique to this session (channel binding). */
void          tc_noise_split             (TcNoise *self, TcNoiseCipher *ret_send, TcNoiseCipher *ret_receive, guint8 *ret_hash);

void          tc_noise_public_key        (const guint8 *secret, guint8 *ret_public);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNoise, tc_noise_free)

G_END_DECLS
