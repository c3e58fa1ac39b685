#include <string.h>

#include "sample.h"

static gboolean
decodes (const SampleDecoder *decoder, const guint8 *data, gsize n)
{
  /* On the heap and of the exact size, so that AddressSanitizer sees one byte too many. */
  g_autofree guint8 *copy = g_memdup2 (data, n);

  return decoder->round_trip (copy, n);
}

static void
test_good (void)
{
  g_test_summary ("Every sample decodes, and encodes to the same bytes.");
  for (gsize i = 0; i < sample_n_decoders; i++)
    {
      g_autoptr(GBytes) sample = sample_decoders[i].sample ();

      g_test_message ("%s", sample_decoders[i].name);
      g_assert_true (decodes (&sample_decoders[i], g_bytes_get_data (sample, NULL), g_bytes_get_size (sample)));
    }
}

static void
test_truncated (void)
{
  g_test_summary ("No decoder takes a part of a message.");
  for (gsize i = 0; i < sample_n_decoders; i++)
    {
      g_autoptr(GBytes) sample = sample_decoders[i].sample ();
      gsize n;
      const guint8 *data = g_bytes_get_data (sample, &n);

      if (strcmp (sample_decoders[i].name, "genesis") == 0)
        n--;  /* its last byte is a line's end, which JSON does without */
      for (gsize k = 0; k < n; k++)
        g_assert_false (decodes (&sample_decoders[i], data, k));
    }
}

static void
test_trailing (void)
{
  g_test_summary ("No decoder takes a message with something after it.");
  for (gsize i = 0; i < sample_n_decoders; i++)
    for (guint value = 0; value < 256; value += 17)
      {
        g_autoptr(GBytes) sample = sample_decoders[i].sample ();
        g_autoptr(GByteArray) bytes = g_byte_array_new ();

        tc_put_bytes (bytes, g_bytes_get_data (sample, NULL), g_bytes_get_size (sample));
        tc_put_u8 (bytes, (guint8) value);
        g_assert_false (decodes (&sample_decoders[i], bytes->data, bytes->len));
      }
}

static void
test_flipped (void)
{
  g_test_summary ("Any bit flipped: refused, or another message that encodes to its own bytes.");
  for (gsize i = 0; i < sample_n_decoders; i++)
    {
      g_autoptr(GBytes) sample = sample_decoders[i].sample ();
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      guint n_decoded = 0;

      tc_put_bytes (bytes, g_bytes_get_data (sample, NULL), g_bytes_get_size (sample));
      for (guint bit = 0; bit < bytes->len * 8; bit++)
        {
          bytes->data[bit / 8] ^= (guint8) (1u << bit % 8);
          n_decoded += decodes (&sample_decoders[i], bytes->data, bytes->len);
          bytes->data[bit / 8] ^= (guint8) (1u << bit % 8);
        }
      /* Signatures are free at this level, so some always decode: a decoder that refused all would pass for nothing. */
      g_assert_cmpuint (n_decoded, >, 0);
      g_assert_cmpuint (n_decoded, <, bytes->len * 8);
    }
}

static void
test_over_long (void)
{
  g_test_summary ("A count in a longer form than it needs, or of more than there is, is refused.");
  const SampleDecoder *decoder = &sample_decoders[0];
  g_autoptr(GBytes) sample = decoder->sample ();
  const guint8 *data = g_bytes_get_data (sample, NULL);
  const gsize n = g_bytes_get_size (sample), count_at = 7;
  static const guint8 forms[][9] = {
    { 0x83, 0x00 }, { 0x83, 0x80, 0x00 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f }, { 0x84 }, { 0xff, 0x7f } };
  static const gsize sizes[] = { 2, 3, 9, 1, 2 };

  g_assert_cmpuint (data[count_at], ==, 3);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();

      tc_put_bytes (bytes, data, count_at);
      tc_put_bytes (bytes, forms[i], sizes[i]);
      tc_put_bytes (bytes, data + count_at + 1, n - count_at - 1);
      g_assert_false (decodes (decoder, bytes->data, bytes->len));
    }
}

static void
test_self_nested (void)
{
  g_test_summary ("A message inside itself, in every place, is refused or round trips; a million brackets are refused.");
  for (gsize i = 0; i < sample_n_decoders; i++)
    {
      g_autoptr(GBytes) sample = sample_decoders[i].sample ();
      gsize n;
      const guint8 *data = g_bytes_get_data (sample, &n);

      for (gsize at = 0; at < n; at += 1 + n / 97)
        {
          g_autoptr(GByteArray) bytes = g_byte_array_new ();

          tc_put_bytes (bytes, data, at);
          tc_put_bytes (bytes, data, n);
          tc_put_bytes (bytes, data + at, n - at);
          decodes (&sample_decoders[i], bytes->data, bytes->len);
        }
    }

  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_assert_false (sample_round_trip ("genesis", (const guint8 *) brackets, 1000000));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/survive-06/good", test_good);
  g_test_add_func ("/core/survive-06/truncated", test_truncated);
  g_test_add_func ("/core/survive-06/trailing", test_trailing);
  g_test_add_func ("/core/survive-06/flipped", test_flipped);
  g_test_add_func ("/core/survive-06/over-long", test_over_long);
  g_test_add_func ("/core/survive-06/self-nested", test_self_nested);
  return g_test_run ();
}
