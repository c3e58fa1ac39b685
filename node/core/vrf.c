#include "vrf.h"

#include <sodium.h>
#include <string.h>

#include "check.h"

/* RFC 9381, section 5.5: ECVRF-EDWARDS25519-SHA512-TAI. */
#define SUITE          0x03
#define FRONT_CURVE    0x01
#define FRONT_CHALLENGE 0x02
#define FRONT_OUTPUT   0x03
#define BACK           0x00
#define POINT_SIZE     32u
#define SCALAR_SIZE    32u
#define CHALLENGE_SIZE 16u

typedef struct { guint8 bytes[POINT_SIZE]; } Point;
typedef struct { guint8 bytes[SCALAR_SIZE]; } Scalar;

static const Point identity = { { 1 } };

/* L, the order of the base point, and the inverse of 8 modulo it; little-endian. */
static const guint8 group_order[SCALAR_SIZE] = {
  0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
};
static const Scalar inverse_of_8 = { {
  0x79, 0x2f, 0xdc, 0xe2, 0x29, 0xe5, 0x06, 0x61, 0xd0, 0xda, 0x1c, 0x7d, 0xb3, 0x9d, 0xd3, 0x07,
  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x06,
} };

static int
compare_little_endian (const guint8 *a, const guint8 *b)
{
  for (gsize i = 32; i > 0; i--)
    if (a[i - 1] != b[i - 1])
      return a[i - 1] < b[i - 1] ? -1 : 1;
  return 0;
}

static gboolean
is_identity (const Point *point)
{
  return memcmp (point, &identity, sizeof *point) == 0;
}

/* RFC 8032, section 5.1.3: y is below p, and a point whose x is 0 (y = 1 or -1) has no sign. libsodium leaves this to the caller. */
static gboolean
is_canonical (const Point *point)
{
  static const guint8 prime[POINT_SIZE] = {
    0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
  };
  Point minus_one, y = *point;

  memcpy (minus_one.bytes, prime, POINT_SIZE);
  minus_one.bytes[0]--;
  y.bytes[31] &= 0x7f;
  if (compare_little_endian (y.bytes, prime) >= 0)
    return FALSE;
  return (point->bytes[31] & 0x80) == 0 || (!is_identity (&y) && memcmp (&y, &minus_one, sizeof y) != 0);
}

/* 8 @point. By doubling, because libsodium's multiplication refuses points with torsion.
 * Returns: FALSE where @point is not a canonical point of the curve. */
static gboolean
clear_cofactor (const Point *point, Point *ret_cleared)
{
  Point cleared = *point;

  if (!is_canonical (point))
    return FALSE;
  for (guint i = 0; i < 3; i++)
    {
      const Point doubled = cleared;

      if (crypto_core_ed25519_add (cleared.bytes, doubled.bytes, doubled.bytes) != 0)
        return FALSE;
    }
  *ret_cleared = cleared;
  return TRUE;
}

/* @point: of prime order. Returns: FALSE for a @scalar of 0 mod L. */
static gboolean
multiply (const Scalar *scalar, const Point *point, Point *ret_product)
{
  Point product;

  if (crypto_scalarmult_ed25519_noclamp (product.bytes, scalar->bytes, point->bytes) != 0)
    return FALSE;
  *ret_product = product;
  return TRUE;
}

/* Whether @point is of prime order: of low order and mixed order are refused alike. It is where dividing 8 @point by 8 gives it back.
 * Not crypto_core_ed25519_is_valid_point (): some releases let a point with a component of order 2 pass, so that answers would differ by release. */
static gboolean
is_prime_order (const Point *point)
{
  Point cleared, divided;

  return clear_cofactor (point, &cleared) && !is_identity (&cleared) && multiply (&inverse_of_8, &cleared, &divided) &&
         memcmp (&divided, point, sizeof divided) == 0;
}

/* Section 5.4.1.1: try and increment. */
static Point
hash_to_curve (const TcPublicKey *key, const guint8 *alpha, gsize n)
{
  static const guint8 front[] = { SUITE, FRONT_CURVE };
  Point hashed, cleared;

  for (guint counter = 0; counter <= G_MAXUINT8; counter++)
    {
      const guint8 back[] = { (guint8) counter, BACK };
      guint8 digest[crypto_hash_sha512_BYTES];
      crypto_hash_sha512_state state;

      crypto_hash_sha512_init (&state);
      crypto_hash_sha512_update (&state, front, sizeof front);
      crypto_hash_sha512_update (&state, key->bytes, TC_PUBLIC_KEY_SIZE);
      crypto_hash_sha512_update (&state, alpha, n);
      crypto_hash_sha512_update (&state, back, sizeof back);
      crypto_hash_sha512_final (&state, digest);
      memcpy (hashed.bytes, digest, POINT_SIZE);
      if (clear_cofactor (&hashed, &cleared) && !is_identity (&cleared))
        return cleared;
    }
  g_error ("no point in 256 tries: chance of 2^-256");
}

/* Section 5.4.3. */
static Scalar
make_challenge (const Point *points, gsize n_points)
{
  static const guint8 front[] = { SUITE, FRONT_CHALLENGE };
  static const guint8 back[] = { BACK };
  guint8 digest[crypto_hash_sha512_BYTES];
  crypto_hash_sha512_state state;
  Scalar challenge = { { 0 } };

  crypto_hash_sha512_init (&state);
  crypto_hash_sha512_update (&state, front, sizeof front);
  crypto_hash_sha512_update (&state, points[0].bytes, n_points * POINT_SIZE);
  crypto_hash_sha512_update (&state, back, sizeof back);
  crypto_hash_sha512_final (&state, digest);
  memcpy (challenge.bytes, digest, CHALLENGE_SIZE);
  return challenge;
}

/* Section 5.2. @gamma: of prime order. */
static TcVrfOutput
make_output (const Point *gamma)
{
  guint8 input[2 + POINT_SIZE + 1] = { SUITE, FRONT_OUTPUT };
  TcVrfOutput output;
  Point cleared;

  TC_CHECK (clear_cofactor (gamma, &cleared));
  memcpy (input + 2, cleared.bytes, POINT_SIZE);
  input[2 + POINT_SIZE] = BACK;
  crypto_hash_sha512 (output.bytes, input, sizeof input);
  return output;
}

/* Section 5.4.2.2: k from the second half of the hashed secret key. */
static void
make_nonce (const guint8 *hashed_key, const Point *hashed, Scalar *ret_nonce)
{
  guint8 input[32 + POINT_SIZE], digest[crypto_hash_sha512_BYTES];

  memcpy (input, hashed_key + 32, 32);
  memcpy (input + 32, hashed->bytes, POINT_SIZE);
  crypto_hash_sha512 (digest, input, sizeof input);
  crypto_core_ed25519_scalar_reduce (ret_nonce->bytes, digest);
  sodium_memzero (input, sizeof input);
  sodium_memzero (digest, sizeof digest);
}

/* @ret_proof's last field: s = k + c x mod L. */
static void
make_response (const Scalar *nonce, const Scalar *challenge, const Scalar *secret, guint8 *ret_response)
{
  guint8 wide[64] = { 0 };
  Scalar reduced, product;

  memcpy (wide, secret->bytes, SCALAR_SIZE);
  crypto_core_ed25519_scalar_reduce (reduced.bytes, wide);
  crypto_core_ed25519_scalar_mul (product.bytes, challenge->bytes, reduced.bytes);
  crypto_core_ed25519_scalar_add (ret_response, nonce->bytes, product.bytes);
  sodium_memzero (wide, sizeof wide);
  sodium_memzero (&reduced, sizeof reduced);
  sodium_memzero (&product, sizeof product);
}

TcVrfProof
tc_vrf_prove (const TcSecretKey *key, const guint8 *alpha, gsize n)
{
  const TcPublicKey *public_key = tc_secret_key_get_public (key);
  guint8 hashed_key[crypto_hash_sha512_BYTES];
  Scalar secret, nonce, challenge;
  TcVrfProof proof;
  Point points[5];  /* Y, H, Gamma, k B, k H */

  crypto_hash_sha512 (hashed_key, tc_secret_key_get_seed (key), TC_SEED_SIZE);
  memcpy (secret.bytes, hashed_key, SCALAR_SIZE);
  secret.bytes[0] &= 0xf8;
  secret.bytes[31] = (guint8) ((secret.bytes[31] & 0x7f) | 0x40);

  memcpy (points[0].bytes, public_key->bytes, POINT_SIZE);
  points[1] = hash_to_curve (public_key, alpha, n);
  make_nonce (hashed_key, &points[1], &nonce);
  TC_CHECK (multiply (&secret, &points[1], &points[2]));
  TC_CHECK (crypto_scalarmult_ed25519_base_noclamp (points[3].bytes, nonce.bytes) == 0);
  TC_CHECK (multiply (&nonce, &points[1], &points[4]));
  challenge = make_challenge (points, G_N_ELEMENTS (points));

  memcpy (proof.bytes, points[2].bytes, POINT_SIZE);
  memcpy (proof.bytes + POINT_SIZE, challenge.bytes, CHALLENGE_SIZE);
  make_response (&nonce, &challenge, &secret, proof.bytes + POINT_SIZE + CHALLENGE_SIZE);
  sodium_memzero (hashed_key, sizeof hashed_key);
  sodium_memzero (&secret, sizeof secret);
  sodium_memzero (&nonce, sizeof nonce);
  return proof;
}

/* s P - c Q; FALSE also for s or c of 0, which no prover meets. */
static gboolean
subtract_products (const Point *s_p, const Scalar *c, const Point *q, Point *ret_difference)
{
  Point c_q;

  return multiply (c, q, &c_q) && crypto_core_ed25519_sub (ret_difference->bytes, s_p->bytes, c_q.bytes) == 0;
}

gboolean
tc_vrf_verify (const TcPublicKey *key, const TcVrfProof *proof, const guint8 *alpha, gsize n, TcVrfOutput *ret_output)
{
  Point points[5], s_b, s_h;  /* Y, H, Gamma, U = s B - c Y, V = s H - c Gamma */
  Scalar challenge = { { 0 } }, response, expected;

  memcpy (points[0].bytes, key->bytes, POINT_SIZE);
  memcpy (points[2].bytes, proof->bytes, POINT_SIZE);
  memcpy (challenge.bytes, proof->bytes + POINT_SIZE, CHALLENGE_SIZE);
  memcpy (response.bytes, proof->bytes + POINT_SIZE + CHALLENGE_SIZE, SCALAR_SIZE);
  if (compare_little_endian (response.bytes, group_order) >= 0 || !is_prime_order (&points[0]) || !is_prime_order (&points[2]))
    return FALSE;

  points[1] = hash_to_curve (key, alpha, n);
  if (crypto_scalarmult_ed25519_base_noclamp (s_b.bytes, response.bytes) != 0 || !multiply (&response, &points[1], &s_h) ||
      !subtract_products (&s_b, &challenge, &points[0], &points[3]) ||
      !subtract_products (&s_h, &challenge, &points[2], &points[4]))
    return FALSE;
  expected = make_challenge (points, G_N_ELEMENTS (points));
  if (memcmp (&expected, &challenge, sizeof expected) != 0)
    return FALSE;
  *ret_output = make_output (&points[2]);
  return TRUE;
}

/* Rule B7: "alpha = tag | chain_id | seed | height" */
static GByteArray *
seed_alpha (const TcHash *chain_id, const TcHash *seed, guint32 height)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();

  tc_put_hash (content, seed);
  tc_put_u32 (content, height);
  return tc_signed_bytes (TC_TAG_VRF, chain_id, content->data, content->len);
}

TcVrfProof
tc_seed_prove (const TcSecretKey *key, const TcHash *chain_id, const TcHash *seed, guint32 height)
{
  g_autoptr(GByteArray) alpha = seed_alpha (chain_id, seed, height);

  return tc_vrf_prove (key, alpha->data, alpha->len);
}

/* Rule B7: "next = H("TimeCoin seed", seed | VRF output)" */
gboolean
tc_seed_advance (const TcHash *seed, const TcPublicKey *key, const TcVrfProof *proof, const TcHash *chain_id, guint32 height,
                 TcHash *ret_next)
{
  g_autoptr(GByteArray) alpha = seed_alpha (chain_id, seed, height);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  TcVrfOutput output;

  if (!tc_vrf_verify (key, proof, alpha->data, alpha->len, &output))
    return FALSE;
  tc_put_hash (bytes, seed);
  tc_put_bytes (bytes, output.bytes, TC_VRF_OUTPUT_SIZE);
  *ret_next = tc_hash_tagged_bytes (TC_TAG_SEED, bytes);
  return TRUE;
}
