#include "codec.h"

#include <string.h>

#include "check.h"

#define VARINT_SIZE_MAX 9u

G_DEFINE_QUARK (tc-codec-error-quark, tc_codec_error)

void
tc_reader_init (TcReader *self, const guint8 *data, gsize size_bytes)
{
  *self = (TcReader) { .data = data, .size_bytes = size_bytes };
}

gsize
tc_reader_left (const TcReader *self)
{
  return self->failed ? 0 : self->size_bytes - self->position;
}

void
tc_reader_fail (TcReader *self)
{
  self->failed = TRUE;
}

const guint8 *
tc_reader_view (TcReader *self, gsize n)
{
  const guint8 *view;

  if (self->failed || n > self->size_bytes - self->position)
    {
      self->failed = TRUE;
      return NULL;
    }
  /* An empty view of an empty reader is a success, and must not look like a failure. */
  view = self->data != NULL ? self->data + self->position : (const guint8 *) "";
  self->position += n;
  return view;
}

static guint64
read_fixed (TcReader *self, gsize n)
{
  const guint8 *view = tc_reader_view (self, n);
  guint64 value = 0;

  for (gsize i = n; view != NULL && i > 0; i--)
    value = value << 8 | view[i - 1];
  return value;
}

guint8
tc_reader_u8 (TcReader *self)
{
  return (guint8) read_fixed (self, 1);
}

guint16
tc_reader_u16 (TcReader *self)
{
  return (guint16) read_fixed (self, 2);
}

guint32
tc_reader_u32 (TcReader *self)
{
  return (guint32) read_fixed (self, 4);
}

guint64
tc_reader_u64 (TcReader *self)
{
  return read_fixed (self, 8);
}

guint64
tc_reader_varint (TcReader *self)
{
  guint64 value = 0;

  for (guint i = 0; i < VARINT_SIZE_MAX; i++)
    {
      const guint8 byte = tc_reader_u8 (self);

      value |= (guint64) (byte & 0x7f) << (7 * i);
      if ((byte & 0x80) != 0)
        continue;
      /* A last byte of zero after others adds nothing: not the shortest form. */
      if (byte == 0 && i > 0)
        break;
      return self->failed ? 0 : value;
    }
  self->failed = TRUE;
  return 0;
}

void
tc_reader_bytes (TcReader *self, guint8 *ret_bytes, gsize n)
{
  const guint8 *view = tc_reader_view (self, n);

  if (n == 0)
    return;
  if (view != NULL)
    memcpy (ret_bytes, view, n);
  else
    memset (ret_bytes, 0, n);
}

gsize
tc_reader_count (TcReader *self, gsize item_size_min, gsize max)
{
  const guint64 count = tc_reader_varint (self);

  TC_CHECK (item_size_min >= 1);
  if (count > max || count > tc_reader_left (self) / item_size_min)
    self->failed = TRUE;
  return self->failed ? 0 : (gsize) count;
}

gboolean
tc_reader_end (TcReader *self, const char *name, GError **error)
{
  if (!self->failed && self->position == self->size_bytes)
    return TRUE;
  g_set_error (error, TC_CODEC_ERROR, TC_CODEC_ERROR_MALFORMED, "%s: malformed", name);
  return FALSE;
}

static void
put_fixed (GByteArray *bytes, guint64 value, guint n)
{
  guint8 buffer[8];

  for (guint i = 0; i < n; i++)
    buffer[i] = (guint8) (value >> (8 * i));
  g_byte_array_append (bytes, buffer, n);
}

void
tc_put_u8 (GByteArray *bytes, guint8 value)
{
  put_fixed (bytes, value, 1);
}

void
tc_put_u16 (GByteArray *bytes, guint16 value)
{
  put_fixed (bytes, value, 2);
}

void
tc_put_u32 (GByteArray *bytes, guint32 value)
{
  put_fixed (bytes, value, 4);
}

void
tc_put_u64 (GByteArray *bytes, guint64 value)
{
  put_fixed (bytes, value, 8);
}

void
tc_put_varint (GByteArray *bytes, guint64 value)
{
  guint8 buffer[VARINT_SIZE_MAX];
  guint n = 0;

  TC_CHECK (value >> 63 == 0);
  do
    {
      buffer[n] = (guint8) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
      value >>= 7;
      n++;
    }
  while (value != 0);
  g_byte_array_append (bytes, buffer, n);
}

void
tc_put_bytes (GByteArray *bytes, const guint8 *data, gsize n)
{
  TC_CHECK (n <= G_MAXUINT - bytes->len);
  if (n > 0)
    g_byte_array_append (bytes, data, (guint) n);
}

void
tc_put_blob (GByteArray *bytes, const guint8 *data, gsize n)
{
  tc_put_varint (bytes, n);
  tc_put_bytes (bytes, data, n);
}

char *
tc_hex_encode (const guint8 *data, gsize n)
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (2 * n + 1);

  for (gsize i = 0; i < n; i++)
    {
      text[2 * i] = digits[data[i] >> 4];
      text[2 * i + 1] = digits[data[i] & 0x0f];
    }
  text[2 * n] = '\0';
  return text;
}

gboolean
tc_hex_decode (const char *text, guint8 *ret_data, gsize n)
{
  gsize length = 0;

  while (length <= 2 * n && g_ascii_isxdigit (text[length]))
    length++;
  if (length != 2 * n || text[length] != '\0')
    return FALSE;
  for (gsize i = 0; i < n; i++)
    ret_data[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
  return TRUE;
}
