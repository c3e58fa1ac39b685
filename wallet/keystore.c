#include "keystore.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "core/codec.h"
#include "core/hash.h"

#define MAGIC_SIZE       4u
#define VERSION          1u
#define SALT_SIZE        16u
#define CHECK_SIZE       16u
#define NONCE_SIZE       24u
#define SUM_SIZE         32u
#define MEMLIMIT_KIB_MAX (4u * 1024u * 1024u)  /* 4 GiB: no file makes us take more */
#define OPSLIMIT_MAX     64u

G_STATIC_ASSERT (SALT_SIZE == crypto_pwhash_SALTBYTES);
G_STATIC_ASSERT (NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

typedef enum
{
  KDF_NONE     = 0,
  KDF_ARGON2ID = 1,
} Kdf;

typedef struct
{
  Kdf           kdf;
  TcKdfParams   params;
  guint8        salt[SALT_SIZE], check[CHECK_SIZE], nonce[NONCE_SIZE];
  gsize         header_size;  /* what is authenticated with the cipher text */
  const guint8 *cipher;
  gsize         cipher_size;
} Sealed;

typedef struct
{
  char        magic[MAGIC_SIZE + 1];
  gsize       size_max;  /* of the cipher text */
  const char *damaged, *newer, *password;
} Form;

static const Form forms[] = {
  [TC_SEAL_KEYSTORE] = { "TCKS", 65536, N_("The wallet file is damaged. Use a copy of it, or restore the wallet from its phrase."),
                         N_("This wallet was written by a newer version of TimeCoin. Update the application to open it."),
                         N_("Wrong password. If it is lost, restore the wallet from its phrase.") },
  [TC_SEAL_BACKUP] = { "TCBK", TC_BACKUP_SIZE_MAX, N_("This is not a backup of a wallet, or it was damaged. Use another copy, or the wallet’s phrase."),
                       N_("This backup was written by a newer version of TimeCoin. Update the application to use it."),
                       N_("Wrong password. It is the one that was chosen when the backup was made.") },
};

const TcKdfParams TC_KDF_MODERATE = { crypto_pwhash_argon2id_OPSLIMIT_MODERATE, crypto_pwhash_argon2id_MEMLIMIT_MODERATE / 1024 };
const TcKdfParams TC_KDF_MINIMAL = { crypto_pwhash_argon2id_OPSLIMIT_MIN, crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024 };

G_DEFINE_QUARK (tc-keystore-error-quark, tc_keystore_error)

/* 32 bytes for the cipher, then 32 whose hash is `check`. */
static TcSecretBytes *
derive_key (Kdf kdf, const TcKdfParams *params, const guint8 *salt, const TcSecretString *password, GError **error)
{
  g_autoptr(TcSecretBytes) key = tc_secret_bytes_new (64);

  if (kdf == KDF_NONE)
    crypto_generichash (tc_secret_bytes_get (key), 64, salt, SALT_SIZE, NULL, 0);
  else if (crypto_pwhash (tc_secret_bytes_get (key), 64, tc_secret_string_get (password), tc_secret_string_length (password), salt,
                          params->opslimit, (gsize) params->memlimit_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
    {
      g_set_error (error, TC_KEYSTORE_ERROR, TC_KEYSTORE_ERROR_MEMORY,
                   _("Checking the password takes %u MiB of memory, and that much is not free. Close other applications and try again."),
                   params->memlimit_kib / 1024);
      return NULL;
    }
  return g_steal_pointer (&key);
}

static void
make_check (const TcSecretBytes *key, guint8 ret_check[CHECK_SIZE])
{
  crypto_generichash (ret_check, CHECK_SIZE, tc_secret_bytes_get (key) + 32, 32, NULL, 0);
}

static void
put_header (GByteArray *bytes, const Form *form, Kdf kdf, const TcKdfParams *params, const guint8 *salt, const guint8 *check, const guint8 *nonce)
{
  tc_put_bytes (bytes, (const guint8 *) form->magic, MAGIC_SIZE);
  tc_put_u8 (bytes, VERSION);
  tc_put_u8 (bytes, (guint8) kdf);
  tc_put_u32 (bytes, params->opslimit);
  tc_put_u32 (bytes, params->memlimit_kib);
  tc_put_bytes (bytes, salt, SALT_SIZE);
  tc_put_bytes (bytes, check, CHECK_SIZE);
  tc_put_bytes (bytes, nonce, NONCE_SIZE);
}

GBytes *
tc_seal (TcSealKind kind, const TcSecretBytes *secret, const TcSecretString *password, const TcKdfParams *params, GError **error)
{
  const Kdf kdf = password != NULL && tc_secret_string_length (password) > 0 ? KDF_ARGON2ID : KDF_NONE;
  static const TcKdfParams no_params = { 0, 0 };
  guint8 salt[SALT_SIZE], check[CHECK_SIZE], nonce[NONCE_SIZE], sum[SUM_SIZE];

  if (kdf == KDF_NONE)
    params = &no_params;
  randombytes_buf (salt, sizeof salt);
  randombytes_buf (nonce, sizeof nonce);
  g_autoptr(TcSecretBytes) key = derive_key (kdf, params, salt, password, error);
  if (key == NULL)
    return NULL;
  make_check (key, check);

  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  put_header (bytes, &forms[kind], kdf, params, salt, check, nonce);
  const gsize cipher_size = tc_secret_bytes_size (secret) + crypto_aead_xchacha20poly1305_ietf_ABYTES;
  g_autofree guint8 *cipher = g_malloc (cipher_size);
  crypto_aead_xchacha20poly1305_ietf_encrypt (cipher, NULL, tc_secret_bytes_get (secret), tc_secret_bytes_size (secret),
                                              bytes->data, bytes->len, NULL, nonce, tc_secret_bytes_get (key));
  tc_put_blob (bytes, cipher, cipher_size);
  crypto_generichash (sum, SUM_SIZE, bytes->data, bytes->len, NULL, 0);
  tc_put_bytes (bytes, sum, SUM_SIZE);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static gboolean
refuse (const Form *form, TcKeystoreError code, GError **error)
{
  const char *message = code == TC_KEYSTORE_ERROR_DAMAGED ? form->damaged : code == TC_KEYSTORE_ERROR_NEWER ? form->newer : form->password;

  g_set_error_literal (error, TC_KEYSTORE_ERROR, code, _(message));
  return FALSE;
}

static gboolean
params_in_bounds (const Sealed *sealed)
{
  if (sealed->kdf == KDF_NONE)
    return TRUE;
  return sealed->params.opslimit >= crypto_pwhash_argon2id_OPSLIMIT_MIN && sealed->params.opslimit <= OPSLIMIT_MAX
         && sealed->params.memlimit_kib >= crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024 && sealed->params.memlimit_kib <= MEMLIMIT_KIB_MAX;
}

static gboolean
parse (const Form *form, GBytes *bytes, Sealed *ret_sealed, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint8 magic[MAGIC_SIZE], sum[SUM_SIZE];
  Sealed sealed = { 0 };
  TcReader reader;

  if (size < MAGIC_SIZE + 1 + SUM_SIZE)
    return refuse (form, TC_KEYSTORE_ERROR_DAMAGED, error);
  crypto_generichash (sum, SUM_SIZE, data, size - SUM_SIZE, NULL, 0);
  if (memcmp (sum, data + size - SUM_SIZE, SUM_SIZE) != 0)
    return refuse (form, TC_KEYSTORE_ERROR_DAMAGED, error);

  tc_reader_init (&reader, data, size - SUM_SIZE);
  tc_reader_bytes (&reader, magic, MAGIC_SIZE);
  const guint8 version = tc_reader_u8 (&reader);
  if (memcmp (magic, form->magic, MAGIC_SIZE) != 0)
    return refuse (form, TC_KEYSTORE_ERROR_DAMAGED, error);
  if (version > VERSION)
    return refuse (form, TC_KEYSTORE_ERROR_NEWER, error);
  const guint8 kdf = tc_reader_u8 (&reader);
  sealed.kdf = kdf;
  sealed.params.opslimit = tc_reader_u32 (&reader);
  sealed.params.memlimit_kib = tc_reader_u32 (&reader);
  tc_reader_bytes (&reader, sealed.salt, SALT_SIZE);
  tc_reader_bytes (&reader, sealed.check, CHECK_SIZE);
  tc_reader_bytes (&reader, sealed.nonce, NONCE_SIZE);
  sealed.header_size = reader.position;
  sealed.cipher_size = tc_reader_count (&reader, 1, form->size_max);
  sealed.cipher = tc_reader_view (&reader, sealed.cipher_size);
  if (!tc_reader_end (&reader, "keystore", NULL) || version != VERSION || kdf > KDF_ARGON2ID || (kdf == KDF_NONE && form == &forms[TC_SEAL_BACKUP])
      || sealed.cipher_size < crypto_aead_xchacha20poly1305_ietf_ABYTES || !params_in_bounds (&sealed))
    return refuse (form, TC_KEYSTORE_ERROR_DAMAGED, error);
  *ret_sealed = sealed;
  return TRUE;
}

TcSecretBytes *
tc_unseal (TcSealKind kind, GBytes *sealed_bytes, const TcSecretString *password, GError **error)
{
  const Form *form = &forms[kind];
  g_autoptr(TcSecretString) empty = tc_secret_string_new (NULL);
  guint8 check[CHECK_SIZE];
  Sealed sealed;

  if (!parse (form, sealed_bytes, &sealed, error))
    return NULL;
  g_autoptr(TcSecretBytes) key = derive_key (sealed.kdf, &sealed.params, sealed.salt, password != NULL ? password : empty, error);
  if (key == NULL)
    return NULL;
  make_check (key, check);
  if (sodium_memcmp (check, sealed.check, CHECK_SIZE) != 0)
    {
      refuse (form, sealed.kdf == KDF_NONE ? TC_KEYSTORE_ERROR_DAMAGED : TC_KEYSTORE_ERROR_PASSWORD, error);
      return NULL;
    }
  g_autoptr(TcSecretBytes) secret = tc_secret_bytes_new (sealed.cipher_size - crypto_aead_xchacha20poly1305_ietf_ABYTES);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (tc_secret_bytes_get (secret), NULL, NULL, sealed.cipher, sealed.cipher_size,
                                                  g_bytes_get_data (sealed_bytes, NULL), sealed.header_size, sealed.nonce,
                                                  tc_secret_bytes_get (key)) != 0)
    {
      refuse (form, TC_KEYSTORE_ERROR_DAMAGED, error);
      return NULL;
    }
  return g_steal_pointer (&secret);
}

GBytes *
tc_keystore_seal (const TcSecretBytes *secret, const TcSecretString *password, const TcKdfParams *params, GError **error)
{
  return tc_seal (TC_SEAL_KEYSTORE, secret, password, params, error);
}

TcSecretBytes *
tc_keystore_open (GBytes *sealed, const TcSecretString *password, GError **error)
{
  return tc_unseal (TC_SEAL_KEYSTORE, sealed, password, error);
}

gboolean
tc_keystore_inspect (GBytes *sealed_bytes, gboolean *ret_encrypted, TcKdfParams *ret_params, GError **error)
{
  Sealed sealed;

  if (!parse (&forms[TC_SEAL_KEYSTORE], sealed_bytes, &sealed, error))
    return FALSE;
  if (ret_encrypted != NULL)
    *ret_encrypted = sealed.kdf != KDF_NONE;
  if (ret_params != NULL)
    *ret_params = sealed.params;
  return TRUE;
}
