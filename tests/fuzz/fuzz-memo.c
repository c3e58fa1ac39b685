#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "wallet/memo.h"

static TcSecretKey *recipient, *sender;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  static const guint8 seeds[2][TC_SEED_SIZE] = { { 1 }, { 2 } };

  tc_crypto_init ();
  recipient = tc_secret_key_new (seeds[0]);
  sender = tc_secret_key_new (seeds[1]);
  return 0;
}

/* Whatever is read is text; and what is not changed comes back. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const TcOutpoint first = { { { 3 } }, 4 };
  const TcKeyHash address = tc_key_hash (tc_secret_key_get_public (recipient));
  g_autofree char *received = tc_memo_open (data, size, recipient, &first), *own = tc_memo_open_own (data, size, sender, &first);
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr(GBytes) memo = tc_memo_seal (text, tc_secret_key_get_public (recipient), &address, sender, &first, NULL);

  TC_CHECK (received == NULL || g_utf8_validate (received, -1, NULL));
  TC_CHECK (own == NULL || g_utf8_validate (own, -1, NULL));
  TC_CHECK ((memo != NULL) == (*text != '\0' && strlen (text) <= TC_MEMO_TEXT_MAX && g_utf8_validate (text, -1, NULL)));
  if (memo == NULL)
    return 0;
  g_autofree char *back = tc_memo_open (g_bytes_get_data (memo, NULL), g_bytes_get_size (memo), recipient, &first);
  TC_CHECK (g_strcmp0 (back, text) == 0);
  return 0;
}
