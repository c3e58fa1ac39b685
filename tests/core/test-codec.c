#include <string.h>

#include "core/codec.h"

static void
assert_malformed (TcReader *reader)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (tc_reader_end (reader, "thing", &error));
  g_assert_error (error, TC_CODEC_ERROR, TC_CODEC_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==, "thing: malformed");
}

static void
test_layout (void)
{
  g_test_summary ("Integers are little-endian and fixed width; a blob is its varint length and its bytes.");
  static const guint8 expected[] = { 0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09, 0x08, 0xac, 0x02, 0x02, 0xaa, 0xbb };
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  TcReader reader;
  gsize n;

  tc_put_u8 (bytes, 0x01);
  tc_put_u16 (bytes, 0x0203);
  tc_put_u32 (bytes, 0x04050607);
  tc_put_u64 (bytes, G_GUINT64_CONSTANT (0x08090a0b0c0d0e0f));
  tc_put_varint (bytes, 300);
  tc_put_blob (bytes, (const guint8 *) "\xaa\xbb", 2);
  g_assert_cmpmem (bytes->data, bytes->len, expected, sizeof expected);

  tc_reader_init (&reader, bytes->data, bytes->len);
  g_assert_cmpuint (tc_reader_u8 (&reader), ==, 0x01);
  g_assert_cmpuint (tc_reader_u16 (&reader), ==, 0x0203);
  g_assert_cmpuint (tc_reader_u32 (&reader), ==, 0x04050607);
  g_assert_cmpuint (tc_reader_u64 (&reader), ==, G_GUINT64_CONSTANT (0x08090a0b0c0d0e0f));
  g_assert_cmpuint (tc_reader_varint (&reader), ==, 300);
  n = tc_reader_count (&reader, 1, 10);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpmem (tc_reader_view (&reader, 2), 2, "\xaa\xbb", 2);
  g_assert_true (tc_reader_end (&reader, "thing", NULL));
}

static void
test_varint_round_trip (void)
{
  g_test_summary ("Every power of two and its neighbours, up to 2^63 - 1, come back, in the fewest bytes.");
  for (guint shift = 0; shift < 63; shift++)
    for (gint delta = -1; delta <= 1; delta++)
      {
        const guint64 value = (G_GUINT64_CONSTANT (1) << shift) + (guint64) delta;
        g_autoptr(GByteArray) bytes = g_byte_array_new ();
        TcReader reader;
        guint expected = 1;

        for (guint64 rest = value >> 7; rest != 0; rest >>= 7)
          expected++;
        tc_put_varint (bytes, value);
        g_assert_cmpuint (bytes->len, ==, expected);
        tc_reader_init (&reader, bytes->data, bytes->len);
        g_assert_cmpuint (tc_reader_varint (&reader), ==, value);
        g_assert_true (tc_reader_end (&reader, "thing", NULL));
      }
}

static void
test_varint_refused (void)
{
  g_test_summary ("Long forms, ten bytes, and an end in the middle are refused.");
  static const struct { const char *bytes; gsize n; } cases[] = {
    { "\x80\x00", 2 }, { "\xff\x00", 2 }, { "\x81\x80\x00", 3 }, { "\x80\x80\x80\x80\x80\x80\x80\x80\x00", 9 },
    { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 }, { "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10 },
    { "", 0 }, { "\x80", 1 }, { "\xff\xff\xff\xff\xff\xff\xff\xff", 8 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TcReader reader;

      tc_reader_init (&reader, (const guint8 *) cases[i].bytes, cases[i].n);
      g_assert_cmpuint (tc_reader_varint (&reader), ==, 0);
      assert_malformed (&reader);
    }
}

static void
test_truncated (void)
{
  g_test_summary ("Every read one byte past the end fails, gives zeros, and moves nothing.");
  static const guint8 data[7] = { 1, 2, 3, 4, 5, 6, 7 };
  guint8 copy[8] = { 9, 9, 9, 9, 9, 9, 9, 9 };
  TcReader reader;

  tc_reader_init (&reader, data, sizeof data);
  g_assert_cmpuint (tc_reader_u64 (&reader), ==, 0);
  assert_malformed (&reader);
  tc_reader_init (&reader, data, 3);
  g_assert_cmpuint (tc_reader_u32 (&reader), ==, 0);
  assert_malformed (&reader);
  tc_reader_init (&reader, data, 1);
  g_assert_cmpuint (tc_reader_u16 (&reader), ==, 0);
  assert_malformed (&reader);
  tc_reader_init (&reader, NULL, 0);
  g_assert_cmpuint (tc_reader_u8 (&reader), ==, 0);
  assert_malformed (&reader);
  tc_reader_init (&reader, data, sizeof data);
  tc_reader_bytes (&reader, copy, sizeof copy);
  g_assert_cmpmem (copy, sizeof copy, "\0\0\0\0\0\0\0\0", 8);
  assert_malformed (&reader);
  tc_reader_init (&reader, data, sizeof data);
  g_assert_null (tc_reader_view (&reader, G_MAXSIZE));
  assert_malformed (&reader);
}

static void
test_sticky (void)
{
  g_test_summary ("A reader that failed stays failed, also for what would fit.");
  static const guint8 data[] = { 1, 2, 3 };
  TcReader reader;

  tc_reader_init (&reader, data, sizeof data);
  tc_reader_u32 (&reader);
  g_assert_cmpuint (tc_reader_u8 (&reader), ==, 0);
  g_assert_cmpuint (tc_reader_varint (&reader), ==, 0);
  g_assert_cmpuint (tc_reader_count (&reader, 1, 100), ==, 0);
  g_assert_null (tc_reader_view (&reader, 0));
  g_assert_cmpuint (tc_reader_left (&reader), ==, 0);
  assert_malformed (&reader);
  tc_reader_init (&reader, data, 0);
  tc_reader_fail (&reader);
  assert_malformed (&reader);
}

static void
test_trailing (void)
{
  g_test_summary ("A byte left over makes the whole malformed; nothing in nothing does not.");
  static const guint8 data[] = { 1, 2 };
  TcReader reader;

  tc_reader_init (&reader, data, sizeof data);
  g_assert_cmpuint (tc_reader_u8 (&reader), ==, 1);
  g_assert_cmpuint (tc_reader_left (&reader), ==, 1);
  assert_malformed (&reader);
  tc_reader_init (&reader, NULL, 0);
  g_assert_nonnull (tc_reader_view (&reader, 0));
  g_assert_true (tc_reader_end (&reader, "thing", NULL));
}

static gsize
count (guint64 claimed, gsize n_left, gsize item_size_min, gsize max, gboolean *ret_failed)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  TcReader reader;
  gsize n;

  tc_put_varint (bytes, claimed);
  for (gsize i = 0; i < n_left; i++)
    tc_put_u8 (bytes, 0);
  tc_reader_init (&reader, bytes->data, bytes->len);
  n = tc_reader_count (&reader, item_size_min, max);
  *ret_failed = reader.failed;
  return n;
}

static void
test_count (void)
{
  g_test_summary ("A count above its bound, or that the bytes left cannot hold, is refused before memory is taken.");
  gboolean failed;

  g_assert_cmpuint (count (3, 108, 36, 3, &failed), ==, 3);
  g_assert_false (failed);
  g_assert_cmpuint (count (0, 0, 36, 0, &failed), ==, 0);
  g_assert_false (failed);
  g_assert_cmpuint (count (3, 107, 36, 3, &failed), ==, 0);
  g_assert_true (failed);
  g_assert_cmpuint (count (4, 200, 36, 3, &failed), ==, 0);
  g_assert_true (failed);
  g_assert_cmpuint (count (G_MAXINT64, 200, 36, G_MAXSIZE, &failed), ==, 0);
  g_assert_true (failed);
  g_assert_cmpuint (count (G_GUINT64_CONSTANT (1) << 60, 200, 16, G_MAXSIZE, &failed), ==, 0);
  g_assert_true (failed);
}

static void
test_hex (void)
{
  g_test_summary ("Hexadecimal is written in lower case, and read in either, in exactly the length asked for.");
  static const guint8 data[] = { 0x00, 0x9a, 0xff };
  guint8 decoded[3] = { 7, 7, 7 };
  g_autofree char *text = tc_hex_encode (data, sizeof data);
  g_autofree char *empty = tc_hex_encode (NULL, 0);

  g_assert_cmpstr (text, ==, "009aff");
  g_assert_cmpstr (empty, ==, "");
  g_assert_false (tc_hex_decode ("009af", decoded, 3));
  g_assert_false (tc_hex_decode ("009aff0", decoded, 3));
  g_assert_false (tc_hex_decode ("009aff00", decoded, 3));
  g_assert_false (tc_hex_decode ("", decoded, 3));
  g_assert_false (tc_hex_decode ("009afg", decoded, 3));
  g_assert_false (tc_hex_decode (" 09aff", decoded, 3));
  g_assert_false (tc_hex_decode ("0x9aff", decoded, 3));
  g_assert_cmpmem (decoded, 3, "\7\7\7", 3);
  g_assert_true (tc_hex_decode ("009AfF", decoded, 3));
  g_assert_cmpmem (decoded, 3, data, 3);
  g_assert_true (tc_hex_decode ("", decoded, 0));
  g_assert_false (tc_hex_decode ("00", decoded, 0));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/codec/layout", test_layout);
  g_test_add_func ("/core/codec/varint-round-trip", test_varint_round_trip);
  g_test_add_func ("/core/codec/survive-06-varint-over-long", test_varint_refused);
  g_test_add_func ("/core/codec/survive-06-truncated", test_truncated);
  g_test_add_func ("/core/codec/sticky", test_sticky);
  g_test_add_func ("/core/codec/survive-06-trailing", test_trailing);
  g_test_add_func ("/core/codec/survive-06-count", test_count);
  g_test_add_func ("/core/codec/hex", test_hex);
  return g_test_run ();
}
