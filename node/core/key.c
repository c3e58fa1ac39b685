#include "key.h"

#include <sodium.h>
#include <string.h>

#include "check.h"

#define TAG_SIZE 16u

struct _TcSecretKey
{
  gatomicrefcount ref_count;
  TcPublicKey     public_key;
  guint8         *secret;  /* libsodium's form, seed | public key; sodium_malloc, read-only */
};

G_STATIC_ASSERT (TC_PUBLIC_KEY_SIZE == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (TC_SIGNATURE_SIZE == crypto_sign_BYTES);
G_STATIC_ASSERT (TC_SEED_SIZE == crypto_sign_SEEDBYTES);

void
tc_crypto_init (void)
{
  if (sodium_init () < 0)
    g_error ("libsodium cannot start: the system gives no random numbers");
}

TcSecretKey *
tc_secret_key_new (const guint8 *seed)
{
  TcSecretKey *self = g_new0 (TcSecretKey, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->secret = sodium_malloc (crypto_sign_SECRETKEYBYTES);
  if (self->secret == NULL)
    g_error ("no memory for a secret key");
  TC_CHECK (crypto_sign_seed_keypair (self->public_key.bytes, self->secret, seed) == 0);
  sodium_mprotect_readonly (self->secret);
  return self;
}

TcSecretKey *
tc_secret_key_ref (TcSecretKey *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_secret_key_unref (TcSecretKey *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  sodium_free (self->secret);
  g_free (self);
}

const TcPublicKey *
tc_secret_key_get_public (const TcSecretKey *self)
{
  return &self->public_key;
}

const guint8 *
tc_secret_key_get_seed (const TcSecretKey *self)
{
  return self->secret;
}

TcSignature
tc_secret_key_sign (const TcSecretKey *self, const guint8 *message, gsize n)
{
  TcSignature signature;

  TC_CHECK (crypto_sign_detached (signature.bytes, NULL, message, n, self->secret) == 0);
  return signature;
}

gboolean
tc_signature_check (const TcSignature *signature, const TcPublicKey *key, const guint8 *message, gsize n)
{
  return crypto_sign_verify_detached (signature->bytes, message, n, key->bytes) == 0;
}

GByteArray *
tc_signed_bytes (const char *tag, const TcHash *chain_id, const guint8 *content, gsize n)
{
  const gsize tag_size = strlen (tag);
  guint8 padded[TAG_SIZE] = { 0 };
  GByteArray *bytes;

  TC_CHECK (tag_size <= TAG_SIZE && n <= G_MAXUINT - TAG_SIZE - TC_HASH_SIZE);
  memcpy (padded, tag, tag_size);
  bytes = g_byte_array_sized_new ((guint) (TAG_SIZE + TC_HASH_SIZE + n));
  tc_put_bytes (bytes, padded, TAG_SIZE);
  tc_put_hash (bytes, chain_id);
  tc_put_bytes (bytes, content, n);
  return bytes;
}

TcKeyHash
tc_key_hash (const TcPublicKey *key)
{
  const TcHash hash = tc_hash_sha256 (key->bytes, TC_PUBLIC_KEY_SIZE);
  TcKeyHash key_hash;

  memcpy (key_hash.bytes, hash.bytes, TC_KEY_HASH_SIZE);
  return key_hash;
}

gboolean
tc_key_hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, TC_KEY_HASH_SIZE) == 0;
}

guint
tc_key_hash_hash (gconstpointer key_hash)
{
  return tc_table_hash (((const TcKeyHash *) key_hash)->bytes, TC_KEY_HASH_SIZE);
}

gboolean
tc_public_key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, TC_PUBLIC_KEY_SIZE) == 0;
}

guint
tc_public_key_hash (gconstpointer key)
{
  return tc_table_hash (((const TcPublicKey *) key)->bytes, TC_PUBLIC_KEY_SIZE);
}

static void
check_many_inline (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  for (gsize i = 0; i < n_jobs; i++)
    jobs[i].ok = tc_signature_check (&jobs[i].signature, &jobs[i].key, jobs[i].message, jobs[i].size_bytes);
}

const TcVerifier TC_VERIFIER_INLINE = { check_many_inline, NULL };
