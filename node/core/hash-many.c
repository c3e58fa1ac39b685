#include "hash-private.h"

#include <sodium.h>
#include <string.h>

#include "check.h"

/* BLAKE2b (RFC 7693) of many short messages at once, a lane of a vector each. What is hashed most by far fits into one block: transactions, coins, nodes of Merkle
 * trees. Longer messages, single ones, and all of them on other machines, are libsodium's. */

#define BLOCK_SIZE      128u
#define LANES_MAX       8u
#define LANES_WORTH_IT  3u  /* fewer are quicker one by one */

#ifdef __x86_64__

static const guint64 initial[8] = {
  G_GUINT64_CONSTANT (0x6a09e667f3bcc908), G_GUINT64_CONSTANT (0xbb67ae8584caa73b), G_GUINT64_CONSTANT (0x3c6ef372fe94f82b),
  G_GUINT64_CONSTANT (0xa54ff53a5f1d36f1), G_GUINT64_CONSTANT (0x510e527fade682d1), G_GUINT64_CONSTANT (0x9b05688c2b3e6c1f),
  G_GUINT64_CONSTANT (0x1f83d9abfb41bd6b), G_GUINT64_CONSTANT (0x5be0cd19137e2179),
};

static const guint8 order[12][16] = {
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }, { 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
  { 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 }, { 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
  { 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 }, { 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
  { 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 }, { 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
  { 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 }, { 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }, { 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
};

#define ROTATE(x, n) ((x) >> (n) | (x) << (64 - (n)))
#define MIX(a, b, c, d, x, y)                      \
  do                                               \
    {                                              \
      a += b + x; d ^= a; d = ROTATE (d, 32);      \
      c += d; b ^= c; b = ROTATE (b, 24);          \
      a += b + y; d ^= a; d = ROTATE (d, 16);      \
      c += d; b ^= c; b = ROTATE (b, 63);          \
    }                                              \
  while (0)

/* @words: 16 of each message, padded with zeros. */
#define DEFINE_KERNEL(NAME, WIDTH, TARGET)                                                                              \
  typedef guint64 NAME##_lanes __attribute__ ((vector_size (8 * WIDTH)));                                               \
  static __attribute__ ((target (TARGET))) void                                                                         \
  NAME (const guint64 start[8], const guint64 words[][16], const TcHashInput *inputs, TcHash *ret_hashes)               \
  {                                                                                                                     \
    NAME##_lanes v[16], m[16], size;                                                                                    \
                                                                                                                        \
    for (guint lane = 0; lane < WIDTH; lane++)                                                                          \
      size[lane] = inputs[lane].size_bytes;                                                                             \
    for (guint i = 0; i < 16; i++)                                                                                      \
      for (guint lane = 0; lane < WIDTH; lane++)                                                                        \
        m[i][lane] = words[lane][i];                                                                                    \
    for (guint i = 0; i < 8; i++)                                                                                       \
      {                                                                                                                 \
        v[i] = (NAME##_lanes) { 0 } + start[i];                                                                         \
        v[8 + i] = (NAME##_lanes) { 0 } + initial[i];                                                                   \
      }                                                                                                                 \
    v[12] ^= size;                                                                                                      \
    v[14] = ~v[14];  /* the last block */                                                                               \
    for (guint round = 0; round < 12; round++)                                                                          \
      {                                                                                                                 \
        const guint8 *s = order[round];                                                                                 \
                                                                                                                        \
        MIX (v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);                                                                \
        MIX (v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);                                                                \
        MIX (v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);                                                               \
        MIX (v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);                                                               \
        MIX (v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);                                                               \
        MIX (v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);                                                             \
        MIX (v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);                                                              \
        MIX (v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);                                                              \
      }                                                                                                                 \
    for (guint i = 0; i < 4; i++)                                                                                       \
      for (guint lane = 0; lane < WIDTH; lane++)                                                                        \
        {                                                                                                               \
          const guint64 word = start[i] ^ v[i][lane] ^ v[8 + i][lane];                                                  \
                                                                                                                        \
          memcpy (ret_hashes[lane].bytes + 8 * i, &word, sizeof word);                                                  \
        }                                                                                                               \
  }

DEFINE_KERNEL (hash_8, 8, "avx512f")
DEFINE_KERNEL (hash_4, 4, "avx2")

gsize
tc_hash_get_lanes_max (void)
{
  if (__builtin_cpu_supports ("avx512f"))
    return 8;
  return __builtin_cpu_supports ("avx2") ? 4 : 1;
}

/* Of @n <= @n_lanes messages of one block. */
static void
hash_lanes (gsize n_lanes, const guint8 *personal, const TcHashInput *inputs, gsize n, TcHash *ret_hashes)
{
  guint64 words[LANES_MAX][BLOCK_SIZE / 8] = { 0 }, start[8], tag[2];
  TcHashInput filled[LANES_MAX] = { 0 };
  TcHash hashes[LANES_MAX];

  memcpy (start, initial, sizeof start);
  memcpy (tag, personal, sizeof tag);
  start[0] ^= 0x01010000 ^ TC_HASH_SIZE;  /* one hash, no key, of that size */
  start[6] ^= tag[0];
  start[7] ^= tag[1];
  for (gsize i = 0; i < n; i++)
    {
      filled[i] = inputs[i];
      if (inputs[i].size_bytes > 0)
        memcpy (words[i], inputs[i].data, inputs[i].size_bytes);
    }
  if (n_lanes == 8)
    hash_8 (start, words, filled, hashes);
  else
    hash_4 (start, words, filled, hashes);
  memcpy (ret_hashes, hashes, n * sizeof *hashes);
}

#else

gsize
tc_hash_get_lanes_max (void)
{
  return 1;
}

static void
hash_lanes (gsize n_lanes, const guint8 *personal, const TcHashInput *inputs, gsize n, TcHash *ret_hashes)
{
  g_assert_not_reached ();
}

#endif

/* How many of @inputs, from the first on, go into lanes together. */
static gsize
count_short (const TcHashInput *inputs, gsize n_max)
{
  gsize n = 0;

  while (n < n_max && inputs[n].size_bytes <= BLOCK_SIZE)
    n++;
  return n;
}

void
tc_hash_many_in_lanes (gsize n_lanes, const char *tag, const TcHashInput *inputs, gsize n, TcHash *ret_hashes)
{
  guint8 personal[crypto_generichash_blake2b_PERSONALBYTES] = { 0 };
  const gsize tag_size = tag != NULL ? strlen (tag) : 0;

  TC_CHECK (tag_size <= sizeof personal);
  if (tag_size > 0)
    memcpy (personal, tag, tag_size);
  for (gsize i = 0; i < n;)
    {
      gsize n_short = n_lanes > 1 ? count_short (&inputs[i], MIN (n_lanes, n - i)) : 0;

      if (n_short >= LANES_WORTH_IT)
        {
          hash_lanes (n_lanes, personal, &inputs[i], n_short, &ret_hashes[i]);
          i += n_short;
          continue;
        }
      TC_CHECK (crypto_generichash_blake2b_salt_personal (ret_hashes[i].bytes, TC_HASH_SIZE, inputs[i].data, inputs[i].size_bytes, NULL, 0, NULL,
                                                          personal) == 0);
      i++;
    }
}

void
tc_hash_many (const char *tag, const TcHashInput *inputs, gsize n, TcHash *ret_hashes)
{
  tc_hash_many_in_lanes (tc_hash_get_lanes_max (), tag, inputs, n, ret_hashes);
}
