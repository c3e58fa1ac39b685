#include "amount.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define DECIMALS 8u

G_DEFINE_QUARK (tc-amount-error-quark, tc_amount_error)

/* Rule A1: "amounts are u64, at most 2^62; every sum is overflow-checked" */
gboolean
tc_amount_add (TcAmount a, TcAmount b, TcAmount *ret_sum)
{
  if (a.units > TC_AMOUNT_MAX_UNITS || b.units > TC_AMOUNT_MAX_UNITS - a.units)
    return FALSE;
  ret_sum->units = a.units + b.units;
  return TRUE;
}

gboolean
tc_amount_sub (TcAmount a, TcAmount b, TcAmount *ret_difference)
{
  if (b.units > a.units)
    return FALSE;
  ret_difference->units = a.units - b.units;
  return TRUE;
}

char *
tc_amount_format (TcAmount amount)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT ".%08" G_GUINT64_FORMAT,
                          amount.units / TC_AMOUNT_PER_TIME, amount.units % TC_AMOUNT_PER_TIME);
}

/* What people put between thousands, or before decimals, somewhere in the world; a blank inside counts too. */
static gboolean
is_grouping_mark (gunichar c)
{
  return c == ',' || c == '\'' || c == '_' || c == 0x00b7 || c == 0x02d9 || c == 0x066b || c == 0x066c || c == 0x2018 || c == 0x2019 ||
         c == 0xff0c || g_unichar_isspace (c);
}

/* Whether @text would be an amount but for its grouping marks. */
static gboolean
is_ambiguous (const char *text)
{
  gboolean found = FALSE;

  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (is_grouping_mark (g_utf8_get_char (p)))
        found = TRUE;
      else if (!g_ascii_isdigit (*p) && *p != '.')
        return FALSE;
    }
  return found;
}

/* @text: a failed amount without blanks around it. */
static void
set_form_error (const char *text, GError **error)
{
  if (is_ambiguous (text))
    g_set_error_literal (error, TC_AMOUNT_ERROR, TC_AMOUNT_ERROR_AMBIGUOUS,
                         _("This amount can be read in more than one way. Write a point before the decimals and nothing "
                         "between the thousands, like 1234.5"));
  else
    g_set_error_literal (error, TC_AMOUNT_ERROR, TC_AMOUNT_ERROR_FORM,
                         _("Write the amount with digits and at most one point, like 1234.5"));
}

static gboolean
parse_digits (const char *text, guint64 *ret_units, GError **error)
{
  const gsize n_whole = strspn (text, "0123456789");
  const gboolean has_point = text[n_whole] == '.';
  const char *decimals = text + n_whole + (has_point ? 1 : 0);
  const gsize n_decimals = strspn (decimals, "0123456789");
  guint64 whole = 0, part = 0;

  if (decimals[n_decimals] != '\0' || n_whole + n_decimals == 0)
    return set_form_error (text, error), FALSE;
  if (n_decimals > DECIMALS)
    {
      g_set_error_literal (error, TC_AMOUNT_ERROR, TC_AMOUNT_ERROR_FORM,
                           _("An amount has at most eight decimals; leave out what follows them"));
      return FALSE;
    }
  for (gsize i = 0; i < n_whole; i++)
    {
      whole = whole * 10 + (guint64) (text[i] - '0');
      if (whole > TC_AMOUNT_MAX_UNITS / TC_AMOUNT_PER_TIME)
        break;
    }
  for (gsize i = 0; i < DECIMALS; i++)
    part = part * 10 + (guint64) (i < n_decimals ? decimals[i] - '0' : 0);
  if (whole > TC_AMOUNT_MAX_UNITS / TC_AMOUNT_PER_TIME || part > TC_AMOUNT_MAX_UNITS - whole * TC_AMOUNT_PER_TIME)
    {
      g_set_error_literal (error, TC_AMOUNT_ERROR, TC_AMOUNT_ERROR_TOO_LARGE,
                           _("This is more TIME than there can ever be; write a smaller amount"));
      return FALSE;
    }
  *ret_units = whole * TC_AMOUNT_PER_TIME + part;
  return TRUE;
}

gboolean
tc_amount_parse (const char *text, TcAmount *ret_amount, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (*stripped == '\0')
    {
      g_set_error_literal (error, TC_AMOUNT_ERROR, TC_AMOUNT_ERROR_EMPTY, _("Write an amount, like 12.5"));
      return FALSE;
    }
  return parse_digits (stripped, &ret_amount->units, error);
}
