#include <string.h>

#include "core/address.h"
#include "core/check.h"
#include "fuzz.h"

static void
check_one (const char *text, char digit, gboolean *ret_parsed)
{
  g_autoptr(GError) error = NULL;
  TcKeyHash key_hash;

  *ret_parsed = tc_address_parse (text, digit, &key_hash, &error);
  if (*ret_parsed)
    {
      /* An address is written in one way only. */
      g_autofree char *formatted = tc_address_format (&key_hash, digit);
      g_autofree char *stripped = g_strstrip (g_strdup (text));

      TC_CHECK (error == NULL);
      TC_CHECK (strcmp (formatted, stripped) == 0);
    }
  else
    {
      TC_CHECK (error != NULL && error->domain == TC_ADDRESS_ERROR);
      TC_CHECK (g_utf8_validate (error->message, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  gboolean main_parsed, test_parsed;

  check_one (text, '1', &main_parsed);
  check_one (text, '0', &test_parsed);
  TC_CHECK (!main_parsed || !test_parsed);
  return 0;
}
