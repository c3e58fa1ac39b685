#pragma once

#include <glib.h>

#include "hash.h"

G_BEGIN_DECLS

/* Ed25519 keys and signatures, RFC 8032 as libsodium's crypto_sign_verify_detached () accepts them: that function is the rule.
 * Call tc_crypto_init () once before anything else. All functions: any thread. */

#define TC_PUBLIC_KEY_SIZE 32u
#define TC_SIGNATURE_SIZE  64u
#define TC_SEED_SIZE       32u
#define TC_KEY_HASH_SIZE   20u

typedef struct { guint8 bytes[TC_PUBLIC_KEY_SIZE]; } TcPublicKey;
typedef struct { guint8 bytes[TC_SIGNATURE_SIZE]; } TcSignature;
/* First 20 bytes of SHA-256 (public key): what an address holds (rule A2). */
typedef struct { guint8 bytes[TC_KEY_HASH_SIZE]; } TcKeyHash;

/* A secret key in locked, guarded memory (sodium_malloc), wiped when freed. */
typedef struct _TcSecretKey TcSecretKey;

/* Starts libsodium. Fatal where it cannot start. Idempotent. */
void               tc_crypto_init            (void);

/* @seed: 32 bytes (RFC 8032's private key). Returns: (transfer full). */
TcSecretKey       *tc_secret_key_new         (const guint8 *seed);
TcSecretKey       *tc_secret_key_ref         (TcSecretKey *self);
void               tc_secret_key_unref       (TcSecretKey *self);
const TcPublicKey *tc_secret_key_get_public  (const TcSecretKey *self);
/* The 32-byte seed; valid while the key is. For writing it to a key file, and for the VRF. */
const guint8      *tc_secret_key_get_seed    (const TcSecretKey *self);
TcSignature        tc_secret_key_sign        (const TcSecretKey *self, const guint8 *message, gsize n);

gboolean           tc_signature_check        (const TcSignature *signature, const TcPublicKey *key, const guint8 *message, gsize n);

/* What consensus messages sign: @tag zero-padded to 16 bytes | @chain_id | @content. Returns: (transfer full). */
GByteArray        *tc_signed_bytes           (const char *tag, const TcHash *chain_id, const guint8 *content, gsize n);

TcKeyHash          tc_key_hash               (const TcPublicKey *key);
gboolean           tc_key_hash_equal         (gconstpointer a, gconstpointer b);
guint              tc_key_hash_hash          (gconstpointer key_hash);
gboolean           tc_public_key_equal       (gconstpointer a, gconstpointer b);
guint              tc_public_key_hash        (gconstpointer key);

/* One signature to check. The driver may check many at once on all cores (the ledger knows no threads). */
typedef struct
{
  TcPublicKey   key;
  TcSignature   signature;
  const guint8 *message;   /* borrowed */
  gsize         size_bytes;
  gboolean      ok;        /* (out) */
} TcSignatureJob;

/* How signatures are checked: a table, so that a node checks on a pool, a test inline, the simulator with a memo. The answer is always
 * tc_signature_check ()'s. check_many () fills in @ok of each job before it returns. */
typedef struct
{
  void   (*check_many) (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs);
  gpointer user_data;
} TcVerifier;

/* Checks inline, on the caller's thread. */
extern const TcVerifier TC_VERIFIER_INLINE;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSecretKey, tc_secret_key_unref)

G_END_DECLS
