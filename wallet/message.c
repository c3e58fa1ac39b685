#include "message.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/hash.h"

#define VERSION            1u
#define SIZE               (1 + TC_PUBLIC_KEY_SIZE + TC_SIGNATURE_SIZE)
#define SIGNATURE_TEXT_MAX 1024u

G_DEFINE_QUARK (tc-message-error-quark, tc_message_error)

/* Tag and digest: 48 bytes, where a transaction's witness signs 32. */
static GByteArray *
make_signed (const char *text, char digit, GError **error)
{
  const gsize n = strlen (text);

  if (n > TC_MESSAGE_TEXT_MAX || !g_utf8_validate (text, (gssize) n, NULL))
    {
      g_set_error (error, TC_MESSAGE_ERROR, TC_MESSAGE_ERROR_TEXT, _("A message has at most %u bytes of text. Shorten it."), TC_MESSAGE_TEXT_MAX);
      return NULL;
    }
  g_autoptr(GByteArray) content = g_byte_array_new ();
  tc_put_u8 (content, (guint8) digit);
  tc_put_bytes (content, (const guint8 *) text, n);
  const TcHash digest = tc_hash_tagged_bytes (TC_TAG_MESSAGE, content);
  return tc_signed_bytes (TC_TAG_MESSAGE, &digest, NULL, 0);
}

char *
tc_message_sign (const char *text, char digit, const TcSecretKey *key, GError **error)
{
  g_autoptr(GByteArray) message = make_signed (text, digit, error), bytes = g_byte_array_new ();

  if (message == NULL)
    return NULL;
  const TcSignature signature = tc_secret_key_sign (key, message->data, message->len);
  tc_put_u8 (bytes, VERSION);
  tc_put_bytes (bytes, tc_secret_key_get_public (key)->bytes, TC_PUBLIC_KEY_SIZE);
  tc_put_bytes (bytes, signature.bytes, TC_SIGNATURE_SIZE);
  return g_base64_encode (bytes->data, bytes->len);
}

static gboolean
parse (const char *text, TcPublicKey *ret_key, TcSignature *ret_signature)
{
  g_autoptr(GString) packed = g_string_new (NULL);

  if (strlen (text) > SIGNATURE_TEXT_MAX)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      g_string_append_c (packed, *c);
  if (packed->len != (SIZE + 2) / 3 * 4)
    return FALSE;
  gsize n;
  g_autofree guint8 *data = g_base64_decode (packed->str, &n);
  g_autofree char *again = g_base64_encode (data, n);
  if (n != SIZE || data[0] != VERSION || strcmp (again, packed->str) != 0)
    return FALSE;
  memcpy (ret_key->bytes, data + 1, TC_PUBLIC_KEY_SIZE);
  memcpy (ret_signature->bytes, data + 1 + TC_PUBLIC_KEY_SIZE, TC_SIGNATURE_SIZE);
  return TRUE;
}

gboolean
tc_message_verify (const char *text, const char *address, char digit, const char *signature, char **ret_signer, GError **error)
{
  TcKeyHash expected;
  TcPublicKey key;
  TcSignature sign;

  if (address != NULL && !tc_address_parse (address, digit, &expected, error))
    return FALSE;
  g_autoptr(GByteArray) message = make_signed (text, digit, error);
  if (message == NULL)
    return FALSE;
  if (!parse (signature, &key, &sign))
    {
      g_set_error_literal (error, TC_MESSAGE_ERROR, TC_MESSAGE_ERROR_FORM, _("This is not a whole signature. Copy it again, from its first character to its last."));
      return FALSE;
    }
  const TcKeyHash hash = tc_key_hash (&key);
  if (!tc_signature_check (&sign, &key, message->data, message->len))
    {
      g_set_error_literal (error, TC_MESSAGE_ERROR, TC_MESSAGE_ERROR_SIGNATURE,
                           _("The signature does not belong to this message. A blank or a line break more or less is enough for that."));
      return FALSE;
    }
  g_autofree char *signer = tc_address_format (&hash, digit);
  if (address != NULL && !tc_key_hash_equal (&hash, &expected))
    {
      g_set_error (error, TC_MESSAGE_ERROR, TC_MESSAGE_ERROR_ADDRESS, _("The message was signed, but by another address: %s"), signer);
      return FALSE;
    }
  if (ret_signer != NULL)
    *ret_signer = g_steal_pointer (&signer);
  return TRUE;
}
