#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "wallet/contacts-csv.h"

/* What was read is written, and read back the same. */
static void
check_again (const GPtrArray *contacts)
{
  g_autofree char *text = tc_contacts_csv_write (contacts);
  g_autoptr(GPtrArray) again = NULL;

  for (guint i = 0; i < contacts->len; i++)
    {
      const TcContact *contact = contacts->pdata[i];

      /* A contact's address is a word; its name begins with no apostrophe that was meant. */
      if (strpbrk (contact->address, ",\"\r\n'") != NULL || contact->address[0] == '\0' || contact->name[0] == '\'' || contact->note[0] == '\'')
        return;
    }
  again = tc_contacts_csv_parse (text, NULL);
  TC_CHECK (again != NULL && again->len == contacts->len);
  for (guint i = 0; i < contacts->len; i++)
    {
      const TcContact *one = contacts->pdata[i], *other = again->pdata[i];

      TC_CHECK (strcmp (one->name, other->name) == 0 && strcmp (one->address, other->address) == 0 && strcmp (one->note, other->note) == 0);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) contacts = tc_contacts_csv_parse (text, &error);

  TC_CHECK ((contacts == NULL) == (error != NULL));
  if (contacts != NULL)
    check_again (contacts);
  return 0;
}
