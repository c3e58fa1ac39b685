#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "net/hello.h"
#include "net/wire.h"

#define PLAIN_MAX  1000u
#define PACKED_MAX 5000u

/* The input: a byte that says in what pieces the rest arrives, then what comes out of decrypted frames. Checked: the same messages whatever the pieces,
 * limits kept, memory no more than was received, encode (decode (x)) = x for what was not compressed; and the hello's decoder likewise. */

typedef struct
{
  guint    n_messages;
  gboolean is_offence;
  TcHash   digest;  /* of types and bodies */
} Outcome;

static void
check_message (const TcWireTable *table, const TcWireMessage *message)
{
  const TcWireLimit *limit = &table->types[message->type];
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GBytes) sent = NULL;

  TC_CHECK (message->type <= TC_NET_TYPE_LAST && limit->known);
  TC_CHECK (message->wire_bytes <= limit->wire_max_bytes && g_bytes_get_size (message->body) <= limit->plain_max_bytes);
  sent = tc_wire_encode (table, message->type, message->body, header);
  if (sent != NULL && header->data[1] == 0 && message->wire_bytes == g_bytes_get_size (message->body))
    TC_CHECK (sent == message->body && header->len <= TC_WIRE_HEADER_MAX);
}

static void
mix (Outcome *outcome, const TcWireMessage *message)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  tc_put_hash (bytes, &outcome->digest);
  tc_put_u8 (bytes, message->type);
  tc_put_blob (bytes, g_bytes_get_data (message->body, NULL), g_bytes_get_size (message->body));
  outcome->digest = tc_hash_tagged_bytes ("fuzz", bytes);
}

static Outcome
feed (const TcWireTable *table, const guint8 *data, gsize size, gsize step)
{
  Outcome outcome = { 0 };
  TcWireReader reader;
  gsize position = 0;

  tc_wire_reader_init (&reader, table);
  while (position < size && !outcome.is_offence)
    {
      gsize n = MIN (step, size - position), taken = 0;
      TcWireMessage message;
      const char *offence = NULL;
      TcWireResult result = tc_wire_reader_feed (&reader, data + position, n, TC_WIRE_ANY, &taken, &message, &offence);

      TC_CHECK (taken >= 1 && taken <= n);
      TC_CHECK (result != TC_WIRE_MORE || taken == n);
      position += taken;
      TC_CHECK (reader.body == NULL || (reader.body->len <= position && reader.body->len < reader.length));
      outcome.is_offence = result == TC_WIRE_OFFENCE;
      TC_CHECK (outcome.is_offence == (offence != NULL));
      if (result != TC_WIRE_MESSAGE)
        continue;
      check_message (table, &message);
      mix (&outcome, &message);
      outcome.n_messages++;
      g_bytes_unref (message.body);
    }
  tc_wire_reader_clear (&reader);
  return outcome;
}

static void
check_hello (const guint8 *data, gsize size)
{
  TcHello hello, again;
  guint8 hash[TC_NOISE_HASH_SIZE] = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) bytes_again = NULL;

  if (!tc_hello_decode (data, size, &hello, NULL))
    return;
  bytes = tc_hello_encode (&hello);
  TC_CHECK (g_bytes_get_size (bytes) == size && size <= TC_HELLO_SIZE_MAX);
  TC_CHECK (tc_hello_decode (g_bytes_get_data (bytes, NULL), size, &again, NULL));
  bytes_again = tc_hello_encode (&again);
  TC_CHECK (g_bytes_equal (bytes, bytes_again));
  tc_hello_check (&hello, hash, TRUE);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tc_crypto_init ();
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const TcNetMessageType types[] = {
    { 16, 0, FALSE, PLAIN_MAX, PLAIN_MAX },
    { 17, 0, TRUE, PLAIN_MAX, PACKED_MAX },
  };
  g_autofree TcWireTable *table = g_new (TcWireTable, 1);
  Outcome whole, pieces;

  if (size < 1)
    return 0;
  tc_wire_table_init (table, types, G_N_ELEMENTS (types), 1);
  whole = feed (table, data + 1, size - 1, G_MAXSIZE);
  pieces = feed (table, data + 1, size - 1, 1u + data[0] % 64);
  TC_CHECK (whole.n_messages == pieces.n_messages && whole.is_offence == pieces.is_offence);
  TC_CHECK (tc_hash_equal (&whole.digest, &pieces.digest));
  check_hello (data + 1, size - 1);
  return 0;
}
