#pragma once

#include "secret.h"

G_BEGIN_DECLS

/* A wallet's secret at rest: Argon2id over the password, XChaCha20-Poly1305 over the secret, the header authenticated with it.
 *
 *   magic "TCKS" | version u8 = 1 | kdf u8 (0 none, 1 Argon2id) | opslimit u32 | memlimit_kib u32 | salt 16 | check 16 | nonce 24 |
 *   varint length, ciphertext | BLAKE2b-256 of all before
 *
 * 64 bytes come from Argon2id: 32 for the cipher, 32 whose BLAKE2b gives `check`, which tells a wrong password from damage; the last
 * hash tells damage without a password. kdf 0 is for play money: the same form, its key made of the salt alone, so anyone with the file can open it.
 * Pure: no files. Argon2id takes a second and 256 MiB: not for the main thread. */

typedef enum
{
  TC_KEYSTORE_ERROR_DAMAGED  = 0,
  TC_KEYSTORE_ERROR_NEWER    = 1,
  TC_KEYSTORE_ERROR_PASSWORD = 2,
  TC_KEYSTORE_ERROR_MEMORY   = 3,  /* Argon2id did not get its memory */
} TcKeystoreError;

#define TC_KEYSTORE_ERROR (tc_keystore_error_quark ())
GQuark         tc_keystore_error_quark   (void);

typedef struct
{
  guint32 opslimit;
  guint32 memlimit_kib;
} TcKdfParams;

extern const TcKdfParams TC_KDF_MODERATE;  /* libsodium's: 3 passes over 256 MiB */
extern const TcKdfParams TC_KDF_MINIMAL;   /* for tests: the least that libsodium allows */

/* The same form in other files: another magic, other words where it cannot be opened. */
typedef enum
{
  TC_SEAL_KEYSTORE = 0,
  TC_SEAL_BACKUP   = 1,  /* "TCBK": backup.h; always encrypted */
} TcSealKind;

#define TC_BACKUP_SIZE_MAX (64u * 1024u * 1024u)

GBytes        *tc_seal                   (TcSealKind kind, const TcSecretBytes *secret, const TcSecretString *password, const TcKdfParams *params, GError **error);
TcSecretBytes *tc_unseal                 (TcSealKind kind, GBytes *sealed, const TcSecretString *password, GError **error);

/* @password: (nullable): NULL or empty: not encrypted. Returns: (transfer full) (nullable). */
GBytes        *tc_keystore_seal          (const TcSecretBytes *secret, const TcSecretString *password, const TcKdfParams *params, GError **error);

/* Returns: (transfer full) (nullable): the secret. @password is ignored where not encrypted. */
TcSecretBytes *tc_keystore_open          (GBytes *sealed, const TcSecretString *password, GError **error);

/* Everything that can be told without a password. @ret_encrypted, @ret_params: (out) (optional). */
gboolean       tc_keystore_inspect       (GBytes *sealed, gboolean *ret_encrypted, TcKdfParams *ret_params, GError **error);

typedef enum
{
  TC_PASSWORD_EMPTY  = 0,
  TC_PASSWORD_WEAK   = 1,
  TC_PASSWORD_FAIR   = 2,
  TC_PASSWORD_GOOD   = 3,
  TC_PASSWORD_STRONG = 4,
} TcPasswordStrength;

/* An estimate, for the meter: length and kinds of characters, less repeats, runs ("abcd", "4321", "qwert") and the commonest passwords. @ret_bits: (out) (optional). */
TcPasswordStrength tc_password_strength  (const char *password, guint *ret_bits);

G_END_DECLS
