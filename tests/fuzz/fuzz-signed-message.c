#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "wallet/message.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tc_crypto_init ();
  return 0;
}

/* Text, a NUL, a signature. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size), *signer = NULL;
  const gsize used = MIN (strlen (text) + 1, size);
  g_autofree char *signature = g_strndup ((const char *) data + used, size - used);
  g_autoptr(GError) error = NULL;

  if (tc_message_verify (text, NULL, '0', signature, &signer, &error))
    {
      TC_CHECK (signer != NULL && error == NULL);
      TC_CHECK (tc_message_verify (text, signer, '0', signature, NULL, NULL));
    }
  else
    TC_CHECK (error != NULL && g_utf8_validate (error->message, -1, NULL));
  return 0;
}
