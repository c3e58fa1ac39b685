#include <string.h>

#include "core/check.h"
#include "core/hash.h"
#include "fuzz.h"

/* The input is a programme: each operation byte is read from the front of the same data that the reader reads. What a successful
 * operation read, the writer must write back byte for byte. */
static void
step (TcReader *reader, guint operation, GByteArray *written)
{
  switch (operation % 8)
    {
    case 0:
      tc_put_u8 (written, tc_reader_u8 (reader));
      break;
    case 1:
      tc_put_u16 (written, tc_reader_u16 (reader));
      break;
    case 2:
      tc_put_u32 (written, tc_reader_u32 (reader));
      break;
    case 3:
      tc_put_u64 (written, tc_reader_u64 (reader));
      break;
    case 4:
      tc_put_varint (written, tc_reader_varint (reader));
      break;
    case 5:
      {
        const gsize n = tc_reader_count (reader, 1, 4096);
        const guint8 *view = tc_reader_view (reader, n);

        TC_CHECK (n <= 4096);
        tc_put_blob (written, view, view != NULL ? n : 0);
        break;
      }
    case 6:
      {
        const TcHash hash = tc_reader_hash (reader);

        TC_CHECK (!reader->failed || tc_hash_is_zero (&hash));
        tc_put_hash (written, &hash);
        break;
      }
    default:
      {
        const gsize n = tc_reader_count (reader, 36, 1000);

        TC_CHECK (n * 36 <= tc_reader_left (reader));
        tc_put_varint (written, n);
        break;
      }
    }
}

static void
check_hex (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *encoded = tc_hex_encode (data, size);
  g_autofree guint8 *decoded = g_malloc0 (size + 1);
  g_autofree char *lower = g_ascii_strdown (text, -1);

  TC_CHECK (tc_hex_decode (encoded, decoded, size));
  TC_CHECK (size == 0 || memcmp (decoded, data, size) == 0);
  if (tc_hex_decode (text, decoded, strlen (text) / 2))
    {
      g_autofree char *again = tc_hex_encode (decoded, strlen (text) / 2);

      TC_CHECK (strcmp (again, lower) == 0);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GByteArray) written = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  TcReader reader;

  tc_reader_init (&reader, data, size);
  for (size_t i = 0; i < size && !reader.failed; i++)
    {
      step (&reader, data[i], written);
      if (reader.failed)
        break;
      TC_CHECK (written->len == reader.position && reader.position <= size);
      TC_CHECK (written->len == 0 || memcmp (written->data, data, written->len) == 0);
    }
  if (reader.failed)
    TC_CHECK (tc_reader_left (&reader) == 0 && tc_reader_u64 (&reader) == 0 && tc_reader_view (&reader, 0) == NULL);
  TC_CHECK (tc_reader_end (&reader, "fuzz", &error) == (error == NULL));
  check_hex (data, size);
  return 0;
}
