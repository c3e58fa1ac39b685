#include "field-checks.h"

#include <string.h>

#include <glib/gi18n.h>

#include "core/tx.h"
#include "text.h"

#define ADDRESS_LENGTH_MIN 33u  /* TIME, a digit, and 24 bytes in base58: shorter ones are still being typed */

static TcFieldVerdict
say (TcFieldVerdict verdict, const char *message, char **ret_message)
{
  *ret_message = g_strdup (message);
  return verdict;
}

static gboolean
is_start_of_prefix (const char *text, char digit)
{
  const char prefix[] = { 'T', 'I', 'M', 'E', digit, '\0' };

  return strlen (text) < strlen (prefix) && g_str_has_prefix (prefix, text);
}

TcFieldVerdict
tc_check_address (const char *text, char digit, TcKeyHash *ret_key_hash, char **ret_message)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autoptr(GError) error = NULL;

  *ret_message = NULL;
  if (stripped[0] == '\0')
    return TC_FIELD_EMPTY;
  if (tc_address_parse (stripped, digit, ret_key_hash, &error))
    return TC_FIELD_GOOD;
  if (is_start_of_prefix (stripped, digit))
    return say (TC_FIELD_INCOMPLETE, error->message, ret_message);
  if ((g_error_matches (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_LENGTH) || g_error_matches (error, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_CHECKSUM))
      && strlen (stripped) < ADDRESS_LENGTH_MIN)
    return say (TC_FIELD_INCOMPLETE, _("The address is not complete yet."), ret_message);
  return say (TC_FIELD_BAD, error->message, ret_message);
}

/* Where the comma is the decimal mark, "1.000" is a thousand to some and one to others, and so is "1,000": both are refused. Any other number of digits
 * after one mark can only be decimals, and so can what follows a lone zero. Where the point is, only the point is taken, as everywhere. */
static gboolean
is_thousands (const char *text, char mark)
{
  const gsize n_whole = strspn (text, "0123456789");

  return n_whole >= 1 && n_whole <= 3 && text[0] != '0' && text[n_whole] == mark && strspn (text + n_whole + 1, "0123456789") == 3
         && (text[n_whole + 4] == '\0' || text[n_whole + 4] == mark);
}

static gboolean
localise (char *text, char **ret_message)
{
  char *comma = strchr (text, ',');

  if (tc_text_decimal_mark () != ',')
    return TRUE;
  if (is_thousands (text, '.') || is_thousands (text, ','))
    {
      *ret_message = g_strdup (_("This amount can be read in more than one way. Write no mark between the thousands, like 1234,5."));
      return FALSE;
    }
  if (comma != NULL && strchr (comma + 1, ',') == NULL && strchr (text, '.') == NULL)
    *comma = '.';
  return TRUE;
}

TcFieldVerdict
tc_check_amount (const char *text, TcAmount *ret_amount, char **ret_message)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autoptr(GError) error = NULL;
  TcAmount amount;

  *ret_message = NULL;
  if (stripped[0] == '\0')
    return TC_FIELD_EMPTY;
  if (!localise (stripped, ret_message))
    return TC_FIELD_BAD;
  if (!tc_amount_parse (stripped, &amount, &error))
    return say (strcmp (stripped, ".") == 0 ? TC_FIELD_INCOMPLETE : TC_FIELD_BAD, error->message, ret_message);
  if (amount.units == 0)
    return say (TC_FIELD_INCOMPLETE, _("Write how much to send."), ret_message);
  if (amount.units < TC_TX_DUST_UNITS)
    return say (TC_FIELD_INCOMPLETE, _("The least that can be sent is 0.00000546 TIME."), ret_message);
  *ret_amount = amount;
  return TC_FIELD_GOOD;
}

TcFieldVerdict
tc_check_memo (const char *text, char **ret_message)
{
  const gsize size = strlen (text);

  *ret_message = NULL;
  if (size <= TC_TX_MEMO_MAX)
    return TC_FIELD_GOOD;
  *ret_message = g_strdup_printf (_("The memo is %u bytes too long. It may have %u."), (guint) (size - TC_TX_MEMO_MAX), TC_TX_MEMO_MAX);
  return TC_FIELD_BAD;
}

TcFieldVerdict
tc_check_block (const char *text, TcCheckpoint *ret_block, char **ret_message)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const gsize n_height = strspn (stripped, "0123456789"), size = strlen (stripped);
  const char *hash = stripped + n_height + 1;

  *ret_message = NULL;
  if (size == 0)
    return TC_FIELD_EMPTY;
  if (tc_checkpoint_parse (stripped, ret_block))
    return TC_FIELD_GOOD;
  if (n_height == size)
    return say (TC_FIELD_INCOMPLETE, _("After the height come a colon and the block's hash."), ret_message);
  if (n_height > 0 && stripped[n_height] == ':' && strlen (hash) < 2 * TC_HASH_SIZE && strspn (hash, "0123456789abcdefABCDEF") == strlen (hash))
    return say (TC_FIELD_INCOMPLETE, _("The hash is not complete yet: it has 64 digits."), ret_message);
  return say (TC_FIELD_BAD, _("Write the block's height, a colon and its hash of 64 digits, such as 1200:3f9a…"), ret_message);
}
