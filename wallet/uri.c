#include "uri.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/codec.h"

G_DEFINE_QUARK (tc-uri-error-quark, tc_uri_error)

void
tc_payment_uri_free (TcPaymentUri *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->label);
  g_free (self->message);
  g_free (self->memo);
  g_free (self);
}

TcPaymentUri *
tc_payment_uri_copy (const TcPaymentUri *self)
{
  TcPaymentUri *copy = g_memdup2 (self, sizeof *self);

  copy->address = g_strdup (self->address);
  copy->label = g_strdup (self->label);
  copy->message = g_strdup (self->message);
  copy->memo = g_strdup (self->memo);
  return copy;
}

gboolean
tc_payment_uri_is (const char *text)
{
  return g_ascii_strncasecmp (text, TC_PAYMENT_URI_SCHEME, strlen (TC_PAYMENT_URI_SCHEME)) == 0;
}

gboolean
tc_payment_uri_is_expired (const TcPaymentUri *self, gint64 now_s)
{
  return self->expires_s > 0 && now_s >= self->expires_s;
}

/* U+202A to U+202E and U+2066 to U+2069: text that holds them can make what stands beside it read backwards. */
static gboolean
turns_direction (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

gboolean
tc_payment_text_is_plain (const char *text, gsize max_bytes, gboolean lines)
{
  if (strlen (text) > max_bytes || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);

      if (c == '\n' && lines)
        continue;
      if (g_unichar_iscntrl (c) || turns_direction (c) || c == 0x2028 || c == 0x2029)
        return FALSE;
    }
  return TRUE;
}

/* --- Parsing ---------------------------------------------------------------------------------------------------------------- */

static gboolean
is_unreserved (char c)
{
  return g_ascii_isalnum (c) || strchr ("-._~", c) != NULL;
}

/* What RFC 3986 lets stand in a query as it is; `&` and `=` are taken off before. */
static gboolean
stands_for_itself (char c)
{
  return c != '\0' && (is_unreserved (c) || strchr ("!$'()*+,;:@/?=", c) != NULL);
}

/* @text: @n bytes. Returns: (nullable): NULL where a character or an escape may not be there. */
static char *
percent_decode (const char *text, gsize n)
{
  g_autoptr(GString) plain = g_string_sized_new (n);

  for (gsize i = 0; i < n; i++)
    {
      if (text[i] != '%')
        {
          if (!stands_for_itself (text[i]))
            return NULL;
          g_string_append_c (plain, text[i]);
          continue;
        }
      if (n - i < 3 || !g_ascii_isxdigit (text[i + 1]) || !g_ascii_isxdigit (text[i + 2]))
        return NULL;
      const int byte = g_ascii_xdigit_value (text[i + 1]) * 16 + g_ascii_xdigit_value (text[i + 2]);
      if (byte == 0)
        return NULL;
      g_string_append_c (plain, (char) byte);
      i += 2;
    }
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

static gboolean
malformed (GError **error)
{
  g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_FORM,
                       _("This payment link is not well-formed: part of it may be missing. Copy it again, the whole of it."));
  return FALSE;
}

static gboolean
parse_amount (TcPaymentUri *self, const char *value, GError **error)
{
  if (*value == '\0' || strspn (value, "0123456789.") != strlen (value) || !tc_amount_parse (value, &self->amount, NULL) || self->amount.units == 0)
    {
      g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_AMOUNT,
                           _("The amount in this payment link cannot be read. Ask who sent it for another, or type the amount yourself."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_key (TcPaymentUri *self, const char *value, GError **error)
{
  if (tc_hex_decode (value, self->key.bytes, TC_PUBLIC_KEY_SIZE))
    {
      const TcKeyHash hash = tc_key_hash (&self->key);

      self->has_key = tc_key_hash_equal (&hash, &self->key_hash);
    }
  if (!self->has_key)
    g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_KEY,
                         _("The key in this payment link does not belong to its address. Somebody may have altered it: ask who sent it for another."));
  return self->has_key;
}

static gboolean
parse_expires (TcPaymentUri *self, const char *value, GError **error)
{
  guint64 seconds;

  if (g_ascii_string_to_unsigned (value, 10, 1, TC_PAYMENT_EXPIRES_MAX, &seconds, NULL))
    self->expires_s = (gint64) seconds;
  else
    g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_EXPIRES, _("The end date in this payment link cannot be read. Ask who sent it for another."));
  return self->expires_s > 0;
}

static gboolean
check_text (const char *value, gsize max_bytes, gboolean lines, GError **error)
{
  if (tc_payment_text_is_plain (value, max_bytes, lines))
    return TRUE;
  g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_TEXT,
                       _("A text in this payment link is too long, or holds characters that cannot be shown. Ask who sent it for another."));
  return FALSE;
}

static gboolean
parse_label (TcPaymentUri *self, const char *value, GError **error)
{
  self->label = *value != '\0' ? g_strdup (value) : NULL;
  return check_text (value, TC_PAYMENT_LABEL_MAX, FALSE, error);
}

static gboolean
parse_message (TcPaymentUri *self, const char *value, GError **error)
{
  self->message = *value != '\0' ? g_strdup (value) : NULL;
  return check_text (value, TC_PAYMENT_MESSAGE_MAX, TRUE, error);
}

static gboolean
parse_memo (TcPaymentUri *self, const char *value, GError **error)
{
  self->memo = *value != '\0' ? g_strdup (value) : NULL;
  return check_text (value, TC_PAYMENT_MEMO_MAX, TRUE, error);
}

static const struct
{
  const char *name;
  gboolean  (*parse) (TcPaymentUri *self, const char *value, GError **error);
} parameters[] = {
  { "amount", parse_amount }, { "label", parse_label }, { "message", parse_message },
  { "memo", parse_memo },     { "key", parse_key },     { "expires", parse_expires },
};

/* @ret_seen: a bit for each parameter known. Those unknown are left alone, unless they say that they must be understood. */
static gboolean
parse_parameter (TcPaymentUri *self, const char *text, gsize n, guint *seen, GError **error)
{
  const char *equals = memchr (text, '=', n);
  const gsize n_name = equals != NULL ? (gsize) (equals - text) : n;
  g_autofree char *name = percent_decode (text, n_name), *value = equals != NULL ? percent_decode (equals + 1, n - n_name - 1) : g_strdup ("");

  if (name == NULL || value == NULL || *name == '\0')
    return malformed (error);
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      if (strcmp (name, parameters[i].name) != 0)
        continue;
      if (*seen & 1u << i)
        {
          g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_REPEATED,
                               _("This payment link says one thing twice, so it cannot be trusted. Ask who sent it for another."));
          return FALSE;
        }
      *seen |= 1u << i;
      return parameters[i].parse (self, value, error);
    }
  if (g_ascii_strncasecmp (name, "req-", 4) != 0)
    return TRUE;
  g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_REQUIRED,
                       _("This payment link demands something that this version of TimeCoin does not know. Update the application, or ask for another link."));
  return FALSE;
}

static gboolean
parse_address (TcPaymentUri *self, const char *text, gsize n, char address_digit, GError **error)
{
  g_autoptr(GError) refused = NULL;

  self->address = g_strndup (text, n);
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (text[i]))
      return malformed (error);
  if (tc_address_parse (self->address, address_digit, &self->key_hash, &refused))
    return TRUE;
  if (g_error_matches (refused, TC_ADDRESS_ERROR, TC_ADDRESS_ERROR_NETWORK))
    g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_NETWORK,
                         address_digit == '1' ? _("This payment link is for a test network, and this wallet is on the main network. Ask for one of the main network.")
                                              : _("This payment link is for the main network, and this wallet is on a test network. Open a wallet of the main network to pay it."));
  else
    g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_ADDRESS, _("The address in this payment link is mistyped or cut short. Copy the link again."));
  return FALSE;
}

static gboolean
parse_query (TcPaymentUri *self, const char *query, GError **error)
{
  guint seen = 0;

  while (TRUE)
    {
      const gsize n = strcspn (query, "&");

      if (!parse_parameter (self, query, n, &seen, error))
        return FALSE;
      if (query[n] == '\0')
        return TRUE;
      query += n + 1;
    }
}

static gboolean
check_whole (const char *text, GError **error)
{
  if (strnlen (text, TC_PAYMENT_URI_MAX + 1) > TC_PAYMENT_URI_MAX)
    {
      g_set_error (error, TC_URI_ERROR, TC_URI_ERROR_LENGTH, _("This payment link is too long: %u characters are the most. Ask who sent it for another."),
                   TC_PAYMENT_URI_MAX);
      return FALSE;
    }
  if (!tc_payment_uri_is (text))
    {
      g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_FORM, _("This is not a payment link of TimeCoin: such a link begins with “timecoin:”."));
      return FALSE;
    }
  return TRUE;
}

TcPaymentUri *
tc_payment_uri_parse (const char *text, char address_digit, GError **error)
{
  g_autoptr(TcPaymentUri) self = g_new0 (TcPaymentUri, 1);

  if (!check_whole (text, error))
    return NULL;
  text += strlen (TC_PAYMENT_URI_SCHEME);
  const gsize n = strcspn (text, "?");
  if (!parse_address (self, text, n, address_digit, error) || (text[n] == '?' && text[n + 1] != '\0' && !parse_query (self, text + n + 1, error)))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- Formatting --------------------------------------------------------------------------------------------------------------- */

static void
append (GString *uri, const char *name, const char *value)
{
  g_string_append_c (uri, strchr (uri->str, '?') != NULL ? '&' : '?');
  g_string_append (uri, name);
  g_string_append_c (uri, '=');
  for (const char *c = value; *c != '\0'; c++)
    if (is_unreserved (*c))
      g_string_append_c (uri, *c);
    else
      g_string_append_printf (uri, "%%%02X", (guint8) *c);
}

static void
append_amount (GString *uri, TcAmount amount)
{
  g_autofree char *text = tc_amount_format (amount);
  gsize n = strlen (text);

  while (text[n - 1] == '0')
    n--;
  text[text[n - 1] == '.' ? n - 1 : n] = '\0';
  append (uri, "amount", text);
}

static gboolean
is_given (const char *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
check_texts (const TcPaymentUri *self, GError **error)
{
  if ((self->label == NULL || tc_payment_text_is_plain (self->label, TC_PAYMENT_LABEL_MAX, FALSE))
      && (self->message == NULL || tc_payment_text_is_plain (self->message, TC_PAYMENT_MESSAGE_MAX, TRUE))
      && (self->memo == NULL || tc_payment_text_is_plain (self->memo, TC_PAYMENT_MEMO_MAX, TRUE)))
    return TRUE;
  g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_TEXT, _("The label, message or memo is too long, or holds characters that cannot be shown. Shorten it."));
  return FALSE;
}

char *
tc_payment_uri_format (const TcPaymentUri *self, GError **error)
{
  g_autoptr(GString) uri = g_string_new (TC_PAYMENT_URI_SCHEME);

  if (!check_texts (self, error))
    return NULL;
  g_string_append (uri, self->address);
  if (self->amount.units > 0)
    append_amount (uri, self->amount);
  if (is_given (self->label))
    append (uri, "label", self->label);
  if (is_given (self->message))
    append (uri, "message", self->message);
  if (is_given (self->memo))
    append (uri, "memo", self->memo);
  if (self->has_key)
    {
      g_autofree char *hex = tc_hex_encode (self->key.bytes, TC_PUBLIC_KEY_SIZE);

      append (uri, "key", hex);
    }
  if (self->expires_s > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%" G_GINT64_FORMAT, self->expires_s);

      append (uri, "expires", seconds);
    }
  if (uri->len <= TC_PAYMENT_URI_MAX)
    return g_string_free (g_steal_pointer (&uri), FALSE);
  g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_LENGTH, _("The label, message and memo are too long together for a payment link. Shorten one of them."));
  return NULL;
}
