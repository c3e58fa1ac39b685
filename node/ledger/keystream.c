#include "keystream-private.h"

#include <sodium.h>
#include <string.h>

#define N_BLOCKS    32u  /* of 16 words each */
#define N_TOGETHER  16u  /* of them lie together: word 0 of all, word 1 of all, … */

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);  /* a lane is added where it lies */
G_STATIC_ASSERT (N_BLOCKS * 32u == TC_KEYSTREAM_LANES);

/* The place of the first of two lanes of @word of @block in a sum. */
static inline gsize
place_of (gsize block, gsize word)
{
  return 2 * ((block / N_TOGETHER * 16 + word) * N_TOGETHER + block % N_TOGETHER);
}

#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define QUARTER(a, b, c, d)                                       \
  do                                                              \
    {                                                             \
      a += b; d ^= a; d = ROTATE (d, 16);                         \
      c += d; b ^= c; b = ROTATE (b, 12);                         \
      a += b; d ^= a; d = ROTATE (d, 8);                          \
      c += d; b ^= c; b = ROTATE (b, 7);                          \
    }                                                             \
  while (0)

/* WIDTH blocks at a time, a vector a word (RFC 8439, section 2.3, with the 64-bit counter of the original). */
#define DEFINE_KERNEL(NAME, WIDTH, TARGET)                                                                                          \
  typedef guint32 NAME##_words __attribute__ ((vector_size (4 * WIDTH)));                                                           \
  typedef guint16 NAME##_lanes __attribute__ ((vector_size (4 * WIDTH), aligned (2), may_alias));                                   \
  static __attribute__ ((target (TARGET))) void                                                                                     \
  NAME (guint16 *sum, const guint32 *start, gboolean negative)                                                                      \
  {                                                                                                                                 \
    for (guint32 block = 0; block < N_BLOCKS; block += WIDTH)                                                                       \
      {                                                                                                                             \
        NAME##_words x[16], counter;                                                                                                \
                                                                                                                                    \
        for (guint32 i = 0; i < WIDTH; i++)                                                                                         \
          counter[i] = block + i;                                                                                                   \
        for (guint i = 0; i < 16; i++)                                                                                              \
          x[i] = (NAME##_words) { 0 } + start[i];                                                                                   \
        x[12] = counter;                                                                                                            \
        for (guint round = 0; round < 10; round++)                                                                                  \
          {                                                                                                                         \
            QUARTER (x[0], x[4], x[8], x[12]);                                                                                      \
            QUARTER (x[1], x[5], x[9], x[13]);                                                                                      \
            QUARTER (x[2], x[6], x[10], x[14]);                                                                                     \
            QUARTER (x[3], x[7], x[11], x[15]);                                                                                     \
            QUARTER (x[0], x[5], x[10], x[15]);                                                                                     \
            QUARTER (x[1], x[6], x[11], x[12]);                                                                                     \
            QUARTER (x[2], x[7], x[8], x[13]);                                                                                      \
            QUARTER (x[3], x[4], x[9], x[14]);                                                                                      \
          }                                                                                                                         \
        x[12] += counter;                                                                                                           \
        for (guint i = 0; i < 16; i++)                                                                                              \
          {                                                                                                                         \
            NAME##_lanes *lanes = (NAME##_lanes *) (gpointer) (sum + place_of (block, i));                                          \
            NAME##_words words = x[i] + start[i];                                                                                   \
                                                                                                                                    \
            *lanes = negative ? *lanes - (NAME##_lanes) words : *lanes + (NAME##_lanes) words;                                      \
          }                                                                                                                         \
      }                                                                                                                             \
  }

#ifdef __x86_64__
DEFINE_KERNEL (sum_16, 16, "avx512f,avx512bw")
DEFINE_KERNEL (sum_8, 8, "avx2")
#endif

/* On any machine. */
static void
sum_plain (guint16 *sum, const guint8 *key, gboolean negative)
{
  static const guint8 nonce[crypto_stream_chacha20_NONCEBYTES];
  guint16 stream[TC_KEYSTREAM_LANES];

  crypto_stream_chacha20 ((guint8 *) stream, sizeof stream, nonce, key);
  for (gsize block = 0; block < N_BLOCKS; block++)
    for (gsize i = 0; i < 32; i++)
      {
        guint16 *lane = &sum[place_of (block, i / 2) + i % 2];

        *lane = (guint16) (negative ? *lane - stream[32 * block + i] : *lane + stream[32 * block + i]);
      }
}

guint
tc_keystream_get_width_max (void)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw"))
    return 16;
  if (__builtin_cpu_supports ("avx2"))
    return 8;
#endif
  return 1;
}

void
tc_keystream_sum_by (TcKeystreamSum *self, guint width, const guint8 *key, gboolean negative)
{
#ifdef __x86_64__
  guint32 start[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

  memcpy (start + 4, key, 32);
  if (width == 16)
    sum_16 (self->lanes, start, negative);
  else if (width == 8)
    sum_8 (self->lanes, start, negative);
  else
#endif
    sum_plain (self->lanes, key, negative);
}

void
tc_keystream_sum_add (TcKeystreamSum *self, const guint8 *key)
{
  tc_keystream_sum_by (self, tc_keystream_get_width_max (), key, FALSE);
}

void
tc_keystream_sum_remove (TcKeystreamSum *self, const guint8 *key)
{
  tc_keystream_sum_by (self, tc_keystream_get_width_max (), key, TRUE);
}

void
tc_keystream_sum_get (const TcKeystreamSum *self, guint16 *lanes)
{
  for (gsize block = 0; block < N_BLOCKS; block++)
    for (gsize i = 0; i < 32; i++)
      lanes[32 * block + i] = (guint16) (lanes[32 * block + i] + self->lanes[place_of (block, i / 2) + i % 2]);
}
