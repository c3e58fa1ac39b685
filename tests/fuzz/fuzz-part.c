#include "core/check.h"
#include "engine/messages.h"
#include "fuzz.h"

/* Requests and pages of a snapshot: the first byte says which. */

static void
try_request (GBytes *body)
{
  TcGetPart get;

  if (tc_get_part_decode (body, &get))
    {
      g_autoptr(GBytes) again = tc_get_part_encode (&get);

      TC_CHECK (g_bytes_equal (body, again));
    }
}

static void
try_page (GBytes *body)
{
  g_autoptr(GBytes) page = NULL;
  guint32 total;
  TcGetPart at;

  if (tc_part_page_decode (body, &at, &total, &page))
    {
      gsize n;
      const guint8 *data = g_bytes_get_data (page, &n);
      g_autoptr(GBytes) again = tc_part_page_encode (&at, total, data, n);

      TC_CHECK (g_bytes_equal (body, again));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) body = size > 0 ? g_bytes_new (data + 1, size - 1) : NULL;

  if (size > 0 && data[0] == 0)
    try_request (body);
  else if (size > 0)
    try_page (body);
  return 0;
}
