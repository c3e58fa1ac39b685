#include "memo.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "core/check.h"
#include "secret.h"

#define FIRST_BYTE    0xf5u
#define VERSION       1u
#define HEADER_SIZE   (2 + crypto_scalarmult_BYTES)
#define KEY_SIZE      crypto_aead_chacha20poly1305_ietf_KEYBYTES
#define TAG_SIZE      crypto_aead_chacha20poly1305_ietf_ABYTES
#define WRAPPED_SIZE  (KEY_SIZE + TAG_SIZE)
#define OVERHEAD      (HEADER_SIZE + WRAPPED_SIZE + TAG_SIZE)
#define PAD_TO        32u
#define OUTPOINT_SIZE (TC_HASH_SIZE + 4)

G_STATIC_ASSERT (OVERHEAD + TC_MEMO_TEXT_MAX == TC_TX_MEMO_MAX);

G_DEFINE_QUARK (tc-memo-error-quark, tc_memo_error)

/* What sealing and opening keep secret, in guarded memory. */
typedef struct
{
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];  /* libsodium's form of an Ed25519 key */
  guint8 scalar[crypto_scalarmult_SCALARBYTES];
  guint8 shared[crypto_scalarmult_BYTES + 2 * TC_PUBLIC_KEY_SIZE];  /* X25519's result | E | R */
  guint8 wrapping_key[KEY_SIZE];
  guint8 text_key[KEY_SIZE];
  guint8 text[TC_MEMO_TEXT_MAX];
} Secrets;

/* Each key seals one thing, so the nonce can stay zero. */
static const guint8 nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

static gsize
padded_size (gsize text_size)
{
  return MIN ((text_size + PAD_TO - 1) / PAD_TO * PAD_TO, TC_MEMO_TEXT_MAX);
}

gsize
tc_memo_sealed_size (gsize text_size)
{
  return OVERHEAD + padded_size (text_size);
}

gboolean
tc_memo_is_private (const guint8 *memo, gsize n)
{
  return n > OVERHEAD && n <= TC_TX_MEMO_MAX && memo[0] == FIRST_BYTE && memo[1] == VERSION;
}

static gboolean
convert_key (const TcPublicKey *key, guint8 *ret_point)
{
  return crypto_sign_ed25519_pk_to_curve25519 (ret_point, key->bytes) == 0;
}

gboolean
tc_memo_check_key (const TcPublicKey *key, const TcKeyHash *address, GError **error)
{
  const TcKeyHash hash = tc_key_hash (key);
  guint8 point[crypto_scalarmult_BYTES];

  if (!tc_key_hash_equal (&hash, address))
    g_set_error_literal (error, TC_MEMO_ERROR, TC_MEMO_ERROR_KEY,
                         _("The public key is not that of the recipient's address. Ask the recipient for a new payment request, or send the memo as public text."));
  else if (!convert_key (key, point))
    g_set_error_literal (error, TC_MEMO_ERROR, TC_MEMO_ERROR_KEY,
                         _("Nothing can be encrypted to the recipient's key. Send the memo as public text."));
  else
    return TRUE;
  return FALSE;
}

/* What both seals are bound to: the payment's first input, so that a memo cannot be moved to another payment, and the memo's header. */
static void
bind (const TcOutpoint *first, const guint8 *header, guint8 *ret_bound)
{
  const guint32 index = GUINT32_TO_LE (first->index);

  memcpy (ret_bound, first->txid.bytes, TC_HASH_SIZE);
  memcpy (ret_bound + TC_HASH_SIZE, &index, sizeof index);
  memcpy (ret_bound + OUTPOINT_SIZE, header, HEADER_SIZE);
}

static void
seal (guint8 *sealed, const guint8 *data, gsize n, const guint8 *bound, const guint8 *key)
{
  TC_CHECK (crypto_aead_chacha20poly1305_ietf_encrypt (sealed, NULL, data, n, bound, OUTPOINT_SIZE + HEADER_SIZE, NULL, nonce, key) == 0);
}

static gboolean
unseal (guint8 *data, const guint8 *sealed, gsize n, const guint8 *bound, const guint8 *key)
{
  return crypto_aead_chacha20poly1305_ietf_decrypt (data, NULL, NULL, sealed, n, bound, OUTPOINT_SIZE + HEADER_SIZE, nonce, key) == 0;
}

/* The key of the text: of the sender's seed, which seals it, so that the sender can make it again. */
static void
derive_text_key (Secrets *secrets, const TcSecretKey *sender, const guint8 *bound)
{
  static const guint8 personal[crypto_generichash_blake2b_PERSONALBYTES] = TC_TAG_MEMO;

  TC_CHECK (crypto_generichash_blake2b_salt_personal (secrets->text_key, KEY_SIZE, bound, OUTPOINT_SIZE + HEADER_SIZE, tc_secret_key_get_seed (sender),
                                                      TC_SEED_SIZE, NULL, personal) == 0);
}

/* @scalar and @point: of the one side and the other. Returns: FALSE for a point that gives nothing secret. */
static gboolean
derive_wrapping_key (Secrets *secrets, const guint8 *point, const guint8 *ephemeral, const TcPublicKey *recipient)
{
  if (crypto_scalarmult (secrets->shared, secrets->scalar, point) != 0)
    return FALSE;
  memcpy (secrets->shared + crypto_scalarmult_BYTES, ephemeral, crypto_scalarmult_BYTES);
  memcpy (secrets->shared + 2 * crypto_scalarmult_BYTES, recipient->bytes, TC_PUBLIC_KEY_SIZE);
  const TcHash key = tc_hash_tagged (TC_TAG_MEMO_KEY, secrets->shared, sizeof secrets->shared);
  memcpy (secrets->wrapping_key, key.bytes, KEY_SIZE);
  tc_secret_wipe ((gpointer) &key, sizeof key);
  return TRUE;
}

GBytes *
tc_memo_seal (const char *text, const TcPublicKey *recipient, const TcKeyHash *address, const TcSecretKey *sender, const TcOutpoint *first,
              GError **error)
{
  const gsize n = strlen (text), padded = padded_size (n), size = OVERHEAD + padded;
  guint8 point[crypto_scalarmult_BYTES], bound[OUTPOINT_SIZE + HEADER_SIZE];

  if (n == 0 || n > TC_MEMO_TEXT_MAX || !g_utf8_validate (text, (gssize) n, NULL))
    {
      g_set_error (error, TC_MEMO_ERROR, TC_MEMO_ERROR_TEXT, _("A private memo has 1 to %u bytes of text. Shorten it."), TC_MEMO_TEXT_MAX);
      return NULL;
    }
  if (!tc_memo_check_key (recipient, address, error) || !convert_key (recipient, point))
    return NULL;
  g_autoptr(TcSecretBytes) guarded = tc_secret_bytes_new (sizeof (Secrets));
  Secrets *secrets = (Secrets *) tc_secret_bytes_get (guarded);
  guint8 *memo = g_malloc (size);

  memo[0] = FIRST_BYTE;
  memo[1] = VERSION;
  randombytes_buf (secrets->scalar, sizeof secrets->scalar);
  TC_CHECK (crypto_scalarmult_base (memo + 2, secrets->scalar) == 0);
  bind (first, memo, bound);
  TC_CHECK (derive_wrapping_key (secrets, point, memo + 2, recipient));  /* its order was looked at */
  derive_text_key (secrets, sender, bound);
  memcpy (secrets->text, text, n);
  seal (memo + HEADER_SIZE, secrets->text_key, KEY_SIZE, bound, secrets->wrapping_key);
  seal (memo + HEADER_SIZE + WRAPPED_SIZE, secrets->text, padded, bound, secrets->text_key);
  return g_bytes_new_take (memo, size);
}

/* Padding is as sealing pads, so that a text has one form. */
static char *
read_text (Secrets *secrets, const guint8 *memo, gsize n, const guint8 *bound)
{
  const gsize padded = n - OVERHEAD;
  gsize size = padded;

  if (!unseal (secrets->text, memo + HEADER_SIZE + WRAPPED_SIZE, n - HEADER_SIZE - WRAPPED_SIZE, bound, secrets->text_key))
    return NULL;
  while (size > 0 && secrets->text[size - 1] == 0)
    size--;
  if (size == 0 || padded_size (size) != padded || !g_utf8_validate ((const char *) secrets->text, (gssize) size, NULL))
    return NULL;
  return g_strndup ((const char *) secrets->text, size);
}

char *
tc_memo_open (const guint8 *memo, gsize n, const TcSecretKey *recipient, const TcOutpoint *first)
{
  guint8 bound[OUTPOINT_SIZE + HEADER_SIZE];

  if (!tc_memo_is_private (memo, n))
    return NULL;
  g_autoptr(TcSecretBytes) guarded = tc_secret_bytes_new (sizeof (Secrets));
  Secrets *secrets = (Secrets *) tc_secret_bytes_get (guarded);

  memcpy (secrets->secret_key, tc_secret_key_get_seed (recipient), TC_SEED_SIZE);
  memcpy (secrets->secret_key + TC_SEED_SIZE, tc_secret_key_get_public (recipient)->bytes, TC_PUBLIC_KEY_SIZE);
  TC_CHECK (crypto_sign_ed25519_sk_to_curve25519 (secrets->scalar, secrets->secret_key) == 0);
  bind (first, memo, bound);
  if (!derive_wrapping_key (secrets, memo + 2, memo + 2, tc_secret_key_get_public (recipient))
      || !unseal (secrets->text_key, memo + HEADER_SIZE, WRAPPED_SIZE, bound, secrets->wrapping_key))
    return NULL;
  return read_text (secrets, memo, n, bound);
}

char *
tc_memo_open_own (const guint8 *memo, gsize n, const TcSecretKey *sender, const TcOutpoint *first)
{
  guint8 bound[OUTPOINT_SIZE + HEADER_SIZE];

  if (!tc_memo_is_private (memo, n))
    return NULL;
  g_autoptr(TcSecretBytes) guarded = tc_secret_bytes_new (sizeof (Secrets));
  Secrets *secrets = (Secrets *) tc_secret_bytes_get (guarded);

  bind (first, memo, bound);
  derive_text_key (secrets, sender, bound);
  return read_text (secrets, memo, n, bound);
}
