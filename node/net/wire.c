#include "wire.h"

#include <string.h>
#include <zstd.h>

#include "addresses.h"
#include "core/check.h"
#include "core/codec.h"
#include "hello.h"

#define ZSTD_LEVEL         1
#define COMPRESS_MIN_BYTES 128u  /* less than this does not shrink enough to matter */

static void
set_limit (TcWireTable *self, guint8 type, guint8 message_class, gboolean compress, guint32 wire_max_bytes, guint32 plain_max_bytes)
{
  TC_CHECK (wire_max_bytes <= TC_NET_BODY_MAX && plain_max_bytes <= TC_NET_BODY_MAX);
  TC_CHECK (!self->types[type].known);
  self->types[type] = (TcWireLimit){
    .known = TRUE,
    .compress = compress,
    .message_class = message_class,
    .wire_max_bytes = wire_max_bytes,
    .plain_max_bytes = plain_max_bytes,
  };
}

void
tc_wire_table_init (TcWireTable *self, const TcNetMessageType *types, gsize n_types, guint8 transport_class)
{
  memset (self, 0, sizeof *self);
  set_limit (self, TC_WIRE_HELLO, transport_class, FALSE, TC_HELLO_SIZE_MAX, TC_HELLO_SIZE_MAX);
  set_limit (self, TC_WIRE_PING, transport_class, FALSE, TC_WIRE_PING_SIZE, TC_WIRE_PING_SIZE);
  set_limit (self, TC_WIRE_PONG, transport_class, FALSE, TC_WIRE_PING_SIZE, TC_WIRE_PING_SIZE);
  set_limit (self, TC_WIRE_GOODBYE, transport_class, FALSE, TC_WIRE_GOODBYE_MAX, TC_WIRE_GOODBYE_MAX);
  set_limit (self, TC_WIRE_GET_ADDRESSES, transport_class, FALSE, 0, 0);
  set_limit (self, TC_WIRE_ADDRESSES, transport_class, FALSE, TC_ADDRESSES_SIZE_MAX, TC_ADDRESSES_SIZE_MAX);
  for (gsize i = 0; i < n_types; i++)
    {
      TC_CHECK (types[i].type >= TC_NET_TYPE_FIRST && types[i].type <= TC_NET_TYPE_LAST);
      set_limit (self, types[i].type, types[i].message_class, types[i].compress, types[i].wire_max_bytes, types[i].plain_max_bytes);
    }
}

GBytes *
tc_wire_pack (GBytes *body)
{
  gsize n = 0, n_packed;
  const guint8 *data = g_bytes_get_data (body, &n);
  g_autofree guint8 *packed = NULL;

  if (n < COMPRESS_MIN_BYTES)
    return NULL;
  packed = g_malloc (n);
  n_packed = ZSTD_compress (packed, n - 1, data, n, ZSTD_LEVEL);  /* fails where it would not fit, which is to say shrink */
  if (ZSTD_isError (n_packed))
    return NULL;
  return g_bytes_new_take (g_realloc (g_steal_pointer (&packed), n_packed), n_packed);
}

GBytes *
tc_wire_encode (const TcWireTable *table, guint8 type, GBytes *body, GByteArray *header)
{
  const TcWireLimit *limit = type <= TC_NET_TYPE_LAST ? &table->types[type] : NULL;
  g_autoptr (GBytes) packed = NULL;
  GBytes *sent;

  if (limit == NULL || !limit->known || g_bytes_get_size (body) > limit->plain_max_bytes)
    return NULL;
  if (limit->compress)
    packed = tc_wire_pack (body);
  sent = packed != NULL ? packed : body;
  if (g_bytes_get_size (sent) > limit->wire_max_bytes)
    return NULL;
  tc_put_u8 (header, type);
  tc_put_u8 (header, packed != NULL ? TC_WIRE_FLAG_ZSTD : 0);
  tc_put_varint (header, g_bytes_get_size (sent));
  return g_bytes_ref (sent);
}

gboolean
tc_wire_encode_packed (const TcWireTable *table, guint8 type, GBytes *packed, GByteArray *header)
{
  const TcWireLimit *limit = type <= TC_NET_TYPE_LAST ? &table->types[type] : NULL;

  if (limit == NULL || !limit->known || g_bytes_get_size (packed) > limit->wire_max_bytes)
    return FALSE;
  tc_put_u8 (header, type);
  tc_put_u8 (header, TC_WIRE_FLAG_ZSTD);
  tc_put_varint (header, g_bytes_get_size (packed));
  return TRUE;
}

void
tc_wire_reader_init (TcWireReader *self, const TcWireTable *table)
{
  memset (self, 0, sizeof *self);
  self->table = table;
}

static void
reset (TcWireReader *self)
{
  self->n_header = 0;
  self->has_header = FALSE;
  self->length = 0;
}

void
tc_wire_reader_clear (TcWireReader *self)
{
  g_clear_pointer (&self->body, g_byte_array_unref);
  reset (self);
}

/* Judges the header's first bytes as they come: nothing is waited for, and nothing allocated, for what is already wrong.
 * Returns: (nullable): the offence. */
static const char *
check_type_and_flags (const TcWireReader *self, int only_below)
{
  if (self->n_header >= 1)
    {
      guint8 type = self->header[0];

      if (type > TC_NET_TYPE_LAST || !self->table->types[type].known)
        return "a message of unknown type";
      if (only_below != TC_WIRE_ANY && type >= only_below)
        return "a message before its hello";
    }
  if (self->n_header >= 2 && (self->header[1] & ~TC_WIRE_FLAG_ZSTD) != 0)
    return "a message with unknown flags";
  return NULL;
}

static const char *
finish_header (TcWireReader *self)
{
  const TcWireLimit *limit = &self->table->types[self->header[0]];
  gboolean packed = (self->header[1] & TC_WIRE_FLAG_ZSTD) != 0;
  TcReader reader;
  guint64 length;

  tc_reader_init (&reader, self->header + 2, self->n_header - 2);
  length = tc_reader_varint (&reader);
  if (!tc_reader_end (&reader, "length", NULL))
    return "a message with a malformed length";
  if (length > limit->wire_max_bytes || (!packed && length > limit->plain_max_bytes))
    return "a message over its limit";
  self->length = (guint32) length;
  self->has_header = TRUE;
  return NULL;
}

/* Returns: (nullable): the offence. @ret_taken: how far into @data the header went. */
static const char *
feed_header (TcWireReader *self, const guint8 *data, gsize n, int only_below, gsize *ret_taken)
{
  const char *offence = NULL;
  gsize taken = 0;

  while (offence == NULL && !self->has_header && taken < n)
    {
      guint8 byte = data[taken++];

      self->header[self->n_header++] = byte;
      offence = check_type_and_flags (self, only_below);
      if (offence != NULL || self->n_header < 3)
        continue;
      if ((byte & 0x80) == 0)
        offence = finish_header (self);
      else if (self->n_header == TC_WIRE_HEADER_MAX)
        offence = "a message over its limit";
    }
  *ret_taken = taken;
  return offence;
}

/* Rule N2: "a limit a type on the compressed and on the plain size": never more than is claimed, and only where it shrinks. Returns:
 * (transfer full) (nullable): the plain body, else @ret_offence is set. */
static GBytes *
decompress (const TcWireLimit *limit, const GByteArray *body, const char **ret_offence)
{
  unsigned long long claimed = ZSTD_getFrameContentSize (body->data, body->len);
  g_autofree guint8 *plain = NULL;
  gsize n;

  if (claimed == ZSTD_CONTENTSIZE_ERROR || claimed == ZSTD_CONTENTSIZE_UNKNOWN
      || ZSTD_findFrameCompressedSize (body->data, body->len) != body->len || claimed <= body->len)
    {
      *ret_offence = "a malformed compressed message";
      return NULL;
    }
  if (claimed > limit->plain_max_bytes)
    {
      *ret_offence = "a compressed message over its limit";
      return NULL;
    }
  plain = g_malloc (claimed);
  n = ZSTD_decompress (plain, claimed, body->data, body->len);
  if (ZSTD_isError (n) || n != claimed)
    {
      *ret_offence = "a malformed compressed message";
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&plain), n);
}

static TcWireResult
finish_message (TcWireReader *self, TcWireMessage *ret_message, const char **ret_offence)
{
  guint8 type = self->header[0];
  g_autoptr (GByteArray) received = g_steal_pointer (&self->body);
  GBytes *body;

  if (received == NULL)
    received = g_byte_array_new ();
  if ((self->header[1] & TC_WIRE_FLAG_ZSTD) != 0)
    body = decompress (&self->table->types[type], received, ret_offence);
  else
    body = g_byte_array_free_to_bytes (g_steal_pointer (&received));
  if (body == NULL)
    return TC_WIRE_OFFENCE;
  *ret_message = (TcWireMessage){ .type = type, .wire_bytes = self->length, .body = body };
  reset (self);
  return TC_WIRE_MESSAGE;
}

TcWireResult
tc_wire_reader_feed (TcWireReader *self, const guint8 *data, gsize n, int only_below, gsize *ret_taken, TcWireMessage *ret_message,
                     const char **ret_offence)
{
  const char *offence = feed_header (self, data, n, only_below, ret_taken);

  if (offence != NULL)
    {
      *ret_offence = offence;
      return TC_WIRE_OFFENCE;
    }
  if (!self->has_header)
    return TC_WIRE_MORE;
  if (self->length > 0)
    {
      gsize have = self->body != NULL ? self->body->len : 0;
      gsize more = MIN (n - *ret_taken, self->length - have);

      if (more > 0)
        {
          if (self->body == NULL)
            self->body = g_byte_array_new ();
          g_byte_array_append (self->body, data + *ret_taken, (guint) more);
          *ret_taken += more;
          have += more;
        }
      if (have < self->length)
        return TC_WIRE_MORE;
    }
  return finish_message (self, ret_message, ret_offence);
}
