#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "wallet/uri.h"

/* What was parsed is written in one way, and read back the same. */
static void
check_again (const TcPaymentUri *uri, char digit)
{
  g_autofree char *text = tc_payment_uri_format (uri, NULL);

  /* What took fewer escapes than ours may be too long when written our way. */
  if (text == NULL)
    return;
  g_autoptr(TcPaymentUri) again = tc_payment_uri_parse (text, digit, NULL);
  TC_CHECK (again != NULL && strcmp (again->address, uri->address) == 0 && again->amount.units == uri->amount.units);
  TC_CHECK (g_strcmp0 (again->label, uri->label) == 0 && g_strcmp0 (again->message, uri->message) == 0 && g_strcmp0 (again->memo, uri->memo) == 0);
  TC_CHECK (again->has_key == uri->has_key && tc_public_key_equal (&again->key, &uri->key) && again->expires_s == uri->expires_s);
}

static void
check_one (const char *text, char digit)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentUri) uri = tc_payment_uri_parse (text, digit, &error);

  if (uri == NULL)
    {
      TC_CHECK (error != NULL && error->domain == TC_URI_ERROR && g_utf8_validate (error->message, -1, NULL));
      return;
    }
  TC_CHECK (error == NULL && uri->amount.units <= TC_AMOUNT_MAX_UNITS && uri->expires_s >= 0);
  TC_CHECK (uri->label == NULL || tc_payment_text_is_plain (uri->label, TC_PAYMENT_LABEL_MAX, FALSE));
  TC_CHECK (uri->memo == NULL || tc_payment_text_is_plain (uri->memo, TC_PAYMENT_MEMO_MAX, TRUE));
  check_again (uri, digit);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  tc_crypto_init ();
  check_one (text, '0');
  check_one (text, '1');
  return 0;
}
