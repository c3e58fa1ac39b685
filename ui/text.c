#include "text.h"

#include <string.h>

#include <glib/gi18n.h>

#define NARROW_SPACE   "\u202f"
#define NO_BREAK_SPACE "\u00a0"

#define ISOLATE        "\u2066"
#define ISOLATE_END    "\u2069"

static int comma, right_to_left;  /* gboolean; atomic */

void
tc_text_set_language (const char *decimal_mark, gboolean is_right_to_left)
{
  g_atomic_int_set (&comma, g_strcmp0 (decimal_mark, ",") == 0);
  g_atomic_int_set (&right_to_left, is_right_to_left);
}

char
tc_text_decimal_mark (void)
{
  return g_atomic_int_get (&comma) ? ',' : '.';
}

char *
tc_text_isolate (const char *text)
{
  return g_atomic_int_get (&right_to_left) ? g_strconcat (ISOLATE, text, ISOLATE_END, NULL) : g_strdup (text);
}

static char *
take_isolated (char *text)
{
  g_autofree char *owned = text;

  return tc_text_isolate (owned);
}

static char *
group_digits (const char *digits, gsize n)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    {
      if (i > 0 && (n - i) % 3 == 0)
        g_string_append (text, NARROW_SPACE);
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

static char *
amount_text (TcAmount amount)
{
  g_autofree char *plain = tc_amount_format (amount);
  const char *point = strchr (plain, '.');
  g_autofree char *whole = group_digits (plain, (gsize) (point - plain));
  gsize n = strlen (point);

  while (n > 3 && point[n - 1] == '0')
    n--;
  return g_strdup_printf ("%s%c%.*s", whole, tc_text_decimal_mark (), (int) n - 1, point + 1);
}

char *
tc_text_amount (TcAmount amount)
{
  return take_isolated (amount_text (amount));
}

static int chosen_unit;  /* TcTextUnit; atomic */

void
tc_text_set_unit (TcTextUnit unit)
{
  g_atomic_int_set (&chosen_unit, (int) unit);
}

/* Thousandths have five decimals, of which trailing zeros go. */
static char *
millitime_text (TcAmount amount)
{
  const guint64 per_milli = TC_AMOUNT_PER_TIME / 1000;
  g_autofree char *whole = tc_text_number (amount.units / per_milli);
  g_autofree char *decimals = g_strdup_printf ("%05u", (guint) (amount.units % per_milli));
  gsize n = strlen (decimals);

  while (n > 0 && decimals[n - 1] == '0')
    n--;
  return n == 0 ? g_steal_pointer (&whole) : g_strdup_printf ("%s%c%.*s", whole, tc_text_decimal_mark (), (int) n, decimals);
}

char *
tc_text_amount_unit (TcAmount amount)
{
  const TcTextUnit unit = (TcTextUnit) g_atomic_int_get (&chosen_unit);
  g_autofree char *text = unit == TC_TEXT_MILLITIME ? millitime_text (amount) : unit == TC_TEXT_UNITS ? tc_text_number (amount.units) : amount_text (amount);

  /* Translators: the smallest part of a TIME, after a number that is not written out. */
  return take_isolated (g_strconcat (text, NO_BREAK_SPACE, unit == TC_TEXT_MILLITIME ? "mTIME" : unit == TC_TEXT_UNITS ? _("units") : "TIME", NULL));
}

char *
tc_text_number (guint64 number)
{
  g_autofree char *plain = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  return group_digits (plain, strlen (plain));
}

char *
tc_text_address_groups (const char *address, guint per_line)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; address[i] != '\0'; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (text, per_line != 0 && i / 4 % per_line == 0 ? '\n' : ' ');
      g_string_append_c (text, address[i]);
    }
  return take_isolated (g_string_free (text, FALSE));
}

char *
tc_text_address_short (const char *address)
{
  const gsize n = strlen (address);

  return take_isolated (n <= 18 ? g_strdup (address) : g_strdup_printf ("%.9s…%s", address, address + n - 6));
}

char *
tc_text_duration_us (gint64 duration_us)
{
  const gint64 hundredths = (MAX (duration_us, 0) + 5000) / 10000;

  if (hundredths < 1000)
    /* Translators: seconds and hundredths: write your language's decimal mark. */
    return g_strdup_printf (_("%d.%02d s"), (int) (hundredths / 100), (int) (hundredths % 100));
  return g_strdup_printf (_("%d s"), (int) (hundredths / 100));
}

char *
tc_text_left (gint64 left_ms)
{
  const gint64 seconds = left_ms / 1000, minutes = (seconds + 30) / 60, hours = (minutes + 30) / 60;

  if (left_ms < 0)
    return g_strdup (_("Estimating…"));
  if (seconds < 10)
    return g_strdup (_("A few seconds left"));
  if (seconds < 60)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "About %d second left", "About %d seconds left", (gulong) seconds),
                            (int) (seconds / 10 * 10));
  if (minutes < 60)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "About %d minute left", "About %d minutes left", (gulong) minutes), (int) minutes);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "About %d hour left", "About %d hours left", (gulong) hours), (int) MIN (hours, 9999));
}

char *
tc_text_span (gint64 ms)
{
  const gint64 seconds = ABS (CLAMP (ms, -G_MAXINT64, G_MAXINT64)) / 1000, minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

  if (minutes == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d second", "%d seconds", (gulong) seconds), (int) seconds);
  if (hours == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d minute", "%d minutes", (gulong) minutes), (int) minutes);
  if (days == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d hour", "%d hours", (gulong) hours), (int) hours);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day", "%d days", (gulong) days), (int) MIN (days, 99999));
}

char *
tc_text_clock (gint64 ms)
{
  const gint64 seconds = MAX (ms, 0) / 1000;

  return g_strdup_printf ("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}

static GDateTime *
local_time (gint64 time_ms)
{
  g_autoptr(GDateTime) whole = g_date_time_new_from_unix_local (time_ms / 1000);

  return whole == NULL ? NULL : g_date_time_add (whole, time_ms % 1000 * 1000);
}

char *
tc_text_when (gint64 time_ms, gint64 now_ms)
{
  g_autoptr(GDateTime) time = local_time (time_ms), now = local_time (now_ms);
  const gint64 minutes = (now_ms - time_ms) / 60000;

  if (time_ms <= 0 || time == NULL || now == NULL)
    return g_strdup ("");
  if (minutes < 1 && minutes > -2)
    return g_strdup (_("Now"));
  if (minutes > 0 && minutes < 60)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d minute ago", "%d minutes ago", (gulong) minutes), (int) minutes);
  /* Translators: these are dates and times as g_date_time_format () takes them: put their parts into your language's order. */
  if (g_date_time_get_year (time) != g_date_time_get_year (now))
    return g_date_time_format (time, _("%-d %B %Y"));
  if (g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (now))
    return g_date_time_format (time, _("Today %H:%M"));
  return g_date_time_format (time, _("%-d %B %H:%M"));
}

char *
tc_text_when_exact (gint64 time_ms)
{
  g_autoptr(GDateTime) time = local_time (time_ms);
  g_autofree char *whole = time == NULL ? NULL : g_date_time_format (time, _("%-d %B %Y %H:%M:%S"));

  return whole == NULL ? g_strdup ("") : g_strdup_printf ("%s.%03d", whole, (int) (time_ms % 1000));
}

char *
tc_text_size (guint64 size_bytes)
{
  return g_format_size (size_bytes);
}
