#include "core/check.h"
#include "core/key.h"
#include "fuzz.h"
#include "net/addresses.h"
#include "net/book.h"

#define NOW_S 1700000000

/* Checked: encode (decode (x)) = x, no more than the limit, and that a book takes whatever was decoded. */

static guint64
no_random (gpointer user_data)
{
  return 4;
}

static void
learn (const GArray *list)
{
  static const guint8 key[TC_BOOK_KEY_SIZE];
  g_autoptr (TcBook) book = tc_book_new (key, no_random, NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const TcAddressNews *news = &g_array_index (list, TcAddressNews, i);
      g_autofree char *text = tc_endpoint_to_text (&news->endpoint);

      tc_book_add (book, &news->endpoint, news->seen_s, g_array_index (list, TcAddressNews, 0).endpoint.ip, NOW_S);
      if (i % 2 == 0)
        tc_book_good (book, &news->endpoint, NOW_S);
      TC_CHECK (tc_book_get (book, &news->endpoint) == NULL || tc_endpoint_scope (news->endpoint.ip) != TC_SCOPE_NONE);
    }
  TC_CHECK (tc_book_count (book, FALSE) + tc_book_count (book, TRUE) <= list->len);
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
  g_autoptr (GArray) list = tc_addresses_decode (data, size, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) input = NULL;

  if (list == NULL)
    return 0;
  TC_CHECK (list->len <= TC_ADDRESSES_MAX && size <= TC_ADDRESSES_SIZE_MAX);
  bytes = tc_addresses_encode ((const TcAddressNews *) (gpointer) list->data, list->len);
  input = g_bytes_new (data, size);
  TC_CHECK (g_bytes_equal (bytes, input));
  learn (list);
  return 0;
}
