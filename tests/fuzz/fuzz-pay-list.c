#include "core/check.h"
#include "fuzz.h"
#include "wallet/pay-list.h"
#include "wallet/uri.h"

static void
check_items (GPtrArray *items, char digit)
{
  g_autoptr(GString) again = g_string_new (NULL);

  TC_CHECK (items->len > 0 && items->len <= TC_PAY_LIST_MAX);
  for (guint i = 0; i < items->len; i++)
    {
      const TcPayListItem *item = g_ptr_array_index (items, i);
      g_autofree char *amount = tc_amount_format (item->amount);
      TcKeyHash hash;

      TC_CHECK (tc_address_parse (item->address, digit, &hash, NULL) && item->amount.units <= TC_AMOUNT_MAX_UNITS);
      TC_CHECK (item->name == NULL || tc_payment_text_is_plain (item->name, TC_PAY_LIST_NAME_MAX, FALSE));
      g_string_append_printf (again, "%s;%s\n", item->address, amount);
    }
  g_autoptr(GPtrArray) same = tc_pay_list_parse (again->str, again->len, digit, NULL);
  TC_CHECK (same != NULL && same->len == items->len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr(GError) error = NULL;

  tc_crypto_init ();
  tc_pay_list_is (text);
  g_autoptr(GPtrArray) items = tc_pay_list_parse ((const char *) data, size, '0', &error);
  TC_CHECK ((items == NULL) == (error != NULL));
  TC_CHECK (error == NULL || g_utf8_validate (error->message, -1, NULL));
  if (items != NULL)
    check_items (items, '0');
  return 0;
}
