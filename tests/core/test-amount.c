#include <string.h>

#include "core/amount.h"

static guint64
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  TcAmount amount = { 0 };
  const gboolean ok = tc_amount_parse (text, &amount, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  return amount.units;
}

static void
assert_refused (const char *text, TcAmountError code, const char *part_of_message)
{
  g_autoptr(GError) error = NULL;
  TcAmount amount = { 77 };

  g_assert_false (tc_amount_parse (text, &amount, &error));
  g_assert_error (error, TC_AMOUNT_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, part_of_message));
  g_assert_cmpuint (amount.units, ==, 77);
}

static void
test_add (void)
{
  g_test_summary ("A sum may reach 2^62 and not pass it; a failed sum leaves the output alone.");
  const TcAmount most = { TC_AMOUNT_MAX_UNITS }, one = { 1 }, none = { 0 }, wrapping = { G_MAXUINT64 };
  TcAmount sum = { 77 };

  g_assert_true (tc_amount_add ((TcAmount) { TC_AMOUNT_MAX_UNITS - 1 }, one, &sum));
  g_assert_cmpuint (sum.units, ==, TC_AMOUNT_MAX_UNITS);
  g_assert_true (tc_amount_add (most, none, &sum));
  sum.units = 77;
  g_assert_false (tc_amount_add (most, one, &sum));
  g_assert_false (tc_amount_add (one, most, &sum));
  g_assert_false (tc_amount_add (most, most, &sum));
  g_assert_false (tc_amount_add (one, wrapping, &sum));
  g_assert_false (tc_amount_add (wrapping, one, &sum));
  g_assert_false (tc_amount_add (wrapping, none, &sum));
  g_assert_cmpuint (sum.units, ==, 77);
}

static void
test_sub (void)
{
  g_test_summary ("A difference never goes below nothing.");
  TcAmount difference = { 77 };

  g_assert_false (tc_amount_sub ((TcAmount) { 4 }, (TcAmount) { 5 }, &difference));
  g_assert_cmpuint (difference.units, ==, 77);
  g_assert_true (tc_amount_sub ((TcAmount) { 5 }, (TcAmount) { 5 }, &difference));
  g_assert_cmpuint (difference.units, ==, 0);
  g_assert_true (tc_amount_sub ((TcAmount) { TC_AMOUNT_MAX_UNITS }, (TcAmount) { 1 }, &difference));
  g_assert_cmpuint (difference.units, ==, TC_AMOUNT_MAX_UNITS - 1);
}

static void
test_format (void)
{
  g_test_summary ("All eight decimals, a point, no grouping.");
  static const struct { guint64 units; const char *text; } cases[] = {
    { 0, "0.00000000" }, { 1, "0.00000001" }, { 1250000000, "12.50000000" }, { 100000000000000, "1000000.00000000" },
    { TC_AMOUNT_MAX_UNITS, "46116860184.27387904" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = tc_amount_format ((TcAmount) { cases[i].units });

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpuint (parse (text), ==, cases[i].units);
    }
}

static void
test_parse (void)
{
  g_test_summary ("Digits with at most one point and eight decimals, blanks around them.");
  g_assert_cmpuint (parse ("12.5"), ==, 1250000000);
  g_assert_cmpuint (parse (" 12.5\n"), ==, 1250000000);
  g_assert_cmpuint (parse ("007"), ==, 700000000);
  g_assert_cmpuint (parse (".5"), ==, 50000000);
  g_assert_cmpuint (parse ("5."), ==, 500000000);
  g_assert_cmpuint (parse ("0"), ==, 0);
  g_assert_cmpuint (parse ("1.000"), ==, 100000000);
  g_assert_cmpuint (parse ("0000000000000000000000000000000000000001.00000001"), ==, 100000001);
}

static void
test_parse_empty (void)
{
  g_test_summary ("Nothing, or blanks only, is said to be missing.");
  assert_refused ("", TC_AMOUNT_ERROR_EMPTY, "Write an amount");
  assert_refused (" \t\n", TC_AMOUNT_ERROR_EMPTY, "Write an amount");
}

static void
test_parse_form (void)
{
  g_test_summary ("Signs, exponents, letters, two points, other scripts' digits and broken text are no amounts.");
  static const char *const texts[] = {
    ".", "-1", "+1", "1e3", "0x10", "1.2.3", "1.000.000", "12.5 TIME", "abc", "nan", "1-2", "\xd9\xa1\xd9\xa2", "1\xff", "\xc3", "1..2",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], TC_AMOUNT_ERROR_FORM, "at most one point");
  assert_refused ("1.123456789", TC_AMOUNT_ERROR_FORM, "eight decimals");
  assert_refused ("1.000000000", TC_AMOUNT_ERROR_FORM, "eight decimals");
}

static void
test_parse_ambiguous (void)
{
  g_test_summary ("What people read differently is never guessed: the message says how to write it.");
  static const char *const texts[] = {
    "1.000,5", "1,5", "1,000", "1,000.5", "1 000", "1'000", "1_000", "1\xc2\xa0" "000", "1\xe2\x80\xaf" "000", "1\xe2\x80\x99" "000",
    "1\xd9\xab" "5", ",5",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], TC_AMOUNT_ERROR_AMBIGUOUS, "like 1234.5");
}

static void
test_parse_too_large (void)
{
  g_test_summary ("One unit above 2^62, and a thousand digits, are too large rather than wrapped.");
  g_autofree char *digits = g_strnfill (1000, '9');

  assert_refused ("46116860184.27387905", TC_AMOUNT_ERROR_TOO_LARGE, "smaller");
  assert_refused ("46116860185", TC_AMOUNT_ERROR_TOO_LARGE, "smaller");
  assert_refused ("184467440737.09551617", TC_AMOUNT_ERROR_TOO_LARGE, "smaller");
  assert_refused ("184467440737095516160000000001", TC_AMOUNT_ERROR_TOO_LARGE, "smaller");
  assert_refused (digits, TC_AMOUNT_ERROR_TOO_LARGE, "smaller");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/amount/survive-08-sum", test_add);
  g_test_add_func ("/core/amount/difference", test_sub);
  g_test_add_func ("/core/amount/format", test_format);
  g_test_add_func ("/core/amount/parse", test_parse);
  g_test_add_func ("/core/amount/parse-empty", test_parse_empty);
  g_test_add_func ("/core/amount/parse-form", test_parse_form);
  g_test_add_func ("/core/amount/parse-ambiguous", test_parse_ambiguous);
  g_test_add_func ("/core/amount/survive-08-parse-too-large", test_parse_too_large);
  return g_test_run ();
}
