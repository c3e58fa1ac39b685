#include "address.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "check.h"

#define PREFIX         "TIME"
#define PREFIX_SIZE    5u  /* with the digit */
#define CHECKSUM_SIZE  4u
#define PLAIN_SIZE     (TC_KEY_HASH_SIZE + CHECKSUM_SIZE)
#define BASE58_MAX     33u  /* digits that 24 bytes need at most */

G_DEFINE_QUARK (tc-address-error-quark, tc_address_error)

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* Rule A2: "h = first 20 bytes of SHA-256(public key), c = first 4 bytes of SHA-256(SHA-256(h))" */
static void
add_checksum (const TcKeyHash *key_hash, guint8 *ret_plain)
{
  const TcHash once = tc_hash_sha256 (key_hash->bytes, TC_KEY_HASH_SIZE);
  const TcHash twice = tc_hash_sha256 (once.bytes, TC_HASH_SIZE);

  memcpy (ret_plain, key_hash->bytes, TC_KEY_HASH_SIZE);
  memcpy (ret_plain + TC_KEY_HASH_SIZE, twice.bytes, CHECKSUM_SIZE);
}

/* A leading zero byte is written as one '1', as base58 of any other length. */
static char *
base58_encode (const guint8 *plain)
{
  guint8 digits[BASE58_MAX] = { 0 };
  gsize n_zeros = 0, n_digits = 0;
  GString *text = g_string_sized_new (BASE58_MAX + 1);

  while (n_zeros < PLAIN_SIZE && plain[n_zeros] == 0)
    n_zeros++;
  for (gsize i = n_zeros; i < PLAIN_SIZE; i++)
    {
      guint carry = plain[i];

      for (gsize k = 0; k < n_digits || carry != 0; k++)
        {
          carry += 256u * digits[k];
          digits[k] = (guint8) (carry % 58);
          carry /= 58;
          n_digits = MAX (n_digits, k + 1);
        }
    }
  for (gsize i = 0; i < n_zeros; i++)
    g_string_append_c (text, alphabet[0]);
  for (gsize i = n_digits; i > 0; i--)
    g_string_append_c (text, alphabet[digits[i - 1]]);
  return g_string_free (text, FALSE);
}

/* @text: @n characters of the alphabet. Returns: FALSE where they do not stand for exactly PLAIN_SIZE bytes. */
static gboolean
base58_decode (const char *text, gsize n, guint8 *ret_plain)
{
  guint8 reversed[PLAIN_SIZE] = { 0 };
  gsize n_zeros = 0, n_bytes = 0;

  while (n_zeros < n && text[n_zeros] == alphabet[0])
    n_zeros++;
  if (n > BASE58_MAX || n_zeros > PLAIN_SIZE)
    return FALSE;
  for (gsize i = n_zeros; i < n; i++)
    {
      guint carry = (guint) (strchr (alphabet, text[i]) - alphabet);

      for (gsize k = 0; k < n_bytes || carry != 0; k++)
        {
          if (k == PLAIN_SIZE)
            return FALSE;
          carry += 58u * reversed[k];
          reversed[k] = (guint8) carry;
          carry >>= 8;
          n_bytes = MAX (n_bytes, k + 1);
        }
    }
  if (n_zeros + n_bytes != PLAIN_SIZE)
    return FALSE;
  for (gsize i = 0; i < PLAIN_SIZE; i++)
    ret_plain[i] = reversed[PLAIN_SIZE - 1 - i];
  return TRUE;
}

char *
tc_address_format (const TcKeyHash *key_hash, char digit)
{
  guint8 plain[PLAIN_SIZE];
  g_autofree char *tail = NULL;

  TC_CHECK (digit == '0' || digit == '1');
  add_checksum (key_hash, plain);
  tail = base58_encode (plain);
  return g_strdup_printf (PREFIX "%c%s", digit, tail);
}

static void
set_character_error (const char *stripped, const char *at, GError **error)
{
  const gunichar c = g_utf8_get_char_validated (at, -1);
  const long place = g_utf8_strlen (stripped, at - stripped) + 1;

  if (c == (gunichar) -1 || c == (gunichar) -2 || !g_unichar_isgraph (c))
    g_set_error (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_CHARACTER,
                 _("Character %ld cannot stand in an address (a blank, or one that cannot be shown); copy the address again"), place);
  else
    g_set_error (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_CHARACTER,
                 _("Character %ld, “%.*s”, cannot stand in an address; compare it with the original"), place,
                 (int) (g_utf8_next_char (at) - at), at);
}

static gboolean
has_prefix (const char *text)
{
  return g_str_has_prefix (text, PREFIX) && (text[PREFIX_SIZE - 1] == '0' || text[PREFIX_SIZE - 1] == '1');
}

/* @stripped: no blanks around it. Everything but the network. */
static gboolean
parse_stripped (const char *stripped, guint8 *ret_plain, GError **error)
{
  const char *tail;
  gsize n;

  if (*stripped == '\0')
    return g_set_error_literal (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_EMPTY, _("Write or paste an address")), FALSE;
  if (!has_prefix (stripped))
    return g_set_error_literal (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_PREFIX,
                                _("This is not a TIME address: those begin with TIME1 or TIME0")), FALSE;
  tail = stripped + PREFIX_SIZE;
  n = strspn (tail, alphabet);
  if (tail[n] != '\0')
    return set_character_error (stripped, tail + n, error), FALSE;
  if (!base58_decode (tail, n, ret_plain))
    return g_set_error_literal (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_LENGTH,
                                _("This address is too short or too long; copy all of it, and nothing else")), FALSE;
  return TRUE;
}

gboolean
tc_address_parse (const char *text, char digit, TcKeyHash *ret_key_hash, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  guint8 plain[PLAIN_SIZE], expected[PLAIN_SIZE];
  TcKeyHash key_hash;

  TC_CHECK (digit == '0' || digit == '1');
  if (!parse_stripped (stripped, plain, error))
    return FALSE;
  memcpy (key_hash.bytes, plain, TC_KEY_HASH_SIZE);
  add_checksum (&key_hash, expected);
  if (memcmp (plain, expected, PLAIN_SIZE) != 0)
    {
      g_set_error_literal (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_CHECKSUM,
                           _("A character of this address is wrong or missing; compare it with the original"));
      return FALSE;
    }
  if (stripped[PREFIX_SIZE - 1] != digit)
    {
      g_set_error_literal (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_NETWORK,
                           digit == '1' ? _("This address belongs to a test network; ask for one that begins with TIME1")
                                        : _("This address belongs to the main network; a test network's begin with TIME0"));
      return FALSE;
    }
  *ret_key_hash = key_hash;
  return TRUE;
}
