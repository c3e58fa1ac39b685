#include <string.h>
#include <zstd.h>

#include "core/codec.h"
#include "net/hello.h"
#include "net/wire.h"

#define PLAIN   20u  /* up to 1 000 bytes, never compressed */
#define PACKED  21u  /* up to 1 000 bytes on the wire, 10 000 plain */
#define UNKNOWN 22u

static const TcNetMessageType types[] = {
  { PLAIN, 0, FALSE, 1000, 1000 },
  { PACKED, 0, TRUE, 1000, 10000 },
};

static TcWireTable *
make_table (void)
{
  TcWireTable *table = g_new (TcWireTable, 1);

  tc_wire_table_init (table, types, G_N_ELEMENTS (types), 1);
  return table;
}

static GBytes *
make_body (gsize n, guint8 fill)
{
  guint8 *data = g_malloc (n + 1);

  memset (data, fill, n);
  return g_bytes_new_take (data, n);
}

static void
append_message (const TcWireTable *table, guint8 type, gsize n, GByteArray *stream)
{
  g_autoptr (GBytes) body = make_body (n, type);
  g_autoptr (GBytes) sent = tc_wire_encode (table, type, body, stream);

  g_assert_nonnull (sent);
  tc_put_bytes (stream, g_bytes_get_data (sent, NULL), g_bytes_get_size (sent));
}

/* Feeds @stream in pieces of @step bytes. Returns: how many messages came out whole; -1 for an offence. */
static int
feed_in_steps (const TcWireTable *table, const GByteArray *stream, gsize step, gsize *ret_body_bytes)
{
  TcWireReader reader;
  int n_messages = 0;

  *ret_body_bytes = 0;
  tc_wire_reader_init (&reader, table);
  for (gsize start = 0; start < stream->len && n_messages >= 0; start += step)
    {
      gsize end = MIN (start + step, stream->len), position = start;

      while (position < end && n_messages >= 0)
        {
          TcWireMessage message;
          const char *offence = NULL;
          gsize taken;
          TcWireResult result
              = tc_wire_reader_feed (&reader, stream->data + position, end - position, TC_WIRE_ANY, &taken, &message, &offence);

          position += taken;
          if (result == TC_WIRE_OFFENCE)
            n_messages = -1;
          if (result != TC_WIRE_MESSAGE)
            continue;
          n_messages++;
          *ret_body_bytes += g_bytes_get_size (message.body);
          g_bytes_unref (message.body);
        }
    }
  tc_wire_reader_clear (&reader);
  return n_messages;
}

/* Returns: what becomes of @n bytes given at once; nothing may be held for an offence. */
static TcWireResult
feed_once (const guint8 *data, gsize n, int only_below, const char **ret_offence)
{
  g_autofree TcWireTable *table = make_table ();
  TcWireReader reader;
  TcWireMessage message = { 0 };
  TcWireResult result;
  gsize taken;

  *ret_offence = NULL;
  tc_wire_reader_init (&reader, table);
  result = tc_wire_reader_feed (&reader, data, n, only_below, &taken, &message, ret_offence);
  g_assert_cmpuint (taken, <=, n);
  g_assert_true ((result == TC_WIRE_OFFENCE) == (*ret_offence != NULL));
  if (result == TC_WIRE_OFFENCE)
    g_assert_null (reader.body);
  if (result == TC_WIRE_MESSAGE)
    g_bytes_unref (message.body);
  tc_wire_reader_clear (&reader);
  return result;
}

static void
test_claims (void)
{
  static const guint8 four_gb[] = { PLAIN, 0, 0x80, 0x80, 0x80, 0x80, 0x10 };
  static const guint8 over[] = { PLAIN, 0, 0xe9, 0x07 };         /* 1 001 */
  static const guint8 at_limit[] = { PLAIN, 0, 0xe8, 0x07, 1 };  /* 1 000, of which one byte is here */
  static const guint8 packed_over[] = { PACKED, 1, 0xe9, 0x07 };
  static const guint8 long_form[] = { PLAIN, 0, 0x81, 0x00 };
  const char *offence;

  g_test_summary ("A length over the type's limit is an offence at once; what is within it allocates only what has come");
  g_assert_cmpint (feed_once (four_gb, sizeof four_gb, TC_WIRE_ANY, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpint (feed_once (over, sizeof over, TC_WIRE_ANY, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpstr (offence, ==, "a message over its limit");
  g_assert_cmpint (feed_once (packed_over, sizeof packed_over, TC_WIRE_ANY, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpint (feed_once (long_form, sizeof long_form, TC_WIRE_ANY, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpstr (offence, ==, "a message with a malformed length");
  g_assert_cmpint (feed_once (at_limit, sizeof at_limit, TC_WIRE_ANY, &offence), ==, TC_WIRE_MORE);
}

static void
test_unknown (void)
{
  static const guint8 unknown[] = { UNKNOWN }, high[] = { 200 }, flags[] = { PLAIN, 2 }, early[] = { PLAIN }, hello[] = { TC_WIRE_HELLO };
  const char *offence;

  g_test_summary ("An unknown type or flag is an offence with its first byte, and so is an owner's type before the hello");
  g_assert_cmpint (feed_once (unknown, 1, TC_WIRE_ANY, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpint (feed_once (high, 1, TC_WIRE_ANY, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpint (feed_once (flags, 2, TC_WIRE_ANY, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpint (feed_once (early, 1, TC_NET_TYPE_FIRST, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpint (feed_once (hello, 1, TC_NET_TYPE_FIRST, &offence), ==, TC_WIRE_MORE);
}

static void
test_cuts (void)
{
  g_autofree TcWireTable *table = make_table ();
  g_autoptr (GByteArray) stream = g_byte_array_new ();

  g_test_summary ("However the stream is cut, down to single bytes, the same messages come out");
  append_message (table, PLAIN, 0, stream);
  append_message (table, PLAIN, 1, stream);
  append_message (table, PLAIN, 127, stream);
  append_message (table, PACKED, 10000, stream);
  append_message (table, PLAIN, 1000, stream);
  for (gsize step = 1; step <= stream->len; step++)
    {
      gsize n_bytes;
      g_assert_cmpint (feed_in_steps (table, stream, step, &n_bytes), ==, 5);
      g_assert_cmpuint (n_bytes, ==, 0 + 1 + 127 + 10000 + 1000);
    }
}

static void
test_compression (void)
{
  g_autofree TcWireTable *table = make_table ();
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GBytes) even = make_body (10000, 5);
  g_autoptr (GBytes) packed = tc_wire_encode (table, PACKED, even, header);
  g_autoptr (GBytes) small = make_body (10, 5);
  g_autoptr (GBytes) small_sent = NULL;
  g_autoptr (GBytes) plain_type = make_body (1000, 5);
  g_autoptr (GBytes) plain_sent = NULL;
  g_autoptr (GBytes) noise = NULL;
  g_autoptr (GBytes) noise_sent = NULL;
  guint8 bytes[500];
  guint64 state = 1;

  g_test_summary ("zstd is used where it shrinks, and only for types that ask for it");
  g_assert_cmpuint (g_bytes_get_size (packed), <, 1000);
  g_assert_cmpuint (header->data[1], ==, TC_WIRE_FLAG_ZSTD);

  g_byte_array_set_size (header, 0);
  small_sent = tc_wire_encode (table, PACKED, small, header);
  g_assert_cmpuint (header->data[1], ==, 0);

  for (gsize i = 0; i < sizeof bytes; i++)
    {
      state = state * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407;
      bytes[i] = (guint8) (state >> 56);
    }
  g_byte_array_set_size (header, 0);
  noise = g_bytes_new (bytes, sizeof bytes);
  noise_sent = tc_wire_encode (table, PACKED, noise, header);
  g_assert_cmpuint (header->data[1], ==, 0);
  g_assert_true (noise_sent == noise);

  g_byte_array_set_size (header, 0);
  plain_sent = tc_wire_encode (table, PLAIN, plain_type, header);
  g_assert_true (plain_sent == plain_type);
}

static void
test_packed_elsewhere (void)
{
  g_autofree TcWireTable *table = make_table ();
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GBytes) body = make_body (900, 5);
  g_autoptr (GBytes) packed = tc_wire_pack (body);
  g_autoptr (GBytes) small = make_body (10, 5);
  g_autoptr (GBytes) over = make_body (1001, 5);
  const guint8 *data;
  TcWireMessage message;
  TcWireReader reader;
  const char *offence;
  gsize n, taken;

  g_test_summary ("What was compressed on another thread is read like any other body, whatever its type");
  g_assert_null (tc_wire_pack (small));
  g_assert_false (tc_wire_encode_packed (table, PLAIN, over, stream));
  g_assert_false (tc_wire_encode_packed (table, UNKNOWN, packed, stream));
  g_assert_cmpuint (stream->len, ==, 0);
  g_assert_true (tc_wire_encode_packed (table, PLAIN, packed, stream));
  data = g_bytes_get_data (packed, &n);
  g_byte_array_append (stream, data, (guint) n);
  tc_wire_reader_init (&reader, table);
  g_assert_cmpint (tc_wire_reader_feed (&reader, stream->data, stream->len, TC_WIRE_ANY, &taken, &message, &offence), ==, TC_WIRE_MESSAGE);
  g_assert_cmpuint (taken, ==, stream->len);
  g_assert_true (g_bytes_equal (message.body, body));
  g_bytes_unref (message.body);
  tc_wire_reader_clear (&reader);
}

static void
test_encode_limits (void)
{
  g_autofree TcWireTable *table = make_table ();
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GBytes) over_plain = make_body (1001, 1);
  g_autoptr (GBytes) over_packed = make_body (10001, 1);

  g_test_summary ("What passes a limit, or has no type, is not encoded");
  g_assert_null (tc_wire_encode (table, PLAIN, over_plain, header));
  g_assert_null (tc_wire_encode (table, PACKED, over_packed, header));
  g_assert_null (tc_wire_encode (table, UNKNOWN, over_plain, header));
  g_assert_cmpuint (header->len, ==, 0);
}

/* A message of type PACKED that says it is compressed, with @body. Returns: what the reader makes of it. */
static TcWireResult
feed_packed (const guint8 *body, gsize n, const char **ret_offence)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();

  tc_put_u8 (stream, PACKED);
  tc_put_u8 (stream, TC_WIRE_FLAG_ZSTD);
  tc_put_varint (stream, n);
  tc_put_bytes (stream, body, n);
  return feed_once (stream->data, stream->len, TC_WIRE_ANY, ret_offence);
}

static gsize
compress (gsize n_plain, guint8 *ret_packed, gsize n_max)
{
  g_autofree guint8 *plain = g_malloc0 (n_plain + 1);
  gsize n = ZSTD_compress (ret_packed, n_max, plain, n_plain, 1);

  g_assert_false (ZSTD_isError (n));
  return n;
}

static void
test_bombs (void)
{
  guint8 packed[2000];
  const char *offence;
  gsize n = compress (10000, packed, sizeof packed), m;

  g_test_summary ("A compressed body holds exactly what it claims, within the type's limit; anything else is an offence");
  g_assert_cmpint (feed_packed (packed, n, &offence), ==, TC_WIRE_MESSAGE);

  m = compress (10001, packed, sizeof packed);
  g_assert_cmpint (feed_packed (packed, m, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpstr (offence, ==, "a compressed message over its limit");
  m = compress (10000000, packed, sizeof packed);
  g_assert_cmpint (feed_packed (packed, m, &offence), ==, TC_WIRE_OFFENCE);

  n = compress (10000, packed, sizeof packed);
  m = compress (100, packed + n, sizeof packed - n);
  g_assert_cmpint (feed_packed (packed, n + m, &offence), ==, TC_WIRE_OFFENCE);  /* a second frame behind the first */
  g_assert_cmpint (feed_packed (packed, n - 1, &offence), ==, TC_WIRE_OFFENCE);  /* cut */

  /* The frame's own claim: magic 4, descriptor 1, then the size less 256 in two bytes, one segment. */
  g_assert_cmpuint (packed[4] & 0xe0, ==, 0x60);
  packed[5]--;
  g_assert_cmpint (feed_packed (packed, n, &offence), ==, TC_WIRE_OFFENCE);  /* holds more than it claims */
  packed[5] += 2;
  g_assert_cmpint (feed_packed (packed, n, &offence), ==, TC_WIRE_OFFENCE);  /* and less */
  g_assert_cmpint (feed_packed ((const guint8 *) "not zstd", 8, &offence), ==, TC_WIRE_OFFENCE);
  g_assert_cmpint (feed_packed (NULL, 0, &offence), ==, TC_WIRE_OFFENCE);
  n = compress (3, packed, sizeof packed);
  g_assert_cmpint (feed_packed (packed, n, &offence), ==, TC_WIRE_OFFENCE);  /* larger than what it holds */
}

static TcHello
make_hello (const TcSecretKey *key, const guint8 *hash)
{
  TcHello hello = { .protocol_version = 1, .nonce = 77, .listen_port = 24000, .agent = "TimeCoin/0.1.0" };

  tc_hello_prove (&hello, key, hash, TRUE);
  return hello;
}

static void
test_hello (void)
{
  guint8 seed[TC_SEED_SIZE] = { 1 }, hash[TC_NOISE_HASH_SIZE] = { 2 };
  g_autoptr (TcSecretKey) key = tc_secret_key_new (seed);
  TcHello hello = make_hello (key, hash), decoded;
  g_autoptr (GBytes) bytes = tc_hello_encode (&hello);
  g_autoptr (GBytes) again = NULL;
  gsize n = 0;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  g_autofree guint8 *longer = g_malloc0 (n + 1);

  g_test_summary ("A hello survives its round trip; cut at any byte, or with one more, it is refused");
  g_assert_cmpuint (n, <=, TC_HELLO_SIZE_MAX);
  g_assert_true (tc_hello_decode (data, n, &decoded, NULL));
  again = tc_hello_encode (&decoded);
  g_assert_true (g_bytes_equal (bytes, again));
  for (gsize i = 0; i < n; i++)
    g_assert_false (tc_hello_decode (data, i, &decoded, NULL));
  memcpy (longer, data, n);
  g_assert_false (tc_hello_decode (longer, n + 1, &decoded, NULL));
}

static void
test_proof (void)
{
  guint8 seed[TC_SEED_SIZE] = { 1 }, hash[TC_NOISE_HASH_SIZE] = { 2 };
  g_autoptr (TcSecretKey) key = tc_secret_key_new (seed);
  TcHello hello = make_hello (key, hash);

  g_test_summary ("A proof of an operator key is good for one session and one role only");
  g_assert_true (tc_hello_check (&hello, hash, TRUE));
  g_assert_false (tc_hello_check (&hello, hash, FALSE));
  hash[0] ^= 1;
  g_assert_false (tc_hello_check (&hello, hash, TRUE));
  hash[0] ^= 1;
  hello.operator_key.bytes[0] ^= 1;
  g_assert_false (tc_hello_check (&hello, hash, TRUE));
  hello.has_operator_key = FALSE;
  g_assert_true (tc_hello_check (&hello, hash, TRUE));
}

static void
test_agent (void)
{
  TcHello hello = { .agent = "two\nlines\x1b[31m" }, decoded;
  g_autoptr (GBytes) bytes = tc_hello_encode (&hello);
  gsize n = 0;
  const guint8 *data = g_bytes_get_data (bytes, &n);

  g_test_summary ("What could forge a line of the log does not get out of an agent string");
  g_assert_true (tc_hello_decode (data, n, &decoded, NULL));
  g_assert_cmpstr (decoded.agent, ==, "two?lines?[31m");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/wire/survive-01-claimed-lengths", test_claims);
  g_test_add_func ("/net/wire/unknown", test_unknown);
  g_test_add_func ("/net/wire/survive-02-cut-anywhere", test_cuts);
  g_test_add_func ("/net/wire/compression", test_compression);
  g_test_add_func ("/net/wire/packed-elsewhere", test_packed_elsewhere);
  g_test_add_func ("/net/wire/survive-03-encode-limits", test_encode_limits);
  g_test_add_func ("/net/wire/bombs", test_bombs);
  g_test_add_func ("/net/hello/survive-06-round-trip", test_hello);
  g_test_add_func ("/net/hello/proof", test_proof);
  g_test_add_func ("/net/hello/agent", test_agent);
  return g_test_run ();
}
