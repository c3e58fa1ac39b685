#include "core/amount.h"
#include "core/check.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr(GError) error = NULL;
  TcAmount amount = { G_MAXUINT64 }, again;

  if (tc_amount_parse (text, &amount, &error))
    {
      g_autofree char *formatted = tc_amount_format (amount);

      TC_CHECK (error == NULL && amount.units <= TC_AMOUNT_MAX_UNITS);
      TC_CHECK (tc_amount_parse (formatted, &again, NULL) && again.units == amount.units);
    }
  else
    {
      TC_CHECK (error != NULL && error->domain == TC_AMOUNT_ERROR && amount.units == G_MAXUINT64);
      TC_CHECK (g_utf8_validate (error->message, -1, NULL));
    }
  return 0;
}
