#include "addresses.h"

#include "core/check.h"
#include "core/codec.h"

#define ITEM_SIZE (4u + TC_ENDPOINT_IP_SIZE + 2u)

GBytes *
tc_addresses_encode (const TcAddressNews *news, gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  TC_CHECK (n <= TC_ADDRESSES_MAX);
  tc_put_varint (bytes, n);
  for (gsize i = 0; i < n; i++)
    {
      tc_put_u32 (bytes, news[i].seen_s);
      tc_put_bytes (bytes, news[i].endpoint.ip, TC_ENDPOINT_IP_SIZE);
      tc_put_u16 (bytes, news[i].endpoint.port);
    }
  return g_byte_array_free_to_bytes (bytes);
}

GArray *
tc_addresses_decode (const guint8 *data, gsize size_bytes, GError **error)
{
  g_autoptr (GArray) list = NULL;
  TcReader reader;
  gsize n;

  tc_reader_init (&reader, data, size_bytes);
  n = tc_reader_count (&reader, ITEM_SIZE, TC_ADDRESSES_MAX);
  list = g_array_sized_new (FALSE, FALSE, sizeof (TcAddressNews), (guint) n);
  for (gsize i = 0; i < n; i++)
    {
      TcAddressNews news = { .seen_s = tc_reader_u32 (&reader) };

      tc_reader_bytes (&reader, news.endpoint.ip, TC_ENDPOINT_IP_SIZE);
      news.endpoint.port = tc_reader_u16 (&reader);
      g_array_append_val (list, news);
    }
  return tc_reader_end (&reader, "addresses", error) ? g_steal_pointer (&list) : NULL;
}
