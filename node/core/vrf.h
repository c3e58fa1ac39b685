#pragma once

#include "key.h"

G_BEGIN_DECLS

/* ECVRF-EDWARDS25519-SHA512-TAI, RFC 9381, suite 0x03. Any thread. */

#define TC_VRF_PROOF_SIZE  80u
#define TC_VRF_OUTPUT_SIZE 64u

typedef struct { guint8 bytes[TC_VRF_PROOF_SIZE]; } TcVrfProof;
typedef struct { guint8 bytes[TC_VRF_OUTPUT_SIZE]; } TcVrfOutput;

/* Proves @alpha (section 5.1). Cannot fail for a TcSecretKey. */
TcVrfProof tc_vrf_prove         (const TcSecretKey *key, const guint8 *alpha, gsize n);

/* Verifies (section 5.3, with key validation: a key of low order is refused). Returns: FALSE, with @ret_output untouched, for a bad proof. */
gboolean   tc_vrf_verify        (const TcPublicKey *key, const TcVrfProof *proof, const guint8 *alpha, gsize n, TcVrfOutput *ret_output);

/* Rule B7. alpha = tag | chain_id | seed | height. */
TcVrfProof tc_seed_prove        (const TcSecretKey *key, const TcHash *chain_id, const TcHash *seed, guint32 height);
/* next seed = H("TimeCoin seed", seed | VRF output). Returns: FALSE, with @ret_next untouched, for a bad proof. */
gboolean   tc_seed_advance      (const TcHash *seed, const TcPublicKey *key, const TcVrfProof *proof, const TcHash *chain_id,
                                 guint32 height, TcHash *ret_next);

G_END_DECLS
